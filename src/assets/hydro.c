/* A run-of-river plant: Archimedes screws, forebay and gate. One asset, because one guard must keep level, river
 * and machines safe. Water first: of the river the environmental flow passes before anything else (a fail-open
 * orifice that no command reaches), the rest enters the forebay, of which only a band of levels is usable.
 * `flow_m3_s` is the whole release: the governor walks to it at the river's ramp limit; the running screws take
 * what they can, the gate passes the rest, so that neither a start nor a trip is felt downstream. What would stand
 * above the crest goes over the weir. Pumps draw from the forebay through the water port. dV/dt = river - eflow -
 * release - spill - withdrawals        P = eta(q) rho g q H(level, tailwater) Efficiency: measured plants, not the
 * maker's claim (claimed_power_W is kept for the reports only); see physics/turbine.c. In the plan: V' = V + dt
 * (river - eflow - R' - weir - supply), R' = R + ramp, turbine <= R', q_min n <= turbine <= q_max n, power = c
 * turbine - d n (the chord of the efficiency curve) at the head of now + what a higher level adds to the power of the
 * water that comes: q H(V) to first order about (what the river brings, V now). Keeping the level high is worth ten times
 * the water that it holds back, so that a plan without this term runs the forebay down to its floor. Left out: waves and
 * travel time in the canal, trash rack, switches per day (guard only). */
#include "assets/kit.h"
#include "base/err.h"
#include "physics/conduit.h"
#include "physics/turbine.h"
#include "village/policy.h"

struct par {
    double n_unit, unit_flow_m3_s, head_m, eta_peak_frac, claimed_power_W, tail_rise_m, volume_m3, area_m2,
        level_min_m, level_max_m, level_target_m, eflow_m3_s, ramp_m3_s_per_h, switches_per_day, min_run_s,
        min_rest_s, supply_m3_s, invest_per_kW, life_years;
};
struct x {
    double volume_m3, release_m3_s, turbine_m3_s, spill_m3_s, eflow_m3_s, supply_m3_s, units, since_switch_s,
        switches_today, starts, day, power_W, eta_scale_frac;
};
struct meas {
    double level_m, river_m3_s, units_lost, release_m3_s, turbine_m3_s, spill_m3_s, eflow_m3_s, supply_m3_s, units,
        since_switch_s, switches_today, starts, day, power_W;
};
struct cmd {
    double units, flow_m3_s;
};
struct exo {
    double river_m3_s, units_lost;
};

