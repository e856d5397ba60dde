/* Irrigation: a pump that lifts water into a tank, and the field the tank feeds by gravity. The field is FAO-56 with the
 * dual crop coefficient (physics/cropwater.h): the crop transpires by its day of the season, the wet top layer
 * evaporates, and the depletion that both leave in the root zone shrinks by rain and by the part of the irrigation that
 * reaches the ground; it should not pass the readily available water (RAW), beyond which the crop suffers. Tank and root
 * zone together are the village's cheapest store of electricity: when to pump is free within days.
 * The pump takes what the node can give: where the intake is dry it churns, and its tank does not fill.
 * draw = eta P / (rho g lift)     tank' = tank + draw - irrigate
 * depletion' = depletion + (Ks Kcb + Ke) ET0 - rain - share irrigate + drained
 * In the plan: both stores as states, RAW as a soft row; Ks as now, and Ke of a surface that dries but for rain (what
 * irrigation wets, the next plan sees). Left out: friction that grows with flow, evaporation from the tank, differences
 * inside the field. */
#include "assets/kit.h"
#include "base/err.h"
#include "physics/compressor.h"
#include "physics/cropwater.h"
#include "village/policy.h"

struct par {
    double rated_W, least_frac, lift_m, eta_frac, tank_m3, tank_min_frac, outlet_m3_s, area_m2, field_capacity_frac,
        wilting_frac, root_m, depletion_frac, kcb_ini_frac, kcb_mid_frac, kcb_end_frac, sowing_day, ini_day,
        dev_day, mid_day, late_day, height_m, surface_m, readily_mm, application_frac, min_run_s, min_rest_s,
        stress_per_m3;
};
struct x {
    double tank_m3, depletion_m3, pump_W, irrigate_m3_s, since_switch_s, starts, drained_m3, stress_m3, taken_m3,
        surface_m3, crop_mean_m3_s;
};
struct meas {
    double tank_m3, depletion_m3, pump_W, irrigate_m3_s, since_switch_s, starts, drained_m3, stress_m3, taken_m3,
        crop_need_m3_s;
};
struct cmd {
    double pump_W, irrigate_m3_s;
};
struct exo {
    double crop_need_m3_s;
};

