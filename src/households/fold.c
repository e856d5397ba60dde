/* The fold: one record after the other, each checked against what the ones before made. Order of the checks: chain and date,
 * accreditation, what the record must say, what it is about, its state, the version the signer saw, then what the kind itself asks. */
#include "base/err.h"
#include "base/instant.h"
#include "base/random.h"
#include "households/inside.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *kind;
    step_do *step;
} step_table[] = {
    // clang-format off
    {"return.rules", step_rules},       {"return.homes", step_homes},       {"return.test", step_test},         {"return.register", step_register},
    {"return.amend", step_amend},       {"return.consent", step_consent},   {"return.survey", step_survey},     {"return.eligible", step_eligible},
    {"return.refuse", step_refuse},     {"return.appeal", step_appeal},     {"return.commit", step_commit},     {"return.draw", step_draw},         {"return.cancel", step_cancel},
    {"return.offer", step_offer},       {"return.accept", step_accept},     {"return.decline", step_decline},   {"return.giveback", step_giveback},    {"return.expire", step_expire},
    {"return.move", step_move},         {"return.meter", step_meter},       {"return.briefing", step_briefing}, {"return.key", step_key},
    {"return.followup", step_followup}, {"return.erase", step_erase},
    // clang-format on
};

struct returns *returns_open(const struct return_gate *gate)
{
    struct returns *all = calloc(1, sizeof *all);
    must(all, "out of memory for the return");
    if (gate) all->gate = *gate;
    return all;
}

void returns_close(struct returns *all)
{
    if (!all) return;
    for (int i = 0; i < all->n_round; i++) {
        json_decref(all->round[i].commitment);
        json_decref(all->round[i].result);
        pool_free(&all->round[i].pool);
    }
    free(all->heads);
    free(all->household);
    free(all->home);
    free(all->place);
    free(all->test);
    free(all->round);
    for (int i = 0; i < 2; i++) free(all->by_id[i].slot);
    people_free(&all->people);
    arena_free(&all->text);
    free(all);
}

const char *text_kept(struct returns *all, const char *text)
{
    return text ? arena_strdup(&all->text, text) : NULL;
}

void *grow_by_one(void *array, int n, size_t size)
{
    if (n & (n - 1) && n) return array;
    void *more = realloc(array, (size_t)(n ? 2 * n : 1) * size);
    must(more, "out of memory for %d rows", n);
    return more;
}

/* --- by id --- */

static const char *id_at(const struct returns *all, int which, int i)
{
    return which ? all->home[i].id : all->household[i].id;
}

static int32_t *slot_of(const struct returns *all, int which, const char *id)
{
    int n = all->by_id[which].n;
    int32_t *slot = all->by_id[which].slot;
    for (int i = (int)(random_hash(0, id) % (uint64_t)n);; i = (i + 1) % n)
        if (!slot[i] || !strcmp(id_at(all, which, slot[i] - 1), id)) return &slot[i];
}

/* Element `at`, the newest of its array, becomes findable. */
void index_put(struct returns *all, int which, int at)
{
    if (2 * (at + 1) > all->by_id[which].n) {
        all->by_id[which].n = all->by_id[which].n ? 2 * all->by_id[which].n : 64;
        free(all->by_id[which].slot);
        all->by_id[which].slot = calloc((size_t)all->by_id[which].n, sizeof(int32_t));
        must(all->by_id[which].slot, "out of memory for %d ids", at);
        for (int i = 0; i < at; i++) *slot_of(all, which, id_at(all, which, i)) = i + 1;
    }
    *slot_of(all, which, id_at(all, which, at)) = at + 1;
}

static int find(const struct returns *all, int which, const char *id)
{
    return all->by_id[which].n && id ? *slot_of(all, which, id) - 1 : -1;
}

int return_household(const struct returns *all, const char *id) { return find(all, 0, id); }
int return_home(const struct returns *all, const char *id) { return find(all, 1, id); }

int return_place(const struct returns *all, const char *id)
{
    for (int i = 0; id && i < all->n_place; i++)
        if (!strcmp(all->place[i].id, id)) return i;
    return -1;
}

int return_round(const struct returns *all, const char *id)
{
    for (int i = 0; id && i < all->n_round; i++)
        if (!strcmp(all->round[i].id, id)) return i;
    return -1;
}

int64_t return_rev(const struct returns *all, const char *kind, const char *of)
{
    const struct return_kind *k = return_kind_find(kind);
    int at = k && k->about == ABOUT_HOUSEHOLD ? return_household(all, of) : -1;
    if (at >= 0) return all->household[at].rev;
    at = k && k->about == ABOUT_ROUND ? return_round(all, of) : -1;
    return at >= 0 ? all->round[at].rev : 0;
}

/* --- what a record says --- */

const char *fact_text(const struct step *x, const char *key)
{
    return json_string_value(json_object_get(x->r->data, key));
}

