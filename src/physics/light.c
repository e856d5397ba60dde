/* Light: classes and averages.
 *
 * Class tables: EN 13201-2 (P1..P6 and C0..C5 illuminance, M1..M6 luminance). A luminance class is met by the
 * illuminance L / Q0 with Q0 = 0.07 cd/(m2 lx), the average luminance coefficient of the R3 road surface: an
 * average, not the observer's pattern. Choice of class: CEN/TR 13201-1:2014
 * tables 1 (M), 3 (C) and A.2 (P), whose weights are given there as an example that a country may replace; those of M and C as remembered,
 * not from the printed tables. Average: E = flux x utilisation x
 * maintenance / area (CIE 154 for the maintenance factor). Daylight: 110 lm/W of global radiation (Littlefair 1985,
 * mean sky), and in twilight the clear-sky illuminance by solar altitude (Seidelmann, Explanatory Supplement to the
 * Astronomical Almanac, 1992, table 9.34), interpolated in the logarithm. Left out: moonlight, glare, uniformity,
 * edge ratio. */
#include "physics/light.h"
#include <math.h>

double light_daylight_lx(double ghi_W_m2, double sun_zenith_deg)
{
    static const double altitude_deg[] = {-18, -12, -6, -0.8, 0};
    static const double clear_lx[] = {6.51e-4, 8.31e-3, 3.40, 453, 732};
    double altitude = 90 - sun_zenith_deg, lx = 110 * fmax(ghi_W_m2, 0);
    if (altitude >= 0) return lx;
    if (altitude <= -18) return clear_lx[0];
    int i = 0;
    while (altitude > altitude_deg[i + 1]) i++;
    double share = (altitude - altitude_deg[i]) / (altitude_deg[i + 1] - altitude_deg[i]);
    return clear_lx[i] * pow(clear_lx[i + 1] / clear_lx[i], share);
}

int light_weight_p(int speed_low, enum light_users users, int parked)
{
    static const int weight[] = {0, 1, 1, 2};
    return (speed_low ? 1 : 0) + weight[users] + (parked ? 1 : 0);
}

static int fixed_weight(const struct light_street *s)
{
    return (int)s->mix + !s->divided + (s->parked != 0) + s->navigation;
}

int light_weight_m(const struct light_street *s)
{
    static const int speed[] = {2, 1, -1, -2};
    return speed[s->speed] + fixed_weight(s) + (s->dense != 0);
}

int light_weight_c(const struct light_street *s)
{
    static const int speed[] = {3, 2, 0, -1};
    return speed[s->speed] + fixed_weight(s);
}

static int within(int v, int lo, int hi) { return v < lo ? lo : v > hi ? hi : v; }

int light_class(enum light_kind kind, int traffic, int ambient, int other)
{
    int number = 6 - (other + traffic + ambient);
    return kind == LIGHT_C ? within(number, 0, 5) : within(number, 1, 6);
}

double light_class_lx(enum light_kind kind, int number)
{
    static const double q0 = 0.07;
    static const double p_lx[] = {15, 10, 7.5, 5, 3, 2}, c_lx[] = {50, 30, 20, 15, 10, 7.5};
    static const double m_cd_m2[] = {2, 1.5, 1, 0.75, 0.5, 0.3};
    if (kind == LIGHT_C) return c_lx[within(number, 0, 5)];
    int i = within(number, 1, 6) - 1;
    return kind == LIGHT_M ? m_cd_m2[i] / q0 : p_lx[i];
}

double light_average_lx(double flux_lm, double utilisation_frac, double maintenance_frac, double spacing_m,
                        double width_m)
{
    return flux_lm * utilisation_frac * maintenance_frac / (spacing_m * width_m);
}
