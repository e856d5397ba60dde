/* Home: rooms, heat pump, hot-water tank and perhaps a car. A school, kindergarten, clinic or office is a home with
 * other parameters.
 *
 * Rooms: the exact two-state form of the ISO 13790 network (physics/building.c), linear in the heat pump's electric
 * power, so twin, observer and planner share one model. The heat pump's gain is its COP in heating season and -EER
 * in cooling season (running mean outdoor temperature, EN 16798-1), so one input serves both. A radiator or fan
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
#include "assets/compressor.h"
#include "assets/kit.h"
#include "base/err.h"
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
    double tank_degC, since_hot_s, hot_short_J, car_frac, car_short_J;
};
struct home_meas {
    double temp_degC, tank_degC, car_frac, elec_W, heat_W, load_W, hot_water_W, setpoint_degC, car_present_frac;
};
struct home_cmd {
    double heat_W, tank_W, car_W;
};
struct home_exo {
    double load_W, hot_water_W, gain_W, setpoint_degC, car_present_frac, car_drive_W;
};

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
    FIELD(home_par, run_min_s, 300, 60, 7200, 0, "least running time of the compressor"),
    FIELD(home_par, rest_min_s, 300, 60, 7200, 0, "least rest of the compressor"),
    FIELD(home_par, cooling, 0, 0, 1, FIELD_BOOL, "the heat pump can cool"),
    FIELD(home_par, cool_setpoint_degC, 26, 20, 32, 0, "cooled down to this at most (EN 16798-1 category II)"),
    FIELD(home_par, cool_from_degC, 18, 10, 30, 0, "running mean outdoor temperature from which the season is cooling"),
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
};
static const struct field meas[] = {
    FIELD(home_meas, temp_degC, 20, -40, 60, 0, "room thermostat"),
    FIELD(home_meas, tank_degC, 50, 0, 95, 0, "tank"),
    FIELD(home_meas, car_frac, 0.7, 0, 1, 0, "charge of the car, told while plugged in"),
    FIELD(home_meas, elec_W, 0, -1e6, 1e6, 0, "meter: all power taken"),
    FIELD(home_meas, heat_W, 0, 0, 5e5, 0, "power of the heat pump"),
    FIELD(home_meas, load_W, 0, 0, 1e6, 0, "appliances, light, cooking"),
    FIELD(home_meas, hot_water_W, 0, 0, 1e6, 0, "heat drawn as hot water"),
    FIELD(home_meas, setpoint_degC, 20, 5, 35, 0, "set-point of the residents"),
    FIELD(home_meas, car_present_frac, 0, 0, 1, 0, "car plugged in"),
};
static const struct field cmd[] = {
    FIELD(home_cmd, heat_W, 0, 0, 5e5, 0, "electric power of the heat pump"),
    FIELD(home_cmd, tank_W, 0, 0, 1e5, 0, "electric power of the hot-water heater"),
    FIELD(home_cmd, car_W, 0, 0, 22000, 0, "charging power of the car"),
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
            RULE_REST, RULE_SCALD, RULE_LEGIONELLA, RULE_CAR_AWAY, RULES };
static const char *const rule_name[RULES] = {
    "within the rating", "out of use", "shed", "residents' own set-point", "never colder than the floor",
    "never hotter than the ceiling", "least power of the compressor", "least running time", "least rest",
    "tank: scalding", "tank: legionella", "car is away"};
/* clang-format on */

static const double water_J_m3K = 4.186e6, tank_room_degC = 15, tank_use_degC = 40;

/* --- physics
 * ------------------------------------------------------------------------------------------------------ */

static struct building building_of(const struct home_par *p)
{
    double vent_W_K = building_vent_W_K(p->floor_m2 * p->height_m, p->ach_per_h, p->recovery_frac);
    return building_make(p->floor_m2, p->opaque_W_K, p->window_W_K, vent_W_K, (enum building_mass)p->mass_class);
}

/* Residents' windows: open while it is too warm inside and cooler outside, shut while the heat pump works. */
static int windows_open(const struct home_par *p, const struct home_state *x, const struct ambient *a,
                        double heat_W)
{
    return heat_W <= 0 && x->temp_degC > p->airing_from_degC && a->temp_degC < x->temp_degC - 1;
}

