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

LANE_INLINE vec input_weight(const struct cell *c, const vec *st, size_t at, int i, double calm)
{
    const struct comp *p = c->comp;
    struct box b = box_of(c->u[at], st[p->off[AT_LO] + i], st[p->off[AT_HI] + i]);
    vec w = c->zl[at] * b.il + c->zh[at] * b.ih + st[p->off[AT_QUAD] + i] * 2 + c->prox[i] * calm;
    return vec_pick(b.fixed, vec_of(FIXED_WEIGHT), w);
}

LANE_INLINE void row_weights(const struct cell *c, const vec *st, int t, vec *w)
{
    const struct comp *p = c->comp;
    for (int r = 0; r < p->nrow; r++) w[r] = vec_of(0);
    for (int n = 0; n < c->n_side; n++) {
        int r = c->side[n] / 2, hi = c->side[n] & 1;
        size_t at = ((size_t)t * p->nrow + (size_t)r) * 2 + (size_t)hi;
        w[r] += side_of(st[p->off[hi ? AT_PRICE_HI : AT_PRICE_LO] + r], c->z[at], c->s[at], c->v[at]).w;
    }
}

/* Q and H from the cost to come and the weights of one slot. */
LANE_INLINE void slot_hessian(const vec *P, const vec *st, const struct comp *p, const vec *R, const vec *w,
                              vec *HU, vec *HX, const int nx, const int nu)
{
    const vec *A = st + p->off[AT_A], *B = st + p->off[AT_B], *C = st + p->off[AT_C], *D = st + p->off[AT_D];
    vec QBN[XU], Q[XX], N[XU];
    for (int i = 0; i < nx * nx; i++) Q[i] = P[i];
    for (int i = 0; i < nx * nu; i++) N[i] = vec_of(0);
    for (int i = 0; i < nu * nu; i++) HU[i] = vec_of(0);
    for (int i = 0; i < nu; i++) HU[i * nu + i] = R[i];
    for (int r = 0; r < p->nrow; r++) {
        const vec *c = C + r * nx, *d = D + r * nu;
        for (int i = 0; i < nx; i++) {
            vec wc = w[r] * c[i];
            for (int k = 0; k < nx; k++) Q[i * nx + k] += wc * c[k];
            for (int k = 0; k < nu; k++) N[i * nu + k] += wc * d[k];
        }
        for (int i = 0; i < nu; i++) {
            vec wd = w[r] * d[i];
            for (int k = 0; k < nu; k++) HU[i * nu + k] += wd * d[k];
        }
    }
    for (int i = 0; i < nx; i++)
        for (int k = 0; k < nu; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += Q[i * nx + m] * B[m * nu + k];
            QBN[i * nu + k] = e + N[i * nu + k];
        }
    for (int i = 0; i < nu; i++)
        for (int k = 0; k < nu; k++)
            for (int m = 0; m < nx; m++)
                HU[i * nu + k] += B[m * nu + i] * QBN[m * nu + k] + N[m * nu + i] * B[m * nu + k];
    for (int i = 0; i < nu; i++)
        for (int k = 0; k < nx; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += QBN[m * nu + i] * A[m * nx + k];
            HX[i * nx + k] = e;
        }
}

/* Phi = A - B K */
LANE_INLINE void slot_closed(const vec *A, const vec *B, const vec *K, vec *Phi, const int nx, const int nu)
{
    for (int i = 0; i < nx; i++)
        for (int k = 0; k < nx; k++) {
            vec e = A[i * nx + k];
            for (int m = 0; m < nu; m++) e -= B[i * nu + m] * K[m * nx + k];
            Phi[i * nx + k] = e;
        }
}

