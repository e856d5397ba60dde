/* Homes: the tables of `kend calc` home (one step of the 5R1C network) and heatpump over src/physics. */
#include "calc/rows.h"
#include "physics/building.h"
#include "physics/compressor.h"
#include "physics/heatpump.h"

// clang-format off
static const struct calc_field home_in[] = {
    NUM("out_degC", -60, 60, CALC_WANTED, "outdoor air"), NUM("mass_degC", -60, 80, CALC_WANTED, "mass node before the step"),
    NUM("internal_W", 0, 1e6, 0, "people, light, appliances"), NUM("solar_W", 0, 1e6, 0, "through windows"),
    NUM("floor_m2", 1, 1e5, CALC_WANTED, "conditioned floor"), NUM("surface_m2", 1, 1e6, CALC_MAYBE, "internal surfaces; else 4.5 x floor"),
    NUM("mass_m2", 1, 1e6, CALC_MAYBE, "effective mass area; else 2.5 x floor"), NUM("mass_J_m2_K", 1e4, 1e6, 165000, "capacity by floor area: 80 k very light .. 370 k very heavy"),
    NUM("opaque_W_K", 0, 1e5, CALC_WANTED, "conductance of walls, roof and floor to the outside"), NUM("window_W_K", 0, 1e5, CALC_WANTED, "conductance of windows"),
    NUM("vent_W_K", 0.001, 1e5, CALC_MAYBE, "conductance of ventilation; else from the next three"), NUM("volume_m3", 1, 1e6, CALC_MAYBE, "of air"),
    NUM("air_change_per_h", 0, 50, CALC_MAYBE, "ventilation and leaks"), NUM("recovery_frac", 0, 1, 0, "heat recovery"),
    NUM("heat_set_degC", -50, 60, 20, "heat below"), NUM("cool_set_degC", -50, 80, 26, "cool above"),
    NUM("heat_max_W", 0, 1e7, 1e7, "heater's limit"), NUM("cool_max_W", -1e7, 0, -1e7, "cooler's limit, negative"), NUM("dt_s", 60, 86400, 3600, "length of the step"), END};
static const struct calc_field home_out[] = {OUT("demand_W", "heating positive, cooling negative"), OUT("air_degC", "mean of the step"), OUT("operative_degC", "0.3 air + 0.7 surfaces"),
    OUT("surface_degC", "mean of the step"), OUT("mass_degC", "mean of the step"), OUT("mass_end_degC", "after the step"), END};
// clang-format on

static int run_home(struct calc_io *io, struct err *e)
{
    double vent = calc_number(io, "vent_W_K"), floor_m2 = calc_number(io, "floor_m2");
    if (!calc_given(io, "vent_W_K")) {
        if (!calc_given(io, "volume_m3")) return calc_wrong(e, "volume_m3", "is missing (or give vent_W_K)");
        if (!calc_given(io, "air_change_per_h"))
            return calc_wrong(e, "air_change_per_h", "is missing (or give vent_W_K)");
        vent = building_vent_W_K(calc_number(io, "volume_m3"), calc_number(io, "air_change_per_h"),
                                 calc_number(io, "recovery_frac"));
    }
    struct building b =
        building_make(floor_m2, calc_number(io, "opaque_W_K"), calc_number(io, "window_W_K"), vent, MASS_MEDIUM);
    building_size(&b, calc_given(io, "surface_m2") ? calc_number(io, "surface_m2") : b.total_m2,
                  calc_given(io, "mass_m2") ? calc_number(io, "mass_m2") : b.mass_m2,
                  calc_number(io, "mass_J_m2_K") * floor_m2, calc_number(io, "opaque_W_K"));
    struct building_gains g = building_split(&b, calc_number(io, "internal_W"), calc_number(io, "solar_W"));
    double dt = calc_number(io, "dt_s"), mass = calc_number(io, "mass_degC"), out = calc_number(io, "out_degC");
    double heat = building_rc_demand_W(&b, dt, mass, out, &g, calc_number(io, "heat_set_degC"),
                                       calc_number(io, "cool_set_degC"), calc_number(io, "cool_max_W"),
                                       calc_number(io, "heat_max_W"));
    struct building_hour h = building_rc_step(&b, dt, mass, out, &g, heat);
    calc_put(io, "demand_W", heat);
    calc_put(io, "air_degC", h.air_degC);
    calc_put(io, "operative_degC", h.operative_degC);
    calc_put(io, "surface_degC", h.surface_degC);
    calc_put(io, "mass_degC", h.mass_degC);
    calc_put(io, "mass_end_degC", h.mass_end_degC);
    return 0;
}

