/* Demand of homes: the table of `kend calc demand`. The homes of a village file as the twin has them, by the minute or longer steps: energy, peak and coincidence against the
 * number of homes, load factor, shape of the day. */
#include "world/demand.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "calc/rows.h"
#include "village/village.h"
#include "world/world.h"
#include <stdlib.h>
#include <string.h>

enum { GROUPS = 4, HOURS = 24, SIDE = 16 };
enum use { LOAD, WATER, DRIVE, USES };
static const char *const use_key[USES] = {"load_W", "hot_water_W", "car_drive_W"};
static const int group_size[GROUPS] = {1, 5, 20, 100};
// clang-format off
static const struct calc_field demand_in[] = {
    TEXT("village", CALC_WANTED, "village file with homes"), TIME("from", "first local midnight"), COUNT("days", 1, 366, 7, "how many"), COUNT("homes", 1, 1000, 100, "how many, spread over those of the file"),
    NUM("step_s", 60, 3600, 60, "mean over this time, whole minutes; steps begin at local midnight"), NUM("seed", 0, 1e9, 1, "of the people"), END};
static const struct calc_field demand_out[] = {
    OUT("homes", "taken"), OUT("kWh_home_year", "electricity of appliances, light and cooking a home, scaled to a year"), OUT("hot_water_kWh_home_year", "heat at the tap, scaled to a year"),
    OUT("car_kWh_home_year", "driven, scaled to a year"), OUT("peak_W", "mean of the groups' highest demand a home, for groups of 1, 5, 20, 100"),
    OUT("coincidence_frac", "peak of a group over the sum of its homes' peaks, for 1, 5, 20, 100"), OUT("load_factor", "mean over peak: mean of single homes"), OUT("load_factor_all", "the same of all homes together"),
    OUT("shape_frac", "by hour of the day: share of the mean"), OUT("top_frac", "the highest of them"), OUT("peak_hour", "hour of the highest mean"), OUT("low_hour", "hour of the lowest mean"), END};
// clang-format on

struct crowd {
    struct village *v;
    struct world *w;
    int *home, n, per_step; /* per_step: minutes of a step */
    int32_t (*exo)[USES];
    float *load;   /* n rows of DAY_MIN_MAX: the means of the day's steps */
    float *group;  /* DAY_MIN_MAX: a group's sum */
    double *own_W; /* n: highest so far */
    double *mean_W;
    double *group_W[GROUPS]; /* highest of each group */
    double all_W, use_J[USES], by_hour[HOURS];
    int64_t n_min;
};

static int32_t exo_of(const struct village *v, int asset, const char *key)
{
    int k = field_find(&v->asset[asset].cls->exo, key);
    return k < 0 ? -1 : v->asset[asset].exo + k;
}

static int open_crowd(struct calc_io *io, struct crowd *c, struct err *e)
{
    int mistakes = 0, all = 0, want = (int)calc_number(io, "homes");
    struct err why = {0};
    c->v = village_read(calc_text(io, "village"), stderr, &mistakes);
    if (!c->v) return calc_wrong(e, "village", "%s has %d mistakes", calc_text(io, "village"), mistakes);
    int *found = ARENA_NEW(io->arena, int, c->v->n_asset + 1);
    for (int a = 0; a < c->v->n_asset; a++) {
        const struct generator *g = demand_generator(&c->v->asset[a]);
        if (g && g->day == household_day) found[all++] = a;
    }
    c->n = want < all ? want : all;
    c->home = ARENA_NEW(io->arena, int, c->n + 1);
    for (int i = 0; i < c->n; i++) c->home[i] = found[(int64_t)i * all / c->n];
    c->exo = arena_alloc(io->arena, sizeof *c->exo * (size_t)(c->n + 1));
    for (int i = 0; i < c->n; i++)
        for (int k = 0; k < USES; k++) c->exo[i][k] = exo_of(c->v, c->home[i], use_key[k]);
    c->load = ARENA_NEW(io->arena, float, (size_t)(c->n + 1) * DAY_MIN_MAX);
    c->group = ARENA_NEW(io->arena, float, DAY_MIN_MAX);
    c->own_W = ARENA_NEW(io->arena, double, c->n + 1), c->mean_W = ARENA_NEW(io->arena, double, c->n + 1);
    for (int g = 0; g < GROUPS; g++) c->group_W[g] = ARENA_NEW(io->arena, double, c->n + 1);
    if (!c->n) return village_free(c->v), calc_wrong(e, "village", "has no homes");
    c->w = world_create(c->v, &(struct world_options){.seed = (uint64_t)calc_number(io, "seed")}, &why);
    if (!c->w) return village_free(c->v), calc_wrong(e, "village", "%s", why.text);
    return 0;
}

/* Means of the day's steps; the last is shorter where steps do not divide the day. Returns how many. */
static int to_steps(const float *minute, int n_min, int per_step, float *step)
{
    int n = 0;
    if (per_step == 1) return memcpy(step, minute, sizeof *step * (size_t)n_min), n_min;
    for (int m = 0; m < n_min; m += per_step, n++) {
        int len = n_min - m < per_step ? n_min - m : per_step;
        float sum = 0;
        for (int k = 0; k < len; k++) sum += minute[m + k];
        step[n] = sum / (float)len;
    }
    return n;
}

static double most_of(const float *v, int n)
{
    float most[SIDE] = {0}, all = 0; /* side by side: one alone waits for each comparison */
    int i = 0;
    for (; i + SIDE <= n; i += SIDE)
        for (int k = 0; k < SIDE; k++) most[k] = v[i + k] > most[k] ? v[i + k] : most[k];
    for (; i < n; i++) most[0] = v[i] > most[0] ? v[i] : most[0];
    for (int k = 0; k < SIDE; k++) all = most[k] > all ? most[k] : all;
    return (double)all;
}