LANE_INLINE void slot_cost(vec *P, const vec *st, const struct comp *p, const vec *R, const vec *w, const vec *K,
                           const int nx, const int nu)
{
    const vec *C = st + p->off[AT_C], *D = st + p->off[AT_D];
    vec Phi[XX], PPhi[XX];
    slot_closed(st + p->off[AT_A], st + p->off[AT_B], K, Phi, nx, nu);
    for (int i = 0; i < nx; i++)
        for (int k = 0; k < nx; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += P[i * nx + m] * Phi[m * nx + k];
            PPhi[i * nx + k] = e;
        }
    for (int i = 0; i < nx; i++)
        for (int k = 0; k <= i; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += Phi[m * nx + i] * PPhi[m * nx + k];
            for (int m = 0; m < nu; m++) e += K[m * nx + i] * R[m] * K[m * nx + k];
            P[i * nx + k] = e;
        }
    for (int r = 0; r < p->nrow; r++) {
        vec h[COMP_X];
        for (int i = 0; i < nx; i++) {
            h[i] = vec_of(0);
            for (int m = 0; m < nx; m++) h[i] += C[r * nx + m] * Phi[m * nx + i];
            for (int m = 0; m < nu; m++) h[i] -= D[r * nu + m] * K[m * nx + i];
        }
        for (int i = 0; i < nx; i++)
            for (int k = 0; k <= i; k++) P[i * nx + k] += w[r] * h[i] * h[k];
    }
    for (int i = 0; i < nx; i++)
        for (int k = i + 1; k < nx; k++) P[i * nx + k] = P[k * nx + i];
}

LANE_INLINE void factor_body(const struct joint *j, struct cell *c, const int nx, const int nu)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], P[XX], HX[XU], R[COMP_U], w[COMP_ROWS];
    int cur = -1;
    stage_zero(c, st);
    for (int i = 0; i < nx * nx; i++) P[i] = vec_of(0);
    for (int t = j->T - 1; t >= 0; t--) {
        stage_load(c, j->len, t, &cur, st);
        vec *K = c->K + (size_t)t * (size_t)(nu * nx), *L = c->L + (size_t)t * (size_t)(nu * nu);
        for (int i = 0; i < nu; i++) R[i] = input_weight(c, st, (size_t)t * (size_t)nu + (size_t)i, i, j->calm);
        row_weights(c, st, t, w);
        slot_hessian(P, st, p, R, w, L, HX, nx, nu);
        spd_factor(L, nu);
        for (int k = 0; k < nx; k++) {
            for (int i = 0; i < nu; i++) K[i * nx + k] = HX[i * nx + k];
            lower_solve(L, K + k, nu, nx);
            upper_solve(L, K + k, nu, nx);
        }
        slot_cost(P, st, p, R, w, K, nx, nu);
    }
}

/* Gradients of one slot without prices: inputs from their targets, rows from theirs. */
LANE_INLINE void slot_gradient(const struct cell *c, const vec *st, int t, vec *ru, vec *ry, const int nu)
{
    const struct comp *p = c->comp;
    for (int i = 0; i < nu; i++) {
        size_t at = (size_t)t * (size_t)nu + (size_t)i;
        ru[i] = st[p->off[AT_PRICE] + i] + st[p->off[AT_QUAD] + i] * 2 * c->u[at] - c->m.tl[at] + c->m.th[at];
    }
    for (int r = 0; r < p->nrow; r++) {
        size_t at = ((size_t)t * p->nrow + (size_t)r) * 2;
        ry[r] = c->m.zc[at + 1] - c->m.zc[at];
    }
}

