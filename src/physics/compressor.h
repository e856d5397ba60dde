/* A compressor that runs between least and rated power, and keeps least runs and rests: the machine of heat pumps and cold stores. Oil must come back and
 * pressures must settle between a stop and the next start, so its own controller keeps both times (five minutes are usual: Honeywell 69-1431). */
#ifndef PHYSICS_COMPRESSOR_H
#define PHYSICS_COMPRESSOR_H
#include <math.h>
struct compressor {
    double rated_W, least_W, run_min_s, rest_min_s, since_switch_s;
    int on;
};
/* The power it can run at for a wish. (Choices, not branches: homes run side by side in vector lanes.) */
static inline double compressor_power_W(const struct compressor *c, double wanted_W)
{
    double most_W = wanted_W > c->rated_W ? c->rated_W : wanted_W;
    return wanted_W < 0.5 * c->least_W ? 0 : wanted_W < c->least_W ? c->least_W : most_W;
}
/* The same with runs and rests kept, as its own controller keeps them. */
static inline double compressor_kept_W(const struct compressor *c, double wanted_W)
{
    double power_W = compressor_power_W(c, wanted_W);
    double running_W = ((power_W <= 0) & (c->since_switch_s < c->run_min_s)) ? c->least_W : power_W;
    double resting_W = ((power_W > 0) & (c->since_switch_s < c->rest_min_s)) ? 0 : power_W;
    return c->on ? running_W : resting_W;
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
    double longer_s = c->since_switch_s + dt_s;
    return (power_W > 0) != c->on ? dt_s : longer_s < 1e9 ? longer_s : 1e9;
}
#endif
