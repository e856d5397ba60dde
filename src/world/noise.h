/* Randomness by index: the same number for the same (seed, index), whatever the order of the questions. */
#ifndef WORLD_NOISE_H
#define WORLD_NOISE_H
#include <math.h>
#include <stdint.h>
static inline uint64_t noise_mix(uint64_t seed, int64_t index) /* SplitMix64 finaliser */
{
    uint64_t z = seed + 0x9e3779b97f4a7c15u * ((uint64_t)index + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
static inline double noise_uniform(uint64_t seed, int64_t index)
{
    return (double)(noise_mix(seed, index) >> 11) * 0x1p-53;
}
/* A smooth curve through one random value in [-1, 1] per unit of t: mean 0, no memory beyond one unit. */
static inline double noise_smooth(uint64_t seed, double t)
{
    double k = floor(t), f = t - k, ease = f * f * (3.0 - 2.0 * f);
    double a = 2.0 * noise_uniform(seed, (int64_t)k) - 1.0, b = 2.0 * noise_uniform(seed, (int64_t)k + 1) - 1.0;
    return a + (b - a) * ease;
}
/* The same for questions that follow each other closely: the two values are kept until t leaves their unit. Start with k = NAN. */
struct noise_run {
    uint64_t seed;
    double k, a, b;
};
static inline double noise_next(struct noise_run *n, double t)
{
    double k = floor(t), f = t - k, ease = f * f * (3.0 - 2.0 * f);
    if (k != n->k) {
        n->k = k, n->a = 2.0 * noise_uniform(n->seed, (int64_t)k) - 1.0;
        n->b = 2.0 * noise_uniform(n->seed, (int64_t)k + 1) - 1.0;
    }
    return n->a + (n->b - n->a) * ease;
}
#endif
