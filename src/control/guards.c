/* Guards. The last gate of every asset is its class's own guard. Between assets stands this ordered table of
 * village guards; each may only reduce: put an asset to its safe set-points, shed it in the residents' order
 * (STATUS_SHED, which its own guard turns into set-points and which never takes warmth below the floor, light below
 * its class or a critical service), or curtail a source. The asset guards run before, within and after, so a
 * village guard never asks what an asset's guard forbids. What is shed stays shed for SHED_HOLD_MS and is then
 * offered to the next in its rank, so that the burden goes round. These are not a certified safety function:
 * hardware interlocks and protection relays stay in hardware. */
#include "control/core.h"
#include <math.h>
#include <string.h>

static const double line_loss_frac = 0.05; /* more than any line of a village loses */
enum { SHED_HOLD_MS = 300000, PASSES = 3, CURTAIL_TRIES = 16 };
const char *const village_guard_name[] = {"land not handed over", "river: environmental flow first",
                                          "heat: shed in order",  "gas: shed in order",
                                          "feeder limit",         "transformer limit",
                                          "grid import limit",    "grid export limit",
                                          "island: balance",      NULL};

static int first_bit(uint32_t bits)
{
    int i = 0;
    while (!(bits & 1u << i)) i++;
    return i;
}

uint32_t guard_asset(struct control *c, int32_t a)
{
    const struct asset *as = &c->v->asset[a];
    if (!as->cls->guard) return 0;
    struct asset_now now = now_view(c, &c->s, a, c->opt.rates.tick_s);
    now.status = c->next.status[a];
    return as->cls->guard(&now, c->next.cmd + as->cmd);
}

/* The guard with its traces: which rule moved which set-point. */
static void guard_traced(struct control *c, int32_t a)
{
    const struct asset *as = &c->v->asset[a];
    double before[64];
    memcpy(before, c->next.cmd + as->cmd, sizeof *before * (size_t)as->cls->cmd.n);
    uint32_t bits = guard_asset(c, a);
    if (!bits) return;
    c->bits[a] |= bits;
    for (int i = 0; i < as->cls->cmd.n; i++)
        if (c->next.cmd[as->cmd + i] != before[i]) c->origin[as->cmd + i].asset_rule = (int16_t)first_bit(bits);
}

void guards_assets(struct control *c)
{
    for (int32_t a = 0; a < c->v->n_asset; a++)
        if (c->v->asset[a].cls->cmd.n) guard_traced(c, a);
}

static void mark(struct control *c, int32_t a, enum village_guard rule)
{
    const struct asset *as = &c->v->asset[a];
    c->village_bits[a] |= 1u << rule;
    for (int i = 0; i < as->cls->cmd.n; i++) c->origin[as->cmd + i].village_rule = (int16_t)rule;
}

static int holds(const struct control *c, int64_t until_ms)
{
    return until_ms > c->s.at_ms && until_ms <= c->s.at_ms + SHED_HOLD_MS;
}

void shed_hold(struct control *c)
{
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        if (holds(c, c->shed_until_ms[a])) c->s.status[a] |= STATUS_SHED;
        if (holds(c, c->cut_until_ms[a]) && c->s.status[a] & STATUS_ISLAND) c->s.status[a] |= STATUS_CUT;
    }
}

/* --- land --- */

static int guard_land(struct control *c)
{
    int moved = 0;
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        const struct asset *as = &c->v->asset[a];
        if (!(c->next.status[a] & STATUS_OUT) || !as->cls->cmd.n) continue;
        double safe[64];
        memcpy(safe, c->next.cmd + as->cmd, sizeof *safe * (size_t)as->cls->cmd.n);
        struct asset_now now = now_view(c, &c->s, a, c->opt.rates.tick_s);
        if (as->cls->safe) as->cls->safe(&now, safe);
        if (as->cls->guard) as->cls->guard(&now, safe);
        if (memcmp(safe, c->next.cmd + as->cmd, sizeof *safe * (size_t)as->cls->cmd.n) == 0) continue;
        memcpy(c->next.cmd + as->cmd, safe, sizeof *safe * (size_t)as->cls->cmd.n);
        mark(c, a, GUARD_LAND);
        moved++;
    }
    return moved;
}

/* --- shedding --- */

static double port_flow(const struct control *c, int32_t a, enum carrier k, int32_t node)
{
    const struct asset *as = &c->v->asset[a];
    if (k == CARRIER_ELEC) return asset_elec_W(c, a);
    double sum = 0;
    for (int p = 0; p < as->cls->n_port; p++)
        if (as->cls->port[p].carrier == k && as->node[p] == node) sum += c->next.flow[as->flow + p];
    return sum;
}

