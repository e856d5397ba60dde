/* Making a control in memory the caller owns, running it inline or on two threads, and what a restart needs. */
#include "control/run.h"
#include "base/err.h"
#include "base/instant.h"
#include "control/core.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

const char *const controller_name[CONTROLLERS] = {"rules", "separate", "joint", "perfect"};

int controller_find(const char *name)
{
    for (int i = 0; i < CONTROLLERS; i++)
        if (strcmp(name, controller_name[i]) == 0) return i;
    return -1;
}

/* --- layout: one function sizes and lays out --- */

static int largest(const struct village *v, int (*of)(const struct asset_class *))
{
    int n = 1;
    for (int32_t a = 0; a < v->n_asset; a++)
        if (of(v->asset[a].cls) > n) n = of(v->asset[a].cls);
    return n;
}
static int cmd_n(const struct asset_class *k) { return k->cmd.n; }

static void lay_tracker(struct control *c, const struct village *v, struct cutter *k, void *state_mem[2])
{
    size_t n_a = (size_t)v->n_asset + 1, n_m = (size_t)v->n_meas + 1, n_c = (size_t)v->n_cmd + 1;
    state_mem[0] = cut(k, state_bytes(v));
    state_mem[1] = cut(k, state_bytes(v));
    c->gate = cut(k, (size_t)(v->n_place + v->n_round) + 1);
    c->works = cut(k, (size_t)v->n_place + 1);
    c->residual = cut(k, sizeof *c->residual * ((size_t)v->n_node + 1));
    c->fresh = cut(k, sizeof *c->fresh * n_m);
    c->quality = cut(k, n_m);
    c->screen = cut(k, sizeof *c->screen * n_m);
    c->failed = cut(k, n_a);
    c->held_s = cut(k, sizeof *c->held_s * n_a);
    c->work = cut(k, sizeof *c->work * n_a);
    c->origin = cut(k, sizeof *c->origin * n_c);
    c->bits = cut(k, sizeof *c->bits * n_a);
    c->village_bits = cut(k, sizeof *c->village_bits * n_a);
    c->bits_before = cut(k, sizeof *c->bits_before * n_a);
    c->village_bits_before = cut(k, sizeof *c->village_bits_before * n_a);
    c->line_miss = cut(k, sizeof *c->line_miss * n_a);
    c->blind = cut(k, n_a);
    c->shed_until_ms = cut(k, sizeof *c->shed_until_ms * n_a);
    c->cut_until_ms = cut(k, sizeof *c->cut_until_ms * n_a);
    c->in = cut(k, sizeof *c->in * 2 * n_m);
    c->out = cut(k, sizeof *c->out * n_c);
    c->bite_base = cut(k, sizeof *c->bite_base * n_a);
    int n_bite = 0;
    for (int32_t a = 0; a < v->n_asset; a++) n_bite += v->asset[a].cls->n_rule + VILLAGE_GUARDS;
    c->n_bite = n_bite;
    c->bite = cut(k, sizeof *c->bite * (size_t)n_bite);
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct asset_class *cls = v->asset[a].cls;
        unsigned char *w = cls->work_bytes ? cut(k, cls->work_bytes(v->asset[a].par)) : NULL;
        if (k->base) c->work[a] = w;
    }
    links_create(&c->link, v, k);
    alarms_create(&c->alarms, v->n_asset, k);
    overrides_create(&c->overrides, k);
    snapshots_create(&c->snapshots, v, k);
}

static struct control_options with_defaults(const struct control_options *o)
{
    struct control_options d = *o;
    if (d.slots <= 0) d.slots = 96;
    if (d.gap_rel <= 0) d.gap_rel = 1e-3;
    if (d.solve_s <= 0) d.solve_s = 2;
    if (d.threads <= 0) d.threads = 1;
    if (d.rates.tick_s <= 0) d.rates.tick_s = 60;
    if (d.rates.plan_s <= 0) d.rates.plan_s = 900;
    if (d.rates.record_s <= 0) d.rates.record_s = 60;
    return d;
}

static struct control *lay(struct control *c, const struct village *v, struct cutter *k, void *state_mem[2])
{
    struct control *at = cut(k, sizeof *at);
    if (k->base) *at = *c, c = at;
    lay_tracker(c, v, k, state_mem);
    planner_create(c, k);
    return c;
}

