/* Bin: a waste container and when it must be emptied.
 *
 * Filling is a rate from outside; the level sensor corrects it. A bin is due when it is full enough, when it is too
 * old (organic waste: at least weekly and more often in the hot season, against flies and smell), and sooner when
 * its sensor is silent: silence never makes a bin wait longer. collect_frac = 1 in the collection window empties
 * it; what was in it is added to collected_kg, so mass is conserved (the digester is fed from the sum of the
 * organic bins). A fire or a bin opened shows as its temperature. A bin is emptied by its round (village/round.h): on
 * the round's days, between its hours, and not while land on the round's way may not be used. Left out: compaction,
 * contamination. */
#include "assets/kit.h"
#include "base/err.h"

struct bin_par {
    double kind, capacity_kg, fill_typ_kg_s, full_frac, age_max_s, age_max_hot_s, hot_degC, silent_max_s;
    double window_from_hour, window_until_hour, days;
};
struct bin_state {
    double fill_kg, fill_frac, rate_kg_s, age_s, due_s, silent_s, collected_kg, overflow_kg;
};
struct bin_meas {
    double fill_frac, temp_degC;
};
struct bin_cmd {
    double collect_frac;
};
struct bin_exo {
    double fill_kg_s;
};

static const char *const kind_word[] = {"organic", "other", "glass", "paper", "plastic", NULL};

/* clang-format off */
static const struct field par[] = {
    FIELD_WORDS(bin_par, kind, 0, kind_word, 0, "waste it takes"),
    FIELD(bin_par, capacity_kg, 240, 1, 20000, 0, "holds"),
    FIELD(bin_par, fill_typ_kg_s, 2.3e-4, 0, 0.1, 0, "usual filling (20 kg a day)"),
    FIELD(bin_par, full_frac, 0.8, 0.3, 1, 0, "due from this level on"),
    FIELD(bin_par, age_max_s, 604800, 86400, 2678400, FIELD_GUARD, "emptied at least this often"),
    FIELD(bin_par, age_max_hot_s, 259200, 43200, 2678400, FIELD_GUARD, "the same in the hot season"),
    FIELD(bin_par, hot_degC, 20, 10, 40, 0, "running mean outdoor temperature from which the season is hot"),
    FIELD(bin_par, silent_max_s, 172800, 3600, 1209600, FIELD_GUARD, "sensor silent this long: half the age counts"),
    FIELD(bin_par, window_from_hour, 6, 0, 24, 0, "collection from (local)"),
    FIELD(bin_par, window_until_hour, 14, 0, 24, 0, "collection until (local)"),
    FIELD(bin_par, days, 127, 1, 127, FIELD_INTEGER, "weekdays of collection: Sunday 1, Monday 2, .. Saturday 64, added"),
};
static const struct field state[] = {
    FIELD(bin_state, fill_kg, 0, 0, 20000, 0, "inside"),
    FIELD(bin_state, fill_frac, 0, 0, 1, 0, "level"),
    FIELD(bin_state, rate_kg_s, 0, 0, 0.1, 0, "filling, mean of the last days"),
    FIELD(bin_state, age_s, 0, 0, 1e9, 0, "since it was emptied"),
    FIELD(bin_state, due_s, 0, 0, 1e9, 0, "until it is due, expected"),
    FIELD(bin_state, silent_s, 0, 0, 1e9, FIELD_RESET, "since its sensor was heard"),
    FIELD(bin_state, collected_kg, 0, 0, 1e12, 0, "collected, so far"),
    FIELD(bin_state, overflow_kg, 0, 0, 1e12, 0, "laid beside a full bin, so far"),
};
static const struct field meas[] = {
    FIELD(bin_meas, fill_frac, 0, 0, 1, 0, "level sensor"),
    FIELD(bin_meas, temp_degC, 15, -40, 300, 0, "temperature inside: fire above 70"),
};
static const struct field cmd[] = { FIELD(bin_cmd, collect_frac, 0, 0, 1, FIELD_BOOL, "empty it now"), };
static const struct field exo[] = { FIELD(bin_exo, fill_kg_s, 2.3e-4, 0, 0.1, 0, "waste brought"), };
enum rule { RULE_BOUNDS, RULE_OUT, RULE_WINDOW, RULE_FULL, RULE_AGE, RULE_SILENT, RULE_ROUND, RULES };
static const char *const rule_name[RULES] = {"yes or no", "out of use", "only in the collection window", "full",
    "too old", "sensor silent: not skipped", "no round comes: land on its way may not be used"};
/* clang-format on */

static double age_max_s(const struct bin_par *p, const struct ambient *a)
{
    int hot = p->kind <= 0 && a->temp_mean_degC >= p->hot_degC;
    return hot ? fmin(p->age_max_hot_s, p->age_max_s) : p->age_max_s;
}

static int on_day(const struct bin_par *p, int32_t weekday) { return (int)p->days >> weekday % 7 & 1; }

static int in_window(const struct bin_par *p, const struct ambient *a)
{
    return on_day(p, a->weekday) && a->local_hour >= p->window_from_hour && a->local_hour < p->window_until_hour;
}

/* Until the window of the next day on which somebody comes. */
static double next_window_s(const struct bin_par *p, const struct ambient *a)
{
    int days = 1;
    while (days < 7 && !on_day(p, a->weekday + days)) days++;
    return 86400.0 * days;
}

/* The rule that makes it due, or -1. A bin must last until the next window, so the filling until then is looked
 * ahead. */
