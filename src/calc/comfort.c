/* Comfort and safety: the tables of `kend calc` comfort, overheating and outage over src/physics/comfort.c and building.c. */
#include "physics/comfort.h"
#include "base/arena.h"
#include "base/err.h"
#include "calc/rows.h"
#include "physics/building.h"

static const char *const edition_words[] = {"2020", "2017", NULL}, *const posture_words[] = {"standing", "sitting",
                                                                                             NULL};
// clang-format off
static const struct calc_field comfort_in[] = {
    NUM("air_degC", -30, 60, CALC_WANTED, "of the room"), NUM("radiant_degC", -30, 80, CALC_MAYBE, "mean radiant; else the air's"), NUM("wind_m_s", 0, 5, 0.1, "air speed"),
    NUM("humidity_frac", 0, 1, 0.5, "relative"), NUM("met", 0.7, 8, 1.1, "activity"), NUM("clo", 0, 5, 0.7, "clothing"), NUM("running_mean_degC", -30, 40, CALC_MAYBE, "outdoor, for the adaptive band"),
    COUNT("category", 1, 3, 2, "of EN 16798-1"), NUM("fan_m_s", 0, 2, 0, "fans that people switch"), COUNT("summer", 0, 1, 0, "fixed band of summer, else of winter"),
    PICK("edition", edition_words, COMFORT_2020, "of ASHRAE 55"), PICK("posture", posture_words, COMFORT_STANDING, "since the edition of 2020"), END};
static const struct calc_field comfort_out[] = {
    OUT("set_degC", "standard effective temperature"), OUT("skin_degC", "after an hour"), OUT("core_degC", "after an hour"), OUT("wetted_frac", "of the skin"),
    OUT("middle_degC", "of the band"), OUT("low_degC", "of the band"), OUT("high_degC", "of the band"), OUT("inside", "1: the operative temperature lies in the band"), END};
// clang-format on

static int run_comfort(struct calc_io *io, struct err *e)
{
    (void)e;
    double air = calc_number(io, "air_degC"),
           radiant = calc_given(io, "radiant_degC") ? calc_number(io, "radiant_degC") : air,
           operative = (air + radiant) / 2;
    struct comfort_person p = {air,
                               radiant,
                               calc_number(io, "wind_m_s"),
                               calc_number(io, "humidity_frac"),
                               calc_number(io, "met"),
                               calc_number(io, "clo"),
                               (enum comfort_edition)calc_word(io, "edition"),
                               (enum comfort_posture)calc_word(io, "posture")};
    struct comfort_body b = comfort_set(&p);
    int category = (int)calc_number(io, "category");
    struct comfort_band band =
        calc_given(io, "running_mean_degC")
            ? comfort_adaptive(calc_number(io, "running_mean_degC"), category, calc_number(io, "fan_m_s"))
            : comfort_fixed(calc_number(io, "summer") > 0.5, category);
    calc_put(io, "set_degC", b.set_degC);
    calc_put(io, "skin_degC", b.skin_degC);
    calc_put(io, "core_degC", b.core_degC);
    calc_put(io, "wetted_frac", b.wetted_frac);
    calc_put(io, "middle_degC", band.middle_degC);
    calc_put(io, "low_degC", band.low_degC);
    calc_put(io, "high_degC", band.high_degC);
    calc_put(io, "inside", operative >= band.low_degC && operative <= band.high_degC);
    return 0;
}

const struct calc_model calc_comfort = {
    "comfort",
    "standard effective temperature, and the comfort band of EN 16798-1",
    "ASHRAE 55 appendix D, editions 2020 and 2017 (Gagge et al. 1986); EN 16798-1:2019 annex B",
    comfort_in,
    comfort_out,
    run_comfort};

// clang-format off
static const struct calc_field overheating_in[] = {
    LIST("operative_degC", -30, 60, "by the hour from midnight, May to September for TM52"), LIST("out_degC", -40, 60, "outdoor air by the hour"),
    LIST_MAYBE("occupied", 0, 1, "people in, by the hour; else always"), NUM("running_mean_degC", -30, 40, CALC_MAYBE, "of the first day; else the first day's mean"), END};
static const struct calc_field overheating_out[] = {
    OUT("over_frac", "hours with at least 1 K above the limit; TM52 allows 3 %"), OUT("worst_day_K_h", "weighted excess of the worst day; TM52 allows 6"), OUT("worst_K", "greatest excess; TM52 allows 4"),
    OUT("failed", "criteria of TM52 failed; 2 or more overheat"), OUT("night_over_frac", "hours from 22 to 7 above 26 degC; TM59 allows 1 % in bedrooms"), END};
// clang-format on

