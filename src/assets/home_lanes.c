/* Homes side by side, one to a vector lane: the functions of home_run.h in a loop over the lanes of a home_lanes, whose numbers lie lane by lane. All is
 * inlined and nothing branches, so that the compiler makes vectors of the loop, and each lane's result is what one home alone gets: no sum crosses lanes, nothing
 * is fused (-ffp-contract=off). */
#include "assets/home_lanes.h"

enum { EXOS = sizeof(struct home_exo) / sizeof(double) };
#define ROWS(array) ((int)(sizeof(array) / sizeof(array)[0]))

static void lane_put(double (*to)[ASSET_LANES], int n, int lane, const void *from)
{
    for (int k = 0; k < n; k++) to[k][lane] = ((const double *)from)[k];
}

/* Unrolled, so that the copy becomes the rows themselves and only those that are read are loaded. */
HOME_INLINE void lane_get(double (*from)[ASSET_LANES], int n, int lane, void *to)
{
#pragma GCC unroll 64
    for (int k = 0; k < n; k++) ((double *)to)[k] = from[k][lane];
}

HOME_INLINE void lane_set(double (*to)[ASSET_LANES], int n, int lane, const void *from)
{
#pragma GCC unroll 64
    for (int k = 0; k < n; k++) to[k][lane] = ((const double *)from)[k];
}

void home_lane_make(const struct asset_now *now, void *mem, int lane)
{
    struct home_lanes *l = mem;
    struct home_made made;
    home_make(now->par, now->dt_s, &made);
    lane_put(l->par, ROWS(l->par), lane, now->par);
    lane_put(l->made, ROWS(l->made), lane, &made);
}

void home_lane_in(const struct asset_now *now, void *mem, int lane)
{
    struct home_lanes *l = mem;
    lane_put(l->x, ROWS(l->x), lane, now->x);
    lane_put(l->cmd, ROWS(l->cmd), lane, now->cmd);
}

void home_lane_out(const void *mem, int lane, void *x, void *cmd)
{
    const struct home_lanes *l = mem;
    for (int k = 0; k < ROWS(l->x); k++) ((double *)x)[k] = l->x[k][lane];
    for (int k = 0; k < ROWS(l->cmd); k++) ((double *)cmd)[k] = l->cmd[k][lane];
}

HOME_INLINE struct rooms rooms_of(const struct home_made *k, int open)
{
    struct rooms r;
    const double *shut = (const void *)&k->rooms[0], *wide = (const void *)&k->rooms[1];
    double *to = (void *)&r;
#pragma GCC unroll 64
    for (size_t i = 0; i < sizeof r / sizeof *to; i++) to[i] = open ? wide[i] : shut[i];
    return r;
}

/* One lane's step; the power it takes. */
HOME_INLINE double lane_step(struct home_lanes *l, int lane, int alone, const struct surround *s,
                             double (*in)[ASSET_LANES])
{
    struct home_exo e;
    struct home_par p;
    struct home_made made;
    struct home_state x;
    struct home_cmd c;
    lane_get(l->par, ROWS(l->par), lane, &p);
    lane_get(l->made, ROWS(l->made), lane, &made);
    lane_get(l->x, ROWS(l->x), lane, &x);
    lane_get(l->cmd, ROWS(l->cmd), lane, &c);
    lane_get(in, EXOS, lane, &e);
    if (alone) {
        struct thermostat t = thermostat_of(&p, &x, &e, s->usual_degC);
        obey(&p, &x, &e, &t, &c);
        (void)keep(&p, &x, &e, &t, 0, 0, &c);
        lane_set(l->cmd, ROWS(l->cmd), lane, &c);
    }
    struct compressor k = compressor_of(&p, &x);
    double heat_W = compressor_power_W(&k, c.heat_W);
    x.cooling_frac = season_next(&p, &x, s->temp_mean_degC, e.setpoint_degC);
    struct rooms r = rooms_of(&made, windows_open(&p, &x, s, heat_W));
    step_network(&p, &e, s, &r, pumped_W(&p, &x, s, heat_W), &x);
    end_rooms(&p, &e, made.day_gain, s->dt_s, heat_W, &x);
    double tank_W = step_tank(&p, &e, s, &made.tank, c.tank_W, &x);
    double car_W = step_car(&p, &e, s->dt_s, c.car_W, &x);
    lane_set(l->x, ROWS(l->x), lane, &x);
    return (c.off_frac > 0.5 ? 0 : e.load_W) + heat_W + tank_W + car_W;
}

HOME_INLINE void all_lanes(struct home_lanes *l, int alone, const struct surround *s, double (*in)[ASSET_LANES],
                           double *out_W)
{
    for (int i = 0; i < ASSET_LANES; i++) out_W[i] = lane_step(l, i, alone, s, in);
}

void home_lanes_step(const struct asset_now *now, void *mem, int alone, const double *const *exo,
                     double *const *flow)
{
    const struct surround s = surround_of(now);
    double in[EXOS][ASSET_LANES], out_W[ASSET_LANES];
    for (int i = 0; i < ASSET_LANES; i++) lane_put(in, EXOS, i, exo[i]);
    if (alone)
        all_lanes(mem, 1, &s, in, out_W);
    else
        all_lanes(mem, 0, &s, in, out_W);
    for (int i = 0; i < ASSET_LANES; i++) flow[i][0] = -out_W[i];
}
