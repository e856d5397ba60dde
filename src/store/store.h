/* The store: history, audit and records on disk. One writer thread; SQLite (embedded) behind a table of operations so that
 * another can stand beside it. History is appended to a heap in batches of about a second and rolled up; the audit (what a
 * person did, what a guard refused) is committed before it is acknowledged. */
#ifndef STORE_STORE_H
#define STORE_STORE_H
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
struct err; struct store; struct village;
/* path ":memory:" allowed; vfs NULL = default; raw rows are kept keep_raw_ms (0 = 3 days), quarter-hours for ever;
 * checkpoint_pages: pages of the write-ahead log that start a checkpoint (0 = 1000). */
struct store_options { const char *path; const char *vfs; int64_t keep_raw_ms; int checkpoint_pages; };
struct store *store_open(const struct store_options *, const struct village *, struct err *);    /* starts the writer thread */
/* The same for any set of series: name(self, i, buf, size) gives the name of series i < n. Names are what ties a series to its
 * history when the village changes. */
struct store *store_open_named(const struct store_options *, int n, char *(*name)(const void *self, int32_t i, char *buf, size_t size),
                               const void *self, struct err *);
/* The village has changed: its series are named anew, and those with the same name go on. Nobody else may use the store
 * meanwhile. 0, or -1 + err: as before. */
int store_rename(struct store *, const struct village *, struct err *);
int store_close(struct store *, struct err *);                                                   /* flushes, ends the thread */
/* Telemetry: n values of series ids at one time. Bounded ring, never blocks, never allocates. 0, or -1 = behind (dropped and counted). */
int store_append(struct store *, int64_t at_ms, int n, const int32_t *series, const float *value);
/* Waits until what was appended before is on disk. 0, or -1 + err = it could not be saved (yet). */
int store_flush(struct store *, struct err *);
/* Human acts and guard refusals: kind "override", "ack", "policy", "fault".. ; detail is JSON. Returns only when durable: 0, or -1. */
struct store_act { int64_t at_ms; const char *kind, *who, *asset, *detail; };
int store_audit(struct store *, const struct store_act *, int64_t *id, struct err *);
/* From threads that must not wait: queued without acknowledgement; -1 = ring full (an alarm). */
int store_audit_post(struct store *, const struct store_act *);
/* Readers: any thread, own connection per call site. Rows in time order, mean over step_ms (0 = raw). */
struct store_row { int64_t at_ms; double mean, min, max; };
/* times at_ms are starts of steps counted from from_ms; steps without data are left out. -1: error. */
long store_series(struct store *, int32_t series, int64_t from_ms, int64_t until_ms, int64_t step_ms,
                  struct store_row *out, long max, struct err *);
/* The same for many series in one pass: mean[i * n_step + k] for step k of series i, NAN where nothing was recorded. */
int store_series_many(struct store *, int n, const int32_t *series, int64_t from_ms, int64_t step_ms, int n_step,
                      double *mean, struct err *);
int store_audit_list(struct store *, int64_t after_id, int max, void (*row)(void *, int64_t id, const struct store_act *), void *, struct err *);
/* Small named blobs: the last state, the open overrides, for restart. Durable on return. */
int store_put(struct store *, const char *key, const void *data, size_t size, struct err *);
/* From threads that must not wait: queued; data stays the store's until *posted leaves STORE_POSTED. A blob that cannot be
 * written is dropped, never tried again (a newer one follows), and the store is degraded. -1: full, nothing was taken. */
enum store_post { STORE_IDLE, STORE_POSTED, STORE_DROPPED };
int store_put_post(struct store *, const char *key, const void *data, size_t size, atomic_int *posted);
long store_get(struct store *, const char *key, void *data, size_t max, struct err *);            /* size, or -1 = none */
struct store_status { int64_t written, dropped, audited, bytes, behind_ms; int degraded; char reason[160]; }; /* degraded: disk full.. */
void store_status(struct store *, struct store_status *);
int store_degraded(const struct store *);          /* as in the status, for threads that must not wait */
#endif
