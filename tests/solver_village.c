/* See solver_village.h. Figures are plausible, not measured: the solver must not care. */
#include "solver_village.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))
enum { NO = ONE };
#define SHAPE(id, nx_, nu_, nrow_, nport_, num_, own_, common_)                                                    \
    .name = id, .nx = nx_, .nu = nu_, .nrow = nrow_, .nport = nport_, .n_num = num_, .n_own = own_,                \
    .n_common = common_

/* clang-format off */
/* home: z1, z2 modes of the indoor temperature, tank temperature, (car energy) */
enum { HA1, HA2, HB1, HB2, HW1, HW2, HP, HT_A, HT_B, HT_P, HX1, HX2, HXT, HC_LO, HC_SAFE, HC_HI, HC_PLO, HC_PSAFE, HC_PHI,
       HT_LO, HT_HI, HT_PRICE, HC_B, HC_CAP, HC_X, HC_PRICE, H_NUM };
enum { HS_GAIN, HS_LOAD, HS_DRAW, HS_CARMAX, HS_CARNEED, HS_CARUSE };
enum { HCOM_COP, HCOM_OUT };
static const char *const HOME_INPUT[] = {"heat", "tank", "car"};
static const struct row_desc HOME_ROW[] = {{"comfort", 0, 0}, {"safe", 0, 0}, {"tank", 2, 0}, {"car", 3, 0}};
#define HOME_COEF \
    {AT_A, 0, 0, 1, HA1, ONE}, {AT_A, 1, 1, 1, HA2, ONE},                                    /* z' = a z + b cop u + gain + out */ \
    {AT_B, 0, 0, 1, HB1, COMMON(HCOM_COP)}, {AT_B, 1, 0, 1, HB2, COMMON(HCOM_COP)}, \
    {AT_DRIFT, 0, 0, 1, HW1, HS_GAIN}, {AT_DRIFT, 1, 0, 1, HW2, COMMON(HCOM_OUT)}, \
    {AT_LO, 0, 0, 0, ONE, ONE}, {AT_HI, 0, 0, 1, HP, ONE}, \
    {AT_C, 0, 0, 1, ONE, ONE}, {AT_C, 0, 1, 1, ONE, ONE},                                    /* T = z1 + z2 */ \
    {AT_C, 1, 0, 1, ONE, ONE}, {AT_C, 1, 1, 1, ONE, ONE}, \
    {AT_ROW_LO, 0, 0, 1, HC_LO, ONE}, {AT_ROW_HI, 0, 0, 1, HC_HI, ONE}, \
    {AT_PRICE_LO, 0, 0, 1, HC_PLO, ONE}, {AT_PRICE_HI, 0, 0, 1, HC_PHI, ONE}, \
    {AT_ROW_LO, 1, 0, 1, HC_SAFE, ONE}, {AT_PRICE_LO, 1, 0, 1, HC_PSAFE, ONE}, \
    {AT_A, 2, 2, 1, HT_A, ONE}, {AT_B, 2, 1, 1, HT_B, ONE}, {AT_DRIFT, 2, 0, 1, ONE, HS_DRAW}, \
    {AT_HI, 1, 0, 1, HT_P, ONE}, {AT_C, 2, 2, 1, ONE, ONE}, \
    {AT_ROW_LO, 2, 0, 1, HT_LO, ONE}, {AT_ROW_HI, 2, 0, 1, HT_HI, ONE}, \
    {AT_PRICE_LO, 2, 0, 1, HT_PRICE, ONE}, {AT_PRICE_HI, 2, 0, 1, HT_PRICE, ONE}, \
    {AT_F, 0, 0, -1, ONE, ONE}, {AT_F, 0, 1, -1, ONE, ONE}, {AT_FEED, 0, 0, -1, ONE, HS_LOAD}, \
    {AT_X0, 0, 0, 1, HX1, ONE}, {AT_X0, 1, 0, 1, HX2, ONE}, {AT_X0, 2, 0, 1, HXT, ONE}
static const struct coef HOME_COEFS[] = {HOME_COEF};
static const struct coef CAR_COEFS[] = {HOME_COEF,
    {AT_A, 3, 3, 1, ONE, ONE}, {AT_B, 3, 2, 1, HC_B, ONE}, {AT_DRIFT, 3, 0, -1, ONE, HS_CARUSE},
    {AT_HI, 2, 0, 1, ONE, HS_CARMAX}, {AT_F, 0, 2, -1, ONE, ONE}, {AT_C, 3, 3, 1, ONE, ONE},
    {AT_ROW_LO, 3, 0, 1, HC_CAP, HS_CARNEED}, {AT_PRICE_LO, 3, 0, 1, HC_PRICE, ONE},
    {AT_ROW_HI, 3, 0, 1, HC_CAP, ONE}, {AT_X0, 3, 0, 1, HC_X, ONE}};
static const struct block_shape HOME = {SHAPE("home", 3, 2, 3, 1, H_NUM, 3, 2),
    .input = HOME_INPUT, .row = HOME_ROW, .coef = HOME_COEFS, .n_coef = COUNT(HOME_COEFS)};
