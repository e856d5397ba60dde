/* The two elements every limit is made of, eight lanes at a time (Mehrotra 1992; Wright, Primal-Dual Interior-Point
 * Methods, 1997, ch. 10), eliminated in closed form:
 *
 *   box    lo <= u <= hi, duals zl, zh           vl = u - lo, vh = hi - u
 *          new zl = tl - (zl/vl) du,  tl = m_l / vl        new zh = th + (zh/vh) du,  th = m_h / vh
 *   side   sign (y - bound) + s = v >= 0, s >= 0 at price c; duals z of v, c - z of s
 *          with zs = c - z, den = v + z s / zs, w = z / den and residual r = sign (y - bound) + s - v:
 *          new z = zc - w sign dy,  zc = z + (r1 - z r2 / zs - z r) / den
 *          ds = (r2 + s dz) / zs,   dv = sign dy + ds + r
 *
 * m is the product aimed at, less the second-order term of the predictor; r1 = m - v z, r2 = m' - s zs. A price of
 * 0 marks an absent side; a hard side has the price HARD_INSIDE, with which s is nothing and the same formulas
 * hold. An input whose bounds meet is fixed: a huge weight keeps its step at nothing. */
#ifndef SOLVER_ELEMENT_H
#define SOLVER_ELEMENT_H
#include "solver/inside.h"
#define FIXED_WEIGHT 1e25

struct box {
    vec vl, vh, wl, wh;
    lane_mask fixed;
};

LANE_INLINE lane_mask box_fixed(vec lo, vec hi) { return hi - lo <= (vec_abs(lo) + vec_abs(hi)) * 1e-10; }
LANE_INLINE struct box box_of(vec u, vec lo, vec hi, vec zl, vec zh)
{
    struct box b = {.fixed = box_fixed(lo, hi)};
    vec least = (hi - lo) * 1e-15;
    b.vl = vec_pick(b.fixed, vec_of(1), vec_max(u - lo, least));
    b.vh = vec_pick(b.fixed, vec_of(1), vec_max(hi - u, least));
    b.wl = zl / b.vl;
    b.wh = zh / b.vh;
    return b;
}
LANE_INLINE vec box_weight(const struct box *b, vec extra)
{
    return vec_pick(b->fixed, vec_of(FIXED_WEIGHT), b->wl + b->wh + extra);
}

struct side {
    vec z, s, v, zs, den, w;
    lane_mask on;
};

LANE_INLINE struct side side_of(vec price, vec z, vec s, vec v)
{
    struct side e = {.z = z, .s = s, .v = v, .on = price > vec_of(0)};
    e.zs = vec_pick(e.on, price - z, vec_of(1));
    e.den = v + z * s / e.zs;
    e.w = vec_pick(e.on, z / e.den, vec_of(0));
    return e;
}
/* Steps of a side for a step dy of its row. */
struct side_step {
    vec dz, ds, dv;
};
LANE_INLINE struct side_step side_move(const struct side *e, double sign, vec y, vec bound, vec zc, vec sc, vec dy)
{
    struct side_step d;
    vec r = (y - bound) * sign + e->s - e->v;
    d.dz = vec_pick(e->on, zc - e->w * dy * sign - e->z, vec_of(0));
    d.ds = vec_pick(e->on, sc + e->s * d.dz / e->zs, vec_of(0));
    d.dv = vec_pick(e->on, dy * sign + d.ds + r, vec_of(0));
    return d;
}
#endif
