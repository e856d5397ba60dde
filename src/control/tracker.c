/* The tracker: one cycle, stage by stage, in the order a reader would expect. It never solves, never allocates and
 * never waits; what it needs from others (readings, requests, a plan) it takes when it is there and does without
 * when it is not. clock -> requests -> measure -> observe -> plan -> follow -> override -> asset guards -> predict
 * one tick ahead -> correct -> village guards -> asset guards -> actuate -> record. Authority falls out of the
 * order: what comes later wins, and the asset guards come last. */
#include "base/err.h"
#include "base/instant.h"
#include "base/log.h"
#include "control/core.h"
#include <math.h>
#include <string.h>
#include <time.h>

static const double short_worth_telling_kWh = 1;
static const double leap_s = 3600; /* a longer silence of the clock is a leap */
enum {
    CLOCK_CALM_MS = 600000,
    SETPOINT_TICKS = 5,
    SETPOINT_LEAST_S = 300,
    PLANNER_HANGS_MS = 60000,
    REFUSED_TOLD_MS = 600000
};

/* --- clock --- */

static void clock_jumped(struct control *c, int64_t now_ms, int64_t by_ms)
{
    c->clock_epoch++;
    c->clock_calm_ms = now_ms + CLOCK_CALM_MS;
    plan_unpin(c->plan);
    c->plan = NULL;
    c->next_valid = 0;
    atomic_store(&c->plan_due_ms, now_ms);
    alarm_raise(&c->alarms, now_ms, -1, ALARM_CLOCK, ALARM_URGENT);
    if (by_ms >= 0) return;
    overrides_shift(&c->overrides, by_ms);
    for (int32_t a = 0; a < c->v->n_asset; a++) c->shed_until_ms[a] = c->cut_until_ms[a] = INT64_MIN;
    for (int32_t p = 0; p < c->v->n_meas; p++) {
        c->screen[p].at_ms = INT64_MIN;
        if (c->s.meas_ms[p] > now_ms) c->s.meas_ms[p] = now_ms;
    }
    c->record_due_ms = now_ms;
}

static void clock_read(struct control *c)
{
    int64_t now_ms = c->ports.now_ms(c->ports.self), tick_ms = (int64_t)(c->opt.rates.tick_s * MS_S);
    int64_t dt_ms = c->seq ? now_ms - c->last_ms : 0;
    if (dt_ms < 0) {
        clock_jumped(c, now_ms, dt_ms - tick_ms);
        dt_ms = tick_ms;
    } else if ((double)dt_ms > fmax(leap_s, 10 * c->opt.rates.tick_s) * MS_S) {
        clock_jumped(c, now_ms, dt_ms);
        dt_ms = (int64_t)(leap_s * MS_S);
    }
    if (now_ms >= c->clock_calm_ms) alarm_clear(&c->alarms, now_ms, -1, ALARM_CLOCK);
    c->dt_s = (double)dt_ms / MS_S;
    c->s.at_ms = c->last_ms = now_ms;
    int held = c->overrides.n;
    overrides_expire(&c->overrides, now_ms);
    if (c->overrides.n != held) atomic_store(&c->plan_due_ms, now_ms); /* the plan still counts on it */
}

/* --- requests --- */

static int request_override(struct control *c, const struct request *r)
{
    struct override o = r->of.override;
    o.who = r->who;
    return control_override(c, &o);
}

static int request_cancel(struct control *c, const struct request *r) { return control_cancel(c, r->of.id); }
static int request_ack(struct control *c, const struct request *r)
{
    return alarm_ack(&c->alarms, (int)r->of.id, r->who, c->s.at_ms);
}

static int request_policy(struct control *c, const struct request *r)
{
    if (!r->of.next) return -1;
    c->policy = r->of.next;
    return 0;
}

void rounds_gate(struct control *c)
{
    const struct village *v = c->v;
    for (int32_t r = 0; r < v->n_round; r++) {
        const struct waste_round *o = &v->round[r];
        uint8_t state = c->land ? c->land[v->n_place + r] : PLACE_IN_USE;
        for (int i = 0; i < o->n_leg; i++)
            if (c->gate[o->leg[i]] < state) state = c->gate[o->leg[i]];
        c->gate[v->n_place + r] = state;
    }
}

