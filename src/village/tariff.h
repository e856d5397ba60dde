/* Tariff: what energy over the village's one meter costs, by local time. Prices are data from the village file. */
#ifndef VILLAGE_TARIFF_H
#define VILLAGE_TARIFF_H
#include "base/instant.h"
#include "base/money.h"
enum { TARIFF_PERIODS_MAX = 16 };
struct tariff_period {                   /* first matching row wins; the last row matches always */
    uint16_t months, weekdays;           /* bit m-1 for month m; bit d for weekday d (0 = Sunday); 0 = all */
    double from_hour, until_hour;        /* local; from > until wraps over midnight; equal = whole day */
    double buy_per_kWh, sell_per_kWh;    /* currency units */
};
struct tariff {
    const char *name, *currency;
    struct tariff_period period[TARIFF_PERIODS_MAX];
    int n_period;
    double peak_per_kW_month;            /* charge on the month's highest 15-minute mean import */
    double standing_per_month;
};
const struct tariff_period *tariff_at(const struct tariff *, const struct zone *, int64_t at_ms);
struct price tariff_buy(const struct tariff *, const struct zone *, int64_t at_ms);
struct price tariff_sell(const struct tariff *, const struct zone *, int64_t at_ms);
#endif
