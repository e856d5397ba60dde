/* The solver's own view of a joint problem: kinds (analysed shapes), batches (eight blocks of a kind, one to a lane),
 * cells (one independent component of a batch: the unit of numeric work), and the node system. Private to src/solver.
 *
 *   kind   1 per shape      components, where each coefficient goes
 *   batch  8 blocks of a kind; `num`, `own` as the classes write them; `u`, `y` as they read them
 *   crew   the lanes of a batch that meet the village at the same nodes
 *   cell   1 per batch and component: coefficients evaluated, iterate, direction, factors
 *   node   prices, last-resort flows, one T x T block of the Schur complement each
 */
#ifndef SOLVER_INSIDE_H
#define SOLVER_INSIDE_H
#include "base/arena.h"
#include "solver/block.h"
#include "solver/vec.h"
#include <pthread.h>

enum { COMP_PORTS = 8, COMP_X = 12, COMP_U = 20, COMP_ROWS = 24, KIND_COMPS = 24, AT_COUNT = AT_PRICE_HI + 1 };
enum { STAGE_MAX = 2048 };
#define ABSENT_BOUND 1e20 /* a row bound at or beyond this is no bound */
#define HARD_PRICE 1e20   /* a row price at or beyond this is hard */
#define HARD_INSIDE 1e30

/* A component: states, inputs and rows of a shape that no coefficient links to the others. */
struct comp {
    uint8_t nx, nu, nrow, np;
    uint8_t x[COMP_X], u[COMP_U], row[COMP_ROWS], port[COMP_PORTS];
    uint16_t off[AT_COUNT]; /* where each table starts in the stage */
    uint16_t n_stage, n_fix, n_var;
    uint16_t *fix_dst, *var_dst;
};
struct entry {
    uint16_t comp, dst, slot;
    uint8_t varying;
};
struct kind {
    const struct block_shape *shape;
    struct comp *comp;
    struct entry *entry;
    int16_t *coef_entry; /* n_coef: entry, or -1 (X0, WORTH, FEED) */
    int n_comp, n_entry;
    int32_t n_block, n_batch, first_batch, frozen; /* frozen: stands at its plan while choices are fixed */
    double *common;
};
/* Blocks of a kind are laid out node by node, so that most batches are one crew and few have many. */
struct crew {
    vec mask;            /* 1 for its lanes */
    const int32_t *node; /* shape->nport */
};
struct cell {
    const struct comp *comp;
    struct kind *kind;
    const struct batch *batch;
    const struct kernel *kernel;
    uint8_t side[2 * COMP_ROWS], n_side; /* 2 row + (1: upper): the sides that some lane has in some slot */
    vec *fix, *var;                      /* [len][n_fix], [t][n_var] */
    vec *x0, *worth;  /* [nx] */
    vec *prox, *mu0, *aim; /* [nu], [1], [1]: the product each lane aims at */
    vec *u, *zl, *zh; /* [t][nu] */
    vec *x, *y;       /* [t + 1][nx]: x[t + 1] is the end of slot t; [t][nrow] */
    vec *z, *s, *v;   /* [t][2 nrow]: side 2 r is low, 2 r + 1 is high */
    struct motion {
        vec *du, *dx, *dy, *tl, *th, *zc, *sc;
        vec *lane; /* LANE_SUMS: how far it reaches, lane by lane */
    } m, alt;   /* step and its targets; a second one to fall back on */
    vec *kept;  /* [t][nu]: the best plan with whole numbers so far */
    vec *K, *L; /* factors: [t][nu nx], [t][nu nu] Cholesky, diagonal inverted */
};
struct batch {
    struct kind *kind;
    struct cell *cell;
    struct crew *crew;
    int n_crew;
    vec *num, *own; /* [len][n_num], [t][n_own] */
    vec *u, *y;     /* [t][nu], [t][nrow], the shape's order */

    vec live; /* 1 for lanes in use */
};
struct place {
    int32_t kind, batch, port, choice; /* port: where its nodes begin in dim.port_node; choice: its first in joint.units */
    int8_t lane;               /* < 0: not placed yet */
};

/* One T x T block of the node system; row node >= column node in elimination order. */
enum { HALVES = 2 };
struct link {
    int32_t row, col;
    double *m[HALVES]; /* each half of the batches adds to its own; the first holds the sum, then the factor */
};
/* Where one port's answer to another goes: a node block of side n; straight or transposed. */
struct pair_block {
    double *m;
    int n, straight;
};
struct node_sys {
    int n;
    int32_t *order, *rank; /* elimination order and its inverse */
    int32_t *link_of;      /* n x n by rank, lower: index into link or -1 */
    struct link *link;
    int n_link;
    double *x; /* [rank][padded slots]: right side and solution */
};
struct ratio {
    double primal, dual;
};
struct lane_ratio {
    vec primal, dual;
};
/* Largest relative decrease of primal and dual numbers for a full step; sums over all pairs of v z, dv z, v dz, dv dz. */
struct reach {
    double primal, dual, now, by_primal, by_dual, by_both, count;
};
/* Half of the batches, with all that a sweep over them writes besides their cells: the two can be swept at once, and
 * their sums come out the same whether they are. */
