/* How blocks meet for a controller. joint: every port at its physical node. separate: the electricity of all homes
 * on one private node with an unlimited meter at the retail price (so that no home sees another), every other owner
 * on a private node with a meter of its own; lines and the common meter vanish, and static caps on what a home may
 * draw keep the lines' limits instead. */
#ifndef CONTROL_WIRING_H
#define CONTROL_WIRING_H
#include "base/arena.h"
#include "control/run.h"
struct wiring {
    int n_block, n_node, n_port,
        n_private;                  /* blocks; solver's nodes; ports in all; private nodes = meters of their own */
    int32_t *asset;                 /* n_block: the asset of each block (a private meter: the grid's) */
    int32_t *private_of;            /* n_block: private node of a meter, -1 for an ordinary block */
    int32_t *port_node, *port_base; /* solver's node of each port; first port of each block */
    int32_t *plan_node;             /* solver's node -> plan node (village's, then private) */
    const struct block_shape **shape;
    struct joint_node *node;
    const char **owner; /* n_private: whose; NULL = the homes */
    void **par;         /* n_asset: capped parameters, NULL = the village's own */
};
/* Cuts memory and, with a base, fills it in. */
void wiring_create(struct wiring *, const struct village *, enum controller, struct cutter *);
#endif
