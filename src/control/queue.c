/* See queue.h. Source: D. Vyukov, "Bounded MPMC queue" (1024cores.net), here with a single reader. */
#include "control/queue.h"

void queue_init(struct queue *q)
{
    atomic_init(&q->head, 0);
    atomic_init(&q->tail, 0);
    for (unsigned i = 0; i < QUEUE_CELLS; i++) atomic_init(&q->cell[i].turn, i);
}

int queue_push(struct queue *q, const struct request *r)
{
    unsigned at = atomic_load_explicit(&q->head, memory_order_relaxed);
    for (;;) {
        struct queue_cell *c = &q->cell[at % QUEUE_CELLS];
        int ahead = (int)(atomic_load_explicit(&c->turn, memory_order_acquire) - at);
        if (ahead < 0) return -1;
        if (ahead > 0) {
            at = atomic_load_explicit(&q->head, memory_order_relaxed);
            continue;
        }
        if (!atomic_compare_exchange_weak_explicit(&q->head, &at, at + 1, memory_order_relaxed,
                                                   memory_order_relaxed))
            continue;
        c->item = *r;
        atomic_store_explicit(&c->turn, at + 1, memory_order_release);
        return 0;
    }
}

int queue_pop(struct queue *q, struct request *r)
{
    unsigned at = atomic_load_explicit(&q->tail, memory_order_relaxed);
    struct queue_cell *c = &q->cell[at % QUEUE_CELLS];
    if (atomic_load_explicit(&c->turn, memory_order_acquire) != at + 1) return 0;
    *r = c->item;
    atomic_store_explicit(&c->turn, at + QUEUE_CELLS, memory_order_release);
    atomic_store_explicit(&q->tail, at + 1, memory_order_relaxed);
    return 1;
}
