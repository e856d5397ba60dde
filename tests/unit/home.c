/* Home: what is put in is what is stored, lost or drawn; the plan's equations are the physics; the guard keeps its
 * word under random commands; the observer finds the truth. */
#include "stand.h"

enum { HOME_CMDS = 4 }; /* heat, tank, car, off */

static struct stand *start(int car, int floor_heating)
{
    static struct stand r;
    stand_start(&r, "home");
    PAR(&r, "car") = car;
    PAR(&r, "emitter") = floor_heating;
    PAR(&r, "cooling") = 1;
    return &r;
}

static void random_home(struct stand *r, struct random *q)
{
    stand_weather(r, q);
    EXO(r, "load_W") = random_range(q, 0, 4000);
    EXO(r, "hot_water_W") = random_range(q, 0, 8000);
    EXO(r, "gain_W") = random_range(q, 0, 1500);
    EXO(r, "setpoint_degC") = random_range(q, 16, 24);
    EXO(r, "car_present_frac") = (double)(random_u64(q) % 2);
    X(r, "air_degC") = random_range(q, 10, 34);
    X(r, "mass_degC") = X(r, "temp_degC") = X(r, "air_degC") + random_range(q, -2, 2);
    X(r, "tank_degC") = random_range(q, 12, 68);
    X(r, "since_hot_s") = random_range(q, 0, 8e5);
    X(r, "car_frac") = random_uniform(q);
    X(r, "on_frac") = (double)(random_u64(q) % 2);
    X(r, "since_switch_s") = random_range(q, 0, 900);
    X(r, "cooling_frac") = (double)(random_u64(q) % 2); /* whatever the running mean makes a controller believe */
}

/* The meter shows exactly load + heat pump + heater + car, within their ratings, whatever is commanded. */
static void meter_adds_up(void **s)
{
    (void)s;
    struct random q = random_stream(1, "home");
    for (int k = 0; k < 2000; k++) {
        struct stand *r = start(k % 2, k % 3 == 0);
        random_home(r, &q);
        r->now.dt_s = random_range(&q, 1, 900);
        CMD(r, "heat_W") = random_range(&q, -1e4, 1e4);
        CMD(r, "tank_W") = random_range(&q, -1e4, 1e4);
        CMD(r, "car_W") = random_range(&q, -1e4, 3e4);
        double load = EXO(r, "load_W"), most = load + PAR(r, "hp_W") + PAR(r, "tank_W") + (k % 2) * PAR(r, "car_W");
        stand_step(r);
        assert_true(-r->flow[0] >= load - 1e-9 && -r->flow[0] <= most + 1e-9);
        assert_true(X(r, "car_frac") >= 0 && X(r, "car_frac") <= 1);
        assert_true(X(r, "tank_degC") <= fmax(PAR(r, "tank_max_degC"), 68) + 1e-9);
    }
}

/* Tank: heat stored = heater - drawn - loss, over one long step of any length. */
static void tank_conserves_heat(void **s)
{
    (void)s;
    struct random q = random_stream(2, "tank");
    for (int k = 0; k < 500; k++) {
        struct stand *r = start(0, 0);
        random_home(r, &q);
        X(r, "tank_degC") = random_range(&q, 12, 60);
        r->now.dt_s = random_range(&q, 1, 900);
        CMD(r, "tank_W") = random_range(&q, 0, 2500);
        double c = PAR(r, "tank_m3") * 4.186e6, loss = PAR(r, "tank_loss_W_K"), before = X(r, "tank_degC");
        double wanted_J = EXO(r, "hot_water_W") * r->now.dt_s;
        stand_step(r);
        double heater_J = (-r->flow[0] - EXO(r, "load_W")) * r->now.dt_s, drawn_J = wanted_J - X(r, "hot_short_J");
        double after = X(r, "tank_degC"), decay = loss * r->now.dt_s / c;
        /* mean temperature over the step from the exact solution of the linear equation */
        double net_W = (heater_J - drawn_J) / r->now.dt_s, rest = 15 + net_W / loss;
        double mean = rest + (before - rest) * -expm1(-decay) / decay;
        assert_near(c * (after - before), heater_J - drawn_J - loss * (mean - 15) * r->now.dt_s, 1e-9 * c * 60);
        assert_true(drawn_J >= 0 && X(r, "hot_short_J") >= -1e-6);
    }
}

