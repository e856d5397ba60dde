/* What may be kept about a household at all: one row a field, with its purpose, its basis, who may read it and for how many days. A key
 * that is not in the table is refused; origin, faith, health and party have no row, and asking for them is told why. What a home must have
 * (a step-free door) is kept instead of why it must. Days are this project's proposal, to be set by who answers for the data:
 * the principles (purpose, necessity, time) are those of UNHCR's Policy on the Protection of Personal Data (2015), part 2. */
#include "base/err.h"
#include "store/vault_inside.h"
#include <string.h>

enum { STAFF = ROLE_REGISTRAR | ROLE_SUBJECT, DESK = STAFF | ROLE_AUTHORITY, HOME = DESK | ROLE_USER };
enum { MEMBERS_MAX = 20, YEAR_LEAST = 1900, YEAR_MOST = 2100 };
// clang-format off
const struct vault_field vault_fields[] = {
    {"name", VAULT_TEXT, NULL, 120, DESK, NULL, 1825, "to call the household by name, and to hand the key to the right people", "public task: return of displaced households"},
    {"language", VAULT_WORD, "az en ru", 0, HOME | ROLE_EDUCATOR, NULL, 1825, "to speak, brief and print in their language", "public task"},
    {"members", VAULT_MEMBERS, NULL, MEMBERS_MAX, DESK, NULL, 1825, "how many rooms the home needs, and who belongs to it", "public task: room class"},
    {"phone", VAULT_TEXT, NULL, 40, STAFF, NULL, 730, "to reach them about draw, offer and move", "public task"},
    {"address_now", VAULT_TEXT, NULL, 200, STAFF, NULL, 730, "where to fetch them for the move", "public task: move schedule"},
    {"document", VAULT_TEXT, NULL, 60, DESK, NULL, 365, "to find the household in the register of the displaced: eligibility and appeal", "legal duty: eligibility"},
    {"former_home", VAULT_TEXT, NULL, 200, DESK, NULL, 730, "whether they were displaced from here: eligibility and appeal", "legal duty: eligibility"},
    {"home_needs", VAULT_WORDS, "step_free wide_doors ground_floor bath_aids hearing_signal visual_signal power_for_device", 0, HOME, "return", 1825, "what the home must have; never the reason", "consent: return"},
    {"near", VAULT_TEXT, NULL, 24, STAFF, "return", 730, "code of those who want to stay neighbours in the draw", "consent: return"},
    {"second_contact", VAULT_TEXT, NULL, 120, STAFF, "contact", 730, "whom to call when they cannot be reached", "consent: contact"},
    {"school_places", VAULT_COUNT, NULL, 20, STAFF | ROLE_USER, "survey", 365, "how many places in school and nursery the village needs", "consent: survey"},
    {"work", VAULT_TEXT, NULL, 200, STAFF, "survey", 365, "to offer work that fits", "consent: survey"},
    {"skills", VAULT_TEXT, NULL, 200, STAFF, "survey", 365, "to offer work and courses that fit", "consent: survey"},
    {"farming", VAULT_WORD, "none garden field animals", 0, STAFF, "survey", 365, "which land and stables the village needs", "consent: survey"},
    {"consent", VAULT_WORDS, "return survey contact", 0, DESK, NULL, 1825, "to what they said yes; taking a word back deletes what was given by it", "proof of consent"},
};
static const char *const never[] = {"ethnicity", "ethnic_group", "nationality", "faith", "religion", "race", "party", "politics", "health", "diagnosis", "illness", "disability", "biometric", "fingerprint"};
static const char *const member_key[] = {"name", "birth_year", "relation"};
static const struct { const char *name; unsigned role; } subject_role = {"the household itself", ROLE_SUBJECT};
// clang-format on
const int n_vault_fields = sizeof vault_fields / sizeof *vault_fields;

const struct vault_field *vault_field_find(const char *key)
{
    for (int i = 0; i < n_vault_fields; i++)
        if (!strcmp(vault_fields[i].key, key)) return &vault_fields[i];
    return NULL;
}

/* --- checks --- */

static int word_in(const char *list, const char *word)
{
    size_t n = strlen(word);
    if (strchr(word, ' ')) return 0;
    for (const char *at = list; n && (at = strstr(at, word)) != NULL; at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n])) return 1;
    return 0;
}

/* Signs that move the cursor or turn the order of letters: what is read aloud must be what is kept (UTF-8: C1 controls, bidirectional
 * overrides and isolates). */
static int turns_text(const char *t)
{
    static const char *const mark[] = {"\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
                                       "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6",
                                       "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9"};
    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++)
        if (strstr(t, mark[i])) return 1;
    for (; *t; t++)
        if ((unsigned char)t[0] == 0xc2 && (unsigned char)t[1] >= 0x80 && (unsigned char)t[1] < 0xa0) return 1;
    return 0;
}

int line_plain(const char *t)
{
    for (const char *c = t; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127) return 0;
    return !turns_text(t);
}

static int text_good(const json_t *v, int max)
{
    const char *t = json_string_value(v);
    return t && strlen(t) == json_string_length(v) && *t && (int)strlen(t) <= max && line_plain(t);
}

