/* Anaerobic digestion in full: ADM1 in the form of BSM2, stiff, by CVODE. The judge of the digester that the twin steps. Concentrations in kg COD/m3 but
 * for inorganic carbon, nitrogen and ions (kmol/m3), as ADM1 has them; days, because its rates are by the day. */
#ifndef PHYSICS_ADM1_H
#define PHYSICS_ADM1_H
struct err;
enum adm1_state {
    ADM1_SU,
    ADM1_AA,
    ADM1_FA,
    ADM1_VA,
    ADM1_BU,
    ADM1_PRO,
    ADM1_AC,
    ADM1_H2,
    ADM1_CH4,
    ADM1_IC,
    ADM1_IN,
    ADM1_SI,
    ADM1_XC,
    ADM1_CH,
    ADM1_PR,
    ADM1_LI,
    ADM1_XSU,
    ADM1_XAA,
    ADM1_XFA,
    ADM1_XC4,
    ADM1_XPRO,
    ADM1_XAC,
    ADM1_XH2,
    ADM1_XI,
    ADM1_CAT,
    ADM1_AN,
    ADM1_LIQUID,
    ADM1_GAS_H2 = ADM1_LIQUID,
    ADM1_GAS_CH4,
    ADM1_GAS_CO2,
    ADM1_STATES
};
extern const char *const adm1_name[ADM1_STATES];
struct adm1_plant {
    double liquid_m3, gas_m3, temp_degC, atmosphere_bar;
    double influent[ADM1_LIQUID];
};
struct adm1_out {
    double ph, pressure_bar, gas_m3_d, methane_m3_d, methane_frac, hydrogen_frac,
        co2_frac; /* gas at the digester's temperature and normalised to the air's pressure;
                                                                                               shares of the wet gas */
    double va_ion, bu_ion, pro_ion, ac_ion, hco3, nh3, acids_kg_m3, fos_tac;
};
/* The plant and influent of BSM2 (Rosen & Jeppsson 2006), and a start from which it settles. */
struct adm1_plant adm1_bsm2(void);
void adm1_start(double state[ADM1_STATES]);
/* Runs `days` days; flow_m3_d[day] is the feed of each day (all the same value: pass same = 1 and one number). daily may be NULL, else one row a day, at its
 * end. 0, or -1 with an error when the solver fails or a number is no number. */
int adm1_run(const struct adm1_plant *, const double *flow_m3_d, int same, int days, double state[ADM1_STATES],
             struct adm1_out *daily, struct err *);
/* The same for any time with one feed. */
int adm1_advance(const struct adm1_plant *, double flow_m3_d, double days, double state[ADM1_STATES], struct err *);
struct adm1_out adm1_look(const struct adm1_plant *, const double state[ADM1_STATES]);
/* COD that entered less what left and what is held, kg, over a run with constant feed at steady state: 0. */
double adm1_cod_in_kg_d(const struct adm1_plant *, double flow_m3_d);
#endif
