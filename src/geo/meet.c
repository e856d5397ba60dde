/* What two shapes have in common: the plane geometry of GEOS (JTS's overlay, robust by snapping where floating point fails; what GEOS
 * gives up on is tried once more with both sides snapped to a millimetre). Two shapes of different UTM zones are judged in the zone of
 * the first: the second goes back to degrees and there, its edges cut short first, because a straight line of one plane is bent in the
 * other (5 m in 60 km at a zone's border, below a millimetre in 500 m). A village or a hazard does not end where a zone does. */
#include "base/err.h"
#include "geo/inside.h"
#include <math.h>
#include <stdint.h>

static const double SNAP_M = 1e-3, EDGE_M = 500.0, FRAME_DEG = 1.0;
enum { BOX_STEPS = 4 };

/* --- from zone to zone --- */

struct between {
    struct geo *g;
    int from, to;
};

static int point_move(double *x, double *y, void *self)
{
    const struct between *b = self;
    double p[2] = {*x, *y};
    if (shape_degrees(b->g, b->from, p, 1) || shape_project(b->g, p, 1, b->to)) return 0;
    *x = p[0];
    *y = p[1];
    return 1;
}

struct shape *shape_in_zone(struct geo *g, const struct shape *s, int zone)
{
    if (s->zone == zone) return shape_copy(g, s);
    struct between b = {g, s->zone, zone};
    GEOSGeometry *fine = GEOSDensify_r(g->geos, s->g, EDGE_M);
    GEOSGeometry *moved = fine ? GEOSGeom_transformXY_r(g->geos, fine, point_move, &b) : NULL;
    GEOSGeom_destroy_r(g->geos, fine);
    return shape_of(g, moved, zone);
}

/* --- are they near each other at all? --- */

static void box_point(struct geo *g, struct shape *s, double x, double y)
{
    double p[2] = {x, y};
    if (shape_degrees(g, s->zone, p, 1) || !isfinite(p[0]) || !isfinite(p[1])) {
        s->box = (struct lonlat_box){-180, -90, 180, 90, 1}; /* what cannot be told is everywhere */
        return;
    }
    s->box.west = fmin(s->box.west, p[0]), s->box.east = fmax(s->box.east, p[0]);
    s->box.south = fmin(s->box.south, p[1]), s->box.north = fmax(s->box.north, p[1]);
}

/* The degrees around the shape, a little more: the sides of its frame are bent in degrees, by less than a tenth between two points. */
static void box_make(struct geo *g, struct shape *s)
{
    double at[4] = {0};
    s->box = (struct lonlat_box){180, 90, -180, -90, 1};
    int known = GEOSGeom_getXMin_r(g->geos, s->g, &at[0]) && GEOSGeom_getYMin_r(g->geos, s->g, &at[1]) &&
                GEOSGeom_getXMax_r(g->geos, s->g, &at[2]) && GEOSGeom_getYMax_r(g->geos, s->g, &at[3]);
    for (int i = 0; known && i <= BOX_STEPS; i++)
        for (int k = 0; k <= BOX_STEPS; k++)
            box_point(g, s, at[0] + (at[2] - at[0]) * i / BOX_STEPS, at[1] + (at[3] - at[1]) * k / BOX_STEPS);
    if (known && s->box.east - s->box.west > 180)
        s->box.west = -180, s->box.east = 180; /* across the antimeridian */
    double lon = 0.1 * (s->box.east - s->box.west) + 1e-5, lat = 0.1 * (s->box.north - s->box.south) + 1e-5;
    s->box.west -= lon, s->box.east += lon, s->box.south -= lat, s->box.north += lat;
}

static const struct lonlat_box *box_of(struct geo *g, const struct shape *s)
{
    struct shape *mine =
        (struct shape *)(uintptr_t)s; /* made when first asked for; says nothing new of the shape */
    if (!mine->box.is_made) box_make(g, mine);
    return &mine->box;
}

struct shape *shape_frame(struct geo *g, const struct shape *s, int zone)
{
    const struct lonlat_box *b = box_of(g, s);
    if (b->east - b->west > FRAME_DEG || b->north - b->south > FRAME_DEG) return shape_in_zone(g, s, zone);
    const double ring[] = {b->west,  b->south, b->east,  b->south, b->east,
                           b->north, b->west,  b->north, b->west,  b->south};
    return shape_lonlat(g, 'a', ring, 5, zone);
}

/* Sure to have nothing in common. Longitudes meet again after a round of the earth. */
static int apart(struct geo *g, const struct shape *a, const struct shape *b)
{
    const struct lonlat_box *p = box_of(g, a), *q = box_of(g, b);
    if (p->south > q->north || q->south > p->north) return 1;
    for (int turn = -360; turn <= 360; turn += 360)
        if (p->west <= q->east + turn && q->west + turn <= p->east) return 0;
    return 1;
}

/* `b` as it lies in the zone of `a`: itself, or `*made`, which is to be freed. NULL: too far away for that. */
static const struct shape *beside(struct geo *g, const struct shape *a, const struct shape *b, struct shape **made)
{
    *made = NULL;
    return a->zone == b->zone ? b : (*made = shape_in_zone(g, b, a->zone));
}

/* --- what they have in common --- */

typedef GEOSGeometry *overlay(GEOSContextHandle_t, const GEOSGeometry *, const GEOSGeometry *);
typedef GEOSGeometry *overlay_snapped(GEOSContextHandle_t, const GEOSGeometry *, const GEOSGeometry *, double);

static struct shape *apply(struct geo *g, overlay *op, overlay_snapped *again, const struct shape *a,
                           const struct shape *b)
{
    struct shape *moved;
    const struct shape *here = beside(g, a, b, &moved);
    GEOSGeometry *made = here ? op(g->geos, a->g, here->g) : NULL;
    if (here && !made) made = again(g->geos, a->g, here->g, SNAP_M);
    shape_free(g, moved);
    return shape_of(g, made, a->zone);
}

struct shape *shape_union(struct geo *g, const struct shape *a, const struct shape *b)
{
    return apply(g, GEOSUnion_r, GEOSUnionPrec_r, a, b);
}
struct shape *shape_difference(struct geo *g, const struct shape *a, const struct shape *b)
{
    return apply(g, GEOSDifference_r, GEOSDifferencePrec_r, a, b);
}
struct shape *shape_intersection(struct geo *g, const struct shape *a, const struct shape *b)
{
    return apply(g, GEOSIntersection_r, GEOSIntersectionPrec_r, a, b);
}

int shape_touches(struct geo *g, const struct shape *a, const struct shape *b)
{
    struct shape *moved;
    if (a->zone != b->zone && apart(g, a, b)) return 0;
    const struct shape *here = beside(g, a, b, &moved);
    int touches = !here || GEOSIntersects_r(g->geos, a->g, here->g) != 0;
    shape_free(g, moved);
    return touches;
}

double shape_distance_m(struct geo *g, const struct shape *a, const struct shape *b)
{
    double metres = 0;
    struct shape *moved;
    const struct shape *here = beside(g, a, b, &moved);
    int known = here && GEOSDistance_r(g->geos, a->g, here->g, &metres) == 1;
    if (!here && apart(g, a, b)) known = 1, metres = INFINITY;
    shape_free(g, moved);
    return known ? metres : 0;
}

double shape_overlap_m2(struct geo *g, const struct shape *a, const struct shape *b)
{
    struct shape *common = shape_touches(g, a, b) ? shape_intersection(g, a, b) : NULL;
    double area_m2 = shape_area_m2(common);
    shape_free(g, common);
    return area_m2;
}
