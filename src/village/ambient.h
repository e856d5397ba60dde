/* The surroundings of a village at one instant, or their mean over one slot (sun angles then at its middle). Filled by
 * world (true), by control from the weather station (measured) and by forecast (expected); read by assets. */
#ifndef VILLAGE_AMBIENT_H
#define VILLAGE_AMBIENT_H
#include <stdint.h>
struct ambient {
    int64_t at_ms;                       /* UTC */
    double local_hour;                   /* 0 <= h < 24 by the village's clock */
    int32_t local_day, weekday, month;   /* days since 1970-01-01 local; 0 = Sunday; 1..12 */
    double temp_degC, humidity_frac, wind_m_s, pressure_Pa, rain_mm_h;
    double temp_mean_degC;               /* exponentially weighted running mean of daily means (EN 16798-1 eq. B.2), alpha 0.8 */
    double ghi_W_m2, dni_W_m2, dhi_W_m2; /* global horizontal, direct normal, diffuse horizontal */
    double sun_zenith_deg, sun_azimuth_deg; /* azimuth clockwise from north; zenith > 90 = below the horizon */
    int32_t has_shared; int64_t shared_ms; /* 1: what follows was made, for that instant; else it must be made anew */
    double facade_W_m2[4];               /* sun on walls that face north, east, south, west */
    double pump_cop[2], pump_eer[2];     /* heat pumps of homes, by enum emitter */
    double pump_hot_water_cop;           /* the same for a tank of hot water */
    double outside_W_m2, air_mass;       /* the sun above the atmosphere, and the way through it; 0: it is down */
};
enum { HOT_WATER_DEGC = 50 };            /* what a heat pump feeds a tank with */
struct site;
/* Fills time fields and sun angles for an instant at a site; the weather fields are left alone. */
void ambient_clock(struct ambient *, const struct site *, int64_t at_ms);
/* The time fields alone, for who has the sun already. */
void ambient_time(struct ambient *, const struct site *, int64_t at_ms);
/* The last fields from the rest, once for all homes and arrays of a village; ambient_time forgets them. */
void ambient_share(struct ambient *);
void ambient_facades(const struct ambient *, double facade_W_m2[4]);
void ambient_sky(const struct ambient *, double *outside_W_m2, double *air_mass);
static inline int ambient_shared(const struct ambient *a) { return a->has_shared && a->shared_ms == a->at_ms; }
#endif
