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
    for (int r = 0; r < w->n_row; r++) w->exo_row[w->row_exo[r]] = r;
    lay_stretches(w);
    w->minute = ARENA_NEW(&w->arena, float, (size_t)(w->n_row + 1) * DAY_MIN_MAX);
    w->near = ARENA_NEW(&w->arena, float, NEAR_ROWS *DAY_MIN_MAX);
    w->minute_ms = INT64_MIN;
    for (int i = 0; i < DAYS_CACHED; i++) {
        w->cache[i].value = ARENA_NEW(&w->arena, float, (size_t)(w->n_row + 1) * DAY_MIN_MAX);
        w->cache[i].made = ARENA_NEW(&w->arena, uint8_t, w->n_source + 1);
        w->cache[i].quarter = ARENA_NEW(&w->arena, float, (size_t)(w->n_row + 1) * QUARTERS_MAX);
        w->cache[i].day.start_ms = INT64_MIN;
    }
    return w;
}

void world_free(struct world *w)
{
    if (!w) return;
    arena_free(&w->arena);
    free(w);
}

/* Darkness and the course of the sun, every ten minutes and straight between. */
static void day_light(struct demand_day *d, const struct site *site)
{
    enum { STEP = 10 };
    const struct sun_place place = {site->lat_deg, site->lon_deg, site->altitude_m, 101325.0, 12.0, 0.5667};
    double jd = sun_julian_day(d->start_ms), sum = 0.0, dark[2] = {1, 1}, sun[2] = {0, 0};
    struct sun_geocentric a = sun_geocentric(jd, 69.0), b = sun_geocentric(jd + 1.0, 69.0);
    for (int m = 0; m <= d->n_min; m += STEP) {
        struct sun_geocentric g = sun_between(&a, &b, jd + m / 1440.0);
        double zenith = sun_topocentric(&g, &place).zenith_deg;
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

/* Four sums side by side: one alone waits for each addition. */
static double sum_of(const float *v, int n)
{
    double s[4] = {0};
    int m = 0;
    for (; m + 4 <= n; m += 4)
        for (int k = 0; k < 4; k++) s[k] += (double)v[m + k];
    for (; m < n; m++) s[0] += (double)v[m];
    return (s[0] + s[1]) + (s[2] + s[3]);
}

/* The quarter-hours of one row while it is still at hand: most steps longer than a minute are made of whole ones. */
static void sum_quarters(struct cached_day *c, int row)
{
    const float *v = c->value + (size_t)row * DAY_MIN_MAX;
    for (int q = 0; q < c->day.n_min / QUARTER_MIN; q++, v += QUARTER_MIN)
        c->quarter[(size_t)row * QUARTERS_MAX + (size_t)q] = (float)sum_of(v, QUARTER_MIN);
}

static void day_begin(struct world *w, struct cached_day *c, int64_t start_ms)
{
    const struct zone *z = &w->v->site.zone;
    struct civil civil = civil_at(z, start_ms);
    memset(&c->day, 0, sizeof c->day);
    memset(c->made, 0, (size_t)w->n_source);
    c->day.start_ms = start_ms;
    c->day.number = (start_ms + (int64_t)civil.offset_s * MS_S) / MS_DAY;
    c->day.n_min = (int)((local_day_start_ms(z, start_ms + 26 * MS_HOUR) - start_ms) / MS_MIN);
    c->day.month = civil.month, c->day.weekday = civil.weekday;
    must(c->day.n_min > 0 && c->day.n_min <= DAY_MIN_MAX, "a local day of %d minutes", c->day.n_min);
    day_light(&c->day, &w->v->site);
    for (int m = 0; m < c->day.n_min; m++) c->day.dark_sum[m + 1] = c->day.dark_sum[m] + (double)c->day.dark[m];
    day_weather(&c->day, w);
}

/* Draws a source's day into rows of `table`, each `row_len` long. */
static void draw(const struct source *s, const struct demand_day *day, demand_fn *fn, float *table, size_t row_len)
{
    float scratch[DAY_MIN_MAX], *out[DEMAND_KEYS_MAX] = {0};
    for (int k = 0; k < s->gen->n; k++) out[k] = s->row[k] < 0 ? scratch : table + (size_t)s->row[k] * row_len;
    fn(s, day, out);
}

/* Makes what is still missing of a source's day: quarter-hours from the minutes where it cannot draw them itself. */
static void make_source(const struct world *w, struct cached_day *c, int i, int bits)
{
    const struct source *s = &w->source[i];
    int missing = bits & ~c->made[i], sums = missing & MADE_QUARTERS && !s->gen->quarters;
    c->made[i] |= (uint8_t)bits;
    if (missing & MADE_QUARTERS && !sums) draw(s, &c->day, s->gen->quarters, c->quarter, QUARTERS_MAX);
    if (sums) missing |= MADE_MINUTES & ~c->made[i], c->made[i] |= MADE_MINUTES;
    if (missing & MADE_MINUTES) draw(s, &c->day, s->gen->day, c->value, DAY_MIN_MAX);
    for (int k = 0; sums && k < s->gen->n; k++)
        if (s->row[k] >= 0) sum_quarters(c, s->row[k]);
}

static void make_all(const struct world *w, struct cached_day *c, int bits)
{
    for (int i = 0; i < w->n_source; i++)
        if (bits & ~c->made[i]) make_source(w, c, i, bits);
}

/* The local day that holds at_ms, made now or kept from before; the one unused for longest gives way. */
static struct cached_day *day_of(struct world *w, int64_t at_ms)
{
    struct cached_day *oldest = &w->cache[0];
    for (int i = 0; i < DAYS_CACHED; i++) {
        struct cached_day *c = &w->cache[i];
        if (c->day.start_ms != INT64_MIN && at_ms >= c->day.start_ms &&
            at_ms < c->day.start_ms + (int64_t)c->day.n_min * MS_MIN) {
            c->used = ++w->clock;
            return c;
        }
        if (c->used < oldest->used) oldest = c;
    }
    day_begin(w, oldest, local_day_start_ms(&w->v->site.zone, at_ms));
    oldest->used = ++w->clock;
    return oldest;
}

/* Whole quarter-hours [first, last) of one day. */
static void add_quarters(const struct world *w, const struct cached_day *c, int first, int last, double *exo)
{
    for (int r = 0; r < w->n_row; r++) {
        const float *v = c->quarter + (size_t)r * QUARTERS_MAX;
        double sum = 0;
        for (int q = first; q < last; q++) sum += (double)v[q];
        exo[w->row_exo[r]] += sum;
    }
}

/* Adds value x minutes over [from, until) minutes of one day. */
static void add_minutes(const struct world *w, struct cached_day *c, double from, double until, double *exo)
{
    int whole = (int)from / QUARTER_MIN, end = (int)until / QUARTER_MIN;
    if (from == whole * QUARTER_MIN && until == end * QUARTER_MIN && end * QUARTER_MIN <= c->day.n_min) {
        make_all(w, c, MADE_QUARTERS);
        add_quarters(w, c, whole, end, exo);
        return;
    }
    make_all(w, c, MADE_MINUTES);
    int first = (int)from, last = (int)ceil(until) - 1;
    double head = first == last ? until - from : first + 1 - from, tail = last > first ? until - last : 0.0;
    for (int r = 0; r < w->n_row; r++) {
        const float *v = c->value + (size_t)r * DAY_MIN_MAX;
        double sum = head * (double)v[first] + tail * (double)v[last];
        if (last > first + 1) sum += sum_of(v + first + 1, last - first - 1);
        exo[w->row_exo[r]] += sum;
    }
}

/* Sources [first, last) of a day, whose rows begin at row `base`, turned. */
static void turn_some(struct world *w, const struct cached_day *c, int first, int last, int base, int n)
{
    for (int i = first; i < last; i++) {
        const struct source *s = &w->source[i];
        float nowhere[DAY_MIN_MAX], *out[DEMAND_KEYS_MAX] = {0};
        for (int k = 0; k < s->gen->n; k++)
            out[k] = s->row[k] < 0 ? nowhere : w->near + (size_t)(s->row[k] - base) * DAY_MIN_MAX;
        s->gen->day(s, &c->day, out);
    }
    for (int m = 0; m < c->day.n_min; m++) {
        float *restrict to = w->minute + (size_t)m * (size_t)w->n_row + base;
        const float *restrict from = w->near + m;
        for (int r = 0; r < n; r++) to[r] = from[(size_t)r * DAY_MIN_MAX];
    }
}

/* A day of minutes, turned while the rows of a few sources are near: read by the minute, rows of a whole day would each be another cache line. */
static void turn_day(struct world *w, const struct cached_day *c)
{
    w->minute_ms = c->day.start_ms, w->minute_n = c->day.n_min;
    for (int i = 0, base = 0; i < w->n_source;) {
        int last = i, n = 0;
        while (last < w->n_source && n + DEMAND_KEYS_MAX <= NEAR_ROWS) {
            for (int k = 0; k < w->source[last].gen->n; k++) n += w->source[last].row[k] >= 0;
            last++;
        }
        turn_some(w, c, i, last, base, n);
        i = last, base += n;
    }
}

/* The rows of one whole local minute, or 0: that is not what is asked. */
static int one_minute(struct world *w, int64_t at_ms, int64_t dt_ms, double *exo)
{
    if (dt_ms != MS_MIN || at_ms % MS_MIN) return 0;
    if (w->minute_ms == INT64_MIN || at_ms < w->minute_ms || at_ms >= w->minute_ms + w->minute_n * (int64_t)MS_MIN)
        turn_day(w, day_of(w, at_ms));
    if ((at_ms - w->minute_ms) % MS_MIN) return 0;
    const float *v = w->minute + (size_t)((at_ms - w->minute_ms) / MS_MIN) * (size_t)w->n_row;
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
    memcpy(exo, w->plain, sizeof *exo * (size_t)w->v->n_exo);
    for (int r = 0; r < w->n_row; r++) exo[w->row_exo[r]] = 0.0;
    for (int64_t t = at_ms; t < end;) {
        struct cached_day *c = day_of(w, t);
        int64_t day_end = c->day.start_ms + (int64_t)c->day.n_min * MS_MIN, until = end < day_end ? end : day_end;
        add_minutes(w, c, (double)(t - c->day.start_ms) / MS_MIN, (double)(until - c->day.start_ms) / MS_MIN, exo);
        t = until;
    }
    double per = (double)MS_MIN / (double)dt_ms;
    for (int r = 0; r < w->n_row; r++) exo[w->row_exo[r]] *= per;
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
    struct cached_day *c = day_of(w, at_ms);
    make_source(w, c, w->row_source[w->exo_row[exo]], MADE_MINUTES);
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

/* Sun angles between two geocentric positions that are kept for the UT day: a tenth of the full algorithm's cost.
 */
static void quick_sun(struct world *w, struct ambient *amb)
{
    const struct site *site = &w->v->site;
    const struct sun_place place = {site->lat_deg, site->lon_deg, site->altitude_m, 101325.0, 12.0, 0.5667};
    double jd = sun_julian_day(amb->at_ms), day = floor(jd);
    if (w->sun[0].jd != day || w->sun[1].jd != day + 1.0)
        w->sun[0] = sun_geocentric(day, 69.0), w->sun[1] = sun_geocentric(day + 1.0, 69.0);
    struct sun_geocentric g = sun_between(&w->sun[0], &w->sun[1], jd);
    struct sun_angles a = sun_topocentric(&g, &place);
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

/* The same between the ends of an hour, for steps far shorter than that: within 5e-6 deg of the full algorithm. */
static void hour_sun(struct world *w, struct ambient *amb)
{
    int64_t from_ms = amb->at_ms - ((amb->at_ms % MS_HOUR) + MS_HOUR) % MS_HOUR;
    if (w->hour_sun[0].jd != sun_julian_day(from_ms)) {
        int next = w->hour_sun[1].jd == sun_julian_day(from_ms);
        w->hour_sun[0] = next ? w->hour_sun[1] : sun_geocentric_at(from_ms);
        w->hour_sun[1] = sun_geocentric_at(from_ms + MS_HOUR);
        w->sun_place = sun_place_standard(w->v->site.lat_deg, w->v->site.lon_deg, w->v->site.altitude_m);
    }
    struct sun_geocentric g = sun_between(&w->hour_sun[0], &w->hour_sun[1], sun_julian_day(amb->at_ms));
    struct sun_angles a = sun_topocentric(&g, &w->sun_place);
    amb->sun_zenith_deg = a.zenith_deg, amb->sun_azimuth_deg = a.azimuth_deg;
}

void world_ambient(struct world *w, int64_t at_ms, struct ambient *amb)
{
    ambient_time(amb, &w->v->site, at_ms);
    hour_sun(w, amb);
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
        quick_sun(w, &one);
        air_at(w, &one);
        for (int k = 0; k < MEANS; k++) sum[k] += *(const double *)(const void *)((const char *)&one + mean[k]) / n;
    }
    for (int k = 0; k < MEANS; k++) *(double *)(void *)((char *)amb + mean[k]) = sum[k];
    world_exo(w, at_ms, dt_ms, exo);
}
