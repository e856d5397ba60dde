/* Dual crop coefficient of FAO-56 (Allen et al. 1998, chapter 7; eqs 69 to 87), in the daily order of its spreadsheet (annex 8): coefficients of the day,
 * evaporation from the layer as the day begins, then the balances of surface and root zone. Chosen because evaporation after irrigation is a third of a
 * young field's water. The same balances go by the minute in the twin (chapter 7 allows shorter steps): there the need that moves p (table 22) is the mean of
 * the last days, and what would be taken beyond the wilting point stays in the ground, so that no step makes water. Two habits of USDA's pyfao56 (Thorp 2022) are kept so that seasons can be compared: roots and height never shrink, and rain of 3 mm or
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

void crop_grow(const struct crop *c, struct crop_state *s, double day)
{
    double share = within(0, (day - c->ini_day) / c->dev_day, 1);
    s->kcb = kcb_of_day(c, day);
    s->height_m = c->height_ini_m + share * (c->height_max_m - c->height_ini_m);
    s->root_m = c->root_ini_m + share * (c->root_max_m - c->root_ini_m);
}

static double surface_most_mm(const struct crop *c)
{
    return 1000 * (c->field_capacity_frac - 0.5 * c->wilting_frac) * c->surface_m; /* eq 73 */
}

struct crop_take crop_takes(const struct crop *c, struct crop_state *s, const struct crop_day *d)
{
    double u = within(1, d->wind2_m_s, 6), rh = within(20, 100 * d->humidity_min_frac, 80);
    double kc_max =
        fmax(1.2 + (0.04 * (u - 2) - 0.004 * (rh - 45)) * pow(s->height_m / 3, 0.3), s->kcb + 0.05); /* eq 72 */
    double grown = fmax(s->kcb - c->kcb_ini, 0) / (kc_max - c->kcb_ini);
    double cover = grown > 0 ? fmin(pow(grown, 1 + 0.5 * s->height_m), 0.99) : 0; /* eq 76 */
    if (d->irrigation_mm > 0)
        s->wetted_frac = d->irrigation_frac;
    else if (d->rain_mm >= 3)
        s->wetted_frac = 1;
    double bare = within(0.01, fmin(1 - cover, s->wetted_frac), 1); /* eq 75 */
    double most_mm = surface_most_mm(c);
    double kr = within(0, (most_mm - s->surface_mm) / (most_mm - c->readily_mm), 1);      /* eq 74 */
    return (struct crop_take){s->kcb, fmin(kr * (kc_max - s->kcb), bare * kc_max), bare}; /* eq 71 */
}

double crop_total_mm(const struct crop *c, double root_m)
{
    return 1000 * (c->field_capacity_frac - c->wilting_frac) * root_m; /* eq 82 */
}

double crop_readily_mm(const struct crop *c, double root_m, double need_mm_d)
{
    return crop_total_mm(c, root_m) * within(0.1, c->depletion_frac + 0.04 * (5 - need_mm_d), 0.8); /* table 22 */
}

struct crop_run crop_balance(const struct crop *c, struct crop_state *s, const struct crop_day *d,
                             struct crop_take k, double need_mm_d)
{
    double rain = d->rain_mm - d->runoff_mm, in = rain + d->irrigation_mm,
           onto = rain + d->irrigation_mm / s->wetted_frac;
    struct crop_run r = {.kcb = k.kcb,
                         .ke = k.ke,
                         .needed_mm = (k.kcb + k.ke) * d->et0_mm,
                         .total_mm = crop_total_mm(c, s->root_m),
                         .readily_mm = crop_readily_mm(c, s->root_m, need_mm_d)};
    double room = fmax(0, r.total_mm - s->root_mm + in);
    r.evaporated_mm = fmin(k.ke * d->et0_mm, room);
    double below = fmax(0, onto - s->surface_mm); /* eq 79 */
    s->surface_mm =
        within(0, s->surface_mm - onto + r.evaporated_mm / k.bare_frac + below, surface_most_mm(c)); /* eq 77 */
    r.ks = within(0, (r.total_mm - s->root_mm) / (r.total_mm - r.readily_mm), 1);                    /* eq 84 */
    r.transpired_mm = fmin(r.ks * k.kcb * d->et0_mm, room - r.evaporated_mm);
    double gone = r.evaporated_mm + r.transpired_mm;
    r.drained_mm = fmax(0, in - gone - s->root_mm);              /* eq 88 */
    s->root_mm = fmax(0, s->root_mm - in + gone + r.drained_mm); /* eq 85 */
    r.root_mm = s->root_mm;
    return r;
}

struct crop_run crop_step(const struct crop *c, struct crop_state *s, const struct crop_day *d)
{
    crop_grow(c, s, s->day);
    struct crop_take k = crop_takes(c, s, d);
    struct crop_run r = crop_balance(c, s, d, k, (k.kcb + k.ke) * d->et0_mm);
    s->day++;
    return r;
}
