/* What the guard of each kind of equipment promises, asked by an oracle of its own: random states, random words from outside, random
 * status, and set-points that a broken planner could send. After one pass no promise is broken. The oracles are written from the
 * rules (never below the floor, never two switches at once, gas burned before the holder is full ..) and not from the guards' code,
 * so that a guard that is taken out is missed. */
#include "assets/kit.h"
#include "conformance/rig.h"
#include "near.h"
#include "physics/light.h"
#include "physics/turbine.h"
#include <string.h>

enum { ROUNDS = 30000, STATUS_N = 10 };
static struct rig rig;
static struct random dice;
static const double DT_S = 60;
static const char *broken;
static double asked[RIG_WORDS]; /* before the guard */

static double of(const struct field_set *s, const char *key, const void *base)
{
    int i = field_find(s, key);
    if (i < 0) fail_msg("%s has no %s", rig.cls->name, key);
    return field_get(&s->row[i], base);
}
static double P(const char *key) { return of(&rig.cls->par, key, rig.par); }
static double X(const char *key) { return of(&rig.cls->state, key, rig.x); }
static double C(const char *key) { return of(&rig.cls->cmd, key, rig.cmd); }
static double E(const char *key) { return of(&rig.cls->exo, key, rig.exo); }
static int is(uint32_t bits) { return (rig.status & bits) != 0; }
static void promise(int kept, const char *what)
{
    if (!kept && !broken) broken = what;
}

/* --- what is drawn: "p", "x" or "e" for parameter, state or word from outside */

struct drawn {
    const char *cls, *key;
    char set;
    double lo, hi;
};
// clang-format off
static const struct drawn drawn[] = {
    {"hydro", "volume_m3", 'x', 118e3, 150e3}, {"hydro", "release_m3_s", 'x', 0, 21}, {"hydro", "units", 'x', 0, 3},
    {"hydro", "since_switch_s", 'x', 0, 1800}, {"hydro", "switches_today", 'x', 0, 30}, {"hydro", "river_m3_s", 'e', 0, 40},
    {"hydro", "units_lost", 'e', -2, 3},
    {"biogas", "holder_J", 'x', 0, 2e9}, {"biogas", "ch4_frac", 'x', 0.35, 0.65}, {"biogas", "o2_frac", 'x', 0, 0.04},
    {"biogas", "h2s_ppm", 'x', 0, 700}, {"biogas", "gas_W", 'x', 0, 150e3}, {"biogas", "engine_W", 'x', -30e3, 40e3},
    {"biogas", "since_switch_s", 'x', 0, 3600}, {"biogas", "feed_ref_kg_s", 'x', 0, 0.1}, {"biogas", "store_manure_kg", 'x', 0, 9e3},
    {"home", "temp_degC", 'x', 14, 33}, {"home", "on_frac", 'x', 0, 1}, {"home", "since_switch_s", 'x', 0, 900},
    {"home", "tank_degC", 'x', 30, 75}, {"home", "since_hot_s", 'x', 0, 1.2e6}, {"home", "cooling_frac", 'x', 0, 1},
    {"home", "car_frac", 'x', 0, 1}, {"home", "setpoint_degC", 'e', 15, 26}, {"home", "car_present_frac", 'e', 0, 1},
    {"home", "cooling", 'p', 0, 1}, {"home", "vulnerable", 'p', 0, 1}, {"home", "car", 'p', 0, 1},
    {"street", "traffic_per_h", 'x', 0, 120}, {"street", "kind", 'p', 0, 2}, {"street", "lamp_lm", 'p', 20e3, 20e3},
    {"battery", "energy_J", 'x', 0, 3.6e9},
    {"pump", "tank_m3", 'x', 0, 2000}, {"pump", "depletion_m3", 'x', 0, 200}, {"pump", "pump_W", 'x', -60e3, 60e3},
    {"pump", "since_switch_s", 'x', 0, 1200},
    {"coldstore", "temp_degC", 'x', -2, 8}, {"coldstore", "on_frac", 'x', 0, 1}, {"coldstore", "since_switch_s", 'x', 0, 900},
    {"greenhouse", "temp_degC", 'x', 2, 42}, {"greenhouse", "heat_W", 'p', 30e3, 30e3}, {"greenhouse", "light_W", 'p', 5e3, 5e3},
    {"bin", "fill_kg", 'x', 0, 240}, {"bin", "age_s", 'x', 0, 9e5}, {"bin", "silent_s", 'x', 0, 3e5},
    {"load", "critical", 'p', 0, 1}, {"load", "shed_max_frac", 'p', 0, 0.6},
};
// clang-format on

