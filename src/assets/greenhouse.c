/* Greenhouse: one mixed zone with its crop, heated from the heat node and by electricity, with lamps.
 *
 * Stepped by the fast form of physics/greenhouse.h, C dT/dt = loss (out - T) + dry share of the light + heat + aux +
 * rest of the lamps, where loss and dry share hold what the crop's transpiration takes; at high fidelity by the full form, heat and vapour, of which the fast one is made. Vents open by themselves above vent_degC, up to
 * vent_per_h, and hold that temperature if the outside allows (at high fidelity for humidity too); the plan has them as
 * an input that nobody commands: heat thrown away, as much as holds the row. Lamps bring the day's light (sun and lamps
 * on the crop) to a goal; they are dark in the crop's night. Left out: CO2, screens, thermal mass of the ground apart from the air. */
#include "physics/greenhouse.h"
#include "assets/kit.h"
#include "base/err.h"
#include "village/policy.h"

struct greenhouse_par {
    double floor_m2, cover_m2, u_W_m2_K, volume_m3, ach_per_h, vent_per_h, capacity_J_K, tau_frac, leaf_index_frac,
        humid_frac;
    double heat_W, aux_W, light_W, light_eff_frac, light_goal_J_m2, dark_from_hour, dark_until_hour;
    double target_degC, temp_min_degC, vent_degC, temp_max_degC, hysteresis_K, crop_per_K_h, light_per_MJ;
};
struct greenhouse_state {
    double temp_degC, light_J_m2, bias_W;
};
struct greenhouse_meas {
    double temp_degC, elec_W, heat_W;
};
struct greenhouse_cmd {
    double heat_W, aux_W, light_W;
};

