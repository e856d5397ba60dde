/* See print.h. The page is one HTML file with its own style and an SVG of the area: outcomes told by hatching and words, so that a
 * black and white print says the same. */
#include "land/print.h"
#include "base/err.h"
#include "base/instant.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

char *product_text(const struct product *p, char *buf, size_t size)
{
    char depth[48] = "";
    if (isfinite(p->depth_m)) snprintf(depth, sizeof depth, " to %.2f m depth", p->depth_m);
    snprintf(buf, size, "%s: %.0f m2%s by %s; residual risk: %s; released by %s (no. %lld)",
             outcome_name[p->outcome], p->area_m2, depth, p->method ? p->method : "?",
             p->residual ? p->residual : "not stated", p->released_by ? p->released_by : "the authority",
             (long long)p->seq);
    return buf;
}

static json_t *number(double v) { return isfinite(v) ? json_real(v) : json_null(); }

static json_t *balance_json(const struct balance *b)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:b}", "initial_m2", b->initial_m2, "extension_m2",
                     b->extension_m2, "cancelled_m2", b->part_m2[OUTCOME_CANCELLED], "reduced_m2",
                     b->part_m2[OUTCOME_REDUCED], "cleared_m2", b->part_m2[OUTCOME_CLEARED], "rest_m2", b->rest_m2,
                     "conserved", b->conserved);
}

json_t *area_json(const struct land *l, const struct area *a, int with_shape)
{
    struct balance b = area_balance(l->geo, a);
    json_t *parts = json_array();
    for (int i = 0; i < a->n_product; i++) {
        const struct product *p = &a->product[i];
        json_t *part = json_pack("{s:s, s:f, s:o, s:s?, s:s?, s:s?, s:I}", "outcome", outcome_name[p->outcome],
                                 "area_m2", p->area_m2, "depth_m", number(p->depth_m), "method", p->method,
                                 "residual", p->residual, "released_by", p->released_by, "no", (json_int_t)p->seq);
        if (with_shape) json_object_set_new(part, "geometry", shape_geojson(l->geo, p->shape));
        json_array_append_new(parts, part);
    }
    json_t *j = json_pack("{s:s, s:s, s:s?, s:s, s:s, s:b, s:I, s:I, s:o, s:f, s:o, s:i, s:s?, s:s?, s:s?}", "id",
                          a->id, "name", a->name, "place", a->place, "state", area_state_name[a->state], "stands",
                          place_state_name[area_place_state(a)], "confirmed", a->confirmed, "rev",
                          (json_int_t)a->rev, "since_ms", (json_int_t)a->state_ms, "balance", balance_json(&b),
                          "searched_m2", area_searched_m2(a), "released", parts, "devices", a->n_device, "operator",
                          a->operator_org, "note", a->note, "differs", a->differs);
    if (with_shape) json_object_set_new(j, "geometry", shape_geojson(l->geo, a->whole));
    return j;
}

static json_t *point(int has, double lon_deg, double lat_deg)
{
    return has ? json_pack("[f,f]", lon_deg, lat_deg) : json_null();
}

static json_t *find_json(const struct find *f)
{
    json_t *j = json_pack("{s:I, s:I, s:s?, s:s?, s:b, s:b, s:i}", "no", (json_int_t)f->seq, "at_ms",
                          (json_int_t)f->at_ms, "text", f->text, "by", f->by, "visited", f->resolved_seq != 0,
                          "closed", f->restored_seq != 0, "areas", f->n_area);
    if (!f->accident) return j;
    json_t *more =
        json_pack("{s:b, s:I, s:s?, s:s?, s:o}", "accident", 1, "casualties", (json_int_t)f->casualties, "category",
                  f->category, "type", f->type, "position", point(f->has_position, f->lon_deg, f->lat_deg));
    json_object_update(j, more);
    json_decref(more);
    return j;
}

