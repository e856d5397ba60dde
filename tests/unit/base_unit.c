/* Units: the suffix of a key, the unit of a value, and what a wrong one is told. */
#include "base/err.h"
#include "base/unit.h"
#include "near.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void suffixes(void **state)
{
    (void)state;
    static const struct {
        const char *key, *symbol;
        double factor;
    } rows[] = {
        {"power_W", "W", 1},
        {"heat_loss_W_K", "W/K", 1},
        {"flow_m3_s", "m3/s", 1},
        {"eta_frac", "frac", 1},
        {"temp_min_degC", "degC", 1},
        {"price_per_kWh", "/kWh", 1 / 3.6e6},
        {"run_min", "min", 60},
        {"on_time_min_s", "s", 1},
        {"grid_co2_kg_per_kWh", "kg/kWh", 1 / 3.6e6},
        {"u_W_m2_K", "W/m2/K", 1},
        {"ghi_MJ_m2", "MJ/m2", 1e6},
        {"comfort_per_K_h", "/K/h", 1.0 / 3600},
        {"ramp_m3_s_h", "m3/s/h", 1.0 / 3600},
        {"peak_per_kW_month", "/kW/month", 1e-3 / 2629746},
        {"level_m", "m", 1},
        {"lum_cd_m2", "cd/m2", 1},
        {"tilt_deg", "deg", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct unit u;
        const struct unit *got = unit_of_key(rows[i].key, &u);
        assert_non_null(got);
        assert_string_equal(got->symbol, rows[i].symbol);
        assert_true(fabs(got->factor / rows[i].factor - 1) < 1e-12);
    }
}

static void keys_without_unit(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "count", "n_units", "persistence", "W", "m3", "", "_", "name_", "cost_per", "a_b_c_d_e_f_g_h_i_j_k_l_m_n"};
    struct unit u;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (unit_of_key(keys[i], &u)) fail_msg("`%s` has a unit", keys[i]);
}

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *text, *key;
        double want;
    } rows[] = {
        {"212 kW", "power_W", 212e3},
        {"212", "power_W", 212},
        {"212kW", "power_W", 212e3},
        {"7 m3/s", "flow_m3_s", 7},
        {"7 m³/s", "flow_m3_s", 7},
        {"25200 m3/h", "flow_m3_s", 7},
        {"35 %", "eta_frac", 0.35},
        {"35%", "eta_frac", 0.35},
        {"0.35", "eta_frac", 0.35},
        {"18 degC", "temp_degC", 18},
        {"-3 °C", "temp_degC", -3},
        {"291.15 K", "temp_degC", 18},
        {"60 min", "run_s", 3600},
        {"60 min", "run_min", 60},
        {"2 h", "run_min", 120},
        {"150000 m3", "volume_m3", 150000},
        {"0.15 Mm3", "volume_m3", 150000},
        {"12 m", "length_m", 12},
        {"0.09 AZN/kWh", "price_per_kWh", 0.09},
        {"90 EUR/MWh", "price_per_kWh", 0.09},
        {"0.46 kg/kWh", "co2_kg_per_kWh", 0.46},
        {"0.25 W/(m2 K)", "u_W_m2_K", 0.25},
        {"0.25 W/m2/K", "u_W_m2_K", 0.25},
        {"10 kWh", "energy_J", 36e6},
        {"110 ha", "area_m2", 1.1e6},
        {"30 kg/day", "feed_kg_s", 30.0 / 86400},
        {"20.5 rpm", "speed_rpm", 20.5},
        {"1e3 l/min", "flow_m3_s", 1.0 / 60},
        {"4 /day", "starts_per_day", 4},
        {"5 AZN/kW/month", "peak_per_kW_month", 5},
        {"  7 m3/s  ", "flow_m3_s", 7},
        {"3.5 AZN", "fee_money", 3.5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err e = {0};
        double v = NAN;
        if (unit_parse(rows[i].text, rows[i].key, &v, &e)) fail_msg("%s: %s", rows[i].text, e.text);
        if (!(fabs(v - rows[i].want) <= 1e-9 * fabs(rows[i].want)))
            fail_msg("%s for %s is %.12g", rows[i].text, rows[i].key, v);
    }
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *key, *say;
    } rows[] = {
        {"212 m3", "power_W", "`m3` is a volume, `power_W` wants W (a power)"},
        {"7 kW", "flow_m3_s", "`kW` is a power, `flow_m3_s` wants m3/s (a volume flow)"},
        {"18 m", "temp_degC", "`m` is a length, `temp_degC` wants degC (a temperature)"},
        {"5 parsec", "length_m", "`parsec` is not a unit we know; `length_m` wants m"},
        {"many", "power_W", "`many` is not a number; `power_W` wants W"},
        {"nan", "power_W", "`nan` is not a number; `power_W` wants W"},
        {"0x10", "power_W", "`0x10` is not a number; `power_W` wants W"},
        {"", "power_W", "`` is not a number; `power_W` wants W"},
        {"3 kW", "n_homes", "`n_homes` has no unit, so write it without `kW`"},
        {"0.09 AZN", "price_per_kWh",
         "`AZN` is an amount of money, `price_per_kWh` wants /kWh (a price of energy)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err e = {0};
        double v = 42.0;
        assert_int_equal(unit_parse(rows[i].text, rows[i].key, &v, &e), -1);
        assert_string_equal(e.text, rows[i].say);
        assert_true(v == 42.0);
    }
}

