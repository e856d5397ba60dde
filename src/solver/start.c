/* Where the iteration begins from nothing: prices spread from the paying sources (what the grid charges) along inputs
 * that pass a carrier on (lines, pumps); inputs at a quarter of their range, states simulated, soft rows put on the
 * central path in closed form, reduced costs absorbed by the bound duals. Then a few full Newton steps, each clipped into
 * the bounds and placed again: they bring storages near their limits at once. */
#include "solver/element.h"
#include <string.h>

#define PRICE_UNKNOWN -1.0
#define AGAIN_SHARE 0.1 /* of the products of a cold start; a hundredth converged later */

/* lam of a node that only `c`'s input i can pay for in slot t: what the input costs, with what it takes elsewhere.
 */
static double supply_price(const struct joint *j, const struct cell *c, const struct crew *crew, const vec *st,
                           int t, int i, int *to)
{
    const struct comp *p = c->comp;
    int lane = 0;
    while (crew->mask[lane] == 0) lane++;
    double cost = st[p->off[AT_PRICE] + i][lane], gain = 0;
    *to = -1;
    for (int k = 0; k < p->np; k++) {
        int32_t node = crew->node[p->port[k]];
        double f = st[p->off[AT_F] + k * p->nu + i][lane];
        if (node < 0 || f == 0) continue;
        double l = j->lam[(size_t)node * (size_t)j->dim.T_max + (size_t)t];
        if (f > 0) {
            if (*to >= 0) return PRICE_UNKNOWN;
            *to = node, gain = f;
        } else if (l == PRICE_UNKNOWN)
            return PRICE_UNKNOWN;
        else
            cost -= f * l;
    }
    return *to >= 0 && cost > 0 ? cost / gain : PRICE_UNKNOWN;
}

static int drives_state(const struct comp *p, const vec *st, int i)
{
    for (int x = 0; x < p->nx; x++)
        if (vec_sum(vec_abs(st[p->off[AT_B] + x * p->nu + i])) > 0) return 1;
    return 0;
}

/* One sweep over all cells; nodes already priced keep their price. Returns how many prices are new or higher. */
static int price_sweep(const struct joint *j, double *next)
{
    vec st[STAGE_MAX];
    int found = 0;
    for (int k = 0; k < j->n_cell; k++) {
        const struct cell *c = &j->cell[k];
        if (c->comp->np == 0) continue;
        int cur = -1;
        stage_zero(c, st);
        for (int t = 0; t < j->T; t++) {
            stage_load(c, j->len, t, &cur, st);
            for (int i = 0; i < c->comp->nu * c->batch->n_crew; i++) {
                int to, input = i % c->comp->nu;
                if (drives_state(c->comp, st, input)) continue;
                double l = supply_price(j, c, &c->batch->crew[i / c->comp->nu], st, t, input, &to);
                if (l == PRICE_UNKNOWN) continue;
                size_t at = (size_t)to * (size_t)j->dim.T_max + (size_t)t;
                if (j->lam[at] != PRICE_UNKNOWN || next[at] >= l) continue;
                next[at] = l;
                found++;
            }
        }
    }
    return found;
}

static void price_start(struct joint *j)
{
    size_t n = (size_t)j->dim.n_node * (size_t)j->dim.T_max;
    for (size_t i = 0; i < n; i++) j->lam[i] = j->lam_new[i] = PRICE_UNKNOWN;
    for (int round = 0; round <= j->dim.n_node; round++) {
        if (!price_sweep(j, j->lam_new)) break;
        memcpy(j->lam, j->lam_new, n * sizeof *j->lam);
    }
    for (size_t i = 0; i < n; i++) j->lam[i] = j->lam[i] == PRICE_UNKNOWN ? 0 : 0.8 * j->lam[i];
}

/* Money that moves through an input in a slot: its own price and what its flows are worth, times its range. */
static vec input_value(const struct joint *j, const struct cell *c, const vec *st, int t, int i, vec *gradient)
{
    const struct comp *p = c->comp;
    vec g = st[p->off[AT_PRICE] + i], most = vec_abs(g);
    for (int k = 0; k < p->np; k++) {
        vec e = st[p->off[AT_F] + k * p->nu + i] * lam_at(j, c, j->lam, p->port[k], t);
        g -= e;
        most = vec_max(most, vec_abs(e));
    }
    *gradient = g;
    return most * (st[p->off[AT_HI] + i] - st[p->off[AT_LO] + i]);
}

/* Mean value of the cell's inputs, lane by lane, and the widest range of each input for the proximal weights. */
static void cell_scale(const struct joint *j, struct cell *c)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], sum = vec_of(0), count = vec_of(1e-300), width[COMP_U], g;
    int cur = -1;
    stage_zero(c, st);
    for (int i = 0; i < p->nu; i++) width[i] = vec_of(0);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int i = 0; i < p->nu; i++) {
            vec lo = st[p->off[AT_LO] + i], hi = st[p->off[AT_HI] + i];
            sum += input_value(j, c, st, t, i, &g);
            count += vec_pick(box_fixed(lo, hi), vec_of(0), vec_of(1));
            width[i] = vec_max(width[i], hi - lo);
        }
    }
    c->mu0[0] = sum / vec_max(count, vec_of(1));
    for (int i = 0; i < p->nu; i++) c->prox[i] = vec_max(width[i], vec_of(1e-30));
}

