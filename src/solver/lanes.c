/* The recursions of a cell: a linear-quadratic problem over the slots, eight blocks at a time.
 *
 * With weights R (inputs) and w (rows), and V_t(dx) = dx' P dx / 2 + p' dx the cost still to come, one backward
 * pass gives Q = P + C' w C,  H = R + D' w D + B' Q B + B' N + N' B  (N = C' w D),  K = H^-1 (Q B + N)' A, P <-
 * Phi' P Phi + K' R K + sum of w (C Phi - D K)^2,  Phi = A - B K      (Joseph's form: never indefinite) and one
 * more pass back and forth the step for any prices lam: hu = ru - F' lam + D' ry + B' q, q = p + C' ry - G' lam, k
 * = -H^-1 hu, p <- A' q - K' hu, then du = k - K dx, dx' = A dx + B du (Rao, Wright, Rawlings 1998, J. Optim.
 * Theory Appl. 99, 723).
 *
 * Seen as a Gaussian, the step has covariance H^-1 at each slot; the covariance of the flows at the ports is minus
 * the response of the block to prices: M[j,k] = Hf_j Phi_(j-1) .. Phi_(k+1) g_k for j > k. That is what the node
 * system sums up.
 *
 * Each body is written once for any size; the table at the end has it compiled with the common sizes as constants.
 */
#include "base/err.h"
#include "solver/element.h"

enum { XX = COMP_X * COMP_X, XU = COMP_X * COMP_U, UU = COMP_U * COMP_U };

/* Cholesky factor in the lower half, with the diagonal inverted. Never an explicit inverse: weights of hard rows
 * make H so ill-conditioned that its residual would swamp the dual. */
LANE_INLINE void spd_factor(vec *a, const int n)
{
    for (int j = 0; j < n; j++) {
        vec d = a[j * n + j];
        for (int k = 0; k < j; k++) d -= a[j * n + k] * a[j * n + k];
        vec inv = 1 / vec_root(d);
        a[j * n + j] = inv;
        for (int i = j + 1; i < n; i++) {
            vec e = a[i * n + j];
            for (int k = 0; k < j; k++) e -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = e * inv;
        }
    }
}

/* b <- L^-1 b, for columns of b `step` apart. */
LANE_INLINE void lower_solve(const vec *L, vec *b, const int n, const int step)
{
    for (int i = 0; i < n; i++) {
        vec e = b[i * step];
        for (int k = 0; k < i; k++) e -= L[i * n + k] * b[k * step];
        b[i * step] = e * L[i * n + i];
    }
}

/* b <- L^-T b */
LANE_INLINE void upper_solve(const vec *L, vec *b, const int n, const int step)
{
    for (int i = n - 1; i >= 0; i--) {
        vec e = b[i * step];
        for (int k = i + 1; k < n; k++) e -= L[k * n + i] * b[k * step];
        b[i * step] = e * L[i * n + i];
    }
}

LANE_INLINE vec input_weight(const struct cell *c, const vec *st, size_t at, int i, double calm,
                             const struct size sz)
{
    struct box b = box_of(c->u[at], st[stage_at(sz, AT_LO) + i], st[stage_at(sz, AT_HI) + i]);
    vec w = c->zl[at] * b.il + c->zh[at] * b.ih + st[stage_at(sz, AT_QUAD) + i] * 2 + c->prox[i] * calm;
    return vec_pick(b.fixed, vec_of(FIXED_WEIGHT), w);
}

LANE_INLINE void row_weights(const struct cell *c, const vec *st, int t, vec *w, const struct size sz)
{
    for (int r = 0; r < sz.nrow; r++) w[r] = vec_of(0);
    for (int n = 0; n < c->n_side; n++) {
        int r = c->side[n] / 2, hi = c->side[n] & 1;
        size_t at = ((size_t)t * sz.nrow + (size_t)r) * 2 + (size_t)hi;
        w[r] += side_of(st[stage_at(sz, hi ? AT_PRICE_HI : AT_PRICE_LO) + r], c->z[at], c->s[at], c->v[at]).w;
    }
}

