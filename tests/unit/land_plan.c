/* Planning: the schedule against the integer optimum of small cases (GLPK as judge), a large case in time, calendars, vetoes, the order of
 * scores with its sensitivity, and mistakes in a plan file. */
#include "base/err.h"
#include "base/instant.h"
#include "base/random.h"
#include "land/plan.h"
#include "near.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *parse(const char *text)
{
    json_error_t je;
    json_t *j = json_loads(text, 0, &je);
    if (!j) fail_msg("%s", je.text);
    return j;
}

/* n tasks of p[j][m] whole days on team m, a chain of needs here and there. Each team is a kind of its own, so that durations are free. */
struct small {
    int n, m, p[8][3], w[8], need[8];
};

static struct small draw(struct random *r)
{
    struct small c = {.n = 5 + (int)(random_uniform(r) * 3), .m = 2 + (int)(random_uniform(r) * 2)};
    for (int j = 0; j < c.n; j++) {
        int base = 1 + (int)(random_uniform(r) * 5);
        for (int m = 0; m < c.m; m++) c.p[j][m] = base; /* one rate of work a task, the factor of the team below */
        c.w[j] = (int)(random_uniform(r) * 10);
        c.need[j] = j && random_uniform(r) < 0.4 ? (int)(random_uniform(r) * j) : -1;
    }
    return c;
}

/* Team m works 1, 1/2, 1/3.. of the first team's pace. */
static int days(const struct small *c, int j, int m) { return c->p[j][m] * (1 + m); }

static json_t *small_json(const struct small *c)
{
    json_t *tasks = json_array(), *teams = json_array();
    char id[16];
    for (int m = 0; m < c->m; m++) {
        snprintf(id, sizeof id, "T%d", m);
        json_array_append_new(
            teams, json_pack("{s:s, s:s, s:f}", "id", id, "kind", "manual", "rate_m2_day", 600.0 / (1 + m)));
    }
    for (int j = 0; j < c->n; j++) {
        snprintf(id, sizeof id, "J%d", j);
        json_t *t = json_pack("{s:s, s:f, s:i, s:[s]}", "id", id, "area_m2", 600.0 * c->p[j][0], "homes", c->w[j],
                              "can", "manual");
        if (c->need[j] >= 0) {
            snprintf(id, sizeof id, "J%d", c->need[j]);
            json_object_set_new(t, "needs", json_pack("[s]", id));
        }
        json_array_append_new(tasks, t);
    }
    return json_pack("{s:s, s:o, s:o}", "start", "2026-03-02", "resources", teams, "tasks", tasks);
}

static void write_lp(const struct small *c, int T, FILE *f)
{
    fputs("Minimize\n c:", f);
    for (int j = 0; j < c->n; j++)
        for (int m = 0; m < c->m; m++)
            for (int t = 0; t + days(c, j, m) <= T; t++)
                fprintf(f, " + %d x%d_%d_%d\n", c->w[j] * (t + days(c, j, m)), j, m, t);
    fputs("Subject To\n", f);
    for (int j = 0; j < c->n; j++) {
        fprintf(f, " once%d:", j);
        for (int m = 0; m < c->m; m++)
            for (int t = 0; t + days(c, j, m) <= T; t++) fprintf(f, " + x%d_%d_%d\n", j, m, t);
        fputs(" = 1\n", f);
        if (c->need[j] < 0) continue;
        fprintf(f, " after%d:", j);
        for (int m = 0; m < c->m; m++) {
            for (int t = 0; t + days(c, j, m) <= T; t++) fprintf(f, " + %d x%d_%d_%d\n", t, j, m, t);
            for (int t = 0; t + days(c, c->need[j], m) <= T; t++)
                fprintf(f, " - %d x%d_%d_%d\n", t + days(c, c->need[j], m), c->need[j], m, t);
        }
        fputs(" >= 0\n", f);
    }
    for (int m = 0; m < c->m; m++)
        for (int at = 0; at < T; at++) {
            fprintf(f, " busy%d_%d:", m, at);
            for (int j = 0; j < c->n; j++)
                for (int t = at - days(c, j, m) + 1; t <= at; t++)
                    if (t >= 0 && t + days(c, j, m) <= T) fprintf(f, " + x%d_%d_%d\n", j, m, t);
            fputs(" <= 1\n", f);
        }
    fputs("Binary\n", f);
    for (int j = 0; j < c->n; j++)
        for (int m = 0; m < c->m; m++)
            for (int t = 0; t + days(c, j, m) <= T; t++) fprintf(f, " x%d_%d_%d\n", j, m, t);
    fputs("End\n", f);
}

