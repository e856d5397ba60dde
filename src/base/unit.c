/* Units: one table, read by the key's suffix and by the value's own unit. See unit.h.
 * Factors are exact by definition (SI brochure, 9th ed., table 8; 1 kWh = 3.6 MJ; 1 t = 1000 kg) unless a row says
 * more. A key's suffix divides from its second unit on ("W_m2_K" = W/(m2 K)); after "per" everything divides, and a
 * "per" without a unit before it is money ("price_per_kWh"). A value's unit is written "W/m2/K" or "W/(m2 K)". Left
 * out: powers written out ("s-1"), and units of trade (barrel, acre, horse power). */
#include "base/unit.h"
#include "base/err.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH, MASS, TIME, TEMP, CURRENT, LIGHT, MONEY, ANGLE, DIMS };

struct unit_row {
    const char *symbol;
    double factor, offset;
    signed char dim[DIMS];
};

// clang-format off
static const struct unit_row units[] = {           /* m  kg  s  K  A  cd  money  angle */
    {"frac", 1, 0, {0}}, {"%", 0.01, 0, {0}}, {"ppm", 1e-6, 0, {0}}, {"pu", 1, 0, {0}},
    {"m", 1, 0, {1}},      {"mm", 1e-3, 0, {1}}, {"cm", 1e-2, 0, {1}}, {"km", 1e3, 0, {1}},
    {"m2", 1, 0, {2}},     {"ha", 1e4, 0, {2}},  {"km2", 1e6, 0, {2}}, {"cm2", 1e-4, 0, {2}},
    {"m3", 1, 0, {3}},     {"l", 1e-3, 0, {3}},  {"L", 1e-3, 0, {3}},  {"Mm3", 1e6, 0, {3}},
    {"kg", 1, 0, {0, 1}},  {"g", 1e-3, 0, {0, 1}}, {"t", 1e3, 0, {0, 1}}, {"mg", 1e-6, 0, {0, 1}},
    {"s", 1, 0, {0, 0, 1}}, {"ms", 1e-3, 0, {0, 0, 1}}, {"min", 60, 0, {0, 0, 1}}, {"h", 3600, 0, {0, 0, 1}},
    {"hour", 3600, 0, {0, 0, 1}}, {"hours", 3600, 0, {0, 0, 1}}, {"day", 86400, 0, {0, 0, 1}}, {"days", 86400, 0, {0, 0, 1}},
    {"month", 2629746, 0, {0, 0, 1}},              /* a twelfth of the mean Gregorian year, 365.2425 days */
    {"year", 31556952, 0, {0, 0, 1}}, {"years", 31556952, 0, {0, 0, 1}},
    {"K", 1, 0, {0, 0, 0, 1}}, {"degC", 1, 273.15, {0, 0, 0, 1}}, {"°C", 1, 273.15, {0, 0, 0, 1}},
    {"A", 1, 0, {0, 0, 0, 0, 1}}, {"Ah", 3600, 0, {0, 0, 1, 0, 1}},
    {"V", 1, 0, {2, 1, -3, 0, -1}}, {"kV", 1e3, 0, {2, 1, -3, 0, -1}},
    {"ohm", 1, 0, {2, 1, -3, 0, -2}},
    {"W", 1, 0, {2, 1, -3}}, {"kW", 1e3, 0, {2, 1, -3}}, {"MW", 1e6, 0, {2, 1, -3}}, {"mW", 1e-3, 0, {2, 1, -3}},
    {"Wp", 1, 0, {2, 1, -3}}, {"kWp", 1e3, 0, {2, 1, -3}},
    {"VA", 1, 0, {2, 1, -3}}, {"kVA", 1e3, 0, {2, 1, -3}}, {"MVA", 1e6, 0, {2, 1, -3}}, {"var", 1, 0, {2, 1, -3}},
    {"J", 1, 0, {2, 1, -2}}, {"kJ", 1e3, 0, {2, 1, -2}}, {"MJ", 1e6, 0, {2, 1, -2}}, {"GJ", 1e9, 0, {2, 1, -2}},
    {"Wh", 3600, 0, {2, 1, -2}}, {"kWh", 3.6e6, 0, {2, 1, -2}}, {"MWh", 3.6e9, 0, {2, 1, -2}}, {"GWh", 3.6e12, 0, {2, 1, -2}},
    {"Pa", 1, 0, {-1, 1, -2}}, {"kPa", 1e3, 0, {-1, 1, -2}}, {"hPa", 100, 0, {-1, 1, -2}}, {"bar", 1e5, 0, {-1, 1, -2}},
    {"mbar", 100, 0, {-1, 1, -2}},
    {"N", 1, 0, {1, 1, -2}},
    {"Hz", 1, 0, {0, 0, -1}}, {"rpm", 1.0 / 60, 0, {0, 0, -1}},
    {"lm", 1, 0, {0, 0, 0, 0, 0, 1}}, {"cd", 1, 0, {0, 0, 0, 0, 0, 1}}, {"klm", 1e3, 0, {0, 0, 0, 0, 0, 1}},
    {"lx", 1, 0, {-2, 0, 0, 0, 0, 1}},
    {"deg", 1, 0, {0, 0, 0, 0, 0, 0, 0, 1}}, {"°", 1, 0, {0, 0, 0, 0, 0, 0, 0, 1}},
    {"rad", 57.29577951308232, 0, {0, 0, 0, 0, 0, 0, 0, 1}},
    {"money", 1, 0, {0, 0, 0, 0, 0, 0, 1}},
};
/* What a dimension is called when somebody gives the wrong one. */
static const struct { const char *name; signed char dim[DIMS]; } quantities[] = {
    {"a plain number", {0}}, {"a length", {1}}, {"an area", {2}}, {"a volume", {3}}, {"a mass", {0, 1}}, {"a time", {0, 0, 1}},
    {"a temperature", {0, 0, 0, 1}}, {"a current", {0, 0, 0, 0, 1}}, {"a charge", {0, 0, 1, 0, 1}},
    {"a voltage", {2, 1, -3, 0, -1}}, {"a resistance", {2, 1, -3, 0, -2}}, {"a power", {2, 1, -3}}, {"an energy", {2, 1, -2}},
    {"a pressure", {-1, 1, -2}}, {"a force", {1, 1, -2}}, {"a frequency", {0, 0, -1}}, {"a luminous flux", {0, 0, 0, 0, 0, 1}},
    {"an illuminance", {-2, 0, 0, 0, 0, 1}}, {"an angle", {0, 0, 0, 0, 0, 0, 0, 1}}, {"an amount of money", {0, 0, 0, 0, 0, 0, 1}},
    {"a volume flow", {3, 0, -1}}, {"a mass flow", {0, 1, -1}}, {"a speed", {1, 0, -1}}, {"a heat loss per kelvin", {2, 1, -3, -1}},
    {"a U-value", {0, 1, -3, -1}}, {"a power per area", {0, 1, -3}}, {"an energy per area", {0, 1, -2}},
    {"a heat capacity", {2, 1, -2, -1}}, {"a price of energy", {-2, -1, 2, 0, 0, 0, 1}}, {"a price of mass", {0, -1, 0, 0, 0, 0, 1}},
    {"a density", {-3, 1}}, {"an energy per mass", {2, 0, -2}}, {"a luminous efficacy", {-2, -1, 3, 0, 0, 1}},
};
/* How a figure is shown: the row with the largest floor that |value| reaches, for the unit the key names. */
static const struct { const char *unit, *shown; double floor, factor; } displays[] = {
    {"W", "W", 0, 1}, {"W", "kW", 1e3, 1e-3}, {"W", "MW", 1e6, 1e-6}, {"W", "GW", 1e9, 1e-9},
    {"VA", "VA", 0, 1}, {"VA", "kVA", 1e3, 1e-3}, {"VA", "MVA", 1e6, 1e-6},
    {"J", "Wh", 0, 1 / 3.6e3}, {"J", "kWh", 3.6e6, 1 / 3.6e6}, {"J", "MWh", 3.6e9, 1 / 3.6e9}, {"J", "GWh", 3.6e12, 1 / 3.6e12},
    {"Wh", "Wh", 0, 1}, {"Wh", "kWh", 1e3, 1e-3}, {"Wh", "MWh", 1e6, 1e-6}, {"Wh", "GWh", 1e9, 1e-9},
    {"kWh", "kWh", 0, 1}, {"kWh", "MWh", 1e3, 1e-3}, {"kWh", "GWh", 1e6, 1e-6},
    {"Pa", "Pa", 0, 1}, {"Pa", "kPa", 1e3, 1e-3}, {"Pa", "bar", 1e5, 1e-5},
    {"frac", "%", 0, 100}, {"degC", "°C", 0, 1}, {"deg", "°", 0, 1},
    {"s", "s", 0, 1}, {"s", "min", 120, 1.0 / 60}, {"s", "h", 7200, 1.0 / 3600}, {"s", "days", 172800, 1.0 / 86400},
    {"m", "m", 0, 1}, {"m", "km", 1e3, 1e-3}, {"kg", "kg", 0, 1}, {"kg", "t", 1e3, 1e-3},
};
// clang-format on

