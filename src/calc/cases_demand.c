/* Demand against measured homes and Rusck's rule of coincidence. Load factor and shape of the day are held to the range that measured homes have, read from reference/demand: a home in
 * Sydney (half hours) and one in California (hours), a year each; for the load factor also one in Spain, two times eight days (too few for a shape). A year of ours stands
 * beside theirs. Coincidence: k + (1 - k) / sqrt(n) with k of 0.2 to 0.3 for many homes (Rusck, Ericsson Technics 12, 1956), in six weeks of winter. */
#include "base/err.h"
#include "calc/calc.h"
#include "calc/cases.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a measured home gives. */
struct home {
    double load_factor, top, night;
};

/* column of the load; hours: of a line, 0.5 or 1; the first line stands for the hour `first`. */
struct record {
    const char *file;
    int column, first;
    double hours;
};

static int read_home(const char *dir, const struct record *c, struct home *h)
{
    char path[1024], line[4096];
    double most = 0, all = 0, by_hour[24] = {0};
    int n = 0;
    snprintf(path, sizeof path, "%s/demand/%s", dir, c->file);
    FILE *f = fopen(path, "r");
    if (!f) return 1;
    for (int head = 1; fgets(line, sizeof line, f); head = 0) {
        char *p = line;
        for (int k = 0; k < c->column && p; k++) p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL;
        if (head || !p) continue;
        double load = strtod(p, NULL);
        most = fmax(most, load), all += load;
        by_hour[(c->first + (int)(n++ * c->hours)) % 24] += load;
    }
    fclose(f);
    *h = (struct home){all / n / most, 0, 24 * by_hour[3] / all};
    for (int k = 0; k < 24; k++) h->top = fmax(h->top, 24 * by_hour[k] / all);
    return 0;
}

/* arg: the figure, behind the number of ours: "3 load", "4 top" or "6 night". */
static int measured(const char *dir, const char *arg, double *low, double *high)
{
    static const struct record row[] = {{"ausgrid_customer12_2011-2012_30min.csv", 1, 0, 0.5},
                                        {"citylearn2022_building1_hourly.csv", 7, 23, 1},
                                        {"emhass_perfect_cost_30min.csv", 2, 23, 0.5},
                                        {"emhass_perfect_profit_30min.csv", 2, 22, 0.5}};
    int n = arg[2] == 'l' ? 4 : 2;
    *low = INFINITY, *high = -INFINITY;
    for (int i = 0; i < n; i++) {
        struct home h;
        if (read_home(dir, &row[i], &h)) return 1;
        double v = arg[2] == 'l' ? h.load_factor : arg[2] == 't' ? h.top : h.night;
        *low = fmin(*low, v), *high = fmax(*high, v);
    }
    return 0;
}

/* arg "0 5": Rusck for five homes. */
static int rusck(const char *dir, const char *arg, double *low, double *high)
{
    double n = strtod(arg + 2, NULL);
    (void)dir;
    *low = 0.2 + 0.8 / sqrt(n), *high = 0.3 + 0.7 / sqrt(n);
    return 0;
}

enum { KEYS = 9 };

/* The reference village's homes by half hours, from 5 January; run once for all its figures. */
static int run_homes(int days, double kept[KEYS], struct err *e)
{
    static const char *const key[KEYS] = {
        "coincidence_frac[1]", "coincidence_frac[2]", "coincidence_frac[3]", "load_factor",        "top_frac",
        "peak_hour",           "shape_frac[3]",       "kWh_home_year",       "coincidence_frac[0]"};
    const char *path = KEND_SOURCE_DIR "/villages/agali.yaml";
    char json[800];
    if (kept[7] > 0) return 0;
    FILE *f = fopen(path, "r");
    if (!f) return 1;
    fclose(f);
    snprintf(json, sizeof json,
             "{\"village\": \"%s\", \"from\": \"2026-01-05\", \"days\": %d, \"homes\": 100, \"step_s\": 1800}",
             path, days);
    return calc_values_of(calc_find("demand"), json, key, KEYS, kept, e);
}

/* Six weeks of winter; arg begins with the number of the key. */
static int weeks(const char *dir, const char *arg, double *value, struct err *e)
{
    static double kept[KEYS];
    (void)dir;
    int bad = run_homes(42, kept, e);
    *value = kept[strtol(arg, NULL, 10)];
    return bad;
}

static int year(const char *dir, const char *arg, double *value, struct err *e)
{
    static double kept[KEYS];
    (void)dir;
    int bad = run_homes(365, kept, e);
    *value = kept[strtol(arg, NULL, 10)];
    return bad;
}

#define BAND(text, lo, hi, from, index)                                                                            \
    .model = "demand", .what = text, .published = ((lo) + (hi)) / 2.0, .tolerance = ((hi) - (lo)) / 2.0,           \
    .source = from, .arg = index
#define RUSCK(text, lo, hi, index)                                                                                 \
    BAND(text, lo, hi, "Rusck 1956, 0.2 to 0.3 for many homes", index), .measure = weeks, .range = rusck
#define YEARS "years of measured homes: Ausgrid, CityLearn 2022"
// clang-format off
const struct calc_case calc_cases_demand[] = {
    {"demand", "coincidence of 1 home", .published = 1, .tolerance = 1e-6, .source = CLOSED "its own peak over its own peak", .measure = weeks, .arg = "8"},
    {RUSCK("coincidence of 5 homes", 0.558, 0.613, "0 5"), .miss = "3 % below: each family keeps its own hour for dinner here, and five are few"},
    {RUSCK("coincidence of 20 homes", 0.379, 0.457, "1 20")},
    {RUSCK("coincidence of 100 homes", 0.28, 0.37, "2 100")},
    {BAND("hour of the highest mean demand, 18 to 19", 18, 19, "measured homes", "5"), .measure = weeks},
    {BAND("load factor of a home, a year of half hours", 0.151, 0.239, YEARS ", EMHASS", "3 load"), .measure = year, .range = measured,
     .miss = "a quarter below: the homes have no heating, cooling and hot water in this load, which fill the valleys of the measured ones"},
    {BAND("highest hour over the mean of a year", 1.547, 1.711, YEARS, "4 top"), .measure = year, .range = measured,
     .miss = "the mean of a hundred homes that all cook with electricity, without their heating, cooling and hot water; the measured homes have these in their load"},
    {BAND("night hour over the mean of a year", 0.559, 0.712, YEARS, "6 night"), .measure = year, .range = measured, .miss = "197 W a home, lower than the two measured homes, which have cooling and hot water in their load; 250 in England have just over 200 W (Household Electricity Survey, 2010 to 2011)"},
    {0}};
