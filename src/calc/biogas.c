/* Biogas in full: the tables of `kend calc` adm1 and am2 over src/physics. */
#include "base/arena.h"
#include "base/err.h"
#include "calc/rows.h"
#include "physics/adm1.h"
#include "physics/am2.h"
#include <string.h>

// clang-format off
static const struct calc_field adm1_in[] = {
    LIST_MAYBE("flow_m3_d", 0, 1e5, "feed by the day; one number or none: steady state"), NUM("settle_day", 1, 1e5, 500, "days until a steady state is taken"),
    NUM("liquid_m3", 1, 1e6, 3400, "of the tank"), NUM("gas_m3", 0.1, 1e6, 300, "head space"), NUM("temp_degC", 10, 60, 35, "of the tank"),
    NUM("atmosphere_Pa", 50000, 110000, 101300, "outside pressure"), LIST_MAYBE("influent", 0, 1e3, "26 concentrations in ADM1's order, kg COD/m3 and kmol/m3; else those of BSM2"),
    LIST_MAYBE("start", 0, 1e3, "29 states; else near those of BSM2"), END};
static const struct calc_field adm1_out_row[] = {
    OUT("pH", "of the tank"), OUT("gas_m3_d", "at the tank's temperature, normalised to the outside pressure"), OUT("methane_m3_d", "of it methane"), OUT("methane_frac", "of the wet gas's pressure"),
    OUT("co2_frac", "of the wet gas's pressure"), OUT("gas_bar", "pressure in the head space"), OUT("acids_kg_m3", "volatile acids as acetic acid"), OUT("fos_tac", "acids over alkalinity"),
    OUT("cod_balance_frac", "COD that entered less what left over what entered; 0 at steady state"),
    OUT("va_ion", "kg COD/m3"), OUT("bu_ion", "kg COD/m3"), OUT("pro_ion", "kg COD/m3"), OUT("ac_ion", "kg COD/m3"), OUT("hco3", "kmol/m3"), OUT("nh3", "kmol/m3"),
    OUT("state", "29 states in the order S_su S_aa S_fa S_va S_bu S_pro S_ac S_h2 S_ch4 S_IC S_IN S_I X_xc X_ch X_pr X_li X_su X_aa X_fa X_c4 X_pro X_ac X_h2 X_I S_cat S_an S_gas_h2 S_gas_ch4 S_gas_co2"),
    OUT("methane_day_m3", "by the day, when flow_m3_d has several"), OUT("pH_day", "by the day"), OUT("fos_tac_day", "by the day"), END};
// clang-format on

static int read_list(const struct calc_io *io, const char *key, double *to, int want, struct err *e)
{
    int n;
    const double *from = calc_series(io, key, &n);
    if (n && n != want) return calc_wrong(e, key, "has %d numbers, wants %d", n, want);
    if (n) memcpy(to, from, sizeof *to * (size_t)n);
    return 0;
}

/* COD in less COD out (liquid and gas) over COD in, from flows alone. */
static double cod_balance(const struct adm1_plant *p, const double *y, double flow_m3_d)
{
    struct adm1_plant out = *p;
    memcpy(out.influent, y, sizeof out.influent);
    double in = adm1_cod_in_kg_d(p, flow_m3_d);
    struct adm1_out o = adm1_look(p, y);
    double gas_m3_d =
        o.gas_m3_d * p->atmosphere_bar / o.pressure_bar; /* as it leaves, at the head space's pressure */
    return in > 0 ? (in - adm1_cod_in_kg_d(&out, flow_m3_d) - gas_m3_d * (y[ADM1_GAS_H2] + y[ADM1_GAS_CH4])) / in
                  : (double)NAN;
}

static void put_end(struct calc_io *io, const struct adm1_plant *p, const double *y, double flow_m3_d)
{
    struct adm1_out o = adm1_look(p, y);
    calc_put(io, "pH", o.ph);
    calc_put(io, "gas_m3_d", o.gas_m3_d);
    calc_put(io, "methane_m3_d", o.methane_m3_d);
    calc_put(io, "methane_frac", o.methane_frac);
    calc_put(io, "co2_frac", o.co2_frac);
    calc_put(io, "gas_bar", o.pressure_bar);
    calc_put(io, "acids_kg_m3", o.acids_kg_m3);
    calc_put(io, "fos_tac", o.fos_tac);
    calc_put(io, "cod_balance_frac", cod_balance(p, y, flow_m3_d));
    calc_put(io, "va_ion", o.va_ion);
    calc_put(io, "bu_ion", o.bu_ion);
    calc_put(io, "pro_ion", o.pro_ion);
    calc_put(io, "ac_ion", o.ac_ion);
    calc_put(io, "hco3", o.hco3);
    calc_put(io, "nh3", o.nh3);
    memcpy(calc_put_series(io, "state", ADM1_STATES), y, sizeof *y * ADM1_STATES);
}