void start_scales(struct joint *j)
{
    double sum = 0, count = 0;
    for (int k = 0; k < j->n_cell; k++) {
        struct cell *c = &j->cell[k];
        cell_scale(j, c);
        sum += vec_sum(c->mu0[0]);
        for (int l = 0; l < LANES; l++) count += c->mu0[0][l] > 0;
    }
    j->money = sum > 0 ? sum / count : 1;
    for (int k = 0; k < j->n_cell; k++) {
        struct cell *c = &j->cell[k];
        vec value = vec_max(c->mu0[0], vec_of(0.01 * j->money));
        c->mu0[0] = value * 3;
        for (int i = 0; i < c->comp->nu; i++) c->prox[i] = value * 1e-3 / (c->prox[i] * c->prox[i]);
    }
}

static void input_start(struct cell *c, const vec *st, int t, int i)
{
    const struct comp *p = c->comp;
    vec lo = st[p->off[AT_LO] + i], hi = st[p->off[AT_HI] + i];
    c->u[(size_t)t * p->nu + (size_t)i] = vec_pick(box_fixed(lo, hi), (lo + hi) * 0.5, lo + (hi - lo) * 0.25);
}

/* Bound duals that absorb the reduced cost g. */
static void box_start(struct cell *c, const vec *st, int t, int i, vec g)
{
    const struct comp *p = c->comp;
    size_t at = (size_t)t * p->nu + (size_t)i;
    vec none = vec_of(0);
    struct box b = box_of(c->u[at], st[p->off[AT_LO] + i], st[p->off[AT_HI] + i]);
    g += st[p->off[AT_QUAD] + i] * 2 * c->u[at];
    vec mu = vec_max(c->mu0[0], vec_abs(g) * (b.vl + b.vh) * 0.1);
    c->zl[at] = vec_pick(b.fixed, none, vec_max(g, none) + mu * b.il);
    c->zh[at] = vec_pick(b.fixed, none, vec_max(-g, none) + mu * b.ih);
}

/* Slack and dual of a side on the central path for its row as it is: s solves c s^2 + (c e - 2 mu) s - mu e = 0. */
static void side_start(struct cell *c, const vec *st, size_t row, int r, int hi, vec scale)
{
    const struct comp *p = c->comp;
    size_t at = row * 2 + (size_t)hi;
    vec price = st[p->off[hi ? AT_PRICE_HI : AT_PRICE_LO] + r], bound = st[p->off[hi ? AT_ROW_HI : AT_ROW_LO] + r];
    vec mu = c->mu0[0], e = (c->y[row] - bound) * (hi ? -1.0 : 1.0), root, none = vec_of(0);
    lane_mask on = price > none, hard = price >= vec_of(HARD_PRICE);
    vec cost = vec_pick(on & ~hard, price, vec_of(1));
    mu = vec_max(mu,
                 vec_pick(on & ~hard, cost * -e * 0.3, none)); /* far outside: begin well centred, not at s >> v */
    vec disc = cost * cost * e * e + mu * mu * 4;
    root = vec_root(disc);
    vec s = ((mu * 2 - cost * e) + root) / (cost * 2), v = ((mu * 2 + cost * e) + root) / (cost * 2);
    s = vec_pick(hard, mu / HARD_INSIDE, s);
    v = vec_pick(hard, vec_max(e, scale), v);
    c->s[at] = vec_pick(on, s, vec_of(1));
    c->v[at] = vec_pick(on, v, vec_of(1));
    c->z[at] = vec_pick(on, mu / v, none);
}

/* A hard row starts at least this far inside: a tenth of what its inputs span in a slot or of the largest distance
 * to its bounds. */
static void rows_scale(const struct joint *j, const struct cell *c, vec *scale)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX];
    int cur = -1;
    stage_zero(c, st);
    for (int r = 0; r < p->nrow; r++) scale[r] = vec_of(1e-12);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int r = 0; r < p->nrow; r++) {
            vec span = vec_of(0);
            for (int i = 0; i < p->nu; i++)
                span += vec_abs(st[p->off[AT_D] + r * p->nu + i]) * (st[p->off[AT_HI] + i] - st[p->off[AT_LO] + i]);
            scale[r] = vec_max(scale[r], span * 0.1);
            for (int hi = 0; hi < 2; hi++) {
                lane_mask on = st[p->off[hi ? AT_PRICE_HI : AT_PRICE_LO] + r] > vec_of(0);
                vec e = vec_abs(c->y[(size_t)t * p->nrow + (size_t)r] - st[p->off[hi ? AT_ROW_HI : AT_ROW_LO] + r]);
                scale[r] = vec_pick(on, vec_max(scale[r], e * 0.1), scale[r]);
            }
        }
    }
}

