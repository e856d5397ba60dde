/* One suite for every class of the registry: what a kind of equipment must keep whatever it is. A class with one
 * more file and one more line in the registry is tested here without a change. Each property is a case of its own
 * per class. Where a class rightly cannot meet a general tolerance, a row of `allowances` says so and why. */
#include "base/err.h"
#include "base/unit.h"
#include "near.h"
#include "rig.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct rig rig, twin;
static struct rig_block planned;

struct allowance {
    const char *class_name, *key;
    double part, absolute; /* of the state's size; in its own unit */
    const char *why;
};
static const struct allowance none = {"", "", 0, 0, ""};
// clang-format off
/* observe: what may be left after three weeks, 3 % of the size otherwise */
static const struct allowance observe_allowances[] = {
    {"biogas", "manure_kg", 0.25, 0, "two pools behind one gas meter: their sum shows at once, their split only as they wash out"},
    {"biogas", "waste_kg", 0.25, 0, "the other pool"},
    {"home", "car_frac", 0.10, 0, "the car tells its charge while plugged in only"},
    {"home", "bias_W", 0.03, 50, "estimates heat that the model lacks; here it lacks none, so noise is all there is"},
    {"greenhouse", "bias_W", 0.03, 500, "the same, at the size of a greenhouse"},
    {"coldstore", "bias_W", 0.03, 50, "the same"},
    {"bin", "silent_s", 1, 0, "age of the sensor's last word, not a state of the bin: a fresh estimate has just heard it"},
};
/* plan: part of the largest change over a slot by which plan and physics may differ, 10 % otherwise */
static const struct allowance plan_allowances[] = {
    {"home", "temp_degC", 0.8, 0, "a compressor runs and rests for minutes: a slot may get a run more or less than its share"},
    {"home", "elec", 0.8, 0, "the same"},
    {"pump", "tank_m3", 0.5, 0, "a pump below its least speed runs and rests as well"},
    {"pump", "elec", 0.8, 0, "the same"},
    {"pump", "water", 0.8, 0, "the same"},
    {"line", "up", 0.03, 0, "loss linear in the plan, quadratic in truth: at most half the loss at rating"},
};
/* inputs that the physics choose although they leave a trace in the set-points */
static const struct allowance settled_inputs[] = {
    {"hydro", "through the screws", 1, 0, "the governor sends all it can through the screws that run"},
};
/* states that change what a store is worth and hold nothing themselves */
static const struct allowance not_stored[] = {
    {"hydro", "eta_scale_frac", 1, 0, "how good the machines are"},
};
/* rows whose value leaves out what sun and air do at once: their answer to the inputs is compared instead of their level */
static const struct allowance shifted_rows[] = {
    {"home", "temp_degC", 1, 0, "operative temperature less the direct part of sun, air and gains"},
    {"greenhouse", "temp_degC", 1, 0, "the same"},
};
// clang-format on

static const struct allowance *allowance_find(const struct allowance *a, int n, const char *class_name,
                                              const char *key)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(a[i].class_name, class_name) && !strcmp(a[i].key, key)) return &a[i];
    return &none;
}
static double allowed(const struct allowance *a, double otherwise, double size)
{
    return (a->part > 0 ? a->part : otherwise) * size + a->absolute;
}
#define ALLOWED(table, cls, key, otherwise, size)                                                                  \
    allowed(allowance_find(table, (int)(sizeof table / sizeof table[0]), (cls)->name, key), otherwise, size)

static const struct asset_class *class_of(void **state) { return *(const struct asset_class *const *)*state; }

/* --- tables
 * ------------------------------------------------------------------------------------------------------------------
 */

static void check_field(const char *cls, const char *set, const struct field *f)
{
    struct unit made;
    int bare = (f->flags & (FIELD_INTEGER | FIELD_BOOL)) || f->word;
    if (!unit_of_key(f->key, &made) && !bare) fail_msg("%s.%s.%s: the key names no unit", cls, set, f->key);
    if (!f->help || !f->help[0]) fail_msg("%s.%s.%s has no help", cls, set, f->key);
    if (!(f->min <= f->dflt && f->dflt <= f->max))
        fail_msg("%s.%s.%s: default %g outside %g..%g", cls, set, f->key, f->dflt, f->min, f->max);
    if (!isfinite(f->min) || !isfinite(f->max)) fail_msg("%s.%s.%s: range is not finite", cls, set, f->key);
    if (f->offset % sizeof(double)) fail_msg("%s.%s.%s: not at a double", cls, set, f->key);
}

static void check_set(const char *cls, const char *name, const struct field_set *s, int dense)
{
    for (int i = 0; i < s->n; i++) {
        check_field(cls, name, &s->row[i]);
        for (int k = 0; k < i; k++) {
            if (!strcmp(s->row[i].key, s->row[k].key)) fail_msg("%s.%s.%s twice", cls, name, s->row[i].key);
            if (s->row[i].offset == s->row[k].offset)
                fail_msg("%s.%s: %s and %s share memory", cls, name, s->row[i].key, s->row[k].key);
        }
        if (dense && s->row[i].offset != (uint32_t)i * sizeof(double))
            fail_msg("%s.%s.%s: rows are not in the struct's order", cls, name, s->row[i].key);
    }
}

