/* Cold store: product and room as one mixed node, cooled by a compressor whose yield follows the outdoor air.
 *
 * C dT/dt = ua (out - T) + product + fans - EER cool. The product's heat capacity makes it a thermal battery
 * between temp_min_degC and temp_max_degC; the guard gives the cooling back to the local thermostat before the
 * limit is reached, so that no price can buy a warm store. The plan takes the EER at the middle of the band (it
 * changes by 3 % a kelvin). Left out: air and product apart, frost, respiration (part of product_W). */
#include "assets/kit.h"
#include "base/err.h"
#include "physics/compressor.h"
#include "physics/refrigeration.h"
#include "village/policy.h"

struct coldstore_par {
    double ua_W_K, capacity_J_K, cool_W, cool_min_frac, fan_W, run_min_s, rest_min_s;
    double target_degC, temp_min_degC, temp_max_degC, margin_K, hysteresis_K, loss_per_K_h;
};
struct coldstore_state {
    double temp_degC, bias_W, product_day_W, on_frac, since_switch_s;
};
struct coldstore_meas {
    double temp_degC, elec_W, cool_W;
};
struct coldstore_cmd {
    double cool_W;
};
struct coldstore_exo {
    double product_W;
};

/* clang-format off */
static const struct field par[] = {
    FIELD(coldstore_par, ua_W_K, 60, 1, 1e5, FIELD_SPREAD, "heat gain through the envelope"),
    FIELD(coldstore_par, capacity_J_K, 1e8, 1e5, 1e11, FIELD_SPREAD, "heat capacity of product and room (30 t of fruit)"),
    FIELD(coldstore_par, cool_W, 6000, 100, 1e6, 0, "compressor, rated electric power"),
    FIELD(coldstore_par, cool_min_frac, 0.3, 0.05, 1, 0, "least power while running, share of rated"),
    FIELD(coldstore_par, fan_W, 300, 0, 1e5, 0, "fans and lights inside, always on"),
    FIELD(coldstore_par, run_min_s, 300, 60, 7200, FIELD_GUARD, "least running time of the compressor (as long as its rest)"),
    FIELD(coldstore_par, rest_min_s, 300, 60, 7200, FIELD_GUARD, "least rest of the compressor (Honeywell 69-1431: five minutes)"),
    FIELD(coldstore_par, target_degC, 3, -30, 15, 0, "set-point of its thermostat"),
    FIELD(coldstore_par, temp_min_degC, 1, -40, 15, FIELD_GUARD | FIELD_REQUIRED, "never colder: frost harms the product"),
    FIELD(coldstore_par, temp_max_degC, 5, -30, 20, FIELD_GUARD | FIELD_REQUIRED, "never warmer"),
    FIELD(coldstore_par, margin_K, 0.5, 0.05, 3, 0, "the guard takes over this much inside the limits"),
    FIELD(coldstore_par, hysteresis_K, 0.3, 0.05, 3, 0, "thermostat: half the switching band"),
    FIELD(coldstore_par, loss_per_K_h, 5, 0, 1e4, 0, "harm to the product outside the limits, money per K and hour (assumption)"),
};
static const struct field state[] = {
    FIELD(coldstore_state, temp_degC, 3, -40, 50, 0, "product and room"),
    FIELD(coldstore_state, bias_W, 0, -1e6, 1e6, 0, "heat that the model does not explain (estimate)"),
    FIELD(coldstore_state, product_day_W, 500, 0, 1e6, 0, "heat brought, mean of the last day"),
    FIELD(coldstore_state, on_frac, 0, 0, 1, FIELD_BOOL, "compressor runs"),
    FIELD(coldstore_state, since_switch_s, 3600, 0, 1e9, FIELD_RESET, "since the compressor last started or stopped"),
};
static const struct field meas[] = {
    FIELD(coldstore_meas, temp_degC, 3, -40, 50, 0, "thermometer in the product"),
    FIELD(coldstore_meas, elec_W, 0, 0, 1e6, 0, "meter"),
    FIELD(coldstore_meas, cool_W, 0, 0, 1e6, 0, "power of the compressor"),
};
static const struct field cmd[] = { FIELD(coldstore_cmd, cool_W, 0, 0, 1e6, 0, "electric power of the compressor"), };
static const struct field exo[] = { FIELD(coldstore_exo, product_W, 500, 0, 1e6, 0, "heat brought: warm product, doors, respiration"), };
enum rule { RULE_BOUNDS, RULE_OUT, RULE_WARM, RULE_COLD, RULE_LEAST_POWER, RULE_RUN, RULE_REST, RULES };
static const char *const rule_name[RULES] = {"within the rating", "out of use", "never warmer than the limit",
    "never colder than the limit", "least power of the compressor", "least running time", "least rest"};

