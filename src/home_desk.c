/* See home_desk.h. The land's word about a home is the lowest of all areas that name, cover or touch one of the places it stands on, by the
 * same rule as the gate of the running village (land/publish.c), over the outlines that the record of homes holds; so the chain alone is
 * enough to come to the same answer again. */
#include "home_desk.h"
#include "base/err.h"
#include "base/instant.h"
#include "heads.h"
#include "ready.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double COVERS_M2 = 1.0, FIND_NEAR_M = 50, FIND_NEAR_DEG = 0.005,
                    NEARBY_M = 2000; /* nearby: a walk with children and animals */

static void places_free(struct home_desk *d)
{
    for (int i = 0; d->place && i < d->n_place; i++) shape_free(d->desk.land->geo, d->place[i].shape);
    free(d->place);
    d->place = NULL;
    d->n_place = 0;
    d->homes_seq = 0;
}

static void bounds_make(struct place_word *w, const struct home_place *p)
{
    w->west = w->east = p->lonlat[0];
    w->south = w->north = p->lonlat[1];
    for (int i = 1; i < p->n_vertex; i++) {
        w->west = fmin(w->west, p->lonlat[2 * i]);
        w->east = fmax(w->east, p->lonlat[2 * i]);
        w->south = fmin(w->south, p->lonlat[2 * i + 1]);
        w->north = fmax(w->north, p->lonlat[2 * i + 1]);
    }
}

static void places_make(struct home_desk *d)
{
    static const char kind[] = {'p', 'l', 'a'};
    const struct land *l = d->desk.land;
    places_free(d);
    d->n_place = d->returns->n_place;
    d->homes_seq = d->returns->homes_seq;
    d->place = calloc((size_t)d->n_place + 1, sizeof *d->place);
    must(d->place, "out of memory for %d places", d->n_place);
    for (int i = 0; i < d->n_place; i++) {
        const struct home_place *p = &d->returns->place[i];
        bounds_make(&d->place[i], p);
        d->place[i].shape =
            shape_lonlat(l->geo, kind[p->kind], p->lonlat, p->n_vertex, zone_of(l->site_lon_deg, l->site_lat_deg));
    }
}

static int speaks_of(struct geo *g, const struct area *a, const struct home_place *p, const struct shape *shape)
{
    if (a->place && !strcmp(a->place, p->id)) return 1;
    if (!shape) return 1; /* not known to be elsewhere */
    return shape_touches(g, a->whole, shape) &&
           (p->kind != PLACE_AREA || shape_overlap_m2(g, a->whole, shape) > COVERS_M2);
}

static int is_near(struct geo *g, const struct area *a, const struct shape *shape)
{
    return !shape || !(shape_distance_m(g, a->whole, shape) > NEARBY_M);
}

/* A find that names the place; and one that waits for people because its sender reports very much (it has reopened no area) when it lies
 * there: the village goes on, but nobody moves in before somebody has looked. */
static int tells_of(const struct land *l, const struct find *f, const struct home_place *p,
                    const struct place_word *w)
{
    if (f->place && !strcmp(f->place, p->id)) return 1;
    if (!f->limited || !f->has_position) return 0;
    if (f->lon_deg < w->west - FIND_NEAR_DEG || f->lon_deg > w->east + FIND_NEAR_DEG ||
        f->lat_deg < w->south - FIND_NEAR_DEG || f->lat_deg > w->north + FIND_NEAR_DEG)
        return 0; /* thousands of reports cost nothing */
    struct shape *circle =
        shape_circle(l->geo, f->lon_deg, f->lat_deg, FIND_NEAR_M, zone_of(l->site_lon_deg, l->site_lat_deg));
    int near = !circle || !w->shape || shape_touches(l->geo, circle, w->shape);
    shape_free(l->geo, circle);
    return near;
}

