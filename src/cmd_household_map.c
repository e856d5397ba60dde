/* `kend household map FILE`: the map of a household's briefing, written to a file, and its digest, which the record of the briefing carries. */
#include "base/err.h"
#include "base/instant.h"
#include "cmd_land.h"
#include "land/map.h"
#include "village/village.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* The records: of --db, else the export that the village file names. */
static int records(const struct args *a, const struct village *v, struct home_desk *d)
{
    char path[1024];
    struct err e = {0};
    const char *slash = strrchr(v->file, '/');
    if (arg_text(a, "--db")) return household_desk(a, d);
    if (!v->land.records) return complain(a, "give --db FILE: the village file names no records of land"), -1;
    snprintf(path, sizeof path, "%.*s%s", slash && v->land.records[0] != '/' ? (int)(slash + 1 - v->file) : 0,
             v->file, v->land.records);
    return home_desk_open(d, NULL, path, &e) ? (land_refused(a, &e), -1) : 0;
}

/* The home that a household holds, and its language. */
static const char *home_held(const struct args *a, const struct returns *all, struct map_options *o)
{
    const char *id = arg_text(a, "--household");
    int at = return_household(all, id);
    if (at < 0) return complain(a, "`%s` is no household of these records", id), NULL;
    const struct household *h = &all->household[at];
    if (h->home < 0) return complain(a, "`%s` holds no home yet", id), NULL;
    if (!o->language) o->language = h->language;
    return all->home[h->home].id;
}

static int find_home(const struct args *a, const struct village *v, const struct returns *all,
                     struct map_options *o)
{
    const char *home = arg_text(a, "--home"), *parcel = arg_text(a, "--parcel"),
               *household = arg_text(a, "--household");
    if (!!home + !!parcel + !!household != 1)
        return complain(a, "give either --household ID, --home ID or --parcel ID"), -1;
    if (household) home = home_held(a, all, o);
    if (!home && !parcel) return -1;
    o->name = home ? home : parcel;
    int32_t asset = home ? village_asset(v, home) : -1;
    o->home = parcel ? village_place(v, parcel) : asset >= 0 ? v->asset[asset].place : -1;
    if (!o->language) o->language = "az";
    if (o->home < 0) complain(a, "`%s` is no %s of %s", o->name, home ? "home with a place" : "place", v->file);
    return o->home < 0 ? -1 : 0;
}

static int save(const struct args *a, const char *path, const char *text, size_t size)
{
    FILE *f = fopen(path, "wx");
    if (!f) return complain(a, "%s: %s", path, errno == EEXIST ? "is there already" : strerror(errno));
    int bad = fwrite(text, 1, size, f) != size;
    bad |= fclose(f);
    return bad ? complain(a, "%s could not be written", path) : 0;
}

static int write_map(const struct args *a, struct land *l, const struct village *v, const struct map_options *o)
{
    struct err e = {0};
    char *text = NULL, hex[2 * HASH_BYTES + 1];
    size_t size = 0;
    unsigned char hash[HASH_BYTES];
    FILE *f = open_memstream(&text, &size);
    if (!f) return complain(a, "out of memory");
    int bad = map_write(l, v, o, f, &e);
    bad |= fclose(f);
    int status = bad ? land_refused(a, &e) : save(a, arg_text(a, "--out"), text, size);
    if (!status) {
        crypto_hash_sha256(hash, (const unsigned char *)text, size);
        printf("%s\n", hex_write(hex, hash, sizeof hash));
    }
    free(text);
    return status;
}

int command_household_map(const struct args *a)
{
    struct home_desk d;
    int n_error = 0, status = 1;
    struct map_options o = {.language = arg_text(a, "--language")};
    if (!arg_text(a, "--out")) return complain(a, "give --out FILE, the page to write");
    if (arg_number(a, "--reach-m", 100, 20000, &o.reach_m) || land_at(a, &o.now_ms)) return 1;
    struct village *v = village_read(a->file, stderr, &n_error);
    if (!v) return 1;
    if (!records(a, v, &d)) {
        if (!find_home(a, v, d.returns, &o)) status = write_map(a, d.desk.land, v, &o);
        home_desk_close(&d);
    }
    village_free(v);
    return status;
}
