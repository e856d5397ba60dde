/* Whole numbers for one choice over the horizon (screws running, engine on).
 *
 * The relaxed plan says how many units it wishes in every slot, in fractions. Patterns of whole numbers are made from the wish
 * in several ways - the nearest, never fewer than wished, none, all, and the wish added up until it makes a run of so many hours (sum-up rounding: Sager, Bock, Diehl 2012,
 * Math. Program. 133, 1) - each made to keep minimum up and down times by
 * dynamic programming over (units running, time since the last switch). trial_costs tells what each costs
 * at the plan's prices; then edges of the best are moved while that helps. Left out: two choices changed at once. */
#include "base/err.h"
#include "solver/element.h"
#include <string.h>

enum { UNITS_MAX = 8, AGES_MAX = 32, SLOTS_MAX = 1024, ROUNDS = 4 };

/* One choice of one block over the horizon. */
struct wish {
    struct joint *j;
    double start_cost;
    int units, up, down, age, running; /* ages in quanta of the shortest slot */
    uint8_t quanta[SLOTS_MAX], units_now[SLOTS_MAX];
    float wished[2][SLOTS_MAX]; /* fewest and most that the rest of the relaxed plan allows, in fractions */
    float out[SLOTS_MAX][UNITS_MAX + 1];  /* beyond a pin or the units in service */
    float miss[SLOTS_MAX][UNITS_MAX + 1]; /* what leaving the pattern in hand costs */
};

/* State of the programme: units running and quanta since the last switch between some and none, capped. */
struct step_table {
    float cost[UNITS_MAX + 1][AGES_MAX];
    uint8_t from_units[UNITS_MAX + 1][AGES_MAX], from_age[UNITS_MAX + 1][AGES_MAX];
};

size_t choice_bytes(int T_max) { return sizeof(struct step_table) * (size_t)(T_max + 1); }

double block_number(const struct joint *j, int block, int num)
{
    const struct block *b = &j->block[block];
    return num < 0 ? 0 : b->num[(size_t)num * LANES + (size_t)b->lane];
}

static int quanta_of(double seconds, double quantum)
{
    double n = ceil(seconds / quantum - 1e-9);
    return n < 0 ? 0 : n > AGES_MAX - 1 ? AGES_MAX - 1 : (int)n;
}

/* The fewest (most) units with which the rows of the relaxed plan still hold, its other inputs as they are: an engine's power
 * asks for power / rating at least and power / least load at most. */
static double units_allowed(const struct joint *j, int block, int input, int t, double n, int most)
{
    const struct block *b = &j->block[block];
    double end = most ? coef_value(j, block, AT_HI, input, 0, t) : coef_value(j, block, AT_LO, input, 0, t);
    for (int k = 0; k < 2 * b->shape->nrow; k++) {
        int r = k / 2, hi = k & 1;
        double d = coef_value(j, block, AT_D, r, input, t), y = block_y(b, r, t);
        if (d == 0 || coef_row_price(j, block, r, hi, t) <= 0 || (d > 0) == (hi != most)) continue;
        double at = n + (coef_value(j, block, hi ? AT_ROW_HI : AT_ROW_LO, r, 0, t) - y) / d;
        end = most ? fmin(end, at) : fmax(end, at);
    }
    return most ? fmax(end, n) : fmin(end, n);
}

