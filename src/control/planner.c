/* The planner: on its own copy of the newest snapshot it makes the horizon, asks the forecast, lets every class
 * formulate its block, solves, and publishes an immutable plan. Nothing here is read by the tracker before it is
 * published, and nothing waits for it: a planner that hangs, dies or writes nonsense costs a stale plan and an
 * alarm. The controllers differ in their wiring only (wiring.h) and, for `perfect`, in who forecasts. Every
 * plan is solved from nothing: what was before it would save no iterations (docs/adr/0004-solver.md), and so a plan depends on
 * what is known, not on how it came about. */
#include "base/err.h"
#include "control/core.h"
#include "control/horizon.h"
#include "control/lane.h"
#include "control/pins.h"
#include "control/wiring.h"
#include "forecast/forecast.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FRESH_SLOTS = 4, MEAS_OLD_MS = 1800000 };

struct problem {           /* one wiring with its solver */
    enum controller wired; /* CONTROL_SEPARATE or CONTROL_JOINT */
    struct wiring w;
    void *mem;
    size_t bytes;
    struct joint *joint; /* NULL until first used */
};
struct planner {
    struct problem problem[2];
    struct forecast *forecast;
    void *forecast_mem;
    struct horizon_room room;
    struct state s; /* own copy */
    const struct policy *policy;
    struct pins pins;
    double *meas;
    void *meter_par; /* the grid's parameters without limits, for private meters */
    uint64_t learned_seq, next_id;
    const struct problem *last; /* whose solution the newest plan is */
};

/* --- memory --- */

static struct joint_dim dim_of(const struct control *c, const struct wiring *w)
{
    return (struct joint_dim){.shape = w->shape,
                              .port_node = w->port_node,
                              .node = w->node,
                              .n_block = w->n_block,
                              .n_node = w->n_node,
                              .T_max = c->opt.slots + c->opt.hours_after,
                              .len_max = LENS,
                              .threads = c->opt.threads};
}

/* Counting needs the wiring, so it is made for a moment in memory of its own. */
static size_t solver_bytes(const struct control *c, enum controller wired)
{
    struct cutter count = {0}, k = {0};
    struct wiring w;
    wiring_create(&w, c->v, wired, &count);
    k.base = aligned_alloc(64, (count.used + 127) / 64 * 64);
    must(k.base, "no memory to size the solver");
    wiring_create(&w, c->v, wired, &k);
    struct joint_dim dim = dim_of(c, &w);
    size_t bytes = w.n_block ? joint_bytes(&dim) : 0;
    free(k.base);
    return bytes;
}

static int32_t grid_asset(const struct village *v) { return village_class_next(v, "grid", -1); }

static void *meter_create(const struct village *v, struct cutter *k)
{
    int32_t g = grid_asset(v);
    if (g < 0) return NULL;
    const struct asset *as = &v->asset[g];
    void *par = cut(k, as->cls->par_bytes);
    if (!par) return NULL;
    memcpy(par, as->par, as->cls->par_bytes);
    static const char *const key[] = {"import_limit_W", "export_limit_W"};
    for (int i = 0; i < 2; i++) {
        int f = field_find(&as->cls->par, key[i]);
        if (f >= 0) *field_at(&as->cls->par.row[f], par) = fmax(2e6, 4 * field_get(&as->cls->par.row[f], as->par));
    }
    return par;
}

void planner_create(struct control *c, struct cutter *k)
{
    const struct village *v = c->v;
    int T_max = c->opt.slots + c->opt.hours_after;
    struct planner *p = cut(k, sizeof *p), counting;
    if (k->base)
        c->planner = p, memset(p, 0, sizeof *p);
    else
        p = &counting;
    for (int i = 0; i < 2; i++) {
        struct problem *q = &p->problem[i];
        q->wired = i ? CONTROL_SEPARATE : CONTROL_JOINT;
        q->bytes = solver_bytes(c, q->wired);
        wiring_create(&q->w, v, q->wired, k);
        q->mem = cut(k, q->bytes);
    }
    horizon_create(&p->room, v, T_max, k);
    p->forecast_mem = cut(k, forecast_bytes(v));
    void *state_mem = cut(k, state_bytes(v));
    pins_create(&p->pins, v, T_max, k);
    p->meas = cut(k, sizeof *p->meas * (size_t)(v->n_meas + 1));
    p->meter_par = meter_create(v, k);
    plans_create(&c->plans, v, T_max, v->n_node + v->n_asset + 1, k);
    if (!k->base) return;
    state_create(&p->s, v, state_mem);
    p->forecast = forecast_create(v, p->forecast_mem);
    p->next_id = 1;
}

