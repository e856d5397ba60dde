/* Random moves never reach a key without a draw, a briefing and a home that was ready. Thousands of records, rightly and wrongly made, by
 * everybody about everybody, with finds and failing feeders in between; a second, simple account is kept beside the fold, from the records
 * alone, and says of every key whether it may be. Afterwards the chain is read again and must tell the same. */
#include "base/random.h"
#include "return_kit.h"

enum { FAMILIES = 24, RECORDS = 1500, FINDS_MAX = 400, VILLAGES = 8 };
static struct kit k;
static struct random rnd;
static int chance(double p) { return random_uniform(&rnd) < p; }
static int below(int n) { return (int)(random_uniform(&rnd) * n); }

/* --- the second account --- */

static struct {
    char given[16], offered[16], briefed[16], keyed[16]; /* homes */
    int waits, consent, needs;
} mine[FAMILIES];
static int fails[2], n_open, n_key, n_refused, n_taken;
static char name[FAMILIES][16], drawn[2000];
static int64_t open_find[FINDS_MAX];
static int n_draw;
static json_t *commitment;

static int family(const char *of)
{
    for (int i = 0; i < FAMILIES; i++)
        if (!strcmp(name[i], of)) return i;
    return -1;
}

static void account_draw(const json_t *result)
{
    const json_t *list[] = {json_object_get(result, "placed"), json_object_get(result, "reserve")}, *j;
    size_t i;
    for (int l = 0; l < 2; l++) json_array_foreach(list[l], i, j)
        {
            int f = family(json_string_value(json_object_get(j, "entry")));
            snprintf(mine[f].given, 16, "%s", l ? "" : json_string_value(json_object_get(j, "home")));
            mine[f].waits = l;
        }
    json_array_foreach(json_object_get(json_object_get(result, "commitment"), "homes"), i, j)
    {
        size_t used = strlen(drawn);
        snprintf(drawn + used, sizeof drawn - used, " %s", json_string_value(json_object_get(j, "id")));
    }
}

static void account_offer(int f, const char *home)
{
    if (strcmp(mine[f].given, home) != 0 && !mine[f].waits)
        fail_msg("%s was offered %s, drew %s", name[f], home, mine[f].given);
    if (!strstr(drawn, home)) fail_msg("%s was in no draw", home);
    for (int i = 0; i < FAMILIES; i++)
        if (i != f && (!strcmp(mine[i].offered, home) || !strcmp(mine[i].keyed, home)))
            fail_msg("%s: two families", home);
    if (mine[f].keyed[0]) fail_msg("%s: two homes", name[f]);
    snprintf(mine[f].offered, 16, "%s", home);
    mine[f].briefed[0] = 0;
}

static void account_ready(const char *home, const char *what)
{
    int street = home[0] == 'B';
    if (fails[street]) fail_msg("%s: %s with a feeder that failed", home, what);
    if (street && n_open) fail_msg("%s: %s with %d finds open", home, what, n_open);
}

static void account_leave(int f)
{
    mine[f].given[0] = mine[f].offered[0] = mine[f].briefed[0] = 0;
    mine[f].waits = 0;
}

static void account(const char *kind, const char *of, const json_t *data)
{
    int f = family(of);
    const char *home = json_string_value(json_object_get(data, "home"));
    if (!strcmp(kind, "return.draw")) account_draw(json_object_get(data, "result"));
    if (!strcmp(kind, "return.test") && !strncmp(of, "line-", 5))
        fails[of[5] == '2'] = !strcmp(json_string_value(json_object_get(data, "result")), "fail");
    if (!strcmp(kind, "return.offer")) account_offer(f, home), account_ready(home, "offered");
    if (!strcmp(kind, "return.move")) account_ready(mine[f].offered, "moved");
    if (!strcmp(kind, "return.decline") || !strcmp(kind, "return.expire") || !strcmp(kind, "return.erase"))
        account_leave(f);
    if (!strcmp(kind, "return.consent") && !strcmp(json_string_value(json_object_get(data, "purpose")), "return")) {
        mine[f].consent = !strcmp(json_string_value(json_object_get(data, "act")), "given");
        if (!mine[f].consent && !mine[f].keyed[0]) account_leave(f);
    }
    if (!strcmp(kind, "return.briefing")) memcpy(mine[f].briefed, mine[f].offered, sizeof mine[f].briefed);
    if (strcmp(kind, "return.key") != 0) return;
    account_ready(home, "keys");
    if (strcmp(mine[f].briefed, home) || strcmp(mine[f].offered, home) || !mine[f].consent)
        fail_msg("keys of %s to %s: briefed for `%s`, offered `%s`, consent %d", home, of, mine[f].briefed,
                 mine[f].offered, mine[f].consent);
    snprintf(mine[f].keyed, 16, "%s", home);
    mine[f].offered[0] = 0;
    n_key++;
}

/* --- moves --- */

