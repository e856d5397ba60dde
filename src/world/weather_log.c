/* Readers of weather records. NSRDB: NREL, "NSRDB API output" (two lines of head, then names; or names alone), -9999 and empty are missing. SURFRAD: NOAA GMD,
 * README of the daily files: 20 values each with a flag, 0 good, 1 impossible, 2 use with caution; -9999.9 missing; both flags count as missing here. PVGIS:
 * European Commission, PVGIS 5.2 API, outputs.hourly and outputs.tmy_hourly; Int = 1 marks reconstructed values, which count as missing. Times are the file's own. */
#include "world/weather_log.h"
#include "base/err.h"
#include "base/instant.h"
#include "world/csv.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const weather_log_key[WLOG_COLUMNS] = {"ghi_W_m2",  "dni_W_m2",      "dhi_W_m2", "plane_W_m2",
                                                   "temp_degC", "humidity_frac", "wind_m_s", "pressure_Pa"};
static const double lowest[WLOG_COLUMNS] = {-50, -50, -50, -50, -90, 0, 0, 30000},
                    highest[WLOG_COLUMNS] = {2000, 1600, 1500, 2000, 70, 1.3, 100, 120000};
enum { ROWS_MAX = 1100000 };

struct name {
    const char *text;
    enum weather_log_column column;
    double factor;
};

static struct weather_log_row *add_row(struct weather_log *r, int64_t local_ms, const struct csv *c, struct err *e)
{
    if (r->n >= ROWS_MAX) return err_at(e, c->path, c->number, 0, "more than %d rows", ROWS_MAX), NULL;
    if (r->n && local_ms <= r->row[r->n - 1].local_ms)
        return err_at(e, c->path, c->number, 1, "time does not go on from the line before"), NULL;
    if ((r->n & (r->n - 1)) == 0) {
        struct weather_log_row *grown = realloc(r->row, sizeof *grown * (size_t)(r->n ? 2 * r->n : 1));
        must(grown, "out of memory");
        r->row = grown;
    }
    struct weather_log_row *row = &r->row[r->n++];
    row->local_ms = local_ms;
    for (int i = 0; i < WLOG_COLUMNS; i++) row->value[i] = (double)NAN;
    return row;
}

/* Puts a value or counts it as missing; out of range is an error of its place. */
static int put(struct weather_log *r, struct weather_log_row *row, enum weather_log_column k, double value, int bad,
               const char *path, int line, struct err *e)
{
    r->there[k] = 1;
    if (bad || isnan(value)) return r->missing[k]++, 0;
    if (value < lowest[k] || value > highest[k])
        return err_at(e, path, line, 0, "%s %g is outside %g to %g", weather_log_key[k], value, lowest[k],
                      highest[k]);
    row->value[k] = value;
    return 0;
}

static int number_at(const struct csv *c, int i, const char *what, double *value, int *missing, struct err *e)
{
    *missing = i >= c->n || !c->field[i][0] || !strcasecmp(c->field[i], "nan");
    if (i >= c->n) return err_at(e, c->path, c->number, 0, "the line has %d fields: broken or cut short", c->n);
    if (*missing) return 0;
    if (csv_number(c, i, what, value, e)) return -1;
    *missing = *value <= -999;
    return 0;
}

/* year, month, day, hour, minute */
static int is_time(const double v[5])
{
    static const double lo[5] = {1900, 1, 1, 0, 0}, hi[5] = {2200, 12, 31, 24, 59};
    for (int i = 0; i < 5; i++)
        if (!(v[i] >= lo[i] && v[i] <= hi[i]) || v[i] != floor(v[i])) return 0;
    return 1;
}

static int nsrdb_head(struct weather_log *r, struct csv *c, struct err *e)
{
    int got = csv_next(c, e);
    if (got <= 0) return got ? -1 : err_at(e, c->path, 1, 0, "is empty");
    if (csv_find(c, "Year") >= 0) return 0;
    int lat = csv_find(c, "Latitude"), lon = csv_find(c, "Longitude"), high = csv_find(c, "Elevation"),
        zone = csv_find(c, "Time Zone");
    if (lat < 0 || lon < 0 || high < 0 || zone < 0)
        return err_at(e, c->path, 1, 1, "the head names no Latitude, Longitude, Elevation or Time Zone");
    if (csv_next(c, e) <= 0) return err_at(e, c->path, 2, 0, "the head ends after its names");
    if (csv_number(c, lat, "latitude", &r->lat_deg, e) || csv_number(c, lon, "longitude", &r->lon_deg, e) ||
        csv_number(c, high, "elevation", &r->altitude_m, e) ||
        csv_number(c, zone, "time zone", &r->utc_offset_h, e))
        return -1;
    r->has_place = 1;
    if (csv_next(c, e) <= 0 || csv_find(c, "Year") < 0)
        return err_at(e, c->path, c->number, 1, "no line of column names with Year");
    return 0;
}

