/* A small biogas plant: feed store, heated digester, gas holder, engine, boiler and flare. One asset, because one
 * guard must keep gas and digester safe. Degradable matter of manure and of food waste decays in first order
 * (physics/digester.h); gas is counted as the energy of its methane. Every step closes: produced = engine + boiler
 * + flare + gas port + change of holder; vented is 0 because the flare lights itself before the holder is full (a
 * hard-wired pressure switch) and `check` wants a flare larger than any production. Engine and boiler heat the
 * digester first; the rest goes to the heat port. Feed follows yesterday's within 10 % (domain rule), so the plan
 * does not move it (biogas_plan.c): it plans the holder, the engine (on or off, least load), the boiler and the flare; production
 * is a series. Left out: acids, foam and H2S scrubbing (readings guard those), heat lost by the gas, part-load
 * efficiency. */
#include "assets/biogas_judge.h"
#include "assets/biogas_model.h"
#include "assets/kit.h"
#include "base/err.h"
#include "physics/compressor.h"
#include "physics/digester.h"
#include "physics/gasplant.h"
#include "village/policy.h"

struct meas {
    double store_manure_kg, store_waste_kg, temp_degC, holder_frac, ch4_frac, o2_frac, h2s_ppm, gas_W, engine_W,
        boiler_W, flare_W, port_W, own_heat_W, feed_kg_s, feed_ref_kg_s, feed_today_kg, day, day_s, since_switch_s,
        starts, vent_J, refused_kg, digestate_kg, manure_kg_s, waste_kg_s;
};
// clang-format off
static const struct field par_row[] = {
    FIELD(biogas_par, volume_m3,        150, 1, 1e5, FIELD_REQUIRED, "liquid in the digester; 30 days of feed are usual"),
    FIELD(biogas_par, temp_target_degC, 38, 20, 55, 0, "temperature held in the digester"),
    FIELD(biogas_par, loss_W_K,         100, 0, 1e5, FIELD_SPREAD, "heat loss of the digester (assumed: 200 m2 at 0.5 W/m2K)"),
    FIELD(biogas_par, k_manure_per_day, 0.12, 0.01, 1, FIELD_SPREAD, "decay of degradable manure at 35 degC (0.1-0.2, unverified)"),
    FIELD(biogas_par, k_waste_per_day,  0.22, 0.01, 1, FIELD_SPREAD, "decay of food waste at 35 degC (0.15-0.3, unverified)"),
    FIELD(biogas_par, vs_manure_frac,   0.07, 0.01, 0.5, 0, "volatile solids in fresh manure (gives 15 m3 CH4/t with the potential below; FNR 2012)"),
    FIELD(biogas_par, vs_waste_frac,    0.20, 0.01, 0.6, 0, "volatile solids in food waste (assumed)"),
    FIELD(biogas_par, bmp_manure_m3_per_kg, 0.21, 0.05, 0.5, 0, "methane potential of cattle manure per kg VS (LfL: 0.20 manure, 0.23 slurry)"),
    FIELD(biogas_par, bmp_waste_m3_per_kg,  0.45, 0.1, 0.7, 0, "methane potential of food waste per kg VS (0.314-0.529 measured)"),
    FIELD(biogas_par, degradable_manure_frac, 0.45, 0.1, 1, 0, "share of the manure's VS that can become gas (its gas mass per kg)"),
    FIELD(biogas_par, degradable_waste_frac,  0.90, 0.1, 1, 0, "share of the waste's VS that can become gas"),
    FIELD(biogas_par, ch4_manure_frac,  0.60, 0.4, 0.8, 0, "methane in gas from manure (FNR: 15 of 25 m3)"),
    FIELD(biogas_par, ch4_waste_frac,   0.60, 0.4, 0.8, 0, "methane in gas from kitchen waste (60 %)"),
    FIELD(biogas_par, h2s_ppm,          300, 0, 50e3, FIELD_SPREAD, "hydrogen sulphide after micro-air (raw gas 1000-10000 ppm)"),
    FIELD(biogas_par, o2_frac,          0.008, 0, 0.2, FIELD_SPREAD, "oxygen left from micro-air"),
    FIELD(biogas_par, load_kg_m3_day,   3.0, 0.1, 10, 0, "most VS per m3 of digester and day (1.5 simple, 1.9-4.8 heated and stirred)"),
    FIELD(biogas_par, feed_step_frac,   0.10, 0.01, 1, FIELD_REQUIRED | FIELD_GUARD, "most change of feed from day to day"),
    FIELD(biogas_par, store_kg,         30e3, 1, 1e8, 0, "capacity of the feed store"),
    FIELD(biogas_par, holder_J,         2.0e9, 1e6, 1e13, FIELD_REQUIRED, "methane energy in the full gas holder (20 h of production are usual)"),
    FIELD(biogas_par, engine_W,         40e3, 0, 1e8, FIELD_REQUIRED, "electric rating of the engine"),
    FIELD(biogas_par, engine_least_frac, 0.5, 0.1, 1, 0, "least load of the engine"),
    FIELD(biogas_par, eta_el_frac,      0.35, 0.1, 0.5, 0, "electric efficiency (30-40 %)"),
    FIELD(biogas_par, eta_th_frac,      0.45, 0, 0.6, 0, "thermal efficiency (40-50 %)"),
    FIELD(biogas_par, boiler_W,         60e3, 0, 1e8, 0, "heat rating of the gas boiler"),
    FIELD(biogas_par, eta_boiler_frac,  0.90, 0.5, 1, 0, "efficiency of the boiler"),
    FIELD(biogas_par, flare_W,          200e3, 1, 1e9, FIELD_REQUIRED | FIELD_GUARD, "gas the flare can burn; must exceed any production"),
    FIELD(biogas_par, gas_port_W,       30e3, 0, 1e8, 0, "most gas to other users"),
    FIELD(biogas_par, ch4_min_frac,     0.40, 0.2, 0.7, FIELD_GUARD, "engine stops below this methane content"),
    FIELD(biogas_par, o2_max_frac,      0.03, 0.001, 0.06, FIELD_REQUIRED | FIELD_GUARD, "engine stops above this oxygen content"),
    FIELD(biogas_par, h2s_max_ppm,      500, 0, 1e4, FIELD_GUARD, "engine stops above this H2S content"),
    FIELD(biogas_par, min_run_s,        1800, 0, 86400, 0, "a started engine runs at least so long (assumed)"),
    FIELD(biogas_par, min_rest_s,       900, 0, 86400, 0, "a stopped engine rests at least so long (assumed)"),
    FIELD(biogas_par, manure_typ_kg_s,  0.046, 0, 1e3, 0, "usual arrivals of manure over the day (250 cattle x 16 kg collected; assumed)"),
    FIELD(biogas_par, waste_typ_kg_s,   0.0024, 0, 1e3, 0, "usual arrivals of organic waste (871 people x 0.66 kg x 52 % organic x 70 % sorted; assumed)"),
    FIELD(biogas_par, invest_per_kW,    6000, 0, 1e5, 0, "price of a kW electric (assumed)"),
    FIELD(biogas_par, life_years,       20, 1, 50, 0, "life (assumed)"),
};
static const struct field x_row[] = {
    FIELD(biogas_x, store_manure_kg, 0, 0, 1e8, 0, "fresh manure in the feed store"),
    FIELD(biogas_x, store_waste_kg,  0, 0, 1e8, 0, "organic waste in the feed store"),
    FIELD(biogas_x, manure_kg,    0, 0, 1e8, 0, "degradable matter of manure in the digester"),
    FIELD(biogas_x, waste_kg,     0, 0, 1e8, 0, "degradable matter of food waste in the digester"),
    FIELD(biogas_x, temp_degC,    38, -20, 70, 0, "digester temperature"),
    FIELD(biogas_x, holder_J,     0, 0, 1e13, 0, "methane energy in the gas holder"),
    FIELD(biogas_x, ch4_frac,     0.6, 0, 1, 0, "methane in the gas"),
    FIELD(biogas_x, o2_frac,      0, 0, 0.21, 0, "oxygen in the gas"),
    FIELD(biogas_x, h2s_ppm,      0, 0, 50e3, 0, "hydrogen sulphide in the gas"),
    FIELD(biogas_x, gas_W,        0, 0, 1e9, 0, "methane energy produced"),
    FIELD(biogas_x, engine_W,     0, 0, 1e8, 0, "electric power of the engine"),
    FIELD(biogas_x, boiler_W,     0, 0, 1e8, 0, "heat of the boiler"),
    FIELD(biogas_x, flare_W,      0, 0, 1e9, 0, "gas burned by the flare"),
    FIELD(biogas_x, port_W,       0, -1e8, 1e8, 0, "gas given to other users"),
    FIELD(biogas_x, own_heat_W,   0, 0, 1e8, 0, "heat given to the digester"),
    FIELD(biogas_x, feed_kg_s,    0, 0, 1e4, 0, "feed now"),
    FIELD(biogas_x, feed_ref_kg_s, 0, 0, 1e4, 0, "mean feed of the day before, from which today's may differ by a tenth"),
    FIELD(biogas_x, feed_today_kg, 0, 0, 1e9, 0, "fed in this local day"),
    FIELD(biogas_x, day,          0, -1e6, 1e6, FIELD_INTEGER, "local day of the counter, days since 1970-01-01"),
    FIELD(biogas_x, day_s,        0, 0, 1e6, 0, "time counted in this local day"),
    FIELD(biogas_x, since_switch_s, 1e6, 0, 1e9, 0, "time since the engine was started or stopped"),
    FIELD(biogas_x, starts,       0, 0, 1e9, FIELD_INTEGER, "starts of the engine since the beginning"),
    FIELD(biogas_x, vent_J,       0, 0, 1e18, 0, "gas lost through the relief valve since the beginning; must stay 0"),
    FIELD(biogas_x, refused_kg,   0, 0, 1e18, 0, "arrivals that the full store refused since the beginning"),
    FIELD(biogas_x, digestate_kg, 0, 0, 1e18, 0, "digestate out since the beginning"),
};
static const struct field meas_row[] = {
    FIELD(meas, store_manure_kg, 0, 0, 1e8, 0, "fresh manure in the feed store"),
    FIELD(meas, store_waste_kg,  0, 0, 1e8, 0, "organic waste in the feed store"),
    FIELD(meas, temp_degC,   0, -20, 70, 0, "digester temperature"),
    FIELD(meas, holder_frac, 0, 0, 1, 0, "filling of the gas holder"),
    FIELD(meas, ch4_frac,    0, 0, 1, 0, "methane in the gas"),
    FIELD(meas, o2_frac,     0, 0, 0.21, 0, "oxygen in the gas"),
    FIELD(meas, h2s_ppm,     0, 0, 50e3, 0, "hydrogen sulphide in the gas"),
    FIELD(meas, gas_W,       0, 0, 1e9, 0, "methane energy produced (gas meter x analyser)"),
    FIELD(meas, engine_W,    0, 0, 1e8, 0, "electric power of the engine"),
    FIELD(meas, boiler_W,    0, 0, 1e8, 0, "heat of the boiler"),
    FIELD(meas, flare_W,     0, 0, 1e9, 0, "gas burned by the flare"),
    FIELD(meas, port_W,      0, -1e8, 1e8, 0, "gas given to other users"),
    FIELD(meas, own_heat_W,  0, 0, 1e8, 0, "heat given to the digester"),
    FIELD(meas, feed_kg_s,   0, 0, 1e4, 0, "feed now"),
    FIELD(meas, feed_ref_kg_s, 0, 0, 1e4, FIELD_INTEGER, "mean feed of the day before (feeder's weighing log)"),
    FIELD(meas, feed_today_kg, 0, 0, 1e9, FIELD_INTEGER, "fed in this local day (feeder's weighing log)"),
    FIELD(meas, day,         0, -1e6, 1e6, FIELD_INTEGER, "local day of the counter"),
    FIELD(meas, day_s,       0, 0, 1e6, FIELD_INTEGER, "time counted in this local day"),
    FIELD(meas, since_switch_s, 0, 0, 1e9, FIELD_INTEGER, "time since the engine was started or stopped"),
    FIELD(meas, starts,      0, 0, 1e9, FIELD_INTEGER, "starts of the engine"),
    FIELD(meas, vent_J,      0, 0, 1e18, FIELD_INTEGER, "gas lost through the relief valve"),
    FIELD(meas, refused_kg,  0, 0, 1e18, FIELD_INTEGER, "arrivals that the full store refused"),
    FIELD(meas, digestate_kg, 0, 0, 1e18, FIELD_INTEGER, "digestate out"),
    FIELD(meas, manure_kg_s, 0, 0, 1e4, 0, "manure arriving at the weighbridge"),
    FIELD(meas, waste_kg_s,  0, 0, 1e4, 0, "organic waste arriving at the weighbridge"),
};
static const struct field cmd_row[] = {
    FIELD(biogas_cmd, feed_kg_s, 0, 0, 1e4, 0, "feed to the digester"),
    FIELD(biogas_cmd, engine_W,  0, 0, 1e8, 0, "electric power of the engine; below its least load it stands"),
    FIELD(biogas_cmd, boiler_W,  0, 0, 1e8, 0, "heat of the boiler"),
    FIELD(biogas_cmd, flare_W,   0, 0, 1e9, 0, "gas to the flare"),
};
static const struct field exo_row[] = {
    FIELD(biogas_exo, manure_kg_s, 0.046, 0, 1e4, 0, "manure collected"),
    FIELD(biogas_exo, waste_kg_s,  0.0024, 0, 1e4, 0, "organic waste collected, after the contamination check"),
};
static const char *const rule[] = {"out of service", "range", "feed step", "digester load", "gas unfit for the engine", "holder low", "minimum run",
                                   "minimum rest", "flare before full"};
