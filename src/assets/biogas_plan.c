/* What the planner sees of a biogas plant: the gas holder as one state, the engine with its choice of running, boiler, flare, gas to
 * others and the digester's own heat. Production is a series: the pools of biogas.c walked ahead on the usual feed. AM2 was tried in
 * their place against ADM1 in this digester (a year, feed within a tenth a day, mean gas of the day ahead, RMS over the mean):
 * pools with rates from books and corrected by the gas meter 3.3 %, AM2 as fitted to BSM2 7.6 %, gas as now 3.8 %; fitted to
 * half a year of that very digester pools 1.0 % with three numbers, AM2 1.2 % with seven. What is missing is the plant's
 * rates and not another form. See biogas.c for the physics; every coefficient here must agree with its step. */
#include "assets/biogas_model.h"
#include "physics/compressor.h"
#include "village/policy.h"

enum { ENGINE, ON, BOILER, FLARE, SUPPLY, OWN, N_U };
enum { ROW_HOLDER, ROW_MOST, ROW_LEAST, ROW_HEAT, N_ROW };
enum {
    N_DT,
    N_H0,
    N_WORTH,
    N_ENGINE_GAS,
    N_BOILER_GAS,
    N_ENGINE_HEAT,
    N_MOST,
    N_LEAST,
    N_LOW,
    N_HIGH,
    N_FLARE_PRICE,
    N_OWN_PRICE,
    N_FLARE_MAX,
    N_SUPPLY_MAX,
    N_START,
    N_UP,
    N_DOWN,
    N_SINCE,
    N_NUM
};
enum { S_GAS, S_OWN, S_ENGINE_HI, S_ON_LO, S_ON_HI, S_BOILER_LO, S_BOILER_HI, N_OWN };
// clang-format off
static const char *const input[] = {"engine", "engine on", "boiler", "flare", "gas to others", "digester heat"};
static const struct row_desc row[] = {{"gas holder", 5, 0}, {"engine rating", -1, 0}, {"engine least load", -1, 1}, {"heat to the village", -1, 0}};
static const struct choice choice[] = {{ON, N_START, N_UP, N_DOWN, N_SINCE}};
static const struct coef coef[] = {
    /* H' = H + dt (gas - engine / eta_el - boiler / eta_b - flare - supply) */
    {AT_A, 0, 0, 1, ONE, ONE}, {AT_B, 0, ENGINE, -1, N_ENGINE_GAS, ONE}, {AT_B, 0, BOILER, -1, N_BOILER_GAS, ONE},
    {AT_B, 0, FLARE, -1, N_DT, ONE}, {AT_B, 0, SUPPLY, -1, N_DT, ONE}, {AT_DRIFT, 0, 0, 1, N_DT, S_GAS},
    {AT_X0, 0, 0, 1, N_H0, ONE}, {AT_WORTH, 0, 0, 1, N_WORTH, ONE},
    /* low <= H' <= high, restored by the flare (high) and by burning nothing (low) */
    {AT_C, ROW_HOLDER, 0, 1, ONE, ONE}, {AT_ROW_LO, ROW_HOLDER, 0, 1, N_LOW, ONE}, {AT_ROW_HI, ROW_HOLDER, 0, 1, N_HIGH, ONE},
    {AT_PRICE_LO, ROW_HOLDER, 0, PRICE_HARD, ONE, ONE}, {AT_PRICE_HI, ROW_HOLDER, 0, PRICE_HARD, ONE, ONE},
    /* least on <= engine <= most on */
    {AT_D, ROW_MOST, ENGINE, 1, ONE, ONE}, {AT_D, ROW_MOST, ON, -1, N_MOST, ONE},
    {AT_ROW_HI, ROW_MOST, 0, 0, ONE, ONE}, {AT_PRICE_HI, ROW_MOST, 0, PRICE_HARD, ONE, ONE},
    {AT_D, ROW_LEAST, ENGINE, 1, ONE, ONE}, {AT_D, ROW_LEAST, ON, -1, N_LEAST, ONE},
    {AT_ROW_LO, ROW_LEAST, 0, 0, ONE, ONE}, {AT_PRICE_LO, ROW_LEAST, 0, PRICE_HARD, ONE, ONE},
    /* 0 <= heat = eta_th / eta_el engine + boiler - own, own <= need at a reward (a cold digester is a lost one) */
    {AT_D, ROW_HEAT, ENGINE, 1, N_ENGINE_HEAT, ONE}, {AT_D, ROW_HEAT, BOILER, 1, ONE, ONE}, {AT_D, ROW_HEAT, OWN, -1, ONE, ONE},
    {AT_ROW_LO, ROW_HEAT, 0, 0, ONE, ONE}, {AT_PRICE_LO, ROW_HEAT, 0, PRICE_HARD, ONE, ONE},
    {AT_F, ELEC, ENGINE, 1, ONE, ONE}, {AT_F, HEAT, ENGINE, 1, N_ENGINE_HEAT, ONE}, {AT_F, HEAT, BOILER, 1, ONE, ONE},
    {AT_F, HEAT, OWN, -1, ONE, ONE}, {AT_F, GAS, SUPPLY, 1, ONE, ONE},
    {AT_HI, ENGINE, 0, 1, ONE, S_ENGINE_HI}, {AT_LO, ON, 0, 1, ONE, S_ON_LO}, {AT_HI, ON, 0, 1, ONE, S_ON_HI},
    {AT_LO, BOILER, 0, 1, ONE, S_BOILER_LO}, {AT_HI, BOILER, 0, 1, ONE, S_BOILER_HI}, {AT_HI, FLARE, 0, 1, N_FLARE_MAX, ONE},
    {AT_HI, SUPPLY, 0, 1, N_SUPPLY_MAX, ONE}, {AT_HI, OWN, 0, 1, ONE, S_OWN},
    {AT_PRICE, FLARE, 0, 1, N_FLARE_PRICE, ONE}, {AT_PRICE, OWN, 0, -1, N_OWN_PRICE, ONE},
};
// clang-format on
static const struct block_shape shape_biogas = {.name = "biogas",
                                                .nx = 1,
                                                .nu = N_U,
                                                .nrow = N_ROW,
                                                .nport = 3,
                                                .nchoice = 1,
                                                .n_num = N_NUM,
                                                .n_own = N_OWN,
                                                .input = input,
                                                .row = row,
                                                .choice = choice,
                                                .coef = coef,
                                                .n_coef = (int)(sizeof coef / sizeof coef[0])};

