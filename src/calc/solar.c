/* Sun and solar power: the tables of `kend calc` sun, irradiance, split, clearsky, pv, inverter and tracker over src/physics. */
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "calc/module.h"
#include "calc/rows.h"
#include "physics/array.h"
#include "physics/clearsky.h"
#include "physics/fuentes.h"
#include "physics/irradiance.h"
#include "physics/pv.h"
#include "physics/split.h"
#include "physics/sun.h"
#include "physics/tracker.h"
#include "physics/transpose.h"

#define RAD (3.14159265358979323846 / 180.0)
#define PLACE                                                                                                      \
    NUM("lat_deg", -90, 90, CALC_WANTED, "latitude, north positive"),                                              \
        NUM("lon_deg", -180, 180, CALC_WANTED, "longitude, east positive")

static double standard_pressure_Pa(double altitude_m)
{
    return 101325.0 * pow(1.0 - 2.25577e-5 * altitude_m, 5.25588);
}

static double or_else(double given, double otherwise) { return isnan(given) ? otherwise : given; }

static struct sun_geocentric geocentric(int64_t at_ms, double delta_t_s)
{
    struct civil c = civil_at(NULL, at_ms);
    return sun_geocentric(sun_julian_day(at_ms), or_else(delta_t_s, sun_delta_t_s(c.year, c.month)));
}

// clang-format off
static const struct calc_field sun_in[] = {
    TIME("time", "instant"), PLACE,
    NUM("altitude_m", -500, 9000, 0, "height above the sea"),
    NUM("pressure_Pa", 30000, 110000, CALC_MAYBE, "air pressure; else the standard atmosphere's at the altitude"),
    NUM("temp_degC", -90, 60, 12, "yearly mean air temperature, for refraction"),
    NUM("refraction_deg", 0, 1, 0.5667, "refraction at the horizon"),
    NUM("delta_t_s", -1000, 20000, CALC_MAYBE, "TT - UT; else by Espenak & Meeus"),
    NUM("tilt_deg", 0, 180, CALC_MAYBE, "tilt of a plane, for the angle of incidence"),
    NUM("azimuth_deg", 0, 360, 180, "azimuth of that plane from north"), END};
static const struct calc_field sun_out[] = {
    OUT("zenith_deg", "refracted zenith angle"), OUT("elevation_deg", "90 less the zenith"), OUT("azimuth_deg", "clockwise from north"),
    OUT("incidence_deg", "angle between the sun and the plane's normal"),
    OUT("declination_deg", "geocentric"), OUT("right_ascension_deg", "geocentric"), OUT("radius_au", "Earth to Sun"),
    OUT("sidereal_deg", "apparent, Greenwich"), OUT("nutation_deg", "in longitude"), OUT("obliquity_deg", "of the ecliptic, true"),
    OUT("delta_t_s", "used"), OUT("day", "normal, polar_day or polar_night"), OUT("day_h", "sun above the horizon"),
    OUT("sunrise", "UTC"), OUT("transit", "UTC"), OUT("sunset", "UTC"),
    OUT("sunrise_unix_s", "seconds since 1970"), OUT("transit_unix_s", "seconds since 1970"), OUT("sunset_unix_s", "seconds since 1970"), END};
// clang-format on

static void put_time(struct calc_io *io, const char *key, const char *unix_key, int64_t at_ms)
{
    char text[64];
    calc_put_word(io, key, arena_strdup(io->arena, instant_format(text, sizeof text, NULL, at_ms)));
    calc_put(io, unix_key, (double)at_ms / 1000);
}

static void put_day(struct calc_io *io, int64_t at_ms)
{
    static const char *const kind[] = {"normal", "polar_day", "polar_night"};
    struct sun_day d = sun_day(at_ms, calc_number(io, "lat_deg"), calc_number(io, "lon_deg"));
    calc_put_word(io, "day", kind[d.kind]);
    put_time(io, "transit", "transit_unix_s", d.transit_ms);
    calc_put(io, "day_h",
             d.kind == SUN_DAY_NORMAL      ? (double)(d.set_ms - d.rise_ms) / MS_HOUR
             : d.kind == SUN_DAY_POLAR_DAY ? 24
                                           : 0);
    if (d.kind != SUN_DAY_NORMAL) return;
    put_time(io, "sunrise", "sunrise_unix_s", d.rise_ms);
    put_time(io, "sunset", "sunset_unix_s", d.set_ms);
}

