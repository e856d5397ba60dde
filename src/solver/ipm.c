/* The iteration: Mehrotra's predictor-corrector (SIAM J. Optim. 2, 1992, 575) on the block-angular form. Each pass:
 * factor every cell and the node system; predictor; its step lengths give the centring; corrector with the
 * second-order term; step. After each step the plan's true cost and the dual bound are compared: the gap is
 * certified, not believed. */
#include "base/instant.h"
#include "solver/element.h"
#include <string.h>
#include <time.h>

enum { ITERATIONS_MAX = 120, CORRECTORS_MAX = 3 };

double clock_s(void) { return instant_mono_s(); }

static int lr_count(const struct joint *j) { return 2 * j->dim.n_node; }
static size_t lr_at(const struct joint *j, int i, int t) { return (size_t)i * (size_t)j->dim.T_max + (size_t)t; }
static double lr_most(const struct joint *j, int i)
{
    return i & 1 ? j->dim.node[i / 2].spare_max : j->dim.node[i / 2].short_max;
}
static double lr_price(const struct joint *j, int i, int t)
{
    return (i & 1 ? j->dim.node[i / 2].spare_price : j->dim.node[i / 2].short_price) * j->dt_s[j->len[t]];
}

struct lr_box {
    double vl, vh, wl, wh;
};
static struct lr_box lr_box_of(const struct joint *j, int i, size_t at)
{
    double most = lr_most(j, i), vl = fmax(j->lr[at], 1e-15 * most), vh = fmax(most - j->lr[at], 1e-15 * most);
    return (struct lr_box){vl, vh, j->lr_zl[at] / vl, j->lr_zh[at] / vh};
}

static void lr_factor(struct joint *j)
{
    for (int i = 0; i < lr_count(j); i++)
        for (int t = 0; t < j->T; t++) {
            struct lr_box b = lr_box_of(j, i, lr_at(j, i, t));
            j->lr_d[lr_at(j, i, t)] = lr_most(j, i) > 0 ? b.wl + b.wh : 0;
        }
}

struct lr_duals {
    double dzl, dzh;
};
static struct lr_duals lr_move(const struct joint *j, const struct lr_box *b, size_t at)
{
    double d = j->lr_step[at];
    return (struct lr_duals){j->lr_tl[at] - b->wl * d - j->lr_zl[at], j->lr_th[at] + b->wh * d - j->lr_zh[at]};
}

static void lr_target(struct joint *j, double mu, int corrector)
{
    for (int i = 0; i < lr_count(j); i++)
        for (int t = 0; lr_most(j, i) > 0 && t < j->T; t++) {
            size_t at = lr_at(j, i, t);
            struct lr_box b = lr_box_of(j, i, at);
            double ml = mu, mh = mu;
            if (corrector) {
                struct lr_duals d = lr_move(j, &b, at);
                ml -= j->lr_step[at] * d.dzl;
                mh += j->lr_step[at] * d.dzh;
            }
            j->lr_tl[at] = ml / b.vl;
            j->lr_th[at] = mh / b.vh;
        }
}

/* Step for prices lam; net (may be NULL) gains the flow after a full step. */
static void lr_linear(struct joint *j, const double *lam, double *net)
{
    for (int i = 0; i < lr_count(j); i++)
        for (int t = 0; t < j->T; t++) {
            size_t at = lr_at(j, i, t), node = lr_at(j, i / 2, t);
            double sign = i & 1 ? -1 : 1, g = lr_price(j, i, t) - sign * lam[node] - j->lr_tl[at] + j->lr_th[at];
            j->lr_step[at] = lr_most(j, i) > 0 ? -g / j->lr_d[at] : 0;
            if (net) net[node] += sign * (j->lr[at] + j->lr_step[at]);
        }
}

static double room1(double value, double step, double most) { return step < 0 ? fmin(most, -value / step) : most; }

static void lr_ratio(const struct joint *j, struct ratio *a)
{
    for (int i = 0; i < lr_count(j); i++)
        for (int t = 0; lr_most(j, i) > 0 && t < j->T; t++) {
            size_t at = lr_at(j, i, t);
            struct lr_box b = lr_box_of(j, i, at);
            struct lr_duals d = lr_move(j, &b, at);
            a->primal = room1(b.vl, j->lr_step[at], room1(b.vh, -j->lr_step[at], a->primal));
            a->dual = room1(j->lr_zl[at], d.dzl, room1(j->lr_zh[at], d.dzh, a->dual));
        }
}

