/* Expressions over series: see expr.h for the forms. Parsed once into a list of members; evaluated over a
 * snapshot's vectors, over a plan's slots or, member by member, over the store. Kept this small on purpose: a
 * reader must be able to recompute any number of the page by hand. Left out: arithmetic between different
 * quantities. */
#include "web/expr.h"
#include "base/err.h"
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPR_TEXT_MAX = 400, EXPR_MEMBERS_MAX = 20000 };
static const struct {
    const char *name;
    double begin;
} form_table[EXPR_FORMS] = {
    [EXPR_ONE] = {"", 0},           [EXPR_SUM] = {"sum", 0},         [EXPR_MINUS] = {"minus", 0},
    [EXPR_POS] = {"pos", 0},        [EXPR_NEG] = {"neg", 0},         [EXPR_MEAN] = {"mean", 0},
    [EXPR_MIN] = {"min", HUGE_VAL}, [EXPR_MAX] = {"max", -HUGE_VAL},
};
static const struct {
    const char *name;
    char kind;
} kind_table[] = {{"x", 'x'}, {"meas", 'm'}, {"cmd", 'c'}, {"exo", 'e'}, {"flow", 'f'}};

struct selection {
    char assets[96], profile[64], key[64];
    char kind;
    int by_class, without;
};

static int split(struct selection *s, const char *text, size_t len, struct err *e)
{
    char all[256];
    memset(s, 0, sizeof *s);
    if (len == 0 || len >= sizeof all)
        return err_set(e, "a series is ASSET.KIND.KEY, for example home-017.meas.temp_degC");
    memcpy(all, text, len);
    all[len] = 0;
    char *key = strrchr(all, '.'), *kind = NULL;
    if (key) *key++ = 0, kind = strrchr(all, '.');
    if (!kind) return err_set(e, "`%.*s`: a series is ASSET.KIND.KEY", (int)len, text);
    *kind++ = 0;
    for (size_t i = 0; i < sizeof kind_table / sizeof *kind_table; i++)
        if (!strcmp(kind, kind_table[i].name)) s->kind = kind_table[i].kind;
    if (!s->kind) return err_set(e, "`%s`: the kinds are x, meas, cmd, exo and flow", kind);
    s->by_class = all[0] == '@';
    char *who = all + s->by_class, *profile = strchr(who, '/');
    if (profile) {
        *profile++ = 0;
        s->without = *profile == '!';
        snprintf(s->profile, sizeof s->profile, "%.63s", profile + s->without);
    }
    if (strlen(who) >= sizeof s->assets) return err_set(e, "`%s`: too long", who);
    snprintf(s->assets, sizeof s->assets, "%.95s", who);
    snprintf(s->key, sizeof s->key, "%.63s", key);
    return 0;
}

static int matches(const struct selection *s, const struct asset *a)
{
    const char *profile = a->profile ? a->profile : "";
    if (s->by_class ? strcmp(s->assets, a->cls->name) != 0 : fnmatch(s->assets, a->id, 0) != 0) return 0;
    return !s->profile[0] || (strcmp(s->profile, profile) != 0) == s->without;
}

struct run {
    int32_t first, n;
};

static struct run run_of(const struct asset *a, char kind)
{
    switch (kind) {
    case 'x': return (struct run){a->x, a->cls->state.n};
    case 'm': return (struct run){a->meas, a->cls->meas.n};
    case 'c': return (struct run){a->cmd, a->cls->cmd.n};
    case 'e': return (struct run){a->exo, a->cls->exo.n};
    default: return (struct run){a->flow, a->cls->n_port};
    }
}

static int take(struct expr *x, const struct village *v, const struct selection *s, int *assets)
{
    for (int32_t a = 0; a < v->n_asset; a++) {
        if (!matches(s, &v->asset[a])) continue;
        ++*assets;
        struct run run = run_of(&v->asset[a], s->kind);
        for (int32_t i = 0; i < run.n; i++) {
            int32_t id = village_series_base(v, s->kind) + run.first + i;
            if (strcmp(village_series_key(v, id), s->key) || x->n == EXPR_MEMBERS_MAX) continue;
            struct expr_member *grown = realloc(x->member, sizeof *grown * (size_t)(x->n + 1));
            if (!grown) return -1;
            x->member = grown;
            x->member[x->n++] = (struct expr_member){id, a, run.first + i, s->kind, (uint8_t)x->form};
            x->key = village_series_key(v, id);
        }
    }
    return 0;
}

