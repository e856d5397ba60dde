/* The twin: the same seed gives the same life; saving and loading continues it; set-points expire into the device's
 * own rules; links and instruments fail as switched; what the nodes carry closes and nothing appears from nowhere.
 */
#include "bench.h"
#include <math.h>

static uint64_t life(const struct bench *b)
{
    const struct state *s = twin_truth(b->twin);
    uint64_t h = 1469598103934665603u, bits;
    for (int i = 0; i < b->v->n_x; i++) {
        memcpy(&bits, &s->x[i], sizeof bits);
        h = (h ^ bits) * 1099511628211u;
    }
    return h;
}

static uint64_t lived(uint64_t seed, int hours)
{
    struct bench b;
    bench_twin(&b, "agali.yaml", "2026-02-03", seed);
    static struct reading r[40000];
    for (int i = 0; i < hours * 60; i++) {
        b.now_ms += b.tick_ms;
        twin_step(b.twin, b.now_ms, b.tick_ms);
        twin_measure(b.twin, r, 40000);
    }
    uint64_t h = life(&b);
    bench_close(&b);
    return h;
}

static void same_seed_same_life(void **state)
{
    (void)state;
    uint64_t a = lived(7, 6);
    assert_true(a == lived(7, 6));
    assert_true(a != lived(8, 6));
}

static void a_saved_twin_continues(void **state)
{
    (void)state;
    struct bench b;
    bench_twin(&b, "agali.yaml", "2026-02-03", 3);
    twin_step(b.twin, b.now_ms + 3600000, 60000);
    size_t n = twin_save_bytes(b.twin);
    void *mem = malloc(n);
    twin_save(b.twin, mem);
    twin_step(b.twin, b.now_ms + 3 * 3600000, 60000);
    uint64_t first = life(&b);
    assert_int_equal(twin_load(b.twin, mem, n), 0);
    assert_true(twin_truth(b.twin)->at_ms == b.now_ms + 3600000);
    twin_step(b.twin, b.now_ms + 3 * 3600000, 60000);
    assert_true(life(&b) == first);
    assert_int_equal(twin_load(b.twin, mem, n - 8), -1);
    ((uint64_t *)mem)[0] ^= 1;
    assert_int_equal(twin_load(b.twin, mem, n), -1);
    free(mem);
    bench_close(&b);
}

static void nodes_close(void **state)
{
    (void)state;
    struct bench b;
    bench_twin(&b, "agali.yaml", "2026-01-20", 5);
    const struct state *s = twin_truth(b.twin);
    for (int k = 0; k < 24 * 60; k++) {
        b.now_ms += 60000;
        twin_step(b.twin, b.now_ms, 60000);
        const double *left = twin_residual(b.twin);
        for (int n = 0; n < b.v->n_node; n++) {
            double sum = 0, through = 0;
            for (int32_t a = 0; a < b.v->n_asset; a++)
                for (int p = 0; p < b.v->asset[a].cls->n_port; p++) {
                    if (b.v->asset[a].node[p] != n) continue;
                    sum += s->flow[b.v->asset[a].flow + p];
                    through += fabs(s->flow[b.v->asset[a].flow + p]);
                }
            if (!(fabs(sum - left[n]) <= 1e-6 * (1e-3 + through)))
                fail_msg("node %s at minute %d: %g of %g is from nowhere", b.v->node[n].id, k, sum - left[n],
                         through);
        }
    }
    bench_close(&b);
}

/* A stored quantity may change only by what crosses its ports: the battery and the forebay over a day. */
static void stores_conserve(void **state)
{
    (void)state;
    struct bench b;
    bench_twin(&b, "agali.yaml", "2026-05-12", 5);
    const struct state *s = twin_truth(b.twin);
    int32_t a = village_class_next(b.v, "hydro", -1);
    assert_true(a >= 0);
    const struct asset *h = &b.v->asset[a];
    int volume = field_find(&h->cls->state, "volume_m3"), release = field_find(&h->cls->state, "release_m3_s"),
        spill = field_find(&h->cls->state, "spill_m3_s"), eflow = field_find(&h->cls->state, "eflow_m3_s"),
        supply = field_find(&h->cls->state, "supply_m3_s"), river = field_find(&h->cls->exo, "river_m3_s");
    double in_m3 = 0, start_m3 = s->x[h->x + volume];
    for (int k = 0; k < 24 * 60; k++) {
        b.now_ms += 60000;
        twin_step(b.twin, b.now_ms, 60000);
        in_m3 += 60 * (s->exo[h->exo + river] - s->x[h->x + eflow] - s->x[h->x + release] - s->x[h->x + spill] -
                       s->x[h->x + supply]);
    }
    assert_true(fabs(s->x[h->x + volume] - start_m3 - in_m3) < 1e-6 * 150e3);
    bench_close(&b);
}