// clang-format off
static const struct field par_row[] = {
    FIELD(par, n_unit,          3, 1, 8, FIELD_REQUIRED | FIELD_INTEGER, "number of screws"),
    FIELD(par, unit_flow_m3_s,  7.0, 0.1, 50, FIELD_REQUIRED, "design flow of one screw"),
    FIELD(par, head_m,          3.88, 0.5, 10, FIELD_REQUIRED, "gross head at the target level with dry tailwater"),
    FIELD(par, eta_peak_frac,   0.72, 0.3, 0.85, FIELD_SPREAD, "best efficiency from water to wire (measured plants: mean 69 %, best above 75 %; Lashofer 2012)"),
    FIELD(par, claimed_power_W, 0, 0, 1e8, 0, "power of one screw as its maker claims; for reports, never used"),
    FIELD(par, tail_rise_m,     0.15, 0, 2, FIELD_SPREAD, "rise of the tailwater at full plant flow (assumed)"),
    FIELD(par, volume_m3,       150e3, 10, 1e9, 0, "whole volume of the forebay up to the crest"),
    FIELD(par, area_m2,         50e3, 10, 1e9, FIELD_REQUIRED, "water surface of the forebay"),
    FIELD(par, level_min_m,     2.4, 0, 100, FIELD_REQUIRED | FIELD_GUARD, "lowest level above the forebay's bed"),
    FIELD(par, level_max_m,     3.0, 0, 100, FIELD_REQUIRED | FIELD_GUARD, "level of the crest above the forebay's bed"),
    FIELD(par, level_target_m,  2.8, 0, 100, 0, "level that the float control holds"),
    FIELD(par, eflow_m3_s,      2.0, 0, 1e4, FIELD_REQUIRED | FIELD_GUARD, "environmental flow, served before anything else"),
    FIELD(par, ramp_m3_s_per_h, 6.0, 0.01, 1e4, FIELD_REQUIRED | FIELD_GUARD, "fastest change of the flow downstream"),
    FIELD(par, switches_per_day, 24, 1, 1000, FIELD_REQUIRED | FIELD_GUARD | FIELD_INTEGER, "most starts and stops of screws in a local day"),
    FIELD(par, min_run_s,       900, 0, 86400, 0, "a started screw runs at least so long (assumed)"),
    FIELD(par, min_rest_s,      300, 0, 86400, 0, "time between a switch and the next start (assumed)"),
    FIELD(par, supply_m3_s,     1.0, 0, 100, 0, "most that pumps may draw from the forebay"),
    FIELD(par, invest_per_kW,   5000, 0, 1e5, 0, "price of a kW (assumed)"),
    FIELD(par, life_years,      40, 1, 100, 0, "life (assumed)"),
};
static const struct field x_row[] = {
    FIELD(x, volume_m3,     0, 0, 1e9, 0, "water in the forebay"),
    FIELD(x, release_m3_s,  0, 0, 1e4, 0, "flow through screws and gate"),
    FIELD(x, turbine_m3_s,  0, 0, 1e4, 0, "flow through the screws"),
    FIELD(x, spill_m3_s,    0, 0, 1e5, 0, "flow over the crest"),
    FIELD(x, eflow_m3_s,    0, 0, 1e4, 0, "environmental flow passing"),
    FIELD(x, supply_m3_s,   0, 0, 1e4, 0, "drawn from the forebay by pumps"),
    FIELD(x, units,         0, 0, 8, FIELD_INTEGER, "screws running"),
    FIELD(x, since_switch_s, 1e6, 0, 1e9, 0, "time since a screw was started or stopped"),
    FIELD(x, switches_today, 0, 0, 1e4, FIELD_INTEGER, "starts and stops in this local day"),
    FIELD(x, starts,        0, 0, 1e9, FIELD_INTEGER, "starts of screws since the beginning"),
    FIELD(x, day,           0, -1e6, 1e6, FIELD_INTEGER, "local day of the counter, days since 1970-01-01"),
    FIELD(x, power_W,       0, 0, 1e9, 0, "electric power"),
    FIELD(x, eta_scale_frac, 1, 0.5, 1.5, 0, "efficiency against the parameter, learned from flow and power"),
};
static const struct field meas_row[] = {
    FIELD(meas, level_m,      0, 0, 100, 0, "level of the forebay above its bed"),
    FIELD(meas, river_m3_s,   0, 0, 1e5, 0, "river flow at the intake"),
    FIELD(meas, units_lost,   0, 0, 8, FIELD_INTEGER, "screws out of service"),
    FIELD(meas, release_m3_s, 0, 0, 1e4, 0, "flow through screws and gate"),
    FIELD(meas, turbine_m3_s, 0, 0, 1e4, 0, "flow through the screws"),
    FIELD(meas, spill_m3_s,   0, 0, 1e5, 0, "flow over the crest"),
    FIELD(meas, eflow_m3_s,   0, 0, 1e4, 0, "environmental flow passing"),
    FIELD(meas, supply_m3_s,  0, 0, 1e4, 0, "drawn from the forebay by pumps"),
    FIELD(meas, units,        0, 0, 8, FIELD_INTEGER, "screws running"),
    FIELD(meas, since_switch_s, 0, 0, 1e9, FIELD_INTEGER, "time since a screw was started or stopped (plant controller)"),
    FIELD(meas, switches_today, 0, 0, 1e4, FIELD_INTEGER, "starts and stops in this local day (plant controller)"),
    FIELD(meas, starts,       0, 0, 1e9, FIELD_INTEGER, "starts of screws since the beginning (plant controller)"),
    FIELD(meas, day,          0, -1e6, 1e6, FIELD_INTEGER, "local day of the counter (plant controller)"),
    FIELD(meas, power_W,      0, 0, 1e9, 0, "electric power"),
};
static const struct field cmd_row[] = {
    FIELD(cmd, units,     0, 0, 8, FIELD_INTEGER, "screws that shall run"),
    FIELD(cmd, flow_m3_s, 0, 0, 1e4, 0, "release through screws and gate"),
};
static const struct field exo_row[] = {
    FIELD(exo, river_m3_s, 20, 0, 1e5, 0, "river flow at the intake"),
    FIELD(exo, units_lost, 0, 0, 8, FIELD_INTEGER, "screws out of service"),
};
static const char *const rule[] = {"out of service", "range", "screws available", "river ramp", "low level", "minimum run", "minimum rest",
                                   "switches per day", "least flow of a screw"};
enum { RULE_OUT = 1, RULE_RANGE = 2, RULE_UNITS = 4, RULE_RAMP = 8, RULE_LEVEL = 16, RULE_RUN = 32, RULE_REST = 64, RULE_DAY = 128, RULE_LEAST = 256 };
// clang-format on

static double volume_min_m3(const struct par *p) { return p->level_min_m * p->area_m2; }
static double volume_max_m3(const struct par *p) { return p->level_max_m * p->area_m2; }
static double least_m3_s(const struct par *p) { return TURBINE_SCREW_MIN_FRAC * p->unit_flow_m3_s; }
static double full_m3_s(const struct par *p) { return p->n_unit * p->unit_flow_m3_s; }
static double ramp_m3_s2(const struct par *p) { return p->ramp_m3_s_per_h / 3600; }

