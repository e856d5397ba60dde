/* Home: rooms, heat pump, hot-water tank and perhaps a car. A school, kindergarten, clinic or office is a home with
 * other parameters.
 *
 * Rooms: the exact two-state form of the ISO 13790 network (physics/building.c), linear in the heat pump's electric
 * power, so twin, observer and planner share one model. The heat pump's gain is its COP in heating season and -EER
 * in cooling season (its own changeover, see home_model.h), so one input serves both. A radiator or fan
 * coil feeds the air node, a heated floor the mass node. Tank: one mixed node with losses to an unheated room. Car:
 * a store that is filled while present and emptied while away. The three parts meet only in the electric port: in
 * the plan they are independent components, and the rooms are in modal form (A diagonal).
 *
 * Comfort: the residents' own set-point with the band they agreed to (band_low_K, band_high_K). The planner may
 * move within it; outside it the guard hands the heat pump to the local thermostat. The floor of 18 degC (20 for
 * vulnerable people; WHO 1987) and the ceiling of 30 (as SET; taken as operative temperature, still air, light
 * clothes) bind in the same way.
 *
 * Residents open their windows when it is too warm inside and cooler outside; the plan leaves that out (it depends
 * on the state), so it cools a little early on summer nights. Left out: stratification, tank loss into the rooms,
 * capacity of the heat pump against temperature, discharge of the car. `bias_W` is the observer's estimate of heat
 * that the model does not know. */
#include "assets/home_judge.h"
#include "assets/home_model.h"
#include "base/err.h"

static const char *const mass_word[] = {"very_light", "light", "medium", "heavy", "very_heavy", NULL};
static const char *const emitter_word[] = {"radiator", "floor", NULL};
static const char *const heater_word[] = {"element", "heat_pump", NULL};

