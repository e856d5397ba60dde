/* To be eligible: registration, consent, survey, decision, appeal, correction, erasure. Who registered or surveyed does not decide;
 * an appeal is decided by a third person. Room class: the first row of the signed table that holds so many persons. */
#include "base/err.h"
#include "base/instant.h"
#include "households/inside.h"
#include <math.h>
#include <string.h>

enum { HOUSEHOLD_LETTERS = 12, GROUP_LEAST = 6, GROUP_MOST = 22 };

/* "h-" or "g-" and random letters and digits (Crockford's 32, as the vault makes them): nobody's name, number or old address. */
static int pseudonym_good(const char *id, char first, size_t least, size_t most)
{
    size_t n = strlen(id);
    return n >= 2 + least && n <= 2 + most && id[0] == first && id[1] == '-' &&
           strspn(id + 2, "0123456789abcdefghjkmnpqrstvwxyz") == n - 2 && strpbrk(id, "0123456789");
}

static int language_good(const char *code)
{
    size_t n = strlen(code);
    return n >= 2 && n <= 3 && strspn(code, "abcdefghijklmnopqrstuvwxyz") == n;
}

static int facts_good(struct step *x)
{
    const char *group = fact_text(x, "group");
    if (!language_good(fact_text(x, "language")))
        return err_set(x->e, "`language` is a code of ISO 639 in small letters, such as az");
    if (group && !pseudonym_good(group, 'g', GROUP_LEAST, GROUP_MOST))
        return err_set(x->e, "`group` is a random code, g- and %d to %d small letters and digits", GROUP_LEAST,
                       GROUP_MOST);
    return 0;
}

static void facts_put(struct step *x, struct household *h)
{
    h->size = (int)fact_number(x, "size");
    h->accessible = json_is_true(json_object_get(x->r->data, "accessible"));
    h->language = text_kept(x->all, fact_text(x, "language"));
    h->group = text_kept(x->all, fact_text(x, "group"));
    h->rooms = 0;
}

/* Who had a hand in what is decided on. */
static void hand_in(struct step *x, struct household *h)
{
    h->hands =
        h->hands ? arena_printf(&x->all->text, "%s\n%s", h->hands, x->who->id) : text_kept(x->all, x->who->id);
}

int step_register(struct step *x)
{
    struct returns *all = x->all;
    if (!pseudonym_good(x->r->of, 'h', HOUSEHOLD_LETTERS, HOUSEHOLD_LETTERS))
        return err_set(x->e,
                       "a household is a pseudonym, h- and %d random letters and digits, made by the vault of "
                       "personal data; never a name",
                       HOUSEHOLD_LETTERS);
    if (facts_good(x)) return -1;
    all->household = grow_by_one(all->household, all->n_household, sizeof *all->household);
    struct household *h = &all->household[all->n_household++];
    *h = (struct household){.id = text_kept(all, x->r->of),
                            .seq = x->r->seq,
                            .round = -1,
                            .home = -1,
                            .meter_kWh = (double)NAN,
                            .meter_m3 = (double)NAN,
                            .key_kWh = (double)NAN,
                            .key_m3 = (double)NAN,
                            .refused = HH_REGISTERED};
    hand_in(x, h);
    facts_put(x, h);
    household_enter(x, h, HH_REGISTERED);
    index_put(all, 0, all->n_household - 1);
    return 0;
}

int step_amend(struct step *x)
{
    if (facts_good(x)) return -1;
    facts_put(x, x->h);
    hand_in(x, x->h);
    if (x->h->state != HH_REGISTERED) household_enter(x, x->h, HH_SURVEYED); /* decided anew */
    return 0;
}

static unsigned purpose_bit(const char *word)
{
    return !strcmp(word, "return") ? CONSENT_RETURN : !strcmp(word, "survey") ? CONSENT_SURVEY : CONSENT_CONTACT;
}

#define S(state) (1U << HH_##state)
int household_has_claim(const struct household *h)
{
    return (S(SURVEYED) | S(ELIGIBLE) | S(APPEALED) | S(POOLED) | S(DRAWN) | S(RESERVE) | S(OFFERED) | S(ACCEPTED) |
            S(DECLINED) | S(EXPIRED) | S(SCHEDULED)) >>
               h->state &
           1U;
}

/* What a household has come to is not taken from it on one clerk's word: that it does not want to return, or to be forgotten. */
static int claim_given_up(struct step *x)
{
    if (!household_has_claim(x->h) || fact_text(x, "paper")) return 0;
    return err_set(x->e, "`%s` is %s and would lose that: it wants `paper`, what the household signed", x->h->id,
                   household_state_name[x->h->state]);
}

