/* The rig: ports from the controller to a twin on a virtual clock. The perfect forecast reads a second world of the same seed
 * (the oracle), quarter-hour by quarter-hour, each computed once. See rig.h. */
#include "design/rig.h"
#include "base/err.h"
#include <stdlib.h>
#include <string.h>

enum { ORACLE_QUARTERS = 4 * 24 * 5 }; /* ring: five days */

struct oracle {
    struct world *world;
    int n_exo;
    int64_t *quarter; /* which quarter-hour a row of the ring holds */
    struct ambient *amb;
    double *exo; /* [ORACLE_QUARTERS][n_exo] */
};
struct rig {
    const struct village *village;
    struct world *world;
    struct twin *twin;
    struct control *control;
    void *control_mem;
    int64_t now_ms, tick_ms;
    struct oracle oracle;
    int (*record)(void *, const struct snapshot *);
    void *record_self;
};

static int64_t port_now(void *self) { return ((struct rig *)self)->now_ms; }

static int port_measure(void *self, struct reading *r, int max) { return twin_measure(((struct rig *)self)->twin, r, max); }

static void port_actuate(void *self, const struct setpoint *s, int n) { twin_actuate(((struct rig *)self)->twin, s, n); }

static int port_record(void *self, const struct snapshot *s)
{
    struct rig *r = self;
    return r->record ? r->record(r->record_self, s) : 0;
}

/* Row of the ring that holds the quarter-hour of at_ms, computed when it is not there yet. */
static int oracle_row(struct oracle *o, int64_t at_ms)
{
    int64_t quarter = at_ms / MS_QUARTER;
    int row = (int)(quarter % ORACLE_QUARTERS);
    if (o->quarter[row] != quarter) {
        world_slot(o->world, quarter * MS_QUARTER, MS_QUARTER, &o->amb[row], o->exo + (size_t)row * (size_t)o->n_exo);
        o->quarter[row] = quarter;
    }
    return row;
}

static void scatter_exo(const struct village *v, const double *now, int T, int t, double *exo)
{
    for (int a = 0; a < v->n_asset; a++) {
        const struct asset *s = &v->asset[a];
        int n = s->cls->exo.n;
        double *rows = exo + (size_t)T * (size_t)s->exo;
        for (int k = 0; k < n; k++) rows[t * n + k] = now[s->exo + k];
    }
}

static int port_forecast(void *self, const struct horizon *h, struct ambient *amb, double *exo)
{
    struct rig *r = self;
    int64_t at_ms = h->start_ms;
    for (int t = 0; t < h->T; t++) {
        int64_t end_ms = at_ms + (int64_t)(h->dt_s[h->len[t]] * 1000.0);
        int row = oracle_row(&r->oracle, at_ms);
        amb[t] = r->oracle.amb[row];
        scatter_exo(r->village, r->oracle.exo + (size_t)row * (size_t)r->oracle.n_exo, h->T, t, exo);
        at_ms = end_ms;
    }
    return 0;
}

static int oracle_open(struct oracle *o, const struct village *v, const struct world_options *w, struct err *e)
{
    o->n_exo = v->n_exo;
    o->world = world_create(v, w, e);
    o->quarter = malloc(sizeof *o->quarter * ORACLE_QUARTERS);
    o->amb = malloc(sizeof *o->amb * ORACLE_QUARTERS);
    o->exo = malloc(sizeof *o->exo * ORACLE_QUARTERS * (size_t)(v->n_exo + 1));
    if (!o->world) return -1;
    if (!o->quarter || !o->amb || !o->exo) return err_set(e, "out of memory");
    for (int i = 0; i < ORACLE_QUARTERS; i++) o->quarter[i] = INT64_MIN;
    return 0;
}

static void oracle_close(struct oracle *o)
{
    if (o->world) world_free(o->world);
    free(o->quarter);
    free(o->amb);
    free(o->exo);
}

static int control_open(struct rig *r, const struct rig_options *o, struct err *e)
{
    struct control_options options = {
        .rates = {.tick_s = (double)o->tick_ms / 1000.0, .plan_s = 900, .record_s = 60},
        .controller = o->controller,
        .slots = (int)((o->hours > 0 ? o->hours : 24) * 4 + 0.5),
    };
    struct run_ports ports = {.self = r,
                              .now_ms = port_now,
                              .measure = port_measure,
                              .actuate = port_actuate,
                              .forecast = r->oracle.world ? port_forecast : NULL,
                              .record = o->record ? port_record : NULL};
    size_t bytes = control_bytes(r->village, &options);
    r->control_mem = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!r->control_mem) return err_set(e, "out of memory: the controller wants %zu MB", bytes >> 20);
    r->control = control_create(r->village, &r->village->policy, &options, &ports, r->control_mem);
    return 0;
}

static int open_parts(struct rig *r, const struct rig_options *o, struct err *e)
{
    struct world_options world = {.seed = o->seed, .weather_file = o->weather_file, .river = o->river};
    struct twin_options twin = {.seed = o->seed, .spread_frac = 0.2, .noise_frac = 1.0};
    if (!(r->world = world_create(r->village, &world, e))) return -1;
    if (!(r->twin = twin_create(r->village, r->world, &twin, o->start_ms, e))) return -1;
    if (o->controller == CONTROL_PERFECT && oracle_open(&r->oracle, r->village, &world, e)) return -1;
    return control_open(r, o, e);
}

struct rig *rig_open(const struct village *v, const struct rig_options *o, struct err *e)
{
    struct rig *r = calloc(1, sizeof *r);
    if (!r) return err_set(e, "out of memory"), NULL;
    r->village = v;
    r->now_ms = o->start_ms;
    r->tick_ms = o->tick_ms;
    r->record = o->record;
    r->record_self = o->record_self;
    if (!open_parts(r, o, e)) return r;
    rig_close(r);
    return NULL;
}

void rig_close(struct rig *r)
{
    free(r->control_mem);
    oracle_close(&r->oracle);
    if (r->twin) twin_free(r->twin);
    if (r->world) world_free(r->world);
    free(r);
}

void rig_advance(struct rig *r, int64_t until_ms, void (*seen)(void *, struct rig *, double), void *self)
{
    while (r->now_ms < until_ms) {
        int64_t next_ms = r->now_ms - r->now_ms % r->tick_ms + r->tick_ms;
        if (next_ms > until_ms) next_ms = until_ms;
        double dt_s = (double)(next_ms - r->now_ms) / 1000.0;
        twin_step(r->twin, next_ms, r->tick_ms);
        r->now_ms = next_ms;
        if (seen) seen(self, r, dt_s);
        control_tick(r->control);
        if (control_plan_due(r->control)) control_plan(r->control);
    }
}

int64_t rig_now_ms(const struct rig *r) { return r->now_ms; }
struct control *rig_control(struct rig *r) { return r->control; }
struct twin *rig_twin(struct rig *r) { return r->twin; }
struct world *rig_world(struct rig *r) { return r->world; }

int rig_set_controller(struct rig *r, enum controller c)
{
    return control_request(r->control, &(struct request){.kind = REQUEST_CONTROLLER, .of.id = (uint32_t)c});
}
