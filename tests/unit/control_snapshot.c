/* Snapshots under several readers, and the answers to "why": what a reader holds never changes and is complete, the
 * writer never waits, and every set-point can say where it comes from. */
#include "base/random.h"
#include "bench.h"
#include "control/core.h"
#include "control/why.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static struct bench b;
static atomic_int done, torn, reads;

/* A complete snapshot: its own time is in the meter's clock field of its state, and it stays while held. */
static void *reader(void *self)
{
    (void)self;
    uint64_t last = 0;
    while (!atomic_load(&done)) {
        const struct snapshot *s = snapshot_get(b.control);
        if (!s) continue;
        uint64_t seq = s->seq;
        int64_t at_ms = s->at_ms;
        double sum = 0, again = 0;
        for (int32_t i = 0; i < s->village->n_x; i++) sum += s->x[i];
        sched_yield();
        for (int32_t i = 0; i < s->village->n_x; i++) again += s->x[i];
        if (s->seq != seq || s->at_ms != at_ms || sum != again || s->seq < last || !isfinite(sum))
            atomic_fetch_add(&torn, 1);
        last = seq;
        snapshot_put(s);
        atomic_fetch_add(&reads, 1);
    }
    return NULL;
}

static void readers_see_whole_snapshots(void **state)
{
    (void)state;
    pthread_t t[4];
    bench_open(&b, "agali.yaml", "2026-01-20T06:00", CONTROL_RULES, 3);
    atomic_store(&done, 0);
    for (int i = 0; i < 4; i++) pthread_create(&t[i], NULL, reader, NULL);
    bench_run(&b, 400);
    while (atomic_load(&reads) < 200) usleep(1000);
    atomic_store(&done, 1);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    assert_int_equal(torn, 0);
    for (int i = 0; i < SNAPSHOTS; i++) assert_int_equal(b.control->snapshots.seat[i].readers, 0);
    bench_close(&b);
}

static void held_snapshots_do_not_stop_the_tracker(void **state)
{
    (void)state;
    bench_open(&b, "agali.yaml", "2026-01-20T06:00", CONTROL_RULES, 3);
    assert_null(snapshot_get(b.control));
    const struct snapshot *held[SNAPSHOTS + 3];
    for (int i = 0; i < SNAPSHOTS + 3; i++) {
        bench_run(&b, 1);
        held[i] = snapshot_get(b.control);
        assert_non_null(held[i]);
    }
    assert_int_equal(b.control->seq, SNAPSHOTS + 3);
    assert_true(b.control->snapshots.skipped > 0);
    assert_true(held[0]->seq == 1 && held[0]->at_ms < held[3]->at_ms);
    for (int i = 0; i < SNAPSHOTS + 3; i++) snapshot_put(held[i]);
    bench_run(&b, 1);
    const struct snapshot *s = snapshot_get(b.control);
    assert_true(s->seq == (uint64_t)b.control->seq);
    snapshot_put(s);
    bench_close(&b);
}

static int says(const struct why_piece *p, int n, const char *kind, const char *words)
{
    for (int i = 0; i < n; i++)
        if (strcmp(p[i].kind, kind) == 0 && strstr(p[i].text, words)) return 1;
    return 0;
}

static void every_setpoint_says_why(void **state)
{
    (void)state;
    struct why_piece p[WHY_PIECES_MAX];
    bench_twin(&b, "agali.yaml", "2026-01-20T06:00", 3);
    bench_control(
        &b,
        &(struct control_options){.rates = {60, 900, 60}, .controller = CONTROL_JOINT, .slots = 6, .solve_s = 0.2},
        NULL);
    bench_run(&b, 5);
    int32_t home = village_class_next(b.v, "home", -1);
    int32_t tank = field_find(&b.v->asset[home].cls->cmd, "tank_W");
    struct override o = {
        .from_ms = b.now_ms, .until_ms = b.now_ms + 1800000, .value = 1000, .point = b.v->asset[home].cmd + tank};
    control_request(b.control, &(struct request){.kind = REQUEST_OVERRIDE, .who = 7, .of.override = o});
    bench_run(&b, 2);
    const struct snapshot *s = snapshot_get(b.control);
    int planned = 0;
    for (int32_t a = 0; a < b.v->n_asset; a++)
        for (int i = 0; i < b.v->asset[a].cls->cmd.n; i++) {
            int n = control_why(s, a, i, p);
            assert_in_range(n, 2, WHY_PIECES_MAX);
            assert_string_equal(p[0].kind, "source");
            assert_true(says(p, n, "policy", "version"));
            for (int k = 0; k < n; k++) assert_true(strlen(p[k].text) > 5);
            planned += says(p, n, "source", "the plan asked") && says(p, n, "price", "per kWh");
        }
    assert_true(planned > 50);
    int n = control_why(s, home, tank, p);
    assert_true(says(p, n, "source", "a person asked"));
    assert_true(says(p, n, "resident", "ends in"));
    assert_int_equal(control_why(s, -1, 0, p), 0);
    assert_int_equal(control_why(s, b.v->n_asset, 0, p), 0);
    assert_int_equal(control_why(s, home, 99, p), 0);
    assert_int_equal(control_why(NULL, home, 0, p), 0);
    snapshot_put(s);
    bench_close(&b);
}

