/* Lines of comma-separated text, one at a time, with the place of every field known for error messages. Quotes may
 * wrap a field; CR LF and a byte-order mark are dropped. Not a general CSV library: no field spans lines. */
#ifndef WORLD_CSV_H
#define WORLD_CSV_H
#include <stddef.h>
#include <stdio.h>
struct err;
enum { CSV_FIELDS_MAX = 96, CSV_LINE_MAX = 65536 };
struct csv {
    const char *path;
    FILE *file;
    char *line; /* owned; the fields point into it and live until the next csv_next */
    size_t size;
    int number, n;               /* 1-based line; fields in it */
    char *field[CSV_FIELDS_MAX]; /* trimmed of blanks */
    int col[CSV_FIELDS_MAX];     /* 1-based column of each */
};
int csv_open(struct csv *, const char *path, struct err *); /* 0 or -1 */
int csv_next(struct csv *, struct err *); /* 1: a line, 0: end, -1: unreadable, too long or binary */
void csv_close(struct csv *);
/* The number in field i, called `name` in messages; -1 with file:line:col when it is absent or no finite number. */
int csv_number(const struct csv *, int i, const char *name, double *value, struct err *);
int csv_find(const struct csv *, const char *name); /* field equal to name, or -1 */
#endif
