/* The twin on the models that judge its own (`--fidelity high`): homes by the zone of ASHRAE 140, the digester by ADM1, streets by the point grid of EN 13201-3. It differs from the fast twin, but not by much;
 * nothing comes from nowhere; the controller foretells its gas; and it goes on from where it was saved. Figures of agali, two weeks of January by quarter-hours. */
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
    double used_J[2] = {0}, gas_J[2] = {0}, light_lx[2] = {0}, off = 0, coldest = 99;
    long n = 0;
    for (int k = 1; k <= DAYS * 96; k++) {
        for (int i = 0; i < 2; i++) {
            twin_step(r[i].t, start_ms + k * (int64_t)MS_QUARTER, MS_QUARTER);
            nodes_close(&r[i]);
            gas_J[i] += x_of(&r[i], biogas, "gas_W") * 900;
            for (int32_t a = -1; (a = village_class_next(v, "street", a)) >= 0;)
                light_lx[i] += x_of(&r[i], a, "light_lx");
        }
        for (int32_t a = -1; (a = village_class_next(v, "home", a)) >= 0; n++) {
            double degC[2];
            for (int i = 0; i < 2; i++)
                degC[i] = x_of(&r[i], a, "temp_degC"),
                used_J[i] -= twin_truth(r[i].t)->flow[v->asset[a].flow] * 900;
            off += (degC[1] - degC[0]) * (degC[1] - degC[0]), coldest = fmin(coldest, degC[1]);
        }
    }
    double rms_K = sqrt(off / (double)n), used = used_J[1] / used_J[0] - 1, gas = gas_J[1] / gas_J[0] - 1,
           light = light_lx[1] / light_lx[0] - 1;
    print_message("# rooms %.2f K apart (RMS), homes use %+.1f %%, gas %+.1f %%, streets %+.1f %%\n", rms_K,
                  100 * used, 100 * gas, 100 * light);
    assert_true(rms_K > 0.05 && rms_K < 1.5);
    assert_true(fabs(used) > 1e-4 && fabs(used) < 0.10);
    assert_true(fabs(gas) > 1e-4 && fabs(gas) < 0.30);
    assert_true(fabs(light) > 1e-4 && fabs(light) < 0.10);
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

/* The controller's estimate of the digester: its own step, corrected by the plant's instruments. */
enum { WORDS = 64, SLOTS = 96, QUARTER_S = 900 };
static double estimate[WORDS];

static struct asset_now seen_now(const struct run *r, int32_t a, double *x)
{
    const struct state *s = twin_truth(r->t);
    const struct asset *as = &v->asset[a];
    return (struct asset_now){.par = as->par,
                              .x = x,
                              .cmd = s->cmd + as->cmd,
                              .exo = s->exo + as->exo,
                              .flow = s->flow + as->flow,
                              .amb = &s->amb,
                              .dt_s = QUARTER_S};
}

static void follow(const struct run *r, int32_t a)
{
    static double truth[WORDS], meas[WORDS], flow[WORDS];
    const struct asset *as = &v->asset[a];
    memcpy(truth, twin_truth(r->t)->x + as->x, sizeof(double) * (size_t)as->cls->state.n);
    struct asset_now real = seen_now(r, a, truth), guess = seen_now(r, a, estimate);
    as->cls->sense(&real, real.flow, meas);
    as->cls->step(&guess, NULL, estimate, flow);
    as->cls->observe(&guess, meas, estimate);
}

/* Mean gas of the day to come as the planner sees it: the block's first series. */
static double foretold_W(const struct run *r, int32_t a)
{
    static double num[WORDS], own[SLOTS * 16], exo[SLOTS * 4], price[SLOTS], pin[WORDS];
    static uint8_t zero[SLOTS];
    static struct ambient amb[SLOTS];
    static const double dt_s[1] = {QUARTER_S};
    static const struct policy policy = {.flare_per_kWh = 0.01, .start_cost = 0.5};
    const struct asset *as = &v->asset[a];
    const struct block_shape *shape = as->cls->shape(as->par);
    struct asset_now now = seen_now(r, a, estimate);
    double sum_W = 0;
    assert_true(shape->n_own <= 16 && shape->n_num <= WORDS);
    for (int i = 0; i < WORDS; i++) pin[i] = (double)NAN;
    for (int t = 0; t < SLOTS; t++) {
        amb[t] = *now.amb;
        exo[2 * t] = asset_par(as, "manure_typ_kg_s"), exo[2 * t + 1] = asset_par(as, "waste_typ_kg_s");
    }
    struct horizon h = {.T = SLOTS,
                        .n_len = 1,
                        .dt_s = dt_s,
                        .len = zero,
                        .day_start = zero,
                        .amb = amb,
                        .buy = price,
                        .sell = price,
                        .policy = &policy};
    struct block b = {.shape = shape, .num = num, .own = own, .lanes = 1, .first = 1};
    now.exo = exo, now.pin = pin, now.policy = &policy;
    as->cls->formulate(&now, &h, &b);
    for (int t = 0; t < SLOTS; t++) sum_W += own[t * shape->n_own] / SLOTS;
    return sum_W;
}

/* What the controller foretells of tomorrow's gas against what ADM1 then makes, every six hours of the second week. */
static void gas_foretold(void **state)
{
    (void)state;
    struct run r = open_run(TWIN_HIGH);
    int32_t a = village_class_next(v, "biogas", -1);
    static double made_W[DAYS * 96 + 1], said_W[DAYS * 96 + 1];
    double off = 0, as_now = 0, mean = 0;
    int n = 0;
    memcpy(estimate, twin_truth(r.t)->x + v->asset[a].x, sizeof(double) * (size_t)v->asset[a].cls->state.n);
    for (int k = 1; k <= DAYS * 96; k++) {
        twin_step(r.t, start_ms + k * (int64_t)MS_QUARTER, MS_QUARTER);
        follow(&r, a);
        made_W[k] = x_of(&r, a, "gas_W");
        if (k % 24 == 0) said_W[k] = foretold_W(&r, a);
    }
    for (int k = DAYS * 48; k + SLOTS <= DAYS * 96; k += 24, n++) {
        double day_W = 0;
        for (int t = 1; t <= SLOTS; t++) day_W += made_W[k + t] / SLOTS;
        off += (said_W[k] - day_W) * (said_W[k] - day_W), mean += day_W;
        as_now += (made_W[k] - day_W) * (made_W[k] - day_W);
    }
    mean /= n;
    print_message("# gas of the day ahead: %.1f %% off (RMS over a mean of %.0f W); taken as it is now %.1f %%\n",
                  100 * sqrt(off / n) / mean, mean, 100 * sqrt(as_now / n) / mean);
    assert_true(sqrt(off / n) < 0.07 * mean);
    close_run(&r);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(beside_the_fast_one), cmocka_unit_test(gas_foretold),
                                       cmocka_unit_test(saved_and_gone_on)};
    return cmocka_run_group_tests_name("fidelity", tests, open_village, close_village);
}
