/* Measure and observe. Readings are screened, then every asset's state is predicted by its own physics under the
 * set-points in force (computed one tick ahead by the guards, so that normally nothing is stepped twice) and
 * corrected by its class's observer with what was really read this tick (NAN elsewhere). What surrounds an asset
 * comes from readings too: a meas field with the key of an exo field is that exo; without a fresh reading the last
 * value persists. The weather is the station's; global radiation is split by Erbs, Klein & Duffie (1982), the
 * running mean of outdoor temperature follows EN 16798-1 eq. B.2. */
#include "base/err.h"
#include "control/core.h"
#include "physics/irradiance.h"
#include <math.h>
#include <string.h>

enum { READINGS_LATE_TICKS = 5, SUBSTEPS_MAX = 4096 };
static const double reading_old_s = 900, silent_after_s = 300, running_mean_alpha = 0.8, miss_gain = 0.02;
static const char *const station_key[STATION_FIELDS] = {"temp_degC",     "ghi_W_m2",  "wind_m_s",
                                                        "humidity_frac", "rain_mm_h", "pressure_Pa"};

void links_create(struct links *l, const struct village *v, struct cutter *c)
{
    l->exo_meas = cut(c, sizeof *l->exo_meas * (size_t)(v->n_exo + 1));
    l->unknown = cut(c, (size_t)(v->n_exo + 1));
    l->jumpy = cut(c, sizeof *l->jumpy * (size_t)(v->n_meas + 1));
    l->limit_W = cut(c, sizeof *l->limit_W * (size_t)(v->n_asset + 1));
    l->limit_out_W = cut(c, sizeof *l->limit_out_W * (size_t)(v->n_asset + 1));
}

static double par_or(const struct asset *a, const char *key, double other)
{
    int i = field_find(&a->cls->par, key);
    return i >= 0 ? field_get(&a->cls->par.row[i], a->par) : other;
}

static void links_limits(struct links *l, const struct asset *a, int32_t i)
{
    int is_grid = strcmp(a->cls->name, "grid") == 0, is_line = strcmp(a->cls->name, "line") == 0;
    l->limit_W[i] = l->limit_out_W[i] = (double)INFINITY;
    if (is_line) l->limit_W[i] = l->limit_out_W[i] = par_or(a, "limit_W", (double)INFINITY);
    if (!is_grid) return;
    l->limit_W[i] = par_or(a, "import_limit_W", (double)INFINITY);
    l->limit_out_W[i] = par_or(a, "export_limit_W", (double)INFINITY);
    if (l->grid < 0) l->grid = i;
}

static int ends_with(const char *key, const char *suffix)
{
    size_t n = strlen(key), k = strlen(suffix);
    return n >= k && strcmp(key + n - k, suffix) == 0;
}

/* Power, irradiance, rain and what people do jump by nature; temperatures, levels and states of charge do not. */
static int jumps(const struct asset_class *cls, const struct field *f)
{
    static const char *const suffix[] = {"_W", "_W_m2", "_mm_h", "_per_h", "_m_s"};
    for (size_t i = 0; i < sizeof suffix / sizeof suffix[0]; i++)
        if (ends_with(f->key, suffix[i])) return 1;
    return field_find(&cls->exo, f->key) >= 0;
}

static void links_station(struct links *l, const struct asset *a)
{
    for (int k = 0; k < STATION_FIELDS; k++) {
        int m = field_find(&a->cls->meas, station_key[k]);
        if (m >= 0 && l->station[k] < 0) l->station[k] = a->meas + m;
    }
}

void links_find(struct links *l, const struct village *v)
{
    for (int k = 0; k < STATION_FIELDS; k++) l->station[k] = -1;
    l->grid = -1;
    for (int32_t i = 0; i < v->n_asset; i++) {
        const struct asset *a = &v->asset[i];
        links_limits(l, a, i);
        for (int m = 0; m < a->cls->meas.n; m++)
            l->jumpy[a->meas + m] = (uint8_t)jumps(a->cls, &a->cls->meas.row[m]);
        for (int e = 0; e < a->cls->exo.n; e++) {
            int m = field_find(&a->cls->meas, a->cls->exo.row[e].key);
            l->exo_meas[a->exo + e] = m < 0 ? -1 : a->meas + m;
            l->unknown[a->exo + e] = (a->cls->exo.row[e].flags & FIELD_UNKNOWN) != 0;
        }
        if (strcmp(a->cls->name, "station") == 0) links_station(l, a);
    }
}

