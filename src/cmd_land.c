/* `kend land ..`: commands that write one signed record. Which kind a command and its --step write stands in one table;
 * options become the record's fields by the table of kinds (land/kinds.c), so that a new field needs a row there and an
 * option in main.c. */
#include "cmd_land.h"
#include "base/err.h"
#include "heads.h"
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct step_row step_table[] = {
    // clang-format off
    {"land area", "area", "land.area"},          {"land area", "extend", "land.extend"},       {"land survey", "survey", "land.survey"},
    {"land task", "nts", "land.task"},           {"land task", "ts", "land.task"},             {"land task", "clearance", "land.task"},
    {"land task", "start", "land.start"},        {"land task", "suspend", "land.suspend"},     {"land task", "resume", "land.resume"},
    {"land task", "submit", "land.submit"},      {"land task", "rework", "land.rework"},       {"land progress", "progress", "land.progress"},
    {"land find", "find", "land.find"},          {"land find", "device", "land.device"},       {"land find", "resolve", "land.resolve"},
    {"land qa", "qa", "land.qa"},                {"land release", "release", "land.release"},  {"land release", "restore", "land.restore"},
    {"land release", "reconcile", "land.reconcile"}, {"land handover", "handover", "land.handover"}, {"land handover", "accept", "land.accept"},
    {"land handover", "commission", "land.commission"}, {"land handover", "use", "land.use"},  {"land people", "lesson", "land.lesson"},
    {"land people", "accident", "land.accident"},
    // clang-format on
};

int land_refused(const struct args *a, const struct err *e)
{
    char line[1024];
    return complain(a, "%s", err_line(e, line, sizeof line));
}

int land_desk(const struct args *a, struct desk *d)
{
    struct err e = {0};
    if (!arg_text(a, "--db")) return complain(a, "give --db FILE, the data base of the village"), -1;
    if (access(arg_text(a, "--db"), F_OK)) return complain(a, "%s: %s", arg_text(a, "--db"), strerror(errno)), -1;
    if (desk_open(d, arg_text(a, "--db"), NULL, &e)) return land_refused(a, &e), -1;
    if (d->land->people.n) return 0;
    desk_close(d);
    complain(a, "%s holds no chain of evidence yet; `kend land open` begins one", arg_text(a, "--db"));
    return -1;
}

int land_whole(const struct args *a, struct desk *d)
{
    struct err e = {0};
    if (land_desk(a, d)) return -1;
    if (!heads_check(d->chain, arg_text(a, "--db"), &e)) return 0;
    desk_close(d);
    return land_refused(a, &e), -1;
}

int land_key(const struct args *a, struct key *k)
{
    struct err e = {0};
    if (!arg_text(a, "--key")) return complain(a, "unsigned: give --key FILE, your own key"), -1;
    return key_load(k, arg_text(a, "--key"), &e) ? land_refused(a, &e), -1 : 0;
}

int land_at(const struct args *a, int64_t *at_ms)
{
    *at_ms = instant_now_ms();
    return arg_text(a, "--at") ? arg_instant(a, "--at", NULL, at_ms) : 0;
}

int land_pair(const char *text, double *lon, double *lat)
{
    char *end;
    *lon = strtod(text, &end);
    if (end == text || *end != ',') return -1;
    const char *second = end + 1;
    *lat = strtod(second, &end);
    return end == second || *end || !isfinite(*lon) || !isfinite(*lat) ? -1 : 0;
}

static json_t *fields_json(const struct args *a, const struct land_kind *k, const char *step)
{
    json_t *data = record_fields(a, k->value, k->n_value);
    if (data && !strcmp(k->kind, "land.task"))
        json_object_set_new(data, "method", json_string(step)); /* what is ordered is the step */
    return data;
}

/* --- one record --- */

