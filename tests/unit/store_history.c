/* The store on a healthy disk: what goes in comes out, raw, by quarter-hours and by days; names keep their history;
 * a second process is refused; files that are no history are refused in one line. */
#include "base/err.h"
#include "base/random.h"
#include "near.h"
#include "store/store.h"
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { QUARTER = 900000, MINUTE = 60000 };
static const int64_t DAY = 86400000, T0 = 1767225600000; /* 2026-01-01T00:00Z */
static char dir[64], path[96];

static char *plain_name(const void *self, int32_t i, char *buf, size_t size)
{
    snprintf(buf, size, "%s-%03d.power_W", self ? (const char *)self : "home", i);
    return buf;
}

static struct store *open_at(const char *file, int n, const void *name)
{
    struct err e = {0};
    struct store *s = store_open_named(&(struct store_options){.path = file}, n, plain_name, name, &e);
    if (!s) fail_msg("%s", e.text);
    return s;
}

static void close_it(struct store *s)
{
    struct err e = {0};
    if (store_close(s, &e)) fail_msg("%s", e.text);
}

static int set_up(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/kend-store-XXXXXX");
    if (!mkdtemp(dir)) return -1;
    snprintf(path, sizeof path, "%s/a.db", dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    for (int i = 0; i < 4; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    return rmdir(dir);
}

static void settle(struct store *s)
{
    struct err e = {0};
    if (store_flush(s, &e)) fail_msg("%s", e.text);
}

static float wave(int series, int64_t at_ms)
{
    return (float)(series + 1) * (float)sin((double)(at_ms - T0) / 7.3e6) + (float)series;
}

static void append_wave(struct store *s, int64_t from_ms, int64_t until_ms, int n)
{
    int32_t id[16];
    float v[16];
    for (int64_t t = from_ms; t < until_ms; t += MINUTE) {
        for (int i = 0; i < n; i++) id[i] = i, v[i] = wave(i, t);
        while (store_append(s, t, n, id, v)) usleep(1000);
    }
}

static double wave_mean(int series, int64_t from_ms, int64_t until_ms)
{
    double sum = 0;
    for (int64_t t = from_ms; t < until_ms; t += MINUTE) sum += (double)wave(series, t);
    return sum / ((double)(until_ms - from_ms) / MINUTE);
}

static void check_wave(struct store *s, int series, int64_t from_ms, int64_t until_ms, int64_t step_ms,
                       int64_t last_ms)
{
    static struct store_row row[4000];
    struct err e = {0};
    long n = store_series(s, series, from_ms, until_ms, step_ms, row, 4000, &e);
    assert_int_equal(n, (until_ms - from_ms) / step_ms);
    for (long k = 0; k < n; k++) {
        int64_t end = row[k].at_ms + step_ms < last_ms ? row[k].at_ms + step_ms : last_ms;
        assert_int_equal(row[k].at_ms, from_ms + k * step_ms);
        assert_near(row[k].mean, wave_mean(series, row[k].at_ms, end), 2e-5);
        assert_true(row[k].min <= row[k].mean + 1e-6 && row[k].max >= row[k].mean - 1e-6);
    }
}

/* Three days and a piece: the first two turned over, the third in slots, the last quarter-hour running. */
static void steps_agree_with_a_direct_sum(void **state)
{
    (void)state;
    int64_t last = T0 + 2 * DAY + 5 * 3600000 + 7 * MINUTE;
    struct store *s = open_at(path, 5, NULL);
    append_wave(s, T0, last, 5);
    settle(s);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5; i += 2) {
            check_wave(s, i, T0, T0 + DAY, QUARTER, last);
            check_wave(s, i, T0 + DAY / 2, T0 + 2 * DAY + 3600000, 4 * QUARTER, last);
            check_wave(s, i, T0, T0 + 2 * DAY, DAY, last);
            check_wave(s, i, T0 + 2 * DAY, last + 8 * MINUTE, QUARTER, last); /* ends in the running slot */
            check_wave(s, i, T0 + 7 * MINUTE, T0 + 5 * 3600000 + 7 * MINUTE, 5 * MINUTE, last);
        }
        close_it(s); /* and again after a restart */
        s = open_at(path, 5, NULL);
    }
    append_wave(s, last, last + 3600000, 5); /* the running slot goes on where it stopped */
    settle(s);
    check_wave(s, 1, T0 + 2 * DAY, T0 + 2 * DAY + 6 * 3600000, QUARTER, last + 3600000);
    close_it(s);
}

