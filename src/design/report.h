/* Report: the comparison as text, JSON and one self-contained HTML page with plots. */
#ifndef DESIGN_REPORT_H
#define DESIGN_REPORT_H
#include "design/account.h"
#include "design/recorder.h"
#include <jansson.h>
struct comparison {
    const struct village *village;
    const char *command_line;     /* what made it, for the page's foot */
    int64_t from_ms;
    int days, n;                  /* n runs */
    const struct outcome *outcome;
    const struct recorder *recorder; /* n recorders */
};
/* (rules - x) / (rules - perfect) of outcome i; NAN unless both were run and differ. */
double share_of_attainable(const struct comparison *, int i);
void report_text(const struct comparison *, FILE *);
json_t *report_json(const struct comparison *);
int report_html(const struct comparison *, FILE *); /* 0, or -1 with errno set */
#endif
