/* Building physics: the 5R1C hourly network of ISO 13790:2008 Annex C and its exact two-state form.
 *
 * The standard has one state, the mass node; air and surface nodes follow at once. A thermostat and a planner that
 * act within minutes need the air's own inertia, so the two-state form gives the air node the capacity of air and
 * furniture (10 kJ/K per m2 of floor, ISO 52016-1:2017 6.5.11) and keeps the surface node without capacity. The
 * network is symmetric, so both modes are real and decay: C dT/dt = -K T + q with C diagonal becomes, with S =
 * C^-1/2 K C^-1/2 = Q diag(rate) Q', z = Q' C^1/2 T. Inputs constant over a step make the step exact for any dt,
 * and energy is conserved to round-off. In steady state, and as the air's capacity goes to 0, it is the standard's
 * network.
 *
 * Left out: several zones, moisture, opening of windows, ground coupling. The share H_w / (9.1 A_t) of radiant
 * gains leaves at once through the panes, as the standard has it. */
#include "physics/building.h"
#include "physics/irradiance.h"
#include <math.h>

static const double surface_air_W_m2K = 3.45, surface_mass_W_m2K = 9.1; /* C.7.2.2 h_is, 12.2.2 h_ms */
static const double surface_per_floor = 4.5;                            /* 7.2.2.2 lambda_at */
static const double air_heat_J_m3K = 1200;                              /* 9.3.1 */
static const double furniture_J_m2K = 10000;                            /* ISO 52016-1 6.5.11 */

/* ISO 13790 table 12: capacity and effective area per m2 of floor. */
static const struct {
    double J_m2K, area;
} mass_class[MASS_CLASSES] = {{80e3, 2.5}, {110e3, 2.5}, {165e3, 2.5}, {260e3, 3.0}, {370e3, 3.5}};

struct building building_make(double floor_m2, double opaque_W_K, double window_W_K, double vent_W_K,
                              enum building_mass mass)
{
    struct building b = {.h_w_W_K = window_W_K, .h_ve_W_K = vent_W_K};
    b.total_m2 = surface_per_floor * floor_m2;
    b.mass_m2 = mass_class[mass].area * floor_m2;
    b.h_is_W_K = surface_air_W_m2K * b.total_m2;
    b.h_ms_W_K = surface_mass_W_m2K * b.mass_m2;
    b.h_em_W_K = 1 / (1 / opaque_W_K - 1 / b.h_ms_W_K); /* eq. 64 */
    b.mass_J_K = mass_class[mass].J_m2K * floor_m2;
    b.air_J_K = furniture_J_m2K * floor_m2;
    return b;
}

void building_size(struct building *b, double total_m2, double mass_m2, double mass_J_K, double opaque_W_K)
{
    b->total_m2 = total_m2;
    b->mass_m2 = mass_m2;
    b->h_is_W_K = surface_air_W_m2K * total_m2;
    b->h_ms_W_K = surface_mass_W_m2K * mass_m2;
    b->h_em_W_K = opaque_W_K > 0 ? 1 / (1 / opaque_W_K - 1 / b->h_ms_W_K) : 0;
    b->mass_J_K = mass_J_K;
}

double building_vent_W_K(double volume_m3, double air_change_per_h, double recovery_frac)
{
    return air_heat_J_m3K * volume_m3 * air_change_per_h / 3600 * (1 - recovery_frac);
}

double building_facade_W_m2(double azimuth_deg, double zenith_deg, double sun_azimuth_deg, double dni_W_m2,
                            double dhi_W_m2, double ghi_W_m2)
{
    const struct irradiance sky = {ghi_W_m2, zenith_deg < 90 ? dni_W_m2 : 0, dhi_W_m2};
    return irradiance_plane_isotropic(&sky, 90, azimuth_deg, zenith_deg, sun_azimuth_deg, 0.2).total_W_m2;
}

