/* Heat pumps: COP curves of When2Heat (Ruhnau, Hirth, Praktiknjo 2019, Scientific Data 6:189, cop_parameters.csv):
 * a quadratic in the lift between outdoor air and supply, fitted to manufacturers' data, lift at least 15 K, times
 * 0.85 for field conditions. Heating curves from the same source. Defrosting is not in the fit: its cost is largest
 * near 2 degC in moist air (the A2 test point of EN 14511) and taken as 10 % there, falling to nothing at -3 and 7
 * degC and in dry air (assumption, engineering judgement). Cooling turns the same machine round: heat from the room
 * is the heat rejected less the work, EER = COP - 1, with supply 10 degC to a fan coil and 18 degC to a floor
 * (above the dew point). Left out: capacity against temperature (the electric rating is held), start losses,
 * part-load gains. */
#include "physics/heatpump.h"
#include <math.h>

double heatpump_supply_degC(enum emitter e, double out_degC)
{
    return fmax(25, e == EMITTER_FLOOR ? 30 - 0.5 * out_degC : 40 - out_degC);
}

static double field_cop(double lift_K)
{
    double dt = fmin(fmax(lift_K, 15), 80); /* the quadratic turns up again past 94 K */
    return 0.85 * (6.0801 - 0.0941 * dt + 0.0005 * dt * dt);
}

double heatpump_frost_frac(double out_degC, double humidity_frac)
{
    double near = 1 - fabs(out_degC - 2) / 5, moist = fmin(fmax((humidity_frac - 0.5) / 0.3, 0), 1);
    return near > 0 ? 0.10 * near * moist : 0;
}

double heatpump_cop(double out_degC, double sink_degC, double humidity_frac)
{
    return fmax(1, field_cop(sink_degC - out_degC) * (1 - heatpump_frost_frac(out_degC, humidity_frac)));
}

double heatpump_eer(enum emitter e, double out_degC)
{
    double supply_degC = e == EMITTER_FLOOR ? 18 : 10,
           reject_degC = out_degC + 10; /* 10 K across the outdoor coil */
    return field_cop(reject_degC - supply_degC) - 1;
}
