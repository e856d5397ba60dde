/* The draw: bits against NIST's own vector, no preference by order of typing or by place in the list, the rules of rooms, accessible homes,
 * groups and reserve on random pools, and every wrong move refused with its reason: no commitment before the seed, a changed
 * list, a changed seed, an entry twice, a changed result, a name in the list. */
#include "households/draw.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/random.h"
#include "households/drbg.h"
#include "near.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t T0 = 1767225600000; /* 2026-01-01T00:00Z */
static const char SEED[] = "04-11-19-23-38-42";

/* CAVP drbgvectors_no_reseed, HMAC_DRBG.rsp: [SHA-256], no personalization, no additional input, COUNT = 0; the second request. */
static void drbg_is_nists(void **state)
{
    (void)state;
    unsigned char entropy[32], nonce[16], wanted[128], got[128];
    struct drbg d;
    assert_int_equal(hex_read("ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488", entropy, 32), 0);
    assert_int_equal(hex_read("659ba96c601dc69fc902940805ec0ca8", nonce, 16), 0);
    assert_int_equal(
        hex_read("e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89d54fbb978a15b5c443c9ec21036d2460"
                 "b6f73ebad0dc2aba6e624abf07745bc107694bb7547bb0995f70de25d6b29e2d3011bb19d27676c07162c8b5ccde0668"
                 "961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8",
                 wanted, 128),
        0);
    drbg_start(&d, entropy, 32, nonce, 16, "");
    drbg_bytes(&d, got, 128);
    drbg_bytes(&d, got, 128);
    assert_memory_equal(got, wanted, 128);
}

/* Each of the 24 orders of four equally often: chi-square with 23 degrees of freedom stays below 49.7 (0.1 %). */
static void shuffle_is_even(void **state)
{
    (void)state;
    enum { RUNS = 24000 };
    int count[256] = {0}, order[4];
    unsigned char entropy[32] = {7}, nonce[16] = {0};
    struct drbg d;
    drbg_start(&d, entropy, 32, nonce, 16, "even");
    for (int i = 0; i < RUNS; i++) {
        drbg_shuffle(&d, order, 4);
        count[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]]++;
    }
    double chi = 0;
    int seen = 0;
    for (int i = 0; i < 256; i++) {
        double miss = count[i] - RUNS / 24.0;
        if (count[i]) chi += miss * miss / (RUNS / 24.0), seen++;
    }
    assert_int_equal(seen, 24);
    assert_true(chi < 49.7);
    assert_int_equal(drbg_below(&d, 1), 0);
    int low =
        0; /* n = 3/4 of 2^64: were the last quarter not thrown away, the first third would come half of the time */
    for (int i = 0; i < 3000; i++) low += drbg_below(&d, UINT64_C(3) << 62) < UINT64_C(1) << 62;
    assert_near(low, 1000, 100);
}

/* --- a small draw to do wrong things to --- */
static const char POOL[] =
    "{\"entries\": [{\"id\": \"H-1\", \"rooms\": 3}, {\"id\": \"H-2\", \"rooms\": 3, \"accessible\": true},"
    "{\"id\": \"H-3\", \"rooms\": 2, \"with\": \"G-1\"}, {\"id\": \"H-4\", \"rooms\": 3, \"with\": \"G-1\"},"
    "{\"id\": \"H-5\", \"rooms\": 3}, {\"id\": \"H-6\", \"rooms\": 2}],"
    "\"homes\": [{\"id\": \"A-1\", \"rooms\": 3, \"near\": \"a\"}, {\"id\": \"A-2\", \"rooms\": 2, \"near\": "
    "\"a\"},"
    "{\"id\": \"B-1\", \"rooms\": 3, \"accessible\": true, \"near\": \"b\"}, {\"id\": \"B-2\", \"rooms\": 2},"
    "{\"id\": \"B-3\", \"rooms\": 3, \"near\": \"b\"}]}";

static json_t *parse(const char *text)
{
    json_error_t je;
    json_t *j = json_loads(text, 0, &je);
    if (!j) fail_msg("%s", je.text);
    return j;
}

static struct draw_terms terms(void)
{
    return (struct draw_terms){.name = "test",
                               .seed_source = "the lottery of 1 February",
                               .committed_ms = T0,
                               .seed_after_ms = T0 + MS_DAY,
                               .secret = {9}};
}
static struct draw_seed seed_of(const char *text)
{
    return (struct draw_seed){.secret = {9}, .text = text, .at_ms = T0 + 2 * (int64_t)MS_DAY};
}

