/* GET /api/why?point=: one tap from any number. For a set-point ("home-017.cmd.heat_W") the pieces that decided it,
 * from control/why.h; for any other series or expression what it is made of, largest part first, and why the
 * largest part's equipment does what it does. */
#include "base/err.h"
#include "control/why.h"
#include "web/api.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 6 };
struct why_part {
    double value;
    const struct expr_member *member;
};

static json_t *pieces_json(const struct snapshot *s, int32_t asset, int cmd)
{
    struct why_piece piece[WHY_PIECES_MAX];
    json_t *all = json_array();
    int n = control_why(s, asset, cmd, piece);
    for (int i = 0; i < n; i++) {
        const struct why_piece *p = &piece[i];
        json_t *num = json_array();
        for (int k = 0; k < p->n_num; k++)
            json_array_append_new(num, json_pack("{s:o, s:s}", "v", api_number(p->num[k]), "u", p->unit[k]));
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:o, s:s}", "kind", p->kind, "code", p->code,
                                             "name", p->name, "rule", p->rule, "num", num, "text", p->text));
    }
    return all;
}

static int bigger(const void *a, const void *b)
{
    double x = fabs(((const struct why_part *)a)->value), y = fabs(((const struct why_part *)b)->value);
    return (x < y) - (x > y);
}

static json_t *setpoints_json(const struct snapshot *s, int32_t asset)
{
    char name[160];
    const struct asset *a = &s->village->asset[asset];
    json_t *all = json_array();
    for (int i = 0; i < a->cls->cmd.n; i++) {
        const struct field *f = &a->cls->cmd.row[i];
        snprintf(name, sizeof name, "%s.cmd.%s", a->id, f->key);
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "s", name, "key", f->key,
                                             "help", f->help ? f->help : "", "asset", a->id, "v",
                                             api_number(s->cmd[a->cmd + i]), "min", api_number(f->min), "max",
                                             api_number(f->max), "pieces", pieces_json(s, asset, i)));
    }
    return all;
}

static json_t *part_json(const struct snapshot *s, const struct why_part *p)
{
    char name[160];
    const struct asset *a = &s->village->asset[p->member->asset];
    village_series_name(s->village, p->member->series, name, sizeof name);
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "s", name, "asset", a->id, "name", a->name ? a->name : a->id, "u",
                     village_series_key(s->village, p->member->series), "v", api_number(p->value));
}

static json_t *made_of(const struct snapshot *s, const struct expr *x, const char *text)
{
    struct vectors v = {s->x, s->meas, s->cmd, s->exo, s->flow};
    struct why_part *part = calloc((size_t)x->n + 1, sizeof *part);
    if (!part) return NULL;
    for (int i = 0; i < x->n; i++) part[i] = (struct why_part){vectors_get(&v, &x->member[i]), &x->member[i]};
    qsort(part, (size_t)x->n, sizeof *part, bigger);
    json_t *parts = json_array();
    for (int i = 0; i < x->n && i < PARTS_MAX; i++) json_array_append_new(parts, part_json(s, &part[i]));
    json_t *j = json_pack("{s:s, s:s, s:o, s:i, s:o, s:o}", "point", text, "u", x->key, "v",
                          api_number(expr_value(x, &v)), "members", x->n, "parts", parts, "setpoints",
                          x->n ? setpoints_json(s, part[0].member->asset) : json_array());
    free(part);
    return j;
}

void api_why(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    const char *point = http_query(c, "point");
    struct err e = {0};
    struct expr x;
    const struct snapshot *s = api_snapshot(w, a);
    if (!s) return;
    if (!point) {
        http_fail(a, 400, "point is missing: name a series, for example home-017.cmd.heat_W");
    } else if (*point == '@') {
        json_t *j = named_why(w, s, point);
        if (j)
            api_send(a, j);
        else
            http_fail(a, 404, "no figure is called `%.60s`", point);
    } else if (expr_parse(&x, s->village, point, &e)) {
        http_fail(a, 404, "%s", e.text);
    } else {
        api_send(a, made_of(s, &x, point));
        expr_free(&x);
    }
    api_release(w, s);
}
