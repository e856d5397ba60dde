/* See why.h. The answer is read off what the tracker and the plan left behind: the origin of the set-point, the
 * price at the asset's node in this slot, the dearest binding limits of the plan (the asset's own first), the
 * residents' wish, the status, the policy. */
#include "control/why.h"
#include "base/unit.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct answer {
    struct why_piece *out;
    int n;
};

__attribute__((format(printf, 4, 5))) static struct why_piece *say(struct answer *to, const char *kind,
                                                                   const char *code, const char *fmt, ...)
{
    static _Thread_local struct why_piece surplus; /* what has no room any more */
    struct why_piece *p = to->n < WHY_PIECES_MAX ? &to->out[to->n++] : &surplus;
    *p = (struct why_piece){.kind = kind, .code = code, .name = "", .rule = ""};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(p->text, sizeof p->text, fmt, ap);
    va_end(ap);
    return p;
}

static struct why_piece *with(struct why_piece *p, double num, const char *unit)
{
    p->num[p->n_num] = num;
    p->unit[p->n_num++] = unit;
    return p;
}

static const char *name_of(const struct asset *as) { return as->name ? as->name : as->id; }

static const struct {
    const char *code, *text;
} source_text[SOURCES] = {[SOURCE_NONE] = {"source_none", "nothing has been asked of it yet"},
                          [SOURCE_PLAN] = {"source_plan", "the plan asked for it"},
                          [SOURCE_RULES] = {"source_rules", "its own rules decided (no plan for it now)"},
                          [SOURCE_SAFE] = {"source_safe", "it was put to its safe setting"},
                          [SOURCE_OVERRIDE] = {"source_override", "a person asked for it"}};

static void say_source(struct answer *to, const struct snapshot *s, const struct asset *as, int cmd)
{
    const struct origin *o = &s->origin[as->cmd + cmd];
    char asked[48], now[48];
    const char *key = as->cls->cmd.row[cmd].key;
    double value = s->cmd[as->cmd + cmd];
    unit_format(now, sizeof now, value, key);
    unit_format(asked, sizeof asked, (double)o->asked, key);
    enum source base = o->base < SOURCES ? (enum source)o->base : SOURCE_NONE;
    if (base == SOURCE_RULES && s->controller == CONTROL_RULES)
        with(say(to, "source", "source_all_rules", "%s: its own rules decide (controller `rules`)", now), value,
             key);
    else
        with(say(to, "source", source_text[base].code, "%s: %s", now, source_text[base].text), value, key);
    if (fabs((double)o->asked - value) > 1e-6 * (1 + fabs((double)o->asked)))
        with(say(to, "asked", "asked", "%s was asked for", asked), (double)o->asked, key);
    if (o->corrected)
        say(to, "correction", "corrected", "moved at once because the world differed from the forecast");
    if (o->village_rule >= 0)
        say(to, "guard", "guard_village", "village guard: %s", village_guard_name[o->village_rule])->rule =
            village_guard_name[o->village_rule];
    if (o->asset_rule >= 0)
        say(to, "guard", "guard", "%s guard: %s", as->cls->name, as->cls->rule[o->asset_rule])->rule =
            as->cls->rule[o->asset_rule];
}

static void say_override(struct answer *to, const struct snapshot *s, const struct asset *as, int cmd)
{
    const char *key = as->cls->cmd.row[cmd].key;
    for (int i = 0; i < s->n_override; i++) {
        const struct override *o = &s->override[i];
        if (o->point != as->cmd + cmd || o->from_ms > s->at_ms) continue;
        char value[48];
        double left_s = (double)(o->until_ms - s->at_ms) / MS_S;
        unit_format(value, sizeof value, o->value, key);
        with(with(say(to, "resident", "override", "override to %s, ends in %.0f min", value, left_s / 60), o->value,
                  key),
             left_s, "left_s");
    }
}

