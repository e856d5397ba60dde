/* Premises that are not homes (school, kindergarten, clinic, offices and shops), and plain loads: opening hours,
 * people inside, power by floor area, at the edges of quarter-hours and straight between them. A class `home` with such a profile asks for hot water, heat gains and a
 * set-point too. Levels: ISO 18523-1 and CIBSE Guide F style figures for small rural buildings, rounded:
 * assumptions, stated in one table. Left out: cleaning at night, single machines. */
#include "world/demand.h"
#include "world/noise.h"
#include <math.h>
#include <string.h>

enum { SUN = 1, MON_FRI = 0x3e, MON_SAT = 0x7e, EVERY_DAY = 0x7f, JUL_AUG = 3 << 6, NEVER = 0 };
// clang-format off
static const struct premises_kind {
    const char *profile; double open_h, close_h; int weekdays, closed_months;
    double base_W_m2, open_W_m2, lunch_W_m2, light_W_m2, person_m2, water_L_person, set_open_degC, set_closed_degC;
} kind[] = {
    /*              open  close days       closed   base open lunch light person water set  set  */
    {"school",       8.0, 15.0, MON_FRI,   JUL_AUG, 0.6, 3.5, 2.0,  5.0,  0.15,   3,  21.0, 19.0},
    {"kindergarten", 7.5, 18.0, MON_FRI,   NEVER,   0.8, 3.0, 9.0,  5.0,  0.10,  12,  22.0, 20.5},
    {"clinic",       0.0, 24.0, EVERY_DAY, NEVER,   4.0, 6.0, 1.0,  6.0,  0.06,  20,  22.5, 22.5},
    {"shop",         8.5, 20.0, EVERY_DAY, NEVER,   6.0, 9.0, 0.0,  9.0,  0.05,   3,  20.0, 19.0},
    {"hotel",        0.0, 24.0, EVERY_DAY, NEVER,   3.0, 5.0, 6.0,  4.0,  0.04,  60,  21.5, 21.0},
    {"workshop",     8.0, 17.0, MON_SAT,   NEVER,   1.5,12.0, 0.0,  6.0,  0.02,  10,  19.0, 18.0},
    {"water",        0.0, 24.0, EVERY_DAY, NEVER,   8.0, 8.0, 0.0,  1.0,  0.00,   0,  18.0, 18.0},
    {"",             9.0, 18.0, MON_SAT,   NEVER,   1.5, 7.0, 0.0,  7.0,  0.08,   5,  21.0, 19.0}}; /* service, office, other */
// clang-format on
enum { KINDS = sizeof kind / sizeof kind[0] };
struct premises {
    const struct premises_kind *kind;
    double floor_m2, persons, scale, shift_h, set_degC;
    int vulnerable;
};

static const struct premises_kind *kind_of(const struct asset *a)
{
    int k = 0;
    while (k < KINDS - 1 && !demand_profile(a, kind[k].profile)) k++;
    return &kind[k];
}

void *premises_create(const struct source *s, struct arena *arena, struct random *r)
{
    struct premises *p = ARENA_NEW(arena, struct premises, 1);
    p->kind = kind_of(s->asset);
    p->floor_m2 = demand_par(s->asset, "floor_m2", 400.0);
    p->persons = demand_par(s->asset, "persons", p->kind->person_m2 * p->floor_m2);
    p->scale = random_range(r, 0.9, 1.1), p->shift_h = random_range(r, -0.2, 0.2),
    p->set_degC = random_range(r, -0.3, 0.3);
    p->vulnerable = s->asset->vulnerable || demand_par(s->asset, "vulnerable", 0.0) > 0.5;
    return p;
}

/* Rises from 0 to 1 over the half hour around opening, falls so around closing. */
static double openness(const struct premises_kind *k, double hour, double shift_h)
{
    if (k->close_h - k->open_h >= 24.0)
        return hour < 6.0 || hour > 22.0 ? 0.35 : 1.0; /* open day and night: quiet nights */
    double in = (hour - k->open_h - shift_h) * 2.0 + 0.5, out = (k->close_h + shift_h - hour) * 2.0 + 0.5;
    return fmin(1.0, fmax(0.0, fmin(in, out)));
}

static int works(const struct premises_kind *k, const struct demand_day *day)
{
    return (k->weekdays >> day->weekday & 1) && !(k->closed_months >> (day->month - 1) & 1);
}

/* At an hour of the day, so dark outside, so far open, with the day's noise (a deviation of 1). */
static double power_W(const struct premises *p, double hour, double dark, double open, double noise)
{
    double lunch = 0;
    if (open > 0 && p->kind->lunch_W_m2 > 0) lunch = open * exp(-0.5 * (hour - 11.5) * (hour - 11.5) / 0.64);
    double light = p->kind->light_W_m2 * open * (0.35 + 0.65 * dark), wobble = 1.0 + 0.12 * noise;
    return p->scale * p->floor_m2 *
           (p->kind->base_W_m2 + (p->kind->open_W_m2 * open + p->kind->lunch_W_m2 * lunch + light) * wobble);
}

