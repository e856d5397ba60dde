/* Live: the village running on its twin with a store and the ports of the page. One village thread paces the rig: at speed 1 tracker and planner
 * have their own threads; faster, both run inline on it. */
#ifndef LIVE_H
#define LIVE_H
#include "design/rig.h"
#include "store/store.h"
#include "web/web.h"
struct live_options {
    struct village *village; /* live_village's owner is the caller, whichever that is when it closes */
    struct rig_options rig;
    struct store *store;
    const char *db;       /* path of the data base, or ":memory:": the records of the land are there too */
    double speed;
    int history_days;     /* simulated before the page is complete, when the store holds no state to continue from */
};
struct live;
struct live *live_open(const struct live_options *, struct err *);  /* starts the village thread */
void live_close(struct live *);                                     /* stops it and saves the state */
/* The village file read again while all runs on: NULL + err (one line) when it is wrong or no rig can be built from it. */
struct stage;
struct stage *live_stage(struct live *, struct err *);
void stage_free(struct stage *);
/* Stops the village between two ticks, and lets it go on. 0, or -1 + err: the planner does not end. */
int live_park(struct live *, struct err *);
void live_unpark(struct live *);
/* While parked and nobody uses the ports: the state is carried over and the staged village takes over. 0: the old one is freed and
 * the ports are to be asked for again; -1 + err: as before. The stage is used up. */
int live_swap(struct live *, struct stage *, struct err *);
int live_reload_wanted(struct live *);                              /* 1 once after somebody asked for it through the ports */
struct village *live_village(struct live *);
void live_ports(struct live *, struct web_ports *);
int64_t live_beat(const struct live *);                             /* rises while the village thread is alive: for the watchdog */
int live_dead(const struct live *);                                  /* 1: the planner hangs and control has ended; leave at once */
double live_warm_frac(const struct live *);
#endif
