/* GET /api/state: all that moves, in one call; the same object travels in the live events (there the map comes
 * every few seconds). Every number stands beside the expression it is ("s"), see web/expr.h and docs/api.md. */
#include "control/why.h"
#include "web/api.h"
#include <math.h>
#include <string.h>

static struct vectors vectors_of(const struct snapshot *s)
{
    return (struct vectors){s->x, s->meas, s->cmd, s->exo, s->flow};
}

static json_t *figures_json(const struct board *b, const struct vectors *v)
{
    static const char *const side[] = {"source", "use", "store", "other"};
    json_t *all = json_object();
    for (int i = 0; i < b->n_figure; i++) {
        const struct figure *f = &b->figure[i];
        json_object_set_new(all, f->key,
                            json_pack("{s:o, s:s, s:s, s:s}", "v", api_number(expr_value(&f->parsed, v)), "s",
                                      f->expr, "u", f->parsed.key, "side", side[f->side]));
    }
    return all;
}

static json_t *gauges_json(const struct snapshot *s, const struct board *b, const struct vectors *v)
{
    json_t *all = json_array();
    for (int i = 0; i < b->n_gauge; i++) {
        const struct gauge *g = &b->gauge[i];
        const struct asset *a = &s->village->asset[g->asset];
        int estimated = (s->status[g->asset] & STATUS_LOST) != 0;
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:b}", "key", g->key,
                                             "asset", a->id, "name", a->name ? a->name : a->id, "v",
                                             api_number(expr_value(&g->value, v)), "s", g->value_name, "u",
                                             g->unit_key, "low", api_number(g->low), "high", api_number(g->high),
                                             "estimated", estimated));
    }
    return all;
}

/* What an operator has to look at: what is on, and what is over, unseen and not older than a day. */
static int wanted(const struct snapshot *s, const struct alarm *al)
{
    return al->active || (al->ack_ms <= 0 && s->at_ms - al->since_ms < MS_DAY);
}

json_t *alarms_json(const struct snapshot *s, int everything)
{
    json_t *all = json_array();
    for (int i = 0; i < s->n_alarm; i++) {
        const struct alarm *al = &s->alarm[i];
        if (!everything && !wanted(s, al)) continue;
        const struct asset *a =
            al->asset >= 0 && al->asset < s->village->n_asset ? &s->village->asset[al->asset] : NULL;
        json_array_append_new(
            all, json_pack("{s:i, s:s, s:s, s:i, s:b, s:I, s:I, s:s?, s:s?}", "code", (int)al->code, "name",
                           alarm_name(al->code), "text", alarm_text(al->code), "level", (int)al->level, "active",
                           (int)al->active, "since_ms", (json_int_t)al->since_ms, "ack_ms",
                           (json_int_t)(al->ack_ms > 0 ? al->ack_ms : 0), "asset", a ? a->id : NULL, "asset_name",
                           a ? (a->name ? a->name : a->id) : NULL));
    }
    return all;
}

json_t *overrides_json(const struct snapshot *s)
{
    char name[160];
    json_t *all = json_array();
    for (int i = 0; i < s->n_override; i++) {
        const struct override *o = &s->override[i];
        village_series_name(s->village, village_series_base(s->village, 'c') + o->point, name, sizeof name);
        json_array_append_new(all, json_pack("{s:i, s:s, s:o, s:I, s:I}", "id", (int)o->id, "point", name, "value",
                                             api_number(o->value), "from_ms", (json_int_t)o->from_ms, "until_ms",
                                             (json_int_t)o->until_ms));
    }
    return all;
}

static double own_power_W(const struct snapshot *s, const struct asset *a)
{
    for (int p = 0; p < a->cls->n_port; p++)
        if (a->cls->port[p].carrier == CARRIER_ELEC) return s->flow[a->flow + p];
    return (double)NAN;
}

/* One number and one status word per asset, in the order of /api/village. The number is what the map colours by:
 * the state or reading that tells most of the class, else the electric power. */
static const struct {
    const char *cls;
    char kind;
    const char *key;
} telling_table[] = {
    {"home", 'x', "air_degC"},
    {"street", 'c', "dim_frac"},
    {"bin", 'x', "fill_frac"},
};

static double telling(const struct snapshot *s, const struct asset *a)
{
    for (size_t i = 0; i < sizeof telling_table / sizeof *telling_table; i++) {
        if (strcmp(telling_table[i].cls, a->cls->name)) continue;
        int is_x = telling_table[i].kind == 'x';
        int f = field_find(is_x ? &a->cls->state : &a->cls->cmd, telling_table[i].key);
        if (f >= 0) return is_x ? s->x[a->x + f] : s->cmd[a->cmd + f];
    }
    return own_power_W(s, a);
}

