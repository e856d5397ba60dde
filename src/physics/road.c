/* EN 13201-3:2015 on a straight road with equal lamps in long rows. Grid: 10 points along up to 30 m of spacing, else steps of at most 3 m; three points a lane
 * across for luminance, steps of at most 1.5 m for illuminance. Lamps count within 5 heights of a point, for luminance up to 12 heights beyond it. Observer 60 m
 * before the field, eye at 1.5 m in the middle of each lane; the worst counts. TI = 65 Lv / L^0.8 with the veil of an eye of 23 years (age term 1 + (23/66.4)^4) in
 * each lane, line of sight 1 degree down, lamps above 20 degrees screened, up to 500 m: it falls with the level to the power 0.2, so that a lower level may
 * hold where full level glares. Classes: EN 13201-2:2015 tables 1 to 3. A table scaled by q0 keeps its
 * shape: an approximation for a surface that was measured lighter or darker than its class. Left out: curves, wet roads, trees. */
#include "physics/road.h"
#include <math.h>
#include <stddef.h>

static const double pi = 3.14159265358979323846, eye_m = 1.5, observer_m = 60;
#define RAD (3.14159265358979323846 / 180.0)

static int cell(const double *v, int n, double x)
{
    int i = 0;
    while (i < n - 2 && v[i + 1] <= x) i++;
    return i;
}

double road_table_r(const struct road_table *t, double tan_gamma, double beta_deg)
{
    if (tan_gamma > t->tan_gamma[ROAD_TAN - 1]) return 0;
    int i = cell(t->tan_gamma, ROAD_TAN, tan_gamma), j = cell(t->beta_deg, ROAD_BETA, beta_deg);
    double a = (tan_gamma - t->tan_gamma[i]) / (t->tan_gamma[i + 1] - t->tan_gamma[i]),
           b = (beta_deg - t->beta_deg[j]) / (t->beta_deg[j + 1] - t->beta_deg[j]);
    return 1e-4 * ((1 - a) * ((1 - b) * t->r1e4[i][j] + b * t->r1e4[i][j + 1]) +
                   a * ((1 - b) * t->r1e4[i + 1][j] + b * t->r1e4[i + 1][j + 1]));
}

double road_table_s1(const struct road_table *t) { return road_table_r(t, 2, 0) / road_table_r(t, 0, 0); }

/* Q0: luminance coefficient q = r / cos^3 gamma averaged over the solid angle of a lamp between 4 h before, 12 h beyond and 3 h to either side. */
double road_table_q0(const struct road_table *t)
{
    const int nx = 640, ny = 240;
    double sum = 0, omega = 0;
    for (int i = 0; i < nx; i++)
        for (int k = 0; k < ny; k++) {
            double x = -4 + 16 * (i + 0.5) / nx, y = 3 * (k + 0.5) / ny, t2 = x * x + y * y,
                   cos3 = pow(1 + t2, -1.5);
            double beta = fabs(atan2(y, x)) / RAD;
            sum += road_table_r(t, sqrt(t2), beta); /* q cos^3 */
            omega += cos3;
        }
    return sum / omega;
}

struct place {
    double x_m, y_m;
    int turned; /* a lamp on the left looks the other way */
};

/* Lamp i of a row: 0 stands at the beginning of the field. */
static struct place lamp_place(const struct road *r, int left, int i)
{
    double shift = r->rows == ROAD_STAGGERED && left ? 0.5 : 0;
    return (struct place){(i + shift) * r->spacing_m, left ? r->width_m - r->overhang_m : r->overhang_m, left};
}

static int row_is_there(const struct road *r, int left)
{
    return r->rows == ROAD_OPPOSITE || r->rows == ROAD_STAGGERED || (r->rows == ROAD_LEFT) == left;
}

/* Intensity of a lamp towards a point z above the road. */
static double towards_cd(const struct road *r, const struct place *p, double x, double y, double z)
{
    double side = p->turned ? -1 : 1, dx = side * (x - p->x_m), dy = side * (y - p->y_m), dz = z - r->height_m,
           s = sin(RAD * r->tilt_deg), c = cos(RAD * r->tilt_deg);
    double across = dy * c + dz * s, down = dy * s - dz * c, length = sqrt(dx * dx + dy * dy + dz * dz);
    return r->level_frac *
           luminaire_cd(r->lamp, atan2(across, dx) / RAD, acos(fmax(-1, fmin(1, down / length))) / RAD);
}

static double point_lux(const struct road *r, double x, double y)
{
    double sum = 0, h2 = r->height_m * r->height_m;
    int reach = (int)ceil(5 * r->height_m / r->spacing_m) + 1;
    for (int left = 0; left < 2; left++)
        for (int i = -reach; i <= reach + 1 && row_is_there(r, left); i++) {
            struct place p = lamp_place(r, left, i);
            double d2 = (x - p.x_m) * (x - p.x_m) + (y - p.y_m) * (y - p.y_m);
            if (d2 <= 25 * h2) sum += towards_cd(r, &p, x, y, 0) * r->height_m / pow(d2 + h2, 1.5);
        }
    return sum * r->maintenance_frac;
}

