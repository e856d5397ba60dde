/* `kend help`: the commands, one command, the manual page and the same as JSON, all from the table in main.c. */
#include "command.h"
#include <jansson.h>
#include <string.h>

static void print_overview(void)
{
    puts("kend: joint management and control of a smart village\n\nusage: kend COMMAND [FILE] [OPTION ...]\n");
    for (int i = 0; i < n_commands; i++) printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    puts("\n`kend help COMMAND` explains one; every command ends with status 0, or 1 and a one-line reason.");
}

static void print_command(const struct command *c)
{
    printf("kend %s%s%s [OPTION ...]: %s\n\n%s\n\n", c->name, c->positional ? " " : "",
           c->positional ? c->positional : "", c->summary, c->help);
    for (int i = 0; i < c->n_option; i++) {
        const struct option_row *o = &c->option[i];
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        printf("  %-22s %s", left, o->help);
        if (o->dflt) printf(" (default %s)", o->dflt);
        putchar('\n');
    }
}

static void roff_text(const char *s)
{
    if (*s == '.' || *s == '\'') fputs("\\&", stdout);
    for (; *s; s++) {
        if (*s == '-' || *s == '\\') putchar('\\');
        putchar(*s);
    }
}

static void print_man(void)
{
    puts(".TH KEND 1 \"\" \"kend " KEND_VERSION
         "\"\n.SH NAME\nkend \\- joint management and control of a smart village\n.SH SYNOPSIS\n.B kend\n"
         ".I COMMAND\n[\\fIFILE\\fR] [\\fIOPTION\\fR ...]\n.SH COMMANDS");
    for (int i = 0; i < n_commands; i++) {
        const struct command *c = &commands[i];
        printf(".SS kend %s %s\n", c->name, c->positional ? c->positional : "");
        roff_text(c->help);
        putchar('\n');
        for (int k = 0; k < c->n_option; k++) {
            printf(".TP\n.B ");
            roff_text(c->option[k].name);
            printf(" %s\n", c->option[k].value ? c->option[k].value : "");
            roff_text(c->option[k].help);
            if (c->option[k].dflt) printf(" (default %s)", c->option[k].dflt);
            putchar('\n');
        }
    }
    puts(".SH EXIT STATUS\n0, or 1 after a one\\-line reason on standard error.");
}

static int print_json(void)
{
    json_t *list = json_array();
    for (int i = 0; i < n_commands; i++) {
        const struct command *c = &commands[i];
        json_t *options = json_array();
        for (int k = 0; k < c->n_option; k++)
            json_array_append_new(options, json_pack("{s:s, s:s?, s:s?, s:s}", "name", c->option[k].name, "value",
                                                     c->option[k].value, "default", c->option[k].dflt, "help",
                                                     c->option[k].help));
        json_array_append_new(list, json_pack("{s:s, s:s?, s:s, s:s, s:s, s:o}", "name", c->name, "argument",
                                              c->positional, "summary", c->summary, "need", c->need, "page",
                                              c->page, "options", options));
    }
    json_t *root = json_pack("{s:s, s:o}", "version", KEND_VERSION, "commands", list);
    int failed = json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    putchar('\n');
    json_decref(root);
    return failed ? 1 : 0;
}

int command_help(const struct args *a)
{
    if (a->command->run == command_help && !a->file) {
        if (arg_on(a, "--man")) return print_man(), 0;
        if (arg_on(a, "--json")) return print_json();
        return print_overview(), 0;
    }
    for (int i = 0; i < n_commands; i++)
        if (!strcmp(commands[i].name, a->file)) return print_command(&commands[i]), 0;
    return complain(a, "no command %s", a->file);
}
