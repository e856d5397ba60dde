/* The twin on the models that judge its own (`--fidelity high`): homes by the zone of ASHRAE 140, the digester by ADM1. It differs from the fast twin, but not by much;
 * nothing comes from nowhere; it is the same twice; and it goes on from where it was saved. Figures of agali, two weeks of January by quarter-hours. */
#include "base/err.h"
#include "base/instant.h"
#include "near.h"
#include "twin/twin.h"
#include "village/village.h"
#include "world/world.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS = 14 };
static struct village *v;
static const int64_t start_ms = 1767988800000; /* 2026-01-10 00:00 at +04 */

struct run {
    struct world *w;
    struct twin *t;
};

static struct run open_run(enum twin_fidelity fidelity)
{
    struct err e = {0};
    struct run r = {.w = world_create(v, &(struct world_options){.seed = 3}, &e)};
    assert_non_null(r.w);
    struct twin_options o = {.seed = 3, .spread_frac = 0.2, .noise_frac = 1, .fidelity = fidelity};
    r.t = twin_create(v, r.w, &o, start_ms, &e);
    if (!r.t) fail_msg("%s", e.text);
    return r;
}

static void close_run(struct run *r)
{
    twin_free(r->t);
    world_free(r->w);
}

static double x_of(const struct run *r, int32_t a, const char *key)
{
    return twin_truth(r->t)->x[v->asset[a].x + field_find(&v->asset[a].cls->state, key)];
}

static void nodes_close(const struct run *r)
{
    const struct state *s = twin_truth(r->t);
    double sum[64] = {0}, through[64] = {0};
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int p = 0; p < v->asset[a].cls->n_port; p++) {
            int32_t n = v->asset[a].node[p];
            double flow = s->flow[v->asset[a].flow + p];
            if (n >= 0) sum[n] += flow, through[n] += fabs(flow);
        }
    for (int n = 0; n < v->n_node; n++)
        if (!(fabs(sum[n] - twin_residual(r->t)[n]) <= 1e-9 * (1 + through[n])))
            fail_msg("node %s does not close", v->node[n].id);
}

static void beside_the_fast_one(void **state)
{
    (void)state;
    struct run r[2] = {open_run(TWIN_FAST), open_run(TWIN_HIGH)};
    int32_t biogas = village_class_next(v, "biogas", -1);
    double used_J[2] = {0}, gas_J[2] = {0}, off = 0, coldest = 99;
    long n = 0;
    for (int k = 1; k <= DAYS * 96; k++) {
        for (int i = 0; i < 2; i++) {
            twin_step(r[i].t, start_ms + k * (int64_t)MS_QUARTER, MS_QUARTER);
            nodes_close(&r[i]);
            gas_J[i] += x_of(&r[i], biogas, "gas_W") * 900;
        }
        for (int32_t a = -1; (a = village_class_next(v, "home", a)) >= 0; n++) {
            double degC[2];
            for (int i = 0; i < 2; i++)
                degC[i] = x_of(&r[i], a, "temp_degC"),
                used_J[i] -= twin_truth(r[i].t)->flow[v->asset[a].flow] * 900;
            off += (degC[1] - degC[0]) * (degC[1] - degC[0]), coldest = fmin(coldest, degC[1]);
        }
    }
    double rms_K = sqrt(off / (double)n), used = used_J[1] / used_J[0] - 1, gas = gas_J[1] / gas_J[0] - 1;
    print_message("# rooms %.2f K apart (RMS), homes use %+.1f %%, gas %+.1f %%\n", rms_K, 100 * used, 100 * gas);
    assert_true(rms_K > 0.05 && rms_K < 1.5);
    assert_true(fabs(used) > 1e-4 && fabs(used) < 0.10);
    assert_true(fabs(gas) > 1e-4 && fabs(gas) < 0.30);
    assert_true(coldest > 15);
    for (int i = 0; i < 2; i++) close_run(&r[i]);
}

static void saved_and_gone_on(void **state)
{
    (void)state;
    struct run a = open_run(TWIN_HIGH), b = open_run(TWIN_HIGH);
    twin_step(a.t, start_ms + MS_DAY / 2, MS_QUARTER);
    void *mem = malloc(twin_save_bytes(a.t));
    twin_save(a.t, mem);
    assert_int_equal(twin_load(b.t, mem, twin_save_bytes(a.t)), 0);
    for (int i = 0; i < 2; i++) twin_step(i ? b.t : a.t, start_ms + MS_DAY, MS_QUARTER);
    assert_memory_equal(twin_truth(a.t)->x, twin_truth(b.t)->x, sizeof(double) * (size_t)v->n_x);
    struct run fast = open_run(TWIN_FAST); /* a fast twin cannot go on from a high one */
    assert_int_equal(twin_load(fast.t, mem, twin_save_bytes(a.t)), -1);
    free(mem);
    close_run(&a), close_run(&b), close_run(&fast);
}

static int open_village(void **state)
{
    (void)state;
    char path[512];
    int n = 0;
    const char *source = getenv("KEND_SOURCE");
    snprintf(path, sizeof path, "%s/villages/agali.yaml", source ? source : ".");
    v = village_read(path, stderr, &n);
    return v ? 0 : -1;
}

static int close_village(void **state)
{
    (void)state;
    village_free(v);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(beside_the_fast_one), cmocka_unit_test(saved_and_gone_on)};
    return cmocka_run_group_tests_name("fidelity", tests, open_village, close_village);
}
