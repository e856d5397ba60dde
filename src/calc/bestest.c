/* `kend calc bestest`: the cases of ANSI/ASHRAE Standard 140-2023 (600 and 900 series) over src/physics/zone.c for a year of an EPW file; every figure of a case can be
 * changed by its own key, so that other cases of the same kind are a case and a few keys. */
#include "calc/bestest.h"
#include "base/arena.h"
#include "base/err.h"
#include "calc/rows.h"
#include "physics/sun.h"
#include "world/csv.h"
#include <string.h>

const char *const bestest_case_words[] = {
    "600", "610", "620", "630", "640", "650", "660", "670",   "680",   "685",   "695",   "900",   "910",   "920",
    "930", "940", "950", "960", "980", "985", "995", "600FF", "650FF", "680FF", "900FF", "950FF", "980FF", NULL};
static const char *const glass_words[] = {"case", "double_clear", "low_e", "single", NULL};
// clang-format off
const struct calc_field bestest_in[] = {
    PICK("case", bestest_case_words, CALC_WANTED, "case of the standard"), TEXT("epw", CALC_WANTED, "weather of the year, EPW with one record an hour (the standard's is 725650TYCST.epw)"),
    LIST_MAYBE("wall_layers", 0, 1e5, "outside first, four numbers each: thickness m, conductivity W/(m K), density kg/m3, heat J/(kg K); else the case's"),
    LIST_MAYBE("roof_layers", 0, 1e5, "the same"), LIST_MAYBE("floor_layers", 0, 1e5, "the same"), PICK("glass", glass_words, 0, "of the windows"),
    NUM("south_windows", 0, 4, CALC_MAYBE, "windows of 3 x 2 m"), NUM("east_windows", 0, 2, CALC_MAYBE, "windows of 3 x 2 m"), NUM("west_windows", 0, 2, CALC_MAYBE, "windows of 3 x 2 m"),
    NUM("overhang_m", 0, 3, CALC_MAYBE, "depth of a plate 0.5 m above the windows"), NUM("fin_m", 0, 3, CALC_MAYBE, "depth of plates beside the windows"),
    NUM("heat_set_degC", -50, 40, CALC_MAYBE, "of the air"), NUM("cool_set_degC", 0, 100, CALC_MAYBE, "of the air"), NUM("leak_per_h", 0, 10, 0.414, "air changes at sea-level density"),
    NUM("gain_W", 0, 10000, 200, "inside, 60 % radiant"), NUM("absorbed_frac", 0, 1, 0.6, "of the sun, outside and inside"), NUM("emittance", 0.01, 1, 0.9, "long wave, outside and inside"),
    NUM("albedo_frac", 0, 1, 0.2, "of the ground"), NUM("ground_degC", -20, 40, 10, "below the floor"), NUM("steps_per_h", 1, 60, 6, "time steps an hour"), END};
static const struct calc_field bestest_out[] = {
    OUT("heating_MWh", "of the year"), OUT("cooling_MWh", "of the year"), OUT("peak_heating_kW", "hourly mean"), OUT("peak_cooling_kW", "hourly mean"), OUT("peak_heating_hour", "of the year, 1 to 8760"),
    OUT("peak_cooling_hour", "of the year"), OUT("max_degC", "highest hourly air temperature"), OUT("min_degC", "lowest"), OUT("mean_degC", "of the year"), OUT("max_hour", "of the year"), OUT("min_hour", "of the year"),
    OUT("sun_kWh", "through the windows"), END};
// clang-format on

