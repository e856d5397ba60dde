/* Inside control: what the stages of the tracker, the planner and the runner share. The tracker's part is touched
 * by the control thread only; what crosses threads is atomic: the newest snapshot, the published plan, the
 * counters. */
#ifndef CONTROL_CORE_H
#define CONTROL_CORE_H
#include "control/alarms.h"
#include "control/override.h"
#include "control/queue.h"
#include "control/run.h"
#include "control/screen.h"
#include "control/snapshot.h"
#include <pthread.h>
#include <semaphore.h>

/* A plan's seat in the fixed pool: as many as can be pinned at once, so that a free one always exists. */
struct plan_seat {
    struct plan p;
    atomic_int pins; /* -1: being written */
    int64_t *start_ms;
    double *price, *flow, *buy, *sell;
    float *cmd, *x;
    int32_t *port_node;
    uint8_t *planned;
    struct joint_why *why;
    double *u, *y, *num,
        *own; /* what a block holds, one lane an asset: u + u_base[a] * T_max + t * nu, num by length */
};
enum { PLANS = SNAPSHOTS + 3, PLAN_WHY_MAX = 512 };
struct plans {
    struct plan_seat seat[PLANS];
    _Atomic(struct plan_seat *) published;
    const struct block_shape **shape; /* n_asset, NULL: not planned */
    int32_t *u_base, *y_base;         /* n_asset: inputs and rows before this asset */
    int T_max, n_u, n_y;
};

enum { STATION_TEMP, STATION_GHI, STATION_WIND, STATION_HUMIDITY, STATION_RAIN, STATION_PRESSURE, STATION_FIELDS };
struct links {                       /* found once at creation */
    int32_t station[STATION_FIELDS]; /* meas index, -1 none */
    int32_t *exo_meas;               /* n_exo: the meas index that measures it, or -1 */
    uint8_t *unknown;                /* n_exo: FIELD_UNKNOWN */
    uint8_t *jumpy;                  /* n_meas: 1 = jumps by nature (power, traffic): no spike test */
    int32_t grid;                    /* asset, or -1: always an island */
    double *limit_W,
        *limit_out_W; /* n_asset: line: limit up to lower, lower to up; grid: import, export; INFINITY else */
};
struct miss {
    double mean_W, var_W2;
}; /* of the predicted import against the meter, one tick ahead */
struct day_mean {
    int32_t day;
    double sum_K_s, span_s;
};

struct bite {
    atomic_uint begun, ticks;
};
struct control {
    const struct village *v;
    struct control_options opt;
    struct run_ports ports;
    const struct policy *policy; /* control thread's; the planner reads its snapshot's */
    enum controller controller;
    uint8_t *gate;               /* n_place: enum place_state in force: the least of file, works and land; then n_round: of each round's way */
    uint8_t *works;              /* n_place: what REQUEST_GATE asked for */
    const uint8_t *land;         /* n_place, n_round: what the land's records allow at most, or NULL */
    int32_t finds_open;          /* reports of finds that people have not closed: an alarm, whether or not they close land */
    struct links link;
    /* the tracker */
    struct state s;    /* the estimate now; s.cmd: in force */
    struct state next; /* what the wanted set-points lead to one tick ahead; next.cmd: wanted */
    int next_valid;
    int64_t next_ms;
    double *residual; /* n_node of next */
    double *fresh;    /* n_meas: reading taken this tick, else NAN */
    uint8_t *quality; /* n_meas */
    struct screen *screen;
    double *held_s;  /* n_asset: physics not yet stepped (dt_min_s) */
    uint8_t *failed; /* n_asset: the device says that it has failed */
    unsigned char **work;
    struct origin *origin;
    uint32_t *bits;         /* n_asset: rules of its guard that bit this tick */
    uint32_t *village_bits; /* n_asset: village guards that moved it this tick */
    int64_t *shed_until_ms, *cut_until_ms; /* n_asset: held a while, then offered to the next */
    struct reading *in;
    struct setpoint *out;
    struct alarms alarms;
    struct overrides overrides;
    atomic_int refused_at_door; /* requests, since the last tick */
    int64_t refused_ms;
    atomic_int override_rows, override_pending; /* in the table; asked for and not yet looked at */
    struct queue queue;
    struct snapshots snapshots;
    struct plans plans;
    struct plan_seat *plan; /* followed now (pinned), or NULL */
    uint64_t plan_seen;     /* id of the newest published plan looked at, good or refused */
    struct day_mean day;
    struct miss miss;
    struct miss *line_miss; /* n_asset: of the power into the lower node of a line */
    uint8_t *blind;         /* n_asset: a line with consumers below whose meters are silent: what it carries is measured, not added up */
    double clear_frac; /* of the radiation outside the atmosphere, when the station was last heard */
    double dt_s, tick_budget_s;
    int64_t began_ms; /* when it was made */
    int64_t last_ms, seq, record_due_ms, clock_calm_ms;
    uint32_t clock_epoch, status_sum;
    struct tracker_health health;
    uint32_t *bits_before, *village_bits_before; /* as they were in the tick before */
    struct bite *bite;  /* asset rules first, then village rules, by bite_base */
    int32_t *bite_base; /* n_asset + 1 */
    int n_bite;
    /* between tracker and planner */
    _Atomic int64_t plan_due_ms, plan_began_ms; /* began: 0 = idle */
    sem_t plan_wake;
    atomic_int stopping;
    pthread_t tracker_thread, planner_thread;
    int threaded;
    struct planner *planner;
};

