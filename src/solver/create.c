/* Layout: everything a joint solve needs is cut from the caller's memory once. Blocks of one shape are filled into
 * lanes eight at a time, neighbours side by side; the same function counts (no memory) and lays out (memory given). */
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
    struct block *block = cut(c, sizeof(struct block) * n);
    struct place *place = cut(c, sizeof(struct place) * n);
    struct joint_node *node = cut(c, sizeof(struct joint_node) * (size_t)d->n_node);
    s.node = cut(c, sizeof(int32_t) * (size_t)(ports_total(d) + 1));
    if (!c->base) return s;
    *s.joint = (struct joint){.dim = *d, .kind = kind, .block = block, .place = place};
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

static const int32_t *nodes_of(const struct joint *j, int block) { return j->dim.port_node + j->place[block].port; }

static int neighbours(const struct joint *j, int a, int b)
{
    const struct kind *k = &j->kind[j->place[a].kind];
    return j->place[a].kind == j->place[b].kind &&
           !memcmp(nodes_of(j, a), nodes_of(j, b), sizeof(int32_t) * k->shape->nport);
}

/* Lanes are given node by node, so that neighbours share a batch. */
static void lanes_give(struct joint *j)
{
    for (int i = 0; i < j->dim.n_block; i++)
        for (int m = i, open = j->place[i].lane < 0; open && m < j->dim.n_block; m++) {
            struct place *p = &j->place[m];
            struct kind *k = &j->kind[p->kind];
            if (p->lane >= 0 || !neighbours(j, i, m)) continue;
            p->batch = k->first_batch + k->n_block / LANES;
            p->lane = (int8_t)(k->n_block++ % LANES);
        }
}

static void blocks_place(struct joint *j, const struct joint_dim *d, struct cutter *c)
{
    for (int i = 0, port = 0, choice = 0; i < d->n_block;
         choice += d->shape[i]->nchoice, port += d->shape[i++]->nport) {
        for (int p = 0; p < d->shape[i]->nport; p++) {
            int node = j->dim.port_node[port + p];
            must(node < d->n_node, "block %d: node %d of %d", i, node, d->n_node);
        }
        j->place[i] =
            (struct place){.kind = kind_get(j, d->shape[i], c), .port = port, .choice = choice, .lane = -1};
        j->kind[j->place[i].kind].n_block++;
    }
    for (struct kind *k = j->kind; k < j->kind + j->n_kind; k++) {
        k->first_batch = j->n_batch;
        k->n_batch = (k->n_block + LANES - 1) / LANES;
        j->n_batch += k->n_batch;
        j->n_cell += k->n_batch * k->n_comp;
        k->n_block = 0; /* counts again as lanes are given */
    }
    lanes_give(j);
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

static void cell_cut(const struct joint *j, struct cell *c, struct kind *kind, const struct comp *p,
                     struct cutter *cu)
{
    size_t T = (size_t)j->dim.T_max, nu = p->nu, nx = p->nx, nr = p->nrow;
    struct cell k = {.comp = p, .kind = kind, .kernel = kernel_find(p->nx, p->nu)};
    k.fix = cut_vec(cu, (size_t)j->dim.len_max * p->n_fix);
    k.var = cut_vec(cu, T * p->n_var);
    k.x0 = cut_vec(cu, nx);
    k.worth = cut_vec(cu, nx);
    k.prox = cut_vec(cu, nu);
    k.mu0 = cut_vec(cu, 1);
    k.aim = cut_vec(cu, 1);
    k.m.lane = cut_vec(cu, LANE_SUMS);
    k.alt.lane = cut_vec(cu, LANE_SUMS);
    vec **input[] = {&k.u, &k.zl, &k.zh, &k.m.du, &k.m.tl, &k.m.th, &k.alt.du, &k.alt.tl, &k.alt.th};
    vec **row[] = {&k.y, &k.m.dy, &k.alt.dy};
    vec **side[] = {&k.z, &k.s, &k.v, &k.m.zc, &k.m.sc, &k.alt.zc, &k.alt.sc};
    for (size_t i = 0; i < sizeof input / sizeof *input; i++) *input[i] = cut_vec(cu, T * nu);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) *row[i] = cut_vec(cu, T * nr);
    for (size_t i = 0; i < sizeof side / sizeof *side; i++) *side[i] = cut_vec(cu, T * nr * 2);
    k.x = cut_vec(cu, (T + 1) * nx);
    k.m.dx = cut_vec(cu, (T + 1) * nx);
    k.alt.dx = cut_vec(cu, (T + 1) * nx);
    k.kept = cut_vec(cu, T * nu);
    k.K = cut_vec(cu, T * nu * nx);
    k.L = cut_vec(cu, T * nu * nu);
    if (cu->base) *c = k;
}

/* Puts a block's lane into the crew of its batch that stands at the same nodes. */
static void crew_join(struct joint *j, int block)
{
    const struct place *p = &j->place[block];
    struct batch *b = &j->batch[p->batch];
    const int32_t *node = nodes_of(j, block);
    int k = 0;
    while (k < b->n_crew && memcmp(b->crew[k].node, node, sizeof *node * b->kind->shape->nport)) k++;
    if (k == b->n_crew) b->crew[b->n_crew++] = (struct crew){.node = node};
    b->crew[k].mask[p->lane] = 1;
}

