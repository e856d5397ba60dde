/* Weather: from hourly values to any instant. Irradiance is kept as the part of the cloudless sky that arrives
 * (clear-sky index) and interpolated as such, so that sunrise, noon and sunset stay where the sun puts them and the
 * energy of each hour is kept; between the hours broken cloud flickers (seeded, no net effect). The cloudless sky
 * is Ineichen & Perez 2002. A file from another longitude is shifted to equal solar time; its clear-sky index then
 * acts on the village's own sky. Left out: horizon shading, difference in climate between the file's place and the
 * village. */
#include "world/weather.h"
#include "base/err.h"
#include "base/instant.h"
#include "physics/irradiance.h"
#include "physics/sun.h"
#include "village/village.h"
#include "world/csv.h"
#include "world/noise.h"
#include "world/weather_log.h"
#include <math.h>
#include <string.h>

#define RAD (3.14159265358979323846 / 180.0)
static const int month_start[13] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
static const double clear_frac_max = 1.6; /* bright cloud edges exceed the clear sky; more is a fault of low sun */
static const double clear_least_W_m2 = 5; /* below: no index */
static const double flicker_s = 150.0, flicker_depth = 0.5;

int weather_day(int month, int day)
{
    if (month < 1 || month > 12 || day < 1) return -1;
    if (month == 2 && day == 29) return month_start[2] - 1;
    int n = month_start[month] - month_start[month - 1];
    return day <= n ? month_start[month - 1] + day - 1 : -1;
}

int weather_month(int day)
{
    int m = 0;
    while (day >= month_start[m + 1]) m++;
    return m;
}

int weather_row(struct weather_seen *seen, const struct csv *c, int month, int day, int hour, struct err *e)
{
    int doy = weather_day(month, day);
    if (doy < 0 || hour < 0 || hour > 23)
        return err_at(e, c->path, c->number, 1, "no such hour of a year: month %d, day %d, hour %d", month, day,
                      hour + 1);
    seen->last_line = c->number;
    if (month == 2 && day == 29) return -2;
    int row = doy * 24 + hour;
    if (seen->line[row])
        return err_at(e, c->path, c->number, 1, "month %d, day %d, hour %d was given before, on line %d", month,
                      day, hour + 1, seen->line[row]);
    seen->line[row] = c->number;
    seen->n++;
    return row;
}

int weather_whole(const struct weather_seen *seen, const char *path, struct err *e)
{
    if (seen->n == WEATHER_HOURS) return 0;
    if (!seen->n) return err_at(e, path, 0, 0, "holds no hours: the file is empty after its head");
    int row = 0;
    while (seen->line[row]) row++;
    int day = row / 24, m = weather_month(day);
    return err_at(e, path, seen->last_line, 1,
                  "ends after %d of %d hours (first missing: month %d, day %d, hour %d): cut short?", seen->n,
                  WEATHER_HOURS, m + 1, day - month_start[m] + 1, row % 24 + 1);
}

int weather_fields(struct weather *w, const struct csv *c, const struct weather_field *f, int n, int row,
                   struct err *e)
{
    for (int i = 0; i < n; i++) {
        double v, *to = &w->value[f[i].column][row];
        *to = (double)NAN;
        if (f[i].field < c->n && (!c->field[f[i].field][0] || !strcasecmp(c->field[f[i].field], "nan"))) continue;
        if (csv_number(c, f[i].field, f[i].name, &v, e)) return -1;
        int above = f[i].missing > f[i].hi, missing = above ? v >= f[i].missing : v <= f[i].missing;
        if (missing) continue;
        if (v < f[i].lo || v > f[i].hi)
            return err_at(e, c->path, c->number, c->col[f[i].field], "%s %g is outside %g to %g", f[i].name, v,
                          f[i].lo, f[i].hi);
        *to = v * f[i].factor;
    }
    return 0;
}