enum {
    N_UNITS = sizeof units / sizeof units[0],
    N_QUANTITIES = sizeof quantities / sizeof quantities[0],
    N_DISPLAYS = sizeof displays / sizeof displays[0],
    TOKENS_MAX = 12
};

static const struct unit_row *find_unit(const char *s, size_t n)
{
    for (int i = 0; i < N_UNITS; i++)
        if (strlen(units[i].symbol) == n && !memcmp(units[i].symbol, s, n)) return &units[i];
    return NULL;
}

/* made *= row^power. An offset survives only in a unit that stands alone. */
static void multiply(struct unit *made, const struct unit_row *row, int power)
{
    made->factor *= power > 0 ? row->factor : 1.0 / row->factor;
    made->offset = row->offset;
    for (int d = 0; d < DIMS; d++) made->dim[d] = (signed char)(made->dim[d] + power * row->dim[d]);
}

static void append(char *to, size_t size, const char *s, size_t n)
{
    size_t at = strlen(to);
    if (at + n < size) memcpy(to + at, s, n), to[at + n] = 0;
}

struct token {
    const char *s;
    size_t n;
};

static int split_key(const char *key, struct token *t)
{
    int n = 0;
    for (const char *p = key; n < TOKENS_MAX;) {
        size_t len = strcspn(p, "_");
        t[n++] = (struct token){p, len};
        if (!p[len]) return n;
        p += len + 1;
    }
    return 0;
}

