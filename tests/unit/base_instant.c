/* Zones, civil days of 92, 96 and 100 quarter-hours, and ISO-8601 both ways. The sweep compares our zones with the
 * C library's own reading of the same rule. */
#include "base/err.h"
#include "base/instant.h"
#include "base/random.h"
#include "near.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct zone zone_of(const char *rule)
{
    struct zone z;
    struct err e = {0};
    if (zone_parse(rule, &z, &e)) fail_msg("%s", e.text);
    return z;
}

static int64_t at(const char *text, const struct zone *z)
{
    int64_t ms;
    struct err e = {0};
    if (instant_parse(text, z, &ms, &e)) fail_msg("%s", e.text);
    return ms;
}

static void zone_rules(void **state)
{
    (void)state;
    struct zone baku = zone_of("<+04>-4"), cet = zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(baku.standard_s, 4 * 3600);
    assert_false(baku.has_daylight);
    assert_int_equal(cet.daylight_s, 7200);
    assert_int_equal(cet.start.at_s, 7200);
    assert_int_equal(cet.end.at_s, 3 * 3600);
    assert_int_equal(zone_of("UTC").standard_s, 0);
    assert_int_equal(zone_of("IST-5:30").standard_s, 19800);
}

static void zone_refusals(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "Asia/Baku",
                                      "<+04>",
                                      "+04",
                                      "CET-1CEST",
                                      "CET-1CEST,M3.6.0,M10.5.0",
                                      "CET-1CEST,M13.5.0,M10.5.0",
                                      "CET-1CEST,J60,J300",
                                      "<+04>-4x",
                                      "CET-99",
                                      "<>-4",
                                      "CET-1CEST,M3.5.0,M10.5.0/3/4"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct zone z;
        struct err e = {0};
        assert_int_equal(zone_parse(bad[i], &z, &e), -1);
        assert_non_null(strstr(e.text, "POSIX"));
    }
}

static int quarters(const struct zone *z, const char *noon)
{
    int64_t day = local_day_start_ms(z, at(noon, z)), next = local_day_start_ms(z, day + 30LL * MS_HOUR);
    return (int)((next - day) / MS_QUARTER);
}

static void days_of_23_24_and_25_hours(void **state)
{
    (void)state;
    struct zone cet = zone_of("CET-1CEST,M3.5.0,M10.5.0/3"), baku = zone_of("<+04>-4");
    assert_int_equal(quarters(&cet, "2026-03-29T12:00"), 92);
    assert_int_equal(quarters(&cet, "2026-10-25T12:00"), 100);
    assert_int_equal(quarters(&cet, "2026-06-01T12:00"), 96);
    assert_int_equal(quarters(&baku, "2026-03-29T12:00"), 96);
}

static void hours_that_happen_twice_or_never(void **state)
{
    (void)state;
    struct zone cet = zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(at("2026-10-25T02:30", &cet), at("2026-10-25T02:30+02:00", NULL)); /* the first of the two */
    assert_int_equal(at("2026-03-29T02:30", &cet), at("2026-03-29T03:30+02:00", NULL)); /* skipped: moves forward */
    struct zone lebanon = zone_of("EET-2EEST,M3.5.0/0,M10.5.0/0"); /* midnight itself is skipped */
    int64_t day = local_day_start_ms(&lebanon, at("2026-03-29T12:00", &lebanon));
    assert_int_equal(day, at("2026-03-29T01:00+03:00", NULL));
}

