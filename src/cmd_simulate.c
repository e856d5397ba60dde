/* `kend simulate FILE`: the same days under one or all controllers, compared. */
#include "base/err.h"
#include "base/progress.h"
#include "command.h"
#include "design/report.h"
#include "design/scenario.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { WARM_DAYS = 7, RUNS_MAX = 2 * CONTROLLERS };

static int read_scenario(const struct args *a, const struct village *v, struct scenario *s, int *threads)
{
    double tick_s;
    if (arg_count(a, "--days", 1, 366, &s->days) || arg_seed(a, &s->seed)) return -1;
    if (arg_number(a, "--tick", 1, 900, &tick_s) || arg_count(a, "--threads", 1, 8, threads)) return -1;
    if (arg_instant(a, "--from", &v->site.zone, &s->from_ms)) return -1;
    s->village = v;
    s->weather_file = arg_text(a, "--weather");
    s->river = arg_text(a, "--river");
    s->warm_days = WARM_DAYS;
    s->tick_ms = (int64_t)(tick_s * 1000);
    s->from_ms = local_day_start_ms(&v->site.zone, s->from_ms);
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

/* "fast", "high" or "both": which of the two. */
static int choose_fidelity(const struct args *a, int *fast, int *high)
{
    const char *text = arg_text(a, "--fidelity");
    int both = !strcmp(text, "both");
    *fast = both || !strcmp(text, "fast"), *high = both || !strcmp(text, "high");
    return *fast || *high ? 0 : complain(a, "--fidelity %s: give fast, high or both", text);
}

/* The files of --out, open from before the first step: what cannot be written is said at once, not after an hour's work. */
struct out_files {
    FILE *csv[RUNS_MAX], *report;
    char name[RUNS_MAX][64];
    int n; /* 0: no --out */
};

static FILE *open_out(const struct args *a, const char *dir, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (!f) complain(a, "%s: %s", path, strerror(errno));
    return f;
}

static int close_out(const struct args *a, FILE **f, const char *name, int failed)
{
    int bad = fclose(*f) != 0 || failed;
    *f = NULL;
    return bad ? complain(a, "%s could not be written: %s", name, strerror(errno)) : 0;
}

static void drop_out(struct out_files *o)
{
    for (int i = 0; i < o->n; i++)
        if (o->csv[i]) fclose(o->csv[i]);
    if (o->report) fclose(o->report);
    *o = (struct out_files){0};
}

/* -high: on the judges' models. */
static const char *run_name(const struct scenario_run *run)
{
    static const char *const high[CONTROLLERS] = {"rules-high", "separate-high", "joint-high", "perfect-high"};
    return run->scenario->fidelity == TWIN_HIGH ? high[run->controller] : controller_name[run->controller];
}

static int prepare_out(const struct args *a, const struct scenario_run *run, int n, struct out_files *o)
{
    const char *dir = arg_text(a, "--out");
    *o = (struct out_files){0};
    if (!dir) return 0;
    if (mkdir(dir, 0777) && errno != EEXIST) return complain(a, "%s: %s", dir, strerror(errno));
    for (; o->n < n; o->n++) {
        snprintf(o->name[o->n], sizeof o->name[0], "%s.csv", run_name(&run[o->n]));
        if (!(o->csv[o->n] = open_out(a, dir, o->name[o->n]))) return drop_out(o), 1;
    }
    return (o->report = open_out(a, dir, "report.html")) ? 0 : (drop_out(o), 1);
}

static int write_out(const struct args *a, const struct comparison *c, struct out_files *o)
{
    for (int i = 0; i < o->n; i++)
        if (close_out(a, &o->csv[i], o->name[i], recorder_write_csv(&c->recorder[i], o->csv[i]))) return 1;
    return o->n ? close_out(a, &o->report, "report.html", report_html(c, o->report)) : 0;
}

static int print_comparison(const struct args *a, const struct comparison *c, struct out_files *o)
{
    if (!arg_on(a, "--json")) return report_text(c, stdout), write_out(a, c, o);
    json_t *j = report_json(c);
    json_dumpf(j, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
    putchar('\n');
    json_decref(j);
    return write_out(a, c, o);
}

static void show_progress(void *self, double done_frac) { progress_at(self, done_frac); }

/* Every chosen controller on every chosen kind of twin; those on the judges' models say so in their name. Returns how many. */
static int set_up(const struct args *a, const struct scenario s[2], struct scenario_run *run, struct err *err)
{
    int chosen[CONTROLLERS], use[2], n = 0, controllers = choose_controllers(a, chosen);
    if (controllers < 0 || choose_fidelity(a, &use[0], &use[1])) return -1;
    for (int i = 0; i < controllers; i++)
        for (int high = 0; high < 2; high++) {
            if (!use[high]) continue;
            run[n].scenario = &s[high];
            run[n].controller = (enum controller)chosen[i];
            run[n].err = &err[n];
            run[n++].record = arg_text(a, "--out") != NULL;
        }
    return n;
}

static int run_all(const struct args *a, struct scenario_run *run, int n, int threads)
{
    struct progress bar;
    char line[1024];
    progress_start(&bar, "simulating", PROGRESS_AUTO);
    int failed = scenario_run_all(run, n, threads, show_progress, &bar);
    progress_end(&bar);
    for (int i = 0; i < n && failed; i++)
        if (run[i].failed) return complain(a, "%s", err_line(run[i].err, line, sizeof line));
    return failed ? 1 : 0;
}

static int tell(const struct args *a, const struct scenario *s, const struct scenario_run *run, int n,
                struct out_files *o)
{
    struct outcome outcome[RUNS_MAX];
    struct recorder recorder[RUNS_MAX];
    char line[1024];
    for (int i = 0; i < n; i++) {
        outcome[i] = run[i].outcome, recorder[i] = run[i].recorder;
        outcome[i].control = run_name(&run[i]);
    }
    snprintf(line, sizeof line, "kend simulate %s --from %s --days %d --control %s --seed %s --fidelity %s",
             a->file, arg_text(a, "--from"), s->days, arg_text(a, "--control"), arg_text(a, "--seed"),
             arg_text(a, "--fidelity"));
    struct comparison c = {s->village, line, s->from_ms, s->days, n, outcome, recorder};
    return print_comparison(a, &c, o);
}

static int simulate(const struct args *a, const struct village *v)
{
    struct scenario kind[2] = {{0}};
    struct scenario_run run[RUNS_MAX] = {0};
    struct err err[RUNS_MAX] = {0};
    struct out_files out;
    int threads, n;
    if (read_scenario(a, v, &kind[0], &threads)) return 1;
    kind[1] = kind[0], kind[1].fidelity = TWIN_HIGH;
    if ((n = set_up(a, kind, run, err)) < 0 || prepare_out(a, run, n, &out)) return 1;
    int status = run_all(a, run, n, threads) ? 1 : tell(a, &kind[0], run, n, &out);
    drop_out(&out);
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
