/* EPW, EnergyPlus weather: eight header lines, then one line an hour in local standard time; hour 1 ends at 01:00.
 * Source: EnergyPlus documentation, "Auxiliary Programs", section "EnergyPlus Weather File (EPW) Data Dictionary",
 * which also states each field's missing value and limits. Irradiance is Wh/m2 over the hour before the stamp; the
 * rest stands at the stamp. Left out: design days, ground temperatures, typical periods, daylight saving, sky
 * radiance, snow. */
#include "base/err.h"
#include "world/csv.h"
#include "world/weather.h"
#include <math.h>
#include <string.h>

enum { EPW_FIELDS = 22 };

// clang-format off
static const struct weather_field epw[] = {
    /* column           field name                          missing    lo     hi    factor */
    {WEATHER_TEMP,       6, "dry-bulb temperature",            99.9,  -90,    70, 1},
    {WEATHER_HUMIDITY,   8, "relative humidity",              999,      0,   130, 0.01},
    {WEATHER_PRESSURE,   9, "station pressure",            999999,  31000, 120000, 1},
    {WEATHER_GHI,       13, "global horizontal radiation",   9999,      0,  1600, 1},
    {WEATHER_DNI,       14, "direct normal radiation",       9999,      0,  1600, 1},
    {WEATHER_DHI,       15, "diffuse horizontal radiation",  9999,      0,  1400, 1},
    {WEATHER_WIND,      21, "wind speed",                     999,      0,    60, 1}};
static const struct weather_field epw_dew = {WEATHER_RAIN, 7, "dew point", 99.9, -90, 70, 1};
static const struct weather_field epw_rain = {WEATHER_RAIN, 33, "precipitation depth", 999, 0, 500, 1};
// clang-format on

static int header(struct weather *w, struct csv *c, struct err *e)
{
    int got = csv_next(c, e);
    if (got < 0) return -1;
    if (!got || strcmp(c->field[0], "LOCATION"))
        return err_at(e, c->path, 1, 1, "an EPW file starts with LOCATION");
    if (csv_number(c, 6, "latitude", &w->lat_deg, e) || csv_number(c, 7, "longitude", &w->lon_deg, e) ||
        csv_number(c, 8, "time zone", &w->utc_offset_h, e) || csv_number(c, 9, "elevation", &w->altitude_m, e))
        return -1;
    if (fabs(w->lat_deg) > 90 || fabs(w->lon_deg) > 180 || fabs(w->utc_offset_h) > 15)
        return err_at(e, c->path, 1, c->col[6], "latitude, longitude or time zone out of range");
    w->has_place = 1;
    while ((got = csv_next(c, e)) > 0) {
        if (strcmp(c->field[0], "DATA PERIODS")) continue;
        double per_hour;
        if (csv_number(c, 2, "records per hour", &per_hour, e)) return -1;
        if (per_hour != 1)
            return err_at(e, c->path, c->number, c->col[2], "%g records an hour: only hourly files are read",
                          per_hour);
        return 0;
    }
    return got < 0 ? -1 : err_at(e, c->path, c->number, 0, "the header ends without its DATA PERIODS line");
}

/* Saturation pressure over water, Pa (Magnus, Alduchov & Eskridge 1996). */
static double saturation_Pa(double temp_degC) { return 610.94 * exp(17.625 * temp_degC / (temp_degC + 243.04)); }

/* Humidity is often missing where the dew point is not. */
static int from_dew_point(struct weather *w, const struct csv *c, int row, struct err *e)
{
    double temp = w->value[WEATHER_TEMP][row];
    if (!isnan(w->value[WEATHER_HUMIDITY][row]) || isnan(temp)) return 0;
    if (weather_fields(w, c, &epw_dew, 1, row, e)) return -1;
    double dew = w->value[WEATHER_RAIN][row];
    if (!isnan(dew)) w->value[WEATHER_HUMIDITY][row] = fmin(1.0, saturation_Pa(dew) / saturation_Pa(temp));
    return 0;
}

static int data_line(struct weather *w, struct weather_seen *seen, const struct csv *c, struct err *e)
{
    double month, day, hour;
    if (c->n < EPW_FIELDS)
        return err_at(e, c->path, c->number, 0,
                      "the line has %d fields, at least %d are needed: broken or cut short", c->n, EPW_FIELDS);
    if (csv_number(c, 1, "month", &month, e) || csv_number(c, 2, "day", &day, e) ||
        csv_number(c, 3, "hour", &hour, e))
        return -1;
    if (fabs(month) > 99 || fabs(day) > 99 || fabs(hour) > 99)
        month = day = hour = 0; /* no such hour, said below */
    int row = weather_row(seen, c, (int)month, (int)day, (int)hour - 1, e);
    if (row < 0) return row == -2 ? 0 : -1;
    if (weather_fields(w, c, epw, (int)(sizeof epw / sizeof epw[0]), row, e) || from_dew_point(w, c, row, e))
        return -1;
    w->value[WEATHER_RAIN][row] = (double)NAN;
    return c->n > epw_rain.field ? weather_fields(w, c, &epw_rain, 1, row, e) : 0;
}

int weather_read_epw(struct weather *w, const char *path, struct err *e)
{
    struct csv c;
    struct weather_seen seen = {0};
    if (csv_open(&c, path, e)) return -1;
    int bad = header(w, &c, e), got = 1;
    while (!bad && (got = csv_next(&c, e)) > 0)
        if (c.n > 1 || c.field[0][0]) bad = data_line(w, &seen, &c, e);
    csv_close(&c);
    w->format = "EPW";
    w->knot_h = 1.0;
    w->sun_h = 0.5;
    w->sun_span_h = 1.0;
    return bad || got < 0 ? -1 : weather_whole(&seen, path, e);
}
