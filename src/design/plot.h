/* Plot: line and stacked-area charts as inline SVG, for reports that stand alone in one file. Text inherits the page's font and colours. */
#ifndef DESIGN_PLOT_H
#define DESIGN_PLOT_H
#include "base/instant.h"
#include <stdio.h>
struct plot_line {
    const char *name, *color;
    const float *value; /* n values, NAN = gap */
    int stacked;        /* 1: filled, on top of (or below zero, under) the lines before it of the same sign */
    int dashed;
};
struct plot {
    const char *title, *unit; /* values are divided by `scale` before drawing */
    double scale;
    int64_t from_ms, step_ms;
    int n;
    const struct zone *zone;
    const struct plot_line *line;
    int n_line;
};
void plot_svg(const struct plot *, FILE *);
#endif
