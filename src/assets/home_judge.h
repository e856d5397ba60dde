/* The zone of a home in place of its two-state rooms (`--fidelity high`). Private to the home's files. */
#ifndef ASSETS_HOME_JUDGE_H
#define ASSETS_HOME_JUDGE_H
#include <stddef.h>
struct asset_now;
struct home_state;
struct err;
size_t home_judge_bytes(void);
int home_judge_start(const struct asset_now *, void *judge, struct err *);
/* One step with the heat pump's heat (negative: cooling) and open windows; sets the three temperatures. */
void home_judge_rooms(const struct asset_now *, double heat_W, double vent_W_K, struct home_state *);
#endif
