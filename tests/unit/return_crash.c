/* The power cut at every write, truncation, sync and delete of a whole return, from registration to keys: every record that was acknowledged is there, the folds of land
 * and return agree with the chain, and the return goes on. And a full disk: what is not saved is not there. */
#include "fault_vfs.h"
#include "return_kit.h"
#include <unistd.h>

enum { FAMILIES = 6, STEPS = 200 };
static char dir[64], crash_dir[64], path[96], crash_path[96];
static struct kit k;

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
    snprintf(dir, sizeof dir, "%s/kend-return-XXXXXX", memory);
    snprintf(crash_dir, sizeof crash_dir, "%s/kend-returned-XXXXXX", memory);
    if (!mkdtemp(dir) || !mkdtemp(crash_dir)) return -1;
    snprintf(path, sizeof path, "%s/a.db", dir);
    snprintf(crash_path, sizeof crash_path, "%s/a.db", crash_dir);
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

static struct {
    long at;
    int64_t seq;
    unsigned char hash[HASH_BYTES];
} acked[STEPS];
static int n_acked;

static void ack(void)
{
    assert_true(n_acked < STEPS);
    acked[n_acked].at = fault_length();
    acked[n_acked].seq = k.d.returns->head.seq;
    memcpy(acked[n_acked++].hash, k.d.returns->head.hash, HASH_BYTES);
}

static void step(enum who who, const char *kind, const char *of, json_t *data)
{
    kit_must(&k, who, kind, of, data);
    ack();
}

static void whole_return(void)
{
    static const char *const purpose[] = {"return", "survey", "contact"};
    char id[16];
    for (int i = 0; i < FAMILIES; i++) {
        kit_name(id, i);
        step(REGISTRAR, "return.register", id, kit_facts(3, 0, NULL));
        for (int p = 0; p < 3; p++)
            step(REGISTRAR, "return.consent", id, json_pack("{s:s, s:s}", "purpose", purpose[p], "act", "given"));
        step(REGISTRAR, "return.survey", id, json_pack("{s:s}", "intention", "return"));
        step(DEPUTY, "return.eligible", id, json_pack("{s:[s,s]}", "met", "displaced", "no_home"));
    }
    kit_draw(&k, "D-1", "12-34-56-78");
    ack();
    for (int i = 0; i < FAMILIES; i++) {
        kit_name(id, i);
        const char *home = k.d.returns->home[kit_household(&k, id)->home].id;
        step(REGISTRAR, "return.offer", id, kit_home(home));
        step(REGISTRAR2, "return.accept", id, json_object());
        step(REGISTRAR, "return.move", id, kit_day(k.at_ms + i / 2 * (int64_t)MS_DAY));
        step(TESTER, "return.meter", id, kit_meter());
        step(EDUCATOR, "return.briefing", id, kit_briefing(&k, "az"));
    }
    for (int i = 0; i < FAMILIES; i++) {
        kit_name(id, i);
        k.at_ms += MS_DAY / 2;
        step(REGISTRAR, "return.key", id, kit_key(k.d.returns->home[kit_household(&k, id)->home].id));
    }
}

struct seek {
    int64_t seq;
    unsigned char hash[HASH_BYTES];
};

static int seek_row(void *self, const struct record *r, struct err *e)
{
    struct seek *s = self;
    (void)e;
    if (r->seq == s->seq) memcpy(s->hash, r->hash, HASH_BYTES);
    return 0;
}

/* The sanitised program takes every fifth: it looks for errors of memory, the plain one for lost records. */
#if defined __SANITIZE_ADDRESS__
enum { STRIDE = 5 };
#else
enum { STRIDE = 1 };
#endif

