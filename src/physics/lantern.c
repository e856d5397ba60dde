/* A street lantern in closed form. A lantern's optic throws its light along the street in two lobes, turned a little towards it, so that the points between two lamps get
 * about what those under them do, and cuts it off at the horizontal. Each lobe is a von Mises-Fisher distribution on the sphere of directions (Mardia &
 * Jupp, Directional Statistics, 2000, ch. 9.3), exp(k (cos t - 1)) at the angle t from its middle, half at beam_deg; what goes down is a Lambertian disc,
 * cos gamma. Directions as in EN 13201-3: plane C 0 along the street, C 90 across it, gamma from straight down. Scaled so that the whole has
 * flux_lm. An assumption where the lantern's own file is not at hand (physics/luminaire.c reads those); left out: house-side shields, colour, glare
 * above 80 degrees of real optics. */
#include "physics/lantern.h"
#include <math.h>
#include <string.h>

#define RAD (3.14159265358979323846 / 180.0)
enum { PLANES = 73, ANGLES = 73 };

static double lobe(const struct lantern *l, double side, double c_deg, double gamma_deg)
{
    double k = log(2.0) / (1 - cos(RAD * l->beam_deg)), s = sin(RAD * gamma_deg), out = sin(RAD * l->throw_deg);
    double along = side * out * cos(RAD * l->toe_deg), across = out * sin(RAD * l->toe_deg);
    double cosine = along * s * cos(RAD * c_deg) + across * s * sin(RAD * c_deg) +
                    cos(RAD * l->throw_deg) * cos(RAD * gamma_deg);
    return exp(k * (cosine - 1));
}

void lantern_light(const struct lantern *l, struct luminaire *to)
{
    memset(to, 0, sizeof *to);
    to->n_c = PLANES, to->n_g = ANGLES, to->lamp_lm = l->flux_lm;
    for (int c = 0; c < PLANES; c++) to->c_deg[c] = 5.0 * c;
    for (int g = 0; g < ANGLES; g++) to->g_deg[g] = 2.5 * g;
    for (int c = 0; c < PLANES; c++)
        for (int g = 0; g < ANGLES && to->g_deg[g] < 90; g++)
            to->cd[c * ANGLES + g] = lobe(l, 1, to->c_deg[c], to->g_deg[g]) +
                                     lobe(l, -1, to->c_deg[c], to->g_deg[g]) +
                                     l->nadir_frac * cos(RAD * to->g_deg[g]);
    double scale = l->flux_lm / luminaire_flux_lm(to, 0, 180);
    for (int i = 0; i < PLANES * ANGLES; i++) to->cd[i] *= scale;
}
