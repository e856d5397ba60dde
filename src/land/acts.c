/* The work: from a reported area to one in use. Each function checks all it asks for and changes nothing until it is
 * sure. Which states a kind may come from stands in kinds.c. What no function here does: release land without the
 * authority's signature, count a machine or a dog alone as clearance, let anybody approve what they did. */
#include "base/err.h"
#include "base/instant.h"
#include "base/name.h"
#include "land/inside.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int same(const char *a, const char *b) { return a && b && !strcmp(a, b); }

static int of_operator(struct act *x)
{
    if (same(x->who->org, x->area->operator_org)) return 0;
    return err_set(x->e, "the order went to %s; %s is of %s",
                   x->area->operator_org ? x->area->operator_org : "nobody", x->who->name, x->who->org);
}

static int no_find_open(struct act *x)
{
    int64_t find = find_open(x->land, x->area);
    if (!find) return 0;
    return err_set(x->e, "find no. %lld on `%s` is still open: resolve and restore it first", (long long)find,
                   x->area->id);
}

static int not_own(struct act *x, const char *person, const char *org, const char *what)
{
    if (same(x->who->id, person))
        return err_set(x->e, "nobody approves their own work: %s is by %s", what, x->who->name);
    if (same(x->who->org, org))
        return err_set(x->e, "nobody approves their own work: %s is by %s, their own organisation", what, org);
    return 0;
}

/* --- the area --- */

/* Ground under two names counts in both: whoever reads the sums must know. */
static void overlaps_note(struct land *l, const struct area *a, struct geo_note *note)
{
    for (int i = 0; i < l->n_area; i++) {
        const struct area *b = &l->area[i];
        size_t used = strlen(note->text);
        if (used + 120 > sizeof note->text) return;
        if (b == a) continue;
        double m2 = shape_overlap_m2(l->geo, a->whole, b->whole);
        if (m2 > AREA_TOLERANCE_M2)
            snprintf(note->text + used, sizeof note->text - used, "%soverlaps `%.64s` by %.0f m2", used ? "; " : "",
                     b->id, m2);
    }
}

int act_area(struct act *x)
{
    struct geo_note note = {""};
    int present;
    if (x->area) return err_set(x->e, "`%s` is there already; extend it, or choose another id", x->area->id);
    if (!*x->r->of || strlen(x->r->of) > 64 || area_id_of_find(x->r->of))
        return err_set(x->e, "an area wants an id of at most 64 characters, not beginning with `find-`");
    if (!name_plain(x->r->of))
        return err_set(x->e, "an id has no blank at its ends and no sign that does not print: `%s`", x->r->of);
    struct shape *whole = data_shape(x, GEO_HAZARD, &present, &note);
    if (!whole) return -1;
    struct area *a = area_add(x->land, x->r->of, whole, x->r->at_ms);
    a->evidence = keep(x->land, data_text(x, "evidence"));
    if (data_text(x, "name")) a->name = keep(x->land, data_text(x, "name"));
    a->place = keep(x->land, data_text(x, "place"));
    overlaps_note(x->land, a, &note);
    a->note = note.text[0] ? keep(x->land, note.text) : NULL;
    area_danger(x, a);
    area_enter(x, a, AREA_REPORTED);
    return 0;
}

int act_extend(struct act *x)
{
    struct geo_note note = {""};
    struct geo *g = x->land->geo;
    struct area *a = x->area;
    int present;
    struct shape *more = data_shape(x, GEO_HAZARD, &present, &note);
    if (!more) return -1;
    struct shape *new = shape_difference(g, more, a->whole);
    struct shape *whole = new ? shape_union(g, a->whole, more) : NULL,
                 *rest = whole ? shape_union(g, a->rest, new) : NULL;
    double by_m2 = shape_area_m2(new);
    shape_free(g, more);
    shape_free(g, new);
    if (!rest || by_m2 <= 0) {
        shape_free(g, whole);
        shape_free(g, rest);
        return err_set(x->e, "the extension adds nothing to `%s`", a->id);
    }
    area_replace(x->land, &a->whole, whole);
    area_replace(x->land, &a->rest, rest);
    a->extension_m2 += by_m2;
    if (a->state == AREA_REOPENED)
        a->before = AREA_REOPENED; /* evidence of its own: no false alarm gives that ground back */
    area_danger(x, a);
    return 0;
}

