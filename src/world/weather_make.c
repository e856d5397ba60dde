/* A synthetic year from monthly norms: what a village gets when no weather file of its place exists. Daily states
 * are drawn with the persistence that the norms state, then every monthly mean is brought onto its norm, so that
 * energy over a season is right and days in a row are believable. The year closes on itself: each autoregressive
 * series is run through the same noise twice, so its end meets its beginning. cloud        daily clear-sky index
 * through a logistic of an AR(1) (the bounded daily index and its persistence: Graham, Hollands & Huget, Solar
 * Energy 40, 1988); hourly AR(1) inside the day, the day's energy kept diffuse      Erbs, Klein & Duffie 1982
 *   temperature  mean + AR(1) anomaly + a daily wave, lowest at sunrise, highest at 14:30 solar, wider on clear
 * days rain         on the cloudiest days of a month, exponential amounts, whole blocks of hours (Richardson 1981)
 *   wind         lognormal AR(1) with an afternoon maximum; humidity from a daily dew point; pressure standard +- 6
 * hPa Left out: fronts (wind, rain and temperature jump together), snow, trends, extremes rarer than a year. */
#include "base/random.h"
#include "physics/irradiance.h"
#include "village/village.h"
#include "world/weather.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
enum { DAYS = WEATHER_DAYS, HOURS = WEATHER_HOURS };
static const double index_lo = 0.10, index_hi = 1.02,
                    cloud_width = 1.5; /* daily clear-sky index; width of the logistic */
static const double hour_index_max = 1.12, hottest_solar_h = 14.5, wet_day_mm = 5.0, wind_log_sd = 0.55;

/* One year of AR(1) with mean 0, deviation 1, closed on itself. */
static void ar1_year(struct random *r, double rho, double *x, int n)
{
    double state = 0.0, sum = 0.0, square = 0.0, spread = sqrt(1.0 - rho * rho);
    double *noise = malloc(sizeof *noise * (size_t)n);
    if (!noise) abort();
    for (int i = 0; i < n; i++) noise[i] = random_normal(r);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < n; i++) x[i] = state = rho * state + spread * noise[i];
    free(noise);
    for (int i = 0; i < n; i++) sum += x[i], square += x[i] * x[i];
    double mean = sum / n, sd = sqrt(fmax(1e-12, square / n - mean * mean));
    for (int i = 0; i < n; i++) x[i] = (x[i] - mean) / sd;
}

static int month_first(int m)
{
    int d = 0;
    while (d < DAYS && weather_month(d) < m) d++;
    return d;
}

/* A yearly curve through monthly anchors placed in mid-month; day may be fractional. */
static double between_months(const double anchor[12], double day)
{
    double m = day / DAYS * 12.0 - 0.5, k = floor(m), f = m - k;
    int i = ((int)k + 12) % 12;
    return anchor[i] * (1.0 - f) + anchor[(i + 1) % 12] * f;
}

static double logistic(double v) { return 1.0 / (1.0 + exp(-v)); }

struct maker {
    const struct climate *climate;
    double clear[HOURS], zenith[HOURS];
    double day_clear[DAYS], index[DAYS]; /* Wh/m2 of a cloudless day; the part that arrives */
    double mean_index[12];
    double cloud[DAYS], anomaly[DAYS];
};

static double month_energy(const struct maker *k, int m, double a, double *index)
{
    double sum = 0.0;
    for (int d = month_first(m); d < DAYS && weather_month(d) == m; d++) {
        index[d] = index_lo + (index_hi - index_lo) * logistic(a + cloud_width * k->cloud[d]);
        sum += index[d] * k->day_clear[d];
    }
    return sum;
}

/* Daily index: in each month the logistic's offset that gives the norm's energy; the rest by scale where it
 * saturates. */
static void make_index(struct maker *k)
{
    for (int m = 0; m < 12; m++) {
        double norm_Wh = k->climate->month[m].ghi_MJ_m2 * 1e6 / 3600.0, lo = -12.0, hi = 12.0, got = 0.0;
        for (int i = 0; i < 60; i++) {
            got = month_energy(k, m, 0.5 * (lo + hi), k->index);
            if (got < norm_Wh)
                lo = 0.5 * (lo + hi);
            else
                hi = 0.5 * (lo + hi);
        }
        double sum = 0.0, n = 0.0;
        for (int d = month_first(m); d < DAYS && weather_month(d) == m; d++, n++)
            sum += k->index[d] *= norm_Wh / got;
        k->mean_index[m] = sum / n;
    }
}

