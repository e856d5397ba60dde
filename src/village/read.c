/* The village file's reader: text to checked village. One pass over the tree, every fault listed; a village is
 * given out only when there is none. See read.h for the parts and docs/village-file.md for the format. */
#include "village/read.h"
#include "base/err.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ID_MAX = 56, HINTS_MAX = 4096 };

int id_check(struct reader *r, const char *id, struct spot at)
{
    size_t n = strlen(id);
    int bad = n > ID_MAX || !isalnum((unsigned char)id[0]);
    for (const char *p = id; *p; p++) bad |= !(isalnum((unsigned char)*p) || *p == '-' || *p == '_');
    if (bad) source_fault(&r->src, at, "`%.60s` is no id; letters, digits, - and _, at most %d", id, ID_MAX);
    return bad ? -1 : 0;
}

int32_t refer(struct reader *r, const struct name_table *table, const char *what, const char *id, struct spot at)
{
    char hint[128];
    struct near near = near_start(&r->src, id);
    int32_t i = name_table_get(table, id);
    if (i >= 0) return i;
    for (uint32_t k = 0; k <= table->mask && k < HINTS_MAX; k++)
        if (table->name[k]) near_try(&near, table->name[k]);
    source_fault(&r->src, at, "no %s `%s`%s", what, id, near_hint(&near, hint, sizeof hint));
    return -1;
}

static void everything_read(struct reader *r, struct fy_node *root)
{
    struct village *v = r->v;
    sections_read(r, root);
    nodes_read(r, map_get(root, "nodes"));
    places_read(r, map_get(root, "places"));
    int before = r->src.n_fault;
    assets_read(r, map_get(root, "assets"));
    places_check(r);
    /* A network of assets that were turned away would only repeat their faults. */
    int good = r->src.n_fault == before;
    if (good) network_build(r);
    rounds_read(r, map_get(root, "rounds"),
                good && isfinite(v->site.lat_deg)); /* plots stand where the site is known */
    v->node = r->node;
    v->place = r->place;
    v->asset = r->asset;
    v->note = r->note;
}

struct village *village_read_text(const char *name, const char *text, size_t len, FILE *errors, int *n_error)
{
    struct arena arena = {0};
    struct village *v = ARENA_NEW(&arena, struct village, 1);
    v->arena = arena;
    v->file = arena_strdup(&v->arena, name);
    struct reader r = {.v = v, .note_asset = -1, .note_path = ""};
    name_table_create(&r.node_id, &v->arena, 64);
    name_table_create(&r.place_id, &v->arena, 64);
    name_table_create(&r.asset_id, &v->arena, 64);
    struct fy_node *root = source_open(&r.src, name, text, len);
    if (root) everything_read(&r, root);
    *n_error = r.src.n_fault;
    source_show(&r.src, errors);
    if (*n_error == 0) {
        v->id = random_hash(0, r.src.text);
        v->index = index_create(&v->arena, v);
    }
    source_close(&r.src);
    if (*n_error == 0) return v;
    village_free(v);
    return NULL;
}

static struct village *unreadable(const char *path, const char *why, FILE *errors, int *n_error)
{
    if (errors) fprintf(errors, "%s: %s\n", path, why);
    *n_error = 1;
    return NULL;
}

struct village *village_read(const char *path, FILE *errors, int *n_error)
{
    FILE *f = fopen(path, "rb");
    if (!f) return unreadable(path, strerror(errno), errors, n_error);
    size_t room = (size_t)SOURCE_BYTES_MAX + 1;
    char *text = malloc(room);
    must(text != NULL, "out of memory");
    size_t len = fread(text, 1, room, f);
    int broken = ferror(f);
    int reason = errno;
    fclose(f);
    struct village *v = broken ? unreadable(path, strerror(reason), errors, n_error)
                               : village_read_text(path, text, len, errors, n_error);
    free(text);
    return v;
}
