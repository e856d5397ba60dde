/* Eight doubles side by side: one block to a lane. GCC vector extensions, so that the same source becomes one
 * AVX-512 register, two AVX2 ones or four of SSE2, and the few intrinsics are all here. */
#ifndef SOLVER_VEC_H
#define SOLVER_VEC_H
#include <math.h>
enum { LANES = 8 };
typedef double vec __attribute__((vector_size(64)));
typedef long long lane_mask __attribute__((vector_size(64)));
#define LANE_INLINE static inline __attribute__((always_inline))
LANE_INLINE vec vec_of(double a) { return (vec){a, a, a, a, a, a, a, a}; }
LANE_INLINE vec vec_pick(lane_mask m, vec a, vec b) { return (vec)((m & (lane_mask)a) | (~m & (lane_mask)b)); }
#ifdef __AVX512F__ /* one instruction each where the vector extensions make three */
#include <immintrin.h>
LANE_INLINE vec vec_min(vec a, vec b) { return (vec)_mm512_min_pd((__m512d)a, (__m512d)b); }
LANE_INLINE vec vec_max(vec a, vec b) { return (vec)_mm512_max_pd((__m512d)a, (__m512d)b); }
LANE_INLINE vec vec_root(vec a) { return (vec)_mm512_sqrt_pd((__m512d)a); }
#else
LANE_INLINE vec vec_min(vec a, vec b) { return vec_pick(a < b, a, b); }
LANE_INLINE vec vec_max(vec a, vec b) { return vec_pick(a > b, a, b); }
LANE_INLINE vec vec_root(vec a)
{
    for (int i = 0; i < LANES; i++) a[i] = sqrt(a[i]);
    return a;
}
#endif
LANE_INLINE vec vec_abs(vec a) { return vec_max(a, -a); }
LANE_INLINE double vec_sum(vec a) { return ((a[0] + a[4]) + (a[1] + a[5])) + ((a[2] + a[6]) + (a[3] + a[7])); }
LANE_INLINE double vec_least(vec a)
{
    double m = a[0];
    for (int i = 1; i < LANES; i++) m = a[i] < m ? a[i] : m;
    return m;
}
#endif
