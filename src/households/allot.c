/* From the draw to the keys. A draw is taken only when its published file, made again, says the same; an offer only for the home that it
 * gave, or for the first of the reserve list whom the home fits; a key only after briefing, reading of meters and a home that is ready at
 * that very record, whatever was ready before.
 *
 * A committed draw may be given up, or a lost secret would hold families up for ever. Before its seed exists nobody knows what it would give,
 * and all are free again. After that whoever knows the secret could give up what does not suit them; so the list stays as it is,
 * nobody on it is free, and the same list is drawn by another person's secret and a later seed, in a commitment that names the one
 * given up, for everybody who checks the result. */
#include "base/err.h"
#include "base/instant.h"
#include "households/inside.h"
#include <math.h>
#include <string.h>

/* --- commitment --- */

static int when(const json_t *j, const char *key, int64_t *at_ms)
{
    const char *text = json_string_value(json_object_get(j, key));
    return !text || instant_parse(text, NULL, at_ms, NULL);
}

static void round_hand(struct step *x, struct round *round)
{
    struct arena *text = &x->all->text;
    round->hands =
        round->hands ? arena_printf(text, "%s\n%s", round->hands, x->who->id) : text_kept(x->all, x->who->id);
}

/* What must come before a seed is not dated before anything that the chain holds: whoever dates back does it after the seed. */
static int before_others(struct step *x, const char *what)
{
    char at[40];
    if (x->r->at_ms >= x->all->people.newest_ms - SKEW_MS) return 0;
    return err_set(x->e, "%s is not dated back: the chain holds a record of %s", what,
                   instant_format(at, sizeof at, NULL, x->all->people.newest_ms));
}

static int commit_check(struct step *x, struct round *new)
{
    const json_t *c = json_object_get(x->r->data, "commitment");
    int64_t committed_ms = 0;
    if (commitment_read(c, &new->pool, new->hash, x->e)) return -1;
    if (when(c, "seed_after", &new->seed_after_ms) || when(c, "committed_at", &committed_ms))
        return err_set(x->e, "the commitment says no times");
    if (x->r->at_ms >= new->seed_after_ms)
        return err_set(x->e, "signed when the seed could be known already: a list is fixed before its seed; name a "
                             "later seed and commit again");
    if (committed_ms > x->r->at_ms) return err_set(x->e, "the commitment is dated after its signature");
    if (before_others(x, "a list")) return -1;
    for (int i = 0; i < x->all->n_round; i++)
        if (!memcmp(x->all->round[i].hash, new->hash, HASH_BYTES))
            return err_set(x->e, "replayed: this commitment is that of `%s`", x->all->round[i].id);
    return 0;
}

/* The same list by another hand, and it says for which one it stands. */
static int again_check(struct step *x, const json_t *c)
{
    static const char *const same[] = {"name", "entries", "homes"};
    const json_t *was = x->round->commitment;
    for (int i = 0; i < 3; i++)
        if (!json_equal(json_object_get(c, same[i]), json_object_get(was, same[i])))
            return err_set(x->e,
                           "`%s` was given up after its seed could be known: the same list is drawn again, and its "
                           "`%s` is another",
                           x->round->id, same[i]);
    if (!json_equal(json_object_get(c, "instead_of"), json_object_get(was, "commitment")))
        return err_set(x->e, "the list was given up before: name that commitment with --instead-of %s",
                       json_string_value(json_object_get(was, "commitment")));
    return not_own(x, x->round->hands, "the list given up, or giving it up,");
}

static int commit_again(struct step *x)
{
    const json_t *c = json_object_get(x->r->data, "commitment");
    struct round new = {0}, *round = x->round;
    int bad = commit_check(x, &new) || again_check(x, c);
    pool_free(&new.pool);
    if (bad) return -1;
    json_decref(round->commitment);
    round->commitment = json_deep_copy(c);
    memcpy(round->hash, new.hash, HASH_BYTES);
    round->seed_after_ms = new.seed_after_ms;
    round->seq = x->r->seq;
    round->waits = 0;
    round_hand(x, round);
    return 0;
}

