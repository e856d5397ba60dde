/* Which list may be drawn, and what becomes of one that is given up: nobody is left out or smuggled in, nothing is dated back, and after its
 * seed no list is exchanged for another. */
#include "heads.h"
#include "return_each.h"
#include <unistd.h>

static void the_list_is_fixed_before_its_seed(void **state)
{
    (void)state;
    kit_apply(&k, "h-00000000001x", 3, 0, NULL);
    json_t *c = kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR);
    k.at_ms += MS_HOUR;
    kit_refuses(&k, "fixed before its seed", REGISTRAR, "return.commit", "D-1",
                json_pack("{s:O}", "commitment", c));
    k.at_ms -= 3 * MS_HOUR;
    kit_refuses(&k, "not dated back", REGISTRAR, "return.commit", "D-1", json_pack("{s:O}", "commitment", c));
    k.at_ms += 2 * MS_HOUR + 30 * MS_MIN;
    kit_must(&k, REGISTRAR, "return.commit", "D-1", json_pack("{s:O}", "commitment", c));
    k.at_ms += MS_HOUR;
    struct draw_seed early = {.secret = {5}, .text = "12-34-56-78", .at_ms = k.at_ms + MS_DAY};
    json_t *result = draw_make(c, &early, &k.e);
    kit_refuses(&k, "before its seed was public", OBSERVER, "return.draw", "D-1",
                json_pack("{s:o}", "result", result));
    json_t *other = kit_result(&k, c, "99-99-99-99");
    json_object_set_new(other, "seed", json_string("12-34-56-78"));
    kit_refuses(&k, "first difference", OBSERVER, "return.draw", "D-1", json_pack("{s:o}", "result", other));
    json_decref(c);
}

static void nobody_is_left_out_or_smuggled_in(void **state)
{
    (void)state;
    static const char mine[] = "h-00000000001x", hers[] = "h-00000000002x";
    kit_apply(&k, mine, 3, 0, NULL);
    kit_apply(&k, hers, 3, 0, NULL);
    json_t *list = returns_pool_json(k.d.returns), *c;
    json_array_remove(json_object_get(list, "entries"), 1);
    c = kit_commitment(&k, list, k.at_ms + MS_HOUR);
    kit_refuses(&k, "not in the list", REGISTRAR, "return.commit", "D-1", json_pack("{s:o}", "commitment", c));
    list = returns_pool_json(k.d.returns);
    json_array_append_new(json_object_get(list, "entries"),
                          json_pack("{s:s, s:i, s:b}", "id", "h-00000000009x", "rooms", 3, "accessible", 0));
    c = kit_commitment(&k, list, k.at_ms + MS_HOUR);
    kit_refuses(&k, "no registered household", REGISTRAR, "return.commit", "D-1",
                json_pack("{s:o}", "commitment", c));
    list = returns_pool_json(k.d.returns);
    json_object_set_new(json_array_get(json_object_get(list, "entries"), 0), "accessible", json_true());
    c = kit_commitment(&k, list, k.at_ms + MS_HOUR);
    kit_refuses(&k, "was decided for", REGISTRAR, "return.commit", "D-1", json_pack("{s:o}", "commitment", c));
    list = returns_pool_json(k.d.returns);
    json_object_set_new(json_array_get(json_object_get(list, "homes"), 0), "near", json_string("elsewhere"));
    c = kit_commitment(&k, list, k.at_ms + MS_HOUR);
    kit_refuses(&k, "the list says otherwise", REGISTRAR, "return.commit", "D-1",
                json_pack("{s:o}", "commitment", c));
    kit_must(&k, REGISTRAR, "return.register", "h-00000000003x", kit_facts(3, 0, NULL));
    kit_must(&k, REGISTRAR, "return.consent", "h-00000000003x",
             json_pack("{s:s, s:s}", "purpose", "return", "act", "given"));
    kit_must(&k, REGISTRAR, "return.consent", "h-00000000003x",
             json_pack("{s:s, s:s}", "purpose", "survey", "act", "given"));
    kit_must(&k, REGISTRAR, "return.survey", "h-00000000003x", json_pack("{s:s}", "intention", "return"));
    c = kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR);
    kit_refuses(&k, "decide on all", REGISTRAR, "return.commit", "D-1", json_pack("{s:o}", "commitment", c));
}

