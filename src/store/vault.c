/* What may be done with the vault. See vault.h. The answer to a reading leaves this file only after its line of the access log is on
 * disk; a refused reading is written down too. Left out: the memory of the JSON library is not wiped, so that a core dump of
 * a running program may hold what was read last. */
#include "base/err.h"
#include "base/instant.h"
#include "store/vault_inside.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_MIN = 3, WHY_MAX = 200, PERSON_MAX = 64, IMPORT_MAX = 50000, AHEAD_MS = 10 * MS_MIN };

/* --- who asks --- */

static int one_line(const char *t, size_t least, size_t most)
{
    return t && strlen(t) >= least && strlen(t) <= most && line_plain(t);
}

static int act_check(const struct vault_act *a, unsigned wants, struct err *e)
{
    char roles[200];
    if (!one_line(a->person, 1, PERSON_MAX)) return err_set(e, "who asks is missing");
    if (!one_line(a->why, WHY_MIN, WHY_MAX))
        return err_set(e, "why is missing: one line of %d to %d bytes, which the household can read", WHY_MIN,
                       WHY_MAX);
    if (wants && !(a->roles & wants))
        return err_set(e, "this wants the role %s",
                       roles_text(wants & ~(unsigned)ROLE_SUBJECT, roles, sizeof roles));
    return 0;
}

/* --- opening --- */

static int erased_path(struct vault *v, const struct vault_options *o, const struct master_file *m, struct err *e)
{
    const char *given = o->erased ? o->erased : getenv("KEND_VAULT_ERASED");
    char path[1200];
    if (given && *given)
        snprintf(path, sizeof path, "%s", given);
    else if (m->credential)
        return err_set(e,
                       "name the list of erased households (--vault-erased, $KEND_VAULT_ERASED): a credential's "
                       "folder cannot hold it, and beside the vault a backup would bring it back with the vault");
    else {
        const char *slash = strrchr(m->path, '/');
        snprintf(path, sizeof path, "%.*svault-%.8s.erased", slash ? (int)(slash + 1 - m->path) : 0, m->path,
                 v->id);
    }
    if (strcmp(o->path, ":memory:") != 0 && lies_below(path, o->path))
        return err_set(e,
                       "%s: the list of erased households lies in the folder of the vault, so that a backup would "
                       "bring both back; keep it elsewhere",
                       path);
    v->erased = strdup(path);
    return v->erased ? 0 : err_set(e, "out of memory");
}

struct again {
    struct vault *v;
    const struct erased_list *list;
    int64_t at_ms;
    struct err *e;
    int n, bad;
};

static int again_row(void *self, const char *name, int64_t gone_ms)
{
    struct again *a = self;
    int listed = erased_has(a->list, name);
    if (gone_ms && !listed) a->bad = erased_add(a->v->erased, name, gone_ms, a->e);
    if (gone_ms || !listed) return a->bad;
    a->bad = vault_begin(a->v, a->e);
    if (!a->bad) a->bad = vault_end(a->v, house_destroy(a->v, name, a->at_ms, a->e), a->e);
    a->n += !a->bad;
    return a->bad;
}

/* What the list says is gone goes again (a backup came back, or the power went in the middle); the list learns what only the vault knows. */
static int follow_list(struct vault *v, struct err *e)
{
    struct erased_list list;
    if (erased_read(v->erased, &list, e)) {
        erased_free(&list);
        return -1;
    }
    struct again a = {v, &list, instant_now_ms(), e, 0, 0};
    int bad = vault_names(v, again_row, &a, e) || a.bad;
    if (!bad) bad = vault_scrub_rest(v, e);
    v->again = a.n;
    erased_free(&list);
    return bad ? -1 : 0;
}

/* Asked before anything is written. */
static int look_outside(struct vault *v)
{
    if (!strcmp(v->path, ":memory:")) return 0;
    int64_t seen = seen_read(v->erased);
    v->behind = seen > v->written ? seen - v->written : 0;
    if (v->behind) seen_note(v->erased, v->written);
    return 0;
}