/* Does the ground hold all that the finds speak of which reopened the area? A find without a position speaks of the whole. */
static int covers_finds(struct act *x, const struct shape *ground)
{
    struct geo *g = x->land->geo;
    const struct area *a = x->area;
    for (const struct find *f = x->land->find; f < x->land->find + x->land->n_find; f++) {
        int speaks = 0;
        for (int i = 0; i < f->n_area; i++) speaks |= &x->land->area[f->area[i]] == a;
        if (!speaks || (f->nothing && f->restored_seq) || (f->seq < a->since_seq && f->resolved_seq < a->since_seq))
            continue;
        struct shape *around =
            f->has_position ? shape_circle(g, f->lon_deg, f->lat_deg, FIND_RADIUS_M, shape_zone(a->whole)) : NULL;
        struct shape *due = around ? shape_intersection(g, a->whole, around) : shape_copy(g, a->whole);
        double left_m2 = due ? shape_area_m2(due) - shape_overlap_m2(g, ground, due) : (double)INFINITY;
        shape_free(g, around);
        shape_free(g, due);
        if (left_m2 > AREA_TOLERANCE_M2 + CONSERVED_FRAC * shape_area_m2(a->whole) * !f->has_position)
            return err_set(x->e, "the outline leaves out %.0f m2 that find no. %lld speaks of", left_m2,
                           (long long)f->seq);
    }
    return 0;
}

/* Ground of a reopened area that is under suspicion again leaves the outcomes and is a rest once more. */
static int suspect_again(struct act *x)
{
    struct geo *g = x->land->geo;
    struct area *a = x->area;
    int present;
    struct shape *given = data_shape(x, GEO_HAZARD, &present, NULL);
    if (present && !given) return -1;
    struct shape *ground = given ? shape_intersection(g, given, a->whole) : shape_copy(g, a->whole);
    struct shape *rest = ground ? shape_union(g, a->rest, ground) : NULL;
    shape_free(g, given);
    if (!rest || shape_area_m2(ground) <= 0) {
        shape_free(g, ground);
        shape_free(g, rest);
        return err_set(x->e, "the outline touches nothing of `%s`", a->id);
    }
    if (covers_finds(x, ground)) {
        shape_free(g, ground);
        shape_free(g, rest);
        return -1;
    }
    for (int i = 0; i < a->n_product; i++) {
        struct shape *left = shape_difference(g, a->product[i].shape, ground);
        if (!left) continue;
        area_replace(x->land, &a->product[i].shape, left);
        a->product[i].area_m2 = shape_area_m2(left);
    }
    area_replace(x->land, &a->rest, rest);
    shape_free(g, ground);
    return 0;
}

static int point_near(struct act *x, const char *key, double *lon, double *lat)
{
    const json_t *p = json_object_get(x->r->data, key);
    *lon = json_number_value(json_array_get(p, 0));
    *lat = json_number_value(json_array_get(p, 1));
    if (fabs(*lon) > 180 || fabs(*lat) > 84)
        return err_set(x->e, "wrong axis order or no degrees: write [longitude, latitude]");
    if (!(x->land->reach_m > 0)) return 0;
    double site_lon = x->land->site_lon_deg, site_lat = x->land->site_lat_deg;
    if (lonlat_distance_m(*lon, *lat, site_lon, site_lat) <= x->land->reach_m) return 0;
    if (fabs(*lon) <= 90 && lonlat_distance_m(*lat, *lon, site_lon, site_lat) <= x->land->reach_m)
        return err_set(x->e, "wrong axis order: swapped, the point is near the site; write [longitude, latitude]");
    return err_set(x->e, "the point is far from the site");
}