static int touches(const struct control *c, int32_t a, enum carrier k, int32_t node)
{
    if (k == CARRIER_ELEC) return asset_under(c, a, node);
    const struct asset *as = &c->v->asset[a];
    for (int p = 0; p < as->cls->n_port; p++)
        if (as->cls->port[p].carrier == k && as->node[p] == node) return 1;
    return 0;
}

/* Asks one asset to shed, or cuts its base load (how: STATUS_SHED or STATUS_CUT); what that frees (in the carrier's unit), or 0
 * and nothing changed. */
static double shed_one(struct control *c, int32_t a, enum carrier k, int32_t node, enum village_guard rule,
                       uint32_t how)
{
    const struct asset *as = &c->v->asset[a];
    double before = port_flow(c, a, k, node), cmd0[64];
    size_t bytes = sizeof *cmd0 * (size_t)as->cls->cmd.n;
    memcpy(cmd0, c->next.cmd + as->cmd, bytes);
    c->next.status[a] |= how;
    uint32_t bits = guard_asset(c, a);
    predict_asset(c, a);
    double freed = port_flow(c, a, k, node) - before;
    if (freed > 1e-6 * (1 + fabs(before))) {
        c->bits[a] |= bits;
        (how == STATUS_CUT ? c->cut_until_ms : c->shed_until_ms)[a] = c->s.at_ms + SHED_HOLD_MS;
        mark(c, a, rule);
        return freed;
    }
    memcpy(c->next.cmd + as->cmd, cmd0, bytes);
    c->next.status[a] &= ~how;
    predict_asset(c, a);
    return 0;
}

/* Who is asked first within a rank: the next one every SHED_HOLD_MS, on any clock. */
static int32_t whose_turn(const struct control *c)
{
    int64_t n = c->v->n_asset ? c->v->n_asset : 1, turn = c->s.at_ms / SHED_HOLD_MS % n;
    return (int32_t)(turn < 0 ? turn + n : turn);
}

/* Sheds under a node in the residents' order until `need` is freed; returns what is still missing. */
static double shed_how(struct control *c, enum carrier k, int32_t node, double need, enum village_guard rule,
                       uint32_t how, int *moved)
{
    int32_t n = c->v->n_asset, start = whose_turn(c);
    for (int r = 0; r < SHED_N && need > 0; r++)
        for (int32_t i = 0; i < n && need > 0; i++) {
            int32_t a = (start + i) % n;
            const struct asset *as = &c->v->asset[a];
            if (as->shed != c->policy->shed_order[r] || as->critical || !as->cls->cmd.n) continue;
            if (c->next.status[a] & (how | STATUS_OUT | STATUS_LOST) || !touches(c, a, k, node)) continue;
            if (how == STATUS_CUT && as->vulnerable) continue;
            double freed = shed_one(c, a, k, node, rule, how);
            need -= freed;
            *moved += freed > 0;
        }
    if (*moved) predict_balance(c);
    return need;
}

static double shed_order(struct control *c, enum carrier k, int32_t node, double need, enum village_guard rule,
                         int *moved)
{
    return shed_how(c, k, node, need, rule, STATUS_SHED, moved);
}

/* move_asset for a balance: a whole unit that would leave more missing than there is too much stays as it is. */
static double move_towards_balance(struct control *c, int32_t a, double dW)
{
    const struct asset *as = &c->v->asset[a];
    double cmd0[64];
    size_t bytes = sizeof *cmd0 * (size_t)as->cls->cmd.n;
    memcpy(cmd0, c->next.cmd + as->cmd, bytes);
    double got_W = move_asset(c, a, dW);
    if (fabs(got_W) <= 2 * fabs(dW)) return got_W;
    memcpy(c->next.cmd + as->cmd, cmd0, bytes);
    predict_asset(c, a);
    return 0;
}

/* Curtails sources under a node, the largest first, until `need` W less are given. */
static double curtail(struct control *c, int32_t node, double need_W, enum village_guard rule, int *moved)
{
    double below_W = (double)INFINITY;
    for (int tries = 0; tries < CURTAIL_TRIES && need_W > 1; tries++) {
        int32_t best = -1;
        double most_W = 1;
        for (int32_t a = 0; a < c->v->n_asset; a++) {
            if (!c->v->asset[a].cls->cmd.n || !asset_under(c, a, node)) continue;
            double W = asset_elec_W(c, a);
            if (W > most_W && W < below_W) best = a, most_W = W;
        }
        if (best < 0) break;
        double want_W = -fmin(need_W, most_W);
        double got_W = rule == GUARD_ISLAND ? move_towards_balance(c, best, want_W) : move_asset(c, best, want_W);
        below_W = most_W;
        if (got_W == 0) continue;
        mark(c, best, rule);
        need_W += got_W;
        ++*moved;
    }
    if (*moved) predict_balance(c);
    return need_W;
}