LANE_INLINE void linear_back(const struct joint *j, struct cell *c, const double *lam, const int nx, const int nu)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX], q[COMP_X], pp[COMP_X], hu[COMP_U], ry[COMP_ROWS];
    int cur = -1;
    stage_zero(c, st);
    for (int i = 0; i < nx; i++) pp[i] = -c->worth[i];
    for (int t = j->T - 1; t >= 0; t--) {
        stage_load(c, j->len, t, &cur, st);
        const vec *A = st + p->off[AT_A], *B = st + p->off[AT_B], *C = st + p->off[AT_C], *D = st + p->off[AT_D];
        const vec *K = c->K + (size_t)t * (size_t)(nu * nx), *L = c->L + (size_t)t * (size_t)(nu * nu);
        slot_gradient(c, st, t, hu, ry, nu);
        for (int i = 0; i < nx; i++) q[i] = pp[i];
        for (int k = 0; k < p->np; k++) {
            vec l = lam_at(j, c, lam, p->port[k], t);
            for (int i = 0; i < nu; i++) hu[i] -= st[p->off[AT_F] + k * nu + i] * l;
            for (int i = 0; i < nx; i++) q[i] -= st[p->off[AT_G] + k * nx + i] * l;
        }
        for (int r = 0; r < p->nrow; r++) {
            for (int i = 0; i < nx; i++) q[i] += C[r * nx + i] * ry[r];
            for (int i = 0; i < nu; i++) hu[i] += D[r * nu + i] * ry[r];
        }
        for (int i = 0; i < nu; i++)
            for (int m = 0; m < nx; m++) hu[i] += B[m * nu + i] * q[m];
        vec *du = c->m.du + (size_t)t * (size_t)nu;
        for (int i = 0; i < nu; i++) du[i] = -hu[i];
        lower_solve(L, du, nu, 1);
        upper_solve(L, du, nu, 1);
        for (int i = 0; i < nx; i++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += A[m * nx + i] * q[m];
            for (int m = 0; m < nu; m++) e -= K[m * nx + i] * hu[m];
            pp[i] = e;
        }
    }
}

/* Flows after a full step, added up over the batch's live lanes later. */
LANE_INLINE void flow_add(const struct joint *j, const struct cell *c, const vec *st, int t, vec *acc, const int nx,
                          const int nu)
{
    const struct comp *p = c->comp;
    for (int k = 0; k < p->np; k++) {
        vec e = vec_of(0);
        for (int i = 0; i < nu; i++) {
            size_t at = (size_t)t * (size_t)nu + (size_t)i;
            e += st[p->off[AT_F] + k * nu + i] * (c->u[at] + c->m.du[at]);
        }
        for (int i = 0; i < nx; i++) {
            size_t at = (size_t)(t + 1) * (size_t)nx + (size_t)i;
            e += st[p->off[AT_G] + k * nx + i] * (c->x[at] + c->m.dx[at]);
        }
        acc[(size_t)p->port[k] * (size_t)j->dim.T_max + (size_t)t] += e;
    }
}

LANE_INLINE void linear_forth(const struct joint *j, struct cell *c, vec *acc, const int nx, const int nu)
{
    const struct comp *p = c->comp;
    vec st[STAGE_MAX];
    int cur = -1;
    stage_zero(c, st);
    for (int i = 0; i < nx; i++) c->m.dx[i] = vec_of(0);
    for (int t = 0; t < j->T; t++) {
        stage_load(c, j->len, t, &cur, st);
        const vec *A = st + p->off[AT_A], *B = st + p->off[AT_B], *C = st + p->off[AT_C], *D = st + p->off[AT_D];
        const vec *K = c->K + (size_t)t * (size_t)(nu * nx);
        const vec *dx = c->m.dx + (size_t)t * (size_t)nx;
        vec *dn = c->m.dx + (size_t)(t + 1) * (size_t)nx, *du = c->m.du + (size_t)t * (size_t)nu;
        for (int i = 0; i < nu; i++)
            for (int m = 0; m < nx; m++) du[i] -= K[i * nx + m] * dx[m];
        for (int i = 0; i < nx; i++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += A[i * nx + m] * dx[m];
            for (int m = 0; m < nu; m++) e += B[i * nu + m] * du[m];
            dn[i] = e;
        }
        for (int r = 0; r < p->nrow; r++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += C[r * nx + m] * dn[m];
            for (int m = 0; m < nu; m++) e += D[r * nu + m] * du[m];
            c->m.dy[(size_t)t * p->nrow + (size_t)r] = e;
        }
        if (acc) flow_add(j, c, st, t, acc, nx, nu);
    }
}