struct vault *vault_open(const struct vault_options *o, struct err *e)
{
    struct master_file m;
    must(sodium_init() >= 0, "libsodium does not start");
    struct vault *v = calloc(1, sizeof *v);
    if (v) v->master = sodium_malloc(SECRET_BYTES);
    if (!v || !v->master) return free(v), err_set(e, "out of memory"), NULL;
    v->path = strdup(o->path);
    if (!master_load(o->key, o->path, v->master, &m, e) && !vault_db_open(v, o, e) && !erased_path(v, o, &m, e) &&
        !vault_sum_check(v, e) && !look_outside(v) && !follow_list(v, e))
        return v;
    vault_close(v);
    return NULL;
}

void vault_close(struct vault *v)
{
    if (!v) return;
    sqlite3_close(v->h);
    sodium_free(v->master);
    free(v->path);
    free(v->erased);
    free(v);
}

int vault_again(const struct vault *v) { return v->again; }
int64_t vault_behind(const struct vault *v) { return v->behind; }

/* --- fields of a sheet --- */

static json_t *fields_of(const struct house *h) { return json_object_get(h->sheet, "fields"); }

static int consents(const struct house *h, const char *word)
{
    size_t i;
    const json_t *w, *list = json_object_get(json_object_get(fields_of(h), "consent"), "value");
    json_array_foreach(list, i, w) if (!strcmp(json_string_value(w), word)) return 1;
    return !word;
}

static void field_set(struct house *h, const struct vault_field *f, json_t *value, int64_t at_ms)
{
    json_t *row = json_pack("{s:O, s:I, s:I}", "value", value, "set_ms", (json_int_t)at_ms, "until_ms",
                            (json_int_t)(at_ms + (int64_t)f->keep_days * MS_DAY));
    json_object_set_new(fields_of(h), f->key, row);
}

/* Without its consent a field goes. */
static void drop_unwanted(struct house *h, json_t *changed)
{
    for (int i = 0; i < n_vault_fields; i++) {
        const struct vault_field *f = &vault_fields[i];
        if (!f->consent || consents(h, f->consent) || !json_object_get(fields_of(h), f->key)) continue;
        json_object_del(fields_of(h), f->key);
        json_array_append_new(changed, json_string(f->key));
    }
}

/* `data` was checked, but for null. Fills `changed` with the keys. */
static int fields_take(struct house *h, const json_t *data, int64_t at_ms, json_t *changed, struct err *e)
{
    for (int i = 0; i < n_vault_fields; i++) {
        const struct vault_field *f = &vault_fields[n_vault_fields - 1 - i]; /* consent is the last row: first */
        json_t *value = json_object_get(data, f->key);
        if (!value) continue;
        if (json_is_null(value))
            json_object_del(fields_of(h), f->key);
        else if (f->consent && !consents(h, f->consent))
            return err_set(e, "%s is kept by consent only: `%s` does not stand in the household's consent", f->key,
                           f->consent);
        else
            field_set(h, f, value, at_ms);
        json_array_append_new(changed, json_string(f->key));
    }
    drop_unwanted(h, changed);
    return 0;
}

static int changes_check(const json_t *data, struct err *e)
{
    const char *key;
    json_t *v, *set = json_object();
    json_object_foreach((json_t *)(uintptr_t)data, key, v)
    {
        int taken_away = json_is_null(v) && vault_field_find(key);
        if (!taken_away) json_object_set(set, key, v);
    }
    int bad = json_is_object(data) ? vault_check(set, e) : vault_check(data, e);
    json_decref(set);
    return bad;
}

/* --- add and change --- */

static void code_make(char code[VAULT_CODE])
{
    static const char letter[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char random[24];
    randombytes_buf(random, sizeof random);
    for (int i = 0, at = 0; i < 24; i++) {
        if (i && i % 4 == 0) code[at++] = '-';
        code[at++] = letter[random[i] & 31];
        code[at] = 0;
    }
}

static void code_hash(const struct house *h, const char *code, char hex[2 * HASH_BYTES + 1])
{
    unsigned char hash[HASH_BYTES];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)code, strlen(code), h->key, SECRET_BYTES);
    hex_write(hex, hash, sizeof hash);
}