static int cooling_season(const struct home_par *p, const struct ambient *a)
{
    return a->temp_mean_degC >= p->cool_from_degC;
}

/* Heat into the rooms per watt of the heat pump: COP, or -EER in the cooling season, or 0 where it cannot cool. */
static double heat_gain(const struct home_par *p, const struct ambient *a)
{
    enum emitter e = (enum emitter)p->emitter;
    if (!cooling_season(p, a))
        return heatpump_cop(a->temp_degC, heatpump_supply_degC(e, a->temp_degC), a->humidity_frac);
    return p->cooling > 0 ? -heatpump_eer(e, a->temp_degC) : 0;
}

static double tank_gain(const struct home_par *p, const struct ambient *a)
{
    return p->tank_heater > 0 ? heatpump_cop(a->temp_degC, 50, a->humidity_frac) : 1;
}

static double solar_W(const struct home_par *p, const struct ambient *a)
{
    const double facing[4] = {0, 90, 180, 270};
    const double area_m2[4] = {p->aperture_north_m2, p->aperture_east_m2, p->aperture_south_m2,
                               p->aperture_west_m2};
    if (a->ghi_W_m2 <= 0 && a->dni_W_m2 <= 0) return 0;
    double sum_W = 0;
    for (int i = 0; i < 4; i++)
        sum_W += area_m2[i] * building_facade_W_m2(facing[i], a->sun_zenith_deg, a->sun_azimuth_deg, a->dni_W_m2,
                                                   a->dhi_W_m2, a->ghi_W_m2);
    return sum_W * (cooling_season(p, a) ? p->shade_frac : 1);
}

/* What reaches the nodes of the rooms apart from the heat pump. */
struct surroundings {
    struct building_heat heat;
    double surface_W;
};
static struct surroundings surroundings_of(const struct home_par *p, const struct building *b,
                                           const struct ambient *a, double gain_W, double bias_W)
{
    struct building_gains g = building_split(b, gain_W, solar_W(p, a));
    struct surroundings s = {building_inflow(b, a->temp_degC, &g), g.surface_W};
    s.heat.air_W += bias_W;
    return s;
}

static struct compressor compressor_of(const struct home_par *p, const struct home_state *x)
{
    return (struct compressor){p->hp_W,       p->hp_min_frac * p->hp_W, p->run_min_s,
                               p->rest_min_s, x->since_switch_s,        x->on_frac > 0};
}

static void step_rooms(const struct asset_now *now, double heat_W, struct home_state *x)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    struct building b = building_of(p);
    if (windows_open(p, x, now->amb, heat_W))
        b.h_ve_W_K += building_vent_W_K(p->floor_m2 * p->height_m, p->airing_per_h, 0);
    struct building_modes m = building_modes(&b);
    struct surroundings s = surroundings_of(p, &b, now->amb, e->gain_W, x->bias_W);
    *(p->emitter > 0 ? &s.heat.mass_W : &s.heat.air_W) += heat_gain(p, now->amb) * heat_W;
    building_step(&m, now->dt_s, s.heat, &x->air_degC, &x->mass_degC, NULL);
    x->temp_degC = building_operative_degC(&m, x->air_degC, x->mass_degC, now->amb->temp_degC, s.surface_W);
    pull(&x->gain_day_W, e->gain_W, observer_gain(now->dt_s, 86400));
    struct compressor k = compressor_of(p, x);
    x->since_switch_s = compressor_since_s(&k, heat_W, now->dt_s);
    x->on_frac = heat_W > 0;
}

/* One mixed node, exact over the step: C dT/dt = heat - drawn - loss (T - room). Returns the electric power taken:
 * the heater's own thermostat ends heating at tank_max_degC. */
static double step_tank(const struct asset_now *now, double power_W, struct home_state *x)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    double c_J_K = p->tank_m3 * water_J_m3K, decay, gain_s, cop = tank_gain(p, now->amb);
    building_mode_slot(p->tank_loss_W_K / c_J_K, now->dt_s, &decay, &gain_s);
    double k = gain_s / c_J_K; /* K per W over the step */
    double share = clamp((x->tank_degC - p->cold_water_degC) / (tank_use_degC - p->cold_water_degC), 0, 1);
    double rest_degC = decay * x->tank_degC + k * p->tank_loss_W_K * tank_room_degC;
    double drawn_W = fmin(e->hot_water_W * share, fmax(0, (rest_degC - p->cold_water_degC) / k + cop * power_W));
    double room_W = fmax(0, (p->tank_max_degC - rest_degC) / k + drawn_W) / cop;
    power_W = fmin(clamp(power_W, 0, p->tank_W), room_W);
    x->tank_degC = rest_degC + k * (cop * power_W - drawn_W);
    x->hot_short_J += (e->hot_water_W - drawn_W) * now->dt_s;
    x->since_hot_s = x->tank_degC >= p->tank_hot_degC ? 0 : fmin(x->since_hot_s + now->dt_s, 1e9);
    return power_W;
}

