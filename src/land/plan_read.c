/* A plan file: what is to be done, by whom, in which order at least, and what people weigh. Rank and check of a plan stand here too.
 * Every number has its unit in its key; a task that names an area of the records takes what is left to do from there. */
#include "base/err.h"
#include "base/instant.h"
#include "land/land.h"
#include "land/plan.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *j, const char *key) { return json_string_value(json_object_get(j, key)); }

static double number_of(const json_t *j, const char *key, double otherwise)
{
    const json_t *v = json_object_get(j, key);
    return json_is_number(v) ? json_number_value(v) : otherwise;
}

static int kind_of(struct schedule *s, const char *name)
{
    for (int i = 0; i < s->n_kind; i++)
        if (!strcmp(s->kind[i], name)) return i;
    if (s->n_kind == PLAN_KINDS_MAX) return -1;
    s->kind[s->n_kind] = arena_strdup(&s->arena, name);
    return s->n_kind++;
}

static int teams_read(struct schedule *s, const json_t *list, double hours, struct err *e)
{
    const json_t *j;
    size_t i;
    s->team = ARENA_NEW(&s->arena, struct plan_team, json_array_size(list) + 1);
    json_array_foreach(list, i, j)
    {
        const char *id = text_of(j, "id"), *kind = text_of(j, "kind");
        double rate = number_of(j, "rate_m2_day", 1), n = number_of(j, "n", 1);
        int k = kind ? kind_of(s, kind) : -1;
        if (!id || k < 0 || s->n_team == PLAN_TEAMS_MAX)
            return err_set(e, "resource %zu wants an id and a kind (at most %d kinds, %d teams)", i + 1,
                           PLAN_KINDS_MAX, PLAN_TEAMS_MAX);
        if (!(rate > 0) || !(n > 0)) return err_set(e, "resource `%s`: rate_m2_day and n are positive", id);
        int build = json_object_get(j, "rate_m2_day") == NULL; /* a crew: its work is given in days */
        s->team[s->n_team++] =
            (struct plan_team){arena_strdup(&s->arena, id), k, build, build ? n : n * rate * hours / 6};
    }
    return 0;
}

/* Full working days before each day: no work on free weekdays and holidays, stand-down weather as the month's share of lost days. */
static int capacity_make(struct schedule *s, const json_t *root, struct err *e)
{
    const json_t *week = json_object_get(root, "weekdays"), *holidays = json_object_get(root, "holidays"),
                 *down = json_object_get(root, "stand_down_frac"), *v;
    unsigned works = 0;
    size_t i;
    json_array_foreach(week, i, v) works |= 1U << (json_integer_value(v) & 7);
    if (!week) works = 0x7f;
    if (!(works & 0x7f)) return err_set(e, "`weekdays` lists days of work, 0 = Sunday to 6");
    for (int k = 0; k < s->n_kind; k++) {
        const json_t *months = json_object_get(down, s->kind[k]);
        s->capacity[k] = ARENA_NEW(&s->arena, double, PLAN_DAYS + 1);
        if (months && json_array_size(months) != 12)
            return err_set(e, "`stand_down_frac` of %s wants 12 months", s->kind[k]);
        for (int d = 0; d < PLAN_DAYS; d++) {
            struct civil c = civil_at(NULL, s->start_ms + (int64_t)d * MS_DAY);
            char day[16];
            snprintf(day, sizeof day, "%04d-%02d-%02d", c.year, c.month, c.day);
            int free_day = !(works & 1U << c.weekday);
            json_array_foreach(holidays, i, v) free_day |= json_is_string(v) && !strcmp(json_string_value(v), day);
            double lost = months ? json_number_value(json_array_get(months, (size_t)c.month - 1)) : 0;
            s->capacity[k][d + 1] = s->capacity[k][d] + (free_day ? 0 : fmax(0, 1 - lost));
        }
        if (s->capacity[k][PLAN_DAYS] < 1)
            return err_set(e, "%s teams never work: look at weekdays and stand_down_frac", s->kind[k]);
    }
    return 0;
}

static int task_index(const struct schedule *s, const char *id)
{
    for (int i = 0; id && i < s->n_task; i++)
        if (!strcmp(s->task[i].id, id)) return i;
    return -1;
}

