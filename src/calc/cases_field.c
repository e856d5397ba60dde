/* Published figures of fields: the worked examples of FAO-56, and the first days of a season by USDA's pyfao56. */
#include "calc/cases.h"
#include "physics/greenhouse.h"
#include <math.h>

#define FAO(n) "FAO-56, example " n
#define DAY19 "'lat_deg': 16.2167, 'lon_deg': -16.25, 'utc_offset_h': -1, 'altitude_m': 8, 'yearday': 274, "
#define EX17                                                                                                       \
    "{'lat_deg': 13.7333, 'altitude_m': 2, 'yearday': 105, 'max_degC': 34.8, 'min_degC': 25.6, 'vapour_kPa': "     \
    "2.85, 'wind_m_s': 2, 'sunshine_h': 8.5, 'soil_MJ_m2': 0.14}"
#define EX18                                                                                                       \
    "{'lat_deg': 50.8, 'altitude_m': 100, 'yearday': 187, 'max_degC': 21.5, 'min_degC': 12.3, "                    \
    "'humidity_max_frac': 0.84, 'humidity_min_frac': 0.63, 'wind_m_s': 2.78, 'wind_height_m': 10, 'sunshine_h': "  \
    "9.25}"
/* Cotton, Maricopa 2013, the dry treatment of pyfao56's test: days 113 to 123. */
#define COTTON                                                                                                     \
    "{'et0_mm': [6.97, 6.42, 7.40, 5.79, 6.64, 6.63, 8.13, 9.54, 7.85, 8.94, 10.22], 'irrigation_mm': [0, 0, 33, " \
    "0, 0, 0, 0, 108, 0, 0, 0], "                                                                                  \
    "'irrigation_wetted_frac': [1, 1, 0.5, 1, 1, 1, 1, 0.5, 1, 1, 1], 'wind2_m_s': [2.02603, 1.74976, 2.85486, "   \
    "1.1972, 1.47348, 1.28929, 2.02603, 2.94696, 2.21022, 3.13114, 4.60462], 'humidity_min_frac': [0.104, 0.085, " \
    "0.132, 0.099, 0.065, 0.043, 0.053, 0.055, 0.072, 0.049, 0.073], 'kcb_ini': 0.15, 'kcb_mid': 1.2, "            \
    "'kcb_end': 0.573, 'ini_day': 31, 'dev_day': 52, 'mid_day': 50, 'late_day': 21, "                              \
    "'height_ini_m': 0.05, 'height_max_m': 1.2, 'root_ini_m': 0.6, 'root_max_m': 1.7, 'field_capacity_frac': "     \
    "0.225, 'wilting_frac': 0.1, 'water_frac': 0.1, 'depletion_frac': 0.65, "                                      \
    "'surface_m': 0.1143, 'readily_mm': 9}"
#define PYFAO "USDA pyfao56, cotton 2013"
/* A made year by the quarter-hour: 14 +- 11 K by season, +- 6 K by day, sun by a plain sine; the full form heats to 17 degC and vents at 26. The fast form
 * keeps its own thermostat ("heat": its year's heat over the full one's, less 1) or is given the full one's heat ("temp": RMS of the air, K). */