/* Returns the charging power taken. */
static double step_car(const struct asset_now *now, double power_W, struct home_state *x)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    if (p->car <= 0) return 0;
    double full_W = (1 - x->car_frac) * p->car_J / (p->car_eff_frac * now->dt_s);
    power_W = fmin(clamp(power_W, 0, p->car_W * clamp(e->car_present_frac, 0, 1)), fmax(0, full_W));
    double held_J = x->car_frac * p->car_J + p->car_eff_frac * power_W * now->dt_s;
    double drive_J = e->car_drive_W * now->dt_s, taken_J = fmin(drive_J, held_J);
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
    flow[0] = -(e->load_W + heat_W + tank_W + car_W);
}

/* --- instruments and observer
 * ------------------------------------------------------------------------------------- */

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
    m->load_W = e->load_W;
    m->hot_water_W = e->hot_water_W;
    m->setpoint_degC = e->setpoint_degC;
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
    if (p->car > 0 && isfinite(m->car_frac)) x->car_frac = clamp(m->car_frac, 0, 1);
}

/* --- local control and guard
 * -------------------------------------------------------------------------------------- */

/* What the residents want now and how far it may drift by our doing: their set-point with the band they agreed to,
 * mirrored when cooling. Upwards the band counts from the village's usual set-point where theirs is lower (at
 * night, away), so that rooms may be warmed before they are wanted warm. */
struct comfort {
    double want_degC, low_degC, high_degC;
};
static struct comfort comfort_of(const struct home_par *p, const struct policy *policy, const struct ambient *a,
                                 double setpoint_degC)
{
    double usual_degC = policy ? policy->comfort_low_degC : 20, set_degC = or_else(setpoint_degC, usual_degC);
    if (cooling_season(p, a)) {
        double cool_degC = fmax(set_degC, p->cool_setpoint_degC);
        return (struct comfort){cool_degC, cool_degC - p->band_high_K, cool_degC + p->band_low_K};
    }
    return (struct comfort){set_degC, set_degC - p->band_low_K, fmax(set_degC, usual_degC) + p->band_high_K};
}

static double floor_of(const struct home_par *p)
{
    return p->vulnerable > 0 ? p->floor_vulnerable_degC : p->floor_degC;
}

/* The wall thermostat: hysteresis on the set-point, power in proportion to the distance while running. */
static double thermostat_W(const struct asset_now *now)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    double gain = heat_gain(p, now->amb), wanted_W = 0, h = p->hysteresis_K;
    double short_K = comfort_of(p, now->policy, now->amb, e->setpoint_degC).want_degC - x->temp_degC;
    if (gain < 0) short_K = -short_K;
    if (gain != 0 && short_K > (x->on_frac > 0 ? -h : h))
        wanted_W = p->hp_W * clamp((short_K + h) / (2 * h), p->hp_min_frac, 1);
    struct compressor c = compressor_of(p, x);
    return compressor_kept_W(&c, wanted_W);
}

static void rules(const struct asset_now *now, void *to)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_cmd *last = now->cmd;
    struct home_cmd *c = to;
    c->heat_W = thermostat_W(now);
    int heating = last && last->tank_W > 0;
    c->tank_W = x->tank_degC < p->tank_set_degC - (heating ? 0 : 5) ? p->tank_W : 0;
    c->car_W = p->car > 0 && e->car_present_frac > 0.5 && x->car_frac < 1 ? p->car_W : 0;
}

/* The guard acts this far inside the band, and the plan keeps this far off its edges: what one slot's error may be.
 */
static const double guard_lead_K = 0.25, plan_inset_K = 0.5;

