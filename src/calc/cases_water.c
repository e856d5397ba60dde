/* Published figures of rivers and conduits, and over reference files a year of GR4J against INRAE's own spreadsheet. */
#include "base/err.h"
#include "calc/cases.h"
#include "physics/runoff.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS = 731, YEAR = 366, SECOND = 365 };

struct leguer {
    double worst_mm, nash;
};

/* Two years of the Leguer at Belle-Isle: largest miss of the second year against the spreadsheet's flow, and Nash's efficiency of it. */
static int leguer(const char *dir, struct leguer *l)
{
    char path[1024], line[256];
    struct runoff_par p = {320.107, 2.421, 69.628, 1.389};
    struct runoff r = runoff_make(&p, 0.6, 0.7);
    double rain, need, m3_s, seen[DAYS], mean = 0, off = 0, var = 0, ours[DAYS], sheet[DAYS];
    int n = 0;
    snprintf(path, sizeof path, "%s/hydro/leguer_belle_isle_daily.csv", dir);
    FILE *f = fopen(path, "r");
    if (!f) return 1;
    while (n < DAYS && fgets(line, sizeof line, f))
        if (sscanf(line, "%*[0-9-],%lf,%lf,%lf,%lf,%lf", &rain, &need, &m3_s, &seen[n], &sheet[n]) == 5)
            ours[n] = runoff_step(&r, rain, need).flow_mm, n++;
    fclose(f);
    *l = (struct leguer){0};
    for (int i = SECOND; i < n; i++)
        mean += seen[i] / (n - SECOND), l->worst_mm = fmax(l->worst_mm, fabs(ours[i] - sheet[i]));
    for (int i = SECOND; i < n; i++) off += pow(ours[i] - seen[i], 2), var += pow(seen[i] - mean, 2);
    l->nash = 1 - off / var;
    return 0;
}

static int leguer_worst(const char *dir, const char *arg, double *value, struct err *e)
{
    struct leguer l;
    (void)e, (void)arg;
    if (leguer(dir, &l)) return 1;
    *value = l.worst_mm;
    return 0;
}

static int leguer_nash(const char *dir, const char *arg, double *value, struct err *e)
{
    struct leguer l;
    (void)e, (void)arg;
    if (leguer(dir, &l)) return 1;
    *value = l.nash;
    return 0;
}

#define RAIN                                                                                                       \
    "{'rain_mm': [14.1, 3.7, 7.1, 9.3], 'evaporation_mm': [0.46, 0.46, 0.47, 0.47], 'x1_mm': 320.107, 'x2_mm': "   \
    "2.421, 'x3_mm': 69.628, 'x4_day': 1.389, 'store_frac': 0.6, 'routing_frac': 0.7}"
#define SNOW                                                                                                       \
    "{'rain_mm': [10, 10, 0, 0], 'evaporation_mm': [0, 0, 0, 0], 'temp_degC': [-5, -2, 4, 8], 'x1_mm': 300, "      \
    "'x2_mm': 0, 'x3_mm': 70, 'x4_day': 1.5}"