static void a_draw_that_is_given_up_stays_on_the_chain(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    kit_apply(&k, id, 3, 0, NULL);
    json_t *c = kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR);
    kit_must(&k, DEPUTY, "return.commit", "D-1", json_pack("{s:O}", "commitment", c));
    kit_refuses(&k, "own work", DEPUTY, "return.cancel", "D-1", json_pack("{s:s}", "reason", "secret_lost"));
    kit_refuses(&k, "wants authority", REGISTRAR, "return.cancel", "D-1",
                json_pack("{s:s}", "reason", "secret_lost"));
    kit_refuses(&k, "one of", AUTHORITY, "return.cancel", "D-1", json_pack("{s:s}", "reason", "no_luck"));
    kit_must(&k, AUTHORITY, "return.cancel", "D-1", json_pack("{s:s}", "reason", "secret_lost"));
    k.at_ms += 2 * MS_HOUR;
    json_t *result = kit_result(&k, c, "12-34-56-78");
    kit_refuses(&k, "was cancelled", OBSERVER, "return.draw", "D-1", json_pack("{s:o}", "result", result));
    kit_refuses(&k, "commitment already", REGISTRAR, "return.commit", "D-1", json_pack("{s:O}", "commitment", c));
    json_decref(c);
    assert_string_equal(state_of(id), "eligible");
    kit_draw(&k, "D-2", "12-34-56-78");
    assert_string_equal(state_of(id), "drawn");
    kit_refuses(&k, "not taken back", AUTHORITY, "return.cancel", "D-2",
                json_pack("{s:s}", "reason", "list_wrong"));
    json_t *p = returns_pipeline_json(k.d.returns, k.at_ms);
    assert_int_equal(json_integer_value(json_object_get(p, "draws_cancelled")), 1);
    json_decref(p);
}

/* The commitment of that list once more, with another secret and a later seed. */
static json_t *again(const json_t *was, const char *name, const char *instead_of)
{
    struct pool pool = {0};
    struct draw_terms t = {.name = name,
                           .seed_source = "another lottery",
                           .committed_ms = k.at_ms,
                           .seed_after_ms = k.at_ms + MS_HOUR,
                           .secret = {6},
                           .instead_of = instead_of};
    json_t *c = pool_take(&pool, was, &k.e) ? NULL : draw_commit(&pool, &t, &k.e);
    pool_free(&pool);
    if (!c) fail_msg("%s", k.e.text);
    return json_pack("{s:o}", "commitment", c);
}

static json_t *lost(void)
{
    json_t *j = kit_paper();
    json_object_set_new(j, "reason", json_string("secret_lost"));
    return j;
}