/* What the records leave to do: of a search all that nobody has cleared, of a machine or dog all that it has not gone over. */
static double left_m2(const struct area *a, const json_t *can, int prepares)
{
    const json_t *kind;
    size_t i;
    double done_m2 = prepares ? a->spent_m2 : area_searched_m2(a);
    json_array_foreach(can, i, kind) if (prepares && json_is_string(kind)) done_m2 =
        fmax(done_m2, area_prepared_m2(a, json_string_value(kind)));
    return fmax(0, shape_area_m2(a->rest) + (prepares ? a->spent_m2 : 0) - done_m2);
}

static int task_read(struct schedule *s, const json_t *j, const struct land *l, struct plan_task *t, struct err *e)
{
    static const char *const factors[] = {"terrain", "vegetation", "slope", "metal"};
    static const char *const vetoes[] = {"secure", "access", "ownership", "user_committed"};
    const json_t *can = json_object_get(j, "can"), *v;
    const char *name = text_of(j, "name"), *prepares = text_of(j, "prepares");
    size_t i;
    int at = l ? land_area(l, prepares ? prepares : t->id) : -1;
    if (prepares) t->prepares = arena_strdup(&s->arena, prepares);
    t->name = name ? arena_strdup(&s->arena, name) : t->id;
    t->team = -1;
    t->factor = 1;
    for (int k = 0; k < 4; k++) t->factor *= number_of(j, factors[k], 1);
    t->work = number_of(j, "days", number_of(j, "area_m2", -1));
    if (at >= 0 && !json_object_get(j, "days")) t->work = left_m2(&l->area[at], can, prepares != NULL);
    t->homes = number_of(j, "homes", 0);
    if (!(t->work >= 0) || !(t->factor > 0) || !(t->homes >= 0))
        return err_set(e, "task `%s` wants area_m2 or days, positive factors and homes >= 0", t->id);
    json_array_foreach(can, i, v)
    {
        int k = json_is_string(v) ? kind_of(s, json_string_value(v)) : -1;
        if (k >= 0) t->can |= 1U << k;
    }
    for (int k = 0; k < 4; k++) {
        v = json_object_get(j, vetoes[k]);
        if (v && !json_is_true(v)) t->veto = vetoes[k];
    }
    for (int c = 0; c < s->n_criterion; c++) {
        t->x[c] = number_of(json_object_get(j, "criteria"), s->criterion[c], 0);
        if (!(t->x[c] >= 0 && t->x[c] <= 1))
            return err_set(e, "task `%s`: criterion `%s` lies between 0 and 1", t->id, s->criterion[c]);
        t->score += s->weight[c] * t->x[c];
    }
    t->weight = t->homes + t->score;
    return 0;
}

static int criteria_read(struct schedule *s, const json_t *list, struct err *e)
{
    const json_t *j;
    size_t i;
    double sum = 0;
    json_array_foreach(list, i, j)
    {
        double w = number_of(j, "weight", -1);
        if (i == PLAN_CRITERIA_MAX || !text_of(j, "name") || !(w >= 0))
            return err_set(e, "a criterion wants a name and a weight; at most %d", PLAN_CRITERIA_MAX);
        s->criterion[i] = arena_strdup(&s->arena, text_of(j, "name"));
        s->weight[i] = w;
        sum += w;
        s->n_criterion = (int)i + 1;
    }
    if (s->n_criterion && !(sum > 0)) return err_set(e, "the weights of the criteria are all 0");
    for (int c = 0; c < s->n_criterion; c++) s->weight[c] /= sum;
    return 0;
}

static int needs_read(struct schedule *s, const json_t *list, struct err *e)
{
    const json_t *j, *v;
    size_t i, k;
    json_array_foreach(list, i, j)
    {
        struct plan_task *t = &s->task[i];
        json_array_foreach(json_object_get(j, "needs"), k, v)
        {
            int at = task_index(s, json_string_value(v));
            if (at < 0)
                return err_set(e, "task `%s` needs `%s`, which is no task", t->id,
                               json_is_string(v) ? json_string_value(v) : "?");
            if (t->n_need == PLAN_NEEDS_MAX)
                return err_set(e, "task `%s` needs more than %d others", t->id, PLAN_NEEDS_MAX);
            t->need[t->n_need++] = at;
        }
    }
    return 0;
}

static int team_exists(const struct schedule *s, const struct plan_task *t)
{
    for (int m = 0; m < s->n_team; m++)
        if (t->can & 1U << s->team[m].kind) return 1;
    return !t->can;
}

