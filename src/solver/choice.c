/* Whole choices (screws running, engine on): price, then fix.
 *
 * The relaxed solve gives prices, a certified bound that holds for the whole problem too, and a fractional wish for every
 * choice. The wish is rounded by dynamic programming over (units running, time since the last switch): cost of leaving
 * the wish, starts at their price, minimum up and down times kept exactly. Then the rest is solved again with the
 * choices standing and the many small blocks (homes) frozen at their relaxed plan, so that its size does not grow with
 * the village. Left out: a search over neighbouring patterns; the gap told is against the relaxed bound. */
#include "base/err.h"
#include "solver/element.h"
#include <string.h>

enum { UNITS_MAX = 8, AGES_MAX = 32, FROZEN_FROM = 16, SLOTS_MAX = 1024 };

static int has_choice(const struct kind *k) { return k->shape->nchoice > 0; }

int choice_any(const struct joint *j)
{
    for (int k = 0; k < j->n_kind; k++)
        if (has_choice(&j->kind[k])) return 1;
    return 0;
}

/* One choice of one block over the horizon. */
struct wish {
    const struct joint *j;
    double start_cost, worth;          /* a start; a unit missing for a slot */
    int units, up, down, age, running; /* ages in quanta of the shortest slot */
    uint8_t quanta[SLOTS_MAX], units_now[SLOTS_MAX];
    float miss[SLOTS_MAX][UNITS_MAX + 1]; /* what leaving the wish costs */
};

/* State of the programme: units running and quanta since the last switch between some and none, capped. */
struct step_table {
    float cost[UNITS_MAX + 1][AGES_MAX];
    uint8_t from_units[UNITS_MAX + 1][AGES_MAX], from_age[UNITS_MAX + 1][AGES_MAX];
};

size_t choice_bytes(int T_max) { return sizeof(struct step_table) * (size_t)(T_max + 1); }

static double number_of(const struct joint *j, int block, int num)
{
    const struct block *b = &j->block[block];
    return num < 0 ? 0 : b->num[(size_t)num * LANES + (size_t)b->lane];
}

static int quanta_of(double seconds, double quantum)
{
    double n = ceil(seconds / quantum - 1e-9);
    return n < 0 ? 0 : n > AGES_MAX - 1 ? AGES_MAX - 1 : (int)n;
}

/* Money that one unit moves in a slot: the dearest flow of its cell over the input's range, at the relaxed prices. */
static double unit_worth(const struct joint *j, int block, const struct cell *c, int units)
{
    const struct block *b = &j->block[block];
    double sum = 0;
    for (int t = 0; t < j->T; t++) {
        double most = 0;
        for (int i = 0; i < c->comp->nu; i++) {
            double money = 0, range = coef_value(j, block, AT_HI, c->comp->u[i], 0, t);
            for (int p = 0; p < b->shape->nport; p++)
                if (b->node[p] >= 0)
                    money += coef_value(j, block, AT_F, p, c->comp->u[i], t) *
                             j->lam[(size_t)b->node[p] * (size_t)j->dim.T_max + (size_t)t];
            most = fmax(most, fabs(money * range));
        }
        sum += most;
    }
    return sum / j->T / fmax(1, units);
}

/* By how many units row r of the relaxed plan fails when `more` units are added. */
static double row_fails(const struct joint *j, int block, int r, int input, int t, double more)
{
    const struct block *b = &j->block[block];
    const struct batch *ba = &j->batch[j->place[block].batch];
    double d = coef_value(j, block, AT_D, r, input, t), fails = 0;
    if (d == 0) return 0;
    double y = ba->y[(size_t)t * b->shape->nrow + (size_t)r][b->lane] + d * more;
    if (coef_row_price(j, block, r, 0, t) > 0) fails = coef_value(j, block, AT_ROW_LO, r, 0, t) - y;
    if (coef_row_price(j, block, r, 1, t) > 0) fails = fmax(fails, y - coef_value(j, block, AT_ROW_HI, r, 0, t));
    return fmax(0, fails / fabs(d) - 1e-6);
}

/* Leaving the wish costs by distance, a unit too many a third of one too few (it may idle). Where a row fails it costs
 * again; rows that only bind whole choices (a least load) weigh more: the other inputs may be unable to follow. */
