/* Published figures of what stands between sky and cell: glass, horizon and rows, transposition and decomposition of Reindl and Boland, and
 * cell temperature with coefficients that are given. Those of pvlib are of its test suite (BSD-3). */
#include "calc/cases.h"
#include <math.h>

#define PVLIB "pvlib test suite"
// clang-format off
const struct calc_case calc_cases_module[] = {
    {"sun", "Longyearbyen on 1 May, polar day, h of sun", "{'time': '2026-05-01T12:00:00Z', 'lat_deg': 78.22, 'lon_deg': 15.65}", "day_h", 24, 0, 0, "Svalbard: sun all day from 20 April to 22 August"},
    {"sun", "Longyearbyen on 15 August, polar day, h of sun", "{'time': '2026-08-15T12:00:00Z', 'lat_deg': 78.22, 'lon_deg': 15.65}", "day_h", 24, 0, 0, "Svalbard: sun all day from 20 April to 22 August"},
    {"sun", "Longyearbyen on 1 December, polar night, h of sun", "{'time': '2026-12-01T12:00:00Z', 'lat_deg': 78.22, 'lon_deg': 15.65}", "day_h", 0, 0, 0, "Svalbard: no sun from 26 October to 15 February"},
    {"glass", "ASHRAE at 0 deg", "{'glass': 'ashrae', 'incidence_deg': 0}", "pass_frac", 1, 1e-8, 0, PVLIB},
    {"glass", "ASHRAE at 22.5 deg", "{'glass': 'ashrae', 'incidence_deg': 22.5}", "pass_frac", 0.99588039, 1e-8, 0, PVLIB},
    {"glass", "ASHRAE at 45 deg", "{'glass': 'ashrae', 'incidence_deg': 45}", "pass_frac", 0.97928932, 1e-8, 0, PVLIB},
    {"glass", "ASHRAE at 67.5 deg", "{'glass': 'ashrae', 'incidence_deg': 67.5}", "pass_frac", 0.9193437, 1e-8, 0, PVLIB},
    {"glass", "ASHRAE at 89 deg", "{'glass': 'ashrae', 'incidence_deg': 89}", "pass_frac", 0, 1e-8, 0, PVLIB},
    {"glass", "refraction and absorption at 0 deg", "{'incidence_deg': 0}", "pass_frac", 1, 1e-8, 0, PVLIB},
    {"glass", "refraction and absorption at 22.5 deg", "{'incidence_deg': 22.5}", "pass_frac", 0.99926198, 1e-8, 0, PVLIB},
    {"glass", "refraction and absorption at 45 deg", "{'incidence_deg': 45}", "pass_frac", 0.98797788, 1e-8, 0, PVLIB},
    {"glass", "refraction and absorption at 67.5 deg", "{'incidence_deg': 67.5}", "pass_frac", 0.8893998, 1e-8, 0, PVLIB},
    {"glass", "refraction and absorption at 90 deg", "{'incidence_deg': 90}", "pass_frac", 0, 1e-8, 0, PVLIB},
    {"glass", "Martin & Ruiz at 45 deg", "{'glass': 'martin_ruiz', 'incidence_deg': 45}", "pass_frac", 0.98986965, 1e-8, 0, PVLIB},
    {"glass", "Martin & Ruiz, ar 0.2, at 60 deg", "{'glass': 'martin_ruiz', 'incidence_deg': 60, 'glass_ar': 0.2}", "pass_frac", 0.9241418199787564, 1e-12, 0, CLOSED "(1 - exp(-cos / ar)) / (1 - exp(-1 / ar))"},
    {"glass", "ASHRAE, b 0.1, at 60 deg", "{'glass': 'ashrae', 'incidence_deg': 60, 'glass_b': 0.1}", "pass_frac", 0.9, 1e-12, 0, CLOSED "1 - b (1 / cos - 1)"},
    {"shade", "row before it, sun 10 deg high, 45 deg off, rows 2 m wide every 3 m at 30 deg", "{'zenith_deg': 80, 'sun_azimuth_deg': 135, 'tilt_deg': 30, 'row_cover_frac': 0.6666666666666666}", "shade_frac", 0.47755694708, 1e-10, 0, "pvlib, example of shaded_fraction1d"},
    {"shade", "rows that do not see the sun shade nothing", "{'zenith_deg': 80, 'sun_azimuth_deg': 0, 'tilt_deg': 30, 'row_cover_frac': 0.5}", "shade_frac", 0, 0, 0, CLOSED "the beam is behind the plane"},
    {"shade", "horizon between two points", "{'zenith_deg': 85, 'sun_azimuth_deg': 120, 'tilt_deg': 0, 'horizon_azimuth_deg': [90, 180, 270], 'horizon_elevation_deg': [10, 4, 20]}", "horizon_deg", 8, 1e-12, 0, CLOSED "straight line"},
    {"shade", "horizon across north", "{'zenith_deg': 85, 'sun_azimuth_deg': 0, 'tilt_deg': 0, 'horizon_azimuth_deg': [90, 180, 270], 'horizon_elevation_deg': [10, 4, 20]}", "horizon_deg", 15, 1e-12, 0, CLOSED "straight line"},
    {"shade", "horizon hides a sun 5 deg high", "{'zenith_deg': 85, 'sun_azimuth_deg': 120, 'tilt_deg': 0, 'horizon_azimuth_deg': [90, 180, 270], 'horizon_elevation_deg': [10, 4, 20]}", "hidden", 1, 0, 0, CLOSED "5 is below 8"},
    {"pv", "beam behind a horizon of 80 deg: the sky alone is left", "{'time': '2014-06-24T09:00:00-07:00', 'lat_deg': 32.2, 'lon_deg': -111, 'ghi_W_m2': 500, 'dni_W_m2': 600, 'dhi_W_m2': 100, 'tilt_deg': 0, 'sky': 'isotropic', 'temp_degC': 20, 'peak_W': 1000, 'horizon_azimuth_deg': [0], 'horizon_elevation_deg': [80]}", "total_W_m2", 100, 1e-9, 0, CLOSED "diffuse horizontal"},
    {"pv", "cell temperature, pvsyst, u 23.5 and 6.25, 900 W/m2", "{'time': '2014-06-24T12:00:00-07:00', 'lat_deg': 32.2, 'lon_deg': -111, 'altitude_m': 700, 'ghi_W_m2': 900, 'dni_W_m2': 0, 'dhi_W_m2': 900, 'tilt_deg': 0, 'sky': 'isotropic', 'temp_degC': 20, 'wind_m_s': 5, 'peak_W': 1000, 'heat': 'pvsyst', 'u0_W_m2_K': 23.5, 'u1_W_s_m3_K': 6.25, 'module_eta_frac': 0.1}", "cell_degC", 33.315, 0.001, 0, PVLIB},
    {"pv", "cell temperature, faiman, u 22 and 6, 900 W/m2", "{'time': '2014-06-24T12:00:00-07:00', 'lat_deg': 32.2, 'lon_deg': -111, 'altitude_m': 700, 'ghi_W_m2': 900, 'dni_W_m2': 0, 'dhi_W_m2': 900, 'tilt_deg': 0, 'sky': 'isotropic', 'temp_degC': 20, 'wind_m_s': 5, 'peak_W': 1000, 'heat': 'faiman', 'u0_W_m2_K': 22, 'u1_W_s_m3_K': 6}", "cell_degC", 37.308, 0.001, 0, PVLIB},
    {"pv", "cell temperature, ross, at 800 W/m2 and 20 degC", "{'time': '2014-06-24T12:00:00-07:00', 'lat_deg': 32.2, 'lon_deg': -111, 'altitude_m': 700, 'ghi_W_m2': 800, 'dni_W_m2': 0, 'dhi_W_m2': 800, 'tilt_deg': 0, 'sky': 'isotropic', 'temp_degC': 20, 'wind_m_s': 5, 'peak_W': 1000, 'heat': 'ross', 'noct_degC': 47}", "cell_degC", 47, 1e-9, 0, "definition of the nominal cell temperature, IEC 61215"},
    {"irradiance", "reindl, sky, Tucson 06:00", "{'ghi_W_m2': 79.73860422, 'dni_W_m2': 316.1949056, 'dhi_W_m2': 40.46149818, 'zenith_deg': 82.85457044, 'sun_azimuth_deg': 66.71410338, 'tilt_deg': 40, 'azimuth_deg': 180, 'sky': 'reindl', 'extraterrestrial_W_m2': 1321.1655834833093}", "sky_W_m2", 27.9412, 0.0001, 0, PVLIB},
    {"irradiance", "reindl, sky, Tucson 12:00", "{'ghi_W_m2': 1042.48031487, 'dni_W_m2': 939.95469881, 'dhi_W_m2': 118.45831879, 'zenith_deg': 10.56413562, 'sun_azimuth_deg': 144.76567754, 'tilt_deg': 40, 'azimuth_deg': 180, 'sky': 'reindl', 'extraterrestrial_W_m2': 1321.1655834833093}", "sky_W_m2", 104.1317, 0.0001, 0, PVLIB},
    {"irradiance", "reindl, sky, Tucson 18:00", "{'ghi_W_m2': 257.20751138, 'dni_W_m2': 646.22886049, 'dhi_W_m2': 62.03376265, 'zenith_deg': 72.41687122, 'sun_azimuth_deg': 287.04104128, 'tilt_deg': 40, 'azimuth_deg': 180, 'sky': 'reindl', 'extraterrestrial_W_m2': 1321.1655834833093}", "sky_W_m2", 34.1663, 0.0001, 0, PVLIB},
    {"split", "Boland, global 50, zenith 85, outside 1413.98, dni", "{'model': 'boland', 'ghi_W_m2': 50, 'zenith_deg': 85, 'extraterrestrial_W_m2': 1413.981805}", "dni_W_m2", 81.9448546, 1e-5, 1, PVLIB},
    {"split", "Boland, global 50, zenith 85, outside 1413.98, dhi", "{'model': 'boland', 'ghi_W_m2': 50, 'zenith_deg': 85, 'extraterrestrial_W_m2': 1413.981805}", "dhi_W_m2", 42.8580353, 1e-5, 1, PVLIB},
    {"split", "Boland, global 1000, zenith 10, outside 1413.98, dni", "{'model': 'boland', 'ghi_W_m2': 1000, 'zenith_deg': 10, 'extraterrestrial_W_m2': 1413.981805}", "dni_W_m2", 723.76499, 1e-5, 1, PVLIB},
    {"split", "Boland, global 1000, zenith 10, outside 1321.8, dni", "{'model': 'boland', 'ghi_W_m2': 1000, 'zenith_deg': 10, 'extraterrestrial_W_m2': 1321.801217}", "dni_W_m2", 805.020419, 1e-5, 1, PVLIB},
    {0}};
// clang-format on
