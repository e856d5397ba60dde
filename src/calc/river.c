/* Rivers: the tables of `kend calc` gr4j, river, pipe and forebay over src/physics/runoff.c and conduit.c. */
#include "base/err.h"
#include "calc/rows.h"
#include "physics/conduit.h"
#include "physics/runoff.h"
#include "physics/turbine.h"
#include <stdlib.h>

// clang-format off
static const struct calc_field gr4j_in[] = {
    LIST("rain_mm", 0, 1000, "precipitation by the day"), LIST("evaporation_mm", 0, 50, "potential evapotranspiration by the day"),
    LIST_MAYBE("temp_degC", -60, 60, "mean by the day; with it precipitation below 3 degC falls as snow"),
    NUM("x1_mm", 1, 5000, CALC_WANTED, "production store"), NUM("x2_mm", -20, 20, CALC_WANTED, "exchange with the underground"),
    NUM("x3_mm", 1, 2000, CALC_WANTED, "routing store"), NUM("x4_day", 0.5, 20, CALC_WANTED, "base of the unit hydrograph"),
    NUM("store_frac", 0, 1, 0.3, "fill of the production store at first"), NUM("routing_frac", 0, 1, 0.5, "fill of the routing store at first"),
    NUM("snow_inertia_frac", 0, 1, 0.25, "CemaNeige Ctg"), NUM("snow_melt_mm_degC_day", 0, 20, 3.74, "CemaNeige Kf"), NUM("snow_yearly_mm", 0, 5000, 0, "mean snow of a year; 0: all covered"),
    NUM("basin_m2", 1, 1e12, CALC_MAYBE, "for flow in m3/s"), END};
static const struct calc_field gr4j_out[] = {OUT("flow_mm", "by the day"), OUT("flow_m3_s", "by the day"), OUT("snow_mm", "water in the pack at the end"), OUT("flow_total_mm", "of all days"),
    OUT("evaporated_mm", "of all days"), OUT("exchanged_mm", "gained from the underground, all days"), OUT("balance_mm", "what the balance misses; 0 but for rounding"), END};
// clang-format on

static int run_gr4j(struct calc_io *io, struct err *e)
{
    int n, m, k;
    const double *rain = calc_series(io, "rain_mm", &n), *need = calc_series(io, "evaporation_mm", &m),
                 *temp = calc_series(io, "temp_degC", &k);
    if (m != n) return calc_wrong(e, "evaporation_mm", "has %d days, rain_mm has %d", m, n);
    if (k && k != n) return calc_wrong(e, "temp_degC", "has %d days, rain_mm has %d", k, n);
    struct runoff_par p = {calc_number(io, "x1_mm"), calc_number(io, "x2_mm"), calc_number(io, "x3_mm"),
                           calc_number(io, "x4_day")};
    struct runoff r = runoff_make(&p, calc_number(io, "store_frac"), calc_number(io, "routing_frac"));
    struct snow_par sp = {calc_number(io, "snow_inertia_frac"), calc_number(io, "snow_melt_mm_degC_day"),
                          calc_number(io, "snow_yearly_mm")};
    struct snow s = {0};
    double basin = calc_number(io, "basin_m2"), held = runoff_held_mm(&r), total = 0, gone = 0, exchanged = 0,
           fallen = 0;
    double *flow = calc_put_series(io, "flow_mm", n),
           *m3_s = isnan(basin) ? NULL : calc_put_series(io, "flow_m3_s", n);
    for (int i = 0; i < n; i++) {
        struct runoff_day d = runoff_step(&r, k ? snow_step_mm(&sp, &s, rain[i], temp[i]) : rain[i], need[i]);
        flow[i] = d.flow_mm;
        if (m3_s) m3_s[i] = d.flow_mm * 1e-3 * basin / 86400;
        total += d.flow_mm, gone += d.evaporated_mm, exchanged += d.exchanged_mm, fallen += rain[i];
    }
    calc_put(io, "snow_mm", s.pack_mm);
    calc_put(io, "flow_total_mm", total);
    calc_put(io, "evaporated_mm", gone);
    calc_put(io, "exchanged_mm", exchanged);
    calc_put(io, "balance_mm", fallen + exchanged - total - gone - (runoff_held_mm(&r) + s.pack_mm - held));
    return 0;
}

const struct calc_model calc_gr4j = {
    "gr4j",
    "a river's flow from rain, snow and evaporation",
    "GR4J: Perrin, Michel & Andreassian, J. Hydrology 279, 2003; CemaNeige: Valery et al. 2014",
    gr4j_in,
    gr4j_out,
    run_gr4j};

