/* What the parts of the village file's reader share. A part reads its section, lists every fault it sees and goes
 * on; the village is given out only when no fault was listed. Order: site, the other tables, nodes, places, assets,
 * network. */
#ifndef VILLAGE_READ_H
#define VILLAGE_READ_H
#include "base/random.h"
#include "village/index.h"
#include "village/source.h"
#include "village/village.h"
#include <stdint.h>

struct reader {
    struct source src;
    struct village *v;
    int n_vertex;  /* of all lines and areas so far */
    uint64_t seed; /* of the spreads in groups; `seed:` in the file */
    struct node *node;
    int node_room;
    struct place *place;
    int place_room;
    struct asset *asset;
    int asset_room;
    struct note *note;
    int note_room;
    struct name_table node_id, place_id, asset_id;
    int32_t note_asset;    /* whose value is being read; -1: a section */
    const char *note_path; /* "policy." before the key when note_asset is -1 */
};

/* --- values (read_value.c) --- */
struct limits {
    double min, max;
    const char *const *word;
    uint32_t flags;
}; /* word, flags: as in struct field */
enum { DRAW_OPTIONS_MAX = 24 };
enum draw_kind { DRAW_FIXED, DRAW_UNIFORM, DRAW_NORMAL, DRAW_CHOICE };
struct draw {
    enum draw_kind kind;
    double a, b, option[DRAW_OPTIONS_MAX], weight[DRAW_OPTIONS_MAX];
    int n;
};
enum { GIVEN_SOURCE = 1, GIVEN_MEASURED = 2, GIVEN_ASSUMED = 4 };

/* One scalar in the unit of its key: a bare number, a number with its own unit, a word of l->word, or yes/no. 0 or
 * -1 (listed). */
int number_read(struct reader *, struct fy_node *, const char *key, const struct limits *, double *out);
/* The value under a key: a scalar, or {value: .., source: .., assumed: .., claimed: .., measured: ..}, whose notes
 * are kept. Returns the node of the value (NULL: listed); *given gets GIVEN_ bits. */
struct fy_node *value_open(struct reader *, struct fy_node *, const char *key, unsigned *given);
/* As value_open, but a spread over a group is allowed: {uniform: [a, b]}, {normal: [mean, deviation]}, {choice:
 * [..], weight: [..]}, {share: p} (yes with probability p). 0 or -1. */
int draw_read(struct reader *, struct fy_node *, const char *key, const struct limits *, struct draw *,
              unsigned *given);
double draw_one(const struct draw *, const struct limits *, struct random *);
/* A list of texts or one text: {choice: [..]} and plain lists of references. At most max; returns the count, -1
 * listed. */
int texts_read(struct reader *, struct fy_node *, const char *key, const char **text, struct spot *at, int max);
/* `source:`, `assumed:`, `measured:` beside the keys of a table or an asset: kept as a note on the whole. 1 when it was one. */
int origin_read(struct reader *, const char *key, struct fy_node *);
void note_keep(struct reader *, const char *key, enum note_kind, const char *text, int line);

/* --- tables of keys (read_section.c) --- */
enum key_kind { KEY_NUMBER, KEY_TEXT, KEY_MONTHS /* 12 numbers, `stride` bytes apart */, KEY_TIME, KEY_NAME /* text, or one in each language; `stride`: where its struct words lies */, KEY_CUSTOM };
enum { KEY_REQUIRED = 1 };
struct key_row {
    const char *key;
    enum key_kind kind;
    uint32_t offset, stride;
    double min, max;
    unsigned flags;
    void (*custom)(struct reader *, struct fy_node *, void *base);
};
/* Reads a mapping by a table into base: unknown and repeated keys, missing ones, bad values are listed. Returns the
 * faults. */
int table_read(struct reader *, struct fy_node *map, const char *what, const struct key_row *, int n, void *base);
void name_read(struct reader *, struct fy_node *, const char *key, const char **name, struct words *);
void unknown_key(struct reader *, struct fy_node *key_node, const char *key, const char *what, struct near *);
extern const char *const shed_word[];    /* names of enum shed */
extern const char *const weekday_word[]; /* "sun".. "sat", NULL */
/* A list of words as a set of bits. */
void set_read(struct reader *, struct fy_node *, const char *key, const char *const *word, uint16_t *set);
void sections_read(struct reader *,
                   struct fy_node *root); /* site, tariff, policy, climate, rivers, seed; unknown sections */

/* --- the rest --- */
void nodes_read(struct reader *, struct fy_node *list);  /* read_network.c */
void places_read(struct reader *, struct fy_node *list); /* read_place.c */
void assets_read(struct reader *, struct fy_node *list); /* read_asset.c */
void network_build(struct reader *);                     /* read_network.c: tree, checks, orders */
struct spread_out {
    struct spot at;
    int32_t asset;
    double setback_m;
    int32_t street_place;
};
void plots_lay(struct reader *, struct spread_out *,
               int n); /* read_place.c: points along streets, one place each */
/* Is this place, or a place it stands on, not handed over? Returns the outermost that says so (its parcel), or -1. */
int32_t place_closed(const struct reader *, int32_t place);
void places_check(struct reader *); /* points and streets that lie on land not handed over, by geometry */
/* The area not handed over that a point or line touches, or -1. */
int32_t line_closed(const struct reader *, const struct place *);
/* Metres between two points or lines (plane around the site); the nearest points in `at` ([lon, lat] of a, of b) unless NULL. */
double places_apart_m(const struct site *, const struct place *a, const struct place *b, double *at);
void rounds_read(struct reader *, struct fy_node *list, int assets_good); /* read_round.c */
int id_check(struct reader *, const char *id, struct spot); /* letters, digits, - and _; 0 or -1 */
/* Index of an id in a table, or -1 with "no node `x`; did you mean `y`?" listed. */
int32_t refer(struct reader *, const struct name_table *, const char *what, const char *id, struct spot);
/* Room for one more: returns the array, perhaps moved. */
void *room_for(struct arena *, void *array, int n, int *room, size_t size);
#endif