/* --- learn --- */

void planner_learn(struct control *c, const struct snapshot *s)
{
    struct planner *p = c->planner;
    if (s->seq == p->learned_seq) return;
    p->learned_seq = s->seq;
    for (int32_t i = 0; i < c->v->n_meas; i++) {
        int known = s->meas_ms[i] != INT64_MIN && s->at_ms - s->meas_ms[i] <= MEAS_OLD_MS;
        p->meas[i] = known ? s->meas[i] : (double)NAN;
    }
    forecast_learn(p->forecast, s->at_ms, &s->amb, p->meas);
    if (c->ports.learned) c->ports.learned(c->ports.self);
}

size_t control_learned_bytes(const struct control *c) { return sizeof c->v->id + forecast_bytes(c->v); }

void control_learned_save(const struct control *c, void *mem)
{
    memcpy(mem, &c->v->id, sizeof c->v->id);
    forecast_save(c->planner->forecast, (unsigned char *)mem + sizeof c->v->id);
}

int control_learned_load(struct control *c, const void *mem, size_t bytes)
{
    if (bytes != control_learned_bytes(c) || memcmp(mem, &c->v->id, sizeof c->v->id)) return -1;
    forecast_load(c->planner->forecast, (const unsigned char *)mem + sizeof c->v->id);
    return 0;
}

void planner_map(struct control *to, const struct control *from)
{
    forecast_map(to->planner->forecast, from->planner->forecast);
}

void planner_hear(struct control *c)
{
    const struct snapshot *s = snapshot_get(c);
    if (s) planner_learn(c, s);
    snapshot_put(s);
}

/* --- formulate --- */

static void copy_state(struct planner *p, const struct village *v, const struct snapshot *s)
{
    p->s.at_ms = s->at_ms;
    p->s.amb = s->amb;
    memcpy(p->s.x, s->x, sizeof *s->x * (size_t)v->n_x);
    memcpy(p->s.meas, s->meas, sizeof *s->meas * (size_t)v->n_meas);
    memcpy(p->s.cmd, s->cmd, sizeof *s->cmd * (size_t)v->n_cmd);
    memcpy(p->s.exo, s->exo, sizeof *s->exo * (size_t)v->n_exo);
    memcpy(p->s.flow, s->flow, sizeof *s->flow * (size_t)v->n_flow);
    memcpy(p->s.meas_ms, s->meas_ms, sizeof *s->meas_ms * (size_t)v->n_meas);
    for (int32_t a = 0; a < v->n_asset; a++) p->s.status[a] = s->status[a] & ~(uint32_t)(STATUS_SHED | STATUS_CUT);
    p->policy = s->policy;
    pins_free_all(&p->pins, v);
    for (int i = 0; i < s->n_override; i++) {
        const struct override *o = &s->override[i];
        if (o->from_ms > s->at_ms) continue;
        p->pins.value[o->point] = o->value;
        p->pins.until_ms[o->point] = o->until_ms;
    }
}

/* A state of the common meter; 0 without one. */
static double at_meter(const struct planner *p, const struct village *v, const char *key)
{
    int32_t g = grid_asset(v);
    int x = g < 0 ? -1 : field_find(&v->asset[g].cls->state, key);
    return x < 0 ? 0 : p->s.x[v->asset[g].x + x];
}

static int finite_forecast(const struct horizon_room *r, int T, int n_exo)
{
    for (int t = 0; t < T; t++)
        if (!isfinite(r->amb[t].temp_degC + r->amb[t].temp_mean_degC + r->amb[t].ghi_W_m2 + r->amb[t].wind_m_s))
            return 0;
    for (size_t i = 0; i < (size_t)T * (size_t)n_exo; i++)
        if (!isfinite(r->exo[i])) return 0;
    return 1;
}

