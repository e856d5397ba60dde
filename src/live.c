/* The village thread: history first, then the clock. See live.h. */
#include "base/err.h"
#include "base/instant.h"
#include "base/log.h"
#include "design/recorder.h"
#include "live_inside.h"
#include "replay.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    WARM_DAYS = 3,
    SAVE_EVERY_MS = 300000,
    LEARNED_EVERY_S = 900,
    TIMED_S = 2,
    CATCH_UP_MAX_MS = 7 * MS_DAY,
    COPY_TRIES = 400
};
static const char state_key[] = "rig", learned_key[] = "learned";

static void sleep_s(double s) { nanosleep(&(struct timespec){.tv_nsec = (long)(s * 1e9)}, NULL); }

/* The finite series of a snapshot, in the order of series ids. Returns how many. */
static int gather(struct live *l, const struct snapshot *s)
{
    const struct village *v = l->o.village;
    const double *run[] = {s->x, s->meas, s->cmd, s->exo, s->flow};
    const int n[] = {v->n_x, v->n_meas, v->n_cmd, v->n_exo, v->n_flow};
    int kept = 0, id = 0;
    for (int r = 0; r < 5; r++)
        for (int i = 0; i < n[r]; i++, id++) {
            if (!isfinite(run[r][i])) continue;
            l->series[kept] = id;
            l->value[kept++] = (float)run[r][i];
        }
    return kept;
}

static int catching_up(const struct live *l) { return atomic_load(&l->warm_frac) < 1; }

/* The store's ring never blocks. Faster than real time a row is a quarter-hour. While the history is made
 * nobody waits for the tracker, so a full ring is waited for. A store that cannot save is told
 * at once, long before its ring is full. */
static void record_row(struct live *l, const struct snapshot *s)
{
    int64_t step_ms = atomic_load(&l->speed_wanted) > 60 || catching_up(l) ? MS_QUARTER : MS_MIN;
    if (s->at_ms / step_ms == l->recorded_ms / step_ms) return;
    l->recorded_ms = s->at_ms;
    int n = gather(l, s), behind = store_append(l->o.store, s->at_ms, n, l->series, l->value);
    for (int tries = 0; behind && catching_up(l) && tries < 200 && !store_degraded(l->o.store); tries++) {
        sleep_s(0.01);
        behind = store_append(l->o.store, s->at_ms, n, l->series, l->value);
    }
    l->behind = behind != 0;
}

/* The state copied on the tracker's thread, between two ticks, into memory that stays; the store writes it while everything
 * runs on. One that cannot be written is dropped: the next one is newer. */
static void save_running(struct live *l)
{
    int posted = atomic_load(&l->posted);
    if (posted == STORE_DROPPED && !l->save_failed)
        log_line(LOG_WARNING, "state not saved; trying again every minute");
    if (posted != STORE_POSTED) l->save_failed = posted == STORE_DROPPED;
    int64_t now_ms = instant_now_ms(), every_ms = l->save_failed ? MS_MIN : SAVE_EVERY_MS;
    if (posted == STORE_POSTED || (now_ms - l->saved_ms <= every_ms && !atomic_load(&l->save_soon))) return;
    atomic_store(&l->save_soon, 0);
    rig_save(l->rig, l->state);
    l->saved_ms = now_ms;
    if (store_put_post(l->o.store, state_key, l->state, l->state_bytes, &l->posted))
        atomic_store(&l->posted, STORE_DROPPED);
}

/* What the forecast has learned: megabytes that change slowly. On the planner's thread. */
static void learned(void *self)
{
    struct live *l = self;
    double now_s = instant_mono_s();
    if (catching_up(l) || (l->learned_s > 0 && now_s - l->learned_s < LEARNED_EVERY_S)) return;
    if (atomic_load(&l->learned_posted) == STORE_POSTED) return;
    control_learned_save(rig_control(l->rig), l->learned);
    l->learned_s = now_s;
    store_put_post(l->o.store, learned_key, l->learned, l->learned_bytes, &l->learned_posted);
}