static void lr_tally(const struct joint *j, const struct ratio *a, struct tally *s)
{
    for (int i = 0; i < lr_count(j); i++)
        for (int t = 0; lr_most(j, i) > 0 && t < j->T; t++) {
            size_t at = lr_at(j, i, t);
            struct lr_box b = lr_box_of(j, i, at);
            struct lr_duals d = lr_move(j, &b, at);
            double q = j->lr_step[at] * a->primal;
            s->comp += b.vl * j->lr_zl[at] + b.vh * j->lr_zh[at];
            s->affine +=
                (b.vl + q) * (j->lr_zl[at] + a->dual * d.dzl) + (b.vh - q) * (j->lr_zh[at] + a->dual * d.dzh);
            s->count += 2;
        }
}

static void lr_update(struct joint *j, const struct ratio *a)
{
    for (int i = 0; i < lr_count(j); i++)
        for (int t = 0; lr_most(j, i) > 0 && t < j->T; t++) {
            size_t at = lr_at(j, i, t);
            struct lr_box b = lr_box_of(j, i, at);
            struct lr_duals d = lr_move(j, &b, at);
            j->lr_zl[at] += a->dual * d.dzl;
            j->lr_zh[at] += a->dual * d.dzh;
            j->lr[at] += a->primal * j->lr_step[at];
        }
}

/* Lanes of a group's flows into its nodes. */
static void acc_drain(struct joint *j, const struct group *g, double *net)
{
    size_t T_max = (size_t)j->dim.T_max;
    for (int p = 0; p < g->kind->shape->nport; p++) {
        int32_t node = g->node[p];
        vec *a = j->acc + (size_t)p * T_max;
        for (int t = 0; t < j->T; t++) {
            if (node >= 0) net[(size_t)node * T_max + (size_t)t] += vec_sum(a[t]);
            a[t] = vec_of(0);
        }
    }
}

static void cells_linear(struct joint *j, const double *lam, double *net)
{
    for (int g = 0; g < j->n_group; g++) {
        const struct group *gr = &j->group[g];
        for (int b = gr->first_batch; b < gr->first_batch + gr->n_batch; b++)
            for (int c = 0; c < gr->kind->n_comp; c++) {
                struct cell *ce = &j->batch[b].cell[c];
                ce->kernel->linear(j, ce, lam, net ? j->acc : NULL);
            }
        if (net) acc_drain(j, gr, net);
    }
    lr_linear(j, lam, net);
}

/* Steps of everything for the current targets. 0, or -1 when a number has run out. */
static int direction(struct joint *j)
{
    size_t n = (size_t)j->dim.n_node * (size_t)j->dim.T_max;
    memcpy(j->rhs, j->feed, sizeof *j->rhs * n);
    cells_linear(j, j->lam, j->rhs);
    for (size_t i = 0; i < n; i++) j->rhs[i] = -j->rhs[i];
    sys_solve(j, j->rhs);
    double check = 0;
    for (int i = 0; i < j->dim.n_node; i++)
        for (int t = 0; t < j->T; t++) {
            size_t at = lr_at(j, i, t);
            j->lam_new[at] = j->lam[at] + j->rhs[at];
            check += j->rhs[at];
        }
    if (!isfinite(check)) return -1;
    cells_linear(j, j->lam_new, NULL);
    return 0;
}

static struct ratio ratios(const struct joint *j)
{
    struct ratio a = {1, 1};
    for (int k = 0; k < j->n_cell; k++) cell_ratio(j, &j->cell[k], &a);
    lr_ratio(j, &a);
    return a;
}

static struct tally tallies(const struct joint *j, const struct ratio *a)
{
    struct tally s = {0};
    for (int k = 0; k < j->n_cell; k++) cell_tally(j, &j->cell[k], a, &s);
    lr_tally(j, a, &s);
    return s;
}

static void targets(struct joint *j, double mu, int corrector)
{
    for (int k = 0; k < j->n_cell; k++) cell_target(j, &j->cell[k], mu, corrector);
    lr_target(j, mu, corrector);
}

static void step(struct joint *j, const struct ratio *a)
{
    for (int k = 0; k < j->n_cell; k++) cell_update(j, &j->cell[k], a);
    lr_update(j, a);
    for (int i = 0; i < j->dim.n_node; i++)
        for (int t = 0; t < j->T; t++) {
            size_t at = lr_at(j, i, t);
            j->lam[at] += a->dual * (j->lam_new[at] - j->lam[at]);
        }
}

static int factor(struct joint *j)
{
    for (int k = 0; k < j->n_cell; k++) j->cell[k].kernel->factor(j, &j->cell[k]);
    lr_factor(j);
    sys_assemble(j);
    return sys_factor(j);
}

static void swap(double **a, double **b)
{
    double *c = *a;
    *a = *b;
    *b = c;
}