static json_t *lessons_json(const struct land *l)
{
    json_t *list = json_array();
    for (int i = 0; i < l->n_lesson; i++) {
        const struct lesson *s = &l->lesson[i];
        json_array_append_new(list,
                              json_pack("{s:I, s:I, s:s, s:I, s:s, s:s?, s:s?, s:o}", "no", (json_int_t)s->seq,
                                        "at_ms", (json_int_t)s->at_ms, "text", s->text, "people",
                                        (json_int_t)s->people, "language", s->language, "method", s->method, "org",
                                        s->org, "position", point(s->has_position, s->lon_deg, s->lat_deg)));
    }
    return list;
}

static void overlap_add(void *self, int i, int j, double m2)
{
    (void)i, (void)j;
    *(double *)self += m2;
}

double land_overlap_m2(const struct land *l)
{
    double sum_m2 = 0;
    const struct shape **all = calloc((size_t)l->n_area + 1, sizeof *all);
    for (int i = 0; all && i < l->n_area; i++) all[i] = l->area[i].whole;
    if (all) shapes_overlaps(l->geo, all, l->n_area, 1, overlap_add, &sum_m2);
    free(all);
    return sum_m2;
}

json_t *land_json(const struct land *l)
{
    char head[2 * HASH_BYTES + 1];
    struct balance sum = {.conserved = 1};
    json_t *areas = json_array(), *finds = json_array();
    for (int i = 0; i < l->n_area; i++) {
        struct balance b = area_balance(l->geo, &l->area[i]);
        sum.initial_m2 += b.initial_m2, sum.extension_m2 += b.extension_m2, sum.rest_m2 += b.rest_m2;
        for (int o = 0; o < OUTCOMES; o++) sum.part_m2[o] += b.part_m2[o];
        sum.conserved &= b.conserved;
        json_array_append_new(areas, area_json(l, &l->area[i], 0));
    }
    for (int i = 0; i < l->n_find; i++) json_array_append_new(finds, find_json(&l->find[i]));
    return json_pack("{s:s, s:s, s:s, s:I, s:o, s:f, s:o, s:o, s:o, s:I, s:I, s:I, s:I}", "authority",
                     l->people.authority, "call", l->people.call, "head", hex_write(head, l->head.hash, HASH_BYTES),
                     "records", (json_int_t)l->head.seq, "sum", balance_json(&sum), "overlap_m2",
                     land_overlap_m2(l), "areas", areas, "finds", finds, "sessions", lessons_json(l), "lessons",
                     (json_int_t)l->counts.lessons, "taught", (json_int_t)l->counts.taught, "accidents",
                     (json_int_t)l->counts.accidents, "casualties", (json_int_t)l->counts.casualties);
}

/* --- the page --- */

static void html(FILE *f, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++) switch (*c) {
        case '<': fputs("&lt;", f); break;
        case '>': fputs("&gt;", f); break;
        case '&': fputs("&amp;", f); break;
        case '"': fputs("&quot;", f); break;
        default: fputc(*c, f);
        }
}

static void row(FILE *f, const char *name, const char *value)
{
    fputs("<tr><th>", f);
    html(f, name);
    fputs("</th><td>", f);
    html(f, value);
    fputs("</td></tr>\n", f);
}

static void signed_row(FILE *f, const char *name, const char *who, int64_t at_ms, int64_t seq)
{
    char at[40];
    fputs("<tr><th>", f), html(f, name), fputs("</th><td>", f), html(f, who);
    if (seq)
        fprintf(f, "%sno. %lld, signed %s", who ? ", " : "", (long long)seq,
                instant_format(at, sizeof at, NULL, at_ms));
    fputs("</td></tr>\n", f);
}

struct frame {
    double west, south, east, north, scale_x;
};