static struct horizon look_ahead(struct control *c, struct planner *p, enum controller controller)
{
    struct horizon h = horizon_make(&p->room, c->v, p->policy, p->s.at_ms, c->opt.slots, c->opt.hours_after,
                                    at_meter(p, c->v, "peak_W"));
    h.sells_frac = at_meter(p, c->v, "sells_frac");
    int perfect = controller == CONTROL_PERFECT && c->ports.forecast;
    if (!perfect || c->ports.forecast(c->ports.self, &h, p->room.amb, p->room.exo) < 0 ||
        !finite_forecast(&p->room, h.T, c->v->n_exo))
        forecast_fill(p->forecast, &h, p->room.amb, p->room.exo);
    return h;
}

static struct asset_now planned_view(const struct control *c, struct planner *p, const struct wiring *w, int32_t a,
                                     int T)
{
    const struct asset *as = &c->v->asset[a];
    struct asset_now now = asset_view(c->v, &p->s, a, w->par[a], c->opt.rates.tick_s);
    now.exo = p->room.exo + (size_t)T * (size_t)as->exo;
    now.amb = p->room.amb;
    now.policy = p->policy;
    return now;
}

static void formulate(struct control *c, struct planner *p, struct problem *q, const struct horizon *h)
{
    struct horizon meter = *h, homes = *h;
    meter.peak_per_W = homes.peak_per_W = 0;
    homes.sell = h->buy;
    for (int i = 0; i < q->w.n_block; i++) {
        struct block *b = joint_block(q->joint, i);
        int32_t a = q->w.asset[i], private_node = q->w.private_of[i];
        struct asset_now now = planned_view(c, p, &q->w, a, h->T);
        b->asset = a;
        if (private_node >= 0) now.par = p->meter_par;
        pins_formulate(&p->pins, &c->v->asset[a], &now,
                       private_node < 0    ? h
                       : private_node == 0 ? &homes
                                           : &meter,
                       p->room.start_ms, b);
    }
}

/* --- publish --- */

static void put_why(struct plan_seat *k, struct problem *q)
{
    k->p.n_why = joint_why(q->joint, k->why, PLAN_WHY_MAX);
}

static void put_prices(struct control *c, struct plan_seat *k, struct problem *q, const struct horizon *h)
{
    int T = h->T;
    k->p.n_node = c->v->n_node + q->w.n_private;
    for (int n = 0; n < k->p.n_node; n++)
        memcpy(k->price + (size_t)n * (size_t)T, h->buy, sizeof *h->buy * (size_t)T);
    for (int n = 0; n < q->w.n_node; n++)
        memcpy(k->price + (size_t)q->w.plan_node[n] * (size_t)T, joint_price(q->joint, n),
               sizeof *k->price * (size_t)T);
    memcpy(k->buy, h->buy, sizeof *h->buy * (size_t)T);
    memcpy(k->sell, h->sell, sizeof *h->sell * (size_t)T);
    memcpy(k->start_ms, c->planner->room.start_ms, sizeof *k->start_ms * (size_t)(T + 1));
}

static void put_rows(struct control *c, struct plan_seat *k, const struct block *b, int32_t a, int T)
{
    const struct asset *as = &c->v->asset[a];
    const struct block_shape *s = b->shape;
    struct block own = plan_block(&c->plans, k, a);
    size_t lanes = (size_t)b->lanes, lane = (size_t)b->lane;
    for (int t = 0; t < T; t++) {
        for (int i = 0; i < s->nu; i++) own.u[t * s->nu + i] = block_u(b, i, t);
        for (int i = 0; i < s->nrow; i++) {
            double y = b->y[((size_t)t * s->nrow + (size_t)i) * lanes + lane];
            own.y[t * s->nrow + i] = y;
            if (s->row[i].field >= 0 && s->row[i].field < as->cls->state.n)
                k->x[t * c->v->n_x + as->x + s->row[i].field] = (float)y;
        }
    }
}

