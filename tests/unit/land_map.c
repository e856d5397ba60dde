/* The map of a household's briefing against the land itself: hundreds of random areas in every state, some in the next UTM zone; whatever may not be
 * entered within reach stands on the map, never further away than it is, and no home on closed land gets one. */
#include "base/err.h"
#include "base/random.h"
#include "edge_village.h"
#include "land/desk.h"
#include "land/map.h"
#include "near.h"
#include "village/village.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int64_t T0 = 1767225600000;
/* Four hundred metres from where zone 38 ends. */
static const double LON = 47.9950, LAT = 39.1800;
static const char text[] = EDGE_HEAD("Edge & Co") "  - {id: pit, kind: parcel, state: hazard, area: [[47.9900, "
                                                  "39.1799], [47.9904, 39.1799], [47.9904, "
                                                  "39.1801]]}\n" EDGE_TAIL;

struct stage {
    struct village *v;
    struct desk d;
    struct key key;
};

static int set_up(void **state)
{
    static struct stage s;
    struct err e = {0};
    int n_error = 0;
    unsigned char seed[32] = {7}, sig[SIGNATURE_BYTES];
    s.v = village_read_text("edge.yaml", text, strlen(text), stderr, &n_error);
    if (!s.v || desk_open(&s.d, ":memory:", NULL, &e)) return -1;
    key_from_seed(&s.key, "Agency", seed);
    json_t *site = json_pack("{s:f, s:f, s:f}", "lon_deg", LON, "lat_deg", LAT, "reach_m", 50e3);
    char *body = people_found(&s.key, "102", site, T0, sig);
    int bad = desk_take(&s.d, body, strlen(body), sig, NULL, &e);
    free(body);
    json_decref(site);
    *state = &s;
    return bad;
}

static int tear_down(void **state)
{
    struct stage *s = *state;
    desk_close(&s->d);
    village_free(s->v);
    return 0;
}

static void area_add(struct stage *s, const char *id, double west, double south, double size_deg)
{
    struct err e = {0};
    double east = west + size_deg, north = south + size_deg;
    json_t *data = json_pack("{s:{s:s, s:[[[f,f],[f,f],[f,f],[f,f],[f,f]]]}, s:s, s:s}", "geometry", "type",
                             "Polygon", "coordinates", west, south, east, south, east, north, west, north, west,
                             south, "evidence", "a witness", "name", id);
    if (desk_sign(&s->d, &s->key, "land.area", id, 0, T0, data, NULL, &e)) fail_msg("%s: %s", id, e.text);
    json_decref(data);
}

static char *map_of(struct stage *s, const char *place, const char *language, double reach_m, struct err *e)
{
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    struct map_options o = {village_place(s->v, place), place, language, reach_m, T0};
    int bad = map_write(s->d.land, s->v, &o, f, e);
    fclose(f);
    if (!bad) return out;
    free(out);
    return NULL;
}

/* The distance that the table of the map gives to it, -1: it is not there. */
static double told_m(const char *map, const char *name)
{
    char cell[64];
    snprintf(cell, sizeof cell, "<td>%s</td><td class=\"n\">", name);
    const char *at = strstr(map, cell);
    return at ? strtod(at + strlen(cell), NULL) : -1;
}

static void all_that_is_closed_stands_on_it(void **state)
{
    struct stage *s = *state;
    struct err e = {0};
    struct random r = random_stream(5, "map");
    char id[16];
    int near_ones = 0, far_ones = 0, next_zone = 0;
    double west[150], south[150];
    for (int i = 0; i < 150; i++) {
        west[i] = LON + 0.0006 + 0.03 * (random_uniform(&r) - 0.2),
        south[i] = LAT + 0.03 * (random_uniform(&r) - 0.5);
        if (west[i] > LON - 0.002 && west[i] < LON + 0.0004 && south[i] > LAT - 0.002 && south[i] < LAT + 0.0004)
            west[i] += 0.004;
        snprintf(id, sizeof id, "A-%03d", i);
        area_add(s, id, west[i], south[i], 0.0005);
    }
    char *map = map_of(s, "yard", "en", 1000, &e);
    if (!map) fail_msg("%s", e.text);
    for (int i = 0; i < 150; i++) { /* the nearest corner of yard and area, on the ellipsoid */
        double x = fmax(fmax(west[i] - 47.9952, 47.9948 - west[i] - 0.0005), 0),
               y = fmax(fmax(south[i] - 39.1801, 39.1799 - south[i] - 0.0005), 0);
        double away_m = lonlat_distance_m(LON, LAT, LON + x, LAT + y);
        snprintf(id, sizeof id, "A-%03d", i);
        double told = told_m(map, id);
        if (away_m < 990 && told < 0) fail_msg("%s, %.0f m away, is missing", id, away_m);
        if (away_m > 1010 && told >= 0) fail_msg("%s, %.0f m away, is told", id, away_m);
        if (told >= 0) assert_true(told <= away_m + 2 && told >= away_m - 14);
        near_ones += told >= 0;
        far_ones += told < 0;
        next_zone += told >= 0 && west[i] > 48;
    }
    assert_true(near_ones > 20 && far_ones > 20 && next_zone > 5);
    assert_true(told_m(map, "pit") < 420 && told_m(map, "pit") > 350); /* by the village file alone */
    assert_null(strstr(map, "Edge & Co"));
    assert_non_null(strstr(map, "Edge &amp; Co"));
    free(map);
}

static void a_home_on_closed_land_gets_none(void **state)
{
    struct stage *s = *state;
    struct err e = {0};
    assert_null(map_of(s, "pit", "az", 1000, &e));
    assert_non_null(strstr(e.text, "not handed over"));
    free(map_of(s, "lane", "ru", 1000, &e));
    area_add(s, "B-1", 47.99500, 39.17995, 0.0001);
    assert_null(map_of(s, "yard", "az", 1000, &e));
    assert_null(map_of(s, "lane", "az", 1000, &e));
    assert_non_null(strstr(e.text, "`lane`"));
    assert_null(map_of(s, "yard", "de", 1000, &e));
    assert_non_null(strstr(e.text, "az en ru"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_that_is_closed_stands_on_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_home_on_closed_land_gets_none, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
