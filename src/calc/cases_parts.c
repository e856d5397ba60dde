/* Rows of the parts of plants, homes and streets for which few figures are published: those are taken where they exist, else the figure follows from an equation
 * by hand (closed form) or from a program that shares nothing with this one (tests/apart), and the source says which. */
#include "base/err.h"
#include "calc/calc.h"
#include "calc/cases.h"
#include "physics/light.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LAMP                                                                                                       \
    "'c_deg': [0], 'g_deg': [0, 30, 45, 60, 70, 80, 90, 180], 'cd': [3000, 3500, 4500, 7000, 5000, 600, 0, 0]"
#define STREET LAMP ", 'width_m': 7, 'height_m': 8, 'spacing_m': 30, 'overhang_m': 0.5, 'maintenance_frac': 0.8"
#define GLARING "'flux_lm': 30000, 'width_m': 6, 'height_m': 7, 'spacing_m': 12, 'surface': 'R1', 'class': 'M6'"
#define RESIDENTIAL "'flux_lm': 4600, 'width_m': 7, 'height_m': 6, 'spacing_m': 25, 'maintenance_frac': 0.8"

/* A figure of road with a file below the reference folder: arg is "FILE_KEY FILE KEY INPUTS". */
static int road_file(const char *dir, const char *arg, double *value, struct err *e)
{
    char file_key[32], file[128], key[64], path[1024], json[2500];
    int used;
    if (sscanf(arg, "%31s %127s %63s %n", file_key, file, key, &used) != 3) return err_set(e, "bad case %s", arg);
    snprintf(path, sizeof path, "%s/lighting/%s", dir, file);
    FILE *f = fopen(path, "r");
    if (!f) return 1;
    fclose(f);
    snprintf(json, sizeof json, "{%s, '%s': '%s'}", arg + used, file_key, path);
    for (char *p = json; *p; p++)
        if (*p == '\'') *p = '"';
    return calc_value_of(calc_find("road"), json, key, value, e);
}

/* The least level of a street that glares at full level, found by trying: meets= is asked between a level that fails and one that meets. */
static int least_by_trying(const char *dir, const char *arg, double *value, struct err *e)
{
    double low = 0.01, high = 0.06, meets = 0, least;
    char with[600];
    (void)arg;
    int bad = road_file(dir, "file cu_ies/1.IES least_level_frac " GLARING, &least, e);
    for (int i = 0; i < 30 && !bad; i++) {
        double mid = (low + high) / 2;
        snprintf(with, sizeof with, "file cu_ies/1.IES meets=yes " GLARING ", 'level_frac': %.12f", mid);
        bad = road_file(dir, with, &meets, e);
        *(meets > 0 ? &high : &low) = mid;
    }
    *value = least - high;
    return bad;
}

/* The average that a street of the twin takes from its utilisation, over that of the point grid with a luminaire. */
static int street_average(const char *dir, const char *arg, double *value, struct err *e)
{
    char with[400];
    double grid;
    snprintf(with, sizeof with, "file %s lux " RESIDENTIAL, arg);
    int bad = road_file(dir, with, &grid, e);
    if (!bad) *value = light_average_lx(4600, 0.4, 0.8, 25, 7) / grid;
    return bad;
}

/* RELUX luminance tables of one symmetry of EULUMDAT: the mirrored plane of arg "FILE C_DEG MIRRORED_DEG" must give the same. */
static int mirrored(const char *dir, const char *arg, double *value, struct err *e)
{
    char file[128], json[1500];
    double c[2], cd[2];
    if (sscanf(arg, "%127s %lf %lf", file, &c[0], &c[1]) != 3) return err_set(e, "bad case %s", arg);
    for (int i = 0; i < 2; i++) {
        snprintf(json, sizeof json, "%s/lighting/relux/%s", dir, file);
        FILE *f = fopen(json, "r");
        if (!f) return 1;
        fclose(f);
        snprintf(json, sizeof json, "{\"file\": \"%s/lighting/relux/%s\", \"at_c_deg\": %g, \"at_g_deg\": 55}", dir,
                 file, c[i]);
        if (calc_value_of(calc_find("luminaire"), json, "at_cd", &cd[i], e)) return -1;
    }
    *value = cd[1] / cd[0] - 1;
    return 0;
}

