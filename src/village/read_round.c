/* Rounds of a village file: which vehicle empties which bins, on which days and over which streets. A way is checked piece by piece,
 * because a vehicle that is sent where nobody has cleared kills: each leg is a street or a point of the file on land that is handed over,
 * by `on:` and by geometry; each leg begins near one before it, and the straight piece between the two is checked like a leg, so
 * that leaving a street out opens nothing. Each bin stands near a leg and belongs to exactly one round; the round's days and hours
 * become the bin's. Left out: the order of the stops, driving time, what the vehicle holds. */
#include "village/read.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

enum { LEGS_MAX = 64, NAMES_MAX = 64, ROUNDS_MAX = 200 };
static const double GAP_M =
    150.0; /* a vehicle's way between two named legs; what is further wants its street named */
static const double REACH_M = 30.0; /* a bin stands at its street */
static const double DAY_S = 86400.0;

struct names {
    const char *id[NAMES_MAX];
    struct spot at[NAMES_MAX];
    int n;
};
struct round_draft {
    const char *id, *name, *vehicle, *takes;
    double from_hour, until_hour;
    uint16_t days;
    struct names legs, bins;
    struct fy_node *map;
    struct spot at;
};

static void names_read(struct reader *r, struct fy_node *n, const char *key, struct names *to)
{
    int count = texts_read(r, n, key, to->id, to->at, NAMES_MAX);
    to->n = count > 0 ? count : 0;
}
static void legs_keep(struct reader *r, struct fy_node *n, void *base)
{
    names_read(r, n, "legs", &((struct round_draft *)base)->legs);
}
static void bins_keep(struct reader *r, struct fy_node *n, void *base)
{
    names_read(r, n, "bins", &((struct round_draft *)base)->bins);
}
static void days_keep(struct reader *r, struct fy_node *n, void *base)
{
    set_read(r, n, "days", weekday_word, &((struct round_draft *)base)->days);
}

// clang-format off
static const struct key_row round_row[] = {
    {"id",         KEY_TEXT,   offsetof(struct round_draft, id),         0, 0, 0,  KEY_REQUIRED, NULL},
    {"name",       KEY_TEXT,   offsetof(struct round_draft, name),       0, 0, 0,  0, NULL},
    {"vehicle",    KEY_TEXT,   offsetof(struct round_draft, vehicle),    0, 0, 0,  KEY_REQUIRED, NULL},
    {"takes",      KEY_TEXT,   offsetof(struct round_draft, takes),      0, 0, 0,  0, NULL},
    {"days",       KEY_CUSTOM, 0,                                        0, 0, 0,  0, days_keep},
    {"from_hour",  KEY_NUMBER, offsetof(struct round_draft, from_hour),  0, 0, 24, KEY_REQUIRED, NULL},
    {"until_hour", KEY_NUMBER, offsetof(struct round_draft, until_hour), 0, 0, 24, KEY_REQUIRED, NULL},
    {"legs",       KEY_CUSTOM, 0,                                        0, 0, 0,  KEY_REQUIRED, legs_keep},
    {"bins",       KEY_CUSTOM, 0,                                        0, 0, 0,  KEY_REQUIRED, bins_keep},
};
// clang-format on

/* --- the way --- */

/* 1 when the leg, or the piece from an earlier leg to it, may be driven over; else the fault is listed. */
static int open_way(struct reader *r, const struct round_draft *d, int i, const struct place *way, int32_t closed)
{
    if (closed < 0) closed = line_closed(r, way);
    if (closed < 0) return 1;
    source_fault(&r->src, d->legs.at[i],
                 "`%s` drives over %s`%s` on `%s`, which is not handed over (%s); nothing may be sent there", d->id,
                 way->id ? "" : "the way to ", d->legs.id[i], r->place[closed].id,
                 place_state_name[r->place[closed].state]);
    return 0;
}

