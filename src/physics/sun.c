/* Sun position: the Solar Position Algorithm, I. Reda and A. Andreas, "Solar Position Algorithm for Solar Radiation
 * Applications", NREL/TP-560-34302, revised 2008. Equation numbers below are that report's. Chosen because it is
 * the reference (0.0003 deg over the years -2000 to 6000) and costs 6 us, against 0.01 deg of the short almanac
 * formulas. The periodic terms are tables A4.2 and A4.3 of the report (VSOP87 and IAU 1980 nutation, shortened by
 * its authors). Delta T: polynomials of Espenak and Meeus, NASA/TP-2006-214141, section "Polynomial expressions for
 * delta T". Left out: incidence on a plane (irradiance.c has it) and the refraction of a real, measured atmosphere.
 */
#include "physics/sun.h"
#include <math.h>
#include <stddef.h>

#define RAD (3.14159265358979323846 / 180.0)
#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

struct term {
    double a, b, c;
}; /* a cos(b + c JME) */
struct nutation {
    signed char y[5];
    double a, b, c, d;
};

// clang-format off
static const struct term l0[] = {
    {175347046, 0, 0}, {3341656, 4.6692568, 6283.07585}, {34894, 4.6261, 12566.1517}, {3497, 2.7441, 5753.3849},
    {3418, 2.8289, 3.5231}, {3136, 3.6277, 77713.7715}, {2676, 4.4181, 7860.4194}, {2343, 6.1352, 3930.2097},
    {1324, 0.7425, 11506.7698}, {1273, 2.0371, 529.691}, {1199, 1.1096, 1577.3435}, {990, 5.233, 5884.927},
    {902, 2.045, 26.298}, {857, 3.508, 398.149}, {780, 1.179, 5223.694}, {753, 2.533, 5507.553},
    {505, 4.583, 18849.228}, {492, 4.205, 775.523}, {357, 2.92, 0.067}, {317, 5.849, 11790.629},
    {284, 1.899, 796.298}, {271, 0.315, 10977.079}, {243, 0.345, 5486.778}, {206, 4.806, 2544.314},
    {205, 1.869, 5573.143}, {202, 2.458, 6069.777}, {156, 0.833, 213.299}, {132, 3.411, 2942.463},
    {126, 1.083, 20.775}, {115, 0.645, 0.98}, {103, 0.636, 4694.003}, {102, 0.976, 15720.839},
    {102, 4.267, 7.114}, {99, 6.21, 2146.17}, {98, 0.68, 155.42}, {86, 5.98, 161000.69},
    {85, 1.3, 6275.96}, {85, 3.67, 71430.7}, {80, 1.81, 17260.15}, {79, 3.04, 12036.46},
    {75, 1.76, 5088.63}, {74, 3.5, 3154.69}, {74, 4.68, 801.82}, {70, 0.83, 9437.76},
    {62, 3.98, 8827.39}, {61, 1.82, 7084.9}, {57, 2.78, 6286.6}, {56, 4.39, 14143.5},
    {56, 3.47, 6279.55}, {52, 0.19, 12139.55}, {52, 1.33, 1748.02}, {51, 0.28, 5856.48},
    {49, 0.49, 1194.45}, {41, 5.37, 8429.24}, {41, 2.4, 19651.05}, {39, 6.17, 10447.39},
    {37, 6.04, 10213.29}, {37, 2.57, 1059.38}, {36, 1.71, 2352.87}, {36, 1.78, 6812.77},
    {33, 0.59, 17789.85}, {30, 0.44, 83996.85}, {30, 2.74, 1349.87}, {25, 3.16, 4690.48}};
