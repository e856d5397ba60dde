/* AM2: Bernard, Hadj-Sadok, Dochain, Genovesi & Steyer, "Dynamical model development and parameter identification for an anaerobic wastewater treatment process",
 * Biotechnology and Bioengineering 75, 424-438, 2001, eqs 15 to 29: acid formers (Monod) and methane formers (Haldane), with alkalinity and inorganic carbon for pH.
 * Chosen for questions of stability, because its six states show what makes a digester turn sour, the acids. It is not the controller's model: fitted to the same ADM1, a
 * first-order pool a substrate foretells gas as well with two numbers that can be had for each (src/assets/biogas_plan.c). Left out:
 * hydrolysis of solids as its own step (its slowness is in the fitted half saturation), nitrogen, hydrogen, temperature. */
#include "physics/am2.h"
#include <math.h>

struct am2_par am2_bernard(void)
{
    return (struct am2_par){42.14, 116.5, 268, 50.6, 343.6, 453, 1.2,    7.1,
                            0.74,  9.28,  256, 19.8, 0.5,   16,  6.5e-7, 1};
}

/* Fitted by simplex to a year of ADM1 (BSM2 plant, feed that changes daily by 10 % and doubles for a week): methane, and acids at a tenth of the weight. */
struct am2_par am2_reduced(void)
{
    struct am2_par p = am2_bernard();
    p.k1 = 2.47579, p.k2 = 39.9064, p.k3 = 477.249, p.k6 = 461.624, p.mu1_per_d = 0.264849, p.ks1 = 1.35279,
    p.mu2_per_d = 0.124173, p.ks2 = 4.99413, p.ki2 = 715.683;
    p.attached_frac = 1;
    return p;
}

struct am2_feed am2_reduced_feed(double dilution_per_d)
{
    return (struct am2_feed){dilution_per_d, 27.3445, 0.1, 80, 40};
}

static double mu1(const struct am2_par *p, double s1) { return p->mu1_per_d * s1 / (s1 + p->ks1); }
static double mu2(const struct am2_par *p, double s2)
{
    return p->mu2_per_d * s2 / (s2 + p->ks2 + s2 * s2 / p->ki2);
}

/* Flow of carbon dioxide to the gas (eqs 20 to 24). */
static double co2_flow(const struct am2_par *p, const struct am2 *y)
{
    double dissolved = y->c + y->s2 - y->z, methane = p->k6 * mu2(p, y->s2) * y->x2,
           hp = p->henry_mmol_L_atm * p->pressure_atm;
    double phi = dissolved + hp + methane / p->kla_per_d, root = phi * phi - 4 * hp * dissolved;
    double partial = (phi - sqrt(fmax(0, root))) / (2 * p->henry_mmol_L_atm);
    return p->kla_per_d * (dissolved - p->henry_mmol_L_atm * partial);
}

static struct am2 slope(const struct am2_par *p, const struct am2 *y, const struct am2_feed *f)
{
    double d = f->dilution_per_d, grow1 = mu1(p, y->s1) * y->x1, grow2 = mu2(p, y->s2) * y->x2;
    return (struct am2){grow1 - p->attached_frac * d * y->x1,
                        grow2 - p->attached_frac * d * y->x2,
                        d * (f->s1_g_L - y->s1) - p->k1 * grow1,
                        d * (f->s2_mmol_L - y->s2) + p->k2 * grow1 - p->k3 * grow2,
                        d * (f->z_mmol_L - y->z),
                        d * (f->c_mmol_L - y->c) - co2_flow(p, y) + p->k4 * grow1 + p->k5 * grow2};
}

static struct am2 along(const struct am2 *y, const struct am2 *k, double h)
{
    return (struct am2){fmax(0, y->x1 + h * k->x1),
                        fmax(0, y->x2 + h * k->x2),
                        fmax(0, y->s1 + h * k->s1),
                        fmax(0, y->s2 + h * k->s2),
                        y->z + h * k->z,
                        y->c + h * k->c};
}

void am2_step(const struct am2_par *p, struct am2 *y, const struct am2_feed *f, double dt_day)
{
    int n = (int)ceil(dt_day * 24);
    double h = dt_day / n;
    for (int i = 0; i < n; i++) {
        struct am2 a = slope(p, y, f), y1 = along(y, &a, h / 2), b = slope(p, &y1, f), y2 = along(y, &b, h / 2),
                   c = slope(p, &y2, f), y3 = along(y, &c, h), d = slope(p, &y3, f);
        struct am2 k = {(a.x1 + 2 * b.x1 + 2 * c.x1 + d.x1) / 6, (a.x2 + 2 * b.x2 + 2 * c.x2 + d.x2) / 6,
                        (a.s1 + 2 * b.s1 + 2 * c.s1 + d.s1) / 6, (a.s2 + 2 * b.s2 + 2 * c.s2 + d.s2) / 6,
                        (a.z + 2 * b.z + 2 * c.z + d.z) / 6,     (a.c + 2 * b.c + 2 * c.c + d.c) / 6};
        *y = along(y, &k, h);
    }
}

struct am2_out am2_look(const struct am2_par *p, const struct am2 *y)
{
    double dissolved = y->c + y->s2 - y->z, bicarbonate = y->z - y->s2;
    return (struct am2_out){p->k6 * mu2(p, y->s2) * y->x2, co2_flow(p, y),
                            bicarbonate > 0 && dissolved > 0 ? -log10(p->acid_mol_L * dissolved / bicarbonate)
                                                             : (double)NAN};
}

struct am2 am2_steady(const struct am2_par *p, const struct am2_feed *f)
{
    double d = p->attached_frac * f->dilution_per_d, a = 1 / p->ki2, b = 1 - p->mu2_per_d / d,
           disc = b * b - 4 * a * p->ks2;
    struct am2 y = {.s1 = p->ks1 * d / (p->mu1_per_d - d), .z = f->z_mmol_L};
    y.x1 = (f->s1_g_L - y.s1) / (p->attached_frac * p->k1);
    y.s2 = disc >= 0 && b < 0 ? (-b - sqrt(disc)) / (2 * a)
                              : (double)NAN; /* the stable, lower root of mu2 = alpha D */
    y.x2 = (f->s2_mmol_L - y.s2 + p->k2 * p->attached_frac * y.x1) / (p->attached_frac * p->k3);
    if (!(y.x1 > 0) || !(y.x2 > 0) || y.s1 <= 0)
        return (struct am2){(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
    y.c = y.z - y.s2 + 1;
    for (int i = 0; i < 200; i++) { /* carbon by bisection's slow cousin: the flow to the gas grows with it */
        double grow1 = d * y.x1, grow2 = d * y.x2,
               want = f->dilution_per_d * (f->c_mmol_L - y.c) + p->k4 * grow1 + p->k5 * grow2,
               off = want - co2_flow(p, &y);
        y.c += off / (p->kla_per_d + f->dilution_per_d);
        if (fabs(off) < 1e-12) break;
    }
    return y;
}