static void car_conserves_energy(void **s)
{
    (void)s;
    struct stand *r = start(1, 0);
    r->now.dt_s = 900;
    X(r, "car_frac") = 0.5;
    X(r, "tank_degC") = 60;
    CMD(r, "car_W") = 7000;
    stand_step(r);
    assert_near(X(r, "car_frac"), 0.5 + 0.9 * 7000 * 900 / 1.62e8, 1e-12);
    EXO(r, "car_present_frac") = 0;
    EXO(r, "car_drive_W") = 1.62e8 / 900; /* wants a whole battery */
    double held = X(r, "car_frac");
    stand_step(r);
    assert_near(X(r, "car_frac"), 0, 1e-12);
    assert_near(X(r, "car_short_J"), (1 - held) * 1.62e8, 1);
    X(r, "car_frac") = 1;
    EXO(r, "car_present_frac") = 1;
    EXO(r, "car_drive_W") = 0;
    stand_step(r);
    assert_near(-r->flow[0], EXO(r, "load_W"), 1e-6); /* full: takes nothing */
}

/* Steps are exact, so their length does not matter while nothing switches. */
static void long_step_equals_short_steps(void **s)
{
    (void)s;
    static struct stand a, b;
    stand_copy(&a, start(1, 1));
    CMD(&a, "heat_W") = 2000;
    CMD(&a, "tank_W") = 700;
    CMD(&a, "car_W") = 3000;
    EXO(&a, "hot_water_W") = 500;
    stand_copy(&b, &a);
    a.now.dt_s = 900;
    b.now.dt_s = 1;
    stand_step(&a);
    for (int i = 0; i < 900; i++) stand_step(&b);
    for (int i = 0; i < a.cls->state.n; i++) {
        const struct field *f = &a.cls->state.row[i];
        assert_near(field_get(f, a.x), field_get(f, b.x), 1e-7);
    }
}

/* The plan's linear equations, driven with steady inputs, are the physics: rooms, tank, car and meter. */
static void check_plan_agrees(int car, int floor_heating, double mean_degC)
{
    struct stand *r = start(car, floor_heating);
    r->amb.temp_mean_degC = mean_degC;
    r->amb.temp_degC = mean_degC - 1;
    X(r, "cooling_frac") = mean_degC >= 18;
    if (mean_degC >= 18) EXO(r, "setpoint_degC") = 5; /* nobody wants heat: the season stays */
    X(r, "air_degC") = 20.4;
    X(r, "mass_degC") = 19.6;
    X(r, "bias_W") = 150;
    EXO(r, "hot_water_W") = 300;
    stand_horizon(r, 40);
    for (int t = 0; t < 40; t++) {
        r->fore[t].temp_degC += 3 * sin(t * 0.3);
        r->fore[t].ghi_W_m2 = 100 + 10 * t;
    }
    stand_formulate(r);
    const struct block_shape *sh = r->block.shape;
    static double flow[STAND_T], states[STAND_T * 4];
    double sum = 0;
    for (int t = 0; t < 40; t++) {
        double *u = r->u + t * sh->nu;
        u[0] = t % 3 ? 1200 : 2400, u[1] = t % 2 ? 400 : 500;
        if (car) u[2] = t < 20 ? 1500 : 0;
    }
    stand_run(r, flow, states);
    for (int t = 0; t < 40; t++) {
        CMD(r, "heat_W") = r->u[t * sh->nu];
        CMD(r, "tank_W") = r->u[t * sh->nu + 1];
        if (car) CMD(r, "car_W") = r->u[t * sh->nu + 2];
        stand_step_slot(r, t);
        assert_near(r->flow[0], flow[t], 1e-6);
        assert_near(X(r, "tank_degC"), states[t * sh->nx + 2], 1e-6);
        if (car) assert_near(X(r, "car_frac"), states[t * sh->nx + 3], 1e-9);
        /* y is the room temperature up to the small share of outside and sun that shifts its band instead */
        int heating = mean_degC < 18; /* the edge that this season's heat pump can hold */
        double edge = stand_coef(r, heating ? AT_ROW_LO : AT_ROW_HI, 0, 0, t, NULL),
               set_degC = EXO(r, "setpoint_degC");
        double edge_degC = heating ? set_degC - PAR(r, "band_low_K") + 0.75 : 26 + PAR(r, "band_low_K") - 1.2;
        double price =
            stand_coef(r, AT_PRICE_LO, 0, 0, t, NULL) / (r->policy.comfort_per_K_h * stand_dt_s[r->len[t]] / 3600);
        assert_near((r->y[t * sh->nrow] - edge) * price, X(r, "temp_degC") - edge_degC, 1e-6);
        sum += fabs(r->y[t * sh->nrow] - X(r, "temp_degC"));
    }
    assert_true(sum / 40 < 0.3); /* good enough to be shown as the planned temperature */
}
static void plan_agrees_with_physics(void **s)
{
    (void)s;
    for (int k = 0; k < 4; k++) {
        check_plan_agrees(k & 1, k >> 1, 4);  /* heating */
        check_plan_agrees(k & 1, k >> 1, 27); /* cooling */
    }
}

