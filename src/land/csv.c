/* CSV of areas to features (RFC 4180): a heading of column names in any case, a row a feature, its outline in the column `wkt`. Spreadsheets
 * also write `;` between fields, so the heading tells which of the two it is. All fields stay texts but numbers that are not
 * an id. Left out: decimal commas, which a number of another kind is refused for where one is wanted. */
#include "base/err.h"
#include "land/inside.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 64 };
struct csv {
    char *at, separator;
    int last; /* the field that was cut ends its row */
    int open; /* a quote was not closed: it has swallowed what came after it */
};

/* Cuts the next field out of the text, in place. */
static char *field_next(struct csv *c)
{
    char *from = c->at, *to = from, *start = from;
    int quoted = *from == '"';
    if (quoted) from++;
    for (; *from; from++) {
        if (quoted && *from == '"') {
            if (from[1] != '"') {
                quoted = 0;
                continue;
            }
            from++;
        } else if (!quoted && (*from == c->separator || *from == '\n'))
            break;
        if (quoted || *from != '\r') *to++ = *from;
    }
    c->open |= quoted;
    c->last = *from != c->separator;
    c->at = *from ? from + 1 : from;
    *to = 0;
    return start;
}

static char separator_of(const char *text)
{
    size_t n = strcspn(text, "\n"), semicolons = 0, commas = 0;
    for (size_t i = 0; i < n; i++) semicolons += text[i] == ';', commas += text[i] == ',';
    return semicolons > commas ? ';' : ',';
}

/* The name of a column as the fields are known: small letters, no blanks around. */
static char *heading(char *name)
{
    while (isspace((unsigned char)*name)) name++;
    size_t n = strlen(name);
    while (n && isspace((unsigned char)name[n - 1])) name[--n] = 0;
    for (size_t i = 0; i < n; i++) name[i] = (char)tolower((unsigned char)name[i]);
    return name;
}

/* NULL + err: it has more fields than the heading has names, so that nobody knows which is which. */
static json_t *row_feature(struct csv *c, char *const *head, int n, int row, struct err *e)
{
    json_t *properties = json_object();
    const char *wkt = "";
    c->last = 0;
    int fields = 0;
    for (int i = 0; !c->last; i++) {
        char *field = field_next(c), *end;
        if (*field) fields = i + 1;
        if (i >= n || !*field) continue;
        double number = strtod(field, &end);
        if (!strcmp(head[i], "wkt"))
            wkt = field;
        else
            json_object_set_new(properties, head[i],
                                strcmp(head[i], "id") && !*end ? json_real(number) : json_string(field));
    }
    if (fields > n) {
        json_decref(properties);
        return err_set(e, "row %d has %d fields, the heading %d names", row, fields, n), NULL;
    }
    if (!fields) return json_decref(properties), json_null();
    json_t *feature = json_pack("{s:s, s:s, s:o}", "type", "Feature", "wkt", wkt, "properties", properties);
    if (!feature) err_set(e, "row %d: the outline is no text in UTF-8", row);
    return feature;
}

static int heading_read(struct csv *c, char **head, struct err *e)
{
    int n = 0, has_wkt = 0;
    while (!c->last && n < COLUMNS_MAX) head[n++] = heading(field_next(c));
    if (!c->last) return err_set(e, "more than %d columns", COLUMNS_MAX);
    for (int i = 0; i < n; i++) {
        has_wkt |= !strcmp(head[i], "wkt");
        for (int k = 0; k < i; k++)
            if (*head[i] && !strcmp(head[i], head[k]))
                return err_set(e, "the column `%.40s` stands twice", head[i]);
    }
    return has_wkt ? n : err_set(e, "no column `wkt`: a CSV of areas has id,type,status,outcome,..,wkt");
}

json_t *csv_features(char *text, struct err *e)
{
    struct csv c = {.at = text, .separator = separator_of(text)};
    char *head[COLUMNS_MAX];
    int n = heading_read(&c, head, e), bad = n < 0;
    json_t *list = json_array(), *one;
    for (int row = 1; !bad && *c.at; row++) {
        one = row_feature(&c, head, n, row, e);
        bad = !one;
        if (json_is_object(one)) json_array_append(list, one); /* else a row of empty cells */
        json_decref(one);
    }
    if (!bad && c.open) bad = err_set(e, "a quote is not closed: what follows it is lost");
    if (!bad) return list;
    json_decref(list);
    return NULL;
}
