/* Light: the tables of `kend calc` luminaire and road over src/physics/luminaire.c and road.c. */
#include "base/arena.h"
#include "base/err.h"
#include "calc/rows.h"
#include "physics/lantern.h"
#include "physics/road.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 8000000 };

static char *whole_file(struct calc_io *io, const char *path, const char *key, struct err *e)
{
    FILE *f = fopen(path, "rb");
    if (!f) return calc_wrong(e, key, "%s: %s", path, strerror(errno)), NULL;
    long size = fseek(f, 0, SEEK_END) ? -1 : ftell(f);
    char *text = size >= 0 && size < FILE_MAX_BYTES ? arena_alloc(io->arena, (size_t)size + 1) : NULL;
    int broken = !text || fseek(f, 0, SEEK_SET) || fread(text, 1, (size_t)size, f) != (size_t)size;
    fclose(f);
    if (broken) return calc_wrong(e, key, "%s cannot be read whole", path), NULL;
    return text;
}

// clang-format off
#define LAMP_IN TEXT("file", CALC_MAYBE, "EULUMDAT (.ldt) or IES LM-63 file; else the three lists"), LIST_MAYBE("c_deg", 0, 360, "planes given: 0; 0..90; 0..180; 90..270 or 0..360"), \
    LIST_MAYBE("g_deg", 0, 180, "angles from the nadir"), LIST_MAYBE("cd", 0, 1e7, "intensities, plane by plane"), NUM("flux_lm", 0, 1e7, CALC_MAYBE, "scales the intensities to this flux; wanted with throw_deg"), \
    NUM("throw_deg", 0, 85, CALC_MAYBE, "in place of file and lists a lantern in closed form: middle of its two lobes, from straight down"), \
    NUM("toe_deg", 0, 90, 35, "the lobes' turn from the line of the street (C 0) towards it (C 90)"), NUM("beam_deg", 3, 90, 20, "from the middle of a lobe to half of its intensity"), \
    NUM("nadir_frac", 0, 10, 0.3, "light of a disc that looks down beside the lobes: straight down, of a lobe's middle")
static const struct calc_field luminaire_in[] = {
    LAMP_IN, NUM("at_c_deg", 0, 360, 0, "direction asked for"), NUM("at_g_deg", 0, 180, 0, "direction asked for"), NUM("height_m", 0.1, 100, 10, "above the point asked for"),
    NUM("distance_m", 0, 1000, 0, "along at_c_deg to the point asked for"), END};
static const struct calc_field luminaire_out[] = {
    OUT("flux_lm", "integrated"), OUT("lamp_lm", "of the lamps by the file"), OUT("power_W", "by the file"), OUT("efficacy_lm_W", "flux over power"), OUT("max_cd", "greatest intensity"),
    OUT("max_cd_klm", "over the lamps' flux"), OUT("down_frac", "share of the flux below the horizon"), OUT("planes", "round the circle"), OUT("angles", "from the nadir"), OUT("at_cd", "intensity asked for"),
    OUT("at_cd_m2", "luminance of the luminous area from there"), OUT("at_lx", "illuminance of the point asked for, horizontal"), OUT("name", "of the luminaire"), END};
// clang-format on

static int from_lists(struct calc_io *io, struct luminaire *l, struct err *e)
{
    int n_c, n_g, n;
    const double *c = calc_series(io, "c_deg", &n_c), *g = calc_series(io, "g_deg", &n_g),
                 *cd = calc_series(io, "cd", &n);
    if (!n_c || !n_g || !n) return calc_wrong(e, "file", "is missing (or give c_deg, g_deg and cd, or throw_deg)");
    if (n_c >= LUMINAIRE_C_MAX || n_g < 2 || n_g > LUMINAIRE_G_MAX)
        return calc_wrong(e, "g_deg", "%d planes and %d angles cannot be read", n_c, n_g);
    if (n != n_c * n_g) return calc_wrong(e, "cd", "has %d numbers, wants %d planes x %d angles", n, n_c, n_g);
    if (!luminaire_ascends(g, n_g)) return calc_wrong(e, "g_deg", "does not ascend");
    if (!luminaire_ascends(c, n_c)) return calc_wrong(e, "c_deg", "does not ascend");
    l->n_c = n_c, l->n_g = n_g;
    memcpy(l->c_deg, c, sizeof *c * (size_t)n_c);
    memcpy(l->g_deg, g, sizeof *g * (size_t)n_g);
    memcpy(l->cd, cd, sizeof *cd * (size_t)n);
    return luminaire_expand(l, e);
}

