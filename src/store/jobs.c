/* Queue of acts. See jobs.h. The cells follow D. Vyukov's bounded queue (2010): cell i is free for the writer of
 * turn i, full at turn i + 1, free again at turn i + JOB_CELLS; so a post is one compare-and-swap and a copy. */
#include "store/jobs.h"
#include <stdlib.h>
#include <string.h>

int jobs_create(struct jobs *q)
{
    memset(q, 0, sizeof *q);
    q->cell = calloc(JOB_CELLS, sizeof *q->cell);
    if (!q->cell) return -1;
    for (uint64_t i = 0; i < JOB_CELLS; i++) atomic_init(&q->cell[i].turn, i);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->answered, NULL);
    return 0;
}

void jobs_free(struct jobs *q)
{
    if (!q->cell) return;
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->answered);
    free(q->cell);
}

static struct job_cell *reserve(struct jobs *q, uint64_t *at)
{
    *at = atomic_load_explicit(&q->head, memory_order_relaxed);
    for (;;) {
        struct job_cell *c = &q->cell[*at % JOB_CELLS];
        uint64_t turn = atomic_load_explicit(&c->turn, memory_order_acquire);
        if (turn < *at) return NULL;
        if (turn == *at) {
            if (atomic_compare_exchange_weak_explicit(&q->head, at, *at + 1, memory_order_relaxed,
                                                      memory_order_relaxed))
                return c;
        } else
            *at = atomic_load_explicit(&q->head, memory_order_relaxed);
    }
}

static void copy_text(char *to, size_t room, const char *from)
{
    size_t n = from ? strnlen(from, room - 1) : 0;
    if (n) memcpy(to, from, n);
    to[n] = 0;
}

int jobs_put_act(struct jobs *q, const struct store_act *act, struct answer *answer)
{
    uint64_t at;
    if (act->detail && strlen(act->detail) >= JOB_DETAIL_MAX) return -1;
    struct job_cell *c = reserve(q, &at);
    if (!c) return -1;
    struct job *j = &c->job;
    j->kind = JOB_ACT;
    j->at_ms = act->at_ms;
    copy_text(j->what, sizeof j->what, act->kind);
    copy_text(j->who, sizeof j->who, act->who);
    copy_text(j->asset, sizeof j->asset, act->asset);
    copy_text(j->detail, sizeof j->detail, act->detail);
    j->answer = answer;
    atomic_store_explicit(&c->turn, at + 1, memory_order_release);
    return 0;
}

int jobs_put_blob(struct jobs *q, const char *key, const void *data, size_t size, struct answer *answer,
                  atomic_int *posted)
{
    uint64_t at;
    if (strlen(key) >= JOB_NAME_MAX) return -1;
    struct job_cell *c = reserve(q, &at);
    if (!c) return -1;
    c->job.kind = JOB_BLOB;
    copy_text(c->job.who, sizeof c->job.who, key);
    c->job.data = data;
    c->job.size = size;
    c->job.answer = answer;
    c->job.posted = posted;
    atomic_store_explicit(&c->turn, at + 1, memory_order_release);
    return 0;
}

static int put_plain(struct jobs *q, enum job_kind kind, const void *data, struct answer *answer)
{
    uint64_t at;
    struct job_cell *c = reserve(q, &at);
    if (!c) return -1;
    c->job.kind = kind;
    c->job.data = data;
    c->job.answer = answer;
    atomic_store_explicit(&c->turn, at + 1, memory_order_release);
    return 0;
}

int jobs_put_flush(struct jobs *q, struct answer *answer) { return put_plain(q, JOB_FLUSH, NULL, answer); }

int jobs_put_rename(struct jobs *q, const void *names, struct answer *answer)
{
    return put_plain(q, JOB_RENAME, names, answer);
}

int jobs_wait(struct jobs *q, struct answer *a, struct err *e)
{
    pthread_mutex_lock(&q->lock);
    while (!a->done) pthread_cond_wait(&q->answered, &q->lock);
    pthread_mutex_unlock(&q->lock);
    if (a->rc && e) *e = a->err;
    return a->rc;
}

struct job *jobs_first(struct jobs *q)
{
    struct job_cell *c = &q->cell[q->tail % JOB_CELLS];
    return atomic_load_explicit(&c->turn, memory_order_acquire) == q->tail + 1 ? &c->job : NULL;
}

void jobs_take(struct jobs *q)
{
    atomic_store_explicit(&q->cell[q->tail % JOB_CELLS].turn, q->tail + JOB_CELLS, memory_order_release);
    q->tail++;
}

void jobs_refuse_waiting(struct jobs *q, const struct err *e)
{
    for (uint64_t at = q->tail; at < q->tail + JOB_CELLS; at++) {
        struct job_cell *c = &q->cell[at % JOB_CELLS];
        if (atomic_load_explicit(&c->turn, memory_order_acquire) != at + 1) return;
        struct answer *a = c->job.answer;
        if (!a) continue;
        c->job.kind = JOB_REFUSED;
        c->job.answer = NULL;
        jobs_answer(q, a, -1, 0, e);
    }
}

void jobs_answer(struct jobs *q, struct answer *a, int rc, int64_t id, const struct err *e)
{
    pthread_mutex_lock(&q->lock);
    a->rc = rc;
    a->id = id;
    if (rc && e) a->err = *e;
    a->done = 1;
    pthread_cond_broadcast(&q->answered);
    pthread_mutex_unlock(&q->lock);
}
