/* A test stand for one asset under test: parameters at their defaults, state, commands, surroundings, a horizon and
 * a block whose coefficient tables are read here independently of the solver. Everything fixed size; nothing to
 * free.
 */
#ifndef TESTS_STAND_H
#define TESTS_STAND_H
#include "base/random.h"
#include "near.h"
#include "village/asset.h"
#include "village/policy.h"
#include <math.h>
#include <string.h>
enum { STAND_FIELDS = 64, STAND_T = 96, STAND_NUM = 64, STAND_OWN = 32 };
struct stand {
    const struct asset_class *cls;
    struct asset_now now;
    struct ambient amb, fore[STAND_T];
    struct policy policy;
    double par[STAND_FIELDS], x[STAND_FIELDS], cmd[STAND_FIELDS], pin[STAND_FIELDS], exo[STAND_FIELDS],
        meas[STAND_FIELDS];
    double flow[ASSET_PORTS_MAX], ahead[STAND_T * STAND_FIELDS], buy[STAND_T], sell[STAND_T];
    uint8_t len[STAND_T], day_start[STAND_T];
    struct horizon h;
    struct block block;
    double num[4 * STAND_NUM], own[STAND_T * STAND_OWN], common[STAND_T * 8], u[STAND_T * 8], y[STAND_T * 16];
};
static const double stand_dt_s[] = {600, 900, 3600};

static inline void stand_defaults(const struct field_set *set, double *to)
{
    for (int i = 0; i < set->n; i++) *field_at(&set->row[i], to) = set->row[i].dflt;
}
static inline double *stand_field(const struct field_set *set, double *base, const char *key)
{
    int i = field_find(set, key);
    if (i < 0) fail_msg("no field `%s`", key);
    return field_at(&set->row[i], base);
}
#define PAR(r, key) (*stand_field(&(r)->cls->par, (r)->par, key))
#define X(r, key) (*stand_field(&(r)->cls->state, (r)->x, key))
#define CMD(r, key) (*stand_field(&(r)->cls->cmd, (r)->cmd, key))
#define EXO(r, key) (*stand_field(&(r)->cls->exo, (r)->exo, key))
#define MEAS(r, key) (*stand_field(&(r)->cls->meas, (r)->meas, key))

static inline struct ambient stand_ambient(void)
{
    return (struct ambient){.local_hour = 12,
                            .month = 1,
                            .temp_degC = 2,
                            .humidity_frac = 0.7,
                            .wind_m_s = 2,
                            .pressure_Pa = 97000,
                            .temp_mean_degC = 3,
                            .sun_zenith_deg = 62,
                            .sun_azimuth_deg = 180,
                            .ghi_W_m2 = 200,
                            .dni_W_m2 = 250,
                            .dhi_W_m2 = 90};
}
static inline void stand_start(struct stand *r, const char *class_name)
{
    memset(r, 0, sizeof *r);
    r->cls = asset_class_find(class_name);
    if (!r->cls) fail_msg("no class `%s`", class_name);
    stand_defaults(&r->cls->par, r->par);
    stand_defaults(&r->cls->exo, r->exo);
    for (int i = 0; i < STAND_FIELDS; i++) r->pin[i] = (double)NAN;
    r->policy = (struct policy){.comfort_low_degC = 20,
                                .comfort_high_degC = 26,
                                .comfort_per_K_h = 0.15,
                                .safe_per_K_h = 5,
                                .hot_water_per_kWh = 1,
                                .car_per_kWh = 1,
                                .shortage_per_kWh = 10,
                                .light_per_lm_h = 1e-7};
    r->amb = stand_ambient();
    r->now = (struct asset_now){.par = r->par,
                                .x = r->x,
                                .cmd = r->cmd,
                                .pin = r->pin,
                                .exo = r->exo,
                                .flow = r->flow,
                                .amb = &r->amb,
                                .policy = &r->policy,
                                .dt_s = 60};
    r->cls->init(&r->now, r->x);
}
/* A copy that looks at its own parameters, state and surroundings (the horizon is not copied). */
static inline void stand_copy(struct stand *to, const struct stand *from)
{
    *to = *from;
    struct asset_now *n = &to->now;
    n->par = to->par, n->x = to->x, n->cmd = to->cmd, n->pin = to->pin, n->exo = to->exo, n->flow = to->flow;
    n->amb = &to->amb, n->policy = &to->policy;
}
/* A horizon of T slots (one of 600 s, then 900 s, at last hours) in which surroundings and exo stay as they are
 * now. */
