/* Reading history back. See store.h. Raw steps come from the frames; steps of whole quarter-hours from the finished
 * days, then from the slots of days that are not turned over yet, then from the frames of the running slot. All
 * reads of one call happen in one transaction, so they see one moment. */
#include "base/err.h"
#include "store/inside.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- connections --- */

struct db *reader_get(struct store *s, struct err *e)
{
    pthread_mutex_lock(&s->lock);
    if (s->in_memory) return s->db; /* stays locked until reader_put */
    struct db *d = s->n_idle ? s->idle[--s->n_idle] : NULL;
    pthread_mutex_unlock(&s->lock);
    return d ? d : s->ops->open(&s->options, 1, e);
}

void reader_put(struct store *s, struct db *d)
{
    if (!s->in_memory) pthread_mutex_lock(&s->lock);
    int keep = s->in_memory || s->n_idle < READERS_MAX;
    if (keep && !s->in_memory) s->idle[s->n_idle++] = d;
    pthread_mutex_unlock(&s->lock);
    if (!keep) s->ops->close(d);
}

/* --- raw rows --- */

/* Position of a series in a frame, or -1. */
static int find_in_frame(int n, const int32_t *id, int32_t first, int32_t want)
{
    if (!id) return want >= first && want - first < n ? want - first : -1;
    for (int i = 0; i < n; i++)
        if (id[i] == want) return i;
    return -1;
}

struct raw {
    int32_t id;
    struct store_row *out;
    long n, max;
};

static int raw_row(void *self, int64_t at_ms, int n, const int32_t *id, int32_t first, const float *value)
{
    struct raw *r = self;
    int i = find_in_frame(n, id, first, r->id);
    if (i < 0 || isnan(value[i])) return 0;
    if (r->n == r->max) return 1;
    double v = (double)value[i];
    r->out[r->n++] = (struct store_row){at_ms, v, v, v};
    return 0;
}

/* --- steps --- */

struct bucket {
    double sum, weight;
    float min, max;
};
struct gather {
    int n, n_step;     /* series, steps */
    const int32_t *id; /* stored ids */
    int64_t from_ms, step_ms, open_slot_ms;
    struct bucket *bucket; /* n x n_step */
    struct bucket *open;   /* n: the running slot */
    int series;            /* days are read series by series */
    uint8_t *day_done;
    int64_t first_day_ms;
};

static void add(struct bucket *b, double mean, float min, float max)
{
    if (b->weight <= 0.0) b->min = min, b->max = max;
    b->sum += mean;
    b->weight += 1.0;
    b->min = fminf(b->min, min);
    b->max = fmaxf(b->max, max);
}

static void add_at(struct gather *g, int i, int64_t at_ms, double mean, float min, float max)
{
    int64_t k = (at_ms - g->from_ms) / g->step_ms;
    if (at_ms < g->from_ms || k >= g->n_step || isnan(mean)) return;
    add(&g->bucket[(size_t)i * (size_t)g->n_step + (size_t)k], mean, min, max);
}

static int gather_day(void *self, int64_t day_ms, const struct span *span, int n)
{
    struct gather *g = self;
    g->day_done[(day_ms - g->first_day_ms) / STORE_DAY_MS] = 1;
    for (int k = 0; k < n; k++) {
        int64_t at_ms = day_ms + (int64_t)k * SLOT_MS;
        if (at_ms != g->open_slot_ms) add_at(g, g->series, at_ms, (double)span[k].mean, span[k].min, span[k].max);
    }
    return 0;
}

static int gather_slot(void *self, int64_t at_ms, const struct span *span, int n)
{
    struct gather *g = self;
    if (at_ms == g->open_slot_ms || g->day_done[(day_of(at_ms) - g->first_day_ms) / STORE_DAY_MS]) return 0;
    for (int i = 0; i < g->n; i++)
        if (g->id[i] < n) add_at(g, i, at_ms, (double)span[g->id[i]].mean, span[g->id[i]].min, span[g->id[i]].max);
    return 0;
}

static int gather_open(void *self, int64_t at_ms, int n, const int32_t *id, int32_t first, const float *value)
{
    struct gather *g = self;
    (void)at_ms;
    for (int i = 0; i < g->n; i++) {
        int at = find_in_frame(n, id, first, g->id[i]);
        if (at >= 0 && !isnan(value[at])) add(&g->open[i], (double)value[at], value[at], value[at]);
    }
    return 0;
}

static int gather_frame(void *self, int64_t at_ms, int n, const int32_t *id, int32_t first, const float *value)
{
    struct gather *g = self;
    for (int i = 0; i < g->n; i++) {
        int at = find_in_frame(n, id, first, g->id[i]);
        if (at >= 0) add_at(g, i, at_ms, (double)value[at], value[at], value[at]);
    }
    return 0;
}

static int gather_rolled(struct gather *g, const struct db_ops *ops, struct db *d, int64_t until_ms, struct err *e)
{
    int bad = 0;
    for (g->series = 0; g->series < g->n && !bad; g->series++)
        bad = ops->days(d, g->id[g->series], g->first_day_ms, until_ms, gather_day, g, e);
    if (!bad) bad = ops->slots(d, g->from_ms, until_ms, gather_slot, g, e);
    if (bad || g->open_slot_ms < g->from_ms || g->open_slot_ms >= until_ms) return bad;
    bad = ops->frames(d, g->open_slot_ms, g->open_slot_ms + SLOT_MS, gather_open, g, e);
    for (int i = 0; i < g->n && !bad; i++)
        if (g->open[i].weight > 0.0)
            add_at(g, i, g->open_slot_ms, g->open[i].sum / g->open[i].weight, g->open[i].min, g->open[i].max);
    return bad;
}