static int32_t leg_find(struct reader *r, const struct round_draft *d, int i)
{
    int32_t p = refer(r, &r->place_id, "place", d->legs.id[i], d->legs.at[i]);
    if (p < 0) return -1;
    for (int k = 0; k < i; k++)
        if (strcmp(d->legs.id[k], d->legs.id[i]) == 0) {
            source_fault(&r->src, d->legs.at[i], "`%s` is a leg of `%s` already; a leg is driven both ways",
                         d->legs.id[i], d->id);
            return -1;
        }
    if (r->place[p].kind != PLACE_AREA) return p;
    source_fault(&r->src, d->legs.at[i], "`%s` is an area; a leg is a street or a point", d->legs.id[i]);
    return -1;
}

/* How a vehicle comes to leg i from the legs before it. */
static int gap_make(struct reader *r, const struct round_draft *d, const int32_t *leg, int i, struct way_gap *gap)
{
    double best_m = INFINITY, at[4];
    int from = -1;
    for (int k = 0; k < i; k++) {
        double m =
            leg[k] < 0 ? (double)INFINITY : places_apart_m(&r->v->site, &r->place[leg[k]], &r->place[leg[i]], at);
        if (!(m < best_m)) continue;
        best_m = m;
        from = k;
        memcpy(gap->lonlat, at, sizeof at);
    }
    if (from < 0) return i == 0;
    if (best_m > GAP_M) {
        source_fault(&r->src, d->legs.at[i],
                     "`%s` is %.0f m from the nearest leg before it, `%s`; name the street between them",
                     d->legs.id[i], best_m, d->legs.id[from]);
        return 0;
    }
    struct place piece = {.kind = PLACE_LINE, .lonlat = gap->lonlat, .n_vertex = 2};
    return open_way(r, d, i, &piece, -1);
}

static void way_make(struct reader *r, const struct round_draft *d, struct waste_round *to)
{
    int32_t *leg = ARENA_NEW(&r->v->arena, int32_t, (size_t)d->legs.n + 1);
    struct way_gap *gap = ARENA_NEW(&r->v->arena, struct way_gap, (size_t)d->legs.n + 1);
    for (int i = 0; i < d->legs.n; i++) {
        leg[i] = leg_find(r, d, i);
        if (leg[i] < 0) continue;
        open_way(r, d, i, &r->place[leg[i]], place_closed(r, leg[i]));
        gap_make(r, d, leg, i, &gap[i > 0 ? i - 1 : 0]);
    }
    to->leg = leg;
    to->n_leg = d->legs.n;
    to->gap = gap;
    to->n_gap = d->legs.n > 0 ? d->legs.n - 1 : 0;
}

/* --- the bins --- */

static double *bin_par(const struct reader *r, int32_t bin, const char *key)
{
    const struct asset *a = &r->asset[bin];
    int i = field_find(&a->cls->par, key);
    return i < 0 ? NULL : field_at(&a->cls->par.row[i], a->par);
}

static int is_bin(const struct reader *r, int32_t a) { return strcmp(r->asset[a].cls->name, "bin") == 0; }

static double way_off_m(const struct reader *r, const struct waste_round *o, int32_t bin)
{
    double off_m = INFINITY;
    int32_t at = r->asset[bin].place;
    for (int i = 0; at >= 0 && i < o->n_leg; i++)
        if (o->leg[i] >= 0)
            off_m = fmin(off_m, places_apart_m(&r->v->site, &r->place[o->leg[i]], &r->place[at], NULL));
    return off_m;
}

/* The longest time between two days of the round. */
static double longest_s(unsigned days)
{
    int longest = 1, run = 1;
    for (int d = 1; d < 14; d++) {
        run = days >> d % 7 & 1 ? 1 : run + 1;
        if (run > longest) longest = run;
    }
    return longest * DAY_S;
}