static void zones_agree_with_the_c_library(void **state)
{
    (void)state;
    static const char *const rules[] = {"CET-1CEST,M3.5.0,M10.5.0/3",  "<+04>-4",
                                        "EST5EDT,M3.2.0,M11.1.0",      "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
                                        "NZST-12NZDT,M9.5.0,M4.1.0/3", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1"};
    struct random r = random_stream(1, "zones");
    for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++) {
        struct zone z = zone_of(rules[k]);
        setenv("TZ", rules[k], 1);
        tzset();
        for (int i = 0; i < 20000; i++) {
            time_t t = (time_t)random_range(&r, 0.0, 4e9);
            struct tm tm;
            localtime_r(&t, &tm);
            struct civil c = civil_at(&z, (int64_t)t * 1000);
            if (tm.tm_gmtoff != c.offset_s || tm.tm_hour != c.hour || tm.tm_mday != c.day ||
                tm.tm_wday != c.weekday || tm.tm_yday + 1 != c.yearday)
                fail_msg("%s at %lld: hour %d, not %d", rules[k], (long long)t, c.hour, tm.tm_hour);
        }
    }
}

static void iso_with_and_without_offset(void **state)
{
    (void)state;
    struct zone baku = zone_of("<+04>-4");
    assert_int_equal(at("2026-01-15T06:30:00+04:00", NULL), at("2026-01-15T02:30:00Z", NULL));
    assert_int_equal(at("2026-01-15T06:30", &baku), at("2026-01-15T02:30:00Z", NULL));
    assert_int_equal(at("2026-01-15", &baku), at("2026-01-14T20:00Z", NULL));
    assert_int_equal(at("2026-01-15 06:30+0400", NULL), at("2026-01-15T06:30+04", NULL));
    assert_int_equal(at("1970-01-01T00:00:00.250Z", NULL), 250);
    assert_int_equal(at("2024-02-29T24:00Z", NULL), at("2024-03-01T00:00Z", NULL));
}

static void iso_refusals(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "x",
                                      "2026",
                                      "2026-13-01",
                                      "2026-02-29",
                                      "2026-01-15T25:00",
                                      "2026-01-15T06:60",
                                      "2026-01-15T",
                                      "2026-01-15T06:30+",
                                      "2026-01-15T06:30:00Zz",
                                      "2026-1-5",
                                      "15.01.2026",
                                      "2026-01-15T24:01",
                                      "2026-01-15T06:30+4"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t ms = 42;
        struct err e = {0};
        if (instant_parse(bad[i], NULL, &ms, &e) != -1) fail_msg("`%s` was read", bad[i]);
        assert_int_equal(ms, 42);
        assert_non_null(strstr(e.text, "2026-01-15T06:30"));
    }
}

static void format_and_parse_are_inverse(void **state)
{
    (void)state;
    struct zone z = zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
    struct random r = random_stream(2, "iso");
    char buf[40], utc[40];
    for (int i = 0; i < 20000; i++) {
        int64_t ms = (int64_t)random_range(&r, -2e9, 8e9) * 1000;
        assert_int_equal(at(instant_format(buf, sizeof buf, &z, ms), NULL), ms);
        assert_int_equal(at(instant_format(utc, sizeof utc, NULL, ms), NULL), ms);
    }
    assert_string_equal(instant_format(buf, sizeof buf, &z, 0), "1970-01-01T01:00:00+01:00");
    assert_string_equal(instant_format(buf, sizeof buf, NULL, 0), "1970-01-01T00:00:00Z");
}

static void months(void **state)
{
    (void)state;
    struct zone z = zone_of("<+04>-4");
    assert_int_equal(local_month_start_ms(&z, at("2026-02-28T23:59", &z)), at("2026-02-01", &z));
    assert_int_equal(civil_ms(&z, 2026, 13, 1, 0, 0, 0), at("2027-01-01", &z));
    assert_int_equal(civil_ms(&z, 2026, 0, 31, 24, 0, 0), at("2026-01-01", &z));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zone_rules),
        cmocka_unit_test(zone_refusals),
        cmocka_unit_test(days_of_23_24_and_25_hours),
        cmocka_unit_test(hours_that_happen_twice_or_never),
        cmocka_unit_test(zones_agree_with_the_c_library),
        cmocka_unit_test(iso_with_and_without_offset),
        cmocka_unit_test(iso_refusals),
        cmocka_unit_test(format_and_parse_are_inverse),
        cmocka_unit_test(months),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
