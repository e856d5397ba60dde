/* The village's names: lookups by id, walking a class, one parameter by key. See village.h and index.h. */
#include "village/village.h"
#include "base/err.h"
#include "base/random.h"
#include "village/index.h"
#include <string.h>

const char *const carrier_name[] = {"elec", "heat", "gas", "water", "organic", NULL};
const char *const carrier_unit[] = {"W", "W", "W", "m3_s", "kg_s", NULL};

struct village_index {
    struct name_table asset, node, place;
    const char *(*flow_key)[ASSET_PORTS_MAX]; /* per asset; assets of one class share the strings */
};

void name_table_create(struct name_table *t, struct arena *a, int n)
{
    uint32_t size = 16;
    while (size < 2 * (uint32_t)n) size *= 2;
    *t = (struct name_table){.arena = a,
                             .name = ARENA_NEW(a, const char *, size),
                             .value = ARENA_NEW(a, int32_t, size),
                             .mask = size - 1};
}

static uint32_t slot_of(const struct name_table *t, const char *name)
{
    uint32_t i = (uint32_t)random_hash(0, name) & t->mask;
    while (t->name[i] && strcmp(t->name[i], name) != 0) i = (i + 1) & t->mask;
    return i;
}

static void name_table_double(struct name_table *t)
{
    struct name_table old = *t;
    name_table_create(t, old.arena, (int)old.mask + 1);
    t->n = old.n;
    for (uint32_t i = 0; i <= old.mask; i++) {
        if (!old.name[i]) continue;
        uint32_t k = slot_of(t, old.name[i]);
        t->name[k] = old.name[i];
        t->value[k] = old.value[i];
    }
}

int32_t name_table_put(struct name_table *t, const char *name, int32_t value)
{
    if (t->n > t->mask / 2) name_table_double(t);
    uint32_t i = slot_of(t, name);
    if (t->name[i]) return t->value[i];
    t->name[i] = name;
    t->value[i] = value;
    t->n++;
    return -1;
}

int32_t name_table_get(const struct name_table *t, const char *name)
{
    uint32_t i = slot_of(t, name);
    return t->name[i] ? t->value[i] : -1;
}

static void flow_keys(struct village_index *x, struct arena *a, const struct village *v)
{
    x->flow_key = arena_alloc(a, sizeof *x->flow_key * (size_t)v->n_asset);
    const struct asset_class *last = NULL;
    for (int32_t i = 0; i < v->n_asset; i++) {
        const struct asset_class *c = v->asset[i].cls;
        for (int p = 0; p < c->n_port; p++)
            x->flow_key[i][p] = c == last
                                    ? x->flow_key[i - 1][p]
                                    : arena_printf(a, "%s_%s", c->port[p].name, carrier_unit[c->port[p].carrier]);
        last = c;
    }
}

struct village_index *index_create(struct arena *a, const struct village *v)
{
    struct village_index *x = ARENA_NEW(a, struct village_index, 1);
    name_table_create(&x->asset, a, v->n_asset);
    name_table_create(&x->node, a, v->n_node);
    name_table_create(&x->place, a, v->n_place);
    for (int32_t i = 0; i < v->n_asset; i++) name_table_put(&x->asset, v->asset[i].id, i);
    for (int32_t i = 0; i < v->n_node; i++) name_table_put(&x->node, v->node[i].id, i);
    for (int32_t i = 0; i < v->n_place; i++) name_table_put(&x->place, v->place[i].id, i);
    flow_keys(x, a, v);
    return x;
}

const char *index_flow_key(const struct village_index *x, int32_t asset, int32_t port)
{
    return x->flow_key[asset][port];
}

int32_t village_asset(const struct village *v, const char *id) { return name_table_get(&v->index->asset, id); }
int32_t village_node(const struct village *v, const char *id) { return name_table_get(&v->index->node, id); }
static enum place_state ground_of(const struct village *v, int32_t place, const uint8_t *state)
{
    if (place < 0) return PLACE_HAZARD;
    return state ? (enum place_state)state[place] : v->place[place].state;
}

enum place_state asset_ground(const struct village *v, const struct asset *a, const uint8_t *state)
{
    enum place_state least = ground_of(v, a->place, state);
    for (int i = 0; i < a->n_reach; i++) {
        enum place_state at = ground_of(v, a->reach[i], state);
        if (at < least) least = at;
    }
    return least;
}

int32_t village_place(const struct village *v, const char *id) { return name_table_get(&v->index->place, id); }

int32_t village_round(const struct village *v, const char *id)
{
    for (int32_t i = 0; i < v->n_round; i++)
        if (strcmp(v->round[i].id, id) == 0) return i;
    return -1;
}

int32_t village_class_next(const struct village *v, const char *class_name, int32_t after)
{
    for (int32_t i = after + 1; i < v->n_asset; i++)
        if (strcmp(v->asset[i].cls->name, class_name) == 0) return i;
    return -1;
}

int32_t village_same(const struct village *v, int32_t asset, const struct village *other)
{
    int32_t old = village_asset(other, v->asset[asset].id);
    return old >= 0 && other->asset[old].cls == v->asset[asset].cls ? old : -1;
}

double asset_par(const struct asset *a, const char *key)
{
    int i = field_find(&a->cls->par, key);
    must(i >= 0, "asset %s (class %s) has no parameter %s", a->id, a->cls->name, key);
    return field_get(&a->cls->par.row[i], a->par);
}

void village_free(struct village *v)
{
    if (!v) return;
    struct arena a = v->arena; /* the village itself lies in its arena */
    arena_free(&a);
}
