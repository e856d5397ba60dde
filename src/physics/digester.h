/* Anaerobic digestion, first order: pools of degradable matter in a stirred tank that decay to methane and wash
 * out. */
#ifndef PHYSICS_DIGESTER_H
#define PHYSICS_DIGESTER_H
#define METHANE_LHV_J_M3                                                                                           \
    35.883e6 /* lower heating value per m3 at 0 degC, 101325 Pa (802.6 kJ/mol over 22.366 L/mol) */
/* Decay rate at a temperature: k 1.035^(T - 35), with k at 35 degC. Below 5 degC and above 60 degC digestion stops:
 * 0. */
double digester_rate_per_s(double k35_per_day, double temp_degC);
/* One pool over one step with constant feed: dS/dt = feed - (decay + wash) S, solved exactly, so that
 * feed dt = change + decayed + washed to rounding. All kg of matter. Returns the new stock. */
struct digester_pool {
    double stock_kg, decayed_kg, washed_kg;
};
struct digester_pool digester_pool_step(double stock_kg, double feed_kg_s, double decay_per_s, double wash_per_s,
                                        double dt_s);
/* Share of its methane that matter gives in a stirred tank at steady state: k HRT / (1 + k HRT). */
double digester_steady_frac(double k_per_day, double hrt_day);
#endif
