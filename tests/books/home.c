/* The books of a home: its meter, the three nodes of its rooms, the hot-water tank and the car.
 *
 * The rooms are the network of ISO 13790 with two capacities, made here from the parameters by the standard's formulas. The mean of both temperatures over
 * the step comes from the power series of the matrix exponential's integrals, not from modes: T_mean = phi1(A dt) T0 + dt phi2(A dt) u. With it what
 * each conductance carried is known, and each node must hold what is left. */
#include "books/books.h"
#include "near.h"

/* clang-format off */
#define HOME(K) \
    K(par, floor_m2) K(par, height_m) K(par, opaque_W_K) K(par, window_W_K) K(par, ach_per_h) K(par, recovery_frac) K(par, mass_class) \
    K(par, aperture_south_m2) K(par, aperture_east_m2) K(par, aperture_west_m2) K(par, aperture_north_m2) K(par, shade_frac) \
    K(par, airing_per_h) K(par, airing_from_degC) K(par, emitter) K(par, hp_W) K(par, hp_min_frac) K(par, cooling) \
    K(par, tank_m3) K(par, tank_loss_W_K) K(par, tank_W) K(par, tank_heater) K(par, tank_max_degC) \
    K(par, car) K(par, car_J) K(par, car_W) K(par, car_eff_frac) \
    K(x, temp_degC) K(x, air_degC) K(x, mass_degC) K(x, tank_degC) K(x, hot_short_J) K(x, car_frac) K(x, car_short_J) \
    K(x, cooling_frac) \
    K(cmd, heat_W) K(cmd, tank_W) K(cmd, car_W) K(cmd, off_frac) \
    K(exo, load_W) K(exo, hot_water_W) K(exo, gain_W) K(exo, car_present_frac) K(exo, car_drive_W)
/* clang-format on */
struct home {
    HOME(BOOK_FIELD)
};
static const struct book_key home_key[] = {HOME(BOOK_KEY)};
enum { METER, ROOM, SURFACE, MASS, TANK, CAR };

struct rooms { /* windows shut or open */
    double outside_W_K, surface_W_K, mass_W_K, wall_W_K, window_W_K,
        sum_W_K; /* air-out, air-surface, surface-mass, mass-out, surface-out */
    double room_J_K, mass_J_K, to_mass_frac, through_pane_frac;
    double start[2][2], in_s[2][2];
};
struct own {
    struct rooms rooms[2];
    struct mean tank;
};

/* ISO 13790 table 12: heat capacity and effective area by floor area. */
static const struct {
    double J_m2_K, area;
} mass_class[] = {{80e3, 2.5}, {110e3, 2.5}, {165e3, 2.5}, {260e3, 3}, {370e3, 3.5}};

static void mean_of_two(const double a[2][2], double dt_s, double start[2][2], double in_s[2][2])
{
    double power[2][2] = {{1, 0}, {0, 1}}, one = 1, two = 0.5; /* (A dt)^n; 1 / (n + 1)!, 1 / (n + 2)! */
    for (int i = 0; i < 4; i++) start[i / 2][i % 2] = in_s[i / 2][i % 2] = 0;
    for (int n = 0; n < 60; n++) {
        double next[2][2];
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 2; j++) {
                start[i][j] += one * power[i][j];
                in_s[i][j] += dt_s * two * power[i][j];
                next[i][j] = dt_s * (power[i][0] * a[0][j] + power[i][1] * a[1][j]);
            }
        for (int i = 0; i < 4; i++) power[i / 2][i % 2] = next[i / 2][i % 2];
        one /= n + 2, two /= n + 3;
    }
}

