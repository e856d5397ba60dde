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

static const char *const kind_words[] = {"P", "M", "C", NULL};
static const char *const users_words[] = {"walk", "walk_cycle", "walk_motor", "all", NULL};
// clang-format off
static const struct calc_field lightclass_in[] = {
    PICK("kind", kind_words, 0, "P pedestrian and low speed, M motorised, C conflict area"), NUM("traffic", -1, 1, 0, "-1 quiet, 0 normal, 1 busy"),
    NUM("ambient", -1, 1, 0, "ambient light: -1 low, 0 moderate, 1 high"), NUM("speed_low", 0, 1, 1, "P: 1 low, 0 very low (walking)"), PICK("users", users_words, 3, "P: who uses it"),
    NUM("parked", 0, 1, 0, "P: parked vehicles"), NUM("other", -3, 6, CALC_MAYBE, "sum of the fixed weights; wanted for M and C"), END};
static const struct calc_field lightclass_out[] = {OUT("class", "number of the class"), OUT("average_lx", "maintained average it asks for (M: luminance over 0.07)"), END};
// clang-format on

static int run_lightclass(struct calc_io *io, struct err *e)
{
    enum light_kind kind = (enum light_kind)calc_word(io, "kind");
    if (kind != LIGHT_P && !calc_given(io, "other"))
        return calc_wrong(e, "other", "is missing (an M or C class wants the sum of its fixed weights)");
    int fixed = calc_given(io, "other")
                    ? (int)calc_number(io, "other")
                    : light_weight_p(calc_number(io, "speed_low") > 0.5, (enum light_users)calc_word(io, "users"),
                                     calc_number(io, "parked") > 0.5);
    int number = light_class(kind, (int)calc_number(io, "traffic"), (int)calc_number(io, "ambient"), fixed);
    calc_put(io, "class", number);
    calc_put(io, "average_lx", light_class_lx(kind, number));
    return 0;
}

const struct calc_model calc_lightclass = {"lightclass",
                                           "lighting class of a street by traffic and ambient light",
                                           "CEN/TR 13201-1:2014 table A.2; EN 13201-2:2015",
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
