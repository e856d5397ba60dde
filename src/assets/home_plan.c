/* What the planner sees of a home: three independent components (rooms in modal form, tank, car) that meet only in the
 * electric port. See home.c for the physics; every coefficient here follows from home_model.h and must agree with step. */
#include "assets/home_model.h"
#include "base/err.h"

/* States: two modes of the rooms [K], tank [degC], car [share]. Inputs: the three commands [W]. Rows: comfort band,
 * the line where the guard takes over, tank, car. numbers (per length of slot where it matters) and series of the coefficient table: */
/* clang-format off */
enum num {
    N_DECAY0, N_DECAY1, N_HEAT0, N_HEAT1, N_ROW0, N_ROW1, N_HEAT_LO, N_HEAT_HI, N_COMFORT, N_HELD, N_X0, N_X1, N_WORTH0, N_WORTH1,
    N_TANK_DECAY, N_TANK_HEAT, N_TANK_LO, N_TANK_HI, N_TANK_MAX, N_TANK_PRICE, N_TANK_X0, N_TANK_WORTH,
    N_CAR_CHARGE, N_CAR_PRICE, N_CAR_X0, N_CAR_WORTH, N_HOME_CAR, N_HOME = N_CAR_CHARGE };
enum own {
    S_GAIN, S_DRIFT0, S_DRIFT1, S_LOW, S_HIGH, S_HELD_LOW, S_HELD_HIGH, S_FEED, S_TANK_GAIN, S_TANK_DRIFT, S_TANK_LOW,
    S_CAR_DRIFT, S_CAR_LO, S_CAR_HI, S_CAR_READY, S_HOME_CAR, S_HOME = S_CAR_DRIFT };
enum row { ROW_COMFORT, ROW_HELD, ROW_TANK, ROW_CAR };
/* clang-format on */
static const char *const input_name[] = {"heat_W", "tank_W", "car_W"};
#define SHOWS(member) ((int16_t)(offsetof(struct home_state, member) / sizeof(double)))
static const struct row_desc row_desc[] = {{"comfort", SHOWS(temp_degC), 0},
                                           {"thermostat takes over", SHOWS(temp_degC), 0},
                                           {"hot water", SHOWS(tank_degC), 0},
                                           {"car ready", SHOWS(car_frac), 0}};

