/* Runs the published cases and prints them: `kend calc --check`, and docs/models.md. The unit test `models` runs the same rows, so the page cannot
 * say what the tests do not hold. */
#include "calc/cases.h"
#include "base/err.h"
#include "calc/calc.h"
#include <string.h>

// clang-format off
const struct calc_case *const calc_case_tables[] = {
    calc_cases_solar, calc_cases_module, calc_cases_solar_files,
    calc_cases_plants,
    calc_cases_field, calc_cases_field_files,
    calc_cases_water,
    calc_cases_biogas, calc_cases_twin,
    calc_cases_light, calc_cases_home,
    calc_cases_weather,
    calc_cases_demand,
    NULL};
// clang-format on

const char *calc_example(const char *model)
{
    for (const struct calc_case *const *t = calc_case_tables; *t; t++)
        for (const struct calc_case *c = *t; c->model; c++)
            if (c->json && c->json[1] != '}' && !strcmp(c->model, model)) return c->json;
    return NULL;
}

static int run_small(const struct calc_case *c, double *value, struct err *e)
{
    char json[4096];
    const struct calc_model *m = calc_find(c->model);
    if (!m) return err_set(e, "no model %s", c->model);
    must(strlen(c->json) < sizeof json, "case too long: %s", c->what);
    snprintf(json, sizeof json, "%s", c->json);
    for (char *p = json; *p; p++)
        if (*p == '\'') *p = '"';
    return calc_value_of(m, json, c->key, value, e);
}

void calc_case_run(const struct calc_case *c, const char *reference_dir, struct calc_result *r)
{
    struct err e = {0};
    *r = (struct calc_result){0};
    int bad = c->json ? run_small(c, &r->value, &e) : c->measure(reference_dir, c->arg, &r->value, &e);
    double low, high;
    r->published = c->published, r->tolerance = c->tolerance;
    if (c->range && !c->range(reference_dir, c->arg, &low, &high))
        r->published = (low + high) / 2, r->tolerance = (high - low) / 2;
    r->skipped = bad == 1;
    if (bad == -1) snprintf(r->why, sizeof r->why, "%.250s", e.text);
    r->off = r->value - r->published;
    if (c->relative && r->published != 0) r->off /= fabs(r->published);
    r->holds = !bad && fabs(r->off) <= r->tolerance;
}

static void print_off(char *to, size_t size, const struct calc_case *c, double off)
{
    snprintf(to, size, c->relative ? "%+.2g %%" : "%+.2g", c->relative ? 100 * off : off);
}

struct counted {
    int n, held, skipped, missed;
};

static void print_row(FILE *out, const struct calc_case *c, const struct calc_result *r, int markdown)
{
    char off[32], ours[32], allowed[32];
    print_off(off, sizeof off, c, r->off);
    snprintf(ours, sizeof ours, "%.9g", r->value);
    snprintf(allowed, sizeof allowed, c->relative ? "%.2g %%" : "%.2g",
             c->relative ? 100 * r->tolerance : r->tolerance);
    if (r->skipped || r->why[0]) memcpy(off, "-", 2), memcpy(ours, "-", 2);
    const char *state = r->skipped  ? "not run: reference file absent"
                        : r->holds  ? "holds"
                        : c->miss   ? c->miss
                        : r->why[0] ? r->why
                                    : "MISSES";
    if (markdown)
        fprintf(out, "| %s | %.9g | %s | %s | %s | %s | %s |\n", c->what, r->published, ours, off, allowed, state,
                c->source);
    else
        fprintf(out, "%-12s %-58.58s %14.9g %14s %9s (%s) %s\n", c->model, c->what, r->published, ours, off,
                allowed, state);
}

/* What a reader must know before the rows of a model. */
static const struct {
    const char *model, *text;
} note[] = {
    {"bestest",
     "Cases 620, 630, 670, 685, 695, 910, 920, 930, 960, 985, 995, 650FF, 950FF and 980FF run as well, but neither "
     "limits nor results of theirs are in the public set that these rows are taken from, so nothing here judges "
     "them. Peaks and free-floating temperatures have no limit in the standard: they are held to the range of six "
     "programs."},
    {"lightclass",
     "The weights of M and C classes are as remembered of the technical report, which calls them an example "
     "that a country may replace; its printed tables 1 and 3 were not at hand."},
    {"gr4j", "No measured snow is in the reference set: CemaNeige is held by its equations alone."}};

static void print_note(FILE *out, const char *model)
{
    for (size_t i = 0; i < sizeof note / sizeof note[0]; i++)
        if (!strcmp(note[i].model, model)) fprintf(out, "%s\n\n", note[i].text);
}

/* The cases of one model, from whatever table. */
static void print_model(FILE *out, const struct calc_model *m, const char *reference_dir, int markdown,
                        struct counted *count)
{
    if (markdown)
        fprintf(out, "## %s\n\n%c%s. Source: %s. `kend calc %s --help`.\n\n", m->name,
                m->summary[0] - ('a' <= m->summary[0] && m->summary[0] <= 'z' ? 32 : 0), m->summary + 1, m->source,
                m->name);
    if (markdown) {
        print_note(out, m->name);
        fputs("| case | published | ours | difference | allowed | | source |\n|---|---|---|---|---|---|---|\n",
              out);
    }
    for (const struct calc_case *const *t = calc_case_tables; *t; t++)
        for (const struct calc_case *c = *t; c->model; c++) {
            struct calc_result r;
            if (strcmp(c->model, m->name) != 0) continue;
            calc_case_run(c, reference_dir, &r);
            print_row(out, c, &r, markdown);
            count->n++, count->held += r.holds, count->skipped += r.skipped,
                count->missed += !r.holds && !r.skipped && !c->miss;
        }
    if (markdown) putc('\n', out);
}

int calc_cases_print(FILE *out, const char *reference_dir, int markdown)
{
    struct counted c = {0};
    if (markdown)
        fputs("# Models against what others published\n\nPrinted by `kend calc --check --markdown > "
              "docs/models.md`; the test "
              "`models` runs the same rows through the same JSON that a user gives. Where a range was published, "
              "its middle stands as the figure and half its width as what is allowed. Where nobody publishes one, "
              "the "
              "source begins with \"closed form\" (the equation named, by hand) or \"recomputed apart\" (a "
              "program that shares nothing with this one). Judges (ADM1, the zone, the "
              "point grid, PVWatts' modules with inertia) and the lighter models of the twin and the controller "
              "stand side by side; a lighter one whose row names \"of this program\" as source is measured against "
              "its judge.\n\n",
              out);
    for (int i = 0; calc_models[i]; i++) print_model(out, calc_models[i], reference_dir, markdown, &c);
    fprintf(out, "%d cases: %d hold, %d miss with a known reason, %d miss, %d not run\n", c.n, c.held,
            c.n - c.held - c.skipped - c.missed, c.missed, c.skipped);
    return c.missed;
}