static const struct term l1[] = {
    {628331966747, 0, 0}, {206059, 2.678235, 6283.07585}, {4303, 2.6351, 12566.1517}, {425, 1.59, 3.523},
    {119, 5.796, 26.298}, {109, 2.966, 1577.344}, {93, 2.59, 18849.23}, {72, 1.14, 529.69},
    {68, 1.87, 398.15}, {67, 4.41, 5507.55}, {59, 2.89, 5223.69}, {56, 2.17, 155.42},
    {45, 0.4, 796.3}, {36, 0.47, 775.52}, {29, 2.65, 7.11}, {21, 5.34, 0.98},
    {19, 1.85, 5486.78}, {19, 4.97, 213.3}, {17, 2.99, 6275.96}, {16, 0.03, 2544.31},
    {16, 1.43, 2146.17}, {15, 1.21, 10977.08}, {12, 2.83, 1748.02}, {12, 3.26, 5088.63},
    {12, 5.27, 1194.45}, {12, 2.08, 4694}, {11, 0.77, 553.57}, {10, 1.3, 6286.6},
    {10, 4.24, 1349.87}, {9, 2.7, 242.73}, {9, 5.64, 951.72}, {8, 5.3, 2352.87},
    {6, 2.65, 9437.76}, {6, 4.67, 4690.48}};
static const struct term l2[] = {
    {52919, 0, 0}, {8720, 1.0721, 6283.0758}, {309, 0.867, 12566.152}, {27, 0.05, 3.52},
    {16, 5.19, 26.3}, {16, 3.68, 155.42}, {10, 0.76, 18849.23}, {9, 2.06, 77713.77},
    {7, 0.83, 775.52}, {5, 4.66, 1577.34}, {4, 1.03, 7.11}, {4, 3.44, 5573.14},
    {3, 5.14, 796.3}, {3, 6.05, 5507.55}, {3, 1.19, 242.73}, {3, 6.12, 529.69},
    {3, 0.31, 398.15}, {3, 2.28, 553.57}, {2, 4.38, 5223.69}, {2, 3.75, 0.98}};
static const struct term l3[] = {
    {289, 5.844, 6283.076}, {35, 0, 0}, {17, 5.49, 12566.15}, {3, 5.2, 155.42},
    {1, 4.72, 3.52}, {1, 5.3, 18849.23}, {1, 5.97, 242.73}};
static const struct term l4[] = {{114, 3.142, 0}, {8, 4.13, 6283.08}, {1, 3.84, 12566.15}};
static const struct term l5[] = {{1, 3.14, 0}};
static const struct term b0[] = {
    {280, 3.199, 84334.662}, {102, 5.422, 5507.553}, {80, 3.88, 5223.69}, {44, 3.7, 2352.87}, {32, 4, 1577.34}};
static const struct term b1[] = {{9, 3.9, 5507.55}, {6, 1.73, 5223.69}};
static const struct term r0[] = {
    {100013989, 0, 0}, {1670700, 3.0984635, 6283.07585}, {13956, 3.05525, 12566.1517}, {3084, 5.1985, 77713.7715},
    {1628, 1.1739, 5753.3849}, {1576, 2.8469, 7860.4194}, {925, 5.453, 11506.77}, {542, 4.564, 3930.21},
    {472, 3.661, 5884.927}, {346, 0.964, 5507.553}, {329, 5.9, 5223.694}, {307, 0.299, 5573.143},
    {243, 4.273, 11790.629}, {212, 5.847, 1577.344}, {186, 5.022, 10977.079}, {175, 3.012, 18849.228},
    {110, 5.055, 5486.778}, {98, 0.89, 6069.78}, {86, 5.69, 15720.84}, {86, 1.27, 161000.69},
    {65, 0.27, 17260.15}, {63, 0.92, 529.69}, {57, 2.01, 83996.85}, {56, 5.24, 71430.7},
    {49, 3.25, 2544.31}, {47, 2.58, 775.52}, {45, 5.54, 9437.76}, {43, 6.01, 6275.96},
    {39, 5.36, 4694}, {38, 2.39, 8827.39}, {37, 0.83, 19651.05}, {37, 4.9, 12139.55},
    {36, 1.67, 12036.46}, {35, 1.84, 2942.46}, {33, 0.24, 7084.9}, {32, 0.18, 5088.63},
    {32, 1.78, 398.15}, {28, 1.21, 6286.6}, {28, 1.9, 6279.55}, {26, 4.59, 10447.39}};
static const struct term r1[] = {
    {103019, 1.10749, 6283.07585}, {1721, 1.0644, 12566.1517}, {702, 3.142, 0}, {32, 1.02, 18849.23},
    {31, 2.84, 5507.55}, {25, 1.32, 5223.69}, {18, 1.42, 1577.34}, {10, 5.91, 10977.08},
    {9, 1.42, 6275.96}, {9, 0.27, 5486.78}};