/* Batched shapes may not couple rooms, tank and car: A diagonal, no row over two of them, no input into two of
 * them. */
static void components_are_independent(void **s)
{
    (void)s;
    static const int of_state[] = {0, 0, 1, 2}, of_input[] = {0, 1, 2}, of_row[] = {0, 0, 1, 2};
    for (int car = 0; car < 2; car++) {
        const struct block_shape *sh = start(car, 0)->cls->shape(start(car, 0)->par);
        for (int c = 0; c < sh->n_coef; c++) {
            const struct coef *k = &sh->coef[c];
            if (k->at == AT_A) assert_int_equal(k->i, k->j);
            if (k->at == AT_B) assert_int_equal(of_state[k->i], of_input[k->j]);
            if (k->at == AT_C) assert_int_equal(of_row[k->i], of_state[k->j]);
        }
    }
}

/* Any command, any state: one pass keeps every rule, a second changes nothing. */
static void guard_keeps_its_rules(void **s)
{
    (void)s;
    struct random q = random_stream(3, "guard");
    static const double wild[] = {0, 1, -1e9, 1e9, NAN, INFINITY};
    for (int k = 0; k < 20000; k++) {
        struct stand *r = start(k % 2, k % 3 == 0);
        PAR(r, "vulnerable") = k % 5 == 0;
        PAR(r, "cooling") = k % 7 != 0;
        random_home(r, &q);
        r->now.status = k % 11 == 0 ? STATUS_SHED : k % 13 == 0 ? STATUS_OUT : k % 17 == 0 ? STATUS_LOST : 0;
        double local[HOME_CMDS], given[HOME_CMDS], once[HOME_CMDS];
        r->cls->rules(&r->now, local);
        for (int i = 0; i < HOME_CMDS; i++)
            given[i] = random_u64(&q) % 3 ? random_range(&q, -1000, 9000) : wild[random_u64(&q) % 6];
        memcpy(once, given, sizeof once);
        uint32_t bit = r->cls->guard(&r->now, once);
        double twice[HOME_CMDS];
        memcpy(twice, once, sizeof twice);
        r->cls->guard(&r->now, twice);
        assert_memory_equal(once, twice, sizeof once);
        assert_true(!memcmp(given, once, sizeof once) == (bit == 0));
        assert_true(bit < (1u << r->cls->n_rule));
        double heat = once[0], least = PAR(r, "hp_min_frac") * PAR(r, "hp_W"), on = X(r, "on_frac"),
               since = X(r, "since_switch_s");
        double lowest = PAR(r, "vulnerable") > 0 ? 20 : 18, temp = X(r, "temp_degC");
        int cools = X(r, "cooling_frac") > 0.5, out = r->now.status == STATUS_OUT;
        assert_true(heat == 0 || (heat >= least && heat <= PAR(r, "hp_W")));
        if (out)
            assert_true(heat == 0 && once[1] == 0 && once[2] == 0);
        else if (on > 0 && since < 300)
            assert_true(heat >= least);
        else if (on <= 0 && since < 300)
            assert_true(heat == 0);
        else if (!cools && temp <= lowest)
            assert_true(heat >= local[0]); /* never below what the thermostat gives */
        else if (!cools && temp >= 30)
            assert_true(heat == 0);
        if (!out && !cools && since >= 300 && temp <= fmin(lowest, EXO(r, "setpoint_degC")))
            assert_true(heat >= least); /* no waiting out of the thermostat's hysteresis below the floor */
        if (!out && cools && temp <= lowest) assert_true(heat == 0 || (on > 0 && since < 300));
        if (!out && !r->now.status && X(r, "since_hot_s") >= 604800 && X(r, "tank_degC") < 60)
            assert_true(once[1] == PAR(r, "tank_W"));
        if (X(r, "tank_degC") >= 65) assert_true(once[1] == 0);
        assert_true(once[1] >= 0 && once[1] <= PAR(r, "tank_W") && once[2] >= 0);
        if (EXO(r, "car_present_frac") <= 0 || PAR(r, "car") <= 0) assert_true(once[2] == 0);
    }
}