/* L^-1 B' and L^-1 E' with E = F + G B: the square roots of what the slot's inputs add to states and flows. */
LANE_INLINE void slot_roots(const vec *st, const struct comp *p, const vec *L, vec *YB, vec *YE, const int nx,
                            const int nu)
{
    const int np = p->np;
    const vec *B = st + p->off[AT_B], *F = st + p->off[AT_F], *G = st + p->off[AT_G];
    for (int i = 0; i < nu; i++) {
        for (int k = 0; k < np; k++) {
            vec e = F[k * nu + i];
            for (int m = 0; m < nx; m++) e += G[k * nx + m] * B[m * nu + i];
            YE[i * np + k] = e;
        }
        for (int k = 0; k < nx; k++) YB[i * nx + k] = B[k * nu + i];
    }
    for (int k = 0; k < np; k++) lower_solve(L, YE + k, nu, np);
    for (int k = 0; k < nx; k++) lower_solve(L, YB + k, nu, nx);
}

/* One slot of the covariance recursion: Phi, Hf, g and, on the diagonal, the variance of the flows; S moves on. */
LANE_INLINE void slot_covariance(const struct cell *c, const vec *st, int t, vec *S, vec *Phi, vec *Hf, vec *g,
                                 vec *var, const int nx, const int nu)
{
    const struct comp *p = c->comp;
    const int np = p->np;
    const vec *B = st + p->off[AT_B], *F = st + p->off[AT_F], *G = st + p->off[AT_G];
    const vec *K = c->K + (size_t)t * (size_t)(nu * nx), *L = c->L + (size_t)t * (size_t)(nu * nu);
    vec YB[XU], YE[COMP_U * COMP_PORTS], SP[XX], SH[COMP_X * COMP_PORTS];
    slot_closed(st + p->off[AT_A], B, K, Phi, nx, nu);
    slot_roots(st, p, L, YB, YE, nx, nu);
    for (int k = 0; k < np; k++)
        for (int i = 0; i < nx; i++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += G[k * nx + m] * Phi[m * nx + i];
            for (int m = 0; m < nu; m++) e -= F[k * nu + m] * K[m * nx + i];
            Hf[k * nx + i] = e;
        }
    for (int i = 0; i < nx; i++) {
        for (int k = 0; k < nx; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += S[i * nx + m] * Phi[k * nx + m];
            SP[i * nx + k] = e; /* S Phi' */
        }
        for (int k = 0; k < np; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += S[i * nx + m] * Hf[k * nx + m];
            SH[i * np + k] = e; /* S Hf' */
        }
    }
    for (int a = 0; a < np; a++)
        for (int b = 0; b < np; b++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += Hf[a * nx + m] * SH[m * np + b];
            for (int m = 0; m < nu; m++) e += YE[m * np + a] * YE[m * np + b];
            var[a * np + b] = e;
        }
    for (int i = 0; i < nx; i++)
        for (int k = 0; k < np; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += Phi[i * nx + m] * SH[m * np + k];
            for (int m = 0; m < nu; m++) e += YB[m * nx + i] * YE[m * np + k];
            g[i * np + k] = e;
        }
    for (int i = 0; i < nx; i++)
        for (int k = 0; k <= i; k++) {
            vec e = vec_of(0);
            for (int m = 0; m < nx; m++) e += Phi[i * nx + m] * SP[m * nx + k];
            for (int m = 0; m < nu; m++) e += YB[m * nx + i] * YB[m * nx + k];
            S[i * nx + k] = e;
        }
    for (int i = 0; i < nx; i++)
        for (int k = i + 1; k < nx; k++) S[i * nx + k] = S[k * nx + i];
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
                              const vec *columns, int j0, const int nx)
{
    if (d->straight) {
        for (int k = 0; k < j0; k += 8)
            span_add(d->m + k * d->n + j0, d->n, rows, (const double *)(const void *)(columns + k * nx),
                     nx * LANES);
        return;
    }
    for (int k = 0; k < j0; k += 8) {
        vec part[SPAN] = {0};
        double *out = (double *)(void *)part;
        span_add(out, SPAN, rows, (const double *)(const void *)(columns + k * nx), nx * LANES);
        for (int i = 0; i < 8; i++)
            for (int t = 0; t < SPAN && j0 + t < j->T; t++) d->m[(j0 + t) * d->n + k + i] += out[i * SPAN + t];
    }
}

