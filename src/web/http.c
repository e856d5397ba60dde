/* One server thread (epoll) answers quick calls; calls marked slow are suspended and worked off one after the other
 * on a worker thread (logins on one of their own), so that a long query or an experiment never holds up the live page. Bodies and the queue are
 * bounded. Every answer carries the same strict headers: no foreign scripts, no framing, no sniffing. Source for
 * suspend and resume: libmicrohttpd manual, 4.7 "Suspending and resuming connections". */
#include "web/http.h"
#include "base/err.h"
#include "base/instant.h"
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct exchange { /* one request from its first byte to its last */
    char body[HTTP_BODY_MAX + 1];
    size_t body_size;
    int checked, too_long, done;
    const struct http_route *route;
    struct http_call call;
    struct http_answer answer;
    char peer[48];
};
/* Slow calls wait in lanes, each with a thread of its own: a password that takes a second to be looked at delays nobody's override. */
enum { LANE_WORK, LANE_LOGIN, LANES };
struct lane {
    struct http *http;
    pthread_t thread;
    pthread_cond_t wake;
    struct exchange *job[HTTP_JOBS_MAX];
    int n_job;
};
struct http {
    struct http_options options;
    struct gate gate;
    struct MHD_Daemon *daemon;
    char address[96], name[112];
    int port;
    pthread_mutex_t lock;
    struct lane lane[LANES];
    int stopping;
};

static const struct {
    const char *name, *value;
} header_table[] = {
    {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                                "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
                                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "geolocation=(self), camera=(), microphone=()"},
};

void http_fail(struct http_answer *a, int status, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    json_t *body = json_pack("{s:s}", "error", text);
    free(a->body);
    a->status = status;
    a->body = body ? json_dumps(body, JSON_COMPACT) : NULL;
    a->size = a->body ? strlen(a->body) : 0;
    json_decref(body);
}

const char *http_query(const struct http_call *c, const char *key)
{
    return MHD_lookup_connection_value(c->connection, MHD_GET_ARGUMENT_KIND, key);
}

static int64_t mono_s(void) { return (int64_t)instant_mono_s(); }

static const struct http_route *route_of(const struct http *h, const char *method, const char *path,
                                         int *other_method)
{
    *other_method = 0;
    for (int i = 0; i < h->options.n_route; i++) {
        const struct http_route *r = &h->options.route[i];
        if (strcmp(r->path, path)) continue;
        if (!strcmp(r->method, method)) return r;
        *other_method = 1;
    }
    return NULL;
}

static enum MHD_Result send_response(struct MHD_Connection *c, int status, struct MHD_Response *r)
{
    for (size_t i = 0; i < sizeof header_table / sizeof *header_table; i++)
        MHD_add_response_header(r, header_table[i].name, header_table[i].value);
    enum MHD_Result ok = MHD_queue_response(c, (unsigned)status, r);
    MHD_destroy_response(r);
    return ok;
}

static enum MHD_Result send_answer(struct MHD_Connection *c, struct http_answer *a)
{
    struct MHD_Response *r = a->response;
    if (!r) {
        if (!a->body) http_fail(a, 500, "the answer could not be written");
        r = MHD_create_response_from_buffer(a->size, a->body, MHD_RESPMEM_MUST_FREE);
        a->body = NULL;
        if (!r) return MHD_NO;
        MHD_add_response_header(r, "Content-Type", a->type ? a->type : "application/json");
        MHD_add_response_header(r, "Cache-Control", "no-store");
    }
    a->response = NULL;
    if (a->cookie[0]) MHD_add_response_header(r, "Set-Cookie", a->cookie);
    return send_response(c, a->status ? a->status : 200, r);
}

static enum MHD_Result refuse(struct MHD_Connection *c, int status, const char *why)
{
    struct http_answer a = {0};
    http_fail(&a, status, "%s", why);
    return send_answer(c, &a);
}

/* The sign-in call lives here because the gate does: {"password": ".."} -> {"token": ".."} and a cookie for
 * reading. */
static void login(struct http *h, struct exchange *x)
{
    json_t *body = json_loadb(x->body, x->body_size, 0, NULL);
    const char *password = json_string_value(json_object_get(body, "password"));
    char id[HTTP_TOKEN_MAX] = "";
    if (gate_login(&h->gate, x->peer, password ? password : "", mono_s(), id)) {
        http_fail(&x->answer, 401, "wrong password");
    } else {
        snprintf(x->answer.cookie, sizeof x->answer.cookie, "kend=%s; HttpOnly; SameSite=Strict; Path=/", id);
        json_t *reply = json_pack("{s:s}", "token", id);
        x->answer.body = json_dumps(reply, JSON_COMPACT);
        x->answer.size = x->answer.body ? strlen(x->answer.body) : 0;
        json_decref(reply);
    }
    json_decref(body);
}
static const struct http_route login_route = {"POST", "/api/login", HTTP_OPEN | HTTP_SLOW, NULL};

