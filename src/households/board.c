/* The return for everybody: how many households stand where, how many days they have stood there, who is late; which homes are ready, offered,
 * accepted, handed over. No pseudonym, no home, no name. Who waits for what a person must do is shown one by one, without saying who:
 * it is the same queue for all. What could point at somebody (refused, appealed, declined, gone) is counted only, and small counts are left out
 * (store/vault.h, counts_hide). The sum over all is not told, for it would tell what was left out. */
#include "base/err.h"
#include "base/instant.h"
#include "households/return.h"
#include "store/vault.h"
#include <math.h>
#include <stdlib.h>

enum { SHOWN_MAX = 200 };
#define S(state) (1U << HH_##state)
struct stage {
    const char *name;
    uint32_t states;
};
static const struct stage stages[] = {
    {"registered", S(REGISTERED)}, {"surveyed", S(SURVEYED)}, {"eligible", S(ELIGIBLE)}, {"pooled", S(POOLED)},
    {"drawn", S(DRAWN)},           {"reserve", S(RESERVE)},   {"offered", S(OFFERED)},   {"accepted", S(ACCEPTED)},
    {"scheduled", S(SCHEDULED)},   {"keys", S(KEYS)},         {"settled", S(SETTLED)},
};
static const struct stage apart[] = {
    {"refused", S(INELIGIBLE) | S(REFUSED)},
    {"appealed", S(APPEALED)},
    {"again", S(DECLINED) | S(EXPIRED)},
    {"left", S(WITHDRAWN) | S(ERASED)},
};
enum { STAGES = sizeof stages / sizeof *stages, APART = sizeof apart / sizeof *apart };

/* When what is due next was due; INT64_MAX: nothing is. */
static int64_t due_ms(const struct returns *all, const struct household *h)
{
    int64_t first = INT64_MAX;
    if (h->state == HH_OFFERED) return h->deadline_ms;
    if (h->state == HH_SCHEDULED) return h->move_ms + MS_DAY; /* the day itself is in time */
    for (int f = 0; h->state == HH_KEYS && h->consent & CONSENT_CONTACT && f < FOLLOWUPS; f++) {
        int64_t at_ms = h->key_ms + ((int64_t)all->rules.followup_day[f] + 1) * MS_DAY;
        if (!h->followed_ms[f] && at_ms < first) first = at_ms;
    }
    return first;
}

struct wait {
    double days, late_days; /* late_days 0: in time */
};

static int longest_first(const void *a, const void *b)
{
    double x = ((const struct wait *)a)->days, y = ((const struct wait *)b)->days;
    return (x < y) - (x > y);
}

static double whole_days(int64_t ms) { return ms > 0 ? floor((double)ms / MS_DAY) : 0; }

static json_t *waits_json(const struct wait *w, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n && i < SHOWN_MAX; i++)
        json_array_append_new(list, json_pack("{s:f, s:b}", "days", w[i].days, "late", w[i].late_days > 0));
    return list;
}

static json_t *stage_json(const struct returns *all, const struct stage *s, int64_t now_ms, struct wait *w)
{
    int n = 0, late = 0;
    double latest_days = 0;
    for (int i = 0; i < all->n_household; i++) {
        const struct household *h = &all->household[i];
        if (!(s->states >> h->state & 1U)) continue;
        int64_t due = due_ms(all, h);
        w[n] =
            (struct wait){whole_days(now_ms - h->state_ms), now_ms > due ? fmax(1, whole_days(now_ms - due)) : 0};
        late += w[n].late_days > 0;
        latest_days = fmax(latest_days, w[n++].late_days);
    }
    if (n) qsort(w, (size_t)n, sizeof *w, longest_first);
    return json_pack("{s:s, s:i, s:i, s:f, s:f, s:f, s:o}", "stage", s->name, "households", n, "late", late,
                     "late_days", latest_days, "days_median", n ? w[n / 2].days : 0.0, "days_longest",
                     n ? w[0].days : 0.0, "waits", waits_json(w, n));
}

static json_t *apart_json(const struct returns *all)
{
    int64_t count[APART] = {0};
    json_t *j = json_object();
    for (int i = 0; i < all->n_household; i++)
        for (int k = 0; k < APART; k++) count[k] += apart[k].states >> all->household[i].state & 1U;
    counts_hide(count, APART);
    for (int k = 0; k < APART; k++)
        json_object_set_new(j, apart[k].name, count[k] < 0 ? json_null() : json_integer(count[k]));
    return j;
}

/* Each home stands in one of these: what its household has done with it, else whether somebody could move in. */
static json_t *homes_json(const struct returns *all)
{
    int total = 0, ready = 0, offered = 0, accepted = 0, keys = 0;
    for (int i = 0; i < all->n_home; i++) {
        const struct home *h = &all->home[i];
        if (h->use == HOME_GONE) continue;
        enum household_state s = h->household >= 0 ? all->household[h->household].state : HH_REGISTERED;
        int given = h->use == HOME_KEYED, taken = s == HH_ACCEPTED || s == HH_SCHEDULED, asked = s == HH_OFFERED;
        total++;
        keys += given;
        accepted += !given && taken;
        offered += !given && asked;
        ready += !given && !taken && !asked && !home_ready(all, i, NULL);
    }
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "total", total, "waiting",
                     total - ready - offered - accepted - keys, "ready", ready, "offered", offered, "accepted",
                     accepted, "keys", keys);
}

json_t *returns_board_json(const struct returns *all, int64_t now_ms)
{
    json_t *list = json_array();
    int draws = 0, cancelled = 0, given_up = 0;
    struct wait *w = malloc(((size_t)all->n_household + 1) * sizeof *w);
    must(w, "out of memory for %d households", all->n_household);
    for (int s = 0; s < STAGES; s++) json_array_append_new(list, stage_json(all, &stages[s], now_ms, w));
    free(w);
    for (int i = 0; i < all->n_round; i++) {
        draws += all->round[i].result != NULL;
        cancelled += all->round[i].cancelled_ms != 0;
        given_up += all->round[i].given_up;
    }
    return json_pack("{s:I, s:I, s:b, s:o, s:o, s:o, s:i, s:i, s:i, s:i}", "at_ms", (json_int_t)now_ms, "records",
                     (json_int_t)all->head.seq, "begun", all->rules.seq || all->n_household || all->n_home,
                     "stages", list, "apart", apart_json(all), "homes", homes_json(all), "draws_committed",
                     all->n_round, "draws_made", draws, "draws_cancelled", cancelled, "draws_given_up", given_up);
}
