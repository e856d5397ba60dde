/* State, series, balance, tariff, clock of the village layer, with toy classes that can be reckoned by hand. */
#include "base/instant.h"
#include "base/money.h"
#include "near.h"
#include "unit/village_toys.h"
#include "village/village.h"
#include <stdlib.h>

static const char file[] =
    "site: {id: t, name: Test, lat_deg: 39.18, lon_deg: 46.76, altitude_m: 330, tz: \"<+04>-4\"}\n"
    "tariff:\n"
    "  currency: AZN\n"
    "  periods:\n"
    "    - {months: [dec, jan], weekdays: [mon, fri], from_hour: 18, until_hour: 23, buy_per_kWh: 0.3, "
    "sell_per_kWh: 0.05}\n"
    "    - {from_hour: 23, until_hour: 7, buy_per_kWh: 0.07, sell_per_kWh: 0.04}\n"
    "    - {buy_per_kWh: 0.12, sell_per_kWh: 0.05}\n"
    "climate:\n"
    "  source: norms\n"
    "  temp_degC: [1, 2, 6, 12, 17, 22, 26, 25, 20, 14, 8, 3]\n"
    "  temp_min_degC: [-3, -2, 2, 7, 12, 16, 20, 19, 15, 10, 4, 0]\n"
    "  temp_max_degC: [6, 8, 12, 18, 24, 30, 33, 32, 27, 20, 13, 8]\n"
    "  rain_mm: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    "  ghi_MJ_m2: [200, 266, 408, 534, 690, 762, 786, 700, 534, 392, 238, 172]\n"
    "  wind_m_s: [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]\n"
    "  humidity_frac: [0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7]\n"
    "  temp_day_sd_K: 3\n"
    "  temp_persistence: 0.7\n"
    "  cloud_persistence: 0.4\n"
    "places:\n"
    "  - {id: site, kind: parcel, state: under_construction, point: [46.76, 39.18]}\n"
    "  - {id: yard, kind: parcel, state: in_use, point: [46.77, 39.18]}\n"
    "nodes:\n"
    "  - {id: bus, carrier: elec}\n"
    "  - {id: low, carrier: elec}\n"
    "  - {id: end, carrier: elec}\n"
    "  - {id: pond, carrier: water}\n"
    "assets:\n"
    "  - {id: cow, class: trough, at: yard, ports: {water: pond}}\n"
    "  - {id: feeder, class: line, at: yard, ports: {up: low, down: end}, loss_frac: 10 %}\n"
    "  - {id: tap, class: tap, ports: {elec: end}, power_W: 5, at: site}\n"
    "  - {id: trafo, class: line, at: yard, ports: {up: bus, down: low}, loss_frac: 20 %}\n"
    "  - {id: g, class: grid, at: yard, ports: {elec: bus}, limit_W: {value: 1000, source: contract}}\n"
    "  - {id: store, class: store, at: yard, ports: {elec: bus}}\n"
    "  - {id: tap2, class: tap, at: yard, ports: {elec: low}, power_W: 5}\n"
    "  - {id: well, class: spring, at: yard, ports: {water: pond}}\n";

struct bench {
    struct village *v;
    struct state s;
    double residual[4];
};

static int setup(void **out)
{
    int n_error;
    struct bench *b = calloc(1, sizeof *b);
    b->v = village_read_text("t.yaml", file, strlen(file), stderr, &n_error);
    if (!b->v) return -1;
    state_create(&b->s, b->v, aligned_alloc(64, state_bytes(b->v)));
    *out = b;
    return 0;
}

static int teardown(void **in)
{
    struct bench *b = *in;
    free(b->s.x);
    village_free(b->v);
    free(b);
    return 0;
}

static double *flow(struct bench *b, const char *id, int port)
{
    return &b->s.flow[b->v->asset[village_asset(b->v, id)].flow + port];
}

