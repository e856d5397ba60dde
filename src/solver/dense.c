/* Dense blocks of the node system, column major, side a multiple of 16 (padded with the identity). Own kernels on
 * vec.h instead of BLAS: sides of 96 to 192 are too small for a library's set-up, and a library that does not know the
 * processor falls back to kernels several times slower. One tile does all the work: C (16 x 8) -= A (16 x k) B (8 x k)'
 * in sixteen registers (Goto, van de Geijn 2008, ACM TOMS 34, 12). */
#include "solver/inside.h"

enum { TALL = 16, WIDE = 8 };

LANE_INLINE vec load8(const double *p) { return *(const vec *)(const void *)p; }
LANE_INLINE void store8(double *p, vec v) { *(vec *)(void *)p = v; }

/* Sixteen rows of eight columns, in registers. */
struct tile {
    vec lo[WIDE], hi[WIDE];
};
LANE_INLINE struct tile tile_load(const double *c, int n)
{
    struct tile t;
    for (int i = 0; i < WIDE; i++) t.lo[i] = load8(c + i * n), t.hi[i] = load8(c + i * n + 8);
    return t;
}
LANE_INLINE void tile_store(double *c, const struct tile *t, int n)
{
    for (int i = 0; i < WIDE; i++) store8(c + i * n, t->lo[i]), store8(c + i * n + 8, t->hi[i]);
}

/* C (16 x 8) -= A (16 x k) B (8 x k)' */
LANE_INLINE void tile_sub(struct tile *t, const double *a, const double *b, int n, int k)
{
    for (int m = 0; m < k; m++) {
        vec a0 = load8(a + m * n), a1 = load8(a + m * n + 8);
        for (int i = 0; i < WIDE; i++) {
            vec x = vec_of(b[m * n + i]);
            t->lo[i] -= a0 * x;
            t->hi[i] -= a1 * x;
        }
    }
}

/* C <- C L^-T for the eight columns of a corner at L, `inv` the inverses of its diagonal */
LANE_INLINE void tile_solve(struct tile *t, const double *L, const double *inv, int n)
{
    for (int k = 0; k < WIDE; k++) {
        t->lo[k] *= vec_of(inv[k]);
        t->hi[k] *= vec_of(inv[k]);
        for (int m = k + 1; m < WIDE; m++) {
            vec l = vec_of(L[k * n + m]);
            t->lo[m] -= t->lo[k] * l;
            t->hi[m] -= t->hi[k] * l;
        }
    }
}

/* C -= A B', all n x n; only tiles that touch the lower half when `lower`. */
void dense_sub(double *c, const double *a, const double *b, int n, int lower)
{
    for (int j = 0; j < n; j += WIDE)
        for (int i = lower ? j / TALL * TALL : 0; i < n; i += TALL) {
            struct tile t = tile_load(c + j * n + i, n);
            tile_sub(&t, a + i, b + j, n, n);
            tile_store(c + j * n + i, &t, n);
        }
}

/* Rows from..n of columns j..j+8 of X, whose columns before j are done: X <- (X - X_before L_before') L_jj^-T. */
static void panel_solve(double *x, const double *L, int n, int j, int from)
{
    double inv[WIDE];
    for (int k = 0; k < WIDE; k++) inv[k] = 1 / L[(j + k) * n + j + k];
    for (int i = from; i < n; i += TALL) {
        struct tile t = tile_load(x + j * n + i, n);
        tile_sub(&t, x + i, L + j, n, j);
        tile_solve(&t, L + j * n + j, inv, n);
        tile_store(x + j * n + i, &t, n);
    }
}

/* X <- X L^-T */
void dense_solve_right(double *x, const double *L, int n)
{
    for (int j = 0; j < n; j += WIDE) panel_solve(x, L, n, j, 0);
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
        for (int h = j; h < j + TALL; h += WIDE) {
            struct tile t = tile_load(a + h * n + j, n);
            tile_sub(&t, a + j, a + h, n, j);
            tile_store(a + h * n + j, &t, n);
        }
        if (corner_factor(a, n, j)) return -1;
        panel_solve(a, a, n, j, j + TALL);
        panel_solve(a, a, n, j + WIDE, j + TALL);
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