static int read_nsrdb(struct weather_log *r, struct csv *c, struct err *e)
{
    static const struct name names[] = {{"GHI", WLOG_GHI, 1},
                                        {"DNI", WLOG_DNI, 1},
                                        {"DHI", WLOG_DHI, 1},
                                        {"Temperature", WLOG_TEMP, 1},
                                        {"Relative Humidity", WLOG_HUMIDITY, 0.01},
                                        {"Wind Speed", WLOG_WIND, 1},
                                        {"Pressure", WLOG_PRESSURE, 100}};
    static const char *const clock[] = {"Year", "Month", "Day", "Hour", "Minute"};
    int at[5], field[7], got, missing;
    if (nsrdb_head(r, c, e)) return -1;
    for (int i = 0; i < 5; i++)
        if ((at[i] = csv_find(c, clock[i])) < 0)
            return err_at(e, c->path, c->number, 1, "no column named `%s`", clock[i]);
    for (int i = 0; i < 7; i++) field[i] = csv_find(c, names[i].text);
    while ((got = csv_next(c, e)) > 0) {
        double v[5], value;
        if (c->n == 1 && !c->field[0][0]) continue;
        for (int i = 0; i < 5; i++)
            if (csv_number(c, at[i], clock[i], &v[i], e)) return -1;
        if (!is_time(v)) return err_at(e, c->path, c->number, 1, "no such time");
        struct weather_log_row *row =
            add_row(r, civil_ms(NULL, (int)v[0], (int)v[1], (int)v[2], (int)v[3], (int)v[4], 0), c, e);
        if (!row) return -1;
        for (int i = 0; i < 7; i++) {
            if (field[i] < 0) continue;
            if (number_at(c, field[i], names[i].text, &value, &missing, e) ||
                put(r, row, names[i].column, missing ? (double)NAN : value * names[i].factor, missing, c->path,
                    c->number, e))
                return -1;
        }
    }
    return got;
}

/* SURFRAD is blank-separated; the csv reader hands a line over as one field. */
static int read_surfrad(struct weather_log *r, struct csv *c, struct err *e)
{
    static const struct {
        int pair;
        enum weather_log_column column;
        double factor;
    } want[] = {{0, WLOG_GHI, 1},          {2, WLOG_DNI, 1},   {3, WLOG_DHI, 1},        {15, WLOG_TEMP, 1},
                {16, WLOG_HUMIDITY, 0.01}, {17, WLOG_WIND, 1}, {19, WLOG_PRESSURE, 100}};
    int got = csv_next(c, e);
    if (got <= 0 || (got = csv_next(c, e)) <= 0) return got ? -1 : err_at(e, c->path, 1, 0, "the head ends");
    if (sscanf(c->field[0], "%lf %lf %lf", &r->lat_deg, &r->lon_deg, &r->altitude_m) != 3)
        return err_at(e, c->path, 2, 1, "no latitude, longitude and elevation");
    r->lon_deg = -r->lon_deg, r->has_place = 1; /* west positive in the file; times are UTC */
    while ((got = csv_next(c, e)) > 0) {
        double v[48];
        int n = 0;
        char *p = c->field[0], *end;
        if (c->n == 1 && !p[0]) continue;
        for (; n < 48; n++, p = end) {
            v[n] = strtod(p, &end);
            if (end == p) break;
        }
        if (n < 48) return err_at(e, c->path, c->number, 0, "%d numbers, 48 are wanted: broken or cut short", n);
        if (!is_time((double[5]){v[0], v[2], v[3], v[4], v[5]}))
            return err_at(e, c->path, c->number, 1, "no such time");
        struct weather_log_row *row =
            add_row(r, civil_ms(NULL, (int)v[0], (int)v[2], (int)v[3], (int)v[4], (int)v[5], 0), c, e);
        if (!row) return -1;
        for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
            double value = v[8 + 2 * want[i].pair], flag = v[9 + 2 * want[i].pair];
            if (put(r, row, want[i].column, value * want[i].factor, flag != 0 || value <= -9999, c->path, c->number,
                    e))
                return -1;
        }
    }
    return got;
}

/* The JSON reader keeps no lines of values: a walk over the text, outside of strings, up to object `index` of the list named, and to a key in it. */
struct walk {
    FILE *f;
    int line, c;
    char word[64]; /* the last string */
};

static int walk_on(struct walk *w)
{
    w->c = getc(w->f);
    if (w->c == '"') {
        size_t n = 0;
        for (int c; (c = getc(w->f)) != '"' && c != EOF;) {
            if (c == '\\') c = getc(w->f);
            if (n + 1 < sizeof w->word) w->word[n++] = (char)c;
        }
        w->word[n] = 0;
    }
    w->line += w->c == '\n';
    return w->c != EOF;
}

static int line_in(const char *path, const char *list, int index, const char *key)
{
    struct walk w = {.f = fopen(path, "r"), .line = 1};
    int inside = 0, object = -1;
    if (!w.f) return 0;
    while (walk_on(&w)) {
        if (w.c == '[' && !inside) inside = !strcmp(w.word, list);
        if (!inside) continue;
        object += w.c == '{';
        if (object > index || (object == index && (!key || w.c == '}' || (w.c == '"' && !strcmp(w.word, key)))))
            break;
    }
    fclose(w.f);
    return w.line;
}

