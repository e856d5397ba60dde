/* A transformer or feeder between two electricity nodes: the upper one towards the grid, the lower one towards the
 * homes. It has no will: it carries what the lower node has left over or lacks, with a fixed loss (iron) and a loss
 * that grows with the square of the power (copper), loss = fixed + loss_frac f^2 / limit, f the power at the lower
 * end. Overload is measured, never hidden: protection and the village's guards answer for it. The plan sees two
 * directed flows with a linear loss at half load and the limit as their bound. Left out: voltage, reactive power,
 * the thermal memory of oil and winding. */
#include "assets/kit.h"

struct par {
    double limit_W, loss_frac, fixed_loss_W;
};
struct x {
    double loss_J, over_J, over_s;
};
struct meas {
    double up_W, down_W, loss_J, over_J, over_s;
};

// clang-format off
static const struct field par_row[] = {
    FIELD(par, limit_W,      400e3, 1, 1e9, FIELD_REQUIRED | FIELD_GUARD, "rated power, either way"),
    FIELD(par, loss_frac,    0.015, 0, 0.2, FIELD_SPREAD, "share lost at rated power, besides the fixed loss"),
    FIELD(par, fixed_loss_W, 0, 0, 1e6, 0, "loss without load (iron of a transformer; 0 for a cable)"),
};
static const struct field x_row[] = {
    FIELD(x, loss_J, 0, 0, 1e18, 0, "energy lost since the start"),
    FIELD(x, over_J, 0, 0, 1e18, 0, "energy carried above the limit since the start"),
    FIELD(x, over_s, 0, 0, 1e12, 0, "time above the limit since the start"),
};
static const struct field meas_row[] = {
    FIELD(meas, up_W,   0, -1e9, 1e9, 0, "power given to the upper node; negative when the lower side consumes"),
    FIELD(meas, down_W, 0, -1e9, 1e9, 0, "power given to the lower node"),
    FIELD(meas, loss_J, 0, 0, 1e18, FIELD_INTEGER, "energy lost, from the two meters"),
    FIELD(meas, over_J, 0, 0, 1e18, FIELD_INTEGER, "energy above the limit"),
    FIELD(meas, over_s, 0, 0, 1e12, FIELD_INTEGER, "time above the limit"),
};
// clang-format on
enum { UP, DOWN };

static void init(const struct asset_now *now, void *state)
{
    (void)now;
    *(struct x *)state = (struct x){0};
}

static void step(const struct asset_now *now, void *work, void *state, double *flow)
{
    (void)now, (void)work, (void)state;
    flow[UP] = flow[DOWN] = 0;
}

/* Takes the whole residual of the lower node; open (takes nothing) when it has failed or is out of service. */
static double balance(const struct asset_now *now, double residual, void *state, double *flow)
{
    const struct par *p = now->par;
    struct x *x = state;
    if (now->status & (STATUS_FAULT | STATUS_OUT)) return residual;
    double loss_W = p->fixed_loss_W + p->loss_frac * residual * residual / p->limit_W;
    flow[DOWN] -= residual;
    flow[UP] += residual - loss_W;
    double over_W = fmax(0, fmax(fabs(residual), fabs(residual - loss_W)) - p->limit_W);
    x->loss_J += loss_W * now->dt_s;
    x->over_J += over_W * now->dt_s;
    x->over_s += over_W > 0 ? now->dt_s : 0;
    return 0;
}

static void sense(const struct asset_now *now, const double *flow, void *reading)
{
    const struct x *x = now->x;
    *(struct meas *)reading = (struct meas){flow[UP], flow[DOWN], x->loss_J, x->over_J, x->over_s};
}

static void observe(const struct asset_now *now, const void *reading, void *state)
{
    (void)now;
    const struct meas *m = reading;
    struct x *x = state;
    pull(&x->loss_J, m->loss_J, 1);
    pull(&x->over_J, m->over_J, 1);
    pull(&x->over_s, m->over_s, 1);
}

enum { TO_DOWN, TO_UP, N_U };
enum { N_LIMIT, N_ARRIVES, N_FIXED, N_NUM };
// clang-format off
static const char *const input[] = {"to the lower node", "to the upper node"};
static const struct coef coef[] = {
    /* up   = -to_down + (1 - loss) to_up - fixed,  down = (1 - loss) to_down - to_up;  both inputs at their sending end */
    {AT_F, UP, TO_DOWN, -1, ONE, ONE}, {AT_F, UP, TO_UP, 1, N_ARRIVES, ONE}, {AT_FEED, UP, 0, -1, N_FIXED, ONE},
    {AT_F, DOWN, TO_DOWN, 1, N_ARRIVES, ONE}, {AT_F, DOWN, TO_UP, -1, ONE, ONE},
    {AT_HI, TO_DOWN, 0, 1, N_LIMIT, ONE}, {AT_HI, TO_UP, 0, 1, N_LIMIT, ONE},
};
// clang-format on
static const struct block_shape line_shape = {.name = "line",
                                              .nu = N_U,
                                              .nport = 2,
                                              .n_num = N_NUM,
                                              .input = input,
                                              .coef = coef,
                                              .n_coef = (int)(sizeof coef / sizeof coef[0])};

static const struct block_shape *shape(const void *par)
{
    (void)par;
    return &line_shape;
}

static void formulate(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct par *p = now->par;
    int open = (now->status & (STATUS_FAULT | STATUS_OUT)) != 0;
    block_set_all(b, h->n_len, N_LIMIT, open ? 0 : p->limit_W);
    block_set_all(b, h->n_len, N_ARRIVES, 1 - 0.5 * p->loss_frac);
    block_set_all(b, h->n_len, N_FIXED, open ? 0 : p->fixed_loss_W);
}

static void command(const struct asset_now *now, const struct block *b, int t, void *cmd)
{
    (void)now, (void)b, (void)t, (void)cmd;
}

static void tally(const struct asset_now *now, struct tally *k)
{
    const struct par *p = now->par;
    k->over_limit_W = fmax(0, fmax(fabs(now->flow[UP]), fabs(now->flow[DOWN])) - p->limit_W);
}

const struct asset_class class_line = {.name = "line",
                                       .help = "transformer or feeder between two electricity nodes",
                                       .par_bytes = sizeof(struct par),
                                       .par = FIELDS(par_row),
                                       .state = FIELDS(x_row),
                                       .meas = FIELDS(meas_row),
                                       .port = {{"up", CARRIER_ELEC, 0}, {"down", CARRIER_ELEC, 1}},
                                       .n_port = 2,
                                       .dt_min_s = 0.1,
                                       .dt_max_s = 3600,
                                       .init = init,
                                       .step = step,
                                       .balance = balance,
                                       .sense = sense,
                                       .observe = observe,
                                       .shape = shape,
                                       .formulate = formulate,
                                       .command = command,
                                       .tally = tally};
