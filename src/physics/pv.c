/* Photovoltaics, PVWatts version 5 (Dobos, NREL/TP-6A20-62641, 2014). Chosen because its few parameters stand on
 * every data sheet and its yearly sums are known to agree with measured plants within a few per cent. Left out:
 * spectrum, shading, mismatch between strings, snow (one loss fraction stands for them in the class). */
#include "physics/pv.h"
#include <math.h>

double pv_glass_frac(double cos_incidence)
{
    const double b = 0.05;
    if (cos_incidence <= b / (1 + b)) return 0;
    return 1 - b * (1 / cos_incidence - 1);
}

double pv_cell_degC(double plane_W_m2, double air_degC, double wind_m_s)
{
    const double a = -3.47, b_s_m = -0.0594, cell_above_module_K = 3; /* open rack, glass/cell/glass */
    double module_degC = air_degC + plane_W_m2 * exp(a + b_s_m * wind_m_s);
    return module_degC + plane_W_m2 / 1000 * cell_above_module_K;
}

double pv_dc_W(double plane_W_m2, double cell_degC, double rating_W, double temp_coeff_per_K)
{
    double dc_W = plane_W_m2 / 1000 * rating_W * (1 + temp_coeff_per_K * (cell_degC - 25));
    return dc_W > 0 ? dc_W : 0;
}

double pv_ac_W(double dc_W, double rating_dc_W, double eta_nominal_frac)
{
    const double eta_reference_frac = 0.9637;
    if (dc_W <= 0 || rating_dc_W <= 0) return 0;
    double load = dc_W / rating_dc_W;
    double eta = eta_nominal_frac / eta_reference_frac * (-0.0162 * load - 0.0059 / load + 0.9858);
    double ac_W = eta * dc_W;
    double limit_W = eta_nominal_frac * rating_dc_W;
    return ac_W < 0 ? 0 : ac_W > limit_W ? limit_W : ac_W;
}
