/* One kind of equipment. An asset is the smallest set of equipment that ONE guard can keep safe from its
 * own readings (screws + forebay + gate are one asset; digester + holder + engine + boiler + flare are one). */
#ifndef VILLAGE_ASSET_H
#define VILLAGE_ASSET_H
#include "solver/block.h"
#include "village/ambient.h"
#include <stddef.h>
enum { ASSET_PORTS_MAX = 6, ASSET_LANES = 8 };
enum carrier { CARRIER_ELEC, CARRIER_HEAT, CARRIER_GAS, CARRIER_WATER, CARRIER_ORGANIC, CARRIER_RESERVE };  /* last: bookkeeping */
struct err; struct policy;
/* A field of par, state, meas, cmd or exo. All these structs consist of doubles only; `offset` is in bytes. A key ends in
 * its unit. Words: names of the values 0, 1, 2.. of an enumerated field (NULL-terminated), else NULL. */
enum field_flag { FIELD_REQUIRED = 1,      /* par: the village file must give it */
                  FIELD_INTEGER = 2, FIELD_BOOL = 4,
                  FIELD_GUARD = 8,         /* par: a guard limit; a default is used only where domain.md gives a source */
                  FIELD_RESET = 16,        /* state: not mapped over on reload */
                  FIELD_SPREAD = 32,       /* par: the twin's true value differs from the controller's by a seeded spread */
                  FIELD_UNKNOWN = 64,      /* exo: NAN when no reading has told it for a quarter-hour; the class takes the safe side */
                  FIELD_SOMETIMES = 128,   /* meas: the device may have nothing to tell (a car that is away) */
                  FIELD_TOLD = 256 };      /* meas: told by people or a programme, not measured: stands still, then steps */
struct field { const char *key, *help; double dflt, min, max; uint32_t offset, flags; const char *const *word; };
struct field_set { const struct field *row; int n; };
#define FIELD(type, member, dflt, min, max, flags, help) { #member, help, dflt, min, max, (uint32_t)offsetof(struct type, member), flags, NULL }
#define FIELD_WORDS(type, member, dflt, words, flags, help) { #member, help, dflt, 0, 1e9, (uint32_t)offsetof(struct type, member), flags, words }
#define FIELDS(rows) { rows, (int)(sizeof rows / sizeof rows[0]) }
struct tally {                                         /* what a judge wants to know of one instant, from the true state; zeroed before */
    double stored_J;                                   /* energy held, in joules of the electricity that it replaces */
    double curtailed_W, flared_W, light_W, over_limit_W, unserved_W;
    double cold_K, warm_K;                             /* rooms outside their residents' band */
    double hot_short_J, car_short_J, cycled_J, starts; /* running totals: hot water and driving missing, battery throughput, starts */
};
struct asset_cost { double invest, per_year, life_years; };            /* for sizing, currency units */
/* asset_now.status bits */
enum { STATUS_OUT = 1,      /* land not handed over, works, maintenance: nothing may be commanded */
       STATUS_FAULT = 2, STATUS_LOST = 4 /* readings too old or gateway dead */, STATUS_ISLAND = 8 /* no grid */,
       STATUS_SHED = 16 /* a village guard asks this asset to shed */, STATUS_SAFE = 32 /* no plan and no rules: safe */,
       STATUS_CUT = 64 /* the last resort of an island: its base load is switched off for a while */,
       STATUS_UNREACHED = 128 /* bin: its round is out of service, because land on the way may not be used */ };
