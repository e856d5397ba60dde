/* Alarms: conditions with a beginning and an end, keyed by (asset, code). Raising twice changes nothing but the
 * level; clearing ends it; a cleared alarm stays in the list until it is acknowledged and its row is wanted. asset
 * -1: the whole village. */
#ifndef CONTROL_ALARMS_H
#define CONTROL_ALARMS_H
#include "base/arena.h"
#include "control/run.h"
enum alarm_code {
    ALARM_NONE,
    ALARM_CLOCK,
    ALARM_TICK_LATE,
    ALARM_PLAN_STALE,
    ALARM_PLANNER_HANGS,
    ALARM_PLAN_REFUSED,
    ALARM_PLAN_SHORT,
    ALARM_PLAN_ROUGH,
    ALARM_READING_BAD,
    ALARM_READING_STUCK,
    ALARM_SILENT,
    ALARM_GATEWAY,
    ALARM_ISLAND,
    ALARM_LIMIT,
    ALARM_SHORT,
    ALARM_SHED,
    ALARM_FAULT,
    ALARM_WATER,
    ALARM_STORE,
    ALARM_REQUESTS,
    ALARM_TABLE,
    ALARM_READING_OLD, /* new ones at the end: a saved state holds the numbers */
    ALARM_LAND,
    ALARM_ROUND,
    ALARM_CODES
};
enum { ALARM_ROWS = 256 };
struct alarms {
    struct alarm *row;
    int16_t *index;
    int n, n_asset;
};
void alarms_create(struct alarms *, int n_asset, struct cutter *); /* cuts its memory; with base NULL only counts */
void alarm_raise(struct alarms *, int64_t now_ms, int32_t asset, enum alarm_code, enum alarm_level);
void alarm_clear(struct alarms *, int64_t now_ms, int32_t asset, enum alarm_code);
int alarm_active(const struct alarms *, int32_t asset, enum alarm_code);
int alarm_ack(struct alarms *, int row, int32_t who, int64_t now_ms); /* 0, or -1: no such row */
/* raise when on, clear when not: the usual call of a check that runs every tick. */
void alarm_set(struct alarms *, int64_t now_ms, int32_t asset, enum alarm_code, enum alarm_level, int on);
#endif
