/* See lane.h; the meaning of the table is solver/block.h: x' = A x + B u + drift, flow = F u + G x' + feed, value =
 * k num series. */
#include "control/lane.h"
#include "base/err.h"
#include <string.h>

static double value(const struct block *b, const struct coef *c, int t, int len)
{
    const struct block_shape *s = b->shape;
    double v = c->k;
    if (c->num >= 0) v *= b->num[(size_t)(len * s->n_num + c->num) * (size_t)b->lanes + (size_t)b->lane];
    if (c->series >= 0)
        v *= b->own[((size_t)t * s->n_own + (size_t)c->series) * (size_t)b->lanes + (size_t)b->lane];
    else if (c->series <= -2)
        v *= b->common[(size_t)t * s->n_common + (size_t)(-2 - c->series)];
    return v;
}

void lane_start(struct lane *l, const struct block *b)
{
    must(b->shape->nx <= LANE_STATES_MAX && b->shape->nport <= LANE_PORTS_MAX, "shape %s is too large",
         b->shape->name);
    memset(l, 0, sizeof *l);
    l->b = b;
    for (int k = 0; k < b->shape->n_coef; k++)
        if (b->shape->coef[k].at == AT_X0) l->x[b->shape->coef[k].i] += value(b, &b->shape->coef[k], 0, 0);
}

void lane_step(struct lane *l, int t, int len, double *flow)
{
    const struct block *b = l->b;
    double next[LANE_STATES_MAX] = {0};
    for (int k = 0; k < b->shape->n_coef; k++) {
        const struct coef *c = &b->shape->coef[k];
        if (c->at == AT_A)
            next[c->i] += value(b, c, t, len) * l->x[c->j];
        else if (c->at == AT_B)
            next[c->i] += value(b, c, t, len) * block_u(b, c->j, t);
        else if (c->at == AT_DRIFT)
            next[c->i] += value(b, c, t, len);
    }
    memcpy(l->x, next, sizeof next);
    for (int p = 0; p < b->shape->nport; p++) flow[p] = 0;
    for (int k = 0; k < b->shape->n_coef; k++) {
        const struct coef *c = &b->shape->coef[k];
        if (c->at == AT_F)
            flow[c->i] += value(b, c, t, len) * block_u(b, c->j, t);
        else if (c->at == AT_G)
            flow[c->i] += value(b, c, t, len) * l->x[c->j];
        else if (c->at == AT_FEED)
            flow[c->i] += value(b, c, t, len);
    }
}
