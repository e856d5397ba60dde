/* The embedded database: SQLite in WAL mode behind struct db_ops (db.h). One connection writes, readers have their
 * own and never block it. A commit has reached the disk when it returns (synchronous FULL or more,
 * sqlite.org/wal.html, section 3), so an acknowledged act cannot be lost; batches of half a second make that cheap.
 * It is EXTRA, set before WAL, because turning WAL on deletes a rollback journal: without a sync of the directory a
 * power cut may bring it back, and it would undo everything. A page of 8 KiB holds six day rows and keeps the chain
 * of a frame short. Every statement is one row of the table below. */
#include "base/err.h"
#include "store/db.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    APPLICATION_ID = 0x6b656e64 /* "kend" */,
    SCHEMA_VERSION = 2,
    BUSY_MS = 2000,
    CHECKPOINT_PAGES = 1000,
    CHECK_BYTES_MAX = 64 << 20
};

enum sql {
    BEGIN_READ,
    BEGIN_WRITE,
    COMMIT,
    SERIES_FIND,
    SERIES_ADD,
    SERIES_COUNT,
    FRAME_ADD,
    SLOT_PUT,
    DAY_PUT,
    ACT_ADD,
    RECORD_PUT,
    FORGET_FRAMES,
    FORGET_SLOTS,
    FRAMES,
    SLOTS,
    DAYS,
    ACTS,
    RECORD_GET,
    NEWEST_FRAME,
    NEWEST_SLOT,
    BYTES,
    CHAIN_ADD,
    CHAIN_LAST,
    CHAIN_FIND,
    CHAIN_ROWS,
    SQL_N
};
// clang-format off
static const char *const sql_text[SQL_N] = {
    [BEGIN_READ]    = "BEGIN",
    [BEGIN_WRITE]   = "BEGIN IMMEDIATE",
    [COMMIT]        = "COMMIT",
    [SERIES_FIND]   = "SELECT id FROM series WHERE name = ?1",
    [SERIES_ADD]    = "INSERT INTO series(id, name) VALUES((SELECT coalesce(max(id) + 1, 0) FROM series), ?1) RETURNING id",
    [SERIES_COUNT]  = "SELECT count(*) FROM series",
    [FRAME_ADD]     = "INSERT INTO frame(at_ms, first, ids, value) VALUES(?1, ?2, ?3, ?4)",
    [SLOT_PUT]      = "INSERT OR REPLACE INTO slot(at_ms, span) VALUES(?1, ?2)",
    [DAY_PUT]       = "INSERT OR REPLACE INTO day(series, day_ms, span) VALUES(?1, ?2, ?3)",
    [ACT_ADD]       = "INSERT INTO act(at_ms, kind, who, asset, detail) VALUES(?1, ?2, ?3, ?4, ?5)",
    [RECORD_PUT]    = "INSERT OR REPLACE INTO record(key, data) VALUES(?1, ?2)",
    [FORGET_FRAMES] = "DELETE FROM frame WHERE at_ms < ?1",
    [FORGET_SLOTS]  = "DELETE FROM slot WHERE at_ms < ?1",
    [FRAMES]        = "SELECT at_ms, first, ids, value FROM frame WHERE at_ms >= ?1 AND at_ms < ?2 ORDER BY at_ms, id",
    [SLOTS]         = "SELECT at_ms, span FROM slot WHERE at_ms >= ?1 AND at_ms < ?2 ORDER BY at_ms",
    [DAYS]          = "SELECT day_ms, span FROM day WHERE series = ?3 AND day_ms >= ?1 AND day_ms < ?2 ORDER BY day_ms",
    [ACTS]          = "SELECT id, at_ms, kind, who, asset, detail FROM act WHERE id > ?1 ORDER BY id LIMIT ?2",
    [RECORD_GET]    = "SELECT data FROM record WHERE key = ?1",
    [NEWEST_FRAME]  = "SELECT at_ms FROM frame ORDER BY id DESC LIMIT 1",
    [NEWEST_SLOT]   = "SELECT max(at_ms) FROM slot",
    [BYTES]         = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
    [CHAIN_ADD]     = "INSERT INTO chain(seq, body, signature, hash, digest) VALUES(?1, ?2, ?3, ?4, ?5)",
    [CHAIN_LAST]    = "SELECT seq, hash FROM chain ORDER BY seq DESC LIMIT 1",
    [CHAIN_FIND]    = "SELECT seq FROM chain WHERE digest = ?1",
    [CHAIN_ROWS]    = "SELECT seq, body, signature, hash FROM chain WHERE seq > ?1 ORDER BY seq",
};
/* Append only: version n + 1 is one more string. */
static const char *const migration[SCHEMA_VERSION] = {
    "CREATE TABLE series(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE frame(id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, first INTEGER NOT NULL, ids BLOB, value BLOB NOT NULL);"
    "CREATE INDEX frame_at ON frame(at_ms);"
    "CREATE TABLE slot(at_ms INTEGER PRIMARY KEY, span BLOB NOT NULL);"
    "CREATE TABLE day(id INTEGER PRIMARY KEY, series INTEGER NOT NULL, day_ms INTEGER NOT NULL, span BLOB NOT NULL);"
    "CREATE UNIQUE INDEX day_of ON day(series, day_ms);"
    "CREATE TABLE act(id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL,"
    " asset TEXT NOT NULL, detail TEXT NOT NULL);"
    "CREATE TABLE record(key TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;",
    "CREATE TABLE chain(seq INTEGER PRIMARY KEY, body BLOB NOT NULL, signature BLOB NOT NULL, hash BLOB NOT NULL,"
    " digest BLOB NOT NULL UNIQUE);"
    "CREATE TRIGGER chain_keeps BEFORE UPDATE ON chain BEGIN SELECT raise(ABORT, 'records are never changed'); END;"
    "CREATE TRIGGER chain_holds BEFORE DELETE ON chain BEGIN SELECT raise(ABORT, 'records are never deleted'); END;",
};
// clang-format on

