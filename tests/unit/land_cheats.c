/* Ways to get land open, a find silenced or a record lost that nobody may take: each is tried and refused, or shown to change nothing. Areas that
 * lie in two UTM zones, finds one after the other, parts that leave the mine out, items still in the ground, files with two meanings,
 * one person under two spellings, clocks that jump, and a chain that is edited while a program runs on it. */
#include "base/err.h"
#include "base/instant.h"
#include "edge_village.h"
#include "land/desk.h"
#include "land/print.h"
#include "land/publish.h"
#include "land_kit.h"
#include "near.h"
#include "village/village.h"
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t T0 = 1767225600000;
static const double LAT = 39.18, BORDER = 48.0; /* where zone 38 ends and 39 begins */

static struct key key_of[PEOPLE];
static struct desk d;
static int64_t now_ms;
static char path[64];

static int accredit(const unsigned char pub[KEY_BYTES], const char *id, const char *org, const char *role,
                    struct err *e)
{
    return accredited(&d, &key_of[AUTHORITY], pub, id, org, role, now_ms, e);
}

static void begin(const char *file, double lon)
{
    struct err e = {0};
    now_ms = T0;
    for (int i = 0; i < PEOPLE; i++)
        key_from_seed(&key_of[i], person[i].id, (const unsigned char[32]){9, (unsigned char)i});
    if (founded(&d, file, NULL, &key_of[AUTHORITY], lon, LAT, 90e3, T0, &e)) fail_msg("%s", e.text);
    for (int i = 1; i < PEOPLE; i++)
        if (accredit(key_of[i].pub, person[i].id, person[i].org, person[i].role, &e)) fail_msg("%s", e.text);
}

static int set_up(void **state)
{
    (void)state;
    begin(":memory:", 46.76);
    return 0;
}

static int set_up_border(void **state)
{
    (void)state;
    begin(":memory:", BORDER - 0.005);
    return 0;
}

static int set_up_file(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/kend-cheat-%d.db", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm",
             (int)getpid());
    begin(path, 46.76);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    desk_close(&d);
    return 0;
}

static int tear_down_file(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock", "-journal"};
    char name[96];
    tear_down(state);
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    return 0;
}

/* --- one record --- */

static json_t *box(double west, double south, double east, double north)
{
    return json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon", "coordinates", west, south,
                     east, south, east, north, west, north, west, south);
}

/* `text`: the content in JSON, %N the number of the newest find, %R the ground that is left; `geometry` MAY. */
static json_t *content(const char *of, const char *text, json_t *geometry)
{
    char full[1000] = "";
    int at = land_area(d.land, of);
    for (const char *c = text; *c; c++) {
        size_t n = strlen(full);
        if (c[0] == '%' && c[1] == 'N')
            snprintf(full + n, sizeof full - n, "%lld", (long long)d.land->find[d.land->n_find - 1].seq), c++;
        else if (c[0] == '%' && c[1] == 'R')
            snprintf(full + n, sizeof full - n, "%.0f", shape_area_m2(d.land->area[at].rest)), c++;
        else
            full[n] = *c, full[n + 1] = 0;
    }
    json_t *data = json_loads(full, 0, NULL);
    if (!data) fail_msg("%s", full);
    if (geometry) json_object_set_new(data, "geometry", geometry);
    return data;
}

static int sign(enum who who, const char *kind, const char *of, const char *text, json_t *geometry, struct err *e)
{
    json_t *data = content(of, text, geometry);
    now_ms += 60000;
    int bad = desk_sign(&d, who == PUBLIC ? NULL : &key_of[who], kind, of, -1, now_ms, data, NULL, e);
    json_decref(data);
    return bad;
}

static void say(enum who who, const char *kind, const char *of, const char *text, json_t *geometry)
{
    struct err e = {0};
    if (sign(who, kind, of, text, geometry, &e)) fail_msg("%s of %s: %s", kind, of, e.text);
}

static void refused(const char *words, enum who who, const char *kind, const char *of, const char *text,
                    json_t *geometry)
{
    struct err e = {0};
    int64_t head = d.land->head.seq;
    if (!sign(who, kind, of, text, geometry, &e)) fail_msg("taken: %s of %s: %s", kind, of, text);
    if (!strstr(e.text, words)) fail_msg("`%s` does not say `%s`", e.text, words);
    assert_int_equal(d.land->head.seq, head);
}

static const struct area *area(const char *id)
{
    int at = land_area(d.land, id);
    if (at < 0) fail_msg("no area %s", id);
    return &d.land->area[at];
}

static void state_is(const char *id, enum area_state state)
{
    if (area(id)->state != state)
        fail_msg("%s is %s, not %s", id, area_state_name[area(id)->state], area_state_name[state]);
}

/* --- the usual way --- */

