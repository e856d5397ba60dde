/* PVGIS TMY CSV: an optional head (latitude, longitude, elevation, time offset of the irradiance, months), a line
 * of column names, one line an hour in UTC, and after a blank line a legend. Values are instants at the stamp;
 * irradiance is seen by the satellite `Irradiance Time Offset (h)` later. Source: European Commission, PVGIS user
 * manual, section "Typical meteorological year". PVGIS marks nothing as missing; an empty field or NaN is taken as
 * such. No rain in these files. */
#include "base/err.h"
#include "world/csv.h"
#include "world/weather.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pvgis_column {
    const char *title;
    struct weather_field field;
};
// clang-format off
static const struct pvgis_column pvgis[] = {
    {"T2m",   {WEATHER_TEMP,     0, "air temperature",               -9999,   -90,     70, 1}},
    {"RH",    {WEATHER_HUMIDITY, 0, "relative humidity",             -9999,     0,    130, 0.01}},
    {"SP",    {WEATHER_PRESSURE, 0, "surface pressure",              -9999, 31000, 120000, 1}},
    {"G(h)",  {WEATHER_GHI,      0, "global horizontal irradiance",  -9999,     0,   1600, 1}},
    {"Gb(n)", {WEATHER_DNI,      0, "direct normal irradiance",      -9999,     0,   1600, 1}},
    {"Gd(h)", {WEATHER_DHI,      0, "diffuse horizontal irradiance", -9999,     0,   1400, 1}},
    {"WS10m", {WEATHER_WIND,     0, "wind speed",                    -9999,     0,     60, 1}}};
// clang-format on
enum { PVGIS_COLUMNS = sizeof pvgis / sizeof pvgis[0], HEAD_LINES_MAX = 60 };

/* "Latitude (decimal degrees): 45.000" gives the number after the colon where the line starts with `name`. */
static int head_value(const struct csv *c, const char *name, double *value)
{
    const char *colon = strchr(c->field[0], ':');
    if (strncmp(c->field[0], name, strlen(name)) || !colon) return 0;
    *value = strtod(colon + 1, NULL);
    return 1;
}

static int header(struct weather *w, struct csv *c, struct weather_field *field, struct err *e)
{
    int got, lat = 0, lon = 0;
    double offset_h = 0.0;
    while ((got = csv_next(c, e)) > 0 && strcmp(c->field[0], "time(UTC)")) {
        if (c->number > HEAD_LINES_MAX) break;
        lat |= head_value(c, "Latitude", &w->lat_deg);
        lon |= head_value(c, "Longitude", &w->lon_deg);
        head_value(c, "Elevation", &w->altitude_m);
        head_value(c, "Irradiance Time Offset", &offset_h);
    }
    if (got < 0) return -1;
    if (!got || strcmp(c->field[0], "time(UTC)"))
        return err_at(e, c->path, c->number, 0, "no line of column names that starts with time(UTC)");
    w->has_place = lat && lon;
    if (w->has_place && (fabs(w->lat_deg) > 90 || fabs(w->lon_deg) > 180))
        return err_at(e, c->path, 1, 0, "latitude or longitude out of range");
    w->sun_h = fmin(1.0, fmax(-1.0, offset_h));
    for (int i = 0; i < PVGIS_COLUMNS; i++) {
        field[i] = pvgis[i].field;
        if ((field[i].field = csv_find(c, pvgis[i].title)) < 0)
            return err_at(e, c->path, c->number, 1, "no column named `%s`", pvgis[i].title);
    }
    return 0;
}

static int data_line(struct weather *w, const struct weather_field *field, struct weather_seen *seen,
                     const struct csv *c, struct err *e)
{
    int year, month, day, hour, minute;
    if (sscanf(c->field[0], "%4d%2d%2d:%2d%2d", &year, &month, &day, &hour, &minute) != 5)
        return err_at(e, c->path, c->number, 1, "`%.30s` is not a time YYYYMMDD:HHMM", c->field[0]);
    int row = weather_row(seen, c, month, day, hour, e);
    if (row < 0) return row == -2 ? 0 : -1;
    return weather_fields(w, c, field, PVGIS_COLUMNS, row, e);
}

int weather_read_pvgis(struct weather *w, const char *path, struct err *e)
{
    struct csv c;
    struct weather_field field[PVGIS_COLUMNS];
    struct weather_seen seen = {0};
    if (csv_open(&c, path, e)) return -1;
    int bad = header(w, &c, field, e), got = 1;
    while (!bad && (got = csv_next(&c, e)) > 0) {
        if (c.n == 1 && !c.field[0][0]) break; /* the legend follows */
        bad = data_line(w, field, &seen, &c, e);
    }
    csv_close(&c);
    w->format = "PVGIS";
    w->knot_h = 0.0;
    w->sun_span_h = 0.0;
    return bad || got < 0 ? -1 : weather_whole(&seen, path, e);
}
