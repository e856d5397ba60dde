/* `kend household vault|person|show|log|export|erase|retention|fields`: what is known of people. Who asks is proven by their own key, which the chain of
 * the village certifies, or by the code that the household got on paper. The role is held now, by the machine's clock, on the chain
 * that the vault knows: anybody can found a chain of their own on which they are whoever they like. */
#include "cmd_privacy.h"
#include "base/err.h"
#include "base/instant.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* --- who asks --- */

static int by_key(const struct args *a, const struct home_desk *d, struct privacy *p)
{
    struct key k;
    struct err e = {0};
    if (land_key(a, &k)) return -1;
    struct record r = {.is_signed = 1, .at_ms = p->act.at_ms}; /* a role that was held once opens nothing now */
    memcpy(r.key, k.pub, sizeof r.key);
    key_wipe(&k);
    const struct person *who = people_signer(&d->returns->people, &r, ~0U, &e);
    if (!who) return land_refused(a, &e), -1;
    snprintf(p->person, sizeof p->person, "%s", who->id);
    p->act.roles = who->roles;
    return 0;
}

/* What the chain says was erased is erased here too, whatever became of the list beside the key. */
static int follow_chain(const struct args *a, const struct home_desk *d, struct privacy *p)
{
    const struct returns *all = d->returns;
    struct err e = {0};
    int n = 0;
    const char **gone = calloc((size_t)all->n_household + 1, sizeof *gone);
    if (!gone) return complain(a, "out of memory"), -1;
    for (int i = 0; i < all->n_household; i++)
        if (all->household[i].state == HH_ERASED) gone[n++] = all->household[i].id;
    int done = vault_erase_again(p->vault, gone, n, p->act.at_ms, &e);
    free(gone);
    if (done > 0)
        fprintf(stderr,
                "kend %s: %d household%s that the chain says were erased came back with a backup; erased again\n",
                a->command->name, done, done == 1 ? "" : "s");
    return done < 0 ? (land_refused(a, &e), -1) : 0;
}

static int chain_note(const struct args *a, const struct home_desk *d, struct vault *v)
{
    struct err e = {0};
    struct vault_chain is = {.seq = d->returns->head.seq};
    snprintf(is.id, sizeof is.id, "%s", d->returns->people.chain);
    memcpy(is.head, d->returns->head.hash, sizeof is.head);
    return vault_chain_put(v, &is, &e) ? (land_refused(a, &e), -1) : 0;
}

/* Is it the vault's chain, as far as the vault has seen it or further? 0: yes, or none is known yet; *news: it has grown. */
static int chain_is_its(const struct args *a, const struct home_desk *d, struct vault *v, int *news)
{
    const struct returns *all = d->returns;
    struct err e = {0};
    struct vault_chain was;
    int known = vault_chain_get(v, &was, &e);
    if (known < 0) return land_refused(a, &e), -1;
    *news = !known || was.seq < all->head.seq;
    if (!known) return 0;
    int64_t seen = was.seq <= all->n_heads ? was.seq : 0;
    if (!strcmp(was.id, all->people.chain) && seen > 0 && !memcmp(all->heads[seen - 1], was.head, sizeof was.head))
        return 0;
    return complain(
               a,
               "%s is not the chain whose people use this vault, or an older copy of it (record no. %lld is not "
               "in it): give the current one; `kend household vault --new-chain --db FILE` lets another in",
               arg_text(a, "--db"), (long long)was.seq),
           -1;
}

static int by_chain(const struct args *a, struct privacy *p)
{
    struct home_desk d;
    int news = 0;
    if (household_desk(a, &d)) return -1;
    int bad = chain_is_its(a, &d, p->vault, &news) || by_key(a, &d, p) || follow_chain(a, &d, p) ||
              (news && chain_note(a, &d, p->vault));
    home_desk_close(&d);
    return bad ? -1 : 0;
}

/* Of standard input; or of the command line, where it stands no longer than this: anybody on the machine can list the processes. */
static int code_read(const struct args *a, const char *code, char *out, int size)
{
    *out = 0;
    if (strcmp(code, "-") != 0) {
        snprintf(out, (size_t)size, "%s", code);
        sodium_memzero((char *)(uintptr_t)code, strlen(code));
        return 0;
    }
    if (!fgets(out, size, stdin)) return complain(a, "--code -: no code on standard input"), -1;
    out[strcspn(out, "\r\n")] = 0;
    return 0;
}