static int whole(const struct field *f) { return f->word || f->flags & (FIELD_INTEGER | FIELD_BOOL); }

static void draw_situation(void)
{
    static const uint32_t status[STATUS_N] = {
        0, 0, 0, 0, STATUS_SHED, STATUS_ISLAND, STATUS_ISLAND | STATUS_CUT, STATUS_FAULT, STATUS_OUT, STATUS_LOST};
    rig.status = status[random_u64(&dice) % STATUS_N];
    rig.frozen = 0;
    rig_surround(&rig, rig.at_ms + (int64_t)(random_u64(&dice) % 7200) * 1000);
    (void)rig_now(&rig, DT_S); /* what comes from outside at that instant */
    rig.frozen = 1;
    for (size_t i = 0; i < sizeof drawn / sizeof drawn[0]; i++) {
        const struct drawn *d = &drawn[i];
        if (strcmp(d->cls, rig.cls->name) != 0) continue;
        const struct field_set *s = d->set == 'p' ? &rig.cls->par : d->set == 'x' ? &rig.cls->state : &rig.cls->exo;
        const struct field *f = &s->row[field_find(s, d->key)];
        double v = random_range(&dice, d->lo, whole(f) ? d->hi + 1 : d->hi);
        if (whole(f) || strstr(d->key, "on_frac") || strstr(d->key, "cooling_frac") || strstr(d->key, "present"))
            v = floor(fmin(v * (whole(f) ? 1 : 2), d->hi));
        *field_at(f, d->set == 'p' ? rig.par : d->set == 'x' ? rig.x : rig.exo) = fmax(v, f->min);
    }
    int seen = field_find(&rig.cls->state, "daylight_lx"); /* a photocell that sees the sky of now */
    if (seen >= 0) rig.x[seen] = light_daylight_lx(rig.amb.ghi_W_m2, rig.amb.sun_zenith_deg);
}

static void draw_commands(void)
{
    for (int i = 0; i < rig.cls->cmd.n; i++) {
        const struct field *f = &rig.cls->cmd.row[i];
        double top = fmin(f->max, 3e5), some[] = {(double)NAN, -1e9, 1e9, 0, f->min, f->max};
        unsigned k = (unsigned)(random_u64(&dice) % 12);
        if (strstr(f->key, "m3_s")) top = 30;
        if (strstr(f->key, "kg_s")) top = 0.1;
        *field_at(f, rig.cmd) = k < 6 ? some[k] : top * pow(random_uniform(&dice), 2);
    }
}

/* --- the promises */

/* A machine that is off or runs between its least and its rated power. */
static void runs_or_rests(double W, double least_W, double rated_W)
{
    promise(W == 0 || (W >= least_W * (1 - 1e-9) && W <= rated_W * (1 + 1e-9)),
            "off, or between least and rated power");
}