/* Who knows the secret knows what the seed gives as soon as it is public: from then on no list is given up for another. */
static void after_its_seed_the_same_list_is_drawn_again(void **state)
{
    (void)state;
    char id[16];
    for (int i = 1; i <= 8; i++) kit_apply(&k, kit_name(id, i), 3, 0, NULL); /* six homes of three rooms */
    json_t *c = kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR);
    const char *hash = json_string_value(json_object_get(c, "commitment"));
    kit_refuses(&k, "no list of `D-1` was given up", REGISTRAR, "return.commit", "D-1", again(c, "draw", hash));
    kit_must(&k, REGISTRAR, "return.commit", "D-1", json_pack("{s:O}", "commitment", c));
    k.at_ms += 2 * MS_HOUR;
    kit_refuses(&k, "drawn as it is", DEPUTY, "return.cancel", "D-1", json_pack("{s:s}", "reason", "list_wrong"));
    kit_refuses(&k, "signed grounds", DEPUTY, "return.cancel", "D-1", json_pack("{s:s}", "reason", "secret_lost"));
    k.at_ms -= 90 * MS_MIN; /* nor before the seed by a date */
    kit_must(&k, COLLECTOR, "land.lesson", "",
             json_pack("{s:s, s:i, s:s}", "text", "school", "people", 9, "language", "az"));
    k.at_ms -= 15 * MS_MIN;
    kit_refuses(&k, "not dated back", DEPUTY, "return.cancel", "D-1", json_pack("{s:s}", "reason", "secret_lost"));
    k.at_ms += 105 * MS_MIN;
    kit_must(&k, DEPUTY, "return.cancel", "D-1", lost());
    kit_refuses(&k, "cancelled already", AUTHORITY, "return.cancel", "D-1", lost());
    assert_string_equal(state_of(kit_name(id, 1)), "pooled"); /* nobody is free for another list */
    json_t *list =
        json_pack("{s:O, s:O}", "entries", json_object_get(c, "entries"), "homes", json_object_get(c, "homes"));
    kit_refuses(&k, "only who is eligible", REGISTRAR2, "return.commit", "D-2",
                json_pack("{s:o}", "commitment", kit_commitment(&k, json_incref(list), k.at_ms + MS_HOUR)));
    kit_refuses(&k, "published list", REGISTRAR2, "return.amend", kit_name(id, 1), kit_facts(5, 0, NULL));
    kit_refuses(&k, "--instead-of", REGISTRAR2, "return.commit", "D-1", again(list, "draw", NULL));
    kit_refuses(&k, "`name` is another", REGISTRAR2, "return.commit", "D-1", again(list, "new", hash));
    kit_refuses(&k, "own work", REGISTRAR, "return.commit", "D-1", again(list, "draw", hash));
    kit_refuses(&k, "own work", DEPUTY, "return.commit", "D-1", again(list, "draw", hash));
    json_t *less = json_deep_copy(list);
    json_array_remove(json_object_get(less, "entries"), 0);
    kit_refuses(&k, "`entries` is another", REGISTRAR2, "return.commit", "D-1", again(less, "draw", hash));
    json_decref(less);
    json_t *old = kit_result(&k, c, "12-34-56-78");
    kit_refuses(&k, "commit the same list again", OBSERVER, "return.draw", "D-1",
                json_pack("{s:O}", "result", old));
    json_t *second = again(list, "draw", hash);
    kit_must(&k, REGISTRAR2, "return.commit", "D-1", json_incref(second));
    kit_refuses(&k, "not the one published", OBSERVER, "return.draw", "D-1", json_pack("{s:o}", "result", old));
    kit_refuses(&k, "drawn as it is", AUTHORITY, "return.cancel", "D-1", /* the first seed stays known */
                json_pack("{s:s}", "reason", "list_wrong"));
    k.at_ms += 2 * MS_HOUR;
    struct draw_seed s = {.secret = {6}, .text = "21-43-65", .at_ms = k.at_ms};
    json_t *result = draw_make(json_object_get(second, "commitment"), &s, &k.e);
    kit_must(&k, OBSERVER, "return.draw", "D-1", json_pack("{s:o}", "result", result));
    json_t *p = returns_board_json(k.d.returns, k.at_ms);
    assert_int_equal(json_integer_value(json_object_get(p, "draws_given_up")), 1);
    assert_int_equal(json_integer_value(json_object_get(p, "draws_cancelled")), 0);
    json_decref(p);
    json_decref(second);
    json_decref(list);
    json_decref(c);
}

static void a_list_is_not_dated_back_behind_any_record(void **state)
{
    (void)state;
    kit_apply(&k, "h-00000000001x", 3, 0, NULL);
    json_t *c = kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR);
    k.at_ms += 2 * MS_HOUR; /* the seed is known, and the land goes on */
    kit_must(&k, COLLECTOR, "land.lesson", "",
             json_pack("{s:s, s:i, s:s}", "text", "school", "people", 9, "language", "az"));
    k.at_ms -= 2 * MS_HOUR;
    kit_refuses(&k, "a list is not dated back", REGISTRAR, "return.commit", "D-1",
                json_pack("{s:o}", "commitment", c));
}