/* clang-format off */
static const struct field par[] = {
    FIELD(greenhouse_par, floor_m2, 1000, 10, 1e6, FIELD_REQUIRED, "ground covered"),
    FIELD(greenhouse_par, cover_m2, 1400, 10, 2e6, 0, "glass or foil"),
    FIELD(greenhouse_par, u_W_m2_K, 5, 1, 10, FIELD_SPREAD, "heat loss of the cover (double foil 4, glass 6)"),
    FIELD(greenhouse_par, volume_m3, 4000, 20, 1e7, 0, "air inside"),
    FIELD(greenhouse_par, ach_per_h, 0.6, 0.05, 5, FIELD_SPREAD, "air changes per hour with vents shut"),
    FIELD(greenhouse_par, vent_per_h, 30, 1, 100, 0, "air changes per hour with vents open"),
    FIELD(greenhouse_par, capacity_J_K, 1e8, 1e5, 1e12, FIELD_SPREAD, "heat capacity of crop, air and upper soil (100 kJ/K per m2, assumption)"),
    FIELD(greenhouse_par, tau_frac, 0.65, 0.1, 0.95, 0, "light let through"),
    FIELD(greenhouse_par, leaf_index_frac, 3, 0, 8, 0, "leaf area over floor: how much the crop transpires"),
    FIELD(greenhouse_par, humid_frac, 0.9, 0.5, 1.2, 0, "vents open above this humidity (high fidelity)"),
    FIELD(greenhouse_par, heat_W, 0, 0, 1e7, 0, "heat exchanger to the heat node, rated; 0 = not connected"),
    FIELD(greenhouse_par, aux_W, 50000, 0, 1e7, 0, "electric heaters, rated"),
    FIELD(greenhouse_par, light_W, 0, 0, 1e7, 0, "lamps, rated electric power"),
    FIELD(greenhouse_par, light_eff_frac, 0.5, 0.1, 0.8, 0, "share of lamp power that leaves as light"),
    FIELD(greenhouse_par, light_goal_J_m2, 5e6, 0, 3e7, 0, "light on the crop wanted per day"),
    FIELD(greenhouse_par, dark_from_hour, 22, 12, 24, 0, "the crop's night, from (local)"),
    FIELD(greenhouse_par, dark_until_hour, 4, 0, 12, 0, "the crop's night, until (local)"),
    FIELD(greenhouse_par, target_degC, 17, 0, 35, 0, "set-point of its thermostat"),
    FIELD(greenhouse_par, temp_min_degC, 12, -5, 30, FIELD_GUARD, "never colder by our doing: harm to the crop"),
    FIELD(greenhouse_par, vent_degC, 26, 10, 40, 0, "vents open"),
    FIELD(greenhouse_par, temp_max_degC, 35, 15, 50, FIELD_GUARD, "no heat and no lamps above"),
    FIELD(greenhouse_par, hysteresis_K, 1, 0.1, 5, 0, "thermostat: half its proportional band"),
    FIELD(greenhouse_par, crop_per_K_h, 2, 0, 1e4, 0, "harm below temp_min_degC, money per K and hour (assumption)"),
    FIELD(greenhouse_par, light_per_MJ, 0.05, 0, 100, 0, "worth of light missing from the day's goal, money per MJ on the crop (assumption)"),
};
static const struct field state[] = {
    FIELD(greenhouse_state, temp_degC, 17, -40, 70, 0, "air and crop"),
    FIELD(greenhouse_state, light_J_m2, 0, 0, 1e8, 0, "light on the crop since local midnight"),
    FIELD(greenhouse_state, bias_W, 0, -1e7, 1e7, 0, "heat that the model does not explain (estimate)"),
};
static const struct field meas[] = {
    FIELD(greenhouse_meas, temp_degC, 17, -40, 70, 0, "thermometer"),
    FIELD(greenhouse_meas, elec_W, 0, 0, 1e7, 0, "meter"),
    FIELD(greenhouse_meas, heat_W, 0, 0, 1e7, 0, "heat meter"),
};
static const struct field cmd[] = {
    FIELD(greenhouse_cmd, heat_W, 0, 0, 1e7, 0, "heat from the heat node"),
    FIELD(greenhouse_cmd, aux_W, 0, 0, 1e7, 0, "electric heaters"),
    FIELD(greenhouse_cmd, light_W, 0, 0, 1e7, 0, "lamps"),
};
enum rule { RULE_BOUNDS, RULE_OUT, RULE_SHED, RULE_COLD, RULE_HOT, RULE_NIGHT, RULES };
static const char *const rule_name[RULES] = {"within the rating", "out of use", "shed", "never colder than the crop bears",
    "no heat when hot", "dark in the crop's night"};

enum { N_DECAY, N_GAIN, N_VENT_PRICE, N_HEAT_LO, N_HEAT_HI, N_AUX_LO, N_AUX_HI, N_BAND, N_MIN, N_EDGE, N_HARM, N_X0, N_WORTH, N_SUM, N_LIGHT_X0,
       N_LIGHT_PRICE, N_LAMP_HEAT, N_ALL };
