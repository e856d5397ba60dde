/* Bill: what the village's one meter costs. Integer Wh from cumulative registers, read every quarter-hour; prices by the tariff of the
 * quarter's start; money rounded once a quarter; the month's peak is the highest quarter-hour mean import of each local month. */
#ifndef DESIGN_BILL_H
#define DESIGN_BILL_H
#include "village/village.h"
struct bill {
    const struct village *village;
    double import_J, export_J;             /* cumulative registers */
    int64_t import_Wh, export_Wh;          /* as read at the last quarter */
    int64_t quarter_ms, month_ms;          /* start of the open quarter and month */
    double month_peak_W, peak_W;           /* of the open month; highest of all */
    double paid_peak_W;                    /* of the open month before the bill was opened: paid already */
    struct money energy, feed_in, peak;    /* closed quarters and months; feed_in is income */
};
/* paid_peak_W: the open month's peak so far, which this bill does not charge again. */
void bill_open(struct bill *, const struct village *, int64_t at_ms, double paid_peak_W);
/* The grid's flow (import > 0) over dt_s ending at at_ms; dt divides the quarter-hour. */
void bill_add(struct bill *, int64_t at_ms, double grid_W, double dt_s);
void bill_close(struct bill *, int64_t at_ms); /* closes the open quarter and charges the open month's peak */
struct money bill_total(const struct bill *);  /* energy - feed-in + peaks */
#endif
