/* Values of a village file: numbers in the unit of their key, with where they come from, or spread over a group. */
#include "base/err.h"
#include "base/unit.h"
#include "village/read.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *key;
    enum note_kind kind;
    unsigned given;
} origin[] = {
    {"source", NOTE_PUBLISHED, GIVEN_SOURCE},
    {"claimed", NOTE_PUBLISHED, 0},
    {"assumed", NOTE_ASSUMED, GIVEN_ASSUMED},
    {"measured", NOTE_MEASURED, GIVEN_MEASURED},
};
enum { ORIGINS = sizeof origin / sizeof origin[0] };
static const char *const value_key[] = {"value", "uniform", "normal", "choice", "weight", "share"};
enum { VALUE_KEYS = sizeof value_key / sizeof value_key[0] };
static const char *const switch_word[] = {"no", "yes", "false", "true", "off", "on"}; /* odd: yes */

void *room_for(struct arena *a, void *array, int n, int *room, size_t size)
{
    if (n < *room) return array;
    int wanted = *room ? 2 * *room : 64;
    void *more = arena_alloc(a, size * (size_t)wanted);
    if (n) memcpy(more, array, size * (size_t)n);
    *room = wanted;
    return more;
}

void note_keep(struct reader *r, const char *key, enum note_kind kind, const char *text, int line)
{
    struct village *v = r->v;
    r->note = room_for(&v->arena, r->note, v->n_note, &r->note_room, sizeof *r->note);
    const char *path =
        r->note_asset < 0 ? arena_printf(&v->arena, "%s%s", r->note_path, key) : arena_strdup(&v->arena, key);
    r->note[v->n_note++] = (struct note){r->note_asset, path, kind, text, line};
}

/* --- one scalar --- */

static int word_read(struct reader *r, struct spot at, const char *text, const char *key, const char *const *word,
                     double *out)
{
    struct near near = near_start(&r->src, text);
    char known[256] = "";
    for (int i = 0; word[i]; i++) {
        if (strcmp(word[i], text) == 0) {
            *out = i;
            return 0;
        }
        near_try(&near, word[i]);
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", word[i]);
    }
    source_fault(&r->src, at, "`%s` is no word for `%s`; one of: %s", text, key, known);
    return -1;
}

static int switch_read(const char *text, double *out)
{
    for (int i = 0; i < 6; i++)
        if (strcmp(switch_word[i], text) == 0) {
            *out = i & 1;
            return 0;
        }
    return -1;
}

static int range_check(struct reader *r, struct spot at, const char *key, const struct limits *l, double x)
{
    char lo[48], hi[48], given[48];
    if (l->flags & (FIELD_INTEGER | FIELD_BOOL) && x != floor(x)) {
        source_fault(&r->src, at, "`%s` is %g; give a whole number", key, x);
        return -1;
    }
    if (x >= l->min && x <= l->max) return 0;
    source_fault(&r->src, at, "`%s` is %s; give %s to %s", key, unit_format(given, sizeof given, x, key),
                 unit_format(lo, sizeof lo, l->min, key), unit_format(hi, sizeof hi, l->max, key));
    return -1;
}

/* A bare number needs no unit table; anything behind it is a unit and goes through the table. */
static int quantity_read(struct reader *r, struct spot at, const char *text, const char *key, double *out)
{
    char *end;
    struct err e = {0};
    *out = strtod(text, &end);
    while (*end == ' ') end++;
    if (end == text || strpbrk(text, "xXpP") == text + 1)
        err_set(&e, "`%s` is no number for `%s`", text, key);
    else if (*end && unit_parse(text, key, out, &e) == 0 && isfinite(*out))
        return 0;
    else if (!*end && isfinite(*out))
        return 0;
    source_fault(&r->src, at, "%s", e.text[0] ? e.text : "not a finite number");
    return -1;
}

int number_read(struct reader *r, struct fy_node *n, const char *key, const struct limits *l, double *out)
{
    struct spot at = spot_of(&r->src, n);
    const char *text = scalar_text(&r->src, &r->src.scratch, n);
    if (!text) {
        if (fy_node_get_type(n) != FYNT_SCALAR) source_fault(&r->src, at, "`%s` wants one value", key);
        return -1;
    }
    if (!*text) {
        source_fault(&r->src, at, "`%s` has no value", key);
        return -1;
    }
    if (l->word) return word_read(r, at, text, key, l->word, out);
    if (l->flags & FIELD_BOOL && switch_read(text, out) == 0) return 0;
    if (quantity_read(r, at, text, key, out) < 0) return -1;
    return range_check(r, at, key, l, *out);
}

/* --- value with its origin --- */

static int origin_find(const char *key)
{
    for (int i = 0; i < ORIGINS; i++)
        if (strcmp(origin[i].key, key) == 0) return i;
    return -1;
}

