/* Rig: a village's twin in its world with the real controller around it, on one virtual clock. Simulate, dispatch and the live run
 * are all this rig, advanced in different ways; only its ports know that the devices are a twin. */
#ifndef DESIGN_RIG_H
#define DESIGN_RIG_H
#include "control/run.h"
#include "twin/twin.h"
#include "world/world.h"
struct rig_options {
    const char *weather_file, *river; /* NULL: see world_options */
    uint64_t seed;
    int64_t start_ms;
    int64_t tick_ms;
    double hours;   /* planned ahead in quarter-hours; 0: 4 h of them, then 20 slots of an hour (same cost, a third of the work) */
    double solve_s; /* time limit of one plan; 0: 300, so that a figure does not depend on the machine */
    double gap_rel; /* certified gap asked of a plan; 0: the controller's own */
    int threads;    /* 1 or 2: the second helps a solve, and draws the world's next day; the same to the last bit; 0: 1 */
    int fractions;  /* 1: plans may split whole units */
    enum controller controller;
    enum twin_fidelity fidelity;
    int (*record)(void *self, const struct snapshot *); /* MAY: passed to the controller's ports */
    void (*learned)(void *self); /* MAY: likewise */
    void *record_self; /* of both */
    double record_s; /* how often; 0: 60, less than a tick: after every tick */
};
struct rig;
struct rig *rig_open(const struct village *, const struct rig_options *, struct err *); /* NULL on error */
void rig_close(struct rig *);
/* Steps twin and controller to until_ms, planning inline when due. `seen` MAY be NULL; called after every step with the truth. */
void rig_advance(struct rig *, int64_t until_ms, void (*seen)(void *self, struct rig *, double dt_s), void *self);
int64_t rig_now_ms(const struct rig *);
struct control *rig_control(struct rig *);
struct twin *rig_twin(struct rig *);
struct world *rig_world(struct rig *);
int rig_set_controller(struct rig *, enum controller); /* takes effect at the next tick */

/* Live: the rig follows the wall clock, `speed` times faster, from where it stands. rig_follow is one round of pacing on the caller's
 * thread (inline: for speeds above 1 and for catching up); rig_start gives tracker and planner their own threads (speed 1). */
void rig_set_tick(struct rig *, int64_t tick_ms);      /* when no threads of control run */
void rig_pace(struct rig *, double speed);
double rig_speed(const struct rig *);
int64_t rig_clock_ms(const struct rig *);              /* where the paced clock stands */
int rig_follow(struct rig *, double budget_s);         /* advances towards the clock for at most budget_s; 1 = caught up */
int rig_start(struct rig *, struct err *);
int rig_stop(struct rig *);                            /* as control_stop */
/* The world and the twin may be touched by another thread only between these; hold them for less than a tick. */
void rig_lock(struct rig *);
void rig_unlock(struct rig *);
/* Everything that evolves (twin and controller), for a restart or a "what if" in another rig of the same village. */
/* Goes on from another rig, of another version of the same village (control/map.c). When nothing of both runs. */
void rig_map(struct rig *, const struct rig *from);
size_t rig_save_bytes(const struct rig *);
void rig_save(struct rig *, void *mem);
int64_t rig_saved_ms(const void *mem);                     /* the instant at which it was saved */
int rig_load(struct rig *, const void *mem, size_t bytes); /* 0, or -1: not of this village */
#endif
