/* The desk of the return: the chain, and land and households folded in step, so that "the land of this home is commissioned" is asked of
 * the land as it was at the very record that says so. For the commands and for the running program; one thread at a time. */
#ifndef HOME_DESK_H
#define HOME_DESK_H
#include "households/return.h"
#include "land/desk.h"
struct home_desk {
    struct desk desk;
    struct returns *returns;
    struct desk_also also;
    int asks_village;                    /* new offers, moves, meters and keys want the word of the running village too (ready.h) */
    struct place_word { struct shape *shape; double west, south, east, north; int64_t asked; enum place_state state; char why[160]; } *place; /* by place of the returns */
    int64_t *told; int n_told;           /* by area: the newest record that told of danger there */
    int n_place; int64_t homes_seq, land_version; /* of the homes that `place` holds; one more with each record about the land */
};
/* `file` an export (JSON lines) instead of `db` when it is not NULL: read-only. Must not move while it is open. */
int home_desk_open(struct home_desk *, const char *db, const char *file, struct err *);
void home_desk_close(struct home_desk *);
/* Was every list of a draw on the chain before its seed could be known, by the heads that were noted (heads.h)? 0, or -1 and which was not. */
int lists_in_time(const struct home_desk *, struct err *);
/* As desk_sign, for records of kind "return.*"; rev -1: the version that the household or the draw has now. */
int home_desk_sign(struct home_desk *, const struct key *, const char *kind, const char *of, int64_t rev, int64_t at_ms, const json_t *data,
                   int64_t *seq, struct err *);
/* Fold and gate alone, for whoever keeps the desk himself (live_land.c): opens desk.also; the caller opens desk with it. */
void home_desk_begin(struct home_desk *);
void home_desk_end(struct home_desk *);
struct village;
/* The homes of a village for a record `return.homes`: places, outlines and lines from the village, rooms from `list` (CSV: home,rooms,accessible). NULL + err. */
json_t *homes_from_village(const struct village *, const char *list, struct err *);
/* Compares the homes on the chain with a village file as it is now: one line on `out` for each that differs. Returns how many. */
int homes_check(const struct returns *, const struct village *, FILE *out);
#endif
