/* ASHRAE Standard 140-2023: acceptance limits of annual loads, and the range of six programs for peaks and free-floating temperatures. "Published" is the middle of the range, the
 * tolerance half its width. A case is simulated once for all its figures. Comfort, overheating and outages follow. */
#include "base/err.h"
#include "calc/calc.h"
#include "calc/cases.h"
#include <string.h>

enum { KEPT = 32 };

/* arg: "CASE KEY". All keys of a case come from one run, kept for the next. */
static int year_of(const char *dir, const char *arg, double *value, struct err *e)
{
    static const char *const key[] = {"heating_MWh",     "cooling_MWh", "peak_heating_kW",
                                      "peak_cooling_kW", "max_degC",    "min_degC"};
    enum { KEYS = sizeof key / sizeof key[0] };
    static struct {
        char name[16], dir[512];
        double value[KEYS];
    } kept[KEPT];
    static int n;
    char path[1024], json[1400];
    size_t name = strcspn(arg, " ");
    int i = 0, k = 0;
    snprintf(path, sizeof path, "%s/homes/725650TYCST.epw", dir);
    FILE *f = fopen(path, "r");
    if (!f) return 1;
    fclose(f);
    while (i < n &&
           !(strlen(kept[i].name) == name && !strncmp(kept[i].name, arg, name) && !strcmp(kept[i].dir, dir)))
        i++;
    if (i == n && n < KEPT) {
        snprintf(json, sizeof json, "{\"case\": \"%.*s\", \"epw\": \"%s\", \"steps_per_h\": 6}", (int)name, arg,
                 path);
        if (calc_values_of(calc_find("bestest"), json, key, KEYS, kept[n].value, e)) return -1;
        snprintf(kept[n].name, sizeof kept[n].name, "%.*s", (int)name, arg);
        snprintf(kept[n++].dir, sizeof kept[0].dir, "%s", dir);
    }
    while (k < KEYS - 1 && strcmp(key[k], arg + name + 1) != 0) k++;
    *value = kept[i].value[k];
    return 0;
}

/* arg: the case; root mean square of the fitted home's miss against the zone, hourly, free-floating. */
static int fit_of(const char *dir, const char *arg, double *value, struct err *e)
{
    char path[1024], json[1400];
    snprintf(path, sizeof path, "%s/homes/725650TYCST.epw", dir);
    FILE *f = fopen(path, "r");
    if (!f) return 1;
    fclose(f);
    snprintf(json, sizeof json, "{\"case\": \"%s\", \"epw\": \"%s\"}", arg, path);
    return calc_value_of(calc_find("homefit"), json, "float_rms_K", value, e);
}

#define STD "ASHRAE 140-2023"
#define FREE_HOME                                                                                                  \
    "'floor_m2': 10, 'opaque_W_K': 100000, 'window_W_K': 100000, 'vent_W_K': 100000, 'internal_W': 0, 'mass': 0"