/* Hourly irradiance: noise within the day, then the day's energy as drawn. */
static void make_sun(struct maker *k, struct weather *w, struct random *r)
{
    double *wave = malloc(sizeof *wave * HOURS), *g = w->value[WEATHER_GHI];
    if (!wave) abort();
    ar1_year(r, 0.75, wave, HOURS);
    for (int d = 0; d < DAYS; d++) {
        double want = k->index[d] * k->day_clear[d], sum = 0.0,
               spread = 0.9 * k->index[d] * fmax(0.03, 1.08 - k->index[d]);
        for (int i = d * 24; i < d * 24 + 24; i++) {
            double part = fmin(hour_index_max, fmax(0.04, k->index[d] + spread * wave[i]));
            sum += g[i] = part * k->clear[i];
        }
        double scale = sum > 0.0 ? want / sum : 0.0;
        for (int i = d * 24; i < d * 24 + 24; i++) {
            g[i] *= scale;
            struct irradiance s = irradiance_erbs(g[i], k->zenith[i], irradiance_extraterrestrial_W_m2(d + 1));
            w->value[WEATHER_DNI][i] = s.dni_W_m2;
            w->value[WEATHER_DHI][i] = s.dhi_W_m2;
        }
    }
    free(wave);
}

/* A wave of mean 0 and range 1 over the day: half a cosine up from sunrise to the hottest hour, half a longer one
 * down. */
static double day_wave(double hour, double sunrise_h)
{
    double up = hottest_solar_h - sunrise_h, since = fmod(hour - sunrise_h + 24.0, 24.0);
    return since < up ? -0.5 * cos(PI * since / up) : 0.5 * cos(PI * (since - up) / (24.0 - up));
}

static double sunrise_of(const struct maker *k, int day)
{
    for (int h = 2; h < 11; h++)
        if (k->zenith[day * 24 + h] < 90.0) return h;
    return 8.0;
}

static double day_range_K(const struct maker *k, int d)
{
    const struct climate_month *c = &k->climate->month[weather_month(d)];
    double range = c->temp_max_degC > c->temp_min_degC ? c->temp_max_degC - c->temp_min_degC : 10.0;
    double clearer = k->index[d] - k->mean_index[weather_month(d)];
    return range * fmin(1.4, fmax(0.5, 1.0 + 0.8 * clearer));
}

static void fill_temperature(const struct maker *k, const double anchor[12], double *temp)
{
    double sd = k->climate->temp_day_sd_K > 0.0 ? k->climate->temp_day_sd_K : 3.0;
    for (int i = 0; i < HOURS; i++) {
        double day = (i + 0.5) / 24.0, u = day - 0.5, f = u - floor(u);
        int d = i / 24, a = ((int)floor(u) + DAYS) % DAYS, b = (a + 1) % DAYS;
        double anomaly = k->anomaly[a] * (1.0 - f) + k->anomaly[b] * f;
        temp[i] = between_months(anchor, day) + sd * anomaly +
                  day_range_K(k, d) * day_wave(i % 24 + 0.5, sunrise_of(k, d));
    }
}

/* Mean of a column over month m. */
static double month_mean(const double *v, int m)
{
    int a = month_first(m) * 24, b = m < 11 ? month_first(m + 1) * 24 : HOURS;
    double sum = 0.0;
    for (int i = a; i < b; i++) sum += v[i];
    return sum / (b - a);
}

static void make_temperature(struct maker *k, struct weather *w, struct random *r)
{
    double anchor[12], *temp = w->value[WEATHER_TEMP], rho = k->climate->temp_persistence;
    ar1_year(r, rho > 0.0 && rho < 1.0 ? rho : 0.75, k->anomaly, DAYS);
    for (int m = 0; m < 12; m++) anchor[m] = k->climate->month[m].temp_degC;
    for (int round = 0; round < 12; round++) {
        fill_temperature(k, anchor, temp);
        for (int m = 0; m < 12; m++) anchor[m] += k->climate->month[m].temp_degC - month_mean(temp, m);
    }
    fill_temperature(k, anchor, temp);
}

/* Brings each month of a column onto its norm by a factor. */
static void scale_months(double *v, double norm(const struct climate_month *), const struct climate *c, double hi)
{
    for (int m = 0; m < 12; m++) {
        double want = norm(&c->month[m]);
        int a = month_first(m) * 24, b = m < 11 ? month_first(m + 1) * 24 : HOURS;
        for (int round = 0; round < 6; round++) { /* clipping at hi moves the mean: repeat */
            double mean = month_mean(v, m), factor = mean > 0.0 ? want / mean : 0.0;
            for (int i = a; i < b; i++) v[i] = fmin(hi, v[i] * factor);
        }
    }
}
static double norm_wind(const struct climate_month *m) { return m->wind_m_s > 0.0 ? m->wind_m_s : 2.0; }
static double norm_humidity(const struct climate_month *m)
{
    return m->humidity_frac > 0.0 ? m->humidity_frac : 0.6;
}

