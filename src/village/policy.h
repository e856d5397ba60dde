/* Policy: the rules of the village, set by the residents' assembly; immutable and versioned. Preferences only: weights,
 * priorities, floors above the safety limits, reserves, shed order. Safety limits live in asset parameters and guards. */
#ifndef VILLAGE_POLICY_H
#define VILLAGE_POLICY_H
#include <stdint.h>
/* Load-shed order (first kept longest): life support, clinic, water, fire > comms and control > street light at conflict
 * points > homes' survivability > cold store > homes' comfort > pumps > car and other. */
enum shed { SHED_LIFE, SHED_CONTROL, SHED_LIGHT, SHED_SURVIVAL, SHED_COLD, SHED_COMFORT, SHED_PUMP, SHED_OTHER, SHED_N };
struct policy {
    uint64_t version;
    int64_t effective_ms;
    const char *decided_by;               /* "assembly 2026-03-01, 124 of 133" */
    double comfort_low_degC, comfort_high_degC;   /* default band of a home that set none */
    double comfort_per_K_h;               /* currency units per home, kelvin and hour outside the band */
    double safe_per_K_h;                  /* ... beyond the line where the home's thermostat takes over: much dearer */
    double hot_water_per_kWh;             /* hot water not delivered */
    double car_per_kWh;                   /* charge missing at departure */
    double curtail_per_kWh;               /* renewable energy thrown away (a nudge, small) */
    double flare_per_kWh;                 /* gas burned for nothing */
    double cycle_per_kWh;                 /* wear of the battery per kWh through it */
    double start_cost;                    /* one start of an engine, screw or pump */
    double light_per_lm_h;                /* value of light above the required class */
    double shortage_per_kWh;              /* unserved energy, the last resort at a node */
    double battery_reserve_frac;          /* kept for an island */
    double co2_per_kg, grid_co2_kg_per_kWh;
    int8_t shed_order[SHED_N];            /* first to be shed first */
};
#endif
