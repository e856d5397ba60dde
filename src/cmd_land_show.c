/* `kend land show|verify|export|report`: reading the chain. Beside "released" always stand outcome, depth, method and
 * residual risk. */
#include "base/err.h"
#include "cmd_land.h"
#include "heads.h"
#include "land/print.h"
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void print_area_row(const struct land *l, const struct area *a)
{
    struct balance b = area_balance(l->geo, a);
    printf("%-24.24s %-16s %10.0f %9.0f %9.0f %9.0f %9.0f %9.0f  %s%s\n", a->id, area_state_name[a->state],
           b.initial_m2, b.extension_m2, b.part_m2[OUTCOME_CANCELLED], b.part_m2[OUTCOME_REDUCED],
           b.part_m2[OUTCOME_CLEARED], b.rest_m2, place_state_name[area_place_state(a)],
           b.conserved ? "" : "  NOT CONSERVED");
}

static void print_finds(const struct land *l)
{
    char at[40];
    for (int i = 0; i < l->n_find; i++) {
        const struct find *f = &l->find[i];
        if (f->accident)
            printf("accident with %lld casualties%s%s%s%s, ", (long long)f->casualties, f->category ? ", " : "",
                   f->category ? f->category : "", f->type ? ", in " : "",
                   !f->type                       ? ""
                   : !strcmp(f->type, "demining") ? "demining"
                                                  : "daily life");
        printf("find no. %lld, %s, by %s: %s; %s; closes %d area%s\n", (long long)f->seq,
               instant_format(at, sizeof at, NULL, f->at_ms), f->by ? f->by : "the public",
               f->text && *f->text ? f->text : "(no words)",
               f->restored_seq   ? "closed"
               : f->resolved_seq ? "visited, waits for the authority"
                                 : "OPEN",
               f->n_area, f->n_area == 1 ? "" : "s");
    }
}

static void print_lessons(const struct land *l)
{
    char at[40];
    for (int i = 0; i < l->n_lesson; i++) {
        const struct lesson *s = &l->lesson[i];
        printf("lesson no. %lld, %.10s, by %s: %lld people in %s%s%s", (long long)s->seq,
               instant_format(at, sizeof at, NULL, s->at_ms), s->org, (long long)s->people, s->language,
               s->method ? ", by " : "", s->method ? s->method : "");
        if (s->has_position) printf(", at %.5f,%.5f", s->lon_deg, s->lat_deg);
        printf(": %s\n", s->text);
    }
}

static void print_activities(const struct area *a)
{
    char day[40];
    for (int i = 0; i < a->n_activity; i++) {
        const struct activity *v = &a->activity[i];
        printf("activity no. %lld: %s by %s", (long long)v->seq, v->method, v->org);
        if (v->from_ms) printf(", from %.10s", instant_format(day, sizeof day, NULL, v->from_ms));
        if (v->until_ms) printf(", until %.10s", instant_format(day, sizeof day, NULL, v->until_ms));
        if (v->has_position) printf(", reference point %.7f,%.7f", v->lon_deg, v->lat_deg);
        putchar('\n');
    }
}

static void print_land(const struct land *l)
{
    double sum[3 + OUTCOMES] = {0};
    printf("%-24s %-16s %10s %9s %9s %9s %9s %9s  %s\n", "area", "state", "initial m2", "extended", "cancelled",
           "reduced", "cleared", "rest", "what may stand there");
    for (int i = 0; i < l->n_area; i++) {
        struct balance b = area_balance(l->geo, &l->area[i]);
        if (l->n_area <= 200) print_area_row(l, &l->area[i]);
        sum[0] += b.initial_m2, sum[1] += b.extension_m2, sum[2] += b.rest_m2;
        for (int o = 0; o < OUTCOMES; o++) sum[3 + o] += b.part_m2[o];
    }
    printf("%-24s %-16s %10.0f %9.0f %9.0f %9.0f %9.0f %9.0f\n", "all", "", sum[0], sum[1], sum[3], sum[4], sum[5],
           sum[2]);
    double twice_m2 = land_overlap_m2(l);
    if (twice_m2 > 0) printf("of it %.0f m2 lie under two areas and count twice (notes name them)\n", twice_m2);
    print_finds(l);
    print_lessons(l);
    printf("%lld lessons for %lld people, %lld accidents with %lld casualties; found something? call %s\n",
           (long long)l->counts.lessons, (long long)l->counts.taught, (long long)l->counts.accidents,
           (long long)l->counts.casualties, l->people.call);
}

