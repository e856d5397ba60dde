/* One run-time error, told in one line: where (file:line:col), whose (asset, field), what is wrong and what to do.
 * Errors that can happen at run time travel as `int` (0 or -1) plus one of these; programming errors assert. */
#ifndef BASE_ERR_H
#define BASE_ERR_H
#include <assert.h>
#include <stddef.h>
struct err {
    char file[256], asset[64], field[64], text[512];
    int line, col; /* 1-based; 0: not known */
};
/* Sets the text only. Always returns -1, so that a caller writes `return err_set(e, ...)`. `e` may be NULL. */
int err_set(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Sets place and text. Always returns -1. */
int err_at(struct err *e, const char *file, int line, int col, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Writes "file:line:col: asset.field: text" (parts that are not known are left out) into buf; returns buf. */
const char *err_line(const struct err *e, char *buf, size_t size);
/* An assert that stays in release builds: a programming error ends the process with place and both reason and text. */
#define must(cond, ...) ((cond) ? (void)0 : must_fail(__FILE__, __LINE__, #cond, __VA_ARGS__))
_Noreturn void must_fail(const char *file, int line, const char *cond, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
#endif