void live_recall(struct live *l, struct rig *r)
{
    void *mem = malloc(l->learned_bytes);
    long got = mem ? store_get(l->o.store, learned_key, mem, l->learned_bytes, NULL) : -1;
    if (got > 0) control_learned_load(rig_control(r), mem, (size_t)got);
    free(mem);
}

/* Somebody wants a copy of the state: made here, on the tracker's thread, between two ticks. */
static void copy_asked(struct live *l)
{
    void *to = atomic_exchange(&l->copy_to, NULL);
    if (!to) return;
    rig_save(l->rig, to);
    atomic_store(&l->copied, 1);
}

int live_copy(struct live *l, void *to)
{
    atomic_store(&l->copied, 0);
    atomic_store(&l->copy_to, to);
    for (int tries = 0; tries < COPY_TRIES && !atomic_load(&l->copied); tries++) sleep_s(0.005);
    if (atomic_exchange(&l->copy_to, NULL)) return -1; /* nobody has begun with it */
    while (!atomic_load(&l->copied)) sleep_s(0.001);
    return 0;
}

/* After every tick, on the tracker's thread. */
static int record(void *self, const struct snapshot *s)
{
    struct live *l = self;
    record_row(l, s);
    copy_asked(l);
    if (!catching_up(l)) save_running(l);
    return l->behind || l->save_failed || store_degraded(l->o.store) ? -1 : 0;
}

/* At the end, when nothing runs any more: waits for the disk. */

static void save(struct live *l)
{
    struct err e = {0};
    char line[1024];
    while (atomic_load(&l->posted) == STORE_POSTED) sleep_s(0.005); /* it still reads what would be written anew */
    rig_save(l->rig, l->state);
    int bad = store_put(l->o.store, state_key, l->state, l->state_bytes, &e);
    while (atomic_load(&l->learned_posted) == STORE_POSTED) sleep_s(0.005);
    control_learned_save(rig_control(l->rig), l->learned);
    if (store_put(l->o.store, learned_key, l->learned, l->learned_bytes, &e) || bad)
        log_line(LOG_WARNING, "state not saved: %s", err_line(&e, line, sizeof line));
}

/* Continues from a saved state that is not older than the history would be. One ahead of the clock is of a village that
 * ran faster than it: its time goes on from there, as its history does. */
static int restore(struct live *l)
{
    long got = store_get(l->o.store, state_key, l->state, l->state_bytes, NULL);
    if (got != (long)l->state_bytes) return -1;
    int64_t age_ms = instant_now_ms() - rig_saved_ms(l->state);
    if (age_ms > CATCH_UP_MAX_MS || rig_load(l->rig, l->state, l->state_bytes)) return -1;
    live_recall(l, l->rig);
    log_line(LOG_INFO, "continuing from the saved state, %lld s %s the clock", (long long)llabs(age_ms / 1000),
             age_ms < 0 ? "ahead of" : "behind");
    return 0;
}

static void show_warm(struct live *l, int64_t from_ms, int64_t until_ms)
{
    double frac = (double)(rig_now_ms(l->rig) - from_ms) / (double)(until_ms - from_ms);
    atomic_store(&l->warm_frac, fmin(frac, 0.999));
}

static void advance_shown(struct live *l, int64_t from_ms, int64_t until_ms)
{
    while (!atomic_load(&l->stop) && rig_now_ms(l->rig) < until_ms) {
        int64_t next_ms = rig_now_ms(l->rig) + MS_QUARTER; /* one plan at most before the stop is seen */
        rig_advance(l->rig, next_ms < until_ms ? next_ms : until_ms, NULL, NULL);
        show_warm(l, from_ms, until_ms);
        atomic_fetch_add(&l->beat, 1);
    }
}

