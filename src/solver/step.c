/* Passes over the elements of a cell that need no recursion: targets of predictor, corrector and centring, step lengths
 * with complementarity, the step itself. Formulas at element.h. */
#include "solver/element.h"
#include <string.h>

#define LEAST_LEFT 0.3 /* of its products, when a lane says where it aims */
#define LEAST_AIM 0.3  /* of the village's; with less, blocks that do well run ahead of the prices */

LANE_INLINE size_t row_at(const struct comp *p, int t, int r) { return (size_t)t * p->nrow + (size_t)r; }
LANE_INLINE size_t input_at(const struct comp *p, int t, int i) { return (size_t)t * p->nu + (size_t)i; }
LANE_INLINE double sign_of(int hi) { return hi ? -1 : 1; }
LANE_INLINE struct box box_at(const struct cell *c, const vec *st, size_t at, int i)
{
    const struct comp *p = c->comp;
    return box_of(c->u[at], st[p->off[AT_LO] + i], st[p->off[AT_HI] + i]);
}
LANE_INLINE vec price_at(const struct comp *p, const vec *st, int r, int hi)
{
    return st[p->off[hi ? AT_PRICE_HI : AT_PRICE_LO] + r];
}
LANE_INLINE vec residual_at(const struct cell *c, const vec *st, size_t row, int r, int hi)
{
    size_t at = row * 2 + (size_t)hi;
    return (c->y[row] - st[c->comp->off[hi ? AT_ROW_HI : AT_ROW_LO] + r]) * sign_of(hi) + c->s[at] - c->v[at];
}

/* Steps of a box's duals for its step du. */
struct box_step {
    vec dzl, dzh;
};
LANE_INLINE struct box_step box_move(const struct cell *c, const struct box *b, size_t at)
{
    vec du = c->m.du[at], zl = c->zl[at], zh = c->zh[at];
    return (struct box_step){c->m.tl[at] - zl * b->il * du - zl, c->m.th[at] + zh * b->ih * du - zh};
}

/* The predictor aims at products of 0. */
void cell_predict(const struct joint *j, struct cell *c)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX];
    int cur = -1;
    memset(c->m.tl, 0, sizeof(vec) * (size_t)j->T * p->nu);
    memset(c->m.th, 0, sizeof(vec) * (size_t)j->T * p->nu);
    for (int t = 0; p->nrow > 0 && t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int n = 0; n < c->n_side; n++) {
            const int k = c->side[n];
            size_t row = row_at(p, t, k / 2), at = row * 2 + (size_t)(k & 1);
            struct side e = side_of(price_at(p, st, k / 2, k & 1), c->z[at], c->s[at], c->v[at]);
            vec r2 = -e.s * e.zs, res = residual_at(c, st, row, k / 2, k & 1);
            vec zc = e.z + (-e.v * e.z * e.zs - e.z * r2 - e.z * res * e.zs) * e.q;
            c->m.zc[at] = vec_pick(e.on, zc, vec_of(0));
            c->m.sc[at] = r2;
        }
    }
}

static void side_correct(struct cell *c, const vec *st, size_t row, int r, int hi, vec mu)
{
    size_t at = row * 2 + (size_t)hi;
    struct side e = side_of(price_at(c->comp, st, r, hi), c->z[at], c->s[at], c->v[at]);
    vec res = residual_at(c, st, row, r, hi), izs = 1 / e.zs;
    struct side_step d = side_move(&e, sign_of(hi), res, c->m.zc[at], c->m.sc[at], c->m.dy[row], izs);
    vec r1 = mu - e.v * e.z - d.dv * d.dz, r2 = mu - e.s * e.zs + d.ds * d.dz;
    c->m.zc[at] = vec_pick(e.on, e.z + (r1 * e.zs - e.z * r2 - e.z * res * e.zs) * e.q, vec_of(0));
    c->m.sc[at] = r2;
}

/* The corrector aims where cell_sigma says, less the second-order term of the predictor's step. */
void cell_correct(const struct joint *j, struct cell *c)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], mu = c->aim[0], none = vec_of(0);
    int cur = -1;
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int i = 0; i < p->nu; i++) {
            size_t at = input_at(p, t, i);
            struct box b = box_at(c, st, at, i);
            struct box_step d = box_move(c, &b, at);
            c->m.tl[at] = vec_pick(b.fixed, none, (mu - c->m.du[at] * d.dzl) * b.il);
            c->m.th[at] = vec_pick(b.fixed, none, (mu + c->m.du[at] * d.dzh) * b.ih);
        }
        for (int n = 0; n < c->n_side; n++)
            side_correct(c, st, row_at(p, t, c->side[n] / 2), c->side[n] / 2, c->side[n] & 1, mu);
    }
}

