/* GET /api/plan: the plan that is followed now: slots, the village's price and the meter's tariff per kWh, the
 * figures of the first screen and the stores' levels as planned, and the binding limits in words, dearest first. */
#include "control/run.h"
#include "web/api.h"
#include <math.h>

enum { WHY_MAX = 40 };
static const double J_PER_KWH = 3.6e6;

static json_t *prices_json(const double *per_J, int n)
{
    json_t *all = json_array();
    for (int t = 0; t < n; t++) json_array_append_new(all, api_number(per_J ? per_J[t] * J_PER_KWH : (double)NAN));
    return all;
}

/* A plan's own view of slot t; its x are floats at the slot's end and are read by plan_level instead. */
static json_t *figures_json(const struct web *w, const struct plan *p)
{
    json_t *all = json_object();
    for (int i = 0; i < w->board->n_figure; i++) {
        const struct figure *f = &w->board->figure[i];
        if (f->side == BOARD_OTHER) continue;
        json_t *v = json_array();
        for (int t = 0; t < p->T; t++) {
            struct vectors at = {.flow = p->flow + (size_t)t * (size_t)p->n_flow};
            json_array_append_new(v, api_number(expr_value(&f->parsed, &at)));
        }
        json_object_set_new(all, f->key, v);
    }
    return all;
}

static json_t *levels_json(const struct web *w, const struct plan *p)
{
    json_t *all = json_object();
    for (int i = 0; p->x && i < w->board->n_gauge; i++) {
        const struct gauge *g = &w->board->gauge[i];
        json_t *v = json_array();
        for (int t = 0; t < p->T; t++)
            json_array_append_new(
                v, api_number((double)p->x[(size_t)t * (size_t)p->n_x + (size_t)g->value.member[0].index]));
        json_object_set_new(all, g->value_name, v);
    }
    return all;
}

static json_t *why_json(const struct village *v, const struct plan *p, const struct joint_why *y)
{
    if (y->asset < 0 || y->asset >= v->n_asset) return NULL;
    const struct asset *a = &v->asset[y->asset];
    const struct block_shape *shape = a->cls->shape ? a->cls->shape(a->par) : NULL;
    if (!shape || y->row >= shape->nrow || y->slot >= p->T) return NULL;
    return json_pack("{s:s, s:s, s:s, s:i, s:I, s:o}", "asset", a->id, "name", a->name ? a->name : a->id, "row",
                     shape->row[y->row].name, "side", (int)y->side, "at_ms", (json_int_t)p->start_ms[y->slot],
                     "price", api_number((double)y->price));
}

static json_t *whys_json(const struct village *v, const struct plan *p)
{
    json_t *all = json_array();
    for (int i = 0; i < p->n_why && i < WHY_MAX; i++) {
        json_t *one = why_json(v, p, &p->why[i]);
        if (one) json_array_append_new(all, one);
    }
    return all;
}

static json_t *plan_json(const struct web *w, const struct snapshot *s, const struct plan *p)
{
    const struct village *v = s->village;
    int32_t root = v->n_elec ? v->node_order[v->n_elec - 1] : -1;
    json_t *start = json_array();
    for (int t = 0; t <= p->T; t++) json_array_append_new(start, json_integer(p->start_ms[t]));
    return json_pack(
        "{s:I, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)p->id, "made_ms",
        (json_int_t)p->made_ms, "controller", controller_name[p->controller], "start_ms", start, "price",
        prices_json(root >= 0 && p->price ? p->price + (size_t)root * (size_t)p->T : NULL, p->T), "buy",
        prices_json(p->buy, p->T), "sell", prices_json(p->sell, p->T), "figures", figures_json(w, p), "levels",
        levels_json(w, p), "why", whys_json(v, p), "named", named_json(w, s, "@plan."));
}

void api_plan(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    const struct snapshot *s = api_snapshot(w, a);
    (void)c;
    if (!s) return;
    api_send(a, json_pack("{s:I, s:o}", "at_ms", (json_int_t)s->at_ms, "plan",
                          s->plan ? plan_json(w, s, s->plan) : json_null()));
    api_release(w, s);
}
