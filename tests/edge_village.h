/* The text of a village four hundred metres from where UTM zone 38 ends: all before its places, one parcel with a lane, and all after. */
#ifndef TESTS_EDGE_VILLAGE_H
#define TESTS_EDGE_VILLAGE_H
#define EDGE_HEAD(name)                                                                                            \
    "site: {id: t, name: " name ", lat_deg: 39.18, lon_deg: 47.995, altitude_m: 330, tz: \"<+04>-4\"}\n"           \
    "tariff:\n  currency: AZN\n  periods:\n    - {buy_per_kWh: 0.1, sell_per_kWh: 0.05}\n"                         \
    "policy: {shortage_per_kWh: 8}\n"                                                                              \
    "climate:\n  source: norms\n  temp_degC: [1, 2, 6, 12, 17, 22, 26, 25, 20, 14, 8, 3]\n"                        \
    "  temp_min_degC: [-3, -2, 2, 7, 12, 16, 20, 19, 15, 10, 4, 0]\n"                                              \
    "  temp_max_degC: [6, 8, 12, 18, 24, 30, 33, 32, 27, 20, 13, 8]\n"                                             \
    "  rain_mm: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"                                                            \
    "  ghi_MJ_m2: [200, 266, 408, 534, 690, 762, 786, 700, 534, 392, 238, 172]\n"                                  \
    "  wind_m_s: [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]\n"                                                           \
    "  humidity_frac: [0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7]\n"                              \
    "  temp_day_sd_K: 3\n  temp_persistence: 0.7\n  cloud_persistence: 0.4\n"                                      \
    "places:\n"                                                                                                    \
    "  - {id: yard, kind: parcel, state: in_use, area: [[47.9948, 39.1799], [47.9952, 39.1799], "                  \
    "[47.9952, 39.1801], [47.9948, 39.1801]]}\n"
#define EDGE_TAIL                                                                                                  \
    "  - {id: lane, kind: street, on: yard, line: [[47.9949, 39.18], [47.9951, 39.18]]}\n"                         \
    "nodes:\n  - {id: bus, carrier: elec}\n"                                                                       \
    "assets:\n  - {id: g, class: grid, at: yard, ports: {elec: bus}, import_limit_W: {value: 20 kW, source: "      \
    "contract}, export_limit_W: {value: 20 kW, source: contract}}\n"
#endif
