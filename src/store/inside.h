/* The store as its own files see it: store.c (threads and writing) and series.c (reading). */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H
#include "store/jobs.h"
#include "store/ring.h"
#include "store/rollup.h"
#include <semaphore.h>
enum { READERS_MAX = 8, SERIES_ROW_MAX = 1 << 18 };
struct store {
    struct store_options options;
    char *path, *vfs;
    const struct db_ops *ops;
    struct db *db;                       /* writer's connection */
    int lock_fd;                         /* a second kend on the same file is refused */
    int n_series; int32_t *stored;       /* stored id of each series of this village */
    struct rollup rollup;
    struct ring ring;
    struct jobs jobs;
    struct ring_row row; int32_t *row_id; /* writer's copy of one row */
    pthread_t writer;
    sem_t wake;
    _Atomic int stop, degraded;
    _Atomic int64_t written, audited, lost, bytes, behind_since_ms, open_slot_ms;
    int64_t posted_lost;
    pthread_mutex_t lock;                /* guards reason, idle readers, and the connection of a database in memory */
    char reason[160];
    struct db *idle[READERS_MAX]; int n_idle;
    int in_memory;
};
/* A reading connection for one thread; given back in any case. */
struct db *reader_get(struct store *, struct err *);
void reader_put(struct store *, struct db *);
#endif
