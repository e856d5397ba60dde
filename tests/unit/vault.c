/* The vault: what may be kept, who may read it, what outsiders see (nothing), erasure and backups, wrong and exchanged rows, and the power
 * cut at every operation. A fresh vault and a key in another folder for every case. */
#include "store/vault.h"
#include "base/err.h"
#include "base/instant.h"
#include "fault_vfs.h"
#include "near.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t T0 = 1767225600000;
static char root[64], path[96], key[96], crash_dir[96], crash_path[128];
static struct err e;

static const struct vault_act registrar = {"leyla", ROLE_REGISTRAR, "registration at the office", 1767225600000},
                              authority = {"deputy", ROLE_AUTHORITY, "appeal of March", 1767225600000},
                              user = {"elder", ROLE_USER, "the home is prepared", 1767225600000},
                              subject = {"somebody with a code", ROLE_SUBJECT, "asked at the office",
                                         1767225600000};

static const char *at(const char *name)
{
    static char buf[4][160];
    static int turn;
    snprintf(buf[turn = (turn + 1) % 4], sizeof buf[0], "%s/%s", root, name);
    return buf[turn];
}

static int set_up(void **state)
{
    (void)state;
    const char *memory =
        access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm"; /* thousands of syncs, none of which proves anything here */
    snprintf(root, sizeof root, "%s/kend-vault-XXXXXX", memory);
    if (!mkdtemp(root) || mkdir(at("data"), 0700) || mkdir(at("keys"), 0700) || mkdir(at("crash"), 0700)) return -1;
    snprintf(path, sizeof path, "%s", at("data/people.db"));
    snprintf(key, sizeof key, "%s", at("keys/master"));
    snprintf(crash_dir, sizeof crash_dir, "%s", at("crash"));
    snprintf(crash_path, sizeof crash_path, "%s", at("crash/people.db"));
    unsetenv("KEND_VAULT_KEY");
    unsetenv("KEND_VAULT_ERASED");
    unsetenv("CREDENTIALS_DIRECTORY");
    fault_register();
    fault_start();
    e = (struct err){0};
    return vault_key_make(key, &e);
}

static int tear_down(void **state)
{
    (void)state;
    char line[128];
    snprintf(line, sizeof line, "rm -rf '%s'", root);
    return system(line);
}

static struct vault *open_at(const char *file, const char *vfs)
{
    struct vault_options o = {.path = file, .key = key, .vfs = vfs, .make = 1};
    return vault_open(&o, &e);
}

static struct vault *open_good(void)
{
    struct vault *v = open_at(path, NULL);
    if (!v) fail_msg("%s", e.text);
    return v;
}

static json_t *family(void)
{
    return json_loads("{\"name\":\"Aysel Huseynova\",\"language\":\"az\",\"phone\":\"+994 50 111 22 33\","
                      "\"members\":[{\"name\":\"Aysel Huseynova\",\"birth_year\":1981},{\"name\":\"Tural\"}],"
                      "\"address_now\":\"Sumgait, 9th street 4\",\"consent\":[\"return\",\"survey\"],"
                      "\"home_needs\":[\"step_free\"],\"work\":\"baker\"}",
                      0, NULL);
}

static void add(struct vault *v, char name[VAULT_NAME], char code[VAULT_CODE])
{
    json_t *f = family();
    if (vault_add(v, &registrar, f, name, code, &e)) fail_msg("%s", e.text);
    json_decref(f);
}

#define refused(call, words)                                                                                       \
    do {                                                                                                           \
        e = (struct err){0};                                                                                       \
        assert_true(call);                                                                                         \
        if (!strstr(e.text, words)) fail_msg("\"%s\" does not say \"%s\"", e.text, words);                         \
    } while (0)

static int put(struct vault *v, const char *name, const char *text)
{
    json_t *j = json_loads(text, 0, NULL);
    int bad = vault_put(v, &registrar, name, j, &e);
    json_decref(j);
    return bad;
}

/* Whether the bytes stand in a file. */
static int holds(const char *file, const void *bytes, size_t n)
{
    FILE *f = fopen(file, "rb");
    if (!f) return 0;
    static char all[1 << 20];
    size_t size = fread(all, 1, sizeof all, f);
    assert_true(size < sizeof all);
    fclose(f);
    return memmem(all, size, bytes, n) != NULL;
}

static void copy(const char *from, const char *to)
{
    static char all[1 << 20];
    FILE *f = fopen(from, "rb"), *t = fopen(to, "wb");
    assert_true(f && t);
    size_t n = fread(all, 1, sizeof all, f);
    assert_true(fwrite(all, 1, n, t) == n && !fclose(t) && !fclose(f));
    chmod(to, 0600);
}