// clang-format off
static const struct field par_row[] = {
    FIELD(par, rated_W,      60e3, 10, 1e7, FIELD_REQUIRED, "electric power at full speed"),
    FIELD(par, least_frac,   0.4, 0, 1, 0, "least speed as a share of rated power (assumed)"),
    FIELD(par, lift_m,       20, 0.5, 500, FIELD_REQUIRED, "head with friction at full flow"),
    FIELD(par, eta_frac,     0.65, 0.1, 0.95, FIELD_SPREAD, "efficiency from wire to water (assumed)"),
    FIELD(par, tank_m3,      2000, 1, 1e7, FIELD_REQUIRED, "volume of the tank"),
    FIELD(par, tank_min_frac, 0.1, 0, 0.9, 0, "kept in the tank (fire water)"),
    FIELD(par, outlet_m3_s,  0.4, 0.001, 100, 0, "most flow from the tank to the field"),
    FIELD(par, area_m2,      1.57e6, 1, 1e9, FIELD_REQUIRED, "irrigated field"),
    FIELD(par, field_capacity_frac, 0.32, 0.05, 0.6, 0, "water in the soil at field capacity (FAO-56 table 19, clay loam)"),
    FIELD(par, wilting_frac, 0.20, 0.01, 0.4, 0, "water in the soil at the wilting point (FAO-56 table 19, clay loam)"),
    FIELD(par, root_m,       0.8, 0.1, 3, FIELD_SPREAD, "depth of the roots"),
    FIELD(par, depletion_frac, 0.5, 0.1, 0.8, 0, "share of the water that the crop takes without stress (FAO-56 table 22)"),
    FIELD(par, kcb_ini_frac,      0.15, 0, 1.5, 0, "basal crop coefficient of the young crop (FAO-56 table 17)"),
    FIELD(par, kcb_mid_frac,      1.05, 0, 1.5, 0, "basal crop coefficient of the grown crop (FAO-56 table 17: fodder, vegetables and maize 0.95-1.15)"),
    FIELD(par, kcb_end_frac,      0.25, 0, 1.5, 0, "basal crop coefficient at harvest (FAO-56 table 17)"),
    FIELD(par, sowing_day,   60, 0, 365, 0, "day of the year of sowing; before it and after the harvest the field is bare (assumed)"),
    FIELD(par, ini_day,      25, 1, 365, 0, "days from sowing to a tenth of the ground covered (FAO-56 table 11)"),
    FIELD(par, dev_day,      45, 1, 365, 0, "days from there to full cover"),
    FIELD(par, mid_day,      100, 1, 365, 0, "days from there until the crop ripens"),
    FIELD(par, late_day,     65, 1, 365, 0, "days from there to harvest"),
    FIELD(par, height_m,     1, 0.1, 10, 0, "height of the grown crop"),
    FIELD(par, surface_m,    0.1, 0.05, 0.2, 0, "depth of the top layer that dries by evaporation (FAO-56: 0.10-0.15)"),
    FIELD(par, readily_mm,   10, 2, 15, 0, "water that evaporates from it without hindrance (FAO-56 table 19, clay loam 8-11)"),
    FIELD(par, application_frac, 0.75, 0.3, 1, FIELD_SPREAD, "share of the irrigation that reaches the roots (sprinkler)"),
    FIELD(par, min_run_s,    600, 0, 86400, 0, "a started pump runs at least so long (assumed)"),
    FIELD(par, min_rest_s,   300, 0, 86400, 0, "a stopped pump rests at least so long (assumed)"),
    FIELD(par, stress_per_m3, 0.5, 0, 1e3, 0, "worth of a m3 that the root zone lacks beyond RAW for a day (assumed)"),
};
static const struct field x_row[] = {
    FIELD(x, tank_m3,       0, 0, 1e7, 0, "water in the tank"),
    FIELD(x, depletion_m3,  0, 0, 1e8, 0, "water missing in the root zone below field capacity"),
    FIELD(x, pump_W,        0, 0, 1e7, 0, "electric power"),
    FIELD(x, irrigate_m3_s, 0, 0, 100, 0, "flow from the tank to the field"),
    FIELD(x, since_switch_s, 1e6, 0, 1e9, 0, "time since the pump was started or stopped"),
    FIELD(x, starts,        0, 0, 1e9, FIELD_INTEGER, "starts since the beginning"),
    FIELD(x, drained_m3,    0, 0, 1e12, 0, "drained below the roots since the beginning"),
    FIELD(x, stress_m3,     0, 0, 1e12, 0, "water the crop needed and did not get since the beginning"),
    FIELD(x, taken_m3,      0, 0, 1e12, 0, "transpired and evaporated since the beginning"),
    FIELD(x, surface_m3,    0, 0, 1e8, 0, "water missing in the top layer that dries by evaporation"),
    FIELD(x, crop_mean_m3_s, 0, 0, 100, 0, "need of crop and soil, mean of the last days"),
};
static const struct field meas_row[] = {
    FIELD(meas, tank_m3,       0, 0, 1e7, 0, "water in the tank"),
    FIELD(meas, depletion_m3,  0, 0, 1e8, 0, "water missing in the root zone, from soil probes"),
    FIELD(meas, pump_W,        0, 0, 1e7, 0, "electric power"),
    FIELD(meas, irrigate_m3_s, 0, 0, 100, 0, "flow from the tank to the field"),
    FIELD(meas, since_switch_s, 0, 0, 1e9, FIELD_INTEGER, "time since the pump was started or stopped"),
    FIELD(meas, starts,        0, 0, 1e9, FIELD_INTEGER, "starts since the beginning"),
    FIELD(meas, drained_m3,    0, 0, 1e12, FIELD_INTEGER, "drained below the roots (balance of the station)"),
    FIELD(meas, stress_m3,     0, 0, 1e12, FIELD_INTEGER, "water the crop lacked (balance of the station)"),
    FIELD(meas, taken_m3,      0, 0, 1e12, FIELD_INTEGER, "transpired and evaporated (balance of the station)"),
    FIELD(meas, crop_need_m3_s, 0, 0, 100, 0, "what reference grass would take from the field, from the climate station"),
};
static const struct field cmd_row[] = {
    FIELD(cmd, pump_W,        0, 0, 1e7, 0, "electric power of the pump; below its least speed it stands"),
    FIELD(cmd, irrigate_m3_s, 0, 0, 100, 0, "flow from the tank to the field"),
};
static const struct field exo_row[] = {
    FIELD(exo, crop_need_m3_s, 0.05, 0, 100, 0, "what reference grass would take from a field of this size (ET0 x area), rain not deducted"),
};
static const char *const rule[] = {"out of service", "range", "shed", "tank full", "minimum run", "minimum rest", "tank reserve", "field is wet"};
enum { RULE_OUT = 1, RULE_RANGE = 2, RULE_SHED = 4, RULE_FULL = 8, RULE_RUN = 16, RULE_REST = 32, RULE_TANK = 64, RULE_WET = 128 };
// clang-format on

