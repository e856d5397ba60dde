/* Biogas, light and cold: the tables of `kend calc` digester, lightclass and coldstore over src/physics. */
#include "calc/rows.h"
#include "physics/digester.h"
#include "physics/light.h"
#include "physics/refrigeration.h"

// clang-format off
static const struct calc_field digester_in[] = {
    NUM("feed_kg_d", 0, 1e6, CALC_WANTED, "volatile solids a day"), NUM("methane_m3_kg", 0, 1, CALC_WANTED, "potential by volatile solids, at 0 degC and 101325 Pa"),
    NUM("rate_per_day", 0.001, 2, 0.15, "of hydrolysis at 35 degC"), NUM("hrt_day", 1, 200, 30, "hydraulic retention time"), NUM("temp_degC", 0, 65, 38, "of the tank"),
    NUM("stock_kg", 0, 1e9, CALC_MAYBE, "degradable matter in the tank before the step; else steady state"), NUM("dt_s", 1, 1e7, 86400, "length of the step"), END};
static const struct calc_field digester_out[] = {OUT("methane_m3_d", "mean of the step"), OUT("power_W", "its lower heating value"), OUT("stock_kg", "after the step"),
    OUT("washed_kg", "left undigested in the step"), OUT("steady_frac", "share of the potential at steady state"), END};
// clang-format on

static int run_digester(struct calc_io *io, struct err *e)
{
    (void)e;
    double feed = calc_number(io, "feed_kg_d") / 86400, wash = 1 / (86400 * calc_number(io, "hrt_day")),
           dt = calc_number(io, "dt_s");
    double decay = digester_rate_per_s(calc_number(io, "rate_per_day"), calc_number(io, "temp_degC"));
    double stock = calc_given(io, "stock_kg") ? calc_number(io, "stock_kg") : feed / (decay + wash);
    struct digester_pool p = digester_pool_step(stock, feed, decay, wash, dt);
    double methane_m3_s = p.decayed_kg * calc_number(io, "methane_m3_kg") / dt;
    calc_put(io, "methane_m3_d", methane_m3_s * 86400);
    calc_put(io, "power_W", methane_m3_s * METHANE_LHV_J_M3);
    calc_put(io, "stock_kg", p.stock_kg);
    calc_put(io, "washed_kg", p.washed_kg);
    calc_put(io, "steady_frac", decay / (decay + wash));
    return 0;
}

const struct calc_model calc_digester = {"digester",
                                         "methane of one substrate in a stirred tank, first order",
                                         "Vavilin et al. 2008 (hydrolysis first order); B = B0 k HRT / (1 + k HRT)",
                                         digester_in,
                                         digester_out,
                                         run_digester};

static const char *const substrate_words[] = {"cattle_slurry",       "cattle_manure",
                                              "pig_slurry",          "poultry_manure",
                                              "horse_manure",        "maize_whole_crop",
                                              "permanent_grassland", "clover_grass_mix",
                                              "cereal_straw",        "beet_leaf",
                                              "sugar_beets",         "potatoes",
                                              "food_waste",          NULL};
/* Dry matter of the fresh mass, organic share of it, methane by organic matter at 0 degC and 101325 Pa with its standard deviation (LfL Bavaria: Steindl et al. 2024); hydrolysis rate at 35
 * degC by the day (assumption between 0.06 for straw and 0.25 for food). Food waste: the middle and a quarter of the range 314 to 529 L/kg of a canteen's; its dry matter is assumed. */
// clang-format off
static const struct { double dry_frac, organic_frac, methane_m3_kg, spread_m3_kg, rate_per_day; } substrate[] = {
    {0.0891, 0.789, 0.22998, 0.01624, 0.12},
    {0.2291, 0.822, 0.20205, 0.00996, 0.10},
    {0.048, 0.727, 0.23003, 0.0091, 0.15},
    {0.4773, 0.753, 0.28592, 0.00858, 0.15},
    {0.315, 0.818, 0.21813, 0.00658, 0.08},
    {0.351, 0.965, 0.35728, 0.0323, 0.15},
    {0.2821, 0.897, 0.31488, 0.01885, 0.15},
    {0.3561, 0.889, 0.32201, 0.00645, 0.15},
    {0.8604, 0.944, 0.2401, 0.01197, 0.06},
    {0.2441, 0.521, 0.30949, 0.02151, 0.15},
    {0.2248, 0.82, 0.349, 0.0105, 0.15},
    {0.237, 0.962, 0.3268, 0.01969, 0.15},
    {0.25, 0.9, 0.4215, 0.054, 0.25},
};
static const struct calc_field substrate_in[] = {
    PICK("substrate", substrate_words, CALC_WANTED, "what is fed"), NUM("fresh_kg_d", 0, 1e7, CALC_WANTED, "fresh mass a day, as collected"), NUM("hrt_day", 1, 200, 30, "hydraulic retention time"),
    NUM("temp_degC", 5, 60, 38, "of the tank"), NUM("rate_per_day", 0.01, 2, CALC_MAYBE, "of hydrolysis at 35 degC; else of the table"), NUM("eta_el_frac", 0, 0.6, 0.38, "of the engine"),
    NUM("eta_th_frac", 0, 0.7, 0.45, "of the engine"), NUM("methane_frac", 0.3, 0.8, 0.55, "of the gas"), END};
