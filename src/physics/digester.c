/* First-order digestion. One pool a substrate: degradation is limited by hydrolysis, which is first order in what
 * is left (Vavilin et al. 2008; the steady form B = B0 k HRT / (1 + k HRT) is the usual design formula). Chosen
 * before AM2 or ADM1 because its two numbers (methane potential, rate) can be had for any substrate and its
 * balances close exactly; with both fitted it follows a year of ADM1 as closely as AM2 does (rows of docs/models.md). Left out: acid accumulation and inhibition (an operator's FOS/TAC test guards those), lag
 * after a change of feed. */
#include "physics/digester.h"
#include <math.h>

double digester_rate_per_s(double k35_per_day, double temp_degC)
{
    if (temp_degC < 5 || temp_degC > 60) return 0;
    return k35_per_day / 86400 * pow(1.035, temp_degC - 35);
}

struct digester_pool digester_pool_step(double stock_kg, double feed_kg_s, double decay_per_s, double wash_per_s,
                                        double dt_s)
{
    double rate_per_s = decay_per_s + wash_per_s, left = exp(-rate_per_s * dt_s);
    if (rate_per_s <= 0) return (struct digester_pool){.stock_kg = stock_kg + feed_kg_s * dt_s};
    double gain_s = -expm1(-rate_per_s * dt_s) / rate_per_s;
    double stock = stock_kg * left + feed_kg_s * gain_s;
    double lost_kg = feed_kg_s * dt_s - (stock - stock_kg);
    return (struct digester_pool){.stock_kg = stock,
                                  .decayed_kg = lost_kg * decay_per_s / rate_per_s,
                                  .washed_kg = lost_kg * wash_per_s / rate_per_s};
}

double digester_steady_frac(double k_per_day, double hrt_day)
{
    return k_per_day * hrt_day / (1 + k_per_day * hrt_day);
}
