/* Dense blocks of the node system, column major, side a multiple of 16 (padded with the identity). Own kernels on
 * vec.h instead of BLAS: sides of 96 to 192 are too small for a library's set-up, and a library that does not know the
 * processor falls back to kernels several times slower. One tile does all the work: C (16 x 8) -= A (16 x k) B (8 x k)'
 * in sixteen registers (Goto, van de Geijn 2008, ACM TOMS 34, 12). */
#include "solver/inside.h"

enum { TALL = 16, WIDE = 8 };

LANE_INLINE vec load8(const double *p) { return *(const vec *)(const void *)p; }
LANE_INLINE void store8(double *p, vec v) { *(vec *)(void *)p = v; }

/* C (16 x 8) -= A (16 x k) B (8 x k)' */
LANE_INLINE void tile_sub(double *c, const double *a, const double *b, int n, int k)
{
    vec lo[WIDE], hi[WIDE];
    for (int i = 0; i < WIDE; i++) lo[i] = load8(c + i * n), hi[i] = load8(c + i * n + 8);
    for (int m = 0; m < k; m++) {
        vec a0 = load8(a + m * n), a1 = load8(a + m * n + 8);
        for (int i = 0; i < WIDE; i++) {
            vec x = vec_of(b[m * n + i]);
            lo[i] -= a0 * x;
            hi[i] -= a1 * x;
        }
    }
    for (int i = 0; i < WIDE; i++) store8(c + i * n, lo[i]), store8(c + i * n + 8, hi[i]);
}

/* C -= A B', all n x n; only tiles that touch the lower half when `lower`. */
void dense_sub(double *c, const double *a, const double *b, int n, int lower)
{
    for (int j = 0; j < n; j += WIDE)
        for (int i = lower ? j / TALL * TALL : 0; i < n; i += TALL) tile_sub(c + j * n + i, a + i, b + j, n, n);
}

/* Rows from..n of columns j..j+16 of X, whose columns before j are done: X <- (X - X_before L_before') L_jj^-T. */
static void panel_solve(double *x, const double *L, int n, int j, int from)
{
    for (int i = from; i < n; i += TALL) {
        tile_sub(x + j * n + i, x + i, L + j, n, j);
        tile_sub(x + (j + WIDE) * n + i, x + i, L + j + WIDE, n, j);
        for (int k = j; k < j + TALL; k++) {
            vec inv = vec_of(1 / L[k * n + k]), a = load8(x + k * n + i) * inv, b = load8(x + k * n + i + 8) * inv;
            store8(x + k * n + i, a);
            store8(x + k * n + i + 8, b);
            for (int m = k + 1; m < j + TALL; m++) {
                vec l = vec_of(L[k * n + m]);
                store8(x + m * n + i, load8(x + m * n + i) - a * l);
                store8(x + m * n + i + 8, load8(x + m * n + i + 8) - b * l);
            }
        }
    }
}

/* X <- X L^-T */
void dense_solve_right(double *x, const double *L, int n)
{
    for (int j = 0; j < n; j += TALL) panel_solve(x, L, n, j, 0);
}

/* The 16 x 16 corner at j, lower half. 0, or -1: not positive. */
static int corner_factor(double *a, int n, int j)
{
    for (int k = j; k < j + TALL; k++) {
        double d = a[k * n + k];
        if (!(d > 0)) return -1;
        double root = sqrt(d), inv = 1 / root;
        a[k * n + k] = root;
        for (int i = k + 1; i < j + TALL; i++) a[k * n + i] *= inv;
        for (int m = k + 1; m < j + TALL; m++)
            for (int i = m; i < j + TALL; i++) a[m * n + i] -= a[k * n + i] * a[k * n + m];
    }
    return 0;
}

/* Cholesky in the lower half. 0, or -1: not positive. */
int dense_factor(double *a, int n)
{
    for (int j = 0; j < n; j += TALL) {
        tile_sub(a + j * n + j, a + j, a + j, n, j);
        tile_sub(a + (j + WIDE) * n + j, a + j, a + j + WIDE, n, j);
        if (corner_factor(a, n, j)) return -1;
        panel_solve(a, a, n, j, j + TALL);
    }
    return 0;
}

/* b <- L^-1 b */
void dense_forward(const double *L, double *b, int n)
{
    for (int j = 0; j < n; j++) {
        double x = b[j] /= L[j * n + j];
        for (int i = j + 1; i < n; i++) b[i] -= L[j * n + i] * x;
    }
}

/* b <- L^-T b */
void dense_backward(const double *L, double *b, int n)
{
    for (int j = n - 1; j >= 0; j--) {
        vec sum = vec_of(0);
        int i = (j + 8) / 8 * 8;
        double e = b[j];
        for (int k = j + 1; k < i; k++) e -= L[j * n + k] * b[k];
        for (; i < n; i += 8) sum += load8(L + j * n + i) * load8(b + i);
        b[j] = (e - vec_sum(sum)) / L[j * n + j];
    }
}

/* y -= A x */
void dense_apply(const double *a, const double *x, double *y, int n)
{
    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i += 8) store8(y + i, load8(y + i) - load8(a + j * n + i) * x[j]);
}

/* y -= A' x */
void dense_apply_transposed(const double *a, const double *x, double *y, int n)
{
    for (int j = 0; j < n; j++) {
        vec sum = vec_of(0);
        for (int i = 0; i < n; i += 8) sum += load8(a + j * n + i) * load8(x + i);
        y[j] -= vec_sum(sum);
    }
}
