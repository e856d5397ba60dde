/* Forecast from readings alone. Loads, hot water, traffic, waste and presence: similar days, as a quarter-hour
 * profile per day type, exponentially weighted and smoothed over neighbouring quarter-hours (single homes are
 * spiky), plus how far the last quarter-hour was off it, halved every so often; among simple methods this is the
 * one that is hard to beat for small groups of homes (Haben et al., "A new error measure for forecasts of
 * household-level, high resolution electrical energy consumption", Int. J. Forecasting 30, 2014). River: recession
 * towards its own recent level. Inside heat follows the load forecast, driving follows the car's absence: neither
 * is measured. Everything else keeps its last reading. Memory is fixed at create; learning and filling allocate
 * nothing. Left out: weather-dependent loads (heating is planned, not foreseen), holidays, weather services. */
#include "forecast/forecast.h"
#include "base/err.h"
#include "forecast/inside.h"
#include <math.h>
#include <string.h>

// clang-format off
static const struct { const char *key; enum way way; double half_life_h; enum quantity quantity; uint8_t programme; double reckon; } ways[WAYS] = {
    {"load_W",           WAY_PROFILE, 0.5,  QUANTITY_LOAD},
    {"hot_water_W",      WAY_PROFILE, 0.15, QUANTITY_WATER, .reckon = 2.0},
    {"setpoint_degC",    WAY_PROFILE, 3.0,  QUANTITIES, 1}, /* a programme that people have set: it steps */
    {"car_present_frac", WAY_PROFILE, 1.5,  QUANTITIES},
    {"gain_W",           WAY_GAIN,    0,    QUANTITIES},
    {"car_drive_W",      WAY_DRIVE,   0,    QUANTITIES},
    {"river_m3_s",       WAY_RIVER,   0,    QUANTITY_RIVER},
    {"units_lost",       WAY_HOLD,    0,    QUANTITIES},
    {"traffic_per_h",    WAY_PROFILE, 1.0,  QUANTITIES},
    {"fill_kg_s",        WAY_PROFILE, 0.5,  QUANTITIES},
    {"manure_kg_s",      WAY_PROFILE, 0.3,  QUANTITIES},
    {"waste_kg_s",       WAY_PROFILE, 0.3,  QUANTITIES},
    {"crop_need_m3_s",   WAY_PROFILE, 2.0,  QUANTITIES},
    {"product_W",        WAY_PROFILE, 6.0,  QUANTITIES}};
// clang-format on
static const double profile_weight = 0.22, programme_weight = 0.5,
                    neighbour_weight = 0.10; /* of a new quarter-hour, on itself and on its neighbours */
static const double river_base_days = 12.0;
static const double drive_J_a_day = 32.0 * 0.18 * 3.6e6,
                    away_h = 8.5; /* 32 km at 0.18 kWh/km, away on a working day */
static const int lead_quarters[LEADS] = {4, 24, 96};
static const char *const quantity_name[QUANTITIES] = {"irradiance", "air temperature", "village load", "hot water",
                                                      "river"};

static void classify(struct entry *e, const struct asset *a, int k)
{
    const struct field *x = &a->cls->exo.row[k];
    int m = field_find(&a->cls->meas, x->key);
    *e = (struct entry){.asset = a->index,
                        .exo = k,
                        .meas = m < 0 ? -1 : a->meas + m,
                        .profile = -1,
                        .load = -1,
                        .present = -1,
                        .way = m < 0 ? WAY_CONST : WAY_HOLD,
                        .quantity = QUANTITIES,
                        .row = -1,
                        .value = (float)x->dflt,
                        .lo = (float)x->min,
                        .hi = (float)x->max};
    for (int i = 0; i < WAYS; i++) {
        if (strcmp(ways[i].key, x->key)) continue;
        e->way = ways[i].way;
        e->quantity = (uint8_t)ways[i].quantity;
        e->row = (int8_t)i;
    }
}

static double par_of(const struct asset *a, const char *key, double dflt)
{
    int i = field_find(&a->cls->par, key);
    double v = i < 0 || !a->par ? (double)NAN : field_get(&a->cls->par.row[i], a->par);
    return isfinite(v) ? v : dflt;
}

