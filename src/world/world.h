/* The world: what surrounds the village and nobody controls: weather, river, people's demand, waste, traffic,
 * faults. The twin lives in it; `control` and `forecast` may not include it, so that peeking into the future is a
 * build error. */
#ifndef WORLD_WORLD_H
#define WORLD_WORLD_H
#include <stdint.h>
struct village;
struct ambient;
struct err;
struct world;
enum world_fault_kind {
    FAULT_GRID_OUT,   /* no grid */
    FAULT_ASSET_STOP, /* asset stops (a screw: magnitude = units lost; an engine) */
    FAULT_COLD_WAVE,  /* air temperature lowered by magnitude K */
    FAULT_HEAT_WAVE,
    FAULT_DRY_RIVER /* flow x magnitude */,
    FAULT_CLOUD_FRONT /* irradiance x magnitude */,
    FAULT_LINK_LOST, /* readings and commands of the asset (or behind the gateway) do not pass */
    FAULT_SENSOR_STUCK,
    FAULT_SENSOR_SPIKE,
    FAULT_SENSOR_NAN, /* meas of the asset */
    FAULT_KINDS
};
struct world_fault {
    enum world_fault_kind kind;
    int32_t asset;
    int64_t from_ms, until_ms;
    double magnitude;
};
struct world_options {
    uint64_t seed;
    const char *weather_file; /* EPW, TMY3 or PVGIS CSV; NULL: synthetic year from the norms */
    const char *river;        /* name of a river year; NULL: the first */
    int ahead;                /* draw the next day on a thread of its own: the same world, sooner, where a core is free */
};
struct world *world_create(const struct village *, const struct world_options *, struct err *); /* NULL on error */
void world_free(struct world *);
/* Instant truth. Any time; a weather file's year repeats. at_ms is UTC. */
void world_ambient(struct world *, int64_t at_ms, struct ambient *);
/* The exo fields of all assets (village n_exo), mean over [at_ms, at_ms + dt_ms). Deterministic in (seed, time),
 * whatever the order of calls; amortised cheap when time moves forward. Not thread safe: one world per thread. */
void world_exo(struct world *, int64_t at_ms, int64_t dt_ms, double *exo);
/* The minutes of the local day that holds at_ms, of one exo field: *n of them, *start_ms that day's midnight. NULL: no people or process fills this
 * field. Holds until the next question about another day. */
const float *world_minutes(struct world *, int64_t at_ms, int32_t exo, int64_t *start_ms, int *n);
/* Mean over a slot, for perfect forecasts in studies. */
void world_slot(struct world *, int64_t at_ms, int64_t dt_ms, struct ambient *, double *exo);
/* Faults, switched on while running. Bounded table; -1 when full. */
enum { WORLD_FAULTS_MAX = 64 };
int world_fault(struct world *, const struct world_fault *);
void world_fault_clear(struct world *, int index);
int world_fault_active(const struct world *, enum world_fault_kind, int32_t asset, int64_t at_ms,
                       double *magnitude);
/* Faults known now, for the page: rows of the table with until_ms > at_ms. */
int world_faults(const struct world *, int64_t at_ms, struct world_fault *out, int max);
#endif
