/* What the twin costs: villages/agali.yaml stepped through a year of its world, every device on its own rules. Prints a table and, as its
 * last line, one JSON object: seconds of the processor that this process itself used (getrusage, user time), which other work on the machine
 * disturbs less than the clock on the wall; each row several times, the least and the most. All of it runs on one core. What is wanted
 * is wall time on a machine with nothing else to do, which is the same for one busy thread.
 *   build/bench/twin [VILLAGE.yaml [RUNS [ROW]]]    ROW: a row alone, by its key in the JSON object (twin_minutes)
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

enum { DAYS = 365, RUNS_MOST = 20 };
static const int64_t start_ms = 1767211200000; /* 2026-01-01 00:00 at +04 */
static const struct village *village;
static double sink;

static double used_s(void)
{
    struct rusage u;
    must(getrusage(RUSAGE_SELF, &u) == 0, "no clock of the processor");
    return (double)u.ru_utime.tv_sec + 1e-6 * (double)u.ru_utime.tv_usec;
}

static struct world *world_of(void)
{
    struct err e = {0};
    char line[400];
    struct world *w = world_create(village, &(struct world_options){.seed = 1}, &e);
    must(w != NULL, "%s", err_line(&e, line, sizeof line));
    return w;
}

static double twin_year(int64_t step_ms, int days, enum twin_fidelity fidelity)
{
    struct err e = {0};
    struct world *w = world_of();
    struct twin *t = twin_create(
        village, w, &(struct twin_options){.seed = 1, .spread_frac = 0.2, .fidelity = fidelity}, start_ms, &e);
    must(t != NULL, "%s", e.text);
    double start = used_s();
    twin_step(t, start_ms + (int64_t)days * MS_DAY, step_ms);
    double took = used_s() - start;
    sink += twin_residual(t)[0];
    twin_free(t);
    world_free(w);
    return took;
}

static double world_year(int64_t step_ms, int days)
{
    struct world *w = world_of();
    struct ambient amb;
    double *exo = calloc((size_t)village->n_exo + 1, sizeof *exo), start = used_s();
    for (int64_t at = start_ms; at < start_ms + (int64_t)days * MS_DAY; at += step_ms) {
        world_ambient(w, at + step_ms / 2, &amb);
        world_exo(w, at, step_ms, exo);
        sink += exo[0];
    }
    double took = used_s() - start;
    free(exo);
    world_free(w);
    return took;
}

static double twin_hours(void) { return twin_year(MS_HOUR, DAYS, TWIN_FAST); }
static double twin_high(void) { return twin_year(MS_HOUR, DAYS, TWIN_HIGH); }
static double twin_minutes(void) { return twin_year(MS_MIN, DAYS, TWIN_FAST); }
static double world_by_hour(void) { return world_year(MS_HOUR, DAYS); }
static double world_by_minute(void) { return world_year(MS_MIN, DAYS); }

static const struct {
    const char *key, *what;
    double (*run)(void), wanted_s;
} row[] = {{"twin_hours", "twin, a year by the hour", twin_hours, 0.3},
           {"world_hours", "its world alone (weather, river, demand) by the hour", world_by_hour, 0},
           {"twin_high", "twin at high fidelity, a year by the hour (homes by quarter-hours)", twin_high, 60},
           {"twin_minutes", "twin, a year by the minute", twin_minutes, 6},
           {"world_minutes", "its world alone by the minute", world_by_minute, 0}};

int main(int argc, char **argv)
{
    char json[1000] = "{";
    int n_error = 0, runs = argc > 2 ? atoi(argv[2]) : 5;
    village = village_read(argc > 1 ? argv[1] : KEND_SOURCE_DIR "/villages/agali.yaml", stderr, &n_error);
    if (!village) return 1;
    runs = runs < 1 ? 1 : runs > RUNS_MOST ? RUNS_MOST : runs;
    printf("%d assets, %d runs, seconds of user time on one core\n%-66s %10s %10s %10s\n", (int)village->n_asset,
           runs, "work", "least s", "most s", "wanted s");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (argc > 3 && strcmp(argv[3], row[i].key) != 0) continue;
        double least = INFINITY, most = 0;
        for (int k = 0; k < runs; k++) {
            double s = row[i].run();
            least = fmin(least, s), most = fmax(most, s);
        }
        printf("%-66s %10.3f %10.3f ", row[i].what, least, most);
        row[i].wanted_s > 0 ? printf("%10.2f\n", row[i].wanted_s) : printf("%10s\n", "-");
        size_t used = strlen(json);
        snprintf(json + used, sizeof json - used, "%s\"%s_s\": [%.4f, %.4f]", used > 1 ? ", " : "", row[i].key,
                 least, most);
    }
    printf("%s}\n", json);
    return isfinite(sink) ? 0 : 1;
}