/* Inside the span: every column walked to the span's end, where it is carried on. */
LANE_INLINE void span_inside(const struct half *h, const struct comp *p, const struct pair_block *pair, vec mask,
                             int b, int j0, int j1, vec *columns, const int nx)
{
    const int np = p->np;
    for (int k = j0; k < j1; k++) {
        vec *v = columns + k * nx, n[COMP_X];
        for (int i = 0; i < nx; i++) v[i] = mask * h->g[(size_t)k * (size_t)(nx * np) + (size_t)(i * np + b)];
        for (int t = k + 1; t < j1; t++) {
            const vec *Phi = h->phi + (size_t)t * (size_t)(nx * nx), *Hf = h->hf + (size_t)t * (size_t)(nx * np);
            for (int a = 0; a < np; a++) {
                const struct pair_block *d = &pair[a * np + b];
                if (!d->m) continue;
                vec e = vec_of(0);
                for (int i = 0; i < nx; i++) e += Hf[a * nx + i] * v[i];
                d->m[d->straight ? k * d->n + t : t * d->n + k] += vec_sum(e);
            }
            for (int i = 0; i < nx; i++) {
                n[i] = vec_of(0);
                for (int m = 0; m < nx; m++) n[i] += Phi[i * nx + m] * v[m];
            }
            for (int i = 0; i < nx; i++) v[i] = n[i];
        }
    }
}

/* Rows a_j of port a for the slots j0..j1, transposed to slots side by side, and the span's own transition in Pass. */
LANE_INLINE void span_rows(const struct half *h, const struct comp *p, int a, int j0, int j1, double *rows,
                           vec *Pass, const int nx)
{
    vec next[XX];
    for (int i = 0; i < nx; i++)
        for (int m = 0; m < nx; m++) Pass[i * nx + m] = vec_of(i == m);
    for (int i = 0; i < nx * LANES * SPAN; i++) rows[i] = 0;
    for (int t = j0; t < j1; t++) {
        const vec *Phi = h->phi + (size_t)t * (size_t)(nx * nx), *Hf = h->hf + (size_t)t * (size_t)(nx * p->np);
        for (int m = 0; m < nx; m++) {
            vec e = vec_of(0);
            for (int i = 0; i < nx; i++) e += Hf[a * nx + i] * Pass[i * nx + m];
            for (int l = 0; l < LANES; l++) rows[(m * LANES + l) * SPAN + t - j0] = e[l];
        }
        for (int i = 0; i < nx; i++)
            for (int m = 0; m < nx; m++) {
                next[i * nx + m] = vec_of(0);
                for (int k = 0; k < nx; k++) next[i * nx + m] += Phi[i * nx + k] * Pass[k * nx + m];
            }
        for (int i = 0; i < nx * nx; i++) Pass[i] = next[i];
    }
}

LANE_INLINE void columns_carry(vec *columns, const vec *Pass, int n, const int nx)
{
    for (int k = 0; k < n; k++) {
        vec *v = columns + k * nx, e[COMP_X];
        for (int i = 0; i < nx; i++) {
            e[i] = vec_of(0);
            for (int m = 0; m < nx; m++) e[i] += Pass[i * nx + m] * v[m];
        }
        for (int i = 0; i < nx; i++) v[i] = e[i];
    }
}

LANE_INLINE void response_add(const struct joint *j, struct half *h, const struct comp *p,
                              const struct pair_block *pair, vec mask, const int nx)
{
    const int np = p->np;
    vec rows[COMP_X * SPAN], Pass[XX];
    for (int b = 0; b < np; b++)
        for (int j0 = 0; j0 < j->T; j0 += SPAN) {
            int j1 = j0 + SPAN < j->T ? j0 + SPAN : j->T;
            for (int a = 0; a < np; a++) {
                span_rows(h, p, a, j0, j1, (double *)(void *)rows, Pass, nx);
                if (pair[a * np + b].m)
                    span_product(j, &pair[a * np + b], (const double *)(const void *)rows, h->columns, j0, nx);
            }
            columns_carry(h->columns, Pass, j0, nx);
            span_inside(h, p, pair, mask, b, j0, j1, h->columns, nx);
        }
}

