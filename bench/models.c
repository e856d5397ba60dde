/* What the models cost beside what users would pick instead: each does the work that users do with it, the best of five runs counts. Prints a table and one JSON object.
 *   build/bench/models [EPW]      the ASHRAE year is run when an EPW is given
 * A peer that is live does the same work in this run, once, by bench/peer_models.py (SciPy and NumPy of the system), and its end must agree with ours. The others are "given": measured
 * elsewhere on a machine of this kind when the targets were set, not here, so their ratio is of another machine. */
#include "base/err.h"
#include "base/instant.h"
#include "calc/calc.h"
#include "physics/adm1.h"
#include "physics/array.h"
#include "physics/building.h"
#include "physics/cropwater.h"
#include "physics/et0.h"
#include "physics/runoff.h"
#include "physics/sun.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTES = 525600, HOURS = 8760, HOMES = 250, RUNS = 5 };
static struct sun_angles angle[MINUTES];
static double sink; /* so that no work is thrown away */
static double end;  /* a figure of the work's end, that a live peer must reach as well */
static char peer_args[400];
static const char *epw;

static void positions(int n, double step_s)
{
    struct sun_place p = {39.18, 46.76, 330, 97400, 12, 0.5667};
    sun_series(&p, 2461041.5, step_s, n, 69, angle);
    sink += angle[n / 2].zenith_deg;
}

/* Sun and array in clear and hazy hours: what one roof gives. */
static void roof(int n, double step_s)
{
    struct array a = {.plane = {30, 180, 0.2},
                      .sky = SKY_PEREZ,
                      .glass = GLASS_PANE,
                      .heat = pv_heat_usual(PV_SAPM),
                      .peak_W = 5000,
                      .temp_coeff_per_K = -0.004,
                      .loss_frac = 0.14,
                      .inverter_W = 5000,
                      .inverter_eta_frac = 0.96};
    positions(n, step_s);
    for (int i = 0; i < n; i++) {
        if (angle[i].zenith_deg >= 90) continue;
        int day = 1 + (int)(i * step_s / 86400);
        double cz = cos(angle[i].zenith_deg * M_PI / 180), dni = 800 * cz, dhi = 80 + 40 * cz;
        struct irradiance sky = {dni * cz + dhi, dni, dhi};
        struct sky_sun sun = {angle[i].zenith_deg, angle[i].azimuth_deg, irradiance_extraterrestrial_W_m2(day),
                              irradiance_air_mass(angle[i].zenith_deg)};
        sink += array_run(&a, &sky, &sun, 15, 2).ac_W;
    }
}

static void sun_minutes(void) { positions(MINUTES, 60); }
static void roof_hours(void) { roof(HOURS, 3600); }
static void roof_minutes(void) { roof(MINUTES, 60); }

static void sun_full(void)
{
    for (int i = 0; i < 100000; i++)
        sink += sun_position(1767225600000 + (int64_t)i * 315000, 39.18, 46.76, 330).zenith_deg;
}

static void homes(void)
{
    struct building b = building_make(120, 140, 40, 60, MASS_MEDIUM);
    struct building_modes m = building_modes(&b);
    struct building_fixed f = building_fixed(&m, 60);
    snprintf(peer_args, sizeof peer_args, "%.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g", f.a[0][0],
             f.a[0][1], f.a[1][0], f.a[1][1], f.b[0][0], f.b[0][1], f.b[1][0], f.b[1][1], b.h_ve_W_K);
    end = 0;
    for (int h = 0; h < HOMES; h++) {
        double air = 20, mass = 20 - h * 0.01;
        for (int i = 0; i < MINUTES; i++) {
            struct building_heat q = {b.h_ve_W_K * (i % 1440) * 0.01 + (air < 20 ? 5000 : 0), 300};
            building_fixed_step(&f, q, &air, &mass);
        }
        end += mass;
    }
    sink += end;
}

static void rivers(void)
{
    struct runoff_par p = {320, 2.4, 70, 1.4};
    struct runoff r = runoff_make(&p, 0.3, 0.5);
    for (int i = 0; i < 36500; i++) sink += runoff_step(&r, i % 5 ? 0 : 10, 2).flow_mm;
}

static void fields(void)
{
    struct et0_site site = {39.2, 330, 2, 0, 900, 0.34};
    struct crop crop = {0.15, 1.2, 0.6, 30, 50, 50, 20, 0.05, 1.2, 0.3, 1.5, 0.25, 0.1, 0.5, 0.1, 9};
    for (int k = 0; k < 100; k++) {
        struct crop_state s = crop_start(&crop, 0.2);
        for (int i = 0; i < 200; i++) {
            struct et0_day d = {100 + i, 15, 30, 1.4, 2, 22, 0};
            struct crop_day day = {et0_daily(&site, &d).et0_mm, i % 9 ? 0 : 12, 0, 1, 2, 0.4, 0};
            sink += crop_step(&crop, &s, &day).root_mm;
        }
    }
}

static void digesters(void)
{
    double flow[365], y[ADM1_STATES];
    struct adm1_plant p = adm1_bsm2();
    struct adm1_out daily[365];
    struct err e = {0};
    for (int i = 0; i < 365; i++)
        flow[i] = 170 * (1 + 0.1 * ((i * 7919 % 201) / 100.0 - 1)) * (i >= 200 && i < 207 ? 2 : 1);
    adm1_start(y);
    must(!adm1_run(&p, flow, 0, 365, y, daily, &e), "%s", e.text);
    sink += end = daily[364].ph;
}

