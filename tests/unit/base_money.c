/* Money: rounding once and half to even, checked sums, and shares that add up exactly whatever the weights. */
#include "base/err.h"
#include "base/money.h"
#include "base/random.h"
#include "near.h"
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void units_and_back(void **state)
{
    (void)state;
    assert_int_equal(money_from_units(1.5).micro, 1500000);
    assert_int_equal(money_from_units(-0.0000005).micro, 0); /* half to even */
    assert_int_equal(money_from_units(0.0000015).micro, 2);
    assert_true(fabs(money_units(money_from_units(1234.56)) - 1234.56) < 1e-9);
    assert_true(money_compare(money_from_units(-1), money_from_units(1)) < 0);
}

static void energy_is_rounded_once(void **state)
{
    (void)state;
    struct price p = price_from_units_per_kWh(0.09);
    assert_int_equal(money_of_energy(p, 15333000).micro, 1379970000);
    assert_int_equal(money_of_energy((struct price){1}, 500).micro, 0);  /* 0.5 -> 0 */
    assert_int_equal(money_of_energy((struct price){1}, 1500).micro, 2); /* 1.5 -> 2 */
    assert_int_equal(money_of_energy((struct price){1}, -1500).micro, -2);
    assert_int_equal(money_of_energy((struct price){90000}, 9000000000000000LL).micro, 810000000000000000LL);
}

static void printed(void **state)
{
    (void)state;
    char b[64];
    assert_string_equal(money_format(b, sizeof b, money_from_units(1234.56), "AZN"), "1,234.56 AZN");
    assert_string_equal(money_format(b, sizeof b, money_from_units(-1234567.891), "EUR"), "-1,234,567.89 EUR");
    assert_string_equal(money_format(b, sizeof b, money_from_units(0.005), NULL), "0.00");
    assert_string_equal(money_format(b, sizeof b, money_from_units(-0.001), NULL), "0.00");
    assert_string_equal(money_format(b, sizeof b, money_from_units(999.999), "AZN"), "1,000.00 AZN");
}

static void shares_sum_exactly(void **state)
{
    (void)state;
    enum { N = 200 };
    struct random r = random_stream(3, "share");
    double w[N];
    struct money part[N];
    for (int round = 0; round < 2000; round++) {
        int n = 1 + (int)(random_u64(&r) % N);
        struct money total = {(int64_t)(random_u64(&r) >> (1 + random_u64(&r) % 62)) *
                              (random_u64(&r) & 1 ? 1 : -1)};
        double sum = 0.0;
        for (int i = 0; i < n; i++) sum += w[i] = random_u64(&r) % 5 ? exp(random_range(&r, -12.0, 12.0)) : 0.0;
        w[0] += 1.0;
        sum += 1.0;
        money_share(total, w, n, part);
        struct money back = {0};
        for (int i = 0; i < n; i++) {
            back = money_add(back, part[i]);
            double fair = (double)total.micro * w[i] / sum;
            assert_true(fabs((double)part[i].micro - fair) <=
                        1.0 + fabs(fair) * 1e-12 + fabs((double)total.micro) * 0x1p-52);
            if (w[i] == 0.0) assert_true(part[i].micro == 0);
        }
        assert_int_equal(back.micro, total.micro);
    }
}

static void largest_remainder_wins(void **state)
{
    (void)state;
    struct money part[3];
    money_share((struct money){10}, (const double[]){1, 1, 1}, 3, part);
    assert_int_equal(part[0].micro, 4); /* equal remainders: the first */
    assert_int_equal(part[2].micro, 3);
    money_share((struct money){10}, (const double[]){1, 2, 3}, 3, part);
    assert_int_equal(part[0].micro, 2); /* 1.67 has the largest remainder */
    assert_int_equal(part[1].micro, 3);
    assert_int_equal(part[2].micro, 5);
}

static void sum_over(void) { money_add((struct money){INT64_MAX}, (struct money){1}); }
static void units_nan(void) { money_from_units(NAN); }
static void share_of_nothing(void)
{
    struct money part[2];
    money_share((struct money){1}, (const double[]){0, 0}, 2, part);
}

/* The child must die by the assert, not return. */
static int dies(void (*f)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr)) _exit(2);
        f();
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void misuse_asserts(void **state)
{
    (void)state;
    assert_true(dies(sum_over));
    assert_true(dies(units_nan));
    assert_true(dies(share_of_nothing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_and_back),
        cmocka_unit_test(energy_is_rounded_once),
        cmocka_unit_test(printed),
        cmocka_unit_test(shares_sum_exactly),
        cmocka_unit_test(largest_remainder_wins),
        cmocka_unit_test(misuse_asserts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
