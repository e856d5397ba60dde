/* The figures of the first screen: one table of keys and expressions, the same for page, API and tests. */
#ifndef WEB_BOARD_H
#define WEB_BOARD_H
#include "web/expr.h"
enum board_side { BOARD_SOURCE, BOARD_USE, BOARD_STORE, BOARD_OTHER };
struct figure {
    const char *key, *expr;
    enum board_side side;
    struct expr parsed;
};
/* A store that is drawn as a gauge: level between low and high, all in the unit of `value`'s key. */
struct gauge {
    char key[80];
    int32_t asset;
    char value_name[160];
    struct expr value;
    double low, high;
    const char *unit_key;
};
struct board {
    struct figure *figure;
    int n_figure;
    struct gauge *gauge;
    int n_gauge;
};
struct board *board_create(const struct village *); /* figures whose class this village lacks are left out */
void board_free(struct board *);
const struct figure *board_find(const struct board *, const char *key); /* or NULL */
#endif
