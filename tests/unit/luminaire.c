/* Photometric files in every symmetry that EULUMDAT (0 to 4) and IES LM-63 know give back the intensities they were made from, all round; and a file with a broken
 * line says which and why. */
#include "physics/luminaire.h"
#include "base/err.h"
#include "near.h"
#include "physics/lantern.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANGLES = 19, STEP_DEG = 15, TEXT = 60000 };
#define RAD (3.14159265358979323846 / 180)

/* Candela of a luminaire with the symmetry: about the axis, C0-C180, C90-C270, both, none. */
static double made_cd(int symmetry, double c_deg, double g_deg)
{
    double along = cos(c_deg * RAD), across = sin(c_deg * RAD), a = 300;
    if (symmetry == 0) a += 80 * along + 30 * across;
    if (symmetry == 2) a += 80 * along;
    if (symmetry == 3) a += 80 * across;
    if (symmetry == 4) a += 80 * cos(2 * c_deg * RAD);
    return a * fmax(0, cos(g_deg * RAD));
}

/* EULUMDAT keeps only the planes that its symmetry cannot give: 1: C0; 2: C0 to C180; 3: C270 over C0 to C90; 4: C0 to C90. */
static const int first_deg[5] = {0, 0, 0, 270, 0}, planes[5] = {24, 1, 13, 13, 7};

static void write_ldt(char *to, int symmetry)
{
    to += sprintf(to, "Maker\r\n3\r\n%d\r\n24\r\n15\r\n%d\r\n5\r\nreport\r\nlamp\r\n1\r\nf.ldt\r\ndate\r\n",
                  symmetry, ANGLES);
    to += sprintf(to, "600\r\n100\r\n80\r\n500\r\n90\r\n0\r\n0\r\n0\r\n0\r\n100\r\n85\r\n1\r\n0\r\n1\r\n1\r\nLED\r"
                      "\n1000\r\n4000\r\n80\r\n20\r\n");
    for (int i = 0; i < 10; i++) to += sprintf(to, "0,5\r\n"); /* a decimal comma, as old files have */
    for (int i = 0; i < 24; i++) to += sprintf(to, "%d\r\n", i * STEP_DEG);
    for (int k = 0; k < ANGLES; k++) to += sprintf(to, "%d\r\n", 5 * k);
    for (int i = 0; i < planes[symmetry]; i++)
        for (int k = 0; k < ANGLES; k++)
            to += sprintf(to, "%.6f\r\n", made_cd(symmetry, first_deg[symmetry] + STEP_DEG * i, 5 * k));
}

static void write_ies(char *to, int symmetry)
{
    int n = symmetry ? planes[symmetry] : 25;
    to += sprintf(to, "IESNA:LM-63-2002\n[TEST] x\nTILT=NONE\n1 1000 1 %d %d 1 2 0.5 0.1 0\n1 1 20\n", ANGLES, n);
    for (int k = 0; k < ANGLES; k++) to += sprintf(to, "%d ", 5 * k);
    to += sprintf(to, "\n");
    for (int i = 0; i < n; i++) to += sprintf(to, "%d ", STEP_DEG * i);
    for (int i = 0; i < n; i++) {
        to += sprintf(to, "\n");
        for (int k = 0; k < ANGLES; k++) to += sprintf(to, "%.6f ", made_cd(symmetry, STEP_DEG * i, 5 * k));
    }
    sprintf(to, "\n");
}

static void every_symmetry(void **state)
{
    (void)state;
    char *text = malloc(TEXT);
    struct luminaire *l = malloc(sizeof *l);
    struct err e = {0};
    for (int ies = 0; ies < 2; ies++)
        for (int s = 0; s < 5; s++) {
            if (ies && s == 3) continue; /* LM-63 turns such a luminaire instead */
            ies ? write_ies(text, s) : write_ldt(text, s);
            if (luminaire_read(l, text, ies ? "a.ies" : "a.ldt", &e)) fail_msg("symmetry %d: %s", s, e.text);
            for (int c = 0; c < 360; c += STEP_DEG)
                for (int g = 0; g <= 90; g += 5) assert_near(luminaire_cd(l, c, g), made_cd(s, c, g), 1e-4);
        }
    free(text), free(l);
}

