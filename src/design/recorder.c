/* Quarter-hour means of every series. See recorder.h. */
#include "design/recorder.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

int recorder_create(struct recorder *r, const struct village *v, int64_t from_ms, int n_slot)
{
    *r = (struct recorder){.village = v, .from_ms = from_ms, .n_slot = n_slot, .n_series = village_n_series(v)};
    size_t n = (size_t)n_slot * (size_t)r->n_series;
    r->mean = malloc(n * sizeof *r->mean + 1);
    r->sum = calloc((size_t)r->n_series + 1, sizeof *r->sum);
    if (!r->mean || !r->sum) return recorder_free(r), -1;
    for (size_t i = 0; i < n; i++) r->mean[i] = NAN;
    return 0;
}

void recorder_free(struct recorder *r)
{
    free(r->mean);
    free(r->sum);
    r->mean = NULL;
    r->sum = NULL;
}

static void close_slot(struct recorder *r)
{
    if (r->weight_s > 0 && r->open < r->n_slot) {
        float *row = r->mean + (size_t)r->open * (size_t)r->n_series;
        for (int i = 0; i < r->n_series; i++) row[i] = (float)(r->sum[i] / r->weight_s);
    }
    memset(r->sum, 0, (size_t)r->n_series * sizeof *r->sum);
    r->weight_s = 0;
}

static double *add_run(double *sum, const double *value, int n, double dt_s)
{
    for (int i = 0; i < n; i++) sum[i] += value[i] * dt_s;
    return sum + n;
}

void recorder_add(struct recorder *r, const struct state *s, double dt_s)
{
    const struct village *v = r->village;
    int64_t middle_ms = s->at_ms - (int64_t)(dt_s * 500.0);
    int slot = (int)((middle_ms - r->from_ms) / MS_QUARTER);
    if (slot != r->open) close_slot(r);
    r->open = slot;
    double *sum = r->sum;
    sum = add_run(sum, s->x, v->n_x, dt_s);
    sum = add_run(sum, s->meas, v->n_meas, dt_s);
    sum = add_run(sum, s->cmd, v->n_cmd, dt_s);
    sum = add_run(sum, s->exo, v->n_exo, dt_s);
    add_run(sum, s->flow, v->n_flow, dt_s);
    r->weight_s += dt_s;
}

void recorder_finish(struct recorder *r) { close_slot(r); }

double recorder_class_flow(const struct recorder *r, int slot, const char *class_name, enum carrier carrier,
                           int sign)
{
    const struct village *v = r->village;
    int32_t base = village_series_base(v, 'f');
    double sum = 0;
    for (int a = 0; a < v->n_asset; a++) {
        const struct asset *s = &v->asset[a];
        if (class_name && strcmp(s->cls->name, class_name)) continue;
        for (int p = 0; p < s->cls->n_port; p++) {
            double flow = (double)recorder_at(r, slot, base + s->flow + p);
            if (s->cls->port[p].carrier == carrier && flow * sign > 0) sum += flow;
        }
    }
    return sum;
}

static void write_head(const struct recorder *r, FILE *f)
{
    char name[128];
    fputs("time", f);
    for (int i = 0; i < r->n_series; i++) fprintf(f, ",%s", village_series_name(r->village, i, name, sizeof name));
    fputc('\n', f);
}

int recorder_write_csv(const struct recorder *r, FILE *f)
{
    char time[40];
    write_head(r, f);
    for (int t = 0; t < r->n_slot; t++) {
        fputs(instant_format(time, sizeof time, &r->village->site.zone, r->from_ms + (int64_t)t * MS_QUARTER), f);
        for (int i = 0; i < r->n_series; i++) {
            float value = recorder_at(r, t, i);
            if (isnan(value))
                fputc(',', f);
            else
                fprintf(f, ",%.6g", (double)value);
        }
        fputc('\n', f);
    }
    return fflush(f) || ferror(f) ? -1 : 0;
}
