/* Shapes: made of what was checked, copied, freed, and which of many overlap. What two of them have in common: meet.c. */
#include "base/err.h"
#include "geo/inside.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

struct shape *shape_of(struct geo *g, GEOSGeometry *geometry, int zone)
{
    if (!geometry) return NULL;
    struct shape *s = calloc(1, sizeof *s);
    if (!s) {
        GEOSGeom_destroy_r(g->geos, geometry);
        return NULL;
    }
    s->g = geometry;
    s->zone = zone;
    GEOSArea_r(g->geos, geometry, &s->area_m2);
    return s;
}

void shape_free(struct geo *g, struct shape *s)
{
    if (!s) return;
    GEOSGeom_destroy_r(g->geos, s->g);
    free(s);
}

int shape_zone(const struct shape *s) { return s->zone; }
double shape_area_m2(const struct shape *s) { return s ? s->area_m2 : 0; }

struct shape *shape_copy(struct geo *g, const struct shape *s)
{
    return s ? shape_of(g, GEOSGeom_clone_r(g->geos, s->g), s->zone) : NULL;
}

struct shape *shape_lonlat(struct geo *g, char kind, const double *lonlat, int n, int zone)
{
    size_t count = (size_t)n;
    double *xy = n > 0 ? malloc(2 * sizeof *xy * count) : NULL;
    GEOSGeometry *made = NULL;
    GEOSCoordSequence *s = NULL;
    if (!xy) return NULL;
    for (size_t i = 0; i < 2 * count; i++) xy[i] = lonlat[i];
    if (!zone) zone = zone_of(lonlat[0], lonlat[1]);
    if (!shape_project(g, xy, count, zone)) {
        if (kind == 'a') xy[2 * count - 2] = xy[0], xy[2 * count - 1] = xy[1];
        s = GEOSCoordSeq_copyFromBuffer_r(g->geos, xy, (unsigned)count, 0, 0);
    }
    free(xy);
    if (!s) return NULL;
    if (kind == 'p')
        made = GEOSGeom_createPoint_r(g->geos, s);
    else if (kind == 'l')
        made = GEOSGeom_createLineString_r(g->geos, s);
    else {
        GEOSGeometry *ring = GEOSGeom_createLinearRing_r(g->geos, s);
        if (ring) made = GEOSGeom_createPolygon_r(g->geos, ring, NULL, 0);
    }
    if (made && kind == 'a' && GEOSisValid_r(g->geos, made) != 1) {
        GEOSGeometry *valid = shape_filled(g, made); /* a place that loses ground closes too little */
        GEOSGeom_destroy_r(g->geos, made);
        made = valid;
    }
    return shape_of(g, made, zone);
}

struct shape *shape_circle(struct geo *g, double lon_deg, double lat_deg, double radius_m, int zone)
{
    struct shape *point = shape_lonlat(g, 'p', (const double[]){lon_deg, lat_deg}, 1, zone);
    struct shape *circle = point ? shape_buffer(g, point, radius_m) : NULL;
    shape_free(g, point);
    return circle;
}

struct shape *shape_buffer(struct geo *g, const struct shape *s, double distance_m)
{
    return shape_of(g, GEOSBuffer_r(g->geos, s->g, distance_m, 16), s->zone);
}

/* --- which of many overlap --- */

struct item {
    int index;
    const struct shape *shape;
    const struct shape *flat; /* in the tree's plane: itself, or its frame */
    struct shape *made;
};
struct search {
    struct geo *g;
    const struct item *me;
    const GEOSPreparedGeometry *ready; /* of `me`, made when first asked for */
    double least_m2;
    long found;
    void (*pair)(void *, int, int, double);
    void *self;
};

static void candidate(void *item, void *self)
{
    const struct item *other = item;
    struct search *s = self;
    if (other->index <= s->me->index) return;
    int one_zone = other->shape->zone == s->me->shape->zone;
    if (one_zone && !s->ready) s->ready = GEOSPrepare_r(s->g->geos, s->me->shape->g);
    if (one_zone && s->ready && GEOSPreparedIntersects_r(s->g->geos, s->ready, other->shape->g) == 0) return;
    double area_m2 = shape_overlap_m2(s->g, s->me->shape, other->shape);
    if (area_m2 <= s->least_m2) return;
    s->found++;
    if (s->pair) s->pair(s->self, s->me->index, other->index, area_m2);
}

/* Shapes of several zones are found by how they lie in one of them. */
static void tree_fill(struct geo *g, GEOSSTRtree *tree, struct item *item, const struct shape *const *shape, int n)
{
    int zone = 0;
    for (int i = 0; i < n; i++) {
        item[i] = (struct item){i, shape[i], shape[i], NULL};
        if (!shape[i]) continue;
        if (!zone) zone = shape[i]->zone;
        if (shape[i]->zone != zone) item[i].flat = item[i].made = shape_frame(g, shape[i], zone);
        if (item[i].flat) GEOSSTRtree_insert_r(g->geos, tree, item[i].flat->g, &item[i]);
    }
}

long shapes_overlaps(struct geo *g, const struct shape *const *shape, int n, double least_m2,
                     void (*pair)(void *, int, int, double), void *self)
{
    struct item *item = calloc((size_t)n + 1, sizeof *item);
    GEOSSTRtree *tree = GEOSSTRtree_create_r(g->geos, 10);
    struct search s = {g, NULL, NULL, least_m2, -1, pair, self};
    if (item && tree) {
        s.found = 0;
        tree_fill(g, tree, item, shape, n);
        for (int i = 0; i < n; i++) {
            s.me = &item[i];
            if (item[i].flat) GEOSSTRtree_query_r(g->geos, tree, item[i].flat->g, candidate, &s);
            if (s.ready) GEOSPreparedGeom_destroy_r(g->geos, s.ready);
            s.ready = NULL;
        }
    }
    if (tree) GEOSSTRtree_destroy_r(g->geos, tree);
    for (int i = 0; item && i < n; i++) shape_free(g, item[i].made);
    free(item);
    return s.found;
}