int step_commit(struct step *x)
{
    struct returns *all = x->all;
    struct round new = {.seq = x->r->seq};
    if (x->round && x->round->waits) return commit_again(x);
    if (x->round) return err_set(x->e, "`%s` has its commitment already: one list for a draw", x->round->id);
    if (commit_check(x, &new) || list_check(all, &new.pool, x->r->at_ms, x->e)) return pool_free(&new.pool), -1;
    if (json_object_get(json_object_get(x->r->data, "commitment"), "instead_of"))
        return pool_free(&new.pool), err_set(x->e, "`instead_of`: no list of `%.48s` was given up", x->r->of);
    new.id = text_kept(all, x->r->of);
    round_hand(x, &new);
    new.commitment = json_deep_copy(json_object_get(x->r->data, "commitment"));
    new.entry = ARENA_NEW(&all->text, int, new.pool.n_entry);
    new.home = ARENA_NEW(&all->text, int, new.pool.n_home);
    all->round = grow_by_one(all->round, all->n_round, sizeof *all->round);
    for (int i = 0; i < new.pool.n_entry; i++) {
        new.entry[i] = return_household(all, new.pool.entry[i].id);
        struct household *h = &all->household[new.entry[i]];
        h->round = all->n_round;
        household_enter(x, h, HH_POOLED);
    }
    for (int i = 0; i < new.pool.n_home; i++) {
        new.home[i] = return_home(all, new.pool.home[i].id);
        all->home[new.home[i]].use = HOME_POOLED;
        all->home[new.home[i]].round = all->n_round;
    }
    all->round[all->n_round++] = new;
    return 0;
}

/* --- result --- */

static int takes_part(const struct returns *all, int household, int round)
{
    return all->household[household].state == HH_POOLED && all->household[household].round == round;
}

static void result_put(struct step *x, struct round *round, const json_t *result)
{
    struct returns *all = x->all;
    const json_t *j;
    size_t i;
    int index = (int)(round - all->round);
    for (int k = 0; k < round->pool.n_home; k++) all->home[round->home[k]].use = HOME_VACANT;
    json_array_foreach(json_object_get(result, "placed"), i, j)
    {
        int h = return_household(all, json_string_value(json_object_get(j, "entry"))),
            home = return_home(all, json_string_value(json_object_get(j, "home")));
        must(h >= 0 && home >= 0, "a verified result names somebody unknown");
        if (!takes_part(all, h, index)) continue; /* withdrew meanwhile: the home goes to the reserve list */
        all->household[h].home = home;
        all->home[home].use = HOME_HELD;
        all->home[home].household = h;
        household_enter(x, &all->household[h], HH_DRAWN);
    }
    for (int k = 0; k < round->pool.n_entry; k++)
        if (takes_part(all, round->entry[k], index))
            household_enter(x, &all->household[round->entry[k]], HH_RESERVE);
}

int step_draw(struct step *x)
{
    const json_t *result = json_object_get(x->r->data, "result");
    struct round *round = x->round;
    int64_t seed_ms = 0;
    if (!round)
        return err_set(x->e, "`%.48s` has no commitment: commit the list before the seed is known", x->r->of);
    if (round->result) return err_set(x->e, "`%s` is drawn already; a draw is never made twice", round->id);
    if (round->cancelled_ms) return err_set(x->e, "`%s` was cancelled; commit a new list", round->id);
    if (round->waits) return err_set(x->e, "`%s` was given up; commit the same list again", round->id);
    if (not_own(x, round->hands, "the list")) return -1;
    if (draw_verify(result, round->hash, x->e)) return -1;
    if (when(result, "seed_at", &seed_ms) || seed_ms > x->r->at_ms)
        return err_set(x->e, "signed before its seed was public");
    round->result = json_deep_copy(result);
    round->drawn_ms = x->r->at_ms;
    result_put(x, round, result);
    return 0;
}

