/* Try it (only where the village is the twin): one experiment, answered in one plain sentence; and the controllers
 * side by side. Both run on the worker thread; the ports keep the promise of two seconds. */
#include "base/err.h"
#include "web/api.h"
#include <string.h>

static json_t *clause_json(const struct web_clause *c)
{
    json_t *nums = json_array();
    for (int i = 0; i < c->n_num && i < WEB_CLAUSE_NUMS; i++)
        json_array_append_new(nums, json_pack("{s:o, s:s, s:s}", "v", api_number(c->num[i].value), "u",
                                              c->num[i].unit, "s", c->num[i].series));
    return json_pack("{s:s, s:o}", "key", c->key, "num", nums);
}

static json_t *answer_json(const struct web_answer *n)
{
    json_t *clauses = json_array();
    for (int i = 0; i < n->n_clause && i < WEB_CLAUSES; i++)
        json_array_append_new(clauses, clause_json(&n->clause[i]));
    return json_pack("{s:b, s:s, s:s, s:o}", "ok", 1, "key", n->key, "text", n->text, "clauses", clauses);
}

void api_try(void *self, const struct http_call *c, struct http_answer *a)
{
    static const char *const known[] = {"grid_out",    "screw_stop", "cold_wave",  "dry_river",
                                        "cloud_front", "speed",      "controller", "clear"};
    struct web *w = self;
    struct web_try t = {.value = 1};
    struct web_answer answer = {0};
    struct err e = {0};
    if (!w->ports.try_action) {
        http_fail(a, 404, "nothing can be tried here: this is the real village");
        return;
    }
    json_t *body = api_body(c, a);
    if (!body) return;
    const char *action = json_string_value(json_object_get(body, "action"));
    json_t *value = json_object_get(body, "value");
    if (json_is_number(value)) t.value = json_number_value(value);
    for (size_t i = 0; action && i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i], action)) snprintf(t.action, sizeof t.action, "%s", action);
    json_decref(body);
    if (!t.action[0])
        http_fail(a, 422,
                  "`action` must be one of grid_out, screw_stop, cold_wave, dry_river, cloud_front, speed, "
                  "controller, clear");
    else if (!strcmp(t.action, "speed") && !(t.value >= 1 && t.value <= 10000))
        http_fail(a, 422, "speed goes from 1 to 10000");
    else if (w->ports.try_action(w->ports.self, &t, &answer, &e))
        http_fail(a, 409, "%s", e.text);
    else
        api_send(a, answer_json(&answer));
}

static json_t *row_json(const struct web_compare_row *r)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "controller", controller_name[r->controller], "money",
                     api_number(r->money), "unmet_K_h", api_number(r->unmet_K_h), "import_Wh",
                     api_number(r->import_Wh), "export_Wh", api_number(r->export_Wh), "curtailed_Wh",
                     api_number(r->curtailed_Wh), "peak_W", api_number(r->peak_W));
}

static json_t *numbers(const double *v, int n)
{
    json_t *all = json_array();
    for (int i = 0; i < n; i++) json_array_append_new(all, api_number(v[i]));
    return all;
}

static json_t *lines_json(const struct web_compare *k)
{
    json_t *all = json_array();
    for (int i = 0; i < WEB_COMPARE_WAYS && k->until_ms; i++)
        json_array_append_new(all, json_pack("{s:s, s:o, s:o}", "controller", controller_name[i], "money",
                                             numbers(k->line[i].money, k->hours + 1), "unmet_K_h",
                                             numbers(k->line[i].unmet_K_h, k->hours + 1)));
    return all;
}

static void compare(struct web *w, int begin, struct http_answer *a)
{
    struct web_compare k = {.left_s = -1};
    struct err e = {0};
    if (!w->ports.compare) {
        http_fail(a, 404, "nothing can be compared here: this is the real village");
        return;
    }
    if (w->ports.compare(w->ports.self, begin, &k, &e)) {
        http_fail(a, 409, "%s", e.text);
        return;
    }
    json_t *rows = json_array();
    for (int i = 0; i < k.n_row && i < WEB_COMPARE_MAX; i++) json_array_append_new(rows, row_json(&k.row[i]));
    api_send(a, json_pack("{s:b, s:i, s:o, s:I, s:I, s:o, s:o, s:o, s:o}", "running", k.running, "hours", k.hours,
                          "lines", lines_json(&k), "from_ms", (json_int_t)k.from_ms, "until_ms",
                          (json_int_t)k.until_ms, "done_frac", api_number(k.done_frac), "left_s",
                          k.left_s < 0 ? json_null() : api_number(k.left_s), "paid_peak_W",
                          api_number(k.paid_peak_W), "rows", rows));
}

void api_compare(void *self, const struct http_call *c, struct http_answer *a)
{
    (void)c;
    compare(self, 0, a);
}

void api_compare_begin(void *self, const struct http_call *c, struct http_answer *a)
{
    (void)c;
    compare(self, 1, a);
}