/* Rows and bound duals for the inputs as they are: sides on the central path, boxes dual feasible. */
static void cell_place(const struct joint *j, struct cell *c)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], scale[COMP_ROWS], q[COMP_X], rc[COMP_U], sum = vec_of(0);
    int cur = -1;
    cell_simulate(j, c);
    rows_scale(j, c, scale);
    stage_zero(c, st);
    for (int i = 0; i < p->nx; i++) q[i] = -c->worth[i];
    for (int t = j->T - 1; t >= 0; t--) {
        stage_load(c, j->len, t, &cur, st);
        for (int r = 0; r < p->nrow; r++)
            for (int hi = 0; hi < 2; hi++) side_start(c, st, (size_t)t * p->nrow + (size_t)r, r, hi, scale[r]);
        slot_costate(j, c, st, t, q, rc, &sum);
        for (int i = 0; i < p->nu; i++) box_start(c, st, t, i, rc[i]);
        costate_back(c, st, q);
    }
}

static void cell_begin(const struct joint *j, struct cell *c)
{
    vec st[STAGE_MAX];
    int cur = -1;
    stage_zero(c, st);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int i = 0; i < c->comp->nu; i++) input_start(c, st, t, i);
    }
    cell_place(j, c);
}

/* Inputs after a full step, kept a fiftieth of their range inside. */
void cell_jump(const struct joint *j, struct cell *c)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX];
    int cur = -1;
    stage_zero(c, st);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int i = 0; i < p->nu; i++) {
            size_t at = (size_t)t * p->nu + (size_t)i;
            vec lo = st[p->off[AT_LO] + i], hi = st[p->off[AT_HI] + i], in = (hi - lo) * 0.02;
            vec u = vec_min(vec_max(c->u[at] + c->m.du[at], lo + in), hi - in);
            c->u[at] = vec_pick(box_fixed(lo, hi), (lo + hi) * 0.5, u);
        }
    }
    cell_place(j, c);
}

/* The last resort stands where its own two bounds balance the price: g = mu / q - mu / (max - q). */
static void last_resort_start(struct joint *j, double mu)
{
    for (int i = 0; i < 2 * j->dim.n_node; i++) {
        const struct joint_node *n = &j->dim.node[i / 2];
        double most = i & 1 ? n->spare_max : n->short_max, price = i & 1 ? n->spare_price : n->short_price;
        for (int t = 0; t < j->T; t++) {
            size_t at = (size_t)i * (size_t)j->dim.T_max + (size_t)t;
            double lam = j->lam[(size_t)(i / 2) * (size_t)j->dim.T_max + (size_t)t];
            double g = price * j->dt_s[j->len[t]] + (i & 1 ? lam : -lam);
            double q = g > 0 ? mu / (g + 2 * mu / most) : 0.5 * most;
            j->lr[at] = most > 0 ? q : 0;
            j->lr_zl[at] = most > 0 ? fmax(g, 0) + mu / q : 0;
            j->lr_zh[at] = most > 0 ? fmax(-g, 0) + mu / (most - q) : 0;
        }
    }
}

/* Prices after a full step, within what the last resort allows. */
static void price_jump(struct joint *j)
{
    for (int i = 0; i < j->dim.n_node; i++)
        for (int t = 0; t < j->T; t++) {
            const struct joint_node *n = &j->dim.node[i];
            size_t at = (size_t)i * (size_t)j->dim.T_max + (size_t)t;
            double dt = j->dt_s[j->len[t]];
            j->lam[at] = fmin(fmax(j->lam_new[at], -0.9 * n->spare_price * dt), 0.9 * n->short_price * dt);
        }
}

/* Inputs as they are, kept inside; then everything placed and full Newton steps taken, aiming at mu. */
static void jumps(struct joint *j, int rounds, double mu, double last_resort_mu)
{
    last_resort_start(j, last_resort_mu);
    for (int round = 0; round < rounds; round++) {
        if (ipm_newton(j, mu)) return;
        price_jump(j);
        for (int k = 0; k < j->n_cell; k++)
            if (!j->cell[k].kind->frozen) cell_jump(j, &j->cell[k]);
        last_resort_start(j, last_resort_mu);
    }
}

/* From the inputs and prices as they are, where bounds have moved: rows and duals are placed anew. */
void start_again(struct joint *j)
{
    start_scales(j);
    for (int k = 0; k < j->n_cell; k++) {
        struct cell *c = &j->cell[k];
        if (c->kind->frozen) continue;
        c->mu0[0] *= AGAIN_SHARE;
        memset(c->m.du, 0, sizeof(vec) * (size_t)j->T * c->comp->nu);
        cell_jump(j, c);
    }
    j->mu = AGAIN_SHARE * j->money;
    jumps(j, 1, 0.1 * AGAIN_SHARE * j->money, 0.3 * AGAIN_SHARE * j->money);
}

void start_cold(struct joint *j)
{
    price_start(j);
    start_scales(j);
    j->mu = j->money;
    for (int k = 0; k < j->n_cell; k++) cell_begin(j, &j->cell[k]);
    jumps(j, 3, 0.1 * j->money, 0.3 * j->money);
}
