/* Nobody cheats land open. First the records: thousands of random ones, rightly and wrongly signed, by everybody about everything; whatever
 * was taken, land is released only by the authority's signature on somebody else's claim, its area is conserved, and who
 * reads the chain again comes to the same. Then control: random gate requests, overrides, policies, controllers, replans and an old
 * saved state, while the land keeps places closed: nothing there is ever commanded but what is safe. */
#include "base/random.h"
#include "bench.h"
#include "control/core.h"
#include "land/desk.h"
#include "land/publish.h"
#include <math.h>

enum { PEOPLE = 8, RECORDS = 2500, AREAS = 4 };
static struct key key[PEOPLE + 1]; /* the last one is a stranger's */
static const char *const org[PEOPLE] = {"Agency", "Agency",  "Survey",  "Clear",
                                        "Clear",  "Quality", "Village", "Grid"};
static const unsigned roles[PEOPLE] = {ROLE_AUTHORITY, ROLE_AUTHORITY, ROLE_COLLECTOR, ROLE_LEADER | ROLE_COLLECTOR,
                                       ROLE_MANAGER,   ROLE_INSPECTOR, ROLE_USER,      ROLE_TESTER};
static const int64_t T0 = 1767225600000;

static void people(struct desk *d)
{
    struct err e = {0};
    unsigned char seed[32] = {1}, sig[SIGNATURE_BYTES];
    char name[16], pub[HEX_KEY];
    for (int i = 0; i <= PEOPLE; i++) {
        seed[1] = (unsigned char)i;
        snprintf(name, sizeof name, "P%d", i);
        key_from_seed(&key[i], name, seed);
    }
    json_t *site = json_pack("{s:f, s:f, s:f}", "lon_deg", 46.76, "lat_deg", 39.18, "reach_m", 50e3);
    char *body = people_found(&key[0], "102", site, T0, sig);
    assert_int_equal(desk_take(d, body, strlen(body), sig, NULL, &e), 0);
    free(body);
    json_decref(site);
    for (int i = 1; i < PEOPLE; i++) {
        json_t *list = json_array(), *data;
        for (int b = 0; b < ROLES; b++)
            if (roles[i] & 1U << b) json_array_append_new(list, json_string(role_name[b]));
        data = json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s}", "key", hex_write(pub, key[i].pub, KEY_BYTES),
                         "name", key[i].name, "id", key[i].name, "org", org[i], "roles", list, "from", "2026-01-01",
                         "until", "2027-01-01");
        if (desk_sign(d, &key[0], "people.accredit", "", -1, T0, data, NULL, &e)) fail_msg("%s", e.text);
        json_decref(data);
    }
}

static json_t *square(struct random *r, int area)
{
    double w = 46.75 + 0.002 * area, s = 39.18, x = w + random_uniform(r) * 0.0008,
           y = s + random_uniform(r) * 0.0008;
    double e = random_uniform(r) < 0.3 ? w + 0.001 : x + 0.0002,
           n = random_uniform(r) < 0.3 ? s + 0.001 : y + 0.0002;
    if (random_uniform(r) < 0.4) x = w, y = s, e = w + 0.001, n = s + 0.001;
    return json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon", "coordinates", x, y, e, y, e,
                     n, x, n, x, y);
}

static const char *word(struct random *r, const char *words)
{
    static char out[40];
    int n = 1, at;
    for (const char *c = words; *c; c++) n += *c == ' ';
    at = (int)(random_uniform(r) * n);
    while (at--) words = strchr(words, ' ') + 1;
    snprintf(out, sizeof out, "%.*s", (int)strcspn(words, " "), words);
    return out;
}

