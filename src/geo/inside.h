/* What geo.c (contexts, projection) and shape.c, meet.c, check.c share. */
#ifndef GEO_INSIDE_H
#define GEO_INSIDE_H
#include "geo/geo.h"
#include <geos_c.h>
#include <proj.h>
enum { ZONES = 60 };
struct geo {
    GEOSContextHandle_t geos;
    PJ_CONTEXT *proj;
    PJ *zone[2 * ZONES + 1]; /* WGS84 degrees (lon, lat) to metres, by zone + ZONES; made when first asked for */
    char said[256];          /* last message of GEOS */
};
struct lonlat_box { double west, south, east, north; int is_made; };
struct shape {
    GEOSGeometry *g; /* metres */
    int zone;
    double area_m2;
    struct lonlat_box box; /* meet.c's */
};
PJ *geo_zone(struct geo *, int zone);
struct shape *shape_of(struct geo *, GEOSGeometry *g, int zone); /* takes g; NULL when g is NULL */
GEOSGeometry *shape_filled(struct geo *, const GEOSGeometry *polygons); /* all that any ring encloses but sure holes; NULL: GEOS gives up */
int shape_project(struct geo *, double *lonlat, size_t n, int zone); /* pairs in place; 0 or -1 */
struct shape *shape_frame(struct geo *, const struct shape *, int zone); /* around it, in that zone; NULL: on the other side of the earth */
int shape_degrees(struct geo *, int zone, double *xy, size_t n);     /* and back */
#endif