static void activity_add(struct act *x)
{
    struct area *a = x->area;
    const json_t *p = json_object_get(x->r->data, "position");
    a->activity = grow(a->activity, a->n_activity, sizeof *a->activity);
    a->activity[a->n_activity++] = (struct activity){.seq = x->r->seq,
                                                     .method = keep(x->land, data_text(x, "method")),
                                                     .org = keep(x->land, data_text(x, "operator")),
                                                     .has_position = p != NULL,
                                                     .lon_deg = json_number_value(json_array_get(p, 0)),
                                                     .lat_deg = json_number_value(json_array_get(p, 1))};
}

static int64_t day_of(struct act *x, const char *key, int64_t otherwise_ms)
{
    int64_t day_ms = otherwise_ms;
    if (data_text(x, key)) instant_parse(data_text(x, key), NULL, &day_ms, NULL);
    return day_ms;
}

/* Of the work that was ordered last; the day that the record says, else the one it was signed on. */
static void activity_dates(struct act *x, int begins, int ends)
{
    struct activity *v = x->area->n_activity ? &x->area->activity[x->area->n_activity - 1] : NULL;
    if (v && begins) v->from_ms = day_of(x, "from", x->r->at_ms);
    if (v) v->until_ms = ends ? day_of(x, "until", x->r->at_ms) : 0;
}

static int ends_before(struct act *x, int begins)
{
    const struct area *a = x->area;
    int64_t from_ms = begins ? day_of(x, "from", 0) : a->n_activity ? a->activity[a->n_activity - 1].from_ms : 0;
    if (day_of(x, "until", x->r->at_ms) + MS_DAY > from_ms) return 0;
    return err_set(x->e, "the work ends before it began: look at `until`");
}

int act_task(struct act *x)
{
    struct area *a = x->area;
    double lon, lat;
    const char *method = data_text(x, "method"), *operator= data_text(x, "operator");
    int clearance = same(method, "clearance"), ts = same(method, "ts");
    if (same(operator, x->who->org)) return err_set(x->e, "the authority does not order work from itself");
    if ((clearance || ts) && (!data_text(x, "medical") || !data_text(x, "marking")))
        return err_set(x->e, "an order to enter hazardous ground wants `medical` (evacuation plan) and `marking`");
    if (clearance && !isfinite(data_number(x, "depth_m")))
        return err_set(x->e, "an order to clear wants `depth_m`");
    if (clearance && a->state == AREA_REPORTED)
        return err_set(x->e, "`%s` is reported; clearance wants sha, cha or reopened: survey it first", a->id);
    if (ts && a->state == AREA_REPORTED)
        return err_set(x->e, "`%s` is reported; a non-technical survey comes first", a->id);
    if (json_object_get(x->r->data, "position") && point_near(x, "position", &lon, &lat)) return -1;
    if (a->state == AREA_REOPENED && suspect_again(x)) return -1;
    a->operator_org = keep(x->land, operator);
    a->order = keep(x->land, data_text(x, "order"));
    a->task_depth_m = data_number(x, "depth_m");
    a->n_report = 0;
    a->spent_m2 = 0;
    a->qc_passed = 0;
    a->handover_seq = a->accept_seq = a->commission_seq = 0;
    activity_add(x);
    area_enter(x, a, clearance ? AREA_CLEARANCE_TASKED : ts ? AREA_TS_TASKED : AREA_NTS_TASKED);
    return 0;
}

/* --- surveys --- */

static int point_in(struct land *l, double lon_deg, double lat_deg, const struct shape *s)
{
    struct shape *point = shape_lonlat(l->geo, 'p', (const double[]){lon_deg, lat_deg}, 1, shape_zone(s));
    int in = !point || shape_touches(l->geo, s, point);
    shape_free(l->geo, point);
    return in;
}

static int device_in(struct land *l, const struct device *v, const struct shape *s)
{
    return point_in(l, v->lon_deg, v->lat_deg, s);
}