/* clang-format off */
#define COEF_HOME \
    /* rooms: z+ = decay z + heat gain(t) u + drift(t) */ \
    {AT_A, 0, 0, 1, N_DECAY0, ONE},              {AT_A, 1, 1, 1, N_DECAY1, ONE}, \
    {AT_B, 0, 0, 1, N_HEAT0, S_GAIN},            {AT_B, 1, 0, 1, N_HEAT1, S_GAIN}, \
    {AT_DRIFT, 0, 0, 1, ONE, S_DRIFT0},          {AT_DRIFT, 1, 0, 1, ONE, S_DRIFT1}, \
    {AT_X0, 0, 0, 1, N_X0, ONE},                 {AT_X0, 1, 0, 1, N_X1, ONE}, \
    {AT_WORTH, 0, 0, 1, N_WORTH0, ONE},          {AT_WORTH, 1, 0, 1, N_WORTH1, ONE}, \
    {AT_LO, 0, 0, 1, N_HEAT_LO, ONE},            {AT_HI, 0, 0, 1, N_HEAT_HI, ONE}, \
    /* low - s <= room temperature <= high + s', twice: comfort, then the dearer line of the guard */ \
    {AT_C, ROW_COMFORT, 0, 1, N_ROW0, ONE},      {AT_C, ROW_COMFORT, 1, 1, N_ROW1, ONE}, \
    {AT_C, ROW_HELD, 0, 1, N_ROW0, ONE},         {AT_C, ROW_HELD, 1, 1, N_ROW1, ONE}, \
    {AT_ROW_LO, ROW_COMFORT, 0, 1, ONE, S_LOW},  {AT_ROW_HI, ROW_COMFORT, 0, 1, ONE, S_HIGH}, \
    {AT_ROW_LO, ROW_HELD, 0, 1, ONE, S_HELD_LOW},{AT_ROW_HI, ROW_HELD, 0, 1, ONE, S_HELD_HIGH}, \
    {AT_PRICE_LO, ROW_COMFORT, 0, 1, N_COMFORT, ONE}, {AT_PRICE_HI, ROW_COMFORT, 0, 1, N_COMFORT, ONE}, \
    {AT_PRICE_LO, ROW_HELD, 0, 1, N_HELD, ONE},  {AT_PRICE_HI, ROW_HELD, 0, 1, N_HELD, ONE}, \
    /* tank: T+ = decay T + heat gain(t) u + drift(t); low - s <= T+ <= max + s' */ \
    {AT_A, 2, 2, 1, N_TANK_DECAY, ONE},          {AT_B, 2, 1, 1, N_TANK_HEAT, S_TANK_GAIN}, \
    {AT_DRIFT, 2, 0, 1, ONE, S_TANK_DRIFT},      {AT_X0, 2, 0, 1, N_TANK_X0, ONE}, \
    {AT_WORTH, 2, 0, 1, N_TANK_WORTH, ONE}, \
    {AT_LO, 1, 0, 1, N_TANK_LO, ONE},            {AT_HI, 1, 0, 1, N_TANK_HI, ONE}, \
    {AT_C, ROW_TANK, 2, 1, ONE, ONE}, \
    {AT_ROW_LO, ROW_TANK, 0, 1, ONE, S_TANK_LOW},{AT_ROW_HI, ROW_TANK, 0, 1, N_TANK_MAX, ONE}, \
    {AT_PRICE_LO, ROW_TANK, 0, 1, N_TANK_PRICE, ONE}, {AT_PRICE_HI, ROW_TANK, 0, 1, N_TANK_PRICE, ONE}, \
    /* meter: -(heat + tank + car) - load */ \
    {AT_F, 0, 0, -1, ONE, ONE},                  {AT_F, 0, 1, -1, ONE, ONE}, \
    {AT_FEED, 0, 0, 1, ONE, S_FEED}
static const struct coef coef_home[] = {COEF_HOME};
static const struct coef coef_home_car[] = {COEF_HOME,
    /* car: share+ = share + charge u - drive(t); ready - s <= share+ <= 1 + s' */
    {AT_A, 3, 3, 1, ONE, ONE},                   {AT_B, 3, 2, 1, N_CAR_CHARGE, ONE},
    {AT_DRIFT, 3, 0, 1, ONE, S_CAR_DRIFT},       {AT_X0, 3, 0, 1, N_CAR_X0, ONE},
    {AT_WORTH, 3, 0, 1, N_CAR_WORTH, ONE},
    {AT_LO, 2, 0, 1, ONE, S_CAR_LO},             {AT_HI, 2, 0, 1, ONE, S_CAR_HI},
    {AT_C, ROW_CAR, 3, 1, ONE, ONE},
    {AT_ROW_LO, ROW_CAR, 0, 1, ONE, S_CAR_READY},{AT_ROW_HI, ROW_CAR, 0, 1, ONE, ONE},
    {AT_PRICE_LO, ROW_CAR, 0, 1, N_CAR_PRICE, ONE}, {AT_PRICE_HI, ROW_CAR, 0, 1, N_CAR_PRICE, ONE},
    {AT_F, 0, 2, -1, ONE, ONE}};
static const struct block_shape shape_home = {"home", 3, 2, 3, 1, 0, N_HOME, S_HOME, 0, input_name, row_desc, NULL,
    coef_home, sizeof coef_home / sizeof coef_home[0]};
static const struct block_shape shape_home_car = {"home_car", 4, 3, 4, 1, 0, N_HOME_CAR, S_HOME_CAR, 0, input_name,
    row_desc, NULL, coef_home_car, sizeof coef_home_car / sizeof coef_home_car[0]};
/* clang-format on */

const struct block_shape *home_shape(const void *from)
{
    const struct home_par *p = from;
    return p->car > 0 ? &shape_home_car : &shape_home;
}

