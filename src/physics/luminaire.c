/* Photometric files. EULUMDAT: Stockmar, Licht 3, 1990 (the field list that every maker follows): symmetry codes 0 none, 1 about the axis, 2 about C0-C180,
 * 3 about C90-C270, 4 both; intensities in cd per 1000 lm of the lamps. IES LM-63-2002 (ANSI/IESNA), photometry type C; candela times multiplier and ballast
 * factors. Flux: the mean of two neighbouring angles times their solid angle. Luminance: intensity over the projected luminous area, sides included (CIE 117
 * for UGR). Left out: types A and B, tilt factors, several lamp sets. */
#include "physics/luminaire.h"
#include "base/err.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAD (3.14159265358979323846 / 180.0)

struct text {
    const char *at, *path;
    int line;
};

/* The next line, trimmed; 0 at the end. */
static int next_line(struct text *t, char *to, size_t size)
{
    if (!*t->at) return 0;
    size_t n = strcspn(t->at, "\r\n"), used = n < size - 1 ? n : size - 1;
    memcpy(to, t->at, used);
    to[used] = 0;
    t->at += n;
    if (*t->at == '\r') t->at++;
    if (*t->at == '\n') t->at++;
    t->line++;
    return 1;
}

/* A number ends at a blank, a comma or the end: 12x is none. */
static int ends_word(char c) { return !c || c == ',' || isspace((unsigned char)c); }

static int next_number(struct text *t, const char *what, double *value, struct err *e)
{
    char line[256], *end;
    if (!next_line(t, line, sizeof line))
        return err_at(e, t->path, t->line, 0, "the file ends before its %s", what);
    for (char *p = line; *p; p++)
        if (*p == ',') *p = '.'; /* decimal comma of older German files */
    *value = strtod(line, &end);
    if (end == line || !ends_word(*end) || !isfinite(*value))
        return err_at(e, t->path, t->line, 1, "`%.40s` is no number (%s)", line, what);
    return 0;
}

static int numbers(struct text *t, const char *what, double *to, int n, struct err *e)
{
    for (int i = 0; i < n; i++)
        if (next_number(t, what, &to[i], e)) return -1;
    return 0;
}

struct spread {
    double c_deg;
    int from;
};

static int by_angle(const void *a, const void *b)
{
    double x = ((const struct spread *)a)->c_deg, y = ((const struct spread *)b)->c_deg;
    return (x > y) - (x < y);
}

/* Where a given plane stands also, by the part of the circle that is given. */
static int mirrors(double c, double first, double last, double to[4])
{
    if (first == 0 && last <= 90) return to[0] = c, to[1] = 180 - c, to[2] = 180 + c, to[3] = 360 - c, 4;
    if (first == 0 && last <= 180) return to[0] = c, to[1] = 360 - c, 2;
    if (first == 90 && last <= 270) return to[0] = c, to[1] = fmod(540 - c, 360), 2;
    return to[0] = c, 1;
}

int luminaire_ascends(const double *v, int n)
{
    for (int i = 1; i < n; i++)
        if (!(v[i] > v[i - 1])) return 0;
    return 1;
}

int luminaire_expand(struct luminaire *l, struct err *e)
{
    static const double round_deg = 360;
    double first = l->c_deg[0], last = l->c_deg[l->n_c - 1], to[4];
    struct spread *s = malloc(sizeof *s * (size_t)(5 * l->n_c + 2));
    double *given = malloc(sizeof *given * (size_t)(l->n_c * l->n_g));
    must(s && given, "out of memory");
    memcpy(given, l->cd, sizeof *given * (size_t)(l->n_c * l->n_g));
    int n = 0, kept = 0;
    for (int i = 0; i < l->n_c; i++)
        for (int k = mirrors(l->c_deg[i], first, last, to) - 1; k >= 0 && l->n_c > 1; k--) {
            s[n++] = (struct spread){to[k], i};
            if (to[k] == 0) s[n++] = (struct spread){round_deg, i};
        }
    if (l->n_c == 1) s[n++] = (struct spread){0, 0}, s[n++] = (struct spread){round_deg, 0};
    qsort(s, (size_t)n, sizeof *s, by_angle);
    for (int i = 0; i < n; i++)
        if (!kept || s[i].c_deg > s[kept - 1].c_deg + 1e-6) s[kept++] = s[i];
    int bad = kept > LUMINAIRE_C_MAX || s[0].c_deg != 0 || s[kept - 1].c_deg != round_deg;
    for (int i = 0; i < kept && !bad; i++) {
        l->c_deg[i] = s[i].c_deg;
        memcpy(l->cd + i * l->n_g, given + s[i].from * l->n_g, sizeof *given * (size_t)l->n_g);
    }
    l->n_c = kept;
    free(s);
    free(given);
    return bad ? err_set(e, "planes from %g to %g degrees do not reach round the circle", first, last) : 0;
}