/* Rounds that drove by the file and drive no longer. */
static int rounds_stopped(const struct control *c)
{
    int stopped = 0;
    for (int32_t r = 0; r < c->v->n_round; r++) {
        int by_file = 1;
        for (int i = 0; i < c->v->round[r].n_leg; i++) by_file &= place_usable(&c->v->place[c->v->round[r].leg[i]]);
        stopped |= by_file && c->gate[c->v->n_place + r] < PLACE_COMMISSIONED;
    }
    return stopped;
}

void gate_update(struct control *c)
{
    int closed = 0;
    for (int32_t i = 0; i < c->v->n_place; i++) {
        uint8_t file = (uint8_t)c->v->place[i].state, state = c->works[i] < file ? c->works[i] : file;
        if (c->land && c->land[i] < state) {
            state = c->land[i];
            closed |= file >= PLACE_COMMISSIONED && state < PLACE_COMMISSIONED;
        }
        c->gate[i] = state;
    }
    rounds_gate(c);
    alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_LAND, ALARM_URGENT, closed || c->finds_open > 0);
    alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_ROUND, ALARM_WARNING, rounds_stopped(c));
}

static int request_gate(struct control *c, const struct request *r)
{
    if (r->of.id >= (uint32_t)c->v->n_place || r->value < 0 || r->value >= PLACE_STATES) return -1;
    if (r->value > (int32_t)c->v->place[r->of.id].state) return -1;
    c->works[r->of.id] = (uint8_t)r->value;
    gate_update(c);
    return 0;
}

static int request_land(struct control *c, const struct request *r)
{
    if (!r->of.next) return -1;
    c->land = r->of.next;
    c->finds_open = r->value;
    gate_update(c);
    return 0;
}

static int request_replan(struct control *c, const struct request *r)
{
    (void)c, (void)r;
    return 0;
}

static int request_controller(struct control *c, const struct request *r)
{
    if (r->of.id >= CONTROLLERS) return -1;
    c->controller = (enum controller)r->of.id;
    plan_unpin(c->plan);
    c->plan = NULL;
    return 0;
}

static int (*const request_do[])(struct control *, const struct request *) = {
    [REQUEST_OVERRIDE] = request_override,     [REQUEST_CANCEL] = request_cancel, [REQUEST_ACK] = request_ack,
    [REQUEST_POLICY] = request_policy,         [REQUEST_GATE] = request_gate,     [REQUEST_REPLAN] = request_replan,
    [REQUEST_CONTROLLER] = request_controller, [REQUEST_LAND] = request_land};

static void requests_take(struct control *c)
{
    struct request r;
    int refused = atomic_exchange(&c->refused_at_door, 0);
    c->health.requests_refused += refused;
    if (refused) c->refused_ms = c->s.at_ms;
    if (c->refused_ms > c->s.at_ms) c->refused_ms = 0; /* told on a clock that has been put back since */
    alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_REQUESTS, ALARM_WARNING,
              c->refused_ms && c->s.at_ms - c->refused_ms < REFUSED_TOLD_MS);
    atomic_store(&c->override_rows, c->overrides.n);
    for (int n = 0; n < QUEUE_CELLS && queue_pop(&c->queue, &r); n++) {
        unsigned kind = (unsigned)r.kind;
        int done = kind < sizeof request_do / sizeof request_do[0] ? request_do[kind](c, &r) : -1;
        atomic_store(&c->override_rows, c->overrides.n);
        if (r.kind == REQUEST_OVERRIDE) atomic_fetch_sub(&c->override_pending, 1);
        if (done < 0)
            c->health.requests_refused++;
        else if (r.kind != REQUEST_ACK)
            atomic_store(&c->plan_due_ms, c->s.at_ms);
    }
}

/* --- plan --- */

static int plan_fits(const struct control *c, const struct plan *p)
{
    return p->controller == c->controller && p->clock_epoch == c->clock_epoch && p->made_ms <= c->s.at_ms;
}

