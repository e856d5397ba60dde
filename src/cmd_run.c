/* `kend run FILE`: the live loop on the twin, the store and the page, until SIGTERM or Ctrl-C. */
#include "base/err.h"
#include "base/log.h"
#include "base/progress.h"
#include "command.h"
#include "live.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

static int read_options(const struct args *a, struct village *v, struct live_options *o)
{
    static const char *const words[] = {"rules", "separate", "joint"};
    uint64_t seed;
    int controller;
    if (arg_seed(a, &seed) || arg_count(a, "--history", 0, 31, &o->history_days)) return -1;
    if (arg_number(a, "--speed", 1, 10000, &o->speed) || arg_word(a, "--control", words, 3, &controller)) return -1;
    o->village = v;
    o->rig = (struct rig_options){.solve_s = 2,
                                  .weather_file = arg_text(a, "--weather"),
                                  .river = arg_text(a, "--river"),
                                  .seed = seed,
                                  .controller = (enum controller)controller};
    return 0;
}

/* The first line of a file, without its line end. 0, or -1 after complaining. */
static int read_line(const struct args *a, const char *path, char *buf, size_t size)
{
    FILE *f = fopen(path, "r");
    if (!f || !fgets(buf, (int)size, f)) {
        complain(a, "%s: %s", path, errno ? strerror(errno) : "is empty");
        if (f) fclose(f);
        return -1;
    }
    buf[strcspn(buf, "\r\n")] = 0;
    return fclose(f);
}

static void print_welcome(struct web *w, int password)
{
    char link[256];
    printf(password ? "kend is running: %s\nLog in there with the village's password. Ctrl-C ends it.\n"
                    : "kend is running: %s\nThe link holds the token for changes; without it the page only shows. "
                      "Ctrl-C ends it.\n",
           web_link(w, link, sizeof link));
    fflush(stdout);
}

/* The village file is read again; a wrong one leaves the running village as it is. */
static void reload(struct live *l, struct web *w)
{
    struct err e = {0};
    char line[1024];
    struct web_ports ports;
    struct stage *s = live_stage(l, &e);
    if (s && live_park(l, &e)) {
        stage_free(s);
        s = NULL;
    }
    if (!s) {
        log_line(LOG_ERROR, "%s; the village goes on as it was", err_line(&e, line, sizeof line));
        return;
    }
    web_hold(w);
    if (live_swap(l, s, &e))
        log_line(LOG_ERROR, "%s; the village goes on as it was", err_line(&e, line, sizeof line));
    live_unpark(l);
    live_ports(l, &ports);
    for (int tries = 0; tries < 200; tries++) { /* its first tick, so that no call finds nothing */
        const struct snapshot *first = ports.snapshot(ports.self);
        ports.release(ports.self, first);
        if (first) break;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    if (web_go_on(w, &ports)) log_line(LOG_ERROR, "out of memory: the page still shows the village as it was");
}

/* Waits for a signal to end; tells the service manager that all is well only while the village thread beats. */
static void wait_for_end(const sigset_t *ends, struct live *l, struct web *w)
{
    struct progress bar;
    int64_t beat = -1;
    int warm = 0;
    progress_start(&bar, "the days behind the page", PROGRESS_AUTO);
    sd_notify(0, "READY=1");
    for (;;) {
        int signal = sigtimedwait(ends, NULL, &(struct timespec){.tv_nsec = 200000000});
        if (signal == SIGHUP || live_reload_wanted(l))
            reload(l, w);
        else if (signal > 0 || live_dead(l))
            break;
        if (live_beat(l) != beat) sd_notify(0, "WATCHDOG=1");
        beat = live_beat(l);
        if (!warm) progress_at(&bar, live_warm_frac(l));
        if (!warm && live_warm_frac(l) >= 1) {
            warm = 1;
            progress_end(&bar);
        }
    }
    if (!warm) progress_end(&bar);
    sd_notify(0, "STOPPING=1");
}

static int serve(const struct args *a, struct live *l, const char *hash, const sigset_t *ends)
{
    struct web_ports ports;
    struct err e = {0};
    char line[1024];
    live_ports(l, &ports);
    struct web_options o = {.listen = arg_text(a, "--listen"),
                            .hosts = arg_text(a, "--names"),
                            .proxy = arg_text(a, "--proxy"),
                            .password_hash = hash};
    struct web *w = web_start(&o, &ports, &e);
    if (!w) return complain(a, "%s", err_line(&e, line, sizeof line));
    print_welcome(w, hash != NULL);
    wait_for_end(ends, l, w);
    web_stop(w);
    if (live_dead(l)) {
        complain(a, "the planner hangs; leaving at once, the state of the last save holds");
        _exit(1); /* it still uses the village and the store: nothing may be freed */
    }
    return 0;
}

/* Frees the village, or the one that has taken its place. */
static int run_village(const struct args *a, struct village *v, const sigset_t *ends)
{
    struct live_options o = {0};
    struct err e = {0};
    char line[1024], hash[256] = "";
    const char *password = arg_text(a, "--password-file");
    struct store_options s = {.path = arg_text(a, "--db") ? arg_text(a, "--db") : ":memory:"};
    int status = read_options(a, v, &o) || (password && read_line(a, password, hash, sizeof hash));
    if (!status && !(o.store = store_open(&s, v, &e))) status = complain(a, "%s", err_line(&e, line, sizeof line));
    o.db = s.path;
    struct live *l = status ? NULL : live_open(&o, &e);
    if (l) {
        status = serve(a, l, hash[0] ? hash : NULL, ends);
        v = live_village(l);
        live_close(l);
    } else if (!status)
        status = complain(a, "%s", err_line(&e, line, sizeof line));
    if (o.store && store_close(o.store, &e) && !status) status = complain(a, "%s", err_line(&e, line, sizeof line));
    village_free(v);
    return status;
}

int command_run(const struct args *a)
{
    int n_error = 0;
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a failed write, not the end */
    struct village *v = village_read(a->file, stderr, &n_error);
    if (!v) return complain(a, "%s has %d mistake%s", a->file, n_error, n_error == 1 ? "" : "s");
    return run_village(a, v, &ends);
}