/* --- limits --- */

static int node_has_parent_line(const struct control *c, int32_t a)
{
    int32_t up = c->v->asset[a].node[0];
    return up >= 0 && c->v->node[up].parent >= 0;
}

/* A line whose upper node has a line above it is a feeder; one directly under the root is a transformer. */
static int guard_lines(struct control *c, enum village_guard rule)
{
    int moved = 0;
    for (int i = 0; i < c->v->n_balancer; i++) {
        int32_t a = c->v->balancer[i].asset;
        const struct asset *as = &c->v->asset[a];
        if (a == c->link.grid || as->cls->n_port < 2 || !isfinite(c->link.limit_W[a])) continue;
        if ((rule == GUARD_FEEDER) != node_has_parent_line(c, a)) continue;
        double excess_W = line_excess_W(c, a, 0);
        for (int k = 0; k < PASSES && fabs(excess_W) > 1; k++) {
            if (excess_W > 0)
                shed_order(c, CARRIER_ELEC, as->node[1], excess_W, rule, &moved);
            else
                curtail(c, as->node[1], -excess_W, rule, &moved);
            excess_W = line_excess_W(c, a, 0);
        }
    }
    return moved;
}

static int guard_feeder(struct control *c) { return guard_lines(c, GUARD_FEEDER); }
static int guard_transformer(struct control *c) { return guard_lines(c, GUARD_TRANSFORMER); }

static int on_grid(const struct control *c)
{
    return c->link.grid >= 0 && !(c->next.status[c->link.grid] & STATUS_ISLAND);
}

static int32_t root_node(const struct control *c) { return c->v->n_elec ? c->v->node_order[c->v->n_elec - 1] : -1; }

static int guard_import(struct control *c)
{
    int32_t root = root_node(c);
    int moved = 0;
    if (!on_grid(c) || root < 0) return 0;
    double over_W = import_over_W(c);
    for (int k = 0; k < PASSES && over_W > 1; k++) {
        shed_order(c, CARRIER_ELEC, root, over_W, GUARD_IMPORT, &moved);
        over_W = import_over_W(c);
    }
    double limit_W = c->link.limit_W[c->link.grid];
    alarm_set(&c->alarms, c->s.at_ms, c->link.grid, ALARM_LIMIT, ALARM_URGENT,
              -c->residual[root] > 0.005 * limit_W);
    return moved;
}

static int guard_export(struct control *c)
{
    int32_t root = root_node(c);
    int moved = 0;
    if (!on_grid(c) || root < 0 || c->residual[root] <= 1) return 0;
    curtail(c, root, c->residual[root], GUARD_EXPORT, &moved);
    return moved;
}

/* Gives one asset its base load back when the surplus carries it with what the lines on the way lose (else it would be cut
 * again in the next pass, and so on without end); what it takes, or 0 and nothing changed. */
static double restore_one(struct control *c, int32_t a, double surplus_W)
{
    const struct asset *as = &c->v->asset[a];
    double before_W = asset_elec_W(c, a), cmd0[64];
    size_t bytes = sizeof *cmd0 * (size_t)as->cls->cmd.n;
    memcpy(cmd0, c->next.cmd + as->cmd, bytes);
    c->next.status[a] &= ~(uint32_t)STATUS_CUT;
    guard_asset(c, a);
    predict_asset(c, a);
    double takes_W = before_W - asset_elec_W(c, a);
    if (takes_W > 0 && takes_W * (1 + line_loss_frac) <= surplus_W) {
        c->cut_until_ms[a] = INT64_MIN;
        return takes_W;
    }
    c->next.status[a] |= STATUS_CUT;
    memcpy(c->next.cmd + as->cmd, cmd0, bytes);
    predict_asset(c, a);
    return 0;
}

/* A surplus goes to who is switched off before any source is curtailed; the last in the order comes back first. */
static void restore(struct control *c, double surplus_W, int *moved)
{
    int32_t n = c->v->n_asset, start = whose_turn(c);
    int back = 0;
    for (int r = SHED_N - 1; r >= 0 && surplus_W > 1; r--)
        for (int32_t i = 0; i < n && surplus_W > 1; i++) {
            int32_t a = (start + i) % n;
            if (!(c->next.status[a] & STATUS_CUT) || c->v->asset[a].shed != c->policy->shed_order[r]) continue;
            double takes_W = restore_one(c, a, surplus_W);
            surplus_W -= takes_W;
            back += takes_W > 0;
        }
    if (back) predict_balance(c);
    *moved += back;
}

