/* Local days that are in use: what all generators of a day share, and the minutes of single sources where somebody asks for them. */
#include "base/err.h"
#include "physics/irradiance.h"
#include "world/inside.h"
#include <math.h>
#include <string.h>

/* Darkness and the course of the sun, every ten minutes and straight between. */
static void day_light(struct demand_day *d, const struct site *site)
{
    enum { STEP = 10 };
    const struct sun_place place = {site->lat_deg, site->lon_deg, site->altitude_m, 101325.0, 12.0, 0.5667};
    double jd = sun_julian_day(d->start_ms), sum = 0.0, dark[2] = {1, 1}, sun[2] = {0, 0};
    struct sun_angles angle[DAY_MIN_MAX / STEP + 1];
    sun_series(&place, jd, STEP * 60.0, d->n_min / STEP + 1, 69.0, angle);
    for (int m = 0; m <= d->n_min; m += STEP) {
        double zenith = angle[m / STEP].zenith_deg;
        dark[0] = dark[1], sun[0] = sun[1];
        dark[1] = fmin(1.0, fmax(0.0, (zenith - 80.0) / 12.0)), sun[1] = irradiance_haurwitz_W_m2(zenith);
        for (int k = 0; m && k < STEP; k++) {
            double f = (k + 0.5) / STEP, light = sun[0] + (sun[1] - sun[0]) * f;
            d->dark[m - STEP + k] = (float)(dark[0] + (dark[1] - dark[0]) * f);
            d->sun[m - STEP + k] = (float)light;
            sum += light;
        }
    }
    for (int m = 0; m < d->n_min && sum > 0.0; m++) d->sun[m] /= (float)sum;
}

static void day_weather(struct demand_day *d, const struct world *w)
{
    const struct weather *t = &w->weather;
    int first = (int)(weather_hour(t, &w->v->site, d->start_ms + 12 * MS_HOUR) / 24.0);
    double year = 0.0, *sum[] = {&d->humidity_frac, &d->wind_m_s, &d->rain_mm, &d->ghi_MJ_m2};
    static const enum weather_column col[] = {WEATHER_HUMIDITY, WEATHER_WIND, WEATHER_RAIN, WEATHER_GHI};
    static const double factor[] = {1.0 / 24.0, 1.0 / 24.0, 1.0, 3600e-6};
    for (int k = 0; k < 4; k++)
        for (int h = first * 24; h < first * 24 + 24; h++) *sum[k] += factor[k] * t->value[col[k]][h];
    for (int i = 0; i < WEATHER_DAYS; i++) year += t->mean_degC[i] / WEATHER_DAYS;
    d->yearday = first;
    d->mean_degC = t->mean_degC[first], d->min_degC = t->min_degC[first], d->max_degC = t->max_degC[first];
    d->cold_water_degC =
        fmin(20.0, fmax(5.0, 0.5 * year + 0.5 * t->running_degC[first])); /* pipes lie a metre deep */
}

void day_begin(const struct world *w, struct cached_day *c, int64_t start_ms)
{
    const struct zone *z = &w->v->site.zone;
    struct civil civil = civil_at(z, start_ms);
    memset(&c->day, 0, sizeof c->day);
    memset(c->made, 0, (size_t)w->n_source);
    c->quarters.n = 0;
    c->day.start_ms = start_ms;
    c->day.number = (start_ms + (int64_t)civil.offset_s * MS_S) / MS_DAY;
    c->day.n_min = (int)((local_day_start_ms(z, start_ms + 26 * MS_HOUR) - start_ms) / MS_MIN);
    c->day.month = civil.month, c->day.weekday = civil.weekday;
    must(c->day.n_min > 0 && c->day.n_min <= DAY_MIN_MAX, "a local day of %d minutes", c->day.n_min);
    day_light(&c->day, &w->v->site);
    for (int m = 0; m < c->day.n_min; m++) c->day.dark_sum[m + 1] = c->day.dark_sum[m] + (double)c->day.dark[m];
    day_weather(&c->day, w);
}

void source_draw(const struct source *s, const struct demand_day *day, demand_fn *fn, float *first, int32_t base,
                 size_t row_len)
{
    float scratch[DAY_MIN_MAX], *out[DEMAND_KEYS_MAX] = {0};
    for (int k = 0; k < s->gen->n; k++)
        out[k] = s->row[k] < 0 ? scratch : first + (size_t)(s->row[k] - base) * row_len;
    fn(s, day, out);
}

void source_minutes(const struct world *w, struct cached_day *c, int source)
{
    if (c->made[source]) return;
    source_draw(&w->source[source], &c->day, w->source[source].gen->day, c->value, 0, DAY_MIN_MAX);
    c->made[source] = 1;
}

void days_lay(struct world *w)
{
    for (int i = 0; i < DAYS_CACHED; i++) {
        w->cache[i].value = ARENA_NEW(&w->arena, float, (size_t)(w->n_row + 1) * DAY_MIN_MAX);
        w->cache[i].made = ARENA_NEW(&w->arena, uint8_t, w->n_source + 1);
        w->cache[i].quarters.slot = ARENA_NEW(&w->arena, float, (size_t)(w->n_row + 1) * QUARTERS_MAX);
        w->cache[i].quarters.slot_min = QUARTER_MIN;
        w->cache[i].day.start_ms = INT64_MIN;
    }
}

static int holds(const struct cached_day *c, int64_t at_ms)
{
    return c->day.start_ms != INT64_MIN && at_ms >= c->day.start_ms &&
           at_ms < c->day.start_ms + (int64_t)c->day.n_min * MS_MIN;
}

struct cached_day *day_kept(struct world *w, int64_t at_ms)
{
    for (struct cached_day *c = w->cache; c < w->cache + DAYS_CACHED; c++)
        if (c != w->lent && holds(c, at_ms)) {
            c->used = ++w->clock;
            return c;
        }
    return NULL;
}

struct cached_day *day_unused(struct world *w)
{
    struct cached_day *oldest = NULL;
    for (struct cached_day *c = w->cache; c < w->cache + DAYS_CACHED; c++)
        if (c != w->lent && (!oldest || c->used < oldest->used)) oldest = c;
    oldest->used = ++w->clock;
    return oldest;
}

struct cached_day *world_day(struct world *w, int64_t at_ms)
{
    if (w->lent && at_ms >= w->lent_from_ms) ahead_join(w);
    struct cached_day *c = day_kept(w, at_ms);
    if (c) return c;
    c = day_unused(w);
    day_begin(w, c, local_day_start_ms(&w->v->site.zone, at_ms));
    return c;
}