static const struct calc_field substrate_out[] = {
    OUT("organic_kg_d", "volatile solids"), OUT("potential_m3_kg", "methane by volatile solids"), OUT("spread_m3_kg", "its standard deviation"), OUT("methane_m3_d", "in the tank at steady state"),
    OUT("gas_m3_d", "with its carbon dioxide"), OUT("power_W", "lower heating value"), OUT("electric_W", "from the engine"), OUT("heat_W", "from the engine"), OUT("runs", "1: the engine may run (methane at least 40 % of the gas)"), END};
// clang-format on

static int run_substrate(struct calc_io *io, struct err *e)
{
    (void)e;
    int k = calc_word(io, "substrate");
    double organic = calc_number(io, "fresh_kg_d") * substrate[k].dry_frac * substrate[k].organic_frac,
           rate = calc_given(io, "rate_per_day") ? calc_number(io, "rate_per_day") : substrate[k].rate_per_day;
    double by_day = digester_rate_per_s(rate, calc_number(io, "temp_degC")) * 86400,
           part = digester_steady_frac(by_day, calc_number(io, "hrt_day"));
    double methane = organic * substrate[k].methane_m3_kg * part, watt = methane / 86400 * METHANE_LHV_J_M3,
           share = calc_number(io, "methane_frac");
    int runs = share >= 0.4;
    calc_put(io, "organic_kg_d", organic);
    calc_put(io, "potential_m3_kg", substrate[k].methane_m3_kg);
    calc_put(io, "spread_m3_kg", substrate[k].spread_m3_kg);
    calc_put(io, "methane_m3_d", methane);
    calc_put(io, "gas_m3_d", methane / share);
    calc_put(io, "power_W", watt);
    calc_put(io, "electric_W", runs ? watt * calc_number(io, "eta_el_frac") : 0);
    calc_put(io, "heat_W", runs ? watt * calc_number(io, "eta_th_frac") : 0);
    calc_put(io, "runs", runs);
    return 0;
}

const struct calc_model calc_substrate = {"substrate",
                                          "methane and power from a substrate of the library",
                                          "potentials: LfL Bavaria, Steindl et al. 2024; first-order digestion",
                                          substrate_in,
                                          substrate_out,
                                          run_substrate};

static const char *const kind_words[] = {"P", "M", "C", NULL};
static const char *const speed_words[] = {"very_high", "high", "moderate", "low", NULL}, *const mix_words[] = {
                                                                                             "motor", "some",
                                                                                             "many", NULL};
static const char *const users_words[] = {"walk", "walk_cycle", "walk_motor", "all", NULL};
// clang-format off
static const struct calc_field lightclass_in[] = {
    PICK("kind", kind_words, 0, "P pedestrian and low speed, M motorised, C conflict area"), COUNT("traffic", -1, 1, 0, "-1 quiet, 0 normal, 1 busy"),
    COUNT("ambient", -1, 1, 0, "ambient light: -1 low, 0 moderate, 1 high"), COUNT("speed_low", 0, 1, 1, "P: 1 low, 0 very low (walking)"), PICK("users", users_words, 3, "P: who uses it"),
    COUNT("parked", 0, 1, 0, "parked vehicles"),
    PICK("speed", speed_words, CALC_MAYBE, "M, C: 100 km/h and more, above 70, above 40, up to 40; wanted unless other is given"), PICK("mix", mix_words, 0, "M, C: motors only; some, many others among them"),
    COUNT("divided", 0, 1, 0, "M, C: carriageways apart"), COUNT("dense", 0, 1, 0, "M: more than three junctions a km"), COUNT("navigation", 0, 2, 0, "M, C: 0 easy, 1 difficult, 2 very difficult"),
    COUNT("other", -3, 6, CALC_MAYBE, "in place of those: the sum of their weights"),
    COUNTS_MAYBE("traffic_by", -1, 1, "by time interval, in place of traffic"), COUNTS_MAYBE("ambient_by", -1, 1, "by time interval, in place of ambient"), COUNTS_MAYBE("parked_by", 0, 1, "by time interval"), END};
static const struct calc_field lightclass_out[] = {OUT("class", "number of the class; with intervals the normal one, of the greatest sum of weights"), OUT("average_lx", "maintained average it asks for (M: luminance over 0.07)"),
    OUT("adaptive_class", "of the least sum of weights"), OUT("class_by", "by time interval"), END};
// clang-format on