struct asset_now now_view(struct control *c, struct state *s, int32_t a, double dt_s)
{
    struct asset_now now = asset_view(c->v, s, a, NULL, dt_s);
    now.policy = c->policy;
    return now;
}

/* --- readings --- */

static int32_t asset_of_point(const struct village *v, int32_t point, int32_t guess)
{
    int32_t a = guess;
    if (point < v->asset[a].meas) a = 0;
    while (a + 1 < v->n_asset && point >= v->asset[a].meas + v->asset[a].cls->meas.n) a++;
    return a;
}

static void take_reading(struct control *c, int32_t a, const struct reading *r)
{
    const struct asset *as = &c->v->asset[a];
    int32_t p = r->point;
    enum screen_end end =
        screen_reading(&c->screen[p], &as->cls->meas.row[p - as->meas], r, c->s.at_ms, c->link.jumpy[p]);
    c->health.readings++;
    if (end == SCREEN_OLD) return;
    c->failed[a] = (r->quality & QUALITY_FAULT) != 0;
    c->quality[p] = end == SCREEN_GOOD ? QUALITY_GOOD : end == SCREEN_STUCK ? QUALITY_SUSPECT : QUALITY_BAD;
    if (end == SCREEN_GOOD) {
        c->s.meas[p] = c->fresh[p] = r->value;
        c->s.meas_ms[p] = r->at_ms;
        return;
    }
    c->health.readings_bad++;
    if (screen_alarming(&c->screen[p]))
        alarm_raise(&c->alarms, c->s.at_ms, a, end == SCREEN_STUCK ? ALARM_READING_STUCK : ALARM_READING_BAD,
                    ALARM_WARNING);
}

void control_measure(struct control *c)
{
    const struct village *v = c->v;
    for (int32_t p = 0; p < v->n_meas; p++) c->fresh[p] = (double)NAN;
    int n = c->ports.measure ? c->ports.measure(c->ports.self, c->in, 2 * v->n_meas) : 0;
    int32_t a = 0;
    for (int i = 0; i < n; i++) {
        if (c->in[i].point < 0 || c->in[i].point >= v->n_meas) continue;
        a = asset_of_point(v, c->in[i].point, a);
        take_reading(c, a, &c->in[i]);
    }
}

/* --- weather --- */

static int in_time(const struct control *c, int32_t point, double limit_s)
{
    return c->s.meas_ms[point] != INT64_MIN && (double)(c->s.at_ms - c->s.meas_ms[point]) <= limit_s * MS_S;
}

static double old_after_s(const struct control *c)
{
    return fmax(reading_old_s, READINGS_LATE_TICKS * c->opt.rates.tick_s);
}

static double station(const struct control *c, int which, double last)
{
    int32_t p = c->link.station[which];
    return p >= 0 && isfinite(c->fresh[p]) ? c->fresh[p] : last;
}

static void running_mean(struct control *c)
{
    struct ambient *amb = &c->s.amb;
    if (c->day.span_s > 0 && c->day.day != amb->local_day) {
        double mean_degC = c->day.sum_K_s / c->day.span_s;
        amb->temp_mean_degC = running_mean_alpha * amb->temp_mean_degC + (1 - running_mean_alpha) * mean_degC;
        c->day = (struct day_mean){.day = amb->local_day};
    }
    c->day.day = amb->local_day;
    c->day.sum_K_s += amb->temp_degC * c->dt_s;
    c->day.span_s += c->dt_s;
}

/* Between readings the sky stays as clear as it was while the sun goes on. */
static double global_W_m2(struct control *c, double outside_W_m2)
{
    double sun_W_m2 = outside_W_m2 * fmax(0, cos(c->s.amb.sun_zenith_deg * M_PI / 180)), least_W_m2 = 20;
    double ghi_W_m2 = fmax(0, station(c, STATION_GHI, c->clear_frac * sun_W_m2));
    if (sun_W_m2 > least_W_m2) c->clear_frac = fmin(ghi_W_m2 / sun_W_m2, 1);
    return c->s.amb.sun_zenith_deg < 92 ? ghi_W_m2 : 0;
}

