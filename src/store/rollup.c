/* Quarter-hours and days of history. See rollup.h. Rows count alike within their slot (recorders are periodic),
 * slots count alike within a day. Time may jump back (a clock set right, a simulated village started again): the
 * slot it lands in is then rebuilt from its frames, as long as those are kept. */
#include "store/rollup.h"
#include "base/err.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t floor_to(int64_t at, int64_t step) { return at - ((at % step) + step) % step; }
int64_t slot_of(int64_t at_ms) { return floor_to(at_ms, SLOT_MS); }
int64_t day_of(int64_t at_ms) { return floor_to(at_ms, STORE_DAY_MS); }

int rollup_create(struct rollup *r, int n, int64_t keep_frames_ms)
{
    size_t m = (size_t)(n ? n : 1);
    *r = (struct rollup){.n = n, .slot_ms = INT64_MIN, .newest_ms = INT64_MIN, .keep_frames_ms = keep_frames_ms};
    r->sum = calloc(m, sizeof *r->sum);
    r->count = calloc(m, sizeof *r->count);
    r->min = calloc(m, sizeof *r->min);
    r->max = calloc(m, sizeof *r->max);
    r->span = calloc(m, sizeof *r->span);
    return r->sum && r->count && r->min && r->max && r->span ? 0 : -1;
}

void rollup_free(struct rollup *r)
{
    free(r->sum);
    free(r->count);
    free(r->min);
    free(r->max);
    free(r->span);
}

static void start_slot(struct rollup *r, int64_t slot_ms)
{
    r->slot_ms = slot_ms;
    if (slot_ms > r->newest_ms) r->newest_ms = slot_ms;
    memset(r->count, 0, sizeof *r->count * (size_t)r->n);
}

static int add_values(void *self, int64_t at_ms, int n, const int32_t *id, int32_t first, const float *value)
{
    struct rollup *r = self;
    (void)at_ms;
    for (int i = 0; i < n; i++) {
        int k = id ? id[i] : first + i;
        float v = value[i];
        if (k < 0 || k >= r->n || isnan(v)) continue;
        if (!r->count[k]++) r->sum[k] = 0.0, r->min[k] = r->max[k] = v;
        r->sum[k] += (double)v;
        r->min[k] = fminf(r->min[k], v);
        r->max[k] = fmaxf(r->max[k], v);
    }
    return 0;
}

static int load_slot(struct rollup *r, const struct db_ops *ops, struct db *d, int64_t slot_ms, struct err *e)
{
    start_slot(r, slot_ms);
    return ops->frames(d, slot_ms, slot_ms + SLOT_MS, add_values, r, e);
}

int rollup_rebuild(struct rollup *r, const struct db_ops *ops, struct db *d, struct err *e)
{
    int64_t frame_ms, slot_ms;
    if (ops->newest(d, &frame_ms, &slot_ms, e)) return -1;
    r->stale = 0;
    r->newest_ms = slot_ms;
    start_slot(r, INT64_MIN);
    return frame_ms == INT64_MIN ? 0 : load_slot(r, ops, d, slot_of(frame_ms), e);
}

struct turning {
    struct span *cell;
    int n;
    int64_t day_ms;
};

static int turn_slot(void *self, int64_t at_ms, const struct span *span, int n)
{
    struct turning *t = self;
    int64_t k = (at_ms - t->day_ms) / SLOT_MS;
    for (int s = 0; s < n && s < t->n; s++) t->cell[(size_t)s * DAY_SLOTS + (size_t)k] = span[s];
    return 0;
}

/* Reads a day's slots across and writes it down by series. */
static int turn_day(struct rollup *r, const struct db_ops *ops, struct db *d, int64_t day_ms, struct err *e)
{
    size_t cells = (size_t)r->n * DAY_SLOTS;
    struct turning t = {malloc(cells * sizeof *t.cell), r->n, day_ms};
    if (!t.cell) return err_set(e, "out of memory to close a day");
    for (size_t i = 0; i < cells; i++) t.cell[i] = (struct span){NAN, NAN, NAN};
    int bad = ops->slots(d, day_ms, day_ms + STORE_DAY_MS, turn_slot, &t, e);
    for (int s = 0; s < r->n && !bad; s++) {
        const struct span *row = t.cell + (size_t)s * DAY_SLOTS;
        int any = 0;
        for (int k = 0; k < DAY_SLOTS; k++) any |= !isnan(row[k].mean);
        if (any) bad = ops->day_put(d, s, day_ms, row, e);
    }
    free(t.cell);
    return bad;
}

static int close_slot(struct rollup *r, const struct db_ops *ops, struct db *d, int64_t next_ms, struct err *e)
{
    for (int s = 0; s < r->n; s++)
        r->span[s] = r->count[s] ? (struct span){(float)(r->sum[s] / r->count[s]), r->min[s], r->max[s]}
                                 : (struct span){NAN, NAN, NAN};
    if (ops->slot_put(d, r->slot_ms, r->span, r->n, e)) return -1;
    if (day_of(r->slot_ms) == day_of(next_ms)) return 0;
    if (turn_day(r, ops, d, day_of(r->slot_ms), e)) return -1;
    int64_t keep = r->keep_frames_ms > 2 * STORE_DAY_MS ? r->keep_frames_ms : 2 * STORE_DAY_MS;
    return ops->forget(d, r->slot_ms - r->keep_frames_ms, day_of(r->slot_ms) - keep, e);
}

int rollup_add(struct rollup *r, const struct db_ops *ops, struct db *d, int64_t at_ms, int n, const int32_t *id,
               const float *value, struct err *e)
{
    int64_t slot = slot_of(at_ms), last = r->slot_ms;
    if (slot != last) {
        int known = slot <= r->newest_ms;
        if (last != INT64_MIN && close_slot(r, ops, d, slot, e)) return -1;
        start_slot(r, slot);
        if (known && load_slot(r, ops, d, slot, e)) return -1;
    }
    return add_values(r, at_ms, n, id, 0, value);
}