static const struct block_shape HOME_CAR = {SHAPE("home_car", 4, 3, 4, 1, H_NUM, 6, 2),
    .input = HOME_INPUT, .row = HOME_ROW, .coef = CAR_COEFS, .n_coef = COUNT(CAR_COEFS)};

/* line: up = from the parent to the child, down = back; both lose */
enum { L_MAX, L_EFF, L_PRICE, L_NUM };
static const char *const LINE_INPUT[] = {"to_child", "to_parent"};
static const struct coef LINE_COEFS[] = {
    {AT_HI, 0, 0, 1, L_MAX, ONE}, {AT_HI, 1, 0, 1, L_MAX, ONE}, {AT_PRICE, 0, 0, 1, L_PRICE, ONE}, {AT_PRICE, 1, 0, 1, L_PRICE, ONE},
    {AT_F, 0, 0, -1, ONE, ONE}, {AT_F, 1, 0, 1, L_EFF, ONE}, {AT_F, 1, 1, -1, ONE, ONE}, {AT_F, 0, 1, 1, L_EFF, ONE}};
static const struct block_shape LINE = {SHAPE("line", 0, 2, 0, 2, L_NUM, 0, 0),
    .input = LINE_INPUT, .coef = LINE_COEFS, .n_coef = COUNT(LINE_COEFS)};

/* battery: energy; charge, discharge */
enum { B_CAP, B_P, B_IN, B_OUT, B_X, B_WEAR, B_WORTH, B_QUAD, B_NUM };
static const char *const BATTERY_INPUT[] = {"charge", "discharge"};
static const struct row_desc BATTERY_ROW[] = {{"energy", 0, 0}};
static const struct coef BATTERY_COEFS[] = {
    {AT_A, 0, 0, 1, ONE, ONE}, {AT_B, 0, 0, 1, B_IN, ONE}, {AT_B, 0, 1, -1, B_OUT, ONE},
    {AT_HI, 0, 0, 1, B_P, ONE}, {AT_HI, 1, 0, 1, B_P, ONE}, {AT_PRICE, 1, 0, 1, B_WEAR, ONE}, {AT_QUAD, 1, 0, 1, B_QUAD, ONE},
    {AT_C, 0, 0, 1, ONE, ONE}, {AT_ROW_LO, 0, 0, 0.1, B_CAP, ONE}, {AT_ROW_HI, 0, 0, 1, B_CAP, ONE},
    {AT_F, 0, 0, -1, ONE, ONE}, {AT_F, 0, 1, 1, ONE, ONE}, {AT_X0, 0, 0, 1, B_X, ONE}, {AT_WORTH, 0, 0, 1, B_WORTH, ONE}};
static const struct block_shape BATTERY = {SHAPE("battery", 1, 2, 1, 1, B_NUM, 0, 0),
    .input = BATTERY_INPUT, .row = BATTERY_ROW, .coef = BATTERY_COEFS, .n_coef = COUNT(BATTERY_COEFS)};

/* hydro: forebay volume; turbine flow, spill, units running (a choice) */
enum { Y_DT, Y_MAX, Y_HEAD, Y_LO, Y_HI, Y_X, Y_WORTH, Y_UNIT, Y_LEAST, Y_START, Y_UP, Y_DOWN, Y_SINCE, Y_N, Y_NUM };
static const char *const HYDRO_INPUT[] = {"flow", "spill", "units"};
static const struct row_desc HYDRO_ROW[] = {{"volume", 0, 0}, {"unit_max", -1, 0}, {"unit_min", -1, 1}};
static const struct choice HYDRO_CHOICE[] = {{2, Y_START, Y_UP, Y_DOWN, Y_SINCE}};
static const struct coef HYDRO_COEFS[] = {
    {AT_A, 0, 0, 1, ONE, ONE}, {AT_B, 0, 0, -1, Y_DT, ONE}, {AT_B, 0, 1, -1, Y_DT, ONE}, {AT_DRIFT, 0, 0, 1, Y_DT, 0},
    {AT_HI, 0, 0, 1, Y_MAX, ONE}, {AT_HI, 1, 0, 4, Y_MAX, ONE}, {AT_HI, 2, 0, 1, Y_N, ONE},
    {AT_C, 0, 0, 1, ONE, ONE}, {AT_ROW_LO, 0, 0, 1, Y_LO, ONE}, {AT_ROW_HI, 0, 0, 1, Y_HI, ONE},
    {AT_PRICE_LO, 0, 0, 0.1, ONE, ONE},
    {AT_D, 1, 0, 1, ONE, ONE}, {AT_D, 1, 2, -1, Y_UNIT, ONE}, {AT_ROW_HI, 1, 0, 0, ONE, ONE},
    {AT_D, 2, 0, 1, ONE, ONE}, {AT_D, 2, 2, -1, Y_LEAST, ONE}, {AT_ROW_LO, 2, 0, 0, ONE, ONE},
    {AT_F, 0, 0, 1, Y_HEAD, ONE}, {AT_X0, 0, 0, 1, Y_X, ONE}, {AT_WORTH, 0, 0, 1, Y_WORTH, ONE}};
