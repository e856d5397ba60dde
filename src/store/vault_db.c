/* The vault's rows. SQLite with a rollback journal, not a write-ahead log: every reading writes its line of the access log, so that
 * nobody would gain from readers beside a writer, and after a commit the journal with the old pages is gone (synchronous=EXTRA: also from
 * its folder). What is deleted is overwritten (secure_delete), and an erasure rebuilds the file besides (VACUUM), for the
 * places in a page that a moved row leaves behind. Temporary tables stay in memory.
 *
 * That rows were exchanged shows in their seals, which name vault, pseudonym and version. That one was set back to an older version, or
 * taken away, shows in the sum: the sum modulo 2^256 of a keyed hash of every (pseudonym, version), sealed by the master key (multiset
 * hash "MSet-Add-Hash": Clarke, Devadas et al., ASIACRYPT 2003). A whole
 * file set back shows in what lies outside it: the list of the erased, and beside it how often the vault had been written. */
#include "base/err.h"
#include "base/instant.h"
#include "store/vault_inside.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x6b766c74 /* "kvlt" */,
    SCHEMA_VERSION = 1,
    BUSY_MS = 2000,
    PAD = 256,
    SUM_BYTES = 32,
    SUM_TEXT = SUM_BYTES + 8
};
static const char schema[] = "CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
                             "CREATE TABLE household(name TEXT PRIMARY KEY, wrapped BLOB NOT NULL, rev INTEGER NOT "
                             "NULL, sheet BLOB NOT NULL);"
                             "CREATE TABLE access(name TEXT NOT NULL, no INTEGER NOT NULL, line BLOB NOT NULL, "
                             "PRIMARY KEY(name, no)) WITHOUT ROWID;"
                             "CREATE TABLE gone(name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;";

int vault_fault(struct vault *v, struct err *e)
{
    int code = sqlite3_errcode(v->h);
    if (code == SQLITE_FULL) return err_set(e, "the disk is full; nothing was changed");
    if (code == SQLITE_BUSY) return err_set(e, "another program writes to the vault; try again");
    return err_set(e, "vault: %s", sqlite3_errmsg(v->h));
}

int vault_sql(struct vault *v, const char *text, struct err *e)
{
    return sqlite3_exec(v->h, text, NULL, NULL, NULL) ? vault_fault(v, e) : 0;
}

int vault_begin(struct vault *v, struct err *e)
{
    v->written = 0;
    return vault_sql(v, "BEGIN IMMEDIATE", e);
}

int vault_end(struct vault *v, int bad, struct err *e)
{
    if (!bad) bad = vault_sql(v, "COMMIT", e);
    if (!bad && v->written && v->erased && strcmp(v->path, ":memory:") != 0) seen_note(v->erased, v->written);
    if (!sqlite3_get_autocommit(v->h)) sqlite3_exec(v->h, "ROLLBACK", NULL, NULL, NULL);
    return bad;
}

/* --- statements: text, then its values --- */

static sqlite3_stmt *ask(struct vault *v, const char *text, const char *name, struct err *e)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(v->h, text, -1, &s, NULL)) return vault_fault(v, e), NULL;
    if (name) sqlite3_bind_text(s, 1, name, -1, SQLITE_TRANSIENT);
    return s;
}

static void bind_blob(sqlite3_stmt *s, int at, const void *data, size_t n)
{
    sqlite3_bind_blob64(s, at, n ? data : "", n, SQLITE_TRANSIENT);
}

static int finish(struct vault *v, sqlite3_stmt *s, struct err *e)
{
    int bad = sqlite3_step(s) == SQLITE_DONE ? 0 : vault_fault(v, e);
    sqlite3_finalize(s);
    return bad;
}

static int do_name(struct vault *v, const char *text, const char *name, struct err *e)
{
    sqlite3_stmt *s = ask(v, text, name, e);
    return s ? finish(v, s, e) : -1;
}