/* Power that brings a room back into its band: the least where the guard starts, all half a kelvin on. Gentler than
 * the thermostat, so that homes at the edge of their bands do not all start at full power in the dearest hour. */
static double hold_W(const struct home_par *p, double lack_K)
{
    return p->hp_W * clamp(lack_K / 0.5, p->hp_min_frac, 1);
}

/* Heat pump: the thermostat takes over where comfort or safety ends; the compressor's own protection comes last. */
static uint32_t guard_heat(const struct asset_now *now, double *heat_W)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    double local_W = thermostat_W(now), gain = heat_gain(p, now->amb), room_degC = x->temp_degC,
           least = floor_of(p);
    struct comfort k = comfort_of(p, now->policy, now->amb, e->setpoint_degC);
    uint32_t bit = guard_range(heat_W, 0, p->hp_W, local_W, RULE_BOUNDS);
    double lack_K = guard_lead_K + (gain > 0 ? k.low_degC - room_degC : room_degC - k.high_degC);
    double glut_K = gain > 0 ? room_degC - k.high_degC : k.low_degC - room_degC;
    if (now->status & STATUS_SHED)
        bit |= guard_set(heat_W, 0, RULE_SHED);
    else if (lack_K >= 0)
        bit |= guard_set(heat_W, fmax(*heat_W, fmin(local_W, hold_W(p, lack_K))), RULE_SETPOINT);
    else if (glut_K >= 0)
        bit |= guard_set(heat_W, fmin(*heat_W, local_W), RULE_SETPOINT);
    if (room_degC <= least)
        bit |= guard_set(heat_W, gain > 0 ? fmax(*heat_W, local_W) : fmin(*heat_W, local_W), RULE_FLOOR);
    if (room_degC >= p->ceiling_degC)
        bit |= guard_set(heat_W, gain < 0 ? fmax(*heat_W, local_W) : fmin(*heat_W, local_W), RULE_CEILING);
    struct compressor c = compressor_of(p, x);
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

static uint32_t guard(const struct asset_now *now, void *to)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    struct home_cmd *c = to;
    if (now->status & STATUS_OUT)
        return guard_set(&c->heat_W, 0, RULE_OUT) | guard_set(&c->tank_W, 0, RULE_OUT) |
               guard_set(&c->car_W, 0, RULE_OUT);
    uint32_t bit = guard_heat(now, &c->heat_W) | guard_tank(now, &c->tank_W);
    bit |= guard_range(&c->car_W, 0, p->car > 0 ? p->car_W : 0, 0, RULE_BOUNDS);
    if (!(e->car_present_frac > 0)) bit |= guard_set(&c->car_W, 0, RULE_CAR_AWAY);
    if (now->status & STATUS_SHED) bit |= guard_set(&c->car_W, 0, RULE_SHED);
    return bit;
}

/* --- plan
 * --------------------------------------------------------------------------------------------------------- */

/* States: two modes of the rooms [K], tank [degC], car [share]. Inputs: the three commands [W]. Rows: comfort band,
 * safe tier, tank, car. numbers (per length of slot where it matters) and series of the coefficient table: */
enum num {
    N_DECAY0,
    N_DECAY1,
    N_HEAT0,
    N_HEAT1,
    N_ROW0,
    N_ROW1,
    N_HEAT_LO,
    N_HEAT_HI,
    N_COMFORT,
    N_SAFE,
    N_X0,
    N_X1,
    N_WORTH0,
    N_WORTH1,
    N_TANK_DECAY,
    N_TANK_HEAT,
    N_TANK_LO,
    N_TANK_HI,
    N_TANK_MAX,
    N_TANK_PRICE,
    N_TANK_X0,
    N_TANK_WORTH,
    N_CAR_CHARGE,
    N_CAR_PRICE,
    N_CAR_X0,
    N_CAR_WORTH,
    N_HOME_CAR
};
enum { N_HOME = N_CAR_CHARGE };
enum own {
    S_GAIN,
    S_DRIFT0,
    S_DRIFT1,
    S_LOW,
    S_HIGH,
    S_SAFE_LOW,
    S_SAFE_HIGH,
    S_FEED,
    S_TANK_GAIN,
    S_TANK_DRIFT,
    S_TANK_LOW,
    S_CAR_DRIFT,
    S_CAR_LO,
    S_CAR_HI,
    S_CAR_READY,
    S_HOME_CAR
};
enum { S_HOME = S_CAR_DRIFT };
enum row { ROW_COMFORT, ROW_SAFE, ROW_TANK, ROW_CAR };
static const char *const input_name[] = {"heat_W", "tank_W", "car_W"};
#define SHOWS(member) ((int16_t)(offsetof(struct home_state, member) / sizeof(double)))
static const struct row_desc row_desc[] = {{"comfort", SHOWS(temp_degC), 0},
                                           {"safe temperature", SHOWS(temp_degC), 0},
                                           {"hot water", SHOWS(tank_degC), 0},
                                           {"car ready", SHOWS(car_frac), 0}};

