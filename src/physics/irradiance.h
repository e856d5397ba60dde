/* Irradiance: from one horizontal reading to beam and diffuse, the cloudless sky, and what falls on a tilted plane.
 */
#ifndef PHYSICS_IRRADIANCE_H
#define PHYSICS_IRRADIANCE_H
struct irradiance {
    double ghi_W_m2, dni_W_m2, dhi_W_m2;
};                                 /* global horizontal, direct normal, diffuse horizontal */
#define SOLAR_CONSTANT_W_M2 1361.0 /* Kopp & Lean 2011, doi 10.1029/2010GL045777 */
/* Normal irradiance outside the atmosphere on a day of the year 1..366 (Spencer 1971). */
double irradiance_extraterrestrial_W_m2(int yearday);
/* Relative optical air mass (Kasten & Young 1989) of a refracted zenith; 0 below the horizon. x pressure / 101325
 * Pa = absolute. */
double irradiance_air_mass(double zenith_deg);
/* Cloudless global irradiance from the zenith alone (Haurwitz 1945): no turbidity, no altitude. */
double irradiance_haurwitz_W_m2(double zenith_deg);
/* Cloudless sky (Ineichen & Perez 2002) from Linke turbidity (2 clean, 3 rural, 5 hazy), absolute air mass and
 * altitude. */
struct irradiance irradiance_ineichen(double zenith_deg, double air_mass_absolute, double linke_turbidity,
                                      double altitude_m, double extraterrestrial_W_m2);
/* The same from what a village knows: standard pressure of the altitude, air mass and day of the year inside. */
struct irradiance irradiance_clear(double zenith_deg, double altitude_m, double linke_turbidity, int yearday);
/* Splits global irradiance into beam and diffuse by the clearness index (Erbs, Klein & Duffie 1982). ghi = dni cos
 * z + dhi always. */
struct irradiance irradiance_erbs(double ghi_W_m2, double zenith_deg, double extraterrestrial_W_m2);
/* Cosine of the angle between the sun and a plane's normal (may be negative: the sun is behind). Tilt 0 = flat,
 * azimuth from north. */
double irradiance_cos_incidence(double tilt_deg, double azimuth_deg, double zenith_deg, double sun_azimuth_deg);
/* On a plane: beam, sky, ground-reflected. Liu & Jordan 1963 here; the other skies in transpose.h. */
struct plane_irradiance {
    double beam_W_m2, sky_W_m2, ground_W_m2, total_W_m2, cos_incidence;
};
struct plane_irradiance irradiance_plane_isotropic(const struct irradiance *, double tilt_deg, double azimuth_deg,
                                                   double zenith_deg, double sun_azimuth_deg, double albedo_frac);
#endif