/* Told to stay cold, the home still keeps its residents' band: the guard hands it to the thermostat. */
static void guard_holds_the_band(void **s)
{
    (void)s;
    struct stand *r = start(0, 0);
    EXO(r, "setpoint_degC") = 21;
    double lowest = 99;
    for (int i = 0; i < 5 * 1440; i++) {
        r->amb.temp_degC = -2 + 5 * sin(i / 1440.0 * 6.2832);
        memset(r->cmd, 0, sizeof r->cmd);
        r->cls->guard(&r->now, r->cmd);
        stand_step(r);
        if (i > 1440) lowest = fmin(lowest, X(r, "temp_degC"));
    }
    assert_true(lowest > 19.9 && lowest < 20.6); /* inside the edge 21 - 1, by no more than the guard leads by */
}

/* Local rules hold the set-point, the tank and the compressor's rests in a cold week. */
static void rules_hold_comfort(void **s)
{
    (void)s;
    for (int emitter = 0; emitter < 2; emitter++) {
        struct stand *r = start(1, emitter);
        double cold_K_h = 0, on = 0, since = 1e9;
        for (int i = 0; i < 7 * 1440; i++) {
            r->amb.temp_degC = -4 + 5 * sin(i / 1440.0 * 6.2832);
            EXO(r, "hot_water_W") = i % 1440 > 420 && i % 1440 < 450 ? 5000 : 0;
            r->cls->rules(&r->now, r->cmd);
            r->cls->guard(&r->now, r->cmd);
            stand_step(r);
            if ((X(r, "on_frac") > 0) != (on > 0)) {
                assert_true(since >= 300 - 60);
                on = X(r, "on_frac"), since = 0;
            }
            since += 60;
            cold_K_h += fmax(0, 20 - X(r, "temp_degC")) / 60;
            assert_true(X(r, "tank_degC") > 40 && X(r, "tank_degC") < 66);
        }
        assert_true(cold_K_h < 0.5);
        assert_near(X(r, "hot_short_J"), 0, 1e-9);
        assert_near(X(r, "car_frac"), 1, 1e-9);
    }
}

/* A mean below the least power is met as a duty cycle. */
static void duty_meets_the_plan(void **s)
{
    (void)s;
    struct random q = random_stream(5, "duty");
    for (int k = 0; k < 20; k++) {
        struct stand *r = start(0, 0);
        stand_horizon(r, 8);
        stand_formulate(r);
        double want_W = random_range(&q, 60, 2900), got_J = 0;
        for (int t = 0; t < 8; t++) r->u[t * 2] = want_W;
        for (int i = 0; i < 24 * 60; i++) {
            r->cls->command(&r->now, &r->block, 3, r->cmd);
            stand_step(r);
            got_J += X(r, "on_frac") * CMD(r, "heat_W") * 60;
        }
        assert_near(got_J / 86400, want_W, 0.08 * want_W + 15);
    }
}