static const struct term r2[] = {
    {4359, 5.7846, 6283.0758}, {124, 5.579, 12566.152}, {12, 3.14, 0}, {9, 3.63, 77713.77},
    {6, 1.87, 5573.14}, {3, 5.47, 18849.23}};
static const struct term r3[] = {{145, 4.273, 6283.076}, {7, 3.92, 12566.15}};
static const struct term r4[] = {{4, 2.56, 6283.08}};

/* Multiples of X0 (moon's elongation), X1 (sun's anomaly), X2 (moon's anomaly), X3 (moon's latitude), X4 (node); a, b for
 * longitude, c, d for obliquity, in 0.0001 arc seconds. */
static const struct nutation nutation[] = {
    {{0, 0, 0, 0, 1}, -171996, -174.2, 92025, 8.9}, {{-2, 0, 0, 2, 2}, -13187, -1.6, 5736, -3.1},
    {{0, 0, 0, 2, 2}, -2274, -0.2, 977, -0.5},      {{0, 0, 0, 0, 2}, 2062, 0.2, -895, 0.5},
    {{0, 1, 0, 0, 0}, 1426, -3.4, 54, -0.1},        {{0, 0, 1, 0, 0}, 712, 0.1, -7, 0},
    {{-2, 1, 0, 2, 2}, -517, 1.2, 224, -0.6},       {{0, 0, 0, 2, 1}, -386, -0.4, 200, 0},
    {{0, 0, 1, 2, 2}, -301, 0, 129, -0.1},          {{-2, -1, 0, 2, 2}, 217, -0.5, -95, 0.3},
    {{-2, 0, 1, 0, 0}, -158, 0, 0, 0},              {{-2, 0, 0, 2, 1}, 129, 0.1, -70, 0},
    {{0, 0, -1, 2, 2}, 123, 0, -53, 0},             {{2, 0, 0, 0, 0}, 63, 0, 0, 0},
    {{0, 0, 1, 0, 1}, 63, 0.1, -33, 0},             {{2, 0, -1, 2, 2}, -59, 0, 26, 0},
    {{0, 0, -1, 0, 1}, -58, -0.1, 32, 0},           {{0, 0, 1, 2, 1}, -51, 0, 27, 0},
    {{-2, 0, 2, 0, 0}, 48, 0, 0, 0},                {{0, 0, -2, 2, 1}, 46, 0, -24, 0},
    {{2, 0, 0, 2, 2}, -38, 0, 16, 0},               {{0, 0, 2, 2, 2}, -31, 0, 13, 0},
    {{0, 0, 2, 0, 0}, 29, 0, 0, 0},                 {{-2, 0, 1, 2, 2}, 29, 0, -12, 0},
    {{0, 0, 0, 2, 0}, 26, 0, 0, 0},                 {{-2, 0, 0, 2, 0}, -22, 0, 0, 0},
    {{0, 0, -1, 2, 1}, 21, 0, -10, 0},              {{0, 2, 0, 0, 0}, 17, -0.1, 0, 0},
    {{2, 0, -1, 0, 1}, 16, 0, -8, 0},               {{-2, 2, 0, 2, 2}, -16, 0.1, 7, 0},
    {{0, 1, 0, 0, 1}, -15, 0, 9, 0},                {{-2, 0, 1, 0, 1}, -13, 0, 7, 0},
    {{0, -1, 0, 0, 1}, -12, 0, 6, 0},               {{0, 0, 2, -2, 0}, 11, 0, 0, 0},
    {{2, 0, -1, 2, 1}, -10, 0, 5, 0},               {{2, 0, 1, 2, 2}, -8, 0, 3, 0},
    {{0, 1, 0, 2, 2}, 7, 0, -3, 0},                 {{-2, 1, 1, 0, 0}, -7, 0, 0, 0},
    {{0, -1, 0, 2, 2}, -7, 0, 3, 0},                {{2, 0, 0, 2, 1}, -7, 0, 3, 0},
    {{2, 0, 1, 0, 0}, 6, 0, 0, 0},                  {{-2, 0, 2, 2, 2}, 6, 0, -3, 0},
    {{-2, 0, 1, 2, 1}, 6, 0, -3, 0},                {{2, 0, -2, 0, 1}, -6, 0, 3, 0},
    {{2, 0, 0, 0, 1}, -6, 0, 3, 0},                 {{0, -1, 1, 0, 0}, 5, 0, 0, 0},
    {{-2, -1, 0, 2, 1}, -5, 0, 3, 0},               {{-2, 0, 0, 0, 1}, -5, 0, 3, 0},
    {{0, 0, 2, 2, 1}, -5, 0, 3, 0},                 {{-2, 0, 2, 0, 1}, 4, 0, 0, 0},
    {{-2, 1, 0, 2, 1}, 4, 0, 0, 0},                 {{0, 0, 1, -2, 0}, 4, 0, 0, 0},
    {{-1, 0, 1, 0, 0}, -4, 0, 0, 0},                {{-2, 1, 0, 0, 0}, -4, 0, 0, 0},
    {{1, 0, 0, 0, 0}, -4, 0, 0, 0},                 {{0, 0, 1, 2, 0}, 3, 0, 0, 0},
    {{0, 0, -2, 2, 2}, -3, 0, 0, 0},                {{-1, -1, 1, 0, 0}, -3, 0, 0, 0},
    {{0, 1, 1, 0, 0}, -3, 0, 0, 0},                 {{0, -1, 1, 2, 2}, -3, 0, 0, 0},
    {{2, -1, -1, 2, 2}, -3, 0, 0, 0},               {{0, 0, 3, 2, 2}, -3, 0, 0, 0},
    {{2, -1, 0, 2, 2}, -3, 0, 0, 0}};

