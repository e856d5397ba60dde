/* What a forecast has learned, carried over a restart or to another version of the village file. All of it lies in one piece of
 * memory whose four pointers are set again; entries lie in the order of the flat exo vector, so an asset's are found by its offset. */
#include "forecast/inside.h"
#include <string.h>

void forecast_save(const struct forecast *f, void *mem) { memcpy(mem, f, forecast_bytes(f->v)); }

void forecast_load(struct forecast *f, const void *mem)
{
    struct forecast own = *f;
    memcpy(f, mem, forecast_bytes(f->v));
    f->v = own.v, f->entry = own.entry, f->profile = own.profile, f->level = own.level;
}

static void map_entry(struct forecast *f, struct entry *e, const struct forecast *from, const struct entry *was)
{
    int known = e->way == WAY_HOLD || (e->way == WAY_DRIVE && e->value > 0 && was->value > 0);
    if (known) e->value = was->value;
    if (e->profile >= 0 && was->profile >= 0) f->profile[e->profile] = from->profile[was->profile];
}

static void map_level(struct level *l, const struct forecast *from, int32_t was_entry)
{
    for (int i = 0; i < from->n_level; i++) {
        if (from->level[i].entry != was_entry) continue;
        l->since_ms = from->level[i].since_ms;
        l->last = from->level[i].last;
        l->from = from->level[i].from;
    }
}

/* The norms are the new file's. */
static void map_air(struct air *to, const struct air *from)
{
    struct air own = *to;
    *to = *from;
    memcpy(to->index_norm, own.index_norm, sizeof own.index_norm);
}

void forecast_map(struct forecast *f, const struct forecast *from)
{
    map_air(&f->air, &from->air);
    f->river = from->river;
    f->quarter = from->quarter;
    memcpy(f->sum, from->sum, sizeof f->sum);
    f->n_sum = from->n_sum;
    int level = 0;
    for (int i = 0; i < f->n_entry; i++) {
        struct entry *e = &f->entry[i];
        int32_t old = village_same(f->v, e->asset, from->v);
        int32_t was = old < 0 ? -1 : from->v->asset[old].exo + e->exo;
        int levelled = level < f->n_level && f->level[level].entry == i;
        if (was >= 0) map_entry(f, e, from, &from->entry[was]);
        if (was >= 0 && levelled) map_level(&f->level[level], from, was);
        level += levelled;
    }
}
