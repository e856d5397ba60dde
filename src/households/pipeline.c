/* What the return looks like from outside: counts and days by stage without any pseudonym and without small counts that could point
 * at somebody, for everybody; lists with pseudonyms, for those
 * who work with them; what is due; and the list for the next draw. */
#include "base/err.h"
#include "base/instant.h"
#include "households/inside.h"
#include "store/vault.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double days_of(int64_t ms) { return ms > 0 ? round((double)ms / MS_DAY * 10) / 10 : 0; }

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* -1: too few to be told. */
static json_t *stage_json(const struct returns *all, enum household_state s, int64_t told, int64_t now_ms)
{
    double *day = malloc(((size_t)all->n_household + 1) * sizeof *day);
    int n = 0;
    must(day, "out of memory for %d households", all->n_household);
    for (int i = 0; i < all->n_household; i++)
        if (all->household[i].state == s) day[n++] = days_of(now_ms - all->household[i].state_ms);
    if (n) qsort(day, (size_t)n, sizeof *day, by_number);
    json_t *j = json_pack("{s:s, s:o}", "stage", household_state_name[s], "households",
                          told < 0 ? json_null() : json_integer(n));
    if (n && told >= 0) {
        json_object_set_new(j, "days_median", json_real(day[n / 2]));
        json_object_set_new(j, "days_longest", json_real(day[n - 1]));
    }
    free(day);
    return j;
}

/* What could point at somebody: counted, and left out where it is few (store/vault.h). */
static void told_make(const struct returns *all, int64_t told[HH_STATES])
{
    static const enum household_state apart[] = {HH_INELIGIBLE, HH_APPEALED,  HH_REFUSED, HH_DECLINED,
                                                 HH_EXPIRED,    HH_WITHDRAWN, HH_ERASED};
    enum { APART = sizeof apart / sizeof *apart };
    int64_t few[APART];
    memset(told, 0, HH_STATES * sizeof *told);
    for (int i = 0; i < all->n_household; i++) told[all->household[i].state]++;
    for (int k = 0; k < APART; k++) few[k] = told[apart[k]];
    counts_hide(few, APART);
    for (int k = 0; k < APART; k++) told[apart[k]] = few[k];
}

json_t *returns_pipeline_json(const struct returns *all, int64_t now_ms)
{
    json_t *stages = json_array(), *homes = json_object();
    int use[HOME_GONE + 1] = {0}, ready = 0, draws = 0, cancelled = 0, given_up = 0;
    int64_t told[HH_STATES];
    told_make(all, told);
    for (int s = 0; s < HH_STATES; s++)
        json_array_append_new(stages, stage_json(all, (enum household_state)s, told[s], now_ms));
    for (int i = 0; i < all->n_home; i++) {
        use[all->home[i].use]++;
        ready += all->home[i].use != HOME_GONE && !home_ready(all, i, NULL);
    }
    for (int u = 0; u < HOME_GONE; u++) json_object_set_new(homes, home_use_name[u], json_integer(use[u]));
    json_object_set_new(homes, "ready", json_integer(ready));
    for (int i = 0; i < all->n_round; i++)
        draws += all->round[i].result != NULL, cancelled += all->round[i].cancelled_ms != 0,
            given_up += all->round[i].given_up;
    return json_pack("{s:o, s:o, s:i, s:i, s:i, s:i}", "stages", stages, "homes", homes, "draws_committed",
                     all->n_round, "draws_made", draws, "draws_cancelled", cancelled, "draws_given_up", given_up);
}

static void put_time(json_t *j, const char *key, int64_t at_ms)
{
    char at[40];
    if (at_ms) json_object_set_new(j, key, json_string(instant_format(at, sizeof at, NULL, at_ms)));
}

json_t *household_json(const struct returns *all, int i)
{
    const struct household *h = &all->household[i];
    json_t *consent = json_array();
    static const char *const purpose[] = {"return", "survey", "contact"};
    for (int p = 0; p < 3; p++)
        if (h->consent & 1U << p) json_array_append_new(consent, json_string(purpose[p]));
    json_t *j = json_pack("{s:s, s:s, s:I, s:i, s:b, s:s, s:s?, s:i, s:o, s:s?, s:s?}", "id", h->id, "state",
                          household_state_name[h->state], "rev", (json_int_t)h->rev, "size", h->size, "accessible",
                          h->accessible, "language", h->language, "group", h->group, "rooms", h->rooms, "consent",
                          consent, "home", h->home >= 0 ? all->home[h->home].id : NULL, "draw",
                          h->round >= 0 ? all->round[h->round].id : NULL);
    put_time(j, "since", h->state_ms);
    if (h->state == HH_OFFERED) put_time(j, "answer_until", h->deadline_ms);
    put_time(j, "move", h->move_ms);
    put_time(j, "briefed", h->briefed_ms);
    put_time(j, "keys", h->key_ms);
    if (h->needs_help) json_object_set_new(j, "needs_help", json_true());
    if (isfinite(h->key_kWh))
        json_object_set_new(j, "meter_start",
                            json_pack("{s:f, s:f}", "elec_kWh", h->key_kWh, "water_m3", h->key_m3));
    return j;
}

