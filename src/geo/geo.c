/* Contexts and projection. UTM by PROJ's extended transverse Mercator (Poder and Engsager; error below a millimetre
 * within the zone), always east before north and longitude before latitude (proj_normalize_for_visualization), no
 * network: the transformation WGS84 to UTM needs no grid. Areas in the plane differ from the ground by the square of
 * the scale factor: 0.9996 on the central meridian, about 1.0004 at the edge of the zone at 40 degrees, so less than
 * 0.1 % at the latitudes of any village north of 30 degrees; shape_true_area_m2 gives the area on the ellipsoid. */
#include "geo/geo.h"
#include "base/err.h"
#include "geo/inside.h"
#include <geodesic.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double WGS84_A_M = 6378137.0, WGS84_F = 1 / 298.257223563;

static void on_message(const char *text, void *self)
{
    struct geo *g = self;
    snprintf(g->said, sizeof g->said, "%s", text);
}

static void silent(void *self, int level, const char *text) { (void)self, (void)level, (void)text; }

struct geo *geo_open(struct err *e)
{
    struct geo *g = calloc(1, sizeof *g);
    if (!g) return err_set(e, "out of memory"), NULL;
    g->geos = GEOS_init_r();
    GEOSContext_setNoticeMessageHandler_r(g->geos, on_message, g);
    GEOSContext_setErrorMessageHandler_r(g->geos, on_message, g);
    g->proj = proj_context_create();
    proj_log_func(g->proj, NULL, silent);
    proj_context_set_enable_network(g->proj, 0);
    if (geo_zone(g, 38)) return g;
    err_set(e, "PROJ cannot make UTM zones; its data base (proj.db) is missing");
    geo_close(g);
    return NULL;
}

void geo_close(struct geo *g)
{
    if (!g) return;
    for (int i = 0; i <= 2 * ZONES; i++) proj_destroy(g->zone[i]);
    proj_context_destroy(g->proj);
    GEOS_finish_r(g->geos);
    free(g);
}

PJ *geo_zone(struct geo *g, int zone)
{
    if (!zone || zone < -ZONES || zone > ZONES) return NULL;
    PJ **at = &g->zone[zone + ZONES];
    if (*at) return *at;
    char to[32];
    snprintf(to, sizeof to, "EPSG:%d", (zone > 0 ? 32600 : 32700) + abs(zone));
    PJ *raw = proj_create_crs_to_crs(g->proj, "EPSG:4326", to, NULL);
    if (raw) *at = proj_normalize_for_visualization(g->proj, raw);
    proj_destroy(raw);
    return *at;
}

int zone_of(double lon_deg, double lat_deg)
{
    int zone = (int)floor((lon_deg + 180) / 6) + 1;
    if (zone > ZONES) zone = ZONES;
    return lat_deg < 0 ? -zone : zone;
}

int shape_project(struct geo *g, double *lonlat, size_t n, int zone)
{
    PJ *p = geo_zone(g, zone);
    size_t step = 2 * sizeof *lonlat;
    if (!p || proj_trans_generic(p, PJ_FWD, lonlat, step, n, lonlat + 1, step, n, NULL, 0, 0, NULL, 0, 0) != n)
        return -1;
    for (size_t i = 0; i < 2 * n; i++)
        if (!isfinite(lonlat[i])) return -1;
    return 0;
}

int point_project(struct geo *g, int zone, double lon_deg, double lat_deg, double *east_m, double *north_m)
{
    double p[2] = {lon_deg, lat_deg};
    if (shape_project(g, p, 1, zone)) return -1;
    *east_m = p[0];
    *north_m = p[1];
    return 0;
}

double lonlat_distance_m(double lon1_deg, double lat1_deg, double lon2_deg, double lat2_deg)
{
    struct geod_geodesic earth;
    double metres = 0;
    geod_init(&earth, WGS84_A_M, WGS84_F);
    geod_inverse(&earth, lat1_deg, lon1_deg, lat2_deg, lon2_deg, &metres, NULL, NULL);
    return metres;
}

/* --- back to degrees --- */

int shape_degrees(struct geo *g, int zone, double *xy, size_t n)
{
    PJ *p = geo_zone(g, zone);
    size_t step = 2 * sizeof *xy;
    return p && proj_trans_generic(p, PJ_INV, xy, step, n, xy + 1, step, n, NULL, 0, 0, NULL, 0, 0) == n ? 0 : -1;
}

