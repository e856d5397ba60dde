/* Snapshots for other threads: a fixed pool, each immutable once published, freed by its last reader. The writer
 * never waits: when every other one is being read it skips and the last stays the newest. */
#ifndef CONTROL_SNAPSHOT_H
#define CONTROL_SNAPSHOT_H
#include "base/arena.h"
#include "control/run.h"
enum { SNAPSHOTS = 6 };
struct plan_seat;
struct snapshot_seat {
    struct snapshot s; /* what readers see; its pointers lead into this seat's own arrays */
    atomic_int readers;
    struct plan_seat *plan; /* pinned until the seat is written again */
    struct state own;       /* the arrays behind s */
    uint8_t *quality;
    uint8_t *gate;
    struct origin *origin;
    struct alarm *alarm;
    struct override *override;
};
struct snapshots {
    struct snapshot_seat seat[SNAPSHOTS];
    _Atomic(struct snapshot_seat *) newest;
    int64_t skipped;
};
void snapshots_create(struct snapshots *, const struct village *, struct cutter *); /* with base NULL only counts */
struct snapshot_seat *snapshot_claim(struct snapshots *); /* control thread: one nobody reads, or NULL */
void snapshot_publish(struct snapshots *, struct snapshot_seat *);
const struct snapshot *snapshots_get(struct snapshots *); /* any thread; NULL before the first */
#endif
