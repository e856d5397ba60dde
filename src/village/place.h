/* Place: where things stand. The state of a parcel is published by `land` and read by everybody else. Nothing is drawn,
 * routed, planned or commanded on a place that has not been handed over (place_usable). */
#ifndef VILLAGE_PLACE_H
#define VILLAGE_PLACE_H
#include <stdint.h>
enum place_state { PLACE_HAZARD, PLACE_RELEASED, PLACE_CONSTRUCTION, PLACE_COMMISSIONED, PLACE_IN_USE, PLACE_STATES };
extern const char *const place_state_name[PLACE_STATES]; /* "hazard", "released", "under_construction", ... */
/* A name in the page's other languages, NULL: as the name itself, which is English. */
struct words { const char *az, *ru; };
enum place_kind { PLACE_POINT, PLACE_LINE, PLACE_AREA };
struct place {
    const char *id, *name, *kind_name;   /* kind_name: "parcel", "street", "field", "plant", "plot", "river" */
    struct words words;
    enum place_kind kind;
    enum place_state state;              /* as the village file says; the live gate may close it */
    int32_t parent;                      /* the parcel it stands on, or -1 */
    const double *lonlat;                /* n_vertex pairs, WGS84 degrees; areas are closed (first = last) */
    int n_vertex, line, col;
};
static inline int place_usable(const struct place *p) { return p->state >= PLACE_COMMISSIONED; }
#endif
