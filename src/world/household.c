/* A household by the minute, or by the quarter-hour without the minutes in between: who is at home and awake decides what runs, as in the activity-based models of
 * Richardson et al., "Domestic electricity use: a high-resolution energy demand model", Energy and Buildings 42,
 * 2010, reduced to one page of appliances. The fridge's power and length of running and the kettle's power are of that model's table (as IDEAS and others carry it). That table
 * has a washing machine of 406 W for 138 min, an iron of 1000 W for 30 min and a hob of 640 Wh a use, with which no figure of docs/models.md comes inside that misses now. Standby of homes was measured
 * as 67 W (ten in California, Ross and Meier 2000), 92 W (120 in Australia, 2005), 164 W (always on in 70 000 in Northern California, NRDC 2015). Each person has habits (waking, leaving, coming back, sleeping) drawn
 * once, and days drawn around them; each appliance starts so many times a day at its hours when somebody is up.
 * There is no gas network: cooking is electric. Hot water: showers, hand basins and dishes as heat at the tap
 * (about 40 litres of 45 degC water a person and day). Set-points: the household's own, lower at night in some
 * homes, and changed by hand now and then. Car: leaves with its driver. Assumptions are the tables below. Left out:
 * guests, holidays, illness, neighbours' correlation except clock and daylight. */
#include "world/demand.h"
#include <math.h>
#include <string.h>

enum { PERSONS_MAX = 12, COLD_MACHINES = 2 };
enum role { ROLE_WORKER, ROLE_PUPIL, ROLE_HOME, ROLES };

// clang-format off
/* Habits: mean hours of the day, spread between persons, and from day to day; share of weekdays and weekend days spent out. */
static const struct { double wake_h, leave_h, back_h, sleep_h, own_sd_h, day_sd_h, out_week, out_weekend; } habit[ROLES] = {
    [ROLE_WORKER] = {6.6,  8.0, 17.6, 23.1, 0.7, 0.35, 0.92, 0.25},
    [ROLE_PUPIL]  = {7.1,  8.1, 14.2, 22.2, 0.3, 0.25, 0.90, 0.20},
    [ROLE_HOME]   = {7.0, 10.3, 12.2, 22.8, 0.8, 0.60, 0.45, 0.40}};

/* at_h < 0: any waking hour by `hours`; else around at_h. Rates are starts a day: per home and per person. `wet` goes down
 * the drain with its heat. */
enum hours { HOURS_DAY, HOURS_EVENING };
static const struct appliance { const char *name; double power_W, minutes, at_h, sd_h, home, person, owned, heat_frac; enum hours hours; int week; } appliance[] = {
    {"kettle",          2000,   4, -1,   0,    1.0, 0.6,  1.0,  0.6, HOURS_DAY,     0},
    {"breakfast hob",   1000,  14,  7.3, 0.8,  0.7, 0,    1.0,  0.7, HOURS_DAY,     0},
    {"lunch hob",       1000,  40, 12.8, 0.6,  0.6, 0,    1.0,  0.7, HOURS_DAY,     0},
    {"dinner hob",      1000,  55, 18.5, 0.5,  0.95,0,    1.0,  0.7, HOURS_EVENING, 0},
    {"oven",            1200,  50, 18.0, 0.8,  0.25,0.02, 1.0,  0.9, HOURS_EVENING, 0},
    {"microwave",       1100,   5, -1,   0,    0.5, 0.2,  0.8,  0.9, HOURS_DAY,     0},
    {"washing machine",  650,  75, -1,   0,    0.1, 0.11, 0.95, 0.2, HOURS_DAY,     0},
    {"dish washer",      900,  80, -1,   0,    0.7, 0,    0.25, 0.3, HOURS_EVENING, 0},
    {"iron",            1300,  20, -1,   0,    0.1, 0.03, 0.9,  1.0, HOURS_DAY,     0},
    {"vacuum cleaner",  1000,  20, -1,   0,    0.3, 0,    0.9,  1.0, HOURS_DAY,     0},
    {"hair dryer",      1200,   5, -1,   0,    0,   0.15, 0.9,  1.0, HOURS_DAY,     0},
    {"television",       110, 150, -1,   0,    1.6, 0,    1.0,  1.0, HOURS_EVENING, 0},
    {"computer",          80, 110, -1,   0,    0,   0.5,  0.7,  1.0, HOURS_DAY,     0},
    {"small things",     120,  60, -1,   0,    1.0, 0.3,  1.0,  1.0, HOURS_DAY,     0}};
