/* A test rig for one asset of any class: parameters from the table's defaults, a synthetic day around it, memory
 * for its vectors, and a block of one lane whose coefficient tables are walked here, apart from the solver. */
#ifndef TESTS_RIG_H
#define TESTS_RIG_H
#include "base/random.h"
#include "village/asset.h"
#include "village/policy.h"
enum { RIG_WORDS = 128, RIG_SLOTS = 6, RIG_LENS = 2, RIG_INPUTS = 48, RIG_STATES = 16, RIG_ROWS = 32 };
struct rig {
    const struct asset_class *cls;
    double par[RIG_WORDS], x[RIG_WORDS], meas[RIG_WORDS], cmd[RIG_WORDS], exo[RIG_WORDS], flow[ASSET_PORTS_MAX];
    double work[4096];
    struct ambient amb;
    struct policy policy;
    uint32_t status;
    int64_t at_ms;
    struct random random;
    int frozen; /* the surroundings stand still, and `need` is what the others leave at each port */
    double need[ASSET_PORTS_MAX];
};
void rig_create(struct rig *, const struct asset_class *, uint64_t seed); /* init has run; commands by `rules` */
void rig_surround(struct rig *, int64_t at_ms);                           /* ambient and exo of that instant */
struct asset_now rig_now(struct rig *, double dt_s);
void rig_command(struct rig *, double dt_s);   /* rules, then guard */
void rig_step(struct rig *, double dt_s);      /* step, then balancing ports with what others need */
double rig_need(const struct rig *, int port); /* residual that the others leave at a balancing port now */
void rig_meas(struct rig *, double dt_s, double noise_frac);

/* A block in memory of its own, and the meaning of its coefficients. */
struct rig_block {
    struct block block;
    struct horizon horizon;
    double num[RIG_LENS * 128], own[RIG_SLOTS * 64], common[RIG_SLOTS * 64], u[RIG_SLOTS * RIG_INPUTS],
        y[RIG_SLOTS * RIG_ROWS];
    double exo[RIG_SLOTS * RIG_WORDS], pin[RIG_WORDS], dt_s[RIG_LENS], buy[RIG_SLOTS], sell[RIG_SLOTS];
    uint8_t len[RIG_SLOTS], day_start[RIG_SLOTS];
    struct ambient amb[RIG_SLOTS];
    int32_t node[ASSET_PORTS_MAX];
};
/* Formulates the rig's asset over RIG_SLOTS slots; 0 when the class (or this parameter set) is not planned. */
int rig_formulate(struct rig *, struct rig_block *, const double *pin);
/* The matrices of one slot. Absent row sides are infinite; price of an absent price is PRICE_HARD. */
struct rig_slot {
    double A[RIG_STATES][RIG_STATES], B[RIG_STATES][RIG_INPUTS], drift[RIG_STATES];
    double C[RIG_ROWS][RIG_STATES], D[RIG_ROWS][RIG_INPUTS], lo[RIG_INPUTS], hi[RIG_INPUTS], price[RIG_INPUTS],
        quad[RIG_INPUTS];
    double row_lo[RIG_ROWS], row_hi[RIG_ROWS], price_lo[RIG_ROWS], price_hi[RIG_ROWS];
    double F[ASSET_PORTS_MAX][RIG_INPUTS], G[ASSET_PORTS_MAX][RIG_STATES], feed[ASSET_PORTS_MAX], x0[RIG_STATES],
        worth[RIG_STATES];
};
void rig_slot(const struct rig_block *, int t, struct rig_slot *);
void rig_next(const struct block_shape *, const struct rig_slot *, const double *x, const double *u, double *next);
double rig_row(const struct block_shape *, const struct rig_slot *, int row, const double *next, const double *u);
double rig_flow(const struct block_shape *, const struct rig_slot *, int port, const double *next, const double *u);
/* Moves u by alternating projections to satisfy the bounds and hard rows from state x; returns the worst violation
 * that is left, relative to the size of its row. */
double rig_feasible(const struct block_shape *, const struct rig_slot *, const double *x, double *u);
#endif
