/* Live land: the records of the land beside the running village. It publishes the gate to control, takes reports of finds, and sees
 * what commands write to the same data base meanwhile. Its own thread; control is only ever asked by request. */
#ifndef LIVE_LAND_H
#define LIVE_LAND_H
#include "web/web.h"
struct control; struct live_land; struct store;
/* db: the village's data base or ":memory:", which is the store's too: what the village sees of its homes is kept there (ready.h). An empty chain begins with the export that the village file names. */
struct live_land *live_land_open(const struct village *, const char *db, struct store *, struct control *, struct err *);
/* May the village become this one? Not when a place that the records close would be opened, or an asset that is out of service with it: by another
 * name, outline or place. 0, or -1 + err. */
int live_land_allows(struct live_land *, const struct village *to, struct err *);
/* The village was read again: the gate is published to its new control before that ticks. */
void live_land_move(struct live_land *, const struct village *, struct control *);
void live_land_close(struct live_land *);
struct json_t *live_land_json(struct live_land *);
struct json_t *live_land_return_json(struct live_land *);   /* the return of households for everybody; no pseudonym */
int live_land_found(struct live_land *, const struct web_found *, struct web_answer *, struct err *);
/* The places as the village file and its records together allow them, with the reason, for `kend check`. Prints one line an asset or round that
 * stands or drives where it must not; returns how many, -1 + err. `db` NULL: the export that the village file names, if any. */
int land_check(const struct village *, const char *db, FILE *, struct err *);
#endif