/* clang-format off */
static const struct field par[] = {
    FIELD(home_par, floor_m2, 120, 10, 20000, FIELD_REQUIRED, "heated floor area"),
    FIELD(home_par, height_m, 2.7, 2, 12, 0, "room height"),
    FIELD(home_par, opaque_W_K, 110, 1, 1e5, FIELD_SPREAD, "heat loss through walls, roof and ground (sum of U A)"),
    FIELD(home_par, window_W_K, 30, 0.5, 1e5, FIELD_SPREAD, "heat loss through windows and doors (sum of U A)"),
    FIELD(home_par, ach_per_h, 0.5, 0.05, 10, FIELD_SPREAD, "air changes per hour, ventilation and leaks"),
    FIELD(home_par, recovery_frac, 0, 0, 0.95, 0, "heat recovery of the ventilation"),
    FIELD_WORDS(home_par, mass_class, MASS_MEDIUM, mass_word, 0, "building mass, ISO 13790 table 12"),
    FIELD(home_par, aperture_south_m2, 3.0, 0, 2000, FIELD_SPREAD, "solar aperture facing south: glass area x g x frame x fixed shade"),
    FIELD(home_par, aperture_east_m2, 1.2, 0, 2000, FIELD_SPREAD, "solar aperture facing east"),
    FIELD(home_par, aperture_west_m2, 1.2, 0, 2000, FIELD_SPREAD, "solar aperture facing west"),
    FIELD(home_par, aperture_north_m2, 0.6, 0, 2000, FIELD_SPREAD, "solar aperture facing north"),
    FIELD(home_par, shade_frac, 0.4, 0, 1, 0, "share of the sun that residents let in through shutters in the cooling season (assumption)"),
    FIELD(home_par, airing_per_h, 4, 0, 20, 0, "air changes per hour with windows open (assumption: night ventilation 2 to 6)"),
    FIELD(home_par, airing_from_degC, 25, 20, 35, 0, "residents open windows above this, while it is cooler outside and nothing cools"),
    FIELD(home_par, persons, 5, 0, 2000, FIELD_INTEGER, "people who live or work here"),
    FIELD(home_par, vulnerable, 0, 0, 1, FIELD_BOOL, "people who need warmth: old, ill, small children"),
    FIELD_WORDS(home_par, emitter, EMITTER_RADIATOR, emitter_word, 0, "how heat reaches the rooms"),
    FIELD(home_par, hp_W, 3000, 0, 5e5, 0, "heat pump, rated electric power"),
    FIELD(home_par, hp_min_frac, 0.3, 0.05, 1, 0, "least power while running, share of rated (inverter)"),
    FIELD(home_par, run_min_s, 300, 60, 7200, FIELD_GUARD, "least running time of the compressor (as long as its rest)"),
    FIELD(home_par, rest_min_s, 300, 60, 7200, FIELD_GUARD, "least rest of the compressor (Honeywell 69-1431: five minutes)"),
    FIELD(home_par, cooling, 0, 0, 1, FIELD_BOOL, "the heat pump can cool"),
    FIELD(home_par, cool_setpoint_degC, 26, 20, 32, 0, "cooled down to this at most (EN 16798-1 category II)"),
    FIELD(home_par, cool_from_degC, 18, 10, 30, 0, "running mean outdoor temperature from which warm rooms are cooled, not heated"),
    FIELD(home_par, hysteresis_K, 0.5, 0.1, 3, 0, "thermostat: half the switching band"),
    FIELD(home_par, band_low_K, 1, 0.2, 5, 0, "how far the residents let it fall below their set-point (rise above, when cooling)"),
    FIELD(home_par, band_high_K, 2, 0.2, 6, 0, "how far the residents let it be heated above their set-point"),
    FIELD(home_par, floor_degC, 18, 18, 25, FIELD_GUARD, "never colder than this by our doing (WHO 1987)"),
    FIELD(home_par, floor_vulnerable_degC, 20, 20, 25, FIELD_GUARD, "the same where vulnerable people live (WHO 1987)"),
    FIELD(home_par, ceiling_degC, 30, 24, 30, FIELD_GUARD, "never hotter than this by our doing (LEED passive survivability, SET 86 F)"),
    FIELD(home_par, tank_m3, 0.2, 0.02, 20, 0, "hot-water tank"),
    FIELD(home_par, tank_loss_W_K, 1.8, 0.1, 200, FIELD_SPREAD, "heat loss of the tank to its unheated room at 15 degC"),
    FIELD(home_par, tank_W, 2500, 100, 1e5, 0, "hot-water heater, rated electric power"),
    FIELD_WORDS(home_par, tank_heater, 0, heater_word, 0, "how the tank is heated"),
    FIELD(home_par, tank_set_degC, 55, 45, 65, 0, "thermostat of the tank"),
    FIELD(home_par, tank_low_degC, 45, 40, 60, 0, "below this hot water runs short"),
    FIELD(home_par, tank_max_degC, 65, 55, 80, FIELD_GUARD, "never hotter: scalding (mixing valve behind it)"),
    FIELD(home_par, tank_hot_degC, 60, 55, 70, FIELD_GUARD, "thermal disinfection against legionella"),
    FIELD(home_par, tank_hot_every_s, 604800, 86400, 1209600, FIELD_GUARD, "at least this often"),
    FIELD(home_par, cold_water_degC, 10, 2, 25, 0, "cold water from the main"),
    FIELD(home_par, car, 0, 0, 1, FIELD_BOOL, "has an electric car"),
    FIELD(home_par, car_J, 1.62e8, 1e7, 5e8, 0, "usable energy of the car's battery"),
    FIELD(home_par, car_W, 7000, 500, 22000, 0, "charger, rated power"),
    FIELD(home_par, car_min_W, 1400, 0, 5000, 0, "least charging power (6 A, IEC 61851-1)"),
    FIELD(home_par, car_eff_frac, 0.9, 0.5, 1, FIELD_SPREAD, "from the meter into the battery"),
    FIELD(home_par, car_ready_frac, 0.8, 0.1, 1, 0, "charge wanted at departure"),
};
static const struct field state[] = {
    FIELD(home_state, temp_degC, 20, -40, 60, 0, "operative temperature of the rooms"),
    FIELD(home_state, air_degC, 20, -40, 60, 0, "air with furniture"),
    FIELD(home_state, mass_degC, 20, -40, 60, 0, "building mass"),
    FIELD(home_state, bias_W, 0, -2e5, 2e5, 0, "heat into the air that the model does not explain (estimate)"),
    FIELD(home_state, gain_day_W, 300, 0, 1e6, 0, "heat from people and appliances inside, mean of the last day"),
    FIELD(home_state, on_frac, 0, 0, 1, FIELD_BOOL, "compressor runs"),
    FIELD(home_state, since_switch_s, 3600, 0, 1e9, FIELD_RESET, "since the compressor last started or stopped"),
    FIELD(home_state, tank_degC, 52, 0, 95, 0, "hot-water tank"),
    FIELD(home_state, since_hot_s, 0, 0, 1e9, 0, "since the tank was last disinfected"),
    FIELD(home_state, hot_short_J, 0, 0, 1e15, 0, "hot water asked for and not given, so far"),
    FIELD(home_state, car_frac, 0.7, 0, 1, 0, "charge of the car"),
    FIELD(home_state, car_short_J, 0, 0, 1e15, 0, "driving energy that the car did not hold, so far"),
    FIELD(home_state, cooling_frac, 0, 0, 1, FIELD_BOOL, "season of the heat pump: cools, not heats"),
};
static const struct field meas[] = {
    FIELD(home_meas, temp_degC, 20, -40, 60, 0, "room thermostat"),
    FIELD(home_meas, tank_degC, 50, 0, 95, 0, "tank"),
    FIELD(home_meas, car_frac, 0.7, 0, 1, FIELD_SOMETIMES, "charge of the car, told while plugged in"),
    FIELD(home_meas, elec_W, 0, -1e6, 1e6, 0, "meter: all power taken"),
    FIELD(home_meas, heat_W, 0, 0, 5e5, 0, "power of the heat pump"),
    FIELD(home_meas, load_W, 0, 0, 1e6, 0, "appliances, light, cooking; nothing is told while they are switched off"),
    FIELD(home_meas, hot_water_W, 0, 0, 1e6, 0, "heat drawn as hot water"),
    FIELD(home_meas, setpoint_degC, 20, 5, 35, FIELD_TOLD, "set-point of the residents"),
    FIELD(home_meas, car_present_frac, 0, 0, 1, FIELD_TOLD, "car plugged in"),
    FIELD(home_meas, since_hot_s, 0, 0, 1e9, FIELD_INTEGER, "since the tank was last disinfected, as its controller counts"),
    FIELD(home_meas, cooling_frac, 0, 0, 1, FIELD_BOOL, "season of the heat pump: cools, not heats"),
};
static const struct field cmd[] = {
    FIELD(home_cmd, heat_W, 0, 0, 5e5, 0, "electric power of the heat pump"),
    FIELD(home_cmd, tank_W, 0, 0, 1e5, 0, "electric power of the hot-water heater"),
    FIELD(home_cmd, car_W, 0, 0, 22000, 0, "charging power of the car"),
    FIELD(home_cmd, off_frac, 0, 0, 1, FIELD_BOOL, "switch of the appliance circuits: off, the last resort of an island"),
};
static const struct field exo[] = {
    FIELD(home_exo, load_W, 300, 0, 1e6, 0, "appliances, light, cooking"),
    FIELD(home_exo, hot_water_W, 0, 0, 1e6, 0, "heat wanted as hot water"),
    FIELD(home_exo, gain_W, 300, 0, 1e6, 0, "heat from people and appliances inside"),
    FIELD(home_exo, setpoint_degC, 21, 5, 35, 0, "what the residents want now"),
    FIELD(home_exo, car_present_frac, 1, 0, 1, 0, "car plugged in"),
    FIELD(home_exo, car_drive_W, 0, 0, 1e5, 0, "energy used by driving while away"),
};
enum rule { RULE_BOUNDS, RULE_OUT, RULE_SHED, RULE_SETPOINT, RULE_FLOOR, RULE_CEILING, RULE_LEAST_POWER, RULE_RUN,
            RULE_REST, RULE_SCALD, RULE_LEGIONELLA, RULE_CAR_AWAY, RULE_SWITCH, RULES };
