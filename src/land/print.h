/* Land for people and programs: texts, JSON and printed pages. */
#ifndef LAND_PRINT_H
#define LAND_PRINT_H
#include "land/land.h"
#include <stdio.h>
/* "cleared 5,000 m2 to 0.20 m by manual; residual risk: ..; released by .. (no. 12)". Returns buf. */
char *product_text(const struct product *, char *buf, size_t size);
json_t *area_json(const struct land *, const struct area *, int with_shape);
double land_overlap_m2(const struct land *);         /* ground under two areas, which counts in both */
json_t *land_json(const struct land *);              /* areas without shapes, sums, finds, people counts */
/* A self-contained page: 0 completion report, 1 certificate of handover (refused before both have signed). */
int report_write(const struct land *, const struct area *, int certificate, int64_t now_ms, FILE *, struct err *);
#endif
