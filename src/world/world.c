/* The world: weather, river and demand put together, one day of demand kept per local day that is in use. See
 * world.h. */
#include "world/world.h"
#include "base/err.h"
#include "physics/irradiance.h"
#include "physics/sun.h"
#include "world/inside.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int river_choose(struct world *w, const char *name, struct err *e)
{
    const struct village *v = w->v;
    char names[256] = "";
    if (!v->n_river) return name ? err_set(e, "the village has no river years, so `%s` cannot be chosen", name) : 0;
    for (int i = 0; i < v->n_river; i++) {
        if (!name || !strcmp(name, v->river[i].name)) {
            river_make(&w->river, &v->river[i], w->seed);
            w->has_river = 1;
            return 0;
        }
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", v->river[i].name);
    }
    return err_set(e, "no river year `%s`; the village has %s", name, names);
}

/* Binds every exo field of every asset: to a row of a generator, to the river, to lost units, or to its default. */
static void bind(struct world *w)
{
    const struct village *v = w->v;
    for (int i = 0; i < v->n_asset; i++) {
        const struct asset *a = &v->asset[i];
        for (int k = 0; k < a->cls->exo.n; k++) w->plain[a->exo + k] = a->cls->exo.row[k].dflt;
        int river = field_find(&a->cls->exo, "river_m3_s"), lost = field_find(&a->cls->exo, "units_lost");
        if (river >= 0) w->river_exo[w->n_river_exo++] = a->exo + river;
        if (lost >= 0) w->lost_asset[w->n_lost] = i, w->lost_exo[w->n_lost++] = a->exo + lost;
        const struct generator *g = demand_generator(a);
        if (!g) continue;
        struct source *s = &w->source[w->n_source++];
        *s = (struct source){.gen = g, .asset = a, .village = v, .seed = random_hash(w->seed, a->id)};
        for (int k = 0; k < g->n; k++) {
            int field = field_find(&a->cls->exo, g->key[k]);
            s->row[k] = field < 0 ? -1 : w->n_row;
            if (field >= 0) w->row_source[w->n_row] = w->n_source - 1, w->row_exo[w->n_row++] = a->exo + field;
        }
        struct random r = demand_random(s, -1);
        s->own = g->create(s, &w->arena, &r);
    }
}

static void lay_stretches(struct world *w)
{
    w->stretch = ARENA_NEW(&w->arena, struct stretch, w->v->n_exo + 1);
    for (int32_t i = 0; i < w->v->n_exo; i++) {
        int32_t row = w->exo_row[i];
        struct stretch *last = w->n_stretch ? &w->stretch[w->n_stretch - 1] : NULL;
        if (last && row == (last->row < 0 ? -1 : last->row + last->n))
            last->n++;
        else
            w->stretch[w->n_stretch++] = (struct stretch){i, row, 1};
    }
}

struct world *world_create(const struct village *v, const struct world_options *opt, struct err *e)
{
    struct world *w = calloc(1, sizeof *w);
    if (!w) {
        err_set(e, "out of memory");
        return NULL;
    }
    w->v = v;
    w->seed = opt->seed;
    int bad = 0;
    if (opt->weather_file)
        bad = weather_read(&w->weather, opt->weather_file, &v->site, e);
    else
        weather_make(&w->weather, &v->climate, &v->site, opt->seed);
    if (bad || river_choose(w, opt->river, e)) {
        world_free(w);
        return NULL;
    }
    w->weather.seed = random_hash(opt->seed, "flicker");
    struct sun_place place = sun_place_standard(v->site.lat_deg, v->site.lon_deg, v->site.altitude_m);
    w->sun = sun_track(&place, (double)NAN);
    int n = v->n_exo + 1;
    w->plain = ARENA_NEW(&w->arena, double, n);
    w->row_exo = ARENA_NEW(&w->arena, int32_t, n);
    w->river_exo = ARENA_NEW(&w->arena, int32_t, n);
    w->lost_exo = ARENA_NEW(&w->arena, int32_t, n);
    w->lost_asset = ARENA_NEW(&w->arena, int32_t, n);
    w->source = ARENA_NEW(&w->arena, struct source, v->n_asset + 1);
    w->exo_row = ARENA_NEW(&w->arena, int32_t, n);
    w->row_source = ARENA_NEW(&w->arena, int32_t, n);
    bind(w);
    for (int i = 0; i < n; i++) w->exo_row[i] = -1;
    for (int r = 0; r < w->n_row; r++) w->exo_row[w->row_exo[r]] = r, w->plain[w->row_exo[r]] = 0.0;
    lay_stretches(w);
    for (int i = 0; i < 2; i++)
        w->minutes[i] = (struct turned){.slot_min = 1,
                                        .slot = ARENA_NEW(&w->arena, float, (size_t)(w->n_row + 1) * DAY_MIN_MAX)};
    w->near = ARENA_NEW(&w->arena, float, NEAR_ROWS *DAY_MIN_MAX);
    days_lay(w);
    w->lent_from_ms = INT64_MIN;
    if (opt->ahead) ahead_open(w);
    return w;
}

