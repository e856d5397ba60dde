/* The inside of a world: only files of this folder. */
#ifndef WORLD_INSIDE_H
#define WORLD_INSIDE_H
#include "physics/sun.h"
#include "world/demand.h"
#include "world/river.h"
#include "world/weather.h"
#include "world/world.h"
enum {
    DAYS_CACHED = 4,
    NEAR_ROWS = 48 /* rows turned at once */
};
enum { MADE_MINUTES = 1, MADE_QUARTERS = 2 };
struct cached_day {
    struct demand_day day;
    int64_t used;
    float *value;    /* n_row rows of DAY_MIN_MAX */
    uint8_t *made;   /* n_source: MADE_ bits; a source's day is made when it is asked for */
    float *quarter;  /* n_row rows of QUARTERS_MAX: sums of the minutes of each quarter-hour of the day */
};
/* Fields of exo in their order: n from `exo` on are filled by the rows from `row` on, or, row < 0, by their plain values. */
struct stretch {
    int32_t exo, row, n;
};
struct world {
    struct arena arena;
    const struct village *v;
    uint64_t seed;
    struct weather weather;
    struct river river;
    int has_river;
    struct source *source;
    int n_source, n_row;
    int32_t *row_exo;    /* n_row: flat exo index of each row */
    int32_t *exo_row;    /* n_exo: the row of a field, or -1 */
    int32_t *row_source; /* n_row: which source fills it */
    double *plain;       /* n_exo: values of fields that no generator fills */
    int32_t *river_exo, *lost_exo, *lost_asset;
    int n_river_exo, n_lost;
    struct cached_day cache[DAYS_CACHED];
    int64_t clock;
    struct stretch *stretch;
    int n_stretch;
    float *minute;     /* DAY_MIN_MAX x n_row: one day turned, so that a minute's rows lie side by side, for steps of a minute */
    float *near;       /* NEAR_ROWS x DAY_MIN_MAX: what is being turned */
    int64_t minute_ms; /* its midnight; INT64_MIN: none */
    int minute_n;
    struct sun_geocentric sun[2]; /* at the ends of the Julian day last asked for */
    struct sun_geocentric hour_sun[2]; /* at the ends of the hour last asked for */
    struct sun_place sun_place;
    struct world_fault fault[WORLD_FAULTS_MAX];
};
double world_river_m3_s(const struct world *, int64_t at_ms);
double fault_temperature_K(const struct world *, int64_t at_ms);
double fault_factor(const struct world *, enum world_fault_kind,
                    int64_t at_ms); /* product of the live ones, 1 when none */
#endif
