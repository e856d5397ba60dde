/* Sun position against the worked example of NREL/TP-560-34302 (every intermediate), its rise and set examples,
 * delta T of Espenak & Meeus, and properties that hold anywhere. */
#include "near.h"
#include "physics/sun.h"
#include <math.h>
#include <stdlib.h>

static const struct sun_place golden = {39.742476, -105.1786, 1830.14, 82000, 11, 0.5667};

static void worked_example(void **s)
{
    (void)s;
    struct sun_geocentric g = sun_geocentric(sun_julian_day(1066419030000), 67.0);
    assert_near(g.L_deg, 24.0182616917, 1e-6);
    assert_near(g.B_deg, -0.0001011219, 1e-9);
    assert_near(g.R_au, 0.9965422974, 1e-9);
    assert_near(g.nutation_lon_deg, -0.00399840, 1e-8);
    assert_near(g.nutation_obliquity_deg, 0.00166657, 1e-8);
    assert_near(g.obliquity_deg, 23.440465, 1e-6);
    assert_near(g.lambda_deg, 204.0085519281, 1e-6);
    assert_near(g.alpha_deg, 202.227408, 1e-6);
    assert_near(g.delta_deg, -9.31434, 1e-5);
    struct sun_angles a = sun_topocentric(&g, &golden);
    assert_near(a.zenith_deg, 50.11162, 1e-5);
    assert_near(a.azimuth_deg, 194.340241, 1e-5);
}

static void next_day(void **s)
{
    (void)s;
    double jd = sun_julian_day(1066419030000 + 86400000); /* 2003-10-18T12:30:30-07:00 */
    assert_near(sun_julian_day(1066419030000), 2452930.312847, 1e-6);
    struct sun_geocentric g = sun_geocentric(jd, 67.0);
    struct sun_angles a = sun_topocentric(&g, &golden);
    assert_near(a.zenith_deg, 50.478260, 2e-5);
    assert_near(a.azimuth_deg, 194.311132, 5e-5); /* that source does not state its delta T */
}

static void short_form(void **s)
{
    (void)s;
    struct sun_angles a = sun_position(1066419030000, 39.742476, -105.1786, 1830.14);
    assert_near(a.zenith_deg, 50.11162, 5e-4); /* its own pressure, temperature and delta T */
    assert_near(a.azimuth_deg, 194.340241, 2e-4);
}

static void between(void **s)
{
    (void)s;
    for (int day = 0; day < 365; day += 7) {
        double jd = 2460676.5 + day;
        struct sun_geocentric a = sun_geocentric(jd, 69), b = sun_geocentric(jd + 1, 69);
        for (double f = 0; f < 1; f += 0.1) {
            struct sun_geocentric g = sun_between(&a, &b, jd + f), h = sun_geocentric(jd + f, 69);
            struct sun_angles fast = sun_topocentric(&g, &golden), full = sun_topocentric(&h, &golden);
            assert_near(fast.zenith_deg, full.zenith_deg, 1.5e-3);
        }
    }
}

static void delta_t(void **s)
{
    (void)s;
    static const double t[][3] = {{-499, 1, 17184.831},  {500, 2, 5708.8051},  {1000, 3, 1573.0419},
                                  {1500, 4, 198.01982},  {1800, 5, 13.596506}, {1860, 6, 7.8316585},
                                  {1900, 6, -2.1171894}, {1950, 7, 29.289261}, {1970, 8, 40.824887},
                                  {1985, 9, 54.724581}};
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
        assert_near(sun_delta_t_s(t[i][0], (int)t[i][1]), t[i][2], 1e-4 * fabs(t[i][2]));
}

static void rise_and_set(void **s)
{
    (void)s;
    const struct {
        double lat, lon;
        int64_t noon_ms, rise_ms, transit_ms, set_ms;
    } row[] = {/* 2015-01-02 Golden, NREL calculator: 07:21:55, 12:04:45, 16:47:43 at UTC-7 */
               {39.742476, -105.1786, 1420225200000, 1420208515000, 1420225485000, 1420242463000},
               /* 1996-07-05 35 S 0 E, NREL report: 07:08:15, 12:04:36, 17:01:04 UTC */
               {-35.0, 0.0, 836568000000, 836550495000, 836568276000, 836586064000}};
    for (int i = 0; i < 2; i++)
        for (int h = -10; h <= 10; h += 5) { /* any instant of that day gives the same day */
            struct sun_day d = sun_day(row[i].noon_ms + h * 3600000, row[i].lat, row[i].lon);
            assert_int_equal(d.kind, SUN_DAY_NORMAL);
            assert_true(llabs(d.rise_ms - row[i].rise_ms) <= 1000);
            assert_true(llabs(d.transit_ms - row[i].transit_ms) <= 1000);
            assert_true(llabs(d.set_ms - row[i].set_ms) <= 1000);
        }
}