static void setpoints_expire_into_local_rules(void **state)
{
    (void)state;
    struct bench b;
    bench_twin(&b, "agali.yaml", "2026-01-20", 5);
    int32_t a = village_class_next(b.v, "home", -1);
    int32_t tank = b.v->asset[a].cmd + field_find(&b.v->asset[a].cls->cmd, "tank_W");
    const struct state *s = twin_truth(b.twin);
    struct setpoint all[3];
    for (int i = 0; i < 3; i++)
        all[i] = (struct setpoint){.expires_ms = b.now_ms + 600000, .value = 123, .point = b.v->asset[a].cmd + i};
    twin_actuate(b.twin, all, 3);
    twin_step(b.twin, b.now_ms + 300000, 60000);
    assert_true(s->cmd[tank] == 123);
    twin_step(b.twin, b.now_ms + 1200000, 60000);
    assert_true(s->cmd[tank] != 123);
    all[0].value = (double)NAN;
    twin_actuate(b.twin, all, 1);
    assert_true(isfinite(s->cmd[all[0].point]));
    bench_close(&b);
}

static int heard(struct bench *b, int32_t asset, double *first)
{
    static struct reading r[40000];
    int n = twin_measure(b->twin, r, 40000), k = 0;
    const struct asset *as = &b->v->asset[asset];
    for (int i = 0; i < n; i++)
        if (r[i].point >= as->meas && r[i].point < as->meas + as->cls->meas.n) {
            if (k++ == 0 && first) *first = r[i].value;
        }
    return k;
}

static void instruments_fail_as_switched(void **state)
{
    (void)state;
    struct bench b;
    bench_twin(&b, "agali.yaml", "2026-01-20", 5);
    int32_t a = village_class_next(b.v, "home", -1);
    double value = 0, before = 0;
    twin_step(b.twin, b.now_ms + 60000, 60000);
    assert_true(heard(&b, a, &before) > 0);
    struct world_fault f = {.asset = a, .from_ms = b.now_ms, .until_ms = b.now_ms + 86400000};
    f.kind = FAULT_SENSOR_NAN;
    int row = world_fault(b.world, &f);
    twin_step(b.twin, b.now_ms + 120000, 60000);
    assert_true(heard(&b, a, &value) > 0 && isnan(value));
    world_fault_clear(b.world, row);
    f.kind = FAULT_SENSOR_STUCK;
    row = world_fault(b.world, &f);
    for (int i = 3; i < 6; i++) {
        twin_step(b.twin, b.now_ms + i * 60000, 60000);
        assert_true(heard(&b, a, &value) > 0 && value == before);
    }
    world_fault_clear(b.world, row);
    f.kind = FAULT_LINK_LOST;
    row = world_fault(b.world, &f);
    twin_step(b.twin, b.now_ms + 360000, 60000);
    assert_int_equal(heard(&b, a, &value), 0);
    world_fault_clear(b.world, row);
    twin_step(b.twin, b.now_ms + 420000, 60000);
    assert_true(heard(&b, a, &value) > 0);
    bench_close(&b);
}

static void a_dead_gateway_silences_all_behind_it(void **state)
{
    (void)state;
    struct bench b;
    bench_twin(&b, "agali.yaml", "2026-01-20", 5);
    int32_t g = village_class_next(b.v, "gateway", -1), behind = -1, other = -1;
    if (g < 0) skip();
    for (int32_t a = 0; a < b.v->n_asset; a++) {
        if (b.v->asset[a].gateway == g && strcmp(b.v->asset[a].cls->name, "home") == 0) behind = a;
        if (b.v->asset[a].gateway != g && strcmp(b.v->asset[a].cls->name, "home") == 0) other = a;
    }
    assert_true(behind >= 0 && other >= 0);
    struct world_fault f = {
        .kind = FAULT_ASSET_STOP, .asset = g, .from_ms = b.now_ms, .until_ms = b.now_ms + 86400000};
    world_fault(b.world, &f);
    twin_step(b.twin, b.now_ms + 60000, 60000);
    assert_int_equal(heard(&b, behind, NULL), 0);
    assert_true(heard(&b, other, NULL) > 0);
    bench_close(&b);
}

static void no_grid_no_import(void **state)
{
    (void)state;
    struct bench b;
    bench_twin(&b, "agali.yaml", "2026-01-20T19:00", 5);
    int32_t g = village_class_next(b.v, "grid", -1);
    struct world_fault f = {
        .kind = FAULT_GRID_OUT, .asset = -1, .from_ms = b.now_ms, .until_ms = b.now_ms + 86400000};
    world_fault(b.world, &f);
    twin_step(b.twin, b.now_ms + 600000, 60000);
    assert_true(twin_truth(b.twin)->flow[b.v->asset[g].flow] == 0);
    assert_true(twin_truth(b.twin)->status[g] & STATUS_ISLAND);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_seed_same_life),
                                       cmocka_unit_test(a_saved_twin_continues),
                                       cmocka_unit_test(nodes_close),
                                       cmocka_unit_test(stores_conserve),
                                       cmocka_unit_test(setpoints_expire_into_local_rules),
                                       cmocka_unit_test(instruments_fail_as_switched),
                                       cmocka_unit_test(a_dead_gateway_silences_all_behind_it),
                                       cmocka_unit_test(no_grid_no_import)};
    return cmocka_run_group_tests_name("twin", tests, NULL, NULL);
}
