/* Published figures of biogas: the steady state of the BSM2 digester. */
#include "base/random.h"
#include "calc/cases.h"
#include "physics/adm1.h"
#include "physics/am2.h"
#include "physics/digester.h"
#include <math.h>

enum { YEAR = 365 };

/* A year that no fit has seen: other daily changes, the doubled week in spring. */
static int judge_year(double flow[YEAR], struct adm1_out judge[YEAR], struct err *e)
{
    double y[ADM1_STATES];
    struct random r = random_stream(11, "am2 judge");
    struct adm1_plant plant = adm1_bsm2();
    for (int i = 0; i < YEAR; i++) flow[i] = 170 * (1 + random_range(&r, -0.1, 0.1)) * (i >= 90 && i < 97 ? 2 : 1);
    adm1_start(y);
    return adm1_run(&plant, flow, 0, YEAR, y, judge, e);
}

/* The controller's way: one first-order pool, its rate and yield fitted by simplex to another such year (seed 12, the doubled week in July). */
static int pool(const char *dir, const char *arg, double *value, struct err *e)
{
    static const double rate_per_d = 0.95136,
                        methane_m3_m3 = 11.126; /* of the feed's degradable part, by its volume */
    static double flow[YEAR];
    static struct adm1_out judge[YEAR];
    double held_m3 = 170 / (rate_per_d + 170.0 / 3400), off = 0, mean = 0;
    (void)dir, (void)arg;
    if (judge_year(flow, judge, e)) return -1;
    for (int i = 0; i < YEAR; i++) {
        held_m3 = digester_pool_step(held_m3, flow[i] / 86400, rate_per_d / 86400, flow[i] / 3400 / 86400, 86400)
                      .stock_kg;
        double miss = methane_m3_m3 * rate_per_d * held_m3 - judge[i].methane_m3_d;
        off += miss * miss, mean += judge[i].methane_m3_d / YEAR;
    }
    *value = sqrt(off / YEAR) / mean;
    return 0;
}

/* Root mean square of the daily miss over the mean. */
static int reduced(const char *dir, const char *arg, double *value, struct err *e)
{
    static double flow[YEAR];
    static struct adm1_out judge[YEAR];
    double off = 0, mean = 0;
    (void)dir;
    if (judge_year(flow, judge, e)) return -1;
    struct am2_par p = am2_reduced();
    struct am2_feed f = am2_reduced_feed(170.0 / 3400);
    struct am2 a = am2_steady(&p, &f);
    const double m3_per_mol = 0.08205 * 308.15 / 1000; /* gas at the tank's temperature, as ADM1's is */
    for (int i = 0; i < YEAR; i++) {
        f.dilution_per_d = flow[i] / 3400;
        am2_step(&p, &a, &f, 1);
        double ours = arg[0] == 'm' ? am2_look(&p, &a).methane_mmol_L_d * 3400 * m3_per_mol : a.s2,
               theirs = arg[0] == 'm' ? judge[i].methane_m3_d : judge[i].acids_kg_m3 / 60 * 1000;
        off += (ours - theirs) * (ours - theirs), mean += theirs / YEAR;
    }
    *value = sqrt(off / YEAR) / mean;
    return 0;
}