static void print_done(const struct args *a, const struct desk *d, const char *kind, const char *of, int64_t seq)
{
    char head[2 * HASH_BYTES + 1];
    int at = land_area(d->land, of);
    const struct area *area = at >= 0 ? &d->land->area[at] : NULL;
    hex_write(head, d->land->head.hash, HASH_BYTES);
    if (arg_on(a, "--json")) {
        json_t *j = json_pack("{s:I, s:s, s:s, s:s?, s:I, s:s}", "no", (json_int_t)seq, "kind", kind, "of", of,
                              "state", area ? area_state_name[area->state] : NULL, "rev",
                              (json_int_t)(area ? area->rev : 0), "head", head);
        json_dumpf(j, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(j);
        return;
    }
    printf("no. %lld %s", (long long)seq, kind);
    if (area) printf(": %s is %s (version %lld)", area->id, area_state_name[area->state], (long long)area->rev);
    printf("; head %.16s\n", head);
}

static int record_write(const struct args *a, struct desk *d, const char *kind, const char *of, const json_t *data)
{
    struct key k;
    struct err e = {0};
    int64_t at_ms, seq = 0;
    double rev = -1;
    if (arg_text(a, "--rev") && arg_number(a, "--rev", 0, 1e15, &rev)) return 1;
    if (land_at(a, &at_ms) || land_key(a, &k)) return 1;
    int area = land_area(d->land, of), status = 0;
    if (rev < 0) rev = area >= 0 ? (double)d->land->area[area].rev : 0;
    const struct draft draft = {d->land->people.chain, kind, of, (int64_t)rev, at_ms, data};
    if (arg_text(a, "--out"))
        status = record_keep(a, &draft, &k, arg_text(a, "--out"));
    else if (desk_sign(d, &k, kind, of, (int64_t)rev, at_ms, data, &seq, &e))
        status = land_refused(a, &e);
    else
        print_done(a, d, kind, of, seq);
    key_wipe(&k);
    return status;
}

int command_land(const struct args *a)
{
    struct desk d;
    const char *step, *kind = record_step(a, step_table, (int)(sizeof step_table / sizeof *step_table), &step);
    const struct land_kind *k = kind ? land_kind_find(kind) : NULL;
    if (!k || record_options_used(a, k->value, k->n_value, step)) return 1;
    json_t *data = fields_json(a, k, step);
    int status = 1, danger = !strcmp(kind, "land.find") ||
                             !strcmp(kind, "land.accident"); /* told whatever state the chain is in */
    if (data && !(danger ? land_desk : land_whole)(a, &d)) {
        status = record_write(a, &d, kind, a->file ? a->file : "", data);
        desk_close(&d);
    }
    json_decref(data);
    return status;
}

/* --- keys and people --- */

int command_land_key(const struct args *a)
{
    struct key k;
    struct err e = {0};
    char hex[HEX_KEY];
    if (!arg_text(a, "--name")) return complain(a, "give --name, whose key it is");
    if (key_make(&k, arg_text(a, "--name"), &e) || key_save(&k, a->file, &e)) return land_refused(a, &e);
    printf("%s\n", hex_write(hex, k.pub, sizeof k.pub));
    key_wipe(&k);
    return 0;
}

int command_land_open(const struct args *a)
{
    struct desk d;
    struct key k;
    struct err e = {0};
    int64_t at_ms, seq = 0;
    double lon, lat, reach_m;
    unsigned char sig[SIGNATURE_BYTES];
    if (!arg_text(a, "--db") || !arg_text(a, "--call") || !arg_text(a, "--site"))
        return complain(a, "give --db FILE, --call NUMBER and --site LON,LAT");
    if (land_pair(arg_text(a, "--site"), &lon, &lat) || lon < -180 || lon > 180 || lat < -84 || lat > 84)
        return complain(a, "--site %s: give longitude,latitude in degrees", arg_text(a, "--site"));
    if (arg_number(a, "--reach-m", 100, 2e7, &reach_m) || land_at(a, &at_ms) || land_key(a, &k)) return 1;
    if (desk_open(&d, arg_text(a, "--db"), NULL, &e)) return land_refused(a, &e);
    json_t *site = json_pack("{s:f, s:f, s:f}", "lon_deg", lon, "lat_deg", lat, "reach_m", reach_m);
    char *body = people_found(&k, arg_text(a, "--call"), site, at_ms, sig);
    int bad = desk_take(&d, body, strlen(body), sig, &seq, &e), status = 0;
    if (bad)
        status = land_refused(a, &e);
    else
        printf("chain %s of %s begins; call %s\n", d.land->people.chain, d.land->people.authority,
               d.land->people.call);
    json_decref(site);
    free(body);
    key_wipe(&k);
    desk_close(&d);
    return status;
}

int command_land_accredit(const struct args *a)
{
    struct desk d;
    int64_t at_ms;
    char now[40];
    const char *public = arg_text(a, "--public"), *from = arg_text(a, "--from"), *until = arg_text(a, "--until");
    int end = arg_on(a, "--revoke");
    if (!public || land_at(a, &at_ms)) return complain(a, "give --public HEX, the person's public key");
    if (!end && (!a->file || !arg_text(a, "--id") || !arg_text(a, "--org") || !arg_text(a, "--roles") || !until))
        return complain(a, "give NAME, --id, --org, --roles and --until");
    instant_format(now, sizeof now, NULL, at_ms);
    json_t *data = end ? json_pack("{s:s}", "key", public)
                       : json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s}", "key", public, "name", a->file, "id",
                                   arg_text(a, "--id"), "org", arg_text(a, "--org"), "roles",
                                   words_json(arg_text(a, "--roles")), "from", from ? from : now, "until", until);
    int status = 1;
    if (data && !land_desk(a, &d)) {
        status = record_write(a, &d, end ? "people.revoke" : "people.accredit", "", data);
        desk_close(&d);
    }
    json_decref(data);
    return status;
}

/* --- files of areas --- */

