/* One line an event on stderr. See log.h. The line is written with one write(2), so lines of threads never mix. */
#include "base/log.h"
#include "base/instant.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static _Atomic int threshold = LOG_INFO;

void log_threshold(enum log_level level) { atomic_store(&threshold, (int)level); }

static const char *level_word(enum log_level level)
{
    switch (level) {
    case LOG_ERROR: return "error";
    case LOG_WARNING: return "warning";
    case LOG_DEBUG: return "debug";
    case LOG_INFO: break;
    }
    return "info";
}

void log_line(enum log_level level, const char *fmt, ...)
{
    if ((int)level > atomic_load(&threshold)) return;
    char line[1200], when[40];
    int n;
    if (getenv("JOURNAL_STREAM"))
        n = snprintf(line, sizeof line, "<%d>", (int)level);
    else
        n = snprintf(line, sizeof line, "%s %s: ", instant_format(when, sizeof when, NULL, instant_now_ms()),
                     level_word(level));
    va_list ap;
    va_start(ap, fmt);
    int m = vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, ap);
    va_end(ap);
    int room = (int)sizeof line - n - 2;
    n += m < 0 ? 0 : m < room ? m : room;
    for (int i = 0; i < n; i++)
        if (line[i] == '\n') line[i] = ' ';
    line[n++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)n) < 0) return; /* nobody is left to tell */
}
