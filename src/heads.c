/* See heads.h. All lines are asked for, not only the last: a program that once went on from a cut chain has noted its shorter heads after
 * the longer ones. A line that a power loss left half-written names no head and is passed over, with a warning. */
#include "heads.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/log.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES_MAX = 1 << 20 };
struct head_line {
    int64_t seq;
    char hash[2 * HASH_BYTES + 1], at[40];
    int line, found;
};
struct heads {
    struct head_line *row;
    int n, room;
    char path[600];
};

static const char *heads_path(const char *db, char *path, size_t size)
{
    snprintf(path, size, "%s-heads", db);
    return path;
}

static void line_keep(struct heads *h, const char *text, int line)
{
    struct head_line k = {.line = line};
    long long seq;
    if (sscanf(text, "%39s %lld %64s", k.at, &seq, k.hash) != 3 || seq < 1 || strlen(k.hash) != 2 * HASH_BYTES) {
        log_line(LOG_WARNING, "%s:%d: no head is to be read there", h->path, line);
        return;
    }
    k.seq = seq;
    if (h->n == h->room) {
        h->room = h->room ? 2 * h->room : 64;
        h->row = realloc(h->row, (size_t)h->room * sizeof *h->row);
        must(h->row, "out of memory for %d heads", h->room);
    }
    h->row[h->n++] = k;
}

static int heads_read(struct heads *h, struct err *e)
{
    char text[200];
    FILE *f = fopen(h->path, "r");
    if (!f) return errno == ENOENT ? 0 : err_set(e, "%s: %s", h->path, strerror(errno));
    for (int line = 1; line <= LINES_MAX && fgets(text, sizeof text, f); line++) line_keep(h, text, line);
    int bad = ferror(f);
    fclose(f);
    return bad ? err_set(e, "%s: could not be read", h->path) : 0;
}

static int by_seq(const void *a, const void *b)
{
    const struct head_line *p = a, *q = b;
    return (p->seq > q->seq) - (p->seq < q->seq);
}

struct search {
    struct heads *h;
    int next;
};

static int compare(void *self, const struct record *r, struct err *e)
{
    struct search *s = self;
    char hex[2 * HASH_BYTES + 1];
    (void)e;
    hex_write(hex, r->hash, HASH_BYTES);
    for (; s->next < s->h->n && s->h->row[s->next].seq <= r->seq; s->next++)
        s->h->row[s->next].found = !strcmp(s->h->row[s->next].hash, hex);
    return 0;
}

/* The first that is missing, in the order of the file. */
static int missing(const struct heads *h, const char *db, int64_t last, struct err *e)
{
    const struct head_line *first = NULL;
    for (int i = 0; i < h->n; i++)
        if (!h->row[i].found && (!first || h->row[i].line < first->line)) first = &h->row[i];
    if (!first) return 0;
    err_at(e, h->path, first->line, 1, "-");
    return err_set(
        e,
        "record no. %lld as noted on %s is not in %s, which has %lld: it was cut, rewritten, or is another "
        "chain; bring it back from a copy that has it, or move this file away when people agree to go on "
        "without",
        (long long)first->seq, first->at, db, (long long)last);
}

int heads_check(struct chain *c, const char *db, struct err *e)
{
    struct heads h = {0};
    struct search s = {&h, 0};
    struct chain_head at = {0};
    heads_path(db, h.path, sizeof h.path);
    int bad = !strcmp(db, ":memory:") ? 0 : heads_read(&h, e);
    if (!bad && h.n) {
        qsort(h.row, (size_t)h.n, sizeof *h.row, by_seq);
        bad = chain_walk(c, &at, compare, &s, e) || missing(&h, db, at.seq, e) ? -1 : 0;
    }
    free(h.row);
    return bad;
}

int64_t heads_fewest(const char *db, int64_t since_ms)
{
    struct heads h = {0};
    struct err ignored = {0};
    int64_t fewest = INT64_MAX, at_ms;
    heads_path(db, h.path, sizeof h.path);
    if (strcmp(db, ":memory:") != 0) heads_read(&h, &ignored);
    for (int i = 0; i < h.n; i++)
        if (!instant_parse(h.row[i].at, NULL, &at_ms, NULL) && at_ms >= since_ms && h.row[i].seq < fewest)
            fewest = h.row[i].seq;
    free(h.row);
    return fewest;
}

int heads_note(const char *db, const struct chain_head *head, int64_t at_ms)
{
    char path[600], at[40], hex[2 * HASH_BYTES + 1];
    FILE *f = fopen(heads_path(db, path, sizeof path), "a");
    if (!f) return log_line(LOG_WARNING, "%s: %s", path, strerror(errno)), -1;
    fprintf(f, "%s %lld %s\n", instant_format(at, sizeof at, NULL, at_ms), (long long)head->seq,
            hex_write(hex, head->hash, HASH_BYTES));
    int bad = fflush(f) || fsync(fileno(f));
    if (fclose(f) || bad) return log_line(LOG_WARNING, "%s could not be written", path), -1;
    return 0;
}
