/* Fields: the tables of `kend calc` et0, et0_hour and soilwater over src/physics. */
#include "base/err.h"
#include "calc/rows.h"
#include "physics/cropwater.h"
#include "physics/et0.h"

static const char *const reference_words[] = {"grass", "tall", NULL};
static const char *const clear_words[] = {"altitude", "full", NULL};
#define ET0_SITE                                                                                                   \
    NUM("lat_deg", -90, 90, CALC_WANTED, "latitude, north positive"),                                              \
        NUM("altitude_m", -500, 6000, 0, "height above the sea"),                                                  \
        NUM("wind_height_m", 0.5, 100, 2, "of the anemometer"),                                                    \
        PICK("reference", reference_words, 0, "grass 0.12 m, or tall alfalfa 0.5 m (ASCE)"),                       \
        PICK("clear", clear_words, 0, "clear sky by altitude (FAO), or by vapour and sun height (ASCE)"),          \
        NUM("yearday", 1, 366, CALC_WANTED, "day of the year")
// clang-format off
static const struct calc_field et0_in[] = {
    ET0_SITE, NUM("min_degC", -60, 50, CALC_WANTED, "least air temperature"), NUM("max_degC", -60, 60, CALC_WANTED, "highest air temperature"),
    NUM("wind_m_s", 0, 40, 2, "mean of the day"), NUM("vapour_kPa", 0, 8, CALC_MAYBE, "actual vapour pressure; else from what follows, else saturation at the minimum"),
    NUM("dew_degC", -60, 40, CALC_MAYBE, "dew point"), NUM("humidity_max_frac", 0, 1, CALC_MAYBE, "relative"), NUM("humidity_min_frac", 0, 1, CALC_MAYBE, "relative"),
    NUM("humidity_frac", 0, 1, CALC_MAYBE, "relative, mean"),
    NUM("sun_MJ_m2", 0, 50, CALC_MAYBE, "global radiation of the day; else from sunshine, else from the temperature range"), NUM("sunshine_h", 0, 24, CALC_MAYBE, "hours of bright sun"),
    NUM("krs", 0.1, 0.25, 0.16, "0.16 inland, 0.19 coast, for the temperature range"), NUM("soil_MJ_m2", -10, 10, 0, "heat into the soil, for months"), END};
static const struct calc_field et0_out[] = {
    OUT("et0_mm", "reference evapotranspiration of the day"), OUT("net_MJ_m2", "net radiation"), OUT("longwave_MJ_m2", "lost by long wave"), OUT("sun_MJ_m2", "global radiation used"),
    OUT("outside_MJ_m2", "outside the air"), OUT("clear_MJ_m2", "of a clear sky"), OUT("daylight_h", "longest possible sunshine"), OUT("vapour_kPa", "actual vapour pressure used"),
    OUT("saturation_kPa", "saturation vapour pressure"), OUT("slope_kPa_K", "of the saturation curve"), OUT("gamma_kPa_K", "psychrometric constant"), OUT("wind2_m_s", "wind at 2 m"), END};
// clang-format on

static struct et0_site site_of(const struct calc_io *io)
{
    int tall = calc_word(io, "reference");
    return (struct et0_site){calc_number(io, "lat_deg"),
                             calc_number(io, "altitude_m"),
                             calc_number(io, "wind_height_m"),
                             calc_word(io, "clear"),
                             tall ? 1600 : 900,
                             tall ? 0.38 : 0.34};
}

/* FAO-56 eqs 14, 17, 19 and 48, the best that is given. */
static double vapour_kPa(const struct calc_io *io)
{
    double lo = et0_saturation_kPa(calc_number(io, "min_degC")),
           hi = et0_saturation_kPa(calc_number(io, "max_degC"));
    if (calc_given(io, "vapour_kPa")) return calc_number(io, "vapour_kPa");
    if (calc_given(io, "dew_degC")) return et0_saturation_kPa(calc_number(io, "dew_degC"));
    if (calc_given(io, "humidity_max_frac") && calc_given(io, "humidity_min_frac"))
        return (lo * calc_number(io, "humidity_max_frac") + hi * calc_number(io, "humidity_min_frac")) / 2;
    if (calc_given(io, "humidity_max_frac")) return lo * calc_number(io, "humidity_max_frac");
    if (calc_given(io, "humidity_frac")) return (lo + hi) / 2 * calc_number(io, "humidity_frac");
    return lo;
}