/* clang-format off */
#define COEF_HOME \
    /* rooms: z+ = decay z + heat gain(t) u + drift(t) */ \
    {AT_A, 0, 0, 1, N_DECAY0, ONE},              {AT_A, 1, 1, 1, N_DECAY1, ONE}, \
    {AT_B, 0, 0, 1, N_HEAT0, S_GAIN},            {AT_B, 1, 0, 1, N_HEAT1, S_GAIN}, \
    {AT_DRIFT, 0, 0, 1, ONE, S_DRIFT0},          {AT_DRIFT, 1, 0, 1, ONE, S_DRIFT1}, \
    {AT_X0, 0, 0, 1, N_X0, ONE},                 {AT_X0, 1, 0, 1, N_X1, ONE}, \
    {AT_WORTH, 0, 0, 1, N_WORTH0, ONE},          {AT_WORTH, 1, 0, 1, N_WORTH1, ONE}, \
    {AT_LO, 0, 0, 1, N_HEAT_LO, ONE},            {AT_HI, 0, 0, 1, N_HEAT_HI, ONE}, \
    /* low - s <= room temperature <= high + s', twice: comfort, then the dearer safe tier */ \
    {AT_C, ROW_COMFORT, 0, 1, N_ROW0, ONE},      {AT_C, ROW_COMFORT, 1, 1, N_ROW1, ONE}, \
    {AT_C, ROW_SAFE, 0, 1, N_ROW0, ONE},         {AT_C, ROW_SAFE, 1, 1, N_ROW1, ONE}, \
    {AT_ROW_LO, ROW_COMFORT, 0, 1, ONE, S_LOW},  {AT_ROW_HI, ROW_COMFORT, 0, 1, ONE, S_HIGH}, \
    {AT_ROW_LO, ROW_SAFE, 0, 1, ONE, S_SAFE_LOW},{AT_ROW_HI, ROW_SAFE, 0, 1, ONE, S_SAFE_HIGH}, \
    {AT_PRICE_LO, ROW_COMFORT, 0, 1, N_COMFORT, ONE}, {AT_PRICE_HI, ROW_COMFORT, 0, 1, N_COMFORT, ONE}, \
    {AT_PRICE_LO, ROW_SAFE, 0, 1, N_SAFE, ONE},  {AT_PRICE_HI, ROW_SAFE, 0, 1, N_SAFE, ONE}, \
    /* tank: T+ = decay T + heat gain(t) u + drift(t); low - s <= T+ <= max + s' */ \
    {AT_A, 2, 2, 1, N_TANK_DECAY, ONE},          {AT_B, 2, 1, 1, N_TANK_HEAT, S_TANK_GAIN}, \
    {AT_DRIFT, 2, 0, 1, ONE, S_TANK_DRIFT},      {AT_X0, 2, 0, 1, N_TANK_X0, ONE}, \
    {AT_WORTH, 2, 0, 1, N_TANK_WORTH, ONE}, \
    {AT_LO, 1, 0, 1, N_TANK_LO, ONE},            {AT_HI, 1, 0, 1, N_TANK_HI, ONE}, \
    {AT_C, ROW_TANK, 2, 1, ONE, ONE}, \
    {AT_ROW_LO, ROW_TANK, 0, 1, ONE, S_TANK_LOW},{AT_ROW_HI, ROW_TANK, 0, 1, N_TANK_MAX, ONE}, \
    {AT_PRICE_LO, ROW_TANK, 0, 1, N_TANK_PRICE, ONE}, {AT_PRICE_HI, ROW_TANK, 0, 1, N_TANK_PRICE, ONE}, \
    /* meter: -(heat + tank + car) - load */ \
    {AT_F, 0, 0, -1, ONE, ONE},                  {AT_F, 0, 1, -1, ONE, ONE}, \
    {AT_FEED, 0, 0, 1, ONE, S_FEED}