static int check(const void *par, struct err *e)
{
    const struct par *p = par;
    if (p->level_max_m <= p->level_min_m) return err_set(e, "level_max_m must be above level_min_m");
    if (p->level_target_m < p->level_min_m || p->level_target_m > p->level_max_m)
        return err_set(e, "level_target_m must lie between level_min_m and level_max_m");
    if (p->level_max_m * p->area_m2 > 1.001 * p->volume_m3)
        return err_set(e, "area_m2 x level_max_m is more water than volume_m3 holds");
    return 0;
}

static void init(const struct asset_now *now, void *state)
{
    const struct par *p = now->par;
    *(struct x *)state = (struct x){.volume_m3 = p->level_target_m * p->area_m2,
                                    .since_switch_s = 1e6,
                                    .eta_scale_frac = 1,
                                    .day = now->amb ? now->amb->local_day : 0};
}

/* Screws that can run: a fault without a count stops the plant. */
static int units_ok(const struct asset_now *now)
{
    const struct par *p = now->par;
    const struct exo *o = (const void *)now->exo;
    if (now->status & STATUS_OUT || (now->status & STATUS_FAULT && !(o->units_lost > 0))) return 0;
    return (int)fmax(0, p->n_unit - fmax(0, round(or_else(o->units_lost, 0))));
}

static double eta_frac(const struct par *p, const struct x *x, double unit_m3_s)
{
    return x->eta_scale_frac * p->eta_peak_frac * turbine_screw_relative_frac(unit_m3_s / p->unit_flow_m3_s);
}

static double net_head_m(const struct par *p, double volume_m3, double turbine_m3_s)
{
    return fmax(0, p->head_m + volume_m3 / p->area_m2 - p->level_target_m -
                       p->tail_rise_m * turbine_m3_s / full_m3_s(p));
}

static double inflow_m3_s(const struct asset_now *now)
{
    const struct par *p = now->par;
    double river_m3_s = fmax(0, or_else(((const struct exo *)(const void *)now->exo)->river_m3_s, 0));
    return river_m3_s - fmin(river_m3_s, p->eflow_m3_s);
}

/* The governor: towards the set-point at the ramp limit; the hard-wired level switch lets no more out than there
 * is. */
static double governed_m3_s(const struct asset_now *now, const struct x *x, double in_m3_s)
{
    const struct par *p = now->par;
    const struct cmd *c = now->cmd;
    double walk_m3_s = ramp_m3_s2(p) * now->dt_s;
    double want_m3_s = clamp(or_else(c->flow_m3_s, x->release_m3_s), 0, full_m3_s(p));
    if (now->status & STATUS_OUT) want_m3_s = 0;
    double release_m3_s = clamp(want_m3_s, x->release_m3_s - walk_m3_s, x->release_m3_s + walk_m3_s);
    return fmin(release_m3_s, in_m3_s + fmax(0, x->volume_m3 - volume_min_m3(p)) / now->dt_s);
}

static void count_switch(const struct asset_now *now, struct x *x, double units)
{
    int day = now->amb ? now->amb->local_day : (int)x->day;
    if (day != (int)x->day) x->switches_today = 0;
    x->day = day;
    x->since_switch_s = units != x->units ? 0 : fmin(x->since_switch_s + now->dt_s, 1e9);
    x->switches_today += fabs(units - x->units);
    x->starts += fmax(0, units - x->units);
    x->units = units;
}

static void step(const struct asset_now *now, void *work, void *state, double *flow)
{
    (void)work;
    const struct par *p = now->par;
    const struct cmd *c = now->cmd;
    const struct exo *o = (const void *)now->exo;
    struct x *x = state;
    double in_m3_s = inflow_m3_s(now);
    x->eflow_m3_s = fmax(0, or_else(o->river_m3_s, 0)) - in_m3_s;
    x->release_m3_s = governed_m3_s(now, x, in_m3_s);
    double units = clamp(round(or_else(c->units, x->units)), 0, units_ok(now));
    count_switch(now, x, fmin(units, floor(x->release_m3_s / least_m3_s(p) + 1e-9)));
    x->turbine_m3_s = fmin(x->release_m3_s, x->units * p->unit_flow_m3_s);
    double eta = x->units > 0 ? eta_frac(p, x, x->turbine_m3_s / x->units) : 0;
    x->power_W = turbine_power_W(x->turbine_m3_s, net_head_m(p, x->volume_m3, x->turbine_m3_s), eta);
    struct forebay bay = conduit_forebay(x->volume_m3, volume_max_m3(p), in_m3_s, x->release_m3_s, now->dt_s);
    x->release_m3_s -= bay.short_m3_s;
    x->spill_m3_s = bay.spill_m3_s;
    x->volume_m3 = bay.volume_m3;
    x->supply_m3_s = 0;
    flow[0] = x->power_W;
    flow[1] = 0;
}

