/* Nothing from nowhere over a year by the hour, in which classes step in parts and the twin keeps their mean flows: what flows into a node, out of it and what
 * nobody could take, and what the meter's registers count, within 1e-9 of what passes. What each asset holds is booked by the minute in
 * village_books.c. */
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

enum { CARRIERS = CARRIER_ORGANIC + 1 };
static const double part = 1e-9;
static struct village *v;
static struct world *w;
static struct twin *t;

static void open_twin(const char *village, int64_t at_ms)
{
    struct err e = {0};
    char path[512];
    int n = 0;
    const char *source = getenv("KEND_SOURCE");
    snprintf(path, sizeof path, "%s/villages/%s.yaml", source ? source : ".", village);
    v = village_read(path, stderr, &n);
    assert_non_null(v);
    w = world_create(v, &(struct world_options){.seed = 7}, &e);
    assert_non_null(w);
    t = twin_create(v, w, &(struct twin_options){.seed = 7}, at_ms,
                    &e); /* no spread: its parameters are the file's */
    assert_non_null(t);
}

static void close_twin(void)
{
    twin_free(t);
    world_free(w);
    village_free(v);
}

static double x_of(int32_t a, const char *key)
{
    int i = field_find(&v->asset[a].cls->state, key);
    if (i < 0) fail_msg("%s has no %s", v->asset[a].id, key);
    return twin_truth(t)->x[v->asset[a].x + i];
}

static double flow_of(int32_t a, int port) { return twin_truth(t)->flow[v->asset[a].flow + port]; }

/* One sum that must come out as nothing, and what passed. */
struct sum {
    double left, through;
};
static void book(struct sum *s, double amount) { s->left += amount, s->through += fabs(amount); }
static void closes(const struct sum *s, const char *what)
{
    if (!(s->through > 0)) fail_msg("%s: nothing passed", what);
    if (!(fabs(s->left) <= part * s->through)) fail_msg("%s: %g of %g is from nowhere", what, s->left, s->through);
}

/* Every flow enters its node once, and what nobody took leaves it. */
static void book_nodes(struct sum carrier[CARRIERS], double dt_s)
{
    const double *left = twin_residual(t);
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int p = 0; p < v->asset[a].cls->n_port; p++)
            if (v->asset[a].node[p] >= 0) book(&carrier[v->asset[a].cls->port[p].carrier], flow_of(a, p) * dt_s);
    for (int n = 0; n < v->n_node; n++) carrier[v->node[n].carrier].left -= left[n] * dt_s;
}

static int wired(enum carrier k)
{
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int p = 0; p < v->asset[a].cls->n_port; p++)
            if (v->asset[a].node[p] >= 0 && v->asset[a].cls->port[p].carrier == k) return 1;
    return 0;
}

/* Every hour of the year; whatever carrier a village has wires for must have flowed, gas no less than others. */
static void a_year_of(const char *village)
{
    struct err e = {0};
    int64_t from_ms;
    assert_int_equal(instant_parse("2026-01-01T00:00:00+04:00", NULL, &from_ms, &e), 0);
    open_twin(village, from_ms);
    static const char *const name[CARRIERS] = {"electricity", "heat", "gas", "water", "organic matter"};
    struct sum carrier[CARRIERS] = {{0}}, meter = {0};
    int32_t grid = village_class_next(v, "grid", -1);
    double import_J = grid < 0 ? 0 : x_of(grid, "import_J"), export_J = grid < 0 ? 0 : x_of(grid, "export_J");
    for (int h = 1; h <= 8760; h++) {
        twin_step(t, from_ms + h * (int64_t)MS_HOUR, MS_HOUR);
        book_nodes(carrier, 3600);
        if (grid >= 0) book(&meter, flow_of(grid, 0) * 3600);
    }
    if (grid >= 0) {
        book(&meter, -(x_of(grid, "import_J") - import_J) + (x_of(grid, "export_J") - export_J));
        closes(&meter, "the meter's registers");
    }
    for (int k = 0; k < CARRIERS; k++)
        if (wired((enum carrier)k)) closes(&carrier[k], name[k]);
    close_twin();
}

static void a_year(void **state)
{
    (void)state;
    static const char *const village[] = {"agali", "highland", "oasis"};
    for (int i = 0; i < 3; i++) a_year_of(village[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_year)};
    return cmocka_run_group_tests_name("village_balance", tests, NULL, NULL);
}
