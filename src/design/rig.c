/* The rig: ports from the controller to a twin on a virtual clock. The perfect forecast reads a second world of the same seed
 * (the oracle), quarter-hour by quarter-hour, each computed once. See rig.h. */
#include "design/rig.h"
#include "base/err.h"
#include "base/instant.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { QUARTERS_NEAR = 16, HOURS_AFTER = 20 };
enum { LARGE_PAGE = 2 << 20 };
enum { ORACLE_QUARTERS = 4 * 24 * 5 }; /* ring: five days */

struct oracle {
    struct world *world;
    int n_exo;
    int64_t *quarter; /* which quarter-hour a row of the ring holds */
    struct ambient *amb;
    double *exo; /* [ORACLE_QUARTERS][n_exo] */
};
struct rig {
    const struct village *village;
    struct world *world;
    struct twin *twin;
    struct control *control;
    void *control_mem;
    _Atomic int64_t now_ms; /* read by any thread */
    int64_t tick_ms;
    struct oracle oracle;
    int (*record)(void *, const struct snapshot *);
    void (*learned)(void *);
    void *record_self;
    pthread_mutex_t lock;
    double speed, base_wall_s;
    int64_t base_ms;
    atomic_int live; /* the ports follow the paced clock: tracker and planner run on their own threads */
};

int64_t rig_clock_ms(const struct rig *r)
{
    return r->base_ms + (int64_t)((instant_mono_s() - r->base_wall_s) * r->speed * 1000.0);
}

static int64_t port_now(void *self)
{
    struct rig *r = self;
    return atomic_load(&r->live) ? rig_clock_ms(r) : r->now_ms;
}

static void port_wait_until(void *self, int64_t at_ms)
{
    struct rig *r = self;
    double left_s = fmin(0.2, (double)(at_ms - rig_clock_ms(r)) / 1000.0 / r->speed);
    if (left_s > 0) nanosleep(&(struct timespec){.tv_nsec = (long)(left_s * 1e9)}, NULL);
}

static int port_measure(void *self, struct reading *out, int max)
{
    struct rig *r = self;
    rig_lock(r);
    if (atomic_load(&r->live)) {
        r->now_ms = rig_clock_ms(r);
        twin_step(r->twin, r->now_ms, r->tick_ms);
    }
    int n = twin_measure(r->twin, out, max);
    rig_unlock(r);
    return n;
}

static void port_actuate(void *self, const struct setpoint *s, int n)
{
    struct rig *r = self;
    rig_lock(r);
    twin_actuate(r->twin, s, n);
    rig_unlock(r);
}

static void port_dispatch(void *self, const uint8_t *round, int n)
{
    struct rig *r = self;
    rig_lock(r);
    twin_dispatch(r->twin, round, n);
    rig_unlock(r);
}

static void port_learned(void *self)
{
    struct rig *r = self;
    r->learned(r->record_self);
}

static int port_record(void *self, const struct snapshot *s)
{
    struct rig *r = self;
    return r->record ? r->record(r->record_self, s) : 0;
}

/* Row of the ring that holds the quarter-hour of at_ms, computed when it is not there yet. */
static int oracle_row(struct oracle *o, int64_t at_ms)
{
    int64_t quarter = at_ms / MS_QUARTER;
    int row = (int)(quarter % ORACLE_QUARTERS);
    if (o->quarter[row] != quarter) {
        world_slot(o->world, quarter * MS_QUARTER, MS_QUARTER, &o->amb[row],
                   o->exo + (size_t)row * (size_t)o->n_exo);
        o->quarter[row] = quarter;
    }
    return row;
}

static void scatter_exo(const struct village *v, const double *now, int T, int t, double *exo)
{
    for (int a = 0; a < v->n_asset; a++) {
        const struct asset *s = &v->asset[a];
        int n = s->cls->exo.n;
        double *rows = exo + (size_t)T * (size_t)s->exo;
        for (int k = 0; k < n; k++) rows[t * n + k] = now[s->exo + k];
    }
}

static int port_forecast(void *self, const struct horizon *h, struct ambient *amb, double *exo)
{
    struct rig *r = self;
    int64_t at_ms = h->start_ms;
    for (int t = 0; t < h->T; t++) {
        int64_t end_ms = at_ms + (int64_t)(h->dt_s[h->len[t]] * 1000.0);
        int row = oracle_row(&r->oracle, at_ms);
        amb[t] = r->oracle.amb[row];
        scatter_exo(r->village, r->oracle.exo + (size_t)row * (size_t)r->oracle.n_exo, h->T, t, exo);
        at_ms = end_ms;
    }
    return 0;
}

