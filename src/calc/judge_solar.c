/* Large cases of sun and solar power over reference files: NREL's PVWatts for a year in Denver, and a year of a tracker on a slope. */
#include "base/err.h"
#include "base/instant.h"
#include "calc/cases.h"
#include "physics/array.h"
#include "physics/fuentes.h"
#include "physics/sun.h"
#include "physics/tracker.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct year {
    struct fuentes heat;
    double plane_Wh_m2, ac_Wh, dc_Wh, ac_off2_W2, cell_off2_K2, lit, rows;
};

static FILE *open_file(const char *dir, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return fopen(path, "r");
}

static void add_hour(struct year *y, const struct array *a, const double v[11])
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int yearday = before[(int)v[0] - 1] + (int)v[1];
    int64_t start_ms =
        1546300800000 + ((int64_t)(yearday - 1) * 24 + (int64_t)v[2] + 7) * MS_HOUR; /* 2019, UTC-7 */
    struct sun_angles s = sun_middle(start_ms, start_ms + MS_HOUR, 39.73, -105.18, 1820);
    struct sky_sun sun = {s.zenith_deg, s.azimuth_deg, irradiance_extraterrestrial_W_m2(yearday),
                          irradiance_air_mass(s.zenith_deg)};
    struct irradiance sky = {v[3] * fmax(0, cos(s.zenith_deg * M_PI / 180)) + v[4], v[3], v[4]};
    struct plane_irradiance plane = transpose(a->sky, &sky, &a->plane, &sun);
    struct array_run r =
        array_run_at(a, &sky, &sun, fuentes_step_degC(&y->heat, plane.total_W_m2, v[5], v[6], 3600));
    if (v[7] > 0) y->cell_off2_K2 += (r.cell_degC - v[8]) * (r.cell_degC - v[8]), y->lit++;
    y->plane_Wh_m2 += r.plane.total_W_m2, y->ac_Wh += r.ac_W, y->dc_Wh += r.dc_W, y->rows++;
    y->ac_off2_W2 += (r.ac_W - v[10]) * (r.ac_W - v[10]);
}

/* Run once for all its figures. */
static int pvwatts(const char *dir, struct year *y)
{
    static struct year kept;
    static char kept_dir[512];
    char line[512];
    double v[11];
    struct array a = {.plane = {20, 180, 0.2},
                      .sky = SKY_PEREZ,
                      .glass = GLASS_PANE,
                      .heat = pv_heat_usual(PV_SAPM),
                      .peak_W = 4000,
                      .temp_coeff_per_K = -0.0047,
                      .loss_frac = 0.1408,
                      .inverter_W = 4000 / 1.2,
                      .inverter_eta_frac = 0.96};
    if (kept.rows > 0 && !strcmp(kept_dir, dir)) return *y = kept, 0;
    FILE *f = open_file(dir, "solar/pvwatts_8760_rackmount.csv");
    *y = (struct year){.heat = fuentes_make(45, 20)};
    if (!f) return 1;
    while (fgets(line, sizeof line, f)) {
        int n = 0;
        char *p = line, *end;
        for (; n < 11; n++, p = *end == ',' ? end + 1 : end) {
            v[n] = strtod(p, &end);
            if (end == p) break;
        }
        if (n == 11) add_hour(y, &a, v);
    }
    fclose(f);
    kept = *y;
    snprintf(kept_dir, sizeof kept_dir, "%.500s", dir);
    return 0;
}

static int plane_year(const char *dir, const char *arg, double *value, struct err *e)
{
    struct year y;
    (void)e, (void)arg;
    if (pvwatts(dir, &y)) return 1;
    *value = y.plane_Wh_m2 / 1000;
    return 0;
}

static int dc_year(const char *dir, const char *arg, double *value, struct err *e)
{
    struct year y;
    (void)e, (void)arg;
    if (pvwatts(dir, &y)) return 1;
    *value = y.dc_Wh / 1000;
    return 0;
}

static int ac_year(const char *dir, const char *arg, double *value, struct err *e)
{
    struct year y;
    (void)e, (void)arg;
    if (pvwatts(dir, &y)) return 1;
    *value = y.ac_Wh / 1000;
    return 0;
}

static int ac_rmse(const char *dir, const char *arg, double *value, struct err *e)
{
    struct year y;
    (void)e, (void)arg;
    if (pvwatts(dir, &y)) return 1;
    *value = sqrt(y.ac_off2_W2 / y.rows) / 4000;
    return 0;
}

static int cell_rmse(const char *dir, const char *arg, double *value, struct err *e)
{
    struct year y;
    (void)e, (void)arg;
    if (pvwatts(dir, &y)) return 1;
    *value = sqrt(y.cell_off2_K2 / y.lit);
    return 0;
}

/* The largest miss of the tracker's turn over a year; its file holds nothing while the sun is down. */
static int tracker_year(const char *dir, const char *arg, double *value, struct err *e)
{
    (void)arg;
    char line[256];
    FILE *f = open_file(dir, "solar/singleaxis_tracker_wslope.csv");
    if (!f) return 1;
    double axis = tracker_axis_tilt_deg(77.34, 10.1149, 0);
    struct tracker t = {axis, 0, tracker_cross_tilt_deg(77.34, 10.1149, 0, axis), 75, 0.33292759, 1};
    *value = 0;
    while (fgets(line, sizeof line, f)) {
        char *comma = strchr(line, ',');
        int64_t at_ms;
        if (!comma || comma[1] == ',' || strncmp(line, "2017", 4) != 0) continue;
        *comma = 0;
        line[10] = 'T';
        if (instant_parse(line, NULL, &at_ms, e)) return fclose(f), -1;
        struct sun_geocentric g = sun_geocentric(sun_julian_day(at_ms), 67.0);
        struct sun_place p = {-27.5973, -48.54961, 0, 101325, 12, 0.5667};
        struct sun_angles s = sun_topocentric(&g, &p);
        double off = fabs(tracker_at(&t, s.zenith_deg, s.azimuth_deg).turn_deg - strtod(comma + 1, NULL));
        if (s.zenith_deg < 89.9) *value = fmax(*value, off);
    }
    fclose(f);
    return 0;
}

#define NREL "NREL PVWatts hourly export, Denver, 4 kW, tilt 20"
// clang-format off
const struct calc_case calc_cases_solar_files[] = {
    {"pv", "Denver year, plane, kWh/m2", NULL, NULL, 1930.893574, 0.01, 1, NREL, plane_year},
    {"pv", "Denver year, DC, kWh", NULL, NULL, 6291.910655, 0.01, 1, NREL, dc_year},
    {"pv", "Denver year, AC, kWh", NULL, NULL, 6023.67124, 0.01, 1, NREL, ac_year},
    {"pv", "Denver year, RMSE of hours over the rating", NULL, NULL, 0, 0.02, 0, NREL, ac_rmse},
    {"pv", "Denver year, RMSE of the cell temperature by day, K", NULL, NULL, 0, 0.5, 0, NREL, cell_rmse},
    {"tracker", "year on a slope, largest miss of the turn, deg", NULL, NULL, 0, 0.01, 0, "pvlib test suite (singleaxis_tracker_wslope.csv)", tracker_year},
    {0}};