/* Was something there when people went to the find, on this ground, which nobody has cleared since? */
static int find_in(struct land *l, const struct find *f, const struct shape *s)
{
    return f->resolved_seq && !f->nothing && !f->settled && f->has_position &&
           point_in(l, f->lon_deg, f->lat_deg, s);
}

/* Ground where an item was found is not without evidence, and one where an item is only marked is not clear. */
static int items_speak_against(struct act *x, enum outcome outcome, const struct shape *part)
{
    const struct area *a = x->area;
    for (const struct device *v = a->device; v < a->device + a->n_device; v++) {
        int lies_there = same(v->fate, "marked"),
            counts = lies_there || (outcome != OUTCOME_CLEARED && !v->settled);
        if (v->superseded_by || !counts || !device_in(x->land, v, part)) continue;
        if (lies_there)
            return err_set(x->e,
                           "item no. %lld is marked and is still there: record what became of it (`supersedes`)",
                           (long long)v->seq);
        return err_set(x->e,
                       "item no. %lld was found there: that is evidence, so this ground is cleared and not %s",
                       (long long)v->seq, outcome_name[outcome]);
    }
    for (int i = 0; i < x->land->n_find && outcome != OUTCOME_CLEARED; i++)
        if (find_in(x->land, &x->land->find[i], part))
            return err_set(x->e, "find no. %lld was there: that is evidence, so this ground is cleared and not %s",
                           (long long)x->land->find[i].seq, outcome_name[outcome]);
    return 0;
}

/* Puts the claim beside the area. Of what is said to be clear, `searched_m2` (NAN: not asked) must cover all. */
static int claim_set(struct act *x, enum outcome outcome, double searched_m2)
{
    struct area *a = x->area;
    struct geo_note note = {""};
    int present;
    struct shape *given = data_shape(x, GEO_RELEASE, &present, &note);
    if (present && !given) return -1;
    struct shape *part = part_of(x, given ? given : a->rest, data_number(x, "area_m2"));
    double part_m2 = shape_area_m2(part);
    shape_free(x->land->geo, given);
    if (!part) return -1;
    if (searched_m2 < part_m2 * (1 - CONSERVED_FRAC) - AREA_TOLERANCE_M2) {
        shape_free(x->land->geo, part);
        return err_set(x->e,
                       "area not conserved: %.0f m2 are said to be clear, the daily reports hold %.0f m2 that "
                       "are not released yet (a machine or one dog alone never clears)",
                       part_m2, searched_m2);
    }
    if (items_speak_against(x, outcome, part)) {
        shape_free(x->land->geo, part);
        return -1;
    }
    shape_free(x->land->geo, a->claim.shape);
    a->claim = (struct claim){.open = 1,
                              .outcome = outcome,
                              .shape = part,
                              .depth_m = data_number(x, "depth_m"),
                              .method = keep(x->land, data_text(x, "method")),
                              .residual = keep(x->land, data_text(x, "residual")),
                              .points = keep(x->land, data_text(x, "points")),
                              .by = keep(x->land, x->who->name),
                              .person = keep(x->land, x->who->id),
                              .org = keep(x->land, x->who->org),
                              .seq = x->r->seq};
    return 0;
}

/* A technical survey may also be told of while clearance goes on, which it does not end. */
static void survey_dates(struct act *x)
{
    if (x->area->state != AREA_IN_PROGRESS) activity_dates(x, data_text(x, "from") != NULL, 1);
}