enum { RULE_OUT = 1, RULE_RANGE = 2, RULE_FEED = 4, RULE_LOAD = 8, RULE_GAS = 16, RULE_LOW = 32, RULE_RUN = 64, RULE_REST = 128, RULE_FLARE = 256 };
// clang-format on
static const double PRESSURE_AT_FRAC = 0.97, BOILER_AT_FRAC = 0.02, HEAT_CAPACITY_J_KG_K = 4186, COLD_FEED_DEGC = 5;

static double methane_W_per_kg_s(double bmp_m3_per_kg, double degradable_frac)
{
    return bmp_m3_per_kg / degradable_frac * METHANE_LHV_J_M3;
}

/* The most feed that keeps the load of the digester, for a mixture of given VS content. */
static double load_kg_s(const struct biogas_par *p, double vs_frac)
{
    return p->load_kg_m3_day * p->volume_m3 / 86400 / vs_frac;
}

static int check(const void *par, struct err *e)
{
    const struct biogas_par *p = par;
    double most_W = p->load_kg_m3_day * p->volume_m3 / 86400 *
                    fmax(p->bmp_manure_m3_per_kg, p->bmp_waste_m3_per_kg) * METHANE_LHV_J_M3;
    if (p->flare_W < most_W)
        return err_set(
            e, "flare_W must exceed the largest gas production, %.0f W (load_kg_m3_day x volume_m3 x potential)",
            most_W);
    return 0;
}

