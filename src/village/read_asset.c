/* Assets and groups of assets. One entry of `assets:` is first read whole (every key checked once, spreads kept as
 * spreads), then made `count` times: each parameter of each member is drawn from its own named stream
 * ("home-a-017.floor_m2"), so that a longer group or a new parameter leaves the others as they were. Lists of
 * nodes, streets and gateways are dealt out in equal runs: the first third of the homes on the first of three
 * feeders, and so on, neighbours staying together. */
#include "base/err.h"
#include "village/read.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { REFS_MAX = 32, COUNT_MAX = 20000, ASSETS_MAX = 100000 };
struct refs {
    const char *id[REFS_MAX];
    struct spot at[REFS_MAX];
    int n;
};
struct pick {
    const char *text[DRAW_OPTIONS_MAX];
    struct draw draw;
};
struct entry {
    struct fy_node *map;
    struct spot at; /* of its id */
    const char *id, *name, *group, *owner;
    struct words words;
    int count; /* 0: a single asset */
    double setback_m;
    const struct asset_class *cls;
    struct draw *par;
    unsigned char *par_seen;
    struct draw vulnerable, critical, shed;
    struct pick profile;
    struct refs port[ASSET_PORTS_MAX], at_place, along, waters, runs, gateway;
    int32_t first; /* index of its first asset */
};
/* Gateways may stand later in the file than what uses them: connected at the end. */
struct wiring {
    struct refs gateway;
    int32_t first;
    int count;
};
struct assets {
    struct entry entry; /* the one being read; its arrays are used again by the next */
    int par_room;
    struct spread_out *spread;
    int n_spread, spread_room;
    struct wiring *wiring;
    int n_wiring, wiring_room;
};

/* The rank of a kind that says none, in the order of enum shed (policy.h): sources and storage keep the rest
 * alive; a home sheds comfort, never its survivable warmth (its own guard); cars and what is not named go first. */
static const struct {
    const char *cls;
    enum shed rank;
} shed_default[] = {
    {"grid", SHED_LIFE},      {"line", SHED_LIFE},       {"battery", SHED_LIFE},    {"hydro", SHED_LIFE},
    {"solar", SHED_LIFE},     {"gateway", SHED_CONTROL}, {"station", SHED_CONTROL}, {"street", SHED_LIGHT},
    {"coldstore", SHED_COLD}, {"home", SHED_COMFORT},    {"biogas", SHED_PUMP},     {"greenhouse", SHED_PUMP},
    {"pump", SHED_PUMP},
};

static double shed_of(const struct asset_class *c)
{
    for (size_t i = 0; i < sizeof shed_default / sizeof shed_default[0]; i++)
        if (strcmp(shed_default[i].cls, c->name) == 0) return shed_default[i].rank;
    return SHED_OTHER;
}

/* --- common keys --- */

static void refs_read(struct reader *r, struct fy_node *n, const char *key, struct refs *out)
{
    int count = texts_read(r, n, key, out->id, out->at, REFS_MAX);
    out->n = count > 0 ? count : 0;
}

static int port_find(const struct asset_class *c, const char *name, struct near *near)
{
    for (int p = 0; p < c->n_port; p++) {
        if (strcmp(c->port[p].name, name) == 0) return p;
        near_try(near, c->port[p].name);
    }
    return -1;
}

static void ports_read(struct reader *r, struct fy_node *n, void *base)
{
    struct entry *e = base;
    struct fy_node_pair *pair;
    char hint[128];
    if (!is_map(n)) source_fault(&r->src, spot_of(&r->src, n), "`ports` wants port: node");
    for (void *it = NULL; is_map(n) && (pair = fy_node_mapping_iterate(n, &it));) {
        const char *name = scalar_text(&r->src, &r->src.scratch, fy_node_pair_key(pair));
        struct near near = near_start(&r->src, name ? name : "");
        int p = port_find(e->cls, near.typed, &near);
        if (p < 0)
            source_fault(&r->src, spot_of(&r->src, fy_node_pair_key(pair)), "class `%s` has no port `%s`%s",
                         e->cls->name, near.typed, near_hint(&near, hint, sizeof hint));
        else
            refs_read(r, fy_node_pair_value(pair), near.typed, &e->port[p]);
    }
}