static int gather_read(struct store *s, struct gather *g, struct err *e)
{
    int64_t until_ms = g->from_ms + g->step_ms * g->n_step;
    int rolled = g->step_ms % SLOT_MS == 0 && g->from_ms % SLOT_MS == 0;
    g->open_slot_ms = atomic_load(&s->open_slot_ms);
    struct db *d = reader_get(s, e);
    if (!d) return -1;
    int bad = s->ops->begin(d, 0, e);
    if (!bad)
        bad = rolled ? gather_rolled(g, s->ops, d, until_ms, e)
                     : s->ops->frames(d, g->from_ms, until_ms, gather_frame, g, e);
    s->ops->rollback(d);
    reader_put(s, d);
    return bad;
}

/* Allocates, reads, hands the buckets to the caller, who frees g->bucket. */
static int gather_all(struct store *s, struct gather *g, const int32_t *series, struct err *e)
{
    size_t cells = (size_t)g->n * (size_t)g->n_step;
    int64_t span_ms = g->step_ms * g->n_step;
    g->first_day_ms = day_of(g->from_ms);
    int32_t *id = malloc(sizeof *id * (size_t)(g->n + 1));
    g->bucket = calloc(cells + 1, sizeof *g->bucket);
    g->open = calloc((size_t)g->n + 1, sizeof *g->open);
    g->day_done = calloc((size_t)(span_ms / STORE_DAY_MS + 2), 1);
    int bad =
        id && g->bucket && g->open && g->day_done ? 0 : err_set(e, "out of memory for %zu steps of history", cells);
    for (int i = 0; i < g->n && !bad; i++) id[i] = s->stored[series[i]];
    g->id = id;
    if (!bad) bad = gather_read(s, g, e);
    free(id);
    free(g->open);
    free(g->day_done);
    if (bad) free(g->bucket);
    return bad;
}

static int check_series(const struct store *s, int n, const int32_t *series, struct err *e)
{
    for (int i = 0; i < n; i++)
        if (series[i] < 0 || series[i] >= s->n_series)
            return err_set(e, "no series %d; there are %d", series[i], s->n_series);
    return 0;
}

static long read_raw(struct store *s, int32_t series, int64_t from_ms, int64_t until_ms, struct store_row *out,
                     long max, struct err *e)
{
    struct raw r = {s->stored[series], out, 0, max};
    struct db *d = reader_get(s, e);
    if (!d) return -1;
    int bad = s->ops->frames(d, from_ms, until_ms, raw_row, &r, e);
    reader_put(s, d);
    return bad ? -1 : r.n;
}

long store_series(struct store *s, int32_t series, int64_t from_ms, int64_t until_ms, int64_t step_ms,
                  struct store_row *out, long max, struct err *e)
{
    if (check_series(s, 1, &series, e)) return -1;
    if (until_ms <= from_ms || max <= 0) return 0;
    if (step_ms <= 0) return read_raw(s, series, from_ms, until_ms, out, max, e);
    int64_t n_step = (until_ms - from_ms) / step_ms + ((until_ms - from_ms) % step_ms != 0);
    if (n_step > SERIES_ROW_MAX) return err_set(e, "at most %d steps of history at once", SERIES_ROW_MAX);
    struct gather g = {.n = 1, .n_step = (int)n_step, .from_ms = from_ms, .step_ms = step_ms};
    if (gather_all(s, &g, &series, e)) return -1;
    long rows = 0;
    for (int k = 0; k < g.n_step && rows < max; k++) {
        const struct bucket *b = &g.bucket[k];
        if (b->weight > 0.0)
            out[rows++] =
                (struct store_row){from_ms + k * step_ms, b->sum / b->weight, (double)b->min, (double)b->max};
    }
    free(g.bucket);
    return rows;
}

int store_series_many(struct store *s, int n, const int32_t *series, int64_t from_ms, int64_t step_ms, int n_step,
                      double *mean, struct err *e)
{
    if (check_series(s, n, series, e)) return -1;
    if (n <= 0 || n_step <= 0) return 0;
    if (step_ms <= 0 || n_step > SERIES_ROW_MAX)
        return err_set(e, "at most %d steps of history at once", SERIES_ROW_MAX);
    struct gather g = {.n = n, .n_step = n_step, .from_ms = from_ms, .step_ms = step_ms};
    if (gather_all(s, &g, series, e)) return -1;
    for (size_t i = 0; i < (size_t)n * (size_t)n_step; i++)
        mean[i] = g.bucket[i].weight > 0.0 ? g.bucket[i].sum / g.bucket[i].weight : (double)NAN;
    free(g.bucket);
    return 0;
}

/* --- audit and records --- */

int store_audit_list(struct store *s, int64_t after_id, int max,
                     void (*row)(void *, int64_t, const struct store_act *), void *self, struct err *e)
{
    struct db *d = reader_get(s, e);
    if (!d) return -1;
    int bad = s->ops->acts(d, after_id, max, row, self, e);
    reader_put(s, d);
    return bad;
}

long store_get(struct store *s, const char *key, void *data, size_t max, struct err *e)
{
    struct db *d = reader_get(s, e);
    if (!d) return -1;
    long size = s->ops->record_get(d, key, data, max, e);
    reader_put(s, d);
    return size;
}
