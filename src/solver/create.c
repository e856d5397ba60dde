/* Layout: everything a joint solve needs is cut from the caller's memory once. Blocks are grouped by shape and
 * nodes and filled into lanes eight at a time; the same function counts (no memory) and lays out (memory given). */
#include "base/err.h"
#include "solver/inside.h"
#include <stdlib.h>
#include <string.h>

static int ports_total(const struct joint_dim *d)
{
    int n = 0;
    for (int i = 0; i < d->n_block; i++) n += d->shape[i]->nport;
    return n;
}

/* The parts whose number is known before anything is analysed. */
struct skeleton {
    struct joint *joint;
    int32_t *node, *group_of;
};

static struct skeleton skeleton_cut(const struct joint_dim *d, struct cutter *c)
{
    size_t n = (size_t)d->n_block;
    struct skeleton s = {.joint = cut(c, sizeof(struct joint))};
    struct kind *kind = cut(c, sizeof(struct kind) * n);
    struct group *group = cut(c, sizeof(struct group) * n);
    struct block *block = cut(c, sizeof(struct block) * n);
    struct place *place = cut(c, sizeof(struct place) * n);
    struct joint_node *node = cut(c, sizeof(struct joint_node) * (size_t)d->n_node);
    s.node = cut(c, sizeof(int32_t) * (size_t)(ports_total(d) + 1));
    if (!c->base) return s;
    *s.joint = (struct joint){.dim = *d, .kind = kind, .group = group, .block = block, .place = place};
    memcpy(node, d->node, sizeof *node * (size_t)d->n_node);
    memcpy(s.node, d->port_node, sizeof *s.node * (size_t)ports_total(d));
    s.joint->dim.node = node;
    s.joint->dim.port_node = s.node;
    s.joint->dim.shape = NULL;
    return s;
}

static int kind_get(struct joint *j, const struct block_shape *s, struct cutter *c)
{
    for (int k = 0; k < j->n_kind; k++)
        if (j->kind[k].shape == s) return k;
    kind_analyse(&j->kind[j->n_kind], s, c);
    return j->n_kind++;
}

static int group_get(struct joint *j, const struct kind *k, const int32_t *node)
{
    for (int g = 0; g < j->n_group; g++) {
        const struct group *q = &j->group[g];
        if (q->kind == k && !memcmp(q->node, node, sizeof *node * k->shape->nport)) return g;
    }
    j->group[j->n_group] = (struct group){.kind = k, .node = node};
    return j->n_group++;
}

static void blocks_group(struct joint *j, const struct joint_dim *d, struct cutter *c)
{
    const int32_t *node = j->dim.port_node;
    for (int i = 0; i < d->n_block; i++) {
        for (int p = 0; p < d->shape[i]->nport; p++)
            must(node[p] < d->n_node, "block %d: node %d of %d", i, node[p], d->n_node);
        int g = group_get(j, &j->kind[kind_get(j, d->shape[i], c)], node);
        struct group *gr = &j->group[g];
        j->place[i] =
            (struct place){.group = g, .batch = gr->n_block / LANES, .lane = (int8_t)(gr->n_block % LANES)};
        gr->n_block++;
        node += d->shape[i]->nport;
    }
    for (int g = 0; g < j->n_group; g++) {
        j->group[g].first_batch = j->n_batch;
        j->group[g].n_batch = (j->group[g].n_block + LANES - 1) / LANES;
        j->n_batch += j->group[g].n_batch;
        j->n_cell += j->group[g].n_batch * j->group[g].kind->n_comp;
    }
    for (int i = 0; i < d->n_block; i++) j->place[i].batch += j->group[j->place[i].group].first_batch;
}

static size_t kinds_bytes(const struct joint_dim *d)
{
    size_t n = 0;
    for (int i = 0; i < d->n_block; i++) {
        int seen = 0;
        for (int k = 0; k < i && !seen; k++) seen = d->shape[k] == d->shape[i];
        if (!seen) n += kind_bytes(d->shape[i]);
    }
    return n;
}

static vec *cut_vec(struct cutter *c, size_t n) { return cut(c, sizeof(vec) * n); }

