/* The rooms of a home by the zone that meets ASHRAE 140 (physics/zone.c), in place of the two-state network: what `--fidelity high` steps.
 *
 * One storey of a square plan from the class's own parameters. Walls, roof and floor share the opaque loss by area; inside a layer of masonry that
 * holds the capacity of the mass class, outside it insulation for what is left of the loss after the standard films (ISO 6946: 0.17 m2 K/W), then
 * boards. Glass from the apertures by direction (double clear; coated where the windows lose less than clear ones could); what windows and doors lose
 * beyond their glass joins the leaks. Heat of the emitter: a radiator gives 70 % to the air and 30 % by radiation (assumption, EN 442 radiators give a
 * half to two thirds by convection), a floor all by radiation. The floor lies on ground whose temperature follows the air's with 60 days (assumption). Sky
 * temperature from dew point (Berdahl & Martin 1984: 0.711 + 0.56 d + 0.73 d2, d in hundreds of degC) and the last daylight's share of diffuse as cloud. Shutters
 * take their share of what the glass lets through. Left out: partitions, storeys, neighbours, the sun's patch on walls; wind is taken as a west wind. */
#include "assets/home_judge.h"
#include "assets/home_model.h"
#include "base/err.h"
#include "physics/zone.h"

struct home_judge {
    struct zone zone;
    double ground_degC, cloud_frac, shade_frac;
};
size_t home_judge_bytes(void) { return sizeof(struct home_judge); }

static const double film_m2K_W = 0.17, radiator_air_frac = 0.7, ground_s = 60 * 86400.0;
static const double glass_sun_frac = 0.68; /* of clear double glazing, mean over the day's angles */
static const double clear_W_m2K = 2.9, coated_W_m2K = 1.7;
// clang-format off
static const struct zone_layer board = {0.012, 0.16, 700, 1000};
static const struct zone_glazing clear = {2, {{0.003, 1.0, 0.834, 0.075, 0.075, 0.84, 0.84}, {0.003, 1.0, 0.834, 0.075, 0.075, 0.84, 0.84}}, 0.012, 0},
                                 coated = {2, {{0.00318, 1.0, 0.62, 0.18, 0.20, 0.84, 0.05}, {0.003, 1.0, 0.834, 0.075, 0.075, 0.84, 0.84}}, 0.014, 1};
// clang-format on

/* Outside first: boards, insulation for the loss, masonry for the mass. */
static int layers_of(double u_W_m2K, double heat_J_m2K, struct zone_layer to[3])
{
    const double masonry_W_mK = 0.7, masonry_J_m3K = 1.4e6, wool_W_mK = 0.04;
    double thick_m = heat_J_m2K / masonry_J_m3K,
           left = 1 / u_W_m2K - film_m2K_W - thick_m / masonry_W_mK - board.thick_m / board.conductivity_W_m_K;
    to[0] = board;
    to[1] = (struct zone_layer){wool_W_mK * greater(left, 0.02), wool_W_mK, 12, 840};
    to[2] = (struct zone_layer){thick_m, masonry_W_mK, 1400, 1000};
    return 3;
}

static void add_glass(struct zone *z, const struct home_par *p, double *glass_W_K, double start_degC)
{
    static const struct zone_shade none = {0};
    const double aperture_m2[4] = {p->aperture_north_m2, p->aperture_east_m2, p->aperture_south_m2,
                                   p->aperture_west_m2};
    double all_m2 = 0;
    for (int i = 0; i < 4; i++) all_m2 += aperture_m2[i] / glass_sun_frac;
    int low = all_m2 * clear_W_m2K > p->window_W_K;
    for (int i = 0; i < 4; i++)
        if (aperture_m2[i] > 0)
            zone_add_window(z, aperture_m2[i] / glass_sun_frac / 1.4, 1.4, 1, 90 * i, low ? &coated : &clear, &none,
                            start_degC);
    *glass_W_K = all_m2 * (low ? coated_W_m2K : clear_W_m2K);
}

static void scale_glass(struct zone *z, double by)
{
    for (int i = 0; i < z->n; i++) {
        struct zone_surface *s = &z->surface[i];
        if (s->kind != ZONE_WINDOW) continue;
        for (int deg = 0; deg <= 90; deg++) s->cover[deg] *= by;
        s->hemi_cover *= by;
    }
}

