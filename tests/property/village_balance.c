/* Nothing from nowhere over a year: what flows into a node, out of it and what nobody could take, and what the meter's registers count, in every hour of
 * each village; and in agali what is held
 * in the battery, the gas holder, the feed store and the digester, the forebay, the irrigation tank and the field's soil. All within 1e-9 of what
 * passes. The year goes by the hour; the stores, whose states tell the mean of one step only, by the minute through two days of each month. */
#include "base/err.h"
#include "base/instant.h"
#include "near.h"
#include "physics/digester.h"
#include "twin/twin.h"
#include "village/village.h"
#include "world/world.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CARRIERS = CARRIER_ORGANIC + 1, DAYS_A_MONTH = 2 };
static const double part = 1e-9;
static struct village *v;
static struct world *w;
static struct twin *t;

static void open_twin(const char *village, int64_t at_ms)
{
    struct err e = {0};
    char path[512];
    int n = 0;
    const char *source = getenv("KEND_SOURCE");
    snprintf(path, sizeof path, "%s/villages/%s.yaml", source ? source : ".", village);
    v = village_read(path, stderr, &n);
    assert_non_null(v);
    w = world_create(v, &(struct world_options){.seed = 7}, &e);
    assert_non_null(w);
    t = twin_create(v, w, &(struct twin_options){.seed = 7}, at_ms,
                    &e); /* no spread: its parameters are the file's */
    assert_non_null(t);
}

static void close_twin(void)
{
    twin_free(t);
    world_free(w);
    village_free(v);
}

static double x_of(int32_t a, const char *key)
{
    int i = field_find(&v->asset[a].cls->state, key);
    if (i < 0) fail_msg("%s has no %s", v->asset[a].id, key);
    return twin_truth(t)->x[v->asset[a].x + i];
}

static double exo_of(int32_t a, const char *key)
{
    return twin_truth(t)->exo[v->asset[a].exo + field_find(&v->asset[a].cls->exo, key)];
}

static double flow_of(int32_t a, int port) { return twin_truth(t)->flow[v->asset[a].flow + port]; }
static double par_of(int32_t a, const char *key) { return asset_par(&v->asset[a], key); }

/* One sum that must come out as nothing, and what passed. */
struct sum {
    double left, through;
};
static void book(struct sum *s, double amount) { s->left += amount, s->through += fabs(amount); }
static void closes(const struct sum *s, const char *what)
{
    if (!(s->through > 0)) fail_msg("%s: nothing passed", what);
    if (!(fabs(s->left) <= part * s->through)) fail_msg("%s: %g of %g is from nowhere", what, s->left, s->through);
}

/* Every flow enters its node once, and what nobody took leaves it. */
static void book_nodes(struct sum carrier[CARRIERS], double dt_s)
{
    const double *left = twin_residual(t);
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int p = 0; p < v->asset[a].cls->n_port; p++)
            if (v->asset[a].node[p] >= 0) book(&carrier[v->asset[a].cls->port[p].carrier], flow_of(a, p) * dt_s);
    for (int n = 0; n < v->n_node; n++) carrier[v->node[n].carrier].left -= left[n] * dt_s;
}

static int wired(enum carrier k)
{
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int p = 0; p < v->asset[a].cls->n_port; p++)
            if (v->asset[a].node[p] >= 0 && v->asset[a].cls->port[p].carrier == k) return 1;
    return 0;
}

/* Every hour of the year; whatever carrier a village has wires for must have flowed, gas no less than others. */
static void a_year_of(const char *village)
{
    struct err e = {0};
    int64_t from_ms;
    assert_int_equal(instant_parse("2026-01-01T00:00:00+04:00", NULL, &from_ms, &e), 0);
    open_twin(village, from_ms);
    static const char *const name[CARRIERS] = {"electricity", "heat", "gas", "water", "organic matter"};
    struct sum carrier[CARRIERS] = {{0}}, meter = {0};
    int32_t grid = village_class_next(v, "grid", -1);
    double import_J = grid < 0 ? 0 : x_of(grid, "import_J"), export_J = grid < 0 ? 0 : x_of(grid, "export_J");
    for (int h = 1; h <= 8760; h++) {
        twin_step(t, from_ms + h * (int64_t)MS_HOUR, MS_HOUR);
        book_nodes(carrier, 3600);
        if (grid >= 0) book(&meter, flow_of(grid, 0) * 3600);
    }
    if (grid >= 0) {
        book(&meter, -(x_of(grid, "import_J") - import_J) + (x_of(grid, "export_J") - export_J));
        closes(&meter, "the meter's registers");
    }
    for (int k = 0; k < CARRIERS; k++)
        if (wired((enum carrier)k)) closes(&carrier[k], name[k]);
    close_twin();
}