static int value_key_find(const char *key)
{
    for (int i = 0; i < VALUE_KEYS; i++)
        if (strcmp(value_key[i], key) == 0) return i;
    return -1;
}

static void origin_keep(struct reader *r, struct fy_node *n, const char *key, int i, unsigned *given)
{
    const char *text = scalar_text(&r->src, &r->v->arena, n);
    struct spot at = spot_of(&r->src, n);
    if (!text || !*text) {
        source_fault(&r->src, at, "`%s` wants a text", origin[i].key);
        return;
    }
    if (origin[i].given == 0) text = arena_printf(&r->v->arena, "claimed: %s", text);
    note_keep(r, key, origin[i].kind, text, at.line);
    *given |= origin[i].given;
}

int origin_read(struct reader *r, const char *key, struct fy_node *n)
{
    int i = origin_find(key);
    unsigned given = 0;
    if (i < 0) return 0;
    origin_keep(r, n, "", i, &given);
    return 1;
}

static void unknown_value_key(struct reader *r, struct fy_node *at, const char *key, const char *typed)
{
    struct near near = near_start(&r->src, typed);
    char hint[128];
    for (int i = 0; i < ORIGINS; i++) near_try(&near, origin[i].key);
    for (int i = 0; i < VALUE_KEYS; i++) near_try(&near, value_key[i]);
    source_fault(&r->src, spot_of(&r->src, at), "unknown key `%s` in the value of `%s`%s", typed, key,
                 near_hint(&near, hint, sizeof hint));
}

/* Walks {value: .., source: ..}; found[] gets the nodes of value_key. 0, or -1 when a key was wrong or repeated. */
static int value_walk(struct reader *r, struct fy_node *map, const char *key, struct fy_node **found,
                      unsigned *given)
{
    struct fy_node_pair *pair;
    int bad = 0;
    for (void *it = NULL; (pair = fy_node_mapping_iterate(map, &it));) {
        const char *k = scalar_text(&r->src, &r->src.scratch, fy_node_pair_key(pair));
        int o = k ? origin_find(k) : -1, i = k ? value_key_find(k) : -1;
        if (o >= 0)
            origin_keep(r, fy_node_pair_value(pair), key, o, given);
        else if (i >= 0 && !found[i])
            found[i] = fy_node_pair_value(pair);
        else {
            bad = -1;
            if (i >= 0)
                source_fault(&r->src, spot_of(&r->src, fy_node_pair_key(pair)), "`%s` given twice", k);
            else
                unknown_value_key(r, fy_node_pair_key(pair), key, k ? k : "?");
        }
    }
    return bad;
}

struct fy_node *value_open(struct reader *r, struct fy_node *n, const char *key, unsigned *given)
{
    struct fy_node *found[VALUE_KEYS] = {0};
    if (!n || !is_map(n)) return n;
    if (value_walk(r, n, key, found, given) < 0) return NULL;
    for (int i = 1; i < VALUE_KEYS; i++)
        if (found[i]) {
            source_fault(&r->src, spot_of(&r->src, found[i]),
                         "`%s` spreads a value over a group; give `%s` one value", value_key[i], key);
            return NULL;
        }
    if (!found[0]) source_fault(&r->src, spot_of(&r->src, n), "`%s` has no `value:`", key);
    return found[0];
}

/* --- spreads over a group --- */

static int list_read(struct reader *r, struct fy_node *n, const char *key, const struct limits *l, double *out,
                     int min, int max)
{
    int count = 0, bad = 0;
    struct fy_node *item;
    for (void *it = NULL; is_list(n) && (item = fy_node_sequence_iterate(n, &it)); count++)
        if (count < max) bad |= number_read(r, item, key, l, &out[count]);
    if (count >= min && count <= max) return bad ? -1 : count;
    source_fault(&r->src, spot_of(&r->src, n), "`%s` wants a list of %d to %d values", key, min, max);
    return -1;
}

static int pair_read(struct reader *r, struct fy_node *n, const char *key, const struct limits *l, struct draw *d)
{
    double two[2] = {0};
    struct limits wide = *l;
    if (d->kind == DRAW_NORMAL) { /* the second is a deviation: same unit, but no range of its own */
        wide.min = 0;
        wide.max = HUGE_VAL;
    }
    struct fy_node *first = NULL, *second = NULL;
    if (is_list(n) && fy_node_sequence_item_count(n) == 2) {
        first = fy_node_sequence_get_by_index(n, 0);
        second = fy_node_sequence_get_by_index(n, 1);
    }
    if (!first || !second) {
        source_fault(&r->src, spot_of(&r->src, n), "`%s` wants two values", key);
        return -1;
    }
    if (number_read(r, first, key, l, &two[0]) < 0 || number_read(r, second, key, &wide, &two[1]) < 0) return -1;
    d->a = two[0];
    d->b = two[1];
    if (d->kind == DRAW_NORMAL || d->b >= d->a) return 0;
    source_fault(&r->src, spot_of(&r->src, n), "`%s`: the first bound is above the second; swap them", key);
    return -1;
}

