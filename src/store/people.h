/* People: who may sign what. The chain has one founding record of the authority ("people.authority": its key, name and call number); the
 * authority certifies everybody else with roles and an end ("people.accredit"), and may end it before ("people.revoke"). The
 * same person may hold several keys and roles, in one organisation; nobody may approve what they, or on a task what their
 * organisation, did. Read by whoever folds the chain (land, households). */
#ifndef STORE_PEOPLE_H
#define STORE_PEOPLE_H
#include "store/chain.h"
enum role {                              /* bits; domain.md section 2, and those of the return of households */
    ROLE_COLLECTOR = 1,                  /* surveys, reports */
    ROLE_LEADER = 2,                     /* leads a clearance team: starts, daily progress, what was found */
    ROLE_MANAGER = 4,                    /* the operator's: submits finished work */
    ROLE_DATA = 8,                       /* database manager: imports and reconciles */
    ROLE_INSPECTOR = 16,                 /* quality, of another organisation than the operator's */
    ROLE_AUTHORITY = 32,                 /* orders, releases, hands over, accredits */
    ROLE_USER = 64,                      /* takes over land and uses it */
    ROLE_TESTER = 128,                   /* tests and commissions what was built */
    ROLE_REGISTRAR = 256, ROLE_OBSERVER = 512, /* households: registers families; watches the draw */
    ROLE_EDUCATOR = 1024,                /* teaches what the danger is, before keys are handed over */
    ROLES = 11
};
extern const char *const role_name[ROLES];           /* "collector", .. by bit */
unsigned role_find(const char *name);                /* bit or 0 */
char *roles_text(unsigned roles, char *buf, size_t size);   /* "leader, manager" */
struct person {
    unsigned char key[KEY_BYTES];
    char id[48], name[96], org[96];      /* id: the same for all keys of one person */
    unsigned roles;
    int64_t from_ms, until_ms;           /* INT64_MAX: no end (the founding authority only) */
    int64_t seq;                         /* the record that says so */
};
struct people {
    char chain[CHAIN_ID], authority[96], call[64]; /* call: the number to ring */
    struct person *person; int n, room;
    int64_t newest_ms;                   /* latest time signed so far; what nobody signed bears the date of a machine, which may be wrong by years */
};
void people_free(struct people *);
/* The authority's record makes the chain; before it only what people found is taken. */
char *people_found(const struct key *, const char *call, const json_t *site, int64_t at_ms, unsigned char signature[SIGNATURE_BYTES]);
/* Checks and takes a record of kind "people.*". 1: taken, 0: of another kind, -1: refused. */
int people_take(struct people *, const struct record *, struct err *);
/* Every record of the chain passes here before its own folder looks at it: right chain, not dated before what the chain already
 * knows by more than people can be offline (14 days; unsigned ones: whatever their machine's clock said), signed by somebody accredited then. 0, or -1 with the reason. */
int people_admit(struct people *, const struct record *, struct err *);
void people_seen(struct people *, const struct record *);   /* after a record was taken */
/* The signer, who must hold one of `roles` at the time of the record; NULL + err: unsigned, unknown key, expired, revoked, role missing. */
const struct person *people_signer(const struct people *, const struct record *, unsigned roles, struct err *);
#endif