static json_t *commit(const json_t *pool)
{
    struct pool p;
    struct err e = {0};
    struct draw_terms t = terms();
    if (pool_take(&p, pool, &e)) fail_msg("%s", e.text);
    json_t *c = draw_commit(&p, &t, &e);
    if (!c) fail_msg("%s", e.text);
    pool_free(&p);
    return c;
}

static json_t *drawn(const json_t *pool, const char *seed)
{
    struct err e = {0};
    struct draw_seed s = seed_of(seed);
    json_t *c = commit(pool), *r = draw_make(c, &s, &e);
    if (!r) fail_msg("%s", e.text);
    json_decref(c);
    return r;
}
static json_t *small_draw(void)
{
    json_t *pool = parse(POOL), *r = drawn(pool, SEED);
    json_decref(pool);
    return r;
}

static void said(const struct err *e, const char *words)
{
    if (!strstr(e->text, words)) fail_msg("wanted \"%s\", got \"%s\"", words, e->text);
    assert_null(strchr(e->text, '\n'));
}

/* Verification must refuse r with these words; r is given up. */
static void refused(json_t *r, const unsigned char *outside, const char *words)
{
    struct err e = {0};
    assert_int_equal(draw_verify(r, outside, &e), -1);
    said(&e, words);
    json_decref(r);
}
static json_t *in(json_t *j, const char *key) { return json_object_get(j, key); }
static json_t *entry(json_t *r, size_t i) { return json_array_get(in(in(r, "commitment"), "entries"), i); }

/* Hash of a changed commitment, as a forger would put it right again. */
static void rehash(json_t *r)
{
    json_t *c = in(r, "commitment");
    unsigned char hash[HASH_BYTES];
    char hex[HEX_KEY];
    json_object_del(c, "commitment");
    char *text = json_dumps(c, JSON_SORT_KEYS | JSON_COMPACT);
    crypto_hash_sha256(hash, (unsigned char *)text, strlen(text));
    free(text);
    json_object_set_new(c, "commitment", json_string(hex_write(hex, hash, sizeof hash)));
}

static void a_draw_verifies(void **state)
{
    (void)state;
    struct err e = {0};
    json_t *r = small_draw();
    unsigned char hash[HASH_BYTES];
    assert_int_equal(hex_read(json_string_value(in(in(r, "commitment"), "commitment")), hash, sizeof hash), 0);
    if (draw_verify(r, hash, &e)) fail_msg("%s", e.text);
    assert_int_equal(json_array_size(in(r, "placed")) + json_array_size(in(r, "reserve")), 6);
    json_decref(r);
}

static void commitment_comes_first(void **state)
{
    (void)state;
    struct err e = {0};
    struct pool p;
    struct draw_seed s = seed_of(SEED);
    unsigned char other[HASH_BYTES] = {1};
    json_t *pool = parse(POOL), *r = small_draw();
    json_object_del(r, "commitment");
    refused(r, NULL, "holds no commitment");
    assert_null(draw_make(pool, &s, &e)); /* straight from the pool */
    said(&e, "kend draw commit");
    r = small_draw();
    json_object_set_new(r, "seed_at", json_string("2026-01-01T12:00:00Z"));
    refused(r, NULL, "could have been known");
    r = small_draw();
    json_object_set_new(in(r, "commitment"), "committed_at", json_string("2026-02-01T00:00:00Z"));
    rehash(r);
    refused(r, NULL, "public after the commitment");
    refused(small_draw(), other, "not the one published");
    struct draw_terms t = terms();
    t.seed_after_ms = t.committed_ms;
    assert_int_equal(pool_take(&p, pool, &e), 0);
    assert_null(draw_commit(&p, &t, &e));
    said(&e, "public after the commitment");
    t = terms();
    t.seed_source = "";
    assert_null(draw_commit(&p, &t, &e));
    said(&e, "which public text");
    pool_free(&p);
    json_decref(pool);
}

