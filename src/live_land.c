/* See live_land.h. A report of a find closes land within this call: saved first; where it cannot be saved (full disk, damaged file) it
 * closes all the same for as long as the program runs, and the answer says that somebody must be called. One sender closes
 * land at most six times an hour by themselves; further reports are recorded, shown and wait for people. Only reports that closed something count:
 * words about nowhere must not silence the report that says where. Every report that is open raises the alarm, also one that closes nothing. */
#include "live_land.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/log.h"
#include "control/run.h"
#include "heads.h"
#include "home_desk.h"
#include "land/publish.h"
#include "ready.h"
#include "store/store.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SOURCES_MAX = 256, FREE_AN_HOUR = 6, FREE_ALL_AN_HOUR = 60, KEPT_AN_HOUR = 300 };
struct sender {
    char name[64];
    int64_t since_ms;
    int n, n_closed; /* reports in this hour, and those that closed something */
};
struct gate_state {
    struct gate_state *before;
    size_t n;
    uint8_t state[];
};
struct live_land {
    const struct village *village;
    struct control *control;
    struct home_desk homes; /* its desk folds land and return */
    pthread_mutex_t lock;
    pthread_t thread;
    int stop, unsent, open_sent; /* open_sent: finds as last told to control */
    int n_unsaved;               /* reports that could not be saved */
    pthread_cond_t wake;
    struct gate_state *gate; /* newest first; all live as long as control */
    int32_t *why;
    struct spot_closed *spot;
    int n_spot;
    struct sender source[SOURCES_MAX], all;
    int64_t head_day, head_seq; /* as last noted */
    struct store *store;
    json_t *ready;    /* of the homes, as last told */
    char *ready_text; /* the store's while ready_posted == STORE_POSTED */
    int64_t ready_ms;
    atomic_int ready_posted;
};

/* --- the gate --- */

static int finds_open(const struct live_land *l)
{
    int n = l->n_unsaved;
    for (int i = 0; i < l->homes.desk.land->n_find; i++) n += !l->homes.desk.land->find[i].restored_seq;
    return l->homes.desk.stale && n < l->open_sent ? l->open_sent : n;
}

static void send_gate(struct live_land *l)
{
    l->open_sent = finds_open(l);
    struct request r = {.kind = REQUEST_LAND, .value = l->open_sent, .of.next = l->gate->state};
    l->unsent = control_request(l->control, &r) != 0;
}

/* A village without a gate is a village where everything is open: it ends rather than go on so. */
static struct gate_state *gate_make(const struct live_land *l, const struct village *v, int32_t *why)
{
    size_t n = (size_t)(v->n_place + v->n_round);
    struct gate_state *g = malloc(sizeof *g + n);
    must(g && !land_publish(l->homes.desk.land, v, l->spot, l->n_spot, g->state, why),
         "out of memory for the gate of the land");
    g->n = n;
    return g;
}

static void publish(struct live_land *l)
{
    struct gate_state *g = gate_make(l, l->village, l->why);
    size_t n = g->n;
    int floor = l->homes.desk.stale && l->gate && l->gate->n == n; /* records that cannot be read open nothing */
    for (size_t i = 0; floor && i < n; i++)
        if (l->gate->state[i] < g->state[i]) g->state[i] = l->gate->state[i];
    if (l->gate && l->gate->n == n && !memcmp(l->gate->state, g->state, n)) {
        free(g);
        if (finds_open(l) != l->open_sent) send_gate(l);
        return;
    }
    g->before = l->gate;
    l->gate = g;
    send_gate(l);
}

/* --- the head, outside the data base: at the start, whenever it has changed, and once a day --- */

static void note_head(struct live_land *l)
{
    const struct chain_head *head = &l->homes.desk.land->head;
    int64_t now_ms = instant_now_ms(), day = now_ms / MS_DAY;
    if ((day == l->head_day && head->seq == l->head_seq) || !strcmp(l->homes.desk.path, ":memory:") || !head->seq)
        return;
    l->head_day = day;
    l->head_seq = head->seq;
    heads_note(l->homes.desk.path, head, now_ms);
}