static void wish_read(struct wish *w, struct joint *j, int block, const struct choice *ch)
{
    double quantum = HUGE_VAL, since = block_number(j, block, ch->since_s), most = 0;
    for (int t = 0; t < j->T; t++) {
        quantum = fmin(quantum, j->dt_s[j->len[t]]);
        most = fmax(most, coef_value(j, block, AT_HI, ch->input, 0, t));
    }
    w->j = j;
    w->up = quanta_of(block_number(j, block, ch->up_s), quantum);
    w->down = quanta_of(block_number(j, block, ch->down_s), quantum);
    w->age = quanta_of(fmin(fabs(since), 1e9), quantum);
    w->running = since > 0;
    w->start_cost = block_number(j, block, ch->start_cost);
    w->units = most > UNITS_MAX ? UNITS_MAX : (int)(most + 1e-6);
    for (int t = 0; t < j->T; t++) {
        double lo = coef_value(j, block, AT_LO, ch->input, 0, t), hi = coef_value(j, block, AT_HI, ch->input, 0, t);
        w->quanta[t] = (uint8_t)quanta_of(j->dt_s[j->len[t]], quantum);
        double wish = block_u(&j->block[block], ch->input, t);
        for (int k = 0; k < 2; k++) w->wished[k][t] = (float)units_allowed(j, block, ch->input, t, wish, k);
        for (int n = 0; n <= w->units; n++) w->out[t][n] = (float)fmax(0, fmax(lo - n, n - hi) - 1e-6);
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
        int stuck = units > w->units || w->out[t][units] > 0; /* a pin or an outage outranks the least time */
        if (switched && !stuck && age < (on ? w->up : w->down)) continue;
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

/* --- patterns -------------------------------------------------------------------------------------------------- */
struct patterns {
    uint8_t n[LANES][SLOTS_MAX];
};

/* The legal pattern nearest to `desire`. */
static void pattern_legal(struct wish *w, const float *desire, uint8_t *n)
{
    double start_cost = w->start_cost;
    w->start_cost = 0.1;
    for (int t = 0; t < w->j->T; t++)
        for (int k = 0; k <= w->units; k++)
            w->miss[t][k] = (float)w->quanta[t] * (fabsf((float)k - desire[t]) + 1e3f * w->out[t][k]);
    wish_round(w, w->j->choice_table);
    w->start_cost = start_cost;
    memcpy(n, w->units_now, (size_t)w->j->T);
}

/* The wish added up: one unit more from when half a band is owed until half a band is overpaid. */
static void desire_summed(const struct wish *w, int most, double band, float *desire)
{
    double owed = 0;
    int on = w->running;
    for (int t = 0; t < w->j->T; t++) {
        double wish = w->wished[most][t], base = floor(wish), q = w->quanta[t];
        if (on && owed <= -0.5 * band) on = 0;
        if (!on && owed >= 0.5 * band) on = 1;
        owed += q * (wish - base - on);
        desire[t] = (float)(base + on);
    }
}

static void patterns_make(struct wish *w, int most, struct patterns *p)
{
    static const double band[] = {2, 4, 8, 16, 32}; /* of the shortest slots */
    float desire[SLOTS_MAX];
    for (int l = 0; l < LANES; l++) {
        if (l >= 3) desire_summed(w, most, band[l - 3], desire);
        for (int t = 0; l < 3 && t < w->j->T; t++) {
            float x = w->wished[most][t];
            desire[t] = l == 0 ? roundf(x) : l == 1 ? ceilf(x - 0.05f) : most ? (float)w->units : 0;
        }
        pattern_legal(w, desire, p->n[l]);
    }
}

/* One run each: of the fewest units wished together, or longer, in the first or the second half. */
static void patterns_runs(struct wish *w, struct patterns *p)
{
    static const double longer[] = {1, 1.5, 2, 3};
    float desire[SLOTS_MAX];
    const int T = w->j->T;
    double all = 0, wished = 0, before = 0;
    for (int t = 0; t < T; t++) all += w->quanta[t], wished += w->quanta[t] * fmin(1, w->wished[0][t]);
    for (int l = 0; l < LANES; l++) {
        double half = 0.5 * wished * longer[l / 2], mid = all * (l & 1 ? 0.7 : 0.35);
        before = 0;
        for (int t = 0; t < T; t++) {
            desire[t] = before >= mid - half && before < mid + half;
            before += w->quanta[t];
        }
        pattern_legal(w, desire, p->n[l]);
    }
}

static int edges_of(const struct wish *w, const uint8_t *n, int16_t *edge)
{
    int count = 0;
    for (int t = 1; t < w->j->T; t++)
        if (n[t] != n[t - 1]) edge[count++] = (int16_t)t;
    return count;
}

/* Moves the edge at slot `at` by so many slots, to earlier ones when < 0. */
static void edge_move(const uint8_t *n, int at, int by, int T, float *desire)
{
    int from = by < 0 ? at + by : at, to = by < 0 ? at : at + by;
    for (int t = from < 0 ? 0 : from; t < to && t < T; t++) desire[t] = by < 0 ? n[at] : n[at - 1];
}

/* The best pattern with an edge moved to and fro, or the run between two; without edges, a stretch of one unit more or less. */
static void patterns_near(struct wish *w, const uint8_t *best, int round, struct patterns *p)
{
    static const int step[] = {8, 4, 2, 1};
    int16_t edge[SLOTS_MAX];
    float desire[SLOTS_MAX];
    const int T = w->j->T, edges = edges_of(w, best, edge);
    for (int l = 0; l < LANES; l++) {
        int by = (l & 1 ? 1 : -1) * step[round], first = round * 2 + l / 4;
        for (int t = 0; t < T; t++) desire[t] = best[t];
        if (edges) {
            edge_move(best, edge[first % edges], by, T, desire);
            if (l & 2) edge_move(best, edge[(first + 1) % edges], by, T, desire);
        } else
            for (int t = l * T / LANES; t < (l + 1) * T / LANES; t++)
                desire[t] = best[t] < w->units ? best[t] + 1 : best[t] - 1;
        pattern_legal(w, desire, p->n[l]);
    }
}

static double starts_cost(const struct wish *w, const uint8_t *n)
{
    double sum = 0, before = w->running ? HUGE_VAL : 0;
    for (int t = 0; t < w->j->T; t++) {
        sum += w->start_cost * fmax(0, n[t] - before);
        before = n[t];
    }
    return sum;
}

/* Keeps the best of the eight in `units` when it costs less than *least; 1 when it does. */
static int patterns_try(struct wish *w, const struct trial *trial, const struct patterns *p, double *least,
                        uint8_t *units)
{
    const uint8_t *n[LANES];
    int best = -1;
    for (int l = 0; l < LANES; l++) n[l] = p->n[l];
    vec cost = trial_costs(trial, n);
    for (int l = 0; l < LANES; l++) {
        double sum = cost[l] + starts_cost(w, n[l]);
        if (sum < *least) *least = sum, best = l;
    }
    if (best >= 0) memcpy(units, n[best], (size_t)w->j->T);
    return best >= 0;
}

/* Fills units[T] for one choice; c and input: the cell and the place in it of the choice's input, as the relaxed plan has it. */
void pattern_find(struct joint *j, int block, const struct choice *ch, struct cell *c, int input, uint8_t *units)
{
    struct wish w = {0};
    struct patterns p;
    double least = HUGE_VAL;
    must(j->T <= SLOTS_MAX, "choices over %d slots", j->T);
    wish_read(&w, j, block, ch);
    if (w.units == 0) {
        memset(units, 0, (size_t)j->T);
        return;
    }
    struct trial trial = trial_open(j, block, c, input);
    for (int most = 0; most < 2; most++) {
        patterns_make(&w, most, &p);
        if (most == 0) memcpy(units, p.n[0], (size_t)j->T);
        patterns_try(&w, &trial, &p, &least, units);
    }
    patterns_runs(&w, &p);
    patterns_try(&w, &trial, &p, &least, units);
    for (int round = 0; round < ROUNDS && least < HUGE_VAL && !time_is_up(j, j->limit); round++) {
        patterns_near(&w, units, round, &p);
        patterns_try(&w, &trial, &p, &least, units);
    }
    trial_close(&trial);
}
