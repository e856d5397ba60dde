/* The list of models that `kend calc` knows, in the order of docs/models.md. */
#include "calc/calc.h"

// clang-format off
const struct calc_model *const calc_models[] = {
    &calc_sun, &calc_irradiance, &calc_split, &calc_clearsky, &calc_glass, &calc_shade, &calc_pv,
    &calc_pvyear, &calc_inverter, &calc_tracker,
    &calc_home, &calc_bestest, &calc_homefit, &calc_heatpump, &calc_comfort, &calc_overheating, &calc_outage,
    &calc_turbine, &calc_screw, &calc_river, &calc_gr4j, &calc_pipe, &calc_forebay,
    &calc_digester, &calc_substrate, &calc_gasplant, &calc_adm1, &calc_am2,
    &calc_lightclass, &calc_luminaire, &calc_road,
    &calc_et0, &calc_et0_hour, &calc_soilwater, &calc_coldstore, &calc_coldload, &calc_greenhouse,
    &calc_weather, &calc_demand,
    NULL};
