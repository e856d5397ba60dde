/* Photovoltaic field or roof: irradiance on the plane, glass, cell temperature, module, inverter (PVWatts version 5
 * by physics/array.c; sky by Perez). The set-point limits the inverter's output; without one it gives what the
 * sun gives. performance_frac (soiling, snow, ageing against the nameplate) is learned from the readings whenever
 * the output is not curtailed, so that a dusty field is forecast as a dusty field. In the plan: one input between 0
 * and what the sun is expected to give. Left out: shading of parts, trackers, reactive power. */
#include "assets/kit.h"
#include "physics/array.h"
#include "village/policy.h"

struct par {
    double peak_W, inverter_W, tilt_deg, azimuth_deg, loss_frac, inverter_eta_frac, temp_coeff_per_K, albedo_frac,
        invest_per_kW, life_years;
};
struct x {
    double performance_frac, power_W, energy_J;
};
struct meas {
    double power_W, energy_J;
};
struct cmd {
    double limit_W;
};

// clang-format off
static const struct field par_row[] = {
    FIELD(par, peak_W,       5e3, 1, 1e9, FIELD_REQUIRED, "DC rating at 1000 W/m2 and 25 degC"),
    FIELD(par, inverter_W,   1e9, 1, 1e9, 0, "AC limit of the inverter; more than it can give = no limit"),
    FIELD(par, tilt_deg,     33, 0, 90, 0, "tilt of the plane, 0 = flat"),
    FIELD(par, azimuth_deg,  180, 0, 360, 0, "direction the plane faces, clockwise from north"),
    FIELD(par, loss_frac,    0.1408, 0, 0.5, FIELD_SPREAD, "soiling, wiring, mismatch, age (PVWatts default 14.08 %)"),
    FIELD(par, inverter_eta_frac, 0.96, 0.8, 1, 0, "nominal efficiency of the inverter (PVWatts default)"),
    FIELD(par, temp_coeff_per_K, -0.0037, -0.01, 0, 0, "change of module power per kelvin above 25 degC (crystalline silicon)"),
    FIELD(par, albedo_frac,  0.2, 0, 1, 0, "reflectance of the ground"),
    FIELD(par, invest_per_kW, 900, 0, 1e5, 0, "price of a kW of peak power (assumed)"),
    FIELD(par, life_years,   25, 1, 50, 0, "life (assumed)"),
};
static const struct field x_row[] = {
    FIELD(x, performance_frac, 1, 0.05, 1.5, 0, "output against the model from the nameplate"),
    FIELD(x, power_W,  0, 0, 1e9, FIELD_RESET, "AC power"),
    FIELD(x, energy_J, 0, 0, 1e18, 0, "energy register"),
};
static const struct field meas_row[] = {
    FIELD(meas, power_W,  0, 0, 1e9, 0, "AC power"),
    FIELD(meas, energy_J, 0, 0, 1e18, FIELD_INTEGER, "energy register"),
};
static const struct field cmd_row[] = { FIELD(cmd, limit_W, 1e9, 0, 1e9, 0, "most AC power") };
static const char *const rule[] = {"out of service", "rating"};
enum { RULE_OUT = 1, RULE_RATING = 2 };
// clang-format on

static double rating_W(const struct par *p) { return fmin(p->inverter_W, p->peak_W); }

/* What the nameplate says for this sky, W AC before the limit. */
static double model_W(const struct par *p, const struct ambient *a)
{
    if (!a || a->sun_zenith_deg >= 90 || a->ghi_W_m2 <= 0) return 0;
    struct irradiance sky = {a->ghi_W_m2, a->dni_W_m2, a->dhi_W_m2};
    struct array array = {.plane = {p->tilt_deg, p->azimuth_deg, p->albedo_frac},
                          .sky = SKY_PEREZ,
                          .glass = GLASS_PANE,
                          .heat = pv_heat_usual(PV_SAPM),
                          .peak_W = p->peak_W,
                          .temp_coeff_per_K = p->temp_coeff_per_K,
                          .loss_frac = p->loss_frac,
                          .inverter_W = rating_W(p),
                          .inverter_eta_frac = p->inverter_eta_frac};
    struct sky_sun sun = {a->sun_zenith_deg, a->sun_azimuth_deg, a->outside_W_m2, a->air_mass};
    if (!ambient_shared(a)) ambient_sky(a, &sun.extraterrestrial_W_m2, &sun.air_mass);
    return array_run(&array, &sky, &sun, a->temp_degC, a->wind_m_s).ac_W;
}

static double available_W(const struct par *p, const struct x *x, const struct ambient *a)
{
    return fmin(rating_W(p), fmax(0, x->performance_frac) * model_W(p, a));
}

static void init(const struct asset_now *now, void *state)
{
    (void)now;
    *(struct x *)state = (struct x){.performance_frac = 1};
}

static void step(const struct asset_now *now, void *work, void *state, double *flow)
{
    (void)work;
    struct x *x = state;
    double limit_W = fmax(0, or_else(((const struct cmd *)now->cmd)->limit_W, 0));
    int stopped = (now->status & (STATUS_OUT | STATUS_FAULT)) != 0;
    x->power_W = stopped ? 0 : fmin(limit_W, available_W(now->par, x, now->amb));
    x->energy_J += x->power_W * now->dt_s;
    flow[0] = x->power_W;
}

static void sense(const struct asset_now *now, const double *flow, void *reading)
{
    const struct x *x = now->x;
    *(struct meas *)reading = (struct meas){flow[0], x->energy_J};
}

/* Learns the performance over about two hours of light; dim light, a limit in force, or a clipping inverter teach
 * nothing. */
