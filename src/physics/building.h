/* Buildings: the 5R1C network of ISO 13790 Annex C and its exact two-state form (room air with furniture, building
 * mass). Heat to the room is positive; temperatures in degC, conductances in W/K, capacities in J/K. */
#ifndef PHYSICS_BUILDING_H
#define PHYSICS_BUILDING_H
enum building_mass { MASS_VERY_LIGHT, MASS_LIGHT, MASS_MEDIUM, MASS_HEAVY, MASS_VERY_HEAVY, MASS_CLASSES };
struct building {
    double h_is_W_K, h_ms_W_K; /* air to surfaces, surfaces to mass */
    double h_em_W_K, h_w_W_K;  /* mass to outside (opaque), surfaces to outside (windows) */
    double h_ve_W_K;           /* air to outside (ventilation and leaks) */
    double total_m2, mass_m2;  /* internal surface A_t, effective mass area A_m */
    double mass_J_K, air_J_K;  /* C_m, and the capacity of air with furniture (0 in the one-state standard form) */
};
/* Builds the network: opaque and window conductance to the outside, ventilation conductance, mass class. */
struct building building_make(double floor_m2, double opaque_W_K, double window_W_K, double vent_W_K,
                              enum building_mass);
/* Sets internal surface, effective mass area and capacity where they are known, and what follows from them. */
void building_size(struct building *, double total_m2, double mass_m2, double mass_J_K, double opaque_W_K);
/* 1200 J/(m3 K) x air changes; heat recovery lowers it by recovery_frac. */
double building_vent_W_K(double volume_m3, double air_change_per_h, double recovery_frac);
/* Sun on a vertical plane facing azimuth_deg (clockwise from north): isotropic sky, ground albedo 0.2. */
double building_facade_W_m2(double azimuth_deg, double zenith_deg, double sun_azimuth_deg, double dni_W_m2,
                            double dhi_W_m2, double ghi_W_m2);

struct building_gains {
    double air_W, surface_W, mass_W;
};
/* Splits internal and solar gains over the three nodes (ISO 13790 C.1 to C.3). */
struct building_gains building_split(const struct building *, double internal_W, double solar_W);

/* One step of the standard's one-state form (Crank-Nicolson, C.4 to C.11) with heat_W into the air. */
struct building_hour {
    double mass_end_degC, mass_degC, surface_degC, air_degC, operative_degC;
};
struct building_hour building_rc_step(const struct building *, double dt_s, double mass_degC, double out_degC,
                                      const struct building_gains *, double heat_W);
/* Heat needed to hold [low, high] in that step, between cool_max_W (<= 0) and heat_max_W (C.4.2). */
double building_rc_demand_W(const struct building *, double dt_s, double mass_degC, double out_degC,
                            const struct building_gains *, double low_degC, double high_degC, double cool_max_W,
                            double heat_max_W);

/* The two-state form in modal coordinates: T = v z, each mode decaying alone: dz/dt = -rate z + w q. */
struct building_modes {
    double rate_per_s[2];
    double v[2][2]; /* [air, mass][mode] */
    double w[2][2]; /* [mode][air, mass], K per J */
    double op[2];   /* operative temperature = op . (air, mass) + op_out out + op_gain surface_W */
    double op_out, op_gain_K_W;
};
struct building_modes building_modes(const struct building *);
/* Heat into the air and mass nodes that does not depend on the states: outside, gains, and the emitter's heat. */
struct building_heat {
    double air_W, mass_W;
};
struct building_heat building_inflow(const struct building *, double out_degC, const struct building_gains *);
/* Exact step of both states with constant inflow; mean[2] (may be NULL) gets the mean temperatures over the step.
 */
void building_step(const struct building_modes *, double dt_s, struct building_heat, double *air_degC,
                   double *mass_degC, double mean[2]);
/* The same inflow as a line in what drives it: out_degC, heat into the air (half of the internal gains), radiant heat (the other half and the
 * sun). `surface` is what building_operative_degC wants to know. */
struct building_linear {
    double air_per_K, mass_per_K, air_per_radiant, mass_per_radiant, surface_per_radiant;
};
struct building_linear building_linear(const struct building *);
/* The same step with everything that a fixed dt decides made once: for many homes over many equal steps. */
struct building_fixed {
    double a[2][2], b[2][2]; /* T+ = a T + b (air_W, mass_W) */
};
struct building_fixed building_fixed(const struct building_modes *, double dt_s);
static inline void building_fixed_step(const struct building_fixed *f, struct building_heat q, double *air_degC,
                                       double *mass_degC)
{
    double air = *air_degC, mass = *mass_degC;
    *air_degC = f->a[0][0] * air + f->a[0][1] * mass + f->b[0][0] * q.air_W + f->b[0][1] * q.mass_W;
    *mass_degC = f->a[1][0] * air + f->a[1][1] * mass + f->b[1][0] * q.air_W + f->b[1][1] * q.mass_W;
}
double building_operative_degC(const struct building_modes *, double air_degC, double mass_degC, double out_degC,
                               double surface_W);
/* decay = exp(-rate dt) and gain = integral of it over the slot (s): z+ = decay z + gain w q. */
void building_mode_slot(double rate_per_s, double dt_s, double *decay, double *gain_s);
#endif
