/* What the cmd_land*.c files share. */
#ifndef CMD_LAND_H
#define CMD_LAND_H
#include "command.h"
#include "land/desk.h"
/* Each complains in one line and returns -1 when it cannot. */
int land_desk(const struct args *, struct desk *);             /* --db, must hold a chain */
int land_key(const struct args *, struct key *);               /* --key */
int land_at(const struct args *, int64_t *at_ms);              /* --at, else now */
int land_refused(const struct args *, const struct err *);     /* prints the reason; returns 1 */
int land_pair(const char *text, double *lon, double *lat);     /* "46.76,39.18" */
#endif