static double miss_cost(const struct wish *w, int block, int input, int t, double more)
{
    const struct block_shape *s = w->j->block[block].shape;
    double sum = (more < 0 ? -more : more / 3) * (0.2 + fabs(more));
    for (int r = 0; r < s->nrow; r++)
        sum += row_fails(w->j, block, r, input, t, more) * (s->row[r].integer_only ? 1 : 0);
    return w->worth * sum;
}

static void wish_read(struct wish *w, const struct joint *j, int block, const struct choice *ch,
                      const struct cell *c, int input, int lane)
{
    double quantum = HUGE_VAL, since = number_of(j, block, ch->since_s), most = 0;
    for (int t = 0; t < j->T; t++) {
        quantum = fmin(quantum, j->dt_s[j->len[t]]);
        most = fmax(most, coef_value(j, block, AT_HI, ch->input, 0, t));
    }
    w->j = j;
    w->up = quanta_of(number_of(j, block, ch->up_s), quantum);
    w->down = quanta_of(number_of(j, block, ch->down_s), quantum);
    w->age = quanta_of(fmin(fabs(since), 1e9), quantum);
    w->running = since > 0;
    w->start_cost = number_of(j, block, ch->start_cost);
    w->units = most > UNITS_MAX ? UNITS_MAX : (int)(most + 1e-6);
    w->worth = unit_worth(j, block, c, w->units);
    for (int t = 0; t < j->T; t++) {
        double lo = coef_value(j, block, AT_LO, ch->input, 0, t), hi = coef_value(j, block, AT_HI, ch->input, 0, t);
        w->quanta[t] = (uint8_t)quanta_of(j->dt_s[j->len[t]], quantum);
        for (int n = 0; n <= w->units; n++) {
            double out = fmax(0, fmax(lo - n, n - hi) - 1e-6); /* a pin or a unit out of service */
            double more = n - c->u[(size_t)t * c->comp->nu + (size_t)input][lane];
            w->miss[t][n] = (float)(miss_cost(w, block, ch->input, t, more) + 1e3 * w->worth * out);
        }
    }
}

static void relax_to(const struct wish *w, struct step_table *to, const struct step_table *from, int t, int units,
                     int age)
{
    float base = from->cost[units][age];
    if (!(base < HUGE_VALF)) return;
    int on = units > 0;
    for (int n = 0; n <= w->units; n++) {
        int switched = on != (n > 0);
        if (switched && age < (on ? w->up : w->down)) continue;
        int next = switched ? 0 : age, cap = (n > 0) ? w->up : w->down;
        next += w->quanta[t];
        if (next > cap) next = cap;
        double starts = n > units ? n - units : 0;
        if (t == 0 && w->running) starts = 0;
        float cost = base + (float)(w->start_cost * starts) + w->miss[t][n];
        if (cost >= to->cost[n][next]) continue;
        to->cost[n][next] = cost;
        to->from_units[n][next] = (uint8_t)units;
        to->from_age[n][next] = (uint8_t)age;
    }
}

static void table_clear(struct step_table *s)
{
    for (int n = 0; n <= UNITS_MAX; n++)
        for (int a = 0; a < AGES_MAX; a++) s->cost[n][a] = HUGE_VALF;
}