static int data_hour(struct bestest_weather *h, const struct csv *c, struct err *e)
{
    static const struct {
        int field;
        const char *name;
        double lo, hi;
    } row[] = {{6, "dry-bulb temperature", -90, 70},
               {12, "infrared from the sky", 0, 1000},
               {13, "global radiation", 0, 1600},
               {14, "direct normal radiation", 0, 1600},
               {15, "diffuse radiation", 0, 1400},
               {20, "wind direction", 0, 360},
               {21, "wind speed", 0, 60}};
    double v[7];
    for (int i = 0; i < 7; i++) {
        if (c->n <= row[i].field)
            return err_at(e, c->path, c->number, 0, "the line has %d fields: broken or cut short", c->n);
        if (csv_number(c, row[i].field, row[i].name, &v[i], e)) return -1;
        if (v[i] < row[i].lo || v[i] > row[i].hi)
            return err_at(e, c->path, c->number, c->col[row[i].field], "%s %g is missing or out of range",
                          row[i].name, v[i]);
    }
    *h = (struct bestest_weather){
        v[0], pow(fmax(v[1], 50) / 5.6697e-8, 0.25) - 273.15, v[6], v[5], {v[2], v[3], v[4]}, 0};
    return 0;
}

int bestest_read(struct bestest_year *y, const char *path, struct err *e)
{
    struct csv c;
    int n = 0, got, started = 0, bad = 0;
    if (csv_open(&c, path, e)) return -1;
    while (!bad && (got = csv_next(&c, e)) > 0) {
        if (c.number == 1 && (bad = strcmp(c.field[0], "LOCATION") != 0))
            err_at(e, path, 1, 1, "an EPW file starts with LOCATION");
        else if (c.number == 1)
            bad = csv_number(&c, 6, "latitude", &y->lat_deg, e) || csv_number(&c, 7, "longitude", &y->lon_deg, e) ||
                  csv_number(&c, 8, "time zone", &y->utc_offset_h, e) ||
                  csv_number(&c, 9, "elevation", &y->altitude_m, e);
        else if (started && n < 8760)
            bad = data_hour(&y->hour[n], &c, e), y->hour[n].yearday = n / 24 + 1, n++;
        else if (!strcmp(c.field[0], "DATA PERIODS"))
            started = 1;
    }
    csv_close(&c);
    if (bad || got < 0) return -1;
    return n == 8760 ? 0 : err_at(e, path, 0, 0, "%d hours, 8760 are wanted", n);
}

struct bestest_build bestest_build(const char *name)
{
    int number = (name[0] - '0') * 100 + (name[1] - '0') * 10 + (name[2] - '0'), kind = number % 100;
    struct bestest_build b = {
        .heavy = number >= 900, .south = 2, .glass = 1, .heat_degC = 20, .cool_degC = 27, .low = name[3] == 'F'};
    if (kind == 20 || kind == 30) b.south = 0, b.sides = 1;
    if (kind == 10 || kind == 30) b.overhang_m = 1;
    if (kind == 30) b.fin_m = 1;
    if (kind == 40) b.setback = 1;
    if (kind == 50) b.night = 1, b.heat_degC = -INFINITY;
    if (kind == 60 && !b.heavy) b.glass = 2;
    if (number == 960) b.sunspace = 1, b.heavy = 0, b.south = 0;
    if (kind == 70) b.glass = 3;
    if (kind == 80 || kind == 95) b.insulated = 1;
    if (kind == 85 || kind == 95) b.cool_degC = 20;
    if (b.low) b.heat_degC = -INFINITY, b.cool_degC = INFINITY;
    return b;
}

// clang-format off
#define SIDING {0.009, 0.140, 530, 900}
#define BOARD {0.012, 0.160, 950, 840}
#define BLOCK {0.100, 0.510, 1400, 1000}
static const struct zone_layer walls[2][2][3] = { /* heavy, insulated */
    {{SIDING, {0.066, 0.040, 12, 840}, BOARD}, {SIDING, {0.25, 0.040, 10, 1400}, BOARD}},
    {{SIDING, {0.0615, 0.040, 10, 1400}, BLOCK}, {SIDING, {0.2452, 0.040, 10, 1400}, BLOCK}}};
static const struct zone_layer roofs[2][3] = {
    {{0.019, 0.140, 530, 900}, {0.1118, 0.040, 12, 840}, {0.010, 0.160, 950, 840}}, {{0.019, 0.140, 530, 900}, {0.4, 0.040, 12, 840}, {0.010, 0.160, 950, 840}}};