int home_judge_start(const struct asset_now *now, void *mem, struct err *e)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    struct home_judge *j = mem;
    struct zone_layer layer[3];
    double side_m = sqrt(p->floor_m2), wall_m2 = side_m * p->height_m, start_degC = x->temp_degC, glass_W_K;
    struct building b = building_of(p);
    double opaque_m2 = 4 * wall_m2 + 2 * p->floor_m2, u_W_m2K = p->opaque_W_K / opaque_m2;
    *j = (struct home_judge){.ground_degC = now->amb->temp_mean_degC, .cloud_frac = 0.5, .shade_frac = 1};
    j->zone = (struct zone){.volume_m3 = p->floor_m2 * p->height_m,
                            .air_degC = start_degC,
                            .radiant_degC = start_degC,
                            .absorbed_inside_frac = 0.6};
    int n = layers_of(u_W_m2K, b.mass_J_K / opaque_m2, layer);
    zone_add(&j->zone, ZONE_GROUND, p->floor_m2, 180, 0, layer, n, start_degC);
    zone_add(&j->zone, ZONE_WALL, p->floor_m2, 0, 0, layer, n, start_degC);
    for (int i = 0; i < 4; i++) zone_add(&j->zone, ZONE_WALL, wall_m2, 90, 90 * i, layer, n, start_degC);
    add_glass(&j->zone, p, &glass_W_K, start_degC);
    j->zone.leak_W_K = b.h_ve_W_K + greater(0, p->window_W_K - glass_W_K);
    j->zone.air_J_K = b.air_J_K;
    zone_ready(&j->zone);
    return u_W_m2K > 0 ? 0 : err_set(e, "no loss through walls, roof and floor: the zone cannot be made");
}

static double sky_degC(const struct ambient *a, double cloud_frac)
{
    double g = log(fmax(0.05, a->humidity_frac)) + 17.62 * a->temp_degC / (243.12 + a->temp_degC),
           dew = 243.12 * g / (17.62 - g) / 100, clear_frac = 0.711 + 0.56 * dew + 0.73 * dew * dew;
    double whole_frac = clear_frac + 0.84 * (1 - clear_frac) * cloud_frac;
    return pow(clamp(whole_frac, 0.5, 1), 0.25) * (a->temp_degC + 273.15) - 273.15;
}

void home_judge_rooms(const struct asset_now *now, double heat_W, double vent_W_K, struct home_state *x)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    const struct ambient *a = now->amb;
    struct home_judge *j = now->judge;
    double shade_frac = cooling_season(x) ? fmax(0.01, p->shade_frac) : 1;
    if (shade_frac != j->shade_frac) scale_glass(&j->zone, shade_frac / j->shade_frac), j->shade_frac = shade_frac;
    if (a->ghi_W_m2 > 50) j->cloud_frac = clamp((a->dhi_W_m2 / a->ghi_W_m2 - 0.15) / 0.85, 0, 1);
    j->ground_degC += -expm1(-now->dt_s / ground_s) * (a->temp_degC - j->ground_degC);
    j->zone.surface[0].ground_degC = j->ground_degC;
    struct zone_weather w = {a->temp_degC,
                             sky_degC(a, j->cloud_frac),
                             a->wind_m_s,
                             270,
                             a->sun_zenith_deg,
                             a->sun_azimuth_deg,
                             {a->ghi_W_m2, a->sun_zenith_deg < 89.5 ? a->dni_W_m2 : 0, a->dhi_W_m2},
                             irradiance_extraterrestrial_W_m2(1 + (int)fmod(a->local_day, 365.2425)),
                             0.2};
    double air = p->emitter > 0 ? 0 : heat_W < 0 ? 1 : radiator_air_frac; /* who cools blows */
    struct zone_hold h = {-INFINITY, INFINITY, vent_W_K, 0.5 * e->gain_W + air * heat_W,
                          0.5 * e->gain_W + (1 - air) * heat_W};
    zone_step(&j->zone, &w, &h, now->dt_s, NULL);
    x->air_degC = j->zone.air_degC;
    x->mass_degC = j->zone.radiant_degC;
    x->temp_degC = 0.5 * (x->air_degC + x->mass_degC);
}