static struct rooms rooms_of(const struct home *h, double air_per_h, double dt_s)
{
    static const double surface_per_floor = 4.5, air_J_m3_K = 1200, air_J_m2_K = 10e3;
    double area = mass_class[(int)h->par_mass_class].area, volume_m3 = h->par_floor_m2 * h->par_height_m,
           mean_per_h = h->par_ach_per_h * (1 - h->par_recovery_frac) + air_per_h;
    struct rooms r = {.outside_W_K = air_J_m3_K * volume_m3 * mean_per_h / 3600,
                      .surface_W_K = 3.45 * surface_per_floor * h->par_floor_m2,
                      .mass_W_K = 9.1 * area * h->par_floor_m2,
                      .window_W_K = h->par_window_W_K,
                      .room_J_K = air_J_m2_K * h->par_floor_m2,
                      .mass_J_K = mass_class[(int)h->par_mass_class].J_m2_K * h->par_floor_m2,
                      .to_mass_frac = area / surface_per_floor,
                      .through_pane_frac = h->par_window_W_K / (9.1 * surface_per_floor * h->par_floor_m2)};
    r.wall_W_K = 1 / (1 / h->par_opaque_W_K - 1 / r.mass_W_K);
    r.sum_W_K = r.surface_W_K + r.mass_W_K + r.window_W_K;
    double across_W_K = r.surface_W_K * r.mass_W_K /
                        r.sum_W_K, /* air to mass through the surfaces, and each to the outside */
        air_W_K = r.outside_W_K + r.surface_W_K * r.window_W_K / r.sum_W_K,
           mass_W_K = r.wall_W_K + r.mass_W_K * r.window_W_K / r.sum_W_K;
    const double a[2][2] = {{-(across_W_K + air_W_K) / r.room_J_K, across_W_K / r.room_J_K},
                            {across_W_K / r.mass_J_K, -(across_W_K + mass_W_K) / r.mass_J_K}};
    mean_of_two(a, dt_s, r.start, r.in_s);
    return r;
}

static void make(const void *par, double dt_s, void *to)
{
    const struct home *h = par;
    struct own *o = to;
    o->rooms[0] = rooms_of(h, 0, dt_s);
    o->rooms[1] = rooms_of(h, h->par_airing_per_h, dt_s);
    o->tank = mean_over(h->par_tank_loss_W_K / (4.186e6 * h->par_tank_m3), dt_s);
}

static double sun_W(const struct home *is, const double facade_W_m2[4]) /* north, east, south, west */
{
    double all_W = is->par_aperture_north_m2 * facade_W_m2[0] + is->par_aperture_east_m2 * facade_W_m2[1] +
                   is->par_aperture_south_m2 * facade_W_m2[2] + is->par_aperture_west_m2 * facade_W_m2[3];
    return is->x_cooling_frac > 0.5 ? is->par_shade_frac * all_W : all_W;
}

/* Heat into the rooms by a watt of the heat pump; less than nothing when it cools. */
static double pump_gain(const struct home *is, const struct ambient *a)
{
    int floor = is->par_emitter > 0;
    if (is->x_cooling_frac <= 0.5) return a->pump_cop[floor];
    return is->par_cooling > 0 ? -a->pump_eer[floor] : 0;
}

/* Means over the step of the temperatures of air, surfaces and mass; `gain` is the heat that reaches each from inside and from the sun. */
struct nodes {
    double room, surface, mass;
};
static struct nodes means_degC(const struct rooms *r, const struct home *was, const struct nodes *gain_W,
                               double out_degC)
{
    double surface_W = gain_W->surface + r->window_W_K * out_degC,
           room_W = gain_W->room + r->outside_W_K * out_degC + r->surface_W_K / r->sum_W_K * surface_W,
           mass_W = gain_W->mass + r->wall_W_K * out_degC + r->mass_W_K / r->sum_W_K * surface_W;
    double from[2] = {was->x_air_degC, was->x_mass_degC}, in[2] = {room_W / r->room_J_K, mass_W / r->mass_J_K},
           mean[2];
    for (int i = 0; i < 2; i++)
        mean[i] =
            r->start[i][0] * from[0] + r->start[i][1] * from[1] + r->in_s[i][0] * in[0] + r->in_s[i][1] * in[1];
    double surface = (r->surface_W_K * mean[0] + r->mass_W_K * mean[1] + surface_W) / r->sum_W_K;
    return (struct nodes){mean[0], surface, mean[1]};
}