static const struct zone_layer floors[2][2] = {{{1.003, 0.040, 0, 0}, {0.025, 0.140, 650, 1200}}, {{1.007, 0.040, 0, 0}, {0.080, 1.130, 1400, 1000}}};
#define CLEAR_PANE {0.003048, 1.0, 0.834, 0.075, 0.075, 0.84, 0.84}
#define COATED_PANE {0.00318, 1.0, 0.452, 0.359, 0.397, 0.84, 0.047}
static const struct zone_glazing glasses[3] = {{2, {CLEAR_PANE, CLEAR_PANE}, 0.012, 0}, {2, {COATED_PANE, CLEAR_PANE}, 0.012, 1}, {1, {CLEAR_PANE}, 0, 0}};
// clang-format on

static const struct zone_layer between = {0.2, 0.51, 1400, 1000};
enum { SHARED_WALL = 4 }; /* floor, roof, north, east, then south */

/* Layers from a list of fours, else those of the case. */
static int layers_of(const struct calc_io *io, const char *key, const struct zone_layer *usual, int n_usual,
                     struct zone_layer *to, struct err *e)
{
    int n;
    const double *v = calc_series(io, key, &n);
    if (!n) return memcpy(to, usual, sizeof *to * (size_t)n_usual), n_usual;
    if (n % 4 || n / 4 > ZONE_LAYERS)
        return calc_wrong(e, key, "wants up to %d layers of four numbers, has %d numbers", ZONE_LAYERS, n);
    for (int i = 0; i < n / 4; i++) {
        to[i] = (struct zone_layer){v[4 * i], v[4 * i + 1], v[4 * i + 2], v[4 * i + 3]};
        if (to[i].thick_m <= 0 || to[i].conductivity_W_m_K <= 0)
            return calc_wrong(e, key, "layer %d has no thickness or no conductivity", i + 1);
    }
    return n / 4;
}

static void give(const struct calc_io *io, const char *key, double *to)
{
    if (calc_given(io, key)) *to = calc_number(io, key);
}

int bestest_zone(struct calc_io *io, struct zone *z, struct bestest_build *b, struct err *e)
{
    struct zone_layer wall[ZONE_LAYERS], roof[ZONE_LAYERS], base[ZONE_LAYERS];
    int n_wall = layers_of(io, "wall_layers", walls[b->heavy][b->insulated], 3, wall, e),
        n_roof = layers_of(io, "roof_layers", roofs[b->insulated], 3, roof, e);
    int n_floor = layers_of(io, "floor_layers", floors[b->heavy], 2, base, e), glass = calc_word(io, "glass");
    if (n_wall < 0 || n_roof < 0 || n_floor < 0) return -1;
    double count[4] = {0, b->sides, b->south, b->sides}, start = b->low ? 15 : 20;
    give(io, "east_windows", &count[1]);
    give(io, "south_windows", &count[2]);
    give(io, "west_windows", &count[3]);
    give(io, "overhang_m", &b->overhang_m);
    give(io, "fin_m", &b->fin_m);
    give(io, "heat_set_degC", &b->heat_degC);
    give(io, "cool_set_degC", &b->cool_degC);
    struct zone_shade shade = {b->overhang_m, 0.5, b->fin_m > 0 ? 0 : 0.5, b->fin_m};
    *z = (struct zone){.volume_m3 = 129.6,
                       .air_degC = start,
                       .radiant_degC = start,
                       .absorbed_inside_frac = calc_number(io, "absorbed_frac")};
    z->floor = 0;
    zone_add(z, ZONE_GROUND, 48, 180, 0, base, n_floor, start)->ground_degC = calc_number(io, "ground_degC");
    zone_add(z, ZONE_WALL, 48, 0, 0, roof, n_roof, start);
    for (int side = 0; side < 4; side++) {
        double area = (side % 2 ? 16.2 : 21.6) - 6 * floor(count[side]);
        if (area < 0) return calc_wrong(e, side == 2 ? "south_windows" : "east_windows", "do not fit the wall");
        if (b->sunspace && side == 2)
            zone_add(z, ZONE_SHARED, area, 90, 180, &between, 1, start);
        else if (area > 0)
            zone_add(z, ZONE_WALL, area, 90, 90 * side, wall, n_wall, start);
        if (count[side] >= 1)
            zone_add_window(z, 3, 2, (int)count[side], 90 * side, &glasses[(glass ? glass : b->glass) - 1], &shade,
                            start);
    }
    for (int i = 0; i < z->n; i++)
        if (z->surface[i].kind != ZONE_WINDOW)
            z->surface[i].absorbed_frac = calc_number(io, "absorbed_frac"),
            z->surface[i].emittance = calc_number(io, "emittance");
    const double air_J_m3_K = 1.2041 * 1006; /* sea level; air changes of the standard are corrected for altitude */
    z->leak_W_K = air_J_m3_K * z->volume_m3 * calc_number(io, "leak_per_h") / 3600;
    z->air_J_K = air_J_m3_K * 0.82 * z->volume_m3;
    zone_ready(z);
    return 0;
}