static struct crop crop_of(const struct par *p)
{
    return (struct crop){.kcb_ini = p->kcb_ini_frac,
                         .kcb_mid = p->kcb_mid_frac,
                         .kcb_end = p->kcb_end_frac,
                         .ini_day = p->ini_day,
                         .dev_day = p->dev_day,
                         .mid_day = p->mid_day,
                         .late_day = p->late_day,
                         .height_ini_m = 0.05,
                         .height_max_m = p->height_m,
                         .root_ini_m = p->root_m,
                         .root_max_m = p->root_m,
                         .field_capacity_frac = p->field_capacity_frac,
                         .wilting_frac = p->wilting_frac,
                         .depletion_frac = p->depletion_frac,
                         .surface_m = p->surface_m,
                         .readily_mm = p->readily_mm};
}
static double m3_mm(const struct par *p) { return 1e-3 * p->area_m2; } /* m3 a mm on the field */
static double readily_m3(const struct par *p, double need_m3_s)
{
    struct crop c = crop_of(p);
    return m3_mm(p) * crop_readily_mm(&c, p->root_m, need_m3_s / m3_mm(p) * 86400);
}
static double lift_J_m3(const struct par *p) { return RHO_WATER_KG_M3 * GRAVITY_M_S2 * p->lift_m / p->eta_frac; }
static double rain_m3_s(const struct par *p, const struct ambient *a)
{
    return a ? fmax(0, a->rain_mm_h) / 3.6e6 * p->area_m2 : 0;
}
static const double CROP_MEAN_S = 2 * 86400.0;

/* What water is worth before the season asks for it: in the field nothing as long as stress is a week away, all of its lift when it
 * is there; in the tank as much as three days will draw. Winter rain fills the ground for nothing. */
static double field_worth_frac(const struct par *p, double depletion_m3, double need_m3_s)
{
    double left_m3 = readily_m3(p, need_m3_s) - depletion_m3;
    return left_m3 <= 0 ? 1 : clamp(1 - left_m3 / (7 * 86400 * need_m3_s + 1e-9), 0, 1);
}
/* Its integral: the water from nothing missing to `depletion_m3` missing, m3 at full worth. */
static double field_worth_m3(const struct par *p, double depletion_m3, double need_m3_s)
{
    double rise_m3 = 7 * 86400 * need_m3_s + 1e-9, raw_m3 = readily_m3(p, need_m3_s), from_m3 = raw_m3 - rise_m3;
    double in_m3 = clamp(depletion_m3, fmax(0, from_m3), raw_m3) - from_m3, none_m3 = fmax(0, -from_m3);
    return fmax(0, in_m3 * in_m3 - none_m3 * none_m3) / (2 * rise_m3) + fmax(0, depletion_m3 - raw_m3);
}
static double tank_worth_frac(const struct par *p, double need_m3_s)
{
    return clamp(3 * 86400 * need_m3_s / p->tank_m3, 0, 1);
}
static int stands(const struct asset_now *now) { return (now->status & (STATUS_OUT | STATUS_FAULT)) != 0; }

static int check(const void *par, struct err *e)
{
    const struct par *p = par;
    if (p->wilting_frac >= p->field_capacity_frac)
        return err_set(e, "wilting_frac must be below field_capacity_frac");
    if (p->readily_mm >= 1000 * (p->field_capacity_frac - 0.5 * p->wilting_frac) * p->surface_m)
        return err_set(e, "readily_mm must be less than the layer of surface_m holds");
    return 0;
}

static double reference_m3_s(const double *exo)
{
    return fmax(0, or_else(((const struct exo *)(const void *)exo)->crop_need_m3_s, 0));
}

