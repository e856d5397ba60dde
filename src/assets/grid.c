/* The village's one meter: connection to the public grid. It takes what the village's root node has left, within
 * its import and export limits; what is beyond stays unserved or unsold and is told. The month's peak (highest
 * 15-minute mean import, what a demand charge is paid on) is a state, so that a plan knows what one more kilowatt
 * would cost. In the plan: import, export and `raise` >= 0 with peak' = peak + raise, import <= peak'. That is
 * exact for slots of 15 minutes and a lower bound for hours. `sells_frac` remembers which price a stored kWh has met of late:
 * while the village sells, what it keeps is worth the price of sale. Left out: reactive power, voltage, a month that
 * changes inside the horizon. */
#include "assets/kit.h"
#include "village/policy.h"

struct par {
    double import_limit_W, export_limit_W;
};
struct x {
    double peak_W, quarter_J, quarter_s, month, import_J, export_J, sells_frac;
};
struct meas {
    double power_W, peak_W, quarter_J, quarter_s, month, import_J, export_J, live;
};

// clang-format off
static const struct field par_row[] = {
    FIELD(par, import_limit_W, 500e3, 0, 1e9, FIELD_REQUIRED | FIELD_GUARD, "most power that may be taken from the grid"),
    FIELD(par, export_limit_W, 500e3, 0, 1e9, FIELD_REQUIRED | FIELD_GUARD, "most power that may be given to the grid"),
};
static const struct field x_row[] = {
    FIELD(x, peak_W,    0, 0, 1e9,   0, "highest 15-minute mean import of this month"),
    FIELD(x, quarter_J, 0, 0, 1e12,  0, "imported in the running quarter of an hour"),
    FIELD(x, quarter_s, 0, 0, 900,   0, "age of the running quarter of an hour"),
    FIELD(x, month,     0, 0, 12,    FIELD_INTEGER, "month the peak belongs to, 1..12; 0 = not known yet"),
    FIELD(x, import_J,  0, 0, 1e18,  0, "import register of the meter"),
    FIELD(x, export_J,  0, 0, 1e18,  0, "export register of the meter"),
    FIELD(x, sells_frac, 0, 0, 1,    0, "share of the last days in which the village sold"),
};
static const struct field meas_row[] = {
    FIELD(meas, power_W,   0, -1e9, 1e9, 0, "power from the grid; negative is export"),
    FIELD(meas, peak_W,    0, 0, 1e9,  0, "maximum-demand register of this month"),
    FIELD(meas, quarter_J, 0, 0, 1e12, FIELD_INTEGER, "imported in the running quarter of an hour"),
    FIELD(meas, quarter_s, 0, 0, 900,  0, "age of the running quarter of an hour"),
    FIELD(meas, month,     0, 0, 12,   FIELD_INTEGER, "month of the maximum-demand register"),
    FIELD(meas, import_J,  0, 0, 1e18, FIELD_INTEGER, "import register of the meter"),
    FIELD(meas, export_J,  0, 0, 1e18, FIELD_INTEGER, "export register of the meter"),
    FIELD(meas, live,      1, 0, 1,    FIELD_BOOL, "the public grid has voltage"),
};
// clang-format on
static const double SELLS_MEAN_S = 86400;

static void init(const struct asset_now *now, void *state)
{
    struct x *x = state;
    *x = (struct x){0};
    if (!now->amb) return;
    x->month = now->amb->month;
    x->quarter_s = (double)(now->amb->at_ms % 900000) / 1000;
}

/* The running quarter closes when it is full; a new month forgets the old peak. */
static void step(const struct asset_now *now, void *work, void *state, double *flow)
{
    (void)work;
    struct x *x = state;
    if (x->quarter_s >= 900 - 1e-6) {
        x->peak_W = fmax(x->peak_W, x->quarter_J / 900);
        x->quarter_J = x->quarter_s = 0;
    }
    if (now->amb && now->amb->month != (int)x->month) {
        x->peak_W = 0;
        x->month = now->amb->month;
    }
    flow[0] = 0;
}

/* A step longer than what is left of the quarter: its mean counts in each quarter it touches. */
static void meter(struct x *x, double import_W, double dt_s)
{
    while (dt_s > 0) {
        double part_s = fmin(dt_s, 900 - x->quarter_s);
        x->quarter_J += import_W * part_s;
        x->quarter_s += part_s;
        dt_s -= part_s;
        if (dt_s <= 0 || x->quarter_s < 900 - 1e-6) continue;
        x->peak_W = fmax(x->peak_W, x->quarter_J / 900);
        x->quarter_J = x->quarter_s = 0;
    }
}

static double balance(const struct asset_now *now, double residual, void *state, double *flow)
{
    const struct par *p = now->par;
    struct x *x = state;
    if (now->status & (STATUS_ISLAND | STATUS_OUT)) return residual;
    double take_W = clamp(-residual, -p->export_limit_W, p->import_limit_W);
    flow[0] += take_W;
    x->import_J += fmax(0, take_W) * now->dt_s;
    x->export_J += fmax(0, -take_W) * now->dt_s;
    meter(x, fmax(0, take_W), now->dt_s);
    x->sells_frac += observer_gain(now->dt_s, SELLS_MEAN_S) * ((take_W < 0) - x->sells_frac);
    return residual + take_W;
}

