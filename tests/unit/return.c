/* The return, wrong move by wrong move: each refused with its reason and nothing changed. Then the reserve list in its order with groups and
 * step-free homes, what withdrawn consent and erasure do at each stage, and the land between offer and key. */
#include "return_each.h"

static const char *home_of(const char *id)
{
    const struct household *h = kit_household(&k, id);
    return h->home < 0 ? "" : k.d.returns->home[h->home].id;
}
static enum home_use use_of(const char *home) { return k.d.returns->home[return_home(k.d.returns, home)].use; }

/* One household as far as an accepted home. */
static void accepted(const char *id)
{
    kit_must(&k, REGISTRAR, "return.offer", id, kit_home(home_of(id)));
    kit_must(&k, REGISTRAR2, "return.accept", id, json_object());
}

static void scheduled(const char *id)
{
    accepted(id);
    kit_must(&k, REGISTRAR, "return.move", id, kit_day(k.at_ms));
    kit_must(&k, TESTER, "return.meter", id, kit_meter());
}

static void one(const char *id, int size, int accessible)
{
    kit_apply(&k, id, size, accessible, NULL);
    kit_draw(&k, "D-1", "12-34-56-78");
    assert_string_equal(state_of(id), "drawn");
}

static void names_are_no_pseudonyms(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "Aliyev",         "h-aliyev",        "h-leyla000000",  "H-00000000001x", "h-00000000001X",
        "h-00000000001u", "h-00000000001xx", "g-00000000001x", "h_00000000001x", "",
        "h-abcdefghjkmn"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (!kit_say(&k, REGISTRAR, "return.register", wrong[i], -1, kit_facts(3, 0, NULL)))
            fail_msg("`%s` was taken", wrong[i]);
    json_t *extra = kit_facts(3, 0, NULL);
    json_object_set_new(extra, "faith", json_string("x"));
    kit_refuses(&k, "has no `faith`", REGISTRAR, "return.register", "h-00000000001x", extra);
    kit_refuses(&k, "random code", REGISTRAR, "return.register", "h-00000000001x", kit_facts(3, 0, "family-1"));
    kit_refuses(&k, "from 1 to 9", REGISTRAR, "return.register", "h-00000000001x", kit_facts(12, 0, NULL));
}

/* --- nobody approves their own work, whichever key they use --- */

static void one_person_with_two_keys(void **state)
{
    (void)state;
    char pub[HEX_KEY];
    const char *id = "h-00000000001x";
    struct key other;
    key_from_seed(&other, "other", (const unsigned char[32]){77});
    kit_must(&k, AUTHORITY, "people.accredit", "",
             json_pack("{s:s, s:s, s:s, s:s, s:[s,s,s], s:s, s:s}", "key", hex_write(pub, other.pub, KEY_BYTES),
                       "name", "the same", "id", "registrar", "org", "O", "roles", "registrar", "observer",
                       "tester", "from", "2026-01-01", "until", "2030-01-01"));
    k.key[STRANGER] = other;
    kit_apply(&k, "h-00000000002x", 3, 0, NULL);
    kit_must(&k, REGISTRAR, "return.register", id, kit_facts(3, 0, NULL));
    kit_must(&k, REGISTRAR, "return.consent", id, json_pack("{s:s, s:s}", "purpose", "return", "act", "given"));
    kit_must(&k, REGISTRAR, "return.consent", id, json_pack("{s:s, s:s}", "purpose", "survey", "act", "given"));
    kit_must(&k, REGISTRAR2, "return.survey", id, json_pack("{s:s}", "intention", "return"));
    kit_refuses(&k, "own work", STRANGER, "return.eligible", id,
                json_pack("{s:[s,s]}", "met", "displaced", "no_home"));
    kit_refuses(&k, "own work", REGISTRAR2, "return.eligible", id,
                json_pack("{s:[s,s]}", "met", "displaced", "no_home"));
    kit_must(&k, REGISTRAR2, "return.amend", id,
             kit_facts(4, 0, NULL)); /* an amendment by another does not wash the first hand */
    kit_must(&k, REGISTRAR2, "return.survey", id, json_pack("{s:s}", "intention", "return"));
    kit_refuses(&k, "own work", REGISTRAR, "return.eligible", id,
                json_pack("{s:[s,s]}", "met", "displaced", "no_home"));
    kit_must(&k, DEPUTY, "return.eligible", id, json_pack("{s:[s,s]}", "met", "displaced", "no_home"));
    json_t *c = kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR);
    kit_must(&k, REGISTRAR, "return.commit", "D-1", json_pack("{s:O}", "commitment", c));
    k.at_ms += 2 * MS_HOUR;
    json_t *result = kit_result(&k, c, "12-34-56-78");
    kit_refuses(&k, "own work: the list", STRANGER, "return.draw", "D-1", json_pack("{s:O}", "result", result));
    kit_must(&k, OBSERVER, "return.draw", "D-1", json_pack("{s:o}", "result", result));
    json_decref(c);
    kit_must(&k, REGISTRAR, "return.offer", id, kit_home(home_of(id)));
    kit_refuses(&k, "own work: the offer", STRANGER, "return.accept", id, json_object());
    kit_refuses(&k, "own work: the offer", STRANGER, "return.decline", id, kit_paper());
    kit_must(&k, REGISTRAR2, "return.accept", id, json_object());
    kit_must(&k, REGISTRAR, "return.move", id, kit_day(k.at_ms));
    kit_must(&k, EDUCATOR, "return.briefing", id, kit_briefing(&k, "az"));
    kit_must(&k, STRANGER, "return.meter", id, kit_meter());
    kit_refuses(&k, "own work: the reading", REGISTRAR, "return.key", id, kit_key(home_of(id)));
    kit_refuses(&k, "one key is one person's", AUTHORITY, "people.accredit", "",
                json_pack("{s:s, s:s, s:s, s:s, s:[s], s:s, s:s}", "key", pub, "name", "x", "id", "somebody-else",
                          "org", "O", "roles", "observer", "from", "2026-01-01", "until", "2030-01-01"));
}

