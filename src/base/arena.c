/* Chunked arena and fixed-memory cutter. See arena.h. */
#include "base/arena.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64, CHUNK_MIN = 64 * 1024 };

struct arena_chunk {
    struct arena_chunk *before;
    size_t size, used;
};

static size_t round_up(size_t n) { return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1); }

static struct arena_chunk *chunk_new(size_t bytes, struct arena_chunk *before)
{
    size_t head = round_up(sizeof(struct arena_chunk));
    size_t size = bytes > CHUNK_MIN ? bytes : CHUNK_MIN;
    struct arena_chunk *c = aligned_alloc(ALIGN, head + round_up(size));
    if (!c) {
        fprintf(stderr, "kend: out of memory (%zu bytes wanted)\n", bytes);
        exit(1);
    }
    *c = (struct arena_chunk){.before = before, .size = round_up(size)};
    return c;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    bytes = round_up(bytes ? bytes : 1);
    if (!a->last || a->last->used + bytes > a->last->size) {
        a->last = chunk_new(bytes, a->last);
        a->total_bytes += a->last->size;
    }
    unsigned char *p = (unsigned char *)a->last + round_up(sizeof(struct arena_chunk)) + a->last->used;
    a->last->used += bytes;
    return memset(p, 0, bytes);
}

char *arena_strdup(struct arena *a, const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(arena_alloc(a, n), s, n);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *s = arena_alloc(a, (size_t)n + 1);
    vsnprintf(s, (size_t)n + 1, fmt, again);
    va_end(again);
    return s;
}

void arena_free(struct arena *a)
{
    for (struct arena_chunk *c = a->last, *before; c; c = before) {
        before = c->before;
        free(c);
    }
    *a = (struct arena){0};
}

void *cut(struct cutter *c, size_t bytes)
{
    size_t at = c->used;
    c->used += round_up(bytes);
    return c->base ? c->base + at : NULL;
}