struct building_gains building_split(const struct building *b, double internal_W, double solar_W)
{
    double radiant_W = 0.5 * internal_W + solar_W, mass = b->mass_m2 / b->total_m2;
    double pane = b->h_w_W_K / (surface_mass_W_m2K * b->total_m2);
    return (struct building_gains){0.5 * internal_W, (1 - mass - pane) * radiant_W, mass * radiant_W};
}

struct building_hour building_rc_step(const struct building *b, double dt_s, double mass_degC, double out_degC,
                                      const struct building_gains *g, double heat_W)
{
    /* C.6 to C.8 without quotients of conductances that may be nothing: a sealed room, walls without windows */
    double to_air = b->h_is_W_K / (b->h_ve_W_K + b->h_is_W_K), h1 = b->h_ve_W_K * to_air, h2 = h1 + b->h_w_W_K;
    double to_mass = b->h_ms_W_K / (h2 + b->h_ms_W_K), h3 = h2 * to_mass;
    double air_W = g->air_W + heat_W, c = b->mass_J_K / dt_s, half = 0.5 * (h3 + b->h_em_W_K);
    double window_W = g->surface_W + b->h_w_W_K * out_degC, supply_W = to_air * (air_W + b->h_ve_W_K * out_degC);
    double total_W = g->mass_W + b->h_em_W_K * out_degC + to_mass * (window_W + supply_W); /* C.5 */
    struct building_hour r;
    r.mass_end_degC = (mass_degC * (c - half) + total_W) / (c + half);                       /* C.4 */
    r.mass_degC = 0.5 * (mass_degC + r.mass_end_degC);                                       /* C.9 */
    r.surface_degC = (b->h_ms_W_K * r.mass_degC + window_W + supply_W) / (b->h_ms_W_K + h2); /* C.10 */
    r.air_degC = (b->h_is_W_K * r.surface_degC + b->h_ve_W_K * out_degC + air_W) / (b->h_is_W_K + b->h_ve_W_K);
    r.operative_degC = 0.3 * r.air_degC + 0.7 * r.surface_degC; /* C.12 */
    return r;
}

double building_rc_demand_W(const struct building *b, double dt_s, double mass_degC, double out_degC,
                            const struct building_gains *g, double low_degC, double high_degC, double cool_max_W,
                            double heat_max_W)
{
    double probe_W = 10 * b->mass_m2; /* any probe: the network is linear in the heat */
    double free_degC = building_rc_step(b, dt_s, mass_degC, out_degC, g, 0).air_degC;
    double probe_degC = building_rc_step(b, dt_s, mass_degC, out_degC, g, probe_W).air_degC;
    double wanted_degC = fmin(fmax(free_degC, low_degC), high_degC);
    double heat_W = probe_W * (wanted_degC - free_degC) / (probe_degC - free_degC);
    return fmin(fmax(heat_W, cool_max_W), heat_max_W);
}

struct building_modes building_modes(const struct building *b)
{
    double sum = b->h_is_W_K + b->h_ms_W_K + b->h_w_W_K;
    double ka = b->h_ve_W_K + b->h_is_W_K - b->h_is_W_K * b->h_is_W_K / sum;
    double km = b->h_em_W_K + b->h_ms_W_K - b->h_ms_W_K * b->h_ms_W_K / sum;
    double ra = 1 / sqrt(b->air_J_K), rm = 1 / sqrt(b->mass_J_K);
    double saa = ka * ra * ra, smm = km * rm * rm, sam = -b->h_is_W_K * b->h_ms_W_K / sum * ra * rm;
    /* Jacobi rotation of the symmetric 2 x 2: t = tan(angle) of the smaller root. */
    double tau = (smm - saa) / (2 * sam), t = (tau >= 0 ? 1 : -1) / (fabs(tau) + sqrt(1 + tau * tau));
    double c = 1 / sqrt(1 + t * t), s = t * c, q[2][2] = {{c, s}, {-s, c}};
    struct building_modes m = {.rate_per_s = {saa - t * sam, smm + t * sam}};
    for (int i = 0; i < 2; i++) {
        double scale = fmax(fabs(q[0][i] * ra), fabs(q[1][i] * rm)); /* modes in kelvin: largest share 1 */
        m.v[0][i] = q[0][i] * ra / scale;
        m.v[1][i] = q[1][i] * rm / scale;
        m.w[i][0] = q[0][i] * ra * scale;
        m.w[i][1] = q[1][i] * rm * scale;
    }
    m.op[0] = 0.3 + 0.7 * b->h_is_W_K / sum;
    m.op[1] = 0.7 * b->h_ms_W_K / sum;
    m.op_out = 0.7 * b->h_w_W_K / sum;
    m.op_gain_K_W = 0.7 / sum;
    return m;
}