enum { S_TOP, S_VENT_HI, S_DRIFT, S_LAMP_LO, S_LAMP_HI, S_KEEP, S_SUN, S_GOAL, S_ALL };
enum { ROW_BAND, ROW_MIN, ROW_LIGHT, ROW_VENT, ROWS };
static const char *const input_name[] = {"heat_W", "aux_W", "light_W", "vents"};
static const struct row_desc row_desc[ROWS] = {{"greenhouse temperature", 0, 0}, {"crop limit", 0, 0}, {"light of the day", -1, 0}, {"vents", 0, 0}};
static const struct coef coef[] = {
    /* T+ = decay T + gain (heat + aux + share lamps - vents) + drift(t);  T+ <= top(t), restored by the vents */
    {AT_A, 0, 0, 1, N_DECAY, ONE},       {AT_DRIFT, 0, 0, 1, ONE, S_DRIFT},
    {AT_B, 0, 0, 1, N_GAIN, ONE},        {AT_B, 0, 1, 1, N_GAIN, ONE},      {AT_B, 0, 2, 1, N_LAMP_HEAT, ONE},
    {AT_B, 0, 3, -1, N_GAIN, ONE},       {AT_HI, 3, 0, 1, ONE, S_VENT_HI},  {AT_PRICE, 3, 0, 1, N_VENT_PRICE, ONE},
    {AT_C, ROW_VENT, 0, 1, ONE, ONE},    {AT_ROW_HI, ROW_VENT, 0, 1, ONE, S_TOP},   {AT_PRICE_HI, ROW_VENT, 0, PRICE_HARD, ONE, ONE},
    {AT_X0, 0, 0, 1, N_X0, ONE},         {AT_WORTH, 0, 0, 1, N_WORTH, ONE},
    /* light of the day in MJ/m2, 0 again at midnight: L+ = keep(t) L + sum lamps + sun(t) */
    {AT_A, 1, 1, 1, ONE, S_KEEP},        {AT_DRIFT, 1, 0, 1, ONE, S_SUN},   {AT_B, 1, 2, 1, N_SUM, ONE},
    {AT_X0, 1, 0, 1, N_LIGHT_X0, ONE},
    {AT_LO, 0, 0, 1, N_HEAT_LO, ONE},    {AT_HI, 0, 0, 1, N_HEAT_HI, ONE},
    {AT_LO, 1, 0, 1, N_AUX_LO, ONE},     {AT_HI, 1, 0, 1, N_AUX_HI, ONE},
    {AT_LO, 2, 0, 1, ONE, S_LAMP_LO},    {AT_HI, 2, 0, 1, ONE, S_LAMP_HI},
    /* T+ >= least - s, twice; light of the day >= goal at its end - s */
    {AT_C, ROW_BAND, 0, 1, ONE, ONE},    {AT_ROW_LO, ROW_BAND, 0, 1, N_BAND, ONE},  {AT_PRICE_LO, ROW_BAND, 0, 1, N_EDGE, ONE},
    {AT_C, ROW_MIN, 0, 1, ONE, ONE},     {AT_ROW_LO, ROW_MIN, 0, 1, N_MIN, ONE},    {AT_PRICE_LO, ROW_MIN, 0, 1, N_HARM, ONE},
    {AT_C, ROW_LIGHT, 1, 1, ONE, ONE},   {AT_ROW_LO, ROW_LIGHT, 0, 1, ONE, S_GOAL}, {AT_PRICE_LO, ROW_LIGHT, 0, 1, N_LIGHT_PRICE, ONE},
    {AT_F, 0, 1, -1, ONE, ONE},          {AT_F, 0, 2, -1, ONE, ONE},                {AT_F, 1, 0, -1, ONE, ONE},
};
static const struct block_shape shape_greenhouse = {"greenhouse", 2, 4, ROWS, 2, 0, N_ALL, S_ALL, 0, input_name, row_desc,
    NULL, coef, sizeof coef / sizeof coef[0]};
/* clang-format on */

static struct greenhouse house_of(const struct greenhouse_par *p)
{
    return (struct greenhouse){p->floor_m2,   p->cover_m2,        p->u_W_m2_K,
                               p->volume_m3,  p->tau_frac,        p->ach_per_h,
                               p->vent_per_h, p->leaf_index_frac, p->capacity_J_K / p->floor_m2};
}

static struct greenhouse_fast fast_of(const struct greenhouse_par *p)
{
    struct greenhouse g = house_of(p);
    return greenhouse_fast(&g);
}

static void make(const void *par_from, double dt_s, void *to)
{
    (void)dt_s;
    *(struct greenhouse_fast *)to = fast_of(par_from);
}

static struct greenhouse_fast fast_now(const struct asset_now *now)
{
    return now->made ? *(const struct greenhouse_fast *)now->made : fast_of(now->par);
}

static double sun_W_m2(const struct greenhouse_par *p, const struct ambient *a)
{
    return p->tau_frac * fmax(0, a->ghi_W_m2);
}

