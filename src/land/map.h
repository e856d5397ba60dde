/* The map of a household's briefing: land near its home that nobody may enter, in its own language, on one page that prints well and
 * needs nothing else. It holds outlines of hazard and is for that household, never for publishing. */
#ifndef LAND_MAP_H
#define LAND_MAP_H
#include "land/land.h"
#include <stdio.h>
struct village;
struct map_options {
    int32_t home;                        /* place of the village: the home's point, or its parcel */
    const char *name, *language;         /* what stands on the map for the home; "az", "en", "ru" */
    double reach_m;                      /* how far from the home; land further away is not shown */
    int64_t now_ms;
};
extern const char map_languages[];       /* "az en ru" */
/* 0, or -1: the home itself stands on land that is not handed over (no briefing makes it safe), no such language, not written. */
int map_write(struct land *, const struct village *, const struct map_options *, FILE *, struct err *);
#endif
