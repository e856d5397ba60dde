/* The schedule: unrelated teams, precedence, least weighted completion (R | prec | sum w C, NP-hard already for two teams). A serial
 * scheme turns an order of tasks, and for each task a team or "whoever is done first", into dates; simulated annealing
 * (Kirkpatrick 1983) over orders and teams starts from weighted shortest processing time (Smith 1956) in which a task
 * carries the weight of all that waits for it. Measured against the integer optimum on small cases in tests/unit/land_plan.c.
 * Rates: m2 a day = n x rate x terrain x vegetation x slope x clutter x hours / 6 (domain figures in docs/land.md); calendars and
 * stand-down weather as days lost per month and kind. A task is done by one team without a break: moving between areas costs
 * more than it brings (left out: splitting, several teams on one area). */
#include "land/plan.h"
#include "base/instant.h"
#include "base/random.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WHOEVER = -2 };
struct search {
    struct schedule *s;
    int *order, *at, *team;            /* position of each task; team or WHOEVER */
    int *free_day, *start, *end, *got; /* scratch of one evaluation */
    const double *slow;                /* per task: its duration times this, or NULL */
};

/* First day by which a kind has worked `days` full days from `from`; PLAN_DAYS: never within the plan. */
static int day_after(const double *capacity, int from, double days)
{
    int lo = from, hi = PLAN_DAYS;
    double want = capacity[from] + days - 1e-9;
    if (days <= 0) return from;
    if (capacity[PLAN_DAYS] < want) return PLAN_DAYS;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (capacity[mid] >= want)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

static int finish(const struct search *x, int t, int team, int from)
{
    const struct plan_task *k = &x->s->task[t];
    double slow = x->slow ? x->slow[t] : 1;
    if (team < 0) return k->work * slow < PLAN_DAYS - from ? from + (int)ceil(k->work * slow - 1e-9) : PLAN_DAYS;
    const struct plan_team *m = &x->s->team[team];
    return day_after(x->s->capacity[m->kind], from, k->work * slow / (m->per_day * k->factor));
}

/* Places task t as early as its needs and a team allow. */
static void place(struct search *x, int t)
{
    const struct plan_task *k = &x->s->task[t];
    int ready = 0, best = -1, best_end = 0, best_start = 0;
    for (int i = 0; i < k->n_need; i++)
        if (x->end[k->need[i]] > ready) ready = x->end[k->need[i]];
    if (ready > PLAN_DAYS) ready = PLAN_DAYS;
    for (int m = 0; k->can && m < x->s->n_team; m++) {
        if (!(k->can & 1U << x->s->team[m].kind) || (x->team[t] >= 0 && x->team[t] != m)) continue;
        int from = x->free_day[m] > ready ? x->free_day[m] : ready, end = finish(x, t, m, from);
        if (best >= 0 && (end > best_end || (end == best_end && from <= best_start)))
            continue; /* as early, but leaves the team that is free longer */
        best = m, best_end = end, best_start = from;
    }
    if (best < 0) best_start = ready, best_end = finish(x, t, -1, ready);
    x->start[t] = best_start;
    x->end[t] = best_end;
    x->got[t] = best;
    if (best >= 0) x->free_day[best] = best_end;
}

static double evaluate(struct search *x)
{
    double cost = 0;
    memset(x->free_day, 0, sizeof *x->free_day * (size_t)x->s->n_team);
    for (int i = 0; i < x->s->n_order; i++) {
        int t = x->order[i];
        place(x, t);
        cost += x->s->task[t].weight * x->end[t] + 1e-6 * x->end[t];
    }
    x->s->evaluations++;
    return cost;
}

/* --- where to begin --- */

static double quickest(const struct schedule *s, int t)
{
    double best = s->task[t].can ? 1e9 : s->task[t].work;
    for (int m = 0; m < s->n_team; m++)
        if (s->task[t].can & 1U << s->team[m].kind)
            best = fmin(best, s->task[t].work / (s->team[m].per_day * s->task[t].factor));
    return fmax(best, 0.1);
}

/* Weight of a task and of all that waits for it, each counted once a path (an upper figure is as good for an order). */
static void carried_weight(const struct schedule *s, double *w)
{
    for (int t = 0; t < s->n_task; t++) w[t] = s->task[t].weight;
    for (int pass = 0; pass < 32; pass++) {
        int moved = 0;
        double *sum = calloc((size_t)s->n_task + 1, sizeof *sum);
        if (!sum) return;
        for (int t = 0; t < s->n_task; t++)
            for (int i = 0; i < s->task[t].n_need; i++) sum[s->task[t].need[i]] += w[t] / s->task[t].n_need;
        for (int t = 0; t < s->n_task; t++) {
            double new = s->task[t].weight + sum[t];
            moved |= fabs(new - w[t]) > 1e-9;
            w[t] = new;
        }
        free(sum);
        if (!moved) break;
    }
}

static int ready_now(const struct search *x, int t)
{
    for (int i = 0; i < x->s->task[t].n_need; i++)
        if (x->at[x->s->task[t].need[i]] < 0) return 0;
    return 1;
}

static void first_order(struct search *x)
{
    struct schedule *s = x->s;
    double *w = calloc((size_t)s->n_task + 1, sizeof *w);
    if (w) carried_weight(s, w);
    for (int t = 0; t < s->n_task; t++) {
        x->at[t] = -1;
        x->team[t] = WHOEVER;
        if (w) w[t] /= quickest(s, t);
    }
    for (int i = 0; i < s->n_order; i++) {
        int best = -1;
        for (int t = 0; t < s->n_task; t++)
            if (x->at[t] < 0 && !s->task[t].veto && ready_now(x, t) && (best < 0 || (w && w[t] > w[best])))
                best = t;
        x->order[i] = best;
        x->at[best] = i;
    }
    free(w);
}

/* --- search --- */

static void shift(struct search *x, int from, int to)
{
    int t = x->order[from], step = to > from ? 1 : -1;
    for (int i = from; i != to; i += step) {
        x->order[i] = x->order[i + step];
        x->at[x->order[i]] = i;
    }
    x->order[to] = t;
    x->at[t] = to;
}

/* The places in the order that task t may take without breaking what must come before what. */
static void window(const struct search *x, int t, int *lo, int *hi)
{
    const struct schedule *s = x->s;
    *lo = 0, *hi = s->n_order - 1;
    for (int i = 0; i < s->task[t].n_need; i++)
        if (x->at[s->task[t].need[i]] >= *lo) *lo = x->at[s->task[t].need[i]] + 1;
    for (int i = x->at[t] + 1; i <= *hi; i++)
        for (int k = 0; k < s->task[x->order[i]].n_need; k++)
            if (s->task[x->order[i]].need[k] == t) *hi = i - 1;
}

struct move {
    int task, from, team;
};

static struct move try_move(struct search *x, struct random *r)
{
    const struct schedule *s = x->s;
    int i = (int)(random_uniform(r) * s->n_order), t = x->order[i], lo, hi;
    struct move m = {t, i, x->team[t]};
    if (s->n_team > 1 && s->task[t].can && random_uniform(r) < 0.3) {
        int to = (int)(random_uniform(r) * (s->n_team + 1)) - 1;
        x->team[t] = to >= 0 && (s->task[t].can & 1U << s->team[to].kind) ? to : WHOEVER;
        return m;
    }
    window(x, t, &lo, &hi);
    int reach = s->n_order > 60 ? 30 : s->n_order;
    lo = lo > i - reach ? lo : i - reach;
    hi = hi < i + reach ? hi : i + reach;
    shift(x, i, lo + (int)(random_uniform(r) * (hi - lo + 1)));
    return m;
}

static void undo(struct search *x, const struct move *m)
{
    x->team[m->task] = m->team;
    shift(x, x->at[m->task], m->from);
}

static void anneal(struct search *x, struct random *r, long steps, int *best_order, int *best_team)
{
    size_t n = sizeof(int) * (size_t)x->s->n_order, n_all = sizeof(int) * (size_t)x->s->n_task;
    double now = evaluate(x), best = now, hot = 0.02 * now / fmax(1, sqrt(x->s->n_order)) + 1e-9;
    memcpy(best_order, x->order, n);
    memcpy(best_team, x->team, n_all);
    for (long k = 0; k < steps; k++) {
        double heat = hot * pow(1e-4, (double)k / (double)steps);
        struct move m = try_move(x, r);
        double cost = evaluate(x);
        if (cost > now && random_uniform(r) >= exp((now - cost) / heat)) {
            undo(x, &m);
            continue;
        }
        now = cost;
        if (cost >= best - 1e-9) continue;
        best = cost;
        memcpy(best_order, x->order, n);
        memcpy(best_team, x->team, n_all);
    }
}

static int search_open(struct search *x, struct schedule *s)
{
    size_t n = (size_t)s->n_task + 1, m = (size_t)s->n_team + 1;
    *x = (struct search){.s = s};
    int *mem = calloc(6 * n + m, sizeof *mem);
    if (!mem) return -1;
    x->order = mem, x->at = mem + n, x->team = mem + 2 * n, x->start = mem + 3 * n, x->end = mem + 4 * n,
    x->got = mem + 5 * n, x->free_day = mem + 6 * n;
    return 0;
}

static void adopt(struct search *x)
{
    struct schedule *s = x->s;
    s->cost = 0;
    evaluate(x);
    for (int i = 0; i < s->n_order; i++) {
        struct plan_task *k = &s->task[x->order[i]];
        s->order[i] = x->order[i];
        k->team = x->got[x->order[i]];
        k->start_day = x->start[x->order[i]];
        k->end_day = x->end[x->order[i]];
        s->cost += k->weight * k->end_day;
    }
}

void schedule_solve(struct schedule *s, uint64_t seed, double effort)
{
    struct search x;
    struct random r = random_stream(seed, "land.plan");
    if (!s->n_order || search_open(&x, s)) return;
    int *best_order = calloc(2 * (size_t)s->n_task + 2, sizeof *best_order),
        *best_team = best_order ? best_order + s->n_task + 1 : NULL;
    double work = (double)s->n_order * (1 + s->n_team);
    long steps = (long)(effort * fmin(60000, 6e7 / work));
    int rounds = s->n_order <= 30 ? 4 : 1; /* small cases: from the start again, the best of all */
    double best = INFINITY;
    first_order(&x);
    for (int k = 0; k < rounds && best_order; k++) {
        if (k) first_order(&x);
        anneal(&x, &r, steps, best_order, best_team);
        memcpy(x.order, best_order, sizeof *x.order * (size_t)s->n_order);
        memcpy(x.team, best_team, sizeof *x.team * (size_t)s->n_task);
        double cost = evaluate(&x);
        if (cost < best) {
            best = cost;
            adopt(&x);
        }
    }
    free(best_order);
    free(x.order);
}

/* --- ranges --- */

static int by_day(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

void schedule_ranges(struct schedule *s, uint64_t seed, int runs)
{
    struct search x;
    struct random r = random_stream(seed, "land.ranges");
    double *slow = calloc((size_t)s->n_task + 1, sizeof *slow);
    int *ends = calloc((size_t)s->n_task * (size_t)runs + 1, sizeof *ends);
    if (!slow || !ends || search_open(&x, s)) {
        free(slow);
        free(ends);
        return;
    }
    memcpy(x.order, s->order, sizeof *x.order * (size_t)s->n_order);
    for (int t = 0; t < s->n_task; t++) x.team[t] = s->task[t].team >= 0 ? s->task[t].team : WHOEVER;
    x.slow = slow;
    /* The common part is how well the plan's rates hold at all (known better with every report), the rest is each task's own. */
    double own = s->pace.sd, common = s->pace.sd / sqrt(fmax(1, s->pace.n));
    for (int k = 0; k < runs; k++) {
        double all = exp(common * random_normal(&r) - common * common / 2); /* the mean is in the plan */
        for (int t = 0; t < s->n_task; t++)
            slow[t] = s->task[t].can ? 1 / fmax(0.05, all * exp(own * random_normal(&r) - own * own / 2))
                                     : exp(0.1 * random_normal(&r));
        evaluate(&x);
        for (int t = 0; t < s->n_task; t++) ends[t * runs + k] = x.end[t];
    }
    for (int t = 0; t < s->n_task; t++) {
        int *e = ends + (size_t)t * (size_t)runs;
        qsort(e, (size_t)runs, sizeof *e, by_day);
        s->task[t].p10_day = e[runs / 10], s->task[t].p50_day = e[runs / 2],
        s->task[t].p90_day = e[runs - 1 - runs / 10];
    }
    free(slow);
    free(ends);
    free(x.order);
}
