/* The page's server. It reads snapshots and the store and sends requests; it never touches control's state. What it
 * needs from the program around it is this one table of ports, filled by src/cmd_run.c (twin) or by a service on
 * real devices. */
#ifndef WEB_WEB_H
#define WEB_WEB_H
#include "control/run.h"
#include <stddef.h>
#include <stdint.h>
struct err;
struct store;
struct village;
struct web;

/* An answer for people: one plain sentence in English, and the clauses it is made of, each a key with numbers, so that the page
 * can say it in other languages (ui/text.js, "say_<key>", {0} {1} {2} the numbers in the unit that `unit` names, as a field
 * key does; "at_ms" an instant). `series`: what the number is, as in docs/api.md. */
enum { WEB_CLAUSES = 4, WEB_CLAUSE_NUMS = 3, WEB_FAULTS_MAX = 16, WEB_COMPARE_MAX = 4 };
struct web_number {
    double value;
    char unit[8], series[64];
};
struct web_clause {
    char key[24];
    struct web_number num[WEB_CLAUSE_NUMS];
    int n_num;
};
struct web_answer {
    char text[400], key[32];
    struct web_clause clause[WEB_CLAUSES];
    int n_clause;
};

/* Try it (twin only). action: "grid_out", "screw_stop", "cold_wave", "dry_river", "cloud_front" (value 1 = begin, 0
 * = end), "speed" (value: times faster than the clock on the wall, 1..10000), "controller" (value: enum
 * controller), "clear". */
struct web_try {
    char action[24];
    double value;
};
struct web_fault {
    char action[24];
    int64_t until_ms;
};

struct web_status {
    int twin;         /* 1: the village is the twin and Try it is offered */
    double speed;     /* asked for; 1 = real time */
    double achieved;  /* over the last two seconds or so; 0: not known yet */
    double warm_frac; /* share of the days behind the page that is already there; 1 = all */
    struct web_fault fault[WEB_FAULTS_MAX];
    int n_fault; /* tried and still on */
};
/* Side by side from the same state, weather and faults. Energy valued alike for what is left in the stores at the
 * end. */
struct web_compare_row {
    enum controller controller;
    double money;     /* currency units spent (earned: negative) */
    double unmet_K_h; /* kelvin-hours below the residents' band, all homes */
    double import_Wh, export_Wh, curtailed_Wh, peak_W;
};
/* What each way has cost and left unmet by the end of each hour: energy alone at the meter's tariff; the peak and what is left in
 * the stores are settled in the row at the end. */
enum { WEB_COMPARE_HOURS = 24, WEB_COMPARE_WAYS = 3 };
struct web_compare_line {
    double money[WEB_COMPARE_HOURS + 1], unmet_K_h[WEB_COMPARE_HOURS + 1];
};
struct web_compare {
    int hours; /* done by all ways; line[way = enum controller] holds 0..hours */
    struct web_compare_line line[WEB_COMPARE_WAYS];
    int running;
    int64_t from_ms, until_ms;
    double done_frac, left_s; /* left_s < 0: not known yet */
    double paid_peak_W;       /* of this month, paid before the comparison began: no way is charged for it again */
    struct web_compare_row row[WEB_COMPARE_MAX];
    int n_row; /* finished ones; may grow while running */
};
/* "I found something": from anybody, without login. Positions in degrees; has_position 0: not known. `report`: made by the phone, so that
 * a report that is sent twice is one. `source`: who sent it, only for limiting the rate at which one sender closes land by itself. */
struct web_found {
    char text[1200], place[64], report[64], photo_sha256[65], source[64];
    int has_position;
    double lon_deg, lat_deg;
};
struct json_t;
struct web_ports {
    void *self;
    const struct village *village;
    struct store *store;                            /* NULL: no history (the chart begins empty) */
    const struct snapshot *(*snapshot)(void *self); /* NULL before the first tick */
    void (*release)(void *self, const struct snapshot *);
    int (*request)(void *self, const struct request *); /* as control_request */
    void (*status)(void *self, struct web_status *);    /* any thread, quick */
    /* MAY: both NULL where there is no twin. Called on the web's worker thread; must return within 2 s. 0, or -1 +
     * err. */
    int (*try_action)(void *self, const struct web_try *, struct web_answer *, struct err *);
    /* MAY: reads the village file again and checks it; what is right comes into force within seconds. 0, or -1 + err: one line. */
    int (*reload)(void *self, struct err *);
    /* begin = 1 starts a comparison (unless one runs); fills what is known so far. */
    int (*compare)(void *self, int begin, struct web_compare *, struct err *);
    /* MAY, both or none. Land for the page (new reference); a report taken: 0 with an answer also when it could not be saved but closes land all
     * the same. On the web's worker thread. */
    struct json_t *(*land)(void *self);
    int (*found)(void *self, const struct web_found *, struct web_answer *, struct err *);
    /* MAY: the return of households by stage, without any pseudonym (new reference). On the web's worker thread. */
    struct json_t *(*households)(void *self);
};
struct web_options {
    const char *listen;        /* "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:8080"; port 0: any free one */
    const char *ui_dir;        /* NULL: $KEND_UI, else the installed folder, else ui/ beside the source */
    const char *lib_dir;       /* NULL: $KEND_LIB, else ui_dir/lib, else node_modules beside it */
    const char *password_hash; /* argon2id string (libsodium); NULL: loopback only */
    const char *hosts;         /* further names the page may be called by, "kend.local:8080,..."; may be NULL */
    const char *proxy;         /* address of a reverse proxy whose X-Forwarded-For is believed; NULL: nobody's */
    const char *token;         /* NULL: a fresh random one */
};
/* Starts the server's threads; ports and the village outlive it. NULL + err: bad address, port in use, not loopback
 * and no password. */
struct web *web_start(const struct web_options *, const struct web_ports *, struct err *);
void web_stop(struct web *);
/* The village changes: hold waits until no call is looking at it and lets none begin; go_on takes the ports of the new one. -1:
 * no memory, the old ones hold. */
void web_hold(struct web *);
int web_go_on(struct web *, const struct web_ports *);
int web_port(const struct web *);
const char *web_token(const struct web *);
/* "http://127.0.0.1:8080/#token=...", without a token where a password is set: what to print at start. Returns buf. */
char *web_link(const struct web *, char *buf, size_t size);
/* An argon2id string for web_options.password_hash. 0, or -1. */
int web_password_hash(const char *password, char *out, size_t size);
#endif
