/* Files of areas: the authority's signed release, or anybody's public data. What a file says is compared with what is here and
 * shown; only what is new or different goes into the record that the data manager then signs, and taking it never
 * overwrites (taken.c). A file that no accredited authority signed may add suspicion and never take any away. Areas
 * without an id are named by their outline (SHA-256), so that the same file read twice is the same. Fields: id, name,
 * type (SHA, CHA, or words with "confirmed"), status (open, closed, handed_over), outcome, depth_m, method, residual,
 * org, date, area_m2, place; in CSV the outline is the column `wkt`. */
#include "base/err.h"
#include "base/name.h"
#include "land/inside.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 256 << 20, ID_MAX = 72 };
static const char sign_domain[] = "release file";
const char *const verdict_name[IMPORT_VERDICTS] = {"new",           "same",  "differs", "refused",
                                                   "null geometry", "point", "twice"};

/* --- the file and its signature --- */

static char *file_read(const char *path, size_t *size, struct err *e)
{
    FILE *f = fopen(path, "rb");
    size_t room = 1 << 16, used = 0, n;
    char *text = malloc(room + 1), *more;
    if (!f || !text) {
        free(text);
        if (f) fclose(f);
        return err_set(e, "%s: %s", path, strerror(errno)), NULL;
    }
    while ((n = fread(text + used, 1, room - used, f)) > 0) {
        used += n;
        if (used < room) continue;
        if (room > FILE_MAX || !(more = realloc(text, 2 * room + 1))) break;
        text = more;
        room *= 2;
    }
    int bad = ferror(f), large = used == room;
    fclose(f);
    if (used && !bad && !large) {
        text[used] = 0;
        *size = used;
        return text;
    }
    free(text);
    return err_set(e, "%s: %s", path, bad ? "could not be read" : large ? "is too large" : "is empty"), NULL;
}

static void digest(const char *text, size_t size, char hex[2 * HASH_BYTES + 1])
{
    unsigned char hash[HASH_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)text, size);
    hex_write(hex, hash, sizeof hash);
}

int file_sign(const char *path, const struct key *k, const char *out, struct err *e)
{
    size_t size = 0;
    unsigned char sig[SIGNATURE_BYTES];
    char sha[2 * HASH_BYTES + 1], pub[HEX_KEY], hex[HEX_SIGNATURE], *text = file_read(path, &size, e);
    if (!text) return -1;
    digest(text, size, sha);
    free(text);
    key_sign(k, sign_domain, sha, strlen(sha), sig);
    FILE *f = fopen(out, "w");
    if (!f) return err_set(e, "%s: %s", out, strerror(errno));
    fprintf(f, "kend signature 1\npublic %s\nsignature %s\n", hex_write(pub, k->pub, sizeof k->pub),
            hex_write(hex, sig, sizeof sig));
    return fclose(f) ? err_set(e, "%s could not be written", out) : 0;
}

static int signature_take(struct land *l, const char *path, const char *sha, json_t *data, struct err *e)
{
    char pub[65] = "", hex[129] = "";
    unsigned char key[KEY_BYTES], sig[SIGNATURE_BYTES];
    FILE *f = fopen(path, "r");
    if (!f) return err_set(e, "%s: %s", path, strerror(errno));
    int got = fscanf(f, "kend signature 1\npublic %64[0-9a-f]\nsignature %128[0-9a-f]", pub, hex);
    fclose(f);
    if (got != 2 || hex_read(pub, key, sizeof key) || hex_read(hex, sig, sizeof sig))
        return err_set(e, "%s is no signature of kend (`kend land sign`)", path);
    if (!key_verify(key, sign_domain, sha, strlen(sha), sig))
        return err_set(e, "wrongly signed: %s is not the signature of this file", path);
    int known = 0;
    for (int i = 0; i < l->people.n; i++)
        known |= !memcmp(l->people.person[i].key, key, KEY_BYTES) && (l->people.person[i].roles & ROLE_AUTHORITY);
    if (!known) return err_set(e, "wrongly signed: the key of %s is not that of an accredited authority", path);
    json_object_set_new(data, "public", json_string(pub));
    json_object_set_new(data, "signature", json_string(hex));
    return 0;
}

/* --- features --- */