/* Q and H from the cost to come and the weights of one slot. */
LANE_INLINE void slot_hessian(const vec *P, const vec *st, const vec *R, const vec *w, vec *HU, vec *HX,
                              const struct size sz)
{
    const vec *A = st + stage_at(sz, AT_A), *B = st + stage_at(sz, AT_B), *C = st + stage_at(sz, AT_C),
              *D = st + stage_at(sz, AT_D);
    vec QBN[XU], Q[XX], N[XU];
    for (int i = 0; i < sz.nx * sz.nx; i++) Q[i] = P[i];
    for (int i = 0; i < sz.nx * sz.nu; i++) N[i] = vec_of(0);
    for (int i = 0; i < sz.nu * sz.nu; i++) HU[i] = vec_of(0);
    for (int i = 0; i < sz.nu; i++) HU[i * sz.nu + i] = R[i];
    for (int r = 0; r < sz.nrow; r++) {
        const vec *c = C + r * sz.nx, *d = D + r * sz.nu;
        for (int i = 0; i < sz.nx; i++) {
            vec wc = w[r] * c[i];
            for (int k = 0; k < sz.nx; k++) Q[i * sz.nx + k] += wc * c[k];
            for (int k = 0; k < sz.nu; k++) N[i * sz.nu + k] += wc * d[k];
        }
        for (int i = 0; i < sz.nu; i++) {
            vec wd = w[r] * d[i];
            for (int k = 0; k < sz.nu; k++) HU[i * sz.nu + k] += wd * d[k];
        }
    }
    for (int i = 0; i < sz.nx; i++)
        for (int k = 0; k < sz.nu; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += Q[i * sz.nx + m] * B[m * sz.nu + k];
            QBN[i * sz.nu + k] = e + N[i * sz.nu + k];
        }
    for (int i = 0; i < sz.nu; i++)
        for (int k = 0; k < sz.nu; k++)
            for (int m = 0; m < sz.nx; m++)
                HU[i * sz.nu + k] += B[m * sz.nu + i] * QBN[m * sz.nu + k] + N[m * sz.nu + i] * B[m * sz.nu + k];
    for (int i = 0; i < sz.nu; i++)
        for (int k = 0; k < sz.nx; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += QBN[m * sz.nu + i] * A[m * sz.nx + k];
            HX[i * sz.nx + k] = e;
        }
}

/* Phi = A - B K */
LANE_INLINE void slot_closed(const vec *A, const vec *B, const vec *K, vec *Phi, const struct size sz)
{
    for (int i = 0; i < sz.nx; i++)
        for (int k = 0; k < sz.nx; k++) {
            vec e = A[i * sz.nx + k];
            for (int m = 0; m < sz.nu; m++) e -= B[i * sz.nu + m] * K[m * sz.nx + k];
            Phi[i * sz.nx + k] = e;
        }
}

LANE_INLINE void slot_cost(vec *P, const vec *st, const vec *R, const vec *w, const vec *K, const struct size sz)
{
    const vec *C = st + stage_at(sz, AT_C), *D = st + stage_at(sz, AT_D);
    vec Phi[XX], PPhi[XX];
    slot_closed(st + stage_at(sz, AT_A), st + stage_at(sz, AT_B), K, Phi, sz);
    for (int i = 0; i < sz.nx; i++)
        for (int k = 0; k < sz.nx; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += P[i * sz.nx + m] * Phi[m * sz.nx + k];
            PPhi[i * sz.nx + k] = e;
        }
    for (int i = 0; i < sz.nx; i++)
        for (int k = 0; k <= i; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += Phi[m * sz.nx + i] * PPhi[m * sz.nx + k];
            for (int m = 0; m < sz.nu; m++) e += K[m * sz.nx + i] * R[m] * K[m * sz.nx + k];
            P[i * sz.nx + k] = e;
        }
    for (int r = 0; r < sz.nrow; r++) {
        vec h[COMP_X];
        for (int i = 0; i < sz.nx; i++) {
            h[i] = vec_of(0);
            for (int m = 0; m < sz.nx; m++) h[i] += C[r * sz.nx + m] * Phi[m * sz.nx + i];
            for (int m = 0; m < sz.nu; m++) h[i] -= D[r * sz.nu + m] * K[m * sz.nx + i];
        }
        for (int i = 0; i < sz.nx; i++)
            for (int k = 0; k <= i; k++) P[i * sz.nx + k] += w[r] * h[i] * h[k];
    }
    for (int i = 0; i < sz.nx; i++)
        for (int k = i + 1; k < sz.nx; k++) P[i * sz.nx + k] = P[k * sz.nx + i];
}

