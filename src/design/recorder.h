/* Recorder: the quarter-hour mean of every series of a run, in memory, for reports, CSV files and the first days of history.
 * One float a series and slot: 672 slots x 5,000 series = 13 MB. A series id is the village's (village_series). */
#ifndef DESIGN_RECORDER_H
#define DESIGN_RECORDER_H
#include "village/village.h"
#include <stdio.h>
struct recorder {
    const struct village *village;
    int64_t from_ms;
    int n_slot, n_series;
    float *mean;     /* [n_slot][n_series]; NAN where nothing was recorded */
    double *sum;     /* running sums of the open slot */
    double weight_s; /* seconds in the open slot */
    int open;        /* index of the open slot */
};
int recorder_create(struct recorder *, const struct village *, int64_t from_ms, int n_slot); /* 0, or -1: out of memory */
void recorder_free(struct recorder *);
/* Adds the state that held for dt_s before s->at_ms. */
void recorder_add(struct recorder *, const struct state *, double dt_s);
void recorder_finish(struct recorder *); /* closes the last slot */
static inline float recorder_at(const struct recorder *r, int slot, int32_t series)
{
    return r->mean[(size_t)slot * (size_t)r->n_series + (size_t)series];
}
/* Sum over the flows of all assets of a class at one carrier; > 0 feeds the nodes. class_name NULL: every asset. */
double recorder_class_flow(const struct recorder *, int slot, const char *class_name, enum carrier, int sign);
/* One row a slot: local time, then every series. 0, or -1 with errno set. */
int recorder_write_csv(const struct recorder *, FILE *);
#endif
