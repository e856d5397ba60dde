/* Street light: classes, daylight and averages; refrigeration: efficiency and the exact step. */
#include "physics/light.h"
#include "near.h"
#include "physics/refrigeration.h"
#include <math.h>

/* CEN/TR 13201-1 table A.2 worked: low speed, walkers and motors, parked cars, low ambient. */
static void class_from_weights(void **s)
{
    (void)s;
    int w = light_weight_p(1, USERS_WALK_MOTOR, 1);
    assert_int_equal(w, 3);
    assert_int_equal(light_class(LIGHT_P, 0, -1, w), 4);  /* normal */
    assert_int_equal(light_class(LIGHT_P, 1, -1, w), 3);  /* busy */
    assert_int_equal(light_class(LIGHT_P, -1, -1, w), 5); /* quiet */
    assert_int_equal(light_class(LIGHT_P, 1, 1, 6), 1);   /* no class above P1 */
    assert_int_equal(light_class(LIGHT_P, -1, -1, 0), 6); /* none below P6 */
    assert_int_equal(light_class(LIGHT_C, 1, 1, 6), 0);
    assert_int_equal(light_weight_p(0, USERS_ALL, 0), 2);
}

static void light_of_a_class(void **s)
{
    (void)s;
    assert_near(light_class_lx(LIGHT_P, 1), 15, 0);
    assert_near(light_class_lx(LIGHT_P, 6), 2, 0);
    assert_near(light_class_lx(LIGHT_C, 0), 50, 0);
    assert_near(light_class_lx(LIGHT_C, 5), 7.5, 0);
    assert_near(light_class_lx(LIGHT_M, 3), 1 / 0.07, 1e-12); /* 1 cd/m2 on R3 */
    for (int n = 1; n < 6; n++)
        for (int kind = 0; kind < LIGHT_KINDS; kind++)
            assert_true(light_class_lx((enum light_kind)kind, n) > light_class_lx((enum light_kind)kind, n + 1) ||
                        (kind == LIGHT_C && n == 5));
    assert_near(light_average_lx(5200, 0.4, 0.8, 30, 8), 6.933333333, 1e-8);
}

static void daylight(void **s)
{
    (void)s;
    assert_near(light_daylight_lx(1000, 30), 110000, 1e-9);
    assert_near(light_daylight_lx(0, 96), 3.40, 1e-9); /* end of civil twilight */
    assert_near(light_daylight_lx(0, 102), 8.31e-3, 1e-9);
    assert_near(light_daylight_lx(0, 150), 6.51e-4, 1e-12);
    double last = 1e9;
    for (double z = 90.01; z < 110; z += 0.1) {
        double lx = light_daylight_lx(0, z);
        assert_true(lx <= last);
        last = lx;
    }
}

static void cold(void **s)
{
    (void)s;
    /* -5 / 32 degC round the cycle at 0 / 20: 0.45 x 265.15 / 40 */
    assert_near(refrigeration_eer(0, 20), 0.45 * 265.15 / (32 + 8), 1e-9);
    assert_true(refrigeration_eer(3, 35) < refrigeration_eer(3, 10));
    assert_true(refrigeration_eer(-20, 20) < refrigeration_eer(3, 20));
    double a = 3, b = 3;
    a = refrigeration_step_degC(a, 25, 60, 1e8, -1000, 900);
    for (int i = 0; i < 900; i++) b = refrigeration_step_degC(b, 25, 60, 1e8, -1000, 1);
    assert_near(a, b, 1e-10);
    assert_near(refrigeration_step_degC(3, 25, 60, 1e8, -1320, 900), 3, 1e-12); /* gain balances loss */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(class_from_weights),
        cmocka_unit_test(light_of_a_class),
        cmocka_unit_test(daylight),
        cmocka_unit_test(cold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