static json_t *geojson_features(const char *text, size_t size, struct err *e)
{
    json_error_t je;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &je); /* two states of one area have no meaning */
    if (!root) return err_set(e, "no JSON: %s (line %d)", je.text, je.line), NULL;
    const char *type = json_string_value(json_object_get(root, "type"));
    const json_t *crs = json_object_get(root, "crs");
    const char *name = json_string_value(json_object_get(json_object_get(crs, "properties"), "name"));
    json_t *list = json_object_get(root, "features");
    if (crs && !json_is_null(crs) && !name)
        err_set(
            e,
            "`crs` does not name what the coordinates are in; GeoJSON is WGS84 longitude and latitude (RFC 7946)"),
            list = NULL;
    else if (name && !strstr(name, "CRS84") && !strstr(name, "4326"))
        err_set(e, "the coordinates are in `%.60s`; GeoJSON is WGS84 longitude and latitude (RFC 7946)", name),
            list = NULL;
    else if (!type || strcmp(type, "FeatureCollection") != 0 || !json_is_array(list))
        err_set(e, "a GeoJSON FeatureCollection is wanted"), list = NULL;
    json_incref(list);
    json_decref(root);
    return list;
}

/* --- one feature --- */

struct reading {
    struct land *land;
    struct import *import;
    const char *prefix;
    json_t *taken;        /* features for the record */
    struct shape **shape; /* of all good features, for overlaps */
    json_t **norm;        /* of each of these: what goes into the record, or NULL */
    char (*id)[ID_MAX];   /* and its name */
    int n_shape;
    json_t *seen;
    json_t *hazard; /* ids that some feature of the file calls hazard: what else it says of them releases nothing */
};

static const char *prop(const json_t *feature, const char *key)
{
    return json_string_value(json_object_get(json_object_get(feature, "properties"), key));
}

/* How much of a text to tell, never half a letter: for "%.*s". */
static int told(const char *text)
{
    size_t n = strlen(text) > 40 ? 40 : strlen(text);
    while (n && ((unsigned char)text[n] & 0xc0) == 0x80) n--;
    return (int)n;
}

static int contains(const char *text, const char *word) { return text && strcasestr(text, word) != NULL; }

/* A text that a cut may have left with half a letter at its end. */
static json_t *any_text(const char *text)
{
    size_t n = strlen(text);
    json_t *whole = json_stringn(text, n);
    while (!whole && n) whole = json_stringn(text, --n);
    return whole;
}

static void row_add(struct reading *r, int row, const char *id, enum verdict v, const char *text)
{
    r->import->count[v]++;
    if (v == IMPORT_NEW || v == IMPORT_SAME) return;
    json_array_append_new(r->import->rows, json_pack("{s:i, s:o, s:s, s:o}", "row", row, "id", any_text(id),
                                                     "verdict", verdict_name[v], "text", any_text(text)));
}

/* All numbers of a geometry in their order, as IEEE 754 in the machine's order of bytes, with a mark at each list. */
static void numbers_hash(const json_t *v, crypto_hash_sha256_state *h)
{
    size_t i;
    const json_t *item;
    double number = json_number_value(v);
    if (json_is_object(v)) v = json_object_get(v, "coordinates");
    if (json_is_number(v)) crypto_hash_sha256_update(h, (const unsigned char *)&number, sizeof number);
    if (json_is_array(v)) crypto_hash_sha256_update(h, (const unsigned char *)"[", 1);
    json_array_foreach(v, i, item) numbers_hash(item, h);
}

/* Of a WKT text: its numbers, with a mark at each list, so that blanks between them make no other area. */
static void wkt_hash(const char *text, crypto_hash_sha256_state *h)
{
    for (char *end; *text; text = end) {
        double number = strtod(text, &end);
        if (end != text)
            crypto_hash_sha256_update(h, (const unsigned char *)&number, sizeof number);
        else if (*end++ == '(')
            crypto_hash_sha256_update(h, (const unsigned char *)"[", 1);
    }
}

static void trim(char *text)
{
    size_t n = strlen(text), from = strspn(text, " \t");
    while (n > from && (text[n - 1] == ' ' || text[n - 1] == '\t')) n--;
    memmove(text, text + from, n - from);
    text[n - from] = 0;
}