/* The crop of a day of the year, and bare ground out of season. */
static void grow(const struct par *p, const struct crop *c, const struct ambient *a, struct crop_state *s)
{
    static const double year_day = 365.2425;
    double today = a ? a->local_day : 180, day = fmod(fmod(today, year_day) + year_day - p->sowing_day, year_day);
    crop_grow(c, s, day);
    if (day < p->ini_day + p->dev_day + p->mid_day + p->late_day) return;
    s->kcb = 0;
    s->height_m = c->height_ini_m;
}

static struct crop_day step_of(const struct par *p, const struct ambient *a, double reference_m3_s, double dt_s)
{
    return (struct crop_day){.et0_mm = reference_m3_s * dt_s / m3_mm(p),
                             .rain_mm = rain_m3_s(p, a) * dt_s / m3_mm(p),
                             .irrigation_frac = 1,
                             .wind2_m_s = a ? 0.748 * a->wind_m_s : 2, /* FAO-56 eq 47 from 10 m */
                             .humidity_min_frac = a ? a->humidity_frac : 0.45};
}

/* The field over one step with no water but rain and what irrigation brings to the ground. */
static struct crop_run field_step(const struct par *p, const struct crop *c, const struct ambient *a,
                                  const struct crop_day *d, double mean_m3_s, struct crop_state *s)
{
    grow(p, c, a, s);
    struct crop_take k = {.kcb = s->kcb, .bare_frac = 1};
    if (d->et0_mm > 0) k = crop_takes(c, s, d); /* at night nothing is taken: two powers saved */
    return crop_balance(c, s, d, k, mean_m3_s / m3_mm(p) * 86400);
}

static void init(const struct asset_now *now, void *state)
{
    const struct par *p = now->par;
    struct crop c = crop_of(p);
    struct crop_state s = {.wetted_frac = 1, .surface_mm = p->readily_mm};
    double need_m3_s = 0;
    if (now->exo) {
        struct crop_day d = step_of(p, now->amb, reference_m3_s(now->exo), 1);
        need_m3_s = field_step(p, &c, now->amb, &d, 0, &s).needed_mm * m3_mm(p);
    }
    *(struct x *)state = (struct x){.tank_m3 = 0.5 * (1 + p->tank_min_frac) * p->tank_m3,
                                    .depletion_m3 = 0.5 * readily_m3(p, need_m3_s),
                                    .surface_m3 = p->readily_mm * m3_mm(p),
                                    .since_switch_s = 1e6,
                                    .crop_mean_m3_s = need_m3_s};
}

/* Power that the pump takes for a set-point: its least speed or nothing. */
static double pump_power_W(const struct par *p, double want_W)
{
    double least_W = p->least_frac * p->rated_W;
    return want_W < 0.5 * least_W || want_W <= 0 ? 0 : clamp(want_W, least_W, p->rated_W);
}

/* The float switch stops a pump whose next minutes would overfill the tank. */
static double floated_W(const struct asset_now *now, const struct x *x, double want_W)
{
    const struct par *p = now->par;
    double power_W = pump_power_W(p, want_W);
    return x->tank_m3 + power_W / lift_J_m3(p) * now->dt_s > p->tank_m3 ? 0 : power_W;
}

static void water_field(const struct asset_now *now, struct x *x)
{
    const struct par *p = now->par;
    struct crop c = crop_of(p);
    struct crop_state s = {
        .wetted_frac = 1, .surface_mm = x->surface_m3 / m3_mm(p), .root_mm = x->depletion_m3 / m3_mm(p)};
    struct crop_day d = step_of(p, now->amb, reference_m3_s(now->exo), now->dt_s);
    d.irrigation_mm = p->application_frac * x->irrigate_m3_s * now->dt_s / m3_mm(p);
    struct crop_run r = field_step(p, &c, now->amb, &d, x->crop_mean_m3_s, &s);
    x->depletion_m3 = s.root_mm * m3_mm(p);
    x->surface_m3 = s.surface_mm * m3_mm(p);
    x->drained_m3 += r.drained_mm * m3_mm(p);
    x->taken_m3 += (r.evaporated_mm + r.transpired_mm) * m3_mm(p);
    x->stress_m3 += (r.kcb * d.et0_mm - r.transpired_mm) * m3_mm(p);
    pull(&x->crop_mean_m3_s, r.needed_mm * m3_mm(p) / now->dt_s, observer_gain(now->dt_s, CROP_MEAN_S));
}