/* Pumps draw what the water node lacks, as long as the forebay stands above its lowest level; what a node has too
 * much comes in. */
static double balance(const struct asset_now *now, double residual, void *state, double *flow)
{
    const struct par *p = now->par;
    struct x *x = state;
    if (now->status & STATUS_OUT) return residual;
    double most_m3_s = fmin(p->supply_m3_s, fmax(0, x->volume_m3 - volume_min_m3(p)) / now->dt_s);
    double give_m3_s = residual >= 0 ? -residual : fmin(-residual, most_m3_s);
    x->volume_m3 -= give_m3_s * now->dt_s;
    x->supply_m3_s = give_m3_s;
    flow[1] += give_m3_s;
    return residual + give_m3_s;
}

static void sense(const struct asset_now *now, const double *flow, void *reading)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    const struct exo *o = (const void *)now->exo;
    (void)flow;
    *(struct meas *)reading = (struct meas){.level_m = x->volume_m3 / p->area_m2,
                                            .river_m3_s = o->river_m3_s,
                                            .units_lost = o->units_lost,
                                            .release_m3_s = x->release_m3_s,
                                            .turbine_m3_s = x->turbine_m3_s,
                                            .spill_m3_s = x->spill_m3_s,
                                            .eflow_m3_s = x->eflow_m3_s,
                                            .supply_m3_s = x->supply_m3_s,
                                            .units = x->units,
                                            .since_switch_s = round(x->since_switch_s),
                                            .switches_today = x->switches_today,
                                            .starts = x->starts,
                                            .day = x->day,
                                            .power_W = x->power_W};
}

/* Efficiency that a plant really has, from its own flow and power: a table knows it to a fifth, the meters to a hundredth. */
static void observe_eta(const struct asset_now *now, const struct meas *m, struct x *x)
{
    const struct par *p = now->par;
    if (!(m->units > 0 && m->turbine_m3_s > least_m3_s(p))) return;
    double head_m = net_head_m(p, x->volume_m3, m->turbine_m3_s), eta = eta_frac(p, x, m->turbine_m3_s / m->units);
    double scale = x->eta_scale_frac * m->power_W / turbine_power_W(m->turbine_m3_s, head_m, eta);
    if (isfinite(scale)) pull(&x->eta_scale_frac, clamp(scale, 0.5, 1.5), observer_gain(now->dt_s, 1800));
}

static void observe(const struct asset_now *now, const void *reading, void *state)
{
    const struct par *p = now->par;
    const struct meas *m = reading;
    struct x *x = state;
    observe_eta(now, m, x);
    pull(&x->volume_m3, m->level_m * p->area_m2, observer_gain(now->dt_s, 600)); /* waves on the gauge */
    pull(&x->release_m3_s, m->release_m3_s, 1);
    pull(&x->turbine_m3_s, m->turbine_m3_s, 1);
    pull(&x->spill_m3_s, m->spill_m3_s, 1);
    pull(&x->eflow_m3_s, m->eflow_m3_s, 1);
    pull(&x->supply_m3_s, m->supply_m3_s, 1);
    pull(&x->units, m->units, 1);
    pull(&x->since_switch_s, m->since_switch_s, 1);
    pull(&x->switches_today, m->switches_today, 1);
    pull(&x->starts, m->starts, 1);
    pull(&x->day, m->day, 1);
    pull(&x->power_W, m->power_W, 1);
}

enum { VOLUME, RELEASE, N_X };
enum { TURBINE, WEIR, UNITS, SUPPLY, RAMP, N_U };
enum { ROW_LOW, ROW_CREST, ROW_RELEASE, ROW_THROUGH, ROW_MOST, ROW_LEAST, N_ROW };
enum {
    N_DT,
    N_V0,
    N_R0,
    N_WORTH,
    N_VMIN,
    N_VMAX,
    N_RMAX,
    N_QMAX,
    N_QMIN,
    N_LOW_PRICE,
    N_WEIR_MAX,
    N_SUPPLY_MAX,
    N_SLOPE,
    N_IDLE,
    N_WEIR_PRICE,
    N_START,
    N_UP,
    N_DOWN,
    N_SINCE,
    N_NUM
};
enum { S_IN, S_HEAD, S_RAMP_LO, S_RAMP_HI, S_UNITS_LO, S_UNITS_HI, N_OWN };
// clang-format off
static const char *const input[] = {"through the screws", "over the weir", "screws", "to the pumps", "change of release"};
static const struct row_desc row[] = {{"lowest level", 0, 0}, {"crest", 0, 0}, {"release", 1, 0}, {"screws within release", -1, 0},
                                      {"screws' capacity", -1, 0}, {"screws' least flow", -1, 1}};