static const char
    nts[] = "{\"method\":\"nts\",\"operator\":\"Survey\",\"order\":\"1\"}",
    nothing[] = "{\"method\":\"nts\",\"result\":\"none\",\"evidence\":\"ploughed\",\"residual\":\"low\"}",
    direct[] = "{\"method\":\"nts\",\"result\":\"direct\",\"evidence\":\"a mine\"}",
    clearance[] = "{\"method\":\"clearance\",\"operator\":\"Clear\",\"order\":\"7\",\"depth_m\":0.2,"
                  "\"medical\":\"m\",\"marking\":\"k\"}",
    survey[] = "{\"method\":\"ts\",\"operator\":\"Clear\",\"order\":\"8\",\"medical\":\"m\",\"marking\":\"k\"}",
    day[] = "{\"team\":\"T\",\"day\":\"2026-01-01\",\"method\":\"manual\",\"searched_m2\":%R}",
    submit[] = "{\"depth_m\":0.2,\"method\":\"manual\",\"residual\":\"below\"}",
    pass[] = "{\"visit\":\"control\",\"result\":\"pass\",\"text\":\"fine\"}",
    over[] = "{\"use\":\"homes\",\"residual\":\"below\"}";

static void reported(const char *id, double west, double size_deg)
{
    say(COLLECTOR, "land.area", id, "{\"evidence\":\"map\"}", box(west, LAT, west + size_deg, LAT + size_deg));
}

static void cancelled(const char *id)
{
    say(DEPUTY, "land.task", id, nts, NULL);
    say(COLLECTOR, "land.survey", id, nothing, NULL);
    say(DEPUTY, "land.release", id, "{\"outcome\":\"cancelled\"}", NULL);
}

static void handed_over(const char *id)
{
    say(DEPUTY, "land.handover", id, over, NULL);
    say(USER, "land.accept", id, "{}", NULL);
}

static void in_use(const char *id)
{
    cancelled(id);
    handed_over(id);
    say(TESTER, "land.commission", id, "{\"test\":\"road\",\"result\":\"pass\"}", NULL);
    say(USER, "land.use", id, "{}", NULL);
}

static void in_progress(const char *id)
{
    say(DEPUTY, "land.task", id, nts, NULL);
    say(COLLECTOR, "land.survey", id, direct, NULL);
    say(DEPUTY, "land.task", id, clearance, NULL);
    say(LEADER, "land.start", id, "{}", NULL);
}

static void cleared(const char *id)
{
    say(LEADER, "land.start", id, "{}", NULL);
    say(LEADER, "land.progress", id, day, NULL);
    say(MANAGER, "land.submit", id, submit, NULL);
    say(INSPECTOR, "land.qa", id, pass, NULL);
    say(DEPUTY, "land.release", id, "{\"outcome\":\"cleared\"}", NULL);
    handed_over(id);
    say(TESTER, "land.commission", id, "{\"test\":\"road\",\"result\":\"pass\"}", NULL);
    say(USER, "land.use", id, "{}", NULL);
}

/* --- files --- */

#define OUTLINE                                                                                                    \
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[46.76,39.18],[46.761,39.18],[46.761,39.181],[46.76,39." \
    "18]]]}"
#define WKT "\"POLYGON((46.76 39.18, 46.761 39.18, 46.761 39.181, 46.76 39.18))\""

static int read_file(const char *text, struct import *m, struct err *e)
{
    char name[64];
    snprintf(name, sizeof name, "/tmp/kend-cheat-%d.txt", (int)getpid());
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    int bad = import_read(d.land, name, NULL, "F", m, e);
    unlink(name);
    return bad;
}

/* --- two zones --- */

static void a_hazard_does_not_end_where_a_zone_does(void **state)
{
    (void)state;
    /* Far from the site, 60 km on, an area takes the zone of its first corner. */
    double w = BORDER - 0.702;
    begin(":memory:", w);
    reported("A-1", BORDER - 0.001, 0.002);
    say(COLLECTOR, "land.area", "A-2", "{\"evidence\":\"map\"}",
        json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon", "coordinates", BORDER + 0.003, LAT,
                  BORDER + 0.003, LAT + 0.001, BORDER - 0.0005, LAT + 0.001, BORDER + 0.003, LAT));
    assert_int_equal(shape_zone(area("A-1")->whole), 38);
    assert_int_equal(shape_zone(area("A-2")->whole), 39);
    assert_non_null(area("A-2")->note);
    assert_non_null(strstr(area("A-2")->note, "overlaps `A-1`"));
    cancelled("A-1");
    refused("lies in part on `A-2`", DEPUTY, "land.handover", "A-1", over, NULL);
    /* A find in one reopens the other. */
    char spot[200];
    snprintf(spot, sizeof spot, "{\"text\":\"a lid\",\"position\":[%.6f,%.6f]}", BORDER + 0.0008, LAT + 0.0005);
    say(PUBLIC, "land.found", "", spot, NULL);
    state_is("A-1", AREA_REOPENED);
    state_is("A-2", AREA_REOPENED);
}

