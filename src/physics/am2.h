/* Digestion in two steps: ADM1 in six states, with the acids. Concentrations in g/L (COD, biomass) and mmol/L (acids, alkalinity, carbon), time in days. */
#ifndef PHYSICS_AM2_H
#define PHYSICS_AM2_H
struct am2_par {
    double k1, k2, k3, k4, k5, k6;              /* yields: gCOD/g, mmol/g .. */
    double mu1_per_d, ks1, mu2_per_d, ks2, ki2; /* Monod of acid formers, Haldane of methane formers */
    double kla_per_d, attached_frac;            /* alpha: share of the biomass that washes out (1: stirred tank) */
    double henry_mmol_L_atm, acid_mol_L, pressure_atm;
};
struct am2_feed {
    double dilution_per_d, s1_g_L, s2_mmol_L, z_mmol_L, c_mmol_L;
};
struct am2 {
    double x1, x2, s1, s2, z, c;
};
struct am2_out {
    double methane_mmol_L_d, co2_mmol_L_d, ph;
};
struct am2_par am2_bernard(void); /* Bernard et al. 2001, table V: winery vinasses */
struct am2_par am2_reduced(void); /* fitted to ADM1 on the BSM2 digester; see docs/models.md for its error */
/* Concentrations of the BSM2 influent in AM2's terms for that fit. */
struct am2_feed am2_reduced_feed(double dilution_per_d);
/* Steps by Runge-Kutta of fourth order, substeps of at most an hour. */
void am2_step(const struct am2_par *, struct am2 *, const struct am2_feed *, double dt_day);
struct am2_out am2_look(const struct am2_par *, const struct am2 *);
/* The steady state with both biomasses alive, in closed form; NAN where there is none. */
struct am2 am2_steady(const struct am2_par *, const struct am2_feed *);
#endif
