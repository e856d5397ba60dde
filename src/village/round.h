/* Round: one vehicle on its way to empty bins, on its days and between its hours. Its way is a list of legs (streets, and points such as
 * a yard) and the straight pieces between them. It drives only while every leg may be used: one that is not handed over, or that a
 * find has closed, takes the whole round out of service, and its bins wait. The order of the stops and the driving time are left out. */
#ifndef VILLAGE_ROUND_H
#define VILLAGE_ROUND_H
#include <stdint.h>
struct way_gap { double lonlat[4]; };  /* from a leg to the nearest one before it: [lon, lat, lon, lat], WGS84 degrees */
struct waste_round {
    const char *id, *name, *vehicle;
    const int32_t *leg; int n_leg;       /* places */
    const struct way_gap *gap; int n_gap;
    const int32_t *bin; int n_bin;       /* assets; no bin is in two rounds */
    int8_t takes;                        /* kind of waste as in the bin's table, -1: any */
    unsigned days;                       /* bit 0 = Sunday */
    double from_hour, until_hour;        /* local */
    int line, col;
};
#endif