/* --- given up --- */

/* Before its seed: all are free, and the home that was in its list too. */
static void set_free(struct step *x, struct round *round)
{
    struct returns *all = x->all;
    int index = (int)(round - all->round);
    round->cancelled_ms = x->r->at_ms;
    for (int i = 0; i < round->pool.n_entry; i++)
        if (takes_part(all, round->entry[i], index))
            household_enter(x, &all->household[round->entry[i]], HH_ELIGIBLE);
    for (int i = 0; i < round->pool.n_home; i++) {
        struct home *h = &all->home[round->home[i]];
        if (h->use != HOME_POOLED || h->round != index) continue;
        h->use = HOME_FREE;
        h->round = -1;
    }
}

/* After its seed: on grounds that are on paper, and never because of what the list is. */
static int give_up(struct step *x, struct round *round)
{
    if (!strcmp(fact_text(x, "reason"), "list_wrong"))
        return err_set(x->e, "the seed of `%s` could be known since its time: its list is drawn as it is",
                       round->id);
    if (!fact_text(x, "paper"))
        return err_set(x->e, "the seed of `%s` could be known: giving it up now wants `paper`, the signed grounds",
                       round->id);
    round->given_up++;
    round->waits = 1;
    return 0;
}

int step_cancel(struct step *x)
{
    struct round *round = x->round;
    if (!round) return err_set(x->e, "`%.48s` has no commitment", x->r->of);
    if (round->result) return err_set(x->e, "`%s` is drawn: a result is not taken back", round->id);
    if (round->cancelled_ms || round->waits) return err_set(x->e, "`%s` is cancelled already", round->id);
    if (not_own(x, round->hands, "the list") || before_others(x, "giving up a draw")) return -1;
    if (x->r->at_ms < round->seed_after_ms && !round->given_up)
        set_free(x, round);
    else if (give_up(x, round))
        return -1;
    round_hand(x, round);
    return 0;
}

/* --- offer and answer --- */

static int outside_the_draw(struct step *x, int home)
{
    const struct returns *all = x->all;
    const struct household *h = x->h;
    const struct home *to = &all->home[home];
    if (h->state == HH_DRAWN && h->home == home) return 0;
    if (h->state == HH_DRAWN)
        return err_set(x->e, "offer outside the draw: `%s` drew `%s`, not `%s`", h->id, all->home[h->home].id,
                       to->id);
    if (to->use != HOME_VACANT || to->round != h->round)
        return err_set(x->e, "offer outside the draw: `%s` is %s%s", to->id, home_use_name[to->use],
                       to->use == HOME_VACANT ? " of another draw" : "");
    int next = home_next(all, home);
    if (next >= 0 && &all->household[next] == h) return 0;
    if (next < 0)
        return err_set(x->e, "offer outside the draw: by its rules `%s` fits nobody who waits now", to->id);
    return err_set(x->e, "offer outside the draw: `%s` is next on the reserve list for `%s`",
                   all->household[next].id, to->id);
}

int step_offer(struct step *x)
{
    struct returns *all = x->all;
    struct household *h = x->h;
    int home = return_home(all, fact_text(x, "home"));
    if (home < 0) return err_set(x->e, "no home `%.48s`", fact_text(x, "home"));
    if (consented(x, CONSENT_RETURN) || outside_the_draw(x, home) || home_ready(all, home, x->e)) return -1;
    h->home = home;
    h->offer_ms = x->r->at_ms;
    h->deadline_ms = x->r->at_ms + (int64_t)all->rules.answer_days * MS_DAY;
    h->offered_by = text_kept(all, x->who->id);
    h->move_ms = h->briefed_ms = 0;
    h->briefed_by = h->metered_by = NULL;
    h->meter_kWh = h->meter_m3 = (double)NAN;
    all->home[home].use = HOME_HELD;
    all->home[home].household = (int)(h - all->household);
    household_enter(x, h, HH_OFFERED);
    return 0;
}

