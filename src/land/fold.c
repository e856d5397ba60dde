/* The fold: one record after the other, each checked against what the ones before made. Order of the checks: chain and date,
 * accreditation, what the record must say, the area, its state, the version the signer saw, then what the kind itself asks. */
#include "base/err.h"
#include "base/name.h"
#include "base/random.h"
#include "land/inside.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LOOSE = 1 }; /* evidence that may come from several devices at once: the version seen is not asked */
static const struct {
    const char *kind;
    act_do *act;
    unsigned flags;
} act_table[] = {
    // clang-format off
    {"land.area", act_area, 0},           {"land.extend", act_extend, LOOSE},   {"land.task", act_task, 0},
    {"land.survey", act_survey, 0},       {"land.start", act_start, 0},         {"land.suspend", act_suspend, 0},
    {"land.resume", act_start, 0},        {"land.progress", act_progress, LOOSE}, {"land.device", act_device, LOOSE},
    {"land.submit", act_submit, 0},       {"land.qa", act_qa, 0},               {"land.rework", act_rework, 0},
    {"land.release", act_release, 0},     {"land.handover", act_handover, 0},   {"land.accept", act_accept, 0},
    {"land.commission", act_commission, 0}, {"land.use", act_use, 0},           {"land.find", act_find, LOOSE},
    {"land.found", act_find, LOOSE},      {"land.resolve", act_resolve, LOOSE}, {"land.restore", act_restore, LOOSE},
    {"land.accident", act_accident, LOOSE}, {"land.lesson", act_lesson, LOOSE}, {"land.import", act_import, LOOSE},
    {"land.reconcile", act_reconcile, 0}, {"land.rank", act_rank, LOOSE},
    // clang-format on
};

struct land *land_open(struct err *e)
{
    struct land *l = calloc(1, sizeof *l);
    if (!l) return err_set(e, "out of memory"), NULL;
    l->geo = geo_open(e);
    if (l->geo) return l;
    free(l);
    return NULL;
}

static void area_free(struct land *l, struct area *a)
{
    shape_free(l->geo, a->whole);
    shape_free(l->geo, a->rest);
    shape_free(l->geo, a->claim.shape);
    for (int i = 0; i < a->n_product; i++) shape_free(l->geo, a->product[i].shape);
    free(a->product);
    free(a->report);
    free(a->device);
    free(a->visit);
    free(a->activity);
}

void land_close(struct land *l)
{
    if (!l) return;
    for (int i = 0; i < l->n_area; i++) area_free(l, &l->area[i]);
    for (int i = 0; i < l->n_find; i++) free(l->find[i].area);
    free(l->area);
    free(l->find);
    free(l->slot);
    free(l->rank);
    free(l->file);
    free(l->lesson);
    people_free(&l->people);
    arena_free(&l->text);
    geo_close(l->geo);
    free(l);
}

const char *keep(struct land *l, const char *text) { return text ? arena_strdup(&l->text, text) : NULL; }

void *grow(void *array, int n, size_t size)
{
    if (n & (n - 1) && n) return array;
    void *more = realloc(array, (size_t)(n ? 2 * n : 1) * size);
    must(more, "out of memory for %d rows", n);
    return more;
}

/* --- areas by id --- */

static int32_t *slot_of(const struct land *l, const char *id)
{
    char key[80];
    name_key(id, key, sizeof key);
    uint64_t h = random_hash(0, key);
    for (int i = (int)(h % (uint64_t)l->n_slot);; i = (i + 1) % l->n_slot)
        if (!l->slot[i] || !strcasecmp(l->area[l->slot[i] - 1].id, id)) return &l->slot[i];
}

const struct area *area_hazard_over(const struct land *l, const struct area *a)
{
    for (const struct area *b = l->area; b < l->area + l->n_area; b++)
        if (b != a && area_place_state(b) == PLACE_HAZARD &&
            shape_overlap_m2(l->geo, a->whole, b->whole) > AREA_TOLERANCE_M2)
            return b;
    return NULL;
}

int land_area(const struct land *l, const char *id) { return l->n_slot && id ? *slot_of(l, id) - 1 : -1; }

static void index_again(struct land *l)
{
    l->n_slot = l->n_slot ? 2 * l->n_slot : 64;
    free(l->slot);
    l->slot = calloc((size_t)l->n_slot, sizeof *l->slot);
    must(l->slot, "out of memory for %d areas", l->n_area);
    for (int i = 0; i < l->n_area; i++) *slot_of(l, l->area[i].id) = i + 1;
}

