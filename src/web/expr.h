// clang-format off
/* What a number on the page is: a series, or a sum over series, written so that anybody can recompute it from the store.
 *   home-017.meas.temp_degC            one series
 *   sum(@solar.flow.elec_W)            over all assets of a class
 *   minus(@home/household.flow.elec_W) negated sum; "/profile" selects, "/!profile" leaves out
 *   pos(grid.flow.elec_W)  neg(..)     sum of positive parts; of negative parts, as a positive number
 *   mean(..) min(..) max(..)           over the members; several selections are separated by ","; ids may hold "*"
 *   sum(..) + pos(..)                  sums of sums: " + " between sum, minus, pos, neg or single series
 * Over history the form is applied to each slot's mean. */
// clang-format on
#ifndef WEB_EXPR_H
#define WEB_EXPR_H
#include "village/village.h"
struct err;
enum expr_form { EXPR_ONE, EXPR_SUM, EXPR_MINUS, EXPR_POS, EXPR_NEG, EXPR_MEAN, EXPR_MIN, EXPR_MAX, EXPR_FORMS };
struct expr_member { /* kind x m c e f; index in that flat vector */
    int32_t series, asset, index;
    char kind;
    uint8_t form;
};
struct expr {
    enum expr_form form;
    int n, terms;
    struct expr_member *member;
    const char *key; /* key with unit of the first */
};
struct vectors { /* flat vectors; NULL: not known */
    const double *x, *meas, *cmd, *exo, *flow;
};
/* 0, or -1 + err when it is no expression or an asset, class or key is unknown. A selection may be empty (n = 0)
 * only by class. */
int expr_parse(struct expr *, const struct village *, const char *text, struct err *);
void expr_free(struct expr *);
double vectors_get(const struct vectors *, const struct expr_member *); /* NAN: not known */
double expr_value(const struct expr *, const struct vectors *);         /* NAN when a member is not known */
/* Adds one member's value to an accumulator that begins as expr_begin; the sum is the value; expr_end makes it one
 * (a mean: divided by n). */
double expr_begin(enum expr_form);
double expr_add(enum expr_form, double acc, double value);
double expr_end(const struct expr *, double acc);
#endif
