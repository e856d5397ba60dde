/* Overrides: what a person asked for, for a while. The end is mandatory and at most OVERRIDE_LONGEST_MS away; the
 * guards stay above them. Two overrides of one point: the newer wins. They enter the plan as pins. */
#ifndef CONTROL_OVERRIDE_H
#define CONTROL_OVERRIDE_H
#include "base/arena.h"
#include "control/run.h"
#define OVERRIDE_LONGEST_MS ((int64_t)7 * MS_DAY)
enum { OVERRIDES_MAX = 128 };
struct overrides {
    struct override *row;
    int n;
    uint32_t next_id;
};
void overrides_create(struct overrides *, struct cutter *);
/* 0, or -1: no end, an end in the past or too far, a value that is not finite, an unknown point, the list is full.
 */
int override_add(struct overrides *, const struct village *, const struct override *, int64_t now_ms);
int override_cancel(struct overrides *, uint32_t id);
void overrides_expire(struct overrides *, int64_t now_ms);
void overrides_shift(struct overrides *,
                     int64_t by_ms); /* the clock was set back: what is left of each stays the same */
#endif
