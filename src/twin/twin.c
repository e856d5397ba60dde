/* The twin: every asset's physics stepped with its true parameters in the true weather, then the nodes balanced
 * over the tree. A step: faults and status; set-points that expired fall back to the device's own rules (behind its
 * own guard, as real controllers do); each class's step in sub-steps within its dt_max (mean flow kept), or held
 * until its dt_min has gathered; village_balance takes losses and lets the balancing assets close the nodes. What
 * nobody could take stays in the residual: negative = energy not served, positive = energy nobody wanted. Left out:
 * voltage, frequency and reactive power. */
#include "base/err.h"
#include "twin/core.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUBSTEPS_MAX = 4096 };

static void lay_live(struct twin *t, struct cutter *c, struct twin_head **head, void **state_mem)
{
    const struct village *v = t->v;
    *head = cut(c, sizeof **head);
    *state_mem = cut(c, state_bytes(v));
    t->expires_ms = cut(c, sizeof *t->expires_ms * (size_t)v->n_cmd);
    t->held_s = cut(c, sizeof *t->held_s * (size_t)v->n_asset);
    t->residual = cut(c, sizeof *t->residual * (size_t)v->n_node);
    t->drift = cut(c, sizeof *t->drift * (size_t)v->n_meas);
    t->stuck = cut(c, sizeof *t->stuck * (size_t)v->n_meas);
    t->silent_ms = cut(c, sizeof *t->silent_ms * (size_t)v->n_asset);
    t->round = cut(c, (size_t)v->n_round + 1);
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct asset *s = &v->asset[a];
        unsigned char *w = s->cls->work_bytes ? cut(c, s->cls->work_bytes(s->par)) : NULL;
        int high = t->opt.fidelity == TWIN_HIGH && s->cls->judge_bytes;
        unsigned char *j = high ? cut(c, s->cls->judge_bytes()) : NULL;
        if (t->work) t->work[a] = w, t->judge[a] = j;
    }
}

static void lay_fixed(struct twin *t, struct cutter *c)
{
    const struct village *v = t->v;
    t->work = cut(c, sizeof *t->work * (size_t)v->n_asset);
    t->judge = cut(c, sizeof *t->judge * (size_t)v->n_asset);
    t->par = cut(c, sizeof *t->par * (size_t)v->n_asset);
    t->made = cut(c, sizeof *t->made * (size_t)v->n_asset);
    t->made_s = cut(c, sizeof *t->made_s * (size_t)v->n_asset);
    t->now = cut(c, sizeof *t->now * (size_t)v->n_asset);
    t->instrument = cut(c, sizeof *t->instrument * (size_t)(v->n_meas + 1));
    teams_lay(t, c);
    t->want = cut(c, sizeof *t->want * (size_t)(v->n_cmd + 1));
    t->sensed = cut(c, sizeof *t->sensed * (size_t)(v->n_meas + 1));
    for (int32_t a = 0; a < v->n_asset; a++) {
        void *m = cut(c, v->asset[a].cls->par_bytes);
        void *made = v->asset[a].cls->made_bytes ? cut(c, v->asset[a].cls->made_bytes) : NULL;
        if (!c->base) continue;
        t->par[a] = spread_par(&v->asset[a], t->opt.seed, t->opt.spread_frac, m);
        t->made[a] = made, t->made_s[a] = 0;
    }
}

int fault_on(const struct twin *t, enum world_fault_kind kind, int32_t asset, double *magnitude)
{
    for (int i = 0; i < t->fault.n; i++)
        if (t->fault.row[i].kind == kind && (asset < 0 || t->fault.row[i].asset == asset)) {
            if (magnitude) *magnitude = t->fault.row[i].magnitude;
            return 1;
        }
    return 0;
}

int link_lost(const struct twin *t, int32_t asset)
{
    if (!t->fault.n) return 0;
    for (int32_t a = asset, hops = 0; a >= 0 && hops < 4; a = t->v->asset[a].gateway, hops++) {
        if (fault_on(t, FAULT_LINK_LOST, a, NULL)) return 1;
        if (a != asset && fault_on(t, FAULT_ASSET_STOP, a, NULL)) return 1; /* a dead gateway */
    }
    return 0;
}

static void faults_read(struct twin *t)
{
    int n = world_faults(t->world, t->s.at_ms, t->fault.row, WORLD_FAULTS_MAX), kept = 0;
    for (int i = 0; i < n && i < WORLD_FAULTS_MAX; i++)
        if (t->fault.row[i].from_ms <= t->s.at_ms) t->fault.row[kept++] = t->fault.row[i];
    t->fault.n = kept;
}

