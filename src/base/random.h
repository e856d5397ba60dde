/* Random numbers: xoshiro256** seeded by SplitMix64 (Blackman & Vigna 2018), with named streams so that adding one
 * user of randomness does not shift another: random_stream(seed, "home-017.load"). Not for keys or lotteries. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H
#include <stdint.h>
struct random { uint64_t s[4]; };
struct random random_stream(uint64_t seed, const char *name);
uint64_t random_u64(struct random *);
double random_uniform(struct random *);                       /* [0, 1) */
double random_range(struct random *, double lo, double hi);
double random_normal(struct random *);                        /* mean 0, deviation 1 (Box-Muller, one of the pair) */
double random_exponential(struct random *, double mean);
int random_poisson(struct random *, double mean);             /* Knuth below 30, normal above */
uint64_t random_hash(uint64_t seed, const char *name);        /* FNV-1a then SplitMix64: a stable 64-bit hash */
#endif