static void motions_swap(struct joint *j)
{
    swap(&j->lr_tl, &j->alt_tl);
    swap(&j->lr_th, &j->alt_th);
    swap(&j->lr_step, &j->alt_step);
    swap(&j->lam_new, &j->alt_lam);
}

static double outlier1(double p, double mu) { return fmax(0.1 * mu - p, 0) + fmax(fmin(10 * mu - p, 0), -10 * mu); }

static void lr_center(struct joint *j, const struct ratio *a, double mu)
{
    for (int i = 0; i < lr_count(j); i++)
        for (int t = 0; lr_most(j, i) > 0 && t < j->T; t++) {
            size_t at = lr_at(j, i, t);
            struct lr_box b = lr_box_of(j, i, at);
            struct lr_duals d = lr_move(j, &b, at);
            double q = a->primal * j->lr_step[at];
            double pl = (b.vl + q) * (j->lr_zl[at] + a->dual * d.dzl),
                   ph = (b.vh - q) * (j->lr_zh[at] + a->dual * d.dzh);
            j->alt_tl[at] = j->lr_tl[at] + outlier1(pl, mu) / b.vl;
            j->alt_th[at] = j->lr_th[at] + outlier1(ph, mu) / b.vh;
        }
}

/* Centrality correctors as long as they lengthen the step. 0 or -1. */
static int center(struct joint *j, struct ratio *a, double mu)
{
    for (int k = 0; k < CORRECTORS_MAX && (a->primal < 0.9 || a->dual < 0.9); k++) {
        struct ratio aim = {fmin(1, 2 * a->primal + 0.1), fmin(1, 2 * a->dual + 0.1)};
        for (int c = 0; c < j->n_cell; c++) cell_center(j, &j->cell[c], &aim, mu);
        lr_center(j, &aim, mu);
        motions_swap(j);
        if (direction(j)) return -1;
        struct ratio now = ratios(j);
        if (now.primal + now.dual < a->primal + a->dual + 0.02) {
            for (int c = 0; c < j->n_cell; c++) cell_swap(&j->cell[c]);
            motions_swap(j);
            return 0;
        }
        *a = now;
    }
    return 0;
}

/* A full Newton step towards a tenth of the mean product: directions only. 0 or -1. */
int ipm_newton(struct joint *j)
{
    struct ratio none = {0, 0};
    targets(j, 0, 0);
    struct tally s = tallies(j, &none);
    targets(j, 0.1 * s.comp / s.count, 0);
    j->calm = 1;
    return factor(j) || direction(j) ? -1 : 0;
}

/* One iteration; *mu is the mean product before it. 0, or -1 when it could not move. */
static int iterate(struct joint *j, double *mu)
{
    targets(j, 0, 0);
    j->calm = fmin(1, fmax(1e-6, *mu / j->money)); /* proximal weights fade with mu: they would hold the dual back */
    if (factor(j) || direction(j)) return -1;
    struct ratio a = ratios(j);
    struct tally s = tallies(j, &a);
    *mu = s.comp / s.count;
    double left = s.affine / s.comp, sigma = left * left * left;
    if (!isfinite(sigma)) return -1;
    targets(j, sigma * *mu, 1);
    if (direction(j)) return -1;
    a = ratios(j);
    if (center(j, &a, sigma * *mu)) return -1;
    double keep = fmax(0.9, 1 - 50 * *mu / j->money);
    if (keep > 0.9995) keep = 0.9995;
    a.primal *= a.primal < 1 ? keep : 1;
    a.dual *= a.dual < 1 ? keep : 1;
    if (!(a.primal > 1e-10 || a.dual > 1e-10)) return -1;
    step(j, &a);
    return 0;
}

static int close_enough(struct joint *j, double gap_rel)
{
    struct plan_cost p = cost_plan(j);
    j->result.cost = p.cost;
    j->result.bound = bound_dual(j);
    j->result.short_cost = p.short_cost;
    double scale = fmax(fabs(p.cost), 1e-3 * p.gross);
    return p.lack < 1e-7 && p.cost - j->result.bound <= gap_rel * scale;
}

enum joint_end ipm_run(struct joint *j, const struct joint_limit *lim)
{
    double mu = j->money;

    for (j->result.iterations = 0; j->result.iterations < ITERATIONS_MAX; j->result.iterations++) {
        if (close_enough(j, lim->gap_rel)) return JOINT_OPTIMAL;
        if (lim->time_s > 0 && clock_s() - j->start_s > lim->time_s) return JOINT_TIME;
        if (iterate(j, &mu)) return JOINT_STALLED;
    }
    return JOINT_STALLED;
}
