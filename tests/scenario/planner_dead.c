/* The planner stands still for an hour: it loops for ever, it is killed, it publishes garbage. The tracker misses
 * no cycle and no guard; an alarm tells it. Further: a clock that jumps, readings that lie, and memory that is
 * never asked for while running. */
#include "bench.h"
#include "control/core.h"
#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum how { WELL, LOOPS, DIES };
static atomic_int how, released;
static struct bench b;
static struct {
    int ticks, unguarded, stale_after, hangs_after;
    int64_t last_ms;
} seen;

/* Every set of set-points that leaves has passed the guards: passing them again changes nothing. */
static void actuate_checked(void *self, const struct setpoint *s, int n)
{
    struct bench *me = self;
    struct control *c = me->control;
    bench_actuate(self, s, n);
    for (int32_t a = 0; a < me->v->n_asset; a++) {
        const struct asset *as = &me->v->asset[a];
        double before[64];
        memcpy(before, c->next.cmd + as->cmd, sizeof *before * (size_t)as->cls->cmd.n);
        if (as->cls->cmd.n && as->cls->guard) guard_asset(c, a);
        seen.unguarded += memcmp(before, c->next.cmd + as->cmd, sizeof *before * (size_t)as->cls->cmd.n) != 0;
    }
    if (seen.ticks && c->s.at_ms - seen.last_ms != me->tick_ms) fail_msg("a cycle is missing");
    seen.last_ms = c->s.at_ms;
    seen.ticks++;
    seen.stale_after += alarm_active(&c->alarms, -1, ALARM_PLAN_STALE);
    seen.hangs_after += alarm_active(&c->alarms, -1, ALARM_PLANNER_HANGS);
}

/* The planner's thread asks for a forecast: here it is made to go wrong. */
static int forecast_goes_wrong(void *self, const struct horizon *h, struct ambient *amb, double *exo)
{
    (void)self, (void)h, (void)amb, (void)exo;
    if (atomic_load(&how) == LOOPS)
        while (!atomic_load(&released)) usleep(1000);
    if (atomic_load(&how) == DIES) pthread_exit(NULL);
    return -1;
}

/* The virtual clock: waiting is stepping the twin. The tracker gives the planner a moment of real time at each
 * quarter-hour. */
static void wait_virtual(void *self, int64_t at_ms)
{
    struct bench *me = self;
    twin_step(me->twin, at_ms, me->tick_ms);
    me->now_ms = at_ms;
    if (at_ms % 900000 == 0) usleep(20000);
}

static void open_threads(enum how first)
{
    bench_twin(&b, "agali.yaml", "2026-01-20T06:00", 11);
    b.tick_ms = 10000;
    memset(&seen, 0, sizeof seen);
    atomic_store(&how, first);
    atomic_store(&released, 0);
    struct run_ports p = {.self = &b,
                          .now_ms = bench_now,
                          .wait_until = wait_virtual,
                          .measure = bench_measure,
                          .actuate = actuate_checked,
                          .forecast = forecast_goes_wrong};
    struct control_options o = {.rates = {10, 900, 60}, .controller = CONTROL_PERFECT, .slots = 6, .solve_s = 0.2};
    size_t bytes = control_bytes(b.v, &o);
    b.mem = aligned_alloc(64, (bytes + 63) / 64 * 64);
    b.control = control_create(b.v, NULL, &o, &p, b.mem);
}

/* Runs until `ticks` cycles are done; the control's own thread counts. */
static void run_threads(int ticks)
{
    struct err e = {0};
    assert_int_equal(control_start(b.control, &e), 0);
    for (;;) {
        const struct snapshot *s = snapshot_get(b.control);
        int64_t n = s ? s->health.tick : 0;
        snapshot_put(s);
        if (n >= ticks) break;
        usleep(2000);
    }
}

static void an_hour_without(enum how what)
{
    open_threads(what);
    run_threads(2 * 360);
    atomic_store(&released, 1);
    assert_int_equal(control_stop(b.control), 0);
    const struct snapshot *s = snapshot_get(b.control);
    assert_true(s->health.tick >= 2 * 360);
    assert_int_equal(s->health.late, 0);
    assert_int_equal(s->health.tick, seen.ticks);
    snapshot_put(s);
    assert_int_equal(seen.unguarded, 0);
    assert_true(seen.stale_after > 300);
    assert_true(seen.hangs_after > 300);
    bench_close(&b);
}

