/* Passes over the elements of a cell that need no recursion: targets of the predictor and the corrector, step
 * lengths, complementarity, the step itself. Formulas at element.h. */
#include "solver/element.h"
#include <string.h>

struct walk {
    vec st[STAGE_MAX];
    int cur;
};

static void walk_open(const struct cell *c, struct walk *w)
{
    stage_zero(c, w->st);
    w->cur = -1;
}

LANE_INLINE struct box box_at(const struct cell *c, const vec *st, size_t at, int i)
{
    const struct comp *p = c->comp;
    return box_of(c->u[at], st[p->off[AT_LO] + i], st[p->off[AT_HI] + i], c->zl[at], c->zh[at]);
}

/* Steps of a box's duals for its step du. */
struct box_step {
    vec dzl, dzh;
};
LANE_INLINE struct box_step box_move(const struct cell *c, const struct box *b, size_t at, vec du)
{
    vec none = vec_of(0);
    return (struct box_step){vec_pick(b->fixed, none, c->m.tl[at] - b->wl * du - c->zl[at]),
                             vec_pick(b->fixed, none, c->m.th[at] + b->wh * du - c->zh[at])};
}

static void box_target(struct cell *c, const struct box *b, size_t at, vec mu, int corrector)
{
    vec ml = mu, mh = mu, none = vec_of(0);
    if (corrector) {
        struct box_step d = box_move(c, b, at, c->m.du[at]);
        ml -= c->m.du[at] * d.dzl;
        mh += c->m.du[at] * d.dzh;
    }
    c->m.tl[at] = vec_pick(b->fixed, none, ml / b->vl);
    c->m.th[at] = vec_pick(b->fixed, none, mh / b->vh);
}

LANE_INLINE struct side side_at(const struct cell *c, const vec *st, size_t at, int r, int hi)
{
    const struct comp *p = c->comp;
    return side_of(st[p->off[hi ? AT_PRICE_HI : AT_PRICE_LO] + r], c->z[at], c->s[at], c->v[at]);
}
LANE_INLINE vec bound_at(const struct comp *p, const vec *st, int r, int hi)
{
    return st[p->off[hi ? AT_ROW_HI : AT_ROW_LO] + r];
}

static void side_target(struct cell *c, const vec *st, int t, int r, int hi, vec mu, int corrector)
{
    const struct comp *p = c->comp;
    size_t row = (size_t)t * p->nrow + (size_t)r, at = row * 2 + (size_t)hi;
    double sign = hi ? -1 : 1;
    vec bound = bound_at(p, st, r, hi), none = vec_of(0);
    struct side e = side_at(c, st, at, r, hi);
    vec r1 = mu - e.v * e.z, r2 = mu - e.s * e.zs, res = (c->y[row] - bound) * sign + e.s - e.v;
    if (corrector) {
        struct side_step d = side_move(&e, sign, c->y[row], bound, c->m.zc[at], c->m.sc[at], c->m.dy[row]);
        r1 -= d.dv * d.dz;
        r2 += d.ds * d.dz;
    }
    c->m.zc[at] = vec_pick(e.on, e.z + (r1 - e.z * r2 / e.zs - e.z * res) / e.den, none);
    c->m.sc[at] = vec_pick(e.on, r2 / e.zs, none);
}

void cell_target(const struct joint *j, struct cell *c, double sigma_mu, int corrector)
{
    const struct comp *p = c->comp;
    struct walk w;
    walk_open(c, &w);
    vec mu = vec_of(sigma_mu);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &w.cur, w.st);
        for (int i = 0; i < p->nu; i++) {
            size_t at = (size_t)t * p->nu + (size_t)i;
            struct box b = box_at(c, w.st, at, i);
            box_target(c, &b, at, mu, corrector);
        }
        for (int r = 0; r < p->nrow; r++)
            for (int hi = 0; hi < 2; hi++) side_target(c, w.st, t, r, hi, mu, corrector);
    }
}

/* What a product p must gain to come back between least and most (Gondzio 1996), never losing more than most. */
LANE_INLINE vec outlier(vec p, double least, double most)
{
    vec none = vec_of(0), lack = vec_max(vec_of(least) - p, none);
    return lack + vec_max(vec_min(vec_of(most) - p, none), vec_of(-most));
}