static void nobody_certifies_themselves(void **state)
{
    (void)state;
    char pub[HEX_KEY];
    struct key other;
    key_from_seed(&other, "other", (const unsigned char[32]){78});
    static const char *const id[] = {"deputy", "Deputy", "registrar\n2", "registrar "};
    for (int i = 0; i < 4; i++)
        kit_refuses(&k, i < 2 ? "nobody accredits themselves" : "no sign that does not print", DEPUTY,
                    "people.accredit", "",
                    json_pack("{s:s, s:s, s:s, s:s, s:[s], s:s, s:s}", "key", hex_write(pub, other.pub, KEY_BYTES),
                              "name", "the same", "id", id[i], "org", "A", "roles", "observer", "from",
                              "2026-01-01", "until", "2030-01-01"));
}

static void who_tested_does_not_list_the_homes(void **state)
{
    (void)state;
    char pub[HEX_KEY];
    kit_must(&k, AUTHORITY, "people.accredit", "",
             json_pack("{s:s, s:s, s:s, s:s, s:[s], s:s, s:s}", "key", hex_write(pub, k.key[TESTER].pub, KEY_BYTES),
                       "name", "tester", "id", "tester", "org", "Grid", "roles", "data", "from", "2026-01-01",
                       "until", "2030-01-01"));
    kit_refuses(&k, "own work", TESTER, "return.homes", "", kit_homes());
    kit_must(&k, DATA, "return.homes", "", kit_homes());
}

/* --- time --- */

static void answers_are_not_dated_back(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    one(id, 3, 0);
    kit_must(&k, REGISTRAR, "return.offer", id, kit_home(home_of(id)));
    int64_t offered_ms = k.at_ms;
    kit_refuses(&k, "has until", OBSERVER, "return.expire", id, json_object());
    k.at_ms += 5 * (int64_t)MS_DAY + MS_MIN;
    kit_refuses(&k, "ended", REGISTRAR2, "return.accept", id, json_object());
    kit_must(&k, REGISTRAR, "return.register", "h-00000000002x",
             kit_facts(3, 0, NULL)); /* time is on the chain now */
    k.at_ms = offered_ms + MS_DAY;
    kit_refuses(&k, "not dated back", REGISTRAR2, "return.accept", id, json_object());
    k.at_ms = offered_ms + 6 * (int64_t)MS_DAY;
    kit_must(&k, OBSERVER, "return.expire", id, json_object());
    assert_int_equal(use_of("A-1") == HOME_HELD || use_of("B-1") == HOME_HELD, 0);
    k.at_ms += 400 * (int64_t)MS_DAY; /* the machine's clock: nothing from the future */
    kit_refuses(&k, "future", REGISTRAR, "return.register", "h-00000000003x", kit_facts(3, 0, NULL));
}

/* --- offers --- */

static void an_offer_does_not_run_out_in_one_hand(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    one(id, 3, 0);
    kit_must(&k, REGISTRAR, "return.offer", id, kit_home(home_of(id)));
    k.at_ms += 6 * (int64_t)MS_DAY;
    kit_refuses(&k, "own work: the offer", REGISTRAR, "return.expire", id, json_object());
    kit_must(&k, OBSERVER, "return.expire", id, json_object());
}

/* A clerk who wants somebody's home would say that they declined, left, or had themselves erased. */
static void what_is_drawn_is_not_taken_on_one_word(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    static const char *const kind[] = {"return.decline", "return.consent", "return.erase"};
    one(id, 3, 0);
    kit_must(&k, REGISTRAR, "return.offer", id, kit_home(home_of(id)));
    for (int i = 0; i < 3; i++)
        kit_refuses(&k, "`paper`", REGISTRAR2, kind[i], id,
                    i == 1 ? json_pack("{s:s, s:s}", "purpose", "return", "act", "withdrawn") : json_object());
    kit_must(&k, REGISTRAR, "return.consent", id,
             json_pack("{s:s, s:s}", "purpose", "contact", "act", "withdrawn")); /* costs no place */
    kit_must(&k, REGISTRAR2, "return.consent", id, kit_leaves());
    assert_string_equal(state_of(id), "withdrawn");
}

/* Nor kept out of the next draw: eligible, then amended and surveyed as if they wanted to stay. */
static void nobody_is_kept_out_on_one_word(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    kit_apply(&k, id, 3, 0, NULL);
    kit_refuses(&k, "`paper`", REGISTRAR2, "return.erase", id, json_object());
    kit_refuses(&k, "`paper`", REGISTRAR2, "return.consent", id,
                json_pack("{s:s, s:s}", "purpose", "return", "act", "withdrawn"));
    kit_must(&k, REGISTRAR2, "return.amend", id, kit_facts(3, 0, NULL));
    kit_refuses(&k, "`paper`", COLLECTOR, "return.survey", id, json_pack("{s:s}", "intention", "stay"));
    json_t *signed_so = kit_paper();
    json_object_set_new(signed_so, "intention", json_string("later"));
    kit_must(&k, COLLECTOR, "return.survey", id, signed_so);
    assert_string_equal(state_of(id), "registered");
}

/* What is published tells no small count that could point at somebody, and no sum that would tell it. */
static void few_are_not_told(void **state)
{
    (void)state;
    char id[16];
    size_t i;
    const json_t *s;
    for (int n = 1; n <= 4; n++) kit_apply(&k, kit_name(id, n), 3, 0, NULL);
    kit_must(&k, REGISTRAR2, "return.consent", id, kit_leaves());
    json_t *p = returns_pipeline_json(k.d.returns, k.at_ms);
    json_array_foreach(json_object_get(p, "stages"), i, s)
    {
        const char *stage = json_string_value(json_object_get(s, "stage"));
        const json_t *n = json_object_get(s, "households");
        assert_int_equal(json_is_null(n), !strcmp(stage, "withdrawn"));
        if (!strcmp(stage, "withdrawn")) assert_null(json_object_get(s, "days_longest"));
        if (!strcmp(stage, "eligible")) assert_int_equal(json_integer_value(n), 3);
    }
    assert_null(json_object_get(p, "households"));
    json_decref(p);
}

