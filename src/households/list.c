/* Who and what may stand in the list of the next draw. Nobody eligible is left out. Who waits on a reserve list keeps that claim: they are drawn
 * anew only when no home of their draw is on its way to somebody (it could still come to them), and then the vacant homes that would fit
 * them stand in the same list. So no second draw empties somebody's place in the first. Who was refused and may still appeal is waited for:
 * an appeal that is right after the draw gives no home. */
#include "base/err.h"
#include "base/instant.h"
#include "households/inside.h"
#include <stdlib.h>
#include <string.h>

#define S(state) (1U << HH_##state)
static const unsigned MAY_BE_DRAWN = S(ELIGIBLE) | S(DECLINED) | S(EXPIRED) | S(RESERVE),
                      WAITS = S(SURVEYED) | S(APPEALED);

static int home_fits(const struct household *h, int rooms, int accessible)
{
    return rooms == h->rooms && (accessible || !h->accessible);
}

uint8_t *homes_awaited(const struct returns *all)
{
    uint8_t *on_its_way = calloc((size_t)all->n_home + 1, 1);
    must(on_its_way, "out of memory for %d homes", all->n_home);
    for (int i = 0; i < all->n_home; i++) on_its_way[i] = all->home[i].use == HOME_HELD || home_next(all, i) >= 0;
    return on_its_way;
}

/* A home of its draw that may still come to who waits on the reserve list, or -1. */
static int home_hoped_for(const struct returns *all, const uint8_t *on_its_way, const struct household *h)
{
    for (int i = 0; i < all->n_home; i++)
        if (on_its_way[i] && all->home[i].round == h->round &&
            home_fits(h, all->home[i].rooms, all->home[i].accessible))
            return i;
    return -1;
}

int may_be_drawn(const struct returns *all, const uint8_t *on_its_way, int household)
{
    const struct household *h = &all->household[household];
    if (!(MAY_BE_DRAWN & 1U << h->state) || !(h->consent & CONSENT_RETURN)) return 0;
    return h->state != HH_RESERVE || home_hoped_for(all, on_its_way, h) < 0;
}

/* Somebody on the reserve list whom the vacant home would fit and who must wait for another one: it stays for them. Or -1. */
static int kept_for(const struct returns *all, const uint8_t *on_its_way, const struct home *home)
{
    for (int i = 0; i < all->n_household; i++) {
        const struct household *h = &all->household[i];
        if (h->state == HH_RESERVE && h->round == home->round && home_fits(h, home->rooms, home->accessible) &&
            !may_be_drawn(all, on_its_way, i))
            return i;
    }
    return -1;
}

int home_may_be_drawn(const struct returns *all, const uint8_t *on_its_way, int home)
{
    const struct home *h = &all->home[home];
    if (h->use == HOME_FREE) return 1;
    return h->use == HOME_VACANT && !on_its_way[home] && kept_for(all, on_its_way, h) < 0;
}

int home_claimed(const struct returns *all, int home)
{
    const struct home *h = &all->home[home];
    for (int i = 0; i < all->n_household; i++) {
        const struct household *w = &all->household[i];
        if (w->state == HH_RESERVE && w->round == h->round && home_fits(w, h->rooms, h->accessible)) return 1;
    }
    return 0;
}

/* --- the list of a draw --- */

/* Those who asked to stay together stand with their code, unless nobody else of them is in the list. */
static int group_check(const struct returns *all, const struct pool *p, const struct ticket *t,
                       const struct household *h, struct err *e)
{
    int others = 0;
    for (int i = 0; h->group && i < p->n_entry; i++) {
        int at = return_household(all, p->entry[i].id);
        others += at >= 0 && &all->household[at] != h && all->household[at].group &&
                  !strcmp(all->household[at].group, h->group);
    }
    const char *want = others ? h->group : "";
    if (!strcmp(t->group, want)) return 0;
    return err_set(e, "`%s` stands in the list with `%s`, was registered with `%s`", t->id, t->group, want);
}

