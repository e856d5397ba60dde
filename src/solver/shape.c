/* Analysis of a shape: which states, inputs and rows hang together. A home's thermal model, its hot-water tank and
 * its car share nothing but the electricity port, so each is solved by its own small recursion; their answers to a
 * price add up at the node. Found once from the coefficient table by union-find; where each coefficient goes in a
 * component's stage (the small dense picture of one slot) is fixed here too, apart by whether it changes from slot
 * to slot. */
#include "base/err.h"
#include "solver/inside.h"
#include <string.h>

struct unions {
    int16_t up[256 * 3];
};

static int root_of(struct unions *w, int a)
{
    while (w->up[a] != a) a = w->up[a] = w->up[w->up[a]];
    return a;
}

/* What a coefficient's indices are: 'x' state, 'u' input, 'y' row, 'p' port; 0 none. */
static const char INDEX_I[AT_COUNT] = {
    [AT_A] = 'x',      [AT_B] = 'x',        [AT_DRIFT] = 'x',   [AT_C] = 'y',    [AT_D] = 'y',
    [AT_F] = 'p',      [AT_G] = 'p',        [AT_FEED] = 'p',    [AT_X0] = 'x',   [AT_WORTH] = 'x',
    [AT_LO] = 'u',     [AT_HI] = 'u',       [AT_PRICE] = 'u',   [AT_QUAD] = 'u', [AT_ROW_LO] = 'y',
    [AT_ROW_HI] = 'y', [AT_PRICE_LO] = 'y', [AT_PRICE_HI] = 'y'};
static const char INDEX_J[AT_COUNT] = {
    [AT_A] = 'x', [AT_B] = 'u', [AT_C] = 'x', [AT_D] = 'u', [AT_F] = 'u', [AT_G] = 'x'};

static int index_limit(const struct block_shape *s, char kind)
{
    return kind == 'x' ? s->nx : kind == 'u' ? s->nu : kind == 'y' ? s->nrow : kind == 'p' ? s->nport : 1;
}

/* Number of a state, input or row among all of a shape; -1 for ports. */
static int item_of(const struct block_shape *s, char kind, int i)
{
    return kind == 'x' ? i : kind == 'u' ? s->nx + i : kind == 'y' ? s->nx + s->nu + i : -1;
}

static void coef_check(const struct block_shape *s, const struct coef *c)
{
    must((int)c->at < (int)AT_COUNT, "%s: a coefficient at no known table", s->name);
    must(c->i < index_limit(s, INDEX_I[c->at]), "%s: coefficient table %d, index i = %d", s->name, (int)c->at,
         c->i);
    must(!INDEX_J[c->at] || c->j < index_limit(s, INDEX_J[c->at]), "%s: coefficient table %d, index j = %d",
         s->name, (int)c->at, c->j);
    must(c->num < (int)s->n_num && c->series < (int)s->n_own && c->series >= -1 - (int)s->n_common,
         "%s: coefficient table %d, number %d or series %d", s->name, (int)c->at, c->num, c->series);
}

static void unite(struct unions *w, const struct block_shape *s)
{
    int n = s->nx + s->nu + s->nrow;
    for (int i = 0; i < n; i++) w->up[i] = (int16_t)i;
    for (const struct coef *c = s->coef; c < s->coef + s->n_coef; c++) {
        coef_check(s, c);
        if (c->at > AT_D) continue;
        int a = item_of(s, INDEX_I[c->at], c->i), b = INDEX_J[c->at] ? item_of(s, INDEX_J[c->at], c->j) : a;
        w->up[root_of(w, a)] = (int16_t)root_of(w, b);
    }
}

static int comp_of_port(struct comp *p, int port)
{
    for (int i = 0; i < p->np; i++)
        if (p->port[i] == port) return i;
    must(p->np < COMP_PORTS, "too many ports");
    p->port[p->np] = (uint8_t)port;
    return p->np++;
}

/* comp and place within it of every state, input and row */
struct membership {
    uint8_t comp[256 * 3], at[256 * 3];
};

