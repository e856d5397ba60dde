/* joint_solve: coefficients, start, iteration, exact plan. */
#include "base/err.h"
#include "solver/inside.h"
#include <string.h>

static void slots_take(struct joint *j, const struct joint_limit *lim)
{
    must(lim->T > 0 && lim->T <= j->dim.T_max, "%d slots of at most %d", lim->T, j->dim.T_max);
    j->T = lim->T;
    for (int t = 0; t < j->T; t++) {
        j->len[t] = lim->len ? lim->len[t] : 0;
        must(j->len[t] < j->dim.len_max, "length class %d of %d", j->len[t], j->dim.len_max);
    }
    for (int l = 0; l < j->dim.len_max; l++) j->dt_s[l] = lim->dt_s ? lim->dt_s[l] : 1;
}

struct joint_result joint_solve(struct joint *j, const struct joint_limit *lim)
{
    j->start_s = clock_s();
    j->limit = lim;
    j->result = (struct joint_result){0};
    slots_take(j, lim);
    j->fixed = 0;
    j->fractions = lim->fractions;
    j->frozen_cost = 0;
    j->stepping = 0;
    team_open(j);
    coef_evaluate(j);
    if (choice_any(j)) choices_tighten(j); /* an outage leaves rows no inside */
    start_cold(j);
    j->result.end = ipm_run(j, lim);
    if (choice_any(j) && !j->fractions && j->result.end == JOINT_OPTIMAL) j->result.end = choice_fix(j, lim);
    feasible_finish(j);
    if (j->n_bad || !plan_stands(j)) j->result.end = JOINT_STALLED;
    team_close(j);
    j->limit = NULL; /* the caller's */
    j->solved = 1;
    j->result.time_s = clock_s() - j->start_s;
    return j->result;
}