static void ashrae(void)
{
    char json[1200];
    double v;
    struct err e = {0};
    snprintf(json, sizeof json, "{\"case\": \"900\", \"epw\": \"%s\"}", epw);
    must(!calc_value_of(calc_find("bestest"), json, "heating_MWh", &v, &e), "%s", e.text);
    sink += v;
}

static void connections(void)
{
    const char *json = "{\"village\": \"" KEND_SOURCE_DIR
                       "/villages/agali.yaml\", \"from\": \"2026-01-01\", \"days\": 365, \"homes\": 134}";
    double v;
    struct err e = {0};
    must(!calc_value_of(calc_find("demand"), json, "load_factor_all", &v, &e), "%s", e.text);
    sink += v;
}

static const struct {
    const char *key, *what;
    void (*run)(void);
    double calls, wanted_s;  /* 0: nothing was asked */
    const char *peer, *live; /* live: its name in bench/peer_models.py */
    double given_s;
} row[] = {
    {"sun_full", "100 000 single sun positions, SPA in full", sun_full, 1e5, 0},
    {"sun_minutes", "sun by the minute, a year, one place", sun_minutes, MINUTES, MINUTES / 3e6},
    {"roof_hours", "sun and one array by the hour, a year", roof_hours, HOURS, 0.004, "pvlib", NULL, 0.037},
    {"", "  the same", NULL, 1, 0, "NREL's C++ (SAM)", NULL, 0.036},
    {"roof_minutes", "sun and one array by the minute, a year", roof_minutes, MINUTES, 0.2, "pvlib", NULL, 1.8},
    {"", "  the same", NULL, 1, 0, "NREL's C++ (SAM)", NULL, 2.2},
    {"homes", "250 homes (two states) by the minute, a year", homes, (double)HOMES *MINUTES, 2,
     "NumPy, side by side", "homes", 0},
    {"", "  10 homes by the minute: a 25th of it", NULL, 25, 0, "GridLAB-D", NULL, 9},
    {"", "  250 homes by the hour: a 60th of it", NULL, 60, 0, "GridLAB-D", NULL, 6},
    {"gr4j", "GR4J, 100 years by the day", rivers, 36500, 0},
    {"fields", "et0 and dual crop coefficient, 100 seasons", fields, 20000, 0},
    {"adm1", "ADM1, a year of feed that changes daily", digesters, 365, 0.5, "SciPy BDF", "adm1", 0},
    {"demand", "134 connections by the minute, a year", connections, 134.0 * MINUTES, 1, "RAMP", NULL, 45},
    {"bestest", "ASHRAE 140 case 900, a year by ten minutes", ashrae, 52560, 0}};

/* Seconds of the live peer of a row; NAN where it cannot run. It must come to the same end. */
static double live_s(const char *name)
{
    char command[900], line[300] = "";
    double seconds = (double)NAN, its_end;
    snprintf(command, sizeof command, "/usr/bin/python3 '%s/bench/peer_models.py' %s %s 2>/dev/null",
             KEND_SOURCE_DIR, name, peer_args);
    FILE *f = popen(command, "r");
    if (!f) return seconds;
    if (!fgets(line, sizeof line, f) || sscanf(line, "{\"seconds\": %lf, \"end\": %lf", &seconds, &its_end) != 2)
        seconds = (double)NAN;
    else
        must(fabs(its_end - end) <= 1e-4 * fabs(end), "%s ends at %.9g, ours at %.9g", name, its_end, end);
    pclose(f);
    return seconds;
}

static void print_peer(size_t i, double ours_s, char *json, size_t size)
{
    double seconds = row[i].live ? live_s(row[i].live) : row[i].given_s;
    if (!row[i].peer || isnan(seconds)) {
        printf("  %s\n", row[i].peer ? "peer: not installed" : "");
        return;
    }
    printf("  %-20s %8.3f s  %6.0f x  %s\n", row[i].peer, seconds, seconds / ours_s,
           row[i].live ? "live, same end" : "given");
    size_t used = strlen(json);
    if (row[i].live) snprintf(json + used, size - used, ", \"%s_peer_s\": %.6g", row[i].key, seconds);
}

static double best_s(size_t i)
{
    double best = 1e9;
    for (int k = 0; k < RUNS; k++) {
        double start = instant_mono_s();
        row[i].run();
        best = fmin(best, instant_mono_s() - start);
    }
    return best;
}

int main(int argc, char **argv)
{
    double best = 0;
    char json[3000] = "{";
    epw = argc > 1 ? argv[1] : NULL;
    printf("%-46s %12s %14s %10s  %s\n", "work", "seconds", "ns a step", "wanted s",
           "peer, its seconds, over ours");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (row[i].run == ashrae && !epw) continue;
        if (!row[i].run) {
            printf("%-46s %12.5f %14s %10s", row[i].what, best / row[i].calls, "-", "-");
            print_peer(i, best / row[i].calls, json, sizeof json);
            continue;
        }
        peer_args[0] = 0;
        best = best_s(i);
        printf("%-46s %12.5f %14.1f ", row[i].what, best, 1e9 * best / row[i].calls);
        if (row[i].wanted_s > 0)
            printf("%10.3f", row[i].wanted_s);
        else
            printf("%10s", "-");
        size_t used = strlen(json);
        snprintf(json + used, sizeof json - used, "%s\"%s_s\": %.6g", used > 1 ? ", " : "", row[i].key, best);
        print_peer(i, best, json, sizeof json);
        fflush(stdout);
    }
    printf("%s}\n", json);
    return isfinite(sink) ? 0 : 1;
}