/* What waits for a vetoed task waits too; a ring of needs is refused. */
static int spread_vetoes(struct schedule *s, struct err *e)
{
    int *left = ARENA_NEW(&s->arena, int, s->n_task + 1), placed = 0, moved = 1;
    while (moved) {
        moved = 0;
        for (int t = 0; t < s->n_task; t++) {
            int ready = !left[t];
            for (int i = 0; i < s->task[t].n_need; i++) {
                ready &= left[s->task[t].need[i]];
                if (s->task[s->task[t].need[i]].veto && !s->task[t].veto)
                    s->task[t].veto = arena_printf(&s->arena, "waits for %s", s->task[s->task[t].need[i]].id);
            }
            if (ready) left[t] = 1, placed++, moved = 1;
        }
    }
    for (int t = 0; t < s->n_task && placed < s->n_task; t++)
        if (!left[t]) return err_set(e, "task `%s` waits for itself through what it needs", s->task[t].id);
    for (int t = 0; t < s->n_task; t++) {
        if (!team_exists(s, &s->task[t])) return err_set(e, "no resource can do task `%s`", s->task[t].id);
        s->n_order += !s->task[t].veto;
    }
    s->order = ARENA_NEW(&s->arena, int, s->n_task + 1);
    return 0;
}

static int can_search(const struct schedule *s, const struct plan_task *t, enum search how)
{
    for (int k = 0; k < s->n_kind; k++)
        if ((t->can & 1U << k) && method_search(s->kind[k]) == how) return 1;
    return 0;
}

static int needs(const struct plan_task *t, int other)
{
    for (int i = 0; i < t->n_need; i++)
        if (t->need[i] == other) return 1;
    return 0;
}

/* A machine or one dog never clears alone: people, or a second dog, search the same ground after it. */
static int follow_ups_check(const struct schedule *s, struct err *e)
{
    for (int t = 0; t < s->n_task; t++) {
        const struct plan_task *k = &s->task[t];
        int next = task_index(s, k->prepares);
        if (!k->prepares && can_search(s, k, SEARCH_ASSISTS))
            return err_set(
                e,
                "task `%s`: a machine or one dog alone never clears; give it `prepares`, the task of those "
                "who search the same ground after it",
                k->id);
        if (k->prepares && (next < 0 || !needs(&s->task[next], t)))
            return err_set(e, "task `%s` prepares `%s`, which must be a task that needs it", k->id, k->prepares);
        if (k->prepares && !s->task[next].prepares && !can_search(s, &s->task[next], SEARCH_CLEARS))
            return err_set(e, "task `%s` prepares `%s`, which no team does that clears", k->id, k->prepares);
    }
    return 0;
}

/* The task that a report is part of: what prepares the area, or searches it. */
static int task_of(const struct schedule *s, const char *area, const char *method)
{
    for (int t = 0; t < s->n_task && method_search(method) == SEARCH_ASSISTS; t++)
        if (s->task[t].prepares && !strcmp(s->task[t].prepares, area)) return t;
    return task_index(s, area);
}

/* Real over planned, day by day: the reports of areas that the plan knows, by the teams that it names. */
static void pace_learn(struct schedule *s, const struct land *l)
{
    double sum = 0, sum2 = 0;
    s->pace = (struct plan_pace){1, 0.3, 0}; /* nothing known: rates of guides, off by a third either way */
    for (int i = 0; l && i < l->n_area; i++) {
        for (int k = 0; k < l->area[i].n_report; k++) {
            const struct report *r = &l->area[i].report[k];
            int t = task_of(s, l->area[i].id, r->method);
            for (int m = 0; m < s->n_team; m++) {
                if (t < 0 || r->superseded_by || strcmp(s->team[m].id, r->team) != 0 || !(r->searched_m2 > 0))
                    continue;
                double ratio = r->searched_m2 / (s->team[m].per_day * s->task[t].factor);
                sum += ratio, sum2 += ratio * ratio, s->pace.n++;
            }
        }
    }
    if (s->pace.n < 3) return;
    s->pace.mean = sum / s->pace.n;
    s->pace.sd = fmax(0.05, sqrt(fmax(0, sum2 / s->pace.n - s->pace.mean * s->pace.mean)) / s->pace.mean);
}

static int by_score(const void *a, const void *b, void *self)
{
    const struct schedule *s = self;
    const struct plan_task *x = &s->task[*(const int *)a], *y = &s->task[*(const int *)b];
    if (x->score < y->score || x->score > y->score) return x->score > y->score ? -1 : 1;
    return strcmp(x->id, y->id);
}