static const struct block_shape HYDRO = {SHAPE("hydro", 1, 3, 3, 1, Y_NUM, 1, 0), .nchoice = 1,
    .input = HYDRO_INPUT, .row = HYDRO_ROW, .choice = HYDRO_CHOICE, .coef = HYDRO_COEFS, .n_coef = COUNT(HYDRO_COEFS)};
static const struct block_shape HYDRO_FREE = {SHAPE("hydro", 1, 3, 3, 1, Y_NUM, 1, 0),
    .input = HYDRO_INPUT, .row = HYDRO_ROW, .coef = HYDRO_COEFS, .n_coef = COUNT(HYDRO_COEFS)};

/* digester: gas stored (J), substrate (kg); engine power, boiler heat, flare, feed taken; ports elec, heat, organic */
enum { G_DT, G_CAP, G_ENGINE, G_EFF, G_HEAT, G_BOILER, G_YIELD, G_X, G_WORTH, G_FEED, G_SELF, G_RUN, G_NUM };
static const char *const GAS_INPUT[] = {"engine", "boiler", "flare", "feed", "dump"};
static const struct row_desc GAS_ROW[] = {{"holder", 0, 0}};
static const struct coef GAS_COEFS[] = {
    {AT_A, 0, 0, 1, ONE, ONE}, {AT_A, 0, 1, 1, G_YIELD, ONE}, {AT_A, 1, 1, 0.99, ONE, ONE}, {AT_B, 1, 3, 1, G_DT, ONE},
    {AT_B, 0, 0, -1, G_EFF, ONE}, {AT_B, 0, 1, -1, G_DT, ONE}, {AT_B, 0, 2, -1, G_DT, ONE},
    {AT_HI, 0, 0, 1, G_ENGINE, ONE}, {AT_HI, 1, 0, 1, G_BOILER, ONE}, {AT_HI, 2, 0, 4, G_BOILER, ONE}, {AT_HI, 3, 0, 1, G_FEED, ONE},
    {AT_HI, 4, 0, 4, G_BOILER, ONE},
    {AT_PRICE, 0, 0, 1, G_RUN, ONE}, {AT_PRICE, 2, 0, 1, G_RUN, ONE},
    {AT_C, 0, 0, 1, ONE, ONE}, {AT_ROW_LO, 0, 0, 0, ONE, ONE}, {AT_ROW_HI, 0, 0, 1, G_CAP, ONE}, {AT_PRICE_LO, 0, 0, 1e-6, ONE, ONE},
    {AT_F, 0, 0, 1, ONE, ONE}, {AT_F, 1, 0, 1, G_HEAT, ONE}, {AT_F, 1, 1, 0.9, ONE, ONE}, {AT_F, 1, 4, -1, ONE, ONE},
    {AT_F, 2, 3, -1, ONE, ONE}, {AT_FEED, 0, 0, -1, G_SELF, ONE},
    {AT_X0, 0, 0, 1, G_X, ONE}, {AT_X0, 1, 0, 20000, ONE, ONE}, {AT_WORTH, 0, 0, 1, G_WORTH, ONE}};
static const struct block_shape BIOGAS = {SHAPE("biogas", 2, 5, 1, 3, G_NUM, 0, 0),
    .input = GAS_INPUT, .row = GAS_ROW, .coef = GAS_COEFS, .n_coef = COUNT(GAS_COEFS)};

/* waste: organic matter offered to the digester or stored (kg) */
static const char *const WASTE_INPUT[] = {"give", "refuse"};
static const struct row_desc WASTE_ROW[] = {{"pile", 0, 0}};
static const struct coef WASTE_COEFS[] = {
    {AT_A, 0, 0, 1, ONE, ONE}, {AT_B, 0, 0, -1, 0, ONE}, {AT_B, 0, 1, -1, 0, ONE}, {AT_DRIFT, 0, 0, 1, 0, 0},
    {AT_HI, 0, 0, 1, 1, ONE}, {AT_HI, 1, 0, 4, 1, ONE}, {AT_PRICE, 1, 0, 1, 2, ONE},
    {AT_C, 0, 0, 1, ONE, ONE}, {AT_ROW_HI, 0, 0, 1, 3, ONE}, {AT_ROW_LO, 0, 0, 0, ONE, ONE}, {AT_PRICE_LO, 0, 0, 0.2, ONE, ONE},
    {AT_F, 0, 0, 1, ONE, ONE}, {AT_X0, 0, 0, 0.4, 3, ONE}};
static const struct block_shape WASTE = {SHAPE("waste", 1, 2, 1, 1, 4, 1, 0),
    .input = WASTE_INPUT, .row = WASTE_ROW, .coef = WASTE_COEFS, .n_coef = COUNT(WASTE_COEFS)};

