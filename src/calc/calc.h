/* Models usable alone: one table row a model, its inputs and outputs as rows of fields, and one function that reads
 * the inputs by key, calls src/physics and puts the outputs by key. `kend calc` reads, checks and prints from the
 * same rows, so a model has no parsing of its own. */
#ifndef CALC_CALC_H
#define CALC_CALC_H
#include <math.h>
#include <stdint.h>
#include <stdio.h>
struct err;
struct arena;
/* CALC_COUNTS: a list of whole numbers; CALC_GAPS: a list in which null stands for a day or step that nothing is told of. */
enum calc_kind { CALC_NUMBER, CALC_COUNT, CALC_WORD, CALC_TIME, CALC_SERIES, CALC_COUNTS, CALC_GAPS, CALC_TEXT };
#define CALC_WANTED ((double)NAN)     /* as default: the key must be given */
#define CALC_MAYBE ((double)INFINITY) /* as default: may be absent, then NAN (a number) or n = 0 (a series) */
enum { CALC_FIELDS_MAX = 40, CALC_SERIES_MAX = 1000000 };
struct calc_field {
    const char *key;
    enum calc_kind kind;
    double min, max, dflt;   /* of a number, or of each number of a series; dflt of a word is its index */
    const char *const *word; /* NULL-terminated, of a word */
    const char *help;
};
struct calc_value {
    double number; /* also the index of a word; NAN when absent */
    int64_t ms;
    const char *text;
    const double *series;
    int n, given;
};
struct calc_model;
struct calc_io {
    const struct calc_model *model;
    struct calc_value in[CALC_FIELDS_MAX], out[CALC_FIELDS_MAX];
    struct arena *arena; /* lives until the record is printed */
};
struct calc_model {
    const char *name, *summary, *source;
    const struct calc_field *in, *out;
    int (*run)(struct calc_io *,
               struct err *); /* 0, or -1 with one line; `err.field` names the key when it is one */
};
/* NULL-terminated; in the order of docs/models.md. */
extern const struct calc_model *const calc_models[];
const struct calc_model *calc_find(const char *name);

/* What a model's function reads; a key that is not in its table is a programming error. */
double calc_number(const struct calc_io *, const char *key);
int calc_word(const struct calc_io *, const char *key);
int64_t calc_time(const struct calc_io *, const char *key);
const char *calc_text(const struct calc_io *, const char *key); /* NULL when absent */
const double *calc_series(const struct calc_io *, const char *key, int *n);
int calc_given(const struct calc_io *, const char *key);
/* -1 with a text that names the key. */
int calc_wrong(struct err *, const char *key, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* What it puts. A NAN is printed as null. */
void calc_put(struct calc_io *, const char *key, double value);
void calc_put_word(struct calc_io *, const char *key, const char *word);
double *calc_put_series(struct calc_io *, const char *key, int n); /* zeroed, to be filled */

/* Reads one object or an array or objects one after another (NDJSON, constant memory) from `in`, runs the model on
 * each and prints as many. 0, or -1 with one line that names the record and the key. */
int calc_stream(const struct calc_model *, FILE *in, FILE *out, struct err *);
/* Runs on one object given as text and returns the number at `key` (an element of a series: "key[3]"; whether a word: "key=word"); tests and
 * the report use it, so that what is judged is what `kend calc` prints. */
int calc_value_of(const struct calc_model *, const char *json, const char *key, double *value, struct err *);
/* Several keys of one run. */
int calc_values_of(const struct calc_model *, const char *json, const char *const *key, int n, double *value,
                   struct err *);
/* An input of a published case, with ' for ", or NULL. */
const char *calc_example(const char *model);
void calc_explain(const struct calc_model *, FILE *);

/* Tables of model rows, one a file. */
extern const struct calc_model calc_sun, calc_irradiance, calc_split, calc_clearsky, calc_glass, calc_shade, calc_pv,
    calc_pvyear, calc_inverter, calc_tracker;
extern const struct calc_model calc_home, calc_heatpump, calc_comfort, calc_overheating, calc_outage, calc_bestest,
    calc_homefit;
extern const struct calc_model calc_turbine, calc_screw, calc_river, calc_gr4j, calc_pipe, calc_forebay;
extern const struct calc_model calc_digester, calc_gasplant, calc_adm1, calc_am2, calc_substrate;
extern const struct calc_model calc_lightclass, calc_luminaire, calc_road;
extern const struct calc_model calc_et0, calc_et0_hour, calc_soilwater, calc_greenhouse, calc_coldstore,
    calc_coldload;
extern const struct calc_model calc_weather, calc_demand;
#endif
