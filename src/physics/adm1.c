/* ADM1: Batstone et al., Anaerobic Digestion Model No. 1, IWA 2002 (rates and Petersen matrix: tables 3.1 and 3.2), as Rosen & Jeppsson, "Aspects on ADM1 implementation within the BSM2 framework", Lund
 * 2006, have it: Hill functions for pH, no double counting of nitrogen, water vapour, gas flow by k_p (p - p_atm). 26 liquid and 3 gas states; acid and
 * base pairs are at equilibrium, so that pH is the root of the charge balance at every evaluation. The Petersen matrix is built once from yields; its carbon
 * and nitrogen columns follow from continuity, so both close by construction. CVODE (BDF, dense; Hindmarsh et al. 2005) because rates span ten orders of
 * magnitude. Left out: precipitation, sulphur (H2S is not a state of ADM1), several zones. */
#include "physics/adm1.h"
#include "base/err.h"
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

const char *const adm1_name[ADM1_STATES] = {
    "S_su",  "S_aa", "S_fa", "S_va", "S_bu",  "S_pro", "S_ac",     "S_h2",      "S_ch4",    "S_IC",
    "S_IN",  "S_I",  "X_xc", "X_ch", "X_pr",  "X_li",  "X_su",     "X_aa",      "X_fa",     "X_c4",
    "X_pro", "X_ac", "X_h2", "X_I",  "S_cat", "S_an",  "S_gas_h2", "S_gas_ch4", "S_gas_co2"};

enum { PROCESSES = 19, DISINTEGRATE = 0, HYDROLYSE = 1, UPTAKE = 4, DECAY = 12, BIOMASS = 7 };

/* Carbon, kmol/kg COD, and nitrogen of what contains them (Rosen & Jeppsson 2006, tables). */
static const double carbon[ADM1_LIQUID] = {
    [ADM1_SU] = 0.0313,  [ADM1_AA] = 0.03,    [ADM1_FA] = 0.0217,   [ADM1_VA] = 0.024,   [ADM1_BU] = 0.025,
    [ADM1_PRO] = 0.0268, [ADM1_AC] = 0.0313,  [ADM1_CH4] = 0.0156,  [ADM1_SI] = 0.03,    [ADM1_XC] = 0.02786,
    [ADM1_CH] = 0.0313,  [ADM1_PR] = 0.03,    [ADM1_LI] = 0.022,    [ADM1_XSU] = 0.0313, [ADM1_XAA] = 0.0313,
    [ADM1_XFA] = 0.0313, [ADM1_XC4] = 0.0313, [ADM1_XPRO] = 0.0313, [ADM1_XAC] = 0.0313, [ADM1_XH2] = 0.0313,
    [ADM1_XI] = 0.03};
#define N_BAC (0.08 / 14)
static const double nitrogen[ADM1_LIQUID] = {
    [ADM1_AA] = 0.007,   [ADM1_SI] = 0.06 / 14, [ADM1_XC] = 0.0376 / 14, [ADM1_PR] = 0.007,
    [ADM1_XSU] = N_BAC,  [ADM1_XAA] = N_BAC,    [ADM1_XFA] = N_BAC,      [ADM1_XC4] = N_BAC,
    [ADM1_XPRO] = N_BAC, [ADM1_XAC] = N_BAC,    [ADM1_XH2] = N_BAC,      [ADM1_XI] = 0.06 / 14};