static const char *const rule_name[RULES] = {
    "within the rating", "out of use", "shed", "residents' own set-point", "never colder than the floor",
    "never hotter than the ceiling", "least power of the compressor", "least running time", "least rest",
    "tank: scalding", "tank: legionella", "car is away",
    "switched off in an island"};
/* clang-format on */

/* --- physics --- */

/* Residents' windows: open while it is too warm inside and cooler outside, shut while the heat pump works. */
static int windows_open(const struct home_par *p, const struct home_state *x, const struct ambient *a,
                        double heat_W)
{
    return heat_W <= 0 && x->temp_degC > p->airing_from_degC && a->temp_degC < x->temp_degC - 1;
}

/* What a step needs of the parameters and its own length, windows shut or open: made once where steps are many and alike. */
struct rooms {
    struct building_linear in;
    struct building_fixed f;
    double op[2], op_out, op_gain_K_W; /* of building_modes */
};
struct home_made {
    struct rooms rooms[2];                 /* windows shut, open */
    double day_gain, tank_decay, tank_K_W; /* K_W: by one watt over the step */
};

static void make_rooms(const struct home_par *p, double dt_s, int open, struct rooms *r)
{
    struct building b = building_of(p);
    if (open) b.h_ve_W_K += building_vent_W_K(p->floor_m2 * p->height_m, p->airing_per_h, 0);
    struct building_modes m = building_modes(&b);
    *r = (struct rooms){building_linear(&b), building_fixed(&m, dt_s), {m.op[0], m.op[1]}, m.op_out, m.op_gain_K_W};
}

