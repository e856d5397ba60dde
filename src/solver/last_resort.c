/* The last resort at every node: a priced shortage and a priced surplus in every slot, boxed like any input but kept as
 * plain arrays over the slots. The same elements as in element.h, one number at a time. */
#include "solver/inside.h"

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

void lr_factor(struct joint *j)
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

void lr_target(struct joint *j, double mu, int corrector)
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
void lr_linear(struct joint *j, const double *lam, double *net)
{
    for (int i = 0; i < lr_count(j); i++)
        for (int t = 0; t < j->T; t++) {
            size_t at = lr_at(j, i, t), node = lr_at(j, i / 2, t);
            double sign = i & 1 ? -1 : 1, g = lr_price(j, i, t) - sign * lam[node] - j->lr_tl[at] + j->lr_th[at];
            j->lr_step[at] = lr_most(j, i) > 0 ? -g / j->lr_d[at] : 0;
            if (net) net[node] += sign * (j->lr[at] + j->lr_step[at]);
        }
}

void lr_reach(const struct joint *j, struct reach *a)
{
    for (int i = 0; i < lr_count(j); i++)
        for (int t = 0; lr_most(j, i) > 0 && t < j->T; t++) {
            size_t at = lr_at(j, i, t);
            struct lr_box b = lr_box_of(j, i, at);
            struct lr_duals d = lr_move(j, &b, at);
            double q = j->lr_step[at], zl = j->lr_zl[at], zh = j->lr_zh[at];
            a->primal = fmax(a->primal, fmax(-q / b.vl, q / b.vh));
            a->dual = fmax(a->dual, fmax(-d.dzl / zl, -d.dzh / zh));
            a->now += b.vl * zl + b.vh * zh;
            a->by_primal += q * (zl - zh);
            a->by_dual += b.vl * d.dzl + b.vh * d.dzh;
            a->by_both += q * (d.dzl - d.dzh);
            a->count += 2;
        }
}

void lr_update(struct joint *j, const struct ratio *a)
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

static double outlier1(double p, double mu) { return fmax(0.1 * mu - p, 0) + fmax(fmin(10 * mu - p, 0), -10 * mu); }

void lr_center(struct joint *j, const struct ratio *a, double mu)
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