static void hydro(void)
{
    double n = P("n_unit"),
           ok = is(STATUS_OUT) || (is(STATUS_FAULT) && E("units_lost") <= 0) ? 0 : fmax(0, n - E("units_lost"));
    double was = fmin(X("units"), ok), units = C("units"), flow = C("flow_m3_s"), full = n * P("unit_flow_m3_s");
    double walk = P("ramp_m3_s_per_h") / 4, release = X("release_m3_s"),
           least = TURBINE_SCREW_MIN_FRAC * P("unit_flow_m3_s") * fmin(units, was);
    promise(units == round(units) && units >= 0 && units <= ok, "screws that there are");
    promise(flow >= 0 && flow <= fmax(full, release) + 1e-9, "flow of the plant");
    if (is(STATUS_OUT)) {
        promise(units == 0 && flow == 0, "nothing runs out of service");
        return;
    }
    promise(flow >= fmin(full, release - walk) - 1e-9 && flow <= fmax(release + walk, least) + 1e-9, "river ramp");
    double in = fmax(0, E("river_m3_s") - P("eflow_m3_s"));
    if (X("volume_m3") <= P("level_min_m") * P("area_m2"))
        promise(flow <= fmax(fmax(0, in - P("supply_m3_s")), fmax(0, release - walk)) + 1e-9, "lowest level");
    promise(flow >= least - 1e-9 || X("volume_m3") < P("level_min_m") * P("area_m2") + 25e3,
            "least flow of the screws that run on");
    if (X("since_switch_s") < P("min_run_s")) promise(units >= was, "minimum run");
    if (X("since_switch_s") < P("min_rest_s")) promise(units <= was, "minimum rest");
    double left = rig.amb.local_day == (int)X("day") ? fmax(0, P("switches_per_day") - X("switches_today"))
                                                     : P("switches_per_day");
    promise(fabs(units - was) <= left, "switches per day");
}

static void biogas(void)
{
    double engine = C("engine_W"), boiler = C("boiler_W"), flare = C("flare_W"), feed = C("feed_kg_s"),
           top = P("engine_W"), ref = X("feed_ref_kg_s");
    double holder = X("holder_J"), size = P("holder_J"), least = P("engine_least_frac") * top,
           used = engine / P("eta_el_frac") + boiler / P("eta_boiler_frac");
    int fit =
        X("ch4_frac") >= P("ch4_min_frac") && X("o2_frac") <= P("o2_max_frac") && X("h2s_ppm") <= P("h2s_max_ppm");
    int ran = X("engine_W") >= least / 2;
    runs_or_rests(engine, least, top);
    promise(boiler >= 0 && boiler <= P("boiler_W") && flare >= 0 && flare <= P("flare_W"),
            "ratings of boiler and flare");
    if (is(STATUS_OUT)) promise(engine == 0 && boiler == 0 && feed == 0, "nothing runs out of service");
    if (is(STATUS_OUT | STATUS_FAULT)) promise(engine == 0, "no engine out of service");
    if (!fit) promise(engine == 0, "no engine on unfit gas");
    if (holder < 0.05 * size || (!ran && holder < 0.1 * size)) promise(engine == 0, "no engine on an empty holder");
    if (ran && X("since_switch_s") < P("min_run_s") && fit && holder > 0.1 * size && !is(STATUS_OUT | STATUS_FAULT))
        promise(engine > 0, "minimum run");
    if (!ran && X("since_switch_s") < P("min_rest_s")) promise(engine == 0, "minimum rest");
    if (holder > 0.91 * size)
        promise(used + flare >= fmin(X("gas_W"), P("flare_W")) - 1, "flare before the holder is full");
    if (flare > 0 && holder < 0.9 * size)
        promise(holder + (X("gas_W") - used - flare) * DT_S >= fmin(holder, 0.1 * size) - 1e3 ||
                    holder < 0.1 * size,
                "the flare leaves the engine's gas");
    if (boiler > 0) promise(holder + (X("gas_W") - used) * DT_S >= -1e3, "the boiler draws in no air");
    if (is(STATUS_OUT)) return;
    double vs = (X("store_manure_kg") * P("vs_manure_frac") + X("store_waste_kg") * P("vs_waste_frac")) /
                fmax(1e-9, X("store_manure_kg") + X("store_waste_kg"));
    double load = P("load_kg_m3_day") * P("volume_m3") / 86400 / fmax(vs, 1e-3),
           step = fmax(P("feed_step_frac") * ref, 0.02 * load);
    if (vs > 0) promise(feed >= 0 && feed <= load * (1 + 1e-9), "load of the digester");
    if (vs > 0 && ref < load) promise(fabs(feed - ref) <= step * (1 + 1e-9), "feed from day to day");
}

