/* Sky -> plane -> shadow -> glass -> cell -> DC -> AC. Order and losses as PVWatts version 5 (Dobos, NREL/TP-6A20-62641, 2014): angle losses on the beam
 * only, one loss fraction on the DC side, inverter by its part-load curve. Rows: the shaded share of the beam is lost in proportion (thin-film
 * behaviour; strings of crystalline cells lose more). Left out: thermal inertia of modules, spectrum, mismatch. */
#include "physics/array.h"
#include "physics/tracker.h"
#include <math.h>

#define RAD (3.14159265358979323846 / 180.0)

static double or_usual(double given, double usual) { return given > 0 ? given : usual; }

double array_glass_frac(enum array_glass glass, const struct array_coat *c, double cos_incidence)
{
    double deg = acos(fmax(-1, fmin(1, cos_incidence))) / RAD;
    switch (glass) {
    case GLASS_ASHRAE: return pv_ashrae_frac(cos_incidence, or_usual(c->b, 0.05));
    case GLASS_PANE:
        return pv_pane_frac(deg, or_usual(c->index, 1.526), or_usual(c->extinction_per_m, 4),
                            or_usual(c->thickness_m, 0.002));
    case GLASS_MARTIN_RUIZ: return pv_martin_ruiz_frac(deg, or_usual(c->ar, 0.16));
    default: return 1;
    }
}

double array_horizon_deg(const struct array_horizon *h, double azimuth_deg)
{
    int i = 0, last = h->n - 1;
    double at = fmod(fmod(azimuth_deg, 360) + 360, 360);
    while (i < h->n && h->azimuth_deg[i] <= at) i++;
    int a = i ? i - 1 : last, b = i < h->n ? i : 0;
    double from = h->azimuth_deg[a] - (i ? 0 : 360), to = h->azimuth_deg[b] + (i < h->n ? 0 : 360),
           share = to > from ? (at - from) / (to - from) : 0;
    return h->elevation_deg[a] + share * (h->elevation_deg[b] - h->elevation_deg[a]);
}

static struct array_run plane_run(const struct array *a, const struct irradiance *sky, const struct sky_sun *sun)
{
    struct irradiance s = *sky;
    struct array_run r = {0};
    double horizon_deg = a->horizon.n ? array_horizon_deg(&a->horizon, sun->azimuth_deg) : a->horizon_deg;
    if (90 - sun->zenith_deg < horizon_deg) s.ghi_W_m2 = s.dhi_W_m2, s.dni_W_m2 = 0;
    r.plane = transpose(a->sky, &s, &a->plane, sun);
    if (a->row_cover_frac > 0)
        r.shade_frac = tracker_row_shade_frac(a->plane.tilt_deg, a->plane.azimuth_deg, a->row_cover_frac,
                                              sun->zenith_deg, sun->azimuth_deg);
    r.effective_W_m2 =
        r.plane.beam_W_m2 * (1 - r.shade_frac) * array_glass_frac(a->glass, &a->coat, r.plane.cos_incidence) +
        r.plane.sky_W_m2 + r.plane.ground_W_m2;
    return r;
}

static void power_run(const struct array *a, struct array_run *r, double cell_degC)
{
    r->cell_degC = cell_degC;
    r->dc_W = pv_dc_W(r->effective_W_m2, cell_degC, a->peak_W, a->temp_coeff_per_K) * (1 - a->loss_frac);
    r->ac_W = pv_ac_W(r->dc_W, a->inverter_W / a->inverter_eta_frac, a->inverter_eta_frac);
}

struct array_run array_run_at(const struct array *a, const struct irradiance *sky, const struct sky_sun *sun,
                              double cell_degC)
{
    struct array_run r = plane_run(a, sky, sun);
    power_run(a, &r, cell_degC);
    return r;
}

struct array_run array_run(const struct array *a, const struct irradiance *sky, const struct sky_sun *sun,
                           double air_degC, double wind_m_s)
{
    struct array_run r = plane_run(a, sky, sun);
    power_run(a, &r, pv_heat_degC(&a->heat, r.plane.total_W_m2, air_degC, wind_m_s));
    return r;
}