static void a_hazard_goes_on_across_the_antimeridian(void **state)
{
    (void)state;
    begin(":memory:", 179.999);
    say(COLLECTOR, "land.area", "A-1", "{\"evidence\":\"map\"}",
        json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon", "coordinates", 179.999, LAT,
                  -179.999, LAT, -179.999, LAT + 0.002, 179.999, LAT + 0.002, 179.999, LAT));
    say(COLLECTOR, "land.area", "A-2", "{\"evidence\":\"map\"}",
        json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon", "coordinates", -179.9995, LAT,
                  -179.998, LAT, -179.998, LAT + 0.001, -179.9995, LAT));
    double width_m = lonlat_distance_m(179.999, LAT, -179.999, LAT),
           height_m = lonlat_distance_m(0, LAT, 0, LAT + 0.002);
    assert_near(shape_area_m2(area("A-1")->whole) / (width_m * height_m), 1, 2e-3);
    assert_non_null(area("A-2")->note);
    say(PUBLIC, "land.found", "", "{\"text\":\"a lid\",\"position\":[-179.9991,39.1805]}", NULL);
    state_is("A-1", AREA_REOPENED);
    state_is("A-2", AREA_REOPENED);
}

static const char village_text[] = EDGE_HEAD("Edge") EDGE_TAIL;

static void gate_is(const struct village *v, const char *place, enum place_state want)
{
    uint8_t *gate = calloc((size_t)(v->n_place + v->n_round) + 1, 1);
    assert_int_equal(land_publish(d.land, v, NULL, 0, gate, NULL), 0);
    int is = gate[village_place(v, place)];
    free(gate);
    if (is != (int)want) fail_msg("%s is %s, not %s", place, place_state_name[is], place_state_name[want]);
}

static struct village *village(void)
{
    int n_error = 0;
    struct village *v = village_read_text("edge.yaml", village_text, sizeof village_text - 1, stderr, &n_error);
    assert_non_null(v);
    return v;
}

static void a_large_hazard_of_the_next_zone_closes_the_village(void **state)
{
    (void)state;
    struct village *v = village();
    /* Sixty kilometres long, begun at its eastern end: its middle is 30 km from the village, its western end beyond it. */
    say(COLLECTOR, "land.area", "A-1", "{\"evidence\":\"map\"}",
        json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon", "coordinates", BORDER + 0.7, LAT,
                  BORDER + 0.7, LAT + 0.01, BORDER - 0.01, LAT + 0.01, BORDER - 0.01, LAT - 0.001, BORDER + 0.7,
                  LAT));
    assert_int_equal(shape_zone(area("A-1")->whole), 39);
    gate_is(v, "yard", PLACE_HAZARD);
    gate_is(v, "lane", PLACE_HAZARD);
    village_free(v);
}

/* --- finds --- */

static void a_second_report_does_not_undo_the_first(void **state)
{
    (void)state;
    reported("A-1", 46.76, 0.002);
    in_use("A-1");
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine\",\"position\":[46.761,39.181]}", NULL);
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"removed\",\"text\":\"a mine\"}", NULL);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"blown up\"}", NULL);
    state_is("A-1", AREA_REOPENED);
    say(PUBLIC, "land.found", "", "{\"text\":\"a lid\",\"position\":[46.7611,39.181]}", NULL);
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"nothing\",\"text\":\"a lid\"}", NULL);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"a lid\"}", NULL);
    state_is("A-1", AREA_REOPENED); /* a mine was there, and nobody has surveyed it again */
    /* The same on ground that no area holds. */
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine\",\"position\":[46.78,39.19]}", NULL);
    char ground[32];
    snprintf(ground, sizeof ground, "find-%lld", (long long)d.land->head.seq);
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"removed\",\"text\":\"a mine\"}", NULL);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"blown up\"}", NULL);
    say(PUBLIC, "land.found", ground, "{\"text\":\"a lid\"}", NULL);
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"nothing\",\"text\":\"a lid\"}", NULL);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"a lid\"}", NULL);
    state_is(ground, AREA_REOPENED);
    assert_int_equal(area_place_state(area(ground)), PLACE_HAZARD);
    /* Cleared again, a later false alarm gives back what it closed. */
    say(DEPUTY, "land.task", "A-1", nts, NULL);
    refused("is evidence", COLLECTOR, "land.survey", "A-1", nothing, NULL);
    say(COLLECTOR, "land.survey", "A-1", direct, NULL);
    say(DEPUTY, "land.task", "A-1", clearance, NULL);
    cleared("A-1");
    say(PUBLIC, "land.found", "", "{\"text\":\"a lid\",\"position\":[46.7611,39.181]}", NULL);
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"nothing\",\"text\":\"a lid\"}", NULL);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"a lid\"}", NULL);
    state_is("A-1", AREA_IN_USE);
}

