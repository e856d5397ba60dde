/* What is known before the first reading: the usual course of a day by kind of use. Levels and shapes are rough on
 * purpose (a general reader's knowledge of villages, not of this one); a week of readings replaces them. */
#include "forecast/inside.h"
#include <math.h>
#include <string.h>

// clang-format off
enum shape { SHAPE_FLAT, SHAPE_HOME, SHAPE_WATER, SHAPE_PRESENT, SHAPE_WORK, SHAPE_TRAFFIC, SHAPE_WASTE, SHAPE_SUN, SHAPE_FEED };
static const double shape[][24] = { /* mean 1 by scaling below */
    [SHAPE_FLAT]    = {1,1,1,1,1,1,1,1,1,1,1,1, 1,1,1,1,1,1,1,1,1,1,1,1},
    [SHAPE_HOME]    = {.35,.3,.3,.3,.3,.4,.8,1.2,.8,.7,.7,.8, 1.1,1.2,.8,.7,.9,1.4,2.4,2.6,2.1,1.6,1.1,.6},
    [SHAPE_WATER]   = {.1,.05,.05,.05,.1,.5,2.5,3.2,1.6,.7,.5,.5, .7,.9,.7,.4,.4,.6,.9,1.4,1.8,2.0,1.6,.6},
    [SHAPE_PRESENT] = {1,1,1,1,1,1,1,.85,.5,.4,.35,.35, .35,.35,.4,.4,.5,.7,.9,.95,1,1,1,1},
    [SHAPE_WORK]    = {.3,.3,.3,.3,.3,.3,.4,.8,1.6,2.1,2.2,2.3, 2.2,2,1.9,1.7,1.4,.9,.5,.4,.3,.3,.3,.3},
    [SHAPE_TRAFFIC] = {.1,.05,.05,.05,.1,.3,.7,1.5,1.9,1.4,1.2,1.2, 1.4,1.4,1.2,1.3,1.6,2.0,2.0,1.6,1.1,.7,.4,.2},
    [SHAPE_WASTE]   = {.1,.05,.02,.02,.05,.2,.9,1.8,1.6,1.2,1.1,1.1, 1.2,1.4,1.2,1,1.1,1.4,1.9,2.1,1.9,1.2,.7,.3},
    [SHAPE_SUN]     = {0,0,0,0,0,.1,.5,1,1.6,2.2,2.6,2.8, 2.8,2.6,2.2,1.7,1.1,.6,.2,0,0,0,0,0},
    [SHAPE_FEED]    = {0,0,0,0,0,0,2.4,6,3.6,1.2,1.5,1.5, 1.5,0,0,1.2,3.6,4.8,1.2,0,0,0,0,0}};
/* level = base + per_person x persons + per_m2 x floor_m2, where the asset has such parameters. */
static const struct { const char *cls, *profile, *key; enum shape shape; double base, person, m2; } norm[] = {
    {"home",   "house", "load_W",           SHAPE_HOME,    110, 45, 0},
    {"home",   "house", "hot_water_W",      SHAPE_WATER,    25, 62, 0},
    {"home",   "house", "car_present_frac", SHAPE_PRESENT,   0,  0, 0},
    {"home",   NULL,    "load_W",           SHAPE_WORK,      0,  0, 3.5},
    {"home",   NULL,    "hot_water_W",      SHAPE_WORK,      0,  6, 0},
    {"load",   NULL,    "load_W",           SHAPE_WORK,      0,  0, 0},
    {"street", NULL,    "traffic_per_h",    SHAPE_TRAFFIC,   0,  0, 0},
    {"bin",    NULL,    "fill_kg_s",        SHAPE_WASTE,     0,  0, 0},
    {"pump",   NULL,    "crop_need_m3_s",   SHAPE_SUN,       0,  0, 0},
    {"biogas", NULL,    "manure_kg_s",      SHAPE_FEED,      0,  0, 0},
    {"biogas", NULL,    "waste_kg_s",       SHAPE_FEED,      0,  0, 0}};
/* A usual level that the asset's own parameters state. */
static const struct { const char *cls, *key, *par; } usual[] = {
    {"load", "load_W", "nominal_W"}, {"bin", "fill_kg_s", "fill_typ_kg_s"}, {"street", "traffic_per_h", "quiet_per_h"}};
// clang-format on

static double par_of(const struct asset *a, const char *key, double dflt)
{
    int i = field_find(&a->cls->par, key);
    double v = i < 0 || !a->par ? (double)NAN : field_get(&a->cls->par.row[i], a->par);
    return isfinite(v) ? v : dflt;
}

static int house(const struct asset *a)
{
    return !a->profile || !a->profile[0] || !strncmp(a->profile, "house", 5) || !strncmp(a->profile, "home", 4);
}

static double level_of(const struct asset *a, const char *key, double dflt, enum shape *form)
{
    double level = dflt;
    *form = SHAPE_FLAT;
    for (size_t i = 0; i < sizeof norm / sizeof norm[0]; i++) {
        if (strcmp(norm[i].cls, a->cls->name) || strcmp(norm[i].key, key) || (norm[i].profile && !house(a)))
            continue;
        *form = norm[i].shape;
        double sum =
            norm[i].base + norm[i].person * par_of(a, "persons", 4.0) + norm[i].m2 * par_of(a, "floor_m2", 0.0);
        if (sum > 0.0) level = sum;
        break;
    }
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (!strcmp(usual[i].cls, a->cls->name) && !strcmp(usual[i].key, key))
            level = par_of(a, usual[i].par, level);
    return level;
}

static double by_hour(const double v[24], double hour)
{
    double h = hour - 0.5, k = floor(h), f = h - k;
    int i = ((int)k + 24) % 24;
    return v[i] * (1.0 - f) + v[(i + 1) % 24] * f;
}

void forecast_norm_profile(const struct asset *a, const char *key, double dflt, struct profile *p)
{
    enum shape form;
    double level = level_of(a, key, dflt, &form), mean = 0.0;
    for (int h = 0; h < 24; h++) mean += shape[form][h] / 24.0;
    if (!strcmp(key, "car_present_frac")) level = par_of(a, "car", 1.0) > 0.5 ? mean : 0.0;
    for (int t = 0; t < DAY_TYPES; t++)
        for (int q = 0; q < QUARTERS; q++)
            p->mean[t][q] = (float)(level / mean * by_hour(shape[form], (q + 0.5) / 4.0));
    p->last = (float)NAN;
}

double forecast_at_home_frac(int type, double hour)
{
    double out = 1.0 - by_hour(shape[SHAPE_PRESENT], hour);
    return 1.0 - out * (type == 0 ? 0.85 : 0.4); /* somebody stays; fewer leave on free days */
}
