/* The joint problem in free MPS, from the coefficient tables alone, for any other solver to check. Numbers are
 * written with 17 digits; columns and rows are scaled by powers of two only (exact), so that a peer's absolute
 * tolerances mean something: the objective is in money, unscaled. Names: block.asset.kind.name.slot. Choices are
 * integers between markers; a start is paid through a column of its own; minimum up and down times as sums of
 * starts and stops (Rajan, Takriti 2005). QUADOBJ appears only where a shape uses `quad`. */
#include "base/err.h"
#include "solver/inside.h"
#include <string.h>

enum { ITEMS = 256 };
/* Powers of two that bring a block's columns near 1 to 8; rows by their largest element. */
struct scale {
    double u[ITEMS], x[ITEMS], row[ITEMS];
};
struct out {
    const struct joint *j;
    FILE *f;
    struct scale scale;
};

static double power_of_two(double a) { return a > 0 && isfinite(a) ? exp2(round(log2(a))) : 1; }

static double node_scale(const struct joint *j, int node)
{
    return power_of_two(64 / fmax(fmax(j->dim.node[node].short_max, j->dim.node[node].spare_max), 1e-6));
}

static double coef_peak(const struct joint *j, int block, enum at at, int i, int k)
{
    double most = 0;
    for (int t = 0; t < j->T; t++) most = fmax(most, fabs(coef_value(j, block, at, i, k, t)));
    return most;
}

static void scale_block(const struct joint *j, int block, struct scale *s)
{
    const struct block_shape *sh = j->block[block].shape;
    for (int i = 0; i < sh->nu; i++) {
        double most = fmax(coef_peak(j, block, AT_LO, i, 0), coef_peak(j, block, AT_HI, i, 0));
        s->u[i] = power_of_two(most / 8);
    }
    for (int c = 0; c < sh->nchoice; c++) s->u[sh->choice[c].input] = 1;
    for (int i = 0; i < sh->nx; i++) {
        double most = fmax(fabs(coef_value(j, block, AT_X0, i, 0, 0)), coef_peak(j, block, AT_DRIFT, i, 0));
        for (int k = 0; k < sh->nu; k++) most = fmax(most, coef_peak(j, block, AT_B, i, k) * s->u[k] * 8);
        s->x[i] = power_of_two(most / 8);
    }
    for (int r = 0; r < sh->nrow; r++) {
        double most = 0;
        for (int k = 0; k < sh->nx; k++) most = fmax(most, coef_peak(j, block, AT_C, r, k) * s->x[k]);
        for (int k = 0; k < sh->nu; k++) most = fmax(most, coef_peak(j, block, AT_D, r, k) * s->u[k]);
        s->row[r] = 1 / power_of_two(most);
    }
}

static const struct choice *choice_of(const struct block_shape *s, int input)
{
    for (int c = 0; c < s->nchoice; c++)
        if (s->choice[c].input == input) return &s->choice[c];
    return NULL;
}

/* Choices that the problem asks to be whole, with their starts and least times. */
static int n_whole(const struct joint *j, const struct block_shape *s) { return j->fractions ? 0 : s->nchoice; }

static double number_of(const struct joint *j, int block, int num, int t)
{
    const struct block *b = &j->block[block];
    return num < 0 ? 0 : b->num[(size_t)(j->len[t] * b->shape->n_num + num) * LANES + (size_t)b->lane];
}

/* --- minimum times of a choice: on (0 or 1) and go (a start from standing) beside its units ---------------------- */
struct times {
    double up_s, down_s, since_s;
};
static struct times times_of(const struct joint *j, int block, const struct choice *c)
{
    return (struct times){number_of(j, block, c->up_s, 0), number_of(j, block, c->down_s, 0),
                          number_of(j, block, c->since_s, 0)};
}
/* Seconds from the start of slot a to the start of slot b. */
static double elapsed_s(const struct joint *j, int a, int b)
{
    double s = 0;
    for (int t = a; t < b; t++) s += j->dt_s[j->len[t]];
    return s;
}
/* First slot from which less than `span` seconds pass until slot t begins. */
static int window_from(const struct joint *j, int t, double span_s)
{
    int from = t;
    while (from > 0 && elapsed_s(j, from - 1, t) < span_s - 1e-6) from--;
    return from;
}

