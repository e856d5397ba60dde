/* Normal numbers and exponentials many at once. The C library's log, cos and exp take one number at a time; these are series on a reduced argument without a
 * branch, so that the compiler makes vectors of the loops.
 *   log: x = m 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh s, s = (m - 1) / (m + 1), |s| < 0.172: ten terms leave 1e-16.
 *   cos 2 pi v, v in [0, 1): 2 sin^2 y - 1 with y = pi (v - 1/2), |y| <= pi / 2: ten terms of sin leave 1e-16.
 *   exp: x = k log 2 + r, |r| <= 0.347: twelve terms leave 1e-16. For |x| < 700. */
#include "base/random.h"
#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846, ln2_hi = 6.93147180369123816490e-01,
                    ln2_lo = 1.90821492927058770002e-10, log2_e = 1.44269504088896340736;
static const double shift =
    6755399441055744.0; /* 1.5 2^52: added, it leaves the nearest whole number in the last bits */

static inline uint64_t bits_of(double x)
{
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static inline double of_bits(uint64_t b)
{
    double x;
    memcpy(&x, &b, sizeof x);
    return x;
}

/* x > 0 and not denormal. */
static inline double log_of(double x)
{
    static const double term[] = {1. / 19, 1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3};
    const uint64_t least = 0x3fe6a09e667f3bcdu, mantissa = 0x000fffffffffffffu, bias = 1024;
    uint64_t up = bits_of(x) - least, k = (up + (bias << 52)) >> 52; /* e + bias */
    double m = of_bits((up & mantissa) + least), e = of_bits(k | bits_of(0x1p52)) - (0x1p52 + (double)bias);
    double s = (m - 1) / (m + 1), q = s * s, sum = 0;
#pragma GCC unroll 9
    for (int i = 0; i < 9; i++) sum = sum * q + term[i];
    return e * ln2_hi + (e * ln2_lo + 2 * (s + s * q * sum));
}

static inline double cos_turns(double v)
{
    static const double term[] = {-1. / 121645100408832000,
                                  1. / 355687428096000,
                                  -1. / 1307674368000,
                                  1. / 6227020800,
                                  -1. / 39916800,
                                  1. / 362880,
                                  -1. / 5040,
                                  1. / 120,
                                  -1. / 6};
    double y = pi * (v - 0.5), q = y * y, sum = 0;
#pragma GCC unroll 9
    for (int i = 0; i < 9; i++) sum = sum * q + term[i];
    double sine = y + y * q * sum;
    return 2 * sine * sine - 1;
}

static inline double exp_of(double x)
{
    static const double term[] = {1. / 479001600, 1. / 39916800, 1. / 3628800, 1. / 362880, 1. / 40320, 1. / 5040,
                                  1. / 720,       1. / 120,      1. / 24,      1. / 6,      1. / 2,     1};
    double shifted = x * log2_e + shift, k = shifted - shift, r = (x - k * ln2_hi) - k * ln2_lo, sum = 0;
#pragma GCC unroll 12
    for (int i = 0; i < 12; i++) sum = sum * r + term[i];
    return (1 + r * sum) *
           of_bits((bits_of(shifted) << 52) + bits_of(1)); /* 2^k: k stands in shifted's last bits */
}

void random_normals(const double *u, const double *v, int n, double *z)
{
    for (int i = 0; i < n; i++) z[i] = sqrt(-2 * log_of(u[i])) * cos_turns(v[i]);
}

void random_exps(const double *x, int n, double *y)
{
    for (int i = 0; i < n; i++) y[i] = exp_of(x[i]);
}
