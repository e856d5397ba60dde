/* A photovoltaic array from sky to socket, in the PVWatts way with a choice of each part: what the twin, the plan and `kend calc pv` use. */
#ifndef PHYSICS_ARRAY_H
#define PHYSICS_ARRAY_H
#include "physics/pv.h"
#include "physics/transpose.h"
enum array_glass { GLASS_ASHRAE, GLASS_PANE, GLASS_MARTIN_RUIZ, GLASS_NONE };
/* Coefficients of the three; 0 stands for the usual one of pv.h. */
struct array_coat {
    double b, index, extinction_per_m, thickness_m, ar;
};
/* Share of the beam that passes. */
double array_glass_frac(enum array_glass, const struct array_coat *, double cos_incidence);
/* What hides the low sun: pairs of azimuth (ascending, from north) and elevation, straight in between and round the circle. */
struct array_horizon {
    const double *azimuth_deg, *elevation_deg;
    int n;
};
double array_horizon_deg(const struct array_horizon *, double azimuth_deg);
struct array {
    struct plane plane;
    enum sky_model sky;
    enum array_glass glass;
    struct array_coat coat;
    struct pv_heat heat;
    double peak_W, temp_coeff_per_K, loss_frac; /* DC rating at 1000 W/m2 and 25 degC; losses of the DC side */
    double inverter_W, inverter_eta_frac;       /* AC rating, nominal efficiency */
    double row_cover_frac,
        horizon_deg;              /* collector width over row distance (0: no rows); the beam is hidden below */
    struct array_horizon horizon; /* with points it stands in place of horizon_deg */
};
struct array_run {
    struct plane_irradiance plane;
    double shade_frac, effective_W_m2, cell_degC, dc_W, ac_W;
};
struct array_run array_run(const struct array *, const struct irradiance *, const struct sky_sun *, double air_degC,
                           double wind_m_s);
/* The same with the cells' temperature known (a module with inertia, or a measurement). */
struct array_run array_run_at(const struct array *, const struct irradiance *, const struct sky_sun *,
                              double cell_degC);
#endif