static void points_frame(const json_t *v, struct frame *b)
{
    size_t i;
    const json_t *p;
    if (json_is_number(json_array_get(v, 0))) {
        double x = json_number_value(json_array_get(v, 0)), y = json_number_value(json_array_get(v, 1));
        b->west = fmin(b->west, x), b->east = fmax(b->east, x), b->south = fmin(b->south, y),
        b->north = fmax(b->north, y);
        return;
    }
    json_array_foreach(v, i, p) points_frame(p, b);
}

static void path_points(FILE *f, const json_t *v, const struct frame *b)
{
    size_t i;
    const json_t *p;
    if (json_is_number(json_array_get(json_array_get(v, 0), 0))) {
        json_array_foreach(v, i, p) fprintf(f, "%c%.2f %.2f", i ? 'L' : 'M',
                                            (json_number_value(json_array_get(p, 0)) - b->west) * b->scale_x,
                                            (b->north - json_number_value(json_array_get(p, 1))) * b->scale_x /
                                                cos(b->north * 0.017453292519943295));
        fputs("Z", f);
        return;
    }
    json_array_foreach(v, i, p) path_points(f, p, b);
}

static void svg_path(const struct land *l, FILE *f, const struct shape *s, const struct frame *b, const char *look)
{
    json_t *g = shape_geojson(l->geo, s);
    fprintf(f, "<path %s d=\"", look);
    path_points(f, json_object_get(g, "coordinates"), b);
    fputs("\"/>\n", f);
    json_decref(g);
}

static void svg(const struct land *l, const struct area *a, FILE *f)
{
    static const char *const look[OUTCOMES] = {
        "fill=\"url(#c)\" stroke=\"#555\"", "fill=\"url(#r)\" stroke=\"#555\"", "fill=\"url(#k)\" stroke=\"#333\""};
    struct frame b = {180, 90, -180, -90, 0};
    json_t *g = shape_geojson(l->geo, a->whole);
    points_frame(json_object_get(g, "coordinates"), &b);
    json_decref(g);
    b.scale_x = 600 / fmax(b.east - b.west, (b.north - b.south) / cos(b.north * 0.017453292519943295));
    fputs("<svg viewBox=\"-10 -10 620 620\" role=\"img\" aria-label=\"the area and its outcomes\"><defs>"
          "<pattern id=\"c\" width=\"10\" height=\"10\" patternUnits=\"userSpaceOnUse\"><rect width=\"10\" "
          "height=\"10\" fill=\"#f4f1e4\"/><circle cx=\"5\" cy=\"5\" r=\"1.2\" fill=\"#886\"/></pattern>"
          "<pattern id=\"r\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect width=\"8\" "
          "height=\"8\" fill=\"#e4eef4\"/><path d=\"M0 8L8 0\" stroke=\"#579\"/></pattern>"
          "<pattern id=\"k\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect width=\"8\" "
          "height=\"8\" fill=\"#e2f0e2\"/><path d=\"M0 0H8M0 0V8\" stroke=\"#585\"/></pattern></defs>\n",
          f);
    svg_path(l, f, a->whole, &b, "fill=\"#f6dcdc\" stroke=\"#900\" stroke-width=\"2\"");
    for (int i = 0; i < a->n_product; i++)
        if (a->product[i].area_m2 > 0) svg_path(l, f, a->product[i].shape, &b, look[a->product[i].outcome]);
    for (int i = 0; i < a->n_device; i++)
        fprintf(f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#900\"/>",
                (a->device[i].lon_deg - b.west) * b.scale_x,
                (b.north - a->device[i].lat_deg) * b.scale_x / cos(b.north * 0.017453292519943295));
    fputs("</svg><p class=\"small\">Red: not released. Dots: cancelled. Strokes: reduced. Grid: cleared. Points: "
          "items found. North is up.</p>\n",
          f);
}