static void rank_make(struct schedule *s)
{
    s->rank = ARENA_NEW(&s->arena, int, s->n_task + 1);
    for (int t = 0; t < s->n_task; t++)
        if (!s->task[t].veto && s->task[t].score > 0) s->rank[s->n_rank++] = t;
    qsort_r(s->rank, (size_t)s->n_rank, sizeof *s->rank, by_score, s);
}

int schedule_read(struct schedule *s, const json_t *root, const struct land *l, struct err *e)
{
    const json_t *tasks = json_object_get(root, "tasks"), *j;
    const char *start = text_of(root, "start");
    double hours = number_of(root, "hours_per_day", 6);
    size_t i;
    *s = (struct schedule){0};
    if (!start || instant_parse(start, NULL, &s->start_ms, NULL)) return err_set(e, "a plan wants `start`, a day");
    if (!(hours > 0 && hours <= 12))
        return err_set(e, "`hours_per_day` lies between 0 and 12 (a deminer works at most 6)");
    if (!json_array_size(tasks) || json_array_size(tasks) > PLAN_TASKS_MAX)
        return err_set(e, "a plan wants 1 to %d tasks", PLAN_TASKS_MAX);
    if (criteria_read(s, json_object_get(root, "criteria"), e) ||
        teams_read(s, json_object_get(root, "resources"), hours, e))
        return -1;
    s->task = ARENA_NEW(&s->arena, struct plan_task, json_array_size(tasks) + 1);
    json_array_foreach(tasks, i, j)
    {
        const char *id = text_of(j, "id");
        if (!id || task_index(s, id) >= 0) return err_set(e, "task %zu wants an id of its own", i + 1);
        s->task[i].id = arena_strdup(&s->arena, id);
        s->n_task = (int)i + 1;
        if (task_read(s, j, l, &s->task[i], e)) return -1;
    }
    if (needs_read(s, tasks, e) || spread_vetoes(s, e) || follow_ups_check(s, e) || capacity_make(s, root, e))
        return -1;
    pace_learn(s, l);
    for (int m = 0; m < s->n_team; m++)
        if (s->pace.n >= 3 && !s->team[m].builds) s->team[m].per_day *= s->pace.mean; /* as they have worked */
    rank_make(s);
    return 0;
}

void schedule_free(struct schedule *s) { arena_free(&s->arena); }

struct sensitivity rank_sensitivity(const struct schedule *s, int criterion, double times)
{
    struct sensitivity r = {0, 0};
    double *score = calloc((size_t)s->n_rank + 1, sizeof *score), sum = 0, w[PLAN_CRITERIA_MAX];
    for (int c = 0; c < s->n_criterion; c++) sum += w[c] = s->weight[c] * (c == criterion ? times : 1);
    for (int i = 0; score && i < s->n_rank; i++)
        for (int c = 0; c < s->n_criterion && sum > 0; c++) score[i] += w[c] / sum * s->task[s->rank[i]].x[c];
    for (int i = 0; score && i < s->n_rank; i++) {
        int place = 0;
        for (int k = 0; k < s->n_rank; k++) place += score[k] > score[i] || (k < i && !(score[k] < score[i]));
        r.moved += place != i;
        if (!i) r.first_changes = place != 0;
    }
    free(score);
    return r;
}

int schedule_check(const struct schedule *s, struct err *e)
{
    for (int t = 0; t < s->n_task; t++) {
        const struct plan_task *k = &s->task[t];
        if (k->veto) continue;
        for (int i = 0; i < k->n_need; i++)
            if (s->task[k->need[i]].end_day > k->start_day)
                return err_set(e, "`%s` starts before `%s` ends", k->id, s->task[k->need[i]].id);
        if (!k->can) continue;
        if (k->team < 0 || !(k->can & 1U << s->team[k->team].kind))
            return err_set(e, "`%s` has no team that can do it", k->id);
        const double *c = s->capacity[s->team[k->team].kind];
        if (k->end_day < PLAN_DAYS &&
            (c[k->end_day] - c[k->start_day]) * s->team[k->team].per_day * k->factor < k->work - 1e-6)
            return err_set(e, "`%s` is shorter than its work", k->id);
        for (int o = 0; o < t; o++)
            if (!s->task[o].veto && s->task[o].team == k->team && s->task[o].can &&
                s->task[o].start_day < k->end_day && k->start_day < s->task[o].end_day)
                return err_set(e, "team `%s` does `%s` and `%s` at the same time", s->team[k->team].id, k->id,
                               s->task[o].id);
    }
    return 0;
}
