/* A progress bar with time left, on stderr, for work that lasts longer than a blink. Drawn only when stderr is a
 * terminal or the caller forces it, at most ten times a second; otherwise every call is a cheap no-op. */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H
struct progress { const char *what; double start_s, shown_s; int on, drawn; };
enum progress_mode { PROGRESS_AUTO, PROGRESS_FORCE, PROGRESS_OFF };
void progress_start(struct progress *, const char *what, enum progress_mode); /* `what` must outlive the bar */
void progress_at(struct progress *, double done_frac);                        /* 0..1 */
void progress_end(struct progress *);                                         /* wipes the bar */
/* The bar as text, for tests: "joint  [#####.....]  50 %  0:12 left". */
void progress_text(char *buf, unsigned size, const char *what, double done_frac, double elapsed_s);
#endif
