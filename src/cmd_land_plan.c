/* `kend land plan FILE`: the order of areas with what would change it, and the schedule that brings people home earliest. A person signs
 * the order (--sign); the program only proposes it. */
#include "base/err.h"
#include "cmd_land.h"
#include "land/plan.h"
#include <jansson.h>
#include <string.h>

enum { RANGE_RUNS = 200 };

static char *day_text(const struct schedule *s, int day, char *buf, size_t size)
{
    if (day >= PLAN_DAYS) return snprintf(buf, size, "never"), buf;
    char at[40];
    instant_format(at, sizeof at, NULL, s->start_ms + (int64_t)day * MS_DAY);
    snprintf(buf, size, "%.10s", at);
    return buf;
}

static void print_rank(const struct schedule *s)
{
    if (!s->n_rank) return;
    puts("order of areas (vetoes first, then weighted criteria; a person signs it)");
    for (int i = 0; i < s->n_rank; i++) {
        const struct plan_task *t = &s->task[s->rank[i]];
        printf("  %3d  %-24.24s %.3f ", i + 1, t->id, t->score);
        for (int c = 0; c < s->n_criterion; c++) printf(" %s %.2f", s->criterion[c], t->x[c]);
        putchar('\n');
    }
    puts("how far it holds: places that change when one weight is multiplied\n  criterion                 weight   "
         " x 0.5    x 0.8    x 1.2      x 2");
    static const double times[] = {0.5, 0.8, 1.2, 2};
    for (int c = 0; c < s->n_criterion; c++) {
        printf("  %-24.24s  %6.3f", s->criterion[c], s->weight[c]);
        for (int k = 0; k < 4; k++) {
            struct sensitivity r = rank_sensitivity(s, c, times[k]);
            printf("  %4d%s", r.moved, r.first_changes ? " 1st" : "    ");
        }
        putchar('\n');
    }
}

static void print_schedule(const struct schedule *s)
{
    char start[16], end[16], lo[16], hi[16];
    for (int t = 0; t < s->n_task; t++)
        if (s->task[t].veto) printf("  not now  %-24.24s %s\n", s->task[t].id, s->task[t].veto);
    printf("%-24s %-10s %-10s  %-10s  %-23s %s\n", "task", "team", "from", "done", "8 of 10 times between",
           "homes");
    for (int i = 0; i < s->n_order; i++) {
        const struct plan_task *t = &s->task[s->order[i]];
        printf("%-24.24s %-10.10s %-10s  %-10s  %-10s - %-10s", t->id, t->team >= 0 ? s->team[t->team].id : "-",
               day_text(s, t->start_day, start, sizeof start), day_text(s, t->end_day, end, sizeof end),
               day_text(s, t->p10_day, lo, sizeof lo), day_text(s, t->p90_day, hi, sizeof hi));
        t->homes > 0 ? printf(" %.0f\n", t->homes) : putchar('\n');
    }
    printf("%.0f household-days of waiting in all; ", s->cost);
    if (s->pace.n >= 3)
        printf("teams have worked at %.0f %% of the planned rate so far (%d reports, spread %.0f %%)\n",
               100 * s->pace.mean, s->pace.n, 100 * s->pace.sd);
    else
        puts("fewer than three reports so far: ranges assume the rates are off by 30 % either way");
}

