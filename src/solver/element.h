/* The two elements every limit is made of, eight lanes at a time (Mehrotra 1992; Wright, Primal-Dual Interior-Point
 * Methods, 1997, ch. 10), eliminated in closed form:
 *
 *   box    lo <= u <= hi, duals zl, zh           vl = u - lo, vh = hi - u
 *          new zl = tl - (zl/vl) du,  tl = m_l / vl        new zh = th + (zh/vh) du,  th = m_h / vh
 *   side   sign (y - bound) + s = v >= 0, s >= 0 at price c; duals z of v, zs = c - z of s
 *          with q = 1 / (v zs + z s), w = z zs q and residual r = sign (y - bound) + s - v:
 *          new z = zc - w sign dy,  zc = z + (r1 zs - z r2 - z r zs) q
 *          ds = (r2 + s dz) / zs,   dv = sign dy + ds + r
 *
 * m is the product aimed at, less the second-order term of the predictor; r1 = m - v z, r2 = m' - s zs. A price of
 * 0 marks an absent side; a hard side has the price HARD_INSIDE, with which s is nothing and the same formulas
 * hold. An input whose bounds meet is fixed: a huge weight keeps its step at nothing. Divisions are dear (a
 * register of eight takes as long as sixteen products), so that each element makes one or two. */
#ifndef SOLVER_ELEMENT_H
#define SOLVER_ELEMENT_H
#include "solver/inside.h"
#define FIXED_WEIGHT 1e25

struct box {
    vec vl, vh, il, ih; /* distances and their inverses */
    lane_mask fixed;
};

LANE_INLINE lane_mask box_fixed(vec lo, vec hi) { return hi - lo <= (vec_abs(lo) + vec_abs(hi)) * 1e-10; }
LANE_INLINE struct box box_of(vec u, vec lo, vec hi)
{
    struct box b = {.fixed = box_fixed(lo, hi)};
    vec least = (hi - lo) * 1e-15;
    b.vl = vec_pick(b.fixed, vec_of(1), vec_max(u - lo, least));
    b.vh = vec_pick(b.fixed, vec_of(1), vec_max(hi - u, least));
    vec inv = 1 / (b.vl * b.vh);
    b.il = inv * b.vh;
    b.ih = inv * b.vl;
    return b;
}

struct side {
    vec z, s, v, zs, q, w;
    lane_mask on;
};
LANE_INLINE struct side side_bare(vec price, vec z, vec s, vec v)
{
    struct side e = {.z = z, .s = s, .v = v, .on = price > vec_of(0)};
    e.zs = vec_pick(e.on, price - z, vec_of(1));
    return e;
}
LANE_INLINE struct side side_of(vec price, vec z, vec s, vec v)
{
    struct side e = side_bare(price, z, s, v);
    e.q = 1 / (v * e.zs + z * s);
    e.w = vec_pick(e.on, z * e.zs * e.q, vec_of(0));
    return e;
}

/* Inverses of all four numbers of a side and q, by one division. */
struct side_inverse {
    vec z, s, v, zs;
};
LANE_INLINE struct side_inverse side_invert(struct side *e)
{
    vec vs = e->v * e->s, zz = e->z * e->zs, d = e->v * e->zs + e->z * e->s, inv = 1 / (vs * zz * d);
    vec ivs = inv * d * zz, izz = inv * d * vs;
    e->q = inv * vs * zz;
    e->w = vec_pick(e->on, zz * e->q, vec_of(0));
    return (struct side_inverse){izz * e->zs, ivs * e->v, ivs * e->s, izz * e->z};
}

/* Steps of a side for a step dy of its row; r2 its second target, izs = 1 / zs. */
struct side_step {
    vec dz, ds, dv;
};
LANE_INLINE struct side_step side_move(const struct side *e, double sign, vec res, vec zc, vec r2, vec dy, vec izs)
{
    struct side_step d;
    d.dz = zc - e->w * dy * sign - e->z;
    d.ds = (r2 + e->s * d.dz) * izs;
    d.dv = dy * sign + d.ds + res;
    return d;
}
#endif