static void what_the_reserve_list_waits_for_stays_in_the_list_of_homes(void **state)
{
    (void)state;
    char id[16], home[16];
    for (int i = 1; i <= 8; i++) kit_apply(&k, kit_name(id, i), 3, 0, NULL);
    kit_draw(&k, "D-1", "12-34-56-78");
    const char *holder = NULL;
    for (int i = 0; i < 8 && !holder; i++)
        if (k.d.returns->household[i].state == HH_DRAWN) holder = k.d.returns->household[i].id;
    assert_non_null(holder);
    snprintf(home, sizeof home, "%s", home_of(holder));
    kit_must(&k, REGISTRAR2, "return.consent", holder, kit_leaves());
    assert_int_equal(use_of(home), HOME_VACANT);
    json_t *homes = kit_homes(), *list = json_object_get(homes, "homes"), *twin = NULL;
    for (size_t i = 0; i < json_array_size(list) && !twin; i++) {
        if (strcmp(json_string_value(json_object_get(json_array_get(list, i), "id")), home) != 0) continue;
        twin = json_deep_copy(json_array_get(list, i));
        json_array_remove(list, i);
    }
    kit_refuses(&k, "is waited for on the reserve list of `D-1`", DATA, "return.homes", "", homes);
    homes = kit_homes();
    json_object_set_new(twin, "id", json_sprintf("%c-%s", home[0] + 'a' - 'A', home + 2));
    json_array_append_new(json_object_get(homes, "homes"), twin);
    kit_refuses(&k, "stands twice", DATA, "return.homes", "", homes); /* in small letters it is no other home */
}

static void an_offer_is_what_the_draw_gave(void **state)
{
    (void)state;
    char id[16];
    for (int i = 1; i <= 8; i++) kit_apply(&k, kit_name(id, i), 3, 0, NULL); /* six homes of three rooms */
    kit_draw(&k, "D-1", "12-34-56-78");
    const char *holder[6], *waits[2];
    int n = 0, w = 0;
    for (int i = 0; i < k.d.returns->n_household; i++) {
        const struct household *h = &k.d.returns->household[i];
        if (h->state == HH_DRAWN && n < 6) holder[n++] = h->id;
        if (h->state == HH_RESERVE && w < 2) waits[w++] = h->id;
    }
    assert_int_equal(n, 6);
    assert_int_equal(w, 2);
    kit_refuses(&k, "offer outside the draw", REGISTRAR, "return.offer", holder[0], kit_home(home_of(holder[1])));
    kit_refuses(&k, "offer outside the draw", REGISTRAR, "return.offer", holder[0], kit_home("A-3"));
    kit_refuses(&k, "offer outside the draw", REGISTRAR, "return.offer", waits[0], kit_home(home_of(holder[0])));
    kit_refuses(&k, "offer outside the draw", REGISTRAR, "return.offer", waits[0], kit_home("A-3"));
    kit_refuses(&k, "no home", REGISTRAR, "return.offer", holder[0], kit_home("Z-9"));
    kit_must(&k, REGISTRAR, "return.offer", holder[0], kit_home(home_of(holder[0])));
    kit_refuses(&k, "is offered", REGISTRAR, "return.offer", holder[0], kit_home(home_of(holder[0])));
    char home[16];
    snprintf(home, sizeof home, "%s", home_of(holder[0]));
    kit_must(&k, REGISTRAR2, "return.decline", holder[0], kit_paper());
    assert_int_equal(use_of(home), HOME_VACANT);
    int next = home_next(k.d.returns, return_home(k.d.returns, home));
    assert_true(next >= 0);
    const char *first = k.d.returns->household[next].id, *second = strcmp(first, waits[0]) ? waits[0] : waits[1];
    kit_refuses(&k, "is next on the reserve list", REGISTRAR, "return.offer", second, kit_home(home));
    /* a home that the reserve list waits for is in no other draw, and neither is who waits for it */
    json_t *list = returns_pool_json(k.d.returns);
    assert_int_equal(json_array_size(json_object_get(list, "homes")),
                     2); /* those of four rooms, which fit nobody */
    json_array_append_new(json_object_get(list, "homes"),
                          json_pack("{s:s, s:i, s:b, s:s}", "id", home, "rooms", 3, "accessible",
                                    k.d.returns->home[return_home(k.d.returns, home)].accessible, "near",
                                    home[0] == 'A' ? "west" : "east"));
    kit_refuses(&k, "of the reserve list", REGISTRAR, "return.commit", "D-2",
                json_pack("{s:o}", "commitment", kit_commitment(&k, list, k.at_ms + MS_HOUR)));
    list = returns_pool_json(k.d.returns);
    json_array_append_new(json_object_get(list, "entries"),
                          json_pack("{s:s, s:i, s:b}", "id", second, "rooms", 3, "accessible", 0));
    kit_refuses(&k, "may still come to it", REGISTRAR, "return.commit", "D-2",
                json_pack("{s:o}", "commitment", kit_commitment(&k, list, k.at_ms + MS_HOUR)));
    kit_must(&k, REGISTRAR, "return.offer", first, kit_home(home));
    kit_refuses(&k, "offer outside the draw", REGISTRAR, "return.offer", second,
                kit_home(home)); /* one home, two households */
}

