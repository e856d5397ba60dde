/* `kend dispatch FILE`: one plan, made as the live controller would make it at that time, printed with its reasons. */
#include "base/err.h"
#include "command.h"
#include "design/rig.h"
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

enum { WARM_DAYS = 7, WHY_SHOWN = 12 };

static const struct snapshot *make_plan(const struct args *a, const struct village *v, struct rig **rig)
{
    struct rig_options o = {.weather_file = arg_text(a, "--weather"),
                            .river = arg_text(a, "--river"),
                            .tick_ms = MS_MIN,
                            .controller = CONTROL_JOINT};
    double hours, gap, threads;
    int64_t at_ms;
    struct err e = {0};
    char line[1024];
    if (arg_seed(a, &o.seed) || arg_number(a, "--hours", 1, 72, &hours)) return NULL;
    if (arg_number(a, "--gap", 1e-7, 1, &gap) || arg_number(a, "--threads", 1, 2, &threads)) return NULL;
    if (arg_instant(a, "--at", &v->site.zone, &at_ms)) return NULL;
    o.hours = hours;
    o.gap_rel = gap;
    o.threads = (int)threads;
    o.fractions = arg_on(a, "--relaxed");
    o.start_ms = at_ms - (int64_t)WARM_DAYS * MS_DAY;
    if (!(*rig = rig_open(v, &o, &e))) return complain(a, "%s", err_line(&e, line, sizeof line)), NULL;
    rig_set_controller(*rig, CONTROL_RULES);
    rig_advance(*rig, at_ms, NULL, NULL);
    rig_set_controller(*rig, CONTROL_JOINT);
    control_tick(rig_control(*rig));
    control_plan(rig_control(*rig));
    control_tick(rig_control(*rig));
    const struct snapshot *s = snapshot_get(rig_control(*rig));
    if (!s || !s->plan) {
        complain(a, "no plan came back from the planner");
        if (s) snapshot_put(s);
        return NULL;
    }
    return s;
}

static const char *why_row(const struct village *v, const struct joint_why *w)
{
    const struct asset *s = &v->asset[w->asset];
    const struct block_shape *shape = s->cls->shape ? s->cls->shape(s->par) : NULL;
    return shape && w->row < shape->nrow ? shape->row[w->row].name : "limit";
}

/* Electricity nodes of the village whose prices are worth a column: the root, and those that differ from it somewhere. */
static int price_columns(const struct village *v, const struct plan *p, int column[], int max)
{
    int n = 0, root = v->n_elec ? v->node_order[v->n_elec - 1] : -1;
    if (root >= 0) column[n++] = root;
    for (int k = v->n_elec - 2; k >= 0 && n < max; k--) column[n++] = v->node_order[k];
    for (int k = 0; k < v->n_node && n < max; k++)
        if (v->node[k].carrier != CARRIER_ELEC && k < p->n_node) column[n++] = k;
    return n;
}

static double price_shown(const struct village *v, const struct plan *p, int node, int t)
{
    enum carrier c = v->node[node].carrier;
    double per_unit = p->price[(size_t)node * (size_t)p->T + (size_t)t];
    return c == CARRIER_ELEC || c == CARRIER_HEAT || c == CARRIER_GAS ? per_unit * 3.6e6 : per_unit;
}

static void print_prices(const struct village *v, const struct plan *p)
{
    int column[12], n = price_columns(v, p, column, 12);
    char time[40];
    printf("\nprices (%s per kWh; water per m3, organic matter per kg)\n%-27s%12s", v->tariff.currency, "slot",
           "tariff");
    for (int k = 0; k < n; k++) printf("%14s", v->node[column[k]].id);
    putchar('\n');
    for (int t = 0; t < p->T; t++) {
        printf("%-27s%12.4f", instant_format(time, sizeof time, &v->site.zone, p->start_ms[t]), p->buy[t] * 3.6e6);
        for (int k = 0; k < n; k++) printf("%14.4f", price_shown(v, p, column[k], t));
        putchar('\n');
    }
}

