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
            print_error("%s, %s: %.12g, published %.12g (%s) %s\n", c->model, c->what, r.value, c->published,
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

static void every_model_is_judged(void **s)
{
    /* What the program promises to judge; a model may be split or joined, but not forgotten. */
    static const char *const promised[] = {
        "sun",       "irradiance", "split",     "clearsky", "pv",      "pvyear",      "inverter",  "tracker",
        "home",      "bestest",    "homefit",   "heatpump", "comfort", "overheating", "outage",    "turbine",
        "screw",     "river",      "gr4j",      "pipe",     "forebay", "digester",    "substrate", "adm1",
        "am2",       "lightclass", "luminaire", "road",     "et0",     "et0_hour",    "soilwater", "greenhouse",
        "coldstore", "coldload",   "demand",    "weather"};
    (void)s;
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++)
        if (!calc_find(promised[i])) fail_msg("no model %s", promised[i]);
    for (int i = 0; calc_models[i]; i++) {
        int n = 0;
        for (const struct calc_case *const *t = calc_case_tables; *t; t++)
            for (const struct calc_case *c = *t; c->model; c++) n += !strcmp(c->model, calc_models[i]->name);
        if (!n) fail_msg("model %s has no published case", calc_models[i]->name);
    }
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
    static const char *const row[][3] = {
        {"turbine", "{\"turbine\":\"kaplan\",\"design_m3_s\":1,\"head_m\":5}", "flow_m3_s: is missing"},
        {"turbine", "{\"turbine\":\"wheel\"}", "turbine: give one of francis"},
        {"turbine", "{\"turbine\":\"kaplan\",\"flow_m3_s\":-1}", "flow_m3_s: -1 is out of range"},
        {"turbine", "{\"turbine\":\"kaplan\",\"flow_m3_s\":\"2 kW\"}", "flow_m3_s: `kW` is a power"},
        {"turbine", "{\"turbine\":\"kaplan\",\"flow_m3_s\":true}", "flow_m3_s: give a number"},
        {"turbine", "{\"speed\":1}", "speed: model turbine has no such input"},
        {"sun", "{\"time\":\"noon\"}", "time: give a time"},
        {"sun", "", "the input is empty"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(published), cmocka_unit_test(known_reasons),
                                       cmocka_unit_test(every_model_is_judged), cmocka_unit_test(forms_of_input),
                                       cmocka_unit_test(wrong_input)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