struct db {
    sqlite3 *h;
    sqlite3_stmt *st[SQL_N];
};

static int complain(struct db *d, struct err *e)
{
    int code = sqlite3_errcode(d->h);
    if (code == SQLITE_FULL) return err_set(e, "the disk is full");
    if (code == SQLITE_BUSY) return err_set(e, "another program writes to the database");
    return err_set(e, "database: %s", sqlite3_errmsg(d->h));
}

static sqlite3_stmt *statement(struct db *d, enum sql which, struct err *e)
{
    if (!d->st[which] &&
        sqlite3_prepare_v3(d->h, sql_text[which], -1, SQLITE_PREPARE_PERSISTENT, &d->st[which], NULL))
        complain(d, e);
    return d->st[which];
}

static int finish(struct db *d, sqlite3_stmt *s, struct err *e)
{
    int step = sqlite3_step(s), bad = step != SQLITE_DONE && step != SQLITE_ROW ? complain(d, e) : 0;
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return bad;
}

static int run(struct db *d, enum sql which, struct err *e)
{
    sqlite3_stmt *s = statement(d, which, e);
    return s ? finish(d, s, e) : -1;
}

/* --- opening --- */

static int64_t pragma_number(sqlite3 *h, const char *text)
{
    sqlite3_stmt *s = NULL;
    int64_t n = -1;
    if (!sqlite3_prepare_v2(h, text, -1, &s, NULL) && sqlite3_step(s) == SQLITE_ROW) n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static int damaged(struct db *d, const char *path, struct err *e)
{
    char why[200];
    snprintf(why, sizeof why, "%s", sqlite3_errmsg(d->h));
    return err_set(e, "`%s` is damaged or is no database (%s); move it away or name another file", path, why);
}

static int check_file(struct db *d, const char *path, int64_t bytes, struct err *e)
{
    if (bytes > CHECK_BYTES_MAX) return 0; /* seconds a gigabyte: a later damage shows as a degraded store */
    sqlite3_stmt *s = NULL;
    int bad = sqlite3_prepare_v2(d->h, "PRAGMA quick_check(1)", -1, &s, NULL) || sqlite3_step(s) != SQLITE_ROW;
    const char *found = bad ? "" : (const char *)sqlite3_column_text(s, 0);
    if (bad)
        damaged(d, path, e);
    else if (strcmp(found, "ok")) {
        char line[160];
        bad = 1;
        snprintf(line, sizeof line, "%s", found);
        for (char *p = line; *p; p++)
            if (*p == '\n') *p = ' ';
        err_set(e, "`%s` is damaged (%s); move it away or name another file", path, line);
    }
    sqlite3_finalize(s);
    return bad ? -1 : 0;
}

static int migrate(struct db *d, int64_t from, struct err *e)
{
    char mark[80];
    snprintf(mark, sizeof mark, "PRAGMA application_id=%d; PRAGMA user_version=%d;", APPLICATION_ID,
             SCHEMA_VERSION);
    int bad = sqlite3_exec(d->h, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int64_t v = from; v < SCHEMA_VERSION && !bad; v++)
        bad = sqlite3_exec(d->h, migration[v], NULL, NULL, NULL);
    if (!bad) bad = sqlite3_exec(d->h, mark, NULL, NULL, NULL);
    if (!bad) bad = sqlite3_exec(d->h, "COMMIT", NULL, NULL, NULL);
    if (!bad) return 0;
    complain(d, e);
    if (!sqlite3_get_autocommit(d->h)) sqlite3_exec(d->h, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

/* Ours, empty, or somebody else's? */
static int take_over(struct db *d, const char *path, struct err *e)
{
    int64_t objects = pragma_number(d->h, "SELECT count(*) FROM sqlite_master");
    if (objects < 0) return damaged(d, path, e);
    int64_t version = pragma_number(d->h, "PRAGMA user_version"),
            owner = pragma_number(d->h, "PRAGMA application_id");
    if (objects && owner != APPLICATION_ID)
        return err_set(e, "`%s` is the database of another program; name another file", path);
    if (version > SCHEMA_VERSION)
        return err_set(e, "`%s` was written by a newer kend (version %lld, we read %d)", path, (long long)version,
                       SCHEMA_VERSION);
    if (objects && check_file(d, path, pragma_number(d->h, sql_text[BYTES]), e)) return -1;
    return !objects || version < SCHEMA_VERSION ? migrate(d, objects ? version : 0, e) : 0;
}

static int set_up_writer(struct db *d, const struct store_options *o, struct err *e)
{
    static const char pragmas[] = "PRAGMA page_size=8192; PRAGMA synchronous=EXTRA; PRAGMA journal_mode=WAL;"
                                  "PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;";
    if (sqlite3_exec(d->h, pragmas, NULL, NULL, NULL)) {
        int code = sqlite3_errcode(d->h);
        if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) return damaged(d, o->path, e);
        return err_set(e, "`%s`: %s", o->path, sqlite3_errmsg(d->h));
    }
    sqlite3_wal_autocheckpoint(d->h, o->checkpoint_pages ? o->checkpoint_pages : CHECKPOINT_PAGES);
    return take_over(d, o->path, e);
}

static void db_close(struct db *d)
{
    for (int i = 0; i < SQL_N; i++) sqlite3_finalize(d->st[i]);
    sqlite3_close(d->h);
    free(d);
}

static struct db *db_open(const struct store_options *o, int reader, struct err *e)
{
    struct db *d = calloc(1, sizeof *d);
    if (!d) return err_set(e, "out of memory for the store"), NULL;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (reader ? 0 : SQLITE_OPEN_CREATE);
    int bad = sqlite3_open_v2(o->path, &d->h, flags, o->vfs);
    if (bad) {
        int os = d->h ? sqlite3_system_errno(d->h) : 0;
        err_set(e, "cannot open `%s`: %s", o->path, os ? strerror(os) : sqlite3_errstr(bad));
    } else {
        sqlite3_busy_timeout(d->h, BUSY_MS);
        if (!reader) bad = set_up_writer(d, o, e);
    }
    if (!bad) return d;
    db_close(d);
    return NULL;
}

/* --- writing --- */

static int db_begin(struct db *d, int write, struct err *e) { return run(d, write ? BEGIN_WRITE : BEGIN_READ, e); }

static int db_commit(struct db *d, struct err *e) { return run(d, COMMIT, e); }

static void db_rollback(struct db *d)
{
    if (!sqlite3_get_autocommit(d->h)) sqlite3_exec(d->h, "ROLLBACK", NULL, NULL, NULL);
}

static int db_series_id(struct db *d, const char *name, int32_t *id, struct err *e)
{
    static const enum sql tries[] = {SERIES_FIND, SERIES_ADD};
    for (int i = 0; i < 2; i++) {
        sqlite3_stmt *s = statement(d, tries[i], e);
        if (!s) return -1;
        sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
        int step = sqlite3_step(s);
        if (step == SQLITE_ROW)
            *id = sqlite3_column_int(s, 0);
        else if (step != SQLITE_DONE)
            complain(d, e);
        sqlite3_reset(s);
        if (step == SQLITE_ROW) return 0;
        if (step != SQLITE_DONE) return -1;
    }
    return err_set(e, "database: series `%s` was not added", name);
}

static int is_run(const int32_t *id, int n)
{
    for (int i = 1; i < n; i++)
        if (id[i] != id[0] + i) return 0;
    return 1;
}

static int db_frame_add(struct db *d, int64_t at_ms, int n, const int32_t *id, const float *value, struct err *e)
{
    sqlite3_stmt *s = statement(d, FRAME_ADD, e);
    if (!s) return -1;
    sqlite3_bind_int64(s, 1, at_ms);
    sqlite3_bind_int(s, 2, id[0]);
    if (!is_run(id, n)) sqlite3_bind_blob(s, 3, id, n * (int)sizeof *id, SQLITE_STATIC);
    sqlite3_bind_blob(s, 4, value, n * (int)sizeof *value, SQLITE_STATIC);
    return finish(d, s, e);
}

static int db_slot_put(struct db *d, int64_t at_ms, const struct span *span, int n, struct err *e)
{
    sqlite3_stmt *s = statement(d, SLOT_PUT, e);
    if (!s) return -1;
    sqlite3_bind_int64(s, 1, at_ms);
    sqlite3_bind_blob(s, 2, span, n * (int)sizeof *span, SQLITE_STATIC);
    return finish(d, s, e);
}

static int db_day_put(struct db *d, int32_t series, int64_t day_ms, const struct span span[DAY_SLOTS],
                      struct err *e)
{
    sqlite3_stmt *s = statement(d, DAY_PUT, e);
    if (!s) return -1;
    sqlite3_bind_int(s, 1, series);
    sqlite3_bind_int64(s, 2, day_ms);
    sqlite3_bind_blob(s, 3, span, DAY_SLOTS * (int)sizeof *span, SQLITE_STATIC);
    return finish(d, s, e);
}

static int db_act_add(struct db *d, const struct store_act *a, int64_t *id, struct err *e)
{
    sqlite3_stmt *s = statement(d, ACT_ADD, e);
    if (!s) return -1;
    const char *text[] = {a->kind, a->who, a->asset, a->detail};
    sqlite3_bind_int64(s, 1, a->at_ms);
    for (int i = 0; i < 4; i++) sqlite3_bind_text(s, 2 + i, text[i] ? text[i] : "", -1, SQLITE_STATIC);
    if (finish(d, s, e)) return -1;
    *id = sqlite3_last_insert_rowid(d->h);
    return 0;
}

static int db_record_put(struct db *d, const char *key, const void *data, size_t size, struct err *e)
{
    sqlite3_stmt *s = statement(d, RECORD_PUT, e);
    if (!s) return -1;
    sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
    if (size)
        sqlite3_bind_blob64(s, 2, data, size, SQLITE_STATIC);
    else
        sqlite3_bind_zeroblob(s, 2, 0);
    return finish(d, s, e);
}

static int forget(struct db *d, enum sql which, int64_t before_ms, struct err *e)
{
    sqlite3_stmt *s = statement(d, which, e);
    if (!s) return -1;
    sqlite3_bind_int64(s, 1, before_ms);
    return finish(d, s, e);
}

static int db_forget(struct db *d, int64_t frames_before_ms, int64_t slots_before_ms, struct err *e)
{
    return forget(d, FORGET_FRAMES, frames_before_ms, e) || forget(d, FORGET_SLOTS, slots_before_ms, e) ? -1 : 0;
}

/* --- reading --- */

static sqlite3_stmt *walk(struct db *d, enum sql which, int64_t from_ms, int64_t until_ms, struct err *e)
{
    sqlite3_stmt *s = statement(d, which, e);
    if (!s) return NULL;
    sqlite3_bind_int64(s, 1, from_ms);
    sqlite3_bind_int64(s, 2, until_ms);
    return s;
}

static int walked(struct db *d, sqlite3_stmt *s, int step, struct err *e)
{
    int bad = step != SQLITE_DONE && step != SQLITE_ROW ? complain(d, e) : 0;
    sqlite3_reset(s);
    return bad;
}

static int db_frames(struct db *d, int64_t from_ms, int64_t until_ms, db_frame_row *row, void *self, struct err *e)
{
    sqlite3_stmt *s = walk(d, FRAMES, from_ms, until_ms, e);
    if (!s) return -1;
    int step;
    while ((step = sqlite3_step(s)) == SQLITE_ROW) {
        int n = sqlite3_column_bytes(s, 3) / (int)sizeof(float),
            n_id = sqlite3_column_bytes(s, 2) / (int)sizeof(int32_t);
        const int32_t *id = n_id ? sqlite3_column_blob(s, 2) : NULL;
        if (id && n_id < n) n = n_id;
        if (row(self, sqlite3_column_int64(s, 0), n, id, sqlite3_column_int(s, 1), sqlite3_column_blob(s, 3)))
            break;
    }
    return walked(d, s, step, e);
}

static int walk_spans(struct db *d, sqlite3_stmt *s, db_slot_row *row, void *self, struct err *e)
{
    int step;
    while ((step = sqlite3_step(s)) == SQLITE_ROW)
        if (row(self, sqlite3_column_int64(s, 0), sqlite3_column_blob(s, 1),
                sqlite3_column_bytes(s, 1) / (int)sizeof(struct span)))
            break;
    return walked(d, s, step, e);
}

static int db_slots(struct db *d, int64_t from_ms, int64_t until_ms, db_slot_row *row, void *self, struct err *e)
{
    sqlite3_stmt *s = walk(d, SLOTS, from_ms, until_ms, e);
    return s ? walk_spans(d, s, row, self, e) : -1;
}

static int db_days(struct db *d, int32_t series, int64_t from_ms, int64_t until_ms, db_slot_row *row, void *self,
                   struct err *e)
{
    sqlite3_stmt *s = walk(d, DAYS, from_ms, until_ms, e);
    if (!s) return -1;
    sqlite3_bind_int(s, 3, series);
    return walk_spans(d, s, row, self, e);
}

static int db_acts(struct db *d, int64_t after_id, int max, db_act_row *row, void *self, struct err *e)
{
    sqlite3_stmt *s = walk(d, ACTS, after_id, max, e);
    if (!s) return -1;
    int step;
    while ((step = sqlite3_step(s)) == SQLITE_ROW) {
        const char *text[4];
        for (int i = 0; i < 4; i++) text[i] = (const char *)sqlite3_column_text(s, 2 + i);
        struct store_act a = {sqlite3_column_int64(s, 1), text[0], text[1], text[2], text[3]};
        row(self, sqlite3_column_int64(s, 0), &a);
    }
    return walked(d, s, step, e);
}

static long db_record_get(struct db *d, const char *key, void *data, size_t max, struct err *e)
{
    sqlite3_stmt *s = statement(d, RECORD_GET, e);
    if (!s) return -1;
    sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
    int step = sqlite3_step(s);
    long size = -1;
    if (step == SQLITE_ROW) {
        size = sqlite3_column_bytes(s, 0);
        if ((size_t)size > max)
            size = err_set(e, "record `%s` holds %ld bytes, %zu were expected at most", key, size, max);
        else if (size)
            memcpy(data, sqlite3_column_blob(s, 0), (size_t)size);
    } else if (step == SQLITE_DONE)
        err_set(e, "no record `%s`", key);
    walked(d, s, step, e);
    sqlite3_clear_bindings(s);
    return size;
}

static int number(struct db *d, enum sql which, int64_t *n, struct err *e)
{
    sqlite3_stmt *s = statement(d, which, e);
    if (!s) return -1;
    int step = sqlite3_step(s);
    *n = step == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL ? sqlite3_column_int64(s, 0) : INT64_MIN;
    return walked(d, s, step, e);
}

static int db_newest(struct db *d, int64_t *frame_ms, int64_t *slot_ms, struct err *e)
{
    return number(d, NEWEST_FRAME, frame_ms, e) || number(d, NEWEST_SLOT, slot_ms, e) ? -1 : 0;
}

static int db_series_count(struct db *d, int32_t *n, struct err *e)
{
    int64_t count;
    if (number(d, SERIES_COUNT, &count, e)) return -1;
    *n = (int32_t)count;
    return 0;
}

static int64_t db_bytes(struct db *d)
{
    int64_t n = 0;
    return number(d, BYTES, &n, NULL) ? 0 : n;
}

/* --- the chain of signed records --- */

static int db_chain_add(struct db *d, const struct chain_row *r, struct err *e)
{
    sqlite3_stmt *s = statement(d, CHAIN_ADD, e);
    if (!s) return -1;
    sqlite3_bind_int64(s, 1, r->seq);
    sqlite3_bind_blob64(s, 2, r->body, r->size, SQLITE_STATIC);
    sqlite3_bind_blob(s, 3, r->signature, 64, SQLITE_STATIC);
    sqlite3_bind_blob(s, 4, r->hash, 32, SQLITE_STATIC);
    sqlite3_bind_blob(s, 5, r->digest, 32, SQLITE_STATIC);
    return finish(d, s, e);
}

static int db_chain_last(struct db *d, int64_t *seq, unsigned char hash[32], struct err *e)
{
    sqlite3_stmt *s = statement(d, CHAIN_LAST, e);
    if (!s) return -1;
    int step = sqlite3_step(s);
    *seq = 0;
    memset(hash, 0, 32);
    if (step == SQLITE_ROW && sqlite3_column_bytes(s, 1) == 32) {
        *seq = sqlite3_column_int64(s, 0);
        memcpy(hash, sqlite3_column_blob(s, 1), 32);
    }
    return walked(d, s, step, e);
}

static int db_chain_find(struct db *d, const unsigned char digest[32], int64_t *seq, struct err *e)
{
    sqlite3_stmt *s = statement(d, CHAIN_FIND, e);
    if (!s) return -1;
    sqlite3_bind_blob(s, 1, digest, 32, SQLITE_STATIC);
    int step = sqlite3_step(s);
    *seq = step == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
    int bad = walked(d, s, step, e);
    sqlite3_clear_bindings(s);
    return bad;
}

static int db_chain_rows(struct db *d, int64_t after_seq, int (*row)(void *, const struct chain_row *), void *self,
                         struct err *e)
{
    sqlite3_stmt *s = walk(d, CHAIN_ROWS, after_seq, 0, e);
    if (!s) return -1;
    int step;
    while ((step = sqlite3_step(s)) == SQLITE_ROW) {
        struct chain_row r = {.seq = sqlite3_column_int64(s, 0),
                              .body = sqlite3_column_blob(s, 1),
                              .size = (size_t)sqlite3_column_bytes(s, 1),
                              .signature = sqlite3_column_blob(s, 2),
                              .hash = sqlite3_column_blob(s, 3)};
        if (sqlite3_column_bytes(s, 2) != 64 || sqlite3_column_bytes(s, 3) != 32 || !r.size) {
            sqlite3_reset(s);
            return err_set(e, "record no. %lld is damaged", (long long)r.seq);
        }
        if (row(self, &r)) break;
    }
    return walked(d, s, step, e);
}

const struct db_ops sqlite_ops = {
    .name = "sqlite",
    .open = db_open,
    .close = db_close,
    .begin = db_begin,
    .commit = db_commit,
    .rollback = db_rollback,
    .series_id = db_series_id,
    .series_count = db_series_count,
    .frame_add = db_frame_add,
    .slot_put = db_slot_put,
    .day_put = db_day_put,
    .act_add = db_act_add,
    .record_put = db_record_put,
    .forget = db_forget,
    .frames = db_frames,
    .slots = db_slots,
    .days = db_days,
    .acts = db_acts,
    .record_get = db_record_get,
    .newest = db_newest,
    .bytes = db_bytes,
    .chain_add = db_chain_add,
    .chain_last = db_chain_last,
    .chain_find = db_chain_find,
    .chain_rows = db_chain_rows,
};
