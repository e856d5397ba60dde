/* One family, one household: a document of the register of the displaced stands behind one household only, or a family that
 * registers in two offices would stand in a draw twice and get two homes. Compared are letters and digits, whatever stands between them
 * and in whichever capitals, as a digest, and only in memory: what would find two households by a number is nowhere kept. Left out: a family that gives
 * two documents, or none; that is for who decides on it. */
#include "base/err.h"
#include "store/vault_inside.h"
#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { DIGEST = 16, TEXT = 64 };
struct document {
    unsigned char digest[DIGEST];
    char name[VAULT_NAME];
    uint32_t next; /* 1 + row of the same head */
};

/* 0: it gives none. */
static int digest_of(const json_t *data, unsigned char out[DIGEST])
{
    const char *text = json_string_value(json_object_get(data, "document"));
    unsigned char word[TEXT];
    size_t n = 0;
    for (; text && *text && n < sizeof word; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 128 || isalnum(c)) word[n++] = (unsigned char)toupper(c);
    }
    if (n) crypto_generichash(out, DIGEST, word, n, NULL, 0);
    sodium_memzero(word, sizeof word);
    return n != 0;
}

int document_note(struct documents *d, const char *name, const json_t *data, struct err *e)
{
    struct document new;
    if (!digest_of(data, new.digest)) return 0;
    uint32_t *head = &d->head[(new.digest[0] | new.digest[1] << 8) % DOCUMENT_HEADS];
    for (uint32_t i = *head; i; i = d->row[i - 1].next)
        if (!memcmp(d->row[i - 1].digest, new.digest, DIGEST) && strcmp(d->row[i - 1].name, name) != 0) {
            snprintf(d->found, sizeof d->found, "%s", d->row[i - 1].name);
            return err_set(e, "document: household %s has it already; one family is one household", d->found);
        }
    if (d->n == d->room) {
        d->room = d->room ? 2 * d->room : 64;
        d->row = realloc(d->row, d->room * sizeof *d->row);
        must(d->row, "out of memory for %zu documents", d->room);
    }
    snprintf(new.name, sizeof new.name, "%s", name);
    new.next = *head;
    d->row[d->n++] = new;
    *head = (uint32_t)d->n;
    return 0;
}

struct reading {
    struct vault *v;
    struct documents *to;
    struct err *e;
    int bad;
};

static int read_row(void *self, const char *name, int64_t gone_ms)
{
    struct reading *r = self;
    struct house h;
    if (gone_ms) return 0;
    r->bad = house_read(r->v, name, &h, r->e);
    if (r->bad) return r->bad;
    json_t *row = json_object_get(json_object_get(h.sheet, "fields"), "document");
    json_t *data = json_pack("{s:O?}", "document", json_object_get(row, "value"));
    document_note(r->to, name, data, NULL); /* two of before this rule stay as they are */
    json_decref(data);
    house_close(&h);
    return 0;
}

int documents_read(struct vault *v, struct documents *d, struct err *e)
{
    struct reading r = {v, d, e, 0};
    int bad = vault_names(v, read_row, &r, e) || r.bad;
    d->found[0] = 0;
    return bad ? -1 : 0;
}

void documents_free(struct documents *d)
{
    if (d->row) sodium_memzero(d->row, d->n * sizeof *d->row);
    free(d->row);
    *d = (struct documents){0};
}
