/* `kend calc`: one physical model alone, JSON in and JSON out, from the tables of src/calc; the same functions that the twin uses, but for those named below. */
#include "base/err.h"
#include "calc/calc.h"
#include "calc/cases.h"
#include "command.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Models that no part of the village steps. */
static const char alone[] =
    "\nTwin and plan step the same functions, the finer ones at --fidelity high. Stand-alone models:\n"
    "  am2            a fitted first-order pool (digester) foretells gas as well; for questions of acids\n"
    "  comfort, overheating, outage, bestest   judge a home; the twin keeps rooms by the networks of home and "
    "zone\n"
    "  clearsky, split, pvyear, inverter, tracker   for arrays and weather files that a village file cannot name\n"
    "  et0_hour       the days of the world make their evapotranspiration whole (et0)\n"
    "  turbine, pipe, river, gr4j   other machines and catchments; the plant of the twin has screws and a forebay\n"
    "  substrate      figures to put into a village file\n"
    "  luminaire      reads a luminaire's own file; the twin's streets have a lantern in closed form (throw_deg)\n";

static int list(void)
{
    puts("Models; `kend calc MODEL --help` lists inputs, outputs, units, ranges and source of one.\n");
    for (int i = 0; calc_models[i]; i++) printf("  %-12s %s\n", calc_models[i]->name, calc_models[i]->summary);
    fputs(alone, stdout);
    return 0;
}

static int check(const struct args *a)
{
    const char *dir = arg_text(a, "--reference");
    if (!dir) dir = getenv("KEND_REFERENCE");
    int missed = calc_cases_print(stdout, dir ? dir : "../shared/reference", arg_on(a, "--markdown"));
    return missed ? complain(a, "%d published case%s not met", missed, missed == 1 ? " is" : "s are") : 0;
}

int command_calc_explain(const struct args *a)
{
    const struct calc_model *m = calc_find(a->file);
    if (!m) return complain(a, "no model %s; `kend calc` lists them", a->file);
    calc_explain(m, stdout);
    return 0;
}

int command_calc(const struct args *a)
{
    if (arg_on(a, "--check")) return check(a);
    if (!a->file) return list();
    const struct calc_model *m = calc_find(a->file);
    if (!m) return complain(a, "no model %s; `kend calc` lists them", a->file);
    const char *path = arg_text(a, "--in");
    int from_stdin = !strcmp(path, "-");
    if (from_stdin && isatty(STDIN_FILENO)) return command_calc_explain(a);
    FILE *in = from_stdin ? stdin : fopen(path, "r");
    if (!in) return complain(a, "%s: %s", path, strerror(errno));
    struct err e = {0};
    int bad = calc_stream(m, in, stdout, &e);
    if (!from_stdin) fclose(in);
    return bad ? complain(a, "%s: %s", m->name, e.text) : 0;
}
