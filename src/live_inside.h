/* What live.c and try.c share. */
#ifndef LIVE_INSIDE_H
#define LIVE_INSIDE_H
#include "live.h"
#include "live_land.h"
#include <pthread.h>
#include <stdatomic.h>
enum { TRIED_MAX = WEB_FAULTS_MAX };
struct tried { char action[24]; int row; int64_t until_ms; struct world_fault fault; }; /* row of the world's table of faults */
struct comparing {
    pthread_t thread;
    int started;
    atomic_int cancel;
    pthread_mutex_t lock;
    struct web_compare result;
    double began_s;
    void *state;          /* the rig as it was when the comparison began */
    size_t state_bytes;
    struct world_fault fault[WORLD_FAULTS_MAX];
    int n_fault;
};
struct live {
    struct live_options o;
    struct rig *rig;
    struct live_land *land;
    pthread_t thread;
    atomic_int stop, save_soon, park, parked, reload_wanted;
    atomic_llong beat;
    _Atomic double warm_frac, speed_wanted, achieved; /* achieved: of the last two seconds or so, 0: not known */
    struct { double at_s; int64_t at_ms; } timed; /* where the measured stretch began; the village thread's */
    pthread_mutex_t tried_lock;
    struct tried tried[TRIED_MAX];
    int n_tried;
    int64_t recorded_ms;  /* last row given to the store */
    int32_t *series;      /* scratch of the recording thread: ids and values of the finite series */
    float *value;
    int behind, save_failed; /* the recording thread's: the last row was refused; the last state could not be written */
    int64_t saved_ms;     /* wall clock of the last saved state */
    void *state;          /* room for a saved state; the store's while posted == STORE_POSTED */
    size_t state_bytes;
    atomic_int posted;    /* enum store_post */
    void *learned;        /* room for what the forecast has learned; the store's while learned_posted == STORE_POSTED */
    size_t learned_bytes;
    double learned_s;     /* monotonic clock of its last saving, 0: never */
    atomic_int learned_posted;
    _Atomic(void *) copy_to; /* live_copy's wish */
    atomic_int copied;
    struct comparing comparing;
};
/* A copy of the running rig as it is between two ticks, rig_save_bytes large, while everything runs on. One caller at a time. 0, or -1:
 * no tick came in two seconds. */
int live_copy(struct live *, void *to);
void live_recorder(struct live *, struct rig_options *); /* the options that have a rig tell this live what happens */
/* What the forecast had learned when it was last saved, taken from the store into a rig of this village. Without any it begins anew. */
void live_recall(struct live *, struct rig *);
int live_reload(void *self, struct err *);
int live_try(void *self, const struct web_try *, struct web_answer *, struct err *);
int live_compare(void *self, int begin, struct web_compare *, struct err *);
void live_compare_end(struct live *);
#endif