size_t control_bytes(const struct village *v, const struct control_options *o)
{
    struct control c = {.v = v, .opt = with_defaults(o)};
    struct cutter k = {0};
    void *state_mem[2];
    lay(&c, v, &k, state_mem);
    return k.used;
}

static size_t tracker_bytes(const struct village *v, const struct control_options *o)
{
    struct control c = {.v = v, .opt = with_defaults(o)};
    struct cutter k = {0};
    void *state_mem[2];
    cut(&k, sizeof c);
    lay_tracker(&c, v, &k, state_mem);
    return k.used;
}

static void start_values(struct control *c)
{
    const struct village *v = c->v;
    int32_t base = 0;
    links_find(&c->link, v);
    for (int32_t i = 0; i < v->n_place; i++) c->gate[i] = c->works[i] = (uint8_t)v->place[i].state;
    rounds_gate(c);
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct asset *as = &v->asset[a];
        for (int i = 0; i < as->cls->cmd.n; i++) c->s.cmd[as->cmd + i] = as->cls->cmd.row[i].dflt;
        for (int i = 0; i < as->cls->exo.n; i++) c->s.exo[as->exo + i] = as->cls->exo.row[i].dflt;
        c->shed_until_ms[a] = c->cut_until_ms[a] = INT64_MIN;
        c->bite_base[a] = base;
        base += as->cls->n_rule + VILLAGE_GUARDS;
    }
    for (int32_t p = 0; p < v->n_meas; p++) c->screen[p].at_ms = INT64_MIN;
}

/* The state that the classes give for the norms of this month; readings correct it from the first tick. */
static void start_state(struct control *c)
{
    const struct village *v = c->v;
    ambient_clock(&c->s.amb, &v->site, c->s.at_ms);
    const struct climate_month *m = &v->climate.month[c->s.amb.month - 1];
    c->s.amb.temp_degC = c->s.amb.temp_mean_degC = m->temp_degC;
    c->s.amb.humidity_frac = m->humidity_frac;
    c->s.amb.wind_m_s = m->wind_m_s;
    for (int32_t a = 0; a < v->n_asset; a++) {
        struct asset_now now = now_view(c, &c->s, a, c->opt.rates.tick_s);
        if (v->asset[a].cls->init) v->asset[a].cls->init(&now, c->s.x + v->asset[a].x);
    }
}

struct control *control_create(const struct village *v, const struct policy *policy,
                               const struct control_options *o, const struct run_ports *ports, void *mem)
{
    struct control first = {.v = v, .opt = with_defaults(o)}, *c;
    must(largest(v, cmd_n) <= 64, "a class has more than 64 set-points");
    struct cutter k = {mem, 0};
    void *state_mem[2];
    memset(mem, 0, tracker_bytes(v, o)); /* the planner's part is large and clears its own */
    c = lay(&first, v, &k, state_mem);
    c->ports = *ports;
    c->policy = policy ? policy : &v->policy;
    c->controller = c->opt.controller;
    state_create(&c->s, v, state_mem[0]);
    state_create(&c->next, v, state_mem[1]);
    queue_init(&c->queue);
    start_values(c);
    c->s.at_ms = c->last_ms = c->began_ms = ports->now_ms(ports->self);
    start_state(c);
    atomic_init(&c->plan_due_ms, c->s.at_ms);
    atomic_init(&c->plan_began_ms, 0);
    return c;
}

/* An override of a point that has one takes its row. */
static int has_row(struct control *c, int32_t point)
{
    const struct snapshot *s = snapshot_get(c);
    int found = 0;
    for (int i = 0; s && i < s->n_override && !found; i++) found = s->override[i].point == point;
    snapshot_put(s);
    return found;
}

static int request_override_at_door(struct control *c, const struct request *r)
{
    int rows = atomic_fetch_add(&c->override_pending, 1) + atomic_load(&c->override_rows),
        full = CONTROL_TABLE_FULL;
    if (rows < OVERRIDES_MAX || has_row(c, r->of.override.point)) full = queue_push(&c->queue, r);
    if (full) atomic_fetch_sub(&c->override_pending, 1);
    return full;
}