static void make_tank(const struct home_par *p, double dt_s, double *decay, double *by_watt_K_W)
{
    double gain_s, c_J_K = p->tank_m3 * water_J_m3K;
    building_mode_slot(p->tank_loss_W_K / c_J_K, dt_s, decay, &gain_s);
    *by_watt_K_W = gain_s / c_J_K;
}

static void make(const void *par_, double dt_s, void *to)
{
    struct home_made *k = to;
    for (int open = 0; open < 2; open++) make_rooms(par_, dt_s, open, &k->rooms[open]);
    make_tank(par_, dt_s, &k->tank_decay, &k->tank_K_W);
    k->day_gain = observer_gain(dt_s, 86400);
}

/* What a step of the rooms leaves behind beside temperatures. */
static void end_rooms(const struct asset_now *now, double heat_W, const struct home_made *k, struct home_state *x)
{
    const struct home_par *p = now->par;
    pull(&x->gain_day_W, ((const struct home_exo *)(const void *)now->exo)->gain_W,
         k ? k->day_gain : observer_gain(now->dt_s, 86400));
    struct compressor c = compressor_of(p, x);
    x->since_switch_s = compressor_since_s(&c, heat_W, now->dt_s);
    x->on_frac = heat_W > 0;
}

static void step_rooms(const struct asset_now *now, double heat_W, struct home_state *x)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_made *k = now->made;
    struct rooms own;
    x->cooling_frac = season_next(p, x, now->amb, e->setpoint_degC);
    int open = windows_open(p, x, now->amb, heat_W);
    if (now->judge) {
        double vent_W_K = open ? building_vent_W_K(p->floor_m2 * p->height_m, p->airing_per_h, 0) : 0;
        home_judge_rooms(now, heat_W > 0 ? heat_gain(p, x, now->amb) * heat_W : 0, vent_W_K, x);
        end_rooms(now, heat_W, k, x);
        return;
    }
    const struct rooms *r = k ? &k->rooms[open] : (make_rooms(p, now->dt_s, open, &own), &own);
    double out_degC = now->amb->temp_degC, radiant_W = 0.5 * e->gain_W + solar_W(p, x, now->amb);
    struct building_heat q = {r->in.air_per_K * out_degC + r->in.air_per_radiant * radiant_W + 0.5 * e->gain_W +
                                  x->bias_W,
                              r->in.mass_per_K * out_degC + r->in.mass_per_radiant * radiant_W};
    if (heat_W > 0) *(p->emitter > 0 ? &q.mass_W : &q.air_W) += heat_gain(p, x, now->amb) * heat_W;
    building_fixed_step(&r->f, q, &x->air_degC, &x->mass_degC);
    x->temp_degC = r->op[0] * x->air_degC + r->op[1] * x->mass_degC + r->op_out * out_degC +
                   r->op_gain_K_W * r->in.surface_per_radiant * radiant_W;
    end_rooms(now, heat_W, k, x);
}