static void groups_and_step_free_homes_keep_their_order(void **state)
{
    (void)state;
    char id[16];
    for (int i = 1; i <= 6; i++) kit_apply(&k, kit_name(id, i), 3, 0, NULL);
    kit_apply(&k, "h-00000000021x", 3, 1, NULL);
    kit_apply(&k, "h-00000000022x", 3, 1, NULL);
    kit_apply(&k, "h-00000000023x", 3, 1, NULL); /* three who need one, two step-free homes */
    kit_draw(&k, "D-1", "12-34-56-78");
    const struct household *h;
    const char *needs = NULL, *holds = NULL;
    for (int i = 21; i <= 23; i++) {
        h = kit_household(&k, kit_name(id, i));
        if (h->state == HH_RESERVE)
            needs = h->id;
        else
            holds = h->id;
    }
    assert_non_null(needs);
    assert_non_null(holds);
    char home[16];
    snprintf(home, sizeof home, "%s", home_of(holds));
    kit_must(&k, REGISTRAR, "return.consent", holds, kit_leaves());
    assert_string_equal(state_of(holds), "withdrawn");
    int next = home_next(k.d.returns, return_home(k.d.returns, home));
    assert_string_equal(k.d.returns->household[next].id, needs); /* before others who were drawn earlier */
    kit_must(&k, REGISTRAR, "return.erase", needs, kit_paper());
    next = home_next(k.d.returns, return_home(k.d.returns, home));
    assert_true(next >= 0 &&
                !k.d.returns->household[next].accessible); /* then a step-free home that is left over */
}

static void a_group_is_offered_together_or_not_at_all(void **state)
{
    (void)state;
    char id[16];
    static const char g[] = "g-22222222";
    for (int i = 1; i <= 6; i++) kit_apply(&k, kit_name(id, i), 3, 0, NULL);
    kit_apply(&k, "h-00000000031x", 3, 0, g);
    kit_apply(&k, "h-00000000032x", 3, 0, g);
    for (int seed = 10; seed < 99; seed++) { /* a seed by which the group waits */
        char text[24];
        json_t *c = kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR);
        snprintf(text, sizeof text, "12-34-56-%d", seed);
        k.at_ms += 2 * MS_HOUR;
        json_t *r = kit_result(&k, c, text);
        int reserve = 0;
        for (size_t i = 0; i < json_array_size(json_object_get(r, "reserve")); i++)
            reserve += !strncmp(
                json_string_value(json_object_get(json_array_get(json_object_get(r, "reserve"), i), "entry")),
                "h-0000000003", 12);
        k.at_ms -= 2 * MS_HOUR;
        if (reserve == 2) {
            kit_must(&k, REGISTRAR, "return.commit", "D-1", json_pack("{s:O}", "commitment", c));
            k.at_ms += 2 * MS_HOUR;
            kit_must(&k, OBSERVER, "return.draw", "D-1", json_pack("{s:O}", "result", r));
            seed = 100;
        }
        json_decref(c);
        json_decref(r);
    }
    assert_string_equal(state_of("h-00000000031x"), "reserve");
    const char *west[4];
    int n = 0;
    for (int i = 1; i <= 6; i++) {
        const struct household *h = kit_household(&k, kit_name(id, i));
        if (home_of(h->id)[0] == 'A' && n < 4) west[n++] = h->id;
    }
    assert_true(n >= 2);
    int first = kit_household(&k, west[0])->home, second = kit_household(&k, west[1])->home;
    kit_must(&k, REGISTRAR, "return.erase", west[0], kit_paper());
    assert_int_equal(home_next(k.d.returns, first), -1); /* one home is not enough for two */
    json_t *list =
        returns_pool_json(k.d.returns); /* and yet it is kept for them while another may come free beside it */
    assert_int_equal(json_array_size(json_object_get(list, "entries")), 0);
    kit_apply(&k, "h-00000000041x", 3, 0, NULL);
    json_decref(list);
    list = returns_pool_json(k.d.returns);
    const struct home *kept = &k.d.returns->home[first];
    json_array_append_new(json_object_get(list, "homes"),
                          json_pack("{s:s, s:i, s:b, s:s}", "id", kept->id, "rooms", 3, "accessible",
                                    kept->accessible, "near", kept->near));
    kit_refuses(&k, "is kept for", REGISTRAR, "return.commit", "D-2",
                json_pack("{s:o}", "commitment", kit_commitment(&k, list, k.at_ms + MS_HOUR)));
    kit_must(&k, REGISTRAR, "return.erase", west[1], kit_paper());
    int a = home_next(k.d.returns, first), b = home_next(k.d.returns, second);
    assert_true(a >= 0 && b >= 0 && a != b);
    assert_string_equal(k.d.returns->household[a].group, g);
    kit_must(&k, REGISTRAR, "return.offer", k.d.returns->household[a].id, kit_home(k.d.returns->home[first].id));
    assert_int_equal(home_next(k.d.returns, second), b); /* the other one still gets the home beside it */
}

/* --- ready --- */

static void no_key_before_briefing(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    one(id, 3, 0);
    kit_refuses(&k, "drawn; return.briefing", EDUCATOR, "return.briefing", id, kit_briefing(&k, "az"));
    scheduled(id);
    kit_refuses(&k, "key before briefing", REGISTRAR, "return.key", id, kit_key(home_of(id)));
    kit_refuses(&k, "speaks az", EDUCATOR, "return.briefing", id, kit_briefing(&k, "en"));
    kit_refuses(&k, "wants educator", REGISTRAR2, "return.briefing", id, kit_briefing(&k, "az"));
    json_t *no_map = kit_briefing(&k, "az");
    json_object_del(no_map, "map_sha256");
    kit_refuses(&k, "map_sha256", EDUCATOR, "return.briefing", id, no_map);
    kit_refuses(&k, "key before briefing", REGISTRAR, "return.key", id, kit_key(home_of(id)));
    kit_must(&k, EDUCATOR, "return.briefing", id, kit_briefing(&k, "az"));
    kit_refuses(&k, "another home", REGISTRAR, "return.key", id, kit_key("A-3"));
    kit_must(&k, REGISTRAR, "return.key", id, kit_key(home_of(id)));
    assert_string_equal(state_of(id), "keys");
    kit_refuses(&k, "is keys", REGISTRAR, "return.key", id, kit_key(home_of(id)));
}

