/* Refrigeration: vapour-compression plant as a fixed share of the Carnot limit between evaporation 8 K below the
 * store and condensation 12 K above the outdoor air (at least 25 degC, head-pressure control), share 0.45 with fans
 * and defrosting (ASHRAE Handbook Refrigeration 2018 chapter 24 gives 0.4 to 0.5 for small plants). A store is one
 * mixed node: exact exponential. Left out: ripening and respiration (part of the product load), frost, part-load
 * gains. */
#include "physics/refrigeration.h"
#include <math.h>

double refrigeration_eer(double store_degC, double out_degC)
{
    double cold_K = store_degC - 8 + 273.15, warm_K = fmax(out_degC + 12, 25) + 273.15;
    return 0.45 * cold_K / fmax(warm_K - cold_K, 15);
}

double refrigeration_step_degC(double temp_degC, double out_degC, double ua_W_K, double capacity_J_K, double gain_W,
                               double dt_s)
{
    double target_degC = out_degC + gain_W / ua_W_K;
    return temp_degC + (temp_degC - target_degC) * expm1(-ua_W_K * dt_s / capacity_J_K);
}