static void step(const struct asset_now *now, void *work, void *state, double *flow)
{
    (void)work;
    const struct par *p = now->par;
    const struct cmd *c = now->cmd;
    struct x *x = state;
    double power_W = stands(now) ? 0 : floated_W(now, x, or_else(c->pump_W, 0));
    x->starts += power_W > 0 && x->pump_W <= 0;
    x->since_switch_s = (power_W > 0) != (x->pump_W > 0) ? 0 : fmin(x->since_switch_s + now->dt_s, 1e9);
    x->pump_W = power_W;
    double draw_m3_s = power_W / lift_J_m3(p);
    double outlet_m3_s = stands(now) ? 0 : clamp(or_else(c->irrigate_m3_s, 0), 0, p->outlet_m3_s);
    x->irrigate_m3_s = fmin(outlet_m3_s, x->tank_m3 / now->dt_s);
    x->tank_m3 = fmax(0, x->tank_m3 + (draw_m3_s - x->irrigate_m3_s) * now->dt_s);
    water_field(now, x);
    flow[0] = -power_W;
    flow[1] = -draw_m3_s;
}

/* What the intake does not hold is not lifted: the pump churns, and the tank is as if that water had never come. Of what was irrigated since (in a step of several parts)
 * the node stays short. */
static double balance(const struct asset_now *now, double residual, void *state, double *flow)
{
    struct x *x = state;
    double dry_m3_s = clamp(-residual, 0, -flow[1]), gone_m3 = dry_m3_s * now->dt_s - x->tank_m3;
    if (gone_m3 > 1e-9 * dry_m3_s * now->dt_s) dry_m3_s -= gone_m3 / now->dt_s; /* no mere rounding */
    x->tank_m3 = fmax(0, x->tank_m3 - dry_m3_s * now->dt_s);
    flow[1] += dry_m3_s;
    return residual + dry_m3_s;
}

static void sense(const struct asset_now *now, const double *flow, void *reading)
{
    (void)flow;
    const struct x *x = now->x;
    *(struct meas *)reading = (struct meas){x->tank_m3,
                                            x->depletion_m3,
                                            x->pump_W,
                                            x->irrigate_m3_s,
                                            round(x->since_switch_s),
                                            x->starts,
                                            x->drained_m3,
                                            x->stress_m3,
                                            x->taken_m3,
                                            ((const struct exo *)(const void *)now->exo)->crop_need_m3_s};
}

static void observe(const struct asset_now *now, const void *reading, void *state)
{
    const struct meas *m = reading;
    struct x *x = state;
    pull(&x->tank_m3, m->tank_m3, observer_gain(now->dt_s, 600));
    pull(&x->depletion_m3, m->depletion_m3, observer_gain(now->dt_s, 7200));
    pull(&x->pump_W, m->pump_W, 1);
    pull(&x->irrigate_m3_s, m->irrigate_m3_s, 1);
    pull(&x->since_switch_s, m->since_switch_s, 1);
    pull(&x->starts, m->starts, 1);
    pull(&x->drained_m3, m->drained_m3, 1);
    pull(&x->stress_m3, m->stress_m3, 1);
    pull(&x->taken_m3, m->taken_m3, 1);
}