/* Relative chance of a start by hour of the day. */
static const double hour_weight[2][24] = {
    [HOURS_DAY]     = {0,0,0,0,0,.2, 1,2,2,1.5,1.3,1.2, 1.3,1.3,1.1,1,1.2,1.6, 2,2,1.7,1.2,.7,.2},
    [HOURS_EVENING] = {.2,0,0,0,0,0, .3,.4,.4,.4,.4,.5, .8,.7,.5,.5,.8,1.4, 2.2,3,3.2,2.6,1.4,.6}};
// clang-format on
enum { APPLIANCES = sizeof appliance / sizeof appliance[0] };

/* Machines that run by day and night: compressor on and off. A fridge with a freezing part in every home, a chest or upright freezer in most
 * of a village where people keep what they grow (assumption). */
static const struct cold_kind {
    double power_W, on_min, off_min, owned;
} cold_kinds[COLD_MACHINES] = {{190, 22, 44, 1}, {165, 17, 50, 0.7}};
/* Never switched off: router, receivers, chargers, clocks, and the controls and circulating pumps of heat pump and tank, which have no load of
 * their own here (assumption). */
static const double standby_W[2] = {60, 150};
static const double dinner_spread_h = 1.8; /* a family's own hour for dinner, about the village's */
static const double shower_L_min = 7.0, shower_min = 5.5, shower_degC = 39.0, shower_a_day = 0.8,
                    shower_evening = 0.4;
static const double basin_L_min = 4.0, basin_degC = 36.0, basin_a_day = 5.0, dishes_L_min = 5.0, dishes_min = 2.0,
                    dishes_degC = 45.0;
static const double water_J_L_K = 4186.0, sleeping_W = 70.0,
                    awake_W = 105.0;                            /* sensible heat of one person, ISO 7730 annex */
static const double drive_J_km = 0.18 * 3.6e6, drive_km = 32.0; /* 0.18 kWh/km at the battery */
static const double hand_change_a_day = 0.08;                   /* set-points changed by hand: one in twelve days */

struct person {
    enum role role;
    double wake_h, leave_h, back_h, sleep_h;
};
struct household {
    struct person person[PERSONS_MAX];
    int n, car, vulnerable;
    double standby_W, light_W, dinner_h, setpoint_degC, setback_K, km;
    struct cold_machine {
        double power_W, on_min, off_min, phase_min;
    } cold[COLD_MACHINES]; /* power 0: has none */
    uint32_t owned;
    double today[APPLIANCES]; /* of a meal the chance, of the rest the chance of no start */
    double no_shower, no_basin;
    double weight_until[2][25]; /* hour_weight of the hours before */
};
/* One day of a house as changes, not minutes: spans in which as many are at home and awake. `by_quarter`: the day is
 * drawn in quarter-hours whose value is the sum of their minutes, else in minutes. */
enum { CHANGES_MAX = 8 * PERSONS_MAX };
struct span {
    int from, until, home, awake;
};
struct house_day {
    const struct household *h;
    int n_min, by_quarter, n_change, n_span, n_up;
    struct change {
        int at, home, awake;
    } change[CHANGES_MAX];
    struct span span[CHANGES_MAX + 1], up[CHANGES_MAX]; /* up: where somebody is awake */
    struct course {                                     /* by_quarter: see use */
        double load, gain, load_rise, gain_rise;
    } course[QUARTERS_MAX + 1];
};

/* Normal numbers that nothing waits for, made many at once: the pairs are drawn in their turn. */
enum { DRAWS_MAX = 512 };
struct draws {
    int n;
    double u[DRAWS_MAX], v[DRAWS_MAX], z[DRAWS_MAX];
};
static void draw_normal(struct draws *d, struct random *r)
{
    if (d->n == DRAWS_MAX) return;
    d->u[d->n] = 1.0 - random_uniform(r), d->v[d->n] = random_uniform(r);
    d->n++;
}
static void draws_make(struct draws *d) { random_normals(d->u, d->v, d->n, d->z); }
/* exp(sd z) instead of z. */
static void draws_make_exp(struct draws *d, double sd)
{
    draws_make(d);
    for (int i = 0; i < d->n; i++) d->u[i] = sd * d->z[i];
    random_exps(d->u, d->n, d->z);
}

