/* The tables of a village file that are not lists of things: site, tariff, policy, climate, rivers. Each is a table
 * of rows (key, kind, place in the struct, range), read by one function. Prices and weights are in currency units
 * as the key says. Defaults of the policy are starting values for an assembly to vote on, not findings
 * (docs/village-file.md). */
#include "base/err.h"
#include "village/read.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void unknown_key(struct reader *r, struct fy_node *key_node, const char *key, const char *what, struct near *near)
{
    char hint[128];
    source_fault(&r->src, spot_of(&r->src, key_node), "unknown key `%s` in %s%s", key, what,
                 near_hint(near, hint, sizeof hint));
}

static void text_store(struct reader *r, struct fy_node *n, const char *key, const char **out)
{
    unsigned given = 0;
    int before = r->src.n_fault;
    struct fy_node *value = value_open(r, n, key, &given);
    const char *text = value ? scalar_text(&r->src, &r->v->arena, value) : NULL;
    if (text && *text)
        *out = text;
    else if (r->src.n_fault == before)
        source_fault(&r->src, spot_of(&r->src, n), "`%s` wants a text", key);
}

static void number_store(struct reader *r, struct fy_node *n, const struct key_row *row, double *out)
{
    unsigned given = 0;
    struct limits l = {row->min, row->max, NULL, 0};
    struct fy_node *value = value_open(r, n, row->key, &given);
    if (value) number_read(r, value, row->key, &l, out);
}

static void months_store(struct reader *r, struct fy_node *n, const struct key_row *row, void *base)
{
    unsigned given = 0;
    int i = 0;
    struct limits l = {row->min, row->max, NULL, 0};
    struct fy_node *value = value_open(r, n, row->key, &given), *item;
    for (void *it = NULL; is_list(value) && (item = fy_node_sequence_iterate(value, &it)); i++)
        if (i < 12)
            number_read(r, item, row->key, &l,
                        (double *)(void *)((char *)base + row->offset + (size_t)i * row->stride));
    if (value && i != 12)
        source_fault(&r->src, spot_of(&r->src, value), "`%s` wants 12 values, January to December; it has %d",
                     row->key, i);
}

static void time_store(struct reader *r, struct fy_node *n, const char *key, int64_t *out)
{
    struct err e = {0};
    const char *text = NULL;
    text_store(r, n, key, &text);
    if (text && instant_parse(text, &r->v->site.zone, out, &e) < 0)
        source_fault(&r->src, spot_of(&r->src, n), "`%s`: %s", key, e.text);
}

/* {en: Battery, az: Batareya, ru: ..}: English is what logs and reports say, so it must be there. */
void name_read(struct reader *r, struct fy_node *n, const char *key, const char **name, struct words *words)
{
    static const char *const language[] = {"en", "az", "ru"};
    const char **to[] = {name, &words->az, &words->ru};
    struct fy_node_pair *pair;
    if (!is_map(n) || map_get(n, "value")) {
        text_store(r, n, key, name);
        return;
    }
    for (void *it = NULL; (pair = fy_node_mapping_iterate(n, &it));) {
        const char *typed = scalar_text(&r->src, &r->src.scratch, fy_node_pair_key(pair));
        struct near near = near_start(&r->src, typed ? typed : "");
        int i = 0;
        for (; i < 3 && strcmp(language[i], near.typed) != 0; i++) near_try(&near, language[i]);
        if (i == 3)
            unknown_key(r, fy_node_pair_key(pair), near.typed,
                        arena_printf(&r->src.scratch, "`%s` (en, az, ru)", key), &near);
        else if (*to[i])
            source_fault(&r->src, spot_of(&r->src, fy_node_pair_key(pair)), "`%s` given twice in `%s`", typed, key);
        else
            text_store(r, fy_node_pair_value(pair), language[i], to[i]);
    }
    if (!map_get(n, "en")) source_fault(&r->src, spot_of(&r->src, n), "`%s` has no `en`; add it", key);
}

