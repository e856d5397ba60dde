/* The chain of evidence: signatures, links, replays and versions at the level of the store; the power cut at every sync point of
 * a busy run, after which no acknowledged record is missing and the chain goes on; two writers at once; and the public Bosnian
 * hazard areas taken in whole. */
#include "base/err.h"
#include "base/instant.h"
#include "fault_vfs.h"
#include "land/desk.h"
#include "near.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t T0 = 1767225600000;
static char dir[64], crash_dir[64], path[96], crash_path[96];
static struct key authority, collector;

static void remove_all(const char *file)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock", "-journal"};
    for (int i = 0; i < 5; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", file, ends[i]);
        unlink(name);
    }
}

static int set_up(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/kend-chain-XXXXXX");
    snprintf(crash_dir, sizeof crash_dir, "/tmp/kend-chained-XXXXXX");
    if (!mkdtemp(dir) || !mkdtemp(crash_dir)) return -1;
    snprintf(path, sizeof path, "%s/a.db", dir);
    snprintf(crash_path, sizeof crash_path, "%s/a.db", crash_dir);
    key_from_seed(&authority, "Authority", (const unsigned char[32]){1});
    key_from_seed(&collector, "Collector", (const unsigned char[32]){2});
    fault_register();
    fault_start();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_all(path);
    remove_all(crash_path);
    return rmdir(dir) | rmdir(crash_dir);
}

static void begin(struct desk *d, const char *file, const char *vfs, double lon, double lat, double reach_m)
{
    struct err e = {0};
    unsigned char sig[SIGNATURE_BYTES];
    char pub[HEX_KEY];
    if (desk_open(d, file, vfs, &e)) fail_msg("%s", e.text);
    json_t *site = json_pack("{s:f, s:f, s:f}", "lon_deg", lon, "lat_deg", lat, "reach_m", reach_m);
    char *body = people_found(&authority, "102", site, T0, sig);
    if (desk_take(d, body, strlen(body), sig, NULL, &e)) fail_msg("%s", e.text);
    json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:[s,s], s:s, s:s}", "key",
                             hex_write(pub, collector.pub, KEY_BYTES), "name", "Collector", "id", "c", "org",
                             "Survey", "roles", "collector", "data", "from", "2026-01-01", "until", "2027-01-01");
    if (desk_sign(d, &authority, "people.accredit", "", -1, T0, data, NULL, &e)) fail_msg("%s", e.text);
    json_decref(data);
    json_decref(site);
    free(body);
}

static int lesson(struct desk *d, int n, struct err *e)
{
    json_t *data = json_pack("{s:s, s:i, s:s}", "text", "what to do", "people", n, "language", "az");
    int bad = desk_sign(d, &collector, "land.lesson", "", -1, T0 + n, data, NULL, e);
    json_decref(data);
    return bad;
}

static void signatures_and_links(void **state)
{
    (void)state;
    struct record r;
    struct err e = {0};
    unsigned char sig[SIGNATURE_BYTES], one[HASH_BYTES] = {0}, two[HASH_BYTES];
    json_t *data = json_pack("{s:i}", "a", 1);
    struct draft draft = {"c", "k", "of", 3, T0, data};
    char *body = record_draft(&draft, &authority, sig);
    size_t n = strlen(body);
    assert_int_equal(record_read(&r, body, n, sig, &e), 0);
    assert_int_equal(r.rev, 3);
    assert_int_equal(r.at_ms, T0);
    record_hash(one, &r, two);
    r.signature[0] ^= 1;
    record_hash(one, &r, one);
    assert_memory_not_equal(one, two, HASH_BYTES); /* the signature is part of the link */
    record_free(&r);
    for (size_t i = 0; i < n; i++) { /* every byte counts */
        body[i] ^= 1;
        assert_int_equal(record_read(&r, body, n, sig, &e), -1);
        body[i] ^= 1;
    }
    for (size_t i = 0; i < SIGNATURE_BYTES; i++) {
        sig[i] ^= 1;
        assert_int_equal(record_read(&r, body, n, sig, &e), -1);
        sig[i] ^= 1;
    }
    char spaced[4096];
    snprintf(spaced, sizeof spaced, "%s ", body);
    assert_int_equal(record_read(&r, spaced, strlen(spaced), sig, &e), -1);
    assert_int_equal(key_verify(authority.pub, "release file", body, n, sig), 0); /* signed for one use only */
    free(body);
    json_decref(data);
}

static void replays_and_other_writers(void **state)
{
    (void)state;
    struct desk a, c;
    struct err e = {0};
    begin(&a, path, NULL, 46.76, 39.18, 50e3);
    if (desk_open(&c, path, NULL, &e)) fail_msg("%s", e.text);
    assert_int_equal(lesson(&a, 1, &e), 0);
    assert_int_equal(lesson(&c, 2, &e), 0); /* a second program has not seen the first's; it reads and goes on */
    assert_int_equal(lesson(&a, 3, &e), 0);
    assert_int_equal(a.land->head.seq, 5);
    assert_int_equal(desk_refresh(&c, &e), 0);
    assert_memory_equal(a.land->head.hash, c.land->head.hash, HASH_BYTES);
    assert_int_equal(c.land->counts.taught, 6);
    unsigned char sig[SIGNATURE_BYTES];
    json_t *data = json_pack("{s:s, s:i, s:s}", "text", "x", "people", 9, "language", "az");
    struct draft draft = {a.land->people.chain, "land.lesson", "", 0, T0 + 9, data};
    char *body = record_draft(&draft, &collector, sig);
    assert_int_equal(desk_take(&a, body, strlen(body), sig, NULL, &e), 0);
    assert_int_equal(desk_take(&c, body, strlen(body), sig, NULL, &e), -1);
    assert_non_null(strstr(e.text, "replayed"));
    assert_int_equal(a.land->head.seq, 6);
    free(body);
    json_decref(data);
    desk_close(&a);
    desk_close(&c);
}

