/* A year of weather from a record (NSRDB, PVGIS JSON): hourly means of what the file holds; hours in which all is missing stay missing and are filled as in every
 * other format. Left out: years that begin elsewhere than in January are taken by their calendar days. */
#include "base/err.h"
#include "base/instant.h"
#include "world/weather.h"
#include "world/weather_log.h"
#include <math.h>

int weather_read_log(struct weather *w, const char *path, struct err *e)
{
    static const enum weather_log_column from[WEATHER_COLUMNS] = {
        [WEATHER_TEMP] = WLOG_TEMP,    [WEATHER_HUMIDITY] = WLOG_HUMIDITY,
        [WEATHER_WIND] = WLOG_WIND,    [WEATHER_PRESSURE] = WLOG_PRESSURE,
        [WEATHER_RAIN] = WLOG_COLUMNS, [WEATHER_GHI] = WLOG_GHI,
        [WEATHER_DNI] = WLOG_DNI,      [WEATHER_DHI] = WLOG_DHI};
    struct weather_log r;
    static _Thread_local int count[WEATHER_COLUMNS][WEATHER_HOURS];
    int hours = 0;
    if (weather_log_read(&r, path, e)) return -1;
    for (int k = 0; k < WEATHER_COLUMNS; k++)
        for (int i = 0; i < WEATHER_HOURS; i++) w->value[k][i] = 0, count[k][i] = 0;
    for (int i = 0; i < r.n; i++) {
        struct civil c = civil_at(NULL, r.row[i].local_ms);
        int day = weather_day(c.month, c.day), row = day * 24 + c.hour;
        for (int k = 0; k < WEATHER_COLUMNS && day >= 0; k++) {
            double v = from[k] == WLOG_COLUMNS ? (double)NAN : r.row[i].value[from[k]];
            if (!isnan(v)) w->value[k][row] += v, count[k][row]++;
        }
    }
    for (int k = 0; k < WEATHER_COLUMNS; k++)
        for (int i = 0; i < WEATHER_HOURS; i++) {
            hours += k == WEATHER_TEMP && count[k][i];
            w->value[k][i] =
                count[k][i] ? fmax(k == WEATHER_TEMP ? -99 : 0, w->value[k][i] / count[k][i]) : (double)NAN;
        }
    w->format = r.format, w->has_place = r.has_place;
    w->lat_deg = r.lat_deg, w->lon_deg = r.lon_deg, w->altitude_m = r.altitude_m, w->utc_offset_h = r.utc_offset_h;
    w->knot_h = 0.5, w->sun_h = 0.5, w->sun_span_h = 1;
    weather_log_free(&r);
    return hours >= WEATHER_HOURS * 3 / 4
               ? 0
               : err_at(e, path, 0, 0, "holds %d hours of a year's %d: not a whole year", hours, WEATHER_HOURS);
}
