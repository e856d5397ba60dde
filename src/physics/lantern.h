/* A street lantern's light in closed form: two lobes along the street and light straight down, for streets whose lantern nobody has measured. */
#ifndef PHYSICS_LANTERN_H
#define PHYSICS_LANTERN_H
#include "physics/luminaire.h"
struct lantern {
    double flux_lm;
    double throw_deg; /* of the lobes, from straight down */
    double toe_deg;   /* of the lobes, from the line of the street towards the street */
    double beam_deg;  /* from the middle of a lobe to half of its intensity */
    double nadir_frac; /* straight down, of a lobe's middle */
};
/* Planes every 5 degrees, angles every 2.5, nothing above the horizontal, flux_lm in all. */
void lantern_light(const struct lantern *, struct luminaire *to);
#endif