/* Lamps' power that stays as heat: all but the share of their light that evaporates water. */
static double lamp_heat_frac(const struct greenhouse_par *p, const struct greenhouse_fast *f)
{
    return 1 - p->light_eff_frac * (1 - f->dry_frac);
}

/* Share of what it is warmer than its surroundings that it loses in a time with the vents shut. */
static double lost_frac(const struct greenhouse_fast *f, double dt_s)
{
    return -expm1(-f->loss_W_K * dt_s / f->capacity_J_K);
}

static int lamp_dark(const struct greenhouse_par *p, double hour)
{
    return hour >= p->dark_from_hour || hour < p->dark_until_hour;
}

static void init(const struct asset_now *now, void *to)
{
    const struct greenhouse_par *p = now->par;
    *(struct greenhouse_state *)to = (struct greenhouse_state){.temp_degC = p->target_degC};
}

/* In place of the fast form at high fidelity. */
struct house_judge {
    double vapour_kg_m3, by_W_K_W; /* the last: warmer by a watt of the step */
};
static size_t judge_bytes(void) { return sizeof(struct house_judge); }

static int judge_start(const struct asset_now *now, void *judge, struct err *e)
{
    (void)e;
    const struct greenhouse_state *x = now->x;
    *(struct house_judge *)judge = (struct house_judge){0.75 * greenhouse_saturation_kg_m3(x->temp_degC), 0};
    return 0;
}

static void judge_step(const struct asset_now *now, double heat_W, double lamp_W, struct greenhouse_state *x)
{
    const struct greenhouse_par *p = now->par;
    struct house_judge *j = now->judge;
    struct greenhouse g = house_of(p);
    struct greenhouse_air air = {x->temp_degC, j->vapour_kg_m3};
    struct greenhouse_weather w = {now->amb->temp_degC, now->amb->humidity_frac, fmax(0, now->amb->ghi_W_m2),
                                   p->light_eff_frac * lamp_W / p->floor_m2};
    heat_W += (1 - p->light_eff_frac) * lamp_W;
    struct greenhouse_run r = greenhouse_heated(&g, &air, &w, heat_W, p->vent_degC, p->humid_frac, now->dt_s);
    x->temp_degC = air.temp_degC;
    j->vapour_kg_m3 = air.vapour_kg_m3;
    j->by_W_K_W = 1 / (p->capacity_J_K / now->dt_s + greenhouse_loss_W_K(&g, r.vent_per_h));
}

static void fast_step(const struct asset_now *now, double heat_W, double lamp_W, struct greenhouse_state *x)
{
    const struct greenhouse_par *p = now->par;
    struct greenhouse_fast f = fast_now(now);
    double light_W = p->floor_m2 * sun_W_m2(p, now->amb) + p->light_eff_frac * lamp_W;
    heat_W += (1 - p->light_eff_frac) * lamp_W;
    x->temp_degC =
        greenhouse_fast_step(&f, x->temp_degC, now->amb->temp_degC, heat_W, light_W, p->vent_degC, now->dt_s);
}

static void step(const struct asset_now *now, void *work, void *to, double *flow)
{
    (void)work;
    const struct greenhouse_par *p = now->par;
    const struct greenhouse_cmd *c = now->cmd;
    const struct ambient *a = now->amb;
    struct greenhouse_state *x = to;
    double on = now->status & (STATUS_OUT | STATUS_FAULT) ? 0 : 1;
    double heat_W = on * clamp(c->heat_W, 0, p->heat_W), aux_W = on * clamp(c->aux_W, 0, p->aux_W);
    double lamp_W = on * clamp(c->light_W, 0, p->light_W);
    (now->judge ? judge_step : fast_step)(now, heat_W + aux_W + x->bias_W, lamp_W, x);
    int new_day = a->local_hour * 3600 < now->dt_s;
    x->light_J_m2 =
        (new_day ? 0 : x->light_J_m2) + now->dt_s * (sun_W_m2(p, a) + p->light_eff_frac * lamp_W / p->floor_m2);
    flow[0] = -(aux_W + lamp_W);
    flow[1] = -heat_W;
}

