/* Water on its way to a turbine: head lost in pipes and racks, a river's flow duration, what must stay in the river, and the forebay's balance. */
#ifndef PHYSICS_CONDUIT_H
#define PHYSICS_CONDUIT_H
struct pipe {
    double length_m, inner_m, roughness_m, local; /* local: sum of the loss coefficients of bends, valves, entry */
};
struct pipe_run {
    double loss_m, velocity_m_s, reynolds, friction;
};
/* Darcy-Weisbach with Colebrook-White, solved to rounding; laminar below a Reynolds number of 2300. Water at temp_degC. */
struct pipe_run conduit_pipe(const struct pipe *, double flow_m3_s, double temp_degC);
/* Clean rack of bars (Kirschmer 1926): bar shape factor 2.42 flat, 1.79 round; thickness and gap; slope of the rack. */
double conduit_rack_m(double velocity_m_s, double shape, double bar_m, double gap_m, double slope_deg);

/* Flow that is reached or passed for `exceeded_frac` of the time; sorted: ascending, linear between. */
double conduit_duration_m3_s(const double *sorted, int n, double exceeded_frac);

enum eflow { EFLOW_FIXED, EFLOW_MEAN_SHARE, EFLOW_TENNANT, EFLOW_DURATION, EFLOW_KINDS };
/* What stays in the river. FIXED: value m3/s; MEAN_SHARE: value x mean; TENNANT: value (0.1 poor, 0.3 fair, 0.6 excellent) x mean from April to September,
 * two thirds of it in the other half year; DURATION: the flow exceeded for `value` of the time. Never more than the river. */
double conduit_eflow_m3_s(enum eflow, double value, double mean_m3_s, double duration_m3_s, int month,
                          double river_m3_s);

struct forebay {
    double volume_m3, spill_m3_s,
        short_m3_s; /* after the step; what went over the crest; what the takers did not get */
};
/* One step with constant flows, exact: the bay never holds more than full_m3 nor less than 0. */
struct forebay conduit_forebay(double volume_m3, double full_m3, double in_m3_s, double out_m3_s, double dt_s);
#endif
