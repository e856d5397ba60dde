/* Waste rounds: what the village file may say about them, that they empty bins as bins were emptied without them, and that no
 * vehicle is sent where land on its way may not be used, in control and in the twin, with and without a link to the bins. */
#include "bench.h"
#include "land/desk.h"
#include "land/publish.h"
#include <math.h>

static char *agali;

static void read_agali(void)
{
    char path[512];
    const char *source = getenv("KEND_SOURCE");
    snprintf(path, sizeof path, "%s/villages/agali.yaml", source ? source : ".");
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    agali = calloc(1, 1 << 20);
    assert_true(fread(agali, 1, (1 << 20) - 1, f) > 1000);
    fclose(f);
}

static int line_of(const char *text, const char *at)
{
    int line = 1;
    for (; text < at; text++) line += *text == '\n';
    return line;
}

/* agali with the first `from` after the word `rounds:` (or anywhere: from starts with ^) replaced; an @ in `to` marks where it must be
 * reported and is taken out. */
static char *changed(const char *from, const char *to, int *line, int *col)
{
    const char *begin = *from == '^' ? agali : strstr(agali, "\nrounds:"),
               *hit = strstr(begin, from + (*from == '^'));
    if (!hit) fail_msg("no `%s` in agali.yaml", from);
    size_t before = (size_t)(hit - agali), skip = strlen(from) - (*from == '^');
    char *text = calloc(1, strlen(agali) + strlen(to) + 1);
    memcpy(text, agali, before);
    strcpy(text + before, to);
    strcat(text, hit + skip);
    char *mark = strchr(text + before, '@');
    *line = *col = 0;
    if (mark && mark < text + before + strlen(to)) {
        memmove(mark, mark + 1, strlen(mark));
        *line = line_of(text, mark);
        for (*col = 1; mark > text && mark[-1] != '\n'; mark--) ++*col;
    }
    return text;
}

static struct village *read_changed(const char *from, const char *to, char **told, int *n, char *place)
{
    size_t size;
    int line, col;
    FILE *f = open_memstream(told, &size);
    char *text = changed(from, to, &line, &col);
    struct village *v = village_read_text("t.yaml", text, strlen(text), f, n);
    fclose(f);
    snprintf(place, 64, "t.yaml:%d:%d: ", line, col);
    free(text);
    return v;
}

// clang-format off
static const struct { const char *from, *to, *says; } wrong[] = {
    {"legs: [biogas-yard, farm-road, south-lane, west-road, west-1,", "legs: [biogas-yard, farm-road, south-lane, west-road, @wst-1,", "no place `wst-1`; did you mean `west-1`?"},
    {"legs: [biogas-yard, farm-road, south-lane,", "legs: [biogas-yard, farm-road, @river-road, south-lane,", "from the nearest leg before it, `farm-road`; name the street between them"},
    {"legs: [biogas-yard, farm-road, south-lane,", "legs: [biogas-yard, farm-road, @north-slope, south-lane,", "`north-slope` is an area; a leg is a street or a point"},
    {"legs: [biogas-yard, farm-road, south-lane,", "legs: [biogas-yard, farm-road, @farm-road, south-lane,", "`farm-road` is a leg of `organic-west` already"},
    {"bins: bin-organic", "bins: [bin-organic, @bin-organic-024]", "`bin-organic-024` stands "},
    {"bins: bin-organic", "bins: [bin-organic, @bin-rest-001]", "`bin-rest-001` holds another kind of waste than `organic-west` takes"},
    {"bins: bin-organic", "bins: [bin-organic, @clinic]", "`clinic` is a `home`, not a bin"},
    {"bins: bin-organic", "bins: [bin-organic, @bin-organik]", "no bin or group `bin-organik`"},
    {"bins: bin-organic", "bins: [bin-organic, @lamps-home]", "no bin of `lamps-home` that `organic-west` takes stands on its way"},
    {"bins: bin-organic", "bins: [bin-organic, @bin-organic-001]", "`bin-organic-001` is emptied by `organic-west` already"},
    {"takes: organic", "takes: @organik", "`organik` is no kind of waste; did you mean `organic`?"},
    {"from_hour: 6", "from_hour: @15", "`from_hour` must be before `until_hour`"},
    {"bins: bin-organic", "bins: @bin-organic\n    days: [mon, thu]", "leaves up to 4 days between two visits"},
    {"until_hour: 14", "until_hour: 18", "may be emptied from 6 to 14 h"},
    {"vehicle: tipper 1", "", "a round has no `vehicle`"},
    {"id: organic-east", "id: @organic-west", "a second round `organic-west`"},
    {"bins: bin-rest\n", "bins: bin-rest-001\n", "no round empties `bin-rest-"},
    {"^{id: north-lane, name: {en: North lane, az: Şimal döngəsi, ru: Северный переулок}, kind: street, on: centre,", "{id: north-lane, name: {en: North lane, az: Şimal döngəsi, ru: Северный переулок}, kind: street, on: centre, state: hazard,", "`organic-centre` drives over `north-lane` on `north-lane`, which is not handed over (hazard)"},
    {"^- {id: farm, name: {en: Farm yard, az: Təsərrüfat həyəti, ru: Хозяйственный двор}, kind: parcel, state: in_use, ", "- {id: farm, name: {en: Farm yard, az: Təsərrüfat həyəti, ru: Хозяйственный двор}, kind: parcel, state: released, ", "`organic-west` drives over `farm-road` on `farm`, which is not handed over (released); nothing may be sent there"},
};
// clang-format on

