/* The chain over the embedded database. See chain.h. Canonical form: jansson's compact dump with sorted keys and 17
 * digits, so that the same content has one text and a replay cannot hide behind a blank. */
#include "store/chain.h"
#include "base/err.h"
#include "base/instant.h"
#include "store/db.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { CANONICAL = JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(15), LINE_MAX_BYTES = RECORD_BYTES_MAX * 2 };
static const char domain[] = "record 1";

struct chain {
    const struct db_ops *ops;
    struct db *db;
};

/* --- one record --- */

char *record_draft(const struct draft *d, const struct key *k, unsigned char signature[SIGNATURE_BYTES])
{
    char who[HEX_KEY] = "", at[40], nonce[33];
    unsigned char random[16];
    randombytes_buf(random, sizeof random);
    hex_write(nonce, random, sizeof random);
    if (k) hex_write(who, k->pub, sizeof k->pub);
    json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:O}", "chain", d->chain, "kind", d->kind, "of",
                             d->of ? d->of : "", "who", who, "at", instant_format(at, sizeof at, NULL, d->at_ms),
                             "nonce", nonce, "rev", (json_int_t)d->rev, "data", d->data);
    char *body = root ? json_dumps(root, CANONICAL) : NULL;
    json_decref(root);
    memset(signature, 0, SIGNATURE_BYTES);
    if (body && k) key_sign(k, domain, body, strlen(body), signature);
    return body;
}

static const char *text_of(const json_t *root, const char *key)
{
    return json_string_value(json_object_get(root, key));
}

static int fields_read(struct record *r, struct err *e)
{
    const char *at = text_of(r->root, "at"), *who = text_of(r->root, "who");
    const json_t *rev = json_object_get(r->root, "rev");
    r->chain = text_of(r->root, "chain");
    r->kind = text_of(r->root, "kind");
    r->of = text_of(r->root, "of");
    r->data = json_object_get(r->root, "data");
    if (!r->chain || !r->kind || !r->of || !at || !who || !json_is_integer(rev) || !json_is_object(r->data) ||
        !text_of(r->root, "nonce"))
        return err_set(e, "a record wants chain, kind, of, who, at, nonce, rev and data");
    if (instant_parse(at, NULL, &r->at_ms, NULL)) return err_set(e, "`%.40s` is no time", at);
    r->rev = json_integer_value(rev);
    r->is_signed = *who != 0;
    if (r->is_signed && hex_read(who, r->key, sizeof r->key)) return err_set(e, "`who` is no public key");
    return 0;
}

static int is_canonical(const struct record *r)
{
    char *again = json_dumps(r->root, CANONICAL);
    int same = again && strlen(again) == r->size && !memcmp(again, r->body, r->size);
    free(again);
    return same;
}

int record_read(struct record *r, const char *body, size_t size, const unsigned char *signature, struct err *e)
{
    json_error_t je;
    *r = (struct record){.body = body, .size = size};
    if (size > RECORD_BYTES_MAX) return err_set(e, "a record of more than %d MB", RECORD_BYTES_MAX >> 20);
    r->root = json_loadb(body, size, JSON_REJECT_DUPLICATES, &je);
    if (!json_is_object(r->root)) {
        record_free(r);
        return err_set(e, "no JSON object: %s", je.text);
    }
    if (signature) memcpy(r->signature, signature, SIGNATURE_BYTES);
    int bad = fields_read(r, e);
    if (!bad && size < 65536 && !is_canonical(r))
        bad = err_set(e, "not in canonical form (sorted keys, no blanks)");
    if (!bad && r->is_signed && !key_verify(r->key, domain, body, size, r->signature))
        bad = err_set(
            e, "the signature is not that of the key it names: changed after signing, or signed by another key");
    if (bad) record_free(r);
    return bad;
}

void record_free(struct record *r)
{
    json_decref(r->root);
    r->root = NULL;
}

void record_hash(const unsigned char before[HASH_BYTES], const struct record *r, unsigned char out[HASH_BYTES])
{
    char hex[HEX_SIGNATURE];
    crypto_hash_sha256_state h;
    crypto_hash_sha256_init(&h);
    crypto_hash_sha256_update(&h, (const unsigned char *)hex_write(hex, before, HASH_BYTES), 2 * HASH_BYTES);
    crypto_hash_sha256_update(&h, (const unsigned char *)"\n", 1);
    crypto_hash_sha256_update(&h, (const unsigned char *)r->body, r->size);
    crypto_hash_sha256_update(&h, (const unsigned char *)"\n", 1);
    crypto_hash_sha256_update(&h, (const unsigned char *)hex_write(hex, r->signature, SIGNATURE_BYTES),
                              2 * SIGNATURE_BYTES);
    crypto_hash_sha256_update(&h, (const unsigned char *)"\n", 1);
    crypto_hash_sha256_final(&h, out);
}

/* --- the chain --- */

struct chain *chain_open(const char *path, const char *vfs, struct err *e)
{
    struct chain *c = calloc(1, sizeof *c);
    if (!c) return err_set(e, "out of memory"), NULL;
    must(sodium_init() >= 0, "libsodium does not start");
    c->ops = &sqlite_ops;
    c->db = c->ops->open(&(struct store_options){.path = path, .vfs = vfs}, 0, e);
    if (c->db) return c;
    free(c);
    return NULL;
}

void chain_close(struct chain *c)
{
    if (!c) return;
    c->ops->close(c->db);
    free(c);
}

int chain_head(struct chain *c, struct chain_head *h, struct err *e)
{
    return c->ops->chain_last(c->db, &h->seq, h->hash, e);
}