// clang-format off
const struct calc_case calc_cases_home[] = {
    {"bestest", "600 heating, MWh, accepted 3.75 to 4.98", .published = 4.365, .tolerance = 0.615, .source = STD, .measure = year_of, .arg = "600 heating_MWh"},
    {"bestest", "610 heating, MWh, accepted 3.61 to 5.27", .published = 4.44, .tolerance = 0.83, .source = STD, .measure = year_of, .arg = "610 heating_MWh"},
    {"bestest", "640 heating, MWh, accepted 1.58 to 3.76", .published = 2.67, .tolerance = 1.09, .source = STD, .measure = year_of, .arg = "640 heating_MWh"},
    {"bestest", "650 heating, MWh, accepted 0 to 0", .published = 0, .tolerance = 0.001, .source = STD, .measure = year_of, .arg = "650 heating_MWh"},
    {"bestest", "660 heating, MWh, accepted 2.68 to 4.82", .published = 3.75, .tolerance = 1.07, .source = STD, .measure = year_of, .arg = "660 heating_MWh"},
    {"bestest", "680 heating, MWh, accepted 1.21 to 3.08", .published = 2.145, .tolerance = 0.935, .source = STD, .measure = year_of, .arg = "680 heating_MWh"},
    {"bestest", "900 heating, MWh, accepted 1.04 to 2.28", .published = 1.66, .tolerance = 0.62, .source = STD, .measure = year_of, .arg = "900 heating_MWh"},
    {"bestest", "940 heating, MWh, accepted 0.22 to 1.91", .published = 1.065, .tolerance = 0.845, .source = STD, .measure = year_of, .arg = "940 heating_MWh"},
    {"bestest", "950 heating, MWh, accepted 0 to 0", .published = 0, .tolerance = 0.001, .source = STD, .measure = year_of, .arg = "950 heating_MWh"},
    {"bestest", "980 heating, MWh, accepted -0.61 to 1.28", .published = 0.335, .tolerance = 0.945, .source = STD, .measure = year_of, .arg = "980 heating_MWh"},
    {"bestest", "600 cooling, MWh, accepted 5 to 6.83", .published = 5.915, .tolerance = 0.915, .source = STD, .measure = year_of, .arg = "600 cooling_MWh"},
    {"bestest", "610 cooling, MWh, accepted 2.74 to 6.03", .published = 4.385, .tolerance = 1.645, .source = STD, .measure = year_of, .arg = "610 cooling_MWh"},
    {"bestest", "640 cooling, MWh, accepted 4.44 to 6.86", .published = 5.65, .tolerance = 1.21, .source = STD, .measure = year_of, .arg = "640 cooling_MWh"},
    {"bestest", "650 cooling, MWh, accepted 3.46 to 5.88", .published = 4.67, .tolerance = 1.21, .source = STD, .measure = year_of, .arg = "650 cooling_MWh"},
    {"bestest", "660 cooling, MWh, accepted 1.91 to 4.33", .published = 3.12, .tolerance = 1.21, .source = STD, .measure = year_of, .arg = "660 cooling_MWh"},
    {"bestest", "680 cooling, MWh, accepted 5.13 to 7.7", .published = 6.415, .tolerance = 1.285, .source = STD, .measure = year_of, .arg = "680 cooling_MWh"},
    {"bestest", "900 cooling, MWh, accepted 2.35 to 2.6", .published = 2.475, .tolerance = 0.125, .source = STD, .measure = year_of, .arg = "900 cooling_MWh"},
    {"bestest", "940 cooling, MWh, accepted 2.24 to 3.14", .published = 2.69, .tolerance = 0.45, .source = STD, .measure = year_of, .arg = "940 cooling_MWh"},
    {"bestest", "950 cooling, MWh, accepted 0.43 to 1.52", .published = 0.975, .tolerance = 0.545, .source = STD, .measure = year_of, .arg = "950 cooling_MWh"},
    {"bestest", "980 cooling, MWh, accepted 3.52 to 4.49", .published = 4.005, .tolerance = 0.485, .source = STD, .measure = year_of, .arg = "980 cooling_MWh"},
    {"bestest", "600 peak heating, kW, programs 3.02 to 3.359", .published = 3.1895, .tolerance = 0.1695, .source = STD, .measure = year_of, .arg = "600 peak_heating_kW"},
    {"bestest", "610 peak heating, kW, programs 3.021 to 3.36", .published = 3.1905, .tolerance = 0.1695, .source = STD, .measure = year_of, .arg = "610 peak_heating_kW"},
    {"bestest", "640 peak heating, kW, programs 4.039 to 4.658", .published = 4.3485, .tolerance = 0.3095, .source = STD, .measure = year_of, .arg = "640 peak_heating_kW"},
    {"bestest", "650 peak heating, kW, programs 0 to 0", .published = 0, .tolerance = 0.001, .source = STD, .measure = year_of, .arg = "650 peak_heating_kW"},
    {"bestest", "660 peak heating, kW, programs 2.62 to 2.955", .published = 2.7875, .tolerance = 0.1675, .source = STD, .measure = year_of, .arg = "660 peak_heating_kW"},
    {"bestest", "680 peak heating, kW, programs 1.778 to 2.126", .published = 1.952, .tolerance = 0.174, .source = STD, .measure = year_of, .arg = "680 peak_heating_kW"},
    {"bestest", "900 peak heating, kW, programs 2.443 to 2.778", .published = 2.6105, .tolerance = 0.1675, .source = STD, .measure = year_of, .arg = "900 peak_heating_kW"},
    {"bestest", "940 peak heating, kW, programs 3.052 to 3.882", .published = 3.467, .tolerance = 0.415, .source = STD, .measure = year_of, .arg = "940 peak_heating_kW"},
    {"bestest", "950 peak heating, kW, programs 0 to 0", .published = 0, .tolerance = 0.001, .source = STD, .measure = year_of, .arg = "950 peak_heating_kW"},
    {"bestest", "980 peak heating, kW, programs 1.254 to 1.693", .published = 1.4735, .tolerance = 0.2195, .source = STD, .measure = year_of, .arg = "980 peak_heating_kW"},
    {"bestest", "600 peak cooling, kW, programs 5.422 to 6.481", .published = 5.9515, .tolerance = 0.5295, .source = STD, .measure = year_of, .arg = "600 peak_cooling_kW"},
    {"bestest", "610 peak cooling, kW, programs 5.331 to 6.432", .published = 5.8815, .tolerance = 0.5505, .source = STD, .measure = year_of, .arg = "610 peak_cooling_kW"},
    {"bestest", "640 peak cooling, kW, programs 5.365 to 6.429", .published = 5.897, .tolerance = 0.532, .source = STD, .measure = year_of, .arg = "640 peak_cooling_kW"},
    {"bestest", "650 peak cooling, kW, programs 5.045 to 6.29", .published = 5.6675, .tolerance = 0.6225, .source = STD, .measure = year_of, .arg = "650 peak_cooling_kW", .miss = "1.4 % above the highest of six programs; the standard sets no limit for peaks"},
    {"bestest", "660 peak cooling, kW, programs 3.343 to 3.933", .published = 3.638, .tolerance = 0.295, .source = STD, .measure = year_of, .arg = "660 peak_cooling_kW", .miss = "1.1 % above the highest of six programs; the standard sets no limit for peaks"},
    {"bestest", "680 peak cooling, kW, programs 5.761 to 7.051", .published = 6.406, .tolerance = 0.645, .source = STD, .measure = year_of, .arg = "680 peak_cooling_kW"},
    {"bestest", "900 peak cooling, kW, programs 2.556 to 3.376", .published = 2.966, .tolerance = 0.41, .source = STD, .measure = year_of, .arg = "900 peak_cooling_kW"},
    {"bestest", "940 peak cooling, kW, programs 2.556 to 3.376", .published = 2.966, .tolerance = 0.41, .source = STD, .measure = year_of, .arg = "940 peak_cooling_kW"},
    {"bestest", "950 peak cooling, kW, programs 2.054 to 2.388", .published = 2.221, .tolerance = 0.167, .source = STD, .measure = year_of, .arg = "950 peak_cooling_kW", .miss = "6.8 % above the highest of six programs; the standard sets no limit for peaks"},
    {"bestest", "980 peak cooling, kW, programs 2.93 to 3.668", .published = 3.299, .tolerance = 0.369, .source = STD, .measure = year_of, .arg = "980 peak_cooling_kW"},
    {"bestest", "600FF highest, degC, programs 62.4 to 68.4", .published = 65.4, .tolerance = 3, .source = STD, .measure = year_of, .arg = "600FF max_degC"},
    {"bestest", "680FF highest, degC, programs 69.8 to 78.5", .published = 74.15, .tolerance = 4.35, .source = STD, .measure = year_of, .arg = "680FF max_degC"},
    {"bestest", "900FF highest, degC, programs 43.3 to 46", .published = 44.65, .tolerance = 1.35, .source = STD, .measure = year_of, .arg = "900FF max_degC"},
    {"bestest", "600FF lowest, degC, programs -13.8 to -9.9", .published = -11.85, .tolerance = 1.95, .source = STD, .measure = year_of, .arg = "600FF min_degC"},
    {"bestest", "680FF lowest, degC, programs -8.1 to -5.7", .published = -6.9, .tolerance = 1.2, .source = STD, .measure = year_of, .arg = "680FF min_degC"},
    {"bestest", "900FF lowest, degC, programs 0.6 to 2.2", .published = 1.4, .tolerance = 0.8, .source = STD, .measure = year_of, .arg = "900FF min_degC"},
    {"comfort", "SET of 2017, air 25, tr 25, v 0.15, rh 50, met 1, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 23.8, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, air 0", "{'air_degC': 0, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 12.3, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, air 10", "{'air_degC': 10, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 17, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, air 15", "{'air_degC': 15, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 19.3, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, air 20", "{'air_degC': 20, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 21.6, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, air 30", "{'air_degC': 30, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 26.4, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, air 40", "{'air_degC': 40, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 34.3, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, rh 10", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.1, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 23.3, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, rh 90", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.9, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 24.9, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, v 0.1", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.1, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 24, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, v 0.6", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.6, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 21.4, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, v 1.1", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 20.3, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, v 3", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 3, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 18.8, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, tr 40", "{'air_degC': 25, 'radiant_degC': 40, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5, 'edition': '2017'}", "set_degC", 31.8, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, clo 0.1", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.1, 'edition': '2017'}", "set_degC", 20.7, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, clo 1", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 1, 'edition': '2017'}", "set_degC", 27.3, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, clo 2", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 2, 'edition': '2017'}", "set_degC", 32.5, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, clo 4", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 4, 'edition': '2017'}", "set_degC", 37.7, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, met 0.8", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 0.8, 'clo': 0.5, 'edition': '2017'}", "set_degC", 23.3, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, met 2", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 2, 'clo': 0.5, 'edition': '2017'}", "set_degC", 29.7, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2017, met 4", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 4, 'clo': 0.5, 'edition': '2017'}", "set_degC", 36, 0.1, 0, "ASHRAE 55-2017 table D3"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 10, v 0.15, met 1, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.1, 'met': 1, 'clo': 0.5}", "set_degC", 23.3, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 0, radiant 25, rh 50, v 0.15, met 1, clo 0.5", "{'air_degC': 0, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 12.1, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 10, radiant 25, rh 50, v 0.15, met 1, clo 0.5", "{'air_degC': 10, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 16.8, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 15, radiant 25, rh 50, v 0.15, met 1, clo 0.5", "{'air_degC': 15, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 19.2, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 20, radiant 25, rh 50, v 0.15, met 1, clo 0.5", "{'air_degC': 20, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 21.5, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 0.15, met 1, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 23.8, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 30, radiant 25, rh 50, v 0.15, met 1, clo 0.5", "{'air_degC': 30, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 26.4, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 40, radiant 25, rh 50, v 0.15, met 1, clo 0.5", "{'air_degC': 40, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 34.3, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 90, v 0.15, met 1, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.9, 'met': 1, 'clo': 0.5}", "set_degC", 24.9, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 0.1, met 1, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.1, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 24, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 0.6, met 1, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.6, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 21.3, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 1.1, met 1, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 20.2, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 3, met 1, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 3, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 18.6, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 10, rh 50, v 0.15, met 1, clo 0.5", "{'air_degC': 25, 'radiant_degC': 10, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 15.3, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 40, rh 50, v 0.15, met 1, clo 0.5", "{'air_degC': 25, 'radiant_degC': 40, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.5}", "set_degC", 31.6, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 0.15, met 1, clo 0.1", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 0.1}", "set_degC", 20.7, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 0.15, met 1, clo 1", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 1}", "set_degC", 27.2, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 0.15, met 1, clo 2", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 2}", "set_degC", 32.4, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 0.15, met 1, clo 4", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 1, 'clo': 4}", "set_degC", 37.6, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 0.15, met 0.8, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 0.8, 'clo': 0.5}", "set_degC", 23.3, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 0.15, met 2, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 2, 'clo': 0.5}", "set_degC", 25.9, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 0.15, met 4, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 0.15, 'humidity_frac': 0.5, 'met': 4, 'clo': 0.5}", "set_degC", 30.5, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 1.1, met 2, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 2, 'clo': 0.5}", "set_degC", 24, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 1.1, met 3, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 3, 'clo': 0.5}", "set_degC", 27.4, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 1.1, met 4, clo 0.5", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 4, 'clo': 0.5}", "set_degC", 30.3, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 25, rh 50, v 1.1, met 1.5, clo 0.75", "{'air_degC': 25, 'radiant_degC': 25, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 1.5, 'clo': 0.75}", "set_degC", 24.8, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 29, radiant 25, rh 50, v 1.1, met 1.5, clo 0.5", "{'air_degC': 29, 'radiant_degC': 25, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 1.5, 'clo': 0.5}", "set_degC", 25, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 20, radiant 25, rh 50, v 1.1, met 1.5, clo 0.1", "{'air_degC': 20, 'radiant_degC': 25, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 1.5, 'clo': 0.1}", "set_degC", 13.3, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "SET of 2020, air 25, radiant 31, rh 50, v 1.7, met 1.5, clo 0.5", "{'air_degC': 25, 'radiant_degC': 31, 'wind_m_s': 1.7, 'humidity_frac': 0.5, 'met': 1.5, 'clo': 0.5}", "set_degC", 23.1, 0.1, 0, "ASHRAE 55 in pythermalcomfort's validation table"},
    {"comfort", "skin after an hour, air 25, v 1.1, met 2", "{'air_degC': 25, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 2, 'clo': 0.5}", "skin_degC", 34.1, 0.1, 0, "two-node table of pythermalcomfort"},
    {"comfort", "core after an hour, air 25, v 1.1, met 2", "{'air_degC': 25, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 2, 'clo': 0.5}", "core_degC", 37, 0.1, 0, "two-node table of pythermalcomfort"},
    {"comfort", "skin after an hour, air 30, v 0.1, met 1.2", "{'air_degC': 30, 'wind_m_s': 0.1, 'humidity_frac': 0.5, 'met': 1.2, 'clo': 0.5}", "skin_degC", 34.7, 0.1, 0, "two-node table of pythermalcomfort"},
    {"comfort", "core after an hour, air 30, v 0.1, met 1.2", "{'air_degC': 30, 'wind_m_s': 0.1, 'humidity_frac': 0.5, 'met': 1.2, 'clo': 0.5}", "core_degC", 36.9, 0.1, 0, "two-node table of pythermalcomfort"},
    {"comfort", "skin after an hour, air 40, v 1.1, met 2", "{'air_degC': 40, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 2, 'clo': 0.5}", "skin_degC", 37.2, 0.1, 0, "two-node table of pythermalcomfort"},
    {"comfort", "core after an hour, air 40, v 1.1, met 2", "{'air_degC': 40, 'wind_m_s': 1.1, 'humidity_frac': 0.5, 'met': 2, 'clo': 0.5}", "core_degC", 37.9, 0.1, 0, "two-node table of pythermalcomfort"},
    {"comfort", "skin after an hour, air 45, v 1.1, met 3", "{'air_degC': 45, 'wind_m_s': 1.1, 'humidity_frac': 0.2, 'met': 3, 'clo': 0.2}", "skin_degC", 36.5, 0.1, 0, "two-node table of pythermalcomfort"},
    {"comfort", "core after an hour, air 45, v 1.1, met 3", "{'air_degC': 45, 'wind_m_s': 1.1, 'humidity_frac': 0.2, 'met': 3, 'clo': 0.2}", "core_degC", 38, 0.1, 0, "two-node table of pythermalcomfort"},
    {"comfort", "adaptive middle at 20 degC outdoors", "{'air_degC': 25, 'running_mean_degC': 20}", "middle_degC", 25.4, 1e-9, 0, CLOSED "0.33 Trm + 18.8, EN 16798-1"},
    {"comfort", "adaptive top, category I, fan 0.9 m/s", "{'air_degC': 25, 'running_mean_degC': 20, 'category': 1, 'fan_m_s': 0.9}", "high_degC", 29.2, 1e-9, 0, CLOSED "0.33 Trm + 18.8, EN 16798-1"},
    {"comfort", "adaptive bottom, category III", "{'air_degC': 25, 'running_mean_degC': 20, 'category': 3}", "low_degC", 20.4, 1e-9, 0, CLOSED "0.33 Trm + 18.8, EN 16798-1"},
    {"comfort", "fixed band, winter, category I, from", "{'air_degC': 22, 'category': 1}", "low_degC", 21, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"comfort", "fixed band, winter, category II, from", "{'air_degC': 22, 'category': 2}", "low_degC", 20, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"comfort", "fixed band, winter, category III, from", "{'air_degC': 22, 'category': 3}", "low_degC", 18, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"comfort", "fixed band, summer, category I, to", "{'air_degC': 22, 'category': 1, 'summer': 1}", "high_degC", 25.5, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"comfort", "fixed band, summer, category II, to", "{'air_degC': 22, 'category': 2, 'summer': 1}", "high_degC", 26, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"comfort", "fixed band, summer, category III, to", "{'air_degC': 22, 'category': 3, 'summer': 1}", "high_degC", 27, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"overheating", "a day of 34 degC at a running mean of 20, weighted excess", "{'operative_degC': [34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34], 'out_degC': [20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20]}", "worst_day_K_h", 144, 1e-9, 0, CLOSED "24 h of 34 - 28.4 K, rounded, TM52"},
    {"overheating", "bedroom hours above 26 degC", "{'operative_degC': [34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34], 'out_degC': [20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20]}", "night_over_frac", 1, 1e-9, 0, CLOSED "every hour, TM59"},
    {"outage", "cold wave of -10 degC, time constant of the walls", "{'out_degC': [-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10], 'internal_W': 0, 'start_degC': 20, 'floor_m2': 100, 'opaque_W_K': 100, 'window_W_K': 40, 'vent_W_K': 30}", "operative_degC[199]", -10, 0.5, 0, CLOSED "steady state: the outdoor temperature"},
    {"outage", "cold wave, hours safe: a home without walls, -20 degC from the sixth hour", "{'out_degC': [15, 15, 15, 15, 15, -20, -20, -20], 'start_degC': 15, " FREE_HOME "}", "hours_safe", 5, 0, 0, CLOSED "the room follows the outdoor air"},
    {"outage", "heat wave, hours safe: a home without walls, 45 degC from the fifth hour", "{'out_degC': [25, 25, 25, 25, 45, 45, 45], 'start_degC': 25, 'clo': 0.5, " FREE_HOME "}", "hours_safe", 4, 0, 0, CLOSED "the room follows the outdoor air"},
    {"outage", "mild days: all 6 hours safe", "{'out_degC': [20, 20, 20, 20, 20, 20], 'floor_m2': 100, 'opaque_W_K': 100, 'window_W_K': 40, 'vent_W_K': 30}", "hours_safe", 6, 0, 0, CLOSED "nothing drives it out of the band"},
    {"homefit", "two-state network fitted to case 600, RMS of the air's miss over a free year, K", .tolerance = 1.5, .source = "zone model of this program", .measure = fit_of, .arg = "600"},
    {"homefit", "two-state network fitted to case 900, RMS of the air's miss over a free year, K", .tolerance = 1.0, .source = "zone model of this program", .measure = fit_of, .arg = "900"},
    {0}};
