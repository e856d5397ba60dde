/* What the store wants of a database: one table of operations. SQLite (sqlite.c) is the embedded one; another implements the
 * same table beside it. All return 0, or -1 with a text. A connection is used by one thread at a time. Tables:
 *   frame (at_ms, series ids, values)   raw rows, appended in the order they come, forgotten after a while
 *   slot  (at_ms, {mean, min, max} of every series)   one row a quarter-hour
 *   day   (series, day_ms, 96 x {mean, min, max})     keyed: a finished UTC day turned over, so that a year of one series is
 *                                                     365 short reads
 *   act   (id, at_ms, kind, who, asset, detail)       the audit, never forgotten
 *   series (id, name), record (key, data)
 *   chain (seq, body, signature, hash, digest)   signed records, never changed (chain.h)
 * A frame of a whole village in one row is written 30 times faster than a row a value, and read where it is. */
#ifndef STORE_DB_H
#define STORE_DB_H
#include "store/store.h"
enum { SLOT_MS = 900000, DAY_SLOTS = 96 };
static const int64_t STORE_DAY_MS = 86400000;
struct span { float mean, min, max; };                 /* mean NAN: nothing was recorded */
struct db;
typedef int db_frame_row(void *, int64_t at_ms, int n, const int32_t *id, int32_t first, const float *value); /* id NULL: first, first + 1, .. */
typedef int db_slot_row(void *, int64_t at_ms, const struct span *, int n);
typedef void db_act_row(void *, int64_t id, const struct store_act *);
struct chain_row {                                     /* digest: SHA-256 of the body, for finding it again */
    int64_t seq;
    const char *body; size_t size;
    const unsigned char *signature, *hash, *digest;
};
struct db_ops {
    const char *name;
    struct db *(*open)(const struct store_options *, int reader, struct err *);
    void (*close)(struct db *);
    int (*begin)(struct db *, int write, struct err *);
    int (*commit)(struct db *, struct err *);          /* a write is on disk when this returns 0 */
    void (*rollback)(struct db *);
    int (*series_id)(struct db *, const char *name, int32_t *id, struct err *);   /* finds or adds; ids are dense from 0 */
    int (*series_count)(struct db *, int32_t *n, struct err *);
    int (*frame_add)(struct db *, int64_t at_ms, int n, const int32_t *id, const float *, struct err *);
    int (*slot_put)(struct db *, int64_t at_ms, const struct span *, int n, struct err *);
    int (*day_put)(struct db *, int32_t series, int64_t day_ms, const struct span[DAY_SLOTS], struct err *);
    int (*act_add)(struct db *, const struct store_act *, int64_t *id, struct err *);
    int (*record_put)(struct db *, const char *key, const void *, size_t, struct err *);
    int (*forget)(struct db *, int64_t frames_before_ms, int64_t slots_before_ms, struct err *);
    /* Readers call `row` in order of time; a return other than 0 ends the walk. */
    int (*frames)(struct db *, int64_t from_ms, int64_t until_ms, db_frame_row *, void *, struct err *);
    int (*slots)(struct db *, int64_t from_ms, int64_t until_ms, db_slot_row *, void *, struct err *);
    int (*days)(struct db *, int32_t series, int64_t from_ms, int64_t until_ms, db_slot_row *, void *, struct err *);
    int (*acts)(struct db *, int64_t after_id, int max, db_act_row *, void *, struct err *);
    long (*record_get)(struct db *, const char *key, void *, size_t max, struct err *);  /* its size, or -1 = none */
    int (*newest)(struct db *, int64_t *frame_ms, int64_t *slot_ms, struct err *);       /* INT64_MIN: none */
    int64_t (*bytes)(struct db *);
    int (*chain_add)(struct db *, const struct chain_row *, struct err *);
    int (*chain_last)(struct db *, int64_t *seq, unsigned char hash[32], struct err *);           /* empty: 0 and zeros */
    int (*chain_find)(struct db *, const unsigned char digest[32], int64_t *seq, struct err *);   /* 0: not there */
    int (*chain_rows)(struct db *, int64_t after_seq, int (*row)(void *, const struct chain_row *), void *, struct err *);
};
extern const struct db_ops sqlite_ops;
#endif
