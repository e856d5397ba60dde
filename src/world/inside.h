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
/* A day's rows side by side, slot by slot: n slots (0: not made) of n_row values, sums of slot_min minutes each. */
struct turned {
    int64_t start_ms;
    int n, slot_min; /* 1 or QUARTER_MIN */
    float *slot;
};
/* Sources [first, last), whose n rows begin at row `base`: what is turned at once. */
struct group {
    int first, last, base, n;
};
struct cached_day {
    struct demand_day day;
    int64_t used;
    float *value;           /* n_row rows of DAY_MIN_MAX: minutes */
    uint8_t *made;          /* n_source: its minutes are there; a source's day is made when it is asked for */
    struct turned quarters; /* sums of the minutes of each quarter-hour */
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
    struct turned minutes[2]; /* for steps of a minute: the day in use and the next */
    int now;                  /* which of them is in use */
    float *near;              /* NEAR_ROWS x DAY_MIN_MAX: what is being turned */
    struct ahead *ahead;      /* NULL: no thread draws the next day */
    struct cached_day *lent;  /* the day that it draws; left alone until ahead_join */
    int64_t lent_from_ms;     /* the day lent last; INT64_MIN: none */
    struct sun_track sun;
    struct world_fault fault[WORLD_FAULTS_MAX];
};
/* day.c. world_day: the local day that holds at_ms, kept from before or begun now, when the one unused for longest gives way. */
void days_lay(struct world *);
void day_begin(const struct world *, struct cached_day *, int64_t start_ms);
struct cached_day *world_day(struct world *, int64_t at_ms);
struct cached_day *day_kept(struct world *, int64_t at_ms); /* or NULL; never one that is lent */
struct cached_day *day_unused(struct world *);              /* the one to give way, never one that is lent */
/* Draws a source's day into rows that are row_len long; `first` is where row `base` lies. */
void source_draw(const struct source *, const struct demand_day *, demand_fn *, float *first, int32_t base,
                 size_t row_len);
void source_minutes(const struct world *, struct cached_day *, int source); /* into `value`, once */
/* turn.c. A day is turned group by group, in any order: group_next starts from zeros and is 0 after the last. near: NEAR_ROWS x DAY_MIN_MAX of scratch. */
void turn_begin(struct turned *, const struct demand_day *);
int group_next(const struct world *, struct group *);
void turn_group(const struct world *, const struct demand_day *, const struct group *, float *near, struct turned *);
const struct turned *quarters_of(struct world *, struct cached_day *); /* made now where they are not yet */
const struct turned *minutes_of(struct world *, int64_t at_ms);        /* of the local day that holds at_ms */
/* ahead.c. ahead_lend: the day after `now` is drawn by the thread, into `minutes`, or its quarter-hours where that is NULL; nothing without a thread. */
void ahead_open(struct world *);
void ahead_close(struct world *);
void ahead_join(struct world *); /* the day lent is made: helps, then waits */
void ahead_lend(struct world *, const struct cached_day *now, struct turned *minutes);
double world_river_m3_s(const struct world *, int64_t at_ms);
double fault_temperature_K(const struct world *, int64_t at_ms);
double fault_factor(const struct world *, enum world_fault_kind,
                    int64_t at_ms); /* product of the live ones, 1 when none */
#endif
