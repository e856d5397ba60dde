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

static json_t *command_json(const struct command *c)
{
    json_t *options = json_array();
    for (int k = 0; k < c->n_option; k++)
        json_array_append_new(options, json_pack("{s:s, s:s?, s:s?, s:s}", "name", c->option[k].name, "value",
                                                 c->option[k].value, "default", c->option[k].dflt, "help",
                                                 c->option[k].help));
    return json_pack("{s:s, s:s?, s:s, s:s, s:s, s:s, s:o}", "name", c->name, "argument", c->positional, "summary",
                     c->summary, "help", c->help, "need", c->need, "page", c->page, "options", options);
}

/* The one named, or all of a group ("land"); every one when name is NULL. */
static json_t *commands_json(const char *name)
{
    json_t *list = json_array();
    size_t n = name ? strlen(name) : 0;
    for (int i = 0; i < n_commands; i++) {
        const char *own = commands[i].name;
        if (!name || !strcmp(own, name) || (!strncmp(own, name, n) && own[n] == ' '))
            json_array_append_new(list, command_json(&commands[i]));
    }
    return list;
}

static json_t *field_json(const struct field *f)
{
    json_t *j =
        json_pack("{s:s, s:s, s:f, s:f, s:b, s:b}", "key", f->key, "help", f->help, "min", f->min, "max", f->max,
                  "wanted", (f->flags & FIELD_REQUIRED) != 0, "guard_limit", (f->flags & FIELD_GUARD) != 0);
    if (!(f->flags & FIELD_REQUIRED)) json_object_set_new(j, "default", json_real(f->dflt));
    for (int i = 0; f->word && f->word[i]; i++) {
        if (!i) json_object_set_new(j, "words", json_array());
        json_array_append_new(json_object_get(j, "words"), json_string(f->word[i]));
    }
    return j;
}

/* One kind of equipment with the keys of a village file. */
static json_t *class_json(const struct asset_class *c)
{
    json_t *ports = json_array(), *keys = json_array();
    for (int p = 0; p < c->n_port; p++) json_array_append_new(ports, json_string(c->port[p].name));
    for (int i = 0; i < c->par.n; i++) json_array_append_new(keys, field_json(&c->par.row[i]));
    return json_pack("{s:s, s:s, s:o, s:o}", "class", c->name, "help", c->help, "ports", ports, "keys", keys);
}

static json_t *classes_json(const char *name)
{
    json_t *list = json_array();
    for (int i = 0; asset_classes[i]; i++)
        if (!strcmp(name, "classes") || !strcmp(name, asset_classes[i]->name))
            json_array_append_new(list, class_json(asset_classes[i]));
    return list;
}

static int print_json(const struct args *a)
{
    json_t *root = json_pack("{s:s, s:o}", "version", KEND_VERSION, "commands", commands_json(a->file));
    if (a->file && !json_array_size(json_object_get(root, "commands"))) {
        json_object_del(root, "commands");
        json_object_set_new(root, "classes", classes_json(a->file));
        if (!json_array_size(json_object_get(root, "classes"))) {
            json_decref(root);
            return complain(a, "no command and no kind of equipment %s", a->file);
        }
    }
    int failed = json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    putchar('\n');
    json_decref(root);
    return failed ? 1 : 0;
}

int command_help(const struct args *a)
{
    if (a->command->run == command_help) {
        if (arg_on(a, "--json")) return print_json(a);
        if (arg_on(a, "--man")) return print_man(), 0;
        if (!a->file) return print_overview(), 0;
    }
    for (int i = 0; i < n_commands; i++)
        if (!strcmp(commands[i].name, a->file)) return print_command(&commands[i]), 0;
    if (print_group(a->file)) return 0;
    if (!strcmp(a->file, "classes")) return print_classes(), 0;
    const struct asset_class *c = asset_class_find(a->file);
    if (c) return print_class(c), 0;
    return complain(a, "no command and no kind of equipment %s", a->file);
}
