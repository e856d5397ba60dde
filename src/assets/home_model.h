/* The model of a home shared by home_run.h (physics and local control), home.c and home_plan.c (what the planner sees): parameters, state
 * and the equations that all must take from one place. Private to the home's files. */
#ifndef ASSETS_HOME_MODEL_H
#define ASSETS_HOME_MODEL_H
#include "physics/compressor.h"
#include "assets/kit.h"
#include "physics/building.h"
#include "physics/heatpump.h"
#include "village/policy.h"

struct home_par {
    double floor_m2, height_m, opaque_W_K, window_W_K, ach_per_h, recovery_frac, mass_class;
    double aperture_south_m2, aperture_east_m2, aperture_west_m2, aperture_north_m2, shade_frac;
    double persons, vulnerable, emitter, hp_W, hp_min_frac, run_min_s, rest_min_s;
    double airing_per_h, airing_from_degC;
    double cooling, cool_setpoint_degC, cool_from_degC, hysteresis_K, band_low_K, band_high_K;
    double floor_degC, floor_vulnerable_degC, ceiling_degC;
    double tank_m3, tank_loss_W_K, tank_W, tank_heater, tank_set_degC, tank_low_degC, tank_max_degC, tank_hot_degC,
        tank_hot_every_s, cold_water_degC;
    double car, car_J, car_W, car_min_W, car_eff_frac, car_ready_frac;
};
struct home_state {
    double temp_degC, air_degC, mass_degC, bias_W, gain_day_W, on_frac, since_switch_s;
    double tank_degC, since_hot_s, hot_short_J, car_frac, car_short_J, cooling_frac;
};
struct home_meas {
    double temp_degC, tank_degC, car_frac, elec_W, heat_W, load_W, hot_water_W, setpoint_degC, car_present_frac,
        since_hot_s, cooling_frac;
};
struct home_cmd {
    double heat_W, tank_W, car_W, off_frac;
};
struct home_exo {
    double load_W, hot_water_W, gain_W, setpoint_degC, car_present_frac, car_drive_W;
};

static const double water_J_m3K = 4.186e6, tank_room_degC = 15, tank_use_degC = 40;

static inline struct building building_of(const struct home_par *p)
{
    double vent_W_K = building_vent_W_K(p->floor_m2 * p->height_m, p->ach_per_h, p->recovery_frac);
    return building_make(p->floor_m2, p->opaque_W_K, p->window_W_K, vent_W_K, (enum building_mass)p->mass_class);
}

/* The heat pump's own season, told by it and never guessed: who takes a heating machine for a cooling one and asks it for
 * full power in a hot room cooks the room. It turns to cooling when the running mean outdoor temperature says so and the
 * rooms are as warm as they may be cooled to (warmer than a night's low set-point is not warm: the morning will ask for
 * heat), and back as soon as the rooms fall below what the residents bear, in mild weather a kelvin below what turned it:
 * there a cool night follows a warm day, and a machine that waits for cold rooms cannot warm them before the morning. */
static inline int cooling_season(const struct home_state *x) { return x->cooling_frac > 0.5; }

static inline double season_next(const struct home_par *p, const struct home_state *x, double mean_degC,
                                 double setpoint_degC)
{
    double set_degC = or_else(setpoint_degC, 20);
    double warm_degC = greater(set_degC + 1, p->cool_setpoint_degC - p->band_high_K),
           beyond_K = mean_degC - p->cool_from_degC;
    int stays = x->temp_degC >= greater(set_degC - p->band_low_K, warm_degC - 1 - greater(0, beyond_K)),
        turns = (beyond_K >= 0) & (x->temp_degC > warm_degC);
    return (cooling_season(x) ? stays : turns) ? 1.0 : 0.0;
}

/* Heat into the rooms per watt of the heat pump: COP, or -EER in the cooling season, or 0 where it cannot cool. */
static inline double gain_of(const struct home_par *p, const struct home_state *x, double cop, double eer)
{
    return cooling_season(x) ? (p->cooling > 0 ? -eer : 0) : cop;
}
static inline double heat_gain(const struct home_par *p, const struct home_state *x, const struct ambient *a)
{
    enum emitter e = (enum emitter)p->emitter;
    if (ambient_shared(a)) return gain_of(p, x, a->pump_cop[e], a->pump_eer[e]);
    double supply_degC = heatpump_supply_degC(e, a->temp_degC);
    return gain_of(p, x, heatpump_cop(a->temp_degC, supply_degC, a->humidity_frac), heatpump_eer(e, a->temp_degC));
}

