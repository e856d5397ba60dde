/* Measured or modelled weather of any step and length, as it stands in a file: NAN where the file marks a value as missing or bad. Formats: NSRDB (CSV, any
 * step), SURFRAD (daily files, one minute), PVGIS JSON (hourly series and TMY). EPW, TMY3 and PVGIS CSV of whole years: weather.h. */
#ifndef WORLD_WEATHER_LOG_H
#define WORLD_WEATHER_LOG_H
#include <stdint.h>
struct err;
enum weather_log_column {
    WLOG_GHI,
    WLOG_DNI,
    WLOG_DHI,
    WLOG_PLANE,
    WLOG_TEMP,
    WLOG_HUMIDITY,
    WLOG_WIND,
    WLOG_PRESSURE,
    WLOG_COLUMNS
};
extern const char *const weather_log_key[WLOG_COLUMNS]; /* "ghi_W_m2" .. with their unit */
struct weather_log_row {
    int64_t local_ms; /* clock of the file, as if UTC */
    double value[WLOG_COLUMNS];
};
struct weather_log {
    const char *format;
    int n, has_place, missing[WLOG_COLUMNS]; /* missing: marked so, of columns that are there */
    int there[WLOG_COLUMNS];
    double lat_deg, lon_deg, altitude_m, utc_offset_h, step_s;
    struct weather_log_row *row; /* owned */
};
/* 0, or -1 with file:line and what is wrong. */
int weather_log_read(struct weather_log *, const char *path, struct err *);
void weather_log_free(struct weather_log *);
/* Whether the beginning of a file is one of these formats; NULL or its name. */
const char *weather_log_format(const char *path);
#endif
