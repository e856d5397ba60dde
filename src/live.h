/* Live: the village running on its twin with a store and the ports of the page. One village thread paces the rig: at speed 1 tracker and planner
 * have their own threads; faster, both run inline on it. */
#ifndef LIVE_H
#define LIVE_H
#include "design/rig.h"
#include "store/store.h"
#include "web/web.h"
struct live_options {
    const struct village *village;
    struct rig_options rig;
    struct store *store;
    double speed;
    int history_days;     /* simulated before the page is complete, when the store holds no state to continue from */
};
struct live;
struct live *live_open(const struct live_options *, struct err *);  /* starts the village thread */
void live_close(struct live *);                                     /* stops it and saves the state */
void live_ports(struct live *, struct web_ports *);
int64_t live_beat(const struct live *);                             /* rises while the village thread is alive: for the watchdog */
int live_dead(const struct live *);                                  /* 1: the planner hangs and control has ended; leave at once */
double live_warm_frac(const struct live *);
#endif
