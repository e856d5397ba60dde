/* cmocka with its prerequisites, and doubles compared within a stated tolerance (a failure prints all three). */
#ifndef TESTS_NEAR_H
#define TESTS_NEAR_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h> /* wants the ones above first */
static inline void near_check(double value, double expected, double tolerance, const char *text, const char *file,
                              int line)
{
    double miss = value > expected ? value - expected : expected - value;
    if (miss <= tolerance) return;
    print_error("%s is %.12g, wanted %.12g within %.3g\n", text, value, expected, tolerance);
    _fail(file, line);
}
#define assert_near(value, expected, tolerance)                                                                    \
    near_check((value), (expected), (tolerance), #value, __FILE__, __LINE__)
#endif