/* What a watt of the last step has warmed. */
static double warmer_K_W(const struct asset_now *now)
{
    if (now->judge) return ((const struct house_judge *)now->judge)->by_W_K_W;
    struct greenhouse_fast f = fast_now(now);
    return lost_frac(&f, now->dt_s) / f.loss_W_K;
}

/* A pipe gives only what a source puts in: what the node lacks is taken back, and the air is as if it had never come. */
static double balance(const struct asset_now *now, double residual, void *to, double *flow)
{
    struct greenhouse_state *x = to;
    double back_W = clamp(-residual, 0, -flow[1]);
    if (back_W > 0) x->temp_degC -= back_W * warmer_K_W(now);
    flow[1] += back_W;
    return residual + back_W;
}

static void sense(const struct asset_now *now, const double *flow, void *to)
{
    const struct greenhouse_state *x = now->x;
    *(struct greenhouse_meas *)to = (struct greenhouse_meas){x->temp_degC, -flow[0], -flow[1]};
}

static void observe(const struct asset_now *now, const void *from, void *to)
{
    static const double temp_s = 600, bias_s = 12 * 3600.0;
    const struct greenhouse_par *p = now->par;
    const struct greenhouse_meas *m = from;
    struct greenhouse_state *x = to;
    if (!isfinite(m->temp_degC)) return;
    double miss_K = m->temp_degC - x->temp_degC, most_W = 20 * p->u_W_m2_K * p->cover_m2;
    if (x->temp_degC < p->vent_degC - 1) /* with vents open the model's heat is not the room's */
        x->bias_W = clamp(x->bias_W + miss_K * p->capacity_J_K / temp_s * now->dt_s / bias_s, -most_W, most_W);
    pull(&x->temp_degC, m->temp_degC, observer_gain(now->dt_s, temp_s));
}

/* Proportional thermostat: cheap heat from the node first, electricity for the rest. */
static void thermostat(const struct greenhouse_par *p, const struct greenhouse_state *x, double *heat_W,
                       double *aux_W)
{
    double share = clamp((p->target_degC + p->hysteresis_K - x->temp_degC) / (2 * p->hysteresis_K), 0, 1);
    double wanted_W = share * (p->heat_W + p->aux_W);
    *heat_W = fmin(wanted_W, p->heat_W);
    *aux_W = fmin(wanted_W - *heat_W, p->aux_W);
}

static void rules(const struct asset_now *now, void *to)
{
    const struct greenhouse_par *p = now->par;
    const struct greenhouse_state *x = now->x;
    struct greenhouse_cmd *c = to;
    thermostat(p, x, &c->heat_W, &c->aux_W);
    int dim = now->amb->ghi_W_m2 < 150 && !lamp_dark(p, now->amb->local_hour);
    c->light_W = dim && x->light_J_m2 < p->light_goal_J_m2 && x->temp_degC < p->vent_degC ? p->light_W : 0;
}

static void safe(const struct asset_now *now, void *to)
{
    struct greenhouse_cmd *c = to;
    thermostat(now->par, now->x, &c->heat_W, &c->aux_W);
    c->light_W = 0;
}

