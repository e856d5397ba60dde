/* Places of a village file: parcels, streets, fields, plants as GeoJSON-like lists of [longitude, latitude], and
 * the plots that are laid out along streets. Whether land may be used is asked twice: through `on:` (the parcel it
 * stands on) and by geometry (a point inside a parcel that is not handed over), because a wrong `on:` must not open
 * a minefield. Geometry: local equirectangular metres around the site (error below 0.1 % within 50 km);
 * crossing-number point in polygon. */
#include "village/read.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { VERTICES_MAX = 20000 }; /* of all places together: keeps the checks of crossing sides short */
static const double EARTH_M_PER_DEG = 111195.0; /* mean sphere, 6371.0 km */
static const double SITE_REACH_M = 50e3;
static const double COVERS_M2 = 1; /* of a closed area: less is the width of a drawn border (land/publish.c) */

struct place_draft {
    const char *id, *name, *kind_name, *state, *on;
    struct words words;
    struct fy_node *point, *line, *area;
};

static void point_keep(struct reader *r, struct fy_node *n, void *base)
{
    (void)r;
    ((struct place_draft *)base)->point = n;
}
static void line_keep(struct reader *r, struct fy_node *n, void *base)
{
    (void)r;
    ((struct place_draft *)base)->line = n;
}
static void area_keep(struct reader *r, struct fy_node *n, void *base)
{
    (void)r;
    ((struct place_draft *)base)->area = n;
}

// clang-format off
static const struct key_row place_row[] = {
    {"id",    KEY_TEXT,   offsetof(struct place_draft, id),        0, 0, 0, KEY_REQUIRED, NULL},
    {"name",  KEY_NAME,   offsetof(struct place_draft, name),      offsetof(struct place_draft, words), 0, 0, 0, NULL},
    {"kind",  KEY_TEXT,   offsetof(struct place_draft, kind_name), 0, 0, 0, KEY_REQUIRED, NULL},
    {"state", KEY_TEXT,   offsetof(struct place_draft, state),     0, 0, 0, 0, NULL},
    {"on",    KEY_TEXT,   offsetof(struct place_draft, on),        0, 0, 0, 0, NULL},
    {"point", KEY_CUSTOM, 0,                                       0, 0, 0, 0, point_keep},
    {"line",  KEY_CUSTOM, 0,                                       0, 0, 0, 0, line_keep},
    {"area",  KEY_CUSTOM, 0,                                       0, 0, 0, 0, area_keep},
};
// clang-format on

/* --- geometry --- */

static void metres(const struct site *s, const double *lonlat, double *east_m, double *north_m)
{
    *east_m = (lonlat[0] - s->lon_deg) * EARTH_M_PER_DEG * cos(s->lat_deg * 3.14159265358979323846 / 180.0);
    *north_m = (lonlat[1] - s->lat_deg) * EARTH_M_PER_DEG;
}

static void degrees(const struct site *s, double east_m, double north_m, double *lonlat)
{
    lonlat[0] = s->lon_deg + east_m / (EARTH_M_PER_DEG * cos(s->lat_deg * 3.14159265358979323846 / 180.0));
    lonlat[1] = s->lat_deg + north_m / EARTH_M_PER_DEG;
}

static int inside(const struct place *area, const double *p)
{
    int odd = 0;
    const double *v = area->lonlat;
    for (int i = 0, j = area->n_vertex - 1; i < area->n_vertex; j = i++) {
        double xi = v[2 * i], yi = v[2 * i + 1], xj = v[2 * j], yj = v[2 * j + 1];
        if ((yi > p[1]) != (yj > p[1]) && p[0] < (xj - xi) * (p[1] - yi) / (yj - yi) + xi) odd = !odd;
    }
    return odd;
}

