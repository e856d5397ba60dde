/* Two threads for one solve: the caller sweeps the first half of the batches, a worker the second. Halves are fixed when
 * the problem is created and have sums of their own, so that one thread, which sweeps them one after the other, comes to
 * the same numbers to the last bit. Barriers sleep: a solve has some hundred sweeps of half a millisecond, and a village's
 * computer has other work. Without a worker (one thread asked for, or none to be had) nothing else changes. */
#include "solver/inside.h"

static size_t batch_weight(const struct batch *b)
{
    size_t n = 0;
    for (const struct comp *p = b->kind->comp; p < b->kind->comp + b->kind->n_comp; p++)
        n += (size_t)(p->n_var + 4 * (p->nx + p->nrow) + 6 * p->nu + 8);
    return n;
}

void halves_split(struct joint *j)
{
    size_t all = 0, sum = 0;
    int at = 0;
    for (int i = 0; i < j->n_batch; i++) all += batch_weight(&j->batch[i]);
    while (at < j->n_batch && 2 * sum < all) sum += batch_weight(&j->batch[at++]);
    j->half[0].last = j->half[1].first = at;
    j->half[1].last = j->n_batch;
}

static void *worker(void *joint)
{
    struct joint *j = joint;
    struct team *t = &j->team;
    for (;;) {
        pthread_barrier_wait(&t->start);
        if (!t->work) return NULL;
        t->work(j, &j->half[1], t->of);
        pthread_barrier_wait(&t->done);
    }
}

void team_open(struct joint *j)
{
    struct team *t = &j->team;
    *t = (struct team){0};
    for (int h = 0; h < HALVES; h++) j->half[h].turned = 0;
    if (j->dim.threads < 2) return;
    pthread_barrier_init(&t->start, NULL, HALVES);
    pthread_barrier_init(&t->done, NULL, HALVES);
    t->open = pthread_create(&t->worker, NULL, worker, j) == 0;
}

void team_close(struct joint *j)
{
    struct team *t = &j->team;
    if (!t->open) return;
    t->work = NULL;
    pthread_barrier_wait(&t->start);
    pthread_join(t->worker, NULL);
    pthread_barrier_destroy(&t->start);
    pthread_barrier_destroy(&t->done);
    t->open = 0;
}

/* `work` for both halves. */
void team_run(struct joint *j, half_work *work, const void *of)
{
    struct team *t = &j->team;
    if (!t->open) {
        for (int h = 0; h < HALVES; h++) work(j, &j->half[h], of);
        return;
    }
    t->work = work;
    t->of = of;
    pthread_barrier_wait(&t->start);
    work(j, &j->half[0], of);
    pthread_barrier_wait(&t->done);
}