static void a_year(void **state)
{
    (void)state;
    static const char *const village[] = {"agali", "highland", "oasis"};
    for (int i = 0; i < 3; i++) a_year_of(village[i]);
}

/* --- what is held --- */

struct held {
    struct sum battery, gas, engine, feed, heat, forebay, tank, soil;
    double fed_kg, out_kg, gas_J, drained_m3, irrigated_m3;
};

static void book_battery(struct sum *s, int32_t a, double before_J, double dt_s)
{
    double W = flow_of(a, 0), standing_J = fmin(par_of(a, "standing_W") * dt_s, before_J);
    book(s, x_of(a, "energy_J") - before_J);
    book(s, W >= 0 ? W / par_of(a, "eta_discharge_frac") * dt_s : W * par_of(a, "eta_charge_frac") * dt_s);
    book(s, standing_J);
}

struct biogas_before {
    double holder_J, vent_J, store_kg, refused_kg, digestate_kg, pool_kg, temp_degC;
};
static struct biogas_before biogas_now(int32_t a)
{
    return (struct biogas_before){
        x_of(a, "holder_J"),   x_of(a, "vent_J"),       x_of(a, "store_manure_kg") + x_of(a, "store_waste_kg"),
        x_of(a, "refused_kg"), x_of(a, "digestate_kg"), x_of(a, "manure_kg") + x_of(a, "waste_kg"),
        x_of(a, "temp_degC")};
}

static void book_gas(struct held *h, int32_t a, const struct biogas_before *b, double dt_s)
{
    struct biogas_before n = biogas_now(a);
    double engine_gas_W = x_of(a, "engine_W") / par_of(a, "eta_el_frac");
    book(&h->gas, x_of(a, "gas_W") * dt_s);
    book(&h->gas, -engine_gas_W * dt_s - x_of(a, "boiler_W") / par_of(a, "eta_boiler_frac") * dt_s);
    book(&h->gas, -(x_of(a, "flare_W") + x_of(a, "port_W")) * dt_s);
    book(&h->gas, -(n.holder_J - b->holder_J) - (n.vent_J - b->vent_J));
    book(&h->engine, (engine_gas_W * par_of(a, "eta_th_frac") + x_of(a, "boiler_W")) * dt_s);
    book(&h->engine, -(x_of(a, "own_heat_W") + flow_of(a, 1)) * dt_s);
    double air_degC = twin_truth(t)->amb.temp_degC, capacity_J_K = par_of(a, "volume_m3") * 4186e3;
    book(&h->heat, x_of(a, "own_heat_W") * dt_s);
    book(&h->heat, -par_of(a, "loss_W_K") * (b->temp_degC - air_degC) * dt_s);
    book(&h->heat, -x_of(a, "feed_kg_s") * 4186 * (b->temp_degC - fmax(5, air_degC)) * dt_s);
    book(&h->heat, -capacity_J_K * (n.temp_degC - b->temp_degC));
}

/* Arrivals are refused, stored or fed; what is fed leaves as digestate or as gas, whose energy tells its mass between the two substrates'. */
static void book_organic(struct held *h, int32_t a, const struct biogas_before *b, double dt_s)
{
    struct biogas_before n = biogas_now(a);
    double feed_kg = x_of(a, "feed_kg_s") * dt_s;
    book(&h->feed, (exo_of(a, "manure_kg_s") + exo_of(a, "waste_kg_s")) * dt_s);
    book(&h->feed, -(n.store_kg - b->store_kg) - (n.refused_kg - b->refused_kg) - feed_kg);
    h->fed_kg += feed_kg, h->out_kg += n.digestate_kg - b->digestate_kg, h->gas_J += x_of(a, "gas_W") * dt_s;
}