static void row_read(struct reader *r, const struct key_row *row, struct fy_node *n, void *base)
{
    char *at = (char *)base + row->offset;
    switch (row->kind) {
    case KEY_NUMBER: number_store(r, n, row, (double *)(void *)at); break;
    case KEY_TEXT: text_store(r, n, row->key, (const char **)(void *)at); break;
    case KEY_MONTHS: months_store(r, n, row, base); break;
    case KEY_TIME: time_store(r, n, row->key, (int64_t *)(void *)at); break;
    case KEY_NAME:
        name_read(r, n, row->key, (const char **)(void *)at, (struct words *)(void *)((char *)base + row->stride));
        break;
    case KEY_CUSTOM: row->custom(r, n, base); break;
    }
}

static int row_find(const struct key_row *row, int n, const char *key, struct near *near)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(row[i].key, key) == 0) return i;
        near_try(near, row[i].key);
    }
    return -1;
}

int table_read(struct reader *r, struct fy_node *map, const char *what, const struct key_row *row, int n,
               void *base)
{
    struct fy_node_pair *pair;
    uint64_t seen = 0;
    int before = r->src.n_fault;
    if (!is_map(map)) {
        source_fault(&r->src, spot_of(&r->src, map), "%s wants keys with values", what);
        return 1;
    }
    for (void *it = NULL; (pair = fy_node_mapping_iterate(map, &it));) {
        const char *key = scalar_text(&r->src, &r->src.scratch, fy_node_pair_key(pair));
        struct near near = near_start(&r->src, key ? key : "");
        int i = row_find(row, n, near.typed, &near);
        if (i < 0 && origin_read(r, near.typed, fy_node_pair_value(pair))) continue;
        if (i < 0)
            unknown_key(r, fy_node_pair_key(pair), near.typed, what, &near);
        else if (seen >> i & 1)
            source_fault(&r->src, spot_of(&r->src, fy_node_pair_key(pair)), "`%s` given twice in %s", key, what);
        else
            row_read(r, &row[i], fy_node_pair_value(pair), base);
        if (i >= 0) seen |= (uint64_t)1 << i;
    }
    for (int i = 0; i < n; i++)
        if (row[i].flags & KEY_REQUIRED && !(seen >> i & 1))
            source_fault(&r->src, spot_of(&r->src, map), "%s has no `%s`; add it", what, row[i].key);
    return r->src.n_fault - before;
}

/* --- site --- */

static void site_id_read(struct reader *r, struct fy_node *n, void *base)
{
    struct site *site = base;
    text_store(r, n, "id", &site->id);
    if (site->id) id_check(r, site->id, spot_of(&r->src, n));
}

static void zone_read(struct reader *r, struct fy_node *n, void *base)
{
    struct site *site = base;
    struct err e = {0};
    text_store(r, n, "tz", &site->tz);
    if (site->tz && zone_parse(site->tz, &site->zone, &e) < 0)
        source_fault(&r->src, spot_of(&r->src, n), "`tz`: %s", e.text);
}

// clang-format off
static const struct key_row site_row[] = {
    {"id",         KEY_CUSTOM, 0,                                 0, 0, 0,        KEY_REQUIRED, site_id_read},
    {"name",       KEY_NAME,   offsetof(struct site, name),       offsetof(struct site, words), 0, 0,        KEY_REQUIRED, NULL},
    {"lat_deg",    KEY_NUMBER, offsetof(struct site, lat_deg),    0, -90, 90,     KEY_REQUIRED, NULL},
    {"lon_deg",    KEY_NUMBER, offsetof(struct site, lon_deg),    0, -180, 180,   KEY_REQUIRED, NULL},
    {"altitude_m", KEY_NUMBER, offsetof(struct site, altitude_m), 0, -430, 6000,  KEY_REQUIRED, NULL},
    {"tz",         KEY_CUSTOM, 0,                                 0, 0, 0,        KEY_REQUIRED, zone_read},
};
// clang-format on

