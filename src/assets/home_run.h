/* What a home does in one instant: its thermostat and guard, then rooms, tank and car over a step. Nothing here branches on what differs between homes:
 * both ways are worked out and one is chosen, so that home.c runs it for one home and home_lanes.c, from the same source, for several side by side in
 * vector lanes. What all homes of an instant share may be branched on. Private to these two files. */
#ifndef ASSETS_HOME_RUN_H
#define ASSETS_HOME_RUN_H
#include "assets/home_model.h"
#define HOME_INLINE static inline __attribute__((always_inline))

enum home_rule { RULE_BOUNDS, RULE_OUT, RULE_SHED, RULE_SETPOINT, RULE_FLOOR, RULE_CEILING, RULE_LEAST_POWER, RULE_RUN,
                 RULE_REST, RULE_SCALD, RULE_LEGIONELLA, RULE_CAR_AWAY, RULE_SWITCH, HOME_RULES };

/* What all homes share at one instant. */
struct surround {
    double temp_degC, temp_mean_degC, cop[2], eer[2], hot_cop, facade_W_m2[4];
    double usual_degC, dt_s; /* the village's usual set-point; the step's length */
};
HOME_INLINE struct surround surround_of(const struct asset_now *now)
{
    struct surround s = {.usual_degC = usual_degC(now->policy), .dt_s = now->dt_s};
    if (!now->amb) return s; /* who only guards may not know the weather */
    struct ambient own;
    const struct ambient *a = now->amb;
    if (!ambient_shared(a)) own = *a, ambient_share(&own), a = &own;
    s.temp_degC = a->temp_degC, s.temp_mean_degC = a->temp_mean_degC, s.hot_cop = a->pump_hot_water_cop;
    for (int i = 0; i < EMITTERS; i++) s.cop[i] = a->pump_cop[i], s.eer[i] = a->pump_eer[i];
    for (int i = 0; i < 4; i++) s.facade_W_m2[i] = a->facade_W_m2[i];
    return s;
}

/* What a step needs of the parameters and its own length, windows shut or open: made once where steps are many and alike. */
struct rooms {
    struct building_linear in;
    struct building_fixed f;
    double op[2], op_out, op_gain_K_W; /* of building_modes */
};
struct tank {
    double decay, K_W; /* K_W: by one watt over the step */
};
struct home_made {
    struct rooms rooms[2]; /* windows shut, open */
    struct tank tank;
    double day_gain;
};
void home_make(const void *par, double dt_s, void *made);

/* --- local control and guard --- */

/* The wall thermostat: hysteresis on the set-point, power in proportion to the distance while running. */
struct thermostat {
    int heats, cools; /* neither: a season for cooling, and a machine that cannot */
    struct comfort k;
    struct compressor c;
    double wants_W;
};
HOME_INLINE struct thermostat thermostat_of(const struct home_par *p, const struct home_state *x,
                                            const struct home_exo *e, double usual_degC)
{
    int summer = cooling_season(x), cools = summer & (p->cooling > 0);
    struct thermostat t = {!summer, cools, comfort_of(p, x, usual_degC, e->setpoint_degC), compressor_of(p, x), 0};
    double h = p->hysteresis_K, short_K = cools ? x->temp_degC - t.k.want_degC : t.k.want_degC - x->temp_degC;
    int starts = (t.heats | cools) & (short_K > (x->on_frac > 0 ? -h : h));
    double runs_W = p->hp_W * clamp((short_K + h) / (2 * h), p->hp_min_frac, 1);
    t.wants_W = compressor_kept_W(&t.c, starts ? runs_W : 0);
    return t;
}

/* What the house does by itself: *c is in force, and becomes what it wants. */
HOME_INLINE void obey(const struct home_par *p, const struct home_state *x, const struct home_exo *e,
                      const struct thermostat *t, struct home_cmd *c)
{
    c->heat_W = t->wants_W;
    c->tank_W = x->tank_degC < p->tank_set_degC - (c->tank_W > 0 ? 0 : 5) ? p->tank_W : 0;
    c->car_W = ((p->car > 0) & (e->car_present_frac > 0.5) & (x->car_frac < 1)) ? p->car_W : 0;
    c->off_frac = 0;
}

/* Power that brings a room back into its band: the least where the guard starts, all half a kelvin on. Gentler than
 * the thermostat, so that homes at the edge of their bands do not all start at full power in the dearest hour. */
HOME_INLINE double hold_W(const struct home_par *p, double lack_K)
{
    return p->hp_W * clamp(lack_K / 0.5, p->hp_min_frac, 1);
}

