/* Small pieces that every asset class uses: bounds, pins, rules that bit. */
#ifndef ASSETS_ASSET_HELP_H
#define ASSETS_ASSET_HELP_H
#include "village/asset.h"
#include <math.h>
static inline double clamp(double v, double lo, double hi) { return v < lo ? lo : v > hi ? hi : v; }
/* fmin and fmax without their care for what is not a number: one instruction instead of a call. Not for readings. */
static inline double lesser(double a, double b) { return a < b ? a : b; }
static inline double greater(double a, double b) { return a > b ? a : b; }
static inline double or_else(double v, double other) { return isfinite(v) ? v : other; }
enum { J_PER_KWH = 3600000, SLOT_LENGTHS_MAX = 8 }; /* second: different slot lengths in one horizon */
/* Guard step: *cmd becomes v; returns bit when that changed it (a NAN always counts as changed). */
static inline uint32_t guard_set(double *cmd, double v, int rule)
{
    if (*cmd == v) return 0;
    *cmd = v;
    return 1u << rule;
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
#endif