/* Uptake: what is eaten, who eats, yield, rate by the day, half saturation, hydrogen that inhibits (0: does not), products (to, share of 1 - yield). */
struct product {
    int to;
    double share;
};
static const struct uptake {
    int food, eater;
    double yield, rate_per_d, half, h2_half;
    struct product product[5];
} uptake[] = {
    {ADM1_SU, ADM1_XSU, 0.10, 30, 0.5, 0, {{ADM1_BU, 0.13}, {ADM1_PRO, 0.27}, {ADM1_AC, 0.41}, {ADM1_H2, 0.19}}},
    {ADM1_AA,
     ADM1_XAA,
     0.08,
     50,
     0.3,
     0,
     {{ADM1_VA, 0.23}, {ADM1_BU, 0.26}, {ADM1_PRO, 0.05}, {ADM1_AC, 0.40}, {ADM1_H2, 0.06}}},
    {ADM1_FA, ADM1_XFA, 0.06, 6, 0.4, 5e-6, {{ADM1_AC, 0.7}, {ADM1_H2, 0.3}}},
    {ADM1_VA, ADM1_XC4, 0.06, 20, 0.2, 1e-5, {{ADM1_PRO, 0.54}, {ADM1_AC, 0.31}, {ADM1_H2, 0.15}}},
    {ADM1_BU, ADM1_XC4, 0.06, 20, 0.2, 1e-5, {{ADM1_AC, 0.8}, {ADM1_H2, 0.2}}},
    {ADM1_PRO, ADM1_XPRO, 0.04, 13, 0.1, 3.5e-6, {{ADM1_AC, 0.57}, {ADM1_H2, 0.43}}},
    {ADM1_AC, ADM1_XAC, 0.05, 8, 0.15, 0, {{ADM1_CH4, 1}}},
    {ADM1_H2, ADM1_XH2, 0.06, 35, 7e-6, 0, {{ADM1_CH4, 1}}}};
enum { UPTAKES = 8, UPTAKE_AC = 6, UPTAKE_H2 = 7 };
static const double gas_R = 0.083145, k_la_per_d = 200, k_p_m3_d_bar = 5e4, dis_per_d = 0.5, hydrolysis_per_d = 10,
                    decay_per_d = 0.02, in_half = 1e-4, nh3_half = 0.0018;

struct model {
    const struct adm1_plant *plant;
    double flow_m3_d, nu[PROCESSES][ADM1_LIQUID];
    double ka_va, ka_bu, ka_pro, ka_ac, ka_co2, ka_in, kw, kh_h2, kh_ch4, kh_co2, water_bar, temp_K;
    double h_kmol_m3; /* last root, the next start */
};

static void fill_matrix(struct model *m)
{
    memset(m->nu, 0, sizeof m->nu);
    double *d = m->nu[DISINTEGRATE];
    d[ADM1_XC] = -1, d[ADM1_SI] = 0.1, d[ADM1_XI] = 0.2, d[ADM1_CH] = 0.2, d[ADM1_PR] = 0.2, d[ADM1_LI] = 0.3;
    m->nu[1][ADM1_CH] = m->nu[2][ADM1_PR] = m->nu[3][ADM1_LI] = -1;
    m->nu[1][ADM1_SU] = m->nu[2][ADM1_AA] = 1;
    m->nu[3][ADM1_SU] = 0.05, m->nu[3][ADM1_FA] = 0.95;
    for (int i = 0; i < UPTAKES; i++) {
        double *u = m->nu[UPTAKE + i];
        u[uptake[i].food] = -1, u[uptake[i].eater] = uptake[i].yield;
        for (int k = 0; k < 5 && uptake[i].product[k].share > 0; k++)
            u[uptake[i].product[k].to] += (1 - uptake[i].yield) * uptake[i].product[k].share;
    }
    for (int i = 0; i < BIOMASS; i++) m->nu[DECAY + i][ADM1_XSU + i] = -1, m->nu[DECAY + i][ADM1_XC] = 1;
    for (int p = 0; p < PROCESSES; p++) { /* continuity of carbon and nitrogen */
        double c = 0, n = 0;
        for (int i = 0; i < ADM1_LIQUID; i++) c += carbon[i] * m->nu[p][i], n += nitrogen[i] * m->nu[p][i];
        m->nu[p][ADM1_IC] = -c, m->nu[p][ADM1_IN] = -n;
    }
}

static void fill_constants(struct model *m)
{
    double t = m->temp_K = m->plant->temp_degC + 273.15, x = (1 / 298.15 - 1 / t) / (100 * gas_R);
    m->ka_va = pow(10, -4.86), m->ka_bu = pow(10, -4.82), m->ka_pro = pow(10, -4.88), m->ka_ac = pow(10, -4.76);
    m->ka_co2 = pow(10, -6.35) * exp(7646 * x), m->ka_in = pow(10, -9.25) * exp(51965 * x),
    m->kw = 1e-14 * exp(55900 * x);
    m->kh_co2 = 0.035 * exp(-19410 * x), m->kh_ch4 = 0.0014 * exp(-14240 * x), m->kh_h2 = 7.8e-4 * exp(-4180 * x);
    m->water_bar = 0.0313 * exp(5290 * (1 / 298.15 - 1 / t));
}

