/* What people may change: an override of one set-point until a stated time, taking it back, acknowledging an
 * alarm, having the village file read again. An override without an end is refused. Each act is written to the audit, durably, before control is asked;
 * an act that control then refuses is followed by one that says so. Guards still outrank it. */
#include "base/err.h"
#include "base/log.h"
#include "control/override.h"
#include "store/store.h"
#include "web/api.h"
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static const int64_t override_longest_ms = 7 * (int64_t)MS_DAY;
static _Atomic uint32_t unsaved_id =
    1; /* where there is no store; else the act's number in the audit names the override */

static int audit(struct web *w, int64_t at_ms, const char *kind, const char *asset, json_t *detail,
                 uint32_t *number, struct http_answer *a)
{
    struct err e = {0};
    if (!w->ports.store) {
        *number = atomic_fetch_add(&unsaved_id, 1);
        return 0;
    }
    char *text = json_dumps(detail, JSON_COMPACT);
    struct store_act act = {
        .at_ms = at_ms, .kind = kind, .who = "operator", .asset = asset, .detail = text ? text : "{}"};
    int64_t id = 0;
    int bad = store_audit(w->ports.store, &act, &id, &e);
    free(text);
    *number = (uint32_t)id;
    if (bad) http_fail(a, 503, "not done: it could not be written to the audit (%s)", e.text);
    return bad;
}

/* What was written to the audit and then not done is said there too, so that no restart does it (replay.c). */
static void audit_refused(struct web *w, int64_t at_ms, uint32_t number)
{
    struct err e = {0};
    char detail[48];
    if (!w->ports.store) return;
    snprintf(detail, sizeof detail, "{\"act\":%u}", (unsigned)number);
    struct store_act act = {.at_ms = at_ms, .kind = "refused", .who = "kend", .detail = detail};
    if (!store_audit(w->ports.store, &act, NULL, &e) || !store_audit_post(w->ports.store, &act)) return;
    log_line(LOG_ERROR, "act %u was refused, which could not be written to the audit: %s", (unsigned)number,
             e.text);
}

static int ask(struct web *w, int64_t at_ms, uint32_t number, const struct request *r, struct http_answer *a)
{
    int full = w->ports.request(w->ports.self, r);
    if (!full) return 0;
    audit_refused(w, at_ms, number);
    if (full == CONTROL_TABLE_FULL)
        http_fail(a, 409, "not done: as many overrides as there may be are in force; end one first");
    else
        http_fail(a, 503, "not done: control has too many requests waiting; try again");
    return -1;
}

static int has_room(const struct snapshot *s, int32_t point)
{
    for (int i = 0; i < s->n_override; i++)
        if (s->override[i].point == point) return 1;
    return s->n_override < OVERRIDES_MAX;
}

static int check_override(const struct snapshot *s, const struct override *o, const struct field *f, int32_t asset,
                          struct http_answer *a)
{
    if (!isfinite(o->value) || o->value < f->min || o->value > f->max) {
        http_fail(a, 422, "%s must lie between %g and %g", f->key, f->min, f->max);
        return -1;
    }
    if (o->until_ms <= s->at_ms || o->until_ms > s->at_ms + override_longest_ms) {
        http_fail(a, 422, "an override needs an end (until_ms) after now and within seven days");
        return -1;
    }
    if (s->status[asset] & STATUS_OUT) {
        http_fail(a, 409, "%s is not in use: nothing may be commanded there", s->village->asset[asset].id);
        return -1;
    }
    if (s->status[asset] & STATUS_UNREACHED) {
        http_fail(a, 409, "no round comes to %s: land on its way may not be used", s->village->asset[asset].id);
        return -1;
    }
    if (!has_room(s, o->point)) {
        http_fail(a, 409, "not done: %d overrides are in force and there may be no more; end one first",
                  s->n_override);
        return -1;
    }
    return 0;
}

