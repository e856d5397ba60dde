/* Demand: what people and processes ask of the village, by the minute, one local day at a time. A table says which
 * generator fills which exo fields of which asset class; everything is a pure function of (seed, asset, local day).
 */
#ifndef WORLD_DEMAND_H
#define WORLD_DEMAND_H
#include "base/random.h"
#include "village/village.h"
enum { DAY_MIN_MAX = 1500, QUARTER_MIN = 15, QUARTERS_MAX = DAY_MIN_MAX / QUARTER_MIN, DEMAND_KEYS_MAX = 6 }; /* a local day may have 25 hours */
/* What all generators of one local day share. */
struct demand_day {
    int64_t start_ms, number; /* local midnight; days since 1970 local */
    int n_min, month /* 1..12 */, weekday /* 0 Sunday */, yearday /* 0..364 of the weather */;
    float dark[DAY_MIN_MAX]; /* 0 daylight .. 1 night */
    double dark_sum[DAY_MIN_MAX + 1]; /* of the minutes before */
    float sun[DAY_MIN_MAX];  /* share of the day's clear-sky energy in this minute: sums to 1 (or 0) */
    double mean_degC, min_degC, max_degC, humidity_frac, wind_m_s, rain_mm, ghi_MJ_m2, cold_water_degC, pressure_Pa;
};
struct source;
/* out[k]: n_min values of the k-th key; a scratch row where the class has no such exo field. */
typedef void demand_fn(const struct source *, const struct demand_day *, float *const *out);
typedef void *demand_create_fn(const struct source *, struct arena *, struct random *);
/* create makes what stays the same over the days (habits, sizes), in the world's arena. */
struct generator {
    const char *cls,
        *profile; /* profile: prefix it serves; NULL any. An asset without profile takes the first row */
    demand_fn *day;
    int n;
    const char *key[DEMAND_KEYS_MAX];
    demand_create_fn *create;
    demand_fn *quarters; /* MAY: the same day as sums of its quarter-hours, made without its minutes */
};
struct source {
    const struct generator *gen;
    const struct asset *asset;
    const struct village *village;
    uint64_t seed;
    void *own;                                          /* what create made, in the world's arena */
    int32_t exo[DEMAND_KEYS_MAX], row[DEMAND_KEYS_MAX]; /* flat exo index and row in the day's table, or -1 */
};
extern const struct generator demand_generators[];              /* ends with cls NULL */
const struct generator *demand_generator(const struct asset *); /* its row, or NULL */
/* A parameter of the asset, or dflt where its class has no such key or it is not finite. */
double demand_par(const struct asset *, const char *key, double dflt);
struct random demand_random(const struct source *, int64_t number); /* the stream of one source on one day */
/* What is known at the edges of the day's quarter-hours (edge[0] to edge[n_min / 15]) and straight between them; or at one level through each. Written to out as
 * minutes, or, by_quarter, as the sums of the minutes of each quarter-hour. */
void demand_lines(const double *edge, int n_min, int by_quarter, float *out);
void demand_levels(const double *level, int n_min, int by_quarter, float *out);
double demand_dark(const struct demand_day *, int quarter); /* at the edge where this quarter-hour begins */
int demand_profile(const struct asset *, const char *prefix);       /* asset's profile starts with prefix */

demand_fn household_day, household_quarters, premises_day, premises_quarters, load_day, load_quarters, traffic_day, traffic_quarters,
    bin_day, bin_quarters, digester_feed_day, crop_day, product_day;
demand_create_fn household_create, premises_create, load_create, traffic_create, bin_create, digester_feed_create,
    crop_create, product_create;

#endif
