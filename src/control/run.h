/* Who owns what. control thread: state, overrides, alarms, latest plan. planner thread: its copy of the
 * state, the horizon, the solver. link, store, desk (jobs), web threads: their own queue ends and a snapshot each. */
#ifndef CONTROL_RUN_H
#define CONTROL_RUN_H
#include "village/asset.h"
#include "village/point.h"
#include "village/village.h"
#include <stdatomic.h>
struct err;

/* Who decides the set-points. The tracker, its guards and its corrections are the same for all four. */
enum controller {
    CONTROL_RULES,    /* every asset by the tuned rules of its class; no plan */
    CONTROL_SEPARATE, /* each owner plans alone; static caps keep the lines' limits */
    CONTROL_JOINT,    /* one plan over the physical tree */
    CONTROL_PERFECT,  /* joint, with run_ports.forecast giving the future: for studies */
    CONTROLLERS
};
extern const char *const controller_name[CONTROLLERS]; /* "rules", "separate", "joint", "perfect" */
int controller_find(const char *name);                 /* or -1 */

enum alarm_level { ALARM_INFO, ALARM_WARNING, ALARM_URGENT };
struct alarm {
    int64_t since_ms, ack_ms;
    int32_t asset, who;
    uint16_t code;
    uint8_t level, active;
};                                     /* key (asset, code): raise is idempotent */
const char *alarm_name(uint16_t code); /* "plan_stale" */
const char *alarm_text(uint16_t code); /* one plain sentence: what it means and what is safe meanwhile */

/* Immutable once published. Slot t starts at start_ms[t] and lasts until start_ms[t + 1] (T + 1 entries). Values of slot t:
 * cmd[t * n_cmd + i], flow[t * n_flow + i] by the village's flat vectors, x[t * n_x + i] at the END of slot t (NAN where the
 * plan has no such state), price[node * T + t] in currency units per J (elec, heat, gas), per m3 or per kg. Plan nodes are the
 * village's for joint; for separate further private nodes follow. port_node[i]: the plan node of flow i, -1 none. */
struct plan {
    uint64_t id, village_id, policy_version;
    int64_t made_ms, fresh_until_ms;
    struct joint_result result;
    enum controller controller;
    uint32_t clock_epoch; /* of the snapshot it was made from; another one is not followed */
    int T, fresh_slots, n_node, n_cmd, n_flow, n_x;
    const int64_t *start_ms;
    const double *price, *flow;
    const float *cmd, *x;
    const double *buy, *sell; /* T prices at the meter, per J */
    const int32_t *port_node;
    const uint8_t *planned; /* n_asset: 1 = cmd holds set-points of this asset */
    const struct joint_why *why;
    int n_why; /* asset: village's asset index */
};
int plan_slot(const struct plan *, int64_t at_ms); /* slot that holds at_ms, or -1 */

/* Where a set-point comes from. base: who asked first; then what changed it on its way out. */
enum source { SOURCE_NONE, SOURCE_PLAN, SOURCE_RULES, SOURCE_SAFE, SOURCE_OVERRIDE, SOURCES };
struct origin {
    uint8_t base, corrected; /* enum source; 1 = the fast correction moved it */
    int16_t village_rule;    /* row of village_guard_name, or -1 */
    int16_t asset_rule;      /* row of cls->rule, or -1 */
    float asked;             /* value before correction and guards */
};
extern const char *const village_guard_name[]; /* NULL-terminated */
struct guard_count {
    int32_t asset;
    int16_t village_rule, asset_rule;
    uint32_t n, ticks; /* how often it began to act, and in how many ticks it acted */
}; /* one of the two rules is -1 */
struct tracker_health {
    int64_t tick, late, plans, plans_refused, readings, readings_bad, requests_refused;
    double tick_s_max;
};

struct snapshot { /* immutable; from a fixed pool; freed by the last reader */
    atomic_int *readers;
    uint64_t seq;
    int64_t at_ms;
    enum controller controller;
    uint32_t clock_epoch; /* grows with every jump of the clock */
    const struct village *village;
    const struct policy *policy;
    const struct plan *plan; /* plan NULL: none followed */
    struct ambient amb;      /* as measured */
    const double *x, *meas, *cmd, *exo,
        *flow; /* estimates, readings (NAN never), set-points in force, measured exo, flows */
    const int64_t *meas_ms;
    const uint32_t *status;
    const uint8_t *meas_quality;
    const struct origin *origin; /* origin: n_cmd */
    const uint8_t *gate;         /* n_place: enum place_state in force; then n_round: of each round's whole way */
    const struct alarm *alarm;
    const struct override *override;
    int n_alarm, n_override;
    struct tracker_health health;
};
enum request_kind {
    REQUEST_OVERRIDE,
    REQUEST_CANCEL,
    REQUEST_ACK,
    REQUEST_POLICY,
    REQUEST_GATE,
    REQUEST_REPLAN,
    REQUEST_CONTROLLER,
    REQUEST_LAND
};
/* Land: what the records of the land allow at every place and on the way of every round at most, n_place and then n_round of enum
 * place_state in of.next, which lives as long as the control. No request opens a place further than the village file says or the land allows.
 * of.id: the override to cancel, the index of the alarm in the snapshot's list (ack), the place (gate: `value` its enum place_state)
 * or the enum controller. of.next: a policy that lives as long as the control. Of land, `value` holds the reports
 * of finds that people have not closed: any raises the alarm, also one that closes nothing. */