static void handle(struct http *h, struct exchange *x)
{
    if (x->route == &login_route) {
        login(h, x);
        return;
    }
    if (h->options.enter) h->options.enter(h->options.self);
    x->route->handle(h->options.self, &x->call, &x->answer);
    if (h->options.leave) h->options.leave(h->options.self);
}

static void *lane_main(void *arg)
{
    struct lane *l = arg;
    struct http *h = l->http;
    pthread_mutex_lock(&h->lock);
    for (;;) {
        while (l->n_job == 0 && !h->stopping) pthread_cond_wait(&l->wake, &h->lock);
        if (l->n_job == 0) break;
        struct exchange *x = l->job[0];
        memmove(l->job, l->job + 1, (size_t)--l->n_job * sizeof *l->job);
        int stopping = h->stopping;
        pthread_mutex_unlock(&h->lock);
        if (stopping)
            http_fail(&x->answer, 503, "kend is stopping");
        else
            handle(h, x);
        x->done = 1;
        MHD_resume_connection(x->call.connection);
        pthread_mutex_lock(&h->lock);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* 0, or -1: the lane is full. */
static int hand_to_lane(struct http *h, struct lane *l, struct exchange *x)
{
    pthread_mutex_lock(&h->lock);
    int full = l->n_job == HTTP_JOBS_MAX || h->stopping;
    if (!full) {
        MHD_suspend_connection(x->call.connection);
        l->job[l->n_job++] = x;
        pthread_cond_signal(&l->wake);
    }
    pthread_mutex_unlock(&h->lock);
    return full ? -1 : 0;
}

static enum MHD_Result refuse_full(struct exchange *x)
{
    return refuse(x->call.connection, 503, "too much asked at once: try again in a moment");
}

/* The last of the headers of that name: the one that whoever is nearest to us wrote. */
static enum MHD_Result header_last(void *found, enum MHD_ValueKind kind, const char *key, const char *value)
{
    (void)kind;
    if (key && value && !strcasecmp(key, "X-Forwarded-For")) *(const char **)found = value;
    return MHD_YES;
}

static void peer_name(const struct http *h, struct MHD_Connection *c, char *name, size_t size)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *sa = info ? info->client_addr : NULL;
    const char *forwarded = NULL;
    char address[INET6_ADDRSTRLEN] = "unknown";
    if (sa && sa->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, address, sizeof address);
    if (sa && sa->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, address, sizeof address);
    if (h->options.proxy) MHD_get_connection_values(c, MHD_HEADER_KIND, header_last, &forwarded);
    gate_peer(address, h->options.proxy, forwarded, name, size);
}

void http_peer(const struct http_call *c, char *name, size_t size)
{
    peer_name(c->http, c->connection, name, size);
}

static enum MHD_Result begin_login(struct http *h, struct exchange *x)
{
    struct MHD_Connection *c = x->call.connection;
    if (!h->options.password_hash)
        return refuse(c, 404, "no password is set: use the link that was printed at start");
    peer_name(h, c, x->peer, sizeof x->peer);
    if (gate_may_try(&h->gate, x->peer, mono_s()))
        return refuse(c, 429, "wait before the next try; each wrong one doubles the time");
    if (!hand_to_lane(h, &h->lane[LANE_LOGIN], x)) return MHD_YES;
    gate_not_tried(&h->gate, x->peer);
    return refuse_full(x);
}

static const char *header(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static int pass_gate(struct http *h, struct MHD_Connection *c, unsigned flags, const char **why)
{
    struct gate_request r = {.host = header(c, "Host"),
                             .origin = header(c, "Origin"),
                             .token = header(c, "X-Kend-Token"),
                             .cookie = header(c, "Cookie")};
    return gate_check(&h->gate, &r, flags, mono_s(), why);
}

static enum MHD_Result answer_file(struct http *h, struct MHD_Connection *c, const char *path, const char *method)
{
    const char *why;
    int status = pass_gate(h, c, HTTP_OPEN, &why);
    if (status) return refuse(c, status, why);
    if (strcmp(method, "GET") && strcmp(method, "HEAD")) return refuse(c, 405, "only GET here");
    struct MHD_Response *r = file_response(&h->options, path, &status);
    return r ? send_response(c, status, r) : refuse(c, status, "not found");
}

static enum MHD_Result take_body(struct exchange *x, const char *data, size_t *size)
{
    if (*size > HTTP_BODY_MAX - x->body_size)
        x->too_long = 1;
    else
        memcpy(x->body + x->body_size, data, *size), x->body_size += *size;
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result on_request(void *self, struct MHD_Connection *c, const char *path, const char *method,
                                  const char *version, const char *data, size_t *size, void **state)
{
    struct http *h = self;
    struct exchange *x = *state;
    (void)version;
    if (!x) {
        *state = x = calloc(1, sizeof *x);
        return x ? MHD_YES : MHD_NO;
    }
    if (x->done) return send_answer(c, &x->answer);
    if (*size) return take_body(x, data, size);
    if (x->too_long) return refuse(c, 413, "the request is too long");
    int other_method = 0, status;
    const char *why;
    x->route = !strcmp(path, login_route.path) && !strcmp(method, "POST")
                   ? &login_route
                   : route_of(h, method, path, &other_method);
    if (!x->route && strncmp(path, "/api/", 5)) return answer_file(h, c, path, method);
    if ((status = pass_gate(h, c, x->route ? x->route->flags : 0, &why))) return refuse(c, status, why);
    if (!x->route)
        return other_method ? refuse(c, 405, "another method is wanted here")
                            : refuse(c, 404, "no such call: see docs/api.md");
    x->call = (struct http_call){c, h, x->route->method, x->route->path, x->body, x->body_size};
    if (x->route == &login_route) return begin_login(h, x);
    if (x->route->flags & HTTP_SLOW) return hand_to_lane(h, &h->lane[LANE_WORK], x) ? refuse_full(x) : MHD_YES;
    handle(h, x);
    return send_answer(c, &x->answer);
}

static void on_done(void *self, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *state;
    (void)self, (void)c, (void)why;
    if (x) free(x->answer.body);
    free(x);
    *state = NULL;
}

static struct MHD_Daemon *open_daemon(struct http *h, int port, struct err *e)
{
    struct sockaddr_in six4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    int is_six = inet_pton(AF_INET6, h->address, &six.sin6_addr) == 1;
    if (!is_six) inet_pton(AF_INET, h->address, &six4.sin_addr);
    const struct sockaddr *sa =
        is_six ? (const struct sockaddr *)(const void *)&six : (const struct sockaddr *)(const void *)&six4;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | (is_six ? MHD_USE_IPv6 : 0);
    errno = 0;
    struct MHD_Daemon *d = MHD_start_daemon(flags, (uint16_t)port, NULL, NULL, on_request, h, MHD_OPTION_SOCK_ADDR,
                                            sa, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
                                            MHD_OPTION_CONNECTION_LIMIT, 256U, MHD_OPTION_CONNECTION_TIMEOUT, 60U,
                                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)65536, MHD_OPTION_END);
    if (!d)
        err_set(e, "cannot listen on %s: %s", h->options.listen,
                errno ? strerror(errno) : "the address is not available");
    return d;
}

static void name_self(struct http *h)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
    if (info) h->port = info->port;
    int any = !strcmp(h->address, "0.0.0.0") || !strcmp(h->address, "::");
    const char *shown = any ? "127.0.0.1" : h->address;
    snprintf(h->name, sizeof h->name, strchr(shown, ':') ? "[%s]:%d" : "%s:%d", shown, h->port);
}

static void end_lanes(struct http *h, int n)
{
    pthread_mutex_lock(&h->lock);
    h->stopping = 1;
    for (int i = 0; i < n; i++) pthread_cond_signal(&h->lane[i].wake);
    pthread_mutex_unlock(&h->lock);
    for (int i = 0; i < n; i++) pthread_join(h->lane[i].thread, NULL);
    for (int i = 0; i < n; i++) pthread_cond_destroy(&h->lane[i].wake);
}

static int open_lanes(struct http *h)
{
    for (int i = 0; i < LANES; i++) {
        struct lane *l = &h->lane[i];
        l->http = h;
        pthread_cond_init(&l->wake, NULL);
        if (!pthread_create(&l->thread, NULL, lane_main, l)) continue;
        end_lanes(h, i);
        return -1;
    }
    return 0;
}

struct http *http_start(const struct http_options *o, struct err *e)
{
    int loopback;
    struct http *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    h->options = *o;
    pthread_mutex_init(&h->lock, NULL);
    if (gate_address(o->listen, h->address, sizeof h->address, &h->port, &loopback, e)) goto fail;
    if (o->proxy && !gate_is_address(o->proxy)) {
        err_set(e, "proxy `%s` is not an IP address; write the one that the proxy calls from, such as 127.0.0.1",
                o->proxy);
        goto fail;
    }
    if (!loopback && !o->password_hash) {
        err_set(e, "listen `%s`: only loopback addresses (127.0.0.1) are served without a password; set one first",
                o->listen);
        goto fail;
    }
    h->daemon = open_daemon(h, h->port, e);
    if (!h->daemon) goto fail;
    name_self(h); /* until the gate knows its port it knows no host: early requests are refused */
    if (gate_init(&h->gate, h->address, h->port, o) || open_lanes(h)) {
        MHD_stop_daemon(h->daemon);
        err_set(e, "the web server's workers could not be started");
        goto fail;
    }
    return h;
fail:
    free(h);
    return NULL;
}

void http_quiesce(struct http *h)
{
    MHD_socket s = MHD_quiesce_daemon(h->daemon);
    if (s != MHD_INVALID_SOCKET) close(s);
    end_lanes(h, LANES);
}

void http_stop(struct http *h)
{
    MHD_stop_daemon(h->daemon);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

int http_port(const struct http *h) { return h->port; }
const char *http_token(const struct http *h) { return h->gate.password_hash ? "" : h->gate.token; }
const char *http_address(const struct http *h) { return h->name; }