static void batches_cut(struct joint *j, struct cutter *cu)
{
    size_t T = (size_t)j->dim.T_max;
    struct batch *batch = cut(cu, sizeof(struct batch) * (size_t)j->n_batch);
    struct cell *cell = cut(cu, sizeof(struct cell) * (size_t)j->n_cell);
    if (cu->base) j->batch = batch, j->cell = cell;
    for (int g = 0, at = 0; g < j->n_kind; g++) {
        struct kind *k = &j->kind[g];
        const struct block_shape *s = k->shape;
        double *common = cut(cu, sizeof(double) * T * s->n_common);
        if (cu->base) k->common = common;
        for (int b = 0; b < k->n_batch; b++) {
            struct batch ba = {.kind = k, .cell = cu->base ? cell + at : NULL};
            ba.crew = cut(cu, sizeof(struct crew) * LANES);
            ba.num = cut_vec(cu, (size_t)j->dim.len_max * s->n_num);
            ba.own = cut_vec(cu, T * s->n_own);
            ba.u = cut_vec(cu, T * s->nu);
            ba.y = cut_vec(cu, T * s->nrow);
            for (int l = 0; l < LANES; l++) ba.live[l] = b * LANES + l < k->n_block;
            for (int c = 0; c < k->n_comp; c++, at++) cell_cut(j, cu->base ? cell + at : NULL, k, &k->comp[c], cu);
            if (cu->base) batch[k->first_batch + b] = ba;
            for (int c = 0; cu->base && c < k->n_comp; c++) ba.cell[c].batch = &batch[k->first_batch + b];
        }
    }
    for (int i = 0; cu->base && i < j->dim.n_block; i++) crew_join(j, i);
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
    for (int i = 0; i < HALVES; i++) {
        struct half h = {.acc = cut_vec(cu, T * ports),
                         .phi = cut_vec(cu, T * xx),
                         .hf = cut_vec(cu, T * xp),
                         .g = cut_vec(cu, T * xp),
                         .columns = cut_vec(cu, (T + 8) * COMP_X),
                         .net = cut(cu, sizeof(double) * T * (size_t)j->dim.n_node)};
        if (cu->base) j->half[i] = h;
    }
    if (cu->base) halves_split(j);
}

static size_t choices_total(const struct joint *j)
{
    size_t n = 0;
    for (const struct kind *k = j->kind; k < j->kind + j->n_kind; k++) n += (size_t)k->n_block * k->shape->nchoice;
    return n;
}

static size_t trials_room(const struct joint *j)
{
    size_t most = 0;
    for (const struct kind *k = j->kind; k < j->kind + j->n_kind; k++)
        for (int c = 0; k->shape->nchoice > 0 && c < k->n_comp; c++) {
            size_t n = trial_room(&k->comp[c], j->dim.T_max, j->dim.len_max);
            if (n > most) most = n;
        }
    return most;
}

static void nodes_cut(struct joint *j, struct cutter *cu)
{
    size_t T = (size_t)j->dim.T_max, n = (size_t)j->dim.n_node, bytes = sizeof(double) * n * T;
    double **one[] = {&j->lam, &j->lam_new, &j->rhs, &j->feed, &j->price, &j->alt_lam, &j->relaxed_lam};
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
    double *dense = cut(cu, sizeof(double) * sys_block_doubles(j) * (size_t)j->sys.n_link * HALVES);
    double *x = cut(cu, sizeof(double) * (T + 15) * n);
    struct step_table *table = cut(cu, choice_any(j) ? choice_bytes(j->dim.T_max) : 0);
    uint8_t *units = cut(cu, 3 * T * choices_total(j));
    vec *room = cut_vec(cu, trials_room(j));
    uint8_t *len = cut(cu, T);
    double *dt = cut(cu, sizeof(double) * (size_t)j->dim.len_max);
    if (!cu->base) return;
    for (int l = 0; l < j->sys.n_link * HALVES; l++)
        j->sys.link[l / HALVES].m[l % HALVES] = dense + (size_t)l * sys_block_doubles(j);
    j->sys.x = x;
    j->choice_table = table;
    j->units = units;
    j->n_choice = (int)choices_total(j);
    j->trial_room = room;
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
    blocks_place(s.joint, d, c);
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
    for (int i = 0; i < d->n_block; i++) {
        const struct place *p = &j->place[i];
        struct batch *b = &j->batch[p->batch];
        int first = p->lane == 0 && p->batch == b->kind->first_batch;
        j->block[i] = (struct block){.shape = d->shape[i],
                                     .node = nodes_of(j, i),
                                     .num = (double *)b->num,
                                     .own = (double *)b->own,
                                     .common = b->kind->common,
                                     .u = (double *)b->u,
                                     .y = (double *)b->y,
                                     .asset = i,
                                     .lane = p->lane,
                                     .lanes = LANES,
                                     .first = first};
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
