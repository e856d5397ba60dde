/* Keys: a person's own ed25519 key (RFC 8032, libsodium), kept in a file on their device that nobody else may read. What is
 * signed is a text with a domain in front ("kend record 1\n"), so that a signature can never be used for something else. */
#ifndef STORE_KEY_H
#define STORE_KEY_H
#include <stddef.h>
#include <stdint.h>
struct err;
enum { KEY_BYTES = 32, SIGNATURE_BYTES = 64, HASH_BYTES = 32, HEX_KEY = 65, HEX_SIGNATURE = 129 };
struct key { unsigned char pub[KEY_BYTES], secret[64]; char name[96]; };
int key_make(struct key *, const char *name, struct err *);
/* Deterministic from 32 bytes: for tests and for keys derived from a device's own secret. */
void key_from_seed(struct key *, const char *name, const unsigned char seed[32]);
int key_save(const struct key *, const char *path, struct err *);    /* mode 0600; an existing file is never overwritten */
int key_load(struct key *, const char *path, struct err *);          /* refuses a file that others may read */
void key_wipe(struct key *);
/* domain: what the text is ("record", "release file"); part of what is signed. */
void key_sign(const struct key *, const char *domain, const void *text, size_t size, unsigned char sig[SIGNATURE_BYTES]);
int key_verify(const unsigned char pub[KEY_BYTES], const char *domain, const void *text, size_t size,
               const unsigned char sig[SIGNATURE_BYTES]);            /* 1: good */
char *hex_write(char *out, const unsigned char *bytes, size_t n);    /* 2 n + 1 characters; returns out */
int hex_read(const char *text, unsigned char *bytes, size_t n);      /* 0, or -1: not exactly n bytes of hex */
#endif