static void observe(const struct asset_now *now, const void *reading, void *state)
{
    const struct par *p = now->par;
    const struct meas *m = reading;
    struct x *x = state;
    double clear_W = model_W(p, now->amb), limit_W = ((const struct cmd *)now->cmd)->limit_W;
    int curtailed = m->power_W > 0.97 * fmin(limit_W, rating_W(p)) || limit_W < rating_W(p);
    if (isfinite(m->power_W) && clear_W > 0.1 * p->peak_W && !curtailed &&
        !(now->status & (STATUS_OUT | STATUS_FAULT)))
        pull(&x->performance_frac, clamp(m->power_W / clear_W, 0.05, 1.5), observer_gain(now->dt_s, 7200));
    pull(&x->power_W, m->power_W, 1);
    pull(&x->energy_J, m->energy_J, 1);
}

enum { N_PRICE, N_NUM };
enum { S_SUN, S_EARLY, N_OWN };
// clang-format off
static const char *const input[] = {"curtailed"};
static const struct coef coef[] = {
    /* output = sun - curtailed, 0 <= curtailed <= sun; throwing it away has a small price, now a higher one than later */
    {AT_FEED, 0, 0, 1, ONE, S_SUN}, {AT_F, 0, 0, -1, ONE, ONE}, {AT_HI, 0, 0, 1, ONE, S_SUN}, {AT_PRICE, 0, 0, 1, N_PRICE, S_EARLY},
};
// clang-format on
static const struct block_shape solar_shape = {.name = "solar",
                                               .nu = 1,
                                               .nport = 1,
                                               .n_num = N_NUM,
                                               .n_own = N_OWN,
                                               .input = input,
                                               .coef = coef,
                                               .n_coef = (int)(sizeof coef / sizeof coef[0])};

static const struct block_shape *shape(const void *par)
{
    (void)par;
    return &solar_shape;
}

/* Sun thrown away now is lost for certain, that of the afternoon is only expected: where a full store makes the hour of curtailing
 * indifferent, it should be the last. Ten times the price now, fading within hours (our assumption). */
static double early_factor(double lead_s) { return 1 + 9 * exp(-lead_s / (3 * 3600)); }

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct cmd *pin = now->pin;
    double pin_W = PIN(pin, limit_W);
    int stopped = (now->status & (STATUS_OUT | STATUS_FAULT)) != 0;
    for (int len = 0; len < h->n_len; len++)
        block_set(b, len, N_PRICE, h->policy->curtail_per_kWh / J_PER_KWH * h->dt_s[len]);
    double lead_s = 0;
    for (int t = 0; t < h->T; t++) {
        block_put(b, S_EARLY, t, early_factor(lead_s));
        lead_s += slot_s(h, t);
        double sun_W = stopped ? 0 : available_W(now->par, now->x, &h->amb[t]);
        block_put(b, S_SUN, t, isfinite(pin_W) ? fmin(sun_W, fmax(0, pin_W)) : sun_W);
    }
}

/* The planned curtailment comes off the sun there is now; next to none sets no limit, so that a sunnier quarter of
 * an hour than forecast is not thrown away. */
static void command(const struct asset_now *now, const struct block *b, int t, void *cmd)
{
    double curtailed_W = block_u(b, 0, t), sun_W = available_W(now->par, now->x, now->amb);
    ((struct cmd *)cmd)->limit_W = curtailed_W < 0.03 * sun_W ? rating_W(now->par) : fmax(0, sun_W - curtailed_W);
}

static void rules(const struct asset_now *now, void *cmd) { ((struct cmd *)cmd)->limit_W = rating_W(now->par); }

static uint32_t guard(const struct asset_now *now, void *cmd)
{
    double *limit_W = &((struct cmd *)cmd)->limit_W, top_W = rating_W(now->par);
    if (now->status & (STATUS_OUT | STATUS_FAULT)) return bite(limit_W, 0, top_W) ? RULE_OUT : 0;
    return bite(limit_W, clamp(or_else(*limit_W, top_W), 0, top_W), top_W) * RULE_RATING;
}

static void flex(const struct asset_now *now, struct flex *f)
{
    const struct x *x = now->x;
    double spill = now->policy ? now->policy->curtail_per_kWh / J_PER_KWH : 0,
           sun_W = available_W(now->par, x, now->amb);
    int out = (now->status & (STATUS_OUT | STATUS_FAULT | STATUS_LOST)) != 0;
    *f = (struct flex){.up_W = out ? 0 : fmax(0, sun_W - x->power_W),
                       .down_W = out ? 0 : x->power_W,
                       .cost_up_per_J = -spill,
                       .cost_down_per_J = spill,
                       .within_s = 2};
}

static void tally(const struct asset_now *now, struct tally *k)
{
    const struct x *x = now->x;
    if (!(now->status & (STATUS_OUT | STATUS_FAULT)))
        k->curtailed_W = fmax(0, available_W(now->par, x, now->amb) - x->power_W);
}

static void cost(const void *par, struct asset_cost *c)
{
    const struct par *p = par;
    *c = (struct asset_cost){.invest = p->invest_per_kW * p->peak_W / 1000, .life_years = p->life_years};
}

const struct asset_class class_solar = {.name = "solar",
                                        .help = "photovoltaic roof or field",
                                        .par_bytes = sizeof(struct par),
                                        .par = FIELDS(par_row),
                                        .state = FIELDS(x_row),
                                        .meas = FIELDS(meas_row),
                                        .cmd = FIELDS(cmd_row),
                                        .rule = rule,
                                        .n_rule = (int)(sizeof rule / sizeof rule[0]),
                                        .port = {{"elec", CARRIER_ELEC, 0}},
                                        .n_port = 1,
                                        .dt_min_s = 1,
                                        .dt_max_s = 3600,
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
                                        .flex = flex,
                                        .tally = tally,
                                        .cost = cost};
