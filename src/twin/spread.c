/* The twin's own parameters: no controller knows a house exactly. Every parameter marked FIELD_SPREAD is multiplied
 * by a factor drawn evenly from 1 +- spread, one named random stream a field, so that adding an asset or a field
 * does not shift another. The result stays inside the field's range and passes the class's own check; a draw that
 * fails it is halved and, after eight times, dropped: the twin never holds an impossible device. */
#include "base/err.h"
#include "twin/core.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SPREAD_TRIES = 8 };

static double spread_factor(const struct asset *a, const struct field *f, uint64_t seed, double spread_frac)
{
    char name[160];
    snprintf(name, sizeof name, "spread.%s.%s", a->id, f->key);
    struct random r = random_stream(seed, name);
    return 1 + spread_frac * (2 * random_uniform(&r) - 1);
}

static double clip_field(const struct field *f, double v)
{
    return f->max > f->min ? fmin(fmax(v, f->min), f->max) : v;
}

const void *spread_par(const struct asset *a, uint64_t seed, double spread_frac, void *mem)
{
    const struct field_set *set = &a->cls->par;
    for (int try = 0; try < SPREAD_TRIES; try++, spread_frac *= 0.5) {
        if (a->cls->par_bytes) memcpy(mem, a->par, a->cls->par_bytes);
        for (int i = 0; i < set->n; i++)
            if (set->row[i].flags & FIELD_SPREAD)
                *field_at(&set->row[i], mem) = clip_field(
                    &set->row[i], field_get(&set->row[i], mem) * spread_factor(a, &set->row[i], seed, spread_frac));
        struct err e = {0};
        if (!a->cls->check || a->cls->check(mem, &e) == 0) return mem;
    }
    if (a->cls->par_bytes) memcpy(mem, a->par, a->cls->par_bytes);
    return mem;
}