static int fast_greenhouse(const char *dir, const char *arg, double *value, struct err *e)
{
    (void)dir, (void)e;
    const struct greenhouse g = {1000, 1400, 5, 4000, 0.65, 0.6, 30, 3, 1e5};
    const struct greenhouse_fast f = greenhouse_fast(&g);
    const double dt_s = 900, most_W = 200e3, pi = 3.14159265358979323846,
                 kept = exp(-f.loss_W_K * dt_s / f.capacity_J_K);
    struct greenhouse_air air = {17, 0.01};
    double temp_degC = 17, heat_J[2] = {0}, off = 0;
    for (int i = 0; i < 365 * 96; i++) {
        double season = sin(2 * pi * (i / 96.0 - 105) / 365), hour = i % 96 / 4.0, high = sin(pi * (hour - 6) / 12);
        struct greenhouse_weather w = {14 + 11 * season + 6 * sin(2 * pi * (hour - 9) / 24),
                                       0.65 - 0.15 * fmax(0, high), fmax(0, high) * (450 + 250 * season), 0};
        struct greenhouse_run r = greenhouse_step(&g, &air, &w, 17, most_W, 26, 0.9, dt_s);
        double light_W = g.tau_frac * g.floor_m2 * w.sun_W_m2,
               cool_K = 17 - greenhouse_fast_step(&f, temp_degC, w.temp_degC, 0, light_W, 26, dt_s),
               own_W = fmin(most_W, fmax(0, cool_K) * f.loss_W_K / (1 - kept)),
               heat_W = arg[0] == 'h' ? own_W : r.heat_W;
        temp_degC = greenhouse_fast_step(&f, temp_degC, w.temp_degC, heat_W, light_W, 26, dt_s);
        heat_J[0] += r.heat_W * dt_s, heat_J[1] += own_W * dt_s;
        off += (temp_degC - air.temp_degC) * (temp_degC - air.temp_degC) / (365 * 96);
    }
    *value = arg[0] == 'h' ? heat_J[1] / heat_J[0] - 1 : sqrt(off);
    return 0;
}

