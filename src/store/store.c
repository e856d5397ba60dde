/* The store's one writer thread and the doors into it. See store.h. Every half second, or at once for an act, the
 * writer puts what has arrived into one transaction: acts first and on their own, so that a disk too full for
 * telemetry may still take them. A transaction that fails is rolled back and tried again every second; telemetry
 * waits in its ring meanwhile and is then refused at the door (counted), while an act that somebody waits for is
 * answered with the error at once. Nothing is ever acknowledged that is not on disk. */
#include "base/err.h"
#include "base/instant.h"
#include "base/log.h"
#include "store/inside.h"
#include "village/village.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { BATCH_MS = 500, RETRY_MS = 1000, RING_WORDS = 1 << 21, BATCH_WORDS = 1 << 20, ACT_BATCH = 256 };
static const int64_t KEEP_DEFAULT_MS = 3LL * 86400000, KEEP_LEAST_MS = 3600000;

/* --- state told to others --- */

static void degrade(struct store *s, const struct err *e)
{
    pthread_mutex_lock(&s->lock);
    int fresh = !atomic_load(&s->degraded) || strcmp(s->reason, e->text);
    snprintf(s->reason, sizeof s->reason, "history is not being saved: %.120s", e->text);
    pthread_mutex_unlock(&s->lock);
    if (!atomic_exchange(&s->degraded, 1) && fresh)
        log_line(LOG_ERROR, "history is not being saved: %s; trying again", e->text);
}

static void recover(struct store *s)
{
    if (!atomic_exchange(&s->degraded, 0)) return;
    pthread_mutex_lock(&s->lock);
    s->reason[0] = 0;
    pthread_mutex_unlock(&s->lock);
    log_line(LOG_WARNING, "history is being saved again");
}

static int64_t mono_ms(void) { return (int64_t)(instant_mono_s() * 1000.0); }

void store_status(struct store *s, struct store_status *st)
{
    int64_t since = atomic_load(&s->behind_since_ms);
    *st = (struct store_status){
        .written = atomic_load(&s->written),
        .dropped = atomic_load(&s->ring.refused) + atomic_load(&s->lost),
        .audited = atomic_load(&s->audited),
        .bytes = atomic_load(&s->bytes),
        .behind_ms = since ? mono_ms() - since : 0,
        .degraded = atomic_load(&s->degraded),
    };
    pthread_mutex_lock(&s->lock);
    memcpy(st->reason, s->reason, sizeof st->reason);
    pthread_mutex_unlock(&s->lock);
}

int store_degraded(const struct store *s) { return atomic_load_explicit(&s->degraded, memory_order_relaxed); }

/* --- the writer --- */

/* A database in memory has one connection, shared with the readers. */
static void db_hold(struct store *s)
{
    if (s->in_memory) pthread_mutex_lock(&s->lock);
}

static void db_release(struct store *s)
{
    if (s->in_memory) pthread_mutex_unlock(&s->lock);
}

struct names { /* of the series, as the village gives them */
    int n;
    char *(*name)(const void *self, int32_t i, char *buf, size_t size);
    const void *self;
};
struct names_map { /* what depends on them */
    int n;
    int32_t *stored, *row_id, *series;
    float *value;
    struct rollup rollup;
};
static int rename_series(struct store *, const struct names *, struct err *);

static int do_job(struct store *s, const struct job *j, int64_t *id, struct err *e)
{
    if (j->kind == JOB_BLOB) return s->ops->record_put(s->db, j->who, j->data, j->size, e);
    struct store_act act = {j->at_ms, j->what, j->who, j->asset, j->detail};
    return s->ops->act_add(s->db, &act, id, e);
}

/* Rows of the ring into frames, ids of the village turned into stored ids. */
static int add_rows(struct store *s, uint64_t *until, int64_t *n, struct err *e)
{
    uint64_t at = ring_first(&s->ring), next;
    *until = at;
    for (uint64_t begin = at; at - begin < BATCH_WORDS && (next = ring_next(&s->ring, at, &s->row, s->n_series));
         at = next) {
        int m = 0;
        for (int i = 0; i < s->row.n; i++) {
            int32_t k = s->row.series[i];
            if (k < 0 || k >= s->n_series) continue;
            s->row_id[m] = s->stored[k];
            s->row.value[m++] = s->row.value[i];
        }
        if (m && rollup_add(&s->rollup, s->ops, s->db, s->row.at_ms, m, s->row_id, s->row.value, e)) return -1;
        if (m && s->ops->frame_add(s->db, s->row.at_ms, m, s->row_id, s->row.value, e)) return -1;
        *n += m;
        *until = next;
    }
    return 0;
}