void weather_clear(const struct weather *w, double *clear_W_m2, double *zenith_deg)
{
    const double jd0 = 2460676.5 - w->utc_offset_h / 24.0; /* the file's 1 January 2025, 00:00 */
    const struct sun_place place = {w->lat_deg, w->lon_deg, w->altitude_m, 101325.0, 12.0, 0.5667};
    int n = w->sun_span_h > 0.0 ? 6 : 1;
    struct sun_geocentric a = sun_geocentric(jd0, 69.0);
    for (int day = 0; day < WEATHER_DAYS; day++) {
        struct sun_geocentric b = sun_geocentric(jd0 + day + 1, 69.0);
        for (int i = day * 24; i < day * 24 + 24; i++) {
            double sum = 0.0, mid = jd0 + (i + w->sun_h) / 24.0;
            for (int k = 0; k < n; k++) {
                double jd = mid + ((k + 0.5) / n - 0.5) * w->sun_span_h / 24.0;
                struct sun_geocentric g = sun_between(&a, &b, jd);
                struct sun_angles s = sun_topocentric(&g, &place);
                sum += irradiance_clear(s.zenith_deg, w->altitude_m, WEATHER_LINKE, day + 1).ghi_W_m2;
            }
            clear_W_m2[i] = sum / n;
            struct sun_geocentric g = sun_between(&a, &b, mid);
            zenith_deg[i] = sun_topocentric(&g, &place).zenith_deg;
        }
        a = b;
    }
}

/* Fills holes between known values of a cyclic series: a straight line over short ones, else the same hour of the
 * days around. */
static int fill_cyclic(double *v, int n, int longest_line)
{
    int filled = 0, start = 0;
    while (start < n && isnan(v[start])) start++;
    if (start == n) return n;
    for (int k = 1; k <= n; k++) {
        int i = (start + k) % n;
        if (!isnan(v[i])) continue;
        int len = 1;
        while (isnan(v[(i + len) % n])) len++;
        double a = v[(i + n - 1) % n], b = v[(i + len) % n];
        for (int j = 0; j < len; j++) {
            double line = a + (b - a) * (j + 1) / (len + 1), before = v[(i + j + 24 * n - 24) % n];
            v[(i + j) % n] = len <= longest_line || isnan(before) ? line : before;
        }
        filled += len;
        k += len - 1;
    }
    return filled;
}

/* What one column becomes where the whole of it is missing; NAN: that is an error. */
static const struct {
    const char *name;
    double dflt;
} column_rule[WEATHER_COLUMNS] = {[WEATHER_TEMP] = {"temperature", (double)NAN},
                                  [WEATHER_HUMIDITY] = {"humidity", 0.6},
                                  [WEATHER_WIND] = {"wind", 2.0},
                                  [WEATHER_PRESSURE] = {"pressure", 0.0},
                                  [WEATHER_RAIN] = {"rain", 0.0},
                                  [WEATHER_GHI] = {"irradiance", (double)NAN},
                                  [WEATHER_DNI] = {"direct irradiance", 0.0},
                                  [WEATHER_DHI] = {"diffuse irradiance", 0.0}};

static int fill_column(struct weather *w, enum weather_column col, double dflt, const char *path, struct err *e)
{
    const int most = WEATHER_HOURS / 4;
    double *v = w->value[col];
    int missing = 0;
    for (int i = 0; i < WEATHER_HOURS; i++) missing += isnan(v[i]);
    w->filled[col] = missing;
    if (missing > most && isnan(dflt))
        return err_at(e, path, 0, 0, "%s is missing in %d of %d hours", column_rule[col].name, missing,
                      WEATHER_HOURS);
    if (missing > most || col == WEATHER_RAIN) {
        for (int i = 0; i < WEATHER_HOURS; i++) v[i] = isnan(v[i]) ? dflt : v[i];
        return 0;
    }
    fill_cyclic(v, WEATHER_HOURS, 6);
    return 0;
}

/* Closes global = direct cos z + diffuse where one or two of the three are missing. */
static int fill_sun(struct weather *w, const double *zenith_deg, const char *path, struct err *e)
{
    double *g = w->value[WEATHER_GHI], *n = w->value[WEATHER_DNI], *d = w->value[WEATHER_DHI];
    int missing = 0;
    for (int i = 0; i < WEATHER_HOURS; i++)
        if (isnan(g[i])) {
            missing++;
            if (zenith_deg[i] > 95.0)
                g[i] = 0.0;
            else if (!isnan(n[i]) && !isnan(d[i]))
                g[i] = n[i] * fmax(0.0, cos(RAD * zenith_deg[i])) + d[i];
        }
    if (fill_column(w, WEATHER_GHI, column_rule[WEATHER_GHI].dflt, path, e)) return -1;
    w->filled[WEATHER_GHI] = missing; /* those closed from the other two were missing as well */
    for (int i = 0; i < WEATHER_HOURS; i++) {
        w->filled[WEATHER_DNI] += isnan(n[i]);
        w->filled[WEATHER_DHI] += isnan(d[i]);
        double c = fmax(0.0, cos(RAD * zenith_deg[i]));
        struct irradiance split =
            irradiance_erbs(g[i], zenith_deg[i], irradiance_extraterrestrial_W_m2(i / 24 + 1));
        if (isnan(d[i])) d[i] = isnan(n[i]) ? split.dhi_W_m2 : fmax(0.0, g[i] - n[i] * c);
        if (isnan(n[i])) n[i] = c > 0.05 ? fmax(0.0, (g[i] - d[i]) / c) : 0.0;
    }
    return 0;
}

