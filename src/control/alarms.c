/* See alarms.h. A direct index by (asset, code) makes every call constant time as long as there is room: checks run every tick
 * for every asset. */
#include "control/alarms.h"
#include <string.h>

static const struct {
    const char *name, *text;
} codes[ALARM_CODES] = {
    // clang-format off
    [ALARM_NONE]          = {"none", "No alarm."},
    [ALARM_CLOCK]         = {"clock_jump", "The clock jumped; plans made before it are dropped and every asset runs by its own rules until the next plan."},
    [ALARM_TICK_LATE]     = {"tick_late", "A control cycle ran past its budget; the next one starts at once and none is skipped silently."},
    [ALARM_PLAN_STALE]    = {"plan_stale", "No fresh plan; assets run by their own rules, guards stay in force."},
    [ALARM_PLANNER_HANGS] = {"planner_hangs", "The planner has not answered for longer than its time limit; control goes on without it."},
    [ALARM_PLAN_REFUSED]  = {"plan_refused", "A plan with impossible values was refused; the last good one or the rules stay in force."},
    [ALARM_PLAN_SHORT]    = {"plan_short", "The plan expects that not all demand can be served; the least important is shed first."},
    [ALARM_PLAN_ROUGH]    = {"plan_rough", "The optimiser broke off; its plan keeps every limit but may cost more than need be."},
    [ALARM_READING_BAD]   = {"reading_bad", "Readings that are not a number, out of range or jump without confirmation are ignored; the model carries on."},
    [ALARM_READING_STUCK] = {"reading_stuck", "A reading that should vary has not moved; it is ignored and the model carries on."},
    [ALARM_READING_OLD]   = {"reading_old", "One reading of a device that otherwise speaks has stopped; what leans on it takes the safe side."},
    [ALARM_SILENT]        = {"silent", "No readings; the device runs by its own rules and its state is estimated."},
    [ALARM_GATEWAY]       = {"gateway_down", "A gateway is silent; everything behind it runs by its own rules."},
    [ALARM_ISLAND]        = {"island", "No grid; the village runs on its own sources and sheds in the agreed order if they do not suffice."},
    [ALARM_LIMIT]         = {"limit", "A line or the grid connection is at its limit and nothing is left to move."},
    [ALARM_SHORT]         = {"short", "Demand is not fully served."},
    [ALARM_SHED]          = {"shed", "Demand is reduced in the agreed order to keep a limit."},
    [ALARM_FAULT]         = {"fault", "The equipment reports a fault."},
    [ALARM_WATER]         = {"water_short", "The river cannot serve all takers; the environmental flow comes first."},
    [ALARM_STORE]         = {"store_behind", "History is not being saved (disk full or too slow); control is not affected."},
    [ALARM_REQUESTS]      = {"requests_refused", "Too many requests or overrides at once; some were refused and told so."},
    [ALARM_TABLE]         = {"alarms_full", "More alarms than the list holds; the least important are not shown."},
    [ALARM_LAND]          = {"land", "Somebody reported something dangerous; what stands where they said is out of service and safe. Somebody must go and look; keep away until the authority gives it back."},
    [ALARM_ROUND]         = {"round", "A waste round is out of service: land on its way may not be used. Its bins are not emptied; the land page names them."},
    // clang-format on
};

const char *alarm_name(uint16_t code) { return code < ALARM_CODES ? codes[code].name : "unknown"; }
const char *alarm_text(uint16_t code) { return code < ALARM_CODES ? codes[code].text : "Unknown alarm."; }

void alarms_create(struct alarms *t, int n_asset, struct cutter *c)
{
    size_t n_index = (size_t)(n_asset + 1) * ALARM_CODES;
    t->row = cut(c, sizeof *t->row * ALARM_ROWS);
    t->index = cut(c, sizeof *t->index * n_index);
    t->n = 0;
    t->n_asset = n_asset;
    if (!c->base) return;
    memset(t->row, 0, sizeof *t->row * ALARM_ROWS);
    memset(t->index, 0xff, sizeof *t->index * n_index);
}