static double turn(const double *a, const double *b, const double *c)
{
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

static int apart(double a, double b, double c, double d)
{
    return fmax(a, b) < fmin(c, d) || fmax(c, d) < fmin(a, b);
}

/* Have the two sides a point in common? One that passes exactly through a corner goes over the ground behind it. */
static int cross(const double *a, const double *b, const double *c, const double *d)
{
    if (apart(a[0], b[0], c[0], d[0]) || apart(a[1], b[1], c[1], d[1])) return 0;
    return turn(a, b, c) * turn(a, b, d) <= 0 && turn(c, d, a) * turn(c, d, b) <= 0;
}

/* Do two sides of the closed ring, which are no neighbours, cross or touch? What such a border encloses is anybody's guess: a ring that is drawn
 * there and back has no area at all. */
static int ring_crosses(const double *v, int n)
{
    for (int i = 0; i + 1 < n; i++)
        for (int j = i + 2; j + 1 < n - (i == 0); j++)
            if (cross(v + 2 * i, v + 2 * i + 2, v + 2 * j, v + 2 * j + 2)) return 1;
    return 0;
}

/* --- reading one place --- */

static int vertex_read(struct reader *r, struct fy_node *n, double *lonlat)
{
    struct limits lon = {-180, 180, NULL, 0}, lat = {-90, 90, NULL, 0};
    double east, north;
    if (!is_list(n) || fy_node_sequence_item_count(n) != 2) {
        source_fault(&r->src, spot_of(&r->src, n), "a point is [longitude, latitude] in degrees");
        return -1;
    }
    if (number_read(r, fy_node_sequence_get_by_index(n, 0), "lon_deg", &lon, &lonlat[0]) < 0 ||
        number_read(r, fy_node_sequence_get_by_index(n, 1), "lat_deg", &lat, &lonlat[1]) < 0)
        return -1;
    metres(&r->v->site, lonlat, &east, &north);
    if (!(hypot(east, north) >= SITE_REACH_M)) return 0; /* also where the site's own place was refused (NAN) */
    source_fault(&r->src, spot_of(&r->src, n), "%.0f km from the site; a point is [longitude, latitude]",
                 hypot(east, north) / 1e3);
    return -1;
}

static void line_read(struct reader *r, struct fy_node *n, struct place *p, int min)
{
    int count = is_list(n) ? fy_node_sequence_item_count(n) : 0, i = 0;
    r->n_vertex += count;
    if (count < min || r->n_vertex > VERTICES_MAX) {
        source_fault(&r->src, spot_of(&r->src, n),
                     "wants at least %d points [longitude, latitude], at most %d in the file", min, VERTICES_MAX);
        return;
    }
    double *v = ARENA_NEW(&r->v->arena, double, 2 * ((size_t)count + 1));
    struct fy_node *item;
    int before = r->src.n_fault;
    for (void *it = NULL; (item = fy_node_sequence_iterate(n, &it)); i++) vertex_read(r, item, v + 2 * (size_t)i);
    p->lonlat = v;
    p->n_vertex = count;
    if (p->kind != PLACE_AREA) return;
    if (memcmp(v, v + 2 * (size_t)(count - 1), 2 * sizeof *v) != 0) {
        memcpy(v + 2 * (size_t)count, v, 2 * sizeof *v);
        p->n_vertex++;
    }
    if (r->src.n_fault == before && ring_crosses(v, p->n_vertex))
        source_fault(&r->src, spot_of(&r->src, n),
                     "the border of this area crosses itself or touches itself; order its points along the border");
}

static void shape_read(struct reader *r, struct fy_node *map, const struct place_draft *d, struct place *p)
{
    if (!!d->point + !!d->line + !!d->area != 1) {
        source_fault(&r->src, spot_of(&r->src, map), "a place wants one of `point`, `line`, `area`");
        return;
    }
    p->kind = d->point ? PLACE_POINT : d->line ? PLACE_LINE : PLACE_AREA;
    if (!d->point) {
        line_read(r, d->line ? d->line : d->area, p, d->line ? 2 : 3);
        return;
    }
    double *v = ARENA_NEW(&r->v->arena, double, 2);
    vertex_read(r, d->point, v);
    p->lonlat = v;
    p->n_vertex = 1;
}

static void state_read(struct reader *r, struct fy_node *map, const struct place_draft *d, struct place *p)
{
    p->state = PLACE_IN_USE; /* where the file's own is refused: no second fault from it */
    struct near near = near_start(&r->src, d->state ? d->state : "");
    char hint[128];
    if (!d->state) {
        if (p->parent >= 0)
            p->state = r->place[p->parent].state;
        else if (!d->on)
            source_fault(&r->src, spot_of(&r->src, map),
                         "a place wants a `state`, or `on:` the parcel whose state it shares");
        return;
    }
    for (int i = 0; i < PLACE_STATES; i++) {
        near_try(&near, place_state_name[i]);
        if (strcmp(place_state_name[i], d->state) != 0) continue;
        p->state = (enum place_state)i;
        return;
    }
    source_fault(&r->src, spot_of(&r->src, map_get(map, "state")),
                 "`%s` is no state; one of hazard, released, under_construction, "
                 "commissioned, in_use%s",
                 d->state, near_hint(&near, hint, sizeof hint));
}

static int32_t place_add(struct reader *r, const struct place *p)
{
    struct village *v = r->v;
    r->place = room_for(&v->arena, r->place, v->n_place, &r->place_room, sizeof *r->place);
    int32_t had = name_table_put(&r->place_id, p->id, v->n_place);
    if (had >= 0) {
        source_fault(&r->src, (struct spot){p->line, p->col}, "a second place `%s`; the first is in line %d", p->id,
                     r->place[had].line);
        return had;
    }
    r->place[v->n_place] = *p;
    return v->n_place++;
}

static void place_read(struct reader *r, struct fy_node *map)
{
    struct place_draft d = {0};
    r->note_path = "places.";
    if (table_read(r, map, "a place", place_row, sizeof place_row / sizeof place_row[0], &d)) return;
    struct spot at = spot_of(&r->src, map_get(map, "id"));
    struct place p = {.id = d.id,
                      .name = d.name ? d.name : d.id,
                      .words = d.words,
                      .kind_name = d.kind_name,
                      .parent = -1,
                      .line = at.line,
                      .col = at.col};
    if (id_check(r, d.id, at) < 0) return;
    if (d.on) p.parent = refer(r, &r->place_id, "place", d.on, spot_of(&r->src, map_get(map, "on")));
    state_read(r, map, &d, &p);
    shape_read(r, map, &d, &p);
    if (p.lonlat) place_add(r, &p);
}

void places_read(struct reader *r, struct fy_node *list)
{
    struct fy_node *item;
    if (list && !is_list(list)) source_fault(&r->src, spot_of(&r->src, list), "`places` wants a list");
    for (void *it = NULL; is_list(list) && (item = fy_node_sequence_iterate(list, &it));) place_read(r, item);
}

/* --- land --- */

static int handed_over(const struct place *p) { return p->state >= PLACE_CONSTRUCTION; }

/* A corner inside the area, or a side that crosses its border. */
static int touches(const struct place *area, const struct place *p)
{
    for (int k = 0; k < p->n_vertex; k++)
        if (inside(area, p->lonlat + 2 * k)) return 1;
    for (int k = 0; k + 1 < p->n_vertex; k++)
        for (int i = 0; i + 1 < area->n_vertex; i++)
            if (cross(p->lonlat + 2 * k, p->lonlat + 2 * k + 2, area->lonlat + 2 * i, area->lonlat + 2 * i + 2))
                return 1;
    return 0;
}

int32_t line_closed(const struct reader *r, const struct place *p)
{
    for (int32_t a = 0; a < r->v->n_place; a++)
        if (r->place[a].kind == PLACE_AREA && !handed_over(&r->place[a]) && touches(&r->place[a], p)) return a;
    return -1;
}

int32_t place_closed(const struct reader *r, int32_t place)
{
    int32_t closed = -1;
    for (int32_t i = place; i >= 0; i = r->place[i].parent)
        if (!handed_over(&r->place[i])) closed = i;
    return closed;
}

/* One side of an area in metres, from west to east; sign: does the area lie below it? */
struct side {
    double x0, y0, x1, y1, sign;
};

static struct side side_make(const struct site *s, const double *lonlat)
{
    struct side d = {.sign = 1};
    metres(s, lonlat, &d.x0, &d.y0);
    metres(s, lonlat + 2, &d.x1, &d.y1);
    return d.x0 <= d.x1 ? d : (struct side){d.x1, d.y1, d.x0, d.y0, -1};
}

/* The area under both sides, down to base_m, where both have ground. */
static double under_both_m2(const struct side *a, const struct side *b, double base_m)
{
    double from = fmax(a->x0, b->x0), to = fmin(a->x1, b->x1);
    if (!(from < to)) return 0;
    double ka = (a->y1 - a->y0) / (a->x1 - a->x0), kb = (b->y1 - b->y0) / (b->x1 - b->x0);
    double left_a = a->y0 + ka * (from - a->x0) - base_m, left_b = b->y0 + kb * (from - b->x0) - base_m;
    double left = left_a - left_b, right = left + (ka - kb) * (to - from), w = to - from;
    double a_m2 = w * (left_a + 0.5 * ka * w), b_m2 = w * (left_b + 0.5 * kb * w);
    if (left <= 0 && right <= 0) return a_m2;
    if (left >= 0 && right >= 0) return b_m2;
    double part = w * left / (left - right); /* they cross: above that, the lower of each half */
    return left < 0 ? a_m2 - 0.5 * right * (w - part) : a_m2 - 0.5 * left * part;
}

/* An area is the sum of what lies below its upper sides less what lies below its lower ones; so is what two areas share, over all pairs
 * of sides. Exact for simple rings, convex or not, and without a list of crossings. */
static double overlap_m2(const struct site *s, const struct place *a, const struct place *b)
{
    double sum = 0, base_m = 0, x, y;
    for (int i = 0; i < a->n_vertex; i++) {
        metres(s, a->lonlat + 2 * i, &x, &y);
        base_m = i ? fmin(base_m, y) : y;
    }
    for (int i = 0; i < b->n_vertex; i++) {
        metres(s, b->lonlat + 2 * i, &x, &y);
        base_m = fmin(base_m, y);
    }
    for (int i = 0; i + 1 < a->n_vertex; i++) {
        struct side p = side_make(s, a->lonlat + 2 * i);
        for (int k = 0; k + 1 < b->n_vertex; k++) {
            struct side q = side_make(s, b->lonlat + 2 * k);
            sum += p.sign * q.sign * under_both_m2(&p, &q, base_m);
        }
    }
    return fabs(sum);
}

static void lies_on(struct reader *r, const struct place *p, const struct place *closed)
{
    double m2 = p->kind == PLACE_AREA ? overlap_m2(&r->v->site, closed, p) : 0;
    if (p->kind == PLACE_AREA && m2 > COVERS_M2)
        source_fault(
            &r->src, (struct spot){p->line, p->col},
            "`%s` overlaps `%s` by %.0f m2, which is not handed over (%s); draw it clear of it, or hand the "
            "land over first",
            p->id, closed->id, m2, place_state_name[closed->state]);
    if (p->kind != PLACE_AREA && touches(closed, p))
        source_fault(&r->src, (struct spot){p->line, p->col},
                     "`%s` lies on `%s`, which is not handed over (%s); move it, or hand the land over first",
                     p->id, closed->id, place_state_name[closed->state]);
}

void places_check(struct reader *r)
{
    for (int32_t a = 0; a < r->v->n_place; a++) {
        const struct place *area = &r->place[a];
        if (area->kind != PLACE_AREA || handed_over(area)) continue;
        for (int32_t i = 0; i < r->v->n_place; i++)
            if (handed_over(&r->place[i])) lies_on(r, &r->place[i], area);
    }
}

/* --- how far apart --- */

/* The point of the side from a to b (metres) that is nearest to p. */
static void nearest(const double *p, const double *a, const double *b, double *to)
{
    double dx = b[0] - a[0], dy = b[1] - a[1], len2 = dx * dx + dy * dy;
    double u = len2 > 0 ? fmin(1, fmax(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / len2)) : 0;
    to[0] = a[0] + u * dx;
    to[1] = a[1] + u * dy;
}

struct closest {
    double m, a[2], b[2];
};

static void closer(struct closest *c, const double *a, const double *b)
{
    double m = hypot(a[0] - b[0], a[1] - b[1]);
    if (m < c->m) *c = (struct closest){m, {a[0], a[1]}, {b[0], b[1]}};
}

/* Two sides: where they cross, else from an end of one to the other. */
static void sides_near(struct closest *c, const double *a, const double *b)
{
    double at[2];
    if (cross(a, a + 2, b, b + 2)) {
        double u = turn(b, b + 2, a), w = turn(b, b + 2, a + 2);
        at[0] = a[0] + (a[2] - a[0]) * u / (u - w);
        at[1] = a[1] + (a[3] - a[1]) * u / (u - w);
        closer(c, at, at);
        return;
    }
    for (int k = 0; k < 4; k += 2) {
        nearest(a + k, b, b + 2, at);
        closer(c, a + k, at);
        nearest(b + k, a, a + 2, at);
        closer(c, at, b + k);
    }
}

static void side_of(const struct site *s, const struct place *p, int i, double *side)
{
    int next = i + 1 < p->n_vertex ? i + 1 : i;
    metres(s, p->lonlat + 2 * i, &side[0], &side[1]);
    metres(s, p->lonlat + 2 * next, &side[2], &side[3]);
}

double places_apart_m(const struct site *s, const struct place *a, const struct place *b, double *at)
{
    struct closest c = {.m = (double)INFINITY};
    double x[4], y[4];
    for (int i = 0; i == 0 || i + 1 < a->n_vertex; i++)
        for (int j = 0; j == 0 || j + 1 < b->n_vertex; j++) {
            side_of(s, a, i, x);
            side_of(s, b, j, y);
            sides_near(&c, x, y);
        }
    if (at) degrees(s, c.a[0], c.a[1], at), degrees(s, c.b[0], c.b[1], at + 2);
    return c.m;
}

/* --- plots along streets --- */

static double length_m(const struct site *s, const struct place *p)
{
    double sum = 0, x0, y0, x1, y1;
    for (int i = 0; i + 1 < p->n_vertex; i++) {
        metres(s, p->lonlat + 2 * i, &x0, &y0);
        metres(s, p->lonlat + 2 * i + 2, &x1, &y1);
        sum += hypot(x1 - x0, y1 - y0);
    }
    return sum;
}

/* The point `along_m` down the street and `side_m` to its left. */
static void point_along(const struct site *s, const struct place *p, double along_m, double side_m, double *lonlat)
{
    double x0, y0, x1, y1, part;
    for (int i = 0;; i++) {
        metres(s, p->lonlat + 2 * i, &x0, &y0);
        metres(s, p->lonlat + 2 * i + 2, &x1, &y1);
        part = hypot(x1 - x0, y1 - y0);
        if (along_m <= part || i + 2 >= p->n_vertex) break;
        along_m -= part;
    }
    double ux = part > 0 ? (x1 - x0) / part : 1, uy = part > 0 ? (y1 - y0) / part : 0;
    degrees(s, x0 + ux * along_m - uy * side_m, y0 + uy * along_m + ux * side_m, lonlat);
}

/* Alternating sides: 0 left, 1 right, 2 left..; pairs face each other at the middle of equal shares of the street.
 */
static void plot_make(struct reader *r, const struct spread_out *o, int k, int n)
{
    const struct site *s = &r->v->site;
    const struct asset *a = &r->asset[o->asset];
    const struct place *street = &r->place[o->street_place];
    int pairs = (n + 1) / 2, home = strcmp(a->cls->name, "home") == 0;
    double *v = ARENA_NEW(&r->v->arena, double, 2);
    point_along(s, street, length_m(s, street) * (k / 2 + 0.5) / pairs, k % 2 ? -o->setback_m : o->setback_m, v);
    struct place p = {.id = a->id,
                      .name = a->name,
                      .words = a->words,
                      .kind_name = home ? "plot" : "spot",
                      .kind = PLACE_POINT,
                      .state = street->state,
                      .parent = o->street_place,
                      .lonlat = v,
                      .n_vertex = 1,
                      .line = o->at.line,
                      .col = o->at.col};
    r->asset[o->asset].place = place_add(r, &p);
}

static int spread_order(const void *a, const void *b)
{
    const struct spread_out *p = a, *q = b;
    if (p->street_place != q->street_place) return p->street_place < q->street_place ? -1 : 1;
    if (p->setback_m < q->setback_m || p->setback_m > q->setback_m) return p->setback_m < q->setback_m ? -1 : 1;
    return p->asset < q->asset ? -1 : 1;
}

void plots_lay(struct reader *r, struct spread_out *o, int n)
{
    if (n) qsort(o, (size_t)n, sizeof *o, spread_order);
    for (int i = 0, j; i < n; i = j) {
        for (j = i; j < n && o[j].street_place == o[i].street_place && !(o[j].setback_m > o[i].setback_m);) j++;
        for (int k = i; k < j; k++) plot_make(r, &o[k], k - i, j - i);
    }
}