/* A tenth more light until the slot ends costs its energy at the street's own price; a battery's kilowatt is weighed against the
 * price ahead, up and down alike; what a guard forbids has no price. */
static void a_step_has_its_price(void **state)
{
    (void)state;
    bench_twin(&b, "agali.yaml", "2026-01-20T22:30", 3);
    bench_control(
        &b,
        &(struct control_options){.rates = {60, 900, 60}, .controller = CONTROL_JOINT, .slots = 6, .solve_s = 0.2},
        NULL);
    bench_run(&b, 5);
    const struct snapshot *s = snapshot_get(b.control);
    int slot = plan_slot(s->plan, s->at_ms), lit = 0, guarded = 0;
    struct why_step up, down;
    for (int32_t a = village_class_next(b.v, "street", -1); a >= 0; a = village_class_next(b.v, "street", a)) {
        const struct asset *as = &b.v->asset[a];
        if (control_why_step(s, a, 0, 1, &up) != WHY_STEP_COSTS || up.step < 0.099) continue;
        double power_W = up.step * asset_par(as, "n_lamp") * (asset_par(as, "lamp_W") - asset_par(as, "standby_W"));
        double price = s->plan->price[s->plan->port_node[as->flow] * s->plan->T + slot];
        assert_near(up.money, price * power_W * up.dt_s, 0.05 * price * power_W * up.dt_s);
        enum why_step_end end = control_why_step(s, a, 0, 0, &down);
        assert_true(end == WHY_STEP_GUARDED || down.money < 0);
        guarded += end == WHY_STEP_GUARDED; /* by the class of the interval */
        lit++;
    }
    assert_true(lit > 3 && guarded > 0);
    int32_t battery = village_class_next(b.v, "battery", -1);
    assert_int_equal(control_why_step(s, battery, 0, 0, &down), WHY_STEP_COSTS);
    const double *price = s->plan->price + s->plan->port_node[b.v->asset[battery].flow] * s->plan->T;
    double highest = 0;
    for (int t = 0; t < s->plan->T; t++) highest = fmax(highest, price[t]);
    assert_true(down.step < 0 &&
                fabs(down.money) <=
                    highest * 1000 * down.dt_s); /* what is bought now replaces what is bought later */
    struct why_piece p[WHY_PIECES_MAX];
    assert_true(says(p, control_why(s, battery, 0, p), "otherwise", "estimate"));
    snapshot_put(s);
    bench_close(&b);
}

static double planned(const struct snapshot *s, int32_t a, const char *key, int t)
{
    const struct asset *as = &s->village->asset[a];
    return (double)
        s->plan->cmd[(size_t)t * (size_t)s->plan->n_cmd + (size_t)(as->cmd + field_find(&as->cls->cmd, key))];
}

/* An override until 07:00 binds the plan until then and no longer; two of one asset end each at its own time. */
static void the_plan_is_free_after_an_override(void **state)
{
    (void)state;
    bench_twin(&b, "oasis.yaml", "2026-01-20T10:01", 3);
    bench_control(
        &b,
        &(struct control_options){
            .rates = {60, 900, 60}, .controller = CONTROL_JOINT, .slots = 32, .hours_after = 16, .solve_s = 5},
        NULL);
    int32_t battery = village_class_next(b.v, "battery", -1), pump = village_class_next(b.v, "pump", -1);
    int64_t hour_ms = 3600000, from_ms = b.now_ms;
    int32_t cmd = b.v->asset[pump].cmd;
    struct override o[] = {{from_ms, from_ms + hour_ms, 400, b.v->asset[battery].cmd, 1, 0},
                           {from_ms, from_ms + 2 * hour_ms, 0, cmd, 1, 0},
                           {from_ms, from_ms + 4 * hour_ms, 0, cmd + 1, 1, 0}};
    for (int i = 0; i < 3; i++)
        control_request(b.control, &(struct request){.kind = REQUEST_OVERRIDE, .of.override = o[i]});
    bench_run(&b, 3);
    const struct snapshot *s = snapshot_get(b.control);
    assert_non_null(s->plan);
    double watered = 0, pumped = 0, other_W = 0;
    for (int t = 0; t < s->plan->T; t++) {
        int64_t at_ms = s->plan->start_ms[t];
        double W = planned(s, battery, "power_W", t);
        if (at_ms < o[0].until_ms) assert_near(W, 400, 1);
        if (at_ms >= o[0].until_ms) other_W = fmax(other_W, fabs(W - 400));
        if (at_ms < o[1].until_ms) assert_near(planned(s, pump, "pump_W", t), 0, 1e-3);
        if (at_ms < o[2].until_ms) assert_near(planned(s, pump, "irrigate_m3_s", t), 0, 1e-9);
        if (at_ms >= o[1].until_ms) pumped += planned(s, pump, "pump_W", t);
        watered += planned(s, pump, "irrigate_m3_s", t);
    }
    assert_true(other_W > 500);
    assert_true(pumped > 0 && watered > 0);
    snapshot_put(s);
    bench_close(&b);
}

