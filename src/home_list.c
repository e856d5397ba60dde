/* The homes of a village as a record of the chain holds them: which street and parcel each stands on with their outlines, and what its
 * supplies hang on. Power: the home's own connection and every electric line from its node to the root. Water and road: its
 * street. Heat: the home itself, whose heat pump or boiler it is. What the file does not tell (rooms, step-free) comes from a list. */
#include "base/err.h"
#include "cmd_land.h"
#include "village/village.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 160, UP_MAX = 12 };

static int line_split(char *text, char *cell[3])
{
    int n = 1;
    cell[0] = text;
    for (char *c = text; (c = strchr(c, ',')); n++) {
        *c++ = 0;
        if (n < 3) cell[n] = c;
    }
    return n;
}

static json_t *place_json(const struct place *p)
{
    static const char *const kind[] = {"point", "line", "area"};
    json_t *lonlat = json_array();
    for (int i = 0; i < 2 * p->n_vertex; i++) json_array_append_new(lonlat, json_real(p->lonlat[i]));
    return json_pack("{s:s, s:s, s:s, s:o}", "id", p->id, "kind", kind[p->kind], "state",
                     place_state_name[p->state], "lonlat", lonlat);
}

static void place_add(json_t *places, const struct place *p)
{
    const json_t *j;
    size_t i;
    json_array_foreach(places, i, j) if (!strcmp(json_string_value(json_object_get(j, "id")), p->id)) return;
    json_array_append_new(places, place_json(p));
}

/* Every line between the home's node and the root, nearest first. */
static json_t *lines_up(const struct village *v, const struct asset *home)
{
    json_t *list = json_pack("[s]", home->id);
    for (int32_t n = home->node[0]; n >= 0 && v->node[n].line >= 0; n = v->node[n].parent)
        json_array_append_new(list, json_string(v->asset[v->node[n].line].id));
    return list;
}

static json_t *home_make(const struct village *v, const struct asset *a, int rooms, int accessible, json_t *places,
                         struct err *e)
{
    json_t *stands = json_array();
    const char *street = NULL;
    int32_t at = a->place;
    if (at < 0) return json_decref(stands), err_set(e, "`%s` stands nowhere in the village file", a->id), NULL;
    for (int up = 0; at >= 0 && up < UP_MAX; up++, at = v->place[at].parent) {
        const struct place *p = &v->place[at];
        if (!street && (p->kind == PLACE_LINE || p->parent < 0)) street = p->id;
        json_array_append_new(stands, json_string(p->id));
        place_add(places, p);
    }
    return json_pack("{s:s, s:i, s:b, s:s, s:o, s:o, s:[s], s:[s], s:[s]}", "id", a->id, "rooms", rooms,
                     "accessible", accessible, "near", street ? street : "village", "places", stands, "power",
                     lines_up(v, a), "water", street ? street : "village", "heat", a->id, "road",
                     street ? street : "village");
}

static int line_take(const struct village *v, char *text, json_t *places, json_t *homes, struct err *e)
{
    char *cell[3];
    if (line_split(text, cell) != 3) return err_set(e, "a line is home,rooms,accessible");
    int32_t at = village_asset(v, cell[0]);
    int rooms = strlen(cell[1]) == 1 ? cell[1][0] - '0' : 0, yes = !strcmp(cell[2], "yes");
    if (at < 0 || strcmp(v->asset[at].cls->name, "home") != 0)
        return err_set(e, "`%.40s` is no home of %s", cell[0], v->file);
    if (rooms < 1 || rooms > ROOMS_MAX) return err_set(e, "rooms `%.8s`: give 1 to %d", cell[1], ROOMS_MAX);
    if (!yes && strcmp(cell[2], "no") != 0) return err_set(e, "accessible `%.8s`: give yes or no", cell[2]);
    json_t *home = home_make(v, &v->asset[at], rooms, yes, places, e);
    if (home) json_array_append_new(homes, home);
    return home ? 0 : -1;
}

static int list_read(const struct village *v, FILE *f, const char *path, json_t *places, json_t *homes,
                     struct err *e)
{
    char text[LINE_MAX_BYTES];
    for (int line = 1; fgets(text, sizeof text, f); line++) {
        text[strcspn(text, "\r\n")] = 0;
        err_at(e, path, line, 1, "-");
        if (line == 1 && strcmp(text, "home,rooms,accessible") != 0)
            return err_set(e, "the first line is: home,rooms,accessible");
        if (line > 1 && text[0] && line_take(v, text, places, homes, e)) return -1;
    }
    *e = (struct err){0};
    return json_array_size(homes) ? 0 : err_set(e, "%s lists no home", path);
}

json_t *homes_from_village(const struct village *v, const char *list, struct err *e)
{
    char hex[65];
    FILE *f = fopen(list, "r");
    json_t *places = json_array(), *homes = json_array();
    int bad = f ? list_read(v, f, list, places, homes, e) : err_set(e, "%s: %s", list, strerror(errno));
    if (f) fclose(f);
    if (!bad) bad = file_sha256(v->file, hex, e);
    if (!bad)
        return json_pack("{s:s, s:s, s:o, s:o}", "village", v->site.id, "sha256", hex, "places", places, "homes",
                         homes);
    json_decref(places);
    json_decref(homes);
    return NULL;
}

/* --- is what was signed what the file says? --- */

static int place_same(const struct home_place *p, const struct village *v)
{
    int32_t at = village_place(v, p->id);
    if (at < 0 || v->place[at].kind != p->kind || v->place[at].n_vertex != p->n_vertex ||
        v->place[at].state < p->state)
        return 0;
    for (int i = 0; i < 2 * p->n_vertex; i++)
        if (fabs(v->place[at].lonlat[i] - p->lonlat[i]) > 1e-9) return 0;
    return 1;
}

static const char *differs(const struct returns *all, const struct village *v, int home, const json_t *signed_,
                           const json_t *now)
{
    const struct home *h = &all->home[home];
    const char *key;
    const json_t *want;
    json_object_foreach((json_t *)(uintptr_t)now, key,
                        want) if (!json_equal(want, json_object_get(signed_, key))) return key;
    for (int i = 0; i < h->n_place; i++)
        if (!place_same(&all->place[h->place[i]], v)) return all->place[h->place[i]].id;
    return NULL;
}

int homes_check(const struct returns *all, const struct village *v, FILE *out)
{
    int n = 0;
    for (int i = 0; i < all->n_home; i++) {
        const struct home *h = &all->home[i];
        int32_t at = h->use == HOME_GONE ? -1 : village_asset(v, h->id);
        if (h->use == HOME_GONE) continue;
        struct err e = {0};
        json_t *places = json_array(), *was = home_facts_json(all, i),
               *now = at < 0 ? NULL : home_make(v, &v->asset[at], h->rooms, h->accessible, places, &e);
        const char *what = now ? differs(all, v, i, was, now) : "home";
        if (what) fprintf(out, "`%s`: `%s` is not what %s says now\n", h->id, what, v->file);
        n += what != NULL;
        json_decref(places);
        json_decref(was);
        json_decref(now);
    }
    return n;
}
