/* Shapes: areas in the UTM zone against figures worked out elsewhere, repairs told, mistakes refused with their reason,
 * and the public Bosnian hazard areas whole. */
#include "base/err.h"
#include "geo/geo.h"
#include "near.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct geo *g;
static const struct geo_rule agali = {
    .use = GEO_HAZARD, .site_lon_deg = 46.7592, .site_lat_deg = 39.1803, .reach_m = 100e3};

static struct shape *from(const char *text, const struct geo_rule *r, struct geo_note *note, struct err *e)
{
    json_error_t je;
    json_t *j = json_loads(text, JSON_DECODE_ANY, &je);
    if (!j) fail_msg("%s", je.text);
    struct shape *s = shape_json(g, j, r, note, e);
    json_decref(j);
    return s;
}

static void refuses(const char *text, const struct geo_rule *r, const char *words)
{
    struct err e = {0};
    struct geo_note note;
    struct shape *s = from(text, r, &note, &e);
    if (s) fail_msg("taken: %s", text);
    if (!strstr(e.text, words)) fail_msg("`%s` does not say `%s`", e.text, words);
}

static const char square[] = "{\"type\":\"Polygon\",\"coordinates\":[[[46.75,39.17],[46.76,39.17],[46.76,39.18],["
                             "46.75,39.18],[46.75,39.17]]]}";

static void area_in_the_zone(void **state)
{
    (void)state;
    struct err e = {0};
    struct geo_note note;
    struct shape *s = from(square, &agali, &note, &e);
    if (!s) fail_msg("%s", e.text);
    assert_int_equal(shape_zone(s), 38);
    assert_string_equal(note.text, "");
    /* 0.01 x 0.01 degrees at 39.175 N on WGS84: M N cos(lat) dlat dlon with M = 6360912 m, N = 6386672 m. */
    double truth_m2 =
        6360912.3 * 6386672.5 * cos(39.175 * 3.14159265358979 / 180) * pow(0.01 * 3.14159265358979 / 180, 2);
    assert_near(shape_true_area_m2(g, s) / truth_m2, 1.0, 1e-5);
    assert_near(shape_area_m2(s) / truth_m2, 1.0, 1e-3);
    json_t *back = shape_geojson(g, s);
    struct shape *again = shape_json(g, back, &agali, &note, &e);
    assert_non_null(again);
    assert_near(shape_area_m2(again), shape_area_m2(s), 0.01);
    json_decref(back);
    shape_free(g, s);
    shape_free(g, again);
    assert_int_equal(zone_of(46.76, 39.18), 38);
    assert_int_equal(zone_of(17.99, 44), 33);
    assert_int_equal(zone_of(18.0, 44), 34);
    assert_int_equal(zone_of(151.2, -33.9), -56);
}

static void repairs_are_told(void **state)
{
    (void)state;
    struct err e = {0};
    struct geo_note note;
    struct shape *open =
        from("{\"type\":\"Polygon\",\"coordinates\":[[[46.75,39.17],[46.76,39.17],[46.76,39.18],[46.75,39.18]]]}",
             &agali, &note, &e);
    struct shape *whole = from(square, &agali, NULL, &e);
    assert_non_null(open);
    assert_non_null(strstr(note.text, "open ring was closed (gap 11"));
    assert_near(shape_area_m2(open), shape_area_m2(whole), 1e-3);
    /* A bow-tie of hazard keeps both its halves: half the square, none of it lost. */
    struct shape *bow = from("{\"type\":\"Polygon\",\"coordinates\":[[[46.75,39.17],[46.76,39.18],[46.76,39.17],["
                             "46.75,39.18],[46.75,39.17]]]}",
                             &agali, &note, &e);
    assert_non_null(bow);
    assert_non_null(strstr(note.text, "Self-intersection"));
    assert_near(shape_area_m2(bow) / shape_area_m2(whole), 0.5, 1e-3);
    /* A line of hazard is not lost: a metre wide. */
    struct shape *line = from(
        "{\"type\":\"Polygon\",\"coordinates\":[[[46.75,39.17],[46.7501,39.17],[46.7502,39.17],[46.75,39.17]]]}",
        &agali, &note, &e);
    assert_non_null(line);
    assert_non_null(strstr(note.text, "widened to 1 m"));
    assert_near(shape_area_m2(line), 18, 1);
    shape_free(g, line);
    /* Overlapping parts count once. */
    struct shape *twice = from("{\"type\":\"MultiPolygon\",\"coordinates\":[[[[46.75,39.17],[46.76,39.17],[46.76,"
                               "39.18],[46.75,39.18],[46.75,39.17]]],"
                               "[[[46.755,39.17],[46.76,39.17],[46.76,39.18],[46.755,39.18],[46.755,39.17]]]]}",
                               &agali, &note, &e);
    assert_non_null(twice);
    assert_true(note.text[0] != 0);
    shape_free(g, open);
    shape_free(g, bow);
    shape_free(g, twice);
    shape_free(g, whole);
}