static double near(double mean, double sd, double z) { return mean + sd * (z > 2.5 ? 2.5 : z < -2.5 ? -2.5 : z); }
static double around(struct random *r, double mean, double sd) { return near(mean, sd, random_normal(r)); }

static enum role role_of(int i, int n, struct random *r)
{
    if (i == 0) return ROLE_WORKER;
    if (i == 1) return random_uniform(r) < 0.45 ? ROLE_WORKER : ROLE_HOME;
    if (n > 3 && i == n - 1)
        return random_uniform(r) < 0.6 ? ROLE_HOME : ROLE_PUPIL; /* old people or small children */
    return random_uniform(r) < 0.7 ? ROLE_PUPIL : ROLE_WORKER;
}

static void buy_cold(struct cold_machine *m, const struct cold_kind *k, struct random *r)
{
    double scale = random_range(r, 0.8, 1.2);
    m->on_min = k->on_min * random_range(r, 0.85, 1.15), m->off_min = k->off_min * random_range(r, 0.85, 1.15);
    m->phase_min = random_range(r, 0, m->on_min + m->off_min);
    m->power_W = random_uniform(r) < k->owned ? k->power_W * scale : 0;
}

/* What every day asks of the habits again. */
static void keep_chances(struct household *h)
{
    for (int k = 0; k < APPLIANCES; k++) {
        double mean = appliance[k].home + appliance[k].person * h->n;
        h->today[k] = appliance[k].at_h >= 0.0 ? mean : exp(-mean);
    }
    h->no_shower = exp(-shower_a_day), h->no_basin = exp(-basin_a_day);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 24; i++) h->weight_until[k][i + 1] = h->weight_until[k][i] + hour_weight[k][i];
}

void *household_create(const struct source *s, struct arena *arena, struct random *r)
{
    struct household *h = ARENA_NEW(arena, struct household, 1);
    h->n = (int)fmin(PERSONS_MAX, fmax(1.0, demand_par(s->asset, "persons", 5.0)));
    h->vulnerable = s->asset->vulnerable || demand_par(s->asset, "vulnerable", 0.0) > 0.5;
    h->car = demand_par(s->asset, "car", 0.0) > 0.5;
    for (int i = 0; i < h->n; i++) {
        struct person *p = &h->person[i];
        p->role = role_of(i, h->n, r);
        p->wake_h = around(r, habit[p->role].wake_h, habit[p->role].own_sd_h);
        p->leave_h = fmax(p->wake_h + 0.4, around(r, habit[p->role].leave_h, habit[p->role].own_sd_h));
        p->back_h = fmax(p->leave_h + 0.5, around(r, habit[p->role].back_h, habit[p->role].own_sd_h));
        p->sleep_h = fmin(23.9, around(r, habit[p->role].sleep_h, habit[p->role].own_sd_h));
    }
    h->standby_W = random_range(r, standby_W[0], standby_W[1]), h->light_W = random_range(r, 60, 180);
    for (int k = 0; k < COLD_MACHINES; k++) buy_cold(&h->cold[k], &cold_kinds[k], r);
    h->dinner_h = random_range(r, -dinner_spread_h, dinner_spread_h);
    h->setpoint_degC = fmin(23.5, fmax(20.0, around(r, h->vulnerable ? 22.3 : 21.2, 0.7)));
    if (h->vulnerable) h->setpoint_degC = fmax(21.5, h->setpoint_degC);
    h->setback_K = !h->vulnerable && random_uniform(r) < 0.4 ? random_range(r, 1.0, 2.0) : 0.0;
    h->km = drive_km * exp(around(r, -0.12, 0.5));
    for (int k = 0; k < APPLIANCES; k++)
        if (random_uniform(r) < appliance[k].owned) h->owned |= 1u << k;
    keep_chances(h);
    return h;
}

