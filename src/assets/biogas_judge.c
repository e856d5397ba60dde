/* The digester of the biogas plant by ADM1 (physics/adm1.h), in place of two first-order pools: what `--fidelity high` steps.
 *
 * Feed: the degradable part of each substrate has the COD of its methane potential (0.35 m3 a kg COD), given as carbohydrates, proteins and lipids in shares
 * of cattle slurry and of food waste (assumptions: 70/20/10 and 55/25/20); half of it arrives in composites that must disintegrate first (30 % of those are inert
 * in ADM1); what cannot become gas is inert at 1.4 kg COD a kg of solids. Ammonia, inorganic carbon and ions as in cattle slurry (assumption: 0.10, 0.12, 0.04 and 0.02 kmol/m3), for food waste a tenth
 * of them. A cubic metre weighs a tonne. The feed of an hour is gathered and then digested in one run of the solver; its gas comes evenly over the hour after
 * it. Should the solver fail, the hour before goes on. Left out: stirring, foam, hydrogen sulphide. */
#include "assets/biogas_judge.h"
#include "base/err.h"
#include "physics/adm1.h"
#include "physics/digester.h"
#include <math.h>
#include <string.h>

struct biogas_judge {
    double y[ADM1_STATES], wait_s, manure_kg, waste_kg;
    struct judge_gas gas;
};
size_t biogas_judge_bytes(void) { return sizeof(struct biogas_judge); }

static const double every_s = 3600, methane_m3_kg_cod = 0.35, solids_kg_cod = 1.4, composite_frac = 0.5,
                    composite_inert_frac = 0.3, settle_d = 150;
// clang-format off
static const struct { double ch, pr, li, in, ic, cat, an; } made_of[2] = {
    {0.70, 0.20, 0.10, 0.10, 0.12, 0.040, 0.020},   /* cattle slurry; kmol/m3 */
    {0.55, 0.25, 0.20, 0.01, 0.012, 0.004, 0.002}}; /* food waste */
// clang-format on

static struct adm1_plant plant_of(const struct judge_digester *d, double manure_kg, double waste_kg)
{
    struct adm1_plant p = {.liquid_m3 = d->volume_m3,
                           .gas_m3 = 0.1 * d->volume_m3,
                           .temp_degC = fmin(fmax(d->temp_degC, 20), 45),
                           .atmosphere_bar = 1.013};
    const struct judge_substrate *s[2] = {&d->manure, &d->waste};
    double kg[2] = {manure_kg, waste_kg}, all_kg = manure_kg + waste_kg;
    for (int k = 0; k < 2 && all_kg > 0; k++) {
        double part = kg[k] / all_kg, cod = part * 1000 * s[k]->vs_frac * s[k]->bmp_m3_per_kg / methane_m3_kg_cod;
        double composite = composite_frac * cod / (1 - composite_inert_frac);
        p.influent[ADM1_XC] += composite;
        p.influent[ADM1_CH] += (1 - composite_frac) * cod * made_of[k].ch;
        p.influent[ADM1_PR] += (1 - composite_frac) * cod * made_of[k].pr;
        p.influent[ADM1_LI] += (1 - composite_frac) * cod * made_of[k].li;
        double inert = part * 1000 * s[k]->vs_frac * (1 - s[k]->degradable_frac) * solids_kg_cod;
        p.influent[ADM1_XI] += fmax(0, inert - composite_inert_frac * composite);
        p.influent[ADM1_IN] += part * made_of[k].in, p.influent[ADM1_IC] += part * made_of[k].ic;
        p.influent[ADM1_CAT] += part * made_of[k].cat, p.influent[ADM1_AN] += part * made_of[k].an;
    }
    return p;
}

static struct judge_gas gas_of(const struct adm1_plant *p, const double y[ADM1_STATES])
{
    struct adm1_out o = adm1_look(p, y);
    double normal = 273.15 / (273.15 + p->temp_degC), dry = o.methane_frac + o.co2_frac + o.hydrogen_frac;
    return (struct judge_gas){o.methane_m3_d * normal * METHANE_LHV_J_M3 / 86400, o.methane_frac / dry};
}

int biogas_judge_start(struct biogas_judge *j, const struct judge_digester *d, double manure_kg_s,
                       double waste_kg_s, struct err *e)
{
    struct adm1_plant p = plant_of(d, manure_kg_s, waste_kg_s);
    memset(j, 0, sizeof *j);
    adm1_start(j->y);
    if (adm1_advance(&p, (manure_kg_s + waste_kg_s) * 86.4, settle_d, j->y, e)) return -1;
    j->gas = gas_of(&p, j->y);
    return 0;
}

static void digest_hour(struct biogas_judge *j, const struct judge_digester *d)
{
    struct adm1_plant p = plant_of(d, j->manure_kg, j->waste_kg);
    double y[ADM1_STATES], days = j->wait_s / 86400;
    struct err e = {0};
    memcpy(y, j->y, sizeof y);
    if (!adm1_advance(&p, (j->manure_kg + j->waste_kg) / 1000 / days, days, y, &e)) {
        memcpy(j->y, y, sizeof y);
        j->gas = gas_of(&p, j->y);
    }
    j->wait_s = j->manure_kg = j->waste_kg = 0;
}

struct judge_gas biogas_judge_step(struct biogas_judge *j, const struct judge_digester *d, double manure_kg,
                                   double waste_kg, double dt_s)
{
    struct judge_gas now = j->gas;
    j->wait_s += dt_s, j->manure_kg += manure_kg, j->waste_kg += waste_kg;
    if (j->wait_s >= every_s - 1e-6) digest_hour(j, d);
    return now;
}
