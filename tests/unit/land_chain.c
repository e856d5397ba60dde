/* The chain of evidence: signatures, links, replays and versions at the level of the store; the power cut at every write, truncation,
 * sync and delete of a run with every kind of record, after which no acknowledged record is missing and the chain goes on; two
 * writers at once; and the public Bosnian hazard areas taken in whole. */
#include "base/err.h"
#include "base/instant.h"
#include "fault_vfs.h"
#include "land/desk.h"
#include "land_kit.h"
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
    const char *memory =
        access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm"; /* hundreds of syncs, none of which proves anything here */
    snprintf(dir, sizeof dir, "%s/kend-chain-XXXXXX", memory);
    snprintf(crash_dir, sizeof crash_dir, "%s/kend-chained-XXXXXX", memory);
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
    char pub[HEX_KEY];
    if (founded(d, file, vfs, &authority, lon, lat, reach_m, T0, &e)) fail_msg("%s", e.text);
    json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:[s,s], s:s, s:s}", "key",
                             hex_write(pub, collector.pub, KEY_BYTES), "name", "Collector", "id", "c", "org",
                             "Survey", "roles", "collector", "data", "from", "2026-01-01", "until", "2027-01-01");
    if (desk_sign(d, &authority, "people.accredit", "", -1, T0, data, NULL, &e)) fail_msg("%s", e.text);
    json_decref(data);
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

/* --- a run with every kind of record --- */

static struct key key_of[PEOPLE];
static struct acked {
    long op; /* length of the log when it was acknowledged */
    int64_t seq;
    unsigned char hash[HASH_BYTES];
} acked[80];
static int n_acked;
static unsigned used_kinds;

static void ack(struct desk *d)
{
    assert_true(n_acked < (int)(sizeof acked / sizeof *acked));
    struct acked *a = &acked[n_acked++];
    a->op = fault_length();
    a->seq = d->land->head.seq;
    memcpy(a->hash, d->land->head.hash, HASH_BYTES);
}

static void everybody(struct desk *d)
{
    struct err e = {0};
    key_of[AUTHORITY] = authority;
    for (int i = 1; i < PEOPLE; i++) {
        key_from_seed(&key_of[i], person[i].id, (const unsigned char[32]){40, (unsigned char)i});
        if (accredited(d, &authority, key_of[i].pub, person[i].id, person[i].org, person[i].role, T0, &e))
            fail_msg("%s", e.text);
        ack(d);
    }
}

/* One record; `text` is its content, %R the ground that is left of A-1, %N the number of the last find or import. */
static void say(struct desk *d, enum who who, const char *kind, const char *of, const char *text)
{
    struct err e = {0};
    char full[2000] = "";
    int64_t no = 0;
    if (d->land->n_find) no = d->land->find[d->land->n_find - 1].seq;
    if (!strcmp(kind, "land.reconcile")) no = d->land->area[land_area(d->land, of)].theirs_seq;
    for (const char *c = text; *c; c++) {
        size_t n = strlen(full);
        if (c[0] == '%' && c[1] == 'R')
            snprintf(full + n, sizeof full - n, "%.0f", shape_area_m2(d->land->area[0].rest)), c++;
        else if (c[0] == '%' && c[1] == 'N')
            snprintf(full + n, sizeof full - n, "%lld", (long long)no), c++;
        else
            full[n] = *c, full[n + 1] = 0;
    }
    json_t *data = json_loads(full, 0, NULL);
    if (!data) fail_msg("%s", full);
    if (desk_sign(d, who == PUBLIC ? NULL : &key_of[who], kind, of, -1, T0 + 60000, data, NULL, &e))
        fail_msg("%s of %s: %s", kind, of, e.text);
    json_decref(data);
    used_kinds |= 1U << (land_kind_find(kind) - land_kinds);
    ack(d);
}

#define BOX(w, e)                                                                                                  \
    "{\"type\":\"Polygon\",\"coordinates\":[[[" w ",39.18],[" e ",39.18],[" e ",39.182],[" w ",39.182],[" w        \
    ",39.18]]]}"
#define IMPORT(e)                                                                                                  \
    "{\"file\":\"f\",\"sha256\":\"00\",\"features\":[{\"id\":\"I-1\",\"geometry\":" BOX("46.77", e) "}]}"