/* Lays out entries and profiles; with f->entry NULL it only counts. */
static void lay_out(struct forecast *f)
{
    const struct village *v = f->v;
    f->n_entry = f->n_profile = f->n_level = 0;
    for (int i = 0; i < v->n_asset; i++) {
        const struct asset *a = &v->asset[i];
        int first = f->n_entry;
        for (int k = 0; k < a->cls->exo.n; k++) {
            struct entry e;
            classify(&e, a, k);
            if (e.way == WAY_PROFILE) e.profile = f->n_profile++;
            struct level level = {0};
            if (e.meas < 0 && forecast_level_find(a, a->cls->exo.row[k].key, &level)) {
                level.entry = f->n_entry;
                if (f->entry) f->level[f->n_level] = level;
                f->n_level++;
            }
            if (f->entry) {
                const char *key = a->cls->exo.row[k].key;
                int load = field_find(&a->cls->exo, "load_W"),
                    present = field_find(&a->cls->exo, "car_present_frac");
                e.load = load < 0 ? -1 : first + load, e.present = present < 0 ? -1 : first + present;
                if (e.way == WAY_GAIN) e.value = (float)par_of(a, "persons", 4.0);
                if (e.way == WAY_DRIVE)
                    e.value = (float)(par_of(a, "car", 0.0) > 0.5 ? drive_J_a_day / (away_h * 3600.0) : 0.0);
                if (e.profile >= 0) forecast_norm_profile(a, key, a->cls->exo.row[k].dflt, &f->profile[e.profile]);
                f->entry[f->n_entry] = e;
            }
            f->n_entry++;
        }
    }
}

static struct forecast *make(const struct village *v, struct cutter *c)
{
    struct forecast count = {.v = v}, *f = cut(c, sizeof *f);
    lay_out(&count);
    struct entry *entry = cut(c, sizeof *entry * (size_t)(count.n_entry + 1));
    struct profile *profile = cut(c, sizeof *profile * (size_t)(count.n_profile + 1));
    struct level *level = cut(c, sizeof *level * (size_t)(count.n_level + 1));
    if (!f) return NULL;
    memset(f, 0, sizeof *f);
    memset(profile, 0, sizeof *profile * (size_t)(count.n_profile + 1));
    f->v = v, f->entry = entry, f->profile = profile, f->level = level;
    return f;
}

size_t forecast_bytes(const struct village *v)
{
    struct cutter c = {0};
    make(v, &c);
    return c.used;
}

struct forecast *forecast_create(const struct village *v, void *mem)
{
    struct cutter c = {.base = mem};
    struct forecast *f = make(v, &c);
    lay_out(f);
    forecast_air_create(f);
    f->quarter = INT64_MIN;
    f->river_keep = v->n_river ? 0.0 : 0.95;
    for (int i = 0; i < v->n_river; i++) {
        double keep =
            v->river[i].persistence > 0.0 && v->river[i].persistence < 1.0 ? v->river[i].persistence : 0.95;
        f->river_keep += keep / v->n_river;
        for (int m = 0; m < 12; m++) f->river_norm[m] += v->river[i].mean_m3_s[m] / v->n_river;
    }
    for (int i = 0; i <= QUARTERS; i++) f->ring.quarter[i] = INT64_MIN;
    return f;
}

int forecast_day_type(int weekday) { return weekday == 0 ? 2 : weekday == 6 ? 1 : 0; }

struct moment forecast_moment(const struct forecast *f, int64_t now_ms, int64_t start_ms, double dt_s)
{
    struct civil c = civil_at(&f->v->site.zone, start_ms);
    struct moment m = {.start_ms = start_ms, .dt_s = dt_s, .month = c.month, .type = forecast_day_type(c.weekday)};
    m.first_quarter = c.hour * 4 + c.minute / 15;
    m.n_quarter = dt_s > 900.0 ? (int)(dt_s / 900.0 + 0.5) : 1;
    m.lead_h = fmax(0.0, ((double)(start_ms - now_ms) / 1000.0 + 0.5 * dt_s) / 3600.0);
    for (int i = 0; i < WAYS; i++)
        m.fade[i] = ways[i].half_life_h > 0.0 ? exp2(-m.lead_h / ways[i].half_life_h) : 0.0;
    return m;
}

/* A day type that was never seen borrows the profile of working days, then of any seen day. */
static int type_for(const struct profile *p, int type, int q)
{
    static const int other[DAY_TYPES][DAY_TYPES] = {{0, 1, 2}, {1, 2, 0}, {2, 1, 0}};
    for (int i = 0; i < DAY_TYPES; i++)
        if (p->seen[other[type][i]][q]) return other[type][i];
    return type;
}

double forecast_profile_at(const struct profile *p, const struct moment *m, double fade)
{
    double sum = 0.0;
    for (int k = 0; k < m->n_quarter; k++) {
        int q = (m->first_quarter + k) % QUARTERS;
        sum += (double)p->mean[type_for(p, m->type, q)][q];
    }
    return sum / m->n_quarter + fade * (double)p->off;
}

double forecast_river_at(const struct forecast *f, const struct moment *m)
{
    if (!f->river.known) return f->river_norm[m->month - 1];
    double keep = pow(f->river_keep, m->lead_h / 24.0);
    return exp(f->river.log_base + (f->river.log_now - f->river.log_base) * keep);
}

static double clip(double v, const struct entry *e) { return fmin((double)e->hi, fmax((double)e->lo, v)); }

