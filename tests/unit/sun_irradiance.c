/* Irradiance against published worked values (pvlib's test suite, which cites each model's author) and energy
 * identities. */
#include "near.h"
#include "physics/irradiance.h"
#include "physics/transpose.h"
#include <math.h>

#define RAD (3.14159265358979323846 / 180.0)

static void haurwitz(void **s)
{
    (void)s;
    static const double t[][2] = {{-20, 0},
                                  {-0.05, 0},
                                  {5, 48.6298687941956},
                                  {10, 135.741748091813},
                                  {30, 487.894132885425},
                                  {50, 778.766689344363},
                                  {90, 1035.0920325345}};
    for (int i = 0; i < 7; i++) assert_near(irradiance_haurwitz_W_m2(90 - t[i][0]), t[i][1], 1e-8);
}

static void ineichen(void **s)
{
    (void)s;
    struct irradiance one = irradiance_ineichen(10, 1, 3, 0, 1364);
    assert_near(one.ghi_W_m2, 1038.159219, 1e-5);
    assert_near(one.dni_W_m2, 942.2081860378344, 1e-5);
    assert_near(one.dhi_W_m2, 110.26529293612793, 1e-5);
    static const double t[][5] = {{82.85457044, 6.97935524, 65.49426624, 321.16092181, 25.54562017},
                                  {46.0467599, 1.32355476, 704.6968125, 888.90147035, 87.73601277},
                                  {10.56413562, 0.93527685, 1044.1230677, 953.24925854, 107.03109696},
                                  {34.86074109, 1.12008114, 853.02065704, 922.06124712, 96.42909484},
                                  {72.41687122, 3.01614096, 251.99427693, 655.44925241, 53.9901349}};
    for (int i = 0; i < 5; i++) {
        struct irradiance r = irradiance_ineichen(t[i][0], t[i][1], 3, 0, 1364);
        assert_near(r.ghi_W_m2, t[i][2], 1e-4);
        assert_near(r.dni_W_m2, t[i][3], 1e-4);
        assert_near(r.dhi_W_m2, t[i][4], 1e-4);
    }
}

static void erbs(void **s)
{
    (void)s;
    const double jan = 1366.1 / SOLAR_CONSTANT_W_M2 * irradiance_extraterrestrial_W_m2(1);
    const double jun = 1366.1 / SOLAR_CONSTANT_W_M2 * irradiance_extraterrestrial_W_m2(171);
    const struct {
        double ghi, zenith, e0, dni, dhi;
    } t[] = {{0, 120, jan, 0, 0},
             {50, 85, jan, 96.7192672, 41.5703604},
             {1000, 10, jan, 794.205651, 217.860117},
             {1000, 10, jun, 842.001578, 170.790318}};
    for (int i = 0; i < 4; i++) {
        struct irradiance r = irradiance_erbs(t[i].ghi, t[i].zenith, t[i].e0);
        assert_near(r.dni_W_m2, t[i].dni, 1e-3);
        assert_near(r.dhi_W_m2, t[i].dhi, 1e-3);
    }
    for (double z = 0; z < 95; z += 2.5)
        for (double g = 0; g < 1200; g += 37) { /* nothing is lost in the split */
            struct irradiance r = irradiance_erbs(g, z, 1361);
            assert_true(r.dni_W_m2 >= 0 && r.dhi_W_m2 >= 0);
            assert_near(r.dni_W_m2 * cos(RAD * z) + r.dhi_W_m2, g, 1e-9);
        }
}

static void planes(void **s)
{
    (void)s;
    static const double t[][9] = {
        /* ghi dni dhi zenith azimuth isotropic hay-davies ground(0.40) beam */
        {79.73860422, 316.1949056, 40.46149818, 82.85457044, 66.71410338, 35.728402, 27.1775, 3.731058, 0},
        {1042.48031487, 939.95469881, 118.45831879, 10.56413562, 144.76567754, 104.601328, 102.9949, 48.778813,
         798.31939281},
        {257.20751138, 646.22886049, 62.03376265, 72.41687122, 287.04104128, 54.777191, 33.1909, 12.035025,
         33.50143401}};
    for (int i = 0; i < 3; i++) {
        struct irradiance r = {t[i][0], t[i][1], t[i][2]};
        const struct plane plane = {40, 180, 0.40};
        const struct sky_sun sun = {t[i][3], t[i][4], 1321.1655834833093, 0};
        struct plane_irradiance p = transpose(SKY_HAY_DAVIES, &r, &plane, &sun);
        struct plane_irradiance q = irradiance_plane_isotropic(&r, 40, 180, t[i][3], t[i][4], 0.40);
        assert_near(q.sky_W_m2, t[i][5], 1e-4);
        assert_near(p.sky_W_m2, t[i][6], 1e-4);
        assert_near(p.ground_W_m2, t[i][7], 1e-4);
        assert_near(p.beam_W_m2, t[i][8], 1e-4);
        assert_near(p.total_W_m2, p.beam_W_m2 + p.sky_W_m2 + p.ground_W_m2, 1e-9);
    }
    assert_near(acos(irradiance_cos_incidence(90, 0, 30, 60)) / RAD, 75.5224878, 1e-6);
    struct irradiance flat = {800, 700, 800 - 700 * cos(RAD * 40)};
    for (int k = 0; k < SKY_MODELS;
         k++) { /* a flat plane gets what falls on the ground; Klucher brightens even that */
        const struct plane level = {0, 180, 0.2};
        const struct sky_sun sun = {40, 123, 1361, 1.3};
        assert_near(transpose((enum sky_model)k, &flat, &level, &sun).total_W_m2, 800,
                    k == SKY_KLUCHER ? 60 : 1e-9);
    }
}

static void outside(void **s)
{
    (void)s;
    double sum = 0;
    for (int d = 1; d <= 365; d++) sum += irradiance_extraterrestrial_W_m2(d);
    assert_near(sum / 365, SOLAR_CONSTANT_W_M2, 1.0);
    assert_true(irradiance_extraterrestrial_W_m2(3) > 1.06 * irradiance_extraterrestrial_W_m2(185));
    assert_near(irradiance_air_mass(10.567), 1.01688136, 1e-3);
    assert_near(irradiance_air_mass(82.85457044), 7.58831596, 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(haurwitz), cmocka_unit_test(ineichen),
                                       cmocka_unit_test(erbs), cmocka_unit_test(planes), cmocka_unit_test(outside)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