static int16_t *slot_of(const struct alarms *t, int32_t asset, enum alarm_code code)
{
    return &t->index[(size_t)(asset + 1) * ALARM_CODES + code];
}

/* The row to give up for an alarm that ranks above it: of the lowest level the newest, since what has lasted is known. That the
 * list is full ranks above all that is not urgent, and is never given up itself; else -1. */
static int row_below(const struct alarms *t, enum alarm_code code, enum alarm_level level)
{
    int best = -1;
    for (int i = 0; i < t->n; i++) {
        const struct alarm *a = &t->row[i], *b = best < 0 ? NULL : &t->row[best];
        if (a->code == ALARM_TABLE || !(a->level < level || (code == ALARM_TABLE && a->level == level))) continue;
        if (!b || a->level < b->level || (a->level == b->level && a->since_ms > b->since_ms)) best = i;
    }
    return best;
}

/* A row for a new alarm: a fresh one, else the oldest that is over (acknowledged first), else one that ranks below, else -1. */
static int row_free(struct alarms *t, enum alarm_code code, enum alarm_level level)
{
    if (t->n < ALARM_ROWS) return t->n++;
    int best = -1;
    for (int i = 0; i < t->n; i++) {
        const struct alarm *a = &t->row[i], *b = best < 0 ? NULL : &t->row[best];
        if (a->active) continue;
        if (!b || (a->ack_ms != 0) > (b->ack_ms != 0) ||
            ((a->ack_ms != 0) == (b->ack_ms != 0) && a->since_ms < b->since_ms))
            best = i;
    }
    if (best < 0) best = row_below(t, code, level);
    if (best >= 0) *slot_of(t, t->row[best].asset, t->row[best].code) = -1;
    return best;
}

static void row_put(struct alarms *t, int row, int64_t now_ms, int32_t asset, enum alarm_code code,
                    enum alarm_level level)
{
    *slot_of(t, asset, code) = (int16_t)row;
    t->row[row] = (struct alarm){.since_ms = now_ms,
                                 .asset = asset,
                                 .code = (uint16_t)code,
                                 .level = (uint8_t)level,
                                 .active = 1,
                                 .who = -1};
}

void alarm_raise(struct alarms *t, int64_t now_ms, int32_t asset, enum alarm_code code, enum alarm_level level)
{
    int16_t *slot = slot_of(t, asset, code);
    if (*slot >= 0 && t->row[*slot].active) {
        if (level > t->row[*slot].level) t->row[*slot].level = (uint8_t)level;
        return;
    }
    int row = *slot >= 0 ? *slot : row_free(t, code, level);
    int full = row < 0 || t->row[row].active;
    if (row >= 0) row_put(t, row, now_ms, asset, code, level);
    if (full && code != ALARM_TABLE) alarm_raise(t, now_ms, -1, ALARM_TABLE, ALARM_WARNING);
}

void alarm_clear(struct alarms *t, int64_t now_ms, int32_t asset, enum alarm_code code)
{
    (void)now_ms;
    int16_t slot = *slot_of(t, asset, code);
    if (slot >= 0) t->row[slot].active = 0;
}

int alarm_active(const struct alarms *t, int32_t asset, enum alarm_code code)
{
    int16_t slot = *slot_of(t, asset, code);
    return slot >= 0 && t->row[slot].active;
}

int alarm_ack(struct alarms *t, int row, int32_t who, int64_t now_ms)
{
    if (row < 0 || row >= t->n) return -1;
    t->row[row].ack_ms = now_ms;
    t->row[row].who = who;
    return 0;
}

void alarm_set(struct alarms *t, int64_t now_ms, int32_t asset, enum alarm_code code, enum alarm_level level,
               int on)
{
    if (on)
        alarm_raise(t, now_ms, asset, code, level);
    else
        alarm_clear(t, now_ms, asset, code);
}