/* Only who brings a document has all others opened for it. */
static int documents_wanted(struct vault *v, const json_t *data, struct documents *d, struct err *e)
{
    return json_is_string(json_object_get(data, "document")) ? documents_read(v, d, e) : 0;
}

static int found_line(struct vault *v, const struct vault_act *a, const char *name, struct err *e)
{
    struct house h;
    if (house_read(v, name, &h, e)) return -1;
    json_t *fields = json_pack("[s]", "document");
    int bad = log_add(v, &h, a, "was found by its document", fields, e) || house_write(v, &h, e);
    json_decref(fields);
    house_close(&h);
    return bad ? -1 : 0;
}

/* To be told whose a document is, is to read it: that stands in their log before it is told. */
static int documents_end(struct vault *v, const struct vault_act *a, struct documents *d, int bad, struct err *e)
{
    struct err ignored = {0};
    if (bad && d->found[0] && vault_state(v, d->found, NULL) == VAULT_HERE &&
        (vault_begin(v, &ignored) || vault_end(v, found_line(v, a, d->found, &ignored), &ignored)))
        err_set(e, "document: another household has it; that could not be written into its log: %s", ignored.text);
    documents_free(d);
    return bad;
}

static int add_one(struct vault *v, const struct vault_act *a, struct documents *d, const json_t *data,
                   char name[VAULT_NAME], char code[VAULT_CODE], struct err *e)
{
    struct house h;
    char hex[2 * HASH_BYTES + 1];
    if (house_new(v, &h, e)) return house_close(&h), -1;
    code_make(code);
    code_hash(&h, code, hex);
    json_object_set_new(h.sheet, "code", json_string(hex));
    json_object_set_new(h.sheet, "made_ms", json_integer(a->at_ms));
    json_object_set_new(h.sheet, "fields", json_object());
    json_t *changed = json_array();
    int bad = document_note(d, h.name, data, e) || fields_take(&h, data, a->at_ms, changed, e) ||
              log_add(v, &h, a, "registered", changed, e) || house_write(v, &h, e);
    snprintf(name, VAULT_NAME, "%s", h.name);
    json_decref(changed);
    house_close(&h);
    return bad ? -1 : 0;
}

int vault_add(struct vault *v, const struct vault_act *a, const json_t *data, char name[VAULT_NAME],
              char code[VAULT_CODE], struct err *e)
{
    struct documents d = {0};
    if (act_check(a, ROLE_REGISTRAR, e) || vault_check(data, e) || vault_begin(v, e)) return -1;
    int bad = documents_wanted(v, data, &d, e) || add_one(v, a, &d, data, name, code, e);
    return documents_end(v, a, &d, vault_end(v, bad ? -1 : 0, e), e);
}

static int put_one(struct vault *v, const struct vault_act *a, struct documents *d, const char *name,
                   const json_t *data, struct err *e)
{
    struct house h;
    if (house_read(v, name, &h, e)) return -1;
    json_t *changed = json_array();
    int bad = documents_wanted(v, data, d, e) || document_note(d, name, data, e) ||
              fields_take(&h, data, a->at_ms, changed, e) || log_add(v, &h, a, "changed", changed, e) ||
              house_write(v, &h, e);
    json_decref(changed);
    house_close(&h);
    return bad ? -1 : 0;
}

int vault_put(struct vault *v, const struct vault_act *a, const char *name, const json_t *data, struct err *e)
{
    struct documents d = {0};
    if (act_check(a, ROLE_REGISTRAR, e) || changes_check(data, e) || vault_begin(v, e)) return -1;
    int bad = put_one(v, a, &d, name, data, e);
    return documents_end(v, a, &d, vault_end(v, bad, e), e);
}

static json_t *consent_with(const struct house *h, const char *word, int given)
{
    json_t *list = json_array(), *now = json_object_get(json_object_get(fields_of(h), "consent"), "value"), *w;
    size_t i;
    json_array_foreach(now, i, w) if (strcmp(json_string_value(w), word) != 0) json_array_append(list, w);
    if (given) json_array_append_new(list, json_string(word));
    return json_pack("{s:o}", "consent", list);
}

