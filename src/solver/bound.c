/* What a plan costs and what no plan can cost less than.
 *
 * Dual bound (weak duality): for ANY node prices lam and row duals z within [0, price], relax balances and rows;
 * what is left decouples, and since every input is boxed each minimum is known in closed form: bound = sum of min
 * over lo <= u <= hi of (rc u + quad u^2) + z_lo row_lo - z_hi row_hi + q drift + a0 x0 - lam feed
 *           + last resort: min(0, (price - lam) max)
 * with the costate q = C'(z_hi - z_lo) - G' lam + A' q_next (minus worth at the end) and rc = price + D'(z_hi -
 * z_lo) - F' lam
 * + B' q. Valid however inexactly the iteration has run. */
#include "solver/element.h"
#include <string.h>

/* min over [lo, hi] of rc u + quad u^2 */
static vec box_least(vec rc, vec quad, vec lo, vec hi)
{
    vec none = vec_of(0), at_lo = rc * lo + quad * lo * lo, at_hi = rc * hi + quad * hi * hi;
    lane_mask curved = quad > none;
    vec inner = -rc / vec_pick(curved, quad * 2, vec_of(1));
    inner = vec_min(vec_max(inner, lo), hi);
    return vec_pick(curved, rc * inner + quad * inner * inner, vec_min(at_lo, at_hi));
}

/* Costate q (in: what the end of the slot is worth to the slots after it) and reduced costs rc of slot t; *sum
 * gains the rows' part of the bound. */
void slot_costate(const struct joint *j, const struct cell *c, const vec *st, int t, vec *q, vec *rc, vec *sum)
{
    const struct comp *p = c->comp;
    const int nx = p->nx, nu = p->nu;
    for (int i = 0; i < nu; i++) rc[i] = st[p->off[AT_PRICE] + i];
    for (int r = 0; r < p->nrow; r++) {
        size_t at = ((size_t)t * p->nrow + (size_t)r) * 2;
        vec none = vec_of(0), lo = vec_max(vec_min(c->z[at], st[p->off[AT_PRICE_LO] + r]), none);
        vec hi = vec_max(vec_min(c->z[at + 1], st[p->off[AT_PRICE_HI] + r]), none);
        *sum += vec_pick(lo > none, lo * st[p->off[AT_ROW_LO] + r], none);
        *sum -= vec_pick(hi > none, hi * st[p->off[AT_ROW_HI] + r], none);
        for (int i = 0; i < nx; i++) q[i] += st[p->off[AT_C] + r * nx + i] * (hi - lo);
        for (int i = 0; i < nu; i++) rc[i] += st[p->off[AT_D] + r * nu + i] * (hi - lo);
    }
    for (int k = 0; k < p->np; k++) {
        vec l = lam_at(j, c, j->lam, p->port[k], t);
        for (int i = 0; i < nx; i++) q[i] -= st[p->off[AT_G] + k * nx + i] * l;
        for (int i = 0; i < nu; i++) rc[i] -= st[p->off[AT_F] + k * nu + i] * l;
    }
    for (int i = 0; i < nu; i++)
        for (int k = 0; k < nx; k++) rc[i] += st[p->off[AT_B] + k * nu + i] * q[k];
}

/* q becomes A' q: the start of the slot. */
void costate_back(const struct cell *c, const vec *st, vec *q)
{
    const struct comp *p = c->comp;
    vec a[COMP_X];
    for (int i = 0; i < p->nx; i++) {
        a[i] = vec_of(0);
        for (int k = 0; k < p->nx; k++) a[i] += st[p->off[AT_A] + k * p->nx + i] * q[k];
    }
    memcpy(q, a, sizeof(vec) * p->nx);
}

static double cell_bound(const struct joint *j, const struct cell *c, vec live)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], q[COMP_X], rc[COMP_U], sum = vec_of(0);
    int cur = -1;
    stage_zero(c, st);
    for (int i = 0; i < p->nx; i++) q[i] = -c->worth[i];
    for (int t = j->T - 1; t >= 0; t--) {
        stage_load(c, j->len, t, &cur, st);
        slot_costate(j, c, st, t, q, rc, &sum);
        for (int i = 0; i < p->nu; i++)
            sum += box_least(rc[i], st[p->off[AT_QUAD] + i], st[p->off[AT_LO] + i], st[p->off[AT_HI] + i]);
        for (int i = 0; i < p->nx; i++) sum += q[i] * st[p->off[AT_DRIFT] + i];
        costate_back(c, st, q);
    }
    for (int i = 0; i < p->nx; i++) sum += q[i] * c->x0[i];
    return vec_sum(vec_pick(live > vec_of(0), sum, vec_of(0)));
}

static double node_bound(const struct joint *j, int node)
{
    const struct joint_node *n = &j->dim.node[node];
    double sum = 0;
    for (int t = 0; t < j->T; t++) {
        size_t at = (size_t)node * (size_t)j->dim.T_max + (size_t)t;
        double dt = j->dt_s[j->len[t]], l = j->lam[at];
        sum -= l * j->feed[at];
        sum +=
            fmin(0, (n->short_price * dt - l) * n->short_max) + fmin(0, (n->spare_price * dt + l) * n->spare_max);
    }
    return sum;
}

