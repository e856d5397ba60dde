/* Node balances. Kirchhoff's current law as power: at every node the flows of all ports and what nobody could take
 * sum to zero. The electricity nodes form a tree, so one sweep from the leaves to the root settles it (backward
 * sweep of a radial feeder; Kersting, Distribution System Modeling and Analysis, ch. 10, here with power instead of
 * current): a `line` takes its lower node's residual at its lower port and gives it to the node above less losses.
 *
 * The contract with classes: `step` leaves in each balancing port the flow it was commanded (0 for a line or the
 * grid, the set power for a battery, the gate's own flow for a forebay); `balance` ADDS what it takes and returns
 * what it could not. At a node the assets with flows of their own come first, in the order of the file: each sees
 * what all others leave over (a battery's meter at the node) and takes it where its class says so (in an island).
 * What draws through a pipe comes after all that give, and hands back what nobody gave (PORT_GIVES_BACK: a greenhouse's heat, a pump's water).
 * The line upwards, or the grid, is the slack and takes the rest. The other carriers come after electricity: their
 * balancing draws none.
 *
 * Left out: reactive power, phase imbalance, voltage (a radial village grid is limited by transformer and feeders).
 */
#include "village/index.h"
#include "village/village.h"
#include <string.h>

static void node_sums(const struct village *v, const struct state *s, double *sum)
{
    memset(sum, 0, sizeof *sum * (size_t)v->n_node);
    for (int i = 0; i < v->n_flow; i++)
        if (v->flow_node[i] >= 0) sum[v->flow_node[i]] += s->flow[i];
}

/* A stale flow of a line or the grid may not enter the sums: both take exactly the residual, whatever came before.
 */
static void clear_passive(const struct village *v, struct state *s)
{
    for (int i = 0; i < v->n_balancer; i++) {
        const struct asset *as = &v->asset[v->balancer[i].asset];
        if (v->balancer[i].passive) memset(s->flow + as->flow, 0, sizeof *s->flow * (size_t)as->cls->n_port);
    }
}

/* The flows of one asset before and after, so that every node it touches (a line's upper node too) sees the change.
 */
static void balance_one(const struct village *v, struct state *s, int32_t a, int32_t node,
                        const struct asset_now *self, double dt_s, double *residual)
{
    const struct asset *as = &v->asset[a];
    double *flow = s->flow + as->flow, before[ASSET_PORTS_MAX];
    memcpy(before, flow, sizeof *flow * (size_t)as->cls->n_port);
    struct asset_now now = self ? self[a] : asset_view(v, s, a, NULL, dt_s);
    now.dt_s = dt_s, now.at_ms = s->at_ms, now.status = s->status[a];
    (void)as->cls->balance(&now, residual[node], s->x + as->x, flow);
    for (int p = 0; p < as->cls->n_port; p++)
        if (as->node[p] >= 0) residual[as->node[p]] += flow[p] - before[p];
}

void village_balance(const struct village *v, struct state *s, const struct asset_now *self, double dt_s,
                     double *residual)
{
    clear_passive(v, s);
    node_sums(v, s, residual);
    for (int i = 0; i < v->n_balancer; i++) {
        const struct balancer *b = &v->balancer[i];
        balance_one(v, s, b->asset, b->node, self, dt_s, residual);
    }
}
