/* What a weather file holds: the table of `kend calc weather` over the readers of src/world. */
#include "world/weather.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "calc/rows.h"
#include "village/village.h"
#include "world/weather_log.h"
#include <string.h>

// clang-format off
static const struct calc_field weather_in[] = {
    TEXT("file", CALC_WANTED, "EPW, TMY3, PVGIS CSV or JSON, NSRDB, SURFRAD; told apart by content"), COUNT("row", 0, 1100000, 0, "which row to print, from 0"), END};
static const struct calc_field weather_out[] = {
    OUT("format", "of the file"), OUT("rows", "read"), OUT("step_s", "between rows"), OUT("lat_deg", "of the place, by the file"), OUT("lon_deg", "east positive"), OUT("altitude_m", "by the file"),
    OUT("utc_offset_h", "of the file's clock"), OUT("time", "of the row asked for, the file's clock"), OUT("ghi_W_m2", "of that row; null: missing"), OUT("dni_W_m2", "the same"), OUT("dhi_W_m2", "the same"),
    OUT("plane_W_m2", "the same"), OUT("temp_degC", "the same"), OUT("humidity_frac", "the same"), OUT("wind_m_s", "the same"), OUT("pressure_Pa", "the same"),
    OUT("missing_temp", "rows without a temperature, or filled in"), OUT("missing_ghi", "rows without global irradiance, or filled in"), OUT("missing_dni", "the same"), OUT("missing_dhi", "the same"), OUT("missing_plane", "the same"),
    OUT("missing_humidity", "the same"), OUT("missing_wind", "the same"), OUT("missing_pressure", "the same"), OUT("mean_degC", "of what is there"), OUT("sun_kWh_m2", "global, of what is there"), END};
// clang-format on

static const char *const missing_key[WLOG_COLUMNS] = {"missing_ghi",   "missing_dni",     "missing_dhi",
                                                      "missing_plane", "missing_temp",    "missing_humidity",
                                                      "missing_wind",  "missing_pressure"};

static int too_far(struct err *e, int row, int n)
{
    return calc_wrong(e, "row", "%d is beyond the last row, %d", row, n - 1);
}

static int put_record(struct calc_io *io, struct weather_log *r, struct err *e)
{
    int row = (int)calc_number(io, "row"), n = 0;
    double degC = 0, sun = 0;
    char text[64];
    if (row >= r->n) return too_far(e, row, r->n);
    for (int i = 0; i < r->n; i++) {
        const double *v = r->row[i].value;
        if (!isnan(v[WLOG_TEMP])) degC += v[WLOG_TEMP], n++;
        if (!isnan(v[WLOG_GHI])) sun += v[WLOG_GHI] * r->step_s / 3.6e6;
    }
    calc_put_word(io, "format", r->format);
    calc_put(io, "rows", r->n);
    calc_put(io, "step_s", r->step_s);
    for (int k = 0; k < WLOG_COLUMNS; k++) {
        if (r->there[k]) calc_put(io, weather_log_key[k], r->row[row].value[k]);
        if (r->there[k] && missing_key[k]) calc_put(io, missing_key[k], r->missing[k]);
    }
    if (r->has_place) {
        calc_put(io, "lat_deg", r->lat_deg);
        calc_put(io, "lon_deg", r->lon_deg);
        calc_put(io, "altitude_m", r->altitude_m);
        calc_put(io, "utc_offset_h", r->utc_offset_h);
    }
    instant_format(text, sizeof text, NULL, r->row[row].local_ms);
    text[strcspn(text, "Z")] = 0;
    calc_put_word(io, "time", arena_strdup(io->arena, text));
    calc_put(io, "mean_degC", n ? degC / n : (double)NAN);
    if (r->there[WLOG_GHI]) calc_put(io, "sun_kWh_m2", sun);
    return 0;
}

static int put_year(struct calc_io *io, const struct weather *w, struct err *e)
{
    static const struct {
        const char *key, *missing;
        enum weather_column column;
    } row_of[] = {{"ghi_W_m2", "missing_ghi", WEATHER_GHI},
                  {"dni_W_m2", "missing_dni", WEATHER_DNI},
                  {"dhi_W_m2", "missing_dhi", WEATHER_DHI},
                  {"temp_degC", "missing_temp", WEATHER_TEMP},
                  {"humidity_frac", "missing_humidity", WEATHER_HUMIDITY},
                  {"wind_m_s", "missing_wind", WEATHER_WIND},
                  {"pressure_Pa", "missing_pressure", WEATHER_PRESSURE}};
    int row = (int)calc_number(io, "row");
    double degC = 0, sun = 0;
    if (row >= WEATHER_HOURS) return too_far(e, row, WEATHER_HOURS);
    for (int i = 0; i < WEATHER_HOURS; i++)
        degC += w->value[WEATHER_TEMP][i] / WEATHER_HOURS, sun += w->value[WEATHER_GHI][i] / 1000;
    calc_put_word(io, "format", w->format);
    calc_put(io, "rows", WEATHER_HOURS);
    calc_put(io, "step_s", 3600);
    for (size_t i = 0; i < sizeof row_of / sizeof row_of[0]; i++) {
        calc_put(io, row_of[i].key, w->value[row_of[i].column][row]);
        calc_put(io, row_of[i].missing, w->filled[row_of[i].column]);
    }
    if (w->has_place) {
        calc_put(io, "lat_deg", w->lat_deg);
        calc_put(io, "lon_deg", w->lon_deg);
        calc_put(io, "altitude_m", w->altitude_m);
        calc_put(io, "utc_offset_h", w->utc_offset_h);
    }
    calc_put(io, "mean_degC", degC);
    calc_put(io, "sun_kWh_m2", sun);
    return 0;
}

static int run_weather(struct calc_io *io, struct err *e)
{
    const char *path = calc_text(io, "file");
    struct err why = {0};
    char line[900];
    if (weather_log_format(path)) {
        struct weather_log r;
        if (weather_log_read(&r, path, &why)) return calc_wrong(e, "file", "%s", err_line(&why, line, sizeof line));
        int bad = put_record(io, &r, e);
        weather_log_free(&r);
        return bad;
    }
    struct weather *w = ARENA_NEW(io->arena, struct weather, 1);
    static const struct site nowhere = {.lat_deg = 0};
    if (weather_read(w, path, &nowhere, &why))
        return calc_wrong(e, "file", "%s", err_line(&why, line, sizeof line));
    return put_year(io, w, e);
}

const struct calc_model calc_weather = {"weather",
                                        "what a weather file holds, with every mark of missing data",
                                        "EPW, TMY3, PVGIS, NSRDB and SURFRAD format descriptions",
                                        weather_in,
                                        weather_out,
                                        run_weather};