static void tampered_list(void **state)
{
    (void)state;
    unsigned char hash[HASH_BYTES];
    json_t *r = small_draw();
    assert_int_equal(hex_read(json_string_value(in(in(r, "commitment"), "commitment")), hash, sizeof hash), 0);
    json_array_remove(in(in(r, "commitment"), "entries"), 0);
    refused(r, NULL, "does not match its hash");
    r = small_draw();
    json_object_set_new(entry(r, 0), "accessible", json_true());
    refused(r, NULL, "does not match its hash");
    r = small_draw();
    json_array_append_new(in(in(r, "commitment"), "homes"),
                          json_pack("{s:s, s:i, s:b}", "id", "Z-9", "rooms", 3, "accessible", 0));
    refused(r, NULL, "does not match its hash");
    r = small_draw(); /* hashed again: only the hash that was published shows it; without that, the draw made again does */
    json_object_set_new(entry(r, 0), "rooms", json_integer(2));
    rehash(r);
    json_incref(r);
    refused(r, hash, "not the one published");
    refused(r, NULL, "first difference at seed_sha256");
    r = small_draw();
    json_array_append(in(in(r, "commitment"), "entries"), entry(r, 0));
    json_array_remove(in(in(r, "commitment"), "entries"), 0);
    rehash(r);
    refused(r, NULL, "does not match its hash"); /* not in canonical order */
    r = small_draw();
    json_object_set_new(in(r, "commitment"), "rules", json_string("the best first"));
    rehash(r);
    refused(r, NULL, "does not match its hash");
}

static void changed_seed(void **state)
{
    (void)state;
    struct err e = {0};
    json_t *r = small_draw();
    json_object_set_new(r, "seed", json_string("04-11-19-23-38-43"));
    refused(r, NULL, "first difference at seed_sha256");
    r = small_draw();
    json_object_set_new(r, "secret",
                        json_string("0900000000000000000000000000000000000000000000000000000000000001"));
    refused(r, NULL, "not the one sealed");
    r = small_draw();
    json_object_set_new(r, "seed", json_string(" 04-11-19-23-38-42"));
    refused(r, NULL, "has one spelling");
    r = small_draw();
    json_object_del(r, "seed");
    refused(r, NULL, "`seed` is missing");
    r = small_draw();
    json_object_set_new(r, "seed_sha256", json_string("00"));
    refused(r, NULL, "first difference at seed_sha256");
    json_t *pool = parse(POOL), *c = commit(pool);
    struct draw_seed s = seed_of("short");
    assert_null(draw_make(c, &s, &e));
    said(&e, "8 to 200");
    json_decref(pool);
    json_decref(c);
}

/* Who knows the secret half could try every spelling of the public one and type the one that suits. */
static void a_seed_has_one_spelling(void **state)
{
    (void)state;
    static const char *const good[] = {"04-11-19-23-38-42", "2026-03-05-20-30", "00000000a1b2", "block-840000",
                                       "00-00-00"},
                             *const bad[] = {
                                 "4-11-19-23-38-42",    "004-11-19-23-38-42",    "04 11 19 23 38 42",
                                 "04-11-19-23-38-42 ",  "04--11-19-23-38-42",    "-04-11-19-23-38-42",
                                 "04-11-19-23-38-42-",  "04,11,19,23,38,42",     "04.11.19.23.38.42",
                                 "Block-840000",        "04-11-19-23-38-42.",    "04\xe2\x80\x8b-11-19-23",
                                 "04\xc2\xa0-11-19-23", "04-11-19-2\xd0\xb7-38", "short-1"};
    json_t *pool = parse(POOL), *c = commit(pool);
    for (size_t i = 0; i < sizeof good / sizeof *good + sizeof bad / sizeof *bad; i++) {
        int is_good = i < sizeof good / sizeof *good;
        struct err e = {0};
        struct draw_seed s = seed_of(is_good ? good[i] : bad[i - sizeof good / sizeof *good]);
        json_t *r = draw_make(c, &s, &e);
        if (!r != !is_good) fail_msg("`%s`: %s", s.text, r ? "taken" : e.text);
        if (!r) said(&e, "has one spelling");
        json_decref(r);
    }
    json_decref(pool);
    json_decref(c);
}

