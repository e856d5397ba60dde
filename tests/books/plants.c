/* The books of what makes, keeps and carries power and water: grid, lines, battery, solar fields, the river's screws, the irrigation pump with its field. */
#include "books/books.h"
#include "near.h"
#include "physics/array.h"
#include "physics/turbine.h"

static const double g_m_s2 = 9.80665, water_kg_m3 = 1000;

/* --- grid: the meter's registers against its power --- */

/* clang-format off */
#define GRID_KEYS(K) K(x, import_J) K(x, export_J)
/* clang-format on */
struct grid {
    GRID_KEYS(BOOK_FIELD)
};
static const struct book_key grid_key[] = {GRID_KEYS(BOOK_KEY)};

static void keep_grid(struct book *b, const void *before, const void *after)
{
    const struct grid *was = before, *is = after;
    HAPPEN(b, bought, b->flow[0] > 0);
    HAPPEN(b, sold, b->flow[0] < 0);
    draw(b, 0, 0);
    come(b, 0, GRID, is->x_import_J - was->x_import_J);
    come(b, 0, GRID, was->x_export_J - is->x_export_J);
}
extern const struct book_class books_grid;
const struct book_class books_grid = {
    .cls = "grid", .account = {{"meter", ELEC_J}}, BOOK_KEYS(grid_key), .keep = keep_grid};

/* --- line --- */

/* clang-format off */
#define LINE(K) K(par, limit_W) K(par, loss_frac) K(par, fixed_loss_W) K(x, loss_J)
/* clang-format on */
struct line {
    LINE(BOOK_FIELD)
};
static const struct book_key line_key[] = {LINE(BOOK_KEY)};

static void keep_line(struct book *b, const void *before, const void *after)
{
    const struct line *was = before, *is = after;
    double lower_W = b->flow[1], iron_J = b->status & STATUS_FAULT ? 0 : is->par_fixed_loss_W * b->dt_s,
           copper_J = is->par_loss_frac * lower_W * lower_W / is->par_limit_W * b->dt_s;
    HAPPEN(b, line_open, b->status & STATUS_FAULT);
    draw(b, 0, 0), draw(b, 0, 1);
    come(b, 0, AIR, -iron_J - copper_J);
    come(b, 1, AIR, iron_J + copper_J);
    hold(b, 1, is->x_loss_J - was->x_loss_J);
}
extern const struct book_class books_line;
const struct book_class books_line = {.cls = "line",
                                      .account = {{"line", ELEC_J}, {"register of losses", ASIDE}},
                                      BOOK_KEYS(line_key),
                                      .keep = keep_line};

/* --- battery --- */

/* clang-format off */
#define BATTERY(K) K(par, eta_charge_frac) K(par, eta_discharge_frac) K(par, standing_W) K(x, energy_J) K(x, through_J)
/* clang-format on */
struct battery {
    BATTERY(BOOK_FIELD)
};
static const struct book_key battery_key[] = {BATTERY(BOOK_KEY)};

static void keep_battery(struct book *b, const void *before, const void *after)
{
    const struct battery *was = before, *is = after;
    double gives_J = fmax(0, b->flow[0]) * b->dt_s, takes_J = fmax(0, -b->flow[0]) * b->dt_s;
    HAPPEN(b, charged, takes_J > 0);
    HAPPEN(b, discharged, gives_J > 0);
    draw(b, 0, 0);
    come(b, 0, AIR, -gives_J * (1 / is->par_eta_discharge_frac - 1) - takes_J * (1 - is->par_eta_charge_frac));
    come(b, 0, AIR, -fmin(is->par_standing_W * b->dt_s, was->x_energy_J));
    hold(b, 0, is->x_energy_J - was->x_energy_J);
    come(b, 1, AIR, gives_J);
    hold(b, 1, is->x_through_J - was->x_through_J);
}
extern const struct book_class books_battery;
const struct book_class books_battery = {.cls = "battery",
                                         .account = {{"store", ELEC_J}, {"register of what was given", ASIDE}},
                                         BOOK_KEYS(battery_key),
                                         .keep = keep_battery};

/* --- solar: what the sky gives this array, as far as inverter and set-point let it pass --- */

