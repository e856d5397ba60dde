/* Charts from the store: an expression's slots are its form over the members' stored means; slots that are over are read once, the
 * running one afresh; nothing stored is unknown. */
#include "base/err.h"
#include "store/store.h"
#include "web/history.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MINUTES = 90, SLOTS = 8 };
static const int64_t start_ms = 1767225600000; /* 2026-01-01T00:00Z, a quarter-hour */
static struct village *village;
static struct store *store;
static int32_t homes, first;

static double power_W(int home, int minute) { return -(100.0 + home) * (1 + minute / 15); }

static void append(int from, int until)
{
    int32_t *id = calloc((size_t)homes, sizeof *id);
    float *value = calloc((size_t)homes, sizeof *value);
    for (int m = from; m < until; m++) {
        int n = 0;
        for (int32_t a = -1; (a = village_class_next(village, "home", a)) >= 0; n++) {
            id[n] = village_series_base(village, 'f') + village->asset[a].flow;
            value[n] = (float)power_W(n, m);
        }
        while (store_append(store, start_ms + m * (int64_t)MS_MIN, n, id, value)) usleep(1000);
    }
    free(id);
    free(value);
}

static int begin(void **unused)
{
    char path[1024];
    int errors = 0;
    struct err e = {0};
    (void)unused;
    snprintf(path, sizeof path, "%s/villages/agali.yaml", getenv("KEND_SOURCE"));
    village = village_read(path, stderr, &errors);
    if (!village) return -1;
    for (int32_t a = -1; (a = village_class_next(village, "home", a)) >= 0; homes++) first = homes ? first : a;
    store = store_open(&(struct store_options){.path = ":memory:"}, village, &e);
    if (!store) fprintf(stderr, "%s\n", e.text);
    return store ? 0 : -1;
}

static int end(void **unused)
{
    (void)unused;
    store_close(store, NULL);
    village_free(village);
    return 0;
}

static double expected(int slot)
{
    double sum = 0;
    for (int h = 0; h < homes; h++) sum -= power_W(h, slot * 15);
    return sum;
}

/* The writer takes about a second: asks until the slot is whole. */
static void read_until(struct history *h, int slot, double want, int64_t settled_ms, double *out)
{
    struct err e = {0};
    for (int tries = 0; tries < 100; tries++) {
        assert_int_equal(
            history_read(h, "minus(@home.flow.elec_W)", start_ms, MS_QUARTER, SLOTS, settled_ms, out, NULL, &e), 0);
        if (fabs(out[slot] - want) < 1e-6 * fabs(want)) return;
        usleep(50000);
    }
    fail_msg("slot %d is %g, not %g", slot, out[slot], want);
}

static void test_sum_over_slots(void **unused)
{
    double out[SLOTS];
    (void)unused;
    struct history *h = history_create(store, village);
    append(0, MINUTES);
    read_until(h, 5, expected(5), start_ms, out);
    for (int t = 0; t < 6; t++) assert_true(fabs(out[t] - expected(t)) < 1e-6 * expected(t));
    for (int t = 6; t < SLOTS; t++) assert_true(isnan(out[t]));
    read_until(h, 3, expected(3), start_ms + 4 * (int64_t)MS_QUARTER, out); /* now four slots are kept */
    append(MINUTES, MINUTES + 15);
    read_until(h, 6, expected(6), start_ms + 4 * (int64_t)MS_QUARTER, out); /* what was unsettled is read afresh */
    for (int t = 0; t < 7; t++) assert_true(fabs(out[t] - expected(t)) < 1e-6 * expected(t));
    history_free(h);
}

static void test_part_of_what_is_kept(void **unused)
{
    double out[SLOTS];
    struct err e = {0};
    (void)unused;
    struct history *h = history_create(store, village);
    int64_t settled_ms = start_ms + 7 * (int64_t)MS_QUARTER;
    for (int from = 4; from >= 0; from--) {
        assert_int_equal(history_read(h, "minus(@home.flow.elec_W)", start_ms + from * (int64_t)MS_QUARTER,
                                      MS_QUARTER, 2, settled_ms, out, NULL, &e),
                         0);
        assert_true(fabs(out[1] - expected(from + 1)) < 1e-6 * out[1]);
    }
    history_free(h);
}

static void test_many_expressions_are_bounded(void **unused)
{
    double out[2];
    char text[64];
    struct err e = {0};
    (void)unused;
    struct history *h = history_create(store, village);
    for (int i = 0; i < 200; i++) {
        snprintf(text, sizeof text, "%s(%s.flow.elec_W)", i % 2 ? "sum" : "minus",
                 village->asset[first + i % homes].id);
        assert_int_equal(history_read(h, text, start_ms, MS_QUARTER, 2, start_ms + MS_HOUR, out, NULL, &e), 0);
    }
    history_free(h);
}

static void test_refused(void **unused)
{
    double out[1];
    struct err e = {0};
    (void)unused;
    struct history *h = history_create(store, village);
    assert_int_equal(history_read(h, "nobody.x.temp_degC", start_ms, MS_QUARTER, 1, start_ms, out, NULL, &e), -1);
    assert_int_equal(history_read(h, "minus(@home.flow.elec_W)", start_ms, 0, 1, start_ms, out, NULL, &e), -1);
    assert_int_equal(history_read(h, "minus(@home.flow.elec_W)", start_ms, MS_QUARTER, HISTORY_SLOTS_MAX + 1,
                                  start_ms, out, NULL, &e),
                     -1);
    history_free(h);
    h = history_create(NULL, village);
    assert_int_equal(history_read(h, "minus(@home.flow.elec_W)", start_ms, MS_QUARTER, 1, start_ms, out, NULL, &e),
                     0);
    assert_true(isnan(out[0]));
    history_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum_over_slots),
        cmocka_unit_test(test_part_of_what_is_kept),
        cmocka_unit_test(test_many_expressions_are_bounded),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
