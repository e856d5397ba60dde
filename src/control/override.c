/* See override.h. */
#include "control/override.h"
#include <math.h>
#include <string.h>

void overrides_create(struct overrides *o, struct cutter *c)
{
    o->row = cut(c, sizeof *o->row * OVERRIDES_MAX);
    o->n = 0;
    o->next_id = 1;
}

static void drop(struct overrides *o, int i)
{
    memmove(&o->row[i], &o->row[i + 1], sizeof *o->row * (size_t)(o->n - i - 1));
    o->n--;
}

int override_add(struct overrides *o, const struct village *v, const struct override *w, int64_t now_ms)
{
    if (w->point < 0 || w->point >= v->n_cmd || !isfinite(w->value)) return -1;
    if (w->until_ms <= now_ms || w->until_ms <= w->from_ms || w->until_ms - now_ms > OVERRIDE_LONGEST_MS) return -1;
    for (int i = o->n - 1; i >= 0; i--)
        if (o->row[i].point == w->point) drop(o, i);
    if (o->n == OVERRIDES_MAX) return -1;
    o->row[o->n] = *w;
    if (!o->row[o->n].id) o->row[o->n].id = o->next_id;
    if (o->row[o->n].id >= o->next_id) o->next_id = o->row[o->n].id + 1;
    o->n++;
    return 0;
}

int override_cancel(struct overrides *o, uint32_t id)
{
    for (int i = 0; i < o->n; i++)
        if (o->row[i].id == id) return drop(o, i), 0;
    return -1;
}

void overrides_expire(struct overrides *o, int64_t now_ms)
{
    for (int i = o->n - 1; i >= 0; i--)
        if (o->row[i].until_ms <= now_ms) drop(o, i);
}

void overrides_shift(struct overrides *o, int64_t by_ms)
{
    for (int i = 0; i < o->n; i++) o->row[i].from_ms += by_ms, o->row[i].until_ms += by_ms;
}