static void observe_ambient(struct control *c)
{
    struct ambient *amb = &c->s.amb;
    ambient_clock(amb, &c->v->site, c->s.at_ms);
    amb->temp_degC = station(c, STATION_TEMP, amb->temp_degC);
    amb->wind_m_s = station(c, STATION_WIND, amb->wind_m_s);
    amb->humidity_frac = station(c, STATION_HUMIDITY, amb->humidity_frac);
    amb->rain_mm_h = station(c, STATION_RAIN, amb->rain_mm_h);
    amb->pressure_Pa = station(c, STATION_PRESSURE, amb->pressure_Pa);
    double outside_W_m2 = irradiance_extraterrestrial_W_m2(civil_at(&c->v->site.zone, c->s.at_ms).yearday);
    double ghi_W_m2 = global_W_m2(c, outside_W_m2);
    struct irradiance i = irradiance_erbs(ghi_W_m2, amb->sun_zenith_deg, outside_W_m2);
    amb->ghi_W_m2 = ghi_W_m2;
    amb->dni_W_m2 = i.dni_W_m2;
    amb->dhi_W_m2 = i.dhi_W_m2;
    running_mean(c);
}

/* --- status --- */

static int gateway_dead(const struct control *c, int32_t a)
{
    for (int32_t g = c->v->asset[a].gateway, hops = 0; g >= 0 && hops < 4; g = c->v->asset[g].gateway, hops++)
        if (alarm_active(&c->alarms, g, ALARM_GATEWAY)) return 1;
    return 0;
}

static int silent(const struct control *c, int32_t a)
{
    const struct asset *as = &c->v->asset[a];
    double limit_s = fmax(silent_after_s, READINGS_LATE_TICKS * c->opt.rates.tick_s);
    int64_t newest = INT64_MIN;
    for (int i = 0; i < as->cls->meas.n; i++)
        if (c->s.meas_ms[as->meas + i] > newest) newest = c->s.meas_ms[as->meas + i];
    return as->cls->meas.n > 0 && (newest == INT64_MIN || (double)(c->s.at_ms - newest) > limit_s * MS_S);
}

static int ever_heard(const struct control *c, int32_t a)
{
    for (int i = 0; i < c->v->asset[a].cls->meas.n; i++)
        if (c->s.meas_ms[c->v->asset[a].meas + i] != INT64_MIN) return 1;
    return 0;
}

int out_of_use(const struct control *c, int32_t a)
{
    return c->s.status[a] & STATUS_OUT && !(c->v->asset[a].cls->goes_on && ever_heard(c, a));
}

/* The grid is gone when its meter says so; without a word from it the last known stays. */
static uint32_t island(struct control *c)
{
    if (c->link.grid < 0) return STATUS_ISLAND;
    const struct asset *g = &c->v->asset[c->link.grid];
    int m = field_find(&g->cls->meas, "live");
    if (m < 0 || !isfinite(c->s.meas[g->meas + m])) return 0;
    int gone = c->s.meas_ms[g->meas + m] != INT64_MIN && c->s.meas[g->meas + m] < 0.5;
    alarm_set(&c->alarms, c->s.at_ms, -1, ALARM_ISLAND, ALARM_URGENT, gone);
    return gone ? STATUS_ISLAND : 0;
}

static uint32_t asset_status(struct control *c, int32_t a)
{
    const struct asset *as = &c->v->asset[a];
    uint32_t st = 0;
    int64_t now = c->s.at_ms;
    if (asset_ground(c->v, as, c->gate) < PLACE_COMMISSIONED) return STATUS_OUT;
    alarm_set(&c->alarms, now, a, ALARM_FAULT, ALARM_WARNING, c->failed[a]);
    if (c->failed[a]) st |= STATUS_FAULT;
    if (as->round >= 0 && c->gate[c->v->n_place + as->round] < PLACE_COMMISSIONED) st |= STATUS_UNREACHED;
    if (as->cls->meas.n == 0) return st;
    int lost = c->seq > 0 && silent(c, a), is_gateway = strcmp(as->cls->name, "gateway") == 0;
    if (is_gateway)
        alarm_set(&c->alarms, now, a, ALARM_GATEWAY, ALARM_URGENT, lost);
    else
        alarm_set(&c->alarms, now, a, ALARM_SILENT, ALARM_WARNING, lost && !gateway_dead(c, a));
    return lost ? st | STATUS_LOST : st;
}

