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
#include "assets/home_lanes.h"
#include "assets/home_run.h"
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
static const char *const rule_name[HOME_RULES] = {
    "within the rating", "out of use", "shed", "residents' own set-point", "never colder than the floor",
    "never hotter than the ceiling", "least power of the compressor", "least running time", "least rest",
    "tank: scalding", "tank: legionella", "car is away",
    "switched off in an island"};
/* clang-format on */

static void make_rooms(const struct home_par *p, double dt_s, int open, struct rooms *r)
{
    struct building b = building_of(p);
    if (open) b.h_ve_W_K += building_vent_W_K(p->floor_m2 * p->height_m, p->airing_per_h, 0);
    struct building_modes m = building_modes(&b);
    *r = (struct rooms){building_linear(&b), building_fixed(&m, dt_s), {m.op[0], m.op[1]}, m.op_out, m.op_gain_K_W};
}

static struct tank make_tank(const struct home_par *p, double dt_s)
{
    double decay, gain_s, c_J_K = p->tank_m3 * water_J_m3K;
    building_mode_slot(p->tank_loss_W_K / c_J_K, dt_s, &decay, &gain_s);
    return (struct tank){decay, gain_s / c_J_K};
}

void home_make(const void *par_, double dt_s, void *to)
{
    struct home_made *k = to;
    for (int open = 0; open < 2; open++) make_rooms(par_, dt_s, open, &k->rooms[open]);
    k->tank = make_tank(par_, dt_s);
    k->day_gain = observer_gain(dt_s, 86400);
}

static void step_rooms(const struct asset_now *now, const struct surround *s, double heat_W, struct home_state *x)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_made *k = now->made;
    struct rooms own;
    x->cooling_frac = season_next(p, x, s->temp_mean_degC, e->setpoint_degC);
    int open = windows_open(p, x, s, heat_W);
    double from_pump_W = pumped_W(p, x, s, heat_W);
    if (now->judge)
        home_judge_rooms(now, from_pump_W,
                         open ? building_vent_W_K(p->floor_m2 * p->height_m, p->airing_per_h, 0) : 0, x);
    else if (k)
        step_network(p, e, s, &k->rooms[open], from_pump_W, x);
    else
        make_rooms(p, now->dt_s, open, &own), step_network(p, e, s, &own, from_pump_W, x);
    end_rooms(p, e, k ? k->day_gain : observer_gain(now->dt_s, 86400), now->dt_s, heat_W, x);
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
    const struct home_made *made = now->made;
    struct home_state *x = to;
    int out = (now->status & STATUS_OUT) != 0, fault = (now->status & STATUS_FAULT) != 0;
    struct surround s = surround_of(now);
    struct tank tank = made ? made->tank : make_tank(p, now->dt_s);
    struct compressor k = compressor_of(p, x);
    double heat_W = out || fault ? 0 : compressor_power_W(&k, c->heat_W);
    step_rooms(now, &s, heat_W, x);
    double tank_W = step_tank(p, e, &s, &tank, out || fault ? 0 : c->tank_W, x);
    double car_W = step_car(p, e, now->dt_s, out ? 0 : c->car_W, x);
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

static struct thermostat thermostat_now(const struct asset_now *now)
{
    return thermostat_of(now->par, now->x, (const void *)now->exo, usual_degC(now->policy));
}

static void rules(const struct asset_now *now, void *to)
{
    const struct home_cmd *last = now->cmd;
    struct home_cmd *c = to;
    struct thermostat t = thermostat_now(now);
    c->tank_W = last ? last->tank_W : 0;
    obey(now->par, now->x, (const void *)now->exo, &t, c);
}

static uint32_t guard(const struct asset_now *now, void *to)
{
    struct thermostat t = thermostat_now(now);
    double guess = guess_K(READING_AGE_S(now, struct home_meas, temp_degC));
    return keep(now->par, now->x, (const void *)now->exo, &t, now->status, guess, to);
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
    struct comfort k = comfort_of(p, x, usual_degC(now->policy), e->setpoint_degC);
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
    .n_rule = HOME_RULES,
    .port = {{"elec", CARRIER_ELEC, 0}},
    .n_port = 1,
    .dt_min_s = 1,
    .dt_max_s = 900,
    .judge_bytes = home_judge_bytes,
    .judge_start = home_judge_start,
    .made_bytes = sizeof(struct home_made),
    .make = home_make,
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
    .lanes_bytes = HOME_LANES_BYTES,
    .lane_make = home_lane_make,
    .lane_in = home_lane_in,
    .lane_out = home_lane_out,
    .lanes_step = home_lanes_step,
    .tally = tally,
    .cost = cost,
};
