/* Greenhouse climate after Bot 1983 and Stanghellini 1987, in the lumped form of de Zwart 1996: one air node, transpiration by Penman-Monteith on the leaves (radiation term and
 * vapour deficit term over leaf and air resistances), condensation on the cover when it is colder than the air's dew point, vents in proportion. Latent heat is taken from the air
 * where the crop transpires and given back where vapour condenses on the cover (half of it lost outwards). Left out: CO2, screens, soil layers, leaf temperature. */
#include "physics/greenhouse.h"
#include <math.h>

static const double latent_J_kg = 2.45e6, air_J_m3_K = 1200, psychrometric_Pa_K = 65.8;

static double saturation_Pa(double t) { return 610.94 * exp(17.625 * t / (t + 243.04)); }
static double vapour_Pa(double kg_m3, double t) { return kg_m3 * 461.5 * (t + 273.15); }

double greenhouse_saturation_kg_m3(double t) { return saturation_Pa(t) / (461.5 * (t + 273.15)); }

/* Transpiration by floor area, kg/(m2 s): leaf resistance opens with light (Stanghellini: 82 s/m at full light, 5000 in the dark). */
static double transpiration(const struct greenhouse *g, double t, double vapour, double sun_inside)
{
    double deficit = fmax(0, saturation_Pa(t) - vapour_Pa(vapour, t)),
           slope = 17.625 * 243.04 / ((t + 243.04) * (t + 243.04)) * saturation_Pa(t);
    double absorbed = sun_inside * (1 - exp(-0.7 * g->leaf_index)), r_air = 200 / fmax(0.1, 2 * g->leaf_index);
    double r_leaf = (82 + 570 * exp(-sun_inside / 45) * 8.6) / fmax(0.1, 2 * g->leaf_index);
    double heat =
        (slope * absorbed + air_J_m3_K * deficit / r_air) / (slope + psychrometric_Pa_K * (1 + r_leaf / r_air));
    return heat / latent_J_kg;
}

/* Balances for a heat and a ventilation; returns the new temperature. */
static double balance(const struct greenhouse *g, const struct greenhouse_air *a,
                      const struct greenhouse_weather *w, double heat_W, double vent_per_h, double dt_s,
                      struct greenhouse_air *next, struct greenhouse_run *r)
{
    double sun = w->sun_W_m2 * g->tau_frac, flow = g->volume_m3 * (g->leak_per_h + vent_per_h) / 3600,
           out_vapour = w->humidity_frac * greenhouse_saturation_kg_m3(w->temp_degC);
    double cover_degC =
        w->temp_degC + (a->temp_degC - w->temp_degC) / 3; /* a third of the resistance lies outside */
    double onto = fmax(0, a->vapour_kg_m3 - greenhouse_saturation_kg_m3(cover_degC)), surface_m_s = 1.33e-3;
    r->transpired_kg_m2_s = transpiration(g, a->temp_degC, a->vapour_kg_m3, sun);
    double wet = r->transpired_kg_m2_s * g->floor_m2, carry = onto > 0 ? surface_m_s * g->cover_m2 : 0,
           base = carry * greenhouse_saturation_kg_m3(cover_degC);
    double all = g->volume_m3 / dt_s + flow + carry;
    next->vapour_kg_m3 = (g->volume_m3 / dt_s * a->vapour_kg_m3 + flow * out_vapour + wet + base) / all;
    double condensed = carry * next->vapour_kg_m3 - base;
    r->condensed_kg_m2_s = condensed / g->floor_m2;
    r->vapour_balance_kg_s = g->volume_m3 * (next->vapour_kg_m3 - a->vapour_kg_m3) / dt_s -
                             flow * (out_vapour - next->vapour_kg_m3) - wet + condensed;
    double loss = g->u_W_m2_K * g->cover_m2 + air_J_m3_K * flow,
           gain = sun * g->floor_m2 - latent_J_kg * (wet - 0.5 * condensed) + heat_W,
           c = g->capacity_J_m2_K * g->floor_m2;
    next->temp_degC = (c / dt_s * a->temp_degC + loss * w->temp_degC + gain) / (c / dt_s + loss);
    r->heat_balance_W =
        c * (next->temp_degC - a->temp_degC) / dt_s - loss * (w->temp_degC - next->temp_degC) - gain;
    return next->temp_degC;
}

struct greenhouse_run greenhouse_step(const struct greenhouse *g, struct greenhouse_air *a,
                                      const struct greenhouse_weather *w, double heat_degC, double heat_max_W,
                                      double vent_degC, double humid_frac, double dt_s)
{
    struct greenhouse_run r = {0};
    struct greenhouse_air next, warm;
    double t = balance(g, a, w, 0, 0, dt_s, &next, &r);
    if (t < heat_degC) { /* linear in the heat */
        double unit = balance(g, a, w, 1, 0, dt_s, &warm, &r) - t;
        r.heat_W = fmin(heat_max_W, (heat_degC - t) / unit);
    }
    double humid = next.vapour_kg_m3 / greenhouse_saturation_kg_m3(fmax(t, heat_degC));
    if (t > vent_degC || humid > humid_frac) { /* as much as is needed, by bisection */
        double lo = 0, hi = g->vent_per_h;
        for (int i = 0; i < 40; i++) {
            double mid = (lo + hi) / 2, now = balance(g, a, w, r.heat_W, mid, dt_s, &next, &r),
                   rh = next.vapour_kg_m3 / greenhouse_saturation_kg_m3(now);
            if (now > vent_degC || rh > humid_frac)
                lo = mid;
            else
                hi = mid;
        }
        r.vent_per_h = hi;
    }
    balance(g, a, w, r.heat_W, r.vent_per_h, dt_s, &next, &r);
    *a = next;
    double sat = greenhouse_saturation_kg_m3(a->temp_degC);
    r.humidity_frac = fmin(1, a->vapour_kg_m3 / sat);
    r.deficit_kPa = fmax(0, saturation_Pa(a->temp_degC) - vapour_Pa(a->vapour_kg_m3, a->temp_degC)) / 1000;
    return r;
}