/* pump: water up from the river to a tank; ports elec, water (fields draw from the node) */
static const char *const PUMP_INPUT[] = {"pump", "give"};
static const struct row_desc PUMP_ROW[] = {{"tank", 0, 0}};
static const struct coef PUMP_COEFS[] = {
    {AT_A, 0, 0, 1, ONE, ONE}, {AT_B, 0, 0, 1, 0, ONE}, {AT_B, 0, 1, -1, 1, ONE}, {AT_HI, 0, 0, 1, 2, ONE}, {AT_HI, 1, 0, 1, 3, ONE},
    {AT_C, 0, 0, 1, ONE, ONE}, {AT_ROW_LO, 0, 0, 0, ONE, ONE}, {AT_ROW_HI, 0, 0, 1, 4, ONE},
    {AT_F, 0, 0, -1, ONE, ONE}, {AT_F, 1, 1, 1, ONE, ONE}, {AT_X0, 0, 0, 0.5, 4, ONE}};
static const struct block_shape PUMP = {SHAPE("pump", 1, 2, 1, 2, 5, 0, 0),
    .input = PUMP_INPUT, .row = PUMP_ROW, .coef = PUMP_COEFS, .n_coef = COUNT(PUMP_COEFS)};
static const char *const FIELD_INPUT[] = {"irrigate"};
static const struct row_desc FIELD_ROW[] = {{"soil", 0, 0}};
static const struct coef FIELD_COEFS[] = {
    {AT_A, 0, 0, 0.998, ONE, ONE}, {AT_B, 0, 0, 1, 0, ONE}, {AT_DRIFT, 0, 0, -1, ONE, 0}, {AT_HI, 0, 0, 1, 1, ONE},
    {AT_C, 0, 0, 1, ONE, ONE}, {AT_ROW_LO, 0, 0, 1, 2, ONE}, {AT_PRICE_LO, 0, 0, 1, 3, ONE},
    {AT_F, 0, 0, -1, ONE, ONE}, {AT_X0, 0, 0, 1.1, 2, ONE}};
static const struct block_shape FIELD_BLOCK = {SHAPE("field", 1, 1, 1, 1, 4, 1, 0),
    .input = FIELD_INPUT, .row = FIELD_ROW, .coef = FIELD_COEFS, .n_coef = COUNT(FIELD_COEFS)};

/* cold store and greenhouse: one temperature each; the greenhouse heats from the heat node and lights from elec */
static const char *const COLD_INPUT[] = {"cool"};
static const struct row_desc COLD_ROW[] = {{"temperature", 0, 0}};
static const struct coef COLD_COEFS[] = {
    {AT_A, 0, 0, 1, 0, ONE}, {AT_B, 0, 0, -1, 1, ONE}, {AT_DRIFT, 0, 0, 1, 2, 0}, {AT_HI, 0, 0, 1, 3, ONE},
    {AT_C, 0, 0, 1, ONE, ONE}, {AT_ROW_LO, 0, 0, 1, ONE, ONE}, {AT_ROW_HI, 0, 0, 5, ONE, ONE},
    {AT_PRICE_LO, 0, 0, 1, 4, ONE}, {AT_PRICE_HI, 0, 0, 1, 4, ONE}, {AT_F, 0, 0, -1, ONE, ONE}, {AT_X0, 0, 0, 3, ONE, ONE}};
static const struct block_shape COLD = {SHAPE("cold", 1, 1, 1, 1, 5, 1, 0),
    .input = COLD_INPUT, .row = COLD_ROW, .coef = COLD_COEFS, .n_coef = COUNT(COLD_COEFS)};
static const char *const GREEN_INPUT[] = {"heat", "light"};
static const struct row_desc GREEN_ROW[] = {{"temperature", 0, 0}, {"light_sum", 1, 0}};
static const struct coef GREEN_COEFS[] = {
    {AT_A, 0, 0, 1, 0, ONE}, {AT_B, 0, 0, 1, 1, ONE}, {AT_B, 0, 1, 0.8, 1, ONE}, {AT_DRIFT, 0, 0, 1, 2, 0},
    {AT_A, 1, 1, 1, ONE, ONE}, {AT_B, 1, 1, 1, 5, ONE}, {AT_DRIFT, 1, 0, -1, 5, 1},
    {AT_HI, 0, 0, 1, 3, ONE}, {AT_HI, 1, 0, 0.3, 3, ONE},
    {AT_C, 0, 0, 1, ONE, ONE}, {AT_ROW_LO, 0, 0, 16, ONE, ONE}, {AT_ROW_HI, 0, 0, 28, ONE, ONE},
    {AT_PRICE_LO, 0, 0, 1, 4, ONE}, {AT_PRICE_HI, 0, 0, 1, 4, ONE},
    {AT_C, 1, 1, 1, ONE, ONE}, {AT_ROW_LO, 1, 0, 0, ONE, ONE}, {AT_PRICE_LO, 1, 0, 1e-8, ONE, ONE},
    {AT_F, 0, 1, -1, ONE, ONE}, {AT_F, 1, 0, -1, ONE, ONE}, {AT_X0, 0, 0, 18, ONE, ONE}};
