/* The judge. Everything class-specific comes from the classes' own `tally`, flows from the twin's truth. See account.h. */
#include "design/account.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct account {
    const struct village *village;
    struct bill bill;
    struct tally first; /* sums over all assets at the start, for what runs on */
    double load_J, over_limit_J, curtailed_J, flared_J, light_J, unserved_J;
    double *cold_K_s, *warm_K_s; /* per asset */
    double coldest_degC, seconds;
    int32_t *room; /* per asset: state index of temp_degC of a home, or -1 */
};

static struct tally tally_of(const struct village *v, const struct state *s, int32_t a)
{
    struct tally t = {0};
    struct asset_now now = asset_view(v, s, a, NULL, 1);
    if (v->asset[a].cls->tally) v->asset[a].cls->tally(&now, &t);
    return t;
}

static struct tally tally_sum(const struct village *v, const struct state *s)
{
    struct tally sum = {0};
    for (int32_t a = 0; a < v->n_asset; a++) {
        struct tally t = tally_of(v, s, a);
        sum.stored_J += t.stored_J;
        sum.hot_short_J += t.hot_short_J;
        sum.car_short_J += t.car_short_J;
        sum.cycled_J += t.cycled_J;
        sum.starts += t.starts;
    }
    return sum;
}

/* Sum of a state over the common meters. */
static double at_meters(const struct village *v, const struct state *s, const char *key)
{
    double sum = 0;
    for (int32_t a = village_class_next(v, "grid", -1); a >= 0; a = village_class_next(v, "grid", a)) {
        int k = field_find(&v->asset[a].cls->state, key);
        if (k >= 0) sum += s->x[v->asset[a].x + k];
    }
    return sum;
}

struct account *account_open(const struct village *v, const struct state *truth, int64_t at_ms)
{
    struct account *k = calloc(1, sizeof *k);
    if (!k) abort();
    k->village = v;
    k->coldest_degC = INFINITY;
    k->cold_K_s = calloc((size_t)v->n_asset * 2 + 1, sizeof *k->cold_K_s);
    k->room = calloc((size_t)v->n_asset + 1, sizeof *k->room);
    if (!k->cold_K_s || !k->room) abort();
    k->warm_K_s = k->cold_K_s + v->n_asset;
    for (int32_t a = 0; a < v->n_asset; a++)
        k->room[a] = strcmp(v->asset[a].cls->name, "home") ? -1 : field_find(&v->asset[a].cls->state, "temp_degC");
    k->first = tally_sum(v, truth);
    bill_open(&k->bill, v, at_ms,
              local_month_start_ms(&v->site.zone, at_ms) == at_ms ? 0 : at_meters(v, truth, "peak_W"));
    return k;
}

static void add_asset(struct account *k, const struct state *s, int32_t a, double dt_s)
{
    const struct asset *asset = &k->village->asset[a];
    struct tally t = tally_of(k->village, s, a);
    k->curtailed_J += t.curtailed_W * dt_s;
    k->flared_J += t.flared_W * dt_s;
    k->light_J += t.light_W * dt_s;
    k->over_limit_J += t.over_limit_W * dt_s;
    k->unserved_J += t.unserved_W * dt_s;
    k->cold_K_s[a] += t.cold_K * dt_s;
    k->warm_K_s[a] += t.warm_K * dt_s;
    if (k->room[a] >= 0) k->coldest_degC = fmin(k->coldest_degC, s->x[asset->x + k->room[a]]);
    if (asset->cls->n_port == 0 || !strcmp(asset->cls->name, "grid") || !strcmp(asset->cls->name, "battery"))
        return;
    for (int p = 0; p < asset->cls->n_port; p++)
        if (asset->cls->port[p].carrier == CARRIER_ELEC && strcmp(asset->cls->name, "line"))
            k->load_J += fmax(0, -s->flow[asset->flow + p]) * dt_s;
}

static double grid_W(const struct village *v, const struct state *s)
{
    double sum_W = 0;
    for (int32_t a = village_class_next(v, "grid", -1); a >= 0; a = village_class_next(v, "grid", a))
        sum_W += s->flow[v->asset[a].flow];
    return sum_W;
}

void account_add(struct account *k, const struct state *truth, const double *residual, double dt_s)
{
    const struct village *v = k->village;
    k->seconds += dt_s;
    for (int32_t a = 0; a < v->n_asset; a++) add_asset(k, truth, a, dt_s);
    for (int n = 0; n < v->n_node; n++)
        if (v->node[n].carrier == CARRIER_ELEC) k->unserved_J += fmax(0, -residual[n]) * dt_s;
    bill_add(&k->bill, truth->at_ms, grid_W(v, truth), dt_s);
}

