/* An island that cannot serve all: after everything that may wait, base loads are switched off one by one in the residents' order,
 * each for a few minutes, never a critical one and never where somebody vulnerable lives; and all come back with the grid. */
#include "bench.h"
#include "control/core.h"
#include <math.h>

static struct bench b;
static int rank_of(int8_t shed)
{
    for (int r = 0; r < SHED_N; r++)
        if (b.control->policy->shed_order[r] == shed) return r;
    return -1;
}

static int n_cut(void)
{
    int n = 0;
    for (int32_t a = 0; a < b.v->n_asset; a++) n += (b.control->s.status[a] & STATUS_CUT) != 0;
    return n;
}

/* No base load is off while an asset that comes before it in the order still has one, unless the link to that is lost. */
static void order_is_kept(void)
{
    int highest_cut = -1;
    for (int32_t a = 0; a < b.v->n_asset; a++)
        if (b.control->s.status[a] & STATUS_CUT) {
            int r = rank_of(b.v->asset[a].shed);
            highest_cut = r > highest_cut ? r : highest_cut;
            assert_false(b.v->asset[a].critical);
            assert_false(b.v->asset[a].vulnerable);
        }
    for (int32_t a = 0; a < b.v->n_asset; a++) {
        const struct asset *as = &b.v->asset[a];
        int off = field_find(&as->cls->cmd, "off_frac");
        if (off < 0 || as->critical || as->vulnerable || b.control->s.status[a] & (STATUS_LOST | STATUS_CUT))
            continue;
        int held = b.control->cut_until_ms[a] > b.control->s.at_ms;
        if (rank_of(as->shed) < highest_cut && !held && b.control->s.exo[as->exo] > 1)
            fail_msg("%s is served, its turn was before", as->id);
    }
}

static void base_loads_go_one_by_one_and_come_back(void **state)
{
    (void)state;
    bench_open(&b, "agali.yaml", "2026-03-15T19:00", CONTROL_RULES, 5);
    bench_run(&b, 30);
    int32_t hydro = village_class_next(b.v, "hydro", -1), battery = village_class_next(b.v, "battery", -1);
    int64_t end_ms = b.now_ms + 2 * 3600000;
    world_fault(b.world, &(struct world_fault){FAULT_GRID_OUT, -1, b.now_ms, end_ms, 0});
    world_fault(b.world, &(struct world_fault){FAULT_ASSET_STOP, hydro, b.now_ms, end_ms, 2});
    world_fault(b.world, &(struct world_fault){FAULT_ASSET_STOP, battery, b.now_ms, end_ms, 0});
    double short_J = 0, cut_J = 0;
    int most = 0, ever = 0, *minutes = calloc((size_t)b.v->n_asset, sizeof *minutes);
    for (int i = 0; i < 120; i++) {
        bench_tick(&b);
        order_is_kept();
        int n = n_cut();
        most = n > most ? n : most;
        if (n) assert_true(bench_alarm(&b, -1, "short"));
        for (int32_t a = 0; a < b.v->n_asset; a++) {
            int cut = (b.control->s.status[a] & STATUS_CUT) != 0;
            ever += cut && !minutes[a];
            minutes[a] += cut;
            if (cut) cut_J += b.control->s.exo[b.v->asset[a].exo] * 60;
        }
        if (i > 5) short_J += fmax(0, -twin_residual(b.twin)[b.v->node_order[b.v->n_elec - 1]]) * 60;
    }
    assert_true(most > 5 && cut_J > 0);
    assert_true(short_J < 0.1 * cut_J); /* what is short is known by name */
    assert_true(ever > most);           /* the burden goes round */
    bench_run(&b, 15);
    assert_int_equal(n_cut(), 0);
    free(minutes);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(base_loads_go_one_by_one_and_come_back)};
    return cmocka_run_group_tests_name("island_short", tests, NULL, NULL);
}