static const struct block_shape GREEN = {SHAPE("greenhouse", 2, 2, 2, 2, 6, 2, 0),
    .input = GREEN_INPUT, .row = GREEN_ROW, .coef = GREEN_COEFS, .n_coef = COUNT(GREEN_COEFS)};

/* street: lamp power between floor and full, light below full costs a little */
static const char *const STREET_INPUT[] = {"lamps"};
static const struct coef STREET_COEFS[] = {
    {AT_LO, 0, 0, 0.3, 0, 0}, {AT_HI, 0, 0, 1, 0, 0}, {AT_PRICE, 0, 0, -1, 1, ONE}, {AT_F, 0, 0, -1, ONE, ONE}};
static const struct block_shape STREET = {SHAPE("street", 0, 1, 0, 1, 2, 1, 0),
    .input = STREET_INPUT, .coef = STREET_COEFS, .n_coef = COUNT(STREET_COEFS)};

/* solar: power up to what the sun gives */
static const char *const SOLAR_INPUT[] = {"power"};
static const struct coef SOLAR_COEFS[] = {{AT_HI, 0, 0, 1, 0, 0}, {AT_F, 0, 0, 1, ONE, ONE}};
static const struct block_shape SOLAR = {SHAPE("solar", 0, 1, 0, 1, 1, 1, 0),
    .input = SOLAR_INPUT, .coef = SOLAR_COEFS, .n_coef = COUNT(SOLAR_COEFS)};

/* grid: the month's peak is a state raised in slot 0 only; import above it costs as a row */
enum { R_IMPORT, R_EXPORT, R_PEAK0, R_PEAK, R_NUM };
static const char *const GRID_INPUT[] = {"import", "export", "peak"};
static const struct row_desc GRID_ROW[] = {{"peak", 0, 0}};
static const struct coef GRID_COEFS[] = {
    {AT_A, 0, 0, 1, ONE, ONE}, {AT_B, 0, 2, 1, ONE, ONE}, {AT_X0, 0, 0, 1, R_PEAK0, ONE},
    {AT_HI, 0, 0, 1, R_IMPORT, ONE}, {AT_HI, 1, 0, 1, R_EXPORT, ONE}, {AT_HI, 2, 0, 1, R_IMPORT, 2},
    {AT_PRICE, 0, 0, 1, ONE, 0}, {AT_PRICE, 1, 0, -1, ONE, 1}, {AT_PRICE, 2, 0, 1, R_PEAK, 2},
    {AT_D, 0, 0, 1, ONE, ONE}, {AT_C, 0, 0, -1, ONE, ONE}, {AT_ROW_HI, 0, 0, 0, ONE, ONE},
    {AT_F, 0, 0, 1, ONE, ONE}, {AT_F, 0, 1, -1, ONE, ONE}};
static const struct block_shape GRID = {SHAPE("grid", 1, 3, 1, 1, R_NUM, 3, 0),
    .input = GRID_INPUT, .row = GRID_ROW, .coef = GRID_COEFS, .n_coef = COUNT(GRID_COEFS)};
/* clang-format on */

enum { N_ROOT, N_BUS, N_HEAT, N_ORGANIC, N_WATER, N_FEEDER };

static struct random stream(const struct test_village *v, const char *what, int i)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%d", what, i);
    return random_stream(v->seed, name);
}

static void block_add(struct test_village *v, const struct block_shape *s, int a, int b, int c)
{
    int at = 0, node[] = {a, b, c};
    for (int i = 0; i < v->n_block; i++) at += v->shape[i]->nport;
    v->shape[v->n_block++] = s;
    for (int p = 0; p < s->nport; p++) v->port_node[at + p] = node[p];
}

static void blocks_list(struct test_village *v)
{
    block_add(v, &GRID, N_ROOT, 0, 0);
    block_add(v, &LINE, N_ROOT, N_BUS, 0);
    for (int f = 0; f < v->feeders; f++) block_add(v, &LINE, N_BUS, N_FEEDER + f, 0);
    block_add(v, &BATTERY, N_BUS, 0, 0);
    block_add(v, v->flags & VILLAGE_CHOICES ? &HYDRO : &HYDRO_FREE, N_BUS, 0, 0);
    block_add(v, &BIOGAS, N_BUS, N_HEAT, N_ORGANIC);
    block_add(v, &WASTE, N_ORGANIC, 0, 0);
    block_add(v, &PUMP, N_BUS, N_WATER, 0);
    block_add(v, &FIELD_BLOCK, N_WATER, 0, 0);
    block_add(v, &FIELD_BLOCK, N_WATER, 0, 0);
    block_add(v, &COLD, N_BUS, 0, 0);
    block_add(v, &GREEN, N_BUS, N_HEAT, 0);
    block_add(v, &SOLAR, N_BUS, 0, 0);
    for (int f = 0; f < v->feeders; f++) block_add(v, &SOLAR, N_FEEDER + f, 0, 0);
    for (int f = 0; f < v->feeders; f++)
        block_add(v, &STREET, N_FEEDER + f, 0, 0), block_add(v, &STREET, N_FEEDER + f, 0, 0);
    for (int h = 0; h < v->homes; h++)
        block_add(v, h % 3 == 1 ? &HOME_CAR : &HOME, N_FEEDER + h % v->feeders, 0, 0);
}

