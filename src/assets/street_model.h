/* Parameters and state of a street's lamps, shared by street.c and street_judge.c. Private to these two. */
#ifndef ASSETS_STREET_MODEL_H
#define ASSETS_STREET_MODEL_H
#include "physics/road.h"
#include <stddef.h>
struct asset_now;
struct err;

struct street_par {
    double n_lamp, lamp_W, lamp_lm, standby_W, spacing_m, width_m, utilisation_frac, maintenance_frac, dim_min_frac;
    double kind, speed, users, parked, ambient_light, other_weight, busy_per_h, quiet_per_h;
    double height_m, overhang_m, throw_deg, toe_deg, beam_deg, nadir_frac;
    double default_frac, fade_s, on_lx, off_lx, evening_hour, morning_hour;
};
struct street_state {
    double dim_frac, lighting_class, required_frac, light_lx, daylight_lx, traffic_per_h;
};

/* street_judge.c: the point grid of EN 13201-3 in place of the average by utilisation (`--fidelity high`). */
struct street_judge {
    struct road_result full; /* at full level */
};
size_t street_judge_bytes(void);
int street_judge_start(const struct asset_now *, void *judge, struct err *);
double street_judge_frac(const struct street_judge *, const struct street_par *,
                         int number); /* least level that meets class `number`; 1 where none does */
#endif