enum { TANK, DEPLETION, N_X };
enum { PUMP, IRRIGATE, DRAIN, N_U };
enum { ROW_TANK, ROW_WET, ROW_STRESS, N_ROW };
enum {
    N_DT,
    N_TANK0,
    N_DEP0,
    N_TANK_WORTH,
    N_DEP_WORTH,
    N_LOW,
    N_HIGH,
    N_RAW,
    N_STRESS_PRICE,
    N_FILL,
    N_DRAW,
    N_REACH,
    N_DRAIN_MAX,
    N_NUM
};
enum { S_DRY, S_PUMP_LO, S_PUMP_HI, S_IRR_LO, S_IRR_HI, N_OWN };
// clang-format off
static const char *const input[] = {"pump", "irrigation", "drainage"};
static const struct row_desc row[] = {{"tank", 0, 0}, {"field capacity", 1, 0}, {"crop stress", 1, 0}};
static const struct coef coef[] = {
    /* tank' = tank + dt P / (rho g lift / eta) - dt irrigate */
    {AT_A, TANK, TANK, 1, ONE, ONE}, {AT_B, TANK, PUMP, 1, N_FILL, ONE}, {AT_B, TANK, IRRIGATE, -1, N_DT, ONE},
    {AT_X0, TANK, 0, 1, N_TANK0, ONE}, {AT_WORTH, TANK, 0, 1, N_TANK_WORTH, ONE},
    /* depletion' = depletion + dt ((Ks Kcb + Ke) ET0 - rain) - dt share irrigate + dt drain */
    {AT_A, DEPLETION, DEPLETION, 1, ONE, ONE}, {AT_B, DEPLETION, IRRIGATE, -1, N_REACH, ONE}, {AT_B, DEPLETION, DRAIN, 1, N_DT, ONE},
    {AT_DRIFT, DEPLETION, 0, 1, N_DT, S_DRY}, {AT_X0, DEPLETION, 0, 1, N_DEP0, ONE}, {AT_WORTH, DEPLETION, 0, -1, N_DEP_WORTH, ONE},
    /* low <= tank' <= high;  0 <= depletion';  depletion' <= RAW + s */
    {AT_C, ROW_TANK, TANK, 1, ONE, ONE}, {AT_ROW_LO, ROW_TANK, 0, 1, N_LOW, ONE}, {AT_ROW_HI, ROW_TANK, 0, 1, N_HIGH, ONE},
    {AT_PRICE_LO, ROW_TANK, 0, PRICE_HARD, ONE, ONE}, {AT_PRICE_HI, ROW_TANK, 0, PRICE_HARD, ONE, ONE},
    {AT_C, ROW_WET, DEPLETION, 1, ONE, ONE}, {AT_ROW_LO, ROW_WET, 0, 0, ONE, ONE}, {AT_PRICE_LO, ROW_WET, 0, PRICE_HARD, ONE, ONE},
    {AT_C, ROW_STRESS, DEPLETION, 1, ONE, ONE}, {AT_ROW_HI, ROW_STRESS, 0, 1, N_RAW, ONE}, {AT_PRICE_HI, ROW_STRESS, 0, 1, N_STRESS_PRICE, ONE},
    {AT_F, 0, PUMP, -1, ONE, ONE}, {AT_F, 1, PUMP, -1, N_DRAW, ONE},
    {AT_LO, PUMP, 0, 1, ONE, S_PUMP_LO}, {AT_HI, PUMP, 0, 1, ONE, S_PUMP_HI},
    {AT_LO, IRRIGATE, 0, 1, ONE, S_IRR_LO}, {AT_HI, IRRIGATE, 0, 1, ONE, S_IRR_HI}, {AT_HI, DRAIN, 0, 1, N_DRAIN_MAX, ONE},
};
// clang-format on
static const struct block_shape pump_shape = {.name = "pump",
                                              .nx = N_X,
                                              .nu = N_U,
                                              .nrow = N_ROW,
                                              .nport = 2,
                                              .n_num = N_NUM,
                                              .n_own = N_OWN,
                                              .input = input,
                                              .row = row,
                                              .coef = coef,
                                              .n_coef = (int)(sizeof coef / sizeof coef[0])};

static const struct block_shape *shape(const void *par)
{
    (void)par;
    return &pump_shape;
}

/* Bounds of each slot. An override is followed as far as the tank, left to itself, can bear it. */
static void formulate_bounds(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct par *p = now->par;
    const struct cmd *pin = now->pin;
    double pump_pin_W = PIN(pin, pump_W), irr_pin_m3_s = PIN(pin, irrigate_m3_s), top_W = p->rated_W,
           tank_m3 = ((const struct x *)now->x)->tank_m3;
    if (stands(now)) pump_pin_W = irr_pin_m3_s = 0;
    if (now->status & STATUS_SHED) pump_pin_W = 0;
    double low_m3 = fmin(tank_m3, p->tank_min_frac * p->tank_m3), full_m3 = tank_m3;
    for (int t = 0; t < h->T; t++) {
        double dt_s = slot_s(h, t), pump_W = clamp(or_else(pump_pin_W, 0), 0, top_W),
               irr_m3_s = clamp(or_else(irr_pin_m3_s, 0), 0, p->outlet_m3_s);
        double fill_W = fmin(pump_W, fmax(0, p->tank_m3 - full_m3) / dt_s * lift_J_m3(p));
        double drain_m3_s = fmin(irr_m3_s, fmax(0, tank_m3 - low_m3) / dt_s);
        full_m3 += fill_W / lift_J_m3(p) * dt_s;
        tank_m3 -= drain_m3_s * dt_s;
        block_put(b, S_PUMP_LO, t, fill_W);
        block_put(b, S_PUMP_HI, t, isfinite(pump_pin_W) ? pump_W : top_W);
        block_put(b, S_IRR_LO, t, drain_m3_s);
        block_put(b, S_IRR_HI, t, isfinite(irr_pin_m3_s) ? irr_m3_s : p->outlet_m3_s);
    }
}