/* The id that the file gives, as text; one that people cannot tell from others (too long, with hidden signs) is none. */
static int given_id(const json_t *v, char *id, size_t size)
{
    id[0] = 0;
    if (json_is_string(v) && json_string_length(v) < size) snprintf(id, size, "%s", json_string_value(v));
    if (json_is_integer(v)) snprintf(id, size, "%lld", (long long)json_integer_value(v));
    if (json_is_real(v)) snprintf(id, size, "%.15g", json_real_value(v));
    trim(id);
    return name_plain(id);
}

static void feature_id(const char *prefix, const json_t *feature, char *id, size_t size)
{
    const json_t *geometry = json_object_get(feature, "geometry");
    const char *wkt = json_string_value(json_object_get(feature, "wkt"));
    if (given_id(json_object_get(json_object_get(feature, "properties"), "id"), id, size) ||
        given_id(json_object_get(feature, "id"), id, size))
        return;
    unsigned char hash[HASH_BYTES];
    char sha[2 * HASH_BYTES + 1];
    crypto_hash_sha256_state h;
    crypto_hash_sha256_init(&h);
    if (wkt && *wkt)
        wkt_hash(wkt, &h);
    else
        numbers_hash(geometry, &h);
    crypto_hash_sha256_final(&h, hash);
    hex_write(sha, hash, sizeof hash);
    snprintf(id, size, "%s-%.12s", prefix, sha);
}

static int is_word(const char *text, const char *word) { return text && !strcasecmp(text, word); }

/* Which outcome the feature claims: -1 hazard, else enum outcome. Only the exact words of outcome and status together take hazard away:
 * what anybody wrote otherwise may mean anything. */
static int claimed(const json_t *feature)
{
    const char *outcome = prop(feature, "outcome"), *status = prop(feature, "status");
    if (!is_word(status, "closed") && !is_word(status, "handed_over")) return -1;
    for (int o = 0; o < OUTCOMES; o++)
        if (is_word(outcome, outcome_name[o])) return o;
    return -1;
}

/* Somebody who meant a release must see that it was not read as one. */
static void unread_note(const json_t *feature, struct geo_note *note)
{
    const char *outcome = prop(feature, "outcome"), *status = prop(feature, "status");
    if (!outcome) outcome = "";
    if (!status) status = "";
    int says = *outcome || (*status && !is_word(status, "open"));
    size_t used = strlen(note->text);
    if (!says || claimed(feature) >= 0) return;
    snprintf(note->text + used, sizeof note->text - used,
             "%soutcome `%.*s` with status `%.*s` is read as hazard (a release is cancelled, reduced or cleared, "
             "and closed or "
             "handed_over)",
             used ? "; " : "", told(outcome), outcome, told(status), status);
}

/* Sets of ids: those that differ by capitals alone are one. */
static int is_in(const json_t *ids, const char *id)
{
    char key[ID_MAX];
    name_key(id, key, sizeof key);
    return json_object_get(ids, key) != NULL;
}

static void put_in(json_t *ids, const char *id)
{
    char key[ID_MAX];
    name_key(id, key, sizeof key);
    json_object_set_new(ids, key, json_true());
}

static int outcome_of(const struct reading *r, const json_t *feature, const char *id)
{
    return is_in(r->hazard, id) ? -1 : claimed(feature);
}

static json_t *hazards_named(const char *prefix, const json_t *features)
{
    json_t *ids = json_object();
    const json_t *f;
    size_t i;
    char id[ID_MAX];
    json_array_foreach(features, i, f)
    {
        if (claimed(f) >= 0) continue;
        feature_id(prefix, f, id, sizeof id);
        put_in(ids, id);
    }
    return ids;
}

static json_t *feature_norm(struct reading *r, const json_t *feature, const char *id, const struct shape *s,
                            int outcome)
{
    static const char *const copied[] = {"name", "depth_m", "method", "residual", "org", "date", "place"};
    int confirmed = contains(prop(feature, "type"), "CHA") || contains(prop(feature, "type"), "confirmed") ||
                    contains(prop(feature, "typeArea"), "confirmed");
    json_t *f = json_pack("{s:s, s:i, s:b, s:o}", "id", id, "zone", shape_zone(s), "confirmed", confirmed,
                          "geometry", shape_geojson(r->land->geo, s));
    if (outcome >= 0) json_object_set_new(f, "outcome", json_string(outcome_name[outcome]));
    if (outcome >= 0 && is_word(prop(feature, "status"), "handed_over"))
        json_object_set_new(f, "handed_over", json_true());
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
        json_t *v = json_object_get(json_object_get(feature, "properties"), copied[i]);
        if (json_is_string(v) || json_is_number(v)) json_object_set(f, copied[i], v);
    }
    return f;
}

