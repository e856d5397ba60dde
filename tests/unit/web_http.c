/* The server over real sockets on loopback: routes, refusals, headers, files, slow calls, live events. */
#include "base/err.h"
#include "near.h"
#include "web/events.h"
#include "web/http.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct http *server;
static struct events *events;
static char dir[] = "/tmp/kend-web-XXXXXX";
static const char token[] = "0123456789abcdef0123";

static void echo(void *self, const struct http_call *c, struct http_answer *a)
{
    const char *q = http_query(c, "q");
    (void)self;
    a->body = strdup(c->body_size ? c->body : q ? q : "none");
    a->size = strlen(a->body);
}
static void slow(void *self, const struct http_call *c, struct http_answer *a)
{
    usleep(300000);
    echo(self, c, a);
}
static void stream(void *self, const struct http_call *c, struct http_answer *a)
{
    (void)self;
    a->response = events_open(events, c->connection);
    if (!a->response) http_fail(a, 503, "full");
}
static const struct http_route routes[] = {
    {"GET", "/api/echo", 0, echo},
    {"POST", "/api/change", HTTP_CHANGE, echo},
    {"GET", "/api/slow", HTTP_SLOW, slow},
    {"GET", "/api/events", 0, stream},
    {"GET", "/api/work", HTTP_OPEN | HTTP_SLOW, echo},
};

static void write_file(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int begin(void **state)
{
    struct err e = {0};
    (void)state;
    if (!mkdtemp(dir)) return -1;
    write_file("index.html", "<title>kend</title>");
    write_file("secret.txt", "no");
    struct http_options o = {.listen = "127.0.0.1:0",
                             .token = token,
                             .ui_dir = dir,
                             .lib_dir = dir,
                             .route = routes,
                             .n_route = sizeof routes / sizeof *routes};
    events = events_create();
    server = http_start(&o, &e);
    if (!server) fprintf(stderr, "%s\n", e.text);
    return server ? 0 : -1;
}

static int end(void **state)
{
    char path[256];
    (void)state;
    http_quiesce(server);
    events_end(events);
    http_stop(server);
    events_free(events);
    snprintf(path, sizeof path, "%s/index.html", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/secret.txt", dir);
    unlink(path);
    return rmdir(dir);
}

static int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)(void *)&to, sizeof to), 0);
    return fd;
}

static void send_call(int fd, const char *line, const char *headers, const char *body)
{
    char text[40000];
    int n = snprintf(text, sizeof text,
                     "%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n%s",
                     line, http_port(server), strlen(body), headers, body);
    assert_true(n < (int)sizeof text);
    assert_int_equal(write(fd, text, (size_t)n), n);
}

/* Status of the answer; the whole of it in out. */
static int call(const char *line, const char *headers, const char *body, char *out, size_t size)
{
    int fd = dial();
    size_t at = 0;
    send_call(fd, line, headers, body);
    for (ssize_t n; at + 1 < size && (n = read(fd, out + at, size - 1 - at)) > 0;) at += (size_t)n;
    close(fd);
    out[at] = 0;
    return at > 12 ? atoi(out + 9) : 0;
}

static void test_routes(void **state)
{
    char out[8192];
    (void)state;
    assert_int_equal(call("GET /api/echo?q=hello", "", "", out, sizeof out), 200);
    assert_non_null(strstr(out, "\r\n\r\nhello"));
    assert_int_equal(call("GET /api/nothing", "", "", out, sizeof out), 404);
    assert_int_equal(call("POST /api/echo", "", "x", out, sizeof out), 405);
    assert_int_equal(call("GET /api/slow?q=late", "", "", out, sizeof out), 200);
    assert_non_null(strstr(out, "late"));
}

static void test_headers(void **state)
{
    char out[8192];
    (void)state;
    assert_int_equal(call("GET /", "", "", out, sizeof out), 200);
    assert_non_null(strstr(out, "<title>kend</title>"));
    assert_non_null(strstr(out, "Content-Security-Policy: default-src 'none'; script-src 'self'"));
    assert_non_null(strstr(out, "X-Content-Type-Options: nosniff"));
    assert_non_null(strstr(out, "Referrer-Policy: no-referrer"));
}

static void test_files_stay_inside(void **state)
{
    static const char *const path[] = {"GET /../../etc/passwd", "GET /%2e%2e/%2e%2e/etc/passwd",
                                       "GET /secret.txt",       "GET /lib/uplot/../secret.txt",
                                       "GET /lib/other/x.js",   "GET /missing.js",
                                       "GET //etc/passwd"};
    char out[8192];
    (void)state;
    for (size_t i = 0; i < sizeof path / sizeof *path; i++)
        assert_int_equal(call(path[i], "", "", out, sizeof out), 404);
}

