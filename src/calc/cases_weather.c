/* Weather files against what stands in them, and copies of them with every format's mark of missing data. */
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
/* A copy of a weather file in which a mark of missing data stands in every thousandth line. */
struct marks {
    const char *file;
    int head, field; /* lines before the data; field from 0 */
    char apart;      /* ',' or ' ' */
    const char *mark;
};

static void copy_line(char *line, const struct marks *m, int marked, FILE *to)
{
    int k = 0;
    char *p = line;
    line[strcspn(line, "\r\n")] = 0;
    while (*p) {
        size_t gap = m->apart == ' ' ? strspn(p, " ") : 0, len = 0;
        char by[2] = {m->apart, 0};
        fprintf(to, "%.*s", (int)gap, p), p += gap;
        len = strcspn(p, by);
        if (marked && k == m->field)
            fputs(m->mark, to);
        else
            fprintf(to, "%.*s", (int)len, p);
        p += len, k++;
        if (m->apart == ',' && *p) putc(*p++, to);
    }
    putc('\n', to);
}

/* arg: row of the table below, and the key that counts. */
static int marked(const char *dir, const char *arg, double *value, struct err *e)
{
    static const struct marks row[] = {{"homes/725650TYCST.epw", 8, 13, ',', "9999"},
                                       {"solar/723170TYA_Greensboro_TMY3.csv", 2, 4, ',', "-9900"},
                                       {"solar/pvgis_tmy_45N8E.csv", 1, 3, ',', ""},
                                       {"weather/NSRDB_15min_Sofia_42.69_23.30_2019.csv", 3, 6, ',', "-9999"},
                                       {"solar/surfrad-slv16001.dat", 2, 9, ' ', "2"}};
    const struct marks *m = &row[arg[0] - '0'];
    char path[1024], *line = NULL, json[300];
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s", dir, m->file);
    FILE *from = fopen(path, "r"), *to = from ? tmpfile() : NULL;
    if (!to) return from ? fclose(from), err_set(e, "no temporary file") : 1;
    for (int n = 0; getline(&line, &size, from) > 0; n++)
        copy_line(line, m, n >= m->head && (n - m->head) % 1000 == 0, to);
    fflush(to);
    snprintf(json, sizeof json, "{\"file\": \"/proc/self/fd/%d\"}", fileno(to));
    int bad = calc_value_of(calc_find("weather"), json, arg + 2, value, e);
    free(line), fclose(from), fclose(to);
    return bad;
}

#define MARKED(text, n, which)                                                                                     \
    {                                                                                                              \
        "weather", text, .published = n, .source = CLOSED "one line in a thousand is marked", .measure = marked,   \
                         .arg = which                                                                              \
    }
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
    MARKED("EPW, 9999 in place of global, rows counted as missing", 9, "0 missing_ghi"),
    MARKED("TMY3, -9900 in place of global, rows counted as missing", 9, "1 missing_ghi"),
    MARKED("PVGIS CSV, nothing in place of global, rows counted as missing", 9, "2 missing_ghi"),
    MARKED("NSRDB, -9999 in place of global, rows counted as missing", 36, "3 missing_ghi"),
    MARKED("SURFRAD, flag 2 at global, rows counted as missing", 2, "4 missing_ghi"),
    {0}};