static void keep_conductances(struct book *b, const struct rooms *r, const struct nodes *degC)
{
    double out_degC = b->amb->temp_degC, dt_s = b->dt_s;
    come(b, ROOM, AIR, r->outside_W_K * (out_degC - degC->room) * dt_s);
    come(b, SURFACE, AIR, r->window_W_K * (out_degC - degC->surface) * dt_s);
    come(b, MASS, AIR, r->wall_W_K * (out_degC - degC->mass) * dt_s);
    turn(b, SURFACE, ROOM, r->surface_W_K * (degC->surface - degC->room) * dt_s);
    turn(b, SURFACE, MASS, r->mass_W_K * (degC->surface - degC->mass) * dt_s);
}

/* Half of the gains warm the air, the other half and the sun shine on surfaces and mass, and a part goes out through the panes. Returns what reached each. */
static struct nodes keep_gains(struct book *b, const struct rooms *r, const struct home *is)
{
    double half_W = 0.5 * is->exo_gain_W, shine_W = sun_W(is, b->amb->facade_W_m2), radiant_W = half_W + shine_W,
           to_mass_W = r->to_mass_frac * radiant_W, to_pane_W = r->through_pane_frac * radiant_W;
    HAPPEN(b, shaded, shine_W > 0 && is->x_cooling_frac > 0.5);
    come(b, ROOM, PEOPLE, half_W * b->dt_s);
    come(b, SURFACE, PEOPLE, half_W * b->dt_s);
    come(b, SURFACE, SUN, shine_W * b->dt_s);
    come(b, SURFACE, AIR, -to_pane_W * b->dt_s);
    turn(b, SURFACE, MASS, to_mass_W * b->dt_s);
    return (struct nodes){half_W, radiant_W - to_mass_W - to_pane_W, to_mass_W};
}

static void keep_rooms(struct book *b, const struct home *was, const struct home *is, double heat_W)
{
    double out_degC = b->amb->temp_degC, pumped_W = heat_W * pump_gain(is, b->amb);
    int airs = heat_W <= 0 && was->x_temp_degC > is->par_airing_from_degC &&
                       out_degC<was->x_temp_degC - 1, emits = is->par_emitter> 0
                   ? MASS
                   : ROOM;
    const struct rooms *r = &((const struct own *)b->own)->rooms[airs];
    HAPPEN(b, windows_opened, airs);
    HAPPEN(b, cooled, heat_W > 0 && is->x_cooling_frac > 0.5 && is->par_cooling > 0);
    struct nodes gain_W = keep_gains(b, r, is);
    *(emits == MASS ? &gain_W.mass : &gain_W.room) += pumped_W;
    turn(b, METER, emits, heat_W * b->dt_s);
    come(b, emits, AIR, (pumped_W - heat_W) * b->dt_s); /* its other side stands outdoors */
    struct nodes mean_degC = means_degC(r, was, &gain_W, out_degC);
    keep_conductances(b, r, &mean_degC);
    hold(b, ROOM, r->room_J_K * (is->x_air_degC - was->x_air_degC));
    hold(b, MASS, r->mass_J_K * (is->x_mass_degC - was->x_mass_degC));
}