/* X0..X4 = a0 + a1 t + a2 t^2 + t^3 / a3 in degrees, t = JCE (eqs 15-19). */
static const double argument[5][4] = {
    {297.85036, 445267.111480, -0.0019142,  189474}, {357.52772,  35999.050340, -0.0001603, -300000},
    {134.96298, 477198.867398,  0.0086972,   56250}, { 93.27191, 483202.017538, -0.0036825,  327270},
    {125.04452,  -1934.136261,  0.0020708,  450000}};
/* Mean obliquity in arc seconds over U = JME / 10, lowest power first (eq 24). */
static const double obliquity[] = {84381.448, -4680.93, -1.55, 1999.25, -51.38, -249.67, -39.05, 7.12, 27.87, 5.79, 2.45};

/* delta T = sum c_i u^i with u = (y - origin) / scale for y < until (Espenak & Meeus 2006), s. */
static const struct { double until, origin, scale, c[8]; } delta_t[] = {
    {-500, 1820, 100, {-20, 0, 32}},
    {500, 0, 100, {10583.6, -1014.41, 33.78311, -5.952053, -0.1798452, 0.022174192, 0.0090316521}},
    {1600, 1000, 100, {1574.2, -556.01, 71.23472, 0.319781, -0.8503463, -0.005050998, 0.0083572073}},
    {1700, 1600, 1, {120, -0.9808, -0.01532, 1.0 / 7129}},
    {1800, 1700, 1, {8.83, 0.1603, -0.0059285, 0.00013336, -1.0 / 1174000}},
    {1860, 1800, 1, {13.72, -0.332447, 0.0068612, 0.0041116, -0.00037436, 0.0000121272, -0.0000001699, 0.000000000875}},
    {1900, 1860, 1, {7.62, 0.5737, -0.251754, 0.01680668, -0.0004473624, 1.0 / 233174}},
    {1920, 1900, 1, {-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197}},
    {1941, 1920, 1, {21.20, 0.84493, -0.076100, 0.0020936}},
    {1961, 1950, 1, {29.07, 0.407, -1.0 / 233, 1.0 / 2547}},
    {1986, 1975, 1, {45.45, 1.067, -1.0 / 260, -1.0 / 718}},
    {2005, 2000, 1, {63.86, 0.3345, -0.060374, 0.0017275, 0.000651814, 0.00002373599}},
    {2050, 2000, 1, {62.92, 0.32217, 0.005589}},
    {2150, 1820, 100, {-205.724, 56.28, 32}}, /* -20 + 32 u^2 - 0.5628 (2150 - y) */
    {1e9, 1820, 100, {-20, 0, 32}}};