static int run_overheating(struct calc_io *io, struct err *e)
{
    int n, m, k;
    const double *op = calc_series(io, "operative_degC", &n), *out = calc_series(io, "out_degC", &m),
                 *occupied = calc_series(io, "occupied", &k);
    if (m != n) return calc_wrong(e, "out_degC", "has %d hours, operative_degC has %d", m, n);
    if (k && k != n) return calc_wrong(e, "occupied", "has %d hours, operative_degC has %d", k, n);
    if (n < 24) return calc_wrong(e, "operative_degC", "wants at least 24 hours");
    double *running = ARENA_NEW(io->arena, double, n), mean = 0;
    for (int d = 0; 24 * d < n; d++) {
        double now = d ? comfort_running_mean(running[24 * d - 1], mean) : calc_number(io, "running_mean_degC"),
               sum = 0;
        int hours = n - 24 * d < 24 ? n - 24 * d : 24;
        for (int h = 0; h < hours; h++) sum += out[24 * d + h];
        mean = sum / hours;
        if (isnan(now)) now = mean;
        for (int h = 0; h < hours; h++) running[24 * d + h] = now;
    }
    struct comfort_tm52 r = comfort_tm52(op, running, k ? occupied : NULL, n);
    calc_put(io, "over_frac", r.over_frac);
    calc_put(io, "worst_day_K_h", r.worst_day_K_h);
    calc_put(io, "worst_K", r.worst_K);
    calc_put(io, "failed", r.failed);
    calc_put(io, "night_over_frac", comfort_tm59_frac(op, n));
    return 0;
}

const struct calc_model calc_overheating = {"overheating",
                                            "overheating of a home by TM52 and TM59",
                                            "CIBSE TM52:2013; CIBSE TM59:2017 criterion b",
                                            overheating_in,
                                            overheating_out,
                                            run_overheating};

// clang-format off
static const struct calc_field outage_in[] = {
    LIST("out_degC", -60, 60, "outdoor air by the hour from the moment the power fails"), LIST_MAYBE("solar_W", 0, 1e6, "through windows, by the hour"), NUM("start_degC", -20, 50, 20, "room and walls at the start"),
    NUM("floor_m2", 5, 1e5, CALC_WANTED, "of the home"), NUM("opaque_W_K", 0.1, 1e5, CALC_WANTED, "conductance of walls, roof, floor"), NUM("window_W_K", 0, 1e5, CALC_WANTED, "conductance of windows"),
    NUM("vent_W_K", 0.1, 1e5, CALC_WANTED, "conductance of air exchange"), COUNT("mass", 0, 4, 2, "class of ISO 13790: 0 very light .. 4 very heavy"), NUM("internal_W", 0, 1e5, 100, "people"),
    NUM("humidity_frac", 0, 1, 0.5, "in the room"), NUM("clo", 0, 5, 1.3, "clothing"), NUM("met", 0.7, 8, 1, "activity"), NUM("low_degC", 0, 25, 12.2, "least safe SET"), NUM("high_degC", 25, 40, 30, "highest safe SET"), END};
static const struct calc_field outage_out[] = {OUT("hours_safe", "until SET leaves the band, or all hours"), OUT("unsafe_K_h", "degree-hours outside the band"), OUT("lowest_set_degC", "of all hours"),
    OUT("highest_set_degC", "of all hours"), OUT("operative_degC", "by the hour"), OUT("set_degC", "by the hour"), END};
// clang-format on

static int run_outage(struct calc_io *io, struct err *e)
{
    int n, m;
    const double *out = calc_series(io, "out_degC", &n), *sun = calc_series(io, "solar_W", &m);
    if (m && m != n) return calc_wrong(e, "solar_W", "has %d hours, out_degC has %d", m, n);
    struct building b =
        building_make(calc_number(io, "floor_m2"), calc_number(io, "opaque_W_K"), calc_number(io, "window_W_K"),
                      calc_number(io, "vent_W_K"), (enum building_mass)(int)calc_number(io, "mass"));
    struct building_modes modes = building_modes(&b);
    double air = calc_number(io, "start_degC"), mass = air, low = calc_number(io, "low_degC"),
           high = calc_number(io, "high_degC"), unsafe = 0, least = INFINITY, most = -INFINITY;
    double *op = calc_put_series(io, "operative_degC", n), *set = calc_put_series(io, "set_degC", n);
    int safe = n;
    for (int i = 0; i < n; i++) {
        struct building_gains g = building_split(&b, calc_number(io, "internal_W"), m ? sun[i] : 0);
        building_step(&modes, 3600, building_inflow(&b, out[i], &g), &air, &mass, NULL);
        op[i] = building_operative_degC(&modes, air, mass, out[i], g.surface_W);
        /* As far as the model of a body goes (the range of `kend calc comfort`); beyond it nobody is safe. */
        struct comfort_person p = {fmin(60, fmax(-30, air)),
                                   fmin(80, fmax(-30, 2 * op[i] - air)),
                                   0.1,
                                   calc_number(io, "humidity_frac"),
                                   calc_number(io, "met"),
                                   calc_number(io, "clo")};
        set[i] = comfort_set(&p).set_degC;
        double off = fmax(0, low - set[i]) + fmax(0, set[i] - high);
        if (off > 0 && safe == n) safe = i;
        unsafe += off, least = fmin(least, set[i]), most = fmax(most, set[i]);
    }
    calc_put(io, "hours_safe", safe);
    calc_put(io, "unsafe_K_h", unsafe);
    calc_put(io, "lowest_set_degC", least);
    calc_put(io, "highest_set_degC", most);
    return 0;
}

const struct calc_model calc_outage = {
    "outage",
    "hours of safety of a home in a cold or heat wave without power",
    "LEED IPpc100: SET from 12.2 to 30 degC; two-state ISO 13790 home; SET as in comfort",
    outage_in,
    outage_out,
    run_outage};
