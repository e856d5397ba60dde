/* Zone heat balance, as the programs behind ASHRAE Standard 140 do it.
 *
 * Conduction: finite volumes through the layers, implicit. Inside, convection by TARP (Walton 1983: 1.31 dT^1/3 on walls, 1.51 up, 0.76 down) and long wave by
 * Carroll's mean-radiant node (Carroll 1980). Outside, convection by MoWiTT / DOE-2 (Yazdanian & Klems 1994; rough surfaces 1.67), long wave to sky, air and
 * ground, diffuse sun by Perez. Glass: index and absorption of a pane from its transmission and reflection at normal incidence, Fresnel at other angles in both
 * polarisations, panes combined by their mutual reflections (Duffie & Beckman, chapter 5); coated panes follow the clear pane's angles. Gap: Wright 1996 with
 * ISO 15099's gas properties. Sun inside falls on the floor first, what it reflects is spread by area. Each surface is eliminated from outside to inside, so that a
 * step is a two-by-two system in air and mean radiant temperature. Two zones meet in a wall that each sees as the other's film, one step behind. Left out: moisture, the sun's patch on walls. */
#include "physics/zone.h"
#include "base/err.h"
#include "physics/transpose.h"
#include <math.h>
#include <string.h>

#define RAD (3.14159265358979323846 / 180.0)
static const double sigma_W_m2_K4 = 5.670374e-8, kelvin = 273.15;

static double cube(double x) { return x * x * x; }

struct zone_surface *zone_add(struct zone *z, enum zone_kind kind, double area_m2, double tilt_deg,
                              double azimuth_deg, const struct zone_layer *layer, int n, double temp_degC)
{
    must(z->n < ZONE_SURFACES, "too many surfaces");
    struct zone_surface *s = &z->surface[z->n++];
    *s = (struct zone_surface){.kind = kind,
                               .area_m2 = area_m2,
                               .tilt_deg = tilt_deg,
                               .azimuth_deg = azimuth_deg,
                               .absorbed_frac = 0.6,
                               .emittance = 0.9,
                               .ground_degC = 10,
                               .n = 1};
    for (int i = 0; i < n; i++) {
        const struct zone_layer *l = &layer[i];
        int parts = l->density_kg_m3 <= 0                                                ? 1
                    : l->conductivity_W_m_K / (l->density_kg_m3 * l->heat_J_kg_K) > 1e-6 ? 3
                                                                                         : 6;
        for (int k = 0; k < parts && s->n < ZONE_NODES; k++, s->n++) {
            double half = l->density_kg_m3 * l->heat_J_kg_K * l->thick_m / parts / 2;
            s->conduct_W_m2_K[s->n - 1] = l->conductivity_W_m_K * parts / l->thick_m;
            s->heat_J_m2_K[s->n - 1] += half, s->heat_J_m2_K[s->n] += half;
        }
    }
    for (int i = 0; i < s->n; i++) s->temp_degC[i] = temp_degC;
    return s;
}

/* One pane at an incidence for one polarisation from its face's reflection f and absorption a of a crossing. */
static void pane_of(double f, double a, double *t, double *r)
{
    *t = a * (1 - f) * (1 - f) / (1 - f * f * a * a);
    *r = f * (1 + a * *t);
}

/* Index and optical thickness that give transmission and reflection at normal incidence. */
static void pane_solve(double want_t, double want_r, double *index, double *depth)
{
    double f = want_r / 2, a = want_t, t, r;
    for (int i = 0; i < 200; i++) {
        pane_of(f, a, &t, &r);
        f = fmin(0.3, fmax(0.005, f * want_r / r)), a = fmin(1, a * want_t / t);
    }
    *index = (1 + sqrt(f)) / (1 - sqrt(f)), *depth = -log(a);
}