static void home(void)
{
    double heat = C("heat_W"), room = X("temp_degC"),
           floor_degC = P(P("vulnerable") > 0 ? "floor_vulnerable_degC" : "floor_degC");
    double since = X("since_switch_s"), wish = E("setpoint_degC"), tank = C("tank_W"), car = C("car_W");
    int on = X("on_frac") > 0, must_run = on && since < P("run_min_s"), must_rest = !on && since < P("rest_min_s"),
        warms = X("cooling_frac") == 0;
    if (is(STATUS_OUT)) {
        promise(heat == 0 && tank == 0 && car == 0 && C("off_frac") == 0, "nothing runs out of service");
        return;
    }
    runs_or_rests(heat, P("hp_min_frac") * P("hp_W"), P("hp_W"));
    if (must_run) promise(heat > 0, "least run of the compressor");
    if (must_rest) promise(heat == 0, "least rest of the compressor");
    if (warms && room < fmin(floor_degC, wish) && !must_rest) promise(heat > 0, "never below the floor");
    if (warms && room < wish - P("band_low_K") && !is(STATUS_SHED) && !must_rest)
        promise(heat > 0, "the residents' set-point");
    if (warms && room > fmax(wish, 20) + P("band_high_K") + 0.1 && !must_run)
        promise(heat == 0, "not heated above the residents' band");
    if (warms && room >= P("ceiling_degC") && !must_run) promise(heat == 0, "no heat above the ceiling");
    if (!warms && P("cooling") > 0 && room <= floor_degC && !must_run)
        promise(heat == 0, "no cooling below the floor");
    if (!warms && P("cooling") > 0 && room >= P("ceiling_degC") && !must_rest)
        promise(heat > 0, "cooled above the ceiling");
    if (is(STATUS_SHED) && room > floor_degC + 0.6 && room < P("ceiling_degC") && !must_run)
        promise(heat == 0, "what is shed rests");
    promise(tank >= 0 && tank <= P("tank_W"), "rating of the tank");
    if (X("tank_degC") >= P("tank_max_degC"))
        promise(tank == 0, "nobody is scalded");
    else if (is(STATUS_SHED))
        promise(tank == 0, "a tank that is shed rests");
    else if (X("since_hot_s") >= P("tank_hot_every_s") && X("tank_degC") < P("tank_hot_degC"))
        promise(tank == P("tank_W"), "legionella");
    promise(car >= 0 && car <= (P("car") > 0 ? P("car_W") : 0), "rating of the charger");
    if (E("car_present_frac") <= 0 || is(STATUS_SHED))
        promise(car == 0, "no charging of a car that is away, or shed");
    promise(C("off_frac") == (is(STATUS_CUT) && is(STATUS_ISLAND)), "switched off only in a short island");
}

/* The need of this night by a step of the physics on a copy, with the counter standing still. */
static void street(void)
{
    static struct rig copy;
    double dim = C("dim_frac");
    copy = rig;
    copy.status = 0;
    *field_at(&rig.cls->exo.row[field_find(&rig.cls->exo, "traffic_per_h")], copy.exo) = X("traffic_per_h");
    struct asset_now now = rig_now(&copy, 1);
    rig.cls->step(&now, copy.work, copy.x, copy.flow);
    double need = of(&rig.cls->state, "required_frac", copy.x);
    promise(dim >= 0 && dim <= 1, "between dark and full light");
    if (is(STATUS_OUT))
        promise(dim == 0, "dark out of service");
    else if (need > 0)
        promise(dim >= need - 1e-12, "never below the class that counts");
    if (rig.amb.ghi_W_m2 > 200) promise(dim == 0, "dark by day");
    if (need > 0 && is(STATUS_SHED)) promise(dim <= need + 1e-12, "no more than its class when shed");
}