int control_request(struct control *c, const struct request *r)
{
    int full = r->kind == REQUEST_OVERRIDE ? request_override_at_door(c, r) : queue_push(&c->queue, r);
    if (full) atomic_fetch_add(&c->refused_at_door, 1);
    return full;
}

int control_override(struct control *c, const struct override *o)
{
    int refused = override_add(&c->overrides, c->v, o, c->s.at_ms);
    atomic_store(&c->override_rows, c->overrides.n);
    return refused;
}

int control_cancel(struct control *c, uint32_t id)
{
    int unknown = override_cancel(&c->overrides, id);
    atomic_store(&c->override_rows, c->overrides.n);
    return unknown;
}

const struct snapshot *snapshot_get(struct control *c) { return snapshots_get(&c->snapshots); }

int control_guards(const struct control *c, struct guard_count *out, int max)
{
    int rows = 0;
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        int n_rule = c->v->asset[a].cls->n_rule;
        for (int i = 0; i < n_rule + VILLAGE_GUARDS; i++) {
            const struct bite *b = &c->bite[c->bite_base[a] + i];
            unsigned n = atomic_load_explicit(&b->begun, memory_order_relaxed);
            if (!n) continue;
            if (rows < max)
                out[rows] = (struct guard_count){.asset = a,
                                                 .asset_rule = (int16_t)(i < n_rule ? i : -1),
                                                 .village_rule = (int16_t)(i < n_rule ? -1 : i - n_rule),
                                                 .n = n,
                                                 .ticks = atomic_load_explicit(&b->ticks, memory_order_relaxed)};
            rows++;
        }
    }
    return rows;
}

/* --- planning, inline or on its thread --- */

void control_set_tick(struct control *c, double tick_s) { c->opt.rates.tick_s = tick_s; }

int control_plan_due(const struct control *c)
{
    return c->controller != CONTROL_RULES && c->seq > 0 && c->last_ms >= atomic_load(&c->plan_due_ms);
}

void control_plan(struct control *c)
{
    int64_t every_ms = (int64_t)(c->opt.rates.plan_s * MS_S);
    const struct snapshot *s = snapshot_get(c);
    if (!s) return;
    int64_t now_ms = s->at_ms;
    snapshot_put(s);
    atomic_store(&c->plan_due_ms, (now_ms / every_ms + 1) * every_ms);
    atomic_store(&c->plan_began_ms, now_ms);
    planner_plan(c);
    atomic_store(&c->plan_began_ms, 0);
}

/* --- threads --- */

static void *tracker_main(void *self)
{
    struct control *c = self;
    int64_t tick_ms = (int64_t)(c->opt.rates.tick_s * MS_S), due_ms = c->ports.now_ms(c->ports.self);
    while (!atomic_load(&c->stopping)) {
        control_tick(c);
        due_ms += tick_ms;
        int64_t now_ms = c->ports.now_ms(c->ports.self);
        int late = now_ms > due_ms + tick_ms;
        if (late || now_ms < due_ms - 2 * tick_ms) due_ms = now_ms; /* behind, or the clock was set */
        c->health.late += late;
        alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_TICK_LATE, ALARM_WARNING, late);
        if (!late && c->ports.wait_until) c->ports.wait_until(c->ports.self, due_ms);
    }
    return NULL;
}

static void *planner_main(void *self)
{
    struct control *c = self;
    while (!atomic_load(&c->stopping)) {
        struct timespec until;
        instant_mono_after(&until, 1.0);
        sem_clockwait(&c->plan_wake, CLOCK_MONOTONIC, &until);
        while (sem_trywait(&c->plan_wake) == 0) {}
        if (atomic_load(&c->stopping)) break;
        planner_hear(c);
        const struct snapshot *s = snapshot_get(c);
        int due = s && s->controller != CONTROL_RULES && s->at_ms >= atomic_load(&c->plan_due_ms);
        snapshot_put(s);
        if (due) control_plan(c);
    }
    return NULL;
}

