/* A day turned: its rows side by side, slot by slot, because that is how steps read them; row by row each would be another cache line. Made while the rows
 * of a few sources are near: drawn one source after the other, then laid across. Where a source cannot draw its quarter-hours itself they are the
 * sums of its minutes. */
#include "base/err.h"
#include "world/inside.h"

int group_next(const struct world *w, struct group *g)
{
    *g = (struct group){g->last, g->last, g->base + g->n, 0};
    while (g->last < w->n_source && g->n + DEMAND_KEYS_MAX <= NEAR_ROWS) {
        for (int k = 0; k < w->source[g->last].gen->n; k++) g->n += w->source[g->last].row[k] >= 0;
        g->last++;
    }
    return g->first < w->n_source;
}

static void sum_minutes(const float *minute, int n_quarter, float *quarter)
{
    for (int q = 0; q < n_quarter; q++, minute += QUARTER_MIN) {
        double s[4] = {0}; /* four sums side by side: one alone waits for each addition */
        int m = 0;
        for (; m + 4 <= QUARTER_MIN; m += 4)
            for (int k = 0; k < 4; k++) s[k] += (double)minute[m + k];
        for (; m < QUARTER_MIN; m++) s[0] += (double)minute[m];
        quarter[q] = (float)((s[0] + s[1]) + (s[2] + s[3]));
    }
}

static void near_quarters(const struct source *s, const struct demand_day *d, int32_t base, float *near)
{
    if (s->gen->quarters) {
        source_draw(s, d, s->gen->quarters, near, base, QUARTERS_MAX);
        return;
    }
    float minute[DEMAND_KEYS_MAX][DAY_MIN_MAX], *out[DEMAND_KEYS_MAX];
    for (int k = 0; k < DEMAND_KEYS_MAX; k++) out[k] = minute[k];
    s->gen->day(s, d, out);
    for (int k = 0; k < s->gen->n; k++)
        if (s->row[k] >= 0)
            sum_minutes(minute[k], d->n_min / QUARTER_MIN, near + (size_t)(s->row[k] - base) * QUARTERS_MAX);
}

static void near_rows(const struct source *s, const struct demand_day *d, int32_t base, int slot_min, float *near)
{
    if (slot_min == QUARTER_MIN)
        near_quarters(s, d, base, near);
    else
        source_draw(s, d, s->gen->day, near, base, DAY_MIN_MAX);
}

void turn_begin(struct turned *t, const struct demand_day *d)
{
    t->start_ms = d->start_ms, t->n = d->n_min / t->slot_min;
}

void turn_group(const struct world *w, const struct demand_day *d, const struct group *g, float *near,
                struct turned *to)
{
    const size_t row_len = DAY_MIN_MAX / (size_t)to->slot_min;
    for (int i = g->first; i < g->last; i++) near_rows(&w->source[i], d, g->base, to->slot_min, near);
    for (int i = 0; i < to->n; i++) {
        float *restrict slot = to->slot + (size_t)i * (size_t)w->n_row + g->base;
        const float *restrict from = near + i;
        for (int r = 0; r < g->n; r++) slot[r] = from[(size_t)r * row_len];
    }
}

static void turn(struct world *w, const struct cached_day *c, struct turned *to)
{
    turn_begin(to, &c->day);
    for (struct group g = {0}; group_next(w, &g);) turn_group(w, &c->day, &g, w->near, to);
}

const struct turned *quarters_of(struct world *w, struct cached_day *c)
{
    if (!c->quarters.n) turn(w, c, &c->quarters);
    ahead_lend(w, c, NULL);
    return &c->quarters;
}

static int is_of(const struct turned *t, int64_t at_ms)
{
    return t->n && at_ms >= t->start_ms && at_ms < t->start_ms + t->n * (int64_t)MS_MIN;
}

const struct turned *minutes_of(struct world *w, int64_t at_ms)
{
    if (is_of(&w->minutes[w->now], at_ms)) return &w->minutes[w->now];
    struct cached_day *c = world_day(w, at_ms); /* what was lent for this day is back now */
    if (w->ahead) w->now = !w->now;
    if (w->lent) ahead_join(w); /* lent for another day: its buffer is needed */
    if (!is_of(&w->minutes[w->now], at_ms)) turn(w, c, &w->minutes[w->now]);
    ahead_lend(w, c, &w->minutes[!w->now]);
    return &w->minutes[w->now];
}