/* --- tariff --- */

const char *const weekday_word[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};
static const char *const month_word[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                         "aug", "sep", "oct", "nov", "dec", NULL};

void set_read(struct reader *r, struct fy_node *n, const char *key, const char *const *word, uint16_t *set)
{
    struct fy_node *item;
    struct limits l = {0, 12, word, 0};
    double i;
    if (!is_list(n)) source_fault(&r->src, spot_of(&r->src, n), "`%s` wants a list of names", key);
    for (void *it = NULL; is_list(n) && (item = fy_node_sequence_iterate(n, &it));)
        if (number_read(r, item, key, &l, &i) == 0) *set |= (uint16_t)(1u << (unsigned)i);
}

static void weekdays_read(struct reader *r, struct fy_node *n, void *base)
{
    set_read(r, n, "weekdays", weekday_word, &((struct tariff_period *)base)->weekdays);
}

static void months_read(struct reader *r, struct fy_node *n, void *base)
{
    set_read(r, n, "months", month_word, &((struct tariff_period *)base)->months);
}

// clang-format off
static const struct key_row period_row[] = {
    {"months",       KEY_CUSTOM, 0,                                              0, 0, 0,     0, months_read},
    {"weekdays",     KEY_CUSTOM, 0,                                              0, 0, 0,     0, weekdays_read},
    {"from_hour",    KEY_NUMBER, offsetof(struct tariff_period, from_hour),      0, 0, 24,    0, NULL},
    {"until_hour",   KEY_NUMBER, offsetof(struct tariff_period, until_hour),     0, 0, 24,    0, NULL},
    {"buy_per_kWh",  KEY_NUMBER, offsetof(struct tariff_period, buy_per_kWh),    0, -10, 100, KEY_REQUIRED, NULL},
    {"sell_per_kWh", KEY_NUMBER, offsetof(struct tariff_period, sell_per_kWh),   0, -10, 100, KEY_REQUIRED, NULL},
};
// clang-format on

static void last_period_check(struct reader *r, struct fy_node *list, const struct tariff *t, struct fy_node *last)
{
    if (!t->n_period) {
        source_fault(&r->src, spot_of(&r->src, list), "a tariff wants at least one period");
        return;
    }
    const struct tariff_period *p = &t->period[t->n_period - 1];
    if (p->months || p->weekdays || p->from_hour < p->until_hour || p->from_hour > p->until_hour)
        source_fault(&r->src, spot_of(&r->src, last),
                     "the last period holds whenever no other does; take its months, weekdays and hours away");
}

static void periods_read(struct reader *r, struct fy_node *n, void *base)
{
    struct tariff *t = base;
    struct fy_node *item, *last = n;
    int before = r->src.n_fault;
    if (!is_list(n)) source_fault(&r->src, spot_of(&r->src, n), "`periods` wants a list");
    for (void *it = NULL; is_list(n) && (item = fy_node_sequence_iterate(n, &it));) {
        if (t->n_period == TARIFF_PERIODS_MAX) {
            source_fault(&r->src, spot_of(&r->src, item), "more than %d periods", TARIFF_PERIODS_MAX);
            return;
        }
        struct tariff_period *p = &t->period[t->n_period++];
        last = item;
        if (table_read(r, item, "a tariff period", period_row, sizeof period_row / sizeof period_row[0], p))
            continue;
        if (p->sell_per_kWh > p->buy_per_kWh)
            source_fault(&r->src, spot_of(&r->src, item),
                         "`sell_per_kWh` above `buy_per_kWh` pays for moving energy in a circle");
    }
    if (r->src.n_fault == before) last_period_check(r, n, t, last);
}

