/* A lit street point by point: EN 13201-3 luminance, illuminance, uniformity, glare and edge ratio between two lamps of a long straight row. */
#ifndef PHYSICS_ROAD_H
#define PHYSICS_ROAD_H
#include "physics/luminaire.h"
enum { ROAD_TAN = 29, ROAD_BETA = 20 };
/* Road reflection table: r x 1e4 by tan gamma and beta (CIE 144). */
struct road_table {
    double tan_gamma[ROAD_TAN], beta_deg[ROAD_BETA], r1e4[ROAD_TAN][ROAD_BETA];
};
enum road_surface_class { ROAD_R1, ROAD_R2, ROAD_R3, ROAD_R4, ROAD_C1, ROAD_C2, ROAD_SURFACES };
void road_surface(enum road_surface_class, struct road_table *); /* the standard dry surfaces of CIE 144 */
double road_table_r(const struct road_table *, double tan_gamma, double beta_deg);
double road_table_q0(const struct road_table *); /* average luminance coefficient, integrated from the table */
double road_table_s1(const struct road_table *); /* specular factor r(0, 2) / r(0, 0) */
enum road_rows { ROAD_RIGHT, ROAD_LEFT, ROAD_STAGGERED, ROAD_OPPOSITE, ROAD_ARRANGEMENTS };
struct road {
    const struct luminaire *lamp;
    const struct road_table *table; /* NULL: no luminances */
    enum road_rows rows;
    int lanes;
    double width_m, height_m, spacing_m, overhang_m,
        tilt_deg;                            /* overhang: of the lamp over the kerb, negative behind it */
    double maintenance_frac, level_frac, q0; /* q0 > 0 scales the table */
};
struct road_result {
    double lux, lux_min, lux_uniform_frac, edge_frac;   /* maintained average, least, overall uniformity, REI */
    double cd_m2, uniform_frac, along_frac, glare_frac; /* worst lane; NAN without a table. glare: TI */
    double veil_cd_m2, as_new_cd_m2; /* where glare_frac is worst: glare at any level follows from them */
    double area_per_lamp_m2;         /* road area that one lamp serves */
};
struct road_result road_run(const struct road *);
/* What road_run would give at another level, from its answer at level 1. */
struct road_result road_at_level(const struct road_result *full, double level_frac);
/* Least level at which a class holds with what road_run gave at level 1, or NAN when no level does: full level may glare too much where a lower one
 * does not. kind 'M', 'C' or 'P'. */
double road_least_level(const struct road_result *full, char kind, int number);
/* Whether the class is met; why: what fails first, or NULL. */
int road_meets(const struct road_result *, char kind, int number, const char **why);
#endif