static void prepare_sky(struct weather *w, const double *clear_W_m2)
{
    for (int i = 0; i < WEATHER_HOURS; i++) {
        double g = w->value[WEATHER_GHI][i], d = w->value[WEATHER_DHI][i];
        int light = clear_W_m2[i] > clear_least_W_m2;
        w->clear_frac[i] = light ? fmin(clear_frac_max, g / clear_W_m2[i]) : (double)NAN;
        w->diffuse_frac[i] = light && g > clear_least_W_m2 ? fmin(1.0, fmax(0.03, d / g)) : (double)NAN;
    }
    if (fill_cyclic(w->clear_frac, WEATHER_HOURS, WEATHER_HOURS) == WEATHER_HOURS)
        memset(w->clear_frac, 0, sizeof w->clear_frac);
    if (fill_cyclic(w->diffuse_frac, WEATHER_HOURS, WEATHER_HOURS) == WEATHER_HOURS)
        for (int i = 0; i < WEATHER_HOURS; i++) w->diffuse_frac[i] = 1.0;
}

void weather_prepare(struct weather *w, const double *clear_W_m2)
{
    prepare_sky(w, clear_W_m2);
    for (int d = 0; d < WEATHER_DAYS; d++) {
        const double *t = &w->value[WEATHER_TEMP][d * 24];
        double sum = 0.0, lo = t[0], hi = t[0];
        for (int i = 0; i < 24; i++) sum += t[i], lo = fmin(lo, t[i]), hi = fmax(hi, t[i]);
        w->mean_degC[d] = sum / 24.0, w->min_degC[d] = lo, w->max_degC[d] = hi;
    }
    double running = w->mean_degC[0];
    for (int round = 0; round < 2;
         round++) /* EN 16798-1 eq. B.2, started from the year before, which is the same */
        for (int d = 0; d < WEATHER_DAYS; d++) {
            w->running_degC[d] = running;
            running = 0.2 * w->mean_degC[d] + 0.8 * running;
        }
}

static int reader_of(const char *path, int (**read)(struct weather *, const char *, struct err *), struct err *e)
{
    struct csv c;
    if (weather_log_format(path)) return *read = weather_read_log, 0;
    if (csv_open(&c, path, e)) return -1;
    int got = csv_next(&c, e), n = c.n;
    char first[64] = "";
    if (got > 0) snprintf(first, sizeof first, "%s", c.field[0]);
    csv_close(&c);
    if (got < 0) return -1;
    if (got == 0) return err_at(e, path, 0, 0, "is empty");
    if (!strcmp(first, "LOCATION"))
        *read = weather_read_epw;
    else if (!strncmp(first, "Latitude", 8) || !strcmp(first, "time(UTC)"))
        *read = weather_read_pvgis;
    else if (n >= 7 && first[0] && strspn(first, "0123456789") == strlen(first))
        *read = weather_read_tmy3;
    else
        return err_at(e, path, 1, 1, "is neither EPW (starts with LOCATION) nor TMY3, PVGIS, NSRDB nor SURFRAD");
    return 0;
}

int weather_read(struct weather *w, const char *path, const struct site *site, struct err *e)
{
    static const enum weather_column plain[] = {WEATHER_TEMP, WEATHER_HUMIDITY, WEATHER_WIND, WEATHER_PRESSURE,
                                                WEATHER_RAIN};
    double clear_W_m2[WEATHER_HOURS], zenith_deg[WEATHER_HOURS];
    int (*read)(struct weather *, const char *, struct err *) = NULL;
    memset(w, 0, sizeof *w);
    for (int i = 0; i < WEATHER_HOURS; i++) w->value[WEATHER_RAIN][i] = (double)NAN;
    if (reader_of(path, &read, e) || read(w, path, e)) return -1;
    if (!w->has_place) w->lat_deg = site->lat_deg, w->lon_deg = site->lon_deg, w->altitude_m = site->altitude_m;
    double pressure_Pa = 101325.0 * pow(1.0 - 2.25577e-5 * w->altitude_m, 5.25588);
    for (int i = 0; i < 5; i++)
        if (fill_column(w, plain[i], plain[i] == WEATHER_PRESSURE ? pressure_Pa : column_rule[plain[i]].dflt, path,
                        e))
            return -1;
    for (int i = 0; i < WEATHER_HOURS; i++)
        w->value[WEATHER_HUMIDITY][i] = fmin(1.0, w->value[WEATHER_HUMIDITY][i]);
    weather_clear(w, clear_W_m2, zenith_deg);
    if (fill_sun(w, zenith_deg, path, e)) return -1;
    weather_prepare(w, clear_W_m2);
    return 0;
}