static int run_sun(struct calc_io *io, struct err *e)
{
    (void)e;
    int64_t at_ms = calc_time(io, "time");
    double altitude = calc_number(io, "altitude_m");
    struct sun_geocentric g = geocentric(at_ms, calc_number(io, "delta_t_s"));
    struct sun_place p = {calc_number(io, "lat_deg"),
                          calc_number(io, "lon_deg"),
                          altitude,
                          or_else(calc_number(io, "pressure_Pa"), standard_pressure_Pa(altitude)),
                          calc_number(io, "temp_degC"),
                          calc_number(io, "refraction_deg")};
    struct sun_angles a = sun_topocentric(&g, &p);
    calc_put(io, "zenith_deg", a.zenith_deg);
    calc_put(io, "elevation_deg", 90 - a.zenith_deg);
    calc_put(io, "azimuth_deg", a.azimuth_deg);
    double c = irradiance_cos_incidence(calc_number(io, "tilt_deg"), calc_number(io, "azimuth_deg"), a.zenith_deg,
                                        a.azimuth_deg);
    if (calc_given(io, "tilt_deg")) calc_put(io, "incidence_deg", acos(fmax(-1, fmin(1, c))) / RAD);
    calc_put(io, "declination_deg", g.delta_deg);
    calc_put(io, "right_ascension_deg", g.alpha_deg);
    calc_put(io, "radius_au", g.R_au);
    calc_put(io, "sidereal_deg", g.sidereal_deg);
    calc_put(io, "nutation_deg", g.nutation_lon_deg);
    calc_put(io, "obliquity_deg", g.obliquity_deg);
    calc_put(io, "delta_t_s", g.delta_t_s);
    put_day(io, at_ms);
    return 0;
}

const struct calc_model calc_sun = {"sun",
                                    "where the sun stands, and when it rises and sets",
                                    "Reda & Andreas, Solar Position Algorithm, NREL/TP-560-34302, 2004 (all "
                                    "periodic terms; appendix A.2 for rise and set)",
                                    sun_in,
                                    sun_out,
                                    run_sun};

static const char *const sky_words[] = {"isotropic", "klucher", "hay_davies", "reindl", "perez", NULL};
// clang-format off
#define SKY_IN NUM("ghi_W_m2", 0, 1600, CALC_WANTED, "global horizontal irradiance"), NUM("dni_W_m2", 0, 1500, CALC_WANTED, "direct normal"), \
    NUM("dhi_W_m2", 0, 1200, CALC_WANTED, "diffuse horizontal")
#define PLANE_IN NUM("tilt_deg", 0, 180, CALC_WANTED, "0 = flat"), NUM("azimuth_deg", 0, 360, 180, "from north"), NUM("albedo_frac", 0, 1, 0.2, "of the ground"), \
    PICK("sky", sky_words, SKY_PEREZ, "model of the diffuse sky")
#define SUN_IN NUM("zenith_deg", 0, 180, CALC_WANTED, "of the sun, refracted"), NUM("sun_azimuth_deg", 0, 360, CALC_WANTED, "of the sun, from north")
#define OUTSIDE_IN NUM("extraterrestrial_W_m2", 1200, 1500, CALC_MAYBE, "normal, outside the air; else from the day"), \
    NUM("yearday", 1, 366, CALC_MAYBE, "day of the year")
static const struct calc_field irradiance_in[] = {SKY_IN, SUN_IN, PLANE_IN, OUTSIDE_IN,
    NUM("air_mass", 0, 40, CALC_MAYBE, "relative, for Perez; else Kasten & Young of the zenith"), END};
static const struct calc_field irradiance_out[] = {
    OUT("total_W_m2", "on the plane"), OUT("beam_W_m2", "of it direct"), OUT("sky_W_m2", "of it from the sky"), OUT("ground_W_m2", "of it from the ground"),
    OUT("incidence_deg", "angle of incidence"), END};
// clang-format on

static int outside_W_m2(struct calc_io *io, double constant_W_m2, double *value, struct err *e)
{
    *value = calc_number(io, "extraterrestrial_W_m2");
    if (!isnan(*value)) return 0;
    if (!calc_given(io, "yearday")) return calc_wrong(e, "yearday", "is missing (or give extraterrestrial_W_m2)");
    *value =
        irradiance_extraterrestrial_W_m2((int)calc_number(io, "yearday")) * constant_W_m2 / SOLAR_CONSTANT_W_M2;
    return 0;
}

