/* Air and sun ahead. Sun: the cloudless sky (Ineichen & Perez 2002) times a clear-sky index that starts from the
 * last hour's, falls back to the last day's within an hour and a half and to the month's norm with the
 * persistence that the file states (persistence of the clear-sky index: Perez et al., Solar Energy 84, 2010);
 * diffuse by Erbs. Temperature: the norm's course of the day, plus how this place's days differ from it by
 * quarter-hour, plus how far the last hour and the last day were off that, both fading. Humidity follows from
 * constant vapour pressure. Wind and pressure persist, rain fades. Left out: weather forecasts from outside,
 * which would enter here. */
#include "forecast/inside.h"
#include "physics/irradiance.h"
#include "physics/sun.h"
#include <math.h>
#include <string.h>

#define RAD (3.14159265358979323846 / 180.0)
static const double linke = 3.0, sun_least_W_m2 = 40.0, index_max = 1.15;
static const double fast_h = 0.7, slow_h = 8.0;          /* memory of the two indices, hours of daylight */
static const double fast_fade_h = 1.5, off_fade_h = 6.0; /* fading of what is off now */
static const double off_fast_h = 0.25, off_slow_h = 16.0, shape_weight = 0.2, wind_fade_h = 12.0, rain_fade_h = 3.0;
static const double hottest_h = 14.8, coldest_h = 6.0; /* local clock; sunrise near enough */

static double saturation_Pa(double temp_degC) { return 610.94 * exp(17.625 * temp_degC / (temp_degC + 243.04)); }

static double clear_W_m2(const struct forecast *f, double zenith_deg, int month)
{
    return irradiance_clear(zenith_deg, f->v->site.altitude_m, linke, month * 30 - 15).ghi_W_m2;
}

/* Mean and range of the norms: straight between the middles of the months. */
double forecast_norm_temp(const struct village *v, int month, double hour, double day_of_month)
{
    const struct climate_month *c = v->climate.month;
    double at = month - 1 + (day_of_month - 0.5) / 30.5 - 0.5, k = floor(at), f = at - k;
    const struct climate_month *a = &c[((int)k + 12) % 12], *b = &c[((int)k + 13) % 12];
    double mean = a->temp_degC * (1.0 - f) + b->temp_degC * f;
    double range = (a->temp_max_degC - a->temp_min_degC) * (1.0 - f) + (b->temp_max_degC - b->temp_min_degC) * f;
    double up = hottest_h - coldest_h, since = fmod(hour - coldest_h + 24.0, 24.0), pi = 180.0 * RAD;
    double wave = since < up ? -0.5 * cos(pi * since / up) : 0.5 * cos(pi * (since - up) / (24.0 - up));
    return mean + fmax(0.0, range) * wave;
}

static double norm_at(const struct forecast *f, const struct ambient *a, int64_t at_ms)
{
    return forecast_norm_temp(f->v, a->month, a->local_hour, civil_at(&f->v->site.zone, at_ms).day);
}

/* The month's norm over what a cloudless mid-month would give. */
static double index_of_month(const struct forecast *f, int month)
{
    const struct site *s = &f->v->site;
    int64_t day = civil_ms(&s->zone, 2025, month, 15, 0, 0, 0);
    double sum_J = 0.0;
    for (int k = 0; k < 48; k++)
        sum_J += 1800.0 *
                 clear_W_m2(f, sun_position(day + k * 1800000LL, s->lat_deg, s->lon_deg, s->altitude_m).zenith_deg,
                            month);
    double norm_J = f->v->climate.month[month - 1].ghi_MJ_m2 * 1e6 / 30.44;
    return sum_J > 1e5 && norm_J > 0.0 ? fmin(1.0, norm_J / sum_J) : 0.65;
}

void forecast_air_create(struct forecast *f)
{
    struct air *a = &f->air;
    memset(a, 0, sizeof *a);
    a->at_ms = INT64_MIN;
    for (int m = 1; m <= 12; m++) a->index_norm[m - 1] = index_of_month(f, m);
    a->index_fast = a->index_slow = a->trm_degC = a->vapour_Pa = (double)NAN;
}

static void pull(double *x, double to, double weight) { *x = isnan(*x) ? to : *x + weight * (to - *x); }

static void learn_sun(struct forecast *f, const struct ambient *amb, double dt_h)
{
    double zenith = amb->sun_zenith_deg, clear = clear_W_m2(f, zenith, amb->month);
    if (clear < sun_least_W_m2 || !isfinite(amb->ghi_W_m2)) return;
    double index = fmin(index_max, fmax(0.0, amb->ghi_W_m2 / clear)), light = fmin(1.0, clear / 500.0);
    pull(&f->air.index_fast, index, 1.0 - exp(-dt_h / fast_h));
    pull(&f->air.index_slow, index, 1.0 - exp(-dt_h * light / slow_h));
}

static void learn_temperature(struct forecast *f, int64_t at_ms, const struct ambient *amb, double dt_h)
{
    struct air *a = &f->air;
    int q = (int)(amb->local_hour * 4.0) % QUARTERS;
    double off = amb->temp_degC - norm_at(f, amb, at_ms), level = off - a->shape_K[q];
    if (a->at_ms == INT64_MIN) a->off_fast_K = a->off_slow_K = level;
    a->off_fast_K += (1.0 - exp(-dt_h / off_fast_h)) * (level - a->off_fast_K);
    a->off_slow_K += (1.0 - exp(-dt_h / off_slow_h)) * (level - a->off_slow_K);
    a->shape_K[q] += fmin(1.0, shape_weight * dt_h / 0.25) * (off - a->off_slow_K - a->shape_K[q]);
    if (amb->local_day != a->day) {
        if (a->day_n > 0.0) pull(&a->trm_degC, a->day_sum / a->day_n, 0.2); /* EN 16798-1 eq. B.2 */
        a->day = amb->local_day, a->day_sum = a->day_n = 0.0;
    }
    a->day_sum += amb->temp_degC, a->day_n += 1.0;
}