/* Drawn at the edges of quarter-hours. */
struct premises_day {
    double open[QUARTERS_MAX + 1], power_W[QUARTERS_MAX + 1], today;
    int n;
};
static void draw_premises(const struct source *s, const struct premises *p, const struct demand_day *day,
                          struct premises_day *d)
{
    struct random r = demand_random(s, day->number);
    struct noise_run noise = {.seed = s->seed, .k = (double)NAN};
    d->today = works(p->kind, day) ? random_range(&r, 0.9, 1.1) : 0.0;
    d->n = day->n_min / QUARTER_MIN;
    for (int q = 0; q <= d->n; q++) {
        double hour = q * QUARTER_MIN / 60.0;
        d->open[q] = d->today * openness(p->kind, hour, p->shift_h);
        d->power_W[q] =
            power_W(p, hour, demand_dark(day, q), d->open[q], noise_next(&noise, (double)day->number * 96.0 + q));
    }
}

static void premises_draw(const struct source *s, const struct demand_day *day, int by_quarter, float *const *out)
{
    const struct premises *p = s->own;
    struct premises_day d;
    double water_W_L = 4186.0 * fmax(0.0, 40.0 - day->cold_water_degC), water_W[QUARTERS_MAX + 1],
           gain_W[QUARTERS_MAX + 1], set_degC[QUARTERS_MAX], present[QUARTERS_MAX], none[QUARTERS_MAX] = {0};
    double hours = fmin(12.0, fmax(1.0, p->kind->close_h - p->kind->open_h));
    draw_premises(s, p, day, &d);
    for (int q = 0; q <= d.n; q++) {
        water_W[q] = d.open[q] * p->persons * p->kind->water_L_person * water_W_L / (hours * 3600.0);
        gain_W[q] = 0.85 * d.power_W[q] + 80.0 * p->persons * d.open[q];
    }
    for (int q = 0; q < d.n; q++) {
        double hour = (q + 0.5) * QUARTER_MIN / 60.0, open = openness(p->kind, hour, p->shift_h),
               early = openness(p->kind, fmin(23.99, hour + 1.5), p->shift_h); /* warm when they come */
        int warm = d.today * fmax(early, open) > 0.02;
        set_degC[q] = fmax(p->vulnerable ? 20.5 : 18.5,
                           (warm ? p->kind->set_open_degC : p->kind->set_closed_degC) + p->set_degC);
        present[q] = 1.0;
    }
    demand_lines(d.power_W, day->n_min, by_quarter, out[0]);
    demand_lines(water_W, day->n_min, by_quarter, out[1]);
    demand_lines(gain_W, day->n_min, by_quarter, out[2]);
    demand_levels(set_degC, day->n_min, by_quarter, out[3]);
    demand_levels(present, day->n_min, by_quarter, out[4]);
    demand_levels(none, day->n_min, by_quarter, out[5]);
}

/* Keys as household_day: load_W, hot_water_W, gain_W, setpoint_degC, car_present_frac, car_drive_W. */
void premises_day(const struct source *s, const struct demand_day *day, float *const *out)
{
    premises_draw(s, day, 0, out);
}
void premises_quarters(const struct source *s, const struct demand_day *day, float *const *out)
{
    premises_draw(s, day, 1, out);
}

struct load {
    const struct premises *premises;
};

/* Sized by its usual power: the mean over a week of an equinox, dark from seven to seven. */
void *load_create(const struct source *s, struct arena *arena, struct random *r)
{
    struct load *l = ARENA_NEW(arena, struct load, 1);
    struct premises *p = premises_create(s, arena, r);
    struct demand_day *day = ARENA_NEW(arena, struct demand_day, 1);
    double sum_W = 0.0, usual_W = demand_par(s->asset, "nominal_W", 3000.0);
    p->floor_m2 = p->scale = 1.0, day->month = 3;
    for (day->weekday = 0; day->weekday < 7; day->weekday++)
        for (int q = 0; q < 96; q++) {
            double hour = q / 4.0, open = works(p->kind, day) ? openness(p->kind, hour, p->shift_h) : 0.0;
            sum_W += power_W(p, hour, hour < 7 || hour >= 19 ? 1.0 : 0.0, open, 0.0);
        }
    p->floor_m2 = usual_W / (sum_W / (7.0 * 96.0));
    l->premises = p;
    return l;
}

static void load_draw(const struct source *s, const struct demand_day *day, int by_quarter, float *const *out)
{
    struct premises_day d;
    draw_premises(s, ((const struct load *)s->own)->premises, day, &d);
    demand_lines(d.power_W, day->n_min, by_quarter, out[0]);
}
void load_day(const struct source *s, const struct demand_day *day, float *const *out)
{
    load_draw(s, day, 0, out);
}
void load_quarters(const struct source *s, const struct demand_day *day, float *const *out)
{
    load_draw(s, day, 1, out);
}
