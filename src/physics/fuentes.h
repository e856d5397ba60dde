/* Temperature of a module with its own inertia (Fuentes 1987), as in NREL's PVWatts. */
#ifndef PHYSICS_FUENTES_H
#define PHYSICS_FUENTES_H
struct fuentes {
    double noct_K, tilt_deg, conv_ratio, ground_ratio,
        capacity_J_m2_K;            /* made once from the installed nominal temperature */
    double height_m, wind_height_m; /* of the array, of the anemometer */
    double module_K, absorbed_W_m2; /* state: at the end of the last step */
};
/* noct_degC: nominal operating cell temperature as installed, 45 open rack, 49 close to a roof. */
struct fuentes fuentes_make(double noct_degC, double tilt_deg);
/* Steps over dt_s with the sun changing linearly from the last value; returns degC at the end. */
double fuentes_step_degC(struct fuentes *, double plane_W_m2, double air_degC, double wind_m_s, double dt_s);
#endif
