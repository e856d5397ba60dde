/* Turbines. Screws: the curve of an Archimedes screw is flat from full flow down to about 20 % of it, below which
 * the screw is stopped; the measured mean of built plants is 69 % from water to wire, the best above 75 % (Lashofer
 * et al., BOKU 2012), so the shape here is relative and the class scales it by a measured best. The points of the
 * shape are our assumption between these facts. Classic turbines: RETScreen small-hydro textbook (CANMET 2004), appendix A (formulae by kind of turbine),
 * whose text is followed where public codes differ from it (Francis above its peak squares the whole ratio;
 * crossflow divides by the design flow). Left out: cavitation, losses by rotation speed, gap wear. */
#include "physics/turbine.h"
#include <math.h>

double turbine_power_W(double flow_m3_s, double head_m, double eta_frac)
{
    const double rho_kg_m3 = 1000, g_m_s2 = 9.80665;
    return eta_frac * rho_kg_m3 * g_m_s2 * flow_m3_s * head_m;
}

double turbine_screw_relative_frac(double flow_frac)
{
    static const double point[][2] = {{0.2, 0.80}, {0.3, 0.90}, {0.4, 0.95}, {0.6, 1.0}, {0.9, 1.0}, {1.0, 0.98}};
    const int n = (int)(sizeof point / sizeof point[0]);
    if (flow_frac < TURBINE_SCREW_MIN_FRAC - 1e-9) return 0;
    if (flow_frac <= point[0][0]) return point[0][1];
    for (int i = 1; i < n; i++)
        if (flow_frac <= point[i][0]) {
            double share = (flow_frac - point[i - 1][0]) / (point[i][0] - point[i - 1][0]);
            return point[i - 1][1] + share * (point[i][1] - point[i - 1][1]);
        }
    return point[n - 1][1];
}

/* Runner diameter, m: d = k Qd^0.473 with k = 0.46 (up to 23 m3/s) or 0.41. */
static double runner_m(double design_m3_s) { return (design_m3_s <= 23 ? 0.46 : 0.41) * pow(design_m3_s, 0.473); }

double turbine_francis_frac(double flow_m3_s, double design_m3_s, double head_m, double rm)
{
    double nq = 600 * pow(head_m, -0.5);
    double speed = pow((nq - 56) / 256, 2);
    double size = (0.081 + speed) * (1 - 0.789 * pow(runner_m(design_m3_s), -0.2));
    double peak = 0.919 - speed + size - 0.0305 + 0.005 * rm;
    double at_m3_s = 0.65 * design_m3_s * pow(nq, 0.05);
    double eta = peak;
    if (flow_m3_s < at_m3_s)
        eta = (1 - 1.25 * pow((at_m3_s - flow_m3_s) / at_m3_s, 3.94 - 0.0195 * nq)) * peak;
    else if (flow_m3_s > at_m3_s) {
        double rated = (1 - 0.0072 * pow(nq, 0.4)) * peak;
        eta = peak - pow((flow_m3_s - at_m3_s) / (design_m3_s - at_m3_s), 2) * (peak - rated);
    }
    return fmax(0, eta);
}

/* Peak efficiency of the axial machines, which differ in their part load only. */
static double axial_peak_frac(double design_m3_s, double head_m, double rm)
{
    double nq = 800 * pow(head_m, -0.5);
    double speed = pow((nq - 170) / 700, 2);
    double size = (0.095 + speed) * (1 - 0.789 * pow(runner_m(design_m3_s), -0.2));
    return 0.905 - speed + size - 0.0305 + 0.005 * rm;
}

double turbine_kaplan_frac(double flow_m3_s, double design_m3_s, double head_m, double rm)
{
    double at_m3_s = 0.75 * design_m3_s, off = fabs(at_m3_s - flow_m3_s) / at_m3_s;
    return fmax(0, (1 - 3.5 * pow(off, 6)) * axial_peak_frac(design_m3_s, head_m, rm));
}

double turbine_propeller_frac(double flow_m3_s, double design_m3_s, double head_m, double rm)
{
    double off = fmax(0, (design_m3_s - flow_m3_s) / design_m3_s);
    return fmax(0, (1 - 1.25 * pow(off, 1.13)) * axial_peak_frac(design_m3_s, head_m, rm));
}

/* Impulse wheels: speed n = 31 (H Qd / j)^0.5, outer diameter d = 49.4 H^0.5 j^0.02 / n, peak 0.864 d^0.04. */
double turbine_pelton_frac(double flow_m3_s, double design_m3_s, double head_m, int jets)
{
    double n = 31 * sqrt(head_m * design_m3_s / jets);
    double d = 49.4 * sqrt(head_m) * pow(jets, 0.02) / n;
    double peak = 0.864 * pow(d, 0.04), at_m3_s = (0.662 + 0.001 * jets) * design_m3_s;
    double off = fabs(at_m3_s - flow_m3_s) / at_m3_s;
    return fmax(0, (1 - (1.31 + 0.025 * jets) * pow(off, 5.6 + 0.4 * jets)) * peak);
}

double turbine_turgo_frac(double flow_m3_s, double design_m3_s, double head_m, int jets)
{
    return fmax(0, turbine_pelton_frac(flow_m3_s, design_m3_s, head_m, jets) - 0.03);
}

double turbine_crossflow_frac(double flow_m3_s, double design_m3_s)
{
    double short_frac = (design_m3_s - flow_m3_s) / design_m3_s;
    return fmax(0, 0.79 - 0.15 * short_frac - 1.37 * pow(short_frac, 14));
}

/* Screw: geometric head less the drowned part; the shape of part load from turbine_screw_relative_frac. A lower end that drowns beyond
 * free outflow loses the drowned head at once. Fill: share of the design flow through the buckets at the highest speed, 50 / D^(2/3)
 * rpm (Muysken 1932, as in Lubitz et al., J. Hydraul. Eng. 140, 2014). */
struct screw_run turbine_screw(const struct screw *s, double flow_m3_s, double tail_m)
{
    struct screw_run r = {.max_rpm = 50 / pow(s->outer_m, 2.0 / 3)};
    r.head_m = fmax(0, s->length_m * sin(s->slope_deg * 3.14159265358979323846 / 180) - fmax(0, tail_m));
    r.fill_frac = flow_m3_s / s->design_m3_s;
    r.eta_frac = s->best_frac * turbine_screw_relative_frac(fmin(1, r.fill_frac));
    r.power_W = turbine_power_W(fmin(flow_m3_s, s->design_m3_s), r.head_m, r.eta_frac);
    return r;
}
