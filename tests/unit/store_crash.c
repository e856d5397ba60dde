/* The store when the power goes and when the disk fails. The power is cut at every sync point of a busy run, with
 * what was not synced lost, kept, or torn and reordered: the database is whole every time, no acknowledged act is
 * missing, of the rows no more than the last second, and the store goes on from there. */
#include "base/err.h"
#include "base/instant.h"
#include "fault_vfs.h"
#include "near.h"
#include "store/store.h"
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 300, ROWS_MAX = 4000, EVENTS_MAX = 4000, STEP_MS = 300000, SLOT = 900000 };
static const int64_t T0 = 1767225600000;
static char dir[64], crash_dir[64], path[96], crash_path[96];

/* What the run was told: time of each row, and the length of the log when each act and record was acknowledged. */
static double row_time_s[ROWS_MAX];
static long act_seen[EVENTS_MAX], record_seen[EVENTS_MAX];
static int n_row, n_act, n_record;

static char *plain_name(const void *self, int32_t i, char *buf, size_t size)
{
    (void)self;
    snprintf(buf, size, "home-%03d.power_W", i);
    return buf;
}

static struct store *open_with(const char *file, const char *vfs)
{
    struct err e = {0};
    struct store_options o = {.path = file, .vfs = vfs, .keep_raw_ms = 400LL * 86400000, .checkpoint_pages = 60};
    struct store *s = store_open_named(&o, N, plain_name, NULL, &e);
    if (!s) fail_msg("%s", e.text);
    return s;
}

static void remove_all(const char *file)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    for (int i = 0; i < 4; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", file, ends[i]);
        unlink(name);
    }
}

static int set_up(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/kend-crash-XXXXXX");
    snprintf(crash_dir, sizeof crash_dir, "/tmp/kend-crashed-XXXXXX");
    if (!mkdtemp(dir) || !mkdtemp(crash_dir)) return -1;
    snprintf(path, sizeof path, "%s/a.db", dir);
    snprintf(crash_path, sizeof crash_path, "%s/a.db", crash_dir);
    fault_register();
    fault_start();
    n_row = n_act = n_record = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fault_start();
    remove_all(path);
    remove_all(crash_path);
    return rmdir(dir) | rmdir(crash_dir);
}

/* Row k: series 0 holds k, the others something that compresses badly. */
static void append_row(struct store *s)
{
    static int32_t id[N];
    static float v[N];
    for (int i = 0; i < N; i++) id[i] = i, v[i] = (float)(n_row + i * 7 % 13);
    row_time_s[n_row] = instant_mono_s();
    if (!store_append(s, T0 + (int64_t)n_row * STEP_MS, N, id, v)) n_row++;
}

static void act(struct store *s)
{
    char detail[64];
    int64_t id;
    struct err e = {0};
    snprintf(detail, sizeof detail, "{\"n\":%d}", n_act + 1);
    if (store_audit(s, &(struct store_act){T0, "override", "A", "engine", detail}, &id, &e)) fail_msg("%s", e.text);
    assert_int_equal(id, n_act + 1);
    act_seen[n_act++] = fault_length();
}

static void record(struct store *s)
{
    static unsigned char state[30000];
    int32_t n = n_record + 1;
    memcpy(state, &n, sizeof n);
    assert_int_equal(store_put(s, "state", state, sizeof state, NULL), 0);
    record_seen[n_record++] = fault_length();
}

static void busy_run(double length_s)
{
    struct store *s = open_with(path, FAULT_VFS);
    double end_s = instant_mono_s() + length_s;
    for (int k = 0; instant_mono_s() < end_s && n_row < ROWS_MAX; k++) {
        append_row(s);
        if (k % 40 == 7) act(s);
        if (k % 150 == 149) record(s);
        usleep(4000);
    }
    struct err e = {0};
    if (store_close(s, &e)) fail_msg("%s", e.text);
}

