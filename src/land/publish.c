/* The gate. Geometry decides, not what somebody typed: an area closes what it covers even when it names no place. The worst
 * of all areas holds, and what stands on a closed place is closed with it. Only ever a ceiling: the village file's own
 * state is the other, and control takes the lower (control/tracker.c). */
#include "land/publish.h"
#include "land/inside.h"
#include "land/print.h"
#include "village/village.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AREAS_SHOWN = 500 };
static const double COVERS_M2 = 1.0;

struct gate_work {
    struct land *land;
    const struct village *v;
    struct shape **shape; /* of each place, in the site's zone; then of each piece between two legs of a round */
    int32_t *piece;       /* the round that each of these belongs to */
    int n_piece;
    uint8_t *state;
    int32_t *why;
};

static void shapes_make(struct gate_work *w)
{
    int zone = zone_of(w->v->site.lon_deg, w->v->site.lat_deg);
    static const char kind[] = {'p', 'l', 'a'};
    for (int32_t i = 0; i < w->v->n_place; i++) {
        const struct place *p = &w->v->place[i];
        w->shape[i] = shape_lonlat(w->land->geo, kind[p->kind], p->lonlat, p->n_vertex, zone);
    }
    struct shape **piece = w->shape + w->v->n_place;
    for (int32_t r = 0; r < w->v->n_round; r++)
        for (int k = 0; k < w->v->round[r].n_gap; k++)
            *piece++ = shape_lonlat(w->land->geo, 'l', w->v->round[r].gap[k].lonlat, 2, zone);
}

static void close_place(struct gate_work *w, int32_t place, enum place_state state, int32_t why)
{
    if (state >= w->state[place]) return;
    w->state[place] = (uint8_t)state;
    if (w->why) w->why[place] = why;
}

static int speaks_of(struct gate_work *w, const struct shape *s, int32_t place)
{
    const struct shape *p = w->shape[place];
    if (!p) return 1; /* a place whose shape is degenerate is not known to be elsewhere */
    if (!shape_touches(w->land->geo, s, p)) return 0;
    return w->v->place[place].kind != PLACE_AREA || shape_overlap_m2(w->land->geo, s, p) > COVERS_M2;
}

static void close_under(struct gate_work *w, const struct shape *s, enum place_state state, int32_t why)
{
    for (int32_t i = 0; i < w->v->n_place; i++)
        if (w->state[i] > state && speaks_of(w, s, i)) close_place(w, i, state, why);
    for (int k = 0; k < w->n_piece; k++) {
        const struct shape *piece = w->shape[w->v->n_place + k]; /* a piece without length lies in its leg */
        if (piece && shape_touches(w->land->geo, s, piece)) close_place(w, w->v->n_place + w->piece[k], state, why);
    }
}

static void close_named(struct gate_work *w, const char *place, enum place_state state, int32_t why)
{
    int32_t i = place ? village_place(w->v, place) : -1;
    if (i >= 0) close_place(w, i, state, why);
}

static void close_spot(struct gate_work *w, const struct spot_closed *s)
{
    close_named(w, s->place, PLACE_HAZARD, -1);
    struct shape *circle = shape_circle(w->land->geo, s->lon_deg, s->lat_deg, FIND_RADIUS_M, 0);
    if (circle && (s->lon_deg != 0 || s->lat_deg != 0)) close_under(w, circle, PLACE_HAZARD, -1);
    shape_free(w->land->geo, circle);
}

/* What stands on a closed place, down the whole chain; parents come before their children in the file. */
static void inherit(struct gate_work *w)
{
    for (int32_t i = 0; i < w->v->n_place; i++) {
        int32_t on = w->v->place[i].parent;
        if (on >= 0) close_place(w, i, (enum place_state)w->state[on], w->why ? w->why[on] : -1);
    }
}

/* A round drives only where all of its legs may be used. */
static void rounds_follow(struct gate_work *w)
{
    for (int32_t r = 0; r < w->v->n_round; r++)
        for (int i = 0; i < w->v->round[r].n_leg; i++) {
            int32_t leg = w->v->round[r].leg[i];
            close_place(w, w->v->n_place + r, (enum place_state)w->state[leg], w->why ? w->why[leg] : -1);
        }
}