/* The start's aim: products of mu, no step known yet. */
void cell_aim(const struct joint *j, struct cell *c, double mu)
{
    const struct comp *p = c->comp;
    memset(c->m.du, 0, sizeof(vec) * (size_t)j->T * p->nu);
    memset(c->m.dy, 0, sizeof(vec) * (size_t)j->T * p->nrow);
    memcpy(c->m.tl, c->zl, sizeof(vec) * (size_t)j->T * p->nu);
    memcpy(c->m.th, c->zh, sizeof(vec) * (size_t)j->T * p->nu);
    memcpy(c->m.zc, c->z, sizeof(vec) * (size_t)j->T * p->nrow * 2);
    memset(c->m.sc, 0, sizeof(vec) * (size_t)j->T * p->nrow * 2);
    c->aim[0] = vec_of(mu);
    cell_correct(j, c);
}

/* What a product p must gain to come back between a tenth and ten times mu, never losing more than that. */
LANE_INLINE vec outlier(vec p, vec mu)
{
    vec none = vec_of(0), most = mu * 10, lack = vec_max(mu * 0.1 - p, none);
    return lack + vec_max(vec_min(most - p, none), -most);
}

static void side_center(struct cell *c, const vec *st, size_t row, int r, int hi, const struct ratio *a, vec mu)
{
    size_t at = row * 2 + (size_t)hi;
    struct side e = side_of(price_at(c->comp, st, r, hi), c->z[at], c->s[at], c->v[at]);
    vec res = residual_at(c, st, row, r, hi), izs = 1 / e.zs;
    struct side_step d = side_move(&e, sign_of(hi), res, c->m.zc[at], c->m.sc[at], c->m.dy[row], izs);
    vec g1 = outlier((e.v + d.dv * a->primal) * (e.z + d.dz * a->dual), mu);
    vec g2 = outlier((e.s + d.ds * a->primal) * (e.zs - d.dz * a->dual), mu);
    c->alt.zc[at] = c->m.zc[at] + vec_pick(e.on, (g1 * e.zs - e.z * g2) * e.q, vec_of(0));
    c->alt.sc[at] = c->m.sc[at] + g2;
}

/* The other motion becomes the current one. */
void cell_swap(struct cell *c)
{
    struct motion m = c->m;
    c->m = c->alt;
    c->alt = m;
}

/* Moves the targets of the products that would lie far from their aim after the step a (Gondzio's centrality correctors,
 * Comput. Optim. Appl. 6, 1996, 137). The motion so far stays as the other one. */
void cell_center(const struct joint *j, struct cell *c, const struct ratio *a)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], none = vec_of(0), mu = c->aim[0];
    int cur = -1;
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int i = 0; i < p->nu; i++) {
            size_t at = input_at(p, t, i);
            struct box b = box_at(c, st, at, i);
            struct box_step d = box_move(c, &b, at);
            vec du = c->m.du[at] * a->primal;
            vec gl = outlier((b.vl + du) * (c->zl[at] + d.dzl * a->dual), mu);
            vec gh = outlier((b.vh - du) * (c->zh[at] + d.dzh * a->dual), mu);
            c->alt.tl[at] = c->m.tl[at] + vec_pick(b.fixed, none, gl * b.il);
            c->alt.th[at] = c->m.th[at] + vec_pick(b.fixed, none, gh * b.ih);
        }
        for (int n = 0; n < c->n_side; n++)
            side_center(c, st, row_at(p, t, c->side[n] / 2), c->side[n] / 2, c->side[n] & 1, a, mu);
    }
    cell_swap(c);
}

/* Largest relative decreases, and the sums that give the complementarity of any step. */
struct sums {
    vec primal, dual, now, by_primal, by_dual, by_both, count;
};

LANE_INLINE void pair_sum(struct sums *a, lane_mask on, vec v, vec z, vec dv, vec dz)
{
    vec none = vec_of(0);
    a->now += vec_pick(on, v * z, none);
    a->by_primal += vec_pick(on, dv * z, none);
    a->by_dual += vec_pick(on, v * dz, none);
    a->by_both += vec_pick(on, dv * dz, none);
}

LANE_INLINE void box_reach(const struct cell *c, const vec *st, size_t at, int i, struct sums *a)
{
    struct box b = box_at(c, st, at, i);
    struct box_step d = box_move(c, &b, at);
    vec du = c->m.du[at], zl = c->zl[at], zh = c->zh[at], inv = 1 / (zl * zh), none = vec_of(0);
    a->primal = vec_max(a->primal, vec_pick(b.fixed, none, vec_max(-du * b.il, du * b.ih)));
    a->dual = vec_max(a->dual, vec_pick(b.fixed, none, vec_max(-d.dzl * zh * inv, -d.dzh * zl * inv)));
    pair_sum(a, ~b.fixed, b.vl, zl, du, d.dzl);
    pair_sum(a, ~b.fixed, b.vh, zh, -du, d.dzh);
    a->count += vec_pick(b.fixed, none, vec_of(2));
}

