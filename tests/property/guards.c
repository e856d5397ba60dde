/* Guards under random commands, limits and states: after one pass no rule is violated that anything left could
 * mend, a second pass changes nothing, nothing that may not be shed was shed, and every bite is counted by name. */
#include "base/random.h"
#include "bench.h"
#include "control/core.h"
#include <math.h>

static struct bench b;
static struct random dice;

static int open_village(void **state)
{
    (void)state;
    bench_open(&b, "agali.yaml", "2026-01-20T17:00", CONTROL_RULES, 11);
    dice = random_stream(42, "guards");
    bench_run(&b, 60);
    return 0;
}
static int close_village(void **state)
{
    (void)state;
    bench_close(&b);
    return 0;
}

/* Anything a broken planner could ask: in range, at an end, far out, not a number. */
static double any_value(const struct field *f)
{
    double top = fmin(f->max, 1e6), low = fmax(f->min, -1e6);
    switch (random_u64(&dice) % 6) {
    case 0: return low;
    case 1: return top;
    case 2: return (double)NAN;
    case 3: return top * 100;
    default: return random_range(&dice, low, fmin(top, 2e4));
    }
}

static void ask_anything(struct control *c)
{
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        const struct asset *as = &c->v->asset[a];
        c->bits[a] = c->village_bits[a] = 0;
        for (int i = 0; i < as->cls->cmd.n; i++) {
            c->next.cmd[as->cmd + i] = any_value(&as->cls->cmd.row[i]);
            c->origin[as->cmd + i] = (struct origin){.village_rule = -1, .asset_rule = -1};
        }
    }
}

static void set_state(struct control *c, int32_t a, const char *key, double v)
{
    c->s.x[c->v->asset[a].x + field_find(&c->v->asset[a].cls->state, key)] = v;
}

/* Random limits, status, a tank and a greenhouse that want something, and a few assets out of use. */
static void any_situation(struct control *c)
{
    static const uint32_t some[] = {0, 0, 0, 0, 0, 0, 0, STATUS_OUT, STATUS_FAULT, STATUS_LOST};
    uint32_t island = random_u64(&dice) % 4 == 0 ? STATUS_ISLAND : 0;
    links_find(&c->link, c->v);
    for (int32_t a = 0; a < c->v->n_asset; a++) {
        c->s.status[a] = island | some[random_u64(&dice) % 10];
        if (a == c->link.grid || !strcmp(c->v->asset[a].cls->name, "line")) c->s.status[a] = island;
        c->shed_until_ms[a] = c->cut_until_ms[a] = INT64_MIN;
        c->link.limit_W[a] *= random_range(&dice, 0.05, 1.2);
        if (!strcmp(c->v->asset[a].cls->name, "pump")) set_state(c, a, "tank_m3", random_range(&dice, 0, 1500));
        if (!strcmp(c->v->asset[a].cls->name, "greenhouse"))
            set_state(c, a, "temp_degC", random_range(&dice, 8, 25));
    }
}

static void pass(struct control *c)
{
    next_begin(c);
    guards_assets(c);
    predict_all(c);
    control_correct(c);
    guards_village(c);
    guards_assets(c);
    guards_tell(c);
}

static int could_shed(struct control *c, int32_t a)
{
    const struct asset *as = &c->v->asset[a];
    if (!as->cls->cmd.n || as->critical || c->next.status[a] & (STATUS_SHED | STATUS_OUT | STATUS_LOST)) return 0;
    double cmd0[64], before = asset_elec_W(c, a);
    memcpy(cmd0, c->next.cmd + as->cmd, sizeof *cmd0 * (size_t)as->cls->cmd.n);
    c->next.status[a] |= STATUS_SHED;
    guard_asset(c, a);
    predict_asset(c, a);
    int could = asset_elec_W(c, a) > before + 1;
    memcpy(c->next.cmd + as->cmd, cmd0, sizeof *cmd0 * (size_t)as->cls->cmd.n);
    c->next.status[a] &= ~(uint32_t)STATUS_SHED;
    predict_asset(c, a);
    return could;
}

