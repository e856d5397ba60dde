/* The twin: the village's physics stepped with its OWN parameters (fields marked FIELD_SPREAD differ from the controller's by a
 * seeded spread) in a world, behind instruments that lie a little: noise, drift, dropouts. Its only ways out are readings and the
 * truth kept for judging; its only way in are set-points. A set-point that expires leaves the device on its own `rules`. */
#ifndef TWIN_TWIN_H
#define TWIN_TWIN_H
#include "village/point.h"
#include "village/village.h"
struct world;
struct twin;
struct err;
enum twin_fidelity { TWIN_FAST, TWIN_HIGH }; /* HIGH: classes step the models that judge theirs, where they have one */
struct twin_options {
    uint64_t seed;
    double spread_frac; /* 0.2 */
    double noise_frac;  /* 1 = as instruments are, 0 = perfect */
    enum twin_fidelity fidelity;
};
struct twin *twin_create(const struct village *, struct world *, const struct twin_options *, int64_t at_ms,
                         struct err *);
void twin_free(struct twin *);
/* Steps the truth to until_ms in steps of at most tick_ms (weather and demand are means over a step). No allocation. */
void twin_step(struct twin *, int64_t until_ms, int64_t tick_ms);
int twin_measure(struct twin *, struct reading *, int max); /* one sweep of the instruments now; n_meas at most */
void twin_actuate(struct twin *, const struct setpoint *, int n);
/* Which rounds may drive: n_round of enum place_state; holds until told otherwise. At first as the village file says. */
void twin_dispatch(struct twin *, const uint8_t *round, int n);
const struct state *twin_truth(const struct twin *); /* true x, flow, cmd in force, exo, ambient */
const double *
twin_residual(const struct twin *); /* n_node: what nobody took in the last step, W (or m3/s, kg/s); < 0 short */
/* The meters of the grid begin a new bill: the month's peak and the running quarter-hour are zero, the registers go on. */
void twin_new_bill(struct twin *);
/* The truth of another version of the same village carried over (src/twin/map.c). */
void twin_map(struct twin *, const struct twin *from);
/* Saves and restores everything that evolves, so that a copy can be tried ("what if") and a restart continues. */
size_t twin_save_bytes(const struct twin *);
void twin_save(const struct twin *, void *mem);
int twin_load(struct twin *, const void *mem, size_t bytes);
#endif