/* --- what the village sees of its homes --- */

static const int64_t READY_EVERY_MS = MS_MIN,
                     HISTORY_MS = MS_HOUR; /* a snapshot so old is of the days before the start */

static void ready_post(struct live_land *l, const struct snapshot *s, int64_t now_ms)
{
    json_t *is = ready_json(s);
    int same =
        l->ready && json_equal(is, l->ready) && now_ms - l->ready_ms < READY_EVERY_MS && now_ms >= l->ready_ms;
    if (same || atomic_load(&l->ready_posted) == STORE_POSTED) {
        json_decref(is);
        return;
    }
    free(l->ready_text);
    json_decref(l->ready);
    l->ready = is;
    l->ready_ms = now_ms;
    l->ready_text = ready_text(is, now_ms);
    if (l->ready_text &&
        store_put_post(l->store, READY_KEY, l->ready_text, strlen(l->ready_text), &l->ready_posted))
        l->ready_ms = 0; /* full: in the next second again */
}

static void tell_ready(struct live_land *l)
{
    const struct snapshot *s = snapshot_get(l->control);
    int64_t now_ms = instant_now_ms();
    if (s && l->store && s->at_ms > now_ms - HISTORY_MS) ready_post(l, s, now_ms);
    snapshot_put(s);
}

static void ready_end(struct live_land *l)
{
    while (atomic_load(&l->ready_posted) == STORE_POSTED) nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    free(l->ready_text);
    json_decref(l->ready);
}

/* --- its thread --- */