struct request {
    enum request_kind kind;
    int32_t who;
    uint64_t ticket;
    int32_t value;
    union {
        struct override override;
        uint32_t id;
        const void *next;
    } of;
};
struct run_ports { /* twin and reality differ here only; none may block or allocate */
    void *self;
    int64_t (*now_ms)(void *self);
    void (*wait_until)(void *self, int64_t at_ms); /* threads only; may return early */
    int (*measure)(void *self, struct reading *, int max);
    void (*actuate)(void *self, const struct setpoint *, int n);
    /* MAY: before each actuate, what the way of each of the n rounds allows now (enum place_state): below commissioned none drives. */
    void (*dispatch)(void *self, const uint8_t *round, int n);
    /* MAY (perfect): fills amb (h->T rows) and exo (layout of forecast_fill). On the planner thread. 0, or < 0: use the own forecast. */
    int (*forecast)(void *self, const struct horizon *, struct ambient *, double *exo);
    int (*record)(void *self, const struct snapshot *); /* MAY; 0, or < 0: store behind, alarm */
    void (*learned)(void *self); /* MAY; on the planner's thread, after every reading learnt: control_learned_save may be called */
};
struct rates {
    double tick_s, plan_s, record_s;
}; /* 60 or 1; 900; 60. Jobs (rounds daily, settlement, draw) are main's table */
struct control_options {
    struct rates rates;
    enum controller controller;
    int slots;               /* quarter-hours planned ahead; 0: 96 */
    int hours_after;         /* further slots of one hour; 0: none */
    double gap_rel, solve_s; /* 0: 1e-3 and 2 s */
    int fractions;           /* 1: whole units may be fractions (studies; nothing may be run by it) */
    int threads;             /* of the solver; 0: 1 */
};
struct control;
/* Memory is the caller's and holds everything, the solver too: no allocation afterwards. Village, policy and ports outlive it. */
size_t control_bytes(const struct village *, const struct control_options *);
struct control *control_create(const struct village *, const struct policy *, const struct control_options *,
                               const struct run_ports *, void *mem);
void control_tick(
    struct control *); /* measure observe (command|rules|safe) override correct guard actuate record */
void control_plan(struct control *); /* copy forecast formulate solve publish; inline in the twin */
void control_set_tick(struct control *,
                      double tick_s); /* another rate of the tracker; when no threads of control run */
int control_plan_due(
    const struct control *); /* 1: the time of the next plan has come (inline use: tick, then plan if due) */
/* Threads on the clock of the ports: the tracker and the planner each on its own. stop: 0, or -1 = the planner did not end
 * within 8 s (it hangs; its memory must then not be freed). */
int control_start(struct control *, struct err *);
int control_stop(struct control *);
/* Any thread; bounded. 0, or nothing was taken: the queue is full, or no further override has room. */
enum { CONTROL_QUEUE_FULL = -1, CONTROL_TABLE_FULL = -2 };
int control_request(struct control *, const struct request *);
/* At a restart, when nothing runs: an override as it was asked for before, and one taken back. 0, or -1: refused, unknown. */
int control_override(struct control *, const struct override *);
int control_cancel(struct control *, uint32_t id);
const struct snapshot *snapshot_get(struct control *);
void snapshot_put(const struct snapshot *); /* any thread; NULL before the first tick */
/* Guard activations since the start, rows with n > 0, any thread. Returns the number of rows (may exceed max). */
int control_guards(const struct control *, struct guard_count *out, int max);
/* The problem of the last plan as MPS (planner's thread or when nothing runs). 0, or -1: no plan yet. */
int control_write_mps(const struct control *, FILE *);
/* What the forecast has learned of this village: planner's thread, or when nothing runs. load: 0, or -1: of another village. */
size_t control_learned_bytes(const struct control *);
void control_learned_save(const struct control *, void *mem);
int control_learned_load(struct control *, const void *mem, size_t bytes);
/* What a restart needs: estimate, overrides, alarms. load maps by the same village only: 0, or -1. When nothing runs. */
/* What `from` knows, carried over to a control of another version of the same village (src/control/map.c). When nothing runs. */
void control_map(struct control *, const struct control *from);
size_t control_save_bytes(const struct control *);
void control_save(const struct control *, void *mem);
int control_load(struct control *, const void *mem, size_t bytes);
#endif