/* A copy of a weather file in which a mark of missing data stands in every thousandth line. */
struct marks {
    const char *file;
    int head, field; /* lines before the data; field from 0 */
    char apart;      /* ',' or ' ' */
    const char *mark;
};

static void copy_line(char *line, const struct marks *m, int marked, FILE *to)
{
    int k = 0;
    char *p = line;
    line[strcspn(line, "\r\n")] = 0;
    while (*p) {
        size_t gap = m->apart == ' ' ? strspn(p, " ") : 0, len = 0;
        char by[2] = {m->apart, 0};
        fprintf(to, "%.*s", (int)gap, p), p += gap;
        len = strcspn(p, by);
        if (marked && k == m->field)
            fputs(m->mark, to);
        else
            fprintf(to, "%.*s", (int)len, p);
        p += len, k++;
        if (m->apart == ',' && *p) putc(*p++, to);
    }
    putc('\n', to);
}

/* arg: row of the table below, and the key that counts. */
static int marked(const char *dir, const char *arg, double *value, struct err *e)
{
    static const struct marks row[] = {{"homes/725650TYCST.epw", 8, 13, ',', "9999"},
                                       {"solar/723170TYA_Greensboro_TMY3.csv", 2, 4, ',', "-9900"},
                                       {"solar/pvgis_tmy_45N8E.csv", 1, 3, ',', ""},
                                       {"weather/NSRDB_15min_Sofia_42.69_23.30_2019.csv", 3, 6, ',', "-9999"},
                                       {"solar/surfrad-slv16001.dat", 2, 9, ' ', "2"}};
    const struct marks *m = &row[arg[0] - '0'];
    char path[1024], *line = NULL, json[300];
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s", dir, m->file);
    FILE *from = fopen(path, "r"), *to = from ? tmpfile() : NULL;
    if (!to) return from ? fclose(from), err_set(e, "no temporary file") : 1;
    for (int n = 0; getline(&line, &size, from) > 0; n++)
        copy_line(line, m, n >= m->head && (n - m->head) % 1000 == 0, to);
    fflush(to);
    snprintf(json, sizeof json, "{\"file\": \"/proc/self/fd/%d\"}", fileno(to));
    int bad = calc_value_of(calc_find("weather"), json, arg + 2, value, e);
    free(line), fclose(from), fclose(to);
    return bad;
}

#define FREE_HOME                                                                                                  \
    "'floor_m2': 10, 'opaque_W_K': 100000, 'window_W_K': 100000, 'vent_W_K': 100000, 'internal_W': 0, 'mass': 0"
#define GAS "'made_W': 30000, 'holder_J': 1e9, "
#define SUM "sum of the weights of CEN/TR 13201-1:2014, table "
#define MARKED(text, n, which)                                                                                     \
    {                                                                                                              \
        "weather", text, .published = n, .source = CLOSED "one line in a thousand is marked", .measure = marked,   \
                         .arg = which                                                                              \
    }
#define APART_ROAD(text, figure, which)                                                                            \
    {                                                                                                              \
        "road", text, .published = figure, .tolerance = 1e-6, .relative = 1,                                       \
                      .source = APART "tests/apart/road.py", .measure = road_file,                                 \
                      .arg = "surface_file rtable_cie_R3.csv " which " " STREET ", 'class': 'M5'"                  \
    }
