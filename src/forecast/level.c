/* What no meter shows but the level of a store tells: the energy that driving takes (charge before leaving and
 * after coming back) and the waste that a bin receives (level a day apart). Each corrects the starting value by
 * a part of what was seen, so that one odd day or a noisy sensor changes little. Left out: charging at other
 * places, waste that is pressed together. */
#include "forecast/inside.h"
#include <math.h>
#include <string.h>

// clang-format off
static const struct { const char *cls, *exo, *frac, *present, *capacity; } levels[] = {
    {"home", "car_drive_W", "car_frac",  "car_present_frac", "car_J"},
    {"bin",  "fill_kg_s",   "fill_frac", NULL,               "capacity_kg"}};
// clang-format on
static const double weight = 0.3, emptied_frac = 0.05, least_away_s = 900.0, factor_max = 4.0;

int forecast_level_find(const struct asset *a, const char *key, struct level *l)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(levels[i].cls, a->cls->name) || strcmp(levels[i].exo, key)) continue;
        int frac = field_find(&a->cls->meas, levels[i].frac), size = field_find(&a->cls->par, levels[i].capacity);
        int present = levels[i].present ? field_find(&a->cls->meas, levels[i].present) : -1;
        if (frac < 0 || size < 0 || !a->par || (levels[i].present && present < 0)) return 0;
        *l = (struct level){.frac = a->meas + frac,
                            .present = present < 0 ? -1 : a->meas + present,
                            .since_ms = INT64_MIN,
                            .last = (float)NAN,
                            .from = (float)NAN,
                            .capacity = field_get(&a->cls->par.row[size], a->par)};
        return 1;
    }
    return 0;
}

/* A trip: the charge that was last told at home against the first after it. */
static void learn_trip(struct level *l, struct entry *e, int64_t at_ms, double frac, double present)
{
    if (present < 0.5) {
        if (l->since_ms == INT64_MIN && isfinite(l->last)) l->since_ms = at_ms, l->from = l->last;
        return;
    }
    if (!isfinite(frac)) return;
    double away_s = l->since_ms == INT64_MIN ? 0.0 : (double)(at_ms - l->since_ms) / 1000.0,
           used = (double)l->from - frac;
    if (away_s >= least_away_s && used > 0.0)
        e->value += (float)(weight * (used * l->capacity / away_s - (double)e->value));
    l->since_ms = INT64_MIN;
    l->last = (float)frac;
}

/* A day of filling: the profile is scaled towards what came. A bin emptied in between tells nothing that day. */
static void learn_filling(struct level *l, struct profile *p, int64_t at_ms, double frac)
{
    if (!isfinite(frac)) return;
    if (isfinite(l->last) && frac < (double)l->last - emptied_frac) l->since_ms = INT64_MIN;
    l->last = (float)frac;
    if (l->since_ms == INT64_MIN) l->since_ms = at_ms, l->from = (float)frac;
    if (at_ms - l->since_ms < MS_DAY) return;
    double came_kg = (frac - (double)l->from) * l->capacity, expected_kg = 0.0;
    for (int q = 0; q < QUARTERS; q++) expected_kg += 900.0 * (double)p->mean[0][q];
    if (expected_kg > 0.0) {
        double factor = 1.0 + weight * (fmin(factor_max, fmax(0.0, came_kg / expected_kg)) - 1.0);
        for (int t = 0; t < DAY_TYPES; t++)
            for (int q = 0; q < QUARTERS; q++) p->mean[t][q] *= (float)factor;
    }
    l->since_ms = at_ms, l->from = (float)frac;
}

void forecast_level_learn(struct forecast *f, int64_t at_ms, const double *meas)
{
    for (int i = 0; i < f->n_level; i++) {
        struct level *l = &f->level[i];
        struct entry *e = &f->entry[l->entry];
        double frac = meas[l->frac];
        if (frac < -0.1 || frac > 1.5) frac = (double)NAN;
        if (l->present >= 0 && isfinite(meas[l->present]))
            learn_trip(l, e, at_ms, frac, meas[l->present]);
        else if (l->present < 0 && e->profile >= 0)
            learn_filling(l, &f->profile[e->profile], at_ms, frac);
    }
}