static void loops_for_ever(void **state)
{
    (void)state;
    an_hour_without(LOOPS);
}

static void is_killed(void **state)
{
    (void)state;
    an_hour_without(DIES);
}

static void one_that_lives_is_followed(void **state)
{
    (void)state;
    open_threads(WELL);
    run_threads(360);
    assert_int_equal(control_stop(b.control), 0);
    const struct snapshot *s = snapshot_get(b.control);
    assert_true(s->health.plans >= 2);
    assert_non_null(s->plan);
    int from_plan = 0;
    for (int32_t i = 0; i < b.v->n_cmd; i++) from_plan += s->origin[i].base == SOURCE_PLAN;
    assert_true(from_plan > 100);
    snapshot_put(s);
    assert_int_equal(seen.unguarded, 0);
    bench_close(&b);
}

/* --- garbage --- */

static void spoil(struct plan_seat *k, int kind)
{
    int32_t home = village_class_next(b.v, "home", -1);
    float *cmd = k->cmd + b.v->asset[home].cmd;
    switch (kind) {
    case 0: *cmd = NAN; break;
    case 1: *cmd = 1e30F; break;
    case 2: k->start_ms[2] = k->start_ms[1]; break;
    case 3: k->p.village_id++; break;
    case 4: plan_block(&b.control->plans, k, home).u[0] = (double)NAN; break;
    case 5: k->price[3] = (double)INFINITY; break;
    default: k->p.T = 0; break;
    }
}

static void garbage_is_refused(void **state)
{
    (void)state;
    bench_twin(&b, "agali.yaml", "2026-01-20T06:00", 11);
    bench_control(
        &b,
        &(struct control_options){.rates = {60, 900, 60}, .controller = CONTROL_JOINT, .slots = 6, .solve_s = 0.2},
        NULL);
    bench_run(&b, 3);
    assert_int_equal(b.control->health.plans, 1);
    const struct plan_seat *good = b.control->plan;
    for (int kind = 0; kind < 7; kind++) {
        control_plan(b.control);
        spoil(atomic_load(&b.control->plans.published), kind);
        b.now_ms += 60000;
        twin_step(b.twin, b.now_ms, 60000);
        control_tick(b.control);
        assert_int_equal(b.control->health.plans_refused, kind + 1);
        assert_ptr_equal(b.control->plan, good); /* the last good one stays until it is stale */
        assert_true(bench_alarm(&b, -1, "plan_refused"));
        for (int32_t i = 0; i < b.v->n_cmd; i++) assert_true(isfinite(b.control->s.cmd[i]));
    }
    control_plan(b.control);
    bench_run(&b, 1);
    assert_false(bench_alarm(&b, -1, "plan_refused"));
    assert_ptr_not_equal(b.control->plan, good);
    control_plan(b.control);
    atomic_load(&b.control->plans.published)->p.result.end = JOINT_STALLED; /* a rough plan is followed, and told */
    bench_run(&b, 1);
    assert_true(bench_alarm(&b, -1, "plan_rough"));
    assert_true(b.control->plan->p.result.end == JOINT_STALLED);
    bench_close(&b);
}

/* --- clock --- */

