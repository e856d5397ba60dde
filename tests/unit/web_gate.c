/* The gate before every request: names, origins, tokens, sessions; and what may be listened on. */
#include "base/err.h"
#include "near.h"
#include "web/http.h"
#include "web/web.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

static const struct http_options plain = {.token = "0123456789abcdef0123"};

static int check(struct gate *g, struct gate_request r, unsigned flags)
{
    const char *why;
    return gate_check(g, &r, flags, 1000, &why);
}

static void test_host(void **state)
{
    struct gate g;
    (void)state;
    assert_int_equal(gate_init(&g, "127.0.0.1", 8080, &plain), 0);
    assert_int_equal(check(&g, (struct gate_request){.host = "127.0.0.1:8080"}, 0), 0);
    assert_int_equal(check(&g, (struct gate_request){.host = "LocalHost:8080"}, 0), 0);
    assert_int_equal(check(&g, (struct gate_request){.host = "127.0.0.1:8081"}, 0), 421);
    assert_int_equal(check(&g, (struct gate_request){.host = "rebound.example:8080"}, 0), 421);
    assert_int_equal(check(&g, (struct gate_request){.host = NULL}, 0), 421);
}

static void test_origin(void **state)
{
    struct gate g;
    (void)state;
    gate_init(&g, "127.0.0.1", 8080, &plain);
    struct gate_request r = {.host = "localhost:8080", .origin = "http://localhost:8080"};
    assert_int_equal(check(&g, r, 0), 0);
    r.origin = "https://evil.example";
    assert_int_equal(check(&g, r, 0), 403);
    r.origin = "null";
    assert_int_equal(check(&g, r, 0), 403);
    r.origin = "http://localhost:8080.evil.example";
    assert_int_equal(check(&g, r, 0), 403);
}

static void test_token(void **state)
{
    struct gate g;
    (void)state;
    gate_init(&g, "127.0.0.1", 8080, &plain);
    struct gate_request r = {.host = "localhost:8080"};
    assert_int_equal(check(&g, r, HTTP_CHANGE), 401);
    r.token = "0123456789abcdef012";
    assert_int_equal(check(&g, r, HTTP_CHANGE), 401);
    r.token = "";
    assert_int_equal(check(&g, r, HTTP_CHANGE), 401);
    r.token = plain.token;
    assert_int_equal(check(&g, r, HTTP_CHANGE), 0);
}

static void test_fresh_tokens_differ(void **state)
{
    struct gate a, b;
    struct http_options none = {0};
    (void)state;
    gate_init(&a, "127.0.0.1", 1, &none);
    gate_init(&b, "127.0.0.1", 1, &none);
    assert_true(strlen(a.token) >= 32);
    assert_string_not_equal(a.token, b.token);
}

static void test_password(void **state)
{
    char hash[256], id[HTTP_TOKEN_MAX], cookie[128];
    struct gate g;
    (void)state;
    assert_int_equal(web_password_hash("a good long word", hash, sizeof hash), 0);
    assert_int_equal(strncmp(hash, "$argon2id$", 10), 0);
    struct http_options o = {.password_hash = hash, .hosts = "kend.local:80,village.example"};
    gate_init(&g, "0.0.0.0", 80, &o);
    struct gate_request r = {.host = "kend.local:80"};
    assert_int_equal(check(&g, r, 0), 401);
    assert_int_equal(check(&g, r, HTTP_OPEN), 0);
    r.token = g.token; /* the printed token is no way round the password */
    assert_int_equal(check(&g, r, HTTP_CHANGE), 401);
    assert_int_equal(gate_may_try(&g, "10.0.0.1", 999), 0);
    assert_int_equal(gate_may_try(&g, "10.0.0.1", 999), 429); /* one at a time */
    assert_int_equal(gate_login(&g, "10.0.0.1", "a bad word", 999, id), 401);
    assert_int_equal(gate_may_try(&g, "10.0.0.1", 999), 429); /* no guessing at speed */
    assert_int_equal(gate_may_try(&g, "10.0.0.2", 999), 0);   /* ... but somebody else may try at once */
    assert_int_equal(gate_login(&g, "10.0.0.2", "a good long word", 999, id), 0);
    assert_int_equal(gate_may_try(&g, "10.0.0.1", 1000), 0);
    assert_int_equal(gate_login(&g, "10.0.0.1", "a good long word", 1000, id), 0);
    r.token = id;
    assert_int_equal(check(&g, r, HTTP_CHANGE), 0);
    snprintf(cookie, sizeof cookie, "other=1; kend=%s", id);
    r = (struct gate_request){.host = "village.example", .cookie = cookie};
    assert_int_equal(check(&g, r, 0), 0);
    assert_int_equal(check(&g, r, HTTP_CHANGE), 401); /* a cookie alone changes nothing */
    const char *why;
    assert_int_equal(gate_check(&g, &r, 0, 1000 + 12 * 3600, &why), 401);
}