static void raw_rows_and_gaps(void **state)
{
    (void)state;
    struct store *s = open_at(":memory:", 3, NULL);
    const int32_t some[] = {2, 0};
    store_append(s, T0, 2, some, (const float[]){1.5f, 2.5f});
    store_append(s, T0 + 1000, 1, some, (const float[]){NAN});
    store_append(s, T0 + 2000, 1, some, (const float[]){4.5f});
    settle(s);
    struct store_row row[8];
    assert_int_equal(store_series(s, 2, T0, T0 + 10000, 0, row, 8, NULL), 2);
    assert_near(row[0].mean, 1.5, 0);
    assert_int_equal(row[1].at_ms, T0 + 2000);
    assert_int_equal(store_series(s, 1, T0, T0 + 10000, 0, row, 8, NULL), 0);
    assert_int_equal(store_series(s, 2, T0, T0 + 10000, 0, row, 1, NULL), 1); /* no more than asked for */
    assert_int_equal(store_series(s, 2, T0, T0 + QUARTER, QUARTER, row, 8, NULL), 1);
    assert_near(row[0].mean, 3.0, 1e-6);
    assert_near(row[0].max, 4.5, 0);
    struct err e = {0};
    assert_int_equal(store_series(s, 3, T0, T0 + 1, 0, row, 8, &e), -1);
    assert_non_null(strstr(e.text, "no series 3"));
    assert_int_equal(store_series(s, 0, T0, T0 - 1, QUARTER, row, 8, NULL), 0);
    close_it(s);
}

static void many_is_one_by_one(void **state)
{
    (void)state;
    enum { N = 6, STEPS = 120 };
    struct store *s = open_at(path, N, NULL);
    append_wave(s, T0, T0 + DAY + 7 * 3600000, N);
    settle(s);
    const int32_t id[N] = {5, 0, 3, 3, 1, 2};
    double mean[N * STEPS];
    struct store_row row[STEPS];
    assert_int_equal(store_series_many(s, N, id, T0 + 2 * QUARTER, QUARTER, STEPS, mean, NULL), 0);
    for (int i = 0; i < N; i++) {
        long n = store_series(s, id[i], T0 + 2 * QUARTER, T0 + (2 + STEPS) * QUARTER, QUARTER, row, STEPS, NULL);
        assert_int_equal(n, STEPS);
        for (int k = 0; k < STEPS; k++) assert_near(mean[i * STEPS + k], row[k].mean, 0);
    }
    close_it(s);
}

static void names_keep_their_history(void **state)
{
    (void)state;
    struct store *s = open_at(path, 2, "old");
    const int32_t id[] = {0, 1, 2, 3};
    store_append(s, T0, 2, id, (const float[]){1, 2});
    close_it(s);
    s = open_at(path, 3, "new"); /* another village: other names, other ids inside */
    store_append(s, T0 + QUARTER, 3, id, (const float[]){10, 20, 30});
    close_it(s);
    s = open_at(path, 4, "old"); /* the old one back, grown */
    struct store_row row[4];
    assert_int_equal(store_series(s, 1, T0, T0 + DAY, QUARTER, row, 4, NULL), 1);
    assert_near(row[0].mean, 2, 0);
    assert_int_equal(store_series(s, 3, T0, T0 + DAY, QUARTER, row, 4, NULL), 0);
    store_append(s, T0 + 2 * DAY, 4, id, (const float[]){5, 6, 7, 8}); /* turns the first day over */
    settle(s);
    assert_int_equal(store_series(s, 3, T0, T0 + 3 * DAY, QUARTER, row, 4, NULL), 1);
    assert_int_equal(store_series(s, 0, T0, T0 + 3 * DAY, QUARTER, row, 4, NULL), 2);
    close_it(s);
}

