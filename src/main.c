/* kend: the joint management and control of a smart village. This file is the table of commands and the way in; each command is one
 * cmd_*.c file beside it. The .c files of this folder are the only place that knows everybody. */
#include "base/err.h"
#include "command.h"
#include <string.h>

#define ROWS(a) a, (int)(sizeof a / sizeof a[0])
// clang-format off
static const struct option_row check_options[] = {
    {"--json", NULL, NULL, "print a summary of the village as one JSON object"},
};
static const struct option_row calc_options[] = {
    {"--in", "FILE", "-", "read the input there; - is standard input"},
    {"--check", NULL, NULL, "run every published case and print ours beside it; status 1 if one misses"},
    {"--markdown", NULL, NULL, "with --check: print docs/models.md"},
    {"--reference", "DIR", NULL, "with --check: where large reference files are; else $KEND_REFERENCE, else ../shared/reference"},
};
static const struct option_row simulate_options[] = {
    {"--weather", "FILE", NULL, "weather of a real year: EPW, TMY3 CSV or PVGIS TMY CSV; else a synthetic year from the file's norms"},
    {"--river", "NAME", NULL, "which river year of the village file (dry, median, wet); else the file's first"},
    {"--from", "DATE", "2026-02-01", "first local day; from the 1st of a month its whole peak is charged"},
    {"--days", "N", "7", "how many days, 1 to 366"},
    {"--control", "NAME", "joint", "rules, separate, joint, perfect, a list such as rules,joint, or all"},
    {"--seed", "S", "1", "seed of the synthetic weather, demand and the true parameters"},
    {"--tick", "SECONDS", "60", "step of the tracker and the twin, 1 to 900"},
    {"--threads", "N", "2", "controllers simulated at the same time, 1 to 8"},
    {"--out", "DIR", NULL, "write a CSV of every series and one HTML report there"},
    {"--json", NULL, NULL, "print the table as one JSON object"},
};
static const struct option_row dispatch_options[] = {
    {"--at", "TIME", "2026-01-15T06:00", "when the plan is made, local time unless an offset is given"},
    {"--hours", "H", "24", "how far it looks, 1 to 72"},
    {"--weather", "FILE", NULL, "weather file, as in simulate"},
    {"--river", "NAME", NULL, "river year, as in simulate"},
    {"--seed", "S", "1", "seed, as in simulate"},
    {"--mps", "OUT", NULL, "write the same problem as a free MPS file that other solvers read"},
    {"--json", NULL, NULL, "print the plan as one JSON object"},
};
static const struct option_row run_options[] = {
    {"--listen", "ADDR", "127.0.0.1:8080", "address and port of the page; only loopback unless a password is configured"},
    {"--db", "FILE", NULL, "history and audit; else a database in memory that ends with the program"},
    {"--speed", "X", "1", "how fast the village's clock runs, 1 to 10000"},
    {"--weather", "FILE", NULL, "weather file, as in simulate"},
    {"--river", "NAME", NULL, "river year, as in simulate"},
    {"--control", "NAME", "joint", "rules, separate or joint"},
    {"--history", "DAYS", "7", "days simulated before the page opens, 0 to 31"},
    {"--seed", "S", "1", "seed, as in simulate"},
    {"--password-file", "FILE", NULL, "file holding an argon2id hash; allows addresses other than loopback"},
};
static const struct option_row help_options[] = {
    {"--man", NULL, NULL, "print the manual page (roff)"},
    {"--json", NULL, NULL, "print the commands as one JSON object"},
};