int act_survey(struct act *x)
{
    struct area *a = x->area;
    const char *method = data_text(x, "method"), *result = data_text(x, "result");
    int ts = same(method, "ts"), wants_ts = a->state != AREA_NTS_TASKED;
    if (of_operator(x)) return -1;
    if (ts != wants_ts)
        return err_set(x->e, "the order is for %s; this survey is %s", wants_ts ? "work on the ground (ts)" : "nts",
                       method);
    if (ends_before(x, 1)) return -1;
    if (same(result, "none")) {
        if (!data_text(x, "residual"))
            return err_set(x->e, "a survey that found nothing wants `residual`: what risk is left");
        if (claim_set(x, ts ? OUTCOME_REDUCED : OUTCOME_CANCELLED, (double)NAN)) return -1;
        survey_dates(x);
        return 0;
    }
    if (a->state == AREA_IN_PROGRESS) return err_set(x->e, "evidence during clearance is recorded as a device");
    if (ts && same(result, "indirect")) return err_set(x->e, "a technical survey finds direct evidence or none");
    survey_dates(x);
    a->claim.open = 0;
    a->evidence = keep(x->land, data_text(x, "evidence"));
    a->confirmed |= same(result, "direct");
    area_danger(x, a);
    area_enter(x, a, same(result, "direct") ? AREA_CHA : AREA_SHA);
    return 0;
}

/* --- clearance --- */

int act_start(struct act *x)
{
    if (of_operator(x)) return -1;
    if (same(x->r->kind, "land.start")) activity_dates(x, 1, 0);
    area_enter(x, x->area, AREA_IN_PROGRESS);
    return 0;
}

int act_suspend(struct act *x)
{
    if (of_operator(x)) return -1;
    area_enter(x, x->area, AREA_SUSPENDED);
    return 0;
}

static struct report *report_in_force(struct area *a, const char *team, int64_t day_ms)
{
    for (int i = 0; i < a->n_report; i++)
        if (!a->report[i].superseded_by && a->report[i].day_ms == day_ms && same(a->report[i].team, team))
            return &a->report[i];
    return NULL;
}

/* Ground is gone over once by each machine or dog and once by those who clear: nobody searches more than there is. */
static int reported_too_much(struct act *x, const struct report *old, double m2)
{
    struct area *a = x->area;
    const char *method = data_text(x, "method");
    int clears = method_search(method) == SEARCH_CLEARS;
    double sum_m2 = m2 + (clears ? area_searched_m2(a) : area_prepared_m2(a, method)),
           rest_m2 = shape_area_m2(a->rest) + (clears ? 0 : a->spent_m2);
    if (old && (clears ? method_search(old->method) == SEARCH_CLEARS : same(old->method, method)))
        sum_m2 -= old->searched_m2;
    if (sum_m2 <= rest_m2 * (1 + CONSERVED_FRAC) + AREA_TOLERANCE_M2) return 0;
    return err_set(x->e, "area not conserved: %.0f m2 searched in all, `%s` has %.0f m2 left", sum_m2, a->id,
                   rest_m2);
}

int act_progress(struct act *x)
{
    struct area *a = x->area;
    int64_t day_ms = 0;
    double supersedes = data_number(x, "supersedes"), m2 = data_number(x, "searched_m2");
    if (of_operator(x) || instant_parse(data_text(x, "day"), NULL, &day_ms, x->e)) return -1;
    if (day_ms > x->r->at_ms + MS_DAY / 2) return err_set(x->e, "the day lies after the signature");
    struct report *old = report_in_force(a, data_text(x, "team"), day_ms);
    if (old && !isfinite(supersedes))
        return err_set(x->e,
                       "replayed: %s has reported this day in no. %lld; a correction says which it supersedes",
                       old->team, (long long)old->seq);
    if (isfinite(supersedes) && (!old || old->seq != (int64_t)supersedes))
        return err_set(x->e, "no. %.0f is no report of this team and day in force", supersedes);
    if (reported_too_much(x, old, m2)) return -1;
    a->report = grow(a->report, a->n_report, sizeof *a->report);
    if (old) report_in_force(a, data_text(x, "team"), day_ms)->superseded_by = x->r->seq;
    a->report[a->n_report++] = (struct report){.seq = x->r->seq,
                                               .day_ms = day_ms,
                                               .team = keep(x->land, data_text(x, "team")),
                                               .method = keep(x->land, data_text(x, "method")),
                                               .searched_m2 = m2,
                                               .hours = data_number(x, "hours")};
    return 0;
}