int control_start(struct control *c, struct err *e)
{
    must(!c->threaded, "control is running already");
    atomic_store(&c->stopping, 0);
    if (sem_init(&c->plan_wake, 0, 0)) return err_set(e, "no semaphore for the planner: %s", strerror(errno));
    c->threaded = 1;
    int failed = pthread_create(&c->planner_thread, NULL, planner_main, c);
    if (failed) return c->threaded = 0, err_set(e, "no thread for the planner: %s", strerror(failed));
    failed = pthread_create(&c->tracker_thread, NULL, tracker_main, c);
    if (!failed) return 0;
    atomic_store(&c->stopping, 1);
    sem_post(&c->plan_wake);
    pthread_join(c->planner_thread, NULL);
    c->threaded = 0;
    return err_set(e, "no thread for the tracker: %s", strerror(failed));
}

/* Longer than the time limit of a solve with what comes before and after it; shorter than a service manager's watchdog. */
static const double STOP_WAIT_S = 8;

int control_stop(struct control *c)
{
    if (!c->threaded) return 0;
    atomic_store(&c->stopping, 1);
    sem_post(&c->plan_wake);
    pthread_join(c->tracker_thread, NULL);
    struct timespec until;
    instant_mono_after(&until, STOP_WAIT_S);
    if (pthread_clockjoin_np(c->planner_thread, NULL, CLOCK_MONOTONIC, &until)) return -1;
    sem_destroy(&c->plan_wake);
    c->threaded = 0;
    return 0;
}

/* --- restart --- */

struct saved {
    uint64_t village_id;
    int64_t at_ms;
    int32_t n_x, n_override, n_alarm;
    struct ambient amb;
};

size_t control_save_bytes(const struct control *c)
{
    return sizeof(struct saved) + sizeof(double) * (size_t)(c->v->n_x + c->v->n_cmd + c->v->n_exo) +
           sizeof(struct override) * OVERRIDES_MAX + sizeof(struct alarm) * ALARM_ROWS;
}

void control_save(const struct control *c, void *mem)
{
    unsigned char *to = mem;
    struct saved h = {c->v->id, c->s.at_ms, c->v->n_x, c->overrides.n, c->alarms.n, c->s.amb};
    struct {
        const void *from;
        size_t n;
    } part[] = {{&h, sizeof h},
                {c->s.x, sizeof *c->s.x * (size_t)c->v->n_x},
                {c->s.cmd, sizeof *c->s.cmd * (size_t)c->v->n_cmd},
                {c->s.exo, sizeof *c->s.exo * (size_t)c->v->n_exo},
                {c->overrides.row, sizeof(struct override) * OVERRIDES_MAX},
                {c->alarms.row, sizeof(struct alarm) * ALARM_ROWS}};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        memcpy(to, part[i].from, part[i].n);
        to += part[i].n;
    }
}

int control_load(struct control *c, const void *mem, size_t bytes)
{
    const unsigned char *from = mem;
    struct saved h;
    if (bytes != control_save_bytes(c)) return -1;
    memcpy(&h, from, sizeof h);
    if (h.village_id != c->v->id || h.n_x != c->v->n_x || h.n_override < 0 || h.n_override > OVERRIDES_MAX)
        return -1;
    if (h.n_alarm < 0 || h.n_alarm > ALARM_ROWS) return -1;
    from += sizeof h;
    struct {
        void *to;
        size_t n;
    } part[] = {{c->s.x, sizeof *c->s.x * (size_t)c->v->n_x},
                {c->s.cmd, sizeof *c->s.cmd * (size_t)c->v->n_cmd},
                {c->s.exo, sizeof *c->s.exo * (size_t)c->v->n_exo},
                {c->overrides.row, sizeof(struct override) * OVERRIDES_MAX}};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        memcpy(part[i].to, from, part[i].n);
        from += part[i].n;
    }
    c->overrides.n = h.n_override;
    atomic_store(&c->override_rows, h.n_override);
    for (int i = 0; i < h.n_override; i++)
        if (c->overrides.row[i].id >= c->overrides.next_id) c->overrides.next_id = c->overrides.row[i].id + 1;
    c->s.amb = h.amb;
    for (int i = 0; i < h.n_alarm; i++) {
        struct alarm a;
        memcpy(&a, from + sizeof a * (size_t)i, sizeof a);
        if (!a.active || a.asset < -1 || a.asset >= c->v->n_asset || a.code >= ALARM_CODES) continue;
        alarm_raise(&c->alarms, a.since_ms, a.asset, (enum alarm_code)a.code, (enum alarm_level)a.level);
    }
    return 0;
}
