/* The twin's instruments: class sense gives the true value of each reading; here it gets what real ones have. Noise
 * and a slow drift (Ornstein-Uhlenbeck, time constant two days) by the unit of the key, dropouts of a few minutes,
 * and the faults that are switched on: stuck, spiking, NaN, link lost. Exact stay what is digital at the source:
 * counts, flags, words, a thermostat's own set-point. Deviations are engineering assumptions for ordinary class-A
 * sensors and class-1 meters (IEC 62053-21: 1 %). */
#include "twin/core.h"
#include <math.h>
#include <string.h>

/* Deviation of one reading = add + part * |value|; the drift has `drift` of that deviation. */
struct instrument {
    const char *suffix;
    double add, part, drift;
};
// clang-format off
static const struct instrument instruments[] = {
    {"setpoint_degC", 0,     0,     0  },
    {"present_frac",  0,     0,     0  },
    {"h2s_frac",      5e-6,  0.05,  0.5},   /* gas analysers: electrochemical cells, 5 ppm and 5 % of the reading */
    {"o2_frac",       5e-4,  0.02,  0.5},
    {"peak_W",        0,     0,     0  },
    {"_degC",         0.15,  0,     1.0},   /* IEC 60751 class A: 0.15 K at 0 degC */
    {"_W_m2",         2.0,   0.015, 0.5},   /* ISO 9060 class B */
    {"_m3_s",         0.0,   0.02,  1.0},
    {"_W",            0,     0.005, 0.5},
    {"_J",            0,     0.001, 0  },
    {"_Pa",           20,    0.001, 0.5},
    {"_mm_h",         0,     0.05,  0  },
    {"_frac",         0.003, 0.003, 0.5},
    {"_m",            0.003, 0,     0.5},
    {"_m_s",          0.1,   0.02,  0  },
    {"_kg_s",         0,     0.02,  0  },
    {"_s",            0,     0,     0  },   /* clocks and counters of time are digital */
    {"",              0,     0.01,  0  },
};
// clang-format on
static const double dropout_per_s = 1.0 / (3 * 86400), dropout_mean_s = 300, drift_tau_s = 2 * 86400;

/* NULL: exact at the source. */
const struct instrument *instrument_of(const struct field *f)
{
    size_t n = strlen(f->key);
    if (f->flags & (FIELD_INTEGER | FIELD_BOOL) || f->word) return NULL;
    for (const struct instrument *i = instruments;; i++) {
        size_t k = strlen(i->suffix);
        if (n >= k && strcmp(f->key + n - k, i->suffix) == 0) return i;
    }
}

static double noisy(struct twin *t, int32_t point, const struct field *f, double v)
{
    const struct instrument *i = t->instrument[point];
    if (!i) return v;
    double dev = i->add + i->part * fabs(v);
    if (dev == 0) return v;
    v += t->opt.noise_frac * dev * (random_normal(&t->head->noise) + i->drift * t->drift[point]);
    return f->max > f->min ? fmin(fmax(v, f->min), f->max) : v;
}

static double faulty(struct twin *t, int32_t a, int32_t point, double v)
{
    double magnitude = 0;
    if (!t->fault.n) return v;
    if (fault_on(t, FAULT_SENSOR_STUCK, a, NULL) && isfinite(t->stuck[point])) return t->stuck[point];
    if (fault_on(t, FAULT_SENSOR_NAN, a, NULL)) return (double)NAN;
    if (fault_on(t, FAULT_SENSOR_SPIKE, a, &magnitude) && random_uniform(&t->head->noise) < 0.2)
        return v * 10 + (magnitude != 0 ? magnitude : 100);
    return v;
}

static int silent(struct twin *t, int32_t a, double since_s)
{
    if (t->s.status[a] & (STATUS_LOST | STATUS_OUT)) return 1;
    if (t->s.at_ms < t->silent_ms[a]) return 1;
    if (strcmp(t->v->asset[a].cls->name, "gateway") == 0)
        return 0; /* its silence is a fault of its own, not a dropout */
    if (t->opt.noise_frac <= 0 || random_uniform(&t->head->noise) >= dropout_per_s * since_s) return 0;
    t->silent_ms[a] = t->s.at_ms + (int64_t)(MS_S * random_exponential(&t->head->noise, dropout_mean_s));
    return 1;
}

int twin_measure(struct twin *t, struct reading *out, int max)
{
    const struct village *v = t->v;
    int n = 0;
    double since_s = t->head->swept_ms == INT64_MIN ? 60 : (double)(t->s.at_ms - t->head->swept_ms) / MS_S;
    double keep = exp(-since_s / drift_tau_s), kick = sqrt(1 - keep * keep);
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct asset *s = &v->asset[a];
        if (!s->cls->meas.n || !s->cls->sense || silent(t, a, since_s)) continue;
        struct asset_now now = asset_view(v, &t->s, a, t->par[a], since_s);
        double *m = t->sensed + s->meas;
        s->cls->sense(&now, t->s.flow + s->flow, m);
        uint32_t quality = t->s.status[a] & STATUS_FAULT ? QUALITY_GOOD | QUALITY_FAULT : QUALITY_GOOD;
        for (int i = 0; i < s->cls->meas.n && n < max; i++) {
            int32_t p = s->meas + i;
            t->s.meas[p] = m[i];
            if (!isfinite(m[i])) continue; /* the device has nothing to tell (a car that is away) */
            t->drift[p] = keep * t->drift[p] + (t->opt.noise_frac > 0 ? kick * random_normal(&t->head->noise) : 0);
            double value = faulty(t, a, p, noisy(t, p, &s->cls->meas.row[i], m[i]));
            t->stuck[p] = isfinite(value) ? value : t->stuck[p];
            out[n++] = (struct reading){.at_ms = t->s.at_ms, .value = value, .point = p, .quality = quality};
        }
    }
    t->head->swept_ms = t->s.at_ms;
    return n;
}
