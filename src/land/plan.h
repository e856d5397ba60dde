/* Planning: in which order, by which team, done when. Priorities are people's: vetoes first, then weighted criteria whose weights are shown
 * with what a change of them would change; a person signs the order. The schedule then brings families home as early as it can: least
 * sum of (homes x day on which they can be handed over) under what must come before what. */
#ifndef LAND_PLAN_H
#define LAND_PLAN_H
#include "base/arena.h"
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
struct err; struct land;
enum { PLAN_TASKS_MAX = 5000, PLAN_TEAMS_MAX = 200, PLAN_KINDS_MAX = 16, PLAN_NEEDS_MAX = 16, PLAN_CRITERIA_MAX = 12, PLAN_DAYS = 7300 };
struct plan_team { const char *id; int kind, builds; double per_day; };        /* m2 a full working day on easy ground; build crews: 1 day */
struct plan_task {
    const char *id, *name;
    double work;                             /* m2 left to do; builds: days */
    double factor;                           /* terrain x vegetation x slope x metal clutter, of the rate */
    uint32_t can;                            /* kinds of teams that may do it; 0: needs no team, only time */
    int need[PLAN_NEEDS_MAX], n_need;
    const char *prepares;                    /* the task that searches the same ground after a machine or one dog, or NULL */
    double homes, score, weight;             /* weight: what a day of waiting costs: homes + score */
    double x[PLAN_CRITERIA_MAX];
    const char *veto;                        /* why it may not be done now, or NULL */
    int team, start_day, end_day;            /* the plan; team -1: none; end: first day after it */
    int p10_day, p50_day, p90_day;
};
struct plan_pace { double mean, sd; int n; };                          /* real over planned rate, from the daily reports so far */
struct schedule {
    struct arena arena;
    int64_t start_ms;
    const char *kind[PLAN_KINDS_MAX]; int n_kind;
    struct plan_task *task; int n_task;
    struct plan_team *team; int n_team;
    const char *criterion[PLAN_CRITERIA_MAX]; double weight[PLAN_CRITERIA_MAX]; int n_criterion;
    double *capacity[PLAN_KINDS_MAX];        /* PLAN_DAYS + 1: full working days of that kind before day d, stand-down taken off */
    struct plan_pace pace;
    int *order; int n_order;                 /* tasks in the order of the schedule */
    int *rank; int n_rank;                   /* tasks by score, vetoed ones left out */
    double cost;                             /* household-days of waiting */
    long evaluations;
};
/* Reads a plan file (docs/land.md). `land` MAY be NULL: else areas of the same id give what is left to do and their reports the pace. */
int schedule_read(struct schedule *, const json_t *, const struct land *, struct err *);
void schedule_free(struct schedule *);
void schedule_solve(struct schedule *, uint64_t seed, double effort);  /* effort 1: as much search as 5 s bear for 500 tasks x 20 teams */
void schedule_ranges(struct schedule *, uint64_t seed, int runs);      /* fills p10, p50, p90 under the pace so far */
/* How many places the order of scores changes, and whether the first changes, when a criterion's weight is multiplied. */
struct sensitivity { int moved, first_changes; };
struct sensitivity rank_sensitivity(const struct schedule *, int criterion, double times);
/* Is what the plan says possible (order, teams, calendar)? 0, or -1 + err. For tests and as a last check before printing. */
int schedule_check(const struct schedule *, struct err *);
#endif