/* 100 W and 50 W drawn below lines that lose a tenth and a fifth: (100 x 1.1 + 50) x 1.2 = 192 W from the grid. */
static void test_balance_tree(void **in)
{
    struct bench *b = *in;
    *flow(b, "tap", 0) = -100;
    *flow(b, "tap2", 0) = -50;
    *flow(b, "g", 0) = 777; /* stale flows of the slack may not count */
    *flow(b, "trafo", 0) = 777;
    for (int twice = 0; twice < 2; twice++) {
        village_balance(b->v, &b->s, NULL, 60, b->residual);
        assert_near(*flow(b, "feeder", 1), 100, 1e-12);
        assert_near(*flow(b, "feeder", 0), -110, 1e-12);
        assert_near(*flow(b, "trafo", 0), -192, 1e-12);
        assert_near(*flow(b, "g", 0), 192, 1e-12);
        for (int i = 0; i < 4; i++) assert_near(b->residual[i], 0, 1e-12);
    }
}

/* The store's own flow counts at its node; its meter there sees what all others leave over, the lines included. */
static void test_balance_store(void **in)
{
    struct bench *b = *in;
    *flow(b, "tap2", 0) = -50;
    *flow(b, "store", 0) = 20;
    village_balance(b->v, &b->s, NULL, 60, b->residual);
    assert_near(*flow(b, "g", 0), 40, 1e-12);
    assert_near(b->s.x[b->v->asset[village_asset(b->v, "store")].x], -60, 1e-12);
    for (int32_t a = 0; a < b->v->n_asset; a++) b->s.status[a] = STATUS_ISLAND;
    *flow(b, "store", 0) = 0;
    village_balance(b->v, &b->s, NULL, 60, b->residual);
    assert_near(*flow(b, "g", 0), 0, 1e-12);
    assert_near(*flow(b, "store", 0), 60, 1e-12);
    assert_near(b->residual[0], 0, 1e-12);
}

static void test_balance_short(void **in)
{
    struct bench *b = *in;
    *flow(b, "tap2", 0) = -2000;
    *flow(b, "cow", 0) = -3;
    village_balance(b->v, &b->s, NULL, 60, b->residual);
    assert_near(b->residual[village_node(b->v, "bus")], -1400, 1e-9);
    assert_near(*flow(b, "well", 0), 3, 1e-12);
    assert_near(b->residual[village_node(b->v, "pond")], 0, 1e-12);
    *flow(b, "cow", 0) = 3; /* a spring takes nothing back: the rest is spare */
    *flow(b, "well", 0) = 0;
    village_balance(b->v, &b->s, NULL, 60, b->residual);
    assert_near(b->residual[village_node(b->v, "pond")], 3, 1e-12);
}

/* The truth may have other parameters than the village file. */
static void test_balance_par(void **in)
{
    struct bench *b = *in;
    struct asset_now self[8];
    struct toy_line lossless = {1e4, 0};
    for (int32_t a = 0; a < b->v->n_asset; a++)
        self[a] = asset_self(b->v, &b->s, a, b->v->asset[a].cls == &toy_line ? &lossless : NULL, 60);
    *flow(b, "tap", 0) = -100;
    village_balance(b->v, &b->s, self, 60, b->residual);
    assert_near(*flow(b, "g", 0), 100, 1e-12);
}

static void test_series(void **in)
{
    struct bench *b = *in;
    char name[128];
    int32_t n = village_n_series(b->v);
    assert_int_equal(n, b->v->n_x + b->v->n_meas + b->v->n_cmd + b->v->n_exo + b->v->n_flow);
    for (int32_t i = 0; i < n; i++)
        assert_int_equal(village_series(b->v, village_series_name(b->v, i, name, sizeof name)), i);
    assert_int_equal(village_series(b->v, "tap.meas.power_W"),
                     village_series_base(b->v, 'm') + b->v->asset[village_asset(b->v, "tap")].meas);
    assert_string_equal(village_series_key(b->v, village_series(b->v, "trafo.flow.down_W")), "down_W");
    assert_string_equal(village_series_key(b->v, village_series(b->v, "cow.flow.water_m3_s")), "water_m3_s");
    static const char *const wrong[] = {
        "", "tap", "tap.meas", "tap.meas.", "tap.mea.power_W", "tap.meas.power", "nobody.meas.power_W", ".."};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(village_series(b->v, wrong[i]), -1);
}

