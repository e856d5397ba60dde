/* What one step of a set-point would cost. See why.h. The marginal value of energy at a node in a slot is the plan's price there
 * (Schweppe et al., Spot Pricing of Electricity, 1988, ch. 2), so a small move costs its change of flow times that price; what it
 * moves into or out of a store is worth what energy will be worth later. Flow and store follow from the class's own step and tally, as
 * everywhere in control. Left out: the answer of others (prices stand still), comfort, wear, what lies beyond this slot. An exact
 * answer would be a second solve with the set-point held. */
#include "control/why.h"
#include <math.h>
#include <string.h>

enum { STATES_MAX = 128, CMDS_MAX = 64, SUBSTEPS_MAX = 64, AHEAD_MS = 24 * 3600000 };
static const double LEAST_S = 60, LONGEST_S = 900, J_PER_KWH = 3.6e6;

struct outcome_now { /* of an asset held at its set-points until the slot ends */
    double flow_J[ASSET_PORTS_MAX], stored_J;
};

static int ends_with(const char *key, const char *suffix)
{
    size_t n = strlen(key), k = strlen(suffix);
    return n >= k && strcmp(key + n - k, suffix) == 0;
}

/* One of what is counted, a kilowatt, a tenth of a share, a kelvin; of anything else a tenth of what it is. */
static double step_of(const struct field *f, double now)
{
    if (f->flags & (FIELD_INTEGER | FIELD_BOOL) || f->word) return 1;
    if (ends_with(f->key, "_W")) return 1000;
    if (ends_with(f->key, "_frac")) return 0.1;
    if (ends_with(f->key, "_degC")) return 1;
    return 0.1 * fabs(now);
}

static struct asset_now view(const struct snapshot *s, int32_t a, const double *x, const double *cmd, double dt_s)
{
    const struct asset *as = &s->village->asset[a];
    return (struct asset_now){.par = as->par,
                              .x = x,
                              .cmd = cmd,
                              .exo = s->exo + as->exo,
                              .flow = s->flow + as->flow,
                              .amb = &s->amb,
                              .policy = s->policy,
                              .dt_s = dt_s,
                              .status = s->status[a],
                              .meas_ms = s->meas_ms + as->meas,
                              .at_ms = s->at_ms};
}

static struct outcome_now held(const struct snapshot *s, int32_t a, const double *cmd, double dt_s)
{
    const struct asset *as = &s->village->asset[a];
    struct outcome_now o = {0};
    double x[STATES_MAX], flow[ASSET_PORTS_MAX] = {0}, longest_s = as->cls->dt_max_s > 0 ? as->cls->dt_max_s : dt_s;
    int n = (int)fmin(fmax(ceil(dt_s / longest_s), 1), SUBSTEPS_MAX);
    memcpy(x, s->x + as->x, sizeof *x * (size_t)as->cls->state.n);
    for (int k = 0; k < n; k++) {
        struct asset_now now = view(s, a, x, cmd, dt_s / n);
        as->cls->step(&now, NULL, x, flow);
        for (int p = 0; p < as->cls->n_port; p++) o.flow_J[p] += flow[p] * dt_s / n;
    }
    struct tally t = {0};
    struct asset_now end = view(s, a, x, cmd, dt_s);
    end.flow = flow;
    if (as->cls->tally) as->cls->tally(&end, &t);
    o.stored_J = t.stored_J;
    return o;
}

/* Per J (elec, heat, gas), m3 or kg at the node of a port in this slot. */
static double price_now(const struct snapshot *s, const struct asset *as, int port, int slot)
{
    if (as->node[port] < 0) return 0;
    if (slot >= 0) {
        int32_t n = s->plan->port_node[as->flow + port];
        return n < 0 ? 0 : s->plan->price[(size_t)n * (size_t)s->plan->T + (size_t)slot];
    }
    if (as->cls->port[port].carrier != CARRIER_ELEC) return 0;
    return tariff_at(&s->village->tariff, &s->village->site.zone, s->at_ms)->buy_per_kWh / J_PER_KWH;
}

/* Mean price of electricity at the asset over the coming day of the plan: what a joule held is worth. */
static double price_ahead(const struct snapshot *s, const struct asset *as, int slot)
{
    int port = 0;
    while (port < as->cls->n_port && as->cls->port[port].carrier != CARRIER_ELEC) port++;
    if (port == as->cls->n_port) return 0;
    if (slot < 0) return price_now(s, as, port, slot);
    double sum = 0, span_ms = 0;
    for (int t = slot; t < s->plan->T && s->plan->start_ms[t] < s->at_ms + AHEAD_MS; t++) {
        double dt_ms = (double)(s->plan->start_ms[t + 1] - s->plan->start_ms[t]);
        sum += price_now(s, as, port, t) * dt_ms;
        span_ms += dt_ms;
    }
    return span_ms > 0 ? sum / span_ms : 0;
}

static double slot_left_s(const struct snapshot *s, int slot)
{
    int64_t end_ms = slot >= 0 ? s->plan->start_ms[slot + 1] : (s->at_ms / MS_QUARTER + 1) * MS_QUARTER;
    return fmin(fmax((double)(end_ms - s->at_ms) / MS_S, LEAST_S), LONGEST_S);
}

static double money_of(const struct snapshot *s, const struct asset *as, int slot, const struct outcome_now *was,
                       const struct outcome_now *is)
{
    double money = -price_ahead(s, as, slot) * (is->stored_J - was->stored_J);
    for (int p = 0; p < as->cls->n_port; p++) money -= price_now(s, as, p, slot) * (is->flow_J[p] - was->flow_J[p]);
    return money;
}

enum why_step_end control_why_step(const struct snapshot *s, int32_t a, int cmd, int up, struct why_step *to)
{
    const struct asset *as = &s->village->asset[a];
    const struct field *f = &as->cls->cmd.row[cmd];
    double want[CMDS_MAX], now = s->cmd[as->cmd + cmd], step = step_of(f, now);
    int slot = s->plan ? plan_slot(s->plan, s->at_ms) : -1;
    if (as->cls->state.n > STATES_MAX || as->cls->cmd.n > CMDS_MAX || as->cls->work_bytes) return WHY_STEP_NONE;
    memcpy(want, s->cmd + as->cmd, sizeof *want * (size_t)as->cls->cmd.n);
    want[cmd] = fmin(fmax(now + (up ? step : -step), f->min), f->max);
    *to = (struct why_step){.step = want[cmd] - now, .dt_s = slot_left_s(s, slot)};
    if (!(fabs(to->step) > 1e-9 * (1 + fabs(now))) || s->status[a] & STATUS_OUT) return WHY_STEP_NONE;
    double asked = want[cmd];
    struct asset_now at = view(s, a, s->x + as->x, s->cmd + as->cmd, to->dt_s);
    if (as->cls->guard) as->cls->guard(&at, want);
    if (!(fabs(want[cmd] - asked) <= 0.5 * fabs(to->step))) return WHY_STEP_GUARDED;
    struct outcome_now was = held(s, a, s->cmd + as->cmd, to->dt_s), is = held(s, a, want, to->dt_s);
    to->money = money_of(s, as, slot, &was, &is);
    return isfinite(to->money) ? WHY_STEP_COSTS : WHY_STEP_NONE;
}