static inline void stand_horizon(struct stand *r, int T)
{
    size_t ne = (size_t)r->cls->exo.n;
    for (int t = 0; t < T; t++) {
        r->len[t] = t == 0 ? 0 : t < T - 6 ? 1 : 2;
        r->fore[t] = r->amb;
        r->buy[t] = 0.12 / 3.6e6;
        r->sell[t] = 0.05 / 3.6e6;
        memcpy(r->ahead + (size_t)t * ne, r->exo, ne * sizeof *r->exo);
    }
    r->h = (struct horizon){.T = T,
                            .n_len = 3,
                            .dt_s = stand_dt_s,
                            .len = r->len,
                            .day_start = r->day_start,
                            .amb = r->fore,
                            .buy = r->buy,
                            .sell = r->sell,
                            .policy = &r->policy};
}
static inline void stand_formulate(struct stand *r)
{
    const struct block_shape *s = r->cls->shape(r->par);
    if (s->n_num > STAND_NUM || s->n_own > STAND_OWN) fail_msg("stand too small");
    r->block = (struct block){.shape = s,
                              .num = r->num,
                              .own = r->own,
                              .common = r->common,
                              .u = r->u,
                              .y = r->y,
                              .lanes = 1,
                              .first = 1};
    struct asset_now now = r->now;
    now.exo = r->ahead;
    r->cls->formulate(&now, &r->h, &r->block);
}
/* Sum of all coefficients at one place in slot t; *found counts them. */
static inline double stand_coef(const struct stand *r, enum at at, int i, int j, int t, int *found)
{
    const struct block_shape *s = r->block.shape;
    int len = at == AT_X0 || at == AT_WORTH ? 0 : r->len[t];
    double sum = 0;
    for (int c = 0; c < s->n_coef; c++) {
        const struct coef *k = &s->coef[c];
        if (k->at != at || k->i != i || k->j != j) continue;
        double v = k->k;
        if (k->num >= 0) v *= r->num[len * s->n_num + k->num];
        if (k->series >= 0)
            v *= r->own[t * s->n_own + k->series];
        else if (k->series <= -2)
            v *= r->common[t * s->n_common - 2 - k->series];
        sum += v;
        if (found) ++*found;
    }
    return sum;
}
/* Runs the block's own equations with the inputs in r->u. Fills y, flow[t][port], the states at the end of each
 * slot (nx a slot, may be NULL) and returns the cost of inputs and rows. */
static inline double stand_run(struct stand *r, double *flow, double *states)
{
    const struct block_shape *s = r->block.shape;
    double z[16], next[16], cost = 0;
    for (int i = 0; i < s->nx; i++) z[i] = stand_coef(r, AT_X0, i, 0, 0, NULL);
    for (int t = 0; t < r->h.T; t++) {
        const double *u = r->u + t * s->nu;
        for (int i = 0; i < s->nx; i++) {
            next[i] = stand_coef(r, AT_DRIFT, i, 0, t, NULL);
            for (int j = 0; j < s->nx; j++) next[i] += stand_coef(r, AT_A, i, j, t, NULL) * z[j];
            for (int j = 0; j < s->nu; j++) next[i] += stand_coef(r, AT_B, i, j, t, NULL) * u[j];
        }
        memcpy(z, next, sizeof z);
        if (states) memcpy(states + t * s->nx, z, sizeof *z * s->nx);
        for (int i = 0; i < s->nrow; i++) {
            double y = 0, miss;
            for (int j = 0; j < s->nx; j++) y += stand_coef(r, AT_C, i, j, t, NULL) * z[j];
            for (int j = 0; j < s->nu; j++) y += stand_coef(r, AT_D, i, j, t, NULL) * u[j];
            r->y[t * s->nrow + i] = y;
            int has = 0;
            if ((miss = stand_coef(r, AT_ROW_LO, i, 0, t, &has) - y) > 0 && has)
                cost += miss * stand_coef(r, AT_PRICE_LO, i, 0, t, NULL);
            has = 0;
            if ((miss = y - stand_coef(r, AT_ROW_HI, i, 0, t, &has)) > 0 && has)
                cost += miss * stand_coef(r, AT_PRICE_HI, i, 0, t, NULL);
        }
        for (int p = 0; p < s->nport && flow; p++) {
            double f = stand_coef(r, AT_FEED, p, 0, t, NULL);
            for (int j = 0; j < s->nu; j++) f += stand_coef(r, AT_F, p, j, t, NULL) * u[j];
            for (int j = 0; j < s->nx; j++) f += stand_coef(r, AT_G, p, j, t, NULL) * z[j];
            flow[t * s->nport + p] = f;
        }
        for (int j = 0; j < s->nu; j++) cost += stand_coef(r, AT_PRICE, j, 0, t, NULL) * u[j];
    }
    return cost;
}
/* Steps the asset over slot t as the plan saw it, with the commands in r->cmd. */
static inline void stand_step_slot(struct stand *r, int t)
{
    struct asset_now now = r->now;
    now.exo = r->ahead + t * r->cls->exo.n;
    now.amb = &r->fore[t];
    now.dt_s = stand_dt_s[r->len[t]];
    for (double left_s = now.dt_s; left_s > 0; left_s -= now.dt_s) {
        now.dt_s = fmin(left_s, 900);
        r->cls->step(&now, NULL, r->x, r->flow);
    }
}
static inline void stand_step(struct stand *r) { r->cls->step(&r->now, NULL, r->x, r->flow); }
/* A random ambient of any season. */
static inline void stand_weather(struct stand *r, struct random *q)
{
    struct ambient *a = &r->amb;
    a->temp_degC = random_range(q, -20, 42);
    a->temp_mean_degC = a->temp_degC + random_range(q, -6, 6);
    a->humidity_frac = random_range(q, 0.2, 1);
    a->local_hour = random_range(q, 0, 24);
    a->sun_zenith_deg = random_range(q, 20, 140);
    a->sun_azimuth_deg = random_range(q, 0, 360);
    a->ghi_W_m2 = a->sun_zenith_deg < 90 ? random_range(q, 0, 900) : 0;
    a->dni_W_m2 = a->sun_zenith_deg < 90 ? random_range(q, 0, 900) : 0;
    a->dhi_W_m2 = a->sun_zenith_deg < 90 ? random_range(q, 0, 300) : 0;
}
#endif