/* The heater's power is what the meter tells beside all else; its own thermostat may have cut it, but only in a tank that stands at its most. */
static void keep_tank(struct book *b, const struct home *was, const struct home *is, double power_W)
{
    double cop = is->par_tank_heater > 0 ? b->amb->pump_hot_water_cop : 1, J_K = 4.186e6 * is->par_tank_m3,
           room_degC = 15, drawn_J = is->exo_hot_water_W * b->dt_s - (is->x_hot_short_J - was->x_hot_short_J),
           told_W = book_within(is->cmd_tank_W, 0, is->par_tank_W);
    double mean_degC = mean_at(&((const struct own *)b->own)->tank, was->x_tank_degC,
                               (cop * power_W - drawn_J / b->dt_s + is->par_tank_loss_W_K * room_degC) / J_K);
    if (power_W < -1e-6 || power_W > told_W + 1e-6 ||
        (power_W < told_W - 1e-3 && power_W > 1e-3 && fabs(is->x_tank_degC - is->par_tank_max_degC) > 1e-6))
        fail_msg("%s: the tank of %g degC takes %g W of %g", b->as->id, is->x_tank_degC, power_W, told_W);
    HAPPEN(b, tank_full, power_W > 0 && power_W < told_W - 1e-3);
    HAPPEN(b, tank_short, is->x_hot_short_J > was->x_hot_short_J);
    turn(b, METER, TANK, power_W * b->dt_s);
    come(b, TANK, AIR, (cop - 1) * power_W * b->dt_s);
    come(b, TANK, AIR, is->par_tank_loss_W_K * (room_degC - mean_degC) * b->dt_s);
    come(b, TANK, PEOPLE, -drawn_J);
    hold(b, TANK, J_K * (is->x_tank_degC - was->x_tank_degC));
}

static double car_power_W(const struct book *b, const struct home *was, const struct home *is)
{
    double most_W = is->par_car_W * book_within(is->exo_car_present_frac, 0, 1),
           full_W = (1 - was->x_car_frac) * is->par_car_J / is->par_car_eff_frac / b->dt_s;
    return is->par_car > 0 ? fmin(book_within(is->cmd_car_W, 0, most_W), fmax(0, full_W)) : 0;
}

static void keep_car(struct book *b, const struct home *was, const struct home *is, double power_W)
{
    HAPPEN(b, car_charged, power_W > 0);
    HAPPEN(b, car_driven, is->exo_car_drive_W > 0);
    HAPPEN(b, car_short, is->x_car_short_J > was->x_car_short_J);
    turn(b, METER, CAR, power_W * b->dt_s);
    come(b, CAR, AIR, -(1 - is->par_car_eff_frac) * power_W * b->dt_s);
    come(b, CAR, PEOPLE, -is->exo_car_drive_W * b->dt_s + (is->x_car_short_J - was->x_car_short_J));
    hold(b, CAR, is->par_car_J * (is->x_car_frac - was->x_car_frac));
}

static void keep(struct book *b, const void *before, const void *after)
{
    const struct home *was = before, *is = after;
    int stops = (b->status & STATUS_FAULT) != 0;
    double heat_W = stops ? 0 : book_power_W(is->cmd_heat_W, is->par_hp_min_frac * is->par_hp_W, is->par_hp_W),
           car_W = car_power_W(b, was, is), use_W = is->cmd_off_frac > 0.5 ? 0 : is->exo_load_W;
    HAPPEN(b, switched_off, is->cmd_off_frac > 0.5);
    draw(b, METER, 0);
    come(b, METER, PEOPLE, -use_W * b->dt_s);
    keep_rooms(b, was, is, heat_W);
    if (is->par_car > 0) keep_car(b, was, is, car_W);
    keep_tank(b, was, is, -b->flow[0] - use_W - heat_W - car_W);
}

extern const struct book_class books_home;
const struct book_class books_home = {.cls = "home",
                                      .account = {{"meter", ELEC_J},
                                                  {"room", HEAT_J},
                                                  {"surfaces", HEAT_J},
                                                  {"building mass", HEAT_J},
                                                  {"tank", HEAT_J},
                                                  {"car", ELEC_J}},
                                      BOOK_KEYS(home_key),
                                      .own_bytes = sizeof(struct own),
                                      .make = make,
                                      .keep = keep};