static uint32_t guard(const struct asset_now *now, void *to)
{
    const struct greenhouse_par *p = now->par;
    const struct greenhouse_state *x = now->x;
    struct greenhouse_cmd *c = to;
    if (now->status & STATUS_OUT)
        return guard_set(&c->heat_W, 0, RULE_OUT) | guard_set(&c->aux_W, 0, RULE_OUT) |
               guard_set(&c->light_W, 0, RULE_OUT);
    double heat_W, aux_W;
    thermostat(p, x, &heat_W, &aux_W);
    uint32_t bit = guard_range(&c->heat_W, 0, p->heat_W, heat_W, RULE_BOUNDS);
    bit |= guard_range(&c->aux_W, 0, p->aux_W, aux_W, RULE_BOUNDS);
    bit |= guard_range(&c->light_W, 0, p->light_W, 0, RULE_BOUNDS);
    if (now->status & STATUS_SHED)
        bit |= guard_set(&c->heat_W, 0, RULE_SHED) | guard_set(&c->aux_W, 0, RULE_SHED) |
               guard_set(&c->light_W, 0, RULE_SHED);
    if (lamp_dark(p, now->amb->local_hour)) bit |= guard_set(&c->light_W, 0, RULE_NIGHT);
    if (x->temp_degC <= p->temp_min_degC && c->heat_W + c->aux_W < heat_W + aux_W) {
        bit |= guard_set(&c->heat_W, fmax(c->heat_W, heat_W), RULE_COLD);
        if (!(now->status & STATUS_SHED)) bit |= guard_set(&c->aux_W, fmax(c->aux_W, aux_W), RULE_COLD);
    }
    if (x->temp_degC >= p->temp_max_degC)
        bit |= guard_set(&c->heat_W, 0, RULE_HOT) | guard_set(&c->aux_W, 0, RULE_HOT) |
               guard_set(&c->light_W, 0, RULE_HOT);
    return bit;
}

static const struct block_shape *shape(const void *par_from)
{
    (void)par_from;
    return &shape_greenhouse;
}

static void formulate_numbers(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct greenhouse_par *p = now->par;
    const struct greenhouse_state *x = now->x;
    const struct greenhouse_cmd *pin = now->pin;
    struct bounds heat = bounds_pinned(0, p->heat_W * in_service(now), PIN(pin, heat_W)),
                  aux = bounds_pinned(0, p->aux_W * in_service(now), PIN(pin, aux_W));
    struct greenhouse_fast f = fast_of(p);
    double cold = clamp((12 - h->amb[h->T - 1].temp_mean_degC) / 5, 0, 1);
    for (int l = 0; l < h->n_len; l++) {
        double lost = lost_frac(&f, h->dt_s[l]);
        block_set(to, l, N_DECAY, 1 - lost);
        block_set(to, l, N_GAIN, lost / f.loss_W_K);
        block_set(to, l, N_LAMP_HEAT, lamp_heat_frac(p, &f) * lost / f.loss_W_K);
        block_set(to, l, N_VENT_PRICE, h->policy->curtail_per_kWh / J_PER_KWH * h->dt_s[l]);
        block_set(to, l, N_SUM, 1e-6 * h->dt_s[l] * p->light_eff_frac / p->floor_m2);
        block_set(to, l, N_EDGE, 0.1 * p->crop_per_K_h * h->dt_s[l] / 3600);
        block_set(to, l, N_HARM, p->crop_per_K_h * h->dt_s[l] / 3600);
    }
    block_set_all(to, h->n_len, N_HEAT_LO, heat.lo);
    block_set_all(to, h->n_len, N_HEAT_HI, heat.hi);
    block_set_all(to, h->n_len, N_AUX_LO, aux.lo);
    block_set_all(to, h->n_len, N_AUX_HI, aux.hi);
    block_set_all(to, h->n_len, N_BAND, 0.5 * (p->temp_min_degC + p->target_degC));
    block_set_all(to, h->n_len, N_MIN, p->temp_min_degC + 0.5);
    block_set_all(to, h->n_len, N_X0, x->temp_degC);
    block_set_all(to, h->n_len, N_WORTH, 0.3 * cold * horizon_worth_per_J(h) * p->capacity_J_K);
    block_set_all(to, h->n_len, N_LIGHT_X0, 1e-6 * x->light_J_m2);
    block_set_all(to, h->n_len, N_LIGHT_PRICE, p->light_per_MJ * p->floor_m2);
}