/* Heat pump: the thermostat takes over where comfort or safety ends; the compressor's own protection comes last. */
HOME_INLINE uint32_t guard_heat(const struct home_par *p, const struct home_state *x, const struct thermostat *t,
                                uint32_t status, double guess_K, double *heat_W)
{
    const struct comfort k = t->k;
    const struct compressor c = t->c;
    int heats = t->heats, shed = (status & STATUS_SHED) != 0;
    double local_W = t->wants_W, room_degC = x->temp_degC, least = floor_of(p) + guess_K;
    uint32_t bit = guard_range(heat_W, 0, p->hp_W, local_W, RULE_BOUNDS);
    double lack_K = guard_lead_K(heats) + (heats ? k.low_degC - room_degC : room_degC - k.high_degC);
    double glut_K = heats ? room_degC - k.high_degC : k.low_degC - room_degC;
    double within_W = glut_K >= 0 ? lesser(*heat_W, local_W) : *heat_W;
    double held_W = lack_K >= 0 ? greater(*heat_W, lesser(local_W, hold_W(p, lack_K))) : within_W;
    bit |= guard_set(heat_W, shed ? 0 : held_W, shed ? RULE_SHED : RULE_SETPOINT);
    double cold_W = heats ? greater(*heat_W, local_W) : lesser(*heat_W, local_W);
    bit |= guard_set(heat_W, room_degC <= least ? cold_W : *heat_W, RULE_FLOOR);
    /* The thermostat alone would wait out its hysteresis below the floor; the residents' own lower wish comes first. */
    double need_K = guard_floor_lead_K + lesser(least, k.want_degC) - room_degC;
    double need_W = greater(*heat_W, compressor_kept_W(&c, hold_W(p, need_K)));
    bit |= guard_set(heat_W, ((need_K >= 0) & heats) ? need_W : *heat_W, RULE_FLOOR);
    double hot_W = t->cools ? greater(*heat_W, local_W) : lesser(*heat_W, local_W);
    bit |= guard_set(heat_W, room_degC >= p->ceiling_degC ? hot_W : *heat_W, RULE_CEILING);
    bit |= guard_set(heat_W, compressor_power_W(&c, *heat_W), RULE_LEAST_POWER);
    return bit | guard_set(heat_W, compressor_kept_W(&c, *heat_W), c.on ? RULE_RUN : RULE_REST);
}

HOME_INLINE uint32_t guard_tank(const struct home_par *p, const struct home_state *x, uint32_t status, double *tank_W)
{
    uint32_t bit = guard_range(tank_W, 0, p->tank_W, 0, RULE_BOUNDS);
    int shed = (status & STATUS_SHED) != 0,
        due = (x->since_hot_s >= p->tank_hot_every_s) & (x->tank_degC < p->tank_hot_degC + 0.5);
    bit |= guard_set(tank_W, shed ? 0 : due ? p->tank_W : *tank_W, shed ? RULE_SHED : RULE_LEGIONELLA);
    return bit | guard_set(tank_W, x->tank_degC >= p->tank_max_degC ? 0 : *tank_W, RULE_SCALD);
}

/* guess_K: how far the room's temperature may be off, where its reading is old. */
HOME_INLINE uint32_t keep(const struct home_par *p, const struct home_state *x, const struct home_exo *e,
                          const struct thermostat *t, uint32_t status, double guess_K, struct home_cmd *c)
{
    if (status & STATUS_OUT)
        return guard_set(&c->heat_W, 0, RULE_OUT) | guard_set(&c->tank_W, 0, RULE_OUT) |
               guard_set(&c->car_W, 0, RULE_OUT) | guard_set(&c->off_frac, 0, RULE_OUT);
    uint32_t bit = guard_heat(p, x, t, status, guess_K, &c->heat_W) | guard_tank(p, x, status, &c->tank_W);
    bit |= guard_range(&c->car_W, 0, p->car > 0 ? p->car_W : 0, 0, RULE_BOUNDS);
    bit |= guard_set(&c->car_W, e->car_present_frac > 0 ? c->car_W : 0, RULE_CAR_AWAY);
    if (status & STATUS_SHED) bit |= guard_set(&c->car_W, 0, RULE_SHED);
    int cut = status & STATUS_CUT && status & STATUS_ISLAND;
    return bit | guard_set(&c->off_frac, cut, RULE_SWITCH);
}

/* --- physics --- */