static void power_cut_at_every_operation(void **state)
{
    (void)state;
    int points = 0;
    n_acked = 0;
    kit_open(&k, path, FAULT_VFS);
    long first = fault_length();
    whole_return();
    kit_close(&k);
    long length = fault_length();
    for (long op = first; op <= length; op += STRIDE) {
        int due = 0;
        while (due < n_acked && acked[due].at <= op) due++;
        remove_all(crash_path);
        fault_crash(op,
                    points % 3 == 0   ? FATE_LOST
                    : points % 3 == 1 ? FATE_ANY
                                      : FATE_KEPT,
                    (uint64_t)op, crash_dir);
        kit_open(&k, crash_path, NULL); /* every record is checked again by both folds */
        struct chain_head at = k.d.desk.land->head;
        struct seek s = {.seq = due ? acked[due - 1].seq : 0};
        memcpy(s.hash, at.hash, HASH_BYTES);
        if (at.seq !=
            s.seq) { /* what was cut while it was written may stand; the one before it then says what was acknowledged */
            at = (struct chain_head){0};
            assert_int_equal(chain_walk(k.d.desk.chain, &at, seek_row, &s, &k.e), 0);
        }
        if (due && (at.seq < s.seq || memcmp(s.hash, acked[due - 1].hash, HASH_BYTES) != 0))
            fail_msg("power cut at operation %ld: record %lld was acknowledged and is gone", op, (long long)s.seq);
        assert_int_equal(k.d.returns->head.seq, at.seq);
        k.at_ms = KIT_T0 + 30 * (int64_t)MS_DAY; /* and it goes on */
        kit_must(&k, REGISTRAR, "return.register", "h-00000000900x", kit_facts(2, 0, NULL));
        kit_close(&k);
        points++;
    }
    print_message("%d records acknowledged, %d cuts\n", n_acked, points);
    assert_true(points > 300 / STRIDE && n_acked > 70);
}

static void what_is_not_saved_is_not_there(void **state)
{
    (void)state;
    kit_open(&k, path, FAULT_VFS);
    kit_must(&k, REGISTRAR, "return.register", "h-00000000001x", kit_facts(2, 0, NULL));
    fault_disk_bytes(0);
    assert_int_equal(kit_say(&k, REGISTRAR, "return.register", "h-00000000002x", -1, kit_facts(2, 0, NULL)), -1);
    assert_int_equal(k.d.returns->n_household, 1); /* the fold never holds more than the disk */
    assert_int_equal(k.d.returns->head.seq, k.d.desk.land->head.seq);
    fault_disk_bytes(-1);
    kit_must(&k, REGISTRAR, "return.register", "h-00000000002x", kit_facts(2, 0, NULL));
    assert_int_equal(k.d.returns->n_household, 2);
    kit_close(&k);
}

/* Two offices on one data base: neither has read what the other wrote, and yet nobody gets two homes and no home two families. */
static void two_offices_at_the_same_time(void **state)
{
    (void)state;
    static struct kit other;
    char id[16], home[16];
    kit_open(&k, path, NULL);
    for (int i = 0; i < 8; i++) kit_apply(&k, kit_name(id, i), 3, 0, NULL); /* six homes of three rooms */
    kit_draw(&k, "D-1", "12-34-56-78");
    int held = 0, waits[2], n = 0;
    for (int i = 0; i < k.d.returns->n_household; i++) {
        if (k.d.returns->household[i].state == HH_DRAWN) held = i;
        if (k.d.returns->household[i].state == HH_RESERVE) waits[n++] = i;
    }
    assert_int_equal(n, 2);
    snprintf(id, sizeof id, "%s", k.d.returns->household[held].id);
    snprintf(home, sizeof home, "%s", k.d.returns->home[k.d.returns->household[held].home].id);
    kit_must(&k, REGISTRAR, "return.offer", id, kit_home(home));
    kit_open(&other, path, NULL);
    other.at_ms = k.at_ms;
    int64_t rev = kit_household(&other, id)->rev;
    kit_must(&k, REGISTRAR2, "return.decline", id, kit_paper());
    assert_int_equal(kit_say(&other, OBSERVER, "return.accept", id, rev, json_object()),
                     -1); /* it has declined meanwhile */
    assert_non_null(strstr(other.e.text, "is declined"));
    int next = home_next(k.d.returns, return_home(k.d.returns, home));
    int second = waits[0] == next ? waits[1] : waits[0];
    kit_must(&k, REGISTRAR, "return.offer", k.d.returns->household[next].id, kit_home(home));
    const char *last = other.d.returns->household[second].id;
    assert_int_equal(kit_say(&other, REGISTRAR2, "return.offer", last, -1, kit_home(home)), -1);
    assert_non_null(strstr(other.e.text, "is held"));
    kit_refuses(&k, "is held", REGISTRAR2, "return.offer", k.d.returns->household[second].id, kit_home(home));
    assert_memory_equal(k.d.returns->head.hash, other.d.returns->head.hash, HASH_BYTES);
    kit_close(&other);
    kit_close(&k);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {CASE(power_cut_at_every_operation), CASE(what_is_not_saved_is_not_there),
                                       CASE(two_offices_at_the_same_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
