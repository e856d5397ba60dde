/* Dual crop coefficient of FAO-56 (Allen et al. 1998, chapter 7; eqs 69 to 87), in the daily order of its spreadsheet (annex 8): coefficients of the day,
 * evaporation from the layer as the day begins, then the balances of surface and root zone. Chosen because evaporation after irrigation is a third of a
 * young field's water. Two habits of USDA's pyfao56 (Thorp 2022) are kept so that seasons can be compared: roots and height never shrink, and rain of 3 mm or
 * more wets all the ground on a day without irrigation. Left out: run-off by curve number (given by the caller), capillary rise, layers. */
#include "physics/cropwater.h"
#include <math.h>

static double within(double lo, double v, double hi) { return v < lo ? lo : v > hi ? hi : v; }

struct crop_state crop_start(const struct crop *c, double water_frac)
{
    struct crop_state s = {
        .kcb = c->kcb_ini, .height_m = c->height_ini_m, .root_m = c->root_ini_m, .wetted_frac = 1};
    s.surface_mm = 1000 * (c->field_capacity_frac - 0.5 * c->wilting_frac) * c->surface_m;
    s.root_mm = 1000 * (c->field_capacity_frac - water_frac) * c->root_ini_m;
    return s;
}

static double kcb_of_day(const struct crop *c, double day)
{
    double dev = c->ini_day, mid = dev + c->dev_day, late = mid + c->mid_day, end = late + c->late_day;
    if (day <= dev) return c->kcb_ini;
    if (day <= mid) return c->kcb_ini + (day - dev) / c->dev_day * (c->kcb_mid - c->kcb_ini);
    if (day <= late) return c->kcb_mid;
    if (day <= end) return c->kcb_mid + (day - late) / c->late_day * (c->kcb_end - c->kcb_mid);
    return c->kcb_end;
}

static void grow(const struct crop *c, struct crop_state *s)
{
    s->kcb = kcb_of_day(c, s->day);
    double share = (s->kcb - c->kcb_ini) / (c->kcb_mid - c->kcb_ini);
    s->height_m = fmax(s->height_m, c->height_ini_m + share * (c->height_max_m - c->height_ini_m));
    s->root_m = fmax(s->root_m, c->root_ini_m + share * (c->root_max_m - c->root_ini_m));
}

struct crop_run crop_step(const struct crop *c, struct crop_state *s, const struct crop_day *d)
{
    grow(c, s);
    double u = within(1, d->wind2_m_s, 6), rh = within(20, 100 * d->humidity_min_frac, 80);
    double kc_max =
        fmax(1.2 + (0.04 * (u - 2) - 0.004 * (rh - 45)) * pow(s->height_m / 3, 0.3), s->kcb + 0.05); /* eq 72 */
    double cover = within(0, pow(fmax(s->kcb - c->kcb_ini, 0) / (kc_max - c->kcb_ini), 1 + 0.5 * s->height_m),
                          0.99); /* eq 76 */
    if (d->irrigation_mm > 0)
        s->wetted_frac = d->irrigation_frac;
    else if (d->rain_mm >= 3)
        s->wetted_frac = 1;
    double bare = within(0.01, fmin(1 - cover, s->wetted_frac), 1); /* eq 75 */
    double most_mm = 1000 * (c->field_capacity_frac - 0.5 * c->wilting_frac) * c->surface_m;
    double kr = within(0, (most_mm - s->surface_mm) / (most_mm - c->readily_mm), 1);        /* eq 74 */
    struct crop_run r = {.kcb = s->kcb, .ke = fmin(kr * (kc_max - s->kcb), bare * kc_max)}; /* eq 71 */
    double rain = d->rain_mm - d->runoff_mm, onto = rain + d->irrigation_mm / s->wetted_frac;
    r.evaporated_mm = r.ke * d->et0_mm;
    double below = fmax(0, onto - s->surface_mm); /* eq 79 */
    s->surface_mm = within(0, s->surface_mm - onto + r.evaporated_mm / bare + below, most_mm);
    r.needed_mm = (s->kcb + r.ke) * d->et0_mm;
    r.total_mm = 1000 * (c->field_capacity_frac - c->wilting_frac) * s->root_m;
    r.readily_mm = r.total_mm * within(0.1, c->depletion_frac + 0.04 * (5 - r.needed_mm), 0.8);
    r.ks = within(0, (r.total_mm - s->root_mm) / (r.total_mm - r.readily_mm), 1); /* eq 84 */
    r.transpired_mm = r.ks * s->kcb * d->et0_mm;
    double gone = r.evaporated_mm + r.transpired_mm, in = rain + d->irrigation_mm;
    r.drained_mm = fmax(0, in - gone - s->root_mm);                            /* eq 88 */
    s->root_mm = within(0, s->root_mm - in + gone + r.drained_mm, r.total_mm); /* eq 85 */
    r.root_mm = s->root_mm;
    s->day++;
    return r;
}
