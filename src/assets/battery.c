/* A battery with its inverter. Energy in store with an efficiency each way and a standing loss; charge and
 * discharge are bounded by the inverter. With the grid it follows its set-point; without (STATUS_ISLAND) it forms
 * the grid: it takes whatever its node has left over or lacks, as far as power and energy go. A reserve for that
 * case is kept by the guard and wanted by the plan. In the plan: E' = keep E + eta_c dt charge - dt discharge /
 * eta_d, reserve as a soft row, wear as a price on what is discharged. `rules` is self-consumption: the inverter's
 * own meter at the node (bus_W) tells what others leave over or lack. Left out: temperature, ageing of capacity,
 * efficiency by load. */
#include "assets/kit.h"
#include "base/err.h"
#include "village/policy.h"

struct par {
    double capacity_J, charge_W, discharge_W, eta_charge_frac, eta_discharge_frac, soc_min_frac, soc_max_frac,
        standing_W, invest_per_kWh, life_years;
};
struct x {
    double energy_J, power_W, bus_W, through_J;
};
struct meas {
    double power_W, bus_W, soc_frac, through_J;
};
struct cmd {
    double power_W;
};

// clang-format off
static const struct field par_row[] = {
    FIELD(par, capacity_J,    3.6e9, 3.6e6, 3.6e12, FIELD_REQUIRED, "usable energy between 0 and 1 of the state of charge"),
    FIELD(par, charge_W,      250e3, 0, 1e9, FIELD_REQUIRED, "most charging power at the terminals"),
    FIELD(par, discharge_W,   250e3, 0, 1e9, FIELD_REQUIRED, "most discharging power at the terminals"),
    FIELD(par, eta_charge_frac,    0.95, 0.5, 1, FIELD_SPREAD, "stored per energy charged (assumed: 90 % both ways)"),
    FIELD(par, eta_discharge_frac, 0.95, 0.5, 1, FIELD_SPREAD, "delivered per energy taken from the store"),
    FIELD(par, soc_min_frac,  0.05, 0, 0.5, 0, "never discharged below"),
    FIELD(par, soc_max_frac,  0.95, 0.5, 1, 0, "never charged above"),
    FIELD(par, standing_W,    200, 0, 1e5, FIELD_SPREAD, "power the store loses always (battery management, self-discharge; assumed)"),
    FIELD(par, invest_per_kWh, 500, 0, 1e5, 0, "price of a kWh of capacity (assumed)"),
    FIELD(par, life_years,    12, 1, 50, 0, "life (assumed)"),
};
static const struct field x_row[] = {
    FIELD(x, energy_J,  0, 0, 3.6e12, 0, "energy in store"),
    FIELD(x, power_W,   0, -1e9, 1e9, FIELD_RESET, "power at the terminals; discharge is positive"),
    FIELD(x, bus_W,     0, -1e9, 1e9, FIELD_RESET, "what all others leave over (> 0) or lack (< 0) at its node"),
    FIELD(x, through_J, 0, 0, 1e18, 0, "energy discharged since the start (wear)"),
};
static const struct field meas_row[] = {
    FIELD(meas, power_W,   0, -1e9, 1e9, 0, "power at the terminals; discharge is positive"),
    FIELD(meas, bus_W,     0, -1e9, 1e9, 0, "what all others leave over or lack at its node"),
    FIELD(meas, soc_frac,  0, 0, 1, 0, "state of charge"),
    FIELD(meas, through_J, 0, 0, 1e18, FIELD_INTEGER, "energy discharged since the start"),
};
static const struct field cmd_row[] = {
    FIELD(cmd, power_W, 0, -1e9, 1e9, 0, "power at the terminals; discharge is positive"),
};
static const char *const rule[] = {"out of service", "power limit", "full", "empty", "reserve"};
enum { RULE_OUT = 1, RULE_POWER = 2, RULE_FULL = 4, RULE_EMPTY = 8, RULE_RESERVE = 16 };
// clang-format on

static int check(const void *par, struct err *e)
{
    const struct par *p = par;
    if (p->soc_max_frac <= p->soc_min_frac) return err_set(e, "soc_max_frac must be above soc_min_frac");
    return 0;
}

static void init(const struct asset_now *now, void *state)
{
    const struct par *p = now->par;
    *(struct x *)state = (struct x){.energy_J = 0.5 * (p->soc_min_frac + p->soc_max_frac) * p->capacity_J};
}