static const char *const eflow_words[] = {"fixed", "mean_share", "tennant", "duration", NULL};
static const double eflow_most[] = {1e5, 2, 2, 1}; /* twice the mean flushes (Tennant) */
// clang-format off
static const struct calc_field river_in[] = {
    LIST("flow_m3_s", 0, 1e5, "a record, any equal steps"), PICK("eflow", eflow_words, 1, "policy of what stays in the river"),
    NUM("eflow_value", 0, 1e5, 0.1, "fixed: m3/s; mean_share, tennant: share of the mean, up to 2; duration: share of the time, up to 1"), COUNT("month", 1, 12, 7, "for tennant"),
    NUM("design_m3_s", 0.001, 1e4, CALC_MAYBE, "most that the plant takes; else the flow passed for 30 % of the time"), NUM("head_m", 0.1, 2000, CALC_MAYBE, "for energy"),
    NUM("eta_frac", 0.1, 1, 0.75, "water to wire, for energy"), NUM("min_frac", 0, 1, 0.1, "share of the design flow below which the plant stands"), END};
static const struct calc_field river_out[] = {OUT("mean_m3_s", "of the record"), OUT("exceeded_m3_s", "flow passed for 0, 5, 10 .. 100 % of the time"), OUT("q30_m3_s", "passed for 30 % of the time"),
    OUT("q95_m3_s", "passed for 95 % of the time"), OUT("design_m3_s", "used"), OUT("eflow_mean_m3_s", "mean left in the river by policy"), OUT("used_frac", "share of the river through the plant"),
    OUT("mean_W", "mean power"), OUT("capacity_frac", "mean over rated power"), END};
// clang-format on

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int run_river(struct calc_io *io, struct err *e)
{
    int n;
    const double *q = calc_series(io, "flow_m3_s", &n);
    double value = calc_number(io, "eflow_value");
    if (n < 2) return calc_wrong(e, "flow_m3_s", "wants at least 2 numbers");
    if (value > eflow_most[calc_word(io, "eflow")])
        return calc_wrong(e, "eflow_value", "%g is out of range, 0 to %g for %s", value,
                          eflow_most[calc_word(io, "eflow")], eflow_words[calc_word(io, "eflow")]);
    double *curve = calc_put_series(io, "exceeded_m3_s", 21), *sorted = malloc(sizeof *sorted * (size_t)n),
           mean = 0, left = 0, used = 0;
    must(sorted, "out of memory");
    for (int i = 0; i < n; i++) sorted[i] = q[i], mean += q[i] / n;
    qsort(sorted, (size_t)n, sizeof *sorted, ascending);
    for (int i = 0; i <= 20; i++) curve[i] = conduit_duration_m3_s(sorted, n, i / 20.0);
    double q30 = conduit_duration_m3_s(sorted, n, 0.3),
           design = calc_given(io, "design_m3_s") ? calc_number(io, "design_m3_s") : q30;
    double held = conduit_duration_m3_s(sorted, n, fmin(value, 1)), q95 = conduit_duration_m3_s(sorted, n, 0.95);
    free(sorted);
    for (int i = 0; i < n; i++) {
        double stays = conduit_eflow_m3_s((enum eflow)calc_word(io, "eflow"), value, mean, held,
                                          (int)calc_number(io, "month"), q[i]),
               take = fmin(design, q[i] - stays);
        left += stays / n, used += take >= calc_number(io, "min_frac") * design ? take / n : 0;
    }
    calc_put(io, "mean_m3_s", mean);
    calc_put(io, "q30_m3_s", q30);
    calc_put(io, "q95_m3_s", q95);
    calc_put(io, "design_m3_s", design);
    calc_put(io, "eflow_mean_m3_s", left);
    calc_put(io, "used_frac", mean > 0 ? used / mean : 0);
    calc_put(io, "mean_W", turbine_power_W(used, calc_number(io, "head_m"), calc_number(io, "eta_frac")));
    calc_put(io, "capacity_frac", used / design);
    return 0;
}

const struct calc_model calc_river = {"river",
                                      "flow duration, what must stay in the river, and what a plant could take",
                                      "flow-duration curve; Tennant, Fisheries 1, 1976",
                                      river_in,
                                      river_out,
                                      run_river};