/* The steady state of a plant that is fed what arrives. */
static void init(const struct asset_now *now, void *state)
{
    const struct biogas_par *p = now->par;
    double manure_kg_s = p->manure_typ_kg_s, waste_kg_s = p->waste_typ_kg_s;
    double total_kg_s = manure_kg_s + waste_kg_s,
           vs_kg_s = manure_kg_s * p->vs_manure_frac + waste_kg_s * p->vs_waste_frac;
    double most_kg_s = total_kg_s > 0 ? load_kg_s(p, vs_kg_s / total_kg_s) : 0,
           scale = total_kg_s > most_kg_s ? most_kg_s / total_kg_s : 1;
    double wash_per_s = scale * total_kg_s / RHO_WATER_KG_M3 / p->volume_m3;
    double decay_manure = digester_rate_per_s(p->k_manure_per_day, p->temp_target_degC),
           decay_waste = digester_rate_per_s(p->k_waste_per_day, p->temp_target_degC);
    *(struct biogas_x *)state = (struct biogas_x){
        .store_manure_kg = manure_kg_s * 86400,
        .store_waste_kg = waste_kg_s * 86400,
        .temp_degC = p->temp_target_degC,
        .holder_J = 0.5 * p->holder_J,
        .manure_kg =
            scale * manure_kg_s * p->vs_manure_frac * p->degradable_manure_frac / (decay_manure + wash_per_s),
        .waste_kg = scale * waste_kg_s * p->vs_waste_frac * p->degradable_waste_frac / (decay_waste + wash_per_s),
        .ch4_frac = p->ch4_manure_frac,
        .o2_frac = p->o2_frac,
        .h2s_ppm = p->h2s_ppm,
        .feed_kg_s = scale * total_kg_s,
        .feed_ref_kg_s = scale * total_kg_s,
        .day = now->amb ? now->amb->local_day : 0,
        .since_switch_s = 1e6};
}

