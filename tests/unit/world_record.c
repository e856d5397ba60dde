/* Weather records: marks of missing data, broken lines told with their place, a year from quarter-hours. */
#include "base/err.h"
#include "near.h"
#include "village/village.h"
#include "world/weather.h"
#include "world/weather_log.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *file(const char *text)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/kend-log-%d.tmp", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return path;
}

static int refused(const char *text, const char *words, int line)
{
    struct weather_log r;
    struct err e = {0};
    if (!weather_log_read(&r, file(text), &e)) return weather_log_free(&r), 0;
    if (strstr(e.text, words) && e.line == line) return 1;
    print_error("line %d: %s\n", e.line, e.text);
    return 0;
}

#define NSRDB                                                                                                      \
    "Source,Latitude,Longitude,Time "                                                                              \
    "Zone,Elevation\nNSRDB,42.69,23.3,2,564\nYear,Month,Day,Hour,Minute,Temperature,GHI,DNI,DHI,Relative "         \
    "Humidity,Pressure\n"

static void nsrdb(void **s)
{
    struct weather_log r;
    struct err e = {0};
    (void)s;
    assert_int_equal(
        weather_log_read(&r, file(NSRDB "2019,1,1,0,0,-2.5,0,,-9999,50,957\n2019,1,1,0,15,nan,10,20,5,60,956\n"),
                         &e),
        0);
    assert_int_equal(r.n, 2);
    assert_near(r.step_s, 900, 0);
    assert_near(r.utc_offset_h, 2, 0);
    assert_near(r.row[0].value[WLOG_TEMP], -2.5, 0);
    assert_near(r.row[0].value[WLOG_HUMIDITY], 0.5, 1e-12);
    assert_near(r.row[1].value[WLOG_PRESSURE], 95600, 1e-9);
    assert_true(isnan(r.row[0].value[WLOG_DNI]) && isnan(r.row[0].value[WLOG_DHI]) &&
                isnan(r.row[1].value[WLOG_TEMP]));
    assert_true(r.missing[WLOG_DNI] == 1 && r.missing[WLOG_DHI] == 1 && r.missing[WLOG_TEMP] == 1 &&
                r.missing[WLOG_GHI] == 0);
    weather_log_free(&r);
    assert_true(refused(NSRDB "2019,1,1,0,0,-2.5,0\n", "broken or cut short", 4));
    assert_true(refused(NSRDB "2019,1,1,0,0,warm,0,0,0,50,957\n", "Temperature", 4));
    assert_true(refused(NSRDB "2019,1,1,0,0,200,0,0,0,50,957\n", "outside", 4));
    assert_true(refused(NSRDB "2019,1,1,0,15,1,0,0,0,50,957\n2019,1,1,0,0,1,0,0,0,50,957\n", "does not go on", 5));
    assert_true(refused("Source,Latitude\nNSRDB,1\n", "names no", 1));
}

#define SURFRAD " Alamosa\n   37.70  105.92 2317 m version 1\n"
#define TAIL " 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0"

static void surfrad(void **s)
{
    struct weather_log r;
    struct err e = {0};
    (void)s;
    const char *text =
        SURFRAD " 2016   1  1  1  0  0  0.000  91.65    500.5 0    -0.8 0     700 1     -9999.9 0 " TAIL
                " 15.5 0 52.7 2 3.1 0 304.7 0 773.5 0\n";
    assert_int_equal(weather_log_read(&r, file(text), &e), 0);
    assert_near(r.lon_deg, -105.92, 0);
    assert_near(r.row[0].value[WLOG_GHI], 500.5, 0);
    assert_true(isnan(r.row[0].value[WLOG_DNI]) && isnan(r.row[0].value[WLOG_DHI]) &&
                isnan(r.row[0].value[WLOG_HUMIDITY]));
    assert_near(r.row[0].value[WLOG_TEMP], 15.5, 0);
    assert_near(r.row[0].value[WLOG_PRESSURE], 77350, 1e-9);
    weather_log_free(&r);
    assert_true(refused(SURFRAD " 2016 1 1 1 0 0 0.0 91.65 1 0 2\n", "48 are wanted", 3));
    assert_true(refused(SURFRAD "garbage\n", "48 are wanted", 3)); /* not a blank line: never dropped */
    assert_true(refused(SURFRAD "\n  \nN/A 2016 1 1\n", "48 are wanted", 5));
}

