/* Telemetry ring. See ring.h. A row is a word of time, a word of length, then one word a value. A producer reserves
 * its words by moving `head` (compare and swap), fills them, and publishes the row by storing the length word last
 * with release order; the reader zeroes what it takes, so a length word of 0 means "reserved but not yet filled".
 * Positions start at 1, so that 0 can mean none. Sequence after D. Vyukov's bounded queues (2010), with rows in
 * place of cells. */
#include "store/ring.h"
#include <stdlib.h>
#include <string.h>

static const uint64_t READY = 1ull << 63;

int ring_create(struct ring *r, uint64_t n_word)
{
    memset(r, 0, sizeof *r);
    r->word = calloc(n_word, sizeof *r->word);
    r->n_word = n_word;
    atomic_init(&r->head, 1);
    atomic_init(&r->tail, 1);
    return r->word ? 0 : -1;
}

void ring_free(struct ring *r) { free(r->word); }

static _Atomic uint64_t *word_at(struct ring *r, uint64_t at) { return &r->word[at & (r->n_word - 1)]; }

static uint64_t pack(int32_t series, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint64_t)(uint32_t)series << 32 | bits;
}

int ring_put(struct ring *r, int64_t at_ms, int n, const int32_t *series, const float *value)
{
    uint64_t need = (uint64_t)n + 2, at = atomic_load_explicit(&r->head, memory_order_relaxed);
    do {
        if (n <= 0) return 0;
        if (at + need - atomic_load_explicit(&r->tail, memory_order_acquire) > r->n_word) {
            atomic_fetch_add_explicit(&r->refused, n, memory_order_relaxed);
            return -1;
        }
    } while (!atomic_compare_exchange_weak_explicit(&r->head, &at, at + need, memory_order_relaxed,
                                                    memory_order_relaxed));
    atomic_store_explicit(word_at(r, at), (uint64_t)at_ms, memory_order_relaxed);
    for (int i = 0; i < n; i++)
        atomic_store_explicit(word_at(r, at + 2 + (uint64_t)i), pack(series[i], value[i]), memory_order_relaxed);
    atomic_store_explicit(word_at(r, at + 1), READY | (uint64_t)n, memory_order_release);
    return 0;
}

uint64_t ring_first(struct ring *r) { return atomic_load_explicit(&r->tail, memory_order_relaxed); }

uint64_t ring_next(struct ring *r, uint64_t at, struct ring_row *row, int room)
{
    if (at == atomic_load_explicit(&r->head, memory_order_relaxed)) return 0;
    uint64_t length = atomic_load_explicit(word_at(r, at + 1), memory_order_acquire);
    if (!length) return 0;
    int n = (int)(length & ~READY);
    row->at_ms = (int64_t)atomic_load_explicit(word_at(r, at), memory_order_relaxed);
    row->n = n < room ? n : room;
    for (int i = 0; i < row->n; i++) {
        uint64_t w = atomic_load_explicit(word_at(r, at + 2 + (uint64_t)i), memory_order_relaxed);
        uint32_t bits = (uint32_t)w;
        row->series[i] = (int32_t)(w >> 32);
        memcpy(&row->value[i], &bits, sizeof bits);
    }
    return at + 2 + (uint64_t)n;
}

void ring_take(struct ring *r, uint64_t until)
{
    for (uint64_t at = atomic_load_explicit(&r->tail, memory_order_relaxed); at < until; at++)
        atomic_store_explicit(word_at(r, at), 0, memory_order_relaxed);
    atomic_store_explicit(&r->tail, until, memory_order_release);
}
