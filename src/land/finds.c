/* "I found something." A find reopens every area within 50 m of it, from any state, and closes the ground around it
 * where no area is known; anybody may report one, nobody may ignore or delete one. It is resolved by an accredited
 * person who went there, and what it closed is given back by the authority, another person. Where something was
 * really found the area is surveyed or cleared again: there is no short way back. Beyond the rate at which one
 * source closes land by itself a report is recorded and waits for people (`limited`), see web/api_land.c. */
#include "base/err.h"
#include "land/inside.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int replayed(struct act *x)
{
    const char *report = data_text(x, "report");
    for (int i = 0; report && i < x->land->n_find; i++)
        if (x->land->find[i].report && !strcmp(x->land->find[i].report, report))
            return err_set(x->e, "replayed: this report is no. %lld", (long long)x->land->find[i].seq);
    return 0;
}

static void reopen(struct act *x, struct find *f, int at)
{
    struct area *a = &x->land->area[at];
    for (int i = 0; i < f->n_area; i++)
        if (f->area[i] == at) return;
    f->area = grow(f->area, f->n_area, sizeof *f->area);
    f->area[f->n_area++] = at;
    a->open_finds++;
    area_danger(x, a);
    if (a->state == AREA_REOPENED) return;
    a->before = a->state;
    area_enter(x, a, AREA_REOPENED);
}

/* Of the record, where it says one; only one that is swapped is refused: where people are hurt far away is told too. */
static int spot(struct act *x, int *has, double *lon_deg, double *lat_deg)
{
    const json_t *p = json_object_get(x->r->data, "position");
    *has = p != NULL;
    if (!p) return 0;
    double lon = *lon_deg = json_number_value(json_array_get(p, 0)),
           lat = *lat_deg = json_number_value(json_array_get(p, 1));
    if (fabs(lon) > 180 || fabs(lat) > 84) return err_set(x->e, "the position is no [longitude, latitude]");
    double far_m = lonlat_distance_m(lon, lat, x->land->site_lon_deg, x->land->site_lat_deg);
    double swapped_m =
        fabs(lon) <= 90 ? lonlat_distance_m(lat, lon, x->land->site_lon_deg, x->land->site_lat_deg) : far_m;
    if (x->land->reach_m > 0 && far_m > x->land->reach_m && swapped_m <= x->land->reach_m)
        return err_set(x->e,
                       "wrong axis order: swapped, the position is near the site; write [longitude, latitude]");
    return 0;
}

static int position(struct act *x, struct find *f) { return spot(x, &f->has_position, &f->lon_deg, &f->lat_deg); }

int act_lesson(struct act *x)
{
    struct land *l = x->land;
    struct lesson s = {.seq = x->r->seq, .at_ms = x->r->at_ms, .people = (int64_t)data_number(x, "people")};
    const char *org = data_text(x, "org");
    if (spot(x, &s.has_position, &s.lon_deg, &s.lat_deg)) return -1;
    s.text = keep(l, data_text(x, "text"));
    s.language = keep(l, data_text(x, "language"));
    s.method = keep(l, data_text(x, "method"));
    s.org = keep(l, org ? org : x->who->org);
    l->lesson = grow(l->lesson, l->n_lesson, sizeof *l->lesson);
    l->lesson[l->n_lesson++] = s;
    l->counts.lessons++;
    l->counts.taught += s.people;
    return 0;
}

int area_id_of_find(const char *id) { return !strncasecmp(id, "find-", 5); }

/* The ground around a find that lies in no known area. */
static int new_ground(struct act *x, const struct find *f, struct shape *circle)
{
    char id[64], name[96];
    snprintf(id, sizeof id, "find-%lld", (long long)f->seq);
    snprintf(name, sizeof name, "Ground around find no. %lld", (long long)f->seq);
    struct area *a = area_add(x->land, id, circle, x->r->at_ms);
    a->name = keep(x->land, name);
    a->place = keep(x->land, f->place);
    a->evidence = keep(x->land, f->text);
    a->from_find = 1;
    a->before = AREA_REPORTED;
    area_enter(x, a, AREA_REPORTED);
    return x->land->n_area - 1;
}