static void print_one(const struct land *l, const struct area *a)
{
    char at[40];
    printf("%s (%s): %s since %s, version %lld\n", a->id, a->name, area_state_name[a->state],
           instant_format(at, sizeof at, NULL, a->state_ms), (long long)a->rev);
    printf("%-24s %-16s %10s %9s %9s %9s %9s %9s\n", "area", "state", "initial m2", "extended", "cancelled",
           "reduced", "cleared", "rest");
    print_area_row(l, a);
    if (a->evidence) printf("evidence: %s\n", a->evidence);
    if (a->note) printf("note: %s\n", a->note);
    if (a->differs)
        printf("differs: %s (no. %lld); the worse holds until it is reconciled\n", a->differs,
               (long long)a->theirs_seq);
    for (int i = 0; i < a->n_product; i++) {
        char line[400];
        printf("released %s\n", product_text(&a->product[i], line, sizeof line));
    }
    if (a->claim.open)
        printf("claim no. %lld by %s: %s %.0f m2, waits for the authority\n", (long long)a->claim.seq, a->claim.by,
               outcome_name[a->claim.outcome], shape_area_m2(a->claim.shape));
    if (a->operator_org)
        printf("order %s to %s, searched %.0f m2 in %d reports\n", a->order, a->operator_org, area_searched_m2(a),
               a->n_report);
    print_activities(a);
    for (int i = 0; i < a->n_device; i++)
        printf("device no. %lld: %s %s%s%s, %.2f m deep, %s\n", (long long)a->device[i].seq, a->device[i].category,
               a->device[i].model ? a->device[i].model : "", a->device[i].condition ? ", " : "",
               a->device[i].condition ? a->device[i].condition : "", a->device[i].depth_m, a->device[i].fate);
    for (int i = 0; i < a->n_visit; i++)
        printf("%s no. %lld by %s (%s): %s%s%s: %s\n", a->visit[i].control ? "quality control" : "monitoring",
               (long long)a->visit[i].seq, a->visit[i].by, a->visit[i].org,
               a->visit[i].pass ? "pass" : "nonconformity", a->visit[i].type ? ", " : "",
               a->visit[i].type ? a->visit[i].type : "", a->visit[i].text);
}

