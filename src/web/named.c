/* Figures that are no series, by name: what the plan and the tariff say. The page's `data-series` names them, /api/plan
 * carries those of the plan, /api/why answers for each. */
#include "control/run.h"
#include "web/api.h"
#include <math.h>
#include <string.h>

static const double J_PER_KWH = 3.6e6;

static double price_root(const struct web *w, const struct snapshot *s)
{
    const struct plan *p = s->plan;
    int t = p ? plan_slot(p, s->at_ms) : -1;
    int32_t root = s->village->n_elec ? s->village->node_order[s->village->n_elec - 1] : -1;
    (void)w;
    return t >= 0 && root >= 0 && p->price ? p->price[(size_t)root * (size_t)p->T + (size_t)t] * J_PER_KWH
                                           : (double)NAN;
}

static double buy_now(const struct web *w, const struct snapshot *s)
{
    const struct tariff_period *row = tariff_at(&s->village->tariff, &s->village->site.zone, s->at_ms);
    (void)w;
    return row ? row->buy_per_kWh : (double)NAN;
}

static double sell_now(const struct web *w, const struct snapshot *s)
{
    const struct tariff_period *row = tariff_at(&s->village->tariff, &s->village->site.zone, s->at_ms);
    (void)w;
    return row ? row->sell_per_kWh : (double)NAN;
}

/* A figure of the plan at the meter's tariff, over its first 24 hours. */
static double plan_money(const struct web *w, const struct plan *p, const char *key, const double *per_J)
{
    const struct figure *f = board_find(w->board, key);
    double sum = 0;
    for (int t = 0; f && per_J && t < p->T && p->start_ms[t] < p->start_ms[0] + MS_DAY; t++) {
        struct vectors at = {.flow = p->flow + (size_t)t * (size_t)p->n_flow};
        double W = expr_value(&f->parsed, &at), hours = (double)(p->start_ms[t + 1] - p->start_ms[t]) / MS_HOUR;
        if (isfinite(W) && isfinite(per_J[t])) sum += W / 1e3 * hours * per_J[t] * J_PER_KWH;
    }
    return sum;
}

static double plan_bought(const struct web *w, const struct snapshot *s)
{
    return s->plan ? plan_money(w, s->plan, "grid_in", s->plan->buy) : (double)NAN;
}
static double plan_sold(const struct web *w, const struct snapshot *s)
{
    return s->plan ? plan_money(w, s->plan, "grid_out", s->plan->sell) : (double)NAN;
}
static double plan_gap(const struct web *w, const struct snapshot *s)
{
    const struct plan *p = s->plan;
    (void)w;
    return p ? fmax(0, p->result.cost - p->result.bound) / fmax(fabs(p->result.cost), 1e-9) : (double)NAN;
}
static double plan_solve(const struct web *w, const struct snapshot *s)
{
    (void)w;
    return s->plan ? s->plan->result.time_s : (double)NAN;
}

static const struct {
    const char *id, *unit;
    double (*value)(const struct web *, const struct snapshot *);
} named[] = {
    // clang-format off
    {"@price.root",    "price_per_kWh", price_root},
    {"@tariff.buy",    "price_per_kWh", buy_now},
    {"@tariff.sell",   "price_per_kWh", sell_now},
    {"@plan.bought",   "money",         plan_bought},
    {"@plan.sold",     "money",         plan_sold},
    {"@plan.gap_frac", "gap_frac",      plan_gap},
    {"@plan.solve_s",  "solve_s",       plan_solve},
    // clang-format on
};
enum { N_NAMED = sizeof named / sizeof named[0] };

json_t *named_why(const struct web *w, const struct snapshot *s, const char *id)
{
    for (int i = 0; i < N_NAMED; i++)
        if (!strcmp(named[i].id, id))
            return json_pack("{s:s, s:s, s:o, s:i, s:o, s:o}", "point", id, "u", named[i].unit, "v",
                             api_number(named[i].value(w, s)), "members", 0, "parts", json_array(), "setpoints",
                             json_array());
    return NULL;
}

json_t *named_json(const struct web *w, const struct snapshot *s, const char *prefix)
{
    json_t *all = json_object();
    for (int i = 0; i < N_NAMED; i++)
        if (!strncmp(named[i].id, prefix, strlen(prefix)))
            json_object_set_new(all, named[i].id,
                                json_pack("{s:o, s:s}", "v", api_number(named[i].value(w, s)), "u", named[i].unit));
    return all;
}