/* "b12.home.u.heat.5" without blanks */
static void name(FILE *f, const struct joint *j, int block, const char *what, const char *of, int t)
{
    char buf[160];
    snprintf(buf, sizeof buf, "%s%d.%s.%d.%s%s%s.%d", "b", block, j->block[block].shape->name,
             (int)j->block[block].asset, what, of ? "." : "", of ? of : "", t);
    for (char *c = buf; *c; c++)
        if (*c == ' ' || *c == '\t') *c = '_';
    fprintf(f, " %s", buf);
}

static const char *index_name(int i)
{
    static const char digits[][4] = {"0",  "1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",  "9",  "10",
                                     "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21",
                                     "22", "23", "24", "25", "26", "27", "28", "29", "30", "31"};
    must(i >= 0 && i < 32, "index %d in the MPS writer", i);
    return digits[i];
}
static const char *input_name(const struct block_shape *s, int i) { return s->input ? s->input[i] : index_name(i); }
static const char *row_name(const struct block_shape *s, int i) { return s->row ? s->row[i].name : index_name(i); }

static void row_block(struct out *o, int block)
{
    const struct joint *j = o->j;
    const struct block_shape *s = j->block[block].shape;
    for (int t = 0; t < j->T; t++) {
        for (int i = 0; i < s->nx; i++)
            fputs(" E", o->f), name(o->f, j, block, "dyn", index_name(i), t), fputc('\n', o->f);
        for (int k = 0; k < 2 * s->nrow; k++)
            if (coef_row_price(j, block, k / 2, k & 1, t) > 0)
                fprintf(o->f, " %c", k & 1 ? 'L' : 'G'),
                    name(o->f, j, block, k & 1 ? "hi" : "lo", row_name(s, k / 2), t), fputc('\n', o->f);
        for (int c = 0; c < n_whole(j, s); c++) {
            const char *n = input_name(s, s->choice[c].input);
            fputs(" G", o->f), name(o->f, j, block, "start", n, t), fputc('\n', o->f);
            static const char *const row[] = {"Gmost", "Gleast", "Ggo", "Lup", "Ldown"};
            for (int i = 0; i < 5; i++)
                fprintf(o->f, " %c", row[i][0]), name(o->f, j, block, row[i] + 1, n, t), fputc('\n', o->f);
        }
    }
}

static void entry(struct out *o, int block, const char *what, const char *of, int t, double v)
{
    if (v == 0) return;
    name(o->f, o->j, block, what, of, t);
    fprintf(o->f, " %.17g\n", v);
}

static void entry_rows(struct out *o, int block, enum at at, int k, int t, double scale)
{
    const struct block_shape *s = o->j->block[block].shape;
    for (int r = 0; r < s->nrow; r++) {
        double v = coef_value(o->j, block, at, r, k, t) * scale * o->scale.row[r];
        for (int hi = 0; v != 0 && hi < 2; hi++)
            if (coef_row_price(o->j, block, r, hi, t) > 0) {
                fputs(" ", o->f);
                if (at == AT_D)
                    name(o->f, o->j, block, "u", input_name(s, k), t);
                else
                    name(o->f, o->j, block, "x", index_name(k), t);
                entry(o, block, hi ? "hi" : "lo", row_name(s, r), t, v);
            }
    }
}

static void column_name(struct out *o, int block, int is_u, int k, int t)
{
    const struct block_shape *s = o->j->block[block].shape;
    if (is_u)
        name(o->f, o->j, block, "u", input_name(s, k), t);
    else
        name(o->f, o->j, block, "x", index_name(k), t);
}

static void entry_nodes(struct out *o, int block, int is_u, int k, int t, double scale)
{
    const struct block *b = &o->j->block[block];
    for (int p = 0; p < b->shape->nport; p++) {
        double v = coef_value(o->j, block, is_u ? AT_F : AT_G, p, k, t) * scale;
        if (v == 0 || b->node[p] < 0) continue;
        int same = 0; /* two ports at one node make one entry */
        for (int q = 0; q < b->shape->nport; q++) {
            if (b->node[q] != b->node[p] || q == p) continue;
            same |= q < p;
            v += coef_value(o->j, block, is_u ? AT_F : AT_G, q, k, t) * scale;
        }
        if (same) continue;
        column_name(o, block, is_u, k, t);
        fprintf(o->f, " n%d.%d %.17g\n", (int)b->node[p], t, v * node_scale(o->j, b->node[p]));
    }
}