static void who_may_still_appeal_is_waited_for(void **state)
{
    (void)state;
    const char *id = "h-00000000001x";
    kit_apply(&k, "h-00000000002x", 3, 0, NULL);
    kit_must(&k, REGISTRAR, "return.register", id, kit_facts(3, 0, NULL));
    kit_must(&k, REGISTRAR, "return.consent", id, json_pack("{s:s, s:s}", "purpose", "return", "act", "given"));
    kit_must(&k, REGISTRAR, "return.consent", id, json_pack("{s:s, s:s}", "purpose", "survey", "act", "given"));
    kit_must(&k, REGISTRAR, "return.survey", id, json_pack("{s:s}", "intention", "return"));
    kit_must(&k, DEPUTY, "return.refuse", id, json_pack("{s:[s]}", "unmet", "no_home"));
    k.at_ms += 30 * (int64_t)MS_DAY;
    kit_refuses(
        &k, "may appeal until", REGISTRAR, "return.commit", "D-1",
        json_pack("{s:o}", "commitment", kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR)));
    k.at_ms += MS_MIN;
    kit_must(
        &k, REGISTRAR, "return.commit", "D-1",
        json_pack("{s:o}", "commitment", kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR)));
}

/* A signer may date back where the chain was silent; the village notes what it holds every day. */
static void a_list_that_the_village_did_not_see_in_time(void **state)
{
    (void)state;
    struct chain_head head;
    char path[] = "/tmp/kend-list-XXXXXX", noted[64];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    kit_close(&k);
    kit_open(&k, path, NULL);
    kit_apply(&k, "h-00000000001x", 3, 0, NULL);
    json_t *list = returns_pool_json(k.d.returns), *homes = json_object_get(list, "homes");
    json_array_remove(homes, json_array_size(homes) - 1); /* one is left for another draw */
    json_t *c = kit_commitment(&k, list, k.at_ms + MS_HOUR);
    assert_int_equal(chain_head(k.d.desk.chain, &head, &k.e), 0);
    assert_int_equal(heads_note(path, &head, k.at_ms + MS_HOUR - MS_S), 0);
    k.d.asks_village = 1;
    kit_must(&k, REGISTRAR, "return.commit", "D-1",
             json_pack("{s:O}", "commitment", c)); /* after that, before its seed */
    assert_int_equal(lists_in_time(&k.d, &k.e), 0);
    assert_int_equal(heads_note(path, &head, k.at_ms + MS_HOUR), 0); /* as if it had not been there at its seed */
    assert_int_equal(lists_in_time(&k.d, &k.e), -1);
    assert_non_null(strstr(k.e.text, "dated back: the chain was noted without"));
    kit_refuses(&k, "dated back", DEPUTY, "return.cancel", "D-1", json_pack("{s:s}", "reason", "list_wrong"));
    kit_apply(&k, "h-00000000002x", 3, 0, NULL);
    json_t *late = kit_commitment(&k, returns_pool_json(k.d.returns), k.at_ms + MS_HOUR);
    kit_refuses(&k, "dated back", REGISTRAR, "return.commit", "D-2", json_pack("{s:o}", "commitment", late));
    json_t *grounds = lost();
    k.at_ms += 2 * MS_HOUR;
    kit_must(&k, DEPUTY, "return.cancel", "D-1", grounds); /* after its seed, and says so */
    kit_close(&k);
    kit_open(&k, ":memory:", NULL);
    snprintf(noted, sizeof noted, "%s-heads", path);
    unlink(noted);
    unlink(path);
    json_decref(c);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_list_is_fixed_before_its_seed),           CASE(nobody_is_left_out_or_smuggled_in),
        CASE(a_draw_that_is_given_up_stays_on_the_chain),  CASE(after_its_seed_the_same_list_is_drawn_again),
        CASE(a_list_is_not_dated_back_behind_any_record),  CASE(who_may_still_appeal_is_waited_for),
        CASE(a_list_that_the_village_did_not_see_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