LANE_INLINE void factor_body(const struct joint *j, struct cell *c, const struct size sz)
{
    vec st[STAGE_MAX], P[XX], HX[XU], R[COMP_U], w[COMP_ROWS];
    int cur = -1;
    stage_zero(c, st);
    for (int i = 0; i < sz.nx * sz.nx; i++) P[i] = vec_of(0);
    for (int t = j->T - 1; t >= 0; t--) {
        stage_load(c, j->len, t, &cur, st);
        vec *K = c->K + (size_t)t * (size_t)(sz.nu * sz.nx), *L = c->L + (size_t)t * (size_t)(sz.nu * sz.nu);
        for (int i = 0; i < sz.nu; i++)
            R[i] = input_weight(c, st, (size_t)t * (size_t)sz.nu + (size_t)i, i, j->calm, sz);
        row_weights(c, st, t, w, sz);
        slot_hessian(P, st, R, w, L, HX, sz);
        spd_factor(L, sz.nu);
        for (int k = 0; k < sz.nx; k++) {
            for (int i = 0; i < sz.nu; i++) K[i * sz.nx + k] = HX[i * sz.nx + k];
            lower_solve(L, K + k, sz.nu, sz.nx);
            upper_solve(L, K + k, sz.nu, sz.nx);
        }
        slot_cost(P, st, R, w, K, sz);
    }
}

/* Gradients of one slot without prices: inputs from their targets, rows from theirs. */
LANE_INLINE void slot_gradient(const struct cell *c, const vec *st, int t, vec *ru, vec *ry, const struct size sz)
{
    for (int i = 0; i < sz.nu; i++) {
        size_t at = (size_t)t * (size_t)sz.nu + (size_t)i;
        ru[i] = st[stage_at(sz, AT_PRICE) + i] + st[stage_at(sz, AT_QUAD) + i] * 2 * c->u[at] - c->m.tl[at] +
                c->m.th[at];
    }
    for (int r = 0; r < sz.nrow; r++) {
        size_t at = ((size_t)t * sz.nrow + (size_t)r) * 2;
        ry[r] = c->m.zc[at + 1] - c->m.zc[at];
    }
}