void world_free(struct world *w)
{
    if (!w) return;
    ahead_close(w);
    arena_free(&w->arena);
    free(w);
}

/* Whole quarter-hours [first, last) of one day. */
static void add_quarters(const struct world *w, const struct turned *t, int first, int last, double *exo)
{
    for (int q = first; q < last; q++)
        for (const struct stretch *s = w->stretch; s < w->stretch + w->n_stretch; s++) {
            double *restrict to = exo + s->exo;
            const float *restrict from = t->slot + (size_t)q * (size_t)w->n_row + s->row;
            for (int i = 0; s->row >= 0 && i < s->n; i++) to[i] += (double)from[i];
        }
}

/* Adds value x minutes over [from, until) minutes of one day. */
static void add_minutes(struct world *w, struct cached_day *c, double from, double until, double *exo)
{
    int whole = (int)from / QUARTER_MIN, end = (int)until / QUARTER_MIN;
    if (from == whole * QUARTER_MIN && until == end * QUARTER_MIN && end * QUARTER_MIN <= c->day.n_min) {
        add_quarters(w, quarters_of(w, c), whole, end, exo);
        return;
    }
    for (int i = 0; i < w->n_source; i++) source_minutes(w, c, i);
    int first = (int)from, last = (int)ceil(until) - 1;
    double head = first == last ? until - from : first + 1 - from, tail = last > first ? until - last : 0.0;
    for (int r = 0; r < w->n_row; r++) {
        const float *v = c->value + (size_t)r * DAY_MIN_MAX;
        double sum = head * (double)v[first] + tail * (double)v[last];
        for (int m = first + 1; m < last; m++) sum += (double)v[m];
        exo[w->row_exo[r]] += sum;
    }
}

/* The rows of one whole local minute, or 0: that is not what is asked. */
static int one_minute(struct world *w, int64_t at_ms, int64_t dt_ms, double *exo)
{
    if (dt_ms != MS_MIN || at_ms % MS_MIN) return 0;
    const struct turned *t = minutes_of(w, at_ms);
    if ((at_ms - t->start_ms) % MS_MIN) return 0;
    const float *v = t->slot + (size_t)((at_ms - t->start_ms) / MS_MIN) * (size_t)w->n_row;
    for (const struct stretch *s = w->stretch; s < w->stretch + w->n_stretch; s++) {
        double *restrict to = exo + s->exo;
        const float *restrict from = v + s->row;
        if (s->row < 0)
            memcpy(to, w->plain + s->exo, sizeof *to * (size_t)s->n);
        else
            for (int i = 0; i < s->n; i++) to[i] = (double)from[i];
    }
    return 1;
}

static void mean_rows(struct world *w, int64_t at_ms, int64_t dt_ms, double *exo)
{
    int64_t end = at_ms + dt_ms;
    memcpy(exo, w->plain, sizeof *exo * (size_t)w->v->n_exo); /* nothing, where rows fill it */
    for (int64_t t = at_ms; t < end;) {
        struct cached_day *c = world_day(w, t);
        int64_t day_end = c->day.start_ms + (int64_t)c->day.n_min * MS_MIN, until = end < day_end ? end : day_end;
        add_minutes(w, c, (double)(t - c->day.start_ms) / MS_MIN, (double)(until - c->day.start_ms) / MS_MIN, exo);
        t = until;
    }
    double per = (double)MS_MIN / (double)dt_ms;
    for (const struct stretch *s = w->stretch; s < w->stretch + w->n_stretch; s++)
        for (int i = 0; s->row >= 0 && i < s->n; i++) exo[s->exo + i] *= per;
}

