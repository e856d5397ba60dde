/* Sky models for a tilted plane beside the two in irradiance.h: Klucher, Reindl, Perez. Beam and ground are the same for all. */
#ifndef PHYSICS_TRANSPOSE_H
#define PHYSICS_TRANSPOSE_H
#include "physics/irradiance.h"
enum sky_model { SKY_ISOTROPIC, SKY_KLUCHER, SKY_HAY_DAVIES, SKY_REINDL, SKY_PEREZ, SKY_MODELS };
struct plane {
    double tilt_deg, azimuth_deg, albedo_frac; /* tilt 0 = flat; azimuth from north */
};
struct sky_sun {
    double zenith_deg, azimuth_deg; /* zenith as seen, refracted */
    double extraterrestrial_W_m2;   /* normal */
    double air_mass;                /* relative; used by Perez only */
};
struct plane_irradiance transpose(enum sky_model, const struct irradiance *, const struct plane *,
                                  const struct sky_sun *);
#endif
