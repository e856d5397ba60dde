/* The joint solver on random villages: the bound below, the cost above, the optimum of HiGHS between them. */
#include "near.h"
#include "solver_village.h"
#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
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

/* Choices: HiGHS 1.2 `milp` (mip_rel_gap 1e-6) on the same MPS, with starts and minimum times. */
static void test_choices_against_highs(void **state)
{
    static const struct {
        int seed, homes, feeders, T, flags;
        double optimum;
    } known[] = {{2, 20, 2, 48, VILLAGE_CHOICES, 15.1661793952},
                 {3, 20, 2, 48, VILLAGE_CHOICES | VILLAGE_TIGHT, 18.0430998147},
                 {5, 8, 2, 48, VILLAGE_CHOICES, 7.28038153117},
                 {7, 40, 2, 96, VILLAGE_CHOICES | VILLAGE_TIGHT, 95.214489265}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct test_village v;
        test_village_make(&v, (uint64_t)known[i].seed, known[i].homes, known[i].feeders, known[i].T,
                          known[i].flags);
        struct joint_result r = solve(&v);
        assert_true(r.bound <= known[i].optimum * (1 + 1e-9));
        assert_true(r.cost >= known[i].optimum * (1 - 2e-6));
        assert_true(r.cost <= known[i].optimum * (1 + 5e-3));
        for (int b = 0; b < v.n_block; b++) {
            const struct block *k = joint_block(v.joint, b);
            for (int c = 0; c < k->shape->nchoice; c++)
                for (int t = 0; t < v.T; t++) {
                    double u = block_u(k, k->shape->choice[c].input, t);
                    assert_true(fabs(u - round(u)) < 1e-9);
                }
        }
        test_village_free(&v);
    }
}

static void test_time_limit_gives_a_plan(void **state)
{
    (void)state;
    struct test_village v;
    test_village_make(&v, 11, 20, 2, 48, 0);
    v.limit.time_s = 1e-9;
    struct joint_result r = solve(&v);
    assert_int_equal(r.end, JOINT_TIME);
    assert_true(isfinite(r.cost) && isfinite(r.bound));
    test_village_free(&v);
}

/* A price that is no number: the rest is planned, the end says so, nothing hangs. */
static void test_garbage_is_stalled(void **state)
{
    (void)state;
    struct test_village v;
    test_village_make(&v, 12, 8, 2, 24, 0);
    block_put(joint_block(v.joint, 0), 0, 5, (double)NAN);
    struct joint_result r = joint_solve(v.joint, &v.limit);
    assert_int_equal(r.end, JOINT_STALLED);
    for (int t = 0; t < v.T; t++) assert_true(isfinite(block_u(joint_block(v.joint, 0), 0, t)));
    test_village_fill(&v);
    assert_int_equal(solve(&v).end, JOINT_OPTIMAL);
    test_village_free(&v);
}

/* A price 1e12 times too high, an input with no room, nodes cut off: still a plan. */
static void test_hostile_numbers(void **state)
{
    (void)state;
    struct test_village v;
    test_village_make(&v, 13, 8, 2, 24, 0);
    block_put(joint_block(v.joint, 0), 0, 3, 1e6);
    block_set(joint_block(v.joint, 1), 0, 0, 0);
    struct joint_result r = solve(&v);
    assert_true(isfinite(r.cost) && isfinite(r.bound));
    test_village_free(&v);
}

/* A plan owes nothing to the one before it. */
static void test_a_solve_repeats(void **state)
{
    (void)state;
    struct test_village v;
    test_village_make(&v, 14, 20, 2, 48, VILLAGE_CHOICES);
    struct joint_result first = solve(&v);
    for (int k = 1; k >= 0; k--) {
        v.first_slot = k;
        test_village_fill(&v);
        struct joint_result again = solve(&v);
        assert_int_equal(again.end, JOINT_OPTIMAL);
        if (k == 0) assert_true(again.cost == first.cost && again.bound == first.bound);
    }
    test_village_free(&v);
}