static struct irradiance sky_of(const struct calc_io *io)
{
    return (struct irradiance){calc_number(io, "ghi_W_m2"), calc_number(io, "dni_W_m2"),
                               calc_number(io, "dhi_W_m2")};
}

static struct plane plane_of(const struct calc_io *io)
{
    return (struct plane){calc_number(io, "tilt_deg"), calc_number(io, "azimuth_deg"),
                          calc_number(io, "albedo_frac")};
}

static void put_plane(struct calc_io *io, const struct plane_irradiance *p)
{
    calc_put(io, "total_W_m2", p->total_W_m2);
    calc_put(io, "beam_W_m2", p->beam_W_m2);
    calc_put(io, "sky_W_m2", p->sky_W_m2);
    calc_put(io, "ground_W_m2", p->ground_W_m2);
    calc_put(io, "incidence_deg", acos(fmax(-1, fmin(1, p->cos_incidence))) / RAD);
}

static int run_irradiance(struct calc_io *io, struct err *e)
{
    struct irradiance s = sky_of(io);
    struct plane p = plane_of(io);
    double zenith = calc_number(io, "zenith_deg");
    struct sky_sun sun = {zenith, calc_number(io, "sun_azimuth_deg"), 0,
                          or_else(calc_number(io, "air_mass"), irradiance_air_mass(zenith))};
    if (outside_W_m2(io, SOLAR_CONSTANT_W_M2, &sun.extraterrestrial_W_m2, e)) return -1;
    struct plane_irradiance r = transpose((enum sky_model)calc_word(io, "sky"), &s, &p, &sun);
    put_plane(io, &r);
    return 0;
}

const struct calc_model calc_irradiance = {"irradiance",
                                           "what falls on a tilted plane",
                                           "Liu & Jordan 1963; Klucher 1979; Hay & Davies 1980; Reindl et al. "
                                           "1990; Perez et al. 1990 (all sites composite)",
                                           irradiance_in,
                                           irradiance_out,
                                           run_irradiance};

static const char *const split_words[] = {"erbs", "disc", "boland", "dirint", NULL};
enum { SPLIT_ERBS, SPLIT_DISC, SPLIT_BOLAND, SPLIT_DIRINT };
// clang-format off
static const struct calc_field split_in[] = {
    NUM("ghi_W_m2", 0, 1600, CALC_WANTED, "global horizontal irradiance"), NUM("zenith_deg", 0, 180, CALC_WANTED, "of the sun"),
    PICK("model", split_words, 0, "which decomposition"), OUTSIDE_IN,
    NUM("pressure_Pa", 30000, 110000, 101325, "for disc and dirint"),
    NUM("dew_degC", -60, 40, CALC_MAYBE, "dew point, for dirint; else of unknown humidity"),
    NUM("before_ghi_W_m2", 0, 1600, CALC_MAYBE, "of the record before, for dirint; else unknown"), NUM("before_zenith_deg", 0, 180, CALC_MAYBE, "of the sun then"),
    NUM("after_ghi_W_m2", 0, 1600, CALC_MAYBE, "of the record after, for dirint; else unknown"), NUM("after_zenith_deg", 0, 180, CALC_MAYBE, "of the sun then"),
    NUM("steepness", 1, 20, 8.645, "of boland's logistic"), NUM("middle_frac", 0, 1, 0.613, "clearness at which boland's half is diffuse"), END};
static const struct calc_field split_out[] = {OUT("dni_W_m2", "direct normal"), OUT("dhi_W_m2", "diffuse horizontal"),
    OUT("clearness_frac", "global over what would fall without air"), OUT("air_mass", "pressure-corrected, of disc and dirint"), END};
// clang-format on

/* The clearness of a neighbouring record for DIRINT; NAN when it is not given or the sun is too low. */
static int level_of(struct calc_io *io, const char *ghi_key, const char *zenith_key, double outside, double *level,
                    struct err *e)
{
    *level = (double)NAN;
    if (calc_given(io, ghi_key) != calc_given(io, zenith_key))
        return calc_wrong(e, calc_given(io, ghi_key) ? zenith_key : ghi_key, "is missing (give both or neither)");
    if (!calc_given(io, ghi_key)) return 0;
    struct split_disc d =
        split_disc(calc_number(io, ghi_key), calc_number(io, zenith_key), calc_number(io, "pressure_Pa"), outside);
    *level = split_clearness_level(d.clearness_frac, d.air_mass);
    return 0;
}

