/* A case of ASHRAE 140 stepped by the hour, for those who look at the zone beside the yearly figures. */
#ifndef CALC_BESTEST_H
#define CALC_BESTEST_H
#include "calc/calc.h"
#include "physics/zone.h"
struct bestest_weather {
    double air_degC, sky_degC, wind_m_s, wind_from_deg;
    struct irradiance sky;
    int yearday;
};
struct bestest_year {
    double lat_deg, lon_deg, utc_offset_h, altitude_m;
    struct bestest_weather hour[8760];
};
/* What differs between the cases, from the number of the case. */
struct bestest_build {
    int heavy, insulated, south, sides, glass, low; /* glass: 1 double, 2 low-e, 3 single; low: free float */
    int setback, night, sunspace;
    double overhang_m, fin_m, heat_degC, cool_degC;
};
struct bestest_totals {
    double heat_J, cool_J, sun_J, hour_J, hour_degC, mean_degC, peak_heat_W, peak_cool_W, max_degC, min_degC;
    int heat_hour, cool_hour, max_hour, min_hour;
};
extern const char *const bestest_case_words[];
extern const struct calc_field bestest_in[];
/* The year of an EPW file; -1 with its place. */
int bestest_read(struct bestest_year *, const char *path, struct err *);
struct bestest_build bestest_build(const char *case_name);
/* The zone of the case as the record's own keys change it. */
int bestest_zone(struct calc_io *, struct zone *, struct bestest_build *, struct err *);
/* One hour of it in `steps` steps, added to the totals; space: of case 960, else NULL. */
void bestest_hour(struct calc_io *, struct zone *, struct zone *space, const struct bestest_build *,
                  const struct bestest_year *, int hour, int steps, struct bestest_totals *);
#endif