static void sql(const char *file, const char *text)
{
    sqlite3 *h;
    char *why = NULL;
    assert_int_equal(sqlite3_open(file, &h), SQLITE_OK);
    if (sqlite3_exec(h, text, NULL, NULL, &why)) fail_msg("%s", why);
    sqlite3_close(h);
}

static void wrapped_key(const char *name, unsigned char out[72])
{
    sqlite3 *h;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(h, "SELECT wrapped FROM household WHERE name = ?1", -1, &s, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(sqlite3_column_bytes(s, 0), 72);
    memcpy(out, sqlite3_column_blob(s, 0), 72);
    sqlite3_finalize(s);
    sqlite3_close(h);
}

/* --- what may be kept, and who reads it --- */

static void kept_and_read_by_role(void **state)
{
    (void)state;
    char name[VAULT_NAME], code[VAULT_CODE], other[VAULT_NAME];
    struct vault *v = open_good();
    add(v, name, code);
    add(v, other, code);
    assert_string_not_equal(name, other);
    assert_true(!strncmp(name, "h-", 2) && strspn(name + 2, "0123456789abcdefghjkmnpqrstvwxyz") == 12 && !name[14]);
    json_t *all = vault_get(v, &registrar, name, NULL, 0, &e), *few = vault_get(v, &user, name, NULL, 0, &e);
    assert_string_equal(json_string_value(json_object_get(all, "name")), "Aysel Huseynova");
    assert_string_equal(json_string_value(json_object_get(few, "language")), "az");
    assert_null(json_object_get(few, "name"));
    assert_non_null(json_object_get(few, "home_needs"));
    json_decref(all);
    json_decref(few);
    static const char *const phone[] = {"phone"};
    refused(!vault_get(v, &authority, name, phone, 1, &e), "may not be read in this role");
    json_t *log = vault_log(v, &registrar, name, &e);
    assert_int_equal(json_array_size(log), 5);
    const json_t *line = json_array_get(log, 3);
    assert_string_equal(json_string_value(json_object_get(line, "did")), "was refused");
    assert_string_equal(json_string_value(json_object_get(line, "person")), "deputy");
    assert_string_equal(json_string_value(json_object_get(line, "why")), "appeal of March");
    assert_string_equal(json_string_value(json_array_get(json_object_get(line, "fields"), 0)), "phone");
    json_decref(log);
    vault_close(v);
}

static void refuses_what_may_not_be_kept(void **state)
{
    (void)state;
    char name[VAULT_NAME], code[VAULT_CODE];
    struct vault *v = open_good();
    add(v, name, code);
    refused(put(v, name, "{\"ethnicity\":\"x\"}"), "is never kept");
    refused(put(v, name, "{\"Faith\":\"x\"}"), "is never kept");
    refused(put(v, name, "{\"shoe_size\":\"43\"}"), "is no field");
    refused(put(v, name, "{\"shoe_size\":null}"), "is no field");
    refused(put(v, name, "{\"language\":\"e\"}"), "one of az en ru");
    refused(put(v, name, "{\"language\":\"az en\"}"), "one of az en ru");
    refused(put(v, name, "{\"phone\":\"1\\n2\"}"), "one line");
    refused(put(v, name, "{\"phone\":\"\"}"), "one line");
    refused(put(v, name, "{\"phone\":\"1\\u009b2J\"}"), "one line"); /* clears a terminal */
    refused(put(v, name, "{\"phone\":\"1\\u202e2\"}"), "one line");  /* reads backwards */
    refused(put(v, name, "{\"phone\":\"1\\u00002\"}"), "");
    refused(put(v, name, "{\"members\":[{\"name\":\"A\",\"faith\":\"x\"}]}"), "members");
    refused(put(v, name, "{\"members\":[]}"), "members");
    refused(put(v, name, "{\"home_needs\":[\"step_free\",\"step_free\"]}"), "each once");
    refused(put(v, name, "{\"second_contact\":\"a cousin\"}"), "by consent only");
    refused(put(v, name, "[]"), "object");
    struct vault_act silent = registrar;
    silent.why = "";
    json_t *f = family();
    refused(!vault_get(v, &silent, name, NULL, 0, &e), "why is missing");
    refused(vault_add(v, &user, f, name, code, &e), "wants the role registrar");
    json_decref(f);
    refused(!vault_get(v, &registrar, "h-000000000000", NULL, 0, &e), "no household");
    vault_close(v);
}

static void consent_taken_back_deletes(void **state)
{
    (void)state;
    char name[VAULT_NAME], code[VAULT_CODE];
    struct vault *v = open_good();
    add(v, name, code);
    assert_int_equal(put(v, name, "{\"consent\":[\"return\"]}"), 0);
    json_t *all = vault_get(v, &registrar, name, NULL, 0, &e);
    assert_null(json_object_get(all, "work"));
    assert_non_null(json_object_get(all, "home_needs"));
    json_decref(all);
    assert_int_equal(put(v, name, "{\"consent\":null,\"phone\":null}"), 0);
    all = vault_get(v, &registrar, name, NULL, 0, &e);
    assert_null(json_object_get(all, "home_needs"));
    assert_null(json_object_get(all, "phone"));
    json_decref(all);
    vault_close(v);
}

static void the_household_reads_its_log_and_copy(void **state)
{
    (void)state;
    char name[VAULT_NAME], code[VAULT_CODE];
    struct vault *v = open_good();
    add(v, name, code);
    refused(vault_code(v, name, "0000-0000-0000-0000-0000-0000", T0, &e), "not the code");
    assert_int_equal(vault_code(v, name, code, T0, &e), 0);
    json_t *mine = vault_export(v, &subject, name, &e);
    const json_t *phone = json_object_get(json_object_get(mine, "fields"), "phone");
    assert_string_equal(json_string_value(json_object_get(phone, "value")), "+994 50 111 22 33");
    assert_true(strlen(json_string_value(json_object_get(phone, "purpose"))) > 5);
    assert_string_equal(json_string_value(json_object_get(phone, "kept_until")), "2028-01-01T00:00:00Z");
    assert_int_equal(json_array_size(json_object_get(mine, "log")), 3);
    json_decref(mine);
    refused(!vault_log(v, &user, name, &e), "wants the role");
    vault_close(v);
}

static void what_is_over_goes(void **state)
{
    (void)state;
    char name[VAULT_NAME], code[VAULT_CODE];
    struct vault *v = open_good();
    add(v, name, code);
    struct vault_act later = authority;
    later.at_ms = T0 + 364LL * MS_DAY;
    assert_int_equal(vault_expire(v, &later, 0, &e), 0);
    later.at_ms = T0 + 731LL * MS_DAY; /* survey (365), phone and address (730); not the name (1825) */
    assert_int_equal(vault_expire(v, &later, 1, &e), 3);
    assert_int_equal(vault_expire(v, &later, 0, &e), 3);
    assert_int_equal(vault_expire(v, &later, 0, &e), 0);
    json_t *all = vault_get(v, &registrar, name, NULL, 0, &e);
    assert_null(json_object_get(all, "phone"));
    assert_non_null(json_object_get(all, "name"));
    json_decref(all);
    vault_close(v);
}

/* --- keys --- */

static void keys_that_are_refused(void **state)
{
    (void)state;
    vault_close(open_good());
    chmod(key, 0640);
    refused(!open_at(path, NULL), "others may read");
    chmod(key, 0604);
    refused(!open_at(path, NULL), "others may read");
    chmod(key, 0600);
    snprintf(key, sizeof key, "%s", at("data/master"));
    assert_int_equal(vault_key_make(key, &e), 0);
    refused(!open_at(path, NULL), "in the folder of the vault");
    mkdir(at("data/below"), 0700);
    snprintf(key, sizeof key, "%s", at("data/below/master"));
    assert_int_equal(vault_key_make(key, &e), 0);
    refused(!open_at(path, NULL), "in the folder of the vault");
    assert_int_equal(symlink(key, at("keys/link")), 0);
    snprintf(key, sizeof key, "%s", at("keys/link"));
    refused(!open_at(path, NULL), "in the folder of the vault");
    snprintf(key, sizeof key, "%s", at("keys/other"));
    assert_int_equal(vault_key_make(key, &e), 0);
    refused(vault_key_make(key, &e), "never overwritten");
    refused(!open_at(path, NULL), "not that of");
    snprintf(key, sizeof key, "%s", at("keys/none"));
    refused(!open_at(path, NULL), "No such file");
    struct vault_options o = {.path = path};
    refused(!vault_open(&o, &e), "no master key");
    snprintf(key, sizeof key, "%s", at("keys/master"));
    o = (struct vault_options){.path = path, .key = key, .erased = at("data/erased")};
    refused(!vault_open(&o, &e), "list of erased households lies in the folder");
}

static void a_credential_of_systemd(void **state)
{
    (void)state;
    mkdir(at("cred"), 0700);
    assert_int_equal(vault_key_make(at("cred/kend-vault-key"), &e), 0);
    setenv("CREDENTIALS_DIRECTORY", at("cred"), 1);
    struct vault_options o = {.path = path, .make = 1};
    refused(!vault_open(&o, &e), "name the list");
    setenv("KEND_VAULT_ERASED", at("keys/erased"), 1);
    struct vault *v = vault_open(&o, &e);
    if (!v) fail_msg("%s", e.text);
    vault_close(v);
    chmod(at("cred/kend-vault-key"), 0440); /* root's file, with the service's right as an access list */
    v = vault_open(&o, &e);
    assert_int_equal(v != NULL, geteuid() == 0);
    vault_close(v);
    chmod(at("cred/kend-vault-key"), 0444);
    refused(!vault_open(&o, &e), "others may read");
    chmod(at("cred/kend-vault-key"), 0460);
    refused(!vault_open(&o, &e), "others may read");
}

static void a_new_master_key(void **state)
{
    (void)state;
    char name[VAULT_NAME], code[VAULT_CODE];
    unsigned char before[72];
    struct vault *v = open_good();
    add(v, name, code);
    wrapped_key(name, before);
    refused(vault_rekey(v, at("data/new"), &e), "in the folder of the vault");
    assert_int_equal(vault_rekey(v, at("keys/new"), &e), 0);
    json_decref(vault_get(v, &registrar, name, NULL, 0, &e)); /* goes on under the new key */
    vault_close(v);
    assert_false(holds(path, before, sizeof before));
    refused(!open_at(path, NULL), "not that of");
    snprintf(key, sizeof key, "%s", at("keys/new"));
    v = open_good();
    json_t *all = vault_get(v, &registrar, name, NULL, 0, &e);
    assert_string_equal(json_string_value(json_object_get(all, "name")), "Aysel Huseynova");
    json_decref(all);
    vault_close(v);
}

/* --- what outsiders see --- */

static void no_plain_word_in_the_file(void **state)
{
    (void)state;
    static const char *const word[] = {"Aysel",     "Huseynova", "Tural", "994 50", "Sumgait", "baker",
                                       "step_free", "phone",     "leyla", "office", "1981"};
    char name[VAULT_NAME], code[VAULT_CODE];
    struct vault *v = open_at(path, FAULT_VFS);
    add(v, name, code);
    json_decref(vault_get(v, &registrar, name, NULL, 0, &e));
    put(v, name, "{\"phone\":\"+994 50 444 55 66\"}");
    vault_close(v);
    for (long op = 0; op <= fault_length(); op += 3) { /* nor in what a power cut leaves: file and journal */
        char line[200];
        snprintf(line, sizeof line, "rm -f '%s'/*", crash_dir);
        assert_int_equal(system(line), 0);
        fault_crash(op, FATE_KEPT, 1, crash_dir);
        for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
            if (holds(crash_path, word[i], strlen(word[i]))) fail_msg("%s after operation %ld", word[i], op);
            snprintf(line, sizeof line, "%s-journal", crash_path);
            if (holds(line, word[i], strlen(word[i])))
                fail_msg("%s in the journal after operation %ld", word[i], op);
        }
    }
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
}