// clang-format off
static const struct calc_field pipe_in[] = {
    NUM("flow_m3_s", 0, 1000, CALC_WANTED, "through the pipe"), NUM("length_m", 0, 1e5, CALC_WANTED, "of the pipe"), NUM("inner_m", 0.01, 20, CALC_WANTED, "inner diameter"),
    NUM("roughness_m", 0, 0.05, 1e-4, "of the wall: steel 5e-5 .. 1e-3, PE 1e-5"), NUM("local", 0, 100, 0, "sum of local loss coefficients"), NUM("temp_degC", 0, 40, 10, "of the water"),
    NUM("rack_shape", 0, 5, 2.42, "bars: flat 2.42, round 1.79"), NUM("rack_bar_m", 0, 0.2, 0, "bar thickness; 0: no rack"), NUM("rack_gap_m", 0.001, 1, 0.02, "between bars"),
    NUM("rack_slope_deg", 10, 90, 70, "of the rack"), NUM("rack_m_s", 0, 5, 0.8, "speed before the rack"), END};
static const struct calc_field pipe_out[] = {OUT("loss_m", "head lost, pipe and rack"), OUT("rack_loss_m", "of it in the rack"), OUT("velocity_m_s", "in the pipe"), OUT("reynolds", "number"),
    OUT("friction", "Darcy's factor"), END};
// clang-format on

static int run_pipe(struct calc_io *io, struct err *e)
{
    (void)e;
    struct pipe p = {calc_number(io, "length_m"), calc_number(io, "inner_m"), calc_number(io, "roughness_m"),
                     calc_number(io, "local")};
    struct pipe_run r = conduit_pipe(&p, calc_number(io, "flow_m3_s"), calc_number(io, "temp_degC"));
    double rack =
        conduit_rack_m(calc_number(io, "rack_m_s"), calc_number(io, "rack_shape"), calc_number(io, "rack_bar_m"),
                       calc_number(io, "rack_gap_m"), calc_number(io, "rack_slope_deg"));
    calc_put(io, "loss_m", r.loss_m + rack);
    calc_put(io, "rack_loss_m", rack);
    calc_put(io, "velocity_m_s", r.velocity_m_s);
    calc_put(io, "reynolds", r.reynolds);
    calc_put(io, "friction", r.friction);
    return 0;
}

const struct calc_model calc_pipe = {"pipe",
                                     "head lost on the way to a turbine",
                                     "Darcy-Weisbach; Colebrook & White 1937; Kirschmer 1926",
                                     pipe_in,
                                     pipe_out,
                                     run_pipe};

// clang-format off
static const struct calc_field forebay_in[] = {
    NUM("volume_m3", 0, 1e10, CALC_WANTED, "held before the step"), NUM("full_m3", 0.001, 1e10, CALC_WANTED, "up to the crest"), NUM("river_m3_s", 0, 1e5, CALC_WANTED, "arriving"),
    NUM("eflow_m3_s", 0, 1e5, 0, "stays in the river, before anything else"), NUM("turbine_m3_s", 0, 1e5, 0, "through the machines"), NUM("supply_m3_s", 0, 1e4, 0, "drawn by pumps"),
    NUM("dt_s", 1, 1e7, 3600, "length of the step"), END};
static const struct calc_field forebay_out[] = {OUT("volume_m3", "after the step"), OUT("spill_m3_s", "over the crest"), OUT("short_m3_s", "wanted but not there"), OUT("eflow_m3_s", "given"),
    OUT("balance_m3", "what the balance misses; 0 but for rounding"), END};
// clang-format on

static int run_forebay(struct calc_io *io, struct err *e)
{
    double v = calc_number(io, "volume_m3"), full = calc_number(io, "full_m3"),
           river = calc_number(io, "river_m3_s"), eflow = fmin(river, calc_number(io, "eflow_m3_s"));
    double out = calc_number(io, "turbine_m3_s") + calc_number(io, "supply_m3_s"), dt = calc_number(io, "dt_s");
    if (v > full) return calc_wrong(e, "volume_m3", "%g is above full_m3", v);
    struct forebay f = conduit_forebay(v, full, river - eflow, out, dt);
    calc_put(io, "volume_m3", f.volume_m3);
    calc_put(io, "spill_m3_s", f.spill_m3_s);
    calc_put(io, "short_m3_s", f.short_m3_s);
    calc_put(io, "eflow_m3_s", eflow);
    calc_put(io, "balance_m3", v + dt * (river - eflow - out - f.spill_m3_s + f.short_m3_s) - f.volume_m3);
    return 0;
}

const struct calc_model calc_forebay = {
    "forebay", "one step of a forebay's water", "conservation of water", forebay_in, forebay_out, run_forebay};