static double sun_MJ_m2(const struct calc_io *io)
{
    double lat = calc_number(io, "lat_deg");
    int j = (int)calc_number(io, "yearday");
    if (calc_given(io, "sun_MJ_m2")) return calc_number(io, "sun_MJ_m2");
    if (calc_given(io, "sunshine_h")) return et0_sun_from_hours_MJ_m2(lat, j, calc_number(io, "sunshine_h"));
    return et0_sun_from_temp_MJ_m2(lat, j, calc_number(io, "min_degC"), calc_number(io, "max_degC"),
                                   calc_number(io, "krs"));
}

static void put_et0(struct calc_io *io, const struct et0_run *r)
{
    calc_put(io, "et0_mm", r->et0_mm);
    calc_put(io, "net_MJ_m2", r->net_MJ_m2);
    calc_put(io, "longwave_MJ_m2", r->longwave_MJ_m2);
    calc_put(io, "outside_MJ_m2", r->outside_MJ_m2);
    calc_put(io, "clear_MJ_m2", r->clear_MJ_m2);
    calc_put(io, "saturation_kPa", r->saturation_kPa);
    calc_put(io, "slope_kPa_K", r->slope_kPa_K);
    calc_put(io, "gamma_kPa_K", r->gamma_kPa_K);
    calc_put(io, "wind2_m_s", r->wind2_m_s);
}

static int run_et0(struct calc_io *io, struct err *e)
{
    if (calc_number(io, "max_degC") < calc_number(io, "min_degC"))
        return calc_wrong(e, "max_degC", "is below min_degC");
    struct et0_site s = site_of(io);
    struct et0_day d = {(int)calc_number(io, "yearday"), calc_number(io, "min_degC"),
                        calc_number(io, "max_degC"),     vapour_kPa(io),
                        calc_number(io, "wind_m_s"),     sun_MJ_m2(io),
                        calc_number(io, "soil_MJ_m2")};
    struct et0_run r = et0_daily(&s, &d);
    put_et0(io, &r);
    calc_put(io, "sun_MJ_m2", d.sun_MJ_m2);
    calc_put(io, "vapour_kPa", d.vapour_kPa);
    calc_put(io, "daylight_h", et0_daylight_h(s.lat_deg, d.yearday));
    return 0;
}

const struct calc_model calc_et0 = {
    "et0",
    "reference evapotranspiration of a day",
    "FAO Irrigation and Drainage Paper 56, 1998, eqs 6 to 50; tall reference: ASCE-EWRI 2005",
    et0_in,
    et0_out,
    run_et0};

// clang-format off
static const struct calc_field et0_hour_in[] = {
    ET0_SITE, NUM("solar_hour", 0, 24, CALC_MAYBE, "middle of the hour, solar time; else from clock_hour"), NUM("clock_hour", 0, 24, CALC_MAYBE, "middle of the hour, standard time"),
    NUM("lon_deg", -180, 180, CALC_MAYBE, "east positive, with clock_hour"), NUM("utc_offset_h", -15, 15, CALC_MAYBE, "of standard time, with clock_hour"),
    NUM("temp_degC", -60, 60, CALC_WANTED, "mean of the hour"), NUM("humidity_frac", 0, 1, CALC_WANTED, "relative"), NUM("wind_m_s", 0, 40, 2, "mean of the hour"),
    NUM("sun_MJ_m2", 0, 6, CALC_WANTED, "global radiation of the hour"), NUM("clear_ratio_frac", 0.3, 1, 0.8, "sun over clear sky before sunset, for the night"), END};
static const struct calc_field et0_hour_out[] = {
    OUT("et0_mm", "reference evapotranspiration of the hour"), OUT("net_MJ_m2", "net radiation"), OUT("longwave_MJ_m2", "lost by long wave"), OUT("outside_MJ_m2", "outside the air"),
    OUT("clear_MJ_m2", "of a clear sky"), OUT("saturation_kPa", "saturation vapour pressure"), OUT("slope_kPa_K", "of the saturation curve"),
    OUT("gamma_kPa_K", "psychrometric constant"), OUT("wind2_m_s", "wind at 2 m"), END};
// clang-format on

/* FAO-56 eqs 31 to 33: clock to solar time. */
static int solar_hour(const struct calc_io *io, double *hour, struct err *e)
{
    static const char *const wanted[] = {"clock_hour", "lon_deg", "utc_offset_h", NULL};
    *hour = calc_number(io, "solar_hour");
    if (calc_given(io, "solar_hour")) return 0;
    for (int i = 0; wanted[i]; i++)
        if (!calc_given(io, wanted[i])) return calc_wrong(e, wanted[i], "is missing (or give solar_hour)");
    double b = 2 * M_PI * (calc_number(io, "yearday") - 81) / 364;
    double season_h = 0.1645 * sin(2 * b) - 0.1255 * cos(b) - 0.025 * sin(b);
    *hour = calc_number(io, "clock_hour") + (calc_number(io, "lon_deg") / 15 - calc_number(io, "utc_offset_h")) +
            season_h;
    return 0;
}

