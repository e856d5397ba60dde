/* The gas side of a biogas plant. Conversion by constant efficiencies (a gas engine's electric efficiency moves by two points above half load; measured
 * means: LfL Bavaria, 36.9 % small, 39.3 % large), a holder that mixes at once (first-order exchange by shares), and a flare that a pressure switch
 * lights before the relief valve opens. An engine must not run on gas with too little methane, too much oxygen (near the explosive range) or hydrogen
 * sulphide (acid in its oil). Left out: part-load efficiency, heat lost by the gas, pressure of the holder. */
#include "physics/gasplant.h"
#include <math.h>

static double within(double v, double lo, double hi) { return fmin(fmax(v, lo), hi); }

enum gas_trip gas_trip(const struct gas *g, const struct gas_limits *l)
{
    if (!(g->ch4_frac >= l->ch4_min_frac)) return GAS_LEAN;
    if (!(g->o2_frac <= l->o2_max_frac)) return GAS_OXYGEN;
    return g->h2s_ppm <= l->h2s_max_ppm ? GAS_FIT : GAS_SULPHIDE;
}

void gas_mix(struct gas *g, const struct gas *fresh, double holder_J, double made_J)
{
    if (made_J <= 0) return;
    double share = made_J / (made_J + holder_J + 1);
    g->ch4_frac += share * (fresh->ch4_frac - g->ch4_frac);
    g->o2_frac += share * (fresh->o2_frac - g->o2_frac);
    g->h2s_ppm += share * (fresh->h2s_ppm - g->h2s_ppm);
}

double gasplant_engine_W(const struct gasplant *p, double want_W)
{
    double least_W = p->engine_least_frac * p->engine_W;
    return want_W < 0.5 * least_W || want_W <= 0 ? 0 : within(want_W, least_W, p->engine_W);
}

struct gasplant_run gasplant_burn(const struct gasplant *p, int engine_may, double holder_J, double made_J,
                                  double engine_want_W, double boiler_want_W, double flare_want_W, double dt_s)
{
    struct gasplant_run r = {0};
    double gas_W = (holder_J + made_J) / dt_s;
    r.boiler_W = fmin(within(boiler_want_W, 0, p->boiler_W), gas_W * p->eta_boiler_frac);
    gas_W -= r.boiler_W / p->eta_boiler_frac;
    r.engine_W = engine_may ? gasplant_engine_W(p, engine_want_W) : 0;
    if (r.engine_W / p->eta_el_frac > gas_W) r.engine_W = 0;
    gas_W -= r.engine_W / p->eta_el_frac;
    double pressure_W = gas_W - p->pressure_frac * p->holder_J / dt_s;
    r.flare_W = fmin(fmin(fmax(within(flare_want_W, 0, p->flare_W), pressure_W), p->flare_W), gas_W);
    r.holder_J = fmax(0, gas_W - r.flare_W) * dt_s;
    r.vent_J = fmax(0, r.holder_J - p->holder_J);
    r.holder_J -= r.vent_J;
    r.heat_W = r.engine_W / p->eta_el_frac * p->eta_th_frac + r.boiler_W;
    return r;
}
