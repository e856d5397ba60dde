/* Master key files and sealing. A master key is three lines of text in a file of its own: what it is, its short name, 32 bytes in hex. It is
 * refused when anybody but its owner may read it, and when it lies where the vault lies, for whoever copies the folder would then have
 * both. systemd hands credentials over as files of root that may carry the service's right as a group bit
 * (systemd.exec(5), LoadCredential=): that bit is allowed there and nowhere else.
 * Sealing is XChaCha20-Poly1305 (libsodium; draft-irtf-cfrg-xchacha-03), whose nonce of 24 bytes may be drawn at random. */
#include "base/err.h"
#include "store/vault_inside.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char CREDENTIAL[] = "kend-vault-key";

/* --- where it may lie --- */

static int folder_of(const char *file, char out[PATH_MAX])
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", file);
    return realpath(dirname(copy), out) ? 0 : -1;
}

int lies_below(const char *file, const char *vault_path)
{
    char vault[PATH_MAX], real[PATH_MAX], folder[PATH_MAX];
    if (folder_of(vault_path, vault)) return 0;
    if (!realpath(file, real)) { /* not there yet: where it would be */
        if (folder_of(file, folder)) return 0;
        snprintf(real, sizeof real, "%.*s/.", PATH_MAX - 4, folder);
    }
    size_t n = strlen(vault);
    return !strncmp(real, vault, n) && (real[n] == '/' || (n && vault[n - 1] == '/'));
}

static int find(const char *given, struct master_file *m, struct err *e)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY"), *named = given ? given : getenv("KEND_VAULT_KEY");
    int n;
    if (named && *named)
        n = snprintf(m->path, sizeof m->path, "%s", named);
    else if (folder && *folder)
        n = snprintf(m->path, sizeof m->path, "%s/%s", folder, CREDENTIAL);
    else
        return err_set(e, "no master key: name its file (--vault-key, $KEND_VAULT_KEY) or give the service the "
                          "credential kend-vault-key; `kend household vault` makes one");
    size_t in = folder ? strlen(folder) : 0;
    m->credential = in && !strncmp(m->path, folder, in) && m->path[in] == '/';
    return n >= (int)sizeof m->path ? err_set(e, "the path of the master key is too long") : 0;
}

static int may_use(const struct master_file *m, const struct stat *st, struct err *e)
{
    mode_t others = m->credential && st->st_uid == 0 ? 007 | 030 : 077;
    if (!S_ISREG(st->st_mode)) return err_set(e, "%s: no plain file", m->path);
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return err_set(e, "%s: belongs to somebody else, who may read and change it", m->path);
    if (st->st_mode & others)
        return err_set(
            e,
            "%s: others may read this key; chmod 600 it, and change it (kend household vault --new-key) if they "
            "could before",
            m->path);
    return 0;
}

/* --- the file --- */

char *master_id(const unsigned char secret[SECRET_BYTES], char hex[17])
{
    unsigned char out[16];
    static const unsigned char what[] = "kend vault key name";
    crypto_generichash(out, sizeof out, what, sizeof what, secret, SECRET_BYTES);
    return hex_write(hex, out, 8);
}

static int key_parse(const char *text, unsigned char secret[SECRET_BYTES])
{
    char id[17], hex[2 * SECRET_BYTES + 1], want[17];
    int bad = sscanf(text, "kend vault key 1\nid %16[0-9a-f]\nkey %64[0-9a-f]\n", id, hex) != 2 ||
              hex_read(hex, secret, SECRET_BYTES) || strcmp(master_id(secret, want), id) != 0;
    sodium_memzero(hex, sizeof hex);
    return bad ? -1 : 0;
}

int master_load(const char *given, const char *vault_path, unsigned char secret[SECRET_BYTES],
                struct master_file *m, struct err *e)
{
    char text[256] = "";
    struct stat st;
    must(sodium_init() >= 0, "libsodium does not start");
    if (find(given, m, e)) return -1;
    int fd = open(m->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_set(e, "master key %s: %s", m->path, strerror(errno));
    int bad = fstat(fd, &st) ? err_set(e, "%s: %s", m->path, strerror(errno)) : may_use(m, &st, e);
    ssize_t n = bad ? -1 : read(fd, text, sizeof text - 1);
    close(fd);
    if (bad) return -1;
    if (strcmp(vault_path, ":memory:") != 0 && lies_below(m->path, vault_path))
        return err_set(e,
                       "%s: lies in the folder of the vault, so one copy takes both; keep it elsewhere, outside "
                       "what is backed up",
                       m->path);
    bad = n < 0 || key_parse(text, secret);
    sodium_memzero(text, sizeof text);
    return bad ? err_set(e, "%s: no master key of a vault (`kend household vault` makes one)", m->path) : 0;
}

static int sync_folder(const char *path)
{
    char folder[PATH_MAX];
    int fd = folder_of(path, folder) ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -1;
    int bad = fsync(fd);
    return close(fd) | bad;
}

int master_save(const char *path, const unsigned char secret[SECRET_BYTES], struct err *e)
{
    char hex[2 * SECRET_BYTES + 1], id[17], text[256];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, "%s: %s", path,
                       errno == EEXIST ? "is there already; a key is never overwritten" : strerror(errno));
    int n = snprintf(text, sizeof text, "kend vault key 1\nid %s\nkey %s\n", master_id(secret, id),
                     hex_write(hex, secret, SECRET_BYTES));
    int bad = write(fd, text, (size_t)n) != n || fsync(fd);
    bad |= close(fd) | sync_folder(path);
    sodium_memzero(text, sizeof text);
    sodium_memzero(hex, sizeof hex);
    return bad ? err_set(e, "%s: could not be written", path) : 0;
}

int vault_key_make(const char *path, struct err *e)
{
    unsigned char secret[SECRET_BYTES];
    must(sodium_init() >= 0, "libsodium does not start");
    randombytes_buf(secret, sizeof secret);
    int bad = master_save(path, secret, e);
    sodium_memzero(secret, sizeof secret);
    return bad;
}

/* --- sealing --- */

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };
_Static_assert(SEAL_MORE == NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES, "SEAL_MORE");

static size_t place_text(const struct seal_place *p, char *out, size_t size)
{
    int n = snprintf(out, size, "kend vault 1\n%s\n%s\n%s\n%lld\n", p->vault, p->what, p->name, (long long)p->no);
    must(n > 0 && (size_t)n < size, "a place of a seal is too long");
    return (size_t)n;
}

void seal(const unsigned char secret[SECRET_BYTES], const struct seal_place *p, const void *text, size_t n,
          unsigned char *out)
{
    char place[256];
    size_t np = place_text(p, place, sizeof place);
    randombytes_buf(out, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, text, n, (unsigned char *)place, np, NULL, out,
                                               secret);
}

int unseal(const unsigned char secret[SECRET_BYTES], const struct seal_place *p, const unsigned char *box, size_t n,
           unsigned char *text)
{
    char place[256];
    size_t np = place_text(p, place, sizeof place);
    if (n < SEAL_MORE) return -1;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(text, NULL, NULL, box + NONCE, n - NONCE,
                                                      (unsigned char *)place, np, box, secret)
               ? -1
               : 0;
}
