/* The reader of village files: what a good file gives, and for every class of mistake the line, the column and the caret.
 * Each case changes one piece of a good file; an @ in the new piece marks where the mistake must be reported. */
#include "near.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "unit/village_toys.h"
#include "village/village.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char good[] =
    "site: {id: t, name: Test, lat_deg: 39.18, lon_deg: 46.76, altitude_m: 330, tz: \"<+04>-4\"}\n"
    "tariff:\n"
    "  currency: AZN\n"
    "  periods:\n"
    "    - {from_hour: 18, until_hour: 23, buy_per_kWh: 0.2, sell_per_kWh: 0.05}\n"
    "    - {buy_per_kWh: 0.1, sell_per_kWh: 0.05}\n"
    "policy: {shortage_per_kWh: 8}\n"
    "climate:\n"
    "  source: norms\n"
    "  temp_degC: [1, 2, 6, 12, 17, 22, 26, 25, 20, 14, 8, 3]\n"
    "  temp_min_degC: [-3, -2, 2, 7, 12, 16, 20, 19, 15, 10, 4, 0]\n"
    "  temp_max_degC: [6, 8, 12, 18, 24, 30, 33, 32, 27, 20, 13, 8]\n"
    "  rain_mm: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    "  ghi_MJ_m2: [200, 266, 408, 534, 690, 762, 786, 700, 534, 392, 238, 172]\n"
    "  wind_m_s: [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]\n"
    "  humidity_frac: [0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7]\n"
    "  temp_day_sd_K: 3\n"
    "  temp_persistence: 0.7\n"
    "  cloud_persistence: 0.4\n"
    "rivers:\n"
    "  - {name: median, mean_m3_s: [1, 2, 3, 4, 5, 6, 6, 5, 4, 3, 2, 1], log_sd: 0.3, persistence: 0.9}\n"
    "places:\n"
    "  - {id: land, kind: parcel, state: in_use, area: [[46.759, 39.179], [46.761, 39.179], [46.761, 39.181], "
    "[46.759, 39.181]]}\n"
    "  - {id: mined, kind: parcel, state: hazard, area: [[46.762, 39.179], [46.764, 39.179], [46.764, 39.181]]}\n"
    "  - {id: road, kind: street, on: land, line: [[46.7592, 39.18], [46.7608, 39.18]]}\n"
    "  - {id: yard, kind: plant, state: in_use, point: [46.7595, 39.1805]}\n"
    "nodes:\n"
    "  - {id: bus, carrier: elec}\n"
    "  - {id: low, carrier: elec}\n"
    "  - {id: pond, carrier: water}\n"
    "assets:\n"
    "  - {id: g, class: grid, ports: {elec: bus}, limit_W: {value: 20 kW, source: contract}, at: yard}\n"
    "  - {id: cable, class: line, ports: {up: bus, down: low}, loss_frac: 10 %, at: yard}\n"
    "  - {id: gate, class: gateway, at: yard}\n"
    "  - {id: one, class: tap, ports: {elec: low}, power_W: 1.5 kW, gateway: gate, at: yard, kind: floor}\n"
    "  - {id: many, class: tap, count: 40, ports: {elec: [bus, low]}, along: road, vulnerable: {share: 0.25},\n"
    "     power_W: {uniform: [1 kW, 2 kW]}, persons: {normal: [4, 2]}, kind: {choice: [radiator, floor], weight: "
    "[1, 3]}}\n"
    "  - {id: well, class: spring, ports: {water: pond}, at: yard}\n"
    "  - {id: cow, class: trough, ports: {water: pond}, at: yard}\n";

static struct village *read_text(const char *text, char **told, int *n_error)
{
    size_t size;
    FILE *f = open_memstream(told, &size);
    struct village *v = village_read_text("t.yaml", text, strlen(text), f, n_error);
    fclose(f);
    return v;
}

static struct village *read_good(void)
{
    char *told;
    int n_error;
    struct village *v = read_text(good, &told, &n_error);
    assert_string_equal(told, "");
    assert_int_equal(n_error, 0);
    free(told);
    assert_non_null(v);
    return v;
}