/* Squares of 0.004 degrees around 0.002: rings of which a repair that counts windings drops a quarter. */
#define RING4(w, s, e, n) "[[" w "," s "],[" e "," s "],[" e "," n "],[" w "," n "],[" w "," s "]]"
#define LARGE RING4("46.76", "39.18", "46.764", "39.184")
#define SMALL RING4("46.761", "39.181", "46.763", "39.183")

static double kept_m2(const char *text, const char *reason)
{
    struct err e = {0};
    struct geo_note note;
    struct shape *s = from(text, &agali, &note, &e);
    if (!s) fail_msg("%s: %s", text, e.text);
    if (reason && !strstr(note.text, reason)) fail_msg("`%s` does not say `%s`", note.text, reason);
    double m2 = shape_area_m2(s);
    shape_free(g, s);
    return m2;
}

static void a_repair_loses_no_ground(void **state)
{
    (void)state;
    double large_m2 = kept_m2("{\"type\":\"Polygon\",\"coordinates\":[" LARGE "]}", NULL),
           small_m2 = kept_m2("{\"type\":\"Polygon\",\"coordinates\":[" SMALL "]}", NULL);
    assert_near(large_m2, 153445, 5);
    static const struct {
        const char *text, *reason;
    } whole[] = {
        {"{\"type\":\"MultiPolygon\",\"coordinates\":[[" LARGE "],[" SMALL "]]}", "ested shells"},
        {"{\"type\":\"MultiPolygon\",\"coordinates\":[[" LARGE "],[" LARGE "]]}", "repaired"},
        {"{\"type\":\"Polygon\",\"coordinates\":[" SMALL "," LARGE "]}", "repaired"},
        {"{\"type\":\"Polygon\",\"coordinates\":[" LARGE "," LARGE "]}", "repaired"},
        {"{\"type\":\"Polygon\",\"coordinates\":[" LARGE "," SMALL "," SMALL "]}", "repaired"},
        /* a loop inside that touches the outer ring in one point */
        {"{\"type\":\"Polygon\",\"coordinates\":[[[46.76,39.18],[46.764,39.18],[46.764,39.184],[46.76,39.184],[46."
         "76,"
         "39.182],[46.762,39.181],[46.762,39.183],[46.76,39.182],[46.76,39.18]]]}",
         "elf-intersection"},
        /* a hole that crosses itself is no hole */
        {"{\"type\":\"Polygon\",\"coordinates\":[" LARGE
         ",[[46.761,39.181],[46.763,39.183],[46.763,39.181],[46.761,39.183],[46.761,39.181]]]}",
         "repaired"},
    };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        assert_near(kept_m2(whole[i].text, whole[i].reason), large_m2, 1);
    /* a sure hole stays one, also beside a ring that is repaired */
    assert_near(kept_m2("{\"type\":\"Polygon\",\"coordinates\":[" LARGE "," SMALL "]}", ""), large_m2 - small_m2,
                1);
    double apart_m2 =
        kept_m2("{\"type\":\"MultiPolygon\",\"coordinates\":[[" LARGE "," SMALL
                "],[[[46.766,39.18],[46.768,39.182],[46.768,39.18],[46.766,39.182],[46.766,39.18]]]]}",
                "repaired");
    assert_near(apart_m2, large_m2 - small_m2 + small_m2 / 2, 2);
    /* a part drawn in the hole of another is hazard */
    assert_near(kept_m2("{\"type\":\"MultiPolygon\",\"coordinates\":[[" LARGE "," SMALL "],[" SMALL "],[" LARGE
                        "," SMALL "]]}",
                        "repaired"),
                large_m2, 1);
    /* a parcel of a village that crosses itself keeps all it encloses: the gate closes it for what lies there */
    const double twice[] = {46.76,  39.18,  46.764, 39.18,  46.764, 39.184, 46.76,  39.184, 46.76,  39.18, 46.761,
                            39.181, 46.763, 39.181, 46.763, 39.183, 46.761, 39.183, 46.761, 39.181, 46.76, 39.18};
    struct shape *parcel = shape_lonlat(g, 'a', twice, 11, 38);
    assert_near(shape_area_m2(parcel), large_m2, 1);
    shape_free(g, parcel);
}

