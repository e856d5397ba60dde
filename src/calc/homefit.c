/* `kend calc homefit`: the two-state network of src/physics/building.c fitted to the zone of an ASHRAE 140 case over a free year and the year's heating and cooling: what this
 * form can reach at best. The homes of a village are of the same form but not fitted; docs/models.md holds theirs against their own zones (model home). */
#include "base/arena.h"
#include "base/err.h"
#include "calc/bestest.h"
#include "calc/rows.h"
#include "physics/building.h"
#include "physics/simplex.h"

// clang-format off
static const struct calc_field homefit_out[] = {
    OUT("air_to_surface_W_K", "of the fitted network"), OUT("surface_to_mass_W_K", "the same"), OUT("mass_to_out_W_K", "the same"), OUT("surface_to_out_W_K", "the same"), OUT("air_to_out_W_K", "given by the leaks"),
    OUT("mass_J_K", "the same"), OUT("air_J_K", "the same"), OUT("sun_air_frac", "share of the sun through the windows to the air"), OUT("sun_surface_frac", "to the surfaces"), OUT("sun_mass_frac", "to the mass"),
    OUT("sky_K", "by which the outside is colder than the air"), OUT("float_rms_K", "hourly air temperature of a year without machines, root mean square of the miss"), OUT("heating_MWh", "of the fitted home"),
    OUT("cooling_MWh", "of the fitted home"), OUT("zone_heating_MWh", "of the judge"), OUT("zone_cooling_MWh", "of the judge"), OUT("heating_off_frac", "miss over the judge's heating and cooling"),
    OUT("cooling_off_frac", "the same"), END};
// clang-format on

enum { FIT = 10 };
struct fit {
    double out_degC[8760], sun_W[8760], float_degC[8760];
    double heating_J, cooling_J, gain_W, leak_W_K, heat_degC, cool_degC;
    double rms_K, heat_J, cool_J; /* of the last trial */
};

static struct building network_of(const struct fit *f, const double *x)
{
    return (struct building){.h_is_W_K = exp(x[0]),
                             .h_ms_W_K = exp(x[1]),
                             .h_em_W_K = exp(x[2]),
                             .h_w_W_K = exp(x[3]),
                             .h_ve_W_K = f->leak_W_K,
                             .total_m2 = 171.6,
                             .mass_m2 = 120,
                             .mass_J_K = exp(x[4]),
                             .air_J_K = exp(x[5])};
}

/* A year by the hour; held: between the set-points, else free. Warms up on the last weeks of the year. */
static void fitted_year(struct fit *f, const double *x, int held)
{
    struct building b = network_of(f, x);
    struct building_modes m = building_modes(&b);
    struct building_fixed step = building_fixed(&m, 3600);
    double air = 20, mass = 20, off2 = 0, heat_J = 0, cool_J = 0;
    for (int h = -480; h < 8760; h++) {
        int i = (h + 8760) % 8760;
        struct building_gains g = {0.4 * f->gain_W + x[6] * f->sun_W[i], 0.3 * f->gain_W + x[7] * f->sun_W[i],
                                   0.3 * f->gain_W + x[8] * f->sun_W[i]};
        struct building_heat q = building_inflow(&b, f->out_degC[i] - x[9], &g);
        q.air_W += f->leak_W_K * x[9]; /* leaks bring air, not sky */
        double free_air = air, free_mass = mass;
        building_fixed_step(&step, q, &free_air, &free_mass);
        double want = !held ? free_air : fmax(f->heat_degC, fmin(f->cool_degC, free_air)),
               heat_W = (want - free_air) / step.b[0][0];
        q.air_W += heat_W;
        building_fixed_step(&step, q, &air, &mass);
        if (h < 0) continue;
        off2 += (air - f->float_degC[i]) * (air - f->float_degC[i]);
        heat_J += 3600 * fmax(0, heat_W), cool_J += 3600 * fmax(0, -heat_W);
    }
    if (held)
        f->heat_J = heat_J, f->cool_J = cool_J;
    else
        f->rms_K = sqrt(off2 / 8760);
}

static double fit_cost(const double *x, void *self)
{
    struct fit *f = self;
    double all = f->heating_J + f->cooling_J;
    if (x[6] < 0 || x[7] < 0 || x[8] < 0 || x[6] + x[7] + x[8] > 1.2) return 1e6;
    fitted_year(f, x, 0);
    fitted_year(f, x, 1);
    double cost =
        f->rms_K + 20 * (fabs(f->heat_J - f->heating_J) + fabs(f->cool_J - f->cooling_J)) / fmax(all, 1e8);
    return isfinite(cost) ? cost : 1e6;
}

