/* Root-zone water balance of FAO-56 with one crop coefficient (eqs. 82 to 88). Chosen because its three soil
 * numbers can be had from any soil test and irrigation practice everywhere is written in its terms (irrigate when
 * depletion reaches the readily available water). Left out: the dual coefficient (soil evaporation apart),
 * capillary rise, run-off. */
#include "physics/soilwater.h"
#include <math.h>

double soilwater_stress_frac(double depletion, double readily, double total)
{
    if (depletion <= readily) return 1;
    return depletion >= total ? 0 : (total - depletion) / (total - readily);
}

double soilwater_total_m(double field_capacity_frac, double wilting_frac, double root_m)
{
    return (field_capacity_frac - wilting_frac) * root_m;
}

struct soilwater soilwater_step(double depletion, double need, double water, double readily, double total)
{
    double transpired =
        fmin(need * soilwater_stress_frac(depletion, readily, total), fmax(0, total - depletion) + water);
    double raw = depletion + transpired - water;
    double drained = fmax(0, -raw);
    return (struct soilwater){.depletion = raw + drained, .transpired = transpired, .drained = drained};
}
