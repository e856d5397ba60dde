/* Entries and homes: reading what was typed, and refusing what must not be in a draw: an entry twice (also in other capitals), a person's
 * name or any other field than the four, a group of one. Sorted by id as bytes, so that the order of typing is gone from here on.
 * In CSV the columns are kind (entry or home), id, rooms, accessible (yes or no), group; no quotes, for no field may hold a comma. */
#include "base/err.h"
#include "households/draw.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_MAX = 24, LINE_MAX_BYTES = 256 };
static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

/* A pseudonym, as the registration gives it: a word with a digit. Anything that could be somebody's name is refused. */
static int id_good(const char *id)
{
    size_t n = strlen(id);
    return n >= 2 && n <= ID_MAX && strspn(id, LETTERS) == n && strpbrk(id, "0123456789");
}

/* What is told of a wrong word stays one line. */
static const char *shown(const char *word, char buf[ID_MAX + 1])
{
    snprintf(buf, ID_MAX + 1, "%s", word ? word : "");
    for (char *c = buf; *c; c++)
        if (*c > 0 && (*c < ' ' || *c == 127)) *c = '?';
    return buf;
}

static int ticket_check(const struct ticket *t, int is_home, struct err *e)
{
    const char *what = is_home ? "home" : "entry";
    char word[ID_MAX + 1];
    if (!t->id || !id_good(t->id))
        return err_set(e,
                       "%s `%s`: give the pseudonym of the registration (2 to %d letters, digits, . _ - with a "
                       "digit), never a name",
                       what, shown(t->id, word), ID_MAX);
    if (t->rooms < 1 || t->rooms > ROOMS_MAX)
        return err_set(e, "%s `%s`: rooms is a whole number from 1 to %d, the class of the home", what, t->id,
                       ROOMS_MAX);
    if (t->group[0] && (strlen(t->group) > ID_MAX || strspn(t->group, LETTERS) != strlen(t->group)))
        return err_set(e, "%s `%s`: %s is a code of at most %d letters, digits, . _ -", what, t->id,
                       is_home ? "near" : "with", ID_MAX);
    return 0;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct ticket *)a)->id, ((const struct ticket *)b)->id);
}
static int by_word(const void *a, const void *b) /* capitals do not make another household */
{
    int c = strcasecmp(((const struct ticket *)a)->id, ((const struct ticket *)b)->id);
    return c ? c : ((const struct ticket *)a)->line - ((const struct ticket *)b)->line;
}

/* file NULL: a list in JSON, where a record has a number and no line. */
static int twice(struct ticket *t, int n, const char *what, const char *file, struct err *e)
{
    if (n) qsort(t, (size_t)n, sizeof *t, by_word);
    for (int i = 1; i < n; i++) {
        if (strcasecmp(t[i].id, t[i - 1].id) != 0) continue;
        const char *line = file ? "line" : "record";
        if (file) err_at(e, file, t[i].line, 1, "-");
        return err_set(e, "%s `%s` stands twice (%s %d and %s %d): each takes part once, remove one", what, t[i].id,
                       line, t[i - 1].line, line, t[i].line);
    }
    if (n) qsort(t, (size_t)n, sizeof *t, by_id);
    return 0;
}

static int alone(const struct pool *p, const char *file, struct err *e)
{
    for (int i = 0; i < p->n_entry; i++) {
        int with = 0;
        if (!p->entry[i].group[0]) continue;
        for (int k = 0; k < p->n_entry; k++) with += !strcmp(p->entry[k].group, p->entry[i].group);
        if (with > 1) continue;
        if (file) err_at(e, file, p->entry[i].line, 1, "-");
        return err_set(
            e, "entry `%s` asks to stay with `%s`, a code nobody else has: give the others the same code, or none",
            p->entry[i].id, p->entry[i].group);
    }
    return 0;
}

static int pool_check(struct pool *p, const char *file, struct err *e)
{
    if (twice(p->entry, p->n_entry, "entry", file, e) || twice(p->home, p->n_home, "home", file, e)) return -1;
    if (alone(p, file, e)) return -1;
    if (!p->n_entry || !p->n_home) return err_set(e, "a draw wants at least one entry and one home");
    return 0;
}

static void pool_make(struct pool *p)
{
    *p = (struct pool){0};
    p->entry = ARENA_NEW(&p->arena, struct ticket, POOL_MAX);
    p->home = ARENA_NEW(&p->arena, struct ticket, POOL_MAX);
}

void pool_free(struct pool *p) { arena_free(&p->arena); }

/* The next free ticket of the kind, or NULL with a reason. */
static struct ticket *pool_next(struct pool *p, int is_home, struct err *e)
{
    int *n = is_home ? &p->n_home : &p->n_entry;
    if (*n == POOL_MAX)
        return err_set(e, "at most %d entries and %d homes a draw: make two draws", POOL_MAX, POOL_MAX), NULL;
    return &(is_home ? p->home : p->entry)[(*n)++];
}

static int known(const json_t *j, const char *const *key, const char *what, size_t at, struct err *e)
{
    const char *k;
    char word[ID_MAX + 1];
    const json_t *v;
    json_object_foreach((json_t *)(uintptr_t)j, k, v)
    {
        int found = 0;
        for (int i = 0; i < 4; i++) found |= !strcmp(key[i], k);
        if (!found)
            return err_set(e,
                           "%s %zu: `%s` does not belong in a draw, which holds %s, %s, %s and %s only: remove it",
                           what, at, shown(k, word), key[0], key[1], key[2], key[3]);
    }
    return 0;
}

