/* The heads of the chain as noted beside its data base, in DB-heads: one line each, "time seq hash". A chain whose end was cut off still fits
 * together; only what was noted outside it shows that something is missing. */
#ifndef HEADS_H
#define HEADS_H
#include "store/chain.h"
/* Is every head that was noted a part of the chain? 0 (also where nothing was ever noted, and for ":memory:"), or -1 + err naming the line. */
int heads_check(struct chain *, const char *db, struct err *);
/* Adds a line. 0, or -1: it could not be written (logged). */
int heads_note(const char *db, const struct chain_head *, int64_t at_ms);
#endif