static int work_open(struct gate_work *w)
{
    for (int32_t r = 0; r < w->v->n_round; r++) w->n_piece += w->v->round[r].n_gap;
    w->shape = calloc((size_t)(w->v->n_place + w->n_piece) + 1, sizeof *w->shape);
    w->piece = calloc((size_t)w->n_piece + 1, sizeof *w->piece);
    int32_t *piece = w->piece;
    for (int32_t r = 0; piece && r < w->v->n_round; r++)
        for (int k = 0; k < w->v->round[r].n_gap; k++) *piece++ = r;
    return w->shape && w->piece ? 0 : -1;
}

static void work_close(struct gate_work *w)
{
    for (int i = 0; w->shape && i < w->v->n_place + w->n_piece; i++) shape_free(w->land->geo, w->shape[i]);
    free(w->shape);
    free(w->piece);
}

int land_publish(struct land *l, const struct village *v, const struct spot_closed *spot, int n_spot,
                 uint8_t *state, int32_t *why)
{
    struct gate_work w = {.land = l, .v = v, .state = state, .why = why};
    if (work_open(&w)) return work_close(&w), -1;
    for (int32_t i = 0; i < v->n_place + v->n_round; i++) {
        state[i] = PLACE_IN_USE;
        if (why) why[i] = -1;
    }
    shapes_make(&w);
    for (int i = 0; i < l->n_area; i++) {
        enum place_state most = area_place_state(&l->area[i]);
        if (most == PLACE_IN_USE) continue;
        close_named(&w, l->area[i].place, most, i);
        close_under(&w, l->area[i].whole, most, i);
    }
    for (int i = 0; i < l->n_find; i++)
        if (!l->find[i].restored_seq && !l->find[i].limited) close_named(&w, l->find[i].place, PLACE_HAZARD, -1);
    for (int i = 0; i < n_spot; i++) close_spot(&w, &spot[i]);
    inherit(&w);
    rounds_follow(&w);
    work_close(&w);
    return 0;
}

/* --- for everybody --- */

/* No outline, no position of an item: where an area names no parcel only a coarse circle is given, so that people keep away. */
static json_t *public_area(struct land *l, const struct area *a)
{
    double lon, lat;
    struct balance b = area_balance(l->geo, a);
    json_t *j = json_pack("{s:s, s:s, s:s?, s:s, s:s, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "id", a->id, "name",
                          a->name, "place", a->place, "state", area_state_name[a->state], "stands",
                          place_state_name[area_place_state(a)], "since_ms", (json_int_t)a->state_ms, "initial_m2",
                          b.initial_m2, "extension_m2", b.extension_m2, "cancelled_m2",
                          b.part_m2[OUTCOME_CANCELLED], "reduced_m2", b.part_m2[OUTCOME_REDUCED], "cleared_m2",
                          b.part_m2[OUTCOME_CLEARED], "rest_m2", b.rest_m2, "searched_m2", area_searched_m2(a));
    json_t *released = json_array();
    char text[400];
    for (int i = 0; i < a->n_product; i++)
        if (a->product[i].area_m2 > 0)
            json_array_append_new(released, json_string(product_text(&a->product[i], text, sizeof text)));
    json_object_set_new(j, "released", released);
    for (int i = 0; i < l->n_rank; i++)
        if (l->rank[i].done_ms && !strcmp(l->rank[i].id, a->id))
            json_object_set_new(j, "plan",
                                json_pack("{s:I, s:I, s:I, s:i}", "from_ms", (json_int_t)l->rank[i].from_ms,
                                          "done_ms", (json_int_t)l->rank[i].done_ms, "late_ms",
                                          (json_int_t)l->rank[i].late_ms, "place", i + 1));
    if (!a->place && area_place_state(a) == PLACE_HAZARD) {
        shape_centre(l->geo, a->whole, &lon, &lat);
        json_object_set_new(j, "near",
                            json_pack("{s:f, s:f, s:f}", "lon_deg", round(lon * 500) / 500, "lat_deg",
                                      round(lat * 500) / 500, "radius_m",
                                      200 + ceil(sqrt(b.initial_m2) / 100) * 100));
    }
    return j;
}

