/* GET /api/prices?from=&to=: per quarter-hour the meter's tariff (from the village file, any time) and the
 * village's own price: of the root electricity node, as the plan that held then had it. The latter is kept for
 * eight days in memory; null before. */
#include "control/run.h"
#include "web/api.h"
#include <math.h>

static const double J_PER_KWH = 3.6e6;

/* Called with every snapshot seen: a plan writes all its slots, so that what stays behind now is the last plan's
 * word. */
void prices_learn(struct prices *p, const struct snapshot *s)
{
    const struct plan *plan = s->plan;
    const struct village *v = s->village;
    if (!plan || !plan->price || v->n_elec == 0 || plan->id == p->plan) return;
    const double *price = plan->price + (size_t)v->node_order[v->n_elec - 1] * (size_t)plan->T;
    pthread_mutex_lock(&p->lock);
    for (int t = 0; t < plan->T; t++) {
        for (int64_t at = plan->start_ms[t] / MS_QUARTER; at * MS_QUARTER < plan->start_ms[t + 1]; at++)
            if (at >= 0) p->slot[at % PRICES_SLOTS] = (struct price_slot){at, price[t] * J_PER_KWH};
    }
    p->plan = plan->id;
    pthread_mutex_unlock(&p->lock);
}

static json_t *slot_json(struct prices *p, const struct village *v, int64_t quarter, int64_t now_ms)
{
    int64_t at_ms = quarter * MS_QUARTER;
    const struct tariff_period *row = tariff_at(&v->tariff, &v->site.zone, at_ms);
    pthread_mutex_lock(&p->lock);
    struct price_slot k = p->slot[quarter % PRICES_SLOTS];
    pthread_mutex_unlock(&p->lock);
    int known = k.quarter == quarter && at_ms <= now_ms;
    return json_pack("{s:I, s:o, s:o, s:o}", "at_ms", (json_int_t)at_ms, "buy",
                     api_number(row ? row->buy_per_kWh : (double)NAN), "sell",
                     api_number(row ? row->sell_per_kWh : (double)NAN), "price",
                     api_number(known ? k.per_kWh : (double)NAN));
}

void api_prices(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    const struct snapshot *s = api_snapshot(w, a);
    if (!s) return;
    int64_t now_ms = s->at_ms;
    api_release(w, s);
    int64_t from = api_query_ms(c, "from", now_ms - MS_DAY), to = api_query_ms(c, "to", now_ms);
    if (from < 0 || to < from || (to - from) / MS_QUARTER > PRICES_SLOTS) {
        http_fail(a, 400, "from and to must lie within eight days of each other");
        return;
    }
    json_t *slots = json_array();
    for (int64_t q = from / MS_QUARTER; q * MS_QUARTER < to; q++)
        json_array_append_new(slots, slot_json(&w->prices, w->ports.village, q, now_ms));
    api_send(a, json_pack("{s:I, s:o}", "at_ms", (json_int_t)now_ms, "slots", slots));
}