/* Deliveries into the store: what does not fit is refused. */
void biogas_deliver(const struct biogas_par *p, const struct biogas_exo *o, double dt_s, struct biogas_x *x)
{
    double manure_kg = fmax(0, or_else(o->manure_kg_s, 0)) * dt_s,
           waste_kg = fmax(0, or_else(o->waste_kg_s, 0)) * dt_s, come_kg = manure_kg + waste_kg;
    double room_kg = fmax(0, p->store_kg - x->store_manure_kg - x->store_waste_kg),
           share = come_kg > room_kg ? room_kg / come_kg : 1;
    x->store_manure_kg += share * manure_kg;
    x->store_waste_kg += share * waste_kg;
    x->refused_kg += (1 - share) * come_kg;
}

static struct judge_digester digester_of(const struct biogas_par *p, const struct biogas_x *x)
{
    return (struct judge_digester){p->volume_m3,
                                   x->temp_degC,
                                   {p->vs_manure_frac, p->bmp_manure_m3_per_kg, p->degradable_manure_frac},
                                   {p->vs_waste_frac, p->bmp_waste_m3_per_kg, p->degradable_waste_frac}};
}

static int judge_start(const struct asset_now *now, void *judge, struct err *e)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    struct judge_digester d = digester_of(p, x);
    double typ_kg_s = p->manure_typ_kg_s + p->waste_typ_kg_s, scale = typ_kg_s > 0 ? x->feed_kg_s / typ_kg_s : 0;
    return biogas_judge_start(judge, &d, scale * p->manure_typ_kg_s, scale * p->waste_typ_kg_s, e);
}

static struct gas gas_of(const struct biogas_x *x) { return (struct gas){x->ch4_frac, x->o2_frac, x->h2s_ppm}; }

/* raw_J: the fresh gas as if all of it were methane. */
static void mix(const struct biogas_par *p, struct biogas_x *x, double made_J, double raw_J)
{
    struct gas g = gas_of(x), fresh = {made_J > 0 ? made_J / raw_J : g.ch4_frac, p->o2_frac, p->h2s_ppm};
    gas_mix(&g, &fresh, x->holder_J, made_J);
    x->ch4_frac = g.ch4_frac, x->o2_frac = g.o2_frac, x->h2s_ppm = g.h2s_ppm;
}