/* The integer optimum by glpsol, or -1. */
static double optimum(const struct small *c)
{
    char lp[] = "/tmp/kend-plan-XXXXXX", command[200], line[256];
    int fd = mkstemp(lp), T = 0;
    double best = -1;
    for (int j = 0; j < c->n; j++) T += c->p[j][0]; /* the first team alone: all done by then */
    T += 3;
    FILE *f = fdopen(fd, "w");
    write_lp(c, T, f);
    fclose(f);
    snprintf(command, sizeof command, "glpsol --lp %s --tmlim 60 -o %s.out >/dev/null 2>&1", lp, lp);
    int status = system(command);
    snprintf(command, sizeof command, "%s.out", lp);
    f = status ? NULL : fopen(command, "r");
    int solved = 0;
    while (f && fgets(line, sizeof line, f)) {
        if (strstr(line, "INTEGER OPTIMAL")) solved = 1;
        if (!strncmp(line, "Objective:", 10)) sscanf(strchr(line, '=') ? strchr(line, '=') + 1 : "", "%lf", &best);
    }
    if (f) fclose(f);
    unlink(command);
    unlink(lp);
    return solved ? best : -1;
}

static void within_two_percent_of_the_optimum(void **state)
{
    (void)state;
    if (system("glpsol --version >/dev/null 2>&1")) {
        print_message("skipped: no glpsol (Debian glpk-utils) to judge by\n");
        skip();
    }
    struct random r = random_stream(7, "plan");
    double worst = 0;
    for (int k = 0; k < 12; k++) {
        struct small c = draw(&r);
        struct schedule s;
        struct err e = {0};
        json_t *j = small_json(&c);
        if (schedule_read(&s, j, NULL, &e) || (schedule_solve(&s, 1, 1), schedule_check(&s, &e)))
            fail_msg("%s", e.text);
        double best = optimum(&c);
        if (best < 0) fail_msg("glpsol did not solve case %d", k);
        if (s.cost < best - 1e-6) fail_msg("case %d: %g is better than the optimum %g", k, s.cost, best);
        if (best > 0) worst = fmax(worst, s.cost / best - 1);
        schedule_free(&s);
        json_decref(j);
    }
    print_message("worst of 12 cases: %.2f %% above the integer optimum\n", 100 * worst);
    assert_true(worst <= 0.02);
}

static json_t *large(int n, int m, uint64_t seed)
{
    static const char *const kind[] = {"manual", "two_dogs", "manual_machine", "build"};
    struct random r = random_stream(seed, "large");
    json_t *tasks = json_array(), *teams = json_array();
    char id[16];
    for (int i = 0; i < m; i++) {
        snprintf(id, sizeof id, "T%d", i);
        json_t *t = json_pack("{s:s, s:s}", "id", id, "kind", kind[i % 4]);
        if (i % 4 != 3) json_object_set_new(t, "rate_m2_day", json_real(500 + 300 * (i % 4)));
        json_array_append_new(teams, t);
    }
    for (int i = 0; i < n; i++) {
        snprintf(id, sizeof id, "J%d", i);
        json_t *t = json_pack("{s:s}", "id", id);
        if (i % 4 == 3) {
            json_object_set_new(t, "days", json_real(5 + random_uniform(&r) * 30));
            json_object_set_new(t, "homes", json_integer((json_int_t)(random_uniform(&r) * 20)));
            json_object_set_new(t, "can", json_pack("[s]", "build"));
        } else {
            json_object_set_new(t, "area_m2", json_real(1000 + random_uniform(&r) * 20000));
            json_object_set_new(t, "terrain", json_real(0.5 + 0.5 * random_uniform(&r)));
            json_object_set_new(t, "can", json_pack("[s, s]", kind[i % 3], kind[(i + 1) % 3]));
        }
        json_t *needs = json_array();
        for (int k = 0; k < 2 && i > 8; k++) {
            snprintf(id, sizeof id, "J%d", i - 1 - (int)(random_uniform(&r) * 8));
            json_array_append_new(needs, json_string(id));
        }
        json_object_set_new(t, "needs", needs);
        json_array_append_new(tasks, t);
    }
    return json_pack("{s:s, s:[i,i,i,i,i,i], s:o, s:o}", "start", "2026-03-02", "weekdays", 1, 2, 3, 4, 5, 6,
                     "resources", teams, "tasks", tasks);
}