static int minute(const struct house_day *d, double hour)
{
    int m = (int)(hour * 60.0);
    return m < 0 ? 0 : m > d->n_min ? d->n_min : m;
}

static void change_at(struct house_day *d, int at, int home, int awake)
{
    int i = d->n_change++;
    for (; i > 0 && d->change[i - 1].at > at; i--) d->change[i] = d->change[i - 1];
    d->change[i] = (struct change){at, home, awake};
}

static void stay(struct house_day *d, int from, int until, int home, int awake)
{
    if (from < until) change_at(d, from, home, awake), change_at(d, until, -home, -awake);
}

static void spans(struct house_day *d)
{
    struct span now = {0, 0, 0, 0};
    for (int i = 0; i <= d->n_change; i++) {
        now.until = i < d->n_change ? d->change[i].at : d->n_min;
        if (now.until > now.from) {
            struct span *last = d->n_up ? &d->up[d->n_up - 1] : NULL;
            d->span[d->n_span++] = now;
            if (now.awake && last && last->until == now.from)
                last->until = now.until;
            else if (now.awake)
                d->up[d->n_up++] = now;
            now.from = now.until;
        }
        if (i < d->n_change) now.home += d->change[i].home, now.awake += d->change[i].awake;
    }
}

static int is_up(const struct house_day *d, int m)
{
    for (int i = 0; i < d->n_up; i++)
        if (m >= d->up[i].from && m < d->up[i].until) return 1;
    return 0;
}

struct trip {
    int from, until;
}; /* minutes away; empty when at home all day */

/* A person's day as drawn: what is meant, and the deviations from it. */
struct wishes {
    double leave_h, back_h, goes;
};
enum { WISH_WAKE, WISH_SLEEP, WISH_LEAVE, WISH_BACK, WISHES };
static struct wishes wish(const struct person *p, int weekend, struct draws *d, struct random *r)
{
    struct wishes w = {p->leave_h, p->back_h, 0};
    draw_normal(d, r), draw_normal(d, r);
    if (weekend || p->role == ROLE_HOME)
        w.leave_h = random_range(r, 9.5, 16.5), w.back_h = w.leave_h + random_range(r, 1.0, 3.5);
    draw_normal(d, r), draw_normal(d, r);
    w.goes = random_uniform(r);
    return w;
}

static struct trip live(const struct person *p, int weekend, const struct wishes *w, const double *z,
                        struct house_day *d)
{
    double sd = habit[p->role].day_sd_h, late = weekend ? 1.0 : 0.0,
           out = weekend ? habit[p->role].out_weekend : habit[p->role].out_week;
    int wake = minute(d, near(p->wake_h + late, sd, z[WISH_WAKE])),
        sleep = minute(d, near(p->sleep_h + 0.4 * late, sd, z[WISH_SLEEP]));
    struct trip t = {0, 0};
    double leave_h = near(w->leave_h, 0.5 * sd, z[WISH_LEAVE]), back_h = near(w->back_h, sd, z[WISH_BACK]);
    if (w->goes < out) t.from = minute(d, leave_h), t.until = minute(d, fmax(leave_h + 0.3, back_h));
    if (t.from < wake) wake = t.from > 25 ? (t.until > t.from ? t.from - 25 : wake) : wake;
    stay(d, 0, t.from, 1, 0), stay(d, t.until, d->n_min, 1, 0);
    if (t.until == t.from)
        stay(d, wake, sleep, 0, 1);
    else
        stay(d, wake, t.from, 0, 1), stay(d, t.until, sleep, 0, 1);
    return t;
}

/* Everybody's day; the trip of who drives. */
static struct trip live_all(const struct household *h, int weekend, struct house_day *d, struct random *r)
{
    struct draws n;
    struct wishes w[PERSONS_MAX];
    struct trip car = {0, 0};
    n.n = 0;
    for (int i = 0; i < h->n; i++) w[i] = wish(&h->person[i], weekend, &n, r);
    draws_make(&n);
    for (int i = 0; i < h->n; i++) {
        struct trip t = live(&h->person[i], weekend, &w[i], n.z + WISHES * i, d);
        if (i == 0) car = t;
    }
    spans(d);
    return car;
}