/* good with the first `from` replaced by `to`; NULL from: only `to`. */
static char *changed(const char *from, const char *to)
{
    char *text = malloc(sizeof good + strlen(to) + 1);
    if (!from) return strcpy(text, to);
    const char *at = strstr(good, from);
    assert_non_null(at);
    memcpy(text, good, (size_t)(at - good));
    strcpy(text + (at - good), to);
    strcat(text, at + strlen(from));
    return text;
}

static void mark_take(char *text, int *line, int *col)
{
    char *mark = strchr(text, '@');
    *line = *col = 1;
    if (!mark) return;
    for (const char *p = text; p < mark; p++) {
        *col = *p == '\n' ? 1 : *col + 1;
        *line += *p == '\n';
    }
    memmove(mark, mark + 1, strlen(mark));
}

/* The caret must stand under the column that the message names. */
static int caret_off(const char *told, int col)
{
    const char *source = strchr(told, '\n') + 1, *caret = strchr(source, '\n') + 1;
    int length = (int)(strchr(source, '\n') - source), at = (int)(strchr(caret, '^') - caret);
    return at > length + 1 || (col <= 100 && at != 4 + col - 1);
}

struct mistake {
    const char *from, *to, *text;
    int n;
};

// clang-format off
static const struct mistake mistakes[] = {
    /* keys and values */
    {"policy: {", "policy: {@comfort_low_C: 20, ", "unknown key `comfort_low_C` in `policy`; did you mean `comfort_low_degC`?", 1},
    {"name: Test", "name: {en: T, @aaz: U}", "unknown key `aaz` in `name` (en, az, ru); did you mean `az`?", 1},
    {"name: Test", "name: @{az: U}", "`name` has no `en`; add it", 1},
    {"name: Test", "name: {en: T, ru: @[U]}", "`ru` wants a text", 1},
    {"policy:", "@polcy:", "unknown key `polcy` in the village file; did you mean `policy`?", 1},
    {"power_W: 1.5 kW", "@powr_W: 1.5 kW", "unknown key `powr_W` in class `tap`; did you mean `power_W`?", 2},
    {"altitude_m: 330,", "altitude_m: @330 m3,", "`m3` is a volume, `altitude_m` wants m", 1},
    {"power_W: 1.5 kW", "power_W: @1.5 kWh", "`kWh`", 1},
    {"lat_deg: 39.18,", "lat_deg: @139.18,", "`lat_deg` is", 1}, /* and no place is told to lie far from a site nobody knows */
    {"id: t, name: Test", "id: @\"t t\", name: Test", "`t t` is no id", 1},
    {"altitude_m: 330,", "altitude_m: @9000,", "`altitude_m` is", 1},
    {"power_W: 1.5 kW", "power_W: @200 kW", "`power_W` is 200 kW; give 0 W to 100 kW", 1},
    {"power_W: 1.5 kW", "power_W: @lots", "`lots` is no number for `power_W`", 1},
    {"power_W: 1.5 kW", "power_W: @nan", "not a finite number", 1},
    {"power_W: 1.5 kW", "power_W: @0x10", "`0x10` is no number", 1},
    {"power_W: 1.5 kW", "power_W: @[1, 2]", "`power_W` wants one value", 1},
    {"kind: floor}", "kind: @flor}", "`flor` is no word for `kind`; one of: radiator, floor", 1},
    {"kind: floor}", "persons: @2.5}", "`persons` is 2.5; give a whole number", 1},
    {"kind: floor}", "kind: floor, @kind: floor}", "`kind` given twice", 1},
    {"kind: floor}", "persons: @13}", "`one`: persons: a tap serves at most 12", 1},
    {"kind: floor}", "persons: {value: 3, @sauce: x}}", "unknown key `sauce` in the value of `persons`; did you mean `source`?", 1},
    {"kind: floor}", "persons: @{source: x}}", "`persons` wants one of value, uniform, normal, choice or share", 1},
    {"kind: floor}", "share_frac: @{uniform: [0, 1]}}", "`share_frac` is spread, but this is one asset", 1},
    {"{uniform: [1 kW, 2 kW]}", "{uniform: @[3 kW, 2 kW]}", "`power_W`: the first bound is above the second", 1},
    {"weight: [1, 3]", "weight: @[1, 2, 3]", "`weight` wants a list of 2 to 2 values", 1},
    {"weight: [1, 3]", "weight: @[0, 0]", "", 1},
    {"persons: {normal: [4, 2]}", "persons: {normal: @[4]}", "`persons` wants two values", 1},
    {"buy_per_kWh: 0.1, ", "", "a tariff period has no `buy_per_kWh`; add it", 1},
    {"sell_per_kWh: 0.05}\n    - {", "sell_per_kWh: 0.5}\n    - {", "`sell_per_kWh` above `buy_per_kWh`", 1},
    {"tz: \"<+04>-4\"", "tz: @Baku time", "`tz`", 1},
    {"rain_mm: [1,", "rain_mm: @[1, 5,", "`rain_mm` wants 12 values, January to December; it has 13", 1},
    {"temp_min_degC: [-3,", "temp_min_degC: [4,", "January: temp_min_degC <= temp_degC <= temp_max_degC does not hold", 1},
    {"  temp_day_sd_K: 3\n", "", "`climate` has no `temp_day_sd_K`; add it", 1},
    {"policy: {", "policy: {shed_order: @[life, life, light, survival, cold, comfort, pump, other], ", "`shed_order` names each", 1},
    {"tariff:\n  currency", "trf: 1\n@tarif:\n  currency", "no section `tariff:`", 3},
    {"    - {buy_per_kWh: 0.1, sell", "    - @{from_hour: 1, until_hour: 2, buy_per_kWh: 0.1, sell", "the last period holds whenever no other does", 1},
    {"policy: {", "policy: @{comfort_low_degC: 24, comfort_high_degC: 24, ", "`comfort_high_degC` must lie at least 1 K above", 1},
    /* names */
    {"id: one,", "id: many-003,", "t.yaml:36:10: a second asset `many-003`; the first is in line 35", 1},
    {"{id: low, carrier", "{id: @bus, carrier", "a second node `bus`; the first is in line 28", 4},
    {"{id: road, kind", "{id: @land, kind", "a second place `land`; the first is in line 23", 2},
    {"id: one,", "id: @o.e,", "`o.e` is no id", 1},
    {"{id: one, class", "@{class", "an asset wants an `id`", 1},
    {"class: tap, ports: {elec: low}", "class: @tab, ports: {elec: low}", "no class `tab`; did you mean `tap`?", 1},
    {"elec: low}, power", "elec: @lwo}, power", "no node `lwo`; did you mean `low`?", 1},
    {"gateway: gate,", "gateway: @gat,", "no asset `gat`; did you mean `gate`?", 1},
    {"gateway: gate,", "gateway: @g,", "`g` is a `grid`, not a gateway", 1},
    {"ports: {elec: low}, power", "ports: {@elc: low}, power", "class `tap` has no port `elc`; did you mean `elec`?", 1},
    {"along: road", "along: @raod", "no place `raod`; did you mean `road`?", 1},
    {"along: road", "along: @land", "`land` is no street", 1},
    /* land */
    {"at: yard, kind", "at: @mined, kind", "`one` stands on `mined`, which is not handed over (hazard); nothing may stand there", 1},
    {"at: yard, kind", "kind", "`one` stands nowhere; add `at:` with a place, or `along:` with streets", 1},
    {"along: road, vul", "vul", "`many` stands nowhere; add `at:`", 1},
    {"10 %, at: yard", "10 %, at: yard, runs: @mined", "`cable` runs over `mined`, which is not handed over (hazard)", 1},
    {"at: yard, kind", "at: yard, runs: @road, kind", "only a `line` has `runs`; `one` is a `tap`", 1},
    {"at: yard, kind", "at: yard, waters: @land, kind", "only a `pump` has `waters`; `one` is a `tap`", 1},
    {"  - {id: road", "  - {id: @field, kind: field, state: in_use, area: [[46.7635, 39.1795], [46.7660, 39.1795], [46.7660, 39.1820]]}\n  - {id: road",
     "`field` overlaps `mined` by 1198 m2", 1},
    {"line: [[46.7592, 39.18], [46.7608, 39.18]]", "line: [[46.7592, 39.18], [46.7635, 39.1799]]", "`road` lies on `mined`", 6},
    {"  - {id: road", "  - {id: pit, kind: parcel, state: hazard, area: [[46.766, 39.18], [46.767, 39.1797], [46.768, 39.18], [46.767, 39.1803]]}\n  - {id: @lane, kind: street, state: in_use, line: [[46.765, 39.18], [46.77, 39.18]]}\n  - {id: road",
     "`lane` lies on `pit`", 1}, /* exactly through two corners */
    {"[46.764, 39.179], [46.764, 39.181]]", "[46.764, 39.179], [46.764, 39.181], [46.762, 39.179], [46.764, 39.181], [46.764, 39.179]]", "crosses itself or touches itself", 1}, /* there and back */
    {"[46.759, 39.179], [46.761, 39.179]", "@[39.179, 46.759], [46.761, 39.179]", "km from the site; a point is [longitude, latitude]", 1},
    {"state: in_use", "state: @inuse", "`inuse` is no state", 1},
    {"[46.761, 39.179], [46.761, 39.181]", "[46.761, 39.181], [46.761, 39.179]", "the border of this area crosses itself or touches itself", 1},
    {"state: in_use, area", "state: in_use, @arae", "unknown key `arae` in a place; did you mean `area`?", 2},
    /* guard limits */
    {"limit_W: {value: 20 kW, source: contract}", "limit_W: @20 kW", "`limit_W` is a guard limit; write {value: .., source: ..}", 1},
    {"limit_W: {value: 20 kW, source: contract}", "limit_W: @{value: 20 kW, assumed: guess}", "`limit_W` is a guard limit", 1},
    {", limit_W: {value: 20 kW, source: contract}", "", "`g` has no guard limit `limit_W`, and no verified default exists", 1},
    /* network */
    {"ports: {elec: low}, power", "power", "`one` is not connected: port `elec` wants an elec node; add `ports: {elec: ..}`", 1},
    {"ports: {elec: low}, power", "ports: {elec: pond}, power", "port `elec` of `one` carries elec, node `pond` carries water", 1},
    {"{up: bus, down: low}", "{up: low, down: low}", "line `cable` leads from `low` to itself", 1},
    {"  - {id: gate, class", "  - {id: @again, class: line, at: yard, ports: {up: bus, down: low}}\n  - {id: gate, class",
     "line `again` feeds `low`, which `cable` feeds already: a loop", 1},
    {"  - {id: gate, class", "  - {id: back, class: line, at: yard, ports: {up: low, down: bus}}\n  - {id: gate, class", "closes a loop", 1},
    {"  - {id: pond,", "  - {id: @lost, carrier: elec}\n  - {id: pond,", "`lost` has no way to a source; add a line from `bus`", 1},
    {"  - {id: cow, class: trough, ports: {water: pond}, at: yard}\n", "", "node `pond` has no way to a source: only one asset", 1},
    {"{id: g, class: grid, ports: {elec: bus}, limit_W: {value: 20 kW, source: contract}, at: yard}",
     "{id: g, class: tap, at: yard, power_W: 1, ports: {elec: bus}}", "nothing balances `bus`; connect a grid or a battery to it", 1},
    {"carrier: water", "carrier: @wader", "a node wants a `carrier`", 3},
    /* text that is no village file */
    {NULL, "", "the file is empty; a village file starts with `site:`", 1},
    {NULL, "# only a comment\n", "the file is empty", 1},
    {NULL, "- a\n- list\n", "no mapping of sections", 1},
    {NULL, "site: {id: a\ntariff@: [\n", "broken YAML", 1},
    {NULL, "site: {id: a}\n@--- \nsite: {id: b}\n", "a second document", 1},
    {"name: Test", "name: @\"T\\e[2J\"", "a control character in a text", 1},
    {NULL, "site:\n  id: @\x01\n", "not plain UTF-8 text", 1},
    {NULL, "site: a\n@%YAML 1.1\n", "a directive; a village file uses none", 1},
    {NULL, "site: @\xff\xfe\n", "not plain UTF-8 text", 1},
};
// clang-format on

