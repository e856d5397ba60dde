/* Transposition of diffuse light to a tilted plane.
 *
 * Hay & Davies, 1st Canadian Solar Radiation Data Workshop, 59, 1980: the part dni / extraterrestrial of the diffuse
 * comes from around the sun. Klucher, Solar Energy 23, 111-114, 1979: brightens horizon and the sun's side by the clearness of the sky. Reindl, Beckman &
 * Duffie, Solar Energy 45, 9-17, 1990: Hay-Davies with a brighter horizon. Perez, Ineichen, Seals, Michalsky & Stewart, Solar
 * Energy 44, 271-289, 1990: circumsolar and horizon brightness F1 and F2 from the clearness eps (eq 1) and brightness Delta (eq 2)
 * of the sky, with the coefficients of its table 6, "all sites composite". Perez is the judge here and what arrays in the twin see.
 * Left out: the continuous form of Driesse et al. 2024. */
#include "physics/transpose.h"
#include <math.h>

#define RAD (3.14159265358979323846 / 180.0)

static double sky_view(double tilt_deg) { return 0.5 * (1.0 + cos(RAD * tilt_deg)); }

static double klucher(const struct irradiance *s, const struct plane *p, const struct sky_sun *sun, double cos_i)
{
    if (s->ghi_W_m2 <= 0.0) return s->dhi_W_m2 * sky_view(p->tilt_deg);
    double f = 1.0 - pow(s->dhi_W_m2 / s->ghi_W_m2, 2.0);
    double horizon = 1.0 + f * pow(sin(RAD * p->tilt_deg / 2.0), 3.0);
    double around = 1.0 + f * pow(fmax(cos_i, 0.0), 2.0) * pow(sin(RAD * sun->zenith_deg), 3.0);
    return s->dhi_W_m2 * sky_view(p->tilt_deg) * horizon * around;
}

/* The anisotropy index, and the share of the plane's beam in the horizontal beam. */
static double hay_davies(const struct irradiance *s, const struct plane *p, const struct sky_sun *sun, double cos_i,
                         double horizon)
{
    double a = s->dni_W_m2 / sun->extraterrestrial_W_m2;
    double rb = fmax(cos_i, 0.0) / fmax(cos(RAD * sun->zenith_deg), 0.01745);
    return s->dhi_W_m2 * (a * rb + (1.0 - a) * sky_view(p->tilt_deg) * horizon);
}

static double reindl(const struct irradiance *s, const struct plane *p, const struct sky_sun *sun, double cos_i)
{
    double beam = fmax(0.0, s->dni_W_m2 * cos(RAD * sun->zenith_deg));
    double f = s->ghi_W_m2 > 0.0 ? sqrt(beam / s->ghi_W_m2) : 0.0;
    return hay_davies(s, p, sun, cos_i, 1.0 + f * pow(sin(RAD * p->tilt_deg / 2.0), 3.0));
}

static double perez(const struct irradiance *s, const struct plane *p, const struct sky_sun *sun, double cos_i)
{
    static const double from_eps[] = {1.065, 1.23, 1.5, 1.95, 2.8, 4.5, 6.2};
    // clang-format off
    static const double f[8][6] = {
        /* F11     F12     F13     F21     F22     F23 */
        {-0.008,  0.588, -0.062, -0.060,  0.072, -0.022}, {0.130,  0.683, -0.151, -0.019,  0.066, -0.029},
        { 0.330,  0.487, -0.221,  0.055, -0.064, -0.026}, {0.568,  0.187, -0.295,  0.109, -0.152, -0.014},
        { 0.873, -0.392, -0.362,  0.226, -0.462,  0.001}, {1.132, -1.237, -0.412,  0.288, -0.823,  0.056},
        { 1.060, -1.600, -0.359,  0.264, -1.127,  0.131}, {0.678, -0.327, -0.250,  0.156, -1.377,  0.251}};
    // clang-format on
    if (s->dhi_W_m2 <= 0.0) return 0.0;
    double z = RAD * sun->zenith_deg, k = 1.041 * z * z * z;
    double eps = ((s->dhi_W_m2 + s->dni_W_m2) / s->dhi_W_m2 + k) / (1.0 + k);
    double delta = s->dhi_W_m2 * sun->air_mass / sun->extraterrestrial_W_m2;
    int bin = 0;
    while (bin < 7 && eps >= from_eps[bin]) bin++;
    const double *c = f[bin];
    double f1 = fmax(0.0, c[0] + c[1] * delta + c[2] * z), f2 = c[3] + c[4] * delta + c[5] * z;
    double a = fmax(cos_i, 0.0), b = fmax(cos(z), cos(RAD * 85.0));
    return fmax(0.0, s->dhi_W_m2 * ((1.0 - f1) * sky_view(p->tilt_deg) + f1 * a / b + f2 * sin(RAD * p->tilt_deg)));
}

struct plane_irradiance transpose(enum sky_model model, const struct irradiance *s, const struct plane *p,
                                  const struct sky_sun *sun)
{
    struct plane_irradiance r = irradiance_plane_isotropic(s, p->tilt_deg, p->azimuth_deg, sun->zenith_deg,
                                                           sun->azimuth_deg, p->albedo_frac);
    double c = r.cos_incidence;
    if (model == SKY_KLUCHER) r.sky_W_m2 = klucher(s, p, sun, c);
    if (model == SKY_HAY_DAVIES) r.sky_W_m2 = hay_davies(s, p, sun, c, 1.0);
    if (model == SKY_REINDL) r.sky_W_m2 = reindl(s, p, sun, c);
    if (model == SKY_PEREZ && sun->air_mass > 0.0) r.sky_W_m2 = perez(s, p, sun, c);
    r.total_W_m2 = r.beam_W_m2 + r.sky_W_m2 + r.ground_W_m2;
    return r;
}