/* The days behind the page: the forecast learns under rules first, then the chosen controller runs. */
static void make_history(struct live *l)
{
    int64_t now_ms = instant_now_ms(), begin_ms = rig_now_ms(l->rig);
    rig_set_tick(l->rig, MS_MIN);
    int64_t learnt_ms = now_ms - (int64_t)l->o.history_days * MS_DAY;
    if (begin_ms < learnt_ms) {
        rig_set_controller(l->rig, CONTROL_RULES);
        l->recorded_ms = INT64_MAX;
        advance_shown(l, begin_ms, learnt_ms);
        rig_set_controller(l->rig, l->o.rig.controller);
    }
    l->recorded_ms = INT64_MIN;
    advance_shown(l, begin_ms, now_ms);
    atomic_store(&l->warm_frac, 1);
}

static int64_t tick_for(double speed)
{
    double tick_s = fmin(60, fmax(1, floor(speed / 10)));
    return (int64_t)tick_s * MS_S;
}

static void time_anew(struct live *l)
{
    l->timed.at_s = instant_mono_s();
    l->timed.at_ms = rig_now_ms(l->rig);
}

/* What is asked for may be more than the machine can: people are told what it does. */
static void time_speed(struct live *l)
{
    double spent_s = instant_mono_s() - l->timed.at_s;
    if (spent_s < TIMED_S) return;
    atomic_store(&l->achieved, (double)(rig_now_ms(l->rig) - l->timed.at_ms) / 1000.0 / spent_s);
    time_anew(l);
}

/* One stretch at one speed, until the speed changes, the village is parked or the program stops. */
static void run_stretch(struct live *l)
{
    double speed = atomic_load(&l->speed_wanted);
    struct err e = {0};
    char line[1024];
    rig_set_tick(l->rig, tick_for(speed));
    rig_pace(l->rig, speed);
    int threaded = speed <= 1 && !rig_start(l->rig, &e);
    atomic_store(&l->achieved, 0);
    time_anew(l);
    if (speed <= 1 && !threaded) log_line(LOG_WARNING, "planner runs inline: %s", err_line(&e, line, sizeof line));
    while (!atomic_load(&l->stop) && !atomic_load(&l->park) && atomic_load(&l->speed_wanted) == speed) {
        if (threaded)
            sleep_s(0.05);
        else if (!rig_follow(l->rig, 0.5))
            rig_pace(l->rig, speed);
        else
            sleep_s(fmin(0.05, 0.5 * (double)tick_for(speed) / 1000.0 / speed));
        time_speed(l);
        atomic_fetch_add(&l->beat, 1);
    }
    if (threaded && rig_stop(l->rig)) {
        log_line(LOG_ERROR, "the planner did not end; leaving");
        atomic_store(&l->stop, 2);
    }
}

static void *village_thread(void *self)
{
    struct live *l = self;
    make_history(l);
    if (acts_replay(l->o.store, l->o.village, rig_control(l->rig), rig_now_ms(l->rig)) > 0)
        atomic_store(&l->save_soon, 1);
    while (!atomic_load(&l->stop)) {
        atomic_store(&l->parked, atomic_load(&l->park));
        if (atomic_load(&l->park))
            sleep_s(0.002);
        else
            run_stretch(l);
    }
    if (atomic_load(&l->stop) == 1) save(l);
    return NULL;
}

void live_recorder(struct live *l, struct rig_options *o)
{
    o->record = record;
    o->learned = learned;
    o->record_self = l;
    o->record_s = 0.001; /* after every tick; what is kept of them is decided there */
}

static int open_rig(struct live *l, int64_t start_ms, struct err *e)
{
    struct rig_options o = l->o.rig;
    o.start_ms = start_ms;
    o.tick_ms = MS_MIN;
    live_recorder(l, &o);
    return (l->rig = rig_open(l->o.village, &o, e)) ? 0 : -1;
}

static int open_state(struct live *l, struct err *e)
{
    l->state_bytes = rig_save_bytes(l->rig);
    l->state = malloc(l->state_bytes);
    l->learned_bytes = control_learned_bytes(rig_control(l->rig));
    l->learned = malloc(l->learned_bytes);
    return l->state && l->learned ? 0 : err_set(e, "out of memory");
}

static void free_parts(struct live *l)
{
    live_land_close(l->land);
    if (l->rig) rig_close(l->rig);
    free(l->series);
    free(l->value);
    free(l->state);
    free(l->learned);
    free(l);
}