/* In words, what the feature says otherwise than the area; "" = nothing. */
static void compare(struct reading *r, const struct area *a, const struct shape *s, int outcome, const json_t *norm,
                    char *text, size_t size)
{
    struct geo *g = r->land->geo;
    double common_m2 = shape_overlap_m2(g, a->whole, s);
    double ours_m2 = shape_area_m2(a->whole) - common_m2, theirs_m2 = shape_area_m2(s) - common_m2;
    int hazard_here = area_place_state(a) == PLACE_HAZARD, hazard_there = outcome < 0;
    text[0] = 0;
    if (ours_m2 + theirs_m2 > AREA_TOLERANCE_M2 + CONSERVED_FRAC * shape_area_m2(s))
        snprintf(text, size, "outline: %.0f m2 only here, %.0f m2 only there", ours_m2, theirs_m2);
    if (hazard_here != hazard_there) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%sstate: %s here, %s there%s", used ? "; " : "",
                 area_state_name[a->state], outcome < 0 ? "hazard" : outcome_name[outcome],
                 hazard_there ? " (the worse holds)" : "");
    }
    const char *name = json_string_value(json_object_get(norm, "name"));
    if (name && strcmp(name, a->name) != 0) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%sname: `%.40s` here, `%.40s` there", used ? "; " : "", a->name, name);
    }
}

static int cleared_how(const json_t *properties, const char *method, struct err *e)
{
    const json_t *depth = json_object_get(properties, "depth_m");
    double m = json_number_value(depth);
    if (!json_is_number(depth) || !method) return err_set(e, "cleared without depth_m and method: not taken"), 0;
    if (method_search(method) != SEARCH_CLEARS)
        return err_set(e, "cleared by `%.*s`: %s: not taken", told(method), method,
                       method_search(method) == SEARCH_ASSISTS
                           ? "a machine or one dog alone never clears"
                           : "no way to clear (manual, manual_dogs, manual_machine, two_dogs, two_dogs_machine)"),
               0;
    if (m >= CLEARED_DEPTH_M[0] && m <= CLEARED_DEPTH_M[1]) return 1;
    return err_set(e, "cleared to %g m: a search goes %g to %g m deep: not taken", m, CLEARED_DEPTH_M[0],
                   CLEARED_DEPTH_M[1]),
           0;
}

static int release_allowed(struct reading *r, const json_t *feature, int outcome, struct err *e)
{
    const json_t *p = json_object_get(feature, "properties");
    if (outcome < 0) return 1;
    if (!r->import->is_signed)
        return err_set(e, "says %s, but no authority signed the file: not taken", outcome_name[outcome]), 0;
    if (outcome == OUTCOME_CLEARED && !cleared_how(p, prop(feature, "method"), e)) return 0;
    if (!prop(feature, "residual"))
        return err_set(e, "%s without its residual risk: not taken", outcome_name[outcome]), 0;
    return 1;
}

