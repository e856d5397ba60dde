/* What the tests of the return share: a village of two streets on two parcels, its people with their keys, rules, homes and tests on a
 * chain, and one call for a record by somebody. The land is real: eastern ground was an area that went all the way to commissioned. */
#ifndef TESTS_RETURN_KIT_H
#define TESTS_RETURN_KIT_H
#include "base/err.h"
#include "base/instant.h"
#include "home_desk.h"
#include "near.h"
#include <stdlib.h>
#include <string.h>

enum who {
    AUTHORITY,
    DEPUTY,
    DATA,
    TESTER,
    USER,
    COLLECTOR,
    INSPECTOR,
    REGISTRAR,
    REGISTRAR2,
    OBSERVER,
    EDUCATOR,
    STRANGER,
    PEOPLE
};
static const int64_t KIT_T0 = 1772323200000; /* 2026-03-01T00:00Z */
enum { HOMES = 8 };
struct kit {
    struct home_desk d;
    struct key key[PEOPLE];
    int64_t at_ms;
    struct err e;
};
static const char *const kit_id[PEOPLE] = {"authority",  "deputy",    "data",      "tester",
                                           "user",       "collector", "inspector", "registrar",
                                           "registrar2", "observer",  "educator",  "stranger"};
static const char *const kit_role[PEOPLE] = {NULL,        "authority", "data",      "tester",
                                             "user",      "collector", "inspector", "registrar",
                                             "registrar", "observer",  "educator",  NULL};
static const char *const kit_org[PEOPLE] = {"", "A", "A", "Grid", "V", "S", "Q", "O", "O", "C", "E", ""};

static inline int kit_say(struct kit *k, enum who who, const char *kind, const char *of, int64_t rev, json_t *data)
{
    k->e = (struct err){0};
    int64_t seq = 0;
    if (rev < 0 && strncmp(kind, "return.", 7) != 0) {
        int at = land_area(k->d.desk.land, of);
        rev = at >= 0 ? k->d.desk.land->area[at].rev : 0;
    }
    int bad =
        home_desk_sign(&k->d, who == PEOPLE ? NULL : &k->key[who], kind, of, rev, k->at_ms, data, &seq, &k->e);
    json_decref(data);
    return bad;
}

static inline void kit_must(struct kit *k, enum who who, const char *kind, const char *of, json_t *data)
{
    if (kit_say(k, who, kind, of, -1, data)) fail_msg("%s of %s: %s", kind, of, k->e.text);
}

/* Refused, for a reason that holds these words; and nothing has changed. */
static inline void kit_refuses(struct kit *k, const char *words, enum who who, const char *kind, const char *of,
                               json_t *data)
{
    int64_t seq = k->d.returns->head.seq;
    if (!kit_say(k, who, kind, of, -1, data)) fail_msg("%s of %s was taken; `%s` was expected", kind, of, words);
    if (!strstr(k->e.text, words)) fail_msg("%s of %s: `%s` does not say `%s`", kind, of, k->e.text, words);
    assert_int_equal(k->d.returns->head.seq, seq);
}

static inline void kit_people(struct kit *k)
{
    unsigned char sig[SIGNATURE_BYTES];
    char pub[HEX_KEY];
    json_t *site = json_pack("{s:f, s:f, s:f}", "lon_deg", 46.755, "lat_deg", 39.18, "reach_m", 50e3);
    char *body = people_found(&k->key[AUTHORITY], "102", site, k->at_ms, sig);
    if (desk_take(&k->d.desk, body, strlen(body), sig, NULL, &k->e)) fail_msg("%s", k->e.text);
    free(body);
    json_decref(site);
    for (int i = 1; i < STRANGER; i++)
        kit_must(k, AUTHORITY, "people.accredit", "",
                 json_pack("{s:s, s:s, s:s, s:s, s:[s], s:s, s:s}", "key", hex_write(pub, k->key[i].pub, KEY_BYTES),
                           "name", kit_id[i], "id", kit_id[i], "org", kit_org[i], "roles", kit_role[i], "from",
                           "2026-01-01", "until", "2030-01-01"));
}