// clang-format off
static const struct key_row tariff_row[] = {
    {"name",               KEY_TEXT,   offsetof(struct tariff, name),               0, 0, 0,   0, NULL},
    {"currency",           KEY_TEXT,   offsetof(struct tariff, currency),           0, 0, 0,   KEY_REQUIRED, NULL},
    {"periods",            KEY_CUSTOM, 0,                                           0, 0, 0,   KEY_REQUIRED, periods_read},
    {"peak_per_kW_month",  KEY_NUMBER, offsetof(struct tariff, peak_per_kW_month),  0, 0, 1e4, 0, NULL},
    {"standing_per_month", KEY_NUMBER, offsetof(struct tariff, standing_per_month), 0, 0, 1e6, 0, NULL},
};
// clang-format on

/* --- policy --- */

const char *const shed_word[] = {"life", "control", "light", "survival", "cold", "comfort", "pump", "other", NULL};
static const struct policy policy_default = {.version = 1,
                                             .decided_by = "defaults; no assembly has decided yet",
                                             .comfort_low_degC = 20,
                                             .comfort_high_degC = 26,
                                             .comfort_per_K_h = 0.15,
                                             .safe_per_K_h = 5,
                                             .hot_water_per_kWh = 1,
                                             .car_per_kWh = 1,
                                             .curtail_per_kWh = 0.002,
                                             .flare_per_kWh = 0.01,
                                             .cycle_per_kWh = 0.03,
                                             .start_cost = 0.5,
                                             .light_per_lm_h = 0,
                                             .shortage_per_kWh = 10,
                                             .battery_reserve_frac = 0.2,
                                             .co2_per_kg = 0,
                                             .grid_co2_kg_per_kWh = 0.46,
                                             .shed_order = {SHED_OTHER, SHED_PUMP, SHED_COMFORT, SHED_COLD,
                                                            SHED_SURVIVAL, SHED_LIGHT, SHED_CONTROL, SHED_LIFE}};

static void version_read(struct reader *r, struct fy_node *n, void *base)
{
    double x;
    struct limits l = {1, 1e9, NULL, FIELD_INTEGER};
    if (number_read(r, n, "version", &l, &x) == 0) ((struct policy *)base)->version = (uint64_t)x;
}

static void shed_order_read(struct reader *r, struct fy_node *n, void *base)
{
    struct policy *p = base;
    struct limits l = {0, SHED_N - 1, shed_word, 0};
    unsigned seen = 0;
    int i = 0;
    double word;
    struct fy_node *item;
    for (void *it = NULL; is_list(n) && (item = fy_node_sequence_iterate(n, &it)); i++) {
        if (number_read(r, item, "shed_order", &l, &word) < 0) return;
        if (i < SHED_N) p->shed_order[i] = (int8_t)word;
        seen |= 1u << (unsigned)word;
    }
    if (i != SHED_N || seen != (1u << SHED_N) - 1)
        source_fault(&r->src, spot_of(&r->src, n),
                     "`shed_order` names each of the %d ranks once, first to be shed first", SHED_N);
}

#define POLICY(key, min, max)                                                                                      \
    {                                                                                                              \
#key, KEY_NUMBER, offsetof(struct policy, key), 0, min, max, 0, NULL                                       \
    }
// clang-format off
static const struct key_row policy_row[] = {
    {"version",    KEY_CUSTOM, 0,                                     0, 0, 0, 0, version_read},
    {"effective",  KEY_TIME,   offsetof(struct policy, effective_ms), 0, 0, 0, 0, NULL},
    {"decided_by", KEY_TEXT,   offsetof(struct policy, decided_by),   0, 0, 0, 0, NULL},
    {"shed_order", KEY_CUSTOM, 0,                                     0, 0, 0, 0, shed_order_read},
    POLICY(comfort_low_degC, 18, 24),   POLICY(comfort_high_degC, 22, 30), POLICY(comfort_per_K_h, 0, 100),
    POLICY(safe_per_K_h, 0, 1000),      POLICY(hot_water_per_kWh, 0, 100), POLICY(car_per_kWh, 0, 100),
    POLICY(curtail_per_kWh, 0, 1),      POLICY(flare_per_kWh, 0, 10),      POLICY(cycle_per_kWh, 0, 10),
    POLICY(start_cost, 0, 1000),        POLICY(light_per_lm_h, 0, 1),      POLICY(shortage_per_kWh, 0.1, 1000),
    POLICY(battery_reserve_frac, 0, 1), POLICY(co2_per_kg, 0, 10),         POLICY(grid_co2_kg_per_kWh, 0, 2),
};
// clang-format on