int vault_consent(struct vault *v, const struct vault_act *a, const char *name, const char *word, int given,
                  struct err *e)
{
    struct house h;
    if (act_check(a, ROLE_REGISTRAR | ROLE_AUTHORITY | ROLE_SUBJECT, e) || vault_begin(v, e)) return -1;
    if (house_read(v, name, &h, e)) return vault_end(v, -1, e);
    json_t *data = consent_with(&h, word, given), *changed = json_array();
    int bad = vault_check(data, e) || fields_take(&h, data, a->at_ms, changed, e) ||
              (json_array_size(changed) > 1 && vault_scrub_due(v, e)) ||
              log_add(v, &h, a, given ? "noted consent" : "took consent back", changed, e) || house_write(v, &h, e);
    int gone = json_array_size(changed) > 1;
    json_decref(data);
    json_decref(changed);
    house_close(&h);
    if (vault_end(v, bad, e)) return -1;
    return gone ? vault_scrub(v, e) : 0;
}

/* --- read --- */

static json_t *wanted(const struct house *h, const struct vault_act *a, const char *const *field, int n,
                      struct err *e)
{
    json_t *out = json_object();
    for (int i = 0; i < (field ? n : n_vault_fields); i++) {
        const struct vault_field *f = field ? vault_field_find(field[i]) : &vault_fields[i];
        json_t *value = f ? json_object_get(json_object_get(fields_of(h), f->key), "value") : NULL;
        if (field && !f) return json_decref(out), err_set(e, "`%.40s` is no field", field[i]), NULL;
        if (!(f->read & a->roles)) {
            if (!field) continue;
            return json_decref(out),
                   err_set(e,
                           "%s may not be read in this role (kend household fields); the attempt stands in the log",
                           f->key),
                   NULL;
        }
        if (value) json_object_set(out, f->key, value);
    }
    return out;
}

static json_t *keys_of(const json_t *object, const char *const *field, int n)
{
    const char *key;
    json_t *v, *list = json_array();
    for (int i = 0; field && i < n; i++) json_array_append_new(list, json_string(field[i]));
    if (!field)
        json_object_foreach((json_t *)(uintptr_t)object, key, v) json_array_append_new(list, json_string(key));
    return list;
}

/* A refused reading is written down, and then refused. */
json_t *vault_get(struct vault *v, const struct vault_act *a, const char *name, const char *const *field, int n,
                  struct err *e)
{
    struct house h;
    if (act_check(a, 0, e) || vault_begin(v, e)) return NULL;
    int bad = house_read(v, name, &h, e);
    json_t *out = bad ? NULL : wanted(&h, a, field, n, e), *keys = bad ? NULL : keys_of(out, field, n);
    if (!bad) bad = log_add(v, &h, a, out ? "read" : "was refused", keys, e) || house_write(v, &h, e);
    if (vault_end(v, bad, e)) {
        json_decref(out);
        out = NULL;
    }
    json_decref(keys);
    house_close(&h);
    return out;
}

int vault_code(struct vault *v, const char *name, const char *code, int64_t at_ms, struct err *e)
{
    static const struct vault_act who = {"somebody with a code", ROLE_SUBJECT, "a code was tried", 0};
    struct house h;
    char hex[2 * HASH_BYTES + 1];
    struct vault_act a = who;
    a.at_ms = at_ms;
    if (vault_begin(v, e)) return -1;
    if (house_read(v, name, &h, e)) return vault_end(v, -1, NULL);
    const char *kept = json_string_value(json_object_get(h.sheet, "code"));
    code_hash(&h, code, hex);
    int right = kept && strlen(kept) == strlen(hex) && !sodium_memcmp(kept, hex, strlen(hex)), bad = 0;
    json_t *none = json_array();
    if (!right) bad = log_add(v, &h, &a, "was refused", none, e) || house_write(v, &h, e);
    json_decref(none);
    house_close(&h);
    bad = vault_end(v, bad, e);
    return bad ? -1 : right ? 0 : err_set(e, "this is not the code of %s; the attempt stands in its log", name);
}

