/* Tariff: the price of energy at the village's one meter by local time. The rows are data, searched in the order of
 * the file; the first that matches wins, so that a narrow row (a winter evening) stands before a wide one (every
 * day). Months and weekdays are those of the local civil day in which the instant lies: a night row that wraps over
 * midnight and names Friday covers Friday 00:00-06:00 and Friday 22:00-24:00. Left out: block tariffs and prices
 * set day by day. */
#include "village/tariff.h"
#include "base/err.h"

static int hour_matches(const struct tariff_period *p, double hour)
{
    if (p->from_hour < p->until_hour) return hour >= p->from_hour && hour < p->until_hour;
    if (p->from_hour > p->until_hour) return hour >= p->from_hour || hour < p->until_hour;
    return 1;
}

static int period_matches(const struct tariff_period *p, const struct civil *c)
{
    double hour = c->hour + c->minute / 60.0 + c->second / 3600.0;
    if (p->months && !(p->months >> (c->month - 1) & 1)) return 0;
    if (p->weekdays && !(p->weekdays >> c->weekday & 1)) return 0;
    return hour_matches(p, hour);
}

const struct tariff_period *tariff_at(const struct tariff *t, const struct zone *z, int64_t at_ms)
{
    must(t->n_period > 0, "a tariff without a period");
    struct civil c = civil_at(z, at_ms);
    for (int i = 0; i < t->n_period - 1; i++)
        if (period_matches(&t->period[i], &c)) return &t->period[i];
    return &t->period[t->n_period - 1];
}

struct price tariff_buy(const struct tariff *t, const struct zone *z, int64_t at_ms)
{
    return price_from_units_per_kWh(tariff_at(t, z, at_ms)->buy_per_kWh);
}

struct price tariff_sell(const struct tariff *t, const struct zone *z, int64_t at_ms)
{
    return price_from_units_per_kWh(tariff_at(t, z, at_ms)->sell_per_kWh);
}
