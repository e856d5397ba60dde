/* One server thread (epoll) answers quick calls; calls marked slow are suspended and worked off one after the other
 * on a worker thread, so that a long query or an experiment never holds up the live page. Bodies and the queue are
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
};
struct http {
    struct http_options options;
    struct gate gate;
    struct MHD_Daemon *daemon;
    char address[96], name[112];
    int port;
    pthread_t worker;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct exchange *job[HTTP_JOBS_MAX];
    int n_job, stopping;
};

static const struct {
    const char *name, *value;
} header_table[] = {
    {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                                "connect-src 'self'; manifest-src 'self'; "
                                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "geolocation=(), camera=(), microphone=()"},
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
    int status = !h->options.password_hash ? 404 : !password ? 401 : gate_login(&h->gate, password, mono_s(), id);
    if (status == 404) {
        http_fail(&x->answer, 404, "no password is set: use the link that was printed at start");
    } else if (status == 429) {
        http_fail(&x->answer, 429, "wait a second before the next try");
    } else if (status) {
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
    x->route->handle(h->options.self, &x->call, &x->answer);
}

static void *worker_main(void *arg)
{
    struct http *h = arg;
    pthread_mutex_lock(&h->lock);
    for (;;) {
        while (h->n_job == 0 && !h->stopping) pthread_cond_wait(&h->wake, &h->lock);
        if (h->n_job == 0) break;
        struct exchange *x = h->job[0];
        memmove(h->job, h->job + 1, (size_t)--h->n_job * sizeof *h->job);
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

static enum MHD_Result hand_to_worker(struct http *h, struct exchange *x)
{
    pthread_mutex_lock(&h->lock);
    int full = h->n_job == HTTP_JOBS_MAX || h->stopping;
    if (!full) {
        MHD_suspend_connection(x->call.connection);
        h->job[h->n_job++] = x;
        pthread_cond_signal(&h->wake);
    }
    pthread_mutex_unlock(&h->lock);
    return full ? refuse(x->call.connection, 503, "too much asked at once: try again in a moment") : MHD_YES;
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
    if (x->route->flags & HTTP_SLOW) return hand_to_worker(h, x);
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

struct http *http_start(const struct http_options *o, struct err *e)
{
    int loopback;
    struct http *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    h->options = *o;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->wake, NULL);
    if (gate_address(o->listen, h->address, sizeof h->address, &h->port, &loopback, e)) goto fail;
    if (!loopback && !o->password_hash) {
        err_set(e, "listen `%s`: only loopback addresses (127.0.0.1) are served without a password; set one first",
                o->listen);
        goto fail;
    }
    h->daemon = open_daemon(h, h->port, e);
    if (!h->daemon) goto fail;
    name_self(h); /* until the gate knows its port it knows no host: early requests are refused */
    if (gate_init(&h->gate, h->address, h->port, o) || pthread_create(&h->worker, NULL, worker_main, h)) {
        MHD_stop_daemon(h->daemon);
        err_set(e, "the web server's worker could not be started");
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
    pthread_mutex_lock(&h->lock);
    h->stopping = 1;
    pthread_cond_signal(&h->wake);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->worker, NULL);
}

void http_stop(struct http *h)
{
    MHD_stop_daemon(h->daemon);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->wake);
    free(h);
}

int http_port(const struct http *h) { return h->port; }
const char *http_token(const struct http *h) { return h->gate.password_hash ? "" : h->gate.token; }
const char *http_address(const struct http *h) { return h->name; }