static void cell_cut(const struct joint *j, struct cell *c, struct group *g, const struct comp *p,
                     struct cutter *cu)
{
    size_t T = (size_t)j->dim.T_max, nu = p->nu, nx = p->nx, nr = p->nrow;
    struct cell k = {.comp = p, .group = g, .kernel = kernel_find(p->nx, p->nu)};
    k.fix = cut_vec(cu, (size_t)j->dim.len_max * p->n_fix);
    k.var = cut_vec(cu, T * p->n_var);
    k.x0 = cut_vec(cu, nx);
    k.worth = cut_vec(cu, nx);
    k.prox = cut_vec(cu, nu);
    k.mu0 = cut_vec(cu, 1);
    vec **input[] = {&k.u, &k.zl, &k.zh, &k.m.du, &k.m.tl, &k.m.th, &k.alt.du, &k.alt.tl, &k.alt.th};
    vec **row[] = {&k.y, &k.m.dy, &k.alt.dy};
    vec **side[] = {&k.z, &k.s, &k.v, &k.m.zc, &k.m.sc, &k.alt.zc, &k.alt.sc};
    for (size_t i = 0; i < sizeof input / sizeof *input; i++) *input[i] = cut_vec(cu, T * nu);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) *row[i] = cut_vec(cu, T * nr);
    for (size_t i = 0; i < sizeof side / sizeof *side; i++) *side[i] = cut_vec(cu, T * nr * 2);
    k.x = cut_vec(cu, (T + 1) * nx);
    k.m.dx = cut_vec(cu, (T + 1) * nx);
    k.alt.dx = cut_vec(cu, (T + 1) * nx);
    k.K = cut_vec(cu, T * nu * nx);
    k.L = cut_vec(cu, T * nu * nu);
    if (cu->base) *c = k;
}

static void batches_cut(struct joint *j, struct cutter *cu)
{
    size_t T = (size_t)j->dim.T_max;
    struct batch *batch = cut(cu, sizeof(struct batch) * (size_t)j->n_batch);
    struct cell *cell = cut(cu, sizeof(struct cell) * (size_t)j->n_cell);
    if (cu->base) j->batch = batch, j->cell = cell;
    for (int g = 0, at = 0; g < j->n_group; g++) {
        struct group *gr = &j->group[g];
        const struct block_shape *s = gr->kind->shape;
        double *common = cut(cu, sizeof(double) * T * s->n_common);
        if (cu->base) gr->common = common;
        for (int b = 0; b < gr->n_batch; b++) {
            struct batch ba = {.group = gr, .cell = cu->base ? cell + at : NULL};
            ba.num = cut_vec(cu, (size_t)j->dim.len_max * s->n_num);
            ba.own = cut_vec(cu, T * s->n_own);
            ba.u = cut_vec(cu, T * s->nu);
            ba.y = cut_vec(cu, T * s->nrow);
            for (int l = 0; l < LANES; l++) ba.live[l] = b * LANES + l < gr->n_block;
            for (int c = 0; c < gr->kind->n_comp; c++, at++) cell_cut(j, cell + at, gr, &gr->kind->comp[c], cu);
            if (cu->base) batch[gr->first_batch + b] = ba;
        }
    }
}

static void scratch_cut(struct joint *j, struct cutter *cu)
{
    size_t T = (size_t)j->dim.T_max, xx = 1, xp = 1, ports = 1;
    for (int k = 0; k < j->n_kind; k++) {
        if (j->kind[k].shape->nport > ports) ports = j->kind[k].shape->nport;
        for (int c = 0; c < j->kind[k].n_comp; c++) {
            const struct comp *p = &j->kind[k].comp[c];
            if ((size_t)p->nx * p->nx > xx) xx = (size_t)p->nx * p->nx;
            if ((size_t)p->nx * p->np > xp) xp = (size_t)p->nx * p->np;
        }
    }
    vec *acc = cut_vec(cu, T * ports), *phi = cut_vec(cu, T * xx), *hf = cut_vec(cu, T * xp),
        *g = cut_vec(cu, T * xp), *columns = cut_vec(cu, (T + 8) * COMP_X);
    if (cu->base) j->acc = acc, j->phi = phi, j->hf = hf, j->g = g, j->columns = columns;
}

