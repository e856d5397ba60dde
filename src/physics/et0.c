/* Reference evapotranspiration: Allen, Pereira, Raes & Smith, FAO Irrigation and Drainage Paper 56, 1998, daily (eq 6) and hourly (eq 53); with 1600 and
 * 0.38 the tall reference of ASCE-EWRI 2005. Chosen because irrigation practice everywhere is written in its terms. Net radiation by eqs 38 to 40,
 * clear sky by eq 37. Left out: the ASCE hourly form with its own day and night resistances. */
#include "physics/et0.h"
#include <math.h>

static const double pi = 3.14159265358979323846, sigma_day = 4.903e-9, albedo = 0.23; /* sigma in MJ/(K4 m2 day) */

double et0_saturation_kPa(double t) { return 0.6108 * exp(17.27 * t / (t + 237.3)); }
double et0_pressure_kPa(double z) { return 101.3 * pow((293 - 0.0065 * z) / 293, 5.26); }
static double slope_kPa_K(double t) { return 4098 * et0_saturation_kPa(t) / ((t + 237.3) * (t + 237.3)); }
static double wind2_m_s(double u, double height_m)
{
    return height_m == 2 ? u : u * 4.87 / log(67.8 * height_m - 5.42);
}
static double distance(int j) { return 1 + 0.033 * cos(2 * pi / 365 * j); }
static double declination(int j) { return 0.409 * sin(2 * pi / 365 * j - 1.39); }

static double sunset_angle(double lat, int j)
{
    double x = -tan(lat) * tan(declination(j));
    return acos(fmax(-1, fmin(1, x)));
}

double et0_outside_MJ_m2(double lat_deg, int j)
{
    double lat = lat_deg * pi / 180, d = declination(j), w = sunset_angle(lat, j);
    return 24 * 60 / pi * 0.0820 * distance(j) * (w * sin(lat) * sin(d) + cos(lat) * cos(d) * sin(w));
}

double et0_daylight_h(double lat_deg, int j) { return 24 / pi * sunset_angle(lat_deg * pi / 180, j); }

double et0_sun_from_hours_MJ_m2(double lat_deg, int j, double sunshine_h)
{
    double daylight = et0_daylight_h(lat_deg, j);
    return (0.25 + (daylight > 0 ? 0.5 * sunshine_h / daylight : 0)) * et0_outside_MJ_m2(lat_deg, j);
}

double et0_sun_from_temp_MJ_m2(double lat_deg, int j, double min_degC, double max_degC, double krs)
{
    return krs * sqrt(fmax(0, max_degC - min_degC)) * et0_outside_MJ_m2(lat_deg, j);
}

/* Clear sky over outside (ASCE-EWRI 2005, eqs D.1 to D.6): beam and diffuse through the day's water vapour. */
static double clear_frac(const struct et0_site *s, int j, double vapour_kPa)
{
    if (!s->full_clear) return 0.75 + 2e-5 * s->altitude_m;
    double lat = s->lat_deg * pi / 180, p = et0_pressure_kPa(s->altitude_m), water = 0.14 * vapour_kPa * p + 2.1;
    double height = fmax(0.01, sin(0.85 + 0.3 * lat * sin(2 * pi / 365 * j - 1.39) - 0.42 * lat * lat));
    double beam = 0.98 * exp(-0.00146 * p / height - 0.075 * pow(water / height, 0.4));
    return beam + (beam >= 0.15 ? 0.35 - 0.36 * beam : 0.18 + 0.82 * beam);
}