struct half {
    int first, last, turned; /* batches; turned: the next sweep runs from the last to the first */
    vec *acc, *phi, *hf, *g, *columns;
    double *net; /* [node][T_max] */
    struct reach reach;
};
typedef void half_work(struct joint *, struct half *, const void *of);
/* The worker that takes the second half. */
struct team {
    pthread_t worker;
    pthread_barrier_t start, done;
    half_work *work; /* NULL: go home */
    const void *of;
    int open;
};
enum { LANE_PRIMAL, LANE_DUAL, LANE_NOW, LANE_BY_PRIMAL, LANE_BY_DUAL, LANE_BY_BOTH, LANE_COUNT, LANE_SUMS };

struct joint {
    struct joint_dim dim;
    struct kind *kind;
    struct batch *batch;
    struct cell *cell;
    struct block *block;
    struct place *place;
    int n_kind, n_batch, n_cell;
    struct node_sys sys;
    /* one solve */
    int T, n_bad;
    uint8_t *len;
    double *dt_s;
    const struct joint_limit *limit; /* of this solve */
    double start_s, money;          /* money: what an input moves in a slot, on average */
    double mu, complement, gap_aim; /* mean product, their sum, the gap asked for in money */
    double calm;                    /* share of the proximal weights in force */
    /* nodes, [node][T_max] */
    double *lam, *lam_new, *rhs, *feed, *price, *relaxed_lam;
    double *lr, *lr_zl, *lr_zh, *lr_d, *lr_tl, *lr_th, *lr_step, *alt_tl, *alt_th, *alt_step,
        *alt_lam; /* last resort: [2 node + side][T_max], side 0 short, 1 spare */

    struct half half[HALVES];
    struct team team;
    /* scratch */
    struct step_table *choice_table; /* T_max + 1, when there are choices */
    uint8_t *units; /* [3][choice][T_max]: whole numbers in hand, the best so far, the last tried */
    int n_choice;
    vec *trial_room;
    double frozen_cost, lack;
    struct ratio pending;   /* step that the cells still have to take, when `stepping` */
    int stepping;
    int solved, fixed, fractions; /* fixed: choices stand at whole numbers, integer_only rows count; fractions: never asked to */
    struct joint_result result;
};
/* Kernels of one size of component. */
struct kernel {
    int nx, nu;
    void (*factor)(const struct joint *, struct cell *);
    void (*linear)(const struct joint *, struct cell *, const double *lam, vec *acc);
    void (*covariance)(const struct joint *, struct half *, struct cell *);
};

/* shape.c */
size_t kind_bytes(const struct block_shape *);
void kind_analyse(struct kind *, const struct block_shape *, struct cutter *);
/* coef.c */
void coef_evaluate(struct joint *);
double coef_value(const struct joint *, int block, enum at, int i, int j, int t);
double coef_one(const struct joint *, int block, const struct coef *, int t);
double coef_row_price(const struct joint *, int block, int row, int side, int t); /* 0 absent, HARD_INSIDE hard */
/* lanes.c */
const struct kernel *kernel_find(int nx, int nu);
/* step.c */
void cell_predict(const struct joint *, struct cell *);
void cell_sigma(struct cell *, double village_mu);
void cell_correct(const struct joint *, struct cell *);
void cell_aim(const struct joint *, struct cell *, double mu);
void cell_center(const struct joint *, struct cell *, const struct ratio *);
void cell_swap(struct cell *);
void cell_reach(const struct joint *, struct cell *, struct reach *);
void cell_update(const struct joint *, struct cell *, const struct lane_ratio *);
void cell_simulate(const struct joint *, struct cell *);
/* tree.c */
size_t sys_bytes(const struct joint_dim *);
void sys_plan(struct joint *, struct cutter *);
size_t sys_block_doubles(const struct joint *);
void sys_open(struct joint *);
void sys_pairs(const struct joint *, const struct half *, const struct comp *, const int32_t *node, struct pair_block *);
int sys_factor(struct joint *);
void sys_solve(struct joint *, double *rhs);
/* dense.c */
int dense_factor(double *a, int n);
void dense_solve_right(double *x, const double *L, int n);
void dense_sub(double *c, const double *a, const double *b, int n, int lower);
void dense_forward(const double *L, double *b, int n);
void dense_backward(const double *L, double *b, int n);
void dense_apply(const double *a, const double *x, double *y, int n);
void dense_apply_transposed(const double *a, const double *x, double *y, int n);
/* team.c */
void halves_split(struct joint *);
void team_open(struct joint *);
void team_close(struct joint *);
void team_run(struct joint *, half_work *, const void *of);
/* start.c */
void start_cold(struct joint *);
void start_scales(struct joint *);
void start_again(struct joint *);
void cell_jump(const struct joint *, struct cell *);