/* The good vault with one thing changed: it does not open, or the household cannot be read, or its log. */
static void noticed(const char *change, const char *name, const char *words)
{
    e = (struct err){0};
    copy(at("data/good"), path);
    sql(path, change);
    struct vault *v = open_at(path, NULL);
    json_t *got = v ? vault_get(v, &registrar, name, NULL, 0, &e) : NULL,
           *log = got ? vault_log(v, &registrar, name, &e) : NULL;
    if (log) fail_msg("%s: nobody noticed", change);
    if (!strstr(e.text, words)) fail_msg("%s: \"%s\"", change, e.text);
    json_decref(got);
    vault_close(v);
}

static void rows_changed_from_outside(void **state)
{
    (void)state;
    char a[VAULT_NAME], b[VAULT_NAME], code[VAULT_CODE], line[400];
    struct vault *v = open_good();
    add(v, a, code);
    add(v, b, code);
    json_decref(vault_get(v, &user, a, NULL, 0, &e));
    vault_close(v);
    copy(path, at("data/good"));
    noticed("UPDATE household SET sheet = zeroblob(length(sheet))", a, "torn or not its own");
    noticed("UPDATE household SET sheet = substr(sheet, 1, 40)", a, "torn or not its own");
    noticed("UPDATE household SET wrapped = x'00'", a, "wrapped key is torn");
    snprintf(line, sizeof line,
             "UPDATE household SET sheet = (SELECT sheet FROM household WHERE name = '%s') WHERE name = '%s'", b,
             a);
    noticed(line, a, "torn or not its own");
    snprintf(line, sizeof line,
             "UPDATE household SET (wrapped, sheet) = (SELECT wrapped, sheet FROM household WHERE name = '%s') "
             "WHERE name = '%s'",
             b, a);
    noticed(line, a, "not its own");
    noticed("UPDATE household SET rev = rev + 1", a, "changed from outside");
    noticed("DELETE FROM household", a, "changed from outside");
    noticed("DELETE FROM meta WHERE key = 'sum'", a, "changed from outside");
    noticed("DELETE FROM access WHERE no = 2", a, "log was changed");
    noticed("UPDATE access SET line = zeroblob(length(line)) WHERE no = 1", a, "log was changed");
    snprintf(line, sizeof line,
             "UPDATE access SET line = (SELECT line FROM access WHERE name = '%s' AND no = 1) WHERE no = 1", b);
    noticed(line, a, "log was changed");
}