/* --- climate and rivers --- */

#define MONTHLY(key, min, max)                                                                                     \
    {                                                                                                              \
#key, KEY_MONTHS, offsetof(struct climate, month) + offsetof(struct climate_month, key),                   \
            sizeof(struct climate_month), min, max, KEY_REQUIRED, NULL                                             \
    }
// clang-format off
static const struct key_row climate_row[] = {
    MONTHLY(temp_degC, -50, 50), MONTHLY(temp_min_degC, -60, 45), MONTHLY(temp_max_degC, -45, 60), MONTHLY(rain_mm, 0, 2000),
    MONTHLY(ghi_MJ_m2, 0, 1200), MONTHLY(wind_m_s, 0, 30),        MONTHLY(humidity_frac, 0.02, 1),
    {"temp_day_sd_K",     KEY_NUMBER, offsetof(struct climate, temp_day_sd_K),     0, 0, 15,   KEY_REQUIRED, NULL},
    {"temp_persistence",  KEY_NUMBER, offsetof(struct climate, temp_persistence),  0, 0, 0.99, KEY_REQUIRED, NULL},
    {"cloud_persistence", KEY_NUMBER, offsetof(struct climate, cloud_persistence), 0, 0, 0.99, KEY_REQUIRED, NULL},
    {"source",            KEY_TEXT,   offsetof(struct climate, source),            0, 0, 0,    KEY_REQUIRED, NULL},
};
static const struct key_row river_row[] = {
    {"name",        KEY_TEXT,   offsetof(struct river_year, name),        0, 0, 0,               KEY_REQUIRED, NULL},
    {"mean_m3_s",   KEY_MONTHS, offsetof(struct river_year, mean_m3_s),   sizeof(double), 0, 1e5, KEY_REQUIRED, NULL},
    {"log_sd",      KEY_NUMBER, offsetof(struct river_year, log_sd),      0, 0, 2,               KEY_REQUIRED, NULL},
    {"persistence", KEY_NUMBER, offsetof(struct river_year, persistence), 0, 0, 0.999,           KEY_REQUIRED, NULL},
};
// clang-format on