static void at_read(struct reader *r, struct fy_node *n, void *base)
{
    refs_read(r, n, "at", &((struct entry *)base)->at_place);
}
static void along_read(struct reader *r, struct fy_node *n, void *base)
{
    refs_read(r, n, "along", &((struct entry *)base)->along);
}
static void waters_read(struct reader *r, struct fy_node *n, void *base)
{
    refs_read(r, n, "waters", &((struct entry *)base)->waters);
}
static void runs_read(struct reader *r, struct fy_node *n, void *base)
{
    refs_read(r, n, "runs", &((struct entry *)base)->runs);
}
static void gateway_read(struct reader *r, struct fy_node *n, void *base)
{
    refs_read(r, n, "gateway", &((struct entry *)base)->gateway);
}

static void switch_draw(struct reader *r, struct fy_node *n, const char *key, struct draw *d)
{
    unsigned given = 0;
    struct limits l = {0, 1, NULL, FIELD_BOOL};
    draw_read(r, n, key, &l, d, &given);
}

static void vulnerable_read(struct reader *r, struct fy_node *n, void *base)
{
    switch_draw(r, n, "vulnerable", &((struct entry *)base)->vulnerable);
}

static void critical_read(struct reader *r, struct fy_node *n, void *base)
{
    switch_draw(r, n, "critical", &((struct entry *)base)->critical);
}

static void shed_read(struct reader *r, struct fy_node *n, void *base)
{
    unsigned given = 0;
    struct limits l = {0, SHED_N - 1, shed_word, 0};
    draw_read(r, n, "shed", &l, &((struct entry *)base)->shed, &given);
}

/* `profile: school`, or a list, dealt by lot with equal chances. */
static void profile_read(struct reader *r, struct fy_node *n, void *base)
{
    struct pick *p = &((struct entry *)base)->profile;
    struct spot at[DRAW_OPTIONS_MAX];
    int count = texts_read(r, n, "profile", p->text, at, DRAW_OPTIONS_MAX);
    p->draw = (struct draw){.kind = DRAW_CHOICE, .n = count > 0 ? count : 0};
    for (int i = 0; i < p->draw.n; i++) {
        p->draw.option[i] = i;
        p->draw.weight[i] = 1;
    }
}

static void count_read(struct reader *r, struct fy_node *n, void *base)
{
    double x = 0;
    struct limits l = {1, COUNT_MAX, NULL, FIELD_INTEGER};
    if (number_read(r, n, "count", &l, &x) == 0) ((struct entry *)base)->count = (int)x;
}

static void class_skip(struct reader *r, struct fy_node *n, void *base) { (void)r, (void)n, (void)base; }

// clang-format off
static const struct key_row entry_row[] = {
    {"id",         KEY_TEXT,   offsetof(struct entry, id),        0, 0, 0,   KEY_REQUIRED, NULL},
    {"class",      KEY_CUSTOM, 0,                                 0, 0, 0,   KEY_REQUIRED, class_skip},
    {"name",       KEY_NAME,   offsetof(struct entry, name),      offsetof(struct entry, words), 0, 0,   0, NULL},
    {"group",      KEY_TEXT,   offsetof(struct entry, group),     0, 0, 0,   0, NULL},
    {"owner",      KEY_TEXT,   offsetof(struct entry, owner),     0, 0, 0,   0, NULL},
    {"count",      KEY_CUSTOM, 0,                                 0, 0, 0,   0, count_read},
    {"ports",      KEY_CUSTOM, 0,                                 0, 0, 0,   0, ports_read},
    {"at",         KEY_CUSTOM, 0,                                 0, 0, 0,   0, at_read},
    {"along",      KEY_CUSTOM, 0,                                 0, 0, 0,   0, along_read},
    {"waters",     KEY_CUSTOM, 0,                                 0, 0, 0,   0, waters_read},
    {"runs",       KEY_CUSTOM, 0,                                 0, 0, 0,   0, runs_read},
    {"setback_m",  KEY_NUMBER, offsetof(struct entry, setback_m), 0, 0, 500, 0, NULL},
    {"gateway",    KEY_CUSTOM, 0,                                 0, 0, 0,   0, gateway_read},
    {"profile",    KEY_CUSTOM, 0,                                 0, 0, 0,   0, profile_read},
    {"vulnerable", KEY_CUSTOM, 0,                                 0, 0, 0,   0, vulnerable_read},
    {"critical",   KEY_CUSTOM, 0,                                 0, 0, 0,   0, critical_read},
    {"shed",       KEY_CUSTOM, 0,                                 0, 0, 0,   0, shed_read},
};
// clang-format on
enum { ENTRY_ROWS = sizeof entry_row / sizeof entry_row[0] };