static void the_loader_refuses_wrong_rounds(void **state)
{
    (void)state;
    int missed = 0;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *told, place[64];
        int n;
        struct village *v = read_changed(wrong[i].from, wrong[i].to, &told, &n, place);
        int marked = strncmp(place, "t.yaml:0:", 9) != 0;
        if (v || !strstr(told, wrong[i].says) || (marked && !strstr(told, place))) {
            missed++;
            print_error("%s\n  wanted %s %s, got %d:\n%s", wrong[i].to, place, wrong[i].says, n, told);
        }
        village_free(v);
        free(told);
    }
    assert_int_equal(missed, 0);
}

/* A hazard between two legs, under no street: the straight way over it is refused by the file and closed by the records. */
static const char gap_hazard[] = "^  - {id: west-1, name: {en: West 1 street,";
static const char gap_parcel[] =
    "  - {id: pit, name: Pit, kind: parcel, state: hazard, area: [[46.75660, 39.17848], [46.75680, 39.17848], "
    "[46.75680, 39.17845], [46.75660, 39.17845]]}\n  - {id: west-1, name: {en: West 1 street,";

static void what_lies_between_two_legs_counts(void **state)
{
    (void)state;
    char *told, place[64];
    int n;
    struct village *v = read_changed(gap_hazard, gap_parcel, &told, &n, place);
    assert_null(v);
    if (!strstr(told, "drives over the way to `west-1` on `pit`, which is not handed over (hazard)"))
        fail_msg("%s", told);
    free(told);
}

static void every_bin_of_the_villages_has_its_round(void **state)
{
    (void)state;
    static const char *const name[] = {"agali.yaml", "oasis.yaml", "highland.yaml"};
    for (int i = 0; i < 3; i++) {
        struct village *v = bench_village(name[i]);
        int n = 0, in_rounds = 0;
        for (int32_t a = -1; (a = village_class_next(v, "bin", a)) >= 0; n++) {
            const struct waste_round *o = &v->round[v->asset[a].round];
            assert_true(v->asset[a].round >= 0);
            assert_near(asset_par(&v->asset[a], "kind"), o->takes, 0);
            assert_near(asset_par(&v->asset[a], "window_from_hour"), o->from_hour, 0);
            assert_near(asset_par(&v->asset[a], "days"), 127, 0);
        }
        for (int r = 0; r < v->n_round; r++) in_rounds += v->round[r].n_bin;
        assert_int_equal(n, in_rounds);
        village_free(v);
    }
}

/* --- while it runs --- */

static struct bench b;
static uint8_t gate[1200];

static double truth(int32_t a, const char *key)
{
    const struct asset *as = &b.v->asset[a];
    int f = field_find(&as->cls->state, key);
    assert_true(f >= 0);
    return twin_truth(b.twin)->x[as->x + f];
}

static void send_gate(void)
{
    struct request q = {.kind = REQUEST_LAND, .of.next = gate};
    assert_int_equal(control_request(b.control, &q), 0);
}

static void close_street(const char *id)
{
    memset(gate, PLACE_IN_USE, sizeof gate);
    if (id) gate[village_place(b.v, id)] = PLACE_HAZARD;
    send_gate();
}

