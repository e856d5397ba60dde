/* What biogas.c (physics, instruments, guard) and biogas_plan.c (what the planner sees) share. */
#ifndef ASSETS_BIOGAS_MODEL_H
#define ASSETS_BIOGAS_MODEL_H
#include "assets/kit.h"
struct biogas_judge;
struct biogas_par {
    double volume_m3, temp_target_degC, loss_W_K, k_manure_per_day, k_waste_per_day, vs_manure_frac, vs_waste_frac,
        bmp_manure_m3_per_kg, bmp_waste_m3_per_kg, degradable_manure_frac, degradable_waste_frac, ch4_manure_frac,
        ch4_waste_frac, h2s_ppm, o2_frac, load_kg_m3_day, feed_step_frac, store_kg, holder_J, engine_W,
        engine_least_frac, eta_el_frac, eta_th_frac, boiler_W, eta_boiler_frac, flare_W, gas_port_W, ch4_min_frac,
        o2_max_frac, h2s_max_ppm, min_run_s, min_rest_s, manure_typ_kg_s, waste_typ_kg_s, invest_per_kW, life_years;
};
struct biogas_x {
    double store_manure_kg, store_waste_kg, manure_kg, waste_kg, temp_degC, holder_J, ch4_frac, o2_frac, h2s_ppm,
        gas_W, engine_W, boiler_W, flare_W, port_W, own_heat_W, feed_kg_s, feed_ref_kg_s, feed_today_kg, day, day_s,
        since_switch_s, starts, vent_J, refused_kg, digestate_kg;
};
struct biogas_cmd {
    double feed_kg_s, engine_W, boiler_W, flare_W;
};
struct biogas_exo {
    double manure_kg_s, waste_kg_s;
};

enum { ELEC, HEAT, GAS }; /* ports */
/* Parts of the full holder: the flare burns above the first, the engine stands below the second. */
static const double FLARE_AT_FRAC = 0.90, ENGINE_AT_FRAC = 0.10;
/* Arrivals of dt_s into the feed store. */
void biogas_deliver(const struct biogas_par *p, const struct biogas_exo *o, double dt_s, struct biogas_x *x);
/* Feeds and digests for dt_s, by the judge where one is given; methane made, J. */
double biogas_digest(const struct biogas_par *p, double want_kg_s, double dt_s, struct biogas_judge *judge,
                     struct biogas_x *x);
/* Heat that keeps the digester at its temperature. */
double biogas_need_heat_W(const struct biogas_par *p, double temp_degC, double air_degC, double feed_kg_s);
/* The engine may run on this gas. */
int biogas_gas_fit(const struct biogas_par *p, const struct biogas_x *x);
/* The power it can run at for a wish. */
double biogas_engine_power_W(const struct biogas_par *p, double want_W);
/* Feed that keeps the store at about one day of the usual arrivals. */
double biogas_feed_rule_kg_s(const struct asset_now *now);
/* The same within the step from yesterday and the load of the digester. */
double biogas_fed_kg_s(const struct asset_now *now, double want_kg_s);
const struct block_shape *biogas_shape(const void *par);
void biogas_formulate(const struct asset_now *, const struct horizon *, struct block *);
void biogas_command(const struct asset_now *, const struct block *, int t, void *cmd);
#endif