void world_exo(struct world *w, int64_t at_ms, int64_t dt_ms, double *exo)
{
    must(dt_ms > 0, "dt_ms %lld", (long long)dt_ms);
    int64_t mid = at_ms + dt_ms / 2;
    if (!one_minute(w, at_ms, dt_ms, exo)) mean_rows(w, at_ms, dt_ms, exo);
    for (int i = 0; i < w->n_river_exo; i++) exo[w->river_exo[i]] = world_river_m3_s(w, mid);
    for (int i = 0; i < w->n_lost; i++) {
        double lost = 0.0;
        exo[w->lost_exo[i]] = world_fault_active(w, FAULT_ASSET_STOP, w->lost_asset[i], mid, &lost) ? lost : 0.0;
    }
}

const float *world_minutes(struct world *w, int64_t at_ms, int32_t exo, int64_t *start_ms, int *n)
{
    if (exo < 0 || exo >= w->v->n_exo || w->exo_row[exo] < 0) return NULL;
    struct cached_day *c = world_day(w, at_ms);
    source_minutes(w, c, w->row_source[w->exo_row[exo]]);
    *start_ms = c->day.start_ms, *n = c->day.n_min;
    return c->value + (size_t)w->exo_row[exo] * DAY_MIN_MAX;
}

double world_river_m3_s(const struct world *w, int64_t at_ms)
{
    if (!w->has_river) return 0.0;
    struct civil c = civil_at(&w->v->site.zone, at_ms);
    double hour = weather_day(c.month, c.day) * 24.0 + c.hour + c.minute / 60.0;
    return river_at(&w->river, hour) * fault_factor(w, FAULT_DRY_RIVER, at_ms);
}

static void sun_at(struct world *w, struct ambient *amb)
{
    struct sun_angles a = sun_track_at(&w->sun, sun_julian_day(amb->at_ms));
    amb->sun_zenith_deg = a.zenith_deg, amb->sun_azimuth_deg = a.azimuth_deg;
}

/* Weather and what faults do to it, once instant and sun are set. */
static void air_at(const struct world *w, struct ambient *amb)
{
    int64_t at_ms = amb->at_ms;
    weather_at(&w->weather, &w->v->site, at_ms, amb);
    amb->temp_degC += fault_temperature_K(w, at_ms);
    double light = fault_factor(w, FAULT_CLOUD_FRONT, at_ms);
    if (light >= 1.0) return;
    amb->ghi_W_m2 *= light; /* a front takes the beam first */
    double beam =
        amb->dni_W_m2 * fmax(0.0, cos(amb->sun_zenith_deg * 3.14159265358979323846 / 180.0)) * light * light;
    amb->dni_W_m2 *= light * light;
    amb->dhi_W_m2 = fmax(0.0, amb->ghi_W_m2 - beam);
}

void world_ambient(struct world *w, int64_t at_ms, struct ambient *amb)
{
    ambient_time(amb, &w->v->site, at_ms);
    sun_at(w, amb);
    air_at(w, amb);
}

void world_slot(struct world *w, int64_t at_ms, int64_t dt_ms, struct ambient *amb, double *exo)
{
    static const size_t mean[] = {offsetof(struct ambient, temp_degC), offsetof(struct ambient, humidity_frac),
                                  offsetof(struct ambient, wind_m_s),  offsetof(struct ambient, pressure_Pa),
                                  offsetof(struct ambient, rain_mm_h), offsetof(struct ambient, ghi_W_m2),
                                  offsetof(struct ambient, dni_W_m2),  offsetof(struct ambient, dhi_W_m2)};
    enum { MEANS = sizeof mean / sizeof mean[0], SAMPLE_MS = 300000 };
    int n = (int)fmin(24.0, fmax(1.0, (double)(dt_ms / SAMPLE_MS)));
    double sum[MEANS] = {0};
    world_ambient(w, at_ms + dt_ms / 2, amb);
    for (int i = 0; i < n; i++) {
        struct ambient one = *amb; /* its clock is that of the middle; only instant and sun matter to the weather */
        one.at_ms = at_ms + (2 * i + 1) * dt_ms / (2 * n);
        sun_at(w, &one);
        air_at(w, &one);
        for (int k = 0; k < MEANS; k++) sum[k] += *(const double *)(const void *)((const char *)&one + mean[k]) / n;
    }
    for (int k = 0; k < MEANS; k++) *(double *)(void *)((char *)amb + mean[k]) = sum[k];
    world_exo(w, at_ms, dt_ms, exo);
}