static const struct choice choice[] = {{UNITS, N_START, N_UP, N_DOWN, N_SINCE}};
static const struct coef coef[] = {
    /* V' = V - dt (R + ramp / 2) - dt weir - dt supply + dt in: the governor walks through the slot */
    {AT_A, VOLUME, VOLUME, 1, ONE, ONE}, {AT_A, VOLUME, RELEASE, -1, N_DT, ONE}, {AT_B, VOLUME, RAMP, -0.5, N_DT, ONE},
    {AT_B, VOLUME, WEIR, -1, N_DT, ONE}, {AT_B, VOLUME, SUPPLY, -1, N_DT, ONE}, {AT_DRIFT, VOLUME, 0, 1, N_DT, S_IN},
    {AT_X0, VOLUME, 0, 1, N_V0, ONE}, {AT_WORTH, VOLUME, 0, 1, N_WORTH, ONE},
    /* R' = R + ramp */
    {AT_A, RELEASE, RELEASE, 1, ONE, ONE}, {AT_B, RELEASE, RAMP, 1, ONE, ONE}, {AT_X0, RELEASE, 0, 1, N_R0, ONE},
    /* V_min - s <= V';  V' <= V_max, restored by the weir */
    {AT_C, ROW_LOW, VOLUME, 1, ONE, ONE}, {AT_ROW_LO, ROW_LOW, 0, 1, N_VMIN, ONE}, {AT_PRICE_LO, ROW_LOW, 0, 1, N_LOW_PRICE, ONE},
    {AT_C, ROW_CREST, VOLUME, 1, ONE, ONE}, {AT_ROW_HI, ROW_CREST, 0, 1, N_VMAX, ONE}, {AT_PRICE_HI, ROW_CREST, 0, PRICE_HARD, ONE, ONE},
    /* 0 <= R' <= R_max */
    {AT_C, ROW_RELEASE, RELEASE, 1, ONE, ONE}, {AT_ROW_LO, ROW_RELEASE, 0, 0, ONE, ONE}, {AT_PRICE_LO, ROW_RELEASE, 0, PRICE_HARD, ONE, ONE},
    {AT_ROW_HI, ROW_RELEASE, 0, 1, N_RMAX, ONE}, {AT_PRICE_HI, ROW_RELEASE, 0, PRICE_HARD, ONE, ONE},
    /* turbine <= R',  q_min n <= turbine <= q_max n */
    {AT_D, ROW_THROUGH, TURBINE, 1, ONE, ONE}, {AT_C, ROW_THROUGH, RELEASE, -1, ONE, ONE},
    {AT_ROW_HI, ROW_THROUGH, 0, 0, ONE, ONE}, {AT_PRICE_HI, ROW_THROUGH, 0, PRICE_HARD, ONE, ONE},
    {AT_D, ROW_MOST, TURBINE, 1, ONE, ONE}, {AT_D, ROW_MOST, UNITS, -1, N_QMAX, ONE},
    {AT_ROW_HI, ROW_MOST, 0, 0, ONE, ONE}, {AT_PRICE_HI, ROW_MOST, 0, PRICE_HARD, ONE, ONE},
    {AT_D, ROW_LEAST, TURBINE, 1, ONE, ONE}, {AT_D, ROW_LEAST, UNITS, -1, N_QMIN, ONE},
    {AT_ROW_LO, ROW_LEAST, 0, 0, ONE, ONE}, {AT_PRICE_LO, ROW_LEAST, 0, PRICE_HARD, ONE, ONE},
    /* power = slope turbine - idle n + head (V' - V0);  water = supply */
    {AT_F, 0, TURBINE, 1, N_SLOPE, ONE}, {AT_F, 0, UNITS, -1, N_IDLE, ONE}, {AT_F, 1, SUPPLY, 1, ONE, ONE},
    {AT_G, 0, VOLUME, 1, ONE, S_HEAD}, {AT_FEED, 0, 0, -1, N_V0, S_HEAD},
    {AT_HI, TURBINE, 0, 1, N_RMAX, ONE}, {AT_HI, WEIR, 0, 1, N_WEIR_MAX, ONE}, {AT_PRICE, WEIR, 0, 1, N_WEIR_PRICE, ONE},
    {AT_LO, UNITS, 0, 1, ONE, S_UNITS_LO}, {AT_HI, UNITS, 0, 1, ONE, S_UNITS_HI}, {AT_HI, SUPPLY, 0, 1, N_SUPPLY_MAX, ONE},
    {AT_LO, RAMP, 0, 1, ONE, S_RAMP_LO}, {AT_HI, RAMP, 0, 1, ONE, S_RAMP_HI},
};
// clang-format on
static const struct block_shape hydro_shape = {.name = "hydro",
                                               .nx = N_X,
                                               .nu = N_U,
                                               .nrow = N_ROW,
                                               .nport = 2,
                                               .nchoice = 1,
                                               .n_num = N_NUM,
                                               .n_own = N_OWN,
                                               .input = input,
                                               .row = row,
                                               .choice = choice,
                                               .coef = coef,
                                               .n_coef = (int)(sizeof coef / sizeof coef[0])};

