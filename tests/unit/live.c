/* The live village: its state is saved while everything runs, a comparison copies it without a pause, and what fails leaves nothing
 * that says it runs. */
#include "base/err.h"
#include "base/instant.h"
#include "base/log.h"
#include "live_inside.h"
#include "near.h"
#include <dlfcn.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char dir[] = "/tmp/kend-live-XXXXXX", db[64];
static struct village *v;
static struct store *store;
static struct live *live;
static struct web_ports ports;
static atomic_int no_threads;

int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*main_of)(void *), void *self)
{
    static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    return atomic_load(&no_threads) ? 11 : real(t, a, main_of, self);
}

/* A village that goes on from a saved state is complete at once; its first tick comes a moment later. */
static int has_ticked(void)
{
    const struct snapshot *s = ports.snapshot(ports.self);
    if (s) ports.release(ports.self, s);
    return s != NULL;
}

static int open_live(double speed)
{
    struct err e = {0};
    struct live_options o = {.village = v,
                             .store = store = store_open(&(struct store_options){.path = db}, v, &e),
                             .speed = speed,
                             .rig = {.solve_s = 1, .seed = 1, .controller = CONTROL_RULES}};
    if (!store) return fprintf(stderr, "%s\n", e.text), -1;
    if (!(live = live_open(&o, &e))) return fprintf(stderr, "%s\n", e.text), store_close(store, &e), -1;
    live_ports(live, &ports);
    for (int i = 0; i < 3000 && (live_warm_frac(live) < 1 || !has_ticked()); i++) usleep(10000);
    return live_warm_frac(live) < 1 || !has_ticked();
}

static void close_live(void)
{
    struct err e = {0};
    live_close(live);
    live = NULL;
    if (store_close(store, &e)) fail_msg("%s", e.text);
}

/* A case that failed half-way holds the database: the cases after it are judged by themselves. */
static int close_what_failed(void **state)
{
    (void)state;
    if (live) close_live();
    return 0;
}

static int open_all(void **state)
{
    char path[512];
    int n = 0;
    (void)state;
    log_threshold(LOG_ERROR);
    if (!mkdtemp(dir)) return -1;
    snprintf(db, sizeof db, "%s/a.db", dir);
    snprintf(path, sizeof path, "%s/villages/oasis.yaml", getenv("KEND_SOURCE") ? getenv("KEND_SOURCE") : ".");
    v = village_read(path, stderr, &n);
    return v ? 0 : -1;
}

static int close_all(void **state)
{
    static const char *const suffix[] = {"", "-wal", "-shm", "-lock"};
    char path[128];
    (void)state;
    for (int i = 0; i < 4; i++) snprintf(path, sizeof path, "%s%s", db, suffix[i]), unlink(path);
    village_free(v);
    return rmdir(dir);
}

static int64_t ticks(void)
{
    const struct snapshot *s = ports.snapshot(ports.self);
    int64_t n = s ? s->health.tick : 0;
    ports.release(ports.self, s);
    return n;
}

/* A busy machine may be slow, a stopped village never ticks. */
static int goes_on(int64_t from_tick)
{
    for (int i = 0; i < 1000 && ticks() < from_tick + 3; i++) usleep(10000);
    return ticks() >= from_tick + 3;
}

static int posted(int as)
{
    for (int i = 0; i < 1000 && atomic_load(&live->posted) != as; i++) usleep(10000);
    return atomic_load(&live->posted) == as;
}

/* Another program holds the database for two seconds: the village goes on ticking, and the state is there afterwards. */
static void saving_does_not_stop_control(void **state)
{
    (void)state;
    sqlite3 *other;
    assert_int_equal(open_live(20), 0);
    assert_int_equal(sqlite3_open(db, &other), SQLITE_OK);
    sqlite3_busy_timeout(other, 5000);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct request r = {.kind = REQUEST_REPLAN};
    assert_int_equal(ports.request(ports.self, &r), 0);
    assert_true(posted(STORE_POSTED));
    int64_t before = ticks();
    usleep(1500000);
    assert_true(goes_on(before));
    assert_int_equal(atomic_load(&live->posted), STORE_POSTED); /* the disk is waited for, by the store alone */
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    assert_true(posted(STORE_IDLE));
    close_live();
}