/* Charge at a proton concentration, and its slope. */
static double charge(const struct model *m, const double *y, double h, double *slope)
{
    const double ka[] = {m->ka_va, m->ka_bu, m->ka_pro, m->ka_ac}, weight[] = {208, 160, 112, 64};
    double q = y[ADM1_CAT] - y[ADM1_AN] + h - m->kw / h, d = 1 + m->kw / (h * h);
    for (int i = 0; i < 4; i++) {
        double s = y[ADM1_VA + i] / weight[i] * ka[i], w = ka[i] + h;
        q -= s / w, d += s / (w * w);
    }
    double c = m->ka_co2 + h, n = m->ka_in + h;
    q += y[ADM1_IN] * h / n - m->ka_co2 * y[ADM1_IC] / c;
    *slope = d + y[ADM1_IN] * m->ka_in / (n * n) + m->ka_co2 * y[ADM1_IC] / (c * c);
    return q;
}

/* Newton kept positive; the charge grows with h, so the root is the only one. */
static double proton(struct model *m, const double *y)
{
    double h = m->h_kmol_m3, slope;
    for (int i = 0; i < 60; i++) {
        double step = charge(m, y, h, &slope) / slope, next = h - step;
        if (!(next > 0)) next = h / 10;
        if (fabs(next - h) <= 1e-14 * h) return m->h_kmol_m3 = next;
        h = next;
    }
    return m->h_kmol_m3 = h;
}

static double hill(double h, double lower, double upper)
{
    double n = 3 / (upper - lower), k = pow(10, -(lower + upper) / 2);
    return 1 / (1 + pow(h / k, n));
}

static void rates(const struct model *m, const double *y, double h, double rho[PROCESSES])
{
    double nh3 = m->ka_in * y[ADM1_IN] / (m->ka_in + h), with_in = 1 / (1 + in_half / fmax(y[ADM1_IN], 1e-12)),
           ph_aa = pow(10, -4.75);
    double acid = with_in / (1 + pow(h / ph_aa, 3 / 1.5)); /* limits 4 and 5.5 */
    rho[0] = dis_per_d * y[ADM1_XC];
    for (int i = 0; i < 3; i++) rho[HYDROLYSE + i] = hydrolysis_per_d * y[ADM1_CH + i];
    for (int i = 0; i < UPTAKES; i++) {
        const struct uptake *u = &uptake[i];
        double s = y[u->food], limit = i == UPTAKE_AC   ? with_in * hill(h, 6, 7) / (1 + nh3 / nh3_half)
                                       : i == UPTAKE_H2 ? with_in * hill(h, 5, 6)
                                                        : acid;
        if (u->h2_half > 0) limit /= 1 + y[ADM1_H2] / u->h2_half;
        if (u->food == ADM1_VA || u->food == ADM1_BU) limit *= s / (y[ADM1_VA] + y[ADM1_BU] + 1e-6);
        rho[UPTAKE + i] = u->rate_per_d * s / (u->half + s) * y[u->eater] * limit;
    }
    for (int i = 0; i < BIOMASS; i++) rho[DECAY + i] = decay_per_d * y[ADM1_XSU + i];
}

