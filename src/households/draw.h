/* The draw of homes that anybody can check. Three files, each of which says all that is needed to judge it:
 *   pool        what is typed: entries and homes, in any order, JSON or CSV. Entries are pseudonyms and nothing personal.
 *   commitment  the pool in canonical order, the rules, where the public half of the seed will come from and not before when, and the
 *               SHA-256 of a secret half. It is published BEFORE the public half exists; its hash binds all of it.
 *   result      the commitment, both halves of the seed, the drawn order and who got which home and why, and the reserve list.
 * Seed = SHA-256("kend draw seed 1\n" hash "\n" secret "\n" public text "\n"): whoever knows the secret cannot choose the public half, and
 * whoever can bend the public half does not know the secret. The public text has one spelling only (seed_good), or who types it could
 * choose among many. The rules are in words in DRAW_RULES and go into every commitment.
 * All functions return 0, or -1 with a reason that says what to do. JSON results are new references. */
#ifndef HOUSEHOLDS_DRAW_H
#define HOUSEHOLDS_DRAW_H
#include "base/arena.h"
#include "store/key.h"
#include <jansson.h>
struct err;
enum { POOL_MAX = 5000, ROOMS_MAX = 9 };
extern const char DRAW_RULES[];

/* An entry (`group`: the code of those who asked to stay together) or a home (`group`: the street or house it is near). */
struct ticket {
    const char *id, *group; /* group "": none */
    int rooms, accessible,
        line; /* accessible: needed by an entry, offered by a home; line: of the file, or the number in the list */
};
struct pool {
    struct arena arena;
    struct ticket *entry, *home;
    int n_entry, n_home;
};                                                                /* sorted by id */
int pool_read(struct pool *, const char *path, struct err *);     /* CSV when the name ends so, else JSON */
int pool_take(struct pool *, const json_t *object, struct err *); /* {"entries": [..], "homes": [..]} */
void pool_free(struct pool *);                                    /* also after an error */

struct draw_terms {
    const char *name, *seed_source; /* which draw; what text will be the public half of the seed */
    int64_t committed_ms, seed_after_ms;
    unsigned char secret[HASH_BYTES]; /* only its hash goes into the commitment */
    const char *instead_of;           /* hash of the commitment of this list that was given up after its seed could be known; NULL: none */
};
/* NULL when the terms make no fair draw. */
json_t *draw_commit(const struct pool *, const struct draw_terms *, struct err *);
/* Reads a commitment back and refuses one that is not exactly what its hash says. */
int commitment_read(const json_t *, struct pool *, unsigned char hash[HASH_BYTES], struct err *);

struct draw_seed {
    unsigned char secret[HASH_BYTES];
    const char *text;
    int64_t at_ms;
}; /* at_ms: when the text became public */
json_t *draw_make(const json_t *commitment, const struct draw_seed *, struct err *);
/* Recomputes the result from the file alone and names the first difference. outside: the hash of the commitment as it was
 * published, or NULL when the reader compares it by eye. */
int draw_verify(const json_t *result, const unsigned char *outside, struct err *);
/* Who gets `home` (index in the pool) by the rules, when of that draw only the `vacant` homes and the `waiting` entries of the reserve list
 * are left: the index of an entry, or -1. `result` has been verified, `pool` is that of its commitment. */
int draw_next(const json_t *result, const struct pool *, int (*waiting)(void *, int entry), int (*vacant)(void *, int home), void *self,
              int home);
#endif