/* One household whole, as it was before its last change: key, sheet, version and log are in themselves right. */
static void one_household_set_back(void **state)
{
    (void)state;
    char a[VAULT_NAME], b[VAULT_NAME], code[VAULT_CODE], line[600];
    struct vault *v = open_good();
    add(v, a, code);
    add(v, b, code);
    vault_close(v);
    copy(path, at("data/old"));
    v = open_good();
    assert_int_equal(put(v, a, "{\"phone\":\"2\"}"), 0);
    vault_close(v);
    snprintf(line, sizeof line,
             "ATTACH '%s' AS old; DELETE FROM main.household WHERE name = '%s'; INSERT INTO main.household SELECT "
             "* FROM old.household WHERE name = '%s';"
             "DELETE FROM main.access WHERE name = '%s'; INSERT INTO main.access SELECT * FROM old.access WHERE "
             "name = '%s'",
             at("data/old"), a, a, a, a);
    sql(path, line);
    refused(!open_at(path, NULL), "set back to an older version");
}

/* --- erasure --- */

static void erased_is_gone(void **state)
{
    (void)state;
    char name[VAULT_NAME], other[VAULT_NAME], code[VAULT_CODE];
    unsigned char wrapped[72];
    int64_t gone_ms = 0;
    struct vault *v = open_good();
    for (int i = 0; i < 12; i++) add(v, i == 5 ? name : other, code);
    for (int i = 0; i < 5; i++) json_decref(vault_get(v, &registrar, name, NULL, 0, &e));
    vault_close(v);
    wrapped_key(name, wrapped);
    assert_true(holds(path, wrapped, sizeof wrapped));
    copy(path, at("keys/backup"));
    v = open_good();
    refused(vault_erase(v, &user, name, &e), "wants the role");
    assert_int_equal(vault_erase(v, &subject, name, &e), 0);
    assert_int_equal(vault_state(v, name, &gone_ms), VAULT_GONE);
    assert_int_equal(gone_ms, T0);
    refused(!vault_get(v, &registrar, name, NULL, 0, &e), "key is destroyed");
    refused(vault_erase(v, &subject, name, &e), "erased before");
    assert_false(holds(path, wrapped + 24, 16)); /* no part of it, while it is open */
    assert_int_equal(access(at("data/people.db-journal"), F_OK), -1);
    vault_close(v);
    copy(at("keys/backup"), path); /* a backup comes back */
    v = open_good();
    assert_int_equal(vault_again(v), 1);
    assert_int_equal(vault_behind(v), 1); /* the erasure was the only write since */
    assert_int_equal(vault_state(v, name, NULL), VAULT_GONE);
    assert_false(holds(path, wrapped + 24, 16));
    json_decref(vault_get(v, &registrar, other, NULL, 0, &e)); /* nobody else is touched */
    vault_close(v);
    v = open_good();
    assert_int_equal(vault_again(v) + vault_behind(v), 0);
    vault_close(v);
}

