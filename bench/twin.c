/* What the twin costs: villages/agali.yaml stepped through a year of its world, every device on its own rules. Prints a table and, as its
 * last line, one JSON object: seconds on the wall of several runs (least, median, most) and seconds of the processor that the whole process used in the median
 * one (getrusage, user time), which other work on the machine disturbs less. Two threads: the twin steps a day while its world draws the next.
 *   build/bench/twin [VILLAGE.yaml [RUNS [ROW [THREADS]]]]    ROW: a row alone, by its key in the JSON object (twin_minutes), or all; THREADS: 1 or 2
 * Homes alone and the demand of 134 connections are rows of bench/models. */
#include "twin/twin.h"
#include "base/err.h"
#include "base/instant.h"
#include "village/village.h"
#include "world/world.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { DAYS = 365, RUNS_MOST = 20 };
static const int64_t start_ms = 1767211200000; /* 2026-01-01 00:00 at +04 */
static const struct village *village;
static double sink;
static int threads = 2;

struct took {
    double wall_s, used_s;
};
static struct took now(void)
{
    struct rusage u;
    struct timespec t;
    must(getrusage(RUSAGE_SELF, &u) == 0, "no clock of the processor");
    must(clock_gettime(CLOCK_MONOTONIC, &t) == 0, "no clock");
    return (struct took){(double)t.tv_sec + 1e-9 * (double)t.tv_nsec,
                         (double)u.ru_utime.tv_sec + 1e-6 * (double)u.ru_utime.tv_usec};
}
static struct took since(struct took from)
{
    struct took t = now();
    return (struct took){t.wall_s - from.wall_s, t.used_s - from.used_s};
}

static struct world *world_of(void)
{
    struct err e = {0};
    char line[400];
    struct world *w = world_create(village, &(struct world_options){.seed = 1, .ahead = threads > 1}, &e);
    must(w != NULL, "%s", err_line(&e, line, sizeof line));
    return w;
}

static struct took twin_year(int64_t step_ms, int days, enum twin_fidelity fidelity)
{
    struct err e = {0};
    struct world *w = world_of();
    struct twin *t = twin_create(
        village, w, &(struct twin_options){.seed = 1, .spread_frac = 0.2, .fidelity = fidelity}, start_ms, &e);
    must(t != NULL, "%s", e.text);
    struct took start = now();
    twin_step(t, start_ms + (int64_t)days * MS_DAY, step_ms);
    struct took took = since(start);
    sink += twin_residual(t)[0];
    twin_free(t);
    world_free(w);
    return took;
}

static struct took world_year(int64_t step_ms, int days)
{
    struct world *w = world_of();
    struct ambient amb;
    double *exo = calloc((size_t)village->n_exo + 1, sizeof *exo);
    struct took start = now();
    for (int64_t at = start_ms; at < start_ms + (int64_t)days * MS_DAY; at += step_ms) {
        world_ambient(w, at + step_ms / 2, &amb);
        world_exo(w, at, step_ms, exo);
        sink += exo[0];
    }
    struct took took = since(start);
    free(exo);
    world_free(w);
    return took;
}

static struct took twin_hours(void) { return twin_year(MS_HOUR, DAYS, TWIN_FAST); }
static struct took twin_high(void) { return twin_year(MS_HOUR, DAYS, TWIN_HIGH); }
static struct took twin_minutes(void) { return twin_year(MS_MIN, DAYS, TWIN_FAST); }
static struct took world_by_hour(void) { return world_year(MS_HOUR, DAYS); }
static struct took world_by_minute(void) { return world_year(MS_MIN, DAYS); }

static const struct {
    const char *key, *what;
    struct took (*run)(void);
    double wanted_s;
} row[] = {{"twin_hours", "twin, a year by the hour", twin_hours, 0.3},
           {"world_hours", "its world alone (weather, river, demand) by the hour", world_by_hour, 0},
           {"twin_high", "twin at high fidelity, a year by the hour (homes by quarter-hours)", twin_high, 60},
           {"twin_minutes", "twin, a year by the minute", twin_minutes, 6},
           {"world_minutes", "its world alone by the minute", world_by_minute, 0}};

static int compare(const void *a, const void *b)
{
    double x = ((const struct took *)a)->wall_s, y = ((const struct took *)b)->wall_s;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    char json[1000] = "{";
    int n_error = 0, runs = argc > 2 ? atoi(argv[2]) : 5;
    village = village_read(argc > 1 ? argv[1] : KEND_SOURCE_DIR "/villages/agali.yaml", stderr, &n_error);
    if (!village) return 1;
    runs = runs < 1 ? 1 : runs > RUNS_MOST ? RUNS_MOST : runs;
    threads = argc > 4 ? atoi(argv[4]) : 2;
    printf("%d assets, %d threads, %d runs\n%-66s %8s %8s %8s %8s %8s\n", (int)village->n_asset, threads, runs,
           "work", "least s", "median s", "most s", "user s", "wanted s");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (argc > 3 && strcmp(argv[3], "all") != 0 && strcmp(argv[3], row[i].key) != 0) continue;
        struct took t[RUNS_MOST];
        for (int k = 0; k < runs; k++) t[k] = row[i].run();
        qsort(t, (size_t)runs, sizeof t[0], compare);
        const struct took *least = t, *mid = t + runs / 2, *most = t + runs - 1;
        printf("%-66s %8.3f %8.3f %8.3f %8.3f ", row[i].what, least->wall_s, mid->wall_s, most->wall_s,
               mid->used_s);
        row[i].wanted_s > 0 ? printf("%8.2f\n", row[i].wanted_s) : printf("%8s\n", "-");
        size_t used = strlen(json);
        snprintf(json + used, sizeof json - used, "%s\"%s_s\": [%.4f, %.4f, %.4f], \"%s_user_s\": %.4f",
                 used > 1 ? ", " : "", row[i].key, least->wall_s, mid->wall_s, most->wall_s, row[i].key,
                 mid->used_s);
    }
    printf("%s}\n", json);
    return isfinite(sink) ? 0 : 1;
}