static int on_the_east(const char *id) { return home_of(id)[0] == 'B'; }

static void no_home_before_it_is_ready(void **state)
{
    (void)state;
    static const struct {
        const char *supply, *of;
    } hang[] = {{"power", "line-2"}, {"water", "east"}, {"road", "east"}};
    char id[16];
    const char *east = NULL;
    for (int i = 1; i <= 6; i++) kit_apply(&k, kit_name(id, i), 3, 0, NULL);
    kit_draw(&k, "D-1", "12-34-56-78");
    for (int i = 0; i < 6; i++)
        if (on_the_east(k.d.returns->household[i].id)) east = k.d.returns->household[i].id;
    const char *moves[] = {"return.offer", "return.move", "return.meter", "return.key"};
    for (int stage = 0; stage < 4; stage++) {
        if (stage == 1) accepted(east);
        if (stage == 3) {
            kit_must(&k, REGISTRAR, "return.move", east, kit_day(k.at_ms));
            kit_must(&k, TESTER, "return.meter", east, kit_meter());
            kit_must(&k, EDUCATOR, "return.briefing", east, kit_briefing(&k, "az"));
        }
        for (int i = 0; i < 4; i++) {
            enum who by = stage == 2 ? TESTER : REGISTRAR;
            json_t *data = stage == 0   ? kit_home(home_of(east))
                           : stage == 1 ? kit_day(k.at_ms)
                           : stage == 2 ? kit_meter()
                                        : kit_key(home_of(east));
            if (i < 3) {
                kit_test(&k, hang[i].supply, hang[i].of, "fail");
                kit_refuses(&k, "home before commissioning", by, moves[stage], east, data);
                kit_test(&k, hang[i].supply, hang[i].of, "pass");
                continue;
            }
            int64_t find = k.d.returns->head.seq + 1;
            kit_must(&k, PEOPLE, "land.found", "",
                     json_pack("{s:s, s:[f,f]}", "text", "x", "position", 46.761, 39.181));
            kit_refuses(&k, "home before commissioning", by, moves[stage], east, data);
            kit_must(&k, INSPECTOR, "land.resolve", "",
                     json_pack("{s:I, s:s, s:s}", "find", (json_int_t)find, "result", "nothing", "text", "x"));
            json_t *again = stage == 0   ? kit_home(home_of(east))
                            : stage == 1 ? kit_day(k.at_ms)
                            : stage == 2 ? kit_meter()
                                         : kit_key(home_of(east));
            kit_refuses(&k, "home before commissioning", by, moves[stage], east,
                        again); /* visited is not given back */
            kit_must(&k, DEPUTY, "land.restore", "",
                     json_pack("{s:I, s:s}", "find", (json_int_t)find, "text", "x"));
        }
    }
    kit_must(&k, REGISTRAR, "return.key", east, kit_key(home_of(east)));
}

static void new_danger_asks_for_a_new_briefing(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    one(id, 3, 0);
    scheduled(id);
    kit_must(&k, EDUCATOR, "return.briefing", id, kit_briefing(&k, "az"));
    json_t *far = json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon", "coordinates", 46.80, 39.18,
                            46.801, 39.18, 46.801, 39.181, 46.80, 39.18);
    kit_must(&k, COLLECTOR, "land.area", "FAR",
             json_pack("{s:o, s:s}", "geometry", far, "evidence", "x")); /* four kilometres */
    json_t *zone = json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon", "coordinates", 47.28, 39.18,
                             47.281, 39.18, 47.281, 39.181, 47.28, 39.18);
    kit_must(&k, COLLECTOR, "land.area", "AWAY",
             json_pack("{s:o, s:s}", "geometry", zone, "evidence", "x")); /* 45 km */
    json_t *near = json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon", "coordinates", 46.755,
                             39.185, 46.756, 39.185, 46.756, 39.186, 46.755, 39.185);
    json_t *data = kit_key(home_of(id));
    json_t *old_map = kit_briefing(&k, "az");
    kit_must(&k, COLLECTOR, "land.area", "NEAR", json_pack("{s:o, s:s}", "geometry", near, "evidence", "x"));
    kit_refuses(&k, "`NEAR` is reported", REGISTRAR, "return.key", id, data);
    kit_refuses(&k, "is older", EDUCATOR, "return.briefing", id, old_map);
    json_t *no_map = kit_briefing(&k, "az");
    json_object_set_new(no_map, "map_head",
                        json_string("3333333333333333333333333333333333333333333333333333333333333333"));
    kit_refuses(&k, "not made from these records", EDUCATOR, "return.briefing", id, no_map);
    kit_must(&k, EDUCATOR, "return.briefing", id, kit_briefing(&k, "az"));
    old_map = kit_briefing(&k, "az"); /* a find by the name of a place is on the new map too, but on no area */
    kit_must(&k, PEOPLE, "land.found", "", json_pack("{s:s, s:s}", "text", "x", "place", "farm"));
    kit_refuses(&k, "closed `farm`", REGISTRAR, "return.key", id, kit_key(home_of(id)));
    kit_refuses(&k, "is older", EDUCATOR, "return.briefing", id, old_map);
    kit_must(&k, EDUCATOR, "return.briefing", id, kit_briefing(&k, "az"));
    kit_must(&k, REGISTRAR, "return.key", id, kit_key(home_of(id)));
}