/* Electricity that one more joule of heat (< 0: of warmth too much) kept in the rooms replaces: as long as the
 * season asks for it; seven tenths of it survive the losses until then. */
double home_heat_worth(const struct home_par *p, const struct home_state *x, const struct ambient *a)
{
    double gain = heat_gain(p, x, a), mean_degC = a->temp_mean_degC;
    double need = gain > 0 ? clamp((15 - mean_degC) / 5, 0, 1) : clamp((mean_degC - 23) / 4, 0, 1);
    return gain == 0 ? 0 : 0.7 * need / gain;
}

static double gain_mean_W(const struct home_exo *e, const struct horizon *h)
{
    double sum_J = 0;
    for (int t = 0; t < h->T; t++) sum_J += e[t].gain_W * slot_s(h, t);
    return sum_J / horizon_s(h);
}

/* The rooms as the plan sees them: modes, and what a slot of each length does to them. */
struct rooms {
    struct building b;
    struct building_modes m;
    double sum, row[2], z[2], decay[SLOT_LENGTHS_MAX][2], gain_s[SLOT_LENGTHS_MAX][2];
};
static struct rooms rooms_make(const struct home_par *p, const struct home_state *x, const struct horizon *h)
{
    struct rooms r = {.b = building_of(p)};
    r.m = building_modes(&r.b);
    const struct building_modes *m = &r.m;
    double det = m->v[0][0] * m->v[1][1] - m->v[0][1] * m->v[1][0];
    r.z[0] = (m->v[1][1] * x->air_degC - m->v[0][1] * x->mass_degC) / det;
    r.z[1] = (m->v[0][0] * x->mass_degC - m->v[1][0] * x->air_degC) / det;
    r.sum = m->op[0] + m->op[1];
    must(h->n_len <= SLOT_LENGTHS_MAX, "%d lengths of slot", h->n_len);
    for (int i = 0; i < 2; i++) {
        r.row[i] = (m->op[0] * m->v[0][i] + m->op[1] * m->v[1][i]) / r.sum;
        for (int l = 0; l < h->n_len; l++)
            building_mode_slot(m->rate_per_s[i], h->dt_s[l], &r.decay[l][i], &r.gain_s[l][i]);
    }
    return r;
}

static void rooms_numbers(const struct asset_now *now, const struct horizon *h, const struct rooms *r,
                          struct block *to)
{
    const struct home_par *p = now->par;
    const struct policy *o = h->policy;
    const struct home_cmd *pin = now->pin;
    double worth = home_heat_worth(p, now->x, &h->amb[h->T - 1]) * horizon_worth_per_J(h);
    struct bounds u = bounds_pinned(0, p->hp_W * in_service(now), PIN(pin, heat_W));
    int node = p->emitter > 0;
    for (int i = 0; i < 2; i++) {
        block_set_all(to, h->n_len, N_X0 + i, r->z[i]);
        block_set_all(to, h->n_len, N_ROW0 + i, r->row[i]);
        block_set_all(to, h->n_len, N_WORTH0 + i,
                      worth * (r->b.air_J_K * r->m.v[0][i] + r->b.mass_J_K * r->m.v[1][i]));
        for (int l = 0; l < h->n_len; l++) {
            block_set(to, l, N_DECAY0 + i, r->decay[l][i]);
            block_set(to, l, N_HEAT0 + i, r->gain_s[l][i] * r->m.w[i][node]);
        }
    }
    for (int l = 0; l < h->n_len; l++) {
        block_set(to, l, N_COMFORT, o->comfort_per_K_h * r->sum * h->dt_s[l] / 3600);
        block_set(to, l, N_HELD, o->safe_per_K_h * r->sum * h->dt_s[l] / 3600);
    }
    block_set_all(to, h->n_len, N_HEAT_LO, u.lo);
    block_set_all(to, h->n_len, N_HEAT_HI, u.hi);
}