static double sum_of(const float *v, int n)
{
    float sum[SIDE] = {0}, all = 0;
    int i = 0;
    for (; i + SIDE <= n; i += SIDE)
        for (int k = 0; k < SIDE; k++) sum[k] += v[i + k];
    for (; i < n; i++) sum[0] += v[i];
    for (int k = 0; k < SIDE; k++) all += sum[k];
    return (double)all;
}

static void add_row(float *to, const float *v, int n)
{
    for (int i = 0; i < n; i++) to[i] += v[i];
}

/* One home's day: its own peak, the energies, the shape. */
static int home_day(struct crowd *c, int i, int64_t at_ms)
{
    int n_min = 0, n_step = 0;
    int64_t start_ms;
    for (int k = 0; k < USES; k++) {
        const float *minute = world_minutes(c->w, at_ms, c->exo[i][k], &start_ms, &n_min);
        double day = 0;
        for (int h = 0; minute && h * 60 < n_min; h++) {
            double sum = sum_of(minute + h * 60, n_min - h * 60 < 60 ? n_min - h * 60 : 60);
            day += sum;
            if (k == LOAD && h < HOURS) c->by_hour[h] += sum;
        }
        c->use_J[k] += 60 * day;
        if (k != LOAD || !minute) continue;
        float *step = c->load + (size_t)i * DAY_MIN_MAX;
        n_step = to_steps(minute, n_min, c->per_step, step);
        c->own_W[i] = fmax(c->own_W[i], most_of(step, n_step));
        c->mean_W[i] += day;
        if (i == 0) c->n_min += n_min;
    }
    return n_step;
}

static void whole_day(struct crowd *c, int64_t at_ms)
{
    int n_step = 0;
    for (int i = 0; i < c->n; i++) n_step = home_day(c, i, at_ms);
    for (int g = 0; g < GROUPS; g++)
        for (int j = 0; j < c->n / group_size[g]; j++) {
            memset(c->group, 0, sizeof *c->group * (size_t)n_step);
            for (int i = j * group_size[g]; i < (j + 1) * group_size[g]; i++)
                add_row(c->group, c->load + (size_t)i * DAY_MIN_MAX, n_step);
            c->group_W[g][j] = fmax(c->group_W[g][j], most_of(c->group, n_step));
        }
    memset(c->group, 0, sizeof *c->group * (size_t)n_step);
    for (int i = 0; i < c->n; i++) add_row(c->group, c->load + (size_t)i * DAY_MIN_MAX, n_step);
    c->all_W = fmax(c->all_W, most_of(c->group, n_step));
}

static void put_shape(struct calc_io *io, const double by_hour[HOURS])
{
    double *shape = calc_put_series(io, "shape_frac", HOURS), mean = 0;
    int top = 0, low = 0;
    for (int h = 0; h < HOURS; h++) mean += by_hour[h] / HOURS;
    for (int h = 0; h < HOURS; h++) {
        shape[h] = by_hour[h] / mean;
        if (by_hour[h] > by_hour[top]) top = h;
        if (by_hour[h] < by_hour[low]) low = h;
    }
    calc_put(io, "top_frac", shape[top]);
    calc_put(io, "peak_hour", top);
    calc_put(io, "low_hour", low);
}

static void put_peaks(struct calc_io *io, const struct crowd *c)
{
    double *peak = calc_put_series(io, "peak_W", GROUPS),
           *coincidence = calc_put_series(io, "coincidence_frac", GROUPS), factor = 0, all = 0;
    for (int g = 0; g < GROUPS; g++) {
        int groups = c->n / group_size[g], taken = groups * group_size[g];
        double sum = 0, alone = 0;
        for (int j = 0; j < groups; j++) sum += c->group_W[g][j];
        for (int i = 0; i < taken; i++) alone += c->own_W[i];
        peak[g] = groups ? sum / taken : (double)NAN;
        coincidence[g] = groups ? sum / alone : (double)NAN;
    }
    for (int i = 0; i < c->n; i++) {
        double mean = c->mean_W[i] / (double)c->n_min;
        factor += mean / c->own_W[i] / c->n, all += mean;
    }
    calc_put(io, "load_factor", factor);
    calc_put(io, "load_factor_all", all / c->all_W);
}

static int run_demand(struct calc_io *io, struct err *e)
{
    struct crowd c = {.per_step = (int)(calc_number(io, "step_s") / 60)};
    if (c.per_step * 60 != calc_number(io, "step_s")) return calc_wrong(e, "step_s", "give whole minutes");
    if (open_crowd(io, &c, e)) return -1;
    const struct zone *z = &c.v->site.zone;
    int64_t at = local_day_start_ms(z, calc_time(io, "from") + MS_HOUR * 12);
    for (int day = 0; day < (int)calc_number(io, "days"); day++, at = local_day_start_ms(z, at + 26 * MS_HOUR))
        whole_day(&c, at);
    double year = 525600 / (double)c.n_min / 3.6e6 / c.n;
    calc_put(io, "homes", c.n);
    calc_put(io, "kWh_home_year", c.use_J[LOAD] * year);
    calc_put(io, "hot_water_kWh_home_year", c.use_J[WATER] * year);
    calc_put(io, "car_kWh_home_year", c.use_J[DRIVE] * year);
    put_peaks(io, &c);
    put_shape(io, c.by_hour);
    world_free(c.w);
    village_free(c.v);
    return 0;
}

const struct calc_model calc_demand = {
    "demand",
    "demand of many homes: peak, coincidence, load factor, shape",
    "activity-based households after Richardson et al., Energy and Buildings 42, 2010",
    demand_in,
    demand_out,
    run_demand};
