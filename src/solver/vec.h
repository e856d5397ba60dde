/* Eight doubles side by side: one block to a lane. GCC vector extensions, so that the same source becomes one
 * AVX-512 register, two AVX2 ones or four of SSE2, and no intrinsic appears anywhere else. */
#ifndef SOLVER_VEC_H
#define SOLVER_VEC_H
#include <math.h>
enum { LANES = 8 };
typedef double vec __attribute__((vector_size(64)));
typedef long long lane_mask __attribute__((vector_size(64)));
#define LANE_INLINE static inline __attribute__((always_inline))
LANE_INLINE vec vec_of(double a) { return (vec){a, a, a, a, a, a, a, a}; }
LANE_INLINE vec vec_pick(lane_mask m, vec a, vec b) { return (vec)((m & (lane_mask)a) | (~m & (lane_mask)b)); }
LANE_INLINE vec vec_min(vec a, vec b) { return vec_pick(a < b, a, b); }
LANE_INLINE vec vec_max(vec a, vec b) { return vec_pick(a > b, a, b); }
LANE_INLINE vec vec_abs(vec a) { return vec_max(a, -a); }
LANE_INLINE double vec_sum(vec a) { return ((a[0] + a[4]) + (a[1] + a[5])) + ((a[2] + a[6]) + (a[3] + a[7])); }
LANE_INLINE double vec_least(vec a)
{
    double m = a[0];
    for (int i = 1; i < LANES; i++) m = a[i] < m ? a[i] : m;
    return m;
}
#endif
