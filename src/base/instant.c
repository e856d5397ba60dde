/* Time at the edge: civil dates, POSIX TZ rules and ISO-8601. See instant.h.
 * Days to and from civil dates: the "days from civil" algorithm of H. Hinnant (chrono-Compatible Low-Level Date
 * Algorithms, 2013), exact over the proleptic Gregorian calendar. TZ rules: POSIX.1-2017, chapter 8.3; of the three
 * forms of a change date only "Mm.w.d" is read (the two day-of-year forms are in use nowhere). We do not use the C
 * library's zones: they are global to the process, and a village must compute in its own zone whatever the
 * machine's setting. Left out: leap seconds (POSIX time has none) and the history of a zone's rules. */
#include "base/instant.h"
#include "base/err.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct zone utc_zone;

int64_t instant_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

double instant_mono_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void instant_mono_after(struct timespec *t, double s)
{
    double at_s = instant_mono_s() + s;
    t->tv_sec = (time_t)at_s;
    t->tv_nsec = (long)((at_s - (double)t->tv_sec) * 1e9);
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static int64_t days_from_civil(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = floor_div(y, 400), yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void civil_from_days(int64_t z, int *year, int *month, int *day)
{
    z += 719468;
    int64_t era = floor_div(z, 146097), doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

static int is_leap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

static int month_days(int y, int m)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[m - 1] + (m == 2 && is_leap(y));
}

static int weekday_of(int64_t days) { return (int)(((days + 4) % 7 + 7) % 7); } /* 1970-01-01 was a Thursday */

/* --- POSIX TZ --- */

static int read_name(const char **p)
{
    const char *s = *p;
    if (*s == '<') {
        for (s++; isalnum((unsigned char)*s) || *s == '+' || *s == '-'; s++) {}
        if (*s != '>' || s - *p < 4) return -1;
        *p = s + 1;
        return 0;
    }
    for (; isalpha((unsigned char)*s); s++) {}
    if (s - *p < 3) return -1;
    *p = s;
    return 0;
}

static int read_number(const char **p, int lo, int hi, int *out)
{
    int n = 0, digits = 0;
    for (; isdigit((unsigned char)**p && digits < 4 ? **p : 0); (*p)++, digits++) n = n * 10 + **p - '0';
    if (!digits || n < lo || n > hi) return -1;
    *out = n;
    return 0;
}

/* [+-]hh[:mm[:ss]] in seconds; hours to 167 as POSIX 2024 and tzdata write them. */
static int read_clock(const char **p, int hour_max, int32_t *out_s)
{
    int sign = 1, h = 0, m = 0, s = 0;
    if (**p == '+' || **p == '-') sign = *(*p)++ == '-' ? -1 : 1;
    if (read_number(p, 0, hour_max, &h)) return -1;
    if (**p == ':') {
        (*p)++;
        if (read_number(p, 0, 59, &m)) return -1;
        if (**p == ':') {
            (*p)++;
            if (read_number(p, 0, 59, &s)) return -1;
        }
    }
    *out_s = sign * (h * 3600 + m * 60 + s);
    return 0;
}

static int read_change(const char **p, struct zone_change *c)
{
    int month, week, day;
    if (*(*p)++ != ',' || *(*p)++ != 'M' || read_number(p, 1, 12, &month) || *(*p)++ != '.') return -1;
    if (read_number(p, 1, 5, &week) || *(*p)++ != '.' || read_number(p, 0, 6, &day)) return -1;
    *c = (struct zone_change){(int8_t)month, (int8_t)week, (int8_t)day, 7200};
    if (**p != '/') return 0;
    (*p)++;
    return read_clock(p, 167, &c->at_s);
}

static int zone_fail(struct err *e, const char *text)
{
    return err_set(e,
                   "`%.80s` is not a time zone rule; write it the POSIX way, such as `<+04>-4` or "
                   "`CET-1CEST,M3.5.0,M10.5.0/3`",
                   text);
}

int zone_parse(const char *text, struct zone *out, struct err *e)
{
    const char *p = text;
    struct zone z = {0};
    int32_t west_s;
    if (!strcmp(text, "UTC") || !strcmp(text, "Z")) {
        *out = z;
        return 0;
    }
    if (read_name(&p) || read_clock(&p, 24, &west_s)) return zone_fail(e, text);
    z.standard_s = z.daylight_s = -west_s;
    if (*p) {
        if (read_name(&p)) return zone_fail(e, text);
        z.has_daylight = 1;
        z.daylight_s = z.standard_s + 3600;
        if (*p && *p != ',') {
            if (read_clock(&p, 24, &west_s)) return zone_fail(e, text);
            z.daylight_s = -west_s;
        }
        if (*p != ',' || read_change(&p, &z.start) || *p != ',' || read_change(&p, &z.end) || *p)
            return zone_fail(e, text);
    }
    *out = z;
    return 0;
}

/* The instant at which a change happens in a year, given the offset in force before it. */
static int64_t change_ms(const struct zone_change *c, int year, int32_t before_s)
{
    int64_t first = days_from_civil(year, c->month, 1);
    int day = (c->weekday - weekday_of(first) + 7) % 7 + 7 * (c->week - 1);
    while (day >= month_days(year, c->month)) day -= 7; /* week 5: the last one */
    return (first + day) * MS_DAY + ((int64_t)c->at_s - before_s) * 1000;
}

int32_t zone_offset_s(const struct zone *z, int64_t at_ms)
{
    if (!z || !z->has_daylight) return z ? z->standard_s : 0;
    int year, month, day;
    civil_from_days(floor_div(at_ms + z->standard_s * 1000LL, MS_DAY), &year, &month, &day);
    int64_t start = change_ms(&z->start, year, z->standard_s), end = change_ms(&z->end, year, z->daylight_s);
    int in = start < end ? at_ms >= start && at_ms < end : at_ms >= start || at_ms < end;
    return in ? z->daylight_s : z->standard_s;
}

/* --- civil time --- */

struct civil civil_at(const struct zone *z, int64_t at_ms)
{
    struct civil c = {.offset_s = zone_offset_s(z, at_ms)};
    int64_t local = at_ms + c.offset_s * 1000LL, days = floor_div(local, MS_DAY);
    int in_day = (int)(local - days * MS_DAY);
    civil_from_days(days, &c.year, &c.month, &c.day);
    c.hour = in_day / MS_HOUR;
    c.minute = in_day / MS_MIN % 60;
    c.second = in_day / 1000 % 60;
    c.ms = in_day % 1000;
    c.weekday = weekday_of(days);
    c.yearday = (int)(days - days_from_civil(c.year, 1, 1)) + 1;
    return c;
}

/* An hour that happens twice means its first time; one that is skipped means the instant as standard time counts
 * it. */
static int64_t from_local(const struct zone *z, int64_t local_ms)
{
    int64_t standard = local_ms - z->standard_s * 1000LL, summer = local_ms - z->daylight_s * 1000LL;
    if (z->has_daylight && zone_offset_s(z, summer) == z->daylight_s) return summer;
    return standard;
}

int64_t civil_ms(const struct zone *z, int year, int month, int day, int hour, int minute, int second)
{
    int64_t days =
        days_from_civil(year + floor_div(month - 1, 12), (int)(month - 1 - 12 * floor_div(month - 1, 12)) + 1, 1);
    int64_t local = (days + day - 1) * MS_DAY + ((int64_t)hour * 3600 + minute * 60 + second) * 1000;
    return from_local(z ? z : &utc_zone, local);
}

int64_t local_day_start_ms(const struct zone *z, int64_t at_ms)
{
    struct civil c = civil_at(z, at_ms);
    return civil_ms(z, c.year, c.month, c.day, 0, 0, 0);
}

int64_t local_month_start_ms(const struct zone *z, int64_t at_ms)
{
    struct civil c = civil_at(z, at_ms);
    return civil_ms(z, c.year, c.month, 1, 0, 0, 0);
}

/* --- ISO-8601 --- */

static int instant_fail(struct err *e, const char *text, const char *why)
{
    return err_set(
        e, "`%.80s` is not a time (%s); write `2026-01-15`, `2026-01-15T06:30` or `2026-01-15T06:30:00+04:00`",
        text, why);
}

static int read_fixed(const char **p, int digits, int lo, int hi, int *out)
{
    int n = 0;
    for (int i = 0; i < digits; i++, (*p)++) {
        if (!isdigit((unsigned char)**p)) return -1;
        n = n * 10 + **p - '0';
    }
    *out = n;
    return n < lo || n > hi ? -1 : 0;
}

static int read_date(const char **p, struct civil *c)
{
    if (read_fixed(p, 4, 1, 9999, &c->year) || *(*p)++ != '-' || read_fixed(p, 2, 1, 12, &c->month)) return -1;
    return *(*p)++ != '-' || read_fixed(p, 2, 1, month_days(c->year, c->month), &c->day) ? -1 : 0;
}

static int read_time(const char **p, struct civil *c)
{
    if (read_fixed(p, 2, 0, 24, &c->hour) || *(*p)++ != ':' || read_fixed(p, 2, 0, 59, &c->minute)) return -1;
    if (**p == ':') {
        (*p)++;
        if (read_fixed(p, 2, 0, 59, &c->second)) return -1;
    }
    if (**p == '.') {
        int scale = 100;
        for ((*p)++; isdigit((unsigned char)**p); (*p)++, scale /= 10) c->ms += (**p - '0') * scale;
    }
    return c->hour == 24 && (c->minute || c->second || c->ms) ? -1 : 0;
}

/* "Z", "+04:00", "+0400" or "+04". 1 = read, 0 = none there, -1 = broken. */
static int read_offset(const char **p, int32_t *offset_s)
{
    int h, m = 0, sign = **p == '-' ? -1 : 1;
    *offset_s = 0;
    if (**p == 'Z' || **p == 'z') {
        (*p)++;
        return 1;
    }
    if (**p != '+' && **p != '-') return 0;
    (*p)++;
    if (read_fixed(p, 2, 0, 18, &h)) return -1;
    if (**p == ':') (*p)++;
    if (**p && read_fixed(p, 2, 0, 59, &m)) return -1;
    *offset_s = sign * (h * 3600 + m * 60);
    return 1;
}

int instant_parse(const char *text, const struct zone *z, int64_t *at_ms, struct err *e)
{
    const char *p = text;
    struct civil c = {0};
    int32_t offset_s = 0;
    int given = 0;
    if (read_date(&p, &c)) return instant_fail(e, text, "no such date");
    if (*p == 'T' || *p == 't' || *p == ' ') {
        p++;
        if (read_time(&p, &c)) return instant_fail(e, text, "no such time of day");
        given = read_offset(&p, &offset_s);
        if (given < 0) return instant_fail(e, text, "the offset is broken");
    }
    if (*p) return instant_fail(e, text, "something follows it");
    int64_t local = days_from_civil(c.year, c.month, c.day) * MS_DAY +
                    ((int64_t)c.hour * 3600 + c.minute * 60 + c.second) * 1000 + c.ms;
    *at_ms = given ? local - offset_s * 1000LL : from_local(z ? z : &utc_zone, local);
    return 0;
}

char *instant_format(char *buf, size_t size, const struct zone *z, int64_t at_ms)
{
    struct civil c = civil_at(z, at_ms);
    int off = abs(c.offset_s) / 60;
    int n =
        snprintf(buf, size, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
    if (n < 0 || (size_t)n >= size) return buf;
    if (z)
        snprintf(buf + n, size - (size_t)n, "%c%02d:%02d", c.offset_s < 0 ? '-' : '+', off / 60, off % 60);
    else
        snprintf(buf + n, size - (size_t)n, "Z");
    return buf;
}