static void entry_dynamics(struct out *o, int block, int is_u, int k, int t)
{
    const struct block_shape *s = o->j->block[block].shape;
    double scale = is_u ? o->scale.u[k] : o->scale.x[k];
    if (!is_u) column_name(o, block, 0, k, t), entry(o, block, "dyn", index_name(k), t, 1);
    int at = is_u ? t : t + 1; /* x of the end of t enters the next slot's dynamics */
    if (at >= o->j->T) return;
    for (int i = 0; i < s->nx; i++) {
        double v = -coef_value(o->j, block, is_u ? AT_B : AT_A, i, k, at) * scale / o->scale.x[i];
        if (v != 0) column_name(o, block, is_u, k, t), entry(o, block, "dyn", index_name(i), at, v);
    }
}

static void column_input(struct out *o, int block, int i, int t)
{
    const struct joint *j = o->j;
    double scale = o->scale.u[i], price = coef_value(j, block, AT_PRICE, i, 0, t) * scale;
    column_name(o, block, 1, i, t);
    fprintf(o->f, " cost %.17g\n", price);
    entry_dynamics(o, block, 1, i, t);
    entry_rows(o, block, AT_D, i, t, scale);
    entry_nodes(o, block, 1, i, t, scale);
    const struct choice *c = j->fractions ? NULL : choice_of(j->block[block].shape, i);
    if (!c) return;
    const char *n = input_name(j->block[block].shape, i);
    column_name(o, block, 1, i, t), entry(o, block, "most", n, t, -1);
    column_name(o, block, 1, i, t), entry(o, block, "least", n, t, 1);
    column_name(o, block, 1, i, t), entry(o, block, "start", n, t, -1);
    if (t + 1 < j->T) column_name(o, block, 1, i, t), entry(o, block, "start", n, t + 1, 1);
}

static void column_state(struct out *o, int block, int i, int t)
{
    double worth = t + 1 == o->j->T ? coef_value(o->j, block, AT_WORTH, i, 0, t) * o->scale.x[i] : 0;
    if (worth != 0) column_name(o, block, 0, i, t), fprintf(o->f, " cost %.17g\n", -worth);
    entry_dynamics(o, block, 0, i, t);
    entry_rows(o, block, AT_C, i, t, o->scale.x[i]);
    entry_nodes(o, block, 0, i, t, o->scale.x[i]);
}

static void columns_slack(struct out *o, int block, int t)
{
    const struct block_shape *s = o->j->block[block].shape;
    for (int k = 0; k < 2 * s->nrow; k++) {
        double price = coef_row_price(o->j, block, k / 2, k & 1, t);
        if (price <= 0 || price >= HARD_PRICE) continue;
        const char *col = k & 1 ? "over" : "under", *n = row_name(s, k / 2);
        name(o->f, o->j, block, col, n, t);
        fprintf(o->f, " cost %.17g\n", price / o->scale.row[k / 2]);
        name(o->f, o->j, block, col, n, t);
        entry(o, block, k & 1 ? "hi" : "lo", n, t, k & 1 ? -1 : 1);
    }
}

static void put(struct out *o, int block, const char *column, const char *row, const char *n, int t, int at,
                double v)
{
    name(o->f, o->j, block, column, n, t);
    entry(o, block, row, n, at, v);
}

/* most: units <= N on; least: units >= on; go_t >= on_t - on_(t-1); up: goes within up_s before t <= on_t; down: goes
 * within down_s before t <= 1 - on before that window (Rajan, Takriti 2005, turn-on inequalities). */
static void columns_times(struct out *o, int block, const struct choice *c, int t)
{
    const struct joint *j = o->j;
    const char *n = input_name(j->block[block].shape, c->input);
    struct times s = times_of(j, block, c);
    put(o, block, "on", "most", n, t, t, fmax(1, coef_value(j, block, AT_HI, c->input, 0, t)));
    put(o, block, "on", "least", n, t, t, -1);
    put(o, block, "on", "go", n, t, t, -1);
    if (t + 1 < j->T) put(o, block, "on", "go", n, t, t + 1, 1);
    put(o, block, "on", "up", n, t, t, -1);
    for (int k = t + 1; k < j->T; k++)
        if (window_from(j, k, s.down_s) == t + 1) put(o, block, "on", "down", n, t, k, 1);
    put(o, block, "go", "go", n, t, t, 1);
    for (int k = t; k < j->T; k++) {
        if (window_from(j, k, s.up_s) <= t) put(o, block, "go", "up", n, t, k, 1);
        if (window_from(j, k, s.down_s) <= t) put(o, block, "go", "down", n, t, k, 1);
    }
}

