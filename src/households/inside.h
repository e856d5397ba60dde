/* What the fold's files share: fold.c (index, checks common to all kinds), apply.c (to be eligible), homes.c (rules, homes, tests, who is
 * next), allot.c (draw to keys). */
#ifndef HOUSEHOLDS_INSIDE_H
#define HOUSEHOLDS_INSIDE_H
#include "base/instant.h"
#include "households/return.h"
enum { SKEW_MS = 10 * MS_MIN };          /* clocks of two offices differ by so much */
struct step {                            /* one record on its way in */
    struct returns *all;
    const struct record *r;
    const struct person *who;
    struct household *h;                 /* NULL where the kind means none */
    struct round *round;
    struct err *e;
};
typedef int step_do(struct step *);      /* checks all, then changes; 0 or -1 and nothing is changed */
const char *text_kept(struct returns *, const char *text);               /* NULL stays NULL */
const char *fact_text(const struct step *, const char *key);        /* NULL: not given */
double fact_number(const struct step *, const char *key);           /* NAN: not given */
void *grow_by_one(void *array, int n, size_t size);                 /* room for one more, by powers of two */
void household_enter(struct step *, struct household *, enum household_state);
/* The home that it holds becomes vacant. */
void home_leave(struct returns *, struct household *);
void index_put(struct returns *, int which, int at);                 /* 0 households, 1 homes */
/* Nobody approves their own work: the signer is none of the persons with these ids, one a line. */
int not_own(struct step *, const char *persons, const char *what);
int consented(struct step *, unsigned purpose);
/* households/list.c. By home: it is on its way to somebody of its draw (malloc'd); asked once, for it draws again. */
uint8_t *homes_awaited(const struct returns *);
int may_be_drawn(const struct returns *, const uint8_t *awaited, int household);
int home_claimed(const struct returns *, int home);                  /* somebody on the reserve list of its draw waits, whom it fits */
int home_may_be_drawn(const struct returns *, const uint8_t *awaited, int home);
int list_check(const struct returns *, const struct pool *, int64_t at_ms, struct err *);
step_do step_rules, step_homes, step_test, step_register, step_amend, step_consent, step_survey, step_eligible, step_refuse, step_appeal,
    step_commit, step_draw, step_cancel, step_offer, step_accept, step_decline, step_giveback, step_expire, step_move, step_meter, step_briefing, step_key, step_followup,
    step_erase;
#endif