static void whole_run(struct desk *d)
{
    static const char order[] = "{\"method\":\"clearance\",\"operator\":\"Clear\",\"order\":\"7\",\"depth_m\":0.2,"
                                "\"medical\":\"m\",\"marking\":\"k\"}";
    static const char submit[] = "{\"depth_m\":0.2,\"method\":\"manual\",\"residual\":\"below\"}";
    static const struct {
        enum who who;
        const char *kind, *text;
    } step[] = {
        {COLLECTOR, "land.area", "{\"evidence\":\"map\",\"geometry\":" BOX("46.76", "46.762") "}"},
        {COLLECTOR, "land.extend", "{\"evidence\":\"row\",\"geometry\":" BOX("46.762", "46.7622") "}"},
        {DEPUTY, "land.task", "{\"method\":\"nts\",\"operator\":\"Survey\",\"order\":\"1\"}"},
        {COLLECTOR, "land.survey", "{\"method\":\"nts\",\"result\":\"direct\",\"evidence\":\"a mine\"}"},
        {DEPUTY, "land.rank", "{\"order\":[\"A-1\"],\"text\":\"first\"}"},
        {DEPUTY, "land.task", order},
        {LEADER, "land.start", "{}"},
        {LEADER, "land.suspend", "{\"text\":\"rain\"}"},
        {LEADER, "land.resume", "{}"},
        {LEADER, "land.progress",
         "{\"team\":\"T\",\"day\":\"2026-01-01\",\"method\":\"manual\",\"searched_m2\":%R}"},
        {LEADER, "land.device",
         "{\"category\":\"uxo\",\"depth_m\":0.1,\"position\":[46.761,39.181],\"fate\":\"removed\"}"},
        {MANAGER, "land.submit", submit},
        {INSPECTOR, "land.qa",
         "{\"visit\":\"control\",\"result\":\"nonconformity\",\"text\":\"metal\",\"severity\":\"major\","
         "\"measures\":\"again\"}"},
        {LEADER, "land.rework", "{\"text\":\"again\"}"},
        {LEADER, "land.progress",
         "{\"team\":\"T\",\"day\":\"2026-01-01\",\"method\":\"manual\",\"searched_m2\":%R}"},
        {MANAGER, "land.submit", submit},
        {INSPECTOR, "land.qa", "{\"visit\":\"control\",\"result\":\"pass\",\"text\":\"fine\"}"},
        {DEPUTY, "land.release", "{\"outcome\":\"cleared\"}"},
        {DEPUTY, "land.handover", "{\"use\":\"homes\",\"residual\":\"below\"}"},
        {USER, "land.accept", "{}"},
        {TESTER, "land.commission", "{\"test\":\"road\",\"result\":\"pass\"}"},
        {USER, "land.use", "{}"},
        {USER, "land.find", "{\"text\":\"a lid\",\"position\":[46.761,39.181]}"},
        {INSPECTOR, "land.resolve", "{\"find\":%N,\"result\":\"nothing\",\"text\":\"a lid\"}"},
        {DEPUTY, "land.restore", "{\"find\":%N,\"text\":\"a lid\"}"},
        {PUBLIC, "land.found", "{\"text\":\"a wire\",\"position\":[46.761,39.181]}"},
        {USER, "land.accident", "{\"text\":\"a tractor\",\"casualties\":1,\"position\":[46.761,39.181]}"},
        {USER, "land.lesson", "{\"text\":\"what to do\",\"people\":3,\"language\":\"az\"}"},
    };
    for (size_t i = 0; i < sizeof step / sizeof *step; i++) say(d, step[i].who, step[i].kind, "A-1", step[i].text);
    say(d, DATA, "land.import", "", IMPORT("46.771"));
    say(d, DATA, "land.import", "", IMPORT("46.772"));
    say(d, DEPUTY, "land.reconcile", "I-1", "{\"import\":%N,\"text\":\"larger\"}");
}

static int hash_row(void *self, const struct record *r, struct err *e)
{
    const struct acked *due = self;
    (void)e;
    if (r->seq == due->seq) assert_memory_equal(r->hash, due->hash, HASH_BYTES);
    return 0;
}