/* clang-format off */
#define SOLAR(K) \
    K(par, peak_W) K(par, inverter_W) K(par, tilt_deg) K(par, azimuth_deg) K(par, loss_frac) K(par, inverter_eta_frac) K(par, temp_coeff_per_K) \
    K(par, albedo_frac) K(x, performance_frac) K(x, energy_J) K(cmd, limit_W)
/* clang-format on */
struct solar {
    SOLAR(BOOK_FIELD)
};
static const struct book_key solar_key[] = {SOLAR(BOOK_KEY)};

static double sunlit_W(const struct solar *p, const struct ambient *a)
{
    double rating_W = fmin(p->par_inverter_W, p->par_peak_W);
    if (a->sun_zenith_deg >= 90 || a->ghi_W_m2 <= 0) return 0;
    struct irradiance sky = {a->ghi_W_m2, a->dni_W_m2, a->dhi_W_m2};
    struct sky_sun sun = {a->sun_zenith_deg, a->sun_azimuth_deg, a->outside_W_m2, a->air_mass};
    struct array array = {.plane = {p->par_tilt_deg, p->par_azimuth_deg, p->par_albedo_frac},
                          .sky = SKY_PEREZ,
                          .glass = GLASS_PANE,
                          .heat = pv_heat_usual(PV_SAPM),
                          .peak_W = p->par_peak_W,
                          .temp_coeff_per_K = p->par_temp_coeff_per_K,
                          .loss_frac = p->par_loss_frac,
                          .inverter_W = rating_W,
                          .inverter_eta_frac = p->par_inverter_eta_frac};
    return fmin(rating_W, p->x_performance_frac * array_run(&array, &sky, &sun, a->temp_degC, a->wind_m_s).ac_W);
}

static void keep_solar(struct book *b, const void *before, const void *after)
{
    const struct solar *was = before, *is = after;
    double sun_J = b->status & STATUS_FAULT ? 0 : fmin(fmax(0, is->cmd_limit_W), sunlit_W(is, b->amb)) * b->dt_s;
    HAPPEN(b, curtailed, sun_J > 0 && sun_J >= is->cmd_limit_W * b->dt_s);
    draw(b, 0, 0);
    come(b, 0, SUN, sun_J);
    come(b, 1, SUN, sun_J);
    hold(b, 1, is->x_energy_J - was->x_energy_J);
}
extern const struct book_class books_solar;
const struct book_class books_solar = {.cls = "solar",
                                       .account = {{"inverter", ELEC_J}, {"register", ASIDE}},
                                       BOOK_KEYS(solar_key),
                                       .keep = keep_solar};

/* --- hydro: the forebay's water, and the fall of what goes through the screws --- */

/* clang-format off */
#define HYDRO(K) \
    K(par, n_unit) K(par, unit_flow_m3_s) K(par, head_m) K(par, eta_peak_frac) K(par, tail_rise_m) K(par, area_m2) K(par, level_max_m) \
    K(par, level_target_m) K(par, eflow_m3_s) \
    K(x, volume_m3) K(x, release_m3_s) K(x, turbine_m3_s) K(x, spill_m3_s) K(x, units) K(x, eta_scale_frac) K(exo, river_m3_s)
/* clang-format on */
struct hydro {
    HYDRO(BOOK_FIELD)
};
static const struct book_key hydro_key[] = {HYDRO(BOOK_KEY)};
enum { BAY, SCREWS };

static double fallen_W(const struct hydro *was, const struct hydro *is)
{
    if (is->x_units <= 0) return 0;
    double full_m3_s = is->par_n_unit * is->par_unit_flow_m3_s, level_m = was->x_volume_m3 / is->par_area_m2,
           head_m = is->par_head_m + level_m - is->par_level_target_m -
                    is->par_tail_rise_m * is->x_turbine_m3_s / full_m3_s,
           load = is->x_turbine_m3_s / is->x_units / is->par_unit_flow_m3_s;
    return is->x_eta_scale_frac * is->par_eta_peak_frac * turbine_screw_relative_frac(load) * water_kg_m3 * g_m_s2 *
           is->x_turbine_m3_s * fmax(0, head_m);
}

