/* What all commands that write one signed record share: which kind a command and its --step write, options as the record's fields by the table of
 * kinds, so that a new field needs a row there and an option in main.c; and a record that is only signed here. */
#include "base/err.h"
#include "cmd_land.h"
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

const char *record_step(const struct args *a, const struct step_row *row, int n, const char **step)
{
    *step = arg_text(a, "--step");
    char known[200] = "";
    for (int i = 0; i < n; i++) {
        if (strcmp(row[i].command, a->command->name) != 0) continue;
        if (*step && !strcmp(row[i].step, *step)) return row[i].kind;
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", row[i].step);
    }
    complain(a, *step ? "--step %s: give one of %s" : "give --step: %.0s%s", *step ? *step : "", known);
    return NULL;
}

/* --- options to fields --- */

static int has_option(const struct args *a, const char *name)
{
    for (int i = 0; i < a->command->n_option; i++)
        if (!strcmp(a->command->option[i].name, name)) return 1;
    return 0;
}

/* A GeoJSON file's geometry: of a geometry, a feature, or a collection of one feature. */
static json_t *geometry_read(const struct args *a, const char *path)
{
    json_error_t je;
    json_t *root = json_load_file(path, 0, &je), *g = root;
    if (!root) return complain(a, "%s: %s (line %d)", path, je.text, je.line), NULL;
    const json_t *features = json_object_get(root, "features");
    if (features && json_array_size(features) != 1) {
        complain(a, "%s: holds %zu features; give a file with one", path, json_array_size(features));
        json_decref(root);
        return NULL;
    }
    if (features) g = json_array_get(features, 0);
    if (json_object_get(g, "geometry")) g = json_object_get(g, "geometry");
    json_incref(g);
    json_decref(root);
    return g;
}

json_t *words_json(const char *list)
{
    json_t *words = json_array();
    while (list && *list) {
        size_t n = strcspn(list, ", ");
        if (n) json_array_append_new(words, json_stringn(list, n));
        list += n;
        list += strspn(list, ", ");
    }
    return words;
}

int file_sha256(const char *path, char hex[65], struct err *e)
{
    unsigned char hash[HASH_BYTES], buf[65536];
    crypto_hash_sha256_state h;
    FILE *f = fopen(path, "r");
    size_t n;
    if (!f) return err_set(e, "%s: %s", path, strerror(errno));
    crypto_hash_sha256_init(&h);
    while ((n = fread(buf, 1, sizeof buf, f)) > 0) crypto_hash_sha256_update(&h, buf, n);
    int bad = ferror(f);
    fclose(f);
    crypto_hash_sha256_final(&h, hash);
    hex_write(hex, hash, sizeof hash);
    return bad ? err_set(e, "%s cannot be read", path) : 0;
}

/* Of a paper: its digest as hex, or the file itself. */
static json_t *digest_json(const struct args *a, const char *option, const char *text)
{
    char hex[65];
    struct err e = {0};
    if (strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64) return json_string(text);
    if (!file_sha256(text, hex, &e)) return json_string(hex);
    return complain(a, "%s: %s; give a file, or its SHA-256 as 64 hex digits", option, e.text), NULL;
}

static json_t *field_json(const struct args *a, const struct value_row *row, const char *option, const char *text)
{
    char *end;
    double lon, lat, number = strtod(text, &end);
    switch (row->kind) {
    case VALUE_NUMBER:
        if (end != text && !*end && isfinite(number)) return json_real(number);
        return complain(a, "%s %s: give a number", option, text), NULL;
    case VALUE_COUNT:
        if (end != text && !*end && fabs(number) <= 1e15 && number == floor(number))
            return json_integer((json_int_t)number);
        return complain(a, "%s %s: give a whole number", option, text), NULL;
    case VALUE_POINT:
        if (!land_pair(text, &lon, &lat)) return json_pack("[f,f]", lon, lat);
        return complain(a, "%s %s: give longitude,latitude in degrees", option, text), NULL;
    case VALUE_AREA: return geometry_read(a, text);
    case VALUE_FLAG:
        if (!strcmp(text, "yes") || !strcmp(text, "no")) return json_boolean(!strcmp(text, "yes"));
        return complain(a, "%s %s: give yes or no", option, text), NULL;
    case VALUE_DIGEST: return digest_json(a, option, text);
    case VALUE_ANY: return words_json(text);
    default: return json_string(text);
    }
}

static void option_name(const char *key, char *out, size_t size)
{
    snprintf(out, size, "--%s", key);
    for (char *c = out + 2; *c; c++)
        if (*c == '_') *c = '-';
}

static int is_field(const struct value_row *row, int n, const char *option)
{
    char name[64];
    for (int i = 0; i < n; i++) {
        option_name(row[i].key, name, sizeof name);
        if (!strcmp(name, option)) return 1;
    }
    return 0;
}

int record_options_used(const struct args *a, const struct value_row *row, int n, const char *step)
{
    static const char *const common[] = {"--db",   "--key", "--at",    "--rev",       "--json",
                                         "--step", "--out", "--vault", "--vault-key", "--vault-erased"};
    for (int i = 0; i < a->command->n_option; i++) {
        const struct option_row *o = &a->command->option[i];
        int known = !a->option[i] || (o->dflt && a->option[i] == o->dflt) || is_field(row, n, o->name);
        for (size_t c = 0; c < sizeof common / sizeof *common; c++) known |= !strcmp(common[c], o->name);
        if (!known) return complain(a, "%s does not belong to step %s", o->name, step), -1;
    }
    return 0;
}

json_t *record_fields(const struct args *a, const struct value_row *row, int n)
{
    json_t *data = json_object();
    char name[64];
    for (int i = 0; i < n; i++) {
        option_name(row[i].key, name, sizeof name);
        const char *text = has_option(a, name) ? arg_text(a, name) : NULL;
        json_t *v = text ? field_json(a, &row[i], name, text) : NULL;
        if (text && !v) return json_decref(data), NULL;
        if (v) json_object_set_new(data, row[i].key, v);
    }
    return data;
}

/* Signed here, added elsewhere with `kend land take`: for a device that is offline. */
int record_keep(const struct args *a, const struct draft *draft, const struct key *k, const char *out)
{
    unsigned char sig[SIGNATURE_BYTES];
    char hex[HEX_SIGNATURE], *body = record_draft(draft, k, sig);
    FILE *f = body ? fopen(out, "a") : NULL;
    json_t *line =
        body ? json_pack("{s:s, s:s}", "body", body, "signature", hex_write(hex, sig, sizeof sig)) : NULL;
    int bad = !f || json_dumpf(line, f, JSON_COMPACT) || fputc('\n', f) == EOF;
    if (f) bad |= fclose(f);
    json_decref(line);
    free(body);
    if (bad) return complain(a, "%s: %s", out, errno ? strerror(errno) : "could not be written");
    printf("signed and kept in %s; `kend land take` adds it\n", out);
    return 0;
}