/* Of the area and in force, by its number. */
static struct device *device_named(struct area *a, double seq)
{
    for (int i = 0; i < a->n_device; i++)
        if (a->device[i].seq == (int64_t)seq && !a->device[i].superseded_by) return &a->device[i];
    return NULL;
}

int act_device(struct act *x)
{
    struct area *a = x->area;
    double lon, lat, supersedes = data_number(x, "supersedes");
    struct device *old = isfinite(supersedes) ? device_named(a, supersedes) : NULL;
    if (of_operator(x) || point_near(x, "position", &lon, &lat)) return -1;
    if (isfinite(supersedes) && !old)
        return err_set(x->e, "no. %.0f is no item of `%s` in force", supersedes, a->id);
    if (old) old->superseded_by = x->r->seq;
    a->device = grow(a->device, a->n_device, sizeof *a->device);
    a->device[a->n_device++] = (struct device){.seq = x->r->seq,
                                               .category = keep(x->land, data_text(x, "category")),
                                               .model = keep(x->land, data_text(x, "model")),
                                               .condition = keep(x->land, data_text(x, "condition")),
                                               .fate = keep(x->land, data_text(x, "fate")),
                                               .depth_m = data_number(x, "depth_m"),
                                               .lon_deg = lon,
                                               .lat_deg = lat};
    if (a->claim.open && a->claim.outcome != OUTCOME_CLEARED &&
        device_in(x->land, &a->device[a->n_device - 1], a->claim.shape))
        a->claim.open = 0; /* it was said that there is nothing */
    return 0;
}

int act_submit(struct act *x)
{
    struct area *a = x->area;
    const char *method = data_text(x, "method");
    if (of_operator(x)) return -1;
    if (method_search(method) != SEARCH_CLEARS)
        return err_set(
            x->e,
            "a machine or one dog alone never clears; say how it was followed up (manual_machine, two_dogs, ..)");
    if (data_number(x, "depth_m") < a->task_depth_m)
        return err_set(x->e, "cleared to %.2f m, ordered to %.2f m", data_number(x, "depth_m"), a->task_depth_m);
    if (ends_before(x, 0) || claim_set(x, OUTCOME_CLEARED, area_searched_m2(a))) return -1;
    activity_dates(x, 0, 1);
    a->qc_passed = 0;
    area_enter(x, a, AREA_PENDING_QC);
    return 0;
}

int act_qa(struct act *x)
{
    struct area *a = x->area;
    int control = same(data_text(x, "visit"), "control"), pass = same(data_text(x, "result"), "pass");
    if (not_own(x, a->claim.person, a->operator_org, "the work")) return -1;
    if (control && a->state != AREA_PENDING_QC)
        return err_set(x->e, "quality control judges finished work; `%s` is %s", a->id, area_state_name[a->state]);
    if (!pass && (!data_text(x, "severity") || !data_text(x, "measures")))
        return err_set(x->e, "a nonconformity wants `severity` and `measures`");
    a->visit = grow(a->visit, a->n_visit, sizeof *a->visit);
    a->visit[a->n_visit++] = (struct visit){.seq = x->r->seq,
                                            .at_ms = x->r->at_ms,
                                            .by = keep(x->land, x->who->name),
                                            .person = keep(x->land, x->who->id),
                                            .org = keep(x->land, x->who->org),
                                            .type = keep(x->land, data_text(x, "type")),
                                            .text = keep(x->land, data_text(x, "text")),
                                            .severity = keep(x->land, data_text(x, "severity")),
                                            .control = control,
                                            .pass = pass,
                                            .sampled_m2 = data_number(x, "sampled_m2")};
    if (control && pass) a->qc_passed = 1;
    if (control && !pass) {
        a->claim.open = 0;
        area_enter(x, a, AREA_NONCONFORMITY);
    }
    return 0;
}

int act_rework(struct act *x)
{
    if (of_operator(x)) return -1;
    x->area->n_report = 0; /* the ground is searched again */
    x->area->spent_m2 = 0;
    area_enter(x, x->area, AREA_IN_PROGRESS);
    return 0;
}