// clang-format on

static double sum_terms(const struct term *t, int n, double jme)
{
    double s = 0.0;
    for (int i = 0; i < n; i++) s += t[i].a * cos(t[i].b + t[i].c * jme);
    return s;
}
#define SUM(table) sum_terms(table, COUNT(table), jme)

static double poly(const double *c, int n, double x)
{
    double s = 0.0;
    for (int i = n - 1; i >= 0; i--) s = s * x + c[i];
    return s;
}

static double wrap360(double deg)
{
    double d = fmod(deg, 360.0);
    return d < 0.0 ? d + 360.0 : d;
}

double sun_julian_day(int64_t at_ms) { return (double)at_ms / 86400000.0 + 2440587.5; }

double sun_delta_t_s(double year, int month)
{
    double y = year + (month - 0.5) / 12.0;
    int i = 0;
    while (year >= delta_t[i].until) i++;
    return poly(delta_t[i].c, 8, (y - delta_t[i].origin) / delta_t[i].scale);
}

static void nutation_angles(double jce, double *lon_deg, double *obliquity_deg)
{
    double x[5], psi = 0.0, eps = 0.0;
    for (int k = 0; k < 5; k++)
        x[k] = RAD * (argument[k][0] + jce * (argument[k][1] + jce * (argument[k][2] + jce / argument[k][3])));
    for (int i = 0; i < COUNT(nutation); i++) {
        const struct nutation *n = &nutation[i];
        double arg = 0.0;
        for (int k = 0; k < 5; k++) arg += n->y[k] * x[k];
        psi += (n->a + n->b * jce) * sin(arg);
        eps += (n->c + n->d * jce) * cos(arg);
    }
    *lon_deg = psi / 36000000.0;
    *obliquity_deg = eps / 36000000.0;
}

static double sidereal_deg(double jd, double nutation_lon_deg, double obliquity_deg)
{
    double jc = (jd - 2451545.0) / 36525.0; /* eqs 28, 29 */
    double mean = 280.46061837 + 360.98564736629 * (jd - 2451545.0) + jc * jc * (0.000387933 - jc / 38710000.0);
    return wrap360(mean) + nutation_lon_deg * cos(RAD * obliquity_deg);
}

struct sun_geocentric sun_geocentric(double jd, double delta_t_s)
{
    struct sun_geocentric g = {.jd = jd, .delta_t_s = delta_t_s};
    double jce = (jd + delta_t_s / 86400.0 - 2451545.0) / 36525.0, jme = jce / 10.0;
    double l[] = {SUM(l0), SUM(l1), SUM(l2), SUM(l3), SUM(l4), SUM(l5)};
    double b[] = {SUM(b0), SUM(b1)}, r[] = {SUM(r0), SUM(r1), SUM(r2), SUM(r3), SUM(r4)};
    g.L_deg = wrap360(poly(l, 6, jme) * 1e-8 / RAD);
    g.B_deg = poly(b, 2, jme) * 1e-8 / RAD;
    g.R_au = poly(r, 5, jme) * 1e-8;
    nutation_angles(jce, &g.nutation_lon_deg, &g.nutation_obliquity_deg);
    g.obliquity_deg = poly(obliquity, COUNT(obliquity), jme / 10.0) / 3600.0 + g.nutation_obliquity_deg;
    double aberration_deg = -20.4898 / (3600.0 * g.R_au); /* eq 26 */
    g.lambda_deg = g.L_deg + 180.0 + g.nutation_lon_deg + aberration_deg;
    g.lambda_deg = wrap360(g.lambda_deg);
    g.sidereal_deg = sidereal_deg(jd, g.nutation_lon_deg, g.obliquity_deg);
    double lam = RAD * g.lambda_deg, eps = RAD * g.obliquity_deg, beta = -RAD * g.B_deg;
    g.alpha_deg = wrap360(atan2(sin(lam) * cos(eps) - tan(beta) * sin(eps), cos(lam)) / RAD); /* eq 30 */
    g.delta_deg = asin(sin(beta) * cos(eps) + cos(beta) * sin(eps) * sin(lam)) / RAD;         /* eq 31 */
    return g;
}