static int is_word(const struct token *t, const char *word)
{
    return t->n == strlen(word) && !memcmp(t->s, word, t->n);
}

/* The unit spelled by tokens[0..n-1], or -1. "temp_min_degC": `min` before another unit means minimum. */
static int unit_of_tokens(const struct token *t, int n, struct unit *made)
{
    struct unit u = {.factor = 1.0};
    int divide = 0, parts = 0;
    for (int i = 0; i < n; i++) {
        if (is_word(&t[i], "per")) {
            if (i == n - 1 || (i > 0 && divide > 1)) return -1;
            if (i == 0) u.dim[MONEY] = 1;
            append(u.symbol, sizeof u.symbol, "/", 1);
            divide = 2;
            continue;
        }
        const struct unit_row *row = find_unit(t[i].s, t[i].n);
        if (!row || (i == 0 && n > 1 && is_word(&t[0], "min"))) return -1;
        if (i > 0 && divide != 2) append(u.symbol, sizeof u.symbol, "/", 1);
        if (i > 0 && divide == 2 && !is_word(&t[i - 1], "per")) append(u.symbol, sizeof u.symbol, "/", 1);
        append(u.symbol, sizeof u.symbol, t[i].s, t[i].n);
        multiply(&u, row, divide || i > 0 ? -1 : 1);
        parts++;
    }
    if (parts > 1 || divide) u.offset = 0.0;
    *made = u;
    return parts ? 0 : -1;
}

const struct unit *unit_of_key(const char *key, struct unit *made)
{
    struct token t[TOKENS_MAX];
    int n = split_key(key, t);
    for (int from = 1; from < n; from++)
        if (!unit_of_tokens(t + from, n - from, made)) return made;
    return NULL;
}

/* --- a value's own unit --- */

static int is_currency(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isupper((unsigned char)s[i])) return 0;
    return n == 3;
}

/* "kW", "m3/s", "W/(m2 K)", "AZN/kWh". Blanks multiply inside brackets. Returns 0, or -1 with the unknown part in
 * `bad`. */