static double point_cd_m2(const struct road *r, double scale, double x, double y, double eye_y)
{
    double sum = 0, h = r->height_m;
    int before = (int)ceil(5 * h / r->spacing_m) + 1, beyond = (int)ceil(12 * h / r->spacing_m) + 2;
    double sight = atan2(y - eye_y, x + observer_m);
    for (int left = 0; left < 2; left++)
        for (int i = -before; i <= beyond && row_is_there(r, left); i++) {
            struct place p = lamp_place(r, left, i);
            double dx = p.x_m - x, dy = p.y_m - y, t = hypot(dx, dy) / h;
            if (dx < -5 * h || dx > 12 * h) continue;
            double beta = fabs(remainder(atan2(dy, dx) - sight, 2 * pi)) / RAD;
            sum += towards_cd(r, &p, x, y, 0) * road_table_r(r->table, t, beta) / (h * h);
        }
    return sum * scale * r->maintenance_frac;
}

static double strip_lux(const struct road *r, int n_along, double y0, double y1)
{
    int n = (int)fmax(3, ceil((y1 - y0) / 1.5));
    double sum = 0;
    for (int i = 0; i < n_along; i++)
        for (int k = 0; k < n; k++)
            sum += point_lux(r, (i + 0.5) * r->spacing_m / n_along, y0 + (k + 0.5) * (y1 - y0) / n);
    return sum / (n_along * n);
}

static void fill_lux(const struct road *r, int n_along, struct road_result *o)
{
    int n = (int)fmax(3, ceil(r->width_m / 1.5));
    double sum = 0, edge = fmin(5, r->width_m / 2);
    o->lux_min = INFINITY;
    for (int i = 0; i < n_along; i++)
        for (int k = 0; k < n; k++) {
            double lx = point_lux(r, (i + 0.5) * r->spacing_m / n_along, (k + 0.5) * r->width_m / n);
            sum += lx, o->lux_min = fmin(o->lux_min, lx);
        }
    o->lux = sum / (n_along * n);
    o->lux_uniform_frac = o->lux > 0 ? o->lux_min / o->lux : 0;
    double right = strip_lux(r, n_along, -edge, 0) / strip_lux(r, n_along, 0, edge);
    double left =
        strip_lux(r, n_along, r->width_m, r->width_m + edge) / strip_lux(r, n_along, r->width_m - edge, r->width_m);
    o->edge_frac = fmin(right, left);
}

/* Veiling luminance for an eye at (x, y), cd/m2, lamps as new. */
static double veil(const struct road *r, double x, double y)
{
    double sum = 0, factor = 9.86 * (1 + pow(23 / 66.4, 4));
    int reach = (int)(500 / r->spacing_m) + 1;
    for (int left = 0; left < 2; left++)
        for (int i = (int)floor(x / r->spacing_m); i <= reach && row_is_there(r, left); i++) {
            struct place p = lamp_place(r, left, i);
            double dx = p.x_m - x, dy = p.y_m - y, dz = r->height_m - eye_m, d = sqrt(dx * dx + dy * dy + dz * dz);
            if (dx <= 0 || dx > 500 || atan2(dz, dx) > 20 * RAD) continue;
            double theta = acos((dx * cos(RAD) - dz * sin(RAD)) / d) / RAD;
            if (theta < 1.5 || theta > 60) continue;
            sum += towards_cd(r, &p, x, y, eye_m) / (d * d) * cos(RAD * theta) / (theta * theta);
        }
    return factor * sum;
}

/* TI: 65 Lv / Lav^0.8 up to 5 cd/m2 as new, 95 Lv / Lav^1.05 above it. */
static double glare_of(double veil_cd_m2, double as_new_cd_m2)
{
    return 0.01 * (as_new_cd_m2 <= 5 ? 65 * veil_cd_m2 / pow(as_new_cd_m2, 0.8)
                                     : 95 * veil_cd_m2 / pow(as_new_cd_m2, 1.05));
}

/* The eye goes along the middle of a lane from where it first sees the field; its worst place counts, and the worst lane. */
static void add_glare(const struct road *r, int n_along, double eye_y, double mean_cd_m2, struct road_result *o)
{
    double as_new = mean_cd_m2 / r->maintenance_frac, most = 0;
    for (int i = 0; i < n_along; i++)
        most = fmax(most, veil(r, -2.75 * (r->height_m - eye_m) + i * r->spacing_m / n_along, eye_y));
    double glare = glare_of(most, as_new);
    if (o->glare_frac >= glare) return;
    o->glare_frac = glare, o->veil_cd_m2 = most, o->as_new_cd_m2 = as_new;
}