/* Random content that mostly fits the kind. */
static json_t *content(struct random *r, const struct land_kind *k, int area, const struct land *l)
{
    static const char *const orgs[] = {"Survey", "Clear", "Quality"};
    json_t *data = json_object();
    for (int i = 0; i < k->n_value; i++) {
        const struct value_row *v = &k->value[i];
        if (!(v->flags & VALUE_REQUIRED) && random_uniform(r) < (v->kind == VALUE_TEXT ? 0.1 : 0.6)) continue;
        json_t *j = NULL;
        if (v->kind == VALUE_AREA) j = square(r, area);
        if (v->kind == VALUE_TEXT)
            j = json_string(!strcmp(v->key, "operator") ? orgs[(int)(random_uniform(r) * 3)] : "said");
        if (v->kind == VALUE_WORD) j = json_string(word(r, v->words));
        if (v->kind == VALUE_NUMBER)
            j = json_real(!strcmp(v->key, "searched_m2") ? 9590
                          : !strcmp(v->key, "depth_m")   ? 0.2
                                                         : random_uniform(r) * 1e4);
        if (v->kind == VALUE_COUNT)
            j = json_integer(l->n_find && !strcmp(v->key, "find") ? l->find[l->n_find - 1].seq : 1);
        if (v->kind == VALUE_DAY) j = json_string("2026-01-01");
        if (v->kind == VALUE_POINT) j = json_pack("[f,f]", 46.7505 + 0.002 * area, 39.1805);
        if (j) json_object_set_new(data, v->key, j);
    }
    return data;
}

static void check_land(const struct land *l, int record)
{
    for (int i = 0; i < l->n_area; i++) {
        const struct area *a = &l->area[i];
        struct balance b = area_balance(l->geo, a);
        if (!b.conserved) fail_msg("record %d: %.3f m2 of %s are missing", record, b.miss_m2, a->id);
        if (area_place_state(a) == PLACE_HAZARD || a->from_find) continue;
        if (b.rest_m2 > 1e-3 * (b.initial_m2 + b.extension_m2) + 1)
            fail_msg("record %d: %s is %s with %.0f m2 not released", record, a->id, area_state_name[a->state],
                     b.rest_m2);
        for (int p = 0; p < a->n_product; p++)
            if (strcmp(a->product[p].released_by, "P0") != 0 && strcmp(a->product[p].released_by, "P1") != 0)
                fail_msg("released by %s", a->product[p].released_by);
    }
}

static int take_again(void *self, const struct record *r, struct err *e) { return land_take(self, r, e); }

static void no_random_record_releases_land(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    struct random r = random_stream(11, "cheat");
    int taken = 0, released = 0;
    char id[16];
    if (desk_open(&d, ":memory:", NULL, &e)) fail_msg("%s", e.text);
    people(&d);
    for (int i = 0; i < RECORDS; i++) {
        const struct land_kind *k = &land_kinds[(int)(random_uniform(&r) * n_land_kinds)];
        int area = (int)(random_uniform(&r) * AREAS), who = (int)(random_uniform(&r) * (PEOPLE + 1));
        if (!strcmp(k->kind, "land.import") || (!strncmp(k->kind, "land.f", 6) && random_uniform(&r) < 0.9))
            continue;
        for (int t = 0; who < PEOPLE && k->roles && !(roles[who] & k->roles) && t < 12; t++)
            who = (int)(random_uniform(&r) * PEOPLE); /* mostly somebody who may */
        json_t *data = content(&r, k, area, d.land);
        snprintf(id, sizeof id, "A%d", area);
        int64_t rev = random_uniform(&r) < 0.05 ? 0 : -1;
        const struct key *by = random_uniform(&r) < 0.03 ? NULL : &key[who];
        taken += !desk_sign(&d, by, k->kind, id, rev, T0 + i * 60000, data, NULL, &e);
        json_decref(data);
        check_land(d.land, i);
        for (int a = 0; a < d.land->n_area; a++) released += area_place_state(&d.land->area[a]) > PLACE_HAZARD;
    }
    print_message("%d of %d random records were taken; some area was released in %d moments\n", taken, RECORDS,
                  released);
    assert_true(taken > 100);
    struct land *again = land_open(&e);
    struct chain_head at = {0};
    if (chain_walk(d.chain, &at, take_again, again, &e)) fail_msg("%s", e.text);
    assert_int_equal(at.seq, d.land->head.seq);
    assert_int_equal(again->n_area, d.land->n_area);
    for (int i = 0; i < again->n_area; i++) {
        assert_int_equal(again->area[i].state, d.land->area[i].state);
        assert_near(shape_area_m2(again->area[i].rest), shape_area_m2(d.land->area[i].rest), 1e-6);
    }
    land_close(again);
    desk_close(&d);
}

/* --- control --- */

static struct bench b;
static uint8_t land[2][1024];
static struct policy other_policy;

