/* Reading, checking and printing of models from their tables. JSON by jansson; objects one after another are read one at a time,
 * so a million of them need no more memory than one. A number may be a JSON number in the key's own unit, or text with a unit
 * ("7 m3/s"), converted by base/unit.h. Every refusal is one line that names the key. */
#include "calc/calc.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/unit.h"
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const struct calc_model *calc_find(const char *name)
{
    for (int i = 0; calc_models[i]; i++)
        if (!strcmp(calc_models[i]->name, name)) return calc_models[i];
    return NULL;
}

static int field_index(const struct calc_field *f, const char *key)
{
    for (int i = 0; f[i].key; i++)
        if (!strcmp(f[i].key, key)) return i;
    return -1;
}

static const struct calc_value *in_value(const struct calc_io *io, const char *key)
{
    int i = field_index(io->model->in, key);
    must(i >= 0, "model %s has no input %s", io->model->name, key);
    return &io->in[i];
}

static struct calc_value *out_value(struct calc_io *io, const char *key)
{
    int i = field_index(io->model->out, key);
    must(i >= 0, "model %s has no output %s", io->model->name, key);
    io->out[i].given = 1;
    return &io->out[i];
}

double calc_number(const struct calc_io *io, const char *key) { return in_value(io, key)->number; }
int calc_word(const struct calc_io *io, const char *key) { return (int)in_value(io, key)->number; }
int64_t calc_time(const struct calc_io *io, const char *key) { return in_value(io, key)->ms; }
const char *calc_text(const struct calc_io *io, const char *key) { return in_value(io, key)->text; }
int calc_given(const struct calc_io *io, const char *key) { return in_value(io, key)->given; }

const double *calc_series(const struct calc_io *io, const char *key, int *n)
{
    const struct calc_value *v = in_value(io, key);
    *n = v->n;
    return v->series;
}

void calc_put(struct calc_io *io, const char *key, double value) { out_value(io, key)->number = value; }
void calc_put_word(struct calc_io *io, const char *key, const char *word) { out_value(io, key)->text = word; }

double *calc_put_series(struct calc_io *io, const char *key, int n)
{
    struct calc_value *v = out_value(io, key);
    double *to = ARENA_NEW(io->arena, double, n ? n : 1);
    v->series = to;
    v->n = n;
    return to;
}

int calc_wrong(struct err *e, const char *key, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return err_set(e, "%s: %s", key, text);
}

/* One number of a key: in range, or a line that says the range. */
static int take_number(const struct calc_field *f, const json_t *j, double *value, struct err *e)
{
    struct err unit = {0};
    if (json_is_number(j))
        *value = json_number_value(j);
    else if (!json_is_string(j))
        return calc_wrong(e, f->key, "give a number from %g to %g", f->min, f->max);
    else if (unit_parse(json_string_value(j), f->key, value, &unit))
        return calc_wrong(e, f->key, "%s", unit.text);
    if (isfinite(*value) && *value >= f->min && *value <= f->max) return 0;
    return calc_wrong(e, f->key, "%g is out of range, %g to %g", *value, f->min, f->max);
}

static int take_count(const struct calc_field *f, const json_t *j, double *value, struct err *e)
{
    if (take_number(f, j, value, e)) return -1;
    return *value == floor(*value) ? 0 : calc_wrong(e, f->key, "%g is not a whole number", *value);
}

static int take_word(const struct calc_field *f, const json_t *j, struct calc_value *v, struct err *e)
{
    char list[400] = "";
    const char *text = json_string_value(j);
    for (int i = 0; f->word[i]; i++) {
        if (text && !strcmp(text, f->word[i])) return v->number = i, 0;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", f->word[i]);
    }
    return calc_wrong(e, f->key, "give one of %s", list);
}

static int take_time(const struct calc_field *f, const json_t *j, struct calc_value *v, struct err *e)
{
    struct err why = {0};
    if (json_is_string(j) && !instant_parse(json_string_value(j), NULL, &v->ms, &why)) return 0;
    return calc_wrong(e, f->key, "give a time such as 2026-01-15T06:30:00+04:00 (without offset: UTC)");
}

static int take_series(struct calc_io *io, const struct calc_field *f, const json_t *j, struct calc_value *v,
                       struct err *e)
{
    if (!json_is_array(j)) return calc_wrong(e, f->key, "give a list of numbers");
    if (json_array_size(j) > CALC_SERIES_MAX) return calc_wrong(e, f->key, "more than %d numbers", CALC_SERIES_MAX);
    v->n = (int)json_array_size(j);
    double *to = ARENA_NEW(io->arena, double, v->n + 1);
    for (int i = 0; i < v->n; i++) {
        const json_t *one = json_array_get(j, (size_t)i);
        struct err why = {0};
        if (f->kind == CALC_GAPS && json_is_null(one))
            to[i] = (double)NAN;
        else if ((f->kind == CALC_COUNTS ? take_count : take_number)(f, one, &to[i], &why))
            return err_set(e, "%s (number %d)", why.text, i + 1);
    }
    v->series = to;
    return 0;
}

