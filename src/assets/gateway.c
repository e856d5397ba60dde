/* Gateway: a box through which readings and set-points of other assets travel. Alive or not; the assets that name
 * it as their `gateway` fall back to their own rules while it is dead. Draws its few watts from the service it
 * stands in. */
#include "assets/kit.h"

struct gateway_par {
    double reach_m;
};
struct gateway_state {
    double alive_frac, silent_s;
};
struct gateway_meas {
    double alive_frac;
};

/* clang-format off */
static const struct field par[] = {
    FIELD(gateway_par, reach_m, 2000, 10, 20000, 0, "radio reach, for the map"),
};
static const struct field state[] = {
    FIELD(gateway_state, alive_frac, 1, 0, 1, FIELD_BOOL, "answers"),
    FIELD(gateway_state, silent_s, 0, 0, 1e9, FIELD_RESET, "since it last answered"),
};
static const struct field meas[] = {
    FIELD(gateway_meas, alive_frac, 1, 0, 1, FIELD_BOOL, "answers"),
};
/* clang-format on */

static void init(const struct asset_now *now, void *to)
{
    (void)now;
    *(struct gateway_state *)to = (struct gateway_state){1, 0};
}

static void step(const struct asset_now *now, void *work, void *to, double *flow)
{
    (void)work, (void)flow;
    struct gateway_state *x = to;
    x->alive_frac = !(now->status & (STATUS_FAULT | STATUS_LOST | STATUS_OUT));
    x->silent_s = x->alive_frac > 0 ? 0 : fmin(x->silent_s + now->dt_s, 1e9);
}

static void sense(const struct asset_now *now, const double *flow, void *to)
{
    (void)flow;
    const struct gateway_state *x = now->x;
    *(struct gateway_meas *)to = (struct gateway_meas){x->alive_frac};
}

static void observe(const struct asset_now *now, const void *from, void *to)
{
    (void)now;
    const struct gateway_meas *m = from;
    struct gateway_state *x = to;
    if (!isfinite(m->alive_frac)) return;
    x->alive_frac = m->alive_frac >= 0.5;
    if (x->alive_frac > 0) x->silent_s = 0;
}

extern const struct asset_class class_gateway;
const struct asset_class class_gateway = {
    .name = "gateway",
    .help = "carries readings and set-points of other assets",
    .par_bytes = sizeof(struct gateway_par),
    .par = FIELDS(par),
    .state = FIELDS(state),
    .meas = FIELDS(meas),
    .dt_min_s = 1,
    .dt_max_s = 3600,
    .init = init,
    .step = step,
    .sense = sense,
    .observe = observe,
};
