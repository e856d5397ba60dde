/* What the land lets stand where: the gate that everybody else only reads. */
#ifndef LAND_PUBLISH_H
#define LAND_PUBLISH_H
#include "land/land.h"
struct village;
struct spot_closed { double lon_deg, lat_deg; const char *place; };  /* a report that could not be saved closes all the same */
/* For every place of the village, and then for the way of every round (n_place + n_round entries), the state it may have at most (enum
 * place_state; PLACE_IN_USE where no record speaks of it), and the index of the area that says so (-1: a find, or none). An area speaks of the place it names, of every parcel, field or other area of which it
 * covers more than 1 m2, of every street, route or point that it touches, and of all that stands on one of them. A find that is not
 * closed speaks of the place it names. A round's way is its legs and the pieces between them: the least of all holds. `why` may be NULL. 0, or -1: out of memory. */
int land_publish(struct land *, const struct village *, const struct spot_closed *, int n_spot, uint8_t *state, int32_t *why);
/* What everybody may see: states, balances, what is closed now and why; no exact place of a hazard. */
json_t *land_public_json(struct land *, const struct village *, const uint8_t *state, const int32_t *why);
#endif