/* What the field loses to the air less what rain brings: the surface walks ahead, the stress of the roots stays. */
static void formulate_dry(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    struct crop c = crop_of(p);
    struct crop_state s = {.wetted_frac = 1, .surface_mm = x->surface_m3 / m3_mm(p)};
    for (int t = 0; t < h->T; t++) {
        double dt_s = slot_s(h, t);
        struct crop_day d = step_of(p, &h->amb[t], reference_m3_s(now->exo + t), dt_s);
        s.root_mm = x->depletion_m3 / m3_mm(p);
        struct crop_run r = field_step(p, &c, &h->amb[t], &d, x->crop_mean_m3_s, &s);
        block_put(b, S_DRY, t, (r.evaporated_mm + r.transpired_mm - d.rain_mm) * m3_mm(p) / dt_s);
    }
}

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    double most_rain_m3_s = 0, worth_per_J = horizon_worth_per_J(h);
    double field_frac = field_worth_frac(p, x->depletion_m3, x->crop_mean_m3_s),
           tank_frac = tank_worth_frac(p, x->crop_mean_m3_s);
    formulate_dry(now, h, b);
    for (int t = 0; t < h->T; t++) most_rain_m3_s = fmax(most_rain_m3_s, rain_m3_s(p, &h->amb[t]));
    for (int len = 0; len < h->n_len; len++) {
        double dt_s = h->dt_s[len];
        block_set(b, len, N_DT, dt_s);
        block_set(b, len, N_FILL, dt_s / lift_J_m3(p));
        block_set(b, len, N_REACH, p->application_frac * dt_s);
        block_set(b, len, N_STRESS_PRICE, p->stress_per_m3 * dt_s / 86400);
    }
    block_set_all(b, h->n_len, N_TANK0, x->tank_m3);
    block_set_all(b, h->n_len, N_DEP0, x->depletion_m3);
    block_set_all(b, h->n_len, N_TANK_WORTH, tank_frac * lift_J_m3(p) * worth_per_J);
    block_set_all(b, h->n_len, N_DEP_WORTH, field_frac * lift_J_m3(p) * worth_per_J / p->application_frac);
    block_set_all(b, h->n_len, N_LOW, fmin(x->tank_m3, p->tank_min_frac * p->tank_m3));
    block_set_all(b, h->n_len, N_HIGH, fmax(x->tank_m3, p->tank_m3));
    block_set_all(b, h->n_len, N_RAW, readily_m3(p, x->crop_mean_m3_s));
    block_set_all(b, h->n_len, N_DRAW, 1 / lift_J_m3(p));
    block_set_all(b, h->n_len, N_DRAIN_MAX, most_rain_m3_s + p->application_frac * p->outlet_m3_s);
    formulate_bounds(now, h, b);
}

/* A mean below the least speed is reached by runs and rests. */
static void command(const struct asset_now *now, const struct block *b, int t, void *cmd)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    struct compressor c = {.rated_W = p->rated_W,
                           .least_W = p->least_frac * p->rated_W,
                           .run_min_s = p->min_run_s,
                           .rest_min_s = p->min_rest_s,
                           .since_switch_s = x->since_switch_s,
                           .on = x->pump_W > 0};
    *(struct cmd *)cmd = (struct cmd){.pump_W = compressor_duty_W(&c, block_u(b, PUMP, t)),
                                      .irrigate_m3_s = without_crumbs(block_u(b, IRRIGATE, t), p->outlet_m3_s)};
}

/* Float switches: fill below half, stop near full; irrigate from RAW down to a third of it. */
static void rules(const struct asset_now *now, void *cmd)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    struct cmd *c = cmd;
    double fill = x->tank_m3 / p->tank_m3, raw_m3 = readily_m3(p, x->crop_mean_m3_s);
    c->pump_W = fill < 0.5 || (x->pump_W > 0 && fill < 0.95) ? p->rated_W : 0;
    int wet = x->irrigate_m3_s > 0 ? x->depletion_m3 > raw_m3 / 3 : x->depletion_m3 > 0.9 * raw_m3;
    c->irrigate_m3_s = wet && fill > p->tank_min_frac ? p->outlet_m3_s : 0;
}