static void balance_table(FILE *f, const struct balance *b)
{
    fprintf(
        f,
        "<h2>Area balance, "
        "m&sup2;</h2><table><tr><th>initial</th><th>extended</th><th>cancelled</th><th>reduced</th><th>cleared</th>"
        "<th>not "
        "released</th></tr><tr><td>%.0f</td><td>%.0f</td><td>%.0f</td><td>%.0f</td><td>%.0f</td><td>%.0f</td></"
        "tr></table>\n",
        b->initial_m2, b->extension_m2, b->part_m2[OUTCOME_CANCELLED], b->part_m2[OUTCOME_REDUCED],
        b->part_m2[OUTCOME_CLEARED], b->rest_m2);
    fprintf(f, "<p>initial + extended = cancelled + reduced + cleared + not released: %s</p>\n",
            b->conserved ? "holds within 0.1 %" : "<b>DOES NOT HOLD</b>");
}

static void outcomes_table(FILE *f, const struct area *a)
{
    fputs("<h2>What was released, and "
          "how</h2><table><tr><th>outcome</th><th>m&sup2;</th><th>depth</th><th>method</th><th>residual risk</th>"
          "<th>released by</th><th>record</th></tr>\n",
          f);
    for (int i = 0; i < a->n_product; i++) {
        const struct product *p = &a->product[i];
        fprintf(f, "<tr><td>%s</td><td>%.0f</td><td>", outcome_name[p->outcome], p->area_m2);
        isfinite(p->depth_m) ? fprintf(f, "%.2f m", p->depth_m) : fputs("not searched to a depth", f);
        const char *const text[] = {p->method, p->residual ? p->residual : "not stated", p->released_by};
        for (int k = 0; k < 3; k++) fputs("</td><td>", f), html(f, text[k]);
        fprintf(f, "</td><td>no. %lld</td></tr>\n", (long long)p->seq);
    }
    fputs("</table>\n", f);
}

/* --- where: numbered corners --- */

/* A ring's corners, without the last, which is the first again. */
static void corners(FILE *f, const json_t *ring, const char *outcome, int *n)
{
    size_t i, last = json_array_size(ring) - 1;
    const json_t *p;
    json_array_foreach(ring, i, p) if (i < last)
        fprintf(f, "<tr><td>%s</td><td>%d</td><td>%.7f</td><td>%.7f</td></tr>\n", outcome, ++*n,
                json_number_value(json_array_get(p, 0)), json_number_value(json_array_get(p, 1)));
}

static void rings(FILE *f, const json_t *v, const char *outcome, int *n)
{
    size_t i;
    const json_t *part;
    if (json_is_number(json_array_get(json_array_get(v, 0), 0))) {
        corners(f, v, outcome, n);
        return;
    }
    json_array_foreach(v, i, part) rings(f, part, outcome, n);
}

static void perimeter(const struct land *l, FILE *f, const struct shape *s, const char *outcome)
{
    int n = 0;
    json_t *g = shape_geojson(l->geo, s);
    rings(f, json_object_get(g, "coordinates"), outcome, &n);
    json_decref(g);
}

static void perimeter_table(const struct land *l, FILE *f, const struct area *a)
{
    fputs(
        "<h2>Perimeter, WGS84</h2><table><tr><th>of</th><th>corner</th><th>longitude</th><th>latitude</th></tr>\n",
        f);
    perimeter(l, f, a->whole, "whole area");
    for (int i = 0; i < a->n_product; i++)
        if (a->product[i].area_m2 > 0) perimeter(l, f, a->product[i].shape, outcome_name[a->product[i].outcome]);
    fputs("</table>\n", f);
    for (int i = 0; i < a->n_product; i++)
        if (a->product[i].points)
            fprintf(f, "<p>Turning points and markers (%s, no. %lld): ", outcome_name[a->product[i].outcome],
                    (long long)a->product[i].seq),
                html(f, a->product[i].points), fputs("</p>\n", f);
}

static void day_cell(FILE *f, int64_t at_ms)
{
    char day[40];
    fprintf(f, "<td>%.10s</td>", at_ms ? instant_format(day, sizeof day, NULL, at_ms) : "");
}