static int run_et0_hour(struct calc_io *io, struct err *e)
{
    struct et0_site s = site_of(io);
    double t = calc_number(io, "temp_degC"), hour;
    if (solar_hour(io, &hour, e)) return -1;
    struct et0_hour h = {(int)calc_number(io, "yearday"),
                         hour,
                         t,
                         et0_saturation_kPa(t) * calc_number(io, "humidity_frac"),
                         calc_number(io, "wind_m_s"),
                         calc_number(io, "sun_MJ_m2"),
                         calc_number(io, "clear_ratio_frac")};
    struct et0_run r = et0_hourly(&s, &h);
    put_et0(io, &r);
    return 0;
}

const struct calc_model calc_et0_hour = {"et0_hour",
                                         "reference evapotranspiration of an hour",
                                         "FAO Irrigation and Drainage Paper 56, 1998, eq 53",
                                         et0_hour_in,
                                         et0_hour_out,
                                         run_et0_hour};

// clang-format off
static const struct calc_field soilwater_in[] = {
    LIST("et0_mm", 0, 30, "reference evapotranspiration by the day"), GAPS_MAYBE("rain_mm", 0, 1000, "by the day"), GAPS_MAYBE("irrigation_mm", 0, 1000, "by the day"),
    GAPS_MAYBE("irrigation_wetted_frac", 0.01, 1, "share of the ground that the irrigation wets, by the day"), GAPS_MAYBE("runoff_mm", 0, 1000, "of rain, by the day"),
    GAPS_MAYBE("wind2_m_s", 0, 40, "at 2 m, by the day; else 2"), GAPS_MAYBE("humidity_min_frac", 0, 1, "by the day; else 0.45"),
    NUM("kcb_ini", 0, 2, CALC_WANTED, "basal coefficient at first"), NUM("kcb_mid", 0, 2, CALC_WANTED, "in mid-season"), NUM("kcb_end", 0, 2, CALC_WANTED, "at the end"),
    NUM("ini_day", 0, 366, CALC_WANTED, "length of the first stage"), NUM("dev_day", 1, 366, CALC_WANTED, "of development"), NUM("mid_day", 0, 366, CALC_WANTED, "of mid-season"),
    NUM("late_day", 1, 366, CALC_WANTED, "of the late season"), NUM("height_ini_m", 0.01, 10, 0.05, "of the crop"), NUM("height_max_m", 0.01, 20, CALC_WANTED, "of the crop"),
    NUM("root_ini_m", 0.01, 5, 0.2, "depth"), NUM("root_max_m", 0.01, 5, CALC_WANTED, "depth"), NUM("field_capacity_frac", 0.02, 0.7, CALC_WANTED, "of the soil's volume"),
    NUM("wilting_frac", 0, 0.6, CALC_WANTED, "of the soil's volume"), NUM("water_frac", 0, 0.7, CALC_MAYBE, "at the start; else field capacity"),
    NUM("depletion_frac", 0.1, 0.8, 0.5, "p of FAO-56 table 22"), NUM("surface_m", 0.01, 0.3, 0.1, "layer that evaporates"), NUM("readily_mm", 0, 50, 9, "of it evaporated at full rate"),
    COUNT("irrigate", 0, 1, 0, "1: bring the root zone back to field capacity whenever the readily available water is used up"), END};
static const struct calc_field soilwater_out[] = {
    OUT("evaporated_mm", "from the soil, total"), OUT("transpired_mm", "by the crop, total"), OUT("eta_mm", "both, total"), OUT("etc_mm", "both without stress, total"),
    OUT("drained_mm", "below the roots, total"), OUT("irrigated_mm", "given, total"), OUT("depletion_end_mm", "of the root zone"), OUT("balance_mm", "what the balance misses; 0 but for rounding"),
    OUT("depletion_mm", "of the root zone, by the day"), OUT("readily_out_mm", "readily available water, by the day"), OUT("eta_day_mm", "by the day"), OUT("stress_frac", "Ks, by the day"),
    OUT("irrigation_day_mm", "given, by the day"), END};
// clang-format on

