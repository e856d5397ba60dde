/* Key files are three lines of text: who, public, secret. See key.h. */
#include "store/key.h"
#include "base/err.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *hex_write(char *out, const unsigned char *bytes, size_t n)
{
    return sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

int hex_read(const char *text, unsigned char *bytes, size_t n)
{
    size_t got = 0;
    const char *end = NULL;
    if (!text || strlen(text) != 2 * n) return -1;
    if (sodium_hex2bin(bytes, n, text, 2 * n, NULL, &got, &end) || got != n) return -1;
    return 0;
}

static void start(void) { must(sodium_init() >= 0, "libsodium does not start"); }

int key_make(struct key *k, const char *name, struct err *e)
{
    start();
    if (!name || !*name || strlen(name) >= sizeof k->name || strpbrk(name, "\r\n"))
        return err_set(e, "a key wants a name of one line, shorter than %zu bytes", sizeof k->name);
    snprintf(k->name, sizeof k->name, "%s", name);
    crypto_sign_keypair(k->pub, k->secret);
    return 0;
}

void key_from_seed(struct key *k, const char *name, const unsigned char seed[32])
{
    start();
    snprintf(k->name, sizeof k->name, "%s", name);
    crypto_sign_seed_keypair(k->pub, k->secret, seed);
}

int key_save(const struct key *k, const char *path, struct err *e)
{
    char pub[HEX_KEY], secret[129], text[512];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, "%s: %s", path,
                       errno == EEXIST ? "is there already; a key is never overwritten" : strerror(errno));
    int n = snprintf(text, sizeof text, "kend key 1\nname %s\npublic %s\nsecret %s\n", k->name,
                     hex_write(pub, k->pub, sizeof k->pub), hex_write(secret, k->secret, sizeof k->secret));
    int bad = write(fd, text, (size_t)n) != n || fsync(fd);
    bad |= close(fd);
    sodium_memzero(text, sizeof text);
    sodium_memzero(secret, sizeof secret);
    return bad ? err_set(e, "%s: could not be written", path) : 0;
}

static int key_read(struct key *k, const char *text)
{
    char name[96], pub[65], secret[129];
    unsigned char derived[KEY_BYTES];
    int bad = sscanf(text, "kend key 1\nname %95[^\n]\npublic %64[0-9a-f]\nsecret %128[0-9a-f]\n", name, pub,
                     secret) != 3;
    bad = bad || hex_read(pub, k->pub, sizeof k->pub) || hex_read(secret, k->secret, sizeof k->secret);
    snprintf(k->name, sizeof k->name, "%s", name);
    bad = bad || crypto_sign_ed25519_sk_to_pk(derived, k->secret) || memcmp(derived, k->pub, sizeof derived) != 0;
    sodium_memzero(secret, sizeof secret);
    return bad ? -1 : 0;
}

int key_load(struct key *k, const char *path, struct err *e)
{
    char text[512] = "";
    struct stat st;
    start();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_set(e, "%s: %s", path, strerror(errno));
    ssize_t n = fstat(fd, &st) ? -1 : read(fd, text, sizeof text - 1);
    close(fd);
    if (n < 0) return err_set(e, "%s: could not be read", path);
    if (st.st_mode & 077) return err_set(e, "%s: others may read this key; chmod 600 it, or make a new one", path);
    int bad = key_read(k, text);
    sodium_memzero(text, sizeof text);
    return bad ? err_set(e, "%s: no key file of kend (`kend land key` makes one)", path) : 0;
}

void key_wipe(struct key *k) { sodium_memzero(k, sizeof *k); }

/* SHA-512 of domain and text is what is signed: short, whatever the length of the text. */
static void digest(const char *domain, const void *text, size_t size, unsigned char out[crypto_hash_sha512_BYTES])
{
    crypto_hash_sha512_state h;
    crypto_hash_sha512_init(&h);
    crypto_hash_sha512_update(&h, (const unsigned char *)"kend ", 5);
    crypto_hash_sha512_update(&h, (const unsigned char *)domain, strlen(domain));
    crypto_hash_sha512_update(&h, (const unsigned char *)"\n", 1);
    crypto_hash_sha512_update(&h, text, size);
    crypto_hash_sha512_final(&h, out);
}

void key_sign(const struct key *k, const char *domain, const void *text, size_t size,
              unsigned char sig[SIGNATURE_BYTES])
{
    unsigned char d[crypto_hash_sha512_BYTES];
    digest(domain, text, size, d);
    crypto_sign_detached(sig, NULL, d, sizeof d, k->secret);
}

int key_verify(const unsigned char pub[KEY_BYTES], const char *domain, const void *text, size_t size,
               const unsigned char sig[SIGNATURE_BYTES])
{
    unsigned char d[crypto_hash_sha512_BYTES];
    start();
    digest(domain, text, size, d);
    return crypto_sign_verify_detached(sig, d, sizeof d, pub) == 0;
}