static void activities_table(FILE *f, const struct area *a)
{
    fputs(
        "<h2>Activities</h2><table><tr><th>what</th><th>organisation</th><th>from</th><th>until</th><th>reference "
        "point</th><th>record</th></tr>\n",
        f);
    for (int i = 0; i < a->n_activity; i++) {
        const struct activity *v = &a->activity[i];
        fputs("<tr><td>", f), html(f, v->method), fputs("</td><td>", f), html(f, v->org), fputs("</td>", f);
        day_cell(f, v->from_ms), day_cell(f, v->until_ms);
        fputs("<td>", f);
        if (v->has_position) fprintf(f, "%.7f, %.7f", v->lon_deg, v->lat_deg);
        fprintf(f, "</td><td>no. %lld</td></tr>\n", (long long)v->seq);
    }
    fputs("</table>\n", f);
}

static void work_tables(FILE *f, const struct area *a)
{
    char day[40];
    fputs("<h2>Quality</h2><table><tr><th>visit</th><th>by</th><th>result</th><th>what</th></tr>\n", f);
    for (int i = 0; i < a->n_visit; i++) {
        const struct visit *v = &a->visit[i];
        const char *const text[] = {v->control ? "quality control" : "monitoring", v->by,
                                    v->pass ? "pass" : "nonconformity", v->text};
        fputs("<tr>", f);
        for (int k = 0; k < 4; k++) fputs("<td>", f), html(f, text[k]), fputs("</td>", f);
        fputs("</tr>\n", f);
    }
    fputs("</table><h2>Items "
          "found</h2><table><tr><th>category</th><th>model</th><th>condition</th><th>depth</th><th>fate</"
          "th><th>record</th></tr>\n",
          f);
    for (int i = 0; i < a->n_device; i++) {
        const struct device *v = &a->device[i];
        fputs("<tr><td>", f), html(f, v->category), fputs("</td><td>", f), html(f, v->model);
        fputs("</td><td>", f), html(f, v->condition);
        fprintf(f, "</td><td>%.2f m</td><td>%s</td><td>no. %lld%s</td></tr>\n", v->depth_m, v->fate,
                (long long)v->seq, v->superseded_by ? " (superseded)" : "");
    }
    fputs("</table><h2>Daily "
          "reports</h2><table><tr><th>day</th><th>team</th><th>method</th><th>m&sup2;</th><th>record</th></tr>\n",
          f);
    for (int i = 0; i < a->n_report; i++) {
        const struct report *r = &a->report[i];
        fprintf(f, "<tr><td>%.10s</td><td>", instant_format(day, sizeof day, NULL, r->day_ms));
        html(f, r->team);
        fprintf(f, "</td><td>%s</td><td>%.0f</td><td>no. %lld%s</td></tr>\n", r->method, r->searched_m2,
                (long long)r->seq, r->superseded_by ? " (superseded)" : "");
    }
    fputs("</table>\n", f);
}

static const char style[] =
    "body{font:11pt/1.45 serif;max-width:46em;margin:2em auto;padding:0 "
    "1em;color:#111}h1{font-size:20pt;margin:0}h2{font-size:13pt;margin:1.2em 0 .3em}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.25em "
    ".5em;text-align:left;vertical-align:top;font-size:10pt}"
    "svg{width:100%;max-height:14cm}.small,footer{font-size:9pt;color:#444}.call{border:2px solid "
    "#900;padding:.6em;font-weight:bold}"
    ".sign td{height:3.5em;width:50%}code{word-break:break-all}@media "
    "print{body{margin:0;max-width:none}h2,table,svg{break-inside:avoid}@page{margin:18mm}}";

