/* Photovoltaic modules and inverter in the PVWatts way: plane irradiance -> glass -> cell temperature -> DC -> AC.
 */
#ifndef PHYSICS_PV_H
#define PHYSICS_PV_H
/* Share of the beam that passes the glass at an angle of incidence: 1 - b (1 / cos - 1), b = 0.05 (Souka & Safwat
 * 1966, as ASHRAE 93). cos_incidence <= 0 (sun behind the plane) and grazing light give 0. */
double pv_glass_frac(double cos_incidence);
/* Cell temperature of an open-rack glass/cell/glass module (King, Boyson & Kratochvil 2004, eqs. 11 and 12). */
double pv_cell_degC(double plane_W_m2, double air_degC, double wind_m_s);
/* DC power (Dobos 2014, PVWatts version 5, eq. 5): rating at 1000 W/m2 and 25 degC, temp_coeff_per_K negative. */
double pv_dc_W(double plane_W_m2, double cell_degC, double rating_W, double temp_coeff_per_K);
/* AC power (Dobos 2014, section 11): part-load curve of the inverter; rating_dc_W is its DC input at full output;
 * the output never exceeds eta_nominal_frac * rating_dc_W. */
double pv_ac_W(double dc_W, double rating_dc_W, double eta_nominal_frac);
#endif