static void make_wind(struct maker *k, struct weather *w, struct random *r)
{
    double *v = w->value[WEATHER_WIND];
    ar1_year(r, 0.88, v, HOURS);
    for (int i = 0; i < HOURS; i++)
        v[i] = exp(wind_log_sd * v[i]) * (1.0 + 0.3 * cos(2.0 * PI * (i % 24 + 0.5 - 15.0) / 24.0));
    scale_months(v, norm_wind, k->climate, 40.0);
}

static double saturation_Pa(double temp_degC) { return 610.94 * exp(17.625 * temp_degC / (temp_degC + 243.04)); }

static void make_humidity(struct maker *k, struct weather *w)
{
    double *v = w->value[WEATHER_HUMIDITY];
    for (int i = 0; i < HOURS; i++) {
        int d = i / 24, m = weather_month(d);
        double mean = k->climate->month[m].temp_degC, clearer = k->index[d] - k->mean_index[m];
        double vapour = norm_humidity(&k->climate->month[m]) * (1.0 - 0.4 * clearer) *
                        (0.5 * saturation_Pa(mean) + 0.5 * saturation_Pa(w->value[WEATHER_TEMP][i]));
        v[i] = fmax(0.12, fmin(1.0, vapour / saturation_Pa(w->value[WEATHER_TEMP][i])));
    }
    scale_months(v, norm_humidity, k->climate, 1.0);
}

static void make_pressure(struct weather *w, struct random *r)
{
    double base_Pa = 101325.0 * pow(1.0 - 2.25577e-5 * w->altitude_m, 5.25588), *v = w->value[WEATHER_PRESSURE];
    ar1_year(r, 0.985, v, HOURS);
    for (int i = 0; i < HOURS; i++) v[i] = base_Pa + 600.0 * v[i];
}

/* The n cloudiest days of a month get rain in one block of hours each. */
static void rain_month(struct maker *k, double *rain, int m, struct random *r)
{
    int first = month_first(m), days = (m < 11 ? month_first(m + 1) : DAYS) - first;
    double total_mm = k->climate->month[m].rain_mm, sum = 0.0;
    int wet = (int)fmin(0.6 * days, fmax(1.0, floor(total_mm / wet_day_mm + 0.5)));
    char taken[31] = {0};
    if (total_mm <= 0.0) return;
    for (int n = 0; n < wet; n++) {
        int best = -1;
        for (int d = 0; d < days; d++)
            if (!taken[d] && (best < 0 || k->index[first + d] < k->index[first + best])) best = d;
        taken[best] = 1;
        int from = (int)random_range(r, 0, 16), hours = 3 + (int)random_range(r, 0, 6);
        double amount = 0.3 + random_exponential(r, 1.0);
        for (int h = from; h < from + hours; h++) sum += rain[(first + best) * 24 + h] = amount / hours;
    }
    for (int i = first * 24; i < (first + days) * 24; i++) rain[i] *= total_mm / sum;
}

void weather_make(struct weather *w, const struct climate *c, const struct site *site, uint64_t seed)
{
    struct random sky = random_stream(seed, "weather.cloud"), air = random_stream(seed, "weather.air");
    struct maker *k = calloc(1, sizeof *k);
    if (!k) abort();
    memset(w, 0, sizeof *w);
    w->format = "synthetic", w->has_place = 1, w->seed = seed;
    w->lat_deg = site->lat_deg, w->lon_deg = site->lon_deg, w->altitude_m = site->altitude_m;
    w->utc_offset_h = site->lon_deg / 15.0, w->knot_h = 0.5, w->sun_h = 0.5, w->sun_span_h = 1.0;
    k->climate = c;
    weather_clear(w, k->clear, k->zenith);
    for (int i = 0; i < HOURS; i++) k->day_clear[i / 24] += k->clear[i];
    ar1_year(&sky, c->cloud_persistence > 0.0 && c->cloud_persistence < 1.0 ? c->cloud_persistence : 0.5, k->cloud,
             DAYS);
    make_index(k);
    make_sun(k, w, &sky);
    make_temperature(k, w, &air);
    make_wind(k, w, &air);
    make_humidity(k, w);
    make_pressure(w, &air);
    for (int m = 0; m < 12; m++) rain_month(k, w->value[WEATHER_RAIN], m, &sky);
    weather_prepare(w, k->clear);
    free(k);
}