LANE_INLINE void covariance_body(const struct joint *j, struct half *h, struct cell *c, const int nx, const int nu)
{
    const struct comp *p = c->comp;
    const int np = p->np, T = j->T;
    const struct crew *crew = c->batch->crew;
    const int n_crew = c->batch->n_crew;
    struct pair_block pair[LANES][COMP_PORTS * COMP_PORTS]; /* where port a's answer to port b goes, np x np */
    vec st[STAGE_MAX], S[XX], var[COMP_PORTS * COMP_PORTS];
    int cur = -1;
    for (int k = 0; k < n_crew; k++) sys_pairs(j, h, p, crew[k].node, pair[k]);
    stage_zero(c, st);
    for (int i = 0; i < nx * nx; i++) S[i] = vec_of(0);
    for (int t = 0; t < T; t++) {
        stage_load(c, j->len, t, &cur, st);
        slot_covariance(c, st, t, S, h->phi + (size_t)t * (size_t)(nx * nx), h->hf + (size_t)t * (size_t)(nx * np),
                        h->g + (size_t)t * (size_t)(nx * np), var, nx, nu);
        for (int k = 0; k < n_crew; k++)
            for (int i = 0; i < np * np; i++) {
                const struct pair_block *d = &pair[k][i];
                if (d->m && d->straight) d->m[t * d->n + t] += vec_sum(crew[k].mask * var[i]);
            }
    }
    for (int k = 0; nx > 0 && k < n_crew; k++) response_add(j, h, p, pair[k], crew[k].mask, nx);
}

#define SIZES(nx, nu)                                                                                              \
    static void factor_##nx##_##nu(const struct joint *j, struct cell *c) { factor_body(j, c, nx, nu); }           \
    static void linear_##nx##_##nu(const struct joint *j, struct cell *c, const double *lam, vec *acc)             \
    {                                                                                                              \
        linear_back(j, c, lam, nx, nu);                                                                            \
        linear_forth(j, c, acc, nx, nu);                                                                           \
    }                                                                                                              \
    static void covariance_##nx##_##nu(const struct joint *j, struct half *h, struct cell *c)                      \
    {                                                                                                              \
        covariance_body(j, h, c, nx, nu);                                                                          \
    }
SIZES(0, 1)
SIZES(1, 1)
SIZES(1, 2)
SIZES(2, 1)
SIZES(2, 2)
SIZES(2, 3)
SIZES(1, 6)
SIZES(2, 5)
static void factor_any(const struct joint *j, struct cell *c) { factor_body(j, c, c->comp->nx, c->comp->nu); }
static void linear_any(const struct joint *j, struct cell *c, const double *lam, vec *acc)
{
    linear_back(j, c, lam, c->comp->nx, c->comp->nu);
    linear_forth(j, c, acc, c->comp->nx, c->comp->nu);
}
static void covariance_any(const struct joint *j, struct half *h, struct cell *c)
{
    covariance_body(j, h, c, c->comp->nx, c->comp->nu);
}

#define SIZE(nx, nu)                                                                                               \
    {                                                                                                              \
        nx, nu, factor_##nx##_##nu, linear_##nx##_##nu, covariance_##nx##_##nu                                     \
    }
static const struct kernel KERNEL[] = {SIZE(0, 1), SIZE(1, 1), SIZE(1, 2),
                                       SIZE(2, 1), SIZE(2, 2), SIZE(2, 3),
                                       SIZE(1, 6), SIZE(2, 5), {-1, -1, factor_any, linear_any, covariance_any}};

const struct kernel *kernel_find(int nx, int nu)
{
    const struct kernel *k = KERNEL;
    while (k->nx >= 0 && !(k->nx == nx && k->nu == nu)) k++;
    return k;
}
