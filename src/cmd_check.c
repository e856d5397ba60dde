/* `kend check FILE`: every mistake of a village file in one pass, or a summary of the village. */
#include "base/err.h"
#include "command.h"
#include "live_land.h"
#include "village/village.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static int count_of(const struct village *v, const struct asset_class *cls)
{
    int n = 0;
    for (int a = 0; a < v->n_asset; a++) n += v->asset[a].cls == cls;
    return n;
}

static int count_notes(const struct village *v, enum note_kind kind)
{
    int n = 0;
    for (int i = 0; i < v->n_note; i++) n += v->note[i].kind == kind;
    return n;
}

static void print_text(const struct village *v)
{
    printf("%s: %s (%.4f, %.4f, %.0f m) can be built\n", v->file, v->site.name, v->site.lat_deg, v->site.lon_deg,
           v->site.altitude_m);
    printf("  %d assets, %d nodes, %d places, %d series\n ", v->n_asset, v->n_node, v->n_place,
           village_n_series(v));
    for (const struct asset_class *const *c = asset_classes; *c; c++)
        if (count_of(v, *c)) printf(" %s %d", (*c)->name, count_of(v, *c));
    if (v->n_round) printf("\n  %d waste rounds over streets that are handed over", v->n_round);
    int closed = 0;
    for (int p = 0; p < v->n_place; p++) closed += v->place[p].state == PLACE_HAZARD;
    printf("\n  %d places still in a hazard area, nothing stands on them\n", closed);
    printf("  figures: %d published, %d measured, %d assumed (each with its reason in the file)\n",
           count_notes(v, NOTE_PUBLISHED), count_notes(v, NOTE_MEASURED), count_notes(v, NOTE_ASSUMED));
}

static void print_json(const struct village *v)
{
    json_t *classes = json_object();
    for (const struct asset_class *const *c = asset_classes; *c; c++)
        if (count_of(v, *c)) json_object_set_new(classes, (*c)->name, json_integer(count_of(v, *c)));
    json_t *root = json_pack("{s:s, s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:o}", "file", v->file, "name", v->site.name,
                             "ok", 1, "assets", v->n_asset, "nodes", v->n_node, "places", v->n_place, "series",
                             (int)village_n_series(v), "assumed", count_notes(v, NOTE_ASSUMED), "classes", classes);
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}

/* "NAME:line:column: text" or "NAME: text", as village_read prints it, as one object. */
static json_t *mistake_json(const char *line, size_t name_len)
{
    int row = 0, col = 0, n = 0;
    const char *text = line + name_len;
    if (sscanf(text, ":%d:%d: %n", &row, &col, &n) == 2 && n)
        return json_pack("{s:i, s:i, s:s}", "line", row, "column", col, "text", text + n);
    return json_pack("{s:s}", "text", strncmp(text, ": ", 2) ? line : text + 2);
}

/* The mistakes as one JSON object; the lines that quote the file (they begin with a blank) are left out. */
static void print_mistakes(const struct args *a, char *told, int n_error)
{
    json_t *list = json_array();
    size_t name_len = strlen(a->file);
    char *rest = NULL;
    for (char *line = strtok_r(told, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        if (line[0] != ' ' && strlen(line) > name_len) json_array_append_new(list, mistake_json(line, name_len));
    json_t *root = json_pack("{s:s, s:b, s:i, s:o}", "file", a->file, "ok", 0, "count", n_error, "mistakes", list);
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}

static struct village *read_or_print(const struct args *a, int *n_error)
{
    if (!arg_on(a, "--json")) return village_read(a->file, stderr, n_error);
    char *told = NULL;
    size_t size;
    FILE *f = open_memstream(&told, &size);
    must(f != NULL, "out of memory");
    struct village *v = village_read(a->file, f, n_error);
    fclose(f);
    if (!v) print_mistakes(a, told, *n_error);
    free(told);
    return v;
}

int land_refuses(const struct args *a, const struct village *v, const char *db)
{
    struct err e = {0};
    char line[1024];
    int closed = land_check(v, db, stderr, &e);
    if (!closed) return 0;
    if (closed < 0) return complain(a, "the records of the land: %s", err_line(&e, line, sizeof line));
    return complain(a, "%s puts %d thing%s on land that is not handed over", a->file, closed,
                    closed == 1 ? "" : "s");
}

int command_check(const struct args *a)
{
    int n_error = 0;
    struct village *v = read_or_print(a, &n_error);
    if (!v) return complain(a, "%s has %d mistake%s", a->file, n_error, n_error == 1 ? "" : "s");
    if (land_refuses(a, v, arg_text(a, "--db"))) return village_free(v), 1;
    if (arg_on(a, "--json"))
        print_json(v);
    else
        print_text(v);
    village_free(v);
    return 0;
}