static void put_block(struct control *c, struct plan_seat *k, struct problem *q, int i, const struct horizon *h)
{
    const struct block *b = joint_block(q->joint, i);
    int32_t a = q->w.asset[i];
    const struct asset *as = &c->v->asset[a];
    struct asset_now now = asset_view(c->v, &c->planner->s, a, NULL, c->opt.rates.tick_s);
    struct lane l;
    double flow[LANE_PORTS_MAX], cmd[64];
    now.policy = c->planner->policy;
    if (q->w.private_of[i] < 0) put_rows(c, k, b, a, h->T);
    lane_start(&l, b);
    for (int t = 0; t < h->T; t++) {
        lane_step(&l, t, h->len[t], flow);
        for (int port = 0; port < b->shape->nport; port++)
            k->flow[t * c->v->n_flow + as->flow + port] += flow[port];
        if (q->w.private_of[i] >= 0 || !as->cls->cmd.n || !as->cls->command) continue;
        memcpy(cmd, now.cmd, sizeof *cmd * (size_t)as->cls->cmd.n);
        as->cls->command(&now, b, t, cmd);
        for (int j = 0; j < as->cls->cmd.n; j++) k->cmd[t * c->v->n_cmd + as->cmd + j] = (float)cmd[j];
        k->planned[a] = 1;
    }
    for (int port = 0; port < as->cls->n_port; port++) {
        int32_t n = q->w.port_node[q->w.port_base[i] + port];
        if (q->w.private_of[i] < 0) k->port_node[as->flow + port] = n < 0 ? -1 : q->w.plan_node[n];
    }
}

static void put_plan(struct control *c, struct plan_seat *k, struct problem *q, const struct horizon *h,
                     const struct snapshot *s, const struct joint_result *r)
{
    const struct village *v = c->v;
    struct plan *p = &k->p;
    p->id = c->planner->next_id++;
    p->village_id = v->id;
    p->policy_version = c->planner->policy->version;
    p->made_ms = s->at_ms;
    p->fresh_slots = FRESH_SLOTS;
    p->result = *r;
    p->controller = s->controller;
    p->clock_epoch = s->clock_epoch;
    p->T = h->T;
    memset(k->flow, 0, sizeof *k->flow * (size_t)h->T * (size_t)v->n_flow);
    memset(k->cmd, 0, sizeof *k->cmd * (size_t)h->T * (size_t)v->n_cmd);
    memset(k->planned, 0, (size_t)v->n_asset);
    for (int i = 0; i < h->T * v->n_x; i++) k->x[i] = (double)NAN;
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int i = 0; i < v->asset[a].cls->n_port; i++) k->port_node[v->asset[a].flow + i] = v->asset[a].node[i];
    put_prices(c, k, q, h);
    for (int i = 0; i < q->w.n_block; i++) put_block(c, k, q, i, h);
    put_why(k, q);
    p->fresh_until_ms = k->start_ms[h->T < FRESH_SLOTS ? h->T : FRESH_SLOTS];
}

static struct problem *problem_of(struct control *c, enum controller k)
{
    struct problem *q = &c->planner->problem[k == CONTROL_SEPARATE];
    if (!q->joint && q->w.n_block) {
        struct joint_dim dim = dim_of(c, &q->w);
        q->joint = joint_create(&dim, q->mem);
    }
    return q;
}

/* Solves and publishes; with no block to plan there is no plan. */
static void plan_from(struct control *c, const struct snapshot *s, struct problem *q)
{
    struct planner *p = c->planner;
    copy_state(p, c->v, s);
    struct horizon h = look_ahead(c, p, s->controller);
    formulate(c, p, q, &h);
    struct joint_limit limit = {.gap_rel = c->opt.gap_rel,
                                .time_s = c->opt.solve_s,
                                .T = h.T,
                                .fractions = c->opt.fractions,
                                .stop = c->threaded ? &c->stopping : NULL,
                                .len = h.len,
                                .dt_s = h.dt_s};
    struct joint_result r = joint_solve(q->joint, &limit);
    if (limit.stop && atomic_load(limit.stop)) { /* nobody waits for this plan; who goes on begins with one */
        atomic_store(&c->plan_due_ms, s->at_ms);
        return;
    }
    struct plan_seat *k = plan_claim(c);
    put_plan(c, k, q, &h, s, &r);
    p->last = q;
    plan_publish(c, k);
}

void planner_plan(struct control *c)
{
    const struct snapshot *s = snapshot_get(c);
    if (s && s->controller != CONTROL_RULES) {
        planner_learn(c, s);
        struct problem *q = problem_of(c, s->controller);
        if (q->joint) plan_from(c, s, q);
    }
    snapshot_put(s);
}

int control_write_mps(const struct control *c, FILE *f)
{
    if (!c->planner->last) return -1;
    return joint_write_mps(c->planner->last->joint, f);
}