/* Eastern ground: from a suspected area to commissioned. */
static inline void kit_land(struct kit *k)
{
    json_t *square = json_pack("{s:s, s:[[[f,f],[f,f],[f,f],[f,f],[f,f]]]}", "type", "Polygon", "coordinates",
                               46.76, 39.18, 46.762, 39.18, 46.762, 39.182, 46.76, 39.182, 46.76, 39.18);
    kit_must(k, COLLECTOR, "land.area", "A-1", json_pack("{s:o, s:s}", "geometry", square, "evidence", "a map"));
    kit_must(k, DEPUTY, "land.task", "A-1",
             json_pack("{s:s, s:s, s:s}", "method", "nts", "operator", "S", "order", "1"));
    kit_must(k, COLLECTOR, "land.survey", "A-1",
             json_pack("{s:s, s:s, s:s, s:s}", "method", "nts", "result", "none", "evidence", "ploughed",
                       "residual", "low"));
    kit_must(k, DEPUTY, "land.release", "A-1", json_pack("{s:s}", "outcome", "cancelled"));
    kit_must(k, DEPUTY, "land.handover", "A-1", json_pack("{s:s, s:s}", "use", "homes", "residual", "low"));
    kit_must(k, USER, "land.accept", "A-1", json_object());
    kit_must(k, TESTER, "land.commission", "A-1", json_pack("{s:s, s:s}", "test", "all", "result", "pass"));
}

static inline json_t *kit_rules(void)
{
    return json_pack("{s:[{s:i,s:i},{s:i,s:i}], s:[s,s], s:i, s:i, s:i, s:[i,i,i]}", "rooms", "persons", 4, "rooms",
                     3, "persons", 9, "rooms", 4, "criteria", "displaced", "no_home", "answer_days", 5,
                     "appeal_days", 30, "moves_per_day", 2, "followup_days", 7, 30, 90);
}

/* Homes A-0..3 on the western street (never suspected), B-0..3 on the eastern one; the first of each street step-free, every fourth with four rooms. */
static inline json_t *kit_homes(void)
{
    json_t *homes = json_array(),
           *places = json_pack("[{s:s,s:s,s:s,s:[f,f,f,f]},{s:s,s:s,s:s,s:[f,f,f,f]}]", "id", "west", "kind",
                               "line", "state", "in_use", "lonlat", 46.750, 39.181, 46.752, 39.181, "id", "east",
                               "kind", "line", "state", "in_use", "lonlat", 46.7602, 39.181, 46.7618, 39.181);
    for (int i = 0; i < HOMES; i++) {
        char id[16];
        snprintf(id, sizeof id, "%c-%d", "AB"[i / 4], i % 4);
        const char *street = i / 4 ? "east" : "west";
        json_array_append_new(places,
                              json_pack("{s:s, s:s, s:s, s:[f,f]}", "id", id, "kind", "point", "state", "in_use",
                                        "lonlat", (i / 4 ? 46.7605 : 46.7502) + i % 4 * 2e-4, 39.1811));
        json_array_append_new(homes,
                              json_pack("{s:s, s:i, s:b, s:s, s:[s,s], s:[s,s], s:[s], s:[s], s:[s]}", "id", id,
                                        "rooms", i % 4 == 3 ? 4 : 3, "accessible", i % 4 == 0, "near", street,
                                        "places", id, street, "power", id, i / 4 ? "line-2" : "line-1", "water",
                                        street, "heat", id, "road", street));
    }
    return json_pack("{s:s, s:s, s:o, s:o}", "village", "kit", "sha256",
                     "0000000000000000000000000000000000000000000000000000000000000000", "places", places, "homes",
                     homes);
}

static inline void kit_test(struct kit *k, const char *supply, const char *of, const char *result)
{
    kit_must(k, TESTER, "return.test", of, json_pack("{s:s, s:s}", "supply", supply, "result", result));
}

static inline void kit_tests(struct kit *k)
{
    for (int i = 0; i < HOMES; i++) {
        char id[16];
        snprintf(id, sizeof id, "%c-%d", "AB"[i / 4], i % 4);
        kit_test(k, "power", id, "pass");
        kit_test(k, "heat", id, "pass");
    }
    for (int s = 0; s < 2; s++) {
        kit_test(k, "power", s ? "line-2" : "line-1", "pass");
        kit_test(k, "water", s ? "east" : "west", "pass");
        kit_test(k, "road", s ? "east" : "west", "pass");
    }
}

static inline void kit_open(struct kit *k, const char *path, const char *vfs)
{
    unsigned char seed[32] = {9};
    *k = (struct kit){.at_ms = KIT_T0};
    for (int i = 0; i < PEOPLE; i++) {
        seed[1] = (unsigned char)i;
        key_from_seed(&k->key[i], kit_id[i], seed);
    }
    home_desk_begin(&k->d);
    if (desk_open_also(&k->d.desk, path, vfs, &k->d.also, &k->e)) fail_msg("%s", k->e.text);
    if (k->d.desk.land->people.n) return;
    kit_people(k);
    kit_land(k);
    kit_must(k, DEPUTY, "return.rules", "", kit_rules());
    kit_must(k, DATA, "return.homes", "", kit_homes());
    kit_tests(k);
}