static int run_adm1(struct calc_io *io, struct err *e)
{
    static const double usual = 170;
    int n;
    const double *flow = calc_series(io, "flow_m3_d", &n);
    struct adm1_plant p = adm1_bsm2();
    double y[ADM1_STATES];
    adm1_start(y);
    p.liquid_m3 = calc_number(io, "liquid_m3"), p.gas_m3 = calc_number(io, "gas_m3"),
    p.temp_degC = calc_number(io, "temp_degC");
    p.atmosphere_bar = calc_number(io, "atmosphere_Pa") / 1e5;
    if (read_list(io, "influent", p.influent, ADM1_LIQUID, e) || read_list(io, "start", y, ADM1_STATES, e))
        return -1;
    if (n <= 1) {
        if (adm1_run(&p, n ? flow : &usual, 1, (int)calc_number(io, "settle_day"), y, NULL, e)) return -1;
        put_end(io, &p, y, n ? flow[0] : usual);
        return 0;
    }
    struct adm1_out *daily = ARENA_NEW(io->arena, struct adm1_out, n);
    if (adm1_run(&p, flow, 0, n, y, daily, e)) return -1;
    put_end(io, &p, y, flow[n - 1]);
    double *methane = calc_put_series(io, "methane_day_m3", n), *ph = calc_put_series(io, "pH_day", n),
           *fos = calc_put_series(io, "fos_tac_day", n);
    for (int i = 0; i < n; i++) methane[i] = daily[i].methane_m3_d, ph[i] = daily[i].ph, fos[i] = daily[i].fos_tac;
    return 0;
}

const struct calc_model calc_adm1 = {"adm1",
                                     "anaerobic digestion in full: ADM1 as in BSM2",
                                     "Batstone et al. 2002; Rosen & Jeppsson, Lund 2006; solver: SUNDIALS CVODE",
                                     adm1_in,
                                     adm1_out_row,
                                     run_adm1};

static const char *const am2_words[] = {"bernard", "reduced", NULL};
// clang-format off
static const struct calc_field am2_in[] = {
    PICK("parameters", am2_words, 0, "published for vinasses, or fitted to ADM1 on the BSM2 digester"), LIST_MAYBE("dilution_per_d", 0, 5, "feed over volume, by the day; one number or none: steady state"),
    NUM("s1_g_L", 0, 500, CALC_MAYBE, "COD of the feed"), NUM("s2_mmol_L", 0, 2000, CALC_MAYBE, "acids of the feed"), NUM("z_mmol_L", 0, 2000, CALC_MAYBE, "alkalinity of the feed"),
    NUM("c_mmol_L", 0, 2000, CALC_MAYBE, "inorganic carbon of the feed"), NUM("attached_frac", 0.05, 1, CALC_MAYBE, "alpha: share of the biomass that washes out"), END};
static const struct calc_field am2_out_row[] = {
    OUT("x1_g_L", "acid formers"), OUT("x2_g_L", "methane formers"), OUT("s1_g_L", "COD left"), OUT("s2_mmol_L", "acids"), OUT("c_mmol_L", "inorganic carbon"), OUT("pH", "of the tank"),
    OUT("methane_mmol_L_d", "to the gas"), OUT("co2_mmol_L_d", "to the gas"), OUT("methane_day_mmol_L", "by the day"), OUT("acids_day_mmol_L", "by the day"), END};
// clang-format on

static void put_am2(struct calc_io *io, const struct am2_par *p, const struct am2 *y)
{
    struct am2_out o = am2_look(p, y);
    calc_put(io, "x1_g_L", y->x1);
    calc_put(io, "x2_g_L", y->x2);
    calc_put(io, "s1_g_L", y->s1);
    calc_put(io, "s2_mmol_L", y->s2);
    calc_put(io, "c_mmol_L", y->c);
    calc_put(io, "pH", o.ph);
    calc_put(io, "methane_mmol_L_d", o.methane_mmol_L_d);
    calc_put(io, "co2_mmol_L_d", o.co2_mmol_L_d);
}

static int run_am2(struct calc_io *io, struct err *e)
{
    int reduced = calc_word(io, "parameters"), n;
    const double *d = calc_series(io, "dilution_per_d", &n);
    struct am2_par p = reduced ? am2_reduced() : am2_bernard();
    struct am2_feed f = reduced ? am2_reduced_feed(0.05) : (struct am2_feed){0.34, 9.5, 93.6, 64.7, 0};
    if (calc_given(io, "s1_g_L")) f.s1_g_L = calc_number(io, "s1_g_L");
    if (calc_given(io, "s2_mmol_L")) f.s2_mmol_L = calc_number(io, "s2_mmol_L");
    if (calc_given(io, "z_mmol_L")) f.z_mmol_L = calc_number(io, "z_mmol_L");
    if (calc_given(io, "c_mmol_L")) f.c_mmol_L = calc_number(io, "c_mmol_L");
    if (calc_given(io, "attached_frac")) p.attached_frac = calc_number(io, "attached_frac");
    if (n) f.dilution_per_d = d[0];
    struct am2 y = am2_steady(&p, &f);
    if (isnan(y.x1)) return calc_wrong(e, "dilution_per_d", "%g washes the biomass out", f.dilution_per_d);
    if (n > 1) {
        double *methane = calc_put_series(io, "methane_day_mmol_L", n),
               *acids = calc_put_series(io, "acids_day_mmol_L", n);
        for (int i = 0; i < n; i++) {
            f.dilution_per_d = d[i];
            am2_step(&p, &y, &f, 1);
            methane[i] = am2_look(&p, &y).methane_mmol_L_d, acids[i] = y.s2;
        }
    }
    put_am2(io, &p, &y);
    return 0;
}

const struct calc_model calc_am2 = {"am2",
                                    "anaerobic digestion in two steps, with its acids; stands alone",
                                    "Bernard et al., Biotechnology and Bioengineering 75, 2001",
                                    am2_in,
                                    am2_out_row,
                                    run_am2};
