/* What the fold's files share: fold.c (index, checks common to all kinds) and acts.c, finds.c, taken.c (what each kind does). */
#ifndef LAND_INSIDE_H
#define LAND_INSIDE_H
#include "land/land.h"
static const double CONSERVED_FRAC = 1e-3, AREA_TOLERANCE_M2 = 1.0, FIND_RADIUS_M = 50.0, SLIVER_M = 0.2, SITE_ZONE_M = 50e3;
struct act {                             /* one record on its way in */
    struct land *land;
    const struct record *r;
    const struct person *who;            /* NULL: the public */
    struct area *area;                   /* NULL where the kind means none */
    struct err *e;
};
typedef int act_do(struct act *);        /* checks all, then changes; 0 or -1 and nothing is changed */
const char *keep(struct land *, const char *text);                  /* NULL stays NULL */
const char *data_text(const struct act *, const char *key);         /* NULL: not given */
double data_number(const struct act *, const char *key);            /* NAN: not given */
struct area *area_add(struct land *, const char *id, struct shape *whole, int64_t at_ms);
int area_id_of_find(const char *id);                                /* one that only the ground around a find bears */
void area_enter(struct act *, struct area *, enum area_state);
void area_danger(struct act *, struct area *);                      /* the record tells danger of it */
/* The record's geometry, or NULL (`present` then tells whether there was one; NULL + present = refused with err). */
struct shape *data_shape(struct act *, enum geo_use, int *present, struct geo_note *);
int zone_for(const struct land *, const json_t *geometry);
struct geo_rule rule_for(const struct land *, enum geo_use, int zone);
/* A part of the area that may be released: inside it, not released before, of the size its reporter says. Returns a copy cut to the rest. */
struct shape *part_of(struct act *, const struct shape *given, double says_m2);
/* The number of a find that still holds the area, or 0: what was signed before somebody found something does not know of it. */
int64_t find_open(const struct land *, const struct area *);
void area_replace(struct land *, struct shape **old, struct shape *by);
/* Of a record with a signed file: does the file say of every released feature what the record took? shape: of each feature. */
int import_holds(struct land *, const json_t *data, struct shape *const *shape, struct err *);
json_t *csv_features(char *text, struct err *);                      /* cuts the text in place; NULL + err */
void *grow(void *array, int n, size_t size);                        /* room for one more, by powers of two */
act_do act_area, act_extend, act_task, act_survey, act_start, act_suspend, act_progress, act_device, act_submit, act_qa, act_rework,
    act_release, act_handover, act_accept, act_commission, act_use, act_find, act_resolve, act_restore, act_accident, act_lesson,
    act_import, act_reconcile, act_rank;
#endif
