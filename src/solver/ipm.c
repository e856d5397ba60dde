/* The iteration: Mehrotra's predictor-corrector (SIAM J. Optim. 2, 1992, 575) on the block-angular form. Each pass:
 * factor every cell and the node system; predictor; its step lengths give the centring; corrector with the
 * second-order term; step. After each step the plan's true cost and the dual bound are compared: the gap is
 * certified, not believed. */
#include "base/instant.h"
#include "solver/element.h"
#include <string.h>
#include <time.h>

enum { ITERATIONS_MAX = 100, CORRECTORS_MAX = 2 };

#define SHORT_STEP 0.3 /* a step below this is worth a centrality corrector's passes */

double clock_s(void) { return instant_mono_s(); }

static size_t lr_at(const struct joint *j, int i, int t) { return (size_t)i * (size_t)j->dim.T_max + (size_t)t; }

static void net_open(struct joint *j)
{
    memcpy(j->rhs, j->feed, sizeof *j->rhs * (size_t)j->dim.n_node * (size_t)j->dim.T_max);
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

/* What a sweep does at each cell. */
struct visit {
    double aim;                 /* products a Newton step aims at */
    const struct ratio *center; /* this long a step is aimed for */
};
typedef void visit_cell(struct joint *, struct half *, struct cell *, const struct visit *);
struct sweep {
    visit_cell *visit;
    struct visit how;
    int flows; /* the visits add up flows */
};

/* Flows of a batch's lanes into their nodes. */
static void acc_drain(const struct joint *j, struct half *h, const struct batch *b)
{
    for (int p = 0; p < b->kind->shape->nport; p++) {
        vec *a = h->acc + (size_t)p * (size_t)j->dim.T_max;
        for (int t = 0; t < j->T; t++) {
            flow_put(j, b, p, t, a[t], h->net);
            a[t] = vec_of(0);
        }
    }
}

/* Every cell that is not frozen, there one time and back the next: the cells last in the cache are the first to be used
 * again. */
static void half_sweep(struct joint *j, struct half *h, const void *of)
{
    const struct sweep *s = of;
    if (s->flows) memset(h->net, 0, sizeof *h->net * (size_t)j->dim.n_node * (size_t)j->dim.T_max);
    h->reach = (struct reach){0};
    for (int i = h->first; i < h->last; i++) {
        const struct batch *b = &j->batch[h->turned ? h->first + h->last - 1 - i : i];
        for (int c = 0; !b->kind->frozen && c < b->kind->n_comp; c++) s->visit(j, h, &b->cell[c], &s->how);
        if (s->flows && !b->kind->frozen) acc_drain(j, h, b);
    }
    h->turned = !h->turned;
}

static void sweep(struct joint *j, visit_cell *visit, struct visit how, int flows)
{
    team_run(j, half_sweep, &(struct sweep){visit, how, flows});
    for (int h = 0; flows && h < HALVES; h++)
        for (size_t i = 0; i < (size_t)j->dim.n_node * (size_t)j->dim.T_max; i++) j->rhs[i] += j->half[h].net[i];
}

static struct reach reach_join(const struct reach *a, const struct reach *b)
{
    return (struct reach){fmax(a->primal, b->primal),  fmax(a->dual, b->dual),  a->now + b->now,
                          a->by_primal + b->by_primal, a->by_dual + b->by_dual, a->by_both + b->by_both,
                          a->count + b->count};
}

static void visit_step(struct joint *j, struct half *h, struct cell *c, const struct visit *how)
{
    (void)h, (void)how;
    const struct lane_ratio each = {vec_of(j->pending.primal), vec_of(j->pending.dual)};
    cell_update(j, c, &each);
}

static void visit_factor(struct joint *j, struct half *h, struct cell *c, const struct visit *how)
{
    if (j->stepping) visit_step(j, h, c, how);
    if (how->aim > 0)
        cell_aim(j, c, how->aim);
    else
        cell_predict(j, c);
    c->kernel->factor(j, c);
    c->kernel->linear(j, c, j->lam, h->acc);
    if (c->comp->np > 0) c->kernel->covariance(j, h, c);
}

static void visit_targets(struct joint *j, struct half *h, struct cell *c, const struct visit *how)
{
    if (how->center)
        cell_center(j, c, how->center);
    else {
        cell_sigma(c, how->aim);
        cell_correct(j, c);
    }
    c->kernel->linear(j, c, j->lam, h->acc);
}

static void visit_prices(struct joint *j, struct half *h, struct cell *c, const struct visit *how)
{
    (void)how;
    c->kernel->linear(j, c, j->lam_new, NULL);
    cell_reach(j, c, &h->reach);
}

/* The predictor's pass: every cell factored, its step without new prices, its covariance into the node system; then
 * the node system factored. Cell by cell, so that a cell's numbers stay in the cache from end to end. 0 or -1. */
static int pass_factor(struct joint *j, double aim)
{
    net_open(j);
    sys_open(j);
    sweep(j, visit_factor, (struct visit){.aim = aim}, 1);
    j->stepping = 0;
    lr_target(j, aim, 0);
    lr_factor(j);
    lr_linear(j, j->lam, j->rhs);
    return sys_factor(j);
}

/* New targets and the step without new prices; `center` moves products from `step` towards mu, else they aim at mu. */
static void pass_targets(struct joint *j, double mu, const struct ratio *center)
{
    net_open(j);
    sweep(j, visit_targets, (struct visit){.aim = mu, .center = center}, 1);
    if (center) {
        lr_center(j, center, mu);
        motions_swap(j);
    } else
        lr_target(j, mu, 1);
    lr_linear(j, j->lam, j->rhs);
}

/* New prices for the balances left in rhs, then everybody's step for them. 0, or -1 when a number has run out. */
static int pass_prices(struct joint *j, struct reach *r)
{
    size_t n = (size_t)j->dim.n_node * (size_t)j->dim.T_max;
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
    sweep(j, visit_prices, (struct visit){0}, 0);
    *r = reach_join(&j->half[0].reach, &j->half[1].reach);
    lr_linear(j, j->lam_new, NULL);
    lr_reach(j, r);
    return isfinite(r->by_both) && isfinite(r->now) ? 0 : -1;
}

static struct ratio ratio_of(const struct reach *r)
{
    return (struct ratio){1 / fmax(1, r->primal), 1 / fmax(1, r->dual)};
}

/* The step of length a. The cells take theirs when they are next visited. */
static void step(struct joint *j, const struct ratio *a)
{
    j->pending = *a;
    j->stepping = 1;
    lr_update(j, a);
    for (int i = 0; i < j->dim.n_node; i++)
        for (int t = 0; t < j->T; t++) {
            size_t at = lr_at(j, i, t);
            j->lam[at] += a->dual * (j->lam_new[at] - j->lam[at]);
        }
}

/* Steps not yet taken are. */
static void step_finish(struct joint *j)
{
    if (j->stepping) sweep(j, visit_step, (struct visit){0}, 0);
    j->stepping = 0;
}

/* Centrality correctors as long as they lengthen the step. 0 or -1. */
static int center(struct joint *j, struct ratio *a, struct reach *r, double mu)
{
    for (int k = 0; k < CORRECTORS_MAX && (a->primal < SHORT_STEP || a->dual < SHORT_STEP); k++) {
        struct ratio aim = {fmin(1, 2 * a->primal + 0.1), fmin(1, 2 * a->dual + 0.1)};
        struct reach now;
        pass_targets(j, mu, &aim);
        if (pass_prices(j, &now)) return -1;
        struct ratio b = ratio_of(&now);
        if (b.primal + b.dual < a->primal + a->dual + 0.02) {
            for (int c = 0; c < j->n_cell; c++)
                if (!j->cell[c].kind->frozen) cell_swap(&j->cell[c]);
            motions_swap(j);
            return 0;
        }
        *a = b;
        *r = now;
    }
    return 0;
}

static double complementarity(const struct reach *r, const struct ratio *a)
{
    return r->now + a->primal * r->by_primal + a->dual * r->by_dual + a->primal * a->dual * r->by_both;
}

/* A full Newton step that aims every product at mu: directions only. 0 or -1. */
int ipm_newton(struct joint *j, double mu)
{
    struct reach r;
    j->calm = 1;
    return pass_factor(j, mu) || pass_prices(j, &r) ? -1 : 0;
}

/* One iteration; j->mu is the mean product before it, then after it. 0, or -1 when it could not move. */
static int iterate(struct joint *j)
{
    struct reach r;
    j->calm =
        fmin(1, fmax(1e-6, j->mu / j->money)); /* proximal weights fade with mu: they would hold the dual back */
    if (pass_factor(j, 0) || pass_prices(j, &r)) return -1;
    struct ratio a = ratio_of(&r);
    double left = complementarity(&r, &a) / r.now, mu = r.now / r.count, sigma = left * left * left;
    if (!isfinite(sigma)) return -1;
    pass_targets(j, sigma * mu, NULL);
    if (pass_prices(j, &r)) return -1;
    a = ratio_of(&r);
    if (center(j, &a, &r, sigma * mu)) return -1;
    double keep = fmin(fmax(0.9, 1 - 50 * mu / j->money), 0.9995);
    a = (struct ratio){fmin(1, keep / fmax(r.primal, 1e-9)), fmin(1, keep / fmax(r.dual, 1e-9))};
    if (!(a.primal > 1e-10 || a.dual > 1e-10)) return -1;
    step(j, &a);
    j->complement = complementarity(&r, &a);
    j->mu = j->complement / r.count;
    return 0;
}

/* The certificate: cost of the plan as it is against the dual bound. */
static int close_enough(struct joint *j, double gap_rel)
{
    for (int k = 0; k < j->n_cell; k++)
        if (!j->cell[k].kind->frozen) cell_simulate(j, &j->cell[k]); /* what is certified is what the inputs do */
    struct plan_cost p = cost_plan(j);
    j->result.cost = p.cost;
    j->result.bound = bound_dual(j);
    j->result.short_cost = p.short_cost;
    j->gap_aim = gap_rel * fmax(fabs(p.cost), 1e-3 * p.gross);
    return p.lack < 1e-7 && p.cost - j->result.bound <= j->gap_aim;
}

int time_is_up(const struct joint *j, const struct joint_limit *lim)
{
    return (lim->stop && atomic_load(lim->stop)) || (lim->time_s > 0 && clock_s() - j->start_s > lim->time_s);
}

enum joint_end ipm_run(struct joint *j, const struct joint_limit *lim)
{
    j->complement = j->gap_aim = 0;
    for (j->result.iterations = 0; j->result.iterations < ITERATIONS_MAX; j->result.iterations++) {
        /* the certificate costs three passes: ask for it only when the products promise it */
        if (j->complement <= 4 * j->gap_aim) {
            step_finish(j);
            if (close_enough(j, lim->gap_rel)) return JOINT_OPTIMAL;
        }
        if (time_is_up(j, lim) || iterate(j)) break;
    }
    step_finish(j);
    return time_is_up(j, lim) ? JOINT_TIME : JOINT_STALLED;
}
