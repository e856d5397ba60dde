/* Small pieces that every class uses: bounds, pins and rules that bit; a reading blended into a state and its age; numbers of a
 * block; the worth of what is stored. */
#ifndef ASSETS_KIT_H
#define ASSETS_KIT_H
#include "village/asset.h"
#include "village/policy.h"
#include <math.h>
#define RHO_WATER_KG_M3 1000.0
#define GRAVITY_M_S2 9.80665
static inline double clamp(double v, double lo, double hi) { return v < lo ? lo : v > hi ? hi : v; }
/* fmin and fmax without their care for what is not a number: one instruction instead of a call. Not for readings. */
static inline double lesser(double a, double b) { return a < b ? a : b; }
static inline double greater(double a, double b) { return a > b ? a : b; }
static inline double or_else(double v, double other) { return isfinite(v) ? v : other; }
enum { J_PER_KWH = 3600000, SLOT_LENGTHS_MAX = 8 }; /* second: different slot lengths in one horizon */
/* Guard step: *cmd becomes v; returns bit when that changed it (a NAN always counts as changed). */
static inline uint32_t guard_set(double *cmd, double v, int rule)
{
    uint32_t bit = *cmd == v ? 0 : 1u << rule;
    *cmd = v;
    return bit;
}
/* Keeps *cmd in [lo, hi]; what is not a number becomes `instead`, which must lie inside. */
static inline uint32_t guard_range(double *cmd, double lo, double hi, double instead, int rule)
{
    return guard_set(cmd, isfinite(*cmd) ? clamp(*cmd, lo, hi) : instead, rule);
}
/* The bounds of a planned input: free in [lo, hi], or held at its pin. */
#define PIN(pin, member) ((pin) ? (pin)->member : (double)NAN)
struct bounds {
    double lo, hi;
};
static inline struct bounds bounds_pinned(double lo, double hi, double pin)
{
    if (!isfinite(pin)) return (struct bounds){lo, hi};
    pin = clamp(pin, lo, hi);
    return (struct bounds){pin, pin};
}
/* Age of one reading, s: INFINITY when it never came, 0 where a device sees itself. READING_AGE_S(now, struct meas, temp_degC). A state
 * whose own reading is older than reading_old_s is a guess, and a guard that leans on it takes the safe side. */
#define READING_AGE_S(now, type, member) reading_age_s((now), (int)(offsetof(type, member) / sizeof(double)))
static const double reading_old_s = 900;
static inline double reading_age_s(const struct asset_now *now, int row)
{
    if (!now->meas_ms) return 0;
    return now->meas_ms[row] == INT64_MIN ? (double)INFINITY : (double)(now->at_ms - now->meas_ms[row]) / 1000;
}
/* How far a modelled temperature may be off when its thermometer has been silent: half a kelvin an hour (our assumption), at most two. */
static inline double guess_K(double age_s) { return clamp((age_s - reading_old_s) / 7200, 0, 2); }
/* 1, or 0 for an asset out of service: the plan may not count on what it would take or give. */
static inline double in_service(const struct asset_now *now) { return now->status & STATUS_OUT ? 0 : 1; }
/* A number that does not depend on the slot's length. */
static inline void block_set_all(struct block *b, int n_len, int num, double v)
{
    for (int l = 0; l < n_len; l++) block_set(b, l, num, v);
}
/* Moves a state towards its reading; a missing reading (NAN) leaves it as predicted. gain 1 = trust the reading. */
static inline void pull(double *x, double reading, double gain)
{
    *x = isfinite(reading) ? *x + gain * (reading - *x) : *x;
}
/* Gain of a first-order observer with time constant tau_s over one step. */
static inline double observer_gain(double dt_s, double tau_s) { return 1 - exp(-dt_s / tau_s); }
/* The same where `made` is nothing but that gain: make is `*(double *)made = observer_gain(dt_s, tau_s)`. */
static inline double made_gain(const struct asset_now *now, double tau_s)
{
    return now->made ? *(const double *)now->made : observer_gain(now->dt_s, tau_s);
}
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