/* --- release --- */

/* Only slivers between outlines that were meant to meet: a corner of a thousandth of the area is a corner with a mine in it. */
static int nothing_left(struct geo *g, const struct area *a, const struct shape *rest)
{
    double rest_m2 = shape_area_m2(rest);
    if (rest_m2 <= AREA_TOLERANCE_M2 * 0.01) return 1;
    struct shape *core =
        rest_m2 <= CONSERVED_FRAC * shape_area_m2(a->whole) ? shape_buffer(g, rest, -SLIVER_M / 2) : NULL;
    int slivers = core && shape_area_m2(core) <= 0;
    shape_free(g, core);
    return slivers;
}

static enum area_state after_release(const struct area *a, enum outcome outcome, int done)
{
    if (!done) return outcome == OUTCOME_CLEARED ? AREA_IN_PROGRESS : a->state;
    if (outcome == OUTCOME_CLEARED || a->state == AREA_IN_PROGRESS) return AREA_COMPLETED;
    return outcome == OUTCOME_REDUCED ? AREA_REDUCED : AREA_CANCELLED;
}

/* Who made the visit of quality control that passed. */
static const char *control_by(const struct area *a)
{
    for (int i = a->n_visit; i-- > 0;)
        if (a->visit[i].control && a->visit[i].pass) return a->visit[i].person;
    return NULL;
}

int act_release(struct act *x)
{
    struct area *a = x->area;
    struct geo *g = x->land->geo;
    const struct claim *c = &a->claim;
    const char *outcome = data_text(x, "outcome");
    if (!c->open)
        return err_set(x->e, "nobody has said that `%s` may be released; a survey or a submission comes first",
                       a->id);
    if (!same(outcome, outcome_name[c->outcome]))
        return err_set(x->e, "no. %lld says %s, not %s; outcomes are never mixed", (long long)c->seq,
                       outcome_name[c->outcome], outcome);
    if (not_own(x, c->person, c->org, "the claim")) return -1;
    if (c->outcome == OUTCOME_CLEARED && !a->qc_passed)
        return err_set(x->e, "quality control has not passed `%s`", a->id);
    if (c->outcome == OUTCOME_CLEARED && not_own(x, control_by(a), NULL, "the quality control")) return -1;
    struct shape *rest = shape_difference(g, a->rest, c->shape);
    if (!rest) return err_set(x->e, "the outline cannot be cut from the area");
    a->product = grow(a->product, a->n_product, sizeof *a->product);
    a->product[a->n_product++] = (struct product){.outcome = c->outcome,
                                                  .shape = c->shape,
                                                  .area_m2 = shape_area_m2(c->shape),
                                                  .depth_m = c->depth_m,
                                                  .method = c->method,
                                                  .residual = c->residual,
                                                  .points = c->points,
                                                  .seq = x->r->seq,
                                                  .at_ms = x->r->at_ms,
                                                  .released_by = keep(x->land, x->who->name)};
    if (c->outcome == OUTCOME_CLEARED) /* its reports clear nothing else */
        a->spent_m2 += fmin(shape_area_m2(c->shape), fmax(0, area_searched_m2(a)));
    area_replace(x->land, &a->rest, rest);
    a->claim = (struct claim){0};
    const struct product *made = &a->product[a->n_product - 1];
    for (int i = 0; i < a->n_device; i++) a->device[i].settled |= device_in(x->land, &a->device[i], made->shape);
    for (int i = 0; i < x->land->n_find; i++)
        x->land->find[i].settled |= find_in(x->land, &x->land->find[i], made->shape);
    area_enter(x, a, after_release(a, made->outcome, nothing_left(g, a, rest)));
    return 0;
}

/* --- handing over --- */