static void feature_shape(struct reading *r, int row, const json_t *feature, const char *id, struct shape *s,
                          const struct geo_note *note)
{
    struct err e = {0};
    char text[300];
    int outcome = outcome_of(r, feature, id), at = land_area(r->land, id);
    double says_m2 = json_number_value(json_object_get(json_object_get(feature, "properties"), "area_m2")),
           m2 = shape_area_m2(s);
    snprintf(r->id[r->n_shape], ID_MAX, "%s", id);
    r->shape[r->n_shape++] = s;
    if (is_in(r->seen, id)) {
        row_add(r, row, id, IMPORT_TWICE, "the same id or outline stands in the file before");
        return;
    }
    put_in(r->seen, id);
    if (says_m2 > 0 && fabs(says_m2 - m2) > CONSERVED_FRAC * m2 + AREA_TOLERANCE_M2) {
        snprintf(text, sizeof text, "area not conserved: it says %.0f m2, its outline encloses %.0f m2", says_m2,
                 m2);
        row_add(r, row, id, IMPORT_REFUSED, text);
        return;
    }
    if (at < 0 && area_id_of_find(id)) {
        row_add(r, row, id, IMPORT_REFUSED,
                "ids that begin with `find-` are given to the ground of finds: not taken");
        return;
    }
    if (!release_allowed(r, feature, outcome, &e)) {
        row_add(r, row, id, IMPORT_REFUSED, e.text);
        return;
    }
    json_t *norm = feature_norm(r, feature, id, s, outcome);
    if (note->text[0]) json_object_set_new(norm, "note", any_text(note->text));
    r->import->area_m2 += m2;
    text[0] = 0;
    if (at >= 0) compare(r, &r->land->area[at], s, outcome, norm, text, sizeof text);
    if (at < 0 || text[0])
        json_array_append_new(r->taken, r->norm[r->n_shape - 1] = norm);
    else
        json_decref(norm);
    row_add(r, row, id, at < 0 ? IMPORT_NEW : text[0] ? IMPORT_DIFFERS : IMPORT_SAME, text);
}

static struct shape *outline(struct land *l, const json_t *feature, struct geo_note *note, struct err *e)
{
    const json_t *geometry = json_object_get(feature, "geometry");
    const char *wkt = json_string_value(json_object_get(feature, "wkt"));
    struct geo_rule rule =
        rule_for(l, claimed(feature) < 0 ? GEO_HAZARD : GEO_RELEASE, geometry ? zone_for(l, geometry) : 0);
    if (!wkt || !*wkt) return shape_json(l->geo, geometry, &rule, note, e);
    if (l->reach_m > 0) rule.zone = zone_of(l->site_lon_deg, l->site_lat_deg);
    return shape_wkt(l->geo, wkt, &rule, note, e);
}

static void feature_read(struct reading *r, int row, const json_t *feature)
{
    struct err e = {0};
    struct geo_note note = {""};
    char id[ID_MAX];
    const json_t *geometry = json_object_get(feature, "geometry");
    const char *wkt = json_string_value(json_object_get(feature, "wkt")),
               *type = json_string_value(json_object_get(geometry, "type"));
    feature_id(r->prefix, feature, id, sizeof id);
    if (wkt && !*wkt) wkt = NULL;
    if (!wkt && (!geometry || json_is_null(geometry))) {
        row_add(r, row, id, IMPORT_NULL, "it says nothing of where");
        return;
    }
    if (type && strstr(type, "Point")) {
        row_add(r, row, id, IMPORT_POINT, "a position without extent: no area");
        return;
    }
    struct shape *s = outline(r->land, feature, &note, &e);
    r->import->n_repaired += s && note.text[0];
    unread_note(feature, &note);
    if (!s) {
        row_add(r, row, id, IMPORT_REFUSED, e.text);
        return;
    }
    feature_shape(r, row, feature, id, s, &note);
}

/* --- all of them --- */

/* The first few in the note of what goes into the record; all stand in the list of pairs. */
static void overlap_note(json_t *norm, const char *id, double m2)
{
    const char *old = json_string_value(json_object_get(norm, "note"));
    char text[400];
    if (!norm || (old && strlen(old) > 200)) return;
    snprintf(text, sizeof text, "%s%soverlaps `%s` by %.0f m2", old ? old : "", old ? "; " : "", id, m2);
    json_object_set_new(norm, "note", json_string(text));
}

struct overlaps {
    struct reading *r;
    const int *area; /* of each shape after those of the file: which area of the records */
};

static void overlap_add(void *self, int i, int j, double m2)
{
    struct overlaps *o = self;
    struct reading *r = o->r;
    if (i >= r->n_shape) return; /* two areas of the records */
    const char *a = r->id[i], *b = j < r->n_shape ? r->id[j] : r->land->area[o->area[j - r->n_shape]].id;
    if (!strcmp(a, b)) return; /* told as `twice` */
    r->import->n_overlap++;
    r->import->overlap_m2 += m2;
    json_array_append_new(r->import->pairs, json_pack("{s:s, s:s, s:f}", "id", a, "other", b, "m2", m2));
    overlap_note(r->norm[i], b, m2);
    if (j < r->n_shape) overlap_note(r->norm[j], a, m2);
}