static int words_good(const struct vault_field *f, const json_t *v)
{
    size_t i, k;
    const json_t *w;
    if (!json_is_array(v)) return 0;
    json_array_foreach(v, i, w)
    {
        if (!json_is_string(w) || strlen(json_string_value(w)) != json_string_length(w) ||
            !word_in(f->words, json_string_value(w)))
            return 0;
        for (k = 0; k < i; k++)
            if (json_equal(json_array_get(v, k), w)) return 0;
    }
    return 1;
}

static int member_good(const json_t *m)
{
    const char *key;
    json_t *v, *year = json_object_get(m, "birth_year");
    if (!json_is_object(m) || !text_good(json_object_get(m, "name"), 120)) return 0;
    json_object_foreach((json_t *)(uintptr_t)m, key, v)
    {
        int known = 0;
        for (size_t i = 0; i < sizeof member_key / sizeof *member_key; i++) known |= !strcmp(key, member_key[i]);
        if (!known) return 0;
    }
    if (year &&
        (!json_is_integer(year) || json_integer_value(year) < YEAR_LEAST || json_integer_value(year) > YEAR_MOST))
        return 0;
    return !json_object_get(m, "relation") || text_good(json_object_get(m, "relation"), 40);
}

static int members_good(const struct vault_field *f, const json_t *v)
{
    size_t i;
    const json_t *m;
    if (!json_is_array(v) || !json_array_size(v) || json_array_size(v) > (size_t)f->max) return 0;
    json_array_foreach(v, i, m) if (!member_good(m)) return 0;
    return 1;
}

static int value_check(const struct vault_field *f, const json_t *v, struct err *e)
{
    switch (f->kind) {
    case VAULT_TEXT:
        return text_good(v, f->max) ? 0
                                    : err_set(e, "%s: give a text of one line, at most %d bytes", f->key, f->max);
    case VAULT_WORD:
        return json_is_string(v) && word_in(f->words, json_string_value(v))
                   ? 0
                   : err_set(e, "%s: give one of %s", f->key, f->words);
    case VAULT_WORDS:
        return words_good(f, v) ? 0 : err_set(e, "%s: give a list of words, each once, of %s", f->key, f->words);
    case VAULT_COUNT:
        return json_is_integer(v) && json_integer_value(v) >= 0 && json_integer_value(v) <= f->max
                   ? 0
                   : err_set(e, "%s: give a whole number from 0 to %d", f->key, f->max);
    default:
        return members_good(f, v)
                   ? 0
                   : err_set(e, "%s: give a list of 1 to %d {\"name\", \"birth_year\", \"relation\"}", f->key,
                             f->max);
    }
}

static int unknown(const char *key, struct err *e)
{
    char shown[48];
    int n = 0;
    for (const char *c = key; *c && n < (int)sizeof shown - 1; c++) shown[n++] = (unsigned char)*c < ' ' ? '?' : *c;
    shown[n] = 0;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (!strcasecmp(never[i], key))
            return err_set(
                e, "`%s` is never kept: nothing here may depend on it; say what the home must have instead", shown);
    return err_set(e, "`%s` is no field that may be kept (kend household fields lists them)", shown);
}

int vault_check(const json_t *data, struct err *e)
{
    const char *key;
    json_t *v;
    if (!json_is_object(data)) return err_set(e, "give one object of fields");
    json_object_foreach((json_t *)(uintptr_t)data, key, v)
    {
        const struct vault_field *f = vault_field_find(key);
        if (!f) return unknown(key, e);
        if (value_check(f, v, e)) return -1;
    }
    return 0;
}

/* --- the table for people and programs --- */

static const char *const kind_name[] = {"text", "word", "words", "count", "members"};

static char *readers(const struct vault_field *f, char *buf, size_t size)
{
    char staff[160];
    roles_text(f->read & ~(unsigned)ROLE_SUBJECT, staff, sizeof staff);
    snprintf(buf, size, "%s%s%s", staff, *staff ? ", " : "", f->read & subject_role.role ? subject_role.name : "");
    return buf;
}

json_t *vault_fields_json(void)
{
    char who[240];
    json_t *list = json_array();
    for (int i = 0; i < n_vault_fields; i++) {
        const struct vault_field *f = &vault_fields[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s?, s:s, s:s?, s:i, s:s, s:s}", "field", f->key, "kind",
                                              kind_name[f->kind], "words", f->words, "read_by",
                                              readers(f, who, sizeof who), "consent", f->consent, "keep_days",
                                              f->keep_days, "purpose", f->purpose, "basis", f->basis));
    }
    return list;
}

int vault_fields_markdown(FILE *out)
{
    char who[240];
    fputs("| field | what | purpose | basis | read by | kept, days |\n|---|---|---|---|---|---:|\n", out);
    for (int i = 0; i < n_vault_fields; i++) {
        const struct vault_field *f = &vault_fields[i];
        fprintf(out, "| `%s` | %s%s%s | %s | %s | %s | %d |\n", f->key, kind_name[f->kind], f->words ? ": " : "",
                f->words ? f->words : "", f->purpose, f->basis, readers(f, who, sizeof who), f->keep_days);
    }
    return ferror(out) ? -1 : 0;
}
