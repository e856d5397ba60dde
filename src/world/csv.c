/* Comma-separated lines. See csv.h. */
#include "world/csv.h"
#include "base/err.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int csv_open(struct csv *c, const char *path, struct err *e)
{
    memset(c, 0, sizeof *c);
    c->path = path;
    c->file = fopen(path, "rb");
    if (!c->file) return err_at(e, path, 0, 0, "cannot be opened: %s", strerror(errno));
    return 0;
}

void csv_close(struct csv *c)
{
    if (c->file) fclose(c->file);
    free(c->line);
    memset(c, 0, sizeof *c);
}

static int blank(char ch) { return ch == ' ' || ch == '\t'; }

/* Cuts one field out of p, trims it, and returns where the next begins, or NULL. */
static char *cut_field(struct csv *c, char *p)
{
    while (blank(*p)) p++;
    char *start = p, *end;
    if (*p == '"') {
        start = ++p;
        end = p + strcspn(p, "\"");
        p = *end ? end + 1 : end;
        p += strcspn(p, ",");
    } else {
        end = p += strcspn(p, ",");
        while (end > start && blank(end[-1])) end--;
    }
    char *next = *p ? p + 1 : NULL;
    *end = '\0';
    if (c->n < CSV_FIELDS_MAX) {
        c->col[c->n] = (int)(start - c->line) + 1;
        c->field[c->n++] = start;
    }
    return next;
}

int csv_next(struct csv *c, struct err *e)
{
    errno = 0;
    ssize_t n = getline(&c->line, &c->size, c->file);
    c->n = 0;
    if (n < 0 && ferror(c->file))
        return err_at(e, c->path, c->number + 1, 0, "cannot be read: %s", strerror(errno));
    if (n < 0) return 0;
    c->number++;
    if (n > CSV_LINE_MAX)
        return err_at(e, c->path, c->number, 0, "line of %zd bytes: this is not a weather file", n);
    if (memchr(c->line, '\0', (size_t)n))
        return err_at(e, c->path, c->number, 0, "binary bytes: this is not a weather file");
    while (n > 0 && (c->line[n - 1] == '\n' || c->line[n - 1] == '\r')) c->line[--n] = '\0';
    char *p = c->line;
    if (c->number == 1 && !strncmp(p, "\xef\xbb\xbf", 3)) p += 3;
    while (p) p = cut_field(c, p);
    return 1;
}

int csv_number(const struct csv *c, int i, const char *name, double *value, struct err *e)
{
    if (i < 0 || i >= c->n)
        return err_at(e, c->path, c->number, 0, "%s is missing: the line has %d fields, at least %d are needed",
                      name, c->n, i + 1);
    char *end;
    *value = strtod(c->field[i], &end);
    if (end == c->field[i] || *end || !isfinite(*value))
        return err_at(e, c->path, c->number, c->col[i], "%s: `%.40s` is not a number", name, c->field[i]);
    return 0;
}

int csv_find(const struct csv *c, const char *name)
{
    for (int i = 0; i < c->n; i++)
        if (!strcmp(c->field[i], name)) return i;
    return -1;
}
