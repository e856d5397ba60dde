/* Nobody cheats land open. First the records: thousands of random ones, rightly and wrongly signed, by everybody about everything; whatever
 * was taken, land is released only by the authority's signature on somebody else's claim, its area is conserved, and who
 * reads the chain again comes to the same. Then control: random gate requests, overrides, policies, controllers, replans and an old
 * saved state, while the land keeps places closed: nothing there is ever commanded but what is safe, and no waste round drives over it, nor is
 * a bin of such a round emptied in the twin. Last village files: random rounds over random land; whatever the reader takes touches no
 * land that is not handed over, as another geometry library sees it. */
#include "base/random.h"
#include "bench.h"
#include "control/core.h"
#include "land/desk.h"
#include "land/publish.h"
#include <math.h>

enum { PEOPLE = 8, RECORDS = 10000, AREAS = 4 };
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
    struct random r = random_stream(13, "cheat");
    int taken = 0, released = 0;
    char id[16];
    if (desk_open(&d, ":memory:", NULL, &e)) fail_msg("%s", e.text);
    people(&d);
    for (int i = 0; i < RECORDS; i++) {
        const struct land_kind *k = &land_kinds[(int)(random_uniform(&r) * n_land_kinds)];
        int area = (int)(random_uniform(&r) * AREAS), who = (int)(random_uniform(&r) * (PEOPLE + 1));
        if (!strcmp(k->kind, "land.import") ||
            ((!strncmp(k->kind, "land.f", 6) || !strcmp(k->kind, "land.accident")) && random_uniform(&r) < 0.9))
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
    assert_true(taken > 400 && released > 100); /* else nothing was at stake */
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
static uint8_t land[2][1200];
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

static double collected_kg(int32_t a)
{
    const struct asset *as = &b.v->asset[a];
    return twin_truth(b.twin)->x[as->x + field_find(&as->cls->state, "collected_kg")];
}

/* May the round drive by land, works and file? Made again from what was asked for, not read from control's own answer. */
static int may_drive(int32_t round, const uint8_t *now)
{
    int may = now[b.v->n_place + round] >= PLACE_COMMISSIONED;
    for (int i = 0; i < b.v->round[round].n_leg; i++) {
        int32_t leg = b.v->round[round].leg[i];
        may &= now[leg] >= PLACE_COMMISSIONED && b.control->works[leg] >= PLACE_COMMISSIONED &&
               place_usable(&b.v->place[leg]);
    }
    return may;
}

static int check_rounds(const uint8_t *now)
{
    int stand = 0;
    for (int32_t r = 0; r < b.v->n_round; r++) {
        const struct waste_round *o = &b.v->round[r];
        if (may_drive(r, now)) continue;
        stand++;
        if (b.control->gate[b.v->n_place + r] >= PLACE_COMMISSIONED) fail_msg("%s drives", o->id);
        for (int i = 0; i < o->n_bin; i++) {
            int32_t a = o->bin[i];
            if (!(b.control->s.status[a] & (STATUS_UNREACHED | STATUS_OUT)))
                fail_msg("%s waits for nobody", b.v->asset[a].id);
            if (b.control->s.cmd[b.v->asset[a].cmd] > 0) fail_msg("%s is told to be emptied", b.v->asset[a].id);
        }
    }
    return stand;
}

static void check_closed(const uint8_t *now)
{
    double safe[64], guarded[64];
    for (int32_t a = 0; a < b.v->n_asset; a++) {
        const struct asset *as = &b.v->asset[a];
        assert_true(as->place >= 0);
        int closed = now[as->place] < PLACE_COMMISSIONED;
        for (int i = -1; i < as->n_reach; i++) {
            int32_t p = i < 0 ? as->place : as->reach[i];
            closed |= now[p] < PLACE_COMMISSIONED;
            if (b.control->gate[p] > now[p] || b.control->gate[p] > b.v->place[p].state)
                fail_msg("%s is open", as->id);
        }
        if (!closed) continue;
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
    assert_true(b.v->n_place + b.v->n_round <= 1200);
    bench_run(&b, 3);
    size_t bytes = control_save_bytes(b.control);
    void *open_state = malloc(bytes);
    control_save(b.control, open_state); /* everything was open then */
    int stood = 0;
    for (int round = 0; round < 6; round++) {
        uint8_t *now = land[round % 2];
        for (int32_t i = 0; i < b.v->n_place; i++)
            now[i] = random_uniform(&r) < (b.v->place[i].kind == PLACE_LINE ? 0.05 : 0.4)
                         ? (uint8_t)(random_uniform(&r) * PLACE_COMMISSIONED)
                         : PLACE_IN_USE;
        for (int32_t i = 0; i < b.v->n_round; i++) /* the way between two legs */
            now[b.v->n_place + i] = random_uniform(&r) < 0.2 ? PLACE_HAZARD : PLACE_IN_USE;
        struct request q = {.kind = REQUEST_LAND, .of.next = now};
        assert_int_equal(control_request(b.control, &q), 0);
        for (int k = 0; k < 12; k++) {
            for (int n = 0; n < 20; n++) random_request(&r);
            if (k == 6) control_load(b.control, open_state, bytes);
            double kg[400];
            must(b.v->n_asset <= 400, "%d assets", b.v->n_asset);
            for (int32_t a = -1; (a = village_class_next(b.v, "bin", a)) >= 0;) kg[a] = collected_kg(a);
            twin_step(b.twin, b.now_ms + b.tick_ms, b.tick_ms);
            b.now_ms += b.tick_ms;
            for (int32_t a = -1; k && (a = village_class_next(b.v, "bin", a)) >= 0;) /* told in the tick before */
                if (!may_drive(b.v->asset[a].round, now) &&
                    b.control->gate[b.v->n_place + b.v->asset[a].round] < PLACE_COMMISSIONED &&
                    collected_kg(a) > kg[a])
                    fail_msg("%s was emptied over closed land", b.v->asset[a].id);
            control_tick(b.control);
            if (k == 9)
                control_plan(b.control); /* the rest of the requests for a plan wait: plans are slow to make */
            check_closed(now);
            stood += check_rounds(now);
        }
        assert_true(bench_alarm(&b, -1, "land"));
    }
    assert_true(stood > 20 && stood < 6 * 12 * b.v->n_round);
    for (int32_t i = 0; i < b.v->n_place + b.v->n_round; i++) land[0][i] = PLACE_IN_USE;
    struct request q = {.kind = REQUEST_LAND, .of.next = land[0]};
    control_request(b.control, &q);
    bench_run(&b, 2);
    assert_false(bench_alarm(&b, -1, "land"));
    free(open_state);
    bench_close(&b);
}

/* --- a find on each kind of equipment, in the middle of a plan and under somebody's hand --- */

/* One report where the asset stands, as the running village takes it. */
static void report_at(int32_t a, uint8_t *gate)
{
    struct desk d;
    struct err e = {0};
    const double *at = b.v->place[b.v->asset[a].place].lonlat;
    if (desk_open(&d, ":memory:", NULL, &e)) fail_msg("%s", e.text);
    json_t *data = json_pack("{s:s, s:[f,f]}", "text", "a mine", "position", at[0], at[1]);
    if (desk_sign(&d, NULL, "land.found", "", -1, T0, data, NULL, &e)) fail_msg("%s", e.text);
    assert_int_equal(land_publish(d.land, b.v, NULL, 0, gate, NULL), 0);
    json_decref(data);
    desk_close(&d);
}

static void push(int32_t a)
{
    const struct asset *as = &b.v->asset[a];
    for (int i = 0; i < as->cls->cmd.n; i++) {
        const struct field *f = &as->cls->cmd.row[i];
        struct request q = {.kind = REQUEST_OVERRIDE, .who = 1};
        q.of.override = (struct override){.from_ms = b.now_ms,
                                          .until_ms = b.now_ms + 3600000,
                                          .value = f->max < 1e12 ? f->max : 1,
                                          .point = as->cmd + i,
                                          .who = 1};
        control_request(b.control, &q);
    }
}

/* The plan counts on nothing that it would take or give. A digester makes gas whoever stands beside it, and its flare burns that. */
static void check_plan(int32_t a)
{
    const struct asset *as = &b.v->asset[a];
    const struct plan *p = &b.control->plan->p;
    for (int t = 0; t < p->T; t++)
        for (int i = 0; i < as->cls->n_port && !as->cls->goes_on; i++) {
            double is = p->flow[t * b.v->n_flow + as->flow + i];
            if (fabs(is) > 1e-3)
                fail_msg("%s is planned to have a flow of %g at port %d in slot %d", as->id, is, i, t);
        }
}

static void found_under(int32_t a)
{
    static uint8_t all_open[1200];
    const char *id = b.v->asset[a].id;
    memset(all_open, PLACE_IN_USE, sizeof all_open);
    push(a);
    bench_run(&b, 2);
    if (b.control->s.status[a] & STATUS_OUT) fail_msg("%s is out of service before anything was found", id);
    report_at(a, land[0]);
    struct request q = {.kind = REQUEST_LAND, .value = 1, .of.next = land[0]};
    control_request(b.control, &q);
    push(a);
    twin_step(b.twin, b.now_ms + b.tick_ms, b.tick_ms);
    b.now_ms += b.tick_ms;
    control_tick(b.control); /* at once */
    if (!(b.control->s.status[a] & STATUS_OUT)) fail_msg("%s goes on", id);
    check_closed(land[0]);
    check_rounds(land[0]);
    control_plan(b.control); /* and the next plan does without it */
    bench_run(&b, 1);
    assert_non_null(b.control->plan);
    check_plan(a);
    push(a);
    bench_run(&b, 1);
    check_closed(land[0]);
    q.of.next = all_open;
    q.value = 0;
    control_request(b.control, &q);
    bench_run(&b, 1);
}

static void a_find_stops_every_kind_at_once(void **state)
{
    static const char *const file[] = {"oasis.yaml", "highland.yaml", "agali.yaml"};
    const struct asset_class *seen[32] = {NULL};
    int n = 0;
    (void)state;
    for (int f = 0; f < 3; f++) {
        bench_open(&b, file[f], "2026-05-20T10:00", CONTROL_JOINT, 3);
        for (int32_t a = 0; a < b.v->n_asset; a++) {
            int known = 0;
            for (int i = 0; i < n; i++) known |= seen[i] == b.v->asset[a].cls;
            if (known) continue;
            seen[n++] = b.v->asset[a].cls;
            found_under(a);
        }
        bench_close(&b);
    }
    print_message("%d kinds of equipment\n", n);
    assert_true(n >= 15);
}

/* --- village files --- */

enum { FILES = 300 };

static char *agali_text(void)
{
    char path[512];
    const char *source = getenv("KEND_SOURCE");
    snprintf(path, sizeof path, "%s/villages/agali.yaml", source ? source : ".");
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *text = calloc(1, 1 << 20);
    assert_true(fread(text, 1, (1 << 20) - 1, f) > 1000);
    fclose(f);
    return text;
}

static double box(struct random *r, double from) { return random_range(r, from, from + 0.003); }

/* The head of agali with four short streets, three pits that are not handed over, and one round over the streets. */
static void random_file(struct random *r, char *text, size_t size, const char *agali)
{
    const char *places = strstr(agali, "\nplaces:");
    size_t n = (size_t)snprintf(text, size, "%.*s\nplaces:\n", (int)(places - agali), agali);
    for (int i = 0; i < 4; i++) {
        double x = box(r, 46.758), y = box(r, 39.179), dx = random_range(r, -0.001, 0.001),
               dy = random_range(r, -0.001, 0.001);
        n += (size_t)snprintf(text + n, size - n,
                              "  - {id: s%d, kind: street, state: in_use, line: [[%.6f, %.6f], [%.6f, %.6f]]}\n", i,
                              x, y, x + dx, y + dy);
    }
    for (int i = 0; i < 3; i++) {
        double x = box(r, 46.758), y = box(r, 39.179), w = random_range(r, 0.00002, 0.0006);
        n += (size_t)snprintf(
            text + n, size - n,
            "  - {id: pit-%d, kind: parcel, state: %s, area: [[%.6f, %.6f], [%.6f, %.6f], [%.6f, %.6f]]}\n", i,
            random_uniform(r) < 0.5 ? "hazard" : "released", x, y, x + w, y, x + w / 2, y + w);
    }
    snprintf(text + n, size - n, "%s",
             "nodes: [{id: bus, carrier: elec}]\nassets:\n"
             "  - {id: g, class: grid, at: s0, ports: {elec: bus}, import_limit_W: {value: 1 kW, source: x}, "
             "export_limit_W: {value: 1 kW, source: x}}\n"
             "  - {id: bin, class: bin, count: 4, along: [s0, s1, s2, s3]}\n"
             "rounds:\n  - {id: r, vehicle: v, from_hour: 6, until_hour: 14, legs: [s0, s1, s2, s3], bins: bin}\n");
}

static int touches_closed(struct geo *g, const struct village *v, char kind, const double *lonlat, int n)
{
    struct shape *way = shape_lonlat(g, kind, lonlat, n, 38);
    int touched = 0;
    for (int32_t a = 0; way && a < v->n_place; a++) {
        const struct place *p = &v->place[a];
        if (p->kind != PLACE_AREA || p->state >= PLACE_CONSTRUCTION) continue;
        struct shape *pit = shape_lonlat(g, 'a', p->lonlat, p->n_vertex, 38);
        touched |= pit && shape_distance_m(g, way, pit) <= 0;
        shape_free(g, pit);
    }
    shape_free(g, way);
    return touched;
}

static void no_file_sends_a_round_over_closed_land(void **state)
{
    (void)state;
    struct err e = {0};
    struct random r = random_stream(7, "rounds");
    char *agali = agali_text(), *text = malloc(1 << 20);
    struct geo *g = geo_open(&e);
    int taken = 0, refused_gap = 0, pieces = 0;
    for (int i = 0; i < FILES; i++) {
        int n;
        char *told;
        size_t size;
        FILE *f = open_memstream(&told, &size);
        random_file(&r, text, 1 << 20, agali);
        struct village *v = village_read_text("t.yaml", text, strlen(text), f, &n);
        fclose(f);
        refused_gap += strstr(told, "drives over the way to") != NULL;
        for (int k = 0; v && k < v->round[0].n_leg; k++) {
            const struct place *p = &v->place[v->round[0].leg[k]];
            if (touches_closed(g, v, 'l', p->lonlat, p->n_vertex))
                fail_msg("leg %s crosses a pit:\n%s", p->id, strstr(text, "\nplaces:"));
        }
        for (int k = 0; v && k < v->round[0].n_gap; k++, pieces++)
            if (touches_closed(g, v, 'l', v->round[0].gap[k].lonlat, 2))
                fail_msg("piece %d crosses a pit:\n%s", k, strstr(text, "\nplaces:"));
        taken += v != NULL;
        village_free(v);
        free(told);
    }
    print_message(
        "%d of %d random files were taken (%d pieces between legs), %d refused for a piece between legs\n", taken,
        FILES, pieces, refused_gap);
    assert_true(taken > 20 && refused_gap > 5);
    geo_close(g);
    free(text);
    free(agali);
}

/* --- a village file that leaves out where something stands, or hides a field --- */

static char *told_of(const char *text)
{
    int n;
    char *told = NULL;
    size_t size;
    FILE *f = open_memstream(&told, &size);
    village_free(village_read_text("t.yaml", text, strlen(text), f, &n));
    fclose(f);
    return told;
}

static int leave_out(const char *agali, const char *entry, const char *line, const char *what, char *text)
{
    char want[120];
    snprintf(text, 1 << 20, "%.*s%s", (int)(line - agali), agali, line + 1 + strcspn(line + 1, "\n"));
    char *told = told_of(text);
    snprintf(want, sizeof want, "`%.*s` %s; add", (int)strcspn(entry, "\n"), entry, what);
    if (!strstr(told, want)) fail_msg("not told: %s, but: %.300s", want, told);
    free(told);
    return 1;
}

/* Each line of each asset of agali that says where it stands or what it waters, left out in turn. */
static void no_asset_leaves_out_where_it_stands(void **state)
{
    (void)state;
    char *agali = agali_text(), *text = malloc(1 << 20), *entry = NULL;
    int tried = 0;
    for (char *line = strstr(agali, "\nassets:"); line && strncmp(line, "\nrounds:", 8) != 0;
         line = strchr(line + 1, '\n')) {
        if (!strncmp(line, "\n  - id: ", 9)) entry = line + 9;
        if (!strncmp(line, "\n    at: ", 9) || !strncmp(line, "\n    along: ", 12))
            tried += leave_out(agali, entry, line, "stands nowhere", text);
        if (!strncmp(line, "\n    waters: ", 13)) tried += leave_out(agali, entry, line, "waters nothing", text);
    }
    assert_true(tried >= 25);
    free(text);
    free(agali);
}

static void says(char *agali, const char *from, const char *to, const char *want, char *text)
{
    char *at = strstr(agali, from);
    assert_non_null(at);
    snprintf(text, 1 << 20, "%.*s%s%s", (int)(at - agali), agali, to, at + strlen(from));
    char *told = told_of(text);
    if (!strstr(told, want)) fail_msg("not told: %s, but: %.300s", want, told);
    free(told);
}

static void no_field_is_watered_on_closed_land(void **state)
{
    static const char id[] = "ru: Орошаемые поля}, kind: parcel, state: in_use";
    (void)state;
    char *agali = agali_text(), *text = malloc(1 << 20);
    says(agali, id, "ru: Орошаемые поля}, kind: parcel, state: hazard",
         "`irrigation` waters `fields`, which is not handed over (hazard)", text);
    says(agali, "46.76365, 39.17277]", "46.76250, 39.18650]",
         "which is not handed over (hazard); draw it clear of it", text);
    free(text);
    free(agali);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_asset_leaves_out_where_it_stands),
        cmocka_unit_test(no_field_is_watered_on_closed_land),
        cmocka_unit_test(no_random_record_releases_land),
        cmocka_unit_test(no_request_opens_closed_land),
        cmocka_unit_test(a_find_stops_every_kind_at_once),
        cmocka_unit_test(no_file_sends_a_round_over_closed_land),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
