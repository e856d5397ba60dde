/* What the first screen shows, as data. Sources positive: a use is a negated sum. A new figure is one row here, one
 * word in ui/text.js. Gauges come from the classes that store something: one row names the state, and the
 * parameters that bound what is usable. */
#include "web/board.h"
#include "base/err.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *key, *expr;
    enum board_side side;
} figure_table[] = {
    // clang-format off
    {"river",       "sum(@hydro.flow.elec_W)",                                   BOARD_SOURCE},
    {"sun",         "sum(@solar.flow.elec_W)",                                   BOARD_SOURCE},
    {"gas",         "pos(@biogas.flow.elec_W)",                                  BOARD_SOURCE},
    {"battery_out", "pos(@battery.flow.elec_W)",                                 BOARD_SOURCE},
    {"grid_in",     "pos(@grid.flow.elec_W)",                                    BOARD_SOURCE},
    {"homes",       "minus(@home/household.flow.elec_W)",                        BOARD_USE},
    {"services",    "minus(@home/!household.flow.elec_W,@load.flow.elec_W)",     BOARD_USE},
    {"light",       "minus(@street.flow.elec_W)",                                BOARD_USE},
    {"water",       "minus(@pump.flow.elec_W)",                                  BOARD_USE},
    {"farm",        "minus(@greenhouse.flow.elec_W,@coldstore.flow.elec_W)",     BOARD_USE},
    {"plant",       "neg(@biogas.flow.elec_W)",                                  BOARD_USE},
    {"battery_in",  "neg(@battery.flow.elec_W)",                                 BOARD_USE},
    {"grid_out",    "neg(@grid.flow.elec_W)",                                    BOARD_USE},
    {"losses",      "minus(@line.flow.up_W,@line.flow.down_W)",                  BOARD_USE},
    {"outside",     "mean(@station.meas.temp_degC)",                             BOARD_OTHER},
    {"home_mean",   "mean(@home/household.x.temp_degC)",                          BOARD_OTHER},
    {"home_min",    "min(@home/household.x.temp_degC)",                           BOARD_OTHER},
    // clang-format on
};
enum { FIGURES = sizeof figure_table / sizeof *figure_table };

/* What of a store can be used, from its parameters. */
static double par_or(const struct asset *a, const char *key, double otherwise)
{
    int i = field_find(&a->cls->par, key);
    return i < 0 ? otherwise : field_get(&a->cls->par.row[i], a->par);
}

static void holder_span(const struct asset *a, double *low, double *high)
{
    *low = 0;
    *high = par_or(a, "holder_J", (double)NAN);
}

static void forebay_span(const struct asset *a, double *low, double *high)
{
    double band_m = par_or(a, "level_max_m", (double)NAN) - par_or(a, "level_min_m", (double)NAN);
    *high = par_or(a, "volume_m3", (double)NAN);
    *low = *high - band_m * par_or(a, "area_m2", (double)NAN);
}

static void battery_span(const struct asset *a, double *low, double *high)
{
    *low = 0;
    *high = par_or(a, "capacity_J", (double)NAN);
}

static void tank_span(const struct asset *a, double *low, double *high)
{
    *low = 0;
    *high = par_or(a, "tank_m3", (double)NAN);
}

static const struct {
    const char *cls, *key, *x;
    void (*span)(const struct asset *, double *low, double *high);
} gauge_table[] = {
    // clang-format off
    {"biogas",  "gas",     "holder_J",  holder_span},
    {"hydro",   "forebay", "volume_m3", forebay_span},
    {"battery", "battery", "energy_J",  battery_span},
    {"pump",    "tank",    "tank_m3",   tank_span},
    // clang-format on
};

static void add_gauge(struct board *b, const struct village *v, int32_t asset, size_t row)
{
    const struct asset *a = &v->asset[asset];
    struct gauge *g = &b->gauge[b->n_gauge];
    *g = (struct gauge){.asset = asset};
    snprintf(g->key, sizeof g->key, "%s", gauge_table[row].key);
    snprintf(g->value_name, sizeof g->value_name, "%s.x.%s", a->id, gauge_table[row].x);
    if (expr_parse(&g->value, v, g->value_name, NULL)) return;
    gauge_table[row].span(a, &g->low, &g->high);
    g->unit_key = g->value.key;
    b->n_gauge++;
}

struct board *board_create(const struct village *v)
{
    struct board *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    b->figure = calloc(FIGURES, sizeof *b->figure);
    b->gauge = calloc((size_t)v->n_asset + 1, sizeof *b->gauge);
    for (size_t i = 0; b->figure && i < FIGURES; i++) {
        struct figure *f = &b->figure[b->n_figure];
        *f = (struct figure){figure_table[i].key, figure_table[i].expr, figure_table[i].side, {0}};
        if (expr_parse(&f->parsed, v, f->expr, NULL)) continue;
        if (f->parsed.n == 0)
            expr_free(&f->parsed);
        else
            b->n_figure++;
    }
    for (size_t row = 0; b->gauge && row < sizeof gauge_table / sizeof *gauge_table; row++)
        for (int32_t a = -1; (a = village_class_next(v, gauge_table[row].cls, a)) >= 0;) add_gauge(b, v, a, row);
    return b;
}

void board_free(struct board *b)
{
    if (!b) return;
    for (int i = 0; i < b->n_figure; i++) expr_free(&b->figure[i].parsed);
    for (int i = 0; i < b->n_gauge; i++) expr_free(&b->gauge[i].value);
    free(b->figure);
    free(b->gauge);
    free(b);
}

const struct figure *board_find(const struct board *b, const char *key)
{
    for (int i = 0; i < b->n_figure; i++)
        if (!strcmp(b->figure[i].key, key)) return &b->figure[i];
    return NULL;
}