/* Whatever is overridden and until whenever: there is a plan, and it is near the best. */
static void any_overrides_leave_a_plan(void **state)
{
    (void)state;
    struct random r = random_stream(5, "overrides");
    bench_twin(&b, "oasis.yaml", "2026-01-20T05:01", 3);
    bench_control(
        &b,
        &(struct control_options){
            .rates = {60, 900, 60}, .controller = CONTROL_JOINT, .slots = 16, .hours_after = 8, .solve_s = 5},
        NULL);
    bench_run(&b, 2);
    for (int k = 0; k < 12; k++) {
        for (int n = 0; n < 12; n++) {
            int32_t point = (int32_t)random_range(&r, 0, b.v->n_cmd - 1);
            double now = b.control->s.cmd[point],
                   value = random_uniform(&r) < 0.4 ? 0 : now * random_range(&r, 0, 2);
            int64_t until_ms = b.now_ms + (int64_t)random_range(&r, 120e3, 10 * 3600e3);
            struct override o = {b.now_ms, until_ms, value, point, 1, 0};
            control_request(b.control, &(struct request){.kind = REQUEST_OVERRIDE, .of.override = o});
        }
        bench_run(&b, 20);
        const struct snapshot *s = snapshot_get(b.control);
        assert_non_null(s->plan);
        const struct joint_result *is = &s->plan->result;
        assert_true(isfinite(is->cost) && is->bound <= is->cost + 1e-6 * fabs(is->cost));
        if (is->end == JOINT_STALLED) fail_msg("round %d: cost %g, bound %g", k, is->cost, is->bound);
        snapshot_put(s);
    }
    assert_int_equal(b.control->health.plans_refused, 0);
    bench_close(&b);
}

/* When an override ends, a plan is made at once. */
static void the_end_of_an_override_is_planned_for(void **state)
{
    (void)state;
    bench_twin(&b, "oasis.yaml", "2026-01-20T06:01", 3);
    bench_control(
        &b,
        &(struct control_options){.rates = {60, 900, 60}, .controller = CONTROL_JOINT, .slots = 6, .solve_s = 0.2},
        NULL);
    bench_run(&b, 2);
    struct override o = {.from_ms = b.now_ms, .until_ms = b.now_ms + 5 * 60000 - 1, .value = 100, .point = 0};
    control_request(b.control, &(struct request){.kind = REQUEST_OVERRIDE, .of.override = o});
    bench_run(&b, 3);
    int64_t plans = b.control->health.plans;
    bench_run(&b, 4); /* to 06:10: not yet the time of a plan */
    assert_int_equal(b.control->health.plans, plans + 1);
    bench_close(&b);
}

static void a_restart_continues(void **state)
{
    (void)state;
    bench_open(&b, "agali.yaml", "2026-01-20T06:00", CONTROL_RULES, 3);
    bench_run(&b, 5);
    struct override o = {.from_ms = b.now_ms, .until_ms = b.now_ms + 1800000, .value = 100, .point = 0};
    control_request(b.control, &(struct request){.kind = REQUEST_OVERRIDE, .of.override = o});
    bench_run(&b, 2);
    size_t n = control_save_bytes(b.control);
    void *saved = malloc(n);
    control_save(b.control, saved);
    double x0 = b.control->s.x[5];
    free(b.mem);
    bench_control(&b, &(struct control_options){.rates = {60, 900, 60}, .controller = CONTROL_RULES}, NULL);
    assert_int_equal(control_load(b.control, saved, n - 1), -1);
    assert_int_equal(control_load(b.control, saved, n), 0);
    assert_true(b.control->s.x[5] == x0);
    assert_int_equal(b.control->overrides.n, 1);
    bench_run(&b, 2);
    assert_int_equal(b.control->overrides.n, 1);
    ((uint64_t *)saved)[0] ^= 1;
    assert_int_equal(control_load(b.control, saved, n), -1);
    free(saved);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(readers_see_whole_snapshots),
                                       cmocka_unit_test(held_snapshots_do_not_stop_the_tracker),
                                       cmocka_unit_test(every_setpoint_says_why),
                                       cmocka_unit_test(a_step_has_its_price),
                                       cmocka_unit_test(the_end_of_an_override_is_planned_for),
                                       cmocka_unit_test(the_plan_is_free_after_an_override),
                                       cmocka_unit_test(any_overrides_leave_a_plan),
                                       cmocka_unit_test(a_restart_continues)};
    return cmocka_run_group_tests_name("control_snapshot", tests, NULL, NULL);
}
