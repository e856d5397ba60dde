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

enum { UNITS_MAX = 8, AGES_MAX = 32, FROZEN_FROM = 16 };

static int group_has_choice(const struct group *g) { return g->kind->shape->nchoice > 0; }

int choice_any(const struct joint *j)
{
    for (int g = 0; g < j->n_group; g++)
        if (group_has_choice(&j->group[g])) return 1;
    return 0;
}

/* One choice of one block over the horizon. */
struct wish {
    const struct joint *j;
    double want[1024];                 /* fractional units */
    double start_cost, worth;          /* a start; a unit missing for a slot */
    int units, up, down, age, running; /* ages in quanta of the shortest slot */
    uint8_t quanta[1024], units_now[1024];
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

/* Money that one unit more would have brought in the relaxed plan: the size of the input's reduced costs. */
static double unit_worth(const struct joint *j, const struct cell *c, int input, int lane)
{
    double sum = 0;
    for (int t = 0; t < j->T; t++) {
        size_t at = (size_t)t * c->comp->nu + (size_t)input;
        sum += c->zl[at][lane] + c->zh[at][lane];
    }
    return sum / j->T + 1e-3 * j->money;
}

static void wish_read(struct wish *w, const struct joint *j, int block, const struct choice *ch,
                      const struct cell *c, int input, int lane)
{
    double quantum = HUGE_VAL, since = number_of(j, block, ch->since_s);
    for (int t = 0; t < j->T; t++) quantum = fmin(quantum, j->dt_s[j->len[t]]);
    w->j = j;
    w->up = quanta_of(number_of(j, block, ch->up_s), quantum);
    w->down = quanta_of(number_of(j, block, ch->down_s), quantum);
    w->age = quanta_of(fmin(fabs(since), 1e9), quantum);
    w->running = since > 0;
    w->start_cost = number_of(j, block, ch->start_cost);
    w->worth = unit_worth(j, c, input, lane);
    double most = 0;
    for (int t = 0; t < j->T; t++) {
        w->want[t] = c->u[(size_t)t * c->comp->nu + (size_t)input][lane];
        w->quanta[t] = (uint8_t)quanta_of(j->dt_s[j->len[t]], quantum);
        most = fmax(most, coef_value(j, block, AT_HI, ch->input, 0, t));
    }
    w->units = most > UNITS_MAX ? UNITS_MAX : (int)(most + 1e-6);
}

/* Leaving the wish: a unit short costs its worth, a unit too many a third of it (it may idle at least load). */
static double miss_cost(const struct wish *w, int t, int units)
{
    double d = units - w->want[t];
    return w->worth * (d < 0 ? -d : d / 3) * (0.2 + fabs(d));
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
        float cost = base + (float)(w->start_cost * starts + miss_cost(w, t, n));
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
    for (int c = 0; c < b->group->kind->n_comp; c++) {
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
    must(j->T <= 1024, "choices over %d slots", j->T);
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

/* Homes and their like stay at the relaxed plan: their flows become feeds, their cost a constant. */
static void freeze(struct joint *j)
{
    for (int g = 0; g < j->n_group; g++) {
        int alike = 0;
        for (int h = 0; h < j->n_group; h++)
            if (j->group[h].kind == j->group[g].kind) alike += j->group[h].n_block;
        j->group[g].frozen = alike >= FROZEN_FROM && !group_has_choice(&j->group[g]);
    }
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
    size_t feeds = sizeof *j->feed * (size_t)j->dim.n_node * (size_t)j->dim.T_max;
    memcpy(j->price, j->feed, feeds); /* prices are not out yet: a place to keep the feeds without the frozen */
    freeze(j);
    start_warm(j, 0);
    enum joint_end end = ipm_run(j, lim);
    for (int g = 0; g < j->n_group; g++) j->group[g].frozen = 0;
    memcpy(j->feed, j->price, feeds);
    j->result.iterations += before;
    j->result.bound = bound;
    if (end == JOINT_OPTIMAL) return end;
    j->fixed = 0; /* the rounded pattern leads nowhere: the relaxed plan is the better one */
    coef_evaluate(j);
    plan_recall(j);
    return end == JOINT_TIME ? end : JOINT_OPTIMAL;
}