static void judged_after(long op, int *kept)
{
    struct desk d;
    struct err e = {0};
    struct chain_head at = {0};
    int due = 0;
    while (due < n_acked && acked[due].op <= op) due++;
    remove_all(crash_path);
    fault_crash(op, op % 3 == 0 ? FATE_LOST : op % 3 == 1 ? FATE_ANY : FATE_KEPT, (uint64_t)op, crash_dir);
    if (desk_open(&d, crash_path, NULL, &e)) fail_msg("power cut at operation %ld: %s", op, e.text);
    int64_t seq = due ? acked[due - 1].seq : 0;
    if (d.land->head.seq < seq)
        fail_msg("power cut at operation %ld: record %lld was acknowledged and is gone", op, (long long)seq);
    if (d.land->head.seq > seq + 1) fail_msg("operation %ld: a record that nobody has signed yet", op);
    *kept += d.land->head.seq > seq;
    if (due && d.land->head.seq == seq) assert_memory_equal(d.land->head.hash, acked[due - 1].hash, HASH_BYTES);
    if (due && d.land->head.seq > seq) assert_int_equal(chain_walk(d.chain, &at, hash_row, &acked[due - 1], &e), 0);
    if (due && lesson(&d, 999, &e)) fail_msg("%s", e.text); /* and it goes on */
    desk_close(&d);
}

static void power_cut_at_every_operation(void **state)
{
    (void)state;
    struct desk d;
    int kept = 0;
    n_acked = 0;
    used_kinds = 0;
    begin(&d, path, FAULT_VFS, 46.76, 39.18, 50e3);
    ack(&d);
    long first = fault_length();
    everybody(&d);
    whole_run(&d);
    desk_close(&d);
    assert_int_equal(used_kinds, (1U << n_land_kinds) - 1); /* every kind there is */
    long length = fault_length();
    for (long op = first; op <= length; op++) judged_after(op, &kept);
    print_message("%d records, %ld cuts, after %d of which a record stood that was not acknowledged yet\n", n_acked,
                  length - first + 1, kept);
    assert_true(length - first > 100);
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

/* --- a release is what the authority signed, word for word --- */

static void accredit(struct desk *d, const struct key *k, const char *id, const char *role)
{
    struct err e = {0};
    char pub[HEX_KEY];
    json_t *data =
        json_pack("{s:s, s:s, s:s, s:s, s:[s], s:s, s:s}", "key", hex_write(pub, k->pub, KEY_BYTES), "name", id,
                  "id", id, "org", "Agency", "roles", role, "from", "2026-01-01", "until", "2027-01-01");
    if (desk_sign(d, &authority, "people.accredit", "", -1, T0, data, NULL, &e)) fail_msg("%s", e.text);
    json_decref(data);
}

static void file_write(const char *name, const char *status, const char *outcome, double east)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fprintf(f,
            "id,type,status,outcome,depth_m,method,residual,org,wkt\n"
            "X-1,CHA,%s,%s,0.2,manual,low,Agency,\"POLYGON((46.76 39.18,%.4f 39.18,%.4f 39.182,46.76 39.182,46.76 "
            "39.18))\"\n",
            status, outcome, east, east);
    assert_int_equal(fclose(f), 0);
}

static void refuses(struct desk *d, const char *words, const struct key *k, const char *kind, const char *of,
                    json_t *data)
{
    struct err e = {0};
    int64_t seq = d->land->head.seq;
    if (!desk_sign(d, k, kind, of, -1, T0, data, NULL, &e))
        fail_msg("%s was taken; `%s` was expected", kind, words);
    if (!strstr(e.text, words)) fail_msg("%s: `%s` does not say `%s`", kind, e.text, words);
    assert_int_equal(d->land->head.seq, seq);
    json_decref(data);
}

static json_t *feature_of(struct import *m) { return json_array_get(json_object_get(m->data, "features"), 0); }