/* Reads the log and writes down that it was read; the answer ends with that line. */
static json_t *log_of(struct vault *v, const struct vault_act *a, struct house *h, const char *did, struct err *e)
{
    json_t *none = json_array();
    int bad = log_add(v, h, a, did, none, e) || house_write(v, h, e);
    json_decref(none);
    return bad ? NULL : log_read(v, h, e);
}

json_t *vault_log(struct vault *v, const struct vault_act *a, const char *name, struct err *e)
{
    struct house h;
    if (act_check(a, ROLE_SUBJECT | ROLE_REGISTRAR | ROLE_AUTHORITY, e) || vault_begin(v, e)) return NULL;
    json_t *log = house_read(v, name, &h, e) ? NULL : log_of(v, a, &h, "read the log", e);
    if (vault_end(v, log ? 0 : -1, e)) {
        json_decref(log);
        log = NULL;
    }
    house_close(&h);
    return log;
}

static json_t *copy_json(const struct house *h, json_t *log)
{
    char at[40], until[40];
    json_t *fields = json_object();
    for (int i = 0; i < n_vault_fields; i++) {
        const struct vault_field *f = &vault_fields[i];
        const json_t *row = json_object_get(fields_of(h), f->key);
        if (!row) continue;
        instant_format(at, sizeof at, NULL, json_integer_value(json_object_get(row, "set_ms")));
        instant_format(until, sizeof until, NULL, json_integer_value(json_object_get(row, "until_ms")));
        json_object_set_new(fields, f->key,
                            json_pack("{s:O, s:s, s:s, s:s, s:s}", "value", json_object_get(row, "value"), "given",
                                      at, "kept_until", until, "purpose", f->purpose, "basis", f->basis));
    }
    return json_pack("{s:s, s:o, s:O}", "household", h->name, "fields", fields, "log", log);
}

json_t *vault_export(struct vault *v, const struct vault_act *a, const char *name, struct err *e)
{
    struct house h;
    if (act_check(a, ROLE_SUBJECT | ROLE_REGISTRAR, e) || vault_begin(v, e)) return NULL;
    json_t *log = house_read(v, name, &h, e) ? NULL : log_of(v, a, &h, "copied everything", e);
    json_t *copy = log ? copy_json(&h, log) : NULL;
    if (vault_end(v, copy ? 0 : -1, e)) {
        json_decref(copy);
        copy = NULL;
    }
    json_decref(log);
    house_close(&h);
    return copy;
}

/* --- the end --- */

static int destroy(struct vault *v, const char *name, int64_t at_ms, struct err *e)
{
    struct err why = {0};
    if (erased_add(v->erased, name, at_ms, e)) return -1;
    int bad = vault_begin(v, &why);
    if (!bad) bad = vault_end(v, house_destroy(v, name, at_ms, &why), &why);
    return bad ? err_set(e, "%s is written down as erased, and will be when the vault opens next: %s", name,
                         why.text)
               : 0;
}

int vault_erase(struct vault *v, const struct vault_act *a, const char *name, struct err *e)
{
    if (act_check(a, ROLE_SUBJECT | ROLE_REGISTRAR | ROLE_AUTHORITY, e)) return -1;
    if (vault_state(v, name, NULL) == VAULT_GONE) return err_set(e, "%s was erased before", name);
    if (vault_state(v, name, NULL) != VAULT_HERE) return err_set(e, "no household has the pseudonym %.40s", name);
    return destroy(v, name, a->at_ms, e) ? -1 : vault_scrub(v, e);
}

int vault_erase_again(struct vault *v, const char *const *name, int n, int64_t at_ms, struct err *e)
{
    int done = 0;
    for (int i = 0; i < n; i++) {
        if (vault_state(v, name[i], NULL) != VAULT_HERE) continue;
        if (destroy(v, name[i], at_ms, e)) return -1;
        done++;
    }
    return done && vault_scrub(v, e) ? -1 : done;
}

struct expire {
    struct vault *v;
    const struct vault_act *act;
    struct err *e;
    int dry, bad;
    long n;
};