struct area *area_add(struct land *l, const char *id, struct shape *whole, int64_t at_ms)
{
    if (2 * (l->n_area + 1) > l->n_slot) index_again(l);
    l->area = grow(l->area, l->n_area, sizeof *l->area);
    struct area *a = &l->area[l->n_area++];
    *a = (struct area){.id = keep(l, id), .name = keep(l, id), .whole = whole, .state_ms = at_ms};
    a->rest = shape_copy(l->geo, whole);
    a->initial_m2 = shape_area_m2(whole);
    *slot_of(l, a->id) = l->n_area;
    return a;
}

void area_enter(struct act *x, struct area *a, enum area_state state)
{
    a->state = state;
    a->state_ms = x->r->at_ms;
    a->since_seq = x->r->seq;
}

static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

void area_danger(struct act *x, struct area *a)
{
    /* The clock of who reported unsigned may be years behind: what is known now was known before it. */
    int64_t at_ms = x->r->is_signed ? x->r->at_ms : greater(x->r->at_ms, x->land->people.newest_ms);
    if (at_ms > a->danger_ms) a->danger_ms = at_ms;
}

void area_replace(struct land *l, struct shape **old, struct shape *by)
{
    shape_free(l->geo, *old);
    *old = by;
}

const struct find *land_find(const struct land *l, int64_t seq)
{
    for (int i = 0; i < l->n_find; i++)
        if (l->find[i].seq == seq) return &l->find[i];
    return NULL;
}

/* --- what a record says --- */

const char *data_text(const struct act *x, const char *key)
{
    return json_string_value(json_object_get(x->r->data, key));
}

