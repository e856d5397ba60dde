/* What one asset gives to the joint solver, slot by slot (t = 0..T-1; x[t+1] is the END of slot t):
 *   x[t+1] = A x[t] + B u[t] + drift                 lo <= u <= hi, both ALWAYS finite (else there is no certified bound)
 *   row_lo - s <= y = C x[t+1] + D u[t] <= row_hi + s', s and s' at a price; PRICE_HARD only where an input can always
 *   restore the row (spill, flare, shed): from any x the block alone is feasible. Piecewise-linear cost = stacked rows.
 *   flow[port] = F u[t] + G x[t+1] + feed, > 0 feeds the node.       cost = price u + quad u^2 + row prices - worth x[T]
 * Where (i, j) point: A state, state; B state, input; C row, state; D row, input; F port, input; G port, state; DRIFT X0 WORTH
 * state; LO HI PRICE QUAD input; ROW_LO ROW_HI PRICE_LO PRICE_HI row; FEED port. Several coefs at one place add up; X0 and WORTH
 * use length class 0 and slots 0 and T-1. A row side without AT_ROW_LO (AT_ROW_HI), or with |bound| >= 1e20, is absent; a side
 * without AT_PRICE_LO (AT_PRICE_HI) is hard. Prices and QUAD are per unit of u (or y) and slot: the class multiplies by dt.
 * A shape is a static const table in the class's file. Blocks with the SAME shape pointer are stored and
 * solved in batches, one block to a SIMD lane; a class writes its own block only, through block_set and block_put. States,
 * inputs and rows that no coefficient links are solved apart, so a diagonal A is cheaper than a full one. No hard equality
 * row (row_lo = row_hi at PRICE_HARD): an interior method needs room; give both sides a price. Choices are solved relaxed,
 * rounded, then fixed: cost includes starts, bound is the relaxed problem's and so also counts what whole numbers cost. */
#ifndef SOLVER_BLOCK_H
#define SOLVER_BLOCK_H
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
enum at { AT_A, AT_B, AT_DRIFT, AT_C, AT_D, AT_F, AT_G, AT_FEED, AT_X0, AT_WORTH, AT_LO, AT_HI, AT_PRICE, AT_QUAD,
          AT_ROW_LO, AT_ROW_HI, AT_PRICE_LO, AT_PRICE_HI };
enum { ONE = -1 };                                     /* no factor: constants such as -1 cost no storage */
#define COMMON(i) (-2 - (i))                           /* as series: the i-th series common to the shape */
#define PRICE_HARD 1e30
struct coef { enum at at; uint8_t i, j; double k; int8_t num, series; };  /* value(t) = k * num * series[t] */
struct row_desc { const char *name; int16_t field; uint8_t integer_only; };      /* field: state shown by y, -1 none */
/* since_s: seconds since the last switch, > 0 running, < 0 standing, INFINITY allowed. Running: a start in slot 0 costs nothing. */
struct choice { uint8_t input; int8_t start_cost, up_s, down_s, since_s; };      /* this input is integer (0..3 screws); rest: num */
struct block_shape {
    const char *name;                                  /* "home", "home_car" */
    uint8_t nx, nu, nrow, nport, nchoice;
    uint8_t n_num, n_own, n_common;                    /* numbers: per block; per block and slot; per shape and slot */
    const char *const *input;                          /* names for reasons, MPS columns, the page */
    const struct row_desc *row;
    const struct choice *choice;
    const struct coef *coef; int n_coef;
};
struct block {                                         /* one lane of a batch; memory belongs to the solver */
    const struct block_shape *shape;
    const int32_t *node;                               /* node of each port; -1: not connected, its flow is free */
    double *num, *own, *common, *u, *y;                /* data in; inputs and row values out */
    int32_t asset; int lane, lanes, first;             /* asset: the block index until the caller sets it, told back by joint_why;
                                                        * first: this block also writes the common series */
};
static inline void block_set(struct block *b, int len, int num, double v)   /* len: class of slot length, see struct horizon */
{ b->num[(len * b->shape->n_num + num) * b->lanes + b->lane] = v; }
static inline void block_put(struct block *b, int own, int t, double v)
{ b->own[((size_t)t * b->shape->n_own + (size_t)own) * (size_t)b->lanes + (size_t)b->lane] = v; }
static inline void block_common(struct block *b, int series, int t, double v)
{ if (b->first) b->common[(size_t)t * b->shape->n_common + (size_t)series] = v; }
static inline double block_u(const struct block *b, int input, int t)
{ return b->u[((size_t)t * b->shape->nu + (size_t)input) * (size_t)b->lanes + (size_t)b->lane]; }
static inline double block_y(const struct block *b, int row, int t)
{ return b->y[((size_t)t * b->shape->nrow + (size_t)row) * (size_t)b->lanes + (size_t)b->lane]; }
struct joint;                                          /* the solver: problem, iterate and workspace in the caller's memory */
struct joint_node { double short_price, spare_price, short_max, spare_max; };  /* last resort at each node, finite and named;
                                                        * prices per unit of the carrier (J, m3, kg), maxima as flows */
struct joint_dim { const struct block_shape *const *shape; const int32_t *port_node; const struct joint_node *node;
                   int n_block, n_node, T_max, len_max, threads; };
struct joint_limit {
    double gap_rel, time_s;                            /* time_s <= 0: no limit */
    int T;
    int fractions;                                     /* 1: choices need not be whole, start for nothing and keep no least times */
    const atomic_int *stop;                            /* once it is not 0, ends as if time were up; NULL: nobody stops it */
    const uint8_t *len;                                /* T length classes; NULL: all class 0 */
    const double *dt_s;                                /* seconds of each length class: node prices are per unit; NULL: 1 s */
};
enum joint_end { JOINT_OPTIMAL, JOINT_TIME, JOINT_STALLED };          /* never "infeasible" */
struct joint_result { enum joint_end end; double cost, bound, time_s, short_cost; int iterations; };
struct joint_why { int32_t asset; uint8_t row, side; uint16_t slot; float price; };    /* a binding limit, named through the shape;
                                                        * row >= nrow: the upper bound of input row - nrow (a line's) */
size_t joint_bytes(const struct joint_dim *);
struct joint *joint_create(const struct joint_dim *, void *mem);       /* groups by shape, orders nodes, plans the Schur tree */
struct block *joint_block(struct joint *, int i);
struct joint_result joint_solve(struct joint *, const struct joint_limit *);
const double *joint_price(const struct joint *, int node);             /* T prices, per unit of the carrier */
int joint_why(const struct joint *, struct joint_why *, int max);      /* dearest first; at most 512 */
double joint_replay(const struct joint *);                             /* largest violation of rows, bounds, balances */
int joint_write_mps(const struct joint *, FILE *);                     /* walks the same coef tables */
#endif
