/* The reference villages as they are shipped, with the real classes: they load, and they hold what they promise. */
#include "near.h"
#include "village/village.h"
#include <stdlib.h>
#include <string.h>

static struct village *load(const char *name)
{
    char path[512];
    int n_error;
    snprintf(path, sizeof path, "%s/villages/%s.yaml", getenv("KEND_SOURCE"), name);
    struct village *v = village_read(path, stderr, &n_error);
    assert_non_null(v);
    assert_int_equal(n_error, 0);
    return v;
}

static int count(const struct village *v, const char *cls, const char *profile)
{
    int n = 0;
    for (int32_t i = village_class_next(v, cls, -1); i >= 0; i = village_class_next(v, cls, i))
        n += !profile || strcmp(v->asset[i].profile, profile) == 0;
    return n;
}

static double sum(const struct village *v, const char *cls, const char *key)
{
    double total = 0;
    for (int32_t i = village_class_next(v, cls, -1); i >= 0; i = village_class_next(v, cls, i))
        total += asset_par(&v->asset[i], key);
    return total;
}

static int noted(const struct village *v, const char *id, const char *key, enum note_kind kind, const char *text)
{
    int32_t asset = village_asset(v, id);
    for (int i = 0; i < v->n_note; i++)
        if (v->note[i].asset == asset && strcmp(v->note[i].key, key) == 0 && v->note[i].kind == kind &&
            strstr(v->note[i].text, text))
            return 1;
    return 0;
}

static void test_agali(void **unused)
{
    (void)unused;
    struct village *v = load("agali");
    assert_int_equal(count(v, "home", "household"), 200);
    assert_int_equal(count(v, "home", "school") + count(v, "home", "kindergarten") + count(v, "home", "clinic"), 3);
    assert_int_equal(count(v, "street", NULL), 20);
    assert_int_equal(count(v, "bin", NULL), 60);
    assert_in_range((int)sum(v, "street", "n_lamp"), 290, 310);
    const struct asset *hydro = &v->asset[village_asset(v, "hydro")];
    assert_near(asset_par(hydro, "claimed_power_W"), 212e3, 0);
    assert_near(asset_par(hydro, "volume_m3"), 150e3, 0);
    assert_true(asset_par(hydro, "eta_peak_frac") < 0.796); /* a claim is never calculated with */
    assert_true(noted(v, "hydro", "eta_peak_frac", NOTE_PUBLISHED, "claimed: 79.6 %"));
    assert_true(noted(v, "battery", "capacity_J", NOTE_ASSUMED, "hour"));
    assert_near(asset_par(&v->asset[village_asset(v, "irrigation")], "area_m2"), 157e4, 0);
    static const char *const year[] = {"median", "dry", "wet"};
    for (int i = 0; i < 3; i++) assert_string_equal(v->river[i].name, year[i]);
    village_free(v);
}

static void test_agali_people(void **unused)
{
    (void)unused;
    struct village *v = load("agali");
    double people = 0;
    int vulnerable = 0, cars = 0, on_feeder[64] = {0};
    for (int32_t i = village_class_next(v, "home", -1); i >= 0; i = village_class_next(v, "home", i)) {
        const struct asset *a = &v->asset[i];
        if (strcmp(a->profile, "household") != 0) continue;
        people += asset_par(a, "persons");
        vulnerable += a->vulnerable;
        cars += asset_par(a, "car") > 0.5;
        assert_true(a->place >= 0 && a->gateway >= 0);
        assert_int_equal(a->shed, SHED_COMFORT);
        on_feeder[a->node[0]]++;
    }
    assert_near(people / 200, 871.0 / 175, 0.25); /* families of October 2023 */
    assert_in_range(vulnerable, 18, 44);
    assert_in_range(cars, 10, 34);
    for (char f = 'a'; f <= 'f'; f++) {
        char id[16];
        snprintf(id, sizeof id, "feeder-%c", f);
        assert_in_range(on_feeder[village_node(v, id)], 32, 35);
    }
    village_free(v);
}

/* Two parcels wait for clearance; nothing has them for its place, and every asset that stands somewhere may be there. */
static void test_land(void **unused)
{
    (void)unused;
    struct village *v = load("agali");
    int closed = 0;
    for (int32_t p = 0; p < v->n_place; p++) closed += v->place[p].state == PLACE_HAZARD;
    assert_int_equal(closed, 2);
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int32_t p = v->asset[a].place; p >= 0; p = v->place[p].parent) assert_true(place_usable(&v->place[p]));
    village_free(v);
}

static void test_oasis(void **unused)
{
    (void)unused;
    struct village *v = load("oasis");
    assert_int_equal(count(v, "home", "household"), 20);
    assert_int_equal(count(v, "grid", NULL), 0);
    const struct balancer *last = &v->balancer[v->n_balancer - 1];
    assert_string_equal(v->asset[last->asset].cls->name, "battery"); /* what makes the grid */
    village_free(v);
}

static void test_highland(void **unused)
{
    (void)unused;
    struct village *v = load("highland");
    assert_int_equal(count(v, "home", "household"), 60);
    assert_int_equal(count(v, "hydro", NULL), 1);
    assert_true(v->climate.month[0].temp_degC < 0);
    village_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_agali), cmocka_unit_test(test_agali_people),
                                       cmocka_unit_test(test_land), cmocka_unit_test(test_oasis),
                                       cmocka_unit_test(test_highland)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