static const struct block_shape *shape(const void *par)
{
    (void)par;
    return &hydro_shape;
}

/* Power of one screw as slope q - idle, the chord of the efficiency curve between 40 % and full flow at the head over
 * `volume_m3`, W. */
static void chord(const struct par *p, const struct x *x, double volume_m3, double *slope_J_m3, double *idle_W)
{
    double low_m3_s = 0.4 * p->unit_flow_m3_s, high_m3_s = p->unit_flow_m3_s,
           head_m = net_head_m(p, volume_m3, 0.7 * full_m3_s(p));
    double low_W = turbine_power_W(low_m3_s, head_m, eta_frac(p, x, low_m3_s));
    double high_W = turbine_power_W(high_m3_s, head_m, eta_frac(p, x, high_m3_s));
    *slope_J_m3 = (high_W - low_W) / (high_m3_s - low_m3_s);
    *idle_W = fmax(0, *slope_J_m3 * high_m3_s - high_W);
}

/* What a m3 more in the forebay adds to the power of each m3/s through the screws, W/m3 per m3/s. */
static double head_gain(const struct par *p, const struct x *x)
{
    double here_J_m3, above_J_m3, idle_W, step_m3 = 0.01 * p->volume_m3;
    chord(p, x, x->volume_m3, &here_J_m3, &idle_W);
    chord(p, x, x->volume_m3 + step_m3, &above_J_m3, &idle_W);
    return (above_J_m3 - here_J_m3) / step_m3;
}

/* Worth of the water in store, at the head that the float control holds. */
static double stored_J_m3(const struct par *p, const struct x *x)
{
    double slope_J_m3, idle_W;
    chord(p, x, p->level_target_m * p->area_m2, &slope_J_m3, &idle_W);
    return slope_J_m3;
}

/* Bounds of release and screws in each slot; an override walks the release to its pin at the ramp limit. */
static void formulate_bounds(const struct asset_now *now, const struct horizon *h, struct block *b, int ok)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    const struct cmd *pin = now->pin;
    double pin_m3_s = PIN(pin, flow_m3_s), pin_units = PIN(pin, units);
    if (now->status & STATUS_OUT) pin_m3_s = 0;
    double reach_m3_s = x->release_m3_s;
    for (int t = 0; t < h->T; t++) {
        double walk_m3_s = ramp_m3_s2(p) * slot_s(h, t), lo_m3_s = -walk_m3_s, hi_m3_s = walk_m3_s;
        if (isfinite(pin_m3_s))
            lo_m3_s = hi_m3_s = clamp(clamp(pin_m3_s, 0, full_m3_s(p)) - reach_m3_s, -walk_m3_s, walk_m3_s);
        reach_m3_s = fmin(reach_m3_s + hi_m3_s, fmax(full_m3_s(p), x->release_m3_s));
        double runs = isfinite(pin_units) ? clamp(round(pin_units), 0, ok) : (double)NAN;
        block_put(b, S_RAMP_LO, t, lo_m3_s);
        block_put(b, S_RAMP_HI, t, hi_m3_s);
        block_put(b, S_UNITS_LO, t, isfinite(runs) ? fmin(runs, floor(reach_m3_s / least_m3_s(p))) : 0);
        block_put(b, S_UNITS_HI, t, isfinite(runs) ? runs : ok);
    }
}

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    const struct policy *y = h->policy;
    int ok = units_ok(now);
    double slope_J_m3, idle_W, most_in_m3_s = 0, least_dt_s = h->dt_s[0], gain = head_gain(p, x);
    chord(p, x, x->volume_m3, &slope_J_m3, &idle_W);
    for (int t = 0; t < h->T; t++) {
        double river_m3_s = fmax(0, ((const struct exo *)(const void *)(now->exo + 2 * t))->river_m3_s);
        double in_m3_s = river_m3_s - fmin(river_m3_s, p->eflow_m3_s);
        block_put(b, S_IN, t, in_m3_s);
        block_put(b, S_HEAD, t, gain * fmin(in_m3_s, ok * p->unit_flow_m3_s));
        most_in_m3_s = fmax(most_in_m3_s, in_m3_s);
    }
    for (int len = 0; len < h->n_len; len++) {
        double dt_s = h->dt_s[len];
        least_dt_s = fmin(least_dt_s, dt_s);
        block_set(b, len, N_DT, dt_s);
        block_set(b, len, N_LOW_PRICE, y->shortage_per_kWh / J_PER_KWH * slope_J_m3 * dt_s / 3600);
        block_set(b, len, N_WEIR_PRICE, y->curtail_per_kWh / J_PER_KWH * slope_J_m3 * dt_s);
    }
    block_set_all(b, h->n_len, N_V0, x->volume_m3);
    block_set_all(b, h->n_len, N_R0, x->release_m3_s);
    block_set_all(b, h->n_len, N_WORTH, stored_J_m3(p, x) * horizon_worth_per_J(h));
    block_set_all(b, h->n_len, N_VMIN, volume_min_m3(p));
    block_set_all(b, h->n_len, N_VMAX, volume_max_m3(p));
    block_set_all(b, h->n_len, N_RMAX, fmax(full_m3_s(p), x->release_m3_s));
    block_set_all(b, h->n_len, N_QMAX, p->unit_flow_m3_s);
    block_set_all(b, h->n_len, N_QMIN, least_m3_s(p));
    block_set_all(b, h->n_len, N_WEIR_MAX,
                  1 + most_in_m3_s + fmax(0, x->volume_m3 - volume_max_m3(p)) / least_dt_s);
    block_set_all(b, h->n_len, N_SUPPLY_MAX, now->status & STATUS_OUT ? 0 : p->supply_m3_s);
    block_set_all(b, h->n_len, N_SLOPE, slope_J_m3);
    block_set_all(b, h->n_len, N_IDLE, idle_W);
    block_set_all(b, h->n_len, N_START, y->start_cost);
    block_set_all(b, h->n_len, N_UP, p->min_run_s);
    block_set_all(b, h->n_len, N_DOWN, p->min_rest_s);
    block_set_all(b, h->n_len, N_SINCE, x->units > 0 ? x->since_switch_s : -x->since_switch_s);
    formulate_bounds(now, h, b, ok);
}