double weather_hour(const struct weather *w, const struct site *site, int64_t at_ms)
{
    double shift_h = w->utc_offset_h + (w->has_place ? (site->lon_deg - w->lon_deg) / 15.0 : 0.0);
    struct civil c = civil_at(NULL, at_ms + (int64_t)llround(shift_h * MS_HOUR));
    double h = weather_day(c.month, c.day) * 24.0 + c.hour;
    return h + (c.minute * 60.0 + c.second + c.ms * 1e-3) / 3600.0;
}

static int wrap(int i) { return i < 0 ? i + WEATHER_HOURS : i >= WEATHER_HOURS ? i - WEATHER_HOURS : i; }

static double line_between(const double *v, double h)
{
    double k = floor(h), f = h - k;
    return v[wrap((int)k)] * (1.0 - f) + v[wrap((int)k + 1)] * f;
}

/* The curve through hourly means that keeps each mean: straight from edge to middle to edge, edges shared by
 * neighbours. h counts hours so that [i, i + 1) is the time whose mean is v[i]. */
static double keep_mean(const double *v, double h)
{
    int i = (int)floor(h);
    double f = h - i, mid = v[wrap(i)], a = 0.5 * (mid + v[wrap(i - 1)]), b = 0.5 * (mid + v[wrap(i + 1)]);
    double most = 4.0 * mid; /* a + b above this would need a negative middle */
    double factor = a + b > most ? most / (a + b) : 1.0;
    a *= factor, b *= factor;
    double m = fmax(0.0, 2.0 * mid - 0.5 * (a + b));
    return f < 0.5 ? a + (m - a) * 2.0 * f : m + (b - m) * (2.0 * f - 1.0);
}

static void sky_at(const struct weather *w, double altitude_m, double h, struct ambient *amb)
{
    double zenith = amb->sun_zenith_deg, c = cos(RAD * zenith), sun_h = h - w->sun_h + 0.5;
    int yearday = (int)(h / 24.0) + 1;
    struct irradiance clear = irradiance_clear(zenith, altitude_m, WEATHER_LINKE, yearday);
    double k = keep_mean(w->clear_frac, sun_h),
           part = fmin(1.0, fmax(0.0, line_between(w->diffuse_frac, sun_h - 0.5)));
    double broken = fmax(0.0, (k - 0.2) * (1.0 - k)) / 0.16; /* 1 at k = 0.6, none when clear or overcast */
    double flicker = flicker_depth * broken * noise_smooth(w->seed, (double)(amb->at_ms / MS_S) / flicker_s);
    amb->ghi_W_m2 = k * (1.0 + flicker) * clear.ghi_W_m2;
    amb->dhi_W_m2 = amb->ghi_W_m2;
    amb->dni_W_m2 = 0.0;
    if (zenith >= 87.0 || amb->ghi_W_m2 <= 0.0) return;
    part = fmin(1.0, fmax(0.03, part * (1.0 - flicker)));
    double dni = amb->ghi_W_m2 * (1.0 - part) / c;
    amb->dni_W_m2 = fmin(dni, irradiance_extraterrestrial_W_m2(yearday) * 0.9);
    amb->dhi_W_m2 = amb->ghi_W_m2 - amb->dni_W_m2 * c;
}

void weather_at(const struct weather *w, const struct site *site, int64_t at_ms, struct ambient *amb)
{
    double h = weather_hour(w, site, at_ms), knot = h - w->knot_h;
    amb->temp_degC = line_between(w->value[WEATHER_TEMP], knot);
    amb->humidity_frac = fmin(1.0, line_between(w->value[WEATHER_HUMIDITY], knot));
    amb->wind_m_s = line_between(w->value[WEATHER_WIND], knot);
    amb->pressure_Pa = line_between(w->value[WEATHER_PRESSURE], knot);
    amb->rain_mm_h = w->value[WEATHER_RAIN][(int)h];
    amb->temp_mean_degC = w->running_degC[(int)h / 24];
    sky_at(w, site->altitude_m, h, amb);
}
