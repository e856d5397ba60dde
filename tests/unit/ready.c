/* What the running village says of its homes: each thing a home hangs on, out of service, faulty or silent, is told of exactly the homes that
 * hang on it; and what the commands make of its word: none, old, of another village, and the right one. */
#include "ready.h"
#include "base/err.h"
#include "base/instant.h"
#include "control/run.h"
#include "near.h"
#include "store/store.h"
#include "village/village.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct village *v;
static uint32_t *status;
static uint8_t *gate;
static struct snapshot now;

static int set_up(void **state)
{
    char path[512];
    int n = 0;
    (void)state;
    snprintf(path, sizeof path, "%s/villages/agali.yaml", getenv("KEND_SOURCE") ? getenv("KEND_SOURCE") : ".");
    v = village_read(path, stderr, &n);
    if (!v) return -1;
    status = calloc((size_t)v->n_asset, sizeof *status);
    gate = calloc((size_t)(v->n_place + v->n_round), 1);
    now = (struct snapshot){.village = v, .status = status, .gate = gate};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(status);
    free(gate);
    village_free(v);
    return 0;
}

static void all_is_well(void)
{
    memset(status, 0, sizeof *status * (size_t)v->n_asset);
    memset(gate, PLACE_IN_USE, (size_t)(v->n_place + v->n_round));
}

/* How many homes are not ready, and what is said of one of them. */
static int waiting(const char *home, const char **said)
{
    static char text[300];
    const char *key;
    json_t *j = ready_json(&now), *one;
    int n = 0;
    json_object_foreach(json_object_get(j, "homes"), key, one)
    {
        n += json_string_value(one)[0] != 0;
        if (!strcmp(key, home)) snprintf(text, sizeof text, "%s", json_string_value(one));
    }
    json_decref(j);
    *said = text;
    return n;
}

static int homes(void)
{
    int n = 0;
    for (int32_t a = -1; (a = village_class_next(v, "home", a)) >= 0;) n++;
    return n;
}

static int homes_below(int32_t line)
{
    int n = 0;
    for (int32_t a = -1; (a = village_class_next(v, "home", a)) >= 0;) {
        int below = 0;
        for (int32_t at = v->asset[a].node[0]; at >= 0; at = v->node[at].parent) below |= v->node[at].line == line;
        n += below;
    }
    return n;
}

static void each_thing_is_told_of_who_hangs_on_it(void **state)
{
    static const struct {
        uint32_t bit;
        const char *words;
    } bit[] = {
        {STATUS_OUT, "is out of service"}, {STATUS_FAULT, "reports a fault"}, {STATUS_LOST, "tells nothing"}};
    const char *said;
    char want[100];
    (void)state;
    all_is_well();
    assert_int_equal(waiting("home-s-001", &said), 0);
    assert_string_equal(said, "");
    for (int i = 0; i < 3; i++)
        for (int32_t a = -1; (a = village_class_next(v, "line", a)) >= 0;) {
            all_is_well();
            status[a] = bit[i].bit;
            assert_int_equal(waiting("home-s-001", &said), homes_below(a));
            snprintf(want, sizeof want, "power: `%s` %s", v->asset[a].id, bit[i].words);
            if (*said) assert_string_equal(said, want);
        }
    all_is_well();
    status[village_asset(v, "home-s-001")] = STATUS_FAULT;
    assert_int_equal(waiting("home-s-001", &said), 1);
    assert_string_equal(said, "power and heat: `home-s-001` reports a fault");
    all_is_well();
    status[village_asset(v, "waterworks")] = STATUS_FAULT;
    assert_int_equal(waiting("home-s-001", &said), homes());
    assert_string_equal(said, "water: `waterworks` reports a fault");
}

static void a_closed_street_or_parcel_stops_its_homes(void **state)
{
    const char *said;
    (void)state;
    all_is_well();
    gate[village_place(v, "west-1")] = PLACE_CONSTRUCTION;
    int street = waiting("home-s-001", &said);
    assert_string_equal(said, "road: `west-1` is under_construction");
    all_is_well();
    gate[village_place(v, "homes-west")] = PLACE_HAZARD;
    assert_true(street > 0 && waiting("home-s-001", &said) > street);
    assert_string_equal(said, "road: `homes-west` is hazard");
    for (int i = 0; i < v->n_place; i++) gate[i] = PLACE_HAZARD;
    assert_int_equal(waiting("home-s-001", &said), homes());
}

static char *no_name(const void *self, int32_t i, char *buf, size_t size)
{
    (void)self;
    snprintf(buf, size, "s%d", i);
    return buf;
}

static void refused(struct chain *c, const char *home, int64_t now_ms, const char *words)
{
    struct err e = {0};
    assert_int_equal(home_live(c, home, now_ms, &e), -1);
    if (!strstr(e.text, words)) fail_msg("`%s` does not say `%s`", e.text, words);
}

static void its_word_is_believed_for_ten_minutes(void **state)
{
    char dir[] = "/tmp/kend-ready-XXXXXX", path[64], *text;
    struct err e = {0};
    const int64_t at = 1780000000000;
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a.db", dir);
    struct store *s = store_open_named(&(struct store_options){.path = path}, 1, no_name, NULL, &e);
    struct chain *c = chain_open(path, NULL, &e);
    assert_true(s && c);
    refused(c, "home-s-001", at, "no village runs on this data base");
    all_is_well();
    status[village_asset(v, "home-s-002")] = STATUS_OUT;
    json_t *j = ready_json(&now);
    text = ready_text(j, at);
    assert_int_equal(store_put(s, READY_KEY, text, strlen(text), &e), 0);
    assert_int_equal(home_live(c, "home-s-001", at + 10 * MS_MIN, &e), 0);
    refused(c, "home-s-001", at + 10 * MS_MIN + 1, "more than 10 minutes");
    refused(c, "home-s-001", at - 2 * MS_MIN, "more than 10 minutes"); /* a clock that was put back */
    refused(c, "home-s-002", at,
            "the running village says of `home-s-002`: power and heat: `home-s-002` is out of");
    refused(c, "home-x-1", at, "has no home `home-x-1`");
    assert_int_equal(store_put(s, READY_KEY, "{\"at_ms\":", 9, &e), 0);
    refused(c, "home-s-001", at, "no village runs");
    free(text);
    json_decref(j);
    chain_close(c);
    assert_int_equal(store_close(s, &e), 0);
    static const char *const end[] = {"", "-wal", "-shm", "-lock"};
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/a.db%s", dir, end[i]);
        unlink(path);
    }
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_thing_is_told_of_who_hangs_on_it),
                                       cmocka_unit_test(a_closed_street_or_parcel_stops_its_homes),
                                       cmocka_unit_test(its_word_is_believed_for_ten_minutes)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
