/* Street light: daylight, the lighting classes of EN 13201 and what a row of lamps gives. Maintained averages over
 * the carriageway; the point-by-point grid of EN 13201-3 is not here. */
#ifndef PHYSICS_LIGHT_H
#define PHYSICS_LIGHT_H
enum light_kind { LIGHT_P, LIGHT_M, LIGHT_C, LIGHT_KINDS };
enum light_users { USERS_WALK, USERS_WALK_CYCLE, USERS_WALK_MOTOR, USERS_ALL };
/* Horizontal daylight: from irradiance by day, from the depression of the sun in twilight. */
double light_daylight_lx(double ghi_W_m2, double sun_zenith_deg);
/* Class number by CEN/TR 13201-1: 6 less the sum of the weights, within the classes that exist. traffic: -1 quiet,
 * 0 normal, 1 busy; ambient: -1 low, 0 moderate, 1 high; other: the weights of parameters that do not change over
 * the night. */
int light_class(enum light_kind, int traffic, int ambient, int other);
/* The fixed weights of a P class: speed low 1, very low 0; users; parked vehicles. */
int light_weight_p(int speed_low, enum light_users, int parked);
/* What M and C classes weigh beside traffic and ambient light. */
enum light_speed {
    SPEED_VERY_HIGH,
    SPEED_HIGH,
    SPEED_MODERATE,
    SPEED_LOW
};                                                /* 100 km/h and more, above 70, above 40, up to 40 */
enum light_mix { MIX_MOTOR, MIX_SOME, MIX_MANY }; /* motors only; some, many others among them */
struct light_street {
    enum light_speed speed;
    enum light_mix mix;
    int divided, dense, parked; /* carriageways apart; more than three junctions a km; parked vehicles */
    int navigation;             /* 0 easy, 1 difficult, 2 very difficult */
};
int light_weight_m(const struct light_street *);
int light_weight_c(const struct light_street *); /* junctions do not count: the area is one */
/* Maintained average illuminance that a class asks for; out of range classes are taken at the nearest. */
double light_class_lx(enum light_kind, int number);
/* Maintained average from luminaires of flux_lm every spacing_m over width_m (utilisation factor method). */
double light_average_lx(double flux_lm, double utilisation_frac, double maintenance_frac, double spacing_m,
                        double width_m);
#endif