/* Each wrong one doubles the wait; a thousand other senders do not make the table forget one that is being tried. */
static void test_waiting(void **state)
{
    static struct gate w;
    char hash[256], id[HTTP_TOKEN_MAX], name[32];
    (void)state;
    assert_int_equal(web_password_hash("a good long word", hash, sizeof hash), 0);
    gate_init(&w, "127.0.0.1", 80, &(struct http_options){.password_hash = "no hash at all"});
    int64_t now_s = 1000;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(gate_may_try(&w, "10.0.0.1", now_s), 0);
        assert_int_equal(gate_login(&w, "10.0.0.1", "wrong", now_s, id), 401);
        assert_int_equal(gate_may_try(&w, "10.0.0.1", now_s + (1 << i) - 1), 429);
        now_s += 1 << i;
    }
    assert_int_equal(gate_may_try(&w, "10.0.0.1", now_s), 0);
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "10.0.%d.%d", 1 + i / 200, i % 200);
        if (!gate_may_try(&w, name, now_s)) gate_login(&w, name, "wrong", now_s, id);
    }
    assert_int_equal(gate_may_try(&w, "10.0.0.1", now_s), 429);
}

static void test_address(void **state)
{
    static const struct {
        const char *listen;
        int bad, port, loopback;
    } row[] = {
        {"127.0.0.1:8080", 0, 8080, 1},
        {"localhost:0", 0, 0, 1},
        {"[::1]:8080", 0, 8080, 1},
        {"0.0.0.0:80", 0, 80, 0},
        {"192.168.1.5:80", 0, 80, 0},
        {"8080", 1, 0, 0},
        {":8080", 1, 0, 0},
        {"127.0.0.1:", 1, 0, 0},
        {"127.0.0.1:x", 1, 0, 0},
        {"127.0.0.1:70000", 1, 0, 0},
        {"kend.local:80", 1, 0, 0},
        {"", 1, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char address[96];
        int port = -1, loopback = -1;
        struct err e = {0};
        int bad = gate_address(row[i].listen, address, sizeof address, &port, &loopback, &e);
        assert_int_equal(bad != 0, row[i].bad);
        if (bad)
            assert_true(e.text[0] != 0);
        else
            assert_true(port == row[i].port && loopback == row[i].loopback);
    }
}

static const char *peer(const char *address, const char *proxy, const char *forwarded)
{
    static char name[48];
    gate_peer(address, proxy, forwarded, name, sizeof name);
    return name;
}

static void test_behind_a_proxy(void **state)
{
    (void)state;
    assert_string_equal(peer("10.0.0.1", NULL, "192.0.2.7"), "10.0.0.1");
    assert_string_equal(peer("10.0.0.1", "127.0.0.1", "192.0.2.7"), "10.0.0.1");
    assert_string_equal(peer("127.0.0.1", "127.0.0.1", "192.0.2.7"), "192.0.2.7");
    assert_string_equal(peer("127.0.0.1", "127.0.0.1", "198.51.100.1, 192.0.2.8"), "192.0.2.8");
    assert_string_equal(peer("127.0.0.1", "127.0.0.1", " 192.0.2.9:4711 "), "192.0.2.9");
    assert_string_equal(peer("::1", "0:0:0:0:0:0:0:1", "[2001:db8:1:2::7]:4711"), "2001:db8:1:2::");
    assert_string_equal(peer("::1", "::1", "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    assert_string_equal(peer("2001:db8:1:2::9", NULL, NULL), "2001:db8:1:2::");
    const char *const none[] = {
        NULL, "",          "unknown",    ",",
        "[",  "1.2.3.4.5", "192.0.2.7,", "a.very.long.name.that.is.no.address.at.all.example"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_string_equal(peer("127.0.0.1", "127.0.0.1", none[i]), "127.0.0.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host),     cmocka_unit_test(test_origin),
        cmocka_unit_test(test_token),    cmocka_unit_test(test_fresh_tokens_differ),
        cmocka_unit_test(test_password), cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_address),  cmocka_unit_test(test_behind_a_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
