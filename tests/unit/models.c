/* The published cases of every model (src/calc/cases_*.c), each inside its tolerance or with its known reason; and the reading of input: what is
 * wrong is told in one line that names the key. Large cases read files below $KEND_REFERENCE and are skipped where those are absent. */
#include "base/err.h"
#include "calc/calc.h"
#include "calc/cases.h"
#include "near.h"
#include <stdlib.h>
#include <string.h>

static void published(void **s)
{
    (void)s;
    int n = 0, bad = 0, skipped = 0;
    const char *dir = getenv("KEND_REFERENCE");
    for (const struct calc_case *const *t = calc_case_tables; *t; t++)
        for (const struct calc_case *c = *t; c->model; c++, n++) {
            struct calc_result r;
            calc_case_run(c, dir ? dir : "", &r);
            skipped += r.skipped;
            if (r.holds || r.skipped || c->miss) continue;
            print_error("%s, %s: %.12g, published %.12g (%s) %s\n", c->model, c->what, r.value, r.published,
                        c->source, r.why);
            bad++;
        }
    print_message("# %d cases, %d skipped because their reference file is absent\n", n, skipped);
    assert_true(n > 150);
    assert_int_equal(bad, 0);
}

/* A known reason is only allowed where the case really misses, so that none outlives its fault. */
static void known_reasons(void **s)
{
    (void)s;
    const char *dir = getenv("KEND_REFERENCE");
    for (const struct calc_case *const *t = calc_case_tables; *t; t++)
        for (const struct calc_case *c = *t; c->model; c++) {
            struct calc_result r;
            if (!c->miss) continue;
            calc_case_run(c, dir ? dir : "", &r);
            if (!r.skipped && r.holds) fail_msg("%s, %s holds, but says: %s", c->model, c->what, c->miss);
        }
}

/* What the program promises to judge: of each model, words that must stand in the title, the input or the key of one of its rows, parted by |. A model may be split or
 * joined, but nothing forgotten. */
// clang-format off
static const struct {
    const char *model, *rows;
} promised[] = {
    {"sun", "zenith_deg|azimuth_deg|incidence_deg|sunrise|sunset|transit|polar day|polar night"},
    {"irradiance", "isotropic|klucher|hay_davies|reindl|perez|ground|beam"},
    {"split", "Erbs|DISC|DIRINT|Boland"},
    {"clearsky", "Ineichen|Haurwitz|Bird|Solis"},
    {"glass", "ASHRAE|refraction|Martin & Ruiz"},
    {"shade", "row before it|horizon between|horizon hides"},
    {"pv", "sapm|faiman|pvsyst|ross|noct|u0_W_m2_K|horizon|Denver year, AC|RMSE of hours"},
    {"pvyear", "AC, kWh|cell"},
    {"inverter", "PVWatts|Sandia"},
    {"tracker", "turn|year on a slope"},
    {"home", "MaxHeatingRequired|MaxCoolingRequired|from those of their zones"},
    {"bestest", "600 heating|610 heating|640 heating|650 heating|660 heating|680 heating|900 heating|940 heating|950 heating|980 heating|600 cooling|610 cooling|640 cooling|"
        "650 cooling|660 cooling|680 cooling|900 cooling|940 cooling|950 cooling|980 cooling|600FF|680FF|900FF|900 peak heating|900 peak cooling"},
    {"homefit", "600|900"},
    {"heatpump", "radiator|floor|defrosting|moist air|least run|least rest"},
    {"comfort", "SET of 2017|SET of 2020|adaptive|fixed band, winter|fixed band, summer"},
    {"overheating", "weighted excess|bedroom"},
    {"outage", "cold wave, hours safe|heat wave, hours safe|time constant"},
    {"turbine", "francis|kaplan|propeller|pelton|turgo|crossflow"},
    {"screw", "fill|tail water|speed limit"},
    {"river", "70th percentile|Tennant|fixed|mean_share|duration|8000 ft3/s"},
    {"gr4j", "snow|Leguer|Nash|balance"},
    {"pipe", "friction|local losses|rack"},
    {"forebay", "spill|balance"},
    {"digester", "steady_frac|cattle slurry|over that of ADM1"},
    {"gasplant", "electric efficiency|boiler|holder|pressure switch|vent|trip=h2s|trip=oxygen|trip=methane|balance"},
    {"substrate", "cattle slurry|food waste"},
    {"adm1", "state[0]|state[28]|pH|gas, m3/d|methane of the wet gas"},
    {"am2", "Bernard|against ADM1"},
    {"lightclass", "P1|P6|C0|C5|'M'|adaptive|by time"},
    {"luminaire", "CIE|symmetry 1|symmetry 2|symmetry 3|symmetry 4|1.IES|RELUX"},
    {"road", "cd/m2|Uo|Ul|TI|REI|meets|lowest dimming|glare|power density|annual energy|R1|R2|R3|R4|C1|C2|by utilisation"},
    {"et0", "example|tall"},
    {"et0_hour", "N'Diaye"},
    {"soilwater", "cotton dry|cotton wet|readily available|stress"},
    {"coldstore", "warms|cold per power"},
    {"coldload", "apples|strawberries|cooling"},
    {"greenhouse", "heat|vapour"},
    {"weather", "EPW|TMY3|PVGIS CSV|PVGIS JSON|NSRDB|SURFRAD|9999|-9900|flag 2"},
    {"demand", "coincidence of 1 |coincidence of 5 |coincidence of 20 |coincidence of 100 |load factor|hour"}};