/* Feed of the mixture in the store, decay to gas, overflow of digestate. Returns the methane energy produced, J. */
double biogas_digest(const struct biogas_par *p, double want_kg_s, double dt_s, struct biogas_judge *judge,
                     struct biogas_x *x)
{
    double store_kg = x->store_manure_kg + x->store_waste_kg;
    x->feed_kg_s = clamp(want_kg_s, 0, store_kg / dt_s);
    double manure_share = store_kg > 0 ? x->store_manure_kg / store_kg : 0,
           manure_kg_s = manure_share * x->feed_kg_s, waste_kg_s = x->feed_kg_s - manure_kg_s;
    x->store_manure_kg = fmax(0, x->store_manure_kg - manure_kg_s * dt_s);
    x->store_waste_kg = fmax(0, x->store_waste_kg - waste_kg_s * dt_s);
    double wash_per_s = x->feed_kg_s / RHO_WATER_KG_M3 / p->volume_m3;
    struct digester_pool m =
        digester_pool_step(x->manure_kg, manure_kg_s * p->vs_manure_frac * p->degradable_manure_frac,
                           digester_rate_per_s(p->k_manure_per_day, x->temp_degC), wash_per_s, dt_s);
    struct digester_pool w =
        digester_pool_step(x->waste_kg, waste_kg_s * p->vs_waste_frac * p->degradable_waste_frac,
                           digester_rate_per_s(p->k_waste_per_day, x->temp_degC), wash_per_s, dt_s);
    x->manure_kg = m.stock_kg;
    x->waste_kg = w.stock_kg;
    x->digestate_kg += x->feed_kg_s * dt_s - m.decayed_kg - w.decayed_kg;
    double manure_J = m.decayed_kg * methane_W_per_kg_s(p->bmp_manure_m3_per_kg, p->degradable_manure_frac);
    double waste_J = w.decayed_kg * methane_W_per_kg_s(p->bmp_waste_m3_per_kg, p->degradable_waste_frac);
    double made_J = manure_J + waste_J, raw_J = manure_J / p->ch4_manure_frac + waste_J / p->ch4_waste_frac;
    if (judge) { /* the pools go on for those who ask what is in the digester */
        struct judge_digester d = digester_of(p, x);
        struct judge_gas g = biogas_judge_step(judge, &d, manure_kg_s * dt_s, waste_kg_s * dt_s, dt_s);
        made_J = g.methane_W * dt_s, raw_J = made_J / g.methane_frac;
    }
    mix(p, x, made_J, raw_J);
    x->gas_W = made_J / dt_s;
    return made_J;
}

static void count_day(const struct asset_now *now, struct biogas_x *x)
{
    int day = now->amb ? now->amb->local_day : (int)x->day;
    if (day != (int)x->day && x->day_s > 0) {
        x->feed_ref_kg_s = x->feed_today_kg / x->day_s;
        x->feed_today_kg = x->day_s = 0;
    }
    x->day = day;
    x->feed_today_kg += x->feed_kg_s * now->dt_s;
    x->day_s += now->dt_s;
}

int biogas_gas_fit(const struct biogas_par *p, const struct biogas_x *x)
{
    struct gas g = gas_of(x);
    return gas_trip(&g, &(struct gas_limits){p->ch4_min_frac, p->o2_max_frac, p->h2s_max_ppm}) == GAS_FIT;
}

/* An analyser that is silent has not found the gas fit. */
static int gas_known(const struct asset_now *now)
{
    return READING_AGE_S(now, struct meas, ch4_frac) <= reading_old_s &&
           READING_AGE_S(now, struct meas, o2_frac) <= reading_old_s &&
           READING_AGE_S(now, struct meas, h2s_ppm) <= reading_old_s;
}

static struct gasplant plant_of(const struct biogas_par *p)
{
    return (struct gasplant){.holder_J = p->holder_J,
                             .engine_W = p->engine_W,
                             .engine_least_frac = p->engine_least_frac,
                             .eta_el_frac = p->eta_el_frac,
                             .eta_th_frac = p->eta_th_frac,
                             .boiler_W = p->boiler_W,
                             .eta_boiler_frac = p->eta_boiler_frac,
                             .flare_W = p->flare_W,
                             .pressure_frac = PRESSURE_AT_FRAC};
}

double biogas_engine_power_W(const struct biogas_par *p, double want_W)
{
    struct gasplant plant = plant_of(p);
    return gasplant_engine_W(&plant, want_W);
}

/* Burners take what the holder has; a plant under works burns only what its pressure switch lights. */
static void burn(const struct asset_now *now, struct biogas_x *x, double made_J)
{
    const struct biogas_par *p = now->par;
    const struct biogas_cmd *c = now->cmd;
    int works = (now->status & STATUS_OUT) != 0,
        may = !works && !(now->status & STATUS_FAULT) && biogas_gas_fit(p, x);
    struct gasplant plant = plant_of(p);
    struct gasplant_run r = gasplant_burn(&plant, may, x->holder_J, made_J, or_else(c->engine_W, 0),
                                          works ? 0 : or_else(c->boiler_W, 0), or_else(c->flare_W, 0), now->dt_s);
    x->starts += r.engine_W > 0 && x->engine_W <= 0;
    x->since_switch_s = (r.engine_W > 0) != (x->engine_W > 0) ? 0 : fmin(x->since_switch_s + now->dt_s, 1e9);
    x->engine_W = r.engine_W, x->boiler_W = r.boiler_W, x->flare_W = r.flare_W;
    x->holder_J = r.holder_J;
    x->vent_J += r.vent_J;
}

/* Heat that holds the digester at its target and works off a deviation in six hours, W. */
double biogas_need_heat_W(const struct biogas_par *p, double temp_degC, double air_degC, double feed_kg_s)
{
    double mass_kg = p->volume_m3 * RHO_WATER_KG_M3, feed_degC = fmax(COLD_FEED_DEGC, air_degC);
    double loss_W =
        p->loss_W_K * (temp_degC - air_degC) + feed_kg_s * HEAT_CAPACITY_J_KG_K * (temp_degC - feed_degC);
    return fmax(0, loss_W + mass_kg * HEAT_CAPACITY_J_KG_K * (p->temp_target_degC - temp_degC) / (6 * 3600));
}