/* One mixed node, exact over the step: C dT/dt = heat - drawn - loss (T - room). Returns the electric power taken:
 * the heater's own thermostat ends heating at tank_max_degC. */
static double step_tank(const struct asset_now *now, double power_W, struct home_state *x)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_made *made = now->made;
    double decay, k, cop = power_W > 0 ? tank_gain(p, now->amb) : 1, drawn_W = 0;
    if (made)
        decay = made->tank_decay, k = made->tank_K_W;
    else
        make_tank(p, now->dt_s, &decay, &k);
    double rest_degC = decay * x->tank_degC + k * p->tank_loss_W_K * tank_room_degC;
    if (e->hot_water_W != 0) { /* in most steps nobody draws and nothing heats */
        double share = clamp((x->tank_degC - p->cold_water_degC) / (tank_use_degC - p->cold_water_degC), 0, 1);
        drawn_W = lesser(e->hot_water_W * share, greater(0, (rest_degC - p->cold_water_degC) / k + cop * power_W));
    }
    power_W = clamp(power_W, 0, p->tank_W);
    if (power_W != 0) power_W = lesser(power_W, greater(0, (p->tank_max_degC - rest_degC) / k + drawn_W) / cop);
    x->tank_degC = rest_degC + k * (cop * power_W - drawn_W);
    x->hot_short_J += (e->hot_water_W - drawn_W) * now->dt_s;
    x->since_hot_s = x->tank_degC >= p->tank_hot_degC ? 0 : lesser(x->since_hot_s + now->dt_s, 1e9);
    return power_W;
}

/* Returns the charging power taken. */
static double step_car(const struct asset_now *now, double power_W, struct home_state *x)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    if (p->car <= 0) return 0;
    double full_W = (1 - x->car_frac) * p->car_J / (p->car_eff_frac * now->dt_s);
    power_W = lesser(clamp(power_W, 0, p->car_W * clamp(e->car_present_frac, 0, 1)), greater(0, full_W));
    double held_J = x->car_frac * p->car_J + p->car_eff_frac * power_W * now->dt_s;
    double drive_J = e->car_drive_W * now->dt_s, taken_J = lesser(drive_J, held_J);
    x->car_short_J += drive_J - taken_J;
    x->car_frac = clamp((held_J - taken_J) / p->car_J, 0, 1);
    return power_W;
}

static void init(const struct asset_now *now, void *to)
{
    struct home_state *x = to;
    const struct home_exo *e = (const void *)now->exo;
    *x = (struct home_state){.since_switch_s = 3600, .tank_degC = 52, .car_frac = 0.7};
    x->gain_day_W = e ? e->gain_W : 0;
    x->cooling_frac = now->amb && now->amb->temp_mean_degC >= ((const struct home_par *)now->par)->cool_from_degC;
    x->temp_degC = x->air_degC = x->mass_degC = e && e->setpoint_degC > 5 ? e->setpoint_degC : 20;
}

static void step(const struct asset_now *now, void *work, void *to, double *flow)
{
    (void)work;
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_cmd *c = now->cmd;
    struct home_state *x = to;
    int out = (now->status & STATUS_OUT) != 0, fault = (now->status & STATUS_FAULT) != 0;
    struct compressor k = compressor_of(p, x);
    double heat_W = out || fault ? 0 : compressor_power_W(&k, c->heat_W);
    step_rooms(now, heat_W, x);
    double tank_W = step_tank(now, out || fault ? 0 : c->tank_W, x);
    double car_W = step_car(now, out ? 0 : c->car_W, x);
    flow[0] = -((c->off_frac > 0.5 ? 0 : e->load_W) + heat_W + tank_W + car_W);
}

/* --- instruments and observer --- */