int64_t chain_find(struct chain *c, const char *body, size_t size)
{
    unsigned char digest[HASH_BYTES];
    int64_t seq = 0;
    crypto_hash_sha256(digest, (const unsigned char *)body, size);
    return c->ops->chain_find(c->db, digest, &seq, NULL) ? 0 : seq;
}

long chain_blob(struct chain *c, const char *key, void *data, size_t max, struct err *e)
{
    return c->ops->record_get(c->db, key, data, max, e);
}

int chain_append(struct chain *c, const struct chain_head *expect, struct record *r, struct err *e)
{
    struct chain_head last;
    unsigned char digest[HASH_BYTES];
    int64_t same = 0;
    crypto_hash_sha256(digest, (const unsigned char *)r->body, r->size);
    if (c->ops->begin(c->db, 1, e)) return -1;
    int bad = c->ops->chain_last(c->db, &last.seq, last.hash, e);
    if (!bad) bad = c->ops->chain_find(c->db, digest, &same, e);
    if (!bad && same)
        bad = err_set(e, "replayed: this very record is already no. %lld of the chain", (long long)same);
    else if (!bad && (last.seq != expect->seq || memcmp(last.hash, expect->hash, HASH_BYTES) != 0))
        bad = 1;
    if (!bad) {
        r->seq = last.seq + 1;
        record_hash(last.hash, r, r->hash);
        struct chain_row row = {r->seq, r->body, r->size, r->signature, r->hash, digest};
        bad = c->ops->chain_add(c->db, &row, e);
        if (!bad) bad = c->ops->commit(c->db, e);
    }
    if (bad) c->ops->rollback(c->db);
    return bad;
}

/* --- reading --- */

struct walk {
    struct chain_head *at;
    int (*row)(void *, const struct record *, struct err *);
    void *self;
    int bad, ended;
    struct err *e;
};

static int out_of_place(struct walk *w, int64_t seq, const char *what)
{
    w->bad = 1;
    return err_set(w->e, "record no. %lld: %s", (long long)seq, what);
}

/* One row against the chain so far. Returns 0 to go on. */
static int take(struct walk *w, const struct chain_row *row)
{
    struct record r;
    struct err why = {0};
    unsigned char hash[HASH_BYTES];
    if (row->seq != w->at->seq + 1) return out_of_place(w, w->at->seq + 1, "is missing: the chain has been cut");
    if (record_read(&r, row->body, row->size, row->signature, &why)) return out_of_place(w, row->seq, why.text);
    record_hash(w->at->hash, &r, hash);
    r.seq = row->seq;
    memcpy(r.hash, row->hash, HASH_BYTES);
    int bad = memcmp(hash, row->hash, HASH_BYTES) != 0;
    if (bad)
        out_of_place(w, row->seq,
                     "its hash does not follow from the record before: the chain has been tampered with");
    else {
        w->at->seq = row->seq;
        memcpy(w->at->hash, hash, HASH_BYTES);
        w->ended = w->row ? w->row(w->self, &r, w->e) : 0;
    }
    record_free(&r);
    return bad ? -1 : w->ended;
}

static int take_row(void *self, const struct chain_row *row) { return take(self, row); }

int chain_walk(struct chain *c, struct chain_head *after, int (*row)(void *, const struct record *, struct err *),
               void *self, struct err *e)
{
    struct walk w = {after, row, self, 0, 0, e};
    if (c->ops->chain_rows(c->db, after->seq, take_row, &w, e)) return -1;
    return w.bad || w.ended < 0 ? -1 : 0;
}

/* --- as text --- */

struct out {
    FILE *f;
    int bad;
};

static int print_row(void *self, const struct chain_row *row)
{
    struct out *o = self;
    char sig[HEX_SIGNATURE], hash[2 * HASH_BYTES + 1];
    json_t *line =
        json_pack("{s:s%, s:s, s:s}", "body", row->body, row->size, "signature",
                  hex_write(sig, row->signature, SIGNATURE_BYTES), "hash", hex_write(hash, row->hash, HASH_BYTES));
    o->bad |= json_dumpf(line, o->f, JSON_COMPACT) || fputc('\n', o->f) == EOF;
    json_decref(line);
    return o->bad;
}

int chain_export(struct chain *c, FILE *f, struct err *e)
{
    struct out o = {f, 0};
    if (c->ops->chain_rows(c->db, 0, print_row, &o, e)) return -1;
    return o.bad || fflush(f) ? err_set(e, "the export could not be written: %s", strerror(errno)) : 0;
}

static int take_line(struct walk *w, const char *text, int64_t line, struct err *e)
{
    json_error_t je;
    unsigned char sig[SIGNATURE_BYTES], hash[HASH_BYTES];
    json_t *j = json_loads(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &je);
    const json_t *body = json_object_get(j, "body");
    int bad = 0;
    if (!json_is_string(body) || hex_read(text_of(j, "signature"), sig, sizeof sig) ||
        hex_read(text_of(j, "hash"), hash, sizeof hash))
        bad = err_set(e, "line %lld is no record", (long long)line);
    else {
        struct chain_row row = {w->at->seq + 1, json_string_value(body), json_string_length(body), sig, hash, NULL};
        bad = take(w, &row);
    }
    json_decref(j);
    return bad;
}

int chain_walk_file(FILE *f, const char *name, struct chain_head *after,
                    int (*row)(void *, const struct record *, struct err *), void *self, struct err *e)
{
    struct walk w = {after, row, self, 0, 0, e};
    char *text = NULL;
    size_t room = 0;
    int bad = 0;
    for (int64_t line = 1; !bad && getline(&text, &room, f) > 0; line++) bad = take_line(&w, text, line, e);
    free(text);
    if (bad && e) snprintf(e->file, sizeof e->file, "%s", name);
    return bad ? -1 : 0;
}
