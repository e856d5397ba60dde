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

enum { GROUPS = 4, HOURS = 24 };
static const int group_size[GROUPS] = {1, 5, 20, 100};
// clang-format off
static const struct calc_field demand_in[] = {
    TEXT("village", CALC_WANTED, "village file with homes"), TIME("from", "first local midnight"), NUM("days", 1, 366, 7, "how many"), NUM("homes", 1, 1000, 100, "how many, spread over those of the file"),
    NUM("step_s", 60, 3600, 60, "mean over this time"), NUM("seed", 0, 1e9, 1, "of the people"), END};
static const struct calc_field demand_out[] = {
    OUT("homes", "taken"), OUT("kWh_home_year", "electricity of appliances, light and cooking a home, scaled to a year"), OUT("hot_water_kWh_home_year", "heat at the tap, scaled to a year"),
    OUT("car_kWh_home_year", "driven, scaled to a year"), OUT("peak_W", "mean of the groups' highest demand a home, for groups of 1, 5, 20, 100"),
    OUT("coincidence_frac", "peak of a group over the sum of its homes' peaks, for 1, 5, 20, 100"), OUT("load_factor", "mean over peak: mean of single homes"), OUT("load_factor_all", "the same of all homes together"),
    OUT("shape_frac", "by hour of the day: share of the mean"), OUT("peak_hour", "hour of the highest mean"), OUT("low_hour", "hour of the lowest mean"), END};
// clang-format on

struct crowd {
    struct village *v;
    struct world *w;
    int *home, n;
    double *exo;
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
    c->exo = ARENA_NEW(io->arena, double, c->v->n_exo + 1);
    if (!c->n) return village_free(c->v), calc_wrong(e, "village", "has no homes");
    c->w = world_create(c->v, &(struct world_options){.seed = (uint64_t)calc_number(io, "seed")}, &why);
    if (!c->w) return village_free(c->v), calc_wrong(e, "village", "%s", why.text);
    return 0;
}

/* Peaks of whole groups of the size, and the sum of their homes' own peaks. */
static void group_peaks(const float *load, int n_home, int n_step, int size, double *peak_W, double *coincidence)
{
    double sum = 0, alone = 0;
    int groups = n_home / size;
    for (int g = 0; g < groups; g++) {
        double most = 0;
        for (int t = 0; t < n_step; t++) {
            double now = 0;
            for (int i = g * size; i < (g + 1) * size; i++) now += (double)load[(int64_t)i * n_step + t];
            most = fmax(most, now);
        }
        sum += most;
        for (int i = g * size; i < (g + 1) * size; i++) {
            double own = 0;
            for (int t = 0; t < n_step; t++) own = fmax(own, (double)load[(int64_t)i * n_step + t]);
            alone += own;
        }
    }
    *peak_W = groups ? sum / (groups * size) : (double)NAN;
    *coincidence = groups ? sum / alone : (double)NAN;
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
    calc_put(io, "peak_hour", top);
    calc_put(io, "low_hour", low);
}

static void put_peaks(struct calc_io *io, const float *load, int n_home, int n_step)
{
    double *peak = calc_put_series(io, "peak_W", GROUPS),
           *coincidence = calc_put_series(io, "coincidence_frac", GROUPS), factor = 0, all_peak = 0, all_mean = 0;
    for (int g = 0; g < GROUPS; g++) group_peaks(load, n_home, n_step, group_size[g], &peak[g], &coincidence[g]);
    for (int i = 0; i < n_home; i++) {
        double mean = 0, most = 0;
        for (int t = 0; t < n_step; t++)
            mean += (double)load[(int64_t)i * n_step + t] / n_step,
                most = fmax(most, (double)load[(int64_t)i * n_step + t]);
        factor += mean / most / n_home;
    }
    for (int t = 0; t < n_step; t++) {
        double now = 0;
        for (int i = 0; i < n_home; i++) now += (double)load[(int64_t)i * n_step + t];
        all_peak = fmax(all_peak, now), all_mean += now / n_step;
    }
    calc_put(io, "load_factor", factor);
    calc_put(io, "load_factor_all", all_mean / all_peak);
}

static int run_demand(struct calc_io *io, struct err *e)
{
    struct crowd c = {0};
    if (open_crowd(io, &c, e)) return -1;
    int64_t step_ms = (int64_t)calc_number(io, "step_s") * MS_S, start = calc_time(io, "from");
    start = local_day_start_ms(&c.v->site.zone, start + MS_HOUR * 12);
    int n_step = (int)(calc_number(io, "days") * MS_DAY / (double)step_ms);
    float *load = ARENA_NEW(io->arena, float, (int64_t)c.n *n_step);
    double by_hour[HOURS] = {0}, sum_J = 0, water_J = 0, drive_J = 0, dt = (double)step_ms / MS_S;
    for (int t = 0; t < n_step; t++) {
        world_exo(c.w, start + t * step_ms, step_ms, c.exo);
        int hour = (int)((t * step_ms / MS_HOUR) % HOURS);
        for (int i = 0; i < c.n; i++) {
            double watt = c.exo[exo_of(c.v, c.home[i], "load_W")];
            int32_t water = exo_of(c.v, c.home[i], "hot_water_W"), drive = exo_of(c.v, c.home[i], "car_drive_W");
            load[(int64_t)i * n_step + t] = (float)watt;
            by_hour[hour] += watt, sum_J += watt * dt, water_J += water >= 0 ? c.exo[water] * dt : 0,
                drive_J += drive >= 0 ? c.exo[drive] * dt : 0;
        }
    }
    double year = 365 / calc_number(io, "days") / 3.6e6 / c.n;
    calc_put(io, "homes", c.n);
    calc_put(io, "kWh_home_year", sum_J * year);
    calc_put(io, "hot_water_kWh_home_year", water_J * year);
    calc_put(io, "car_kWh_home_year", drive_J * year);
    put_peaks(io, load, c.n, n_step);
    put_shape(io, by_hour);
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