static void head_and_facts(const struct land *l, const struct area *a, int certificate, int64_t now_ms, FILE *f)
{
    char at[40], centre[80];
    double lon, lat;
    const char *title =
        area_place_state(a) == PLACE_HAZARD ? "Report on land that is not released" : "Completion report";
    shape_centre(l->geo, a->whole, &lon, &lat);
    snprintf(centre, sizeof centre, "%.5f E, %.5f N (WGS84); areas in UTM zone %d", lon, lat, shape_zone(a->whole));
    fprintf(f,
            "<!doctype html><html lang=\"en\"><meta "
            "charset=\"utf-8\"><title>%s</title><style>%s</style>\n<h1>%s</h1><p>",
            certificate ? "Handover certificate" : title, style,
            certificate ? "Certificate of handover of released land" : title);
    html(f, a->name);
    fputs(" (", f), html(f, a->id), fputs(")</p><table>", f);
    row(f, "State", area_state_name[a->state]);
    if (a->differs) row(f, "Differs", a->differs);
    if (a->open_finds) row(f, "Finds", "reported here and not given back: nobody may enter");
    row(f, "Where", centre);
    row(f, "Ordered from", a->operator_org);
    row(f, "Order", a->order);
    row(f, "Evidence", a->evidence);
    if (certificate || a->handover_seq) {
        row(f, "Intended use", a->use);
        row(f, "Residual risk", a->residual);
        signed_row(f, "Handed over by", a->handed_by, a->handover_ms, a->handover_seq);
        signed_row(f, "Taken over by", a->taken_by, a->accept_ms, a->accept_seq);
    }
    row(f, "Printed", instant_format(at, sizeof at, NULL, now_ms));
    fputs("</table><p class=\"call\">Found something? Stop. Keep away. Mark nothing. Call ", f);
    html(f, l->people.call);
    fputs("</p>\n", f);
}

static void signatures(FILE *f, const struct area *a)
{
    char handed[40], taken[40];
    instant_format(handed, sizeof handed, NULL, a->handover_ms);
    instant_format(taken, sizeof taken, NULL, a->accept_ms);
    fprintf(f,
            "<h2>Signatures</h2><table class=\"sign\"><tr><td>Authority, %.10s (record no. %lld)</td><td>End user, "
            "%.10s (record no. %lld)</td></tr></table>",
            handed, (long long)a->handover_seq, taken, (long long)a->accept_seq);
}

int report_write(const struct land *l, const struct area *a, int certificate, int64_t now_ms, FILE *f,
                 struct err *e)
{
    char head[2 * HASH_BYTES + 1];
    struct balance b = area_balance(l->geo, a);
    if (certificate && a->state != AREA_HANDOVER_SIGNED && a->state != AREA_IN_USE)
        return err_set(e,
                       "`%s` is %s: there is no certificate before authority and end user have signed the handover",
                       a->id, area_state_name[a->state]);
    if (certificate && a->theirs_worse)
        return err_set(
            e, "the authority's release calls `%s` hazardous (no. %lld): no certificate before that is reconciled",
            a->id, (long long)a->theirs_seq);
    const struct area *hazard = certificate ? area_hazard_over(l, a) : NULL;
    if (hazard)
        return err_set(
            e, "`%s` lies in part on `%s`, which is %s: no certificate for ground that is a hazard by another name",
            a->id, hazard->id, area_state_name[hazard->state]);
    head_and_facts(l, a, certificate, now_ms, f);
    svg(l, a, f);
    outcomes_table(f, a);
    balance_table(f, &b);
    perimeter_table(l, f, a);
    if (!certificate) activities_table(f, a);
    if (!certificate) work_tables(f, a);
    if (certificate) signatures(f, a);
    fprintf(f,
            "<footer><p>Chain of %lld records, head <code>%s</code>. Anybody who holds the chain can prove this "
            "page with <code>kend land verify --head</code>. ",
            (long long)l->head.seq, hex_write(head, l->head.hash, HASH_BYTES));
    fputs("Land was released by the authority that signed, not by this program, which is not the authority's "
          "system of record.</p></footer></html>\n",
          f);
    return ferror(f) ? err_set(e, "the page could not be written") : 0;
}
