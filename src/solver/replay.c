/* The plan walked again from the coefficient tables alone: states, rows, flows, bounds, cost. Shares no arithmetic
 * with the iteration beyond the value of one coefficient, so that a wrong kernel cannot hide. */
#include "base/err.h"
#include "solver/inside.h"
#include <string.h>

enum { ITEMS = 256 };
/* One slot of one block, summed up from its table. */
struct scene {
    double xn[ITEMS], y[ITEMS], flow[16], lo[ITEMS], hi[ITEMS], price[ITEMS], quad[ITEMS];
    double row_lo[ITEMS], row_hi[ITEMS];
};

static double *scene_place(struct scene *s, const struct coef *c)
{
    switch (c->at) {
    case AT_A:
    case AT_B:
    case AT_DRIFT: return &s->xn[c->i];
    case AT_C:
    case AT_D: return &s->y[c->i];
    case AT_F:
    case AT_G:
    case AT_FEED: return &s->flow[c->i];
    case AT_LO: return &s->lo[c->i];
    case AT_HI: return &s->hi[c->i];
    case AT_PRICE: return &s->price[c->i];
    case AT_QUAD: return &s->quad[c->i];
    case AT_ROW_LO: return &s->row_lo[c->i];
    case AT_ROW_HI: return &s->row_hi[c->i];
    default: return NULL;
    }
}

static double coef_times(const struct coef *c, const double *x, const double *xn, const double *u)
{
    switch (c->at) {
    case AT_A: return x[c->j];
    case AT_B:
    case AT_D:
    case AT_F: return u[c->j];
    case AT_C:
    case AT_G: return xn[c->j];
    default: return 1;
    }
}

/* late 0: next states and everything that needs none; 1: what reads the next states. */
static void scene_pass(const struct joint *j, int block, int t, const double *x, const double *u, struct scene *s,
                       int late)
{
    const struct block_shape *sh = j->block[block].shape;
    for (const struct coef *c = sh->coef; c < sh->coef + sh->n_coef; c++) {
        double *d = scene_place(s, c);
        if (d && (c->at == AT_C || c->at == AT_G) == late)
            *d += coef_one(j, block, c, t) * coef_times(c, x, s->xn, u);
    }
}

static double over(double miss, double scale) { return miss > 0 ? miss / fmax(scale, 1e-9) : 0; }

static void scene_judge(const struct joint *j, int block, int t, const double *u, const struct scene *s,
                        struct replay *r)
{
    const struct block *b = &j->block[block];
    const struct block_shape *sh = b->shape;
    for (int i = 0; i < sh->nu; i++) {
        double hi = fmax(s->hi[i], s->lo[i]), scale = fabs(s->lo[i]) + fabs(hi);
        r->worst = fmax(r->worst, over(fmax(s->lo[i] - u[i], u[i] - hi), scale));
        r->cost += s->price[i] * u[i] + s->quad[i] * u[i] * u[i];
    }
    for (int k = 0; k < 2 * sh->nrow; k++) {
        int i = k / 2, hi = k & 1;
        double price = coef_row_price(j, block, i, hi, t), bound = hi ? s->row_hi[i] : s->row_lo[i];
        double miss = hi ? s->y[i] - bound : bound - s->y[i];
        if (price <= 0 || miss <= 0 || (sh->row[i].integer_only && !j->fixed)) continue;
        if (price >= HARD_PRICE)
            r->worst = fmax(r->worst, over(miss, fabs(bound) + fabs(s->y[i])));
        else
            r->cost += price * miss;
    }
}

static void block_replay(const struct joint *j, int block, struct replay *r, double *net)
{
    const struct block *b = &j->block[block];
    const struct block_shape *sh = b->shape;
    double x[ITEMS], u[ITEMS];
    for (int i = 0; i < sh->nx; i++) x[i] = coef_value(j, block, AT_X0, i, 0, 0);
    for (int t = 0; t < j->T; t++) {
        struct scene s;
        memset(&s, 0, sizeof s);
        for (int i = 0; i < sh->nu; i++) u[i] = block_u(b, i, t);
        scene_pass(j, block, t, x, u, &s, 0);
        scene_pass(j, block, t, x, u, &s, 1);
        scene_judge(j, block, t, u, &s, r);
        for (int p = 0; p < sh->nport; p++)
            if (b->node[p] >= 0) net[(size_t)b->node[p] * (size_t)j->dim.T_max + (size_t)t] += s.flow[p];
        memcpy(x, s.xn, sizeof x);
    }
    for (int i = 0; i < sh->nx; i++) r->cost -= coef_value(j, block, AT_WORTH, i, 0, j->T - 1) * x[i];
}

struct replay replay_run(const struct joint *j)
{
    struct replay r = {.cost = j->fixed ? choice_start_cost(j) : 0};
    double *net = j->rhs; /* scratch of the solver, not in use between solves */
    memset(net, 0, sizeof *net * (size_t)j->dim.n_node * (size_t)j->dim.T_max);
    for (int b = 0; b < j->dim.n_block; b++) block_replay(j, b, &r, net);
    for (int i = 0; i < j->dim.n_node; i++)
        for (int t = 0; t < j->T; t++) {
            const struct joint_node *n = &j->dim.node[i];
            double q = net[(size_t)i * (size_t)j->dim.T_max + (size_t)t],
                   most = q < 0 ? n->short_max : n->spare_max;
            r.cost += (q < 0 ? n->short_price : n->spare_price) * j->dt_s[j->len[t]] * fmin(fabs(q), most);
            r.worst = fmax(r.worst, over(fabs(q) - most, fmax(n->short_max, n->spare_max)));
        }
    return r;
}

double joint_replay(const struct joint *j)
{
    must(j->solved, "replay before a solve");
    return replay_run(j).worst;
}
