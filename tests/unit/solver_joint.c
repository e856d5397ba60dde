/* The joint solver on random villages: the bound below, the cost above, the optimum of HiGHS between them. */
#include "near.h"
#include "solver_village.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
// cmocka wants the headers above first

static struct joint_result solve(struct test_village *v)
{
    struct joint_result r = joint_solve(v->joint, &v->limit);
    assert_true(r.bound <= r.cost + 1e-9 * fabs(r.cost));
    assert_true(joint_replay(v->joint) < 1e-6);
    return r;
}

/* Optima by HiGHS 1.2 (scipy 1.10 `milp`, relaxed) of the problems that joint_write_mps writes for these seeds. */
static void test_highs_optimum(void **state)
{
    static const struct {
        int seed, homes, feeders, T, flags;
        double optimum;
    } known[] = {{1, 4, 2, 24, 0, -0.848305830861},
                 {2, 4, 2, 24, 0, -0.466509390195},
                 {3, 4, 2, 24, 0, -0.28680915121},
                 {3, 4, 2, 24, VILLAGE_LONG_SLOTS, 0.787341775933}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct test_village v;
        test_village_make(&v, (uint64_t)known[i].seed, known[i].homes, known[i].feeders, known[i].T,
                          known[i].flags);
        struct joint_result r = solve(&v);
        assert_int_equal(r.end, JOINT_OPTIMAL);
        assert_true(r.bound <= known[i].optimum + 1e-7 && r.cost >= known[i].optimum - 1e-7);
        assert_true(fabs(r.cost - known[i].optimum) < 2e-4 * fabs(known[i].optimum));
        test_village_free(&v);
    }
}

static void test_bound_below_cost(void **state)
{
    (void)state;
    for (int seed = 0; seed < 60; seed++) {
        struct test_village v;
        test_village_make(&v, (uint64_t)seed, 3 + seed % 7, 1 + seed % 3, 8 + seed % 24,
                          seed % 4 * VILLAGE_LONG_SLOTS);
        struct joint_result r = solve(&v);
        assert_int_equal(r.end, JOINT_OPTIMAL);
        test_village_free(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_highs_optimum),
                                       cmocka_unit_test(test_bound_below_cost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