static double at_day(const double *series, int n, int day, double otherwise)
{
    return day < n && !isnan(series[day]) ? series[day] : otherwise;
}

static struct crop crop_of(const struct calc_io *io)
{
    return (struct crop){
        calc_number(io, "kcb_ini"),      calc_number(io, "kcb_mid"),        calc_number(io, "kcb_end"),
        calc_number(io, "ini_day"),      calc_number(io, "dev_day"),        calc_number(io, "mid_day"),
        calc_number(io, "late_day"),     calc_number(io, "height_ini_m"),   calc_number(io, "height_max_m"),
        calc_number(io, "root_ini_m"),   calc_number(io, "root_max_m"),     calc_number(io, "field_capacity_frac"),
        calc_number(io, "wilting_frac"), calc_number(io, "depletion_frac"), calc_number(io, "surface_m"),
        calc_number(io, "readily_mm")};
}

static int run_soilwater(struct calc_io *io, struct err *e)
{
    static const char *const key[] = {"rain_mm",   "irrigation_mm", "irrigation_wetted_frac",
                                      "runoff_mm", "wind2_m_s",     "humidity_min_frac"};
    const double *in[6];
    int n, m[6];
    const double *et0 = calc_series(io, "et0_mm", &n);
    for (int k = 0; k < 6; k++) {
        in[k] = calc_series(io, key[k], &m[k]);
        if (m[k] && m[k] != n) return calc_wrong(e, key[k], "has %d days, et0_mm has %d", m[k], n);
    }
    struct crop c = crop_of(io);
    if (c.wilting_frac >= c.field_capacity_frac)
        return calc_wrong(e, "wilting_frac", "is not below field_capacity_frac");
    if (c.kcb_mid <= c.kcb_ini) return calc_wrong(e, "kcb_mid", "is not above kcb_ini");
    if (c.readily_mm >= 1000 * (c.field_capacity_frac - 0.5 * c.wilting_frac) * c.surface_m)
        return calc_wrong(e, "readily_mm", "is more than the layer of surface_m holds");
    struct crop_state s =
        crop_start(&c, calc_given(io, "water_frac") ? calc_number(io, "water_frac") : c.field_capacity_frac);
    double *depletion = calc_put_series(io, "depletion_mm", n), *readily = calc_put_series(io, "readily_out_mm", n),
           *eta = calc_put_series(io, "eta_day_mm", n);
    double *stress = calc_put_series(io, "stress_frac", n), *given = calc_put_series(io, "irrigation_day_mm", n);
    double evaporated = 0, transpired = 0, needed = 0, drained = 0, water = 0, irrigated = 0, first = s.root_mm,
           used_up = 1e9;
    for (int i = 0; i < n; i++) {
        struct crop_day d = {et0[i],
                             at_day(in[0], m[0], i, 0),
                             at_day(in[1], m[1], i, 0),
                             at_day(in[2], m[2], i, 1),
                             at_day(in[4], m[4], i, 2),
                             at_day(in[5], m[5], i, 0.45),
                             at_day(in[3], m[3], i, 0)};
        if (calc_number(io, "irrigate") > 0.5 && s.root_mm >= used_up)
            d.irrigation_mm = fmax(d.irrigation_mm, s.root_mm);
        struct crop_run r = crop_step(&c, &s, &d);
        used_up = r.readily_mm;
        evaporated += r.evaporated_mm, transpired += r.transpired_mm, needed += r.needed_mm,
            drained += r.drained_mm;
        water += d.rain_mm - d.runoff_mm + d.irrigation_mm, irrigated += d.irrigation_mm;
        depletion[i] = r.root_mm, readily[i] = r.readily_mm, eta[i] = r.evaporated_mm + r.transpired_mm,
        stress[i] = r.ks, given[i] = d.irrigation_mm;
    }
    calc_put(io, "evaporated_mm", evaporated);
    calc_put(io, "transpired_mm", transpired);
    calc_put(io, "eta_mm", evaporated + transpired);
    calc_put(io, "etc_mm", needed);
    calc_put(io, "drained_mm", drained);
    calc_put(io, "irrigated_mm", irrigated);
    calc_put(io, "depletion_end_mm", s.root_mm);
    calc_put(io, "balance_mm", water - evaporated - transpired - drained + (s.root_mm - first));
    return 0;
}

const struct calc_model calc_soilwater = {
    "soilwater",
    "a field's water over a season, with irrigation need",
    "FAO Irrigation and Drainage Paper 56, 1998, chapters 7 and 8 (dual crop coefficient)",
    soilwater_in,
    soilwater_out,
    run_soilwater};
