/* TMY3: two header lines, then one line an hour in local standard time; 01:00 ends the first hour, 24:00 the last.
 * Source: S. Wilcox and W. Marion, "Users Manual for TMY3 Data Sets", NREL/TP-581-43156, 2008, table 1-1; a missing
 * value is -9900. Columns are found by their names in line 2. Rain is taken only where it stands for one hour:
 * `Lprecip quantity` is that period, and zero or negative means not observed. Left out: illuminance, cloud cover,
 * visibility, uncertainty codes. */
#include "base/err.h"
#include "world/csv.h"
#include "world/weather.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TMY3_MISSING = -9900 };
struct tmy3_column {
    const char *title;
    struct weather_field field;
};

// clang-format off
static const struct tmy3_column tmy3[] = {
    {"Dry-bulb (C)",          {WEATHER_TEMP,     0, "dry-bulb temperature",          TMY3_MISSING, -90,   70, 1}},
    {"RHum (%)",              {WEATHER_HUMIDITY, 0, "relative humidity",             TMY3_MISSING,   0,  130, 0.01}},
    {"Pressure (mbar)",       {WEATHER_PRESSURE, 0, "station pressure",              TMY3_MISSING, 300, 1200, 100}},
    {"GHI (W/m^2)",           {WEATHER_GHI,      0, "global horizontal irradiance",  TMY3_MISSING,   0, 1600, 1}},
    {"DNI (W/m^2)",           {WEATHER_DNI,      0, "direct normal irradiance",      TMY3_MISSING,   0, 1600, 1}},
    {"DHI (W/m^2)",           {WEATHER_DHI,      0, "diffuse horizontal irradiance", TMY3_MISSING,   0, 1400, 1}},
    {"Wspd (m/s)",            {WEATHER_WIND,     0, "wind speed",                    TMY3_MISSING,   0,   60, 1}},
    {"Lprecip depth (mm)",    {WEATHER_RAIN,     0, "precipitation depth",           TMY3_MISSING,   0,  500, 1}}};
// clang-format on
enum { TMY3_COLUMNS = sizeof tmy3 / sizeof tmy3[0] };
struct tmy3_table {
    struct weather_field field[TMY3_COLUMNS];
    int hours;
}; /* hours: column of the rain's period */

static int header(struct weather *w, struct csv *c, struct tmy3_table *t, struct err *e)
{
    int got = csv_next(c, e);
    if (got < 0) return -1;
    if (!got || csv_number(c, 3, "time zone", &w->utc_offset_h, e) ||
        csv_number(c, 4, "latitude", &w->lat_deg, e) || csv_number(c, 5, "longitude", &w->lon_deg, e) ||
        csv_number(c, 6, "elevation", &w->altitude_m, e))
        return -1;
    if (fabs(w->lat_deg) > 90 || fabs(w->lon_deg) > 180 || fabs(w->utc_offset_h) > 15)
        return err_at(e, c->path, 1, c->col[3], "latitude, longitude or time zone out of range");
    w->has_place = 1;
    if ((got = csv_next(c, e)) <= 0)
        return got < 0 ? -1 : err_at(e, c->path, 2, 0, "the file ends before its line of column names");
    for (int i = 0; i < TMY3_COLUMNS; i++) {
        t->field[i] = tmy3[i].field;
        if ((t->field[i].field = csv_find(c, tmy3[i].title)) < 0)
            return err_at(e, c->path, 2, 1, "no column named `%s`", tmy3[i].title);
    }
    t->hours = csv_find(c, "Lprecip quantity (hr)");
    return 0;
}

static int data_line(struct weather *w, const struct tmy3_table *t, struct weather_seen *seen, const struct csv *c,
                     struct err *e)
{
    int month, day, year, hour, minute;
    if (c->n < 2 || sscanf(c->field[0], "%2d/%2d/%4d", &month, &day, &year) != 3)
        return err_at(e, c->path, c->number, 1, "`%.20s` is not a date MM/DD/YYYY", c->field[0]);
    if (sscanf(c->field[1], "%2d:%2d", &hour, &minute) != 2 || minute != 0)
        return err_at(e, c->path, c->number, c->col[1], "`%.20s` is not a full hour 01:00 to 24:00", c->field[1]);
    int row = weather_row(seen, c, month, day, hour - 1, e);
    if (row < 0) return row == -2 ? 0 : -1;
    if (weather_fields(w, c, t->field, TMY3_COLUMNS, row, e)) return -1;
    if (t->hours >= 0 && t->hours < c->n && strtod(c->field[t->hours], NULL) != 1.0)
        w->value[WEATHER_RAIN][row] = (double)NAN;
    return 0;
}

int weather_read_tmy3(struct weather *w, const char *path, struct err *e)
{
    struct csv c;
    struct tmy3_table t;
    struct weather_seen seen = {0};
    if (csv_open(&c, path, e)) return -1;
    int bad = header(w, &c, &t, e), got = 1;
    while (!bad && (got = csv_next(&c, e)) > 0)
        if (c.n > 1 || c.field[0][0]) bad = data_line(w, &t, &seen, &c, e);
    csv_close(&c);
    w->format = "TMY3";
    w->knot_h = 1.0;
    w->sun_h = 0.5;
    w->sun_span_h = 1.0;
    return bad || got < 0 ? -1 : weather_whole(&seen, path, e);
}
