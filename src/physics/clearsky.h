/* Cloudless skies from what the air holds, beside Haurwitz and Ineichen in irradiance.h. */
#ifndef PHYSICS_CLEARSKY_H
#define PHYSICS_CLEARSKY_H
#include "physics/irradiance.h"
struct air {
    double aod380, aod500, aod700; /* aerosol optical depth at the wavelength in nm */
    double water_cm, ozone_cm;     /* precipitable water, ozone column */
    double pressure_Pa, albedo_frac,
        forward_frac; /* forward_frac: share of scattering that goes forward, 0.84 usual */
};
struct irradiance clearsky_bird(double zenith_deg, double air_mass, const struct air *,
                                double extraterrestrial_W_m2);
struct irradiance clearsky_solis(double elevation_deg, const struct air *, double extraterrestrial_W_m2);
#endif