static void side_center(struct cell *c, const vec *st, size_t row, int r, int hi, const struct ratio *a, double mu)
{
    size_t at = row * 2 + (size_t)hi;
    struct side e = side_of(st[c->comp->off[hi ? AT_PRICE_HI : AT_PRICE_LO] + r], c->z[at], c->s[at], c->v[at]);
    struct side_step d =
        side_move(&e, hi ? -1 : 1, c->y[row], bound_at(c->comp, st, r, hi), c->m.zc[at], c->m.sc[at], c->m.dy[row]);
    vec g1 = outlier((e.v + d.dv * a->primal) * (e.z + d.dz * a->dual), 0.1 * mu, 10 * mu);
    vec g2 = outlier((e.s + d.ds * a->primal) * (e.zs - d.dz * a->dual), 0.1 * mu, 10 * mu);
    c->alt.zc[at] = c->m.zc[at] + vec_pick(e.on, (g1 - e.z * g2 / e.zs) / e.den, vec_of(0));
    c->alt.sc[at] = c->m.sc[at] + vec_pick(e.on, g2 / e.zs, vec_of(0));
}

/* The other motion becomes the current one. */
void cell_swap(struct cell *c)
{
    struct motion m = c->m;
    c->m = c->alt;
    c->alt = m;
}

/* Moves the targets of the products that would lie far from mu after the step a (Gondzio's centrality correctors,
 * Comput. Optim. Appl. 6, 1996, 137). The motion so far stays as the other one. */
void cell_center(const struct joint *j, struct cell *c, const struct ratio *a, double mu)
{
    const struct comp *p = c->comp;
    struct walk w;
    walk_open(c, &w);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &w.cur, w.st);
        for (int i = 0; i < p->nu; i++) {
            size_t at = (size_t)t * p->nu + (size_t)i;
            struct box b = box_at(c, w.st, at, i);
            struct box_step d = box_move(c, &b, at, c->m.du[at]);
            vec none = vec_of(0), du = c->m.du[at] * a->primal;
            vec gl = outlier((b.vl + du) * (c->zl[at] + d.dzl * a->dual), 0.1 * mu, 10 * mu);
            vec gh = outlier((b.vh - du) * (c->zh[at] + d.dzh * a->dual), 0.1 * mu, 10 * mu);
            c->alt.tl[at] = c->m.tl[at] + vec_pick(b.fixed, none, gl / b.vl);
            c->alt.th[at] = c->m.th[at] + vec_pick(b.fixed, none, gh / b.vh);
        }
        for (int r = 0; r < p->nrow; r++)
            for (int hi = 0; hi < 2; hi++) side_center(c, w.st, (size_t)t * p->nrow + (size_t)r, r, hi, a, mu);
    }
    cell_swap(c);
}

/* Largest step (at most 1) that keeps value + a step >= 0. */
LANE_INLINE vec room(vec value, vec step, vec most)
{
    vec none = vec_of(0);
    return vec_pick(step < none, vec_min(most, -value / vec_min(step, vec_of(-1e-300))), most);
}

struct reach {
    vec primal, dual;
};

static void box_reach(const struct cell *c, const struct box *b, size_t at, struct reach *a)
{
    struct box_step d = box_move(c, b, at, c->m.du[at]);
    vec du = vec_pick(b->fixed, vec_of(0), c->m.du[at]);
    a->primal = room(b->vl, du, room(b->vh, -du, a->primal));
    a->dual = room(c->zl[at], d.dzl, room(c->zh[at], d.dzh, a->dual));
}

static struct side_step side_step_at(const struct cell *c, const vec *st, const struct side *e, size_t row, int r,
                                     int hi)
{
    size_t at = row * 2 + (size_t)hi;
    return side_move(e, hi ? -1 : 1, c->y[row], bound_at(c->comp, st, r, hi), c->m.zc[at], c->m.sc[at],
                     c->m.dy[row]);
}

static void side_reach(const struct cell *c, const vec *st, size_t row, int r, int hi, struct reach *a)
{
    struct side e = side_at(c, st, row * 2 + (size_t)hi, r, hi);
    struct side_step d = side_step_at(c, st, &e, row, r, hi);
    a->primal = room(e.v, d.dv, room(e.s, d.ds, a->primal));
    vec z = vec_pick(e.on, e.z, vec_of(1));
    a->dual = room(z, d.dz, room(e.zs, -d.dz, a->dual));
}

void cell_ratio(const struct joint *j, const struct cell *c, struct ratio *out)
{
    const struct comp *p = c->comp;
    struct reach a = {vec_of(out->primal), vec_of(out->dual)};
    struct walk w;
    walk_open(c, &w);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &w.cur, w.st);
        for (int i = 0; i < p->nu; i++) {
            size_t at = (size_t)t * p->nu + (size_t)i;
            struct box b = box_at(c, w.st, at, i);
            box_reach(c, &b, at, &a);
        }
        for (int r = 0; r < p->nrow; r++)
            for (int hi = 0; hi < 2; hi++) side_reach(c, w.st, (size_t)t * p->nrow + (size_t)r, r, hi, &a);
    }
    out->primal = fmin(out->primal, vec_least(a.primal));
    out->dual = fmin(out->dual, vec_least(a.dual));
}