/* BALANCES: takes what the node has left over or lacks. GIVES_BACK: draws by itself, and after all others gives back what nobody put in. */
enum port_kind { PORT_OWN, PORT_BALANCES, PORT_GIVES_BACK };
struct port { const char *name; enum carrier carrier; uint8_t balancing; };  /* balancing: enum port_kind */
struct horizon {                                       /* filled by forecast and tariff, read by formulate; slots may differ in length */
    int T, n_len; int64_t start_ms; const double *dt_s;    /* n_len slot lengths: rest of this slot, 900, 3600 */
    const uint8_t *len, *day_start;                    /* T: its length class; local midnight (daily peak, feed step) */
    const struct ambient *amb;                         /* T expected */
    const double *buy, *sell;                          /* T prices at the grid in currency units per J, from village/tariff.c */
    double peak_per_W, peak_so_far_W;                  /* the month's peak charge and the peak already paid for */
    double sells_frac;                                 /* share of late in which the village sold: then a stored joule is worth the price of sale */
    const struct policy *policy;                       /* immutable, versioned */
};
struct asset_now {                                     /* one asset at one instant: what every operation may read */
    const void *par, *x, *cmd, *pin;                   /* cmd: in force; pin: overrides as cmd, NAN = free */
    const double *exo;                                 /* exo fields now; over the horizon in formulate (T rows) */
    const double *ref;                                 /* last plan's row values for linearising, or NULL */
    const double *flow;                                /* last known flow at each port */
    const struct ambient *amb; const struct policy *policy;
    double dt_s, age_s; uint32_t status;               /* age of readings; STATUS_ bits */
    const int64_t *meas_ms; int64_t at_ms;             /* when each reading came, now; NULL: a device sees itself */
    void *judge;                                       /* the model that judges the class's own, stepped in its place; NULL: its own */
    const void *made;                                  /* what `make` made of par and dt_s (in balance: of the step's parts); NULL: step makes it for itself */
};
struct flex { double up_W, down_W, cost_up_per_J, cost_down_per_J, within_s; };  /* room around cmd for the fast correction */
struct asset_class {
    const char *name, *help;
    size_t par_bytes;                                  /* sizeof its parameter struct */
    struct field_set par, state, meas, cmd, exo;       /* exo: series it needs from outside: "load_W", "inflow_m3_s", "feed_kg_s".
                                                        * A meas field with the key of an exo field is that exo, measured. */
    const char *const *rule; int n_rule;               /* names of its guard rules: bit i of guard's answer */
    struct port port[ASSET_PORTS_MAX]; int n_port;
    uint8_t goes_on;                                   /* cannot be stopped (gas is made): observed, guarded and told its set-points even
                                                        * while out of use, once it has been heard */
    double dt_min_s, dt_max_s;                         /* physics rate: the twin sub-steps or holds the flow in between */
    size_t (*work_bytes)(const void *par);             /* MAY: integrator memory given to step */
    size_t made_bytes;                                 /* MAY: constants of par and dt_s that step would make anew each time */
    void (*make)(const void *par, double dt_s, void *made); /* IFF made_bytes */
    size_t (*judge_bytes)(void);                       /* MAY: a finer model for `--fidelity high`, in memory that is copied as it lies */
    int  (*judge_start)(const struct asset_now *, void *judge, struct err *); /* IFF judge_bytes: from par and x */
    /* MAY, all or none: ASSET_LANES of the class side by side in vector lanes, for who steps many through many equal steps; the results are those of
     * rules, guard and step where status is 0 or STATUS_ISLAND. `lanes` is memory of lanes_bytes on a boundary of 64. */
    size_t lanes_bytes;
    void (*lane_make)(const struct asset_now *, void *lanes, int lane);  /* par, and what is made of it for steps of dt_s */
    void (*lane_in)(const struct asset_now *, void *lanes, int lane);    /* x and cmd */
    void (*lane_out)(const void *lanes, int lane, void *x, void *cmd);
    /* All lanes at once, each with its exo and flows. The instant is what all share: weather, policy, dt_s, status. alone: by their own rules and
     * guards, not by the set-points. */
    void (*lanes_step)(const struct asset_now *, void *lanes, int alone, const double *const *exo, double *const *flow);
    int  (*check)(const void *par, struct err *);      /* MAY */
    void (*init)(const struct asset_now *, void *x);
    void (*step)(const struct asset_now *, void *work, void *x, double *flow);              /* MUST: physics */
    double (*balance)(const struct asset_now *, double residual, void *x, double *flow);    /* IFF balancing: what it could not take */
    void (*sense)(const struct asset_now *, const double *flow, void *meas);                /* twin's instruments */
    void (*observe)(const struct asset_now *, const void *meas, void *x);                   /* x: predicted by step; corrected here */
    const struct block_shape *(*shape)(const void *par);                              /* at load; NULL: not planned */
    void (*formulate)(const struct asset_now *, const struct horizon *, struct block *);    /* IFF shape */
    void (*command)(const struct asset_now *, const struct block *, int t, void *cmd);      /* IFF shape; only u and y of the block are there */
    void (*rules)(const struct asset_now *, void *cmd);           /* IFF cmd: thermostat, float switch: `rules` */
    void (*safe)(const struct asset_now *, void *cmd);                                      /* IFF cmd: no plan, lost link */
    uint32_t (*guard)(const struct asset_now *, void *cmd);                                 /* IFF cmd: last gate; rules that bit */
    void (*flex)(const struct asset_now *, struct flex *);                                  /* MAY */
    void (*tally)(const struct asset_now *, struct tally *);           /* MAY: for judging a run; now->flow holds the true flows */
    void (*cost)(const void *par, struct asset_cost *);                               /* MAY: for sizing */
};
extern const struct asset_class *const asset_classes[];                /* NULL-terminated; assets/registry.c */
const struct asset_class *asset_class_find(const char *name);         /* or NULL */
int field_find(const struct field_set *, const char *key);            /* index or -1 */
static inline double *field_at(const struct field *f, void *base) { return (double *)(void *)((char *)base + f->offset); }
static inline double field_get(const struct field *f, const void *base) { return *(const double *)(const void *)((const char *)base + f->offset); }
#endif