/* Which outlines of the file overlap each other, or areas of the records that the file does not name. */
static int overlaps_find(struct reading *r)
{
    int n = r->n_shape;
    const struct shape **all = calloc((size_t)(n + r->land->n_area) + 1, sizeof *all);
    int *area = calloc((size_t)r->land->n_area + 1, sizeof *area);
    struct overlaps o = {r, area};
    for (int i = 0; all && i < r->n_shape; i++) all[i] = r->shape[i];
    for (int i = 0; all && area && i < r->land->n_area; i++) {
        if (is_in(r->seen, r->land->area[i].id)) continue;
        area[n - r->n_shape] = i;
        all[n++] = r->land->area[i].whole;
    }
    long bad = all && area ? shapes_overlaps(r->land->geo, all, n, AREA_TOLERANCE_M2, overlap_add, &o) : -1;
    free(all);
    free(area);
    return bad < 0 ? -1 : 0;
}

static void count_missing(struct reading *r)
{
    for (int i = 0; i < r->land->n_area && r->import->is_signed; i++)
        if (r->land->area[i].imported && !is_in(r->seen, r->land->area[i].id)) {
            json_array_append_new(r->import->rows,
                                  json_pack("{s:i, s:s, s:s, s:s}", "row", 0, "id", r->land->area[i].id, "verdict",
                                            "missing", "text",
                                            "imported before, not in this release; it stays as it is here"));
            r->import->n_missing++;
        }
}

static int reading_open(struct reading *r, size_t n)
{
    r->shape = calloc(n + 1, sizeof *r->shape);
    r->norm = calloc(n + 1, sizeof *r->norm);
    r->id = calloc(n + 1, sizeof *r->id);
    return r->shape && r->norm && r->id ? 0 : -1;
}

static void reading_close(struct reading *r)
{
    for (int k = 0; k < r->n_shape; k++) shape_free(r->land->geo, r->shape[k]);
    free(r->shape);
    free(r->norm);
    free(r->id);
    json_decref(r->seen);
    json_decref(r->hazard);
}

static int features_read(struct land *l, const json_t *features, const char *prefix, struct import *out,
                         struct err *e)
{
    const json_t *feature;
    size_t i;
    struct reading r = {.land = l, .import = out, .prefix = prefix, .taken = json_array(), .seen = json_object()};
    int bad = reading_open(&r, json_array_size(features));
    r.hazard = hazards_named(prefix, features);
    out->n_feature = (int)json_array_size(features);
    if (!bad) json_array_foreach(features, i, feature) feature_read(&r, (int)i + 1, feature);
    bad = bad || overlaps_find(&r) ? err_set(e, "out of memory") : 0;
    count_missing(&r);
    reading_close(&r);
    json_object_set_new(out->data, "features", r.taken);
    json_object_set_new(out->data, "points", json_integer(out->count[IMPORT_POINT]));
    return bad;
}

static json_t *text_features(char *text, size_t size, struct err *e)
{
    size_t skip = size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0; /* the mark that spreadsheets put first */
    while (isspace((unsigned char)text[skip])) skip++;
    return text[skip] == '{' ? geojson_features(text + skip, size - skip, e) : csv_features(text + skip, e);
}

/* What is signed goes into the record whole, so that whoever reads the chain can see that the file says what was taken. */
static int text_keep(json_t *data, const char *text, size_t size, const char *prefix, struct err *e)
{
    json_t *whole = json_stringn(text, size);
    if (!whole || size > RECORD_BYTES_MAX / 4 || memchr(text, 0, size)) {
        json_decref(whole);
        return err_set(e, "a signed release is a text in UTF-8 of at most %d MB", RECORD_BYTES_MAX / 4 >> 20);
    }
    json_object_set_new(data, "text", whole);
    if (prefix && *prefix) json_object_set_new(data, "prefix", json_string(prefix));
    return 0;
}