static void another_list_erases_too(void **state)
{
    (void)state;
    char name[VAULT_NAME], code[VAULT_CODE], list[128];
    struct vault *v = open_good();
    add(v, name, code);
    vault_close(v);
    copy(path, at("keys/backup"));
    v = open_good();
    assert_int_equal(vault_erase(v, &authority, name, &e), 0);
    vault_close(v);
    snprintf(list, sizeof list, "rm '%s'/*.erased", at("keys")); /* the list is lost with the disk of the keys */
    assert_int_equal(system(list), 0);
    v = open_good(); /* the vault still knows, and writes the list anew */
    vault_close(v);
    copy(at("keys/backup"), path);
    v = open_good();
    assert_int_equal(vault_again(v), 1);
    vault_close(v);
    assert_int_equal(system(list), 0);
    copy(at("keys/backup"), path); /* both lost: the chain's list */
    v = open_good();
    assert_int_equal(vault_state(v, name, NULL), VAULT_HERE);
    const char *gone[] = {"h-000000000000", name};
    assert_int_equal(vault_erase_again(v, gone, 2, T0, &e), 1);
    assert_int_equal(vault_state(v, name, NULL), VAULT_GONE);
    vault_close(v);
}

/* Another program reads while the file should be rebuilt: the erasure is not acknowledged, and is finished at the next opening. */
static void an_erasure_that_is_held_up(void **state)
{
    (void)state;
    char name[VAULT_NAME], code[VAULT_CODE];
    unsigned char wrapped[72];
    sqlite3 *reader;
    sqlite3_stmt *s;
    struct vault *v = open_at(path, FAULT_VFS);
    add(v, name, code);
    wrapped_key(name, wrapped);
    fault_disk_bytes(0);
    refused(vault_erase(v, &authority, name, &e), "will be when the vault opens next");
    fault_disk_bytes(-1);
    assert_int_equal(vault_state(v, name, NULL), VAULT_HERE);
    vault_close(v);
    v = open_good();
    assert_int_equal(vault_again(v), 1);
    assert_false(holds(path, wrapped + 24, 16));
    add(v, name, code);
    wrapped_key(name, wrapped);
    assert_int_equal(sqlite3_open(path, &reader), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(reader, "SELECT name FROM household UNION ALL SELECT name FROM gone", -1, &s, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    sqlite3_busy_timeout(reader, 0);
    refused(vault_erase(v, &authority, name, &e), "another program");
    sqlite3_finalize(s);
    sqlite3_close(reader);
    vault_close(v);
    v = open_good();
    assert_int_equal(vault_state(v, name, NULL), VAULT_GONE);
    assert_false(holds(path, wrapped + 24, 16));
    vault_close(v);
}

static void a_torn_or_damaged_list(void **state)
{
    (void)state;
    char name[VAULT_NAME], other[VAULT_NAME], code[VAULT_CODE], line[400];
    struct vault *v = open_good();
    add(v, name, code);
    add(v, other, code);
    assert_int_equal(vault_erase(v, &authority, name, &e), 0);
    vault_close(v);
    snprintf(line, sizeof line, "printf '%s 2026-01' >> '%s'/*.erased", other, at("keys"));
    assert_int_equal(system(line), 0);
    v = open_good(); /* torn: was never acknowledged */
    assert_int_equal(vault_state(v, other, NULL), VAULT_HERE);
    assert_int_equal(vault_erase(v, &authority, other, &e), 0);
    vault_close(v);
    vault_close(open_good());
    snprintf(line, sizeof line, "sed -i 's/^h-./h-x/' '%s'/*.erased", at("keys"));
    assert_int_equal(system(line), 0);
    refused(!open_at(path, NULL), "list is damaged");
}

/* --- power and disk --- */

enum { STEPS = 14 };
struct step {
    long done; /* length of the log when it was acknowledged */
    char name[VAULT_NAME];
    unsigned char wrapped[72];
};

static void remove_crash(void)
{
    char line[200];
    snprintf(line, sizeof line, "rm -f '%s'/*", crash_dir);
    assert_int_equal(system(line), 0);
}

/* Households 0..: added, changed (phone = step), read; the odd ones erased at the end. */
static void power_cut_at_every_operation(void **state)
{
    (void)state;
    char code[VAULT_CODE], phone[40], list[160], crash_journal[160];
    struct step added[4], changed[4], erased[2];
    struct vault *v = open_at(path, FAULT_VFS);
    if (!v) fail_msg("%s", e.text);
    for (int i = 0; i < 4; i++) {
        add(v, added[i].name, code);
        added[i].done = fault_length();
        snprintf(phone, sizeof phone, "{\"phone\":\"number %d\"}", i);
        assert_int_equal(put(v, added[i].name, phone), 0);
        changed[i].done = fault_length();
        json_decref(vault_get(v, &user, added[i].name, NULL, 0, &e));
    }
    for (int i = 0; i < 2; i++) {
        wrapped_key(added[2 * i + 1].name, erased[i].wrapped);
        assert_int_equal(vault_erase(v, &authority, added[2 * i + 1].name, &e), 0);
        erased[i].done = fault_length();
    }
    vault_close(v);
    snprintf(list, sizeof list, "%s", at("crash/../keys/lost")); /* judged without the list first */
    snprintf(crash_journal, sizeof crash_journal, "%s-journal", crash_path);
    long length = fault_length();
    int opened = 0;
    for (long op = 1; op <= length; op++) {
        enum fault_fate fate = op % 3 == 0 ? FATE_LOST : op % 3 == 1 ? FATE_KEPT : FATE_ANY;
        remove_crash();
        fault_crash(op, fate, (uint64_t)op, crash_dir);
        for (int i = 0; i < 2; i++)
            if (op >= erased[i].done &&
                (holds(crash_path, erased[i].wrapped + 24, 16) || holds(crash_journal, erased[i].wrapped + 24, 16)))
                fail_msg("operation %ld: the key of an erased household came back", op);
        if (op < added[0].done && access(crash_path, F_OK)) continue;
        unlink(list);
        struct vault_options o = {.path = crash_path, .key = key, .erased = list, .make = 1};
        v = vault_open(&o, &e);
        if (!v) fail_msg("operation %ld: %s", op, e.text);
        opened++;
        for (int i = 0; i < 4; i++) {
            int may_be_gone = i % 2, must_be_gone = i % 2 && op >= erased[i / 2].done;
            enum vault_state s = vault_state(v, added[i].name, NULL);
            if (op >= added[i].done && s == VAULT_NONE)
                fail_msg("operation %ld: an acknowledged household is lost", op);
            if (must_be_gone && s != VAULT_GONE) fail_msg("operation %ld: an acknowledged erasure is lost", op);
            if (!may_be_gone && s == VAULT_GONE) fail_msg("operation %ld: a household is gone", op);
            if (s != VAULT_HERE) continue;
            json_t *all = vault_get(v, &registrar, added[i].name, NULL, 0, &e);
            if (!all) fail_msg("operation %ld: %s", op, e.text);
            snprintf(phone, sizeof phone, "number %d", i);
            if (op >= changed[i].done) assert_string_equal(json_string_value(json_object_get(all, "phone")), phone);
            json_decref(all);
        }
        vault_close(v);
    }
    assert_true(opened > 60);
}

static void a_full_disk_changes_nothing(void **state)
{
    (void)state;
    char name[VAULT_NAME], none[VAULT_NAME], code[VAULT_CODE];
    struct vault *v = open_at(path, FAULT_VFS);
    add(v, name, code);
    fault_disk_bytes(0);
    json_t *f = family();
    refused(vault_add(v, &registrar, f, none, code, &e), "full");
    refused(!vault_get(v, &registrar, name, NULL, 0, &e), "full"); /* no answer without its line in the log */
    fault_disk_bytes(-1);
    fault_break(1, 0);
    assert_int_equal(vault_add(v, &registrar, f, none, code, &e), -1);
    fault_break(0, 1);
    assert_int_equal(vault_add(v, &registrar, f, none, code, &e), -1);
    fault_break(0, 0);
    json_t *all = vault_get(v, &registrar, name, NULL, 0, &e);
    if (!all) fail_msg("%s", e.text);
    json_decref(all);
    json_decref(f);
    vault_close(v);
    v = open_good();
    assert_int_equal(vault_state(v, none, NULL), VAULT_NONE);
    vault_close(v);
}

/* --- publishing --- */

static void small_counts_are_left_out(void **state)
{
    (void)state;
    int64_t one[] = {120, 30, 3}, two[] = {2, 3, 50}, none[] = {0, 7, 50}, few[] = {3};
    counts_hide(one, 3);
    assert_true(one[0] == 120 && one[1] == -1 && one[2] == -1);
    counts_hide(two, 3);
    assert_true(two[0] == -1 && two[1] == -1 && two[2] == 50);
    counts_hide(none, 3);
    assert_true(none[0] == 0 && none[1] == 7 && none[2] == 50);
    counts_hide(few, 1);
    assert_true(few[0] == -1);
    char name[VAULT_NAME], code[VAULT_CODE];
    struct vault *v = open_good();
    for (int i = 0; i < 6; i++) add(v, name, code);
    assert_int_equal(put(v, name, "{\"language\":\"ru\"}"), 0);
    json_t *p = vault_public(v, &e);
    char *text = json_dumps(p, 0);
    assert_true(json_is_null(json_object_get(json_object_get(p, "language"), "ru")));
    assert_true(json_is_null(json_object_get(json_object_get(p, "language"), "az"))); /* or the sum would tell */
    assert_int_equal(json_integer_value(json_object_get(p, "households")), 6);
    assert_null(strstr(text, "Aysel"));
    assert_null(strstr(text, name));
    free(text);
    json_decref(p);
    vault_close(v);
}

static void import_is_all_or_nothing(void **state)
{
    (void)state;
    struct vault *v = open_good();
    json_t *good =
               json_loads("{\"households\":[{\"name\":\"A B\"},{\"name\":\"C D\",\"language\":\"ru\"}]}", 0, NULL),
           *bad =
               json_loads("{\"households\":[{\"name\":\"A B\"},{\"name\":\"C D\",\"religion\":\"x\"}]}", 0, NULL),
           *late = json_loads("{\"households\":[{\"name\":\"A B\"},{\"work\":\"x\"}]}", 0, NULL);
    refused(!vault_import(v, &registrar, bad, &e), "household 2 of the file");
    refused(!vault_import(v, &registrar, late, &e), "by consent only");
    json_t *p = vault_public(v, &e);
    assert_int_equal(json_integer_value(json_object_get(p, "households")), 0);
    json_t *made = vault_import(v, &registrar, good, &e);
    assert_int_equal(json_array_size(made), 2);
    json_decref(p);
    json_decref(made);
    json_decref(good);
    json_decref(bad);
    json_decref(late);
    vault_close(v);
}

/* A family that registers in two offices would stand in a draw twice. */
static void one_family_is_one_household(void **state)
{
    (void)state;
    struct vault *v = open_good();
    char first[VAULT_NAME], second[VAULT_NAME], code[VAULT_CODE];
    json_t *mine = json_loads("{\"name\":\"A B\",\"document\":\"AZ 12/345 ə\"}", 0, NULL),
           *same = json_loads("{\"name\":\"B A\",\"document\":\"az-12345ə\"}", 0, NULL),
           *twice = json_loads("{\"households\":[{\"name\":\"C\",\"document\":\"7\"},{\"name\":\"D\",\"document\":"
                               "\"7.\"}]}",
                               0, NULL),
           *taken = json_loads("{\"households\":[{\"name\":\"C\",\"document\":\"AZ12345ə\"}]}", 0, NULL);
    if (vault_add(v, &registrar, mine, first, code, &e)) fail_msg("%s", e.text);
    refused(vault_add(v, &registrar, same, second, code, &e), "one family is one household");
    assert_non_null(strstr(e.text, first));
    static const char *const hidden[] = {"seen\x7f", "a reason \xe2\x80\xae esrever", "\302\2332K gone", "a\rb"};
    for (int i = 0; i < 4; i++) { /* a reason that the household could not read */
        const struct vault_act sly = {"leyla", ROLE_REGISTRAR, hidden[i], T0};
        refused(!vault_get(v, &sly, first, NULL, 0, &e), "why is missing");
    }
    json_t *log = vault_log(v, &registrar, first, &e),
           *line = json_array_get(log, 1); /* and that it was told stands in its log */
    assert_string_equal(json_string_value(json_object_get(line, "did")), "was found by its document");
    json_decref(log);
    refused(!vault_import(v, &registrar, twice, &e), "one family is one household");
    refused(!vault_import(v, &registrar, taken, &e), "one family is one household");
    assert_int_equal(put(v, first, "{\"document\":\"AZ 12345 ə\"}"), 0); /* its own, typed again */
    add(v, second, code);
    refused(put(v, second, "{\"document\":\"AZ 12345ə\"}"), "one family is one household");
    assert_int_equal(put(v, second, "{\"document\":\"AZ 12346\"}"), 0);
    assert_int_equal(vault_erase(v, &registrar, first, &e), 0);
    if (vault_add(v, &registrar, same, first, code, &e)) fail_msg("%s", e.text); /* who was erased may come again */
    json_decref(mine);
    json_decref(same);
    json_decref(twice);
    json_decref(taken);
    vault_close(v);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(kept_and_read_by_role),       CASE(refuses_what_may_not_be_kept),
        CASE(consent_taken_back_deletes),  CASE(the_household_reads_its_log_and_copy),
        CASE(what_is_over_goes),           CASE(keys_that_are_refused),
        CASE(a_credential_of_systemd),     CASE(a_new_master_key),
        CASE(no_plain_word_in_the_file),   CASE(rows_changed_from_outside),
        CASE(one_household_set_back),      CASE(erased_is_gone),
        CASE(another_list_erases_too),     CASE(an_erasure_that_is_held_up),
        CASE(a_torn_or_damaged_list),      CASE(power_cut_at_every_operation),
        CASE(a_full_disk_changes_nothing), CASE(small_counts_are_left_out),
        CASE(import_is_all_or_nothing),    CASE(one_family_is_one_household),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