static double warm(const struct asset_now *now, struct biogas_x *x)
{
    const struct biogas_par *p = now->par;
    double air_degC = now->amb ? now->amb->temp_degC : 15, feed_degC = fmax(COLD_FEED_DEGC, air_degC),
           heat_J_K = p->volume_m3 * RHO_WATER_KG_M3 * HEAT_CAPACITY_J_KG_K;
    double heat_W = x->engine_W / p->eta_el_frac * p->eta_th_frac + x->boiler_W;
    x->own_heat_W = fmin(heat_W, biogas_need_heat_W(p, x->temp_degC, air_degC, x->feed_kg_s));
    double loss_W =
        p->loss_W_K * (x->temp_degC - air_degC) + x->feed_kg_s * HEAT_CAPACITY_J_KG_K * (x->temp_degC - feed_degC);
    x->temp_degC += (x->own_heat_W - loss_W) * now->dt_s / heat_J_K;
    return heat_W - x->own_heat_W;
}

static void step(const struct asset_now *now, void *work, void *state, double *flow)
{
    (void)work;
    const struct biogas_par *p = now->par;
    struct biogas_x *x = state;
    biogas_deliver(p, (const void *)now->exo, now->dt_s, x);
    double want_kg_s = now->status & STATUS_OUT ? 0 : or_else(((const struct biogas_cmd *)now->cmd)->feed_kg_s, 0);
    double made_J = biogas_digest(p, want_kg_s, now->dt_s, now->judge, x);
    count_day(now, x);
    burn(now, x, made_J);
    flow[HEAT] = warm(now, x);
    flow[ELEC] = x->engine_W;
    flow[GAS] = x->port_W = 0;
}

/* Other users of gas draw from the holder down to where it would draw in air; gas from elsewhere is taken as far as it has room. */
static double balance(const struct asset_now *now, double residual, void *state, double *flow)
{
    const struct biogas_par *p = now->par;
    struct biogas_x *x = state;
    if (now->status & STATUS_OUT) return residual;
    double give_W = clamp(-residual, -fmax(0, PRESSURE_AT_FRAC * p->holder_J - x->holder_J) / now->dt_s,
                          fmin(p->gas_port_W, fmax(0, x->holder_J - BOILER_AT_FRAC * p->holder_J) / now->dt_s));
    x->holder_J = fmax(0, x->holder_J - give_W * now->dt_s);
    x->port_W = give_W;
    flow[GAS] += give_W;
    return residual + give_W;
}

static void sense(const struct asset_now *now, const double *flow, void *reading)
{
    (void)flow;
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    const struct biogas_exo *o = (const void *)now->exo;
    *(struct meas *)reading = (struct meas){x->store_manure_kg,
                                            x->store_waste_kg,
                                            x->temp_degC,
                                            x->holder_J / p->holder_J,
                                            x->ch4_frac,
                                            x->o2_frac,
                                            x->h2s_ppm,
                                            x->gas_W,
                                            x->engine_W,
                                            x->boiler_W,
                                            x->flare_W,
                                            x->port_W,
                                            x->own_heat_W,
                                            x->feed_kg_s,
                                            x->feed_ref_kg_s,
                                            x->feed_today_kg,
                                            x->day,
                                            round(x->day_s),
                                            round(x->since_switch_s),
                                            x->starts,
                                            x->vent_J,
                                            x->refused_kg,
                                            x->digestate_kg,
                                            o->manure_kg_s,
                                            o->waste_kg_s};
}

/* The pools cannot be seen: both are corrected by the ratio of measured to expected gas over about a day (less chases what
 * feed makes of a day's hours: against ADM1 six hours foretell the day ahead to 5.5 %, a day to 5.0 %). */
static void observe_pools(const struct asset_now *now, double gas_W, struct biogas_x *x)
{
    if (!isfinite(gas_W) || x->gas_W <= 0) return;
    double ratio = clamp(gas_W / x->gas_W, 0.2, 5), factor = 1 + observer_gain(now->dt_s, 86400) * (ratio - 1);
    x->manure_kg *= factor;
    x->waste_kg *= factor;
}

/* What is read as it is: state, reading, time constant of the observer (0: digital at the source, taken at once). */
#define SEEN(key, tau_s)                                                                                           \
    {                                                                                                              \
        offsetof(struct biogas_x, key), offsetof(struct meas, key), tau_s                                          \
    }
// clang-format off
static const struct seen { size_t x, meas; double tau_s; } seen[] = {
    SEEN(store_manure_kg, 600), SEEN(store_waste_kg, 600), SEEN(temp_degC, 600), SEEN(ch4_frac, 600),
    SEEN(o2_frac, 600), SEEN(h2s_ppm, 600), SEEN(gas_W, 600), SEEN(engine_W, 0), SEEN(boiler_W, 0),
    SEEN(flare_W, 0), SEEN(port_W, 0), SEEN(own_heat_W, 0), SEEN(feed_kg_s, 0), SEEN(feed_ref_kg_s, 0),
    SEEN(feed_today_kg, 0), SEEN(day, 0), SEEN(day_s, 0), SEEN(since_switch_s, 0), SEEN(starts, 0),
    SEEN(vent_J, 0), SEEN(refused_kg, 0), SEEN(digestate_kg, 0),
};
// clang-format on