/* bound.c */
double bound_dual(const struct joint *);
void slot_costate(const struct joint *, const struct cell *, const vec *st, int t, vec *q, vec *rc, vec *sum);
void costate_back(const struct cell *, const vec *st, vec *q);
struct plan_cost {
    double cost, gross, short_cost, lack;
};
struct plan_cost cost_plan(struct joint *);
vec cell_costs(const struct joint *, const struct cell *, vec *gross, vec *lack);
void flows_net(const struct joint *, double *net);    /* feeds and what is not frozen */
void flows_frozen(const struct joint *, double *net); /* adds */
double cost_frozen(const struct joint *);
/* feasible.c */
void feasible_finish(struct joint *);
int plan_stands(const struct joint *);
void plan_keep(struct joint *);
void cell_clip(const struct joint *, struct cell *);
void batch_recall(const struct joint *, struct batch *);
void plan_recall(struct joint *);
/* replay.c */
struct replay {
    double worst, cost;
};
struct replay replay_run(const struct joint *);
/* last_resort.c */
void lr_factor(struct joint *);
void lr_target(struct joint *, double mu, int corrector);
void lr_center(struct joint *, const struct ratio *, double mu);
void lr_linear(struct joint *, const double *lam, double *net);
void lr_reach(const struct joint *, struct reach *);
void lr_update(struct joint *, const struct ratio *);
/* choice.c */
int choice_any(const struct joint *);
double choice_start_cost(const struct joint *);
enum joint_end choice_fix(struct joint *, const struct joint_limit *);
void lane_close(const struct joint *, struct cell *, int input, int lane);
void bounds_tighten(const struct joint *, struct cell *);
void choices_tighten(struct joint *);
/* pattern.c */
size_t choice_bytes(int T_max);
double block_number(const struct joint *, int block, int num);
void pattern_find(struct joint *, int block, const struct choice *, struct cell *, int input, uint8_t *units);
/* trial.c */
struct trial {
    struct joint *j;
    struct cell *cell;
    const int32_t *node;
    int lane, input;
};
size_t trial_room(const struct comp *, int T_max, int len_max);
struct trial trial_open(struct joint *, int block, struct cell *, int input);
vec trial_costs(const struct trial *, const uint8_t *const *pattern);
void trial_close(const struct trial *);
/* ipm.c */
enum joint_end ipm_run(struct joint *, const struct joint_limit *);
int time_is_up(const struct joint *, const struct joint_limit *);
int ipm_newton(struct joint *, double mu);
double clock_s(void);

/* Prices of a shape's port in slot t, lane by lane; 0 where it is not connected. */
LANE_INLINE vec lam_at(const struct joint *j, const struct cell *c, const double *lam, int port, int t)
{
    vec sum = vec_of(0);
    for (const struct crew *k = c->batch->crew; k < c->batch->crew + c->batch->n_crew; k++)
        if (k->node[port] >= 0) sum += k->mask * lam[(size_t)k->node[port] * (size_t)j->dim.T_max + (size_t)t];
    return sum;
}
/* A port's flow into its nodes in slot t: net[node][T_max]. */
LANE_INLINE void flow_put(const struct joint *j, const struct batch *b, int port, int t, vec flow, double *net)
{
    for (const struct crew *k = b->crew; k < b->crew + b->n_crew; k++)
        if (k->node[port] >= 0) net[(size_t)k->node[port] * (size_t)j->dim.T_max + (size_t)t] += vec_sum(k->mask * flow);
}
LANE_INLINE void stage_zero(const struct cell *c, vec *st)
{
    for (int i = 0; i < c->comp->n_stage; i++) st[i] = vec_of(0);
}
/* Brings the coefficients of slot t into the stage; *cur is the length class loaded so far (-1: none). */
LANE_INLINE void stage_load(const struct cell *c, const uint8_t *len, int t, int *cur, vec *st)
{
    const struct comp *p = c->comp;
    if (len[t] != *cur) {
        *cur = len[t];
        const vec *f = c->fix + (size_t)*cur * p->n_fix;
        for (int i = 0; i < p->n_fix; i++) st[p->fix_dst[i]] = f[i];
    }
    const vec *v = c->var + (size_t)t * p->n_var;
    for (int i = 0; i < p->n_var; i++) st[p->var_dst[i]] = v[i];
}
#endif