static int by_code(const struct args *a, const char *name, const char *code, struct privacy *p)
{
    struct err e = {0};
    if (vault_code(p->vault, name, code, p->act.at_ms, &e)) return land_refused(a, &e), -1;
    snprintf(p->person, sizeof p->person, "the household itself");
    p->act.roles = ROLE_SUBJECT;
    return 0;
}

static struct vault *vault_of(const struct args *a, int make)
{
    struct err e = {0};
    const char *path = arg_text(a, "--vault");
    prctl(PR_SET_DUMPABLE, 0); /* no core dump with what is read here */
    if (!path) path = getenv("KEND_VAULT");
    if (!path || !*path) return complain(a, "give --vault FILE, the vault of personal data"), NULL;
    struct vault *v = vault_open(
        &(struct vault_options){
            .path = path, .key = arg_text(a, "--vault-key"), .erased = arg_text(a, "--vault-erased"), .make = make},
        &e);
    if (!v) return land_refused(a, &e), NULL;
    if (vault_behind(v))
        fprintf(stderr,
                "kend %s: this vault is older than when it was last used: a backup has come back, and %lld later "
                "writes are gone\n",
                a->command->name, (long long)vault_behind(v));
    if (vault_again(v))
        fprintf(stderr,
                "kend %s: %d household%s of this vault had been erased and came back with a backup; erased again\n",
                a->command->name, vault_again(v), vault_again(v) == 1 ? "" : "s");
    return v;
}

int privacy_open(const struct args *a, const char *name, const char *why, struct privacy *p)
{
    *p = (struct privacy){
        .act = {.why = arg_maybe(a, "--why") ? arg_maybe(a, "--why") : why, .at_ms = instant_now_ms()}};
    p->act.person = p->person;
    const char *given = name ? arg_maybe(a, "--code") : NULL;
    char code[64];
    if (given && code_read(a, given, code, sizeof code)) return -1;
    if (!p->act.why) return complain(a, "give --why TEXT; the household can read it"), -1;
    p->vault = vault_of(a, 0);
    int bad = !p->vault || (given ? by_code(a, name, code, p) : by_chain(a, p));
    if (given) sodium_memzero(code, sizeof code);
    if (!bad) return 0;
    privacy_close(p);
    return -1;
}

void privacy_close(struct privacy *p)
{
    vault_close(p->vault);
    p->vault = NULL;
}

/* --- files --- */

/* The library's word of an error may end with the text that is wrong there, which is somebody's. */
json_t *privacy_read(const struct args *a, const char *path)
{
    json_error_t je;
    json_t *j = strcmp(path, "-") ? json_load_file(path, JSON_REJECT_DUPLICATES, &je)
                                  : json_loadf(stdin, JSON_REJECT_DUPLICATES, &je);
    char *shown = j ? NULL : strstr(je.text, " near ");
    if (shown) *shown = 0;
    if (!j) complain(a, "%s:%d:%d: %s", path, je.line, je.column, je.text);
    return j;
}

int privacy_write(const struct args *a, const char *path, const json_t *j)
{
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    FILE *f = path ? (fd >= 0 ? fdopen(fd, "w") : NULL) : stdout;
    if (!f) return complain(a, "%s: %s", path, strerror(errno));
    int bad = json_dumpf(j, f, JSON_INDENT(2)) || fputc('\n', f) == EOF || fflush(f);
    if (path) bad |= fsync(fd) | fclose(f);
    return bad ? complain(a, "%s could not be written", path ? path : "standard output") : 0;
}

/* --- commands --- */

/* Makes the master key of a vault that is not there yet. 1: made, 0: not needed, -1: complained. */
static int new_key(const struct args *a, char *key, size_t size)
{
    struct err e = {0};
    const char *named = arg_text(a, "--vault-key"), *vault = arg_text(a, "--vault");
    if (!named) named = getenv("KEND_VAULT_KEY");
    if (!vault) vault = getenv("KEND_VAULT");
    if (!named || !*named || !vault || !access(vault, F_OK) || !access(named, F_OK)) return 0;
    snprintf(key, size, "%s", named);
    return vault_key_make(key, &e) ? (land_refused(a, &e), -1) : 1;
}

