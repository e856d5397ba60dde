/* What the cmd_land*.c files and cmd_household.c share. */
#ifndef CMD_LAND_H
#define CMD_LAND_H
#include "command.h"
#include "home_desk.h"
/* Each complains in one line and returns -1 when it cannot. */
int land_desk(const struct args *, struct desk *);             /* --db, must hold a chain */
int land_whole(const struct args *, struct desk *);            /* the same, and the chain holds every head that was noted of it */
int land_key(const struct args *, struct key *);               /* --key */
int land_at(const struct args *, int64_t *at_ms);              /* --at, else now */
int land_refused(const struct args *, const struct err *);     /* prints the reason; returns 1 */
int land_pair(const char *text, double *lon, double *lat);     /* "46.76,39.18" */
/* --- the return of households --- */
int household_desk(const struct args *, struct home_desk *);   /* --db, must hold a chain */
/* Signs with --key (--at, --rev, --out as given) one record about a household; prints it; exit status. */
int household_record(const struct args *, struct home_desk *, const char *kind, const char *of, const json_t *data);
/* --- cmd_record.c: any command that writes one signed record --- */
struct step_row { const char *command, *step, *kind; };
const char *record_step(const struct args *, const struct step_row *, int n, const char **step);  /* the kind; NULL after complaining */
int record_options_used(const struct args *, const struct value_row *, int n, const char *step);  /* -1: one given does not belong to it */
json_t *record_fields(const struct args *, const struct value_row *, int n);
int record_keep(const struct args *, const struct draft *, const struct key *, const char *out);  /* signed into a file; exit status */
json_t *words_json(const char *list);                          /* "a, b" as ["a", "b"] */
int file_sha256(const char *path, char hex[65], struct err *);
#endif
