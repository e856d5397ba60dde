/* The heads of the chain as noted beside its data base, in DB-heads: one line each, "time seq hash". A chain whose end was cut off still fits
 * together; only what was noted outside it shows that something is missing. */
#ifndef HEADS_H
#define HEADS_H
#include "store/chain.h"
/* Is every head that was noted a part of the chain? 0 (also where nothing was ever noted, and for ":memory:"), or -1 + err naming the line. */
int heads_check(struct chain *, const char *db, struct err *);
/* The fewest records that the chain was noted to have at or after that time; INT64_MAX: nothing was noted then. */
int64_t heads_fewest(const char *db, int64_t since_ms);
/* Adds a line. 0, or -1: it could not be written (logged). */
int heads_note(const char *db, const struct chain_head *, int64_t at_ms);
#endif