static void no_handover_while_a_find_is_open(void **state)
{
    (void)state;
    reported("A-1", 46.76, 0.002);
    cancelled("A-1");
    say(DEPUTY, "land.handover", "A-1", over, NULL);
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine\",\"position\":[46.761,39.181]}", NULL);
    cancelled("A-1");
    refused("is still open", DEPUTY, "land.handover", "A-1", over, NULL);
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"nothing\",\"text\":\"a lid\"}", NULL);
    refused("is still open", DEPUTY, "land.handover", "A-1", over, NULL);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"a lid\"}", NULL);
    say(DEPUTY, "land.handover", "A-1", over, NULL);
}

static void an_open_find_closes_whatever_the_area_is_called(void **state)
{
    (void)state;
    struct village *v = village();
    reported("A-1", 47.994, 0.002);
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine\",\"position\":[47.995,39.1805]}", NULL);
    cancelled("A-1");
    state_is("A-1", AREA_CANCELLED);
    gate_is(v, "yard", PLACE_HAZARD);
    village_free(v);
}

static void a_second_visit_does_not_unsay_the_first(void **state)
{
    (void)state;
    reported("A-1", 46.76, 0.002);
    in_use("A-1");
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine\",\"position\":[46.761,39.181]}", NULL);
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"removed\",\"text\":\"a mine\"}", NULL);
    refused("something was there", LEADER, "land.resolve", "",
            "{\"find\":%N,\"result\":\"nothing\",\"text\":\"nothing left\"}", NULL);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"blown up\"}", NULL);
    state_is("A-1", AREA_REOPENED);
    say(DEPUTY, "land.task", "A-1", nts, NULL);
    refused("is evidence", COLLECTOR, "land.survey", "A-1", nothing,
            NULL); /* nobody has searched where the mine lay */
    say(COLLECTOR, "land.survey", "A-1", nothing, box(46.7613, 39.1813, 46.762, 39.182));
}

static void who_cleared_does_not_say_that_nothing_was_there(void **state)
{
    (void)state;
    reported("A-1", 46.76, 0.002);
    in_progress("A-1");
    say(LEADER, "land.progress", "A-1", day, NULL);
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine\",\"position\":[46.761,39.181]}", NULL);
    refused("own work", LEADER, "land.resolve", "", "{\"find\":%N,\"result\":\"nothing\",\"text\":\"a lid\"}",
            NULL);
    say(LEADER, "land.resolve", "", "{\"find\":%N,\"result\":\"removed\",\"text\":\"a mine\"}", NULL);
}

static void a_report_that_waited_closes_its_ground_when_it_was_true(void **state)
{
    (void)state;
    reported("A-1", 46.76, 0.002);
    in_use("A-1");
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine\",\"position\":[46.761,39.181],\"limited\":1}", NULL);
    state_is("A-1", AREA_IN_USE);
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"removed\",\"text\":\"a mine\"}", NULL);
    state_is("A-1", AREA_REOPENED);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"blown up\"}", NULL);
    state_is("A-1", AREA_REOPENED);
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine by the road\"}", NULL); /* nobody knows where */
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"removed\",\"text\":\"a mine\"}", NULL);
    refused("no area says where", DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"blown up\"}", NULL);
    int64_t find = d.land->find[d.land->n_find - 1].seq;
    reported("A-2", 46.78, 0.002);
    char text[100];
    snprintf(text, sizeof text, "{\"find\":%lld,\"text\":\"it is A-2\"}", (long long)find);
    say(DEPUTY, "land.restore", "", text, NULL);
}

static void ground_added_after_a_find_is_not_given_back_with_it(void **state)
{
    (void)state;
    reported("A-1", 46.76, 0.002);
    in_use("A-1");
    say(PUBLIC, "land.found", "", "{\"text\":\"a lid\",\"position\":[46.7602,39.1802]}", NULL);
    say(COLLECTOR, "land.extend", "A-1", "{\"evidence\":\"a second row\"}", box(46.762, 39.18, 46.763, 39.182));
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"nothing\",\"text\":\"a lid\"}", NULL);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"a lid\"}", NULL);
    state_is("A-1", AREA_REOPENED);
    assert_int_equal(area_place_state(area("A-1")), PLACE_HAZARD);
    say(PUBLIC, "land.found", "", "{\"text\":\"a lid\",\"position\":[46.78,39.19]}", NULL);
    char ground[32];
    snprintf(ground, sizeof ground, "find-%lld", (long long)d.land->head.seq);
    say(COLLECTOR, "land.extend", ground, "{\"evidence\":\"a second row\"}", box(46.78, 39.19, 46.782, 39.192));
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"nothing\",\"text\":\"a lid\"}", NULL);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"a lid\"}", NULL);
    assert_int_equal(area_place_state(area(ground)), PLACE_HAZARD);
}

static void a_signed_find_always_closes(void **state)
{
    (void)state;
    reported("A-1", 46.76, 0.002);
    in_use("A-1");
    refused("no area `A-7`", USER, "land.find", "A-7", "{\"text\":\"a mine\"}",
            NULL); /* a slip of the finger would close nothing */
    say(USER, "land.find", "a-1", "{\"text\":\"a mine\",\"limited\":1}", NULL);
    state_is("A-1", AREA_REOPENED);
}

