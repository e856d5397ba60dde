/* Many positions at one place: the slow part of SPA (right ascension, declination, distance, equation of the equinoxes) is evaluated in full every two days and
 * joined by cubics through four nodes; the fast part, the turning Earth and the parallax, is exact for every instant.
 *
 * Bound: the error of such a cubic is at most 3/128 h^4 |f''''|. With h = 2 d the annual terms of right ascension (2.5 deg at two turns a year) give 1.3e-6 deg, the Moon's
 * pull on the Earth (6.4" in 29.5 d) 1.4e-6 deg, nutation's fortnightly term (0.2") 0.9e-6 deg: 4e-6 deg together, below the 1e-5 deg that is asked; the test
 * measures it over centuries. The topocentric vector is turned as a vector, which is the report's eqs 33 to 47 without their angles. */
#include "physics/sun.h"
#include <math.h>

#define RAD (3.14159265358979323846 / 180.0)
static const double node_day = 2.0, unix_jd = 2440587.5;

/* Through values at -1, 0, 1, 2, by powers of x. */
static struct sun_cubic through(const double f[4])
{
    double a = (-f[0] + 3 * f[1] - 3 * f[2] + f[3]) / 6, b = (f[0] - 2 * f[1] + f[2]) / 2;
    return (struct sun_cubic){{f[1], f[2] - f[1] - a - b, b, a}};
}

static double at(const struct sun_cubic *c, double x)
{
    return c->c[0] + x * (c->c[1] + x * (c->c[2] + x * c->c[3]));
}

static double mean_sidereal_deg(double jd)
{
    double d = jd - 2451545.0, t = d / 36525.0;
    return 280.46061837 + 360.98564736629 * d + t * t * (0.000387933 - t / 38710000.0); /* eq 28 */
}

static void node_at(struct sun_track *w, int i)
{
    double jd = w->jd + (i - 1) * node_day;
    struct sun_geocentric g = isnan(w->delta_t_s) ? sun_geocentric_at((int64_t)llround((jd - unix_jd) * 86400e3))
                                                  : sun_geocentric(jd, w->delta_t_s);
    w->turn[i] = remainder(g.sidereal_deg - mean_sidereal_deg(jd), 360.0) - g.alpha_deg;
    w->delta[i] = RAD * g.delta_deg, w->parallax[i] = RAD * 8.794 / (3600.0 * g.R_au);
}

/* Moves to the window that begins at jd; one step on needs one node more. */
static void move(struct sun_track *w, double jd)
{
    int first = jd == w->jd + node_day ? 3 : 0;
    for (int i = 0; i < first; i++)
        w->turn[i] = w->turn[i + 1], w->delta[i] = w->delta[i + 1], w->parallax[i] = w->parallax[i + 1];
    w->jd = jd;
    for (int i = first; i < 4; i++) node_at(w, i);
    double turn[4] = {
        w->turn[0]}; /* without the year's jump; nodes keep it, so that they do not tell where the way began */
    for (int i = 1; i < 4; i++) turn[i] = turn[i - 1] + remainder(w->turn[i] - w->turn[i - 1], 360.0);
    w->turn_deg = through(turn), w->delta_rad = through(w->delta), w->parallax_rad = through(w->parallax);
}

struct sun_track sun_track(const struct sun_place *p, double delta_t_s)
{
    double lat = RAD * p->lat_deg, u = atan(0.99664719 * tan(lat)), sl = sin(lat), cl = cos(lat);
    double x = cos(u) + p->altitude_m / 6378140.0 * cl, y = 0.99664719 * sin(u) + p->altitude_m / 6378140.0 * sl;
    return (struct sun_track){
        .place = *p, .delta_t_s = delta_t_s, .sin_lat = sl, .cos_lat = cl, .x = x, .y = y, .jd = -1e9};
}

struct sun_angles sun_track_at(struct sun_track *w, double now)
{
    double part = (now - w->jd) / node_day, sl = w->sin_lat, cl = w->cos_lat;
    if (part < 0 || part >= 1) move(w, floor(now / node_day) * node_day), part = (now - w->jd) / node_day;
    double h = RAD * remainder(mean_sidereal_deg(now) + at(&w->turn_deg, part) + w->place.lon_deg, 360.0),
           delta = at(&w->delta_rad, part), xi = sin(at(&w->parallax_rad, part));
    double cd = cos(delta), meridian = cd * cos(h) - w->x * xi, west = cd * sin(h), axis = sin(delta) - w->y * xi;
    double up = meridian * cl + axis * sl, north = axis * cl - meridian * sl,
           e0 = atan2(up, sqrt(north * north + west * west)) / RAD;
    double azimuth = atan2(-west, north) / RAD;
    return (struct sun_angles){90.0 - e0 - sun_refraction_deg(e0, &w->place),
                               azimuth < 0 ? azimuth + 360.0 : azimuth};
}

void sun_series(const struct sun_place *p, double jd, double step_s, int n, double delta_t_s,
                struct sun_angles *out)
{
    struct sun_track t = sun_track(p, delta_t_s);
    for (int i = 0; i < n; i++) out[i] = sun_track_at(&t, jd + i * step_s / 86400.0);
}