/* Transmission and reflection of a pane at an angle, both polarisations. A coated pane keeps its normal values times the clear pane's shape. */
static void pane_angle(const struct zone_pane *p, double deg, double t[2], double r_out[2], double r_in[2])
{
    double index, depth, r0 = p->reflected_out_frac;
    int coated = fabs(p->reflected_out_frac - p->reflected_in_frac) > 1e-9;
    pane_solve(coated ? 0.834 : p->transmitted_frac, coated ? 0.075 : r0, &index, &depth);
    double i = fmin(deg, 89.9) * RAD, q = asin(sin(i) / index);
    double face[2] = {pow(sin(q - i) / sin(q + i), 2), pow(tan(q - i) / tan(q + i), 2)};
    if (deg < 0.01) face[0] = face[1] = pow((index - 1) / (index + 1), 2);
    for (int k = 0; k < 2; k++) {
        pane_of(face[k], exp(-depth / cos(q)), &t[k], &r_out[k]);
        r_in[k] = r_out[k];
        if (!coated) continue;
        double share = t[k] / 0.834, mirror = (r_out[k] - 0.075) / (1 - 0.075);
        t[k] = p->transmitted_frac * share;
        r_out[k] = p->reflected_out_frac + (1 - p->reflected_out_frac) * fmax(0, mirror);
        r_in[k] = p->reflected_in_frac + (1 - p->reflected_in_frac) * fmax(0, mirror);
        if (t[k] + r_out[k] > 1) t[k] = 1 - r_out[k];
    }
}

static void glazing_angle(const struct zone_glazing *g, double deg, double *cover, double absorb[2])
{
    double t[2][2], ro[2][2], ri[2][2];
    for (int p = 0; p < g->panes; p++) pane_angle(&g->pane[p], deg, t[p], ro[p], ri[p]);
    *cover = absorb[0] = absorb[1] = 0;
    for (int k = 0; k < 2; k++) {
        if (g->panes == 1) {
            *cover += t[0][k] / 2, absorb[0] += (1 - t[0][k] - ro[0][k]) / 2;
            continue;
        }
        double between = 1 / (1 - ri[0][k] * ro[1][k]);
        *cover += t[0][k] * t[1][k] * between / 2;
        absorb[0] += ((1 - t[0][k] - ro[0][k]) + (1 - t[0][k] - ri[0][k]) * t[0][k] * ro[1][k] * between) / 2;
        absorb[1] += (1 - t[1][k] - ro[1][k]) * t[0][k] * between / 2;
    }
}

/* Whether a point of a window at (x, z) from its lower left corner is in the shadow of its plates, sun towards (across, out, up). */
static int shaded(const struct zone_surface *s, double x, double z, double across, double out, double up)
{
    const struct zone_shade *h = &s->shade;
    double top = s->high_m + h->over_gap_m;
    if (h->over_depth_m > 0 && up > 0) {
        double t = (top - z) / up, reach = x + t * across;
        if (t * out <= h->over_depth_m && reach >= -h->over_side_m && reach <= s->wide_m + h->over_side_m) return 1;
    }
    if (h->fin_depth_m > 0 && across != 0) {
        double t = (across > 0 ? s->wide_m - x : -x) / across;
        if (t * out <= h->fin_depth_m && z + t * up <= top) return 1;
    }
    return 0;
}

static double shaded_frac(const struct zone_surface *s, double across, double out, double up)
{
    enum { NX = 12, NZ = 10 };
    int n = 0;
    if (s->shade.over_depth_m <= 0 && s->shade.fin_depth_m <= 0) return 0;
    for (int i = 0; i < NX; i++)
        for (int k = 0; k < NZ; k++)
            n += shaded(s, (i + 0.5) * s->wide_m / NX, (k + 0.5) * s->high_m / NZ, across, out, up);
    return (double)n / (NX * NZ);
}