static void climate_check(struct reader *r, struct fy_node *map)
{
    static const char *const name[] = {"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};
    for (int m = 0; m < 12; m++) {
        const struct climate_month *c = &r->v->climate.month[m];
        if (c->temp_min_degC <= c->temp_degC && c->temp_degC <= c->temp_max_degC) continue;
        source_fault(&r->src, spot_of(&r->src, map_get(map, "temp_degC")),
                     "%s: temp_min_degC <= temp_degC <= temp_max_degC does not hold", name[m]);
    }
}

static void rivers_read(struct reader *r, struct fy_node *list)
{
    struct village *v = r->v;
    struct fy_node *item;
    if (!is_list(list)) source_fault(&r->src, spot_of(&r->src, list), "`rivers` wants a list of years");
    for (void *it = NULL; is_list(list) && (item = fy_node_sequence_iterate(list, &it));) {
        if (v->n_river == RIVER_YEARS_MAX) {
            source_fault(&r->src, spot_of(&r->src, item), "more than %d river years", RIVER_YEARS_MAX);
            return;
        }
        struct river_year *year = &v->river[v->n_river++];
        r->note_path = arena_printf(&v->arena, "rivers.%d.", v->n_river);
        table_read(r, item, "a river year", river_row, sizeof river_row / sizeof river_row[0], year);
        for (int i = 0; year->name && i < v->n_river - 1; i++)
            if (v->river[i].name && strcmp(v->river[i].name, year->name) == 0)
                source_fault(&r->src, spot_of(&r->src, map_get(item, "name")),
                             "a second river year `%s`; rename one", year->name);
    }
}

/* --- all --- */

static void seed_read(struct reader *r, struct fy_node *n)
{
    double x = 1;
    struct limits l = {0, 1e15, NULL, FIELD_INTEGER};
    if (n && number_read(r, n, "seed", &l, &x)) x = 1;
    r->seed = (uint64_t)x;
}

static const struct key_row land_row[] = {
    {"records", KEY_TEXT, offsetof(struct land_source, records), 0, 0, 0, KEY_REQUIRED, NULL},
};

static const struct section {
    const char *key;
    const struct key_row *row;
    int n, required;
    size_t offset;
} section[] = {
    {"site", site_row, sizeof site_row / sizeof site_row[0], 1, offsetof(struct village, site)},
    {"tariff", tariff_row, sizeof tariff_row / sizeof tariff_row[0], 1, offsetof(struct village, tariff)},
    {"policy", policy_row, sizeof policy_row / sizeof policy_row[0], 0, offsetof(struct village, policy)},
    {"climate", climate_row, sizeof climate_row / sizeof climate_row[0], 1, offsetof(struct village, climate)},
    {"land", land_row, sizeof land_row / sizeof land_row[0], 0, offsetof(struct village, land)},
};
enum { SECTIONS = sizeof section / sizeof section[0] };
static const char *const top_word[] = {"seed", "site",  "tariff", "policy", "climate", "rivers",
                                       "land", "nodes", "places", "assets", "rounds"};
enum { TOPS = sizeof top_word / sizeof top_word[0] };

static void top_check(struct reader *r, struct fy_node *root)
{
    struct fy_node_pair *pair;
    unsigned seen = 0;
    for (void *it = NULL; (pair = fy_node_mapping_iterate(root, &it));) {
        const char *key = scalar_text(&r->src, &r->src.scratch, fy_node_pair_key(pair));
        struct near near = near_start(&r->src, key ? key : "");
        int i = 0;
        for (; i < TOPS && strcmp(top_word[i], near.typed) != 0; i++) near_try(&near, top_word[i]);
        if (i == TOPS)
            unknown_key(r, fy_node_pair_key(pair), near.typed, "the village file", &near);
        else if (seen >> i & 1)
            source_fault(&r->src, spot_of(&r->src, fy_node_pair_key(pair)), "section `%s` given twice", key);
        else
            seen |= 1u << i;
    }
}

void sections_read(struct reader *r, struct fy_node *root)
{
    struct village *v = r->v;
    top_check(r, root);
    seed_read(r, map_get(root, "seed"));
    v->policy = policy_default;
    r->note_asset = -1;
    for (int i = 0; i < SECTIONS; i++) {
        const struct section *s = &section[i];
        int before = r->src.n_fault;
        struct fy_node *map = map_get(root, s->key);
        r->note_path = arena_printf(&v->arena, "%s.", s->key);
        if (map)
            table_read(r, map, arena_printf(&r->src.scratch, "`%s`", s->key), s->row, s->n, (char *)v + s->offset);
        else if (s->required)
            source_fault(&r->src, SPOT_FILE, "no section `%s:`; add it", s->key);
        if (s->row == site_row && r->src.n_fault > before) /* nothing lies far from a site that nobody knows */
            v->site.lat_deg = v->site.lon_deg = (double)NAN;
    }
    if (v->policy.comfort_high_degC < v->policy.comfort_low_degC + 1)
        source_fault(&r->src, spot_of(&r->src, map_get(root, "policy")),
                     "`comfort_high_degC` must lie at least 1 K above `comfort_low_degC`");
    if (map_get(root, "climate")) climate_check(r, map_get(root, "climate"));
    if (map_get(root, "rivers")) rivers_read(r, map_get(root, "rivers"));
}