LANE_INLINE void side_reach(const struct cell *c, const vec *st, size_t row, int r, int hi, struct sums *a)
{
    size_t at = row * 2 + (size_t)hi;
    struct side e = side_bare(price_at(c->comp, st, r, hi), c->z[at], c->s[at], c->v[at]);
    struct side_inverse inv = side_invert(&e);
    vec res = residual_at(c, st, row, r, hi), none = vec_of(0);
    struct side_step d = side_move(&e, sign_of(hi), res, c->m.zc[at], c->m.sc[at], c->m.dy[row], inv.zs);
    a->primal = vec_max(a->primal, vec_pick(e.on, vec_max(-d.dv * inv.v, -d.ds * inv.s), none));
    a->dual = vec_max(a->dual, vec_pick(e.on, vec_max(-d.dz * inv.z, d.dz * inv.zs), none));
    pair_sum(a, e.on, e.v, e.z, d.dv, d.dz);
    pair_sum(a, e.on, e.s, e.zs, d.ds, -d.dz);
    a->count += vec_pick(e.on, vec_of(2), none);
}

void cell_reach(const struct joint *j, struct cell *c, struct reach *out)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], none = vec_of(0);
    struct sums a = {none, none, none, none, none, none, none};
    int cur = -1;
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int i = 0; i < p->nu; i++) box_reach(c, st, input_at(p, t, i), i, &a);
        for (int n = 0; n < c->n_side; n++)
            side_reach(c, st, row_at(p, t, c->side[n] / 2), c->side[n] / 2, c->side[n] & 1, &a);
    }
    memcpy(c->m.lane, &a, sizeof a);
    out->primal = fmax(out->primal, -vec_least(-a.primal));
    out->dual = fmax(out->dual, -vec_least(-a.dual));
    out->now += vec_sum(a.now);
    out->by_primal += vec_sum(a.by_primal);
    out->by_dual += vec_sum(a.by_dual);
    out->by_both += vec_sum(a.by_both);
    out->count += vec_sum(a.count);
}

static void side_update(struct cell *c, const vec *st, size_t row, int r, int hi, const struct lane_ratio *a)
{
    size_t at = row * 2 + (size_t)hi;
    struct side e = side_of(price_at(c->comp, st, r, hi), c->z[at], c->s[at], c->v[at]);
    vec res = residual_at(c, st, row, r, hi), izs = 1 / e.zs, none = vec_of(0);
    struct side_step d = side_move(&e, sign_of(hi), res, c->m.zc[at], c->m.sc[at], c->m.dy[row], izs);
    c->z[at] += vec_pick(e.on, d.dz * a->dual, none);
    c->s[at] += vec_pick(e.on, d.ds * a->primal, none);
    c->v[at] += vec_pick(e.on, d.dv * a->primal, none);
}

/* Where each lane aims: at what its own predictor promises, never below a third of what the village aims at. One home
 * whose best course moves by one slot an iteration (a cold house at full power) then lags, and does not shorten the step
 * of all; what it lags by is a small part of the gap. */
void cell_sigma(struct cell *c, double village_mu)
{
    const vec *l = c->m.lane;
    vec one = vec_of(1), p = one / vec_max(l[LANE_PRIMAL], one), d = one / vec_max(l[LANE_DUAL], one);
    vec now = vec_max(l[LANE_NOW], vec_of(1e-300)), mu = now / vec_max(l[LANE_COUNT], one);
    vec left = (now + p * l[LANE_BY_PRIMAL] + d * l[LANE_BY_DUAL] + p * d * l[LANE_BY_BOTH]) / now;
    left = vec_min(vec_max(left, vec_of(LEAST_LEFT)), one);
    c->aim[0] = vec_max(left * left * mu, vec_of(LEAST_AIM * village_mu));
}

void cell_update(const struct joint *j, struct cell *c, const struct lane_ratio *a)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], none = vec_of(0);
    int cur = -1;
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int i = 0; i < p->nu; i++) {
            size_t at = input_at(p, t, i);
            struct box b = box_at(c, st, at, i);
            struct box_step d = box_move(c, &b, at);
            c->zl[at] += vec_pick(b.fixed, none, d.dzl * a->dual);
            c->zh[at] += vec_pick(b.fixed, none, d.dzh * a->dual);
            c->u[at] += vec_pick(b.fixed, none, c->m.du[at] * a->primal);
        }
        for (int n = 0; n < c->n_side; n++)
            side_update(c, st, row_at(p, t, c->side[n] / 2), c->side[n] / 2, c->side[n] & 1, a);
        for (int r = 0; r < p->nrow; r++) c->y[row_at(p, t, r)] += c->m.dy[row_at(p, t, r)] * a->primal;
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
    vec st[STAGE_MAX];
    int cur = -1;
    stage_zero(c, st);
    memcpy(c->x, c->x0, sizeof(vec) * p->nx);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        const vec *x = c->x + t * nx, *u = c->u + t * nu;
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
            c->y[row_at(p, t, r)] = e;
        }
    }
}
