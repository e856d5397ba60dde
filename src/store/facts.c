/* See facts.h. */
#include "store/facts.h"
#include "base/err.h"
#include "base/instant.h"
#include <math.h>
#include <string.h>

int word_in(const char *words, const char *word)
{
    size_t n = strchr(word, ' ') ? 0 : strlen(word); /* two words are not one of them */
    for (const char *p = words; n && (p = strstr(p, word)); p += n)
        if ((p == words || p[-1] == ' ') && (!p[n] || p[n] == ' ')) return 1;
    return 0;
}

int code_good(const char *text)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t n = strlen(text);
    return n && n <= CODE_MAX && strspn(text, LETTERS) == n;
}

static int is_point(const json_t *v)
{
    return json_array_size(v) == 2 && json_is_number(json_array_get(v, 0)) && json_is_number(json_array_get(v, 1));
}

static int number_check(const struct value_row *row, const json_t *v, struct err *e)
{
    double number = json_number_value(v);
    if (json_is_number(v) && isfinite(number) && number >= row->min && number <= row->max &&
        (row->kind == VALUE_NUMBER || json_is_integer(v)))
        return 0;
    return err_set(e, "`%s` wants a %s from %g to %g", row->key, row->kind == VALUE_COUNT ? "count" : "number",
                   row->min, row->max);
}

static int value_check(const struct value_row *row, const json_t *v, struct err *e)
{
    const char *text = json_string_value(v);
    int64_t at;
    switch (row->kind) {
    case VALUE_TEXT:
        if (text && *text && strlen(text) <= 4000) return 0;
        return err_set(e, "`%s` wants a text", row->key);
    case VALUE_NUMBER:
    case VALUE_COUNT: return number_check(row, v, e);
    case VALUE_DAY:
        if (text && strlen(text) == 10 && !instant_parse(text, NULL, &at, NULL)) return 0;
        return err_set(e, "`%s` wants a day such as 2026-03-14", row->key);
    case VALUE_WORD:
        if (text && word_in(row->words, text)) return 0;
        return err_set(e, "`%s` is one of: %s", row->key, row->words);
    case VALUE_POINT: return is_point(v) ? 0 : err_set(e, "`%s` is [longitude, latitude]", row->key);
    case VALUE_CODE:
        if (text && code_good(text)) return 0;
        return err_set(e, "`%s` wants a code of at most %d letters, digits, . _ -", row->key, CODE_MAX);
    case VALUE_DIGEST:
        if (text && strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64) return 0;
        return err_set(e, "`%s` wants 64 hex digits in small letters (sha256sum prints them)", row->key);
    case VALUE_FLAG: return json_is_boolean(v) ? 0 : err_set(e, "`%s` is true or false", row->key);
    case VALUE_AREA:
    case VALUE_ANY: return 0;
    }
    return 0;
}

int facts_check(const char *kind, const struct value_row *rows, int n, const json_t *data, struct err *e)
{
    const char *key;
    json_t *v;
    for (int i = 0; i < n; i++) {
        const json_t *given = json_object_get(data, rows[i].key);
        if (!given && (rows[i].flags & VALUE_REQUIRED)) return err_set(e, "a `%s` wants `%s`", kind, rows[i].key);
        if (given && value_check(&rows[i], given, e)) return -1;
    }
    json_object_foreach((json_t *)(uintptr_t)data, key, v)
    {
        int known = 0;
        for (int i = 0; i < n; i++) known |= !strcmp(rows[i].key, key);
        if (!known) return err_set(e, "a `%s` has no `%.40s`", kind, key);
    }
    return 0;
}
