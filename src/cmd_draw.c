/* `kend draw commit`, `kend draw` and `kend draw verify`: fix list and terms, draw when the public seed is there, and check by anyone. The
 * clock is read here only. Left out: publishing, which is people's work (notice board, newspaper, the chain's head). */
#include "base/err.h"
#include "command.h"
#include "households/draw.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static int refused(const struct args *a, struct err *e)
{
    char line[1024];
    if (!e->file[0] && a->file) snprintf(e->file, sizeof e->file, "%s", a->file);
    return complain(a, "%s", err_line(e, line, sizeof line));
}

static int wants(const struct args *a, const char *option)
{
    return arg_text(a, option) ? 0 : complain(a, "give %s; `kend help %s` explains", option, a->command->name);
}

/* An option that is a time, else now; never after now unless `later`. */
static int time_read(const struct args *a, const char *option, int later, int64_t *at_ms)
{
    int64_t now_ms = instant_now_ms();
    *at_ms = now_ms / MS_S * MS_S;
    if (!arg_text(a, option)) return 0;
    if (arg_instant(a, option, NULL, at_ms)) return -1;
    *at_ms = *at_ms / MS_S * MS_S; /* files hold whole seconds */
    return later || *at_ms <= now_ms
               ? 0
               : complain(a, "%s %s is yet to come: draw when it is past", option, arg_text(a, option));
}

/* A file of a draw is written once: what was published is never overwritten. */
static int file_write(const struct args *a, const json_t *j)
{
    const char *path = arg_text(a, "--out");
    FILE *f = path ? fopen(path, "wx") : stdout;
    if (!f)
        return complain(a, "%s: %s; a file of a draw is never overwritten, give a new name", path, strerror(errno));
    int bad = json_dumpf(j, f, JSON_INDENT(1) | JSON_SORT_KEYS) || fputc('\n', f) == EOF || fflush(f);
    if (f == stdout) return bad ? complain(a, "standard output could not be written") : 0;
    bad |= fsync(fileno(f)) != 0;
    if (!fclose(f) && !bad) return 0;
    unlink(path);
    return complain(a, "%s could not be written", path);
}

static json_t *file_read(const struct args *a)
{
    json_error_t je;
    json_t *j = json_load_file(a->file, JSON_REJECT_DUPLICATES, &je);
    if (!j && je.line > 0) complain(a, "%s:%d:%d: %s", a->file, je.line, je.column, je.text);
    if (!j && je.line <= 0) complain(a, "%s: %s", a->file, je.text);
    return j;
}

static int secret_make(const struct args *a, unsigned char secret[HASH_BYTES])
{
    const char *path = arg_text(a, "--secret");
    char hex[HEX_KEY + 1];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return complain(a, "%s: %s; the secret goes into a new file", path, strerror(errno));
    must(sodium_init() >= 0, "libsodium does not start");
    randombytes_buf(secret, HASH_BYTES);
    hex_write(hex, secret, HASH_BYTES);
    hex[HEX_KEY - 1] = '\n';
    int bad = write(fd, hex, HEX_KEY) != HEX_KEY || fsync(fd);
    bad |= close(fd) != 0;
    sodium_memzero(hex, sizeof hex);
    if (!bad) return 0;
    unlink(path);
    return complain(a, "%s could not be written", path);
}

static int secret_read(const struct args *a, unsigned char secret[HASH_BYTES])
{
    const char *path = arg_text(a, "--secret");
    char hex[HEX_KEY + 2] = "";
    FILE *f = fopen(path, "re");
    if (!f) return complain(a, "%s: %s; give the file that `kend draw commit` wrote", path, strerror(errno));
    size_t n = fread(hex, 1, sizeof hex - 1, f);
    fclose(f);
    if (n && hex[n - 1] == '\n') hex[n - 1] = 0;
    return hex_read(hex, secret, HASH_BYTES)
               ? complain(a, "%s: not 64 hex digits; give the file that `kend draw commit` wrote", path)
               : 0;
}