static void status_read(struct twin *t)
{
    const struct village *v = t->v;
    faults_read(t);
    if (t->calm && !t->fault.n) return;
    uint32_t all = !t->has_grid || fault_on(t, FAULT_GRID_OUT, -1, NULL) ? STATUS_ISLAND : 0;
    for (int32_t a = 0; a < v->n_asset; a++) {
        uint32_t st = all;
        if (asset_ground(v, &v->asset[a], NULL) < PLACE_COMMISSIONED) st |= STATUS_OUT;
        if (v->asset[a].round >= 0 && t->round[v->asset[a].round] < PLACE_COMMISSIONED) st |= STATUS_UNREACHED;
        if (t->fault.n && fault_on(t, FAULT_ASSET_STOP, a, NULL)) st |= STATUS_FAULT;
        if (t->fault.n && link_lost(t, a)) st |= STATUS_LOST;
        t->s.status[a] = st;
    }
    t->calm = !t->fault.n;
}

/* A stop with a magnitude takes that many units of an asset that counts them (screws); without one, all of it. */
static void units_lost(struct twin *t)
{
    for (int i = 0; i < t->fault.n; i++) {
        const struct world_fault *f = &t->fault.row[i];
        if (f->kind != FAULT_ASSET_STOP || f->asset < 0 || f->asset >= t->v->n_asset || !(f->magnitude > 0))
            continue;
        const struct asset *as = &t->v->asset[f->asset];
        int e = field_find(&as->cls->exo, "units_lost");
        if (e >= 0) t->s.exo[as->exo + e] = f->magnitude;
    }
}

static struct asset_now *view(const struct twin *t, int32_t a, double dt_s)
{
    struct asset_now *now = &t->now[a];
    now->at_ms = t->s.at_ms, now->status = t->s.status[a], now->dt_s = dt_s;
    return now;
}

static int commanded(const struct twin *t, const struct asset *s)
{
    for (int i = 0; i < s->cls->cmd.n; i++)
        if (t->expires_ms[s->cmd + i] <= t->s.at_ms) return 0;
    return 1;
}

/* A device without fresh set-points runs itself, behind its own interlocks. */
static void run_local(struct twin *t, int32_t a, const struct asset_now *now)
{
    const struct asset *s = &t->v->asset[a];
    const struct asset_class *k = s->cls;
    int n = k->cmd.n;
    if (!n || !k->rules || commanded(t, s)) return;
    double *want = t->want + s->cmd, *cmd = t->s.cmd + s->cmd;
    const int64_t *expires_ms = t->expires_ms + s->cmd;
    for (int i = 0; i < n; i++) want[i] = cmd[i];
    k->rules(now, want);
    if (k->guard) k->guard(now, want);
    for (int i = 0; i < n; i++) /* a set-point still in force stays */
        if (expires_ms[i] <= t->s.at_ms) cmd[i] = want[i];
}

int step_parts(const struct asset_class *k, double total_s)
{
    if (k->dt_max_s <= 0 || total_s <= k->dt_max_s) return 1;
    return (int)fmin(ceil(total_s / k->dt_max_s - 1e-9), SUBSTEPS_MAX);
}

/* The class's step in n equal parts, with the mean flow. */
static void step_in_parts(struct twin *t, int32_t a, struct asset_now *now, double total_s, int n)
{
    const struct asset *s = &t->v->asset[a];
    double *flow = t->s.flow + s->flow, mean[ASSET_PORTS_MAX] = {0};
    int n_port = s->cls->n_port;
    now->dt_s = total_s / n;
    if (t->made[a] && t->made_s[a] != now->dt_s)
        s->cls->make(now->par, now->dt_s, t->made[a]), t->made_s[a] = now->dt_s;
    now->made = t->made[a];
    if (n == 1) {
        s->cls->step(now, t->work[a], t->s.x + s->x, flow);
        return;
    }
    for (int k = 0; k < n; k++) {
        s->cls->step(now, t->work[a], t->s.x + s->x, flow);
        for (int p = 0; p < n_port; p++) mean[p] += flow[p] / n;
    }
    for (int p = 0; p < n_port; p++) flow[p] = mean[p];
}

