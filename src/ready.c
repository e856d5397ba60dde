/* See ready.h: the text in the data base, and who reads it. */
#include "ready.h"
#include "base/err.h"
#include "base/instant.h"
#include <stdlib.h>
#include <string.h>

const char READY_KEY[] = "ready";
enum { READY_BYTES_MAX = 4 << 20 };

char *ready_text(const json_t *homes, int64_t at_ms)
{
    json_t *j = json_copy((json_t *)(uintptr_t)homes);
    json_object_set_new(j, "at_ms", json_integer((json_int_t)at_ms));
    char *text = json_dumps(j, JSON_COMPACT);
    json_decref(j);
    return text;
}

static json_t *ready_read(struct chain *c)
{
    struct err ignored = {0};
    char *text = malloc(READY_BYTES_MAX);
    must(text, "out of memory for what the village says");
    long size = chain_blob(c, READY_KEY, text, READY_BYTES_MAX, &ignored);
    json_t *j = size > 0 ? json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    free(text);
    return j;
}

static int judge(const json_t *said, const char *home, int64_t now_ms, struct err *e)
{
    char at[40];
    const json_t *at_ms = json_object_get(said, "at_ms");
    const char *why = json_string_value(json_object_get(json_object_get(said, "homes"), home));
    int64_t age_ms = now_ms - (int64_t)json_integer_value(at_ms);
    if (!json_is_integer(at_ms))
        return err_set(e,
                       "no village runs on this data base, so nobody sees whether `%s` is ready: start it with "
                       "`kend run FILE --db`",
                       home);
    if (age_ms > READY_MINUTES * MS_MIN || age_ms < -MS_MIN)
        return err_set(e,
                       "the village on this data base was last seen %s, more than %d minutes from now: start it "
                       "with `kend run FILE --db`",
                       instant_format(at, sizeof at, NULL, now_ms - age_ms), READY_MINUTES);
    if (!why) return err_set(e, "the village that runs on this data base has no home `%s`", home);
    return *why ? err_set(e, "home before commissioning: the running village says of `%s`: %s", home, why) : 0;
}

int home_live(struct chain *c, const char *home, int64_t now_ms, struct err *e)
{
    json_t *said = ready_read(c);
    int bad = judge(said, home, now_ms, e);
    json_decref(said);
    return bad;
}
