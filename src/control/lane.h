/* Reading one block back after a solve: its coefficient table evaluated slot by slot, so that flows follow from the
 * same rows the solver saw and no class needs a second description. */
#ifndef CONTROL_LANE_H
#define CONTROL_LANE_H
#include "solver/block.h"
enum { LANE_STATES_MAX = 32, LANE_PORTS_MAX = 8 };
struct lane {
    const struct block *b;
    double x[LANE_STATES_MAX];
};
void lane_start(struct lane *, const struct block *); /* x at the start of slot 0 */
/* Advances x over slot t (length class len) under the block's inputs; flow: one value a port, > 0 feeds the node.
 */
void lane_step(struct lane *, int t, int len, double *flow);
#endif
