/* Acts after a restart. See replay.h. An override's id is its act's number in the audit (web/api_override.c), so that
 * "override_cancel" names it across restarts. An act later than now belongs to a clock that ran faster; it is left out. */
#include "replay.h"
#include "base/log.h"
#include "control/run.h"
#include "store/store.h"
#include "village/village.h"
#include <jansson.h>
#include <string.h>

enum { OPEN_MAX = 512, PAGE = 1000 };
struct open_act {
    struct override override;
    int cancelled;
};
struct acts {
    const struct village *village;
    int64_t now_ms, last_id;
    struct open_act act[OPEN_MAX];
    int n, rows;
};

static void take_override(struct acts *x, int64_t id, const struct store_act *a, const json_t *detail)
{
    const char *point = json_string_value(json_object_get(detail, "point"));
    int64_t until_ms = json_integer_value(json_object_get(detail, "until_ms"));
    int32_t base = village_series_base(x->village, 'c'), series = point ? village_series(x->village, point) : -1;
    if (series < base || series >= base + x->village->n_cmd) return; /* the village has changed */
    if (until_ms <= x->now_ms || a->at_ms > x->now_ms || x->n == OPEN_MAX) return;
    x->act[x->n++].override = (struct override){.from_ms = a->at_ms,
                                                .until_ms = until_ms,
                                                .value = json_number_value(json_object_get(detail, "value")),
                                                .point = series - base,
                                                .who = 1,
                                                .id = (uint32_t)id};
}

static void take_cancel(struct acts *x, const json_t *detail)
{
    json_int_t id = json_integer_value(json_object_get(detail, "id"));
    for (int i = 0; i < x->n; i++)
        if (x->act[i].override.id == (uint32_t)id) x->act[i].cancelled = 1;
}

static void take_act(void *self, int64_t id, const struct store_act *a)
{
    struct acts *x = self;
    int is_override = !strcmp(a->kind, "override"), is_cancel = !strcmp(a->kind, "override_cancel");
    x->last_id = id;
    x->rows++;
    if (!is_override && !is_cancel) return;
    json_t *detail = json_loads(a->detail, 0, NULL);
    if (is_override)
        take_override(x, id, a, detail);
    else
        take_cancel(x, detail);
    json_decref(detail);
}

int acts_replay(struct store *s, const struct village *v, struct control *c, int64_t now_ms)
{
    static struct acts x; /* 20 KB, once at start */
    int asked = 0, open = 0;
    x = (struct acts){.village = v, .now_ms = now_ms};
    do {
        x.rows = 0;
        if (store_audit_list(s, x.last_id, PAGE, take_act, &x, NULL)) return 0;
    } while (x.rows == PAGE);
    for (int i = 0; i < x.n; i++) {
        struct request r = {.kind = REQUEST_OVERRIDE, .who = 1, .of.override = x.act[i].override};
        struct request back = {.kind = REQUEST_CANCEL, .who = 1, .of.id = x.act[i].override.id};
        asked += control_request(c, &r) == 0;
        open += !x.act[i].cancelled;
        if (x.act[i].cancelled) asked += control_request(c, &back) == 0;
    }
    if (open) log_line(LOG_INFO, "overrides made before the restart and in force again: %d", open);
    return asked;
}
