/* A class that may be stepped by the hour (`dt_max_s`) does in an hour what it does in its minutes, the surroundings and orders standing still. */
#include "near.h"
#include "rig.h"
#include <math.h>
#include <string.h>

enum { HOURS = 500, HOUR_S = 3600, MINUTE_S = 60 };
static struct rig whole, parts;

static void any_orders(struct rig *r)
{
    for (int i = 0; i < r->cls->cmd.n; i++) {
        const struct field *f = &r->cls->cmd.row[i];
        *field_at(f, r->cmd) = random_range(&r->random, f->min, f->max);
    }
}

/* An order to empty is one round: in parts it is carried out with the first. */
static void round_is_over(struct rig *r)
{
    int collect = field_find(&r->cls->cmd, "collect_frac");
    if (collect >= 0) *field_at(&r->cls->cmd.row[collect], r->cmd) = 0;
}

/* 60 steps of a minute, with the mean flow. */
static void step_minutes(struct rig *r, double *flow)
{
    struct asset_now now = rig_now(r, MINUTE_S);
    for (int m = 0; m < HOUR_S / MINUTE_S; m++, round_is_over(r)) {
        r->cls->step(&now, r->work, r->x, r->flow);
        for (int p = 0; p < r->cls->n_port; p++) flow[p] += r->flow[p] * MINUTE_S / HOUR_S;
    }
}

static void an_hour(const struct asset_class *c)
{
    double flow[ASSET_PORTS_MAX] = {0};
    whole.frozen = 1;
    parts = whole;
    struct asset_now now = rig_now(&whole, HOUR_S);
    c->step(&now, whole.work, whole.x, whole.flow);
    step_minutes(&parts, flow);
    whole.frozen = 0;
    for (int p = 0; p < c->n_port; p++) assert_near(whole.flow[p], flow[p], 1e-9 * (1 + fabs(flow[p])));
    for (int i = 0; i < c->state.n; i++)
        if (!(fabs(whole.x[i] - parts.x[i]) <= 1e-9 * (1 + fabs(parts.x[i]))))
            fail_msg("%s.%s: %g in an hour, %g in its minutes", c->name, c->state.row[i].key, whole.x[i],
                     parts.x[i]);
}

static void hour_is_its_minutes(void **state)
{
    int n = 0;
    (void)state;
    for (const struct asset_class *const *c = asset_classes; *c; c++) {
        if ((*c)->dt_max_s < HOUR_S) continue;
        rig_create(&whole, *c, 3), n++;
        for (int k = 0; k < HOURS; k++) {
            rig_surround(&whole, whole.at_ms + 3601000);
            any_orders(&whole);
            whole.status = k % 7 == 0 ? STATUS_FAULT : 0;
            an_hour(*c);
        }
    }
    assert_true(n > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hour_is_its_minutes)};
    return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