/* --- parameters --- */

static struct limits limits_of(const struct field *f)
{
    struct limits l = {f->min, f->max, f->word, f->flags};
    return l;
}

static void par_read(struct reader *r, struct entry *e, int i, struct fy_node *n)
{
    const struct field *f = &e->cls->par.row[i];
    struct limits l = limits_of(f);
    unsigned given = 0;
    int before = r->src.n_fault;
    draw_read(r, n, f->key, &l, &e->par[i], &given);
    e->par_seen[i] = 1;
    if (r->src.n_fault > before) return;
    if (e->par[i].kind != DRAW_FIXED && !e->count)
        source_fault(&r->src, spot_of(&r->src, n),
                     "`%s` is spread, but this is one asset; give one value, or a `count`", f->key);
    if (f->flags & FIELD_GUARD && !(given & (GIVEN_SOURCE | GIVEN_MEASURED)))
        source_fault(&r->src, spot_of(&r->src, n),
                     "`%s` is a guard limit; write {value: .., source: ..} or {.., measured: ..}", f->key);
}

/* `claimed_power_W: 212 kW` of a class that has no such field is kept as a note: a claim is never a parameter. */
static int claim_read(struct reader *r, const char *key, struct fy_node *n)
{
    double x;
    unsigned given = 0;
    struct limits any = {-HUGE_VAL, HUGE_VAL, NULL, 0};
    if (strncmp(key, "claimed_", 8) != 0) return 0;
    struct fy_node *value = value_open(r, n, key, &given);
    if (value && number_read(r, value, key, &any, &x) == 0)
        note_keep(r, key, NOTE_PUBLISHED,
                  arena_printf(&r->v->arena, "claimed: %s", scalar_text(&r->src, &r->src.scratch, value)),
                  spot_of(&r->src, value).line);
    return 1;
}

static int key_common(const char *key)
{
    for (int i = 0; i < ENTRY_ROWS; i++)
        if (strcmp(entry_row[i].key, key) == 0) return i;
    return -1;
}

static void key_unknown(struct reader *r, const struct entry *e, struct fy_node *key_node, const char *key)
{
    struct near near = near_start(&r->src, key);
    for (int i = 0; i < e->cls->par.n; i++) near_try(&near, e->cls->par.row[i].key);
    for (int i = 0; i < ENTRY_ROWS; i++) near_try(&near, entry_row[i].key);
    unknown_key(r, key_node, key, arena_printf(&r->src.scratch, "class `%s`", e->cls->name), &near);
}

static void entry_common(struct reader *r, struct entry *e, const struct key_row *row, struct fy_node *n)
{
    unsigned given = 0;
    struct limits l = {row->min, row->max, NULL, 0};
    char *at = (char *)e + row->offset;
    if (row->kind == KEY_CUSTOM)
        row->custom(r, n, e);
    else if (row->kind == KEY_NAME)
        name_read(r, n, row->key, &e->name, &e->words);
    else if (row->kind == KEY_NUMBER) {
        struct fy_node *value = value_open(r, n, row->key, &given);
        if (value) number_read(r, value, row->key, &l, (double *)(void *)at);
    } else {
        const char *text = scalar_text(&r->src, &r->v->arena, n);
        if (text && *text)
            *(const char **)(void *)at = text;
        else
            source_fault(&r->src, spot_of(&r->src, n), "`%s` wants a text", row->key);
    }
}

