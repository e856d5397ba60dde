/* A greenhouse in full (what the twin steps at high fidelity) for a year of agali's weather by the minute: heat and vapour of its air settle in every step,
 * within 1e-9 of what passed over the year. Transpiration (Penman-Monteith on the leaves), condensation on the cover and what leaks and vents carry are
 * reckoned here from the states; how far the vents stood open is told by the class and must answer for heat and vapour alike. A pipe that gives
 * less than was drawn every other hour, and a hot summer, a heating winter and lamps are in it. */
#include "base/err.h"
#include "base/instant.h"
#include "books/books.h"
#include "near.h"
#include "world/world.h"
#include <stdlib.h>
#include <string.h>

enum { DT_S = 60, STEPS = 365 * 24 * 60 };
enum { METER, WARMTH, VAPOUR };
static const struct book_class in_full = {
    .cls = "greenhouse in full", .account = {{"meter", ELEC_J}, {"air and crop", HEAT_J}, {"vapour", VAPOUR_KG}}};
static const double latent_J_kg = 2.45e6, air_J_m3_K = 1200, psychrometric_Pa_K = 65.8, vapour_J_kg_K = 461.5,
                    surface_m_s = 1.33e-3;

/* clang-format off */
#define PAR(K) \
    K(par, floor_m2) K(par, cover_m2) K(par, u_W_m2_K) K(par, volume_m3) K(par, capacity_J_K) K(par, tau_frac) K(par, leaf_index_frac) \
    K(par, light_eff_frac) K(par, aux_W) K(par, light_W)
/* clang-format on */
static union {
    struct {
        PAR(BOOK_FIELD)
    };
    double number[10];
} p;
static const struct book_key par_key[] = {PAR(BOOK_KEY)};

static struct house { /* the class's structs are doubles only: these are its own numbers, in order */
    double x[3], cmd[3], flow[2];
    double judge[2]; /* vapour, kg/m3; warmer by a watt of the step, K */
    struct ambient amb;
    const struct asset *as;
} h;

static double saturation_Pa(double degC) { return 610.94 * exp(17.625 * degC / (degC + 243.04)); }
static double vapour_kg_m3(double Pa, double degC) { return Pa / (vapour_J_kg_K * (degC + 273.15)); }

/* What the crop gives while the air holds `vapour`; it takes none back. */
static double transpired_kg_s(double degC, double vapour, double light_W_m2)
{
    double index = p.par_leaf_index_frac, leaves = fmax(0.1, 2 * index), air_s_m = 200 / leaves,
           leaf_s_m = (82 + 4902 * exp(-light_W_m2 / 45)) / leaves, Pa = saturation_Pa(degC),
           slope_Pa_K = Pa * 17.625 * 243.04 / pow(degC + 243.04, 2),
           deficit_Pa = Pa - vapour * vapour_J_kg_K * (degC + 273.15),
           absorbed_W_m2 = light_W_m2 * (1 - exp(-0.7 * index));
    double W_m2 = (slope_Pa_K * absorbed_W_m2 + air_J_m3_K * deficit_Pa / air_s_m) /
                  (slope_Pa_K + psychrometric_Pa_K * (1 + leaf_s_m / air_s_m));
    return fmax(0, W_m2 * p.par_floor_m2 / latent_J_kg);
}

/* On the cover, a third of the way from the air outside to that inside. */
static double condensed_kg_s(double degC, double was_kg_m3, double is_kg_m3)
{
    double cover_degC = h.amb.temp_degC + (degC - h.amb.temp_degC) / 3,
           cover_kg_m3 = vapour_kg_m3(saturation_Pa(cover_degC), cover_degC);
    return was_kg_m3 > cover_kg_m3 ? surface_m_s * p.par_cover_m2 * (is_kg_m3 - cover_kg_m3) : 0;
}