/* Does the bin bear the round's days and hours? */
static int times_fit(struct reader *r, const struct waste_round *o, int32_t bin, struct spot at)
{
    const char *id = r->asset[bin].id;
    double from = *bin_par(r, bin, "window_from_hour"), until = *bin_par(r, bin, "window_until_hour");
    unsigned days = (unsigned)*bin_par(r, bin, "days");
    double age_s = *bin_par(r, bin, "age_max_s");
    if (*bin_par(r, bin, "kind") <= 0) age_s = fmin(age_s, *bin_par(r, bin, "age_max_hot_s"));
    if (o->from_hour < from || o->until_hour > until)
        return source_fault(&r->src, at, "`%s` may be emptied from %g to %g h, `%s` comes from %g to %g h", id,
                            from, until, o->id, o->from_hour, o->until_hour),
               0;
    if (o->days & ~days)
        return source_fault(&r->src, at, "`%s` comes on days on which `%s` may not be emptied (`days`)", o->id, id),
               0;
    if (longest_s(o->days) > age_s)
        return source_fault(&r->src, at,
                            "`%s` leaves up to %.0f days between two visits; `%s` must be emptied within %.3g days",
                            o->id, longest_s(o->days) / DAY_S, id, age_s / DAY_S),
               0;
    return 1;
}

/* `named`: by its own id, so that every reason is told; as one of a group it is passed over where it is another kind or elsewhere. */
static int bin_take(struct reader *r, const struct waste_round *o, int32_t bin, int named, struct spot at)
{
    const struct asset *a = &r->asset[bin];
    double off_m = way_off_m(r, o, bin);
    if (!is_bin(r, bin))
        return named ? source_fault(&r->src, at, "`%s` is a `%s`, not a bin", a->id, a->cls->name), 0 : 0;
    if (o->takes >= 0 && o->takes != (int)*bin_par(r, bin, "kind"))
        return named ? source_fault(&r->src, at, "`%s` holds another kind of waste than `%s` takes", a->id, o->id),
               0     : 0;
    if (!(off_m <= REACH_M)) {
        if (!named) return 0;
        if (a->place < 0)
            return source_fault(&r->src, at, "`%s` stands nowhere; no round can come to it", a->id), 0;
        return source_fault(&r->src, at, "`%s` stands %.0f m off the way of `%s`; add its street to the legs",
                            a->id, off_m, o->id),
               0;
    }
    if (a->round >= 0)
        return source_fault(&r->src, at, "`%s` is emptied by `%s` already", a->id, r->v->round[a->round].id), 0;
    if (!times_fit(r, o, bin, at)) return 0;
    r->asset[bin].round = (int32_t)(o - r->v->round);
    *bin_par(r, bin, "window_from_hour") = o->from_hour;
    *bin_par(r, bin, "window_until_hour") = o->until_hour;
    *bin_par(r, bin, "days") = o->days;
    return 1;
}

static int group_take(struct reader *r, const struct waste_round *o, const char *group, struct spot at)
{
    int taken = 0, seen = 0, before = r->src.n_fault;
    for (int32_t a = 0; a < r->v->n_asset; a++) {
        if (strcmp(r->asset[a].group, group) != 0) continue;
        seen++;
        if (r->src.n_fault == before) taken += bin_take(r, o, a, 0, at); /* one fault tells for the group */
    }
    if (seen && !taken && r->src.n_fault == before)
        source_fault(&r->src, at, "no bin of `%s` that `%s` takes stands on its way", group, o->id);
    return seen;
}

static void bins_make(struct reader *r, const struct round_draft *d, struct waste_round *o)
{
    int n = 0;
    for (int i = 0; i < d->bins.n; i++) {
        int32_t a = name_table_get(&r->asset_id, d->bins.id[i]);
        if (a >= 0)
            bin_take(r, o, a, 1, d->bins.at[i]);
        else if (!group_take(r, o, d->bins.id[i], d->bins.at[i]))
            refer(r, &r->asset_id, "bin or group", d->bins.id[i], d->bins.at[i]);
    }
    int32_t *bin = ARENA_NEW(&r->v->arena, int32_t, (size_t)r->v->n_asset + 1);
    for (int32_t a = 0; a < r->v->n_asset; a++)
        if (r->asset[a].round == (int32_t)(o - r->v->round)) bin[n++] = a;
    o->bin = bin;
    o->n_bin = n;
}

