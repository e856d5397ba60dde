/* A small bench for tests: a village, its world, its twin and a control on one virtual clock. */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H
#include "base/err.h"
#include "control/run.h"
#include "near.h"
#include "twin/twin.h"
#include "world/world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct bench {
    struct village *v;
    struct world *world;
    struct twin *twin;
    struct control *control;
    void *mem;
    int64_t now_ms, tick_ms, clock_error_ms; /* clock_error_ms: what the control's clock is off by */
    int n_sent, n_recorded;
};
static inline struct village *bench_village(const char *name)
{
    char path[512];
    int n = 0;
    const char *source = getenv("KEND_SOURCE");
    snprintf(path, sizeof path, "%s/villages/%s", source ? source : ".", name);
    struct village *v = village_read(path, stderr, &n);
    assert_non_null(v);
    return v;
}
static inline int64_t bench_now(void *self)
{
    struct bench *b = self;
    return b->now_ms + b->clock_error_ms;
}
static inline int bench_measure(void *self, struct reading *r, int max)
{
    struct bench *b = self;
    int n = twin_measure(b->twin, r, max);
    for (int i = 0; i < n; i++) r[i].at_ms += b->clock_error_ms;
    return n;
}
static inline void bench_actuate(void *self, const struct setpoint *s, int n)
{
    struct bench *b = self;
    static struct setpoint out[20000];
    assert_true(n <= 20000);
    for (int i = 0; i < n; i++) out[i] = s[i], out[i].expires_ms -= b->clock_error_ms;
    b->n_sent += n;
    twin_actuate(b->twin, out, n);
}
static inline void bench_dispatch(void *self, const uint8_t *round, int n)
{
    twin_dispatch(((struct bench *)self)->twin, round, n);
}
static inline int bench_record(void *self, const struct snapshot *s)
{
    (void)s;
    ((struct bench *)self)->n_recorded++;
    return 0;
}
static inline int64_t bench_date(const struct village *v, const char *date)
{
    int64_t at_ms = 0;
    struct err e = {0};
    assert_int_equal(instant_parse(date, &v->site.zone, &at_ms, &e), 0);
    return at_ms;
}
/* World and twin only. */
static inline void bench_twin(struct bench *b, const char *village, const char *date, uint64_t seed)
{
    struct err e = {0};
    char text[1024];
    *b = (struct bench){.v = bench_village(village), .tick_ms = 60000};
    b->now_ms = bench_date(b->v, date);
    b->world = world_create(b->v, &(struct world_options){.seed = seed}, &e);
    if (!b->world) fail_msg("%s", err_line(&e, text, sizeof text));
    struct twin_options o = {.seed = seed, .spread_frac = 0.2, .noise_frac = 1};
    b->twin = twin_create(b->v, b->world, &o, b->now_ms, &e);
    assert_non_null(b->twin);
}
static inline void bench_control(struct bench *b, const struct control_options *o, const struct run_ports *extra)
{
    struct run_ports p = {
        .self = b, .now_ms = bench_now, .measure = bench_measure, .actuate = bench_actuate, .dispatch = bench_dispatch,
        .record = bench_record};
    if (extra) p.forecast = extra->forecast, p.wait_until = extra->wait_until;
    size_t bytes = control_bytes(b->v, o);
    b->mem = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(b->mem);
    b->control = control_create(b->v, NULL, o, &p, b->mem);
}
static inline void bench_open(struct bench *b, const char *village, const char *date, enum controller k,
                              uint64_t seed)
{
    bench_twin(b, village, date, seed);
    bench_control(b, &(struct control_options){.rates = {60, 900, 60}, .controller = k}, NULL);
}
static inline void bench_tick(struct bench *b)
{
    twin_step(b->twin, b->now_ms + b->tick_ms, b->tick_ms);
    b->now_ms += b->tick_ms;
    control_tick(b->control);
    if (control_plan_due(b->control)) control_plan(b->control);
}
static inline void bench_run(struct bench *b, int ticks)
{
    for (int i = 0; i < ticks; i++) bench_tick(b);
}
static inline int bench_alarm(struct bench *b, int32_t asset, const char *code)
{
    const struct snapshot *s = snapshot_get(b->control);
    int on = 0;
    for (int i = 0; i < s->n_alarm; i++)
        on |= s->alarm[i].active && s->alarm[i].asset == asset && strcmp(alarm_name(s->alarm[i].code), code) == 0;
    snapshot_put(s);
    return on;
}
static inline void bench_close(struct bench *b)
{
    free(b->mem);
    twin_free(b->twin);
    world_free(b->world);
    village_free(b->v);
}
#endif
