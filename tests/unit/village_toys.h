/* A registry of toy classes for tests of the village layer alone: grid, line, tap (a load), store (a battery), spring and
 * trough (water), gateway. Small enough to reckon with by hand. Include in one file of a test program. */
#ifndef TESTS_UNIT_VILLAGE_TOYS_H
#define TESTS_UNIT_VILLAGE_TOYS_H
#include "base/err.h"
#include "village/asset.h"
#include <math.h>
#include <string.h>

struct toy_grid { double limit_W; };
struct toy_line { double limit_W, loss_frac; };
struct toy_tap { double power_W, share_frac, kind, persons, smart, vulnerable; };
struct toy_one { double value; };
static const char *const toy_kind_word[] = {"radiator", "floor", NULL};

// clang-format off
static const struct field toy_grid_par[] = {FIELD(toy_grid, limit_W, 1e4, 0, 1e6, FIELD_REQUIRED | FIELD_GUARD, "most power")};
static const struct field toy_line_par[] = {
    FIELD(toy_line, limit_W, 1e4, 1, 1e6, FIELD_GUARD, "most power"),
    FIELD(toy_line, loss_frac, 0, 0, 0.5, 0, "share lost")};
static const struct field toy_tap_par[] = {
    FIELD(toy_tap, power_W, 0, 0, 1e5, FIELD_REQUIRED, "power drawn"),
    FIELD(toy_tap, share_frac, 0.5, 0, 1, 0, "a share"),
    FIELD_WORDS(toy_tap, kind, 0, toy_kind_word, 0, "a word"),
    FIELD(toy_tap, persons, 4, 0, 20, FIELD_INTEGER, "people"),
    FIELD(toy_tap, smart, 0, 0, 1, FIELD_BOOL, "a switch"),
    FIELD(toy_tap, vulnerable, 0, 0, 1, FIELD_BOOL, "mirrors the asset")};
static const struct field toy_state[] = {FIELD(toy_one, value, 0, -1e9, 1e9, 0, "what it last did")};
static const struct field toy_meas[] = {{"power_W", "meter", 0, -1e9, 1e9, 0, 0, NULL}};
static const struct field toy_cmd[] = {{"power_W", "set-point", 0, -1e9, 1e9, 0, 0, NULL}};
static const struct field toy_exo[] = {{"load_W", "wanted", 0, 0, 1e9, 0, 0, NULL}};
// clang-format on

static void toy_set(const struct asset_now *now, void *work, void *x, double *flow)
{
    (void)work;
    (void)x;
    flow[0] = now->cmd ? *(const double *)now->cmd : 0;
}

static double toy_grid_balance(const struct asset_now *now, double residual, void *x, double *flow)
{
    const struct toy_grid *p = now->par;
    double take = fmax(-p->limit_W, fmin(p->limit_W, -residual));
    if (now->status & STATUS_ISLAND) return residual;
    *(double *)x = take;
    flow[0] += take;
    return residual + take;
}

static double toy_line_balance(const struct asset_now *now, double residual, void *x, double *flow)
{
    const struct toy_line *p = now->par;
    (void)x;
    flow[1] -= residual;
    flow[0] += residual - p->loss_frac * fabs(residual);
    return 0;
}

static double toy_store_balance(const struct asset_now *now, double residual, void *x, double *flow)
{
    *(double *)x = residual - flow[0]; /* what all others leave over */
    if (!(now->status & STATUS_ISLAND)) return residual;
    flow[0] -= residual;
    return 0;
}

static double toy_spring_balance(const struct asset_now *now, double residual, void *x, double *flow)
{
    (void)now;
    (void)x;
    if (residual < 0) flow[0] -= residual;
    return residual < 0 ? 0 : residual;
}

static int toy_tap_check(const void *par, struct err *e)
{
    const struct toy_tap *p = par;
    if (p->persons <= 12) return 0;
    strcpy(e->field, "persons");
    return err_set(e, "a tap serves at most 12");
}

static void toy_init(const struct asset_now *now, void *x)
{
    (void)now;
    *(double *)x = 7;
}

static const struct asset_class toy_grid = {.name = "grid", .par_bytes = sizeof(struct toy_grid), .par = FIELDS(toy_grid_par),
    .state = FIELDS(toy_state), .port = {{"elec", CARRIER_ELEC, 1}}, .n_port = 1, .init = toy_init, .balance = toy_grid_balance};
static const struct asset_class toy_line = {.name = "line", .par_bytes = sizeof(struct toy_line), .par = FIELDS(toy_line_par),
    .port = {{"up", CARRIER_ELEC, 0}, {"down", CARRIER_ELEC, 1}}, .n_port = 2, .balance = toy_line_balance};
static const struct asset_class toy_tap = {.name = "tap", .par_bytes = sizeof(struct toy_tap), .par = FIELDS(toy_tap_par),
    .meas = FIELDS(toy_meas), .cmd = FIELDS(toy_cmd), .exo = FIELDS(toy_exo), .port = {{"elec", CARRIER_ELEC, 0}}, .n_port = 1,
    .check = toy_tap_check, .step = toy_set};
static const struct asset_class toy_store = {.name = "store", .par_bytes = sizeof(struct toy_one), .state = FIELDS(toy_state),
    .cmd = FIELDS(toy_cmd), .port = {{"elec", CARRIER_ELEC, 1}}, .n_port = 1, .init = toy_init, .balance = toy_store_balance};
static const struct asset_class toy_spring = {.name = "spring", .par_bytes = sizeof(struct toy_one), .state = FIELDS(toy_state),
    .port = {{"water", CARRIER_WATER, 1}}, .n_port = 1, .balance = toy_spring_balance};
static const struct asset_class toy_trough = {.name = "trough", .par_bytes = sizeof(struct toy_one), .cmd = FIELDS(toy_cmd),
    .port = {{"water", CARRIER_WATER, 0}}, .n_port = 1};
static const struct asset_class toy_gateway = {.name = "gateway", .par_bytes = sizeof(struct toy_one)};
const struct asset_class *const asset_classes[] = {&toy_grid, &toy_line, &toy_tap, &toy_store, &toy_spring, &toy_trough, &toy_gateway,
                                                   NULL};

const struct asset_class *asset_class_find(const char *name)
{
    for (int i = 0; asset_classes[i]; i++)
        if (strcmp(asset_classes[i]->name, name) == 0) return asset_classes[i];
    return NULL;
}

int field_find(const struct field_set *set, const char *key)
{
    for (int i = 0; i < set->n; i++)
        if (strcmp(set->row[i].key, key) == 0) return i;
    return -1;
}
#endif
