/* Land on the page, and "I found something". GET /api/land: states, balances and what is closed now, for whoever may read the page.
 * GET /api/found and POST /api/found need no login, token or account: whoever stands before a mine has none of them. A
 * report is never turned away for coming too often; one sender who reports very many closes no more land by itself
 * until people have looked (src/live_land.c). */
#include "base/err.h"
#include "web/api.h"
#include <math.h>
#include <string.h>

void api_land(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    (void)c;
    json_t *j = w->ports.land ? w->ports.land(w->ports.self) : NULL;
    if (j)
        api_send(a, j);
    else
        http_fail(a, 404, "this run keeps no records of land");
}

/* GET /api/return: households by stage and days, homes by what has become of them. */
void api_return(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    (void)c;
    json_t *j = w->ports.households ? w->ports.households(w->ports.self) : NULL;
    if (j)
        api_send(a, j);
    else
        http_fail(a, 404, "this run keeps no records of the return");
}

/* What the form wants to know: the number to call, and the places by name. Kept by the phone for when there is no network. */
void api_found_form(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    const struct village *v = w->ports.village;
    (void)c;
    json_t *land = w->ports.land ? w->ports.land(w->ports.self) : NULL, *places = json_array();
    const char *call = json_string_value(json_object_get(land, "call"));
    for (int32_t i = 0; i < v->n_place; i++)
        if (v->place[i].kind != PLACE_POINT) {
            json_t *one = json_pack("{s:s, s:s}", "id", v->place[i].id, "name", v->place[i].name);
            api_names(one, &v->place[i].words);
            json_array_append_new(places, one);
        }
    api_send(a, json_pack("{s:s, s:s, s:o}", "village", v->site.name, "call", call ? call : "", "places", places));
    json_decref(land);
}

static int text_take(const json_t *body, const char *key, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(body, key));
    size_t n = text ? strlen(text) : 0;
    while (n >= size) n = size - 1; /* a long story is cut, not refused */
    while (n && ((unsigned char)text[n] & 0xC0) == 0x80) n--;
    if (text) memcpy(out, text, n);
    out[n] = 0;
    return n > 0;
}

static void found_read(const json_t *body, struct web_found *f)
{
    const json_t *p = json_object_get(body, "position"), *lon = json_array_get(p, 0), *lat = json_array_get(p, 1);
    text_take(body, "text", f->text, sizeof f->text);
    text_take(body, "place", f->place, sizeof f->place);
    text_take(body, "report", f->report, sizeof f->report);
    text_take(body, "photo_sha256", f->photo_sha256, sizeof f->photo_sha256);
    f->lon_deg = json_number_value(lon);
    f->lat_deg = json_number_value(lat);
    f->has_position =
        json_is_number(lon) && json_is_number(lat) && fabs(f->lon_deg) <= 180 && fabs(f->lat_deg) <= 84;
}

void api_found(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    struct web_found f = {.text = ""};
    struct web_answer answer = {.text = ""};
    struct err e = {0};
    json_t *body = api_body(c, a);
    if (!body) return;
    found_read(body, &f);
    http_peer(c, f.source, sizeof f.source);
    json_decref(body);
    if (!w->ports.found)
        http_fail(a, 503, "this run takes no reports: call for help by telephone");
    else if (w->ports.found(w->ports.self, &f, &answer, &e))
        http_fail(a, 429, "%s", e.text);
    else
        api_send(a, json_pack("{s:b, s:s, s:s}", "ok", 1, "text", answer.text, "key", answer.key));
}