LANE_INLINE void linear_back(const struct joint *j, struct cell *c, const double *lam, const struct size sz)
{
    vec st[STAGE_MAX], q[COMP_X], pp[COMP_X], hu[COMP_U], ry[COMP_ROWS];
    int cur = -1;
    stage_zero(c, st);
    for (int i = 0; i < sz.nx; i++) pp[i] = -c->worth[i];
    for (int t = j->T - 1; t >= 0; t--) {
        stage_load(c, j->len, t, &cur, st);
        const vec *A = st + stage_at(sz, AT_A), *B = st + stage_at(sz, AT_B), *C = st + stage_at(sz, AT_C),
                  *D = st + stage_at(sz, AT_D);
        const vec *K = c->K + (size_t)t * (size_t)(sz.nu * sz.nx), *L = c->L + (size_t)t * (size_t)(sz.nu * sz.nu);
        slot_gradient(c, st, t, hu, ry, sz);
        for (int i = 0; i < sz.nx; i++) q[i] = pp[i];
        for (int k = 0; k < sz.np; k++) {
            vec l = lam_at(j, c, lam, c->comp->port[k], t);
            for (int i = 0; i < sz.nu; i++) hu[i] -= st[stage_at(sz, AT_F) + k * sz.nu + i] * l;
            for (int i = 0; i < sz.nx; i++) q[i] -= st[stage_at(sz, AT_G) + k * sz.nx + i] * l;
        }
        for (int r = 0; r < sz.nrow; r++) {
            for (int i = 0; i < sz.nx; i++) q[i] += C[r * sz.nx + i] * ry[r];
            for (int i = 0; i < sz.nu; i++) hu[i] += D[r * sz.nu + i] * ry[r];
        }
        for (int i = 0; i < sz.nu; i++)
            for (int m = 0; m < sz.nx; m++) hu[i] += B[m * sz.nu + i] * q[m];
        vec *du = c->m.du + (size_t)t * (size_t)sz.nu;
        for (int i = 0; i < sz.nu; i++) du[i] = -hu[i];
        lower_solve(L, du, sz.nu, 1);
        upper_solve(L, du, sz.nu, 1);
        for (int i = 0; i < sz.nx; i++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += A[m * sz.nx + i] * q[m];
            for (int m = 0; m < sz.nu; m++) e -= K[m * sz.nx + i] * hu[m];
            pp[i] = e;
        }
    }
}

/* Flows after a full step, added up over the batch's live lanes later. */
LANE_INLINE void flow_add(const struct joint *j, const struct cell *c, const vec *st, int t, vec *acc,
                          const struct size sz)
{
    for (int k = 0; k < sz.np; k++) {
        vec e = vec_of(0);
        for (int i = 0; i < sz.nu; i++) {
            size_t at = (size_t)t * (size_t)sz.nu + (size_t)i;
            e += st[stage_at(sz, AT_F) + k * sz.nu + i] * (c->u[at] + c->m.du[at]);
        }
        for (int i = 0; i < sz.nx; i++) {
            size_t at = (size_t)(t + 1) * (size_t)sz.nx + (size_t)i;
            e += st[stage_at(sz, AT_G) + k * sz.nx + i] * (c->x[at] + c->m.dx[at]);
        }
        acc[(size_t)c->comp->port[k] * (size_t)j->dim.T_max + (size_t)t] += e;
    }
}

LANE_INLINE void linear_forth(const struct joint *j, struct cell *c, vec *acc, const struct size sz)
{
    vec st[STAGE_MAX];
    int cur = -1;
    stage_zero(c, st);
    for (int i = 0; i < sz.nx; i++) c->m.dx[i] = vec_of(0);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        const vec *A = st + stage_at(sz, AT_A), *B = st + stage_at(sz, AT_B), *C = st + stage_at(sz, AT_C),
                  *D = st + stage_at(sz, AT_D);
        const vec *K = c->K + (size_t)t * (size_t)(sz.nu * sz.nx);
        const vec *dx = c->m.dx + (size_t)t * (size_t)sz.nx;
        vec *dn = c->m.dx + (size_t)(t + 1) * (size_t)sz.nx, *du = c->m.du + (size_t)t * (size_t)sz.nu;
        for (int i = 0; i < sz.nu; i++)
            for (int m = 0; m < sz.nx; m++) du[i] -= K[i * sz.nx + m] * dx[m];
        for (int i = 0; i < sz.nx; i++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += A[i * sz.nx + m] * dx[m];
            for (int m = 0; m < sz.nu; m++) e += B[i * sz.nu + m] * du[m];
            dn[i] = e;
        }
        for (int r = 0; r < sz.nrow; r++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += C[r * sz.nx + m] * dn[m];
            for (int m = 0; m < sz.nu; m++) e += D[r * sz.nu + m] * du[m];
            c->m.dy[(size_t)t * sz.nrow + (size_t)r] = e;
        }
        if (acc) flow_add(j, c, st, t, acc, sz);
    }
}

