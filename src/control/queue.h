/* A bounded ring for requests: many writers, one reader (the control thread); nobody waits, a full ring refuses.
 * The scheme is Vyukov's bounded queue: each cell carries the turn it is ready for, so a writer claims a cell by
 * one compare-and-swap. */
#ifndef CONTROL_QUEUE_H
#define CONTROL_QUEUE_H
#include "control/run.h"
enum { QUEUE_CELLS = 64 };
struct queue_cell {
    atomic_uint turn;
    struct request item;
};
struct queue {
    atomic_uint head, tail;
    struct queue_cell cell[QUEUE_CELLS];
};
void queue_init(struct queue *);
int queue_push(struct queue *, const struct request *); /* any thread: 0, or -1 = full */
int queue_pop(struct queue *, struct request *);        /* control thread only: 1, or 0 = empty */
#endif