static void fill_luminance(const struct road *r, int n_along, struct road_result *o)
{
    double scale = r->q0 > 0 ? r->q0 / road_table_q0(r->table) : 1, lane = r->width_m / r->lanes;
    o->cd_m2 = o->uniform_frac = o->along_frac = INFINITY, o->glare_frac = -1;
    for (int seen = 0; seen < r->lanes; seen++) {
        double eye_y = (seen + 0.5) * lane, sum = 0, least = INFINITY, line_least = INFINITY, line_most = 0;
        for (int i = 0; i < n_along; i++)
            for (int k = 0; k < 3 * r->lanes; k++) {
                double l = point_cd_m2(r, scale, (i + 0.5) * r->spacing_m / n_along, (k + 0.5) * lane / 3, eye_y);
                sum += l, least = fmin(least, l);
                if (k == 3 * seen + 1) line_least = fmin(line_least, l), line_most = fmax(line_most, l);
            }
        double mean = sum / (3 * r->lanes * n_along);
        add_glare(r, n_along, eye_y, mean, o);
        o->cd_m2 = fmin(o->cd_m2, mean), o->uniform_frac = fmin(o->uniform_frac, least / mean),
        o->along_frac = fmin(o->along_frac, line_least / line_most);
    }
}

struct road_result road_run(const struct road *r)
{
    struct road_result o = {
        .cd_m2 = (double)NAN, .uniform_frac = (double)NAN, .along_frac = (double)NAN, .glare_frac = (double)NAN};
    int n_along = r->spacing_m <= 30 ? 10 : (int)ceil(r->spacing_m / 3);
    fill_lux(r, n_along, &o);
    if (r->table) fill_luminance(r, n_along, &o);
    o.area_per_lamp_m2 =
        r->width_m * r->spacing_m / (r->rows == ROAD_OPPOSITE || r->rows == ROAD_STAGGERED ? 2 : 1);
    return o;
}

static const struct {
    double cd_m2, uniform, along, glare, edge;
} m_class[] = {{2, 0.4, 0.7, 0.10, 0.35},    {1.5, 0.4, 0.7, 0.10, 0.35},  {1, 0.4, 0.6, 0.15, 0.30},
               {0.75, 0.4, 0.6, 0.15, 0.30}, {0.5, 0.35, 0.4, 0.15, 0.30}, {0.3, 0.35, 0.4, 0.20, 0.30}};
static const double c_class[] = {50, 30, 20, 15, 10, 7.5},
                    p_class[][2] = {{15, 3}, {10, 2}, {7.5, 1.5}, {5, 1}, {3, 0.6}, {2, 0.4}};

static int index_of(char kind, int number) { return kind == 'C' ? number : number - 1; }

/* What a class wants over what is there, of what scales with the level: at most 1 when it holds. */
static double need(const struct road_result *o, char kind, int number)
{
    int i = index_of(kind, number);
    if (kind == 'M') return m_class[i].cd_m2 / o->cd_m2;
    if (kind == 'C') return c_class[i] / o->lux;
    return fmax(p_class[i][0] / o->lux, p_class[i][1] / o->lux_min);
}

int road_meets(const struct road_result *o, char kind, int number, const char **why)
{
    int i = index_of(kind, number);
    *why = NULL;
    if (kind == 'C' && o->lux_uniform_frac < 0.4) *why = "overall uniformity";
    if (kind == 'M' && !(o->uniform_frac >= m_class[i].uniform)) *why = "overall uniformity";
    if (kind == 'M' && !*why && !(o->along_frac >= m_class[i].along)) *why = "uniformity along the lane";
    if (kind == 'M' && !*why && !(o->glare_frac <= m_class[i].glare)) *why = "glare";
    if (kind == 'M' && !*why && !(o->edge_frac >= m_class[i].edge)) *why = "edge illuminance ratio";
    if (!*why && !(need(o, kind, number) <= 1))
        *why = kind == 'M' ? "average luminance" : "average or least illuminance";
    return !*why;
}

struct road_result road_at_level(const struct road_result *full, double level_frac)
{
    struct road_result o = *full;
    o.lux *= level_frac, o.lux_min *= level_frac, o.cd_m2 *= level_frac;
    o.veil_cd_m2 *= level_frac, o.as_new_cd_m2 *= level_frac;
    o.glare_frac = glare_of(o.veil_cd_m2, o.as_new_cd_m2);
    return o;
}

double road_least_level(const struct road_result *full, char kind, int number)
{
    const char *why;
    double level = need(full, kind, number);
    struct road_result o = road_at_level(full, level);
    return level <= 1 && road_meets(&o, kind, number, &why) ? level : (double)NAN;
}
