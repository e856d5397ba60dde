/* The pool of plans: written by the planner, published by one pointer swap, pinned by whoever follows or shows
 * them. As many seats as can be pinned at once plus one, so that the planner always finds a free one and nobody
 * waits. A plan keeps the solver's inputs and rows beside the set-points: a class turns them into set-points afresh
 * every tick, from the state as it then is (duty cycles). */
#include "base/err.h"
#include "control/core.h"
#include <math.h>
#include <string.h>

static void seat_create(struct plan_seat *k, const struct plans *s, const struct village *v, int n_node,
                        struct cutter *c)
{
    size_t T = (size_t)s->T_max;
    k->start_ms = cut(c, sizeof *k->start_ms * (T + 1));
    k->price = cut(c, sizeof *k->price * T * (size_t)n_node);
    k->flow = cut(c, sizeof *k->flow * T * (size_t)v->n_flow);
    k->buy = cut(c, sizeof *k->buy * T);
    k->sell = cut(c, sizeof *k->sell * T);
    k->cmd = cut(c, sizeof *k->cmd * T * (size_t)v->n_cmd);
    k->x = cut(c, sizeof *k->x * T * (size_t)v->n_x);
    k->port_node = cut(c, sizeof *k->port_node * (size_t)(v->n_flow + 1));
    k->planned = cut(c, (size_t)v->n_asset + 1);
    k->why = cut(c, sizeof *k->why * PLAN_WHY_MAX);
    k->u = cut(c, sizeof *k->u * T * (size_t)s->n_u);
    k->y = cut(c, sizeof *k->y * T * (size_t)s->n_y);
    if (!c->base) return;
    memset(&k->p, 0, sizeof k->p);
    atomic_init(&k->pins, 0);
    k->p.start_ms = k->start_ms, k->p.price = k->price, k->p.flow = k->flow, k->p.cmd = k->cmd, k->p.x = k->x;
    k->p.buy = k->buy, k->p.sell = k->sell, k->p.port_node = k->port_node, k->p.planned = k->planned,
    k->p.why = k->why;
    k->p.n_cmd = v->n_cmd, k->p.n_flow = v->n_flow, k->p.n_x = v->n_x;
}

void plans_create(struct plans *s, const struct village *v, int T_max, int n_node_max, struct cutter *c)
{
    s->shape = cut(c, sizeof *s->shape * (size_t)(v->n_asset + 1));
    s->u_base = cut(c, sizeof *s->u_base * (size_t)(v->n_asset + 1));
    s->y_base = cut(c, sizeof *s->y_base * (size_t)(v->n_asset + 1));
    s->T_max = T_max;
    s->n_u = s->n_y = 0;
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct block_shape *shape = v->asset[a].cls->shape ? v->asset[a].cls->shape(v->asset[a].par) : NULL;
        if (c->base) {
            s->shape[a] = shape;
            s->u_base[a] = s->n_u, s->y_base[a] = s->n_y;
        }
        if (!shape) continue;
        s->n_u += shape->nu, s->n_y += shape->nrow;
    }
    for (int i = 0; i < PLANS; i++) seat_create(&s->seat[i], s, v, n_node_max, c);
    atomic_init(&s->published, NULL);
}

struct block plan_block(const struct plans *s, const struct plan_seat *k, int32_t a)
{
    size_t T = (size_t)s->T_max;
    return (struct block){.shape = s->shape[a],
                          .asset = a,
                          .lanes = 1,
                          .u = k->u + (size_t)s->u_base[a] * T,
                          .y = k->y + (size_t)s->y_base[a] * T};
}

struct plan_seat *plan_claim(struct control *c)
{
    struct plan_seat *newest = atomic_load(&c->plans.published);
    for (int i = 0; i < PLANS; i++) {
        int unpinned = 0;
        struct plan_seat *k = &c->plans.seat[i];
        if (k != newest && atomic_compare_exchange_strong(&k->pins, &unpinned, -1)) return k;
    }
    must(0, "all %d plans are pinned", PLANS);
}

void plan_publish(struct control *c, struct plan_seat *k)
{
    atomic_store(&k->pins, 0);
    atomic_store(&c->plans.published, k);
}

struct plan_seat *plan_pin(struct control *c)
{
    for (;;) {
        struct plan_seat *k = atomic_load(&c->plans.published);
        if (!k) return NULL;
        int n = atomic_load(&k->pins);
        if (n >= 0 && atomic_compare_exchange_weak(&k->pins, &n, n + 1)) return k;
    }
}

void plan_pin_again(struct plan_seat *k)
{
    if (k) atomic_fetch_add(&k->pins, 1);
}

void plan_unpin(struct plan_seat *k)
{
    if (k) atomic_fetch_sub(&k->pins, 1);
}

int plan_slot(const struct plan *p, int64_t at_ms)
{
    if (!p || p->T < 1 || at_ms < p->start_ms[0] || at_ms >= p->start_ms[p->T]) return -1;
    int lo = 0, hi = p->T;
    while (hi - lo > 1) {
        int mid = (lo + hi) / 2;
        if (p->start_ms[mid] <= at_ms)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

static int cmd_valid(const struct plan *p, const struct asset *as)
{
    for (int i = 0; i < as->cls->cmd.n; i++) {
        const struct field *f = &as->cls->cmd.row[i];
        double slack = 1e-3 * (1 + fabs(f->min) + fabs(f->max));
        for (int t = 0; t < p->T; t++) {
            double v = (double)p->cmd[(size_t)t * (size_t)p->n_cmd + (size_t)(as->cmd + i)];
            if (!isfinite(v) || (f->max > f->min && (v < f->min - slack || v > f->max + slack))) return 0;
        }
    }
    return 1;
}

static int all_finite(const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(v[i])) return 0;
    return 1;
}

/* Finite, in the fields' bounds, about this village, time going forward. */
int plan_valid(const struct plans *s, const struct plan_seat *k, const struct village *v)
{
    const struct plan *p = &k->p;
    if (p->village_id != v->id || p->T < 1 || p->T > s->T_max || p->n_cmd != v->n_cmd || !isfinite(p->result.cost))
        return 0;
    for (int t = 0; t < p->T; t++)
        if (p->start_ms[t + 1] <= p->start_ms[t]) return 0;
    if (!all_finite(p->price, (size_t)p->n_node * (size_t)p->T)) return 0;
    for (int32_t a = 0; a < v->n_asset; a++) {
        if (!p->planned[a]) continue;
        struct block b = plan_block(s, k, a);
        if (!all_finite(b.u, (size_t)p->T * b.shape->nu) || !cmd_valid(p, &v->asset[a])) return 0;
    }
    return 1;
}