static void mistakes_are_refused(void **state)
{
    (void)state;
    struct geo_rule release = agali;
    release.use = GEO_RELEASE;
    refuses("null", &agali, "null geometry");
    refuses("{\"type\":\"Point\",\"coordinates\":[46.75,39.17]}", &agali, "is no area");
    refuses("{\"type\":\"Polygon\",\"coordinates\":[]}", &agali, "without a ring");
    refuses("{\"type\":\"Polygon\",\"coordinates\":[[[46.75,39.17],[46.76,39.17],[46.75,39.17]]]}", &agali,
            "different points");
    refuses(
        "{\"type\":\"Polygon\",\"coordinates\":[[[46.75,39.17],[46.7501,39.17],[46.7502,39.17],[46.75,39.17]]]}",
        &release, "extent");
    refuses("{\"type\":\"Polygon\",\"coordinates\":[[[46.75,39.17],[46.76,\"x\"],[46.77,39.17],[46.75,39.17]]]}",
            &agali, "point 2");
    refuses("{\"type\":\"Polygon\",\"coordinates\":[[[39.17,46.75],[39.17,46.76],[39.18,46.76],[39.17,46.75]]]}",
            &agali, "wrong axis order");
    refuses("{\"type\":\"Polygon\",\"coordinates\":[[[-33.8,151.2],[-33.8,151.3],[-33.9,151.3],[-33.8,151.2]]]}",
            &agali, "wrong axis order");
    refuses("{\"type\":\"Polygon\",\"coordinates\":[[[8.5,47.3],[8.6,47.3],[8.6,47.4],[8.5,47.3]]]}", &agali,
            "km from the site");
    refuses("{\"type\":\"Polygon\",\"coordinates\":[[[638000,4337000],[639000,4337000],[639000,4338000],[638000,"
            "4337000]]]}",
            &agali, "no longitude and latitude");
    refuses("{\"type\":\"Polygon\",\"coordinates\":[[[46.75,39.17],[46.76,39.18],[46.76,39.17],[46.75,39.18],[46."
            "75,39.17]]]}",
            &release, "never guessed");
    struct err e = {0};
    assert_null(shape_wkt(g, "POLYGON((46.75", &agali, NULL, &e));
    assert_non_null(strstr(e.text, "WKT"));
    struct shape *s =
        shape_wkt(g, "POLYGON((46.75 39.17, 46.76 39.17, 46.76 39.18, 46.75 39.17))", &agali, NULL, &e);
    assert_non_null(s);
    shape_free(g, s);
}

static void overlay(void **state)
{
    (void)state;
    struct err e = {0};
    struct shape *a = from(square, &agali, NULL, &e);
    struct shape *b = from("{\"type\":\"Polygon\",\"coordinates\":[[[46.755,39.17],[46.77,39.17],[46.77,39.18],[46."
                           "755,39.18],[46.755,39.17]]]}",
                           &agali, NULL, &e);
    struct shape *both = shape_union(g, a, b), *rest = shape_difference(g, a, b);
    double common_m2 = shape_overlap_m2(g, a, b);
    assert_near(shape_area_m2(both), shape_area_m2(a) + shape_area_m2(b) - common_m2, 0.01);
    assert_near(shape_area_m2(rest) + common_m2, shape_area_m2(a), 0.01);
    struct shape *near_edge = shape_circle(g, 46.7605, 39.175, 50, 38),
                 *away = shape_circle(g, 46.7505, 39.1900, 50, 38);
    assert_near(shape_area_m2(near_edge) / (3.14159265 * 2500), 1.0, 0.01);
    assert_int_equal(shape_touches(g, a, near_edge), 1);
    assert_int_equal(shape_touches(g, a, away), 0);
    const struct shape *all[] = {a, b, NULL, away};
    assert_int_equal(shapes_overlaps(g, all, 4, 1, NULL, NULL), 1);
    struct shape *own[] = {a, b, both, rest, near_edge, away};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) shape_free(g, own[i]);
}

static void bosnian_areas_whole(void **state)
{
    (void)state;
    char path[512];
    const char *dir = getenv("KEND_REFERENCE");
    snprintf(path, sizeof path, "%s/land/bih_suspect_areas.geojson", dir ? dir : "../shared/reference");
    json_t *file = json_load_file(path, 0, NULL), *features = json_object_get(file, "features"), *f;
    if (!file) {
        print_message("skipped: no %s\n", path);
        skip();
    }
    int null = 0, areas = 0, empty = 0;
    double plane_m2 = 0, true_m2 = 0;
    size_t i;
    json_array_foreach(features, i, f)
    {
        struct err e = {0};
        struct geo_note note;
        struct shape *s =
            shape_json(g, json_object_get(f, "geometry"), &(struct geo_rule){.use = GEO_HAZARD}, &note, &e);
        int is_null = !s && strstr(e.text, "null geometry"), is_empty = !s && strstr(e.text, "without a polygon");
        if (!s && !is_null && !is_empty) fail_msg("feature %zu: %s", i, e.text);
        null += is_null;
        empty += is_empty;
        areas += s != NULL;
        plane_m2 += shape_area_m2(s);
        if (s) true_m2 += shape_true_area_m2(g, s);
        shape_free(g, s);
    }
    print_message("%d areas, %d without geometry, %.0f m2 in the plane, %.0f on the ellipsoid\n", areas, null,
                  plane_m2, true_m2);
    assert_int_equal(null, 2108);
    assert_int_equal(areas + empty, 5253); /* the published count has the multipolygons that hold nothing */
    assert_near(plane_m2 / true_m2, 1.0, 1e-3);
    json_decref(file);
}

static int set_up(void **state)
{
    (void)state;
    g = geo_open(NULL);
    return g ? 0 : -1;
}
static int tear_down(void **state)
{
    (void)state;
    geo_close(g);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_in_the_zone),
        cmocka_unit_test(repairs_are_told),
        cmocka_unit_test(a_repair_loses_no_ground),
        cmocka_unit_test(mistakes_are_refused),
        cmocka_unit_test(overlay),
        cmocka_unit_test(bosnian_areas_whole),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