/* The planes a file gives under its symmetry code, of n spread over the circle. */
static int given_planes(int symmetry, int n, int *from)
{
    *from = symmetry == 3 ? 3 * n / 4 : 0;
    static const int part[] = {1, 0, 2, 2, 4};
    return symmetry == 1 ? 1 : symmetry == 0 ? n : n / part[symmetry] + 1;
}

static void mirror_planes(struct luminaire *l, const double *given, int symmetry, int n, int from, double scale)
{
    for (int c = 0; c <= n; c++) {
        int i = c % n, k = i;
        if (symmetry == 1) k = 0;
        if (symmetry == 2) k = i <= n / 2 ? i : n - i;
        if (symmetry == 4) k = i <= n / 2 ? i : n - i, k = k <= n / 4 ? k : n / 2 - k;
        if (symmetry == 3) { /* given from C270 over C0 to C90; the other half mirrors it */
            int j = i > n / 4 && i < from ? (n / 2 - i + n) % n : i;
            k = j >= from ? j - from : j + n - from;
        }
        l->c_deg[c] = 360.0 * c / n;
        for (int g = 0; g < l->n_g; g++) l->cd[c * l->n_g + g] = given[k * l->n_g + g] * scale;
    }
    l->n_c = n + 1;
}

int luminaire_read_ldt(struct luminaire *l, const char *text, const char *path, struct err *e)
{
    struct text t = {text, path, 0};
    char line[256];
    double head[5], geometry[9], factor[4], sets, skip[10];
    *l = (struct luminaire){0};
    if (!next_line(&t, line, sizeof line)) return err_at(e, path, 1, 0, "the file is empty");
    if (numbers(&t, "type, symmetry, planes, angles", head, 5, e)) return -1; /* Ityp Isym Mc Dc Ng */
    int symmetry = (int)head[1], n = (int)head[2], from;
    l->n_g = (int)head[4];
    if (symmetry < 0 || symmetry > 4) return err_at(e, path, 3, 0, "symmetry %d is none of 0 to 4", symmetry);
    if (n < 1 || n >= LUMINAIRE_C_MAX || l->n_g < 2 || l->n_g > LUMINAIRE_G_MAX)
        return err_at(e, path, 4, 0, "%d planes and %d angles cannot be read", n, l->n_g);
    if (symmetry > 1 && n % 4) return err_at(e, path, 4, 0, "%d planes do not fit symmetry %d", n, symmetry);
    if (next_number(&t, "step of gamma", skip, e)) return -1;
    for (int i = 0; i < 5; i++) { /* report, name, number, file, date */
        if (!next_line(&t, line, sizeof line)) return err_at(e, path, t.line, 0, "the file ends in its header");
        if (i == 1) snprintf(l->name, sizeof l->name, "%.120s", line);
    }
    if (numbers(&t, "geometry", geometry, 9, e) ||
        numbers(&t, "light output and conversion factor", factor, 4, e) ||
        next_number(&t, "number of lamp sets", &sets, e))
        return -1;
    if (sets < 1 || sets > 20) return err_at(e, path, t.line, 0, "%g lamp sets", sets);
    for (int s = 0; s < (int)sets; s++) {
        double number, flux, watt;
        if (next_number(&t, "number of lamps", &number, e) || !next_line(&t, line, sizeof line) ||
            next_number(&t, "flux", &flux, e))
            return -1;
        if (!next_line(&t, line, sizeof line) || !next_line(&t, line, sizeof line) ||
            next_number(&t, "power", &watt, e))
            return -1;
        if (s == 0) l->lamp_lm = flux, l->power_W = watt;
    }
    l->length_m = geometry[3] / 1000, l->width_m = geometry[4] / 1000;
    for (int i = 0; i < 4; i++) l->side_m[i] = geometry[5 + i] / 1000;
    int planes = given_planes(symmetry, n, &from);
    double *given = malloc(sizeof *given * (size_t)(planes * l->n_g)), *all_c = malloc(sizeof *all_c * (size_t)n);
    must(given && all_c, "out of memory");
    int bad = numbers(&t, "direct ratios", skip, 10, e) || numbers(&t, "planes", all_c, n, e) ||
              numbers(&t, "angles", l->g_deg, l->n_g, e) || numbers(&t, "intensities", given, planes * l->n_g, e);
    if (!bad && !luminaire_ascends(l->g_deg, l->n_g))
        bad = err_at(e, path, t.line, 0, "the angles gamma do not ascend");
    if (!bad) mirror_planes(l, given, symmetry, n, from, l->lamp_lm / 1000 * (factor[2] > 0 ? factor[2] : 1));
    free(given);
    free(all_c);
    return bad ? -1 : 0;
}

