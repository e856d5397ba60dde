/* Load: a consumer that is only a series of power (water works, mosque, workshop, office). A part of it may be
 * shed, at a price; all of it may be switched off as the last resort of an island; a critical one never. Served power = load x (1 - shed). */
#include "assets/kit.h"
#include "village/policy.h"

struct load_par {
    double nominal_W, shed_max_frac, critical;
};
struct load_state {
    double shed_frac, shed_J;
};
struct load_meas {
    double load_W, elec_W;
};
struct load_cmd {
    double shed_frac;
};
struct load_exo {
    double load_W;
};

/* clang-format off */
static const struct field par[] = {
    FIELD(load_par, nominal_W, 1000, 0, 1e7, 0, "usual power, for the world's demand"),
    FIELD(load_par, shed_max_frac, 0, 0, 1, 0, "largest share that may be shed"),
    FIELD(load_par, critical, 0, 0, 1, FIELD_BOOL, "never shed"),
};
static const struct field state[] = {
    FIELD(load_state, shed_frac, 0, 0, 1, 0, "share shed now"),
    FIELD(load_state, shed_J, 0, 0, 1e15, 0, "energy not served, so far"),
};
static const struct field meas[] = {
    FIELD(load_meas, load_W, 0, 0, 1e7, 0, "power that would be taken"),
    FIELD(load_meas, elec_W, 0, 0, 1e7, 0, "power taken"),
};
static const struct field cmd[] = { FIELD(load_cmd, shed_frac, 0, 0, 1, 0, "share to shed"), };
static const struct field exo[] = { FIELD(load_exo, load_W, 1000, 0, 1e7, 0, "power wanted"), };
enum rule { RULE_BOUNDS, RULE_CRITICAL, RULE_SHED, RULE_SWITCH, RULES };
static const char *const rule_name[RULES] = {"within the agreed share", "critical: never shed", "shed", "switched off in an island"};

enum { S_LOAD, S_FEED, S_PRICE, S_ALL };
enum { N_LO, N_HI, N_ALL };
static const char *const input_name[] = {"shed_frac"};
static const struct coef coef[] = {
    {AT_LO, 0, 0, 1, N_LO, ONE},        {AT_HI, 0, 0, 1, N_HI, ONE},
    {AT_PRICE, 0, 0, 1, ONE, S_PRICE},
    {AT_F, 0, 0, 1, ONE, S_LOAD},       {AT_FEED, 0, 0, 1, ONE, S_FEED},
};
static const struct block_shape shape_load = {"load", 0, 1, 0, 1, 0, N_ALL, S_ALL, 0, input_name, NULL, NULL,
    coef, sizeof coef / sizeof coef[0]};
/* clang-format on */

static double shed_max(const struct load_par *p) { return p->critical > 0 ? 0 : p->shed_max_frac; }

static void init(const struct asset_now *now, void *to)
{
    (void)now;
    *(struct load_state *)to = (struct load_state){0, 0};
}

static void step(const struct asset_now *now, void *work, void *to, double *flow)
{
    (void)work;
    const struct load_exo *e = (const void *)now->exo;
    const struct load_cmd *c = now->cmd;
    struct load_state *x = to;
    x->shed_frac = clamp(c->shed_frac, 0, ((const struct load_par *)now->par)->critical > 0 ? 0 : 1);
    if (now->status & (STATUS_OUT | STATUS_FAULT)) x->shed_frac = 1;
    x->shed_J += x->shed_frac * e->load_W * now->dt_s;
    flow[0] = -e->load_W * (1 - x->shed_frac);
}

static void sense(const struct asset_now *now, const double *flow, void *to)
{
    const struct load_exo *e = (const void *)now->exo;
    *(struct load_meas *)to = (struct load_meas){e->load_W, -flow[0]};
}

static void observe(const struct asset_now *now, const void *meas_from, void *x)
{
    (void)now, (void)meas_from, (void)x;
}

static const struct block_shape *shape(const void *par_from)
{
    (void)par_from;
    return &shape_load;
}

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct load_exo *e = (const void *)now->exo;
    const struct load_cmd *pin = now->pin;
    struct bounds u = bounds_pinned(0, shed_max(now->par), PIN(pin, shed_frac));
    block_set_all(to, h->n_len, N_LO, u.lo);
    block_set_all(to, h->n_len, N_HI, u.hi);
    for (int t = 0; t < h->T; t++) {
        double load_W = e[t].load_W * in_service(now);
        block_put(to, S_LOAD, t, load_W);
        block_put(to, S_FEED, t, -load_W);
        block_put(to, S_PRICE, t, h->policy->shortage_per_kWh / J_PER_KWH * load_W * slot_s(h, t));
    }
}

static void command(const struct asset_now *now, const struct block *b, int t, void *to)
{
    (void)now;
    double shed = block_u(b, 0, t);
    ((struct load_cmd *)to)->shed_frac = shed < 0.01 ? 0 : shed; /* an interior point never quite reaches 0 */
}

static void rules(const struct asset_now *now, void *to)
{
    (void)now;
    ((struct load_cmd *)to)->shed_frac = 0;
}

static uint32_t guard(const struct asset_now *now, void *to)
{
    const struct load_par *p = now->par;
    struct load_cmd *c = to;
    int cut = now->status & STATUS_CUT && now->status & STATUS_ISLAND;
    uint32_t bit = guard_range(&c->shed_frac, 0, p->critical > 0 || cut ? 1 : p->shed_max_frac, 0, RULE_BOUNDS);
    if (p->critical > 0) return bit | guard_set(&c->shed_frac, 0, RULE_CRITICAL);
    if (cut) return bit | guard_set(&c->shed_frac, 1, RULE_SWITCH);
    if (now->status & STATUS_SHED) bit |= guard_set(&c->shed_frac, p->shed_max_frac, RULE_SHED);
    return bit;
}

static void flex(const struct asset_now *now, struct flex *f)
{
    const struct load_par *p = now->par;
    const struct load_exo *e = (const void *)now->exo;
    const struct load_state *x = now->x;
    double price = now->policy ? now->policy->shortage_per_kWh / J_PER_KWH : 1;
    *f = (struct flex){fmax(0, shed_max(p) - x->shed_frac) * e->load_W, x->shed_frac * e->load_W, price, -price, 1};
}

static void tally(const struct asset_now *now, struct tally *t)
{
    const struct load_state *x = now->x;
    const struct load_exo *e = (const void *)now->exo;
    t->unserved_W = x->shed_frac * e->load_W;
}

extern const struct asset_class class_load;
const struct asset_class class_load = {
    .name = "load",
    .help = "a consumer that is only a series of power",
    .par_bytes = sizeof(struct load_par),
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
};
