/* Money as checked integers. See money.h. Products are formed in 128 bits, so that the only way to overflow is a
 * result that does not fit, and that asserts. Rounding is half to even everywhere (no drift over many bill lines).
 */
#include "base/money.h"
#include "base/err.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

static const double MICRO_MAX = 9.2e18;

static int64_t micro_from(double units)
{
    double micro = rint(units * 1e6);
    must(fabs(micro) < MICRO_MAX, "amount %g is not a sum of money", units);
    return (int64_t)micro;
}

struct money money_from_units(double units) { return (struct money){micro_from(units)}; }

double money_units(struct money m) { return (double)m.micro * 1e-6; }

struct money money_add(struct money a, struct money b)
{
    struct money sum;
    must(!__builtin_add_overflow(a.micro, b.micro, &sum.micro), "sum of money overflows");
    return sum;
}

struct money money_sub(struct money a, struct money b)
{
    struct money rest;
    must(!__builtin_sub_overflow(a.micro, b.micro, &rest.micro), "difference of money overflows");
    return rest;
}

int money_compare(struct money a, struct money b) { return (a.micro > b.micro) - (a.micro < b.micro); }

struct price price_from_units_per_kWh(double units) { return (struct price){micro_from(units)}; }

double price_units_per_J(struct price p) { return (double)p.micro_per_kWh * 1e-6 / 3.6e6; }

/* n / d rounded half to even, d > 0. */
static wide divide_even(wide n, wide d)
{
    wide q = n / d, r = n % d;
    if (r < 0) {
        q--;
        r += d;
    }
    return q + (2 * r > d || (2 * r == d && (q & 1)));
}

struct money money_of_energy(struct price p, int64_t energy_Wh)
{
    wide micro = divide_even((wide)p.micro_per_kWh * energy_Wh, 1000);
    must(micro <= INT64_MAX && micro >= INT64_MIN, "price times energy overflows");
    return (struct money){(int64_t)micro};
}

char *money_format(char *buf, size_t size, struct money m, const char *currency)
{
    wide cents = divide_even(m.micro, 10000);
    uint64_t whole = (uint64_t)((cents < 0 ? -cents : cents) / 100),
             rest = (uint64_t)((cents < 0 ? -cents : cents) % 100);
    char digits[24], grouped[40];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)whole), at = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) grouped[at++] = ',';
        grouped[at++] = digits[i];
    }
    grouped[at] = 0;
    snprintf(buf, size, "%s%s.%02llu%s%s", cents < 0 ? "-" : "", grouped, (unsigned long long)rest,
             currency ? " " : "", currency ? currency : "");
    return buf;
}

struct remainder {
    wide left;
    int index;
};

static int remainder_order(const void *a, const void *b)
{
    const struct remainder *x = a, *y = b;
    if (x->left != y->left) return x->left < y->left ? 1 : -1;
    return x->index - y->index;
}

/* Weights become integers of 60 bits relative to the largest, so that floors and remainders are exact: the floors
 * can never sum to more than the total, and fewer than n micros are left to hand out. */
void money_share(struct money total, const double *weight, int n, struct money *part)
{
    double top = 0.0;
    for (int i = 0; i < n; i++) {
        must(weight[i] >= 0.0 && isfinite(weight[i]), "share weight %d is %g", i, weight[i]);
        top = fmax(top, weight[i]);
    }
    must(n > 0 && top > 0.0, "no weight to share by");
    struct remainder *r = malloc(sizeof *r * (size_t)n);
    must(r, "out of memory for %d shares", n);
    wide sum = 0, amount = total.micro < 0 ? -(wide)total.micro : total.micro, left = amount;
    for (int i = 0; i < n; i++) sum += (wide)rint(weight[i] / top * 0x1p60);
    for (int i = 0; i < n; i++) {
        wide product = amount * (wide)rint(weight[i] / top * 0x1p60);
        part[i].micro = (int64_t)(product / sum);
        r[i] = (struct remainder){product % sum, i};
        left -= product / sum;
    }
    qsort(r, (size_t)n, sizeof *r, remainder_order);
    for (int i = 0; i < left; i++) part[r[i].index].micro++;
    if (total.micro < 0)
        for (int i = 0; i < n; i++) part[i].micro = -part[i].micro;
    free(r);
}
