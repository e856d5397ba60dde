/* Screening of readings before anything believes them: range, not-a-number, age, spikes, stuck values. One small
 * memory per reading; no allocation. A refused reading is as good as none: the model carries the state on. */
#ifndef CONTROL_SCREEN_H
#define CONTROL_SCREEN_H
#include "village/asset.h"
#include "village/point.h"
struct screen {            /* zeroed = nothing known */
    int64_t at_ms;         /* time of the last reading looked at */
    double value, waiting; /* last believed; a jump that waits for a second reading to confirm it */
    float bad;             /* leaky count of refused readings */
    float step, moved;     /* running mean of |change|; share of readings that differed from the one before */
    uint16_t n, same;      /* believed so far (saturates); equal in a row */
    uint8_t has_waiting;
};
enum screen_end { SCREEN_GOOD, SCREEN_OLD, SCREEN_NAN, SCREEN_RANGE, SCREEN_SPIKE, SCREEN_STUCK };
/* Refusals come so thick that people should know (a single spike is not worth an alarm). */
static inline int screen_alarming(const struct screen *s) { return s->bad > 2.5F; }
/* jumpy: 1 for quantities that jump by nature (a home's load): no spike test. */
enum screen_end screen_reading(struct screen *, const struct field *, const struct reading *, int64_t now_ms,
                               int jumpy);
#endif