static void a_release_is_what_was_signed(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    struct import m;
    char csv[96], sig[96];
    snprintf(csv, sizeof csv, "%s/r.csv", crash_dir);
    snprintf(sig, sizeof sig, "%s/r.sig", crash_dir);
    begin(&d, path, NULL, 46.76, 39.18, 50e3);
    const char *const not_yet[] = {"open", "not cleared", "to be handed over", "partly cleared", "in progress"};
    for (size_t i = 0; i < sizeof not_yet / sizeof *not_yet; i++) { /* in doubt it is hazard */
        file_write(csv, not_yet[i], "cleared", 46.762);
        assert_int_equal(file_sign(csv, &authority, sig, &e), 0);
        if (import_read(d.land, csv, sig, "x", &m, &e)) fail_msg("%s", e.text);
        if (json_object_get(feature_of(&m), "outcome")) fail_msg("`%s` was read as released", not_yet[i]);
        import_free(&m);
    }
    /* the signature of a file that says hazard, and a record that says cleared */
    if (import_read(d.land, csv, sig, "x", &m, &e)) fail_msg("%s", e.text);
    json_object_set_new(feature_of(&m), "outcome", json_string("cleared"));
    refuses(&d, "does not release", &collector, "land.import", "", json_deep_copy(m.data));
    json_object_set_new(feature_of(&m), "id", json_string("X-2"));
    refuses(&d, "does not stand in the file", &collector, "land.import", "", json_deep_copy(m.data));
    json_object_del(m.data, "text");
    refuses(&d, "wrongly signed", &collector, "land.import", "", json_deep_copy(m.data));
    import_free(&m);
    file_write(csv, "closed", "cleared", 46.762);
    assert_int_equal(file_sign(csv, &authority, sig, &e), 0);
    if (import_read(d.land, csv, sig, "x", &m, &e)) fail_msg("%s", e.text);
    json_t *more = json_deep_copy(m.data), *deeper = json_deep_copy(m.data), *handed = json_deep_copy(m.data);
    json_t *ring = json_object_get(
        json_object_get(json_array_get(json_object_get(more, "features"), 0), "geometry"), "coordinates");
    while (json_is_array(json_array_get(json_array_get(ring, 0), 0))) ring = json_array_get(ring, 0);
    json_array_set_new(json_array_get(ring, 1), 1, json_real(39.19));
    refuses(&d, "stands otherwise", &collector, "land.import", "", more);
    json_object_set_new(json_array_get(json_object_get(deeper, "features"), 0), "depth_m", json_real(0.9));
    refuses(&d, "stands otherwise", &collector, "land.import", "", deeper);
    json_object_set_new(json_array_get(json_object_get(handed, "features"), 0), "handed_over", json_true());
    refuses(&d, "stands otherwise", &collector, "land.import", "", handed);
    if (desk_sign(&d, &collector, "land.import", "", -1, T0, m.data, NULL, &e)) fail_msg("%s", e.text);
    assert_int_equal(d.land->area[0].state, AREA_COMPLETED);
    import_free(&m);
    unlink(csv);
    unlink(sig);
    desk_close(&d);
}

static void a_file_takes_no_suspicion_away(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    struct import m;
    struct key second;
    char csv[96], sig[96];
    snprintf(csv, sizeof csv, "%s/r.csv", crash_dir);
    snprintf(sig, sizeof sig, "%s/r.sig", crash_dir);
    key_from_seed(&second, "Second", (const unsigned char[32]){3});
    begin(&d, path, NULL, 46.76, 39.18, 50e3);
    accredit(&d, &second, "second", "data");
    file_write(csv, "open", "", 46.762);
    if (import_read(d.land, csv, NULL, "x", &m, &e) ||
        desk_sign(&d, &collector, "land.import", "", -1, T0, m.data, NULL, &e))
        fail_msg("%s", e.text);
    import_free(&m);
    file_write(csv, "open", "", 46.761); /* half of it, by nobody's signature */
    if (import_read(d.land, csv, NULL, "x", &m, &e) ||
        desk_sign(&d, &collector, "land.import", "", -1, T0, m.data, NULL, &e))
        fail_msg("%s", e.text);
    import_free(&m);
    refuses(&d, "takes no suspicion away", &second, "land.reconcile", "X-1",
            json_pack("{s:I, s:s}", "import", (json_int_t)d.land->head.seq, "text", "x"));
    /* a release that was signed before somebody found something does not open what the find closed */
    file_write(csv, "handed_over", "cleared", 46.762);
    assert_int_equal(file_sign(csv, &authority, sig, &e), 0);
    if (import_read(d.land, csv, sig, "x", &m, &e) ||
        desk_sign(&d, &collector, "land.import", "", -1, T0, m.data, NULL, &e))
        fail_msg("%s", e.text);
    import_free(&m);
    json_t *take = json_pack("{s:I, s:s}", "import", (json_int_t)d.land->head.seq, "text", "x"),
           *find = json_pack("{s:s, s:[f,f]}", "text", "round", "position", 46.7605, 39.1805);
    if (desk_sign(&d, NULL, "land.found", "", -1, T0, find, NULL, &e)) fail_msg("%s", e.text);
    assert_int_equal(d.land->area[0].state, AREA_REOPENED);
    refuses(&d, "still open", &second, "land.reconcile", "X-1", take);
    assert_int_equal(d.land->area[0].state, AREA_REOPENED);
    json_decref(find);
    unlink(csv);
    unlink(sig);
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
        CASE(power_cut_at_every_operation),
        CASE(what_is_not_saved_is_not_there),
        CASE(a_release_is_what_was_signed),
        CASE(a_file_takes_no_suspicion_away),
        CASE(bosnian_areas_are_taken_in_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