const struct calc_model calc_home = {"home",
                                     "one step of a home's heat: temperatures and demand",
                                     "ISO 13790:2008 Annex C, 5R1C network",
                                     home_in,
                                     home_out,
                                     run_home};

static const char *const emitter_words[] = {"radiator", "floor", NULL};
// clang-format off
static const struct calc_field heatpump_in[] = {
    NUM("out_degC", -40, 50, CALC_WANTED, "outdoor air"), PICK("emitter", emitter_words, 0, "what it feeds"), NUM("sink_degC", 15, 80, CALC_MAYBE, "supply; else by the heating curve"),
    NUM("humidity_frac", 0, 1, 0.7, "of outdoor air, for defrosting"),
    LIST_MAYBE("want_W", 0, 1e6, "electric power asked for, step by step: the machine's own times are kept"), NUM("dt_s", 1, 3600, 60, "length of a step"), NUM("rated_W", 1, 1e6, 3000, "electric rating"),
    NUM("least_frac", 0.05, 1, 0.3, "least power over the rating; below half of it the machine stands"), NUM("run_min_s", 0, 7200, 300, "least run"), NUM("rest_min_s", 0, 7200, 300, "least rest"),
    COUNT("duty", 0, 1, 0, "1: a mean below the least power is given by runs and rests"), END};
static const struct calc_field heatpump_out[] = {OUT("cop", "heat out over power in, in the field"), OUT("sink_degC", "supply temperature"), OUT("eer", "cold over power in, when it cools"),
    OUT("frost_frac", "of the COP that defrosting takes"), OUT("power_W", "step by step"), OUT("mean_W", "of it"), OUT("starts", "of the compressor"), OUT("shortest_run_s", "of those that ended"),
    OUT("shortest_rest_s", "of those that ended"), END};
// clang-format on

/* The steps that want_W asks for, with least runs and rests kept; the machine has stood long enough at first. */
static void run_compressor(struct calc_io *io)
{
    int n, starts = 0;
    double dt = calc_number(io, "dt_s"), rated = calc_number(io, "rated_W"), mean = 0, run_s = INFINITY,
           rest_s = INFINITY;
    const double *want = calc_series(io, "want_W", &n);
    struct compressor c = {rated,
                           calc_number(io, "least_frac") * rated,
                           calc_number(io, "run_min_s"),
                           calc_number(io, "rest_min_s"),
                           1e9,
                           0};
    double *power = n ? calc_put_series(io, "power_W", n) : NULL;
    for (int i = 0; i < n; i++) {
        double wish = calc_number(io, "duty") > 0.5 ? compressor_duty_W(&c, want[i]) : want[i];
        power[i] = compressor_kept_W(&c, wish);
        int on = power[i] > 0;
        if (on && !c.on && starts++) rest_s = fmin(rest_s, c.since_switch_s);
        if (!on && c.on) run_s = fmin(run_s, c.since_switch_s);
        c.since_switch_s = compressor_since_s(&c, power[i], dt), c.on = on;
        mean += power[i] / n;
    }
    if (!n) return;
    calc_put(io, "mean_W", mean);
    calc_put(io, "starts", starts);
    calc_put(io, "shortest_run_s", run_s);
    calc_put(io, "shortest_rest_s", rest_s);
}

static int run_heatpump(struct calc_io *io, struct err *e)
{
    (void)e;
    enum emitter em = (enum emitter)calc_word(io, "emitter");
    double out = calc_number(io, "out_degC"),
           sink = calc_given(io, "sink_degC") ? calc_number(io, "sink_degC") : heatpump_supply_degC(em, out);
    calc_put(io, "cop", heatpump_cop(out, sink, calc_number(io, "humidity_frac")));
    calc_put(io, "sink_degC", sink);
    calc_put(io, "eer", heatpump_eer(em, out));
    calc_put(io, "frost_frac", heatpump_frost_frac(out, calc_number(io, "humidity_frac")));
    run_compressor(io);
    return 0;
}

const struct calc_model calc_heatpump = {
    "heatpump",
    "an air-source heat pump: efficiency, defrosting, least runs and rests",
    "When2Heat: Ruhnau, Hirth & Praktiknjo, Scientific Data 6:189, 2019; defrosting as in src/physics/heatpump.c",
    heatpump_in,
    heatpump_out,
    run_heatpump};