static int run_split(struct calc_io *io, struct err *e)
{
    double ghi = calc_number(io, "ghi_W_m2"), z = calc_number(io, "zenith_deg"), outside;
    int model = calc_word(io, "model");
    int disc = model == SPLIT_DISC || model == SPLIT_DIRINT;
    double before, after;
    if (outside_W_m2(io, disc ? SPLIT_DISC_CONSTANT : SOLAR_CONSTANT_W_M2, &outside, e)) return -1;
    if (level_of(io, "before_ghi_W_m2", "before_zenith_deg", outside, &before, e)) return -1;
    if (level_of(io, "after_ghi_W_m2", "after_zenith_deg", outside, &after, e)) return -1;
    struct split_disc d = split_disc(ghi, z, calc_number(io, "pressure_Pa"), outside);
    struct irradiance s = d.sky;
    if (model == SPLIT_DIRINT) s = split_dirint(&d, z, before, after, calc_number(io, "dew_degC"));
    if (model == SPLIT_ERBS) s = irradiance_erbs(ghi, z, outside);
    if (model == SPLIT_BOLAND)
        s = split_boland(ghi, z, outside, calc_number(io, "steepness"), calc_number(io, "middle_frac"));
    calc_put(io, "dni_W_m2", s.dni_W_m2);
    calc_put(io, "dhi_W_m2", s.dhi_W_m2);
    calc_put(io, "clearness_frac", d.clearness_frac);
    if (disc) calc_put(io, "air_mass", d.air_mass);
    return 0;
}

const struct calc_model calc_split = {"split",
                                      "from global to beam and diffuse",
                                      "Erbs, Klein & Duffie 1982; DISC: Maxwell, SERI/TR-215-3087, 1987; DIRINT: "
                                      "Perez et al. 1992; Boland et al. 2001",
                                      split_in,
                                      split_out,
                                      run_split};

static const char *const clear_words[] = {"ineichen", "haurwitz", "bird", "solis", NULL};
// clang-format off
static const struct calc_field clear_in[] = {
    NUM("zenith_deg", 0, 180, CALC_WANTED, "of the sun, refracted"), PICK("model", clear_words, 0, "which clear sky"), OUTSIDE_IN,
    NUM("altitude_m", -500, 9000, 0, "for ineichen"), NUM("linke", 1, 10, 3, "Linke turbidity, for ineichen"),
    NUM("air_mass", 0, 60, CALC_MAYBE, "ineichen: absolute; bird: relative; else Kasten & Young"),
    NUM("pressure_Pa", 30000, 110000, CALC_MAYBE, "else the standard atmosphere's at the altitude"),
    NUM("aod380", 0, 3, 0.15, "aerosol optical depth, bird"), NUM("aod500", 0, 3, 0.1, "aerosol optical depth, bird"),
    NUM("aod700", 0, 0.45, 0.1, "aerosol optical depth, solis"),
    NUM("water_cm", 0, 10, 1.4, "precipitable water"), NUM("ozone_cm", 0, 1, 0.3, "bird"), NUM("forward_frac", 0.5, 1, 0.85, "bird"),
    NUM("albedo_frac", 0, 1, 0.2, "of the ground, bird"), END};
static const struct calc_field clear_out[] = {OUT("ghi_W_m2", "global"), OUT("dni_W_m2", "direct normal"), OUT("dhi_W_m2", "diffuse"), END};
// clang-format on

static int run_clearsky(struct calc_io *io, struct err *e)
{
    double z = calc_number(io, "zenith_deg"), outside, altitude = calc_number(io, "altitude_m"),
           haurwitz = irradiance_haurwitz_W_m2(z);
    double pressure = or_else(calc_number(io, "pressure_Pa"), standard_pressure_Pa(altitude)),
           am = irradiance_air_mass(z);
    struct air a = {calc_number(io, "aod380"),      calc_number(io, "aod500"),      calc_number(io, "aod700"),
                    calc_number(io, "water_cm"),    calc_number(io, "ozone_cm"),    pressure,
                    calc_number(io, "albedo_frac"), calc_number(io, "forward_frac")};
    int model = calc_word(io, "model");
    struct irradiance s = {haurwitz, (double)NAN, (double)NAN};
    if (model != 1 && outside_W_m2(io, SOLAR_CONSTANT_W_M2, &outside, e)) return -1;
    if (model == 0)
        s = irradiance_ineichen(z, or_else(calc_number(io, "air_mass"), am * pressure / 101325),
                                calc_number(io, "linke"), altitude, outside);
    if (model == 2) s = clearsky_bird(z, or_else(calc_number(io, "air_mass"), am), &a, outside);
    if (model == 3) s = clearsky_solis(90 - z, &a, outside);
    calc_put(io, "ghi_W_m2", s.ghi_W_m2);
    calc_put(io, "dni_W_m2", s.dni_W_m2);
    calc_put(io, "dhi_W_m2", s.dhi_W_m2);
    return 0;
}