static void sense(const struct asset_now *now, const double *flow, void *reading)
{
    const struct x *x = now->x;
    *(struct meas *)reading = (struct meas){flow[0],  x->peak_W,   x->quarter_J, x->quarter_s,
                                            x->month, x->import_J, x->export_J,  !(now->status & STATUS_ISLAND)};
}

static void observe(const struct asset_now *now, const void *reading, void *state)
{
    (void)now;
    const struct meas *m = reading;
    struct x *x = state;
    pull(&x->peak_W, m->peak_W, 1);
    pull(&x->quarter_J, m->quarter_J, 1);
    pull(&x->quarter_s, m->quarter_s, 1);
    pull(&x->month, m->month, 1);
    pull(&x->import_J, m->import_J, 1);
    pull(&x->export_J, m->export_J, 1);
}

enum { IMPORT, EXPORT, RAISE, N_U };
enum { N_DT, N_PEAK, N_PEAK_PRICE, N_IMPORT_MAX, N_EXPORT_MAX, N_RAISE_MAX, N_NUM };
enum { S_BUY, S_SELL, N_OWN };
// clang-format off
static const char *const input[] = {"import", "export", "peak raise"};
static const struct row_desc row[] = {{"month's peak", -1, 0}};
static const struct coef coef[] = {
    /* peak' = peak + raise */
    {AT_A, 0, 0, 1, ONE, ONE}, {AT_B, 0, RAISE, 1, ONE, ONE}, {AT_X0, 0, 0, 1, N_PEAK, ONE},
    /* import - peak' <= 0 */
    {AT_D, 0, IMPORT, 1, ONE, ONE}, {AT_C, 0, 0, -1, ONE, ONE},
    {AT_ROW_HI, 0, 0, 0, ONE, ONE}, {AT_PRICE_HI, 0, 0, PRICE_HARD, ONE, ONE},
    /* flow = import - export */
    {AT_F, 0, IMPORT, 1, ONE, ONE}, {AT_F, 0, EXPORT, -1, ONE, ONE},
    {AT_HI, IMPORT, 0, 1, N_IMPORT_MAX, ONE}, {AT_HI, EXPORT, 0, 1, N_EXPORT_MAX, ONE}, {AT_HI, RAISE, 0, 1, N_RAISE_MAX, ONE},
    {AT_PRICE, IMPORT, 0, 1, N_DT, S_BUY}, {AT_PRICE, EXPORT, 0, -1, N_DT, S_SELL}, {AT_PRICE, RAISE, 0, 1, N_PEAK_PRICE, ONE},
};
// clang-format on
static const struct block_shape grid_shape = {.name = "grid",
                                              .nx = 1,
                                              .nu = N_U,
                                              .nrow = 1,
                                              .nport = 1,
                                              .n_num = N_NUM,
                                              .n_own = N_OWN,
                                              .input = input,
                                              .row = row,
                                              .coef = coef,
                                              .n_coef = (int)(sizeof coef / sizeof coef[0])};

static const struct block_shape *shape(const void *par)
{
    (void)par;
    return &grid_shape;
}

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct par *p = now->par;
    const struct x *x = now->x;
    int on = !(now->status & (STATUS_ISLAND | STATUS_OUT));
    double peak_W = fmax(fmax(x->peak_W, h->peak_so_far_W), 0);
    double co2_per_J = h->policy->co2_per_kg * h->policy->grid_co2_kg_per_kWh / J_PER_KWH;
    for (int len = 0; len < h->n_len; len++) block_set(b, len, N_DT, h->dt_s[len]);
    block_set_all(b, h->n_len, N_PEAK, peak_W);
    block_set_all(b, h->n_len, N_PEAK_PRICE, h->peak_per_W);
    block_set_all(b, h->n_len, N_IMPORT_MAX, on * p->import_limit_W);
    block_set_all(b, h->n_len, N_EXPORT_MAX, on * p->export_limit_W);
    block_set_all(b, h->n_len, N_RAISE_MAX, fmax(0, p->import_limit_W - peak_W));
    for (int t = 0; t < h->T;
         t++) { /* one meter nets: buying to sell in the same slot is not possible, so sell <= buy */
        block_put(b, S_BUY, t, h->buy[t] + co2_per_J);
        block_put(b, S_SELL, t, fmin(h->sell[t], h->buy[t]));
    }
}

static void command(const struct asset_now *now, const struct block *b, int t, void *cmd)
{
    (void)now, (void)b, (void)t, (void)cmd;
}

const struct asset_class class_grid = {.name = "grid",
                                       .help = "connection to the public grid with its meter",
                                       .par_bytes = sizeof(struct par),
                                       .par = FIELDS(par_row),
                                       .state = FIELDS(x_row),
                                       .meas = FIELDS(meas_row),
                                       .port = {{"elec", CARRIER_ELEC, 1}},
                                       .n_port = 1,
                                       .dt_min_s = 0.1,
                                       .dt_max_s = 3600,
                                       .init = init,
                                       .step = step,
                                       .balance = balance,
                                       .sense = sense,
                                       .observe = observe,
                                       .shape = shape,
                                       .formulate = formulate,
                                       .command = command};
