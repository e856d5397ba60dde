/* An override in the plan: held until its end, free afterwards. Classes know a set-point held over the whole horizon (asset_now.pin); here
 * their blocks with and without it are put together slot by slot. What a class keeps as a series (its own, a value a slot) ends with the
 * override; what it keeps as numbers (a value a length of slot) is held where the override outlasts the middle of the slots of that
 * length, so that the running slot is always right. Several overrides of one asset may end at different times. */
#ifndef CONTROL_PINS_H
#define CONTROL_PINS_H
#include "base/arena.h"
#include "village/village.h"
struct pins {
    double *value;     /* n_cmd: NAN = free */
    int64_t *until_ms; /* n_cmd: of those that are held */
    double *own, *num; /* scratch: a block's series and numbers, one lane */
    size_t n_own, n_num;
};
void pins_create(struct pins *, const struct village *, int T_max, struct cutter *);
void pins_free_all(struct pins *, const struct village *); /* nothing is held */
/* Lets asset a formulate its block b; start_ms: h->T + 1 slot starts. `now` without pin. */
void pins_formulate(struct pins *, const struct asset *, struct asset_now *now, const struct horizon *,
                    const int64_t *start_ms, struct block *);
#endif
