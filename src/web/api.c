/* Small common parts of the API: numbers, bodies, queries, points. */
#include "web/api.h"
#include "base/err.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

char *api_version(const struct village *v, char buf[20])
{
    snprintf(buf, 20, "%016llx", (unsigned long long)v->id);
    return buf;
}

json_t *api_number(double v)
{
    if (!isfinite(v)) return json_null();
    return v == 0 ? json_integer(0) : json_real(v);
}

void api_names(json_t *j, const struct words *w)
{
    if (w->az || w->ru) json_object_set_new(j, "names", json_pack("{s:s*, s:s*}", "az", w->az, "ru", w->ru));
}

void api_send(struct http_answer *a, json_t *j)
{
    a->body = j ? json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    a->size = a->body ? strlen(a->body) : 0;
    json_decref(j);
}

json_t *api_body(const struct http_call *c, struct http_answer *a)
{
    json_error_t e;
    json_t *body = json_loadb(c->body, c->body_size, JSON_REJECT_DUPLICATES, &e);
    if (json_is_object(body)) return body;
    json_decref(body);
    http_fail(a, 400, "the body must be a JSON object: %s (line %d)", e.text, e.line);
    return NULL;
}

int64_t api_query_ms(const struct http_call *c, const char *key, int64_t otherwise)
{
    const char *text = http_query(c, key);
    char *end = NULL;
    if (!text || !*text) return otherwise;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    return *end || errno || v < -62135596800000 || v > 253402300799000 ? otherwise : v;
}

const struct snapshot *api_snapshot(struct web *w, struct http_answer *a)
{
    const struct snapshot *s = w->ports.snapshot(w->ports.self);
    if (!s) http_fail(a, 503, "kend is starting: the first figures come in a moment");
    return s;
}

void api_release(struct web *w, const struct snapshot *s)
{
    if (s) w->ports.release(w->ports.self, s);
}

int api_point(const struct village *v, const char *name, int32_t *asset, int *row, struct err *e)
{
    int32_t id = name ? village_series(v, name) : -1;
    int32_t base = village_series_base(v, 'c');
    if (id < base || id >= base + v->n_cmd)
        return err_set(e, "`%.80s` is not a set-point of this village", name ? name : "");
    for (int32_t a = 0; a < v->n_asset; a++) {
        int32_t i = id - base - v->asset[a].cmd;
        if (i < 0 || i >= v->asset[a].cls->cmd.n) continue;
        *asset = a;
        *row = i;
        return 0;
    }
    return err_set(e, "`%.80s` belongs to no asset", name);
}