static long seen[400];

static void power_cut_at_every_sync_point(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    int n = 0, points = 0;
    begin(&d, path, FAULT_VFS, 46.76, 39.18, 50e3);
    long first = fault_length();
    for (; n < 60; n++) {
        if (lesson(&d, n + 1, &e)) fail_msg("%s", e.text);
        seen[n] = fault_length();
    }
    desk_close(&d);
    long length = fault_length();
    for (long op = first; op < length; op++) {
        if (fault_kind_at(op) != FAULT_SYNC) continue;
        int due = 0;
        while (due < n && seen[due] <= op) due++;
        remove_all(crash_path);
        fault_crash(op,
                    points % 3 == 0   ? FATE_LOST
                    : points % 3 == 1 ? FATE_ANY
                                      : FATE_KEPT,
                    (uint64_t)op, crash_dir);
        if (desk_open(&d, crash_path, NULL, &e)) fail_msg("power cut at operation %ld: %s", op, e.text);
        if (d.land->counts.lessons < due)
            fail_msg("power cut at operation %ld: %d acknowledged, %lld there", op, due,
                     (long long)d.land->counts.lessons);
        if (lesson(&d, 999, &e)) fail_msg("%s", e.text); /* and it goes on */
        desk_close(&d);
        points++;
    }
    print_message("%d records, %d cuts\n", n, points);
    assert_true(points > 30);
}

static void what_is_not_saved_is_not_there(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    begin(&d, path, FAULT_VFS, 46.76, 39.18, 50e3);
    assert_int_equal(lesson(&d, 1, &e), 0);
    fault_disk_bytes(0);
    assert_int_equal(lesson(&d, 2, &e), -1);
    assert_int_equal(d.land->counts.lessons, 1); /* the fold never holds more than the disk */
    fault_disk_bytes(-1);
    assert_int_equal(lesson(&d, 3, &e), 0);
    assert_int_equal(d.land->counts.lessons, 2);
    desk_close(&d);
}

static void bosnian_areas_are_taken_in_whole(void **state)
{
    (void)state;
    char file[512];
    struct desk d;
    struct err e = {0};
    struct import m;
    const char *reference = getenv("KEND_REFERENCE");
    snprintf(file, sizeof file, "%s/land/bih_suspect_areas.geojson", reference ? reference : "../shared/reference");
    if (access(file, R_OK)) {
        print_message("skipped: no %s\n", file);
        skip();
    }
    begin(&d, path, NULL, 17.8, 44.2, 400e3);
    double began_s = instant_mono_s();
    if (import_read(d.land, file, NULL, "bih", &m, &e)) fail_msg("%s", e.text);
    if (desk_sign(&d, &collector, "land.import", "", -1, T0, m.data, NULL, &e)) fail_msg("%s", e.text);
    double took_s = instant_mono_s() - began_s;
    print_message(
        "%d features in %.2f s: %d areas, %d without geometry, %d twice, %d refused, %ld overlaps, %.0f m2\n",
        m.n_feature, took_s, d.land->n_area, m.count[IMPORT_NULL], m.count[IMPORT_TWICE], m.count[IMPORT_REFUSED],
        m.n_overlap, m.area_m2);
    assert_int_equal(m.n_feature, 7361);
    assert_int_equal(m.count[IMPORT_NULL], 2108);
    assert_int_equal(m.count[IMPORT_REFUSED], 2); /* multipolygons that hold nothing */
    assert_int_equal(m.count[IMPORT_NEW], d.land->n_area);
    assert_int_equal(m.count[IMPORT_NEW] + m.count[IMPORT_TWICE] + m.count[IMPORT_REFUSED] + m.count[IMPORT_NULL],
                     7361);
    for (int i = 0; i < d.land->n_area; i++) assert_int_equal(area_place_state(&d.land->area[i]), PLACE_HAZARD);
    import_free(&m);
    if (import_read(d.land, file, NULL, "bih", &m, &e)) fail_msg("%s", e.text); /* again: all the same */
    assert_int_equal(m.count[IMPORT_SAME], d.land->n_area);
    assert_int_equal(m.count[IMPORT_NEW] + m.count[IMPORT_DIFFERS], 0);
    import_free(&m);
    desk_close(&d);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(signatures_and_links),
        CASE(replays_and_other_writers),
        CASE(power_cut_at_every_sync_point),
        CASE(what_is_not_saved_is_not_there),
        CASE(bosnian_areas_are_taken_in_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