static int vault_make(const struct args *a)
{
    char key[1024] = "";
    int made = new_key(a, key, sizeof key);
    struct vault *v = made < 0 ? NULL : vault_of(a, 1);
    if (!v && made > 0) unlink(key);
    if (!v) return 1;
    vault_close(v);
    puts("the vault is ready; keep its key and the list of erased households out of every backup of the vault");
    return 0;
}

static int vault_chain_new(const struct args *a)
{
    struct home_desk d;
    struct vault *v = vault_of(a, 0);
    if (!v) return 1;
    int status = household_desk(a, &d) ? 1 : 0;
    if (!status) {
        status = chain_note(a, &d, v) ? 1 : 0;
        if (!status)
            printf("people certified by %s use this vault from now on, founded by %s\n", arg_text(a, "--db"),
                   d.returns->people.authority);
        home_desk_close(&d);
    }
    vault_close(v);
    return status;
}

int command_household_vault(const struct args *a)
{
    struct err e = {0};
    const char *fresh = arg_text(a, "--new-key");
    if (fresh && arg_on(a, "--new-chain")) return complain(a, "give --new-key or --new-chain, one at a time");
    if (arg_on(a, "--new-chain")) return vault_chain_new(a);
    if (!fresh) return vault_make(a);
    struct vault *v = vault_of(a, 0);
    if (!v) return 1;
    int bad = vault_rekey(v, fresh, &e);
    vault_close(v);
    if (bad) return land_refused(a, &e);
    printf("every household's key is wrapped by %s now; the old key opens old backups only: destroy it\n", fresh);
    return 0;
}

static void print_made(const json_t *made)
{
    size_t i;
    const json_t *one;
    json_array_foreach(made, i, one)
        printf("%s  code for the household: %s\n", json_string_value(json_object_get(one, "name")),
               json_string_value(json_object_get(one, "code")));
}

static json_t *person_add(struct privacy *p, const json_t *data, struct err *e)
{
    char name[VAULT_NAME], code[VAULT_CODE];
    if (json_object_get(data, "households")) return vault_import(p->vault, &p->act, data, e);
    if (vault_add(p->vault, &p->act, data, name, code, e)) return NULL;
    return json_pack("[{s:s, s:s}]", "name", name, "code", code);
}

/* The few facts of it that the chain may hold. */
static json_t *facts_of(const json_t *person)
{
    static const char *const needs[] = {"step_free", "wide_doors", "ground_floor"};
    size_t i, k, size = json_array_size(json_object_get(person, "members"));
    const json_t *need, *near = json_object_get(person, "near");
    const char *language = json_string_value(json_object_get(person, "language"));
    int accessible = 0;
    json_array_foreach(json_object_get(person, "home_needs"), i, need) for (k = 0; k < 3; k++) accessible |=
        !strcmp(json_string_value(need), needs[k]);
    json_t *data = json_pack("{s:i, s:b, s:s}", "size", (int)(size > PERSONS_MAX ? PERSONS_MAX : size),
                             "accessible", accessible, "language", language ? language : "az");
    if (near) json_object_set_new(data, "group", json_string(json_string_value(near)));
    return data;
}

/* The vault first: a pseudonym on the chain without people behind it would be nobody's; people without a record can be registered later. */
static int register_all(const struct args *a, const json_t *data, const json_t *made)
{
    size_t i;
    const json_t *one, *list = json_object_get(data, "households");
    struct home_desk d;
    int status = 0;
    if (household_desk(a, &d)) return 1;
    json_array_foreach(made, i, one)
    {
        json_t *facts = facts_of(list ? json_array_get(list, i) : data);
        status |=
            household_record(a, &d, "return.register", json_string_value(json_object_get(one, "name")), facts);
        json_decref(facts);
    }
    home_desk_close(&d);
    if (status) complain(a, "who they are is kept; the record is not: `kend household register` adds it");
    return status;
}

static int person_write(const struct args *a, struct privacy *p, const json_t *data)
{
    struct err e = {0};
    if (a->file) return vault_put(p->vault, &p->act, a->file, data, &e) ? land_refused(a, &e) : 0;
    json_t *made = person_add(p, data, &e);
    if (!made) return land_refused(a, &e);
    int status = 0;
    if (arg_on(a, "--json"))
        status = privacy_write(a, NULL, made);
    else
        print_made(made);
    if (arg_on(a, "--register")) status |= register_all(a, data, made);
    json_decref(made);
    return status;
}