static void sense(const struct asset_now *now, const double *flow, void *to)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_cmd *c = now->cmd;
    struct home_meas *m = to;
    *m = (struct home_meas){.temp_degC = x->temp_degC, .tank_degC = x->tank_degC, .elec_W = -flow[0]};
    m->car_frac = p->car > 0 && e->car_present_frac >= 0.5 ? x->car_frac : (double)NAN;
    struct compressor k = compressor_of(p, x);
    m->heat_W = x->on_frac > 0 ? compressor_power_W(&k, c->heat_W) : 0;
    m->load_W = c->off_frac > 0.5 ? (double)NAN : e->load_W;
    m->since_hot_s = round(x->since_hot_s);
    m->hot_water_W = e->hot_water_W;
    m->setpoint_degC = e->setpoint_degC;
    m->cooling_frac = x->cooling_frac;
    m->car_present_frac = p->car > 0 ? e->car_present_frac : 0;
}

/* Luenberger observer: the room reading corrects the air within minutes, the mass within hours and, slower still,
 * the heat that the model does not know. The three time constants lie a decade apart, so the errors decay without
 * ringing. */
static void observe(const struct asset_now *now, const void *from, void *to)
{
    static const double air_s = 600, mass_s = 4 * 3600.0, bias_s = 48 * 3600.0, tank_s = 300;
    const struct home_meas *m = from;
    const struct home_par *p = now->par;
    struct home_state *x = to;
    if (isfinite(m->cooling_frac)) x->cooling_frac = m->cooling_frac > 0.5;
    if (isfinite(m->temp_degC)) {
        double miss_K = m->temp_degC - x->temp_degC, loss_W_K = p->opaque_W_K + p->window_W_K;
        x->air_degC += miss_K * -expm1(-now->dt_s / air_s);
        x->mass_degC += miss_K * -expm1(-now->dt_s / mass_s);
        x->temp_degC += miss_K * -expm1(-now->dt_s / air_s);
        x->bias_W = clamp(x->bias_W + miss_K * 10 * loss_W_K * now->dt_s / bias_s, -20 * loss_W_K, 20 * loss_W_K);
    }
    if (isfinite(m->tank_degC)) x->tank_degC += (m->tank_degC - x->tank_degC) * -expm1(-now->dt_s / tank_s);
    int runs = m->heat_W > 0.5 * p->hp_min_frac * p->hp_W;
    if (isfinite(m->heat_W) && runs != (x->on_frac > 0)) x->on_frac = runs, x->since_switch_s = 0;
    if (isfinite(m->since_hot_s)) x->since_hot_s = m->since_hot_s;
    if (p->car > 0 && isfinite(m->car_frac)) x->car_frac = clamp(m->car_frac, 0, 1);
}

/* --- local control and guard --- */

/* The wall thermostat: hysteresis on the set-point, power in proportion to the distance while running. */
struct thermostat {
    int gain; /* heat_sign */
    struct comfort k;
    struct compressor c;
    double wants_W;
};
static inline struct thermostat thermostat_of(const struct asset_now *now)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    struct thermostat t = {heat_sign(p, x), comfort_of(p, x, now->policy, e->setpoint_degC), compressor_of(p, x),
                           0};
    double h = p->hysteresis_K, short_K = t.gain < 0 ? x->temp_degC - t.k.want_degC : t.k.want_degC - x->temp_degC;
    if (t.gain != 0 && short_K > (x->on_frac > 0 ? -h : h))
        t.wants_W = p->hp_W * clamp((short_K + h) / (2 * h), p->hp_min_frac, 1);
    t.wants_W = compressor_kept_W(&t.c, t.wants_W);
    return t;
}

static inline void obey(const struct asset_now *now, const struct thermostat *t, struct home_cmd *c)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_cmd *last = now->cmd;
    c->heat_W = t->wants_W;
    int heating = last && last->tank_W > 0;
    c->tank_W = x->tank_degC < p->tank_set_degC - (heating ? 0 : 5) ? p->tank_W : 0;
    c->car_W = p->car > 0 && e->car_present_frac > 0.5 && x->car_frac < 1 ? p->car_W : 0;
    c->off_frac = 0;
}

static void rules(const struct asset_now *now, void *to)
{
    struct thermostat t = thermostat_of(now);
    obey(now, &t, to);
}

/* Power that brings a room back into its band: the least where the guard starts, all half a kelvin on. Gentler than
 * the thermostat, so that homes at the edge of their bands do not all start at full power in the dearest hour. */