static int from_lobes(struct calc_io *io, struct luminaire *l, struct err *e)
{
    if (!calc_given(io, "flux_lm"))
        return calc_wrong(e, "flux_lm", "is missing (a lantern in closed form has none of its own)");
    lantern_light(&(struct lantern){calc_number(io, "flux_lm"), calc_number(io, "throw_deg"),
                                    calc_number(io, "toe_deg"), calc_number(io, "beam_deg"),
                                    calc_number(io, "nadir_frac")},
                  l);
    return 0;
}

/* One lamp, told in one way. */
static int one_way(struct calc_io *io, struct err *e)
{
    static const char *const lobe[] = {"toe_deg", "beam_deg", "nadir_frac"};
    int lists = calc_given(io, "c_deg") || calc_given(io, "g_deg") || calc_given(io, "cd"),
        lobes = calc_given(io, "throw_deg");
    for (int i = 0; i < 3 && !lobes; i++)
        if (calc_given(io, lobe[i]))
            return calc_wrong(e, lobe[i], "is of a lantern in closed form, wants throw_deg");
    if (lobes && (lists || calc_text(io, "file")))
        return calc_wrong(e, "throw_deg", "stands beside a file or lists; give one of them");
    return lists && calc_text(io, "file") ? calc_wrong(e, "file", "stands beside lists; give one of them") : 0;
}

static struct luminaire *lamp_of(struct calc_io *io, struct err *e)
{
    struct luminaire *l = ARENA_NEW(io->arena, struct luminaire, 1);
    const char *path = calc_text(io, "file");
    if (one_way(io, e)) return NULL;
    char *text = path ? whole_file(io, path, "file", e) : NULL, line[600];
    struct err why = {0};
    if (path && !text) return NULL;
    if (path                          ? luminaire_read(l, text, path, &why)
        : calc_given(io, "throw_deg") ? from_lobes(io, l, e)
                                      : from_lists(io, l, e))
        return path ? calc_wrong(e, "file", "%s", err_line(&why, line, sizeof line)), NULL : NULL;
    double flux = luminaire_flux_lm(l, 0, 180);
    if (calc_given(io, "flux_lm") && flux > 0)
        for (int i = 0; i < l->n_c * l->n_g; i++) l->cd[i] *= calc_number(io, "flux_lm") / flux;
    return l;
}

static int run_luminaire(struct calc_io *io, struct err *e)
{
    struct luminaire *l = lamp_of(io, e);
    if (!l) return -1;
    double flux = luminaire_flux_lm(l, 0, 180), most = 0, c = calc_number(io, "at_c_deg"),
           g = calc_number(io, "at_g_deg"), h = calc_number(io, "height_m"), d = calc_number(io, "distance_m");
    for (int i = 0; i < l->n_c * l->n_g; i++) most = fmax(most, l->cd[i]);
    double cd = luminaire_cd(l, c, g), area = luminaire_area_m2(l, c, g);
    calc_put(io, "flux_lm", flux);
    calc_put(io, "lamp_lm", l->lamp_lm);
    calc_put(io, "power_W", l->power_W);
    calc_put(io, "efficacy_lm_W", l->power_W > 0 ? flux / l->power_W : (double)NAN);
    calc_put(io, "max_cd", most);
    calc_put(io, "max_cd_klm", l->lamp_lm > 0 ? 1000 * most / l->lamp_lm : (double)NAN);
    calc_put(io, "down_frac", luminaire_flux_lm(l, 0, 90) / flux);
    calc_put(io, "planes", l->n_c - 1);
    calc_put(io, "angles", l->n_g);
    calc_put(io, "at_cd", cd);
    calc_put(io, "at_cd_m2", area > 1e-9 ? cd / area : (double)NAN);
    calc_put(io, "at_lx", luminaire_cd(l, c, atan2(d, h) * 180 / M_PI) * h / pow(h * h + d * d, 1.5));
    for (char *p = l->name; *p; p++)
        if (*p == '"' || *p == '\\' || (unsigned char)*p < 32 || (unsigned char)*p > 126) *p = ' ';
    calc_put_word(io, "name", l->name);
    return 0;
}

