/* Charts as SVG paths: one <path> a line, so that a week of quarter-hours of ten lines stays under 100 kB. See plot.h. */
#include "design/plot.h"
#include <math.h>
#include <stdlib.h>

enum { WIDTH = 960, HEIGHT = 260, LEFT = 56, RIGHT = 8, TOP = 26, BOTTOM = 24 };

struct frame {
    double lo, hi;
    int n;
};

static double at_x(const struct frame *f, int t)
{
    return LEFT + (double)(WIDTH - LEFT - RIGHT) * t / (f->n > 1 ? f->n - 1 : 1);
}

static double at_y(const struct frame *f, double v)
{
    return TOP + (HEIGHT - TOP - BOTTOM) * (f->hi - v) / (f->hi - f->lo);
}

static double value_at(const struct plot *p, int line, int t) { return (double)p->line[line].value[t] / p->scale; }

/* Where line k starts at t: the sum of the stacked lines before it with the same sign. */
static double stack_base(const struct plot *p, int k, int t)
{
    double sum = 0, v = value_at(p, k, t);
    if (!p->line[k].stacked) return 0;
    for (int j = 0; j < k; j++) {
        double w = value_at(p, j, t);
        if (p->line[j].stacked && isfinite(w) && (w >= 0) == (v >= 0)) sum += w;
    }
    return sum;
}

static double nice_step(double span)
{
    double p = pow(10, floor(log10(span / 4))), m = span / 4 / p;
    return p * (m < 1.5 ? 1 : m < 3.5 ? 2 : m < 7.5 ? 5 : 10);
}

static struct frame frame_of(const struct plot *p)
{
    struct frame f = {.lo = 0, .hi = 0, .n = p->n};
    for (int k = 0; k < p->n_line; k++)
        for (int t = 0; t < p->n; t++) {
            double v = stack_base(p, k, t) + value_at(p, k, t);
            if (!isfinite(v)) continue;
            f.lo = fmin(f.lo, v);
            f.hi = fmax(f.hi, v);
        }
    if (f.hi - f.lo < 1e-9) f.hi = f.lo + 1;
    double step = nice_step(f.hi - f.lo);
    f.lo = floor(f.lo / step) * step;
    f.hi = ceil(f.hi / step) * step;
    return f;
}

static void draw_axes(const struct plot *p, const struct frame *f, FILE *out)
{
    double step = nice_step(f->hi - f->lo);
    for (double v = f->lo; v <= f->hi + step / 2; v += step)
        fprintf(
            out,
            "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' class='grid'/><text x='%d' y='%.1f' class='num'>%g</text>\n",
            LEFT, WIDTH - RIGHT, at_y(f, v), at_y(f, v), LEFT - 6, at_y(f, v) + 4, fabs(v) < step / 1e6 ? 0.0 : v);
    for (int t = 0; t < p->n; t++) {
        struct civil c = civil_at(p->zone, p->from_ms + t * p->step_ms);
        if (c.hour || c.minute) continue;
        fprintf(out,
                "<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' class='day'/><text x='%.1f' y='%d'>%02d.%02d</text>\n",
                at_x(f, t), at_x(f, t), TOP, HEIGHT - BOTTOM, at_x(f, t) + 3, HEIGHT - 8, c.day, c.month);
    }
}

static void draw_line(const struct plot *p, const struct frame *f, int k, FILE *out)
{
    const struct plot_line *l = &p->line[k];
    int pen = 0;
    fprintf(out, "<path fill='none' stroke='%s' stroke-width='1.6'%s d='", l->color,
            l->dashed ? " stroke-dasharray='5 4'" : "");
    for (int t = 0; t < p->n; t++) {
        double v = value_at(p, k, t);
        if (isfinite(v)) fprintf(out, "%c%.1f %.1f", pen ? 'L' : 'M', at_x(f, t), at_y(f, v));
        pen = isfinite(v);
    }
    fprintf(out, "'><title>%s</title></path>\n", l->name);
}

static void draw_area(const struct plot *p, const struct frame *f, int k, FILE *out)
{
    fprintf(out, "<path fill='%s' stroke='none' d='", p->line[k].color);
    for (int t = 0; t < p->n; t++) {
        double v = value_at(p, k, t);
        fprintf(out, "%c%.1f %.1f", t ? 'L' : 'M', at_x(f, t),
                at_y(f, stack_base(p, k, t) + (isfinite(v) ? v : 0)));
    }
    for (int t = p->n - 1; t >= 0; t--) fprintf(out, "L%.1f %.1f", at_x(f, t), at_y(f, stack_base(p, k, t)));
    fprintf(out, "Z'><title>%s</title></path>\n", p->line[k].name);
}

void plot_svg(const struct plot *p, FILE *out)
{
    struct frame f = frame_of(p);
    fprintf(out, "<figure><figcaption>%s, %s", p->title, p->unit);
    for (int k = 0; k < p->n_line; k++)
        fprintf(out, " <span class='key'><i style='background:%s'></i>%s</span>", p->line[k].color,
                p->line[k].name);
    fprintf(out, "</figcaption><svg viewBox='0 0 %d %d' role='img' aria-label='%s'>\n", WIDTH, HEIGHT, p->title);
    for (int k = 0; k < p->n_line; k++)
        if (p->line[k].stacked) draw_area(p, &f, k, out);
    draw_axes(p, &f, out);
    for (int k = 0; k < p->n_line; k++)
        if (!p->line[k].stacked) draw_line(p, &f, k, out);
    fputs("</svg></figure>\n", out);
}