int command_household_person(const struct args *a)
{
    struct privacy p;
    if (!arg_text(a, "--in"))
        return complain(a, "give --in FILE with the fields as a JSON object (- is standard input)");
    json_t *data = privacy_read(a, arg_text(a, "--in"));
    int status = 1;
    if (data && !privacy_open(a, NULL, a->file ? "corrected at the office" : "registered at the office", &p)) {
        status = person_write(a, &p, data);
        privacy_close(&p);
    }
    json_decref(data);
    return status;
}

/* What was kept by consent goes with it. A consent is noted after the chain has it, a withdrawal before. */
static int consent_keep(const struct args *a, int given)
{
    struct privacy p;
    struct err e = {0};
    const char *word = arg_text(a, "--purpose");
    if (privacy_open(a, a->file, given ? "consent given at the office" : "consent taken back at the office", &p))
        return 1;
    int there = vault_state(p.vault, a->file, NULL) == VAULT_HERE;
    int bad = there && word && vault_consent(p.vault, &p.act, a->file, word, given, &e);
    privacy_close(&p);
    return bad ? land_refused(a, &e) : 0;
}

int command_household_consent(const struct args *a)
{
    const char *named = arg_text(a, "--vault"), *act = arg_text(a, "--act");
    int kept = (named && *named) || getenv("KEND_VAULT"), given = !act || strcmp(act, "withdrawn") != 0;
    if (kept && !given && consent_keep(a, 0)) return 1;
    int status = command_household(a);
    return status || !kept || !given ? status : consent_keep(a, 1);
}

static int split(const char *list, char *room, size_t size, const char **field, int max)
{
    int n = 0;
    char *rest = NULL;
    snprintf(room, size, "%s", list);
    for (char *word = strtok_r(room, ", ", &rest); word && n < max; word = strtok_r(NULL, ", ", &rest))
        field[n++] = word;
    return n;
}

static void print_fields(const json_t *data)
{
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)data, key, v)
    {
        char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
        printf("%-16s %s\n", key, json_is_string(v) ? json_string_value(v) : text);
        free(text);
    }
}

int command_household_show(const struct args *a)
{
    struct privacy p;
    struct err e = {0};
    const char *list = arg_text(a, "--fields"), *field[32];
    char room[600];
    int n = list ? split(list, room, sizeof room, field, 32) : 0, status = 0;
    if (privacy_open(a, a->file, NULL, &p)) return 1;
    json_t *data = vault_get(p.vault, &p.act, a->file, list ? field : NULL, n, &e);
    if (!data)
        status = land_refused(a, &e);
    else if (arg_on(a, "--json"))
        status = privacy_write(a, NULL, data);
    else
        print_fields(data);
    json_decref(data);
    privacy_close(&p);
    return status;
}

static void print_log(const json_t *log)
{
    size_t i, k;
    const json_t *line, *f;
    json_array_foreach(log, i, line)
    {
        printf("%s  %s (%s) %s", json_string_value(json_object_get(line, "at")),
               json_string_value(json_object_get(line, "person")),
               json_string_value(json_object_get(line, "roles")), json_string_value(json_object_get(line, "did")));
        json_array_foreach(json_object_get(line, "fields"), k, f)
            printf("%s%s", k ? ", " : ": ", json_string_value(f));
        printf("; why: %s\n", json_string_value(json_object_get(line, "why")));
    }
}

int command_household_log(const struct args *a)
{
    struct privacy p;
    struct err e = {0};
    int status = 0;
    if (privacy_open(a, a->file, "to see who asked", &p)) return 1;
    json_t *log = vault_log(p.vault, &p.act, a->file, &e);
    if (!log)
        status = land_refused(a, &e);
    else if (arg_on(a, "--json"))
        status = privacy_write(a, NULL, log);
    else
        print_log(log);
    json_decref(log);
    privacy_close(&p);
    return status;
}