static int commit_write(const struct args *a, const struct pool *p, struct draw_terms *t, struct err *e)
{
    json_t *j = draw_commit(p, t, e); /* once before a secret is made: terms that are refused leave no file */
    if (!j) return e->file[0] = 0, refused(a, e);
    json_decref(j);
    if (secret_make(a, t->secret)) return 1;
    j = draw_commit(p, t, e);
    int status = j ? file_write(a, j) : refused(a, e);
    if (status) unlink(arg_text(a, "--secret"));
    if (!status)
        fprintf(stderr, "publish before %s: commitment %s (%d entries, %d homes)\n", arg_text(a, "--seed-after"),
                json_string_value(json_object_get(j, "commitment")), p->n_entry, p->n_home);
    json_decref(j);
    return status;
}

int command_draw_commit(const struct args *a)
{
    struct err e = {0};
    struct pool p;
    struct draw_terms t = {.name = arg_text(a, "--name"),
                           .seed_source = arg_text(a, "--seed-source"),
                           .instead_of = arg_text(a, "--instead-of")};
    if (wants(a, "--name") || wants(a, "--seed-source") || wants(a, "--seed-after") || wants(a, "--secret"))
        return 1;
    if (time_read(a, "--seed-after", 1, &t.seed_after_ms) || time_read(a, "--at", 0, &t.committed_ms)) return 1;
    int status = pool_read(&p, a->file, &e) ? refused(a, &e) : commit_write(a, &p, &t, &e);
    pool_free(&p);
    sodium_memzero(t.secret, sizeof t.secret);
    return status;
}

int command_draw(const struct args *a)
{
    struct err e = {0};
    struct draw_seed s = {.text = arg_text(a, "--seed")};
    if (wants(a, "--seed") || wants(a, "--secret") || time_read(a, "--seed-at", 0, &s.at_ms) ||
        secret_read(a, s.secret))
        return 1;
    json_t *commitment = file_read(a);
    if (!commitment) return 1;
    json_t *result = draw_make(commitment, &s, &e);
    int status = result ? file_write(a, result) : refused(a, &e);
    json_decref(result);
    json_decref(commitment);
    return status;
}

static void summary(const json_t *result)
{
    const json_t *c = json_object_get(result, "commitment"), *j;
    size_t i;
    printf("%s\n  right: made again from the list, the secret and the seed, and the same to the last word\n",
           json_string_value(json_object_get(c, "name")));
    printf("  compare with what was published before %s: commitment %s\n",
           json_string_value(json_object_get(c, "seed_after")),
           json_string_value(json_object_get(c, "commitment")));
    if (json_object_get(c, "instead_of"))
        printf("  DRAWN AGAIN: commitment %s of this very list was given up after its seed could be known; ask on "
               "which "
               "grounds\n",
               json_string_value(json_object_get(c, "instead_of")));
    printf("  compare with its source: seed \"%s\", public %s\n  source: %s\n",
           json_string_value(json_object_get(result, "seed")),
           json_string_value(json_object_get(result, "seed_at")),
           json_string_value(json_object_get(c, "seed_source")));
    json_array_foreach(json_object_get(result, "placed"), i, j) printf(
        "  %4lld  %-16s -> %-16s asked %s; got %s\n", (long long)json_integer_value(json_object_get(j, "drawn")),
        json_string_value(json_object_get(j, "entry")), json_string_value(json_object_get(j, "home")),
        json_string_value(json_object_get(j, "asked")), json_string_value(json_object_get(j, "why")));
    json_array_foreach(json_object_get(result, "reserve"), i, j)
        printf("  reserve %lld  %-13s asked %s; %s\n", (long long)json_integer_value(json_object_get(j, "place")),
               json_string_value(json_object_get(j, "entry")), json_string_value(json_object_get(j, "asked")),
               json_string_value(json_object_get(j, "why")));
}

int command_draw_verify(const struct args *a)
{
    struct err e = {0};
    unsigned char outside[HASH_BYTES];
    const char *hex = arg_text(a, "--commitment");
    if (hex && hex_read(hex, outside, HASH_BYTES))
        return complain(a, "--commitment %s: give the 64 hex digits that were published", hex);
    json_t *result = file_read(a);
    if (!result) return 1;
    int64_t seed_ms;
    int status = draw_verify(result, hex ? outside : NULL, &e) ? refused(a, &e) : 0;
    if (!status && !instant_parse(json_string_value(json_object_get(result, "seed_at")), NULL, &seed_ms, NULL) &&
        seed_ms > instant_now_ms())
        status = complain(a, "%s: `seed_at` is yet to come: nobody knows this seed", a->file);
    if (!status) summary(result);
    json_decref(result);
    return status;
}
