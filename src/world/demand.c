/* Demand: which generator fills which exo fields of which class. See demand.h. */
#include "world/demand.h"
#include "world/noise.h"
#include <math.h>
#include <string.h>

#define PERSONAL_KEYS                                                                                              \
    6, { "load_W", "hot_water_W", "gain_W", "setpoint_degC", "car_present_frac", "car_drive_W" }
// clang-format off
const struct generator demand_generators[] = {
    /* class       profile      day                 keys */
    {"home",       "house",     household_day,      PERSONAL_KEYS, household_create, household_quarters},
    {"home",       "home",      household_day,      PERSONAL_KEYS, household_create, household_quarters},
    {"home",       NULL,        premises_day,       PERSONAL_KEYS, premises_create, premises_quarters},
    {"load",       NULL,        load_day,           1, {"load_W"}, load_create, load_quarters},
    {"street",     NULL,        traffic_day,        1, {"traffic_per_h"}, traffic_create, traffic_quarters},
    {"bin",        NULL,        bin_day,            1, {"fill_kg_s"}, bin_create, bin_quarters},
    {"biogas",     NULL,        digester_feed_day,  2, {"manure_kg_s", "waste_kg_s"}, digester_feed_create},
    {"pump",       NULL,        crop_day,           1, {"crop_need_m3_s"}, crop_create},
    {"coldstore",  NULL,        product_day,        1, {"product_W"}, product_create},
    {0}};
// clang-format on

const struct generator *demand_generator(const struct asset *a)
{
    for (const struct generator *g = demand_generators; g->cls; g++) {
        if (strcmp(g->cls, a->cls->name)) continue;
        if (!g->profile || !a->profile || !a->profile[0] || demand_profile(a, g->profile)) return g;
    }
    return NULL;
}

double demand_par(const struct asset *a, const char *key, double dflt)
{
    int i = field_find(&a->cls->par, key);
    double v = i < 0 || !a->par ? (double)NAN : field_get(&a->cls->par.row[i], a->par);
    return isfinite(v) ? v : dflt;
}

int demand_profile(const struct asset *a, const char *prefix)
{
    return a->profile && !strncmp(a->profile, prefix, strlen(prefix));
}

struct random demand_random(const struct source *s, int64_t number)
{
    struct random r;
    for (int i = 0; i < 4; i++) r.s[i] = noise_mix(s->seed, number * 4 + i);
    return r;
}

void demand_lines(const double *edge, int n_min, int by_quarter, float *out)
{
    for (int q = 0; q < n_min / QUARTER_MIN; q++) {
        double rise = (edge[q + 1] - edge[q]) / QUARTER_MIN;
        if (by_quarter)
            out[q] = (float)(0.5 * QUARTER_MIN * (edge[q] + edge[q + 1]));
        else
            for (int m = 0; m < QUARTER_MIN; m++) out[q * QUARTER_MIN + m] = (float)(edge[q] + rise * (m + 0.5));
    }
}

void demand_levels(const double *level, int n_min, int by_quarter, float *out)
{
    for (int q = 0; q < n_min / QUARTER_MIN; q++) {
        if (by_quarter)
            out[q] = (float)(QUARTER_MIN * level[q]);
        else
            for (int m = 0; m < QUARTER_MIN; m++) out[q * QUARTER_MIN + m] = (float)level[q];
    }
}

double demand_dark(const struct demand_day *d, int quarter)
{
    int m = quarter * QUARTER_MIN;
    return (double)d->dark[m < d->n_min ? m : d->n_min - 1];
}