struct sun_geocentric sun_between(const struct sun_geocentric *a, const struct sun_geocentric *b, double jd)
{
    struct sun_geocentric g = *a;
    double f = (jd - a->jd) / (b->jd - a->jd), turn = b->alpha_deg - a->alpha_deg;
    if (fabs(turn) > 180.0) turn -= copysign(360.0, turn);
    g.jd = jd;
    g.alpha_deg = wrap360(a->alpha_deg + f * turn);
    g.delta_deg = a->delta_deg + f * (b->delta_deg - a->delta_deg);
    g.R_au = a->R_au + f * (b->R_au - a->R_au);
    g.sidereal_deg = wrap360(a->sidereal_deg + 360.985647 * (jd - a->jd));
    return g;
}

/* Refraction of a true elevation, deg (eq 42); none where the whole disc is below the horizon. */
double sun_refraction_deg(double e0_deg, const struct sun_place *p)
{
    if (e0_deg < -(0.26667 + p->refraction_deg)) return 0.0;
    double air = p->pressure_Pa / 101000.0 * 283.0 / (273.0 + p->temp_degC);
    return air * 1.02 / (60.0 * tan(RAD * (e0_deg + 10.3 / (e0_deg + 5.11))));
}

struct sun_angles sun_topocentric(const struct sun_geocentric *g, const struct sun_place *p)
{
    double lat = RAD * p->lat_deg, delta = RAD * g->delta_deg;
    double h = RAD * wrap360(g->sidereal_deg + p->lon_deg - g->alpha_deg); /* eq 32 */
    double xi = RAD * 8.794 / (3600.0 * g->R_au);                          /* eq 33: parallax */
    double u = atan(0.99664719 * tan(lat));
    double x = cos(u) + p->altitude_m / 6378140.0 * cos(lat);
    double y = 0.99664719 * sin(u) + p->altitude_m / 6378140.0 * sin(lat);
    double base = cos(delta) - x * sin(xi) * cos(h);
    double d_alpha = atan2(-x * sin(xi) * sin(h), base);                     /* eq 37 */
    double delta_p = atan2((sin(delta) - y * sin(xi)) * cos(d_alpha), base); /* eq 39 */
    double hp = h - d_alpha;
    double s = sin(lat) * sin(delta_p) + cos(lat) * cos(delta_p) * cos(hp);
    double e0 = asin(fmin(1.0, fmax(-1.0, s))) / RAD; /* eq 41 */
    double gamma = atan2(sin(hp), cos(hp) * sin(lat) - tan(delta_p) * cos(lat)) / RAD;
    return (struct sun_angles){90.0 - e0 - sun_refraction_deg(e0, p), wrap360(gamma + 180.0)};
}

static double delta_t_at(int64_t at_ms)
{
    double year = 1970.0 + (double)at_ms / (365.2425 * 86400000.0);
    return sun_delta_t_s(floor(year), 1 + (int)(12.0 * (year - floor(year))));
}

/* Standard atmosphere (ISO 2533), Pa. */
static double standard_pressure_Pa(double altitude_m)
{
    return 101325.0 * pow(1.0 - 2.25577e-5 * altitude_m, 5.25588);
}

struct sun_geocentric sun_geocentric_at(int64_t at_ms)
{
    return sun_geocentric(sun_julian_day(at_ms), delta_t_at(at_ms));
}

struct sun_place sun_place_standard(double lat_deg, double lon_deg, double altitude_m)
{
    return (struct sun_place){lat_deg, lon_deg, altitude_m, standard_pressure_Pa(altitude_m), 12.0, 0.5667};
}

struct sun_angles sun_position(int64_t at_ms, double lat_deg, double lon_deg, double altitude_m)
{
    struct sun_geocentric g = sun_geocentric_at(at_ms);
    struct sun_place p = sun_place_standard(lat_deg, lon_deg, altitude_m);
    return sun_topocentric(&g, &p);
}

/* Right ascension and declination at noon-free offset n days from the middle of three daily values (eqs A.7, A.8).
 */
static double interpolate(const double v[3], double n, int angle)
{
    double a = v[1] - v[0], b = v[2] - v[1];
    if (angle && fabs(a) > 180.0) a -= copysign(360.0, a);
    if (angle && fabs(b) > 180.0) b -= copysign(360.0, b);
    return v[1] + n * (a + b + (b - a) * n) / 2.0;
}