static double floor_J(const struct par *p) { return p->soc_min_frac * p->capacity_J; }
static double ceiling_J(const struct par *p) { return p->soc_max_frac * p->capacity_J; }

/* Terminal power that the store can hold for dt: -> [most charging (negative), most discharging]. */
static void room_W(const struct par *p, double energy_J, double dt_s, double *low_W, double *high_W)
{
    double up_J = ceiling_J(p) - energy_J + p->standing_W * dt_s,
           down_J = energy_J - p->standing_W * dt_s - floor_J(p);
    *low_W = -fmin(p->charge_W, fmax(0, up_J) / (p->eta_charge_frac * dt_s));
    *high_W = fmin(p->discharge_W, fmax(0, down_J) * p->eta_discharge_frac / dt_s);
}

static double stored_W(const struct par *p, double power_W)
{
    return power_W >= 0 ? -power_W / p->eta_discharge_frac : -power_W * p->eta_charge_frac;
}

static void run(const struct asset_now *now, struct x *x, double power_W)
{
    const struct par *p = now->par;
    x->energy_J += stored_W(p, power_W) * now->dt_s;
    x->through_J += fmax(0, power_W) * now->dt_s;
    x->power_W = power_W;
}

static void step(const struct asset_now *now, void *work, void *state, double *flow)
{
    (void)work;
    const struct par *p = now->par;
    const struct cmd *c = now->cmd;
    struct x *x = state;
    double low_W, high_W;
    room_W(p, x->energy_J, now->dt_s, &low_W, &high_W);
    x->energy_J -= fmin(p->standing_W * now->dt_s, x->energy_J);
    int idle = (now->status & (STATUS_ISLAND | STATUS_OUT | STATUS_FAULT)) != 0;
    run(now, x, idle ? 0 : clamp(or_else(c->power_W, 0), low_W, high_W));
    flow[0] = x->power_W;
}

/* In an island the set-point stands still and the node decides. room_W already counted this step's standing loss in
 * `step`. */
static double balance(const struct asset_now *now, double residual, void *state, double *flow)
{
    const struct par *p = now->par;
    struct x *x = state;
    x->bus_W = residual - flow[0];
    if (!(now->status & STATUS_ISLAND) || now->status & (STATUS_OUT | STATUS_FAULT)) return residual;
    struct par at = *p;
    at.standing_W = 0;
    double low_W, high_W;
    room_W(&at, x->energy_J, now->dt_s, &low_W, &high_W);
    double power_W = clamp(-residual, low_W, high_W);
    run(now, x, power_W);
    flow[0] += power_W;
    return residual + power_W;
}

static void sense(const struct asset_now *now, const double *flow, void *reading)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    *(struct meas *)reading = (struct meas){flow[0], x->bus_W, x->energy_J / p->capacity_J, x->through_J};
}

static void observe(const struct asset_now *now, const void *reading, void *state)
{
    const struct par *p = now->par;
    const struct meas *m = reading;
    struct x *x = state;
    pull(&x->power_W, m->power_W, 1);
    pull(&x->bus_W, m->bus_W, 1);
    pull(&x->energy_J, m->soc_frac * p->capacity_J, observer_gain(now->dt_s, 300));
    pull(&x->through_J, m->through_J, 1);
}