/* Bounds of the rows y = (op . T) / sum(op), in kelvin: the band less what outside and sun add to the operative temperature.
 * Warmth that not heating cannot prevent (or coolness that not cooling cannot) is not priced: it would only hide, in a large
 * sum, what the plan can do. `alone` is y with the heat pump off. The dear tier stands where the guard takes over from the plan,
 * below when it heats, above when it cools: what a plan saves there the guard takes all the same, in the dearest hour. */
static void rooms_bounds(const struct home_par *p, const struct comfort *k, double gain, double shift_K,
                         double alone, double sum, int t, struct block *to)
{
    double inset_K = plan_inset_K(gain > 0);
    double edge = 0.02 / sum, least_high = gain >= 0 ? alone + edge : -HUGE_VAL,
           most_low = gain <= 0 ? alone - edge : HUGE_VAL;
    block_put(to, S_LOW, t, fmin((k->low_degC + inset_K - shift_K) / sum, most_low));
    block_put(to, S_HIGH, t, fmax((k->high_degC - inset_K - shift_K) / sum, least_high));
    double held_low = fmin((held_degC(p, k) - shift_K) / sum, most_low);
    double held_high = fmax((k->high_degC - guard_lead_K(0) - shift_K) / sum, least_high);
    block_put(to, S_HELD_LOW, t, gain > 0 ? held_low : -HUGE_VAL);
    block_put(to, S_HELD_HIGH, t, gain < 0 ? held_high : HUGE_VAL);
}

/* Comfort at the end of slot t, which is the beginning of the next: a room must then already be where its people want it, or every
 * rise of a set-point would be met a slot too late. */
static struct comfort comfort_end(const struct home_par *p, const struct home_state *x, const struct horizon *h,
                                  const struct home_exo *e, int t)
{
    struct comfort k = comfort_of(p, x, usual_degC(h->policy), e[t].setpoint_degC);
    if (t + 1 == h->T) return k;
    struct comfort next = comfort_of(p, x, usual_degC(h->policy), e[t + 1].setpoint_degC);
    if (heat_gain(p, x, &h->amb[t]) < 0) {
        k.high_degC = fmin(k.high_degC, next.high_degC);
        k.low_degC = fmin(k.low_degC, k.high_degC);
    } else {
        k.low_degC = fmax(k.low_degC, next.low_degC);
        k.high_degC = fmax(k.high_degC, k.low_degC);
    }
    return k;
}

static void formulate_rooms(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    struct rooms r = rooms_make(p, x, h);
    rooms_numbers(now, h, &r, to);
    /* Nobody measures the heat of people and appliances: the forecast gives its course, and its level is the one with which
     * the observer found bias_W, or the difference of the two would count twice. */
    double level_W = x->bias_W + x->gain_day_W - gain_mean_W(e, h), z[2] = {r.z[0], r.z[1]};
    for (int t = 0; t < h->T; t++) {
        const struct ambient *a = &h->amb[t];
        struct surroundings s = surroundings_of(p, x, &r.b, a, e[t].gain_W, level_W);
        struct comfort k = comfort_end(p, x, h, e, t);
        double gain = heat_gain(p, x, a);
        block_put(to, S_GAIN, t, gain);
        for (int i = 0; i < 2; i++) {
            double drift = r.gain_s[h->len[t]][i] * (r.m.w[i][0] * s.heat.air_W + r.m.w[i][1] * s.heat.mass_W);
            block_put(to, S_DRIFT0 + i, t, drift);
            z[i] = r.decay[h->len[t]][i] * z[i] + drift;
        }
        double shift_K = r.m.op_out * a->temp_degC + r.m.op_gain_K_W * s.surface_W;
        rooms_bounds(p, &k, gain, shift_K, r.row[0] * z[0] + r.row[1] * z[1], r.sum, t, to);
    }
}

