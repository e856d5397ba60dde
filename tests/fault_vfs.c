/* See fault_vfs.h. Only the database and its write-ahead log are logged; the shared-memory index is rebuilt by
 * recovery and never trusted after a crash (sqlite.org/walformat.html, section 2). */
#include "fault_vfs.h"
#include "base/instant.h"
#include "base/random.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 8, SECTOR = 512 };

struct op {
    enum fault_kind kind;
    int file;
    int64_t at, size;
    unsigned char *data;
    double time_s;
};
struct image {
    unsigned char *data;
    int64_t size;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct op *ops;
static long n_op, room_op;
static char names[FILES_MAX][256];
static int n_file;
static int64_t disk_room = -1;
static int break_writes, break_syncs;

/* --- the log --- */

static int file_of(const char *name)
{
    for (int i = 0; i < n_file; i++)
        if (!strcmp(names[i], name)) return i;
    if (n_file == FILES_MAX) abort();
    snprintf(names[n_file], sizeof names[0], "%s", name);
    return n_file++;
}

static void note(enum fault_kind kind, int file, int64_t at, int64_t size, const void *data)
{
    if (file < 0) return;
    pthread_mutex_lock(&lock);
    if (n_op == room_op) {
        room_op = room_op ? 2 * room_op : 1024;
        ops = realloc(ops, sizeof *ops * (size_t)room_op);
        if (!ops) abort();
    }
    struct op *o = &ops[n_op++];
    *o = (struct op){kind, file, at, size, NULL, instant_mono_s()};
    if (data) {
        o->data = malloc((size_t)size);
        if (!o->data) abort();
        memcpy(o->data, data, (size_t)size);
    }
    pthread_mutex_unlock(&lock);
}

void fault_start(void)
{
    pthread_mutex_lock(&lock);
    for (long i = 0; i < n_op; i++) free(ops[i].data);
    free(ops);
    ops = NULL;
    n_op = room_op = 0;
    n_file = 0;
    disk_room = -1;
    break_writes = break_syncs = 0;
    pthread_mutex_unlock(&lock);
}

long fault_length(void)
{
    pthread_mutex_lock(&lock);
    long n = n_op;
    pthread_mutex_unlock(&lock);
    return n;
}

enum fault_kind fault_kind_at(long op) { return ops[op].kind; }
double fault_time_at(long op) { return ops[op].time_s; }

/* --- what the disk may hold --- */

static void grow(struct image *m, int64_t size)
{
    if (size <= m->size) return;
    m->data = realloc(m->data, (size_t)size);
    if (!m->data) abort();
    memset(m->data + m->size, 0, (size_t)(size - m->size));
    m->size = size;
}

static void apply(struct image *m, const struct op *o)
{
    if (o->kind == FAULT_WRITE) {
        grow(m, o->at + o->size);
        memcpy(m->data + o->at, o->data, (size_t)o->size);
    } else if (o->kind == FAULT_TRUNCATE) {
        grow(m, o->size);
        m->size = o->size;
    } else if (o->kind == FAULT_DELETE)
        m->size = 0;
}

/* Some sectors of a write arrive, others do not. */
static void apply_torn(struct image *m, const struct op *o, struct random *r)
{
    for (int64_t at = o->at; at < o->at + o->size;) {
        int64_t end = (at / SECTOR + 1) * SECTOR;
        if (end > o->at + o->size) end = o->at + o->size;
        if (random_u64(r) & 1) {
            grow(m, end);
            memcpy(m->data + at, o->data + (at - o->at), (size_t)(end - at));
        }
        at = end;
    }
}

static void apply_any(struct image *m, const struct op *o, struct random *r)
{
    uint64_t fate = random_u64(r) % 3;
    if (fate == 0) return;
    if (fate == 1 && o->kind == FAULT_WRITE)
        apply_torn(m, o, r);
    else
        apply(m, o);
}

static struct image image_of(int file, long until, enum fault_fate fate, struct random *r)
{
    struct image m = {0};
    long synced = 0, n = 0;
    for (long i = 0; i < until; i++)
        if (ops[i].file == file && ops[i].kind == FAULT_SYNC) synced = i;
    const struct op **pending = malloc(sizeof *pending * (size_t)(until + 1));
    if (!pending) abort();
    for (long i = 0; i < until; i++) {
        if (ops[i].file != file || ops[i].kind == FAULT_SYNC) continue;
        if (i < synced || fate == FATE_KEPT)
            apply(&m, &ops[i]);
        else if (fate == FATE_ANY)
            pending[n++] = &ops[i];
    }
    for (long i = n - 1; i > 0; i--) {
        long k = (long)(random_u64(r) % (uint64_t)(i + 1));
        const struct op *swap = pending[i];
        pending[i] = pending[k];
        pending[k] = swap;
    }
    for (long i = 0; i < n; i++) apply_any(&m, pending[i], r);
    free(pending);
    return m;
}

void fault_crash(long op, enum fault_fate fate, uint64_t seed, const char *dir)
{
    struct random r = random_stream(seed, "crash");
    for (int f = 0; f < n_file; f++) {
        struct image m = image_of(f, op, fate, &r);
        char path[2560];
        const char *slash = strrchr(names[f], '/');
        snprintf(path, sizeof path, "%.256s/%s", dir, slash ? slash + 1 : names[f]);
        remove(path);
        FILE *out = m.size ? fopen(path, "wb") : NULL;
        if (out) {
            if (fwrite(m.data, 1, (size_t)m.size, out) != (size_t)m.size) abort();
            fclose(out);
        }
        free(m.data);
    }
}

/* --- faults now --- */

void fault_disk_bytes(int64_t room)
{
    pthread_mutex_lock(&lock);
    disk_room = room;
    pthread_mutex_unlock(&lock);
}

void fault_break(int writes, int syncs)
{
    pthread_mutex_lock(&lock);
    break_writes = writes;
    break_syncs = syncs;
    pthread_mutex_unlock(&lock);
}

static int refuse(int *left, int code)
{
    pthread_mutex_lock(&lock);
    int bad = *left > 0;
    if (bad) (*left)--;
    pthread_mutex_unlock(&lock);
    return bad ? code : SQLITE_OK;
}

/* Room is used up by growth only, as on a real disk. */
static int take_room(int64_t growth)
{
    pthread_mutex_lock(&lock);
    int full = disk_room >= 0 && growth > disk_room;
    if (!full && disk_room >= 0 && growth > 0) disk_room -= growth;
    pthread_mutex_unlock(&lock);
    return full ? SQLITE_FULL : SQLITE_OK;
}

/* --- the VFS --- */

struct fault_file {
    sqlite3_file base;
    int file; /* in the log; -1: not logged */
    sqlite3_file *real;
};

static sqlite3_vfs *parent;
static sqlite3_file *real_of(sqlite3_file *f) { return ((struct fault_file *)f)->real; }

static int f_close(sqlite3_file *f) { return real_of(f)->pMethods->xClose(real_of(f)); }
static int f_read(sqlite3_file *f, void *b, int n, sqlite3_int64 at)
{
    return real_of(f)->pMethods->xRead(real_of(f), b, n, at);
}

static int f_write(sqlite3_file *f, const void *b, int n, sqlite3_int64 at)
{
    struct fault_file *ff = (struct fault_file *)f;
    sqlite3_int64 size = 0;
    if (ff->file >= 0) {
        int rc = refuse(&break_writes, SQLITE_IOERR_WRITE);
        ff->real->pMethods->xFileSize(ff->real, &size);
        if (!rc) rc = take_room(at + n - size);
        if (rc) return rc;
    }
    note(FAULT_WRITE, ff->file, at, n, b);
    return ff->real->pMethods->xWrite(ff->real, b, n, at);
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    note(FAULT_TRUNCATE, ((struct fault_file *)f)->file, 0, size, NULL);
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int f_sync(sqlite3_file *f, int flags)
{
    int rc = ((struct fault_file *)f)->file >= 0 ? refuse(&break_syncs, SQLITE_IOERR_FSYNC) : SQLITE_OK;
    if (rc) return rc;
    (void)flags; /* the real sync is left out: the log is our disk, and the test is faster */
    note(FAULT_SYNC, ((struct fault_file *)f)->file, 0, 0, NULL);
    return SQLITE_OK;
}

static int f_size(sqlite3_file *f, sqlite3_int64 *n) { return real_of(f)->pMethods->xFileSize(real_of(f), n); }
static int f_lock(sqlite3_file *f, int l) { return real_of(f)->pMethods->xLock(real_of(f), l); }
static int f_unlock(sqlite3_file *f, int l) { return real_of(f)->pMethods->xUnlock(real_of(f), l); }
static int f_reserved(sqlite3_file *f, int *out)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
static int f_control(sqlite3_file *f, int op, void *arg)
{
    /* a size hint or a chunk size would write past the log */
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE || op == SQLITE_FCNTL_MMAP_SIZE)
        return SQLITE_OK;
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}
static int f_sector(sqlite3_file *f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
static int f_device(sqlite3_file *f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); }
static int f_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, p);
}
static int f_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}
static void f_shm_barrier(sqlite3_file *f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); }
static int f_shm_unmap(sqlite3_file *f, int drop) { return real_of(f)->pMethods->xShmUnmap(real_of(f), drop); }

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_device,
    .xShmMap = f_shm_map,
    .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier,
    .xShmUnmap = f_shm_unmap,
};