/* L^-1 B' and L^-1 E' with E = F + G B: the square roots of what the slot's inputs add to states and flows. */
LANE_INLINE void slot_roots(const vec *st, const vec *L, vec *YB, vec *YE, const struct size sz)
{
    const vec *B = st + stage_at(sz, AT_B), *F = st + stage_at(sz, AT_F), *G = st + stage_at(sz, AT_G);
    for (int i = 0; i < sz.nu; i++) {
        for (int k = 0; k < sz.np; k++) {
            vec e = F[k * sz.nu + i];
            for (int m = 0; m < sz.nx; m++) e += G[k * sz.nx + m] * B[m * sz.nu + i];
            YE[i * sz.np + k] = e;
        }
        for (int k = 0; k < sz.nx; k++) YB[i * sz.nx + k] = B[k * sz.nu + i];
    }
    for (int k = 0; k < sz.np; k++) lower_solve(L, YE + k, sz.nu, sz.np);
    for (int k = 0; k < sz.nx; k++) lower_solve(L, YB + k, sz.nu, sz.nx);
}

/* One slot of the covariance recursion: Phi, Hf, g and, on the diagonal, the variance of the flows; S moves on. */
LANE_INLINE void slot_covariance(const struct cell *c, const vec *st, int t, vec *S, vec *Phi, vec *Hf, vec *g,
                                 vec *var, const struct size sz)
{
    const vec *B = st + stage_at(sz, AT_B), *F = st + stage_at(sz, AT_F), *G = st + stage_at(sz, AT_G);
    const vec *K = c->K + (size_t)t * (size_t)(sz.nu * sz.nx), *L = c->L + (size_t)t * (size_t)(sz.nu * sz.nu);
    vec YB[XU], YE[COMP_U * COMP_PORTS], SP[XX], SH[COMP_X * COMP_PORTS];
    slot_closed(st + stage_at(sz, AT_A), B, K, Phi, sz);
    slot_roots(st, L, YB, YE, sz);
    for (int k = 0; k < sz.np; k++)
        for (int i = 0; i < sz.nx; i++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += G[k * sz.nx + m] * Phi[m * sz.nx + i];
            for (int m = 0; m < sz.nu; m++) e -= F[k * sz.nu + m] * K[m * sz.nx + i];
            Hf[k * sz.nx + i] = e;
        }
    for (int i = 0; i < sz.nx; i++) {
        for (int k = 0; k < sz.nx; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += S[i * sz.nx + m] * Phi[k * sz.nx + m];
            SP[i * sz.nx + k] = e; /* S Phi' */
        }
        for (int k = 0; k < sz.np; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += S[i * sz.nx + m] * Hf[k * sz.nx + m];
            SH[i * sz.np + k] = e; /* S Hf' */
        }
    }
    for (int a = 0; a < sz.np; a++)
        for (int b = 0; b < sz.np; b++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += Hf[a * sz.nx + m] * SH[m * sz.np + b];
            for (int m = 0; m < sz.nu; m++) e += YE[m * sz.np + a] * YE[m * sz.np + b];
            var[a * sz.np + b] = e;
        }
    for (int i = 0; i < sz.nx; i++)
        for (int k = 0; k < sz.np; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += Phi[i * sz.nx + m] * SH[m * sz.np + k];
            for (int m = 0; m < sz.nu; m++) e += YB[m * sz.nx + i] * YE[m * sz.np + k];
            g[i * sz.np + k] = e;
        }
    for (int i = 0; i < sz.nx; i++)
        for (int k = 0; k <= i; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e += Phi[i * sz.nx + m] * SP[m * sz.nx + k];
            for (int m = 0; m < sz.nu; m++) e += YB[m * sz.nx + i] * YB[m * sz.nx + k];
            S[i * sz.nx + k] = e;
        }
    for (int i = 0; i < sz.nx; i++)
        for (int k = i + 1; k < sz.nx; k++) S[i * sz.nx + k] = S[k * sz.nx + i];
}