/* The next blank- or comma-separated number anywhere. */
static int next_word(struct text *t, const char *what, double *value, struct err *e)
{
    while (*t->at && (isspace((unsigned char)*t->at) || *t->at == ',')) t->line += *t->at++ == '\n';
    char *end;
    *value = strtod(t->at, &end);
    if (end == t->at || !ends_word(*end) || !isfinite(*value))
        return err_at(e, t->path, t->line + 1, 0,
                      *t->at ? "no number where %s stands" : "the file ends before its %s", what);
    t->at = end;
    return 0;
}

int luminaire_read_ies(struct luminaire *l, const char *text, const char *path, struct err *e)
{
    struct text t = {text, path, 0};
    char line[512];
    double v[13], tilt;
    *l = (struct luminaire){0};
    do {
        if (!next_line(&t, line, sizeof line)) return err_at(e, path, t.line, 0, "no TILT line");
        if (!strncmp(line, "[LUMINAIRE]", 11)) snprintf(l->name, sizeof l->name, "%.120s", line + 11);
    } while (strncmp(line, "TILT=", 5) != 0);
    if (!strncmp(line, "TILT=INCLUDE", 12)) {
        if (next_word(&t, "lamp position", &tilt, e) || next_word(&t, "number of tilt angles", &tilt, e)) return -1;
        if (!(tilt >= 0 && tilt <= LUMINAIRE_G_MAX))
            return err_at(e, path, t.line + 1, 0, "%g tilt angles cannot be read", tilt);
        for (int i = 2 * (int)tilt; i > 0; i--)
            if (next_word(&t, "tilt", v, e)) return -1;
    }
    for (int i = 0; i < 13; i++)
        if (next_word(&t, "header of lamps, angles and units", &v[i], e)) return -1;
    if (!(v[3] >= 2 && v[3] <= LUMINAIRE_G_MAX && v[4] >= 1 && v[4] <= LUMINAIRE_C_MAX && v[3] == floor(v[3]) &&
          v[4] == floor(v[4])))
        return err_at(e, path, t.line + 1, 0, "%g by %g angles cannot be read", v[3], v[4]);
    l->n_g = (int)v[3], l->n_c = (int)v[4];
    if ((int)v[5] != 1)
        return err_at(e, path, t.line + 1, 0, "photometry of type %g: only type C (1) is read", v[5]);
    double unit = (int)v[6] == 1 ? 0.3048 : 1, scale = v[2] * v[10] * v[11];
    l->lamp_lm = v[1] > 0 ? v[0] * v[1] : 0, l->power_W = v[12];
    l->width_m = fabs(v[7]) * unit, l->length_m = fabs(v[8]) * unit;
    for (int i = 0; i < 4; i++) l->side_m[i] = v[9] * unit;
    if (v[7] < 0) l->length_m = l->width_m, l->width_m = 0; /* negative: a disc */
    for (int g = 0; g < l->n_g; g++)
        if (next_word(&t, "vertical angles", &l->g_deg[g], e)) return -1;
    for (int c = 0; c < l->n_c; c++)
        if (next_word(&t, "horizontal angles", &l->c_deg[c], e)) return -1;
    if (!luminaire_ascends(l->g_deg, l->n_g) || !luminaire_ascends(l->c_deg, l->n_c))
        return err_at(e, path, t.line + 1, 0, "the angles do not ascend");
    for (int i = 0; i < l->n_c * l->n_g; i++) {
        if (next_word(&t, "candela", &l->cd[i], e)) return -1;
        if (l->cd[i] * scale < 0) return err_at(e, path, t.line + 1, 0, "%g cd is less than no light", l->cd[i]);
        l->cd[i] *= scale;
    }
    if (luminaire_expand(l, e)) return -1;
    if (l->lamp_lm <= 0) l->lamp_lm = luminaire_flux_lm(l, 0, 180);
    return 0;
}

