/* The node system: how the flows at every node in every slot answer to prices, S dlam = rhs. One T x T block per
 * node (the sum of its blocks' covariances and of the last resort's), one more per pair of nodes that some
 * component joins: a feeder's line, a pump between electricity and water. Eliminated node by node, fewest
 * neighbours first: on the electricity tree that is leaf to root without fill (George, Liu 1989, SIAM Review 31,
 * 1). Blocks are column major, the diagonal ones hold their lower half. */
#include "base/err.h"
#include "solver/inside.h"
#include <string.h>

/* Side of the blocks: the slots of this solve, padded for the dense kernels. */
static int side_of_blocks(int T) { return (T + 15) & ~15; }
static size_t sq(const struct joint *j)
{
    size_t n = (size_t)side_of_blocks(j->dim.T_max);
    return n * n;
}

/* Marks which nodes a component joins. */
static void edges_mark(const struct joint *j, uint8_t *edge)
{
    int n = j->dim.n_node;
    for (int i = 0; i < j->dim.n_block; i++) {
        const struct kind *k = &j->kind[j->place[i].kind];
        const int32_t *node = j->dim.port_node + j->place[i].port;
        for (int c = 0; c < k->n_comp; c++) {
            const struct comp *p = &k->comp[c];
            for (int a = 0; a < p->np; a++)
                for (int b = 0; b < p->np; b++) {
                    int na = node[p->port[a]], nb = node[p->port[b]];
                    if (na >= 0 && nb >= 0) edge[na * n + nb] = 1;
                }
        }
    }
    for (int i = 0; i < n; i++) edge[i * n + i] = 1;
}

static int degree_of(const uint8_t *edge, const int32_t *rank, int n, int i)
{
    int d = 0;
    for (int k = 0; k < n; k++) d += k != i && rank[k] < 0 && edge[i * n + k];
    return d;
}

static void order_least_degree(struct node_sys *s, uint8_t *edge)
{
    int n = s->n;
    for (int i = 0; i < n; i++) s->rank[i] = -1;
    for (int at = 0; at < n; at++) {
        int best = -1, least = n + 1;
        for (int i = 0; i < n; i++) {
            int d = s->rank[i] < 0 ? degree_of(edge, s->rank, n, i) : n + 1;
            if (d < least) least = d, best = i;
        }
        s->order[at] = best;
        s->rank[best] = at;
        for (int a = 0; a < n; a++)
            for (int b = 0; b < n; b++)
                if (s->rank[a] < 0 && s->rank[b] < 0 && edge[best * n + a] && edge[best * n + b])
                    edge[a * n + b] = 1;
    }
}

/* Order and fill; the blocks themselves come later (nodes_cut). */
void sys_plan(struct joint *j, struct cutter *c)
{
    struct node_sys *s = &j->sys;
    int n = s->n = j->dim.n_node;
    s->order = cut(c, sizeof(int32_t) * (size_t)n);
    s->rank = cut(c, sizeof(int32_t) * (size_t)n);
    s->link_of = cut(c, sizeof(int32_t) * (size_t)n * (size_t)n);
    s->link = cut(c, sizeof(struct link) * (size_t)n * (size_t)(n + 1) / 2);
    uint8_t *edge = cut(c, (size_t)n * (size_t)n);
    if (!c->base) return;
    memset(edge, 0, (size_t)n * (size_t)n);
    edges_mark(j, edge);
    order_least_degree(s, edge);
    s->n_link = 0;
    for (int r = 0; r < n; r++)
        for (int q = 0; q < n; q++) {
            int on = q <= r && edge[s->order[r] * n + s->order[q]];
            s->link_of[r * n + q] = on ? s->n_link : -1;
            if (on) s->link[s->n_link++] = (struct link){.row = r, .col = q};
        }
}

size_t sys_bytes(const struct joint_dim *d)
{
    struct cutter c = {0};
    struct joint j = {.dim = *d};
    sys_plan(&j, &c);
    return c.used;
}

size_t sys_block_doubles(const struct joint *j) { return sq(j); }

static double *block_of(const struct joint *j, int row, int col, long half)
{
    int l = j->sys.link_of[row * j->sys.n + col];
    return l < 0 ? NULL : j->sys.link[l].m[half];
}
static double *block_at(const struct joint *j, int row, int col) { return block_of(j, row, col, 0); }

/* Where a component at these nodes adds the answer of port a to port b (np x np): straight, entry (slot of a, slot of b), when a's
 * node stands later in the order or is the same; transposed otherwise, less the diagonal. */
