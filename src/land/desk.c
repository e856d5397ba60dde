/* See desk.h. A record is checked by taking it into the fold, then stored; should the store fail, or somebody have
 * written in between, the fold is made anew from what is stored: what is in memory is never more than what is on disk. Nor less than was
 * there once: a chain that has lost what was read of it (its end cut, a record replaced behind the triggers) adds nothing to the fold
 * and takes nothing from it, for what its last records closed must stay closed. */
#include "land/desk.h"
#include "base/err.h"
#include "base/instant.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 8, AHEAD_MS = 5 * MS_MIN };

static int is_other(const struct desk *d, const struct record *r)
{
    return d->also && !strncmp(r->kind, d->also->prefix, strlen(d->also->prefix));
}

/* Only one of the two folds may refuse a record, the one whose kind it is, and it is asked first; what the other asks too (chain,
 * date) the first has asked. So a refusal leaves both unchanged. */
static int both_take(struct desk *d, const struct record *r, struct err *e)
{
    if (is_other(d, r)) return d->also->take(d->also->self, r, e) || land_take(d->land, r, e) ? -1 : 0;
    if (land_take(d->land, r, e)) return -1;
    return d->also ? d->also->take(d->also->self, r, e) : 0;
}

static int take(void *desk, const struct record *r, struct err *e)
{
    struct err why = {0};
    const struct desk *mine = desk;
    if (r->seq == mine->known.seq && memcmp(r->hash, mine->known.hash, HASH_BYTES) != 0)
        return err_set(e, "record no. %lld was rewritten", (long long)r->seq);
    if (!both_take(desk, r, &why)) return 0;
    return err_set(e, "record no. %lld: %s", (long long)r->seq, why.text);
}

/* Does the chain still hold all that was read of it? */
static int still_holds(struct desk *d, struct err *e)
{
    struct chain_head last;
    if (chain_head(d->chain, &last, e)) return -1;
    int same = last.seq != d->known.seq || !memcmp(last.hash, d->known.hash, HASH_BYTES);
    if (last.seq >= d->known.seq && same) return 0;
    return err_set(
        e,
        "record no. %lld was %s while the chain was in use: nothing is added before it is brought back from a copy",
        (long long)d->known.seq, same ? "cut" : "rewritten");
}

static int read_on(struct desk *d, struct err *e)
{
    struct chain_head at = d->land->head;
    if (chain_walk(d->chain, &at, take, d, e)) return -1;
    d->known = d->land->head;
    return 0;
}

/* An empty land, beside the one that was; the other fold lets go of that. */
static int begin(struct desk *d, struct err *e)
{
    if (d->also) d->also->forget(d->also->self);
    d->land = land_open(e);
    return d->land ? 0 : -1;
}

/* What was known stays where the chain cannot be read anew; the other fold begins empty then. */
static int fold_again(struct desk *d, struct err *e)
{
    struct land *was = d->land;
    d->stale = 1;
    if (still_holds(d, e)) return -1;
    d->stale = begin(d, e) || read_on(d, e);
    if (!d->stale) return land_close(was), 0;
    if (d->also) d->also->forget(d->also->self);
    land_close(d->land);
    d->land = was;
    return -1;
}

int desk_refresh(struct desk *d, struct err *e)
{
    if (!d->chain) return 0;
    if (d->stale) return fold_again(d, e);
    return still_holds(d, e) ? -1 : read_on(d, e);
}

int desk_open_also(struct desk *d, const char *path, const char *vfs, const struct desk_also *also, struct err *e)
{
    *d = (struct desk){.also = also};
    snprintf(d->path, sizeof d->path, "%s", path);
    d->chain = chain_open(path, vfs, e);
    if (d->chain && !fold_again(d, e)) return 0;
    desk_close(d);
    return -1;
}

int desk_open(struct desk *d, const char *path, const char *vfs, struct err *e)
{
    return desk_open_also(d, path, vfs, NULL, e);
}