static void say_status(struct answer *to, uint32_t status)
{
    static const struct {
        uint32_t bit;
        const char *code, *text;
    } row[] = {{STATUS_OUT, "status_out", "out of use: its land is not handed over or it is being worked on"},
               {STATUS_FAULT, "status_fault", "it reports a fault"},
               {STATUS_LOST, "status_lost", "no readings from it; it runs by its own rules"},
               {STATUS_ISLAND, "status_island", "the grid is gone"},
               {STATUS_SHED, "status_shed", "asked to shed"},
               {STATUS_UNREACHED, "status_unreached", "no round comes: land on its way may not be used"},
               {STATUS_CUT, "status_cut", "switched off for a while: the island cannot serve all"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (status & row[i].bit) say(to, "status", row[i].code, "%s", row[i].text);
}

static void say_price(struct answer *to, const struct snapshot *s, const struct asset *as, int slot)
{
    const struct plan *p = s->plan;
    for (int i = 0; i < as->cls->n_port; i++) {
        int32_t n = p->port_node[as->flow + i];
        if (n < 0 || as->cls->port[i].carrier != CARRIER_ELEC) continue;
        const double *price = p->price + (size_t)n * (size_t)p->T;
        double low = price[slot], high = price[slot];
        for (int t = 0; t < p->T; t++) low = fmin(low, price[t]), high = fmax(high, price[t]);
        struct why_piece *k = say(to, "price", "price",
                                  "electricity here is worth %.3g per kWh now; over the plan between %.3g and %.3g",
                                  price[slot] * 3.6e6, low * 3.6e6, high * 3.6e6);
        with(with(with(k, price[slot] * 3.6e6, "price_per_kWh"), low * 3.6e6, "price_per_kWh"), high * 3.6e6,
             "price_per_kWh");
        return;
    }
}

/* What one step more and one less would have cost. */
static void say_otherwise(struct answer *to, const struct snapshot *s, int32_t asset, int cmd)
{
    static const char *const code[] = {"step_dearer", "step_cheaper"};
    const char *key = s->village->asset[asset].cls->cmd.row[cmd].key, *currency = s->village->tariff.currency;
    for (int up = 1; up >= 0; up--) {
        struct why_step k;
        char step[48];
        enum why_step_end end = control_why_step(s, asset, cmd, up, &k);
        if (end == WHY_STEP_NONE) continue;
        unit_format(step, sizeof step, fabs(k.step), key);
        const char *way = up ? "more" : "less";
        if (end == WHY_STEP_GUARDED)
            with(say(to, "otherwise", up ? "step_up_guarded" : "step_down_guarded",
                     "%s %s: a guard does not let it", step, way),
                 fabs(k.step), key);
        else
            with(with(with(say(to, "otherwise", code[k.money < 0],
                               "%s %s until this slot ends: about %.3g %s %s (estimate)", step, way, fabs(k.money),
                               currency ? currency : "", k.money < 0 ? "cheaper" : "dearer"),
                           k.step, key),
                      fabs(k.money), "money"),
                 k.dt_s, "left_s");
    }
}

static void say_limit(struct answer *to, const struct snapshot *s, const struct joint_why *w)
{
    static const char *const code[2][2] = {{"limit_low_now", "limit_high_now"}, {"limit_low", "limit_high"}};
    const struct asset *as = &s->village->asset[w->asset];
    const struct block_shape *shape = as->cls->shape ? as->cls->shape(as->par) : NULL;
    const char *row = shape && w->row < shape->nrow ? shape->row[w->row].name : NULL;
    double in_s = (double)(s->plan->start_ms[w->slot] - s->at_ms) / MS_S;
    if (!row) return;
    int later = in_s >= 60, high = w->side != 0;
    struct why_piece *p = later ? say(to, "limit", code[1][high], "%s: %s will be at its %s limit in %.0f min",
                                      name_of(as), row, high ? "upper" : "lower", floor(in_s / 60))
                                : say(to, "limit", code[0][high], "%s: %s is at its %s limit now", name_of(as), row,
                                      high ? "upper" : "lower");
    p->name = name_of(as);
    p->rule = row;
    if (later) with(p, in_s, "left_s");
}

/* The asset's own binding limits first, then those of what all share (grid, lines) in this slot. */
static void say_limits(struct answer *to, const struct snapshot *s, int32_t asset, int slot)
{
    const struct plan *p = s->plan;
    int own = 0, shared = 0;
    for (int i = 0; i < p->n_why && own < 2; i++)
        if (p->why[i].asset == asset && p->why[i].slot >= slot) say_limit(to, s, &p->why[i]), own++;
    for (int i = 0; i < p->n_why && shared < 2; i++) {
        const struct joint_why *w = &p->why[i];
        if (w->asset < 0 || w->asset >= s->village->n_asset || w->asset == asset) continue;
        const char *cls = s->village->asset[w->asset].cls->name;
        if (w->slot == slot && (!strcmp(cls, "grid") || !strcmp(cls, "line"))) say_limit(to, s, w), shared++;
    }
}

static void say_policy(struct answer *to, const struct policy *y)
{
    const char *by = y->decided_by ? y->decided_by : "";
    struct why_piece *p = say(to, "policy", *by ? "policy_by" : "policy", "rules of the village, version %llu%s%s",
                              (unsigned long long)y->version, *by ? ", decided by " : "", by);
    p->name = by;
    with(p, (double)y->version, "");
}

int control_why(const struct snapshot *s, int32_t asset, int cmd, struct why_piece out[WHY_PIECES_MAX])
{
    struct answer to = {out, 0};
    if (!s || asset < 0 || asset >= s->village->n_asset) return 0;
    const struct asset *as = &s->village->asset[asset];
    if (cmd < 0 || cmd >= as->cls->cmd.n) return 0;
    int slot = s->plan ? plan_slot(s->plan, s->at_ms) : -1;
    say_source(&to, s, as, cmd);
    say_override(&to, s, as, cmd);
    say_status(&to, s->status[asset]);
    if (slot >= 0 && s->origin[as->cmd + cmd].base == SOURCE_PLAN) {
        say_price(&to, s, as, slot);
        say_limits(&to, s, asset, slot);
    }
    say_otherwise(&to, s, asset, cmd);
    say_policy(&to, s->policy);
    return to.n;
}