/* A draw that is made again says so, and for which commitment. */
static void a_second_commitment_names_the_first(void **state)
{
    (void)state;
    struct err e = {0};
    struct pool p;
    json_t *pool = parse(POOL), *first = commit(pool);
    struct draw_terms t = terms();
    struct draw_seed s = seed_of(SEED);
    t.instead_of = "a hash";
    assert_int_equal(pool_take(&p, pool, &e), 0);
    assert_null(draw_commit(&p, &t, &e));
    said(&e, "64 hex digits");
    t.instead_of = json_string_value(in(first, "commitment"));
    json_t *c = draw_commit(&p, &t, &e), *r = draw_make(c, &s, &e);
    if (!r || draw_verify(r, NULL, &e)) fail_msg("%s", e.text);
    assert_false(json_equal(in(c, "commitment"), in(first, "commitment")));
    json_object_del(in(r, "commitment"), "instead_of"); /* not to be hushed up */
    refused(r, NULL, "does not match its hash");
    pool_free(&p);
    json_decref(c);
    json_decref(first);
    json_decref(pool);
}

static void changed_result(void **state)
{
    (void)state;
    json_t *r = small_draw();
    json_object_set_new(json_array_get(in(r, "placed"), 1), "home", json_string("A-9"));
    refused(r, NULL, "first difference at placed[2].home: the file says \"A-9\"");
    r = small_draw();
    json_array_remove(in(r, "reserve"), 0);
    refused(r, NULL, "first difference at reserve[1]");
    r = small_draw();
    json_array_append_new(in(r, "drawn_tickets"), json_string("H-1"));
    refused(r, NULL, "the draw made again says nothing");
    r = small_draw();
    json_object_set_new(r, "remark", json_string("approved"));
    refused(r, NULL, "first difference at file.remark");
}

static void pool_refused(const char *text, const char *words)
{
    struct pool p;
    struct err e = {0};
    json_t *j = parse(text);
    assert_int_equal(pool_take(&p, j, &e), -1);
    said(&e, words);
    pool_free(&p);
    json_decref(j);
}
#define HOMES ", \"homes\": [{\"id\": \"A-1\", \"rooms\": 3}]}"

static void entry_twice(void **state)
{
    (void)state;
    pool_refused("{\"entries\": [{\"id\": \"H-1\", \"rooms\": 3}, {\"id\": \"H-2\", \"rooms\": 3}, {\"id\": "
                 "\"H-1\", \"rooms\": 3}]" HOMES,
                 "entry `H-1` stands twice (record 1 and record 3)");
    pool_refused("{\"entries\": [{\"id\": \"H-a1\", \"rooms\": 3}, {\"id\": \"h-A1\", \"rooms\": 2}]" HOMES,
                 "stands twice");
    pool_refused("{\"entries\": [{\"id\": \"H-1\", \"rooms\": 3}], \"homes\": [{\"id\": \"A-1\", \"rooms\": 3}, "
                 "{\"id\": \"A-1\", \"rooms\": 2}]}",
                 "home `A-1` stands twice");
    json_t *r = small_draw(); /* into the published file, hashed again */
    json_array_insert(in(in(r, "commitment"), "entries"), 1, entry(r, 0));
    rehash(r);
    refused(r, NULL, "entry `H-1` stands twice");
}

static void no_names(void **state)
{
    (void)state;
    pool_refused("{\"entries\": [{\"id\": \"Aliyev\", \"rooms\": 3}]" HOMES, "never a name");
    pool_refused("{\"entries\": [{\"id\": \"H 1\", \"rooms\": 3}]" HOMES, "never a name");
    pool_refused("{\"entries\": [{\"id\": \"H-1\", \"rooms\": 3, \"faith\": \"x\"}]" HOMES,
                 "`faith` does not belong in a draw");
    pool_refused("{\"entries\": [{\"id\": \"H-1\", \"rooms\": 3, \"name\": \"x\"}]" HOMES,
                 "`name` does not belong in a draw");
    pool_refused("{\"entries\": [{\"id\": \"H-1\", \"rooms\": 0}]" HOMES, "rooms is a whole number");
    pool_refused("{\"entries\": [{\"id\": \"H-1\", \"rooms\": 4294967299}]" HOMES, "rooms is a whole number");
    pool_refused("{\"entries\": [{\"id\": \"H-1\", \"rooms\": 3, \"with\": \"G-1\"}]" HOMES,
                 "a code nobody else has");
    pool_refused("{\"entries\": []" HOMES, "at least one entry");
    pool_refused("{\"entries\": {}}", "`entries` is missing");
}

