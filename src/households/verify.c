/* A stranger's check of a result: everything is made again from commitment, secret and seed in the file, and compared with what the file
 * says, in the order in which it was drawn; the first difference is told by its place. Left out: whether the commitment was really
 * published in time and the seed is really the text of its source; both are outside the file, so they are printed for the reader to compare. */
#include "base/err.h"
#include "base/instant.h"
#include "households/draw.h"
#include <stdlib.h>
#include <string.h>

/* Longest path: `placed[4999].entry`. */
static int differ(const json_t *file, const json_t *again, const char *where, struct err *e)
{
    char *a = file ? json_dumps(file, JSON_ENCODE_ANY | JSON_COMPACT) : NULL,
         *b = again ? json_dumps(again, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    err_set(e,
            "first difference at %s: the file says %.120s, the draw made again says %.120s; this is not the result "
            "of that seed and list",
            where, a ? a : "nothing", b ? b : "nothing");
    free(a);
    free(b);
    return -1;
}

static int object_same(const json_t *file, const json_t *again, const char *where, struct err *e)
{
    const char *key;
    json_t *v;
    char path[96];
    if (!json_is_object(file) || !json_is_object(again))
        return json_equal(file, again) ? 0 : differ(file, again, where, e);
    json_object_foreach((json_t *)(uintptr_t)again, key, v)
    {
        snprintf(path, sizeof path, "%s.%.24s", where, key);
        if (!json_equal(json_object_get(file, key), v)) return differ(json_object_get(file, key), v, path, e);
    }
    json_object_foreach((json_t *)(uintptr_t)file, key, v)
    {
        snprintf(path, sizeof path, "%s.%.24s", where, key);
        if (!json_object_get(again, key)) return differ(v, NULL, path, e);
    }
    return 0;
}

static int list_same(const json_t *file, const json_t *again, const char *name, struct err *e)
{
    size_t n = json_array_size(file), m = json_array_size(again);
    char path[64];
    if (!json_is_array(file)) return differ(file, again, name, e);
    for (size_t i = 0; i < (n > m ? n : m); i++) {
        snprintf(path, sizeof path, "%s[%zu]", name, i + 1);
        const json_t *x = json_array_get(file, i), *y = json_array_get(again, i);
        if (!x || !y) return differ(x, y, path, e);
        if (object_same(x, y, path, e)) return -1;
    }
    return 0;
}

static int result_same(const json_t *file, const json_t *again, struct err *e)
{
    static const char *const list[] = {"drawn_tickets", "drawn_homes", "placed", "reserve"};
    if (!json_equal(json_object_get(file, "seed_sha256"), json_object_get(again, "seed_sha256")))
        return differ(json_object_get(file, "seed_sha256"), json_object_get(again, "seed_sha256"), "seed_sha256",
                      e);
    for (int i = 0; i < 4; i++)
        if (list_same(json_object_get(file, list[i]), json_object_get(again, list[i]), list[i], e)) return -1;
    return object_same(file, again, "file", e);
}

static int outside_same(const json_t *commitment, const unsigned char *outside, struct err *e)
{
    unsigned char hash[HASH_BYTES];
    const char *hex = json_string_value(json_object_get(commitment, "commitment"));
    if (!outside || (hex && !hex_read(hex, hash, HASH_BYTES) && !memcmp(hash, outside, HASH_BYTES))) return 0;
    return err_set(e,
                   "the commitment in the file, %.64s, is not the one published before the seed: this draw was "
                   "made on another list or other terms",
                   hex && !hex_read(hex, hash, HASH_BYTES) ? hex : "(none)");
}

int draw_verify(const json_t *file, const unsigned char *outside, struct err *e)
{
    const json_t *commitment = json_object_get(file, "commitment");
    const char *format = json_string_value(json_object_get(file, "format")),
               *secret = json_string_value(json_object_get(file, "secret")),
               *at = json_string_value(json_object_get(file, "seed_at"));
    struct draw_seed s = {.text = json_string_value(json_object_get(file, "seed"))};
    if (!format || strncmp(format, "kend draw result 1", 19) != 0)
        return err_set(e, "no result of a draw (`format`): give the file that `kend draw` wrote");
    if (!json_is_object(commitment))
        return err_set(e, "the result holds no commitment: nothing shows that the list was fixed before the seed");
    if (outside_same(commitment, outside, e)) return -1;
    if (!secret || hex_read(secret, s.secret, HASH_BYTES))
        return err_set(e, "`secret` is not 64 hex digits: the sealed half of the seed must be shown");
    if (!s.text) return err_set(e, "`seed` is missing: the public text that decided the draw");
    if (!at || instant_parse(at, NULL, &s.at_ms, e))
        return err_set(e, "`seed_at` is missing or no time: when the seed became public");
    json_t *again = draw_make(commitment, &s, e);
    if (!again) return -1;
    int status = result_same(file, again, e);
    json_decref(again);
    return status;
}
