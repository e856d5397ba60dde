/* Street, bin, cold store, greenhouse, load, gateway, station: the rules that must never break, conservation, and
 * plans that agree with the physics. */
#include "stand.h"

static struct stand stand;

/* Random exo and states inside the ranges that the tables tell. */
static void shake(struct stand *r, struct random *q)
{
    stand_weather(r, q);
    const struct field_set *sets[2] = {&r->cls->exo, &r->cls->state};
    double *base[2] = {r->exo, r->x};
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < sets[s]->n; i++) {
            const struct field *f = &sets[s]->row[i];
            double lo = fmax(f->min, f->dflt - 100), hi = fmin(f->max, f->dflt + 100), v = random_range(q, lo, hi);
            *field_at(f, base[s]) = f->flags & (FIELD_INTEGER | FIELD_BOOL) ? round(v) : v;
        }
}

/* One pass of the guard settles every command of every class of this file; what it says it did is what it did. */
static void guards_settle_at_once(void **s)
{
    (void)s;
    static const char *const name[] = {"street", "bin", "coldstore", "greenhouse", "load"};
    static const double wild[] = {0, 1, -1e9, 1e9, NAN, -INFINITY};
    struct random q = random_stream(1, "settle");
    for (int c = 0; c < 5; c++)
        for (int k = 0; k < 5000; k++) {
            stand_start(&stand, name[c]);
            shake(&stand, &q);
            stand.now.status = k % 5 == 0   ? STATUS_SHED
                               : k % 7 == 0 ? STATUS_OUT
                               : k % 9 == 0 ? STATUS_LOST | STATUS_ISLAND
                                            : 0;
            size_t n = (size_t)stand.cls->cmd.n;
            double given[4] = {0}, once[4], twice[4];
            for (size_t i = 0; i < n; i++)
                given[i] = random_u64(&q) % 3 ? random_range(&q, -1, fmin(stand.cls->cmd.row[i].max, 1e5))
                                              : wild[random_u64(&q) % 6];
            memcpy(once, given, sizeof once);
            uint32_t bit = stand.cls->guard(&stand.now, once);
            memcpy(twice, once, sizeof once);
            stand.cls->guard(&stand.now, twice);
            assert_memory_equal(once, twice, n * sizeof *once);
            int same = 1;
            for (size_t i = 0; i < n; i++) same = same && given[i] == once[i];
            assert_int_equal(same, bit == 0);
            for (size_t i = 0; i < n; i++) assert_true(isfinite(once[i]));
            for (int local = 0; local < 2; local++) { /* the device's own rules never need correcting to a number */
                (local ? stand.cls->rules : stand.cls->safe)(&stand.now, twice);
                for (size_t i = 0; i < n; i++) assert_true(isfinite(twice[i]));
            }
        }
}

static void night(struct stand *r, double hour)
{
    r->amb.local_hour = hour;
    r->amb.sun_zenith_deg = 130;
    r->amb.ghi_W_m2 = r->amb.dni_W_m2 = r->amb.dhi_W_m2 = 0;
    X(r, "daylight_lx") = 0.001;
}

/* The street in figures: 40 lx full, P class 4 in normal hours. */
static void street_of_p4(struct stand *r)
{
    stand_start(r, "street");
    PAR(r, "lamp_lm") = 40 * 30 * 8 / (0.4 * 0.8);
    PAR(r, "parked") = 1; /* weights: speed 1, walkers and motors 1, parked 1, ambient low -1: P4 */
}