/* The judge's year twice: as the case has it, and free. */
static int judge_years(struct calc_io *io, const struct bestest_year *y, struct fit *f, struct err *e)
{
    struct zone *z = ARENA_NEW(io->arena, struct zone, 1);
    struct bestest_build b = bestest_build(bestest_case_words[calc_word(io, "case")]);
    int steps = (int)calc_number(io, "steps_per_h");
    if (b.low || b.setback || b.night || b.sunspace)
        return calc_wrong(e, "case", "a home is fitted to a case with fixed set-points");
    for (int free_run = 0; free_run < 2; free_run++) {
        struct bestest_totals t = {0};
        if (bestest_zone(io, z, &b, e)) return -1;
        f->heat_degC = free_run ? f->heat_degC : b.heat_degC, f->cool_degC = free_run ? f->cool_degC : b.cool_degC,
        f->leak_W_K = z->leak_W_K;
        if (free_run) b.heat_degC = -INFINITY, b.cool_degC = INFINITY;
        for (int h = -480; h < 8760; h++) {
            int i = (h + 8760) % 8760;
            if (h == 0) t = (struct bestest_totals){0};
            double sun_J = t.sun_J;
            bestest_hour(io, z, NULL, &b, y, i, steps, &t);
            f->sun_W[i] = (t.sun_J - sun_J) / 3600, f->out_degC[i] = y->hour[i].air_degC,
            f->float_degC[i] = z->air_degC;
        }
        if (!free_run) f->heating_J = t.heat_J, f->cooling_J = t.cool_J;
    }
    f->gain_W = calc_number(io, "gain_W");
    return 0;
}

static int run_homefit(struct calc_io *io, struct err *e)
{
    static const char *const key[] = {"air_to_surface_W_K", "surface_to_mass_W_K",
                                      "mass_to_out_W_K",    "surface_to_out_W_K",
                                      "mass_J_K",           "air_J_K",
                                      "sun_air_frac",       "sun_surface_frac",
                                      "sun_mass_frac",      "sky_K"};
    struct bestest_year *y = ARENA_NEW(io->arena, struct bestest_year, 1);
    struct fit *f = ARENA_NEW(io->arena, struct fit, 1);
    struct err why = {0};
    char line[700];
    if (bestest_read(y, calc_text(io, "epw"), &why))
        return calc_wrong(e, "epw", "%s", err_line(&why, line, sizeof line));
    if (judge_years(io, y, f, e)) return -1;
    double x[FIT] = {log(500),
                     log(600),
                     log(45),
                     log(36),
                     log(bestest_case_words[calc_word(io, "case")][0] == '9' ? 1.5e7 : 3e6),
                     log(5e5),
                     0.05,
                     0.35,
                     0.4,
                     2};
    for (int start = 0; start < 3; start++) simplex_least(fit_cost, f, x, FIT, 0.3, 500);
    fit_cost(x, f);
    for (int i = 0; i < FIT; i++) calc_put(io, key[i], i < 6 ? exp(x[i]) : x[i]);
    double all = f->heating_J + f->cooling_J;
    calc_put(io, "air_to_out_W_K", f->leak_W_K);
    calc_put(io, "float_rms_K", f->rms_K);
    calc_put(io, "heating_MWh", f->heat_J / 3.6e9);
    calc_put(io, "cooling_MWh", f->cool_J / 3.6e9);
    calc_put(io, "zone_heating_MWh", f->heating_J / 3.6e9);
    calc_put(io, "zone_cooling_MWh", f->cooling_J / 3.6e9);
    calc_put(io, "heating_off_frac", (f->heat_J - f->heating_J) / all);
    calc_put(io, "cooling_off_frac", (f->cool_J - f->cooling_J) / all);
    return 0;
}

const struct calc_model calc_homefit = {
    "homefit",
    "how well two states can stand for the zone of a case: a network fitted to it, with its error",
    "ISO 13790 network in the exact two-state form; judge: kend calc bestest. Homes of a village are not fitted: "
    "they are made from the figures of its file",
    bestest_in,
    homefit_out,
    run_homefit};