const struct calc_model calc_luminaire = {"luminaire",
                                          "a luminaire's flux, intensity and luminance from its file",
                                          "EULUMDAT: Stockmar 1990; IES LM-63-2002; CIE 117 for the luminous area",
                                          luminaire_in,
                                          luminaire_out,
                                          run_luminaire};

static const char *const rows_words[] = {"right", "left", "staggered", "opposite", NULL};
static const char *const surface_words[] = {"none", "R1", "R2", "R3", "R4", "C1", "C2", NULL};
static const char *const class_words[] = {"M1", "M2", "M3", "M4", "M5", "M6", "C0", "C1", "C2", "C3",
                                          "C4", "C5", "P1", "P2", "P3", "P4", "P5", "P6", NULL};
// clang-format off
static const struct calc_field road_in[] = {
    LAMP_IN, PICK("surface", surface_words, 0, "standard dry road surface of CIE 144; none: no luminances"),
    TEXT("surface_file", CALC_MAYBE, "road reflection table of your own (CSV: tan gamma by beta, r x 1e4) in place of surface"),
    NUM("q0", 0.02, 0.3, CALC_MAYBE, "average luminance coefficient to which the table is scaled (its shape stays)"),
    NUM("width_m", 1, 60, CALC_WANTED, "of the road"), COUNT("lanes", 1, 12, 2, "side by side"), NUM("height_m", 2, 40, CALC_WANTED, "of the lamps"), NUM("spacing_m", 3, 200, CALC_WANTED, "of lamps in a row"),
    NUM("overhang_m", -20, 20, 0, "of the lamp over the kerb"), NUM("tilt_deg", -30, 60, 0, "of the arm"), PICK("rows", rows_words, 0, "where the lamps stand"),
    NUM("maintenance_frac", 0.3, 1, 0.85, "maintenance factor, CIE 154"), NUM("level_frac", 0.01, 1, 1, "dimming"), PICK("class", class_words, 15, "class to be met"),
    LIST_MAYBE("profile_h", 0, 8784, "hours a year at each level"), LIST_MAYBE("profile_frac", 0, 1, "those levels"), NUM("lamp_W", 0, 5000, CALC_MAYBE, "power at full level; else by the file"),
    NUM("floor_frac", 0, 0.5, 0.05, "share of the power that dimming does not save"), END};
static const struct calc_field road_out[] = {
    OUT("lux", "maintained average illuminance"), OUT("lux_min", "least"), OUT("lux_uniform_frac", "overall uniformity"), OUT("edge_frac", "edge illuminance ratio (REI)"),
    OUT("cd_m2", "maintained average luminance, worst lane"), OUT("uniform_frac", "overall uniformity Uo of luminance"), OUT("along_frac", "uniformity along the lane Ul"),
    OUT("glare_frac", "threshold increment TI"), OUT("meets", "yes or no"), OUT("fails", "what fails first"), OUT("least_level_frac", "lowest dimming that meets the class"),
    OUT("pdi_W_lx_m2", "power density indicator D_P, EN 13201-5"), OUT("aeci_Wh_m2", "annual energy indicator D_E for the profile"), OUT("q0", "of the table, integrated"), OUT("s1", "of the table"), END};
// clang-format on

static int read_table(struct calc_io *io, struct road_table *t, struct err *e)
{
    char *p = whole_file(io, calc_text(io, "surface_file"), "surface_file", e), *end;
    if (!p) return -1;
    for (int i = -1; i < ROAD_TAN; i++) {
        if (i < 0) p = strchr(p, ',') ? strchr(p, ',') : p + strlen(p);
        for (int j = i < 0 ? 0 : -1; j < ROAD_BETA; j++) {
            if (*p == ',') p++;
            double v = strtod(p, &end);
            if (end == p || !isfinite(v))
                return calc_wrong(e, "surface_file", "line %d: %d columns, wants tan gamma and %d angles", i + 2,
                                  j + 1, ROAD_BETA);
            p = end;
            if (i < 0)
                t->beta_deg[j] = v;
            else if (j < 0)
                t->tan_gamma[i] = v;
            else
                t->r1e4[i][j] = v;
        }
        p += strcspn(p, "\n");
    }
    for (int i = 1; i < ROAD_TAN; i++)
        if (t->tan_gamma[i] <= t->tan_gamma[i - 1])
            return calc_wrong(e, "surface_file", "tan gamma does not ascend in row %d", i + 2);
    if (!luminaire_ascends(t->beta_deg, ROAD_BETA))
        return calc_wrong(e, "surface_file", "the angles beta do not ascend");
    return 0;
}