static int alarm_on(const char *name)
{
    const struct snapshot *s = ports.snapshot(ports.self);
    int on = 0;
    for (int i = 0; s && i < s->n_alarm; i++) /* NULL before the first tick */
        on |= s->alarm[i].active && !strcmp(alarm_name(s->alarm[i].code), name);
    ports.release(ports.self, s);
    return on;
}

/* A state that cannot be written is dropped; an alarm tells it until one can be. */
static void a_state_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    sqlite3 *other;
    struct request r = {.kind = REQUEST_REPLAN};
    assert_int_equal(open_live(20), 0);
    assert_int_equal(sqlite3_open(db, &other), SQLITE_OK);
    sqlite3_busy_timeout(other, 5000);
    assert_int_equal(
        sqlite3_exec(other, "CREATE TRIGGER full BEFORE INSERT ON record BEGIN SELECT RAISE(FAIL, 'no room'); END",
                     NULL, NULL, NULL),
        SQLITE_OK);
    log_threshold(0);
    ports.request(ports.self, &r);
    for (int i = 0; i < 500 && !alarm_on("store_behind"); i++) usleep(10000);
    assert_true(alarm_on("store_behind"));
    assert_int_equal(sqlite3_exec(other, "DROP TRIGGER full", NULL, NULL, NULL), SQLITE_OK);
    ports.request(ports.self, &r);
    for (int i = 0; i < 500 && alarm_on("store_behind"); i++) usleep(10000);
    assert_false(alarm_on("store_behind"));
    log_threshold(LOG_ERROR);
    sqlite3_close(other);
    close_live();
}

/* What was copied while it ran is a whole state: it can be continued from. */
static void a_running_village_can_be_copied(void **state)
{
    (void)state;
    assert_int_equal(open_live(1), 0);
    void *copy = malloc(live->state_bytes);
    double began_s = instant_mono_s();
    assert_int_equal(live_copy(live, copy), 0);
    assert_true(instant_mono_s() - began_s < 2);
    struct err e = {0};
    struct rig_options o = live->o.rig;
    o.start_ms = rig_saved_ms(copy);
    o.tick_ms = 60000;
    struct rig *r = rig_open(v, &o, &e);
    assert_non_null(r);
    assert_int_equal(rig_load(r, copy, live->state_bytes), 0);
    rig_advance(r, rig_saved_ms(copy) + 3600000, NULL, NULL);
    rig_close(r);
    free(copy);
    close_live();
}

static void a_comparison_that_cannot_begin_does_not_run(void **state)
{
    (void)state;
    struct web_compare c;
    struct err e = {0};
    assert_int_equal(open_live(20), 0);
    atomic_store(&no_threads, 1);
    assert_int_not_equal(ports.compare(ports.self, 1, &c, &e), 0);
    atomic_store(&no_threads, 0);
    assert_int_equal(ports.compare(ports.self, 0, &c, &e), 0);
    assert_false(c.running);
    assert_int_equal(ports.compare(ports.self, 1, &c, &e), 0);
    assert_true(c.running);
    close_live();
}

/* SIGTERM in the middle of the days behind the page: no more than one plan is waited for. */
static void it_ends_quickly(void **state)
{
    (void)state;
    struct err e = {0};
    struct live_options o = {.village = v,
                             .store = store = store_open(&(struct store_options){.path = ":memory:"}, v, &e),
                             .speed = 1,
                             .history_days = 7,
                             .rig = {.solve_s = 2, .seed = 1, .controller = CONTROL_JOINT}};
    live = live_open(&o, &e);
    assert_non_null(live);
    while (live_warm_frac(live) < 0.32) usleep(5000); /* plans are being made */
    double began_s = instant_mono_s();
    close_live();
    assert_true(instant_mono_s() - began_s < 2.5);
}

/* --- the village file read again --- */

static char file[96];

/* The village file with some text replaced, and a further asset before all others so that every index moves. */
static void write_village(const char *what, const char *by)
{
    char path[512], *text = malloc(200000);
    snprintf(path, sizeof path, "%s/villages/oasis.yaml", getenv("KEND_SOURCE") ? getenv("KEND_SOURCE") : ".");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, 199999, f)] = 0;
    fclose(f);
    f = fopen(file, "w");
    assert_non_null(f);
    for (const char *at = text; *at;) {
        if (what && !strncmp(at, what, strlen(what)))
            fputs(by, f), at += strlen(what);
        else
            fputc(*at++, f);
    }
    fclose(f);
    free(text);
}

