/* Tools of the plants and the network: blending a reading into a state, guards that tolerate rounding, worth of
 * what is stored. */
#ifndef ASSETS_KIT_H
#define ASSETS_KIT_H
#include "assets/asset_help.h"
#include "village/policy.h"
#define RHO_WATER_KG_M3 1000.0
#define GRAVITY_M_S2 9.80665
/* Moves a state towards its reading; a missing reading (NAN) leaves it as predicted. gain 1 = trust the reading. */
static inline void pull(double *x, double reading, double gain)
{
    if (isfinite(reading)) *x += gain * (reading - *x);
}
/* Gain of a first-order observer with time constant tau_s over one step. */
static inline double observer_gain(double dt_s, double tau_s) { return 1 - exp(-dt_s / tau_s); }
/* Copies v into *to; 1 when that changed it by more than rounding (a guard that bit). */
static inline uint32_t bite(double *to, double v, double scale)
{
    int bit = !(fabs(*to - v) <= 1e-9 * scale);
    *to = v;
    return (uint32_t)bit;
}
/* A plan from inside its bounds leaves crumbs: less than a thousandth of the span is nothing. */
static inline double without_crumbs(double v, double span) { return fabs(v) < 1e-3 * span ? 0 : v; }
static inline double block_own(const struct block *b, int own, int t)
{
    return b->own[((size_t)t * b->shape->n_own + (size_t)own) * (size_t)b->lanes + (size_t)b->lane];
}
static inline double slot_s(const struct horizon *h, int t) { return h->dt_s[h->len[t]]; }
static inline double horizon_s(const struct horizon *h)
{
    double sum_s = 0;
    for (int t = 0; t < h->T; t++) sum_s += slot_s(h, t);
    return sum_s;
}
/* What a joule of electricity will be worth after the horizon. While the village buys, between its mean and its lowest price of
 * purchase, because what is stored then replaces purchase, but nobody knows in which hour; while it sells, the mean price of sale. Where nothing can be bought, a fiftieth of a joule
 * that goes unserved (our assumption): a store that is full in the evening is worth its wear, or an island would empty it. */
static inline double horizon_worth_per_J(const struct horizon *h)
{
    double sum = 0, sell = 0, low = h->buy[0], high = 0;
    for (int t = 0; t < h->T; t++) {
        sum += h->buy[t] * slot_s(h, t);
        sell += h->sell[t] * slot_s(h, t);
        low = fmin(low, h->buy[t]);
        high = fmax(high, h->buy[t]);
    }
    if (high <= 0 && h->policy) return 0.02 * h->policy->shortage_per_kWh / J_PER_KWH;
    double bought = 0.5 * (sum / horizon_s(h) + low), sold = fmin(bought, sell / horizon_s(h));
    return fmax(0, bought + h->sells_frac * (sold - bought));
}
#endif
