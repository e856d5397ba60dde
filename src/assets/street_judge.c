/* A street's lamps on the point grid of EN 13201-3 (physics/road.c): one row at the kerb, the lantern in closed form (physics/lantern.c), and for traffic routes the luminance
 * of the standard surface R3 with two lanes. The grid is worked out once, at full level, when the twin is made; all but glare is in proportion to the level, and the class
 * that holds now asks for the least one. Left out: other rows than one, bends, trees, the measured lantern. */
#include "assets/street_model.h"
#include "base/err.h"
#include "physics/lantern.h"
#include "physics/light.h"
#include "village/asset.h"
#include <math.h>
#include <stdlib.h>

size_t street_judge_bytes(void) { return sizeof(struct street_judge); }

int street_judge_start(const struct asset_now *now, void *judge, struct err *e)
{
    const struct street_par *p = now->par;
    struct luminaire *lamp = malloc(sizeof *lamp);
    struct road_table r3;
    if (!lamp) return err_set(e, "no memory for a lantern's light");
    lantern_light(&(struct lantern){p->lamp_lm, p->throw_deg, p->toe_deg, p->beam_deg, p->nadir_frac}, lamp);
    road_surface(ROAD_R3, &r3);
    const struct road road = {.lamp = lamp,
                              .table = p->kind == (double)LIGHT_M ? &r3 : NULL,
                              .rows = ROAD_RIGHT,
                              .lanes = 2,
                              .width_m = p->width_m,
                              .height_m = p->height_m,
                              .spacing_m = p->spacing_m,
                              .overhang_m = p->overhang_m,
                              .maintenance_frac = p->maintenance_frac,
                              .level_frac = 1};
    ((struct street_judge *)judge)->full = road_run(&road);
    free(lamp);
    return 0;
}

double street_judge_frac(const struct street_judge *j, const struct street_par *p, int number)
{
    static const char letter[LIGHT_KINDS] = {[LIGHT_P] = 'P', [LIGHT_M] = 'M', [LIGHT_C] = 'C'};
    double level = road_least_level(&j->full, letter[(int)p->kind], number);
    return isnan(level) ? 1 : fmax(level, p->dim_min_frac);
}
