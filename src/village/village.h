/* The village: what IS. Nodes, assets, places, tariff, policy, climate norms; built once from the village file and read
 * only afterwards. Flat vectors of doubles (struct state) hold how it is NOW; every asset owns one run of each. */
#ifndef VILLAGE_VILLAGE_H
#define VILLAGE_VILLAGE_H
#include "base/arena.h"
#include "base/instant.h"
#include "village/asset.h"
#include "village/place.h"
#include "village/policy.h"
#include "village/round.h"
#include "village/tariff.h"
struct err;

struct site {
    const char *id, *name;
    struct words words;
    double lat_deg, lon_deg, altitude_m;
    const char *tz;                      /* POSIX TZ rule as written */
    struct zone zone;
};
struct node {
    const char *id;
    enum carrier carrier;
    int32_t parent, line;                /* electricity: the node above and the `line` asset between; -1 at the root */
    double short_per_unit, spare_per_unit, short_max, spare_max; /* last resort, currency per J (elec, heat, gas) or per m3 or kg */
    int src_line, src_col;
};
struct asset {
    const char *id, *name, *group, *profile, *owner; /* profile: kind of use for world's demand ("household", "school"..) */
    struct words words;
    const struct asset_class *cls;
    void *par;                           /* the class's parameter struct, SI doubles */
    int32_t index, place, gateway;       /* gateway: asset index of the gateway its link passes, or -1 */
    const int32_t *reach; int n_reach;   /* places it works on beside where it stands: fields of a pump, ways of a line */
    int32_t round;                       /* bin: the round that empties it, or -1 */
    int32_t node[ASSET_PORTS_MAX];       /* -1: this port is not connected */
    int32_t x, meas, cmd, exo, flow;     /* first index of its run in the flat vectors */
    int8_t shed;                         /* enum shed */
    uint8_t vulnerable, critical;        /* people who need warmth; service that must not be shed */
    int src_line, src_col;
};
enum note_kind { NOTE_MEASURED, NOTE_PUBLISHED, NOTE_ASSUMED };
struct note { int32_t asset; const char *key; enum note_kind kind; const char *text; int src_line; }; /* asset -1: key is a path */
struct climate_month { double temp_degC, temp_min_degC, temp_max_degC, rain_mm, ghi_MJ_m2, wind_m_s, humidity_frac; };
struct climate { struct climate_month month[12]; double temp_day_sd_K, temp_persistence, cloud_persistence; const char *source; };
struct river_year { const char *name; double mean_m3_s[12], log_sd, persistence; };  /* monthly mean flow, day-to-day spread */
enum { RIVER_YEARS_MAX = 8 };
struct balancer { int32_t node, asset; uint8_t passive; };   /* passive: grid or line, has no flow of its own before balancing */
struct land_source { const char *records; }; /* the chain of evidence about its land, as exported; beside the village file */
struct village_index;                    /* names to indices; village/index.h */
struct village {
    struct arena arena;
    uint64_t id;                         /* hash of the file's bytes */
    const char *file;
    struct site site;
    struct tariff tariff;
    struct policy policy;
    struct land_source land;             /* records NULL: none named */
    struct climate climate;
    struct river_year river[RIVER_YEARS_MAX]; int n_river;
    const struct node *node;   int n_node;
    const struct asset *asset; int n_asset;
    const struct place *place; int n_place;
    const struct waste_round *round; int n_round;
    const struct note *note;   int n_note;
    int n_x, n_meas, n_cmd, n_exo, n_flow;
    const int32_t *flow_node;              /* n_flow: the node of each port, or -1 */
    const int32_t *node_order; int n_elec; /* electricity nodes, leaves first, root last */
    const struct balancer *balancer; int n_balancer; /* in the order of village_balance: leaves to root, then the other carriers */
    const struct village_index *index;
};
/* Reads and checks a village file. All errors are found in one pass and printed to `errors` in the order of the file, each as
 * "file:line:col: what; what to do", then the source line and a caret. Returns NULL and the count in *n_error, or the
 * village (warnings may still have been printed). `errors` NULL: nothing is printed. Never crashes on any bytes. */
struct village *village_read(const char *path, FILE *errors, int *n_error);
struct village *village_read_text(const char *name, const char *text, size_t len, FILE *errors, int *n_error);
void village_free(struct village *);

int32_t village_asset(const struct village *, const char *id);  /* index or -1 */
int32_t village_node(const struct village *, const char *id);
int32_t village_place(const struct village *, const char *id);
int32_t village_round(const struct village *, const char *id); /* index or -1; rounds are few */
int32_t village_class_next(const struct village *, const char *class_name, int32_t after); /* walk one class; start with -1; ends with -1 */
/* The asset of another village that this one continues: the same id and class. Index or -1. */
int32_t village_same(const struct village *, int32_t asset, const struct village *other);
/* The least state of the places it stands and works on. state NULL: as the file says; else one for each place of the village. What
 * stands nowhere is on hazard: no file that was read has such a thing. */
enum place_state asset_ground(const struct village *, const struct asset *, const uint8_t *state);
double asset_par(const struct asset *, const char *key);        /* asserts that the key exists */

/* A series is one number over time: "home-017.meas.temp_degC". kind: 'x' state, 'm' meas, 'c' cmd, 'e' exo, 'f' flow. Series ids are
 * dense: x first, then meas, cmd, exo, flow: id = village_series_base(v, kind) + index in that flat vector. */
int32_t village_series_base(const struct village *, char kind);
int32_t village_n_series(const struct village *);
int32_t village_series(const struct village *, const char *name);                 /* id or -1 */
char *village_series_name(const struct village *, int32_t id, char *buf, size_t size);
const char *village_series_key(const struct village *, int32_t id);               /* key with unit: "temp_degC", "elec_W" */

/* How it is now. Flat vectors, sizes n_x, n_meas, n_cmd, n_exo, n_flow of the village; status per asset; age per meas. */
struct state {
    int64_t at_ms;
    struct ambient amb;
    double *x, *meas, *cmd, *exo, *flow;
    int64_t *meas_ms;                    /* time of each reading; INT64_MIN: never */
    uint32_t *status;                    /* n_asset STATUS_ bits */
};
size_t state_bytes(const struct village *);
void state_create(struct state *, const struct village *, void *mem);              /* x from init, the rest 0, meas_ms never */
void state_copy(struct state *to, const struct state *from, const struct village *);
/* The view of asset a that its class's operations read. par NULL: the village's own. Pointers into s. */
struct asset_now asset_view(const struct village *, const struct state *, int32_t a, const void *par, double dt_s);
/* The same as the device sees itself: its readings have no age. */
struct asset_now asset_self(const struct village *, const struct state *, int32_t a, const void *par, double dt_s);

/* Node balances over the electricity tree and the other nodes: given flows of non-balancing ports in s->flow, runs the balancing
 * ports leaf to root. `self` gives each asset as it sees itself (n_asset; the twin's have parameters and models of their own), or NULL: asset_view. Leaves what nobody could take in
 * residual[n_node] (negative = short). Source positive everywhere. `step` must have left in a balancing port the flow it was commanded
 * (0 for grid and line); `balance` adds to it. At a node the assets with flows of their own come first, in the order of the file
 * (a battery sees there what all others leave over, and takes it in an island), then the line upwards or the grid takes the rest. */
void village_balance(const struct village *, struct state *, const struct asset_now *self, double dt_s, double *residual);
#endif
