/* See wiring.h. The cap of a home: what its feeder and its transformer can carry, less what else draws there,
 * shared evenly, so that the sum cannot exceed the limit whatever the homes decide. The heat pump keeps its rating
 * as far as that goes; the hot-water heater and the car share what is left. This is what a distribution company
 * does today with fuses and contracts. */
#include "control/wiring.h"
#include <math.h>
#include <string.h>

static const double cap_share = 0.95,
                    base_load_W = 700; /* diversified load of a home at its peak hour (assumption) */

static const struct block_shape *shape_of(const struct asset *a)
{
    return a->cls->shape ? a->cls->shape(a->par) : NULL;
}
static int is(const struct asset *a, const char *cls) { return strcmp(a->cls->name, cls) == 0; }
static int is_home(const struct asset *a) { return is(a, "home"); }
static int elec_port(const struct asset *a, int p) { return a->cls->port[p].carrier == CARRIER_ELEC; }

static int has_elec(const struct asset *a)
{
    for (int p = 0; p < a->cls->n_port; p++)
        if (elec_port(a, p)) return 1;
    return 0;
}

/* An owner that the village file does not name owns its assets together with all such. */
static int same_owner(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static const char *owner_of(const struct asset *a) { return a->owner ? a->owner : "village"; }

static int private_index(const struct wiring *w, const struct asset *a)
{
    if (is_home(a)) return 0;
    for (int i = 1; i < w->n_private; i++)
        if (same_owner(w->owner[i], owner_of(a))) return i;
    return -1;
}

static int left_out(const struct asset *a, enum controller c)
{
    return c == CONTROL_SEPARATE && (is(a, "line") || is(a, "grid"));
}

static int32_t first_grid(const struct village *v) { return village_class_next(v, "grid", -1); }

static void owners_find(struct wiring *w, const struct village *v)
{
    w->n_private = 1;
    w->owner[0] = NULL;
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct asset *as = &v->asset[a];
        if (!has_elec(as) || left_out(as, CONTROL_SEPARATE) || private_index(w, as) >= 0) continue;
        w->owner[w->n_private++] = owner_of(as);
    }
}

/* --- caps --- */

static double par_of(const struct asset *a, const char *key)
{
    int i = field_find(&a->cls->par, key);
    return i < 0 ? 0 : field_get(&a->cls->par.row[i], a->par);
}

static void par_set(const struct asset *a, void *par, const char *key, double v)
{
    int i = field_find(&a->cls->par, key);
    if (i >= 0) *field_at(&a->cls->par.row[i], par) = v;
}

static double rating_W(const struct asset *a)
{
    return par_of(a, "hp_W") + par_of(a, "tank_W") + par_of(a, "car") * par_of(a, "car_W");
}

/* Share of its rating that a home below this line may use. */
static double line_share(const struct village *v, int32_t line)
{
    int32_t lower = v->asset[line].node[1];
    double sum_W = 0;
    int n = 0;
    for (int32_t a = 0; a < v->n_asset; a++) {
        if (!is_home(&v->asset[a])) continue;
        for (int32_t node = v->asset[a].node[0]; node >= 0; node = v->node[node].parent)
            if (node == lower) sum_W += rating_W(&v->asset[a]), n++;
    }
    double room_W = cap_share * par_of(&v->asset[line], "limit_W") - n * base_load_W;
    return sum_W > 0 ? fmin(1, fmax(0.1, room_W / sum_W)) : 1;
}

/* share: of each line, by asset index. */
static double home_cap_W(const struct village *v, int32_t a, const double *share)
{
    double least = 1;
    for (int32_t node = v->asset[a].node[0]; node >= 0; node = v->node[node].parent)
        if (v->node[node].line >= 0) least = fmin(least, share[v->node[node].line]);
    return least * rating_W(&v->asset[a]);
}

static void cap_home(const struct village *v, int32_t a, const double *line, void *par)
{
    const struct asset *as = &v->asset[a];
    double cap_W = home_cap_W(v, a, line), heat_W = fmin(par_of(as, "hp_W"), cap_W),
           rest_W = rating_W(as) - par_of(as, "hp_W");
    double share = rest_W > 0 ? fmin(1, fmax(0, cap_W - heat_W) / rest_W) : 1;
    memcpy(par, as->par, as->cls->par_bytes);
    par_set(as, par, "hp_W", heat_W);
    par_set(as, par, "tank_W", fmax(share, 0.2) * par_of(as, "tank_W"));
    par_set(as, par, "car_W", share * par_of(as, "car_W"));
}

