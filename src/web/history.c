/* History for charts: an expression's value in each slot is its form applied to the stored slot means of its
 * members. A sum over two hundred homes and seven days is 134,000 rows; slots that are over are therefore kept in a
 * small table (least recently used goes first) and only new ones are read. The store's writer follows the clock by
 * a second or so, hence `settled_ms`. A slot is unknown (NAN) as soon as one member is. */
#include "web/history.h"
#include "base/err.h"
#include "store/store.h"
#include "web/expr.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 64 };
struct entry {
    char *text;
    struct expr expr;
    int64_t step_ms, from_ms;
    int n;
    double *value;
    unsigned long used;
};
struct history {
    struct store *store;
    const struct village *village;
    struct entry entry[ENTRIES_MAX];
    unsigned long clock;
};

struct history *history_create(struct store *store, const struct village *v)
{
    struct history *h = calloc(1, sizeof *h);
    if (h) h->store = store, h->village = v;
    return h;
}

static void entry_clear(struct entry *en)
{
    free(en->text);
    free(en->value);
    expr_free(&en->expr);
    memset(en, 0, sizeof *en);
}

void history_free(struct history *h)
{
    for (int i = 0; h && i < ENTRIES_MAX; i++) entry_clear(&h->entry[i]);
    free(h);
}

static struct entry *entry_of(struct history *h, const char *text, int64_t step_ms, struct err *e)
{
    struct entry *oldest = &h->entry[0];
    for (int i = 0; i < ENTRIES_MAX; i++) {
        struct entry *en = &h->entry[i];
        if (en->text && en->step_ms == step_ms && !strcmp(en->text, text)) {
            en->used = ++h->clock;
            return en;
        }
        if (en->used < oldest->used) oldest = en;
    }
    entry_clear(oldest);
    if (expr_parse(&oldest->expr, h->village, text, e)) return NULL;
    oldest->text = strdup(text);
    oldest->step_ms = step_ms;
    oldest->used = ++h->clock;
    return oldest;
}

/* All members in one pass over the store: a sum over 200 homes costs little more than one of them. */
static int read_slots(struct history *h, const struct entry *en, int64_t from_ms, int n, double *out, struct err *e)
{
    const struct expr *x = &en->expr;
    for (int t = 0; t < n; t++) out[t] = h->store ? expr_begin(x->form) : (double)NAN;
    if (!h->store || n == 0) return 0;
    int32_t *series = malloc(sizeof *series * (size_t)(x->n + 1));
    double *mean = malloc(sizeof *mean * (size_t)(x->n + 1) * (size_t)n);
    int bad = series && mean ? 0 : err_set(e, "out of memory for a chart");
    for (int i = 0; i < x->n && !bad; i++) series[i] = x->member[i].series;
    if (!bad) bad = store_series_many(h->store, x->n, series, from_ms, en->step_ms, n, mean, e);
    for (int i = 0; i < x->n && !bad; i++)
        for (int t = 0; t < n; t++) {
            double v = mean[(size_t)i * (size_t)n + (size_t)t];
            out[t] = isnan(v) ? (double)NAN : expr_add((enum expr_form)x->member[i].form, out[t], v);
        }
    for (int t = 0; t < n && !bad; t++) out[t] = x->n ? expr_end(x, out[t]) : 0;
    free(series);
    free(mean);
    return bad;
}

/* Makes the entry hold all finished slots of [from, until), joined to what it holds where they touch. */
static int extend(struct history *h, struct entry *en, int64_t from_ms, int n, struct err *e)
{
    int64_t held_until = en->from_ms + en->n * en->step_ms, until = from_ms + n * en->step_ms;
    if (en->value && from_ms >= en->from_ms && until <= held_until) return 0;
    int joins = en->value && from_ms >= en->from_ms && from_ms <= held_until;
    int64_t begin = joins ? en->from_ms : from_ms;
    int keep = joins ? en->n : 0, total = (int)((until - begin) / en->step_ms);
    if (total > HISTORY_SLOTS_MAX) begin = from_ms, keep = 0, total = n;
    double *grown = malloc(sizeof *grown * (size_t)(total ? total : 1));
    if (!grown) return err_set(e, "out of memory for a chart");
    if (keep) memcpy(grown, en->value, sizeof *grown * (size_t)keep);
    if (read_slots(h, en, begin + keep * en->step_ms, total - keep, grown + keep, e)) {
        free(grown);
        return -1;
    }
    free(en->value);
    en->value = grown;
    en->from_ms = begin;
    en->n = total;
    return 0;
}

int history_read(struct history *h, const char *expr, int64_t from_ms, int64_t step_ms, int n, int64_t settled_ms,
                 double *out, const char **key, struct err *e)
{
    if (step_ms <= 0 || n < 0 || n > HISTORY_SLOTS_MAX)
        return err_set(e, "at most %d slots at once", HISTORY_SLOTS_MAX);
    struct entry *en = entry_of(h, expr, step_ms, e);
    if (!en) return -1;
    if (key) *key = en->expr.key;
    int64_t over = (settled_ms - from_ms) / step_ms;
    int past = over < 0 ? 0 : over > n ? n : (int)over;
    if (past && extend(h, en, from_ms, past, e)) return -1;
    if (past) memcpy(out, en->value + (from_ms - en->from_ms) / step_ms, sizeof *out * (size_t)past);
    return read_slots(h, en, from_ms + past * step_ms, n - past, out + past, e);
}
