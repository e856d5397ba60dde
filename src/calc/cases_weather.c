/* Weather files against what stands in them. */
#include "base/err.h"
#include "calc/calc.h"
#include "calc/cases.h"
#include <stdlib.h>
#include <string.h>

/* arg: "FILE ROW KEY" below the reference folder. */
static int file_figure(const char *dir, const char *arg, double *value, struct err *e)
{
    char path[1024], json[1200], file[256], key[64];
    int row;
    if (sscanf(arg, "%255s %d %63s", file, &row, key) != 3) return err_set(e, "bad case %s", arg);
    snprintf(path, sizeof path, "%s/%s", dir, file);
    FILE *f = fopen(path, "r");
    if (!f) return 1;
    fclose(f);
    snprintf(json, sizeof json, "{\"file\": \"%s\", \"row\": %d}", path, row);
    return calc_value_of(calc_find("weather"), json, key, value, e);
}

#define FIGURE(text, figure, from, where)                                                                          \
    {                                                                                                              \
        "weather", text, .published = figure, .tolerance = 1e-9, .relative = 1, .source = from,                    \
                         .measure = file_figure, .arg = where                                                      \
    }
#define SOFIA "weather/NSRDB_15min_Sofia_42.69_23.30_2019.csv "
#define ALAMOSA "solar/surfrad-slv16001.dat "
// clang-format off
const struct calc_case calc_cases_weather[] = {
    FIGURE("NSRDB Sofia, temperature of row 20000", 30.5, "NSRDB", SOFIA "20000 temp_degC"),
    FIGURE("NSRDB Sofia, global of row 20000", 732, "NSRDB", SOFIA "20000 ghi_W_m2"),
    FIGURE("NSRDB Sofia, pressure of row 20000", 94600.0, "NSRDB", SOFIA "20000 pressure_Pa"),
    FIGURE("SURFRAD Alamosa, global of minute 1200", 559.0, "NOAA SURFRAD", ALAMOSA "1200 ghi_W_m2"),
    FIGURE("SURFRAD Alamosa, direct of minute 1200", 1063.3, "NOAA SURFRAD", ALAMOSA "1200 dni_W_m2"),
    FIGURE("SURFRAD Alamosa, diffuse of minute 1200", 56.5, "NOAA SURFRAD", ALAMOSA "1200 dhi_W_m2"),
    FIGURE("SURFRAD Alamosa, air of minute 1200", -4.9, "NOAA SURFRAD", ALAMOSA "1200 temp_degC"),
    FIGURE("SURFRAD Alamosa, longitude", -105.92, "NOAA SURFRAD", ALAMOSA "0 lon_deg"),
    FIGURE("PVGIS JSON, plane of hour 9", 423.28, "PVGIS", "solar/pvgis_hourly_45N8E_10kWp.json 9 plane_W_m2"),
    FIGURE("EPW Denver, global of hour 4000", 497, "NREL TMY3", "homes/725650TYCST.epw 4000 ghi_W_m2"),
    FIGURE("EPW Denver, pressure of hour 4000", 83400, "NREL TMY3", "homes/725650TYCST.epw 4000 pressure_Pa"),
    FIGURE("TMY3 Greensboro, direct of hour 4000", 72, "NREL TMY3", "solar/723170TYA_Greensboro_TMY3.csv 4000 dni_W_m2"),
    FIGURE("PVGIS CSV, direct of hour 4000", 0.0, "PVGIS", "solar/pvgis_tmy_45N8E.csv 4000 dni_W_m2"),
    {0}};