static void street_never_below_its_class(void **s)
{
    (void)s;
    static const double traffic[] = {3, 30, 300, NAN}, lx[] = {3, 5, 7.5, 7.5};
    for (int i = 0; i < 4; i++) {
        street_of_p4(&stand);
        night(&stand, 2);
        EXO(&stand, "traffic_per_h") = X(&stand, "traffic_per_h") = traffic[i];
        double dim = 0, more = 0.9, told = NAN;
        uint32_t bit = stand.cls->guard(&stand.now, &dim);
        assert_near(dim, fmax(lx[i] / 40, PAR(&stand, "dim_min_frac")), 1e-12);
        assert_string_equal(stand.cls->rule[__builtin_ctz(bit)], "never below the class of the interval");
        assert_int_equal(stand.cls->guard(&stand.now, &more), 0);
        stand.cls->guard(&stand.now, &told);
        assert_near(told, PAR(&stand, "default_frac"), 1e-12); /* garbage: the default level */
        double safe;
        stand.cls->safe(&stand.now, &safe);
        assert_true(safe >= PAR(&stand, "default_frac") && safe >= lx[i] / 40);
    }
}

static void conflict_point_keeps_its_class(void **s)
{
    (void)s;
    street_of_p4(&stand);
    PAR(&stand, "kind") = 2; /* C: 6 - (2 + busy 1 - low 1) = C4, 10 lx */
    night(&stand, 3);
    EXO(&stand, "traffic_per_h") = X(&stand, "traffic_per_h") = 0;
    double dim = 0.01;
    uint32_t bit = stand.cls->guard(&stand.now, &dim);
    assert_near(dim, 10.0 / 40, 1e-12);
    assert_string_equal(stand.cls->rule[__builtin_ctz(bit)], "conflict point keeps its class");
    stand.now.status = STATUS_SHED;
    dim = 1;
    stand.cls->guard(&stand.now, &dim);
    assert_near(dim, 10.0 / 40, 1e-12); /* shed: to the class, not below */
}

/* A photocell stuck bright does not put the street out; by day it is dark. */
static void street_knows_night(void **s)
{
    (void)s;
    street_of_p4(&stand);
    night(&stand, 2);
    X(&stand, "daylight_lx") = 50000;
    double dim = 0;
    stand.cls->guard(&stand.now, &dim);
    assert_true(dim > 0.1);
    stand.amb.sun_zenith_deg = 40;
    dim = 1;
    stand.cls->guard(&stand.now, &dim);
    assert_near(dim, 0, 0);
    stand.cls->rules(&stand.now, &dim);
    assert_near(dim, 0, 0);
}

static void street_fades_and_meters(void **s)
{
    (void)s;
    street_of_p4(&stand);
    night(&stand, 2);
    stand.now.dt_s = 1;
    CMD(&stand, "dim_frac") = 1;
    double energy_J = 0;
    for (int i = 0; i < 10; i++) {
        double before = X(&stand, "dim_frac");
        stand_step(&stand);
        assert_true(X(&stand, "dim_frac") - before <= 0.1 + 1e-12);
        energy_J -= stand.flow[0];
    }
    assert_near(X(&stand, "dim_frac"), 1, 1e-9);
    stand_start(&stand, "street");
    night(&stand, 2);
    stand.now.dt_s = 60;
    CMD(&stand, "dim_frac") = 1;
    stand_step(&stand); /* the same ramp inside one long step */
    assert_near(-stand.flow[0] * 60, energy_J + 50 * 400, 1e-6);
}

static void street_plan_meets_the_class(void **s)
{
    (void)s;
    street_of_p4(&stand);
    night(&stand, 2);
    EXO(&stand, "traffic_per_h") = X(&stand, "traffic_per_h") = 30;
    stand_horizon(&stand, 12);
    for (int t = 6; t < 12; t++) stand.fore[t].sun_zenith_deg = 50, stand.fore[t].ghi_W_m2 = 500;
    stand_formulate(&stand);
    double flow[12];
    for (int t = 0; t < 12; t++) {
        double lo = stand_coef(&stand, AT_LO, 0, 0, t, NULL), hi = stand_coef(&stand, AT_HI, 0, 0, t, NULL);
        assert_near(lo, t < 6 ? 5.0 / 40 : 0, 1e-12);
        assert_near(hi, t < 6 ? 7.5 / 40 : 0, 1e-12);
        stand.u[t] = hi;
    }
    stand_run(&stand, flow, NULL);
    X(&stand, "dim_frac") = 7.5 / 40;
    for (int t = 0; t < 6; t++) {
        stand.cls->command(&stand.now, &stand.block, t, stand.cmd);
        stand_step_slot(&stand, t);
        assert_near(stand.flow[0], flow[t], 1e-9);
    }
}