const struct command commands[] = {
    {"check", "FILE", "read a village file and say everything that is wrong with it",
     "Reads FILE and checks units, ranges, references, the network and the land it stands on. Every mistake is told with file, line and "
     "column, a caret under the place and what to do. Exit status 0 when the village can be built, 1 otherwise.",
     ROWS(check_options), command_check, "one description of the whole village", "map"},
    {"simulate", "FILE", "run a village for days under one or all controllers and compare them",
     "Steps the village's twin in its weather, river and demand under the same controller that would run it. `--control all` runs the same days "
     "under rules, separate, joint and perfect and prints one column for each. The share of attainable value is (rules - x) / (rules - perfect).",
     ROWS(simulate_options), command_simulate, "know what joint control is worth", "Try it"},
    {"dispatch", "FILE", "make one plan and explain it",
     "Forecasts, formulates and solves one plan as the controller would at that time, and prints its cost, its certified bound, the price at each "
     "node and the limits that bind, dearest first.",
     ROWS(dispatch_options), command_dispatch, "energy, heat, gas and water planned together", "plan and price"},
    {"run", "FILE", "run the village live on its twin, with the page",
     "Brings up tracker, planner, store and page. SIGTERM or Ctrl-C ends it cleanly; with --db it continues where it stopped.",
     ROWS(run_options), command_run, "see and steer the village", "the whole page"},
    {"calc", "[MODEL]", "use one physical model alone: JSON in, JSON out",
     "Without a MODEL lists them; `kend calc MODEL --help` prints inputs, units, ranges, defaults and the source. Reads one JSON object, a list, or one object "
     "after another (NDJSON, any number in constant memory) and prints as many results. The models are the ones that the twin and the plan use.",
     ROWS(calc_options), command_calc, "models judged against published references", "-", command_calc_explain},
    {"help", "[TOPIC]", "explain a command or a kind of equipment",
     "Prints the commands, one command with its options, the kinds of equipment (classes), or the keys of one kind in a village file.", ROWS(help_options), command_help,
     "learn the program", "-"},
};
// clang-format on
const int n_commands = (int)(sizeof commands / sizeof commands[0]);

static const struct command *command_find(const char *name)
{
    for (int i = 0; i < n_commands; i++)
        if (!strcmp(commands[i].name, name)) return &commands[i];
    return NULL;
}

/* Takes one "--name VALUE", "--name=VALUE" or switch at argv[*i]. */
static int take_option(struct args *a, char **argv, int argc, int *i)
{
    const char *arg = argv[*i], *equals = strchr(arg, '=');
    size_t n = equals ? (size_t)(equals - arg) : strlen(arg);
    for (int k = 0; k < a->command->n_option; k++) {
        const struct option_row *o = &a->command->option[k];
        if (strlen(o->name) != n || strncmp(o->name, arg, n)) continue;
        if (!o->value) {
            if (equals) return complain(a, "%s takes no value", o->name);
            return a->option[k] = "", 0;
        }
        if (!equals && *i + 1 >= argc) return complain(a, "%s wants %s", o->name, o->value);
        a->option[k] = equals ? equals + 1 : argv[++*i];
        return 0;
    }
    return complain(a, "no option %.*s; `kend help %s` lists them", (int)n, arg, a->command->name);
}

static int take_args(struct args *a, char **argv, int argc)
{
    for (int k = 0; k < a->command->n_option; k++) a->option[k] = a->command->option[k].dflt;
    for (int i = 2; i < argc; i++) {
        if (!strncmp(argv[i], "--", 2)) {
            if (take_option(a, argv, argc, &i)) return -1;
        } else if (a->command->positional && !a->file) {
            a->file = argv[i];
        } else {
            return complain(a, "one argument too many: %s", argv[i]);
        }
    }
    if (a->command->positional && a->command->positional[0] != '[' && !a->file)
        return complain(a, "give a %s; `kend help %s` explains", a->command->positional, a->command->name);
    return 0;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "help";
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) name = "help";
    if (!strcmp(name, "--version")) return puts("kend " KEND_VERSION), 0;
    struct args a = {.command = command_find(name)};
    if (!a.command) {
        fprintf(stderr, "kend: no command %s; `kend help` lists them\n", name);
        return 1;
    }
    for (int i = 2; i < argc; i++)
        if (!strcmp(argv[i], "--help")) {
            int topic = a.command->explain && strncmp(argv[2], "--", 2) != 0;
            a.file = topic ? argv[2] : a.command->name;
            return topic ? a.command->explain(&a) : command_help(&a);
        }
    if (take_args(&a, argv, argc)) return 1;
    int status = a.command->run(&a);
    if (fflush(stdout) || ferror(stdout)) return complain(&a, "standard output could not be written");
    return status;
}