static void a_report_that_waits_for_people_stops_a_key_too(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    one(id, 3, 0);
    scheduled(id);
    kit_must(&k, EDUCATOR, "return.briefing", id, kit_briefing(&k, "az"));
    const struct home_place *p = &k.d.returns->place[k.d.returns->home[kit_household(&k, id)->home].place[0]];
    int64_t find = k.d.returns->head.seq + 1;
    kit_must(&k, PEOPLE, "land.found", "",
             json_pack("{s:s, s:[f,f], s:i}", "text", "x", "position", 46.80, 39.18, "limited", 1)); /* far away */
    kit_must(&k, PEOPLE, "land.found", "",
             json_pack("{s:s, s:[f,f], s:i}", "text", "x", "position", p->lonlat[0], p->lonlat[1], "limited", 1));
    kit_refuses(&k, "is open", REGISTRAR, "return.key", id, kit_key(home_of(id)));
    kit_must(&k, INSPECTOR, "land.resolve", "",
             json_pack("{s:I, s:s, s:s}", "find", (json_int_t)find + 1, "result", "nothing", "text", "x"));
    kit_must(&k, DEPUTY, "land.restore", "", json_pack("{s:I, s:s}", "find", (json_int_t)find + 1, "text", "x"));
    kit_must(&k, REGISTRAR, "return.key", id, kit_key(home_of(id)));
}

static void a_home_nobody_can_live_in_is_given_back_without_loss(void **state)
{
    (void)state;
    static const char paper[] = "2222222222222222222222222222222222222222222222222222222222222222";
    const char *id = "h-00000000001x";
    one(id, 3, 0);
    scheduled(id);
    char home[16];
    snprintf(home, sizeof home, "%s", home_of(id));
    kit_refuses(&k, "is ready", REGISTRAR2, "return.giveback", id, json_pack("{s:s}", "paper", paper));
    kit_test(&k, "heat", home, "fail");
    kit_refuses(&k, "wants `paper`", REGISTRAR2, "return.giveback", id, json_object());
    kit_refuses(&k, "own work", REGISTRAR, "return.giveback", id, json_pack("{s:s}", "paper", paper));
    kit_must(&k, REGISTRAR2, "return.giveback", id, json_pack("{s:s}", "paper", paper));
    assert_string_equal(state_of(id), "eligible");
    assert_int_equal(use_of(home), HOME_VACANT);
    kit_draw(&k, "D-2", "12-34-56-78");
    accepted(id);
    k.at_ms += 9 * (int64_t)MS_DAY; /* who has accepted may still decline */
    kit_must(&k, REGISTRAR2, "return.decline", id, kit_paper());
    assert_string_equal(state_of(id), "declined");
}

/* --- leaving --- */

static void withdrawn_and_erased_are_out(void **state)
{
    (void)state;
    static const char *const act[] = {"return.consent", "return.erase"};
    char id[16];
    for (int i = 1; i <= 4; i++) kit_apply(&k, kit_name(id, i), 3, 0, NULL);
    json_t *c = kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR);
    kit_must(&k, REGISTRAR, "return.commit", "D-1", json_pack("{s:O}", "commitment", c));
    kit_must(&k, REGISTRAR, act[0], kit_name(id, 1), kit_leaves()); /* in the list already */
    kit_must(&k, REGISTRAR, act[1], kit_name(id, 2), kit_paper());
    k.at_ms += 2 * MS_HOUR;
    kit_must(&k, OBSERVER, "return.draw", "D-1", json_pack("{s:o}", "result", kit_result(&k, c, "12-34-56-78")));
    json_decref(c);
    assert_string_equal(state_of(kit_name(id, 1)), "withdrawn");
    assert_string_equal(state_of(kit_name(id, 2)), "erased");
    assert_string_equal(home_of(kit_name(id, 1)), "");
    kit_refuses(&k, "is withdrawn", REGISTRAR, "return.offer", kit_name(id, 1), kit_home("A-1"));
    kit_refuses(&k, "is erased", REGISTRAR, "return.offer", kit_name(id, 2), kit_home("A-1"));
    kit_refuses(&k, "is erased", REGISTRAR, "return.consent", kit_name(id, 2),
                json_pack("{s:s, s:s}", "purpose", "return", "act", "given"));
    kit_refuses(&k, "registered already", REGISTRAR, "return.register", kit_name(id, 2), kit_facts(3, 0, NULL));
    kit_name(id, 3);
    scheduled(id);
    kit_must(&k, EDUCATOR, "return.briefing", id, kit_briefing(&k, "az"));
    char home[16];
    snprintf(home, sizeof home, "%s", home_of(id));
    kit_must(&k, REGISTRAR, "return.consent", id, kit_leaves());
    kit_refuses(&k, "is withdrawn", REGISTRAR, "return.key", id, kit_key(home));
    assert_int_equal(use_of(home), HOME_VACANT);
    kit_must(&k, REGISTRAR, "return.consent", id, json_pack("{s:s, s:s}", "purpose", "return", "act", "given"));
    assert_string_equal(state_of(id), "registered"); /* from the beginning, and nothing of before counts */
    kit_must(&k, REGISTRAR, "return.survey", id, json_pack("{s:s}", "intention", "return"));
    kit_must(&k, DEPUTY, "return.eligible", id, json_pack("{s:[s,s]}", "met", "displaced", "no_home"));
    kit_draw(&k, "D-2", "12-34-56-78");
    scheduled(id);
    kit_refuses(&k, "key before briefing", REGISTRAR, "return.key", id, kit_key(home_of(id)));
}