static void entry_keys(struct reader *r, struct entry *e)
{
    struct fy_node_pair *pair;
    uint32_t seen = 0;
    for (void *it = NULL; (pair = fy_node_mapping_iterate(e->map, &it));) {
        struct fy_node *key_node = fy_node_pair_key(pair), *n = fy_node_pair_value(pair);
        const char *key = scalar_text(&r->src, &r->src.scratch, key_node);
        if (!key) key = "";
        int i = key_common(key), p = i < 0 ? field_find(&e->cls->par, key) : -1;
        int twice = (i >= 0 && seen >> i & 1) || (p >= 0 && e->par_seen[p]);
        if (twice)
            source_fault(&r->src, spot_of(&r->src, key_node), "`%s` given twice", key);
        else if (i >= 0)
            entry_common(r, e, &entry_row[i], n);
        else if (p >= 0)
            par_read(r, e, p, n);
        else if (!origin_read(r, key, n) && !claim_read(r, key, n))
            key_unknown(r, e, key_node, key);
        if (i >= 0) seen |= 1u << i;
    }
}

static void defaults_fill(struct reader *r, struct entry *e)
{
    for (int i = 0; i < e->cls->par.n; i++) {
        const struct field *f = &e->cls->par.row[i];
        if (e->par_seen[i]) continue;
        e->par[i] = (struct draw){.kind = DRAW_FIXED, .a = f->dflt};
        if (!(f->flags & FIELD_REQUIRED)) continue;
        source_fault(&r->src, e->at,
                     f->flags & FIELD_GUARD
                         ? "`%s` has no guard limit `%s`, and no verified default exists; set it with a source (%s)"
                         : "`%s` has no `%s`; add it (%s)",
                     e->id, f->key, f->help);
    }
}

/* --- one entry --- */

/* Land that is not handed over closes what stands or works there, so nothing may leave out where that is. */
static void ground_check(struct reader *r, const struct entry *e)
{
    int waters = strcmp(e->cls->name, "pump") == 0, runs = strcmp(e->cls->name, "line") == 0;
    if (!map_get(e->map, "at") && !map_get(e->map, "along"))
        source_fault(&r->src, e->at, "`%s` stands nowhere; add `at:` with a place, or `along:` with streets",
                     e->id);
    if (waters && !map_get(e->map, "waters"))
        source_fault(&r->src, e->at, "`%s` waters nothing; add `waters:` with the places it irrigates", e->id);
    if (!waters && e->waters.n)
        source_fault(&r->src, e->waters.at[0], "only a `pump` has `waters`; `%s` is a `%s`", e->id, e->cls->name);
    if (!runs && e->runs.n)
        source_fault(&r->src, e->runs.at[0], "only a `line` has `runs`; `%s` is a `%s`", e->id, e->cls->name);
}

static const struct asset_class *class_read(struct reader *r, struct fy_node *map)
{
    struct fy_node *n = map_get(map, "class");
    const char *name = n ? scalar_text(&r->src, &r->src.scratch, n) : NULL;
    char hint[128];
    if (!name) {
        source_fault(&r->src, spot_of(&r->src, n ? n : map), "an asset wants an `id` and a `class`");
        return NULL;
    }
    struct near near = near_start(&r->src, name);
    for (const struct asset_class *const *c = asset_classes; *c; c++) {
        if (strcmp((*c)->name, name) == 0) return *c;
        near_try(&near, (*c)->name);
    }
    source_fault(&r->src, spot_of(&r->src, n), "no class `%s`%s", name, near_hint(&near, hint, sizeof hint));
    return NULL;
}

