/* How fast history is written and read: a village of 5000 series recorded every minute for a number of days, acts
 * in between, then the reads that the page makes. Usage: build/bench/store [DAYS] [FILE]; the file is made and left
 * behind. */
#include "store/store.h"
#include "base/err.h"
#include "base/instant.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 5000, HOMES = 200, ACTS = 200, MINUTE = 60000, QUARTER = 900000 };
static const int64_t T0 = 1767225600000, DAY = 86400000;

static char *name(const void *self, int32_t i, char *buf, size_t size)
{
    (void)self;
    snprintf(buf, size, "asset-%04d.flow.elec_W", i);
    return buf;
}

static _Noreturn void give_up(const struct err *e)
{
    fprintf(stderr, "bench/store: %s\n", e->text);
    exit(1);
}

/* Values written a second, until all is on disk. */
static double write_days(struct store *s, int days)
{
    static int32_t id[N];
    static float v[N];
    struct err e = {0};
    double start_s = instant_mono_s();
    for (int i = 0; i < N; i++) id[i] = i;
    for (int64_t t = 0; t < days * DAY; t += MINUTE) {
        for (int i = 0; i < N; i++) v[i] = (float)(t / MINUTE % 1440 + i);
        while (store_append(s, T0 + t, N, id, v)) usleep(1000);
    }
    if (store_flush(s, &e)) give_up(&e);
    return (double)days * 1440 * N / (instant_mono_s() - start_s);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void time_acts(struct store *s, double *p50_s, double *p99_s)
{
    static double took_s[ACTS];
    struct err e = {0};
    for (int k = 0; k < ACTS; k++) {
        double start_s = instant_mono_s();
        if (store_audit(s, &(struct store_act){T0, "override", "bench", "engine", "{\"value\":1}"}, NULL, &e))
            give_up(&e);
        took_s[k] = instant_mono_s() - start_s;
    }
    qsort(took_s, ACTS, sizeof *took_s, ascending);
    *p50_s = took_s[ACTS / 2];
    *p99_s = took_s[ACTS * 99 / 100];
}

static double time_one(struct store *s, int days)
{
    struct err e = {0};
    struct store_row *row = malloc(sizeof *row * (size_t)days * 96);
    if (!row) exit(1);
    double start_s = instant_mono_s();
    if (store_series(s, 17, T0, T0 + days * DAY, QUARTER, row, days * 96L, &e) != days * 96L) give_up(&e);
    double took_s = instant_mono_s() - start_s;
    free(row);
    return took_s;
}

static double time_homes(struct store *s, int days)
{
    static int32_t id[HOMES];
    struct err e = {0};
    double *mean = malloc(sizeof *mean * HOMES * 96 * (size_t)days);
    if (!mean) exit(1);
    for (int i = 0; i < HOMES; i++) id[i] = 20 * i;
    double start_s = instant_mono_s();
    if (store_series_many(s, HOMES, id, T0, QUARTER, days * 96, mean, &e)) give_up(&e);
    double took_s = instant_mono_s() - start_s;
    free(mean);
    return took_s;
}

int main(int argc, char **argv)
{
    int days = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 7;
    const char *path = argc > 2 ? argv[2] : "bench-store.db";
    struct err e = {0};
    unlink(path);
    struct store *s = store_open_named(&(struct store_options){.path = path}, N, name, NULL, &e);
    if (!s) give_up(&e);
    double rate = write_days(s, days), p50_s, p99_s;
    time_acts(s, &p50_s, &p99_s);
    double one_s = time_one(s, days), homes_s = time_homes(s, days);
    struct store_status st;
    store_status(s, &st);
    if (store_close(s, &e)) give_up(&e);
    printf("%d series, a row a minute, %d days\n", N, days);
    printf("  written                        %10.2f million values/s\n", rate * 1e-6);
    printf("  file                           %10.1f MB a day\n", (double)st.bytes * 1e-6 / days);
    printf("  act until acknowledged         %10.2f ms median, %.2f ms in 99 of 100\n", p50_s * 1e3, p99_s * 1e3);
    printf("  one series by quarter-hours    %10.2f ms\n", one_s * 1e3);
    printf("  %d series by quarter-hours    %10.2f ms\n", HOMES, homes_s * 1e3);
    printf("{\"series\":%d,\"days\":%d,\"values_per_s\":%.0f,\"bytes_per_day\":%.0f,\"act_s_median\":%.6f,\"act_s_"
           "p99\":%.6f,"
           "\"read_one_s\":%.6f,\"read_homes_s\":%.6f}\n",
           N, days, rate, (double)st.bytes / days, p50_s, p99_s, one_s, homes_s);
    return 0;
}
