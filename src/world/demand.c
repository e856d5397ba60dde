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
    {"home",       NULL,        premises_day,       PERSONAL_KEYS, premises_create},
    {"load",       NULL,        load_day,           1, {"load_W"}, load_create},
    {"street",     NULL,        traffic_day,        1, {"traffic_per_h"}, traffic_create},
    {"bin",        NULL,        bin_day,            1, {"fill_kg_s"}, bin_create},
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