static int slope(realtype t, N_Vector state, N_Vector out, void *self)
{
    struct model *m = self;
    const double *y = N_VGetArrayPointer(state), *in = m->plant->influent;
    double *dy = N_VGetArrayPointer(out), rho[PROCESSES], dilution = m->flow_m3_d / m->plant->liquid_m3,
           rt = gas_R * m->temp_K;
    (void)t;
    double h = proton(m, y);
    if (!isfinite(h)) return 1;
    rates(m, y, h, rho);
    for (int i = 0; i < ADM1_LIQUID; i++) dy[i] = dilution * (in[i] - y[i]);
    for (int p = 0; p < PROCESSES; p++)
        for (int i = 0; i < ADM1_LIQUID; i++) dy[i] += m->nu[p][i] * rho[p];
    double p_h2 = y[ADM1_GAS_H2] * rt / 16, p_ch4 = y[ADM1_GAS_CH4] * rt / 64, p_co2 = y[ADM1_GAS_CO2] * rt;
    double gas = k_p_m3_d_bar * (p_h2 + p_ch4 + p_co2 + m->water_bar - m->plant->atmosphere_bar),
           co2 = y[ADM1_IC] * h / (m->ka_co2 + h);
    double leaves[3] = {k_la_per_d * (y[ADM1_H2] - 16 * m->kh_h2 * p_h2),
                        k_la_per_d * (y[ADM1_CH4] - 64 * m->kh_ch4 * p_ch4),
                        k_la_per_d * (co2 - m->kh_co2 * p_co2)};
    const int from[3] = {ADM1_H2, ADM1_CH4, ADM1_IC};
    for (int i = 0; i < 3; i++) {
        dy[from[i]] -= leaves[i];
        dy[ADM1_GAS_H2 + i] =
            (leaves[i] * m->plant->liquid_m3 - fmax(gas, 0) * y[ADM1_GAS_H2 + i]) / m->plant->gas_m3;
    }
    return 0;
}

struct adm1_plant adm1_bsm2(void)
{
    return (struct adm1_plant){3400, 300, 35, 1.013, {0.01, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 1e-8, 1e-5,
                                                      0.04, 0.01,  0.02,  2,     5,     20,    5,     0,    0.01,
                                                      0.01, 0.01,  0.01,  0.01,  0.01,  25,    0.04,  0.02}};
}

void adm1_start(double state[ADM1_STATES])
{
    static const double from[ADM1_STATES] = {0.012, 0.0053, 0.099, 0.012, 0.013, 0.016, 0.2,  2.3e-7, 0.055, 0.15,
                                             0.13,  0.33,   0.31,  0.028, 0.1,   0.029, 0.42, 1.18,   0.24,  0.43,
                                             0.14,  0.76,   0.32,  25.6,  0.04,  0.02,  1e-5, 1.63,   0.014};
    memcpy(state, from, sizeof from);
}

static struct model model_of(const struct adm1_plant *p)
{
    struct model m = {.plant = p, .h_kmol_m3 = 1e-7};
    fill_matrix(&m);
    fill_constants(&m);
    return m;
}

struct adm1_out adm1_look(const struct adm1_plant *p, const double y[ADM1_STATES])
{
    struct model m = model_of(p);
    double h = proton(&m, y), rt = gas_R * m.temp_K, p_h2 = y[ADM1_GAS_H2] * rt / 16,
           p_ch4 = y[ADM1_GAS_CH4] * rt / 64, p_co2 = y[ADM1_GAS_CO2] * rt;
    struct adm1_out o = {.ph = -log10(h), .pressure_bar = p_h2 + p_ch4 + p_co2 + m.water_bar};
    o.gas_m3_d = fmax(0, k_p_m3_d_bar * (o.pressure_bar - p->atmosphere_bar)) * o.pressure_bar / p->atmosphere_bar;
    o.methane_frac = p_ch4 / o.pressure_bar, o.hydrogen_frac = p_h2 / o.pressure_bar,
    o.co2_frac = p_co2 / o.pressure_bar;
    o.methane_m3_d = o.gas_m3_d * o.methane_frac;
    o.va_ion = m.ka_va * y[ADM1_VA] / (m.ka_va + h), o.bu_ion = m.ka_bu * y[ADM1_BU] / (m.ka_bu + h);
    o.pro_ion = m.ka_pro * y[ADM1_PRO] / (m.ka_pro + h), o.ac_ion = m.ka_ac * y[ADM1_AC] / (m.ka_ac + h);
    o.hco3 = m.ka_co2 * y[ADM1_IC] / (m.ka_co2 + h), o.nh3 = m.ka_in * y[ADM1_IN] / (m.ka_in + h);
    double acids_kmol = y[ADM1_VA] / 208 + y[ADM1_BU] / 160 + y[ADM1_PRO] / 112 + y[ADM1_AC] / 64;
    o.acids_kg_m3 = acids_kmol * 60;           /* as acetic acid */
    o.fos_tac = o.acids_kg_m3 / (o.hco3 * 50); /* over alkalinity as calcium carbonate */
    return o;
}