/* One reading of a device that otherwise speaks has stopped. One that never came has as long to come. */
static int reading_stopped(const struct control *c, int32_t a)
{
    const struct asset *as = &c->v->asset[a];
    if ((double)c->s.at_ms < (double)c->cut_until_ms[a] + old_after_s(c) * MS_S)
        return 0; /* what is switched off tells nothing */
    int young = (double)(c->s.at_ms - c->began_ms) < old_after_s(c) * MS_S;
    for (int i = 0; i < as->cls->meas.n; i++)
        if (!(as->cls->meas.row[i].flags & FIELD_SOMETIMES) &&
            !(young && c->s.meas_ms[as->meas + i] == INT64_MIN) && !in_time(c, as->meas + i, old_after_s(c)))
            return 1;
    return 0;
}

/* A bad-reading alarm ends when every reading of the asset is good again. */
static void quality_alarms(struct control *c, int32_t a)
{
    if (!alarm_active(&c->alarms, a, ALARM_READING_BAD) && !alarm_active(&c->alarms, a, ALARM_READING_STUCK))
        return;
    const struct asset *as = &c->v->asset[a];
    int bad = 0, stuck = 0;
    for (int i = 0; i < as->cls->meas.n; i++) {
        bad |= c->quality[as->meas + i] == QUALITY_BAD || c->screen[as->meas + i].bad > 0.5F;
        stuck |= c->quality[as->meas + i] == QUALITY_SUSPECT;
    }
    if (!bad) alarm_clear(&c->alarms, c->s.at_ms, a, ALARM_READING_BAD);
    if (!stuck) alarm_clear(&c->alarms, c->s.at_ms, a, ALARM_READING_STUCK);
}

void status_update(struct control *c)
{
    uint32_t all = island(c);
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        c->s.status[a] = all | asset_status(c, a);
        alarm_set(&c->alarms, c->s.at_ms, a, ALARM_READING_OLD, ALARM_WARNING,
                  c->seq > 0 && !(c->s.status[a] & (STATUS_OUT | STATUS_LOST)) && reading_stopped(c, a));
        quality_alarms(c, a);
    }
}

/* --- prediction --- */

/* Physics from `from` over dt_s; x_out and flow_out are the asset's own runs. Held time is added but not taken
 * (accept does). */
static void step_to(struct control *c, struct state *st, int32_t a, double dt_s, double *x, double *flow)
{
    const struct asset_class *cls = c->v->asset[a].cls;
    if (out_of_use(c, a)) {
        for (int p = 0; p < cls->n_port; p++) flow[p] = 0;
        return;
    }
    double total_s = dt_s + c->held_s[a];
    if (total_s < cls->dt_min_s * (1 - 1e-9)) return;
    double max_s = cls->dt_max_s > 0 ? cls->dt_max_s : total_s, mean[ASSET_PORTS_MAX] = {0};
    int n = (int)fmin(fmax(ceil(total_s / max_s - 1e-9), 1), SUBSTEPS_MAX);
    for (int k = 0; k < n; k++) {
        struct asset_now now = now_view(c, st, a, total_s / n);
        cls->step(&now, c->work[a], x, flow);
        for (int p = 0; p < cls->n_port; p++) mean[p] += flow[p] / n;
    }
    for (int p = 0; p < cls->n_port; p++) flow[p] = mean[p];
}

void predict_asset(struct control *c, int32_t a)
{
    const struct asset *as = &c->v->asset[a];
    memcpy(c->next.x + as->x, c->s.x + as->x, sizeof *c->s.x * (size_t)as->cls->state.n);
    memcpy(c->next.flow + as->flow, c->s.flow + as->flow, sizeof *c->s.flow * (size_t)as->cls->n_port);
    step_to(c, &c->next, a, c->opt.rates.tick_s, c->next.x + as->x, c->next.flow + as->flow);
}

void predict_balance(struct control *c)
{
    for (int i = 0; i < c->v->n_balancer; i++) predict_asset(c, c->v->balancer[i].asset);
    village_balance(c->v, &c->next, NULL, c->opt.rates.tick_s, c->residual);
}

void next_begin(struct control *c)
{
    c->next.at_ms = c->s.at_ms;
    c->next.amb = c->s.amb;
    memcpy(c->next.exo, c->s.exo, sizeof *c->s.exo * (size_t)c->v->n_exo);
    memcpy(c->next.status, c->s.status, sizeof *c->s.status * (size_t)c->v->n_asset);
    memcpy(c->next.meas_ms, c->s.meas_ms, sizeof *c->s.meas_ms * (size_t)c->v->n_meas);
}