static void override_now(struct web *w, const struct snapshot *s, json_t *body, struct http_answer *a)
{
    struct err e = {0};
    int32_t asset;
    int row;
    const char *point = json_string_value(json_object_get(body, "point"));
    json_t *value = json_object_get(body, "value"), *until = json_object_get(body, "until_ms");
    if (api_point(s->village, point, &asset, &row, &e)) {
        http_fail(a, 404, "%s", e.text);
        return;
    }
    if (!json_is_number(value) || !json_is_integer(until)) {
        http_fail(a, 422, "an override needs a value and an end: {\"point\", \"value\", \"until_ms\"}");
        return;
    }
    const struct asset *as = &s->village->asset[asset];
    struct request r = {.kind = REQUEST_OVERRIDE, .who = 1};
    r.of.override = (struct override){.from_ms = s->at_ms,
                                      .until_ms = json_integer_value(until),
                                      .value = json_number_value(value),
                                      .point = as->cmd + row,
                                      .who = 1};
    if (check_override(s, &r.of.override, &as->cls->cmd.row[row], asset, a)) return;
    if (audit(w, s->at_ms, "override", as->id, body, &r.of.override.id, a)) return;
    if (ask(w, s->at_ms, r.of.override.id, &r, a)) return;
    api_send(a,
             json_pack("{s:b, s:s, s:I}", "ok", 1, "point", point, "until_ms", (json_int_t)r.of.override.until_ms));
}

void api_override(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    json_t *body = api_body(c, a);
    const struct snapshot *s = body ? api_snapshot(w, a) : NULL;
    if (s) override_now(w, s, body, a);
    api_release(w, s);
    json_decref(body);
}

void api_override_cancel(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    json_t *body = api_body(c, a);
    const struct snapshot *s = body ? api_snapshot(w, a) : NULL;
    if (s) {
        uint32_t number;
        const struct override *found = NULL;
        json_int_t id = json_integer_value(json_object_get(body, "id"));
        for (int i = 0; i < s->n_override; i++)
            if (s->override[i].id == (uint32_t)id) found = &s->override[i];
        struct request r = {.kind = REQUEST_CANCEL, .who = 1, .of.id = (uint32_t)id};
        if (!found)
            http_fail(a, 404, "there is no override %lld now", (long long)id);
        else if (!audit(w, s->at_ms, "override_cancel", NULL, body, &number, a) && !ask(w, s->at_ms, number, &r, a))
            api_send(a, json_pack("{s:b}", "ok", 1));
    }
    api_release(w, s);
    json_decref(body);
}

/* The alarm is named by its code and asset; its place in control's list is looked up in the newest snapshot. */
static int alarm_index(const struct snapshot *s, json_t *body)
{
    const char *asset = json_string_value(json_object_get(body, "asset"));
    json_int_t code = json_integer_value(json_object_get(body, "code"));
    int32_t of = asset ? village_asset(s->village, asset) : -1;
    for (int i = 0; i < s->n_alarm; i++)
        if (s->alarm[i].code == code && s->alarm[i].asset == of) return i;
    return -1;
}

void api_reload(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    struct err e = {0};
    uint32_t number;
    (void)c;
    const struct snapshot *s = w->ports.reload ? api_snapshot(w, a) : NULL;
    json_t *detail = json_pack("{s:s}", "file", w->ports.village->file ? w->ports.village->file : "");
    if (!w->ports.reload)
        http_fail(a, 404, "the village file cannot be read again here");
    else if (s && w->ports.reload(w->ports.self, &e))
        http_fail(a, 422, "not taken: %s", e.text);
    else if (s && !audit(w, s->at_ms, "reload", NULL, detail, &number, a))
        api_send(a, json_pack("{s:b}", "ok", 1));
    api_release(w, s);
    json_decref(detail);
}

void api_ack(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    json_t *body = api_body(c, a);
    const struct snapshot *s = body ? api_snapshot(w, a) : NULL;
    if (s) {
        uint32_t number;
        int i = alarm_index(s, body);
        struct request r = {.kind = REQUEST_ACK, .who = 1, .of.id = (uint32_t)i};
        if (i < 0)
            http_fail(a, 404, "there is no such alarm now");
        else if (!audit(w, s->at_ms, "ack", json_string_value(json_object_get(body, "asset")), body, &number, a) &&
                 !ask(w, s->at_ms, number, &r, a))
            api_send(a, json_pack("{s:b}", "ok", 1));
    }
    api_release(w, s);
    json_decref(body);
}