enum { N_DECAY, N_GAIN, N_LO, N_HI, N_BAND_LO, N_BAND_HI, N_MIN, N_MAX, N_EDGE, N_HARM, N_X0, N_WORTH, N_FEED, N_ALL };
enum { S_EER, S_DRIFT, S_ALL };
enum { ROW_BAND, ROW_LIMIT, ROWS };
static const char *const input_name[] = {"cool_W"};
static const struct row_desc row_desc[ROWS] = {{"store temperature", 0, 0}, {"store limit", 0, 0}};
static const struct coef coef[] = {
    /* T+ = decay T - gain EER(t) u + drift(t) */
    {AT_A, 0, 0, 1, N_DECAY, ONE},   {AT_B, 0, 0, -1, N_GAIN, S_EER},  {AT_DRIFT, 0, 0, 1, ONE, S_DRIFT},
    {AT_X0, 0, 0, 1, N_X0, ONE},     {AT_WORTH, 0, 0, -1, N_WORTH, ONE},
    {AT_LO, 0, 0, 1, N_LO, ONE},     {AT_HI, 0, 0, 1, N_HI, ONE},
    /* off the guard's edges at a small price, within the limits at the price of harm */
    {AT_C, ROW_BAND, 0, 1, ONE, ONE},  {AT_ROW_LO, ROW_BAND, 0, 1, N_BAND_LO, ONE}, {AT_ROW_HI, ROW_BAND, 0, 1, N_BAND_HI, ONE},
    {AT_PRICE_LO, ROW_BAND, 0, 1, N_EDGE, ONE}, {AT_PRICE_HI, ROW_BAND, 0, 1, N_EDGE, ONE},
    {AT_C, ROW_LIMIT, 0, 1, ONE, ONE}, {AT_ROW_LO, ROW_LIMIT, 0, 1, N_MIN, ONE}, {AT_ROW_HI, ROW_LIMIT, 0, 1, N_MAX, ONE},
    {AT_PRICE_LO, ROW_LIMIT, 0, 1, N_HARM, ONE}, {AT_PRICE_HI, ROW_LIMIT, 0, 1, N_HARM, ONE},
    {AT_F, 0, 0, -1, ONE, ONE},      {AT_FEED, 0, 0, -1, N_FEED, ONE},
};
static const struct block_shape shape_coldstore = {"coldstore", 1, 1, ROWS, 1, 0, N_ALL, S_ALL, 0, input_name, row_desc, NULL,
    coef, sizeof coef / sizeof coef[0]};
/* clang-format on */

static struct compressor compressor_of(const struct coldstore_par *p, const struct coldstore_state *x)
{
    return (struct compressor){
        p->cool_W, p->cool_min_frac * p->cool_W, p->run_min_s, p->rest_min_s, x->since_switch_s, x->on_frac > 0};
}

static double eer(const struct coldstore_par *p, const struct ambient *a)
{
    return refrigeration_eer(0.5 * (p->temp_min_degC + p->temp_max_degC), a->temp_degC);
}

static void init(const struct asset_now *now, void *to)
{
    const struct coldstore_par *p = now->par;
    const struct coldstore_exo *e = (const void *)now->exo;
    *(struct coldstore_state *)to = (struct coldstore_state){
        .temp_degC = p->target_degC, .product_day_W = e ? e->product_W : 0, .since_switch_s = 3600};
}