static int take_field(struct calc_io *io, const struct calc_field *f, const json_t *j, struct calc_value *v,
                      struct err *e)
{
    v->given = 1;
    switch (f->kind) {
    case CALC_NUMBER: return take_number(f, j, &v->number, e);
    case CALC_COUNT: return take_count(f, j, &v->number, e);
    case CALC_WORD: return take_word(f, j, v, e);
    case CALC_TIME: return take_time(f, j, v, e);
    case CALC_SERIES:
    case CALC_COUNTS:
    case CALC_GAPS: return take_series(io, f, j, v, e);
    case CALC_TEXT: break;
    }
    if (!json_is_string(j)) return calc_wrong(e, f->key, "give text");
    v->text = arena_strdup(io->arena, json_string_value(j));
    return 0;
}

static int take_inputs(struct calc_io *io, const json_t *object, struct err *e)
{
    const struct calc_field *f = io->model->in;
    const char *key;
    json_t *j;
    if (!json_is_object(object)) return err_set(e, "give an object such as {\"%s\": ..}", f[0].key);
    json_object_foreach((json_t *)(uintptr_t)object, key, j) if (field_index(f, key) < 0) return calc_wrong(
        e, key, "model %s has no such input; `kend calc %s --help` lists them", io->model->name, io->model->name);
    for (int i = 0; f[i].key; i++) {
        struct calc_value *v = &io->in[i];
        *v = (struct calc_value){.number = isinf(f[i].dflt) ? (double)NAN : f[i].dflt};
        j = json_object_get(object, f[i].key);
        if (j && !(json_is_null(j) && isinf(f[i].dflt))) {
            if (take_field(io, &f[i], j, v, e)) return -1;
        } else if (isnan(f[i].dflt))
            return calc_wrong(e, f[i].key, "is missing (%s)", f[i].help);
    }
    return 0;
}

static int run(struct calc_io *io, const struct calc_model *m, const json_t *object, struct err *e)
{
    io->model = m;
    for (int i = 0; i < CALC_FIELDS_MAX; i++) io->out[i] = (struct calc_value){.number = (double)NAN};
    return take_inputs(io, object, e) || m->run(io, e) ? -1 : 0;
}

static void print_number(FILE *out, double v)
{
    if (isfinite(v))
        fprintf(out, "%.10g", v == 0 ? 0 : v);
    else
        fputs("null", out);
}

static void print_value(FILE *out, const struct calc_value *v)
{
    if (v->text)
        fprintf(out, "\"%s\"", v->text);
    else if (v->series) {
        for (int i = 0; i < v->n; i++) {
            fputs(i ? ", " : "[", out);
            print_number(out, v->series[i]);
        }
        fputs(v->n ? "]" : "[]", out);
    } else
        print_number(out, v->number);
}

static void print_record(FILE *out, const struct calc_io *io, int wide)
{
    const struct calc_field *f = io->model->out;
    int n = 0;
    putc('{', out);
    for (int i = 0; f[i].key; i++) {
        if (!io->out[i].given) continue;
        fputs(n++ ? "," : "", out);
        fputs(wide ? "\n  " : n > 1 ? " " : "", out);
        fprintf(out, "\"%s\": ", f[i].key);
        print_value(out, &io->out[i]);
    }
    fputs(wide ? "\n}" : "}", out);
}

/* The next character that is no blank, put back; EOF at the end. */
static int peek(FILE *in)
{
    int c;
    while ((c = getc(in)) != EOF && isspace(c)) continue;
    return c == EOF ? EOF : ungetc(c, in);
}

static int whole_array(struct calc_io *io, const struct calc_model *m, FILE *in, FILE *out, struct err *e)
{
    json_error_t why;
    json_t *list = json_loadf(in, JSON_REJECT_DUPLICATES, &why);
    if (!list) return err_set(e, "line %d: %s", why.line, why.text);
    int bad = 0;
    for (size_t i = 0; i < json_array_size(list) && !bad; i++) {
        struct err inner = {0};
        if ((bad = run(io, m, json_array_get(list, i), &inner)))
            err_set(e, "record %zu: %s", i + 1, inner.text[0] ? inner.text : "failed");
        else {
            fputs(i ? ",\n" : "[\n", out);
            print_record(out, io, 0);
        }
        arena_free(io->arena);
    }
    if (!bad) fputs(json_array_size(list) ? "\n]\n" : "[]\n", out);
    json_decref(list);
    return bad;
}

static int one_by_one(struct calc_io *io, const struct calc_model *m, FILE *in, FILE *out, struct err *e)
{
    for (long record = 1;; record++) {
        json_error_t why;
        json_t *object = json_loadf(in, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &why);
        if (!object) return err_set(e, "record %ld: line %d of it: %s", record, why.line, why.text);
        struct err inner = {0};
        int bad = run(io, m, object, &inner), more = peek(in) != EOF;
        if (bad && (record > 1 || more))
            err_set(e, "record %ld: %s", record, inner.text);
        else if (bad)
            err_set(e, "%s", inner.text);
        else {
            print_record(out, io, record == 1 && !more);
            putc('\n', out);
        }
        json_decref(object);
        arena_free(io->arena);
        if (bad) return -1;
        if (!more) return 0;
    }
}

