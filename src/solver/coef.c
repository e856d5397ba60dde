/* Coefficients: value(t) = k * number * series[t], summed over the rows of a shape's table. Evaluated once a solve
 * into each cell (all eight lanes at a time), and one by one for the MPS writer and the replay, so that what is
 * solved and what is checked come from the same table. Numbers that cannot be (NaN, infinite bounds) become
 * harmless ones and are counted: the solve then ends "stalled", with a plan that is safe for the rest. */
#include "base/err.h"
#include "solver/inside.h"
#include <string.h>

static vec series_at(const struct joint *j, const struct batch *b, const struct coef *c, int t)
{
    const struct block_shape *s = b->kind->shape;
    (void)j;
    if (c->series == ONE) return vec_of(1);
    if (c->series >= 0) return b->own[(size_t)t * s->n_own + (size_t)c->series];
    return vec_of(b->kind->common[(size_t)t * s->n_common + (size_t)(-2 - c->series)]);
}

static vec number_at(const struct batch *b, const struct coef *c, int len)
{
    const struct block_shape *s = b->kind->shape;
    return vec_of(c->k) * (c->num == ONE ? vec_of(1) : b->num[(size_t)len * s->n_num + (size_t)c->num]);
}

/* Which of a row's sides the shape names at all, and whether it names their price. */
static void sides_default(struct cell *c, const struct kind *k, const struct entry *e)
{
    const struct comp *p = c->comp;
    (void)k;
    int lo = p->off[AT_ROW_LO], hi = p->off[AT_ROW_HI], pl = p->off[AT_PRICE_LO], ph = p->off[AT_PRICE_HI];
    vec v = vec_of(0);
    if (e->dst >= lo && e->dst < lo + p->nrow) v = vec_of(-HARD_INSIDE);
    if (e->dst >= hi && e->dst < hi + p->nrow) v = vec_of(HARD_INSIDE);
    if (e->dst >= pl && e->dst < ph + p->nrow) v = vec_of(HARD_INSIDE);
    if (e->varying)
        c->var[e->slot] = v;
    else
        c->fix[e->slot] = v;
}

/* The first coefficient at a place replaces the default, later ones add to it. */
static void entry_add(const struct joint *j, const struct batch *b, struct cell *c, const struct entry *e,
                      const struct coef *co, int first)
{
    const struct comp *p = c->comp;
    if (!e->varying) {
        for (int l = 0; l < j->dim.len_max; l++) {
            vec *d = &c->fix[(size_t)l * p->n_fix + e->slot];
            *d = (first ? vec_of(0) : *d) + number_at(b, co, l);
        }
        return;
    }
    for (int t = 0; t < j->T; t++) {
        vec *d = &c->var[(size_t)t * p->n_var + e->slot];
        *d = (first ? vec_of(0) : *d) + number_at(b, co, j->len[t]) * series_at(j, b, co, t);
    }
}

static void entries_default(const struct joint *j, struct cell *c, const struct kind *k, int comp)
{
    const struct comp *p = c->comp;
    for (int e = 0; e < k->n_entry; e++)
        if (k->entry[e].comp == comp) sides_default(c, k, &k->entry[e]);
    for (int l = 1; l < j->dim.len_max; l++) memcpy(c->fix + (size_t)l * p->n_fix, c->fix, sizeof(vec) * p->n_fix);
    for (int t = 1; t < j->T; t++) memcpy(c->var + (size_t)t * p->n_var, c->var, sizeof(vec) * p->n_var);
}

static int count_bad(lane_mask m)
{
    int n = 0;
    for (int i = 0; i < LANES; i++) n += m[i] != 0;
    return n;
}

/* NaN to 0, counted. Row bounds and prices may be infinite, which means absent or hard. */
static int clean(vec *v, int n)
{
    int bad = 0;
    for (int i = 0; i < n; i++) {
        lane_mask m = v[i] == v[i];
        bad += count_bad(~m);
        v[i] = vec_max(vec_min(vec_pick(m, v[i], vec_of(0)), vec_of(HARD_INSIDE)), vec_of(-HARD_INSIDE));
    }
    return bad;
}

/* Bounds in order (of two, the one that varies gives way); a bound out of reach counts as bad and closes the input.
 */
static int clean_bounds(vec *lo, vec *hi, int lo_varies)
{
    lane_mask m = (vec_abs(*lo) < vec_of(ABSENT_BOUND)) & (vec_abs(*hi) < vec_of(ABSENT_BOUND));
    *lo = vec_pick(m, *lo, vec_of(0));
    *hi = vec_pick(m, *hi, vec_of(0));
    if (lo_varies)
        *lo = vec_min(*lo, *hi);
    else
        *hi = vec_max(*hi, *lo);
    return count_bad(~m);
}

