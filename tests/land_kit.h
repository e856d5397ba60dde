/* What the tests of land share: its people with their keys and roles. */
#ifndef TESTS_LAND_KIT_H
#define TESTS_LAND_KIT_H
#include "land/desk.h"
#include <stdlib.h>
#include <string.h>
enum who { AUTHORITY, DEPUTY, COLLECTOR, DATA, LEADER, MANAGER, INSPECTOR, USER, TESTER, PEOPLE, PUBLIC };
static const struct {
    const char *id, *org, *role;
} person[PEOPLE] = {
    {"authority", "", ""},           {"deputy", "Agency", "authority"}, {"collector", "Survey", "collector"},
    {"data", "Agency", "data"},      {"leader", "Clear", "leader"},     {"manager", "Clear", "manager"},
    {"inspector", "Q", "inspector"}, {"user", "Village", "user"},       {"tester", "Grid", "tester"}};

/* A chain of its own in `file`, founded by `authority`. 0, or -1 with the reason. */
static inline int founded(struct desk *d, const char *file, const char *vfs, const struct key *authority, double lon_deg, double lat_deg,
                          double reach_m, int64_t at_ms, struct err *e)
{
    unsigned char sig[SIGNATURE_BYTES];
    if (desk_open(d, file, vfs, e)) return -1;
    json_t *site = json_pack("{s:f, s:f, s:f}", "lon_deg", lon_deg, "lat_deg", lat_deg, "reach_m", reach_m);
    char *body = people_found(authority, "102", site, at_ms, sig);
    int bad = desk_take(d, body, strlen(body), sig, NULL, e);
    free(body);
    json_decref(site);
    return bad;
}

/* 0, or -1 with the reason. */
static inline int accredited(struct desk *d, const struct key *authority, const unsigned char pub[KEY_BYTES], const char *id,
                             const char *org, const char *role, int64_t at_ms, struct err *e)
{
    char hex[HEX_KEY];
    json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:[s], s:s, s:s}", "key", hex_write(hex, pub, KEY_BYTES), "name", id, "id", id, "org", org,
                             "roles", role, "from", "2026-01-01", "until", "2027-01-01");
    int bad = desk_sign(d, authority, "people.accredit", "", -1, at_ms, data, NULL, e);
    json_decref(data);
    return bad;
}
#endif