int calc_stream(const struct calc_model *m, FILE *in, FILE *out, struct err *e)
{
    struct arena arena = {0};
    struct calc_io *io = calloc(1, sizeof *io);
    must(io, "out of memory");
    io->arena = &arena;
    int first = peek(in);
    int mark = first == 0xef; /* of byte order: some editors begin a file with it */
    int broken = mark && !(getc(in) == 0xef && getc(in) == 0xbb && getc(in) == 0xbf);
    if (mark) first = peek(in);
    int bad = ferror(in)     ? err_set(e, "cannot be read: %s", strerror(errno))
              : broken       ? err_set(e, "does not begin as JSON does")
              : first == EOF ? err_set(e, "the input is empty; give an object, a list, or one object a line")
              : first == '[' ? whole_array(io, m, in, out, e)
                             : one_by_one(io, m, in, out, e);
    arena_free(&arena);
    free(io);
    return bad;
}

/* The element of an output that "key" or "key[3]" names; "key=word": 1 when the output is that word, else 0. */
static int pick(const struct calc_io *io, const char *key, double *value, struct err *e)
{
    char name[96];
    int element = -1;
    snprintf(name, sizeof name, "%s", key);
    char *bracket = strchr(name, '['), *word = strchr(name, '=');
    if (word) *word++ = 0;
    if (bracket) element = (int)strtol(bracket + 1, NULL, 10), *bracket = 0;
    int i = field_index(io->model->out, name);
    if (i < 0) return calc_wrong(e, name, "model %s has no such output", io->model->name);
    const struct calc_value *v = &io->out[i];
    if (element >= v->n) return calc_wrong(e, name, "has %d numbers", v->n);
    *value = word ? (v->text && !strcmp(v->text, word)) : element >= 0 ? v->series[element] : v->number;
    return 0;
}

int calc_values_of(const struct calc_model *m, const char *json, const char *const *key, int n, double *value,
                   struct err *e)
{
    struct arena arena = {0};
    struct calc_io *io = calloc(1, sizeof *io);
    must(io, "out of memory");
    io->arena = &arena;
    json_error_t why;
    json_t *object = json_loads(json, JSON_REJECT_DUPLICATES, &why);
    int bad = !object ? err_set(e, "%s", why.text) : run(io, m, object, e);
    for (int i = 0; i < n && !bad; i++) bad = pick(io, key[i], &value[i], e);
    json_decref(object);
    arena_free(&arena);
    free(io);
    return bad ? -1 : 0;
}

int calc_value_of(const struct calc_model *m, const char *json, const char *key, double *value, struct err *e)
{
    return calc_values_of(m, json, &key, 1, value, e);
}

static const char *const range_word[] = {[CALC_NUMBER] = "",
                                         [CALC_COUNT] = "whole, ",
                                         [CALC_SERIES] = "list, each ",
                                         [CALC_COUNTS] = "list, each whole, ",
                                         [CALC_GAPS] = "list, each null or "};

static void explain_input(const struct calc_field *f, FILE *out)
{
    fprintf(out, "  %-28s %s (", f->key, f->help);
    if (f->word)
        for (int i = 0; f->word[i]; i++) fprintf(out, "%s%s", i ? " | " : "", f->word[i]);
    else if (f->kind == CALC_TIME)
        fputs("ISO 8601 time", out);
    else if (f->kind == CALC_TEXT)
        fputs("text", out);
    else
        fprintf(out, "%s%g to %g", range_word[f->kind], f->min, f->max);
    if (isnan(f->dflt))
        fputs("; wanted)\n", out);
    else if (isinf(f->dflt))
        fputs("; may be left out)\n", out);
    else if (f->word)
        fprintf(out, "; default %s)\n", f->word[(int)f->dflt]);
    else
        fprintf(out, "; default %g)\n", f->dflt);
}

void calc_explain(const struct calc_model *m, FILE *out)
{
    fprintf(
        out,
        "kend calc %s: %s\n\nSource: %s\n\nInputs (the unit ends the key; text such as \"2 kW\" is converted):\n",
        m->name, m->summary, m->source);
    for (const struct calc_field *f = m->in; f->key; f++) explain_input(f, out);
    fputs("\nOutputs:\n", out);
    for (const struct calc_field *f = m->out; f->key; f++) fprintf(out, "  %-28s %s\n", f->key, f->help);
    const char *example = calc_example(m->name);
    if (example) fputs("\nExample:\n  ", out);
    for (const char *p = example; p && *p; p++) putc(*p == '\'' ? '"' : *p, out);
    if (example) putc('\n', out);
    fputs("\nOne JSON object, a list of them, or one object after another (NDJSON, in constant memory; a list is "
          "held whole) on standard input or --in FILE.\n",
          out);
}