static void the_ids_of_finds_are_not_taken_before(void **state)
{
    (void)state;
    struct err e = {0};
    struct import m;
    refused("not beginning with `find-`", COLLECTOR, "land.area", "Find-20", "{\"evidence\":\"map\"}",
            box(46.76, 39.18, 46.762, 39.182));
    assert_int_equal(read_file("id,type,wkt\nFIND-20,SHA," WKT "\n", &m, &e), 0);
    assert_int_equal(m.count[IMPORT_REFUSED], 1);
    import_free(&m);
    json_t *data = json_pack("{s:s, s:s, s:[{s:s, s:o}]}", "file", "f", "sha256", "00", "features", "id", "find-20",
                             "geometry", box(46.76, 39.18, 46.762, 39.182));
    assert_int_equal(desk_sign(&d, &key_of[DATA], "land.import", "", -1, now_ms, data, NULL, &e), -1);
    assert_non_null(strstr(e.text, "find-"));
    json_decref(data);
}

static void an_authority_does_not_hand_over_to_itself(void **state)
{
    (void)state;
    struct err e = {0};
    struct key other;
    key_from_seed(&other, "other", (const unsigned char[32]){79});
    assert_int_equal(accredit(other.pub, "clerk", "agency", "user", &e), 0);
    reported("A-1", 46.76, 0.002);
    cancelled("A-1");
    say(DEPUTY, "land.handover", "A-1", over, NULL);
    json_t *data = json_object();
    assert_int_equal(desk_sign(&d, &other, "land.accept", "A-1", -1, now_ms, data, NULL, &e), -1);
    assert_non_null(strstr(e.text, "own work"));
    json_decref(data);
    say(USER, "land.accept", "A-1", "{}", NULL);
}

/* --- parts that leave the mine out --- */

static void the_ground_of_the_find_is_surveyed_again(void **state)
{
    (void)state;
    reported("A-1", 46.76, 0.002);
    in_use("A-1");
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine\",\"position\":[46.7602,39.1802]}", NULL);
    refused("leaves out", DEPUTY, "land.task", "A-1", nts, box(46.7615, 39.1815, 46.7616, 39.1816));
    say(INSPECTOR, "land.resolve", "", "{\"find\":%N,\"result\":\"removed\",\"text\":\"a mine\"}", NULL);
    say(DEPUTY, "land.restore", "", "{\"find\":%N,\"text\":\"blown up\"}", NULL);
    refused("leaves out", DEPUTY, "land.task", "A-1", nts, box(46.7615, 39.1815, 46.7616, 39.1816));
    say(DEPUTY, "land.task", "A-1", nts, box(46.76, 39.18, 46.7615, 39.1815));
}

static void a_corner_with_the_mine_is_not_a_rounding_error(void **state)
{
    (void)state;
    reported("A-1", 46.76, 0.004); /* 340 x 440 m: a thousandth is 12 x 12 m */
    double area_m2 = shape_area_m2(area("A-1")->whole);
    say(DEPUTY, "land.task", "A-1", nts, NULL);
    json_t *part = json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon",
                             "coordinates", 46.76, 39.18, 46.764, 39.18, 46.764, 39.1839, 46.76388, 39.1839,
                             46.76388, 39.184, 46.76, 39.184, 46.76, 39.18);
    say(COLLECTOR, "land.survey", "A-1", nothing, part);
    say(DEPUTY, "land.release", "A-1", "{\"outcome\":\"cancelled\"}", NULL);
    double rest_m2 = shape_area_m2(area("A-1")->rest);
    assert_true(rest_m2 > 50 && rest_m2 < 1e-3 * area_m2);
    state_is("A-1", AREA_NTS_TASKED);
    assert_int_equal(area_place_state(area("A-1")), PLACE_HAZARD);
}

/* --- what is still in the ground --- */

static void an_item_is_evidence(void **state)
{
    (void)state;
    static const char item[] =
        "{\"category\":\"mine_ap\",\"depth_m\":0.1,\"position\":[46.7605,39.1805],\"fate\":\"destroyed\"}";
    static const char none[] =
        "{\"method\":\"ts\",\"result\":\"none\",\"evidence\":\"lanes\",\"residual\":\"low\"}";
    reported("A-1", 46.76, 0.002);
    say(DEPUTY, "land.task", "A-1", nts, NULL);
    say(COLLECTOR, "land.survey", "A-1", direct, NULL);
    say(DEPUTY, "land.task", "A-1", survey, NULL);
    say(LEADER, "land.survey", "A-1", none, NULL); /* and then an item comes up */
    say(LEADER, "land.device", "A-1", item, NULL);
    refused("nobody has said", DEPUTY, "land.release", "A-1", "{\"outcome\":\"reduced\"}", NULL);
    refused("was found there", LEADER, "land.survey", "A-1", none, NULL);
    say(LEADER, "land.survey", "A-1", none, box(46.761, 39.18, 46.762, 39.182)); /* the half without it */
}

