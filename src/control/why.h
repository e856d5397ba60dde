/* "Why did it do that": the pieces that explain one set-point, read from one snapshot only (any thread, no allocation). Each is one
 * English sentence, and a code with names and numbers from which the page says the same in the reader's language. */
#ifndef CONTROL_WHY_H
#define CONTROL_WHY_H
#include "control/run.h"
enum { WHY_PIECES_MAX = 20, WHY_NUMS = 3 };
/* kind: "source", "asked", "correction", "guard", "price", "otherwise", "limit", "resident", "policy", "status". unit: as a field's
 * key ends ("heat_W", "left_s"), or "money", "price_per_kWh" in the village's currency. */
struct why_piece {
    const char *kind, *code;
    const char *name, *rule; /* equipment or person; guard or limit, in English: "" when there is none */
    double num[WHY_NUMS];
    const char *unit[WHY_NUMS];
    int n_num;
    char text[224];
};
/* asset: index; cmd: row of its class's cmd fields. Returns the number of pieces, most telling first; 0 for a wrong index. */
int control_why(const struct snapshot *, int32_t asset, int cmd, struct why_piece out[WHY_PIECES_MAX]);

/* What it would have cost otherwise: the set-point one step away until this slot ends, by the asset's own physics and the plan's
 * prices at its nodes (the meter's tariff where there is no plan). money > 0: dearer, currency units. What more or less is left in a
 * store is counted at the mean price ahead. An estimate: prices stand still, comfort and wear are not counted. */
enum why_step_end { WHY_STEP_COSTS, WHY_STEP_GUARDED /* a guard does not let it */, WHY_STEP_NONE /* no such step */ };
struct why_step {
    double step; /* in the set-point's unit, with its sign */
    double money, dt_s;
};
enum why_step_end control_why_step(const struct snapshot *, int32_t asset, int cmd, int up, struct why_step *);
#endif
