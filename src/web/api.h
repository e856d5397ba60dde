/* What the api_<noun>.c files share: the server's parts, and the few lines every answer needs. */
#ifndef WEB_API_H
#define WEB_API_H
#include "web/board.h"
#include "web/events.h"
#include "web/history.h"
#include "web/http.h"
#include "web/web.h"
#include <jansson.h>
#include <pthread.h>
enum { PRICES_SLOTS = 8 * 96 };
struct price_slot {
    int64_t quarter;
    double per_kWh;
}; /* quarter: hours x 4 since 1970 */
struct prices {
    pthread_mutex_t lock;
    uint64_t plan;
    struct price_slot slot[PRICES_SLOTS];
};
struct web {
    pthread_rwlock_t in_use; /* held for reading while a call or the ticker looks at what follows; for writing to change the village */
    struct web_ports ports;
    struct http *http;
    struct events *events;
    struct history *history; /* worker thread only */
    struct board *board;
    pthread_t ticker;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    int stopping;
    struct prices prices;
};
char *api_version(const struct village *, char buf[20]); /* which reading of the village file this is */
json_t *api_number(double);                    /* null when not finite; at most nine digits */
void api_names(json_t *, const struct words *);   /* beside a name those of the page's other languages, where the village file has them */
void api_send(struct http_answer *, json_t *); /* takes the reference */
/* Body as an object, or NULL with the answer filled. */
json_t *api_body(const struct http_call *, struct http_answer *);
int64_t api_query_ms(const struct http_call *, const char *key, int64_t otherwise);
const struct snapshot *api_snapshot(struct web *, struct http_answer *); /* NULL with 503 before the first tick */
void api_release(struct web *, const struct snapshot *);
json_t *state_json(struct web *, const struct snapshot *, int with_map);
/* Figures that are no series ("@plan.bought"): one as /api/why answers, NULL when there is none of that name; and all whose name
 * begins so. */
json_t *named_why(const struct web *, const struct snapshot *, const char *id);
json_t *named_json(const struct web *, const struct snapshot *, const char *prefix);
void prices_learn(struct prices *, const struct snapshot *);
json_t *alarms_json(const struct snapshot *, int everything);
json_t *overrides_json(const struct snapshot *);
/* "home-017.cmd.heat_W" -> asset and row; 0 or -1 + err. */
int api_point(const struct village *, const char *name, int32_t *asset, int *row, struct err *);

void api_state(void *, const struct http_call *, struct http_answer *);
void api_village(void *, const struct http_call *, struct http_answer *);
void api_asset(void *, const struct http_call *, struct http_answer *);
void api_series(void *, const struct http_call *, struct http_answer *);
void api_plan(void *, const struct http_call *, struct http_answer *);
void api_prices(void *, const struct http_call *, struct http_answer *);
void api_why(void *, const struct http_call *, struct http_answer *);
void api_alarms(void *, const struct http_call *, struct http_answer *);
void api_ack(void *, const struct http_call *, struct http_answer *);
void api_override(void *, const struct http_call *, struct http_answer *);
void api_override_cancel(void *, const struct http_call *, struct http_answer *);
void api_try(void *, const struct http_call *, struct http_answer *);
void api_compare(void *, const struct http_call *, struct http_answer *);
void api_compare_begin(void *, const struct http_call *, struct http_answer *);
void api_reload(void *, const struct http_call *, struct http_answer *);
void api_land(void *, const struct http_call *, struct http_answer *);
void api_return(void *, const struct http_call *, struct http_answer *);
void api_found_form(void *, const struct http_call *, struct http_answer *);
void api_found(void *, const struct http_call *, struct http_answer *);
void api_events(void *, const struct http_call *, struct http_answer *);
#endif