static double estimate(const char *series)
{
    const struct snapshot *s = ports.snapshot(ports.self);
    int32_t id = village_series(s->village, series);
    assert_true(id >= 0);
    double value = id < s->village->n_x ? s->x[id] : (double)NAN;
    ports.release(ports.self, s);
    return value;
}

static void swap_in(struct stage *s)
{
    struct err e = {0};
    assert_int_equal(live_park(live, &e), 0);
    assert_int_equal(live_swap(live, s, &e), 0);
    live_unpark(live);
    live_ports(live, &ports);
    for (int i = 0; i < 500 && !ticks(); i++) usleep(10000);
}

/* The live village on a file of its own, which a test may write again; the village that was there before. */
static struct village *live_from_file(const char *name)
{
    struct village *shipped = v;
    int n = 0;
    snprintf(file, sizeof file, "%s/%s", dir, name);
    write_village(NULL, NULL);
    v = village_read(file, stderr, &n);
    assert_non_null(v);
    assert_int_equal(open_live(20), 0);
    return shipped;
}

static void the_village_file_is_read_again(void **state)
{
    (void)state;
    struct err e = {0};
    struct village *shipped = live_from_file("village.yaml");
    int32_t point = v->asset[village_asset(v, "battery")].cmd, n_asset = v->n_asset;
    struct request r = {.kind = REQUEST_OVERRIDE};
    r.of.override = (struct override){.from_ms = rig_now_ms(live->rig),
                                      .until_ms = rig_now_ms(live->rig) + 3600000 * 24,
                                      .value = -321,
                                      .point = point};
    assert_int_equal(ports.request(ports.self, &r), 0);
    usleep(500000);

    write_village("n_lamp: 9", "n_lamp: nine"); /* wrong: told with its place, and nothing has changed */
    assert_null(live_stage(live, &e));
    assert_non_null(strstr(e.text, "village.yaml:"));
    assert_null(strchr(e.text, '\n'));
    assert_int_not_equal(live_reload(live, &e), 0);
    assert_false(live_reload_wanted(live));
    assert_ptr_equal(live_village(live), v);

    write_village("  - {id: lamps, ",
                  "  - {id: second, class: gateway, name: Second, at: square, shed: control}\n  - {id: lamps, ");
    assert_int_equal(live_reload(live, &e), 0);
    assert_true(live_reload_wanted(live));
    double energy_J = estimate("battery.x.energy_J"), before_ms = (double)rig_now_ms(live->rig);
    struct stage *s = live_stage(live, &e);
    if (!s) fail_msg("%s", e.text);
    swap_in(s);
    v = live_village(live);
    assert_int_equal(v->n_asset, n_asset + 1);
    assert_near(estimate("battery.x.energy_J"), energy_J, 0.02 * energy_J);
    assert_true((double)rig_now_ms(live->rig) >= before_ms);
    const struct snapshot *now = ports.snapshot(ports.self);
    assert_ptr_equal(now->village, v);
    assert_int_equal(now->n_override, 1);
    assert_int_equal(now->override[0].point, v->asset[village_asset(v, "battery")].cmd);
    assert_near(now->override[0].value, -321, 0);
    ports.release(ports.self, now);
    assert_true(goes_on(ticks()));
    v = live_village(live);
    close_live();
    village_free(v);
    v = shipped;
    unlink(file);
}

static int out_of_service(const char *asset)
{
    const struct snapshot *s = ports.snapshot(ports.self);
    int out = (s->status[village_asset(s->village, asset)] & STATUS_OUT) != 0;
    ports.release(ports.self, s);
    return out;
}

static void found_at(const char *place, double lon_deg, double lat_deg)
{
    struct err e = {0};
    struct web_answer answer;
    struct web_found f = {
        .text = "a mine", .has_position = lon_deg > 0, .lon_deg = lon_deg, .lat_deg = lat_deg, .source = "x"};
    snprintf(f.place, sizeof f.place, "%s", place);
    assert_int_equal(ports.found(ports.self, &f, &answer, &e), 0);
    assert_string_equal(answer.key, "found_unsaved"); /* this village runs without a data base and says so */
}

