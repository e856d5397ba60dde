/* The end of a solve: inputs inside their bounds, states and rows from them alone, last resort exactly what the
 * balances leave, and everything handed out in the shape's own order. */
#include "solver/element.h"
#include <string.h>

void cell_clip(const struct joint *j, struct cell *c)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX];
    int cur = -1;
    stage_zero(c, st);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int i = 0; i < p->nu; i++) {
            vec *u = &c->u[(size_t)t * p->nu + (size_t)i];
            *u = vec_min(vec_max(*u, st[p->off[AT_LO] + i]), st[p->off[AT_HI] + i]);
        }
    }
    cell_simulate(j, c);
}

void batch_recall(const struct joint *j, struct batch *b)
{
    const struct block_shape *s = b->kind->shape;
    for (int k = 0; k < b->kind->n_comp; k++) {
        struct cell *c = &b->cell[k];
        const struct comp *p = c->comp;
        for (int t = 0; t < j->T; t++)
            for (int i = 0; i < p->nu; i++) c->u[(size_t)t * p->nu + (size_t)i] = b->u[(size_t)t * s->nu + p->u[i]];
        cell_simulate(j, c);
    }
}

static void batch_publish(const struct joint *j, struct batch *b)
{
    const struct block_shape *s = b->kind->shape;
    for (int k = 0; k < b->kind->n_comp; k++) {
        const struct cell *c = &b->cell[k];
        const struct comp *p = c->comp;
        for (int t = 0; t < j->T; t++) {
            for (int i = 0; i < p->nu; i++) b->u[(size_t)t * s->nu + p->u[i]] = c->u[(size_t)t * p->nu + (size_t)i];
            for (int r = 0; r < p->nrow; r++)
                b->y[(size_t)t * s->nrow + p->row[r]] = c->y[(size_t)t * p->nrow + (size_t)r];
        }
    }
}

/* Inputs kept in the places they are handed out from, and taken back. */
void plan_keep(struct joint *j)
{
    for (int b = 0; b < j->n_batch; b++) batch_publish(j, &j->batch[b]);
}
void plan_recall(struct joint *j)
{
    for (int b = 0; b < j->n_batch; b++) batch_recall(j, &j->batch[b]);
}

void feasible_finish(struct joint *j)
{
    for (int k = 0; k < j->n_cell; k++) cell_clip(j, &j->cell[k]);
    for (int b = 0; b < j->n_batch; b++) batch_publish(j, &j->batch[b]);
    struct plan_cost p = cost_plan(j); /* leaves the balances' rest in rhs */
    j->result.cost = p.cost + (j->fixed ? choice_start_cost(j) : 0);
    j->result.short_cost = p.short_cost;
    j->lack = p.lack;
    for (int i = 0; i < j->dim.n_node; i++)
        for (int t = 0; t < j->T; t++)
            j->price[(size_t)i * (size_t)j->dim.T_max + (size_t)t] =
                j->lam[(size_t)i * (size_t)j->dim.T_max + (size_t)t] / j->dt_s[j->len[t]];
}

/* The plan as it is handed out keeps its hard rows, and costs no less than the bound. */
int plan_stands(const struct joint *j)
{
    return j->lack < 1e-5 && j->result.cost >= j->result.bound - 1e-6 * (fabs(j->result.bound) + 1);
}