/* From a wrong start the observer comes to the truth; without readings it is the plain model. */
static void observer_finds_the_truth(void **s)
{
    (void)s;
    for (int emitter = 0; emitter < 2; emitter++) {
        static struct stand t, m;
        stand_copy(&t, start(1, emitter));
        stand_copy(&m, &t);
        X(&m, "air_degC") = X(&m, "temp_degC") = 25;
        X(&m, "mass_degC") = 24;
        X(&m, "tank_degC") = 30;
        X(&m, "car_frac") = 0.1;
        for (int i = 0; i < 2 * 1440; i++) {
            t.amb.temp_degC = m.amb.temp_degC = 2 + 5 * sin(i / 1440.0 * 6.2832);
            t.cls->rules(&t.now, t.cmd);
            t.cls->guard(&t.now, t.cmd);
            memcpy(m.cmd, t.cmd, sizeof m.cmd);
            stand_step(&t);
            stand_step(&m);
            t.cls->sense(&t.now, t.flow, t.meas);
            m.cls->observe(&m.now, t.meas, m.x);
        }
        assert_near(X(&m, "temp_degC"), X(&t, "temp_degC"), 0.05);
        assert_near(X(&m, "mass_degC"), X(&t, "mass_degC"), 0.15);
        assert_near(X(&m, "tank_degC"), X(&t, "tank_degC"), 0.01);
        assert_near(X(&m, "car_frac"), X(&t, "car_frac"), 1e-9);
        double before[STAND_FIELDS];
        memcpy(before, m.x, sizeof before);
        for (int i = 0; i < STAND_FIELDS; i++) m.meas[i] = (double)NAN;
        m.cls->observe(&m.now, m.meas, m.x);
        assert_memory_equal(before, m.x, sizeof before);
    }
}

/* A model whose walls lose a fifth too little learns the missing heat: it then foresees the next hours. */
static void bias_learns_wrong_walls(void **s)
{
    (void)s;
    static struct stand t, m;
    stand_copy(&t, start(0, 0));
    stand_copy(&m, &t);
    PAR(&t, "opaque_W_K") *= 1.2;
    PAR(&t, "window_W_K") *= 1.2;
    double plain_K = 0, learned_K = 0;
    for (int i = 0; i < 6 * 1440; i++) {
        t.amb.temp_degC = m.amb.temp_degC = 0 + 3 * sin(i / 1440.0 * 6.2832);
        t.cls->rules(&t.now, t.cmd);
        memcpy(m.cmd, t.cmd, sizeof m.cmd);
        stand_step(&t);
        stand_step(&m);
        t.cls->sense(&t.now, t.flow, t.meas);
        m.cls->observe(&m.now, t.meas, m.x);
        if (i == 4 * 1440) { /* six hours ahead, with and without what was learned */
            double kept[STAND_FIELDS], held[STAND_FIELDS], truth[STAND_FIELDS];
            memcpy(kept, m.x, sizeof kept);
            memcpy(held, t.x, sizeof held);
            for (int j = 0; j < 360; j++) stand_step(&m), stand_step(&t);
            memcpy(truth, t.x, sizeof truth);
            learned_K = fabs(X(&m, "temp_degC") - X(&t, "temp_degC"));
            memcpy(m.x, kept, sizeof kept);
            X(&m, "bias_W") = 0;
            for (int j = 0; j < 360; j++) stand_step(&m);
            plain_K = fabs(X(&m, "temp_degC") - X(&t, "temp_degC"));
            memcpy(m.x, kept, sizeof kept);
            memcpy(t.x, held, sizeof held);
        }
    }
    assert_true(learned_K < 0.5 * plain_K);
}

/* A summer week without cooling: open windows at night keep rooms near the outdoor mean instead of ten kelvin
 * above. */
