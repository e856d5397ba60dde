/* Whole numbers tried: up to eight patterns of one choice, a lane each, at the prices of the relaxed plan.
 *
 * At given prices a block's problem is its own, so that each lane of its cell can hold the same block with another pattern
 * closed into its bounds, and one interior-point run of that single cell prices all of them (the subproblem of Dantzig and
 * Wolfe, Operations Research 8, 1960, 101). Left out: how prices would answer; the plan that follows solves that. */
#include "solver/element.h"
#include <string.h>

enum { TRIAL_ITERATIONS = 14 };

/* What of a cell a trial overwrites, in this order in joint.trial_room. */
struct part {
    vec *at;
    size_t n;
};
enum { PARTS = 7 };
static void parts_of(const struct trial *t, struct part part[PARTS])
{
    const struct cell *c = t->cell;
    const struct comp *p = c->comp;
    const size_t T = (size_t)t->j->T;
    const struct part all[PARTS] = {{c->var, T * p->n_var},
                                    {c->u, T * p->nu},
                                    {c->fix, (size_t)t->j->dim.len_max * p->n_fix},
                                    {c->x0, p->nx},
                                    {c->worth, p->nx},
                                    {c->prox, p->nu},
                                    {c->mu0, 1}};
    memcpy(part, all, sizeof all);
}

/* Doubles of vec that trials of a component need. */
size_t trial_room(const struct comp *p, int T_max, int len_max)
{
    return (size_t)T_max * (size_t)(p->n_var + p->nu) + (size_t)len_max * p->n_fix + 2 * (size_t)p->nx + p->nu + 1;
}

struct trial trial_open(struct joint *j, int block, struct cell *c, int input)
{
    struct trial t = {
        .j = j, .cell = c, .lane = j->place[block].lane, .input = input, .node = j->block[block].node};
    struct part part[PARTS];
    vec *to = j->trial_room;
    parts_of(&t, part);
    for (int i = 0; i < PARTS; to += part[i++].n) memcpy(to, part[i].at, sizeof(vec) * part[i].n);
    return t;
}

void trial_close(const struct trial *t)
{
    struct part part[PARTS];
    const vec *from = t->j->trial_room;
    parts_of(t, part);
    for (int i = 0; i < PARTS; from += part[i++].n) memcpy(part[i].at, from, sizeof(vec) * part[i].n);
}

/* Every lane becomes the block on trial. */
static void cell_spread(const struct trial *t)
{
    struct part part[PARTS];
    const vec *from = t->j->trial_room;
    parts_of(t, part);
    for (int i = 0; i < PARTS; from += part[i++].n)
        for (size_t k = 0; k < part[i].n; k++) part[i].at[k] = vec_of(from[k][t->lane]);
}

LANE_INLINE vec lane_step(vec most) { return vec_pick(most > vec_of(0.95), vec_of(0.95) / most, vec_of(1)); }

/* The cell's own optimum at the prices as they are, every lane at its own pace. */
static void cell_alone(struct joint *j, struct cell *c)
{
    for (int i = 0; i < TRIAL_ITERATIONS; i++) {
        struct reach r = {0};
        cell_predict(j, c);
        c->kernel->factor(j, c);
        c->kernel->linear(j, c, j->lam, NULL);
        cell_reach(j, c, &r);
        cell_sigma(c, 0);
        cell_correct(j, c);
        c->kernel->linear(j, c, j->lam, NULL);
        cell_reach(j, c, &r);
        struct lane_ratio a = {lane_step(c->m.lane[LANE_PRIMAL]), lane_step(c->m.lane[LANE_DUAL])};
        cell_update(j, c, &a);
    }
}

/* What the cell's flows earn at the prices. */
static vec cell_earns(const struct joint *j, const struct cell *c)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], sum = vec_of(0);
    int cur = -1;
    stage_zero(c, st);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int k = 0; k < p->np; k++) {
            vec e = vec_of(0);
            for (int i = 0; i < p->nu; i++) e += st[p->off[AT_F] + k * p->nu + i] * c->u[t * p->nu + i];
            for (int i = 0; i < p->nx; i++) e += st[p->off[AT_G] + k * p->nx + i] * c->x[(t + 1) * p->nx + i];
            sum += e * lam_at(j, c, j->lam, p->port[k], t);
        }
    }
    return sum;
}

/* Costs of the block with its input closed on pattern[l][slot], by lane; HUGE_VAL where hard rows then fail. */
vec trial_costs(const struct trial *t, const uint8_t *const *pattern)
{
    struct joint *j = t->j;
    struct cell *c = t->cell;
    const struct batch *home = c->batch;
    struct crew all = {.mask = vec_of(1), .node = t->node};
    struct batch alone = {.kind = c->kind, .crew = &all, .n_crew = 1};
    vec gross, lack, cost;
    c->batch = &alone;
    cell_spread(t);
    for (int l = 0; l < LANES; l++) {
        for (int s = 0; s < j->T; s++) c->u[(size_t)s * c->comp->nu + (size_t)t->input][l] = pattern[l][s];
        lane_close(j, c, t->input, l);
    }
    bounds_tighten(j, c);
    memset(c->m.du, 0, sizeof(vec) * (size_t)j->T * c->comp->nu);
    cell_jump(j, c);
    cell_alone(j, c);
    cell_clip(j, c);
    cost = cell_costs(j, c, &gross, &lack) - cell_earns(j, c);
    for (int l = 0; l < LANES; l++)
        if (!(lack[l] < 1e-6) || !isfinite(cost[l])) cost[l] = HUGE_VAL;
    c->batch = home;
    return cost;
}