static int list_take(struct pool *p, const json_t *root, int is_home, struct err *e)
{
    static const char *const keys[2][4] = {{"id", "rooms", "accessible", "with"},
                                           {"id", "rooms", "accessible", "near"}};
    const char *list = is_home ? "homes" : "entries", *what = is_home ? "home" : "entry";
    const json_t *all = json_object_get(root, list), *j;
    size_t i;
    if (!json_is_array(all))
        return err_set(e, "`%s` is missing: a list of {\"id\", \"rooms\", \"accessible\", \"%s\"}", list,
                       keys[is_home][3]);
    json_array_foreach(all, i, j)
    {
        const json_t *rooms = json_object_get(j, "rooms"), *accessible = json_object_get(j, "accessible"),
                     *group = json_object_get(j, keys[is_home][3]);
        if (!json_is_object(j)) return err_set(e, "%s %zu is no object", what, i + 1);
        if (known(j, keys[is_home], what, i + 1, e)) return -1;
        if ((accessible && !json_is_boolean(accessible)) || (group && !json_is_string(group)))
            return err_set(e, "%s %zu: accessible is true or false, %s a code in quotes", what, i + 1,
                           keys[is_home][3]);
        struct ticket *t = pool_next(p, is_home, e);
        if (!t) return -1;
        const char *id = json_string_value(json_object_get(j, "id"));
        long long n = json_is_integer(rooms) ? json_integer_value(rooms) : 0;
        *t = (struct ticket){id ? arena_strdup(&p->arena, id) : "",
                             group ? arena_strdup(&p->arena, json_string_value(group)) : "",
                             n < 0 || n > ROOMS_MAX ? 0 : (int)n, json_is_true(accessible), (int)i + 1};
        if (ticket_check(t, is_home, e)) return -1;
    }
    return 0;
}

int pool_take(struct pool *p, const json_t *root, struct err *e)
{
    pool_make(p);
    if (list_take(p, root, 0, e) || list_take(p, root, 1, e)) return -1;
    return pool_check(p, NULL, e);
}

static int csv_line(struct pool *p, char *text, int line, struct err *e)
{
    char *cell[5] = {text}, *rest = text, word[ID_MAX + 1];
    int n = 1;
    for (; (rest = strchr(rest, ',')) != NULL; n++) {
        *rest++ = 0;
        if (n < 5) cell[n] = rest;
    }
    if (n != 5) return err_set(e, "%d columns: a line is kind,id,rooms,accessible,group", n);
    int is_home = !strcmp(cell[0], "home"), yes = !strcmp(cell[3], "yes");
    if (!is_home && strcmp(cell[0], "entry") != 0)
        return err_set(e, "kind `%s`: give entry or home", shown(cell[0], word));
    if (!yes && strcmp(cell[3], "no") != 0)
        return err_set(e, "accessible `%s`: give yes or no", shown(cell[3], word));
    struct ticket *t = pool_next(p, is_home, e);
    if (!t) return -1;
    int rooms = strlen(cell[2]) == 1 ? cell[2][0] - '0' : 0;
    *t = (struct ticket){arena_strdup(&p->arena, cell[1]), arena_strdup(&p->arena, cell[4]), rooms, yes, line};
    return ticket_check(t, is_home, e);
}

static int csv_read(struct pool *p, FILE *f, const char *path, struct err *e)
{
    char text[LINE_MAX_BYTES];
    for (int line = 1; fgets(text, sizeof text, f); line++) {
        size_t n = strlen(text);
        int whole = n < sizeof text - 1 || text[n - 1] == '\n';
        text[strcspn(text, "\r\n")] = 0;
        err_at(e, path, line, 1, "-");
        if (!whole) return err_set(e, "a line of more than %d characters", LINE_MAX_BYTES - 2);
        if (line == 1) {
            if (strcmp(text, "kind,id,rooms,accessible,group") != 0)
                return err_set(e, "the first line is: kind,id,rooms,accessible,group");
        } else if (text[0] && csv_line(p, text, line, e))
            return -1;
    }
    if (ferror(f)) return err_set(e, "cannot be read");
    err_at(e, path, 0, 0, "-");
    return pool_check(p, path, e);
}

static int json_read(struct pool *p, const char *path, struct err *e)
{
    json_error_t je;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &je);
    if (!root) return pool_make(p), err_at(e, path, je.line > 0 ? je.line : 0, je.column, "%s", je.text);
    int status = pool_take(p, root, e);
    if (status && e) snprintf(e->file, sizeof e->file, "%s", path);
    json_decref(root);
    return status;
}

int pool_read(struct pool *p, const char *path, struct err *e)
{
    size_t n = strlen(path);
    if (n < 4 || strcmp(path + n - 4, ".csv") != 0) return json_read(p, path, e);
    pool_make(p);
    FILE *f = fopen(path, "r");
    if (!f) return err_at(e, path, 0, 0, "cannot be opened: look at the name");
    int status = csv_read(p, f, path, e);
    fclose(f);
    return status;
}
