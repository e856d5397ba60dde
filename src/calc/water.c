/* Hydro: the tables of `kend calc` turbine and screw over src/physics/turbine.c. */
#include "calc/rows.h"
#include "physics/turbine.h"

static const char *const turbine_words[] = {"francis", "kaplan", "propeller", "pelton", "turgo", "crossflow", NULL};
// clang-format off
static const struct calc_field turbine_in[] = {
    PICK("turbine", turbine_words, CALC_WANTED, "kind of machine"), NUM("flow_m3_s", 0, 1000, CALC_WANTED, "through it"),
    NUM("design_m3_s", 0.001, 1000, CALC_WANTED, "design flow"), NUM("head_m", 0.5, 2000, CALC_WANTED, "net head"),
    COUNT("jets", 1, 6, 1, "nozzles of pelton and turgo"), NUM("rm", 2.8, 6.1, 4.5, "manufacture and design coefficient"),
    NUM("generator_frac", 0.5, 1, 1, "generator and gear"), NUM("min_frac", 0, 1, 0, "share of the design flow below which it is off"), END};
static const struct calc_field turbine_out[] = {OUT("eta_frac", "efficiency of the turbine"), OUT("power_W", "electric"), END};
// clang-format on

static double eta_of(const struct calc_io *io, double q)
{
    double qd = calc_number(io, "design_m3_s"), h = calc_number(io, "head_m"), rm = calc_number(io, "rm");
    int jets = (int)calc_number(io, "jets");
    switch (calc_word(io, "turbine")) {
    case 0: return turbine_francis_frac(q, qd, h, rm);
    case 1: return turbine_kaplan_frac(q, qd, h, rm);
    case 2: return turbine_propeller_frac(q, qd, h, rm);
    case 3: return turbine_pelton_frac(q, qd, h, jets);
    case 4: return turbine_turgo_frac(q, qd, h, jets);
    default: return turbine_crossflow_frac(q, qd);
    }
}

static int run_turbine(struct calc_io *io, struct err *e)
{
    (void)e;
    double q = calc_number(io, "flow_m3_s"), least = calc_number(io, "min_frac") * calc_number(io, "design_m3_s");
    double eta = q < least || q <= 0 ? 0 : eta_of(io, q);
    calc_put(io, "eta_frac", eta);
    calc_put(io, "power_W", turbine_power_W(q, calc_number(io, "head_m"), eta * calc_number(io, "generator_frac")));
    return 0;
}

const struct calc_model calc_turbine = {"turbine",
                                        "efficiency and power of a classic turbine",
                                        "RETScreen Engineering & Cases Textbook, small hydro, CANMET 2004",
                                        turbine_in,
                                        turbine_out,
                                        run_turbine};

// clang-format off
static const struct calc_field screw_in[] = {
    NUM("flow_m3_s", 0, 20, CALC_WANTED, "through the screw"), NUM("design_m3_s", 0.1, 20, CALC_WANTED, "at full fill"), NUM("outer_m", 0.5, 6, CALC_WANTED, "outer diameter"),
    NUM("length_m", 1, 30, CALC_WANTED, "of the screw"), NUM("slope_deg", 10, 45, 22, "of its axis"), NUM("best_frac", 0.3, 0.9, 0.75, "best efficiency, water to wire"),
    NUM("tail_m", 0, 10, 0, "tail water above free outflow"), END};
static const struct calc_field screw_out[] = {OUT("power_W", "electric"), OUT("head_m", "left after tail water"), OUT("fill_frac", "of the design flow"),
    OUT("eta_frac", "water to wire"), OUT("max_rpm", "highest speed"), END};
// clang-format on

static int run_screw(struct calc_io *io, struct err *e)
{
    (void)e;
    struct screw s = {calc_number(io, "outer_m"), calc_number(io, "length_m"), calc_number(io, "slope_deg"),
                      calc_number(io, "design_m3_s"), calc_number(io, "best_frac")};
    struct screw_run r = turbine_screw(&s, calc_number(io, "flow_m3_s"), calc_number(io, "tail_m"));
    calc_put(io, "power_W", r.power_W);
    calc_put(io, "head_m", r.head_m);
    calc_put(io, "fill_frac", r.fill_frac);
    calc_put(io, "eta_frac", r.eta_frac);
    calc_put(io, "max_rpm", r.max_rpm);
    return 0;
}

const struct calc_model calc_screw = {"screw",
                                      "Archimedes screw with its fill and tail water",
                                      "Lashofer et al., BOKU 2012; Muysken 1932 for the speed",
                                      screw_in,
                                      screw_out,
                                      run_screw};
