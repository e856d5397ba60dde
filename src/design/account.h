/* Account: what a run was worth, from the truth of the twin: money, comfort, limits, waste, safety. The same judge for every
 * controller; nothing here is seen by a controller. Fields are found by key in the classes' tables, so a new class is counted when
 * it names its fields alike. */
#ifndef DESIGN_ACCOUNT_H
#define DESIGN_ACCOUNT_H
#include "design/bill.h"
struct outcome {
    const char *control;
    double days;
    struct money bill, energy, feed_in, peak_charge;
    double cost;                 /* currency units: bill + discomfort + shortage + flared + wear - change of stored energy */
    double discomfort;           /* currency units: unmet K.h and hot water at the policy's prices */
    double wear;                 /* battery cycling and starts at the policy's prices */
    double import_Wh, export_Wh, load_Wh, peak_W, self_sufficiency_frac;
    double over_limit_Wh;        /* energy above the limits of lines and grid */
    double unmet_K_h, unmet_worst_tenth_K_h; /* sum over homes; mean of the worst tenth of homes */
    double hot_water_unmet_Wh, car_unmet_Wh;
    double curtailed_Wh, flared_Wh, lamp_Wh, unserved_Wh;
    double stored_Wh, stored_value; /* change over the run, and its worth */
    double sells_frac;           /* share of late in which the village sold, by which the worth is chosen */
    double coldest_degC;         /* coldest room of any home in the run */
    long guard_count, plan_count;
    double plan_median_s, plan_worst_s, gap_median, gap_worst, wall_s;
};
struct account;
struct account *account_open(const struct village *, const struct state *truth, int64_t at_ms); /* caller frees with account_close */
void account_add(struct account *, const struct state *truth, const double *residual, double dt_s);
/* Fills all but the controller's own figures (guards, plans, wall time) and frees the account. */
void account_close(struct account *, const struct state *truth, struct outcome *);
/* Values what n outcomes that end at `at_ms` have stored at one price: that of the mean of their `sells_frac`. */
void account_alike(const struct village *, int64_t at_ms, struct outcome *const *, int n);
#endif
