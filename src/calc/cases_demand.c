/* Demand against measured homes (one in Sydney, one in California, one in Spain: reference/demand) and Rusck's rule of coincidence. Bands are those of the measured homes, no wider. */
#include "base/err.h"
#include "calc/calc.h"
#include "calc/cases.h"
#include <stdlib.h>
#include <string.h>

enum { KEYS = 9 };

/* Six weeks of winter of the reference village's homes by half hours, run once; arg: the number of the key. */
static int weeks(const char *dir, const char *arg, double *value, struct err *e)
{
    static const char *const key[KEYS] = {"coincidence_frac[1]", "coincidence_frac[2]", "coincidence_frac[3]",
                                          "load_factor",         "shape_frac[19]",      "peak_hour",
                                          "shape_frac[3]",       "kWh_home_year",       "coincidence_frac[0]"};
    static double kept[KEYS];
    static int have;
    const char *path = KEND_SOURCE_DIR "/villages/agali.yaml";
    char json[800];
    (void)dir;
    FILE *f = fopen(path, "r");
    if (!f) return 1;
    fclose(f);
    snprintf(json, sizeof json,
             "{\"village\": \"%s\", \"from\": \"2026-01-05\", \"days\": 42, \"homes\": 100, \"step_s\": 1800}",
             path);
    if (!have && calc_values_of(calc_find("demand"), json, key, KEYS, kept, e)) return -1;
    have = 1;
    *value = kept[strtol(arg, NULL, 10)];
    return 0;
}

#define BAND(text, lo, hi, from, index)                                                                            \
    .model = "demand", .what = text ", " #lo " to " #hi, .published = ((lo) + (hi)) / 2.0,                         \
    .tolerance = ((hi) - (lo)) / 2.0, .source = from, .measure = weeks, .arg = #index
// clang-format off
const struct calc_case calc_cases_demand[] = {
    {"demand", "coincidence of 1 home", .published = 1, .tolerance = 1e-6, .source = CLOSED "its own peak over its own peak", .measure = weeks, .arg = "8"},
    {BAND("coincidence of 5 homes", 0.55, 0.62, "Rusck 1956, 0.2 to 0.3 for many homes", 0), .miss = "2 % below: each family keeps its own hour for dinner here, and five are few"},
    {BAND("coincidence of 20 homes", 0.37, 0.46, "Rusck 1956, 0.2 to 0.3 for many homes", 1)},
    {BAND("coincidence of 100 homes", 0.28, 0.38, "Rusck 1956, 0.2 to 0.3 for many homes", 2)},
    {BAND("hour of the highest mean demand", 18, 19, "measured homes", 5)},
    {BAND("load factor of a home, half hours", 0.13, 0.29, "measured homes", 3)},
    {BAND("highest hour over the mean", 1.5, 1.8, "measured homes", 4), .miss = "the mean of a hundred homes that all cook with electricity, without their heating, cooling and hot water; the measured homes have these in their load and use three times as much"},
    {BAND("night hour over the mean", 0.55, 0.75, "measured homes", 6), .miss = "lower than the measured homes, which have cooling and hot water in their load"},
    {0}};