struct building_heat building_inflow(const struct building *b, double out_degC, const struct building_gains *g)
{
    double sum = b->h_is_W_K + b->h_ms_W_K + b->h_w_W_K, surface_W = b->h_w_W_K * out_degC + g->surface_W;
    return (struct building_heat){b->h_ve_W_K * out_degC + b->h_is_W_K / sum * surface_W + g->air_W,
                                  b->h_em_W_K * out_degC + b->h_ms_W_K / sum * surface_W + g->mass_W};
}

struct building_linear building_linear(const struct building *b)
{
    struct building_gains none = {0, 0, 0}, sun = building_split(b, 0, 1);
    struct building_heat k = building_inflow(b, 1, &none), w = building_inflow(b, 0, &sun);
    return (struct building_linear){k.air_W, k.mass_W, w.air_W, w.mass_W, sun.surface_W};
}

void building_mode_slot(double rate_per_s, double dt_s, double *decay, double *gain_s)
{
    double lost = -expm1(-rate_per_s * dt_s);
    *decay = 1 - lost;
    *gain_s = lost / rate_per_s;
}

void building_step(const struct building_modes *m, double dt_s, struct building_heat q, double *air_degC,
                   double *mass_degC, double mean[2])
{
    double det = m->v[0][0] * m->v[1][1] - m->v[0][1] * m->v[1][0], z[2], mid[2];
    z[0] = (m->v[1][1] * *air_degC - m->v[0][1] * *mass_degC) / det;
    z[1] = (m->v[0][0] * *mass_degC - m->v[1][0] * *air_degC) / det;
    for (int i = 0; i < 2; i++) {
        double decay, gain_s, in = m->w[i][0] * q.air_W + m->w[i][1] * q.mass_W, start = z[i];
        building_mode_slot(m->rate_per_s[i], dt_s, &decay, &gain_s);
        z[i] = decay * start + gain_s * in;
        mid[i] = (in * dt_s + start - z[i]) / (m->rate_per_s[i] * dt_s);
    }
    *air_degC = m->v[0][0] * z[0] + m->v[0][1] * z[1];
    *mass_degC = m->v[1][0] * z[0] + m->v[1][1] * z[1];
    for (int i = 0; mean && i < 2; i++) mean[i] = m->v[i][0] * mid[0] + m->v[i][1] * mid[1];
}

double building_operative_degC(const struct building_modes *m, double air_degC, double mass_degC, double out_degC,
                               double surface_W)
{
    return m->op[0] * air_degC + m->op[1] * mass_degC + m->op_out * out_degC + m->op_gain_K_W * surface_W;
}

struct building_fixed building_fixed(const struct building_modes *m, double dt_s)
{
    struct building_fixed f;
    for (int k = 0; k < 2; k++) { /* columns: the answer to one kelvin or one watt, by the exact step itself */
        double air = k == 0, mass = k == 1;
        building_step(m, dt_s, (struct building_heat){0, 0}, &air, &mass, 0);
        f.a[0][k] = air, f.a[1][k] = mass, air = mass = 0;
        building_step(m, dt_s, (struct building_heat){k == 0, k == 1}, &air, &mass, 0);
        f.b[0][k] = air, f.b[1][k] = mass;
    }
    return f;
}
