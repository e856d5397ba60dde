/* Reference evapotranspiration of grass (and tall alfalfa) by Penman-Monteith, daily and hourly. Depths in mm, as in FAO-56. */
#ifndef PHYSICS_ET0_H
#define PHYSICS_ET0_H
struct et0_site {
    double lat_deg, altitude_m, wind_height_m;
    int full_clear; /* clear sky by vapour and sun height (ASCE-EWRI 2005, appendix D), not by altitude alone */
    double numerator,
        denominator; /* of the aerodynamic term: ET0_GRASS 900 and 0.34; tall reference 1600 and 0.38 */
};
struct et0_day {
    int yearday;
    double min_degC, max_degC, vapour_kPa, wind_m_s, sun_MJ_m2,
        soil_MJ_m2; /* actual vapour pressure; wind at wind_height_m; soil heat flux */
};
struct et0_run {
    double et0_mm, net_MJ_m2, longwave_MJ_m2, outside_MJ_m2, clear_MJ_m2, wind2_m_s, saturation_kPa, slope_kPa_K,
        gamma_kPa_K;
};
struct et0_run et0_daily(const struct et0_site *, const struct et0_day *);
/* One hour whose middle stands at solar_hour (solar time, 12 = noon); clear_ratio: sun over clear sky, used while the sun is low (0.8 dry, 0.6 humid). */
struct et0_hour {
    int yearday;
    double solar_hour, temp_degC, vapour_kPa, wind_m_s, sun_MJ_m2, clear_ratio;
};
struct et0_run et0_hourly(const struct et0_site *, const struct et0_hour *);
double et0_saturation_kPa(double temp_degC);           /* eq 11 */
double et0_pressure_kPa(double altitude_m);            /* eq 7 */
double et0_outside_MJ_m2(double lat_deg, int yearday); /* eq 21, of a day */
double et0_daylight_h(double lat_deg, int yearday);    /* eq 34 */
/* Sun of a day from sunshine hours (eq 35 with 0.25 and 0.5), or from temperature alone (eq 50, krs 0.16 inland, 0.19 coast). */
double et0_sun_from_hours_MJ_m2(double lat_deg, int yearday, double sunshine_h);
double et0_sun_from_temp_MJ_m2(double lat_deg, int yearday, double min_degC, double max_degC, double krs);
#endif