int import_read(struct land *l, const char *path, const char *signature, const char *prefix, struct import *out,
                struct err *e)
{
    size_t size = 0;
    char sha[2 * HASH_BYTES + 1], *text = file_read(path, &size, e);
    const char *base = strrchr(path, '/');
    *out = (struct import){.data = json_object(), .rows = json_array(), .pairs = json_array()};
    if (!text) return -1;
    digest(text, size, sha);
    json_object_set_new(out->data, "file", json_string(base ? base + 1 : path));
    json_object_set_new(out->data, "sha256", json_string(sha));
    int bad = signature && (signature_take(l, signature, sha, out->data, e) ||
                            text_keep(out->data, text, size, prefix, e))
                  ? -1
                  : 0;
    out->is_signed = signature && !bad;
    json_t *features = bad ? NULL : text_features(text, size, e);
    if (features)
        bad = features_read(l, features, prefix, out, e);
    else if (!bad) {
        bad = -1;
        if (e) snprintf(e->file, sizeof e->file, "%s", path);
    }
    json_decref(features);
    free(text);
    return bad;
}

/* --- does the signed file say what a record took from it? --- */

static int same_value(const json_t *a, const json_t *b)
{
    double x = json_number_value(a), y = json_number_value(b);
    if (json_is_number(a) && json_is_number(b)) return fabs(x - y) <= 1e-9 * fmax(fabs(x), fabs(y));
    return json_equal(a, b) || (!a && !b);
}

static int feature_holds(struct reading *r, const json_t *feature, const json_t *taken, const struct shape *shape,
                         struct err *e)
{
    static const char *const key[] = {"outcome",  "handed_over", "name",  "depth_m", "method",
                                      "residual", "org",         "place", "date"};
    struct geo *g = r->land->geo;
    struct geo_note note = {""};
    const char *id = json_string_value(json_object_get(taken, "id"));
    int outcome = outcome_of(r, feature, id), same = 1;
    if ((outcome < 0 && json_object_get(taken, "outcome")) || !release_allowed(r, feature, outcome, e))
        return err_set(e, "the signed file does not release `%s`", id);
    struct shape *s = outline(r->land, feature, &note, e);
    if (!s) return -1;
    double m2 = shape_area_m2(s), other_m2 = shape_area_m2(shape), common_m2 = shape_overlap_m2(g, s, shape);
    json_t *norm = feature_norm(r, feature, id, s, outcome);
    for (size_t i = 0; i < sizeof key / sizeof *key; i++)
        same &= same_value(json_object_get(norm, key[i]), json_object_get(taken, key[i]));
    same &= m2 + other_m2 - 2 * common_m2 <= AREA_TOLERANCE_M2 + CONSERVED_FRAC * m2;
    json_decref(norm);
    shape_free(g, s);
    return same ? 0 : err_set(e, "`%s` stands otherwise in the file that the authority signed", id);
}

int import_holds(struct land *l, const json_t *data, struct shape *const *shape, struct err *e)
{
    struct import m = {.is_signed = 1};
    struct reading r = {.land = l, .import = &m, .prefix = json_string_value(json_object_get(data, "prefix"))};
    const json_t *whole = json_object_get(data, "text"), *f;
    char sha[2 * HASH_BYTES + 1] = "", id[ID_MAX],
                              *text = json_is_string(whole) ? strdup(json_string_value(whole)) : NULL;
    size_t i, size = json_string_length(whole);
    if (text) digest(text, size, sha);
    if (!r.prefix) r.prefix = "";
    if (!text || strcmp(sha, json_string_value(json_object_get(data, "sha256"))) != 0)
        return free(text), err_set(e, "wrongly signed: `text` is not the file that the authority signed");
    json_t *features = text_features(text, size, e), *by_id = json_object();
    r.hazard = hazards_named(r.prefix, features);
    json_array_foreach(features, i, f)
    {
        feature_id(r.prefix, f, id, sizeof id);
        if (!json_object_get(by_id, id)) json_object_set(by_id, id, (json_t *)(uintptr_t)f);
    }
    int bad = features ? 0 : -1;
    json_array_foreach(json_object_get(data, "features"), i, f)
    {
        const json_t *said = json_object_get(by_id, json_string_value(json_object_get(f, "id")));
        if (bad) continue;
        bad = said ? feature_holds(&r, said, f, shape[i], e)
                   : err_set(e, "`%s` does not stand in the file that the authority signed",
                             json_string_value(json_object_get(f, "id")));
    }
    json_decref(by_id);
    json_decref(r.hazard);
    json_decref(features);
    free(text);
    return bad;
}

void import_free(struct import *i)
{
    json_decref(i->data);
    json_decref(i->rows);
    json_decref(i->pairs);
}
