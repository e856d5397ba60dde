/* What else the village meets: traffic in its streets, waste in its bins, what arrives at the digester, what the
 * air would take from a field of grass (the field itself knows its crop), what is carried into the cold store. Each
 * one day at a time; every level is an assumption of one table or a parameter of the asset. Left out: events
 * (weddings, football), machinery on the roads, single deliveries of produce. */
#include "physics/coldload.h"
#include "physics/et0.h"
#include "world/demand.h"
#include "world/noise.h"
#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

// clang-format off
/* Share of the day's vehicles and walkers by hour, village main street on a working day and on a free day. */
static const double traffic_share[2][24] = {
    {.004,.002,.002,.002,.004,.012, .03,.065,.085,.06,.05,.052, .06,.058,.052,.055,.068,.088, .085,.065,.045,.03,.018,.008},
    {.008,.004,.003,.002,.003,.006, .014,.025,.04,.055,.068,.075, .075,.068,.062,.064,.07,.078, .08,.07,.055,.04,.022,.013}};
/* Waste put out: share of a day by hour, and of a week by day (Sunday first): more after the free days' cooking. */
static const double waste_share[24] = {.005,.002,.001,.001,.002,.01, .04,.08,.07,.05,.045,.045, .05,.06,.05,.04,.045,.06, .08,.09,.08,.05,.03,.014};
static const double waste_week[7] = {1.18, 1.10, 0.92, 0.90, 0.92, 0.94, 1.04};
static const double manure_share[24] = {0,0,0,0,0,0, .1,.25,.15,.05,0,0, 0,0,0,.05,.15,.2, .05,0,0,0,0,0}; /* twice a day: cleaning */
/* Produce carried into store a month as share of capacity: fruit and grapes from July to November. */
static const double harvest_share[12] = {.02, .02, .02, .03, .05, .10, .18, .22, .25, .20, .10, .04};
// clang-format on

/* edge[q] = scale x the curve that is straight between the middles of the hours, at the edges of the day's quarter-hours. */
static void by_hour(const double share[24], double scale, double *edge, int n_min)
{
    for (int q = 0; q <= n_min / QUARTER_MIN; q++) {
        int h = (q + 2) / 4 + 23; /* from the middle of hour h - 24 to the next */
        double a = scale * share[h % 24], b = scale * share[(h + 1) % 24];
        edge[q] = a + (b - a) * ((q + 2) % 4) / 4.0;
    }
}
static int hour_of(int m) { return m / 60 % 24; }
static int free_day(const struct demand_day *day) { return day->weekday == 0 || day->weekday == 6; }

struct traffic {
    double day_count;
};
void *traffic_create(const struct source *s, struct arena *arena, struct random *r)
{
    struct traffic *own = ARENA_NEW(arena, struct traffic, 1);
    double busy = demand_par(s->asset, "busy_per_h",
                             60.0); /* the rush hour comes near what the street calls busy, or passes it */
    own->day_count = demand_par(s->asset, "traffic_per_day", busy * random_range(r, 0.7, 1.5) / 0.088);
    return own;
}

static void traffic_draw(const struct source *s, const struct demand_day *day, int by_quarter, float *const *out)
{
    struct random r = demand_random(s, day->number);
    double count =
        ((const struct traffic *)s->own)->day_count * exp(0.12 * random_normal(&r)) * (free_day(day) ? 0.8 : 1.0);
    double edge[QUARTERS_MAX + 1];
    if (day->rain_mm > 2.0) count *= 0.85;
    by_hour(traffic_share[free_day(day)], count, edge, day->n_min);
    struct noise_run noise = {.seed = s->seed, .k = (double)NAN};
    for (int q = 0; q <= day->n_min / QUARTER_MIN; q++)
        edge[q] *= 1.0 + 0.35 * noise_next(&noise, (double)day->number * 96.0 + q);
    demand_lines(edge, day->n_min, by_quarter, out[0]);
}
void traffic_day(const struct source *s, const struct demand_day *day, float *const *out)
{
    traffic_draw(s, day, 0, out);
}
void traffic_quarters(const struct source *s, const struct demand_day *day, float *const *out)
{
    traffic_draw(s, day, 1, out);
}

/* Waste of all who live here, shared among the bins as the village file sizes them (fill_typ_kg_s), 0.5 to 0.83 kg
 * a person and day (domain figures for Azerbaijan). */
struct bin {
    double kg_day;
};
static double residents(const struct village *v)
{
    double people = 0.0;
    for (int a = 0; a < v->n_asset; a++)
        if (!strcmp(v->asset[a].cls->name, "home") && demand_generator(&v->asset[a])->day == household_day)
            people += demand_par(&v->asset[a], "persons", 5.0);
    return people;
}
void *bin_create(const struct source *s, struct arena *arena, struct random *r)
{
    struct bin *own = ARENA_NEW(arena, struct bin, 1);
    const struct village *v = s->village;
    double mine = demand_par(s->asset, "fill_typ_kg_s", 1.0), all = 0.0, people = residents(v);
    for (int a = 0; a < v->n_asset; a++)
        if (v->asset[a].cls == s->asset->cls) all += demand_par(&v->asset[a], "fill_typ_kg_s", 1.0);
    double kg_a_day = people > 0.0 ? people * mine / all : mine * 86400.0 / 0.665;
    own->kg_day = kg_a_day * random_range(r, 0.5, 0.83);
    return own;
}
static void bin_draw(const struct source *s, const struct demand_day *day, int by_quarter, float *const *out)
{
    struct random r = demand_random(s, day->number);
    double season = 1.0 + 0.08 * cos(2.0 * PI * (day->yearday - 220) / 365.0); /* more in the fruit season */
    double kg = ((const struct bin *)s->own)->kg_day * waste_week[day->weekday] * season *
                exp(0.2 * random_normal(&r) - 0.02);
    double edge[QUARTERS_MAX + 1];
    by_hour(waste_share, kg / 3600.0, edge, day->n_min);
    demand_lines(edge, day->n_min, by_quarter, out[0]);
}
void bin_day(const struct source *s, const struct demand_day *day, float *const *out) { bin_draw(s, day, 0, out); }
void bin_quarters(const struct source *s, const struct demand_day *day, float *const *out)
{
    bin_draw(s, day, 1, out);
}

