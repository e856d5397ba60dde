/* Faults: a bounded table of what has been switched on. Effects on weather and river are applied here; the others
 * are only reported, the twin acts on them. Overlapping faults of one kind: the last in the table decides. */
#include "world/inside.h"
#include <math.h>

static int live(const struct world_fault *f, int64_t at_ms)
{
    return f->until_ms > f->from_ms && at_ms >= f->from_ms && at_ms < f->until_ms;
}

int world_fault(struct world *w, const struct world_fault *f)
{
    if ((unsigned)f->kind >= FAULT_KINDS || f->until_ms <= f->from_ms || !isfinite(f->magnitude)) return -1;
    for (int i = 0; i < WORLD_FAULTS_MAX; i++) {
        const struct world_fault *old = &w->fault[i];
        if (old->until_ms > old->from_ms && old->until_ms > f->from_ms)
            continue; /* one that is over gives up its row */
        w->fault[i] = *f;
        return i;
    }
    return -1;
}

void world_fault_clear(struct world *w, int index)
{
    if (index >= 0 && index < WORLD_FAULTS_MAX) w->fault[index] = (struct world_fault){0};
}

int world_fault_active(const struct world *w, enum world_fault_kind kind, int32_t asset, int64_t at_ms,
                       double *magnitude)
{
    int found = 0;
    for (int i = 0; i < WORLD_FAULTS_MAX; i++) {
        const struct world_fault *f = &w->fault[i];
        if (f->kind != kind || !live(f, at_ms) || (f->asset != asset && f->asset >= 0 && asset >= 0)) continue;
        found = 1;
        if (magnitude) *magnitude = f->magnitude;
    }
    return found;
}

int world_faults(const struct world *w, int64_t at_ms, struct world_fault *out, int max)
{
    int n = 0;
    for (int i = 0; i < WORLD_FAULTS_MAX && n < max; i++)
        if (w->fault[i].until_ms > w->fault[i].from_ms && w->fault[i].until_ms > at_ms) out[n++] = w->fault[i];
    return n;
}

/* A front comes and goes over a tenth of its length, six hours at most, so that the air does not jump. */
static double strength(const struct world_fault *f, int64_t at_ms)
{
    double length = (double)(f->until_ms - f->from_ms), ramp = fmin(0.1 * length, 6.0 * 3.6e6);
    double in = (double)(at_ms - f->from_ms) / ramp, out = (double)(f->until_ms - at_ms) / ramp;
    return fmin(1.0, fmax(0.0, fmin(in, out)));
}

double fault_temperature_K(const struct world *w, int64_t at_ms)
{
    double shift_K = 0.0;
    for (int i = 0; i < WORLD_FAULTS_MAX; i++) {
        const struct world_fault *f = &w->fault[i];
        if (!live(f, at_ms)) continue;
        if (f->kind == FAULT_COLD_WAVE) shift_K -= fabs(f->magnitude) * strength(f, at_ms);
        if (f->kind == FAULT_HEAT_WAVE) shift_K += fabs(f->magnitude) * strength(f, at_ms);
    }
    return shift_K;
}

double fault_factor(const struct world *w, enum world_fault_kind kind, int64_t at_ms)
{
    double factor = 1.0;
    for (int i = 0; i < WORLD_FAULTS_MAX; i++)
        if (w->fault[i].kind == kind && live(&w->fault[i], at_ms))
            factor *= fmin(1.0, fmax(0.0, w->fault[i].magnitude));
    return factor;
}
