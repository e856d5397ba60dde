/* A luminaire's light by direction, read from EULUMDAT or IES LM-63 text: intensity, flux, luminance. */
#ifndef PHYSICS_LUMINAIRE_H
#define PHYSICS_LUMINAIRE_H
struct err;
enum { LUMINAIRE_C_MAX = 361, LUMINAIRE_G_MAX = 361 };
/* Planes C ascending from 0 to 360 (both there, equal), angles gamma ascending from the nadir. Intensities in cd, of the luminaire as it is (absolute). */
struct luminaire {
    int n_c, n_g;
    double c_deg[LUMINAIRE_C_MAX], g_deg[LUMINAIRE_G_MAX], cd[LUMINAIRE_C_MAX * LUMINAIRE_G_MAX];
    double lamp_lm, power_W;
    double length_m, width_m,
        side_m[4]; /* luminous area: length along C90, width 0: a disc; heights towards C0, C90, C180, C270 */
    char name[128];
};
/* `path` only names the place in messages "path:line: ..". 0 or -1. Only the first set of lamps counts. */
int luminaire_read_ldt(struct luminaire *, const char *text, const char *path, struct err *);
int luminaire_read_ies(struct luminaire *, const char *text, const char *path, struct err *);
/* Told apart by content. */
int luminaire_read(struct luminaire *, const char *text, const char *path, struct err *);
int luminaire_ascends(const double *deg, int n); /* 1: each more than the one before */
/* Spreads planes of one side over the circle: from 0 to 0, 90, 180, 90..270 or 360 degrees. Needs c_deg, g_deg and cd of what is given. */
int luminaire_expand(struct luminaire *, struct err *);
double luminaire_cd(const struct luminaire *, double c_deg,
                    double g_deg); /* linear between; 0 beyond the last angle */
double luminaire_flux_lm(const struct luminaire *, double g_from_deg, double g_to_deg);
double luminaire_area_m2(const struct luminaire *, double c_deg,
                         double g_deg); /* luminous area as seen from there */
#endif