static const struct ticket *ticket_of(const struct ticket *t, int n, const char *id)
{
    for (int lo = 0, hi = n - 1; lo <= hi;) {
        int mid = (lo + hi) / 2, c = strcmp(t[mid].id, id);
        if (!c) return &t[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid - 1;
    }
    return NULL;
}

static int entry_check(const struct returns *all, const uint8_t *on_its_way, const struct pool *p,
                       const struct ticket *t, struct err *e)
{
    int at = return_household(all, t->id);
    const struct household *h = at < 0 ? NULL : &all->household[at];
    if (!h) return err_set(e, "`%s` in the list is no registered household", t->id);
    if (!(MAY_BE_DRAWN & 1U << h->state) || !(h->consent & CONSENT_RETURN))
        return err_set(e, "`%s` in the list is %s: only who is eligible takes part", t->id,
                       household_state_name[h->state]);
    if (!may_be_drawn(all, on_its_way, at))
        return err_set(e, "`%s` waits on the reserve list of `%s`, where `%s` may still come to it", t->id,
                       all->round[h->round].id, all->home[home_hoped_for(all, on_its_way, h)].id);
    for (int i = 0; h->state == HH_RESERVE && i < all->n_home; i++)
        if (all->home[i].use == HOME_VACANT && all->home[i].round == h->round &&
            home_fits(h, all->home[i].rooms, all->home[i].accessible) &&
            !ticket_of(p->home, p->n_home, all->home[i].id))
            return err_set(e, "`%s` waits on the reserve list of `%s`, whose home `%s` is not in this list", t->id,
                           all->round[h->round].id, all->home[i].id);
    if (t->rooms != h->rooms || t->accessible != h->accessible)
        return err_set(e, "`%s` stands in the list for %d rooms%s, was decided for %d%s", t->id, t->rooms,
                       t->accessible ? ", accessible" : "", h->rooms, h->accessible ? ", accessible" : "");
    return group_check(all, p, t, h, e);
}

static int home_in_list_check(const struct returns *all, const uint8_t *on_its_way, const struct ticket *t,
                              struct err *e)
{
    int at = return_home(all, t->id), next;
    const struct home *h = at < 0 ? NULL : &all->home[at];
    if (!h || h->use == HOME_GONE) return err_set(e, "`%s` is no home of the village", t->id);
    if (h->use != HOME_FREE && h->use != HOME_VACANT)
        return err_set(e, "home `%s` is %s: it cannot be drawn again", t->id, home_use_name[h->use]);
    if ((next = home_next(all, at)) >= 0)
        return err_set(e, "home `%s` goes to `%s` of the reserve list of `%s` first", t->id,
                       all->household[next].id, all->round[h->round].id);
    if (h->use == HOME_VACANT && (next = kept_for(all, on_its_way, h)) >= 0)
        return err_set(e, "home `%s` is kept for `%s` of the reserve list of `%s`", t->id, all->household[next].id,
                       all->round[h->round].id);
    if (t->rooms != h->rooms || t->accessible != h->accessible || strcmp(t->group, h->near) != 0)
        return err_set(e, "home `%s` has %d rooms%s near %s; the list says otherwise", t->id, h->rooms,
                       h->accessible ? ", accessible," : "", h->near);
    return 0;
}

static int fits_one(const struct household *h, const struct pool *p)
{
    for (int k = 0; k < p->n_home; k++)
        if (home_fits(h, p->home[k].rooms, p->home[k].accessible)) return 1;
    return 0;
}

/* Refused, and its time to appeal has not ended: it may come to be eligible for one of these homes. */
static int may_appeal(const struct returns *all, const struct household *h, const struct pool *p, int64_t at_ms,
                      struct err *e)
{
    char at[40];
    struct household again = *h;
    int64_t until_ms = h->decided_ms + (int64_t)all->rules.appeal_days * MS_DAY;
    again.rooms = rooms_for(&all->rules, h->size);
    if (h->state != HH_INELIGIBLE || at_ms > until_ms || !fits_one(&again, p)) return 0;
    err_set(e, "`%s` was refused and may appeal until %s: a list is fixed after that", h->id,
            instant_format(at, sizeof at, NULL, until_ms));
    return 1;
}

static int nobody_left_out(const struct returns *all, const uint8_t *on_its_way, const struct pool *p,
                           int64_t at_ms, struct err *e)
{
    for (int i = 0; i < all->n_household; i++) {
        const struct household *h = &all->household[i];
        if (WAITS & 1U << h->state)
            return err_set(e, "`%s` is %s: decide on all before a list is fixed", h->id,
                           household_state_name[h->state]);
        if (may_appeal(all, h, p, at_ms, e)) return -1;
        if (!may_be_drawn(all, on_its_way, i) || ticket_of(p->entry, p->n_entry, h->id)) continue;
        if (fits_one(h, p)) return err_set(e, "`%s` is eligible for one of these homes and not in the list", h->id);
    }
    return 0;
}

int list_check(const struct returns *all, const struct pool *p, int64_t at_ms, struct err *e)
{
    uint8_t *on_its_way = homes_awaited(all);
    int bad = 0;
    for (int i = 0; !bad && i < p->n_entry; i++) bad = entry_check(all, on_its_way, p, &p->entry[i], e);
    for (int i = 0; !bad && i < p->n_home; i++) bad = home_in_list_check(all, on_its_way, &p->home[i], e);
    if (!bad) bad = nobody_left_out(all, on_its_way, p, at_ms, e);
    free(on_its_way);
    return bad;
}
