/* The list of erased pseudonyms: one line each, outside the vault and its backup, on disk before a key is destroyed. A backup of the
 * vault that comes back meets it and loses again what had been erased. A line is
 *     PSEUDONYM TIME CHECK        CHECK: the first eight bytes of SHA-256("PSEUDONYM TIME\n"), so that a torn line is seen
 * A last line without its end was being written when the power went; nothing was destroyed yet and nobody was told that it was. It is
 * passed over, and cut off before the next line is added. Anything else that is no line is damage, and the vault does not open. */
#include "base/err.h"
#include "base/instant.h"
#include "store/vault_inside.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check_of(const char *name, const char *at, char hex[17])
{
    char text[128];
    unsigned char hash[32];
    snprintf(text, sizeof text, "%s %s\n", name, at);
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    hex_write(hex, hash, 8);
}

static int line_read(const char *line, char name[VAULT_NAME])
{
    char at[40], check[17], want[17];
    _Static_assert(VAULT_NAME == 24, "width of the name below");
    if (!strchr(line, '\n') || sscanf(line, "%23s %39s %16s", name, at, check) != 3) return -1;
    check_of(name, at, want);
    return strcmp(check, want) == 0 ? 0 : -1;
}

static int keep(struct erased_list *l, const char *name)
{
    void *more = realloc(l->name, sizeof *l->name * ((size_t)l->n + 1));
    if (!more) return -1;
    l->name = more;
    snprintf(l->name[l->n++], VAULT_NAME, "%s", name);
    return 0;
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

int erased_read(const char *path, struct erased_list *l, struct err *e)
{
    char *line = NULL, name[VAULT_NAME];
    size_t room = 0;
    ssize_t n;
    int no = 0, bad = 0;
    *l = (struct erased_list){0};
    FILE *f = fopen(path, "re");
    if (!f) return errno == ENOENT ? 0 : err_set(e, "%s: %s", path, strerror(errno));
    while (!bad && (n = getline(&line, &room, f)) > 0) {
        int torn = line[n - 1] != '\n';
        no++;
        if (line_read(line, name))
            bad =
                torn ? 0
                     : err_set(e, "%s:%d: no line of the list of erased households: the list is damaged", path, no);
        else if (keep(l, name))
            bad = err_set(e, "out of memory");
    }
    free(line);
    fclose(f);
    if (l->n) qsort(l->name, (size_t)l->n, sizeof *l->name, by_name);
    return bad;
}

int erased_has(const struct erased_list *l, const char *name)
{
    return l->n && bsearch(name, l->name, (size_t)l->n, sizeof *l->name, by_name) != NULL;
}

void erased_free(struct erased_list *l)
{
    free(l->name);
    *l = (struct erased_list){0};
}

static int sync_all(int fd, const char *path)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC), bad = fsync(fd);
    if (folder < 0) return -1;
    bad |= fsync(folder);
    return close(folder) | bad;
}

/* Cuts off what stands behind the last whole line. */
static int cut_torn(int fd)
{
    char tail[128];
    off_t end = lseek(fd, 0, SEEK_END), from = end > (off_t)sizeof tail ? end - (off_t)sizeof tail : 0;
    ssize_t n = pread(fd, tail, (size_t)(end - from), from);
    if (n != end - from) return -1;
    while (n > 0 && tail[n - 1] != '\n') n--;
    return from + n == end ? 0 : ftruncate(fd, from + n);
}

int erased_add(const char *path, const char *name, int64_t at_ms, struct err *e)
{
    char at[40], check[17], line[128];
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return err_set(e, "list of erased households %s: %s", path, strerror(errno));
    check_of(name, instant_format(at, sizeof at, NULL, at_ms), check);
    int n = snprintf(line, sizeof line, "%s %s %s\n", name, at, check);
    int bad = cut_torn(fd) || write(fd, line, (size_t)n) != n || sync_all(fd, path);
    bad |= close(fd);
    return bad ? err_set(e, "list of erased households %s: could not be written", path) : 0;
}

/* --- how often the vault was written --- */

static void seen_path(const char *list_path, char *out, size_t size) { snprintf(out, size, "%s-seen", list_path); }

/* Only a hint: not synced, and what cannot be written is not an error. */
void seen_note(const char *list_path, int64_t written)
{
    char path[PATH_MAX], fresh[PATH_MAX];
    seen_path(list_path, path, sizeof path - 8);
    snprintf(fresh, sizeof fresh, "%.*s.new", (int)sizeof fresh - 8, path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return;
    int bad = dprintf(fd, "%lld\n", (long long)written) < 2;
    if (close(fd) || bad || rename(fresh, path)) unlink(fresh);
}

int64_t seen_read(const char *list_path)
{
    char path[PATH_MAX];
    long long n = 0;
    seen_path(list_path, path, sizeof path);
    FILE *f = fopen(path, "re");
    if (!f) return 0;
    if (fscanf(f, "%lld", &n) != 1 || n < 0) n = 0;
    fclose(f);
    return n;
}
