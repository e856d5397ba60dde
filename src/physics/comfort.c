/* Comfort and safety.
 *
 * SET: Gagge, Fobelets & Berglund, ASHRAE Transactions 92(2B), 709-731, 1986, as ASHRAE Standard 55 appendix D prints it: body of core and skin, regulated by
 * blood flow, sweat and shivering, an hour by minutes; then a room at 50 % with clothing for the activity. The editions differ: since 2020 who moves stirs
 * the air (5.66 (met - 0.85)^0.39 also in the real room), radiation takes 0.73 of a standing body's surface, 0.70 of a sitting one's, at an emissivity of
 * 0.95 (before: 0.72), the body weighs 70 kg (69.9) and its hour has 59 steps (60). Adaptive and fixed bands: EN 16798-1:2019, annex B. TM52:
 * CIBSE 2013; TM59: CIBSE 2017, criterion b. Left out: local discomfort, children and the old (their set-points are higher by policy). */
#include "physics/comfort.h"
#include <math.h>

static double torr(double t) { return exp(18.6686 - 4030.183 / (t + 235)); }

/* What the editions of the standard have different. */
struct edition {
    double radiating_frac, weight_kg;
    int steps, stirs;
};
static struct edition edition_of(const struct comfort_person *p)
{
    if (p->edition == COMFORT_2017) return (struct edition){0.72, 69.9, 60, 0};
    return (struct edition){0.95 * (p->posture == COMFORT_SITTING ? 0.70 : 0.73), 70, 59, 1};
}

struct body {
    double skin, core, blood, wet, sensible, evaporated, h_r;
};

/* A minute of the body; met in W/m2 with shivering, alpha: the skin's share of the mass. */
static void minute(struct body *b, const struct comfort_person *p, const struct edition *ed, double h_c,
                   double *metabolic, double *alpha)
{
    const double sigma = 5.6697e-8, weight_kg = ed->weight_kg, surface_m2 = 1.8258, skin0 = 33.7, core0 = 36.8,
                 blood0 = 6.3, lewis = 2.2;
    double r_clo = 0.155 * p->clo, f_clo = 1 + 0.15 * p->clo, vapour = p->humidity_frac * torr(p->air_degC),
           i_cl = p->clo > 0 ? 0.45 : 1;
    double critical =
        p->clo > 0 ? 0.59 * pow(fmax(p->wind_m_s, 0.1), -0.08) : 0.38 * pow(fmax(p->wind_m_s, 0.1), -0.29);
    double h_t = b->h_r + h_c, r_a = 1 / (f_clo * h_t), t_op = (b->h_r * p->radiant_degC + h_c * p->air_degC) / h_t;
    double t_cl = (r_a * b->skin + r_clo * t_op) / (r_a + r_clo), last = 1e9;
    for (int i = 0; i < 100 && fabs(t_cl - last) > 0.001;
         i++) { /* settles in a few rounds in any room that people live in */
        last = t_cl;
        b->h_r = 4 * sigma * pow((t_cl + p->radiant_degC) / 2 + 273.15, 3) * ed->radiating_frac;
        h_t = b->h_r + h_c, r_a = 1 / (f_clo * h_t), t_op = (b->h_r * p->radiant_degC + h_c * p->air_degC) / h_t;
        t_cl = (r_a * b->skin + r_clo * t_op) / (r_a + r_clo);
    }
    b->sensible = (b->skin - t_op) / (r_a + r_clo);
    double flow = (b->core - b->skin) * (5.28 + 1.163 * b->blood),
           breath = 0.0023 * *metabolic * (44 - vapour) + 0.0014 * *metabolic * (34 - p->air_degC);
    double core_gain = *metabolic - flow - breath, skin_gain = flow - b->sensible - b->evaporated;
    b->skin += skin_gain * surface_m2 / (0.97 * *alpha * weight_kg * 60);
    b->core += core_gain * surface_m2 / (0.97 * (1 - *alpha) * weight_kg * 60);
    double body = *alpha * b->skin + (1 - *alpha) * b->core, body0 = 0.1 * skin0 + 0.9 * core0;
    double warm_skin = fmax(0, b->skin - skin0), cold_skin = fmax(0, skin0 - b->skin),
           warm_core = fmax(0, b->core - core0), cold_core = fmax(0, core0 - b->core);
    b->blood = fmin(90, fmax(0.5, (blood0 + 120 * warm_core) / (1 + 0.5 * cold_skin)));
    double sweat = fmin(500, 170 * fmax(0, body - body0) * exp(warm_skin / 10.7)), by_sweat = 0.68 * sweat;
    double most = (torr(b->skin) - vapour) / (1 / (lewis * f_clo * h_c) + r_clo / (lewis * i_cl)),
           share = by_sweat / most;
    b->wet = 0.06 + 0.94 * share;
    double diffused = b->wet * most - by_sweat;
    if (b->wet > critical)
        share = critical / 0.94, b->wet = critical, by_sweat = share * most, diffused = 0.06 * (1 - share) * most;
    if (most < 0) diffused = by_sweat = 0, b->wet = critical;
    b->evaporated = by_sweat + diffused;
    *metabolic = p->met * 58.2 + 19.4 * cold_skin * cold_core;
    *alpha = 0.0417737 + 0.7451833 / (b->blood + 0.585417);
}

