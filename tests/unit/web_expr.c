/* Expressions over the reference village: what they select, what they are worth, what they refuse; the board built
 * from them. */
#include "base/err.h"
#include "web/board.h"
#include "web/expr.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct village *village;
static struct state state;
static void *memory;

static int begin(void **unused)
{
    char path[1024];
    int errors = 0;
    (void)unused;
    snprintf(path, sizeof path, "%s/villages/agali.yaml", getenv("KEND_SOURCE"));
    village = village_read(path, stderr, &errors);
    if (!village) return -1;
    memory = aligned_alloc(64, (state_bytes(village) + 63) / 64 * 64);
    state_create(&state, village, memory);
    for (int i = 0; i < village->n_flow; i++) state.flow[i] = (i % 7 - 3) * 100.5;
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    village_free(village);
    free(memory);
    return 0;
}

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-6)

static double value_of(const char *text)
{
    struct err e = {0};
    struct expr x;
    struct vectors v = {state.x, state.meas, state.cmd, state.exo, state.flow};
    if (expr_parse(&x, village, text, &e)) fail_msg("%s: %s", text, e.text);
    double value = expr_value(&x, &v);
    expr_free(&x);
    return value;
}

static double elec_sum(const char *cls, const char *profile, int without, double (*part)(double))
{
    double sum = 0;
    for (int32_t a = -1; (a = village_class_next(village, cls, a)) >= 0;) {
        const struct asset *as = &village->asset[a];
        int same = profile && as->profile && !strcmp(as->profile, profile);
        if (profile && same == without) continue;
        sum += part(state.flow[as->flow]);
    }
    return sum;
}
static double whole(double v) { return v; }
static double less(double v) { return -v; }
static double above(double v) { return v > 0 ? v : 0; }
static double below(double v) { return v < 0 ? -v : 0; }

static void test_forms(void **unused)
{
    (void)unused;
    assert_near(value_of("sum(@street.flow.elec_W)"), elec_sum("street", NULL, 0, whole));
    assert_near(value_of("minus(@home/household.flow.elec_W)"), elec_sum("home", "household", 0, less));
    assert_near(value_of("minus(@home/!household.flow.elec_W)"), elec_sum("home", "household", 1, less));
    assert_near(value_of("pos(@home.flow.elec_W)"), elec_sum("home", NULL, 0, above));
    assert_near(value_of("neg(@home.flow.elec_W)"), elec_sum("home", NULL, 0, below));
    double both = elec_sum("home", NULL, 0, above) + elec_sum("street", NULL, 0, whole);
    assert_near(value_of("pos(@home.flow.elec_W) + sum(@street.flow.elec_W)"), both);
    double listed = elec_sum("home", NULL, 0, whole) + elec_sum("street", NULL, 0, whole);
    assert_near(value_of("sum(@home.flow.elec_W,@street.flow.elec_W)"), listed);
    assert_true(value_of("min(@home.x.temp_degC)") <= value_of("mean(@home.x.temp_degC)"));
    assert_true(value_of("mean(@home.x.temp_degC)") <= value_of("max(@home.x.temp_degC)"));
}

static void test_single(void **unused)
{
    char name[160], text[200];
    (void)unused;
    for (int32_t id = 0; id < village_n_series(village); id += 97) {
        village_series_name(village, id, name, sizeof name);
        struct expr x;
        assert_int_equal(expr_parse(&x, village, name, NULL), 0);
        assert_int_equal(x.n, 1);
        assert_int_equal(x.member[0].series, id);
        expr_free(&x);
        snprintf(text, sizeof text, "sum(%s)", name);
        double one = value_of(name), sum = value_of(text);
        assert_true(one == sum || (isnan(one) && isnan(sum)));
    }
}

static void test_refused(void **unused)
{
    static const char *const bad[] = {"",
                                      "x",
                                      "a.b",
                                      "nobody.x.temp_degC",
                                      "@home.y.temp_degC",
                                      "sum(@home.x.nothing_W)",
                                      "@home.x.temp_degC",
                                      "sum(",
                                      "sum()",
                                      "total(@home.x.temp_degC)",
                                      "sum(@home.x.temp_degC",
                                      "mean(@home.x.temp_degC) + sum(@street.flow.elec_W)",
                                      "sum(@home.x.temp_degC) +",
                                      "sum(@home.x.temp_degC) + ",
                                      "sum(,)",
                                      "..",
                                      "((((",
                                      "sum(@home.x.temp_degC)x"};
    (void)unused;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        struct expr x;
        if (!expr_parse(&x, village, bad[i], &e)) fail_msg("taken: %s", bad[i]);
        assert_true(e.text[0] != 0);
    }
    char *long_text = malloc(100001);
    memset(long_text, 'a', 100000);
    long_text[100000] = 0;
    struct expr x;
    assert_int_equal(expr_parse(&x, village, long_text, NULL), -1);
    free(long_text);
}

/* Any bytes: an answer, never a crash. */
static void test_any_bytes(void **unused)
{
    static const char part[] = "summinus()@home./,+ *!xflowcmd.elec_W";
    uint64_t seed = 12345;
    (void)unused;
    for (int i = 0; i < 20000; i++) {
        char text[40];
        size_t n = 0;
        for (; n < sizeof text - 1; n++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            if ((seed >> 40) % 24 == 0) break;
            text[n] = part[(seed >> 33) % (sizeof part - 1)];
        }
        text[n] = 0;
        struct expr x;
        if (!expr_parse(&x, village, text, NULL)) expr_free(&x);
    }
}

static void test_unknown_member_is_unknown(void **unused)
{
    struct expr x;
    (void)unused;
    assert_int_equal(expr_parse(&x, village, "sum(@home.flow.elec_W)", NULL), 0);
    struct vectors none = {0};
    assert_true(isnan(expr_value(&x, &none)));
    expr_free(&x);
}

static void test_board(void **unused)
{
    static const char *const wanted[] = {"river",    "sun",   "gas",   "battery_in", "grid_out", "homes",
                                         "services", "light", "water", "farm",       "losses"};
    (void)unused;
    struct board *b = board_create(village);
    assert_non_null(b);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!board_find(b, wanted[i])) fail_msg("no figure %s", wanted[i]);
    assert_true(b->n_gauge >= 4);
    for (int i = 0; i < b->n_gauge; i++) assert_true(b->gauge[i].high > b->gauge[i].low);
    board_free(b);
}

/* Every electric port but the nodes' inner ones is in exactly one figure, so that the ribbon's two sides are equal.
 */
static void test_ribbon_is_whole(void **unused)
{
    struct vectors v = {state.x, state.meas, state.cmd, state.exo, state.flow};
    double sources = 0, uses = 0, net = 0;
    (void)unused;
    struct board *b = board_create(village);
    for (int i = 0; i < b->n_figure; i++) {
        double w = expr_value(&b->figure[i].parsed, &v);
        if (b->figure[i].side == BOARD_SOURCE) sources += w;
        if (b->figure[i].side == BOARD_USE) uses += w;
    }
    for (int32_t a = 0; a < village->n_asset; a++)
        for (int p = 0; p < village->asset[a].cls->n_port; p++)
            if (village->asset[a].cls->port[p].carrier == CARRIER_ELEC)
                net += state.flow[village->asset[a].flow + p];
    assert_near(sources - uses, net);
    board_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_unknown_member_is_unknown),
        cmocka_unit_test(test_board),
        cmocka_unit_test(test_ribbon_is_whole),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