static void step_asset(struct twin *t, int32_t a, double dt_s, struct asset_now *now)
{
    const struct asset *s = &t->v->asset[a];
    double *flow = t->s.flow + s->flow;
    int n_port = s->cls->n_port;
    if (t->s.status[a] & STATUS_OUT) {
        for (int p = 0; p < n_port; p++) flow[p] = 0;
        return;
    }
    t->held_s[a] += dt_s;
    if (t->held_s[a] < s->cls->dt_min_s * (1 - 1e-9)) return;
    step_in_parts(t, a, now, t->held_s[a], step_parts(s->cls, t->held_s[a]));
    t->held_s[a] = 0;
}

static void step_single(struct twin *t, int32_t a, double dt_s)
{
    struct asset_now *now = view(t, a, dt_s);
    run_local(t, a, now);
    step_asset(t, a, dt_s, now);
}

static void step_once(struct twin *t, int64_t dt_ms)
{
    double dt_s = (double)dt_ms / MS_S;
    world_ambient(t->world, t->s.at_ms + dt_ms / 2, &t->s.amb);
    ambient_share(&t->s.amb);
    world_exo(t->world, t->s.at_ms, dt_ms, t->s.exo);
    status_read(t);
    units_lost(t);
    for (int i = 0; i < t->n_single; i++) step_single(t, t->single[i], dt_s);
    for (struct team *m = t->team; m < t->team + t->n_team; m++)
        if (!team_step(t, m, dt_s))
            for (int i = 0; i < m->n; i++) step_single(t, m->asset[i], dt_s);
    village_balance(t->v, &t->s, t->now, dt_s, t->residual);
    t->s.at_ms += dt_ms;
}

void twin_step(struct twin *t, int64_t until_ms, int64_t tick_ms)
{
    must(tick_ms > 0, "tick %lld ms", (long long)tick_ms);
    while (t->s.at_ms < until_ms) {
        int64_t left_ms = until_ms - t->s.at_ms;
        step_once(t, left_ms < tick_ms ? left_ms : tick_ms);
    }
    for (struct team *m = t->team; m < t->team + t->n_team; m++) team_out(t, m);
}

void twin_dispatch(struct twin *t, const uint8_t *round, int n)
{
    must(n == t->v->n_round, "%d rounds, not %d", n, t->v->n_round);
    if (n && memcmp(t->round, round, (size_t)n) != 0) t->calm = 0; /* what bins may expect has changed */
    if (n) memcpy(t->round, round, (size_t)n);
}

static void rounds_by_file(struct twin *t)
{
    for (int32_t r = 0; r < t->v->n_round; r++) {
        t->round[r] = PLACE_IN_USE;
        for (int i = 0; i < t->v->round[r].n_leg; i++) {
            uint8_t leg = (uint8_t)t->v->place[t->v->round[r].leg[i]].state;
            if (leg < t->round[r]) t->round[r] = leg;
        }
    }
}

void twin_actuate(struct twin *t, const struct setpoint *sp, int n)
{
    const struct village *v = t->v;
    int32_t a = 0;
    for (int i = 0; i < n; i++) {
        int32_t p = sp[i].point;
        if (p < 0 || p >= v->n_cmd || !isfinite(sp[i].value)) continue;
        if (p < v->asset[a].cmd) a = 0;
        while (a + 1 < v->n_asset && p >= v->asset[a].cmd + v->asset[a].cls->cmd.n) a++;
        if (t->s.status[a] & (STATUS_LOST | STATUS_OUT)) continue;
        const struct field *f = &v->asset[a].cls->cmd.row[p - v->asset[a].cmd];
        t->s.cmd[p] = fmin(fmax(sp[i].value, f->min), f->max); /* a register cannot hold more */
        t->expires_ms[p] = sp[i].expires_ms;
    }
}

/* Two hundred homes did not all begin at this instant: what counts time since some act starts anywhere within its span, and stores
 * that people use start between half and full. */
static const struct {
    const char *key;
    double lo, hi;
} scattered[] = {{"since_hot_s", 0, 6.5 * 86400}, {"tank_degC", 47, 57}, {"car_frac", 0.5, 0.95}};

static void scatter(struct twin *t, const struct asset *as)
{
    char name[128];
    for (size_t k = 0; k < sizeof scattered / sizeof scattered[0]; k++) {
        int i = field_find(&as->cls->state, scattered[k].key);
        if (i < 0) continue;
        snprintf(name, sizeof name, "start.%s.%s", as->id, scattered[k].key);
        struct random r = random_stream(t->opt.seed, name);
        t->s.x[as->x + i] = random_range(&r, scattered[k].lo, scattered[k].hi);
    }
}

