/* The chain: records that are added and never changed, each signed by a person's own key and linked to all before it by
 * SHA-256. A record is one JSON text ("body") that says itself which chain it belongs to, its kind, what it is about, which version of
 * that the signer had seen, who signs and when; body and signature are kept byte for byte as they came. So
 *     hash[n] = SHA-256( hex(hash[n-1]) "\n" body "\n" hex(signature) "\n" )
 * which anybody can check with sha256sum. One chain a village serves land, return and whoever else records evidence: kinds carry
 * their folder ("land.progress", "return.draw"). Kept in the store's database file through its own connection: commands and the running
 * program may write at the same time, the database orders them. A record is on disk when chain_append returns 0. */
#ifndef STORE_CHAIN_H
#define STORE_CHAIN_H
#include "store/key.h"
#include <jansson.h>
#include <stdio.h>
struct err;
struct chain;
enum { CHAIN_ID = 33, RECORD_BYTES_MAX = 64 << 20 };
struct chain_head { int64_t seq; unsigned char hash[HASH_BYTES]; };   /* seq 0: empty */
struct record {                          /* parsed; `body` is the truth, the rest is read from it */
    int64_t seq, at_ms;
    const char *chain, *kind, *of;       /* of: what it is about ("CHA-12"), "" = the village */
    int64_t rev;                         /* records about `of` that the signer had seen; -1: did not say */
    int is_signed;
    unsigned char key[KEY_BYTES], signature[SIGNATURE_BYTES], hash[HASH_BYTES];
    const json_t *data;                  /* object */
    const char *body; size_t size;
    json_t *root;                        /* owns chain, kind, of, data */
};
/* --- one record --- */
struct draft { const char *chain, *kind, *of; int64_t rev, at_ms; const json_t *data; };
/* The body of a new record (malloc'd) and its signature; key NULL: unsigned (only what can do no harm is taken unsigned). */
char *record_draft(const struct draft *, const struct key *, unsigned char signature[SIGNATURE_BYTES]);
/* Reads and checks a body: JSON object, fields, canonical form. Signed: the signature must be that of the key it names. */
int record_read(struct record *, const char *body, size_t size, const unsigned char *signature, struct err *);
void record_free(struct record *);
void record_hash(const unsigned char before[HASH_BYTES], const struct record *, unsigned char out[HASH_BYTES]);
/* --- the chain --- */
struct chain *chain_open(const char *path, const char *vfs, struct err *);   /* ":memory:" allowed; makes the file when it is missing */
void chain_close(struct chain *);
int chain_head(struct chain *, struct chain_head *, struct err *);
/* The number of the record with this very body, 0: none. */
int64_t chain_find(struct chain *, const char *body, size_t size);
/* Adds a record behind `expect` and fills its seq and hash. 0: on disk. 1: somebody wrote meanwhile; read the new ones, check again and
 * try again. -1: refused (a record with the same body is there: a replay) or not saved. */
int chain_append(struct chain *, const struct chain_head *expect, struct record *, struct err *);
/* What the store of the same data base keeps under `key` (store_put). Its size, or -1: nothing. */
long chain_blob(struct chain *, const char *key, void *data, size_t max, struct err *);
/* Calls `row` for every record after `after`, in order, hash links checked; ends early when it returns other than 0. `row` must not
 * keep the record. 0, or -1: a record that does not fit the chain, named by its number. `after` is brought to the last one seen. */
int chain_walk(struct chain *, struct chain_head *after, int (*row)(void *, const struct record *, struct err *), void *, struct err *);
/* The chain as text, one line a record: {"body":"..","signature":"..","hash":".."}; read back with the same checks. */
int chain_export(struct chain *, FILE *, struct err *);
int chain_walk_file(FILE *, const char *name, struct chain_head *after, int (*row)(void *, const struct record *, struct err *), void *,
                    struct err *);
#endif