static void place_ask(struct home_desk *d, int at)
{
    const struct land *l = d->desk.land;
    const struct home_place *p = &d->returns->place[at];
    struct place_word *w = &d->place[at];
    w->asked = d->land_version;
    w->state = PLACE_IN_USE;
    for (int i = 0; i < l->n_area; i++) {
        const struct area *a = &l->area[i];
        enum place_state most = area_place_state(a);
        if (most >= w->state || !speaks_of(l->geo, a, p, w->shape)) continue;
        w->state = most;
        snprintf(w->why, sizeof w->why, "`%.40s` on `%.40s` is %s", a->id, p->id, area_state_name[a->state]);
    }
    for (int i = 0; w->state > PLACE_HAZARD && i < l->n_find; i++) {
        const struct find *f = &l->find[i];
        if (f->restored_seq || !tells_of(l, f, p, w)) continue;
        w->state = PLACE_HAZARD;
        snprintf(w->why, sizeof w->why, "find no. %lld at `%.40s` is open", (long long)f->seq, p->id);
    }
}

static enum place_state land_word(void *self, const struct returns *all, const struct home *h, char *why,
                                  size_t size)
{
    struct home_desk *d = self;
    enum place_state least = PLACE_IN_USE;
    if (!d->place || d->homes_seq != all->homes_seq) places_make(d);
    for (int i = 0; i < h->n_place; i++) {
        struct place_word *w = &d->place[h->place[i]];
        if (w->asked != d->land_version) place_ask(d, h->place[i]);
        if (w->state >= least) continue;
        least = w->state;
        snprintf(why, size, "%s", w->why);
    }
    return least;
}

/* --- danger that a briefing has not shown --- */

/* Notes which areas a record tells danger of: reported, extended, evidence, a find, what the authority's release says worse. */
static void danger_note(struct home_desk *d, const struct record *r)
{
    static const char kinds[] =
        "land.area land.extend land.survey land.find land.found land.accident land.import land.reconcile";
    const struct land *l = d->desk.land;
    if (!word_in(kinds, r->kind)) return;
    if (d->n_told < l->n_area) {
        d->told = realloc(d->told, (size_t)l->n_area * sizeof *d->told);
        must(d->told, "out of memory for %d areas", l->n_area);
        memset(d->told + d->n_told, 0, (size_t)(l->n_area - d->n_told) * sizeof *d->told);
        d->n_told = l->n_area;
    }
    int at = word_in("land.extend land.reconcile", r->kind) ? land_area(l, r->of) : -1;
    int found = word_in("land.find land.found land.accident", r->kind);
    if (at >= 0) d->told[at] = r->seq;
    const struct find *f = found ? land_find(l, r->seq) : NULL;
    for (int i = 0; f && i < f->n_area; i++) d->told[f->area[i]] = r->seq;
    for (int i = 0; i < l->n_area; i++)
        if (l->area[i].since_seq == r->seq || l->area[i].theirs_seq == r->seq) d->told[i] = r->seq;
}

/* A find that names a place and no position, where no area is known: the place is closed, and how far away it is these records do not say. */
static int place_danger(const struct land *l, int64_t since, char *why, size_t size)
{
    for (int i = 0; i < l->n_find; i++) {
        const struct find *f = &l->find[i];
        if (f->seq <= since || f->restored_seq || f->n_area || !f->place || f->limited) continue;
        snprintf(why, size, "find no. %lld closed `%.40s`", (long long)f->seq, f->place);
        return 1;
    }
    return 0;
}

static int danger(void *self, const struct returns *all, const struct home *h, int64_t since, char *why,
                  size_t size)
{
    struct home_desk *d = self;
    const struct land *l = d->desk.land;
    if (!d->place || d->homes_seq != all->homes_seq) places_make(d);
    int at = h->n_place ? h->place[0] : -1;
    for (int i = 0; i < l->n_area && i < d->n_told; i++) {
        const struct area *a = &l->area[i];
        if (d->told[i] <= since || area_place_state(a) != PLACE_HAZARD) continue;
        if (at >= 0 && !is_near(l->geo, a, d->place[at].shape)) continue;
        snprintf(why, size, "record no. %lld tells of danger nearby (`%.40s` is %s)", (long long)d->told[i], a->id,
                 area_state_name[a->state]);
        return 1;
    }
    return place_danger(l, since, why, size);
}

