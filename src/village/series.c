/* Series: one number over time, named "asset.kind.key". Ids are dense (x, meas, cmd, exo, flow), so that a store or
 * a page may use them as array indices; assets own consecutive runs, so that an id finds its asset by bisection. */
#include "base/err.h"
#include "village/index.h"
#include "village/village.h"
#include <stdio.h>
#include <string.h>

enum { KINDS = 5 };
static const char kind_letter[KINDS] = {'x', 'm', 'c', 'e', 'f'};
static const char *const kind_word[KINDS] = {"x", "meas", "cmd", "exo", "flow"};

static int32_t kind_count(const struct village *v, int kind)
{
    const int n[KINDS] = {v->n_x, v->n_meas, v->n_cmd, v->n_exo, v->n_flow};
    return n[kind];
}

static int32_t run_start(const struct asset *a, int kind)
{
    const int32_t at[KINDS] = {a->x, a->meas, a->cmd, a->exo, a->flow};
    return at[kind];
}

static const struct field_set *kind_fields(const struct asset_class *c, int kind)
{
    const struct field_set *const set[KINDS] = {&c->state, &c->meas, &c->cmd, &c->exo, NULL};
    return set[kind];
}

static int32_t kind_base(const struct village *v, int kind)
{
    int32_t base = 0;
    for (int k = 0; k < kind; k++) base += kind_count(v, k);
    return base;
}

int32_t village_series_base(const struct village *v, char kind)
{
    for (int k = 0; k < KINDS; k++)
        if (kind_letter[k] == kind) return kind_base(v, k);
    must(0, "no series kind '%c'", kind);
}

int32_t village_n_series(const struct village *v) { return kind_base(v, KINDS); }

/* The last asset whose run starts at or before i: runs of no length lie before the run that owns their start. */
static const struct asset *run_owner(const struct village *v, int kind, int32_t i)
{
    int32_t lo = 0, hi = v->n_asset - 1;
    while (lo < hi) {
        int32_t mid = lo + (hi - lo + 1) / 2;
        if (run_start(&v->asset[mid], kind) <= i)
            lo = mid;
        else
            hi = mid - 1;
    }
    return &v->asset[lo];
}

static const struct asset *series_find(const struct village *v, int32_t id, int *kind, int32_t *offset)
{
    must(id >= 0 && id < village_n_series(v), "series %d of %d", (int)id, (int)village_n_series(v));
    int k = 0;
    while (id >= kind_count(v, k)) id -= kind_count(v, k++);
    const struct asset *a = run_owner(v, k, id);
    *kind = k;
    *offset = id - run_start(a, k);
    return a;
}

static const char *key_of(const struct village *v, const struct asset *a, int kind, int32_t offset)
{
    const struct field_set *set = kind_fields(a->cls, kind);
    return set ? set->row[offset].key : index_flow_key(v->index, a->index, offset);
}

const char *village_series_key(const struct village *v, int32_t id)
{
    int kind;
    int32_t offset;
    const struct asset *a = series_find(v, id, &kind, &offset);
    return key_of(v, a, kind, offset);
}

char *village_series_name(const struct village *v, int32_t id, char *buf, size_t size)
{
    int kind;
    int32_t offset;
    const struct asset *a = series_find(v, id, &kind, &offset);
    snprintf(buf, size, "%s.%s.%s", a->id, kind_word[kind], key_of(v, a, kind, offset));
    return buf;
}

static int32_t series_in_asset(const struct village *v, const struct asset *a, int kind, const char *key)
{
    const struct field_set *set = kind_fields(a->cls, kind);
    int n = set ? set->n : a->cls->n_port;
    for (int i = 0; i < n; i++)
        if (strcmp(key_of(v, a, kind, i), key) == 0) return kind_base(v, kind) + run_start(a, kind) + i;
    return -1;
}

int32_t village_series(const struct village *v, const char *name)
{
    char id[128];
    const char *dot = strchr(name, '.'), *second = dot ? strchr(dot + 1, '.') : NULL;
    if (!second || (size_t)(dot - name) >= sizeof id) return -1;
    memcpy(id, name, (size_t)(dot - name));
    id[dot - name] = 0;
    int32_t a = village_asset(v, id);
    if (a < 0) return -1;
    size_t n = (size_t)(second - dot - 1);
    for (int k = 0; k < KINDS; k++)
        if (strlen(kind_word[k]) == n && memcmp(kind_word[k], dot + 1, n) == 0)
            return series_in_asset(v, &v->asset[a], k, second + 1);
    return -1;
}
