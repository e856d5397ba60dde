/* The inside of the forecast: only files of this folder. */
#ifndef FORECAST_INSIDE_H
#define FORECAST_INSIDE_H
#include "forecast/forecast.h"
enum { QUARTERS = 96, DAY_TYPES = 3 /* Monday to Friday, Saturday, Sunday */, LEADS = 3, WAYS = 14 };
enum quantity { QUANTITY_SUN, QUANTITY_AIR, QUANTITY_LOAD, QUANTITY_WATER, QUANTITY_RIVER, QUANTITIES };
/* How one exo field is foreseen. */
enum way {
    WAY_CONST,   /* nothing is known: the class's default */
    WAY_PROFILE, /* similar days: a quarter-hour profile by day type, and how far today is off it */
    WAY_HOLD,    /* the last reading */
    WAY_RIVER,   /* recession towards its own recent level */
    WAY_GAIN,    /* heat inside: from the load forecast and people at home */
    WAY_DRIVE
}; /* driving energy: from the car's absence */
struct profile {
    float mean[DAY_TYPES][QUARTERS]; /* smoothed mean of the quarter-hour on such days */
    uint8_t seen[DAY_TYPES][QUARTERS];
    float off; /* last quarter-hour's distance from the profile, half-life by key */
    float sum; /* readings of the running quarter-hour */
    uint16_t n;
    float last; /* last complete quarter-hour mean, NAN none */
};
struct entry {                /* one exo field of one asset */
    int32_t asset, exo, meas; /* meas: flat index or -1; exo: offset within the asset's fields */
    int32_t profile;          /* index or -1 */
    int32_t load, present;    /* WAY_GAIN, WAY_DRIVE: entry that it follows, or -1 */
    enum way way;
    uint8_t quantity; /* village sum it belongs to (enum quantity), or QUANTITIES */
    float value;      /* WAY_HOLD: last reading; WAY_CONST: default; WAY_GAIN: people; WAY_DRIVE: W while away */
    int8_t row;       /* of the table of ways, or -1 */
    float lo, hi;
};
struct level {                    /* a store whose level tells what no meter shows */
    int32_t entry, frac, present; /* meas: level; whether the store is there, or -1 */
    int64_t since_ms;             /* of the trip or the day, INT64_MIN none */
    float last, from;
    double capacity; /* J or kg of a full store */
};
struct air {       /* what is known of the sky and the air */
    int64_t at_ms; /* last reading, INT64_MIN none */
    struct ambient now;
    double index_norm[12];         /* share of the cloudless sky that the norms leave */
    double index_fast, index_slow; /* clear-sky index: last hour, last day or so */
    double shape_K[QUARTERS];      /* how this place's day differs from the norm's, by quarter-hour */
    double off_fast_K, off_slow_K; /* above norm and shape: last hour, last day */
    double trm_degC, day_sum, day_n, vapour_Pa;
    int32_t day;
};
struct river_memory {
    double log_base, log_now;
    int known;
};
struct score {
    double square[LEADS], square_persistence[LEADS];
    long n[LEADS];
};
struct ring {
    float said[LEADS][QUARTERS + 1][QUANTITIES], was[QUARTERS + 1][QUANTITIES];
    int64_t quarter[QUARTERS + 1];
};
struct forecast {
    const struct village *v;
    struct entry *entry;
    struct profile *profile;
    struct level *level;
    int n_entry, n_profile, n_level;
    struct air air;
    struct river_memory river;
    double river_norm[12], river_keep; /* mean of the file's river years; correlation of one day with the next */
    int64_t quarter;                   /* running quarter-hour since 1970, INT64_MIN none */
    double sum[QUANTITIES];            /* of ghi and air temperature in the running quarter-hour */
    long n_sum;
    struct ring ring;
    struct score score[QUANTITIES];
};
struct moment {
    int64_t start_ms;
    double dt_s, lead_h;
    int type, first_quarter, n_quarter, month;
    double fade[WAYS]; /* part of a profile's `off` that is left, by way */
};                     /* one slot as people count */
struct moment forecast_moment(const struct forecast *, int64_t now_ms, int64_t start_ms, double dt_s);
int forecast_day_type(int weekday);
double forecast_norm_temp(const struct village *, int month, double hour, double day_of_month);
void forecast_air_create(struct forecast *);
void forecast_air_learn(struct forecast *, int64_t at_ms, const struct ambient *);
void forecast_air_at(const struct forecast *, int64_t at_ms, struct ambient *); /* clock and sun set inside */
int forecast_level_find(const struct asset *, const char *key, struct level *); /* 1 when this field has one */
void forecast_level_learn(struct forecast *, int64_t at_ms, const double *meas);
double forecast_profile_at(const struct profile *, const struct moment *, double fade);
double forecast_river_at(const struct forecast *, const struct moment *);
/* The starting profile of a field, before anything was measured. */
void forecast_norm_profile(const struct asset *, const char *key, double dflt, struct profile *);
/* Share of a household's people at home (awake and asleep) by the hour. */
double forecast_at_home_frac(int type, double hour);
#endif
