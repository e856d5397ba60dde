/* Taking an import into the fold. New areas come in as the file says, as far as its signature carries; where the file
 * and we differ nothing is overwritten: the difference is kept beside the area, the worse of both holds for what may stand
 * there, and a second person takes the authority's word over (land.reconcile). */
#include "base/err.h"
#include "base/instant.h"
#include "base/name.h"
#include "land/inside.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int outcome_find(const json_t *feature)
{
    const char *word = json_string_value(json_object_get(feature, "outcome"));
    for (int o = 0; word && o < OUTCOMES; o++)
        if (!strcmp(word, outcome_name[o])) return o;
    return -1;
}

/* 1: signed by an accredited authority, 0: unsigned, -1: the signature is wrong. */
static int signed_by_authority(struct act *x)
{
    unsigned char key[KEY_BYTES], sig[SIGNATURE_BYTES];
    const char *sha = data_text(x, "sha256");
    if (!data_text(x, "public")) return 0;
    if (hex_read(data_text(x, "public"), key, sizeof key) || hex_read(data_text(x, "signature"), sig, sizeof sig) ||
        !key_verify(key, "release file", sha, strlen(sha), sig))
        return err_set(x->e, "wrongly signed: the signature is not that of the file");
    struct record as = *x->r;
    memcpy(as.key, key, sizeof key);
    return people_signer(&x->land->people, &as, ROLE_AUTHORITY, x->e) ? 1 : -1;
}

static const char *text_in(struct land *l, const json_t *feature, const char *key)
{
    return keep(l, json_string_value(json_object_get(feature, key)));
}

static void release_whole(struct act *x, struct area *a, const json_t *f, enum outcome outcome)
{
    struct shape *none = shape_difference(x->land->geo, a->rest, a->whole);
    const json_t *depth = json_object_get(f, "depth_m");
    if (!none) return;
    a->product = grow(a->product, a->n_product, sizeof *a->product);
    a->product[a->n_product++] =
        (struct product){.outcome = outcome,
                         .shape = shape_copy(x->land->geo, a->rest),
                         .area_m2 = shape_area_m2(a->rest),
                         .depth_m = json_is_number(depth) ? json_number_value(depth) : (double)NAN,
                         .method = text_in(x->land, f, "method"),
                         .residual = text_in(x->land, f, "residual"),
                         .seq = x->r->seq,
                         .at_ms = x->r->at_ms,
                         .released_by = text_in(x->land, f, "org")};
    area_replace(x->land, &a->rest, none);
}

static void as_released(struct act *x, struct area *a, const json_t *f, int outcome)
{
    static const enum area_state of[OUTCOMES] = {AREA_CANCELLED, AREA_REDUCED, AREA_COMPLETED};
    int handed = json_is_true(json_object_get(f, "handed_over"));
    a->confirmed = json_is_true(json_object_get(f, "confirmed"));
    if (outcome < 0) {
        area_enter(x, a, a->confirmed ? AREA_CHA : AREA_SHA);
        return;
    }
    release_whole(x, a, f, (enum outcome)outcome);
    area_enter(x, a, handed ? AREA_HANDOVER_SIGNED : of[outcome]);
    if (!handed) return;
    a->handover_seq = a->accept_seq = x->r->seq;
    a->handover_ms = a->accept_ms = x->r->at_ms;
    a->handed_by = text_in(x->land, f, "org");
    a->handed_id = a->handed_org = a->taken_id = NULL;
    a->residual = text_in(x->land, f, "residual");
}

static void add_feature(struct act *x, const json_t *f, struct shape *s, int outcome)
{
    struct area *a = area_add(x->land, json_string_value(json_object_get(f, "id")), s, x->r->at_ms);
    if (json_object_get(f, "name")) a->name = text_in(x->land, f, "name");
    a->place = text_in(x->land, f, "place");
    a->note = text_in(x->land, f, "note");
    a->evidence = keep(x->land, data_text(x, "file"));
    a->imported = 1;
    a->rev = 1;
    as_released(x, a, f, outcome);
}