static void comps_collect(struct kind *k, struct unions *w, struct membership *m)
{
    const struct block_shape *s = k->shape;
    int n = s->nx + s->nu + s->nrow;
    int16_t number[256 * 3];
    memset(number, -1, sizeof number);
    for (int i = 0; i < n; i++) {
        int r = root_of(w, i);
        if (number[r] < 0) {
            must(k->n_comp < KIND_COMPS, "%s: too many components", s->name);
            number[r] = (int16_t)k->n_comp++;
            k->comp[number[r]] = (struct comp){0};
        }
        struct comp *p = &k->comp[number[r]];
        m->comp[i] = (uint8_t)number[r];
        uint8_t *count = i < s->nx ? &p->nx : i < s->nx + s->nu ? &p->nu : &p->nrow;
        uint8_t *list = i < s->nx ? p->x : i < s->nx + s->nu ? p->u : p->row;
        int most = i < s->nx ? COMP_X : i < s->nx + s->nu ? COMP_U : COMP_ROWS;
        must(*count < most, "%s: a component of more than %d", s->name, most);
        list[*count] = (uint8_t)(i < s->nx ? i : i < s->nx + s->nu ? i - s->nx : i - s->nx - s->nu);
        m->at[i] = (*count)++;
    }
}

static void ports_collect(struct kind *k, const struct membership *m)
{
    const struct block_shape *s = k->shape;
    for (const struct coef *c = s->coef; c < s->coef + s->n_coef; c++)
        if (c->at == AT_F || c->at == AT_G) comp_of_port(&k->comp[m->comp[item_of(s, INDEX_J[c->at], c->j)]], c->i);
}

static int table_width(const struct comp *p, enum at at)
{
    char j = INDEX_J[at];
    return j == 'x' ? p->nx : j == 'u' ? p->nu : 1;
}

static int table_height(const struct comp *p, enum at at)
{
    char i = INDEX_I[at];
    return i == 'x' ? p->nx : i == 'u' ? p->nu : i == 'y' ? p->nrow : p->np;
}

static int staged(enum at at) { return at != AT_X0 && at != AT_WORTH && at != AT_FEED; }

static void stage_layout(struct comp *p)
{
    int n = 0;
    for (int at = 0; at < AT_COUNT; at++) {
        p->off[at] = (uint16_t)n;
        if (staged((enum at)at)) n += table_width(p, (enum at)at) * table_height(p, (enum at)at);
    }
    must(n <= STAGE_MAX, "a component with %d coefficients a slot", n);
    p->n_stage = (uint16_t)n;
}

static int entry_get(struct kind *k, int comp, int dst)
{
    for (int e = 0; e < k->n_entry; e++)
        if (k->entry[e].comp == comp && k->entry[e].dst == dst) return e;
    k->entry[k->n_entry] = (struct entry){.comp = (uint16_t)comp, .dst = (uint16_t)dst};
    return k->n_entry++;
}

static int coef_dst(const struct kind *k, const struct membership *m, const struct coef *c, int *comp)
{
    const struct block_shape *s = k->shape;
    char ki = INDEX_I[c->at], kj = INDEX_J[c->at];
    int a = item_of(s, ki, c->i), b = kj ? item_of(s, kj, c->j) : -1;
    *comp = m->comp[a >= 0 ? a : b];
    struct comp *p = &k->comp[*comp];
    int i = a >= 0 ? m->at[a] : comp_of_port(p, c->i);
    return p->off[c->at] + (kj ? i * table_width(p, c->at) + m->at[b] : i);
}

static void entries_collect(struct kind *k, const struct membership *m)
{
    const struct block_shape *s = k->shape;
    for (int c = 0; c < k->n_comp; c++) /* bounds and prices exist for every input and row, named or not */
        for (int at = AT_LO; at <= AT_PRICE_HI; at++)
            for (int i = 0; i < table_height(&k->comp[c], (enum at)at); i++)
                entry_get(k, c, k->comp[c].off[at] + i);
    for (int i = 0; i < s->n_coef; i++) {
        const struct coef *c = &s->coef[i];
        k->coef_entry[i] = -1;
        if (!staged(c->at)) continue;
        int comp, dst = coef_dst(k, m, c, &comp);
        k->coef_entry[i] = (int16_t)entry_get(k, comp, dst);
        if (c->series != ONE) k->entry[k->coef_entry[i]].varying = 1;
    }
}