static void observe(const struct asset_now *now, const void *reading, void *state)
{
    const struct biogas_par *p = now->par;
    const struct meas *m = reading;
    struct biogas_x *x = state;
    observe_pools(now, m->gas_W, x);
    pull(&x->holder_J, m->holder_frac * p->holder_J, observer_gain(now->dt_s, 120));
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        double value = *(const double *)(const void *)((const char *)reading + seen[i].meas);
        double *to = (double *)(void *)((char *)state + seen[i].x);
        pull(to, value, seen[i].tau_s > 0 ? observer_gain(now->dt_s, seen[i].tau_s) : 1);
    }
}

/* Feed that keeps the store at about one day of the usual arrivals, which themselves come in a few loads a day. */
double biogas_feed_rule_kg_s(const struct asset_now *now)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    double usual_kg_s = p->manure_typ_kg_s + p->waste_typ_kg_s, store_kg = x->store_manure_kg + x->store_waste_kg;
    return fmax(0, usual_kg_s + (store_kg - fmin(usual_kg_s * 86400, 0.5 * p->store_kg)) / (2 * 86400));
}

static double feed_vs_frac(const struct biogas_par *p, const struct biogas_x *x)
{
    double store_kg = x->store_manure_kg + x->store_waste_kg;
    if (store_kg <= 0) return fmax(p->vs_manure_frac, p->vs_waste_frac);
    return (x->store_manure_kg * p->vs_manure_frac + x->store_waste_kg * p->vs_waste_frac) / store_kg;
}

/* A tenth of yesterday; from nothing a plant may start with a fiftieth of its full load. */
static double feed_step_kg_s(const struct biogas_par *p, const struct biogas_x *x)
{
    return fmax(p->feed_step_frac * x->feed_ref_kg_s, 0.02 * load_kg_s(p, feed_vs_frac(p, x)));
}

double biogas_fed_kg_s(const struct asset_now *now, double want_kg_s)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    double step_kg_s = feed_step_kg_s(p, x);
    return fmin(clamp(want_kg_s, fmax(0, x->feed_ref_kg_s - step_kg_s), x->feed_ref_kg_s + step_kg_s),
                load_kg_s(p, feed_vs_frac(p, x)));
}

/* Level switches on the holder: engine from 70 % down to 30 %, flare from 90 %; the boiler when the digester cools.
 */
static void rules(const struct asset_now *now, void *cmd)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    struct biogas_cmd *c = cmd;
    double fill = x->holder_J / p->holder_J;
    int engine = biogas_gas_fit(p, x) && (fill > 0.7 || (x->engine_W > 0 && fill > 0.3));
    int cold = x->temp_degC < p->temp_target_degC - 1 || (x->boiler_W > 0 && x->temp_degC < p->temp_target_degC);
    c->feed_kg_s = biogas_fed_kg_s(now, biogas_feed_rule_kg_s(now));
    c->engine_W = engine ? p->engine_W : 0;
    c->boiler_W = cold && !engine && fill > 0.02 ? p->boiler_W : 0;
    c->flare_W = fill > FLARE_AT_FRAC ? p->flare_W : 0;
}

/* Feed as yesterday, engine off, digester kept warm, flare by level. */
static void safe(const struct asset_now *now, void *cmd)
{
    struct biogas_cmd *c = cmd;
    rules(now, cmd);
    c->engine_W = 0;
    c->feed_kg_s = biogas_fed_kg_s(now, ((const struct biogas_x *)now->x)->feed_ref_kg_s);
}

static uint32_t guard_engine(const struct asset_now *now, double *engine_W)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    double top_W = p->engine_W, low_J = ENGINE_AT_FRAC * p->holder_J,
           runs_W = biogas_engine_power_W(p, x->engine_W);
    uint32_t bit = bite(engine_W, biogas_engine_power_W(p, or_else(*engine_W, 0)), top_W) * RULE_RANGE;
    if (now->status & STATUS_FAULT) return bit | bite(engine_W, 0, top_W) * RULE_OUT;
    if (!gas_known(now) || !biogas_gas_fit(p, x)) return bit | bite(engine_W, 0, top_W) * RULE_GAS;
    if (READING_AGE_S(now, struct meas, holder_frac) > reading_old_s ||
        x->holder_J < (runs_W > 0 ? 0.5 : 1) * low_J)
        return bit | bite(engine_W, 0, top_W) * RULE_LOW;
    if (*engine_W <= 0 && runs_W > 0 && x->since_switch_s < p->min_run_s)
        bit |= bite(engine_W, p->engine_least_frac * top_W, top_W) * RULE_RUN;
    if (*engine_W > 0 && runs_W <= 0 && x->since_switch_s < p->min_rest_s)
        bit |= bite(engine_W, 0, top_W) * RULE_REST;
    return bit;
}