/* One field over one slot; loads and presence of the same asset come first in `row`. */
static double value_at(const struct forecast *f, const struct entry *e, const struct moment *m)
{
    switch (e->way) {
    case WAY_PROFILE: return clip(forecast_profile_at(&f->profile[e->profile], m, m->fade[e->row]), e);
    case WAY_RIVER: return forecast_river_at(f, m);
    case WAY_DRIVE: {
        double present = e->present < 0 ? 1.0 : value_at(f, &f->entry[e->present], m);
        return (double)e->value * (1.0 - present);
    }
    case WAY_GAIN: {
        double load = e->load < 0 ? 0.0 : value_at(f, &f->entry[e->load], m);
        return 0.8 * load + 80.0 * (double)e->value *
                                forecast_at_home_frac(m->type, (m->first_quarter + 0.5 * m->n_quarter) / 4.0);
    }
    default: return (double)e->value;
    }
}

/* What a programme did on the last such day it will do again: no smoothing over its steps. */
static void close_profile(struct profile *p, const struct moment *m, int programme)
{
    if (!p->n) return;
    double was = (double)(p->sum / (float)p->n), keep = programme ? programme_weight : profile_weight;
    int q = m->first_quarter, t = m->type;
    struct moment here = *m;
    here.n_quarter = 1;
    p->off = (float)(was - forecast_profile_at(p, &here, 0.0));
    if (!p->seen[t][q]) keep = programme ? 1.0 : 0.6, p->mean[t][q] = p->mean[type_for(p, t, q)][q];
    p->mean[t][q] += (float)(keep * (was - (double)p->mean[t][q]));
    if (p->seen[t][q] < 255) p->seen[t][q]++;
    for (int d = -1; d <= 1 && !programme; d += 2) {
        int n = (q + d + QUARTERS) % QUARTERS;
        p->mean[t][n] += (float)(neighbour_weight * (was - (double)p->mean[t][n]));
    }
    p->last = (float)was;
    p->sum = 0.0f, p->n = 0;
}

static void predict(const struct forecast *f, int64_t now_ms, int64_t start_ms, double out[QUANTITIES])
{
    struct moment m = forecast_moment(f, now_ms, start_ms, 900.0);
    struct ambient amb;
    forecast_air_at(f, start_ms + 450000, &amb);
    memset(out, 0, sizeof(double) * QUANTITIES);
    out[QUANTITY_SUN] = amb.ghi_W_m2, out[QUANTITY_AIR] = amb.temp_degC;
    for (int i = 0; i < f->n_entry; i++)
        if (f->entry[i].quantity != QUANTITIES && f->entry[i].meas >= 0)
            out[f->entry[i].quantity] += value_at(f, &f->entry[i], &m);
}

/* What was said an hour, six and a day ago about the quarter-hour that has just ended, against what it was then. */
static void judge(struct forecast *f, const double was[QUANTITIES])
{
    struct ring *r = &f->ring;
    int here = (int)(f->quarter % (QUARTERS + 1));
    r->quarter[here] = f->quarter;
    for (int k = 0; k < QUANTITIES; k++) r->was[here][k] = (float)was[k];
    for (int l = 0; l < LEADS; l++) {
        int64_t then = f->quarter - lead_quarters[l];
        int at = (int)(then % (QUARTERS + 1));
        if (then >= 0 && r->quarter[at] == then)
            for (int k = 0; k < QUANTITIES; k++) {
                double e = (double)r->said[l][at][k] - was[k], p = (double)r->was[at][k] - was[k];
                if (!isfinite(e) || !isfinite(p)) continue;
                f->score[k].square[l] += e * e, f->score[k].square_persistence[l] += p * p, f->score[k].n[l]++;
            }
        double said[QUANTITIES];
        int64_t end_ms = (f->quarter + 1) * MS_QUARTER;
        predict(f, end_ms, (f->quarter + lead_quarters[l]) * MS_QUARTER, said);
        for (int k = 0; k < QUANTITIES; k++) r->said[l][here][k] = (float)said[k];
    }
}

static void close_quarter(struct forecast *f)
{
    struct moment m = forecast_moment(f, f->quarter * MS_QUARTER, f->quarter * MS_QUARTER, 900.0);
    double was[QUANTITIES] = {0};
    for (int k = 0; k < 2; k++) was[k] = f->n_sum ? f->sum[k] / (double)f->n_sum : (double)NAN;
    for (int i = 0; i < f->n_entry; i++) {
        const struct entry *e = &f->entry[i];
        if (e->meas < 0) continue;
        if (e->profile >= 0) {
            struct profile *p = &f->profile[e->profile];
            if (!p->n) p->off *= 0.7f;
            close_profile(p, &m, ways[e->row].programme);
            if (e->quantity != QUANTITIES) was[e->quantity] += isnan(p->last) ? 0.0 : (double)p->last;
        } else if (e->quantity == QUANTITY_RIVER)
            was[QUANTITY_RIVER] += f->river.known ? exp(f->river.log_now) : 0.0;
    }
    judge(f, was);
    f->sum[0] = f->sum[1] = 0.0, f->n_sum = 0;
}