static double hour_of(const struct test_village *v, int t)
{
    double s = 0;
    if (!(v->flags & VILLAGE_LONG_SLOTS)) return 0.25 * (t + v->first_slot);
    for (int k = 0; k < t; k++) s += v->dt_s[v->len[k]];
    return s / 3600 + 0.25 * v->first_slot;
}
static double day_wave(double hour, double top)
{
    return 0.5 + 0.5 * cos((hour - top) * 2 * 3.14159265358979 / 24);
}
static double dt_of(const struct test_village *v, int t) { return v->dt_s[v->len[t]]; }
static double outdoor(double hour) { return -2 + 6 * day_wave(hour, 14); }
static double sun(double hour)
{
    double s = day_wave(hour, 13);
    return s > 0.5 ? (s - 0.5) * 2 : 0;
}
static double tariff(double hour)
{
    double h = fmod(hour, 24);
    return (h >= 8 && h < 22 ? 0.14 : 0.06) / 3.6e6;
}

static void home_fill(struct test_village *v, struct block *b, int h)
{
    struct random r = stream(v, "home", h);
    double ua = random_range(&r, 80, 220), P = random_range(&r, 2500, 7000), size = random_range(&r, 0.6, 1.5);
    double tau1 = random_range(&r, 1.5, 4) * 3600, tau2 = random_range(&r, 40, 120) * 3600, tank_P = 2000;
    int car = b->shape == &HOME_CAR, leave = 28 + (int)random_range(&r, 0, 8),
        back = 68 + (int)random_range(&r, 0, 10);
    double set = random_range(&r, 19.5, 22), need = random_range(&r, 0.5, 0.95), t0 = random_range(&r, 18.5, 22);
    for (int l = 0; l < 2; l++) {
        double dt = v->dt_s[l], a1 = exp(-dt / tau1), a2 = exp(-dt / tau2);
        double num[H_NUM] = {[HA1] = a1,
                             [HA2] = a2,
                             [HB1] = (1 - a1) * 0.2 / ua,
                             [HB2] = (1 - a2) / ua,
                             [HW1] = (1 - a1) * 0.2 / ua,
                             [HW2] = 1 - a2,
                             [HP] = P,
                             [HT_A] = exp(-dt / (60 * 3600)),
                             [HT_B] = dt / (200 * 4186),
                             [HT_P] = tank_P,
                             [HX1] = 0.5,
                             [HX2] = t0 - 0.5,
                             [HXT] = 52,
                             [HC_LO] = set,
                             [HC_SAFE] = 18,
                             [HC_HI] = set + 3,
                             [HC_PLO] = 0.05 * dt / 3600,
                             [HC_PSAFE] = 0.6 * dt / 3600,
                             [HC_PHI] = 0.05 * dt / 3600,
                             [HT_LO] = 45,
                             [HT_HI] = 65,
                             [HT_PRICE] = 0.1 * dt / 3600,
                             [HC_B] = 0.92 * dt,
                             [HC_CAP] = 50 * 3.6e6,
                             [HC_X] = 15 * 3.6e6,
                             [HC_PRICE] = 4e-8};
        for (int i = 0; i < H_NUM; i++) block_set(b, l, i, num[i]);
    }
    for (int t = 0; t < v->T; t++) {
        double hour = hour_of(v, t), dt = dt_of(v, t), morning = day_wave(hour, 7.5), evening = day_wave(hour, 20);
        int slot = (int)(fmod(hour, 24) * 4);
        block_put(b, HS_GAIN, t, 200 * size + 1500 * size * sun(hour));
        block_put(b, HS_LOAD, t,
                  size * (150 + 900 * pow(evening, 6) + 500 * pow(morning, 8) + 300 * random_uniform(&r)));
        double draw = size * (pow(morning, 12) + pow(evening, 8)) * 900 * dt / (200 * 4186);
        block_put(b, HS_DRAW, t, 20 * (1 - exp(-dt / (60 * 3600.))) - draw);
        block_common(b, HCOM_COP, t, 2.2 + 0.07 * (outdoor(hour) + 5));
        block_common(b, HCOM_OUT, t, outdoor(hour));
        if (!car) continue;
        int home = slot < leave || slot >= back;
        block_put(b, HS_CARMAX, t, home ? 7400 : 0);
        block_put(b, HS_CARNEED, t, slot == leave - 1 ? need : 0);
        block_put(b, HS_CARUSE, t, home ? 0 : 8 * 3.6e6 / (back - leave));
    }
}