const struct block_shape *biogas_shape(const void *par)
{
    (void)par;
    return &shape_biogas;
}

/* Production to come: the same pools, fed as the rules would, at the digester's temperature of now. */
static void formulate_gas(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct biogas_par *p = now->par;
    struct biogas_x x = *(const struct biogas_x *)now->x;
    double feed_kg_s = biogas_fed_kg_s(now, biogas_feed_rule_kg_s(now));
    for (int t = 0; t < h->T; t++) {
        double dt_s = slot_s(h, t);
        biogas_deliver(p, (const void *)(now->exo + 2 * t), dt_s, &x);
        block_put(b, S_GAS, t, biogas_digest(p, feed_kg_s, dt_s, NULL, &x) / dt_s);
        block_put(b, S_OWN, t, biogas_need_heat_W(p, x.temp_degC, h->amb[t].temp_degC, x.feed_kg_s));
    }
}

/* An override is followed as far as the gas lasts: walked on the holder with nothing else burning. */
static void formulate_bounds(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    const struct biogas_cmd *pin = now->pin;
    int fit = biogas_gas_fit(p, x) && !(now->status & (STATUS_OUT | STATUS_FAULT)),
        out = (now->status & STATUS_OUT) != 0;
    double engine_pin_W = PIN(pin, engine_W), boiler_pin_W = PIN(pin, boiler_W), holder_J = x->holder_J,
           low_J = fmin(ENGINE_AT_FRAC * p->holder_J, x->holder_J), least_W = p->engine_least_frac * p->engine_W;
    for (int t = 0; t < h->T; t++) {
        double dt_s = slot_s(h, t), gas_J = holder_J - low_J + block_own(b, S_GAS, t) * dt_s,
               engine_W = biogas_engine_power_W(p, or_else(engine_pin_W, 0));
        double boiler_W = fmin(clamp(or_else(boiler_pin_W, 0), 0, p->boiler_W), gas_J * p->eta_boiler_frac / dt_s);
        if (out) boiler_W = 0;
        gas_J -= boiler_W / p->eta_boiler_frac * dt_s;
        int must_run = fit && engine_W > 0 && gas_J >= least_W / p->eta_el_frac * dt_s;
        gas_J -= must_run ? least_W / p->eta_el_frac * dt_s : 0;
        block_put(b, S_ENGINE_HI, t, !fit ? 0 : isfinite(engine_pin_W) ? engine_W : p->engine_W);
        block_put(b, S_ON_LO, t, must_run);
        block_put(b, S_ON_HI, t, fit && !(isfinite(engine_pin_W) && engine_W <= 0));
        block_put(b, S_BOILER_LO, t, boiler_W);
        block_put(b, S_BOILER_HI, t, out || isfinite(boiler_pin_W) ? boiler_W : p->boiler_W);
        holder_J = fmin(low_J + gas_J, FLARE_AT_FRAC * p->holder_J);
    }
}