/* Refused by the call, and by the swap should the file have changed after it. */
static void may_not(const char *what, const char *by, const char *words)
{
    struct err e = {0};
    write_village(what, by);
    if (!live_reload(live, &e)) fail_msg("taken: %s", by);
    if (!strstr(e.text, words)) fail_msg("`%s` does not say `%s`", e.text, words);
    struct stage *s = live_stage(live, &e);
    if (!s) fail_msg("%s", e.text);
    assert_int_equal(live_park(live, &e), 0);
    assert_int_equal(live_swap(live, s, &e), -1);
    live_unpark(live);
    assert_ptr_equal(live_village(live), v);
}

/* Somebody found something; then the village file is edited so that nothing stands there any more, or under another name. */
static void a_file_read_again_opens_no_land(void **state)
{
    (void)state;
    struct err e = {0};
    struct village *shipped = live_from_file("closed.yaml");
    found_at("garden", 0, 0);
    found_at("", 55.10421, 33.36686);
    for (int i = 0; i < 500 && !(out_of_service("biogas") && out_of_service("irrigation")); i++) usleep(10000);
    assert_true(out_of_service("biogas") && out_of_service("irrigation"));
    may_not("garden", "orchard",
            "`garden` is closed by the records of the land; the file may not rename or remove it");
    may_not("    at: digester-yard\n", "    at: square\n", "`biogas` is out of service with `digester-yard`");
    may_not("[[55.10291, 33.36576], [55.10461, 33.36601], [55.10438, 33.36707], [55.10269, 33.36682]]",
            "[[55.10291, 33.36576], [55.10351, 33.36601], [55.10328, 33.36687], [55.10269, 33.36682]]",
            "`sun-yard` is closed by the records of the land; the file may not redraw it");
    write_village("name: Gateway,", "name: Gateway anew,"); /* what opens nothing is taken, and opens nothing */
    assert_int_equal(live_reload(live, &e), 0);
    struct stage *s = live_stage(live, &e);
    if (!s) fail_msg("%s", e.text);
    swap_in(s);
    v = live_village(live);
    assert_true(out_of_service("biogas") && out_of_service("irrigation"));
    close_live();
    village_free(v);
    v = shipped;
    unlink(file);
}

/* What was recorded under the old file is the history of the same series under the new one. */
static void its_history_goes_on(void **state)
{
    (void)state;
    struct err e = {0};
    int n = 0;
    write_village("  - {id: lamps, ",
                  "  - {id: second, class: gateway, name: Second, at: square, shed: control}\n  - {id: lamps, ");
    struct village *other = village_read(file, stderr, &n);
    struct store *s = store_open(&(struct store_options){.path = ":memory:"}, v, &e);
    const struct village *in[] = {v, other};
    for (int i = 0; i < 2; i++) {
        int32_t id = village_series(in[i], "coldstore.meas.elec_W");
        assert_true(id >= 0);
        if (i) assert_int_equal(store_rename(s, other, &e), 0);
        assert_int_equal(store_append(s, 1000000 + 60000 * i, 1, &id, &(float){(float)(5 + i)}), 0);
    }
    struct store_row row[8];
    assert_int_equal(store_flush(s, &e), 0);
    assert_int_equal(store_series(s, village_series(other, "coldstore.meas.elec_W"), 0, 2000000, 0, row, 8, &e), 2);
    assert_near(row[0].mean, 5, 0);
    assert_near(row[1].mean, 6, 0);
    assert_int_equal(store_close(s, &e), 0);
    village_free(other);
    unlink(file);
}

static void *learned_now(size_t *n)
{
    void *mem = malloc(*n = control_learned_bytes(rig_control(live->rig)));
    control_learned_save(rig_control(live->rig), mem);
    return mem;
}