struct live *live_open(const struct live_options *o, struct err *e)
{
    struct live *l = calloc(1, sizeof *l);
    if (!l) return err_set(e, "out of memory"), NULL;
    l->o = *o;
    l->speed_wanted = o->speed;
    l->saved_ms = instant_now_ms();
    size_t n = (size_t)village_n_series(o->village) + 1;
    l->series = calloc(n, sizeof *l->series);
    l->value = calloc(n, sizeof *l->value);
    pthread_mutex_init(&l->tried_lock, NULL);
    pthread_mutex_init(&l->comparing.lock, NULL);
    int64_t begin_ms = instant_now_ms() - (int64_t)(o->history_days + WARM_DAYS) * MS_DAY;
    if (!l->series || !l->value)
        err_set(e, "out of memory");
    else if (!open_rig(l, begin_ms, e) && !open_state(l, e)) {
        if (!restore(l)) log_line(LOG_INFO, "history is there already");
        l->land = live_land_open(o->village, o->db ? o->db : ":memory:", o->store, rig_control(l->rig), e);
        if (l->land && !pthread_create(&l->thread, NULL, village_thread, l)) return l;
        if (l->land) err_set(e, "no thread for the village");
    }
    free_parts(l);
    return NULL;
}

void live_close(struct live *l)
{
    live_compare_end(l);
    int expected = 0;
    atomic_compare_exchange_strong(&l->stop, &expected, 1);
    pthread_join(l->thread, NULL);
    if (atomic_load(&l->stop) == 2) return; /* a hung planner still uses the rig */
    free_parts(l);
}

int live_dead(const struct live *l) { return atomic_load(&l->stop) == 2; }
int64_t live_beat(const struct live *l) { return (int64_t)atomic_load(&l->beat); }
double live_warm_frac(const struct live *l) { return atomic_load(&l->warm_frac); }

static const struct snapshot *port_snapshot(void *self)
{
    return snapshot_get(rig_control(((struct live *)self)->rig));
}

static void port_release(void *self, const struct snapshot *s)
{
    (void)self;
    snapshot_put(s);
}

/* A person's act survives a crash in the audit; the state is saved soon after, so that little has to be replayed. */
static int port_request(void *self, const struct request *r)
{
    struct live *l = self;
    int full = control_request(rig_control(l->rig), r);
    if (!full) atomic_store(&l->save_soon, 1);
    return full;
}

static void port_status(void *self, struct web_status *s)
{
    struct live *l = self;
    *s = (struct web_status){.twin = 1,
                             .speed = atomic_load(&l->speed_wanted),
                             .achieved = atomic_load(&l->achieved),
                             .warm_frac = atomic_load(&l->warm_frac)};
    int64_t now_ms = rig_now_ms(l->rig);
    pthread_mutex_lock(&l->tried_lock);
    for (int i = 0; i < l->n_tried; i++) {
        if (l->tried[i].until_ms <= now_ms || s->n_fault == WEB_FAULTS_MAX) continue;
        struct web_fault *f = &s->fault[s->n_fault++];
        memcpy(f->action, l->tried[i].action, sizeof f->action);
        f->until_ms = l->tried[i].until_ms;
    }
    pthread_mutex_unlock(&l->tried_lock);
}

static struct json_t *port_land(void *self) { return live_land_json(((struct live *)self)->land); }
static struct json_t *port_return(void *self) { return live_land_return_json(((struct live *)self)->land); }

static int port_found(void *self, const struct web_found *f, struct web_answer *a, struct err *e)
{
    return live_land_found(((struct live *)self)->land, f, a, e);
}

void live_ports(struct live *l, struct web_ports *p)
{
    *p = (struct web_ports){.self = l,
                            .village = l->o.village,
                            .store = l->o.store,
                            .snapshot = port_snapshot,
                            .release = port_release,
                            .request = port_request,
                            .status = port_status,
                            .reload = live_reload,
                            .try_action = live_try,
                            .compare = live_compare,
                            .land = port_land,
                            .households = port_return,
                            .found = port_found};
}
