/* Facts: what the records of each kind must say, as tables of rows. One table drives the checks, the options of commands and the
 * documents; whoever keeps kinds of records (land, households) writes rows. A fact that has no row is refused. */
#ifndef STORE_FACTS_H
#define STORE_FACTS_H
#include <jansson.h>
struct err;
enum value_kind {
    VALUE_TEXT, VALUE_NUMBER, VALUE_COUNT, VALUE_DAY, VALUE_WORD, VALUE_AREA, VALUE_POINT, VALUE_ANY,
    VALUE_CODE,                          /* an id: letters, digits, . _ -; no word of a language is wanted here */
    VALUE_DIGEST,                        /* 64 hex digits: SHA-256 of a paper that is kept elsewhere */
    VALUE_FLAG                           /* true or false */
};
enum { VALUE_REQUIRED = 1, CODE_MAX = 48 };
struct value_row { const char *key; enum value_kind kind; unsigned flags; const char *words; double min, max; };
/* 0, or -1: a required one is missing, one does not fit its row, or one has no row. `kind` stands in the reason. */
int facts_check(const char *kind, const struct value_row *, int n, const json_t *data, struct err *);
int word_in(const char *words, const char *word);        /* "a b c" holds "b" */
int code_good(const char *text);
#endif