// clang-format off
const struct calc_case calc_cases_field[] = {
    {"et0", "Bangkok, April", EX17, "et0_mm", 5.72, 0.01, 0, FAO("17")},
    {"et0", "Bangkok, outside the air", EX17, "outside_MJ_m2", 38.06, 0.02, 0, FAO("17")},
    {"et0", "Bangkok, net radiation", EX17, "net_MJ_m2", 14.33, 0.02, 0, FAO("17")},
    {"et0", "Bangkok, daylight", EX17, "daylight_h", 12.31, 0.01, 0, FAO("17")},
    {"et0", "Uccle, 6 July", EX18, "et0_mm", 3.88, 0.01, 0, FAO("18")},
    {"et0", "Uccle, wind at 2 m", EX18, "wind2_m_s", 2.078, 2e-3, 0, FAO("18")},
    {"et0", "Uccle, vapour pressure", EX18, "vapour_kPa", 1.409, 1e-3, 0, FAO("18")},
    {"et0", "Uccle, sun", EX18, "sun_MJ_m2", 22.07, 0.01, 0, FAO("18")},
    {"et0", "Uccle, long wave", EX18, "longwave_MJ_m2", 3.71, 0.01, 0, FAO("18")},
    {"et0", "20 S, 3 September, outside the air", "{'lat_deg': -20, 'yearday': 246, 'max_degC': 25, 'min_degC': 15}", "outside_MJ_m2", 32.2, 0.05, 0, FAO("8")},
    {"et0", "sun by Hargreaves, 45.72 N, July", "{'lat_deg': 45.7167, 'yearday': 196, 'max_degC': 26.6, 'min_degC': 14.8, 'altitude_m': 200}", "sun_MJ_m2", 22.3, 0.05, 0, FAO("15")},
    {"et0_hour", "N'Diaye, 14 to 15 h", "{" DAY19 "'clock_hour': 14.5, 'temp_degC': 38, 'humidity_frac': 0.52, 'wind_m_s': 3.3, 'sun_MJ_m2': 2.45}", "et0_mm", 0.63, 0.01, 0, FAO("19")},
    {"et0_hour", "N'Diaye, 14 to 15 h, outside the air", "{" DAY19 "'clock_hour': 14.5, 'temp_degC': 38, 'humidity_frac': 0.52, 'wind_m_s': 3.3, 'sun_MJ_m2': 2.45}", "outside_MJ_m2", 3.543, 0.01, 0, FAO("19")},
    {"et0_hour", "N'Diaye, 2 to 3 h", "{" DAY19 "'clock_hour': 2.5, 'temp_degC': 28, 'humidity_frac': 0.9, 'wind_m_s': 1.9, 'sun_MJ_m2': 0}", "et0_mm", 0, 0.01, 0, FAO("19")},
    {"soilwater", "evapotranspiration of 26 April", COTTON, "eta_day_mm[3]", 4.400, 1e-3, 0, PYFAO},
    {"soilwater", "evapotranspiration of 28 April, under stress", COTTON, "eta_day_mm[5]", 4.103, 1e-3, 0, PYFAO},
    {"soilwater", "depletion of 29 April", COTTON, "depletion_mm[6]", 56.779, 1e-3, 0, PYFAO},
    {"soilwater", "readily available water of 27 April", COTTON, "readily_out_mm[4]", 48.580, 1e-3, 0, PYFAO},
    {"soilwater", "deep percolation of 30 April", COTTON, "drained_mm", 49.790, 1e-3, 0, PYFAO},
    {"soilwater", "depletion of 3 May", COTTON, "depletion_mm[10]", 14.440, 1e-3, 0, PYFAO},
    {"soilwater", "what the balance misses", COTTON, "balance_mm", 0, 1e-9, 0, CLOSED "conservation of water"},
#define NIGHT "{'out_degC': [-5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5, -5], 'sun_W_m2': [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'humidity_frac': [0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8], 'floor_m2': 1000, 'leaf_index': 0, 'humid_frac': 1.2, 'start_humidity_frac': 0.1}"
#define NOON "{'out_degC': [25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25], 'sun_W_m2': [700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 700], 'humidity_frac': [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5], 'floor_m2': 1000}"
    {"greenhouse", "steady heat of a dry winter night: (U A + leaks) 22 K, W", NIGHT, "heat_W[95]", 202400.0, 2e-2, 1, CLOSED "heat balance, crop without leaves"},
    {"greenhouse", "what a step misses in heat, W", NOON, "worst_heat_balance_W", 0, 1e-6, 0, CLOSED "conservation of energy"},
    {"greenhouse", "what a step misses in vapour, kg/s", NOON, "worst_vapour_balance_kg_s", 0, 1e-12, 0, CLOSED "conservation of water"},
    {"coldload", "apples at 0 degC, W/kg", "{'commodity': 'apple', 'product_kg': 1, 'temp_degC': 0, 'out_degC': 20, 'ua_W_K': 1}", "respiration_W_kg", 0.013737263870013172, 1e-9, 1, CLOSED "10.7 / 3600 f (1.8 T + 32)^g, Becker, Misra & Fricke 1996"},
    {"coldload", "potatoes at 10 degC, W/kg", "{'commodity': 'potato', 'product_kg': 1, 'temp_degC': 10, 'out_degC': 20, 'ua_W_K': 1}", "respiration_W_kg", 0.0514400375936098, 1e-9, 1, CLOSED "10.7 / 3600 f (1.8 T + 32)^g, Becker, Misra & Fricke 1996"},
    {"coldload", "cooling 1000 kg a day by 20 K", "{'commodity': 'apple', 'product_kg': 0, 'temp_degC': 0, 'out_degC': 0, 'ua_W_K': 0, 'incoming_kg_d': 1000}", "product_W", 856.4814814814814, 1e-9, 1, CLOSED "m c dT"},
    {"coldload", "strawberries at 0 degC, W/kg", "{'commodity': 'strawberry', 'product_kg': 1, 'temp_degC': 0, 'out_degC': 20, 'ua_W_K': 1}", "respiration_W_kg", 0.0446, 0.2, 1, "USDA Handbook 66 (1986): 0.069 Btu/(lb h), by NC State"},
    {"coldload", "cabbage at 0 degC, W/kg", "{'commodity': 'cabbage', 'product_kg': 1, 'temp_degC': 0, 'out_degC': 20, 'ua_W_K': 1}", "respiration_W_kg", 0.01486, 0.2, 1, "USDA Handbook 66 (1986): 0.023 Btu/(lb h), by NC State"},
    {"coldload", "grapes at 0 degC, W/kg", "{'commodity': 'grape', 'product_kg': 1, 'temp_degC': 0, 'out_degC': 20, 'ua_W_K': 1}", "respiration_W_kg", 0.00905, 0.2, 1, "USDA Handbook 66 (1986): 0.014 Btu/(lb h), by NC State"},
    {"greenhouse", "fast form of twin and plan, air under the same heat, RMS, K", .tolerance = 1.5, .source = "greenhouse of this program", .measure = fast_greenhouse, .arg = "temp"},
    {"greenhouse", "fast form of twin and plan, heat of a year over the full form's, less 1", .tolerance = 0.05, .source = "greenhouse of this program", .measure = fast_greenhouse, .arg = "heat"},
    {0}};