/* --- one round, all rounds --- */

static int takes_find(struct reader *r, const struct round_draft *d)
{
    const struct asset_class *c = asset_class_find("bin");
    int k = c ? field_find(&c->par, "kind") : -1;
    struct near near = near_start(&r->src, d->takes ? d->takes : "");
    char hint[128];
    if (!d->takes || k < 0) return -1;
    const char *const *word = c->par.row[k].word;
    for (int i = 0; word && word[i]; i++) {
        near_try(&near, word[i]);
        if (strcmp(word[i], d->takes) == 0) return i;
    }
    source_fault(&r->src, spot_of(&r->src, map_get(d->map, "takes")), "`%s` is no kind of waste%s", d->takes,
                 near_hint(&near, hint, sizeof hint));
    return -1;
}

static void round_make(struct reader *r, const struct round_draft *d, struct waste_round *o, int assets_good)
{
    *o = (struct waste_round){.id = d->id,
                              .name = d->name ? d->name : d->id,
                              .vehicle = d->vehicle,
                              .takes = (int8_t)takes_find(r, d),
                              .days = d->days ? d->days : 127,
                              .from_hour = d->from_hour,
                              .until_hour = d->until_hour,
                              .line = d->at.line,
                              .col = d->at.col};
    if (!(d->from_hour < d->until_hour))
        source_fault(&r->src, spot_of(&r->src, map_get(d->map, "from_hour")),
                     "`from_hour` must be before `until_hour`");
    way_make(r, d, o);
    if (assets_good) bins_make(r, d, o);
}

static void bins_all_have_one(struct reader *r)
{
    int told = 0;
    for (int32_t a = 0; a < r->v->n_asset; a++) {
        const struct asset *b = &r->asset[a];
        if (!is_bin(r, a) || b->round >= 0 || b->src_line == told) continue;
        source_fault(&r->src, (struct spot){b->src_line, b->src_col},
                     "no round empties `%s`; name it in one of `rounds`", b->id);
        told = b->src_line;
    }
}

static void round_read(struct reader *r, struct fy_node *map, struct waste_round *room, int assets_good)
{
    struct round_draft d = {.map = map};
    r->note_path = "rounds.";
    if (table_read(r, map, "a round", round_row, sizeof round_row / sizeof round_row[0], &d)) return;
    d.at = spot_of(&r->src, map_get(map, "id"));
    if (id_check(r, d.id, d.at) < 0) return;
    int32_t had = village_round(r->v, d.id);
    if (had >= 0) {
        source_fault(&r->src, d.at, "a second round `%s`; the first is in line %d", d.id, room[had].line);
        return;
    }
    if (r->v->n_round == ROUNDS_MAX) {
        source_fault(&r->src, d.at, "more than %d rounds", ROUNDS_MAX);
        return;
    }
    round_make(r, &d, &room[r->v->n_round], assets_good);
    r->v->n_round++;
}

void rounds_read(struct reader *r, struct fy_node *list, int assets_good)
{
    struct fy_node *item;
    if (!list) return;
    if (!is_list(list)) {
        source_fault(&r->src, spot_of(&r->src, list), "`rounds` wants a list");
        return;
    }
    struct waste_round *room = ARENA_NEW(&r->v->arena, struct waste_round, ROUNDS_MAX);
    int before = r->src.n_fault;
    r->v->round = room;
    for (void *it = NULL; (item = fy_node_sequence_iterate(list, &it));) round_read(r, item, room, assets_good);
    if (assets_good && r->src.n_fault == before) bins_all_have_one(r);
}
