/* Greenhouse climate after Bot 1983 and Stanghellini 1987, in the lumped form of de Zwart 1996: one air node, transpiration by Penman-Monteith on the leaves (radiation term and
 * vapour deficit term over leaf and air resistances), condensation on the cover when it is colder than the air's dew point, vents in proportion. Latent heat is taken from the air
 * where the crop transpires and given back where vapour condenses on the cover (half of it lost outwards). Chosen because its numbers are those of a data sheet and its step is
 * cheap: what does not hang on heat and vents is made once a step, the rest is linear in the heat and in the vapour (implicit, the deficit's part of the transpiration too).
 * The twin steps it at high fidelity (src/assets/greenhouse.c); otherwise the fast form, a line through its settled states at a winter night and two bright days: what it loses is the
 * hour in which the vapour settles, vents that open for humidity, and all that is curved. Left out of both: CO2, screens, soil layers, leaf temperature. */
#include "physics/greenhouse.h"
#include <math.h>

static const double latent_J_kg = 2.45e6, air_J_m3_K = 1200, psychrometric_Pa_K = 65.8, surface_m_s = 1.33e-3,
                    vapour_J_kg_K = 461.5;

static double saturation_Pa(double t) { return 610.94 * exp(17.625 * t / (t + 243.04)); }
static double vapour_Pa(double kg_m3, double t) { return kg_m3 * vapour_J_kg_K * (t + 273.15); }

double greenhouse_saturation_kg_m3(double t) { return saturation_Pa(t) / (vapour_J_kg_K * (t + 273.15)); }

double greenhouse_loss_W_K(const struct greenhouse *g, double vent_per_h)
{
    return g->u_W_m2_K * g->cover_m2 + air_J_m3_K * g->volume_m3 * (g->leak_per_h + vent_per_h) / 3600;
}

/* Transpiration of the whole floor, kg/s, as a line in the air's vapour: kg_s - per_vapour (vapour - now). Leaf resistance opens with light (Stanghellini: 82 s/m
 * at full light, 5000 in the dark). */
struct wet {
    double kg_s, per_vapour_m3_s;
};
static struct wet transpiration(const struct greenhouse *g, double t, double vapour, double light_W_m2)
{
    double saturation = saturation_Pa(t), deficit = saturation - vapour_Pa(vapour, t),
           slope = 17.625 * 243.04 / ((t + 243.04) * (t + 243.04)) * saturation;
    double leaves = fmax(0.1, 2 * g->leaf_index), r_air = 200 / leaves,
           r_leaf = (82 + (light_W_m2 > 0 ? exp(-light_W_m2 / 45) : 1) * 570 * 8.6) / leaves;
    double absorbed = light_W_m2 > 0 ? light_W_m2 * (1 - exp(-0.7 * g->leaf_index)) : 0,
           below = (slope + psychrometric_Pa_K * (1 + r_leaf / r_air)) * latent_J_kg / g->floor_m2;
    return (struct wet){(slope * absorbed + air_J_m3_K * deficit / r_air) / below,
                        air_J_m3_K / r_air * vapour_Pa(1, t) / below};
}

/* What heat and vents of this step leave alone. */
struct room {
    const struct greenhouse *g;
    struct greenhouse_air was;
    struct wet wet;
    double dt_s, out_degC, out_vapour, light_W, carry_m3_s, cover_vapour;
};
static struct room room_of(const struct greenhouse *g, const struct greenhouse_air *a,
                           const struct greenhouse_weather *w, double dt_s)
{
    double light_W_m2 = w->sun_W_m2 * g->tau_frac + w->lamp_W_m2;
    double cover_degC =
        w->temp_degC + (a->temp_degC - w->temp_degC) / 3; /* a third of the resistance lies outside */
    double cover_vapour = greenhouse_saturation_kg_m3(cover_degC);
    return (struct room){.g = g,
                         .was = *a,
                         .wet = transpiration(g, a->temp_degC, a->vapour_kg_m3, light_W_m2),
                         .dt_s = dt_s,
                         .out_degC = w->temp_degC,
                         .out_vapour = w->humidity_frac * greenhouse_saturation_kg_m3(w->temp_degC),
                         .light_W = light_W_m2 * g->floor_m2,
                         .carry_m3_s = a->vapour_kg_m3 > cover_vapour ? surface_m_s * g->cover_m2 : 0,
                         .cover_vapour = cover_vapour};
}

