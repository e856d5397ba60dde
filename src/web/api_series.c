/* GET /api/series?id=EXPR;EXPR..&from=MS&to=MS&step=MS: slot means of expressions (web/expr.h) from the store.
 * Slots begin at multiples of step counted from `from`; values are null where nothing is stored. */
#include "base/err.h"
#include "store/store.h"
#include "web/api.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { IDS_MAX = 24 };
struct span {
    int64_t from_ms, step_ms, settled_ms;
    int n;
};

/* The store's writer lags by about a second on the wall, which at speed 10,000 is hours of the village's time; while the
 * days behind are being made the village runs faster still. */
static int64_t settled(struct web *w, const struct snapshot *s)
{
    struct web_status st = {.speed = 1, .warm_frac = 1};
    if (w->ports.status) w->ports.status(w->ports.self, &st);
    double lag_ms = st.warm_frac < 1 ? 1.0 * MS_DAY : fmax(3.0 * MS_MIN, 3000.0 * st.speed);
    return s->at_ms - (int64_t)lag_ms;
}

static json_t *one_json(struct web *w, const char *id, const struct span *span, double *value, struct err *e)
{
    const char *key = "";
    if (history_read(w->history, id, span->from_ms, span->step_ms, span->n, span->settled_ms, value, &key, e))
        return NULL;
    json_t *v = json_array();
    for (int t = 0; t < span->n; t++) json_array_append_new(v, api_number(value[t]));
    return json_pack("{s:s, s:s, s:o}", "s", id, "u", key, "v", v);
}

static int span_of(const struct http_call *c, int64_t now_ms, struct span *s, struct http_answer *a)
{
    s->from_ms = api_query_ms(c, "from", now_ms - MS_DAY);
    int64_t to_ms = api_query_ms(c, "to", now_ms);
    s->step_ms = api_query_ms(c, "step", MS_QUARTER);
    if (to_ms > now_ms + s->step_ms) to_ms = now_ms + s->step_ms;
    if (s->step_ms < MS_S || (to_ms - s->from_ms) / s->step_ms > HISTORY_SLOTS_MAX) {
        http_fail(a, 400, "step must be at least 1000 ms and give at most %d slots", HISTORY_SLOTS_MAX);
        return -1;
    }
    s->n = to_ms <= s->from_ms ? 0 : (int)((to_ms - s->from_ms) / s->step_ms);
    return 0;
}

static json_t *all_json(struct web *w, char *ids, const struct span *span, struct http_answer *a)
{
    double *value = malloc(sizeof *value * (size_t)(span->n + 1));
    json_t *all = json_array();
    char *at = ids;
    for (int i = 0; value && at && *at && i < IDS_MAX; i++) {
        struct err e = {0};
        char *next = strchr(at, ';');
        if (next) *next++ = 0;
        json_t *one = one_json(w, at, span, value, &e);
        if (!one) {
            http_fail(a, 400, "%s", e.text);
            json_decref(all);
            all = NULL;
            break;
        }
        json_array_append_new(all, one);
        at = next;
    }
    free(value);
    return all;
}

void api_series(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    const char *ids = http_query(c, "id");
    struct span span;
    const struct snapshot *s = api_snapshot(w, a);
    if (!s) return;
    int64_t now_ms = s->at_ms;
    span.settled_ms = settled(w, s);
    api_release(w, s);
    if (!ids || !*ids) {
        http_fail(a, 400, "id is missing: name a series, for example home-017.meas.temp_degC");
        return;
    }
    if (span_of(c, now_ms, &span, a)) return;
    char *copy = strdup(ids);
    json_t *all = copy ? all_json(w, copy, &span, a) : NULL;
    free(copy);
    if (all)
        api_send(a, json_pack("{s:I, s:I, s:i, s:o}", "from_ms", (json_int_t)span.from_ms, "step_ms",
                              (json_int_t)span.step_ms, "n", span.n, "series", all));
}