double bound_dual(const struct joint *j)
{
    double sum = j->frozen_cost;
    for (int b = 0; b < j->n_batch; b++)
        for (int c = 0; !j->batch[b].kind->frozen && c < j->batch[b].kind->n_comp; c++)
            sum += cell_bound(j, &j->batch[b].cell[c], j->batch[b].live);
    for (int i = 0; i < j->dim.n_node; i++) sum += node_bound(j, i);
    return sum;
}

/* Cost of a cell at its inputs, states and rows, lane by lane; with it the sum without signs, and what its hard rows lack,
 * relative to their bounds. */
vec cell_costs(const struct joint *j, const struct cell *c, vec *gross, vec *lack)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], sum = vec_of(0), all = sum, worst = sum, none = sum;
    int cur = -1;
    stage_zero(c, st);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int i = 0; i < p->nu; i++) {
            vec u = c->u[(size_t)t * p->nu + (size_t)i];
            vec e = st[p->off[AT_PRICE] + i] * u + st[p->off[AT_QUAD] + i] * u * u;
            sum += e;
            all += vec_abs(e);
        }
        for (int k = 0; k < 2 * p->nrow; k++) {
            int r = k / 2, hi = k & 1;
            vec price = st[p->off[hi ? AT_PRICE_HI : AT_PRICE_LO] + r],
                bound = st[p->off[hi ? AT_ROW_HI : AT_ROW_LO] + r];
            vec y = c->y[(size_t)t * p->nrow + (size_t)r], miss = vec_max((y - bound) * (hi ? 1.0 : -1.0), none);
            lane_mask hard = price >= vec_of(HARD_PRICE), soft = (price > none) & ~hard;
            vec e = vec_pick(soft, price * miss, none);
            sum += e;
            all += e;
            worst = vec_max(worst, vec_pick(hard, miss / (vec_abs(bound) + vec_abs(y) + vec_of(1e-9)), none));
        }
    }
    for (int i = 0; i < p->nx; i++) sum -= c->worth[i] * c->x[(size_t)j->T * p->nx + (size_t)i];
    *gross = all;
    *lack = worst;
    return sum;
}

static double cell_cost(const struct joint *j, const struct cell *c, vec live, double *gross, double *lack)
{
    vec none = vec_of(0), all, worst, sum = cell_costs(j, c, &all, &worst);
    *gross += vec_sum(vec_pick(live > none, all, none));
    *lack = fmax(*lack, -vec_least(-vec_pick(live > none, worst, none)));
    return vec_sum(vec_pick(live > none, sum, none));
}

static void cell_flows(const struct joint *j, const struct cell *c, double *net)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX];
    int cur = -1;
    if (p->np == 0) return;
    stage_zero(c, st);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        for (int a = 0; a < p->np; a++) {
            vec e = vec_of(0);
            for (int i = 0; i < p->nu; i++) e += st[p->off[AT_F] + a * p->nu + i] * c->u[t * p->nu + i];
            for (int i = 0; i < p->nx; i++) e += st[p->off[AT_G] + a * p->nx + i] * c->x[(t + 1) * p->nx + i];
            flow_put(j, c->batch, p->port[a], t, e, net);
        }
    }
}

/* Flows of the current inputs into every node, feeds included: net[node][T_max]. Frozen blocks are in the feeds. */
void flows_net(const struct joint *j, double *net)
{
    memcpy(net, j->feed, sizeof *net * (size_t)j->dim.n_node * (size_t)j->dim.T_max);
    for (int k = 0; k < j->n_cell; k++)
        if (!j->cell[k].kind->frozen) cell_flows(j, &j->cell[k], net);
}

void flows_frozen(const struct joint *j, double *net)
{
    for (int k = 0; k < j->n_cell; k++)
        if (j->cell[k].kind->frozen) cell_flows(j, &j->cell[k], net);
}

double cost_frozen(const struct joint *j)
{
    double gross = 0, lack = 0, sum = 0;
    for (int b = 0; b < j->n_batch; b++)
        for (int c = 0; j->batch[b].kind->frozen && c < j->batch[b].kind->n_comp; c++)
            sum += cell_cost(j, &j->batch[b].cell[c], j->batch[b].live, &gross, &lack);
    return sum;
}

/* Cost of the plan as it is, with the last resort taking exactly what the balances leave (clipped to its bounds;
 * what is over goes into *lack relative to them). Uses rhs as scratch. */
struct plan_cost cost_plan(struct joint *j)
{
    struct plan_cost r = {0};
    for (int b = 0; b < j->n_batch; b++)
        for (int c = 0; c < j->batch[b].kind->n_comp; c++)
            r.cost += cell_cost(j, &j->batch[b].cell[c], j->batch[b].live, &r.gross, &r.lack);
    flows_net(j, j->rhs);
    for (int i = 0; i < j->dim.n_node; i++)
        for (int t = 0; t < j->T; t++) {
            const struct joint_node *n = &j->dim.node[i];
            double net = j->rhs[(size_t)i * (size_t)j->dim.T_max + (size_t)t], dt = j->dt_s[j->len[t]];
            double most = net < 0 ? n->short_max : n->spare_max, price = net < 0 ? n->short_price : n->spare_price;
            r.short_cost += price * dt * fmin(fabs(net), most);
            r.lack = fmax(r.lack, (fabs(net) - most) / fmax(most, 1));
        }
    r.cost += r.short_cost;
    r.gross += r.short_cost;
    return r;
}
