/* Who may call the server. Three checks stand before every request:
 *   Host     must be a name this server is known by, so that a foreign site whose name is pointed at this address
 * (DNS rebinding) reads nothing; Origin   when a browser sends one, must be ours, so that other pages cannot post;
 *   token    for changes, in a header of our own: a form on another site cannot set it. Where a password is
 * configured, reading needs a session cookie as well. Without a password only loopback addresses are served.
 * Passwords are kept as argon2id strings (libsodium crypto_pwhash_str, RFC 9106); tokens and session ids are 192
 * random bits. A wrong password makes its sender wait, nobody else (behind a reverse proxy that is not named with --proxy all are one sender). Left out: TLS (put a reverse proxy in front) and user accounts. */
#include "base/err.h"
#include "web/http.h"
#include "web/web.h"
#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SESSION_S = 12 * 3600, TOKEN_BYTES = 24, WAIT_DOUBLINGS = 6, WAIT_LONGEST_S = 60 };

static int is_loopback(const char *address)
{
    struct in6_addr six;
    struct in_addr four;
    if (inet_pton(AF_INET, address, &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
    if (inet_pton(AF_INET6, address, &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six);
    return 0;
}

int gate_is_address(const char *address)
{
    unsigned char any[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, address, any) == 1 || inet_pton(AF_INET6, address, any) == 1;
}

static int same_address(const char *a, const char *b)
{
    unsigned char x[sizeof(struct in6_addr)] = {0}, y[sizeof(struct in6_addr)] = {0};
    int family = strchr(a, ':') ? AF_INET6 : AF_INET;
    return inet_pton(family, a, x) == 1 && inet_pton(family, b, y) == 1 && !memcmp(x, y, sizeof x);
}

/* One entry of the header: "192.0.2.7", "192.0.2.7:4711", "2001:db8::7", "[2001:db8::7]:4711". 0, or -1: no address. */
static int forwarded_read(const char *from, char *address, size_t size)
{
    size_t skip = strspn(from, " \t["), len = strcspn(from + skip, "] \t,");
    const char *colon = memchr(from + skip, ':', len);
    if (colon && !memchr(colon + 1, ':', len - (size_t)(colon + 1 - from - skip)))
        len = (size_t)(colon - from) - skip;
    if (len >= size) return -1;
    memcpy(address, from + skip, len);
    address[len] = 0;
    return gate_is_address(address) ? 0 : -1;
}

void gate_peer(const char *address, const char *proxy, const char *forwarded, char *name, size_t size)
{
    char told[INET6_ADDRSTRLEN];
    struct in6_addr net;
    if (proxy && forwarded && same_address(address, proxy)) {
        const char *comma = strrchr(forwarded, ',');
        if (!forwarded_read(comma ? comma + 1 : forwarded, told, sizeof told)) address = told;
    }
    snprintf(name, size, "%s", address);
    if (inet_pton(AF_INET6, address, &net) != 1) return;
    memset(net.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &net, name, (socklen_t)size);
}

int gate_address(const char *listen, char *address, size_t size, int *port, int *loopback, struct err *e)
{
    const char *colon = strrchr(listen, ':');
    if (!colon || colon == listen)
        return err_set(e, "listen `%s`: write ADDRESS:PORT, for example 127.0.0.1:8080", listen);
    const char *from = listen;
    size_t len = (size_t)(colon - listen);
    if (from[0] == '[' && from[len - 1] == ']') from++, len -= 2;
    if (len >= size) return err_set(e, "listen `%s`: the address is too long", listen);
    memcpy(address, from, len);
    address[len] = 0;
    if (!strcmp(address, "localhost")) snprintf(address, size, "127.0.0.1");
    char *end = NULL;
    long p = strtol(colon + 1, &end, 10);
    if (!gate_is_address(address)) return err_set(e, "listen `%s`: `%s` is not an IP address", listen, address);
    if (*end || end == colon + 1 || p < 0 || p > 65535)
        return err_set(e, "listen `%s`: `%s` is not a port", listen, colon + 1);
    *port = (int)p;
    *loopback = is_loopback(address);
    return 0;
}

int gate_random(char out[HTTP_TOKEN_MAX])
{
    unsigned char raw[TOKEN_BYTES];
    if (sodium_init() < 0) return -1;
    randombytes_buf(raw, sizeof raw);
    sodium_bin2base64(out, HTTP_TOKEN_MAX, raw, sizeof raw, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return 0;
}

static void add_host(struct gate *g, const char *name, size_t len)
{
    size_t n = sizeof g->host / sizeof *g->host;
    if (len == 0 || len >= sizeof g->host[0] || (size_t)g->n_host == n) return;
    memcpy(g->host[g->n_host], name, len);
    g->host[g->n_host++][len] = 0;
}

int gate_init(struct gate *g, const char *address, int port, const struct http_options *o)
{
    static const char *const local[] = {"127.0.0.1", "localhost", "[::1]"};
    char name[80];
    memset(g, 0, sizeof *g);
    pthread_mutex_init(&g->lock, NULL);
    g->password_hash = o->password_hash;
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        snprintf(name, sizeof name, "%s:%d", local[i], port);
        add_host(g, name, strlen(name));
    }
    snprintf(name, sizeof name, strchr(address, ':') ? "[%s]:%d" : "%s:%d", address, port);
    add_host(g, name, strlen(name));
    for (const char *p = o->hosts; p && *p;) {
        size_t len = strcspn(p, ",");
        add_host(g, p, len);
        p += len + (p[len] == ',');
    }
    if (o->token && strlen(o->token) >= 16) {
        snprintf(g->token, sizeof g->token, "%s", o->token);
        return 0;
    }
    return gate_random(g->token);
}

static int known_host(const struct gate *g, const char *host)
{
    for (int i = 0; i < g->n_host; i++)
        if (!strcasecmp(g->host[i], host)) return 1;
    return 0;
}

static int same(const char *a, const char *b)
{
    size_t n = strlen(a);
    return n > 0 && strlen(b) == n && sodium_memcmp(a, b, n) == 0;
}

static int in_session(struct gate *g, const char *id, int64_t now_s)
{
    int found = 0;
    pthread_mutex_lock(&g->lock);
    for (size_t i = 0; i < sizeof g->session / sizeof *g->session; i++)
        if (g->session[i].until_s > now_s && same(g->session[i].id, id)) found = 1;
    pthread_mutex_unlock(&g->lock);
    return found;
}

static int cookie_session(struct gate *g, const char *cookie, int64_t now_s)
{
    const char *at = cookie ? strstr(cookie, "kend=") : NULL;
    if (!at) return 0;
    char id[HTTP_TOKEN_MAX];
    size_t len = strcspn(at + 5, "; ");
    if (len >= sizeof id) return 0;
    memcpy(id, at + 5, len);
    id[len] = 0;
    return in_session(g, id, now_s);
}

int gate_check(struct gate *g, const struct gate_request *r, unsigned flags, int64_t now_s, const char **why)
{
    *why = "this server is not known by that name (Host)";
    if (!r->host || !known_host(g, r->host)) return 421;
    *why = "requests from other pages are refused (Origin)";
    if (r->origin) {
        const char *name = strstr(r->origin, "://");
        if (!name || !known_host(g, name + 3)) return 403;
    }
    int token_ok = r->token && (g->password_hash ? in_session(g, r->token, now_s) : same(g->token, r->token));
    *why = "log in with the village's password";
    if (g->password_hash && !(flags & HTTP_OPEN) && !token_ok && !cookie_session(g, r->cookie, now_s)) return 401;
    *why = "changes need the token that was printed at start, in the header X-Kend-Token";
    if ((flags & HTTP_CHANGE) && !token_ok) return 401;
    return 0;
}

static void keep_session(struct gate *g, const char *id, int64_t now_s)
{
    struct gate_session *oldest = &g->session[0];
    for (size_t i = 1; i < sizeof g->session / sizeof *g->session; i++)
        if (g->session[i].until_s < oldest->until_s) oldest = &g->session[i];
    snprintf(oldest->id, sizeof oldest->id, "%s", id);
    oldest->until_s = now_s + SESSION_S;
}

static struct gate_peer *peer_find(struct gate *g, const char *name)
{
    for (size_t i = 0; i < sizeof g->peer / sizeof *g->peer; i++)
        if (!strcmp(g->peer[i].name, name)) return &g->peer[i];
    return NULL;
}

/* The row of a new peer: the one that has waited out longest. One with a try under way keeps its row; NULL when all have. */
static struct gate_peer *peer_row(struct gate *g)
{
    struct gate_peer *best = NULL;
    for (size_t i = 0; i < sizeof g->peer / sizeof *g->peer; i++)
        if (!g->peer[i].trying && (!best || g->peer[i].until_s < best->until_s)) best = &g->peer[i];
    return best;
}

int gate_may_try(struct gate *g, const char *peer, int64_t now_s)
{
    pthread_mutex_lock(&g->lock);
    struct gate_peer *p = peer_find(g, peer);
    if (!p && (p = peer_row(g))) {
        *p = (struct gate_peer){0};
        snprintf(p->name, sizeof p->name, "%s", peer);
    }
    int wait = !p || p->trying || (p->failures && now_s < p->until_s);
    if (!wait) p->trying = 1;
    pthread_mutex_unlock(&g->lock);
    return wait ? 429 : 0;
}

void gate_not_tried(struct gate *g, const char *peer)
{
    pthread_mutex_lock(&g->lock);
    struct gate_peer *p = peer_find(g, peer);
    if (p) p->trying = 0;
    pthread_mutex_unlock(&g->lock);
}

static void tried(struct gate_peer *p, int wrong, int64_t now_s)
{
    p->trying = 0;
    if (!wrong) {
        *p = (struct gate_peer){0};
        return;
    }
    p->failures++;
    p->until_s = now_s + (p->failures > WAIT_DOUBLINGS ? WAIT_LONGEST_S : (int64_t)1 << (p->failures - 1));
}

int gate_login(struct gate *g, const char *peer, const char *password, int64_t now_s, char id[HTTP_TOKEN_MAX])
{
    int right = g->password_hash && crypto_pwhash_str_verify(g->password_hash, password, strlen(password)) == 0;
    int status = right && gate_random(id) == 0 ? 0 : 401;
    pthread_mutex_lock(&g->lock);
    struct gate_peer *p = peer_find(g, peer);
    if (p) tried(p, status, now_s);
    if (!status) keep_session(g, id, now_s);
    pthread_mutex_unlock(&g->lock);
    return status;
}

int web_password_hash(const char *password, char *out, size_t size)
{
    if (sodium_init() < 0 || size < crypto_pwhash_STRBYTES) return -1;
    return crypto_pwhash_str(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_MEMLIMIT_INTERACTIVE);
}