static void five_hundred_tasks_in_five_seconds(void **state)
{
    (void)state;
    struct schedule s;
    struct err e = {0};
    json_t *j = large(500, 20, 3);
    if (schedule_read(&s, j, NULL, &e)) fail_msg("%s", e.text);
    schedule_solve(&s, 1, 0.001);
    double first = s.cost, began_s = instant_mono_s();
    schedule_solve(&s, 1, 1);
    double took_s = instant_mono_s() - began_s;
    if (schedule_check(&s, &e)) fail_msg("%s", e.text);
    print_message("500 tasks, 20 teams: %.2f s, %.0f household-days after %.0f at first\n", took_s, s.cost, first);
    assert_true(s.cost <= first);
    if (took_s > 5)
        print_message(
            "slower than 5 s on this machine\n"); /* the figure is bench/land's; a loaded machine is no failure */
    assert_true(took_s < 60);
    schedule_ranges(&s, 1, 20);
    for (int t = 0; t < s.n_task; t++)
        assert_true(s.task[t].p10_day <= s.task[t].p50_day && s.task[t].p50_day <= s.task[t].p90_day);
    schedule_free(&s);
    json_decref(j);
}

static const char village[] =
    "{\"start\":\"2026-03-02\",\"weekdays\":[1,2,3,4,5],\"holidays\":[\"2026-03-04\"],\"stand_down_frac\":{"
    "\"manual\":[0,0,0.5,0,0,0,0,0,0,0,0,0]},"
    "\"criteria\":[{\"name\":\"casualties\",\"weight\":3},{\"name\":\"return\",\"weight\":2}],"
    "\"resources\":[{\"id\":\"T1\",\"kind\":\"manual\",\"n\":10,\"rate_m2_day\":60},{\"id\":\"C1\",\"kind\":"
    "\"build\"}],"
    "\"tasks\":[{\"id\":\"road\",\"area_m2\":600,\"can\":[\"manual\"],\"criteria\":{\"casualties\":0.2,\"return\":"
    "0.9}},"
    "{\"id\":\"plots\",\"area_m2\":1200,\"can\":[\"manual\"],\"needs\":[\"road\"],\"criteria\":{\"casualties\":0.6,"
    "\"return\":0.5}},"
    "{\"id\":\"homes\",\"days\":3,\"can\":[\"build\"],\"needs\":[\"plots\"],\"homes\":12},"
    "{\"id\":\"far\",\"area_m2\":500,\"can\":[\"manual\"],\"secure\":false,\"criteria\":{\"casualties\":1,"
    "\"return\":1}},"
    "{\"id\":\"field\",\"area_m2\":500,\"can\":[\"manual\"],\"needs\":[\"far\"]}]}";

static void calendar_vetoes_and_rank(void **state)
{
    (void)state;
    struct schedule s;
    struct err e = {0};
    json_t *j = parse(village);
    if (schedule_read(&s, j, NULL, &e)) fail_msg("%s", e.text);
    schedule_solve(&s, 1, 1);
    /* Half of March's days are lost to weather: the road is two half days, Monday and Tuesday; the plots four, of which Wednesday is a
     * holiday and the weekend is free: Thursday, Friday, Monday, Tuesday; the crew then builds Wednesday to Friday. */
    assert_int_equal(s.task[0].end_day, 2);
    assert_int_equal(s.task[1].end_day, 9);
    assert_int_equal(s.task[2].start_day, 9);
    assert_int_equal(s.task[2].end_day, 12);
    assert_string_equal(s.task[3].veto, "secure");
    assert_string_equal(s.task[4].veto, "waits for far");
    assert_int_equal(s.n_order, 3);
    assert_near(s.task[0].score, (3 * 0.2 + 2 * 0.9) / 5, 1e-12);
    assert_string_equal(s.task[s.rank[0]].id,
                        "plots"); /* 0.56 against 0.48: the vetoed one, 1.0, is not in the order at all */
    assert_int_equal(rank_sensitivity(&s, 1, 1.2).moved, 0);
    assert_int_equal(rank_sensitivity(&s, 1, 2).first_changes, 1);
    schedule_free(&s);
    json_decref(j);
}