int command_land_sign(const struct args *a)
{
    struct key k;
    struct err e = {0};
    if (!arg_text(a, "--out")) return complain(a, "give --out FILE, where the signature goes");
    if (land_key(a, &k)) return 1;
    int bad = file_sign(a->file, &k, arg_text(a, "--out"), &e);
    key_wipe(&k);
    return bad ? land_refused(a, &e) : 0;
}

static json_t *import_json(const struct import *m)
{
    json_t *j = json_pack("{s:i, s:i, s:i, s:f, s:I, s:f, s:b}", "features", m->n_feature, "repaired",
                          m->n_repaired, "missing", m->n_missing, "area_m2", m->area_m2, "overlaps",
                          (json_int_t)m->n_overlap, "overlap_m2", m->overlap_m2, "signed", m->is_signed);
    for (int v = 0; v < IMPORT_VERDICTS; v++) json_object_set_new(j, verdict_name[v], json_integer(m->count[v]));
    json_object_set(j, "rows", m->rows);
    json_object_set(j, "overlap_pairs", m->pairs);
    return j;
}

enum { ROWS_SHOWN = 20 };

static void import_print(const struct import *m, const char *file)
{
    size_t i;
    const json_t *row;
    printf("%s: %d features, %s\n", file, m->n_feature,
           m->is_signed ? "signed by the authority" : "unsigned: it may add suspicion, never release");
    for (int v = 0; v < IMPORT_VERDICTS; v++)
        if (m->count[v]) printf("  %-14s %6d\n", verdict_name[v], m->count[v]);
    if (m->n_missing) printf("  %-14s %6d\n", "missing", m->n_missing);
    printf("  outlines repaired with a note: %d; %ld pairs overlap by %.0f m2; area %.0f m2\n", m->n_repaired,
           m->n_overlap, m->overlap_m2, m->area_m2);
    json_array_foreach(m->rows, i, row)
    {
        const char *verdict = json_string_value(json_object_get(row, "verdict"));
        if (i < ROWS_SHOWN)
            printf("  %5lld %-22s %-13s %s\n", (long long)json_integer_value(json_object_get(row, "row")),
                   json_string_value(json_object_get(row, "id")), verdict,
                   json_string_value(json_object_get(row, "text")));
    }
    if (json_array_size(m->rows) > ROWS_SHOWN)
        printf("  .. and %zu more (--json lists all)\n", json_array_size(m->rows) - ROWS_SHOWN);
}

int command_land_import(const struct args *a)
{
    struct desk d;
    struct import m = {0};
    struct err e = {0};
    if (land_whole(a, &d)) return 1;
    int status = 0;
    if (import_read(d.land, a->file, arg_text(a, "--signature"), arg_text(a, "--prefix"), &m, &e))
        status = land_refused(a, &e);
    else {
        size_t n = json_array_size(json_object_get(m.data, "features"));
        if (!arg_on(a, "--dry-run") && n) status = record_write(a, &d, "land.import", "", m.data);
        if (arg_on(a, "--json") && !status && (arg_on(a, "--dry-run") || !n)) {
            json_t *j = import_json(&m);
            json_dumpf(j, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
            putchar('\n');
            json_decref(j);
        } else if (!status && !arg_on(a, "--json"))
            import_print(&m, a->file);
    }
    import_free(&m);
    desk_close(&d);
    return status;
}

/* --- records signed elsewhere --- */

static int line_take(struct desk *d, const char *text, int64_t *seq, struct err *e)
{
    unsigned char sig[SIGNATURE_BYTES];
    json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const json_t *body = json_object_get(j, "body");
    const char *hex = json_string_value(json_object_get(j, "signature"));
    int bad = !json_is_string(body) || !hex || hex_read(hex, sig, sizeof sig)
                  ? err_set(e, "no signed record: {\"body\", \"signature\"} is wanted")
                  : desk_take(d, json_string_value(body), json_string_length(body), sig, seq, e);
    json_decref(j);
    return bad;
}

int command_land_take(const struct args *a)
{
    struct home_desk d;
    struct err e = {0};
    char *text = NULL;
    size_t room = 0;
    int64_t seq = 0, n = 0;
    int bad = 0;
    if (household_desk(a, &d)) return 1;
    FILE *f = fopen(a->file, "r");
    if (!f) bad = err_set(&e, "%s: %s", a->file, strerror(errno));
    while (f && !bad && getline(&text, &room, f) > 0)
        if (!(bad = line_take(&d.desk, text, &seq, &e))) n++;
    if (bad && f) snprintf(e.file, sizeof e.file, "%s", a->file), e.line = (int)n + 1, e.col = 1;
    if (f) fclose(f);
    free(text);
    int status = bad ? land_refused(a, &e) : 0;
    if (!bad) printf("%lld records taken, the last is no. %lld\n", (long long)n, (long long)seq);
    home_desk_close(&d);
    return status;
}