static void times_rhs(struct out *o, int block, const struct choice *c, int t)
{
    const struct joint *j = o->j;
    const char *n = input_name(j->block[block].shape, c->input);
    struct times s = times_of(j, block, c);
    int running = s.since_s > 0, first = window_from(j, t, s.down_s) == 0;
    if (t == 0 && running)
        fputs(" rhs", o->f), entry(o, block, "start", n, t, -fmax(1, coef_value(j, block, AT_HI, c->input, 0, t)));
    if (t == 0 && running) fputs(" rhs", o->f), entry(o, block, "go", n, t, -1);
    if (!(first && running)) fputs(" rhs", o->f), entry(o, block, "down", n, t, 1);
}

static void times_bounds(struct out *o, int block, const struct choice *c, int t)
{
    const struct joint *j = o->j;
    const char *n = input_name(j->block[block].shape, c->input);
    struct times s = times_of(j, block, c);
    double age = fabs(s.since_s) + elapsed_s(j, 0, t);
    int held = age < (s.since_s > 0 ? s.up_s : s.down_s) - 1e-6;
    fputs(" LO b", o->f), name(o->f, j, block, "on", n, t), fprintf(o->f, " %d\n UP b", held && s.since_s > 0);
    name(o->f, j, block, "on", n, t), fprintf(o->f, " %d\n", !(held && s.since_s <= 0));
}

static void marker(struct out *o, int n, int begin)
{
    fprintf(o->f, " MARKER%d 'MARKER' '%s'\n", n, begin ? "INTORG" : "INTEND");
}

static void columns_start(struct out *o, int block, int t)
{
    const struct block_shape *s = o->j->block[block].shape;
    for (int c = 0; c < n_whole(o->j, s); c++) {
        const char *n = input_name(s, s->choice[c].input);
        name(o->f, o->j, block, "starts", n, t);
        fprintf(o->f, " cost %.17g\n", number_of(o->j, block, s->choice[c].start_cost, t));
        name(o->f, o->j, block, "starts", n, t);
        entry(o, block, "start", n, t, 1);
        marker(o, 2 * ((block * o->j->T + t) * ITEMS + ITEMS / 2 + c), 1);
        columns_times(o, block, &s->choice[c], t);
        marker(o, 2 * ((block * o->j->T + t) * ITEMS + ITEMS / 2 + c) + 1, 0);
    }
}

static void columns_block(struct out *o, int block)
{
    const struct block_shape *s = o->j->block[block].shape;
    scale_block(o->j, block, &o->scale);
    for (int t = 0; t < o->j->T; t++) {
        for (int i = 0; i < s->nu; i++) {
            int whole = !o->j->fractions && choice_of(s, i) != NULL;
            if (whole) marker(o, 2 * ((block * o->j->T + t) * ITEMS + i), 1);
            column_input(o, block, i, t);
            if (whole) marker(o, 2 * ((block * o->j->T + t) * ITEMS + i) + 1, 0);
        }
        for (int i = 0; i < s->nx; i++) column_state(o, block, i, t);
        columns_slack(o, block, t);
        columns_start(o, block, t);
    }
}

static void rhs_block(struct out *o, int block)
{
    const struct joint *j = o->j;
    const struct block_shape *s = j->block[block].shape;
    scale_block(j, block, &o->scale);
    for (int t = 0; t < j->T; t++) {
        for (int i = 0; i < s->nx; i++) {
            double v = coef_value(j, block, AT_DRIFT, i, 0, t);
            for (int k = 0; t == 0 && k < s->nx; k++)
                v += coef_value(j, block, AT_A, i, k, 0) * coef_value(j, block, AT_X0, k, 0, 0);
            if (v != 0) fputs(" rhs", o->f), entry(o, block, "dyn", index_name(i), t, v / o->scale.x[i]);
        }
        for (int c = 0; c < n_whole(j, s); c++) times_rhs(o, block, &s->choice[c], t);
        for (int k = 0; k < 2 * s->nrow; k++) {
            double v = coef_value(j, block, k & 1 ? AT_ROW_HI : AT_ROW_LO, k / 2, 0, t) * o->scale.row[k / 2];
            if (coef_row_price(j, block, k / 2, k & 1, t) > 0 && v != 0)
                fputs(" rhs", o->f), entry(o, block, k & 1 ? "hi" : "lo", row_name(s, k / 2), t, v);
        }
    }
}