static void what_is_marked_is_still_there(void **state)
{
    (void)state;
    reported("A-1", 46.76, 0.002);
    in_progress("A-1");
    say(LEADER, "land.progress", "A-1", day, NULL);
    say(LEADER, "land.device", "A-1",
        "{\"category\":\"uxo\",\"depth_m\":0.1,\"position\":[46.7605,39.1805],\"fate\":\"marked\"}", NULL);
    int64_t no = d.land->head.seq;
    refused("is still there", MANAGER, "land.submit", "A-1", submit, NULL);
    char text[200];
    snprintf(text, sizeof text,
             "{\"category\":\"uxo\",\"depth_m\":0.1,\"position\":[46.7605,39.1805],\"fate\":\"destroyed\","
             "\"supersedes\":%lld}",
             (long long)no);
    refused("no item of", LEADER, "land.device", "A-1",
            "{\"category\":\"uxo\",\"depth_m\":0.1,\"position\":[46.7605,39.1805],\"fate\":\"destroyed\","
            "\"supersedes\":1}",
            NULL);
    say(LEADER, "land.device", "A-1", text, NULL);
    refused("no item of", LEADER, "land.device", "A-1", text, NULL);
    say(MANAGER, "land.submit", "A-1", submit, NULL);
}

/* --- one person under two spellings --- */

static void a_spelling_makes_no_other_person(void **state)
{
    (void)state;
    struct err e = {0};
    struct key other;
    key_from_seed(&other, "other", (const unsigned char[32]){77});
    assert_int_equal(accredit(other.pub, "Inspector", "Q", "leader", &e), -1);
    assert_non_null(strstr(e.text, "own work"));
    assert_int_equal(accredit(other.pub, "inspector", "q", "user", &e), 0); /* the same organisation */
    key_from_seed(&other, "other", (const unsigned char[32]){78});
    assert_int_equal(accredit(other.pub, "leader ", "Clear", "inspector", &e), -1);
    assert_non_null(strstr(e.text, "does not print"));
    assert_int_equal(accredit(other.pub, "second", "clear", "inspector", &e), 0);
    reported("A-1", 46.76, 0.002);
    in_progress("A-1");
    say(LEADER, "land.progress", "A-1", day, NULL);
    say(MANAGER, "land.submit", "A-1", submit, NULL);
    json_t *data = content("A-1", pass, NULL);
    assert_int_equal(desk_sign(&d, &other, "land.qa", "A-1", -1, now_ms, data, NULL, &e), -1);
    assert_non_null(strstr(e.text, "own work"));
    json_decref(data);
}

/* --- files with two meanings --- */

static void no_file(const char *text, const char *words)
{
    struct err e = {0};
    struct import m;
    if (!read_file(text, &m, &e)) fail_msg("taken: %s", text);
    if (!strstr(e.text, words)) fail_msg("`%s` does not say `%s`", e.text, words);
    import_free(&m);
}

static void a_file_has_one_meaning(void **state)
{
    (void)state;
    struct err e = {0};
    struct import m;
    no_file("{\"type\":\"FeatureCollection\",\"features\":[{\"properties\":{\"id\":\"A\",\"status\":\"open\","
            "\"status\":\"handed_over\"}," OUTLINE "}]}",
            "duplicate");
    no_file("{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"link\",\"properties\":{\"href\":\"https://"
            "example.org/32638\"}},\"features\":[]}",
            "does not name");
    no_file("{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:32638\"}},"
            "\"features\":[]}",
            "EPSG:32638");
    no_file("id,status,Status,wkt\nA,open,handed_over," WKT "\n", "stands twice");
    no_file("id,type,wkt\nB,SHA," WKT "\nA,\"SHA,POLYGON\n", "quote");
    no_file("id,type,wkt\nA,SHA,POLYGON\xff\nB,SHA," WKT "\n", "row 1: the outline is no text in UTF-8");
    no_file("id,depth_m,type,wkt\nA,0,2,SHA," WKT "\n", "row 1 has 5 fields");
    char wide[1000] = "id,wkt";
    for (int i = 0; i < 70; i++) snprintf(wide + strlen(wide), 8, ",c%d", i);
    no_file(strcat(wide, "\nA,x\n"), "columns");
    assert_int_equal(read_file("id,type,wkt\nA,SHA," WKT ",,\n\nB,SHA," WKT "\n", &m, &e),
                     0); /* a spreadsheet's empty cells and rows */
    assert_int_equal(m.count[IMPORT_NEW], 2);
    import_free(&m);
}

/* --- pages --- */