static void check_whole(const char *file)
{
    sqlite3 *h;
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_open(file, &h), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(h, "PRAGMA integrity_check", -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(q, 0), "ok");
    sqlite3_finalize(q);
    sqlite3_close(h);
}

static void count_act(void *self, int64_t id, const struct store_act *a)
{
    char want[64];
    int *n = self;
    snprintf(want, sizeof want, "{\"n\":%d}", ++*n);
    assert_int_equal(id, *n);
    assert_string_equal(a->detail, want);
}

/* Rows 0 .. m - 1 without a hole; returns m. */
static int check_rows(struct store *s)
{
    static struct store_row row[ROWS_MAX];
    long m = store_series(s, 0, T0, T0 + (int64_t)ROWS_MAX * STEP_MS, 0, row, ROWS_MAX, NULL);
    for (long k = 0; k < m; k++) {
        assert_int_equal(row[k].at_ms, T0 + k * STEP_MS);
        assert_near(row[k].mean, (double)k, 0);
    }
    long slots = store_series(s, 0, T0, T0 + (int64_t)ROWS_MAX * STEP_MS, SLOT, row, ROWS_MAX, NULL);
    assert_int_equal(slots, (m + 2) / 3);
    for (long k = 0; k < m / 3; k++) assert_near(row[k].mean, 3.0 * (double)k + 1.0, 1e-3);
    return (int)m;
}

static int acknowledged(const long *seen, int n, long op)
{
    int k = 0;
    while (k < n && seen[k] <= op) k++;
    return k;
}

static void check_after_crash(long op)
{
    double cut_s = fault_time_at(op);
    int due = 0, acts = 0;
    while (due < n_row && row_time_s[due] < cut_s - 1.0) due++;
    struct store *s = open_with(crash_path, NULL);
    int m = check_rows(s);
    if (m < due) fail_msg("power cut at operation %ld: %d rows, %d were older than a second", op, m, due);
    assert_int_equal(store_audit_list(s, 0, EVENTS_MAX, count_act, &acts, NULL), 0);
    if (acts < acknowledged(act_seen, n_act, op))
        fail_msg("power cut at operation %ld: an acknowledged act is lost", op);
    static unsigned char state[30000];
    int32_t n = 0;
    if (store_get(s, "state", state, sizeof state, NULL) == sizeof state) memcpy(&n, state, sizeof n);
    assert_true(n >= acknowledged(record_seen, n_record, op));
    int keep = n_row, keep_act = n_act;
    n_row = m, n_act = acts;
    append_row(s); /* and it goes on */
    act(s);
    assert_int_equal(store_flush(s, NULL), 0);
    assert_int_equal(check_rows(s), m + 1);
    n_row = keep, n_act = keep_act;
    assert_int_equal(store_close(s, NULL), 0);
    check_whole(crash_path);
}

static void power_cut_at_every_sync_point(void **state)
{
    (void)state;
    double seen_s[ROWS_MAX];
    busy_run(2.0);
    long length = fault_length(), acts[EVENTS_MAX];
    memcpy(seen_s, row_time_s, sizeof seen_s);
    memcpy(acts, act_seen, sizeof acts);
    int points = 0, checkpoints = 0;
    for (long op = 0; op < length; op++) {
        if (fault_kind_at(op) == FAULT_TRUNCATE) checkpoints++;
        if (fault_kind_at(op) != FAULT_SYNC) continue;
        enum fault_fate fate = points % 7 == 3 ? FATE_LOST : points % 7 == 5 ? FATE_KEPT : FATE_ANY;
        remove_all(crash_path);
        fault_crash(op, fate, (uint64_t)op, crash_dir);
        check_after_crash(op);
        memcpy(row_time_s, seen_s, sizeof seen_s);
        memcpy(act_seen, acts, sizeof acts);
        points++;
    }
    assert_true(points > 20);
    assert_true(n_act > 5 && n_record > 1 && n_row > 200);
}

static int wait_degraded(struct store *s, int want, struct store_status *st)
{
    for (int i = 0; i < 400; i++) {
        store_status(s, st);
        if (st->degraded == want) return 1;
        usleep(10000);
    }
    return 0;
}

