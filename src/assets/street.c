/* Street: the lamps of one street as one group.
 *
 * The class that counts and ambient give (physics/light.c) sets the least light for the interval; the lamps'
 * maintained average at full power is their flux over the area between them, and light follows the dimming level,
 * so the level that the class needs is a ratio. That level is the guard's lower limit at night and the planner's
 * lower bound; above it the policy's worth of light decides, up to one and a half times the class (EN 13201-2
 * advises no more). Conflict points (kind C) keep the class of busy hours. Dark is told by daylight from irradiance
 * or the sun 3 deg down, whichever comes first, so that a photocell stuck bright does not put the street out. Lamps
 * fade; a node that hears nothing burns at its own default level.
 *
 * In the twin at high fidelity the point grid of EN 13201-3 tells the light and the level that the class needs (street_judge.c).
 *
 * Power = standby + level x (lamp - standby). Left out: flux and power not quite proportional, constant light
 * output, single lamps failing. */
#include "assets/kit.h"
#include "assets/street_model.h"
#include "base/err.h"
#include "physics/irradiance.h"
#include "physics/light.h"
#include "village/policy.h"

struct street_meas {
    double dim_frac, elec_W, traffic_per_h, daylight_lx;
};
struct street_cmd {
    double dim_frac;
};
struct street_exo {
    double traffic_per_h;
};

static const char *const kind_word[] = {"P", "M", "C", NULL};
static const char *const speed_word[] = {"very_low", "low", NULL};
static const char *const users_word[] = {"walk", "walk_cycle", "walk_motor", "all", NULL};
static const char *const ambient_word[] = {"low", "moderate", "high", NULL};

/* clang-format off */
static const struct field par[] = {
    FIELD(street_par, n_lamp, 10, 1, 10000, FIELD_INTEGER | FIELD_REQUIRED, "lamps"),
    FIELD(street_par, lamp_W, 40, 1, 1000, 0, "one lamp at full light"),
    FIELD(street_par, lamp_lm, 5200, 50, 200000, 0, "luminous flux of one lamp at full light"),
    FIELD(street_par, standby_W, 0.5, 0, 20, 0, "one lamp's driver and node when dark"),
    FIELD(street_par, spacing_m, 30, 5, 100, 0, "between lamps"),
    FIELD(street_par, width_m, 8, 1, 60, 0, "lit width: carriageway and footways"),
    FIELD(street_par, utilisation_frac, 0.4, 0.05, 1, 0, "share of the flux that reaches the lit width"),
    FIELD(street_par, maintenance_frac, 0.8, 0.3, 1, 0, "maintenance factor (CIE 154; LED 0.7 to 0.9)"),
    FIELD(street_par, height_m, 7, 3, 20, 0, "of the lanterns over the street; this and what follows for the point grid alone"),
    FIELD(street_par, overhang_m, 0, -10, 10, 0, "of the lanterns over the kerb, less than nothing behind it"),
    FIELD(street_par, throw_deg, 60, 0, 85, 0, "middle of the lantern's two lobes, from straight down (assumption: a wide street optic)"),
    FIELD(street_par, toe_deg, 35, 0, 90, 0, "the lobes' turn from the line of the street towards it (assumption)"),
    FIELD(street_par, beam_deg, 20, 3, 90, 0, "from the middle of a lobe to half of its intensity (assumption)"),
    FIELD(street_par, nadir_frac, 0.3, 0, 10, 0, "intensity straight down, of a lobe's middle (assumption)"),
    FIELD(street_par, dim_min_frac, 0.1, 0.01, 1, 0, "least level of the driver"),
    FIELD_WORDS(street_par, kind, LIGHT_P, kind_word, 0, "P residential, M traffic route, C conflict point"),
    FIELD_WORDS(street_par, speed, 1, speed_word, 0, "speed of traffic (P)"),
    FIELD_WORDS(street_par, users, USERS_WALK_MOTOR, users_word, 0, "who uses it (P)"),
    FIELD(street_par, parked, 0, 0, 1, FIELD_BOOL, "parked vehicles (P)"),
    FIELD_WORDS(street_par, ambient_light, 0, ambient_word, 0, "ambient luminosity"),
    FIELD(street_par, other_weight, 2, -2, 6, FIELD_INTEGER, "sum of the other weights of table A.1 (M, C)"),
    FIELD(street_par, busy_per_h, 60, 1, 5000, FIELD_GUARD | FIELD_REQUIRED, "users and vehicles per hour from which it is busy"),
    FIELD(street_par, quiet_per_h, 10, 0, 5000, FIELD_GUARD | FIELD_REQUIRED, "... below which it is quiet"),
    FIELD(street_par, default_frac, 0.7, 0.1, 1, FIELD_GUARD, "level that a node keeps when it hears nothing"),
    FIELD(street_par, fade_s, 10, 1, 120, 0, "from dark to full light"),
    FIELD(street_par, on_lx, 35, 5, 100, FIELD_GUARD, "darker than this is night"),
    FIELD(street_par, off_lx, 70, 10, 300, 0, "brighter than this is day"),
    FIELD(street_par, evening_hour, 23, 0, 24, 0, "rules: full class until"),
    FIELD(street_par, morning_hour, 5, 0, 24, 0, "rules: full class from"),
};
static const struct field state[] = {
    FIELD(street_state, dim_frac, 0, 0, 1, 0, "level now"),
    FIELD(street_state, lighting_class, 4, 0, 6, FIELD_INTEGER, "class that counts and ambient give now"),
    FIELD(street_state, required_frac, 0, 0, 1, 0, "least level that the class needs now, 0 by day"),
    FIELD(street_state, light_lx, 0, 0, 1000, 0, "maintained average on the street now"),
    FIELD(street_state, daylight_lx, 0, 0, 200000, 0, "daylight"),
    FIELD(street_state, traffic_per_h, 20, 0, 10000, 0, "users and vehicles per hour, mean of the last quarter hour"),
};
static const struct field meas[] = {
    FIELD(street_meas, dim_frac, 0, 0, 1, 0, "level told by the nodes"),
    FIELD(street_meas, elec_W, 0, 0, 1e6, 0, "meter of the street"),
    FIELD(street_meas, traffic_per_h, 0, 0, 10000, 0, "counter: users and vehicles per hour"),
    FIELD(street_meas, daylight_lx, 0, 0, 200000, 0, "photocell"),
};
static const struct field cmd[] = { FIELD(street_cmd, dim_frac, 0, 0, 1, 0, "level"), };
static const struct field exo[] = { FIELD(street_exo, traffic_per_h, 20, 0, 10000, FIELD_UNKNOWN, "users and vehicles per hour"), };
enum rule { RULE_BOUNDS, RULE_OUT, RULE_DAY, RULE_SHED, RULE_CLASS, RULE_CONFLICT, RULES };
static const char *const rule_name[RULES] = {"within range", "out of use", "off by day", "shed to the class",
    "never below the class of the interval", "conflict point keeps its class"};