static double collected(int32_t round)
{
    double kg = 0;
    for (int i = 0; i < b.v->round[round].n_bin; i++) kg += truth(b.v->round[round].bin[i], "collected_kg");
    return kg;
}

static void run_days(double days) { bench_run(&b, (int)(days * 1440)); }

static int unreached(int32_t round)
{
    const struct snapshot *s = snapshot_get(b.control);
    int n = 0;
    for (int i = 0; i < b.v->round[round].n_bin; i++)
        n += !!(s->status[b.v->round[round].bin[i]] & STATUS_UNREACHED);
    snapshot_put(s);
    return n;
}

static void a_closed_street_stops_its_rounds_and_no_other(void **state)
{
    (void)state;
    bench_open(&b, "oasis.yaml", "2026-07-06T00:00", CONTROL_RULES, 3);
    b.tick_ms = 60000;
    int32_t organic = village_round(b.v, "organic"), rest = village_round(b.v, "rest");
    run_days(3.5);
    double before = collected(organic);
    assert_true(before > 0);
    assert_false(bench_alarm(&b, -1, "round"));
    close_street("well-street");
    run_days(3);
    assert_near(collected(organic), before, 1e-9); /* bins on palm-street too: nobody comes */
    assert_true(unreached(organic) > 0 && unreached(rest) > 0);
    assert_true(bench_alarm(&b, -1, "round"));
    close_street(NULL);
    run_days(1);
    assert_false(bench_alarm(&b, -1, "round"));
    assert_true(collected(organic) > before + 10);
    bench_close(&b);
}

/* A bin that no set-point reaches goes by its own rules; they send no vehicle over closed land either. An override and a dead gateway
 * change nothing, nor does a state from before. */
static void nobody_cheats_a_round_open(void **state)
{
    (void)state;
    bench_open(&b, "oasis.yaml", "2026-07-06T00:00", CONTROL_RULES, 3);
    int32_t organic = village_round(b.v, "organic");
    size_t bytes = control_save_bytes(b.control);
    void *open_state = malloc(bytes);
    control_save(b.control, open_state);
    close_street("palm-street");
    run_days(0.1);
    double before = collected(organic);
    for (int k = 0; k < 60; k++) {
        for (int i = 0; i < b.v->round[organic].n_bin; i++) {
            struct request q = {.kind = REQUEST_OVERRIDE, .who = 1};
            q.of.override = (struct override){.from_ms = b.now_ms,
                                              .until_ms = b.now_ms + 3600000,
                                              .value = 1,
                                              .point = b.v->asset[b.v->round[organic].bin[i]].cmd,
                                              .who = 1};
            control_request(b.control, &q);
        }
        if (k == 20) control_load(b.control, open_state, bytes);
        for (int i = 0; i < 60; i++) {
            twin_step(b.twin, b.now_ms + b.tick_ms, b.tick_ms);
            b.now_ms += b.tick_ms;
            if (k < 30) control_tick(b.control); /* then control is gone: every bin is on its own */
        }
    }
    assert_near(collected(organic), before, 1e-9);
    size_t twin_bytes = twin_save_bytes(b.twin);
    void *saved = malloc(twin_bytes);
    twin_save(b.twin, saved);
    assert_int_equal(twin_load(b.twin, saved, twin_bytes), 0);
    twin_step(b.twin, b.now_ms + 86400000, b.tick_ms); /* a restart remembers */
    assert_near(collected(organic), before, 1e-9);
    free(saved);
    free(open_state);
    bench_close(&b);
}

/* The same days with and without rounds: every bin is emptied at the same minute. */
static void rounds_change_no_figure(void **state)
{
    (void)state;
    double *with = NULL;
    int n = 0;
    for (int k = 0; k < 2; k++) {
        bench_open(&b, "agali.yaml", "2026-07-06T00:00", CONTROL_RULES, 7);
        if (k) {
            struct asset *as = (struct asset *)(uintptr_t)b.v->asset;
            for (int32_t a = 0; a < b.v->n_asset; a++) as[a].round = -1;
        }
        b.tick_ms = 300000;
        bench_run(&b, 4 * 288);
        if (!k) with = calloc((size_t)b.v->n_asset, sizeof *with);
        double all_kg = 0;
        for (int32_t a = -1; (a = village_class_next(b.v, "bin", a)) >= 0; n++) {
            double kg = truth(a, "collected_kg") + 1e-3 * truth(a, "age_s");
            all_kg += truth(a, "collected_kg");
            if (!k) with[a] = kg;
            if (k) assert_near(kg, with[a], 1e-12);
        }
        print_message("%.0f kg collected in four days\n", all_kg);
        assert_true(all_kg > 500);
        bench_close(&b);
    }
    free(with);
}