static void what_closes_the_village_is_told_before_all_else(void **state)
{
    (void)state;
    struct village *v = village();
    char id[16];
    for (int i = 0; i < 520; i++) {
        snprintf(id, sizeof id, "A-%03d", i);
        reported(id, 47.5 + 0.0005 * i, 0.0002);
    }
    reported("Z-1", 47.9949, 0.0004);
    uint8_t *gate = calloc((size_t)(v->n_place + v->n_round) + 1, 1);
    int32_t *why = calloc((size_t)(v->n_place + v->n_round) + 1, sizeof *why);
    assert_int_equal(land_publish(d.land, v, NULL, 0, gate, why), 0);
    json_t *j = land_public_json(d.land, v, gate, why), *areas = json_object_get(j, "areas");
    assert_int_equal(json_array_size(areas), 500);
    assert_string_equal(json_string_value(json_object_get(json_array_get(areas, 0), "id")), "Z-1");
    json_decref(j);
    free(gate);
    free(why);
    village_free(v);
}

static char *report_of(const char *id, int certificate, struct err *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    int bad = report_write(d.land, area(id), certificate, now_ms, f, e);
    fclose(f);
    if (!bad) return text;
    free(text);
    return NULL;
}

static void a_report_on_a_hazard_does_not_look_like_one_on_finished_work(void **state)
{
    (void)state;
    struct err e = {0};
    reported("A-1", 46.76, 0.002);
    char *text = report_of("A-1", 0, &e);
    assert_null(strstr(text, "Completion"));
    assert_non_null(strstr(text, "land that is not released"));
    free(text);
    in_use("A-1");
    free(report_of("A-1", 1, &e));
    text = report_of("A-1", 0, &e);
    assert_non_null(strstr(text, "Completion"));
    free(text);
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine\",\"position\":[46.761,39.181]}", NULL);
    cancelled("A-1");
    assert_null(report_of("A-1", 1, &e));
    text = report_of("A-1", 0, &e);
    assert_null(strstr(text, "Completion"));
    assert_non_null(strstr(text, "nobody may enter"));
    free(text);
}

/* --- clocks that jump --- */

static void a_wrong_clock_loses_no_find_and_stops_no_chain(void **state)
{
    (void)state;
    struct err e = {0};
    static const char mine[] = "{\"text\":\"a mine\",\"position\":[46.761,39.181]}";
    reported("A-1", 46.76, 0.002);
    json_t *data = content("", mine, NULL);
    /* The machine was months ahead when somebody reported; signers go on with their own dates. */
    if (desk_sign(&d, NULL, "land.found", "", -1, T0 + 120LL * MS_DAY, data, NULL, &e)) fail_msg("%s", e.text);
    say(DEPUTY, "land.task", "A-1", nts, NULL);
    /* It has lost its date when the next one reports: saved, and never older than what was known before. */
    if (desk_sign(&d, NULL, "land.found", "", -1, 0, data, NULL, &e)) fail_msg("%s", e.text);
    json_decref(data);
    assert_true(area("A-1")->danger_ms >= T0 + 120LL * MS_DAY);
    state_is("A-1", AREA_REOPENED);
    reported("A-2", 46.78, 0.002);
    data = content("", "{\"text\":\"a mine\",\"position\":[46.781,39.181]}", NULL);
    if (desk_sign(&d, NULL, "land.found", "", -1, 0, data, NULL, &e)) fail_msg("%s", e.text);
    json_decref(data);
    assert_true(area("A-2")->danger_ms >= now_ms);
    /* A signer still cannot sign into the past. */
    data = content("", "{\"text\":\"x\",\"people\":1,\"language\":\"az\"}", NULL);
    assert_int_equal(desk_sign(&d, &key_of[USER], "land.lesson", "", -1, T0 - 15 * MS_DAY, data, NULL, &e), -1);
    assert_non_null(strstr(e.text, "14 days"));
    json_decref(data);
}

/* --- a chain that is edited while a program runs on it --- */

static void edit(const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why)) fail_msg("%s", why);
    sqlite3_close(db);
}

static const char free_chain[] = "DROP TRIGGER IF EXISTS chain_keeps; DROP TRIGGER IF EXISTS chain_holds;";

/* After an edit nothing is added, nothing is opened, and the reason is told for as long as it lasts. */
static void nothing_goes_on(const char *words)
{
    struct err e = {0};
    int n_find = d.land->n_find;
    assert_int_equal(desk_refresh(&d, &e), -1);
    if (!strstr(e.text, words)) fail_msg("`%s` does not say `%s`", e.text, words);
    assert_int_equal(sign(USER, "land.lesson", "", "{\"text\":\"x\",\"people\":1,\"language\":\"az\"}", NULL, &e),
                     -1);
    assert_int_equal(sign(DEPUTY, "land.task", "A-1", nts, NULL, &e), -1);
    assert_int_equal(desk_refresh(&d, &e), -1);
    assert_int_equal(d.land->n_find, n_find);
    state_is("A-1", AREA_REOPENED);
}