enum { S_LO, S_HI, S_NIGHT, S_ALL };
enum { N_VALUE, N_POWER, N_FEED, N_ALL };
static const char *const input_name[] = {"dim_frac"};
static const struct coef coef[] = {
    {AT_LO, 0, 0, 1, ONE, S_LO},         {AT_HI, 0, 0, 1, ONE, S_HI},
    {AT_PRICE, 0, 0, -1, N_VALUE, S_NIGHT},
    {AT_F, 0, 0, -1, N_POWER, ONE},      {AT_FEED, 0, 0, -1, N_FEED, ONE},
};
static const struct block_shape shape_street = {"street", 0, 1, 0, 1, 0, N_ALL, S_ALL, 0, input_name, NULL, NULL,
    coef, sizeof coef / sizeof coef[0]};
/* clang-format on */

static int is_dark(const struct street_par *p, double daylight_lx, double sun_zenith_deg)
{
    return daylight_lx < p->on_lx || sun_zenith_deg > 93;
}

/* Daylight that may be leant on: without a word from the photocell no more than a heavily overcast sky gives, a tenth of what
 * comes from outside the atmosphere (assumption). */
static double daylight_lx(const struct asset_now *now)
{
    const struct street_state *x = now->x;
    double zenith_deg = now->amb->sun_zenith_deg,
           overcast_W_m2 = 0.1 * SOLAR_CONSTANT_W_M2 * cos(zenith_deg * M_PI / 180);
    if (READING_AGE_S(now, struct street_meas, daylight_lx) <= reading_old_s) return x->daylight_lx;
    return fmin(x->daylight_lx, light_daylight_lx(fmax(0, overcast_W_m2), zenith_deg));
}

static int class_of(const struct street_par *p, double traffic_per_h)
{
    enum light_kind kind = (enum light_kind)p->kind;
    int use = traffic_per_h >= p->busy_per_h ? 1 : traffic_per_h < p->quiet_per_h ? -1 : 0;
    int ambient = (int)p->ambient_light - 1, other = (int)p->other_weight;
    if (kind == LIGHT_C) use = 1;
    if (kind == LIGHT_P) other = light_weight_p(p->speed > 0, (enum light_users)p->users, p->parked > 0);
    return light_class(kind, use, ambient, other);
}

