/* History of expressions in slots of one length, kept in memory once read: what has happened does not change. */
#ifndef WEB_HISTORY_H
#define WEB_HISTORY_H
#include "village/village.h"
struct err;
struct history;
struct store;
enum { HISTORY_SLOTS_MAX = 4096 };
struct history *history_create(struct store *, const struct village *); /* store NULL: everything is NAN */
void history_free(struct history *);
/* n slot means from from_ms (a multiple of step_ms) into out; NAN where nothing is stored. Slots that end after
 * settled_ms are read afresh each time: up to there the store is complete. 0, or -1 + err. One thread at a time.
 * key: of the expression, when not NULL. */
int history_read(struct history *, const char *expr, int64_t from_ms, int64_t step_ms, int n, int64_t settled_ms,
                 double *out, const char **key, struct err *);
#endif