static void found_on_used_land(void)
{
    reported("A-1", 46.76, 0.002);
    in_use("A-1");
    say(PUBLIC, "land.found", "", "{\"text\":\"a mine\",\"position\":[46.761,39.181]}", NULL);
    state_is("A-1", AREA_REOPENED);
    edit(free_chain);
}

static void a_find_cut_off_while_running_stays_closed(void **state)
{
    (void)state;
    found_on_used_land();
    edit("DELETE FROM chain WHERE seq = (SELECT max(seq) FROM chain)");
    nothing_goes_on("was cut");
}

static void a_find_replaced_while_running_stays_closed(void **state)
{
    (void)state;
    found_on_used_land();
    edit("UPDATE chain SET hash = zeroblob(32) WHERE seq = (SELECT max(seq) FROM chain)");
    nothing_goes_on("rewritten");
}

static void a_chain_rewritten_before_its_end_opens_nothing(void **state)
{
    (void)state;
    struct err e = {0};
    found_on_used_land();
    edit("UPDATE chain SET body = CAST('{}' AS BLOB) WHERE seq = 12");
    /* Not seen while all goes well; a program that must read anew sees it, and keeps what it knew. */
    assert_int_equal(sign(PUBLIC, "land.found", "", "{\"text\":\"x\",\"position\":[46.7611,39.181]}", NULL, &e), 0);
    edit("DELETE FROM chain WHERE seq = (SELECT max(seq) FROM chain)");
    nothing_goes_on("was cut");
    assert_int_equal(desk_open(&(struct desk){0}, path, NULL, &e), -1);
}

/* The disk refuses a record, so that the program must read the chain anew, of which a record in the middle was replaced. */
static void a_chain_read_anew_is_never_less_than_it_was(void **state)
{
    (void)state;
    struct err e = {0};
    found_on_used_land();
    edit("CREATE TRIGGER full BEFORE INSERT ON chain BEGIN SELECT raise(ABORT, 'disk full'); END;");
    assert_int_equal(sign(DEPUTY, "land.task", "A-1", nts, NULL, &e), -1);
    state_is("A-1", AREA_REOPENED);
    edit("UPDATE chain SET body = CAST('{}' AS BLOB) WHERE seq = 12");
    assert_int_equal(sign(DEPUTY, "land.task", "A-1", nts, NULL, &e), -1);
    assert_int_equal(d.land->n_find, 1); /* with the refused order on top: nothing is opened by such a land */
    assert_true(d.stale);
    assert_int_equal(desk_refresh(&d, &e), -1);
    assert_int_equal(sign(PUBLIC, "land.found", "", "{\"text\":\"x\",\"position\":[46.7611,39.181]}", NULL, &e),
                     -1);
    assert_true(d.stale);
}

/* Another program appends a record whose link starts elsewhere: two heads. */
static void a_second_head_is_refused(void **state)
{
    (void)state;
    found_on_used_land();
    edit("INSERT INTO chain SELECT seq + 1, body, signature, randomblob(32), randomblob(32) FROM chain WHERE seq = "
         "(SELECT max(seq) FROM chain)");
    nothing_goes_on("tampered");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hazard_does_not_end_where_a_zone_does, NULL, tear_down),
        cmocka_unit_test_setup_teardown(a_hazard_goes_on_across_the_antimeridian, NULL, tear_down),
        cmocka_unit_test_setup_teardown(a_large_hazard_of_the_next_zone_closes_the_village, set_up_border,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_second_report_does_not_undo_the_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_handover_while_a_find_is_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_open_find_closes_whatever_the_area_is_called, set_up_border, tear_down),
        cmocka_unit_test_setup_teardown(a_second_visit_does_not_unsay_the_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_cleared_does_not_say_that_nothing_was_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_report_that_waited_closes_its_ground_when_it_was_true, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ground_added_after_a_find_is_not_given_back_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signed_find_always_closes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_ids_of_finds_are_not_taken_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_authority_does_not_hand_over_to_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_ground_of_the_find_is_surveyed_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_corner_with_the_mine_is_not_a_rounding_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_item_is_evidence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_marked_is_still_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_spelling_makes_no_other_person, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_has_one_meaning, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_closes_the_village_is_told_before_all_else, set_up_border, tear_down),
        cmocka_unit_test_setup_teardown(a_report_on_a_hazard_does_not_look_like_one_on_finished_work, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_clock_loses_no_find_and_stops_no_chain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_find_cut_off_while_running_stays_closed, set_up_file, tear_down_file),
        cmocka_unit_test_setup_teardown(a_find_replaced_while_running_stays_closed, set_up_file, tear_down_file),
        cmocka_unit_test_setup_teardown(a_chain_rewritten_before_its_end_opens_nothing, set_up_file,
                                        tear_down_file),
        cmocka_unit_test_setup_teardown(a_chain_read_anew_is_never_less_than_it_was, set_up_file, tear_down_file),
        cmocka_unit_test_setup_teardown(a_second_head_is_refused, set_up_file, tear_down_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
