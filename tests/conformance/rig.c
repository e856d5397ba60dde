/* See rig.h. The synthetic day is plain (sine waves), because the suite asks for properties, not for figures. */
#include "rig.h"
#include "base/err.h"
#include <math.h>
#include <string.h>

static const double DAY_S = 86400;
static const int64_t START_MS = 1774051200000; /* 2026-03-21T00:00Z */

static const struct policy test_policy = {.version = 1,
                                          .decided_by = "test",
                                          .comfort_low_degC = 20,
                                          .comfort_high_degC = 25,
                                          .comfort_per_K_h = 0.2,
                                          .safe_per_K_h = 5,
                                          .hot_water_per_kWh = 1,
                                          .car_per_kWh = 1,
                                          .curtail_per_kWh = 0.001,
                                          .flare_per_kWh = 0.01,
                                          .cycle_per_kWh = 0.02,
                                          .start_cost = 0.5,
                                          .light_per_lm_h = 1e-6,
                                          .shortage_per_kWh = 5,
                                          .battery_reserve_frac = 0.2,
                                          .co2_per_kg = 0.02,
                                          .grid_co2_kg_per_kWh = 0.46,
                                          .shed_order = {SHED_OTHER, SHED_PUMP, SHED_COMFORT, SHED_COLD,
                                                         SHED_SURVIVAL, SHED_LIGHT, SHED_CONTROL, SHED_LIFE}};

static double clip(const struct field *f, double v) { return fmin(fmax(v, f->min), f->max); }

/* Around its default over the day and the week; shares between 0 and 1 switch at night. */
static double exo_value(const struct field *f, double day)
{
    if (f->flags & (FIELD_INTEGER | FIELD_BOOL)) return f->dflt;
    if (f->min == 0 && f->max == 1) return fmod(day, 1) > 0.3 && fmod(day, 1) < 0.7 ? 0 : f->dflt;
    double wave = 1 + 0.5 * sin(2 * M_PI * (day - 0.3)) + 0.2 * sin(2 * M_PI * day / 3.7);
    if (strstr(f->key, "degC")) return clip(f, f->dflt + wave - 1);
    return clip(f, f->dflt * wave);
}

void rig_surround(struct rig *r, int64_t at_ms)
{
    double day = (double)(at_ms - START_MS) / 1000 / DAY_S, height = sin(2 * M_PI * (fmod(day, 1) - 0.25));
    r->at_ms = at_ms;
    r->amb = (struct ambient){.at_ms = at_ms,
                              .local_hour = fmod(day, 1) * 24,
                              .local_day = (int32_t)floor((double)at_ms / 1000 / DAY_S),
                              .weekday = (int)day % 7,
                              .month = 3,
                              .humidity_frac = 0.5,
                              .wind_m_s = 2,
                              .pressure_Pa = 97500,
                              .rain_mm_h = fmod(day, 1.3) > 1.0 ? 2 : 0,
                              .temp_degC = 2 + 5 * sin(2 * M_PI * (day - 0.4)),
                              .temp_mean_degC = 2,
                              .sun_zenith_deg = 90 - 60 * height,
                              .sun_azimuth_deg = 360 * fmod(day, 1)};
    if (height <= 0) return;
    r->amb.dni_W_m2 = 400 * height;
    r->amb.dhi_W_m2 = 80 * height;
    r->amb.ghi_W_m2 = r->amb.dni_W_m2 * cos(r->amb.sun_zenith_deg * M_PI / 180) + r->amb.dhi_W_m2;
}

static void surround_exo(const struct asset_class *c, int64_t at_ms, double *exo)
{
    for (int i = 0; i < c->exo.n; i++)
        exo[i] = exo_value(&c->exo.row[i], (double)(at_ms - START_MS) / 1000 / DAY_S);
}

struct asset_now rig_now(struct rig *r, double dt_s)
{
    if (!r->frozen) surround_exo(r->cls, r->at_ms, r->exo);
    return (struct asset_now){.par = r->par,
                              .x = r->x,
                              .cmd = r->cmd,
                              .exo = r->exo,
                              .flow = r->flow,
                              .amb = &r->amb,
                              .policy = &r->policy,
                              .dt_s = dt_s,
                              .status = r->status};
}

void rig_create(struct rig *r, const struct asset_class *c, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    must(c->par_bytes <= sizeof r->par && c->state.n <= RIG_WORDS && c->meas.n <= RIG_WORDS,
         "class %s is larger than the rig", c->name);
    r->cls = c;
    r->policy = test_policy;
    r->random = random_stream(seed, c->name);
    for (int i = 0; i < c->par.n; i++) *field_at(&c->par.row[i], r->par) = c->par.row[i].dflt;
    for (int i = 0; i < c->cmd.n; i++) *field_at(&c->cmd.row[i], r->cmd) = c->cmd.row[i].dflt;
    if (c->work_bytes)
        must(c->work_bytes(r->par) <= sizeof r->work, "class %s wants more work memory than the rig has", c->name);
    rig_surround(r, START_MS);
    struct asset_now now = rig_now(r, 60);
    if (c->init) c->init(&now, r->x);
}

