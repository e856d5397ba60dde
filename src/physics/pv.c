/* Photovoltaics, PVWatts version 5 (Dobos, NREL/TP-6A20-62641, 2014). Chosen because its few parameters stand on
 * every data sheet and its yearly sums are known to agree with measured plants within a few per cent. Left out:
 * spectrum, mismatch between strings, snow (one loss fraction stands for them in the class). */
#include "physics/pv.h"
#include <math.h>

#define RAD (3.14159265358979323846 / 180.0)

double pv_ashrae_frac(double cos_incidence, double b)
{
    if (cos_incidence <= b / (1 + b)) return 0;
    return 1 - b * (1 / cos_incidence - 1);
}

/* Transmitted share of one pane for refraction angle r: Fresnel at the front face, absorption inside. */
static double pane(double i, double r, double path)
{
    double sum = sin(r + i), diff = sin(r - i), tsum = tan(r + i), tdiff = tan(r - i);
    double mirrored = i < 1e-6 ? pow((sin(r) - sin(i)) / (sin(r) + sin(i)), 2)
                               : 0.5 * (diff * diff / (sum * sum) + tdiff * tdiff / (tsum * tsum));
    return exp(-path / cos(r)) * (1 - mirrored);
}

double pv_pane_frac(double incidence_deg, double index, double extinction_per_m, double thickness_m)
{
    double i = fabs(incidence_deg) * RAD;
    if (incidence_deg >= 90) return 0;
    double face = (index - 1) / (index + 1), normal = exp(-extinction_per_m * thickness_m) * (1 - face * face);
    if (i < 1e-6) return 1;
    return pane(i, asin(sin(i) / index), extinction_per_m * thickness_m) / normal;
}

double pv_martin_ruiz_frac(double incidence_deg, double ar)
{
    if (incidence_deg >= 90) return 0;
    return -expm1(-cos(incidence_deg * RAD) / ar) / -expm1(-1 / ar);
}

struct pv_heat pv_heat_usual(enum pv_thermal model)
{
    struct pv_heat h = {.model = model,
                        .a = -3.47,
                        .b_s_m = -0.0594,
                        .cell_K = 3,
                        .u0_W_m2_K = 25,
                        .u1_W_s_m3_K = 6.84,
                        .absorbed_frac = 0.9,
                        .efficiency_frac = 0.1,
                        .noct_degC = 45};
    if (model == PV_PVSYST) h.u0_W_m2_K = 29, h.u1_W_s_m3_K = 0;
    if (model == PV_NOCT) h.efficiency_frac = 0.2;
    return h;
}

/* Sandia: King, Boyson & Kratochvil, SAND2004-3535, 2004, eqs 11 and 12. Faiman, Progress in Photovoltaics 16, 307-315, 2008. PVsyst: Faiman's form
 * with absorption and efficiency apart. Ross, 12th IEEE PVSC, 1976. NOCT: Gilman et al., SAM technical reference, NREL/TP-6A20-67399,
 * 2018, eq. 5.31 for an open rack at 2 m height. */
double pv_heat_degC(const struct pv_heat *h, double plane_W_m2, double air_degC, double wind_m_s)
{
    double u = h->u0_W_m2_K + h->u1_W_s_m3_K * wind_m_s;
    switch (h->model) {
    case PV_FAIMAN: return air_degC + plane_W_m2 / u;
    case PV_PVSYST: return air_degC + h->absorbed_frac * plane_W_m2 * (1 - h->efficiency_frac) / u;
    case PV_ROSS: return air_degC + (h->noct_degC - 20) / 800 * plane_W_m2;
    case PV_NOCT:
        return air_degC + plane_W_m2 / 800 * (h->noct_degC - 20) * (1 - h->efficiency_frac / 0.9) * 9.5 /
                              (5.7 + 3.8 * 0.51 * wind_m_s);
    default: break;
    }
    return air_degC + plane_W_m2 * (exp(h->a + h->b_s_m * wind_m_s) + h->cell_K / 1000);
}

double pv_cell_degC(double plane_W_m2, double air_degC, double wind_m_s)
{
    struct pv_heat h = pv_heat_usual(PV_SAPM);
    return pv_heat_degC(&h, plane_W_m2, air_degC, wind_m_s);
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

double pv_sandia_W(const struct pv_sandia *s, double dc_V, double dc_W)
{
    double dv = dc_V - s->dc_V;
    double a = s->dc_W * (1 + s->c1_per_V * dv), b = s->start_W * (1 + s->c2_per_V * dv),
           c = s->c0_per_W * (1 + s->c3_per_V * dv);
    if (dc_W < s->start_W) return -fabs(s->night_W);
    double ac_W = (s->ac_W / (a - b) - c * (a - b)) * (dc_W - b) + c * (dc_W - b) * (dc_W - b);
    return fmin(ac_W, s->ac_W);
}