// clang-format off
const struct calc_case calc_cases_water[] = {
    {"gr4j", "what the balance misses, rain", RAIN, "balance_mm", 0, 1e-9, 0, CLOSED "conservation of water"},
    {"gr4j", "what the balance misses, snow", SNOW, "balance_mm", 0, 1e-9, 0, CLOSED "conservation of water"},
    {"gr4j", "Leguer, second year, largest miss of a day, mm", NULL, NULL, 0, 1e-3, 0, "INRAE GR4J spreadsheet", leguer_worst},
    {"gr4j", "Leguer, second year, Nash efficiency", NULL, NULL, 0.91903, 1e-3, 0, "INRAE GR4J spreadsheet", leguer_nash},
    {"gr4j", "snow left after a thaw of 4 degC, mm", "{'rain_mm': [10, 10, 0], 'evaporation_mm': [0, 0, 0], 'temp_degC': [-5, -2, 4], 'x1_mm': 300, 'x2_mm': 0, 'x3_mm': 70, 'x4_day': 1.5}", "snow_mm", 5.04, 1e-12, 0, CLOSED "20 - 3.74 x 4, CemaNeige; no measured pack in the reference set"},
    {"gr4j", "snow left after a day at -1 degC: all of what fell, mm", "{'rain_mm': [10], 'evaporation_mm': [0], 'temp_degC': [-1], 'x1_mm': 300, 'x2_mm': 0, 'x3_mm': 70, 'x4_day': 1.5}", "snow_mm", 10, 1e-12, 0, CLOSED "all snow at -1 degC"},
    {"river", "flow passed for 30 % of the time: 70th percentile", "{'flow_m3_s': [5, 1, 3, 2, 4]}", "q30_m3_s", 3.8, 1e-12, 0, CLOSED "linear percentile"},
    {"river", "Tennant, 30 % of the mean in July", "{'flow_m3_s': [8, 12], 'eflow': 'tennant', 'eflow_value': 0.3}", "eflow_mean_m3_s", 3, 1e-12, 0, CLOSED "share of the mean, Tennant 1976"},
    {"river", "8000 ft3/s at 20 ft and 70 %, W", "{'flow_m3_s': [226.534772736, 226.534772736], 'eflow_value': 0, 'design_m3_s': 226.534772736, 'head_m': 6.096, 'eta_frac': 0.7}", "mean_W", 9483e3, 1e-3, 1, "HydroGenerate, INL"},
    {"river", "fixed flow of 2 m3/s, of 8 and 1", "{'flow_m3_s': [8, 1], 'eflow': 'fixed', 'eflow_value': 2}", "eflow_mean_m3_s", 1.5, 1e-12, 0, CLOSED "no more than there is"},
    {"river", "a tenth of the mean of 8 and 12", "{'flow_m3_s': [8, 12], 'eflow': 'mean_share', 'eflow_value': 0.1}", "eflow_mean_m3_s", 1, 1e-12, 0, CLOSED "share of the mean"},
    {"river", "flow passed for 95 % of the time, of 1 to 5", "{'flow_m3_s': [5, 1, 3, 2, 4], 'eflow': 'duration', 'eflow_value': 0.95}", "eflow_mean_m3_s", 1.16, 1e-12, 0, CLOSED "1.2 m3/s, but 1 on the day of 1"},
    {"pipe", "friction, Re 1e5, roughness 1e-4 of the diameter", "{'flow_m3_s': 0.10257, 'length_m': 100, 'inner_m': 1, 'roughness_m': 1e-4, 'temp_degC': 10}", "friction", 0.01851, 2e-3, 1, "Moody chart by Colebrook-White at Re 1e5"},
    {"pipe", "local losses of 10 at 1 m/s, m", "{'flow_m3_s': 0.7853981633974483, 'length_m': 0, 'inner_m': 1, 'local': 10}", "loss_m", 0.5098581064889641, 1e-12, 0, CLOSED "k v2 / 2g"},
    {"pipe", "rack of flat bars 10 mm every 20 mm, 70 deg, 0.8 m/s, m", "{'flow_m3_s': 1, 'length_m': 0, 'inner_m': 1, 'rack_bar_m': 0.01, 'rack_gap_m': 0.02}", "rack_loss_m", 0.02944809175426699, 1e-12, 0, CLOSED "2.42 (s / b)^(4/3) sin v2 / 2g, Kirschmer 1926"},
    {"forebay", "fills to the crest, spills the rest", "{'volume_m3': 90, 'full_m3': 100, 'river_m3_s': 3, 'eflow_m3_s': 1, 'turbine_m3_s': 1, 'dt_s': 20}", "spill_m3_s", 0.5, 1e-12, 0, CLOSED "conservation of water"},
    {"forebay", "what the balance misses", "{'volume_m3': 5, 'full_m3': 100, 'river_m3_s': 1, 'eflow_m3_s': 2, 'turbine_m3_s': 1, 'dt_s': 20}", "balance_m3", 0, 1e-9, 0, CLOSED "conservation of water"},
    {0}};