static void csv_refused(const char *text, int line, const char *words)
{
    struct pool p;
    struct err e = {0};
    char path[] = "/tmp/kend-pool-XXXXXX.csv";
    int fd = mkstemps(path, 4);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    assert_int_equal(pool_read(&p, path, &e), -1);
    said(&e, words);
    assert_int_equal(e.line, line);
    assert_string_equal(e.file, path);
    pool_free(&p);
    unlink(path);
}
#define HEAD "kind,id,rooms,accessible,group\n"

static void csv_mistakes(void **state)
{
    (void)state;
    csv_refused("id,rooms\n", 1, "the first line is");
    csv_refused("", 0, "at least one entry");
    csv_refused(HEAD "entry,H-1,3,no\n", 2, "4 columns");
    csv_refused(HEAD "entry,H-1,3,maybe,\n", 2, "give yes or no");
    csv_refused(HEAD "house,H-1,3,no,\n", 2, "give entry or home");
    csv_refused(HEAD "entry,H-1,33,no,\n", 2, "rooms is a whole number");
    csv_refused(HEAD "home,A-1,3,no,\nentry,H-1,3,no,\nentry,H-1,3,no,\n", 4, "stands twice (line 3 and line 4)");
    csv_refused(HEAD "home,A-1,3,no,\nentry,H-1,3,no,G-1\n", 3, "a code nobody else has");
    csv_refused(HEAD "entry,Anna,3,no,\n", 2, "never a name");
}

/* --- random pools --- */
static json_t *pool_random(struct random *r, int n)
{
    json_t *entries = json_array(), *homes = json_array();
    char id[16], group[16];
    for (int i = 0; i < n; i++) {
        snprintf(id, sizeof id, "H-%d", i);
        json_t *j = json_pack("{s:s, s:i, s:b}", "id", id, "rooms", 1 + (int)random_range(r, 0, 3), "accessible",
                              random_uniform(r) < 0.2);
        int g = (int)random_range(
            r, 0, n); /* the first n / 4 entries and the next as many are pairs, now and then threes */
        snprintf(group, sizeof group, "G-%d", i < n / 2 ? i % (n / 4) : g % (n / 4));
        if (i < n / 2 || g < n / 8) json_object_set_new(j, "with", json_string(group));
        json_array_append_new(entries, j);
    }
    for (int i = 0; i < n; i++) {
        snprintf(id, sizeof id, "A-%d", i);
        snprintf(group, sizeof group, "lane-%d", i / 6);
        json_array_append_new(homes,
                              json_pack("{s:s, s:i, s:b, s:s}", "id", id, "rooms", 1 + (int)random_range(r, 0, 3),
                                        "accessible", random_uniform(r) < 0.25, "near", group));
    }
    return json_pack("{s:o, s:o}", "entries", entries, "homes", homes);
}

static void mix(struct random *r, json_t *list)
{
    for (size_t i = json_array_size(list); i > 1; i--) {
        size_t k = (size_t)random_range(r, 0, (double)i);
        json_t *last = json_incref(json_array_get(list, i - 1));
        json_array_set(list, i - 1, json_array_get(list, k));
        json_array_set_new(list, k, last);
    }
}

static void order_of_typing_is_nothing(void **state)
{
    (void)state;
    struct random r = random_stream(3, "typing");
    for (int run = 0; run < 40; run++) {
        json_t *pool = pool_random(&r, 16 + run), *one = drawn(pool, SEED);
        mix(&r, in(pool, "entries"));
        mix(&r, in(pool, "homes"));
        json_t *two = drawn(pool, SEED), *three = drawn(pool, "another-public-text");
        assert_true(json_equal(one, two));
        assert_false(json_equal(in(one, "drawn_tickets"), in(three, "drawn_tickets")));
        json_decref(pool);
        json_decref(one);
        json_decref(two);
        json_decref(three);
    }
}

static json_t *find(const json_t *list, const char *key, const char *value)
{
    size_t i;
    json_t *j;
    json_array_foreach(list, i, j) if (!strcmp(json_string_value(in(j, key)), value)) return j;
    return NULL;
}
static const char *text(json_t *j, const char *key)
{
    return json_string_value(in(j, key)) ? json_string_value(in(j, key)) : "";
}

/* Classes fit, no home twice, nobody lost, who needs an accessible home has one, groups are whole and near, and nobody without the need holds an
 * accessible home while somebody alone with the need, of the same class, waits. */