static void time_may_jump_back(void **state)
{
    (void)state;
    struct store *s = open_at(path, 1, NULL);
    append_wave(s, T0, T0 + 3600000, 1);
    append_wave(s, T0 + 5 * 3600000, T0 + 5 * 3600000 + 10 * MINUTE, 1);
    append_wave(s, T0 + 3600000, T0 + 5 * 3600000, 1);
    append_wave(s, T0 + 5 * 3600000 + 10 * MINUTE, T0 + 6 * 3600000, 1);
    settle(s);
    check_wave(s, 0, T0, T0 + 6 * 3600000, QUARTER, T0 + 6 * 3600000);
    close_it(s);
}

static void old_rows_are_forgotten_but_their_means_stay(void **state)
{
    (void)state;
    struct err e = {0};
    struct store *s =
        store_open_named(&(struct store_options){.path = path, .keep_raw_ms = DAY}, 2, plain_name, NULL, &e);
    assert_non_null(s);
    append_wave(s, T0, T0 + 5 * DAY + 3600000, 2);
    settle(s);
    struct store_row row[8];
    assert_int_equal(store_series(s, 0, T0, T0 + 3 * DAY, 0, row, 8, NULL), 0);
    assert_int_equal(store_series(s, 0, T0 + 4 * DAY + 3600000, T0 + 5 * DAY, 0, row, 8, NULL), 8);
    check_wave(s, 1, T0, T0 + 5 * DAY, QUARTER * 4, T0 + 5 * DAY);
    close_it(s);
}

static void collect(void *self, int64_t id, const struct store_act *a)
{
    char *all = self;
    size_t at = strlen(all);
    snprintf(all + at, 1000 - at, "%lld:%s/%s/%s/%s;", (long long)id, a->kind, a->who, a->asset, a->detail);
}

static void acts_and_records(void **state)
{
    (void)state;
    struct store *s = open_at(path, 1, NULL);
    struct err e = {0};
    int64_t id = 0;
    assert_int_equal(
        store_audit(s, &(struct store_act){T0, "override", "Aygun", "engine", "{\"until\":1}"}, &id, &e), 0);
    assert_int_equal(id, 1);
    assert_int_equal(store_audit_post(s, &(struct store_act){T0, "guard", NULL, "hydro", "{}"}), 0);
    static char big[5000];
    memset(big, 'x', sizeof big - 1);
    assert_int_equal(store_audit(s, &(struct store_act){T0, "override", "A", "b", big}, &id, &e),
                     -1); /* cut JSON is no JSON */
    assert_int_equal(store_put(s, "rig", big, 4000, &e), 0);
    assert_int_equal(store_put(s, "rig", big, 3000, &e), 0);
    assert_int_equal(store_put(s, "nothing", NULL, 0, &e), 0);
    close_it(s);
    s = open_at(path, 1, NULL);
    char all[1000] = "", back[4000];
    assert_int_equal(store_audit_list(s, 0, 100, collect, all, &e), 0);
    assert_string_equal(all, "1:override/Aygun/engine/{\"until\":1};2:guard//hydro/{};");
    assert_int_equal(store_get(s, "rig", back, sizeof back, &e), 3000);
    assert_int_equal(store_get(s, "nothing", back, sizeof back, &e), 0);
    assert_int_equal(store_get(s, "rig", back, 10, &e), -1);
    assert_int_equal(store_get(s, "none", back, sizeof back, &e), -1);
    assert_string_equal(e.text, "no record `none`");
    close_it(s);
}

/* A blob that nobody waits for: its memory comes back, written or dropped, and what cannot be written is not tried again. */
static void blobs_posted(void **state)
{
    (void)state;
    static char big[200000], back[sizeof big];
    atomic_int posted = STORE_IDLE;
    struct err e = {0};
    sqlite3 *other;
    struct store *s = open_at(path, 1, NULL);
    memset(big, 'a', sizeof big);
    assert_int_equal(store_put_post(s, "rig", big, sizeof big, &posted), 0);
    while (atomic_load(&posted) == STORE_POSTED) usleep(1000);
    assert_int_equal(atomic_load(&posted), STORE_IDLE);
    assert_int_equal(store_get(s, "rig", back, sizeof back, &e), (long)sizeof big);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other,
                                  "CREATE TRIGGER full BEFORE INSERT ON record BEGIN "
                                  "SELECT RAISE(FAIL, 'no room'); END",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    memset(big, 'b', sizeof big);
    assert_int_equal(store_put_post(s, "rig", big, sizeof big, &posted), 0);
    while (atomic_load(&posted) == STORE_POSTED) usleep(1000);
    assert_int_equal(atomic_load(&posted), STORE_DROPPED);
    assert_int_equal(store_audit(s, &(struct store_act){T0, "override", "A", "b", "{}"}, NULL, &e),
                     0); /* it still fits */
    assert_int_equal(store_get(s, "rig", back, sizeof back, &e), (long)sizeof big);
    assert_true(back[0] == 'a');
    sqlite3_close(other);
    close_it(s);
}