/* Residents' windows: open while it is too warm inside and cooler outside, shut while the heat pump works. */
HOME_INLINE int windows_open(const struct home_par *p, const struct home_state *x, const struct surround *s,
                             double heat_W)
{
    return (heat_W <= 0) & (x->temp_degC > p->airing_from_degC) & (s->temp_degC < x->temp_degC - 1);
}

/* Heat of the heat pump that reaches the rooms; cooling is less than nothing. */
HOME_INLINE double pumped_W(const struct home_par *p, const struct home_state *x, const struct surround *s,
                            double heat_W)
{
    int floor = p->emitter > 0;
    return heat_W * gain_of(p, x, floor ? s->cop[1] : s->cop[0], floor ? s->eer[1] : s->eer[0]);
}

HOME_INLINE void step_network(const struct home_par *p, const struct home_exo *e, const struct surround *s,
                              const struct rooms *r, double pumped_W, struct home_state *x)
{
    double out_degC = s->temp_degC, radiant_W = 0.5 * e->gain_W + sun_W(p, x, s->facade_W_m2);
    struct building_heat q = {r->in.air_per_K * out_degC + r->in.air_per_radiant * radiant_W + 0.5 * e->gain_W +
                                  x->bias_W,
                              r->in.mass_per_K * out_degC + r->in.mass_per_radiant * radiant_W};
    q.air_W += p->emitter > 0 ? 0 : pumped_W, q.mass_W += p->emitter > 0 ? pumped_W : 0;
    building_fixed_step(&r->f, q, &x->air_degC, &x->mass_degC);
    x->temp_degC = r->op[0] * x->air_degC + r->op[1] * x->mass_degC + r->op_out * out_degC +
                   r->op_gain_K_W * r->in.surface_per_radiant * radiant_W;
}

/* What a step of the rooms leaves behind beside temperatures. */
HOME_INLINE void end_rooms(const struct home_par *p, const struct home_exo *e, double day_gain, double dt_s,
                           double heat_W, struct home_state *x)
{
    pull(&x->gain_day_W, e->gain_W, day_gain);
    struct compressor c = compressor_of(p, x);
    x->since_switch_s = compressor_since_s(&c, heat_W, dt_s);
    x->on_frac = heat_W > 0 ? 1.0 : 0.0;
}

/* One mixed node, exact over the step: C dT/dt = heat - drawn - loss (T - room). Returns the electric power taken:
 * the heater's own thermostat ends heating at tank_max_degC. */
HOME_INLINE double step_tank(const struct home_par *p, const struct home_exo *e, const struct surround *s,
                             const struct tank *k, double power_W, struct home_state *x)
{
    double cop = p->tank_heater > 0 ? s->hot_cop : 1;
    double rest_degC = k->decay * x->tank_degC + k->K_W * p->tank_loss_W_K * tank_room_degC;
    double share = clamp((x->tank_degC - p->cold_water_degC) / (tank_use_degC - p->cold_water_degC), 0, 1);
    power_W = clamp(power_W, 0, p->tank_W);
    double drawn_W = lesser(e->hot_water_W * share,
                            greater(0, (rest_degC - p->cold_water_degC) / k->K_W + cop * power_W));
    power_W = lesser(power_W, greater(0, (p->tank_max_degC - rest_degC) / k->K_W + drawn_W) / cop);
    x->tank_degC = rest_degC + k->K_W * (cop * power_W - drawn_W);
    x->hot_short_J += (e->hot_water_W - drawn_W) * s->dt_s;
    x->since_hot_s = x->tank_degC >= p->tank_hot_degC ? 0 : lesser(x->since_hot_s + s->dt_s, 1e9);
    return power_W;
}

/* Returns the charging power taken. */
HOME_INLINE double step_car(const struct home_par *p, const struct home_exo *e, double dt_s, double power_W,
                            struct home_state *x)
{
    int has = p->car > 0;
    double full_W = (1 - x->car_frac) * p->car_J / (p->car_eff_frac * dt_s);
    power_W = lesser(clamp(power_W, 0, p->car_W * clamp(e->car_present_frac, 0, 1)), greater(0, full_W));
    double held_J = x->car_frac * p->car_J + p->car_eff_frac * power_W * dt_s;
    double drive_J = e->car_drive_W * dt_s, taken_J = lesser(drive_J, held_J);
    x->car_short_J += has ? drive_J - taken_J : 0;
    x->car_frac = has ? clamp((held_J - taken_J) / p->car_J, 0, 1) : x->car_frac;
    return has ? power_W : 0;
}
#endif