#define WRONG                                                                                                      \
    "{\"note\": \"[ \\\" {\",\n\"outputs\": {\"hourly\": [\n{\"time\": \"20130101:0010\", \"T2m\": 1},\n"          \
    "{\"time\": \"20130101:0110\",\n\"G(i)\": 1,\n\"T2m\": %s}]}}"

static void pvgis(void **s)
{
    struct weather_log r;
    struct err e = {0};
    (void)s;
    const char *text =
        "{\"inputs\": {\"location\": {\"latitude\": 45, \"longitude\": 8, \"elevation\": 250}}, \"outputs\": "
        "{\"hourly\": [{\"time\": \"20130101:0010\", \"G(i)\": 100, \"T2m\": -1, \"Int\": 1},"
        "{\"time\": \"20130101:0110\", \"G(i)\": 200, \"T2m\": null, \"Int\": 0}]}}";
    assert_int_equal(weather_log_read(&r, file(text), &e), 0);
    assert_true(isnan(r.row[0].value[WLOG_PLANE]) && r.missing[WLOG_PLANE] == 1 &&
                isnan(r.row[1].value[WLOG_TEMP]));
    assert_near(r.row[1].value[WLOG_PLANE], 200, 0);
    assert_near(r.altitude_m, 250, 0);
    weather_log_free(&r);
    assert_true(refused("{\"outputs\": {}}", "no outputs.hourly", 0));
    assert_true(refused("{\"outputs\":\n [}", "", 2));
    char text2[400];
    snprintf(text2, sizeof text2, WRONG, "\"warm\"");
    assert_true(refused(text2, "hour 2: T2m is no number", 6));
    snprintf(text2, sizeof text2, WRONG, "200");
    assert_true(refused(text2, "outside", 6));
    assert_true(refused("{\"outputs\": {\"tmy_hourly\": [\n{\"time(UTC)\": \"20130101:0010\"},\n{\"T2m\": 1}]}}",
                        "has no time", 3));
    assert_true(
        refused("{\"outputs\": {\"hourly\": [{\"time\": \"20130101:0110\"},\n{\"time\": \"20130101:0010\"}]}}",
                "does not go on", 2));
}

/* A year by the quarter-hour becomes hourly means; the reader that the twin uses takes it. */
static void year(void **s)
{
    static char text[4000000];
    static struct weather w;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct site site = {.lat_deg = 42.69, .lon_deg = 23.3, .altitude_m = 564};
    struct err e = {0};
    char *p = text + sprintf(text, NSRDB);
    (void)s;
    for (int m = 0; m < 12; m++)
        for (int d = 0; d < days[m]; d++)
            for (int q = 0; q < 96; q++)
                p += sprintf(p, "2019,%d,%d,%d,%d,%d,%d,0,0,50,957\n", m + 1, d + 1, q / 4, q % 4 * 15, q % 4,
                             q / 4 > 7 && q / 4 < 16 ? 100 * (q % 4) : 0);
    if (weather_read(&w, file(text), &site, &e)) fail_msg("%s", e.text);
    assert_string_equal(w.format, "NSRDB");
    assert_near(w.value[WEATHER_TEMP][12], 1.5, 1e-12);
    assert_near(w.value[WEATHER_GHI][12], 150, 1e-12);
    assert_true(refused(NSRDB, "no rows", 0));
    *strstr(text, "2019,3,1") = 0;
    assert_int_equal(weather_read(&w, file(text), &site, &e), -1);
    assert_non_null(strstr(e.text, "not a whole year"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nsrdb), cmocka_unit_test(surfrad), cmocka_unit_test(pvgis),
                                       cmocka_unit_test(year)};
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(file(""));
    return bad;
}