static void random_request(struct random *r)
{
    static const enum controller controllers[] = {CONTROL_RULES, CONTROL_SEPARATE, CONTROL_JOINT};
    struct request q = {.kind = REQUEST_GATE, .who = 1};
    double dice = random_uniform(r);
    if (dice < 0.4) {
        q.of.id = (uint32_t)(random_uniform(r) * (b.v->n_place + 2));
        q.value = (int32_t)(random_uniform(r) * 7) - 1;
    } else if (dice < 0.75) {
        q.kind = REQUEST_OVERRIDE;
        int32_t point = (int32_t)(random_uniform(r) * b.v->n_cmd);
        q.of.override = (struct override){.from_ms = b.now_ms,
                                          .until_ms = b.now_ms + 3600000,
                                          .value = random_range(r, -1e5, 1e5),
                                          .point = point,
                                          .who = 1};
    } else if (dice < 0.8) {
        q.kind = REQUEST_CONTROLLER;
        q.of.id = (uint32_t)controllers[(int)(random_uniform(r) * 2)];
    } else if (dice < 0.9) {
        q.kind = REQUEST_POLICY;
        q.of.next = &other_policy;
    } else {
        q.kind = dice < 0.95 ? REQUEST_REPLAN : REQUEST_ACK;
    }
    control_request(b.control, &q);
}

static void check_closed(const uint8_t *now)
{
    double safe[64], guarded[64];
    for (int32_t a = 0; a < b.v->n_asset; a++) {
        const struct asset *as = &b.v->asset[a];
        if (as->place < 0) continue;
        if (b.control->gate[as->place] > now[as->place] || b.control->gate[as->place] > b.v->place[as->place].state)
            fail_msg("%s is open", as->id);
        if (now[as->place] >= PLACE_COMMISSIONED) continue;
        if (!(b.control->s.status[a] & STATUS_OUT)) fail_msg("%s is in service on closed land", as->id);
        if (!as->cls->cmd.n) continue;
        struct asset_now view = now_view(b.control, &b.control->s, a, 60);
        for (int i = 0; i < as->cls->cmd.n; i++) safe[i] = b.control->s.cmd[as->cmd + i];
        as->cls->safe(&view, safe);
        memcpy(guarded, safe, sizeof guarded);
        if (as->cls->guard) as->cls->guard(&view, guarded);
        for (int i = 0; i < as->cls->cmd.n; i++) {
            double is = b.control->s.cmd[as->cmd + i], off = fmin(fabs(is - safe[i]), fabs(is - guarded[i]));
            if (off > 1e-6 + 1e-3 * fabs(safe[i]))
                fail_msg("%s.%s is %g, safe is %g", as->id, as->cls->cmd.row[i].key, is, safe[i]);
        }
    }
}

static void no_request_opens_closed_land(void **state)
{
    (void)state;
    struct random r = random_stream(5, "requests");
    bench_open(&b, "agali.yaml", "2026-01-20T10:00", CONTROL_RULES, 3);
    other_policy = b.v->policy;
    assert_true(b.v->n_place <= 1024);
    bench_run(&b, 3);
    size_t bytes = control_save_bytes(b.control);
    void *open_state = malloc(bytes);
    control_save(b.control, open_state); /* everything was open then */
    for (int round = 0; round < 6; round++) {
        uint8_t *now = land[round % 2];
        for (int32_t i = 0; i < b.v->n_place; i++)
            now[i] = random_uniform(&r) < 0.4 ? (uint8_t)(random_uniform(&r) * PLACE_COMMISSIONED) : PLACE_IN_USE;
        struct request q = {.kind = REQUEST_LAND, .of.next = now};
        assert_int_equal(control_request(b.control, &q), 0);
        for (int k = 0; k < 12; k++) {
            for (int n = 0; n < 20; n++) random_request(&r);
            if (k == 6) control_load(b.control, open_state, bytes);
            twin_step(b.twin, b.now_ms + b.tick_ms, b.tick_ms);
            b.now_ms += b.tick_ms;
            control_tick(b.control);
            if (k == 9)
                control_plan(b.control); /* the rest of the requests for a plan wait: plans are slow to make */
            check_closed(now);
        }
        assert_true(bench_alarm(&b, -1, "land"));
    }
    for (int32_t i = 0; i < b.v->n_place; i++) land[0][i] = PLACE_IN_USE;
    struct request q = {.kind = REQUEST_LAND, .of.next = land[0]};
    control_request(b.control, &q);
    bench_run(&b, 2);
    assert_false(bench_alarm(&b, -1, "land"));
    free(open_state);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_random_record_releases_land),
        cmocka_unit_test(no_request_opens_closed_land),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
