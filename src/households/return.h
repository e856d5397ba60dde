/* The return of households: from registration to the handed key, as a fold over the chain of signed records (store/chain.h), like the
 * land. Nothing personal is here: a household is a pseudonym ("h-7f3a90c2k4mw") made by the vault (store/vault.h), with the few facts that
 * the draw and the gate need (docs/adr/0005-return.md says which and why). Every record is checked against what the ones before it
 * made; whoever reads the chain again comes to the same. A home is ready when its land is (asked through struct return_gate, for this folder
 * may not include the land) and each of its supplies has passed its newest test. */
#ifndef HOUSEHOLDS_RETURN_H
#define HOUSEHOLDS_RETURN_H
#include "households/draw.h"
#include "store/facts.h"
#include "store/people.h"
#include "village/place.h"
struct err;
enum household_state {
    HH_REGISTERED, HH_SURVEYED, HH_ELIGIBLE, HH_INELIGIBLE, HH_APPEALED, HH_REFUSED, HH_POOLED, HH_DRAWN, HH_RESERVE, HH_OFFERED,
    HH_ACCEPTED, HH_DECLINED, HH_EXPIRED, HH_SCHEDULED, HH_KEYS, HH_SETTLED, HH_WITHDRAWN, HH_ERASED, HH_STATES
};
extern const char *const household_state_name[HH_STATES];
enum { CONSENT_RETURN = 1, CONSENT_SURVEY = 2, CONSENT_CONTACT = 4 };  /* purposes, by bit */
extern const char consent_words[];                                   /* "return survey contact" */
enum supply { SUPPLY_POWER, SUPPLY_WATER, SUPPLY_HEAT, SUPPLY_ROAD, SUPPLIES };
extern const char *const supply_name[SUPPLIES];
enum { FOLLOWUPS = 3, CRITERIA_MAX = 12, PERSONS_MAX = 9 };
struct household {
    const char *id, *language, *group;   /* group NULL: none */
    enum household_state state;
    int64_t rev, state_ms, seq;          /* seq: of its registration */
    int size, accessible, rooms;         /* rooms 0: not yet decided */
    unsigned consent;
    const char *hands;                   /* ids of all who registered, amended or surveyed it, one a line: they do not decide */
    const char *decided_by, *appealed_by, *offered_by;  /* persons' ids, for nobody approves their own work */
    int64_t decided_ms;
    enum household_state refused;        /* HH_INELIGIBLE or HH_REFUSED while a refusal stands, else HH_REGISTERED */
    int round, home;                     /* index or -1 */
    int64_t offer_ms, deadline_ms, move_ms, briefed_ms, key_ms, map_seq;  /* map_seq: the record after which the shown map was made */
    const char *briefed_by; char map_sha256[65];
    double meter_kWh, meter_m3, key_kWh, key_m3;   /* NAN: not read */
    const char *metered_by;
    int64_t followed_ms[FOLLOWUPS];      /* 0: not yet */
    int needs_help; int64_t helped_ms;   /* what the newest visit said, and when */
};
struct home_place { const char *id; enum place_kind kind; enum place_state state; const double *lonlat; int n_vertex; };  /* state: as the file said */
enum home_use { HOME_FREE, HOME_POOLED, HOME_VACANT, HOME_HELD, HOME_KEYED, HOME_GONE };  /* vacant: of a draw, nobody holds it */
extern const char *const home_use_name[];
struct home {
    const char *id, *near;
    int rooms, accessible;
    int *place, n_place;                 /* indices: where it stands, upwards */
    const char **hangs[SUPPLIES]; int n_hangs[SUPPLIES];  /* ids of what must have passed its test for each supply */
    enum home_use use;
    int round, household;                /* index or -1 */
};
struct supply_test { const char *of; enum supply supply; int pass; int64_t seq, at_ms; const char *by; };
struct round {
    const char *id, *hands;              /* hands: ids of who committed its lists or gave one up, one a line: they neither commit again nor draw */
    json_t *commitment, *result;         /* result NULL: not yet drawn */
    unsigned char hash[HASH_BYTES];
    struct pool pool;
    int *entry, *home;                   /* of the pool's tickets: index of household and home */
    int64_t seq, rev, seed_after_ms, drawn_ms, cancelled_ms;
    int given_up, waits;                 /* commitments given up after their seed could be known; 1: it waits for the same list again */
};
struct return_rules {
    int64_t seq;                         /* 0: none signed yet */
    struct { int persons, rooms; } room[PERSONS_MAX]; int n_room;    /* up to so many persons: so many rooms */
    const char *criteria[CRITERIA_MAX]; int n_criteria;
    int answer_days, appeal_days, moves_per_day, followup_day[FOLLOWUPS];
};
struct returns;
/* What the land says at the record that is being taken; `why` gets the reason in words. land: what may stand where the home stands.
 * danger: 1 when hazardous ground near the home was told of after record `since`, so that a map shown before does not show it. */
