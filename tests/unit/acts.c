/* People's acts between page, audit and control: refused where there is no room, and after a restart as they were, whatever
 * their number. */
#include "base/log.h"
#include "bench.h"
#include "control/override.h"
#include "http_call.h"
#include "replay.h"
#include "store/store.h"
#include "web/web.h"
#include <sys/stat.h>

static struct bench b;
static struct store *s;
static const char token[] = "0123456789abcdef0123";

static int open_all(void **state)
{
    struct err e = {0};
    (void)state;
    bench_open(&b, "agali.yaml", "2026-04-20T06:00", CONTROL_RULES, 3);
    bench_run(&b, 2);
    s = store_open(&(struct store_options){.path = ":memory:"}, b.v, &e);
    return s ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    int bad = store_close(s, NULL);
    bench_close(&b);
    return bad;
}

static const char *point_name(int i, char *name, size_t size)
{
    return village_series_name(b.v, village_series_base(b.v, 'c') + i, name, size);
}

static int64_t audit(const char *kind, const char *detail)
{
    int64_t id = 0;
    assert_int_equal(store_audit(s, &(struct store_act){b.now_ms, kind, "operator", NULL, detail}, &id, NULL), 0);
    return id;
}

static int64_t audit_override(int point, double value)
{
    char name[160], detail[320];
    snprintf(detail, sizeof detail, "{\"point\":\"%s\",\"value\":%g,\"until_ms\":%lld}",
             point_name(point, name, sizeof name), value, (long long)b.now_ms + 3600000);
    return audit("override", detail);
}

static void audit_number(const char *kind, const char *key, int64_t id)
{
    char detail[64];
    snprintf(detail, sizeof detail, "{\"%s\":%lld}", key, (long long)id);
    audit(kind, detail);
}

static int held(int point, double value)
{
    const struct snapshot *now = snapshot_get(b.control);
    int found = 0;
    for (int i = 0; i < now->n_override; i++)
        found |= now->override[i].point == point && now->override[i].value == value;
    snapshot_put(now);
    return found;
}

static int n_held(void)
{
    const struct snapshot *now = snapshot_get(b.control);
    int n = now->n_override;
    snapshot_put(now);
    return n;
}

/* 500 acts: 200 overrides of which 150 are taken back, 100 that replace each other on one point, and 50 that were refused. */
static void a_restart_loses_no_act(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        int64_t id = audit_override(i, 1);
        if (i >= 50) audit_number("override_cancel", "id", id);
    }
    for (int i = 0; i < 100; i++) audit_override(300, 1 + i);
    for (int i = 0; i < 25; i++) audit_number("refused", "act", audit_override(400 + i, 1));
    assert_true(acts_replay(s, b.v, b.control, b.now_ms) >= 300);
    bench_run(&b, 1);
    assert_int_equal(n_held(), 51);
    for (int i = 0; i < 50; i++) assert_true(held(i, 1));
    assert_true(held(300, 100));
    assert_false(held(400, 1));
}

/* A cancel that control refused did not happen: the override is in force before and after the restart. */
static void a_refused_cancel_takes_nothing_back(void **state)
{
    (void)state;
    int64_t id = audit_override(7, 42), cancel = 0;
    char detail[64];
    snprintf(detail, sizeof detail, "{\"id\":%lld}", (long long)id);
    cancel = audit("override_cancel", detail);
    audit_number("refused", "act", cancel);
    acts_replay(s, b.v, b.control, b.now_ms);
    bench_run(&b, 1);
    assert_true(held(7, 42));
}

/* --- over HTTP --- */

static const struct snapshot *port_snapshot(void *self) { return snapshot_get(((struct bench *)self)->control); }
static void port_release(void *self, const struct snapshot *now)
{
    (void)self;
    snapshot_put(now);
}
static int port_request(void *self, const struct request *r)
{
    return control_request(((struct bench *)self)->control, r);
}
static void port_status(void *self, struct web_status *to)
{
    (void)self;
    *to = (struct web_status){.warm_frac = 1};
}

static struct web *open_web(char *dir, const char *password_hash)
{
    char path[512];
    struct err e = {0};
    static const char *const part[] = {"", "/uplot", "/uplot/dist", "/index.html", "/uplot/dist/uPlot.min.css"};
    for (int i = 0; i < 5; i++) {
        snprintf(path, sizeof path, "%s%s", dir, part[i]);
        if (i && i < 3) mkdir(path, 0700);
        if (i > 2) fclose(fopen(path, "w"));
    }
    struct web_ports p = {.self = &b,
                          .village = b.v,
                          .store = s,
                          .snapshot = port_snapshot,
                          .release = port_release,
                          .request = port_request,
                          .status = port_status};
    struct web_options o = {
        .listen = "127.0.0.1:0", .ui_dir = dir, .lib_dir = dir, .token = token, .password_hash = password_hash};
    struct web *w = web_start(&o, &p, &e);
    if (!w) fail_msg("%s", e.text);
    return w;
}