static void learn_river(struct forecast *f, double flow, double dt_h)
{
    struct river_memory *r = &f->river;
    double l = log(fmax(flow, 1e-3));
    if (!r->known) r->log_base = r->log_now = l, r->known = 1;
    r->log_now += (1.0 - exp(-dt_h / 0.5)) * (l - r->log_now);
    r->log_base += (1.0 - exp(-dt_h / (24.0 * river_base_days))) * (l - r->log_base);
}

static void learn_reading(struct forecast *f, struct entry *e, double v, double dt_h)
{
    if (!isfinite(v) || v < (double)e->lo || v > (double)e->hi) return;
    if (e->way == WAY_RIVER) learn_river(f, v, dt_h);
    if (e->way == WAY_HOLD) e->value = (float)v;
    if (e->profile < 0) return;
    struct profile *p = &f->profile[e->profile];
    if (ways[e->row].half_life_h >= 3.0 &&
        isnan(p->last)) { /* a level, such as a set-point: it is now everything that is known */
        for (int t = 0; t < DAY_TYPES; t++)
            for (int q = 0; q < QUARTERS; q++) p->mean[t][q] = (float)v;
        p->last = (float)v;
    }
    p->sum += (float)v;
    p->n++;
}

void forecast_learn(struct forecast *f, int64_t at_ms, const struct ambient *amb, const double *meas)
{
    int64_t quarter = at_ms / MS_QUARTER;
    double dt_h = f->air.at_ms == INT64_MIN ? 0.25 : fmin(1.0, fmax(0.0, (double)(at_ms - f->air.at_ms) / MS_HOUR));
    if (f->quarter != INT64_MIN && quarter < f->quarter) return; /* a clock that went back teaches nothing */
    if (f->quarter != INT64_MIN && quarter > f->quarter) close_quarter(f);
    f->quarter = quarter;
    forecast_air_learn(f, at_ms, amb);
    if (isfinite(amb->ghi_W_m2) && isfinite(amb->temp_degC))
        f->sum[0] += amb->ghi_W_m2, f->sum[1] += amb->temp_degC, f->n_sum++;
    for (int i = 0; i < f->n_entry; i++)
        if (f->entry[i].meas >= 0) learn_reading(f, &f->entry[i], meas[f->entry[i].meas], dt_h);
    forecast_level_learn(f, at_ms, meas);
}

/* What a plan reckons with, as a share of the mean foreseen. People draw hot water in one quarter-hour or in another: a tank that
 * holds the mean alone is short for half of them, all in the same dear hour, and what it holds too much costs its standing
 * loss. */
static double reckoned(const struct entry *e)
{
    return e->row >= 0 && ways[e->row].reckon > 0.0 ? ways[e->row].reckon : 1.0;
}

void forecast_fill(struct forecast *f, const struct horizon *h, struct ambient *amb, double *exo)
{
    const struct village *v = f->v;
    int64_t start_ms = h->start_ms;
    for (int t = 0; t < h->T; t++) {
        double dt_s = h->dt_s[h->len[t]];
        struct moment m = forecast_moment(f, h->start_ms, start_ms, dt_s);
        forecast_air_at(f, start_ms + (int64_t)(500.0 * dt_s), &amb[t]);
        for (int i = 0; i < f->n_entry; i++) {
            const struct entry *e = &f->entry[i];
            const struct asset *a = &v->asset[e->asset];
            exo[(size_t)h->T * (size_t)a->exo + (size_t)t * (size_t)a->cls->exo.n + (size_t)e->exo] =
                value_at(f, e, &m) * reckoned(e);
        }
        start_ms += (int64_t)llround(1000.0 * dt_s);
    }
}

int forecast_skills(const struct forecast *f, struct forecast_skill *out, int max)
{
    int n = 0;
    for (int k = 0; k < QUANTITIES && n < max; k++) {
        const struct score *s = &f->score[k];
        struct forecast_skill *o = &out[n++];
        *o = (struct forecast_skill){.what = quantity_name[k], .n = s->n[LEADS - 1]};
        for (int l = 0; l < LEADS; l++) {
            if (!s->n[l]) continue;
            o->rmse[l] = sqrt(s->square[l] / (double)s->n[l]);
            o->rmse_persistence[l] = sqrt(s->square_persistence[l] / (double)s->n[l]);
            o->skill[l] = o->rmse_persistence[l] > 0.0 ? 1.0 - o->rmse[l] / o->rmse_persistence[l] : 0.0;
        }
    }
    return n;
}