/* An hour by its weight; counted, not searched, because where it lies is not to be foreseen. */
static int waking_minute(const struct house_day *d, enum hours hours, struct random *r)
{
    const double *until = d->h->weight_until[hours];
    double at = random_uniform(r) * until[24];
    int64_t hour = 0; /* as wide as what is compared: lanes alike */
    for (int h = 1; h < 24; h++) hour += at >= until[h];
    double past_min = 60 * (at - until[hour]) / (until[hour + 1] - until[hour]);
    return (int)hour * 60 + (past_min < 59 ? (int)past_min : 59);
}

static int start_minute(const struct appliance *a, const struct house_day *d, struct random *r)
{
    for (int tries = 0; tries < 6;
         tries++) { /* a try in an hour when nobody is up is lost: fewer starts in empty homes */
        int m;
        if (a->at_h >= 0.0)
            m = (int)(60.0 * around(r, a->at_h + (a->at_h > 15.0 ? d->h->dinner_h : 0.0), a->sd_h));
        else
            m = waking_minute(d, a->hours, r);
        if (is_up(d, m)) return m;
    }
    return -1;
}

/* The end of a quarter-hour, or `until` where that comes first. */
static int quarter_end(int q, int until)
{
    int end = (q + 1) * QUARTER_MIN;
    return end < until ? end : until;
}

static void add(float *v, const struct house_day *d, int from, int len, double w)
{
    int until = from + len < d->n_min ? from + len : d->n_min;
    if (!d->by_quarter)
        for (int m = from; m < until; m++) v[m] += (float)w;
    else
        for (int m = from, q = from / QUARTER_MIN, end; m < until; m = end, q++)
            end = quarter_end(q, until), v[q] += (float)w * (float)(end - m);
}

/* `W` from minute `from` on, for as long as the day goes on: what is left of its own quarter-hour, and all of those that follow. */
static void rise(struct house_day *d, int from, double load_W, double gain_W)
{
    int q = from / QUARTER_MIN;
    double left_min = (q + 1) * QUARTER_MIN - from;
    struct course *c = &d->course[q];
    c->load += load_W * left_min, c->gain += gain_W * left_min;
    c->load_rise += load_W, c->gain_rise += gain_W;
}

/* Runs a machine. Quarter-hours take where it starts and where it ends, however long that is: course_end adds up. */
static void use(struct house_day *d, float *load, float *gain, int from, int len, double power_W, double heat_frac)
{
    if (!d->by_quarter) {
        add(load, d, from, len, power_W), add(gain, d, from, len, power_W * heat_frac);
        return;
    }
    int until = from + len < d->n_min ? from + len : d->n_min;
    if (until <= from) return;
    rise(d, from, power_W, power_W * heat_frac), rise(d, until, -power_W, -power_W * heat_frac);
}

static void course_end(const struct house_day *d, float *load, float *gain)
{
    double load_W = 0, gain_W = 0;
    for (int q = 0; d->by_quarter && q < d->n_min / QUARTER_MIN; q++) {
        const struct course *c = &d->course[q];
        load[q] += (float)(c->load + QUARTER_MIN * load_W), gain[q] += (float)(c->gain + QUARTER_MIN * gain_W);
        load_W += c->load_rise, gain_W += c->gain_rise;
    }
}

/* A meal is cooked once or not at all; the rest starts as it comes. */
static int starts_today(const struct household *h, int k, struct random *r)
{
    return appliance[k].at_h >= 0.0 ? random_uniform(r) < h->today[k] : random_count(r, h->today[k]);
}

struct start {
    int k, at;
    double power_W;
};
static int draw_starts(const struct household *h, const struct house_day *d, struct start *s, struct draws *longer,
                       struct random *r)
{
    for (int k = 0; k < APPLIANCES; k++) {
        int starts = h->owned >> k & 1u ? starts_today(h, k, r) : 0;
        for (int i = 0; i < starts && longer->n < DRAWS_MAX; i++) {
            int at = start_minute(&appliance[k], d, r), n = longer->n;
            draw_normal(longer, r);
            s[n] = (struct start){k, at, appliance[k].power_W * random_range(r, 0.85, 1.15)};
        }
    }
    return longer->n;
}

