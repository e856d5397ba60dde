/* The desk: the chain and the land that its records make, for commands and for the running program. One thread at a time. */
#ifndef LAND_DESK_H
#define LAND_DESK_H
#include "land/land.h"
#include "store/chain.h"
/* Another folder's fold that takes every record beside the land (the return of households). Of a record of its own kinds (`prefix`) it
 * is asked first, of all others after the land. `forget`: what it knows is dropped, before the land's memory goes; the chain may be read anew afterwards. */
struct desk_also {
    const char *prefix;
    void *self;
    int (*take)(void *self, const struct record *, struct err *);
    void (*forget)(void *self);
    int (*admit)(void *self, const struct record *, struct err *); /* MAY: a last word on a new record that all folds took; never asked of old ones */
};
struct desk {
    struct chain *chain;
    struct land *land;
    char path[512];
    const struct desk_also *also;
    struct chain_head known;             /* the newest record that was ever read of the chain */
    int stale;                           /* the land may be less, or one record more, than the chain: nothing may be opened by it */
};
/* Opens the data base and folds its chain. 0, or -1: not to be opened, or a record does not fit (the chain has been tampered with). */
int desk_open(struct desk *, const char *path, const char *vfs, struct err *);
/* The same with another fold, which must outlive the desk. Without one, records of other kinds are read over, and none is added. */
int desk_open_also(struct desk *, const char *path, const char *vfs, const struct desk_also *, struct err *);
/* Read-only from an export (JSON lines); chain is NULL then. */
int desk_open_export(struct desk *, const char *path, const struct desk_also *, struct err *);
void desk_close(struct desk *);
int desk_refresh(struct desk *, struct err *);                 /* what others have added meanwhile */
/* Signs (key NULL: unsigned), checks against the land and adds a record. `rev` -1: the version that the land has now. On return 0 it is on
 * disk and in the land; *seq (may be NULL) is its number. */
int desk_sign(struct desk *, const struct key *, const char *kind, const char *of, int64_t rev, int64_t at_ms, const json_t *data,
              int64_t *seq, struct err *);
/* The same with a record signed elsewhere (a phone, another computer). */
int desk_take(struct desk *, const char *body, size_t size, const unsigned char *signature, int64_t *seq, struct err *);
/* Takes the records of an export into an empty chain, each with all its checks. Returns how many, or -1. */
long desk_adopt(struct desk *, const char *path, struct err *);
#endif
