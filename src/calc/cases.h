/* Published cases that judge the models: what others printed, what `kend calc` gives, and how far apart they may be. Small cases are rows that
 * go through the same JSON as a user's; large ones are functions over reference files that stay outside the project. */
#ifndef CALC_CASES_H
#define CALC_CASES_H
#include <stdio.h>
struct err;
/* Begins the source of a row whose figure nobody published: it follows from the equation named, worked by hand. */
#define CLOSED "closed form: "
/* The same of a figure that was worked out apart from this program, by what is named. */
#define APART "recomputed apart: "
struct calc_case {
    const char *model, *what;
    const char *json, *key; /* json with ' for "; NULL: a large case */
    double published, tolerance;
    int relative; /* tolerance is a share of the published figure */
    const char *source;
    /* Of a large case: reads files below dir. 0, -1 with an error, 1: a file is not there. */
    int (*measure)(const char *dir, const char *arg, double *value, struct err *);
    const char *arg; /* handed to measure */
    /* Where measured data give the range: its ends from files below dir in place of published and tolerance; 1: a file is not there. */
    int (*range)(const char *dir, const char *arg, double *low, double *high);
    const char *miss; /* why it is known to be outside its tolerance; NULL: it must hold */
};
struct calc_result {
    double published, tolerance; /* of the row, or from measured data */
    double value, off;           /* off: value - published, a share of it where the case is relative */
    int skipped, holds;          /* skipped: its reference file is not there */
    char why[256];               /* an error of the model */
};
/* NULL-terminated list of tables that end with an empty row. */
extern const struct calc_case *const calc_case_tables[];
void calc_case_run(const struct calc_case *, const char *reference_dir, struct calc_result *);
/* Runs all; prints a table for people, or docs/models.md. Returns how many of those that must hold do not. */
int calc_cases_print(FILE *, const char *reference_dir, int markdown);
extern const struct calc_case calc_cases_solar[], calc_cases_module[], calc_cases_twin[],
    calc_cases_solar_files[];
extern const struct calc_case calc_cases_demand[], calc_cases_weather[], calc_cases_home[], calc_cases_light[],
    calc_cases_biogas[], calc_cases_plants[], calc_cases_water[];
extern const struct calc_case calc_cases_field[], calc_cases_field_files[];
#endif