static json_t *content(const char *kind, int f)
{
    const struct household *h = kit_household(&k, name[f]);
    char home[16];
    snprintf(home, sizeof home, "%c-%d", "AB"[below(2)], below(4));
    if (h && h->home >= 0 && chance(0.9)) snprintf(home, sizeof home, "%s", k.d.returns->home[h->home].id);
    for (int i = 0; h && h->state == HH_RESERVE && i < k.d.returns->n_home && chance(0.95); i++)
        if (home_next(k.d.returns, i) >= 0 && chance(0.5))
            snprintf(home, sizeof home, "%s", k.d.returns->home[i].id);
    if (!strcmp(kind, "return.register") || !strcmp(kind, "return.amend"))
        return kit_facts(1 + below(6), mine[f].needs, f % 5 ? NULL : "g-22222222");
    if (!strcmp(kind, "return.consent"))
        return chance(0.07) ? kit_leaves()
                            : json_pack("{s:s, s:s}", "purpose", chance(0.5) ? "return" : "survey", "act",
                                        chance(0.97) ? "given" : "withdrawn");
    if (!strcmp(kind, "return.survey")) return json_pack("{s:s}", "intention", chance(0.9) ? "return" : "later");
    if (!strcmp(kind, "return.eligible"))
        return chance(0.95) ? json_pack("{s:[s,s]}", "met", "displaced", "no_home")
                            : json_pack("{s:[s]}", "met", "displaced");
    if (!strcmp(kind, "return.refuse")) return json_pack("{s:[s]}", "unmet", "no_home");
    if (!strcmp(kind, "return.offer")) return kit_home(home);
    if (!strcmp(kind, "return.move")) return kit_day(k.at_ms + below(3) * (int64_t)MS_DAY);
    if (!strcmp(kind, "return.meter")) return kit_meter();
    if (!strcmp(kind, "return.briefing")) return kit_briefing(&k, chance(0.9) ? "az" : "en");
    if (!strcmp(kind, "return.key")) return kit_key(home);
    if (word_in("return.decline return.erase return.giveback", kind))
        return chance(0.9) ? kit_paper() : json_object();
    if (!strcmp(kind, "return.followup")) return json_pack("{s:i, s:s}", "day", 7, "result", "settled");
    return json_object();
}

static int move(enum who who, const char *kind, const char *of, json_t *data)
{
    json_incref(data);
    int bad = kit_say(&k, who, kind, of, chance(0.02) ? below(9) : -1, data);
    if (!bad) account(kind, of, data);
    n_taken += !bad;
    n_refused += bad != 0;
    json_decref(data);
    return bad;
}

/* What comes next for a family, were everything right; else something random. */
static const char *next_kind(const struct household *h)
{
    static const char *const next[HH_STATES] = {
        [HH_REGISTERED] = "return.survey", [HH_SURVEYED] = "return.eligible", [HH_INELIGIBLE] = "return.appeal",
        [HH_APPEALED] = "return.eligible", [HH_DRAWN] = "return.offer",       [HH_RESERVE] = "return.offer",
        [HH_OFFERED] = "return.accept",    [HH_ACCEPTED] = "return.move",     [HH_KEYS] = "return.followup",
        [HH_WITHDRAWN] = "return.consent"};
    static const char *const last[] = {"return.briefing", "return.meter", "return.key"}; /* in any order */
    if (!h) return "return.register";
    if (h->state == HH_REGISTERED && (h->consent & 3) != 3) return "return.consent";
    if (h->state == HH_OFFERED && chance(0.2)) return chance(0.5) ? "return.decline" : "return.expire";
    if (h->state == HH_SURVEYED && chance(0.1)) return "return.refuse";
    if (h->state == HH_SCHEDULED) return last[below(3)];
    return next[h->state] ? next[h->state] : "return.consent";
}

static void family_moves(void)
{
    int f = below(FAMILIES);
    const char *kind =
        chance(0.75) ? next_kind(kit_household(&k, name[f])) : return_kinds[3 + below(n_return_kinds - 3)].kind;
    const struct return_kind *row = return_kind_find(kind);
    enum who who = (enum who)below(PEOPLE + 1);
    for (int t = 0;
         t < 20 && chance(0.97) &&
         (who == PEOPLE || who == STRANGER || !kit_role[who] || !(row->roles & role_find(kit_role[who])));
         t++)
        who = (enum who)below(PEOPLE);
    if (!strcmp(kind, "return.erase") && chance(0.95)) return;
    if (row->about != ABOUT_ROUND) move(who, kind, name[f], content(kind, f));
}

/* The office decides on all who wait, so that a list may be fixed. */
static void decide_all(void)
{
    for (int i = 0; i < FAMILIES; i++) {
        const struct household *h = kit_household(&k, name[i]);
        if (h && (h->state == HH_SURVEYED || h->state == HH_APPEALED))
            move(h->decided_by && !strcmp(h->decided_by, "deputy") ? AUTHORITY : DEPUTY, "return.eligible", name[i],
                 json_pack("{s:[s,s]}", "met", "displaced", "no_home"));
    }
}