static void test_state(void **in)
{
    struct bench *b = *in;
    int32_t store = village_asset(b->v, "store"), tap = village_asset(b->v, "tap");
    assert_near(b->s.x[b->v->asset[store].x], 7, 0); /* its class's init */
    assert_int_equal(b->s.status[tap], STATUS_OUT);  /* its place is still under construction */
    assert_int_equal(b->s.status[store], 0);
    struct asset_now now = asset_view(b->v, &b->s, tap, NULL, 60);
    assert_true(isinf(now.age_s));
    assert_true(isnan(*(const double *)now.pin));
    assert_ptr_equal(now.par, b->v->asset[tap].par);
    b->s.at_ms = 5000;
    b->s.meas_ms[b->v->asset[tap].meas] = 2000;
    assert_near(asset_view(b->v, &b->s, tap, NULL, 60).age_s, 3, 1e-12);
    struct state copy;
    void *mem = aligned_alloc(64, state_bytes(b->v));
    state_create(&copy, b->v, mem);
    b->s.x[0] = 12;
    b->s.cmd[0] = 13;
    state_copy(&copy, &b->s, b->v);
    assert_near(copy.x[0], 12, 0);
    assert_near(copy.cmd[0], 13, 0);
    assert_true(copy.x != b->s.x && copy.at_ms == 5000);
    free(mem);
}

static double buy(const struct bench *b, int month, int day, int hour, int minute)
{
    const struct zone *z = &b->v->site.zone;
    return tariff_at(&b->v->tariff, z, civil_ms(z, 2026, month, day, hour, minute, 0))->buy_per_kWh;
}

/* 2026-01-05 is a Monday, 2026-01-06 a Tuesday. */
static void test_tariff(void **in)
{
    struct bench *b = *in;
    assert_near(buy(b, 1, 5, 18, 0), 0.3, 0);
    assert_near(buy(b, 1, 5, 17, 59), 0.12, 0);
    assert_near(buy(b, 1, 6, 18, 0), 0.12, 0);
    assert_near(buy(b, 2, 2, 18, 0), 0.12, 0);
    assert_near(buy(b, 1, 5, 23, 0), 0.07, 0); /* wraps over midnight */
    assert_near(buy(b, 1, 6, 6, 59), 0.07, 0);
    assert_near(buy(b, 1, 6, 7, 0), 0.12, 0);
    const struct zone *z = &b->v->site.zone;
    int64_t night_ms = civil_ms(z, 2026, 1, 6, 3, 0, 0);
    assert_int_equal(
        money_compare(money_of_energy(tariff_buy(&b->v->tariff, z, night_ms), 1000), money_from_units(0.07)), 0);
    assert_int_equal(
        money_compare(money_of_energy(tariff_sell(&b->v->tariff, z, night_ms), 1000), money_from_units(0.04)), 0);
}

static void test_clock(void **in)
{
    struct bench *b = *in;
    struct ambient a = {.temp_degC = 3};
    int64_t noon_ms = civil_ms(&b->v->site.zone, 2026, 6, 21, 12, 52, 30);
    ambient_clock(&a, &b->v->site, noon_ms);
    assert_near(a.local_hour, 12.875, 1e-9);
    assert_int_equal(a.weekday, 0);
    assert_int_equal(a.month, 6);
    assert_near(a.temp_degC, 3, 0);
    assert_near(a.sun_zenith_deg, 39.18 - 23.44,
                0.1); /* solar noon at 46.76 E is 12:53 by UTC+4, with the equation of time 12:55 */
    assert_near(a.sun_azimuth_deg, 180, 4);
    ambient_clock(&a, &b->v->site, -1);
    assert_int_equal(a.local_day, 0);
    ambient_clock(&a, &b->v->site, -5 * (int64_t)MS_HOUR);
    assert_int_equal(a.local_day, -1);
    assert_near(a.local_hour, 23, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_balance_tree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_balance_store, setup, teardown),
        cmocka_unit_test_setup_teardown(test_balance_short, setup, teardown),
        cmocka_unit_test_setup_teardown(test_balance_par, setup, teardown),
        cmocka_unit_test_setup_teardown(test_series, setup, teardown),
        cmocka_unit_test_setup_teardown(test_state, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tariff, setup, teardown),
        cmocka_unit_test_setup_teardown(test_clock, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