static void *land_thread(void *self)
{
    struct live_land *l = self;
    char said[512] = "";
    pthread_mutex_lock(&l->lock);
    while (!l->stop) {
        struct timespec t;
        struct err e = {0};
        int64_t before = l->homes.desk.land->head.seq;
        instant_mono_after(&t, 1.0);
        pthread_cond_clockwait(&l->wake, &l->lock, CLOCK_MONOTONIC, &t);
        if (l->stop) break;
        if (desk_refresh(&l->homes.desk, &e) && strcmp(said, e.text) != 0) {
            snprintf(said, sizeof said, "%s", e.text);
            log_line(LOG_ERROR, "the records of the land: %s; what is closed stays closed", e.text);
        }
        if (l->homes.desk.land && l->homes.desk.land->head.seq != before) publish(l);
        if (l->unsent) send_gate(l);
        note_head(l);
        tell_ready(l);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

static const char *beside(const struct village *v, char *path, size_t size)
{
    const char *slash = strrchr(v->file, '/');
    snprintf(path, size, "%.*s%s", slash && v->land.records[0] != '/' ? (int)(slash + 1 - v->file) : 0, v->file,
             v->land.records);
    return path;
}

static int adopt(struct live_land *l, struct err *e)
{
    char path[1024];
    long n = desk_adopt(&l->homes.desk, beside(l->village, path, sizeof path), e);
    if (n > 0) log_line(LOG_DEBUG, "land: %ld records taken from %s", n, path);
    return n < 0 ? -1 : 0;
}

/* A chain that has lost its end would open what its last records closed: the village does not start on it. */
static int fill(struct live_land *l, const char *db, struct err *e)
{
    if (home_desk_open(&l->homes, db, NULL, e)) return -1;
    int bad = heads_check(l->homes.desk.chain, db, e);
    if (!bad && !l->homes.desk.land->head.seq && l->village->land.records) bad = adopt(l, e);
    if (bad) home_desk_close(&l->homes);
    return bad;
}

struct live_land *live_land_open(const struct village *v, const char *db, struct store *store, struct control *c,
                                 struct err *e)
{
    struct live_land *l = calloc(1, sizeof *l);
    if (!l) return err_set(e, "out of memory"), NULL;
    l->village = v;
    l->control = c;
    l->store = store;
    l->why = calloc((size_t)(v->n_place + v->n_round) + 1, sizeof *l->why);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->wake, NULL);
    if (l->why && !fill(l, db, e)) {
        publish(l); /* before control's first tick */
        note_head(l);
        if (!pthread_create(&l->thread, NULL, land_thread, l)) return l;
        err_set(e, "no thread for the land");
        home_desk_close(&l->homes);
    }
    free(l->why);
    free(l);
    return NULL;
}

/* --- the village file read again opens nothing --- */

static enum place_state lower(const struct place *p, const uint8_t *gate, int32_t at)
{
    return gate[at] < p->state ? (enum place_state)gate[at] : p->state;
}

/* Is the place closed although its file hands it over? */
static int shut(const struct village *v, const uint8_t *gate, int32_t place)
{
    return place_usable(&v->place[place]) && gate[place] < PLACE_COMMISSIONED;
}

static int place_kept_shut(const struct village *v, const uint8_t *gate, int32_t i, const struct village *to,
                           const uint8_t *then, struct err *e)
{
    int32_t at = village_place(to, v->place[i].id);
    if (!shut(v, gate, i) || (at >= 0 && lower(&to->place[at], then, at) < PLACE_COMMISSIONED)) return 0;
    return err_set(
        e,
        "`%s` is closed by the records of the land; the file may not %s it before the authority has given it back",
        v->place[i].id, at >= 0 ? "redraw" : "rename or remove");
}

/* Where the asset stands and all that it works on. */
static int32_t asset_shut(const struct village *v, const uint8_t *gate, const struct asset *a)
{
    for (int i = -1; i < a->n_reach; i++) {
        int32_t p = i < 0 ? a->place : a->reach[i];
        if (p >= 0 && lower(&v->place[p], gate, p) < PLACE_COMMISSIONED) return p;
    }
    return -1;
}

static int asset_kept_shut(const struct village *v, const uint8_t *gate, int32_t i, const struct village *to,
                           const uint8_t *then, struct err *e)
{
    int32_t at = village_asset(to, v->asset[i].id), place = asset_shut(v, gate, &v->asset[i]);
    if (place < 0 || !shut(v, gate, place) || at < 0 || asset_shut(to, then, &to->asset[at]) >= 0) return 0;
    return err_set(e,
                   "`%s` is out of service with `%s`, which the records of the land close; the file may not move "
                   "it before the authority has given that back",
                   v->asset[i].id, v->place[place].id);
}

int live_land_allows(struct live_land *l, const struct village *to, struct err *e)
{
    pthread_mutex_lock(&l->lock);
    const struct village *v = l->village;
    struct gate_state *then = gate_make(l, to, NULL);
    int bad = l->homes.desk.stale
                  ? err_set(e, "the records of the land cannot be read: the village file is not either")
                  : 0;
    for (int32_t i = 0; i < v->n_place && !bad; i++)
        bad = place_kept_shut(v, l->gate->state, i, to, then->state, e);
    for (int32_t i = 0; i < v->n_asset && !bad; i++)
        bad = asset_kept_shut(v, l->gate->state, i, to, then->state, e);
    free(then);
    pthread_mutex_unlock(&l->lock);
    return bad ? -1 : 0;
}

void live_land_move(struct live_land *l, const struct village *v, struct control *c)
{
    int32_t *why = calloc((size_t)(v->n_place + v->n_round) + 1, sizeof *why);
    must(why, "out of memory for %d places", v->n_place);
    pthread_mutex_lock(&l->lock);
    l->village = v;
    l->control = c;
    free(l->why);
    l->why = why;
    for (int i = 0; i < l->n_spot; i++) {
        int32_t at = l->spot[i].place ? village_place(v, l->spot[i].place) : -1;
        l->spot[i].place = at >= 0 ? v->place[at].id : NULL;
    }
    if (l->gate) l->gate->n = (size_t)-1; /* in force nowhere now */
    publish(l);
    pthread_mutex_unlock(&l->lock);
}

void live_land_close(struct live_land *l)
{
    if (!l) return;
    pthread_mutex_lock(&l->lock);
    l->stop = 1;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
    ready_end(l);
    home_desk_close(&l->homes);
    for (struct gate_state *g = l->gate, *before; g; g = before) {
        before = g->before;
        free(g);
    }
    free(l->why);
    free(l->spot);
    free(l);
}

struct json_t *live_land_json(struct live_land *l)
{
    pthread_mutex_lock(&l->lock);
    json_t *j = l->gate ? land_public_json(l->homes.desk.land, l->village, l->gate->state, l->why) : NULL;
    pthread_mutex_unlock(&l->lock);
    return j;
}

struct json_t *live_land_return_json(struct live_land *l)
{
    pthread_mutex_lock(&l->lock);
    json_t *j = l->homes.returns ? returns_board_json(l->homes.returns, instant_now_ms()) : NULL;
    pthread_mutex_unlock(&l->lock);
    return j;
}

/* --- reports --- */

static void hour_begin(struct sender *s, int64_t now_ms)
{
    if (now_ms - s->since_ms < MS_HOUR && now_ms >= s->since_ms) return;
    s->since_ms = now_ms;
    s->n = s->n_closed = 0;
}

static struct sender *sender_of(struct live_land *l, const char *name, int64_t now_ms)
{
    struct sender *oldest = &l->source[0];
    for (int i = 0; i < SOURCES_MAX; i++) {
        if (!strcmp(l->source[i].name, name)) return &l->source[i];
        if (l->source[i].since_ms < oldest->since_ms) oldest = &l->source[i];
    }
    *oldest = (struct sender){.since_ms = now_ms};
    snprintf(oldest->name, sizeof oldest->name, "%s", name);
    return oldest;
}

static json_t *report_json(const struct web_found *f, int closes)
{
    json_t *data = json_pack("{s:s}", "text", f->text[0] ? f->text : "(no words)");
    if (f->has_position) json_object_set_new(data, "position", json_pack("[f,f]", f->lon_deg, f->lat_deg));
    if (f->place[0]) json_object_set_new(data, "place", json_string(f->place));
    if (f->report[0]) json_object_set_new(data, "report", json_string(f->report));
    if (f->photo_sha256[0]) json_object_set_new(data, "photo_sha256", json_string(f->photo_sha256));
    if (!closes) json_object_set_new(data, "limited", json_integer(1));
    return data;
}

static int known(const struct live_land *l, const char *report)
{
    for (int i = 0; *report && i < l->homes.desk.land->n_find; i++)
        if (l->homes.desk.land->find[i].report && !strcmp(l->homes.desk.land->find[i].report, report)) return 1;
    return 0;
}

static void close_unsaved(struct live_land *l, const struct web_found *f)
{
    int32_t place = f->place[0] ? village_place(l->village, f->place) : -1;
    l->spot = realloc(l->spot, (size_t)(l->n_spot + 1) * sizeof *l->spot);
    must(l->spot, "out of memory for a report");
    l->spot[l->n_spot++] = (struct spot_closed){.lon_deg = f->has_position ? f->lon_deg : 0,
                                                .lat_deg = f->has_position ? f->lat_deg : 0,
                                                .place = place >= 0 ? l->village->place[place].id : NULL};
}

/* Does the newest find close anything, by its position or a place that there is? */
static int says_where(const struct live_land *l, const struct web_found *f)
{
    const struct land *land = l->homes.desk.land;
    return land->find[land->n_find - 1].n_area > 0 || (f->place[0] && village_place(l->village, f->place) >= 0);
}

static const char *found_take(struct live_land *l, const struct web_found *f, int closes)
{
    struct err e = {0};
    if (known(l, f->report)) return "found_known";
    struct web_found use = *f;
    json_t *data = report_json(&use, closes);
    int bad = desk_sign(&l->homes.desk, NULL, "land.found", "", -1, instant_now_ms(), data, NULL, &e);
    json_decref(data);
    if (bad && f->has_position && strstr(e.text, "axis order")) { /* a phone's clumsy app must not lose a report */
        use.lon_deg = f->lat_deg;
        use.lat_deg = f->lon_deg;
        return found_take(l, &use, closes);
    }
    if (bad) {
        log_line(LOG_ERROR, "a find was reported and could not be saved: %s", e.text);
        l->n_unsaved++;
        if (closes) close_unsaved(l, f);
    }
    publish(l);
    int nowhere = !bad && closes && !says_where(l, f);
    log_line(LOG_WARNING, "somebody found something: %s%s",
             f->place[0]       ? f->place
             : f->has_position ? "at a position"
                               : "nowhere named",
             nowhere  ? "; nothing is closed, somebody must ask where"
             : closes ? "; what stands there is taken out of service"
                      : "; the sender reports very much, people must look");
    int forgets =
        !strcmp(l->homes.desk.path, ":memory:"); /* run without --db: what it closed opens with the next start */
    return bad || forgets ? "found_unsaved" : nowhere ? "found_nowhere" : closes ? "found_closed" : "found_waits";
}

/* Takes a report of a sender whose hours have begun. NULL: no person sends that many; the phone keeps it. */
static const char *report_take(struct live_land *l, const struct web_found *f, struct sender *mine)
{
    const struct gate_state *gate = l->gate;
    int n_area = l->homes.desk.land->n_area;
    if (++mine->n > KEPT_AN_HOUR) return NULL;
    const char *key = found_take(l, f, mine->n_closed < FREE_AN_HOUR && l->all.n_closed < FREE_ALL_AN_HOUR);
    int closed = l->gate != gate || l->homes.desk.land->n_area > n_area;
    mine->n_closed += closed;
    l->all.n_closed += closed;
    return key;
}

int live_land_found(struct live_land *l, const struct web_found *f, struct web_answer *answer, struct err *e)
{
    static const struct {
        const char *key, *text;
    } says[] = {
        {"found_closed",
         "Your report is saved and what stands there is out of service. Stay away, mark nothing, call"},
        {"found_known", "This report had arrived already. Stay away, mark nothing, call"},
        {"found_waits",
         "Your report is saved; many came from here, so people will look at it now. Stay away, mark nothing, call"},
        {"found_nowhere", "Your report is saved, but it does not say where, so nothing is closed. Stay away, mark "
                          "nothing, say where and call"},
        {"found_unsaved", "Your report has arrived but could not be saved: call now, and stay away."}};
    pthread_mutex_lock(&l->lock);
    int64_t now_ms = instant_now_ms();
    struct sender *mine = sender_of(l, f->source, now_ms);
    hour_begin(mine, now_ms);
    hour_begin(&l->all, now_ms);
    const char *key = report_take(l, f, mine);
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        if (key && !strcmp(says[i].key, key))
            snprintf(answer->text, sizeof answer->text, "%s %s", says[i].text, l->homes.desk.land->people.call);
    snprintf(answer->key, sizeof answer->key, "%s", key ? key : "");
    if (!key)
        err_set(e, "more than %d reports in an hour from one address: call %s", KEPT_AN_HOUR,
                l->homes.desk.land->people.call);
    pthread_mutex_unlock(&l->lock);
    return key ? 0 : -1;
}

/* --- check --- */

/* The first place that it stands or works on, which the file hands over and the records do not. -1: none. */
static int32_t place_refused(const struct village *v, const struct asset *a, const uint8_t *state)
{
    for (int i = -1; i < a->n_reach; i++) {
        int32_t p = i < 0 ? a->place : a->reach[i];
        if (p >= 0 && state[p] < PLACE_CONSTRUCTION && v->place[p].state >= PLACE_CONSTRUCTION) return p;
    }
    return -1;
}

static int refuse_assets(const struct village *v, const struct land *l, const uint8_t *state, const int32_t *why,
                         FILE *out)
{
    int n = 0;
    for (int32_t i = 0; i < v->n_asset; i++) {
        const struct asset *a = &v->asset[i];
        int32_t p = place_refused(v, a, state), top = p;
        if (p < 0) continue;
        while (v->place[top].parent >= 0) top = v->place[top].parent;
        fprintf(out, "%s:%d:%d: `%s` %s `%s`, which is not handed over: the records have %s%s%s\n", v->file,
                a->src_line, a->src_col, a->id, p == a->place ? "stands on" : "works on", v->place[top].id,
                why[p] >= 0 ? l->area[why[p]].id : "a find", why[p] >= 0 ? " as " : "",
                why[p] >= 0 ? area_state_name[l->area[why[p]].state] : " there that is still open");
        n++;
    }
    return n;
}

/* The records do not let the round drive where the village file does. */
static int refuse_rounds(const struct village *v, const struct land *l, const uint8_t *state, const int32_t *why,
                         FILE *out)
{
    int n = 0;
    for (int32_t r = 0; r < v->n_round; r++) {
        const struct waste_round *o = &v->round[r];
        int32_t at = v->n_place + r, leg = -1;
        if (state[at] >= PLACE_CONSTRUCTION) continue;
        for (int i = 0; leg < 0 && i < o->n_leg; i++)
            if (state[o->leg[i]] < PLACE_CONSTRUCTION) leg = o->leg[i];
        int32_t top = leg;
        while (top >= 0 && v->place[top].parent >= 0) top = v->place[top].parent;
        fprintf(out, "%s:%d:%d: `%s` drives over `%s`%s%s%s, which is not handed over: the records have %s%s%s\n",
                v->file, o->line, o->col, o->id, leg >= 0 ? v->place[leg].id : "the way between two legs",
                top != leg ? " on `" : "", top != leg ? v->place[top].id : "", top != leg ? "`" : "",
                why[at] >= 0 ? l->area[why[at]].id : "a find", why[at] >= 0 ? " as " : "",
                why[at] >= 0 ? area_state_name[l->area[why[at]].state] : " there that is still open");
        n++;
    }
    return n;
}

/* Somebody named a place that the file does not have (any more), and nothing else says where: told, not refused, for anybody may write anything. */
static void find_lost(const struct village *v, const struct find *f, FILE *out)
{
    if (f->restored_seq || f->n_area || !f->place || village_place(v, f->place) >= 0) return;
    fprintf(out,
            "%s: find no. %lld is open and names `%s`, which is no place of the file: it closes nothing, somebody "
            "must ask where\n",
            v->file, (long long)f->seq, f->place);
}

int land_check(const struct village *v, const char *db, FILE *out, struct err *e)
{
    char path[1024];
    struct desk d;
    if (!db && !v->land.records) return 0;
    if (db && access(db, F_OK)) return err_set(e, "%s: %s", db, strerror(errno));
    if (db ? desk_open(&d, db, NULL, e) : desk_open_export(&d, beside(v, path, sizeof path), NULL, e)) return -1;
    if (db && heads_check(d.chain, db, e)) return desk_close(&d), -1;
    for (int i = 0; i < d.land->n_find; i++) find_lost(v, &d.land->find[i], out);
    uint8_t *state = calloc((size_t)(v->n_place + v->n_round) + 1, 1);
    int32_t *why = calloc((size_t)(v->n_place + v->n_round) + 1, sizeof *why);
    int n = state && why && !land_publish(d.land, v, NULL, 0, state, why)
                ? refuse_assets(v, d.land, state, why, out) + refuse_rounds(v, d.land, state, why, out)
                : err_set(e, "out of memory");
    free(state);
    free(why);
    desk_close(&d);
    return n;
}
