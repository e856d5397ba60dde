/* Nodes and the network: reads the nodes, hangs them into the electricity tree by the `line` assets, checks that
 * every port meets its own carrier and that everything can be reached from a source, and writes down the order in
 * which village_balance walks (leaves to root). A loop, a second root or a node that nothing feeds is a fault of
 * the file: the balance of a tree needs no iteration, and a village's low-voltage grid is built as one. */
#include "village/policy.h"
#include "village/read.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 2000 };
struct node_draft {
    const char *id, *carrier;
    double short_per, spare_per, short_max, spare_max;
};

/* The unit of a last-resort price follows the carrier: energy per kWh, water per m3, organic matter per kg. */
struct last_resort {
    const char *short_key, *spare_key, *short_max_key, *spare_max_key;
    double per, spare, max;
};
// clang-format off
static const struct last_resort last_resort[] = {
    [CARRIER_ELEC]    = {"short_per_kWh", "spare_per_kWh", "short_max_W",    "spare_max_W",    3.6e6, 5.0,   2e6},
    [CARRIER_HEAT]    = {"short_per_kWh", "spare_per_kWh", "short_max_W",    "spare_max_W",    3.6e6, 0.001, 2e6},
    [CARRIER_GAS]     = {"short_per_kWh", "spare_per_kWh", "short_max_W",    "spare_max_W",    3.6e6, 5.0,   2e6},
    [CARRIER_WATER]   = {"short_per_m3",  "spare_per_m3",  "short_max_m3_s", "spare_max_m3_s", 1.0,   0.001, 100},
    [CARRIER_ORGANIC] = {"short_per_kg",  "spare_per_kg",  "short_max_kg_s", "spare_max_kg_s", 1.0,   0.01,  100},
};
// clang-format on

/* --- nodes --- */

static int carrier_find(const char *name)
{
    for (int i = 0; carrier_name[i]; i++)
        if (strcmp(carrier_name[i], name) == 0) return i;
    return -1;
}

static int carrier_of(struct reader *r, struct fy_node *map)
{
    struct fy_node *n = map_get(map, "carrier");
    const char *name = n ? scalar_text(&r->src, &r->src.scratch, n) : NULL;
    int c = name ? carrier_find(name) : -1;
    if (c < 0)
        source_fault(&r->src, spot_of(&r->src, n ? n : map),
                     "a node wants a `carrier`: elec, heat, gas, water or organic");
    return c;
}

static void carrier_skip(struct reader *r, struct fy_node *n, void *base) { (void)r, (void)n, (void)base; }

static void node_read(struct reader *r, struct fy_node *map)
{
    struct village *v = r->v;
    int c = is_map(map) ? carrier_of(r, map) : -1;
    if (!is_map(map)) source_fault(&r->src, spot_of(&r->src, map), "a node wants an `id` and a `carrier`");
    if (c < 0) return;
    const struct last_resort *l = &last_resort[c];
    const struct key_row row[] = {
        {"id", KEY_TEXT, offsetof(struct node_draft, id), 0, 0, 0, KEY_REQUIRED, NULL},
        {"carrier", KEY_CUSTOM, 0, 0, 0, 0, KEY_REQUIRED, carrier_skip},
        {l->short_key, KEY_NUMBER, offsetof(struct node_draft, short_per), 0, 0, 1e4, 0, NULL},
        {l->spare_key, KEY_NUMBER, offsetof(struct node_draft, spare_per), 0, 0, 1e4, 0, NULL},
        {l->short_max_key, KEY_NUMBER, offsetof(struct node_draft, short_max), 0, 0, 1e9, 0, NULL},
        {l->spare_max_key, KEY_NUMBER, offsetof(struct node_draft, spare_max), 0, 0, 1e9, 0, NULL},
    };
    struct node_draft d = {
        .short_per = v->policy.shortage_per_kWh, .spare_per = l->spare, .short_max = l->max, .spare_max = l->max};
    r->note_path = "nodes.";
    if (table_read(r, map, "a node", row, sizeof row / sizeof row[0], &d)) return;
    struct spot at = spot_of(&r->src, map_get(map, "id"));
    if (id_check(r, d.id, at) < 0) return;
    if (v->n_node == NODES_MAX) {
        source_fault(&r->src, at, "more than %d nodes; a feeder with its homes is one node", NODES_MAX);
        return;
    }
    r->node = room_for(&v->arena, r->node, v->n_node, &r->node_room, sizeof *r->node);
    int32_t had = name_table_put(&r->node_id, d.id, v->n_node);
    if (had >= 0) {
        source_fault(&r->src, at, "a second node `%s`; the first is in line %d", d.id, r->node[had].src_line);
        return;
    }
    r->node[v->n_node++] = (struct node){.id = d.id,
                                         .carrier = (enum carrier)c,
                                         .parent = -1,
                                         .line = -1,
                                         .short_per_unit = d.short_per / l->per,
                                         .spare_per_unit = d.spare_per / l->per,
                                         .short_max = d.short_max,
                                         .spare_max = d.spare_max,
                                         .src_line = at.line,
                                         .src_col = at.col};
}

