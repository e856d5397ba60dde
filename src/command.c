/* Parsing of a command line against the table of commands, and the readers of option values. See command.h. */
#include "command.h"
#include "base/err.h"
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int option_index(const struct command *c, const char *name)
{
    for (int i = 0; i < c->n_option; i++)
        if (!strcmp(c->option[i].name, name)) return i;
    return -1;
}

const char *arg_text(const struct args *a, const char *name)
{
    int i = option_index(a->command, name);
    must(i >= 0, "command %s has no option %s", a->command->name, name);
    return a->option[i];
}

const char *arg_maybe(const struct args *a, const char *name)
{
    int i = option_index(a->command, name);
    return i < 0 ? NULL : a->option[i];
}

int arg_on(const struct args *a, const char *name) { return arg_text(a, name) != NULL; }

int complain(const struct args *a, const char *fmt, ...)
{
    fprintf(stderr, "kend %s: ", a->command->name);
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return 1;
}

int arg_number(const struct args *a, const char *name, double min, double max, double *value)
{
    const char *text = arg_text(a, name);
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    if (end == text || *end || errno || !isfinite(v) || v < min || v > max) {
        complain(a, "%s %s: give a number from %g to %g", name, text, min, max);
        return -1;
    }
    *value = v;
    return 0;
}

int arg_count(const struct args *a, const char *name, int min, int max, int *value)
{
    double v;
    if (arg_number(a, name, min, max, &v)) return -1;
    if (v != floor(v)) return complain(a, "%s %s: give a whole number", name, arg_text(a, name)), -1;
    *value = (int)v;
    return 0;
}

int arg_seed(const struct args *a, uint64_t *seed)
{
    double v;
    if (arg_number(a, "--seed", 0, 9e15, &v)) return -1;
    if (v != floor(v)) return complain(a, "--seed %s: give a whole number", arg_text(a, "--seed")), -1;
    *seed = (uint64_t)v;
    return 0;
}

/* Instants count from 1970; days are simulated before the one that is asked for. */
static const int64_t first_ms = 365 * (int64_t)MS_DAY;

int arg_instant(const struct args *a, const char *name, const struct zone *zone, int64_t *at_ms)
{
    struct err e = {0};
    int bad = instant_parse(arg_text(a, name), zone, at_ms, &e);
    if (!bad && *at_ms >= first_ms) return 0;
    if (bad)
        complain(a, "%s %s: give a date such as 2026-01-15 or 2026-01-15T06:30", name, arg_text(a, name));
    else
        complain(a, "%s %s: give a date from 1971 on", name, arg_text(a, name));
    return -1;
}

int arg_word(const struct args *a, const char *name, const char *const *words, int n, int *index)
{
    const char *text = arg_text(a, name);
    for (int i = 0; i < n; i++)
        if (!strcmp(words[i], text)) return *index = i, 0;
    char list[256] = "";
    for (int i = 0; i < n; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", words[i]);
    }
    complain(a, "%s %s: give one of %s", name, text, list);
    return -1;
}