static int v_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct fault_file *ff = (struct fault_file *)f;
    (void)v;
    ff->real = (sqlite3_file *)(void *)(ff + 1);
    int rc = parent->xOpen(parent, name, ff->real, flags, out);
    ff->base.pMethods = rc || !ff->real->pMethods ? NULL : &methods;
    pthread_mutex_lock(&lock);
    ff->file =
        name && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) ? file_of(name) : -1;
    pthread_mutex_unlock(&lock);
    return rc;
}

static int v_delete(sqlite3_vfs *v, const char *name, int sync_dir)
{
    (void)v;
    pthread_mutex_lock(&lock);
    int file = file_of(name);
    pthread_mutex_unlock(&lock);
    int rc = parent->xDelete(parent, name, sync_dir);
    if (!rc) note(FAULT_DELETE, file, 0, 0, NULL);
    if (!rc && sync_dir) note(FAULT_SYNC, file, 0, 0, NULL);
    return rc;
}

void fault_register(void)
{
    static sqlite3_vfs vfs;
    if (parent) return;
    parent = sqlite3_vfs_find(NULL);
    vfs = *parent; /* the rest goes straight to the parent, which looks at nothing of its own `this` */
    vfs.pNext = NULL;
    vfs.zName = FAULT_VFS;
    vfs.szOsFile = (int)sizeof(struct fault_file) + parent->szOsFile;
    vfs.xOpen = v_open;
    vfs.xDelete = v_delete;
    sqlite3_vfs_register(&vfs, 0);
}
