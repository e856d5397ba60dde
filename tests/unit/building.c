/* Buildings: the standard's hour against published cases, and the exact two-state form against laws it must keep.
 */
#include "physics/building.h"
#include "base/random.h"
#include "near.h"
#include "physics/heatpump.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double number(json_t *o, const char *key) { return json_number_value(json_object_get(o, key)); }

/* The room of the public cases; they tell the mean mass temperature of the hour (C.9). */
static struct building case_room(json_t *zone)
{
    double infl = number(zone, "ach_infl"), vent = number(zone, "ach_vent"),
           eff = number(zone, "ventilation_efficiency");
    double recovery = vent / (infl + vent) * eff;
    struct building b =
        building_make(number(zone, "floor_area"), 1, number(zone, "window_area") * number(zone, "u_windows"),
                      building_vent_W_K(number(zone, "room_vol"), infl + vent, recovery), MASS_MEDIUM);
    b.total_m2 = number(zone, "total_internal_area");
    b.h_is_W_K = 3.45 * b.total_m2;
    b.h_em_W_K =
        number(zone, "walls_area") * number(zone, "u_walls"); /* the source takes the walls without the mass film */
    return b;
}

static void check_case(json_t *c)
{
    json_t *zone = json_object_get(c, "zone"), *in = json_object_get(c, "inputs"),
           *want = json_object_get(c, "expected");
    struct building b = case_room(zone);
    struct building_gains g = building_split(&b, number(in, "internal_gains"), number(in, "solar_gains"));
    double floor_m2 = number(zone, "floor_area"), mass_degC = number(in, "t_m_prev"),
           out_degC = number(in, "t_out");
    double heat_W = building_rc_demand_W(&b, 3600, mass_degC, out_degC, &g, number(zone, "t_set_heating"),
                                         number(zone, "t_set_cooling"),
                                         floor_m2 * number(zone, "max_cooling_energy_per_floor_area"),
                                         floor_m2 * number(zone, "max_heating_energy_per_floor_area"));
    struct building_hour h = building_rc_step(&b, 3600, mass_degC, out_degC, &g, heat_W);
    assert_near(heat_W, number(json_object_get(want, "energy_demand"), "value"), 0.005);
    assert_near(h.mass_degC, number(json_object_get(want, "t_m"), "value"), 0.005);
}

static void published_hours(void **s)
{
    (void)s;
    char path[1024];
    const char *dir = getenv("KEND_REFERENCE");
    snprintf(path, sizeof path, "%s/homes/rc5r1c_step_cases.json", dir ? dir : ".");
    json_t *root = json_load_file(path, 0, NULL), *c;
    if (!root) skip();
    size_t i;
    json_array_foreach(json_object_get(root, "cases"), i, c) check_case(c);
    assert_true(i >= 10);
    json_decref(root);
}

/* Two of the same hours, small enough to stand here: free running, and heating at its limit. */
static void two_known_hours(void **s)
{
    (void)s;
    struct building b = building_make(34.3, 1, 13.5 * 1.1, building_vent_W_K(106.33, 2, 0), MASS_MEDIUM);
    b.total_m2 = 142.38;
    b.h_is_W_K = 3.45 * b.total_m2;
    b.h_em_W_K = 1.69 * 0.2;
    struct building_gains g = building_split(&b, 10, 2000);
    assert_near(building_rc_step(&b, 3600, 22, 10, &g, 0).mass_degC, 22.33, 0.005);
    assert_near(building_rc_demand_W(&b, 3600, 19, 5, &g, 20, 26, -411.6, 411.6), 411.6, 1e-9);
    assert_near(building_rc_step(&b, 3600, 19, 5, &g, 411.6).mass_degC, 19.39, 0.005);
}

static struct building any_home(struct random *r)
{
    return building_make(random_range(r, 40, 400), random_range(r, 40, 300), random_range(r, 10, 100),
                         random_range(r, 10, 150), (enum building_mass)(random_u64(r) % MASS_CLASSES));
}

/* Heat stored = heat in - heat out, with the mean temperatures of the step, whatever its length. */
static void energy_is_conserved(void **s)
{
    (void)s;
    struct random r = random_stream(1, "conserve");
    for (int k = 0; k < 500; k++) {
        struct building b = any_home(&r);
        struct building_modes m = building_modes(&b);
        struct building_gains g = building_split(&b, random_range(&r, 0, 1000), random_range(&r, 0, 4000));
        double out = random_range(&r, -20, 40), dt_s = random_range(&r, 1, 900), air = random_range(&r, 10, 30),
               mass = random_range(&r, 10, 30), mean[2], air0 = air, mass0 = mass,
               hp_W = random_range(&r, -5000, 9000);
        struct building_heat q = building_inflow(&b, out, &g);
        q.air_W += hp_W;
        building_step(&m, dt_s, q, &air, &mass, mean);
        double surface = (b.h_is_W_K * mean[0] + b.h_ms_W_K * mean[1] + b.h_w_W_K * out + g.surface_W) /
                         (b.h_is_W_K + b.h_ms_W_K + b.h_w_W_K);
        double in_J = dt_s * (hp_W + g.air_W + g.surface_W + g.mass_W);
        double lost_J =
            dt_s * (b.h_ve_W_K * (mean[0] - out) + b.h_w_W_K * (surface - out) + b.h_em_W_K * (mean[1] - out));
        double stored_J = b.air_J_K * (air - air0) + b.mass_J_K * (mass - mass0);
        assert_near(stored_J, in_J - lost_J, 1e-9 * (b.mass_J_K * 40));
    }
}

