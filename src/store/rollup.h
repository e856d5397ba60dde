/* The running quarter-hour of every series, written as one slot row when it ends; a UTC day turned over into one row a series
 * when it ends. Called by the writer inside its transaction; after a rollback the next call starts again from the frames. */
#ifndef STORE_ROLLUP_H
#define STORE_ROLLUP_H
#include "store/db.h"
struct err;
struct rollup {
    int n;                               /* stored series */
    int64_t slot_ms;                     /* running slot; INT64_MIN: none */
    int64_t newest_ms;                   /* newest slot ever begun: a slot not after it may have frames already */
    int64_t keep_frames_ms;
    int stale;                           /* must be rebuilt from the frames before use */
    double *sum; int32_t *count; float *min, *max;
    struct span *span;
};
int rollup_create(struct rollup *, int n_series, int64_t keep_frames_ms);  /* -1: no memory */
void rollup_free(struct rollup *);
/* Brings the running slot to what the frames say (start, and after a failed transaction). */
int rollup_rebuild(struct rollup *, const struct db_ops *, struct db *, struct err *);
/* Adds a row BEFORE its frame is added to the database. */
int rollup_add(struct rollup *, const struct db_ops *, struct db *, int64_t at_ms, int n, const int32_t *id, const float *, struct err *);
int64_t slot_of(int64_t at_ms);          /* start of its quarter-hour */
int64_t day_of(int64_t at_ms);           /* start of its UTC day */
#endif