static int unit_of_text(const char *text, struct unit *made, struct token *bad)
{
    static const struct unit_row money = {"", 1, 0, {0, 0, 0, 0, 0, 0, 1}};
    static const struct {
        const char *from, *to;
    } spelled[] = {{"m²", "m2"}, {"m³", "m3"}};
    struct unit u = {.factor = 1.0};
    int divide = 0, bracket = 0, parts = 0;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "/() *\t");
        if (!n) {
            if (*p == '/') divide = 1;
            bracket += (*p == '(') - (*p == ')');
            p++;
            continue;
        }
        struct token t = {p, n};
        for (size_t i = 0; i < sizeof spelled / sizeof spelled[0]; i++)
            if (is_word(&t, spelled[i].from)) t = (struct token){spelled[i].to, 2};
        const struct unit_row *row = find_unit(t.s, t.n);
        if (!row && is_currency(t.s, t.n)) row = &money;
        if (!row) {
            *bad = (struct token){p, n};
            return -1;
        }
        multiply(&u, row, divide ? -1 : 1);
        if (!bracket) divide = 0;
        parts++;
        p += n;
    }
    if (parts > 1) u.offset = 0.0;
    *made = u;
    return 0;
}

static const char *quantity_name(const signed char *dim)
{
    for (int i = 0; i < N_QUANTITIES; i++)
        if (!memcmp(quantities[i].dim, dim, DIMS)) return quantities[i].name;
    return "another quantity";
}

int unit_parse(const char *text, const char *key, double *value, struct err *e)
{
    struct unit want, given;
    struct token bad;
    char *end;
    const struct unit *own = unit_of_key(key, &want);
    double number = strtod(text, &end);
    if (end == text || !isfinite(number) || strpbrk(text, "xX") == text + 1)
        return err_set(e, "`%.60s` is not a number; `%s` wants %s", text, key,
                       own ? own->symbol : "a plain number");
    while (isspace((unsigned char)*end)) end++;
    size_t n = strlen(end);
    while (n && isspace((unsigned char)end[n - 1])) n--;
    if (!n) {
        *value = number;
        return 0;
    }
    char unit[48];
    snprintf(unit, sizeof unit, "%.*s", (int)n, end);
    if (!own) return err_set(e, "`%s` has no unit, so write it without `%s`", key, unit);
    if (unit_of_text(unit, &given, &bad))
        return err_set(e, "`%.*s` is not a unit we know; `%s` wants %s", (int)(bad.n > 40 ? 40 : bad.n), bad.s, key,
                       own->symbol);
    if (!strncmp(own->symbol, "/", 1) && !given.dim[MONEY]) want.dim[MONEY] = 0; /* "4 /day" for `starts_per_day` */
    if (memcmp(given.dim, own->dim, DIMS))
        return err_set(e, "`%s` is %s, `%s` wants %s (%s)", unit, quantity_name(given.dim), key, own->symbol,
                       quantity_name(own->dim));
    *value = (number * given.factor + given.offset - own->offset) / own->factor;
    return 0;
}

/* --- for people --- */

/* Three significant figures, never in powers of ten: 0.0123, 1.23, 12.3, 123, 1230. */
static void three_figures(char *buf, size_t size, double v)
{
    double a = fabs(v);
    if (a == 0.0) {
        snprintf(buf, size, "0");
        return;
    }
    int exponent = (int)floor(log10(a) + 1e-12), decimals = 2 - exponent;
    double grain = pow(10.0, -decimals), r = rint(v / grain) * grain;
    if (decimals < 0) decimals = 0;
    if (decimals > 9) decimals = 9;
    snprintf(buf, size, "%.*f", decimals, r);
    char *dot = strchr(buf, '.');
    if (!dot) return;
    for (char *p = buf + strlen(buf) - 1; p > dot && *p == '0'; p--) *p = 0;
    if (!dot[1]) *dot = 0;
}

char *unit_format(char *buf, size_t size, double value, const char *key)
{
    struct unit own;
    const struct unit *u = unit_of_key(key, &own);
    const char *shown = u ? u->symbol : "";
    double factor = 1.0;
    for (int i = 0; u && i < N_DISPLAYS; i++) {
        /* 999.6 W would print as "1000 W": the step is taken where rounding reaches the next unit */
        if (strcmp(displays[i].unit, u->symbol) || fabs(value) < displays[i].floor * 0.9995) continue;
        shown = displays[i].shown;
        factor = displays[i].factor;
    }
    char number[40];
    if (!isfinite(value))
        snprintf(number, sizeof number, "?");
    else
        three_figures(number, sizeof number, value * factor);
    int tight = !strcmp(shown, "°");
    snprintf(buf, size, "%s%s%s", number, *shown && !tight ? " " : "", shown);
    return buf;
}
