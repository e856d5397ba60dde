/* See snapshot.h. readers: -1 = being written, 0 = free to write unless newest, n = read by n. A reader counts
 * itself in only from a state >= 0, so what it holds is always a complete snapshot, the newest or one published
 * just before. */
#include "control/snapshot.h"
#include "control/alarms.h"
#include "control/override.h"

static void seat_create(struct snapshot_seat *k, const struct village *v, struct cutter *c)
{
    void *mem = cut(c, state_bytes(v));
    k->quality = cut(c, sizeof *k->quality * (size_t)(v->n_meas + 1));
    k->gate = cut(c, (size_t)(v->n_place + v->n_round) + 1);
    k->origin = cut(c, sizeof *k->origin * (size_t)(v->n_cmd + 1));
    k->alarm = cut(c, sizeof *k->alarm * ALARM_ROWS);
    k->override = cut(c, sizeof *k->override * OVERRIDES_MAX);
    if (!c->base) return;
    state_create(&k->own, v, mem);
    atomic_init(&k->readers, 0);
    k->plan = NULL;
    k->s = (struct snapshot){.readers = &k->readers,
                             .village = v,
                             .x = k->own.x,
                             .meas = k->own.meas,
                             .cmd = k->own.cmd,
                             .exo = k->own.exo,
                             .flow = k->own.flow,
                             .meas_ms = k->own.meas_ms,
                             .status = k->own.status,
                             .meas_quality = k->quality,
                             .origin = k->origin,
                             .gate = k->gate,
                             .alarm = k->alarm,
                             .override = k->override};
}

void snapshots_create(struct snapshots *p, const struct village *v, struct cutter *c)
{
    for (int i = 0; i < SNAPSHOTS; i++) seat_create(&p->seat[i], v, c);
    atomic_init(&p->newest, NULL);
    p->skipped = 0;
}

struct snapshot_seat *snapshot_claim(struct snapshots *p)
{
    struct snapshot_seat *newest = atomic_load(&p->newest);
    for (int i = 0; i < SNAPSHOTS; i++) {
        struct snapshot_seat *k = &p->seat[i];
        int free_now = 0;
        if (k != newest && atomic_compare_exchange_strong(&k->readers, &free_now, -1)) return k;
    }
    p->skipped++;
    return NULL;
}

void snapshot_publish(struct snapshots *p, struct snapshot_seat *k)
{
    atomic_store(&k->readers, 0);
    atomic_store(&p->newest, k);
}

const struct snapshot *snapshots_get(struct snapshots *p)
{
    for (;;) {
        struct snapshot_seat *k = atomic_load(&p->newest);
        if (!k) return NULL;
        int n = atomic_load(&k->readers);
        if (n >= 0 && atomic_compare_exchange_weak(&k->readers, &n, n + 1)) return &k->s;
    }
}

void snapshot_put(const struct snapshot *s)
{
    if (s) atomic_fetch_sub(s->readers, 1);
}