/* --- from covariances to the node system ---------------------------------------------------------------------
 * M[j,k] = Hf_j Phi_(j-1) .. Phi_(k+1) g_k splits at any slot j0 between k and j into a row a_j = Hf_j Phi_(j-1) .. Phi_j0
 * and a column v_k = Phi_(j0-1) .. Phi_(k+1) g_k: below the diagonal M has the rank of the state. So the slots are taken in
 * blocks: rows of the block times columns carried up to it is a product of matrices that sums over lanes and states
 * by itself. Only the triangle inside a block is walked slot by slot. */
enum { SPAN = 16 };

/* out (16 x 8, column step ld) += rows (16 x n, column major) columns (8 x n, row major, step n)' */
LANE_INLINE void span_add(double *out, int ld, const double *rows, const double *columns, const int n)
{
    vec lo[8], hi[8];
    for (int i = 0; i < 8; i++) lo[i] = hi[i] = vec_of(0);
    for (int m = 0; m < n; m++) {
        vec a0 = *(const vec *)(const void *)(rows + m * SPAN),
            a1 = *(const vec *)(const void *)(rows + m * SPAN + 8);
        for (int i = 0; i < 8; i++) {
            vec x = vec_of(columns[i * n + m]);
            lo[i] += a0 * x;
            hi[i] += a1 * x;
        }
    }
    for (int i = 0; i < 8; i++) {
        vec *d = (vec *)(void *)(out + i * ld);
        d[0] += lo[i];
        d[1] += hi[i];
    }
}

/* The columns v_k of port b, k < j0, times the span's rows of port a, into the pair's block. */
LANE_INLINE void span_product(const struct joint *j, const struct pair_block *d, const double *rows,
                              const vec *columns, int j0, const struct size sz)
{
    if (d->straight) {
        for (int k = 0; k < j0; k += 8)
            span_add(d->m + k * d->n + j0, d->n, rows, (const double *)(const void *)(columns + k * sz.nx),
                     sz.nx * LANES);
        return;
    }
    for (int k = 0; k < j0; k += 8) {
        vec part[SPAN] = {0};
        double *out = (double *)(void *)part;
        span_add(out, SPAN, rows, (const double *)(const void *)(columns + k * sz.nx), sz.nx * LANES);
        for (int i = 0; i < 8; i++)
            for (int t = 0; t < SPAN && j0 + t < j->T; t++) d->m[(j0 + t) * d->n + k + i] += out[i * SPAN + t];
    }
}

/* Inside the span: every column walked to the span's end, where it is carried on. */
LANE_INLINE void span_inside(const struct half *h, const struct pair_block *pair, vec mask, int b, int j0, int j1,
                             vec *columns, const struct size sz)
{
    for (int k = j0; k < j1; k++) {
        vec *v = columns + k * sz.nx, n[COMP_X];
        for (int i = 0; i < sz.nx; i++)
            v[i] = mask * h->g[(size_t)k * (size_t)(sz.nx * sz.np) + (size_t)(i * sz.np + b)];
        for (int t = k + 1; t < j1; t++) {
            const vec *Phi = h->phi + (size_t)t * (size_t)(sz.nx * sz.nx),
                      *Hf = h->hf + (size_t)t * (size_t)(sz.nx * sz.np);
            for (int a = 0; a < sz.np; a++) {
                const struct pair_block *d = &pair[a * sz.np + b];
                if (!d->m) continue;
                vec e = vec_of(0);
                for (int i = 0; i < sz.nx; i++) e += Hf[a * sz.nx + i] * v[i];
                d->m[d->straight ? k * d->n + t : t * d->n + k] += vec_sum(e);
            }
            for (int i = 0; i < sz.nx; i++) {
                n[i] = vec_of(0);
                for (int m = 0; m < sz.nx; m++) n[i] += Phi[i * sz.nx + m] * v[m];
            }
            for (int i = 0; i < sz.nx; i++) v[i] = n[i];
        }
    }
}