/* Share of an even sky that the plates hide, weighted by the window's cosine. */
static double sky_shade_frac(const struct zone_surface *s)
{
    double sum = 0, all = 0;
    for (int a = -85; a <= 85; a += 10)
        for (int e = 5; e < 90; e += 10) {
            double up = sin(e * RAD), out = cos(e * RAD) * cos(a * RAD), across = cos(e * RAD) * sin(a * RAD),
                   w = out * cos(e * RAD);
            sum += w * shaded_frac(s, across, out, up), all += w;
        }
    return sum / all;
}

struct zone_surface *zone_add_window(struct zone *z, double wide_m, double high_m, int count, double azimuth_deg,
                                     const struct zone_glazing *g, const struct zone_shade *shade, double temp_degC)
{
    struct zone_surface *s = zone_add(z, ZONE_WINDOW, wide_m * high_m * count, 90, azimuth_deg, NULL, 0, temp_degC);
    s->glazing = *g, s->shade = *shade, s->wide_m = wide_m, s->high_m = high_m, s->n = g->panes,
    s->emittance = g->pane[0].emittance_out;
    s->temp_degC[1] = temp_degC;
    double weight = 0;
    for (int deg = 0; deg <= 90; deg++) {
        double absorb[2], w = sin(2 * deg * RAD);
        glazing_angle(g, deg, &s->cover[deg], absorb);
        s->absorb[0][deg] = absorb[0], s->absorb[1][deg] = absorb[1];
        if (deg == 90) s->cover[deg] = s->absorb[0][deg] = s->absorb[1][deg] = 0;
        s->hemi_cover += w * s->cover[deg], s->hemi_absorb[0] += w * s->absorb[0][deg],
            s->hemi_absorb[1] += w * s->absorb[1][deg], weight += w;
    }
    s->hemi_cover /= weight, s->hemi_absorb[0] /= weight, s->hemi_absorb[1] /= weight;
    s->diffuse_shade_frac = sky_shade_frac(s);
    return s;
}

static double emittance_inside(const struct zone_surface *s)
{
    return s->kind == ZONE_WINDOW ? s->glazing.pane[s->glazing.panes - 1].emittance_in : s->emittance;
}

void zone_ready(struct zone *z)
{
    double f[ZONE_SURFACES];
    for (int i = 0; i < z->n; i++) f[i] = 1;
    for (int round = 0; round < 50; round++) { /* Carroll: f = 1 / (1 - A f / sum A f) */
        double sum = 0;
        for (int i = 0; i < z->n; i++) sum += z->surface[i].area_m2 * f[i];
        for (int i = 0; i < z->n; i++) f[i] = 1 / (1 - fmin(0.9, z->surface[i].area_m2 * f[i] / sum));
    }
    for (int i = 0; i < z->n; i++) {
        double e = emittance_inside(&z->surface[i]);
        z->surface[i].view = 1 / ((1 - e) / e + 1 / f[i]);
    }
}

/* Natural convection, W/(m2 K); heat_up: heat flows upwards from the surface's air side. */
static double natural_W_m2_K(double tilt_deg, double delta_K, int heat_up)
{
    double c = fabs(cos(tilt_deg * RAD)), d = cbrt(fabs(delta_K));
    if (c < 0.1) return 1.31 * d;
    return heat_up ? 9.482 * d / (7.283 - c) : 1.810 * d / (1.382 + c);
}

static double inside_W_m2_K(const struct zone_surface *s, double air_degC)
{
    double surface = s->temp_degC[s->n - 1];
    int faces_up = s->tilt_deg > 90; /* a floor seen from inside */
    return fmax(
        0.1, natural_W_m2_K(s->tilt_deg, surface - air_degC, faces_up ? surface > air_degC : surface < air_degC));
}