/* The record that took this signed file first, or 0. */
static int64_t file_before(const struct land *l, const char *sha256)
{
    for (int i = 0; i < l->n_file; i++)
        if (!strcmp(l->file[i].sha256, sha256)) return l->file[i].seq;
    return 0;
}

static void file_taken(struct act *x)
{
    struct land *l = x->land;
    if (file_before(l, data_text(x, "sha256"))) return;
    l->file = grow(l->file, l->n_file, sizeof *l->file);
    l->file[l->n_file++] = (struct taken_file){keep(l, data_text(x, "sha256")), x->r->seq};
}

static void keep_difference(struct act *x, struct area *a, const json_t *f, int outcome, int is_signed)
{
    int64_t before = is_signed ? file_before(x->land, data_text(x, "sha256")) : 0;
    if (before && before == a->theirs_seq && a->theirs) return; /* the same file again, and still not reconciled */
    char *text = json_dumps(f, JSON_COMPACT | JSON_REAL_PRECISION(15));
    a->theirs_before = before;
    a->theirs_ms = x->r->at_ms;
    a->theirs = keep(x->land, text);
    free(text);
    a->theirs_seq = x->r->seq;
    a->theirs_signed = is_signed;
    a->importer = keep(x->land, x->who->id);
    a->theirs_worse = outcome < 0 && area_place_state(a) > PLACE_HAZARD;
    a->differs =
        a->theirs_worse ? "the authority's release calls it hazardous" : "the authority's release says otherwise";
    a->rev++;
}

/* The zone that the importer held it in: a repair may begin the ring on the other side of a zone's border. */
static int zone_in(const struct land *l, const json_t *feature)
{
    json_int_t zone = json_integer_value(json_object_get(feature, "zone"));
    return zone && zone >= -60 && zone <= 60 ? (int)zone : zone_for(l, json_object_get(feature, "geometry"));
}

/* All features are tried before any is taken: shape[i] of each that is new, NULL of one that is here already. */
static int features_check(struct act *x, const json_t *features, int is_signed, struct shape **shape)
{
    const json_t *f;
    size_t i;
    json_array_foreach(features, i, f)
    {
        const json_t *geometry = json_object_get(f, "geometry");
        const char *id = json_string_value(json_object_get(f, "id"));
        struct geo_rule rule = rule_for(x->land, GEO_HAZARD, zone_in(x->land, f));
        if (!id || !*id || strlen(id) > 71)
            return err_set(x->e, "feature %zu has no id of at most 71 characters", i + 1);
        if (!name_plain(id))
            return err_set(x->e,
                           "feature %zu: an id has no blank at its ends and no sign that does not print: `%s`",
                           i + 1, id);
        if (area_id_of_find(id) && land_area(x->land, id) < 0)
            return err_set(x->e, "`%s`: ids that begin with `find-` are given to the ground of finds", id);
        if (outcome_find(f) >= 0 && !is_signed)
            return err_set(x->e, "`%s` says %s, but no authority signed the file", id,
                           outcome_name[outcome_find(f)]);
        if (!(shape[i] = shape_json(x->land->geo, geometry, &rule, NULL, x->e))) return -1;
    }
    return 0;
}

int act_import(struct act *x)
{
    const json_t *features = json_object_get(x->r->data, "features"), *f;
    size_t i, n = json_array_size(features);
    int is_signed = signed_by_authority(x);
    struct shape **shape = is_signed < 0 || !json_is_array(features) ? NULL : calloc(n + 1, sizeof(struct shape *));
    if (!shape) return is_signed < 0 ? -1 : err_set(x->e, "`features` wants a list");
    int bad = features_check(x, features, is_signed, shape) ||
                      (is_signed && import_holds(x->land, x->r->data, shape, x->e))
                  ? -1
                  : 0;
    json_array_foreach(features, i, f)
    {
        int at = bad ? -1 : land_area(x->land, json_string_value(json_object_get(f, "id")));
        if (!bad && at < 0)
            add_feature(x, f, shape[i], outcome_find(f));
        else
            shape_free(x->land->geo, shape[i]);
        if (at >= 0) keep_difference(x, &x->land->area[at], f, outcome_find(f), is_signed);
    }
    if (!bad && is_signed) file_taken(x);
    free(shape);
    return bad;
}