static void a_refusal_is_not_shaken_off(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    kit_must(&k, REGISTRAR, "return.register", id, kit_facts(3, 0, NULL));
    kit_must(&k, REGISTRAR, "return.consent", id, json_pack("{s:s, s:s}", "purpose", "return", "act", "given"));
    kit_must(&k, REGISTRAR, "return.consent", id, json_pack("{s:s, s:s}", "purpose", "survey", "act", "given"));
    kit_must(&k, REGISTRAR, "return.survey", id, json_pack("{s:s}", "intention", "return"));
    kit_must(&k, DEPUTY, "return.refuse", id, json_pack("{s:[s]}", "unmet", "no_home"));
    kit_refuses(&k, "appealed against", REGISTRAR, "return.amend", id, kit_facts(4, 0, NULL));
    kit_must(&k, REGISTRAR, "return.consent", id, kit_leaves());
    kit_must(&k, REGISTRAR, "return.consent", id, json_pack("{s:s, s:s}", "purpose", "return", "act", "given"));
    assert_string_equal(state_of(id), "ineligible");
    kit_must(&k, REGISTRAR, "return.appeal", id, json_object());
    kit_refuses(&k, "the decision", DEPUTY, "return.eligible", id,
                json_pack("{s:[s,s]}", "met", "displaced", "no_home"));
    kit_refuses(&k, "2 criteria", AUTHORITY, "return.eligible", id, json_pack("{s:[s]}", "met", "displaced"));
    kit_refuses(&k, "stands twice", AUTHORITY, "return.eligible", id,
                json_pack("{s:[s,s]}", "met", "displaced", "displaced"));
    kit_must(&k, AUTHORITY, "return.refuse", id, json_pack("{s:[s]}", "unmet", "no_home"));
    kit_must(&k, REGISTRAR, "return.consent", id, kit_leaves());
    kit_must(&k, REGISTRAR, "return.consent", id, json_pack("{s:s, s:s}", "purpose", "return", "act", "given"));
    assert_string_equal(state_of(id), "refused");
}

static void as_many_moves_a_day_as_there_is_room_for(void **state)
{
    (void)state;
    char id[16];
    for (int i = 1; i <= 4; i++) kit_apply(&k, kit_name(id, i), 3, 0, NULL);
    kit_draw(&k, "D-1", "12-34-56-78");
    for (int i = 1; i <= 3; i++) accepted(kit_name(id, i));
    kit_must(&k, REGISTRAR, "return.move", kit_name(id, 1), kit_day(k.at_ms + MS_DAY));
    kit_must(&k, REGISTRAR, "return.move", kit_name(id, 2), kit_day(k.at_ms + MS_DAY));
    kit_must(&k, REGISTRAR, "return.move", kit_name(id, 2), kit_day(k.at_ms + MS_DAY)); /* itself does not count */
    kit_refuses(&k, "choose another day", REGISTRAR, "return.move", kit_name(id, 3), kit_day(k.at_ms + MS_DAY));
    kit_refuses(&k, "is past", REGISTRAR, "return.move", kit_name(id, 3), kit_day(k.at_ms - 2 * (int64_t)MS_DAY));
    kit_must(&k, REGISTRAR, "return.move", kit_name(id, 3), kit_day(k.at_ms + 2 * (int64_t)MS_DAY));
    kit_must(&k, TESTER, "return.meter", kit_name(id, 3), kit_meter());
    kit_must(&k, EDUCATOR, "return.briefing", kit_name(id, 3), kit_briefing(&k, "az"));
    kit_refuses(&k, "has not come", REGISTRAR, "return.key", kit_name(id, 3), kit_key(home_of(id)));
}

static void visits_and_what_is_due(void **state)
{
    (void)state;
    static const int days[] = {7, 30, 90};
    const char *id = "h-00000000001x";
    one(id, 3, 0);
    scheduled(id);
    kit_must(&k, EDUCATOR, "return.briefing", id, kit_briefing(&k, "az"));
    kit_must(&k, REGISTRAR, "return.key", id, kit_key(home_of(id)));
    int64_t key_ms = k.at_ms;
    for (int i = 0; i < 3; i++) {
        k.at_ms = key_ms + days[i] * (int64_t)MS_DAY - 1;
        kit_refuses(&k, "has not come", REGISTRAR, "return.followup", id,
                    json_pack("{s:i, s:s}", "day", days[i], "result", "settled"));
        k.at_ms++;
        json_t *due = returns_due_json(k.d.returns, k.at_ms);
        assert_int_equal(json_array_size(due), 1);
        json_decref(due);
        kit_must(&k, REGISTRAR, "return.followup", id,
                 json_pack("{s:i, s:s}", "day", days[i], "result", "settled"));
    }
    assert_string_equal(state_of(id), "settled");
    json_t *p = returns_pipeline_json(k.d.returns, k.at_ms);
    char *text = json_dumps(p, 0);
    assert_null(strstr(text, "h-0"));
    free(text);
    json_decref(p);
}

static json_t *home_in(json_t *homes, const char *id)
{
    json_t *j;
    size_t i;
    json_array_foreach(json_object_get(homes, "homes"), i,
                       j) if (!strcmp(json_string_value(json_object_get(j, "id")), id)) return j;
    return NULL;
}

static void a_test_that_was_signed_earlier_says_nothing(void **state)
{
    (void)state;
    int64_t now_ms = k.at_ms;
    kit_test(&k, "power", "line-1", "fail");
    k.at_ms = now_ms - 5 * MS_MIN;
    kit_refuses(&k, "dated before the newest test of `line-1`", TESTER, "return.test", "line-1",
                json_pack("{s:s, s:s}", "supply", "power", "result", "pass"));
    k.at_ms = now_ms;
    kit_test(&k, "power", "line-1", "pass");
}