static void plan_take(struct control *c)
{
    struct plan_seat *k = plan_pin(c);
    if (!k || k->p.id == c->plan_seen) {
        plan_unpin(k);
    } else {
        c->plan_seen = k->p.id;
        int good = plan_valid(&c->plans, k, c->v), fits = plan_fits(c, &k->p);
        alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_PLAN_REFUSED, ALARM_WARNING, !good);
        if (good && fits) {
            plan_unpin(c->plan);
            c->plan = k;
            c->health.plans++;
            alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_PLAN_SHORT, ALARM_WARNING,
                      k->p.result.short_cost > short_worth_telling_kWh * c->policy->shortage_per_kWh);
            alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_PLAN_ROUGH, ALARM_WARNING,
                      k->p.result.end == JOINT_STALLED);
        } else {
            c->health.plans_refused++;
            plan_unpin(k);
        }
    }
    if (c->plan && (c->s.at_ms > c->plan->p.fresh_until_ms || plan_slot(&c->plan->p, c->s.at_ms) < 0)) {
        plan_unpin(c->plan);
        c->plan = NULL;
    }
    int wants = c->controller != CONTROL_RULES;
    alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_PLAN_STALE, ALARM_WARNING, wants && !c->plan && c->seq > 0);
    int64_t began_ms = atomic_load(&c->plan_began_ms);
    alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_PLANNER_HANGS, ALARM_URGENT,
              began_ms && c->s.at_ms - began_ms > PLANNER_HANGS_MS);
}

/* --- follow --- */

static int all_finite(const double *v, int n)
{
    for (int i = 0; i < n; i++)
        if (!isfinite(v[i])) return 0;
    return 1;
}

static enum source follow_asset(struct control *c, int32_t a, int slot, double *want)
{
    const struct asset *as = &c->v->asset[a];
    const struct asset_class *cls = as->cls;
    struct asset_now now = now_view(c, &c->s, a, c->opt.rates.tick_s);
    if (!(now.status & (STATUS_OUT | STATUS_LOST | STATUS_FAULT)) && slot >= 0 && c->plan->p.planned[a]) {
        struct block b = plan_block(&c->plans, c->plan, a);
        cls->command(&now, &b, slot, want);
        if (all_finite(want, cls->cmd.n)) return SOURCE_PLAN;
    }
    if (!(now.status & STATUS_OUT) && cls->rules) {
        memcpy(want, now.cmd, sizeof *want * (size_t)cls->cmd.n);
        cls->rules(&now, want);
        if (all_finite(want, cls->cmd.n)) return SOURCE_RULES;
    }
    memcpy(want, now.cmd, sizeof *want * (size_t)cls->cmd.n);
    if (cls->safe) cls->safe(&now, want);
    return SOURCE_SAFE;
}

void control_follow(struct control *c)
{
    int slot = c->plan ? plan_slot(&c->plan->p, c->s.at_ms) : -1;
    next_begin(c);
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        const struct asset *as = &c->v->asset[a];
        c->bits[a] = c->village_bits[a] = 0;
        if (!as->cls->cmd.n) continue;
        double *want = c->next.cmd + as->cmd;
        memcpy(want, c->s.cmd + as->cmd, sizeof *want * (size_t)as->cls->cmd.n);
        enum source from = follow_asset(c, a, slot, want);
        for (int i = 0; i < as->cls->cmd.n; i++)
            c->origin[as->cmd + i] = (struct origin){
                .base = (uint8_t)from, .village_rule = -1, .asset_rule = -1, .asked = (float)want[i]};
    }
}

static void override_apply(struct control *c)
{
    for (int i = 0; i < c->overrides.n; i++) {
        const struct override *o = &c->overrides.row[i];
        if (o->from_ms > c->s.at_ms) continue;
        c->next.cmd[o->point] = o->value;
        c->origin[o->point].base = SOURCE_OVERRIDE;
        c->origin[o->point].asked = (float)o->value;
    }
}

/* --- actuate, record --- */

static void count_bits(struct bite *n, uint32_t bits, uint32_t before)
{
    for (int i = 0; bits; i++, bits >>= 1, before >>= 1) {
        if (!(bits & 1)) continue;
        atomic_fetch_add_explicit(&n[i].ticks, 1, memory_order_relaxed);
        if (!(before & 1)) atomic_fetch_add_explicit(&n[i].begun, 1, memory_order_relaxed);
    }
}

/* A guard that holds for an hour has acted once. */
static void count_bites(struct control *c)
{
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        struct bite *n = c->bite + c->bite_base[a];
        count_bits(n, c->bits[a], c->bits_before[a]);
        count_bits(n + c->v->asset[a].cls->n_rule, c->village_bits[a], c->village_bits_before[a]);
        c->bits_before[a] = c->bits[a];
        c->village_bits_before[a] = c->village_bits[a];
    }
}

