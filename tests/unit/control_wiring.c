/* Wirings: joint keeps every port where it is; separate gives each owner a meter of his own, and its caps keep
 * every line below its limit even when all homes draw what they may at once. */
#include "bench.h"
#include "control/wiring.h"
#include <math.h>

static struct wiring make(const struct village *v, enum controller k, void **mem)
{
    struct wiring w;
    struct cutter count = {0};
    wiring_create(&w, v, k, &count);
    *mem = aligned_alloc(64, (count.used + 63) / 64 * 64);
    struct cutter c = {*mem, 0};
    wiring_create(&w, v, k, &c);
    assert_true(c.used == count.used);
    return w;
}

static void joint_is_the_physical_tree(void **state)
{
    (void)state;
    struct village *v = bench_village("agali.yaml");
    void *mem;
    struct wiring w = make(v, CONTROL_JOINT, &mem);
    assert_int_equal(w.n_node, v->n_node);
    assert_int_equal(w.n_private, 0);
    for (int i = 0; i < w.n_block; i++)
        for (int p = 0; p < v->asset[w.asset[i]].cls->n_port; p++)
            assert_int_equal(w.port_node[w.port_base[i] + p], v->asset[w.asset[i]].node[p]);
    free(mem);
    village_free(v);
}

static double num(const struct asset *a, const void *par, const char *key)
{
    int i = field_find(&a->cls->par, key);
    return i < 0 ? 0 : field_get(&a->cls->par.row[i], par);
}

static void separate_has_meters_and_caps(void **state)
{
    (void)state;
    struct village *v = bench_village("agali.yaml");
    void *mem;
    struct wiring w = make(v, CONTROL_SEPARATE, &mem);
    int meters = 0;
    assert_true(w.n_private >= 2);
    for (int i = 0; i < w.n_block; i++) {
        const struct asset *as = &v->asset[w.asset[i]];
        meters += w.private_of[i] >= 0;
        assert_true(strcmp(as->cls->name, "line") != 0);
        if (strcmp(as->cls->name, "home") == 0)
            assert_int_equal(w.port_node[w.port_base[i]], w.n_node - w.n_private);
    }
    assert_int_equal(meters, w.n_private);
    for (int32_t line = -1; (line = village_class_next(v, "line", line)) >= 0;) {
        double sum_W = 0;
        for (int32_t a = -1; (a = village_class_next(v, "home", a)) >= 0;) {
            int below = 0;
            for (int32_t n = v->asset[a].node[0]; n >= 0; n = v->node[n].parent)
                below |= n == v->asset[line].node[1];
            const void *par = w.par[a];
            assert_non_null(par);
            if (below)
                sum_W += num(&v->asset[a], par, "hp_W") + num(&v->asset[a], par, "tank_W") +
                         num(&v->asset[a], par, "car") * num(&v->asset[a], par, "car_W");
        }
        assert_true(sum_W <= asset_par(&v->asset[line], "limit_W"));
    }
    free(mem);
    village_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(joint_is_the_physical_tree),
                                       cmocka_unit_test(separate_has_meters_and_caps)};
    return cmocka_run_group_tests_name("control_wiring", tests, NULL, NULL);
}