/* Ground that a machine prepares in task a and others search in task b. */
#define PREPARED(first, second_kind, needs)                                                                        \
    "{\"start\":\"2026-03-02\",\"resources\":[{\"id\":\"M\",\"kind\":\"machine\",\"rate_m2_day\":3000},{\"id\":"   \
    "\"T\","                                                                                                       \
    "\"kind\":\"manual\",\"rate_m2_day\":600},{\"id\":\"C\",\"kind\":\"crew\"}],\"tasks\":[{\"id\":\"a\",\"area_"  \
    "m2\":6000," first "},{\"id\":\"b\",\"area_m2\":6000,\"can\":[\"" second_kind "\"],\"needs\":" needs "}]}"

static void people_follow_a_machine(void **state)
{
    (void)state;
    struct schedule s;
    struct err e = {0};
    json_t *j = parse(PREPARED("\"can\":[\"machine\"],\"prepares\":\"b\"", "manual", "[\"a\"]"));
    if (schedule_read(&s, j, NULL, &e)) fail_msg("%s", e.text);
    schedule_solve(&s, 1, 1);
    assert_int_equal(s.task[0].end_day, 2);
    assert_int_equal(s.task[1].start_day, 2);
    assert_int_equal(s.task[1].end_day, 12); /* all of it again, by people */
    schedule_free(&s);
    json_decref(j);
}

static void mistakes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } bad[] = {
        {"{}", "start"},
        {"{\"start\":\"2026-03-02\",\"tasks\":[]}", "1 to"},
        {"{\"start\":\"2026-03-02\",\"tasks\":[{\"id\":\"a\",\"days\":1},{\"id\":\"a\",\"days\":1}]}",
         "id of its own"},
        {"{\"start\":\"2026-03-02\",\"tasks\":[{\"id\":\"a\"}]}", "area_m2 or days"},
        {"{\"start\":\"2026-03-02\",\"tasks\":[{\"id\":\"a\",\"days\":1,\"needs\":[\"b\"]}]}", "no task"},
        {"{\"start\":\"2026-03-02\",\"tasks\":[{\"id\":\"a\",\"days\":1,\"needs\":[\"b\"]},{\"id\":\"b\",\"days\":"
         "1,\"needs\":[\"a\"]}]}",
         "waits for itself"},
        {"{\"start\":\"2026-03-02\",\"tasks\":[{\"id\":\"a\",\"days\":1,\"can\":[\"dogs\"]}]}", "no resource"},
        {"{\"start\":\"2026-03-02\",\"hours_per_day\":20,\"tasks\":[{\"id\":\"a\",\"days\":1}]}", "hours"},
        {"{\"start\":\"2026-03-02\",\"criteria\":[{\"name\":\"x\",\"weight\":1}],\"tasks\":[{\"id\":\"a\",\"days\":"
         "1,\"criteria\":{\"x\":2}}]}",
         "between 0 and 1"},
        {PREPARED("\"can\":[\"machine\"]", "manual", "[\"a\"]"), "alone never clears"},
        {PREPARED("\"can\":[\"manual\",\"machine\"]", "manual", "[\"a\"]"), "alone never clears"},
        {PREPARED("\"can\":[\"machine\"],\"prepares\":\"c\"", "manual", "[\"a\"]"), "a task that needs it"},
        {PREPARED("\"can\":[\"machine\"],\"prepares\":\"b\"", "manual", "[]"), "a task that needs it"},
        {PREPARED("\"can\":[\"machine\"],\"prepares\":\"b\"", "crew", "[\"a\"]"), "no team does that clears"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct schedule s;
        struct err e = {0};
        json_t *j = parse(bad[i].text);
        assert_int_equal(schedule_read(&s, j, NULL, &e), -1);
        if (!strstr(e.text, bad[i].words)) fail_msg("`%s` does not say `%s`", e.text, bad[i].words);
        schedule_free(&s);
        json_decref(j);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_two_percent_of_the_optimum),
        cmocka_unit_test(five_hundred_tasks_in_five_seconds),
        cmocka_unit_test(calendar_vetoes_and_rank),
        cmocka_unit_test(people_follow_a_machine),
        cmocka_unit_test(mistakes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
