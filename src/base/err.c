/* Errors as one line. See err.h for the contract. */
#include "base/err.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int err_set(struct err *e, const char *fmt, ...)
{
    if (!e) return -1;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    return -1;
}

int err_at(struct err *e, const char *file, int line, int col, const char *fmt, ...)
{
    if (!e) return -1;
    snprintf(e->file, sizeof e->file, "%s", file);
    e->line = line;
    e->col = col;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    return -1;
}

const char *err_line(const struct err *e, char *buf, size_t size)
{
    char place[320] = "", whose[160] = "";
    if (e->file[0] && e->line > 0)
        snprintf(place, sizeof place, "%s:%d:%d: ", e->file, e->line, e->col);
    else if (e->file[0])
        snprintf(place, sizeof place, "%s: ", e->file);
    if (e->asset[0])
        snprintf(whose, sizeof whose, "%s%s%s: ", e->asset, e->field[0] ? "." : "", e->field);
    else if (e->field[0])
        snprintf(whose, sizeof whose, "%s: ", e->field);
    snprintf(buf, size, "%s%s%s", place, whose, e->text);
    return buf;
}

void must_fail(const char *file, int line, const char *cond, const char *fmt, ...)
{
    fprintf(stderr, "kend: internal error at %s:%d (%s): ", file, line, cond);
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}
