/* Acts after a restart. See replay.h. An override's id is its act's number in the audit (web/api_override.c), so that
 * "override_cancel" names it across restarts. The acts are done again in their order, straight into control's table while nothing
 * runs: whatever their number, none is lost. One that was refused then ("refused" names it) is refused again; one that is over, or
 * later than now (a clock that ran faster), is left out. */
#include "replay.h"
#include "base/err.h"
#include "base/log.h"
#include "control/run.h"
#include "store/store.h"
#include "village/village.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 1000 };
struct acts {
    const struct village *village;
    struct control *control;
    int64_t now_ms, last_id;
    int64_t *refused; /* numbers of acts that were never done */
    int n_refused, rows, done;
};

static void learn_refused(struct acts *x, int64_t id, const struct store_act *a, const json_t *detail)
{
    (void)id, (void)a;
    int64_t *more = realloc(x->refused, sizeof *more * (size_t)(x->n_refused + 1));
    must(more, "no memory for the acts that were refused");
    x->refused = more;
    x->refused[x->n_refused++] = json_integer_value(json_object_get(detail, "act"));
}

static int was_refused(const struct acts *x, int64_t id)
{
    for (int i = 0; i < x->n_refused; i++)
        if (x->refused[i] == id) return 1;
    return 0;
}

static void do_override(struct acts *x, int64_t id, const struct store_act *a, const json_t *detail)
{
    const char *point = json_string_value(json_object_get(detail, "point"));
    int64_t until_ms = json_integer_value(json_object_get(detail, "until_ms"));
    int32_t base = village_series_base(x->village, 'c'), series = point ? village_series(x->village, point) : -1;
    if (series < base || series >= base + x->village->n_cmd) return; /* the village has changed */
    if (until_ms <= x->now_ms || a->at_ms > x->now_ms || was_refused(x, id)) return;
    struct override o = {.from_ms = a->at_ms,
                         .until_ms = until_ms,
                         .value = json_number_value(json_object_get(detail, "value")),
                         .point = series - base,
                         .who = 1,
                         .id = (uint32_t)id};
    x->done += control_override(x->control, &o) == 0;
}

static void do_cancel(struct acts *x, int64_t id, const struct store_act *a, const json_t *detail)
{
    (void)a;
    if (was_refused(x, id)) return;
    x->done += control_cancel(x->control, (uint32_t)json_integer_value(json_object_get(detail, "id"))) == 0;
}

/* What a pass over the audit does with which kind of act. The refused are learnt first: their word comes after the act. */
struct pass {
    struct acts *acts;
    struct {
        const char *kind;
        void (*take)(struct acts *, int64_t id, const struct store_act *, const json_t *detail);
    } row[2];
};

static void take_act(void *self, int64_t id, const struct store_act *a)
{
    struct pass *p = self;
    p->acts->last_id = id;
    p->acts->rows++;
    for (int i = 0; i < 2; i++) {
        if (!p->row[i].kind || strcmp(a->kind, p->row[i].kind)) continue;
        json_t *detail = json_loads(a->detail, 0, NULL);
        p->row[i].take(p->acts, id, a, detail);
        json_decref(detail);
    }
}

static int pass_over(struct store *s, struct pass *p)
{
    p->acts->last_id = 0;
    do {
        p->acts->rows = 0;
        if (store_audit_list(s, p->acts->last_id, PAGE, take_act, p, NULL)) return -1;
    } while (p->acts->rows == PAGE);
    return 0;
}

int acts_replay(struct store *s, const struct village *v, struct control *c, int64_t now_ms)
{
    struct acts x = {.village = v, .control = c, .now_ms = now_ms};
    struct pass refused = {&x, {{"refused", learn_refused}}},
                acts = {&x, {{"override", do_override}, {"override_cancel", do_cancel}}};
    if (!pass_over(s, &refused)) pass_over(s, &acts);
    free(x.refused);
    if (x.done) log_line(LOG_INFO, "acts of people taken from the audit: %d", x.done);
    return x.done;
}
