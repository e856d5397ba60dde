/* Geo: areas on the ground. Shapes come in as WGS84 [longitude, latitude] (GeoJSON, WKT, plain pairs), are checked, repaired with
 * a note or refused with a reason, and are then held in metres of one UTM zone (EPSG:326zz / 327zz) so that areas and distances are
 * plain geometry. One struct geo is used by one thread at a time. */
#ifndef GEO_GEO_H
#define GEO_GEO_H
#include <jansson.h>
#include <stddef.h>
struct err;
struct geo;
struct shape;                             /* immutable polygon, multipolygon, line or point; freed by shape_free */
struct geo *geo_open(struct err *);       /* NULL: PROJ's data base is missing */
void geo_close(struct geo *);             /* after its shapes */
/* What a shape is for decides how it may be repaired: an outline of hazard may grow by a repair, never what is released. */
enum geo_use { GEO_HAZARD, GEO_RELEASE };
struct geo_rule {
    enum geo_use use;
    int zone;                             /* UTM zone to hold it in: 1..60 north, -1..-60 south, 0: that of its first point */
    double site_lon_deg, site_lat_deg, reach_m; /* shapes further away are refused, by axis order where swapping helps; reach 0: anywhere */
};
struct geo_note { char text[240]; };      /* what was repaired, "" = nothing */
/* A polygon or multipolygon from a GeoJSON geometry. NULL + err: null, empty, not an area, too few points, no number, out of range, far
 * away, wrong axis order, self-crossing where `use` allows no repair, no extent. */
struct shape *shape_json(struct geo *, const json_t *geometry, const struct geo_rule *, struct geo_note *, struct err *);
struct shape *shape_wkt(struct geo *, const char *text, const struct geo_rule *, struct geo_note *, struct err *);
/* From n pairs of degrees that were checked before (places of a village): 'p' point, 'l' line, 'a' area. NULL: degenerate. */
struct shape *shape_lonlat(struct geo *, char kind, const double *lonlat, int n, int zone);
struct shape *shape_circle(struct geo *, double lon_deg, double lat_deg, double radius_m, int zone);
struct shape *shape_copy(struct geo *, const struct shape *);
void shape_free(struct geo *, struct shape *);
int shape_zone(const struct shape *);
int zone_of(double lon_deg, double lat_deg);
double shape_area_m2(const struct shape *);      /* in the plane of its zone */
double shape_true_area_m2(struct geo *, const struct shape *); /* on the ellipsoid (Karney 2013), for judging the plane */
/* The shape as it lies in another zone; NULL: on the other side of the earth. */
struct shape *shape_in_zone(struct geo *, const struct shape *, int zone);
/* Of two zones, all of these are judged in that of the first, in which the answer is. NULL: geometry too broken for the operation. difference and intersection may be empty (area 0). */
struct shape *shape_union(struct geo *, const struct shape *, const struct shape *);
struct shape *shape_difference(struct geo *, const struct shape *, const struct shape *);
struct shape *shape_intersection(struct geo *, const struct shape *, const struct shape *);
struct shape *shape_buffer(struct geo *, const struct shape *, double distance_m);
int shape_touches(struct geo *, const struct shape *, const struct shape *); /* any common point: 1, 0, or 1 when not to be decided */
double shape_overlap_m2(struct geo *, const struct shape *, const struct shape *);
double shape_distance_m(struct geo *, const struct shape *, const struct shape *);
json_t *shape_geojson(struct geo *, const struct shape *);                  /* WGS84, twelve decimals: slivers survive the way out and back */
void shape_centre(struct geo *, const struct shape *, double *lon_deg, double *lat_deg);
/* Pairs of n shapes whose insides overlap by more than least_m2: `pair` is called with both indices (i < j). NULL shapes are passed
 * over. Returns the number of pairs, -1: out of memory. */
long shapes_overlaps(struct geo *, const struct shape *const *, int n, double least_m2,
                     void (*pair)(void *self, int i, int j, double overlap_m2), void *self);
/* Metres between two points of WGS84 along the ellipsoid. */
double lonlat_distance_m(double lon1_deg, double lat1_deg, double lon2_deg, double lat2_deg);
/* One point of the zone's plane back to degrees, and there. */
int point_project(struct geo *, int zone, double lon_deg, double lat_deg, double *east_m, double *north_m);
#endif
