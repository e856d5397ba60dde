/* A greenhouse in full: heat and vapour of air and crop, vents, heating. The judge of the twin's one-node greenhouse. */
#ifndef PHYSICS_GREENHOUSE_H
#define PHYSICS_GREENHOUSE_H
struct greenhouse {
    double floor_m2, cover_m2, u_W_m2_K, volume_m3, tau_frac; /* cover: heat loss by area; light let through */
    double leak_per_h, vent_per_h;                            /* air changes shut, and most with vents open */
    double leaf_index,
        capacity_J_m2_K; /* leaf area over floor; heat capacity of air, crop and upper soil by floor area */
};
struct greenhouse_air {
    double temp_degC, vapour_kg_m3; /* state */
};
struct greenhouse_weather {
    double temp_degC, humidity_frac, sun_W_m2; /* global outside */
};
struct greenhouse_run {
    double heat_W, vent_per_h, humidity_frac, transpired_kg_m2_s, condensed_kg_m2_s, deficit_kPa;
    double heat_balance_W, vapour_balance_kg_s; /* what the step misses; 0 but for rounding */
};
/* Implicit step: heats to heat_degC with at most heat_max_W, opens vents above vent_degC or above humid_frac. */
struct greenhouse_run greenhouse_step(const struct greenhouse *, struct greenhouse_air *,
                                      const struct greenhouse_weather *, double heat_degC, double heat_max_W,
                                      double vent_degC, double humid_frac, double dt_s);
double greenhouse_saturation_kg_m3(double temp_degC);
#endif