static struct entry *entry_clear(struct reader *r, struct assets *as, struct fy_node *map,
                                 const struct asset_class *cls)
{
    struct entry *e = &as->entry;
    struct draw *par = e->par;
    unsigned char *seen = e->par_seen;
    if (cls->par.n > as->par_room) {
        par = ARENA_NEW(&r->src.scratch, struct draw, cls->par.n);
        seen = ARENA_NEW(&r->src.scratch, unsigned char, cls->par.n);
        as->par_room = cls->par.n;
    }
    if (cls->par.n) memset(seen, 0, (size_t)cls->par.n);
    *e = (struct entry){.map = map,
                        .cls = cls,
                        .setback_m = 15.0,
                        .at = spot_of(&r->src, map),
                        .shed = {.a = shed_of(cls)},
                        .par = par,
                        .par_seen = seen,
                        .first = r->v->n_asset};
    return e;
}

static struct entry *entry_read(struct reader *r, struct assets *as, struct fy_node *map)
{
    struct source *s = &r->src;
    if (!is_map(map)) {
        source_fault(s, spot_of(&r->src, map), "an asset wants keys with values");
        return NULL;
    }
    const struct asset_class *cls = class_read(r, map);
    if (!cls) return NULL;
    struct entry *e = entry_clear(r, as, map, cls);
    r->note_asset = e->first;
    struct fy_node *id = map_get(map, "id");
    if (id) e->at = spot_of(&r->src, id);
    if (map_get(map, "count")) e->count = 1; /* a spread is fine even where the count itself is wrong */
    entry_keys(r, e);
    if (!e->id) {
        if (!id) source_fault(s, e->at, "an asset wants an `id`; add it");
        return NULL;
    }
    if (id_check(r, e->id, e->at) < 0) return NULL;
    defaults_fill(r, e);
    ground_check(r, e);
    return e;
}

/* --- making its assets --- */

static int deal(int i, int count, int n) { return (int)((int64_t)i * n / (count ? count : 1)); }

static int32_t refs_resolve(struct reader *r, const struct refs *f, const struct name_table *table,
                            const char *what, int32_t *index)
{
    int bad = 0;
    for (int i = 0; i < f->n; i++) bad |= (index[i] = refer(r, table, what, f->id[i], f->at[i])) < 0;
    return bad ? -1 : 0;
}

static double draw_named(struct reader *r, const struct draw *d, const struct limits *l, const char *id,
                         const char *key)
{
    char name[192];
    if (d->kind == DRAW_FIXED) return d->a;
    snprintf(name, sizeof name, "%s.%s", id, key);
    struct random rng = random_stream(r->seed, name);
    return draw_one(d, l, &rng);
}

static void par_draw(struct reader *r, const struct entry *e, struct asset *a)
{
    a->par = arena_alloc(&r->v->arena, e->cls->par_bytes);
    for (int i = 0; i < e->cls->par.n; i++) {
        const struct field *f = &e->cls->par.row[i];
        struct limits l = limits_of(f);
        *field_at(f, a->par) = draw_named(r, &e->par[i], &l, a->id, f->key);
    }
}

/* A class that wants to know it as a parameter of its own gets it. */
static void par_mirror(struct asset *a, const char *key, double value)
{
    int i = field_find(&a->cls->par, key);
    if (i >= 0) *field_at(&a->cls->par.row[i], a->par) = value;
}

static void common_draw(struct reader *r, const struct entry *e, struct asset *a)
{
    const struct limits one = {0, 1, NULL, FIELD_BOOL}, ranks = {0, SHED_N - 1, NULL, FIELD_INTEGER};
    a->vulnerable = draw_named(r, &e->vulnerable, &one, a->id, "vulnerable") > 0.5;
    a->critical = draw_named(r, &e->critical, &one, a->id, "critical") > 0.5;
    a->shed = (int8_t)draw_named(r, &e->shed, &ranks, a->id, "shed");
    par_mirror(a, "vulnerable", a->vulnerable);
    par_mirror(a, "critical", a->critical);
    if (e->profile.draw.n == 0) return;
    const struct limits any = {0, DRAW_OPTIONS_MAX, NULL, 0};
    a->profile = e->profile.text[(int)draw_named(r, &e->profile.draw, &any, a->id, "profile")];
}