void sys_pairs(const struct joint *j, const struct half *h, const struct comp *p, const int32_t *node,
               struct pair_block *pair)
{
    for (int i = 0; i < p->np * p->np; i++) {
        int na = node[p->port[i / p->np]], nb = node[p->port[i % p->np]];
        pair[i] = (struct pair_block){.n = side_of_blocks(j->T)};
        if (na < 0 || nb < 0) continue;
        int ra = j->sys.rank[na], rb = j->sys.rank[nb];
        pair[i].straight = ra >= rb;
        pair[i].m = ra >= rb ? block_of(j, ra, rb, h - j->half) : block_of(j, rb, ra, h - j->half);
    }
}

static void last_resort_add(struct joint *j, int node)
{
    double *m = block_at(j, j->sys.rank[node], j->sys.rank[node]), most = 0;
    const int T = j->T, n = side_of_blocks(T);
    for (int side = 0; side < 2; side++)
        for (int t = 0; t < T; t++) {
            double weight = j->lr_d[(2 * node + side) * j->dim.T_max + t];
            if (weight > 0) m[t * n + t] += 1 / weight;
        }
    for (int t = 0; t < T; t++) most = fmax(most, m[t * n + t]);
    for (int t = 0; t < T; t++) m[t * n + t] += 1e-14 * m[t * n + t] + 1e-18 * most + 1e-300;
    for (int t = T; t < n; t++) m[t * n + t] = 1;
}

void sys_open(struct joint *j)
{
    size_t n = (size_t)side_of_blocks(j->T);
    for (int l = 0; l < j->sys.n_link; l++)
        for (int h = 0; h < HALVES; h++) memset(j->sys.link[l].m[h], 0, sizeof(double) * n * n);
}

static void halves_join(struct joint *j)
{
    int n = side_of_blocks(j->T);
    for (int l = 0; l < j->sys.n_link; l++) {
        vec *sum = (vec *)(void *)j->sys.link[l].m[0];
        const vec *other = (const vec *)(const void *)j->sys.link[l].m[1];
        for (int i = 0; i < n * n / LANES; i++) sum[i] += other[i];
    }
}

static void eliminate(struct joint *j, int r)
{
    const int n = side_of_blocks(j->T), nodes = j->sys.n;
    const double *L = block_at(j, r, r);
    for (int a = r + 1; a < nodes; a++) {
        double *ya = block_at(j, a, r);
        if (!ya) continue;
        dense_solve_right(ya, L, n);
        for (int b = r + 1; b <= a; b++)
            if (block_at(j, b, r)) dense_sub(block_at(j, a, b), ya, block_at(j, b, r), n, a == b);
    }
}

/* 0, or -1: not positive definite (numbers have run out). */
int sys_factor(struct joint *j)
{
    halves_join(j);
    for (int i = 0; i < j->sys.n; i++) last_resort_add(j, i);
    for (int r = 0; r < j->sys.n; r++) {
        if (dense_factor(block_at(j, r, r), side_of_blocks(j->T))) return -1;
        eliminate(j, r);
    }
    return 0;
}

/* rhs: [node][T_max], becomes the solution. */
void sys_solve(struct joint *j, double *rhs)
{
    const struct node_sys *s = &j->sys;
    const int n = side_of_blocks(j->T);
    double *x = j->sys.x; /* [rank][n] */
    memset(x, 0, sizeof *x * (size_t)(s->n * n));
    for (int r = 0; r < s->n; r++)
        memcpy(x + r * n, rhs + (size_t)s->order[r] * (size_t)j->dim.T_max, sizeof *x * (size_t)j->T);
    for (int r = 0; r < s->n; r++) {
        dense_forward(block_at(j, r, r), x + r * n, n);
        for (int a = r + 1; a < s->n; a++)
            if (block_at(j, a, r)) dense_apply(block_at(j, a, r), x + r * n, x + a * n, n);
    }
    for (int r = s->n - 1; r >= 0; r--) {
        for (int a = r + 1; a < s->n; a++)
            if (block_at(j, a, r)) dense_apply_transposed(block_at(j, a, r), x + a * n, x + r * n, n);
        dense_backward(block_at(j, r, r), x + r * n, n);
    }
    for (int r = 0; r < s->n; r++)
        memcpy(rhs + (size_t)s->order[r] * (size_t)j->dim.T_max, x + r * n, sizeof *x * (size_t)j->T);
}