static int mistake_missed(const struct mistake *m)
{
    int line, col, n_error;
    char *text = changed(m->from, m->to), *told, place[64];
    int marked = strchr(text, '@') != NULL;
    mark_take(text, &line, &col);
    struct village *v = read_text(text, &told, &n_error);
    snprintf(place, sizeof place, "t.yaml:%d:%d: ", line, col);
    int missed = v || !strstr(told, m->text) || n_error != m->n || (marked && !strstr(told, place)) ||
                 (n_error == 1 && marked && (strncmp(told, place, strlen(place)) != 0 || caret_off(told, col)));
    if (missed)
        print_error("%s -> %d mistakes, wanted %d at %s %s\n%s", m->to, n_error, m->n, place, m->text, told);
    free(text);
    free(told);
    village_free(v);
    return missed;
}

static void test_mistakes(void **unused)
{
    (void)unused;
    int missed = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) missed += mistake_missed(&mistakes[i]);
    assert_int_equal(missed, 0);
}

static void test_all_in_one_pass(void **unused)
{
    (void)unused;
    int n_error;
    char *told, *text = changed("power_W: 1.5 kW, gateway: gate, at: yard, kind: floor",
                                "power_W: 3 m, gateway: gat, at: yard, kind: flor, shd: pump");
    memcpy(strstr(text, "altitude_m: 330"), "altitude_m: 33x", 15);
    assert_null(read_text(text, &told, &n_error));
    assert_int_equal(n_error, 5);
    const char *site = strstr(told, "t.yaml:1:"), *power = strstr(told, "power_W"), *kind = strstr(told, "flor");
    assert_true(site && power && kind && site < power && power < kind);
    free(told);
    free(text);
}