static int oracle_open(struct oracle *o, const struct village *v, const struct world_options *like, struct err *e)
{
    struct world_options w = *like;
    w.ahead = 0; /* it looks here and there */
    o->n_exo = v->n_exo;
    o->world = world_create(v, &w, e);
    o->quarter = malloc(sizeof *o->quarter * ORACLE_QUARTERS);
    o->amb = malloc(sizeof *o->amb * ORACLE_QUARTERS);
    o->exo = malloc(sizeof *o->exo * ORACLE_QUARTERS * (size_t)(v->n_exo + 1));
    if (!o->world) return -1;
    if (!o->quarter || !o->amb || !o->exo) return err_set(e, "out of memory");
    for (int i = 0; i < ORACLE_QUARTERS; i++) o->quarter[i] = INT64_MIN;
    return 0;
}

static void oracle_close(struct oracle *o)
{
    if (o->world) world_free(o->world);
    free(o->quarter);
    free(o->amb);
    free(o->exo);
}

static int control_open(struct rig *r, const struct rig_options *o, struct err *e)
{
    struct control_options options = {
        .rates = {.tick_s = (double)o->tick_ms / 1000.0,
                  .plan_s = 900,
                  .record_s = o->record_s > 0 ? o->record_s : 60},
        .controller = o->controller,
        .slots =
            o->hours > 0 ? (int)(o->hours * 4 + 0.5) : QUARTERS_NEAR, /* a day: near in quarter-hours, then hours */
        .hours_after = o->hours > 0 ? 0 : HOURS_AFTER,
        .gap_rel = o->gap_rel,
        .fractions = o->fractions,
        .threads = o->threads,
        .solve_s = o->solve_s > 0 ? o->solve_s : 300,
    };
    struct run_ports ports = {.self = r,
                              .now_ms = port_now,
                              .wait_until = port_wait_until,
                              .measure = port_measure,
                              .actuate = port_actuate,
                              .dispatch = port_dispatch,
                              .forecast = r->oracle.world ? port_forecast : NULL,
                              .record = o->record ? port_record : NULL,
                              .learned = o->learned ? port_learned : NULL};
    size_t bytes = control_bytes(r->village, &options);
    bytes = (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    r->control_mem = aligned_alloc(LARGE_PAGE, bytes);
    if (!r->control_mem) return err_set(e, "out of memory: the controller wants %zu MB", bytes >> 20);
    /* A solve walks all of it some hundred times. A wish: without large pages it is only slower. */
    madvise(r->control_mem, bytes, MADV_HUGEPAGE);
    r->control = control_create(r->village, &r->village->policy, &options, &ports, r->control_mem);
    return 0;
}

static int open_parts(struct rig *r, const struct rig_options *o, struct err *e)
{
    struct world_options world = {
        .seed = o->seed, .weather_file = o->weather_file, .river = o->river, .ahead = o->threads > 1};
    struct twin_options twin = {.seed = o->seed, .spread_frac = 0.2, .noise_frac = 1.0, .fidelity = o->fidelity};
    if (!(r->world = world_create(r->village, &world, e))) return -1;
    if (!(r->twin = twin_create(r->village, r->world, &twin, o->start_ms, e))) return -1;
    if (o->controller == CONTROL_PERFECT && oracle_open(&r->oracle, r->village, &world, e)) return -1;
    return control_open(r, o, e);
}

struct rig *rig_open(const struct village *v, const struct rig_options *o, struct err *e)
{
    struct rig *r = calloc(1, sizeof *r);
    if (!r) return err_set(e, "out of memory"), NULL;
    r->village = v;
    r->now_ms = o->start_ms;
    r->tick_ms = o->tick_ms;
    r->record = o->record;
    r->learned = o->learned;
    r->record_self = o->record_self;
    pthread_mutex_init(&r->lock, NULL);
    rig_pace(r, 1);
    if (!open_parts(r, o, e)) return r;
    rig_close(r);
    return NULL;
}

void rig_close(struct rig *r)
{
    free(r->control_mem);
    oracle_close(&r->oracle);
    if (r->twin) twin_free(r->twin);
    if (r->world) world_free(r->world);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static void advance_once(struct rig *r, int64_t until_ms, void (*seen)(void *, struct rig *, double), void *self)
{
    int64_t next_ms = r->now_ms - r->now_ms % r->tick_ms + r->tick_ms;
    if (next_ms > until_ms) next_ms = until_ms;
    double dt_s = (double)(next_ms - r->now_ms) / 1000.0;
    rig_lock(r);
    twin_step(r->twin, next_ms, r->tick_ms);
    r->now_ms = next_ms;
    rig_unlock(r);
    if (seen) seen(self, r, dt_s);
    control_tick(r->control);
    if (control_plan_due(r->control)) control_plan(r->control);
}

void rig_advance(struct rig *r, int64_t until_ms, void (*seen)(void *, struct rig *, double), void *self)
{
    while (r->now_ms < until_ms) advance_once(r, until_ms, seen, self);
}

void rig_set_tick(struct rig *r, int64_t tick_ms)
{
    r->tick_ms = tick_ms;
    control_set_tick(r->control, (double)tick_ms / 1000.0);
}

void rig_pace(struct rig *r, double speed)
{
    r->base_ms = r->now_ms;
    r->base_wall_s = instant_mono_s();
    r->speed = speed;
}

double rig_speed(const struct rig *r) { return r->speed; }

int rig_follow(struct rig *r, double budget_s)
{
    double end_s = instant_mono_s() + budget_s;
    while (instant_mono_s() < end_s) {
        int64_t clock_ms = rig_clock_ms(r);
        if (r->now_ms + r->tick_ms > clock_ms) return 1;
        advance_once(r, clock_ms, NULL, NULL);
    }
    return 0;
}

int rig_start(struct rig *r, struct err *e)
{
    rig_pace(r, 1);
    atomic_store(&r->live, 1);
    if (!control_start(r->control, e)) return 0;
    atomic_store(&r->live, 0);
    return -1;
}

int rig_stop(struct rig *r)
{
    int failed = control_stop(r->control);
    atomic_store(&r->live, 0);
    return failed;
}

void rig_lock(struct rig *r) { pthread_mutex_lock(&r->lock); }
void rig_unlock(struct rig *r) { pthread_mutex_unlock(&r->lock); }

void rig_map(struct rig *r, const struct rig *from)
{
    twin_map(r->twin, from->twin);
    control_map(r->control, from->control);
    r->now_ms = from->now_ms;
    rig_set_tick(r, from->tick_ms);
    rig_pace(r, from->speed);
}

struct rig_head {
    uint64_t village_id;
    int64_t now_ms;
    uint64_t twin_bytes, control_bytes;
};

size_t rig_save_bytes(const struct rig *r)
{
    return sizeof(struct rig_head) + twin_save_bytes(r->twin) + control_save_bytes(r->control);
}

void rig_save(struct rig *r, void *mem)
{
    struct rig_head head = {r->village->id, r->now_ms, twin_save_bytes(r->twin), control_save_bytes(r->control)};
    memcpy(mem, &head, sizeof head);
    rig_lock(r);
    twin_save(r->twin, (char *)mem + sizeof head);
    rig_unlock(r);
    control_save(r->control, (char *)mem + sizeof head + head.twin_bytes);
}

int64_t rig_saved_ms(const void *mem)
{
    struct rig_head head;
    memcpy(&head, mem, sizeof head);
    return head.now_ms;
}

int rig_load(struct rig *r, const void *mem, size_t bytes)
{
    struct rig_head head;
    if (bytes < sizeof head) return -1;
    memcpy(&head, mem, sizeof head);
    if (head.village_id != r->village->id || bytes != rig_save_bytes(r) ||
        head.twin_bytes != twin_save_bytes(r->twin))
        return -1;
    const char *at = (const char *)mem + sizeof head;
    if (twin_load(r->twin, at, head.twin_bytes)) return -1;
    if (control_load(r->control, at + head.twin_bytes, head.control_bytes)) return -1;
    r->now_ms = head.now_ms;
    rig_pace(r, r->speed);
    return 0;
}

int64_t rig_now_ms(const struct rig *r) { return r->now_ms; }
struct control *rig_control(struct rig *r) { return r->control; }
struct twin *rig_twin(struct rig *r) { return r->twin; }
struct world *rig_world(struct rig *r) { return r->world; }

int rig_set_controller(struct rig *r, enum controller c)
{
    return control_request(r->control, &(struct request){.kind = REQUEST_CONTROLLER, .of.id = (uint32_t)c});
}
