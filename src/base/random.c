/* xoshiro256** with named streams. See random.h. */
#include "base/random.h"
#include <math.h>

static uint64_t split_mix(uint64_t *s)
{
    uint64_t z = (*s += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t random_hash(uint64_t seed, const char *name)
{
    uint64_t h = 0xcbf29ce484222325u ^ seed;
    for (const char *p = name; *p; p++) h = (h ^ (unsigned char)*p) * 0x100000001b3u;
    return split_mix(&h);
}

struct random random_stream(uint64_t seed, const char *name)
{
    uint64_t s = random_hash(seed, name);
    struct random r;
    for (int i = 0; i < 4; i++) r.s[i] = split_mix(&s);
    return r;
}

static uint64_t rotate_left(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

uint64_t random_u64(struct random *r)
{
    uint64_t *s = r->s, result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double random_uniform(struct random *r) { return (double)(random_u64(r) >> 11) * 0x1p-53; }

double random_range(struct random *r, double lo, double hi) { return lo + (hi - lo) * random_uniform(r); }

double random_normal(struct random *r)
{
    double u = 1.0 - random_uniform(r), v = random_uniform(r);
    return sqrt(-2.0 * log(u)) * cos(2.0 * 3.14159265358979323846 * v);
}

double random_exponential(struct random *r, double mean) { return -mean * log(1.0 - random_uniform(r)); }

int random_poisson(struct random *r, double mean)
{
    if (mean > 30.0) {
        double n = floor(mean + sqrt(mean) * random_normal(r) + 0.5);
        return n > 0.0 ? (int)n : 0;
    }
    double limit = exp(-mean), product = random_uniform(r);
    int n = 0;
    for (; product > limit; n++) product *= random_uniform(r);
    return n;
}
