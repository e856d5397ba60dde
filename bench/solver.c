/* The joint solver on random villages of tests/solver_village: relaxed and with choices, by homes. CPU seconds
 * of the thread, median over seeds. */
#include "solver_village.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SEEDS = 5 };

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;
    return d < 0 ? -1 : d > 0;
}
static double median(double *a, int n)
{
    qsort(a, (size_t)n, sizeof *a, by_value);
    return a[n / 2];
}

struct figure {
    double cold_s, cold_iterations, gap, megabytes;
};

static struct joint_result timed(struct test_village *v, double *cpu)
{
    double t = cpu_s();
    struct joint_result r = joint_solve(v->joint, &v->limit);
    *cpu = cpu_s() - t;
    return r;
}

static struct figure measure(int homes, int flags)
{
    double cold[SEEDS];
    struct figure f = {0};
    for (int s = 0; s < SEEDS; s++) {
        struct test_village v;
        test_village_make(&v, (uint64_t)s + 100, homes, homes < 60 ? 2 : 6, 96, flags);
        struct joint_result r = timed(&v, &cold[s]);
        f.cold_iterations += (double)r.iterations / SEEDS;
        f.gap = f.gap > (r.cost - r.bound) / r.cost ? f.gap : (r.cost - r.bound) / r.cost;
        f.megabytes = (double)v.bytes / 1e6;
        test_village_free(&v);
    }
    f.cold_s = median(cold, SEEDS);
    return f;
}

int main(void)
{
    static const struct {
        int homes, flags;
    } run[] = {{20, 0}, {200, 0}, {200, VILLAGE_CHOICES}, {2000, 0}};
    printf("homes choices       ms  iterations  worst gap    MB\n");
    struct figure at200 = {0};
    for (size_t i = 0; i < sizeof run / sizeof *run; i++) {
        struct figure f = measure(run[i].homes, run[i].flags);
        printf("%5d %7s %8.1f %11.1f %10.1e %5.0f\n", run[i].homes, run[i].flags ? "yes" : "no", 1e3 * f.cold_s,
               f.cold_iterations, f.gap, f.megabytes);
        if (run[i].homes == 200 && !run[i].flags) at200 = f;
    }
    printf("{\"homes\":200,\"slots\":96,\"cold_s\":%.6f,\"iterations\":%.1f,\"gap\":%.2e}\n", at200.cold_s,
           at200.cold_iterations, at200.gap);
    return 0;
}
