/* Nothing from nowhere, on random days in all seasons, with the controller at work and with faults: at every node of every carrier what flows
 * in, what flows out and what nobody could take sum to zero within a millionth of what passes; registers only ever grow; the meter's
 * energy is the integral of its power; and no state leaves its range. */
#include "base/random.h"
#include "bench.h"
#include <math.h>

static void nodes_close(const struct bench *b, const double *left)
{
    const struct state *s = twin_truth(b->twin);
    double sum[64] = {0}, through[64] = {0};
    assert_true(b->v->n_node <= 64);
    for (int32_t a = 0; a < b->v->n_asset; a++)
        for (int p = 0; p < b->v->asset[a].cls->n_port; p++) {
            int32_t n = b->v->asset[a].node[p];
            double flow = s->flow[b->v->asset[a].flow + p];
            if (!isfinite(flow)) fail_msg("%s: a flow is not a number", b->v->asset[a].id);
            if (n >= 0) sum[n] += flow, through[n] += fabs(flow);
        }
    for (int n = 0; n < b->v->n_node; n++)
        if (!(fabs(sum[n] - left[n]) <= 1e-6 * (1e-3 + through[n])))
            fail_msg("node %s: %g of %g is from nowhere", b->v->node[n].id, sum[n] - left[n], through[n]);
}

static void states_in_range(const struct bench *b)
{
    const struct state *s = twin_truth(b->twin);
    for (int32_t a = 0; a < b->v->n_asset; a++) {
        const struct asset *as = &b->v->asset[a];
        for (int i = 0; i < as->cls->state.n; i++) {
            const struct field *f = &as->cls->state.row[i];
            double x = s->x[as->x + i], slack = 1e-6 * (1 + fabs(f->min) + fabs(f->max));
            if (!isfinite(x) || (f->max > f->min && (x < f->min - slack || x > f->max + slack)))
                fail_msg("%s.%s is %g, outside %g to %g", as->id, f->key, x, f->min, f->max);
        }
    }
}

static double state_of(const struct bench *b, int32_t a, const char *key)
{
    const struct asset *as = &b->v->asset[a];
    return twin_truth(b->twin)->x[as->x + field_find(&as->cls->state, key)];
}

static void a_day(const char *date, uint64_t seed, enum world_fault_kind fault, const char *cls)
{
    struct bench b;
    bench_open(&b, "agali.yaml", date, CONTROL_RULES, seed);
    int32_t grid = village_class_next(b.v, "grid", -1), hit = cls ? village_class_next(b.v, cls, -1) : -1;
    struct world_fault f = {.kind = fault,
                            .asset = hit,
                            .from_ms = b.now_ms + 6 * 3600000LL,
                            .until_ms = b.now_ms + 9 * 3600000LL,
                            .magnitude = fault == FAULT_COLD_WAVE   ? 15
                                         : fault == FAULT_DRY_RIVER ? 0.05
                                                                    : 0};
    if (fault != FAULT_KINDS) assert_true(world_fault(b.world, &f) >= 0);
    double import_J = state_of(&b, grid, "import_J"), export_J = state_of(&b, grid, "export_J"), in_J = 0,
           out_J = 0;
    for (int k = 0; k < 24 * 60; k++) {
        bench_tick(&b);
        nodes_close(&b, twin_residual(b.twin));
        double W = twin_truth(b.twin)->flow[b.v->asset[grid].flow];
        in_J += fmax(0, W) * 60, out_J += fmax(0, -W) * 60;
    }
    states_in_range(&b);
    assert_near(state_of(&b, grid, "import_J") - import_J, in_J, 1e-6 * (1 + in_J));
    assert_near(state_of(&b, grid, "export_J") - export_J, out_J, 1e-6 * (1 + out_J));
    bench_close(&b);
}

static void a_cold_day(void **state)
{
    (void)state;
    a_day("2026-01-09", 101, FAULT_COLD_WAVE, NULL);
}
static void a_dry_day(void **state)
{
    (void)state;
    a_day("2026-08-14", 102, FAULT_DRY_RIVER, NULL);
}
static void a_day_without_grid(void **state)
{
    (void)state;
    a_day("2026-04-22", 103, FAULT_GRID_OUT, NULL);
}
static void a_day_without_engine(void **state)
{
    (void)state;
    a_day("2026-10-30", 104, FAULT_ASSET_STOP, "biogas");
}
static void random_days(void **state)
{
    (void)state;
    struct random r = random_stream(9, "days");
    for (int i = 0; i < 3; i++) {
        char date[40];
        snprintf(date, sizeof date, "2026-%02d-%02d", 1 + (int)(random_uniform(&r) * 12),
                 1 + (int)(random_uniform(&r) * 28));
        a_day(date, random_u64(&r), FAULT_KINDS, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_cold_day), cmocka_unit_test(a_dry_day),
                                       cmocka_unit_test(a_day_without_grid), cmocka_unit_test(a_day_without_engine),
                                       cmocka_unit_test(random_days)};
    return cmocka_run_group_tests_name("twin_conservation", tests, NULL, NULL);
}