static void init_truth(struct twin *t, int64_t at_ms)
{
    const struct village *v = t->v;
    t->s.at_ms = at_ms;
    world_ambient(t->world, at_ms, &t->s.amb);
    world_exo(t->world, at_ms, MS_MIN, t->s.exo);
    rounds_by_file(t);
    for (int32_t p = 0; p < v->n_cmd; p++) t->expires_ms[p] = INT64_MIN;
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct asset *s = &v->asset[a];
        for (int i = 0; i < s->cls->cmd.n; i++) t->s.cmd[s->cmd + i] = s->cls->cmd.row[i].dflt;
        t->silent_ms[a] = INT64_MIN;
        for (int i = 0; i < s->cls->meas.n; i++) t->instrument[s->meas + i] = instrument_of(&s->cls->meas.row[i]);
        t->now[a] = asset_self(v, &t->s, a, t->par[a], 60);
        t->now[a].judge = t->judge[a];
        if (s->cls->init) s->cls->init(&t->now[a], t->s.x + s->x);
        scatter(t, s);
        if (strcmp(s->cls->name, "grid") == 0) t->has_grid = 1;
    }
    for (int32_t i = 0; i < v->n_meas; i++) t->drift[i] = random_normal(&t->head->noise), t->stuck[i] = (double)NAN;
    status_read(t);
}

static int judges_start(struct twin *t, struct err *e)
{
    ambient_share(&t->s.amb);
    for (int32_t a = 0; a < t->v->n_asset; a++) {
        struct asset_now *now = view(t, a, 60);
        if (now->judge && t->v->asset[a].cls->judge_start(now, now->judge, e)) return -1;
    }
    return 0;
}

struct twin *twin_create(const struct village *v, struct world *w, const struct twin_options *opt, int64_t at_ms,
                         struct err *e)
{
    struct twin *t = calloc(1, sizeof *t), size = {.v = v, .opt = *opt};
    if (!t) return err_set(e, "no memory for the twin"), NULL;
    struct cutter count = {0};
    struct twin_head *head;
    void *state_mem;
    lay_fixed(&size, &count);
    size_t fixed_bytes = count.used;
    lay_live(&size, &count, &head, &state_mem);
    t->memory = aligned_alloc(64, (count.used + 127) / 64 * 64);
    if (!t->memory) return free(t), err_set(e, "no memory for the twin (%zu bytes)", count.used), NULL;
    memset(t->memory, 0, count.used);
    t->v = v, t->world = w, t->opt = *opt;
    struct cutter c = {t->memory, 0};
    lay_fixed(t, &c);
    must(c.used == fixed_bytes, "the twin's layout changed between counting and cutting");
    t->live = (unsigned char *)t->memory + fixed_bytes;
    lay_live(t, &c, &head, &state_mem);
    t->live_bytes = c.used - fixed_bytes;
    t->head = head;
    head->village_id = v->id, head->seed = opt->seed;
    head->noise = random_stream(opt->seed, "twin.noise");
    head->swept_ms = INT64_MIN;
    state_create(&t->s, v, state_mem);
    teams_form(t);
    init_truth(t, at_ms);
    if (judges_start(t, e)) return twin_free(t), NULL;
    return t;
}

void twin_free(struct twin *t)
{
    if (!t) return;
    free(t->memory);
    free(t);
}

void twin_new_bill(struct twin *t)
{
    static const char *const key[] = {"peak_W", "quarter_J", "quarter_s"};
    for (int32_t a = -1; (a = village_class_next(t->v, "grid", a)) >= 0;) {
        const struct asset *as = &t->v->asset[a];
        for (int i = 0; i < 3; i++) {
            int x = field_find(&as->cls->state, key[i]);
            if (x >= 0) t->s.x[as->x + x] = 0;
        }
    }
}

const struct state *twin_truth(const struct twin *t) { return &t->s; }
const double *twin_residual(const struct twin *t) { return t->residual; }
size_t twin_save_bytes(const struct twin *t) { return t->live_bytes; }

void twin_save(const struct twin *t, void *mem)
{
    t->head->at_ms = t->s.at_ms;
    t->head->amb = t->s.amb;
    memcpy(mem, t->live, t->live_bytes);
}

int twin_load(struct twin *t, const void *mem, size_t bytes)
{
    struct twin_head head;
    if (bytes != t->live_bytes || bytes < sizeof head) return -1;
    memcpy(&head, mem, sizeof head);
    if (head.village_id != t->head->village_id || head.seed != t->head->seed) return -1;
    memcpy(t->live, mem, bytes);
    t->s.at_ms = t->head->at_ms;
    t->s.amb = t->head->amb;
    t->calm = 0;
    status_read(t);
    return 0;
}
