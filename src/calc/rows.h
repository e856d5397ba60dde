/* Short forms of the rows of a model's tables. */
#ifndef CALC_ROWS_H
#define CALC_ROWS_H
#include "calc/calc.h"
#define NUM(key, lo, hi, dflt, help)                                                                               \
    {                                                                                                              \
        key, CALC_NUMBER, lo, hi, dflt, NULL, help                                                                 \
    }
/* A whole number. */
#define COUNT(key, lo, hi, dflt, help)                                                                             \
    {                                                                                                              \
        key, CALC_COUNT, lo, hi, dflt, NULL, help                                                                  \
    }
#define LIST(key, lo, hi, help)                                                                                    \
    {                                                                                                              \
        key, CALC_SERIES, lo, hi, CALC_WANTED, NULL, help                                                          \
    }
#define LIST_MAYBE(key, lo, hi, help)                                                                              \
    {                                                                                                              \
        key, CALC_SERIES, lo, hi, CALC_MAYBE, NULL, help                                                           \
    }
#define COUNTS_MAYBE(key, lo, hi, help)                                                                            \
    {                                                                                                              \
        key, CALC_COUNTS, lo, hi, CALC_MAYBE, NULL, help                                                           \
    }
#define GAPS_MAYBE(key, lo, hi, help)                                                                              \
    {                                                                                                              \
        key, CALC_GAPS, lo, hi, CALC_MAYBE, NULL, help                                                             \
    }
#define PICK(key, words, dflt, help)                                                                               \
    {                                                                                                              \
        key, CALC_WORD, 0, 0, dflt, words, help                                                                    \
    }
#define TIME(key, help)                                                                                            \
    {                                                                                                              \
        key, CALC_TIME, 0, 0, CALC_WANTED, NULL, help                                                              \
    }
#define TEXT(key, dflt, help)                                                                                      \
    {                                                                                                              \
        key, CALC_TEXT, 0, 0, dflt, NULL, help                                                                     \
    }
#define OUT(key, help)                                                                                             \
    {                                                                                                              \
        key, CALC_NUMBER, 0, 0, 0, NULL, help                                                                      \
    }
#define END                                                                                                        \
    {                                                                                                              \
        0                                                                                                          \
    }
#endif
