/* Hydraulics around a small plant. Darcy-Weisbach with Colebrook & White 1937, its implicit equation by Newton from Swamee & Jain 1976. Viscosity of water
 * by Vogel's form (fit to IAPWS within 1 % from 0 to 40 degC). Rack: Kirschmer 1926. Environmental flow by Tennant 1976 (Fisheries 1, 6-10) among simple
 * policies, because the law differs by country and a village file names its own. Left out: surge, air, sediment. */
#include "physics/conduit.h"
#include <math.h>

static const double pi = 3.14159265358979323846, g_m_s2 = 9.80665;

static double viscosity_m2_s(double temp_degC)
{
    return 2.414e-5 * pow(10, 247.8 / (temp_degC + 273.15 - 140)) / 999;
}

static double colebrook(double reynolds, double rough)
{
    double x = -2 * log10(rough / 3.7 + 5.74 / pow(reynolds, 0.9)); /* 1 / sqrt(f) */
    for (int i = 0; i < 20; i++) {
        double inside = rough / 3.7 + 2.51 * x / reynolds, f = x + 2 * log10(inside),
               df = 1 + 2 / log(10) * 2.51 / reynolds / inside;
        x -= f / df;
    }
    return 1 / (x * x);
}

struct pipe_run conduit_pipe(const struct pipe *p, double flow_m3_s, double temp_degC)
{
    struct pipe_run r = {.velocity_m_s = flow_m3_s / (pi / 4 * p->inner_m * p->inner_m)};
    r.reynolds = r.velocity_m_s * p->inner_m / viscosity_m2_s(temp_degC);
    if (r.reynolds <= 0) return r;
    r.friction = r.reynolds < 2300 ? 64 / r.reynolds : colebrook(r.reynolds, p->roughness_m / p->inner_m);
    r.loss_m = (r.friction * p->length_m / p->inner_m + p->local) * r.velocity_m_s * r.velocity_m_s / (2 * g_m_s2);
    return r;
}

double conduit_rack_m(double velocity_m_s, double shape, double bar_m, double gap_m, double slope_deg)
{
    return shape * pow(bar_m / gap_m, 4.0 / 3) * sin(slope_deg * pi / 180) * velocity_m_s * velocity_m_s /
           (2 * g_m_s2);
}

double conduit_duration_m3_s(const double *sorted, int n, double exceeded_frac)
{
    double at = (1 - exceeded_frac) * (n - 1);
    int i = (int)at;
    return i >= n - 1 ? sorted[n - 1] : sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]);
}

double conduit_eflow_m3_s(enum eflow kind, double value, double mean_m3_s, double duration_m3_s, int month,
                          double river_m3_s)
{
    double want = value;
    if (kind == EFLOW_MEAN_SHARE) want = value * mean_m3_s;
    if (kind == EFLOW_TENNANT) want = value * mean_m3_s * (month >= 4 && month <= 9 ? 1 : 2.0 / 3);
    if (kind == EFLOW_DURATION) want = duration_m3_s;
    return fmin(want, river_m3_s);
}

struct forebay conduit_forebay(double volume_m3, double full_m3, double in_m3_s, double out_m3_s, double dt_s)
{
    double after = volume_m3 + (in_m3_s - out_m3_s) * dt_s, over = fmax(0, after - full_m3),
           under = fmax(0, -after);
    return (struct forebay){after - over + under, over / dt_s, under / dt_s};
}
