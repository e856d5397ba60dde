/* From rain, snow and evaporation to a river's flow: GR4J by the day, with CemaNeige's snow before it. mm over the basin. */
#ifndef PHYSICS_RUNOFF_H
#define PHYSICS_RUNOFF_H
enum { RUNOFF_DAYS_MAX = 40 };
struct runoff_par {
    double store_mm, exchange_mm, routing_mm, base_day; /* X1 .. X4 */
};
struct runoff {
    struct runoff_par par;
    double store_mm, routing_mm;                                 /* states S and R */
    double share1[RUNOFF_DAYS_MAX], share2[RUNOFF_DAYS_MAX];     /* unit hydrographs */
    double wait1_mm[RUNOFF_DAYS_MAX], wait2_mm[RUNOFF_DAYS_MAX]; /* on their way */
    int n1, n2;
};
/* Fill of both stores at the start as shares of X1 and X3. base_day 0.5 .. 20. */
struct runoff runoff_make(const struct runoff_par *, double store_frac, double routing_frac);
struct runoff_day {
    double flow_mm, evaporated_mm, exchanged_mm; /* exchanged: gained from (+) or lost to (-) the underground */
};
struct runoff_day runoff_step(struct runoff *, double rain_mm, double evaporation_mm);
/* Water held: stores and what is on its way, mm. */
double runoff_held_mm(const struct runoff *);

struct snow_par {
    double inertia_frac, melt_mm_degC_day, yearly_snow_mm; /* Ctg, Kf; mean solid precipitation of a year */
};
struct snow {
    double pack_mm, heat_degC; /* water in the pack; its cold content as a temperature, at most 0 */
};
/* Rain and melt water that reach the ground, mm; precipitation falls as snow below -1 degC, as rain above 3 degC. */
double snow_step_mm(const struct snow_par *, struct snow *, double precipitation_mm, double air_degC);
#endif
