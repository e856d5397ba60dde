/* `kend household ..`: commands that write one signed record about the return of households. Which kind a command and its --step write stands in
 * one table; options become the record's facts by the table of kinds (households/kinds.c). Personal data never pass here: a household is
 * the pseudonym that the vault gave it. Lists and counts: cmd_household_show.c. */
#include "base/err.h"
#include "cmd_land.h"
#include "village/village.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct step_row step_table[] = {
    // clang-format off
    {"household register", "register", "return.register"}, {"household register", "amend", "return.amend"},
    {"household consent", "consent", "return.consent"},    {"household survey", "survey", "return.survey"},
    {"household decide", "eligible", "return.eligible"},   {"household decide", "refuse", "return.refuse"},
    {"household appeal", "appeal", "return.appeal"},       {"household test", "test", "return.test"},
    {"household offer", "offer", "return.offer"},          {"household answer", "accept", "return.accept"},
    {"household answer", "decline", "return.decline"},     {"household answer", "expire", "return.expire"},       {"household answer", "giveback", "return.giveback"},
    {"household move", "move", "return.move"},             {"household meter", "meter", "return.meter"},
    {"household briefing", "briefing", "return.briefing"}, {"household key", "key", "return.key"},
    {"household followup", "followup", "return.followup"}, {"household cancel", "cancel", "return.cancel"}, {"household erased", "erased", "return.erase"},
    // clang-format on
};

int household_desk(const struct args *a, struct home_desk *d)
{
    struct err e = {0};
    const char *db = arg_text(a, "--db");
    if (!db) return complain(a, "give --db FILE, the data base of the village"), -1;
    if (access(db, F_OK)) return complain(a, "%s: %s", db, strerror(errno)), -1;
    if (home_desk_open(d, db, NULL, &e)) return land_refused(a, &e), -1;
    d->asks_village = 1;
    if (d->desk.land->people.n) return 0;
    home_desk_close(d);
    complain(a, "%s holds no chain of evidence yet; `kend land open` begins one", db);
    return -1;
}