static void test_good(void **unused)
{
    (void)unused;
    struct village *v = read_good();
    assert_int_equal(v->n_asset, 46);
    assert_int_equal(v->n_place, 4 + 40);
    assert_int_equal(v->n_river, 1);
    assert_true(v->river[0].mean_m3_s[5] == 6);
    assert_true(v->climate.month[11].temp_degC == 3);
    const struct asset *one = &v->asset[village_asset(v, "one")];
    assert_true(asset_par(one, "power_W") == 1500);
    assert_true(asset_par(one, "kind") == 1);
    assert_int_equal(one->gateway, village_asset(v, "gate"));
    assert_int_equal(v->node[one->node[0]].parent, village_node(v, "bus"));
    assert_int_equal(v->n_elec, 2);
    assert_int_equal(v->node_order[1], village_node(v, "bus"));
    assert_int_equal(village_asset(v, "nobody"), -1);
    assert_int_equal(v->note[0].kind, NOTE_PUBLISHED);
    assert_string_equal(v->note[0].text, "contract");
    assert_true(v->node[0].short_per_unit == 8 / 3.6e6);
    village_free(v);
}

static void test_group(void **unused)
{
    (void)unused;
    struct village *v = read_good(), *w = read_good();
    double sum_W = 0, low = 1e9, high = 0;
    int floors = 0, vulnerable = 0, n = 0;
    for (int32_t i = village_class_next(v, "tap", -1); i >= 0; i = village_class_next(v, "tap", i)) {
        const struct asset *a = &v->asset[i];
        if (strcmp(a->group, "many") != 0) continue;
        double power_W = asset_par(a, "power_W"), persons = asset_par(a, "persons");
        assert_true(power_W == asset_par(&w->asset[i], "power_W"));
        assert_true(persons == floor(persons));
        assert_true(asset_par(a, "vulnerable") == a->vulnerable);
        assert_int_equal(a->node[0], n < 20 ? village_node(v, "bus") : village_node(v, "low"));
        low = fmin(low, power_W);
        high = fmax(high, power_W);
        sum_W += power_W;
        floors += asset_par(a, "kind") > 0.5;
        vulnerable += a->vulnerable;
        n++;
    }
    assert_int_equal(n, 40);
    assert_true(low >= 1000 && high <= 2000 && low < 1150 && high > 1850);
    assert_true(fabs(sum_W / n - 1500) < 200);
    assert_in_range(floors, 22, 38);
    assert_in_range(vulnerable, 3, 18);
    village_free(v);
    village_free(w);
}