int command_household_export(const struct args *a)
{
    struct privacy p;
    struct err e = {0};
    int open_to_all = arg_on(a, "--public");
    if (!a->file == !open_to_all)
        return complain(a, "give a household for its own copy, or --public for counts without people");
    if (privacy_open(a, a->file, open_to_all ? "counts for publishing" : "the household's own copy", &p)) return 1;
    int allowed = !open_to_all || (p.act.roles & (ROLE_REGISTRAR | ROLE_AUTHORITY));
    json_t *j = !allowed      ? (err_set(&e, "counts want the role registrar or authority"), NULL)
                : open_to_all ? vault_public(p.vault, &e)
                              : vault_export(p.vault, &p.act, a->file, &e);
    int status = j ? privacy_write(a, arg_text(a, "--out"), j) : land_refused(a, &e);
    json_decref(j);
    privacy_close(&p);
    return status;
}

static json_t *paper_json(const struct args *a, const char *paper)
{
    char hex[65];
    struct err e = {0};
    if (!paper) return json_object();
    return file_sha256(paper, hex, &e) ? land_refused(a, &e), NULL : json_pack("{s:s}", "paper", hex);
}

/* The chain learns that it is gone, so that no backup brings it back even when the list is lost. `dry`: would it take that? Asked before
 * anything is destroyed. */
static int record_erased(const struct args *a, int dry)
{
    struct home_desk d;
    if (household_desk(a, &d)) return 1;
    int at = return_household(d.returns, a->file), status = 0;
    int there = at >= 0 && d.returns->household[at].state != HH_ERASED;
    const char *paper = arg_text(a, "--paper");
    if (there && dry && !paper && household_has_claim(&d.returns->household[at]))
        status = complain(a, "%s is on its way to a home and would lose that: give --paper FILE, what it signed",
                          a->file);
    json_t *data = there && !status ? paper_json(a, paper) : NULL;
    if (there && !data) status = 1;
    if (data && !dry) status = household_record(a, &d, "return.erase", a->file, data);
    json_decref(data);
    home_desk_close(&d);
    return status;
}

int command_household_erase(const struct args *a)
{
    struct privacy p;
    struct err e = {0};
    int64_t gone_ms;
    if (!arg_text(a, "--code") && record_erased(a, 1)) return 1;
    if (privacy_open(a, a->file, "asked to be forgotten", &p)) return 1;
    int before = vault_state(p.vault, a->file, &gone_ms) == VAULT_GONE;
    int bad = before ? 0 : vault_erase(p.vault, &p.act, a->file, &e);
    privacy_close(&p);
    if (bad) return land_refused(a, &e);
    printf("%s: its key %s destroyed; what backups still hold ends with the next new master key\n", a->file,
           before ? "was" : "is");
    if (!arg_text(a, "--code")) return record_erased(a, 0);
    puts("the office still has to record it: `kend household erase` with its key");
    return 0;
}

/* What is over is over: the daily run needs no person, only the vault's key, and deletes nothing that is not due. */
static int open_for_clock(const struct args *a, struct privacy *p)
{
    *p = (struct privacy){.person = "the daily run",
                          .act = {.roles = ROLE_REGISTRAR, .why = "its time was over", .at_ms = instant_now_ms()}};
    p->act.person = p->person;
    p->vault = vault_of(a, 0);
    return p->vault ? 0 : -1;
}

int command_household_retention(const struct args *a)
{
    struct privacy p;
    struct err e = {0};
    if (arg_text(a, "--key") ? privacy_open(a, NULL, "its time was over", &p) : open_for_clock(a, &p)) return 1;
    long n = vault_expire(p.vault, &p.act, arg_on(a, "--dry-run"), &e);
    privacy_close(&p);
    if (n < 0) return land_refused(a, &e);
    printf("%ld field%s %s\n", n, n == 1 ? "" : "s", arg_on(a, "--dry-run") ? "would be deleted" : "deleted");
    return 0;
}

int command_household_fields(const struct args *a)
{
    if (arg_on(a, "--markdown")) return vault_fields_markdown(stdout) ? complain(a, "could not be written") : 0;
    json_t *list = vault_fields_json();
    size_t i;
    const json_t *f;
    if (arg_on(a, "--json"))
        json_dumpf(list, stdout, JSON_INDENT(2)), putchar('\n');
    else
        json_array_foreach(list, i, f)
            printf("%-16s %5lld days  %s (%s)\n%25s read by %s\n", json_string_value(json_object_get(f, "field")),
                   (long long)json_integer_value(json_object_get(f, "keep_days")),
                   json_string_value(json_object_get(f, "purpose")), json_string_value(json_object_get(f, "basis")),
                   "", json_string_value(json_object_get(f, "read_by")));
    json_decref(list);
    return 0;
}