// clang-format on

static int has_row(const char *model, const char *word)
{
    for (const struct calc_case *const *t = calc_case_tables; *t; t++)
        for (const struct calc_case *c = *t; c->model; c++) {
            const char *place[] = {c->what, c->json, c->key, c->source, c->arg};
            for (int i = 0; i < 5 && !strcmp(c->model, model); i++)
                if (place[i] && strstr(place[i], word)) return 1;
        }
    return 0;
}

static void every_model_is_judged(void **s)
{
    int bad = 0;
    (void)s;
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++) {
        char rows[600], *rest = NULL;
        snprintf(rows, sizeof rows, "%s", promised[i].rows);
        if (!calc_find(promised[i].model)) fail_msg("no model %s", promised[i].model);
        for (char *word = strtok_r(rows, "|", &rest); word; word = strtok_r(NULL, "|", &rest))
            if (!has_row(promised[i].model, word))
                print_error("model %s has no row of \"%s\"\n", promised[i].model, word), bad++;
    }
    for (int i = 0; calc_models[i]; i++) {
        size_t k = 0, n = sizeof promised / sizeof promised[0];
        while (k < n && strcmp(promised[k].model, calc_models[i]->name) != 0) k++;
        if (k == n) print_error("nothing is promised of model %s\n", calc_models[i]->name), bad++;
    }
    assert_int_equal(bad, 0);
}

static int stream(const char *model, const char *text, char *out, size_t size, struct err *e)
{
    char *got = NULL;
    size_t n = 0;
    FILE *in = fmemopen((char *)(uintptr_t)text, strlen(text), "r"), *to = open_memstream(&got, &n);
    *e = (struct err){0};
    int bad = calc_stream(calc_find(model), in, to, e);
    fclose(in);
    fclose(to);
    snprintf(out, size, "%s", got);
    free(got);
    return bad;
}

static void forms_of_input(void **s)
{
    (void)s;
    char out[2000];
    struct err e;
    const char *one = "{\"kind\":\"P\",\"other\":2}", *two = "{\"kind\":\"C\",\"other\":4}";
    char text[200];
    assert_int_equal(stream("lightclass", one, out, sizeof out, &e), 0);
    assert_string_equal(out, "{\n  \"class\": 4,\n  \"average_lx\": 5\n}\n");
    snprintf(text, sizeof text, "[%s, %s]", one, two);
    assert_int_equal(stream("lightclass", text, out, sizeof out, &e), 0);
    assert_string_equal(out, "[\n{\"class\": 4, \"average_lx\": 5},\n{\"class\": 2, \"average_lx\": 20}\n]\n");
    snprintf(text, sizeof text, "%s\n%s\n", one, two);
    assert_int_equal(stream("lightclass", text, out, sizeof out, &e), 0);
    assert_string_equal(out, "{\"class\": 4, \"average_lx\": 5}\n{\"class\": 2, \"average_lx\": 20}\n");
}