static void for_people(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *key, *want;
    } rows[] = {
        {612345, "power_W", "612 kW"},
        {999.7, "power_W", "1 kW"},
        {-1500, "grid_W", "-1.5 kW"},
        {0, "power_W", "0 W"},
        {0.3456, "soc_frac", "34.6 %"},
        {18.25, "temp_degC", "18.2 °C"},
        {3.6e9, "stored_J", "1 MWh"},
        {5400, "run_s", "90 min"},
        {6.98765, "flow_m3_s", "6.99 m3/s"},
        {0.01234, "x_kg_s", "0.0123 kg/s"},
        {0.09, "price_per_kWh", "0.09 /kWh"},
        {NAN, "power_W", "? kW"},
        {3, "n_units", "3"},
        {123456, "n_units", "123000"},
        {22, "tilt_deg", "22°"},
    };
    char b[64];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unit_format(b, sizeof b, rows[i].v, rows[i].key);
        if (isnan(rows[i].v))
            assert_true(b[0] == '?');
        else
            assert_string_equal(b, rows[i].want);
    }
}

/* What is shown reads back to the value within the three figures shown. */
static void format_and_parse_agree(void **state)
{
    (void)state;
    static const char *const keys[] = {"power_W", "stored_J", "run_s",     "soc_frac",
                                       "level_m", "feed_kg",  "flow_m3_s", "pressure_Pa"};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        for (double v = 1e-3; v < 1e9; v *= 1.37) {
            char b[64];
            double back = NAN;
            struct err e = {0};
            if (unit_parse(unit_format(b, sizeof b, v, keys[k]), keys[k], &back, &e)) fail_msg("%s: %s", b, e.text);
            if (fabs(back - v) > 0.006 * v) fail_msg("%s %.6g shown as %s", keys[k], v, b);
        }
}

/* Every row of the table in docs/units.md: | `unit` | `key` | factor | */
static void the_manual_is_right(void **state)
{
    (void)state;
    char path[1024], line[512], unit[64], key[64];
    const char *source = getenv("KEND_SOURCE");
    snprintf(path, sizeof path, "%s/docs/units.md", source ? source : ".");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    int rows = 0;
    while (fgets(line, sizeof line, f)) {
        double factor, value = NAN;
        if (sscanf(line, "| `%63[^`]` | `%63[^`]` | %lf |", unit, key, &factor) != 3) continue;
        char text[80];
        struct err e = {0};
        snprintf(text, sizeof text, "1 %s", unit);
        if (unit_parse(text, key, &value, &e)) fail_msg("%s", e.text);
        if (fabs(value / factor - 1) > 1e-9) fail_msg("1 %s is %.12g for %s, not %.12g", unit, value, key, factor);
        rows++;
    }
    fclose(f);
    assert_true(rows >= 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suffixes),
        cmocka_unit_test(keys_without_unit),
        cmocka_unit_test(values),
        cmocka_unit_test(refusals),
        cmocka_unit_test(for_people),
        cmocka_unit_test(format_and_parse_agree),
        cmocka_unit_test(the_manual_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