void forecast_air_learn(struct forecast *f, int64_t at_ms, const struct ambient *given)
{
    struct air *a = &f->air;
    struct ambient amb = *given;
    ambient_clock(&amb, &f->v->site, at_ms);
    double dt_h = a->at_ms == INT64_MIN ? 0.25 : fmin(1.0, (double)(at_ms - a->at_ms) / MS_HOUR);
    if (a->at_ms != INT64_MIN && at_ms <= a->at_ms) return;
    learn_sun(f, &amb, dt_h);
    if (isfinite(amb.temp_degC)) {
        learn_temperature(f, at_ms, &amb, dt_h);
        if (isfinite(amb.humidity_frac))
            pull(&a->vapour_Pa, amb.humidity_frac * saturation_Pa(amb.temp_degC), 1.0 - exp(-dt_h / 3.0));
        a->at_ms = at_ms;
    }
    a->now = amb;
}

/* The index ahead: last hour -> last day -> norm. */
static double index_at(const struct forecast *f, double lead_h, int month)
{
    const struct air *a = &f->air;
    double norm = a->index_norm[month - 1], keep = f->v->climate.cloud_persistence;
    if (isnan(a->index_slow)) return norm;
    double slow = norm + (a->index_slow - norm) * pow(keep > 0.0 && keep < 1.0 ? keep : 0.5, lead_h / 24.0);
    return slow + (a->index_fast - a->index_slow) * exp(-lead_h / fast_fade_h);
}

static double temp_at(const struct forecast *f, const struct ambient *amb, double lead_h, int64_t at_ms)
{
    const struct air *a = &f->air;
    double norm = norm_at(f, amb, at_ms), keep = f->v->climate.temp_persistence;
    if (a->at_ms == INT64_MIN) return norm;
    int q = (int)(amb->local_hour * 4.0) % QUARTERS;
    double days = pow(keep > 0.0 && keep < 1.0 ? keep : 0.75, lead_h / 24.0);
    double shape_K =
        0.25 * (a->shape_K[(q + 95) % QUARTERS] + 2.0 * a->shape_K[q] + a->shape_K[(q + 1) % QUARTERS]);
    return norm + shape_K + days * (a->off_slow_K + (a->off_fast_K - a->off_slow_K) * exp(-lead_h / off_fade_h));
}

static double kept(double now, double norm, double lead_h, double fade_h)
{
    return isfinite(now) ? norm + (now - norm) * exp(-lead_h / fade_h) : norm;
}

static void sun_at(const struct forecast *f, double lead_h, struct ambient *amb)
{
    double clear = clear_W_m2(f, amb->sun_zenith_deg, amb->month), ghi = clear * index_at(f, lead_h, amb->month);
    struct irradiance s =
        irradiance_erbs(ghi, amb->sun_zenith_deg, irradiance_extraterrestrial_W_m2(amb->month * 30 - 15));
    amb->ghi_W_m2 = s.ghi_W_m2, amb->dni_W_m2 = fmin(s.dni_W_m2, 1100.0);
    amb->dhi_W_m2 = s.ghi_W_m2 - amb->dni_W_m2 * fmax(0.0, cos(RAD * amb->sun_zenith_deg));
}

void forecast_air_at(const struct forecast *f, int64_t at_ms, struct ambient *amb)
{
    const struct air *a = &f->air;
    ambient_clock(amb, &f->v->site, at_ms);
    const struct climate_month *norm = &f->v->climate.month[amb->month - 1];
    double lead_h = a->at_ms == INT64_MIN ? 1e6 : fmax(0.0, (double)(at_ms - a->at_ms) / MS_HOUR);
    amb->temp_degC = temp_at(f, amb, lead_h, at_ms);
    double vapour = kept(a->vapour_Pa, norm->humidity_frac * saturation_Pa(norm->temp_degC), lead_h, 24.0);
    amb->humidity_frac = fmin(1.0, fmax(0.1, vapour / saturation_Pa(amb->temp_degC)));
    double standard_Pa = 101325.0 * pow(1.0 - 2.25577e-5 * f->v->site.altitude_m, 5.25588);
    int known = a->at_ms != INT64_MIN;
    amb->wind_m_s = kept(known ? a->now.wind_m_s : (double)NAN, norm->wind_m_s, lead_h, wind_fade_h);
    amb->pressure_Pa =
        kept(known && a->now.pressure_Pa > 3e4 ? a->now.pressure_Pa : (double)NAN, standard_Pa, lead_h, 72.0);
    amb->rain_mm_h = kept(known ? a->now.rain_mm_h : (double)NAN, norm->rain_mm / 730.0, lead_h, rain_fade_h);
    double running = isnan(a->trm_degC) ? (known && isfinite(a->now.temp_mean_degC) && a->now.temp_mean_degC != 0.0
                                               ? a->now.temp_mean_degC
                                               : norm->temp_degC)
                                        : a->trm_degC;
    double today =
        a->day_n > 0.0 ? a->day_sum / a->day_n : running; /* enters the running mean at the next midnights */
    int nights = known ? (int)(amb->local_day - a->day) : 0;
    amb->temp_mean_degC = today + (running - today) * pow(0.8, nights > 0 ? nights : 0);
    sun_at(f, lead_h, amb);
}