/* Plots stand at the setback on both sides of their street, evenly, and no two at one spot. */
static void test_plots(void **unused)
{
    (void)unused;
    struct village *v = read_good();
    int32_t first = village_asset(v, "many-001");
    for (int i = 0; i < 40; i++) {
        const struct place *p = &v->place[v->asset[first + i].place];
        double north_m = (p->lonlat[1] - 39.18) * 111195.0;
        assert_true(fabs(fabs(north_m) - 15) < 0.01);
        assert_true((north_m > 0) == (i % 2 == 0));
        assert_true(p->lonlat[0] > 46.7592 && p->lonlat[0] < 46.7608);
        assert_int_equal(p->parent, village_place(v, "road"));
        if (i >= 2) assert_true(p->lonlat[0] > v->place[v->asset[first + i - 2].place].lonlat[0]);
    }
    village_free(v);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void test_ten_thousand(void **unused)
{
    (void)unused;
    int n_error;
    char *told, *text = changed("count: 40", "count: 10000");
    double start = seconds();
    struct village *v = read_text(text, &told, &n_error);
    double took = seconds() - start;
    assert_non_null(v);
    assert_int_equal(v->n_asset, 10006);
    assert_int_equal(village_asset(v, "many-10000"), v->n_asset - 3);
    print_message("# 10,000 assets of a group in %.3f s\n", took);
    assert_true(took < 5); /* the bound of a busy, sanitised machine; a quiet one takes well under 1 s */
    village_free(v);
    free(text);
    free(told);
}

static void hostile_check(char *text, size_t len)
{
    int n_error;
    double start = seconds();
    FILE *quiet = fopen("/dev/null", "w");
    assert_null(village_read_text("h.yaml", text, len, quiet, &n_error));
    assert_true(n_error > 0);
    assert_true(seconds() - start < 10);
    fclose(quiet);
    free(text);
}

static char *repeated(const char *piece, size_t n, size_t *len)
{
    size_t one = strlen(piece);
    char *text = malloc(one * n + 1);
    for (size_t i = 0; i < n; i++) memcpy(text + i * one, piece, one);
    text[one * n] = 0;
    *len = one * n;
    return text;
}

static void test_hostile(void **unused)
{
    (void)unused;
    static const struct {
        const char *piece;
        size_t n;
    } bulk[] = {{"[", 200000},
                {"{a: ", 100000},
                {"- ", 200000},
                {"a: 1\n", 100000},
                {"x", 10 << 20},
                {"? ", 100000},
                {"a: &b [*b]\n", 1000},
                {"  a:\n    b:\n", 1000},
                {"assets: [{id: a, class: tap}]\n", 20000},
                {"\t", 1000},
                {"'", 100001},
                {"!!a ", 50000},
                {"|\n", 50000},
                {"%", 100000},
                {"\"\\", 50000}};
    for (size_t i = 0; i < sizeof bulk / sizeof bulk[0]; i++) {
        size_t len;
        char *text = repeated(bulk[i].piece, bulk[i].n, &len);
        hostile_check(text, len);
    }
    char *zeros = calloc(1, 4096);
    hostile_check(zeros, 4096);
}

static void test_unreadable(void **unused)
{
    (void)unused;
    int n_error = 0;
    char *told;
    size_t size;
    FILE *f = open_memstream(&told, &size);
    assert_null(village_read("/nowhere/at/all.yaml", f, &n_error));
    assert_int_equal(n_error, 1);
    assert_null(village_read("/", f, &n_error));
    assert_int_equal(n_error, 1);
    fclose(f);
    assert_non_null(strstr(told, "/nowhere/at/all.yaml: No such file"));
    assert_non_null(strstr(told, "/: Is a directory"));
    free(told);
}

/* A name may be given in each language of the page; a group counts its members in all of them. */
static void names_in_three_languages(void **state)
{
    char *text = changed("class: tap, count: 40,", "name: {en: Tap, az: Kran}, class: tap, count: 40,"), *told;
    int n_error;
    (void)state;
    struct village *v = read_text(text, &told, &n_error);
    assert_string_equal(told, "");
    const struct asset *a = &v->asset[village_asset(v, "many-007")];
    assert_string_equal(a->name, "Tap 7");
    assert_string_equal(a->words.az, "Kran 7");
    assert_null(a->words.ru);
    assert_string_equal(v->place[a->place].words.az, "Kran 7");
    assert_string_equal(v->site.name, "Test");
    village_free(v);
    free(told);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_in_three_languages),
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_group),
        cmocka_unit_test(test_plots),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_all_in_one_pass),
        cmocka_unit_test(test_ten_thousand),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