static void battery(void)
{
    double W = C("power_W"), cap = P("capacity_J"), e = X("energy_J"), slack = P("standing_W") * DT_S + 1e-9 * cap;
    double after = e - (W > 0 ? W / P("eta_discharge_frac") : W * P("eta_charge_frac")) * DT_S;
    promise(W >= -P("charge_W") && W <= P("discharge_W"), "rating");
    if (isnan(asked[0])) promise(W == 0, "what is no number moves nothing");
    if (is(STATUS_OUT | STATUS_FAULT)) promise(W == 0, "still out of service");
    promise(after >= fmin(e, P("soc_min_frac") * cap) - slack, "not emptied");
    promise(after <= fmax(e, P("soc_max_frac") * cap) + slack, "not overfilled");
    if (!is(STATUS_ISLAND) && W > 0)
        promise(after >= fmin(e, rig.policy.battery_reserve_frac * cap) - slack, "the reserve is for an island");
}

static void pump(void)
{
    double W = C("pump_W"), flow = C("irrigate_m3_s"), top = P("rated_W"), least = P("least_frac") * top,
           tank = X("tank_m3");
    double lift_J_m3 = 1000 * 9.80665 * P("lift_m") / P("eta_frac"),
           room_W = (P("tank_m3") - tank) * lift_J_m3 / DT_S;
    int ran = X("pump_W") >= least / 2;
    runs_or_rests(W, least, top);
    if (is(STATUS_OUT | STATUS_FAULT)) promise(W == 0 && flow == 0, "still out of service");
    if (is(STATUS_SHED)) promise(W == 0, "what is shed rests");
    promise(tank + W / lift_J_m3 * DT_S <= P("tank_m3") * (1 + 1e-9), "the tank does not run over");
    if (ran && X("since_switch_s") < P("min_run_s") && room_W > top && !is(STATUS_OUT | STATUS_FAULT | STATUS_SHED))
        promise(W > 0, "minimum run");
    if (!ran && X("since_switch_s") < P("min_rest_s")) promise(W == 0, "minimum rest");
    promise(flow >= 0 && flow <= P("outlet_m3_s"), "outlet");
    promise(flow == 0 || tank - flow * DT_S >= P("tank_min_frac") * P("tank_m3") - 1e-6, "fire water stays");
    promise(flow * DT_S * P("application_frac") <= X("depletion_m3") + 1e-6, "no water on a wet field");
}

static void coldstore(void)
{
    double W = C("cool_W"), temp = X("temp_degC");
    int on = X("on_frac") > 0, must_run = on && X("since_switch_s") < P("run_min_s"),
        must_rest = !on && X("since_switch_s") < P("rest_min_s");
    if (is(STATUS_OUT)) {
        promise(W == 0, "still out of service");
        return;
    }
    runs_or_rests(W, P("cool_min_frac") * P("cool_W"), P("cool_W"));
    if (must_run) promise(W > 0, "least run of the compressor");
    if (must_rest) promise(W == 0, "least rest of the compressor");
    if (temp > P("temp_max_degC") - P("margin_K") && !must_rest) promise(W > 0, "never too warm");
    if (temp < P("temp_min_degC") + P("margin_K") && !must_run) promise(W == 0, "no frost");
}

static void greenhouse(void)
{
    double heat = C("heat_W"), aux = C("aux_W"), light = C("light_W"), temp = X("temp_degC"),
           hour = rig.amb.local_hour;
    promise(heat >= 0 && heat <= P("heat_W") && aux >= 0 && aux <= P("aux_W") && light >= 0 &&
                light <= P("light_W"),
            "ratings");
    if (is(STATUS_OUT) || temp > P("temp_max_degC"))
        promise(heat == 0 && aux == 0 && light == 0, "no heat and no lamps");
    if (is(STATUS_SHED)) promise(aux == 0 && light == 0, "what is shed rests");
    if (hour >= P("dark_from_hour") || hour < P("dark_until_hour")) promise(light == 0, "the crop's night");
    if (temp < P("temp_min_degC") && !is(STATUS_OUT))
        promise(heat > 0 && (aux > 0 || is(STATUS_SHED)), "no frost on the crop");
    if (is(STATUS_SHED) && temp > P("temp_min_degC")) promise(heat == 0, "what is shed rests");
}