/* Screws that carry a planned flow. A relaxed plan runs 0.4 of a screw: rounding it down would send the water through the gate. */
static double units_planned(const struct par *p, double units, double turbine_m3_s)
{
    double carry = ceil(turbine_m3_s / p->unit_flow_m3_s - 0.02);
    if (carry > 0 && turbine_m3_s < carry * least_m3_s(p)) carry = floor(turbine_m3_s / least_m3_s(p) + 1e-6);
    return clamp(fmax(round(units), carry), 0, p->n_unit);
}

/* The release at the end of slot t, as its row shows it. */
static void command(const struct asset_now *now, const struct block *b, int t, void *cmd)
{
    struct cmd *c = cmd;
    c->flow_m3_s = fmax(0, block_y(b, ROW_RELEASE, t));
    c->units = units_planned(now->par, block_u(b, UNITS, t), block_u(b, TURBINE, t));
}

/* Screws for a release, with hysteresis: one more when the running ones are full, one less when the others carry it
 * easily. */
static double units_for(const struct par *p, double running, double release_m3_s)
{
    double units = running;
    while (release_m3_s > units * p->unit_flow_m3_s * 1.001 && units < p->n_unit) units++;
    while (units > 1 && release_m3_s < 0.85 * (units - 1) * p->unit_flow_m3_s) units--;
    if (units == 1 && release_m3_s < least_m3_s(p)) units = 0;
    if (units == 0 && release_m3_s > 1.5 * least_m3_s(p)) units = 1;
    return units;
}

/* Float control: what comes in, and the deviation from the target level worked off in two hours. */
static void rules(const struct asset_now *now, void *cmd)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    struct cmd *c = cmd;
    double excess_m3 = x->volume_m3 - p->level_target_m * p->area_m2;
    c->flow_m3_s = clamp(inflow_m3_s(now) - x->supply_m3_s + excess_m3 / 7200, 0, full_m3_s(p));
    c->units = fmin(units_for(p, x->units, c->flow_m3_s), units_ok(now));
}

/* A release from which the governor can still walk down to the inflow before the lowest level, (R - in)^2 / 2 ramp
 * <= V - V_min; with half the ramp, because the river may fall meanwhile, and all that the pumps may draw. A river whose gauge is silent
 * is not counted on, nor is water above the lowest level that no gauge shows. */
static double brake_m3_s(const struct asset_now *now)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    int river_known = READING_AGE_S(now, struct meas, river_m3_s) <= reading_old_s,
        level_known = READING_AGE_S(now, struct meas, level_m) <= reading_old_s;
    double in_m3_s = (river_known ? inflow_m3_s(now) : 0) - p->supply_m3_s, half_m3_s2 = 0.5 * ramp_m3_s2(p);
    double over_m3 = level_known ? x->volume_m3 - volume_min_m3(p) - p->supply_m3_s * now->dt_s : 0;
    return fmax(0, over_m3 <= 0 ? in_m3_s : in_m3_s + sqrt(2 * half_m3_s2 * over_m3));
}