static void run_appliances(const struct household *h, struct house_day *d, float *load, float *gain,
                           struct random *r)
{
    struct start s[DRAWS_MAX];
    struct draws longer;
    longer.n = 0;
    int n = draw_starts(h, d, s, &longer, r), free_from = 0;
    draws_make_exp(&longer, 0.25);
    for (int i = 0; i < n; i++) {
        const struct appliance *a = &appliance[s[i].k];
        int len = (int)(a->minutes * longer.z[i] + 0.5);
        if (!i || s[i].k != s[i - 1].k) free_from = 0;
        if (s[i].at < 0 || (s[i].at < free_from && free_from - s[i].at < len))
            continue; /* there is one of it in the house */
        free_from = s[i].at + len;
        use(d, load, gain, s[i].at, len, s[i].power_W, a->heat_frac);
    }
}

static void run_cold(const struct cold_machine *c, const struct demand_day *day, struct house_day *d, float *load,
                     float *gain)
{
    double period = c->on_min + c->off_min, at = fmod(c->phase_min + 1440.0 * (double)day->number, period);
    for (double from = -at; from < d->n_min; from += period) {
        int a = from < 0 ? 0 : (int)from, len = (int)(from + c->on_min) - a;
        use(d, load, gain, a, len, c->power_W, 1);
    }
}

/* Light where it is dark, and the warmth of those at home, over a span. */
static void run_span(const struct span *s, const struct house_day *d, const struct demand_day *day, float standby,
                     float lit_W, float *load, float *gain)
{
    float asleep = (float)sleeping_W * (float)s->home, awake = (float)(awake_W - sleeping_W) * (float)s->awake;
    if (!d->by_quarter) {
        for (int m = s->from; m < s->until; m++)
            load[m] = standby + lit_W * day->dark[m], gain[m] = load[m] + asleep + awake;
        return;
    }
    for (int m = s->from, q = m / QUARTER_MIN, end; m < s->until; m = end, q++) {
        end = quarter_end(q, s->until);
        float n = (float)(end - m), both = standby * n + lit_W * (float)(day->dark_sum[end] - day->dark_sum[m]);
        load[q] += both, gain[q] += both + (asleep + awake) * n;
    }
}

static void run_background(const struct household *h, const struct demand_day *day, struct house_day *d,
                           float *load, float *gain, struct random *r)
{
    double person_light = random_range(r, 0.85, 1.15);
    float lit[PERSONS_MAX + 1];
    for (int n = 0; n <= PERSONS_MAX; n++)
        lit[n] = n ? (float)(h->light_W * person_light * fmin(1.0, 0.4 + 0.15 * n)) : 0.0f;
    for (int i = 0; i < d->n_span; i++) {
        const struct span *s = &d->span[i];
        run_span(s, d, day, (float)h->standby_W, lit[s->awake], load, gain);
    }
    for (int k = 0; k < COLD_MACHINES; k++)
        if (h->cold[k].power_W > 0) run_cold(&h->cold[k], day, d, load, gain);
}

static void draw_water(const struct demand_day *day, const struct house_day *d, float *hot, int at, double L_min,
                       double minutes, double degC)
{
    int len = (int)fmax(1.0, minutes + 0.5);
    if (at >= 0 && at < d->n_min)
        add(hot, d, at, len, L_min / 60.0 * water_J_L_K * fmax(0.0, degC - day->cold_water_degC) * minutes / len);
}

static void use_water(const struct household *h, const struct demand_day *day, const struct house_day *d,
                      float *hot, struct random *r)
{
    for (int i = 0; i < h->n; i++) {
        int showers = random_count(r, h->no_shower), basins = random_count(r, h->no_basin);
        for (int k = 0; k < showers; k++) {
            const struct person *p = &h->person[i];
            int evening = random_uniform(r) < shower_evening;
            double at_h = evening ? p->sleep_h - random_range(r, 0.3, 2.5) : p->wake_h + random_range(r, 0.1, 0.8);
            draw_water(day, d, hot, (int)(at_h * 60.0), shower_L_min, shower_min * exp(0.3 * random_normal(r)),
                       shower_degC);
        }
        for (int k = 0; k < basins; k++) {
            int m = start_minute(&appliance[0], d, r);
            draw_water(day, d, hot, m, basin_L_min, 0.6, basin_degC);
        }
    }
    static const double meal_h[3] = {8.0, 13.8, 20.0};
    for (int k = 0; k < 3; k++) {
        int m = (int)(60.0 * around(r, meal_h[k] + (k == 2 ? h->dinner_h : 0.0), 0.4));
        if (is_up(d, m)) draw_water(day, d, hot, m, dishes_L_min, dishes_min * (k == 2 ? 2.0 : 1.0), dishes_degC);
    }
}