void nodes_read(struct reader *r, struct fy_node *list)
{
    struct fy_node *item;
    if (!is_list(list))
        source_fault(&r->src, list ? spot_of(&r->src, list) : SPOT_FILE, "a village wants `nodes:` with a list");
    for (void *it = NULL; is_list(list) && (item = fy_node_sequence_iterate(list, &it));) node_read(r, item);
}

/* --- ports --- */

static struct spot spot_of_asset(const struct asset *a) { return (struct spot){a->src_line, a->src_col}; }
static struct spot spot_of_node(const struct node *n) { return (struct spot){n->src_line, n->src_col}; }
static int is_line(const struct asset *a) { return strcmp(a->cls->name, "line") == 0; }
static int is_grid(const struct asset *a) { return strcmp(a->cls->name, "grid") == 0; }

static void port_check(struct reader *r, const struct asset *a, int p)
{
    const struct port *port = &a->cls->port[p];
    if (a->node[p] < 0) {
        if (port->carrier == CARRIER_ELEC)
            source_fault(&r->src, spot_of_asset(a),
                         "`%s` is not connected: port `%s` wants an elec node; add `ports: {%s: ..}`", a->id,
                         port->name, port->name);
        return;
    }
    const struct node *n = &r->node[a->node[p]];
    if (n->carrier == port->carrier) return;
    source_fault(&r->src, spot_of_asset(a),
                 "port `%s` of `%s` carries %s, node `%s` carries %s; connect like to like", port->name, a->id,
                 carrier_name[port->carrier], n->id, carrier_name[n->carrier]);
}

static void river_check(struct reader *r)
{
    for (int32_t i = 0; i < r->v->n_asset && !r->v->n_river; i++) {
        const struct asset *a = &r->asset[i];
        if (field_find(&a->cls->exo, "river_m3_s") < 0) continue;
        source_fault(&r->src, spot_of_asset(a),
                     "`%s` stands at a river, but the file has no `rivers:`; add at least one year", a->id);
        return;
    }
}

/* Members of a group share their spot: one fault of a kind is enough for all. */
static void ports_check(struct reader *r)
{
    int32_t told = -1;
    for (int32_t i = 0; i < r->v->n_asset; i++) {
        const struct asset *a = &r->asset[i];
        if (told >= 0 && r->asset[told].src_line == a->src_line && r->asset[told].src_col == a->src_col) continue;
        int before = r->src.n_fault;
        for (int p = 0; p < a->cls->n_port; p++) port_check(r, a, p);
        if (r->src.n_fault > before) told = i;
    }
}

/* --- the electricity tree --- */

