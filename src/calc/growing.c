/* Greenhouse and cold load: the tables of `kend calc` greenhouse and coldload over src/physics. */
#include "base/err.h"
#include "calc/rows.h"
#include "physics/coldload.h"
#include "physics/greenhouse.h"

// clang-format off
static const struct calc_field greenhouse_in[] = {
    LIST("out_degC", -50, 60, "outdoor air by the step"), LIST("sun_W_m2", 0, 1500, "global outside by the step"), LIST("humidity_frac", 0, 1, "outdoor, by the step"),
    NUM("floor_m2", 1, 1e6, CALC_WANTED, "ground covered"), NUM("cover_m2", 1, 2e6, CALC_MAYBE, "glass or foil; else 1.4 x floor"), NUM("u_W_m2_K", 0.5, 12, 6, "of the cover"),
    NUM("volume_m3", 1, 1e7, CALC_MAYBE, "of air; else 4 x floor"), NUM("tau_frac", 0.1, 1, 0.65, "light let through"), NUM("leak_per_h", 0, 10, 0.6, "air changes, vents shut"),
    NUM("vent_per_h", 0, 200, 30, "most air changes with vents open"), NUM("leaf_index", 0, 8, 3, "leaf area over floor"), NUM("capacity_J_m2_K", 1e3, 1e6, 1e5, "of air, crop and soil by floor"),
    NUM("heat_degC", -10, 40, 17, "heats below"), NUM("heat_max_W", 0, 1e8, 1e8, "heater's limit"), NUM("vent_degC", 0, 60, 26, "vents above"), NUM("humid_frac", 0.3, 1.2, 0.9, "vents above"),
    NUM("start_degC", -20, 50, 17, "air at the start"), NUM("start_humidity_frac", 0.05, 1, 0.75, "air at the start"), NUM("dt_s", 30, 3600, 900, "length of a step"), END};
static const struct calc_field greenhouse_out[] = {
    OUT("heat_kWh", "given"), OUT("transpired_kg_m2", "by the crop"), OUT("condensed_kg_m2", "on the cover"), OUT("temp_degC", "by the step"), OUT("humidity", "by the step, share"), OUT("heat_W", "by the step"),
    OUT("vent_per_h", "by the step"), OUT("worst_heat_balance_W", "what a step misses; 0 but for rounding"), OUT("worst_vapour_balance_kg_s", "the same"), END};
// clang-format on

static struct greenhouse greenhouse_of(const struct calc_io *io)
{
    double floor = calc_number(io, "floor_m2");
    return (struct greenhouse){floor,
                               calc_given(io, "cover_m2") ? calc_number(io, "cover_m2") : 1.4 * floor,
                               calc_number(io, "u_W_m2_K"),
                               calc_given(io, "volume_m3") ? calc_number(io, "volume_m3") : 4 * floor,
                               calc_number(io, "tau_frac"),
                               calc_number(io, "leak_per_h"),
                               calc_number(io, "vent_per_h"),
                               calc_number(io, "leaf_index"),
                               calc_number(io, "capacity_J_m2_K")};
}

static int run_greenhouse(struct calc_io *io, struct err *e)
{
    int n, m, k;
    const double *out = calc_series(io, "out_degC", &n), *sun = calc_series(io, "sun_W_m2", &m),
                 *humid = calc_series(io, "humidity_frac", &k);
    if (m != n) return calc_wrong(e, "sun_W_m2", "has %d steps, out_degC has %d", m, n);
    if (k != n) return calc_wrong(e, "humidity_frac", "has %d steps, out_degC has %d", k, n);
    struct greenhouse g = greenhouse_of(io);
    double start = calc_number(io, "start_degC"), dt = calc_number(io, "dt_s"), heat_J = 0, transpired = 0,
           condensed = 0, worst_heat = 0, worst_vapour = 0;
    struct greenhouse_air a = {start, calc_number(io, "start_humidity_frac") * greenhouse_saturation_kg_m3(start)};
    double *temp = calc_put_series(io, "temp_degC", n), *rh = calc_put_series(io, "humidity", n),
           *heat = calc_put_series(io, "heat_W", n), *vent = calc_put_series(io, "vent_per_h", n);
    for (int i = 0; i < n; i++) {
        struct greenhouse_weather w = {out[i], humid[i], sun[i], 0};
        struct greenhouse_run r =
            greenhouse_step(&g, &a, &w, calc_number(io, "heat_degC"), calc_number(io, "heat_max_W"),
                            calc_number(io, "vent_degC"), calc_number(io, "humid_frac"), dt);
        temp[i] = a.temp_degC, rh[i] = r.humidity_frac, heat[i] = r.heat_W, vent[i] = r.vent_per_h;
        heat_J += r.heat_W * dt, transpired += r.transpired_kg_m2_s * dt, condensed += r.condensed_kg_m2_s * dt;
        worst_heat = fmax(worst_heat, fabs(r.heat_balance_W)),
        worst_vapour = fmax(worst_vapour, fabs(r.vapour_balance_kg_s));
    }
    calc_put(io, "heat_kWh", heat_J / 3.6e6);
    calc_put(io, "transpired_kg_m2", transpired);
    calc_put(io, "condensed_kg_m2", condensed);
    calc_put(io, "worst_heat_balance_W", worst_heat);
    calc_put(io, "worst_vapour_balance_kg_s", worst_vapour);
    return 0;
}

