/* The server put together: the table of calls, the ticker that publishes live events, start and stop. The ticker
 * looks once in half a second of wall time; it publishes when the snapshot is new, and every five seconds anyway so
 * that a page can tell a quiet village from a lost line. The map's part, the larger one, goes along every fourth
 * time. */
#include "web/web.h"
#include "base/err.h"
#include "base/instant.h"
#include "web/api.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct http_route route_table[] = {
    // clang-format off
    {"GET",  "/api/state",           0,                       api_state},
    {"GET",  "/api/events",          0,                       api_events},
    {"GET",  "/api/village",         0,                       api_village},
    {"GET",  "/api/asset",           0,                       api_asset},
    {"GET",  "/api/series",          HTTP_SLOW,               api_series},
    {"GET",  "/api/plan",            0,                       api_plan},
    {"GET",  "/api/prices",          0,                       api_prices},
    {"GET",  "/api/why",             0,                       api_why},
    {"GET",  "/api/alarms",          0,                       api_alarms},
    {"GET",  "/api/land",            HTTP_SLOW,               api_land},
    {"GET",  "/api/return",          HTTP_SLOW,               api_return},
    {"GET",  "/api/found",           HTTP_OPEN | HTTP_SLOW,   api_found_form},
    {"POST", "/api/found",           HTTP_OPEN | HTTP_SLOW,   api_found},
    {"POST", "/api/ack",             HTTP_CHANGE | HTTP_SLOW, api_ack},
    {"POST", "/api/override",        HTTP_CHANGE | HTTP_SLOW, api_override},
    {"POST", "/api/override/cancel", HTTP_CHANGE | HTTP_SLOW, api_override_cancel},
    {"POST", "/api/try",             HTTP_CHANGE | HTTP_SLOW, api_try},
    {"POST", "/api/reload",          HTTP_CHANGE | HTTP_SLOW, api_reload},
    {"GET",  "/api/compare",         HTTP_SLOW,               api_compare},
    {"POST", "/api/compare",         HTTP_CHANGE | HTTP_SLOW, api_compare_begin},
    // clang-format on
};

static void enter(void *self) { pthread_rwlock_rdlock(&((struct web *)self)->in_use); }
static void leave(void *self) { pthread_rwlock_unlock(&((struct web *)self)->in_use); }

static char *frame_text(json_t *state, size_t *size)
{
    char *json = json_dumps(state, JSON_COMPACT | JSON_REAL_PRECISION(9)), *text = NULL;
    int n = json ? asprintf(&text, "event: state\ndata: %s\n\n", json) : -1;
    free(json);
    *size = n < 0 ? 0 : (size_t)n;
    return n < 0 ? NULL : text;
}

static void publish(struct web *w, const struct snapshot *s, int with_map)
{
    size_t size;
    json_t *state = state_json(w, s, with_map);
    char *text = state ? frame_text(state, &size) : NULL;
    json_decref(state);
    if (text) events_publish(w->events, text, size);
}

static void wait_half_second(struct web *w)
{
    struct timespec until;
    instant_mono_after(&until, 0.5);
    pthread_cond_clockwait(&w->wake, &w->lock, CLOCK_MONOTONIC, &until);
}