static int compare_down(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Sum over homes and the mean of the worst tenth of them. */
static void judge_comfort(struct account *k, struct outcome *o)
{
    int n = 0;
    double *home = k->cold_K_s; /* reused in place: homes only, in K.h */
    for (int32_t a = 0; a < k->village->n_asset; a++)
        if (k->room[a] >= 0) home[n++] = (k->cold_K_s[a] + k->warm_K_s[a]) / 3600.0;
    qsort(home, (size_t)n, sizeof *home, compare_down);
    int worst = (n + 9) / 10;
    for (int i = 0; i < n; i++) {
        o->unmet_K_h += home[i];
        if (i < worst) o->unmet_worst_tenth_K_h += home[i] / worst;
    }
}

/* What a stored kWh will save or bring later: where the village buys, between the mean and the lowest price of the day, since
 * nobody knows in which hour it is used; where it sells, the price of sale (the classes value what a plan leaves in store in the
 * same way). */
static double worth_per_kWh(const struct village *v, int64_t at_ms, double sells_frac)
{
    double sum = 0, sell = 0, low = HUGE_VAL;
    for (int q = 0; q < 96; q++) {
        const struct tariff_period *now = tariff_at(&v->tariff, &v->site.zone, at_ms + q * (int64_t)MS_QUARTER);
        sum += now->buy_per_kWh / 96;
        sell += now->sell_per_kWh / 96;
        low = fmin(low, now->buy_per_kWh);
    }
    double bought = 0.5 * (sum + low);
    return bought + sells_frac * (fmin(bought, sell) - bought);
}

static void price(const struct account *k, const struct tally *last, int64_t at_ms, struct outcome *o)
{
    const struct policy *p = &k->village->policy;
    o->stored_Wh = (last->stored_J - k->first.stored_J) / 3600.0;
    o->stored_value = o->stored_Wh / 1000.0 * worth_per_kWh(k->village, at_ms, o->sells_frac);
    o->discomfort = o->unmet_K_h * p->comfort_per_K_h + o->hot_water_unmet_Wh / 1000.0 * p->hot_water_per_kWh +
                    o->car_unmet_Wh / 1000.0 * p->car_per_kWh;
    o->wear = (last->cycled_J - k->first.cycled_J) / 3.6e6 * p->cycle_per_kWh +
              (last->starts - k->first.starts) * p->start_cost;
    o->cost = money_units(o->bill) + o->discomfort + o->wear + o->unserved_Wh / 1000.0 * p->shortage_per_kWh -
              o->stored_value;
}

void account_close(struct account *k, const struct state *truth, struct outcome *o)
{
    struct tally last = tally_sum(k->village, truth);
    bill_close(&k->bill, truth->at_ms);
    *o = (struct outcome){.days = k->seconds / 86400.0, .bill = bill_total(&k->bill)};
    o->energy = k->bill.energy, o->feed_in = k->bill.feed_in, o->peak_charge = k->bill.peak;
    o->import_Wh = (double)k->bill.import_Wh, o->export_Wh = (double)k->bill.export_Wh, o->peak_W = k->bill.peak_W;
    o->load_Wh = k->load_J / 3600.0;
    o->self_sufficiency_frac = o->load_Wh > 0 ? 1 - o->import_Wh / o->load_Wh : 0;
    o->over_limit_Wh = k->over_limit_J / 3600.0, o->curtailed_Wh = k->curtailed_J / 3600.0;
    o->flared_Wh = k->flared_J / 3600.0, o->lamp_Wh = k->light_J / 3600.0, o->unserved_Wh = k->unserved_J / 3600.0;
    o->hot_water_unmet_Wh = (last.hot_short_J - k->first.hot_short_J) / 3600.0;
    o->car_unmet_Wh = (last.car_short_J - k->first.car_short_J) / 3600.0;
    o->coldest_degC = k->coldest_degC;
    judge_comfort(k, o);
    o->sells_frac = fmin(1, at_meters(k->village, truth, "sells_frac"));
    price(k, &last, truth->at_ms, o);
    free(k->cold_K_s);
    free(k->room);
    free(k);
}

void account_alike(const struct village *v, int64_t at_ms, struct outcome *const *o, int n)
{
    double sells_frac = 0;
    for (int i = 0; i < n; i++) sells_frac += o[i]->sells_frac / n;
    double per_kWh = worth_per_kWh(v, at_ms, sells_frac);
    for (int i = 0; i < n; i++) {
        double value = o[i]->stored_Wh / 1000.0 * per_kWh;
        o[i]->cost += o[i]->stored_value - value;
        o[i]->stored_value = value;
        o[i]->sells_frac = sells_frac;
    }
}