/* Whatever is brought is in the bin, collected or beside it; the rules empty it in time and only in the window. */
static void bin_conserves_and_is_emptied(void **s)
{
    (void)s;
    struct random q = random_stream(4, "bin");
    for (int k = 0; k < 20; k++) {
        stand_start(&stand, "bin");
        stand.now.dt_s = 900;
        stand.amb.temp_mean_degC = k % 2 ? 25 : 5;
        double brought_kg = 0, last_kg = 0, oldest_s = 0, rate = random_range(&q, 1e-5, 1e-3);
        for (int i = 0; i < 60 * 96; i++) {
            stand.amb.local_hour = (i % 96) / 4.0;
            EXO(&stand, "fill_kg_s") = rate * random_range(&q, 0, 2);
            stand.cls->rules(&stand.now, stand.cmd);
            uint32_t bit = stand.cls->guard(&stand.now, stand.cmd);
            assert_int_equal(bit, 0); /* the rules already do what the guard wants */
            brought_kg += EXO(&stand, "fill_kg_s") * 900;
            stand_step(&stand);
            if (X(&stand, "collected_kg") > last_kg)
                assert_true(stand.amb.local_hour >= 6 && stand.amb.local_hour < 14);
            last_kg = X(&stand, "collected_kg");
            oldest_s = fmax(oldest_s, X(&stand, "age_s"));
        }
        assert_near(X(&stand, "fill_kg") + X(&stand, "collected_kg") + X(&stand, "overflow_kg"), brought_kg,
                    1e-9 * brought_kg);
        assert_near(X(&stand, "overflow_kg"), 0, 1e-9);
        assert_true(oldest_s <= (k % 2 ? 259200 : 604800));
    }
}

static void silent_bin_is_not_skipped(void **s)
{
    (void)s;
    stand_start(&stand, "bin");
    stand.amb.local_hour = 8;
    X(&stand, "rate_kg_s") = 1e-6;
    X(&stand, "age_s") = 4 * 86400;
    X(&stand, "silent_s") = 0;
    double collect = 0;
    assert_int_equal(stand.cls->guard(&stand.now, &collect), 0);
    X(&stand, "silent_s") = 3 * 86400;
    uint32_t bit = stand.cls->guard(&stand.now, &collect);
    assert_near(collect, 1, 0);
    assert_string_equal(stand.cls->rule[__builtin_ctz(bit)], "sensor silent: not skipped");
    stand.amb.local_hour = 20; /* not at night */
    stand.cls->guard(&stand.now, &collect);
    assert_near(collect, 0, 0);
}

static void bin_sensor_corrects(void **s)
{
    (void)s;
    stand_start(&stand, "bin");
    stand.now.dt_s = 900;
    X(&stand, "fill_kg") = 200;
    X(&stand, "silent_s") = 5e5;
    MEAS(&stand, "fill_frac") = 0.25;
    for (int i = 0; i < 40; i++) stand.cls->observe(&stand.now, stand.meas, stand.x);
    assert_near(X(&stand, "fill_kg"), 60, 0.1);
    assert_near(X(&stand, "silent_s"), 0, 0);
    assert_true(X(&stand, "due_s") > 0);
}

/* No command and no price makes the store warm: driven by a stingy plan the guard keeps the limit in a heat wave.
 */