static void reopen_around(struct act *x, struct find *f)
{
    struct geo *g = x->land->geo;
    int zone =
        lonlat_distance_m(f->lon_deg, f->lat_deg, x->land->site_lon_deg, x->land->site_lat_deg) <= SITE_ZONE_M
            ? zone_of(x->land->site_lon_deg, x->land->site_lat_deg)
            : zone_of(f->lon_deg, f->lat_deg);
    struct shape *circle = shape_circle(g, f->lon_deg, f->lat_deg, FIND_RADIUS_M, zone);
    must(circle, "no circle at %g %g", f->lon_deg, f->lat_deg);
    for (int i = 0; i < x->land->n_area; i++)
        if (shape_touches(g, x->land->area[i].whole, circle)) reopen(x, f, i);
    struct shape *rest = shape_copy(g, circle); /* what of the circle no area covers */
    for (int i = 0; rest && i < f->n_area; i++) {
        struct shape *less = shape_difference(g, rest, x->land->area[f->area[i]].whole);
        if (less) area_replace(x->land, &rest, less);
    }
    int uncovered = !rest || shape_area_m2(rest) > 1;
    shape_free(g, rest);
    if (uncovered)
        reopen(x, f, new_ground(x, f, circle));
    else
        shape_free(g, circle);
}

static void find_closes(struct act *x, struct find *f, const char *area)
{
    struct land *l = x->land;
    int named = land_area(l, area);
    for (int i = 0; i < l->n_area; i++)
        if (i == named || (f->place && l->area[i].place && !strcmp(l->area[i].place, f->place))) reopen(x, f, i);
    if (f->has_position) reopen_around(x, f);
}

static void find_add(struct act *x, struct find *f)
{
    struct land *l = x->land;
    if (!f->limited) find_closes(x, f, x->r->of);
    l->find = grow(l->find, l->n_find, sizeof *l->find);
    l->find[l->n_find++] = *f;
}

int act_find(struct act *x)
{
    struct find f = {.seq = x->r->seq, .at_ms = x->r->at_ms};
    const char *text = data_text(x, "text");
    if (replayed(x) || position(x, &f)) return -1;
    if (x->who && *x->r->of && !x->area)
        return err_set(x->e, "no area `%.60s`; say where it is by the area, the place or the position", x->r->of);
    f.text = keep(x->land, text ? text : "");
    f.report = keep(x->land, data_text(x, "report"));
    f.limited = !x->who && data_number(x, "limited") > 0;
    f.place = keep(x->land, data_text(x, "place"));
    f.by = x->who ? keep(x->land, x->who->name) : NULL;
    f.by_id = x->who ? keep(x->land, x->who->id) : NULL;
    find_add(x, &f);
    return 0;
}

/* What went off was there: an accident is a find, and of those the worst. */
int act_accident(struct act *x)
{
    struct find f = {.seq = x->r->seq, .at_ms = x->r->at_ms, .accident = 1};
    if (position(x, &f)) return -1;
    f.text = keep(x->land, data_text(x, "text"));
    f.place = keep(x->land, data_text(x, "place"));
    f.category = keep(x->land, data_text(x, "category"));
    f.type = keep(x->land, data_text(x, "type"));
    f.casualties = (int64_t)data_number(x, "casualties");
    f.by = keep(x->land, x->who->name);
    f.by_id = keep(x->land, x->who->id);
    x->land->counts.accidents++;
    x->land->counts.casualties += f.casualties;
    find_add(x, &f);
    return 0;
}

static struct find *find_named(struct act *x)
{
    const struct find *f = land_find(x->land, (int64_t)data_number(x, "find"));
    if (!f) return err_set(x->e, "no find no. %.0f", data_number(x, "find")), NULL;
    return &x->land->find[f - x->land->find];
}

/* A report is not put aside by those whose work it calls in question. */
static int judges_own(struct act *x, const struct find *f)
{
    for (int i = 0; i < f->n_area; i++) {
        const struct area *a = &x->land->area[f->area[i]];
        if (a->operator_org && !strcmp(a->operator_org, x->who->org))
            return err_set(x->e,
                           "nobody approves their own work: `%s` was ordered from %s; another organisation says "
                           "that nothing was there",
                           a->id, x->who->org);
    }
    return 0;
}