static long meta_get(struct vault *v, const char *key, void *out, size_t room, struct err *e)
{
    sqlite3_stmt *s = ask(v, "SELECT value FROM meta WHERE key = ?1", key, e);
    long n = -1;
    if (s && sqlite3_step(s) == SQLITE_ROW && (size_t)sqlite3_column_bytes(s, 0) <= room) {
        n = sqlite3_column_bytes(s, 0);
        if (n) memcpy(out, sqlite3_column_blob(s, 0), (size_t)n);
    }
    sqlite3_finalize(s);
    return n;
}

static int meta_put(struct vault *v, const char *key, const void *data, size_t n, struct err *e)
{
    sqlite3_stmt *s = ask(v, "INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)", key, e);
    if (!s) return -1;
    bind_blob(s, 2, data, n);
    return finish(v, s, e);
}

/* That the file must be rebuilt is written with what makes it necessary, and taken away when it is done: the power may go between. */
int vault_scrub_due(struct vault *v, struct err *e) { return meta_put(v, "scrub", "", 0, e); }

int vault_scrub(struct vault *v, struct err *e)
{
    return vault_sql(v, "VACUUM", e) || vault_sql(v, "DELETE FROM meta WHERE key = 'scrub'", e) ? -1 : 0;
}

int vault_scrub_rest(struct vault *v, struct err *e)
{
    char none[4];
    return meta_get(v, "scrub", none, sizeof none, NULL) >= 0 ? vault_scrub(v, e) : 0;
}

/* --- the chain whose people use it --- */

enum { CHAIN_BYTES = CHAIN_TEXT + 8 + HASH_BYTES };

int vault_chain_get(struct vault *v, struct vault_chain *c, struct err *e)
{
    unsigned char box[CHAIN_BYTES + SEAL_MORE], text[CHAIN_BYTES];
    long n = meta_get(v, "chain", box, sizeof box, e);
    *c = (struct vault_chain){.seq = 0};
    if (n < 0) return 0;
    if (n != (long)sizeof box ||
        unseal(v->master, &(struct seal_place){v->id, "chain", "", 0}, box, sizeof box, text))
        return err_set(
            e, "which chain this vault belongs to is not what the master key sealed: it was changed from outside");
    memcpy(c->id, text, CHAIN_TEXT);
    memcpy(&c->seq, text + CHAIN_TEXT, sizeof c->seq);
    memcpy(c->head, text + CHAIN_TEXT + 8, HASH_BYTES);
    return 1;
}

int chain_write(struct vault *v, const struct vault_chain *c, struct err *e)
{
    unsigned char box[CHAIN_BYTES + SEAL_MORE], text[CHAIN_BYTES] = {0};
    memcpy(text, c->id, CHAIN_TEXT);
    memcpy(text + CHAIN_TEXT, &c->seq, sizeof c->seq);
    memcpy(text + CHAIN_TEXT + 8, c->head, HASH_BYTES);
    seal(v->master, &(struct seal_place){v->id, "chain", "", 0}, text, sizeof text, box);
    return meta_put(v, "chain", box, sizeof box, e);
}

int vault_chain_put(struct vault *v, const struct vault_chain *c, struct err *e)
{
    return vault_begin(v, e) ? -1 : vault_end(v, chain_write(v, c, e), e);
}

/* --- the sum over all households --- */

static void member_hash(const struct vault *v, const char *name, int64_t no, unsigned char out[SUM_BYTES])
{
    char text[128];
    int n = snprintf(text, sizeof text, "kend vault sum 1\n%s\n%s\n%lld\n", v->id, name, (long long)no);
    crypto_generichash(out, SUM_BYTES, (unsigned char *)text, (size_t)n, v->master, SECRET_BYTES);
}

/* Behind the sum stands how often this vault was written. */
static int sum_get(struct vault *v, unsigned char sum[SUM_TEXT], struct err *e)
{
    unsigned char box[SUM_TEXT + SEAL_MORE];
    if (meta_get(v, "sum", box, sizeof box, e) != (long)sizeof box ||
        unseal(v->master, &(struct seal_place){v->id, "sum", "", 0}, box, sizeof box, sum))
        return err_set(e, "the vault's sum is not what the master key sealed: rows were changed from outside");
    return 0;
}

static int64_t times_written(const unsigned char sum[SUM_TEXT])
{
    int64_t n;
    memcpy(&n, sum + SUM_BYTES, sizeof n);
    return n;
}