struct et0_run et0_daily(const struct et0_site *s, const struct et0_day *d)
{
    double t = (d->min_degC + d->max_degC) / 2, max4 = pow(d->max_degC + 273.16, 4),
           min4 = pow(d->min_degC + 273.16, 4);
    struct et0_run r = {.slope_kPa_K = slope_kPa_K(t), .gamma_kPa_K = 0.000665 * et0_pressure_kPa(s->altitude_m)};
    r.saturation_kPa = (et0_saturation_kPa(d->max_degC) + et0_saturation_kPa(d->min_degC)) / 2;
    r.wind2_m_s = wind2_m_s(d->wind_m_s, s->wind_height_m);
    r.outside_MJ_m2 = et0_outside_MJ_m2(s->lat_deg, d->yearday);
    r.clear_MJ_m2 = clear_frac(s, d->yearday, d->vapour_kPa) * r.outside_MJ_m2;
    double cloud = r.clear_MJ_m2 > 0 ? fmax(0.3, fmin(1, d->sun_MJ_m2 / r.clear_MJ_m2)) : 0.8;
    r.longwave_MJ_m2 = sigma_day * (max4 + min4) / 2 * (0.34 - 0.14 * sqrt(d->vapour_kPa)) * (1.35 * cloud - 0.35);
    r.net_MJ_m2 = (1 - albedo) * d->sun_MJ_m2 - r.longwave_MJ_m2;
    double dry = r.gamma_kPa_K * s->numerator / (t + 273) * r.wind2_m_s * (r.saturation_kPa - d->vapour_kPa);
    r.et0_mm = (0.408 * r.slope_kPa_K * (r.net_MJ_m2 - d->soil_MJ_m2) + dry) /
               (r.slope_kPa_K + r.gamma_kPa_K * (1 + s->denominator * r.wind2_m_s));
    return r;
}

/* Outside the air over the hour, MJ/m2 (eq 28), the part of it with the sun up. */
static double outside_hour(double lat, int j, double solar_hour)
{
    double w = pi / 12 * (solar_hour - 12), set = sunset_angle(lat, j), d = declination(j);
    double from = fmax(-set, w - pi / 24), to = fmin(set, w + pi / 24);
    if (to <= from) return 0;
    return 12 * 60 / pi * 0.0820 * distance(j) *
           ((to - from) * sin(lat) * sin(d) + cos(lat) * cos(d) * (sin(to) - sin(from)));
}

struct et0_run et0_hourly(const struct et0_site *s, const struct et0_hour *h)
{
    double t = h->temp_degC, t4 = pow(t + 273.16, 4);
    struct et0_run r = {.slope_kPa_K = slope_kPa_K(t),
                        .gamma_kPa_K = 0.000665 * et0_pressure_kPa(s->altitude_m),
                        .saturation_kPa = et0_saturation_kPa(t)};
    r.wind2_m_s = wind2_m_s(h->wind_m_s, s->wind_height_m);
    r.outside_MJ_m2 = outside_hour(s->lat_deg * pi / 180, h->yearday, h->solar_hour);
    r.clear_MJ_m2 = (0.75 + 2e-5 * s->altitude_m) * r.outside_MJ_m2;
    int high = r.outside_MJ_m2 > 0.3;
    double cloud = fmax(0.3, fmin(1, high ? h->sun_MJ_m2 / r.clear_MJ_m2 : h->clear_ratio));
    r.longwave_MJ_m2 = sigma_day / 24 * t4 * (0.34 - 0.14 * sqrt(h->vapour_kPa)) * (1.35 * cloud - 0.35);
    r.net_MJ_m2 = (1 - albedo) * h->sun_MJ_m2 - r.longwave_MJ_m2;
    double soil = r.net_MJ_m2 * (h->sun_MJ_m2 > 0 ? 0.1 : 0.5),
           wet = r.slope_kPa_K * (r.net_MJ_m2 - soil); /* eqs 45, 46 */
    double dry = r.gamma_kPa_K * s->numerator / 24 / (t + 273) * r.wind2_m_s * (r.saturation_kPa - h->vapour_kPa);
    r.et0_mm = (0.408 * wet + dry) / (r.slope_kPa_K + r.gamma_kPa_K * (1 + s->denominator * r.wind2_m_s));
    return r;
}
