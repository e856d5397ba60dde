/* Names to indices: one open-addressing table per kind of noun, built once with the village, read-only afterwards.
 * Also the keys of flow series (port name + unit of its carrier), which no field table holds. */
#ifndef VILLAGE_INDEX_H
#define VILLAGE_INDEX_H
#include "base/arena.h"
#include <stdint.h>
struct village;
struct name_table {
    struct arena *arena;
    const char **name;
    int32_t *value;
    uint32_t mask, n;
};
/* Room for n names at first, doubling as it fills; memory from the arena. */
void name_table_create(struct name_table *, struct arena *, int n);
/* Puts a name (kept by pointer). Returns -1, or the value that the name already has (nothing is changed then). */
int32_t name_table_put(struct name_table *, const char *name, int32_t value);
int32_t name_table_get(const struct name_table *, const char *name); /* or -1 */

struct village_index;
/* From the finished arrays of v. Duplicates: the first wins (the reader has refused them before). */
struct village_index *index_create(struct arena *, const struct village *v);
const char *index_flow_key(const struct village_index *, int32_t asset, int32_t port);
extern const char *const carrier_name[]; /* "elec", "heat", "gas", "water", "organic"; NULL at the end */
extern const char *const carrier_unit[]; /* "W", "W", "W", "m3_s", "kg_s" */
#endif