static void wrong_input(void **s)
{
    (void)s;
#define LISTS "{\"width_m\": 7, \"height_m\": 8, \"spacing_m\": 30, \"c_deg\": [0], \"g_deg\": [0, 90, 180], "
    static const char *const row[][3] = {
        {"turbine", "{\"turbine\":\"kaplan\",\"design_m3_s\":1,\"head_m\":5}", "flow_m3_s: is missing"},
        {"turbine", "{\"turbine\":\"wheel\"}", "turbine: give one of francis"},
        {"turbine", "{\"turbine\":\"kaplan\",\"flow_m3_s\":-1}", "flow_m3_s: -1 is out of range"},
        {"turbine", "{\"turbine\":\"kaplan\",\"flow_m3_s\":\"2 kW\"}", "flow_m3_s: `kW` is a power"},
        {"turbine", "{\"turbine\":\"kaplan\",\"flow_m3_s\":true}", "flow_m3_s: give a number"},
        {"turbine", "{\"speed\":1}", "speed: model turbine has no such input"},
        {"sun", "{\"time\":\"noon\"}", "time: give a time"},
        {"sun", "", "the input is empty"},
        {"comfort", "{\"air_degC\": 20, \"category\": 1.5}", "category: 1.5 is not a whole number"},
        {"luminaire", "{\"c_deg\": [0], \"g_deg\": [0, 90, 30], \"cd\": [1, 1, 1]}", "g_deg: does not ascend"},
        {"luminaire", "{\"c_deg\": [0, 90, 30], \"g_deg\": [0, 90], \"cd\": [1, 1, 1, 1, 1, 1]}",
         "c_deg: does not ascend"},
        {"road", LISTS "\"cd\": [100, null, 0]}", "cd: give a number from 0 to 1e+07 (number 2)"},
        {"road", LISTS "\"cd\": [100, 50, 0], \"throw_deg\": 60, \"flux_lm\": 4000}", "throw_deg: stands beside"},
        {"road", LISTS "\"cd\": [100, 50, 0], \"toe_deg\": 30}", "toe_deg: is of a lantern"},
        {"road", LISTS "\"cd\": [100, 50, 0], \"file\": \"lamp.ies\"}", "file: stands beside lists"},
        {"river", "{\"flow_m3_s\": [5, 1], \"eflow\": \"duration\", \"eflow_value\": 95}",
         "eflow_value: 95 is out of range"},
        {"luminaire", "{\"throw_deg\": 60}", "flux_lm: is missing"},
        {"lightclass", "{\"kind\": \"P\", \"other\": 2, \"traffic_by\": [0, 0.5]}",
         "traffic_by: 0.5 is not a whole number (number 2)"},
        {"lightclass", "{\"kind\": \"P\", \"other\": 2, \"traffic_by\": [null, 0]}", "traffic_by: give a number"},
        {"sun", "\357\273x{}", "does not begin as JSON does"},
        {"sun", "\357\273\277{}", "time: is missing"},
        {"sun", "{\"time\":", "record 1: line 1"},
        {"lightclass", "{\"kind\":\"P\",\"other\":2} {\"kind\":\"Q\"}", "record 2: kind: give one of"},
        {"lightclass", "[{\"kind\":\"P\",\"other\":2}, 7]", "record 2: give an object"},
        {"lightclass", "{\"kind\":\"M\"}", "speed: is missing"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char out[2000];
        struct err e;
        assert_int_equal(stream(row[i][0], row[i][1], out, sizeof out, &e), -1);
        if (strncmp(e.text, row[i][2], strlen(row[i][2])) != 0)
            fail_msg("%s: \"%s\", wanted \"%s\"", row[i][1], e.text, row[i][2]);
        assert_null(strchr(e.text, '\n'));
    }
}

#define ROAD_ALONE "{\"width_m\": 7, \"height_m\": 8, \"spacing_m\": 30, \"throw_deg\": 60, \"flux_lm\": 4000"
/* A road table is read as strictly as a luminaire's file, and a lamp of unknown power has no indicator of it. */
static void road_tables_and_power(void **s)
{
    (void)s;
    char out[2000], path[] = "/tmp/kend-surface-XXXXXX", ask[400];
    struct err e;
    assert_int_equal(stream("road", ROAD_ALONE "}", out, sizeof out, &e), 0);
    assert_non_null(strstr(out, "\"pdi_W_lx_m2\": null"));
    for (int broken = 0; broken < 3; broken++) {
        int fd = mkstemp(path);
        FILE *f = fdopen(fd, "w");
        assert_non_null(f);
        fputs("tan", f);
        for (int j = 0; j < 20; j++) fprintf(f, ",%d", broken == 1 && j == 7 ? 0 : 9 * j);
        for (int i = 0; i < 29; i++) {
            fprintf(f, "\n%d", i);
            for (int j = 0; j < 20; j++) fputs(broken == 2 && i == 3 && j == 4 ? ",nan" : ",100", f);
        }
        fclose(f);
        snprintf(ask, sizeof ask, ROAD_ALONE ", \"surface_file\": \"%s\"}", path);
        assert_int_equal(stream("road", ask, out, sizeof out, &e), broken ? -1 : 0);
        if (broken) assert_int_equal(strncmp(e.text, "surface_file: ", 14), 0);
        remove(path);
        memcpy(path + strlen(path) - 6, "XXXXXX", 6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),      cmocka_unit_test(known_reasons), cmocka_unit_test(every_model_is_judged),
        cmocka_unit_test(forms_of_input), cmocka_unit_test(wrong_input),   cmocka_unit_test(road_tables_and_power)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