const struct calc_model calc_greenhouse = {"greenhouse",
                                           "heat and vapour of a greenhouse with its crop",
                                           "Bot 1983; Stanghellini 1987; de Zwart 1996",
                                           greenhouse_in,
                                           greenhouse_out,
                                           run_greenhouse};

// clang-format off
static const struct calc_field coldload_in[] = {
    PICK("commodity", commodity_name, CALC_WANTED, "what is stored"), NUM("product_kg", 0, 1e8, CALC_WANTED, "stored"), NUM("temp_degC", -5, 30, CALC_WANTED, "of store and product"),
    NUM("humidity_frac", 0, 1, 0.9, "in the store"), NUM("out_degC", -40, 60, CALC_WANTED, "outdoor air"), NUM("out_humidity_frac", 0, 1, 0.5, "outdoors"), NUM("ua_W_K", 0, 1e6, CALC_WANTED, "of the envelope"),
    NUM("volume_m3", 0, 1e7, 0, "of air"), NUM("air_change_per_h", 0, 50, 0.5, "leaks and doors"), NUM("incoming_kg_d", 0, 1e7, 0, "warm product a day"), NUM("incoming_degC", -5, 50, 20, "its temperature"),
    NUM("heat_J_kg_K", 1000, 4300, 3700, "of the product"), NUM("fans_W", 0, 1e6, 0, "inside"), NUM("people_W", 0, 1e5, 0, "and lights, inside, mean of the day"), END};
static const struct calc_field coldload_out[] = {OUT("total_W", "to carry away"), OUT("envelope_W", "of it"), OUT("air_W", "of it, sensible and latent"), OUT("respiration_W", "of it"), OUT("product_W", "of it, cooling what comes in"),
    OUT("respiration_W_kg", "of the commodity"), END};
// clang-format on

static int run_coldload(struct calc_io *io, struct err *e)
{
    (void)e;
    double t = calc_number(io, "temp_degC"), out = calc_number(io, "out_degC"),
           by_kg = coldload_respiration_W_kg((enum commodity)calc_word(io, "commodity"), t);
    double envelope = calc_number(io, "ua_W_K") * (out - t), breath = by_kg * calc_number(io, "product_kg");
    double air = coldload_air_W(t, calc_number(io, "humidity_frac"), out, calc_number(io, "out_humidity_frac"),
                                calc_number(io, "volume_m3") * calc_number(io, "air_change_per_h") / 3600);
    double product = calc_number(io, "incoming_kg_d") / 86400 * calc_number(io, "heat_J_kg_K") *
                     (calc_number(io, "incoming_degC") - t);
    calc_put(io, "total_W",
             envelope + breath + air + product + calc_number(io, "fans_W") + calc_number(io, "people_W"));
    calc_put(io, "envelope_W", envelope);
    calc_put(io, "air_W", air);
    calc_put(io, "respiration_W", breath);
    calc_put(io, "product_W", product);
    calc_put(io, "respiration_W_kg", by_kg);
    return 0;
}

const struct calc_model calc_coldload = {
    "coldload",
    "what a cold store must carry away, with the product's breath",
    "ASHRAE Handbook Refrigeration 2018, chapters 19 and 24; Becker, Misra & Fricke 1996",
    coldload_in,
    coldload_out,
    run_coldload};
