/* HMAC-DRBG on libsodium's HMAC-SHA-256. See drbg.h; judged against NIST's own vector in tests/unit/draw.c. Left out: reseeding (a draw
 * asks for far less than the 2^48 requests one seed may serve), prediction resistance and additional input. */
#include "households/drbg.h"
#include "base/err.h"
#include <sodium.h>
#include <string.h>

static void mac(const unsigned char key[32], const unsigned char v[32], int mark, const unsigned char *data,
                size_t n, unsigned char out[32])
{
    crypto_auth_hmacsha256_state s;
    unsigned char byte = (unsigned char)mark;
    crypto_auth_hmacsha256_init(&s, key, 32);
    crypto_auth_hmacsha256_update(&s, v, 32);
    if (mark >= 0) crypto_auth_hmacsha256_update(&s, &byte, 1);
    if (n) crypto_auth_hmacsha256_update(&s, data, n);
    crypto_auth_hmacsha256_final(&s, out);
}

/* 10.1.2.2 */
static void update(struct drbg *d, const unsigned char *data, size_t n)
{
    unsigned char next[32];
    for (int mark = 0; mark < (n ? 2 : 1); mark++) {
        mac(d->k, d->v, mark, data, n, next);
        memcpy(d->k, next, sizeof next);
        mac(d->k, d->v, -1, NULL, 0, next);
        memcpy(d->v, next, sizeof next);
    }
}

void drbg_start(struct drbg *d, const unsigned char *entropy, size_t n_entropy, const unsigned char *nonce,
                size_t n_nonce, const char *personal)
{
    unsigned char seed[DRBG_SEED_MAX];
    size_t n_personal = strlen(personal);
    must(n_entropy + n_nonce + n_personal <= sizeof seed, "%zu bytes of seed", n_entropy + n_nonce + n_personal);
    memcpy(seed, entropy, n_entropy);
    memcpy(seed + n_entropy, nonce, n_nonce);
    memcpy(seed + n_entropy + n_nonce, personal, n_personal);
    memset(d->k, 0, sizeof d->k);
    memset(d->v, 1, sizeof d->v);
    update(d, seed, n_entropy + n_nonce + n_personal);
}

void drbg_bytes(struct drbg *d, unsigned char *out, size_t n)
{
    unsigned char next[32];
    for (size_t done = 0; done < n; done += sizeof next) {
        mac(d->k, d->v, -1, NULL, 0, next);
        memcpy(d->v, next, sizeof next);
        memcpy(out + done, next, n - done < sizeof next ? n - done : sizeof next);
    }
    update(d, NULL, 0);
}

uint64_t drbg_below(struct drbg *d, uint64_t n)
{
    must(n >= 1, "a draw of none");
    uint64_t spare = (UINT64_MAX % n + 1) % n, x; /* 2^64 mod n */
    do {
        unsigned char b[8];
        drbg_bytes(d, b, sizeof b);
        x = 0;
        for (int i = 0; i < 8; i++) x = x << 8 | b[i];
    } while (x > UINT64_MAX - spare);
    return x % n;
}

void drbg_shuffle(struct drbg *d, int *order, int n)
{
    for (int i = 0; i < n; i++) order[i] = i;
    for (int i = n - 1; i > 0; i--) {
        int k = (int)drbg_below(d, (uint64_t)i + 1), held = order[i];
        order[i] = order[k];
        order[k] = held;
    }
}