static void a_full_disk_degrades_and_heals(void **state)
{
    (void)state;
    struct store *s = open_with(path, FAULT_VFS);
    struct store_status st;
    struct err e = {0};
    for (int k = 0; k < 10; k++) append_row(s);
    act(s);
    assert_int_equal(store_flush(s, &e), 0);
    fault_disk_bytes(0);
    for (int k = 0; k < 10; k++) append_row(s);
    assert_int_equal(store_flush(s, &e), -1);
    assert_string_equal(e.text, "the disk is full");
    assert_true(wait_degraded(s, 1, &st));
    assert_string_equal(st.reason, "history is not being saved: the disk is full");
    assert_int_equal(store_audit(s, &(struct store_act){T0, "override", "A", "engine", "{}"}, NULL, &e), -1);
    assert_int_equal(store_audit_post(s, &(struct store_act){T0, "override", "A", "engine", "{\"n\":2}"}), 0);
    double asked_s = instant_mono_s(); /* who asks behind a posted act is answered too, and at once */
    assert_int_equal(store_audit(s, &(struct store_act){T0, "override", "A", "engine", "{}"}, NULL, &e), -1);
    assert_true(instant_mono_s() - asked_s < 1.0);
    append_row(s); /* the door stays open: the ring takes it */
    struct store_row row[4];
    assert_int_equal(store_series(s, 0, T0, T0 + 3 * STEP_MS, 0, row, 4, &e), 3); /* and history can be read */
    fault_disk_bytes(-1);
    assert_true(wait_degraded(s, 0, &st));
    assert_string_equal(st.reason, "");
    assert_int_equal(store_flush(s, &e), 0);
    assert_int_equal(check_rows(s), 21); /* nothing was lost */
    n_act = 0;
    assert_int_equal(store_audit_list(s, 0, 10, count_act, &n_act, NULL), 0);
    assert_int_equal(n_act, 2); /* the refused act is not there, the posted one is */
    assert_int_equal(store_close(s, &e), 0);
    check_whole(path);
}

static void a_ring_that_runs_over_counts_what_it_refuses(void **state)
{
    (void)state;
    struct store *s = open_with(path, FAULT_VFS);
    struct store_status st;
    fault_disk_bytes(0);
    static int32_t id[N];
    static float v[N];
    int64_t refused = 0;
    for (int k = 0; k < 12000; k++) refused += store_append(s, T0 + k, N, id, v) ? N : 0;
    assert_true(refused > 0);
    store_status(s, &st);
    assert_int_equal(st.dropped, refused);
    assert_true(wait_degraded(s, 1, &st) && st.behind_ms >= 0);
    struct err e = {0};
    assert_int_equal(store_close(s, &e), -1); /* says what was lost */
    assert_non_null(strstr(e.text, "were not saved"));
    fault_disk_bytes(-1);
    struct store *again = open_with(path, FAULT_VFS);
    assert_int_equal(store_close(again, &e), 0);
    check_whole(path);
}

static void broken_writes_and_syncs_heal(void **state)
{
    (void)state;
    struct store *s = open_with(path, FAULT_VFS);
    struct store_status st;
    for (int round = 0; round < 3; round++) {
        for (int k = 0; k < 20; k++) append_row(s);
        fault_break(round % 2 ? 0 : 1 + round, round % 2 ? 1 : 0);
        store_flush(s, NULL);
        wait_degraded(s, 1, &st);
        fault_break(0, 0);
        assert_true(wait_degraded(s, 0, &st));
        assert_int_equal(store_flush(s, NULL), 0);
        assert_int_equal(check_rows(s), n_row);
        act(s);
    }
    assert_int_equal(store_close(s, NULL), 0);
    check_whole(path);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(power_cut_at_every_sync_point),
        CASE(a_full_disk_degrades_and_heals),
        CASE(a_ring_that_runs_over_counts_what_it_refuses),
        CASE(broken_writes_and_syncs_heal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
