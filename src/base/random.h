/* Random numbers: xoshiro256** seeded by SplitMix64 (Blackman & Vigna 2018), with named streams so that adding one
 * user of randomness does not shift another: random_stream(seed, "home-017.load"). Not for keys or lotteries. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H
#include <stdint.h>
struct random { uint64_t s[4]; };
struct random random_stream(uint64_t seed, const char *name);
static inline uint64_t random_u64(struct random *r)
{
    uint64_t *s = r->s, x = s[1] * 5, result = ((x << 7) | (x >> 57)) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
}
static inline double random_uniform(struct random *r) { return (double)(random_u64(r) >> 11) * 0x1p-53; } /* [0, 1) */
double random_range(struct random *, double lo, double hi);
double random_normal(struct random *);                        /* mean 0, deviation 1 (Box-Muller, one of the pair) */
double random_exponential(struct random *, double mean);
int random_poisson(struct random *, double mean);             /* Knuth below 30, normal above */
int random_count(struct random *, double none);               /* the same where none = exp(-mean) is at hand, mean <= 30 */
/* Many at once, in vector lanes: what random_normal makes of pairs of random_uniform (1 - first, second), and exp, each within 1e-14. */
void random_normals(const double *u, const double *v, int n, double *z);
void random_exps(const double *x, int n, double *y);
uint64_t random_hash(uint64_t seed, const char *name);        /* FNV-1a then SplitMix64: a stable 64-bit hash */
#endif
