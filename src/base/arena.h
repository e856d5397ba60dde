/* Arena: memory that lives and dies together (a village, a step, a request). Grows by chunks; everything is zeroed.
 * Never returns NULL: out of memory at load ends the program with one line (tracker and planner never allocate). */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stddef.h>
struct arena_chunk;
struct arena { struct arena_chunk *last; size_t total_bytes; };
void *arena_alloc(struct arena *, size_t bytes); /* 64-byte aligned, zeroed */
char *arena_strdup(struct arena *, const char *);
char *arena_printf(struct arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *); /* frees all; the arena is empty and usable again */
#define ARENA_NEW(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))
/* Fixed memory given by a caller, cut into aligned pieces: the x_bytes(dim) + x_create(dim, mem) habit. With base ==
 * NULL it only counts, so one function sizes and lays out. */
struct cutter { unsigned char *base; size_t used; };
void *cut(struct cutter *, size_t bytes); /* 64-byte aligned, NOT zeroed; NULL while counting */
#endif