static double full_lx(const struct street_par *p)
{
    return light_average_lx(p->lamp_lm, p->utilisation_frac, p->maintenance_frac, p->spacing_m, p->width_m);
}

/* A class holds for an interval: single vehicles do not switch it. */
static const double interval_s = 900;

/* Level that the class for this traffic needs; an unknown count is taken as busy. */
static double class_frac(const struct street_par *p, double traffic_per_h)
{
    int number = class_of(p, or_else(traffic_per_h, p->busy_per_h));
    return clamp(light_class_lx((enum light_kind)p->kind, number) / full_lx(p), p->dim_min_frac, 1);
}

/* What the class needs in truth, as far as the model that is stepped knows it. */
static double true_frac(const struct asset_now *now, double traffic_per_h)
{
    const struct street_par *p = now->par;
    return now->judge ? street_judge_frac(now->judge, p, class_of(p, traffic_per_h)) : class_frac(p, traffic_per_h);
}
static double true_lx(const struct asset_now *now)
{
    return now->judge ? ((const struct street_judge *)now->judge)->full.lux : full_lx(now->par);
}

static double power_W(const struct street_par *p, double dim_frac)
{
    return p->n_lamp * (p->standby_W + dim_frac * (p->lamp_W - p->standby_W));
}

static void make(const void *par_from, double dt_s, void *to)
{
    (void)par_from;
    *(double *)to = observer_gain(dt_s, interval_s);
}

static void init(const struct asset_now *now, void *to)
{
    const struct street_par *p = now->par;
    const struct street_exo *e = (const void *)now->exo;
    *(struct street_state *)to = (struct street_state){
        .lighting_class = 4, .traffic_per_h = e ? or_else(e->traffic_per_h, p->busy_per_h) : p->busy_per_h};
}

static void step(const struct asset_now *now, void *work, void *to, double *flow)
{
    (void)work;
    const struct street_par *p = now->par;
    const struct street_exo *e = (const void *)now->exo;
    const struct street_cmd *c = now->cmd;
    struct street_state *x = to;
    double want = now->status & STATUS_OUT     ? 0
                  : now->status & STATUS_FAULT ? p->default_frac
                                               : clamp(c->dim_frac, 0, 1);
    double way = want - x->dim_frac, reach_s = fmin(fabs(way) * p->fade_s, now->dt_s);
    double end = fabs(way) * p->fade_s <= now->dt_s ? want : x->dim_frac + copysign(now->dt_s / p->fade_s, way);
    double mean = (0.5 * (x->dim_frac + end) * reach_s + end * (now->dt_s - reach_s)) / now->dt_s;
    x->dim_frac = end;
    x->daylight_lx = light_daylight_lx(now->amb->ghi_W_m2, now->amb->sun_zenith_deg);
    pull(&x->traffic_per_h, e->traffic_per_h, made_gain(now, interval_s));
    if (!isfinite(e->traffic_per_h))
        x->traffic_per_h = fmax(x->traffic_per_h, p->busy_per_h); /* a dead counter sees nobody */
    x->lighting_class = class_of(p, x->traffic_per_h);
    int dark = is_dark(p, x->daylight_lx, now->amb->sun_zenith_deg);
    x->required_frac = dark ? true_frac(now, x->traffic_per_h) : 0;
    x->light_lx = end * true_lx(now);
    flow[0] = now->status & STATUS_OUT ? 0 : -power_W(p, mean);
}

static void sense(const struct asset_now *now, const double *flow, void *to)
{
    const struct street_state *x = now->x;
    const struct street_exo *e = (const void *)now->exo;
    *(struct street_meas *)to = (struct street_meas){x->dim_frac, -flow[0], e->traffic_per_h, x->daylight_lx};
}

static void observe(const struct asset_now *now, const void *from, void *to)
{
    (void)now;
    const struct street_meas *m = from;
    struct street_state *x = to;
    if (isfinite(m->dim_frac)) x->dim_frac = clamp(m->dim_frac, 0, 1);
    if (isfinite(m->daylight_lx)) x->daylight_lx = fmax(0, m->daylight_lx);
}

