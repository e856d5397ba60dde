/* State: how a village is now, as flat vectors in memory that the caller owns. One function lays the memory out for
 * both sizing and making, so that they cannot disagree. */
#include "base/err.h"
#include "village/village.h"
#include <math.h>
#include <string.h>

enum { PIN_MAX = 64 };
#define FREE ((double)NAN)
#define NAN_8 FREE, FREE, FREE, FREE, FREE, FREE, FREE, FREE
static const double pin_free[PIN_MAX] = {NAN_8, NAN_8, NAN_8, NAN_8,
                                         NAN_8, NAN_8, NAN_8, NAN_8}; /* nothing pinned */

static void state_lay(struct state *s, const struct village *v, struct cutter *c)
{
    s->x = cut(c, sizeof *s->x * (size_t)v->n_x);
    s->meas = cut(c, sizeof *s->meas * (size_t)v->n_meas);
    s->cmd = cut(c, sizeof *s->cmd * (size_t)v->n_cmd);
    s->exo = cut(c, sizeof *s->exo * (size_t)v->n_exo);
    s->flow = cut(c, sizeof *s->flow * (size_t)v->n_flow);
    s->meas_ms = cut(c, sizeof *s->meas_ms * (size_t)v->n_meas);
    s->status = cut(c, sizeof *s->status * (size_t)v->n_asset);
}

size_t state_bytes(const struct village *v)
{
    struct cutter c = {0};
    struct state s;
    state_lay(&s, v, &c);
    return c.used;
}

/* Before any weather is known: the January norms at midnight, a cautious start for homes and stores. */
static void ambient_norm(struct ambient *a, const struct village *v)
{
    const struct climate_month *jan = &v->climate.month[0];
    *a = (struct ambient){.temp_degC = jan->temp_degC,
                          .humidity_frac = jan->humidity_frac,
                          .wind_m_s = jan->wind_m_s,
                          .pressure_Pa = 101325.0 * pow(1.0 - 2.25577e-5 * v->site.altitude_m, 5.25588),
                          .temp_mean_degC = jan->temp_degC}; /* pressure: ICAO standard atmosphere */
    ambient_clock(a, &v->site, 0);
}

static uint32_t status_start(const struct village *v, const struct asset *a)
{
    return asset_ground(v, a, NULL) < PLACE_COMMISSIONED ? STATUS_OUT : 0;
}

void state_create(struct state *s, const struct village *v, void *mem)
{
    struct cutter c = {.base = mem};
    memset(mem, 0, state_bytes(v));
    *s = (struct state){0};
    state_lay(s, v, &c);
    ambient_norm(&s->amb, v);
    for (int i = 0; i < v->n_meas; i++) s->meas_ms[i] = INT64_MIN;
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct asset *as = &v->asset[a];
        s->status[a] = status_start(v, as);
        struct asset_now now = asset_view(v, s, a, NULL, 0.0);
        if (as->cls->init) as->cls->init(&now, s->x + as->x);
    }
}

void state_copy(struct state *to, const struct state *from, const struct village *v)
{
    to->at_ms = from->at_ms;
    to->amb = from->amb;
    memcpy(to->x, from->x, sizeof *to->x * (size_t)v->n_x);
    memcpy(to->meas, from->meas, sizeof *to->meas * (size_t)v->n_meas);
    memcpy(to->cmd, from->cmd, sizeof *to->cmd * (size_t)v->n_cmd);
    memcpy(to->exo, from->exo, sizeof *to->exo * (size_t)v->n_exo);
    memcpy(to->flow, from->flow, sizeof *to->flow * (size_t)v->n_flow);
    memcpy(to->meas_ms, from->meas_ms, sizeof *to->meas_ms * (size_t)v->n_meas);
    memcpy(to->status, from->status, sizeof *to->status * (size_t)v->n_asset);
}

/* The oldest reading decides: a guard may not lean on an asset's freshest sensor for what another one measures. */
static double reading_age_s(const struct state *s, const struct asset *a)
{
    int64_t oldest = s->at_ms;
    for (int i = 0; i < a->cls->meas.n; i++) {
        int64_t at = s->meas_ms[a->meas + i];
        if (at == INT64_MIN) return (double)INFINITY;
        if (at < oldest) oldest = at;
    }
    return (double)(s->at_ms - oldest) / 1000.0;
}

struct asset_now asset_self(const struct village *v, const struct state *s, int32_t a, const void *par, double dt_s)
{
    const struct asset *as = &v->asset[a];
    must(as->cls->cmd.n <= PIN_MAX, "class %s has more than %d commands", as->cls->name, PIN_MAX);
    return (struct asset_now){.par = par ? par : as->par,
                              .x = s->x + as->x,
                              .cmd = s->cmd + as->cmd,
                              .pin = pin_free,
                              .exo = s->exo + as->exo,
                              .flow = s->flow + as->flow,
                              .amb = &s->amb,
                              .policy = &v->policy,
                              .dt_s = dt_s,
                              .at_ms = s->at_ms,
                              .status = s->status[a]};
}

struct asset_now asset_view(const struct village *v, const struct state *s, int32_t a, const void *par, double dt_s)
{
    struct asset_now now = asset_self(v, s, a, par, dt_s);
    now.age_s = reading_age_s(s, &v->asset[a]);
    now.meas_ms = s->meas_ms + v->asset[a].meas;
    return now;
}