/* One batch. 1: there is more, 0: the ring is empty, -1: failed, nothing was taken. */
static int save_rows(struct store *s, struct err *e)
{
    uint64_t until = 0;
    int64_t n = 0;
    if (atomic_load(&s->ring.head) == ring_first(&s->ring)) return 0;
    db_hold(s);
    int bad = s->ops->begin(s->db, 1, e);
    if (!bad && s->rollup.stale) bad = rollup_rebuild(&s->rollup, s->ops, s->db, e);
    if (!bad) bad = add_rows(s, &until, &n, e);
    if (!bad) bad = s->ops->commit(s->db, e);
    if (bad) {
        s->ops->rollback(s->db);
        s->rollup.stale = 1;
    } else
        atomic_store(&s->bytes, s->ops->bytes(s->db));
    db_release(s);
    if (bad) {
        degrade(s, e);
        return -1;
    }
    ring_take(&s->ring, until);
    atomic_fetch_add(&s->written, n);
    atomic_store(&s->open_slot_ms, s->rollup.slot_ms);
    return n > 0;
}

/* One job in one transaction: an act is short, and one that cannot be saved must not take others with it. */
static int save_job(struct store *s, const struct job *j, int64_t *id, struct err *e)
{
    if (j->kind == JOB_FLUSH) {
        int more = 1;
        while (more > 0) more = save_rows(s, e);
        return more;
    }
    if (j->kind == JOB_RENAME) return rename_series(s, j->data, e);
    db_hold(s);
    int bad = s->ops->begin(s->db, 1, e) || do_job(s, j, id, e) || s->ops->commit(s->db, e);
    if (bad) s->ops->rollback(s->db);
    db_release(s);
    return bad ? -1 : 0;
}

/* Saves the acts waiting now. -1: one could not be saved. A posted act then stays at the head and is tried again; nobody
 * who waits is kept waiting for that. A posted blob is dropped: a newer one follows. */
static int save_jobs(struct store *s, int last_chance)
{
    struct job *j;
    int bad = 0, dropped = 0;
    for (int i = 0; (i < ACT_BATCH || last_chance) && (j = jobs_first(&s->jobs)); i++) {
        struct err e = {0};
        int64_t id = 0;
        struct answer *a = j->answer;
        atomic_int *posted = j->kind == JOB_BLOB && !a ? j->posted : NULL;
        bad = j->kind != JOB_REFUSED && save_job(s, j, &id, &e);
        if (bad)
            degrade(s, &e);
        else if (j->kind == JOB_ACT)
            atomic_fetch_add(&s->audited, 1);
        if (bad && !a && !posted && last_chance) s->posted_lost++;
        if (!bad || a || posted || last_chance) jobs_take(&s->jobs);
        if (posted) atomic_store(posted, bad ? STORE_DROPPED : STORE_IDLE);
        if (a) jobs_answer(&s->jobs, a, bad ? -1 : 0, id, &e);
        if (bad && posted) bad = 0, dropped = 1; /* acts are small: one may still fit where a blob did not */
        if (bad) jobs_refuse_waiting(&s->jobs, &e);
        if (bad && !last_chance) return -1;
    }
    if (jobs_first(&s->jobs)) sem_post(&s->wake);
    return bad || dropped ? -1 : 0;
}

/* On the clock that never jumps: a wall clock set back an hour must not stop the store for an hour. */
static void sleep_until_woken(struct store *s, int ms)
{
    struct timespec t;
    instant_mono_after(&t, ms * 1e-3);
    while (sem_clockwait(&s->wake, CLOCK_MONOTONIC, &t) && errno == EINTR) {}
    while (!sem_trywait(&s->wake)) {}
}

static int save_all(struct store *s, int last_chance)
{
    int bad = save_jobs(s, last_chance), more = 1;
    while (more > 0) {
        struct err e = {0};
        more = save_rows(s, &e);
        if (more > 0) bad |= save_jobs(s, last_chance);
    }
    return bad || more < 0 ? -1 : 0;
}