static void tables_have_units_and_sane_ranges(void **state)
{
    const struct asset_class *c = class_of(state);
    check_set(c->name, "par", &c->par, 0);
    check_set(c->name, "state", &c->state, 1);
    check_set(c->name, "meas", &c->meas, 1);
    check_set(c->name, "cmd", &c->cmd, 1);
    check_set(c->name, "exo", &c->exo, 1);
    for (int i = 0; i < c->par.n; i++) assert_true(c->par.row[i].offset + sizeof(double) <= c->par_bytes);
    assert_true(asset_class_find(c->name) == c);
    assert_true(c->help && c->help[0]);
    assert_true(c->n_rule <= 32);
    for (int i = 0; i < c->n_rule; i++) assert_true(c->rule[i] && c->rule[i][0]);
}

static void operations_come_in_their_groups(void **state)
{
    const struct asset_class *c = class_of(state);
    int balancing = 0;
    for (int p = 0; p < c->n_port; p++) balancing += c->port[p].balancing != PORT_OWN;
    assert_non_null(c->step);
    assert_int_equal(c->balance != NULL, balancing > 0);
    assert_int_equal(c->shape != NULL, c->formulate != NULL);
    assert_int_equal(c->shape != NULL, c->command != NULL);
    assert_int_equal(c->cmd.n > 0, c->rules != NULL);
    assert_int_equal(c->cmd.n > 0, c->safe != NULL);
    assert_int_equal(c->cmd.n > 0, c->guard != NULL);
    assert_int_equal(c->lanes_bytes > 0, c->lanes_step && c->lane_make && c->lane_in && c->lane_out);
    assert_true(c->meas.n == 0 || c->sense);
    assert_true(c->state.n == 0 || c->init);
    assert_true(c->dt_max_s <= 0 || c->dt_min_s <= c->dt_max_s);
}

static void defaults_pass_their_check(void **state)
{
    const struct asset_class *c = class_of(state);
    struct err e = {0};
    rig_create(&rig, c, 1);
    if (c->check && c->check(rig.par, &e)) fail_msg("%s: %s", c->name, e.text);
}

/* --- bounds and guard under random commands
 * ----------------------------------------------------------------------------------- */

static void in_range(const struct rig *r, const char *set, const struct field_set *fields, const double *base,
                     const char *when)
{
    for (int i = 0; i < fields->n; i++) {
        const struct field *f = &fields->row[i];
        double v = field_get(f, base), slack = 1e-9 * fmax(1, fabs(f->max - f->min) * 1e-6);
        if (!isfinite(v) || v < f->min - slack || v > f->max + slack)
            fail_msg("%s.%s.%s = %g outside %g..%g %s", r->cls->name, set, f->key, v, f->min, f->max, when);
    }
}

static double random_command(struct random *r, const struct field *f, double typical)
{
    switch ((int)(random_uniform(r) * 9)) {
    case 0: return (double)NAN;
    case 1: return (double)INFINITY;
    case 2: return -1e12;
    case 3: return f->min;
    case 4: return f->max;
    case 5: return 0;
    default: return typical * random_range(r, -0.5, 2);
    }
}

static void guard_once(struct rig *r, double dt_s)
{
    struct asset_now now = rig_now(r, dt_s);
    double asked[RIG_WORDS], again[RIG_WORDS];
    size_t bytes = sizeof(double) * (size_t)r->cls->cmd.n;
    memcpy(asked, r->cmd, sizeof asked);
    uint32_t bit = r->cls->guard(&now, r->cmd);
    memcpy(again, r->cmd, sizeof again);
    (void)r->cls->guard(&now, again);
    if (memcmp(again, r->cmd, bytes)) fail_msg("%s: a second pass of the guard changes the command", r->cls->name);
    if (r->cls->n_rule < 32 && bit >> r->cls->n_rule)
        fail_msg("%s: the guard names a rule that does not exist (0x%x)", r->cls->name, bit);
    for (int i = 0; i < r->cls->cmd.n && !bit; i++)
        if (!(fabs(asked[i] - r->cmd[i]) <= 1e-6 * fmax(1, fabs(asked[i]))))
            fail_msg("%s: the guard changed %s from %g to %g and names no rule", r->cls->name,
                     r->cls->cmd.row[i].key, asked[i], r->cmd[i]);
    in_range(r, "cmd", &r->cls->cmd, r->cmd, "after the guard");
}

static void bounds_hold_under_random_commands(void **state)
{
    const struct asset_class *c = class_of(state);
    static const uint32_t statuses[] = {
        0, 0, 0, 0, STATUS_ISLAND, STATUS_SHED, STATUS_FAULT, STATUS_LOST, STATUS_ISLAND | STATUS_SHED, STATUS_OUT};
    double typical[RIG_WORDS] = {0};
    rig_create(&rig, c, 7);
    rig_command(&rig, 60);
    for (int i = 0; i < c->cmd.n; i++)
        typical[i] = fabs(rig.cmd[i]) > 0 ? fabs(rig.cmd[i]) : fmin(c->cmd.row[i].max, 1e4);
    for (int k = 0; k < 4 * 1440; k++) {
        if (k % 37 == 0) rig.status = statuses[(int)(random_uniform(&rig.random) * 10)];
        for (int i = 0; i < c->cmd.n && k % 3 == 0; i++)
            rig.cmd[i] = random_command(&rig.random, &c->cmd.row[i], typical[i]);
        if (c->cmd.n) guard_once(&rig, 60);
        if (rig.status & STATUS_OUT)
            rig_surround(&rig, rig.at_ms + 60000);
        else
            rig_step(&rig, 60);
        in_range(&rig, "state", &c->state, rig.x, "after random commands");
        for (int p = 0; p < c->n_port; p++) assert_true(isfinite(rig.flow[p]));
    }
}