void predict_all(struct control *c)
{
    for (int32_t a = 0; a < c->v->n_asset; a++) predict_asset(c, a);
    village_balance(c->v, &c->next, NULL, c->opt.rates.tick_s, c->residual);
    c->next_valid = 1;
    c->next_ms = c->s.at_ms + (int64_t)(c->opt.rates.tick_s * MS_S);
}

static void hold_time(struct control *c, double dt_s)
{
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        double min_s = c->v->asset[a].cls->dt_min_s;
        c->held_s[a] = c->held_s[a] + dt_s < min_s * (1 - 1e-9) ? c->held_s[a] + dt_s : 0;
    }
}

static void learn_one(struct control *c, struct miss *m, int32_t a, const char *key, int port)
{
    const struct asset *as = &c->v->asset[a];
    int row = field_find(&as->cls->meas, key);
    if (row < 0 || !isfinite(c->fresh[as->meas + row])) return;
    double miss_W = c->fresh[as->meas + row] - c->next.flow[as->flow + port] - m->mean_W;
    m->mean_W += miss_gain * miss_W;
    m->var_W2 += miss_gain * (miss_W * miss_W - m->var_W2);
}

static int is_line(const struct control *c, int32_t a)
{
    return a != c->link.grid && c->v->asset[a].cls->n_port > 1;
}

/* How far one-tick predictions of the import and of the lines' loads miss the meters: people switch things on between two ticks, and
 * who has no meter any more is carried on with what he last took. */
static void learn_miss(struct control *c)
{
    if (!c->next_valid || c->next_ms != c->s.at_ms) return;
    for (int i = 0; i < c->v->n_balancer; i++) {
        int32_t a = c->v->balancer[i].asset;
        if (is_line(c, a)) learn_one(c, &c->line_miss[a], a, "down_W", 1);
    }
    if (c->link.grid >= 0 && !(c->s.status[c->link.grid] & STATUS_ISLAND))
        learn_one(c, &c->miss, c->link.grid, "power_W", 0);
}

static void mark_blind(struct control *c)
{
    for (int i = 0; i < c->v->n_balancer; i++) c->blind[c->v->balancer[i].asset] = 0;
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        if (!(c->s.status[a] & STATUS_LOST) && !alarm_active(&c->alarms, a, ALARM_READING_OLD)) continue;
        for (int i = 0; i < c->v->n_balancer; i++) {
            int32_t line = c->v->balancer[i].asset;
            if (line != a && is_line(c, line) && asset_under(c, a, c->v->asset[line].node[1])) c->blind[line] = 1;
        }
    }
}

/* Takes over the prediction made at the end of the last tick; steps anew when the time that passed is another one.
 */
static void predict_now(struct control *c)
{
    if (c->dt_s <= 0) return;
    if (c->next_valid && c->next_ms == c->s.at_ms) {
        memcpy(c->s.x, c->next.x, sizeof *c->s.x * (size_t)c->v->n_x);
        memcpy(c->s.flow, c->next.flow, sizeof *c->s.flow * (size_t)c->v->n_flow);
    } else {
        for (int32_t a = 0; a < c->v->n_asset; a++)
            step_to(c, &c->s, a, c->dt_s, c->s.x + c->v->asset[a].x, c->s.flow + c->v->asset[a].flow);
        village_balance(c->v, &c->s, NULL, c->dt_s, c->residual);
    }
    hold_time(c, c->dt_s);
}

void control_observe(struct control *c)
{
    const struct village *v = c->v;
    learn_miss(c);
    predict_now(c);
    c->next_valid = 0;
    observe_ambient(c);
    for (int32_t e = 0; e < v->n_exo; e++) {
        int32_t m = c->link.exo_meas[e];
        if (m >= 0 && isfinite(c->fresh[m]))
            c->s.exo[e] = c->fresh[m];
        else if (m >= 0 && c->link.unknown[e] && !in_time(c, m, old_after_s(c)))
            c->s.exo[e] = (double)NAN;
    }
    status_update(c);
    mark_blind(c);
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct asset *as = &v->asset[a];
        if (!as->cls->observe || out_of_use(c, a)) continue;
        struct asset_now now = now_view(c, &c->s, a, c->dt_s);
        as->cls->observe(&now, c->fresh + as->meas, c->s.x + as->x);
    }
}