// clang-format off
const struct calc_case calc_cases_parts[] = {
    {"heatpump", "radiator at 2 degC, moist air", "{'out_degC': 2, 'humidity_frac': 0.9}", "cop", 2.5554825, 1e-9, 0, CLOSED "0.9 of the fit: defrosting takes 10 % there, an assumption"},
    {"heatpump", "defrosting at 7 degC", "{'out_degC': 7, 'humidity_frac': 0.9}", "frost_frac", 0, 1e-12, 0, CLOSED "none from 7 degC up"},
    {"heatpump", "defrosting in dry air at 2 degC", "{'out_degC': 2, 'humidity_frac': 0.4}", "frost_frac", 0, 1e-12, 0, CLOSED "none below 50 % of humidity"},
    {"heatpump", "least run: asked for a minute, runs s", "{'out_degC': 2, 'want_W': [1000, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'run_min_s': 300}", "shortest_run_s", 300, 1e-9, 0, CLOSED "its own controller keeps the least run"},
    {"heatpump", "least rest: asked again after a minute, rests s", "{'out_degC': 2, 'want_W': [1000, 1000, 1000, 1000, 1000, 0, 1000, 1000, 1000, 1000, 1000, 1000], 'run_min_s': 300, 'rest_min_s': 300}", "shortest_rest_s", 300, 1e-9, 0, CLOSED "its own controller keeps the least rest"},
    {"heatpump", "duty: half of the least power, mean of three hours, W", "{'out_degC': 2, 'duty': 1, 'want_W': [450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450], 'dt_s': 300}", "mean_W", 450, 1e-9, 0, CLOSED "runs and rests alike at 900 W"},
    {"comfort", "fixed band, winter, category I, from", "{'air_degC': 22, 'category': 1}", "low_degC", 21, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"comfort", "fixed band, winter, category II, from", "{'air_degC': 22, 'category': 2}", "low_degC", 20, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"comfort", "fixed band, winter, category III, from", "{'air_degC': 22, 'category': 3}", "low_degC", 18, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"comfort", "fixed band, summer, category I, to", "{'air_degC': 22, 'category': 1, 'summer': 1}", "high_degC", 25.5, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"comfort", "fixed band, summer, category II, to", "{'air_degC': 22, 'category': 2, 'summer': 1}", "high_degC", 26, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"comfort", "fixed band, summer, category III, to", "{'air_degC': 22, 'category': 3, 'summer': 1}", "high_degC", 27, 0, 0, "EN 16798-1:2019 annex B, homes"},
    {"outage", "cold wave, hours safe: a home without walls, -20 degC from the sixth hour", "{'out_degC': [15, 15, 15, 15, 15, -20, -20, -20], 'start_degC': 15, " FREE_HOME "}", "hours_safe", 5, 0, 0, CLOSED "the room follows the outdoor air"},
    {"outage", "heat wave, hours safe: a home without walls, 45 degC from the fifth hour", "{'out_degC': [25, 25, 25, 25, 45, 45, 45], 'start_degC': 25, 'clo': 0.5, " FREE_HOME "}", "hours_safe", 4, 0, 0, CLOSED "the room follows the outdoor air"},
    {"outage", "mild days: all 6 hours safe", "{'out_degC': [20, 20, 20, 20, 20, 20], 'floor_m2': 100, 'opaque_W_K': 100, 'window_W_K': 40, 'vent_W_K': 30}", "hours_safe", 6, 0, 0, CLOSED "nothing drives it out of the band"},
    {"turbine", "propeller at 0.4 of 10 m3/s", "{'turbine': 'propeller', 'design_m3_s': 10, 'head_m': 8, 'flow_m3_s': 4}", "eta_frac", 0.2690628, 1e-6, 0, APART "RETScreen's text by hand"},
    {"turbine", "propeller at 0.7 of 10 m3/s", "{'turbine': 'propeller', 'design_m3_s': 10, 'head_m': 8, 'flow_m3_s': 7}", "eta_frac", 0.6129785, 1e-6, 0, APART "RETScreen's text by hand"},
    {"turbine", "propeller at its design flow: the peak of the Kaplan", "{'turbine': 'propeller', 'design_m3_s': 10, 'head_m': 8, 'flow_m3_s': 10}", "eta_frac", 0.902327, 1e-6, 0, "RETScreen (CANMET 2004), text form"},
    {"turbine", "turgo at 0.6 of 0.5 m3/s: Pelton less 0.03", "{'turbine': 'turgo', 'design_m3_s': 0.5, 'head_m': 200, 'jets': 2, 'flow_m3_s': 0.3}", "eta_frac", 0.875504, 1e-6, 0, "RETScreen (CANMET 2004), text form"},
    {"turbine", "turgo at 0.2 of 0.5 m3/s: Pelton less 0.03", "{'turbine': 'turgo', 'design_m3_s': 0.5, 'head_m': 200, 'jets': 2, 'flow_m3_s': 0.1}", "eta_frac", 0.751262, 1e-6, 0, "RETScreen (CANMET 2004), text form"},
    {"screw", "fill at half the design flow", "{'flow_m3_s': 3.5, 'design_m3_s': 7, 'outer_m': 3.8, 'length_m': 10.36, 'slope_deg': 22}", "fill_frac", 0.5, 1e-12, 0, CLOSED "flow over design flow"},
    {"screw", "tail water of 0.88 m takes its head", "{'flow_m3_s': 7, 'design_m3_s': 7, 'outer_m': 3.8, 'length_m': 10.36, 'slope_deg': 22, 'tail_m': 0.88}", "head_m", 3.0, 0.005, 0, CLOSED "L sin(slope) less the drowned head"},
    {"screw", "Agali's claim of 212 kW at 7 m3/s: 0.796 water to wire", "{'flow_m3_s': 6.3, 'design_m3_s': 6.3, 'outer_m': 3.8, 'length_m': 10.36, 'slope_deg': 22, 'best_frac': 0.796}", "eta_frac", 0.78008, 1e-9, 0, CLOSED "0.98 of the best at full fill (shape assumed)"},
    {"pipe", "local losses of 10 at 1 m/s, m", "{'flow_m3_s': 0.7853981633974483, 'length_m': 0, 'inner_m': 1, 'local': 10}", "loss_m", 0.5098581064889641, 1e-12, 0, CLOSED "k v2 / 2g"},
    {"pipe", "rack of flat bars 10 mm every 20 mm, 70 deg, 0.8 m/s, m", "{'flow_m3_s': 1, 'length_m': 0, 'inner_m': 1, 'rack_bar_m': 0.01, 'rack_gap_m': 0.02}", "rack_loss_m", 0.02944809175426699, 1e-12, 0, CLOSED "2.42 (s / b)^(4/3) sin v2 / 2g, Kirschmer 1926"},
    {"river", "fixed flow of 2 m3/s, of 8 and 1", "{'flow_m3_s': [8, 1], 'eflow': 'fixed', 'eflow_value': 2}", "eflow_mean_m3_s", 1.5, 1e-12, 0, CLOSED "no more than there is"},
    {"river", "a tenth of the mean of 8 and 12", "{'flow_m3_s': [8, 12], 'eflow': 'mean_share', 'eflow_value': 0.1}", "eflow_mean_m3_s", 1, 1e-12, 0, CLOSED "share of the mean"},
    {"river", "flow passed for 95 % of the time, of 1 to 5", "{'flow_m3_s': [5, 1, 3, 2, 4], 'eflow': 'duration', 'eflow_value': 0.95}", "eflow_mean_m3_s", 1.16, 1e-12, 0, CLOSED "1.2 m3/s, but 1 on the day of 1"},
    {"gr4j", "snow left after a thaw of 4 degC, mm", "{'rain_mm': [10, 10, 0], 'evaporation_mm': [0, 0, 0], 'temp_degC': [-5, -2, 4], 'x1_mm': 300, 'x2_mm': 0, 'x3_mm': 70, 'x4_day': 1.5}", "snow_mm", 5.04, 1e-12, 0, CLOSED "20 - 3.74 x 4, CemaNeige; no measured pack in the reference set"},
    {"gr4j", "snow left after a day at 1 degC: half of the rain, mm", "{'rain_mm': [10], 'evaporation_mm': [0], 'temp_degC': [-1], 'x1_mm': 300, 'x2_mm': 0, 'x3_mm': 70, 'x4_day': 1.5}", "snow_mm", 10, 1e-12, 0, CLOSED "all snow at -1 degC"},
    {"gasplant", "gas left of 101 kW by 36.92 kW with the default efficiency, of the holder, for a minute", "{'made_W': 101000, 'holder_J': 1e9, 'holder_frac': 0, 'engine_W': 36920, 'engine_want_W': 36920}", "holder_frac", 6e-5, 3.9e-4, 0, "LfL Bavaria: measured electric efficiency 36.92 +- 2.17 %, small engines"},
    {"gasplant", "boiler of 18 kW takes 20 kW: 10 of 30 kW are left for a minute, of the holder", "{" GAS "'holder_frac': 0, 'boiler_want_W': 18000}", "holder_frac", 6e-4, 1e-12, 0, CLOSED "made - heat / efficiency"},
    {"gasplant", "heat of engine and boiler, W", "{" GAS "'engine_want_W': 36920, 'boiler_want_W': 10000}", "heat_W", 55000, 1e-6, 0, CLOSED "gas of the engine x 0.45 + heat of the boiler"},
    {"gasplant", "below half of its least load the engine stands", "{" GAS "'engine_want_W': 9000}", "engine_W", 0, 0, 0, CLOSED "least load 20 kW"},
    {"gasplant", "holder at 98 %: the pressure switch burns what is above 97 % and comes, W", "{" GAS "'holder_frac': 0.98, 'flare_W': 1e6}", "flare_W", 196666.66666666666, 1e-6, 0, CLOSED "0.01 of the holder in a minute + 30 kW"},
    {"gasplant", "no flare: the relief valve vents what does not fit, J", "{" GAS "'holder_frac': 1, 'flare_W': 0}", "vent_J", 1.8e6, 1e-3, 0, CLOSED "what comes in a minute"},
    {"gasplant", "the flare in time: nothing is vented, J", "{" GAS "'holder_frac': 1, 'flare_W': 1e6}", "vent_J", 0, 0, 0, CLOSED "the pressure switch comes first"},
    {"gasplant", "trip: hydrogen sulphide above 500 ppm", "{" GAS "'engine_want_W': 40000, 'h2s_ppm': 600, 'fresh_h2s_ppm': 600}", "trip=h2s", 1, 0, 0, CLOSED "the limit"},
    {"gasplant", "and the engine stands, W", "{" GAS "'engine_want_W': 40000, 'h2s_ppm': 600, 'fresh_h2s_ppm': 600}", "engine_W", 0, 0, 0, CLOSED "the limit"},
    {"gasplant", "trip: oxygen above 3 %", "{" GAS "'o2_frac': 0.04, 'fresh_o2_frac': 0.04}", "trip=oxygen", 1, 0, 0, CLOSED "the limit"},
    {"gasplant", "trip: methane below 40 %", "{" GAS "'ch4_frac': 0.35, 'fresh_ch4_frac': 0.35}", "trip=methane", 1, 0, 0, CLOSED "the limit"},
    {"gasplant", "hydrogen sulphide of a holder when as much fresh gas came, ppm", "{'made_W': 50000, 'dt_s': 10000, 'holder_J': 1e9, 'holder_frac': 0.5, 'h2s_ppm': 100, 'fresh_h2s_ppm': 300}", "h2s_ppm", 200, 1e-6, 0, CLOSED "the mean of equal parts"},
    {"gasplant", "what a step misses, J", "{" GAS "'engine_want_W': 40000, 'boiler_want_W': 9000, 'flare_want_W': 5000}", "balance_J", 0, 1e-5, 0, CLOSED "conservation of energy"},
    {"lightclass", "M: highway of 100 km/h, two-way, dense junctions, moderate traffic: M2", "{'kind': 'M', 'speed': 'very_high', 'dense': 1}", "class", 2, 0, 0, CLOSED SUM "1: 2 + 1 + 1"},
    {"lightclass", "M: rural road of 80 km/h, mixed, two-way, dark: M4", "{'kind': 'M', 'speed': 'high', 'mix': 'some', 'ambient': -1}", "class", 4, 0, 0, CLOSED SUM "1: 1 + 1 + 1 - 1"},
    {"lightclass", "M: town road of 50 km/h, many walkers, parked cars, difficult: M2", "{'kind': 'M', 'speed': 'moderate', 'mix': 'many', 'parked': 1, 'navigation': 1}", "class", 2, 0, 0, CLOSED SUM "1: -1 + 2 + 1 + 1 + 1"},
    {"lightclass", "M: street of 30 km/h, carriageways apart, quiet: M6, the least", "{'kind': 'M', 'speed': 'low', 'divided': 1, 'traffic': -1}", "class", 6, 0, 0, CLOSED SUM "1: -2 - 1, no class below M6"},
    {"lightclass", "M by time: evening, night, morning, the night", "{'kind': 'M', 'speed': 'moderate', 'mix': 'many', 'parked': 1, 'traffic_by': [1, -1, 0], 'ambient_by': [0, -1, 0]}", "class_by[1]", 5, 0, 0, CLOSED SUM "1: 3 - 1 - 1"},
    {"lightclass", "M by time: normal class, of the evening", "{'kind': 'M', 'speed': 'moderate', 'mix': 'many', 'parked': 1, 'traffic_by': [1, -1, 0], 'ambient_by': [0, -1, 0]}", "class", 2, 0, 0, CLOSED SUM "1: 3 + 1"},
    {"lightclass", "M by time: adaptive class, of the night", "{'kind': 'M', 'speed': 'moderate', 'mix': 'many', 'parked': 1, 'traffic_by': [1, -1, 0], 'ambient_by': [0, -1, 0]}", "adaptive_class", 5, 0, 0, CLOSED SUM "1: 3 - 1 - 1"},
    {"lightclass", "P by time: normal P4 and adaptive P6", "{'kind': 'P', 'speed_low': 1, 'users': 'walk_cycle', 'traffic_by': [0, -1], 'ambient_by': [0, -1]}", "adaptive_class", 6, 0, 0, "CEN/TR 13201-1 table A.2"},
    {"lightclass", "C: crossing of 50 km/h, walkers, two-way: C3", "{'kind': 'C', 'speed': 'moderate', 'mix': 'many'}", "class", 3, 0, 0, CLOSED SUM "3: 0 + 2 + 1"},
    {"luminaire", "four quarters alike: C 330 as C 30", "{'c_deg': [0, 30, 60, 90], 'g_deg': [0, 90, 180], 'cd': [100, 100, 0, 100, 200, 0, 100, 300, 0, 100, 400, 0], 'at_c_deg': 330, 'at_g_deg': 90}", "at_cd", 200, 1e-9, 0, CLOSED "symmetry about C0-C180 and C90-C270"},
    {"luminaire", "symmetry about C0-C180: C 300 as C 60", "{'c_deg': [0, 60, 120, 180], 'g_deg': [0, 90, 180], 'cd': [100, 100, 0, 100, 200, 0, 100, 300, 0, 100, 400, 0], 'at_c_deg': 300, 'at_g_deg': 90}", "at_cd", 200, 1e-9, 0, CLOSED "symmetry about C0-C180"},
    {"luminaire", "symmetry about C90-C270: C 45 as C 135", "{'c_deg': [90, 135, 180, 225, 270], 'g_deg': [0, 90, 180], 'cd': [100, 100, 0, 100, 200, 0, 100, 300, 0, 100, 400, 0, 100, 500, 0], 'at_c_deg': 45, 'at_g_deg': 90}", "at_cd", 200, 1e-9, 0, CLOSED "symmetry about C90-C270"},
    {"luminaire", "EULUMDAT symmetry 1, about the axis: C 140 over C 10", .source = CLOSED "the symmetry that the file names", .tolerance = 1e-9, .measure = mirrored, .arg = "sample_01.ldt 10 140"},
    {"luminaire", "EULUMDAT symmetry 2, about C0-C180: C 320 over C 40", .source = CLOSED "the symmetry that the file names", .tolerance = 1e-9, .measure = mirrored, .arg = "sample_02.ldt 40 320"},
    {"luminaire", "EULUMDAT symmetry 3, about C90-C270: C 140 over C 40", .source = CLOSED "the symmetry that the file names", .tolerance = 1e-9, .measure = mirrored, .arg = "sample_07.ldt 40 140"},
    {"luminaire", "EULUMDAT symmetry 4, about both: C 220 over C 40", .source = CLOSED "the symmetry that the file names", .tolerance = 1e-9, .measure = mirrored, .arg = "sample_04.ldt 40 220"},
    APART_ROAD("street on R3, average illuminance, lx", 23.6353873, "lux"),
    APART_ROAD("street on R3, edge illuminance ratio REI", 0.763578029, "edge_frac"),
    APART_ROAD("street on R3, average luminance of the worst lane, cd/m2", 1.62582047, "cd_m2"),
    APART_ROAD("street on R3, overall uniformity Uo", 0.502535319, "uniform_frac"),
    APART_ROAD("street on R3, uniformity along the lane Ul", 0.58722923, "along_frac"),
    APART_ROAD("street on R3, threshold increment TI", 0.131086999, "glare_frac"),
    APART_ROAD("street on R3, lowest dimming that meets M5", 0.307537031, "least_level_frac"),
    APART_ROAD("street on R3 meets M5", 1, "meets=yes"),
    {"road", "R3 as it stands in the program, average luminance, cd/m2", "{" STREET ", 'surface': 'R3', 'class': 'M5'}", "cd_m2", 1.62582047, 5e-4, 1, APART "tests/apart/road.py; CIE's table is rounded"},
    {"road", "1.IES with 30 klm every 12 m at full level fails M6 for glare", .published = 1, .source = "EN 13201-2:2015: at most 20 %", .measure = road_file, .arg = "file cu_ies/1.IES fails=glare " GLARING},
    {"road", "and its lowest dimming, less the one found by trying levels", .tolerance = 1e-9, .source = CLOSED "bisection over the whole grid", .measure = least_by_trying},
    {"road", "agali's residential street by utilisation 0.4, over the grid with a downlight", .published = 1, .tolerance = 0.1, .source = "point grid of this program, 2.IES", .measure = street_average, .arg = "cu_ies/2.IES"},
    {"road", "the same, over the grid with a lantern that shines all round", .published = 1, .tolerance = 0.1, .source = "point grid of this program, 1.IES", .measure = street_average, .arg = "cu_ies/1.IES",
     .miss = "a lantern that shines all round sends 0.19 of its flux to the road: a utilisation of 0.4 is that of lamps that shine downwards, and a village file names its own"},
    {"coldload", "strawberries at 0 degC, W/kg", "{'commodity': 'strawberry', 'product_kg': 1, 'temp_degC': 0, 'out_degC': 20, 'ua_W_K': 1}", "respiration_W_kg", 0.0446, 0.2, 1, "USDA Handbook 66 (1986): 0.069 Btu/(lb h), by NC State"},
    {"coldload", "cabbage at 0 degC, W/kg", "{'commodity': 'cabbage', 'product_kg': 1, 'temp_degC': 0, 'out_degC': 20, 'ua_W_K': 1}", "respiration_W_kg", 0.01486, 0.2, 1, "USDA Handbook 66 (1986): 0.023 Btu/(lb h), by NC State"},
    {"coldload", "grapes at 0 degC, W/kg", "{'commodity': 'grape', 'product_kg': 1, 'temp_degC': 0, 'out_degC': 20, 'ua_W_K': 1}", "respiration_W_kg", 0.00905, 0.2, 1, "USDA Handbook 66 (1986): 0.014 Btu/(lb h), by NC State"},
    MARKED("EPW, 9999 in place of global, rows counted as missing", 9, "0 missing_ghi"),
    MARKED("TMY3, -9900 in place of global, rows counted as missing", 9, "1 missing_ghi"),
    MARKED("PVGIS CSV, nothing in place of global, rows counted as missing", 9, "2 missing_ghi"),
    MARKED("NSRDB, -9999 in place of global, rows counted as missing", 36, "3 missing_ghi"),
    MARKED("SURFRAD, flag 2 at global, rows counted as missing", 2, "4 missing_ghi"),
    {0}};
// clang-format on