static int due(const struct bin_par *p, const struct bin_state *x, const struct ambient *a)
{
    const double day_s = 86400, reserve_s = x->age_s < day_s ? 0 : next_window_s(p, a);
    if (x->fill_kg + x->rate_kg_s * reserve_s >= p->full_frac * p->capacity_kg) return RULE_FULL;
    if (x->age_s + reserve_s > age_max_s(p, a)) return RULE_AGE;
    if (x->silent_s > p->silent_max_s && x->age_s + reserve_s > 0.5 * age_max_s(p, a)) return RULE_SILENT;
    return -1;
}

static void derive(const struct bin_par *p, const struct ambient *a, struct bin_state *x)
{
    double room_kg = p->full_frac * p->capacity_kg - x->fill_kg;
    x->fill_frac = x->fill_kg / p->capacity_kg;
    x->due_s = clamp(room_kg / fmax(x->rate_kg_s, 1e-9), 0, fmax(0, age_max_s(p, a) - x->age_s));
}

static const double rate_s = 3 * 86400.0; /* the usual filling is a mean of days */

static void make(const void *par_from, double dt_s, void *to)
{
    (void)par_from;
    *(double *)to = observer_gain(dt_s, rate_s);
}

static void init(const struct asset_now *now, void *to)
{
    const struct bin_par *p = now->par;
    *(struct bin_state *)to = (struct bin_state){.rate_kg_s = p->fill_typ_kg_s, .due_s = p->age_max_s};
}

static void step(const struct asset_now *now, void *work, void *to, double *flow)
{
    (void)work, (void)flow;
    const struct bin_par *p = now->par;
    const struct bin_exo *e = (const void *)now->exo;
    const struct bin_cmd *c = now->cmd;
    struct bin_state *x = to;
    if (c->collect_frac >= 0.5 && !(now->status & (STATUS_OUT | STATUS_UNREACHED)) && x->fill_kg > 0) {
        x->collected_kg += x->fill_kg;
        x->fill_kg = x->age_s = 0;
    }
    double brought_kg = e->fill_kg_s * now->dt_s, taken_kg = clamp(brought_kg, 0, p->capacity_kg - x->fill_kg);
    x->fill_kg += taken_kg;
    x->overflow_kg += brought_kg - taken_kg;
    pull(&x->rate_kg_s, e->fill_kg_s, made_gain(now, rate_s));
    x->age_s = fmin(x->age_s + now->dt_s, 1e9);
    x->silent_s = fmin(x->silent_s + now->dt_s, 1e9);
    derive(p, now->amb, x);
}

static void sense(const struct asset_now *now, const double *flow, void *to)
{
    (void)flow;
    const struct bin_state *x = now->x;
    double fire_degC = now->status & STATUS_FAULT ? 150 : 0;
    *(struct bin_meas *)to = (struct bin_meas){x->fill_frac, now->amb->temp_degC + 5 * x->fill_frac + fire_degC};
}

static void observe(const struct asset_now *now, const void *from, void *to)
{
    const struct bin_par *p = now->par;
    const struct bin_meas *m = from;
    struct bin_state *x = to;
    if (!isfinite(m->fill_frac)) return;
    x->silent_s = 0;
    pull(&x->fill_kg, clamp(m->fill_frac, 0, 1) * p->capacity_kg, observer_gain(now->dt_s, 3600));
    derive(p, now->amb, x);
}

static void rules(const struct asset_now *now, void *to)
{
    const struct bin_par *p = now->par;
    int now_due = !(now->status & STATUS_UNREACHED) && in_window(p, now->amb) && due(p, now->x, now->amb) >= 0;
    ((struct bin_cmd *)to)->collect_frac = now_due;
}

static uint32_t guard(const struct asset_now *now, void *to)
{
    const struct bin_par *p = now->par;
    struct bin_cmd *c = to;
    if (now->status & STATUS_OUT) return guard_set(&c->collect_frac, 0, RULE_OUT);
    if (now->status & STATUS_UNREACHED) return guard_set(&c->collect_frac, 0, RULE_ROUND);
    uint32_t bit = guard_set(&c->collect_frac, c->collect_frac >= 0.5 ? 1 : 0, RULE_BOUNDS);
    if (!in_window(p, now->amb)) return bit | guard_set(&c->collect_frac, 0, RULE_WINDOW);
    int why = due(p, now->x, now->amb);
    return why < 0 ? bit : bit | guard_set(&c->collect_frac, 1, why);
}

static int check(const void *from, struct err *e)
{
    const struct bin_par *p = from;
    if (p->window_from_hour >= p->window_until_hour)
        return err_set(e, "window_from_hour must be before window_until_hour");
    return 0;
}

extern const struct asset_class class_bin;
const struct asset_class class_bin = {
    .name = "bin",
    .help = "a waste container",
    .par_bytes = sizeof(struct bin_par),
    .par = FIELDS(par),
    .state = FIELDS(state),
    .meas = FIELDS(meas),
    .cmd = FIELDS(cmd),
    .exo = FIELDS(exo),
    .rule = rule_name,
    .n_rule = RULES,
    .dt_min_s = 1,
    .dt_max_s = 3600,
    .check = check,
    .made_bytes = sizeof(double),
    .make = make,
    .init = init,
    .step = step,
    .sense = sense,
    .observe = observe,
    .rules = rules,
    .safe = rules,
    .guard = guard,
};