/* A long step equals many short ones. */
static void step_length_does_not_matter(void **s)
{
    (void)s;
    struct random r = random_stream(2, "compose");
    struct building b = any_home(&r);
    struct building_modes m = building_modes(&b);
    double air = 20, mass = 19, air1 = 20, mass1 = 19;
    struct building_heat q = {3000, 4000};
    building_step(&m, 900, q, &air, &mass, NULL);
    for (int i = 0; i < 900; i++) building_step(&m, 1, q, &air1, &mass1, NULL);
    assert_near(air, air1, 1e-9);
    assert_near(mass, mass1, 1e-9);
}

/* With hardly any air capacity the two-state form follows the standard's hours. */
static void agrees_with_the_standard(void **s)
{
    (void)s;
    struct random r = random_stream(3, "standard");
    struct building b = any_home(&r);
    b.air_J_K = 100;
    struct building_modes m = building_modes(&b);
    double air = 20, mass = 20, standard = 20;
    for (int i = 0; i < 240; i++) {
        double out = 5 + 8 * sin(i * 0.26), heat = 2500 + 2000 * cos(i * 0.2);
        struct building_gains g = building_split(&b, 300, fmax(0, 1500 * sin(i * 0.26)));
        struct building_heat q = building_inflow(&b, out, &g);
        q.air_W += heat;
        building_step(&m, 3600, q, &air, &mass, NULL);
        standard = building_rc_step(&b, 3600, standard, out, &g, heat).mass_end_degC;
        assert_near(mass, standard, 0.02);
    }
}

/* Held long enough it loses what is put in, and the opaque parts lose their U A exactly. */
static void steady_state_is_the_sum_of_losses(void **s)
{
    (void)s;
    struct building b = building_make(120, 110, 30, 50, MASS_HEAVY);
    struct building_modes m = building_modes(&b);
    struct building_gains none = {0, 0, 0};
    double air = 0, mass = 0, mean[2];
    struct building_heat q = building_inflow(&b, 0, &none);
    q.air_W += 4000;
    for (int i = 0; i < 4000; i++) building_step(&m, 3600, q, &air, &mass, mean);
    double surface = (b.h_is_W_K * air + b.h_ms_W_K * mass) / (b.h_is_W_K + b.h_ms_W_K + b.h_w_W_K);
    assert_near(b.h_em_W_K * mass, 110 * surface, 1e-6);
    assert_near(50 * air + 30 * surface + 110 * surface, 4000, 1e-5);
}

static void facades_see_the_sun(void **s)
{
    (void)s;
    assert_near(building_facade_W_m2(180, 45, 180, 800, 0, 0), 800 * sqrt(0.5), 1e-9); /* south at noon */
    assert_near(building_facade_W_m2(0, 45, 180, 800, 100, 0), 50, 1e-9);              /* north: half the sky */
    assert_near(building_facade_W_m2(180, 95, 180, 800, 0, 0), 0, 1e-9);               /* sun below the horizon */
    assert_near(building_facade_W_m2(90, 60, 90, 0, 0, 500), 50, 1e-9);                /* ground */
}

/* When2Heat with the 0.85 field factor, worked by hand in dry air (no defrosting). */
static void heat_pump_curve(void **s)
{
    (void)s;
    const double out[] = {-15, -4, 7}, radiator[] = {1.65, 2.31, 3.38}, warm_floor[] = {2.14, 2.84, 3.77};
    for (int i = 0; i < 3; i++) {
        double a = heatpump_supply_degC(EMITTER_RADIATOR, out[i]), f = heatpump_supply_degC(EMITTER_FLOOR, out[i]);
        assert_near(heatpump_cop(out[i], a, 0.3), radiator[i], 0.006);
        assert_near(heatpump_cop(out[i], f, 0.3), warm_floor[i], 0.006);
    }
    assert_near(heatpump_cop(2, 38, 0.9) / heatpump_cop(2, 38, 0.3), 0.9, 1e-9); /* defrosting */
    assert_true(heatpump_cop(-40, 80, 0.9) >= 1);
    assert_true(heatpump_eer(EMITTER_RADIATOR, 35) > 1.5 && heatpump_eer(EMITTER_RADIATOR, 35) < 5);
    assert_true(heatpump_eer(EMITTER_FLOOR, 35) > heatpump_eer(EMITTER_RADIATOR, 35));
}

/* No air change, no windows, no loss through walls: the heat stays, in the standard's step too. */
static void a_sealed_room_keeps_its_heat(void **state)
{
    (void)state;
    struct building b = building_make(100, 50, 0, 0, MASS_MEDIUM);
    b.h_em_W_K = 0;
    struct building_gains g = building_split(&b, 0, 0);
    struct building_hour h = building_rc_step(&b, 3600, 20, -5, &g, 1000);
    assert_near(b.mass_J_K * (h.mass_end_degC - 20), 1000 * 3600, 1e-3);
    assert_true(h.air_degC > h.surface_degC && h.surface_degC > h.mass_degC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_hours),
        cmocka_unit_test(two_known_hours),
        cmocka_unit_test(energy_is_conserved),
        cmocka_unit_test(step_length_does_not_matter),
        cmocka_unit_test(agrees_with_the_standard),
        cmocka_unit_test(steady_state_is_the_sum_of_losses),
        cmocka_unit_test(a_sealed_room_keeps_its_heat),
        cmocka_unit_test(facades_see_the_sun),
        cmocka_unit_test(heat_pump_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