static void line_hang(struct reader *r, const struct asset *a)
{
    int32_t up = a->node[0], down = a->node[1];
    if (up == down) {
        source_fault(&r->src, spot_of_asset(a), "line `%s` leads from `%s` to itself", a->id, r->node[up].id);
        return;
    }
    struct node *n = &r->node[down];
    if (n->parent >= 0) {
        source_fault(&r->src, spot_of_asset(a),
                     "line `%s` feeds `%s`, which `%s` feeds already: a loop; the network is a tree", a->id, n->id,
                     r->asset[n->line].id);
        return;
    }
    n->parent = up;
    n->line = a->index;
}

static int loop_check(struct reader *r, int32_t start)
{
    int32_t i = start;
    for (int steps = 0; i >= 0; i = r->node[i].parent)
        if (steps++ > r->v->n_node) break;
    if (i < 0) return 0;
    source_fault(&r->src, spot_of_asset(&r->asset[r->node[start].line]),
                 "line `%s` closes a loop; the network is a tree", r->asset[r->node[start].line].id);
    return -1;
}

static int tree_hang(struct reader *r)
{
    int before = r->src.n_fault, looped = 0;
    for (int32_t i = 0; i < r->v->n_asset; i++)
        if (is_line(&r->asset[i]) && r->asset[i].node[0] >= 0 && r->asset[i].node[1] >= 0)
            line_hang(r, &r->asset[i]);
    for (int32_t i = 0; i < r->v->n_node && !looped; i++) looped = loop_check(r, i);
    return r->src.n_fault > before ? -1 : 0;
}

static int kind_at(const struct asset *a, int32_t node)
{
    for (int p = 0; p < a->cls->n_port; p++)
        if (a->node[p] == node && a->cls->port[p].balancing && a->cls->balance) return a->cls->port[p].balancing;
    return PORT_OWN;
}

static int balancer_at(const struct reader *r, int32_t node, int32_t after)
{
    for (int32_t i = after + 1; i < r->v->n_asset; i++)
        if (kind_at(&r->asset[i], node) != PORT_OWN) return i;
    return -1;
}

/* The root: the node of the grid connection, else the first that something balances, else the first without a
 * parent. */
static int32_t root_find(const struct reader *r)
{
    int32_t root = -1, best = 0;
    for (int32_t i = 0; i < r->v->n_node; i++) {
        if (r->node[i].carrier != CARRIER_ELEC || r->node[i].parent >= 0) continue;
        int32_t b = balancer_at(r, i, -1);
        int32_t rank = 1 + (b >= 0);
        for (; b >= 0; b = balancer_at(r, i, b))
            if (is_grid(&r->asset[b])) rank = 3;
        if (rank > best) {
            root = i;
            best = rank;
        }
    }
    return root;
}

static void roots_check(struct reader *r, int32_t root)
{
    if (root < 0) {
        source_fault(&r->src, SPOT_FILE, "no electricity node; add {id: bus, carrier: elec} to `nodes`");
        return;
    }
    if (balancer_at(r, root, -1) < 0)
        source_fault(&r->src, spot_of_node(&r->node[root]),
                     "nothing balances `%s`; connect a grid or a battery to it", r->node[root].id);
    for (int32_t i = 0; i < r->v->n_node; i++)
        if (i != root && r->node[i].carrier == CARRIER_ELEC && r->node[i].parent < 0)
            source_fault(&r->src, spot_of_node(&r->node[i]), "`%s` has no way to a source; add a line from `%s`",
                         r->node[i].id, r->node[root].id);
}

/* Heat, gas, water, organic: a node that only one asset touches moves nothing. */
static void others_check(struct reader *r)
{
    for (int32_t i = 0; i < r->v->n_node; i++) {
        int ports = 0;
        const struct node *n = &r->node[i];
        for (int32_t a = 0; a < r->v->n_asset && n->carrier != CARRIER_ELEC && ports < 2; a++)
            for (int p = 0; p < r->asset[a].cls->n_port; p++) ports += r->asset[a].node[p] == i;
        if (n->carrier != CARRIER_ELEC && ports < 2)
            source_fault(&r->src, spot_of_node(n),
                         "node `%s` has no way to a source: %s connected to it; connect two assets or remove it",
                         n->id, ports ? "only one asset is" : "nothing is");
    }
}

