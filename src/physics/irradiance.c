/* Irradiance models: the ones with a published formula, few inputs and long use, so that a village with one
 * pyranometer gets what its roofs and fields see. Sources at each function. Perez and others: transpose.c; other
 * splits and clear skies: split.c, clearsky.c; horizon and rows: array.c. */
#include "physics/irradiance.h"
#include <math.h>

#define RAD (3.14159265358979323846 / 180.0)
static const double zenith_max_deg = 87.0; /* beam from global is not trusted lower down: errors divide by cos z */

/* J. W. Spencer, "Fourier series representation of the position of the sun", Search 2(5), 1971. */
double irradiance_extraterrestrial_W_m2(int yearday)
{
    double b = 2.0 * 180.0 * RAD * (yearday - 1) / 365.0;
    return SOLAR_CONSTANT_W_M2 *
           (1.00011 + 0.034221 * cos(b) + 0.00128 * sin(b) + 0.000719 * cos(2.0 * b) + 7.7e-5 * sin(2.0 * b));
}

/* F. Kasten and A. T. Young, "Revised optical air mass tables", Applied Optics 28, 4735-4738, 1989, eq. 3. */
double irradiance_air_mass(double zenith_deg)
{
    if (zenith_deg >= 90.0) return 0.0;
    return 1.0 / (cos(RAD * zenith_deg) + 0.50572 * pow(6.07995 + 90.0 - zenith_deg, -1.6364));
}

/* B. Haurwitz, Journal of Meteorology 2, 154-166, 1945. */
double irradiance_haurwitz_W_m2(double zenith_deg)
{
    double c = cos(RAD * zenith_deg);
    return c > 0.0 ? 1098.0 * c * exp(-0.059 / c) : 0.0;
}

/* P. Ineichen and R. Perez, "A new airmass independent formulation for the Linke turbidity coefficient", Solar
 * Energy 73, 151-157, 2002, eqs 8 and 9 with the altitude terms of their section 4. */
struct irradiance irradiance_ineichen(double zenith_deg, double air_mass_absolute, double linke_turbidity,
                                      double altitude_m, double extraterrestrial_W_m2)
{
    double c = cos(RAD * zenith_deg);
    if (c <= 0.0 || air_mass_absolute <= 0.0) return (struct irradiance){0, 0, 0};
    double tl = linke_turbidity, fh1 = exp(-altitude_m / 8000.0), fh2 = exp(-altitude_m / 1250.0);
    double cg1 = 5.09e-5 * altitude_m + 0.868, cg2 = 3.92e-5 * altitude_m + 0.0387;
    double ghi = cg1 * extraterrestrial_W_m2 * c * exp(-cg2 * air_mass_absolute * (fh1 + fh2 * (tl - 1.0)));
    double beam = extraterrestrial_W_m2 * (0.664 + 0.163 / fh1) * exp(-0.09 * air_mass_absolute * (tl - 1.0));
    double ceiling = ghi * fmax(0.0, (1.0 - (0.1 - 0.2 * exp(-tl)) / (0.1 + 0.882 / fh1)) / c);
    double dni = fmin(beam, ceiling);
    return (struct irradiance){ghi, dni, ghi - dni * c};
}

struct irradiance irradiance_clear(double zenith_deg, double altitude_m, double linke_turbidity, int yearday)
{
    double pressure_ratio = pow(1.0 - 2.25577e-5 * altitude_m, 5.25588); /* ISO 2533 */
    double am = irradiance_air_mass(zenith_deg) * pressure_ratio;
    return irradiance_ineichen(zenith_deg, am, linke_turbidity, altitude_m,
                               irradiance_extraterrestrial_W_m2(yearday));
}

/* D. G. Erbs, S. A. Klein and J. A. Duffie, Solar Energy 28, 293-302, 1982, eq. 1 (hourly diffuse fraction). */
static double erbs_fraction(double kt)
{
    if (kt <= 0.22) return 1.0 - 0.09 * kt;
    if (kt > 0.80) return 0.165;
    return 0.9511 + kt * (-0.1604 + kt * (4.388 + kt * (-16.638 + kt * 12.336)));
}

struct irradiance irradiance_erbs(double ghi_W_m2, double zenith_deg, double extraterrestrial_W_m2)
{
    double c = cos(RAD * zenith_deg);
    struct irradiance s = {fmax(ghi_W_m2, 0.0), 0.0, fmax(ghi_W_m2, 0.0)};
    if (s.ghi_W_m2 <= 0.0 || zenith_deg > zenith_max_deg) return s; /* all diffuse: nothing is lost */
    double kt = fmin(s.ghi_W_m2 / (extraterrestrial_W_m2 * fmax(c, 0.065)), 1.0);
    s.dhi_W_m2 = s.ghi_W_m2 * erbs_fraction(kt);
    s.dni_W_m2 = (s.ghi_W_m2 - s.dhi_W_m2) / c;
    return s;
}

double irradiance_cos_incidence(double tilt_deg, double azimuth_deg, double zenith_deg, double sun_azimuth_deg)
{
    return cos(RAD * tilt_deg) * cos(RAD * zenith_deg) +
           sin(RAD * tilt_deg) * sin(RAD * zenith_deg) * cos(RAD * (sun_azimuth_deg - azimuth_deg));
}

/* Beam and ground-reflected parts, common to every sky model. */
static struct plane_irradiance plane_base(const struct irradiance *s, double tilt_deg, double azimuth_deg,
                                          double zenith_deg, double sun_azimuth_deg, double albedo_frac)
{
    struct plane_irradiance p = {0};
    p.cos_incidence = irradiance_cos_incidence(tilt_deg, azimuth_deg, zenith_deg, sun_azimuth_deg);
    p.beam_W_m2 = s->dni_W_m2 * fmax(p.cos_incidence, 0.0);
    p.ground_W_m2 = s->ghi_W_m2 * albedo_frac * 0.5 * (1.0 - cos(RAD * tilt_deg));
    return p;
}

static double sky_view(double tilt_deg) { return 0.5 * (1.0 + cos(RAD * tilt_deg)); }

/* B. Y. H. Liu and R. C. Jordan, Solar Energy 7, 53-65, 1963: an evenly bright sky. */
struct plane_irradiance irradiance_plane_isotropic(const struct irradiance *s, double tilt_deg, double azimuth_deg,
                                                   double zenith_deg, double sun_azimuth_deg, double albedo_frac)
{
    struct plane_irradiance p = plane_base(s, tilt_deg, azimuth_deg, zenith_deg, sun_azimuth_deg, albedo_frac);
    p.sky_W_m2 = s->dhi_W_m2 * sky_view(tilt_deg);
    p.total_W_m2 = p.beam_W_m2 + p.sky_W_m2 + p.ground_W_m2;
    return p;
}
