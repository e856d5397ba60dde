/* The small parts of control: the request ring, the alarm table, the screening of readings, overrides, the slots
 * ahead. */
#include "base/random.h"
#include "bench.h"
#include "control/alarms.h"
#include "control/horizon.h"
#include "control/override.h"
#include "control/queue.h"
#include "control/screen.h"
#include <math.h>
#include <pthread.h>

static void ring_refuses_when_full(void **state)
{
    (void)state;
    static struct queue q;
    queue_init(&q);
    struct request r = {.kind = REQUEST_ACK}, got;
    for (int round = 0; round < 3; round++) {
        for (uint64_t i = 0; i < QUEUE_CELLS; i++) {
            r.ticket = i;
            assert_int_equal(queue_push(&q, &r), 0);
        }
        assert_int_equal(queue_push(&q, &r), -1);
        for (uint64_t i = 0; i < QUEUE_CELLS; i++) {
            assert_int_equal(queue_pop(&q, &got), 1);
            assert_true(got.ticket == i);
        }
        assert_int_equal(queue_pop(&q, &got), 0);
    }
}

enum { WRITERS = 3, EACH = 20000 };
static struct queue shared;
static void *writer(void *self)
{
    for (uint64_t i = 0; i < EACH;) {
        struct request r = {.who = (int32_t)(intptr_t)self, .ticket = i};
        if (queue_push(&shared, &r) == 0) i++;
    }
    return NULL;
}

static void many_writers_lose_nothing(void **state)
{
    (void)state;
    pthread_t t[WRITERS];
    uint64_t next[WRITERS] = {0};
    queue_init(&shared);
    for (int i = 0; i < WRITERS; i++) pthread_create(&t[i], NULL, writer, (void *)(intptr_t)i);
    for (int n = 0; n < WRITERS * EACH;) {
        struct request r;
        if (!queue_pop(&shared, &r)) continue;
        assert_true(r.ticket == next[r.who]++);
        n++;
    }
    for (int i = 0; i < WRITERS; i++) pthread_join(t[i], NULL);
}

/* An empty list for 400 assets; returns its memory. */
static void *alarms_of_400(struct alarms *t)
{
    struct cutter count = {0};
    alarms_create(t, 400, &count);
    void *mem = aligned_alloc(64, (count.used + 63) / 64 * 64);
    struct cutter c = {mem, 0};
    alarms_create(t, 400, &c);
    return mem;
}

static void alarms_are_idempotent(void **state)
{
    (void)state;
    struct alarms t;
    void *mem = alarms_of_400(&t);
    for (int i = 0; i < 5; i++) alarm_raise(&t, 1000 + i, 3, ALARM_SILENT, ALARM_WARNING);
    assert_int_equal(t.n, 1);
    assert_true(t.row[0].since_ms == 1000 && t.row[0].active);
    alarm_raise(&t, 2000, 3, ALARM_SILENT, ALARM_URGENT);
    assert_int_equal(t.row[0].level, ALARM_URGENT);
    assert_int_equal(alarm_ack(&t, 0, 9, 2500), 0);
    assert_int_equal(alarm_ack(&t, 1, 9, 2500), -1);
    alarm_clear(&t, 3000, 3, ALARM_SILENT);
    assert_false(alarm_active(&t, 3, ALARM_SILENT));
    alarm_raise(&t, 4000, 3, ALARM_SILENT, ALARM_WARNING);
    assert_int_equal(t.n, 1);
    assert_true(t.row[0].since_ms == 4000 && t.row[0].ack_ms == 0);
    for (int a = 0; a < 400; a++) alarm_raise(&t, 5000, a, ALARM_FAULT, ALARM_WARNING);
    assert_int_equal(t.n, ALARM_ROWS);
    for (int a = 0; a < 400; a++) alarm_clear(&t, 6000, a, ALARM_FAULT);
    alarm_raise(&t, 7000, -1, ALARM_CLOCK, ALARM_URGENT); /* takes the row of one that is over */
    assert_true(alarm_active(&t, -1, ALARM_CLOCK));
    for (uint16_t k = 0; k < ALARM_CODES; k++) assert_true(strlen(alarm_name(k)) > 3 && strlen(alarm_text(k)) > 8);
    free(mem);
}

