/* Try it: what a stranger may do to the twin, and the plain sentence that answers. Rows of a table, each a fault of the world or a change of
 * speed or controller; the sentence is made from snapshots a few ticks later. The comparison runs the coming day from the same state
 * under each controller, in rigs of its own, on its own thread. */
#include "base/err.h"
#include "base/instant.h"
#include "design/account.h"
#include "live_inside.h"
#include "try_answer.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct trial {
    const char *action;
    enum world_fault_kind kind;
    const char *cls; /* asset class it strikes; NULL: the whole village */
    double hours, magnitude;
};
static const struct trial trials[] = {
    {"grid_out", FAULT_GRID_OUT, "grid", 2, 0},       {"screw_stop", FAULT_ASSET_STOP, "hydro", 6, 1},
    {"cold_wave", FAULT_COLD_WAVE, NULL, 48, 12},     {"dry_river", FAULT_DRY_RIVER, "hydro", 72, 0.3},
    {"cloud_front", FAULT_CLOUD_FRONT, NULL, 3, 0.2},
};
enum { N_TRIALS = sizeof trials / sizeof trials[0], ANSWER_WAIT_MS = 1500 };
static const double SURE_SPEED = 600; /* a faster clock may be more than two cores can follow */

static const struct trial *trial_find(const char *action)
{
    for (int i = 0; i < N_TRIALS; i++)
        if (!strcmp(trials[i].action, action)) return &trials[i];
    return NULL;
}

