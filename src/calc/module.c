/* What reaches the cells of a module: the tables of `kend calc` glass and shade over src/physics/array.c, pv.c and tracker.c. */
#include "calc/module.h"
#include "base/err.h"
#include "calc/rows.h"
#include "physics/tracker.h"

const char *const module_glass_words[] = {"ashrae", "physical", "martin_ruiz", "none", NULL};

static double or_zero(const struct calc_io *io, const char *key)
{
    return calc_given(io, key) ? calc_number(io, key) : 0;
}

struct array_coat module_coat(const struct calc_io *io)
{
    return (struct array_coat){or_zero(io, "glass_b"), or_zero(io, "glass_index"),
                               or_zero(io, "glass_extinction_per_m"), or_zero(io, "glass_thickness_m"),
                               or_zero(io, "glass_ar")};
}

int module_horizon(const struct calc_io *io, struct array_horizon *h, struct err *e)
{
    int m;
    h->azimuth_deg = calc_series(io, "horizon_azimuth_deg", &h->n);
    h->elevation_deg = calc_series(io, "horizon_elevation_deg", &m);
    if (m != h->n)
        return calc_wrong(e, "horizon_elevation_deg", "has %d points, horizon_azimuth_deg has %d", m, h->n);
    for (int i = 1; i < h->n; i++)
        if (h->azimuth_deg[i] <= h->azimuth_deg[i - 1])
            return calc_wrong(e, "horizon_azimuth_deg", "does not ascend at point %d", i + 1);
    return 0;
}

// clang-format off
static const struct calc_field glass_in[] = {NUM("incidence_deg", 0, 180, CALC_WANTED, "between the sun and the plane's normal"), GLASS_IN, END};
static const struct calc_field glass_out[] = {OUT("pass_frac", "of the beam, over what passes head-on"), END};
// clang-format on

static int run_glass(struct calc_io *io, struct err *e)
{
    (void)e;
    struct array_coat c = module_coat(io);
    calc_put(io, "pass_frac",
             array_glass_frac((enum array_glass)calc_word(io, "glass"), &c,
                              cos(calc_number(io, "incidence_deg") * M_PI / 180)));
    return 0;
}

const struct calc_model calc_glass = {
    "glass",
    "what a module's glass lets through at an angle",
    "Souka & Safwat 1966 as ASHRAE 93; De Soto, Klein & Beckman 2006; Martin & Ruiz 2001",
    glass_in,
    glass_out,
    run_glass};

// clang-format off
static const struct calc_field shade_in[] = {
    NUM("zenith_deg", 0, 180, CALC_WANTED, "of the sun"), NUM("sun_azimuth_deg", 0, 360, CALC_WANTED, "of the sun, from north"), NUM("tilt_deg", 0, 90, CALC_WANTED, "of the rows"),
    NUM("azimuth_deg", 0, 360, 180, "of the rows, from north"), SHADE_IN, END};
static const struct calc_field shade_out[] = {
    OUT("shade_frac", "of a row in the shadow of the row before it"), OUT("horizon_deg", "elevation below which the beam is hidden there"), OUT("hidden", "1: the sun stands below it"), END};
// clang-format on

static int run_shade(struct calc_io *io, struct err *e)
{
    struct array_horizon h;
    double z = calc_number(io, "zenith_deg"), a = calc_number(io, "sun_azimuth_deg"),
           cover = calc_number(io, "row_cover_frac");
    if (module_horizon(io, &h, e)) return -1;
    double horizon = h.n ? array_horizon_deg(&h, a) : calc_number(io, "horizon_deg");
    calc_put(io, "shade_frac",
             cover > 0
                 ? tracker_row_shade_frac(calc_number(io, "tilt_deg"), calc_number(io, "azimuth_deg"), cover, z, a)
                 : 0);
    calc_put(io, "horizon_deg", horizon);
    calc_put(io, "hidden", 90 - z < horizon);
    return 0;
}

const struct calc_model calc_shade = {"shade",
                                      "what hides the beam: the horizon by azimuth, and the row in front",
                                      "row shade in the section across rows: Anderson & Mikofski, "
                                      "NREL/TP-5K00-76626, 2020; horizon: straight lines between points",
                                      shade_in,
                                      shade_out,
                                      run_shade};