void cell_tally(const struct joint *j, const struct cell *c, const struct ratio *s, struct tally *out)
{
    const struct comp *p = c->comp;
    struct walk w;
    vec comp = vec_of(0), affine = comp, count = comp, one = vec_of(1), none = comp;
    walk_open(c, &w);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &w.cur, w.st);
        for (int i = 0; i < p->nu; i++) {
            size_t at = (size_t)t * p->nu + (size_t)i;
            struct box b = box_at(c, w.st, at, i);
            struct box_step d = box_move(c, &b, at, c->m.du[at]);
            vec du = vec_pick(b.fixed, none, c->m.du[at]);
            comp += vec_pick(b.fixed, none, b.vl * c->zl[at] + b.vh * c->zh[at]);
            affine += vec_pick(b.fixed, none,
                               (b.vl + du * s->primal) * (c->zl[at] + d.dzl * s->dual) +
                                   (b.vh - du * s->primal) * (c->zh[at] + d.dzh * s->dual));
            count += vec_pick(b.fixed, none, one + one);
        }
        for (int k = 0; k < 2 * p->nrow; k++) {
            size_t row = (size_t)t * p->nrow + (size_t)k / 2;
            struct side e = side_at(c, w.st, (size_t)t * p->nrow * 2 + (size_t)k, k / 2, k & 1);
            struct side_step d = side_step_at(c, w.st, &e, row, k / 2, k & 1);
            comp += vec_pick(e.on, e.v * e.z + e.s * e.zs, none);
            affine += vec_pick(e.on,
                               (e.v + d.dv * s->primal) * (e.z + d.dz * s->dual) +
                                   (e.s + d.ds * s->primal) * (e.zs - d.dz * s->dual),
                               none);
            count += vec_pick(e.on, one + one, none);
        }
    }
    out->comp += vec_sum(comp);
    out->affine += vec_sum(affine);
    out->count += vec_sum(count);
}

static void side_update(struct cell *c, const vec *st, size_t row, int r, int hi, const struct ratio *a)
{
    size_t at = row * 2 + (size_t)hi;
    struct side e = side_at(c, st, at, r, hi);
    struct side_step d = side_step_at(c, st, &e, row, r, hi);
    c->z[at] += d.dz * a->dual;
    c->s[at] += d.ds * a->primal;
    c->v[at] += d.dv * a->primal;
}

void cell_update(const struct joint *j, struct cell *c, const struct ratio *a)
{
    const struct comp *p = c->comp;
    struct walk w;
    walk_open(c, &w);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &w.cur, w.st);
        for (int i = 0; i < p->nu; i++) {
            size_t at = (size_t)t * p->nu + (size_t)i;
            struct box b = box_at(c, w.st, at, i);
            struct box_step d = box_move(c, &b, at, c->m.du[at]);
            c->zl[at] += d.dzl * a->dual;
            c->zh[at] += d.dzh * a->dual;
            c->u[at] += vec_pick(b.fixed, vec_of(0), c->m.du[at]) * a->primal;
        }
        for (int r = 0; r < p->nrow; r++) {
            size_t row = (size_t)t * p->nrow + (size_t)r;
            for (int hi = 0; hi < 2; hi++) side_update(c, w.st, row, r, hi, a);
            c->y[row] += c->m.dy[row] * a->primal;
        }
        for (int i = 0; i < p->nx; i++) {
            size_t at = (size_t)(t + 1) * p->nx + (size_t)i;
            c->x[at] += c->m.dx[at] * a->primal;
        }
    }
}

/* States and rows from the inputs alone. */
void cell_simulate(const struct joint *j, struct cell *c)
{
    const struct comp *p = c->comp;
    const int nx = p->nx, nu = p->nu;
    struct walk w;
    walk_open(c, &w);
    memcpy(c->x, c->x0, sizeof(vec) * p->nx);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &w.cur, w.st);
        const vec *st = w.st, *x = c->x + t * nx, *u = c->u + t * nu;
        vec *n = c->x + (t + 1) * nx;
        for (int i = 0; i < nx; i++) {
            n[i] = st[p->off[AT_DRIFT] + i];
            for (int k = 0; k < nx; k++) n[i] += st[p->off[AT_A] + i * nx + k] * x[k];
            for (int k = 0; k < nu; k++) n[i] += st[p->off[AT_B] + i * nu + k] * u[k];
        }
        for (int r = 0; r < p->nrow; r++) {
            vec e = vec_of(0);
            for (int k = 0; k < nx; k++) e += st[p->off[AT_C] + r * nx + k] * n[k];
            for (int k = 0; k < nu; k++) e += st[p->off[AT_D] + r * nu + k] * u[k];
            c->y[(size_t)t * p->nrow + (size_t)r] = e;
        }
    }
}