/* A release says what was known on its day: it may not be older than the last danger that was told of the area. */
static int outdated(struct act *x, const struct area *a, const json_t *f)
{
    const char *date = json_string_value(json_object_get(f, "date"));
    int64_t date_ms = 0;
    char danger[40];
    if (!a->danger_ms) return 0;
    instant_format(danger, sizeof danger, NULL, a->danger_ms);
    if (!date || instant_parse(date, NULL, &date_ms, NULL))
        return err_set(x->e, "danger was told of `%s` on %.10s, and the release bears no `date` after that", a->id,
                       danger);
    if (date_ms > a->theirs_ms + MS_DAY)
        return err_set(x->e, "the release is dated %.10s, after it was taken in", date);
    if (date_ms > a->danger_ms) return 0;
    return err_set(x->e, "the release is dated %.10s and knows nothing of the danger told of `%s` on %.10s", date,
                   a->id, danger);
}

/* May the release take hazard away: by leaving ground out, or by its outcome? */
static int takes_away(struct act *x, const struct area *a, const json_t *f, const struct shape *s)
{
    double less_m2 = shape_area_m2(a->whole) - shape_overlap_m2(x->land->geo, a->whole, s);
    int opens = outcome_find(f) >= 0 && area_place_state(a) == PLACE_HAZARD;
    if (less_m2 <= AREA_TOLERANCE_M2 && outcome_find(f) < 0) return 0;
    if (!a->theirs_signed)
        return err_set(
            x->e,
            "no authority signed that file, and its outline leaves out %.0f m2 of `%s`: it takes no suspicion away",
            less_m2, a->id);
    if (a->theirs_before)
        return err_set(x->e, "replayed: this release was taken as no. %lld; the authority signs a new one",
                       (long long)a->theirs_before);
    if (outdated(x, a, f)) return -1;
    if (!opens || (x->who->roles & ROLE_AUTHORITY)) return 0;
    return err_set(x->e, "from hazard to %s is the authority's to sign; %s is none", outcome_name[outcome_find(f)],
                   x->who->name);
}

int act_reconcile(struct act *x)
{
    struct area *a = x->area;
    double import = data_number(x, "import");
    if (!a->theirs) return err_set(x->e, "`%s` does not differ from any release", a->id);
    if ((int64_t)import != a->theirs_seq)
        return err_set(x->e, "the newest difference of `%s` is of no. %lld", a->id, (long long)a->theirs_seq);
    if (!strcmp(a->importer, x->who->id))
        return err_set(x->e, "nobody approves their own work: %s imported it", x->who->name);
    if (find_open(x->land, a))
        return err_set(x->e, "find no. %lld on `%s` is still open: resolve and restore it first",
                       (long long)find_open(x->land, a), a->id);
    json_t *f = json_loads(a->theirs, 0, NULL);
    struct geo_rule rule = rule_for(x->land, GEO_HAZARD, shape_zone(a->whole));
    struct shape *s = shape_json(x->land->geo, json_object_get(f, "geometry"), &rule, NULL, x->e);
    int was_confirmed = a->confirmed;
    if (s && takes_away(x, a, f, s)) {
        shape_free(x->land->geo, s);
        s = NULL;
    }
    if (s) {
        for (int i = 0; i < a->n_product; i++) shape_free(x->land->geo, a->product[i].shape);
        a->n_product = 0;
        a->initial_m2 = shape_area_m2(s);
        a->extension_m2 = 0;
        area_replace(x->land, &a->rest, shape_copy(x->land->geo, s));
        area_replace(x->land, &a->whole, s);
        a->theirs = a->differs = NULL;
        a->theirs_worse = 0;
        a->commission_seq = 0;
        if (json_object_get(f, "name")) a->name = text_in(x->land, f, "name");
        for (int i = 0; i < a->n_device && outcome_find(f) >= 0; i++) a->device[i].settled = 1;
        as_released(x, a, f, outcome_find(f));
        if (!a->theirs_signed && was_confirmed && a->state == AREA_SHA)
            a->confirmed = 1, area_enter(x, a, AREA_CHA);
    }
    json_decref(f);
    return s ? 0 : -1;
}
