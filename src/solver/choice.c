/* Whole choices (screws running, engine on): price, then fix.
 *
 * The relaxed solve gives prices, a certified bound that holds for the whole problem too, and a fractional wish for every
 * choice. pattern.c finds whole numbers for each at those prices. Then the rest is solved again with the choices standing
 * and the many small blocks (homes) frozen at their relaxed plan, so that its size does not grow with the village. The gap
 * told is against the relaxed bound: it counts what whole numbers cost. */
#include "base/err.h"
#include "solver/element.h"
#include <string.h>

enum { FROZEN_FROM = 16, FIX_ROUNDS = 2 };

static int has_choice(const struct kind *k) { return k->shape->nchoice > 0; }

int choice_any(const struct joint *j)
{
    for (int k = 0; k < j->n_kind; k++)
        if (has_choice(&j->kind[k])) return 1;
    return 0;
}

static int local_of(const uint8_t *list, int n, int what)
{
    for (int i = 0; i < n; i++)
        if (list[i] == what) return i;
    return -1;
}

/* The cell and place within it of a block's input. */
static struct cell *input_cell(const struct joint *j, int block, int input, int *local)
{
    const struct batch *b = &j->batch[j->place[block].batch];
    for (int c = 0; c < b->kind->n_comp; c++) {
        *local = local_of(b->cell[c].comp->u, b->cell[c].comp->nu, input);
        if (*local >= 0) return &b->cell[c];
    }
    must(0, "input %d of block %d in no component", input, block);
    return NULL;
}

/* The choice's own slots among the whole numbers found. */
static uint8_t *units_of(const struct joint *j, int block, int k)
{
    return j->units + ((size_t)j->place[block].choice + (size_t)k) * (size_t)j->dim.T_max;
}

static void choice_find(struct joint *j, int block, int k)
{
    const struct choice *ch = &j->block[block].shape->choice[k];
    int local;
    struct cell *c = input_cell(j, block, ch->input, &local);
    pattern_find(j, block, ch, c, local, units_of(j, block, k));
}

/* Closes both bounds of an input on its value in every slot: where choices are, they vary (choices_vary). */
void lane_close(const struct joint *j, struct cell *c, int input, int lane)
{
    const struct comp *p = c->comp;
    for (int i = 0; i < p->n_var; i++)
        if (p->var_dst[i] == p->off[AT_LO] + input || p->var_dst[i] == p->off[AT_HI] + input)
            for (int t = 0; t < j->T; t++)
                c->var[(size_t)t * p->n_var + (size_t)i][lane] = c->u[(size_t)t * p->nu + (size_t)input][lane];
}

static void choice_close(struct joint *j, int block, int k)
{
    int local, lane = j->place[block].lane;
    struct cell *c = input_cell(j, block, j->block[block].shape->choice[k].input, &local);
    const uint8_t *n = units_of(j, block, k);
    for (int t = 0; t < j->T; t++) c->u[(size_t)t * c->comp->nu + (size_t)local][lane] = n[t];
    lane_close(j, c, local, lane);
}

static void each_choice(struct joint *j, void (*act)(struct joint *, int, int))
{
    for (int b = 0; b < j->dim.n_block; b++)
        for (int k = 0; k < j->block[b].shape->nchoice; k++) act(j, b, k);
}

/* What the starts of the whole numbers in hand cost. Whatever runs when the plan begins starts for nothing in slot 0. */
double choice_start_cost(const struct joint *j)
{
    double sum = 0;
    for (int b = 0; b < j->dim.n_block; b++)
        for (int k = 0; k < j->block[b].shape->nchoice; k++) {
            const struct choice *ch = &j->block[b].shape->choice[k];
            const uint8_t *n = units_of(j, b, k);
            double before = block_number(j, b, ch->since_s) > 0 ? HUGE_VAL : 0;
            for (int t = 0; t < j->T; t++) {
                sum += block_number(j, b, ch->start_cost) * fmax(0, n[t] - before);
                before = n[t];
            }
        }
    return sum;
}

/* Where in a slot's own numbers an element of the stage lives, or NULL. */
static vec *own_place(struct cell *c, int t, int dst)
{
    const struct comp *p = c->comp;
    for (int i = 0; i < p->n_var; i++)
        if (p->var_dst[i] == dst) return &c->var[(size_t)t * p->n_var + (size_t)i];
    return NULL;
}

/* The only input of row r that can still move in slot t, or -1: a state, none, or several. */
static int lone_input(const struct cell *c, const vec *st, int r, int lane)
{
    const struct comp *p = c->comp;
    int lone = -1;
    for (int k = 0; k < p->nx; k++)
        if (st[p->off[AT_C] + r * p->nx + k][lane] != 0) return -1;
    for (int i = 0; i < p->nu; i++) {
        int moves = st[p->off[AT_HI] + i][lane] > st[p->off[AT_LO] + i][lane];
        if (!moves || st[p->off[AT_D] + r * p->nu + i][lane] == 0) continue;
        if (lone >= 0) return -1;
        lone = i;
    }
    return lone;
}