int desk_open_export(struct desk *d, const char *path, const struct desk_also *also, struct err *e)
{
    struct chain_head at = {0};
    *d = (struct desk){.also = also};
    snprintf(d->path, sizeof d->path, "%s", path);
    FILE *f = fopen(path, "r");
    if (!f) return err_set(e, "%s: %s", path, strerror(errno));
    int bad = begin(d, e) || chain_walk_file(f, path, &at, take, d, e);
    fclose(f);
    if (bad) desk_close(d);
    return bad ? -1 : 0;
}

void desk_close(struct desk *d)
{
    chain_close(d->chain);
    if (d->also) d->also->forget(d->also->self);
    land_close(d->land);
    d->chain = NULL;
    d->land = NULL;
}

static int admit(struct desk *d, struct record *r, int64_t *seq, struct err *e)
{
    if (desk_refresh(d, e)) return -1;
    struct chain_head before = d->land->head;
    r->seq = before.seq + 1;
    record_hash(before.hash, r, r->hash);
    if (both_take(d, r, e)) return -1;
    int bad = d->also && d->also->admit && is_other(d, r) ? d->also->admit(d->also->self, r, e) : 0;
    if (!bad) bad = chain_append(d->chain, &before, r, e);
    if (!bad) d->known = d->land->head;
    if (!bad && seq) *seq = r->seq;
    if (bad) {
        struct err ignored = {0};
        if (fold_again(d, &ignored)) return err_set(e, "%s", ignored.text);
    }
    return bad;
}

int desk_take(struct desk *d, const char *body, size_t size, const unsigned char *signature, int64_t *seq,
              struct err *e)
{
    struct record r;
    if (!d->chain) return err_set(e, "this is an export: nothing can be added");
    int64_t same = chain_find(d->chain, body, size);
    if (same) return err_set(e, "replayed: this very record is already no. %lld", (long long)same);
    if (record_read(&r, body, size, signature, e)) return -1;
    if (!is_other(d, &r) && strncmp(r.kind, "land.", 5) != 0 && strncmp(r.kind, "people.", 7) != 0) {
        err_set(e, "no kind of record `%.40s` that can be checked here", r.kind);
        record_free(&r);
        return -1;
    }
    int bad = r.at_ms > instant_now_ms() + AHEAD_MS
                  ? err_set(e, "dated in the future: set the clock of the device that signs")
                  : 1;
    for (int i = 0; bad == 1 && i < TRIES; i++) bad = admit(d, &r, seq, e);
    record_free(&r);
    return bad > 0 ? err_set(e, "too many are writing at the same time; try again") : bad;
}

int desk_sign(struct desk *d, const struct key *k, const char *kind, const char *of, int64_t rev, int64_t at_ms,
              const json_t *data, int64_t *seq, struct err *e)
{
    unsigned char signature[SIGNATURE_BYTES];
    int at = land_area(d->land, of);
    if (rev < 0) rev = at >= 0 ? d->land->area[at].rev : 0;
    struct draft draft = {d->land->people.chain, kind, of, rev, at_ms, data};
    char *body = record_draft(&draft, k, signature);
    if (!body) return err_set(e, "the record could not be written down");
    int bad = desk_take(d, body, strlen(body), signature, seq, e);
    free(body);
    return bad;
}

struct adoption {
    struct desk *desk;
    long n;
};

static int adopt(void *self, const struct record *r, struct err *e)
{
    struct adoption *a = self;
    if (desk_take(a->desk, r->body, r->size, r->signature, NULL, e)) return -1;
    a->n++;
    return 0;
}

long desk_adopt(struct desk *d, const char *path, struct err *e)
{
    struct chain_head at = {0};
    struct adoption a = {d, 0};
    FILE *f = fopen(path, "r");
    if (!f) return err_set(e, "%s: %s", path, strerror(errno));
    int bad =
        d->land->head.seq ? err_set(e, "the chain is not empty") : chain_walk_file(f, path, &at, adopt, &a, e);
    fclose(f);
    return bad ? -1 : a.n;
}
