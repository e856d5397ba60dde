/* From somebody's coordinates to a sound shape. A mistake in an outline of hazard can kill, so every repair is told in a
 * note, repairs of hazard never lose ground (a crossing ring becomes the union of all it encloses), and what is
 * released is never repaired where the repair would have to guess. Refused with a reason: null or empty geometry, fewer than
 * three different points, no numbers, degrees out of range, far from the site, latitude before longitude, no extent.
 * The repair nodes each ring, makes faces of it and keeps them all: GEOSMakeValid counts how often rings wind around a point, by
 * either of its methods, and so loses what is enclosed twice (a part inside another, a loop that touches itself, a hole larger
 * than its shell). Only a sound hole strictly inside its own shell is cut. Left out: rings across the antimeridian. */
#include "base/err.h"
#include "geo/inside.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double LEAST_AREA_M2 = 0.001; /* hazard in a sliver is hazard */
static const double GRID_M = 1e-4;
enum { RING_POINTS_MAX = 100000 };

static void note_add(struct geo_note *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void note_add(struct geo_note *n, const char *fmt, ...)
{
    if (!n) return;
    size_t used = strlen(n->text);
    if (used && used + 3 < sizeof n->text) used += (size_t)snprintf(n->text + used, sizeof n->text - used, "; ");
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(n->text + used, sizeof n->text - used, fmt, ap);
    va_end(ap);
}

/* --- points --- */

static int near_site(const struct geo_rule *r, double lon_deg, double lat_deg, double *far_m)
{
    /* An upper figure on the sphere saves the ellipsoid for the doubtful ones: no degree is longer than 111.7 km. */
    *far_m = 111700 * (fabs(lon_deg - r->site_lon_deg) + fabs(lat_deg - r->site_lat_deg));
    if (*far_m <= r->reach_m) return 1;
    *far_m = lonlat_distance_m(r->site_lon_deg, r->site_lat_deg, lon_deg, lat_deg);
    return *far_m <= r->reach_m;
}

static int point_check(const struct geo_rule *r, double lon_deg, double lat_deg, struct err *e)
{
    double far_m, swapped_m;
    if (!isfinite(lon_deg) || !isfinite(lat_deg)) return err_set(e, "a coordinate is no number");
    if (fabs(lat_deg) > 90 && fabs(lat_deg) <= 180 && fabs(lon_deg) <= 90)
        return err_set(e, "wrong axis order: [%.5f, %.5f] has the latitude first; write [longitude, latitude]",
                       lon_deg, lat_deg);
    if (fabs(lat_deg) > 84 || fabs(lon_deg) > 180)
        return err_set(e, "[%.5f, %.5f] is no longitude and latitude in degrees", lon_deg, lat_deg);
    if (!(r->reach_m > 0) || near_site(r, lon_deg, lat_deg, &far_m)) return 0;
    if (fabs(lon_deg) <= 90 && near_site(r, lat_deg, lon_deg, &swapped_m))
        return err_set(e,
                       "wrong axis order: [%.5f, %.5f] lies %.0f km from the site, swapped %.0f km; write "
                       "[longitude, latitude]",
                       lon_deg, lat_deg, far_m / 1e3, swapped_m / 1e3);
    return err_set(e, "[%.5f, %.5f] lies %.0f km from the site, further than %.0f km", lon_deg, lat_deg,
                   far_m / 1e3, r->reach_m / 1e3);
}

/* --- rings --- */

struct ring {
    double *lonlat;
    size_t n;
};

/* Closes the ring, with a note when it was open. -1: fewer than three different points. */
static int ring_close(struct ring *k, struct geo_note *note, struct err *e)
{
    size_t different = 0;
    double *v = k->lonlat;
    for (size_t i = 1; i < k->n; i++) different += memcmp(v + 2 * i, v + 2 * i - 2, 2 * sizeof *v) != 0;
    if (k->n && memcmp(v, v + 2 * (k->n - 1), 2 * sizeof *v) != 0) {
        double gap_m = lonlat_distance_m(v[0], v[1], v[2 * k->n - 2], v[2 * k->n - 1]);
        memcpy(v + 2 * k->n, v, 2 * sizeof *v);
        k->n++;
        different++;
        note_add(note, "an open ring was closed (gap %.1f m)", gap_m);
    }
    if (different >= 3) return 0;
    return err_set(e, "a ring has %zu different points; an area wants at least 3", different);
}

static int ring_read(const json_t *list, const struct geo_rule *r, struct ring *k, struct geo_note *note,
                     struct err *e)
{
    size_t n = json_array_size(list), i;
    const json_t *p;
    if (!json_is_array(list) || n > RING_POINTS_MAX)
        return err_set(e, "a ring is a list of at most %d points", RING_POINTS_MAX);
    k->n = n;
    k->lonlat = malloc(2 * sizeof *k->lonlat * (n + 1));
    if (!k->lonlat) return err_set(e, "out of memory");
    json_array_foreach(list, i, p)
    {
        const json_t *lon = json_array_get(p, 0), *lat = json_array_get(p, 1);
        if (!json_is_number(lon) || !json_is_number(lat))
            return err_set(e, "point %zu is no [longitude, latitude]", i + 1);
        k->lonlat[2 * i] = json_number_value(lon);
        k->lonlat[2 * i + 1] = json_number_value(lat);
        if (point_check(r, k->lonlat[2 * i], k->lonlat[2 * i + 1], e)) return -1;
    }
    return ring_close(k, note, e);
}

static GEOSGeometry *ring_build(struct geo *g, const struct ring *k)
{
    GEOSCoordSequence *s = GEOSCoordSeq_copyFromBuffer_r(g->geos, k->lonlat, (unsigned)k->n, 0, 0);
    return s ? GEOSGeom_createLinearRing_r(g->geos, s) : NULL;
}

static GEOSGeometry *ring_make(struct geo *g, const json_t *list, const struct geo_rule *r, int *zone,
                               struct geo_note *note, struct err *e)
{
    struct ring k = {0};
    GEOSGeometry *made = NULL;
    if (!ring_read(list, r, &k, note, e)) {
        if (!*zone) *zone = zone_of(k.lonlat[0], k.lonlat[1]);
        if (shape_project(g, k.lonlat, k.n, *zone))
            err_set(e, "a point cannot be projected to UTM zone %d", *zone);
        else if (memcpy(k.lonlat + 2 * (k.n - 1), k.lonlat, 2 * sizeof *k.lonlat), !(made = ring_build(g, &k)))
            err_set(e, "%s", g->said);
    }
    free(k.lonlat);
    return made;
}

static GEOSGeometry *polygon_make(struct geo *g, const json_t *rings, const struct geo_rule *r, int *zone,
                                  struct geo_note *note, struct err *e)
{
    size_t n = json_array_size(rings), i;
    const json_t *ring;
    if (!n) return err_set(e, "a polygon without a ring"), NULL;
    GEOSGeometry **made = calloc(n, sizeof *made), *polygon = NULL;
    if (!made) return err_set(e, "out of memory"), NULL;
    json_array_foreach(rings, i, ring) if (!(made[i] = ring_make(g, ring, r, zone, note, e))) break;
    if (i == n) {
        polygon = GEOSGeom_createPolygon_r(g->geos, made[0], made + 1, (unsigned)n - 1);
        if (!polygon) err_set(e, "%s", g->said);
    } else
        for (size_t k = 0; k < i; k++) GEOSGeom_destroy_r(g->geos, made[k]);
    free(made);
    return polygon;
}

static GEOSGeometry *parts_make(struct geo *g, const json_t *parts, const struct geo_rule *r, int *zone,
                                struct geo_note *note, struct err *e)
{
    size_t n = json_array_size(parts), i;
    const json_t *part;
    if (!n) return err_set(e, "a multipolygon without a polygon"), NULL;
    GEOSGeometry **made = calloc(n, sizeof *made), *all = NULL;
    if (!made) return err_set(e, "out of memory"), NULL;
    json_array_foreach(parts, i, part) if (!(made[i] = polygon_make(g, part, r, zone, note, e))) break;
    if (i == n)
        all = GEOSGeom_createCollection_r(g->geos, GEOS_MULTIPOLYGON, made, (unsigned)n);
    else
        for (size_t k = 0; k < i; k++) GEOSGeom_destroy_r(g->geos, made[k]);
    free(made);
    return all;
}

/* --- repair --- */

/* The hull, a metre wide. */
static GEOSGeometry *wide_line(struct geo *g, const GEOSGeometry *raw)
{
    GEOSGeometry *hull = GEOSConvexHull_r(g->geos, raw), *wide = hull ? GEOSBuffer_r(g->geos, hull, 0.5, 4) : NULL;
    GEOSGeom_destroy_r(g->geos, hull);
    return wide;
}

/* The polygons of any geometry as one (multi)polygon; takes g. */
static GEOSGeometry *only_areas(struct geo *g, GEOSGeometry *from)
{
    int kind = from ? GEOSGeomTypeId_r(g->geos, from) : -1;
    if (kind != GEOS_GEOMETRYCOLLECTION) return from;
    GEOSGeometry *sum = NULL;
    for (int i = 0, n = GEOSGetNumGeometries_r(g->geos, from); i < n; i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(g->geos, from, i);
        int k = GEOSGeomTypeId_r(g->geos, part);
        if (k != GEOS_POLYGON && k != GEOS_MULTIPOLYGON) continue;
        GEOSGeometry *with = sum ? GEOSUnion_r(g->geos, sum, part) : GEOSGeom_clone_r(g->geos, part);
        GEOSGeom_destroy_r(g->geos, sum);
        sum = with;
    }
    GEOSGeom_destroy_r(g->geos, from);
    return sum;
}

/* All that the ring encloses, however it crosses itself; a ring that encloses nothing is a line of hazard: its hull, a metre wide. */
static GEOSGeometry *ring_filled(struct geo *g, const GEOSGeometry *ring)
{
    GEOSGeometry *noded = GEOSUnaryUnion_r(g->geos, ring);
    const GEOSGeometry *const lines[] = {noded};
    GEOSGeometry *faces = noded ? GEOSPolygonize_r(g->geos, lines, 1) : NULL;
    GEOSGeometry *filled = faces ? GEOSUnaryUnion_r(g->geos, faces) : NULL;
    GEOSGeom_destroy_r(g->geos, faces);
    GEOSGeom_destroy_r(g->geos, noded);
    if (filled && GEOSisEmpty_r(g->geos, filled) != 1) return filled;
    GEOSGeom_destroy_r(g->geos, filled);
    return wide_line(g, ring);
}

static GEOSGeometry *ring_polygon(struct geo *g, const GEOSGeometry *ring)
{
    GEOSGeometry *copy = GEOSGeom_clone_r(g->geos, ring);
    return copy ? GEOSGeom_createPolygon_r(g->geos, copy, NULL, 0) : NULL;
}

/* The insides of two holes meet: which of the two is ground cannot be known. */
static int holes_meet(struct geo *g, const GEOSGeometry *polygon, int k, const GEOSGeometry *hole)
{
    int meet = 0;
    for (int i = 0, n = GEOSGetNumInteriorRings_r(g->geos, polygon); i < n && !meet; i++) {
        GEOSGeometry *other = i == k ? NULL : ring_polygon(g, GEOSGetInteriorRingN_r(g->geos, polygon, i));
        if (other) meet = GEOSRelatePattern_r(g->geos, hole, other, "T********") != 0;
        GEOSGeom_destroy_r(g->geos, other);
    }
    return meet;
}

/* Is the hole sound, and strictly inside its shell? All else that a hole may mean keeps its ground. */
static int hole_is_sure(struct geo *g, const GEOSGeometry *polygon, int k, const GEOSGeometry *shell,
                        const GEOSGeometry *hole)
{
    if (GEOSisValid_r(g->geos, hole) != 1) return 0;
    GEOSGeometry *border = GEOSBoundary_r(g->geos, shell);
    int inside = border && GEOSContains_r(g->geos, shell, hole) == 1 && GEOSDisjoint_r(g->geos, border, hole) == 1;
    GEOSGeom_destroy_r(g->geos, border);
    return inside && !holes_meet(g, polygon, k, hole);
}

/* Takes `sum`. */
static GEOSGeometry *joined(struct geo *g, GEOSGeometry *sum, const GEOSGeometry *more)
{
    GEOSGeometry *with = sum && more ? GEOSUnion_r(g->geos, sum, more) : NULL;
    GEOSGeom_destroy_r(g->geos, sum);
    return with;
}

static GEOSGeometry *polygon_filled(struct geo *g, const GEOSGeometry *polygon)
{
    GEOSGeometry *shell = ring_filled(g, GEOSGetExteriorRing_r(g->geos, polygon));
    GEOSGeometry *sum = shell ? GEOSGeom_clone_r(g->geos, shell) : NULL;
    for (int k = 0, n = GEOSGetNumInteriorRings_r(g->geos, polygon); k < n && sum; k++) {
        const GEOSGeometry *ring = GEOSGetInteriorRingN_r(g->geos, polygon, k);
        GEOSGeometry *hole = ring_polygon(g, ring), *filled = NULL, *less = NULL;
        if (hole && hole_is_sure(g, polygon, k, shell, hole)) {
            less = GEOSDifference_r(g->geos, sum, hole);
            GEOSGeom_destroy_r(g->geos, sum);
            sum = less;
        } else {
            filled = ring_filled(g, ring);
            sum = joined(g, sum, filled);
        }
        GEOSGeom_destroy_r(g->geos, filled);
        GEOSGeom_destroy_r(g->geos, hole);
    }
    GEOSGeom_destroy_r(g->geos, shell);
    return sum;
}

GEOSGeometry *shape_filled(struct geo *g, const GEOSGeometry *from)
{
    GEOSGeometry *sum = NULL;
    int n = GEOSGetNumGeometries_r(g->geos, from);
    for (int i = 0; i < n; i++) {
        const GEOSGeometry *polygon = GEOSGetGeometryN_r(g->geos, from, i);
        if (GEOSisEmpty_r(g->geos, polygon) == 1) continue;
        GEOSGeometry *part = polygon_filled(g, polygon);
        GEOSGeometry *with = sum ? joined(g, sum, part) : part;
        if (sum) GEOSGeom_destroy_r(g->geos, part);
        sum = with;
        if (!sum) return NULL;
    }
    GEOSGeometry *clean = sum ? only_areas(g, GEOSGeom_setPrecision_r(g->geos, sum, GRID_M, 0)) : NULL;
    GEOSGeom_destroy_r(g->geos, sum);
    return clean; /* what a lobe narrower than the grid leaves is no area */
}

static GEOSGeometry *sound(struct geo *g, GEOSGeometry *from, const struct geo_rule *r, struct geo_note *note,
                           struct err *e)
{
    if (GEOSisValid_r(g->geos, from) == 1) return from;
    char *why = GEOSisValidReason_r(g->geos, from);
    char short_why[64] = "broken";
    if (why) snprintf(short_why, sizeof short_why, "%.*s", (int)strcspn(why, "["), why);
    GEOSFree_r(g->geos, why);
    GEOSGeometry *made = NULL;
    if (r->use == GEO_RELEASE)
        err_set(e, "the outline is broken (%s); what is released is never guessed, draw it again", short_why);
    else if (!(made = shape_filled(g, from)))
        err_set(e, "the outline is broken (%s) and cannot be repaired", short_why);
    else {
        double area_m2 = 0;
        GEOSArea_r(g->geos, made, &area_m2);
        note_add(note, "%s: repaired, all it encloses is kept (%.0f m2)", short_why, area_m2);
    }
    GEOSGeom_destroy_r(g->geos, from);
    return made;
}

/* Hazard drawn as a line or a sliver is hazard. */
static GEOSGeometry *widened(struct geo *g, const GEOSGeometry *raw, struct geo_note *note)
{
    GEOSGeometry *wide = wide_line(g, raw);
    if (wide) note_add(note, "no extent: its line was widened to 1 m, so that it is not lost");
    return wide;
}

static struct shape *finished(struct geo *g, GEOSGeometry *raw, int zone, const struct geo_rule *r,
                              struct geo_note *note, struct err *e)
{
    if (!raw) return NULL;
    GEOSGeometry *wide = r->use == GEO_HAZARD ? GEOSGeom_clone_r(g->geos, raw) : NULL;
    GEOSGeometry *good = sound(g, raw, r, note, e);
    struct shape *s = shape_of(g, good, zone);
    if (s && s->area_m2 <= LEAST_AREA_M2) {
        shape_free(g, s);
        s = NULL;
    }
    if (!s && wide) s = shape_of(g, widened(g, wide, note), zone);
    if (!s && good) err_set(e, "the area has no extent");
    GEOSGeom_destroy_r(g->geos, wide);
    return s;
}

struct shape *shape_json(struct geo *g, const json_t *geometry, const struct geo_rule *r, struct geo_note *note,
                         struct err *e)
{
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *at = json_object_get(geometry, "coordinates");
    int zone = r->zone;
    if (note) note->text[0] = 0;
    if (!geometry || json_is_null(geometry)) return err_set(e, "null geometry: it says nothing of where"), NULL;
    if (type && (!strcmp(type, "Polygon") || !strcmp(type, "MultiPolygon"))) {
        GEOSGeometry *raw =
            type[0] == 'P' ? polygon_make(g, at, r, &zone, note, e) : parts_make(g, at, r, &zone, note, e);
        return finished(g, raw, zone, r, note, e);
    }
    err_set(e, "a `%.20s` is no area; a Polygon or MultiPolygon is wanted", type ? type : "thing without a type");
    return NULL;
}

/* --- WKT: only to come from GEOS's reader to the same checks --- */

static json_t *wkt_ring(struct geo *g, const GEOSGeometry *ring)
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(g->geos, ring);
    json_t *list = json_array();
    unsigned n = 0;
    if (s) GEOSCoordSeq_getSize_r(g->geos, s, &n);
    for (unsigned i = 0; i < n; i++) {
        double x = 0, y = 0;
        GEOSCoordSeq_getXY_r(g->geos, s, i, &x, &y);
        json_array_append_new(list, json_pack("[f,f]", x, y));
    }
    return list;
}