static int in_time(struct step *x)
{
    char at[40];
    if (x->h->state != HH_OFFERED || x->r->at_ms <= x->h->deadline_ms) return 0;
    return err_set(x->e, "the time to answer ended %s: `--answer expire`",
                   instant_format(at, sizeof at, NULL, x->h->deadline_ms));
}

int step_accept(struct step *x)
{
    if (in_time(x) || not_own(x, x->h->offered_by, "the offer")) return -1;
    household_enter(x, x->h, HH_ACCEPTED);
    return 0;
}

int step_decline(struct step *x)
{
    if (in_time(x) || not_own(x, x->h->offered_by, "the offer")) return -1;
    home_leave(x->all, x->h);
    household_enter(x, x->h, HH_DECLINED);
    return 0;
}

/* What nobody can live in is given back without loss; a home that is ready is not taken from anybody so. */
int step_giveback(struct step *x)
{
    struct household *h = x->h;
    if (!home_ready(x->all, h->home, NULL))
        return err_set(x->e, "`%s` is ready: who does not want it declines", x->all->home[h->home].id);
    if (h->state != HH_DRAWN && not_own(x, h->offered_by, "the offer")) return -1;
    home_leave(x->all, h);
    household_enter(x, h, HH_ELIGIBLE);
    return 0;
}

int step_expire(struct step *x)
{
    char at[40];
    if (x->r->at_ms <= x->h->deadline_ms)
        return err_set(x->e, "the household has until %s to answer",
                       instant_format(at, sizeof at, NULL, x->h->deadline_ms));
    if (not_own(x, x->h->offered_by, "the offer"))
        return -1; /* or an offer that nobody was told of would run out in one hand */
    home_leave(x->all, x->h);
    household_enter(x, x->h, HH_EXPIRED);
    return 0;
}

/* --- move, meters, briefing, keys --- */

int step_move(struct step *x)
{
    struct returns *all = x->all;
    int64_t day_ms = 0;
    int same_day = 0;
    if (instant_parse(fact_text(x, "day"), NULL, &day_ms, x->e)) return -1;
    if (day_ms + MS_DAY <= x->r->at_ms) return err_set(x->e, "the day of the move is past");
    for (int i = 0; i < all->n_household; i++) {
        const struct household *h = &all->household[i];
        same_day += h != x->h && (h->state == HH_SCHEDULED || h->state == HH_KEYS) && h->move_ms == day_ms;
    }
    if (same_day >= all->rules.moves_per_day)
        return err_set(x->e, "%d households move on %s already: choose another day", same_day, fact_text(x, "day"));
    if (consented(x, CONSENT_RETURN) || home_ready(all, x->h->home, x->e))
        return -1; /* the road is one of its supplies */
    x->h->move_ms = day_ms;
    household_enter(x, x->h, HH_SCHEDULED);
    return 0;
}

int step_meter(struct step *x)
{
    if (home_ready(x->all, x->h->home, x->e)) return -1;
    x->h->meter_kWh = fact_number(x, "elec_kWh");
    x->h->meter_m3 = fact_number(x, "water_m3");
    x->h->metered_by = text_kept(x->all, x->who->id);
    return 0;
}

/* The record after which a map was made, by the head of the chain printed on it; 0: none. */
static int64_t map_made_after(const struct returns *all, const char *hex)
{
    unsigned char head[HASH_BYTES];
    if (hex_read(hex, head, sizeof head)) return 0;
    for (int i = all->n_heads - 1; i >= 0; i--)
        if (!memcmp(all->heads[i], head, sizeof head)) return i + 1;
    return 0;
}

