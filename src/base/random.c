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
    return random_count(r, exp(-mean));
}

int random_count(struct random *r, double none)
{
    double product = random_uniform(r);
    int n = 0;
    for (; product > none; n++) product *= random_uniform(r);
    return n;
}