static void bounds_block(struct out *o, int block)
{
    const struct joint *j = o->j;
    const struct block_shape *s = j->block[block].shape;
    scale_block(j, block, &o->scale);
    for (int t = 0; t < j->T; t++) {
        for (int i = 0; i < s->nu; i++) {
            double lo = coef_value(j, block, AT_LO, i, 0, t), hi = fmax(lo, coef_value(j, block, AT_HI, i, 0, t));
            fputs(" LO b", o->f), name(o->f, j, block, "u", input_name(s, i), t);
            fprintf(o->f, " %.17g\n UP b", lo / o->scale.u[i]), name(o->f, j, block, "u", input_name(s, i), t);
            fprintf(o->f, " %.17g\n", hi / o->scale.u[i]);
        }
        for (int c = 0; c < n_whole(j, s); c++) times_bounds(o, block, &s->choice[c], t);
        for (int i = 0; i < s->nx; i++)
            fputs(" FR b", o->f), name(o->f, j, block, "x", index_name(i), t), fputc('\n', o->f);
    }
}

static void columns_node(struct out *o, int node)
{
    const struct joint_node *n = &o->j->dim.node[node];
    for (int t = 0; t < o->j->T; t++) {
        double dt = o->j->dt_s[o->j->len[t]], k = node_scale(o->j, node);
        fprintf(o->f, " short%d.%d cost %.17g\n short%d.%d n%d.%d 1\n", node, t, n->short_price * dt / k, node, t,
                node, t);
        fprintf(o->f, " spare%d.%d cost %.17g\n spare%d.%d n%d.%d -1\n", node, t, n->spare_price * dt / k, node, t,
                node, t);
    }
}

static void bounds_node(struct out *o, int node)
{
    const struct joint_node *n = &o->j->dim.node[node];
    for (int t = 0; t < o->j->T; t++) {
        double k = node_scale(o->j, node);
        fprintf(o->f, " UP b short%d.%d %.17g\n UP b spare%d.%d %.17g\n", node, t, n->short_max * k, node, t,
                n->spare_max * k);
    }
}

/* Free rows would be dropped: every node's balance is written, feeds on the right. */
static void rhs_nodes(struct out *o)
{
    for (int i = 0; i < o->j->dim.n_node; i++)
        for (int t = 0; t < o->j->T; t++) {
            double v = o->j->feed[(size_t)i * (size_t)o->j->dim.T_max + (size_t)t];
            if (v != 0) fprintf(o->f, " rhs n%d.%d %.17g\n", i, t, -v * node_scale(o->j, i));
        }
}

static void quad_block(struct out *o, int block, int *opened)
{
    const struct block_shape *s = o->j->block[block].shape;
    scale_block(o->j, block, &o->scale);
    for (int i = 0; i < s->nu; i++)
        for (int t = 0; t < o->j->T; t++) {
            double q = 2 * coef_value(o->j, block, AT_QUAD, i, 0, t) * o->scale.u[i] * o->scale.u[i];
            if (q == 0) continue;
            if (!*opened) fputs("QUADOBJ\n", o->f);
            *opened = 1;
            column_name(o, block, 1, i, t), column_name(o, block, 1, i, t), fprintf(o->f, " %.17g\n", q);
        }
}

/* 0, or -1 when the file could not be written. */
int joint_write_mps(const struct joint *j, FILE *f)
{
    struct out o = {.j = j, .f = f};
    must(j->solved, "MPS before the slots are known");
    fputs("NAME kend\nROWS\n N cost\n", f);
    for (int i = 0; i < j->dim.n_node; i++)
        for (int t = 0; t < j->T; t++) fprintf(f, " E n%d.%d\n", i, t);
    for (int b = 0; b < j->dim.n_block; b++) row_block(&o, b);
    fputs("COLUMNS\n", f);
    for (int b = 0; b < j->dim.n_block; b++) columns_block(&o, b);
    for (int i = 0; i < j->dim.n_node; i++) columns_node(&o, i);
    fputs("RHS\n", f);
    for (int b = 0; b < j->dim.n_block; b++) rhs_block(&o, b);
    rhs_nodes(&o);
    fputs("BOUNDS\n", f);
    for (int b = 0; b < j->dim.n_block; b++) bounds_block(&o, b);
    for (int i = 0; i < j->dim.n_node; i++) bounds_node(&o, i);
    int opened = 0;
    for (int b = 0; b < j->dim.n_block; b++) quad_block(&o, b, &opened);
    fputs("ENDATA\n", f);
    return ferror(f) ? -1 : 0;
}