static inline double tank_gain(const struct home_par *p, const struct ambient *a)
{
    if (p->tank_heater <= 0) return 1;
    return ambient_shared(a) ? a->pump_hot_water_cop : heatpump_cop(a->temp_degC, HOT_WATER_DEGC, a->humidity_frac);
}

/* Sun through the windows, from the sun on walls that face north, east, south, west. */
static inline double sun_W(const struct home_par *p, const struct home_state *x, const double facade_W_m2[4])
{
    double sum_W = p->aperture_north_m2 * facade_W_m2[0] + p->aperture_east_m2 * facade_W_m2[1] +
                   p->aperture_south_m2 * facade_W_m2[2] + p->aperture_west_m2 * facade_W_m2[3];
    return sum_W * (cooling_season(x) ? p->shade_frac : 1);
}
static inline double solar_W(const struct home_par *p, const struct home_state *x, const struct ambient *a)
{
    double own_W_m2[4];
    if (ambient_shared(a)) return sun_W(p, x, a->facade_W_m2);
    ambient_facades(a, own_W_m2);
    return sun_W(p, x, own_W_m2);
}

/* What reaches the nodes of the rooms apart from the heat pump. */
struct surroundings {
    struct building_heat heat;
    double surface_W;
};
static inline struct surroundings surroundings_of(const struct home_par *p, const struct home_state *x,
                                                  const struct building *b, const struct ambient *a, double gain_W,
                                                  double bias_W)
{
    struct building_gains g = building_split(b, gain_W, solar_W(p, x, a));
    struct surroundings s = {building_inflow(b, a->temp_degC, &g), g.surface_W};
    s.heat.air_W += bias_W;
    return s;
}

static inline struct compressor compressor_of(const struct home_par *p, const struct home_state *x)
{
    return (struct compressor){p->hp_W,       p->hp_min_frac * p->hp_W, p->run_min_s,
                               p->rest_min_s, x->since_switch_s,        x->on_frac > 0};
}

/* What the residents want now and how far it may drift by our doing: their set-point with the band they agreed to,
 * mirrored when cooling. Upwards the band counts from the village's usual set-point where theirs is lower (at
 * night, away), so that rooms may be warmed before they are wanted warm. */
struct comfort {
    double want_degC, low_degC, high_degC;
};
static inline double usual_degC(const struct policy *policy) { return policy ? policy->comfort_low_degC : 20; }
static inline struct comfort comfort_of(const struct home_par *p, const struct home_state *x, double usual_degC,
                                        double setpoint_degC)
{
    double set_degC = or_else(setpoint_degC, usual_degC), cool_degC = greater(set_degC, p->cool_setpoint_degC);
    int cools = cooling_season(x);
    return (struct comfort){cools ? cool_degC : set_degC,
                            cools ? cool_degC - p->band_high_K : set_degC - p->band_low_K,
                            cools ? cool_degC + p->band_low_K : greater(set_degC, usual_degC) + p->band_high_K};
}

static inline double floor_of(const struct home_par *p)
{
    return p->vulnerable > 0 ? p->floor_vulnerable_degC : p->floor_degC;
}

/* The guard acts this far inside the band, and the plan keeps this far off its edges: what one slot's error may be. Cooling
 * is wanted when the sun and the people inside are at their strongest and least foreseen. */
static inline double guard_lead_K(int heats) { return heats ? 0.5 : 0.85; }
static inline double plan_inset_K(int heats) { return heats ? 0.75 : 1.2; }

/* The floor's guard starts this far above it: three deviations of a class A thermometer (IEC 60751: 0.15 K at 0 degC), so that the
 * room itself, and not what its thermostat says of it, stays above. */
static const double guard_floor_lead_K = 0.5;

/* Below this the guard holds a heated room, whatever the plan says. */
static inline double held_degC(const struct home_par *p, const struct comfort *k)
{
    return greater(k->low_degC + guard_lead_K(1), lesser(floor_of(p), k->want_degC) + guard_floor_lead_K);
}

/* home_plan.c */
double home_heat_worth(const struct home_par *, const struct home_state *, const struct ambient *);
const struct block_shape *home_shape(const void *par);
void home_formulate(const struct asset_now *, const struct horizon *, struct block *);
void home_command(const struct asset_now *, const struct block *, int t, void *cmd);
#endif