/* A hard side on one moving input is a bound of it: engine <= rating * 0 leaves no inside for an interior method. */
static void side_to_bound(struct cell *c, const vec *st, int t, int r, int hi, int lone, int lane)
{
    const struct comp *p = c->comp;
    vec *price = own_place(c, t, p->off[hi ? AT_PRICE_HI : AT_PRICE_LO] + r);
    vec *lo = own_place(c, t, p->off[AT_LO] + lone), *up = own_place(c, t, p->off[AT_HI] + lone);
    if (!price || !lo || !up || (*price)[lane] < HARD_PRICE) return;
    double rest = st[p->off[hi ? AT_ROW_HI : AT_ROW_LO] + r][lane], d = st[p->off[AT_D] + r * p->nu + lone][lane];
    for (int i = 0; i < p->nu; i++)
        if (i != lone) rest -= st[p->off[AT_D] + r * p->nu + i][lane] * st[p->off[AT_LO] + i][lane];
    double bound = fmin(fmax(rest / d, (*lo)[lane]), (*up)[lane]);
    if ((d > 0) == (hi != 0))
        (*up)[lane] = bound;
    else
        (*lo)[lane] = bound;
    (*price)[lane] = 0;
}

void bounds_tighten(const struct joint *j, struct cell *c)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX];
    int cur = -1;
    stage_zero(c, st);
    for (int t = 0; t < j->T; t++)
        for (int lane = 0; lane < LANES; lane++)
            for (int k = 0; k < 2 * p->nrow; k++) {
                stage_load(c, j->len, t, &cur, st); /* again: the bounds have moved */
                int lone = lone_input(c, st, k / 2, lane);
                if (lone >= 0) side_to_bound(c, st, t, k / 2, k & 1, lone, lane);
            }
}

void choices_tighten(struct joint *j)
{
    for (int k = 0; k < j->n_cell; k++)
        if (has_choice(j->cell[k].kind)) bounds_tighten(j, &j->cell[k]);
}

/* Homes and their like stay at the relaxed plan: their flows become feeds, their cost a constant. */
static void freeze(struct joint *j)
{
    for (struct kind *k = j->kind; k < j->kind + j->n_kind; k++)
        k->frozen = k->n_block >= FROZEN_FROM && !has_choice(k);
    j->frozen_cost = cost_frozen(j);
    flows_frozen(j, j->feed);
}

/* Solves what is left with the choices closed on their whole numbers. */
static enum joint_end fixed_solve(struct joint *j, const struct joint_limit *lim)
{
    coef_evaluate(j);
    each_choice(j, choice_close);
    choices_tighten(j);
    freeze(j);
    start_again(j);
    int before = j->result.iterations;
    enum joint_end end = ipm_run(j, lim);
    j->result.iterations += before;
    return end;
}

static void lam_copy(const struct joint *j, double *to, const double *from)
{
    memcpy(to, from, sizeof *to * (size_t)j->dim.n_node * (size_t)j->dim.T_max);
}

static void cells_keep(struct joint *j)
{
    for (struct cell *c = j->cell; c < j->cell + j->n_cell; c++)
        if (!c->kind->frozen) memcpy(c->kept, c->u, sizeof(vec) * (size_t)j->T * c->comp->nu);
    lam_copy(j, j->price, j->lam); /* prices are not out yet: a place to keep the plan's own */
}
static void cells_recall(struct joint *j)
{
    for (struct cell *c = j->cell; c < j->cell + j->n_cell; c++)
        if (!c->kind->frozen) {
            memcpy(c->u, c->kept, sizeof(vec) * (size_t)j->T * c->comp->nu);
            cell_simulate(j, c);
        }
    lam_copy(j, j->lam, j->price);
}

/* Price, then fix, then again at the prices of the fixed plan, for as long as it costs less: off the relaxed plan's prices a
 * unit may look not worth its start that is worth it in a plan without it. 1 when a plan with whole numbers stands. */
static int fix_repeatedly(struct joint *j, const struct joint_limit *lim)
{
    const size_t bytes = (size_t)j->n_choice * (size_t)j->dim.T_max;
    uint8_t *best = j->units + bytes, *last = best + bytes;
    double least = HUGE_VAL;
    for (int round = 0; round < FIX_ROUNDS; round++) {
        memcpy(last, j->units, bytes);
        if (time_is_up(j, lim)) break;
        if (round > 0) coef_evaluate(j);
        each_choice(j, choice_find);
        if (round > 0 && !memcmp(last, j->units, bytes)) break;
        if (fixed_solve(j, lim) != JOINT_OPTIMAL) break;
        double cost = j->result.cost + choice_start_cost(j);
        if (cost >= least) break;
        least = cost;
        memcpy(best, j->units, bytes);
        cells_keep(j);
    }
    memcpy(j->units, best, bytes);
    coef_evaluate(j);
    if (least < HUGE_VAL) cells_recall(j);
    return least < HUGE_VAL;
}

/* After a relaxed solve: fixes every choice and solves the rest. Keeps the relaxed bound. */
enum joint_end choice_fix(struct joint *j, const struct joint_limit *lim)
{
    double bound = j->result.bound;
    plan_keep(j);
    lam_copy(j, j->relaxed_lam, j->lam);
    j->fixed = 1;
    coef_evaluate(j);
    int whole = fix_repeatedly(j, lim);
    for (int k = 0; k < j->n_kind; k++) j->kind[k].frozen = 0;
    j->frozen_cost = 0;
    j->result.bound = bound;
    if (whole) return JOINT_OPTIMAL;
    j->fixed = 0; /* the whole numbers lead nowhere, or not in time: the relaxed plan is what there is */
    coef_evaluate(j);
    plan_recall(j);
    lam_copy(j, j->lam, j->relaxed_lam);
    return time_is_up(j, lim) ? JOINT_TIME : JOINT_STALLED;
}
