/* Daily rainfall-runoff: GR4J of Perrin, Michel & Andreassian, Journal of Hydrology 279, 275-289, 2003 (eqs 1 to 22): a production store, two unit
 * hydrographs, a routing store, an exchange with the underground. Snow: CemaNeige of Valery, Andreassian & Perrin, Journal of Hydrology 517, 1166-1175,
 * 2014, one layer. Chosen because four numbers fitted to a short record do as well as models with ten (Perrin et al. 2001). Left out: altitude layers,
 * glaciers. */
#include "physics/runoff.h"
#include <math.h>

static double curve1(double t, double base) { return t <= 0 ? 0 : t < base ? pow(t / base, 2.5) : 1; }

static double curve2(double t, double base)
{
    if (t <= 0) return 0;
    if (t < base) return 0.5 * pow(t / base, 2.5);
    return t < 2 * base ? 1 - 0.5 * pow(2 - t / base, 2.5) : 1;
}

struct runoff runoff_make(const struct runoff_par *p, double store_frac, double routing_frac)
{
    struct runoff r = {.par = *p, .store_mm = store_frac * p->store_mm, .routing_mm = routing_frac * p->routing_mm};
    double base = fmin(fmax(p->base_day, 0.5), RUNOFF_DAYS_MAX / 2.0);
    r.n1 = (int)ceil(base), r.n2 = (int)ceil(2 * base);
    for (int i = 0; i < r.n1; i++) r.share1[i] = curve1(i + 1, base) - curve1(i, base);
    for (int i = 0; i < r.n2; i++) r.share2[i] = curve2(i + 1, base) - curve2(i, base);
    return r;
}

/* Adds water to a unit hydrograph and takes what arrives today. */
static double route(double *wait_mm, const double *share, int n, double in_mm)
{
    double out = wait_mm[0] + share[0] * in_mm;
    for (int i = 1; i < n; i++) wait_mm[i - 1] = wait_mm[i] + share[i] * in_mm;
    wait_mm[n - 1] = 0;
    return out;
}

/* Rain less evaporation through the production store; returns what goes on. */
static double produce(struct runoff *r, double rain_mm, double need_mm, double *evaporated_mm)
{
    double x1 = r->par.store_mm, fill = r->store_mm / x1, net = rain_mm - need_mm, stored = 0, on = 0;
    double w = tanh(fmin(fabs(net) / x1, 13));
    *evaporated_mm = fmin(rain_mm, need_mm);
    if (net >= 0) {
        stored = x1 * (1 - fill * fill) * w / (1 + fill * w);
        on = net - stored;
    } else {
        double taken = r->store_mm * (2 - fill) * w / (1 + (1 - fill) * w);
        stored = -taken;
        *evaporated_mm += taken;
    }
    r->store_mm += stored;
    double below = r->store_mm * (1 - pow(1 + pow(4.0 / 9 * r->store_mm / x1, 4), -0.25));
    r->store_mm -= below;
    return on + below;
}

struct runoff_day runoff_step(struct runoff *r, double rain_mm, double evaporation_mm)
{
    struct runoff_day d = {0};
    double effective = produce(r, rain_mm, evaporation_mm, &d.evaporated_mm), x3 = r->par.routing_mm;
    double slow = route(r->wait1_mm, r->share1, r->n1, 0.9 * effective),
           fast = route(r->wait2_mm, r->share2, r->n2, 0.1 * effective);
    double exchange = r->par.exchange_mm * pow(r->routing_mm / x3, 3.5), before = r->routing_mm + slow;
    r->routing_mm = fmax(0, before + exchange);
    d.exchanged_mm = r->routing_mm - before;
    double routed = r->routing_mm * (1 - pow(1 + pow(r->routing_mm / x3, 4), -0.25));
    r->routing_mm -= routed;
    double direct = fmax(0, fast + exchange);
    d.exchanged_mm += direct - fast;
    d.flow_mm = routed + direct;
    return d;
}

double runoff_held_mm(const struct runoff *r)
{
    double sum = r->store_mm + r->routing_mm;
    for (int i = 0; i < r->n1; i++) sum += r->wait1_mm[i];
    for (int i = 0; i < r->n2; i++) sum += r->wait2_mm[i];
    return sum;
}

double snow_step_mm(const struct snow_par *p, struct snow *s, double precipitation_mm, double air_degC)
{
    double solid = precipitation_mm * fmin(1, fmax(0, (3 - air_degC) / 4));
    s->pack_mm += solid;
    s->heat_degC = fmin(0, p->inertia_frac * s->heat_degC + (1 - p->inertia_frac) * air_degC);
    double melt = s->heat_degC >= 0 && air_degC > 0 ? fmin(s->pack_mm, p->melt_mm_degC_day * air_degC) : 0;
    double cover = p->yearly_snow_mm > 0 ? fmin(1, s->pack_mm / (0.9 * p->yearly_snow_mm)) : 1;
    melt *= 0.9 * cover + 0.1;
    s->pack_mm -= melt;
    return precipitation_mm - solid + melt;
}