enum { CHARGE, DISCHARGE, N_U };
enum { ROW_BAND, ROW_RESERVE, N_ROW };
enum { N_E0, N_WORTH, N_STAND, N_IN, N_OUT, N_WEAR, N_HIGH, N_RESERVE, N_RESERVE_PRICE, N_NUM };
enum { S_LOW, S_CHARGE_LO, S_CHARGE_HI, S_DIS_LO, S_DIS_HI, N_OWN };
// clang-format off
static const char *const input[] = {"charge", "discharge"};
static const struct row_desc row[] = {{"state of charge", 0, 0}, {"reserve for an island", 0, 0}};
static const struct coef coef[] = {
    /* E' = E + eta_c dt charge - dt / eta_d discharge - standing dt */
    {AT_A, 0, 0, 1, ONE, ONE}, {AT_B, 0, CHARGE, 1, N_IN, ONE}, {AT_B, 0, DISCHARGE, -1, N_OUT, ONE}, {AT_DRIFT, 0, 0, -1, N_STAND, ONE},
    {AT_X0, 0, 0, 1, N_E0, ONE}, {AT_WORTH, 0, 0, 1, N_WORTH, ONE},
    /* low <= E' <= high (widened to what doing nothing gives, so that no start is infeasible) */
    {AT_C, ROW_BAND, 0, 1, ONE, ONE}, {AT_ROW_LO, ROW_BAND, 0, 1, ONE, S_LOW}, {AT_ROW_HI, ROW_BAND, 0, 1, N_HIGH, ONE},
    {AT_PRICE_LO, ROW_BAND, 0, PRICE_HARD, ONE, ONE}, {AT_PRICE_HI, ROW_BAND, 0, PRICE_HARD, ONE, ONE},
    /* reserve - s <= E' */
    {AT_C, ROW_RESERVE, 0, 1, ONE, ONE}, {AT_ROW_LO, ROW_RESERVE, 0, 1, N_RESERVE, ONE}, {AT_PRICE_LO, ROW_RESERVE, 0, 1, N_RESERVE_PRICE, ONE},
    {AT_F, 0, CHARGE, -1, ONE, ONE}, {AT_F, 0, DISCHARGE, 1, ONE, ONE},
    {AT_LO, CHARGE, 0, 1, ONE, S_CHARGE_LO}, {AT_HI, CHARGE, 0, 1, ONE, S_CHARGE_HI},
    {AT_LO, DISCHARGE, 0, 1, ONE, S_DIS_LO}, {AT_HI, DISCHARGE, 0, 1, ONE, S_DIS_HI}, {AT_PRICE, DISCHARGE, 0, 1, N_WEAR, ONE},
};
// clang-format on
static const struct block_shape battery_shape = {.name = "battery",
                                                 .nx = 1,
                                                 .nu = N_U,
                                                 .nrow = N_ROW,
                                                 .nport = 1,
                                                 .n_num = N_NUM,
                                                 .n_own = N_OWN,
                                                 .input = input,
                                                 .row = row,
                                                 .coef = coef,
                                                 .n_coef = (int)(sizeof coef / sizeof coef[0])};

static const struct block_shape *shape(const void *par)
{
    (void)par;
    return &battery_shape;
}

/* Bounds of each slot. A pinned set-point (an override) fixes the power as long as the store can follow it. */
static void formulate_bounds(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct par *p = now->par;
    int out = (now->status & (STATUS_OUT | STATUS_FAULT)) != 0;
    const struct cmd *pin = now->pin;
    double pin_W = PIN(pin, power_W), energy_J = ((const struct x *)now->x)->energy_J;
    for (int t = 0; t < h->T; t++) {
        double low_W, high_W, dt_s = slot_s(h, t), power_W = 0;
        room_W(p, energy_J, dt_s, &low_W, &high_W);
        if (isfinite(pin_W) && !out) power_W = clamp(pin_W, low_W, high_W);
        int pinned = isfinite(pin_W) || out;
        block_put(b, S_CHARGE_LO, t, pinned ? fmax(0, -power_W) : 0);
        block_put(b, S_CHARGE_HI, t, pinned ? fmax(0, -power_W) : p->charge_W);
        block_put(b, S_DIS_LO, t, pinned ? fmax(0, power_W) : 0);
        block_put(b, S_DIS_HI, t, pinned ? fmax(0, power_W) : p->discharge_W);
        energy_J += stored_W(p, power_W) * dt_s - p->standing_W * dt_s;
        block_put(b, S_LOW, t, fmin(floor_J(p), energy_J));
    }
}

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    const struct policy *y = h->policy;
    int island = (now->status & STATUS_ISLAND) != 0;
    double reserve_J = fmax(floor_J(p), y->battery_reserve_frac * p->capacity_J);
    for (int len = 0; len < h->n_len; len++) {
        double dt_s = h->dt_s[len];
        block_set(b, len, N_STAND, p->standing_W * dt_s);
        block_set(b, len, N_IN, p->eta_charge_frac * dt_s);
        block_set(b, len, N_OUT, dt_s / p->eta_discharge_frac);
        block_set(b, len, N_WEAR, y->cycle_per_kWh / J_PER_KWH * dt_s);
        /* a reserve missing for a whole day is valued like the loss of that energy once */
        block_set(b, len, N_RESERVE_PRICE, island ? 0 : y->shortage_per_kWh / J_PER_KWH * dt_s / 86400);
    }
    block_set_all(b, h->n_len, N_E0, x->energy_J);
    block_set_all(b, h->n_len, N_WORTH, p->eta_discharge_frac * horizon_worth_per_J(h));
    block_set_all(b, h->n_len, N_HIGH, fmax(ceiling_J(p), x->energy_J));
    block_set_all(b, h->n_len, N_RESERVE, reserve_J);
    formulate_bounds(now, h, b);
}