static double hold_W(const struct home_par *p, double lack_K)
{
    return p->hp_W * clamp(lack_K / 0.5, p->hp_min_frac, 1);
}

/* Heat pump: the thermostat takes over where comfort or safety ends; the compressor's own protection comes last. */
static inline uint32_t guard_heat(const struct asset_now *now, const struct thermostat *t, double *heat_W)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct comfort k = t->k;
    const struct compressor c = t->c;
    int gain = t->gain;
    double local_W = t->wants_W, room_degC = x->temp_degC,
           least = floor_of(p) + guess_K(READING_AGE_S(now, struct home_meas, temp_degC));
    uint32_t bit = guard_range(heat_W, 0, p->hp_W, local_W, RULE_BOUNDS);
    double lack_K = guard_lead_K(gain > 0) + (gain > 0 ? k.low_degC - room_degC : room_degC - k.high_degC);
    double glut_K = gain > 0 ? room_degC - k.high_degC : k.low_degC - room_degC;
    if (now->status & STATUS_SHED)
        bit |= guard_set(heat_W, 0, RULE_SHED);
    else if (lack_K >= 0)
        bit |= guard_set(heat_W, greater(*heat_W, lesser(local_W, hold_W(p, lack_K))), RULE_SETPOINT);
    else if (glut_K >= 0)
        bit |= guard_set(heat_W, lesser(*heat_W, local_W), RULE_SETPOINT);
    if (room_degC <= least)
        bit |= guard_set(heat_W, gain > 0 ? greater(*heat_W, local_W) : lesser(*heat_W, local_W), RULE_FLOOR);
    /* The thermostat alone would wait out its hysteresis below the floor; the residents' own lower wish comes first. */
    double need_K = guard_floor_lead_K + lesser(least, k.want_degC) - room_degC;
    if (need_K >= 0 && gain > 0)
        bit |= guard_set(heat_W, greater(*heat_W, compressor_kept_W(&c, hold_W(p, need_K))), RULE_FLOOR);
    if (room_degC >= p->ceiling_degC)
        bit |= guard_set(heat_W, gain < 0 ? greater(*heat_W, local_W) : lesser(*heat_W, local_W), RULE_CEILING);
    bit |= guard_set(heat_W, compressor_power_W(&c, *heat_W), RULE_LEAST_POWER);
    return bit | guard_set(heat_W, compressor_kept_W(&c, *heat_W), c.on ? RULE_RUN : RULE_REST);
}

static uint32_t guard_tank(const struct asset_now *now, double *tank_W)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    uint32_t bit = guard_range(tank_W, 0, p->tank_W, 0, RULE_BOUNDS);
    if (now->status & STATUS_SHED)
        bit |= guard_set(tank_W, 0, RULE_SHED);
    else if (x->since_hot_s >= p->tank_hot_every_s && x->tank_degC < p->tank_hot_degC + 0.5)
        bit |= guard_set(tank_W, p->tank_W, RULE_LEGIONELLA);
    if (x->tank_degC >= p->tank_max_degC) bit |= guard_set(tank_W, 0, RULE_SCALD);
    return bit;
}

static inline uint32_t keep(const struct asset_now *now, const struct thermostat *t, struct home_cmd *c)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    if (now->status & STATUS_OUT)
        return guard_set(&c->heat_W, 0, RULE_OUT) | guard_set(&c->tank_W, 0, RULE_OUT) |
               guard_set(&c->car_W, 0, RULE_OUT) | guard_set(&c->off_frac, 0, RULE_OUT);
    uint32_t bit = guard_heat(now, t, &c->heat_W) | guard_tank(now, &c->tank_W);
    bit |= guard_range(&c->car_W, 0, p->car > 0 ? p->car_W : 0, 0, RULE_BOUNDS);
    if (!(e->car_present_frac > 0)) bit |= guard_set(&c->car_W, 0, RULE_CAR_AWAY);
    if (now->status & STATUS_SHED) bit |= guard_set(&c->car_W, 0, RULE_SHED);
    int cut = now->status & STATUS_CUT && now->status & STATUS_ISLAND;
    return bit | guard_set(&c->off_frac, cut, RULE_SWITCH);
}

