/* The telemetry ring: rows of (time, n series ids and values) from any thread to the writer. Fixed memory, no lock, no
 * wait: a row that does not fit is refused and counted. The reader looks at rows without taking them, and takes them all at
 * once when they are safely stored, so that a failed commit loses nothing. */
#ifndef STORE_RING_H
#define STORE_RING_H
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
struct ring {
    _Atomic uint64_t *word;
    uint64_t n_word;                     /* a power of two */
    _Atomic uint64_t head, tail;         /* words ever reserved, words ever taken */
    _Atomic int64_t refused;             /* values */
};
int ring_create(struct ring *, uint64_t n_word);                   /* 0, or -1 = no memory */
void ring_free(struct ring *);
int ring_put(struct ring *, int64_t at_ms, int n, const int32_t *series, const float *value); /* any thread */
/* The row at position `at` (ring_first, then what this returned): fills it and returns the position after it, or 0 = no row
 * (yet). series and value have room for `room` entries; a longer row is cut. Writer thread only. */
struct ring_row { int64_t at_ms; int n; int32_t *series; float *value; };
uint64_t ring_first(struct ring *);
uint64_t ring_next(struct ring *, uint64_t at, struct ring_row *, int room);
void ring_take(struct ring *, uint64_t until);                     /* frees all rows before `until` */
#endif
