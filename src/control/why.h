/* "Why did it do that": the pieces that explain one set-point, read from one snapshot only (any thread, no allocation). */
#ifndef CONTROL_WHY_H
#define CONTROL_WHY_H
#include "control/run.h"
enum { WHY_PIECES_MAX = 12 };
/* kind: "source", "asked", "correction", "guard", "price", "limit", "resident", "policy", "status". */
struct why_piece {
    const char *kind;
    char text[224];
};
/* asset: index; cmd: row of its class's cmd fields. Returns the number of pieces, most telling first; 0 for a wrong index. */
int control_why(const struct snapshot *, int32_t asset, int cmd, struct why_piece out[WHY_PIECES_MAX]);
#endif