struct feed {
    double manure_kg_day, waste_kg_day;
};
void *digester_feed_create(const struct source *s, struct arena *arena, struct random *r)
{
    struct feed *own = ARENA_NEW(arena, struct feed, 1);
    double thirty_days_kg =
        1000.0 * demand_par(s->asset, "volume_m3", 250.0); /* a herd that fits the digester: collected mass */
    own->manure_kg_day = thirty_days_kg / 30.0 * random_range(r, 0.45, 0.65);
    double waste = residents(s->village) * 0.66 * 0.52 * 0.7; /* kg a person, organic part, sorted by 70 % */
    own->waste_kg_day = demand_par(s->asset, "waste_kg_day", waste);
    return own;
}
void digester_feed_day(const struct source *s, const struct demand_day *day, float *const *out)
{
    const struct feed *f = s->own;
    struct random r = demand_random(s, day->number);
    double grazing =
        day->month >= 5 && day->month <= 9 ? 0.6 : 1.0; /* dung dropped on the pasture is not collected */
    double manure = f->manure_kg_day * grazing * exp(0.1 * random_normal(&r));
    double waste = day->weekday == 0
                       ? 0.0
                       : f->waste_kg_day * 7.0 / 6.0 * waste_week[day->weekday] * exp(0.15 * random_normal(&r));
    for (int m = 0; m < day->n_min; m++) {
        out[0][m] = (float)(manure * manure_share[hour_of(m)] / 3600.0);
        out[1][m] =
            hour_of(m) >= 10 && hour_of(m) < 13 ? (float)(waste / 10800.0) : 0.0f; /* the round comes home */
    }
}

struct crop {
    double area_m2;
};
void *crop_create(const struct source *s, struct arena *arena, struct random *r)
{
    (void)r;
    struct crop *own = ARENA_NEW(arena, struct crop, 1);
    double ha = demand_par(s->asset, "field_ha", demand_par(s->asset, "area_ha", 157.0));
    own->area_m2 = demand_par(s->asset, "field_m2", demand_par(s->asset, "area_m2", ha * 1e4));
    return own;
}
void crop_day(const struct source *s, const struct demand_day *day, float *const *out)
{
    const struct site *site = &s->village->site;
    const struct et0_site place = {site->lat_deg, site->altitude_m, 10, 0, 900, 0.34};
    double vapour_kPa = day->humidity_frac *
                        (et0_saturation_kPa(day->min_degC) + et0_saturation_kPa(day->max_degC)) / 2; /* eq 19 */
    const struct et0_day now = {
        day->yearday + 1, day->min_degC, day->max_degC, vapour_kPa, day->wind_m_s, day->ghi_MJ_m2, 0};
    double eto = fmax(0, et0_daily(&place, &now).et0_mm);
    double m3 = eto * 1e-3 * ((const struct crop *)s->own)->area_m2;
    for (int m = 0; m < day->n_min; m++)
        out[0][m] = (float)(m3 * (double)day->sun[m] / 60.0); /* plants drink while the sun shines */
}

struct product {
    double capacity_kg;
};
void *product_create(const struct source *s, struct arena *arena, struct random *r)
{
    (void)r;
    struct product *own = ARENA_NEW(arena, struct product, 1);
    own->capacity_kg = demand_par(s->asset, "capacity_J_K", 1e8) / 3700.0; /* 3.7 kJ/kg K: fruit and vegetables */
    return own;
}
/* Heat of what is carried in (cooled from the air's temperature to 2 degC within the day, 3.7 kJ/kg K) and of what
 * breathes there (as much apples as grapes, physics/coldload.h). */
void product_day(const struct source *s, const struct demand_day *day, float *const *out)
{
    struct random r = demand_random(s, day->number);
    double capacity = ((const struct product *)s->own)->capacity_kg, held = 0.0;
    for (int m = 0; m < 12; m++) held = fmax(held, harvest_share[m]);
    held = 0.35 + 0.5 * harvest_share[day->month - 1] / held;
    int working = day->weekday != 0;
    double carried =
        working ? harvest_share[day->month - 1] * capacity / 26.0 * exp(0.4 * random_normal(&r) - 0.08) : 0.0;
    double warm_K = fmax(0.0, day->mean_degC - 2.0), heat_J = carried * 3700.0 * warm_K,
           breath_W_kg = (coldload_respiration_W_kg(APPLE, 2) + coldload_respiration_W_kg(GRAPE, 2)) / 2,
           breath_W = breath_W_kg * held * capacity;
    for (int m = 0; m < day->n_min; m++) {
        double h = m / 60.0,
               since = h - 13.0; /* doors open from 9 to 17; the heat comes out over the hours that follow */
        double part = exp(-0.5 * since * since / 9.0) / (3.0 * sqrt(2.0 * PI));
        out[0][m] = (float)(breath_W + heat_J * part / 3600.0);
    }
}