static uint32_t guard(const struct asset_now *now, void *to)
{
    struct thermostat t = thermostat_of(now);
    return keep(now, &t, to);
}

static void local(const struct asset_now *now, void *to)
{
    struct thermostat t = thermostat_of(now);
    obey(now, &t, to);
    (void)keep(now, &t, to);
}

/* Warmer than this counts as discomfort: their band and the village's usual limit where rooms can be cooled, else what people
 * in free-running buildings bear (EN 16798-1 annex B, category II: 0.33 Trm + 18.8 + 3). */
static double warm_limit_degC(const struct home_par *p, const struct asset_now *now, double high_degC)
{
    double usual_degC = fmax(high_degC, now->policy ? now->policy->comfort_high_degC : 26);
    return p->cooling > 0 ? usual_degC : fmax(usual_degC, 0.33 * clamp(now->amb->temp_mean_degC, 10, 33.5) + 21.8);
}

static void tally(const struct asset_now *now, struct tally *t)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    struct comfort k = comfort_of(p, x, now->policy, e->setpoint_degC);
    struct building b = building_of(p);
    double rooms_J = b.air_J_K * (x->air_degC - 20) + b.mass_J_K * (x->mass_degC - 20);
    double tank_J = p->tank_m3 * water_J_m3K * (x->tank_degC - p->cold_water_degC);
    t->stored_J = home_heat_worth(p, x, now->amb) * rooms_J + tank_J / tank_gain(p, now->amb);
    if (p->car > 0) t->stored_J += x->car_frac * p->car_J / p->car_eff_frac;
    double set_degC = or_else(e->setpoint_degC, k.want_degC);
    t->cold_K = fmax(0, set_degC - p->band_low_K - x->temp_degC);
    t->warm_K = fmax(0, x->temp_degC - warm_limit_degC(p, now, k.high_degC));
    t->unserved_W = ((const struct home_cmd *)now->cmd)->off_frac > 0.5 ? e->load_W : 0;
    t->hot_short_J = x->hot_short_J;
    t->car_short_J = x->car_short_J;
}

static int check(const void *from, struct err *e)
{
    const struct home_par *p = from;
    struct building b = building_of(p);
    if (!(b.h_em_W_K > 0))
        return err_set(e, "opaque_W_K %g is more than %g m2 of floor can lose", p->opaque_W_K, p->floor_m2);
    if (p->tank_hot_degC >= p->tank_max_degC) return err_set(e, "tank_hot_degC must be below tank_max_degC");
    if (p->tank_set_degC >= p->tank_max_degC) return err_set(e, "tank_set_degC must be below tank_max_degC");
    if (p->tank_low_degC >= p->tank_set_degC) return err_set(e, "tank_low_degC must be below tank_set_degC");
    return 0;
}

static void cost(const void *from, struct asset_cost *c)
{
    const struct home_par *p = from; /* heat pump 2,000 + 1.5 per watt of electric power, 20 years (assumption) */
    *c = (struct asset_cost){2000 + 1.5 * p->hp_W, 0.02 * (2000 + 1.5 * p->hp_W), 20};
}

extern const struct asset_class class_home;
const struct asset_class class_home = {
    .name = "home",
    .help = "rooms with heat pump, hot-water tank and perhaps a car; also a school, clinic or office",
    .par_bytes = sizeof(struct home_par),
    .par = FIELDS(par),
    .state = FIELDS(state),
    .meas = FIELDS(meas),
    .cmd = FIELDS(cmd),
    .exo = FIELDS(exo),
    .rule = rule_name,
    .n_rule = RULES,
    .port = {{"elec", CARRIER_ELEC, 0}},
    .n_port = 1,
    .dt_min_s = 1,
    .dt_max_s = 900,
    .judge_bytes = home_judge_bytes,
    .judge_start = home_judge_start,
    .made_bytes = sizeof(struct home_made),
    .make = make,
    .check = check,
    .init = init,
    .step = step,
    .sense = sense,
    .observe = observe,
    .shape = home_shape,
    .formulate = home_formulate,
    .command = home_command,
    .rules = rules,
    .safe = rules,
    .guard = guard,
    .local = local,
    .tally = tally,
    .cost = cost,
};