static void print_done(const struct args *a, const struct home_desk *d, const char *kind, const char *of,
                       int64_t seq)
{
    char head[2 * HASH_BYTES + 1];
    const struct returns *all = d->returns;
    int at = return_household(all, of);
    const struct household *h = at >= 0 ? &all->household[at] : NULL;
    const char *state = h ? household_state_name[h->state] : NULL,
               *home = h && h->home >= 0 ? all->home[h->home].id : NULL;
    hex_write(head, all->head.hash, HASH_BYTES);
    if (arg_maybe(a, "--json")) {
        json_t *j =
            json_pack("{s:I, s:s, s:s, s:s?, s:s?, s:I, s:s}", "no", (json_int_t)seq, "kind", kind, "of", of,
                      "state", state, "home", home, "rev", (json_int_t)return_rev(all, kind, of), "head", head);
        json_dumpf(j, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(j);
        return;
    }
    printf("no. %lld %s", (long long)seq, kind);
    if (h)
        printf(": %s is %s%s%s (version %lld)", of, state, home ? ", home " : "", home ? home : "",
               (long long)h->rev);
    printf("; head %.16s\n", head);
}

static int write_with(const struct args *a, struct home_desk *d, const struct key *k, const char *kind,
                      const char *of, const json_t *data)
{
    struct err e = {0};
    int64_t at_ms, seq = 0;
    double rev = -1;
    if (arg_maybe(a, "--rev") && arg_number(a, "--rev", 0, 1e15, &rev)) return 1;
    if (land_at(a, &at_ms)) return 1;
    if (rev < 0) rev = (double)return_rev(d->returns, kind, of);
    const struct draft draft = {d->returns->people.chain, kind, of, (int64_t)rev, at_ms, data};
    if (arg_maybe(a, "--out")) return record_keep(a, &draft, k, arg_text(a, "--out"));
    if (home_desk_sign(d, k, kind, of, (int64_t)rev, at_ms, data, &seq, &e)) return land_refused(a, &e);
    print_done(a, d, kind, of, seq);
    return 0;
}

int household_record(const struct args *a, struct home_desk *d, const char *kind, const char *of,
                     const json_t *data)
{
    struct key k;
    if (land_key(a, &k)) return 1;
    int status = write_with(a, d, &k, kind, of, data);
    key_wipe(&k);
    return status;
}

/* The home is what the draw gave; from the reserve list, what is vacant and comes to it. */
static const char *home_due(const struct returns *all, const char *of)
{
    int at = return_household(all, of);
    if (at < 0) return NULL;
    if (all->household[at].home >= 0) return all->home[all->household[at].home].id;
    for (int i = 0; i < all->n_home; i++)
        if (home_next(all, i) == at) return all->home[i].id;
    return NULL;
}

/* It says near its beginning for which home and in which language it is. */
static int map_is_theirs(const struct args *a, const struct returns *all, const char *path)
{
    char top[8192] = "", home[80], language[40];
    int at = return_household(all, a->file);
    const struct household *h = at >= 0 && all->household[at].home >= 0 ? &all->household[at] : NULL;
    FILE *f = h ? fopen(path, "r") : NULL;
    if (!f) return 0; /* the record's own checks say why */
    top[fread(top, 1, sizeof top - 1, f)] = 0;
    fclose(f);
    snprintf(home, sizeof home, "<b>%s</b>", all->home[h->home].id);
    snprintf(language, sizeof language, "<html lang=\"%s\">", h->language);
    if (strstr(top, home) && strstr(top, language)) return 0;
    return complain(a, "%s: is not the map of `%s` in %s: `kend household map --household %s`", path,
                    all->home[h->home].id, h->language, h->id);
}

/* A map of `kend household map` ends with the head of the chain after which it was made. The map itself is wanted: of a digest nobody sees
 * whose map it is. */
static int map_head(const struct args *a, const struct returns *all, json_t *data)
{
    const char *path = arg_text(a, "--map-sha256"), *mark = "<code>";
    char tail[512] = "", hex[HEX_KEY] = "";
    if (!path) return 0; /* the record's own checks say so */
    FILE *f = fopen(path, "r");
    if (f && !fseek(f, -(long)sizeof tail + 1, SEEK_END)) tail[fread(tail, 1, sizeof tail - 1, f)] = 0;
    if (f) fclose(f);
    const char *at = strstr(tail, mark);
    for (const char *next = at; next; next = strstr(next + 1, mark)) at = next;
    if (at) snprintf(hex, sizeof hex, "%s", at + strlen(mark));
    if (strlen(hex) != 2 * HASH_BYTES || strspn(hex, "0123456789abcdef") != 2 * HASH_BYTES)
        return complain(
            a, "%s: no map of `kend household map`, which prints the head of the chain that it was made from",
            path);
    json_object_set_new(data, "map_head", json_string(hex));
    return map_is_theirs(a, all, path);
}

static int data_complete(const struct args *a, const struct home_desk *d, const char *kind, json_t *data)
{
    if (!strcmp(kind, "return.briefing")) return map_head(a, d->returns, data);
    int wants = !strcmp(kind, "return.offer") || !strcmp(kind, "return.key");
    if (!wants || json_object_get(data, "home")) return 0;
    const char *home = home_due(d->returns, a->file);
    if (!home) return complain(a, "`%s` has drawn no home, and none comes to it from the reserve list", a->file);
    json_object_set_new(data, "home", json_string(home));
    return 0;
}

int command_household(const struct args *a)
{
    struct home_desk d;
    const char *step, *kind = record_step(a, step_table, (int)(sizeof step_table / sizeof *step_table), &step);
    const struct return_kind *k = kind ? return_kind_find(kind) : NULL;
    if (!k || record_options_used(a, k->value, k->n_value, step)) return 1;
    json_t *data = record_fields(a, k->value, k->n_value);
    int status = 1;
    if (data && !household_desk(a, &d)) {
        if (k->value == return_kind_find("return.register")->value && !json_object_get(data, "accessible"))
            json_object_set_new(data, "accessible", json_false());
        status = data_complete(a, &d, kind, data) ? 1 : household_record(a, &d, kind, a->file, data);
        home_desk_close(&d);
    }
    json_decref(data);
    return status;
}

/* --- whole files as one record --- */

static json_t *file_read(const struct args *a)
{
    json_error_t je;
    json_t *j = json_load_file(a->file, JSON_REJECT_DUPLICATES, &je);
    if (!j && je.line > 0) complain(a, "%s:%d:%d: %s", a->file, je.line, je.column, je.text);
    if (!j && je.line <= 0) complain(a, "%s: %s", a->file, je.text);
    return j;
}

static int file_record(const struct args *a, const char *kind, const char *of, json_t *data)
{
    struct home_desk d;
    int status = 1;
    if (data && !household_desk(a, &d)) {
        status = household_record(a, &d, kind, of, data);
        home_desk_close(&d);
    }
    json_decref(data);
    return status;
}

int command_household_rules(const struct args *a) { return file_record(a, "return.rules", "", file_read(a)); }

static int homes_differ(const struct args *a, const struct village *v)
{
    struct home_desk d;
    if (household_desk(a, &d)) return 1;
    int n = homes_check(d.returns, v, stdout), all = d.returns->n_home;
    home_desk_close(&d);
    if (n) return complain(a, "%d of %d homes are not what %s says: sign a new list", n, all, v->file);
    printf("%d homes are what %s says\n", all, v->file);
    return 0;
}

int command_household_homes(const struct args *a)
{
    struct err e = {0};
    int errors = 0;
    if (!arg_text(a, "--village")) return complain(a, "give --village FILE, where the homes stand");
    if (!a->file && !arg_on(a, "--check"))
        return complain(a, "give a LIST of homes (home,rooms,accessible), or --check");
    struct village *v = village_read(arg_text(a, "--village"), stderr, &errors);
    if (!v) return 1;
    if (arg_on(a, "--check")) {
        int bad = homes_differ(a, v);
        village_free(v);
        return bad;
    }
    json_t *data = homes_from_village(v, a->file, &e);
    int status = data ? file_record(a, "return.homes", "", data) : land_refused(a, &e);
    village_free(v);
    return status;
}

static int draw_record(const struct args *a, const char *kind, const char *key)
{
    if (!arg_text(a, "--draw")) return complain(a, "give --draw ID, which draw it is");
    json_t *file = file_read(a);
    return file ? file_record(a, kind, arg_text(a, "--draw"), json_pack("{s:o}", key, file)) : 1;
}

int command_household_commit(const struct args *a) { return draw_record(a, "return.commit", "commitment"); }
int command_household_draw(const struct args *a) { return draw_record(a, "return.draw", "result"); }