static void coldstore_keeps_its_limit(void **s)
{
    (void)s;
    stand_start(&stand, "coldstore");
    EXO(&stand, "product_W") = 1500;
    double warmest = -99, coldest = 99;
    for (int i = 0; i < 10 * 1440; i++) {
        stand.amb.temp_degC = 33 + 8 * sin(i / 1440.0 * 6.2832);
        CMD(&stand, "cool_W") = i / 1440 % 2 ? 0 : 6000; /* days of nothing, days of everything */
        stand.cls->guard(&stand.now, stand.cmd);
        stand_step(&stand);
        warmest = fmax(warmest, X(&stand, "temp_degC"));
        coldest = fmin(coldest, X(&stand, "temp_degC"));
    }
    assert_true(warmest < 5 && coldest > 1);
}

static void coldstore_plan_agrees(void **s)
{
    (void)s;
    stand_start(&stand, "coldstore");
    X(&stand, "temp_degC") = 2.5;
    stand.amb.temp_degC = 28;
    stand_horizon(&stand, 30);
    stand_formulate(&stand);
    double flow[30], states[30];
    for (int t = 0; t < 30; t++) stand.u[t] = t % 2 ? 2000 : 4000;
    stand_run(&stand, flow, states);
    for (int t = 0; t < 30; t++) {
        CMD(&stand, "cool_W") = stand.u[t];
        stand_step_slot(&stand, t);
        assert_near(X(&stand, "temp_degC"), states[t], 1e-9);
        assert_near(stand.y[t * 2], X(&stand, "temp_degC"), 1e-9);
        assert_near(stand.flow[0], flow[t], 1e-9);
    }
}

/* Heat and lamps lead to the plan's temperature and light while the vents are shut. */
static void greenhouse_plan_agrees(void **s)
{
    (void)s;
    stand_start(&stand, "greenhouse");
    PAR(&stand, "heat_W") = 40000;
    PAR(&stand, "light_W") = 20000;
    stand.amb.local_hour = 8;
    stand.amb.ghi_W_m2 = 80;
    X(&stand, "light_J_m2") = 1e6;
    stand_horizon(&stand, 20);
    stand_formulate(&stand);
    double flow[40], states[40];
    for (int t = 0; t < 20; t++)
        stand.u[t * 4] = 30000, stand.u[t * 4 + 1] = t % 2 ? 10000 : 0, stand.u[t * 4 + 2] = t % 3 ? 15000 : 0;
    stand_run(&stand, flow, states);
    for (int t = 0; t < 20; t++) {
        stand.cls->command(&stand.now, &stand.block, t, stand.cmd);
        stand_step_slot(&stand, t);
        assert_near(X(&stand, "temp_degC"), states[t * 2], 1e-9);
        assert_near(X(&stand, "light_J_m2"), 1e6 * states[t * 2 + 1], 1e-3);
        assert_near(stand.flow[0], flow[t * 2], 1e-9);
        assert_near(stand.flow[1], flow[t * 2 + 1], 1e-9);
    }
    assert_true(X(&stand, "temp_degC") < PAR(&stand, "vent_degC")); /* else the vents would have had a say */
}

static void greenhouse_rules_and_vents(void **s)
{
    (void)s;
    stand_start(&stand, "greenhouse");
    PAR(&stand, "aux_W") = 150000;
    double coldest = 99, hottest = -99;
    for (int i = 0; i < 4 * 1440; i++) {
        double hour = i % 1440 / 60.0, sun = fmax(0, sin((hour - 6) / 12 * 3.14159));
        stand.amb.local_hour = hour;
        stand.amb.temp_degC = -3 + (i / 2880) * 20 + 5 * sun; /* two winter days, two mild ones */
        stand.amb.ghi_W_m2 = 800 * sun;
        stand.cls->rules(&stand.now, stand.cmd);
        assert_true((stand.cls->guard(&stand.now, stand.cmd) & ~1u) == 0);
        stand_step(&stand);
        coldest = fmin(coldest, X(&stand, "temp_degC"));
        hottest = fmax(hottest, X(&stand, "temp_degC"));
        assert_true(X(&stand, "light_J_m2") < 2e7);
    }
    assert_true(coldest > 12 && hottest < 32);
}