static void line_fill(struct test_village *v, struct block *b, int i)
{
    double most = (i == 0 ? 4000 : 5000) * (i == 0 ? v->homes : (v->homes + v->feeders - 1) / v->feeders) + 20000;
    if (v->flags & VILLAGE_TIGHT) most *= 0.45;
    for (int l = 0; l < 2; l++)
        block_set(b, l, L_MAX, most), block_set(b, l, L_EFF, i == 0 ? 0.985 : 0.97),
            block_set(b, l, L_PRICE, 1e-10 * v->dt_s[l]);
}

static void battery_fill(struct test_village *v, struct block *b)
{
    double cap = 2000.0 * v->homes * 3600, P = cap / 7200;
    for (int l = 0; l < 2; l++) {
        double dt = v->dt_s[l], num[B_NUM] = {cap,          P,
                                              0.95 * dt,    dt / 0.95,
                                              0.5 * cap,    0.01 / 3.6e6 * dt,
                                              0.05 / 3.6e6, v->flags & VILLAGE_QUAD ? 0.02 / 3.6e6 * dt / P : 0};
        for (int i = 0; i < B_NUM; i++) block_set(b, l, i, num[i]);
    }
}

static void hydro_fill(struct test_village *v, struct block *b)
{
    struct random r = stream(v, "hydro", 0);
    double k = v->homes / 200.0, unit = 2.3 * k, inflow = random_range(&r, 1.5, 6) * k;
    for (int l = 0; l < 2; l++) {
        double dt = v->dt_s[l], num[Y_NUM] = {[Y_DT] = dt,
                                              [Y_MAX] = 3 * unit,
                                              [Y_HEAD] = 27000,
                                              [Y_LO] = 10000 * k,
                                              [Y_HI] = 30000 * k,
                                              [Y_X] = 20000 * k,
                                              [Y_WORTH] = 27000 * 0.04 / 3.6e6,
                                              [Y_UNIT] = unit,
                                              [Y_LEAST] = 0.4 * unit,
                                              [Y_START] = 0.5 * k,
                                              [Y_UP] = 3600,
                                              [Y_DOWN] = 1800,
                                              [Y_SINCE] = 7200,
                                              [Y_N] = 3};
        for (int i = 0; i < Y_NUM; i++) block_set(b, l, i, num[i]);
    }
    for (int t = 0; t < v->T; t++) block_put(b, 0, t, inflow * (1 + 0.1 * sin(0.05 * t)));
}

static void biogas_fill(struct test_village *v, struct block *b)
{
    double k = v->homes / 200.0;
    for (int l = 0; l < 2; l++) {
        double dt = v->dt_s[l], num[G_NUM] = {[G_DT] = dt,
                                              [G_CAP] = 8e9 * k,
                                              [G_ENGINE] = 60e3 * k,
                                              [G_EFF] = dt / 0.36,
                                              [G_HEAT] = 1.3,
                                              [G_BOILER] = 120e3 * k,
                                              [G_YIELD] = 120e3 * k / 20000 * dt,
                                              [G_X] = 3e9 * k,
                                              [G_WORTH] = 0.02 / 3.6e6,
                                              [G_FEED] = 0.5 * k,
                                              [G_SELF] = 5e3 * k,
                                              [G_RUN] = 0.008 / 3.6e6 * dt};
        for (int i = 0; i < G_NUM; i++) block_set(b, l, i, num[i]);
    }
}

static void numbers(struct test_village *v, struct block *b, int n, const double *num, const int *times_dt)
{
    for (int l = 0; l < 2; l++)
        for (int i = 0; i < n; i++) block_set(b, l, i, num[i] * (times_dt[i] ? v->dt_s[l] : 1));
}