/* Where a choice is, bounds and row prices vary: choices will be closed on whole values slot by slot, and rows that then
 * hold a single input become bounds of it. */
static void choices_vary(struct kind *k)
{
    for (int c = 0; k->shape->nchoice > 0 && c < k->n_comp; c++) {
        const struct comp *p = &k->comp[c];
        for (int i = 0; i < p->nu; i++) {
            k->entry[entry_get(k, c, p->off[AT_LO] + i)].varying = 1;
            k->entry[entry_get(k, c, p->off[AT_HI] + i)].varying = 1;
        }
        for (int r = 0; r < p->nrow; r++) {
            k->entry[entry_get(k, c, p->off[AT_PRICE_LO] + r)].varying = 1;
            k->entry[entry_get(k, c, p->off[AT_PRICE_HI] + r)].varying = 1;
        }
    }
}

/* A row bound that varies makes its price vary too, so that a bound can come and go. */
static void entries_sort(struct kind *k, struct cutter *cut_)
{
    for (int c = 0; c < k->n_comp; c++) {
        struct comp *p = &k->comp[c];
        p->fix_dst = cut(cut_, sizeof(uint16_t) * p->n_stage);
        p->var_dst = cut(cut_, sizeof(uint16_t) * p->n_stage);
    }
    for (int e = 0; e < k->n_entry; e++) {
        struct comp *p = &k->comp[k->entry[e].comp];
        int at = AT_ROW_LO, n = p->nrow, d = k->entry[e].dst;
        int is_bound = d >= p->off[at] && d < p->off[AT_ROW_HI] + n;
        if (is_bound && k->entry[e].varying)
            k->entry[entry_get(k, k->entry[e].comp, d + p->off[AT_PRICE_LO] - p->off[AT_ROW_LO])].varying = 1;
    }
    choices_vary(k);
    for (int e = 0; e < k->n_entry; e++) {
        struct entry *en = &k->entry[e];
        struct comp *p = &k->comp[en->comp];
        en->slot = en->varying ? p->n_var : p->n_fix;
        if (en->varying)
            p->var_dst[p->n_var++] = en->dst;
        else
            p->fix_dst[p->n_fix++] = en->dst;
    }
}

static int entries_most(const struct block_shape *s) { return s->n_coef + 4 * s->nu + 4 * s->nrow; }
static size_t stage_most(const struct block_shape *s)
{
    size_t nx = s->nx, nu = s->nu, nr = s->nrow, np = COMP_PORTS;
    return nx * nx + nx * nu + nx + (nr + np) * (nx + nu) + 4 * nu + 4 * nr;
}

size_t kind_bytes(const struct block_shape *s)
{
    struct cutter c = {0};
    cut(&c, sizeof(struct comp) * KIND_COMPS);
    cut(&c, sizeof(struct entry) * (size_t)entries_most(s));
    cut(&c, sizeof(int16_t) * (size_t)s->n_coef);
    for (int i = 0; i < KIND_COMPS; i++) cut(&c, sizeof(uint16_t) * stage_most(s));
    for (int i = 0; i < KIND_COMPS; i++) cut(&c, sizeof(uint16_t) * stage_most(s));
    return c.used;
}

void kind_analyse(struct kind *k, const struct block_shape *s, struct cutter *c)
{
    struct unions w;
    struct membership m;
    *k = (struct kind){.shape = s};
    k->comp = cut(c, sizeof(struct comp) * KIND_COMPS);
    k->entry = cut(c, sizeof(struct entry) * (size_t)entries_most(s));
    k->coef_entry = cut(c, sizeof(int16_t) * (size_t)s->n_coef);
    unite(&w, s);
    comps_collect(k, &w, &m);
    ports_collect(k, &m);
    for (int i = 0; i < k->n_comp; i++) stage_layout(&k->comp[i]);
    entries_collect(k, &m);
    entries_sort(k, c);
}
