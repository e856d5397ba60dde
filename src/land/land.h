/* Land: from suspicion to use. What is known of every hazard area is a fold over the chain of signed records (store/chain.h): nothing
 * is kept that a record does not say, every record is checked against what the ones before it made, and who reads the chain again
 * comes to the same land. State machine, roles and outcomes after IMAS 07.11 as summarised in docs/land.md. kend is never the
 * authority's system of record and releases nothing by itself: only a record signed by an accredited authority does. */
#ifndef LAND_LAND_H
#define LAND_LAND_H
#include "base/arena.h"
#include "geo/geo.h"
#include "store/facts.h"
#include "store/people.h"
#include "village/place.h"
struct err;
enum area_state {
    AREA_REPORTED, AREA_NTS_TASKED, AREA_CANCELLED, AREA_SHA, AREA_CHA, AREA_TS_TASKED, AREA_REDUCED, AREA_CLEARANCE_TASKED,
    AREA_IN_PROGRESS, AREA_SUSPENDED, AREA_PENDING_QC, AREA_NONCONFORMITY, AREA_COMPLETED, AREA_HANDOVER_SIGNED, AREA_IN_USE,
    AREA_REOPENED, AREA_STATES
};
extern const char *const area_state_name[AREA_STATES];
enum outcome { OUTCOME_CANCELLED, OUTCOME_REDUCED, OUTCOME_CLEARED, OUTCOMES }; /* never merged */
extern const char *const outcome_name[OUTCOMES];
struct product {                         /* part of an area that was released */
    enum outcome outcome;
    struct shape *shape;
    double area_m2, depth_m;             /* depth: cleared only, else NAN */
    const char *method, *residual, *points; /* points: turning points and markers */
    int64_t seq, at_ms;                  /* the authority's record */
    const char *released_by;
};
struct claim {                           /* what somebody says may be released; waits for the authority */
    int open;
    enum outcome outcome;
    struct shape *shape;
    double depth_m;
    const char *method, *residual, *points, *by, *person, *org;
    int64_t seq;
};
struct report { int64_t seq, day_ms, superseded_by; const char *team, *method; double searched_m2, hours; };  /* one team's day */
struct device { int64_t seq, superseded_by; int settled; /* its ground was released since */ const char *category, *model, *condition, *fate; double depth_m, lon_deg, lat_deg; };
struct activity {                        /* a survey or clearance as ordered */
    const char *method, *org;
    int64_t seq, from_ms, until_ms;      /* 0: not begun, not ended */
    int has_position; double lon_deg, lat_deg; /* its reference point */
};
struct visit { int64_t seq, at_ms; const char *by, *person, *org, *text, *severity, *type; int control, pass; double sampled_m2; };
struct area {
    const char *id, *name, *place;       /* place: of the village file; NULL: by geometry only */
    enum area_state state, before;       /* before: what it was when it was reopened */
    int confirmed;                       /* direct evidence once: CHA */
    int64_t rev;                         /* records about it */
    int64_t state_ms, since_seq;
    struct shape *whole, *rest;          /* rest: not released */
    double initial_m2, extension_m2;
    struct product *product; int n_product;
    struct claim claim;
    struct report *report; int n_report;
    double spent_m2;                     /* of what the reports searched: released already */
    struct device *device; int n_device;
    struct activity *activity; int n_activity;
    struct visit *visit; int n_visit;
    const char *operator_org, *order, *evidence; double task_depth_m; int qc_passed;
    int64_t handover_seq, handover_ms, accept_seq, accept_ms, commission_seq; const char *use, *residual, *handed_by, *taken_by, *handed_id, *handed_org, *taken_id;
    int imported, from_find, open_finds; /* open_finds: that are not given back yet */
    const char *note;                    /* what was repaired or differs */
    int theirs_worse;                    /* the authority's release says hazard where we do not: the worse one holds until reconciled */
    const char *differs, *theirs, *importer; int64_t theirs_seq; int theirs_signed; /* what the release says otherwise, until reconciled */
    int64_t theirs_ms, theirs_before;    /* when it came; the record that took the same file before, 0: none */
    int64_t danger_ms;                   /* newest report, find, accident, extension or evidence: an older release knows nothing of it */
};
struct find {
    int64_t seq, at_ms;
    const char *text, *place, *by, *by_id; /* by: NULL = from the public; by_id: the person, whichever key they used */
    int has_position; double lon_deg, lat_deg;
    int *area, n_area;                   /* what it reopened */
    int accident; int64_t casualties; const char *category, *type; /* accident: it went off; category, type: NULL: not told */
    int64_t resolved_seq, restored_seq; int nothing, limited, settled; /* settled: its ground was cleared since */ const char *resolver, *report; /* limited: waits for people, closes nothing by itself */
};
struct lesson { int64_t seq, at_ms, people; const char *text, *language, *method, *org; int has_position; double lon_deg, lat_deg; };
struct land_counts { int64_t accidents, casualties, lessons, taught; };
struct land {
    struct geo *geo;
    struct arena text;
    struct people people;
    struct chain_head head;
    double site_lon_deg, site_lat_deg, reach_m;
    struct area *area; int n_area, area_room;
    struct find *find; int n_find, find_room;
    struct lesson *lesson; int n_lesson;
    struct land_counts counts;
    struct rank { const char *id; int64_t from_ms, done_ms, late_ms; } *rank; int n_rank; int64_t rank_seq; const char *ranked_by; /* the order a person signed */
    struct taken_file { const char *sha256; int64_t seq; } *file; int n_file; /* signed releases that were taken */
    int32_t *slot; int n_slot;           /* area by id: open addressing */
};
struct land *land_open(struct err *);
void land_close(struct land *);
/* Takes the next record of the chain, or refuses it with the reason and is unchanged. */
int land_take(struct land *, const struct record *, struct err *);
/* Only asks: would it be taken? Same reasons. (Done on the fold itself by whoever may append; see desk.h.) */
int land_area(const struct land *, const char *id);          /* index or -1 */
const struct find *land_find(const struct land *, int64_t seq);
struct balance { double initial_m2, extension_m2, part_m2[OUTCOMES], rest_m2, miss_m2; int conserved; }; /* conserved: miss within 0.1 % */
struct balance area_balance(struct geo *, const struct area *);
/* Of the reports in force since the work began, by methods that clear, what is not released yet; `method`: all that it went over alone. */
double area_searched_m2(const struct area *);
double area_prepared_m2(const struct area *, const char *method);
/* Another area that holds some of its ground as a hazard, or NULL. */
const struct area *area_hazard_over(const struct land *, const struct area *);
enum place_state area_place_state(const struct area *);      /* what it lets stand there at most */
/* --- a release of the authority, or any file of areas (import.c) --- */
enum verdict { IMPORT_NEW, IMPORT_SAME, IMPORT_DIFFERS, IMPORT_REFUSED, IMPORT_NULL, IMPORT_POINT, IMPORT_TWICE, IMPORT_VERDICTS };
extern const char *const verdict_name[IMPORT_VERDICTS];
struct import {
    json_t *data;                        /* of the record to sign: what is new or differs */
    json_t *rows;                        /* [{row, id, verdict, text}] of all that is not simply new or the same */
    json_t *pairs;                       /* [{id, other, m2}] outlines that overlap another of the file, or an area of the records */
    int count[IMPORT_VERDICTS], n_feature, n_repaired, n_missing; long n_overlap;
    double area_m2, overlap_m2;
    int is_signed;
};
/* Reads GeoJSON or CSV (by its first character), compares with what is here; changes nothing. `signature`: path of the authority's
 * signature beside it, or NULL: then it may add suspicion, never release. 0, or -1 + err: not to be read at all. */
int import_read(struct land *, const char *path, const char *signature, const char *prefix, struct import *, struct err *);
void import_free(struct import *);
/* The signature of a file as kept beside it: three lines. */
int file_sign(const char *path, const struct key *, const char *out, struct err *);
/* land/kinds.c: what a record of each kind must say; for commands, pages and the manual. */
struct land_kind {
    const char *kind, *help;
    unsigned roles;                      /* 0: unsigned may come too */
    uint32_t from;                       /* bits of enum area_state; 0: no area is meant, or a new one */
    const char *before;                  /* what to do first when the state does not fit */
    const struct value_row *value; int n_value;
};
extern const struct land_kind land_kinds[]; extern const int n_land_kinds;
const struct land_kind *land_kind_find(const char *kind);
enum search { SEARCH_NONE, SEARCH_ASSISTS, SEARCH_CLEARS }; /* assists: a machine or one dog, which never clears alone */
enum search method_search(const char *method);           /* NONE: no word for a way to search */
extern const double CLEARED_DEPTH_M[2];                  /* least and most depth that a search may claim */
int kind_check(const struct land_kind *, const json_t *data, struct err *);
#endif