static void windows_are_opened_in_summer(void **s)
{
    (void)s;
    double hottest[2];
    for (int k = 0; k < 2; k++) {
        struct stand *r = start(0, 0);
        PAR(r, "cooling") = 0;
        if (k == 0) PAR(r, "airing_per_h") = 0;
        X(r, "temp_degC") = X(r, "air_degC") = X(r, "mass_degC") = 26;
        hottest[k] = 0;
        for (int i = 0; i < 7 * 1440; i++) {
            double sun = fmax(0, -cos(i / 1440.0 * 6.2832));
            r->amb.temp_mean_degC = 26;
            r->amb.temp_degC = 26 + 7 * sin(i / 1440.0 * 6.2832 - 2.2);
            r->amb.sun_zenith_deg = sun > 0 ? 90 - 70 * sun : 110;
            r->amb.ghi_W_m2 = 850 * sun, r->amb.dni_W_m2 = 700 * sun, r->amb.dhi_W_m2 = 120 * sun;
            stand_step(r);
            if (i > 4 * 1440) hottest[k] = fmax(hottest[k], X(r, "temp_degC"));
        }
    }
    assert_true(hottest[0] > hottest[1] + 1.5 && hottest[1] < 29);
}

/* Mild days with cold nights: the machine turns with the rooms, not with the calendar, and says so. */
static void season_follows_rooms(void **s)
{
    (void)s;
    struct stand *r = start(0, 0);
    PAR(r, "cooling") = 1;
    r->amb.temp_mean_degC = PAR(r, "cool_from_degC") + 2;
    EXO(r, "setpoint_degC") = 21;
    X(r, "cooling_frac") = 0;
    X(r, "temp_degC") = X(r, "air_degC") = X(r, "mass_degC") = 25;
    stand_step(r);
    assert_near(X(r, "cooling_frac"), 1, 0); /* warm rooms in a warm season */
    X(r, "temp_degC") = X(r, "air_degC") = X(r, "mass_degC") = 19.5;
    stand_step(r);
    assert_near(X(r, "cooling_frac"), 0, 0); /* cold rooms want heat whatever the season */
    double given[HOME_CMDS];
    r->cls->rules(&r->now, given);
    assert_true(given[0] > 0);
    X(r, "temp_degC") = X(r, "air_degC") = X(r, "mass_degC") = 21.5;
    stand_step(r);
    assert_near(X(r, "cooling_frac"), 0, 0); /* between the two it stays as it is */
    r->amb.temp_mean_degC = 5;
    X(r, "temp_degC") = X(r, "air_degC") = X(r, "mass_degC") = 27;
    stand_step(r);
    assert_near(X(r, "cooling_frac"), 0, 0); /* winter sun is let out by the window */
}

static void check_refuses_nonsense(void **s)
{
    (void)s;
    struct stand *r = start(0, 0);
    assert_int_equal(r->cls->check(r->par, NULL), 0);
    PAR(r, "opaque_W_K") = 9.1 * 2.5 * PAR(r, "floor_m2") + 1;
    assert_int_equal(r->cls->check(r->par, NULL), -1);
    r = start(0, 0);
    PAR(r, "tank_low_degC") = 60;
    assert_int_equal(r->cls->check(r->par, NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meter_adds_up),
        cmocka_unit_test(tank_conserves_heat),
        cmocka_unit_test(car_conserves_energy),
        cmocka_unit_test(long_step_equals_short_steps),
        cmocka_unit_test(plan_agrees_with_physics),
        cmocka_unit_test(components_are_independent),
        cmocka_unit_test(guard_keeps_its_rules),
        cmocka_unit_test(guard_holds_the_band),
        cmocka_unit_test(rules_hold_comfort),
        cmocka_unit_test(duty_meets_the_plan),
        cmocka_unit_test(observer_finds_the_truth),
        cmocka_unit_test(bias_learns_wrong_walls),
        cmocka_unit_test(windows_are_opened_in_summer),
        cmocka_unit_test(season_follows_rooms),
        cmocka_unit_test(check_refuses_nonsense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
