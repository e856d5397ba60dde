/* Decomposition of global irradiance.
 *
 * DISC: Maxwell, "A quasi-physical model for converting hourly global horizontal to direct normal insolation", SERI/TR-215-3087,
 * 1987, with Kasten's air mass of 1966 (at most 12), clearness at most 1, nothing below a zenith of 87 degrees. Boland: Boland,
 * Scott & Luther, Environmetrics 12, 103-116, 2001; Ridley, Boland & Lauret, Renewable Energy 35, 478-483, 2010: diffuse over
 * global = 1 / (1 + exp(a (kt - b))) of the clearness kt. The numbers of DISC's equations could not be checked; its polynomials are written
 * out below. */
#include "physics/split.h"
#include <math.h>

#define RAD (3.14159265358979323846 / 180.0)
static const double zenith_max_deg = 87.0, cos_min = 0.065;

static double cubic(const double c[4], double x) { return c[0] + x * (c[1] + x * (c[2] + x * c[3])); }

static double air_mass_kasten_1966(double zenith_deg)
{
    return 1.0 / (cos(RAD * zenith_deg) + 0.15 * pow(93.885 - zenith_deg, -1.253));
}

struct split_disc split_disc(double ghi_W_m2, double zenith_deg, double pressure_Pa, double extraterrestrial_W_m2)
{
    static const double cloudy[3][4] = {
        {0.512, -1.56, 2.286, -2.222}, {0.37, 0.962, 0, 0}, {-0.28, 0.932, -2.048, 0}};
    static const double clear[3][4] = {
        {-5.743, 21.77, -27.49, 11.56}, {41.4, -118.5, 66.05, 31.9}, {-47.01, 184.2, -222.0, 73.81}};
    struct split_disc r = {.sky = {fmax(ghi_W_m2, 0.0), 0.0, fmax(ghi_W_m2, 0.0)}};
    double c = cos(RAD * zenith_deg);
    r.clearness_frac = fmin(1.0, fmax(0.0, ghi_W_m2 / (extraterrestrial_W_m2 * fmax(c, cos_min))));
    if (zenith_deg > zenith_max_deg || ghi_W_m2 <= 0.0) return r;
    double am = r.air_mass = fmin(12.0, air_mass_kasten_1966(zenith_deg) * pressure_Pa / 101325.0);
    const double(*t)[4] = r.clearness_frac <= 0.6 ? cloudy : clear;
    double drop =
        cubic(t[0], r.clearness_frac) + cubic(t[1], r.clearness_frac) * exp(cubic(t[2], r.clearness_frac) * am);
    double clean = 0.866 + am * (-0.122 + am * (0.0121 + am * (-0.000653 + am * 1.4e-5)));
    r.sky.dni_W_m2 = fmax(0.0, (clean - drop) * extraterrestrial_W_m2);
    r.sky.dhi_W_m2 = ghi_W_m2 - r.sky.dni_W_m2 * c;
    return r;
}

struct irradiance split_boland(double ghi_W_m2, double zenith_deg, double extraterrestrial_W_m2, double steepness,
                               double middle)
{
    double c = cos(RAD * zenith_deg);
    struct irradiance s = {fmax(ghi_W_m2, 0.0), 0.0, fmax(ghi_W_m2, 0.0)};
    if (zenith_deg > zenith_max_deg || ghi_W_m2 <= 0.0) return s;
    double kt = fmin(1.0, ghi_W_m2 / (extraterrestrial_W_m2 * fmax(c, cos_min)));
    s.dhi_W_m2 = ghi_W_m2 / (1.0 + exp(steepness * (kt - middle)));
    s.dni_W_m2 = (ghi_W_m2 - s.dhi_W_m2) / c;
    return s;
}
