/* Assets abreast: those of a class that can step side by side in vector lanes (asset_class.lanes_step) stand in teams of ASSET_LANES, in the order of the file.
 * A team keeps its members' states and set-points in its lanes for as long as all of them are alike: in service, and all on their own rules or all on
 * set-points. Where they differ, and before anybody else looks (the end of twin_step), the lanes are written back and each steps alone; what comes out is the same. */
#include "twin/core.h"

/* Lanes beyond the members repeat the last one; their flows go nowhere. */
static void join(struct twin *t, struct team *m, int32_t a)
{
    const struct asset *s = &t->v->asset[a];
    m->cls = s->cls;
    for (int i = m->n++; i < ASSET_LANES; i++) {
        m->asset[i] = a;
        m->exo[i] = t->s.exo + s->exo;
        m->flow[i] = i < m->n ? t->s.flow + s->flow : m->nowhere;
    }
}

static int alone(const struct twin *t, const struct asset_class *k)
{
    return !k->lanes_bytes || (t->opt.fidelity == TWIN_HIGH && k->judge_bytes);
}

void teams_lay(struct twin *t, struct cutter *c)
{
    const struct village *v = t->v;
    t->team = cut(c, sizeof *t->team * (size_t)(v->n_asset + 1));
    t->single = cut(c, sizeof *t->single * (size_t)(v->n_asset + 1));
    for (const struct asset_class *const *k = asset_classes; *k; k++) {
        int members = 0;
        for (int32_t a = -1; !alone(t, *k) && (a = village_class_next(v, (*k)->name, a)) >= 0; members++) {
            void *lanes = members % ASSET_LANES == 0 ? cut(c, (*k)->lanes_bytes) : NULL;
            if (lanes) t->team[t->n_team++] = (struct team){.lanes = lanes};
        }
    }
}

void teams_form(struct twin *t)
{
    int next = 0;
    for (const struct asset_class *const *k = asset_classes; *k; k++) {
        struct team *m = NULL;
        for (int32_t a = -1; (a = village_class_next(t->v, (*k)->name, a)) >= 0;) {
            if (alone(t, *k)) {
                t->single[t->n_single++] = a;
                continue;
            }
            if (!m || m->n == ASSET_LANES) m = &t->team[next++];
            join(t, m, a);
        }
    }
}

/* The lanes hold the members' parameters for steps of part_s, and the members themselves. */
static void team_in(struct twin *t, struct team *m, double part_s)
{
    for (int i = 0; i < ASSET_LANES; i++) {
        struct asset_now *now = &t->now[m->asset[i]];
        now->dt_s = part_s;
        if (m->made_s != part_s) m->cls->lane_make(now, m->lanes, i);
        if (!m->in) m->cls->lane_in(now, m->lanes, i);
    }
    m->in = 1, m->made_s = part_s;
}

void team_out(struct twin *t, struct team *m)
{
    for (int i = 0; i < m->n && m->in; i++) {
        const struct asset *s = &t->v->asset[m->asset[i]];
        m->cls->lane_out(m->lanes, i, t->s.x + s->x, t->s.cmd + s->cmd);
    }
    m->in = 0;
}

/* 1: all on their own rules; 0: all on set-points; -1: they are not alike. Holds until *until_ms, when the first set-point in force expires. */
static int alike(const struct twin *t, const struct team *m, int64_t *until_ms)
{
    uint32_t status = t->s.status[m->asset[0]];
    int fresh = 0, n_cmd = m->cls->cmd.n;
    *until_ms = INT64_MAX;
    if (status & ~(uint32_t)STATUS_ISLAND) return -1;
    for (int i = 0; i < m->n; i++) {
        const int64_t *expires_ms = t->expires_ms + t->v->asset[m->asset[i]].cmd;
        if (t->s.status[m->asset[i]] != status || t->held_s[m->asset[i]] > 0) return -1;
        for (int k = 0; k < n_cmd; k++) {
            if (expires_ms[k] <= t->s.at_ms) continue;
            fresh++;
            if (expires_ms[k] < *until_ms) *until_ms = expires_ms[k];
        }
    }
    return fresh == 0 ? 1 : fresh == m->n * n_cmd ? 0 : -1;
}

static void step_lanes(struct team *m, const struct asset_now *now, int own_rules, int parts)
{
    double mean[ASSET_LANES][ASSET_PORTS_MAX] = {{0}};
    int n_port = m->cls->n_port;
    for (int k = 0; k < parts; k++) {
        m->cls->lanes_step(now, m->lanes, own_rules && k == 0, m->exo, m->flow);
        for (int i = 0; i < m->n && parts > 1; i++)
            for (int p = 0; p < n_port; p++) mean[i][p] += m->flow[i][p] / parts;
    }
    for (int i = 0; i < m->n && parts > 1; i++)
        for (int p = 0; p < n_port; p++) m->flow[i][p] = mean[i][p];
}

int team_step(struct twin *t, struct team *m, double dt_s)
{
    int known = m->in && t->calm && t->s.at_ms < m->until_ms;
    if (!known) m->own_rules = alike(t, m, &m->until_ms);
    if (m->own_rules < 0 || dt_s < m->cls->dt_min_s) return team_out(t, m), 0;
    int parts = step_parts(m->cls, dt_s);
    struct asset_now *now = &t->now[m->asset[0]];
    now->at_ms = t->s.at_ms, now->status = t->s.status[m->asset[0]], now->dt_s = dt_s / parts;
    if (!m->in || m->made_s != now->dt_s) team_in(t, m, now->dt_s);
    step_lanes(m, now, m->own_rules, parts);
    return 1;
}