static void safe(const struct asset_now *now, void *cmd)
{
    (void)now;
    *(struct cmd *)cmd = (struct cmd){0};
}

static uint32_t guard_pump(const struct asset_now *now, double *pump_W)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    double top_W = p->rated_W, least_W = p->least_frac * top_W, runs_W = pump_power_W(p, x->pump_W);
    double fill_W = fmax(0, p->tank_m3 - x->tank_m3) * lift_J_m3(p) / now->dt_s;
    uint32_t bit = bite(pump_W, pump_power_W(p, or_else(*pump_W, 0)), top_W) * RULE_RANGE;
    if (now->status & STATUS_SHED) return bit | bite(pump_W, 0, top_W) * RULE_SHED;
    if (fill_W < least_W) return bit | bite(pump_W, 0, top_W) * RULE_FULL;
    if (*pump_W <= 0 && runs_W > 0 && x->since_switch_s < p->min_run_s)
        bit |= bite(pump_W, least_W, top_W) * RULE_RUN;
    if (*pump_W > 0 && runs_W <= 0 && x->since_switch_s < p->min_rest_s) bit |= bite(pump_W, 0, top_W) * RULE_REST;
    return bit | bite(pump_W, fmin(*pump_W, fill_W), top_W) * RULE_FULL;
}

static uint32_t guard(const struct asset_now *now, void *cmd)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    struct cmd *c = cmd;
    double most_m3_s = fmax(0, x->tank_m3 - p->tank_min_frac * p->tank_m3) / now->dt_s;
    double dry_m3_s = x->depletion_m3 / (p->application_frac * now->dt_s);
    if (stands(now)) return bite(&c->pump_W, 0, p->rated_W) | bite(&c->irrigate_m3_s, 0, 1) ? RULE_OUT : 0;
    uint32_t bit = guard_pump(now, &c->pump_W);
    bit |= bite(&c->irrigate_m3_s, clamp(or_else(c->irrigate_m3_s, 0), 0, p->outlet_m3_s), p->outlet_m3_s) *
           RULE_RANGE;
    bit |= bite(&c->irrigate_m3_s, fmin(c->irrigate_m3_s, most_m3_s), p->outlet_m3_s) * RULE_TANK;
    return bit | bite(&c->irrigate_m3_s, fmin(c->irrigate_m3_s, dry_m3_s), p->outlet_m3_s) * RULE_WET;
}

static void flex(const struct asset_now *now, struct flex *f)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    int runs = x->pump_W > 0 && !stands(now) && !(now->status & STATUS_LOST);
    double room_W = fmax(0, p->tank_m3 - x->tank_m3) * lift_J_m3(p) / 900;
    *f = (struct flex){.up_W = runs ? fmax(0, x->pump_W - p->least_frac * p->rated_W) : 0,
                       .down_W = runs ? fmax(0, fmin(p->rated_W, room_W) - x->pump_W) : 0,
                       .within_s = 10};
}

static void tally(const struct asset_now *now, struct tally *k)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    double field_m3 = field_worth_m3(p, x->depletion_m3, x->crop_mean_m3_s);
    k->stored_J =
        lift_J_m3(p) * (tank_worth_frac(p, x->crop_mean_m3_s) * x->tank_m3 - field_m3 / p->application_frac);
    k->starts = x->starts;
}

const struct asset_class class_pump = {
    .name = "pump",
    .help = "irrigation pump with its tank and field",
    .par_bytes = sizeof(struct par),
    .par = FIELDS(par_row),
    .state = FIELDS(x_row),
    .meas = FIELDS(meas_row),
    .cmd = FIELDS(cmd_row),
    .exo = FIELDS(exo_row),
    .rule = rule,
    .n_rule = (int)(sizeof rule / sizeof rule[0]),
    .port = {{"elec", CARRIER_ELEC, 0}, {"water", CARRIER_WATER, PORT_GIVES_BACK}},
    .n_port = 2,
    .dt_min_s = 1,
    .dt_max_s = 300,
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
    .tally = tally};