static void bin(void)
{
    double take = C("collect_frac"), hour = rig.amb.local_hour, age_s = X("age_s"), most_s = P("age_max_s");
    int open = hour >= P("window_from_hour") && hour < P("window_until_hour");
    promise(take == 0 || take == 1, "whole");
    if (is(STATUS_OUT) || !open) promise(take == 0, "no truck out of hours or on closed land");
    if (is(STATUS_OUT) || !open) return;
    if (X("fill_kg") >= P("full_frac") * P("capacity_kg")) promise(take == 1, "a full bin is emptied");
    if (age_s > most_s) promise(take == 1, "an old bin is emptied");
    if (X("silent_s") > P("silent_max_s") && age_s > 0.5 * most_s)
        promise(take == 1, "no bin is skipped because its sensor is silent");
}

static void load(void)
{
    double shed = C("shed_frac");
    promise(shed >= 0 && shed <= 1, "a share");
    if (P("critical") > 0)
        promise(shed == 0, "critical services stay");
    else if (is(STATUS_CUT))
        promise(shed == 1, "switched off in a short island");
    else
        promise(shed <= P("shed_max_frac"), "no more than may be shed");
    if (is(STATUS_SHED) && P("critical") == 0) promise(shed == P("shed_max_frac"), "sheds what it may");
}

static void solar(void)
{
    double W = C("limit_W");
    promise(W >= 0 && W <= fmin(P("inverter_W"), P("peak_W")), "rating");
    if (is(STATUS_OUT | STATUS_FAULT)) promise(W == 0, "still out of service");
}

static const struct oracle {
    const char *cls;
    void (*ask)(void);
} oracle[] = {{"hydro", hydro},     {"biogas", biogas}, {"home", home},           {"street", street},
              {"battery", battery}, {"pump", pump},     {"coldstore", coldstore}, {"greenhouse", greenhouse},
              {"bin", bin},         {"load", load},     {"solar", solar}};

static void ask_many(const struct oracle *o)
{
    rig_create(&rig, asset_class_find(o->cls), 1);
    for (int k = 0; k < ROUNDS; k++) {
        draw_situation();
        draw_commands();
        struct asset_now now = rig_now(&rig, DT_S);
        broken = NULL;
        memcpy(asked, rig.cmd, sizeof asked);
        rig.cls->guard(&now, rig.cmd);
        o->ask();
        if (!broken) continue;
        for (int i = 0; i < rig.cls->cmd.n; i++) print_message("# %s %g\n", rig.cls->cmd.row[i].key, rig.cmd[i]);
        for (int i = 0; i < rig.cls->state.n; i++)
            print_message("# x %s %g\n", rig.cls->state.row[i].key, rig.x[i]);
        fail_msg("%s, round %d, status %u: %s", o->cls, k, rig.status, broken);
    }
}

static void no_promise_is_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof oracle / sizeof oracle[0]; i++) ask_many(&oracle[i]);
}

/* A class with set-points and no oracle here would be guarded by nobody's promise. */
static void every_guard_is_asked(void **state)
{
    (void)state;
    for (int c = 0; asset_classes[c]; c++) {
        int has = !asset_classes[c]->cmd.n;
        for (size_t i = 0; i < sizeof oracle / sizeof oracle[0]; i++)
            has |= !strcmp(oracle[i].cls, asset_classes[c]->name);
        if (!has) fail_msg("%s has a guard that is not asked", asset_classes[c]->name);
    }
}

static int begin(void **state)
{
    (void)state;
    dice = random_stream(2026, "guard promises");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_promise_is_broken),
                                       cmocka_unit_test(every_guard_is_asked)};
    return cmocka_run_group_tests_name("guard promises", tests, begin, NULL);
}
