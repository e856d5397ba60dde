/* Any bytes as a list of entries and homes (JSON, CSV) and as the result of a draw: an error with a text of one line, or a list that makes a
 * draw which verifies; no crash, and a changed result is never called right. */
#include "base/err.h"
#include "households/draw.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void told(const struct err *e) { must(e->text[0] && !strchr(e->text, '\n'), "\"%s\"", e->text); }

/* What was read makes a commitment, a draw and a result that verifies. */
static void goes_through(const struct pool *p)
{
    struct err e = {0};
    struct draw_terms t = {.name = "any", .seed_source = "any", .committed_ms = 1000, .seed_after_ms = 2000};
    struct draw_seed s = {.text = "public-text", .at_ms = 2000};
    json_t *c = draw_commit(p, &t, &e), *r = c ? draw_make(c, &s, &e) : NULL;
    must(r && !draw_verify(r, NULL, &e), "%s", e.text);
    json_decref(c);
    json_decref(r);
}

static void as_list(const uint8_t *data, size_t size, const char *end)
{
    struct pool p;
    struct err e = {0};
    char path[64];
    snprintf(path, sizeof path, "/tmp/kend-draw-%ld%s", (long)getpid(), end);
    FILE *f = fopen(path, "wb");
    if (!f) return;
    must(fwrite(data, 1, size, f) == size, "%s cannot be written", path);
    fclose(f);
    pool_read(&p, path, &e) ? told(&e) : goes_through(&p);
    pool_free(&p);
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static json_t *right; /* the first result that verified: the corpus's own */
    struct err e = {0};
    as_list(data, size, ".csv");
    as_list(data, size, ".json");
    json_t *j = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    if (j && draw_verify(j, NULL, &e))
        told(&e);
    else if (j && !right)
        right = json_incref(j);
    else if (j)
        must(json_equal(j, right), "a changed result was called right");
    json_decref(j);
    return 0;
}
