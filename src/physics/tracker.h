/* Single-axis trackers on flat or sloping ground. */
#ifndef PHYSICS_TRACKER_H
#define PHYSICS_TRACKER_H
struct tracker {
    double axis_tilt_deg, axis_azimuth_deg; /* the way the axis leans; azimuth from north */
    double cross_tilt_deg;                  /* slope of the ground across the axis */
    double max_deg, cover_frac;             /* widest turn; collector width over row distance */
    int backtrack;                          /* turns back so that rows do not shade each other */
};
struct tracker_turn {
    double turn_deg, tilt_deg, azimuth_deg, incidence_deg; /* NAN while the sun is down */
};
struct tracker_turn tracker_at(const struct tracker *, double zenith_deg, double sun_azimuth_deg);
/* Axis tilt and cross-axis tilt on ground of a slope. */
double tracker_axis_tilt_deg(double slope_azimuth_deg, double slope_tilt_deg, double axis_azimuth_deg);
double tracker_cross_tilt_deg(double slope_azimuth_deg, double slope_tilt_deg, double axis_azimuth_deg,
                              double axis_tilt_deg);
/* Share of a row's width that the row before it shades (fixed rows or trackers): the shadow's edge by geometry. */
double tracker_row_shade_frac(double tilt_deg, double azimuth_deg, double cover_frac, double zenith_deg,
                              double sun_azimuth_deg);
#endif