static void close_web(struct web *w, const char *dir)
{
    char path[512];
    static const char *const part[] = {"/uplot/dist/uPlot.min.css", "/index.html", "/uplot/dist", "/uplot", ""};
    web_stop(w);
    for (int i = 0; i < 5; i++) {
        snprintf(path, sizeof path, "%s%s", dir, part[i]);
        if (i < 2)
            unlink(path);
        else
            rmdir(path);
    }
}

static int post_override(struct web *w, int point, char *out, size_t size)
{
    char head[64], name[160], body[320];
    snprintf(head, sizeof head, "X-Kend-Token: %s\r\n", token);
    const struct field *f = NULL;
    for (int32_t a = 0; a < b.v->n_asset && !f; a++) {
        int32_t i = point - b.v->asset[a].cmd;
        if (i >= 0 && i < b.v->asset[a].cls->cmd.n) f = &b.v->asset[a].cls->cmd.row[i];
    }
    snprintf(body, sizeof body, "{\"point\":\"%s\",\"value\":%g,\"until_ms\":%lld}",
             point_name(point, name, sizeof name), f->min, (long long)b.now_ms + 3600000);
    return http_call(web_port(w), "POST /api/override", head, body, out, size);
}

struct counted {
    int override, refused;
};
static void count_act(void *self, int64_t id, const struct store_act *a)
{
    struct counted *n = self;
    (void)id;
    n->override += !strcmp(a->kind, "override");
    n->refused += !strcmp(a->kind, "refused");
}

static void a_full_table_refuses_and_says_so(void **state)
{
    (void)state;
    char dir[] = "/tmp/kend-acts-XXXXXX", out[4096];
    struct counted n = {0};
    assert_non_null(mkdtemp(dir));
    struct web *w = open_web(dir, NULL);
    assert_int_equal(post_override(w, 500, out, sizeof out), 200);
    bench_run(&b, 1);
    struct override o = {.from_ms = b.now_ms, .until_ms = b.now_ms + 3600000, .value = 0};
    for (o.point = 0; o.point < OVERRIDES_MAX - 1; o.point++) assert_int_equal(control_override(b.control, &o), 0);
    /* The newest snapshot does not know yet: control refuses at its door, and the audit says so. */
    assert_int_equal(post_override(w, 501, out, sizeof out), 409);
    bench_run(&b, 1);
    assert_true(bench_alarm(&b, -1, "requests_refused"));
    assert_int_equal(post_override(w, 502, out, sizeof out), 409);
    assert_int_equal(post_override(w, 500, out, sizeof out), 200); /* one that has its row keeps it */
    assert_int_equal(store_audit_list(s, 0, 1000, count_act, &n, NULL), 0);
    assert_int_equal(n.override, 3);
    assert_int_equal(n.refused, 1);
    struct bench fresh;
    bench_open(&fresh, "agali.yaml", "2026-04-20T06:10", CONTROL_RULES, 3);
    assert_int_equal(acts_replay(s, b.v, fresh.control, fresh.now_ms), 2);
    bench_run(&fresh, 1);
    const struct snapshot *now = snapshot_get(fresh.control);
    assert_int_equal(now->n_override, 1);
    assert_int_equal(now->override[0].point, 500);
    snapshot_put(now);
    bench_close(&fresh);
    close_web(w, dir);
}

/* Where a password is set the token at start opens nothing, so it is not shown either. */
static void a_password_needs_no_token(void **state)
{
    (void)state;
    char dir[] = "/tmp/kend-acts-XXXXXX", hash[256], link[256];
    assert_non_null(mkdtemp(dir));
    struct web *w = open_web(dir, NULL);
    assert_non_null(strstr(web_link(w, link, sizeof link), token));
    web_stop(w);
    assert_int_equal(web_password_hash("a good long word", hash, sizeof hash), 0);
    w = open_web(dir, hash);
    assert_null(strstr(web_link(w, link, sizeof link), "token"));
    close_web(w, dir);
}

int main(void)
{
    log_threshold(LOG_WARNING);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_restart_loses_no_act, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_refused_cancel_takes_nothing_back, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_full_table_refuses_and_says_so, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_password_needs_no_token, open_all, close_all),
    };
    return cmocka_run_group_tests_name("acts", tests, NULL, NULL);
}