/* The sum of the weights that are not traffic and ambient light. */
static int fixed_weight(const struct calc_io *io, enum light_kind kind, int parked)
{
    if (calc_given(io, "other")) return (int)calc_number(io, "other");
    if (kind == LIGHT_P)
        return light_weight_p(calc_number(io, "speed_low") > 0.5, (enum light_users)calc_word(io, "users"), parked);
    struct light_street s = {(enum light_speed)calc_word(io, "speed"),
                             (enum light_mix)calc_word(io, "mix"),
                             calc_number(io, "divided") > 0.5,
                             calc_number(io, "dense") > 0.5,
                             parked,
                             (int)calc_number(io, "navigation")};
    return kind == LIGHT_M ? light_weight_m(&s) : light_weight_c(&s);
}

struct by_time {
    const double *value;
    int n;
    double always;
};

static struct by_time by_time(const struct calc_io *io, const char *key, const char *always)
{
    struct by_time t = {.always = calc_number(io, always)};
    t.value = calc_series(io, key, &t.n);
    return t;
}

static int at_time(const struct by_time *t, int i) { return (int)(t->n ? t->value[i] : t->always); }

static int run_lightclass(struct calc_io *io, struct err *e)
{
    enum light_kind kind = (enum light_kind)calc_word(io, "kind");
    struct by_time traffic = by_time(io, "traffic_by", "traffic"), ambient = by_time(io, "ambient_by", "ambient"),
                   parked = by_time(io, "parked_by", "parked");
    int n = traffic.n > ambient.n ? traffic.n : ambient.n, most = -100, least = 100;
    if (kind != LIGHT_P && !calc_given(io, "other") && !calc_given(io, "speed"))
        return calc_wrong(e, "speed", "is missing (or give other, the sum of the fixed weights)");
    n = parked.n > n ? parked.n : n;
    if ((traffic.n && traffic.n != n) || (ambient.n && ambient.n != n) || (parked.n && parked.n != n))
        return calc_wrong(e, "traffic_by", "the lists by time interval differ in length, the longest has %d", n);
    double *by = n ? calc_put_series(io, "class_by", n) : NULL;
    for (int i = 0; i < n || i == 0; i++) {
        int sum = at_time(&traffic, i) + at_time(&ambient, i) + fixed_weight(io, kind, at_time(&parked, i) > 0);
        most = sum > most ? sum : most, least = sum < least ? sum : least;
        if (by) by[i] = light_class(kind, 0, 0, sum);
    }
    int number = light_class(kind, 0, 0, most);
    calc_put(io, "class", number);
    calc_put(io, "average_lx", light_class_lx(kind, number));
    if (n) calc_put(io, "adaptive_class", light_class(kind, 0, 0, least));
    return 0;
}

const struct calc_model calc_lightclass = {"lightclass",
                                           "lighting class of a street by traffic and ambient light",
                                           "CEN/TR 13201-1:2014 tables 1, 3 and A.2; EN 13201-2:2015",
                                           lightclass_in,
                                           lightclass_out,
                                           run_lightclass};

// clang-format off
static const struct calc_field coldstore_in[] = {
    NUM("temp_degC", -40, 30, CALC_WANTED, "of the store"), NUM("out_degC", -40, 60, CALC_WANTED, "outdoor air"), NUM("ua_W_K", 0.1, 1e6, CALC_WANTED, "conductance of the envelope"),
    NUM("capacity_J_K", 1e3, 1e12, CALC_WANTED, "of air, product and walls"), NUM("gain_W", -1e7, 1e7, 0, "doors, people, fans, product; less the cold given"),
    NUM("dt_s", 1, 864000, 3600, "length of the step"), END};
static const struct calc_field coldstore_out[] = {OUT("temp_degC", "after the step"), OUT("eer", "cold over power in"), OUT("hold_W", "cold that holds the temperature"),
    OUT("hold_power_W", "electric power for it"), END};
// clang-format on

static int run_coldstore(struct calc_io *io, struct err *e)
{
    (void)e;
    double t = calc_number(io, "temp_degC"), out = calc_number(io, "out_degC"), ua = calc_number(io, "ua_W_K"),
           gain = calc_number(io, "gain_W");
    double eer = refrigeration_eer(t, out), hold = fmax(0, ua * (out - t) + gain);
    calc_put(io, "temp_degC",
             refrigeration_step_degC(t, out, ua, calc_number(io, "capacity_J_K"), gain, calc_number(io, "dt_s")));
    calc_put(io, "eer", eer);
    calc_put(io, "hold_W", hold);
    calc_put(io, "hold_power_W", hold / eer);
    return 0;
}

const struct calc_model calc_coldstore = {
    "coldstore",
    "temperature and cold of a store",
    "ASHRAE Handbook Refrigeration 2018, chapter 24; Carnot share as in src/physics/refrigeration.c",
    coldstore_in,
    coldstore_out,
    run_coldstore};