static void draw_moves(int i)
{
    char id[16], seed[24];
    snprintf(id, sizeof id, "D-%d", n_draw);
    if (!commitment) {
        if (chance(0.8)) decide_all();
        commitment = kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR);
        if (commitment && chance(0.1)) k.at_ms += 2 * MS_HOUR; /* too late */
        if (commitment && move(chance(0.9) ? REGISTRAR : OBSERVER, "return.commit", id,
                               json_pack("{s:O}", "commitment", commitment))) {
            json_decref(commitment);
            commitment = NULL;
        }
        return;
    }
    k.at_ms += 2 * MS_HOUR;
    snprintf(seed, sizeof seed, "12-34-56-%d", i);
    json_t *result = kit_result(&k, commitment, seed);
    const json_t *placed = json_object_get(result, "placed");
    if (chance(0.3) && json_array_size(placed) > 1)
        json_object_set(json_array_get(placed, 0), "home", json_object_get(json_array_get(placed, 1), "home"));
    if (move(chance(0.9) ? OBSERVER : REGISTRAR, "return.draw", id, json_pack("{s:o}", "result", result))) return;
    json_decref(commitment);
    commitment = NULL;
    n_draw++;
}

static void land_moves(void)
{
    if (n_open < 3 && chance(0.3)) {
        int64_t seq = k.d.returns->head.seq + 1;
        if (!kit_say(&k, PEOPLE, "land.found", "", -1,
                     json_pack("{s:s, s:[f,f]}", "text", "x", "position", 46.761, 39.181)))
            open_find[n_open++] = seq;
        return;
    }
    if (!n_open) return;
    int64_t find = open_find[n_open - 1];
    kit_say(&k, INSPECTOR, "land.resolve", "", -1,
            json_pack("{s:I, s:s, s:s}", "find", (json_int_t)find, "result", "nothing", "text", "x"));
    if (!kit_say(&k, DEPUTY, "land.restore", "", -1,
                 json_pack("{s:I, s:s}", "find", (json_int_t)find, "text", "x")))
        n_open--;
}

static json_t *all_json(const struct returns *all)
{
    json_t *list = json_array();
    for (int i = 0; i < all->n_household; i++) json_array_append_new(list, household_json(all, i));
    for (int i = 0; i < all->n_home; i++) json_array_append_new(list, home_json(all, i));
    return list;
}

static void check(int record)
{
    const struct returns *all = k.d.returns;
    for (int i = 0; i < all->n_household; i++) {
        const struct household *h = &all->household[i];
        if (h->state >= HH_KEYS && h->state <= HH_SETTLED &&
            (!mine[family(h->id)].keyed[0] || !h->briefed_by || h->round < 0))
            fail_msg("record %d: %s has keys without briefing or draw", record, h->id);
        if (h->home >= 0 && all->home[h->home].household != i)
            fail_msg("record %d: %s holds a home of somebody else", record, h->id);
    }
    for (int i = 0; i < all->n_home; i++) {
        const struct home *h = &all->home[i];
        if (h->use == HOME_HELD && (h->household < 0 || all->household[h->household].home != i))
            fail_msg("record %d: nobody holds %s", record, h->id);
    }
}

/* Whoever reads the chain again comes to the same. */
static void reads_the_same(void)
{
    json_t *before = all_json(k.d.returns), *after;
    struct home_desk again;
    char path[] = "/tmp/kend-return-XXXXXX";
    FILE *f = fdopen(mkstemp(path), "w");
    assert_int_equal(chain_export(k.d.desk.chain, f, &k.e), 0);
    fclose(f);
    if (home_desk_open(&again, NULL, path, &k.e)) fail_msg("%s", k.e.text);
    after = all_json(again.returns);
    assert_true(json_equal(before, after));
    json_decref(before);
    json_decref(after);
    home_desk_close(&again);
    remove(path);
}

static void one_village(int seed)
{
    rnd = random_stream((uint64_t)seed, "return");
    memset(mine, 0, sizeof mine);
    memset(fails, 0, sizeof fails);
    drawn[0] = 0;
    n_open = n_draw = 0;
    kit_open(&k, ":memory:", NULL);
    for (int i = 0; i < FAMILIES; i++) {
        kit_name(name[i], i);
        mine[i].needs = i % 7 == 3;
    }
    for (int i = 0; i < RECORDS; i++) {
        k.at_ms += (int64_t)(random_uniform(&rnd) * 2 * MS_HOUR);
        if (chance(0.02)) k.at_ms -= 3 * (int64_t)MS_HOUR; /* a clock set back */
        if (chance(0.03))
            land_moves();
        else if (chance(0.02))
            move(TESTER, "return.test", chance(0.5) ? "line-1" : "line-2",
                 json_pack("{s:s, s:s}", "supply", "power", "result", chance(0.3) ? "fail" : "pass"));
        else if (chance(0.05))
            draw_moves(i);
        else
            family_moves();
        if (i % 16 == 0) check(i);
    }
    reads_the_same();
    json_decref(commitment);
    commitment = NULL;
    kit_close(&k);
}

static void no_random_move_reaches_a_key(void **state)
{
    (void)state;
    for (int seed = 1; seed <= VILLAGES; seed++) one_village(seed);
    print_message("%d records taken, %d refused, %d keys\n", n_taken, n_refused, n_key);
    assert_true(n_key >= 2 * VILLAGES && n_taken > 100 * VILLAGES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_random_move_reaches_a_key)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
