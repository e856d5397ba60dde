/* Photovoltaic modules and inverter: plane irradiance -> glass -> cell temperature -> DC -> AC. */
#ifndef PHYSICS_PV_H
#define PHYSICS_PV_H
/* Share of the beam that passes the glass at an angle of incidence: 1 - b (1 / cos - 1), b = 0.05 usual (Souka &
 * Safwat 1966, as ASHRAE 93). cos_incidence <= 0 (sun behind the plane) and grazing light give 0. */
double pv_ashrae_frac(double cos_incidence, double b);
/* The same by refraction and absorption in one pane (De Soto, Klein & Beckman 2006), relative to normal incidence:
 * index n (glass 1.526), extinction K in 1/m (4), thickness m (0.002). */
double pv_pane_frac(double incidence_deg, double index, double extinction_per_m, double thickness_m);
/* Martin & Ruiz 2001: 1 - exp(-cos/ar) over its value at 0; ar 0.16 usual. */
double pv_martin_ruiz_frac(double incidence_deg, double ar);

/* Cell temperature models. */
enum pv_thermal { PV_SAPM, PV_FAIMAN, PV_PVSYST, PV_ROSS, PV_NOCT, PV_THERMALS };
struct pv_heat {
    enum pv_thermal model;
    double a, b_s_m, cell_K;       /* SAPM: glass/cell/glass open rack -3.47, -0.0594, 3 */
    double u0_W_m2_K, u1_W_s_m3_K; /* Faiman 25, 6.84; PVsyst 29, 0 */
    double absorbed_frac, efficiency_frac,
        noct_degC; /* PVsyst 0.9 and 0.1; Ross and NOCT: nominal temperature 45 */
};
struct pv_heat pv_heat_usual(enum pv_thermal);
double pv_heat_degC(const struct pv_heat *, double plane_W_m2, double air_degC, double wind_m_s);
/* Cell temperature of an open-rack glass/cell/glass module (King, Boyson & Kratochvil 2004, eqs. 11 and 12). */
double pv_cell_degC(double plane_W_m2, double air_degC, double wind_m_s);

/* DC power (Dobos 2014, PVWatts version 5, eq. 5): rating at 1000 W/m2 and 25 degC, temp_coeff_per_K negative. */
double pv_dc_W(double plane_W_m2, double cell_degC, double rating_W, double temp_coeff_per_K);
/* AC power (Dobos 2014, section 11): part-load curve of the inverter; rating_dc_W is its DC input at full output;
 * the output never exceeds eta_nominal_frac * rating_dc_W. */
double pv_ac_W(double dc_W, double rating_dc_W, double eta_nominal_frac);
/* Sandia inverter (King et al. 2007, SAND2007-5036, eqs 1 to 4), clipped at its AC rating, minus the night tare below its start. */
struct pv_sandia {
    double ac_W, dc_W, start_W, night_W, dc_V; /* Paco, Pdco, Pso, Pnt, Vdco */
    double c0_per_W, c1_per_V, c2_per_V, c3_per_V;
};
double pv_sandia_W(const struct pv_sandia *, double dc_V, double dc_W);
#endif
