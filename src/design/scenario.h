/* Scenario: one village, weather, river, seed and period; run under one controller or several at the same time (one thread each),
 * every one of them from the same start, warmed up under `rules` for the same days, judged by the same account. */
#ifndef DESIGN_SCENARIO_H
#define DESIGN_SCENARIO_H
#include "control/run.h"
#include "design/account.h"
#include "design/recorder.h"
#include "twin/twin.h"
#include <stdatomic.h>
struct scenario {
    const struct village *village;
    const char *weather_file, *river;
    int64_t from_ms;   /* local midnight of the first day */
    int days;
    int warm_days;     /* under rules before from_ms, not judged: the forecast learns; 0 allowed */
    uint64_t seed;
    int64_t tick_ms;
    enum twin_fidelity fidelity;
};
struct scenario_run {
    const struct scenario *scenario;
    enum controller controller;
    struct recorder recorder;  /* filled when record != 0; the caller frees it */
    int record;
    struct outcome outcome;
    struct guard_count guard[64];
    int n_guard;
    _Atomic long done_ms;      /* progress: simulated so far, of scenario_length_ms */
    struct err *err;
    int failed;
    int threads;               /* inside it: set by scenario_run_all */
};
long scenario_length_ms(const struct scenario *);
/* Runs n of them on `threads` threads; calls `tick` (MAY be NULL) about five times a second with the part done. 0, or -1 when one failed. */
int scenario_run_all(struct scenario_run *run, int n, int threads, void (*tick)(void *, double done_frac), void *self);
#endif