int act_handover(struct act *x)
{
    struct area *a = x->area;
    struct balance b = area_balance(x->land->geo, a);
    if (!b.conserved)
        return err_set(x->e, "area not conserved: %.0f m2 of `%s` are unaccounted for", b.miss_m2, a->id);
    if (no_find_open(x)) return -1;
    const struct area *hazard = area_hazard_over(x->land, a);
    if (hazard)
        return err_set(
            x->e,
            "`%s` lies in part on `%s`, which is %s: nobody hands over ground that is a hazard by another name",
            a->id, hazard->id, area_state_name[hazard->state]);
    a->handover_seq = x->r->seq;
    a->handover_ms = x->r->at_ms;
    a->use = keep(x->land, data_text(x, "use"));
    a->residual = keep(x->land, data_text(x, "residual"));
    a->handed_by = keep(x->land, x->who->name);
    a->handed_id = keep(x->land, x->who->id);
    a->handed_org = keep(x->land, x->who->org);
    return 0;
}

int act_accept(struct act *x)
{
    struct area *a = x->area;
    if (!a->handover_seq)
        return err_set(x->e, "the authority has not handed `%s` over: `kend land handover`", a->id);
    if (no_find_open(x)) return -1;
    if (same(x->who->id, a->handed_id))
        return err_set(x->e, "nobody approves their own work: who hands over does not take over");
    if (same(x->who->org, a->handed_org))
        return err_set(x->e, "nobody approves their own work: %s handed over and does not take over", x->who->org);
    a->accept_seq = x->r->seq;
    a->accept_ms = x->r->at_ms;
    a->taken_by = keep(x->land, x->who->name);
    a->taken_id = keep(x->land, x->who->id);
    area_enter(x, a, AREA_HANDOVER_SIGNED);
    return 0;
}

int act_commission(struct act *x)
{
    struct area *a = x->area;
    if (same(x->who->id, a->taken_id))
        return err_set(x->e, "nobody approves their own work: %s took the land over to build on it", a->taken_by);
    if (same(x->who->id, a->handed_id))
        return err_set(x->e, "nobody approves their own work: %s handed the land over", a->handed_by);
    if (same(data_text(x, "result"), "pass"))
        a->commission_seq = x->r->seq;
    else
        a->commission_seq = 0;
    return 0;
}

int act_use(struct act *x)
{
    struct area *a = x->area;
    if (!a->commission_seq)
        return err_set(x->e, "`%s` has no passed test record: `kend land handover --step commission`", a->id);
    area_enter(x, a, AREA_IN_USE);
    return 0;
}

/* --- the order of work --- */

/* The dates that were planned when the order was signed, for progress to be seen against them. */
static void planned(struct act *x, struct rank *k)
{
    const json_t *list = json_object_get(x->r->data, "plan"), *one;
    size_t i;
    json_array_foreach(list, i, one)
    {
        if (!same(json_string_value(json_object_get(one, "id")), k->id)) continue;
        static const char *const key[] = {"from", "done", "late"};
        int64_t *const to[] = {&k->from_ms, &k->done_ms, &k->late_ms};
        for (int d = 0; d < 3; d++) {
            const char *day = json_string_value(json_object_get(one, key[d]));
            if (day) instant_parse(day, NULL, to[d], NULL);
        }
    }
}

int act_rank(struct act *x)
{
    const json_t *order = json_object_get(x->r->data, "order"), *one;
    size_t i, n = json_array_size(order);
    json_array_foreach(order, i, one) if (land_area(x->land, json_string_value(one)) < 0) return err_set(
        x->e, "the order names no area `%.60s`", json_is_string(one) ? json_string_value(one) : "?");
    struct rank *rank = calloc(n + 1, sizeof *rank);
    if (!n || !rank) return free(rank), err_set(x->e, "an order wants at least one area");
    json_array_foreach(order, i, one)
    {
        rank[i].id = keep(x->land, json_string_value(one));
        planned(x, &rank[i]);
    }
    free(x->land->rank);
    x->land->rank = rank;
    x->land->n_rank = (int)n;
    x->land->rank_seq = x->r->seq;
    x->land->ranked_by = keep(x->land, x->who->name);
    return 0;
}
