/* `kend simulate FILE`: the same days under one or all controllers, compared. */
#include "base/err.h"
#include "base/progress.h"
#include "command.h"
#include "design/report.h"
#include "design/scenario.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { WARM_DAYS = 7 };

static int read_scenario(const struct args *a, const struct village *v, struct scenario *s, int *threads)
{
    double days, seed, tick_s, n;
    if (arg_number(a, "--days", 1, 366, &days) || arg_number(a, "--seed", 0, 9e15, &seed)) return -1;
    if (arg_number(a, "--tick", 1, 900, &tick_s) || arg_number(a, "--threads", 1, 8, &n)) return -1;
    if (arg_instant(a, "--from", &v->site.zone, &s->from_ms)) return -1;
    s->village = v;
    s->weather_file = arg_text(a, "--weather");
    s->river = arg_text(a, "--river");
    s->days = (int)days;
    s->warm_days = WARM_DAYS;
    s->seed = (uint64_t)seed;
    s->tick_ms = (int64_t)(tick_s * 1000);
    s->from_ms = local_day_start_ms(&v->site.zone, s->from_ms);
    *threads = (int)n;
    return 0;
}

/* "joint", "all" or a list such as "rules,joint"; each once, in the order of enum controller. Returns how many, or -1. */
static int choose_controllers(const struct args *a, int chosen[CONTROLLERS])
{
    const char *text = arg_text(a, "--control");
    int wanted[CONTROLLERS] = {0}, n = 0;
    for (const char *at = text; *at;) {
        size_t len = strcspn(at, ",");
        int found = len == 3 && !strncmp(at, "all", 3);
        for (int i = 0; i < CONTROLLERS; i++) {
            int here = strlen(controller_name[i]) == len && !strncmp(at, controller_name[i], len);
            wanted[i] |= here || (len == 3 && !strncmp(at, "all", 3));
            found |= here;
        }
        if (!found)
            return complain(a, "--control %s: give rules, separate, joint, perfect, a list of them, or all", text),
                   -1;
        at += len + (at[len] == ',');
    }
    for (int i = 0; i < CONTROLLERS; i++)
        if (wanted[i]) chosen[n++] = i;
    return n ? n : (complain(a, "--control is empty"), -1);
}

static FILE *open_out(const struct args *a, const char *dir, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (!f) complain(a, "%s: %s", path, strerror(errno));
    return f;
}

static int close_out(const struct args *a, FILE *f, const char *name, int failed)
{
    if (fclose(f) || failed) return complain(a, "%s could not be written: %s", name, strerror(errno));
    return 0;
}

static int write_out(const struct args *a, const struct comparison *c)
{
    const char *dir = arg_text(a, "--out");
    if (!dir) return 0;
    if (mkdir(dir, 0777) && errno != EEXIST) return complain(a, "%s: %s", dir, strerror(errno));
    for (int i = 0; i < c->n; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s.csv", c->outcome[i].control);
        FILE *f = open_out(a, dir, name);
        if (!f || close_out(a, f, name, recorder_write_csv(&c->recorder[i], f))) return 1;
    }
    FILE *f = open_out(a, dir, "report.html");
    return !f || close_out(a, f, "report.html", report_html(c, f));
}

static int print_comparison(const struct args *a, const struct comparison *c)
{
    if (!arg_on(a, "--json")) return report_text(c, stdout), write_out(a, c);
    json_t *j = report_json(c);
    json_dumpf(j, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
    putchar('\n');
    json_decref(j);
    return write_out(a, c);
}

static void show_progress(void *self, double done_frac) { progress_at(self, done_frac); }

static int simulate(const struct args *a, const struct village *v)
{
    struct scenario s = {0};
    struct scenario_run run[CONTROLLERS] = {0};
    struct err err[CONTROLLERS] = {0};
    struct outcome outcome[CONTROLLERS];
    struct recorder recorder[CONTROLLERS];
    int chosen[CONTROLLERS], threads, n = choose_controllers(a, chosen), status = 1;
    if (n < 0 || read_scenario(a, v, &s, &threads)) return 1;
    for (int i = 0; i < n; i++) {
        run[i].scenario = &s;
        run[i].controller = (enum controller)chosen[i];
        run[i].err = &err[i];
        run[i].record = arg_text(a, "--out") != NULL;
    }
    struct progress bar;
    progress_start(&bar, "simulating", PROGRESS_AUTO);
    int failed = scenario_run_all(run, n, threads, show_progress, &bar);
    progress_end(&bar);
    char line[1024];
    for (int i = 0; i < n && failed; i++)
        if (run[i].failed) {
            complain(a, "%s", err_line(&err[i], line, sizeof line));
            break;
        }
    for (int i = 0; i < n; i++) outcome[i] = run[i].outcome, recorder[i] = run[i].recorder;
    snprintf(line, sizeof line, "kend simulate %s --from %s --days %d --control %s --seed %s", a->file,
             arg_text(a, "--from"), s.days, arg_text(a, "--control"), arg_text(a, "--seed"));
    struct comparison c = {v, line, s.from_ms, s.days, n, outcome, recorder};
    if (!failed) status = print_comparison(a, &c);
    for (int i = 0; i < n; i++) recorder_free(&run[i].recorder);
    return status;
}

int command_simulate(const struct args *a)
{
    int n_error = 0;
    struct village *v = village_read(a->file, stderr, &n_error);
    if (!v) return complain(a, "%s has %d mistake%s", a->file, n_error, n_error == 1 ? "" : "s");
    if (land_refuses(a, v, NULL)) return village_free(v), 1;
    int status = simulate(a, v);
    village_free(v);
    return status;
}