static void nodes_cut(struct joint *j, struct cutter *cu)
{
    size_t T = (size_t)j->dim.T_max, n = (size_t)j->dim.n_node, bytes = sizeof(double) * n * T;
    double **one[] = {&j->lam, &j->lam_new, &j->rhs, &j->feed, &j->price, &j->alt_lam};
    double **two[] = {&j->lr,    &j->lr_zl,   &j->lr_zh,  &j->lr_d,   &j->lr_tl,
                      &j->lr_th, &j->lr_step, &j->alt_tl, &j->alt_th, &j->alt_step};
    for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
        double *p = cut(cu, bytes);
        if (cu->base) *one[i] = p;
    }
    for (size_t i = 0; i < sizeof two / sizeof *two; i++) {
        double *p = cut(cu, 2 * bytes);
        if (cu->base) *two[i] = p;
    }
    double *dense = cut(cu, sizeof(double) * sys_block_doubles(j) * (size_t)j->sys.n_link);
    double *x = cut(cu, sizeof(double) * (T + 15) * n);
    struct step_table *table = cut(cu, choice_any(j) ? choice_bytes(j->dim.T_max) : 0);
    uint8_t *len = cut(cu, T);
    double *dt = cut(cu, sizeof(double) * (size_t)j->dim.len_max);
    if (!cu->base) return;
    for (int l = 0; l < j->sys.n_link; l++) j->sys.link[l].m = dense + (size_t)l * sys_block_doubles(j);
    j->sys.x = x;
    j->choice_table = table;
    j->len = len;
    j->dt_s = dt;
}

static void numbers_cut(struct joint *j, struct cutter *c)
{
    batches_cut(j, c);
    scratch_cut(j, c);
    nodes_cut(j, c);
}

static struct joint *analyse(const struct joint_dim *d, struct cutter *c)
{
    struct skeleton s = skeleton_cut(d, c);
    blocks_group(s.joint, d, c);
    sys_plan(s.joint, c);
    return s.joint;
}

static size_t skeleton_bytes(const struct joint_dim *d)
{
    struct cutter c = {0};
    skeleton_cut(d, &c);
    return c.used + kinds_bytes(d) + sys_bytes(d) + 64;
}

size_t joint_bytes(const struct joint_dim *d)
{
    struct arena a = {0};
    size_t first = skeleton_bytes(d);
    struct cutter on = {.base = arena_alloc(&a, first)}, count = {0};
    struct joint *j = analyse(d, &on);
    numbers_cut(j, &count);
    arena_free(&a);
    return first + count.used + 64;
}

static void blocks_point(struct joint *j, const struct joint_dim *d)
{
    const int32_t *node = j->dim.port_node;
    for (int i = 0; i < d->n_block; i++) {
        const struct place *p = &j->place[i];
        struct batch *b = &j->batch[p->batch];
        int first = p->lane == 0 && p->batch == b->group->first_batch;
        j->block[i] = (struct block){.shape = d->shape[i],
                                     .node = node,
                                     .num = (double *)b->num,
                                     .own = (double *)b->own,
                                     .common = b->group->common,
                                     .u = (double *)b->u,
                                     .y = (double *)b->y,
                                     .asset = i,
                                     .lane = p->lane,
                                     .lanes = LANES,
                                     .first = first};
        node += d->shape[i]->nport;
    }
}

struct joint *joint_create(const struct joint_dim *d, void *mem)
{
    must(d->n_block > 0 && d->n_node > 0 && d->T_max > 0 && d->len_max > 0, "an empty problem");
    size_t misplaced = (64 - (size_t)mem % 64) % 64;
    struct cutter c = {.base = (unsigned char *)mem + misplaced};
    memset(mem, 0, joint_bytes(d));
    struct joint *j = analyse(d, &c);
    numbers_cut(j, &c);
    blocks_point(j, d);
    return j;
}

struct block *joint_block(struct joint *j, int i)
{
    must(i >= 0 && i < j->dim.n_block, "block %d of %d", i, j->dim.n_block);
    return &j->block[i];
}

const double *joint_price(const struct joint *j, int node)
{
    return j->price + (size_t)node * (size_t)j->dim.T_max;
}