double fact_number(const struct step *x, const char *key)
{
    const json_t *v = json_object_get(x->r->data, key);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

void household_enter(struct step *x, struct household *h, enum household_state state)
{
    h->state = state;
    h->state_ms = x->r->at_ms;
}

int not_own(struct step *x, const char *persons, const char *what)
{
    size_t n = strlen(x->who->id);
    for (const char *p = persons; p && *p; p += strcspn(p, "\n"), p += *p == '\n')
        if (strcspn(p, "\n") == n && !strncmp(p, x->who->id, n))
            return err_set(x->e, "nobody approves their own work: %s is by %s", what, x->who->name);
    return 0;
}

int consented(struct step *x, unsigned purpose)
{
    if ((x->h->consent & purpose) == purpose) return 0;
    return err_set(x->e, "`%s` has not consented to `%s`: `kend household consent`", x->h->id,
                   purpose & CONSENT_RETURN   ? "return"
                   : purpose & CONSENT_SURVEY ? "survey"
                                              : "contact");
}

/* --- taking a record --- */

static int state_check(const struct return_kind *k, const struct household *h, struct err *e)
{
    char want[240] = "";
    if (k->from & 1U << h->state) return 0;
    for (int s = 0; s < HH_STATES; s++) {
        size_t used = strlen(want);
        if (k->from & 1U << s)
            snprintf(want + used, sizeof want - used, "%s%s", used ? ", " : "", household_state_name[s]);
    }
    return err_set(e, "`%s` is %s; %s wants %s: %s", h->id, household_state_name[h->state], k->kind,
                   strlen(want) > 120 ? "an earlier state" : want, k->before ? k->before : "not now");
}

static int version_check(const struct record *r, int64_t rev, struct err *e)
{
    if (r->rev == rev) return 0;
    return err_set(
        e, "stale version: signed after %lld records about `%s`, there are %lld now; read them and sign again",
        (long long)r->rev, r->of, (long long)rev);
}

static int about_check(struct step *x, const struct return_kind *k)
{
    int round = return_round(x->all, x->r->of);
    if (k->about == ABOUT_NOTHING) return *x->r->of ? err_set(x->e, "a `%s` is about nothing", k->kind) : 0;
    if (!code_good(x->r->of))
        return err_set(x->e, "`%.60s` is no code of letters, digits, . _ -: records about the return hold no names",
                       x->r->of);
    if (k->about == ABOUT_NEW && x->h)
        return err_set(x->e, "`%s` is registered already; correct it with --step amend", x->h->id);
    if (k->about == ABOUT_HOUSEHOLD && !x->h) return err_set(x->e, "no household `%.48s`", x->r->of);
    if (k->about == ABOUT_HOUSEHOLD && state_check(k, x->h, x->e)) return -1;
    if (k->about == ABOUT_ROUND && round >= 0) x->round = &x->all->round[round];
    if (k->about == ABOUT_THING) return 0;
    return version_check(x->r, return_rev(x->all, k->kind, x->r->of), x->e);
}

static int date_check(const struct returns *all, const struct record *r, struct err *e)
{
    char at[40];
    if (r->at_ms >= all->newest_ms - SKEW_MS) return 0;
    return err_set(e,
                   "dated before the newest record of the return, %s: answers and draws are not dated back; sign "
                   "it with today's time",
                   instant_format(at, sizeof at, NULL, all->newest_ms));
}

static int return_step(struct returns *all, const struct record *r, struct err *e)
{
    const struct return_kind *k = return_kind_find(r->kind);
    int at = return_household(all, r->of), which = -1;
    struct step x = {all, r, NULL, at >= 0 ? &all->household[at] : NULL, NULL, e};
    for (int i = 0; i < (int)(sizeof step_table / sizeof step_table[0]); i++)
        if (!strcmp(step_table[i].kind, r->kind)) which = i;
    if (!k || which < 0) return err_set(e, "no kind of record `%.40s`", r->kind);
    if (!(x.who = people_signer(&all->people, r, k->roles, e))) return -1;
    if (facts_check(k->kind, k->value, k->n_value, r->data, e) || about_check(&x, k) || date_check(all, r, e))
        return -1;
    if (step_table[which].step(&x)) return -1;
    at = return_household(all, r->of); /* the arrays may have moved */
    if (at >= 0) all->household[at].rev++;
    at = return_round(all, r->of);
    if (k->about == ABOUT_ROUND && at >= 0) all->round[at].rev++;
    if (r->at_ms > all->newest_ms) all->newest_ms = r->at_ms;
    return 0;
}

int returns_take(struct returns *all, const struct record *r, struct err *e)
{
    if (people_admit(&all->people, r, e)) return -1;
    int people = people_take(&all->people, r, e);
    if (people < 0) return -1;
    if (!people && !strncmp(r->kind, "return.", 7) && return_step(all, r, e)) return -1;
    people_seen(&all->people, r);
    all->heads = grow_by_one(all->heads, all->n_heads, sizeof *all->heads);
    memcpy(all->heads[all->n_heads++], r->hash, HASH_BYTES);
    all->head.seq = r->seq;
    memcpy(all->head.hash, r->hash, HASH_BYTES);
    return 0;
}