static double outside_W_m2_K(const struct zone_surface *s, const struct zone_weather *w)
{
    double delta = s->temp_degC[0] - w->air_degC, turn = fabs(remainder(w->wind_from_deg - s->azimuth_deg, 360));
    double still = natural_W_m2_K(s->tilt_deg, delta, delta > 0),
           v = w->wind_m_s * 0.755; /* from 10 m to half the height of the wall, open country */
    double forced = s->tilt_deg < 45 || turn <= 100 ? 3.26 * pow(v, 0.89) : 3.55 * pow(v, 0.617);
    double glass = hypot(still, forced);
    return s->kind == ZONE_WINDOW ? glass : still + 1.67 * (glass - still);
}

/* Conductance of a gap between panes: gas by Wright 1996, long wave between the faces. */
static double gap_W_m2_K(const struct zone_surface *s)
{
    const struct zone_glazing *g = &s->glazing;
    double a = s->temp_degC[0] + kelvin, b = s->temp_degC[1] + kelvin, t = (a + b) / 2, delta = fabs(a - b);
    double k = g->argon ? 2.285e-3 + 5.149e-5 * t : 2.873e-3 + 7.76e-5 * t,
           mu = g->argon ? 3.379e-6 + 6.451e-8 * t : 3.723e-6 + 4.94e-8 * t;
    double cp = g->argon ? 521.93 : 1002.737 + 0.012324 * t,
           rho = 83000 * (g->argon ? 39.948e-3 : 28.97e-3) / (8.31451 * t);
    double ra = rho * rho * cube(g->gap_m) * 9.81 * cp * delta / (mu * k * t);
    double nu = ra > 5e4   ? 0.0673838 * cbrt(ra)
                : ra > 1e4 ? 0.028154 * pow(ra, 0.4134)
                           : 1 + 1.7596678e-10 * pow(ra, 2.2984755);
    nu = fmax(nu, 0.242 * pow(ra * g->gap_m / s->high_m, 0.272));
    double faces = 1 / (1 / g->pane[0].emittance_in + 1 / g->pane[1].emittance_out - 1);
    double h = nu * k / g->gap_m + 4 * sigma_W_m2_K4 * cube(t) * faces;
    return 1 / (1 / h + (g->pane[0].thick_m / g->pane[0].conductivity_W_m_K +
                         g->pane[1].thick_m / g->pane[1].conductivity_W_m_K) /
                            2);
}

/* Sun on a surface: absorbed at its outside and in its panes, and what goes through, W/m2. */
static double sun_on(struct zone_surface *s, const struct zone_weather *w)
{
    struct plane plane = {s->tilt_deg, s->azimuth_deg, w->albedo_frac};
    struct sky_sun sun = {w->zenith_deg, w->sun_azimuth_deg, w->extraterrestrial_W_m2,
                          irradiance_air_mass(w->zenith_deg)};
    memset(s->source_W_m2, 0, sizeof s->source_W_m2);
    if (s->kind == ZONE_SHARED) s->source_W_m2[0] = s->beyond_sun_W_m2;
    if (s->kind == ZONE_GROUND || s->kind == ZONE_SHARED || s->kind == ZONE_FACE || w->sky.ghi_W_m2 <= 0) return 0;
    struct plane_irradiance p = transpose(SKY_PEREZ, &w->sky, &plane, &sun);
    if (s->kind == ZONE_WALL) return s->source_W_m2[0] = s->absorbed_frac * p.total_W_m2, 0;
    double turn = (w->sun_azimuth_deg - s->azimuth_deg) * RAD, z = w->zenith_deg * RAD;
    double lit = p.beam_W_m2 > 0 ? 1 - shaded_frac(s, sin(z) * sin(turn), sin(z) * cos(turn), cos(z)) : 0;
    double deg = acos(fmax(0, fmin(1, p.cos_incidence))) / RAD, beam = p.beam_W_m2 * lit,
           diffuse = p.sky_W_m2 * (1 - s->diffuse_shade_frac) + p.ground_W_m2;
    int i = (int)fmin(deg, 89);
    double f = deg - i;
    for (int k = 0; k < s->n; k++)
        s->source_W_m2[k] =
            beam * (s->absorb[k][i] * (1 - f) + s->absorb[k][i + 1] * f) + diffuse * s->hemi_absorb[k];
    return beam * (s->cover[i] * (1 - f) + s->cover[i + 1] * f) + diffuse * s->hemi_cover;
}

