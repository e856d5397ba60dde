/* Snapshots under several readers, and the answers to "why": what a reader holds never changes and is complete, the
 * writer never waits, and every set-point can say where it comes from. */
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_see_whole_snapshots), cmocka_unit_test(held_snapshots_do_not_stop_the_tracker),
        cmocka_unit_test(every_setpoint_says_why), cmocka_unit_test(a_restart_continues)};
    return cmocka_run_group_tests_name("control_snapshot", tests, NULL, NULL);
}
