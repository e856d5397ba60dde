/* The slots ahead: the rest of this quarter-hour, then quarter-hours on the clock, then perhaps hours. With them
 * the tariff of each slot, the peak already paid for, and room for what the forecast fills in. */
#ifndef CONTROL_HORIZON_H
#define CONTROL_HORIZON_H
#include "base/arena.h"
#include "village/village.h"
enum { LEN_REST, LEN_QUARTER, LEN_HOUR, LENS };
struct horizon_room { /* memory behind a struct horizon; T_max slots */
    int T_max;
    double dt_s[LENS], *buy, *sell, *exo;
    uint8_t *len, *day_start;
    int64_t *start_ms; /* T_max + 1 */
    struct ambient *amb;
};
void horizon_create(struct horizon_room *, const struct village *, int T_max, struct cutter *);
/* Slots from at_ms: `quarters` of 15 minutes (the first one what is left of the running one), then `hours`. Weather
 * and exo are not filled. peak_so_far_W: this month's highest quarter-hour import. */
struct horizon horizon_make(struct horizon_room *, const struct village *, const struct policy *, int64_t at_ms,
                            int quarters, int hours, double peak_so_far_W);
#endif
