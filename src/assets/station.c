/* Weather station: the instruments that tell the village its weather. No state: it reads what surrounds it. */
#include "village/asset.h"

struct station_par {
    double height_m;
};
struct station_meas {
    double temp_degC, ghi_W_m2, wind_m_s, humidity_frac, rain_mm_h, pressure_Pa;
};

/* clang-format off */
static const struct field par[] = {
    FIELD(station_par, height_m, 2, 1, 50, 0, "height of the instruments over ground"),
};
static const struct field meas[] = {
    FIELD(station_meas, temp_degC, 13, -50, 60, 0, "air temperature"),
    FIELD(station_meas, ghi_W_m2, 0, 0, 1500, 0, "global horizontal irradiance"),
    FIELD(station_meas, wind_m_s, 2, 0, 70, 0, "wind speed"),
    FIELD(station_meas, humidity_frac, 0.6, 0, 1, 0, "relative humidity"),
    FIELD(station_meas, rain_mm_h, 0, 0, 300, 0, "rain"),
    FIELD(station_meas, pressure_Pa, 97000, 50000, 110000, 0, "air pressure"),
};
/* clang-format on */

static void init(const struct asset_now *now, void *x) { (void)now, (void)x; }

static void step(const struct asset_now *now, void *work, void *x, double *flow)
{
    (void)now, (void)work, (void)x, (void)flow;
}

static void sense(const struct asset_now *now, const double *flow, void *to)
{
    (void)flow;
    const struct ambient *a = now->amb;
    *(struct station_meas *)to = (struct station_meas){a->temp_degC,     a->ghi_W_m2,  a->wind_m_s,
                                                       a->humidity_frac, a->rain_mm_h, a->pressure_Pa};
}

static void observe(const struct asset_now *now, const void *meas_from, void *x)
{
    (void)now, (void)meas_from, (void)x;
}

extern const struct asset_class class_station;
const struct asset_class class_station = {
    .name = "station",
    .help = "weather station",
    .par_bytes = sizeof(struct station_par),
    .par = FIELDS(par),
    .meas = FIELDS(meas),
    .dt_min_s = 1,
    .dt_max_s = 3600,
    .init = init,
    .step = step,
    .sense = sense,
    .observe = observe,
};
