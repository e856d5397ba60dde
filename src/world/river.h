/* A year of river flow from monthly means: quick rises, slow falls. */
#ifndef WORLD_RIVER_H
#define WORLD_RIVER_H
#include <stdint.h>
struct river_year;
struct river {
    double log_m3_s[365];
}; /* natural logarithm of the daily mean at noon; -inf where the river is dry */
void river_make(struct river *, const struct river_year *, uint64_t seed);
double river_at(const struct river *, double hour_of_year); /* m3/s */
#endif
