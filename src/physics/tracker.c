/* Single-axis tracking with slope-aware backtracking.
 *
 * Anderson & Mikofski, "Slope-Aware Backtracking for Single-Axis Trackers", NREL/TP-5K00-76626, 2020: true tracking angle eq 7,
 * backtracking correction eqs 13 and 14, axis tilt eq 18, cross-axis tilt eq 26. Marion & Dobos, NREL/TP-6A20-58891, 2013, for the
 * orientation of the plane. Left out: diffuse-optimal stowing, wind stow. */
#include "physics/tracker.h"
#include "physics/irradiance.h"
#include <math.h>

#define RAD (3.14159265358979323846 / 180.0)

double tracker_axis_tilt_deg(double slope_azimuth_deg, double slope_tilt_deg, double axis_azimuth_deg)
{
    return atan(tan(RAD * slope_tilt_deg) * cos(RAD * (axis_azimuth_deg - slope_azimuth_deg))) / RAD;
}

double tracker_cross_tilt_deg(double slope_azimuth_deg, double slope_tilt_deg, double axis_azimuth_deg,
                              double axis_tilt_deg)
{
    double delta = RAD * (slope_azimuth_deg - axis_azimuth_deg), st = sin(RAD * slope_tilt_deg),
           ct = cos(RAD * slope_tilt_deg);
    double ca = cos(RAD * axis_tilt_deg), sa = sin(RAD * axis_tilt_deg);
    return atan2(st * sin(delta), ct * ca + st * sa * cos(delta)) /
           RAD; /* components across the axis and normal to it */
}

struct tracker_turn tracker_at(const struct tracker *t, double zenith_deg, double sun_azimuth_deg)
{
    const double nan = (double)NAN;
    if (zenith_deg >= 90.0) return (struct tracker_turn){nan, nan, nan, nan};
    double z = RAD * zenith_deg, az = RAD * sun_azimuth_deg, axis = RAD * t->axis_azimuth_deg,
           lean = RAD * t->axis_tilt_deg;
    double x = sin(z) * sin(az), y = sin(z) * cos(az), up = cos(z);
    double xp = x * cos(axis) - y * sin(axis);
    double zp = x * sin(axis) * sin(lean) + y * sin(lean) * cos(axis) + up * cos(lean);
    double turn = atan2(xp, zp) / RAD;
    if (t->backtrack) {
        double apart = 1.0 / (t->cover_frac * cos(RAD * t->cross_tilt_deg));
        double shadow = fabs(apart * cos(RAD * (turn - t->cross_tilt_deg)));
        if (shadow < 1.0) turn -= copysign(acos(shadow) / RAD, turn);
    }
    turn = fmax(-t->max_deg, fmin(t->max_deg, turn));
    double nx = sin(RAD * turn),
           nz = cos(RAD * turn); /* the plane's normal seen along the axis, then turned into the world */
    double wx = nx * cos(axis) + nz * sin(lean) * sin(axis), wy = -nx * sin(axis) + nz * sin(lean) * cos(axis),
           wz = nz * cos(lean);
    double azimuth = atan2(wx, wy) / RAD, tilt = acos(fmax(-1.0, fmin(1.0, wz))) / RAD;
    if (azimuth < 0.0) azimuth += 360.0;
    double c = irradiance_cos_incidence(tilt, azimuth, zenith_deg, sun_azimuth_deg);
    return (struct tracker_turn){turn, tilt, azimuth, acos(fmax(-1.0, fmin(1.0, c))) / RAD};
}

double tracker_row_shade_frac(double tilt_deg, double azimuth_deg, double cover_frac, double zenith_deg,
                              double sun_azimuth_deg)
{
    double facing = cos(RAD * (sun_azimuth_deg - azimuth_deg));
    if (zenith_deg >= 90.0) return 1.0;
    double profile = atan2(tan(RAD * zenith_deg) * facing,
                           1.0); /* the sun's angle from the vertical in the section across rows */
    double lit = cos(profile) / (cover_frac * fmax(cos(profile - RAD * tilt_deg), 1e-9));
    return facing <= 0.0 ? 0.0 : fmax(0.0, 1.0 - lit);
}
