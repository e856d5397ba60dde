/* What a cold store must carry away: envelope, doors, product warm and breathing, fans, people. */
#ifndef PHYSICS_COLDLOAD_H
#define PHYSICS_COLDLOAD_H
enum commodity { APPLE, CABBAGE, CARROT, GRAPE, ONION, PEACH, PEAR, PLUM, POTATO, STRAWBERRY, TOMATO, COMMODITIES };
extern const char *const commodity_name[COMMODITIES + 1];
/* Heat of respiration, W/kg, of a commodity at a temperature. */
double coldload_respiration_W_kg(enum commodity, double temp_degC);
/* Heat that comes in with outdoor air through leaks and doors, W: sensible and latent. */
double coldload_air_W(double store_degC, double store_humidity_frac, double out_degC, double out_humidity_frac,
                      double air_m3_s);
#endif
