/* Weather files: exact readings, every missing-data mark, broken files told with file:line, energy kept between the
 * hours. Small files are written here; the public reference files are read where they exist (else those cases
 * skip). */
#include "base/err.h"
#include "base/instant.h"
#include "near.h"
#include "village/village.h"
#include "world/weather.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES_MAX = 9000 };
static struct weather w; /* large: kept off the stack */
static const struct site denver = {.id = "denver",
                                   .lat_deg = 39.83,
                                   .lon_deg = -104.65,
                                   .altitude_m = 1650,
                                   .tz = "MST7",
                                   .zone = {.standard_s = -25200}};

static const char *temp_path(void)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/kend-weather-%d.tmp", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
             (int)getpid());
    return path;
}

static const char *write_file(const char *text, size_t n)
{
    FILE *f = fopen(temp_path(), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return temp_path();
}

static const int month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

/* A whole EPW year with plain values; line `odd` (0-based hour) is replaced by `with` (NULL: left out). */
static const char *make_epw(int hours, int odd, const char *with, const char *end_of_line)
{
    static char text[LINES_MAX * 160];
    char *p = text;
    p += sprintf(p, "LOCATION,Test,-,-,made,1,39.83,-104.65,-7.0,1650.0%s", end_of_line);
    for (int i = 0; i < 6; i++) p += sprintf(p, "HEAD %d%s", i, end_of_line);
    p += sprintf(p, "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31%s", end_of_line);
    int i = 0;
    for (int m = 0; m < 12; m++)
        for (int d = 0; d < month_days[m]; d++)
            for (int h = 1; h <= 24 && i < hours; h++, i++) {
                if (i == odd && !with) continue;
                if (i == odd) {
                    p += sprintf(p, "%s%s", with, end_of_line);
                    continue;
                }
                int sun = h > 7 && h < 18 ? 100 * (h < 13 ? h - 7 : 18 - h) : 0;
                p += sprintf(p,
                             "2001,%d,%d,%d,60,?,%d.5,1.0,50,83000,0,0,300,%d,%d,%d,0,0,0,0,180,3.5,5,5,9,9,9,9,9,"
                             "0,0,88,999,0.4,1%s",
                             m + 1, d + 1, h, h, sun, sun, sun / 4, end_of_line);
            }
    return write_file(text, (size_t)(p - text));
}

static void epw_made(void **s)
{
    (void)s;
    static const char *const ends[] = {"\n", "\r\n"};
    for (int k = 0; k < 2; k++) {
        struct err e = {0};
        if (weather_read(&w, make_epw(8760, -1, NULL, ends[k]), &denver, &e)) fail_msg("%s: %s", e.file, e.text);
        assert_string_equal(w.format, "EPW");
        assert_near(w.value[WEATHER_TEMP][4], 5.5, 0);
        assert_near(w.value[WEATHER_HUMIDITY][4], 0.5, 1e-12);
        assert_near(w.value[WEATHER_PRESSURE][8759], 83000, 0);
        assert_near(w.value[WEATHER_GHI][11], 500, 0);
        assert_near(w.value[WEATHER_RAIN][11], 0.4, 0);
        for (int c = 0; c < WEATHER_COLUMNS; c++) assert_int_equal(w.filled[c], 0);
    }
}

/* One line with all its missing marks: the values come from the neighbours, and it is counted. */
static void epw_missing(void **s)
{
    (void)s;
    struct err e = {0};
    const char *line = "2001,1,2,12,60,?,99.9,99.9,999,999999,9999,9999,9999,9999,9999,9999,999999,999999,999999,"
                       "9999,999,999,99,99,9,9,9,9,9,999,.999,999,99,999,99";
    if (weather_read(&w, make_epw(8760, 35, line, "\n"), &denver, &e)) fail_msg("%s", e.text);
    for (int c = 0; c < WEATHER_COLUMNS; c++) assert_int_equal(w.filled[c], 1);
    assert_near(w.value[WEATHER_TEMP][35], 12.5, 1e-9);
    assert_near(w.value[WEATHER_HUMIDITY][35], 0.5, 1e-9);
    assert_near(w.value[WEATHER_PRESSURE][35], 83000, 1e-9);
    assert_near(w.value[WEATHER_WIND][35], 3.5, 1e-9);
    assert_near(w.value[WEATHER_RAIN][35], 0, 0);
    assert_near(w.value[WEATHER_GHI][35], 450, 1e-9); /* between 400 and 500 */
    /* humidity alone missing comes from the dew point: 10 degC at 20 degC is 52.5 % */
    if (weather_read(&w,
                     make_epw(8760, 35, "2001,1,2,12,60,?,20,10,999,83000,0,0,0,500,500,100,0,0,0,0,180,3.5", "\n"),
                     &denver, &e))
        fail_msg("%s", e.text);
    assert_near(w.value[WEATHER_HUMIDITY][35], 0.525, 0.003);
    assert_int_equal(w.filled[WEATHER_HUMIDITY], 0);
    assert_int_equal(w.filled[WEATHER_RAIN], 1);
}

static void broken(const char *path, int line, const char *says)
{
    struct err e = {0};
    char text[1024];
    assert_int_equal(weather_read(&w, path, &denver, &e), -1);
    err_line(&e, text, sizeof text);
    if (!strstr(text, says) || (line && e.line != line))
        fail_msg("wanted line %d and `%s`, got: %s", line, says, text);
    assert_non_null(strstr(text, path));
}

static void broken_files(void **s)
{
    (void)s;
    broken("/nowhere/at/all.epw", 0, "cannot be opened");
    broken(write_file("", 0), 0, "is empty");
    broken(write_file("hello\n", 6), 1, "is neither EPW");
    broken(write_file("LOCATION,a\n", 11), 1, "latitude is missing");
    broken(write_file("LOCATION,a,b,c,d,e,39,-104,-7,1600\nHEAD\n", 40), 2, "without its DATA PERIODS");
    broken(write_file("LOC\0TION", 8), 1, "binary");
    broken(make_epw(0, -1, NULL, "\n"), 0, "holds no hours");
    broken(make_epw(8000, -1, NULL, "\n"), 8008, "ends after 8000 of 8760 hours");
    broken(make_epw(8760, 100, NULL, "\n"), 8767, "first missing: month 1, day 5, hour 5");
    broken(make_epw(8760, 10, "2001,1,1,11,60,?,12.5", "\n"), 19, "broken or cut short");
    broken(make_epw(8760, 10, "2001,1,1,11,60,?,abc,1,50,83000,0,0,0,0,0,0,0,0,0,0,180,3.5", "\n"), 19,
           "dry-bulb temperature: `abc` is not a number");
    broken(make_epw(8760, 10, "2001,1,1,11,60,?,12,1,50,83000,0,0,0,-50,0,0,0,0,0,0,180,3.5", "\n"), 19,
           "global horizontal radiation -50 is outside");
    broken(make_epw(8760, 10, "2001,1,1,10,60,?,12,1,50,83000,0,0,0,0,0,0,0,0,0,0,180,3.5", "\n"), 19,
           "was given before, on line 18");
    broken(make_epw(8760, 10, "2001,13,1,10,60,?,12,1,50,83000,0,0,0,0,0,0,0,0,0,0,180,3.5", "\n"), 19,
           "no such hour");
    broken(write_file("time(UTC),T2m\n", 14), 1, "no column named `RH`");
    broken(write_file("Latitude (decimal degrees): 45\nLongitude: 8\n", 44), 2, "time(UTC)");
    broken(write_file("723170,\"X\",NC,-5.0,36.1,-79.9,273\n", 34), 2, "before its line of column names");
    broken(write_file("723170,\"X\",NC,-5.0,36.1,-79.9,273\nDate,Time\n", 44), 2, "no column named");
}

/* Any truncation of a whole file is an error or a whole year, never a crash. */
static void cut_anywhere(void **s)
{
    (void)s;
    make_epw(30, -1, NULL, "\n");
    FILE *f = fopen(temp_path(), "rb");
    static char text[20000];
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    for (size_t k = 0; k < n; k += 7) {
        struct err e = {0};
        assert_int_equal(weather_read(&w, write_file(text, k), &denver, &e), -1);
        assert_true(e.text[0] != '\0');
    }
}

static const char *reference(const char *name)
{
    static char path[512];
    const char *root = getenv("KEND_REFERENCE");
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    if (access(path, R_OK)) skip();
    return path;
}

static double sum_of(enum weather_column c)
{
    double sum = 0.0;
    for (int i = 0; i < WEATHER_HOURS; i++) sum += w.value[c][i];
    return sum;
}

/* Year sums as a spreadsheet gives them from the same files. */
static void epw_denver(void **s)
{
    (void)s;
    struct err e = {0};
    assert_int_equal(weather_read(&w, reference("homes/725650TYCST.epw"), &denver, &e), 0);
    assert_near(sum_of(WEATHER_GHI), 1670220, 1e-6);
    assert_near(sum_of(WEATHER_DNI), 1977576, 1e-6);
    assert_near(sum_of(WEATHER_DHI), 556451, 1e-6);
    assert_near(sum_of(WEATHER_TEMP) / 8760, 10.875342, 1e-6);
    assert_near(sum_of(WEATHER_HUMIDITY) / 87.6, 49.618493, 1e-6);
    assert_near(sum_of(WEATHER_PRESSURE) / 8760, 83460.125571, 1e-5);
    assert_near(sum_of(WEATHER_WIND) / 8760, 3.91653, 1e-5);
    assert_near(sum_of(WEATHER_RAIN), 292.0, 1e-6);
    assert_int_equal(w.filled[WEATHER_RAIN], 1974);
    assert_near(w.value[WEATHER_TEMP][0], -18.0, 0);
    assert_near(w.altitude_m, 1650, 0);
}

static void epw_others(void **s)
{
    (void)s;
    struct err e = {0};
    assert_int_equal(weather_read(&w, reference("weather/USA_IL_Chicago_725300_TMY3.epw"), &denver, &e), 0);
    assert_near(sum_of(WEATHER_GHI), 1406646, 1e-6);
    assert_near(sum_of(WEATHER_TEMP) / 8760, 9.987991, 1e-6);
    assert_int_equal(weather_read(&w, reference("weather/Zurich-Kloten_2013.epw"), &denver, &e), 0);
    assert_near(sum_of(WEATHER_DNI), 983660, 1e-6);
    assert_int_equal(w.filled[WEATHER_RAIN], 8760); /* that file has 33 fields: no rain in it */
}

static void tmy3_greensboro(void **s)
{
    (void)s;
    struct err e = {0};
    assert_int_equal(weather_read(&w, reference("solar/723170TYA_Greensboro_TMY3.csv"), &denver, &e), 0);
    assert_string_equal(w.format, "TMY3");
    assert_near(sum_of(WEATHER_GHI), 1566203, 1e-6);
    assert_near(sum_of(WEATHER_DNI), 1476549, 1e-6);
    assert_near(sum_of(WEATHER_DHI), 682223, 1e-6);
    assert_near(sum_of(WEATHER_TEMP), 126335.4, 1e-6);
    assert_near(w.value[WEATHER_PRESSURE][0], 99300, 1e-9);
    assert_near(w.value[WEATHER_HUMIDITY][8759], 0.89, 1e-12);
    assert_near(w.lon_deg, -79.95, 0);
}

static void pvgis_45n8e(void **s)
{
    (void)s;
    struct err e = {0};
    struct site here = denver;
    here.lat_deg = 45, here.lon_deg = 8, here.altitude_m = 250;
    assert_int_equal(weather_read(&w, reference("solar/pvgis_tmy_45N8E.csv"), &here, &e), 0);
    assert_near(sum_of(WEATHER_GHI), 1435861, 1e-6);
    assert_near(sum_of(WEATHER_DNI), 1591565.16, 1e-3);
    assert_near(sum_of(WEATHER_TEMP), 118821.52, 1e-5);
    assert_near(w.value[WEATHER_PRESSURE][0], 99870, 0);
    assert_int_equal(w.has_place, 0);
    assert_near(w.lat_deg, 45, 0); /* the village's own */
}

/* PVGIS with its head and legend, as the service gives it. */
static void pvgis_head(void **s)
{
    (void)s;
    static char text[LINES_MAX * 80];
    char *p = text;
    p += sprintf(
        p, "Latitude (decimal degrees): 39.180\r\nLongitude (decimal degrees): 46.759\r\nElevation (m): 330\r\n"
           "Irradiance Time Offset (h): "
           "0.1761\r\nmonth,year\r\n1,2015\r\ntime(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP\r\n");
    for (int m = 0; m < 12; m++)
        for (int d = 0; d < month_days[m]; d++)
            for (int h = 0; h < 24; h++)
                p += sprintf(p, "2015%02d%02d:%02d00,%d.25,80.0,%d.0,-0.0,0.0,283.5,1.5,90.0,97000.0\r\n", m + 1,
                             d + 1, h, h, h > 6 && h < 17 ? 300 : 0);
    p += sprintf(p, "\r\nT2m: 2-m air temperature (degree Celsius)\r\nRH: relative humidity (%%)\r\n");
    struct err e = {0};
    if (weather_read(&w, write_file(text, (size_t)(p - text)), &denver, &e)) fail_msg("%s", e.text);
    assert_int_equal(w.has_place, 1);
    assert_near(w.lat_deg, 39.18, 0);
    assert_near(w.sun_h, 0.1761, 0);
    assert_near(w.value[WEATHER_TEMP][30], 6.25, 0);
}

/* At its own place a file's energy arrives, hour for hour; temperature at the stamp is the file's; diffuse never
 * exceeds global. */
static void between_hours(void **s)
{
    (void)s;
    struct err e = {0};
    assert_int_equal(weather_read(&w, reference("homes/725650TYCST.epw"), &denver, &e), 0);
    int64_t year = civil_ms(&denver.zone, 2025, 1, 1, 0, 0, 0);
    double sum = 0, worst = 0, square = 0;
    for (int i = 0; i < WEATHER_HOURS; i++) {
        double hour = 0;
        for (int k = 0; k < 30; k++) {
            struct ambient a;
            int64_t at = year + i * (int64_t)MS_HOUR + k * 120000 + 60000;
            ambient_clock(&a, &denver, at);
            weather_at(&w, &denver, at, &a);
            assert_true(a.ghi_W_m2 >= 0 && a.dhi_W_m2 >= -1e-9 && a.dhi_W_m2 <= a.ghi_W_m2 + 1e-9 &&
                        a.dni_W_m2 >= 0 && a.dni_W_m2 < 1361);
            hour += a.ghi_W_m2 / 30;
        }
        sum += hour;
        square += (hour - w.value[WEATHER_GHI][i]) * (hour - w.value[WEATHER_GHI][i]);
        worst = fmax(worst, fabs(hour - w.value[WEATHER_GHI][i]));
    }
    assert_near(sum, 1670220, 0.005 * 1670220);
    assert_true(sqrt(square / WEATHER_HOURS) < 15.0);
    assert_true(worst < 120.0);
    struct ambient a;
    ambient_clock(&a, &denver, year + 100 * (int64_t)MS_HOUR);
    weather_at(&w, &denver, year + 100 * (int64_t)MS_HOUR, &a);
    assert_near(a.temp_degC, w.value[WEATHER_TEMP][99], 1e-9); /* hour 100 of the file is stamped 100:00 */
    ambient_clock(&a, &denver, year + 365 * (int64_t)MS_DAY);
    weather_at(&w, &denver, year + 365 * (int64_t)MS_DAY, &a); /* the year repeats */
    assert_near(a.temp_degC, w.value[WEATHER_TEMP][8759], 1e-9);
}

/* A file from another longitude: noon stays noon. */
static void other_place(void **s)
{
    (void)s;
    struct err e = {0};
    struct site agali = {.id = "a",
                         .lat_deg = 39.18,
                         .lon_deg = 46.76,
                         .altitude_m = 330,
                         .tz = "<+04>-4",
                         .zone = {.standard_s = 14400}};
    assert_int_equal(weather_read(&w, reference("homes/725650TYCST.epw"), &agali, &e), 0);
    double day[2][48] = {{0}};
    for (int k = 0; k < 48; k++)
        for (int d = 0; d < 28; d++) {
            struct ambient a;
            int64_t at = civil_ms(&agali.zone, 2026, 6, 1 + d, k / 2, k % 2 * 30, 0);
            ambient_clock(&a, &agali, at);
            weather_at(&w, &agali, at, &a);
            if (a.sun_zenith_deg > 95) assert_near(a.ghi_W_m2, 0, 0);
            day[0][k] += a.ghi_W_m2, day[1][k] += cos(a.sun_zenith_deg * 3.14159265 / 180);
        }
    double centre[2] = {0}, weight[2] = {0};
    for (int k = 0; k < 48; k++)
        for (int j = 0; j < 2; j++)
            if (day[1][k] > 0) centre[j] += day[j][k] * k / 2, weight[j] += day[j][k];
    assert_near(centre[0] / weight[0], centre[1] / weight[1], 0.6); /* hours: Denver's afternoons are cloudier */
}

static int done(void **s)
{
    (void)s;
    unlink(temp_path());
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epw_made),        cmocka_unit_test(epw_missing), cmocka_unit_test(broken_files),
        cmocka_unit_test(cut_anywhere),    cmocka_unit_test(epw_denver),  cmocka_unit_test(epw_others),
        cmocka_unit_test(tmy3_greensboro), cmocka_unit_test(pvgis_45n8e), cmocka_unit_test(pvgis_head),
        cmocka_unit_test(between_hours),   cmocka_unit_test(other_place)};
    return cmocka_run_group_tests(tests, NULL, done);
}