static const char *member_name(struct reader *r, const struct entry *e, const char *name, int i)
{
    return name && e->count ? arena_printf(&r->v->arena, "%s %d", name, i + 1) : name;
}

static struct asset *asset_add(struct reader *r, const struct entry *e, int i)
{
    struct village *v = r->v;
    r->asset = room_for(&v->arena, r->asset, v->n_asset, &r->asset_room, sizeof *r->asset);
    const char *id = e->count ? arena_printf(&v->arena, "%s-%03d", e->id, i + 1) : e->id;
    int32_t had = name_table_put(&r->asset_id, id, v->n_asset);
    if (had >= 0) {
        source_fault(&r->src, e->at, "a second asset `%s`; the first is in line %d", id, r->asset[had].src_line);
        return NULL;
    }
    struct asset *a = &r->asset[v->n_asset];
    *a = (struct asset){.id = id,
                        .name = e->name ? member_name(r, e, e->name, i) : id,
                        .words = {member_name(r, e, e->words.az, i), member_name(r, e, e->words.ru, i)},
                        .group = e->group   ? e->group
                                 : e->count ? e->id
                                            : "",
                        .owner = e->owner,
                        .profile = "",
                        .cls = e->cls,
                        .index = v->n_asset,
                        .place = -1,
                        .gateway = -1,
                        .round = -1,
                        .src_line = e->at.line,
                        .src_col = e->at.col};
    for (int p = 0; p < ASSET_PORTS_MAX; p++) a->node[p] = -1;
    v->n_asset++;
    return a;
}

static void check_run(struct reader *r, const struct entry *e, const struct asset *a, int *told)
{
    struct err err = {0};
    if (*told || !e->cls->check || e->cls->check(a->par, &err) == 0) return;
    *told = 1;
    struct fy_node *n = err.field[0] ? map_get(e->map, err.field) : NULL;
    source_fault(&r->src, n ? spot_of(&r->src, n) : e->at, "`%s`: %s%s%s", a->id, err.field,
                 err.field[0] ? ": " : "", err.text);
}

static void land_check(struct reader *r, const struct entry *e, const char *does, const int32_t *place,
                       const struct refs *f)
{
    for (int i = 0; i < f->n; i++) {
        int32_t closed = place_closed(r, place[i]);
        if (closed >= 0)
            source_fault(&r->src, f->at[i], "`%s` %s `%s`, which is not handed over (%s); nothing may stand there",
                         e->id, does, r->place[closed].id, place_state_name[r->place[closed].state]);
    }
}

static int along_check(struct reader *r, const struct entry *e, const int32_t *street)
{
    int bad = 0;
    for (int i = 0; i < e->along.n; i++)
        if (r->place[street[i]].kind != PLACE_LINE) {
            source_fault(&r->src, e->along.at[i], "`%s` is no street; `along` wants places with a `line`",
                         e->along.id[i]);
            bad = -1;
        }
    if (!bad && e->along.n && e->at_place.n) {
        source_fault(&r->src, e->at_place.at[0], "`at` and `along` exclude each other");
        bad = -1;
    }
    return bad;
}

static void spread_add(struct reader *r, struct assets *as, const struct entry *e, int32_t asset, int32_t street)
{
    as->spread = room_for(&r->src.scratch, as->spread, as->n_spread, &as->spread_room, sizeof *as->spread);
    as->spread[as->n_spread++] = (struct spread_out){e->at, asset, e->setback_m, street};
}

struct resolved {
    int32_t port[ASSET_PORTS_MAX][REFS_MAX], at_place[REFS_MAX], along[REFS_MAX], reach[2 * REFS_MAX];
};

/* Where it works beside where it stands: first the fields of a pump, then the ways of a line. */
static int reach_resolve(struct reader *r, const struct entry *e, int32_t *reach)
{
    int32_t *runs = reach + e->waters.n;
    int bad = refs_resolve(r, &e->waters, &r->place_id, "place", reach);
    if (!bad) land_check(r, e, "waters", reach, &e->waters);
    int lost = refs_resolve(r, &e->runs, &r->place_id, "place", runs);
    if (!lost) land_check(r, e, "runs over", runs, &e->runs);
    return bad | lost;
}