static void formulate_tank(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_cmd *pin = now->pin;
    struct bounds u = bounds_pinned(0, p->tank_W * in_service(now), PIN(pin, tank_W));
    double c_J_K = p->tank_m3 * water_J_m3K, k[SLOT_LENGTHS_MAX], until_s = p->tank_hot_every_s - x->since_hot_s;
    for (int l = 0; l < h->n_len; l++) {
        double decay, gain_s;
        building_mode_slot(p->tank_loss_W_K / c_J_K, h->dt_s[l], &decay, &gain_s);
        k[l] = gain_s / c_J_K;
        block_set(to, l, N_TANK_DECAY, decay);
        block_set(to, l, N_TANK_HEAT, k[l]);
    }
    block_set_all(to, h->n_len, N_TANK_LO, u.lo);
    block_set_all(to, h->n_len, N_TANK_HI, u.hi);
    block_set_all(to, h->n_len, N_TANK_MAX, p->tank_max_degC);
    block_set_all(to, h->n_len, N_TANK_X0, x->tank_degC);
    block_set_all(to, h->n_len, N_TANK_PRICE, h->policy->hot_water_per_kWh * c_J_K / J_PER_KWH);
    block_set_all(to, h->n_len, N_TANK_WORTH, horizon_worth_per_J(h) * c_J_K / tank_gain(p, &h->amb[h->T - 1]));
    for (int t = 0; t < h->T; t++) {
        int due = until_s <= slot_s(h, t) && until_s > 0; /* disinfection falls in this slot */
        until_s -= slot_s(h, t);
        block_put(to, S_TANK_GAIN, t, tank_gain(p, &h->amb[t]));
        block_put(to, S_TANK_DRIFT, t, k[h->len[t]] * (p->tank_loss_W_K * tank_room_degC - e[t].hot_water_W));
        block_put(to, S_TANK_LOW, t, due ? p->tank_hot_degC + 1 : p->tank_low_degC);
    }
}

static void formulate_car(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct home_par *p = now->par;
    const struct home_state *x = now->x;
    const struct home_exo *e = (const void *)now->exo;
    const struct home_cmd *pin = now->pin;
    for (int l = 0; l < h->n_len; l++) block_set(to, l, N_CAR_CHARGE, p->car_eff_frac * h->dt_s[l] / p->car_J);
    block_set_all(to, h->n_len, N_CAR_PRICE, h->policy->car_per_kWh * p->car_J / J_PER_KWH);
    block_set_all(to, h->n_len, N_CAR_X0, x->car_frac);
    block_set_all(to, h->n_len, N_CAR_WORTH, horizon_worth_per_J(h) * p->car_J / p->car_eff_frac);
    for (int t = 0; t < h->T; t++) {
        double here = clamp(e[t].car_present_frac, 0, 1);
        struct bounds u = bounds_pinned(0, p->car_W * here * in_service(now), PIN(pin, car_W));
        int leaves = here >= 0.5 && t + 1 < h->T && e[t + 1].car_present_frac < 0.5;
        block_put(to, S_CAR_DRIFT, t, -e[t].car_drive_W * slot_s(h, t) / p->car_J);
        block_put(to, S_CAR_LO, t, u.lo);
        block_put(to, S_CAR_HI, t, u.hi);
        block_put(to, S_CAR_READY, t, leaves ? p->car_ready_frac : 0);
    }
}

void home_formulate(const struct asset_now *now, const struct horizon *h, struct block *to)
{
    const struct home_par *p = now->par;
    const struct home_exo *e = (const void *)now->exo;
    formulate_rooms(now, h, to);
    formulate_tank(now, h, to);
    if (p->car > 0) formulate_car(now, h, to);
    for (int t = 0; t < h->T; t++) block_put(to, S_FEED, t, -e[t].load_W * in_service(now));
}

void home_command(const struct asset_now *now, const struct block *b, int t, void *to)
{
    const struct home_par *p = now->par;
    struct home_cmd *c = to;
    struct compressor k = compressor_of(p, now->x);
    c->heat_W = compressor_duty_W(&k, block_u(b, 0, t));
    c->tank_W = block_u(b, 1, t);
    double car_W = p->car > 0 ? block_u(b, 2, t) : 0;
    c->car_W = car_W < 0.5 * p->car_min_W ? 0 : fmax(car_W, p->car_min_W);
    c->off_frac = 0;
}