/* The line with this number becomes `with`, or the file ends before it. */
static void broken(int line, const char *with, int symmetry, const char *wanted)
{
    char *text = malloc(TEXT), *out = malloc(TEXT), *p, *to;
    struct luminaire *l = malloc(sizeof *l);
    struct err e = {0};
    char said[600];
    write_ldt(text, symmetry);
    p = text, to = out;
    for (int n = 1; *p && (with || n < line); n++) {
        size_t len = strcspn(p, "\n") + 1;
        to += n == line ? sprintf(to, "%s\r\n", with) : sprintf(to, "%.*s", (int)len, p);
        p += len;
    }
    *to = 0;
    assert_int_equal(luminaire_read(l, out, "lamp.ldt", &e), -1);
    err_line(&e, said, sizeof said);
    if (!strstr(said, wanted)) fail_msg("\"%s\", wanted \"%s\"", said, wanted);
    free(text), free(out), free(l);
}

static void broken_lines(void **state)
{
    (void)state;
    broken(3, "7", 2, "lamp.ldt:3:0: symmetry 7");
    broken(4, "999999999", 2, "lamp.ldt:4:0: 999999999 planes");
    broken(6, "-3", 2, "lamp.ldt:4:0: 24 planes and -3 angles");
    broken(130, "12x", 2, "lamp.ldt:130:1: `12x` is no number");
    broken(130, "nan", 2, "lamp.ldt:130:1: `nan` is no number");
    broken(130, "", 2, "lamp.ldt:130:1:");
    broken(130, NULL, 2, "the file ends before its intensities");
}

static void broken_ies(const char *from, const char *to, const char *wanted)
{
    char *text = malloc(TEXT), *out = malloc(TEXT), said[600];
    struct luminaire *l = malloc(sizeof *l);
    struct err e = {0};
    snprintf(text, TEXT,
             "IESNA:LM-63-2002\nTILT=NONE\n1 1000 1 3 2 1 2 0 0 0\n1 1 50\n0 45 90\n0 90\n1 2 3\n4 5 6\n");
    assert_int_equal(luminaire_read(l, text, "lamp.ies", &e), 0);
    char *at = strstr(text, from);
    assert_non_null(at);
    snprintf(out, TEXT, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    assert_int_equal(luminaire_read(l, out, "lamp.ies", &e), -1);
    err_line(&e, said, sizeof said);
    if (!strstr(said, wanted)) fail_msg("\"%s\", wanted \"%s\"", said, wanted);
    free(text), free(out), free(l);
}

static void broken_ies_files(void **state)
{
    (void)state;
    broken_ies("0 45 90", "0 90 45", "lamp.ies:6:0: the angles do not ascend");
    broken_ies("\n0 90\n", "\n90 0\n", "the angles do not ascend");
    broken_ies("1 3 2", "1 1e30 2", "lamp.ies:4:0: 1e+30 by 2 angles");
    broken_ies("1 3 2", "1 3.5 2", "3.5 by 2 angles");
    broken_ies("4 5 6", "4 -5 6", "lamp.ies:8:0: -5 cd is less than no light");
    broken_ies("1 3 2", "1 3 -1e30", "3 by -1e+30 angles");
    broken_ies("TILT=NONE", "TILT=INCLUDE\n1\n1e30", "1e+30 tilt angles");
}

/* The lantern in closed form: all of its flux, none of it upwards, the same to either side along the street, half of a lobe beam_deg from its middle. */
static void lantern_in_closed_form(void **state)
{
    (void)state;
    static struct luminaire l;
    const struct lantern a = {5000, 60, 35, 20, 0};
    lantern_light(&a, &l);
    assert_near(luminaire_flux_lm(&l, 0, 180), 5000, 1e-6);
    assert_near(luminaire_flux_lm(&l, 90, 180), 0, 1e-9);
    for (double c = 0; c <= 180; c += 15)
        for (double g = 0; g < 90; g += 10)
            assert_near(luminaire_cd(&l, c, g), luminaire_cd(&l, 180 - c < 0 ? 540 - c : 180 - c, g), 1e-6);
    double middle = luminaire_cd(&l, 35, 60);
    assert_near(luminaire_cd(&l, 35, 80) / middle, 0.5, 0.01);
    assert_near(luminaire_cd(&l, 35, 40) / middle, 0.5, 0.01);
    assert_near(luminaire_cd(&l, 145, 60) / middle, 1, 1e-9);
    assert_true(luminaire_cd(&l, 270, 60) < 0.01 * middle); /* nothing much onto the houses */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_symmetry), cmocka_unit_test(broken_lines),
                                       cmocka_unit_test(broken_ies_files),
                                       cmocka_unit_test(lantern_in_closed_form)};
    return cmocka_run_group_tests_name("luminaire", tests, NULL, NULL);
}
