/* The small ones: error lines, log lines, the progress bar, arena alignment, random streams. */
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/random.h"
#include "near.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void error_lines(void **state)
{
    (void)state;
    char b[1024];
    struct err e = {0};
    assert_int_equal(err_at(&e, "a.yaml", 3, 7, "no %s", "power"), -1);
    snprintf(e.asset, sizeof e.asset, "hydro");
    snprintf(e.field, sizeof e.field, "power_W");
    assert_string_equal(err_line(&e, b, sizeof b), "a.yaml:3:7: hydro.power_W: no power");
    struct err bare = {0};
    assert_int_equal(err_set(&bare, "port in use"), -1);
    assert_string_equal(err_line(&bare, b, sizeof b), "port in use");
    assert_int_equal(err_set(NULL, "nobody listens"), -1);
}

static size_t stderr_of(void (*f)(void), char *buf, size_t size)
{
    int pipe_fd[2], saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(pipe_fd), 0);
    fflush(stderr);
    dup2(pipe_fd[1], STDERR_FILENO);
    f();
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(pipe_fd[1]);
    ssize_t n = read(pipe_fd[0], buf, size - 1);
    close(pipe_fd[0]);
    buf[n > 0 ? n : 0] = 0;
    return strlen(buf);
}

static void say(void)
{
    log_line(LOG_WARNING, "store behind by %d s\nand more", 3);
    log_line(LOG_DEBUG, "dropped below the threshold");
}

static void log_lines(void **state)
{
    (void)state;
    char b[512];
    unsetenv("JOURNAL_STREAM");
    stderr_of(say, b, sizeof b);
    assert_non_null(strstr(b, "Z warning: store behind by 3 s and more\n"));
    assert_null(strstr(b, "dropped below"));
    setenv("JOURNAL_STREAM", "8:1", 1);
    stderr_of(say, b, sizeof b);
    unsetenv("JOURNAL_STREAM");
    assert_string_equal(b, "<4>store behind by 3 s and more\n");
}

static void log_long(void)
{
    static char text[5000];
    memset(text, 'x', sizeof text - 1);
    log_line(LOG_ERROR, "%s", text);
}

static void a_long_log_line_is_cut(void **state)
{
    (void)state;
    char b[4096];
    size_t n = stderr_of(log_long, b, sizeof b);
    assert_true(n > 1000 && n <= 1200 && b[n - 1] == '\n');
}

static void bar(void **state)
{
    (void)state;
    char b[160];
    progress_text(b, sizeof b, "joint", 0.5, 12.0);
    assert_string_equal(b, "joint  [###############...............]  50 %  0:12 left");
    progress_text(b, sizeof b, "joint", 0.01, 60.0);
    assert_non_null(strstr(b, "1:39:00 left"));
    progress_text(b, sizeof b, "joint", 2.0, 60.0);
    assert_non_null(strstr(b, "100 %  0:00 left"));
}

static void draw(void)
{
    struct progress p;
    progress_start(&p, "work", PROGRESS_FORCE);
    progress_at(&p, 0.3);
    progress_end(&p);
}

static void draw_off(void)
{
    struct progress p;
    progress_start(&p, "work", PROGRESS_AUTO); /* a pipe is no terminal */
    progress_at(&p, 0.3);
    progress_end(&p);
}

static void bar_only_where_somebody_looks(void **state)
{
    (void)state;
    char b[512];
    assert_true(stderr_of(draw, b, sizeof b) > 0);
    assert_non_null(strstr(b, " 30 %"));
    assert_int_equal(stderr_of(draw_off, b, sizeof b), 0);
}

static void arenas(void **state)
{
    (void)state;
    struct arena a = {0};
    for (size_t n = 1; n < 300000; n = n * 3 + 1) {
        unsigned char *p = arena_alloc(&a, n);
        assert_int_equal((uintptr_t)p % 64, 0);
        assert_int_equal(p[0] | p[n - 1], 0);
        memset(p, 0xff, n);
    }
    assert_string_equal(arena_printf(&a, "%s-%03d", "home", 17), "home-017");
    arena_free(&a);
    struct cutter count = {0};
    assert_null(cut(&count, 10));
    assert_null(cut(&count, 100));
    assert_int_equal(count.used, 64 + 128);
}

static void streams_do_not_shift_each_other(void **state)
{
    (void)state;
    struct random a = random_stream(7, "home-001.load"), b = random_stream(7, "home-002.load"),
                  again = random_stream(7, "home-001.load");
    uint64_t first = random_u64(&a);
    assert_true(first != random_u64(&b));
    assert_true(first == random_u64(&again));
    double sum = 0, squares = 0;
    for (int i = 0; i < 200000; i++) {
        double x = random_normal(&a);
        sum += x;
        squares += x * x;
    }
    assert_true(sum / 200000 < 0.01 && sum / 200000 > -0.01);
    assert_true(squares / 200000 < 1.02 && squares / 200000 > 0.98);
}

/* Many at once are what one at a time are, at the ends of their range too. */
static void many_numbers_at_once(void **state)
{
    (void)state;
    enum { N = 1003 };
    static double u[N], v[N], z[N], y[N];
    struct random r = random_stream(7, "many");
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < N; i++) u[i] = 1 - random_uniform(&r), v[i] = random_uniform(&r);
        u[0] = 1, u[1] = 0x1p-53, u[2] = sqrt(0.5), u[3] = nextafter(u[2], 0), v[1] = 0, v[2] = 0.5, v[3] = 0.25;
        random_normals(u, v, N, z);
        for (int i = 0; i < N; i++)
            assert_near(z[i], sqrt(-2 * log(u[i])) * cos(2 * 3.14159265358979323846 * v[i]), 1e-14);
        z[4] = -600, z[5] = 600, z[6] = 0;
        random_exps(z, N, y);
        for (int i = 0; i < N; i++) assert_near(y[i] / exp(z[i]), 1, 1e-14);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_lines),
        cmocka_unit_test(log_lines),
        cmocka_unit_test(a_long_log_line_is_cut),
        cmocka_unit_test(bar),
        cmocka_unit_test(arenas),
        cmocka_unit_test(bar_only_where_somebody_looks),
        cmocka_unit_test(streams_do_not_shift_each_other),
        cmocka_unit_test(many_numbers_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