static void small_fill(struct test_village *v, struct block *b)
{
    const struct block_shape *s = b->shape;
    double k = v->homes / 200.0;
    struct random r = stream(v, s->name, b->asset);
    if (s == &WASTE) numbers(v, b, 4, (double[]){1, 0.3 * k, 0.02, 20000 * k}, (int[]){1, 0, 1, 0});
    if (s == &PUMP) numbers(v, b, 5, (double[]){1 / 400e3, 1, 30e3 * k, 0.1 * k, 800 * k}, (int[]){1, 1, 0, 0, 0});
    if (s == &FIELD_BLOCK) numbers(v, b, 4, (double[]){1, 0.05 * k, 500 * k, 0.002}, (int[]){1, 0, 0, 0});
    if (s == &SOLAR) numbers(v, b, 1, (double[]){(b->asset % 2 ? 30e3 : 50e3) * k + 10}, (int[]){0});
    if (s == &STREET) numbers(v, b, 2, (double[]){2000 * k + 100, 0.2 / 3.6e6}, (int[]){0, 1});
    for (int l = 0; l < 2; l++) {
        double dt = v->dt_s[l], ac = exp(-dt / 180e3), ag = exp(-dt / 14400),
               nc[] = {ac, (1 - ac) * 3 / (300 * k), 1 - ac, 25e3 * k, 0.5},
               ng[] = {ag, (1 - ag) / (4000 * k), 1 - ag, 150e3 * k, 0.3, dt};
        for (int i = 0; s == &COLD && i < 5; i++) block_set(b, l, i, nc[i] * (i == 4 ? dt / 3600 : 1));
        for (int i = 0; s == &GREEN && i < 6; i++) block_set(b, l, i, ng[i] * (i == 4 ? dt / 3600 : 1));
    }
    for (int t = 0; t < v->T; t++) {
        double hour = hour_of(v, t), dt = dt_of(v, t), dark = sun(hour) > 0.02 ? 0 : 1;
        if (s == &WASTE) block_put(b, 0, t, 0.1 * k * day_wave(hour, 10) * random_uniform(&r) * 2);
        if (s == &FIELD_BLOCK) block_put(b, 0, t, 0.02 * k * sun(hour) * dt);
        if (s == &COLD) block_put(b, 0, t, outdoor(hour) + 12);
        if (s == &GREEN)
            block_put(b, 0, t, outdoor(hour) + 12 * sun(hour)), block_put(b, 1, t, 3000 * k * (1 - sun(hour)));
        if (s == &STREET) block_put(b, 0, t, dark);
        if (s == &SOLAR) block_put(b, 0, t, sun(hour) * (0.7 + 0.3 * random_uniform(&r)));
    }
}

static void grid_fill(struct test_village *v, struct block *b)
{
    double most = 3500.0 * v->homes + 20000;
    for (int l = 0; l < 2; l++) {
        double num[R_NUM] = {most, 0.5 * most, 0.1 * most, 3e-3 / 1000};
        for (int i = 0; i < R_NUM; i++) block_set(b, l, i, num[i]);
    }
    for (int t = 0; t < v->T; t++) {
        double p = tariff(hour_of(v, t)) * dt_of(v, t);
        block_put(b, 0, t, p);
        block_put(b, 1, t, 0.4 * p);
        block_put(b, 2, t, t == 0);
    }
}

void test_village_fill(struct test_village *v)
{
    int line = 0, home = 0;
    for (int i = 0; i < v->n_block; i++) {
        struct block *b = joint_block(v->joint, i);
        if (b->shape == &HOME || b->shape == &HOME_CAR)
            home_fill(v, b, home++);
        else if (b->shape == &LINE)
            line_fill(v, b, line++);
        else if (b->shape == &BATTERY)
            battery_fill(v, b);
        else if (b->shape == &HYDRO || b->shape == &HYDRO_FREE)
            hydro_fill(v, b);
        else if (b->shape == &BIOGAS)
            biogas_fill(v, b);
        else if (b->shape == &GRID)
            grid_fill(v, b);
        else
            small_fill(v, b);
    }
}

static void nodes_list(struct test_village *v)
{
    for (int i = 0; i < v->n_node; i++) {
        double most = 1e4 * v->homes + 1e5; /* W */
        v->node[i] = (struct joint_node){2 / 3.6e6, 0.2 / 3.6e6, most, most};
        if (i == N_ORGANIC) v->node[i] = (struct joint_node){1, 0.5, 5, 5}; /* kg/s */
        if (i == N_WATER) v->node[i] = (struct joint_node){0.5, 0.1, 5, 5}; /* m3/s */
    }
}

void test_village_make(struct test_village *v, uint64_t seed, int homes, int feeders, int T, int flags)
{
    *v = (struct test_village){
        .homes = homes, .feeders = feeders, .T = T, .flags = flags, .seed = seed, .dt_s = {900, 3600}};
    v->n_node = N_FEEDER + feeders;
    v->shape = malloc(sizeof *v->shape * (size_t)(homes + VILLAGE_SHARED_MAX + 4 * feeders));
    v->port_node = malloc(sizeof *v->port_node * (size_t)(homes + VILLAGE_SHARED_MAX + 8 * feeders));
    v->node = malloc(sizeof *v->node * (size_t)v->n_node);
    v->len = calloc((size_t)T, 1);
    for (int t = 0; t < T; t++) v->len[t] = flags & VILLAGE_LONG_SLOTS && t >= T / 2;
    blocks_list(v);
    nodes_list(v);
    v->dim = (struct joint_dim){.shape = v->shape,
                                .port_node = v->port_node,
                                .node = v->node,
                                .n_block = v->n_block,
                                .n_node = v->n_node,
                                .T_max = T,
                                .len_max = 2,
                                .threads = flags & VILLAGE_TWO_THREADS ? 2 : 1};
    v->limit = (struct joint_limit){.gap_rel = 1e-4, .T = T, .len = v->len, .dt_s = v->dt_s};
    v->bytes = joint_bytes(&v->dim);
    v->mem = malloc(v->bytes);
    v->joint = joint_create(&v->dim, v->mem);
    test_village_fill(v);
}

void test_village_free(struct test_village *v)
{
    free(v->shape);
    free(v->port_node);
    free(v->node);
    free(v->len);
    free(v->mem);
}