static void load_sheds_and_critical_never(void **s)
{
    (void)s;
    stand_start(&stand, "load");
    PAR(&stand, "shed_max_frac") = 0.4;
    EXO(&stand, "load_W") = 1000;
    CMD(&stand, "shed_frac") = 0.3;
    stand_step(&stand);
    assert_near(stand.flow[0], -700, 1e-9);
    assert_near(X(&stand, "shed_J"), 300 * 60, 1e-9);
    double shed = 0;
    stand.now.status = STATUS_SHED;
    stand.cls->guard(&stand.now, &shed);
    assert_near(shed, 0.4, 0);
    PAR(&stand, "critical") = 1;
    shed = 1;
    stand.cls->guard(&stand.now, &shed);
    assert_near(shed, 0, 0);
    stand.now.status = 0;
    stand_horizon(&stand, 10);
    stand_formulate(&stand);
    assert_near(stand_coef(&stand, AT_HI, 0, 0, 3, NULL), 0, 0);
    double flow[10];
    stand_run(&stand, flow, NULL);
    assert_near(flow[3], -1000, 1e-9);
}

/* A pin holds the planned input at the override. */
static void pins_enter_the_plan(void **s)
{
    (void)s;
    static const char *const name[] = {"home", "street", "coldstore", "greenhouse", "load"};
    for (int c = 0; c < 5; c++) {
        stand_start(&stand, name[c]);
        if (c == 1) night(&stand, 2);
        if (c == 4) PAR(&stand, "shed_max_frac") = 0.5;
        for (int i = 0; i < stand.cls->cmd.n; i++) stand.pin[i] = 0.3;
        stand_horizon(&stand, 10);
        stand_formulate(&stand);
        for (int i = 0; i < stand.block.shape->nu; i++)
            assert_near(stand_coef(&stand, AT_LO, i, 0, 2, NULL), stand_coef(&stand, AT_HI, i, 0, 2, NULL), 0);
    }
}

static void gateway_and_station(void **s)
{
    (void)s;
    stand_start(&stand, "gateway");
    stand_step(&stand);
    assert_near(X(&stand, "alive_frac"), 1, 0);
    stand.now.status = STATUS_FAULT;
    stand_step(&stand);
    assert_near(X(&stand, "alive_frac"), 0, 0);
    assert_near(X(&stand, "silent_s"), 60, 1e-12);
    stand_start(&stand, "station");
    stand.amb.temp_degC = -7.5;
    stand.amb.rain_mm_h = 3;
    stand.cls->sense(&stand.now, stand.flow, stand.meas);
    assert_near(MEAS(&stand, "temp_degC"), -7.5, 0);
    assert_near(MEAS(&stand, "rain_mm_h"), 3, 0);
    assert_near(MEAS(&stand, "ghi_W_m2"), stand.amb.ghi_W_m2, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guards_settle_at_once),
        cmocka_unit_test(street_never_below_its_class),
        cmocka_unit_test(conflict_point_keeps_its_class),
        cmocka_unit_test(street_knows_night),
        cmocka_unit_test(street_fades_and_meters),
        cmocka_unit_test(street_plan_meets_the_class),
        cmocka_unit_test(bin_conserves_and_is_emptied),
        cmocka_unit_test(silent_bin_is_not_skipped),
        cmocka_unit_test(bin_sensor_corrects),
        cmocka_unit_test(coldstore_keeps_its_limit),
        cmocka_unit_test(coldstore_plan_agrees),
        cmocka_unit_test(greenhouse_plan_agrees),
        cmocka_unit_test(greenhouse_rules_and_vents),
        cmocka_unit_test(load_sheds_and_critical_never),
        cmocka_unit_test(pins_enter_the_plan),
        cmocka_unit_test(gateway_and_station),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