/* What may be burned now beside `burned_W` without drawing the holder below a level: an empty one would draw in air. */
static double spare_gas_W(const struct asset_now *now, double burned_W, double low_frac)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    double held_W = (x->holder_J - low_frac * p->holder_J) / fmax(now->dt_s, 1);
    return fmax(0, fmax(0, x->gas_W) + fmin(held_W, 1e12) - burned_W);
}

static uint32_t guard_boiler(const struct asset_now *now, struct biogas_cmd *c)
{
    const struct biogas_par *p = now->par;
    double scale_W = fmax(1, p->boiler_W),
           most_W = p->eta_boiler_frac * spare_gas_W(now, c->engine_W / p->eta_el_frac, BOILER_AT_FRAC);
    uint32_t bit = bite(&c->boiler_W, clamp(or_else(c->boiler_W, 0), 0, p->boiler_W), scale_W) * RULE_RANGE;
    return bit | bite(&c->boiler_W, fmin(c->boiler_W, most_W), scale_W) * RULE_LOW;
}

/* Above the flare level the flare burns at least what comes in beyond the burners, and brings the holder back
 * within half an hour; it never burns what the engine could still use of a holder nearly empty. */
static uint32_t guard_flare(const struct asset_now *now, struct biogas_cmd *c)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    double over_J = x->holder_J - FLARE_AT_FRAC * p->holder_J,
           burned_W = c->engine_W / p->eta_el_frac + c->boiler_W / p->eta_boiler_frac,
           spare_W = x->gas_W - burned_W;
    double most_W = spare_gas_W(now, burned_W, ENGINE_AT_FRAC);
    double least_W = over_J <= 0 ? 0 : clamp(spare_W + over_J / 1800, 0, p->flare_W);
    uint32_t bit = bite(&c->flare_W, clamp(or_else(c->flare_W, 0), 0, p->flare_W), p->flare_W) * RULE_RANGE;
    bit |= bite(&c->flare_W, fmin(c->flare_W, most_W), p->flare_W) * RULE_LOW;
    return bit | bite(&c->flare_W, fmax(c->flare_W, least_W), p->flare_W) * RULE_FLARE;
}

static uint32_t guard(const struct asset_now *now, void *cmd)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    struct biogas_cmd *c = cmd;
    double load_limit_kg_s = load_kg_s(p, feed_vs_frac(p, x)), step_kg_s = feed_step_kg_s(p, x);
    if (now->status &
        STATUS_OUT) { /* works on the plant: nothing runs, but gas is still never let to the relief valve */
        uint32_t out = bite(&c->feed_kg_s, 0, 1) | bite(&c->engine_W, 0, p->engine_W) |
                       bite(&c->boiler_W, 0, fmax(1, p->boiler_W));
        return (out ? RULE_OUT : 0) | guard_flare(now, c);
    }
    uint32_t bit =
        bite(&c->feed_kg_s, fmax(0, or_else(c->feed_kg_s, x->feed_ref_kg_s)), load_limit_kg_s) * RULE_RANGE;
    bit |= bite(&c->feed_kg_s,
                clamp(c->feed_kg_s, fmax(0, x->feed_ref_kg_s - step_kg_s), x->feed_ref_kg_s + step_kg_s),
                load_limit_kg_s) *
           RULE_FEED;
    bit |= bite(&c->feed_kg_s, fmin(c->feed_kg_s, load_limit_kg_s), load_limit_kg_s) * RULE_LOAD;
    bit |= guard_engine(now, &c->engine_W);
    bit |= guard_boiler(now, c);
    return bit | guard_flare(now, c);
}

static void tally(const struct asset_now *now, struct tally *k)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    k->stored_J = p->eta_el_frac * x->holder_J;
    k->flared_W = x->flare_W;
    k->starts = x->starts;
}

static void cost(const void *par, struct asset_cost *c)
{
    const struct biogas_par *p = par;
    *c = (struct asset_cost){.invest = p->invest_per_kW * p->engine_W / 1000, .life_years = p->life_years};
}

const struct asset_class class_biogas = {
    .name = "biogas",
    .help = "digester with gas holder, engine, boiler and flare",
    .par_bytes = sizeof(struct biogas_par),
    .par = FIELDS(par_row),
    .state = FIELDS(x_row),
    .meas = FIELDS(meas_row),
    .cmd = FIELDS(cmd_row),
    .exo = FIELDS(exo_row),
    .rule = rule,
    .n_rule = (int)(sizeof rule / sizeof rule[0]),
    .port = {{"elec", CARRIER_ELEC, 0}, {"heat", CARRIER_HEAT, 0}, {"gas", CARRIER_GAS, 1}},
    .n_port = 3,
    .judge_bytes = biogas_judge_bytes,
    .judge_start = judge_start,
    .goes_on = 1,
    .dt_min_s = 1,
    .dt_max_s = 300,
    .check = check,
    .init = init,
    .step = step,
    .balance = balance,
    .sense = sense,
    .observe = observe,
    .shape = biogas_shape,
    .formulate = biogas_formulate,
    .command = biogas_command,
    .rules = rules,
    .safe = safe,
    .guard = guard,
    .tally = tally,
    .cost = cost};