static void keep(struct book *b, double was_degC, double was_kg_m3)
{
    double is_degC = h.x[0], is_kg_m3 = h.judge[0], J_K = p.par_capacity_J_K, out_degC = h.amb.temp_degC,
           loss_W_K = 1 / h.judge[1] - J_K / DT_S,
           air_m3_s = (loss_W_K - p.par_u_W_m2_K * p.par_cover_m2) / air_J_m3_K,
           out_kg_m3 = h.amb.humidity_frac * vapour_kg_m3(saturation_Pa(out_degC), out_degC);
    double aux_W = book_within(h.cmd[1], 0, p.par_aux_W), lamp_W = book_within(h.cmd[2], 0, p.par_light_W),
           sun_W = p.par_tau_frac * fmax(0, h.amb.ghi_W_m2) * p.par_floor_m2,
           light_W = sun_W + p.par_light_eff_frac * lamp_W;
    double wet_kg = transpired_kg_s(was_degC, is_kg_m3, light_W / p.par_floor_m2) * DT_S,
           cold_kg = condensed_kg_s(was_degC, was_kg_m3, is_kg_m3) * DT_S;
    draw(b, METER, 0), draw(b, WARMTH, 1);
    turn(b, METER, WARMTH, (aux_W + lamp_W) * DT_S);
    come(b, WARMTH, SUN, sun_W * DT_S);
    come(b, WARMTH, AIR, loss_W_K * (out_degC - is_degC) * DT_S);
    come(b, WARMTH, PROCESS, -latent_J_kg * wet_kg);
    come(b, WARMTH, PROCESS, 0.5 * latent_J_kg * cold_kg); /* the other half goes out through the cover */
    hold(b, WARMTH, J_K * (is_degC - was_degC));
    come(b, VAPOUR, PROCESS, wet_kg);
    come(b, VAPOUR, GROUND, -cold_kg);
    come(b, VAPOUR, AIR, air_m3_s * (out_kg_m3 - is_kg_m3) * DT_S);
    hold(b, VAPOUR, p.par_volume_m3 * (is_kg_m3 - was_kg_m3));
}

static void step(const struct asset_class *k, struct asset_now *now, int lacks)
{
    double want[3];
    memcpy(want, h.cmd, sizeof want);
    k->rules(now, want);
    (void)k->guard(now, want);
    memcpy(h.cmd, want, sizeof want);
    k->step(now, NULL, h.x, h.flow);
    (void)k->balance(now, lacks ? 0.3 * h.flow[1] : 0, h.x, h.flow);
}

static void closes(const struct book *b, int account)
{
    const struct book_entry *e = &b->entry[account];
    if (!(e->through > 0 && e->left <= 1e-9 * e->through))
        fail_msg("%s: %g of %g is from nowhere", in_full.account[account].name, e->left, e->through);
    print_message("# %s closes to %.1e\n", in_full.account[account].name, e->left / e->through);
}

static void a_year_in_full(void **state)
{
    (void)state;
    struct err e = {0};
    char path[512];
    int n = 0;
    int64_t at_ms;
    const char *source = getenv("KEND_SOURCE");
    snprintf(path, sizeof path, "%s/villages/agali.yaml", source ? source : ".");
    struct village *v = village_read(path, stderr, &n);
    assert_non_null(v);
    struct world *w = world_create(v, &(struct world_options){.seed = 7}, &e);
    assert_non_null(w);
    assert_int_equal(instant_parse("2026-01-01T00:00:00+04:00", NULL, &at_ms, &e), 0);
    h = (struct house){.as = &v->asset[village_class_next(v, "greenhouse", -1)]};
    const struct asset_class *k = h.as->cls;
    for (size_t i = 0; i < sizeof par_key / sizeof par_key[0]; i++) p.number[i] = asset_par(h.as, par_key[i].key);
    assert_true(k->judge_bytes() == sizeof h.judge && k->state.n == 3 && k->cmd.n == 3 && k->n_port == 2);
    struct asset_now now = {.par = h.as->par,
                            .x = h.x,
                            .cmd = h.cmd,
                            .flow = h.flow,
                            .amb = &h.amb,
                            .policy = &v->policy,
                            .dt_s = DT_S,
                            .judge = h.judge};
    struct book b = {.row = &in_full, .as = h.as, .flow = h.flow, .amb = &h.amb, .dt_s = DT_S};
    world_ambient(w, at_ms, &h.amb);
    k->init(&now, h.x);
    assert_int_equal(k->judge_start(&now, h.judge, &e), 0);
    for (int i = 0; i < STEPS; i++, at_ms += DT_S * MS_S) {
        double was_degC = h.x[0], was_kg_m3 = h.judge[0];
        world_ambient(w, at_ms + DT_S * MS_S / 2, &h.amb);
        step(k, &now, i / 60 % 2);
        keep(&b, was_degC, was_kg_m3);
        settle(&b);
    }
    for (int account = 0; account < 3; account++) closes(&b, account);
    world_free(w);
    village_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_year_in_full)};
    return cmocka_run_group_tests_name("greenhouse_books", tests, NULL, NULL);
}