void rig_command(struct rig *r, double dt_s)
{
    struct asset_now now = rig_now(r, dt_s);
    double cmd[RIG_WORDS];
    if (!r->cls->rules) return;
    memcpy(cmd, r->cmd, sizeof cmd);
    r->cls->rules(&now, cmd);
    if (r->cls->guard) r->cls->guard(&now, cmd);
    memcpy(r->cmd, cmd, sizeof cmd);
}

/* What others leave over or lack, so that balancing ports have work: tens of kW, tenths of m3/s. */
double rig_need(const struct rig *r, int port)
{
    if (r->frozen) return r->need[port];
    double day = (double)(r->at_ms - START_MS) / 1000 / DAY_S, wave = sin(2 * M_PI * day * 3) - 0.5;
    const struct port *p = &r->cls->port[port];
    if (p->carrier == CARRIER_WATER && p->balancing == PORT_GIVES_BACK)
        return 0.2 * wave; /* a source for half the time */
    return p->carrier == CARRIER_WATER ? fmin(0, 0.2 * wave) : 20e3 * wave;
}

void rig_step(struct rig *r, double dt_s)
{
    struct asset_now now = rig_now(r, dt_s);
    r->cls->step(&now, r->work, r->x, r->flow);
    for (int p = 0; p < r->cls->n_port; p++)
        if (r->cls->port[p].balancing) r->cls->balance(&now, rig_need(r, p) + r->flow[p], r->x, r->flow);
    if (!r->frozen) rig_surround(r, r->at_ms + (int64_t)llround(dt_s * 1000));
}

/* Analog readings carry noise; what is counted at the source is exact. */
void rig_meas(struct rig *r, double dt_s, double noise_frac)
{
    struct asset_now now = rig_now(r, dt_s);
    if (r->cls->sense) r->cls->sense(&now, r->flow, r->meas);
    for (int i = 0; i < r->cls->meas.n; i++) {
        const struct field *f = &r->cls->meas.row[i];
        if (!(f->flags & (FIELD_INTEGER | FIELD_BOOL)) && !f->word)
            *field_at(f, r->meas) *= 1 + noise_frac * random_normal(&r->random);
    }
}

static void horizon_fill(struct rig *r, struct rig_block *b)
{
    struct horizon *h = &b->horizon;
    int64_t at_ms = r->at_ms;
    b->dt_s[0] = 900, b->dt_s[1] = 3600;
    for (int t = 0; t < RIG_SLOTS; t++) {
        struct rig then = {.cls = r->cls};
        b->len[t] = t >= RIG_SLOTS - 2;
        int64_t dt_ms = (int64_t)(b->dt_s[b->len[t]] * 1000);
        rig_surround(&then, at_ms + dt_ms / 2);
        b->amb[t] = then.amb;
        surround_exo(r->cls, at_ms + dt_ms / 2, b->exo + (size_t)t * (size_t)r->cls->exo.n);
        b->buy[t] = (0.08 + 0.04 * (t % 3)) / 3.6e6;
        b->sell[t] = 0.05 / 3.6e6;
        at_ms += dt_ms;
    }
    *h = (struct horizon){.T = RIG_SLOTS,
                          .n_len = RIG_LENS,
                          .start_ms = r->at_ms,
                          .dt_s = b->dt_s,
                          .len = b->len,
                          .day_start = b->day_start,
                          .amb = b->amb,
                          .buy = b->buy,
                          .sell = b->sell,
                          .peak_per_W = 0.01,
                          .peak_so_far_W = 1000,
                          .policy = &r->policy};
}

int rig_formulate(struct rig *r, struct rig_block *b, const double *pin)
{
    const struct asset_class *c = r->cls;
    memset(b, 0, sizeof *b);
    for (int i = 0; i < RIG_WORDS; i++) b->pin[i] = pin ? pin[i] : (double)NAN;
    const struct block_shape *shape = c->shape ? c->shape(r->par) : NULL;
    if (!shape) return 0;
    must(shape->nu <= RIG_INPUTS && shape->nx <= RIG_STATES && shape->nrow <= RIG_ROWS && shape->n_num <= 128 &&
             shape->n_own <= 64 && shape->n_common <= 64,
         "shape %s is larger than the rig", shape->name);
    horizon_fill(r, b);
    b->block = (struct block){.shape = shape,
                              .node = b->node,
                              .num = b->num,
                              .own = b->own,
                              .common = b->common,
                              .u = b->u,
                              .y = b->y,
                              .lanes = 1,
                              .first = 1};
    struct asset_now now = rig_now(r, 60);
    now.exo = b->exo;
    now.pin = b->pin;
    c->formulate(&now, &b->horizon, &b->block);
    return 1;
}

static double coef_value(const struct rig_block *b, const struct coef *c, int t)
{
    const struct block_shape *s = b->block.shape;
    double v = c->k;
    if (c->num != ONE) v *= b->num[b->len[t] * s->n_num + c->num];
    if (c->series >= 0) v *= b->own[t * s->n_own + c->series];
    if (c->series < ONE) v *= b->common[t * s->n_common - 2 - c->series];
    return v;
}