json_t *home_json(const struct returns *all, int i)
{
    const struct home *h = &all->home[i];
    struct err e = {0};
    int ready = !home_ready(all, i, &e), next = home_next(all, i);
    return json_pack("{s:s, s:i, s:b, s:s, s:s, s:b, s:s?, s:s?}", "id", h->id, "rooms", h->rooms, "accessible",
                     h->accessible, "near", h->near, "use", home_use_name[h->use], "ready", ready, "why_not",
                     ready ? NULL : e.text, "next", next >= 0 ? all->household[next].id : NULL);
}

json_t *home_facts_json(const struct returns *all, int i)
{
    const struct home *h = &all->home[i];
    json_t *stands = json_array(), *j;
    for (int p = 0; p < h->n_place; p++) json_array_append_new(stands, json_string(all->place[h->place[p]].id));
    j = json_pack("{s:s, s:i, s:b, s:s, s:o}", "id", h->id, "rooms", h->rooms, "accessible", h->accessible, "near",
                  h->near, "places", stands);
    for (int s = 0; s < SUPPLIES; s++) {
        json_t *list = json_array();
        for (int k = 0; k < h->n_hangs[s]; k++) json_array_append_new(list, json_string(h->hangs[s][k]));
        json_object_set_new(j, supply_name[s], list);
    }
    return j;
}

/* --- what is due --- */

static void due_put(json_t *list, const struct household *h, const char *what, int64_t at_ms, int64_t now_ms)
{
    char at[40];
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:f}", "household", h->id, "due", what, "at",
                                          instant_format(at, sizeof at, NULL, at_ms), "days_late",
                                          days_of(now_ms - at_ms)));
}

json_t *returns_due_json(const struct returns *all, int64_t now_ms)
{
    json_t *list = json_array();
    for (int i = 0; i < all->n_household; i++) {
        const struct household *h = &all->household[i];
        if (h->state == HH_OFFERED && now_ms > h->deadline_ms) due_put(list, h, "expire", h->deadline_ms, now_ms);
        if (h->state == HH_SCHEDULED && now_ms >= h->move_ms)
            due_put(list, h, h->briefed_by ? "key" : "briefing", h->move_ms, now_ms);
        if (h->needs_help) due_put(list, h, "help", h->helped_ms, now_ms);
        for (int f = 0; h->state == HH_KEYS && f < FOLLOWUPS; f++) {
            int64_t at_ms = h->key_ms + (int64_t)all->rules.followup_day[f] * MS_DAY;
            char what[24];
            if (h->followed_ms[f] || now_ms < at_ms || !(h->consent & CONSENT_CONTACT)) continue;
            snprintf(what, sizeof what, "visit of day %d", all->rules.followup_day[f]);
            due_put(list, h, what, at_ms, now_ms);
        }
    }
    return list;
}

/* --- the list of the next draw --- */

static int group_in_pool(const struct returns *all, const uint8_t *awaited, const char *group)
{
    int n = 0;
    for (int i = 0; i < all->n_household; i++)
        n += may_be_drawn(all, awaited, i) && all->household[i].group && !strcmp(all->household[i].group, group);
    return n > 1;
}

json_t *returns_pool_json(const struct returns *all)
{
    uint8_t *awaited = homes_awaited(all);
    json_t *entries = json_array(), *homes = json_array();
    for (int i = 0; i < all->n_household; i++) {
        const struct household *h = &all->household[i];
        if (!may_be_drawn(all, awaited, i)) continue;
        json_t *j = json_pack("{s:s, s:i, s:b}", "id", h->id, "rooms", h->rooms, "accessible", h->accessible);
        if (h->group && group_in_pool(all, awaited, h->group))
            json_object_set_new(j, "with", json_string(h->group));
        json_array_append_new(entries, j);
    }
    for (int i = 0; i < all->n_home; i++) {
        const struct home *h = &all->home[i];
        if (!home_may_be_drawn(all, awaited, i)) continue;
        json_array_append_new(homes, json_pack("{s:s, s:i, s:b, s:s}", "id", h->id, "rooms", h->rooms, "accessible",
                                               h->accessible, "near", h->near));
    }
    free(awaited);
    return json_pack("{s:o, s:o}", "entries", entries, "homes", homes);
}
