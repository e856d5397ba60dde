/* The registry: every kind of equipment, one line each; the only place that knows them all. */
#include "village/asset.h"
#include <string.h>

/* clang-format off */
#define CLASSES(X) \
    X(home) X(street) X(bin) X(greenhouse) X(coldstore) X(load) X(gateway) X(station) \
    X(solar) \
    X(hydro) \
    X(biogas) \
    X(pump) \
    X(battery) \
    X(line) \
    X(grid)
/* clang-format on */
#define DECLARE(name) extern const struct asset_class class_##name;
#define ENTRY(name) &class_##name,
CLASSES(DECLARE)

const struct asset_class *const asset_classes[] = {CLASSES(ENTRY) NULL};

const struct asset_class *asset_class_find(const char *name)
{
    for (int i = 0; asset_classes[i]; i++)
        if (strcmp(asset_classes[i]->name, name) == 0) return asset_classes[i];
    return NULL;
}

int field_find(const struct field_set *set, const char *key)
{
    for (int i = 0; i < set->n; i++)
        if (strcmp(set->row[i].key, key) == 0) return i;
    return -1;
}