static void refusal(const char *file, const char *word)
{
    struct err e = {0};
    assert_null(store_open_named(&(struct store_options){.path = file}, 1, plain_name, NULL, &e));
    if (!strstr(e.text, word) || strchr(e.text, '\n')) fail_msg("`%s` lacks `%s`", e.text, word);
}

static void write_file(const char *file, const char *text, size_t n)
{
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    fwrite(text, 1, n, f);
    fclose(f);
}

static void files_that_are_no_history(void **state)
{
    (void)state;
    char text[20000];
    memset(text, 'y', sizeof text);
    refusal(dir, "cannot open");
    refusal("/nowhere/at/all.db", "cannot open");
    write_file(path, text, sizeof text);
    refusal(path, "damaged or is no database");
    unlink(path);
    struct store *s = open_at(path, 1, NULL);
    for (int i = 0; i < 200; i++)
        store_audit(s, &(struct store_act){T0, "override", "A", "b", "{\"a\":\"long enough to fill some pages\"}"},
                    NULL, NULL);
    close_it(s);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    int fd = open(path, O_RDWR);
    assert_true(pwrite(fd, text, 6000, st.st_size / 2 / 8192 * 8192) == 6000);
    close(fd);
    refusal(path, "damaged");
}

static void run_sql(const char *file, const char *sql)
{
    sqlite3 *h;
    assert_int_equal(sqlite3_open(file, &h), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(h);
}

static void databases_of_others_and_of_the_future(void **state)
{
    (void)state;
    run_sql(path, "CREATE TABLE recipe(name TEXT)");
    refusal(path, "database of another program");
    unlink(path);
    close_it(open_at(path, 1, NULL));
    run_sql(path, "PRAGMA user_version=99");
    refusal(path, "written by a newer kend");
}

static void a_second_kend_is_refused(void **state)
{
    (void)state;
    struct store *s = open_at(path, 1, NULL);
    refusal(path, "in use by another kend");
    close_it(s);
    close_it(open_at(path, 1, NULL));
}

static void *append_many(void *self)
{
    for (int k = 0; k < 20000; k++) {
        const int32_t id[] = {0, 1};
        while (store_append(self, T0 + k, 2, id, (const float[]){1, 2})) usleep(100);
    }
    return NULL;
}

static void *audit_many(void *self)
{
    for (int k = 0; k < 40; k++)
        assert_int_equal(store_audit(self, &(struct store_act){T0, "ack", "A", "b", "{}"}, NULL, NULL), 0);
    return NULL;
}

static void many_threads_at_once(void **state)
{
    (void)state;
    struct store *s = open_at(path, 2, NULL);
    pthread_t t[6];
    for (int i = 0; i < 6; i++) pthread_create(&t[i], NULL, i < 3 ? append_many : audit_many, s);
    struct store_row row[4];
    for (int i = 0; i < 50; i++) assert_true(store_series(s, 0, T0, T0 + DAY, QUARTER, row, 4, NULL) >= 0);
    for (int i = 0; i < 6; i++) pthread_join(t[i], NULL);
    settle(s);
    struct store_status st;
    store_status(s, &st);
    assert_int_equal(st.written, 3 * 20000 * 2);
    assert_int_equal(st.audited, 3 * 40);
    assert_int_equal(st.degraded, 0);
    assert_true(st.bytes > 0);
    close_it(s);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(steps_agree_with_a_direct_sum),
        CASE(raw_rows_and_gaps),
        CASE(many_is_one_by_one),
        CASE(names_keep_their_history),
        CASE(time_may_jump_back),
        CASE(old_rows_are_forgotten_but_their_means_stay),
        CASE(acts_and_records),
        CASE(blobs_posted),
        CASE(files_that_are_no_history),
        CASE(databases_of_others_and_of_the_future),
        CASE(a_second_kend_is_refused),
        CASE(many_threads_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
