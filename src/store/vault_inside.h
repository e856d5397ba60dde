/* What the vault's files share. */
#ifndef STORE_VAULT_INSIDE_H
#define STORE_VAULT_INSIDE_H
#include "store/vault.h"
#include <sqlite3.h>
enum { SECRET_BYTES = 32, VAULT_ID = 33, SEAL_MORE = 24 + 16 };
struct vault {
    sqlite3 *h;
    unsigned char *master;               /* SECRET_BYTES of guarded memory */
    char id[VAULT_ID];                   /* hex; in every seal */
    char *path, *erased;
    int again;
    int64_t written, behind;             /* how often this file was written; 0: not in this transaction */
};
int line_plain(const char *);            /* vault_fields.c: it reads as it is kept: no control characters, nothing that turns the order of letters */
/* --- vault_key.c --- */
struct master_file { char path[1024]; int credential; };
/* Finds, checks and reads the master key of a vault at vault_path. 0, or -1 with the reason. */
int master_load(const char *given, const char *vault_path, unsigned char secret[SECRET_BYTES], struct master_file *, struct err *);
int master_save(const char *path, const unsigned char secret[SECRET_BYTES], struct err *);
int lies_below(const char *file, const char *vault_path);         /* in the folder of the vault or below it */
char *master_id(const unsigned char secret[SECRET_BYTES], char hex[17]);
/* What a sealed text is bound to: it opens nowhere else. */
struct seal_place { const char *vault, *what, *name; int64_t no; };
/* out has n + SEAL_MORE bytes: nonce and box. */
void seal(const unsigned char secret[SECRET_BYTES], const struct seal_place *, const void *text, size_t n, unsigned char *out);
int unseal(const unsigned char secret[SECRET_BYTES], const struct seal_place *, const unsigned char *box, size_t n, unsigned char *text);   /* -1: not that */
/* --- vault_erased.c --- */
struct erased_list { char (*name)[VAULT_NAME]; int n; };
int erased_read(const char *path, struct erased_list *, struct err *);      /* a missing file is an empty list */
int erased_add(const char *path, const char *name, int64_t at_ms, struct err *);   /* on disk when 0 */
int erased_has(const struct erased_list *, const char *name);
void erased_free(struct erased_list *);
/* How often a vault had been written when it was last used here, in a file beside the list; 0: not known. Never more than is on disk. */
void seen_note(const char *list_path, int64_t written);
int64_t seen_read(const char *list_path);
/* --- vault_twice.c: one family, one household --- */
enum { DOCUMENT_HEADS = 4096 };
struct documents {
    struct document *row; size_t n, room;
    uint32_t head[DOCUMENT_HEADS];       /* 1 + row, 0: none */
    char found[VAULT_NAME];              /* whose it was that was refused */
};
int documents_read(struct vault *, struct documents *, struct err *);      /* of every household; in a transaction */
/* Notes the document that `data` gives for `name`; refused when another household has it. */
int document_note(struct documents *, const char *name, const json_t *data, struct err *);
void documents_free(struct documents *);
/* --- vault_db.c: rows --- */
struct house {                           /* one household, open */
    char name[VAULT_NAME];
    unsigned char key[SECRET_BYTES];
    int64_t rev;                         /* 0: not stored yet */
    json_t *sheet;                       /* {"code", "made_ms", "log", "log_hash", "fields": {key: {"value", "set_ms", "until_ms"}}} */
};
int vault_sql(struct vault *, const char *text, struct err *);
int vault_fault(struct vault *, struct err *);                    /* the database's error as one line; -1 */
int vault_begin(struct vault *, struct err *);
int vault_end(struct vault *, int bad, struct err *);             /* commits, or rolls back when bad; returns bad or the commit's -1 */
int vault_db_open(struct vault *, const struct vault_options *, struct err *);
int vault_scrub_due(struct vault *, struct err *);                /* in a transaction that deletes */
int vault_scrub(struct vault *, struct err *);                    /* rebuilds the file without what was deleted */
int vault_scrub_rest(struct vault *, struct err *);               /* does what was due when the power went */
int house_new(struct vault *, struct house *, struct err *);
int house_read(struct vault *, const char *name, struct house *, struct err *);
int house_write(struct vault *, struct house *, struct err *);    /* next version */
int house_destroy(struct vault *, const char *name, int64_t at_ms, struct err *);
void house_close(struct house *);
int log_add(struct vault *, struct house *, const struct vault_act *, const char *did, const json_t *fields, struct err *);
json_t *log_read(struct vault *, const struct house *, struct err *);
int vault_sum_check(struct vault *, struct err *);                /* rows exchanged or set back are found */
int chain_write(struct vault *, const struct vault_chain *, struct err *);       /* in a transaction */
int vault_rewrap(struct vault *, const unsigned char fresh[SECRET_BYTES], struct err *);
#endif
