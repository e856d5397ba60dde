/* The vault against a plain model of it: hundreds of random acts (register, change, read, erase, delete what is over, reopen, bring a backup back, a new
 * master key), and after each the vault says what the model says, nobody who was erased comes back, the log has every line, and no word of it
 * stands in any file. */
#include "store/vault.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/random.h"
#include "near.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOUSES = 40, ACTS = 900, DAY_STEP = 20 };
static const int64_t T0 = 1767225600000;
static char root[64], path[96], backup[96], key[96];

struct model {
    char name[VAULT_NAME];
    int here, gone, lines, named;
    int64_t named_ms;
    int phone; /* -1: not kept */
    int64_t phone_ms;
};
struct world {
    struct vault *v;
    struct model house[HOUSES], saved[HOUSES];
    int n, n_saved, n_key, key_saved; /* n_saved -1: no backup that the key opens */
    int64_t now_ms;
    struct random r;
    int done[10];
};

static struct vault_act by(struct world *w, unsigned roles)
{
    return (struct vault_act){"somebody", roles, "a random act", w->now_ms};
}

static void copy(const char *from, const char *to)
{
    static char all[4 << 20];
    FILE *f = fopen(from, "rb"), *t = fopen(to, "wb");
    assert_true(f && t);
    size_t n = fread(all, 1, sizeof all, f);
    assert_true(n < sizeof all && fwrite(all, 1, n, t) == n && !fclose(t) && !fclose(f));
    assert_null(memmem(all, n, "Secretname", 10));
}

static void reopen(struct world *w, int again, int may_be_older)
{
    struct err e = {0};
    vault_close(w->v);
    w->v = vault_open(&(struct vault_options){.path = path, .key = key, .make = 1}, &e);
    if (!w->v) fail_msg("%s", e.text);
    assert_int_equal(vault_again(w->v), again);
    assert_true(may_be_older ? vault_behind(w->v) >= again : vault_behind(w->v) == 0);
}

static struct model *any(struct world *w) { return w->n ? &w->house[random_u64(&w->r) % (uint64_t)w->n] : NULL; }

static void phone_text(int number, char out[40]) { snprintf(out, 40, "Secretname %d", number); }

static void act_add(struct world *w)
{
    char code[VAULT_CODE], phone[40];
    struct err e = {0};
    if (w->n == HOUSES) return;
    struct model *m = &w->house[w->n++];
    *m = (struct model){.here = 1,
                        .lines = 1,
                        .named = 1,
                        .named_ms = w->now_ms,
                        .phone = (int)(random_u64(&w->r) % 1000),
                        .phone_ms = w->now_ms};
    phone_text(m->phone, phone);
    json_t *data = json_pack("{s:s, s:s}", "name", "Secretname", "phone", phone);
    struct vault_act a = by(w, ROLE_REGISTRAR);
    if (vault_add(w->v, &a, data, m->name, code, &e)) fail_msg("%s", e.text);
    json_decref(data);
}

static void act_put(struct world *w)
{
    char phone[40];
    struct err e = {0};
    struct model *m = any(w);
    if (!m) return;
    int number = random_uniform(&w->r) < 0.2 ? -1 : (int)(random_u64(&w->r) % 1000);
    phone_text(number, phone);
    json_t *data = number < 0 ? json_pack("{s:n}", "phone") : json_pack("{s:s}", "phone", phone);
    struct vault_act a = by(w, ROLE_REGISTRAR);
    assert_int_equal(vault_put(w->v, &a, m->name, data, &e), m->here ? 0 : -1);
    json_decref(data);
    if (m->here) m->phone = number, m->phone_ms = w->now_ms, m->lines++;
}

static void act_get(struct world *w)
{
    struct err e = {0};
    char phone[40];
    struct model *m = any(w);
    struct vault_act a = by(w, ROLE_REGISTRAR);
    json_t *got = m ? vault_get(w->v, &a, m->name, NULL, 0, &e) : NULL;
    if (!m) return;
    assert_int_equal(got != NULL, m->here);
    m->lines += m->here;
    const char *kept = json_string_value(json_object_get(got, "phone"));
    phone_text(m->phone, phone);
    if (m->here && m->phone >= 0) assert_string_equal(kept, phone);
    if (m->here && m->phone < 0) assert_null(kept);
    json_decref(got);
}

static void act_log(struct world *w)
{
    struct err e = {0};
    struct model *m = any(w);
    struct vault_act a = by(w, ROLE_AUTHORITY);
    json_t *log = m ? vault_log(w->v, &a, m->name, &e) : NULL;
    if (!m) return;
    assert_int_equal(log != NULL, m->here);
    if (m->here) assert_int_equal(json_array_size(log), ++m->lines);
    json_decref(log);
}

