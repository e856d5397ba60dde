/* Simplex method of Nelder & Mead, The Computer Journal 7, 308-313, 1965, with their factors (1, 2, 1/2, 1/2). Chosen for offline fits of few parameters where a cost is a whole
 * simulation. Left out: restarts; callers start from physical values. */
#include "physics/simplex.h"
#include "base/err.h"
#include <string.h>

struct corner {
    double x[SIMPLEX_MAX], cost;
};

static struct corner probe(double (*cost)(const double *, void *), void *self, const double *middle,
                           const struct corner *worst, int n, double factor)
{
    struct corner c;
    for (int k = 0; k < n; k++) c.x[k] = middle[k] + factor * (worst->x[k] - middle[k]);
    c.cost = cost(c.x, self);
    return c;
}

double simplex_least(double (*cost)(const double *x, void *self), void *self, double *x, int n, double step,
                     int rounds)
{
    struct corner s[SIMPLEX_MAX + 1];
    must(n >= 1 && n <= SIMPLEX_MAX, "%d numbers", n);
    for (int i = 0; i <= n; i++) {
        memcpy(s[i].x, x, sizeof *x * (size_t)n);
        if (i) s[i].x[i - 1] += step;
        s[i].cost = cost(s[i].x, self);
    }
    int best = 0, worst = 0, second;
    for (int round = 0; round < rounds; round++) {
        double middle[SIMPLEX_MAX] = {0};
        best = worst = 0, second = -1;
        for (int i = 1; i <= n; i++)
            best = s[i].cost < s[best].cost ? i : best, worst = s[i].cost > s[worst].cost ? i : worst;
        for (int i = 0; i <= n; i++)
            if (i != worst && (second < 0 || s[i].cost > s[second].cost)) second = i;
        for (int i = 0; i <= n; i++)
            for (int k = 0; k < n && i != worst; k++) middle[k] += s[i].x[k] / n;
        struct corner r = probe(cost, self, middle, &s[worst], n, -1);
        if (r.cost < s[best].cost) {
            struct corner far = probe(cost, self, middle, &s[worst], n, -2);
            s[worst] = far.cost < r.cost ? far : r;
        } else if (r.cost < s[second].cost) {
            s[worst] = r;
        } else {
            struct corner near = probe(cost, self, middle, r.cost < s[worst].cost ? &r : &s[worst], n, 0.5);
            if (near.cost < s[worst].cost) {
                s[worst] = near;
                continue;
            }
            for (int i = 0; i <= n; i++) {
                if (i == best) continue;
                for (int k = 0; k < n; k++) s[i].x[k] = (s[i].x[k] + s[best].x[k]) / 2;
                s[i].cost = cost(s[i].x, self);
            }
        }
    }
    for (int i = 0; i <= n; i++) best = s[i].cost < s[best].cost ? i : best;
    memcpy(x, s[best].x, sizeof *x * (size_t)n);
    return s[best].cost;
}
