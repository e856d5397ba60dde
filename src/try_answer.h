/* What a stranger is told after a press of Try it: what changes and until when, and what holds; in clauses with their numbers. */
#ifndef TRY_ANSWER_H
#define TRY_ANSWER_H
#include "control/run.h"
#include "web/web.h"
/* The village at one instant, as the page has it. */
struct try_now {
    int64_t at_ms;
    double made_W, used_W, grid_W, river_W, sun_W, battery_W; /* grid: from it; battery: out of it */
    double battery_J;                                         /* that can still be drawn, at its terminals; NAN: no battery */
    double river_m3_s, turbine_m3_s, eflow_m3_s;
    double loss_W_K; /* of all homes */
    int homes, warm, shed, island;
};
enum { TRY_WARM_DEGC = 18 };
struct try_now try_look(const struct snapshot *);
/* `before` and `after` the press; `action` NULL: all is ended. `island`: there is no grid now. */
void try_answer(const struct village *, const char *action, int64_t until_ms, double magnitude, int island,
                const struct try_now *before, const struct try_now *after, struct web_answer *);
#endif