int step_consent(struct step *x)
{
    struct household *h = x->h;
    unsigned bit = purpose_bit(fact_text(x, "purpose"));
    int given = !strcmp(fact_text(x, "act"), "given");
    if (given == ((h->consent & bit) != 0))
        return err_set(x->e, "consent to `%s` is %s already", fact_text(x, "purpose"),
                       given ? "given" : "not given");
    if (!given && bit == CONSENT_RETURN && claim_given_up(x)) return -1;
    if (given)
        h->consent |= bit;
    else
        h->consent &= ~bit;
    if (bit != CONSENT_RETURN || h->state == HH_KEYS || h->state == HH_SETTLED) return 0;
    if (!given) {
        home_leave(x->all, h);
        household_enter(x, h, HH_WITHDRAWN);
    } else if (h->state == HH_WITHDRAWN)
        household_enter(x, h, h->refused); /* from the beginning; a refusal is not shaken off so */
    return 0;
}

int step_survey(struct step *x)
{
    static const struct {
        const char *word;
        enum household_state state;
    } next[] = {{"return", HH_SURVEYED}, {"later", HH_REGISTERED}, {"stay", HH_REGISTERED}};
    if (consented(x, CONSENT_RETURN) || consented(x, CONSENT_SURVEY)) return -1;
    if (strcmp(fact_text(x, "intention"), "return") != 0 && claim_given_up(x)) return -1;
    for (int i = 0; i < 3; i++)
        if (!strcmp(next[i].word, fact_text(x, "intention"))) household_enter(x, x->h, next[i].state);
    hand_in(x, x->h);
    return 0;
}

/* A list of different criteria of the rules; how many. */
static int criteria_read(struct step *x, const char *key)
{
    const struct return_rules *rules = &x->all->rules;
    const json_t *list = json_object_get(x->r->data, key), *one;
    unsigned seen = 0;
    size_t i;
    if (!rules->seq) return err_set(x->e, "the authority has signed no rules yet: `kend household rules`");
    json_array_foreach(list, i, one)
    {
        int at = -1;
        for (int c = 0; c < rules->n_criteria; c++)
            if (json_is_string(one) && !strcmp(json_string_value(one), rules->criteria[c])) at = c;
        if (at < 0)
            return err_set(x->e, "`%.40s` is no criterion of the rules",
                           json_is_string(one) ? json_string_value(one) : "?");
        if (seen & 1U << at) return err_set(x->e, "`%s` stands twice", rules->criteria[at]);
        seen |= 1U << at;
    }
    return (int)json_array_size(list);
}

static int may_decide(struct step *x)
{
    const struct household *h = x->h;
    if (consented(x, CONSENT_RETURN) || not_own(x, h->hands, "the registration")) return -1;
    if (h->state != HH_APPEALED) return 0;
    return not_own(x, h->decided_by, "the decision appealed against") ||
                   not_own(x, h->appealed_by, "the record of the appeal")
               ? -1
               : 0;
}

int step_eligible(struct step *x)
{
    struct household *h = x->h;
    int met = may_decide(x) ? -1 : criteria_read(x, "met");
    if (met < 0) return -1;
    if (met < x->all->rules.n_criteria)
        return err_set(x->e, "%d of %d criteria are met; who is eligible meets all", met, x->all->rules.n_criteria);
    int rooms = rooms_for(&x->all->rules, h->size);
    if (!rooms) return err_set(x->e, "the table of rooms has no row for %d persons", h->size);
    h->rooms = rooms;
    h->decided_by = text_kept(x->all, x->who->id);
    h->decided_ms = x->r->at_ms;
    h->refused = HH_REGISTERED;
    household_enter(x, h, HH_ELIGIBLE);
    return 0;
}

int step_refuse(struct step *x)
{
    struct household *h = x->h;
    int unmet = may_decide(x) ? -1 : criteria_read(x, "unmet");
    if (unmet < 0) return -1;
    if (!unmet) return err_set(x->e, "a refusal names the criteria that are not met");
    h->refused = h->state == HH_APPEALED ? HH_REFUSED : HH_INELIGIBLE;
    h->decided_by = text_kept(x->all, x->who->id);
    h->decided_ms = x->r->at_ms;
    household_enter(x, h, h->refused);
    return 0;
}

int step_appeal(struct step *x)
{
    struct household *h = x->h;
    int64_t until_ms = h->decided_ms + (int64_t)x->all->rules.appeal_days * MS_DAY;
    char at[40];
    if (x->r->at_ms > until_ms)
        return err_set(x->e, "the time to appeal ended %s", instant_format(at, sizeof at, NULL, until_ms));
    h->appealed_by = text_kept(x->all, x->who->id);
    household_enter(x, h, HH_APPEALED);
    return 0;
}

int step_erase(struct step *x)
{
    if (claim_given_up(x)) return -1;
    home_leave(x->all, x->h);
    x->h->consent = 0;
    x->h->group = NULL;
    household_enter(x, x->h, HH_ERASED);
    return 0;
}
