/* Commands: one table drives parsing, `kend help`, the man page and the README's check. A command's options are rows; values
 * arrive as text in the order of the rows and are read with the arg_ functions, which complain in one line. */
#ifndef COMMAND_H
#define COMMAND_H
#include "base/instant.h"
#include <stdint.h>
#include <stdio.h>
enum { OPTIONS_MAX = 24 };
struct option_row {
    const char *name, *value, *dflt, *help; /* value NULL: a switch; dflt NULL: not set */
};
struct args {
    const struct command *command;
    const char *file;                       /* the positional argument, or NULL */
    const char *option[OPTIONS_MAX];        /* by row; NULL when not given and no default; "" for a switch that is on */
};
struct command {
    const char *name, *positional, *summary, *help; /* positional NULL: takes none; "[FILE]": optional */
    const struct option_row *option;
    int n_option;
    int (*run)(const struct args *);        /* exit status */
    const char *need, *page;                /* the row of the README's table it serves, and its place on the page */
    int (*explain)(const struct args *);    /* `COMMAND TOPIC --help`; NULL: the help of the command */
};
extern const struct command commands[];
extern const int n_commands;

/* Text of an option, NULL when unset. Asserts that the command has such a row. */
const char *arg_text(const struct args *, const char *name);
int arg_on(const struct args *, const char *name);
/* The same for code that several commands share: NULL also when this command has no such row. */
const char *arg_maybe(const struct args *, const char *name);
/* Read and check; 0, or -1 after printing one line on stderr. */
int arg_number(const struct args *, const char *name, double min, double max, double *value);
int arg_count(const struct args *, const char *name, int min, int max, int *value); /* a whole number */
int arg_seed(const struct args *, uint64_t *seed);                         /* --seed: a whole number */
int arg_instant(const struct args *, const char *name, const struct zone *, int64_t *at_ms); /* from 1971 on */
int arg_word(const struct args *, const char *name, const char *const *words, int n, int *index);
/* Prints "kend COMMAND: text" on stderr; always returns 1. */
int complain(const struct args *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

int command_calc(const struct args *);
int command_calc_explain(const struct args *);
struct village;
/* Says which assets stand on land that its records (db, else the export that the village file names) do not hand over. 1: some do, or the
 * records are broken; 0: none. */
int land_refuses(const struct args *, const struct village *, const char *db);
int command_check(const struct args *);
int command_simulate(const struct args *);
int command_dispatch(const struct args *);
int command_run(const struct args *);
int command_draw(const struct args *);
int command_draw_commit(const struct args *);
int command_draw_verify(const struct args *);
int command_help(const struct args *);
int command_land(const struct args *);        /* all that write one signed record */
int command_land_key(const struct args *);
int command_land_open(const struct args *);
int command_land_accredit(const struct args *);
int command_land_import(const struct args *);
int command_land_take(const struct args *);
int command_land_sign(const struct args *);
int command_land_show(const struct args *);
int command_land_report(const struct args *);
int command_land_verify(const struct args *);
int command_land_export(const struct args *);
int command_land_plan(const struct args *);
int command_household_vault(const struct args *);   /* cmd_privacy.c: what is known of people */
int command_household_person(const struct args *);
int command_household_consent(const struct args *);
int command_household_show(const struct args *);
int command_household_log(const struct args *);
int command_household_export(const struct args *);
int command_household_erase(const struct args *);
int command_household_retention(const struct args *);
int command_household_fields(const struct args *);
int command_household_map(const struct args *);
int command_household(const struct args *);   /* all that write one signed record about a household or a supply */
int command_household_rules(const struct args *);
int command_household_homes(const struct args *);
int command_household_commit(const struct args *);
int command_household_draw(const struct args *);
int command_household_pool(const struct args *);
int command_household_list(const struct args *);
int command_household_pipeline(const struct args *);
#endif