static int take_all(struct expr *x, const struct village *v, const char *list, size_t len, struct err *e)
{
    for (const char *p = list; p <= list + len;) {
        const char *comma = memchr(p, ',', (size_t)(list + len - p));
        size_t n = comma ? (size_t)(comma - p) : (size_t)(list + len - p);
        struct selection s;
        int assets = 0, before = x->n;
        if (split(&s, p, n, e) || take(x, v, &s, &assets)) return -1;
        if (x->n == before && (assets > 0 || !s.by_class))
            return err_set(e, "`%.*s`: no such series in this village", (int)n, p);
        p += n + 1;
    }
    return 0;
}

static enum expr_form form_of(const char *text, size_t len, const char *open, struct err *e)
{
    for (int f = EXPR_SUM; open && f < EXPR_FORMS; f++) {
        size_t n = strlen(form_table[f].name);
        if (n == (size_t)(open - text) && !strncmp(text, form_table[f].name, n) && text[len - 1] == ')')
            return (enum expr_form)f;
    }
    err_set(e, "`%.*s`: the forms are sum() minus() pos() neg() mean() min() max()", (int)len, text);
    return EXPR_FORMS;
}

/* One term: a form around selections, or a single series. */
static int parse_term(struct expr *x, const struct village *v, const char *text, size_t len, struct err *e)
{
    const char *open = memchr(text, '(', len);
    int before = x->n;
    x->form = open ? form_of(text, len, open, e) : EXPR_ONE;
    if (x->form == EXPR_FORMS) return -1;
    if (open) return take_all(x, v, open + 1, (size_t)(text + len - open) - 2, e);
    if (take_all(x, v, text, len, e)) return -1;
    if (x->n != before + 1)
        return err_set(e, "`%.*s` names several series: write sum(..) or another form around it", (int)len, text);
    return 0;
}

static int alone_only(enum expr_form f) { return f == EXPR_MEAN || f == EXPR_MIN || f == EXPR_MAX; }

int expr_parse(struct expr *x, const struct village *v, const char *text, struct err *e)
{
    *x = (struct expr){.key = ""};
    int alone = 0, bad = strlen(text) > EXPR_TEXT_MAX ? err_set(e, "the expression is too long") : 0;
    while (!bad) {
        const char *plus = strstr(text, " + ");
        bad = parse_term(x, v, text, plus ? (size_t)(plus - text) : strlen(text), e);
        x->terms++;
        alone |= !bad && alone_only(x->form);
        if (!plus) break;
        text = plus + 3;
    }
    if (!bad && alone && x->terms > 1) bad = err_set(e, "mean(), min() and max() stand alone");
    if (bad) expr_free(x);
    return bad;
}

void expr_free(struct expr *x)
{
    free(x->member);
    x->member = NULL;
    x->n = 0;
}

double vectors_get(const struct vectors *v, const struct expr_member *m)
{
    const double *from = m->kind == 'x'   ? v->x
                         : m->kind == 'm' ? v->meas
                         : m->kind == 'c' ? v->cmd
                         : m->kind == 'e' ? v->exo
                                          : v->flow;
    return from ? from[m->index] : (double)NAN;
}

double expr_begin(enum expr_form form) { return form_table[form].begin; }

double expr_add(enum expr_form form, double acc, double value)
{
    if (isnan(value) || isnan(acc)) return (double)NAN;
    switch (form) {
    case EXPR_MINUS: return acc - value;
    case EXPR_POS: return acc + (value > 0 ? value : 0);
    case EXPR_NEG: return acc - (value < 0 ? value : 0);
    case EXPR_MIN: return value < acc ? value : acc;
    case EXPR_MAX: return value > acc ? value : acc;
    default: return acc + value;
    }
}

double expr_end(const struct expr *x, double acc)
{
    if (x->form == EXPR_MEAN || x->form == EXPR_MIN || x->form == EXPR_MAX) {
        if (x->n == 0) return (double)NAN;
    }
    return x->form == EXPR_MEAN ? acc / x->n : acc == 0 ? 0 : acc;
}

double expr_value(const struct expr *x, const struct vectors *v)
{
    double acc = expr_begin(x->form);
    for (int i = 0; i < x->n; i++)
        acc = expr_add((enum expr_form)x->member[i].form, acc, vectors_get(v, &x->member[i]));
    return expr_end(x, acc);
}