/* --- beside the land --- */

static int take(void *self, const struct record *r, struct err *e)
{
    struct home_desk *d = self;
    if (returns_take(d->returns, r, e)) return -1;
    d->land_version += !strncmp(r->kind, "land.", 5) || !strncmp(r->kind, "people.authority", 16);
    danger_note(d, r);
    return 0;
}

static void forget(void *self)
{
    struct home_desk *d = self;
    const struct return_gate gate = {d, land_word, danger};
    places_free(d);
    returns_close(d->returns);
    d->returns = returns_open(&gate);
    d->land_version = 1;
    free(d->told);
    d->told = NULL;
    d->n_told = 0;
}

/* What must come before a seed says itself when it was signed; the village has noted what the chain held when. */
static int in_time(const struct home_desk *d, const struct round *round, int64_t seq, struct err *e)
{
    char at[40];
    if (heads_fewest(d->desk.path, round->seed_after_ms) >= seq) return 0;
    return err_set(e,
                   "dated back: the chain was noted without no. %lld of `%s` when its seed could be known, %s "
                   "(%.300s-heads)",
                   (long long)seq, round->id, instant_format(at, sizeof at, NULL, round->seed_after_ms),
                   d->desk.path);
}

int lists_in_time(const struct home_desk *d, struct err *e)
{
    const struct returns *all = d->returns;
    for (int i = 0; i < all->n_round; i++)
        if (in_time(d, &all->round[i], all->round[i].seq, e)) return -1;
    return 0;
}

/* The signed tests have been asked by the fold; this asks the village itself, now. It is never asked of records that are on the chain. */
static int admit(void *self, const struct record *r, struct err *e)
{
    struct home_desk *d = self;
    int at = return_round(d->returns, r->of);
    if (d->asks_village && at >= 0 && word_in("return.commit return.cancel", r->kind)) {
        const struct round *round = &d->returns->round[at];
        return round->waits ? 0 : in_time(d, round, r->seq, e); /* waits: given up after its seed, and says so */
    }
    at = return_household(d->returns, r->of);
    if (!d->asks_village || at < 0 || !word_in("return.offer return.move return.meter return.key", r->kind))
        return 0;
    int home = d->returns->household[at].home;
    return home < 0 ? 0 : home_live(d->desk.chain, d->returns->home[home].id, instant_now_ms(), e);
}

void home_desk_begin(struct home_desk *d)
{
    *d = (struct home_desk){0};
    d->also = (struct desk_also){"return.", d, take, forget, admit};
}

void home_desk_end(struct home_desk *d)
{
    returns_close(d->returns);
    free(d->told);
    d->returns = NULL;
    d->told = NULL;
}

int home_desk_open(struct home_desk *d, const char *db, const char *file, struct err *e)
{
    home_desk_begin(d);
    int bad =
        file ? desk_open_export(&d->desk, file, &d->also, e) : desk_open_also(&d->desk, db, NULL, &d->also, e);
    if (bad) home_desk_end(d);
    return bad;
}

void home_desk_close(struct home_desk *d)
{
    desk_close(&d->desk);
    home_desk_end(d);
}

int home_desk_sign(struct home_desk *d, const struct key *k, const char *kind, const char *of, int64_t rev,
                   int64_t at_ms, const json_t *data, int64_t *seq, struct err *e)
{
    if (rev < 0) rev = return_rev(d->returns, kind, of);
    return desk_sign(&d->desk, k, kind, of, rev, at_ms, data, seq, e);
}