static void a_limit_is_kept_or_nothing_is_left(struct control *c)
{
    for (int32_t line = -1; (line = village_class_next(c->v, "line", line)) >= 0;) {
        if (line_excess_W(c, line, 0) <= 1) continue;
        for (int32_t a = 0; a < c->v->n_asset; a++)
            if (asset_under(c, a, c->v->asset[line].node[1]) && could_shed(c, a))
                fail_msg("%s is over its limit and %s was not shed", c->v->asset[line].id, c->v->asset[a].id);
        assert_true(alarm_active(&c->alarms, line, ALARM_LIMIT) || line_excess_W(c, line, 0.005) <= 1e3);
    }
}

static double node_flow(const struct control *c, int32_t a, int32_t node)
{
    const struct asset *as = &c->v->asset[a];
    double sum = 0;
    for (int p = 0; p < as->cls->n_port; p++)
        if (as->node[p] == node) sum += c->next.flow[as->flow + p];
    return sum;
}

/* Asked to shed, this one would take less from the node. */
static int could_wait(struct control *c, int32_t a, int32_t node)
{
    if (!c->v->asset[a].cls->cmd.n || c->v->asset[a].critical) return 0;
    if (c->next.status[a] & (STATUS_SHED | STATUS_OUT | STATUS_LOST)) return 0;
    double cmd0[64], before = node_flow(c, a, node);
    memcpy(cmd0, c->next.cmd + c->v->asset[a].cmd, sizeof *cmd0 * (size_t)c->v->asset[a].cls->cmd.n);
    c->next.status[a] |= STATUS_SHED;
    guard_asset(c, a);
    predict_asset(c, a);
    int could = node_flow(c, a, node) > before + 1e-6 * (1 + fabs(before));
    memcpy(c->next.cmd + c->v->asset[a].cmd, cmd0, sizeof *cmd0 * (size_t)c->v->asset[a].cls->cmd.n);
    c->next.status[a] &= ~(uint32_t)STATUS_SHED;
    predict_asset(c, a);
    return could;
}

/* Nobody draws water, heat or gas that is not there while somebody who takes it could wait. Returns how many nodes were short. */
static int what_is_not_there_is_not_taken(struct control *c)
{
    int lacking = 0;
    for (int32_t n = 0; n < c->v->n_node; n++) {
        enum carrier k = c->v->node[n].carrier;
        if (k != CARRIER_WATER && k != CARRIER_HEAT && k != CARRIER_GAS) continue;
        if (c->residual[n] >= (k == CARRIER_WATER ? -1e-5 : -10)) continue;
        lacking++;
        for (int32_t a = 0; a < c->v->n_asset; a++)
            if (node_flow(c, a, n) < 0 && could_wait(c, a, n))
                fail_msg("node %s lacks %g and %s was not shed", c->v->node[n].id, -c->residual[n],
                         c->v->asset[a].id);
    }
    return lacking;
}

static double surplus_W(const struct control *c)
{
    return c->v->n_elec ? c->residual[c->v->node_order[c->v->n_elec - 1]] : 0;
}

/* Over the import limit, or short in an island, nobody is left who could wait; told either way. */
static int the_village_keeps_its_connection(struct control *c)
{
    int island = c->link.grid < 0 || c->next.status[c->link.grid] & STATUS_ISLAND;
    double over_W = island ? -surplus_W(c) : import_over_W(c);
    for (int32_t a = -1; surplus_W(c) > 1 && (a = village_class_next(c->v, "solar", a)) >= 0;)
        if (!(c->next.status[a] & (STATUS_OUT | STATUS_LOST | STATUS_FAULT)) && asset_elec_W(c, a) > 1e3)
            fail_msg("%g W more than may be given away, and %s goes on", surplus_W(c), c->v->asset[a].id);
    if (over_W <= 1) return 0;
    for (int32_t a = 0; a < c->v->n_asset; a++)
        if (could_shed(c, a))
            fail_msg("%g W too much from %s and %s was not shed", over_W, island ? "the island" : "the grid",
                     c->v->asset[a].id);
    return 1;
}