static void everywhere(void **s)
{
    (void)s;
    for (int lat = -60; lat <= 60; lat += 15)
        for (int lon = -170; lon <= 180; lon += 35)
            for (int month = 0; month < 12; month++) {
                int64_t at = 1767225600000 + (int64_t)month * 30 * 86400000 + 7200000;
                struct sun_day d = sun_day(at, lat, lon);
                assert_int_equal(d.kind, SUN_DAY_NORMAL);
                assert_true(d.rise_ms < d.transit_ms && d.transit_ms < d.set_ms &&
                            llabs(d.transit_ms - at) <= 43200000);
                double rise = sun_position(d.rise_ms, lat, lon, 0).zenith_deg,
                       noon = sun_position(d.transit_ms, lat, lon, 0).zenith_deg;
                assert_true(fabs(rise - sun_position(d.set_ms, lat, lon, 0).zenith_deg) < 0.01);
                assert_true(rise > 90.2 && rise < 90.9); /* limb on the horizon, refracted */
                assert_true(noon < sun_position(d.transit_ms - 3600000, lat, lon, 0).zenith_deg);
                assert_true(noon < sun_position(d.transit_ms + 3600000, lat, lon, 0).zenith_deg);
            }
    assert_int_equal(sun_day(1782000000000, 75, 20).kind, SUN_DAY_POLAR_DAY);   /* 2026-06-21 */
    assert_int_equal(sun_day(1766188800000, 75, 20).kind, SUN_DAY_POLAR_NIGHT); /* 2025-12-20 */
}

/* A series against the full algorithm, from pole to pole, over two centuries. */
static void series(void **s)
{
    enum { N = 200 };
    static struct sun_angles a[N];
    double worst_z = 0, worst_a = 0;
    (void)s;
    for (int year = 1900; year <= 2100; year += 20)
        for (int lat = -89; lat <= 89; lat += 22) {
            struct sun_place p = {lat, 46.76, 330, 97000, 12, 0.5667};
            double jd = 2415020.5 + (year - 1900) * 365.25 + lat / 3.0;
            sun_series(&p, jd, 13.77 * 3600, N, 69, a);
            for (int i = 0; i < N; i++) {
                struct sun_geocentric g = sun_geocentric(jd + i * 13.77 / 24, 69);
                struct sun_angles b = sun_topocentric(&g, &p);
                worst_z = fmax(worst_z, fabs(a[i].zenith_deg - b.zenith_deg));
                worst_a = fmax(worst_a, fabs(remainder(a[i].azimuth_deg - b.azimuth_deg, 360)) *
                                            sin(b.zenith_deg * 3.14159265358979 / 180));
            }
        }
    print_message("# largest difference: zenith %.1e deg, azimuth %.1e deg of arc\n", worst_z, worst_a);
    assert_true(worst_z < 1e-5 && worst_a < 1e-5);
}

/* A place answers the same, to the last bit, whoever asked before and how long it was followed: worlds must not differ by the order of questions. */
static void track_in_any_order(void **s)
{
    (void)s;
    struct sun_place p = sun_place_standard(39.2, 46.6, 400);
    struct sun_track followed = sun_track(&p, (double)NAN);
    for (int k = 0; k < 4 * 3650; k++) {
        double jd = 2461041.31 + 0.25 * k;
        struct sun_track fresh = sun_track(&p, (double)NAN);
        struct sun_angles a = sun_track_at(&followed, jd), b = sun_track_at(&fresh, jd);
        assert_true(a.zenith_deg == b.zenith_deg && a.azimuth_deg == b.azimuth_deg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_example), cmocka_unit_test(next_day), cmocka_unit_test(short_form),
        cmocka_unit_test(delta_t),        cmocka_unit_test(between),  cmocka_unit_test(rise_and_set),
        cmocka_unit_test(everywhere),     cmocka_unit_test(series),   cmocka_unit_test(track_in_any_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
