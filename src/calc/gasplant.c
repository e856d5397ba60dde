/* The gas side of a biogas plant: the table of `kend calc` gasplant over src/physics/gasplant.c. */
#include "physics/gasplant.h"
#include "calc/rows.h"

// clang-format off
static const struct calc_field gasplant_in[] = {
    NUM("made_W", 0, 1e9, CALC_WANTED, "methane energy that the digester gives, lower heating value"), NUM("dt_s", 1, 86400, 60, "length of the step"),
    NUM("holder_J", 1, 1e13, 2e9, "methane energy in the full holder"), NUM("holder_frac", 0, 1, 0.5, "filling before the step"),
    NUM("engine_want_W", 0, 1e8, 0, "electric power asked for"), NUM("engine_W", 1, 1e8, 40e3, "rating"), NUM("engine_least_frac", 0.1, 1, 0.5, "least load"),
    NUM("eta_el_frac", 0.1, 0.5, 0.3692, "electric efficiency; LfL's mean of small engines"), NUM("eta_th_frac", 0, 0.6, 0.45, "thermal efficiency"),
    NUM("boiler_want_W", 0, 1e8, 0, "heat asked for"), NUM("boiler_W", 0, 1e8, 60e3, "rating"), NUM("eta_boiler_frac", 0.5, 1, 0.9, "efficiency"),
    NUM("flare_want_W", 0, 1e9, 0, "gas to burn"), NUM("flare_W", 0, 1e9, 200e3, "rating"), NUM("pressure_frac", 0.5, 1, 0.97, "filling at which the flare lights itself"),
    NUM("ch4_frac", 0, 1, 0.6, "in the holder before the step"), NUM("o2_frac", 0, 0.21, 0.005, "the same"), NUM("h2s_ppm", 0, 50e3, 200, "the same"),
    NUM("fresh_ch4_frac", 0, 1, 0.6, "of the gas that comes"), NUM("fresh_o2_frac", 0, 0.21, 0.005, "the same"), NUM("fresh_h2s_ppm", 0, 50e3, 200, "the same"),
    NUM("ch4_min_frac", 0, 1, 0.4, "engine stops below"), NUM("o2_max_frac", 0, 0.21, 0.03, "engine stops above"), NUM("h2s_max_ppm", 0, 50e3, 500, "engine stops above"), END};
static const struct calc_field gasplant_out[] = {
    OUT("engine_W", "electric"), OUT("boiler_W", "heat"), OUT("flare_W", "gas burned"), OUT("heat_W", "of engine and boiler"), OUT("holder_frac", "after the step"), OUT("vent_J", "lost through the relief valve"),
    OUT("trip", "fit, or what forbids the engine: methane, oxygen, h2s"), OUT("runs", "1: the gas is fit for the engine"), OUT("ch4_frac", "after the step"), OUT("o2_frac", "the same"), OUT("h2s_ppm", "the same"),
    OUT("balance_J", "what the step misses; 0 but for rounding"), END};
// clang-format on

static struct gasplant plant_of(const struct calc_io *io)
{
    return (struct gasplant){
        calc_number(io, "holder_J"),        calc_number(io, "engine_W"),    calc_number(io, "engine_least_frac"),
        calc_number(io, "eta_el_frac"),     calc_number(io, "eta_th_frac"), calc_number(io, "boiler_W"),
        calc_number(io, "eta_boiler_frac"), calc_number(io, "flare_W"),     calc_number(io, "pressure_frac")};
}

static void put_gas(struct calc_io *io, const struct gas *g, enum gas_trip trip)
{
    static const char *const word[] = {"fit", "methane", "oxygen", "h2s"};
    calc_put_word(io, "trip", word[trip]);
    calc_put(io, "runs", trip == GAS_FIT);
    calc_put(io, "ch4_frac", g->ch4_frac);
    calc_put(io, "o2_frac", g->o2_frac);
    calc_put(io, "h2s_ppm", g->h2s_ppm);
}

static int run_gasplant(struct calc_io *io, struct err *e)
{
    (void)e;
    struct gasplant p = plant_of(io);
    struct gas g = {calc_number(io, "ch4_frac"), calc_number(io, "o2_frac"), calc_number(io, "h2s_ppm")},
               fresh = {calc_number(io, "fresh_ch4_frac"), calc_number(io, "fresh_o2_frac"),
                        calc_number(io, "fresh_h2s_ppm")};
    struct gas_limits limits = {calc_number(io, "ch4_min_frac"), calc_number(io, "o2_max_frac"),
                                calc_number(io, "h2s_max_ppm")};
    double dt = calc_number(io, "dt_s"), before = calc_number(io, "holder_frac") * p.holder_J,
           made = calc_number(io, "made_W") * dt;
    gas_mix(&g, &fresh, before, made);
    enum gas_trip trip = gas_trip(&g, &limits);
    struct gasplant_run r = gasplant_burn(&p, trip == GAS_FIT, before, made, calc_number(io, "engine_want_W"),
                                          calc_number(io, "boiler_want_W"), calc_number(io, "flare_want_W"), dt);
    double used_W = r.engine_W / p.eta_el_frac + r.boiler_W / p.eta_boiler_frac + r.flare_W;
    calc_put(io, "engine_W", r.engine_W);
    calc_put(io, "boiler_W", r.boiler_W);
    calc_put(io, "flare_W", r.flare_W);
    calc_put(io, "heat_W", r.heat_W);
    calc_put(io, "holder_frac", r.holder_J / p.holder_J);
    calc_put(io, "vent_J", r.vent_J);
    calc_put(io, "balance_J", before + made - used_W * dt - r.holder_J - r.vent_J);
    put_gas(io, &g, trip);
    return 0;
}

const struct calc_model calc_gasplant = {
    "gasplant",
    "gas holder, engine, boiler and flare of a biogas plant, and when gas is unfit",
    "conversion by constant efficiencies (LfL Bavaria: measured engines); order and limits as in "
    "src/physics/gasplant.c",
    gasplant_in,
    gasplant_out,
    run_gasplant};