static void actuate(struct control *c)
{
    int n = 0;
    int64_t expires_ms =
        c->s.at_ms + (int64_t)(fmax(SETPOINT_LEAST_S, SETPOINT_TICKS * c->opt.rates.tick_s) * MS_S);
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        const struct asset *as = &c->v->asset[a];
        if (out_of_use(c, a)) continue;
        for (int i = 0; i < as->cls->cmd.n; i++)
            c->out[n++] = (struct setpoint){.expires_ms = expires_ms,
                                            .value = c->next.cmd[as->cmd + i],
                                            .point = as->cmd + i,
                                            .why = c->origin[as->cmd + i].base};
    }
    if (c->ports.dispatch) c->ports.dispatch(c->ports.self, c->gate + c->v->n_place, c->v->n_round);
    if (c->ports.actuate) c->ports.actuate(c->ports.self, c->out, n);
    memcpy(c->s.cmd, c->next.cmd, sizeof *c->s.cmd * (size_t)c->v->n_cmd);
    memcpy(c->s.status, c->next.status, sizeof *c->s.status * (size_t)c->v->n_asset);
}

static void fill_snapshot(struct control *c, struct snapshot_seat *k)
{
    const struct village *v = c->v;
    struct snapshot *s = &k->s;
    state_copy(&k->own, &c->s, v);
    for (int32_t p = 0; p < v->n_meas; p++)
        if (k->own.meas_ms[p] == INT64_MIN) k->own.meas[p] = (double)NAN;
    memcpy(k->quality, c->quality, (size_t)v->n_meas);
    memcpy(k->gate, c->gate, (size_t)(v->n_place + v->n_round));
    memcpy(k->origin, c->origin, sizeof *k->origin * (size_t)v->n_cmd);
    memcpy(k->alarm, c->alarms.row, sizeof *k->alarm * (size_t)c->alarms.n);
    memcpy(k->override, c->overrides.row, sizeof *k->override * (size_t)c->overrides.n);
    s->n_alarm = c->alarms.n;
    s->n_override = c->overrides.n;
    s->seq = (uint64_t)c->seq;
    s->at_ms = c->s.at_ms;
    s->controller = c->controller;
    s->clock_epoch = c->clock_epoch;
    s->policy = c->policy;
    s->amb = c->s.amb;
    s->health = c->health;
    plan_unpin(k->plan);
    k->plan = c->plan;
    plan_pin_again(k->plan);
    s->plan = k->plan ? &k->plan->p : NULL;
}

static void publish(struct control *c)
{
    struct snapshot_seat *k = snapshot_claim(&c->snapshots);
    if (k) {
        fill_snapshot(c, k);
        snapshot_publish(&c->snapshots, k);
    }
    if (!c->ports.record || c->s.at_ms < c->record_due_ms) return;
    int64_t every_ms = (int64_t)(c->opt.rates.record_s * MS_S);
    c->record_due_ms = (c->s.at_ms / every_ms + 1) * every_ms;
    const struct snapshot *s = snapshot_get(c);
    int behind = s && c->ports.record(c->ports.self, s) < 0;
    snapshot_put(s);
    alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_STORE, ALARM_WARNING, behind);
}

/* What makes a plan worth making anew before its time. */
static void plan_events(struct control *c)
{
    uint32_t sum = 0;
    for (int32_t a = 0; a < c->v->n_asset; a++)
        sum = sum * 31 + (c->s.status[a] & (STATUS_OUT | STATUS_FAULT | STATUS_ISLAND));
    if (c->seq > 0 && sum != c->status_sum) atomic_store(&c->plan_due_ms, c->s.at_ms);
    c->status_sum = sum;
}

void control_tick(struct control *c)
{
    double began_s = instant_mono_s();
    clock_read(c);
    requests_take(c);
    control_measure(c);
    control_observe(c);
    shed_hold(c);
    plan_take(c);
    control_follow(c);
    override_apply(c);
    guards_assets(c);
    predict_all(c);
    control_correct(c);
    guards_village(c);
    guards_assets(c);
    guards_tell(c);
    plan_events(c);
    count_bites(c);
    actuate(c);
    c->seq++;
    c->health.tick = c->seq;
    publish(c);
    c->health.tick_s_max = fmax(c->health.tick_s_max, instant_mono_s() - began_s);
    if (c->threaded)
        sem_post(&c->plan_wake);
    else
        planner_hear(c);
}
