/* See pins.h. From the block without overrides, the last end first: what holds before that end is taken from the block formulated
 * with the overrides that last as long, and so on to the first end; at most one formulation more than there are different ends. */
#include "control/pins.h"
#include <math.h>
#include <string.h>

enum { CMDS_MAX = 64 };

void pins_create(struct pins *p, const struct village *v, int T_max, struct cutter *k)
{
    size_t n_own = 1, n_num = 1;
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct block_shape *s = v->asset[a].cls->shape ? v->asset[a].cls->shape(v->asset[a].par) : NULL;
        if (s && s->n_own > n_own) n_own = s->n_own;
        if (s && s->n_num > n_num) n_num = s->n_num;
    }
    p->n_own = n_own * (size_t)T_max;
    p->n_num = n_num * 8;
    p->value = cut(k, sizeof *p->value * (size_t)(v->n_cmd + 1));
    p->until_ms = cut(k, sizeof *p->until_ms * (size_t)(v->n_cmd + 1));
    p->own = cut(k, sizeof *p->own * p->n_own);
    p->num = cut(k, sizeof *p->num * p->n_num);
}

void pins_free_all(struct pins *p, const struct village *v)
{
    for (int32_t i = 0; i < v->n_cmd; i++) p->value[i] = (double)NAN;
}

/* The latest end before `before_ms`, or INT64_MIN: nothing is held. */
static int64_t last_end(const struct pins *p, const struct asset *as, int64_t before_ms)
{
    int64_t last_ms = INT64_MIN;
    for (int i = as->cmd; i < as->cmd + as->cls->cmd.n; i++)
        if (isfinite(p->value[i]) && p->until_ms[i] < before_ms && p->until_ms[i] > last_ms)
            last_ms = p->until_ms[i];
    return last_ms;
}

static void held_from(const struct pins *p, const struct asset *as, int64_t end_ms, double *pin)
{
    for (int i = 0; i < as->cls->cmd.n; i++) {
        int held = isfinite(p->value[as->cmd + i]) && p->until_ms[as->cmd + i] >= end_ms;
        pin[i] = held ? p->value[as->cmd + i] : (double)NAN;
    }
}

static double *own_at(const struct block *b, int t)
{
    return b->own + (size_t)t * b->shape->n_own * (size_t)b->lanes + (size_t)b->lane;
}

static double *num_at(const struct block *b, int len)
{
    return b->num + (size_t)len * b->shape->n_num * (size_t)b->lanes + (size_t)b->lane;
}

static void keep(struct pins *p, const struct horizon *h, const struct block *b)
{
    for (int t = 0; t < h->T; t++)
        for (int i = 0; i < b->shape->n_own; i++)
            p->own[(size_t)t * b->shape->n_own + (size_t)i] = own_at(b, t)[(size_t)i * (size_t)b->lanes];
    for (int l = 0; l < h->n_len; l++)
        for (int i = 0; i < b->shape->n_num; i++)
            p->num[(size_t)l * b->shape->n_num + (size_t)i] = num_at(b, l)[(size_t)i * (size_t)b->lanes];
}

/* Middle of the time that slots of one length cover; INT64_MIN when there are none. */
static int64_t middle_ms(const struct horizon *h, const int64_t *start_ms, int len)
{
    int64_t first_ms = INT64_MIN, last_ms = INT64_MIN;
    for (int t = 0; t < h->T; t++)
        if (h->len[t] == len) {
            if (first_ms == INT64_MIN) first_ms = start_ms[t];
            last_ms = start_ms[t + 1];
        }
    return first_ms == INT64_MIN ? INT64_MIN : first_ms + (last_ms - first_ms) / 2;
}

/* What lies after the end goes back to what was kept. */
static void restore_after(const struct pins *p, const struct horizon *h, const int64_t *start_ms, int64_t end_ms,
                          struct block *b)
{
    for (int t = 0; t < h->T; t++)
        for (int i = 0; start_ms[t] >= end_ms && i < b->shape->n_own; i++)
            own_at(b, t)[(size_t)i * (size_t)b->lanes] = p->own[(size_t)t * b->shape->n_own + (size_t)i];
    for (int l = 0; l < h->n_len; l++)
        for (int i = 0; middle_ms(h, start_ms, l) >= end_ms && i < b->shape->n_num; i++)
            num_at(b, l)[(size_t)i * (size_t)b->lanes] = p->num[(size_t)l * b->shape->n_num + (size_t)i];
}

void pins_formulate(struct pins *p, const struct asset *as, struct asset_now *now, const struct horizon *h,
                    const int64_t *start_ms, struct block *b)
{
    double pin[CMDS_MAX];
    held_from(p, as, INT64_MAX, pin);
    now->pin = pin;
    as->cls->formulate(now, h, b);
    for (int64_t end_ms = last_end(p, as, INT64_MAX); end_ms != INT64_MIN; end_ms = last_end(p, as, end_ms)) {
        keep(p, h, b);
        held_from(p, as, end_ms, pin);
        as->cls->formulate(now, h, b);
        restore_after(p, h, start_ms, end_ms, b);
    }
}