struct return_gate {
    void *self;
    enum place_state (*land)(void *self, const struct returns *, const struct home *, char *why, size_t size);
    int (*danger)(void *self, const struct returns *, const struct home *, int64_t since, char *why, size_t size);
};
struct returns {
    struct arena text;
    struct people people;
    struct chain_head head;
    unsigned char (*heads)[HASH_BYTES]; int n_heads;  /* of every record: which one a map was made after */
    struct return_gate gate;             /* land NULL: nothing is ready */
    struct return_rules rules;
    struct household *household; int n_household;
    struct home *home; int n_home;
    struct home_place *place; int n_place;
    struct supply_test *test; int n_test;
    struct round *round; int n_round;
    struct { int32_t *slot; int n; } by_id[2];   /* households, homes: open addressing */
    int64_t newest_ms, homes_seq; const char *homes_by;
};
struct returns *returns_open(const struct return_gate *);    /* NULL: nothing is ready */
void returns_close(struct returns *);
/* Takes the next record of the chain (of any kind), or refuses it with the reason and is unchanged. */
int returns_take(struct returns *, const struct record *, struct err *);
int return_household(const struct returns *, const char *id);        /* index or -1 */
int return_home(const struct returns *, const char *id);
int household_has_claim(const struct household *);                   /* on its way to a home, or holds one without its key: what one clerk's word does not end */
int return_place(const struct returns *, const char *id);
int return_round(const struct returns *, const char *id);
/* May somebody live there: its land, and water, power, heat and road. 0, or -1 with the first reason. */
int home_ready(const struct returns *, int home, struct err *);
/* Who may be offered this vacant home next by the draw's own rules: a household on its reserve list, or -1. */
int home_next(const struct returns *, int home);
int rooms_for(const struct return_rules *, int persons);             /* 0: no row */
/* The version that a signer sees of what a record of that kind is about. */
int64_t return_rev(const struct returns *, const char *kind, const char *of);
/* --- for everybody (households/pipeline.c); new references --- */
json_t *returns_pipeline_json(const struct returns *, int64_t now_ms);       /* counts by stage, days in each; no pseudonym */
json_t *returns_board_json(const struct returns *, int64_t now_ms);          /* for the page (board.c): each one's days without saying whose, who is late, homes */
json_t *household_json(const struct returns *, int household);
json_t *home_json(const struct returns *, int home);
json_t *home_facts_json(const struct returns *, int home);           /* as `return.homes` holds it */
json_t *returns_due_json(const struct returns *, int64_t now_ms);    /* answers that ran out, moves, visits that are due */
json_t *returns_pool_json(const struct returns *);                   /* what `kend draw commit` reads: who may be drawn, for which homes */
/* households/kinds.c: what a record of each kind must say. */
enum about { ABOUT_NOTHING, ABOUT_NEW, ABOUT_HOUSEHOLD, ABOUT_ROUND, ABOUT_THING };
struct return_kind {
    const char *kind, *help;
    enum about about;
    unsigned roles;
    uint32_t from;                       /* bits of enum household_state */
    const char *before;                  /* what to do first when the state does not fit */
    const struct value_row *value; int n_value;
};
extern const struct return_kind return_kinds[]; extern const int n_return_kinds;
const struct return_kind *return_kind_find(const char *kind);
#endif