static void rules_hold(const json_t *pool, const json_t *r)
{
    const json_t *placed = json_object_get(r, "placed"), *reserve = json_object_get(r, "reserve"),
                 *entries = json_object_get(pool, "entries"), *homes = json_object_get(pool, "homes");
    size_t i, k;
    json_t *j, *o;
    assert_int_equal(json_array_size(placed) + json_array_size(reserve), json_array_size(entries));
    json_array_foreach(placed, i, j)
    {
        json_t *t = find(entries, "id", text(j, "entry")), *h = find(homes, "id", text(j, "home"));
        assert_ptr_equal(find(placed, "home", text(j, "home")), j);
        assert_true(json_equal(in(t, "rooms"), in(h, "rooms")));
        assert_true(!json_is_true(in(t, "accessible")) || json_is_true(in(h, "accessible")));
        json_array_foreach(placed, k, o)
        {
            json_t *other = find(entries, "id", text(o, "entry"));
            if (text(t, "with")[0] && !strcmp(text(t, "with"), text(other, "with")))
                assert_string_equal(text(h, "near"), text(find(homes, "id", text(o, "home")), "near"));
        }
        json_array_foreach(reserve, k, o)
        {
            json_t *waits = find(entries, "id", text(o, "entry"));
            assert_true(!text(t, "with")[0] || strcmp(text(t, "with"), text(waits, "with")) != 0); /* never split */
            if (json_is_true(in(h, "accessible")) && !json_is_true(in(t, "accessible")) && !text(waits, "with")[0])
                assert_false(json_is_true(in(waits, "accessible")) &&
                             json_equal(in(waits, "rooms"), in(h, "rooms")));
        }
    }
}

static void rules_hold_on_random_pools(void **state)
{
    (void)state;
    struct random r = random_stream(4, "rules");
    struct err e = {0};
    for (int run = 0; run < 60; run++) {
        char seed[32];
        snprintf(seed, sizeof seed, "public-text-%02d", run);
        json_t *pool = pool_random(&r, 12 + run / 2), *result = drawn(pool, seed);
        rules_hold(pool, result);
        if (draw_verify(result, NULL, &e)) fail_msg("%s", e.text);
        json_decref(pool);
        json_decref(result);
    }
}

/* Five alike for two homes, 2000 seeds: each wins two in five times, chi-square with 4 degrees of freedom (0.1 %: 18.5). */
static void chances_are_even(void **state)
{
    (void)state;
    enum { RUNS = 2000 };
    int won[5] = {0};
    json_t *pool = parse("{\"entries\": [{\"id\": \"H-1\", \"rooms\": 3}, {\"id\": \"H-2\", \"rooms\": 3}, "
                         "{\"id\": \"H-3\", \"rooms\": 3}, {\"id\": "
                         "\"H-4\", \"rooms\": 3}, {\"id\": \"H-5\", \"rooms\": 3}], \"homes\": [{\"id\": \"A-1\", "
                         "\"rooms\": 3}, {\"id\": \"A-2\", \"rooms\": 3}]}");
    for (int i = 0; i < RUNS; i++) {
        char seed[32];
        size_t k;
        json_t *j;
        snprintf(seed, sizeof seed, "public-text-%02d", i);
        json_t *r = drawn(pool, seed);
        json_array_foreach(in(r, "placed"), k, j) won[text(j, "entry")[2] - '1']++;
        json_decref(r);
    }
    double chi = 0;
    for (int i = 0; i < 5; i++) chi += (won[i] - 0.4 * RUNS) * (won[i] - 0.4 * RUNS) / (0.4 * RUNS);
    assert_true(chi < 18.5);
    json_decref(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drbg_is_nists),
        cmocka_unit_test(shuffle_is_even),
        cmocka_unit_test(a_draw_verifies),
        cmocka_unit_test(commitment_comes_first),
        cmocka_unit_test(tampered_list),
        cmocka_unit_test(changed_seed),
        cmocka_unit_test(a_seed_has_one_spelling),
        cmocka_unit_test(a_second_commitment_names_the_first),
        cmocka_unit_test(changed_result),
        cmocka_unit_test(entry_twice),
        cmocka_unit_test(no_names),
        cmocka_unit_test(csv_mistakes),
        cmocka_unit_test(order_of_typing_is_nothing),
        cmocka_unit_test(rules_hold_on_random_pools),
        cmocka_unit_test(chances_are_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