/* A file of one's own, or a standard surface; NULL without an error: none. */
static int table_of(struct calc_io *io, struct road_table **t, struct err *e)
{
    int surface = calc_word(io, "surface");
    *t = calc_text(io, "surface_file") || surface ? ARENA_NEW(io->arena, struct road_table, 1) : NULL;
    if (calc_text(io, "surface_file")) return read_table(io, *t, e);
    if (surface) road_surface((enum road_surface_class)(surface - 1), *t);
    return 0;
}

static int put_energy(struct calc_io *io, const struct luminaire *l, const struct road_result *o, struct err *e)
{
    int n, m;
    const double *h = calc_series(io, "profile_h", &n), *level = calc_series(io, "profile_frac", &m);
    double of_file = l->power_W > 0 ? l->power_W : (double)NAN, /* lists tell no power */
        full = calc_given(io, "lamp_W") ? calc_number(io, "lamp_W") : of_file,
           floor_frac = calc_number(io, "floor_frac"), wh = 0, now = calc_number(io, "level_frac");
    if (n != m) return calc_wrong(e, "profile_frac", "has %d numbers, profile_h has %d", m, n);
    for (int i = 0; i < n; i++) wh += h[i] * full * (level[i] > 0 ? floor_frac + (1 - floor_frac) * level[i] : 0);
    calc_put(io, "pdi_W_lx_m2", full * (floor_frac + (1 - floor_frac) * now) / (o->lux * o->area_per_lamp_m2));
    if (n) calc_put(io, "aeci_Wh_m2", wh / o->area_per_lamp_m2);
    return 0;
}

static int run_road(struct calc_io *io, struct err *e)
{
    struct luminaire *l = lamp_of(io, e);
    struct road_table *t;
    const char *name = class_words[calc_word(io, "class")], *why;
    if (!l || table_of(io, &t, e)) return -1;
    if (name[0] == 'M' && !t) return calc_wrong(e, "surface", "is missing (a class M wants luminances)");
    struct road r = {l,
                     t,
                     (enum road_rows)calc_word(io, "rows"),
                     (int)calc_number(io, "lanes"),
                     calc_number(io, "width_m"),
                     calc_number(io, "height_m"),
                     calc_number(io, "spacing_m"),
                     calc_number(io, "overhang_m"),
                     calc_number(io, "tilt_deg"),
                     calc_number(io, "maintenance_frac"),
                     calc_number(io, "level_frac"),
                     calc_given(io, "q0") ? calc_number(io, "q0") : 0};
    struct road_result o = road_run(&r), full = o;
    calc_put(io, "lux", o.lux);
    calc_put(io, "lux_min", o.lux_min);
    calc_put(io, "lux_uniform_frac", o.lux_uniform_frac);
    calc_put(io, "edge_frac", o.edge_frac);
    if (t) {
        calc_put(io, "cd_m2", o.cd_m2);
        calc_put(io, "uniform_frac", o.uniform_frac);
        calc_put(io, "along_frac", o.along_frac);
        calc_put(io, "glare_frac", o.glare_frac);
        calc_put(io, "q0", road_table_q0(t));
        calc_put(io, "s1", road_table_s1(t));
    }
    calc_put_word(io, "meets", road_meets(&o, name[0], name[1] - '0', &why) ? "yes" : "no");
    if (why) calc_put_word(io, "fails", why);
    if (r.level_frac < 1) r.level_frac = 1, full = road_run(&r);
    calc_put(io, "least_level_frac", road_least_level(&full, name[0], name[1] - '0'));
    return put_energy(io, l, &o, e);
}

const struct calc_model calc_road = {
    "road",
    "a lit street point by point, whether it meets its class, and the lowest dimming that does",
    "EN 13201-2, -3 and -5:2015; road tables CIE 144:2001",
    road_in,
    road_out,
    run_road};