static void homes_that_are_held_do_not_change(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    one(id, 3, 0);
    json_t *homes = kit_homes(), *list = json_object_get(homes, "homes"), *j;
    size_t i;
    json_array_foreach(list, i, j) if (!strcmp(json_string_value(json_object_get(j, "id")), home_of(id)))
        json_object_set_new(j, "rooms", json_integer(5));
    kit_refuses(&k, "do not change", DATA, "return.homes", "", homes);
    homes = kit_homes();
    list = json_object_get(homes, "homes");
    json_array_foreach(list, i, j) if (!strcmp(json_string_value(json_object_get(j, "id")), home_of(id))) break;
    json_array_remove(list, i);
    kit_refuses(&k, "not in this list", DATA, "return.homes", "", homes);
    homes = kit_homes();
    json_array_append(json_object_get(homes, "homes"), json_array_get(json_object_get(homes, "homes"), 0));
    kit_refuses(&k, "stands twice", DATA, "return.homes", "", homes);
    homes = kit_homes();
    json_object_set_new(json_array_get(json_object_get(homes, "homes"), 0), "power", json_array());
    kit_refuses(&k, "wants `power`", DATA, "return.homes", "", homes);
    static const char *const key[] = {"places", "power"};
    for (int less = 0; less < 2; less++) { /* neither its street nor its feeder is talked away */
        homes = kit_homes();
        j = home_in(homes, home_of(id));
        json_array_remove(json_object_get(j, key[less]), 1);
        kit_refuses(&k, "not taken away before the key", DATA, "return.homes", "", homes);
    }
    for (int far = 0; far < 2; far++) { /* nor off dangerous ground; what a better survey corrects is taken */
        homes = kit_homes();
        json_t *places = json_object_get(homes, "places");
        for (i = 0; i < json_array_size(places); i++) {
            j = json_object_get(json_array_get(places, i), "lonlat");
            for (size_t v = 1; v < json_array_size(j); v += 2) /* northwards */
                json_array_set_new(j, v, json_real(json_number_value(json_array_get(j, v)) + (far ? 2e-4 : 3e-5)));
        }
        if (far)
            kit_refuses(&k, "does not move before the key", DATA, "return.homes", "", homes);
        else
            kit_must(&k, DATA, "return.homes", "", homes);
    }
    homes = kit_homes();
    json_array_append_new(json_object_get(home_in(homes, home_of(id)), "power"), json_string("line-3"));
    kit_must(&k, DATA, "return.homes", "", homes);
    struct err untested = {0};
    assert_int_equal(home_ready(k.d.returns, return_home(k.d.returns, home_of(id)), &untested), -1);
    assert_non_null(strstr(untested.text, "hangs on `line-3`, which nobody has tested"));
    homes = kit_homes();
    json_array_append_new(json_object_get(home_in(homes, home_of(id)), "power"), json_string("line-3"));
    json_object_set_new(json_array_get(json_object_get(homes, "places"), 0), "state",
                        json_string("hazard")); /* the file says so */
    kit_must(&k, DATA, "return.homes", "", homes);
    struct err e = {0};
    assert_int_equal(home_ready(k.d.returns, return_home(k.d.returns, "A-1"), &e), -1);
    assert_non_null(strstr(e.text, "in the village file"));
}

static void two_offices_and_stale_versions(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    kit_must(&k, REGISTRAR, "return.register", id, kit_facts(3, 0, NULL));
    for (int64_t rev = 0; rev < 4; rev += rev == 1 ? 2 : 1) {
        int bad = kit_say(&k, REGISTRAR, "return.consent", id, rev,
                          json_pack("{s:s, s:s}", "purpose", "return", "act", "given"));
        assert_int_equal(bad, rev == 1 ? 0 : -1);
        if (bad) assert_non_null(strstr(k.e.text, "stale version"));
    }
    kit_refuses(&k, "unsigned", PEOPLE, "return.consent", id,
                json_pack("{s:s, s:s}", "purpose", "survey", "act", "given"));
    kit_refuses(&k, "not accredited", STRANGER, "return.consent", id,
                json_pack("{s:s, s:s}", "purpose", "survey", "act", "given"));
}

static void a_plain_desk_adds_no_record_of_the_return(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    assert_int_equal(desk_open(&d, ":memory:", NULL, &e), 0);
    unsigned char sig[SIGNATURE_BYTES];
    json_t *data = kit_facts(3, 0, NULL);
    struct draft draft = {"", "return.register", "h-00000000001x", 0, KIT_T0, data};
    char *body = record_draft(&draft, &k.key[REGISTRAR], sig);
    assert_int_equal(desk_take(&d, body, strlen(body), sig, NULL, &e), -1);
    assert_non_null(strstr(e.text, "checked here"));
    free(body);
    json_decref(data);
    desk_close(&d);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(names_are_no_pseudonyms),
        CASE(one_person_with_two_keys),
        CASE(nobody_certifies_themselves),
        CASE(who_tested_does_not_list_the_homes),
        CASE(answers_are_not_dated_back),
        CASE(an_offer_does_not_run_out_in_one_hand),
        CASE(what_is_drawn_is_not_taken_on_one_word),
        CASE(nobody_is_kept_out_on_one_word),
        CASE(few_are_not_told),
        CASE(what_the_reserve_list_waits_for_stays_in_the_list_of_homes),
        CASE(an_offer_is_what_the_draw_gave),
        CASE(groups_and_step_free_homes_keep_their_order),
        CASE(a_group_is_offered_together_or_not_at_all),
        CASE(no_key_before_briefing),
        CASE(no_home_before_it_is_ready),
        CASE(new_danger_asks_for_a_new_briefing),
        CASE(a_report_that_waits_for_people_stops_a_key_too),
        CASE(a_home_nobody_can_live_in_is_given_back_without_loss),
        CASE(withdrawn_and_erased_are_out),
        CASE(a_refusal_is_not_shaken_off),
        CASE(as_many_moves_a_day_as_there_is_room_for),
        CASE(visits_and_what_is_due),
        CASE(homes_that_are_held_do_not_change),
        CASE(a_test_that_was_signed_earlier_says_nothing),
        CASE(two_offices_and_stale_versions),
        CASE(a_plain_desk_adds_no_record_of_the_return),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
