/* The clock and the sun of one instant at a site, and what all homes and arrays make of them alike. The weather fields are the caller's. */
#include "village/ambient.h"
#include "base/instant.h"
#include "physics/building.h"
#include "physics/heatpump.h"
#include "physics/irradiance.h"
#include "physics/sun.h"
#include "village/village.h"
#include <math.h>

static int32_t day_of(int64_t local_ms)
{
    int64_t day = local_ms / MS_DAY;
    return (int32_t)(local_ms % MS_DAY < 0 ? day - 1 : day);
}

void ambient_time(struct ambient *amb, const struct site *site, int64_t at_ms)
{
    struct civil c = civil_at(&site->zone, at_ms);
    amb->at_ms = at_ms;
    amb->local_hour = c.hour + c.minute / 60.0 + (c.second + c.ms / 1000.0) / 3600.0;
    amb->local_day = day_of(at_ms + (int64_t)c.offset_s * MS_S);
    amb->weekday = c.weekday;
    amb->month = c.month;
    amb->has_shared = 0;
}

void ambient_clock(struct ambient *amb, const struct site *site, int64_t at_ms)
{
    ambient_time(amb, site, at_ms);
    struct sun_angles sun = sun_position(at_ms, site->lat_deg, site->lon_deg, site->altitude_m);
    amb->sun_zenith_deg = sun.zenith_deg;
    amb->sun_azimuth_deg = sun.azimuth_deg;
}

void ambient_facades(const struct ambient *amb, double facade_W_m2[4])
{
    int dark = amb->ghi_W_m2 <= 0 && amb->dni_W_m2 <= 0;
    for (int i = 0; i < 4; i++)
        facade_W_m2[i] = dark ? 0
                              : building_facade_W_m2(90.0 * i, amb->sun_zenith_deg, amb->sun_azimuth_deg,
                                                     amb->dni_W_m2, amb->dhi_W_m2, amb->ghi_W_m2);
}

void ambient_sky(const struct ambient *amb, double *outside_W_m2, double *air_mass)
{
    int up = amb->sun_zenith_deg < 90, yearday = 1 + (int)fmod(fmax(0, amb->local_day), 365.2425);
    *outside_W_m2 = up ? irradiance_extraterrestrial_W_m2(yearday) : 0;
    *air_mass = up ? irradiance_air_mass(amb->sun_zenith_deg) : 0;
}

void ambient_share(struct ambient *amb)
{
    ambient_sky(amb, &amb->outside_W_m2, &amb->air_mass);
    ambient_facades(amb, amb->facade_W_m2);
    for (int e = 0; e < EMITTERS; e++) {
        double supply_degC = heatpump_supply_degC((enum emitter)e, amb->temp_degC);
        amb->pump_cop[e] = heatpump_cop(amb->temp_degC, supply_degC, amb->humidity_frac);
        amb->pump_eer[e] = heatpump_eer((enum emitter)e, amb->temp_degC);
    }
    amb->pump_hot_water_cop = heatpump_cop(amb->temp_degC, HOT_WATER_DEGC, amb->humidity_frac);
    amb->has_shared = 1, amb->shared_ms = amb->at_ms;
}
