/* Cold store loads. Respiration: Becker, Misra & Fricke, HVAC&R Research 2(3), 215-227, 1996 (ASHRAE Handbook Refrigeration, chapter 19): carbon dioxide f (9/5 T + 32)^g mg/(kg h),
 * 10.7 J of heat by mg. Air: enthalpy difference at 101325 Pa. Left out: packaging, defrost heat (in the efficiency of src/physics/refrigeration.c). */
#include "physics/coldload.h"
#include <math.h>
#include <stddef.h>

const char *const commodity_name[COMMODITIES + 1] = {"apple", "cabbage", "carrot", "grape",      "onion",  "peach",
                                                     "pear",  "plum",    "potato", "strawberry", "tomato", NULL};
static const struct {
    double f, g;
} rate[COMMODITIES] = {{5.6871e-4, 2.5977}, {6.0803e-4, 2.6183}, {5.0018e-2, 1.7926}, {7.056e-5, 3.033},
                       {3.668e-4, 2.538},   {1.2996e-5, 3.6417}, {6.3614e-5, 3.2037}, {8.608e-5, 2.972},
                       {1.709e-2, 1.769},   {3.6683e-4, 3.0330}, {2.0074e-4, 2.8350}};

double coldload_respiration_W_kg(enum commodity c, double temp_degC)
{
    double f = 1.8 * temp_degC + 32;
    return f > 0 ? 10.7 / 3600 * rate[c].f * pow(f, rate[c].g) : 0;
}

static double enthalpy_J_kg(double t, double humidity_frac)
{
    double p = humidity_frac * 610.94 * exp(17.625 * t / (t + 243.04)), x = 0.622 * p / (101325 - p);
    return 1006 * t + x * (2.501e6 + 1860 * t);
}

double coldload_air_W(double store_degC, double store_humidity_frac, double out_degC, double out_humidity_frac,
                      double air_m3_s)
{
    double density = 353.0 / (out_degC + 273.15);
    return air_m3_s * density *
           (enthalpy_J_kg(out_degC, out_humidity_frac) - enthalpy_J_kg(store_degC, store_humidity_frac));
}