/* Nothing dangerous nearby was told of since the map was made. */
static int map_still_true(struct step *x, const struct home *home, int64_t map_seq)
{
    const struct return_gate *gate = &x->all->gate;
    char why[160] = "";
    if (!gate->danger || !gate->danger(gate->self, x->all, home, map_seq, why, sizeof why)) return 0;
    return err_set(x->e, "key before briefing: the map shown to `%s` is older: %s; show the new map", x->h->id,
                   why);
}

int step_briefing(struct step *x)
{
    struct household *h = x->h;
    int64_t map_seq = map_made_after(x->all, fact_text(x, "map_head"));
    if (strcmp(fact_text(x, "language"), h->language) != 0)
        return err_set(x->e, "`%s` speaks %s; a briefing in %.8s is none", h->id, h->language,
                       fact_text(x, "language"));
    if (!map_seq) return err_set(x->e, "the map was not made from these records: `kend household map`");
    if (map_still_true(x, &x->all->home[h->home], map_seq)) return -1;
    h->briefed_ms = x->r->at_ms;
    h->map_seq = map_seq;
    h->briefed_by = text_kept(x->all, x->who->id);
    snprintf(h->map_sha256, sizeof h->map_sha256, "%s", fact_text(x, "map_sha256"));
    return 0;
}

static int key_check(struct step *x)
{
    const struct household *h = x->h;
    const struct home *home = &x->all->home[h->home];
    if (strcmp(fact_text(x, "home"), home->id) != 0)
        return err_set(x->e, "keys of another home: `%s` accepted `%s`", h->id, home->id);
    if (!h->briefed_by)
        return err_set(x->e,
                       "key before briefing: `%s` has not been shown what is dangerous nearby: `kend household "
                       "briefing`",
                       h->id);
    if (!h->metered_by) return err_set(x->e, "the meters of `%s` were not read: `kend household meter`", home->id);
    if (fact_number(x, "elec_kWh") < h->meter_kWh || fact_number(x, "water_m3") < h->meter_m3)
        return err_set(x->e, "a meter does not run backwards: the tester read %g kWh, %g m3", h->meter_kWh,
                       h->meter_m3);
    if (x->r->at_ms < h->move_ms) return err_set(x->e, "the day of the move has not come");
    if (consented(x, CONSENT_RETURN) || not_own(x, h->briefed_by, "the briefing") ||
        not_own(x, h->metered_by, "the reading of the meters"))
        return -1;
    return home_ready(x->all, h->home, x->e) || map_still_true(x, home, h->map_seq) ? -1 : 0;
}

int step_key(struct step *x)
{
    struct household *h = x->h;
    if (key_check(x)) return -1;
    h->key_ms = x->r->at_ms;
    h->key_kWh = fact_number(x, "elec_kWh");
    h->key_m3 = fact_number(x, "water_m3");
    x->all->home[h->home].use = HOME_KEYED;
    household_enter(x, h, HH_KEYS);
    return 0;
}

int step_followup(struct step *x)
{
    struct household *h = x->h;
    const struct return_rules *rules = &x->all->rules;
    int day = (int)fact_number(x, "day"), which = -1, left = 0;
    for (int i = 0; i < FOLLOWUPS; i++)
        if (rules->followup_day[i] == day) which = i;
    if (which < 0)
        return err_set(x->e, "visits are made on day %d, %d and %d", rules->followup_day[0], rules->followup_day[1],
                       rules->followup_day[2]);
    if (consented(x, CONSENT_CONTACT)) return -1;
    if (h->followed_ms[which]) return err_set(x->e, "the visit of day %d is recorded", day);
    if (x->r->at_ms < h->key_ms + (int64_t)day * MS_DAY) return err_set(x->e, "day %d has not come", day);
    h->followed_ms[which] = x->r->at_ms;
    h->helped_ms = x->r->at_ms;
    h->needs_help = !strcmp(fact_text(x, "result"), "needs_help");
    for (int i = 0; i < FOLLOWUPS; i++) left += !h->followed_ms[i];
    if (!left) household_enter(x, h, HH_SETTLED);
    return 0;
}
