/* The village meter's bill. See bill.h. Netted within a quarter-hour, as interval meters settle. */
#include "design/bill.h"
#include <math.h>

void bill_open(struct bill *b, const struct village *v, int64_t at_ms, double paid_peak_W)
{
    *b = (struct bill){.village = v, .quarter_ms = at_ms - at_ms % MS_QUARTER, .paid_peak_W = paid_peak_W};
    b->month_ms = local_month_start_ms(&v->site.zone, at_ms);
}

static void charge_month(struct bill *b)
{
    double charged_kW = fmax(0, b->month_peak_W - b->paid_peak_W) / 1000.0;
    struct money peak = money_from_units(b->village->tariff.peak_per_kW_month * charged_kW);
    b->peak = money_add(b->peak, peak);
    b->month_peak_W = b->paid_peak_W = 0;
}

static void close_quarter(struct bill *b)
{
    const struct village *v = b->village;
    int64_t in_Wh = llround(b->import_J / 3600.0) - b->import_Wh,
            out_Wh = llround(b->export_J / 3600.0) - b->export_Wh;
    int64_t net_Wh = in_Wh - out_Wh;
    b->import_Wh += in_Wh;
    b->export_Wh += out_Wh;
    if (net_Wh > 0)
        b->energy =
            money_add(b->energy, money_of_energy(tariff_buy(&v->tariff, &v->site.zone, b->quarter_ms), net_Wh));
    else
        b->feed_in =
            money_add(b->feed_in, money_of_energy(tariff_sell(&v->tariff, &v->site.zone, b->quarter_ms), -net_Wh));
    double mean_W = (double)net_Wh * 4.0;
    b->month_peak_W = fmax(b->month_peak_W, mean_W);
    b->peak_W = fmax(b->peak_W, mean_W);
}

void bill_add(struct bill *b, int64_t at_ms, double grid_W, double dt_s)
{
    if (grid_W > 0)
        b->import_J += grid_W * dt_s;
    else
        b->export_J -= grid_W * dt_s;
    if (at_ms < b->quarter_ms + MS_QUARTER) return;
    close_quarter(b);
    b->quarter_ms = at_ms - at_ms % MS_QUARTER;
    int64_t month_ms = local_month_start_ms(&b->village->site.zone, b->quarter_ms);
    if (month_ms != b->month_ms) charge_month(b);
    b->month_ms = month_ms;
}

void bill_close(struct bill *b, int64_t at_ms)
{
    if (at_ms > b->quarter_ms) close_quarter(b);
    b->quarter_ms = at_ms;
    charge_month(b);
}

struct money bill_total(const struct bill *b) { return money_sub(money_add(b->energy, b->peak), b->feed_in); }