/* Two threads come to the plan of one, to the last bit. */
static void test_threads_agree(void **state)
{
    (void)state;
    static const int flags[] = {0, VILLAGE_CHOICES};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        struct test_village one, two;
        test_village_make(&one, 17, 40, 3, 48, flags[i]);
        test_village_make(&two, 17, 40, 3, 48, flags[i] | VILLAGE_TWO_THREADS);
        struct joint_result a = solve(&one), b = solve(&two);
        assert_true(a.cost == b.cost && a.bound == b.bound && a.iterations == b.iterations);
        for (int n = 0; n < one.n_node; n++)
            assert_memory_equal(joint_price(one.joint, n), joint_price(two.joint, n), sizeof(double) * 48);
        test_village_free(&one);
        test_village_free(&two);
    }
}

/* The block of a village that has a choice, and the number that holds the choice's upper bound. */
static struct block *choice_block(struct test_village *v, int *most)
{
    for (int b = 0; b < v->n_block; b++) {
        struct block *k = joint_block(v->joint, b);
        for (int i = 0; k->shape->nchoice > 0 && i < k->shape->n_coef; i++) {
            const struct coef *c = &k->shape->coef[i];
            if (c->at == AT_HI && c->i == k->shape->choice[0].input) return *most = c->num, k;
        }
    }
    fail_msg("no choice");
    return NULL;
}

/* Out of service, in the middle of its least running time or of its rest: the plan is whole, keeps its rows and its bound. */
static void test_an_outage_outranks_least_times(void **state)
{
    (void)state;
    static const double since_s[] = {900, -900, 7200, -7200};
    for (uint64_t seed = 0; seed < 3; seed++)
        for (size_t i = 0; i < 4; i++) {
            struct test_village v;
            int most;
            test_village_make(&v, 300 + seed, 20, 2, 48, VILLAGE_CHOICES);
            struct block *k = choice_block(&v, &most);
            const struct choice *c = k->shape->choice;
            block_set(k, 0, c->up_s, 7200);
            block_set(k, 0, c->down_s, i & 1 ? 0 : 7200);
            block_set(k, 0, c->since_s, since_s[i]);
            block_set(k, 0, most, 0);
            struct joint_result r = solve(&v);
            assert_int_equal(r.end, JOINT_OPTIMAL);
            assert_true(joint_replay(v.joint) < 1e-6 && r.bound <= r.cost + 1e-9 * fabs(r.cost));
            for (int t = 0; t < v.T; t++) assert_true(block_u(k, c->input, t) == 0);
            test_village_free(&v);
        }
}

/* What solving takes from the heap: nothing. glibc counts it. */
static void test_no_allocation(void **state)
{
    (void)state;
    struct test_village v;
    test_village_make(&v, 15, 20, 2, 48, VILLAGE_CHOICES);
    struct joint_why why[64];
    struct mallinfo2 before = mallinfo2();
    joint_solve(v.joint, &v.limit);
    joint_solve(v.joint, &v.limit);
    assert_true(joint_why(v.joint, why, 64) > 0);
    joint_replay(v.joint);
    struct mallinfo2 after = mallinfo2();
    assert_int_equal(before.uordblks, after.uordblks);
    assert_int_equal(before.hblks, after.hblks);
    assert_int_equal(before.arena, after.arena);
    test_village_free(&v);
}

static void test_mps_is_whole(void **state)
{
    (void)state;
    struct test_village v;
    char *text = NULL;
    size_t n = 0;
    test_village_make(&v, 16, 4, 2, 8, VILLAGE_CHOICES | VILLAGE_QUAD);
    joint_solve(v.joint, &v.limit);
    FILE *f = open_memstream(&text, &n);
    assert_int_equal(joint_write_mps(v.joint, f), 0);
    fclose(f);
    static const char *const part[] = {"ROWS\n",   "COLUMNS\n", "'INTORG'", "RHS\n",
                                       "BOUNDS\n", "QUADOBJ\n", "ENDATA\n"};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) assert_non_null(strstr(text, part[i]));
    free(text);
    test_village_free(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_highs_optimum),
                                       cmocka_unit_test(test_bound_below_cost),
                                       cmocka_unit_test(test_choices_against_highs),
                                       cmocka_unit_test(test_time_limit_gives_a_plan),
                                       cmocka_unit_test(test_garbage_is_stalled),
                                       cmocka_unit_test(test_hostile_numbers),
                                       cmocka_unit_test(test_a_solve_repeats),
                                       cmocka_unit_test(test_threads_agree),
                                       cmocka_unit_test(test_an_outage_outranks_least_times),
                                       cmocka_unit_test(test_no_allocation),
                                       cmocka_unit_test(test_mps_is_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