static void command(const struct asset_now *now, const struct block *b, int t, void *cmd)
{
    const struct par *p = now->par;
    double power_W = block_u(b, DISCHARGE, t) - block_u(b, CHARGE, t);
    ((struct cmd *)cmd)->power_W = without_crumbs(power_W, fmax(p->charge_W, p->discharge_W));
}

static void rules(const struct asset_now *now, void *cmd)
{
    const struct x *x = now->x;
    ((struct cmd *)cmd)->power_W = -x->bus_W;
}

static void safe(const struct asset_now *now, void *cmd)
{
    (void)now;
    ((struct cmd *)cmd)->power_W = 0;
}

static uint32_t guard(const struct asset_now *now, void *cmd)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    double *power_W = &((struct cmd *)cmd)->power_W, low_W, high_W, scale_W = fmax(p->charge_W, p->discharge_W);
    uint32_t bit = 0;
    if (now->status & (STATUS_OUT | STATUS_FAULT)) return bite(power_W, 0, scale_W) ? RULE_OUT : 0;
    bit |= bite(power_W, clamp(or_else(*power_W, 0), -p->charge_W, p->discharge_W), scale_W) * RULE_POWER;
    room_W(p, x->energy_J, now->dt_s, &low_W, &high_W);
    bit |= bite(power_W, fmax(*power_W, low_W), scale_W) * RULE_FULL;
    bit |= bite(power_W, fmin(*power_W, high_W), scale_W) * RULE_EMPTY;
    if (now->status & STATUS_ISLAND || !now->policy) return bit;
    double above_J = x->energy_J - fmax(floor_J(p), now->policy->battery_reserve_frac * p->capacity_J);
    double keep_W = fmax(0, above_J) * p->eta_discharge_frac / now->dt_s;
    return bit | bite(power_W, fmin(*power_W, keep_W), scale_W) * RULE_RESERVE;
}

/* The fastest asset of the village; its wear is the price. */
static void flex(const struct asset_now *now, struct flex *f)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    const struct cmd *c = now->cmd;
    double low_W, high_W, wear = now->policy ? now->policy->cycle_per_kWh / J_PER_KWH : 0;
    room_W(p, x->energy_J, 900, &low_W, &high_W);
    int out = (now->status & (STATUS_OUT | STATUS_FAULT | STATUS_LOST)) != 0;
    *f = (struct flex){.up_W = out ? 0 : fmax(0, high_W - c->power_W),
                       .down_W = out ? 0 : fmax(0, c->power_W - low_W),
                       .cost_up_per_J = wear,
                       .cost_down_per_J = wear,
                       .within_s = 1};
}

static void tally(const struct asset_now *now, struct tally *k)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    k->stored_J = p->eta_discharge_frac * (x->energy_J - floor_J(p));
    k->cycled_J = x->through_J;
}

static void cost(const void *par, struct asset_cost *c)
{
    const struct par *p = par;
    *c = (struct asset_cost){.invest = p->invest_per_kWh * p->capacity_J / J_PER_KWH, .life_years = p->life_years};
}

const struct asset_class class_battery = {.name = "battery",
                                          .help = "battery; forms the grid in an island",
                                          .par_bytes = sizeof(struct par),
                                          .par = FIELDS(par_row),
                                          .state = FIELDS(x_row),
                                          .meas = FIELDS(meas_row),
                                          .cmd = FIELDS(cmd_row),
                                          .rule = rule,
                                          .n_rule = (int)(sizeof rule / sizeof rule[0]),
                                          .port = {{"elec", CARRIER_ELEC, 1}},
                                          .n_port = 1,
                                          .dt_min_s = 0.1,
                                          .dt_max_s = 900,
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
                                          .safe = safe,
                                          .guard = guard,
                                          .flex = flex,
                                          .tally = tally,
                                          .cost = cost};