/* The device's own rules and its safe state are commands too: finite, and the guard makes them lawful. */
static void rules_and_safe_are_lawful(void **state)
{
    const struct asset_class *c = class_of(state);
    rig_create(&rig, c, 3);
    for (int k = 0; k < 3 * 1440; k++) {
        struct asset_now now = rig_now(&rig, 60);
        double safe[RIG_WORDS];
        memcpy(safe, rig.cmd, sizeof safe);
        c->safe(&now, safe);
        in_range(&rig, "cmd", &c->cmd, safe, "from safe");
        c->rules(&now, rig.cmd);
        in_range(&rig, "cmd", &c->cmd, rig.cmd, "from rules");
        guard_once(&rig, 60);
        rig_step(&rig, 60);
        in_range(&rig, "state", &c->state, rig.x, "under its rules");
    }
}

/* --- observe
 * ------------------------------------------------------------------------------------------------------------------
 */

static void observe_without_readings_is_open_loop(void **state)
{
    const struct asset_class *c = class_of(state);
    rig_create(&rig, c, 5);
    rig_create(&twin, c, 5);
    for (int i = 0; i < c->meas.n; i++) rig.meas[i] = (double)NAN;
    for (int k = 0; k < 1440; k++) {
        rig_command(&twin, 60);
        memcpy(rig.cmd, twin.cmd, sizeof rig.cmd);
        rig_step(&twin, 60);
        rig_step(&rig, 60);
        struct asset_now now = rig_now(&rig, 60);
        c->observe(&now, rig.meas, rig.x);
        if (memcmp(rig.x, twin.x, sizeof(double) * (size_t)c->state.n))
            fail_msg("%s: without readings, observe moved the state at minute %d", c->name, k);
    }
}

/* Truth has lived under other commands for two days; the estimate starts fresh and sees noisy readings from then
 * on. */
static void observe_finds_the_truth_from_a_wrong_start(void **state)
{
    const struct asset_class *c = class_of(state);
    enum { DAYS = 21, NOISE_PER_MILLE = 3 };
    double size[RIG_WORDS] = {0}, miss[RIG_WORDS] = {0};
    rig_create(&twin, c, 11);
    for (int i = 0; i < c->state.n; i++) /* a disturbed truth, where the state is not a register */
        if (!(c->state.row[i].flags & FIELD_INTEGER) && twin.x[i] != 0)
            twin.x[i] = fmin(fmax(twin.x[i] * random_range(&twin.random, 0.85, 1.1), c->state.row[i].min),
                             c->state.row[i].max);
    for (int k = 0; k < 2 * 1440; k++) rig_command(&twin, 60), rig_step(&twin, 60);
    rig_create(&rig, c, 12);
    rig_surround(&rig, twin.at_ms);
    for (int k = 0; k < DAYS * 1440; k++) {
        rig_command(&rig, 60);
        memcpy(twin.cmd, rig.cmd, sizeof rig.cmd);
        rig_step(&twin, 60);
        rig_meas(&twin, 60, NOISE_PER_MILLE / 1000.0);
        rig_step(&rig, 60);
        struct asset_now now = rig_now(&rig, 60);
        memcpy(rig.meas, twin.meas, sizeof rig.meas);
        c->observe(&now, rig.meas, rig.x);
        for (int i = 0; i < c->state.n; i++) {
            size[i] = fmax(size[i], fabs(twin.x[i]));
            if (k >= (DAYS - 1) * 1440) miss[i] += fabs(rig.x[i] - twin.x[i]) / 1440;
        }
    }
    for (int i = 0; i < c->state.n; i++) {
        const struct field *f = &c->state.row[i];
        double slack = f->flags & (FIELD_INTEGER | FIELD_BOOL) ? 0.02 : 1e-6;
        if (miss[i] > ALLOWED(observe_allowances, c, f->key, 0.03, size[i]) + slack)
            fail_msg("%s.%s: mean error of the last day %g, size %g", c->name, f->key, miss[i], size[i]);
    }
}

/* --- the plan's rows
 * ---------------------------------------------------------------------------------------------------------- */

static int is_choice(const struct block_shape *s, int input)
{
    for (int i = 0; i < s->nchoice; i++)
        if (s->choice[i].input == input) return 1;
    return 0;
}