static void *writer_main(void *self)
{
    struct store *s = self;
    int64_t rows_at_ms = 0;
    int bad = 0;
    while (!atomic_load(&s->stop)) {
        sleep_until_woken(s, bad ? RETRY_MS : BATCH_MS);
        int64_t now = mono_ms();
        /* Woken for an act between two batches: the rows may wait for theirs. */
        int due = bad || now - rows_at_ms >= BATCH_MS ||
                  atomic_load(&s->ring.head) - ring_first(&s->ring) > RING_WORDS / 2;
        bad = due ? save_all(s, 0) : save_jobs(s, 0);
        if (due) rows_at_ms = now;
        if (bad && !atomic_load(&s->behind_since_ms)) atomic_store(&s->behind_since_ms, now);
        if (!bad && due) atomic_store(&s->behind_since_ms, 0), recover(s);
    }
    save_all(s, 1);
    return NULL;
}

/* --- opening and closing --- */

/* flock on a file of its own: closing a second descriptor of the database itself would drop SQLite's locks. */
static int take_lock(struct store *s, struct err *e)
{
    char path[4096];
    if (s->in_memory) return 0;
    snprintf(path, sizeof path, "%s-lock", s->path);
    s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (s->lock_fd < 0) return err_set(e, "cannot open `%s`: %s", s->path, strerror(errno));
    if (!flock(s->lock_fd, LOCK_EX | LOCK_NB)) return 0;
    return err_set(e, "`%s` is in use by another kend", s->path);
}

/* The arrays and the running quarter-hour of n named series, found or made in the database. */
static int map_series(struct store *s, const struct names *of, struct names_map *m, struct err *e)
{
    char buf[256];
    int32_t n_stored = 0;
    size_t n = (size_t)(of->n > 0 ? of->n : 1);
    *m = (struct names_map){.n = of->n,
                            .stored = calloc(n, sizeof *m->stored),
                            .row_id = calloc(n, sizeof *m->row_id),
                            .series = calloc(n, sizeof *m->series),
                            .value = calloc(n, sizeof *m->value)};
    if (!m->stored || !m->row_id || !m->series || !m->value) return err_set(e, "out of memory for the store");
    int bad = s->ops->begin(s->db, 1, e);
    for (int32_t i = 0; i < of->n && !bad; i++)
        bad = s->ops->series_id(s->db, of->name(of->self, i, buf, sizeof buf), &m->stored[i], e);
    if (!bad) bad = s->ops->series_count(s->db, &n_stored, e);
    if (!bad) bad = s->ops->commit(s->db, e);
    if (bad) {
        s->ops->rollback(s->db);
        return -1;
    }
    int64_t keep = s->options.keep_raw_ms ? s->options.keep_raw_ms : KEEP_DEFAULT_MS;
    if (rollup_create(&m->rollup, n_stored, keep > KEEP_LEAST_MS ? keep : KEEP_LEAST_MS))
        return err_set(e, "out of memory for the store");
    return rollup_rebuild(&m->rollup, s->ops, s->db, e);
}

static void map_free(struct names_map *m)
{
    rollup_free(&m->rollup);
    free(m->stored);
    free(m->row_id);
    free(m->series);
    free(m->value);
}

/* Takes the new arrays over and gives the old ones back in *m. */
static void map_swap(struct store *s, struct names_map *m)
{
    struct names_map old = {s->n_series, s->stored, s->row_id, s->row.series, s->row.value, s->rollup};
    s->n_series = m->n;
    s->stored = m->stored;
    s->row_id = m->row_id;
    s->row.series = m->series;
    s->row.value = m->value;
    s->rollup = m->rollup;
    *m = old;
    atomic_store(&s->open_slot_ms, s->rollup.slot_ms);
}

/* On the writer's thread. What was appended under the old names is saved first. */
static int rename_series(struct store *s, const struct names *of, struct err *e)
{
    struct names_map m;
    int more = 1;
    while (more > 0) more = save_rows(s, e);
    if (more < 0) return -1;
    db_hold(s);
    int bad = map_series(s, of, &m, e);
    if (!bad) map_swap(s, &m);
    db_release(s);
    map_free(&m);
    return bad;
}

static void store_free(struct store *s)
{
    for (int i = 0; i < s->n_idle; i++) s->ops->close(s->idle[i]);
    if (s->db) s->ops->close(s->db);
    if (s->lock_fd >= 0) close(s->lock_fd);
    rollup_free(&s->rollup);
    ring_free(&s->ring);
    jobs_free(&s->jobs);
    sem_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    free(s->row.series);
    free(s->row.value);
    free(s->row_id);
    free(s->stored);
    free(s->path);
    free(s->vfs);
    free(s);
}

