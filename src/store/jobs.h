/* Acts and named blobs on their way to the writer: a bounded queue for any number of threads. An act may be posted (never
 * waits, no answer) or sent with a `struct answer` on the caller's stack, which the writer fills once the act is durable. */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H
#include "base/err.h"
#include "store/store.h"
#include <pthread.h>
#include <stdatomic.h>
enum { JOB_CELLS = 1024, JOB_KIND_MAX = 32, JOB_NAME_MAX = 96, JOB_DETAIL_MAX = 2048 };
enum job_kind { JOB_ACT, JOB_BLOB, JOB_FLUSH, JOB_RENAME, JOB_REFUSED };
struct answer { int done, rc; int64_t id; struct err err; };
struct job {
    enum job_kind kind;
    int64_t at_ms;
    char what[JOB_KIND_MAX], who[JOB_NAME_MAX], asset[JOB_NAME_MAX], detail[JOB_DETAIL_MAX];
    const void *data; size_t size;       /* JOB_BLOB: key in `who`; the sender waits, or `posted` says when its memory is free */
    atomic_int *posted;                  /* JOB_BLOB without answer: enum store_post */
    struct answer *answer;               /* NULL: posted */
};
struct job_cell { _Atomic uint64_t turn; struct job job; };
struct jobs {
    struct job_cell *cell;
    _Atomic uint64_t head;
    uint64_t tail;                       /* writer's own */
    pthread_mutex_t lock;                /* guards answers */
    pthread_cond_t answered;
};
int jobs_create(struct jobs *);
void jobs_free(struct jobs *);
/* Puts an act; texts longer than their room are cut (details that are cut are no longer JSON: -1 for those). 0, or -1 = full. */
int jobs_put_act(struct jobs *, const struct store_act *, struct answer *);
int jobs_put_flush(struct jobs *, struct answer *);
int jobs_put_rename(struct jobs *, const void *names, struct answer *);     /* names: what the writer makes of it */
int jobs_put_blob(struct jobs *, const char *key, const void *data, size_t size, struct answer *, atomic_int *posted);
int jobs_wait(struct jobs *, struct answer *, struct err *);       /* the answer's rc */
struct job *jobs_first(struct jobs *);                             /* the oldest, or NULL; stays until taken. Writer only */
void jobs_take(struct jobs *);
/* Answers everybody who waits with an error, whatever stands before them; their jobs become JOB_REFUSED. Writer only. */
void jobs_refuse_waiting(struct jobs *, const struct err *);
void jobs_answer(struct jobs *, struct answer *, int rc, int64_t id, const struct err *);
#endif