static json_t *ids_of(const struct village *v, const struct waste_round *o, int legs, const uint8_t *state)
{
    json_t *ids = json_array();
    for (int i = 0; legs && i < o->n_leg; i++)
        if (!state || (state[o->leg[i]] < PLACE_COMMISSIONED || !place_usable(&v->place[o->leg[i]])))
            json_array_append_new(ids, json_string(v->place[o->leg[i]].id));
    for (int i = 0; !legs && i < o->n_bin; i++) json_array_append_new(ids, json_string(v->asset[o->bin[i]].id));
    return ids;
}

/* Rounds with their state; of those out of service, where the way is closed and which bins wait. */
static json_t *rounds_json(const struct land *l, const struct village *v, const uint8_t *state, const int32_t *why)
{
    json_t *all = json_array();
    for (int32_t r = 0; r < v->n_round; r++) {
        const struct waste_round *o = &v->round[r];
        int drives = state[v->n_place + r] >= PLACE_COMMISSIONED;
        for (int i = 0; i < o->n_leg; i++) drives &= place_usable(&v->place[o->leg[i]]);
        json_t *j = json_pack("{s:s, s:s, s:s, s:b, s:o, s:i}", "id", o->id, "name", o->name, "vehicle", o->vehicle,
                              "drives", drives, "legs", ids_of(v, o, 1, NULL), "n_bin", o->n_bin);
        json_array_append_new(all, j);
        if (drives) continue;
        int32_t by = why[v->n_place + r];
        json_object_set_new(j, "closed_legs", ids_of(v, o, 1, state));
        json_object_set_new(j, "not_emptied", ids_of(v, o, 0, NULL));
        json_object_set_new(j, "area", by >= 0 ? json_string(l->area[by].id) : json_null());
    }
    return all;
}

/* Areas that close something of the village are told before thousands of others of a release. */
static json_t *areas_json(struct land *l, const struct village *v, const int32_t *why)
{
    json_t *areas = json_array();
    uint8_t *closes = calloc((size_t)l->n_area + 1, 1);
    for (int32_t i = 0; closes && i < v->n_place + v->n_round; i++)
        if (why[i] >= 0) closes[why[i]] = 1;
    for (int now = 1; closes && now >= 0; now--)
        for (int i = 0; i < l->n_area && json_array_size(areas) < AREAS_SHOWN; i++)
            if (closes[i] == now) json_array_append_new(areas, public_area(l, &l->area[i]));
    free(closes);
    return areas;
}

json_t *land_public_json(struct land *l, const struct village *v, const uint8_t *state, const int32_t *why)
{
    char head[2 * HASH_BYTES + 1];
    json_t *finds = json_array(), *places = json_array();
    for (int i = 0; i < l->n_find; i++) {
        const struct find *f = &l->find[i];
        if (!f->restored_seq)
            json_array_append_new(finds, json_pack("{s:I, s:I, s:b, s:b, s:s?}", "no", (json_int_t)f->seq, "at_ms",
                                                   (json_int_t)f->at_ms, "visited", f->resolved_seq != 0, "limited",
                                                   f->limited, "place", f->place));
    }
    for (int32_t i = 0; i < v->n_place; i++)
        if (state[i] < v->place[i].state && (v->place[i].parent < 0 || v->place[i].kind != PLACE_POINT))
            json_array_append_new(places,
                                  json_pack("{s:s, s:s, s:s, s:s?}", "id", v->place[i].id, "state",
                                            place_state_name[state[i]], "file", place_state_name[v->place[i].state],
                                            "area", why[i] >= 0 ? l->area[why[i]].id : NULL));
    return json_pack("{s:s, s:s, s:s, s:I, s:i, s:o, s:o, s:o, s:o}", "authority", l->people.authority, "call",
                     l->people.call, "head", hex_write(head, l->head.hash, HASH_BYTES), "records",
                     (json_int_t)l->head.seq, "n_area", l->n_area, "areas", areas_json(l, v, why), "finds", finds,
                     "closed", places, "rounds", rounds_json(l, v, state, why));
}