static void print_why(const struct village *v, const struct plan *p)
{
    char time[40];
    puts("\nlimits that bind, dearest first");
    for (int i = 0; i < p->n_why && i < WHY_SHOWN; i++) {
        const struct joint_why *w = &p->why[i];
        printf("  %s: %s at its %s limit at %s, worth %.3g a unit\n", v->asset[w->asset].id, why_row(v, w),
               w->side ? "upper" : "lower",
               instant_format(time, sizeof time, &v->site.zone, p->start_ms[w->slot < p->T ? w->slot : 0]),
               (double)w->price);
    }
    if (!p->n_why) puts("  none");
}

static double gap_of(const struct joint_result *r) { return (r->cost - r->bound) / fmax(1.0, fabs(r->cost)); }

/* The bound lets units be fractions, so a plan with whole units may stand further off than the solver was asked for. */
static const char *ending(const struct joint_result *r)
{
    static const char *const name[] = {"optimal within the gap", "stopped by the time limit", "stalled: safe plan"};
    if (r->end == JOINT_OPTIMAL && gap_of(r) > 1e-3)
        return "best found with whole units; the bound lets them be fractions";
    return name[r->end];
}

static void print_text(const struct village *v, const struct plan *p)
{
    const struct joint_result *r = &p->result;
    char time[40];
    printf("%s, plan made at %s: %d slots, %d assets\n", v->site.name,
           instant_format(time, sizeof time, &v->site.zone, p->made_ms), p->T, v->n_asset);
    printf("  %s: cost %.4f %s, proven bound %.4f, gap %.2g, %d iterations, %.1f ms\n", ending(r), r->cost,
           v->tariff.currency, r->bound, gap_of(r), r->iterations, r->time_s * 1e3);
    if (r->short_cost > 1e-6)
        printf("  could not be met: shortage worth %.4f %s\n", r->short_cost, v->tariff.currency);
    print_prices(v, p);
    print_why(v, p);
}

static void print_json(const struct village *v, const struct plan *p)
{
    const struct joint_result *r = &p->result;
    json_t *nodes = json_object(), *slots = json_array(), *why = json_array();
    char time[40];
    for (int t = 0; t < p->T; t++)
        json_array_append_new(slots, json_string(instant_format(time, sizeof time, &v->site.zone, p->start_ms[t])));
    for (int k = 0; k < v->n_node && k < p->n_node; k++) {
        json_t *row = json_array();
        for (int t = 0; t < p->T; t++) json_array_append_new(row, json_real(price_shown(v, p, k, t)));
        json_object_set_new(nodes, v->node[k].id, row);
    }
    for (int i = 0; i < p->n_why; i++)
        json_array_append_new(why,
                              json_pack("{s:s, s:s, s:s, s:i, s:f}", "asset", v->asset[p->why[i].asset].id, "row",
                                        why_row(v, &p->why[i]), "side", p->why[i].side ? "upper" : "lower", "slot",
                                        p->why[i].slot, "price", (double)p->why[i].price));
    json_t *root =
        json_pack("{s:s, s:s, s:f, s:f, s:f, s:i, s:f, s:f, s:o, s:o, s:o}", "village", v->site.name, "end",
                  ending(r), "cost", r->cost, "bound", r->bound, "gap", gap_of(r), "iterations", r->iterations,
                  "solve_s", r->time_s, "short_cost", r->short_cost, "slots", slots, "price", nodes, "why", why);
    json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    putchar('\n');
    json_decref(root);
}

static int write_mps(const struct args *a, struct rig *r)
{
    const char *path = arg_text(a, "--mps");
    if (!path) return 0;
    FILE *f = fopen(path, "w");
    if (!f) return complain(a, "%s: %s", path, strerror(errno));
    int failed = control_write_mps(rig_control(r), f);
    if (fclose(f) || failed) return complain(a, "%s could not be written: %s", path, strerror(errno));
    return 0;
}

int command_dispatch(const struct args *a)
{
    int n_error = 0, status = 1;
    struct village *v = village_read(a->file, stderr, &n_error);
    if (!v) return complain(a, "%s has %d mistake%s", a->file, n_error, n_error == 1 ? "" : "s");
    if (land_refuses(a, v, NULL)) return village_free(v), 1;
    struct rig *rig = NULL;
    const struct snapshot *s = make_plan(a, v, &rig);
    if (s) {
        if (arg_on(a, "--json"))
            print_json(v, s->plan);
        else
            print_text(v, s->plan);
        snapshot_put(s);
        status = write_mps(a, rig);
    }
    if (rig) rig_close(rig);
    village_free(v);
    return status;
}
