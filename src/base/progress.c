/* Progress bar. See progress.h. Time left is what the work took so far, scaled: the work we show advances evenly.
 */
#include "base/progress.h"
#include "base/instant.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR = 30 };

void progress_text(char *buf, unsigned size, const char *what, double done_frac, double elapsed_s)
{
    double done = fmin(fmax(done_frac, 0.0), 1.0);
    char bar[BAR + 1], left[32] = "";
    int full = (int)(done * BAR);
    memset(bar, '.', BAR);
    memset(bar, '#', (size_t)full);
    bar[BAR] = 0;
    if (done > 0.0 && elapsed_s > 0.5) {
        double rest_s = fmin(elapsed_s * (1.0 - done) / done, 359999.0);
        int s = (int)ceil(rest_s);
        if (s >= 3600)
            snprintf(left, sizeof left, "  %d:%02d:%02d left", s / 3600, s / 60 % 60, s % 60);
        else
            snprintf(left, sizeof left, "  %d:%02d left", s / 60, s % 60);
    }
    snprintf(buf, size, "%s  [%s] %3d %%%s", what, bar, (int)(done * 100.0), left);
}

void progress_start(struct progress *p, const char *what, enum progress_mode mode)
{
    *p = (struct progress){.what = what,
                           .on = mode == PROGRESS_FORCE || (mode == PROGRESS_AUTO && isatty(STDERR_FILENO))};
    if (p->on) p->start_s = instant_mono_s();
}

void progress_at(struct progress *p, double done_frac)
{
    if (!p->on) return;
    double now_s = instant_mono_s();
    if (p->drawn && now_s - p->shown_s < 0.1) return;
    char text[160];
    progress_text(text, sizeof text, p->what, done_frac, now_s - p->start_s);
    fprintf(stderr, "\r\033[K%s", text);
    fflush(stderr);
    p->drawn = 1;
    p->shown_s = now_s;
}

void progress_end(struct progress *p)
{
    if (p->on && p->drawn) fputs("\r\033[K", stderr);
    p->on = 0;
}