/* Case 960: the sun space before the back zone: heavy, with the windows, unheated. Its face to the back zone is surface 2. */
static void make_sunspace(struct calc_io *io, struct zone *s)
{
    static const struct zone_shade none = {0};
    *s = (struct zone){.volume_m3 = 43.2,
                       .air_degC = 20,
                       .radiant_degC = 20,
                       .absorbed_inside_frac = calc_number(io, "absorbed_frac")};
    zone_add(s, ZONE_GROUND, 16, 180, 0, floors[1], 2, 20)->ground_degC = calc_number(io, "ground_degC");
    zone_add(s, ZONE_WALL, 16, 0, 0, roofs[0], 3, 20);
    zone_add(s, ZONE_FACE, 21.6, 90, 0, NULL, 0, 20);
    zone_add(s, ZONE_WALL, 5.4, 90, 90, walls[1][0], 3, 20);
    zone_add(s, ZONE_WALL, 9.6, 90, 180, walls[1][0], 3, 20);
    zone_add(s, ZONE_WALL, 5.4, 90, 270, walls[1][0], 3, 20);
    zone_add_window(s, 3, 2, 2, 180, &glasses[0], &none, 20);
    s->leak_W_K = 1.2041 * 1006 * s->volume_m3 * calc_number(io, "leak_per_h") / 3600;
    s->air_J_K = 1.2041 * 1006 * 0.82 * s->volume_m3;
    zone_ready(s);
}

static struct zone_hold hold_of(const struct bestest_build *b, const struct calc_io *io, double clock_h)
{
    double gain = calc_number(io, "gain_W");
    struct zone_hold h = {b->heat_degC, b->cool_degC, 0, 0.4 * gain, 0.6 * gain};
    if (b->setback) h.heat_degC = clock_h < 7 || clock_h >= 23 ? 10 : clock_h < 8 ? 10 + 10 * (clock_h - 7) : 20;
    if (b->night) {
        int open = clock_h < 7 || clock_h >= 18;
        h.vent_W_K = open ? 1409.0 / 3600 * 1.2041 * 1006 : 0;
        if (open) h.cool_degC = INFINITY;
    }
    return h;
}

static void end_hour(struct bestest_totals *t, int hour, int counted)
{
    double w = t->hour_J / 3600;
    if (counted) {
        if (w > t->peak_heat_W) t->peak_heat_W = w, t->heat_hour = hour + 1;
        if (-w > t->peak_cool_W) t->peak_cool_W = -w, t->cool_hour = hour + 1;
        if (t->hour_degC > t->max_degC) t->max_degC = t->hour_degC, t->max_hour = hour + 1;
        if (t->hour_degC < t->min_degC) t->min_degC = t->hour_degC, t->min_hour = hour + 1;
        t->mean_degC += t->hour_degC / 8760;
    }
    t->hour_J = t->hour_degC = 0;
}