static int weights_read(struct reader *r, struct fy_node *n, const char *key, struct draw *d)
{
    struct limits l = {0, 1e9, NULL, 0};
    double sum = 0;
    for (int i = 0; i < d->n; i++) d->weight[i] = 1;
    if (n && list_read(r, n, "weight", &l, d->weight, d->n, d->n) < 0) return -1;
    for (int i = 0; i < d->n; i++) sum += d->weight[i];
    if (sum > 0) return 0;
    source_fault(&r->src, spot_of(&r->src, n), "the weights of `%s` are all zero", key);
    return -1;
}

static int share_read(struct reader *r, struct fy_node *n, struct draw *d)
{
    double p;
    struct limits l = {0, 1, NULL, 0};
    if (number_read(r, n, "share_frac", &l, &p) < 0) return -1;
    *d = (struct draw){.kind = DRAW_CHOICE, .option = {0, 1}, .weight = {1 - p, p}, .n = 2};
    return 0;
}

static int spread_read(struct reader *r, struct fy_node **found, const char *key, const struct limits *l,
                       struct draw *d)
{
    enum { VALUE, UNIFORM, NORMAL, CHOICE, WEIGHT, SHARE };
    if (found[UNIFORM] || found[NORMAL]) {
        d->kind = found[UNIFORM] ? DRAW_UNIFORM : DRAW_NORMAL;
        return pair_read(r, found[UNIFORM] ? found[UNIFORM] : found[NORMAL], key, l, d);
    }
    if (found[SHARE]) return share_read(r, found[SHARE], d);
    d->kind = DRAW_CHOICE;
    d->n = list_read(r, found[CHOICE], key, l, d->option, 1, DRAW_OPTIONS_MAX);
    return d->n < 0 ? -1 : weights_read(r, found[WEIGHT], key, d);
}

int draw_read(struct reader *r, struct fy_node *n, const char *key, const struct limits *l, struct draw *d,
              unsigned *given)
{
    struct fy_node *found[VALUE_KEYS] = {0};
    int forms = 0;
    *d = (struct draw){.kind = DRAW_FIXED};
    if (!is_map(n)) return number_read(r, n, key, l, &d->a);
    if (value_walk(r, n, key, found, given) < 0) return -1;
    for (int i = 0; i < VALUE_KEYS; i++) forms += found[i] && strcmp(value_key[i], "weight") != 0;
    if (forms != 1) {
        source_fault(&r->src, spot_of(&r->src, n), "`%s` wants one of value, uniform, normal, choice or share",
                     key);
        return -1;
    }
    int bad = found[0] ? number_read(r, found[0], key, l, &d->a) : spread_read(r, found, key, l, d);
    if (bad) *d = (struct draw){.kind = DRAW_FIXED};
    return bad;
}

static double choose(const struct draw *d, double u)
{
    double sum = 0, part = 0;
    for (int i = 0; i < d->n; i++) sum += d->weight[i];
    for (int i = 0; i < d->n - 1; i++)
        if (u * sum < (part += d->weight[i])) return d->option[i];
    int last = d->n - 1;
    while (last > 0 && d->weight[last] <= 0) last--;
    return d->option[last];
}

double draw_one(const struct draw *d, const struct limits *l, struct random *rng)
{
    double x = d->a;
    if (d->kind == DRAW_CHOICE) return choose(d, random_uniform(rng));
    if (d->kind == DRAW_UNIFORM) x = random_range(rng, d->a, d->b);
    if (d->kind == DRAW_NORMAL) x = d->a + d->b * fmax(-3.0, fmin(3.0, random_normal(rng)));
    if (l->flags & FIELD_INTEGER) x = round(x);
    return fmax(l->min, fmin(l->max, x));
}

int texts_read(struct reader *r, struct fy_node *n, const char *key, const char **text, struct spot *at, int max)
{
    int count = 0, bad = 0;
    struct fy_node *item = n;
    for (void *it = NULL; is_list(n) ? (item = fy_node_sequence_iterate(n, &it)) != NULL : count == 0; count++) {
        if (count >= max) continue;
        const char *s = scalar_text(&r->src, &r->v->arena, item);
        if (!s || !*s) bad = 1;
        text[count] = s;
        at[count] = spot_of(&r->src, item);
    }
    if (!bad && count >= 1 && count <= max) return count;
    source_fault(&r->src, spot_of(&r->src, n), "`%s` wants a name or a list of up to %d names", key, max);
    return -1;
}