static void one_pass_is_enough(void **state)
{
    (void)state;
    struct control *c = b.control;
    size_t bytes = sizeof(double) * (size_t)c->v->n_cmd;
    double *first = malloc(bytes);
    int bitten = 0, shed = 0, short_nodes = 0, over = 0;
    for (int k = 0; k < 400; k++) {
        any_situation(c);
        ask_anything(c);
        pass(c);
        memcpy(first, c->next.cmd, bytes);
        for (int32_t i = 0; i < c->v->n_cmd; i++) assert_true(isfinite(first[i]));
        a_limit_is_kept_or_nothing_is_left(c);
        over += the_village_keeps_its_connection(c);
        short_nodes += what_is_not_there_is_not_taken(c);
        for (int32_t a = 0; a < c->v->n_asset; a++) {
            shed += (c->next.status[a] & STATUS_SHED) != 0;
            bitten += c->bits[a] != 0;
            if (c->v->asset[a].critical) assert_false(c->next.status[a] & STATUS_SHED);
        }
        guards_assets(c);
        assert_memory_equal(first, c->next.cmd, bytes);
        assert_int_equal(guards_village(c), 0);
        guards_assets(c);
        assert_memory_equal(first, c->next.cmd, bytes);
    }
    print_message("# %d nodes of water, heat or gas short, %d times too much drawn after the pass\n", short_nodes,
                  over);
    assert_true(bitten > 1000 && shed > 100);
    free(first);
}

static void what_is_out_of_use_is_at_rest(void **state)
{
    (void)state;
    struct control *c = b.control;
    any_situation(c);
    for (int32_t a = 0; a < c->v->n_asset; a++) c->s.status[a] = STATUS_OUT;
    ask_anything(c);
    pass(c);
    for (int32_t a = 0; a < c->v->n_asset; a++)
        for (int p = 0; p < c->v->asset[a].cls->n_port; p++)
            assert_true(c->next.flow[c->v->asset[a].flow + p] == 0);
}

static void bites_have_names(void **state)
{
    (void)state;
    struct guard_count row[512];
    bench_run(&b, 30);
    int n = control_guards(b.control, row, 512);
    for (int i = 0; i < n && i < 512; i++) {
        const struct asset_class *cls = b.v->asset[row[i].asset].cls;
        assert_true(row[i].n > 0 && (row[i].asset_rule >= 0) != (row[i].village_rule >= 0));
        const char *name =
            row[i].asset_rule >= 0 ? cls->rule[row[i].asset_rule] : village_guard_name[row[i].village_rule];
        assert_true(strlen(name) > 2);
    }
    int names = 0;
    while (village_guard_name[names]) names++;
    assert_int_equal(names, VILLAGE_GUARDS);
}

static struct guard_count guard_of(int32_t a, const char *rule)
{
    struct guard_count row[512];
    int n = control_guards(b.control, row, 512);
    for (int i = 0; i < n && i < 512; i++)
        if (row[i].asset == a && row[i].asset_rule >= 0 && strstr(b.v->asset[a].cls->rule[row[i].asset_rule], rule))
            return row[i];
    return (struct guard_count){.asset = a};
}

/* An override beyond the battery's power for twenty ticks: the guard acts in all of them and begins to once. */
static void a_guard_that_holds_counts_once(void **state)
{
    (void)state;
    int32_t a = village_class_next(b.v, "battery", -1);
    bench_run(&b, 5);
    struct override o = {
        .from_ms = b.now_ms, .until_ms = b.now_ms + 20 * 60000, .value = 1e8, .point = b.v->asset[a].cmd};
    struct guard_count was = guard_of(a, "power");
    control_request(b.control, &(struct request){.kind = REQUEST_OVERRIDE, .of.override = o});
    bench_run(&b, 30);
    struct guard_count is = guard_of(a, "power");
    assert_true(is.ticks - was.ticks >= 19 && is.ticks - was.ticks <= 21);
    assert_int_equal(is.n - was.n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_pass_is_enough), cmocka_unit_test(what_is_out_of_use_is_at_rest),
        cmocka_unit_test(bites_have_names), cmocka_unit_test(a_guard_that_holds_counts_once)};
    return cmocka_run_group_tests_name("guards", tests, open_village, close_village);
}
