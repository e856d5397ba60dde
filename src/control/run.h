/* Who owns what. control thread: state, overrides, alarms, latest plan. planner thread: its copy of the
 * state, the horizon, the solver. link, store, desk (jobs), web threads: their own queue ends and a snapshot each. */
#ifndef CONTROL_RUN_H
#define CONTROL_RUN_H
#include <stdatomic.h>
#include "village/asset.h"
#include "village/point.h"
struct village;
struct alarm { int64_t since_ms, ack_ms; int32_t asset, who; uint16_t code; uint8_t level, active; };  /* key (asset, code): raise is idempotent */
struct plan {                                          /* immutable once published; two or three exist, swapped */
    uint64_t id, village_id, policy_version; int64_t made_ms, fresh_until_ms; struct joint_result result;
    int T, fresh_slots; const double *price, *flow; const float *cmd; const struct joint_why *why; int n_why;
};
struct snapshot {                                      /* immutable; from a fixed pool; freed by the last reader */
    atomic_int readers; uint64_t seq; int64_t at_ms;
    const struct village *village; const struct policy *policy; const struct plan *plan;
    const double *x, *meas, *cmd, *flow; const struct alarm *alarm; const struct override *override; int n_alarm, n_override;
};
enum request_kind { REQUEST_OVERRIDE, REQUEST_CANCEL, REQUEST_ACK, REQUEST_POLICY, REQUEST_VILLAGE, REQUEST_GATE, REQUEST_STOP };
struct request { enum request_kind kind; int32_t who; uint64_t ticket; union { struct override override; uint32_t id; const void *next; } of; };
struct run_ports {                                     /* twin and reality differ here only; none may block or allocate */
    void *self;
    int64_t (*now_ms)(void *self);
    void (*wait_until)(void *self, int64_t at_ms);
    int  (*measure)(void *self, struct reading *, int max);
    void (*actuate)(void *self, const struct setpoint *, int n);
    int  (*forecast)(void *self, int64_t at_ms, struct horizon *, double *exo);   /* called on the planner thread */
    int  (*record)(void *self, const struct snapshot *);                          /* 0, or < 0: store behind, alarm */
};
struct rates { double tick_s, plan_s, record_s; };     /* 60 or 1; 900; 60. Jobs (rounds daily, settlement, draw) are main's table */
struct control;
size_t control_bytes(const struct village *, const struct rates *);
struct control *control_create(const struct village *, const struct policy *, const struct rates *, const struct run_ports *, void *mem);
void control_tick(struct control *);                   /* measure observe (command|rules|safe) override correct guard actuate record */
void control_plan(struct control *);                   /* copy forecast formulate solve publish; inline in the twin */
int  control_request(struct control *, const struct request *);                   /* any thread; bounded; < 0: full */
const struct snapshot *snapshot_get(struct control *);  void snapshot_put(const struct snapshot *);   /* any thread */
#endif
