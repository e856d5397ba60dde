/* Inside the twin: what twin.c, spread.c and instruments.c share. Everything that evolves lies in one block (`live`) whose
 * pointers are fixed at creation, so that saving and restoring is one copy. */
#ifndef TWIN_CORE_H
#define TWIN_CORE_H
#include "base/arena.h"
#include "base/random.h"
#include "twin/twin.h"
#include "world/world.h"

struct twin_head { /* the evolving scalars */
    uint64_t village_id, seed;
    int64_t at_ms;
    struct ambient amb;
    struct random noise;
    int64_t swept_ms; /* the last sweep of the instruments */
};
struct instrument;
struct fault_now {
    int n;
    struct world_fault row[WORLD_FAULTS_MAX];
}; /* in force at this instant */
struct team { /* see abreast.c */
    const struct asset_class *cls;
    void *lanes;
    double made_s; /* the length of step that the lanes were made for */
    int32_t asset[ASSET_LANES];
    int n, in;    /* in: the lanes hold the members' states and set-points */
    int own_rules; /* see alike; known until: */
    int64_t until_ms;
    const double *exo[ASSET_LANES];
    double *flow[ASSET_LANES], nowhere[ASSET_PORTS_MAX];
};
struct twin {
    const struct village *v;
    struct world *world;
    struct twin_options opt;
    void *memory; /* the one allocation */
    unsigned char *live;
    size_t live_bytes;
    struct twin_head *head; /* in live, and all below down to `drift` */
    struct state s;
    int64_t *expires_ms;                  /* n_cmd: a set-point in force until then; INT64_MIN: none */
    double *held_s;                       /* n_asset: time not yet stepped (dt_min_s) */
    double *residual;                     /* n_node */
    double *drift;                        /* n_meas: slow error of each instrument, in deviations */
    int64_t *silent_ms;                   /* n_asset: no readings until then (dropout) */
    double *stuck;                        /* n_meas: last value sent, for stuck instruments */
    uint8_t *round;                       /* n_round: what the way of each allows, as last told; enum place_state */
    unsigned char **work;                 /* n_asset: integrator memory (in live) */
    unsigned char **judge;                /* n_asset: the judging models' memory (in live), NULL where there is none */
    const void **par;                     /* n_asset: the true parameters (fixed) */
    void **made;                          /* n_asset: what classes make of them and a step's length */
    double *made_s;                       /* n_asset: that length; 0: not yet */
    const struct instrument **instrument; /* n_meas (fixed) */
    struct team *team;                    /* n_team: assets that step side by side */
    int32_t *single;                      /* n_single: the others */
    int n_team, n_single;
    struct asset_now *now;                /* n_asset: each asset as it sees itself; its pointers are fixed */
    double *want;                         /* n_cmd: scratch for device-local rules */
    double *sensed;                       /* n_meas: scratch */
    int8_t has_grid, calm; /* calm: status was read while no fault was known */
    struct fault_now fault;
};
/* Assets abreast: room for the teams; who is in which; one step, 0 where its members must step one by one; its members written back. */
void teams_lay(struct twin *, struct cutter *);
void teams_form(struct twin *);
int team_step(struct twin *, struct team *, double dt_s);
void team_out(struct twin *, struct team *);
int step_parts(const struct asset_class *, double total_s); /* equal parts within dt_max_s */
/* Copies the village's parameters with FIELD_SPREAD fields multiplied by a seeded factor in 1 +- spread_frac. */
const void *spread_par(const struct asset *, uint64_t seed, double spread_frac, void *mem);
const struct instrument *instrument_of(const struct field *);
int fault_on(const struct twin *, enum world_fault_kind, int32_t asset, double *magnitude);
int link_lost(const struct twin *, int32_t asset); /* 1: its readings and set-points do not pass now */
#endif