/* Rows a_j of port a for the slots j0..j1, transposed to slots side by side, and the span's own transition in Pass. */
LANE_INLINE void span_rows(const struct half *h, int a, int j0, int j1, double *rows, vec *Pass,
                           const struct size sz)
{
    vec next[XX];
    for (int i = 0; i < sz.nx; i++)
        for (int m = 0; m < sz.nx; m++) Pass[i * sz.nx + m] = vec_of(i == m);
    for (int i = 0; i < sz.nx * LANES * SPAN; i++) rows[i] = 0;
    for (int t = j0; t < j1; t++) {
        const vec *Phi = h->phi + (size_t)t * (size_t)(sz.nx * sz.nx),
                  *Hf = h->hf + (size_t)t * (size_t)(sz.nx * sz.np);
        for (int m = 0; m < sz.nx; m++) {
            vec e = vec_of(0);
            for (int i = 0; i < sz.nx; i++) e += Hf[a * sz.nx + i] * Pass[i * sz.nx + m];
            for (int l = 0; l < LANES; l++) rows[(m * LANES + l) * SPAN + t - j0] = e[l];
        }
        for (int i = 0; i < sz.nx; i++)
            for (int m = 0; m < sz.nx; m++) {
                next[i * sz.nx + m] = vec_of(0);
                for (int k = 0; k < sz.nx; k++) next[i * sz.nx + m] += Phi[i * sz.nx + k] * Pass[k * sz.nx + m];
            }
        for (int i = 0; i < sz.nx * sz.nx; i++) Pass[i] = next[i];
    }
}

LANE_INLINE void columns_carry(vec *columns, const vec *Pass, int n, const struct size sz)
{
    for (int k = 0; k < n; k++) {
        vec *v = columns + k * sz.nx, e[COMP_X];
        for (int i = 0; i < sz.nx; i++) {
            e[i] = vec_of(0);
            for (int m = 0; m < sz.nx; m++) e[i] += Pass[i * sz.nx + m] * v[m];
        }
        for (int i = 0; i < sz.nx; i++) v[i] = e[i];
    }
}

LANE_INLINE void response_add(const struct joint *j, struct half *h, const struct pair_block *pair, vec mask,
                              const struct size sz)
{
    vec rows[COMP_X * SPAN], Pass[XX];
    for (int b = 0; b < sz.np; b++)
        for (int j0 = 0; j0 < j->T; j0 += SPAN) {
            int j1 = j0 + SPAN < j->T ? j0 + SPAN : j->T;
            for (int a = 0; a < sz.np; a++) {
                span_rows(h, a, j0, j1, (double *)(void *)rows, Pass, sz);
                if (pair[a * sz.np + b].m)
                    span_product(j, &pair[a * sz.np + b], (const double *)(const void *)rows, h->columns, j0, sz);
            }
            columns_carry(h->columns, Pass, j0, sz);
            span_inside(h, pair, mask, b, j0, j1, h->columns, sz);
        }
}

