/* A changed village while it runs: the truth carried over by (asset id, field key); see control/map.c. Assets that are new, or of
 * another class, begin as at the start. */
#include "twin/core.h"
#include <string.h>

static void map_asset(struct twin *to, const struct twin *from, int32_t a, int32_t old)
{
    const struct asset *is = &to->v->asset[a], *was = &from->v->asset[old];
    const struct asset_class *k = is->cls;
    for (int i = 0; i < k->state.n; i++)
        if (!(k->state.row[i].flags & FIELD_RESET)) to->s.x[is->x + i] = from->s.x[was->x + i];
    for (int i = 0; i < k->cmd.n; i++) {
        to->s.cmd[is->cmd + i] = from->s.cmd[was->cmd + i];
        to->expires_ms[is->cmd + i] = from->expires_ms[was->cmd + i];
    }
    for (int i = 0; i < k->meas.n; i++) {
        to->drift[is->meas + i] = from->drift[was->meas + i];
        to->stuck[is->meas + i] = from->stuck[was->meas + i];
    }
    memcpy(to->s.exo + is->exo, from->s.exo + was->exo, sizeof *to->s.exo * (size_t)k->exo.n);
    memcpy(to->s.flow + is->flow, from->s.flow + was->flow, sizeof *to->s.flow * (size_t)k->n_port);
    to->held_s[a] = from->held_s[old];
    to->silent_ms[a] = from->silent_ms[old];
}

void twin_map(struct twin *to, const struct twin *from)
{
    to->s.at_ms = from->s.at_ms;
    to->s.amb = from->s.amb;
    to->head->swept_ms = from->head->swept_ms;
    to->head->noise = from->head->noise;
    for (int32_t r = 0; r < to->v->n_round; r++) {
        int32_t old = village_round(from->v, to->v->round[r].id);
        if (old >= 0 && from->round[old] < to->round[r]) to->round[r] = from->round[old];
    }
    for (int32_t a = 0; a < to->v->n_asset; a++) {
        int32_t old = village_same(to->v, a, from->v);
        if (old >= 0) map_asset(to, from, a, old);
    }
}