static int any_cut(const struct control *c)
{
    for (int32_t a = 0; a < c->v->n_asset; a++)
        if (c->next.status[a] & STATUS_CUT) return 1;
    return 0;
}

static int guard_island(struct control *c)
{
    int32_t root = root_node(c);
    int moved = 0;
    if (on_grid(c) || root < 0) return alarm_clear(&c->alarms, c->s.at_ms, -1, ALARM_SHORT), 0;
    double missing_W = fmax(0, -c->residual[root]);
    for (int k = 0; k < PASSES && missing_W > 1; k++) {
        shed_order(c, CARRIER_ELEC, root, missing_W, GUARD_ISLAND, &moved);
        missing_W = fmax(0, -c->residual[root]);
    }
    /* All that may wait waits: now base loads go, one by one in the same order, for SHED_HOLD_MS each. */
    for (int k = 0; k < PASSES && missing_W > 1; k++) {
        shed_how(c, CARRIER_ELEC, root, missing_W, GUARD_ISLAND, STATUS_CUT, &moved);
        missing_W = fmax(0, -c->residual[root]);
    }
    if (c->residual[root] > 1) restore(c, c->residual[root], &moved);
    if (c->residual[root] > 1) curtail(c, root, c->residual[root], GUARD_ISLAND, &moved);
    alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_SHORT, ALARM_URGENT, missing_W > 100 || any_cut(c));
    return moved;
}

/* --- water, heat, gas: who takes last in the order waits first --- */

static int guard_carrier(struct control *c, enum carrier k, enum village_guard rule)
{
    int moved = 0, still = 0;
    for (int32_t n = 0; n < c->v->n_node; n++) {
        if (c->v->node[n].carrier != k) continue;
        double tolerance = k == CARRIER_WATER ? 1e-6 : 1;
        if (c->residual[n] < -tolerance) shed_order(c, k, n, -c->residual[n], rule, &moved);
        still |= c->residual[n] < -tolerance;
    }
    if (k == CARRIER_WATER) alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_WATER, ALARM_WARNING, still || moved);
    return moved;
}

static int guard_river(struct control *c) { return guard_carrier(c, CARRIER_WATER, GUARD_RIVER); }
static int guard_heat(struct control *c) { return guard_carrier(c, CARRIER_HEAT, GUARD_HEAT); }
static int guard_gas(struct control *c) { return guard_carrier(c, CARRIER_GAS, GUARD_GAS); }

static int (*const village_guard[VILLAGE_GUARDS])(struct control *) = {
    [GUARD_LAND] = guard_land,     [GUARD_RIVER] = guard_river,   [GUARD_HEAT] = guard_heat,
    [GUARD_GAS] = guard_gas,       [GUARD_FEEDER] = guard_feeder, [GUARD_TRANSFORMER] = guard_transformer,
    [GUARD_IMPORT] = guard_import, [GUARD_EXPORT] = guard_export, [GUARD_ISLAND] = guard_island};

/* Shedding for one limit can lift another (a feeder that feeds back once its homes are shed), so the rules are gone through until
 * none moves anything. Each only goes towards less, so that ends. */
/* Says of every line whether it is over its limit with nothing left to move: after the last guard has moved, since an asset's own
 * guard may take back what was shed from it. */
void guards_tell(struct control *c)
{
    for (int i = 0; i < c->v->n_balancer; i++) {
        int32_t a = c->v->balancer[i].asset;
        if (a == c->link.grid || c->v->asset[a].cls->n_port < 2 || !isfinite(c->link.limit_W[a])) continue;
        double over_W = fabs(line_excess_W(c, a, 0));
        int stays = over_W > 0.005 * c->link.limit_W[a] || (over_W > 1 && fabs(line_excess_W(c, a, 0.005)) > 1e3);
        alarm_set(&c->alarms, c->s.at_ms, a, ALARM_LIMIT, ALARM_URGENT, stays);
    }
}

int guards_village(struct control *c)
{
    int moved = 0;
    for (int k = 0, now = 1; k < PASSES && now; k++) {
        now = 0;
        for (int r = 0; r < VILLAGE_GUARDS; r++) now += village_guard[r](c);
        moved += now;
    }
    return moved;
}
