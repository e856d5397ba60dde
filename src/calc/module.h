/* Rows and readers that the models of modules share: glass and what hides the beam. */
#ifndef CALC_MODULE_H
#define CALC_MODULE_H
#include "calc/calc.h"
#include "physics/array.h"
extern const char *const module_glass_words[];
// clang-format off
#define GLASS_IN \
    PICK("glass", module_glass_words, 1, "angle losses of the beam"), NUM("glass_b", 0.001, 0.5, CALC_MAYBE, "ashrae; else 0.05"), NUM("glass_index", 1.01, 3, CALC_MAYBE, "physical; else 1.526"), \
    NUM("glass_extinction_per_m", 0.01, 100, CALC_MAYBE, "physical; else 4"), NUM("glass_thickness_m", 1e-4, 0.02, CALC_MAYBE, "physical; else 0.002"), \
    NUM("glass_ar", 0.01, 1, CALC_MAYBE, "martin_ruiz; else 0.16")
#define SHADE_IN \
    NUM("horizon_deg", 0, 60, 0, "elevation below which the beam is hidden, all round"), LIST_MAYBE("horizon_azimuth_deg", 0, 360, "points of a horizon of your own, ascending from north"), \
    LIST_MAYBE("horizon_elevation_deg", 0, 90, "their elevations, straight in between"), NUM("row_cover_frac", 0, 1, 0, "collector width over row distance; 0: no rows in front")
// clang-format on
struct array_coat module_coat(const struct calc_io *);
/* The points given, none of them n = 0; -1 when they are no horizon. */
int module_horizon(const struct calc_io *, struct array_horizon *, struct err *);
#endif