/* The ring's points as pairs of degrees, malloc'd; NULL on failure. */
static double *ring_degrees(struct geo *g, const GEOSGeometry *ring, int zone, unsigned *n)
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(g->geos, ring);
    if (!s || !GEOSCoordSeq_getSize_r(g->geos, s, n) || !*n) return NULL;
    double *xy = malloc(2 * sizeof *xy * *n);
    if (!xy) return NULL;
    for (unsigned i = 0; i < *n; i++) GEOSCoordSeq_getXY_r(g->geos, s, i, &xy[2 * i], &xy[2 * i + 1]);
    if (!shape_degrees(g, zone, xy, *n)) return xy;
    free(xy);
    return NULL;
}

static json_t *ring_json(struct geo *g, const GEOSGeometry *ring, int zone)
{
    unsigned n = 0;
    double *xy = ring_degrees(g, ring, zone, &n);
    json_t *list = json_array();
    for (unsigned i = 0; xy && i < n; i++)
        json_array_append_new(
            list, json_pack("[f,f]", round(xy[2 * i] * 1e12) / 1e12, round(xy[2 * i + 1] * 1e12) / 1e12));
    free(xy);
    return list;
}

static json_t *polygon_json(struct geo *g, const GEOSGeometry *polygon, int zone)
{
    json_t *rings = json_array();
    json_array_append_new(rings, ring_json(g, GEOSGetExteriorRing_r(g->geos, polygon), zone));
    int holes = GEOSGetNumInteriorRings_r(g->geos, polygon);
    for (int i = 0; i < holes; i++)
        json_array_append_new(rings, ring_json(g, GEOSGetInteriorRingN_r(g->geos, polygon, i), zone));
    return rings;
}

json_t *shape_geojson(struct geo *g, const struct shape *s)
{
    int kind = GEOSGeomTypeId_r(g->geos, s->g);
    if (kind == GEOS_POINT || kind == GEOS_LINESTRING) {
        json_t *line = ring_json(g, s->g, s->zone);
        if (kind == GEOS_LINESTRING) return json_pack("{s:s, s:o}", "type", "LineString", "coordinates", line);
        json_t *first = json_incref(json_array_get(line, 0));
        json_decref(line);
        return json_pack("{s:s, s:o}", "type", "Point", "coordinates", first);
    }
    if (kind == GEOS_POLYGON)
        return json_pack("{s:s, s:o}", "type", "Polygon", "coordinates", polygon_json(g, s->g, s->zone));
    json_t *parts = json_array();
    for (int i = 0, n = GEOSGetNumGeometries_r(g->geos, s->g); i < n; i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(g->geos, s->g, i);
        if (GEOSGeomTypeId_r(g->geos, part) == GEOS_POLYGON)
            json_array_append_new(parts, polygon_json(g, part, s->zone));
    }
    return json_pack("{s:s, s:o}", "type", "MultiPolygon", "coordinates", parts);
}

void shape_centre(struct geo *g, const struct shape *s, double *lon_deg, double *lat_deg)
{
    GEOSGeometry *c = GEOSPointOnSurface_r(g->geos, s->g);
    double xy[2] = {0, 0};
    if (c && GEOSGeomGetX_r(g->geos, c, xy) == 1 && GEOSGeomGetY_r(g->geos, c, xy + 1) == 1)
        shape_degrees(g, s->zone, xy, 1);
    GEOSGeom_destroy_r(g->geos, c);
    *lon_deg = xy[0];
    *lat_deg = xy[1];
}

/* --- area on the ellipsoid --- */

static double ring_true_m2(struct geo *g, const GEOSGeometry *ring, int zone)
{
    struct geod_geodesic earth;
    struct geod_polygon p;
    unsigned n = 0;
    double area = 0, *xy = ring_degrees(g, ring, zone, &n);
    geod_init(&earth, WGS84_A_M, WGS84_F);
    geod_polygon_init(&p, 0);
    for (unsigned i = 0; xy && i + 1 < n; i++) geod_polygon_addpoint(&earth, &p, xy[2 * i + 1], xy[2 * i]);
    geod_polygon_compute(&earth, &p, 0, 1, &area, NULL);
    free(xy);
    return fabs(area);
}

double shape_true_area_m2(struct geo *g, const struct shape *s)
{
    double sum_m2 = 0;
    for (int i = 0, n = GEOSGetNumGeometries_r(g->geos, s->g); i < n; i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(g->geos, s->g, i);
        if (GEOSGeomTypeId_r(g->geos, part) != GEOS_POLYGON || GEOSisEmpty_r(g->geos, part)) continue;
        sum_m2 += ring_true_m2(g, GEOSGetExteriorRing_r(g->geos, part), s->zone);
        for (int k = 0, holes = GEOSGetNumInteriorRings_r(g->geos, part); k < holes; k++)
            sum_m2 -= ring_true_m2(g, GEOSGetInteriorRingN_r(g->geos, part, k), s->zone);
    }
    return sum_m2;
}
