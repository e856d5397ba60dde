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

__attribute__((format(printf, 3, 4))) static void say(struct answer *to, const char *kind, const char *fmt, ...)
{
    if (to->n == WHY_PIECES_MAX) return;
    struct why_piece *p = &to->out[to->n++];
    va_list ap;
    p->kind = kind;
    va_start(ap, fmt);
    vsnprintf(p->text, sizeof p->text, fmt, ap);
    va_end(ap);
}

static const char *const source_text[SOURCES] = {[SOURCE_NONE] = "nothing has been asked of it yet",
                                                 [SOURCE_PLAN] = "the plan asked for it",
                                                 [SOURCE_RULES] = "its own rules decided (no plan for it now)",
                                                 [SOURCE_SAFE] = "it was put to its safe setting",
                                                 [SOURCE_OVERRIDE] = "a person asked for it"};

static void say_source(struct answer *to, const struct snapshot *s, const struct asset *as, int cmd)
{
    const struct origin *o = &s->origin[as->cmd + cmd];
    char asked[48], now[48];
    const char *key = as->cls->cmd.row[cmd].key;
    unit_format(now, sizeof now, s->cmd[as->cmd + cmd], key);
    unit_format(asked, sizeof asked, (double)o->asked, key);
    enum source base = o->base < SOURCES ? (enum source)o->base : SOURCE_NONE;
    if (base == SOURCE_RULES && s->controller == CONTROL_RULES)
        say(to, "source", "%s: its own rules decide (controller `rules`)", now);
    else
        say(to, "source", "%s: %s", now, source_text[base]);
    if (fabs((double)o->asked - s->cmd[as->cmd + cmd]) > 1e-6 * (1 + fabs((double)o->asked)))
        say(to, "asked", "%s was asked for", asked);
    if (o->corrected) say(to, "correction", "moved at once because the world differed from the forecast");
    if (o->village_rule >= 0) say(to, "guard", "village guard: %s", village_guard_name[o->village_rule]);
    if (o->asset_rule >= 0) say(to, "guard", "%s guard: %s", as->cls->name, as->cls->rule[o->asset_rule]);
}

static void say_override(struct answer *to, const struct snapshot *s, const struct asset *as, int cmd)
{
    for (int i = 0; i < s->n_override; i++) {
        const struct override *o = &s->override[i];
        if (o->point != as->cmd + cmd || o->from_ms > s->at_ms) continue;
        char value[48];
        unit_format(value, sizeof value, o->value, as->cls->cmd.row[cmd].key);
        say(to, "resident", "override to %s, ends in %.0f min", value, (double)(o->until_ms - s->at_ms) / 60000.0);
    }
}

static void say_status(struct answer *to, uint32_t status)
{
    static const struct {
        uint32_t bit;
        const char *text;
    } row[] = {{STATUS_OUT, "out of use: its land is not handed over or it is being worked on"},
               {STATUS_FAULT, "it reports a fault"},
               {STATUS_LOST, "no readings from it; it runs by its own rules"},
               {STATUS_ISLAND, "the grid is gone"},
               {STATUS_SHED, "asked to shed"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (status & row[i].bit) say(to, "status", "%s", row[i].text);
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
        say(to, "price", "electricity here is worth %.3g per kWh now; over the plan between %.3g and %.3g",
            price[slot] * 3.6e6, low * 3.6e6, high * 3.6e6);
        return;
    }
}

static void say_limit(struct answer *to, const struct snapshot *s, const struct joint_why *w)
{
    const struct asset *as = &s->village->asset[w->asset];
    const struct block_shape *shape = as->cls->shape ? as->cls->shape(as->par) : NULL;
    const char *row = shape && w->row < shape->nrow ? shape->row[w->row].name : NULL;
    int minutes = (int)((s->plan->start_ms[w->slot] - s->at_ms) / 60000);
    if (!row) return;
    if (minutes <= 0)
        say(to, "limit", "%s: %s is at its %s limit now", as->name ? as->name : as->id, row,
            w->side ? "upper" : "lower");
    else
        say(to, "limit", "%s: %s will be at its %s limit in %d min", as->name ? as->name : as->id, row,
            w->side ? "upper" : "lower", minutes);
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
    say(&to, "policy", "rules of the village, version %llu%s%s", (unsigned long long)s->policy->version,
        s->policy->decided_by ? ", decided by " : "", s->policy->decided_by ? s->policy->decided_by : "");
    return to.n;
}
