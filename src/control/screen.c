/* See screen.h. The spike test holds a jump of more than SPIKE_STEPS mean steps (and more than a hundredth of the
 * field's range or a tenth of its value) until a second reading confirms it within half the jump, so that a true
 * jump costs one cycle and a single spike nothing. The stuck test speaks only for readings that used to move nearly
 * every time (measured noise): STUCK_SAME equal in a row. (rule) Thresholds are engineering choices, tested against
 * the twin's instruments for false alarms. */
#include "control/screen.h"
#include <math.h>

enum { SPIKE_STEPS = 15, SETTLED = 20, STUCK_SAME = 60, STUCK_SURE = 5, SCREEN_GAP_MS = 600000 };

static int in_range(const struct field *f, double v)
{
    if (!(f->max > f->min)) return 1;
    double slack = 1e-9 + 1e-6 * (f->max - f->min);
    return v >= f->min - slack && v <= f->max + slack;
}

static int exact(const struct field *f)
{
    return (f->flags & (FIELD_INTEGER | FIELD_BOOL | FIELD_TOLD)) || f->word;
}

static int spikes(struct screen *s, const struct field *f, double v)
{
    double range = f->max > f->min && f->max < 1e8 ? f->max - f->min : 0, jump = fabs(v - s->value);
    if (s->n < SETTLED || exact(f)) return 0;
    if (jump <= SPIKE_STEPS * (double)s->step || jump <= 0.01 * range || jump <= 0.1 * fabs(s->value))
        return s->has_waiting = 0, 0;
    if (s->has_waiting && fabs(v - s->waiting) <= 0.5 * jump) return s->has_waiting = 0, 0;
    s->waiting = v;
    s->has_waiting = 1;
    return 1;
}

static int stuck(struct screen *s, const struct field *f, double v)
{
    int same = s->n > 0 && v == s->value;
    if (exact(f) || v == 0 || v == f->min || v == f->max) return s->same = 0, 0; /* nothing to measure */
    s->same = (uint16_t)(same ? (s->same < UINT16_MAX ? s->same + 1 : s->same) : 0);
    if (s->same >= STUCK_SAME && s->moved > 0.8F) return 1;
    if (s->same < STUCK_SURE) s->moved += 0.02F * ((same ? 0.0F : 1.0F) - s->moved);
    return 0;
}

static enum screen_end judge(struct screen *s, const struct field *f, const struct reading *r, int jumpy)
{
    if (!isfinite(r->value) || (r->quality & 3) >= QUALITY_BAD) return SCREEN_NAN;
    if (!in_range(f, r->value)) return SCREEN_RANGE;
    if (stuck(s, f, r->value)) return SCREEN_STUCK;
    return !jumpy && spikes(s, f, r->value) ? SCREEN_SPIKE : SCREEN_GOOD;
}

enum screen_end screen_reading(struct screen *s, const struct field *f, const struct reading *r, int64_t now_ms,
                               int jumpy)
{
    if (r->at_ms > now_ms + 2000 || (s->n > 0 && r->at_ms <= s->at_ms)) return SCREEN_OLD;
    int after_gap = s->n > 0 && s->at_ms != INT64_MIN &&
                    r->at_ms - s->at_ms > SCREEN_GAP_MS; /* a car that comes home: anything may have happened */
    s->at_ms = r->at_ms;
    enum screen_end end = judge(s, f, r, jumpy || after_gap);
    s->bad = end == SCREEN_GOOD ? 0.9F * s->bad : s->bad + 1;
    if (end != SCREEN_GOOD) return end;
    if (s->n > 0) s->step += 0.05F * ((float)fabs(r->value - s->value) - s->step);
    s->value = r->value;
    if (s->n < UINT16_MAX) s->n++;
    return SCREEN_GOOD;
}
