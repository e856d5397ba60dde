/* See horizon.h. Prices arrive as integer micro-units per kWh and leave as currency units per J. A rest of less
 * than two minutes joins the next quarter-hour: a slot of seconds would only make the solver's numbers worse. */
#include "control/horizon.h"
#include "base/instant.h"

enum { REST_LEAST_MS = 120000 };

void horizon_create(struct horizon_room *r, const struct village *v, int T_max, struct cutter *c)
{
    size_t T = (size_t)T_max;
    r->T_max = T_max;
    r->buy = cut(c, sizeof *r->buy * T);
    r->sell = cut(c, sizeof *r->sell * T);
    r->exo = cut(c, sizeof *r->exo * T * (size_t)(v->n_exo + 1));
    r->len = cut(c, T);
    r->day_start = cut(c, T);
    r->start_ms = cut(c, sizeof *r->start_ms * (T + 1));
    r->amb = cut(c, sizeof *r->amb * T);
}

static void slot_put(struct horizon_room *r, const struct village *v, int t, int len, int64_t at_ms)
{
    const struct zone *z = &v->site.zone;
    int64_t mid_ms = at_ms + (int64_t)(r->dt_s[len] * 500);
    r->start_ms[t] = at_ms;
    r->len[t] = (uint8_t)len;
    r->day_start[t] = local_day_start_ms(z, at_ms) == at_ms;
    r->buy[t] = price_units_per_J(tariff_buy(&v->tariff, z, mid_ms));
    r->sell[t] = price_units_per_J(tariff_sell(&v->tariff, z, mid_ms));
}

struct horizon horizon_make(struct horizon_room *r, const struct village *v, const struct policy *policy,
                            int64_t at_ms, int quarters, int hours, double peak_so_far_W)
{
    int64_t rest_ms = MS_QUARTER - at_ms % MS_QUARTER, t_ms = at_ms;
    if (rest_ms < REST_LEAST_MS) rest_ms += MS_QUARTER;
    r->dt_s[LEN_REST] = (double)rest_ms / MS_S;
    r->dt_s[LEN_QUARTER] = 900;
    r->dt_s[LEN_HOUR] = 3600;
    int T = quarters + hours;
    for (int t = 0; t < T; t++) {
        int len = t == 0 ? LEN_REST : t < quarters ? LEN_QUARTER : LEN_HOUR;
        slot_put(r, v, t, len, t_ms);
        t_ms += (int64_t)(r->dt_s[len] * MS_S);
    }
    r->start_ms[T] = t_ms;
    return (struct horizon){.T = T,
                            .n_len = LENS,
                            .start_ms = at_ms,
                            .dt_s = r->dt_s,
                            .len = r->len,
                            .day_start = r->day_start,
                            .amb = r->amb,
                            .buy = r->buy,
                            .sell = r->sell,
                            .peak_per_W = v->tariff.peak_per_kW_month / 1000,
                            .peak_so_far_W = peak_so_far_W,
                            .policy = policy};
}