/* Fills units_now; `table` holds T + 1 of them. */
static void wish_round(struct wish *w, struct step_table *table)
{
    const int T = w->j->T;
    table_clear(&table[0]);
    int cap = w->running ? w->up : w->down;
    table[0].cost[w->running ? 1 : 0][w->age < cap ? w->age : cap] = 0;
    for (int t = 0; t < T; t++) {
        table_clear(&table[t + 1]);
        for (int n = 0; n <= w->units; n++)
            for (int a = 0; a < AGES_MAX; a++) relax_to(w, &table[t + 1], &table[t], t, n, a);
    }
    int units = 0, age = 0;
    for (int n = 0; n <= w->units; n++)
        for (int a = 0; a < AGES_MAX; a++)
            if (table[T].cost[n][a] < table[T].cost[units][age]) units = n, age = a;
    for (int t = T; t > 0; t--) {
        const struct step_table *s = &table[t];
        int u = s->from_units[units][age], a = s->from_age[units][age];
        w->units_now[t - 1] = (uint8_t)units;
        units = u, age = a;
    }
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

static void choice_round(struct joint *j, int block, int k)
{
    const struct choice *ch = &j->block[block].shape->choice[k];
    struct wish w = {0};
    int local;
    struct cell *c = input_cell(j, block, ch->input, &local);
    must(j->T <= SLOTS_MAX, "choices over %d slots", j->T);
    wish_read(&w, j, block, ch, c, local, j->place[block].lane);
    wish_round(&w, j->choice_table);
    for (int t = 0; t < j->T; t++)
        c->u[(size_t)t * c->comp->nu + (size_t)local][j->place[block].lane] = w.units_now[t];
}

/* Bounds of a choice's input closed on its whole value: the coefficients were read again, so they are free. */
static void choice_close(struct joint *j, int block, int k)
{
    const struct choice *ch = &j->block[block].shape->choice[k];
    int local, lane = j->place[block].lane;
    struct cell *c = input_cell(j, block, ch->input, &local);
    const struct comp *p = c->comp;
    for (int t = 0; t < j->T; t++) {
        double u = c->u[(size_t)t * p->nu + (size_t)local][lane];
        for (int i = 0; i < p->n_var; i++)
            if (p->var_dst[i] == p->off[AT_LO] + local || p->var_dst[i] == p->off[AT_HI] + local)
                c->var[(size_t)t * p->n_var + (size_t)i][lane] = u;
    }
}

static void each_choice(struct joint *j, void (*act)(struct joint *, int, int))
{
    for (int b = 0; b < j->dim.n_block; b++)
        for (int k = 0; k < j->block[b].shape->nchoice; k++) act(j, b, k);
}

/* What the starts of a plan's choices cost. Whatever runs when the plan begins starts for nothing in slot 0. */
double choice_start_cost(const struct joint *j)
{
    double sum = 0;
    for (int b = 0; b < j->dim.n_block; b++)
        for (int k = 0; k < j->block[b].shape->nchoice; k++) {
            const struct choice *ch = &j->block[b].shape->choice[k];
            double before = number_of(j, b, ch->since_s) > 0 ? HUGE_VAL : 0;
            for (int t = 0; t < j->T; t++) {
                double u = block_u(&j->block[b], ch->input, t);
                sum += number_of(j, b, ch->start_cost) * fmax(0, u - before);
                before = u;
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

static void bounds_tighten(struct joint *j, struct cell *c)
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

/* Homes and their like stay at the relaxed plan: their flows become feeds, their cost a constant. */
static void freeze(struct joint *j)
{
    for (struct kind *k = j->kind; k < j->kind + j->n_kind; k++)
        k->frozen = k->n_block >= FROZEN_FROM && !has_choice(k);
    j->frozen_cost = cost_frozen(j);
    flows_frozen(j, j->feed);
}

/* After a relaxed solve: fixes every choice and solves the rest. Keeps the relaxed bound. */
enum joint_end choice_fix(struct joint *j, const struct joint_limit *lim)
{
    double bound = j->result.bound;
    int before = j->result.iterations;
    plan_keep(j);
    each_choice(j, choice_round);
    j->fixed = 1;
    coef_evaluate(j);
    each_choice(j, choice_close);
    for (int k = 0; k < j->n_cell; k++)
        if (has_choice(j->cell[k].kind)) bounds_tighten(j, &j->cell[k]);
    size_t feeds = sizeof *j->feed * (size_t)j->dim.n_node * (size_t)j->dim.T_max;
    memcpy(j->price, j->feed, feeds); /* prices are not out yet: a place to keep the feeds without the frozen */
    freeze(j);
    start_warm(j, 0);
    enum joint_end end = ipm_run(j, lim);
    for (int k = 0; k < j->n_kind; k++) j->kind[k].frozen = 0;
    memcpy(j->feed, j->price, feeds);
    j->result.iterations += before;
    j->result.bound = bound;
    if (end == JOINT_OPTIMAL) return end;
    j->fixed = 0; /* the rounded pattern leads nowhere: the relaxed plan is the better one */
    coef_evaluate(j);
    plan_recall(j);
    return end == JOINT_TIME ? end : JOINT_OPTIMAL;
}
