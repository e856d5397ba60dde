/* Correct: between two plans the world differs from the forecast. When the connection, a line, the month's peak or
 * an island's balance is about to be missed, the difference is shared out at once among assets that offer room
 * (flex), cheapest first, each only as far as its own guard lets it. How a set-point acts on power is found by
 * asking the class's own physics for one trial step, so no class needs a second description. Guards follow and need
 * not trust this stage. */
#include "control/core.h"
#include <math.h>
#include <string.h>

static const double keep_clear_frac = 0.02; /* correct a little before the guards would bite */
enum { OFFERS_MAX = 64 };

double asset_elec_W(const struct control *c, int32_t a)
{
    const struct asset *as = &c->v->asset[a];
    double sum_W = 0;
    for (int p = 0; p < as->cls->n_port; p++)
        if (as->cls->port[p].carrier == CARRIER_ELEC && as->node[p] >= 0) sum_W += c->next.flow[as->flow + p];
    return sum_W;
}

int asset_under(const struct control *c, int32_t a, int32_t node)
{
    const struct asset *as = &c->v->asset[a];
    for (int p = 0; p < as->cls->n_port; p++) {
        if (as->cls->port[p].carrier != CARRIER_ELEC || as->node[p] < 0) continue;
        if (node < 0) return 1;
        for (int32_t n = as->node[p]; n >= 0; n = c->v->node[n].parent)
            if (n == node) return 1;
    }
    return 0;
}

static double clip(const struct field *f, double v) { return f->max > f->min ? fmin(fmax(v, f->min), f->max) : v; }

/* Power that asset a gives with one set-point at `value`, through its guard; leaves the guarded set-points in
 * next.cmd. */
static double try_value(struct control *c, int32_t a, int i, double value)
{
    const struct asset *as = &c->v->asset[a];
    c->next.cmd[as->cmd + i] = clip(&as->cls->cmd.row[i], value);
    if (as->cls->guard) guard_asset(c, a);
    predict_asset(c, a);
    return asset_elec_W(c, a);
}

struct lever {
    int field;
    double end, gain_W;
};

/* The set-point, and the end of its range, that moves the power furthest in the wanted direction. */
static struct lever best_lever(struct control *c, int32_t a, double sign, double now_W, const double *cmd0)
{
    const struct asset *as = &c->v->asset[a];
    struct lever best = {-1, 0, 0};
    for (int i = 0; i < as->cls->cmd.n; i++)
        for (int end = 0; end < 2; end++) {
            const struct field *f = &as->cls->cmd.row[i];
            double W = try_value(c, a, i, end ? f->max : f->min), gain_W = sign * (W - now_W);
            double reached = c->next.cmd[as->cmd + i];
            memcpy(c->next.cmd + as->cmd, cmd0, sizeof *cmd0 * (size_t)as->cls->cmd.n);
            if (gain_W > best.gain_W * (1 + 1e-9) + 1e-6) best = (struct lever){i, reached, gain_W};
        }
    return best;
}

double move_asset(struct control *c, int32_t a, double dW)
{
    const struct asset *as = &c->v->asset[a];
    if (as->cls->cmd.n == 0 || c->next.status[a] & (STATUS_OUT | STATUS_LOST)) return 0;
    double cmd0[64], now_W = asset_elec_W(c, a), sign = dW > 0 ? 1 : -1;
    memcpy(cmd0, c->next.cmd + as->cmd, sizeof *cmd0 * (size_t)as->cls->cmd.n);
    struct lever l = best_lever(c, a, sign, now_W, cmd0);
    double got_W = 0;
    if (l.field >= 0) {
        double share = fmin(fabs(dW) / l.gain_W, 1), from = cmd0[l.field], to = from + share * (l.end - from);
        if (as->cls->cmd.row[l.field].flags & FIELD_INTEGER) to = l.end > from ? ceil(to) : floor(to);
        got_W = try_value(c, a, l.field, to) - now_W;
    }
    if (sign * got_W <= 0) {
        memcpy(c->next.cmd + as->cmd, cmd0, sizeof *cmd0 * (size_t)as->cls->cmd.n);
        predict_asset(c, a);
        return 0;
    }
    return got_W;
}

struct offer {
    int32_t asset;
    double room_W, cost;
};

static int by_cost(struct offer *o, int n, struct offer x)
{
    int at = n < OFFERS_MAX ? n : OFFERS_MAX - 1;
    if (n == OFFERS_MAX && x.cost >= o[at].cost) return n;
    while (at > 0 && o[at - 1].cost > x.cost) {
        o[at] = o[at - 1];
        at--;
    }
    o[at] = x;
    return n < OFFERS_MAX ? n + 1 : n;
}

/* Offers of flex under a node, cheapest first. */
static int offers(struct control *c, int32_t node, double dW, struct offer *o)
{
    int n = 0;
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        const struct asset *as = &c->v->asset[a];
        if (!as->cls->flex || c->next.status[a] & (STATUS_OUT | STATUS_LOST) || !asset_under(c, a, node)) continue;
        struct asset_now now = now_view(c, &c->s, a, c->opt.rates.tick_s);
        now.cmd = c->next.cmd + as->cmd;
        struct flex f = {0};
        as->cls->flex(&now, &f);
        double room_W = dW > 0 ? f.up_W : f.down_W, cost = dW > 0 ? f.cost_up_per_J : f.cost_down_per_J;
        if (room_W > 1) n = by_cost(o, n, (struct offer){a, room_W, cost});
    }
    return n;
}

