/* Module temperature by a heat balance with thermal mass: Fuentes, "A simplified thermal model for flat-plate photovoltaic arrays", SAND85-0330,
 * Sandia 1987. Chosen because PVWatts uses it and hourly wind and sun alone are needed. Convection on top is the cube-root sum of forced (laminar or
 * turbulent) and free; the ratio of all convection to that on top, and the ground's temperature, follow from the installed nominal temperature at 800
 * W/m2, 20 degC, 1 m/s. */
#include "physics/fuentes.h"
#include <math.h>

static const double sigma_W_m2_K4 = 5.669e-8, emissivity = 0.84, absorbed_frac = 0.83, length_m = 0.5,
                    test_air_K = 293.15, test_sky_K = 282.21;

static double convection_W_m2_K(double mean_K, double wind_m_s, double delta_K, double tilt_deg,
                                int may_be_turbulent)
{
    double density = 0.003484 * 101325.0 / mean_K, viscosity = 0.24237e-6 * pow(mean_K, 0.76) / density,
           conductivity = 2.1695e-4 * pow(mean_K, 0.84);
    double reynolds = wind_m_s * length_m / viscosity;
    double forced = 0.86 / sqrt(reynolds) * density * wind_m_s * 1007 / pow(0.71, 0.67);
    if (may_be_turbulent && reynolds > 1.2e5)
        forced = 0.0282 / pow(reynolds, 0.2) * density * wind_m_s * 1007 / pow(0.71, 0.4);
    double grashof = 9.8 / mean_K * delta_K * pow(length_m, 3) / (viscosity * viscosity) *
                     sin(tilt_deg * 3.14159265358979323846 / 180);
    double free_W_m2_K = 0.21 * pow(grashof * 0.71, 0.32) * conductivity / length_m;
    return cbrt(pow(free_W_m2_K, 3) + pow(forced, 3));
}

static double radiation_W_m2_K(double a_K, double b_K)
{
    return emissivity * sigma_W_m2_K4 * (a_K * a_K + b_K * b_K) * (a_K + b_K);
}

struct fuentes fuentes_make(double noct_degC, double tilt_deg)
{
    struct fuentes f = {.noct_K = noct_degC + 273.15,
                        .tilt_deg = tilt_deg,
                        .height_m = 5,
                        .wind_height_m = 9.144,
                        .module_K = test_air_K};
    double t = f.noct_K, over = t - test_air_K, t4 = pow(t, 4), air4 = pow(test_air_K, 4),
           sky4 = pow(test_sky_K, 4);
    double conv = convection_W_m2_K((t + test_air_K) / 2, 1, over, tilt_deg, 0), es = emissivity * sigma_W_m2_K4;
    double back =
        (absorbed_frac * 800 - es * (t4 - sky4) - conv * over) / ((radiation_W_m2_K(t, test_air_K) + conv) * over);
    double ground_K = fmin(t, fmax(test_air_K, pow(fmax(t4 - back * (t4 - air4), 0), 0.25)));
    f.ground_ratio = (ground_K - test_air_K) / over;
    f.conv_ratio = (absorbed_frac * 800 - es * (2 * t4 - sky4 - pow(ground_K, 4))) / (conv * over);
    f.capacity_J_m2_K = 11000 * (t > 321.15 ? 1 + (t - 321.15) / 12 : 1);
    return f;
}

double fuentes_step_degC(struct fuentes *f, double plane_W_m2, double air_degC, double wind_m_s, double dt_s)
{
    double air = air_degC + 273.15, sun = plane_W_m2 * absorbed_frac,
           sky = 0.68 * (0.0552 * pow(air, 1.5)) + 0.32 * air;
    double wind = wind_m_s * pow(f->height_m / f->wind_height_m, 0.2) + 1e-4, t = f->module_K;
    for (int i = 0; i < 10; i++) {
        double conv = f->conv_ratio * convection_W_m2_K((t + air) / 2, wind, fabs(t - air), f->tilt_deg, 1),
               to_sky = radiation_W_m2_K(t, sky);
        double ground = air + f->ground_ratio * (t - air), to_ground = radiation_W_m2_K(t, ground),
               all = conv + to_sky + to_ground;
        double decay = -all / f->capacity_J_m2_K * dt_s, left = decay > -10 ? exp(decay) : 0;
        t = f->module_K * left + ((1 - left) * (conv * air + to_sky * sky + to_ground * ground + f->absorbed_W_m2 +
                                                (sun - f->absorbed_W_m2) / decay) +
                                  sun - f->absorbed_W_m2) /
                                     all;
    }
    f->module_K = t;
    f->absorbed_W_m2 = sun;
    return t - 273.15;
}