static void clock_jumps(void **state)
{
    (void)state;
    static const int64_t by_ms[] = {-7200000, 7200000, -86400000, 30LL * 86400000};
    for (size_t i = 0; i < sizeof by_ms / sizeof by_ms[0]; i++) {
        bench_open(&b, "agali.yaml", "2026-01-20T06:00", CONTROL_RULES, 11);
        bench_run(&b, 20);
        struct override o = {.from_ms = b.now_ms, .until_ms = b.now_ms + 3600000, .value = 100, .point = 0};
        control_request(b.control, &(struct request){.kind = REQUEST_OVERRIDE, .of.override = o});
        bench_run(&b, 5);
        assert_int_equal(b.control->overrides.n, 1);
        b.clock_error_ms = by_ms[i];
        bench_run(&b, 2);
        assert_true(bench_alarm(&b, -1, "clock_jump"));
        assert_int_equal(b.control->overrides.n,
                         by_ms[i] < 0); /* set back: what is left stays; leapt over: it is over */
        if (by_ms[i] < 0) assert_true(b.control->overrides.row[0].until_ms - b.control->s.at_ms <= 3600000);
        for (int32_t k = 0; k < b.v->n_cmd; k++) assert_true(isfinite(b.control->s.cmd[k]));
        for (int32_t k = 0; k < b.v->n_x; k++) assert_true(isfinite(b.control->s.x[k]));
        bench_run(&b, 90);
        assert_false(bench_alarm(&b, -1, "clock_jump"));
        assert_int_equal(b.control->overrides.n, 0);
        int lost = 0;
        for (int32_t a = 0; a < b.v->n_asset; a++) lost += (b.control->s.status[a] & STATUS_LOST) != 0;
        assert_true(lost < 10);
        bench_close(&b);
    }
}

/* --- lying readings --- */

static void readings_lie(void **state)
{
    (void)state;
    bench_open(&b, "agali.yaml", "2026-01-20T06:00", CONTROL_RULES, 11);
    bench_run(&b, 60);
    int32_t home = village_class_next(b.v, "home", -1);
    static const enum world_fault_kind kind[] = {FAULT_SENSOR_NAN, FAULT_SENSOR_SPIKE, FAULT_SENSOR_STUCK};
    static const char *const alarm[] = {"reading_bad", "reading_bad", "reading_stuck"};
    for (int i = 0; i < 3; i++) {
        struct world_fault f = {
            .kind = kind[i], .asset = home, .from_ms = b.now_ms, .until_ms = b.now_ms + 3 * 3600000};
        world_fault(b.world, &f);
        bench_run(&b, 150);
        assert_true(bench_alarm(&b, home, alarm[i]));
        double truth = twin_truth(b.twin)->x[b.v->asset[home].x], estimate = b.control->s.x[b.v->asset[home].x];
        assert_true(fabs(truth - estimate) < 4); /* the model carries on */
        bench_run(&b, 180);
        assert_false(bench_alarm(&b, home, alarm[i]));
    }
    bench_close(&b);
}

/* --- memory --- */

#if defined(__SANITIZE_ADDRESS__)
static void no_memory_is_asked_for(void **state)
{
    (void)state;
    skip(); /* the sanitizer owns malloc */
}
#else
static atomic_int counting;
static atomic_long asked;
void *malloc(size_t n)
{
    static void *(*real)(size_t);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "malloc");
    if (atomic_load(&counting)) atomic_fetch_add(&asked, 1);
    return real(n);
}
void *realloc(void *p, size_t n)
{
    static void *(*real)(void *, size_t);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "realloc");
    if (atomic_load(&counting)) atomic_fetch_add(&asked, 1);
    return real(p, n);
}

static void no_memory_is_asked_for(void **state)
{
    (void)state;
    bench_twin(&b, "agali.yaml", "2026-01-20T06:00", 11);
    bench_control(
        &b,
        &(struct control_options){.rates = {60, 900, 60}, .controller = CONTROL_JOINT, .slots = 6, .solve_s = 0.2},
        NULL);
    bench_run(&b, 3);
    atomic_store(&counting, 1);
    for (int i = 0; i < 40; i++) bench_tick(&b);
    atomic_store(&counting, 0);
    assert_true(b.control->health.plans >= 3);
    assert_int_equal(atomic_load(&asked), 0);
    bench_close(&b);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(loops_for_ever),
                                       cmocka_unit_test(is_killed),
                                       cmocka_unit_test(one_that_lives_is_followed),
                                       cmocka_unit_test(garbage_is_refused),
                                       cmocka_unit_test(clock_jumps),
                                       cmocka_unit_test(readings_lie),
                                       cmocka_unit_test(no_memory_is_asked_for)};
    return cmocka_run_group_tests_name("planner_dead", tests, NULL, NULL);
}