void bestest_hour(struct calc_io *io, struct zone *z, struct zone *space, const struct bestest_build *b,
                  const struct bestest_year *y, int hour, int steps, struct bestest_totals *t)
{
    const struct bestest_weather *now = &y->hour[hour];
    struct sun_place place = {y->lat_deg, y->lon_deg, y->altitude_m, 83000, 10, 0.5667};
    double jd0 = 2457754.5 - y->utc_offset_h / 24, dt_s = 3600.0 / steps; /* 2017 */
    for (int k = 0; k < steps; k++) {
        double part = (k + 0.5) / steps, jd = jd0 + (hour + part) / 24, sun_W;
        struct sun_geocentric g = sun_geocentric(jd, 69);
        struct sun_angles s = sun_topocentric(&g, &place);
        struct zone_weather w = {now->air_degC,
                                 now->sky_degC,
                                 now->wind_m_s,
                                 now->wind_from_deg,
                                 s.zenith_deg,
                                 s.azimuth_deg,
                                 now->sky,
                                 irradiance_extraterrestrial_W_m2(now->yearday),
                                 calc_number(io, "albedo_frac")};
        if (s.zenith_deg >= 89.5) w.sky.dni_W_m2 = 0;
        w.sky.ghi_W_m2 = w.sky.dhi_W_m2 + w.sky.dni_W_m2 * fmax(0, cos(s.zenith_deg * M_PI / 180));
        struct zone_hold hold = hold_of(b, io, hour % 24 + part);
        if (space) {
            static const struct zone_hold free_space = {-INFINITY, INFINITY, 0, 0, 0};
            zone_couple(z, SHARED_WALL, space, 2);
            zone_step(space, &w, &free_space, dt_s, NULL);
        }
        double heat_W = zone_step(z, &w, &hold, dt_s, &sun_W);
        t->heat_J += fmax(0, heat_W) * dt_s, t->cool_J += fmax(0, -heat_W) * dt_s, t->sun_J += sun_W * dt_s;
        t->hour_J += heat_W * dt_s, t->hour_degC += z->air_degC / steps;
    }
}

static int run_bestest(struct calc_io *io, struct err *e)
{
    enum { WARM_DAYS = 20 };
    struct bestest_year *y = ARENA_NEW(io->arena, struct bestest_year, 1);
    struct zone *z = ARENA_NEW(io->arena, struct zone, 1);
    struct bestest_build b = bestest_build(bestest_case_words[calc_word(io, "case")]);
    struct err why = {0};
    char line[700];
    if (bestest_read(y, calc_text(io, "epw"), &why))
        return calc_wrong(e, "epw", "%s", err_line(&why, line, sizeof line));
    if (bestest_zone(io, z, &b, e)) return -1;
    struct zone *space = b.sunspace ? ARENA_NEW(io->arena, struct zone, 1) : NULL;
    if (space) make_sunspace(io, space);
    int steps = (int)calc_number(io, "steps_per_h");
    struct bestest_totals t = {.max_degC = -INFINITY, .min_degC = INFINITY};
    for (int h = -24 * WARM_DAYS; h < 8760; h++) {
        if (h == 0) t = (struct bestest_totals){.max_degC = -INFINITY, .min_degC = INFINITY};
        bestest_hour(io, z, space, &b, y, (h + 8760) % 8760, steps, &t);
        end_hour(&t, h, h >= 0);
    }
    calc_put(io, "heating_MWh", t.heat_J / 3.6e9);
    calc_put(io, "cooling_MWh", t.cool_J / 3.6e9);
    calc_put(io, "peak_heating_kW", t.peak_heat_W / 1000);
    calc_put(io, "peak_cooling_kW", t.peak_cool_W / 1000);
    calc_put(io, "peak_heating_hour", t.heat_hour);
    calc_put(io, "peak_cooling_hour", t.cool_hour);
    calc_put(io, "max_degC", t.max_degC);
    calc_put(io, "min_degC", t.min_degC);
    calc_put(io, "mean_degC", t.mean_degC);
    calc_put(io, "max_hour", t.max_hour);
    calc_put(io, "min_hour", t.min_hour);
    calc_put(io, "sun_kWh", t.sun_J / 3.6e6);
    return 0;
}

const struct calc_model calc_bestest = {
    "bestest",
    "a year of a zone: the cases of ASHRAE 140",
    "ANSI/ASHRAE Standard 140-2023, building thermal envelope and fabric load tests",
    bestest_in,
    bestest_out,
    run_bestest};