int act_resolve(struct act *x)
{
    struct find *f = find_named(x);
    if (!f) return -1;
    if (f->restored_seq) return err_set(x->e, "find no. %lld is closed already", (long long)f->seq);
    if (f->by_id && !strcmp(f->by_id, x->who->id))
        return err_set(x->e, "nobody approves their own work: %s reported this find", f->by);
    if (f->accident && !strcmp(data_text(x, "result"), "nothing"))
        return err_set(x->e, "no. %lld is an accident: something was there", (long long)f->seq);
    int nothing = !strcmp(data_text(x, "result"), "nothing");
    if (nothing && f->resolved_seq && !f->nothing)
        return err_set(x->e, "no. %lld says that something was there; what is gone now was found all the same",
                       (long long)f->resolved_seq);
    if (nothing && judges_own(x, f)) return -1;
    f->resolved_seq = x->r->seq;
    f->nothing = nothing;
    f->resolver = keep(x->land, x->who->id);
    if (nothing || !f->limited) return 0;
    f->limited = 0; /* it waited for people, and it was true */
    find_closes(x, f, NULL);
    return 0;
}

int64_t find_open(const struct land *l, const struct area *a)
{
    for (int i = 0; i < l->n_find; i++)
        for (int k = 0; !l->find[i].restored_seq && k < l->find[i].n_area; k++)
            if (&l->area[l->find[i].area[k]] == a) return l->find[i].seq;
    return 0;
}

/* Is the area held by another find that is still open? */
static int held(const struct land *l, const struct find *but, int at)
{
    for (int i = 0; i < l->n_find; i++) {
        const struct find *f = &l->find[i];
        for (int k = 0; f != but && !f->restored_seq && k < f->n_area; k++)
            if (f->area[k] == at) return 1;
    }
    return 0;
}

static void give_back(struct act *x, const struct find *f, int at)
{
    struct area *a = &x->land->area[at];
    if (a->state != AREA_REOPENED || a->before == AREA_REOPENED || held(x->land, f, at)) return;
    if (!a->from_find) {
        area_enter(x, a, a->before);
        return;
    }
    /* Nothing was there: the ground around it is cancelled, on the evidence of the visit. */
    struct shape *none = shape_difference(x->land->geo, a->rest, a->whole);
    if (!none) return;
    a->product = grow(a->product, a->n_product, sizeof *a->product);
    a->product[a->n_product++] = (struct product){.outcome = OUTCOME_CANCELLED,
                                                  .shape = shape_copy(x->land->geo, a->rest),
                                                  .area_m2 = shape_area_m2(a->rest),
                                                  .depth_m = (double)NAN,
                                                  .method = "visit to the find",
                                                  .residual = "as before the find",
                                                  .seq = x->r->seq,
                                                  .at_ms = x->r->at_ms,
                                                  .released_by = keep(x->land, x->who->name)};
    area_replace(x->land, &a->rest, none);
    area_enter(x, a, AREA_CANCELLED);
}

/* Something was there: the ground must be an area by now, so that opening the place again waits for its survey. */
static int ground_known(const struct land *l, const struct find *f)
{
    if (f->nothing || f->n_area) return 1;
    for (int i = 0; i < l->n_area; i++) {
        const struct area *a = &l->area[i];
        if (f->place ? a->place && !strcmp(a->place, f->place)
                     : area_place_state(a) == PLACE_HAZARD && a->since_seq > f->seq)
            return 1;
    }
    return 0;
}

int act_restore(struct act *x)
{
    struct find *f = find_named(x);
    if (!f) return -1;
    if (!f->resolved_seq)
        return err_set(x->e, "nobody has been at find no. %lld yet; a report is never just put aside",
                       (long long)f->seq);
    if (f->restored_seq) return err_set(x->e, "find no. %lld is closed already", (long long)f->seq);
    if (!strcmp(f->resolver, x->who->id))
        return err_set(x->e, "nobody approves their own work: %s made the visit", x->who->name);
    if (!ground_known(x->land, f))
        return err_set(x->e,
                       "something was there, and no area says where: report one with `kend land area%s%s` first",
                       f->place ? " --place " : "", f->place ? f->place : "");
    f->restored_seq = x->r->seq;
    for (int i = 0; i < f->n_area; i++) {
        struct area *a = &x->land->area[f->area[i]];
        a->open_finds--;
        if (f->nothing)
            give_back(x, f, f->area[i]);
        else if (a->state == AREA_REOPENED)
            a->before =
                AREA_REOPENED; /* something was there: no later report gives it back, only a survey or clearance */
    }
    return 0;
}