void biogas_formulate(const struct asset_now *now, const struct horizon *h, struct block *b)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    const struct policy *y = h->policy;
    double worth_per_J = horizon_worth_per_J(h), most_W = 0, least_dt_s = h->dt_s[0],
           running_s = x->engine_W > 0 ? x->since_switch_s : -x->since_switch_s;
    formulate_gas(now, h, b);
    formulate_bounds(now, h, b);
    for (int t = 0; t < h->T; t++) most_W = fmax(most_W, block_own(b, S_GAS, t));
    for (int len = 0; len < h->n_len; len++) {
        double dt_s = h->dt_s[len];
        least_dt_s = fmin(least_dt_s, dt_s);
        block_set(b, len, N_DT, dt_s);
        block_set(b, len, N_ENGINE_GAS, dt_s / p->eta_el_frac);
        block_set(b, len, N_BOILER_GAS, dt_s / p->eta_boiler_frac);
        block_set(b, len, N_FLARE_PRICE, y->flare_per_kWh / J_PER_KWH * dt_s);
        block_set(b, len, N_OWN_PRICE,
                  2 * worth_per_J * dt_s); /* twice electricity: above any other use of the gas */
    }
    double high_J = FLARE_AT_FRAC * p->holder_J;
    block_set_all(b, h->n_len, N_H0, x->holder_J);
    block_set_all(b, h->n_len, N_WORTH, p->eta_el_frac * worth_per_J);
    block_set_all(b, h->n_len, N_ENGINE_HEAT, p->eta_th_frac / p->eta_el_frac);
    block_set_all(b, h->n_len, N_MOST, p->engine_W);
    block_set_all(b, h->n_len, N_LEAST, p->engine_least_frac * p->engine_W);
    block_set_all(b, h->n_len, N_LOW, fmin(ENGINE_AT_FRAC * p->holder_J, x->holder_J));
    block_set_all(b, h->n_len, N_HIGH, high_J);
    block_set_all(b, h->n_len, N_FLARE_MAX, fmax(p->flare_W, most_W + fmax(0, x->holder_J - high_J) / least_dt_s));
    block_set_all(b, h->n_len, N_SUPPLY_MAX, now->status & STATUS_OUT ? 0 : p->gas_port_W);
    block_set_all(b, h->n_len, N_START, y->start_cost);
    block_set_all(b, h->n_len, N_UP, p->min_run_s);
    block_set_all(b, h->n_len, N_DOWN, p->min_rest_s);
    block_set_all(b, h->n_len, N_SINCE, running_s);
}

/* A mean below the engine's least load (a relaxed plan's part of an engine) is reached by runs and rests. */
void biogas_command(const struct asset_now *now, const struct block *b, int t, void *cmd)
{
    const struct biogas_par *p = now->par;
    const struct biogas_x *x = now->x;
    struct compressor engine = {.rated_W = p->engine_W,
                                .least_W = p->engine_least_frac * p->engine_W,
                                .run_min_s = p->min_run_s,
                                .rest_min_s = p->min_rest_s,
                                .since_switch_s = x->since_switch_s,
                                .on = x->engine_W > 0};
    *(struct biogas_cmd *)cmd =
        (struct biogas_cmd){.feed_kg_s = biogas_fed_kg_s(now, biogas_feed_rule_kg_s(now)),
                            .engine_W = p->engine_W > 0 ? compressor_duty_W(&engine, block_u(b, ENGINE, t)) : 0,
                            .boiler_W = without_crumbs(block_u(b, BOILER, t), p->boiler_W),
                            .flare_W = without_crumbs(block_u(b, FLARE, t), p->flare_W)};
}