/* A list full of warnings still shows what is urgent, and that it is full. */
static void urgent_alarms_find_room(void **state)
{
    (void)state;
    struct alarms t;
    void *mem = alarms_of_400(&t);
    for (int k = 0; k < 3; k++) /* as every tick does */
        for (int a = 0; a < 400; a++) alarm_raise(&t, 5000 + a, a, ALARM_READING_STUCK, ALARM_WARNING);
    assert_true(alarm_active(&t, -1, ALARM_TABLE));
    alarm_raise(&t, 7000, -1, ALARM_ISLAND, ALARM_URGENT);
    alarm_raise(&t, 7000, 7, ALARM_LAND, ALARM_URGENT);
    for (int a = 0; a < 400; a++) alarm_raise(&t, 8000, a, ALARM_READING_STUCK, ALARM_WARNING);
    assert_true(alarm_active(&t, -1, ALARM_ISLAND) && alarm_active(&t, 7, ALARM_LAND) &&
                alarm_active(&t, -1, ALARM_TABLE));
    int seen = 0;
    for (int i = 0; i < t.n; i++) seen += t.row[i].active && t.row[i].code == ALARM_ISLAND;
    assert_int_equal(seen, 1);
    assert_int_equal(t.n, ALARM_ROWS);
    for (int a = 0; a < 400; a++) alarm_raise(&t, 9000, a, ALARM_FAULT, ALARM_URGENT);
    assert_true(alarm_active(&t, -1, ALARM_ISLAND) && alarm_active(&t, 0, ALARM_FAULT));
    assert_false(alarm_active(&t, 0, ALARM_READING_STUCK));
    free(mem);
}

static const struct field temp = {.key = "temp_degC", .min = -40, .max = 60};

static enum screen_end see(struct screen *s, double v, int64_t at_ms)
{
    return screen_reading(s, &temp, &(struct reading){.at_ms = at_ms, .value = v}, at_ms, 0);
}

static void readings_are_screened(void **state)
{
    (void)state;
    struct screen s = {.at_ms = INT64_MIN};
    struct random r = random_stream(1, "screen");
    int64_t t = 1000000;
    for (int i = 0; i < 2000; i++)
        assert_int_equal(see(&s, 20 + 0.15 * random_normal(&r), t += 60000), SCREEN_GOOD);
    assert_int_equal(see(&s, 20, t), SCREEN_OLD); /* the same time again */
    assert_int_equal(see(&s, (double)NAN, t += 60000), SCREEN_NAN);
    assert_int_equal(see(&s, (double)INFINITY, t += 60000), SCREEN_NAN);
    assert_int_equal(see(&s, 300, t += 60000), SCREEN_RANGE);
    assert_int_equal(see(&s, 45, t += 60000), SCREEN_SPIKE);
    assert_int_equal(see(&s, 20.1, t += 60000), SCREEN_GOOD);
    assert_int_equal(see(&s, 45, t += 60000), SCREEN_SPIKE); /* a true jump is believed when it is confirmed */
    assert_int_equal(see(&s, 45.2, t += 60000), SCREEN_GOOD);
    int stuck = 0;
    for (int i = 0; i < 120; i++) stuck += see(&s, 45.2, t += 60000) == SCREEN_STUCK;
    assert_true(stuck > 30);
    assert_int_equal(see(&s, 45.3, t += 60000), SCREEN_GOOD);
    struct reading late = {.at_ms = t + 10000000, .value = 45};
    assert_int_equal(screen_reading(&s, &temp, &late, t, 0), SCREEN_OLD); /* from the future */
}

/* What people set stands still for days and then steps: at whatever pace the village runs, that is no fault. */
static void what_people_set_is_not_stuck(void **state)
{
    (void)state;
    static const struct field set = {.key = "setpoint_degC", .min = 5, .max = 35, .flags = FIELD_TOLD};
    struct screen s = {.at_ms = INT64_MIN};
    int64_t t = 1000000;
    for (int i = 0; i < 1200; i++) {
        double v = i < 200 ? 19 + 1e-9 * i : i % 600 < 300 ? 19.5 : 22.5; /* jitter in the last digits at first */
        struct reading r = {.at_ms = t += i < 200 ? 1000 : 60000, .value = v};
        assert_int_equal(screen_reading(&s, &set, &r, t, 0), SCREEN_GOOD);
    }
}

