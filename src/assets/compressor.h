/* A compressor that runs between least and rated power, and keeps least runs and rests (home, cold store). */
#ifndef ASSETS_COMPRESSOR_H
#define ASSETS_COMPRESSOR_H
#include "assets/kit.h"
struct compressor {
    double rated_W, least_W, run_min_s, rest_min_s, since_switch_s;
    int on;
};
/* The power it can run at for a wish. */
static inline double compressor_power_W(const struct compressor *c, double wanted_W)
{
    return wanted_W < 0.5 * c->least_W ? 0 : clamp(wanted_W, c->least_W, c->rated_W);
}
/* The same with runs and rests kept, as its own controller keeps them. */
static inline double compressor_kept_W(const struct compressor *c, double wanted_W)
{
    double power_W = compressor_power_W(c, wanted_W);
    if (c->on && power_W <= 0 && c->since_switch_s < c->run_min_s) return c->least_W;
    if (!c->on && power_W > 0 && c->since_switch_s < c->rest_min_s) return 0;
    return power_W;
}
/* A mean below the least power becomes a duty cycle whose runs and rests are long enough; its memory is the
 * compressor's own. */
static inline double compressor_duty_W(const struct compressor *c, double mean_W)
{
    double share = mean_W / c->least_W;
    if (share >= 1) return fmin(mean_W, c->rated_W);
    if (share < 0.02) return 0;
    double run_s = fmax(c->run_min_s, c->rest_min_s * share / (1 - share)), rest_s = run_s * (1 - share) / share;
    int on = c->on ? c->since_switch_s < run_s : c->since_switch_s >= rest_s;
    return on ? c->least_W : 0;
}
/* Time since the last switch at the end of a step of dt_s that ran at power_W. */
static inline double compressor_since_s(const struct compressor *c, double power_W, double dt_s)
{
    return (power_W > 0) == c->on ? lesser(c->since_switch_s + dt_s, 1e9) : dt_s;
}
#endif
