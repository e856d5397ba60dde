/* A heated zone in detail: layers that conduct and store, windows of panes, sun by angle, long wave inside and to the sky. The judge of the home's two-state network. */
#ifndef PHYSICS_ZONE_H
#define PHYSICS_ZONE_H
#include "physics/irradiance.h"
enum { ZONE_SURFACES = 14, ZONE_NODES = 48, ZONE_LAYERS = 8 };
struct zone_layer {
    double thick_m, conductivity_W_m_K, density_kg_m3, heat_J_kg_K; /* density 0: no mass */
};
struct zone_pane {
    double thick_m, conductivity_W_m_K, transmitted_frac, reflected_out_frac, reflected_in_frac, emittance_out,
        emittance_in; /* sun at normal incidence */
};
struct zone_glazing {
    int panes; /* 1 or 2; [0] is outside */
    struct zone_pane pane[2];
    double gap_m;
    int argon;
};
/* What stands before a window: a plate above and plates at both sides. Lengths in m; depth 0: none. */
struct zone_shade {
    double over_depth_m, over_gap_m, over_side_m; /* above the glass by gap, wider than it by side */
    double fin_depth_m;                           /* at both edges of the glass */
};
enum zone_kind {
    ZONE_WALL,
    ZONE_GROUND,
    ZONE_WINDOW,
    ZONE_SHARED,
    ZONE_FACE
}; /* SHARED: a wall to another zone, in which its FACE stands */
struct zone_surface {
    enum zone_kind kind;
    double area_m2, tilt_deg, azimuth_deg, absorbed_frac, emittance; /* outside; inside the same */
    double ground_degC; /* of a GROUND surface, behind its last layer */
    double beyond_W_m2_K, beyond_degC,
        beyond_sun_W_m2; /* of a SHARED wall: film, temperature and sun on its other side */
    double face_degC;    /* of a FACE */
    struct zone_glazing glazing;
    struct zone_shade shade;
    double wide_m, high_m; /* of one window */
    int n;                 /* nodes, [0] outside */
    double heat_J_m2_K[ZONE_NODES], conduct_W_m2_K[ZONE_NODES], temp_degC[ZONE_NODES], source_W_m2[ZONE_NODES];
    double view; /* Carroll's factor to the mean radiant node */
    double diffuse_shade_frac, cover[91], absorb[2][91], hemi_cover,
        hemi_absorb[2]; /* windows: by whole degrees of incidence, and of diffuse light */
};
struct zone {
    int n;
    struct zone_surface surface[ZONE_SURFACES];
    double volume_m3, air_J_K, air_degC, radiant_degC, leak_W_K, absorbed_inside_frac;
    int floor; /* the surface that the sun through windows falls on first */
};
struct zone_weather {
    double air_degC, sky_degC, wind_m_s, wind_from_deg, zenith_deg, sun_azimuth_deg;
    struct irradiance sky;
    double extraterrestrial_W_m2, albedo_frac;
};
struct zone_hold {
    double heat_degC, cool_degC,
        vent_W_K;                   /* set-points of the air (+-INFINITY: none); ventilation beside the leaks */
    double convective_W, radiant_W; /* gains inside */
};
/* Adds a wall, roof or floor of layers, outside first; returns it. Temperatures start at temp_degC. */
struct zone_surface *zone_add(struct zone *, enum zone_kind, double area_m2, double tilt_deg, double azimuth_deg,
                              const struct zone_layer *, int n, double temp_degC);
struct zone_surface *zone_add_window(struct zone *, double wide_m, double high_m, int count, double azimuth_deg,
                                     const struct zone_glazing *, const struct zone_shade *, double temp_degC);
/* After all surfaces: long-wave factors. */
void zone_ready(struct zone *);
/* Before each step: what the wall of `a` meets in `b`, and what its face there is like. */
void zone_couple(struct zone *a, int wall, struct zone *b, int face);
/* One implicit step; returns the heat given to the air (cooling negative), W. sun_W (may be NULL) gets what came through the windows. */
double zone_step(struct zone *, const struct zone_weather *, const struct zone_hold *, double dt_s, double *sun_W);
#endif
