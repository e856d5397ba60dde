/* Water to power: hydraulic power, Archimedes screws, and the RETScreen curves of the classic turbines. */
#ifndef PHYSICS_TURBINE_H
#define PHYSICS_TURBINE_H
/* P = eta rho g Q H, W. */
double turbine_power_W(double flow_m3_s, double head_m, double eta_frac);
/* Efficiency of an Archimedes screw relative to its best, by the share of its design flow: flat down to 20 %, 0
 * below. */
double turbine_screw_relative_frac(double flow_frac);
/* Share of the design flow below which a screw is stopped. */
#define TURBINE_SCREW_MIN_FRAC 0.2
/* Efficiency of classic turbines by flow (RETScreen): design flow and head, manufacture coefficient rm (2.8
 * .. 6.1, 4.5 usual). */
double turbine_francis_frac(double flow_m3_s, double design_m3_s, double head_m, double rm);
double turbine_kaplan_frac(double flow_m3_s, double design_m3_s, double head_m, double rm);
double turbine_propeller_frac(double flow_m3_s, double design_m3_s, double head_m, double rm);
double turbine_crossflow_frac(double flow_m3_s, double design_m3_s);
/* jets: number of nozzles. */
double turbine_pelton_frac(double flow_m3_s, double design_m3_s, double head_m, int jets);
double turbine_turgo_frac(double flow_m3_s, double design_m3_s, double head_m, int jets);

/* An Archimedes screw by its geometry. Head falls as tail water rises over the lower end. */
struct screw {
    double outer_m, length_m, slope_deg, design_m3_s,
        best_frac; /* best_frac: efficiency at its best, water to wire */
};
struct screw_run {
    double head_m, fill_frac, eta_frac, power_W, max_rpm;
};
/* tail_m: tail water above the level at which the lower end is just free. */
struct screw_run turbine_screw(const struct screw *, double flow_m3_s, double tail_m);
#endif