static json_t *wkt_polygon(struct geo *g, const GEOSGeometry *p)
{
    json_t *rings = json_array();
    if (GEOSisEmpty_r(g->geos, p)) return rings;
    json_array_append_new(rings, wkt_ring(g, GEOSGetExteriorRing_r(g->geos, p)));
    for (int i = 0, n = GEOSGetNumInteriorRings_r(g->geos, p); i < n; i++)
        json_array_append_new(rings, wkt_ring(g, GEOSGetInteriorRingN_r(g->geos, p, i)));
    return rings;
}

struct shape *shape_wkt(struct geo *g, const char *text, const struct geo_rule *r, struct geo_note *note,
                        struct err *e)
{
    GEOSWKTReader *reader = GEOSWKTReader_create_r(g->geos);
    GEOSGeometry *raw = GEOSWKTReader_read_r(g->geos, reader, text);
    GEOSWKTReader_destroy_r(g->geos, reader);
    if (!raw) return err_set(e, "no WKT polygon: %.80s", g->said), NULL;
    int kind = GEOSGeomTypeId_r(g->geos, raw);
    json_t *json = NULL;
    if (kind == GEOS_POLYGON)
        json = json_pack("{s:s, s:o}", "type", "Polygon", "coordinates", wkt_polygon(g, raw));
    else if (kind == GEOS_MULTIPOLYGON) {
        json_t *parts = json_array();
        for (int i = 0, n = GEOSGetNumGeometries_r(g->geos, raw); i < n; i++)
            json_array_append_new(parts, wkt_polygon(g, GEOSGetGeometryN_r(g->geos, raw, i)));
        json = json_pack("{s:s, s:o}", "type", "MultiPolygon", "coordinates", parts);
    }
    GEOSGeom_destroy_r(g->geos, raw);
    struct shape *s = json ? shape_json(g, json, r, note, e) : NULL;
    if (!json) err_set(e, "a WKT POLYGON or MULTIPOLYGON is wanted");
    json_decref(json);
    return s;
}