static void caps_create(struct wiring *w, const struct village *v, enum controller k, struct cutter *c)
{
    w->par = cut(c, sizeof *w->par * (size_t)(v->n_asset + 1));
    double *share = cut(c, sizeof *share * (size_t)(v->n_asset + 1));
    if (c->base) memset(w->par, 0, sizeof *w->par * (size_t)v->n_asset);
    for (int32_t a = -1; c->base && k == CONTROL_SEPARATE && (a = village_class_next(v, "line", a)) >= 0;)
        share[a] = line_share(v, a);
    for (int32_t a = 0; k == CONTROL_SEPARATE && a < v->n_asset; a++) {
        if (!is_home(&v->asset[a])) continue;
        void *par = cut(c, v->asset[a].cls->par_bytes);
        if (!c->base) continue;
        cap_home(v, a, share, par);
        w->par[a] = par;
    }
}

/* --- nodes and blocks --- */

static struct joint_node joint_node_of(const struct node *n)
{
    return (struct joint_node){n->short_per_unit, n->spare_per_unit, n->short_max, n->spare_max};
}

/* Solver's node of each village node: all of them for joint; those that are not electricity for separate, then the
 * private ones. */
static void nodes_fill(struct wiring *w, const struct village *v, enum controller k, int32_t *of)
{
    int n = 0;
    const struct node *root = v->n_elec ? &v->node[v->node_order[v->n_elec - 1]] : NULL;
    for (int32_t i = 0; i < v->n_node; i++) {
        of[i] = -1;
        if (k == CONTROL_SEPARATE && v->node[i].carrier == CARRIER_ELEC) continue;
        of[i] = n;
        w->plan_node[n] = i;
        w->node[n++] = joint_node_of(&v->node[i]);
    }
    for (int i = 0; k == CONTROL_SEPARATE && i < w->n_private; i++) {
        w->plan_node[n] = v->n_node + i;
        w->node[n++] = joint_node_of(root);
    }
    w->n_node = n;
}

static void block_add(struct wiring *w, const struct village *v, int32_t a, int32_t private_node, const int32_t *of)
{
    const struct asset *as = &v->asset[a];
    int b = w->n_block++, first_private = w->n_node - w->n_private, mine = private_index(w, as);
    w->asset[b] = a;
    w->private_of[b] = private_node;
    w->shape[b] = shape_of(as);
    w->port_base[b] = w->n_port;
    for (int p = 0; p < as->cls->n_port; p++) {
        int32_t node = as->node[p] >= 0 ? of[as->node[p]] : -1;
        if (w->n_private && elec_port(as, p) && as->node[p] >= 0) node = first_private + mine;
        if (private_node >= 0) node = first_private + private_node;
        w->port_node[w->n_port++] = node;
    }
}

void wiring_create(struct wiring *w, const struct village *v, enum controller k, struct cutter *c)
{
    size_t n_block = 2 * (size_t)v->n_asset + 2, n_node = (size_t)v->n_node + (size_t)v->n_asset + 2;
    w->asset = cut(c, sizeof *w->asset * n_block);
    w->private_of = cut(c, sizeof *w->private_of * n_block);
    w->port_base = cut(c, sizeof *w->port_base * n_block);
    w->port_node = cut(c, sizeof *w->port_node * n_block * ASSET_PORTS_MAX);
    w->shape = cut(c, sizeof *w->shape * n_block);
    w->plan_node = cut(c, sizeof *w->plan_node * n_node);
    w->node = cut(c, sizeof *w->node * n_node);
    w->owner = cut(c, sizeof *w->owner * ((size_t)v->n_asset + 2));
    int32_t *of = cut(c, sizeof *of * n_node);
    caps_create(w, v, k, c);
    if (!c->base) return;
    w->n_block = w->n_port = w->n_private = 0;
    if (k == CONTROL_SEPARATE && first_grid(v) >= 0)
        owners_find(w, v);
    else
        k = CONTROL_JOINT; /* without a grid there is no meter to be separate behind */
    nodes_fill(w, v, k, of);
    for (int32_t a = 0; a < v->n_asset; a++)
        if (shape_of(&v->asset[a]) && !left_out(&v->asset[a], k)) block_add(w, v, a, -1, of);
    for (int i = 0; i < w->n_private; i++) block_add(w, v, first_grid(v), i, of);
}