static const struct coef coef_home[] = {COEF_HOME};
static const struct coef coef_home_car[] = {COEF_HOME,
    /* car: share+ = share + charge u - drive(t); ready - s <= share+ <= 1 + s' */
    {AT_A, 3, 3, 1, ONE, ONE},                   {AT_B, 3, 2, 1, N_CAR_CHARGE, ONE},
    {AT_DRIFT, 3, 0, 1, ONE, S_CAR_DRIFT},       {AT_X0, 3, 0, 1, N_CAR_X0, ONE},
    {AT_WORTH, 3, 0, 1, N_CAR_WORTH, ONE},
    {AT_LO, 2, 0, 1, ONE, S_CAR_LO},             {AT_HI, 2, 0, 1, ONE, S_CAR_HI},
    {AT_C, ROW_CAR, 3, 1, ONE, ONE},
    {AT_ROW_LO, ROW_CAR, 0, 1, ONE, S_CAR_READY},{AT_ROW_HI, ROW_CAR, 0, 1, ONE, ONE},
    {AT_PRICE_LO, ROW_CAR, 0, 1, N_CAR_PRICE, ONE}, {AT_PRICE_HI, ROW_CAR, 0, 1, N_CAR_PRICE, ONE},
    {AT_F, 0, 2, -1, ONE, ONE}};
static const struct block_shape shape_home = {"home", 3, 2, 3, 1, 0, N_HOME, S_HOME, 0, input_name, row_desc, NULL,
    coef_home, sizeof coef_home / sizeof coef_home[0]};
static const struct block_shape shape_home_car = {"home_car", 4, 3, 4, 1, 0, N_HOME_CAR, S_HOME_CAR, 0, input_name,
    row_desc, NULL, coef_home_car, sizeof coef_home_car / sizeof coef_home_car[0]};
/* clang-format on */

static const struct block_shape *shape(const void *from)
{
    const struct home_par *p = from;
    return p->car > 0 ? &shape_home_car : &shape_home;
}

/* Electricity that one more joule of heat (< 0: of warmth too much) kept in the rooms replaces: as long as the
 * season asks for it; seven tenths of it survive the losses until then. */
static double heat_worth(const struct home_par *p, const struct ambient *a)
{
    double gain = heat_gain(p, a), mean_degC = a->temp_mean_degC;
    double need = gain > 0 ? clamp((15 - mean_degC) / 5, 0, 1) : clamp((mean_degC - 23) / 4, 0, 1);
    return gain == 0 ? 0 : 0.7 * need / gain;
}

static double gain_mean_W(const struct home_exo *e, const struct horizon *h)
{
    double sum_J = 0;
    for (int t = 0; t < h->T; t++) sum_J += e[t].gain_W * slot_s(h, t);
    return sum_J / horizon_s(h);
}

/* Series of the rooms: one value per slot. The band is shifted and scaled so that y = (op . T) / sum(op), in
 * kelvin. */