double adm1_cod_in_kg_d(const struct adm1_plant *p, double flow_m3_d)
{
    double sum = 0;
    for (int i = 0; i < ADM1_CAT; i++)
        if (i != ADM1_IC && i != ADM1_IN) sum += p->influent[i];
    return sum * flow_m3_d;
}

static int days_of(void *cvode, struct model *m, N_Vector y, const double *flow_m3_d, int same, int days,
                   struct adm1_out *daily, struct err *e)
{
    for (int d = 0; d < days; d++) {
        double from = d, at;
        int again = d == 0 || !same, until = same && !daily ? days : d + 1;
        m->flow_m3_d = flow_m3_d[same ? 0 : d];
        if (again && CVodeReInit(cvode, from, y) != CV_SUCCESS)
            return err_set(e, "the solver would not start on day %d", d);
        if (CVode(cvode, until, y, &at, CV_NORMAL) < 0) return err_set(e, "the solver failed on day %d", d);
        if (daily) daily[d] = adm1_look(m->plant, N_VGetArrayPointer(y));
        d = until - 1;
    }
    return 0;
}

/* What a run is made of; what to do with it is told by `go`. */
struct course {
    const double *flow_m3_d;
    int same, days;
    double span_d; /* of one feed; else 0 */
    struct adm1_out *daily;
};

static int go(void *cvode, struct model *m, N_Vector y, const struct course *c, struct err *e)
{
    double at;
    if (!(c->span_d > 0)) return days_of(cvode, m, y, c->flow_m3_d, c->same, c->days, c->daily, e);
    m->flow_m3_d = c->flow_m3_d[0];
    return CVode(cvode, c->span_d, y, &at, CV_NORMAL) < 0 ? err_set(e, "the solver failed") : 0;
}

static int run_course(const struct adm1_plant *plant, const struct course *c, double state[ADM1_STATES],
                      struct err *e)
{
    SUNContext context = NULL;
    struct model m = model_of(plant);
    if (SUNContext_Create(NULL, &context)) return err_set(e, "SUNDIALS could not be started");
    N_Vector y = N_VMake_Serial(ADM1_STATES, state, context), floor = N_VNew_Serial(ADM1_STATES, context);
    SUNMatrix a = SUNDenseMatrix(ADM1_STATES, ADM1_STATES, context);
    SUNLinearSolver solver = SUNLinSol_Dense(y, a, context);
    void *cvode = CVodeCreate(CV_BDF, context);
    must(y && floor && a && solver && cvode, "out of memory");
    N_VConst(1e-9, floor);
    N_VGetArrayPointer(floor)[ADM1_H2] = N_VGetArrayPointer(floor)[ADM1_GAS_H2] = 1e-13;
    int bad = CVodeInit(cvode, slope, 0, y) || CVodeSetUserData(cvode, &m) ||
              CVodeSVtolerances(cvode, 1e-6, floor) || CVodeSetLinearSolver(cvode, solver, a) ||
              CVodeSetMaxNumSteps(cvode, 100000) || CVodeSetErrFile(cvode, NULL);
    bad = bad ? err_set(e, "the solver could not be set up") : go(cvode, &m, y, c, e);
    for (int i = 0; i < ADM1_STATES && !bad; i++)
        if (!isfinite(state[i])) bad = err_set(e, "%s is no number", adm1_name[i]);
    CVodeFree(&cvode);
    SUNLinSolFree(solver);
    SUNMatDestroy(a);
    N_VDestroy(floor);
    N_VDestroy(y);
    SUNContext_Free(&context);
    return bad;
}

int adm1_run(const struct adm1_plant *plant, const double *flow_m3_d, int same, int days, double state[ADM1_STATES],
             struct adm1_out *daily, struct err *e)
{
    struct course c = {flow_m3_d, same, days, 0, daily};
    return run_course(plant, &c, state, e);
}

int adm1_advance(const struct adm1_plant *plant, double flow_m3_d, double days, double state[ADM1_STATES],
                 struct err *e)
{
    struct course c = {&flow_m3_d, 1, 0, days, NULL};
    return run_course(plant, &c, state, e);
}