static uint32_t guard_flow(const struct asset_now *now, struct cmd *c)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    double scale = full_m3_s(p), walk_m3_s = ramp_m3_s2(p) * fmax(now->dt_s, 900);
    uint32_t bit = bite(&c->flow_m3_s, clamp(or_else(c->flow_m3_s, x->release_m3_s), 0, scale), scale) * RULE_RANGE;
    bit |= bite(&c->flow_m3_s, fmin(c->flow_m3_s, brake_m3_s(now)), scale) * RULE_LEVEL;
    bit |=
        bite(&c->flow_m3_s, clamp(c->flow_m3_s, x->release_m3_s - walk_m3_s, x->release_m3_s + walk_m3_s), scale) *
        RULE_RAMP;
    return bit;
}

/* Switches of screws; a screw that must not stop yet keeps its least flow, unless the level is too low for it. */
static uint32_t guard_units(const struct asset_now *now, struct cmd *c)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    double ok = units_ok(now), runs = fmin(x->units, ok);
    uint32_t bit = bite(&c->units, clamp(round(or_else(c->units, x->units)), 0, p->n_unit), 1) * RULE_RANGE;
    bit |= bite(&c->units, fmin(c->units, ok), 1) * RULE_UNITS;
    double left =
        fmax(0, p->switches_per_day - (now->amb && now->amb->local_day != (int)x->day ? 0 : x->switches_today));
    if (c->units < runs && x->since_switch_s < p->min_run_s) bit |= bite(&c->units, runs, 1) * RULE_RUN;
    if (c->units > runs && x->since_switch_s < p->min_rest_s) bit |= bite(&c->units, runs, 1) * RULE_REST;
    bit |=
        bite(&c->units, clamp(c->units, runs - fmin(left, runs), fmax(runs, fmin(runs + left, ok))), 1) * RULE_DAY;
    double least = fmin(c->units, runs) * least_m3_s(p);
    if (c->flow_m3_s < least && brake_m3_s(now) >= least)
        bit |= bite(&c->flow_m3_s, least, full_m3_s(p)) * RULE_LEAST;
    return bit;
}

static uint32_t guard(const struct asset_now *now, void *cmd)
{
    struct cmd *c = cmd;
    if (now->status & STATUS_OUT) return (bite(&c->units, 0, 1) | bite(&c->flow_m3_s, 0, 1)) ? RULE_OUT : 0;
    uint32_t bit = guard_flow(now, c);
    return bit | guard_units(now, c);
}

static void tally(const struct asset_now *now, struct tally *k)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    double slope_J_m3, idle_W,
        could_m3_s = fmin(units_ok(now) * p->unit_flow_m3_s, x->release_m3_s + x->spill_m3_s);
    chord(p, x, x->volume_m3, &slope_J_m3, &idle_W);
    k->stored_J = stored_J_m3(p, x) * (x->volume_m3 - volume_min_m3(p));
    k->curtailed_W = slope_J_m3 * fmax(0, could_m3_s - x->turbine_m3_s);
    k->starts = x->starts;
}

static void cost(const void *par, struct asset_cost *c)
{
    const struct par *p = par;
    double rated_W = turbine_power_W(full_m3_s(p), p->head_m, p->eta_peak_frac);
    *c = (struct asset_cost){.invest = p->invest_per_kW * rated_W / 1000, .life_years = p->life_years};
}

const struct asset_class class_hydro = {.name = "hydro",
                                        .help = "Archimedes screws with forebay, gate and weir",
                                        .par_bytes = sizeof(struct par),
                                        .par = FIELDS(par_row),
                                        .state = FIELDS(x_row),
                                        .meas = FIELDS(meas_row),
                                        .cmd = FIELDS(cmd_row),
                                        .exo = FIELDS(exo_row),
                                        .rule = rule,
                                        .n_rule = (int)(sizeof rule / sizeof rule[0]),
                                        .port = {{"elec", CARRIER_ELEC, 0}, {"water", CARRIER_WATER, 1}},
                                        .n_port = 2,
                                        .dt_min_s = 1,
                                        .dt_max_s = 60,
                                        .check = check,
                                        .init = init,
                                        .step = step,
                                        .balance = balance,
                                        .sense = sense,
                                        .observe = observe,
                                        .shape = shape,
                                        .formulate = formulate,
                                        .command = command,
                                        .rules = rules,
                                        .safe = rules,
                                        .guard = guard,
                                        .tally = tally,
                                        .cost = cost};