#define LUND "Rosen & Jeppsson 2006, steady state"
#define GAS "'made_W': 30000, 'holder_J': 1e9, "
// clang-format off
const struct calc_case calc_cases_biogas[] = {
    {"adm1", "BSM2 steady state, S_su", "{}", "state[0]", 0.011954829717, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_aa", "{}", "state[1]", 0.0053147401716, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_fa", "{}", "state[2]", 0.0986214009308, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_va", "{}", "state[3]", 0.0116250064639, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_bu", "{}", "state[4]", 0.0132507296663, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_pro", "{}", "state[5]", 0.0157836662845, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_ac", "{}", "state[6]", 0.1976297169375, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_h2", "{}", "state[7]", 2.359451e-07, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_ch4", "{}", "state[8]", 0.055088776446, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_IC", "{}", "state[9]", 0.1526778706263, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_IN", "{}", "state[10]", 0.1302298158037, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_I", "{}", "state[11]", 0.3286976637215, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_xc", "{}", "state[12]", 0.3086976637215, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_ch", "{}", "state[13]", 0.027947240435, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_pr", "{}", "state[14]", 0.1025741061067, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_li", "{}", "state[15]", 0.0294830497073, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_su", "{}", "state[16]", 0.4201659824546, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_aa", "{}", "state[17]", 1.1791717989237, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_fa", "{}", "state[18]", 0.2430353447194, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_c4", "{}", "state[19]", 0.431921105636, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_pro", "{}", "state[20]", 0.137305908934, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_ac", "{}", "state[21]", 0.7605626583132, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_h2", "{}", "state[22]", 0.3170229533613, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, X_I", "{}", "state[23]", 25.617395327443, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_cat", "{}", "state[24]", 0.04, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_an", "{}", "state[25]", 0.02, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_gas_h2", "{}", "state[26]", 1.02410356e-05, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_gas_ch4", "{}", "state[27]", 1.6256072099814, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_gas_co2", "{}", "state[28]", 0.0141505346784, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_va_ion", "{}", "va_ion", 0.0115962470726, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_bu_ion", "{}", "bu_ion", 0.0132208262485, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_pro_ion", "{}", "pro_ion", 0.0157427831916, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_ac_ion", "{}", "ac_ion", 0.1972411554365, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_hco3", "{}", "hco3", 0.1427774793921, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, S_nh3", "{}", "nh3", 0.0040909284584, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, pH", "{}", "pH", 7.4655377698929, 1e-06, 0, LUND},
    {"adm1", "BSM2 steady state, gas, m3/d", "{}", "gas_m3_d", 2955.70, 1e-05, 1, LUND},
    {"adm1", "BSM2 steady state, methane of the wet gas", "{}", "methane_frac", 0.60876, 1e-05, 0, LUND},
    {"adm1", "COD that enters and leaves", "{}", "cod_balance_frac", 0, 1e-07, 0, CLOSED "conservation of COD"},
    {"am2", "Bernard's plant at 0.34 per day, COD left", "{}", "s1_g_L", 1.1718446601941748, 1e-9, 1, CLOSED "Bernard et al. 2001"},
    {"am2", "Bernard's plant, acid formers", "{}", "x1_g_L", 0.3952612880781122, 1e-9, 1, CLOSED "Bernard et al. 2001"},
    {"am2", "Bernard's plant, acids", "{}", "s2_mmol_L", 2.776701701601894, 1e-9, 1, CLOSED "Bernard et al. 2001"},
    {"am2", "Bernard's plant, methane formers", "{}", "x2_g_L", 0.8496064800667771, 1e-9, 1, CLOSED "Bernard et al. 2001"},
    {"am2", "Bernard's plant, methane", "{}", "methane_mmol_L_d", 65.4281950299425, 1e-9, 1, CLOSED "Bernard et al. 2001"},
    {"digester", "one pool with rate and yield fitted, against ADM1 in a year that was not fitted, RMS of methane over its mean", .tolerance = 0.05, .source = "ADM1 of this program", .measure = pool},
    {"am2", "reduced, against ADM1 in a year that was not fitted, RMS of methane over its mean", .tolerance = 0.05, .source = "ADM1 of this program", .measure = reduced, .arg = "methane"},
    {"am2", "reduced, against ADM1 in a year that was not fitted, RMS of acids over their mean", .tolerance = 0.10, .source = "ADM1 of this program", .measure = reduced, .arg = "acids"},
    {"gasplant", "gas left of 101 kW by 36.92 kW with the default efficiency, of the holder, for a minute", "{'made_W': 101000, 'holder_J': 1e9, 'holder_frac': 0, 'engine_W': 36920, 'engine_want_W': 36920}", "holder_frac", 6e-5, 3.9e-4, 0, "LfL Bavaria: measured electric efficiency 36.92 +- 2.17 %, small engines"},
    {"gasplant", "boiler of 18 kW takes 20 kW: 10 of 30 kW are left for a minute, of the holder", "{" GAS "'holder_frac': 0, 'boiler_want_W': 18000}", "holder_frac", 6e-4, 1e-12, 0, CLOSED "made - heat / efficiency"},
    {"gasplant", "heat of engine and boiler, W", "{" GAS "'engine_want_W': 36920, 'boiler_want_W': 10000}", "heat_W", 55000, 1e-6, 0, CLOSED "gas of the engine x 0.45 + heat of the boiler"},
    {"gasplant", "below half of its least load the engine stands", "{" GAS "'engine_want_W': 9000}", "engine_W", 0, 0, 0, CLOSED "least load 20 kW"},
    {"gasplant", "holder at 98 %: the pressure switch burns what is above 97 % and comes, W", "{" GAS "'holder_frac': 0.98, 'flare_W': 1e6}", "flare_W", 196666.66666666666, 1e-6, 0, CLOSED "0.01 of the holder in a minute + 30 kW"},
    {"gasplant", "no flare: the relief valve vents what does not fit, J", "{" GAS "'holder_frac': 1, 'flare_W': 0}", "vent_J", 1.8e6, 1e-3, 0, CLOSED "what comes in a minute"},
    {"gasplant", "the flare in time: nothing is vented, J", "{" GAS "'holder_frac': 1, 'flare_W': 1e6}", "vent_J", 0, 0, 0, CLOSED "the pressure switch comes first"},
    {"gasplant", "trip: hydrogen sulphide above 500 ppm", "{" GAS "'engine_want_W': 40000, 'h2s_ppm': 600, 'fresh_h2s_ppm': 600}", "trip=h2s", 1, 0, 0, CLOSED "the limit"},
    {"gasplant", "and the engine stands, W", "{" GAS "'engine_want_W': 40000, 'h2s_ppm': 600, 'fresh_h2s_ppm': 600}", "engine_W", 0, 0, 0, CLOSED "the limit"},
    {"gasplant", "trip: oxygen above 3 %", "{" GAS "'o2_frac': 0.04, 'fresh_o2_frac': 0.04}", "trip=oxygen", 1, 0, 0, CLOSED "the limit"},
    {"gasplant", "trip: methane below 40 %", "{" GAS "'ch4_frac': 0.35, 'fresh_ch4_frac': 0.35}", "trip=methane", 1, 0, 0, CLOSED "the limit"},
    {"gasplant", "hydrogen sulphide of a holder when as much fresh gas came, ppm", "{'made_W': 50000, 'dt_s': 10000, 'holder_J': 1e9, 'holder_frac': 0.5, 'h2s_ppm': 100, 'fresh_h2s_ppm': 300}", "h2s_ppm", 200, 1e-6, 0, CLOSED "the mean of equal parts"},
    {"gasplant", "what a step misses, J", "{" GAS "'engine_want_W': 40000, 'boiler_want_W': 9000, 'flare_want_W': 5000}", "balance_J", 0, 1e-5, 0, CLOSED "conservation of energy"},
    {0}};
