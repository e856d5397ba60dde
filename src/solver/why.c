/* Which limits bind, and what they cost: the duals of rows, and of the inputs of components that join two nodes
 * (lines), told as money per unit and slot. Ordered by money: the dual times what the row moves over the horizon,
 * so that a degree and a watt can stand in one list. */
#include "base/err.h"
#include "solver/element.h"

struct ranking {
    struct joint_why *why;
    int n, max;
    const struct joint *j;
    double *worth;
};

/* Keeps the list ordered by worth; worth is recomputed rather than stored: the list is short. */
static void rank_add(struct ranking *k, struct joint_why w, double worth)
{
    if (!(worth > 0) || (k->n == k->max && worth <= k->worth[k->n - 1])) return;
    int at = k->n < k->max ? k->n++ : k->n - 1;
    for (; at > 0 && k->worth[at - 1] < worth; at--) {
        k->worth[at] = k->worth[at - 1];
        k->why[at] = k->why[at - 1];
    }
    k->worth[at] = worth;
    k->why[at] = w;
}

static double row_moves(const struct joint *j, const struct cell *c, int r, int lane)
{
    double lo = HUGE_VAL, hi = -HUGE_VAL;
    for (int t = 0; t < j->T; t++) {
        double y = c->y[(size_t)t * c->comp->nrow + (size_t)r][lane];
        lo = fmin(lo, y), hi = fmax(hi, y);
    }
    return hi - lo + 1e-9 * fabs(hi);
}

static void rows_rank(struct ranking *k, const struct cell *c, int block, int lane)
{
    const struct comp *p = c->comp;
    for (int r = 0; r < p->nrow; r++) {
        double moves = row_moves(k->j, c, r, lane);
        for (int t = 0; t < k->j->T; t++)
            for (int hi = 0; hi < 2; hi++) {
                size_t at = ((size_t)t * p->nrow + (size_t)r) * 2 + (size_t)hi;
                double z = c->z[at][lane];
                if (z <= 0 || c->v[at][lane] > 1e-3 * moves) continue; /* not at its bound */
                rank_add(
                    k, (struct joint_why){k->j->block[block].asset, p->row[r], (uint8_t)hi, (uint16_t)t, (float)z},
                    z * moves);
            }
    }
}

static void inputs_rank(struct ranking *k, const struct cell *c, int block, int lane)
{
    const struct comp *p = c->comp;
    const struct block *b = &k->j->block[block];
    if (p->nx > 0 || p->np < 2) return;
    for (int i = 0; i < p->nu; i++)
        for (int t = 0; t < k->j->T; t++) {
            double z = c->zh[(size_t)t * p->nu + (size_t)i][lane], u = c->u[(size_t)t * p->nu + (size_t)i][lane];
            double hi = coef_value(k->j, block, AT_HI, p->u[i], 0, t);
            if (z > 0 && hi > 0 && u >= hi * (1 - 1e-3))
                rank_add(
                    k, (struct joint_why){b->asset, (uint8_t)(b->shape->nrow + p->u[i]), 1, (uint16_t)t, (float)z},
                    z * hi);
        }
}

int joint_why(const struct joint *j, struct joint_why *why, int max)
{
    enum { MOST = 512 };
    double worth[MOST];
    struct ranking k = {.why = why, .max = max < MOST ? max : MOST, .j = j, .worth = worth};
    must(j->solved, "why before a solve");
    for (int b = 0; b < j->dim.n_block && k.max > 0; b++) {
        const struct place *p = &j->place[b];
        const struct batch *ba = &j->batch[p->batch];
        for (int c = 0; c < ba->kind->n_comp; c++) {
            rows_rank(&k, &ba->cell[c], b, p->lane);
            inputs_rank(&k, &ba->cell[c], b, p->lane);
        }
    }
    return k.n;
}
