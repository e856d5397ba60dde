/* The random bits of a draw: HMAC-DRBG with SHA-256 (NIST SP 800-90A Rev. 1, section 10.1.2). Everything from the seed, nothing from the
 * machine, so that anybody gets the same bits with any other implementation. */
#ifndef HOUSEHOLDS_DRBG_H
#define HOUSEHOLDS_DRBG_H
#include <stddef.h>
#include <stdint.h>
enum { DRBG_SEED_MAX = 256 };
struct drbg {
    unsigned char k[32], v[32];
};
/* 10.1.2.3; the three together at most DRBG_SEED_MAX bytes; personal may be "". */
void drbg_start(struct drbg *, const unsigned char *entropy, size_t n_entropy, const unsigned char *nonce,
                size_t n_nonce, const char *personal);
void drbg_bytes(struct drbg *, unsigned char *out, size_t n); /* 10.1.2.5, one request, no additional input */
/* One of 0 .. n - 1 (n >= 1), each equally likely: eight bytes a request, read big-endian; those at or above the largest multiple
 * of n are thrown away and asked for again. */
uint64_t drbg_below(struct drbg *, uint64_t n);
/* Fisher-Yates (Durstenfeld 1964, from the end): order[i] becomes a permutation of 0 .. n - 1. */
void drbg_shuffle(struct drbg *, int *order, int n);
#endif
