/* Any bytes as a file of households for the vault, and as a list of erased ones: an error with a text of one line and nothing added, or households that
 * are read back as they were given; a list is read whole, or refused. */
#include "base/err.h"
#include "store/vault_inside.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct vault_act registrar = {"registrar", ROLE_REGISTRAR, "a test", 1767225600000};

static void told(const struct err *e) { must(e->text[0] && !strchr(e->text, '\n'), "\"%s\"", e->text); }

static char list[80];
static void remove_list(void) { unlink(list); }

static struct vault *vault(void)
{
    static struct vault *v;
    char key[64];
    struct err e = {0};
    if (v) return v;
    atexit(remove_list);
    snprintf(key, sizeof key, "/tmp/kend-vault-key-%ld", (long)getpid());
    snprintf(list, sizeof list, "%s-erased", key);
    must(!vault_key_make(key, &e), "%s", e.text);
    v = vault_open(&(struct vault_options){.path = ":memory:", .key = key, .erased = list}, &e);
    unlink(key);
    must(v, "%s", e.text);
    return v;
}

static int count(void *self, const char *name, int64_t gone_ms)
{
    (void)name;
    *(int *)self += !gone_ms;
    return 0;
}

static int count_all(struct vault *v)
{
    int n = 0;
    must(!vault_names(v, count, &n, NULL), "names");
    return n;
}

/* What comes back is what was given. */
static void reads_back(struct vault *v, const json_t *file, const json_t *made)
{
    size_t i;
    const json_t *given;
    struct err e = {0};
    json_array_foreach(json_object_get(file, "households"), i, given)
    {
        const char *name = json_string_value(json_object_get(json_array_get(made, i), "name"));
        json_t *got = vault_get(v, &registrar, name, NULL, 0, &e);
        must(got && json_equal(got, given), "household %zu: %s", i, e.text);
        json_decref(got);
        must(vault_erase_again(v, &name, 1, 1767225600000, &e) == 1, "%s", e.text);
    }
}

static void as_households(const uint8_t *data, size_t size)
{
    struct vault *v = vault();
    struct err e = {0};
    int before = count_all(v);
    json_t *file = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    json_t *made = file && json_array_size(json_object_get(file, "households")) < 9
                       ? vault_import(v, &registrar, file, &e)
                       : NULL;
    if (made)
        reads_back(v, file, made);
    else if (file && json_array_size(json_object_get(file, "households")) < 9)
        told(&e);
    must(count_all(v) == before, "something was added by a file that was refused, or not erased");
    json_decref(made);
    json_decref(file);
}

static void as_list(const uint8_t *data, size_t size)
{
    struct erased_list l;
    struct err e = {0};
    char path[64];
    snprintf(path, sizeof path, "/tmp/kend-erased-%ld", (long)getpid());
    FILE *f = fopen(path, "wb");
    must(f && fwrite(data, 1, size, f) == size && !fclose(f), "%s", path);
    if (erased_read(path, &l, &e)) told(&e);
    for (int i = 0; i < l.n; i++) must(erased_has(&l, l.name[i]), "%s is not found", l.name[i]);
    erased_free(&l);
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_households(data, size);
    as_list(data, size);
    return 0;
}