static void set_points(const struct household *h, const struct house_day *d, float *set, struct random *r)
{
    double lo = h->vulnerable ? 20.5 : 18.5, by_day = fmax(lo, h->setpoint_degC),
           by_night = fmax(lo, h->setpoint_degC - h->setback_K), change = 0;
    const int edge[4] = {0, minute(d, h->person[0].wake_h - 0.5), minute(d, 22.8), d->n_min};
    int from = d->n_min, until = d->n_min; /* changed by hand */
    if (random_uniform(r) < hand_change_a_day) {
        change = random_uniform(r) < 0.75 ? random_range(r, 0.5, 2.0) : -random_range(r, 0.5, 1.5);
        from = minute(d, random_range(r, 7.0, 21.0)), until = from + (int)random_range(r, 90, 300);
    }
    for (int k = 0; k < 3; k++) {
        double usual = (double)(float)(k == 1 ? by_day : by_night), own = fmin(24.5, fmax(lo, usual + change));
        int a = edge[k], b = edge[k + 1],
            in = from < a   ? a
                 : from < b ? from
                            : b,
            out = until < in  ? in
                  : until < b ? until
                              : b;
        add(set, d, a, in - a, usual), add(set, d, in, out - in, own), add(set, d, out, b - out, usual);
    }
}

static void car_day(const struct household *h, const struct trip *t, const struct demand_day *day,
                    const struct house_day *d, float *present, float *drive, struct random *r)
{
    if (!h->car) return;
    add(present, d, 0, t->until > t->from ? t->from : d->n_min, 1);
    if (t->until <= t->from) return;
    double cold =
        1.0 + 0.012 * fmax(0.0, 15.0 - day->mean_degC); /* heating and drag in the cold: +18 % at 0 degC */
    double energy_J = h->km * exp(around(r, -0.03, 0.25)) * drive_J_km * cold, away_s = 60.0 * (t->until - t->from);
    add(present, d, t->until, d->n_min - t->until, 1),
        add(drive, d, t->from, t->until - t->from, energy_J / away_s);
}

/* Keys in the order of the generator's row: load_W, hot_water_W, gain_W, setpoint_degC, car_present_frac,
 * car_drive_W. */
static void draw_day(const struct source *s, const struct demand_day *day, int by_quarter, float *const *out)
{
    const struct household *h = s->own;
    struct random r = demand_random(s, day->number);
    struct house_day d;
    int weekend = day->weekday == 0 || day->weekday == 6;
    d.h = h, d.n_min = day->n_min, d.by_quarter = by_quarter, d.n_change = d.n_span = d.n_up = 0;
    if (by_quarter) memset(d.course, 0, sizeof d.course);
    struct trip car = live_all(h, weekend, &d, &r);
    for (int k = 0; k < DEMAND_KEYS_MAX; k++)
        memset(out[k], 0, sizeof(float) * (size_t)(by_quarter ? d.n_min / QUARTER_MIN : d.n_min));
    run_background(h, day, &d, out[0], out[2], &r);
    run_appliances(h, &d, out[0], out[2], &r);
    course_end(&d, out[0], out[2]);
    use_water(h, day, &d, out[1], &r);
    set_points(h, &d, out[3], &r);
    car_day(h, &car, day, &d, out[4], out[5], &r);
}

void household_day(const struct source *s, const struct demand_day *day, float *const *out)
{
    draw_day(s, day, 0, out);
}

void household_quarters(const struct source *s, const struct demand_day *day, float *const *out)
{
    draw_day(s, day, 1, out);
}