static void step(const struct asset_now *now, void *work, void *to, double *flow)
{
    (void)work;
    const struct coldstore_par *p = now->par;
    const struct coldstore_exo *e = (const void *)now->exo;
    const struct coldstore_cmd *c = now->cmd;
    struct coldstore_state *x = to;
    struct compressor k = compressor_of(p, x);
    int out = (now->status & STATUS_OUT) != 0, fault = (now->status & STATUS_FAULT) != 0;
    double cool_W = out || fault ? 0 : compressor_power_W(&k, c->cool_W), fan_W = out ? 0 : p->fan_W;
    double gain_W = e->product_W + fan_W + x->bias_W - eer(p, now->amb) * cool_W;
    x->temp_degC =
        refrigeration_step_degC(x->temp_degC, now->amb->temp_degC, p->ua_W_K, p->capacity_J_K, gain_W, now->dt_s);
    pull(&x->product_day_W, e->product_W, observer_gain(now->dt_s, 86400));
    x->since_switch_s = compressor_since_s(&k, cool_W, now->dt_s);
    x->on_frac = cool_W > 0;
    flow[0] = -(cool_W + fan_W);
}

static void sense(const struct asset_now *now, const double *flow, void *to)
{
    const struct coldstore_par *p = now->par;
    const struct coldstore_state *x = now->x;
    double elec_W = -flow[0];
    *(struct coldstore_meas *)to =
        (struct coldstore_meas){x->temp_degC, elec_W, x->on_frac > 0 ? elec_W - p->fan_W : 0};
}

static void observe(const struct asset_now *now, const void *from, void *to)
{
    static const double temp_s = 600, bias_s = 24 * 3600.0;
    const struct coldstore_par *p = now->par;
    const struct coldstore_meas *m = from;
    struct coldstore_state *x = to;
    if (isfinite(m->temp_degC)) {
        double miss_K = m->temp_degC - x->temp_degC;
        x->bias_W = clamp(x->bias_W + miss_K * p->capacity_J_K / temp_s * now->dt_s / bias_s, -1e6, 1e6);
        pull(&x->temp_degC, m->temp_degC, observer_gain(now->dt_s, temp_s));
    }
    int runs = m->cool_W > 0.5 * p->cool_min_frac * p->cool_W;
    if (isfinite(m->cool_W) && runs != (x->on_frac > 0)) x->on_frac = runs, x->since_switch_s = 0;
}

static double thermostat_W(const struct coldstore_par *p, const struct coldstore_state *x)
{
    struct compressor k = compressor_of(p, x);
    double warm_K = x->temp_degC - p->target_degC, h = p->hysteresis_K;
    double wanted_W = warm_K > (k.on ? -h : h) ? p->cool_W * clamp((warm_K + h) / (2 * h), p->cool_min_frac, 1) : 0;
    return compressor_kept_W(&k, wanted_W);
}

static void rules(const struct asset_now *now, void *to)
{
    ((struct coldstore_cmd *)to)->cool_W = thermostat_W(now->par, now->x);
}

static uint32_t guard(const struct asset_now *now, void *to)
{
    const struct coldstore_par *p = now->par;
    const struct coldstore_state *x = now->x;
    struct coldstore_cmd *c = to;
    if (now->status & STATUS_OUT) return guard_set(&c->cool_W, 0, RULE_OUT);
    double local_W = thermostat_W(p, x);
    struct compressor k = compressor_of(p, x);
    uint32_t bit = guard_range(&c->cool_W, 0, p->cool_W, local_W, RULE_BOUNDS);
    double guess = guess_K(READING_AGE_S(now, struct coldstore_meas, temp_degC));
    if (x->temp_degC + guess >= p->temp_max_degC - p->margin_K)
        bit |= guard_set(&c->cool_W, fmax(c->cool_W, local_W), RULE_WARM);
    if (x->temp_degC <= p->temp_min_degC + p->margin_K)
        bit |= guard_set(&c->cool_W, fmin(c->cool_W, local_W), RULE_COLD);
    bit |= guard_set(&c->cool_W, compressor_power_W(&k, c->cool_W), RULE_LEAST_POWER);
    return bit | guard_set(&c->cool_W, compressor_kept_W(&k, c->cool_W), k.on ? RULE_RUN : RULE_REST);
}