static void keep_hydro(struct book *b, const void *before, const void *after)
{
    const struct hydro *was = before, *is = after;
    double dt_s = b->dt_s, river_m3_s = fmax(0, is->exo_river_m3_s);
    int short_of_water = is->x_turbine_m3_s > is->x_release_m3_s * (1 + 1e-12),
        below_crest = is->x_spill_m3_s > 0 && was->x_volume_m3 + (river_m3_s - is->x_release_m3_s) * dt_s <
                                                  is->par_level_max_m * is->par_area_m2 * (1 - 1e-12);
    if (short_of_water || below_crest)
        fail_msg("%s: screws take %g of %g m3/s, %g spill", b->as->id, is->x_turbine_m3_s, is->x_release_m3_s,
                 is->x_spill_m3_s);
    HAPPEN(b, spilled, is->x_spill_m3_s > 0);
    come(b, BAY, RIVER, river_m3_s * dt_s);
    come(b, BAY, RIVER, -fmin(river_m3_s, is->par_eflow_m3_s) * dt_s);
    come(b, BAY, RIVER, -is->x_release_m3_s * dt_s);
    come(b, BAY, RIVER, -is->x_spill_m3_s * dt_s);
    draw(b, BAY, 1);
    hold(b, BAY, is->x_volume_m3 - was->x_volume_m3);
    come(b, SCREWS, RIVER, fallen_W(was, is) * dt_s);
    draw(b, SCREWS, 0);
}
extern const struct book_class books_hydro;
const struct book_class books_hydro = {.cls = "hydro",
                                       .account = {{"forebay", WATER_M3}, {"screws", ELEC_J}},
                                       BOOK_KEYS(hydro_key),
                                       .keep = keep_hydro};

/* --- pump, tank and field: the root zone holds more as less is missing --- */

/* clang-format off */
#define PUMP(K) \
    K(par, rated_W) K(par, least_frac) K(par, lift_m) K(par, eta_frac) K(par, area_m2) K(par, application_frac) \
    K(x, tank_m3) K(x, depletion_m3) K(x, pump_W) K(x, irrigate_m3_s) K(x, drained_m3) K(x, taken_m3)
/* clang-format on */
struct pump {
    PUMP(BOOK_FIELD)
};
static const struct book_key pump_key[] = {PUMP(BOOK_KEY)};
enum { PUMP_METER, PUMP_TANK, FIELD_SOIL };

static void keep_pump(struct book *b, const void *before, const void *after)
{
    const struct pump *was = before, *is = after;
    double irrigated_m3 = is->x_irrigate_m3_s * b->dt_s, lifted_m3 = -b->flow[1] * b->dt_s,
           lift_J_m3 = water_kg_m3 * g_m_s2 * is->par_lift_m / is->par_eta_frac,
           dry_m3 = is->x_pump_W * b->dt_s / lift_J_m3 - lifted_m3;
    if (dry_m3 < -1e-9 * lifted_m3) fail_msg("%s lifts %g m3 too much", b->as->id, -dry_m3);
    HAPPEN(b, pumped_dry, dry_m3 > 1e-9 * lifted_m3);
    HAPPEN(b, pumped, lifted_m3 > 0);
    HAPPEN(b, irrigated, irrigated_m3 > 0);
    HAPPEN(b, drained, is->x_drained_m3 > was->x_drained_m3);
    draw(b, PUMP_METER, 0);
    come(b, PUMP_METER, GROUND, -lifted_m3 * lift_J_m3);
    come(b, PUMP_METER, AIR, -dry_m3 * lift_J_m3); /* churned where no water came */
    draw(b, PUMP_TANK, 1);
    turn(b, PUMP_TANK, FIELD_SOIL, irrigated_m3);
    hold(b, PUMP_TANK, is->x_tank_m3 - was->x_tank_m3);
    come(b, FIELD_SOIL, AIR, -(1 - is->par_application_frac) * irrigated_m3);
    come(b, FIELD_SOIL, AIR, fmax(0, b->amb->rain_mm_h) / 3.6e6 * is->par_area_m2 * b->dt_s);
    come(b, FIELD_SOIL, AIR, was->x_taken_m3 - is->x_taken_m3);
    come(b, FIELD_SOIL, GROUND, was->x_drained_m3 - is->x_drained_m3);
    hold(b, FIELD_SOIL, was->x_depletion_m3 - is->x_depletion_m3);
}
extern const struct book_class books_pump;
const struct book_class books_pump = {.cls = "pump",
                                      .account = {{"motor", ELEC_J}, {"tank", WATER_M3}, {"soil", WATER_M3}},
                                      BOOK_KEYS(pump_key),
                                      .keep = keep_pump};