static void overrides_must_end(void **state)
{
    (void)state;
    struct overrides o;
    struct override row[OVERRIDES_MAX];
    struct village v = {.n_cmd = 500};
    o = (struct overrides){.row = row, .n = 0, .next_id = 1};
    struct override w = {.from_ms = 1000, .until_ms = 0, .value = 1, .point = 3};
    assert_int_equal(override_add(&o, &v, &w, 1000), -1); /* no end */
    w.until_ms = 900;
    assert_int_equal(override_add(&o, &v, &w, 1000), -1);
    w.until_ms = 1000 + OVERRIDE_LONGEST_MS + 1;
    assert_int_equal(override_add(&o, &v, &w, 1000), -1);
    w.until_ms = 61000, w.value = (double)NAN;
    assert_int_equal(override_add(&o, &v, &w, 1000), -1);
    w.value = 1, w.point = 500;
    assert_int_equal(override_add(&o, &v, &w, 1000), -1);
    w.point = 3;
    assert_int_equal(override_add(&o, &v, &w, 1000), 0);
    w.value = 2;
    assert_int_equal(override_add(&o, &v, &w, 1000), 0); /* the newer wins */
    assert_int_equal(o.n, 1);
    assert_true(o.row[0].value == 2);
    overrides_expire(&o, 61000);
    assert_int_equal(o.n, 0);
    for (int i = 0; i < OVERRIDES_MAX; i++) {
        w.point = i;
        assert_int_equal(override_add(&o, &v, &w, 1000), 0);
    }
    w.point = 499;
    assert_int_equal(override_add(&o, &v, &w, 1000), -1);
    assert_int_equal(override_cancel(&o, o.row[5].id), 0);
    assert_int_equal(override_cancel(&o, 123456), -1);
}

static void slots_follow_the_clock(void **state)
{
    (void)state;
    struct village *v = bench_village("agali.yaml");
    struct horizon_room r;
    struct cutter count = {0};
    horizon_create(&r, v, 120, &count);
    void *mem = aligned_alloc(64, (count.used + 63) / 64 * 64);
    struct cutter c = {mem, 0};
    horizon_create(&r, v, 120, &c);
    int64_t at_ms = bench_date(v, "2026-03-01T10:07");
    struct horizon h = horizon_make(&r, v, &v->policy, at_ms, 96, 24, 1000);
    assert_int_equal(h.T, 120);
    assert_near(h.dt_s[h.len[0]], 480, 1e-9);
    assert_near(h.dt_s[h.len[1]], 900, 1e-9);
    assert_near(h.dt_s[h.len[119]], 3600, 1e-9);
    assert_true(r.start_ms[1] % 900000 == 0);
    assert_true(r.start_ms[120] == r.start_ms[96] + 24 * 3600000);
    int midnights = 0;
    for (int t = 0; t < h.T; t++) {
        midnights += h.day_start[t];
        assert_true(h.buy[t] > 0 && h.buy[t] < 1e-5 && h.sell[t] <= h.buy[t]);
    }
    assert_int_equal(midnights, 2);
    h = horizon_make(&r, v, &v->policy, bench_date(v, "2026-03-01T10:14:30"), 96, 0, 0);
    assert_near(h.dt_s[h.len[0]], 930, 1e-9); /* half a minute is no slot */
    free(mem);
    village_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ring_refuses_when_full),       cmocka_unit_test(many_writers_lose_nothing),
        cmocka_unit_test(alarms_are_idempotent),        cmocka_unit_test(urgent_alarms_find_room),
        cmocka_unit_test(what_people_set_is_not_stuck), cmocka_unit_test(readings_are_screened),
        cmocka_unit_test(overrides_must_end),           cmocka_unit_test(slots_follow_the_clock)};
    return cmocka_run_group_tests_name("control_parts", tests, NULL, NULL);
}