int command_land_show(const struct args *a)
{
    struct desk d;
    if (land_desk(a, &d)) return 1;
    int at = a->file ? land_area(d.land, a->file) : -1, status = 0;
    if (a->file && at < 0)
        status = complain(a, "no area %s", a->file);
    else if (arg_on(a, "--json")) {
        json_t *j = a->file ? area_json(d.land, &d.land->area[at], 1) : land_json(d.land);
        json_dumpf(j, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
        putchar('\n');
        json_decref(j);
    } else if (a->file)
        print_one(d.land, &d.land->area[at]);
    else
        print_land(d.land);
    desk_close(&d);
    return status;
}

/* --- verify --- */

struct head_held {
    const char *want;
    size_t n;
    int64_t found, last;
};

static int head_row(void *self, const struct record *r, struct err *e)
{
    struct head_held *h = self;
    char hex[2 * HASH_BYTES + 1];
    (void)e;
    hex_write(hex, r->hash, HASH_BYTES);
    if (h->n && !strncmp(hex, h->want, h->n)) h->found = r->seq;
    h->last = r->seq;
    return 0;
}

static int heads_walk(const struct args *a, struct head_held *h, struct err *e)
{
    struct chain_head at = {0};
    if (!a->file) {
        struct chain *c = chain_open(arg_text(a, "--db"), NULL, e);
        int bad = !c || chain_walk(c, &at, head_row, h, e);
        chain_close(c);
        return bad;
    }
    FILE *f = fopen(a->file, "r");
    if (!f) return err_set(e, "%s: %s", a->file, strerror(errno));
    int bad = chain_walk_file(f, a->file, &at, head_row, h, e);
    fclose(f);
    return bad;
}

static int verified(const struct args *a, const struct home_desk *d, const struct head_held *h)
{
    const struct land *l = d->desk.land;
    char head[2 * HASH_BYTES + 1], key[HEX_KEY];
    hex_write(head, l->head.hash, HASH_BYTES);
    hex_write(key, l->people.person[0].key, KEY_BYTES);
    if (arg_text(a, "--authority") && strcmp(arg_text(a, "--authority"), key) != 0)
        return complain(a, "the chain was founded by another key, %s", key);
    if (h->want && !h->found)
        return complain(
            a, "the head %.16s.. is not in this chain of %lld records: it was rewritten, cut, or is another chain",
            h->want, (long long)l->head.seq);
    if (arg_on(a, "--json")) {
        json_t *j =
            json_pack("{s:b, s:I, s:i, s:i, s:i, s:s, s:s, s:s, s:I}", "ok", 1, "records", (json_int_t)l->head.seq,
                      "people", l->people.n, "areas", l->n_area, "households", d->returns->n_household, "chain",
                      l->people.chain, "authority", key, "head", head, "held_head_no", (json_int_t)h->found);
        json_dumpf(j, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(j);
        return 0;
    }
    printf("%lld records by %d accredited keys, %d areas, %d households: every signature, link, accreditation and "
           "rule holds\n",
           (long long)l->head.seq, l->people.n, l->n_area, d->returns->n_household);
    printf("founded by %s, key %s\nhead %s\n", l->people.authority, key, head);
    if (h->want)
        printf("the head you hold is record no. %lld: nothing up to it was changed\n", (long long)h->found);
    return 0;
}

int command_land_verify(const struct args *a)
{
    struct home_desk d;
    struct err e = {0};
    struct head_held h = {.want = arg_text(a, "--head")};
    if (!a->file && !arg_text(a, "--db")) return complain(a, "give --db FILE, or an export");
    if (h.want && strlen(h.want) < 16) return complain(a, "--head wants at least 16 digits");
    h.n = h.want ? strlen(h.want) : 0;
    if (home_desk_open(&d, arg_text(a, "--db"), a->file, &e)) return land_refused(a, &e);
    int status = d.desk.land->people.n ? 0 : complain(a, "there is no chain here");
    if (!status && heads_walk(a, &h, &e)) status = land_refused(a, &e);
    if (!status && !a->file && heads_check(d.desk.chain, arg_text(a, "--db"), &e)) status = land_refused(a, &e);
    if (!status && !a->file && lists_in_time(&d, &e)) status = land_refused(a, &e);
    if (!status) status = verified(a, &d, &h);
    home_desk_close(&d);
    return status;
}

int command_land_export(const struct args *a)
{
    struct desk d;
    struct err e = {0};
    const char *out = arg_text(a, "--out");
    if (land_desk(a, &d)) return 1;
    FILE *f = out ? fopen(out, "w") : stdout;
    int status = 0;
    if (!f)
        status = complain(a, "%s: %s", out, strerror(errno));
    else if (chain_export(d.chain, f, &e))
        status = land_refused(a, &e);
    if (f && out && fclose(f) && !status) status = complain(a, "%s could not be written", out);
    desk_close(&d);
    return status;
}

static int page_save(const struct args *a, const char *path, const char *text, size_t size)
{
    FILE *f = fopen(path, "w");
    if (!f) return complain(a, "%s: %s", path, strerror(errno));
    int bad = fwrite(text, 1, size, f) != size;
    bad |= fclose(f);
    return bad ? complain(a, "%s could not be written", path) : 0;
}

int command_land_report(const struct args *a)
{
    struct desk d;
    struct err e = {0};
    int kind;
    static const char *const kinds[] = {"completion", "certificate"};
    if (!arg_text(a, "--out")) return complain(a, "give --out FILE, the HTML to write");
    if (arg_word(a, "--kind", kinds, 2, &kind) || land_whole(a, &d)) return 1;
    int at = land_area(d.land, a->file), status = at < 0 ? complain(a, "no area %s", a->file) : 0;
    char *text = NULL;
    size_t size = 0;
    FILE *page = status ? NULL : open_memstream(&text, &size);
    if (page && report_write(d.land, &d.land->area[at], kind, instant_now_ms(), page, &e))
        status = land_refused(a, &e);
    if (page && fclose(page) && !status) status = complain(a, "out of memory");
    if (!status)
        status =
            page_save(a, arg_text(a, "--out"), text, size); /* what is refused leaves an older page as it was */
    free(text);
    desk_close(&d);
    return status;
}