LANE_INLINE void covariance_body(const struct joint *j, struct half *h, struct cell *c, const struct size sz)
{
    const int T = j->T;
    const struct crew *crew = c->batch->crew;
    const int n_crew = c->batch->n_crew;
    struct pair_block pair[LANES]
                          [COMP_PORTS * COMP_PORTS]; /* where port a's answer to port b goes, sz.np x sz.np */
    vec st[STAGE_MAX], S[XX], var[COMP_PORTS * COMP_PORTS];
    int cur = -1;
    for (int k = 0; k < n_crew; k++) sys_pairs(j, h, c->comp, crew[k].node, pair[k]);
    stage_zero(c, st);
    for (int i = 0; i < sz.nx * sz.nx; i++) S[i] = vec_of(0);
    for (int t = 0; t < T; t++) {
        stage_load(c, j->len, t, &cur, st);
        slot_covariance(c, st, t, S, h->phi + (size_t)t * (size_t)(sz.nx * sz.nx),
                        h->hf + (size_t)t * (size_t)(sz.nx * sz.np), h->g + (size_t)t * (size_t)(sz.nx * sz.np),
                        var, sz);
        for (int k = 0; k < n_crew; k++)
            for (int i = 0; i < sz.np * sz.np; i++) {
                const struct pair_block *d = &pair[k][i];
                if (d->m && d->straight) d->m[t * d->n + t] += vec_sum(crew[k].mask * var[i]);
            }
    }
    for (int k = 0; sz.nx > 0 && k < n_crew; k++) response_add(j, h, pair[k], crew[k].mask, sz);
}

LANE_INLINE void linear_body(const struct joint *j, struct cell *c, const double *lam, vec *acc,
                             const struct size sz)
{
    linear_back(j, c, lam, sz);
    linear_forth(j, c, acc, sz);
}

#define KERNELS(name, ...)                                                                                         \
    static void factor_##name(const struct joint *j, struct cell *c) { factor_body(j, c, __VA_ARGS__); }           \
    static void linear_##name(const struct joint *j, struct cell *c, const double *lam, vec *acc)                  \
    {                                                                                                              \
        linear_body(j, c, lam, acc, __VA_ARGS__);                                                                  \
    }                                                                                                              \
    static void covariance_##name(const struct joint *j, struct half *h, struct cell *c)                           \
    {                                                                                                              \
        covariance_body(j, h, c, __VA_ARGS__);                                                                     \
    }
#define SIZED(nx, nu, nrow, np) KERNELS(nx##_##nu##_##nrow##_##np, (struct size){nx, nu, nrow, np})
#define WIDE(nx, nu) KERNELS(nx##_##nu, (struct size){nx, nu, c->comp->sz.nrow, c->comp->sz.np})
SIZED(0, 1, 0, 1)
SIZED(0, 1, 0, 2)
SIZED(1, 1, 1, 1)
SIZED(1, 1, 2, 1)
SIZED(2, 1, 2, 1)
WIDE(1, 2)
WIDE(2, 3)
WIDE(1, 6)
WIDE(2, 5)
KERNELS(any, c->comp->sz)

/* Rows and ports of 0: any. */
#define ROW_OF(nx, nu, nrow, np, name)                                                                             \
    {                                                                                                              \
        {nx, nu, nrow, np}, factor_##name, linear_##name, covariance_##name                                        \
    }
#define SIZED_ROW(nx, nu, nrow, np) ROW_OF(nx, nu, nrow, np, nx##_##nu##_##nrow##_##np)
#define WIDE_ROW(nx, nu) ROW_OF(nx, nu, 0, 0, nx##_##nu)
static const struct kernel KERNEL[] = {SIZED_ROW(0, 1, 0, 1), SIZED_ROW(0, 1, 0, 2), SIZED_ROW(1, 1, 1, 1),
                                       SIZED_ROW(1, 1, 2, 1), SIZED_ROW(2, 1, 2, 1), WIDE_ROW(1, 2),
                                       WIDE_ROW(2, 3),        WIDE_ROW(1, 6),        WIDE_ROW(2, 5)};
static const struct kernel ANY = ROW_OF(0, 0, 0, 0, any);

const struct kernel *kernel_find(struct size sz)
{
    for (const struct kernel *k = KERNEL; k < KERNEL + sizeof KERNEL / sizeof *KERNEL; k++) {
        int wide = k->size.np == 0;
        if (k->size.nx == sz.nx && k->size.nu == sz.nu &&
            (wide || (k->size.nrow == sz.nrow && k->size.np == sz.np)))
            return k;
    }
    return &ANY;
}
