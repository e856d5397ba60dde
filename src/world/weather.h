/* Weather of one year by the hour, from a file or made from norms, and its value at any instant.
 * A year has 8760 hours in the file's own standard time; it repeats (29 February is 28 February again). */
#ifndef WORLD_WEATHER_H
#define WORLD_WEATHER_H
#include <stdint.h>
struct err;
struct ambient;
struct site;
struct climate;
enum { WEATHER_HOURS = 8760, WEATHER_DAYS = 365 };
/* Columns: NAN in a reader's result means missing. Irradiance is a mean over the hour (or an instant, see
 * sun_span_h); the rest is the value at knot_h within the hour; rain is the sum of the hour. */
enum weather_column {
    WEATHER_TEMP,
    WEATHER_HUMIDITY,
    WEATHER_WIND,
    WEATHER_PRESSURE,
    WEATHER_RAIN,
    WEATHER_GHI,
    WEATHER_DNI,
    WEATHER_DHI,
    WEATHER_COLUMNS
};
struct weather {
    const char *format; /* "EPW", "TMY3", "PVGIS", "synthetic" */
    int has_place;
    double lat_deg, lon_deg, altitude_m, utc_offset_h;
    double knot_h;               /* where in its hour a reading stands: 1 at the end, 0 at the start */
    double sun_h, sun_span_h;    /* middle and length of the time that irradiance stands for */
    int filled[WEATHER_COLUMNS]; /* hours that were missing and were filled in */
    double value[WEATHER_COLUMNS][WEATHER_HOURS];
    /* Prepared: part of the cloudless sky that arrives, part of it that is diffuse, by the hour; running mean by
     * the day. */
    double clear_frac[WEATHER_HOURS], diffuse_frac[WEATHER_HOURS], mean_degC[WEATHER_DAYS],
        running_degC[WEATHER_DAYS];
    double min_degC[WEATHER_DAYS], max_degC[WEATHER_DAYS];
    uint64_t seed;
};
#define WEATHER_LINKE 3.0 /* Linke turbidity of rural air (Remund et al. 2003: 2 clean .. 5 hazy) */

/* Reads any known format (told apart by content), fills what is missing, prepares. -1 with file:line:col and what
 * is wrong. */
int weather_read(struct weather *, const char *path, const struct site *, struct err *);
/* A seeded year whose monthly means are the norms. */
void weather_make(struct weather *, const struct climate *, const struct site *, uint64_t seed);
/* Hour of the weather's year (0 <= h < 8760) at a UTC instant for a site: equal solar time, so that noon stays
 * noon. */
double weather_hour(const struct weather *, const struct site *, int64_t at_ms);
/* The weather fields of ambient; its clock and sun angles must be set. */
void weather_at(const struct weather *, const struct site *, int64_t at_ms, struct ambient *);

/* Readers of one format each: raw values with NAN for missing. Line 1 has not been read. */
int weather_read_epw(struct weather *, const char *path, struct err *);
int weather_read_tmy3(struct weather *, const char *path, struct err *);
int weather_read_pvgis(struct weather *, const char *path, struct err *);
int weather_read_log(struct weather *, const char *path, struct err *); /* NSRDB, PVGIS JSON */
/* Shared by readers: the row of a date and hour 0..23 (or -1 with an error: no such date, or seen before: bit set
 * in seen). */
struct csv;
struct weather_seen {
    int line[WEATHER_HOURS], n, last_line;
};
int weather_row(struct weather_seen *, const struct csv *, int month, int day, int hour,
                struct err *); /* -2: 29 February */
int weather_whole(const struct weather_seen *, const char *path, struct err *);
/* One column of a format: where, what it is called, the value that marks missing, range, and factor to our unit. */
struct weather_field {
    int column, field;
    const char *name;
    double missing, lo, hi, factor;
};
int weather_fields(struct weather *, const struct csv *, const struct weather_field *, int n, int row,
                   struct err *);
/* The cloudless sky of the weather's place by the hour: global irradiance in W/m2 and the zenith in the middle (sun
 * of 2025). */
void weather_clear(const struct weather *, double *clear_W_m2, double *zenith_deg);
/* From complete hourly values to clear_frac, diffuse_frac and the daily temperatures. */
void weather_prepare(struct weather *, const double *clear_W_m2);
/* The day of the year 0..364 of a civil date; 29 February is 28 February; -1: no such date. */
int weather_day(int month, int day);
int weather_month(int day); /* 0..11 of a day 0..364 */
#endif