static void *ticker_main(void *arg)
{
    struct web *w = arg;
    uint64_t seen = UINT64_MAX;
    unsigned quiet = 0, sent = 0;
    pthread_mutex_lock(&w->lock);
    while (!w->stopping) {
        wait_half_second(w);
        pthread_mutex_unlock(&w->lock);
        enter(w);
        const struct snapshot *s = w->ports.snapshot(w->ports.self);
        if (s) prices_learn(&w->prices, s);
        if (s && events_clients(w->events) && (s->seq != seen || ++quiet >= 10)) {
            publish(w, s, sent++ % 4 == 0);
            seen = s->seq;
            quiet = 0;
        }
        api_release(w, s);
        leave(w);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static const char *first_with(const char *file, const char *const *dir, size_t n)
{
    char name[1024];
    for (size_t i = 0; i < n; i++) {
        if (!dir[i] || snprintf(name, sizeof name, "%s/%s", dir[i], file) >= (int)sizeof name) continue;
        if (access(name, R_OK) == 0) return dir[i];
    }
    return NULL;
}

static int open_parts(struct web *w, struct err *e)
{
    w->events = events_create();
    w->history = history_create(w->ports.store, w->ports.village);
    w->board = board_create(w->ports.village);
    return w->events && w->history && w->board ? 0 : err_set(e, "out of memory for the web server");
}

static void close_parts(struct web *w)
{
    if (w->events) events_free(w->events);
    history_free(w->history);
    board_free(w->board);
    free(w);
}

static int listen_on(struct web *w, const struct web_options *o, struct err *e)
{
    const char *const ui[] = {o->ui_dir, getenv("KEND_UI"), KEND_DATA_DIR "/ui", KEND_SOURCE_DIR "/ui"};
    const char *const lib[] = {o->lib_dir, getenv("KEND_LIB"), KEND_DATA_DIR "/ui/lib",
                               KEND_SOURCE_DIR "/node_modules"};
    struct http_options h = {.listen = o->listen,
                             .hosts = o->hosts,
                             .proxy = o->proxy,
                             .password_hash = o->password_hash,
                             .token = o->token,
                             .ui_dir = first_with("index.html", ui, sizeof ui / sizeof *ui),
                             .lib_dir = first_with("uplot/dist/uPlot.min.css", lib, sizeof lib / sizeof *lib),
                             .route = route_table,
                             .n_route = sizeof route_table / sizeof *route_table,
                             .self = w,
                             .enter = enter,
                             .leave = leave};
    if (!h.ui_dir)
        return err_set(e, "the page's files are not found: install kend, or name their folder in KEND_UI");
    if (!h.lib_dir)
        return err_set(e, "uplot and leaflet are not found: run script/setup, or name their folder in KEND_LIB");
    w->http = http_start(&h, e);
    return w->http ? 0 : -1;
}

struct web *web_start(const struct web_options *o, const struct web_ports *ports, struct err *e)
{
    struct web *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->ports = *ports;
    pthread_rwlockattr_t writers_first;
    pthread_rwlockattr_init(&writers_first);
    pthread_rwlockattr_setkind_np(&writers_first, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&w->in_use, &writers_first);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    pthread_mutex_init(&w->prices.lock, NULL);
    if (open_parts(w, e) || listen_on(w, o, e)) {
        close_parts(w);
        return NULL;
    }
    if (pthread_create(&w->ticker, NULL, ticker_main, w)) {
        err_set(e, "the live events' thread could not be started");
        http_quiesce(w->http);
        http_stop(w->http);
        close_parts(w);
        return NULL;
    }
    return w;
}

void web_stop(struct web *w)
{
    if (!w) return;
    pthread_mutex_lock(&w->lock);
    w->stopping = 1;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->ticker, NULL);
    http_quiesce(w->http);
    events_end(w->events);
    http_stop(w->http);
    close_parts(w);
}

void web_hold(struct web *w) { pthread_rwlock_wrlock(&w->in_use); }

int web_go_on(struct web *w, const struct web_ports *ports)
{
    struct history *history = history_create(ports->store, ports->village);
    struct board *board = board_create(ports->village);
    int bad = !history || !board;
    if (!bad) {
        history_free(w->history);
        board_free(w->board);
        w->history = history;
        w->board = board;
        w->ports = *ports;
        w->prices.plan = 0;
    }
    pthread_rwlock_unlock(&w->in_use);
    return bad ? -1 : 0;
}

int web_port(const struct web *w) { return http_port(w->http); }
const char *web_token(const struct web *w) { return http_token(w->http); }

char *web_link(const struct web *w, char *buf, size_t size)
{
    const char *token = http_token(w->http);
    snprintf(buf, size, *token ? "http://%s/#token=%s" : "http://%s/", http_address(w->http), token);
    return buf;
}