static void wait_ticks(struct live *l, int ticks)
{
    uint64_t first = 0, seq = 0;
    for (int i = 0; i < ANSWER_WAIT_MS / 20; i++) {
        const struct snapshot *s = snapshot_get(rig_control(l->rig));
        if (s) {
            seq = s->seq;
            snapshot_put(s);
        }
        if (!first) first = seq;
        if (seq >= first + (uint64_t)ticks) return;
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
}

static struct try_now look(struct live *l)
{
    const struct snapshot *s = snapshot_get(rig_control(l->rig));
    struct try_now n = s ? try_look(s) : (struct try_now){0};
    if (s) snapshot_put(s);
    return n;
}

static void keep_tried(struct live *l, const char *action, int row, const struct world_fault *f)
{
    pthread_mutex_lock(&l->tried_lock);
    int at = 0;
    while (at < l->n_tried && strcmp(l->tried[at].action, action)) at++;
    if (at < TRIED_MAX) {
        struct tried *t = &l->tried[at];
        snprintf(t->action, sizeof t->action, "%s", action);
        t->row = row;
        t->until_ms = f->until_ms;
        t->fault = *f;
        if (at == l->n_tried) l->n_tried++;
    }
    pthread_mutex_unlock(&l->tried_lock);
}

static void end_tried(struct live *l, const char *action) /* NULL: all */
{
    pthread_mutex_lock(&l->tried_lock);
    rig_lock(l->rig);
    int kept = 0;
    for (int i = 0; i < l->n_tried; i++) {
        if (!action || !strcmp(l->tried[i].action, action))
            world_fault_clear(rig_world(l->rig), l->tried[i].row);
        else
            l->tried[kept++] = l->tried[i];
    }
    l->n_tried = kept;
    rig_unlock(l->rig);
    pthread_mutex_unlock(&l->tried_lock);
}

static int is_tried(struct live *l, const char *action)
{
    int64_t now_ms = rig_now_ms(l->rig);
    int on = 0;
    pthread_mutex_lock(&l->tried_lock);
    for (int i = 0; i < l->n_tried; i++) on |= !strcmp(l->tried[i].action, action) && l->tried[i].until_ms > now_ms;
    pthread_mutex_unlock(&l->tried_lock);
    return on;
}

static int begin_trial(struct live *l, const struct trial *t, int64_t *until_ms, struct err *e)
{
    struct world_fault f = {.kind = t->kind, .asset = -1, .magnitude = t->magnitude};
    if (t->cls && (f.asset = village_class_next(l->o.village, t->cls, -1)) < 0)
        return err_set(e, "this village has no %s", t->cls);
    end_tried(l, t->action);
    rig_lock(l->rig);
    f.from_ms = rig_now_ms(l->rig);
    *until_ms = f.until_ms = f.from_ms + (int64_t)(t->hours * MS_HOUR);
    int row = world_fault(rig_world(l->rig), &f);
    rig_unlock(l->rig);
    if (row < 0) return err_set(e, "too many things are being tried at once; end some first");
    keep_tried(l, t->action, row, &f);
    return control_request(rig_control(l->rig), &(struct request){.kind = REQUEST_REPLAN});
}

/* What follows is told from a few ticks later. */
static void tell(struct live *l, const struct trial *t, int64_t until_ms, const struct try_now *before,
                 struct web_answer *out)
{
    wait_ticks(l, 3);
    struct try_now after = look(l);
    int cut = is_tried(l, "grid_out") || village_class_next(l->o.village, "grid", -1) < 0;
    try_answer(l->o.village, t ? t->action : NULL, until_ms, t ? t->magnitude : 0, cut, before, &after, out);
}

static int try_speed(struct live *l, double value, struct web_answer *out, struct err *e)
{
    if (!(value >= 1 && value <= 10000)) return err_set(e, "speed goes from 1 to 10000");
    atomic_store(&l->speed_wanted, value);
    int most = value > SURE_SPEED;
    struct web_clause *c = &out->clause[out->n_clause++];
    snprintf(out->key, sizeof out->key, "speed");
    snprintf(c->key, sizeof c->key, value <= 1 ? "speed_one" : most ? "speed_most" : "speed");
    c->num[c->n_num++] = (struct web_number){value, "", "@twin.speed"};
    if (value <= 1)
        snprintf(out->text, sizeof out->text, "The village's clock runs like yours.");
    else
        snprintf(out->text, sizeof out->text, "The village's clock now runs %s%.0f times as fast as yours.",
                 most ? "as fast as this machine can, at most " : "", value);
    return 0;
}

static int try_controller(struct live *l, double value, struct web_answer *out, struct err *e)
{
    if (!(value >= CONTROL_RULES && value <= CONTROL_JOINT)) return err_set(e, "choose rules, separate or joint");
    enum controller c = (enum controller)(int)value;
    if (rig_set_controller(l->rig, c)) return err_set(e, "the controller is busy; try again");
    static const char *const said[] = {"Every device now follows its own rules; nothing is planned.",
                                       "Every owner now plans alone, without seeing the others.",
                                       "All is planned together again, inside the residents' rules."};
    snprintf(out->text, sizeof out->text, "%s", said[c]);
    snprintf(out->key, sizeof out->key, "controller.%s", controller_name[c]);
    snprintf(out->clause[out->n_clause++].key, sizeof out->clause[0].key, "controller_%s", controller_name[c]);
    return 0;
}

int live_try(void *self, const struct web_try *t, struct web_answer *out, struct err *e)
{
    struct live *l = self;
    *out = (struct web_answer){0};
    if (atomic_load(&l->warm_frac) < 1)
        return err_set(e, "the days behind the page are still being made; try again in a moment");
    if (!strcmp(t->action, "speed")) return try_speed(l, t->value, out, e);
    if (!strcmp(t->action, "controller")) return try_controller(l, t->value, out, e);
    const struct trial *trial = trial_find(t->action);
    int clear = !strcmp(t->action, "clear");
    if (!trial && !clear) return err_set(e, "no trial named %s", t->action);
    struct try_now before = look(l);
    int64_t until_ms = 0;
    if (clear || t->value == 0) {
        end_tried(l, clear ? NULL : t->action);
        control_request(rig_control(l->rig), &(struct request){.kind = REQUEST_REPLAN});
        tell(l, NULL, 0, &before, out);
        return 0;
    }
    if (begin_trial(l, trial, &until_ms, e)) return -1;
    tell(l, trial, until_ms, &before, out);
    return 0;
}

/* --- side by side ------------------------------------------------------------------------------------------------- */

struct comparing_run { /* one of the ways */
    struct live *live;
    struct rig *rig;
    struct account *account;
    int64_t from_ms;
    int way; /* enum controller */
    double money, unmet_K_h;
};

/* Energy bought and sold in this step, at the meter's tariff. */
static double paid(const struct village *v, const struct state *truth, double dt_s)
{
    const struct tariff_period *t = tariff_at(&v->tariff, &v->site.zone, truth->at_ms - 1);
    double money = 0;
    for (int32_t a = village_class_next(v, "grid", -1); a >= 0; a = village_class_next(v, "grid", a)) {
        double W = truth->flow[v->asset[a].flow];
        money += W * dt_s / 3.6e6 * (W > 0 ? t->buy_per_kWh : t->sell_per_kWh);
    }
    return money;
}

static double unmet_K_h(const struct village *v, const struct state *truth, double dt_s)
{
    double sum = 0;
    for (int32_t a = village_class_next(v, "home", -1); a >= 0; a = village_class_next(v, "home", a)) {
        struct tally t = {0};
        struct asset_now now = asset_view(v, truth, a, NULL, dt_s);
        v->asset[a].cls->tally(&now, &t);
        sum += (t.cold_K + t.warm_K) * dt_s / 3600;
    }
    return sum;
}

static void seen(void *self, struct rig *r, double dt_s)
{
    struct comparing_run *run = self;
    struct comparing *c = &run->live->comparing;
    const struct village *v = run->live->o.village;
    const struct state *truth = twin_truth(rig_twin(r));
    account_add(run->account, truth, twin_residual(rig_twin(r)), dt_s);
    run->money += paid(v, truth, dt_s);
    run->unmet_K_h += unmet_K_h(v, truth, dt_s);
    double hours = (double)(rig_now_ms(r) - run->from_ms) / (double)MS_HOUR;
    pthread_mutex_lock(&c->lock);
    c->result.done_frac = (WEB_COMPARE_WAYS * floor(hours - 1e-9) + run->way + hours - floor(hours - 1e-9)) /
                          (WEB_COMPARE_WAYS * WEB_COMPARE_HOURS);
    double spent_s = instant_mono_s() - c->began_s;
    c->result.left_s = c->result.done_frac > 0.02 ? spent_s * (1 / c->result.done_frac - 1) : -1;
    pthread_mutex_unlock(&c->lock);
}

static void keep_row(struct comparing *c, enum controller which, const struct outcome *o)
{
    pthread_mutex_lock(&c->lock);
    c->result.row[c->result.n_row++] = (struct web_compare_row){.controller = which,
                                                                .money = money_units(o->bill) - o->stored_value,
                                                                .unmet_K_h = o->unmet_K_h,
                                                                .import_Wh = o->import_Wh,
                                                                .export_Wh = o->export_Wh,
                                                                .curtailed_Wh = o->curtailed_Wh,
                                                                .peak_W = o->peak_W};
    pthread_mutex_unlock(&c->lock);
}

/* What the ways end with, stored energy valued alike. */
static void keep_rows(struct comparing *c, struct comparing_run *run)
{
    struct outcome out[WEB_COMPARE_WAYS], *each[WEB_COMPARE_WAYS];
    for (int i = 0; i < WEB_COMPARE_WAYS; i++) {
        account_close(run[i].account, twin_truth(rig_twin(run[i].rig)), each[i] = &out[i]);
        run[i].account = NULL;
    }
    account_alike(run->live->o.village, rig_now_ms(run->rig), each, WEB_COMPARE_WAYS);
    for (int i = 0; i < WEB_COMPARE_WAYS; i++) keep_row(c, (enum controller)i, &out[i]);
}

/* A rig of its own under one way, as the village is now. 0, or -1. */
static int open_way(struct comparing_run *run)
{
    struct live *l = run->live;
    struct comparing *c = &l->comparing;
    struct rig_options o = l->o.rig;
    struct err e = {0};
    o.controller = (enum controller)run->way;
    o.start_ms = c->result.from_ms;
    o.tick_ms = 5 * MS_MIN;
    o.record = NULL;
    o.learned = NULL;
    if (!(run->rig = rig_open(l->o.village, &o, &e)) || rig_load(run->rig, c->state, c->state_bytes)) return -1;
    live_recall(l, run->rig);
    for (int i = 0; i < c->n_fault; i++) world_fault(rig_world(run->rig), &c->fault[i]);
    rig_set_controller(run->rig, o.controller);
    run->from_ms = rig_now_ms(run->rig);
    run->account = account_open(l->o.village, twin_truth(rig_twin(run->rig)), run->from_ms);
    return 0;
}

/* All ways hour by hour, so that what they cost can be seen to part. */
static void run_hour(struct comparing_run *run, int hour)
{
    struct comparing *c = &run->live->comparing;
    for (int i = 0; i < WEB_COMPARE_WAYS; i++)
        for (int q = 4 * hour - 3; q <= 4 * hour && !atomic_load(&c->cancel); q++)
            rig_advance(run[i].rig, run[i].from_ms + q * (int64_t)MS_QUARTER, seen, &run[i]);
    if (atomic_load(&c->cancel)) return;
    pthread_mutex_lock(&c->lock);
    for (int i = 0; i < WEB_COMPARE_WAYS; i++) {
        c->result.line[i].money[hour] = run[i].money;
        c->result.line[i].unmet_K_h[hour] = run[i].unmet_K_h;
    }
    c->result.hours = hour;
    pthread_mutex_unlock(&c->lock);
}

static void *compare_thread(void *self)
{
    struct live *l = self;
    struct comparing *c = &l->comparing;
    struct comparing_run run[WEB_COMPARE_WAYS] = {{0}};
    int failed = 0;
    for (int i = 0; i < WEB_COMPARE_WAYS && !failed; i++) {
        run[i].live = l;
        run[i].way = i;
        failed = open_way(&run[i]);
    }
    for (int h = 1; h <= WEB_COMPARE_HOURS && !failed && !atomic_load(&c->cancel); h++) run_hour(run, h);
    if (!failed && !atomic_load(&c->cancel)) keep_rows(c, run);
    for (int i = 0; i < WEB_COMPARE_WAYS; i++) {
        struct outcome unread;
        if (run[i].account) account_close(run[i].account, twin_truth(rig_twin(run[i].rig)), &unread);
        if (run[i].rig) rig_close(run[i].rig);
    }
    pthread_mutex_lock(&c->lock);
    c->result.running = 0;
    c->result.done_frac = 1;
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

void live_compare_end(struct live *l)
{
    struct comparing *c = &l->comparing;
    if (!c->started) return;
    atomic_store(&c->cancel, 1);
    pthread_join(c->thread, NULL);
    atomic_store(&c->cancel, 0);
    c->started = 0;
    free(c->state);
    c->state = NULL;
}

static void compare_tell(struct comparing *c, const struct web_compare *now)
{
    pthread_mutex_lock(&c->lock);
    c->result = *now;
    pthread_mutex_unlock(&c->lock);
}

/* Nothing runs, so that the next wish is tried anew. */
static int compare_failed(struct comparing *c, struct err *e, const char *why)
{
    free(c->state);
    c->state = NULL;
    compare_tell(c, &(struct web_compare){0});
    return err_set(e, "%s", why);
}

/* The month's peak so far, for which the ways are not charged again: only what goes above it costs. */
static double paid_peak_W(const struct snapshot *s)
{
    const struct village *v = s->village;
    double sum = 0;
    for (int32_t a = village_class_next(v, "grid", -1); a >= 0; a = village_class_next(v, "grid", a)) {
        int k = field_find(&v->asset[a].cls->state, "peak_W");
        if (k >= 0) sum += s->x[v->asset[a].x + k];
    }
    return local_month_start_ms(&v->site.zone, s->at_ms) == s->at_ms ? 0 : sum;
}

static int compare_begin(struct live *l, struct err *e)
{
    struct comparing *c = &l->comparing;
    live_compare_end(l);
    c->state_bytes = rig_save_bytes(l->rig);
    if (!(c->state = malloc(c->state_bytes))) return err_set(e, "out of memory");
    if (live_copy(l, c->state)) return compare_failed(c, e, "the village is busy; try again in a moment");
    int64_t now_ms = rig_saved_ms(c->state);
    rig_lock(l->rig);
    c->n_fault = world_faults(rig_world(l->rig), now_ms, c->fault, WORLD_FAULTS_MAX);
    rig_unlock(l->rig);
    c->began_s = instant_mono_s();
    const struct snapshot *now = snapshot_get(rig_control(l->rig));
    double paid_W = now ? paid_peak_W(now) : 0;
    if (now) snapshot_put(now);
    compare_tell(c, &(struct web_compare){.running = 1,
                                          .from_ms = now_ms,
                                          .until_ms = now_ms + WEB_COMPARE_HOURS * (int64_t)MS_HOUR,
                                          .left_s = -1,
                                          .paid_peak_W = paid_W});
    if (pthread_create(&c->thread, NULL, compare_thread, l))
        return compare_failed(c, e, "no thread for the comparison");
    c->started = 1;
    return 0;
}

int live_compare(void *self, int begin, struct web_compare *out, struct err *e)
{
    struct live *l = self;
    struct comparing *c = &l->comparing;
    if (atomic_load(&l->warm_frac) < 1)
        return err_set(e, "the days behind the page are still being made; try again in a moment");
    pthread_mutex_lock(&c->lock);
    int running = c->result.running;
    pthread_mutex_unlock(&c->lock);
    if (begin && !running && compare_begin(l, e)) return -1;
    pthread_mutex_lock(&c->lock);
    *out = c->result;
    pthread_mutex_unlock(&c->lock);
    return 0;
}