/* observe.c */
void links_create(struct links *, const struct village *, struct cutter *);
void links_find(struct links *, const struct village *);
void control_measure(struct control *);
void control_observe(struct control *);
void status_update(struct control *);
/* 1 for an asset that is not stepped, observed or commanded: not handed over, or works on it that stop it. */
int out_of_use(const struct control *, int32_t a);
struct asset_now now_view(struct control *, struct state *, int32_t a, double dt_s); /* with the live policy */
/* Steps asset a from c->s under c->next.cmd over c->dt_s into c->next.x and c->next.flow. */
void predict_asset(struct control *, int32_t a);
void next_begin(struct control *); /* surroundings and status of `next` as they are now, before anything is asked */
void predict_all(struct control *);
void predict_balance(struct control *); /* balancing assets again, then the tree */
/* correct.c */
/* Moves the set-points of asset a so that it gives up to dW more (or takes less; < 0: the other way) at its
 * electricity ports, through its own guard. Returns the change that its physics predicts, 0 where nothing could be
 * moved. */
double move_asset(struct control *, int32_t a, double dW);
double asset_elec_W(const struct control *, int32_t a); /* predicted, > 0 gives */
int asset_under(const struct control *, int32_t a,
                int32_t node); /* an electricity port at this node or below; node -1: any */
double line_excess_W(const struct control *, int32_t a,
                     double margin_frac); /* > 0: too much downwards; < 0: too much upwards */
double import_over_W(
    const struct control *); /* predicted import, with what is short, above what the connection safely bears */
void control_correct(struct control *);
/* guards.c */
enum village_guard {
    GUARD_LAND,
    GUARD_RIVER,
    GUARD_HEAT,
    GUARD_GAS,
    GUARD_FEEDER,
    GUARD_TRANSFORMER,
    GUARD_IMPORT,
    GUARD_EXPORT,
    GUARD_ISLAND,
    VILLAGE_GUARDS
};
void shed_hold(struct control *);                  /* marks what is still to be shed, before anything is asked */
uint32_t guard_asset(struct control *, int32_t a); /* the class's guard on next.cmd; the rules that bit */
void guards_assets(struct control *);
void guards_tell(struct control *);
int guards_village(struct control *); /* one pass of the ordered table; number of assets moved */
/* tracker.c */
void control_follow(struct control *);
void gate_update(struct control *);
void rounds_gate(struct control *); /* the least of each round's legs and what the land allows on its whole way */
/* plans.c */
void plans_create(struct plans *, const struct village *, int T_max, int n_node_max, struct cutter *);
/* Asset a's lane of a plan as a block of its own, for the class's command: inputs and rows only. */
struct block plan_block(const struct plans *, const struct plan_seat *, int32_t a);
struct plan_seat *plan_claim(struct control *); /* planner thread */
void plan_publish(struct control *, struct plan_seat *);
struct plan_seat *plan_pin(struct control *); /* the newest, pinned, or NULL */
void plan_pin_again(struct plan_seat *);      /* by who already holds a pin */
void plan_unpin(struct plan_seat *);
int plan_valid(const struct plans *, const struct plan_seat *,
               const struct village *); /* finite and in the fields' bounds */
/* planner.c */
struct planner;
void planner_create(struct control *, struct cutter *); /* with base NULL only counts */
void planner_learn(struct control *, const struct snapshot *);
void planner_hear(struct control *); /* learns from the newest snapshot */
void planner_plan(struct control *);
void planner_map(struct control *, const struct control *from); /* what the forecast has learned */
#endif