static void set_absent(struct rig_slot *m)
{
    memset(m, 0, sizeof *m);
    for (int i = 0; i < RIG_ROWS; i++) {
        m->row_lo[i] = (double)-INFINITY, m->row_hi[i] = (double)INFINITY;
        m->price_lo[i] = m->price_hi[i] = PRICE_HARD;
    }
}

/* The first coefficient at a place replaces the absent value, the others add up. */
static void add(double *to, double v, double absent) { *to = *to == absent ? v : *to + v; }

void rig_slot(const struct rig_block *b, int t, struct rig_slot *m)
{
    set_absent(m);
    for (int k = 0; k < b->block.shape->n_coef; k++) {
        const struct coef *c = &b->block.shape->coef[k];
        double v = coef_value(b, c, t);
        switch (c->at) {
        case AT_A: m->A[c->i][c->j] += v; break;
        case AT_B: m->B[c->i][c->j] += v; break;
        case AT_DRIFT: m->drift[c->i] += v; break;
        case AT_C: m->C[c->i][c->j] += v; break;
        case AT_D: m->D[c->i][c->j] += v; break;
        case AT_F: m->F[c->i][c->j] += v; break;
        case AT_G: m->G[c->i][c->j] += v; break;
        case AT_FEED: m->feed[c->i] += v; break;
        case AT_X0: m->x0[c->i] += coef_value(b, c, 0); break;
        case AT_WORTH: m->worth[c->i] += v; break;
        case AT_LO: m->lo[c->i] += v; break;
        case AT_HI: m->hi[c->i] += v; break;
        case AT_PRICE: m->price[c->i] += v; break;
        case AT_QUAD: m->quad[c->i] += v; break;
        case AT_ROW_LO: add(&m->row_lo[c->i], v, (double)-INFINITY); break;
        case AT_ROW_HI: add(&m->row_hi[c->i], v, (double)INFINITY); break;
        case AT_PRICE_LO: add(&m->price_lo[c->i], v, PRICE_HARD); break;
        case AT_PRICE_HI: add(&m->price_hi[c->i], v, PRICE_HARD); break;
        }
    }
}

void rig_next(const struct block_shape *s, const struct rig_slot *m, const double *x, const double *u, double *next)
{
    for (int i = 0; i < s->nx; i++) {
        double v = m->drift[i];
        for (int j = 0; j < s->nx; j++) v += m->A[i][j] * x[j];
        for (int j = 0; j < s->nu; j++) v += m->B[i][j] * u[j];
        next[i] = v;
    }
}

double rig_row(const struct block_shape *s, const struct rig_slot *m, int row, const double *next, const double *u)
{
    double y = 0;
    for (int i = 0; i < s->nx; i++) y += m->C[row][i] * next[i];
    for (int j = 0; j < s->nu; j++) y += m->D[row][j] * u[j];
    return y;
}

double rig_flow(const struct block_shape *s, const struct rig_slot *m, int port, const double *next,
                const double *u)
{
    double flow = m->feed[port];
    for (int i = 0; i < s->nx; i++) flow += m->G[port][i] * next[i];
    for (int j = 0; j < s->nu; j++) flow += m->F[port][j] * u[j];
    return flow;
}

static double hard_miss(const struct rig_slot *m, int row, double y)
{
    if (m->price_hi[row] >= PRICE_HARD && m->row_hi[row] < 1e20 && y > m->row_hi[row]) return y - m->row_hi[row];
    if (m->price_lo[row] >= PRICE_HARD && m->row_lo[row] > -1e20 && y < m->row_lo[row]) return y - m->row_lo[row];
    return 0;
}

/* One row's gradient in u, in units of each input's span; the projection of u onto the row. */
static double project(const struct block_shape *s, const struct rig_slot *m, int row, const double *x, double *u)
{
    double next[RIG_STATES], grad[RIG_INPUTS], norm2 = 0, size = 1e-300;
    rig_next(s, m, x, u, next);
    double y = rig_row(s, m, row, next, u), miss = hard_miss(m, row, y);
    for (int i = 0; i < s->nx; i++) size += fabs(m->C[row][i] * x[i]);
    for (int j = 0; j < s->nu; j++) {
        double span = m->hi[j] - m->lo[j];
        grad[j] = m->D[row][j];
        for (int i = 0; i < s->nx; i++) grad[j] += m->C[row][i] * m->B[i][j];
        grad[j] *= span;
        norm2 += grad[j] * grad[j];
        size += fabs(grad[j]);
    }
    for (int j = 0; norm2 > 0 && miss != 0 && j < s->nu; j++) {
        double span = m->hi[j] - m->lo[j];
        u[j] = fmin(fmax(u[j] - miss * grad[j] / norm2 * span, m->lo[j]), m->hi[j]);
    }
    return fabs(miss) / size;
}

double rig_feasible(const struct block_shape *s, const struct rig_slot *m, const double *x, double *u)
{
    double worst = 0;
    for (int pass = 0; pass < 20000; pass++) {
        worst = 0;
        for (int row = 0; row < s->nrow; row++) worst = fmax(worst, project(s, m, row, x, u));
        if (worst < 1e-9) break;
    }
    return worst;
}
