/* A greenhouse: heat and vapour of air and crop, vents, heating; in full, and in the fast form that is made of it. */
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
    double temp_degC, humidity_frac, sun_W_m2, lamp_W_m2; /* sun: global outside; lamps: light on the crop */
};
struct greenhouse_run {
    double heat_W, vent_per_h, humidity_frac, transpired_kg_m2_s, condensed_kg_m2_s, deficit_kPa;
    double heat_balance_W, vapour_balance_kg_s; /* what the step misses; 0 but for rounding */
};
/* Implicit step: heats to heat_degC with at most heat_max_W, opens vents above vent_degC or above humid_frac. */
struct greenhouse_run greenhouse_step(const struct greenhouse *, struct greenhouse_air *,
                                      const struct greenhouse_weather *, double heat_degC, double heat_max_W,
                                      double vent_degC, double humid_frac, double dt_s);
/* The same with a given heat. */
struct greenhouse_run greenhouse_heated(const struct greenhouse *, struct greenhouse_air *,
                                        const struct greenhouse_weather *, double heat_W, double vent_degC,
                                        double humid_frac, double dt_s);
/* Heat lost through cover, leaks and vents, by kelvin. */
double greenhouse_loss_W_K(const struct greenhouse *, double vent_per_h);
/* The fast form, linear in heat, light and outdoor air while the vents are shut: what the twin steps and the plan sees. Made of the full form at working points where
 * the vapour has settled: what transpiration and the vents that carry its vapour off take is a share of the light, and in the dark a loss like that of the cover. */
struct greenhouse_fast {
    double loss_W_K, vent_W_K, capacity_J_K; /* with vents shut; what fully open vents add */
    double dry_frac, dry_open_frac; /* of the light: what stays as heat, and what stays with the vents fully open */
};
struct greenhouse_fast greenhouse_fast(const struct greenhouse *);
/* Exact step with constant heat and light on the crop; the vents open as far as holds vent_degC. */
double greenhouse_fast_step(const struct greenhouse_fast *, double temp_degC, double out_degC, double heat_W,
                            double light_W, double vent_degC, double dt_s);
double greenhouse_saturation_kg_m3(double temp_degC);
#endif