/* Air that moves because the body does: its heat transfer, W/(m2 K). */
static double stirred(double met) { return met > 0.85 ? 5.66 * pow(met - 0.85, 0.39) : 0; }

/* The room at 50 % that takes as much from the skin. */
static double standard_room(const struct body *b, double met)
{
    double h_c = fmax(3, stirred(met)), h_t = h_c + b->h_r, clo = 1.52 / (met + 0.6944) - 0.1835;
    double r_cl = 0.155 * clo, f_a = 1 + 0.25 * clo, f_cl = 1 / (1 + 0.155 * f_a * h_t * clo), i_m = 0.45,
           i_cl = i_m * h_c / h_t * (1 - f_cl) / (h_c / h_t - f_cl * i_m);
    double h_d = 1 / (1 / (f_a * h_t) + r_cl), h_e = 1 / (1 / (2.2 * f_a * h_c) + r_cl / (2.2 * i_cl)),
           heat = b->sensible + b->evaporated;
    double t = b->skin - heat / h_d;
    for (int i = 0; i < 100; i++) {
        double f = heat - h_d * (b->skin - t) - b->wet * h_e * (torr(b->skin) - 0.5 * torr(t)),
               df = h_d + b->wet * h_e * 0.5 * torr(t) * 4030.183 / ((t + 235) * (t + 235));
        t -= f / df;
        if (fabs(f / df) < 1e-9) break;
    }
    return t;
}

struct comfort_body comfort_set(const struct comfort_person *p)
{
    struct body b = {33.7, 36.8, 6.3, 0.06, 0, 0.1 * p->met, 4.7};
    double h_c = fmax(3, 8.600001 * pow(fmax(p->wind_m_s, 0.1), 0.53)), metabolic = p->met * 58.2, alpha = 0.1;
    struct edition ed = edition_of(p);
    if (ed.stirs) h_c = fmax(h_c, stirred(p->met));
    for (int i = 0; i < ed.steps; i++) minute(&b, p, &ed, h_c, &metabolic, &alpha);
    return (struct comfort_body){standard_room(&b, p->met), b.skin, b.core, b.wet};
}

struct comfort_band comfort_adaptive(double running_mean_degC, int category, double fan_m_s)
{
    static const double up[] = {2, 3, 4}, down[] = {3, 4, 5};
    double middle = 0.33 * running_mean_degC + 18.8, fan = fan_m_s >= 1.2   ? 2.2
                                                           : fan_m_s >= 0.9 ? 1.8
                                                           : fan_m_s >= 0.6 ? 1.2
                                                                            : 0;
    double high = middle + up[category - 1];
    return (struct comfort_band){middle, middle - down[category - 1], high + (high > 25 ? fan : 0)};
}

struct comfort_band comfort_fixed(int summer, int category)
{
    static const double band[2][3][2] = {{{21, 25}, {20, 25}, {18, 25}}, {{23.5, 25.5}, {23, 26}, {22, 27}}};
    const double *b = band[summer != 0][category - 1];
    return (struct comfort_band){(b[0] + b[1]) / 2, b[0], b[1]};
}

double comfort_running_mean(double last_degC, double yesterday_mean_degC)
{
    return 0.2 * yesterday_mean_degC + 0.8 * last_degC;
}

struct comfort_tm52 comfort_tm52(const double *operative_degC, const double *running_degC, const double *occupied,
                                 int n)
{
    struct comfort_tm52 r = {0};
    double hours = 0, over = 0, day = 0;
    for (int i = 0; i < n; i++) {
        if (i % 24 == 0) day = 0;
        if (occupied && occupied[i] <= 0) continue;
        double excess = floor(operative_degC[i] - comfort_adaptive(running_degC[i], 2, 0).high_degC +
                              0.5); /* rounded to whole kelvin, TM52 6.1.2 */
        hours++, over += excess >= 1, day += fmax(0, excess);
        r.worst_day_K_h = fmax(r.worst_day_K_h, day), r.worst_K = fmax(r.worst_K, excess);
    }
    r.over_frac = hours > 0 ? over / hours : 0;
    r.failed = (r.over_frac > 0.03) + (r.worst_day_K_h > 6) + (r.worst_K > 4);
    return r;
}

double comfort_tm59_frac(const double *operative_degC, int n)
{
    double hours = 0, over = 0;
    for (int i = 0; i < n; i++)
        if (i % 24 >= 22 || i % 24 < 7) hours++, over += operative_degC[i] > 26;
    return hours > 0 ? over / hours : 0;
}