static void test_refusals(void **state)
{
    char out[8192], head[128], *big = malloc(HTTP_BODY_MAX + 200);
    (void)state;
    assert_int_equal(call("POST /api/change", "", "x", out, sizeof out), 401);
    snprintf(head, sizeof head, "X-Kend-Token: %s\r\n", token);
    assert_int_equal(call("POST /api/change", head, "changed", out, sizeof out), 200);
    assert_non_null(strstr(out, "changed"));
    assert_int_equal(call("GET /api/echo", "Origin: http://evil.example\r\n", "", out, sizeof out), 403);
    memset(big, 'x', HTTP_BODY_MAX + 100);
    big[HTTP_BODY_MAX + 100] = 0;
    assert_int_equal(call("POST /api/change", head, big, out, sizeof out), 413);
    free(big);
}

static void test_slow_call_holds_nobody(void **state)
{
    char out[8192];
    (void)state;
    int fd = dial();
    send_call(fd, "GET /api/slow?q=1", "", "");
    usleep(50000);
    assert_int_equal(call("GET /api/echo?q=quick", "", "", out, sizeof out), 200);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, 0), 0); /* the slow one is still under way */
    assert_int_equal(poll(&p, 1, 3000), 1);
    close(fd);
}

static size_t read_until(int fd, const char *want, char *out, size_t size)
{
    size_t at = 0;
    out[0] = 0;
    for (struct pollfd p = {.fd = fd, .events = POLLIN};
         at + 1 < size && !strstr(out, want) && poll(&p, 1, 3000) == 1;) {
        ssize_t n = read(fd, out + at, size - 1 - at);
        if (n <= 0) break;
        at += (size_t)n;
        out[at] = 0;
    }
    return at;
}

static void test_events(void **state)
{
    char out[8192];
    (void)state;
    int fd = dial();
    send_call(fd, "GET /api/events", "", "");
    read_until(fd, "\r\n\r\n", out, sizeof out);
    assert_non_null(strstr(out, "text/event-stream"));
    for (int i = 0; i < 200 && events_clients(events) == 0; i++) usleep(10000);
    for (int i = 0; i < 3; i++) {
        char want[32];
        snprintf(want, sizeof want, "data: %d\n\n", i);
        events_publish(events, strdup(want), strlen(want));
        read_until(fd, want, out, sizeof out);
        assert_non_null(strstr(out, want));
    }
    close(fd);
}

static void test_events_bounded(void **state)
{
    int fd[EVENTS_CLIENTS_MAX];
    char out[8192];
    (void)state;
    for (int i = 0; i < 300 && events_clients(events); i++) {
        events_publish(events, strdup("data: x\n\n"), 9);
        usleep(10000);
    }
    for (int i = 0; i < EVENTS_CLIENTS_MAX; i++) {
        fd[i] = dial();
        send_call(fd[i], "GET /api/events", "", "");
        assert_true(read_until(fd[i], "\r\n\r\n", out, sizeof out) > 0);
    }
    assert_int_equal(call("GET /api/events", "", "", out, sizeof out), 503);
    for (int i = 0; i < EVENTS_CLIENTS_MAX; i++) close(fd[i]);
}

/* While a password is looked at (a second or two of work, on purpose) other slow calls are answered, and its sender's next try is
 * refused before it queues. */
static void test_login_holds_nobody(void **state)
{
    char out[8192], hash[crypto_pwhash_STRBYTES];
    struct err e = {0};
    (void)state;
    assert_int_equal(crypto_pwhash_str(hash, "a good long word", 16, crypto_pwhash_OPSLIMIT_SENSITIVE,
                                       crypto_pwhash_MEMLIMIT_MODERATE),
                     0);
    struct http *open = server;
    struct http_options o = {.listen = "127.0.0.1:0",
                             .ui_dir = dir,
                             .lib_dir = dir,
                             .password_hash = hash,
                             .route = routes,
                             .n_route = sizeof routes / sizeof *routes};
    server = http_start(&o, &e);
    assert_non_null(server);
    int fd = dial();
    send_call(fd, "POST /api/login", "", "{\"password\":\"a bad one\"}");
    usleep(100000);
    assert_int_equal(call("GET /api/work?q=an-override", "", "", out, sizeof out), 200);
    assert_int_equal(call("POST /api/login", "", "{\"password\":\"a bad one\"}", out, sizeof out), 429);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, 0), 0); /* still being looked at */
    assert_int_equal(poll(&p, 1, 10000), 1);
    close(fd);
    http_quiesce(server);
    http_stop(server);
    server = open;
}

static void test_listen(void **state)
{
    struct err e = {0};
    char busy[64];
    (void)state;
    struct http_options o = {.listen = "0.0.0.0:0", .ui_dir = dir, .lib_dir = dir};
    assert_null(http_start(&o, &e));
    assert_non_null(strstr(e.text, "password"));
    snprintf(busy, sizeof busy, "127.0.0.1:%d", http_port(server));
    o.listen = busy;
    assert_null(http_start(&o, &e));
    assert_non_null(strstr(e.text, "cannot listen"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_files_stay_inside),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_slow_call_holds_nobody),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_events_bounded),
        cmocka_unit_test(test_login_holds_nobody),
        cmocka_unit_test(test_listen),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
