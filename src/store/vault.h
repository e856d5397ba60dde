/* The vault: what is known of the people of a household, apart from everything else. Everywhere else in kend a household is a pseudonym
 * that the vault makes at random; who that is stands only here, in a database file of its own, encrypted with a key of the household's own,
 * which is wrapped by a master key that lies in another place than the file and its backup. Threats, limits and what a backup
 * holds: docs/privacy.md.
 *     household  pseudonym, wrapped key, version, one sealed sheet of fields     (XChaCha20-Poly1305, bound to vault, pseudonym and version)
 *     access     pseudonym, number, one sealed line: who read or changed what, when and why; in the transaction that reads
 *     gone       pseudonyms of erased households: the key is destroyed, nothing can be read again
 * Every call that changes or reads a household is on disk when it returns 0; -1 + err: nothing happened. Times are milliseconds UTC.
 * One thread at a time; several programs may have the file open. JSON results are new references. */
#ifndef STORE_VAULT_H
#define STORE_VAULT_H
#include "store/people.h"
#include <jansson.h>
#include <stdio.h>
struct err; struct vault;
enum { VAULT_NAME = 24, VAULT_CODE = 32, VAULT_PUBLIC_LEAST = 5, CHAIN_TEXT = 40 };
enum { ROLE_SUBJECT = 1 << 30 };         /* the household itself, proven by its code */
/* --- what may be kept at all (vault_fields.c) --- */
enum vault_kind { VAULT_TEXT, VAULT_WORD, VAULT_WORDS, VAULT_COUNT, VAULT_MEMBERS };
struct vault_field {
    const char *key;
    enum vault_kind kind;
    const char *words;                   /* VAULT_WORD, VAULT_WORDS: the words allowed, blank between */
    int max;                             /* bytes, or the largest count */
    unsigned read;                       /* roles that may read it; whoever registers may write it */
    const char *consent;                 /* word that must stand in the household's `consent`; NULL: not by consent */
    int keep_days;                       /* after it was given; then the retention run deletes it */
    const char *purpose, *basis;
};
extern const struct vault_field vault_fields[]; extern const int n_vault_fields;
const struct vault_field *vault_field_find(const char *key);
int vault_check(const json_t *data, struct err *);   /* an object of fields: unknown ones and wrong values are refused */
json_t *vault_fields_json(void);
int vault_fields_markdown(FILE *);                    /* the table of docs/privacy.md */
/* --- keys (vault_key.c) --- */
int vault_key_make(const char *path, struct err *);   /* a new master key, mode 0600; an existing file is never overwritten */
/* --- the vault --- */
struct vault_options {
    const char *path;
    const char *key;                     /* file of the master key; NULL: $KEND_VAULT_KEY, else $CREDENTIALS_DIRECTORY/kend-vault-key */
    const char *erased;                  /* list of erased pseudonyms, outside the backup; NULL: $KEND_VAULT_ERASED, else beside the key file */
    const char *vfs;
    int make;                            /* makes the vault when the file is missing */
};
/* Refused: a key that others may read, that lies in or below the folder of the vault, or that is not this vault's; a vault whose rows were
 * exchanged or set back. What the list says was erased (a backup came back) is erased again at once; vault_again tells how many. */
struct vault *vault_open(const struct vault_options *, struct err *);
void vault_close(struct vault *);
int vault_again(const struct vault *);
/* By how many writes the file is older than when it was last used with this list beside it: 0, or a backup has come back. Told once. */
int64_t vault_behind(const struct vault *);
/* The chain whose people use this vault, and how far it was seen: another chain, or an older copy of this one, must certify nobody here (a
 * revoked key is in force in yesterday's copy). Sealed by the master key. get: 1 known, 0 not yet, -1 + err. */
struct vault_chain { char id[CHAIN_TEXT]; int64_t seq; unsigned char head[HASH_BYTES]; };
int vault_chain_get(struct vault *, struct vault_chain *, struct err *);
int vault_chain_put(struct vault *, const struct vault_chain *, struct err *);
/* Who asks, in which roles, when and why; `why` is wanted, and is read by the household. */
struct vault_act { const char *person; unsigned roles; const char *why; int64_t at_ms; };
/* What stands for a household ('h') or for those who stay together ('g') everywhere else: "h-" and twelve random letters and digits. */
void vault_pseudonym(char kind, char out[VAULT_NAME]);
/* A new household. name: its pseudonym; code: shown once, given to the household on paper: its own way to log, export and erasure. */
int vault_add(struct vault *, const struct vault_act *, const json_t *data, char name[VAULT_NAME], char code[VAULT_CODE], struct err *);
/* Changes fields; null takes one away. Taking back a consent deletes what was given by it. */
int vault_put(struct vault *, const struct vault_act *, const char *name, const json_t *data, struct err *);
/* One word of `consent`, given or taken back. */
int vault_consent(struct vault *, const struct vault_act *, const char *name, const char *word, int given, struct err *);
/* The fields asked for (NULL: all that the roles may read). One that the roles may not read: refused, and the log says so. */
json_t *vault_get(struct vault *, const struct vault_act *, const char *name, const char *const *field, int n_field, struct err *);
int vault_code(struct vault *, const char *name, const char *code, int64_t at_ms, struct err *);   /* 0: it is the household's own code */
/* Who read or changed what, when and why: [{no, at, person, roles, did, fields, why}]. For the household, registrar and authority. */
json_t *vault_log(struct vault *, const struct vault_act *, const char *name, struct err *);
/* All that is kept about a household with purpose, basis and end of each field, and its log: its own copy. */
json_t *vault_export(struct vault *, const struct vault_act *, const char *name, struct err *);
/* Destroys the household's key. 0: the old key is in no byte of the file; the pseudonym stays as gone. -1 after the list was written: it
 * is done at the next opening. */
int vault_erase(struct vault *, const struct vault_act *, const char *name, struct err *);
/* The same for pseudonyms that another list (the chain) says were erased, whoever asks. Returns how many were still there, or -1. */
int vault_erase_again(struct vault *, const char *const *name, int n, int64_t at_ms, struct err *);
/* Deletes every field whose time is over; `dry`: only counts. Returns how many fields, or -1. */
long vault_expire(struct vault *, const struct vault_act *, int dry, struct err *);
/* A new master key in a new file; every household's key wrapped by it. The old key opens only old backups afterwards: destroy it. */
int vault_rekey(struct vault *, const char *new_key, struct err *);
enum vault_state { VAULT_NONE, VAULT_HERE, VAULT_GONE };
enum vault_state vault_state(struct vault *, const char *name, int64_t *gone_ms);
/* Pseudonyms in order of the alphabet; ends early when it returns other than 0. */
int vault_names(struct vault *, int (*row)(void *, const char *name, int64_t gone_ms), void *, struct err *);
/* {"households": [{fields}, ..]}: all are checked before the first is added; [{"name", "code"}] in the same order. */
json_t *vault_import(struct vault *, const struct vault_act *, const json_t *file, struct err *);
/* --- what may be published (vault_public.c) --- */
/* How many households by language and home needs: no name, no pseudonym, no place, counts below VAULT_PUBLIC_LEAST left out. */
json_t *vault_public(struct vault *, struct err *);
/* Counts for publishing: those from 1 to VAULT_PUBLIC_LEAST - 1 become -1, and one more where the sum would tell the only one left out. */
void counts_hide(int64_t *count, int n);
#endif
