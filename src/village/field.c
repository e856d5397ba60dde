/* Field tables and the class registry looked up by name. Tables are short (tens of rows), so a linear search
 * serves. */
#include "village/asset.h"
#include <string.h>

int field_find(const struct field_set *set, const char *key)
{
    for (int i = 0; i < set->n; i++)
        if (strcmp(set->row[i].key, key) == 0) return i;
    return -1;
}

const struct asset_class *asset_class_find(const char *name)
{
    for (const struct asset_class *const *c = asset_classes; *c; c++)
        if (strcmp((*c)->name, name) == 0) return *c;
    return NULL;
}
