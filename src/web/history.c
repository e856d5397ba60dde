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

static int read_member(struct history *h, const struct entry *en, const struct expr_member *m, int64_t from_ms,
                       int n, struct store_row *row, double *acc, struct err *e)
{
    long got = store_series(h->store, m->series, from_ms, from_ms + n * en->step_ms, en->step_ms, row, n, e);
    if (got < 0) return -1;
    int at = 0;
    for (long r = 0; r < got; r++) {
        int64_t slot = (row[r].at_ms - from_ms) / en->step_ms;
        if (slot < at || slot >= n) continue;
        while (at < slot) acc[at++] = NAN;
        acc[at] = expr_add((enum expr_form)m->form, acc[at], row[r].mean);
        at++;
    }
    while (at < n) acc[at++] = NAN;
    return 0;
}

static int read_slots(struct history *h, const struct entry *en, int64_t from_ms, int n, double *out, struct err *e)
{
    for (int t = 0; t < n; t++) out[t] = h->store ? expr_begin(en->expr.form) : (double)NAN;
    if (!h->store || n == 0) return 0;
    struct store_row *row = malloc(sizeof *row * (size_t)n);
    if (!row) return err_set(e, "out of memory for a chart");
    int bad = 0;
    for (int i = 0; i < en->expr.n && !bad; i++)
        bad = read_member(h, en, &en->expr.member[i], from_ms, n, row, out, e);
    free(row);
    for (int t = 0; t < n; t++) out[t] = en->expr.n ? expr_end(&en->expr, out[t]) : 0;
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