/* What the forecast had learned when the village ended is what the next one begins with. */
static void learning_outlives_a_restart(void **state)
{
    (void)state;
    struct err e = {0};
    size_t n, n_again;
    assert_int_equal(open_live(20), 0);
    assert_true(goes_on(ticks()));
    assert_int_equal(live_park(live, &e), 0);
    for (int i = 0; i < 1000 && atomic_load(&live->learned_posted) != STORE_IDLE; i++) usleep(10000);
    void *was = learned_now(&n);
    struct rig *fresh =
        rig_open(v, &(struct rig_options){.start_ms = rig_now_ms(live->rig), .tick_ms = MS_MIN}, &e);
    assert_non_null(fresh);
    live_recall(live, fresh); /* saved once already, with the first readings after the days behind the page */
    void *recalled = malloc(n);
    control_learned_save(rig_control(fresh), recalled);
    rig_close(fresh);
    close_live();
    assert_int_equal(open_live(20), 0);
    assert_int_equal(live_park(live, &e), 0);
    void *again = learned_now(&n_again);
    assert_int_equal(n, n_again);
    int changed_by_recall = 0, changed = 0;
    for (size_t i = 0; i < n; i++) {
        changed_by_recall += ((char *)was)[i] != ((char *)recalled)[i];
        changed += ((char *)was)[i] != ((char *)again)[i];
    }
    print_message("%zu bytes: %d others in what was recalled, %d after a restart\n", n, changed_by_recall, changed);
    assert_true(changed < (int)n / 20); /* the readings of a few seconds */
    assert_true(changed_by_recall < (int)n / 20);
    free(was), free(again), free(recalled);
    close_live();
}

/* The speed that is reached is measured: as asked where the machine can, and told as it is where it cannot. */
static void the_speed_that_is_reached_is_told(void **state)
{
    (void)state;
    struct web_status st;
    struct err e = {0};
    struct web_answer answer;
    assert_int_equal(open_live(60), 0);
    for (int i = 0; i < 1000 && (ports.status(live, &st), st.achieved <= 0); i++) usleep(10000);
    assert_true(st.achieved > 30 && st.achieved < 90);
    assert_int_equal(live_try(live, &(struct web_try){.action = "speed", .value = 10000}, &answer, &e), 0);
    assert_non_null(strstr(answer.text, "as fast as this machine can"));
    usleep(200000);
    for (int i = 0; i < 1000 && (ports.status(live, &st), st.achieved < 90); i++) usleep(10000);
    assert_true(st.achieved >= 90 && st.achieved < 11000);
    assert_true(st.speed > 9999);
    close_live();
}

/* What a press changes and what holds, in one sentence; nothing is said of a grid that is not there. */
static void an_answer_tells_the_effect_and_what_holds(void **state)
{
    (void)state;
    struct err e = {0};
    struct web_answer a;
    assert_int_equal(open_live(20), 0);
    assert_int_equal(live_try(live, &(struct web_try){.action = "cold_wave", .value = 1}, &a, &e), 0);
    assert_non_null(strstr(a.text, "It is 12 K colder until "));
    assert_non_null(strstr(a.text, " more heat; "));
    assert_non_null(strstr(a.text, "homes are at 18 "));
    assert_null(strstr(a.text, "grid"));
    assert_string_equal(a.clause[0].key, "cold");
    assert_int_equal(live_try(live, &(struct web_try){.action = "cloud_front", .value = 1}, &a, &e), 0);
    int dark = !strcmp(a.clause[0].key, "cloud_dark");
    assert_true(dark ? !!strstr(a.text, "nothing is lost yet") : !!strstr(a.text, " instead of "));
    assert_int_equal(live_try(live, &(struct web_try){.action = "clear"}, &a, &e), 0);
    close_live();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(saving_does_not_stop_control, close_what_failed),
        cmocka_unit_test_teardown(a_state_that_cannot_be_written_is_told, close_what_failed),
        cmocka_unit_test_teardown(a_running_village_can_be_copied, close_what_failed),
        cmocka_unit_test_teardown(a_comparison_that_cannot_begin_does_not_run, close_what_failed),
        cmocka_unit_test_teardown(it_ends_quickly, close_what_failed),
        cmocka_unit_test_teardown(the_village_file_is_read_again, close_what_failed),
        cmocka_unit_test_teardown(a_file_read_again_opens_no_land, close_what_failed),
        cmocka_unit_test_teardown(its_history_goes_on, close_what_failed),
        cmocka_unit_test_teardown(learning_outlives_a_restart, close_what_failed),
        cmocka_unit_test_teardown(the_speed_that_is_reached_is_told, close_what_failed),
        cmocka_unit_test_teardown(an_answer_tells_the_effect_and_what_holds, close_what_failed),
    };
    return cmocka_run_group_tests_name("live", tests, open_all, close_all);
}
