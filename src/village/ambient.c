/* The clock and the sun of one instant at a site. The weather fields are the caller's. */
#include "village/ambient.h"
#include "base/instant.h"
#include "physics/building.h"
#include "physics/sun.h"
#include "village/village.h"

static int32_t day_of(int64_t local_ms)
{
    int64_t day = local_ms / MS_DAY;
    return (int32_t)(local_ms % MS_DAY < 0 ? day - 1 : day);
}

void ambient_clock(struct ambient *amb, const struct site *site, int64_t at_ms)
{
    struct civil c = civil_at(&site->zone, at_ms);
    amb->at_ms = at_ms;
    amb->local_hour = c.hour + c.minute / 60.0 + (c.second + c.ms / 1000.0) / 3600.0;
    amb->local_day = day_of(at_ms + (int64_t)c.offset_s * MS_S);
    amb->weekday = c.weekday;
    amb->month = c.month;
    amb->has_facade = 0;
    struct sun_angles sun = sun_position(at_ms, site->lat_deg, site->lon_deg, site->altitude_m);
    amb->sun_zenith_deg = sun.zenith_deg;
    amb->sun_azimuth_deg = sun.azimuth_deg;
}

void ambient_facades(struct ambient *amb)
{
    for (int i = 0; i < 4; i++)
        amb->facade_W_m2[i] = building_facade_W_m2(90.0 * i, amb->sun_zenith_deg, amb->sun_azimuth_deg,
                                                   amb->dni_W_m2, amb->dhi_W_m2, amb->ghi_W_m2);
    amb->has_facade = 1, amb->facade_ms = amb->at_ms;
}