double data_number(const struct act *x, const char *key)
{
    const json_t *v = json_object_get(x->r->data, key);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

/* The first pair of numbers in nested coordinates. */
static const json_t *first_point(const json_t *v)
{
    while (json_is_array(json_array_get(v, 0))) v = json_array_get(v, 0);
    return v;
}

int zone_for(const struct land *l, const json_t *geometry)
{
    const json_t *p = first_point(json_object_get(geometry, "coordinates"));
    double lon = json_number_value(json_array_get(p, 0)), lat = json_number_value(json_array_get(p, 1));
    if (!(l->reach_m > 0) || fabs(lon) > 180 || fabs(lat) > 84) return 0;
    if (lonlat_distance_m(lon, lat, l->site_lon_deg, l->site_lat_deg) > SITE_ZONE_M) return 0;
    return zone_of(l->site_lon_deg, l->site_lat_deg);
}

struct geo_rule rule_for(const struct land *l, enum geo_use use, int zone)
{
    return (struct geo_rule){.use = use,
                             .zone = zone,
                             .site_lon_deg = l->site_lon_deg,
                             .site_lat_deg = l->site_lat_deg,
                             .reach_m = l->reach_m};
}

struct shape *data_shape(struct act *x, enum geo_use use, int *present, struct geo_note *note)
{
    const json_t *geometry = json_object_get(x->r->data, "geometry");
    *present = geometry != NULL;
    if (!geometry) return NULL;
    struct geo_rule rule =
        rule_for(x->land, use, x->area ? shape_zone(x->area->whole) : zone_for(x->land, geometry));
    return shape_json(x->land->geo, geometry, &rule, note, x->e);
}

static double within(double m2)
{
    return m2 * CONSERVED_FRAC > AREA_TOLERANCE_M2 ? m2 * CONSERVED_FRAC : AREA_TOLERANCE_M2;
}

struct shape *part_of(struct act *x, const struct shape *given, double says_m2)
{
    struct geo *g = x->land->geo;
    struct area *a = x->area;
    double size_m2 = shape_area_m2(given), inside_m2 = shape_overlap_m2(g, given, a->whole),
           tolerance_m2 = within(size_m2);
    double open_m2 = shape_overlap_m2(g, given, a->rest);
    if (isfinite(says_m2) && fabs(says_m2 - size_m2) > tolerance_m2)
        return err_set(x->e, "area not conserved: it says %.0f m2, its outline encloses %.0f m2", says_m2, size_m2),
               NULL;
    if (size_m2 - inside_m2 > tolerance_m2)
        return err_set(x->e, "area not conserved: %.0f m2 of the outline lie outside `%s`", size_m2 - inside_m2,
                       a->id),
               NULL;
    if (inside_m2 - open_m2 > tolerance_m2)
        return err_set(x->e, "area not conserved: %.0f m2 of the outline were released before",
                       inside_m2 - open_m2),
               NULL;
    struct shape *part = shape_intersection(g, given, a->rest);
    if (part && shape_area_m2(part) > 0) return part;
    shape_free(g, part);
    return err_set(x->e, "area not conserved: nothing of the outline is left to release"), NULL;
}

struct balance area_balance(struct geo *g, const struct area *a)
{
    struct balance b = {
        .initial_m2 = a->initial_m2, .extension_m2 = a->extension_m2, .rest_m2 = shape_area_m2(a->rest)};
    double sum_m2 = b.rest_m2;
    (void)g;
    for (int i = 0; i < a->n_product; i++) {
        b.part_m2[a->product[i].outcome] += a->product[i].area_m2;
        sum_m2 += a->product[i].area_m2;
    }
    b.miss_m2 = b.initial_m2 + b.extension_m2 - sum_m2;
    b.conserved = fabs(b.miss_m2) <= within(b.initial_m2 + b.extension_m2);
    return b;
}

double area_searched_m2(const struct area *a)
{
    double sum_m2 = 0;
    for (int i = 0; i < a->n_report; i++)
        if (!a->report[i].superseded_by && method_search(a->report[i].method) == SEARCH_CLEARS)
            sum_m2 += a->report[i].searched_m2;
    return sum_m2 - a->spent_m2;
}

double area_prepared_m2(const struct area *a, const char *method)
{
    double sum_m2 = 0;
    for (int i = 0; i < a->n_report; i++)
        if (!a->report[i].superseded_by && !strcmp(a->report[i].method, method)) sum_m2 += a->report[i].searched_m2;
    return sum_m2;
}

enum place_state area_place_state(const struct area *a)
{
    if (a->theirs_worse || a->open_finds) return PLACE_HAZARD;
    switch (a->state) {
    case AREA_CANCELLED:
        return a->from_find ? PLACE_IN_USE
                            : PLACE_RELEASED; /* ground that was handed over before the false alarm */
    case AREA_REDUCED:
    case AREA_COMPLETED: return PLACE_RELEASED;
    case AREA_HANDOVER_SIGNED: return a->commission_seq ? PLACE_COMMISSIONED : PLACE_CONSTRUCTION;
    case AREA_IN_USE: return PLACE_IN_USE;
    default: return PLACE_HAZARD;
    }
}

/* --- taking a record --- */

static void site_take(struct land *l, const struct record *r)
{
    const json_t *site = json_object_get(r->data, "site");
    l->site_lon_deg = json_number_value(json_object_get(site, "lon_deg"));
    l->site_lat_deg = json_number_value(json_object_get(site, "lat_deg"));
    l->reach_m = json_number_value(json_object_get(site, "reach_m"));
}

static int state_check(const struct land_kind *k, const struct area *a, struct err *e)
{
    char want[200] = "";
    if (k->from & 1U << a->state) return 0;
    for (int s = 0; s < AREA_STATES; s++) {
        size_t used = strlen(want);
        if (k->from & 1U << s)
            snprintf(want + used, sizeof want - used, "%s%s", used ? ", " : "", area_state_name[s]);
    }
    return err_set(e, "`%s` is %s; %s wants %s: %s", a->id, area_state_name[a->state], k->kind, want,
                   k->before ? k->before : "not now");
}

static int version_check(const struct record *r, const struct area *a, struct err *e)
{
    if (r->rev == a->rev) return 0;
    return err_set(
        e, "stale version: signed after %lld records about `%s`, there are %lld now; read them and sign again",
        (long long)r->rev, a->id, (long long)a->rev);
}

static int act_index(const char *kind)
{
    for (int i = 0; i < (int)(sizeof act_table / sizeof act_table[0]); i++)
        if (!strcmp(act_table[i].kind, kind)) return i;
    return -1;
}

static int land_act(struct land *l, const struct record *r, struct err *e)
{
    const struct land_kind *k = land_kind_find(r->kind);
    int which = act_index(r->kind), at = land_area(l, r->of);
    struct act x = {l, r, NULL, at >= 0 ? &l->area[at] : NULL, e};
    if (!k || which < 0) return err_set(e, "no kind of record `%.40s`", r->kind);
    if ((k->roles || r->is_signed) && !(x.who = people_signer(&l->people, r, k->roles ? k->roles : ~0U, e)))
        return -1;
    if (kind_check(k, r->data, e)) return -1;
    if (k->from && at < 0) return err_set(e, "no area `%.60s`", r->of);
    if (k->from && state_check(k, x.area, e)) return -1;
    if (k->from && !(act_table[which].flags & LOOSE) && version_check(r, x.area, e)) return -1;
    if (act_table[which].act(&x)) return -1;
    at = land_area(l, r->of); /* the array may have moved */
    if (at >= 0) l->area[at].rev++;
    return 0;
}

int land_take(struct land *l, const struct record *r, struct err *e)
{
    if (people_admit(&l->people, r, e)) return -1;
    int people = people_take(&l->people, r, e);
    if (people < 0) return -1;
    if (people && !strcmp(r->kind, "people.authority")) site_take(l, r);
    if (!people && !strncmp(r->kind, "land.", 5) && land_act(l, r, e)) return -1;
    people_seen(&l->people, r);
    l->head.seq = r->seq;
    memcpy(l->head.hash, r->hash, HASH_BYTES);
    return 0;
}