const struct calc_model calc_clearsky = {
    "clearsky",
    "what would fall without clouds",
    "Ineichen & Perez 2002; Haurwitz 1945; Bird & Hulstrom, SERI/TR-642-761, 1981; simplified Solis: Ineichen 2008",
    clear_in,
    clear_out,
    run_clearsky};

static const char *const heat_words[] = {"sapm", "faiman", "pvsyst", "ross", "noct", NULL};
// clang-format off
#define HEAT_IN \
    NUM("sapm_a", -6, -1, CALC_MAYBE, "sapm's coefficient a; else of glass on glass in an open rack, -3.47"), NUM("sapm_b_s_m", -1, 0, CALC_MAYBE, "its b; else -0.0594"), \
    NUM("cell_K", 0, 10, CALC_MAYBE, "its cell over module at 1000 W/m2; else 3"), NUM("u0_W_m2_K", 1, 100, CALC_MAYBE, "loss of faiman (else 25) and pvsyst (else 29)"), \
    NUM("u1_W_s_m3_K", 0, 50, CALC_MAYBE, "their loss by wind; else 6.84 and 0"), NUM("absorbed_frac", 0.1, 1, CALC_MAYBE, "pvsyst; else 0.9"), \
    NUM("module_eta_frac", 0, 0.5, CALC_MAYBE, "efficiency: pvsyst, else 0.1; noct, else 0.2"), NUM("noct_degC", 35, 65, CALC_MAYBE, "ross, noct; else 45")
static const struct calc_field pv_in[] = {
    TIME("time", "instant; of an hourly mean its middle"), PLACE, NUM("altitude_m", -500, 9000, 0, "height above the sea"), SKY_IN,
    NUM("temp_degC", -60, 60, CALC_WANTED, "outdoor air"), NUM("wind_m_s", 0, 60, 1, "at the array"), PLANE_IN,
    NUM("peak_W", 0, 1e9, CALC_WANTED, "DC rating at 1000 W/m2 and 25 degC"), NUM("temp_coeff_per_K", -0.02, 0.005, -0.0047, "of power"),
    NUM("loss_frac", 0, 1, 0.1408, "of the DC side: dirt, wiring, mismatch"), NUM("dc_ac_ratio", 0.3, 3, 1.2, "array rating over inverter rating"),
    NUM("inverter_eta_frac", 0.5, 1, 0.96, "nominal"), PICK("heat", heat_words, 0, "cell temperature model"), HEAT_IN, GLASS_IN, SHADE_IN, END};
static const struct calc_field pv_out[] = {
    OUT("ac_W", "from the inverter"), OUT("dc_W", "from the array"), OUT("cell_degC", "of the cells"), OUT("total_W_m2", "on the plane"), OUT("beam_W_m2", "of it direct"),
    OUT("sky_W_m2", "of it from the sky"), OUT("ground_W_m2", "of it from the ground"), OUT("incidence_deg", "angle of incidence"), OUT("pass_frac", "of the beam through the glass"), OUT("effective_W_m2", "behind the glass"),
    OUT("zenith_deg", "of the sun"), OUT("shade_frac", "of the array in the shadow of the row before it"), END};
// clang-format on

static int array_of(const struct calc_io *io, struct array *a, struct err *e)
{
    double peak = calc_number(io, "peak_W");
    *a = (struct array){.plane = plane_of(io),
                        .sky = (enum sky_model)calc_word(io, "sky"),
                        .glass = (enum array_glass)calc_word(io, "glass"),
                        .coat = module_coat(io),
                        .heat = pv_heat_usual(PV_SAPM),
                        .peak_W = peak,
                        .temp_coeff_per_K = calc_number(io, "temp_coeff_per_K"),
                        .loss_frac = calc_number(io, "loss_frac"),
                        .inverter_W = peak / calc_number(io, "dc_ac_ratio"),
                        .inverter_eta_frac = calc_number(io, "inverter_eta_frac"),
                        .row_cover_frac = calc_number(io, "row_cover_frac"),
                        .horizon_deg = calc_number(io, "horizon_deg")};
    return module_horizon(io, &a->horizon, e);
}