static json_t *schedule_json(const struct schedule *s)
{
    char start[16], end[16], lo[16], mid[16], hi[16];
    json_t *tasks = json_array(), *rank = json_array(), *vetoes = json_array(), *sensitive = json_array();
    for (int i = 0; i < s->n_order; i++) {
        const struct plan_task *t = &s->task[s->order[i]];
        json_array_append_new(tasks, json_pack("{s:s, s:s, s:s?, s:s, s:s, s:s, s:s, s:s, s:f}", "id", t->id,
                                               "name", t->name, "team", t->team >= 0 ? s->team[t->team].id : NULL,
                                               "from", day_text(s, t->start_day, start, sizeof start), "done",
                                               day_text(s, t->end_day, end, sizeof end), "p10",
                                               day_text(s, t->p10_day, lo, sizeof lo), "p50",
                                               day_text(s, t->p50_day, mid, sizeof mid), "p90",
                                               day_text(s, t->p90_day, hi, sizeof hi), "homes", t->homes));
    }
    for (int i = 0; i < s->n_rank; i++)
        json_array_append_new(
            rank, json_pack("{s:s, s:f}", "id", s->task[s->rank[i]].id, "score", s->task[s->rank[i]].score));
    for (int t = 0; t < s->n_task; t++)
        if (s->task[t].veto)
            json_array_append_new(vetoes, json_pack("{s:s, s:s}", "id", s->task[t].id, "why", s->task[t].veto));
    for (int c = 0; c < s->n_criterion; c++) {
        struct sensitivity less = rank_sensitivity(s, c, 0.8), more = rank_sensitivity(s, c, 1.2);
        json_array_append_new(sensitive,
                              json_pack("{s:s, s:f, s:i, s:i, s:b}", "criterion", s->criterion[c], "weight",
                                        s->weight[c], "moved_less", less.moved, "moved_more", more.moved,
                                        "first_changes", less.first_changes || more.first_changes));
    }
    return json_pack("{s:f, s:f, s:f, s:i, s:o, s:o, s:o, s:o}", "household_days", s->cost, "pace_mean",
                     s->pace.mean, "pace_sd", s->pace.sd, "reports", s->pace.n, "rank", rank, "sensitivity",
                     sensitive, "vetoes", vetoes, "tasks", tasks);
}

static int sign_rank(const struct args *a, struct desk *d, const struct schedule *s)
{
    struct key k;
    struct err e = {0};
    int64_t at_ms, seq = 0;
    char from[16], done[16], late[16];
    json_t *order = json_array(), *plan = json_array();
    for (int i = 0; i < s->n_rank; i++) {
        const struct plan_task *t = &s->task[s->rank[i]];
        if (land_area(d->land, t->id) < 0) continue;
        json_array_append_new(order, json_string(t->id));
        json_array_append_new(plan, json_pack("{s:s, s:s, s:s, s:s}", "id", t->id, "from",
                                              day_text(s, t->start_day, from, sizeof from), "done",
                                              day_text(s, t->end_day, done, sizeof done), "late",
                                              day_text(s, t->p90_day, late, sizeof late)));
    }
    json_t *data = json_pack("{s:o, s:o, s:s}", "order", order, "plan", plan, "text",
                             arg_text(a, "--text") ? arg_text(a, "--text") : "as proposed");
    int status = land_at(a, &at_ms) || land_key(a, &k) ? 1 : 0;
    if (!status && desk_sign(d, &k, "land.rank", "", -1, at_ms, data, &seq, &e)) status = land_refused(a, &e);
    if (!status) printf("signed as no. %lld by %s\n", (long long)seq, k.name);
    key_wipe(&k);
    json_decref(data);
    return status;
}

static int plan_print(const struct args *a, struct desk *d, const json_t *root)
{
    struct schedule s;
    struct err e = {0};
    int status = 0;
    if (schedule_read(&s, root, d ? d->land : NULL, &e)) {
        snprintf(e.file, sizeof e.file, "%s", a->file);
        status = land_refused(a, &e);
    } else {
        schedule_solve(&s, 1, 1);
        schedule_ranges(&s, 1, RANGE_RUNS);
        must(!schedule_check(&s, &e), "%s", e.text);
        if (arg_on(a, "--json")) {
            json_t *j = schedule_json(&s);
            json_dumpf(j, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
            putchar('\n');
            json_decref(j);
        } else {
            print_rank(&s);
            print_schedule(&s);
        }
        if (arg_on(a, "--sign"))
            status = d ? sign_rank(a, d, &s) : complain(a, "give --db FILE to sign the order in its chain");
    }
    schedule_free(&s);
    return status;
}

int command_land_plan(const struct args *a)
{
    json_error_t je;
    struct desk d;
    int with_land = arg_text(a, "--db") != NULL;
    json_t *root = json_load_file(a->file, JSON_REJECT_DUPLICATES, &je);
    if (!root) return complain(a, "%s:%d:%d: %s", a->file, je.line, je.column, je.text);
    int status = 1;
    if (!with_land || !land_desk(a, &d)) {
        status = plan_print(a, with_land ? &d : NULL, root);
        if (with_land) desk_close(&d);
    }
    json_decref(root);
    return status;
}