static void book_water(struct held *h, int32_t hydro, int32_t pump, const double before[4], double dt_s)
{
    book(&h->forebay, (exo_of(hydro, "river_m3_s") - x_of(hydro, "eflow_m3_s")) * dt_s);
    book(&h->forebay,
         -(x_of(hydro, "release_m3_s") + x_of(hydro, "spill_m3_s") + x_of(hydro, "supply_m3_s")) * dt_s);
    book(&h->forebay, -(x_of(hydro, "volume_m3") - before[0]));
    double irrigated_m3 = x_of(pump, "irrigate_m3_s") * dt_s;
    book(&h->tank, -flow_of(pump, 1) * dt_s - irrigated_m3 - (x_of(pump, "tank_m3") - before[1]));
    double rain_m3 = twin_truth(t)->amb.rain_mm_h / 3.6e6 * par_of(pump, "area_m2") * dt_s;
    double taken_m3 = x_of(pump, "taken_m3") - before[3];
    book(&h->soil, rain_m3 + par_of(pump, "application_frac") * irrigated_m3);
    book(&h->soil, -taken_m3 + (x_of(pump, "depletion_m3") - before[2]));
}

static void minutes_of(int64_t from_ms, struct held *h)
{
    int32_t battery = village_class_next(v, "battery", -1), biogas = village_class_next(v, "biogas", -1),
            hydro = village_class_next(v, "hydro", -1), pump = village_class_next(v, "pump", -1);
    double drained = x_of(pump, "drained_m3");
    h->tank.through +=
        x_of(pump, "tank_m3"); /* in a wet month nothing but the tank's own water is there to be lost */
    for (int m = 1; m <= DAYS_A_MONTH * 1440; m++) {
        double energy_J = x_of(battery, "energy_J"),
               water[4] = {x_of(hydro, "volume_m3"), x_of(pump, "tank_m3"), x_of(pump, "depletion_m3"),
                           x_of(pump, "taken_m3")};
        struct biogas_before b = biogas_now(biogas);
        twin_step(t, from_ms + m * (int64_t)MS_MIN, MS_MIN);
        book_battery(&h->battery, battery, energy_J, 60);
        book_gas(h, biogas, &b, 60);
        book_organic(h, biogas, &b, 60);
        book_water(h, hydro, pump, water, 60);
        h->irrigated_m3 += x_of(pump, "irrigate_m3_s") * 60;
    }
    h->drained_m3 += x_of(pump, "drained_m3") - drained;
}

static void what_is_held(void **state)
{
    (void)state;
    struct err e = {0};
    int64_t from_ms;
    assert_int_equal(instant_parse("2026-01-01T00:00:00+04:00", NULL, &from_ms, &e), 0);
    open_twin("agali", from_ms);
    struct held h = {{0}};
    for (int month = 1; month <= 12; month++) {
        int64_t at_ms = civil_ms(&v->site.zone, 2026, month, 2, 0, 0, 0);
        twin_step(t, at_ms, MS_HOUR);
        minutes_of(at_ms, &h);
    }
    book(&h.soil, -h.drained_m3);
    assert_true(h.irrigated_m3 > 0);
    closes(&h.battery, "battery"), closes(&h.gas, "gas holder"), closes(&h.engine, "engine and boiler heat");
    closes(&h.heat, "digester heat"), closes(&h.feed, "feed store");
    closes(&h.forebay, "forebay"), closes(&h.tank, "irrigation tank"), closes(&h.soil, "soil water");
    int32_t a = village_class_next(v, "biogas", -1);
    double manure_J_kg = par_of(a, "bmp_manure_m3_per_kg") / par_of(a, "degradable_manure_frac") * METHANE_LHV_J_M3,
           waste_J_kg = par_of(a, "bmp_waste_m3_per_kg") / par_of(a, "degradable_waste_frac") * METHANE_LHV_J_M3,
           J_kg = h.gas_J / (h.fed_kg - h.out_kg);
    if (!(J_kg > 0.99 * fmin(manure_J_kg, waste_J_kg) && J_kg < 1.01 * fmax(manure_J_kg, waste_J_kg)))
        fail_msg("a kilogram that became gas gave %g J, not between %g and %g", J_kg, manure_J_kg, waste_J_kg);
    close_twin();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_year), cmocka_unit_test(what_is_held)};
    return cmocka_run_group_tests_name("village_balance", tests, NULL, NULL);
}