static double digits(double v, double step) { return round(v / step) * step; }

static json_t *map_json(const struct snapshot *s)
{
    json_t *status = json_array(), *value = json_array();
    for (int32_t i = 0; i < s->village->n_asset; i++) {
        double v = telling(s, &s->village->asset[i]);
        json_array_append_new(status, json_integer((json_int_t)s->status[i]));
        json_array_append_new(value, api_number(fabs(v) < 100 ? digits(v, 0.01) : digits(v, 1)));
    }
    return json_pack("{s:o, s:o}", "status", status, "value", value);
}

static json_t *plan_brief(const struct snapshot *s)
{
    const struct plan *p = s->plan;
    if (!p) return json_null();
    double scale = fmax(fabs(p->result.cost), 1e-9);
    int t = plan_slot(p, s->at_ms);
    int32_t root = s->village->n_elec ? s->village->node_order[s->village->n_elec - 1] : -1;
    double price = t >= 0 && root >= 0 ? p->price[(size_t)root * (size_t)p->T + (size_t)t] * 3.6e6 : (double)NAN;
    return json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:i}", "id", (json_int_t)p->id, "made_ms",
                     (json_int_t)p->made_ms, "fresh_until_ms", (json_int_t)p->fresh_until_ms, "cost",
                     api_number(p->result.cost), "gap_frac", api_number((p->result.cost - p->result.bound) / scale),
                     "solve_s", api_number(p->result.time_s), "price_per_kWh", api_number(price), "end",
                     (int)p->result.end);
}

static json_t *twin_json(struct web *w, const struct web_status *st)
{
    json_t *faults = json_array();
    for (int i = 0; i < st->n_fault; i++)
        json_array_append_new(faults, json_pack("{s:s, s:I}", "action", st->fault[i].action, "until_ms",
                                                (json_int_t)st->fault[i].until_ms));
    json_t *t = json_pack("{s:b, s:o, s:o, s:o, s:b, s:o}", "on", st->twin, "speed", api_number(st->speed),
                          "achieved", st->achieved > 0 ? api_number(st->achieved) : json_null(), "warm_frac",
                          api_number(st->warm_frac), "try", w->ports.try_action != NULL, "faults", faults);
    return t;
}

json_t *state_json(struct web *w, const struct snapshot *s, int with_map)
{
    struct web_status st = {.speed = 1, .warm_frac = 1};
    if (w->ports.status) w->ports.status(w->ports.self, &st);
    struct vectors v = vectors_of(s);
    uint32_t any = 0;
    for (int32_t a = 0; a < s->village->n_asset; a++) any |= s->status[a];
    json_t *weather = json_pack("{s:o, s:o, s:o, s:o}", "temp_degC", api_number(s->amb.temp_degC), "ghi_W_m2",
                                api_number(s->amb.ghi_W_m2), "wind_m_s", api_number(s->amb.wind_m_s), "zenith_deg",
                                api_number(s->amb.sun_zenith_deg));
    json_t *j = json_pack("{s:I, s:I, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "at_ms", (json_int_t)s->at_ms,
                          "seq", (json_int_t)s->seq, "controller", controller_name[s->controller], "island",
                          (any & STATUS_ISLAND) != 0, "weather", weather, "figures", figures_json(w->board, &v),
                          "gauges", gauges_json(s, w->board, &v), "alarms", alarms_json(s, 0), "overrides",
                          overrides_json(s), "plan", plan_brief(s), "twin", twin_json(w, &st));
    char version[20];
    if (j) json_object_set_new(j, "village", json_string(api_version(s->village, version)));
    if (j && with_map) json_object_set_new(j, "map", map_json(s));
    return j;
}

void api_state(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    const struct snapshot *s = api_snapshot(w, a);
    (void)c;
    if (!s) return;
    api_send(a, state_json(w, s, 1));
    api_release(w, s);
}

void api_alarms(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    const struct snapshot *s = api_snapshot(w, a);
    (void)c;
    if (!s) return;
    api_send(a, json_pack("{s:I, s:o}", "at_ms", (json_int_t)s->at_ms, "alarms", alarms_json(s, 1)));
    api_release(w, s);
}

void api_events(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    a->response = events_open(w->events, c->connection);
    if (!a->response) http_fail(a, 503, "too many pages are open (%d): close one", EVENTS_CLIENTS_MAX);
}