static const struct block_shape *shape(const void *par_from)
{
    (void)par_from;
    return &shape_coldstore;
}

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct coldstore_par *p = now->par;
    const struct coldstore_state *x = now->x;
    const struct coldstore_exo *e = (const void *)now->exo;
    const struct coldstore_cmd *pin = now->pin;
    struct bounds u = bounds_pinned(0, p->cool_W * in_service(now), PIN(pin, cool_W));
    double per_W[SLOT_LENGTHS_MAX], inset_K = 1.2 * p->margin_K;
    must(h->n_len <= SLOT_LENGTHS_MAX, "%d lengths of slot", h->n_len);
    for (int l = 0; l < h->n_len; l++) {
        double lost = -expm1(-p->ua_W_K * h->dt_s[l] / p->capacity_J_K);
        per_W[l] = lost / p->ua_W_K;
        block_set(to, l, N_DECAY, 1 - lost);
        block_set(to, l, N_GAIN, per_W[l]);
        block_set(to, l, N_EDGE, 0.1 * p->loss_per_K_h * h->dt_s[l] / 3600);
        block_set(to, l, N_HARM, 10 * p->loss_per_K_h * h->dt_s[l] / 3600);
    }
    block_set_all(to, h->n_len, N_LO, u.lo);
    block_set_all(to, h->n_len, N_HI, u.hi);
    block_set_all(to, h->n_len, N_BAND_LO, p->temp_min_degC + inset_K);
    block_set_all(to, h->n_len, N_BAND_HI, p->temp_max_degC - inset_K);
    block_set_all(to, h->n_len, N_MIN, p->temp_min_degC);
    block_set_all(to, h->n_len, N_MAX, p->temp_max_degC);
    block_set_all(to, h->n_len, N_X0, x->temp_degC);
    block_set_all(to, h->n_len, N_WORTH,
                  0.8 * horizon_worth_per_J(h) * p->capacity_J_K / eer(p, &h->amb[h->T - 1]));
    block_set_all(to, h->n_len, N_FEED, p->fan_W * in_service(now));
    /* Nobody measures the heat brought: the forecast gives its course, the observer's day its level (see home.c).
     */
    double mean_W = 0;
    for (int t = 0; t < h->T; t++) mean_W += e[t].product_W * slot_s(h, t) / horizon_s(h);
    for (int t = 0; t < h->T; t++) {
        double in_W = p->ua_W_K * h->amb[t].temp_degC + p->fan_W + x->bias_W;
        in_W += e[t].product_W - mean_W + x->product_day_W;
        block_put(to, S_EER, t, eer(p, &h->amb[t]));
        block_put(to, S_DRIFT, t, per_W[h->len[t]] * in_W);
    }
}

static void command(const struct asset_now *now, const struct block *b, int t, void *to)
{
    struct compressor k = compressor_of(now->par, now->x);
    ((struct coldstore_cmd *)to)->cool_W = compressor_duty_W(&k, block_u(b, 0, t));
}

static int check(const void *from, struct err *e)
{
    const struct coldstore_par *p = from;
    if (p->temp_min_degC + 4 * p->margin_K > p->temp_max_degC)
        return err_set(e, "temp_max_degC must lie at least four margins (%g K) above temp_min_degC",
                       4 * p->margin_K);
    if (p->target_degC <= p->temp_min_degC + p->margin_K || p->target_degC >= p->temp_max_degC - p->margin_K)
        return err_set(e, "target_degC must lie inside the limits by more than margin_K");
    return 0;
}

static void tally(const struct asset_now *now, struct tally *t)
{
    const struct coldstore_par *p = now->par;
    const struct coldstore_state *x = now->x;
    t->stored_J = 0.8 * p->capacity_J_K * (p->temp_max_degC - x->temp_degC) / eer(p, now->amb);
}

extern const struct asset_class class_coldstore;
const struct asset_class class_coldstore = {
    .name = "coldstore",
    .help = "a cold store for produce",
    .par_bytes = sizeof(struct coldstore_par),
    .par = FIELDS(par),
    .state = FIELDS(state),
    .meas = FIELDS(meas),
    .cmd = FIELDS(cmd),
    .exo = FIELDS(exo),
    .rule = rule_name,
    .n_rule = RULES,
    .port = {{"elec", CARRIER_ELEC, 0}},
    .n_port = 1,
    .dt_min_s = 1,
    .dt_max_s = 900,
    .check = check,
    .init = init,
    .step = step,
    .sense = sense,
    .observe = observe,
    .shape = shape,
    .formulate = formulate,
    .command = command,
    .rules = rules,
    .safe = rules,
    .guard = guard,
    .tally = tally,
};