/* Adds sun that came in to the inside of each surface: the floor first, what it throws back by area, three times; windows let theirs out again. */
static void spread_sun(struct zone *z, double sun_W)
{
    double area = 0, left = sun_W * (1 - z->absorbed_inside_frac), floor_m2 = z->surface[z->floor].area_m2;
    for (int i = 0; i < z->n; i++) area += z->surface[i].area_m2;
    struct zone_surface *floor = &z->surface[z->floor];
    floor->source_W_m2[floor->n - 1] += sun_W * z->absorbed_inside_frac / floor_m2;
    for (int round = 0; round < 4; round++) {
        double back = 0, others = round ? area : area - floor_m2;
        for (int i = 0; i < z->n; i++) {
            struct zone_surface *s = &z->surface[i];
            if (!round && i == z->floor) continue;
            double on = left / others,
                   kept = s->kind == ZONE_WINDOW ? s->hemi_absorb[s->n - 1] : z->absorbed_inside_frac;
            double lost = s->kind == ZONE_WINDOW ? s->hemi_cover : 0;
            s->source_W_m2[s->n - 1] += on * kept;
            back += on * s->area_m2 * (1 - kept - lost);
        }
        left = back;
    }
    floor->source_W_m2[floor->n - 1] += left / floor_m2;
}

struct reduced {
    double d, r, c, h; /* d T = r + c (air - T) + h (radiant - T) at the inside node, per m2 */
    double up[ZONE_NODES], rest[ZONE_NODES];
};

static void outside_film(const struct zone_surface *s, const struct zone_weather *w, double *h, double *rhs)
{
    if (s->kind == ZONE_GROUND) {
        *h = 1000, *rhs = 1000 * s->ground_degC;
        return;
    }
    if (s->kind == ZONE_SHARED || s->kind == ZONE_FACE) {
        *h = s->kind == ZONE_FACE ? 1e7 : s->beyond_W_m2_K;
        *rhs = *h * (s->kind == ZONE_FACE ? s->face_degC : s->beyond_degC);
        return;
    }
    double surface = s->temp_degC[0] + kelvin, air = w->air_degC + kelvin, sky = w->sky_degC + kelvin,
           f_sky = (1 + cos(s->tilt_deg * RAD)) / 2, beta = sqrt(f_sky);
    double hc = outside_W_m2_K(s, w), es = s->emittance * sigma_W_m2_K4;
    double h_sky = es * f_sky * beta * (surface * surface + sky * sky) * (surface + sky),
           h_air = es * (1 - f_sky * beta) * (surface * surface + air * air) * (surface + air);
    *h = hc + h_sky + h_air, *rhs = (hc + h_air) * w->air_degC + h_sky * w->sky_degC;
}

static struct reduced reduce(struct zone_surface *s, const struct zone_weather *w, double air_degC,
                             double radiant_degC, double dt_s)
{
    struct reduced r;
    double h, rhs;
    outside_film(s, w, &h, &rhs);
    if (s->kind == ZONE_WINDOW && s->n == 2) s->conduct_W_m2_K[0] = gap_W_m2_K(s);
    double d = h, b = rhs;
    for (int i = 0; i < s->n; i++) {
        d += s->heat_J_m2_K[i] / dt_s, b += s->heat_J_m2_K[i] / dt_s * s->temp_degC[i] + s->source_W_m2[i];
        if (i == s->n - 1) break;
        double k = s->conduct_W_m2_K[i], all = d + k;
        r.up[i] = k / all, r.rest[i] = b / all; /* T_i = up T_{i+1} + rest */
        b = k * r.rest[i], d = k * (1 - r.up[i]);
    }
    r.d = d, r.r = b, r.c = inside_W_m2_K(s, air_degC);
    double mean = (s->temp_degC[s->n - 1] + radiant_degC) / 2 + kelvin;
    r.h = 4 * sigma_W_m2_K4 * cube(mean) * s->view;
    return r;
}

