/* From global to beam and diffuse, beside Erbs in irradiance.h: DISC, DIRINT and Boland. */
#ifndef PHYSICS_SPLIT_H
#define PHYSICS_SPLIT_H
#include "physics/irradiance.h"
struct split_disc {
    struct irradiance sky;
    double clearness_frac, air_mass; /* pressure-corrected */
};
/* extraterrestrial_W_m2: of the day with the solar constant that the model was fitted with, SPLIT_DISC_CONSTANT. */
#define SPLIT_DISC_CONSTANT 1370.0
struct split_disc split_disc(double ghi_W_m2, double zenith_deg, double pressure_Pa, double extraterrestrial_W_m2);
/* The clearness index as if the sun stood high, 0..1; NAN where there is no air mass (the sun too low). */
double split_clearness_level(double clearness_frac, double air_mass);
/* DIRINT, from DISC's answer for the same record: the levels of the records before and after, and the dew point; NAN: unknown. */
struct irradiance split_dirint(const struct split_disc *, double zenith_deg, double level_before,
                               double level_after, double dew_degC);
/* steepness and middle of the logistic: 8.645 and 0.613 for quarter-hours. */
struct irradiance split_boland(double ghi_W_m2, double zenith_deg, double extraterrestrial_W_m2, double steepness,
                               double middle);
#endif