/* On some days only: nothing on the others, and no bin older than it may be. */
static void a_round_comes_on_its_days(void **state)
{
    (void)state;
    char *told, place[64];
    int n;
    struct village *v =
        read_changed("bins: bin-rest\n", "bins: bin-rest\n    days: [tue, fri]\n", &told, &n, place);
    if (!v) fail_msg("%s", told);
    free(told);
    const struct waste_round *o = &v->round[village_round(v, "rest-west")];
    assert_int_equal(o->days, 1U << 2 | 1U << 5);
    struct asset *a = (struct asset *)(uintptr_t)&v->asset[o->bin[0]];
    double *x = calloc((size_t)a->cls->state.n, sizeof *x), want = 0, exo = 1.2e-4, meas[8] = {0}, oldest_s = 0;
    struct ambient amb = {.temp_mean_degC = 25};
    struct asset_now now = {.par = a->par, .x = x, .cmd = &want, .exo = &exo, .amb = &amb, .dt_s = 900};
    int age = field_find(&a->cls->state, "age_s"), kg = field_find(&a->cls->state, "collected_kg"), trips = 0;
    a->cls->init(&now, x);
    for (int i = 0; i < 60 * 96; i++) {
        double before = x[kg];
        amb.weekday = i / 96 % 7;
        amb.local_hour = i % 96 / 4.0;
        a->cls->rules(&now, &want);
        assert_int_equal(a->cls->guard(&now, &want), 0);
        a->cls->step(&now, NULL, x, meas);
        if (x[kg] > before) assert_true(amb.weekday == 2 || amb.weekday == 5), trips++;
        oldest_s = fmax(oldest_s, x[age]);
    }
    assert_true(trips >= 8 && trips <= 18);
    assert_true(oldest_s <= 7 * 86400.0);
    free(x);
    village_free(v);
}

/* --- by the records --- */

static void a_find_between_two_streets_closes_the_round(void **state)
{
    (void)state;
    struct village *v = bench_village("agali.yaml");
    struct err e = {0};
    struct land *land = land_open(&e);
    assert_non_null(land);
    uint8_t *at = calloc((size_t)(v->n_place + v->n_round), 1);
    int32_t *why = calloc((size_t)(v->n_place + v->n_round), sizeof *why);
    int32_t west = v->n_place + village_round(v, "organic-west"),
            east = v->n_place + village_round(v, "organic-east");
    assert_int_equal(land_publish(land, v, NULL, 0, at, why), 0);
    assert_int_equal(at[west], PLACE_IN_USE);
    struct spot_closed named = {.place = "west-3"};
    assert_int_equal(land_publish(land, v, &named, 1, at, why), 0);
    assert_int_equal(at[west], PLACE_HAZARD);
    assert_int_equal(at[east], PLACE_IN_USE);
    /* 64 m from farm-road and from the biogas yard: only the straight piece between them passes */
    struct spot_closed between = {.lon_deg = 46.75999, .lat_deg = 39.17533};
    assert_int_equal(land_publish(land, v, &between, 1, at, why), 0);
    assert_int_equal(at[west], PLACE_HAZARD);
    assert_int_equal(at[village_place(v, "west-road")], PLACE_IN_USE);
    free(at);
    free(why);
    land_close(land);
    village_free(v);
}

int main(void)
{
    read_agali();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loader_refuses_wrong_rounds),
        cmocka_unit_test(what_lies_between_two_legs_counts),
        cmocka_unit_test(every_bin_of_the_villages_has_its_round),
        cmocka_unit_test(a_closed_street_stops_its_rounds_and_no_other),
        cmocka_unit_test(nobody_cheats_a_round_open),
        cmocka_unit_test(rounds_change_no_figure),
        cmocka_unit_test(a_round_comes_on_its_days),
        cmocka_unit_test(a_find_between_two_streets_closes_the_round),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(agali);
    return failed;
}