/* Air and radiant temperature for a heat into the air: a00 air + a01 radiant = b0, a01 air + a11 radiant = b1. */
struct two {
    double a00, a01, a11, b0, b1;
};

static void solve_two(const struct two *m, double heat_W, double *air, double *radiant)
{
    double det = m->a00 * m->a11 - m->a01 * m->a01, b0 = m->b0 + heat_W;
    *air = (b0 * m->a11 - m->a01 * m->b1) / det, *radiant = (m->a00 * m->b1 - m->a01 * b0) / det;
}

void zone_couple(struct zone *a, int wall, struct zone *b, int face)
{
    struct zone_surface *w = &a->surface[wall], *f = &b->surface[face];
    double mean = (w->temp_degC[0] + b->radiant_degC) / 2 + kelvin, hc = inside_W_m2_K(f, b->air_degC),
           hr = 4 * sigma_W_m2_K4 * cube(mean) * f->view;
    w->beyond_W_m2_K = hc + hr, w->beyond_degC = (hc * b->air_degC + hr * b->radiant_degC) / (hc + hr);
    w->beyond_sun_W_m2 = f->source_W_m2[f->n - 1];
    f->face_degC = w->temp_degC[0];
}

double zone_step(struct zone *z, const struct zone_weather *w, const struct zone_hold *hold, double dt_s,
                 double *sun_W)
{
    struct reduced red[ZONE_SURFACES];
    double sun = 0, area = 0, vent = z->leak_W_K + hold->vent_W_K;
    for (int i = 0; i < z->n; i++)
        sun += z->surface[i].area_m2 * sun_on(&z->surface[i], w), area += z->surface[i].area_m2;
    spread_sun(z, sun);
    if (sun_W) *sun_W = sun;
    struct two m = {z->air_J_K / dt_s + vent, 0, 0,
                    z->air_J_K / dt_s * z->air_degC + vent * w->air_degC + hold->convective_W, 0};
    for (int i = 0; i < z->n; i++) {
        struct zone_surface *s = &z->surface[i];
        s->source_W_m2[s->n - 1] += hold->radiant_W / area;
        red[i] = reduce(s, w, z->air_degC, z->radiant_degC, dt_s);
        const struct reduced *r = &red[i];
        double a = s->area_m2, all = r->d + r->c + r->h;
        m.a00 += a * r->c * (1 - r->c / all), m.a11 += a * r->h * (1 - r->h / all), m.a01 -= a * r->c * r->h / all;
        m.b0 += a * r->c * r->r / all, m.b1 += a * r->h * r->r / all;
    }
    double air, radiant, unit_air, unit_radiant, heat = 0;
    solve_two(&m, 0, &air, &radiant);
    double target = air < hold->heat_degC ? hold->heat_degC : air > hold->cool_degC ? hold->cool_degC : air;
    if (target != air) {
        solve_two(&m, 1, &unit_air, &unit_radiant);
        heat = (target - air) / (unit_air - air);
        solve_two(&m, heat, &air, &radiant);
    }
    for (int i = 0; i < z->n; i++) {
        struct zone_surface *s = &z->surface[i];
        const struct reduced *r = &red[i];
        s->temp_degC[s->n - 1] = (r->r + r->c * air + r->h * radiant) / (r->d + r->c + r->h);
        for (int k = s->n - 2; k >= 0; k--) s->temp_degC[k] = r->up[k] * s->temp_degC[k + 1] + r->rest[k];
    }
    z->air_degC = air, z->radiant_degC = radiant;
    return heat;
}
