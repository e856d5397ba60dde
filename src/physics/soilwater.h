/* Water in the root zone of a field as one bucket (FAO Irrigation and Drainage Paper 56, chapter 8). */
#ifndef PHYSICS_SOILWATER_H
#define PHYSICS_SOILWATER_H
/* Depletion is what is missing below field capacity. Any unit of water (m or m3) as long as all are the same. */
struct soilwater {
    double depletion, transpired, drained;
};
/* Stress coefficient Ks (eq. 84): 1 down to the readily available water, then falling to 0 at the total available
 * water. */
double soilwater_stress_frac(double depletion, double readily, double total);
/* Total available water per m2 of field, m: (field capacity - wilting point) x root depth (eq. 82). */
double soilwater_total_m(double field_capacity_frac, double wilting_frac, double root_m);
/* One step (eq. 85): depletion' = depletion + Ks need - water + drained; need and water in the unit a step. What
 * exceeds field capacity drains below the roots within the step (deep percolation, eq. 88). Closes to rounding. */
struct soilwater soilwater_step(double depletion, double need, double water, double readily, double total);
#endif
