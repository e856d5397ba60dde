/* What the commands about households share where people are meant: the vault, and who asks it. */
#ifndef CMD_PRIVACY_H
#define CMD_PRIVACY_H
#include "cmd_land.h"
#include "store/vault.h"
struct privacy {
    struct vault *vault;
    struct vault_act act;
    char person[64];
};
/* Opens the vault that --vault, --vault-key and --vault-erased name, for the person whose key --key is by the chain of --db, or for the
 * household `name` itself by --code. Complains in one line and returns -1 when it cannot. */
int privacy_open(const struct args *, const char *name, const char *why, struct privacy *);
void privacy_close(struct privacy *);
/* A JSON file; "-": standard input. NULL: complained. */
json_t *privacy_read(const struct args *, const char *path);
/* Writes to a new file that nobody else may read, or to standard output when path is NULL. Returns the exit status. */
int privacy_write(const struct args *, const char *path, const json_t *);
#endif