/* Night programme: the class of busy hours in the evening and before morning, the counted class in between. */
static void rules(const struct asset_now *now, void *to)
{
    const struct street_par *p = now->par;
    const struct street_state *x = now->x;
    double hour = now->amb->local_hour;
    int deep = p->evening_hour > p->morning_hour ? hour >= p->evening_hour || hour < p->morning_hour
                                                 : hour >= p->evening_hour && hour < p->morning_hour;
    int dark = is_dark(p, daylight_lx(now), now->amb->sun_zenith_deg);
    ((struct street_cmd *)to)->dim_frac = dark ? class_frac(p, deep ? x->traffic_per_h : p->busy_per_h) : 0;
}

static void safe(const struct asset_now *now, void *to)
{
    const struct street_par *p = now->par;
    int dark = is_dark(p, daylight_lx(now), now->amb->sun_zenith_deg);
    ((struct street_cmd *)to)->dim_frac = dark ? fmax(p->default_frac, class_frac(p, p->busy_per_h)) : 0;
}

static uint32_t guard(const struct asset_now *now, void *to)
{
    const struct street_par *p = now->par;
    const struct street_state *x = now->x;
    struct street_cmd *c = to;
    if (now->status & STATUS_OUT) return guard_set(&c->dim_frac, 0, RULE_OUT);
    uint32_t bit = guard_range(&c->dim_frac, 0, 1, p->default_frac, RULE_BOUNDS);
    if (!is_dark(p, daylight_lx(now), now->amb->sun_zenith_deg))
        return daylight_lx(now) > p->off_lx ? bit | guard_set(&c->dim_frac, 0, RULE_DAY) : bit;
    double least = class_frac(p, x->traffic_per_h);
    if (now->status & STATUS_SHED) bit |= guard_set(&c->dim_frac, fmin(c->dim_frac, least), RULE_SHED);
    enum rule why = p->kind == (double)LIGHT_C ? RULE_CONFLICT : RULE_CLASS;
    return bit | guard_set(&c->dim_frac, fmax(c->dim_frac, least), (int)why);
}

static const struct block_shape *shape(const void *par_from)
{
    (void)par_from;
    return &shape_street;
}

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct street_par *p = now->par;
    const struct street_exo *e = (const void *)now->exo;
    const struct street_cmd *pin = now->pin;
    for (int l = 0; l < h->n_len; l++)
        block_set(to, l, N_VALUE, h->policy->light_per_lm_h * p->n_lamp * p->lamp_lm * h->dt_s[l] / 3600);
    block_set_all(to, h->n_len, N_POWER, in_service(now) * (power_W(p, 1) - power_W(p, 0)));
    block_set_all(to, h->n_len, N_FEED, in_service(now) * power_W(p, 0));
    for (int t = 0; t < h->T; t++) {
        const struct ambient *a = &h->amb[t];
        int dark = is_dark(p, light_daylight_lx(a->ghi_W_m2, a->sun_zenith_deg), a->sun_zenith_deg);
        double least = dark ? class_frac(p, e[t].traffic_per_h) : 0;
        struct bounds u = bounds_pinned(least, dark ? fmin(1, 1.5 * least) : 0, PIN(pin, dim_frac));
        block_put(to, S_NIGHT, t, dark);
        block_put(to, S_LO, t, u.lo);
        block_put(to, S_HI, t, u.hi);
    }
}

static void command(const struct asset_now *now, const struct block *b, int t, void *to)
{
    (void)now;
    ((struct street_cmd *)to)->dim_frac = block_u(b, 0, t);
}

static int check(const void *from, struct err *e)
{
    const struct street_par *p = from;
    if (p->quiet_per_h >= p->busy_per_h) return err_set(e, "quiet_per_h must be below busy_per_h");
    if (p->on_lx >= p->off_lx) return err_set(e, "on_lx must be below off_lx");
    if (p->standby_W >= p->lamp_W) return err_set(e, "standby_W must be below lamp_W");
    double need_lx = light_class_lx((enum light_kind)p->kind, class_of(p, p->busy_per_h));
    if (full_lx(p) < need_lx)
        return err_set(e,
                       "the lamps give %.1f lx at full light, the busy class needs %.1f: more lm or closer lamps",
                       full_lx(p), need_lx);
    return 0;
}

/* Power of the lamps: energy for light. */
static void tally(const struct asset_now *now, struct tally *t)
{
    const struct street_state *x = now->x;
    t->light_W = power_W(now->par, x->dim_frac);
}

extern const struct asset_class class_street;
const struct asset_class class_street = {
    .name = "street",
    .help = "the lamps of one street",
    .par_bytes = sizeof(struct street_par),
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
    .dt_max_s = 3600,
    .check = check,
    .made_bytes = sizeof(double),
    .make = make,
    .judge_bytes = street_judge_bytes,
    .judge_start = street_judge_start,
    .init = init,
    .step = step,
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
