/* HTTP over libmicrohttpd: routes, checks on every request, slow work on one worker thread, files. Knows nothing of
 * villages. */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H
#include <microhttpd.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
struct err;
struct http;
enum { HTTP_BODY_MAX = 16384, HTTP_TOKEN_MAX = 48, HTTP_JOBS_MAX = 32 };
enum http_flag {
    HTTP_CHANGE = 1, /* needs the token in X-Kend-Token */
    HTTP_SLOW = 2,   /* runs on the worker, so that the server's thread stays free */
    HTTP_OPEN = 4
}; /* needs no login even where a password is set */
struct http_call {
    struct MHD_Connection *connection;
    struct http *http;
    const char *method, *path, *body;
    size_t body_size;
};
struct http_answer {
    int status;       /* 200 unless set */
    const char *type; /* application/json unless set */
    char *body;
    size_t size;                   /* malloc'd by the handler, freed by http */
    struct MHD_Response *response; /* instead of body */
    char cookie[160];              /* Set-Cookie, or "" */
};
struct http_route {
    const char *method, *path;
    unsigned flags;
    void (*handle)(void *self, const struct http_call *, struct http_answer *);
};
struct http_options {
    const char *listen, *hosts, *password_hash, *token, *proxy; /* as in web_options */
    const char *ui_dir, *lib_dir; /* lib_dir: where uplot/dist and leaflet/dist are */
    const struct http_route *route;
    int n_route;
    void *self;
    void (*enter)(void *self), (*leave)(void *self); /* MAY: around every handler */
};
struct http *http_start(const struct http_options *, struct err *);
/* Two steps, so that the owner of streams can end them in between: no new calls; then free. */
void http_quiesce(struct http *);
void http_stop(struct http *);
int http_port(const struct http *);
const char *http_token(const struct http *);
const char *http_address(const struct http *); /* as listened on, for the link: "127.0.0.1:8080" */
/* Who calls, for limits of rate (gate_peer). */
void http_peer(const struct http_call *, char *name, size_t size);
const char *http_query(const struct http_call *, const char *key); /* NULL: not given */
/* JSON error body {"error": text}; text names what is wrong and what to do. */
void http_fail(struct http_answer *, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* web/gate.c: who may call. Functions over header values, so that they can be tested without a socket. Any thread. */
struct gate_session {
    char id[HTTP_TOKEN_MAX];
    int64_t until_s;
};
/* Who has given a wrong password: after the n-th in a row the next try waits 2^(n - 1) s, a minute at most. */
struct gate_peer {
    char name[48];
    int64_t until_s;
    int failures, trying;
};
struct gate {
    char host[8][80];
    int n_host;
    char token[HTTP_TOKEN_MAX];
    const char *password_hash;
    pthread_mutex_t lock; /* over what follows */
    struct gate_peer peer[64];
    struct gate_session session[16];
};
struct gate_request {
    const char *host, *origin, *token, *cookie;
};
int gate_init(struct gate *, const char *address, int port, const struct http_options *);
/* "host:port" or "[v6]:port" of `listen` into address (without brackets) and port. 0, or -1 + err. */
int gate_address(const char *listen, char *address, size_t size, int *port, int *loopback, struct err *);
int gate_is_address(const char *);
/* 0: may pass; else the HTTP status to refuse with, and why. */
int gate_check(struct gate *, const struct gate_request *, unsigned flags, int64_t now_s, const char **why);
/* Before a password of this peer may be looked at, and before anybody queues for it: 0, or 429: it has to wait, or one of its
 * tries is under way. After 0 gate_login or gate_not_tried must follow. */
int gate_may_try(struct gate *, const char *peer, int64_t now_s);
void gate_not_tried(struct gate *, const char *peer);
/* Checks the password (slow on purpose) and opens a session of 12 hours: 0 and its id; 401: wrong. */
int gate_login(struct gate *, const char *peer, const char *password, int64_t now_s, char id[HTTP_TOKEN_MAX]);
/* Who called from `address`: an IPv4 address, or the /64 that one household or server has of IPv6. Where `address` is the trusted proxy's,
 * the last address of `forwarded` (X-Forwarded-For: the one that the proxy itself wrote); earlier ones are the caller's own words. */
void gate_peer(const char *address, const char *proxy, const char *forwarded, char *name, size_t size);
int gate_random(char out[HTTP_TOKEN_MAX]);

/* web/file.c: a file of the page by its URL path, or NULL. */
struct MHD_Response *file_response(const struct http_options *, const char *path, int *status);
#endif