static void formulate_rooms(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct policy *o = h->policy;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_cmd *pin = now->pin;
    struct building b = building_of(p);
    struct building_modes m = building_modes(&b);
    double sum = m.op[0] + m.op[1], det = m.v[0][0] * m.v[1][1] - m.v[0][1] * m.v[1][0];
    double worth = heat_worth(p, &h->amb[h->T - 1]) * horizon_worth_per_J(h), gain_s[SLOT_LENGTHS_MAX][2];
    struct bounds u = bounds_pinned(0, p->hp_W, PIN(pin, heat_W));
    int node = p->emitter > 0;
    /* Nobody measures the heat of people and appliances: the forecast gives its course, and its level is the one
     * with which the observer found bias_W, or the difference of the two would count twice. */
    double level_W = x->bias_W + x->gain_day_W - gain_mean_W(e, h);
    must(h->n_len <= SLOT_LENGTHS_MAX, "%d lengths of slot", h->n_len);
    for (int i = 0; i < 2; i++) {
        double z0 = i ? m.v[0][0] * x->mass_degC - m.v[1][0] * x->air_degC
                      : m.v[1][1] * x->air_degC - m.v[0][1] * x->mass_degC;
        block_set_all(to, h->n_len, N_X0 + i, z0 / det);
        block_set_all(to, h->n_len, N_ROW0 + i, (m.op[0] * m.v[0][i] + m.op[1] * m.v[1][i]) / sum);
        block_set_all(to, h->n_len, N_WORTH0 + i, worth * (b.air_J_K * m.v[0][i] + b.mass_J_K * m.v[1][i]));
        for (int l = 0; l < h->n_len; l++) {
            double decay;
            building_mode_slot(m.rate_per_s[i], h->dt_s[l], &decay, &gain_s[l][i]);
            block_set(to, l, N_DECAY0 + i, decay);
            block_set(to, l, N_HEAT0 + i, gain_s[l][i] * m.w[i][node]);
        }
    }
    for (int l = 0; l < h->n_len; l++) {
        block_set(to, l, N_COMFORT, o->comfort_per_K_h * sum * h->dt_s[l] / 3600);
        block_set(to, l, N_SAFE, o->safe_per_K_h * sum * h->dt_s[l] / 3600);
    }
    block_set_all(to, h->n_len, N_HEAT_LO, u.lo);
    block_set_all(to, h->n_len, N_HEAT_HI, u.hi);
    /* Warmth that not heating cannot prevent (or coolness that not cooling cannot) is not priced: it would only
     * hide, in a large sum, what the plan can do. */
    double row[2], z[2], decay;
    for (int i = 0; i < 2; i++) {
        row[i] = (m.op[0] * m.v[0][i] + m.op[1] * m.v[1][i]) / sum;
        z[i] = (i ? m.v[0][0] * x->mass_degC - m.v[1][0] * x->air_degC
                  : m.v[1][1] * x->air_degC - m.v[0][1] * x->mass_degC) /
               det;
    }
    for (int t = 0; t < h->T; t++) {
        const struct ambient *a = &h->amb[t];
        struct surroundings s = surroundings_of(p, &b, a, e[t].gain_W, level_W);
        struct comfort k = comfort_of(p, o, a, e[t].setpoint_degC);
        double gain = heat_gain(p, a);
        double shift_K = m.op_out * a->temp_degC + m.op_gain_K_W * s.surface_W;
        block_put(to, S_GAIN, t, gain);
        for (int i = 0; i < 2; i++) {
            double drift = gain_s[h->len[t]][i] * (m.w[i][0] * s.heat.air_W + m.w[i][1] * s.heat.mass_W), gone_s;
            block_put(to, S_DRIFT0 + i, t, drift);
            building_mode_slot(m.rate_per_s[i], slot_s(h, t), &decay, &gone_s);
            z[i] = decay * z[i] + drift;
        }
        double alone = row[0] * z[0] + row[1] * z[1], edge = 0.02 / sum;
        double least_high = gain >= 0 ? alone + edge : -HUGE_VAL, most_low = gain <= 0 ? alone - edge : HUGE_VAL;
        block_put(to, S_LOW, t, fmin((k.low_degC + plan_inset_K - shift_K) / sum, most_low));
        block_put(to, S_HIGH, t, fmax((k.high_degC - plan_inset_K - shift_K) / sum, least_high));
        block_put(to, S_SAFE_LOW, t, fmin((fmin(floor_of(p), k.low_degC) - shift_K) / sum, most_low));
        block_put(to, S_SAFE_HIGH, t, fmax((fmax(p->ceiling_degC, k.high_degC) - shift_K) / sum, least_high));
    }
}

