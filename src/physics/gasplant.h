/* The gas side of a biogas plant: holder, engine, boiler, flare, and whether the gas is fit for the engine. Gas is counted as the energy of its methane. */
#ifndef PHYSICS_GASPLANT_H
#define PHYSICS_GASPLANT_H
struct gas {
    double ch4_frac, o2_frac, h2s_ppm;
};
struct gas_limits {
    double ch4_min_frac, o2_max_frac, h2s_max_ppm;
};
enum gas_trip { GAS_FIT, GAS_LEAN, GAS_OXYGEN, GAS_SULPHIDE };
/* What first forbids the engine. */
enum gas_trip gas_trip(const struct gas *, const struct gas_limits *);
/* A stirred holder: made_J of fresh gas joins what is there. */
void gas_mix(struct gas *, const struct gas *fresh, double holder_J, double made_J);
struct gasplant {
    double holder_J, engine_W, engine_least_frac, eta_el_frac, eta_th_frac, boiler_W, eta_boiler_frac, flare_W;
    double pressure_frac; /* of the holder, above which a pressure switch lights the flare */
};
struct gasplant_run {
    double engine_W, boiler_W, flare_W; /* electric, heat, gas */
    double holder_J, vent_J, heat_W;    /* after the step; lost through the relief valve; of engine and boiler */
};
/* The electric power that the engine can run at for a wish: none, or between its least load and its rating. */
double gasplant_engine_W(const struct gasplant *, double want_W);
/* A step: made_J + holder before = engine / eta_el + boiler / eta + flare, each times dt_s, + holder after + vented. The boiler is served before the
 * engine, because the digester must stay warm. */
struct gasplant_run gasplant_burn(const struct gasplant *, int engine_may, double holder_J, double made_J,
                                  double engine_want_W, double boiler_want_W, double flare_want_W, double dt_s);
#endif
