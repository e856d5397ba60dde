/* Time: int64 milliseconds UTC inside, ISO-8601 with offset at the edge, local civil days by a POSIX TZ rule
 * (for example "<+04>-4" or "CET-1CEST,M3.5.0,M10.5.0/3"), so that local days may have 92, 96 or 100 quarter-hours. */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H
#include <stddef.h>
#include <stdint.h>
enum { MS_S = 1000, MS_MIN = 60000, MS_QUARTER = 900000, MS_HOUR = 3600000, MS_DAY = 86400000 };
struct err;
struct zone_change { int8_t month, week, weekday; int32_t at_s; }; /* "Mm.w.d/time" */
struct zone { int32_t standard_s, daylight_s; int8_t has_daylight; struct zone_change start, end; }; /* east positive */
struct civil { int year, month, day, hour, minute, second, ms, weekday /* 0 = Sunday */, yearday /* 1.. */, offset_s; };
int zone_parse(const char *posix_tz, struct zone *, struct err *);
int32_t zone_offset_s(const struct zone *, int64_t at_ms);
struct civil civil_at(const struct zone *, int64_t at_ms);                 /* zone NULL = UTC */
int64_t civil_ms(const struct zone *, int year, int month, int day, int hour, int minute, int second);
int64_t local_day_start_ms(const struct zone *, int64_t at_ms);            /* local midnight at or before at_ms */
int64_t local_month_start_ms(const struct zone *, int64_t at_ms);
/* Reads "2026-01-15", "2026-01-15T06:30", "...:00Z", "...+04:00"; without offset the zone's local time. 0 or -1. */
int instant_parse(const char *text, const struct zone *, int64_t *at_ms, struct err *);
char *instant_format(char *buf, size_t size, const struct zone *, int64_t at_ms); /* 2026-01-15T06:30:00+04:00; zone NULL: ...Z */
/* The only two readings of the machine's clocks. Models and control never call them: they get their time by argument. */
int64_t instant_now_ms(void);
double instant_mono_s(void);                                               /* never jumps; for measuring durations */
struct timespec;
void instant_mono_after(struct timespec *, double s); /* s from now, for sem_clockwait(.., CLOCK_MONOTONIC, ..) and its like */
#endif