static inline void kit_close(struct kit *k) { home_desk_close(&k->d); }

static inline char *kit_name(char *buf, int i) { return snprintf(buf, 16, "h-00000000%03dx", i), buf; }
static inline const struct household *kit_household(const struct kit *k, const char *id)
{
    int at = return_household(k->d.returns, id);
    return at < 0 ? NULL : &k->d.returns->household[at];
}

static inline json_t *kit_facts(int size, int accessible, const char *group)
{
    json_t *j = json_pack("{s:i, s:b, s:s}", "size", size, "accessible", accessible, "language", "az");
    if (group) json_object_set_new(j, "group", json_string(group));
    return j;
}

/* Registered, consented, surveyed, found eligible. */
static inline void kit_apply(struct kit *k, const char *id, int size, int accessible, const char *group)
{
    static const char *const purpose[] = {"return", "survey", "contact"};
    kit_must(k, REGISTRAR, "return.register", id, kit_facts(size, accessible, group));
    for (int p = 0; p < 3; p++)
        kit_must(k, REGISTRAR, "return.consent", id,
                 json_pack("{s:s, s:s}", "purpose", purpose[p], "act", "given"));
    kit_must(k, REGISTRAR, "return.survey", id, json_pack("{s:s}", "intention", "return"));
    kit_must(k, DEPUTY, "return.eligible", id, json_pack("{s:[s,s]}", "met", "displaced", "no_home"));
}

/* The commitment of the list as it is now; NULL: no list, or it makes no draw. */
static inline json_t *kit_commitment(struct kit *k, json_t *list, int64_t seed_after_ms)
{
    struct pool pool = {0};
    struct draw_terms t = {.name = "draw",
                           .seed_source = "lottery",
                           .committed_ms = k->at_ms,
                           .seed_after_ms = seed_after_ms,
                           .secret = {5}};
    json_t *c = pool_take(&pool, list, &k->e) ? NULL : draw_commit(&pool, &t, &k->e);
    pool_free(&pool);
    json_decref(list);
    return c;
}

static inline json_t *kit_result(struct kit *k, const json_t *commitment, const char *seed)
{
    struct draw_seed s = {.secret = {5}, .text = seed, .at_ms = k->at_ms};
    return draw_make(commitment, &s, &k->e);
}

/* Commits and draws all who may be drawn. */
static inline void kit_draw(struct kit *k, const char *id, const char *seed)
{
    json_t *c = kit_commitment(k, returns_pool_json(k->d.returns), k->at_ms + MS_HOUR);
    if (!c) fail_msg("%s", k->e.text);
    kit_must(k, REGISTRAR, "return.commit", id, json_pack("{s:O}", "commitment", c));
    k->at_ms += 2 * MS_HOUR;
    json_t *result = kit_result(k, c, seed);
    if (!result) fail_msg("%s", k->e.text);
    kit_must(k, OBSERVER, "return.draw", id, json_pack("{s:o}", "result", result));
    json_decref(c);
}

static inline json_t *kit_paper(void)
{
    return json_pack("{s:s}", "paper", "2222222222222222222222222222222222222222222222222222222222222222");
}
/* Consent to return taken back, on paper. */
static inline json_t *kit_leaves(void)
{
    json_t *j = kit_paper();
    json_object_set_new(j, "purpose", json_string("return"));
    json_object_set_new(j, "act", json_string("withdrawn"));
    return j;
}
static inline json_t *kit_home(const char *home) { return json_pack("{s:s}", "home", home); }
static inline json_t *kit_key(const char *home)
{
    return json_pack("{s:s, s:f, s:f, s:i}", "home", home, "elec_kWh", 5.0, "water_m3", 1.0, "keys", 2);
}
/* Over a map that was made now. */
static inline json_t *kit_briefing(const struct kit *k, const char *language)
{
    char head[HEX_KEY];
    return json_pack("{s:s, s:i, s:s, s:s}", "language", language, "people", 2, "map_sha256",
                     "1111111111111111111111111111111111111111111111111111111111111111", "map_head",
                     hex_write(head, k->d.returns->head.hash, HASH_BYTES));
}
static inline json_t *kit_meter(void) { return json_pack("{s:f, s:f}", "elec_kWh", 5.0, "water_m3", 1.0); }
static inline json_t *kit_day(int64_t at_ms)
{
    char at[40];
    instant_format(at, sizeof at, NULL, at_ms);
    at[10] = 0;
    return json_pack("{s:s}", "day", at);
}
#endif
