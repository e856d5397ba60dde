/* What may be published of the vault: counts over all households, never a name, a pseudonym or a place. A count from 1 to 4 could point
 * at somebody and is left out; where only one count of a table would be left out, the others and the sum would tell it, so that the next
 * smallest goes too (primary and complementary suppression: Hundepool et al., Statistical Disclosure Control, Wiley 2012, chapter 4).
 * Not here: tables of two fields at once, and comparing two exports of different days, which can tell one household that came between. */
#include "base/err.h"
#include "store/vault_inside.h"
#include <string.h>

enum { WORDS_MAX = 12 };

static int smallest_shown(const int64_t *count, int n)
{
    int at = -1;
    for (int i = 0; i < n; i++)
        if (count[i] > 0 && (at < 0 || count[i] < count[at])) at = i;
    return at;
}

void counts_hide(int64_t *count, int n)
{
    int hidden = 0;
    for (int i = 0; i < n; i++)
        if (count[i] > 0 && count[i] < VAULT_PUBLIC_LEAST) {
            count[i] = -1;
            hidden++;
        }
    int next = hidden == 1 ? smallest_shown(count, n) : -1;
    if (next >= 0) count[next] = -1;
}

/* --- counts of one field of words --- */

struct tally {
    struct vault *v;
    struct err *e;
    int64_t households, said[WORDS_MAX];
    const struct vault_field *field;
    int bad;
};

static int word_index(const char *words, const char *word)
{
    size_t n = strlen(word);
    int i = 0;
    for (const char *at = words; *at; i++) {
        size_t len = strcspn(at, " ");
        if (len == n && !strncmp(at, word, n)) return i;
        at += len;
        at += strspn(at, " ");
    }
    return -1;
}

static void tally_word(struct tally *t, const json_t *w)
{
    int at = json_is_string(w) ? word_index(t->field->words, json_string_value(w)) : -1;
    if (at >= 0 && at < WORDS_MAX) t->said[at]++;
}

static int tally_row(void *self, const char *name, int64_t gone_ms)
{
    struct tally *t = self;
    struct house h;
    size_t i;
    const json_t *w;
    if (gone_ms) return 0;
    t->bad = house_read(t->v, name, &h, t->e);
    if (t->bad) return -1;
    const json_t *value =
        json_object_get(json_object_get(json_object_get(h.sheet, "fields"), t->field->key), "value");
    t->households++;
    if (json_is_array(value))
        json_array_foreach(value, i, w) tally_word(t, w);
    else
        tally_word(t, value);
    house_close(&h);
    return 0;
}

static json_t *field_counts(struct vault *v, const char *key, int64_t *households, struct err *e)
{
    struct tally t = {.v = v, .e = e, .field = vault_field_find(key)};
    char word[40];
    int n = 0;
    if (vault_names(v, tally_row, &t, e) || t.bad) return NULL;
    json_t *out = json_object();
    for (const char *c = t.field->words; *c; c++) n += *c == ' ';
    counts_hide(t.said, ++n);
    const char *at = t.field->words;
    for (int i = 0; i < n; i++) {
        size_t len = strcspn(at, " ");
        snprintf(word, sizeof word, "%.*s", (int)len, at);
        json_object_set_new(out, word, t.said[i] < 0 ? json_null() : json_integer(t.said[i]));
        at += len + (at[len] == ' ');
    }
    *households = t.households;
    return out;
}

json_t *vault_public(struct vault *v, struct err *e)
{
    static const char *const field[] = {"language", "home_needs", "farming"};
    json_t *out = json_object();
    int64_t n = 0;
    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        json_t *counts = field_counts(v, field[i], &n, e);
        if (!counts) return json_decref(out), NULL;
        json_object_set_new(out, field[i], counts);
    }
    counts_hide(&n, 1);
    json_object_set_new(out, "households", n < 0 ? json_null() : json_integer(n));
    json_object_set_new(out, "left_out_below", json_integer(VAULT_PUBLIC_LEAST));
    return out;
}