static int expire_house(struct expire *x, struct house *h)
{
    json_t *over = json_array();
    size_t i;
    const json_t *key;
    for (int k = 0; k < n_vault_fields; k++) {
        const json_t *row = json_object_get(fields_of(h), vault_fields[k].key);
        if (row && json_integer_value(json_object_get(row, "until_ms")) <= x->act->at_ms)
            json_array_append_new(over, json_string(vault_fields[k].key));
    }
    json_array_foreach(over, i, key) json_object_del(fields_of(h), json_string_value(key));
    if (!x->dry && json_array_size(over)) drop_unwanted(h, over);
    int bad = !x->dry && json_array_size(over) &&
              (vault_scrub_due(x->v, x->e) || log_add(x->v, h, x->act, "deleted, its time was over", over, x->e) ||
               house_write(x->v, h, x->e));
    x->n += (long)json_array_size(over);
    json_decref(over);
    return bad ? -1 : 0;
}

static int expire_row(void *self, const char *name, int64_t gone_ms)
{
    struct expire *x = self;
    struct house h;
    if (gone_ms) return 0;
    x->bad = house_read(x->v, name, &h, x->e);
    if (!x->bad) {
        x->bad = expire_house(x, &h);
        house_close(&h);
    }
    return x->bad;
}

long vault_expire(struct vault *v, const struct vault_act *a, int dry, struct err *e)
{
    struct expire x = {v, a, e, dry, 0, 0};
    if (act_check(a, ROLE_REGISTRAR | ROLE_AUTHORITY, e) || vault_begin(v, e)) return -1;
    int bad = vault_names(v, expire_row, &x, e) || x.bad;
    if (vault_end(v, bad ? -1 : 0, e)) return -1;
    return !dry && x.n && vault_scrub(v, e) ? -1 : x.n;
}

int vault_rekey(struct vault *v, const char *new_key, struct err *e)
{
    unsigned char *fresh = sodium_malloc(SECRET_BYTES), *old = sodium_malloc(SECRET_BYTES);
    int bad = !fresh || !old ? err_set(e, "out of memory") : 0;
    if (!bad && lies_below(new_key, v->path))
        bad = err_set(e, "%s: lies in the folder of the vault; keep the key elsewhere", new_key);
    if (!bad) {
        randombytes_buf(fresh, SECRET_BYTES);
        memcpy(old, v->master, SECRET_BYTES);
        bad = master_save(new_key, fresh, e) || vault_begin(v, e);
        if (!bad) bad = vault_end(v, vault_rewrap(v, fresh, e), e);
        if (bad) memcpy(v->master, old, SECRET_BYTES);
    }
    sodium_free(fresh);
    sodium_free(old);
    return bad ? -1 : vault_scrub(v, e);
}

/* --- import --- */

static int import_check(const json_t *list, struct err *e)
{
    size_t i;
    const json_t *one;
    struct err why = {0};
    if (!json_is_array(list)) return err_set(e, "give {\"households\": [{fields}, ..]}");
    if (json_array_size(list) > IMPORT_MAX) return err_set(e, "more than %d households in one file", IMPORT_MAX);
    json_array_foreach(list, i, one) if (vault_check(one, &why)) return err_set(e, "household %zu of the file: %s",
                                                                                i + 1, why.text);
    return 0;
}

json_t *vault_import(struct vault *v, const struct vault_act *a, const json_t *file, struct err *e)
{
    size_t i;
    const json_t *one, *list = json_object_get(file, "households");
    char name[VAULT_NAME], code[VAULT_CODE];
    int bad = 0;
    if (act_check(a, ROLE_REGISTRAR, e) || import_check(list, e)) return NULL;
    if (json_object_size(file) != 1) return err_set(e, "beside `households` nothing may stand in the file"), NULL;
    if (vault_begin(v, e)) return NULL;
    json_t *made = json_array();
    struct documents d = {0};
    bad = documents_read(v, &d, e);
    for (i = 0; !bad && i < json_array_size(list); i++) {
        one = json_array_get(list, i);
        bad = add_one(v, a, &d, one, name, code, e);
        if (!bad) json_array_append_new(made, json_pack("{s:s, s:s}", "name", name, "code", code));
    }
    if (!documents_end(v, a, &d, vault_end(v, bad, e), e)) return made;
    json_decref(made);
    return NULL;
}