/* A side without a bound gets price 0: the one mark of "absent" that the kernels know. */
static void clean_side(const vec *bound, vec *price, vec live)
{
    lane_mask on = (vec_abs(*bound) < vec_of(ABSENT_BOUND)) & (*price > vec_of(0)) & (live > vec_of(0));
    *price = vec_pick(on, vec_pick(*price >= vec_of(HARD_PRICE), vec_of(HARD_INSIDE), *price), vec_of(0));
}

/* Where a stage element lives: in the fixed part of a length class or in a slot's own part. */
struct where {
    int varying, slot;
};

static vec *stage_home(struct cell *c, struct where w, int at)
{
    return w.varying ? &c->var[(size_t)at * c->comp->n_var + (size_t)w.slot]
                     : &c->fix[(size_t)at * c->comp->n_fix + (size_t)w.slot];
}

static struct where where_of(const struct comp *p, int dst)
{
    for (int i = 0; i < p->n_var; i++)
        if (p->var_dst[i] == dst) return (struct where){1, i};
    for (int i = 0; i < p->n_fix; i++)
        if (p->fix_dst[i] == dst) return (struct where){0, i};
    return (struct where){0, -1};
}

/* A varying partner of a fixed element is visited slot by slot; the fixed one is then cleaned again and again. */
static void pairs_clean(struct joint *j, struct cell *c, vec live, int at_a, int at_b, int n, int is_box)
{
    const struct comp *p = c->comp;
    for (int i = 0; i < n; i++) {
        struct where a = where_of(p, p->off[at_a] + i), b = where_of(p, p->off[at_b] + i);
        int steps = a.varying || b.varying ? j->T : j->dim.len_max;
        for (int t = 0; t < steps; t++) {
            int l = steps == j->T && !(a.varying && b.varying) ? j->len[t] : t;
            vec *pa = stage_home(c, a, a.varying ? t : l), *pb = stage_home(c, b, b.varying ? t : l);
            if (is_box)
                j->n_bad += clean_bounds(pa, pb, a.varying);
            else
                clean_side(pa, pb, live);
        }
    }
}

/* Lanes without a block must not act: no bounds to move between, no flow, no worth. */
static void lanes_mute(struct joint *j, struct cell *c, vec live)
{
    const struct comp *p = c->comp;
    static const enum at mute[] = {AT_F, AT_G, AT_LO, AT_HI};
    for (int m = 0; m < 4; m++) {
        int n = mute[m] == AT_F ? p->np * p->nu : mute[m] == AT_G ? p->np * p->nx : p->nu;
        for (int i = 0; i < n; i++) {
            struct where w = where_of(p, p->off[mute[m]] + i);
            if (w.slot < 0) continue;
            for (int t = 0; t < (w.varying ? j->T : j->dim.len_max); t++) *stage_home(c, w, t) *= live;
        }
    }
    for (int i = 0; i < p->nx; i++) c->worth[i] *= live;
}

/* Rows that only bind whole choices rest while the choices are relaxed. */
static void rows_rest(struct joint *j, struct cell *c)
{
    const struct comp *p = c->comp;
    for (int r = 0; r < p->nrow; r++) {
        if (!c->kind->shape->row[p->row[r]].integer_only) continue;
        for (int hi = 0; hi < 2; hi++) {
            struct where w = where_of(p, p->off[hi ? AT_PRICE_HI : AT_PRICE_LO] + r);
            for (int t = 0; t < (w.varying ? j->T : j->dim.len_max); t++) *stage_home(c, w, t) = vec_of(0);
        }
    }
}

static void cell_clean(struct joint *j, struct cell *c, vec live)
{
    const struct comp *p = c->comp;
    if (vec_sum(live) < LANES) lanes_mute(j, c, live);
    j->n_bad += clean(c->fix, j->dim.len_max * p->n_fix) + clean(c->var, j->T * p->n_var);
    j->n_bad += clean(c->x0, p->nx) + clean(c->worth, p->nx);
    if (!j->fixed) rows_rest(j, c);
    pairs_clean(j, c, live, AT_LO, AT_HI, p->nu, 1);
    pairs_clean(j, c, live, AT_ROW_LO, AT_PRICE_LO, p->nrow, 0);
    pairs_clean(j, c, live, AT_ROW_HI, AT_PRICE_HI, p->nrow, 0);
}

static void ends_evaluate(const struct joint *j, const struct batch *b, struct cell *c)
{
    const struct block_shape *s = b->kind->shape;
    for (int i = 0; i < c->comp->nx; i++) {
        c->x0[i] = c->worth[i] = vec_of(0);
        for (const struct coef *co = s->coef; co < s->coef + s->n_coef; co++) {
            if (co->i != c->comp->x[i]) continue;
            if (co->at == AT_X0) c->x0[i] += number_at(b, co, 0) * series_at(j, b, co, 0);
            if (co->at == AT_WORTH) c->worth[i] += number_at(b, co, 0) * series_at(j, b, co, j->T - 1);
        }
    }
}

