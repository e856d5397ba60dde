/* Clear-sky models.
 *
 * Bird: Bird & Hulstrom, "A simplified clear sky model for direct and diffuse insolation on horizontal surfaces", SERI/TR-642-761,
 * 1981, equations in the order of its appendix; broadband aerosol depth from two wavelengths (Bird & Hulstrom 1980). Simplified
 * Solis: Ineichen, Solar Energy 82, 758-762, 2008, equations 3 to 18, good for water 0.2 to 10 cm and aerosol up to 0.45. */
#include "physics/clearsky.h"
#include <math.h>

#define RAD (3.14159265358979323846 / 180.0)

struct irradiance clearsky_bird(double zenith_deg, double air_mass, const struct air *a,
                                double extraterrestrial_W_m2)
{
    if (zenith_deg >= 90.0 || air_mass <= 0.0) return (struct irradiance){0, 0, 0};
    double m = air_mass, mp = m * a->pressure_Pa / 101325.0, c = cos(RAD * zenith_deg);
    double o3 = a->ozone_cm * m, h2o = a->water_cm * m, depth = 0.27583 * a->aod380 + 0.35 * a->aod500;
    double t_rayleigh = exp(-0.0903 * pow(mp, 0.84) * (1.0 + mp - pow(mp, 1.01)));
    double t_ozone =
        1.0 - 0.1611 * o3 * pow(1.0 + 139.48 * o3, -0.3034) - 0.002715 * o3 / (1.0 + 0.044 * o3 + 0.0003 * o3 * o3);
    double t_gas = exp(-0.0127 * pow(mp, 0.26));
    double t_water = 1.0 - 2.4959 * h2o / (pow(1.0 + 79.034 * h2o, 0.6828) + 6.385 * h2o);
    double t_aerosol = exp(-pow(depth, 0.873) * (1.0 + depth - pow(depth, 0.7088)) * pow(m, 0.9108));
    double t_absorbed = 1.0 - 0.1 * (1.0 - m + pow(m, 1.06)) * (1.0 - t_aerosol);
    double sky_albedo = 0.0685 + (1.0 - a->forward_frac) * (1.0 - t_aerosol / t_absorbed);
    double dni = 0.9662 * extraterrestrial_W_m2 * t_aerosol * t_water * t_gas * t_ozone * t_rayleigh;
    double scattered = extraterrestrial_W_m2 * c * 0.79 * t_ozone * t_gas * t_water * t_absorbed *
                       (0.5 * (1.0 - t_rayleigh) + a->forward_frac * (1.0 - t_aerosol / t_absorbed)) /
                       (1.0 - m + pow(m, 1.02));
    double ghi = (dni * c + scattered) / (1.0 - a->albedo_frac * sky_albedo);
    return (struct irradiance){ghi, dni, ghi - dni * c};
}

/* Optical depth of the diffuse part (eqs 14 to 16): a quartic in the aerosol depth with water in its coefficients. */
static double solis_diffuse_depth(double aod, double w, double log_p)
{
    static const double thin[5][2] = {{0.0042, 3.12}, {0.092, -8.86}, {-0.23, 74.8}, {-3.11, 79.4}, {86, -13800}};
    static const double thick[5][2] = {
        {0.0057, 2.94}, {0.0554, -5.71}, {-0.134, 15.5}, {0.27, -20.7}, {-0.21, 11.6}};
    const double(*t)[2] = aod < 0.05 ? thin : thick;
    double sum = 0.0;
    for (int i = 4; i >= 0; i--) sum = sum * aod + t[i][0] * w + t[i][1];
    return sum + log_p * (aod < 0.05 ? -0.83 * pow(1.0 + aod, -17.2) : -0.71 * pow(1.0 + aod, -15.0));
}

struct irradiance clearsky_solis(double elevation_deg, const struct air *a, double extraterrestrial_W_m2)
{
    if (elevation_deg <= 0.0) return (struct irradiance){0, 0, 0};
    double w = fmax(a->water_cm, 0.2), lw = log(w), q = a->aod700, lp = log(a->pressure_Pa / 101325.0);
    double i0 = extraterrestrial_W_m2 *
                (0.12 * pow(w, 0.56) * q * q + 0.97 * pow(w, 0.032) * q + 1.08 * pow(w, 0.0051) + 0.071 * lp);
    double taub = (1.82 + 0.056 * lw + 0.0071 * lw * lw) * q + 0.33 + 0.045 * lw + 0.0096 * lw * lw +
                  (0.0089 * w + 0.13) * lp;
    double b = (0.00925 * q * q + 0.0148 * q - 0.0172) * lw - 0.7565 * q * q + 0.5057 * q + 0.4557;
    double taug =
        (1.24 + 0.047 * lw + 0.0061 * lw * lw) * q + 0.27 + 0.043 * lw + 0.0090 * lw * lw + (0.0079 * w + 0.1) * lp;
    double g = -0.0147 * lw - 0.3079 * q * q + 0.2846 * q + 0.3798;
    double taud = solis_diffuse_depth(q, w, lp);
    double d = -0.337 * q * q + 0.63 * q + 0.116 + lp / (18.0 + 152.0 * q);
    double s = sin(RAD * elevation_deg);
    return (struct irradiance){i0 * exp(-taug / pow(s, g)) * s, i0 * exp(-taub / pow(s, b)),
                               i0 * exp(-taud / pow(s, d))};
}