/* The vapour at the end of the step, and what the crop gave and the cover took. A crop takes none back. */
static double vapour_end(const struct room *m, double air_m3_s, struct wet wet, double *wet_kg_s, double *cold_kg_s)
{
    double held = m->g->volume_m3 / m->dt_s, k = wet.per_vapour_m3_s,
           v = (held * m->was.vapour_kg_m3 + air_m3_s * m->out_vapour + wet.kg_s + k * m->was.vapour_kg_m3 +
                m->carry_m3_s * m->cover_vapour) /
               (held + air_m3_s + m->carry_m3_s + k);
    *wet_kg_s = wet.kg_s - k * (v - m->was.vapour_kg_m3);
    if (*wet_kg_s < 0) return vapour_end(m, air_m3_s, (struct wet){0, 0}, wet_kg_s, cold_kg_s);
    *cold_kg_s = m->carry_m3_s * (v - m->cover_vapour);
    return v;
}

static struct greenhouse_air ends(const struct room *m, double heat_W, double vent_per_h, double *wet_kg_s,
                                  double *cold_kg_s)
{
    const struct greenhouse *g = m->g;
    double air_m3_s = g->volume_m3 * (g->leak_per_h + vent_per_h) / 3600,
           vapour = vapour_end(m, air_m3_s, m->wet, wet_kg_s, cold_kg_s);
    double loss = greenhouse_loss_W_K(g, vent_per_h), c = g->capacity_J_m2_K * g->floor_m2 / m->dt_s,
           gain = m->light_W - latent_J_kg * (*wet_kg_s - 0.5 * *cold_kg_s) + heat_W;
    return (struct greenhouse_air){(c * m->was.temp_degC + loss * m->out_degC + gain) / (c + loss), vapour};
}

/* How far above its limits the air ends, K: temperature, and humidity at 20 K for the whole of it. */
static double above(const struct room *m, double heat_W, double vent_per_h, double vent_degC, double humid_frac)
{
    double wet, cold;
    struct greenhouse_air a = ends(m, heat_W, vent_per_h, &wet, &cold);
    return fmax(a.temp_degC - vent_degC,
                20 * (a.vapour_kg_m3 / greenhouse_saturation_kg_m3(a.temp_degC) - humid_frac));
}

/* As little as keeps both limits, by false position with the Illinois rule. */
static double vents(const struct room *m, double heat_W, double vent_degC, double humid_frac)
{
    double lo = 0, hi = m->g->vent_per_h, f_lo = above(m, heat_W, lo, vent_degC, humid_frac);
    if (f_lo <= 0) return 0;
    double f_hi = above(m, heat_W, hi, vent_degC, humid_frac);
    if (f_hi >= 0) return hi;
    for (int i = 0, side = 0; i < 40 && f_hi < -1e-6; i++) {
        double at = (lo * f_hi - hi * f_lo) / (f_hi - f_lo), f = above(m, heat_W, at, vent_degC, humid_frac);
        if (f > 0) {
            lo = at, f_lo = f;
            if (side == 1) f_hi /= 2;
            side = 1;
            if (f < 1e-6) return at;
        } else {
            hi = at, f_hi = f;
            if (side == -1) f_lo /= 2;
            side = -1;
        }
    }
    return hi;
}

static struct greenhouse_run run(const struct room *m, struct greenhouse_air *a, double heat_W, double vent_per_h)
{
    const struct greenhouse *g = m->g;
    double wet, cold, air_m3_s = g->volume_m3 * (g->leak_per_h + vent_per_h) / 3600;
    struct greenhouse_air next = ends(m, heat_W, vent_per_h, &wet, &cold);
    double heat_W_in = m->light_W - latent_J_kg * (wet - 0.5 * cold) + heat_W -
                       greenhouse_loss_W_K(g, vent_per_h) * (next.temp_degC - m->out_degC);
    struct greenhouse_run r = {
        .heat_W = heat_W,
        .vent_per_h = vent_per_h,
        .transpired_kg_m2_s = wet / g->floor_m2,
        .condensed_kg_m2_s = cold / g->floor_m2,
        .heat_balance_W = g->capacity_J_m2_K * g->floor_m2 * (next.temp_degC - a->temp_degC) / m->dt_s - heat_W_in,
        .vapour_balance_kg_s = g->volume_m3 * (next.vapour_kg_m3 - a->vapour_kg_m3) / m->dt_s -
                               air_m3_s * (m->out_vapour - next.vapour_kg_m3) - wet + cold};
    *a = next;
    double sat = greenhouse_saturation_kg_m3(a->temp_degC);
    r.humidity_frac = fmin(1, a->vapour_kg_m3 / sat);
    r.deficit_kPa = vapour_Pa(fmax(0, sat - a->vapour_kg_m3), a->temp_degC) / 1000;
    return r;
}