static int sum_put(struct vault *v, unsigned char sum[SUM_TEXT], struct err *e)
{
    unsigned char box[SUM_TEXT + SEAL_MORE];
    v->written = times_written(sum) + 1;
    memcpy(sum + SUM_BYTES, &v->written, sizeof v->written);
    seal(v->master, &(struct seal_place){v->id, "sum", "", 0}, sum, SUM_TEXT, box);
    return meta_put(v, "sum", box, sizeof box, e);
}

/* before or after -1: not there. An erased household counts as version INT64_MAX. */
static int sum_move(struct vault *v, const char *name, int64_t before, int64_t after, struct err *e)
{
    unsigned char sum[SUM_TEXT], h[SUM_BYTES];
    if (sum_get(v, sum, e)) return -1;
    if (before >= 0) {
        member_hash(v, name, before, h);
        sodium_sub(sum, h, SUM_BYTES);
    }
    if (after >= 0) {
        member_hash(v, name, after, h);
        sodium_add(sum, h, SUM_BYTES);
    }
    return sum_put(v, sum, e);
}

static int sum_now(struct vault *v, unsigned char sum[SUM_BYTES], struct err *e)
{
    unsigned char h[SUM_BYTES];
    int step = SQLITE_ERROR;
    sqlite3_stmt *s =
        ask(v, "SELECT name, rev FROM household UNION ALL SELECT name, 9223372036854775807 FROM gone", NULL, e);
    memset(sum, 0, SUM_BYTES);
    while (s && (step = sqlite3_step(s)) == SQLITE_ROW) {
        member_hash(v, (const char *)sqlite3_column_text(s, 0), sqlite3_column_int64(s, 1), h);
        sodium_add(sum, h, SUM_BYTES);
    }
    sqlite3_finalize(s);
    return step == SQLITE_DONE ? 0 : vault_fault(v, e);
}

int vault_sum_check(struct vault *v, struct err *e)
{
    unsigned char kept[SUM_TEXT], now[SUM_BYTES];
    if (vault_sql(v, "BEGIN", e)) return -1;
    int bad = sum_get(v, kept, e) || sum_now(v, now, e);
    sqlite3_exec(v->h, "COMMIT", NULL, NULL, NULL);
    if (bad) return -1;
    v->written = times_written(kept);
    return sodium_memcmp(kept, now, SUM_BYTES)
               ? err_set(e, "the vault was changed from outside: households were set "
                            "back to an older version, taken away or brought back")
               : 0;
}

/* --- one household --- */

void house_close(struct house *h)
{
    sodium_memzero(h->key, sizeof h->key);
    json_decref(h->sheet);
    h->sheet = NULL;
}

