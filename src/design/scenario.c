/* Scenario runs on threads. See scenario.h. */
#include "design/scenario.h"
#include "base/err.h"
#include "base/instant.h"
#include "design/rig.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PLAN_TIMES_MAX = 366 * 96 };

struct judge {
    struct scenario_run *run;
    struct account *account;
    int64_t started_ms;
    uint64_t last_plan;
    float *plan_s, *gap;
    int n_plan, n_gap;
};

long scenario_length_ms(const struct scenario *s) { return (long)(s->days + s->warm_days) * MS_DAY; }

static void see_plan(struct judge *j, struct rig *r)
{
    const struct snapshot *s = snapshot_get(rig_control(r));
    if (!s) return;
    if (s->plan && s->plan->id != j->last_plan && j->n_plan < PLAN_TIMES_MAX) {
        const struct joint_result *p = &s->plan->result;
        j->last_plan = s->plan->id;
        j->plan_s[j->n_plan++] = (float)p->time_s;
        if (isfinite(p->cost - p->bound)) j->gap[j->n_gap++] = (float)(p->cost - p->bound);
    }
    snapshot_put(s);
}

static void seen(void *self, struct rig *r, double dt_s)
{
    struct judge *j = self;
    const struct state *truth = twin_truth(rig_twin(r));
    atomic_store(&j->run->done_ms, (long)(rig_now_ms(r) - j->started_ms));
    if (!j->account) return;
    account_add(j->account, truth, twin_residual(rig_twin(r)), dt_s);
    if (j->run->record) recorder_add(&j->run->recorder, truth, dt_s);
    see_plan(j, r);
}

static int compare_float(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void median_worst(float *a, int n, double *median, double *worst)
{
    if (!n) return;
    qsort(a, (size_t)n, sizeof *a, compare_float);
    *median = (double)a[n / 2];
    *worst = (double)a[n - 1];
}

/* A plan's gap is told in money: its cost is net of what is stored at its beginning and may lie near nothing. */
static void keep_plan_figures(struct judge *j, struct outcome *o)
{
    o->plan_count = j->n_plan;
    median_worst(j->plan_s, j->n_plan, &o->plan_median_s, &o->plan_worst_s);
    median_worst(j->gap, j->n_gap, &o->gap_median, &o->gap_worst);
}

static long guards_total(struct rig *r)
{
    struct guard_count row[4096];
    int n = control_guards(rig_control(r), row, 4096);
    long sum = 0;
    for (int i = 0; i < n && i < 4096; i++) sum += row[i].n;
    return sum;
}

static void judge_period(struct judge *j, struct rig *r)
{
    const struct scenario *s = j->run->scenario;
    int64_t end_ms = s->from_ms + (int64_t)s->days * MS_DAY;
    long guards = guards_total(r);
    double began_s = instant_mono_s();
    twin_new_bill(
        rig_twin(r)); /* the account pays for the peak of these days, so the controllers must see that one */
    j->account = account_open(s->village, twin_truth(rig_twin(r)), s->from_ms);
    rig_set_controller(r, j->run->controller);
    rig_advance(r, end_ms, seen, j);
    struct outcome *o = &j->run->outcome;
    account_close(j->account, twin_truth(rig_twin(r)), o);
    j->account = NULL;
    o->control = controller_name[j->run->controller];
    o->wall_s = instant_mono_s() - began_s;
    o->guard_count = guards_total(r) - guards;
    j->run->n_guard = control_guards(rig_control(r), j->run->guard, 64);
    if (j->run->record) recorder_finish(&j->run->recorder);
    keep_plan_figures(j, o);
}

static int run_one(struct scenario_run *run)
{
    const struct scenario *s = run->scenario;
    struct judge j = {.run = run, .started_ms = s->from_ms - (int64_t)s->warm_days * MS_DAY};
    struct rig_options o = {.weather_file = s->weather_file,
                            .river = s->river,
                            .seed = s->seed,
                            .start_ms = j.started_ms,
                            .tick_ms = s->tick_ms,
                            .fidelity = s->fidelity,
                            .threads = run->threads,
                            .controller = run->controller};
    if (run->record && recorder_create(&run->recorder, s->village, s->from_ms, s->days * 96))
        return err_set(run->err, "out of memory for %d days of series", s->days);
    if (!(j.plan_s = malloc(sizeof *j.plan_s * PLAN_TIMES_MAX * 2))) return err_set(run->err, "out of memory");
    j.gap = j.plan_s + PLAN_TIMES_MAX;
    struct rig *r = rig_open(s->village, &o, run->err);
    if (r) {
        rig_set_controller(r, CONTROL_RULES);
        rig_advance(r, s->from_ms, seen, &j);
        judge_period(&j, r);
        rig_close(r);
    }
    free(j.plan_s);
    return r ? 0 : -1;
}

struct pool {
    struct scenario_run *run;
    int n;
    atomic_int next, alive;
};

static void *worker(void *arg)
{
    struct pool *p = arg;
    for (int i; (i = atomic_fetch_add(&p->next, 1)) < p->n;) p->run[i].failed = run_one(&p->run[i]);
    atomic_fetch_sub(&p->alive, 1);
    return NULL;
}

static double part_done(const struct pool *p)
{
    double done = 0;
    for (int i = 0; i < p->n; i++)
        done += (double)atomic_load(&p->run[i].done_ms) / (double)scenario_length_ms(p->run[i].scenario);
    return done / p->n;
}

/* What all have stored at the end is worth the same. */
static void value_alike(struct scenario_run *run, int n)
{
    const struct scenario *s = run->scenario;
    struct outcome *o[CONTROLLERS];
    must(n <= CONTROLLERS, "more runs than controllers");
    for (int i = 0; i < n; i++) o[i] = &run[i].outcome;
    account_alike(s->village, s->from_ms + (int64_t)s->days * MS_DAY, o, n);
}

int scenario_run_all(struct scenario_run *run, int n, int threads, void (*tick)(void *, double), void *self)
{
    struct pool p = {.run = run, .n = n};
    pthread_t id[8];
    int started = 0, failed = 0;
    for (int i = 0; i < n; i++)
        run[i].threads = threads >= 2 * n ? 2 : 1; /* what is to spare serves each run's inside */
    threads = threads > 8 ? 8 : threads > n ? n : threads;
    for (int i = 0; i < threads; i++) {
        atomic_fetch_add(&p.alive, 1);
        if (pthread_create(&id[started], NULL, worker, &p))
            atomic_fetch_sub(&p.alive, 1);
        else
            started++;
    }
    if (!started) {
        atomic_fetch_add(&p.alive, 1);
        worker(&p);
    }
    while (atomic_load(&p.alive) > 0) {
        if (tick) tick(self, part_done(&p));
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    for (int i = 0; i < started; i++) pthread_join(id[i], NULL);
    for (int i = 0; i < n; i++) failed |= run[i].failed;
    if (!failed) value_alike(run, n);
    return failed ? -1 : 0;
}