static int32_t *reach_keep(struct reader *r, const struct entry *e, const struct resolved *to)
{
    size_t n = (size_t)(e->waters.n + e->runs.n);
    int32_t *kept = n ? ARENA_NEW(&r->v->arena, int32_t, n) : NULL;
    if (n) memcpy(kept, to->reach, n * sizeof *kept);
    return kept;
}

static int entry_resolve(struct reader *r, struct entry *e, struct resolved *to)
{
    int bad = 0;
    for (int p = 0; p < e->cls->n_port; p++) bad |= refs_resolve(r, &e->port[p], &r->node_id, "node", to->port[p]);
    int at = refs_resolve(r, &e->at_place, &r->place_id, "place", to->at_place);
    int along = refs_resolve(r, &e->along, &r->place_id, "place", to->along);
    if (!at) land_check(r, e, "stands on", to->at_place, &e->at_place);
    if (!along) land_check(r, e, "stands on", to->along, &e->along);
    if (!along) along = along_check(r, e, to->along);
    return bad | at | along | reach_resolve(r, e, to->reach);
}

static void entry_make(struct reader *r, struct assets *as, struct entry *e)
{
    struct resolved to;
    int resolved = entry_resolve(r, e, &to) == 0, n = e->count ? e->count : 1, told = 0;
    const int32_t *reach = resolved ? reach_keep(r, e, &to) : NULL;
    if (r->v->n_asset + n > ASSETS_MAX) {
        source_fault(&r->src, e->at, "more than %d assets", ASSETS_MAX);
        return;
    }
    for (int i = 0; i < n; i++) {
        struct asset *a = asset_add(r, e, i);
        if (!a) return;
        par_draw(r, e, a);
        common_draw(r, e, a);
        check_run(r, e, a, &told);
        if (!resolved) continue;
        for (int p = 0; p < e->cls->n_port; p++)
            if (e->port[p].n) a->node[p] = to.port[p][deal(i, n, e->port[p].n)];
        a->reach = reach;
        a->n_reach = e->waters.n + e->runs.n;
        if (e->at_place.n) a->place = to.at_place[deal(i, n, e->at_place.n)];
        if (e->along.n) spread_add(r, as, e, a->index, to.along[deal(i, n, e->along.n)]);
    }
    if (!e->gateway.n) return;
    as->wiring = room_for(&r->src.scratch, as->wiring, as->n_wiring, &as->wiring_room, sizeof *as->wiring);
    as->wiring[as->n_wiring++] = (struct wiring){e->gateway, e->first, n};
}

static void gateways_connect(struct reader *r, const struct wiring *w)
{
    int32_t gateway[REFS_MAX];
    int bad = refs_resolve(r, &w->gateway, &r->asset_id, "asset", gateway);
    for (int k = 0; !bad && k < w->gateway.n; k++)
        if (strcmp(r->asset[gateway[k]].cls->name, "gateway") != 0)
            source_fault(&r->src, w->gateway.at[k], "`%s` is a `%s`, not a gateway", w->gateway.id[k],
                         r->asset[gateway[k]].cls->name);
    for (int i = 0; !bad && i < w->count; i++)
        r->asset[w->first + i].gateway = gateway[deal(i, w->count, w->gateway.n)];
}

void assets_read(struct reader *r, struct fy_node *list)
{
    struct assets as = {0};
    struct fy_node *item;
    if (!is_list(list)) {
        source_fault(&r->src, list ? spot_of(&r->src, list) : SPOT_FILE, "a village wants `assets:` with a list");
        return;
    }
    for (void *it = NULL; (item = fy_node_sequence_iterate(list, &it));) {
        struct entry *e = entry_read(r, &as, item);
        if (e) entry_make(r, &as, e);
    }
    for (int i = 0; i < as.n_wiring; i++) gateways_connect(r, &as.wiring[i]);
    plots_lay(r, as.spread, as.n_spread);
}