void vault_pseudonym(char kind, char out[VAULT_NAME])
{
    static const char letter[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* Crockford: nothing that reads as another */
    unsigned char random[12];
    do { /* a word without a digit could be somebody's name */
        randombytes_buf(random, sizeof random);
        snprintf(out, VAULT_NAME, "%c-", kind);
        for (size_t i = 0; i < sizeof random; i++) out[2 + i] = letter[random[i] & 31];
        out[2 + sizeof random] = 0;
    } while (!strpbrk(out, "0123456789"));
}

int house_new(struct vault *v, struct house *h, struct err *e)
{
    *h = (struct house){.sheet = json_object()};
    randombytes_buf(h->key, sizeof h->key);
    for (int tries = 0; tries < 100; tries++) {
        vault_pseudonym('h', h->name);
        if (vault_state(v, h->name, NULL) == VAULT_NONE) return 0;
    }
    return err_set(e, "no free pseudonym was found");
}

static int sheet_open(struct vault *v, struct house *h, const unsigned char *box, size_t n, struct err *e)
{
    size_t text_n = n - SEAL_MORE;
    unsigned char *text = n > SEAL_MORE ? malloc(text_n) : NULL;
    int bad = !text || unseal(h->key, &(struct seal_place){v->id, "sheet", h->name, h->rev}, box, n, text) ||
              sodium_unpad(&text_n, text, text_n, PAD);
    h->sheet = bad ? NULL : json_loadb((char *)text, text_n, JSON_REJECT_DUPLICATES, NULL);
    if (text) sodium_memzero(text, n - SEAL_MORE);
    free(text);
    return json_is_object(h->sheet) ? 0
                                    : err_set(e,
                                              "%s: its row is torn or not its own: it opens with no key of this "
                                              "vault; take it from a backup",
                                              h->name);
}

static int row_open(struct vault *v, struct house *h, sqlite3_stmt *s, struct err *e)
{
    unsigned char wrapped[SECRET_BYTES + SEAL_MORE];
    h->rev = sqlite3_column_int64(s, 1);
    if (sqlite3_column_bytes(s, 0) != (int)sizeof wrapped)
        return err_set(e, "%s: its wrapped key is torn", h->name);
    memcpy(wrapped, sqlite3_column_blob(s, 0), sizeof wrapped);
    if (unseal(v->master, &(struct seal_place){v->id, "key", h->name, 0}, wrapped, sizeof wrapped, h->key))
        return err_set(e, "%s: its wrapped key is torn or not its own", h->name);
    return sheet_open(v, h, sqlite3_column_blob(s, 2), (size_t)sqlite3_column_bytes(s, 2), e);
}

int house_read(struct vault *v, const char *name, struct house *h, struct err *e)
{
    *h = (struct house){0};
    int64_t gone_ms;
    if (strlen(name) >= sizeof h->name) return err_set(e, "no household has the pseudonym %.40s", name);
    snprintf(h->name, sizeof h->name, "%s", name);
    sqlite3_stmt *s = ask(v, "SELECT wrapped, rev, sheet FROM household WHERE name = ?1", name, e);
    if (!s) return -1;
    int step = sqlite3_step(s), bad = -1;
    if (step == SQLITE_ROW)
        bad = row_open(v, h, s, e);
    else if (step != SQLITE_DONE)
        bad = vault_fault(v, e);
    else if (vault_state(v, name, &gone_ms) == VAULT_GONE)
        err_set(e, "%s was erased: its key is destroyed, nobody can read it again", name);
    else
        err_set(e, "no household has the pseudonym %s", name);
    sqlite3_finalize(s);
    if (bad) house_close(h);
    return bad;
}

static unsigned char *sheet_box(struct vault *v, const struct house *h, size_t *n)
{
    char *text = json_dumps(h->sheet, JSON_COMPACT | JSON_SORT_KEYS);
    size_t text_n = text ? strlen(text) : 0, room = text_n + PAD;
    unsigned char *padded = text ? malloc(room) : NULL, *box = NULL;
    if (padded) {
        memcpy(padded, text, text_n);
        must(!sodium_pad(n, padded, text_n, PAD, room), "padding of a sheet");
        box = malloc(*n + SEAL_MORE);
        if (box) seal(h->key, &(struct seal_place){v->id, "sheet", h->name, h->rev}, padded, *n, box);
        *n += SEAL_MORE;
        sodium_memzero(padded, room);
    }
    if (text) sodium_memzero(text, text_n);
    free(text);
    free(padded);
    return box;
}

int house_write(struct vault *v, struct house *h, struct err *e)
{
    unsigned char wrapped[SECRET_BYTES + SEAL_MORE], *box;
    size_t n = 0;
    int64_t before = h->rev++ ? h->rev - 1 : -1;
    box = sheet_box(v, h, &n);
    sqlite3_stmt *s =
        box ? ask(v,
                  before < 0 ? "INSERT INTO household(name, rev, sheet, wrapped) VALUES(?1, ?2, ?3, ?4)"
                             : "UPDATE household SET rev = ?2, sheet = ?3 WHERE name = ?1",
                  h->name, e)
            : NULL;
    if (s) {
        sqlite3_bind_int64(s, 2, h->rev);
        bind_blob(s, 3, box, n);
        if (before < 0) {
            seal(v->master, &(struct seal_place){v->id, "key", h->name, 0}, h->key, SECRET_BYTES, wrapped);
            bind_blob(s, 4, wrapped, sizeof wrapped);
        }
    } else if (!box)
        err_set(e, "out of memory");
    free(box);
    return s && !finish(v, s, e) ? sum_move(v, h->name, before, h->rev, e) : -1;
}

int house_destroy(struct vault *v, const char *name, int64_t at_ms, struct err *e)
{
    sqlite3_stmt *s = ask(v, "SELECT rev FROM household WHERE name = ?1", name, e);
    if (!s) return -1;
    int there = sqlite3_step(s) == SQLITE_ROW;
    int64_t rev = there ? sqlite3_column_int64(s, 0) : -1;
    sqlite3_finalize(s);
    if (!there) return err_set(e, "no household has the pseudonym %s", name);
    if (do_name(v,
                "UPDATE household SET wrapped = zeroblob(length(wrapped)), sheet = zeroblob(length(sheet)) WHERE "
                "name = ?1",
                name, e) ||
        do_name(v, "DELETE FROM household WHERE name = ?1", name, e) ||
        do_name(v, "DELETE FROM access WHERE name = ?1", name, e))
        return -1;
    s = ask(v, "INSERT INTO gone(name, at_ms) VALUES(?1, ?2)", name, e);
    if (!s) return -1;
    sqlite3_bind_int64(s, 2, at_ms);
    return finish(v, s, e) || vault_scrub_due(v, e) ? -1 : sum_move(v, name, rev, INT64_MAX, e);
}

enum vault_state vault_state(struct vault *v, const char *name, int64_t *gone_ms)
{
    sqlite3_stmt *s =
        ask(v, "SELECT 0, 0 FROM household WHERE name = ?1 UNION ALL SELECT 1, at_ms FROM gone WHERE name = ?1",
            name, NULL);
    enum vault_state state = VAULT_NONE;
    if (s && sqlite3_step(s) == SQLITE_ROW) {
        state = sqlite3_column_int(s, 0) ? VAULT_GONE : VAULT_HERE;
        if (gone_ms) *gone_ms = sqlite3_column_int64(s, 1);
    }
    sqlite3_finalize(s);
    return state;
}

/* All names first: `row` may change the rows. */
int vault_names(struct vault *v, int (*row)(void *, const char *name, int64_t gone_ms), void *self, struct err *e)
{
    struct listed {
        char name[VAULT_NAME];
        int64_t gone_ms;
    } *list = NULL;
    int step = SQLITE_ERROR, bad = 0;
    size_t n = 0;
    sqlite3_stmt *s =
        ask(v, "SELECT name, 0 FROM household UNION ALL SELECT name, at_ms FROM gone ORDER BY 1", NULL, e);
    while (s && !bad && (step = sqlite3_step(s)) == SQLITE_ROW) {
        struct listed *more = realloc(list, (n + 1) * sizeof *list);
        bad = more ? 0 : err_set(e, "out of memory");
        if (bad) break;
        list = more;
        snprintf(list[n].name, VAULT_NAME, "%s", (const char *)sqlite3_column_text(s, 0));
        list[n++].gone_ms = sqlite3_column_int64(s, 1);
    }
    if (!s || (!bad && step != SQLITE_DONE)) bad = s ? vault_fault(v, e) : -1;
    sqlite3_finalize(s);
    for (size_t i = 0; !bad && i < n && !row(self, list[i].name, list[i].gone_ms); i++) continue;
    free(list);
    return bad;
}

/* --- the access log: one sealed line each, and in the sheet how many there are and their running hash --- */

static void log_hash(const char *before, const unsigned char *box, size_t n, char hex[2 * HASH_BYTES + 1])
{
    unsigned char hash[HASH_BYTES];
    crypto_generichash_state st;
    crypto_generichash_init(&st, NULL, 0, HASH_BYTES);
    crypto_generichash_update(&st, (const unsigned char *)before, strlen(before));
    crypto_generichash_update(&st, box, n);
    crypto_generichash_final(&st, hash, HASH_BYTES);
    hex_write(hex, hash, HASH_BYTES);
}

static const char *hash_of(const struct house *h)
{
    const char *t = json_string_value(json_object_get(h->sheet, "log_hash"));
    return t ? t : "";
}

static json_t *line_json(const struct vault_act *a, const char *did, const json_t *fields)
{
    char at[40], roles[200];
    roles_text(a->roles & ~(unsigned)ROLE_SUBJECT, roles, sizeof roles);
    if (a->roles & ROLE_SUBJECT) snprintf(roles, sizeof roles, "the household itself");
    return json_pack("{s:s, s:s, s:s, s:s, s:O, s:s}", "at", instant_format(at, sizeof at, NULL, a->at_ms),
                     "person", a->person, "roles", roles, "did", did, "fields", fields, "why", a->why);
}

int log_add(struct vault *v, struct house *h, const struct vault_act *a, const char *did, const json_t *fields,
            struct err *e)
{
    char hex[2 * HASH_BYTES + 1];
    int64_t no = json_integer_value(json_object_get(h->sheet, "log")) + 1;
    json_t *line = line_json(a, did, fields);
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    if (!text) return err_set(e, "who asks and why must be text in UTF-8");
    size_t n = strlen(text) + SEAL_MORE;
    unsigned char *box = malloc(n);
    sqlite3_stmt *s = box ? ask(v, "INSERT INTO access(name, no, line) VALUES(?1, ?2, ?3)", h->name, e) : NULL;
    if (s) {
        seal(h->key, &(struct seal_place){v->id, "access", h->name, no}, text, strlen(text), box);
        sqlite3_bind_int64(s, 2, no);
        bind_blob(s, 3, box, n);
        log_hash(hash_of(h), box, n, hex);
        json_object_set_new(h->sheet, "log", json_integer(no));
        json_object_set_new(h->sheet, "log_hash", json_string(hex));
    }
    free(text);
    free(box);
    return s ? finish(v, s, e) : -1;
}

static json_t *line_open(struct vault *v, const struct house *h, int64_t no, const unsigned char *box, size_t n)
{
    unsigned char *text = n > SEAL_MORE ? malloc(n - SEAL_MORE) : NULL;
    int bad = !text || unseal(h->key, &(struct seal_place){v->id, "access", h->name, no}, box, n, text);
    json_t *line = bad ? NULL : json_loadb((char *)text, n - SEAL_MORE, 0, NULL);
    free(text);
    if (line) json_object_set_new(line, "no", json_integer(no));
    return line;
}

json_t *log_read(struct vault *v, const struct house *h, struct err *e)
{
    char hex[2 * HASH_BYTES + 1] = "";
    json_t *log = json_array(), *line = NULL;
    int64_t no = 0;
    int step = SQLITE_ERROR;
    sqlite3_stmt *s = ask(v, "SELECT no, line FROM access WHERE name = ?1 ORDER BY no", h->name, e);
    while (s && (step = sqlite3_step(s)) == SQLITE_ROW) {
        const unsigned char *box = sqlite3_column_blob(s, 1);
        size_t n = (size_t)sqlite3_column_bytes(s, 1);
        line = sqlite3_column_int64(s, 0) == ++no ? line_open(v, h, no, box, n) : NULL;
        if (!line) break;
        log_hash(hex, box, n, hex);
        json_array_append_new(log, line);
    }
    sqlite3_finalize(s);
    if (s && step == SQLITE_DONE && no == json_integer_value(json_object_get(h->sheet, "log")) &&
        !strcmp(hex, hash_of(h)))
        return log;
    json_decref(log);
    return err_set(e, "%s: its access log was changed from outside: line %lld is missing or not as it was written",
                   h->name, (long long)no),
           NULL;
}

/* --- the master key --- */

static int rewrap_one(struct vault *v, const char *name, const unsigned char fresh[SECRET_BYTES], struct err *e)
{
    struct house h;
    unsigned char wrapped[SECRET_BYTES + SEAL_MORE];
    if (house_read(v, name, &h, e)) return -1;
    seal(fresh, &(struct seal_place){v->id, "key", name, 0}, h.key, SECRET_BYTES, wrapped);
    house_close(&h);
    sqlite3_stmt *s = ask(v, "UPDATE household SET wrapped = ?2 WHERE name = ?1", name, e);
    if (!s) return -1;
    bind_blob(s, 2, wrapped, sizeof wrapped);
    return finish(v, s, e);
}

struct rewrap {
    struct vault *v;
    const unsigned char *fresh;
    struct err *e;
    int bad;
};

static int rewrap_row(void *self, const char *name, int64_t gone_ms)
{
    struct rewrap *r = self;
    if (!gone_ms) r->bad = rewrap_one(r->v, name, r->fresh, r->e);
    return r->bad;
}

int vault_rewrap(struct vault *v, const unsigned char fresh[SECRET_BYTES], struct err *e)
{
    char id[17];
    unsigned char sum[SUM_TEXT];
    struct rewrap r = {v, fresh, e, 0};
    struct vault_chain chain;
    int known = vault_chain_get(v, &chain, e);
    if (known < 0 || sum_get(v, sum, e) || vault_names(v, rewrap_row, &r, e) || r.bad) return -1;
    memcpy(v->master, fresh, SECRET_BYTES); /* the caller puts the old one back when this fails */
    return sum_now(v, sum, e) || sum_put(v, sum, e) || meta_put(v, "key", master_id(fresh, id), 16, e) ||
                   (known && chain_write(v, &chain, e)) || vault_scrub_due(v, e)
               ? -1
               : 0;
}

/* --- opening --- */

static int64_t number(sqlite3 *h, const char *text)
{
    sqlite3_stmt *s = NULL;
    int64_t n = -1;
    if (!sqlite3_prepare_v2(h, text, -1, &s, NULL) && sqlite3_step(s) == SQLITE_ROW) n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static int set_up(struct vault *v, struct err *e)
{
    char mark[80], id[17];
    unsigned char random[16], none[SUM_TEXT] = {0};
    snprintf(mark, sizeof mark, "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION_ID, SCHEMA_VERSION);
    randombytes_buf(random, sizeof random);
    hex_write(v->id, random, sizeof random);
    int bad = vault_begin(v, e);
    if (!bad)
        bad = vault_sql(v, schema, e) || vault_sql(v, mark, e) || meta_put(v, "id", v->id, VAULT_ID - 1, e) ||
              meta_put(v, "key", master_id(v->master, id), 16, e) || sum_put(v, none, e);
    return vault_end(v, bad, e);
}

static int take_over(struct vault *v, const char *path, struct err *e)
{
    char id[17], want[17] = "";
    int64_t objects = number(v->h, "SELECT count(*) FROM sqlite_master");
    if (objects < 0) return err_set(e, "`%s` is damaged or is no database (%s)", path, sqlite3_errmsg(v->h));
    if (objects && number(v->h, "PRAGMA application_id") != APPLICATION_ID)
        return err_set(e, "`%s` is another database, not a vault; name another file", path);
    if (number(v->h, "PRAGMA user_version") > SCHEMA_VERSION)
        return err_set(e, "`%s` was written by a newer kend", path);
    if (!objects && set_up(v, e)) return -1;
    if (meta_get(v, "id", v->id, VAULT_ID - 1, e) != VAULT_ID - 1 || meta_get(v, "key", want, 16, e) != 16)
        return err_set(e, "`%s` is damaged: it does not say which vault it is", path);
    if (strcmp(master_id(v->master, id), want) != 0)
        return err_set(e, "this master key (%s) is not that of `%s` (%s)", id, path, want);
    return 0;
}

int vault_db_open(struct vault *v, const struct vault_options *o, struct err *e)
{
    static const char pragmas[] = "PRAGMA page_size=4096; PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;"
                                  "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;";
    int make = o->make ? SQLITE_OPEN_CREATE : 0, memory = !strcmp(o->path, ":memory:");
    if (!make && !memory && access(o->path, F_OK)) return err_set(e, "vault %s: %s", o->path, strerror(errno));
    if (make && !memory) { /* nobody else reads it, whatever the umask; its journal takes the same mode */
        int fd = open(o->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0) close(fd);
    }
    int bad = sqlite3_open_v2(o->path, &v->h, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | make, o->vfs);
    if (bad) return err_set(e, "cannot open the vault `%s`: %s", o->path, sqlite3_errstr(bad));
    sqlite3_busy_timeout(v->h, BUSY_MS);
    if (sqlite3_exec(v->h, pragmas, NULL, NULL, NULL))
        return err_set(e, "`%s` is damaged or is no database (%s)", o->path, sqlite3_errmsg(v->h));
    return take_over(v, o->path, e);
}
