/* Homes side by side: see home_lanes.c. Private to the home's files. */
#ifndef ASSETS_HOME_LANES_H
#define ASSETS_HOME_LANES_H
#include "assets/home_run.h"
struct home_lanes { /* each row a number of all lanes */
    double par[sizeof(struct home_par) / sizeof(double)][ASSET_LANES];
    double made[sizeof(struct home_made) / sizeof(double)][ASSET_LANES];
    double x[sizeof(struct home_state) / sizeof(double)][ASSET_LANES];
    double cmd[sizeof(struct home_cmd) / sizeof(double)][ASSET_LANES];
};
enum { HOME_LANES_BYTES = sizeof(struct home_lanes) };
void home_lane_make(const struct asset_now *, void *lanes, int lane);
void home_lane_in(const struct asset_now *, void *lanes, int lane);
void home_lane_out(const void *lanes, int lane, void *x, void *cmd);
void home_lanes_step(const struct asset_now *, void *lanes, int alone, const double *const *exo, double *const *flow);
#endif