static struct store *store_alloc(const struct store_options *o)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->lock_fd = -1;
    s->options = *o;
    s->options.path = s->path = strdup(o->path);
    s->options.vfs = s->vfs = o->vfs ? strdup(o->vfs) : NULL;
    s->ops = &sqlite_ops;
    s->in_memory = !strcmp(o->path, ":memory:");
    sem_init(&s->wake, 0, 0);
    pthread_mutex_init(&s->lock, NULL);
    int bad = ring_create(&s->ring, RING_WORDS) | jobs_create(&s->jobs);
    if (!bad && s->path) return s;
    store_free(s);
    return NULL;
}

struct store *store_open_named(const struct store_options *o, int n,
                               char *(*name)(const void *, int32_t, char *, size_t), const void *self,
                               struct err *e)
{
    struct store *s = store_alloc(o);
    if (!s) {
        err_set(e, "out of memory for the store");
        return NULL;
    }
    struct names names = {n, name, self};
    struct names_map m = {0};
    int open = !take_lock(s, e) && (s->db = s->ops->open(&s->options, 0, e)) && !map_series(s, &names, &m, e);
    if (open) map_swap(s, &m);
    map_free(&m);
    if (open) {
        if (!pthread_create(&s->writer, NULL, writer_main, s)) return s;
        err_set(e, "cannot start the store's thread");
    }
    store_free(s);
    return NULL;
}

static char *series_name(const void *village, int32_t i, char *buf, size_t size)
{
    return village_series_name(village, i, buf, size);
}

struct store *store_open(const struct store_options *o, const struct village *v, struct err *e)
{
    return store_open_named(o, village_n_series(v), series_name, v, e);
}

int store_close(struct store *s, struct err *e)
{
    if (!s) return 0;
    atomic_store(&s->stop, 1);
    sem_post(&s->wake);
    pthread_join(s->writer, NULL);
    int64_t rows = (int64_t)(atomic_load(&s->ring.head) - ring_first(&s->ring));
    int bad = 0;
    if (rows || s->posted_lost)
        bad = err_set(e, "%s: %lld readings and %lld acts of the last moments were not saved", s->path,
                      (long long)rows, (long long)s->posted_lost);
    store_free(s);
    return bad;
}

/* --- the doors --- */

int store_append(struct store *s, int64_t at_ms, int n, const int32_t *series, const float *value)
{
    return ring_put(&s->ring, at_ms, n, series, value);
}

int store_flush(struct store *s, struct err *e)
{
    struct answer a = {0};
    if (jobs_put_flush(&s->jobs, &a)) return err_set(e, "the store's queue is full");
    sem_post(&s->wake);
    return jobs_wait(&s->jobs, &a, e);
}

int store_audit(struct store *s, const struct store_act *act, int64_t *id, struct err *e)
{
    struct answer a = {0};
    if (jobs_put_act(&s->jobs, act, &a))
        return err_set(e, "the audit is full or the act is too long; nothing was done");
    sem_post(&s->wake);
    int rc = jobs_wait(&s->jobs, &a, e);
    if (id) *id = a.id;
    return rc;
}

int store_audit_post(struct store *s, const struct store_act *act)
{
    int rc = jobs_put_act(&s->jobs, act, NULL);
    sem_post(&s->wake);
    return rc;
}

int store_put(struct store *s, const char *key, const void *data, size_t size, struct err *e)
{
    struct answer a = {0};
    if (jobs_put_blob(&s->jobs, key, data, size, &a, NULL)) return err_set(e, "the store's queue is full");
    sem_post(&s->wake);
    return jobs_wait(&s->jobs, &a, e);
}

int store_put_post(struct store *s, const char *key, const void *data, size_t size, atomic_int *posted)
{
    atomic_store(posted, STORE_POSTED);
    int full = jobs_put_blob(&s->jobs, key, data, size, NULL, posted);
    if (full) atomic_store(posted, STORE_IDLE);
    sem_post(&s->wake);
    return full;
}

int store_rename(struct store *s, const struct village *v, struct err *e)
{
    struct answer a = {0};
    struct names names = {village_n_series(v), series_name, v};
    if (jobs_put_rename(&s->jobs, &names, &a)) return err_set(e, "the store's queue is full");
    sem_post(&s->wake);
    return jobs_wait(&s->jobs, &a, e);
}