static void act_erase(struct world *w)
{
    struct err e = {0};
    struct model *m = any(w);
    struct vault_act a = by(w, ROLE_AUTHORITY);
    if (!m || random_uniform(&w->r) < 0.5) return;
    assert_int_equal(vault_erase(w->v, &a, m->name, &e), m->here ? 0 : -1);
    m->gone |= m->here;
    m->here = 0;
}

static int is_over(const struct world *w, const char *field, int64_t since_ms)
{
    return since_ms + (int64_t)vault_field_find(field)->keep_days * MS_DAY <= w->now_ms;
}

static void act_expire(struct world *w)
{
    struct err e = {0};
    struct vault_act a = by(w, ROLE_REGISTRAR);
    long over = 0;
    for (int i = 0; i < w->n; i++) {
        struct model *m = &w->house[i];
        int phone = m->here && m->phone >= 0 && is_over(w, "phone", m->phone_ms);
        int name = m->here && m->named && is_over(w, "name", m->named_ms);
        if (phone) m->phone = -1;
        if (name) m->named = 0;
        m->lines += phone || name;
        over += phone + name;
    }
    assert_int_equal(vault_expire(w->v, &a, 0, &e), over);
}

static void act_reopen(struct world *w) { reopen(w, 0, 0); }

static void act_backup(struct world *w)
{
    copy(path, backup);
    memcpy(w->saved, w->house, sizeof w->saved);
    w->n_saved = w->n;
    w->key_saved = w->n_key;
}

/* Everything is as it was then, but who was erased since. */
static void act_restore(struct world *w)
{
    int again = 0;
    if (w->n_saved < 0 || w->key_saved != w->n_key) return;
    vault_close(w->v);
    w->v = NULL;
    copy(backup, path);
    for (int i = 0; i < w->n_saved; i++) {
        struct model *now = &w->house[i], *then = &w->saved[i];
        int gone = now->gone;
        again += gone && then->here;
        *now = *then;
        now->gone = gone;
        now->here = then->here && !gone;
    }
    w->n = w->n_saved;
    reopen(w, again, 1);
}

static void act_rekey(struct world *w)
{
    struct err e = {0};
    char fresh[96];
    if (random_uniform(&w->r) < 0.6) return;
    snprintf(fresh, sizeof fresh, "%s/keys/key-%d", root, ++w->n_key);
    if (vault_rekey(w->v, fresh, &e)) fail_msg("%s", e.text);
    unlink(key); /* as the paper says: destroyed */
    memcpy(key, fresh, sizeof key);
}

static void state_agrees(struct world *w)
{
    for (int i = 0; i < w->n; i++) {
        const struct model *m = &w->house[i];
        assert_int_equal(vault_state(w->v, m->name, NULL), m->here   ? VAULT_HERE
                                                           : m->gone ? VAULT_GONE
                                                                     : VAULT_NONE);
    }
}

static void like_its_model(void **state)
{
    typedef void act(struct world *);
    static act *const acts[] = {act_add,    act_put,    act_get,     act_log,   act_erase,
                                act_expire, act_reopen, act_restore, act_rekey, act_backup};
    struct world w = {.n_saved = -1, .now_ms = T0, .r = random_stream(11, "vault")};
    (void)state;
    snprintf(root, sizeof root, "%s/kend-vaults-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    assert_non_null(mkdtemp(root));
    snprintf(path, sizeof path, "%s/data", root);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/keys", root);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/data/people.db", root);
    snprintf(backup, sizeof backup, "%s/keys/backup", root);
    snprintf(key, sizeof key, "%s/keys/key-0", root);
    assert_int_equal(vault_key_make(key, NULL), 0);
    reopen(&w, 0, 0);
    for (int i = 0; i < ACTS; i++) {
        size_t which = random_uniform(&w.r) < 0.5 ? random_u64(&w.r) % 3 : random_u64(&w.r) % 10;
        acts[which](&w);
        w.done[which]++;
        w.now_ms += (int64_t)(random_u64(&w.r) % DAY_STEP) * MS_DAY;
        state_agrees(&w);
    }
    for (int i = 0; i < 10; i++) assert_true(w.done[i] > 20);
    copy(path, backup);
    vault_close(w.v);
    char line[128];
    snprintf(line, sizeof line, "rm -rf '%s'", root);
    assert_int_equal(system(line), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(like_its_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