static void formulate_tank(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_cmd *pin = now->pin;
    struct bounds u = bounds_pinned(0, p->tank_W, PIN(pin, tank_W));
    double c_J_K = p->tank_m3 * water_J_m3K, k[SLOT_LENGTHS_MAX], until_s = p->tank_hot_every_s - x->since_hot_s;
    for (int l = 0; l < h->n_len; l++) {
        double decay, gain_s;
        building_mode_slot(p->tank_loss_W_K / c_J_K, h->dt_s[l], &decay, &gain_s);
        k[l] = gain_s / c_J_K;
        block_set(to, l, N_TANK_DECAY, decay);
        block_set(to, l, N_TANK_HEAT, k[l]);
    }
    block_set_all(to, h->n_len, N_TANK_LO, u.lo);
    block_set_all(to, h->n_len, N_TANK_HI, u.hi);
    block_set_all(to, h->n_len, N_TANK_MAX, p->tank_max_degC);
    block_set_all(to, h->n_len, N_TANK_X0, x->tank_degC);
    block_set_all(to, h->n_len, N_TANK_PRICE, h->policy->hot_water_per_kWh * c_J_K / J_PER_KWH);
    block_set_all(to, h->n_len, N_TANK_WORTH, horizon_worth_per_J(h) * c_J_K / tank_gain(p, &h->amb[h->T - 1]));
    for (int t = 0; t < h->T; t++) {
        int due = until_s <= slot_s(h, t) && until_s > 0; /* disinfection falls in this slot */
        until_s -= slot_s(h, t);
        block_put(to, S_TANK_GAIN, t, tank_gain(p, &h->amb[t]));
        block_put(to, S_TANK_DRIFT, t, k[h->len[t]] * (p->tank_loss_W_K * tank_room_degC - e[t].hot_water_W));
        block_put(to, S_TANK_LOW, t, due ? p->tank_hot_degC + 1 : p->tank_low_degC);
    }
}

static void formulate_car(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_cmd *pin = now->pin;
    for (int l = 0; l < h->n_len; l++) block_set(to, l, N_CAR_CHARGE, p->car_eff_frac * h->dt_s[l] / p->car_J);
    block_set_all(to, h->n_len, N_CAR_PRICE, h->policy->car_per_kWh * p->car_J / J_PER_KWH);
    block_set_all(to, h->n_len, N_CAR_X0, x->car_frac);
    block_set_all(to, h->n_len, N_CAR_WORTH, horizon_worth_per_J(h) * p->car_J / p->car_eff_frac);
    for (int t = 0; t < h->T; t++) {
        double here = clamp(e[t].car_present_frac, 0, 1);
        struct bounds u = bounds_pinned(0, p->car_W * here, PIN(pin, car_W));
        int leaves = here >= 0.5 && t + 1 < h->T && e[t + 1].car_present_frac < 0.5;
        block_put(to, S_CAR_DRIFT, t, -e[t].car_drive_W * slot_s(h, t) / p->car_J);
        block_put(to, S_CAR_LO, t, u.lo);
        block_put(to, S_CAR_HI, t, u.hi);
        block_put(to, S_CAR_READY, t, leaves ? p->car_ready_frac : 0);
    }
}

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    formulate_rooms(now, h, to);
    formulate_tank(now, h, to);
    if (p->car > 0) formulate_car(now, h, to);
    for (int t = 0; t < h->T; t++) block_put(to, S_FEED, t, -e[t].load_W);
}

static void command(const struct asset_now *now, const struct block *b, int t, void *to)
{
    const struct home_par *p = now->par;
    struct home_cmd *c = to;
    struct compressor k = compressor_of(p, now->x);
    c->heat_W = compressor_duty_W(&k, block_u(b, 0, t));
    c->tank_W = block_u(b, 1, t);
    double car_W = p->car > 0 ? block_u(b, 2, t) : 0;
    c->car_W = car_W < 0.5 * p->car_min_W ? 0 : fmax(car_W, p->car_min_W);
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
    struct comfort k = comfort_of(p, now->policy, now->amb, e->setpoint_degC);
    struct building b = building_of(p);
    double rooms_J = b.air_J_K * (x->air_degC - 20) + b.mass_J_K * (x->mass_degC - 20);
    double tank_J = p->tank_m3 * water_J_m3K * (x->tank_degC - p->cold_water_degC);
    t->stored_J = heat_worth(p, now->amb) * rooms_J + tank_J / tank_gain(p, now->amb);
    if (p->car > 0) t->stored_J += x->car_frac * p->car_J / p->car_eff_frac;
    double set_degC = or_else(e->setpoint_degC, k.want_degC);
    t->cold_K = fmax(0, set_degC - p->band_low_K - x->temp_degC);
    t->warm_K = fmax(0, x->temp_degC - warm_limit_degC(p, now, k.high_degC));
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
    .check = check,
    .init = init,
    .step = step,
    .sense = sense,
    .observe = observe,
    .shape = shape,
    .formulate = formulate,
    .command = command,
    .rules = rules,
    .safe = rules,
    .guard = guard,
    .tally = tally,
    .cost = cost,
};