/* The usual coefficients of the model, or those given. */
static struct pv_heat heat_of(const struct calc_io *io)
{
    struct pv_heat h = pv_heat_usual((enum pv_thermal)calc_word(io, "heat"));
    struct {
        const char *key;
        double *to;
    } row[] = {{"sapm_a", &h.a},
               {"sapm_b_s_m", &h.b_s_m},
               {"cell_K", &h.cell_K},
               {"u0_W_m2_K", &h.u0_W_m2_K},
               {"u1_W_s_m3_K", &h.u1_W_s_m3_K},
               {"absorbed_frac", &h.absorbed_frac},
               {"module_eta_frac", &h.efficiency_frac},
               {"noct_degC", &h.noct_degC}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (calc_given(io, row[i].key)) *row[i].to = calc_number(io, row[i].key);
    return h;
}

static int run_pv(struct calc_io *io, struct err *e)
{
    int64_t at_ms = calc_time(io, "time");
    struct sun_angles a =
        sun_position(at_ms, calc_number(io, "lat_deg"), calc_number(io, "lon_deg"), calc_number(io, "altitude_m"));
    struct irradiance s = sky_of(io);
    struct sky_sun sun = {a.zenith_deg, a.azimuth_deg,
                          irradiance_extraterrestrial_W_m2(civil_at(NULL, at_ms).yearday),
                          irradiance_air_mass(a.zenith_deg)};
    struct array array;
    if (array_of(io, &array, e)) return -1;
    array.heat = heat_of(io);
    struct array_run r = array_run(&array, &s, &sun, calc_number(io, "temp_degC"), calc_number(io, "wind_m_s"));
    put_plane(io, &r.plane);
    calc_put(io, "pass_frac", array_glass_frac(array.glass, &array.coat, r.plane.cos_incidence));
    calc_put(io, "effective_W_m2", r.effective_W_m2);
    calc_put(io, "cell_degC", r.cell_degC);
    calc_put(io, "dc_W", r.dc_W);
    calc_put(io, "ac_W", r.ac_W);
    calc_put(io, "zenith_deg", a.zenith_deg);
    calc_put(io, "shade_frac", r.shade_frac);
    return 0;
}

const struct calc_model calc_pv = {
    "pv",
    "power of a photovoltaic array from sun and weather",
    "PVWatts version 5: Dobos, NREL/TP-6A20-62641, 2014; cell temperature: King et al. 2004, Faiman 2008, PVsyst, "
    "Ross 1976, SAM NOCT; glass: De Soto et al. 2006, Martin & Ruiz 2001",
    pv_in,
    pv_out,
    run_pv};

static const char *const mount_words[] = {"open_rack", "roof", NULL};
// clang-format off
static const struct calc_field pvyear_in[] = {
    TIME("start", "beginning of the first record"), NUM("step_s", 300, 3600, 3600, "length of a record; values are means over it"), PLACE, NUM("altitude_m", -500, 9000, 0, "height above the sea"),
    LIST("dni_W_m2", 0, 1500, "direct normal"), LIST("dhi_W_m2", 0, 1200, "diffuse horizontal"), LIST("temp_degC", -60, 60, "outdoor air"), LIST("wind_m_s", 0, 60, "at 10 m"), PLANE_IN,
    NUM("peak_W", 0, 1e9, CALC_WANTED, "DC rating at 1000 W/m2 and 25 degC"), NUM("temp_coeff_per_K", -0.02, 0.005, -0.0047, "of power"), NUM("loss_frac", 0, 1, 0.1408, "of the DC side"),
    NUM("dc_ac_ratio", 0.3, 3, 1.2, "array rating over inverter rating"), NUM("inverter_eta_frac", 0.5, 1, 0.96, "nominal"), GLASS_IN,
    PICK("mount", mount_words, 0, "nominal cell temperature as installed: open rack 45, close to a roof 49 degC"), NUM("noct_degC", 35, 65, CALC_MAYBE, "else by the mount"),
    SHADE_IN, END};
static const struct calc_field pvyear_out[] = {
    OUT("ac_kWh", "from the inverter, all records"), OUT("dc_kWh", "from the array"), OUT("plane_kWh_m2", "on the plane"), OUT("ac_W", "by the record"), OUT("cell_degC", "by the record"),
    OUT("plane_W_m2", "by the record"), END};
// clang-format on

static int run_pvyear(struct calc_io *io, struct err *e)
{
    static const char *const key[] = {"dni_W_m2", "dhi_W_m2", "temp_degC", "wind_m_s"};
    const double *in[4];
    int n, m;
    for (int k = 0; k < 4; k++) {
        in[k] = calc_series(io, key[k], &m);
        if (k && m != n) return calc_wrong(e, key[k], "has %d records, dni_W_m2 has %d", m, n);
        n = m;
    }
    struct array a;
    if (array_of(io, &a, e)) return -1;
    int64_t start = calc_time(io, "start"), step = (int64_t)(1000 * calc_number(io, "step_s"));
    double noct = calc_given(io, "noct_degC") ? calc_number(io, "noct_degC")
                  : calc_word(io, "mount")    ? 49
                                              : 45,
           ac = 0, dc = 0, plane = 0, hours = calc_number(io, "step_s") / 3600;
    struct fuentes heat = fuentes_make(noct, a.plane.tilt_deg);
    double *ac_W = calc_put_series(io, "ac_W", n), *cell = calc_put_series(io, "cell_degC", n),
           *on = calc_put_series(io, "plane_W_m2", n);
    for (int i = 0; i < n; i++) {
        int64_t at_ms = start + i * step;
        struct sun_angles s = sun_middle(at_ms, at_ms + step, calc_number(io, "lat_deg"),
                                         calc_number(io, "lon_deg"), calc_number(io, "altitude_m"));
        struct irradiance sky = {in[0][i] * fmax(0, cos(s.zenith_deg * RAD)) + in[1][i], in[0][i], in[1][i]};
        struct sky_sun sun = {s.zenith_deg, s.azimuth_deg,
                              irradiance_extraterrestrial_W_m2(civil_at(NULL, at_ms).yearday),
                              irradiance_air_mass(s.zenith_deg)};
        on[i] = transpose(a.sky, &sky, &a.plane, &sun).total_W_m2;
        cell[i] = fuentes_step_degC(&heat, on[i], in[2][i], in[3][i], 3600 * hours);
        struct array_run r = array_run_at(&a, &sky, &sun, cell[i]);
        ac_W[i] = r.ac_W, ac += r.ac_W * hours / 1000, dc += r.dc_W * hours / 1000, plane += on[i] * hours / 1000;
    }
    calc_put(io, "ac_kWh", ac);
    calc_put(io, "dc_kWh", dc);
    calc_put(io, "plane_kWh_m2", plane);
    return 0;
}

const struct calc_model calc_pvyear = {
    "pvyear",
    "a photovoltaic array over many records, modules with their own inertia",
    "PVWatts version 5: Dobos 2014; module temperature: Fuentes, SAND85-0330, 1987",
    pvyear_in,
    pvyear_out,
    run_pvyear};

static const char *const inverter_words[] = {"pvwatts", "sandia", NULL};
// clang-format off
static const struct calc_field inverter_in[] = {
    PICK("model", inverter_words, 0, "which curve"), NUM("dc_W", 0, 1e9, CALC_WANTED, "into the inverter"),
    NUM("rating_dc_W", 0.001, 1e9, CALC_MAYBE, "pvwatts: DC input at full output"), NUM("eta_nominal_frac", 0.5, 1, 0.96, "pvwatts"),
    NUM("dc_V", 0, 2000, CALC_MAYBE, "sandia: DC voltage"), NUM("Paco_W", 0, 1e9, CALC_MAYBE, "sandia: AC rating"), NUM("Pdco_W", 0, 1e9, CALC_MAYBE, "sandia: DC power at it"),
    NUM("Vdco_V", 0, 2000, CALC_MAYBE, "sandia: DC voltage at it"), NUM("Pso_W", 0, 1e6, CALC_MAYBE, "sandia: power to start"), NUM("Pnt_W", 0, 1e6, 0, "sandia: taken at night"),
    NUM("C0_per_W", -1, 1, 0, "sandia: curvature"), NUM("C1_per_V", -1, 1, 0, "sandia"), NUM("C2_per_V", -1, 1, 0, "sandia"), NUM("C3_per_V", -1, 1, 0, "sandia"), END};
static const struct calc_field inverter_out[] = {OUT("ac_W", "out of the inverter"), OUT("eta_frac", "AC over DC"), END};
// clang-format on

static int run_inverter(struct calc_io *io, struct err *e)
{
    static const char *const wanted[] = {"dc_V", "Paco_W", "Pdco_W", "Vdco_V", "Pso_W", NULL};
    double dc = calc_number(io, "dc_W"), ac;
    int sandia = calc_word(io, "model");
    for (int i = 0; sandia && wanted[i]; i++)
        if (!calc_given(io, wanted[i])) return calc_wrong(e, wanted[i], "is missing (the Sandia curve wants it)");
    if (!sandia && !calc_given(io, "rating_dc_W"))
        return calc_wrong(e, "rating_dc_W", "is missing (the PVWatts curve wants it)");
    struct pv_sandia s = {calc_number(io, "Paco_W"),   calc_number(io, "Pdco_W"),   calc_number(io, "Pso_W"),
                          calc_number(io, "Pnt_W"),    calc_number(io, "Vdco_V"),   calc_number(io, "C0_per_W"),
                          calc_number(io, "C1_per_V"), calc_number(io, "C2_per_V"), calc_number(io, "C3_per_V")};
    ac = sandia ? pv_sandia_W(&s, calc_number(io, "dc_V"), dc)
                : pv_ac_W(dc, calc_number(io, "rating_dc_W"), calc_number(io, "eta_nominal_frac"));
    calc_put(io, "ac_W", ac);
    calc_put(io, "eta_frac", dc > 0 ? ac / dc : (double)NAN);
    return 0;
}

const struct calc_model calc_inverter = {
    "inverter",  "AC out of DC", "PVWatts 5: Dobos 2014; Sandia: King et al., SAND2007-5036, 2007",
    inverter_in, inverter_out,   run_inverter};

// clang-format off
static const struct calc_field tracker_in[] = {
    SUN_IN, NUM("axis_azimuth_deg", 0, 360, 180, "which way the axis points"), NUM("axis_tilt_deg", -90, 90, CALC_MAYBE, "of the axis; else of the slope along it"),
    NUM("cross_tilt_deg", -90, 90, CALC_MAYBE, "of the ground across the axis; else of the slope"), NUM("slope_azimuth_deg", 0, 360, 180, "which way the ground falls"),
    NUM("slope_tilt_deg", 0, 89, 0, "of the ground"), NUM("max_deg", 0, 180, 60, "widest turn"), NUM("cover_frac", 0.01, 1, 0.35, "collector width over row distance"),
    COUNT("backtrack", 0, 1, 1, "1: turn back rather than shade"), END};
static const struct calc_field tracker_out[] = {OUT("turn_deg", "about the axis, right-handed"), OUT("tilt_deg", "of the plane"), OUT("azimuth_deg", "of the plane from north"),
    OUT("incidence_deg", "angle of incidence"), OUT("axis_tilt_deg", "used"), OUT("cross_tilt_deg", "used"), END};
// clang-format on

static int run_tracker(struct calc_io *io, struct err *e)
{
    (void)e;
    double sa = calc_number(io, "slope_azimuth_deg"), st = calc_number(io, "slope_tilt_deg"),
           aa = calc_number(io, "axis_azimuth_deg");
    struct tracker t = {.axis_azimuth_deg = aa,
                        .max_deg = calc_number(io, "max_deg"),
                        .cover_frac = calc_number(io, "cover_frac"),
                        .backtrack = calc_number(io, "backtrack") > 0.5};
    t.axis_tilt_deg = or_else(calc_number(io, "axis_tilt_deg"), tracker_axis_tilt_deg(sa, st, aa));
    t.cross_tilt_deg =
        or_else(calc_number(io, "cross_tilt_deg"), tracker_cross_tilt_deg(sa, st, aa, t.axis_tilt_deg));
    struct tracker_turn r = tracker_at(&t, calc_number(io, "zenith_deg"), calc_number(io, "sun_azimuth_deg"));
    calc_put(io, "turn_deg", r.turn_deg);
    calc_put(io, "tilt_deg", r.tilt_deg);
    calc_put(io, "azimuth_deg", r.azimuth_deg);
    calc_put(io, "incidence_deg", r.incidence_deg);
    calc_put(io, "axis_tilt_deg", t.axis_tilt_deg);
    calc_put(io, "cross_tilt_deg", t.cross_tilt_deg);
    return 0;
}

const struct calc_model calc_tracker = {"tracker",
                                        "how a single-axis tracker stands",
                                        "Anderson & Mikofski, NREL/TP-5K00-76626, 2020",
                                        tracker_in,
                                        tracker_out,
                                        run_tracker};
