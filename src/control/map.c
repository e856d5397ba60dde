/* A changed village while it runs: what the controller knows carried over from the old one to the new, by (asset id, field key). A
 * class is the same program on both sides, so an asset of the same id and class has the same fields, and its runs of the flat vectors
 * are copied whole; fields marked FIELD_RESET, and assets that are new or of another class, begin as at the start. So is
 * what the forecast has learned. Left out: the plan, which is made anew. */
#include "control/core.h"
#include <string.h>

struct pair { /* one asset on both sides */
    const struct asset *to, *from;
};

static void copy_run(double *to, const double *from, int n) { memcpy(to, from, sizeof *to * (size_t)n); }

static void map_state(struct control *to, const struct control *from, struct pair p)
{
    const struct asset_class *k = p.to->cls;
    for (int i = 0; i < k->state.n; i++)
        if (!(k->state.row[i].flags & FIELD_RESET)) to->s.x[p.to->x + i] = from->s.x[p.from->x + i];
    copy_run(to->s.cmd + p.to->cmd, from->s.cmd + p.from->cmd, k->cmd.n);
    copy_run(to->s.exo + p.to->exo, from->s.exo + p.from->exo, k->exo.n);
    copy_run(to->s.flow + p.to->flow, from->s.flow + p.from->flow, k->n_port);
    copy_run(to->s.meas + p.to->meas, from->s.meas + p.from->meas, k->meas.n);
    for (int i = 0; i < k->meas.n; i++) {
        to->s.meas_ms[p.to->meas + i] = from->s.meas_ms[p.from->meas + i];
        to->quality[p.to->meas + i] = from->quality[p.from->meas + i];
        to->screen[p.to->meas + i] = from->screen[p.from->meas + i];
    }
}

static void map_asset(struct control *to, const struct control *from, int32_t a, int32_t old)
{
    struct pair p = {&to->v->asset[a], &from->v->asset[old]};
    map_state(to, from, p);
    to->held_s[a] = from->held_s[old];
    to->failed[a] = from->failed[old];
    to->shed_until_ms[a] = from->shed_until_ms[old];
    to->cut_until_ms[a] = from->cut_until_ms[old];
    for (int i = 0; i < p.to->cls->n_rule + VILLAGE_GUARDS; i++) {
        struct bite *n = &to->bite[to->bite_base[a] + i];
        const struct bite *was = &from->bite[from->bite_base[old] + i];
        atomic_store(&n->begun, atomic_load(&was->begun));
        atomic_store(&n->ticks, atomic_load(&was->ticks));
    }
}

static void map_overrides(struct control *to, const struct control *from, int32_t a, int32_t old)
{
    const struct asset *is = &to->v->asset[a], *was = &from->v->asset[old];
    for (int i = 0; i < from->overrides.n; i++) {
        struct override o = from->overrides.row[i];
        if (o.point < was->cmd || o.point >= was->cmd + was->cls->cmd.n) continue;
        o.point += is->cmd - was->cmd;
        control_override(to, &o);
    }
}

static void map_alarms(struct control *to, const struct control *from, int32_t a, int32_t old)
{
    for (int i = 0; i < from->alarms.n; i++) {
        const struct alarm *r = &from->alarms.row[i];
        if (!r->active || r->asset != old) continue;
        alarm_raise(&to->alarms, r->since_ms, a, (enum alarm_code)r->code, (enum alarm_level)r->level);
    }
}

/* A place closed for works while running stays closed; the land's own state follows from the records in the first tick. */
static void map_gates(struct control *to, const struct control *from)
{
    for (int32_t i = 0; i < to->v->n_place; i++) {
        int32_t old = village_place(from->v, to->v->place[i].id);
        if (old >= 0 && from->works[old] != from->v->place[old].state) to->works[i] = from->works[old];
        if (old >= 0 && from->gate[old] < to->gate[i]) to->gate[i] = from->gate[old];
        if (to->works[i] < to->gate[i]) to->gate[i] = to->works[i];
    }
    rounds_gate(to);
    for (int32_t r = 0; r < to->v->n_round; r++) {
        int32_t old = village_round(from->v, to->v->round[r].id);
        uint8_t *is = &to->gate[to->v->n_place + r];
        if (old >= 0 && from->gate[from->v->n_place + old] < *is) *is = from->gate[from->v->n_place + old];
    }
}

void control_map(struct control *to, const struct control *from)
{
    to->seq = from->seq;
    to->last_ms = to->s.at_ms = from->last_ms;
    to->s.amb = from->s.amb;
    to->day = from->day;
    to->miss = from->miss;
    to->clear_frac = from->clear_frac;
    to->clock_epoch = from->clock_epoch;
    to->clock_calm_ms = from->clock_calm_ms;
    to->record_due_ms = from->record_due_ms;
    to->controller = from->controller;
    to->health = from->health;
    to->overrides.next_id = from->overrides.next_id;
    map_gates(to, from);
    map_alarms(to, from, -1, -1);
    for (int32_t a = 0; a < to->v->n_asset; a++) {
        int32_t old = village_same(to->v, a, from->v);
        if (old < 0) continue;
        map_asset(to, from, a, old);
        map_overrides(to, from, a, old);
        map_alarms(to, from, a, old);
    }
    planner_map(to, from);
    atomic_store(&to->plan_due_ms, to->last_ms);
}