struct greenhouse_run greenhouse_heated(const struct greenhouse *g, struct greenhouse_air *a,
                                        const struct greenhouse_weather *w, double heat_W, double vent_degC,
                                        double humid_frac, double dt_s)
{
    struct room m = room_of(g, a, w, dt_s);
    return run(&m, a, heat_W, vents(&m, heat_W, vent_degC, humid_frac));
}

struct greenhouse_run greenhouse_step(const struct greenhouse *g, struct greenhouse_air *a,
                                      const struct greenhouse_weather *w, double heat_degC, double heat_max_W,
                                      double vent_degC, double humid_frac, double dt_s)
{
    struct room m = room_of(g, a, w, dt_s);
    double wet, cold, cool_K = heat_degC - ends(&m, 0, 0, &wet, &cold).temp_degC;
    double by_W_K = g->capacity_J_m2_K * g->floor_m2 / dt_s + greenhouse_loss_W_K(g, 0);
    double heat_W = fmin(heat_max_W, fmax(0, cool_K) * by_W_K); /* linear in the heat */
    return run(&m, a, heat_W, vents(&m, heat_W, vent_degC, humid_frac));
}

/* Working points: a heated night, a mild bright day whose vapour the vents let out, and a hot one with all vents open. */
static const double night_degC = 17, night_out_degC = 0, day_degC = 18, day_out_degC = 10, day_light_W_m2 = 120,
                    hot_degC = 28, hot_light_W_m2 = 350, out_humidity_frac = 0.7, humid_limit_frac = 0.9;

/* Heat that it takes to hold a temperature once the vapour has settled, by the full form with air that cannot warm. */
static double hold_W(const struct greenhouse *g, double temp_degC, double out_degC, double light_W_m2,
                     double humid_frac)
{
    struct greenhouse still = *g;
    struct greenhouse_air a = {temp_degC, 0.7 * greenhouse_saturation_kg_m3(temp_degC)};
    struct greenhouse_weather w = {out_degC, out_humidity_frac, 0, light_W_m2};
    double kept_W = 0;
    still.capacity_J_m2_K = 1e15;
    for (int i = 0; i < 6; i++) { /* linear in the vapour but for vents and the cover's dew point */
        struct greenhouse_run r = greenhouse_heated(&still, &a, &w, 0, 1e9, humid_frac, 1e5);
        a.temp_degC = temp_degC;
        kept_W = light_W_m2 * g->floor_m2 -
                 latent_J_kg * g->floor_m2 * (r.transpired_kg_m2_s - 0.5 * r.condensed_kg_m2_s) -
                 greenhouse_loss_W_K(g, r.vent_per_h) * (temp_degC - out_degC);
    }
    return -kept_W;
}

struct greenhouse_fast greenhouse_fast(const struct greenhouse *g)
{
    double dark_W = hold_W(g, night_degC, night_out_degC, 0, humid_limit_frac),
           shut_W_K = greenhouse_loss_W_K(g, 0), open_W_K = greenhouse_loss_W_K(g, g->vent_per_h);
    double dusk_W = dark_W * (day_degC - day_out_degC) / (night_degC - night_out_degC),
           day_W = hold_W(g, day_degC, day_out_degC, day_light_W_m2, humid_limit_frac),
           hot_W = hold_W(g, hot_degC, hot_degC, hot_light_W_m2, 0); /* no humidity is low enough: all open */
    return (struct greenhouse_fast){.loss_W_K = fmax(shut_W_K, dark_W / (night_degC - night_out_degC)),
                                    .vent_W_K = open_W_K - shut_W_K,
                                    .capacity_J_K = g->capacity_J_m2_K * g->floor_m2,
                                    .dry_frac = fmax(0, (dusk_W - day_W) / (day_light_W_m2 * g->floor_m2)),
                                    .dry_open_frac = fmax(0, -hot_W / (hot_light_W_m2 * g->floor_m2))};
}

static double settle(double temp_degC, double out_degC, double heat_W, double loss_W_K, double capacity_J_K,
                     double dt_s)
{
    double to_degC = out_degC + heat_W / loss_W_K;
    return temp_degC + (temp_degC - to_degC) * expm1(-loss_W_K * dt_s / capacity_J_K);
}

double greenhouse_fast_step(const struct greenhouse_fast *f, double temp_degC, double out_degC, double heat_W,
                            double light_W, double vent_degC, double dt_s)
{
    double shut_degC =
        settle(temp_degC, out_degC, heat_W + f->dry_frac * light_W, f->loss_W_K, f->capacity_J_K, dt_s);
    if (shut_degC <= vent_degC) return shut_degC;
    double open_degC = settle(temp_degC, out_degC, heat_W + f->dry_open_frac * light_W, f->loss_W_K + f->vent_W_K,
                              f->capacity_J_K, dt_s);
    return fmin(shut_degC, fmax(open_degC, vent_degC));
}