static void tables_of_the_block_point_inside_it(void **state)
{
    const struct asset_class *c = class_of(state);
    rig_create(&rig, c, 2);
    const struct block_shape *s = c->shape ? c->shape(rig.par) : NULL;
    const int rows[] = {s->nx, s->nx, s->nx, s->nrow, s->nrow, s->nport, s->nport, s->nport, s->nx,
                        s->nx, s->nu, s->nu, s->nu,   s->nu,   s->nrow,  s->nrow,  s->nrow,  s->nrow};
    const int cols[] = {s->nx, s->nu, 1, s->nx, s->nu, s->nu, s->nx, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    for (int k = 0; k < s->n_coef; k++) {
        const struct coef *f = &s->coef[k];
        if (f->i >= rows[f->at] || f->j >= cols[f->at] || f->num >= s->n_num || f->series >= s->n_own ||
            -2 - f->series >= s->n_common)
            fail_msg("%s: coefficient %d points outside the block", s->name, k);
    }
    assert_int_equal(s->nport, c->n_port);
    for (int i = 0; i < s->nu; i++) assert_true(s->input[i] && s->input[i][0]);
    for (int i = 0; i < s->nrow; i++) assert_true(s->row[i].name && s->row[i].field < c->state.n);
    for (int i = 0; i < s->nchoice; i++) assert_true(s->choice[i].input < s->nu);
    assert_true(rig_formulate(&rig, &planned, NULL));
}

static void bounds_of_the_block_are_finite(void)
{
    const struct block_shape *s = planned.block.shape;
    struct rig_slot m;
    for (int t = 0; t < RIG_SLOTS; t++) {
        rig_slot(&planned, t, &m);
        for (int j = 0; j < s->nu; j++)
            if (!isfinite(m.lo[j]) || !isfinite(m.hi[j]) || m.lo[j] > m.hi[j])
                fail_msg("%s: bounds of %s in slot %d: %g..%g", s->name, s->input[j], t, m.lo[j], m.hi[j]);
        for (int i = 0; i < s->nrow; i++)
            if (m.row_lo[i] > m.row_hi[i] + 1e-9 * fabs(m.row_hi[i]) || isnan(m.row_lo[i]) || isnan(m.row_hi[i]) ||
                m.price_lo[i] < 0 || m.price_hi[i] < 0)
                fail_msg("%s: row %s in slot %d: %g..%g", s->name, s->row[i].name, t, m.row_lo[i], m.row_hi[i]);
        for (int i = 0; i < s->nx; i++)
            assert_true(isfinite(m.x0[i]) && isfinite(m.drift[i]) && isfinite(m.worth[i]));
    }
}

/* Walks the slots greedily with the least inputs that satisfy the hard rows. */
static void block_is_feasible(const char *when)
{
    const struct block_shape *s = planned.block.shape;
    struct rig_slot m;
    double x[RIG_STATES], next[RIG_STATES], u[RIG_INPUTS];
    bounds_of_the_block_are_finite();
    rig_slot(&planned, 0, &m);
    memcpy(x, m.x0, sizeof x);
    for (int t = 0; t < RIG_SLOTS; t++) {
        rig_slot(&planned, t, &m);
        for (int j = 0; j < s->nu; j++) u[j] = fmin(fmax(0, m.lo[j]), m.hi[j]);
        double miss = rig_feasible(s, &m, x, u);
        if (miss > 1e-5)
            fail_msg("%s: the hard rows of slot %d cannot be met (miss %g) %s", s->name, t, miss, when);
        rig_next(s, &m, x, u, next);
        memcpy(x, next, sizeof x);
    }
}

/* From states that random commands reach, and from states pushed to the ends of what was seen, in every status. */
static void block_alone_is_feasible_from_any_state(void **state)
{
    const struct asset_class *c = class_of(state);
    static const uint32_t statuses[] = {0, STATUS_ISLAND, STATUS_FAULT, STATUS_OUT, STATUS_SHED};
    double typical[RIG_WORDS], top[RIG_WORDS] = {0}, kept[RIG_WORDS], pin[RIG_WORDS];
    rig_create(&rig, c, 21);
    assert_true(rig_formulate(&rig, &planned, NULL));
    rig_command(&rig, 60);
    for (int i = 0; i < c->cmd.n; i++)
        typical[i] = fabs(rig.cmd[i]) > 0 ? fabs(rig.cmd[i]) : fmin(c->cmd.row[i].max, 1e4);
    for (int k = 0; k < 120; k++) {
        rig.status = 0;
        for (int i = 0; i < c->cmd.n; i++) rig.cmd[i] = random_command(&rig.random, &c->cmd.row[i], typical[i]);
        if (c->cmd.n) guard_once(&rig, 60);
        for (int m = 0; m < 45; m++) rig_step(&rig, 60);
        memcpy(kept, rig.x, sizeof kept);
        for (int i = 0; i < c->state.n; i++) {
            top[i] = fmax(top[i], fabs(rig.x[i]));
            const struct field *f = &c->state.row[i];
            if (k % 3 == 2 && !(f->flags & FIELD_INTEGER))
                rig.x[i] =
                    fmin(fmax(random_uniform(&rig.random) < 0.2 ? 0 : top[i] * random_range(&rig.random, 0, 1.2),
                              f->min),
                         f->max);
        }
        for (int i = 0; i < RIG_WORDS; i++) pin[i] = (double)NAN;
        for (int i = 0; i < c->cmd.n && k % 4 == 3; i++)
            if (random_uniform(&rig.random) < 0.6) pin[i] = typical[i] * random_range(&rig.random, 0, 1.5);
        rig.status = statuses[k % 5];
        rig_formulate(&rig, &planned, pin);
        block_is_feasible(k % 4 == 3 ? "with an override" : "without override");
        memcpy(rig.x, kept, sizeof kept);
    }
}

static int same_command(const struct asset_class *c, const double *a, const double *b)
{
    return !memcmp(a, b, sizeof(double) * (size_t)c->cmd.n);
}

/* Set-points from a plan's inputs and rows alone: the tracker has nothing else of it. */
static void command_of(struct rig *r, const struct rig_slot *m, const double *x, const double *u, double *cmd)
{
    const struct block_shape *s = planned.block.shape;
    struct asset_now now = rig_now(r, 60);
    double next[RIG_STATES], y[RIG_ROWS], inputs[RIG_INPUTS];
    rig_next(s, m, x, u, next);
    for (int i = 0; i < s->nrow; i++) y[i] = rig_row(s, m, i, next, u);
    memcpy(inputs, u, sizeof(double) * s->nu);
    struct block b = {.shape = s, .node = planned.node, .u = inputs, .y = y, .lanes = 1};
    memcpy(cmd, r->cmd, sizeof(double) * RIG_WORDS);
    r->cls->command(&now, &b, 0, cmd);
}

/* An input that no set-point carries is chosen by the physics: as little as the rows allow, or as much where it is
 * rewarded. */
static int is_hidden(struct rig *r, const struct rig_slot *m, const double *x, const double *u, int input)
{
    double at[RIG_INPUTS], low[RIG_WORDS], high[RIG_WORDS];
    memcpy(at, u, sizeof at);
    at[input] = m->lo[input];
    command_of(r, m, x, at, low);
    at[input] = m->hi[input];
    command_of(r, m, x, at, high);
    return same_command(r->cls, low, high) ||
           ALLOWED(settled_inputs, r->cls, planned.block.shape->input[input], 0, 1) > 0;
}

static double feeds(const struct asset_class *c, const struct rig_slot *m, int input, int balancing)
{
    double sum = 0;
    for (int p = 0; p < c->n_port; p++)
        if ((c->port[p].balancing != PORT_OWN) == balancing) sum += m->F[p][input];
    return sum;
}

static double worst_hard(const struct block_shape *s, const struct rig_slot *m, const double *x, const double *u)
{
    double next[RIG_STATES], worst = 0;
    rig_next(s, m, x, u, next);
    for (int i = 0; i < s->nrow; i++) {
        double y = rig_row(s, m, i, next, u), size = 1e-300;
        for (int j = 0; j < s->nu; j++) size += fabs(m->D[i][j] * m->hi[j]);
        for (int k = 0; k < s->nx; k++) size += fabs(m->C[i][k] * x[k]);
        if (m->price_hi[i] >= PRICE_HARD) worst = fmax(worst, (y - m->row_hi[i]) / size);
        if (m->price_lo[i] >= PRICE_HARD) worst = fmax(worst, (m->row_lo[i] - y) / size);
    }
    return worst;
}

static void settle_hidden(struct rig *r, const struct rig_slot *m, const double *x, double *u)
{
    const struct block_shape *s = planned.block.shape;
    int serving = 0, at = 0; /* of the inputs that serve a balancing port one may go its way: no pair at once */
    for (int j = 0; j < s->nu; j++) serving += feeds(r->cls, m, j, 1) != 0;
    int kept = (int)(random_uniform(&r->random) * serving);
    for (int j = 0; j < s->nu; j++) {
        double served = feeds(r->cls, m, j, 1), fed = feeds(r->cls, m, j, 0);
        if ((served != 0 && at++ == kept) || !is_hidden(r, m, x, u, j)) continue;
        int much = served == 0 && (m->price[j] < 0 || (m->price[j] == 0 && fed > 0));
        double from = u[j], to = much ? m->hi[j] : m->lo[j], share = 0;
        for (double step = 1; step > 1e-9; step /= 2) {
            double next_share = fmin(1, share + step);
            u[j] = from + next_share * (to - from);
            if (worst_hard(s, m, x, u) < 1e-7) share = next_share;
        }
        u[j] = from + share * (to - from);
    }
}

/* Random inputs that the hard rows allow; whole numbers where the input is a choice; one direction of a pair. */
static int draw_inputs(struct rig *r, struct rig_slot *m, const double *x, double *u, int random)
{
    const struct block_shape *s = planned.block.shape;
    double lo[RIG_INPUTS], hi[RIG_INPUTS];
    memcpy(lo, m->lo, sizeof lo), memcpy(hi, m->hi, sizeof hi);
    for (int j = 0; j < s->nu; j++) {
        u[j] = !random || random_uniform(&r->random) < 0.3 ? lo[j] : random_range(&r->random, lo[j], hi[j]);
        if (is_choice(s, j)) m->lo[j] = m->hi[j] = u[j] = round(u[j]);
    }
    double miss = rig_feasible(s, m, x, u);
    memcpy(m->lo, lo, sizeof lo), memcpy(m->hi, hi, sizeof hi);
    if (miss > 1e-7) return 0;
    settle_hidden(r, m, x, u);
    return worst_hard(s, m, x, u) < 1e-6;
}

struct sample {
    double start[RIG_WORDS], end[RIG_WORDS], y[RIG_ROWS], planned_flow[ASSET_PORTS_MAX], flow[ASSET_PORTS_MAX];
};

/* A quarter of an hour of physics under the planned command, the surroundings as in the plan's slot. */
static void live_a_slot(struct rig *r, const struct rig_slot *m, const double *x, const double *u, struct sample *k)
{
    const struct block_shape *s = planned.block.shape;
    double next[RIG_STATES], cmd[RIG_WORDS];
    rig_next(s, m, x, u, next);
    for (int i = 0; i < s->nrow; i++) k->y[i] = rig_row(s, m, i, next, u);
    for (int p = 0; p < s->nport; p++) {
        k->planned_flow[p] = rig_flow(s, m, p, next, u);
        r->need[p] = -k->planned_flow[p];
    }
    memcpy(k->start, r->x, sizeof k->start);
    for (int i = 0; i < 15; i++) { /* set-points are made from the plan and the state of the moment */
        command_of(r, m, x, u, cmd);
        memcpy(r->cmd, cmd, sizeof cmd);
        rig_step(r, 60);
        for (int p = 0; p < s->nport; p++) k->flow[p] += r->flow[p] / 15;
    }
    memcpy(k->end, r->x, sizeof k->end);
}

static int is_shifted(const struct asset_class *c, int field)
{
    return allowance_find(shifted_rows, (int)(sizeof shifted_rows / sizeof shifted_rows[0]), c->name,
                          c->state.row[field].key) != &none;
}

/* Misses of plan against physics: the worst one may be as large as allowed, their mean a twentieth of the scale. */
struct misses {
    double scale, worst, sum;
    int n;
};
static void miss_add(struct misses *m, double truth, double plan)
{
    m->scale = fmax(m->scale, fmax(fabs(truth), fabs(plan)));
    m->worst = fmax(m->worst, fabs(truth - plan));
    m->sum += truth - plan;
    m->n++;
}
static void miss_check(const struct misses *m, const struct asset_class *c, const char *what, const char *key)
{
    if (m->worst > ALLOWED(plan_allowances, c, key, 0.10, m->scale) + 1e-9)
        fail_msg("%s: %s is off by %g of %g from %s in the plan", c->name, what, m->worst, m->scale, key);
    if (fabs(m->sum / m->n) > 0.05 * m->scale + 1e-9)
        fail_msg("%s: %s is off by %g of %g from %s in the plan on average", c->name, what, m->sum / m->n, m->scale,
                 key);
}

/* Sample j and the quiet sample of the same start; a row that is shifted is judged by the difference of the two. */
static void compare_rows(const struct asset_class *c, const struct block_shape *s, const struct sample *k,
                         const struct sample *quiet, int n)
{
    for (int i = 0; i < s->nrow; i++) {
        int f = s->row[i].field;
        struct misses m = {0};
        for (int j = 0; j < n && f >= 0; j++) {
            int shifted = is_shifted(c, f);
            miss_add(&m, k[j].end[f] - (shifted ? quiet[j].end[f] : k[j].start[f]),
                     k[j].y[i] - (shifted ? quiet[j].y[i] : k[j].start[f]));
        }
        if (f >= 0) miss_check(&m, c, "row", c->state.row[f].key);
    }
}

/* The inputs of a slot can move this port's flow. */
static int movable(const struct rig_slot *m, const struct block_shape *s, int port)
{
    for (int j = 0; j < s->nu; j++)
        if (m->F[port][j] * (m->hi[j] - m->lo[j]) != 0) return 1;
    return 0;
}

static void compare_flows(const struct asset_class *c, const struct sample *k, int n)
{
    struct rig_slot slot;
    rig_slot(&planned, 0, &slot);
    for (int p = 0; p < c->n_port; p++) {
        struct misses m = {0};
        for (int j = 0; j < n; j++) miss_add(&m, k[j].flow[p], k[j].planned_flow[p]);
        miss_check(&m, c, "flow", c->port[p].name);
        if (m.scale <= 1e-6 && movable(&slot, planned.block.shape, p))
            fail_msg("%s: the flow at %s never moved: nothing was tested", c->name, c->port[p].name);
    }
}

/* The same start twice: once with random inputs, once with the least. */
static int sample_pair(const struct asset_class *c, struct sample *k, struct sample *quiet)
{
    struct rig_slot m;
    double u[RIG_INPUTS] = {0};
    rig_formulate(&rig, &planned, NULL);
    rig_slot(&planned, 0, &m);
    for (int pass = 0; pass < 2; pass++) {
        twin = rig;
        twin.frozen = 1;
        twin.amb = planned.amb[0];
        memcpy(twin.exo, planned.exo, sizeof(double) * (size_t)c->exo.n);
        int drawn = draw_inputs(&twin, &m, m.x0, u, pass == 0);
        rig.random = twin.random;
        if (!drawn) return 0;
        live_a_slot(&twin, &m, m.x0, u, pass == 0 ? k : quiet);
    }
    return 1;
}

static void plan_rows_agree_with_physics(void **state)
{
    const struct asset_class *c = class_of(state);
    enum { SAMPLES = 40 };
    static struct sample k[SAMPLES], quiet[SAMPLES];
    int n = 0;
    rig_create(&rig, c, 31);
    for (int minute = 0; minute < 1440; minute++) rig_command(&rig, 60), rig_step(&rig, 60);
    for (int tries = 0; tries < 400 && n < SAMPLES; tries++) {
        for (int i = 0; i < 29; i++) rig_command(&rig, 60), rig_step(&rig, 60);
        memset(&k[n], 0, sizeof k[n]), memset(&quiet[n], 0, sizeof quiet[n]);
        n += sample_pair(c, &k[n], &quiet[n]);
    }
    if (n < SAMPLES / 2) fail_msg("%s: only %d feasible samples of its block", c->name, n);
    compare_rows(c, planned.block.shape, k, quiet, n);
    compare_flows(c, k, n);
}

/* Out of service an asset neither takes nor gives; the plan must know, or the village would count on what cannot come. */
static void plan_counts_on_nothing_out_of_service(void **state)
{
    const struct asset_class *c = class_of(state);
    struct rig_slot m;
    double u[RIG_INPUTS], next[RIG_STATES];
    rig_create(&rig, c, 41);
    for (int k = 0; k < 60; k++) {
        for (int i = 0; i < 97; i++) rig_command(&rig, 60), rig_step(&rig, 60);
        twin = rig;
        twin.status = STATUS_OUT;
        rig_formulate(&twin, &planned, NULL);
        const struct block_shape *s = planned.block.shape;
        rig_slot(&planned, 0, &m);
        if (!draw_inputs(&twin, &m, m.x0, u, 1)) continue;
        rig_next(s, &m, m.x0, u, next);
        for (int p = 0; p < s->nport; p++)
            if (fabs(rig_flow(s, &m, p, next, u)) > (c->port[p].carrier == CARRIER_WATER ? 1e-6 : 1))
                fail_msg("%s: out of service, yet %g planned at %s", c->name, rig_flow(s, &m, p, next, u),
                         c->port[p].name);
    }
}

/* --- what is stored --- */

static double stored_J(struct rig *r)
{
    struct tally t = {0};
    struct asset_now now = rig_now(r, 60);
    r->cls->tally(&now, &t);
    return t.stored_J;
}

/* What the plan says its beginning is worth, by the worths at its end, J of electricity. */
static double planned_J(struct rig *r, const double *worth)
{
    struct rig_slot m;
    double sum = 0;
    rig_formulate(r, &planned, NULL);
    rig_slot(&planned, 0, &m);
    for (int i = 0; i < planned.block.shape->nx; i++) sum += worth[i] * m.x0[i];
    return sum;
}

static void worths_now(struct rig *r, double *worth_J)
{
    struct rig_slot m;
    double mean = 0, low = INFINITY, sum_s = 0;
    rig_formulate(r, &planned, NULL);
    rig_slot(&planned, 0, &m);
    for (int t = 0; t < RIG_SLOTS; t++) {
        double dt_s = planned.dt_s[planned.len[t]];
        mean += planned.buy[t] * dt_s, sum_s += dt_s, low = fmin(low, planned.buy[t]);
    }
    for (int i = 0; i < RIG_STATES; i++) worth_J[i] = m.worth[i] / (0.5 * (mean / sum_s + low));
}

/* A plan that leaves a little more in store is paid what the judge pays: else it would save for nothing, or spend for nothing. */
static void plan_and_judge_value_alike(void **state)
{
    const struct asset_class *c = class_of(state);
    double worth_J[RIG_STATES];
    rig_create(&rig, c, 47);
    for (int k = 0; k < 40; k++) {
        for (int i = 0; i < 97; i++) rig_command(&rig, 60), rig_step(&rig, 60);
        rig_formulate(&rig, &planned, NULL);
        rig.amb = planned.amb[RIG_SLOTS - 1];
        worths_now(&rig, worth_J);
        for (int f = 0; f < c->state.n; f++) {
            const struct field *row = &c->state.row[f];
            double *x = field_at(row, rig.x), keep = *x, step = 1e-4 * fmax(fabs(keep), 1e-3);
            if (ALLOWED(not_stored, c, row->key, 0, 1) > 0) continue;
            if (row->flags & FIELD_INTEGER || keep - step < row->min || keep + step > row->max) continue;
            *x = keep + step;
            double plan_J = planned_J(&rig, worth_J), judge_J = stored_J(&rig);
            *x = keep - step;
            plan_J -= planned_J(&rig, worth_J), judge_J -= stored_J(&rig);
            *x = keep;
            if (fabs(plan_J - judge_J) > 0.02 * fmax(fabs(plan_J), fabs(judge_J)) + 1e-6 * fabs(stored_J(&rig)))
                fail_msg("%s: a change of %s by %g is %g J to the plan and %g J to the judge", c->name, row->key,
                         2 * step, plan_J, judge_J);
        }
    }
}

/* --- all classes x all properties
 * ---------------------------------------------------------------------------------------------- */

static int has_unknown(const struct asset_class *c)
{
    for (int i = 0; i < c->exo.n; i++)
        if (c->exo.row[i].flags & FIELD_UNKNOWN) return 1;
    return 0;
}

static void all_finite(const char *what, const double *v, int n)
{
    for (int i = 0; i < n; i++)
        if (!isfinite(v[i])) fail_msg("%s: %s %d is %g where the outside is unknown", rig.cls->name, what, i, v[i]);
}

/* What comes from outside and is marked FIELD_UNKNOWN may be NAN: every operation of the tracker goes on with figures. */
static void the_unknown_outside_leaves_figures(void **state)
{
    const struct asset_class *c = class_of(state);
    rig_create(&rig, c, 31);
    for (int k = 0; k < 48; k++) {
        rig_surround(&rig, rig.at_ms + 1800000);
        for (int i = 0; i < c->exo.n; i++)
            if (c->exo.row[i].flags & FIELD_UNKNOWN) rig.exo[i] = (double)NAN;
        struct asset_now now = rig_now(&rig, 60);
        c->step(&now, rig.work, rig.x, rig.flow);
        void (*const chosen)(const struct asset_now *, void *) = k % 2 && c->safe ? c->safe : c->rules;
        if (chosen) chosen(&now, rig.cmd);
        if (c->guard) c->guard(&now, rig.cmd);
        all_finite("state", rig.x, c->state.n);
        all_finite("set-point", rig.cmd, c->cmd.n);
        all_finite("flow", rig.flow, c->n_port);
    }
}

/* Spread numbers apart; words, flags and counts become another that is allowed. */
static double varied(struct random *q, const struct field *f, double v)
{
    int words = f->flags & FIELD_BOOL ? 2 : 0;
    while (f->word && f->word[words]) words++;
    if (words) return floor(words * random_uniform(q));
    return f->flags & FIELD_SPREAD ? fmin(fmax(v * random_range(q, 0.8, 1.2), f->min), f->max) : v;
}

/* One minute or quarter-hour around a lane: winter and summer in turn, and every demand between nothing and twice the usual. */
static void lane_surround(struct rig *r, int k)
{
    int summer = k / 1440 % 2;
    r->frozen = 0;
    rig_surround(r, r->at_ms + (k % 5 ? 60000 : 900000));
    rig_now(r, 60);
    r->frozen = 1, r->status = k / 700 % 2 ? STATUS_ISLAND : 0;
    r->amb.temp_degC += summer ? 25 : 0, r->amb.temp_mean_degC = summer ? 24 : 2;
    for (int i = 0; i < r->cls->exo.n; i++) {
        const struct field *f = &r->cls->exo.row[i];
        double by = strstr(f->key, "degC") ? 1 : random_range(&r->random, 0, 2);
        double now = f->dflt != 0 ? r->exo[i] * by : random_uniform(&r->random) < 0.2 ? 2000 * by : 0;
        r->exo[i] = fmin(fmax(now, f->min), f->max);
    }
}

static void same_figures(const char *what, int k, int lane, const double *a, const double *b, int n)
{
    for (int i = 0; i < n; i++)
        if (a[i] != b[i])
            fail_msg("step %d, lane %d: %s %d is %.17g in lanes, %.17g alone", k, lane, what, i, b[i], a[i]);
}

/* Side by side, each does to the last digit what it does alone: on its own rules and on set-points, whatever stands in the other lanes. */
static void lanes_do_what_each_does_alone(void **state)
{
    static struct rig one[ASSET_LANES];
    static _Alignas(64) unsigned char lanes[1 << 15];
    const struct asset_class *c = class_of(state);
    double flow[ASSET_LANES][ASSET_PORTS_MAX], *flows[ASSET_LANES], x[RIG_WORDS], cmd[RIG_WORDS];
    const double *exo[ASSET_LANES];
    must(c->lanes_bytes <= sizeof lanes, "%s: lanes of %zu bytes", c->name, c->lanes_bytes);
    for (int i = 0; i < ASSET_LANES; i++) {
        rig_create(&one[i], c, 40 + (uint64_t)i);
        for (int k = 0; k < c->par.n; k++) {
            double *v = field_at(&c->par.row[k], one[i].par);
            *v = varied(&one[i].random, &c->par.row[k], *v);
        }
        exo[i] = one[i].exo, flows[i] = flow[i];
    }
    for (int k = 0; k < 6 * 1440; k++) {
        double dt_s = k % 5 ? 60 : 900;
        int own_rules = k % 11 < 8;
        for (int i = 0; i < ASSET_LANES; i++) {
            lane_surround(&one[i], k);
            for (int j = 0; j < c->cmd.n && !own_rules; j++)
                one[i].cmd[j] = c->cmd.row[j].max < 1e9 ? random_command(&one[i].random, &c->cmd.row[j], 2000) : 0;
            struct asset_now now = rig_now(&one[i], dt_s);
            if (!own_rules) c->guard(&now, one[i].cmd);
            c->lane_make(&now, lanes, i), c->lane_in(&now, lanes, i);
        }
        struct asset_now all = rig_now(&one[0], dt_s);
        c->lanes_step(&all, lanes, own_rules, exo, flows);
        for (int i = 0; i < ASSET_LANES; i++) {
            if (own_rules) rig_command(&one[i], dt_s);
            rig_step(&one[i], dt_s);
            c->lane_out(lanes, i, x, cmd);
            same_figures("set-point", k, i, one[i].cmd, cmd, c->cmd.n);
            same_figures("state", k, i, one[i].x, x, c->state.n);
            same_figures("flow", k, i, one[i].flow, flow[i], c->n_port);
        }
    }
}

static int abreast(const struct asset_class *c) { return c->lanes_bytes > 0; }
static int always(const struct asset_class *c) { return c != NULL; }
static int commanded(const struct asset_class *c) { return c->cmd.n > 0; }
static int observed(const struct asset_class *c) { return c->observe && c->state.n > 0; }
static int plans(const struct asset_class *c)
{
    rig_create(&rig, c, 1);
    return c->shape && c->shape(rig.par);
}
static int keeps(const struct asset_class *c) { return plans(c) && c->tally; }
static const struct property {
    const char *name;
    CMUnitTestFunction run;
    int (*applies)(const struct asset_class *);
} properties[] = {
    {"keys name their units and ranges are sane", tables_have_units_and_sane_ranges, always},
    {"operations come in their groups", operations_come_in_their_groups, always},
    {"defaults pass their check", defaults_pass_their_check, always},
    {"bounds hold and the guard is idempotent under random commands", bounds_hold_under_random_commands, always},
    {"its rules and safe state are lawful", rules_and_safe_are_lawful, commanded},
    {"without readings observe is open loop", observe_without_readings_is_open_loop, observed},
    {"observe finds the truth from a wrong start", observe_finds_the_truth_from_a_wrong_start, observed},
    {"what is unknown outside leaves figures", the_unknown_outside_leaves_figures, has_unknown},
    {"lanes do what each does alone", lanes_do_what_each_does_alone, abreast},
    {"tables of the block point inside it", tables_of_the_block_point_inside_it, plans},
    {"its block alone is feasible from any state", block_alone_is_feasible_from_any_state, plans},
    {"rows of the plan agree with the physics", plan_rows_agree_with_physics, plans},
    {"the plan counts on nothing when it is out of service", plan_counts_on_nothing_out_of_service, plans},
    {"the plan values what is stored as the judge does", plan_and_judge_value_alike, keeps},
};
enum { N_PROPERTY = sizeof properties / sizeof properties[0], CLASSES_MAX = 64 };

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[CLASSES_MAX * N_PROPERTY];
    static char names[CLASSES_MAX * N_PROPERTY][128];
    size_t n = 0;
    for (const struct asset_class *const *c = asset_classes; *c; c++)
        for (int i = 0; i < N_PROPERTY; i++) {
            if ((argc > 1 && strcmp((*c)->name, argv[1])) || !properties[i].applies(*c)) continue;
            must(n < CLASSES_MAX * N_PROPERTY, "more classes than the suite has room for");
            snprintf(names[n], sizeof names[n], "%s: %s", (*c)->name, properties[i].name);
            union {
                const struct asset_class *const *from;
                void *to;
            } where = {.from = c};
            tests[n] =
                (struct CMUnitTest){.name = names[n], .test_func = properties[i].run, .initial_state = where.to};
            n++;
        }
    return _cmocka_run_group_tests("asset classes", tests, n, NULL, NULL);
}