/* --- orders --- */

static void order_build(struct reader *r, int32_t root)
{
    struct village *v = r->v;
    int32_t *first = ARENA_NEW(&v->arena, int32_t, v->n_node + 1),
            *order = ARENA_NEW(&v->arena, int32_t, v->n_node + 1);
    int n = 0;
    first[n++] = root;
    for (int k = 0; k < n; k++)
        for (int32_t i = 0; i < v->n_node; i++)
            if (r->node[i].parent == first[k]) first[n++] = i;
    for (int k = 0; k < n; k++) order[k] = first[n - 1 - k];
    v->node_order = order;
    v->n_elec = n;
}

struct balancers {
    struct balancer *row;
    int n, room;
};

static void balancer_add(struct reader *r, struct balancers *b, int32_t node, const struct asset *a)
{
    b->row = room_for(&r->v->arena, b->row, b->n, &b->room, sizeof *b->row);
    b->row[b->n++] = (struct balancer){node, a->index, is_grid(a) || is_line(a)};
}

/* Those that give or take in the order of the file, then what gives back what nobody gave, then what takes the rest: the line upwards, or the
 * grid; a line balances at its lower port only. */
static void balancers_at(struct reader *r, struct balancers *b, int32_t node)
{
    int32_t line = r->node[node].line;
    for (int kind = PORT_BALANCES; kind <= PORT_GIVES_BACK; kind++)
        for (int32_t i = balancer_at(r, node, -1); i >= 0; i = balancer_at(r, node, i))
            if (kind_at(&r->asset[i], node) == kind && !is_grid(&r->asset[i]) && !is_line(&r->asset[i]))
                balancer_add(r, b, node, &r->asset[i]);
    if (line >= 0) balancer_add(r, b, node, &r->asset[line]);
    for (int32_t i = balancer_at(r, node, -1); i >= 0; i = balancer_at(r, node, i))
        if (is_grid(&r->asset[i])) balancer_add(r, b, node, &r->asset[i]);
}

static void balancers_build(struct reader *r)
{
    struct balancers b = {0};
    for (int k = 0; k < r->v->n_elec; k++) balancers_at(r, &b, r->v->node_order[k]);
    for (int32_t i = 0; i < r->v->n_node; i++)
        if (r->node[i].carrier != CARRIER_ELEC) balancers_at(r, &b, i);
    r->v->balancer = b.row;
    r->v->n_balancer = b.n;
}

static void runs_build(struct reader *r)
{
    struct village *v = r->v;
    for (int32_t i = 0; i < v->n_asset; i++) {
        struct asset *a = &r->asset[i];
        a->x = v->n_x;
        a->meas = v->n_meas;
        a->cmd = v->n_cmd;
        a->exo = v->n_exo;
        a->flow = v->n_flow;
        v->n_x += a->cls->state.n;
        v->n_meas += a->cls->meas.n;
        v->n_cmd += a->cls->cmd.n;
        v->n_exo += a->cls->exo.n;
        v->n_flow += a->cls->n_port;
    }
    int32_t *node = ARENA_NEW(&v->arena, int32_t, v->n_flow + 1);
    for (int32_t i = 0; i < v->n_asset; i++)
        for (int p = 0; p < r->asset[i].cls->n_port; p++) node[r->asset[i].flow + p] = r->asset[i].node[p];
    v->flow_node = node;
}

void network_build(struct reader *r)
{
    river_check(r);
    ports_check(r);
    if (tree_hang(r) < 0) return;
    int32_t root = root_find(r);
    roots_check(r, root);
    others_check(r);
    if (r->src.n_fault) return;
    order_build(r, root);
    balancers_build(r);
    runs_build(r);
}