static void share_out(struct control *c, int32_t node, double dW)
{
    struct offer o[OFFERS_MAX];
    int n = offers(c, node, dW, o), moved = 0;
    for (int i = 0; i < n && fabs(dW) > 1; i++) {
        double ask_W = fmax(-o[i].room_W, fmin(o[i].room_W, dW)), got_W = move_asset(c, o[i].asset, ask_W);
        if (got_W == 0) continue;
        const struct asset *as = &c->v->asset[o[i].asset];
        for (int k = 0; k < as->cls->cmd.n; k++) c->origin[as->cmd + k].corrected = 1;
        dW -= got_W;
        moved = 1;
    }
    if (moved) predict_balance(c);
}

double line_excess_W(const struct control *c, int32_t a, double margin_frac)
{
    const struct asset *as = &c->v->asset[a];
    if (!isfinite(c->link.limit_W[a])) return 0;
    double limit_W = c->link.limit_W[a] * (1 - margin_frac), up_W = c->next.flow[as->flow];
    double down_W = as->cls->n_port > 1 ? c->next.flow[as->flow + 1] : -up_W;
    if (c->blind[a]) { /* some below have no meter any more: what the line's own shows beyond the sum is theirs */
        double unseen_W = fmax(0, c->line_miss[a].mean_W);
        down_W += unseen_W;
        up_W -= unseen_W;
    }
    double carried_W = fmax(fabs(up_W), fabs(down_W));
    if (carried_W <= limit_W) return 0;
    return down_W > 0 ? carried_W - limit_W : limit_W - carried_W;
}

/* What the meter may show beyond the prediction before the next tick: the usual miss and one and a half deviations
 * of it, at most a tenth of the limit. */
static double headroom_W(const struct control *c)
{
    double most_W = 0.1 * c->link.limit_W[c->link.grid];
    return fmin(most_W, fmax(0, c->miss.mean_W) + 1.5 * sqrt(c->miss.var_W2));
}

double import_over_W(const struct control *c)
{
    const struct asset *g = &c->v->asset[c->link.grid];
    double short_W = g->node[0] >= 0 ? fmax(0, -c->residual[g->node[0]]) : 0;
    return c->next.flow[g->flow] + short_W - (c->link.limit_W[c->link.grid] - headroom_W(c));
}

/* The highest import that neither the connection nor the quarter-hour already begun allows to be passed: what the
 * month has paid for, or the plan means to pay for, is not raised by a forecast error, nor by what a tick usually misses. */
static double import_target_W(const struct control *c)
{
    const struct asset *g = &c->v->asset[c->link.grid];
    double most_W = c->link.limit_W[c->link.grid] * (1 - keep_clear_frac) - headroom_W(c);
    int x_peak = field_find(&g->cls->state, "peak_W"), x_J = field_find(&g->cls->state, "quarter_J"),
        x_s = field_find(&g->cls->state, "quarter_s");
    if (!c->plan || c->v->tariff.peak_per_kW_month <= 0 || x_peak < 0 || x_J < 0 || x_s < 0) return most_W;
    const struct plan *p = &c->plan->p;
    double peak_W = c->s.x[g->x + x_peak];
    for (int t = 0; t < p->T; t++) peak_W = fmax(peak_W, p->flow[(size_t)t * (size_t)p->n_flow + (size_t)g->flow]);
    double left_s = fmax(900 - c->s.x[g->x + x_s], c->opt.rates.tick_s);
    double spare_W = fmin(headroom_W(c), keep_clear_frac * c->link.limit_W[c->link.grid]);
    return fmin(most_W, fmax(0, (peak_W * 900 - c->s.x[g->x + x_J]) / left_s) - spare_W);
}

static void correct_grid(struct control *c)
{
    int32_t g = c->link.grid;
    if (g < 0 || c->s.status[g] & STATUS_ISLAND) return;
    int32_t root = c->v->asset[g].node[0];
    double import_W = c->next.flow[c->v->asset[g].flow], short_W = root >= 0 ? c->residual[root] : 0;
    double over_W = import_W - fmin(short_W, 0) - import_target_W(c);
    double under_W = -import_W + fmax(short_W, 0) - c->link.limit_out_W[g] * (1 - keep_clear_frac);
    if (over_W > 1)
        share_out(c, root, over_W);
    else if (under_W > 1)
        share_out(c, root, -under_W);
}

static void correct_lines(struct control *c)
{
    for (int i = 0; i < c->v->n_balancer; i++) {
        int32_t a = c->v->balancer[i].asset;
        if (a == c->link.grid || c->v->asset[a].cls->n_port < 2 || !isfinite(c->link.limit_W[a])) continue;
        double excess_W = line_excess_W(c, a, keep_clear_frac);
        if (fabs(excess_W) > 1) share_out(c, c->v->asset[a].node[1], excess_W);
    }
}

static void correct_island(struct control *c)
{
    if (!c->v->n_elec) return;
    int32_t root = c->v->node_order[c->v->n_elec - 1];
    uint32_t island = c->link.grid < 0 ? STATUS_ISLAND : c->s.status[c->link.grid];
    if (island & STATUS_ISLAND && fabs(c->residual[root]) > 1) share_out(c, root, -c->residual[root]);
}

void control_correct(struct control *c)
{
    correct_lines(c);
    correct_grid(c);
    correct_island(c);
}