struct day_sun {
    double sidereal_deg, alpha[3], delta[3], delta_t_s;
};

/* Fraction of the day at which the sun crosses `altitude` (or its transit, altitude NAN), refined from a first
 * guess. */
static double refine(const struct day_sun *d, double m, double lat_deg, double lon_deg, double altitude_deg)
{
    for (int round = 0; round < 2; round++) {
        double nu = d->sidereal_deg + 360.985647 * m, n = m + d->delta_t_s / 86400.0;
        double alpha = interpolate(d->alpha, n, 1), delta = RAD * interpolate(d->delta, n, 0);
        double h = wrap360(nu + lon_deg - alpha);
        if (h > 180.0) h -= 360.0;
        if (isnan(altitude_deg)) {
            m -= h / 360.0;
            continue;
        }
        double lat = RAD * lat_deg;
        double e = asin(sin(lat) * sin(delta) + cos(lat) * cos(delta) * cos(RAD * h)) / RAD;
        m += (e - altitude_deg) / (360.0 * cos(delta) * cos(lat) * sin(RAD * h)); /* eq A.12 */
    }
    return m;
}

/* The report's appendix A.2 for the UT day starting at day_ms. */
static struct sun_day ut_day(int64_t day_ms, double lat_deg, double lon_deg)
{
    const double altitude_deg = -0.8333;
    struct day_sun d = {.delta_t_s = delta_t_at(day_ms)};
    double jd = sun_julian_day(day_ms);
    for (int i = 0; i < 3; i++) {
        struct sun_geocentric g = sun_geocentric(jd + i - 1, 0.0);
        d.alpha[i] = g.alpha_deg;
        d.delta[i] = g.delta_deg;
        if (i == 1) d.sidereal_deg = g.sidereal_deg;
    }
    double m0 = wrap360(d.alpha[1] - lon_deg - d.sidereal_deg) / 360.0;
    double lat = RAD * lat_deg, delta = RAD * d.delta[1];
    double c = (sin(RAD * altitude_deg) - sin(lat) * sin(delta)) / (cos(lat) * cos(delta)); /* eq A.4 */
    struct sun_day s = {c > 1.0 ? SUN_DAY_POLAR_NIGHT : c < -1.0 ? SUN_DAY_POLAR_DAY : SUN_DAY_NORMAL, 0, 0, 0};
    s.transit_ms = day_ms + (int64_t)llround(86400000.0 * refine(&d, m0, lat_deg, lon_deg, (double)NAN));
    s.rise_ms = s.set_ms = s.transit_ms;
    if (s.kind != SUN_DAY_NORMAL) return s;
    double half = acos(c) / RAD / 360.0;
    s.rise_ms = day_ms + (int64_t)llround(86400000.0 * refine(&d, m0 - half, lat_deg, lon_deg, altitude_deg));
    s.set_ms = day_ms + (int64_t)llround(86400000.0 * refine(&d, m0 + half, lat_deg, lon_deg, altitude_deg));
    return s;
}

struct sun_day sun_day(int64_t at_ms, double lat_deg, double lon_deg)
{
    const int64_t day = 86400000;
    int64_t start = at_ms / day * day - (at_ms % day < 0 ? day : 0);
    struct sun_day s = ut_day(start, lat_deg, lon_deg);
    if (s.transit_ms - at_ms > day / 2) return ut_day(start - day, lat_deg, lon_deg);
    if (at_ms - s.transit_ms > day / 2) return ut_day(start + day, lat_deg, lon_deg);
    return s;
}

struct sun_angles sun_middle(int64_t start_ms, int64_t end_ms, double lat_deg, double lon_deg, double altitude_m)
{
    struct sun_day d = sun_day((start_ms + end_ms) / 2, lat_deg, lon_deg);
    if (d.kind == SUN_DAY_NORMAL && d.rise_ms > start_ms && d.rise_ms < end_ms) start_ms = d.rise_ms;
    if (d.kind == SUN_DAY_NORMAL && d.set_ms > start_ms && d.set_ms < end_ms) end_ms = d.set_ms;
    return sun_position((start_ms + end_ms) / 2, lat_deg, lon_deg, altitude_m);
}
