/* River flow: the month's mean times a lognormal disturbance with memory. The logarithm of the disturbance is AR(1)
 * driven by shots (rain and melt: rare, exponential, upwards), so that it jumps up and falls back exponentially as
 * a recession does (shot-noise hydrograph: Weiss, Water Resources Research 13, 1977; recession constant = the
 * persistence). The year closes on itself and each month's mean is the norm's. Between days the logarithm is
 * straight, which is a recession. Left out: rainfall-runoff coupling with the same year's weather, ice, travel
 * time, daily melt wave. */
#include "world/river.h"
#include "base/random.h"
#include "village/village.h"
#include "world/weather.h"
#include <math.h>

enum { DAYS = WEATHER_DAYS };
static const double shot_probability = 0.15; /* a rise about once a week */

static void disturbance(double *x, double log_sd, double rho, struct random *r)
{
    double shot[DAYS], state = 0.0, p = shot_probability;
    double mean =
        log_sd * sqrt((1.0 - rho * rho) / (2.0 * p - p * p)); /* of one shot: gives log_sd in the long run */
    for (int d = 0; d < DAYS; d++) {
        int rise = random_uniform(r) < p;
        shot[d] = rise ? random_exponential(r, mean) : 0.0;
    }
    for (int round = 0; round < 3; round++)
        for (int d = 0; d < DAYS; d++) x[d] = state = rho * state + shot[d] - p * mean;
}

void river_make(struct river *river, const struct river_year *y, uint64_t seed)
{
    struct random r = random_stream(seed, y->name ? y->name : "river");
    double x[DAYS], rho = y->persistence > 0.0 && y->persistence < 1.0 ? y->persistence : 0.95, anchor[12];
    disturbance(x, y->log_sd > 0.0 ? y->log_sd : 0.4, rho, &r);
    for (int m = 0; m < 12; m++) anchor[m] = y->mean_m3_s[m];
    for (int round = 0; round < 30; round++) {
        double sum[12] = {0}, n[12] = {0};
        for (int d = 0; d < DAYS; d++) {
            double at = (d + 0.5) / DAYS * 12.0 - 0.5, k = floor(at), f = at - k;
            int i = ((int)k + 12) % 12, m = weather_month(d);
            double mean = anchor[i] * (1.0 - f) + anchor[(i + 1) % 12] * f, flow = mean * exp(x[d]);
            river->log_m3_s[d] = log(flow);
            sum[m] += flow, n[m] += 1.0;
        }
        for (int m = 0; m < 12; m++) /* gently: neighbours share the days between mid-months */
            if (sum[m] > 0.0) anchor[m] *= pow(y->mean_m3_s[m] / (sum[m] / n[m]), round < 20 ? 0.7 : 1.0);
    }
}

double river_at(const struct river *r, double hour_of_year)
{
    double u = hour_of_year / 24.0 - 0.5, k = floor(u), f = u - k;
    int i = ((int)k + DAYS) % DAYS, j = (i + 1) % DAYS;
    return exp(r->log_m3_s[i] * (1.0 - f) + r->log_m3_s[j] * f);
}