/* Temperature to come, and what the vents must be able to throw away: all that drives the air above where they hold it. */
static void formulate_temp(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct greenhouse_par *p = now->par;
    const struct greenhouse_state *x = now->x;
    struct greenhouse_fast f = fast_of(p);
    double most_W = p->heat_W + p->aux_W + p->light_W, alone_degC = x->temp_degC, most_degC = x->temp_degC;
    for (int t = 0; t < h->T; t++) {
        double dt_s = slot_s(h, t), out_degC = h->amb[t].temp_degC, lost = lost_frac(&f, dt_s),
               light_W = p->floor_m2 * sun_W_m2(p, &h->amb[t]), gain_W = f.dry_frac * light_W + x->bias_W,
               drift_K = lost * (out_degC + gain_W / f.loss_W_K);
        alone_degC = greenhouse_fast_step(&f, alone_degC, out_degC, x->bias_W, light_W, p->vent_degC, dt_s);
        double top_degC = fmax(p->vent_degC, alone_degC),
               shut_degC = (1 - lost) * most_degC + lost * most_W / f.loss_W_K + drift_K;
        block_put(to, S_DRIFT, t, drift_K);
        block_put(to, S_TOP, t, top_degC);
        block_put(to, S_VENT_HI, t, fmax(0, shut_degC - top_degC) * f.loss_W_K / lost);
        most_degC = fmin(shut_degC, top_degC);
    }
}

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct greenhouse_par *p = now->par;
    const struct greenhouse_cmd *pin = now->pin;
    formulate_numbers(now, h, to);
    formulate_temp(now, h, to);
    for (int t = 0; t < h->T; t++) {
        const struct ambient *a = &h->amb[t];
        struct bounds u =
            bounds_pinned(0, lamp_dark(p, a->local_hour) ? 0 : p->light_W * in_service(now), PIN(pin, light_W));
        int day_ends = t + 1 < h->T && h->day_start[t + 1];
        block_put(to, S_LAMP_LO, t, u.lo);
        block_put(to, S_LAMP_HI, t, u.hi);
        block_put(to, S_KEEP, t, h->day_start[t] ? 0 : 1);
        block_put(to, S_SUN, t, 1e-6 * slot_s(h, t) * sun_W_m2(p, a));
        block_put(to, S_GOAL, t, (day_ends && p->light_W > 0 ? 1e-6 : -1e-6) * p->light_goal_J_m2);
    }
}

static void command(const struct asset_now *now, const struct block *b, int t, void *to)
{
    (void)now;
    *(struct greenhouse_cmd *)to = (struct greenhouse_cmd){block_u(b, 0, t), block_u(b, 1, t), block_u(b, 2, t)};
}

static int check(const void *from, struct err *e)
{
    const struct greenhouse_par *p = from;
    if (!(p->temp_min_degC < p->target_degC && p->target_degC + 2 < p->vent_degC &&
          p->vent_degC < p->temp_max_degC))
        return err_set(e, "temp_min_degC < target_degC + 2 < vent_degC < temp_max_degC must hold");
    return 0;
}

static void tally(const struct asset_now *now, struct tally *t)
{
    const struct greenhouse_par *p = now->par;
    const struct greenhouse_state *x = now->x;
    double cold = clamp((12 - now->amb->temp_mean_degC) / 5, 0, 1);
    t->stored_J = 0.3 * cold * p->capacity_J_K * (x->temp_degC - p->temp_min_degC);
}

extern const struct asset_class class_greenhouse;
const struct asset_class class_greenhouse = {
    .name = "greenhouse",
    .help = "a greenhouse with heating and lamps",
    .par_bytes = sizeof(struct greenhouse_par),
    .par = FIELDS(par),
    .state = FIELDS(state),
    .meas = FIELDS(meas),
    .cmd = FIELDS(cmd),
    .rule = rule_name,
    .n_rule = RULES,
    .port = {{"elec", CARRIER_ELEC, 0}, {"heat", CARRIER_HEAT, PORT_GIVES_BACK}},
    .n_port = 2,
    .dt_min_s = 1,
    .dt_max_s = 900,
    .made_bytes = sizeof(struct greenhouse_fast),
    .make = make,
    .judge_bytes = judge_bytes,
    .judge_start = judge_start,
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
    .tally = tally,
};