int luminaire_read(struct luminaire *l, const char *text, const char *path, struct err *e)
{
    return strstr(text, "TILT=") ? luminaire_read_ies(l, text, path, e) : luminaire_read_ldt(l, text, path, e);
}

static int below(const double *v, int n, double x)
{
    int lo = 0, hi = n - 1;
    while (hi - lo > 1) {
        int mid = (lo + hi) / 2;
        if (v[mid] <= x)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

double luminaire_cd(const struct luminaire *l, double c_deg, double g_deg)
{
    double c = fmod(c_deg, 360), top = l->g_deg[l->n_g - 1];
    if (c < 0) c += 360;
    if (g_deg > top + 1e-9 || g_deg < l->g_deg[0] - 1e-9) return 0;
    int i = below(l->c_deg, l->n_c, c), j = below(l->g_deg, l->n_g, g_deg);
    double a = (c - l->c_deg[i]) / (l->c_deg[i + 1] - l->c_deg[i]),
           b = (g_deg - l->g_deg[j]) / (l->g_deg[j + 1] - l->g_deg[j]);
    const double *p = l->cd + i * l->n_g + j, *q = p + l->n_g;
    return (1 - a) * ((1 - b) * p[0] + b * p[1]) + a * ((1 - b) * q[0] + b * q[1]);
}

double luminaire_flux_lm(const struct luminaire *l, double g_from_deg, double g_to_deg)
{
    double sum = 0;
    for (int c = 0; c + 1 < l->n_c; c++)
        for (int g = 0; g + 1 < l->n_g; g++) {
            double lo = fmax(l->g_deg[g], g_from_deg), hi = fmin(l->g_deg[g + 1], g_to_deg);
            if (hi <= lo) continue;
            const double *p = l->cd + c * l->n_g + g, *q = p + l->n_g;
            double a = (lo - l->g_deg[g]) / (l->g_deg[g + 1] - l->g_deg[g]),
                   b = (hi - l->g_deg[g]) / (l->g_deg[g + 1] - l->g_deg[g]);
            double at_lo = (p[0] + q[0]) / 2 * (1 - a) + (p[1] + q[1]) / 2 * a,
                   at_hi = (p[0] + q[0]) / 2 * (1 - b) + (p[1] + q[1]) / 2 * b;
            sum += RAD * (l->c_deg[c + 1] - l->c_deg[c]) * (cos(RAD * lo) - cos(RAD * hi)) * (at_lo + at_hi) / 2;
        }
    return sum;
}

double luminaire_area_m2(const struct luminaire *l, double c_deg, double g_deg)
{
    double c = fmod(fmod(c_deg, 360) + 360, 360) * RAD, s = sin(RAD * g_deg), down = fabs(cos(RAD * g_deg));
    double front = l->side_m[cos(c) >= 0 ? 0 : 2], flank = l->side_m[sin(c) >= 0 ? 1 : 3];
    if (l->width_m <= 0) { /* a disc with its edge */
        double edge = front * cos(c) * cos(c) + flank * sin(c) * sin(c);
        return 3.14159265358979323846 / 4 * l->length_m * l->length_m * down + l->length_m * edge * s;
    }
    return l->length_m * l->width_m * down +
           (l->length_m * front * fabs(cos(c)) + l->width_m * flank * fabs(sin(c))) * s;
}