static void feed_evaluate(struct joint *j, const struct batch *b)
{
    const struct block_shape *s = b->kind->shape;
    for (const struct coef *co = s->coef; co < s->coef + s->n_coef; co++) {
        if (co->at != AT_FEED) continue;
        for (int t = 0; t < j->T; t++) {
            vec v = number_at(b, co, j->len[t]) * series_at(j, b, co, t) * b->live;
            j->n_bad += clean(&v, 1);
            flow_put(j, b, co->i, t, v, j->feed);
        }
    }
}

static int side_there(const struct joint *j, const struct cell *c, int row, int hi)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], most = vec_of(0);
    int cur = -1;
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        most = vec_max(most, st[p->off[hi ? AT_PRICE_HI : AT_PRICE_LO] + row]);
    }
    return vec_least(-most) < 0;
}

/* Which sides there are; those that are not stand still, at no weight. */
static void cell_sides(const struct joint *j, struct cell *c)
{
    const struct comp *p = c->comp;
    c->n_side = 0;
    for (int k = 0; k < 2 * p->nrow; k++) {
        if (side_there(j, c, k / 2, k & 1)) {
            c->side[c->n_side++] = (uint8_t)k;
            continue;
        }
        for (int t = 0; t < j->T; t++) {
            size_t at = ((size_t)t * p->nrow + (size_t)k / 2) * 2 + (size_t)(k & 1);
            c->z[at] = c->m.zc[at] = c->alt.zc[at] = vec_of(0);
            c->s[at] = c->v[at] = vec_of(1);
        }
    }
}

static void batch_evaluate(struct joint *j, struct batch *b)
{
    const struct kind *k = b->kind;
    const struct block_shape *s = k->shape;
    uint8_t seen[4096] = {0};
    must(k->n_entry <= (int)sizeof seen, "%s: too many coefficients", s->name);
    for (int c = 0; c < k->n_comp; c++) {
        entries_default(j, &b->cell[c], k, c);
        ends_evaluate(j, b, &b->cell[c]);
    }
    for (int i = 0; i < s->n_coef; i++) {
        int e = k->coef_entry[i];
        if (e < 0) continue;
        entry_add(j, b, &b->cell[k->entry[e].comp], &k->entry[e], &s->coef[i], !seen[e]);
        seen[e] = 1;
    }
    for (int c = 0; c < k->n_comp; c++) {
        cell_clean(j, &b->cell[c], b->live);
        cell_sides(j, &b->cell[c]);
    }
    feed_evaluate(j, b);
}

void coef_evaluate(struct joint *j)
{
    j->n_bad = 0;
    memset(j->feed, 0, sizeof(double) * (size_t)j->dim.n_node * (size_t)j->dim.T_max);
    for (int b = 0; b < j->n_batch; b++) batch_evaluate(j, &j->batch[b]);
}

/* Is there a coefficient at (at, i) at all? */
static int named(const struct block_shape *s, enum at at, int i)
{
    for (const struct coef *c = s->coef; c < s->coef + s->n_coef; c++)
        if (c->at == at && c->i == i) return 1;
    return 0;
}

double coef_one(const struct joint *j, int block, const struct coef *c, int t)
{
    const struct batch *b = &j->batch[j->place[block].batch];
    int lane = j->place[block].lane;
    return number_at(b, c, j->len[t])[lane] * series_at(j, b, c, t)[lane];
}

double coef_value(const struct joint *j, int block, enum at at, int i, int jj, int t)
{
    const struct batch *b = &j->batch[j->place[block].batch];
    const struct block_shape *s = b->kind->shape;
    int lane = j->place[block].lane, once = at == AT_X0 || at == AT_WORTH;
    double v = 0;
    for (const struct coef *c = s->coef; c < s->coef + s->n_coef; c++) {
        if (c->at != at || c->i != i || (at <= AT_G && at != AT_DRIFT && c->j != jj)) continue;
        v += number_at(b, c, once ? 0 : j->len[t])[lane] * series_at(j, b, c, at == AT_X0 ? 0 : t)[lane];
    }
    return v;
}

double coef_row_price(const struct joint *j, int block, int row, int side, int t)
{
    const struct block_shape *s = j->block[block].shape;
    enum at bound = side ? AT_ROW_HI : AT_ROW_LO, price = side ? AT_PRICE_HI : AT_PRICE_LO;
    if (!named(s, bound, row)) return 0;
    double b = coef_value(j, block, bound, row, 0, t);
    if (!(fabs(b) < ABSENT_BOUND)) return 0;
    if (!named(s, price, row)) return HARD_INSIDE;
    double p = coef_value(j, block, price, row, 0, t);
    return p >= HARD_PRICE ? HARD_INSIDE : p > 0 ? p : 0;
}
