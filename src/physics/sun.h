/* The sun as seen from a place: NREL's Solar Position Algorithm in full, and the day's rise, transit and set. */
#ifndef PHYSICS_SUN_H
#define PHYSICS_SUN_H
#include <stdint.h>
struct sun_angles {
    double zenith_deg, azimuth_deg;
}; /* refracted zenith; azimuth clockwise from north */
/* Position at a UTC instant with the standard atmosphere of the altitude at 12 degC and delta T by sun_delta_t_s.
 */
struct sun_angles sun_position(int64_t at_ms, double lat_deg, double lon_deg, double altitude_m);

/* The same split in two for callers with many places or instants: the geocentric part holds for the whole Earth. */
struct sun_geocentric {
    double jd, delta_t_s;      /* Julian day (UT), TT - UT */
    double L_deg, B_deg, R_au; /* heliocentric longitude, latitude, radius */
    double nutation_lon_deg, nutation_obliquity_deg, obliquity_deg;
    double lambda_deg; /* apparent longitude */
    double sidereal_deg, alpha_deg,
        delta_deg; /* apparent sidereal time at Greenwich, right ascension, declination */
};
struct sun_place {
    double lat_deg, lon_deg, altitude_m, pressure_Pa, temp_degC, refraction_deg /* at the horizon */;
};
struct sun_geocentric sun_geocentric(double jd, double delta_t_s);
/* What sun_position takes: delta T of the instant, the standard atmosphere. */
struct sun_geocentric sun_geocentric_at(int64_t at_ms);
struct sun_place sun_place_standard(double lat_deg, double lon_deg, double altitude_m);
struct sun_angles sun_topocentric(const struct sun_geocentric *, const struct sun_place *);

/* Linear between two geocentric positions at most a day apart: within 0.001 deg, an hour apart within
 * 5e-6 deg, at a twentieth of the cost. */
struct sun_geocentric sun_between(const struct sun_geocentric *a, const struct sun_geocentric *b, double jd);

/* One place at instants that follow each other, within 5e-6 deg of sun_topocentric at a tenth of its cost (physics/sun_series.c); any instant may be asked for, but who
 * jumps about pays for it. */
struct sun_cubic {
    double c[4];
};
struct sun_track {
    struct sun_place place;
    double delta_t_s, sin_lat, cos_lat, x, y; /* x, y: the place from the Earth's middle, in equatorial radii */
    double jd;                                /* of the window in use */
    double turn[4], delta[4],
        parallax[4]; /* at its nodes; turn: apparent sidereal time less mean, less right ascension */
    struct sun_cubic turn_deg, delta_rad, parallax_rad;
};
struct sun_track sun_track(const struct sun_place *, double delta_t_s /* NAN: sun_delta_t_s of the instant */);
struct sun_angles sun_track_at(struct sun_track *, double jd);
/* n positions from Julian day jd on, step_s apart. */
void sun_series(const struct sun_place *, double jd, double step_s, int n, double delta_t_s,
                struct sun_angles *out);
/* Refraction of a true elevation (eq 42); 0 where the whole disc is below the horizon. */
double sun_refraction_deg(double elevation_deg, const struct sun_place *);

/* The sun in the middle of a span of at most a day; where it rises or sets within the span, in the middle of the lit part (as PVWatts takes hourly means). */
struct sun_angles sun_middle(int64_t start_ms, int64_t end_ms, double lat_deg, double lon_deg, double altitude_m);

double sun_julian_day(int64_t at_ms);
double sun_delta_t_s(double year, int month); /* TT - UT, Espenak & Meeus 2006; good to a few seconds from 1900 */

/* The day around the transit nearest to at_ms (within 12 h), upper limb on a refracted horizon (-0.8333 deg), to
 * about 1 s. */
enum sun_day_kind { SUN_DAY_NORMAL, SUN_DAY_POLAR_DAY, SUN_DAY_POLAR_NIGHT };
struct sun_day {
    enum sun_day_kind kind;
    int64_t rise_ms, transit_ms, set_ms; /* rise and set = transit unless NORMAL */
};
struct sun_day sun_day(int64_t at_ms, double lat_deg, double lon_deg);
#endif
