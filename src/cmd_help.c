/* `kend help`: the commands, one command, the manual page and the same as JSON, all from the table in main.c; and the keys of
 * one kind of equipment in a village file, from its own table. */
#include "base/unit.h"
#include "command.h"
#include "village/asset.h"
#include <jansson.h>
#include <string.h>

static void print_overview(void)
{
    puts("kend: joint management and control of a smart village\n\nusage: kend COMMAND [FILE] [OPTION ...]\n");
    for (int i = 0; i < n_commands; i++) printf("  %-20s %s\n", commands[i].name, commands[i].summary);
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

/* All commands of a group ("land"). Returns how many. */
static int print_group(const char *name)
{
    size_t n = strlen(name);
    int found = 0;
    for (int i = 0; i < n_commands; i++) {
        if (strncmp(commands[i].name, name, n) != 0 || commands[i].name[n] != ' ') continue;
        if (!found++) printf("kend %s COMMAND [OPTION ...]; `kend %s COMMAND --help` explains one\n\n", name, name);
        printf("  %-20s %-7s %s\n", commands[i].name, commands[i].positional ? commands[i].positional : "",
               commands[i].summary);
    }
    return found;
}

static void print_range(const struct field *f)
{
    char low[48], high[48], usual[48];
    if (f->word) {
        for (int i = 0; f->word[i]; i++) printf("%s%s", i ? " | " : "", f->word[i]);
        printf("; usual %s", f->word[(int)f->dflt]);
    } else if (f->flags & FIELD_BOOL)
        printf("yes | no; usual %s", f->dflt > 0.5 ? "yes" : "no");
    else {
        printf("%s to %s", unit_format(low, sizeof low, f->min, f->key),
               unit_format(high, sizeof high, f->max, f->key));
        if (!(f->flags & FIELD_REQUIRED)) printf("; usual %s", unit_format(usual, sizeof usual, f->dflt, f->key));
    }
    if (f->flags & FIELD_REQUIRED) printf("; wanted");
    if (f->flags & FIELD_GUARD) printf("; guard limit, wants a source");
}

/* What a village file may say of one kind of equipment, from the table that reads it. */
static void print_class(const struct asset_class *c)
{
    printf("class %s: %s\n\nports:", c->name, c->help);
    for (int p = 0; p < c->n_port; p++) printf(" %s", c->port[p].name);
    printf("%s\n\n", c->n_port ? "" : " none");
    for (int i = 0; i < c->par.n; i++) {
        const struct field *f = &c->par.row[i];
        printf("  %-24s %s\n  %24s (", f->key, f->help, "");
        print_range(f);
        puts(")");
    }
    puts("\nCommon keys, groups and notes: docs/village-file.md");
}

static void print_classes(void)
{
    puts("Kinds of equipment; `kend help NAME` lists the keys of one in a village file.\n");
    for (int i = 0; asset_classes[i]; i++) printf("  %-10s %s\n", asset_classes[i]->name, asset_classes[i]->help);
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
    if (print_group(a->file)) return 0;
    if (!strcmp(a->file, "classes")) return print_classes(), 0;
    const struct asset_class *c = asset_class_find(a->file);
    if (c) return print_class(c), 0;
    return complain(a, "no command and no kind of equipment %s", a->file);
}
