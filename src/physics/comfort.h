/* How people feel: standard effective temperature by the two-node model, adaptive comfort, overheating criteria. */
#ifndef PHYSICS_COMFORT_H
#define PHYSICS_COMFORT_H
enum comfort_edition { COMFORT_2020, COMFORT_2017 };        /* of ASHRAE 55 */
enum comfort_posture { COMFORT_STANDING, COMFORT_SITTING }; /* since 2020 */
struct comfort_person {
    double air_degC, radiant_degC, wind_m_s, humidity_frac, met, clo;
    enum comfort_edition edition;
    enum comfort_posture posture;
};
struct comfort_body {
    double set_degC, skin_degC, core_degC, wetted_frac;
};
/* Gagge's two-node model over an hour, then the temperature of the standard room that takes the same heat from the skin. */
struct comfort_body comfort_set(const struct comfort_person *);

/* EN 16798-1 adaptive band around 0.33 Trm + 18.8; category 1 to 3; fan_m_s widens the top above 25 degC. */
struct comfort_band {
    double middle_degC, low_degC, high_degC;
};
struct comfort_band comfort_adaptive(double running_mean_degC, int category, double fan_m_s);
/* Fixed bands of heated or cooled homes, by category. */
struct comfort_band comfort_fixed(int summer, int category);
/* Running mean of a day from the last one and yesterday's mean (0.8). */
double comfort_running_mean(double last_degC, double yesterday_mean_degC);

/* CIBSE TM52: hours of a season with people in; which of the three criteria fail. */
struct comfort_tm52 {
    double over_frac, worst_day_K_h,
        worst_K; /* share of hours with dT >= 1 K, greatest daily weighted excess, greatest dT */
    int failed;  /* criteria failed; overheats when 2 or 3 */
};
/* n hours from midnight; operative and limit-setting running mean by the hour; occupied (may be NULL: always). Category 2. */
struct comfort_tm52 comfort_tm52(const double *operative_degC, const double *running_degC, const double *occupied,
                                 int n);
/* CIBSE TM59, bedrooms: share of the hours from 22 to 7 above 26 degC; fails above 1 %. */
double comfort_tm59_frac(const double *operative_degC, int n);
#endif