/* *key: the value that was looked at last. */
static int pvgis_row(struct weather_log *r, const json_t *o, int index, const struct csv *c, const char **key,
                     struct err *e)
{
    static const struct name names[] = {
        {"G(h)", WLOG_GHI, 1}, {"Gb(n)", WLOG_DNI, 1},      {"Gd(h)", WLOG_DHI, 1},  {"G(i)", WLOG_PLANE, 1},
        {"T2m", WLOG_TEMP, 1}, {"RH", WLOG_HUMIDITY, 0.01}, {"WS10m", WLOG_WIND, 1}, {"SP", WLOG_PRESSURE, 1}};
    const char *time = json_string_value(json_object_get(o, "time(UTC)"));
    int year, month, day, hour, minute;
    *key = NULL;
    if (!time) time = json_string_value(json_object_get(o, "time"));
    if (!time || sscanf(time, "%4d%2d%2d:%2d%2d", &year, &month, &day, &hour, &minute) != 5)
        return err_at(e, c->path, 0, 0, "hour %d has no time YYYYMMDD:HHMM", index + 1);
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59)
        return err_at(e, c->path, 0, 0, "hour %d: no such time", index + 1);
    int tmy = json_object_get(o, "time(UTC)") != NULL; /* months of different years stand in one */
    struct weather_log_row *row = add_row(r, civil_ms(NULL, tmy ? 2025 : year, month, day, hour, minute, 0), c, e);
    if (!row) return -1;
    int made = json_number_value(json_object_get(o, "Int")) > 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json_t *j = json_object_get(o, names[i].text);
        if (!j) continue;
        *key = names[i].text;
        if (!json_is_number(j) && !json_is_null(j))
            return err_at(e, c->path, 0, 0, "hour %d: %s is no number", index + 1, names[i].text);
        int sun = names[i].column <= WLOG_PLANE;
        if (put(r, row, names[i].column, json_is_null(j) ? (double)NAN : json_number_value(j) * names[i].factor,
                made && sun, c->path, 0, e))
            return -1;
    }
    return 0;
}

static int read_pvgis(struct weather_log *r, const char *path, struct err *e)
{
    json_error_t why;
    struct csv at = {.path = path};
    const char *key = NULL, *name = "hourly";
    json_t *root = json_load_file(path, 0, &why);
    if (!root) return err_at(e, path, why.line, why.column, "%s", why.text);
    const json_t *place = json_object_get(json_object_get(root, "inputs"), "location"),
                 *out = json_object_get(root, "outputs"), *list = json_object_get(out, name);
    if (!list) list = json_object_get(out, name = "tmy_hourly");
    int bad = json_is_array(list) ? 0 : err_at(e, path, 0, 0, "no outputs.hourly and no outputs.tmy_hourly");
    r->has_place = json_is_object(place);
    r->lat_deg = json_number_value(json_object_get(place, "latitude")),
    r->lon_deg = json_number_value(json_object_get(place, "longitude"));
    r->altitude_m = json_number_value(json_object_get(place, "elevation"));
    for (size_t i = 0; i < json_array_size(list) && !bad; i++)
        if ((bad = pvgis_row(r, json_array_get(list, i), (int)i, &at, &key, e)))
            e->line = line_in(path, name, (int)i, key);
    json_decref(root);
    return bad;
}

static int first_is(const char *line, const char *word) { return !strncmp(line, word, strlen(word)); }

const char *weather_log_format(const char *path)
{
    char line[2][512] = {"", ""};
    double v[3];
    FILE *f = fopen(path, "r");
    if (!f) return NULL;
    if (!fgets(line[0], sizeof line[0], f) || !fgets(line[1], sizeof line[1], f)) line[1][0] = 0;
    fclose(f);
    const char *p = line[0] + strspn(line[0], " \t\r\n");
    if (*p == '{') return "PVGIS JSON";
    if (first_is(p, "Source,") || first_is(p, ",Year,") || first_is(p, "Year,")) return "NSRDB";
    if (sscanf(line[1], "%lf %lf %lf m version", v, v + 1, v + 2) == 3 && strstr(line[1], "version"))
        return "SURFRAD";
    return NULL;
}

int weather_log_read(struct weather_log *r, const char *path, struct err *e)
{
    struct csv c;
    *r = (struct weather_log){.format = weather_log_format(path)};
    if (csv_open(&c, path, e)) return -1;
    int bad = !r->format            ? err_at(e, path, 1, 1, "is neither NSRDB nor SURFRAD nor PVGIS JSON")
              : r->format[0] == 'P' ? read_pvgis(r, path, e)
              : r->format[0] == 'N' ? read_nsrdb(r, &c, e)
                                    : read_surfrad(r, &c, e);
    csv_close(&c);
    if (!bad && !r->n) bad = err_at(e, path, 0, 0, "holds no rows");
    if (bad) return weather_log_free(r), -1;
    r->step_s = r->n > 1 ? (double)(r->row[1].local_ms - r->row[0].local_ms) / 1000 : 0;
    return 0;
}

void weather_log_free(struct weather_log *r)
{
    free(r->row);
    r->row = NULL;
    r->n = 0;
}
