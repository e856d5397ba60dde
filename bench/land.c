/* Import and planning of land: how long, how much, and how good. A table, then one JSON object as the last line.
 *   build/bench/land [FILE.geojson]     default: ../shared/reference/land/bih_suspect_areas.geojson beside the source */
#include "base/err.h"
#include "base/instant.h"
#include "base/random.h"
#include "land/desk.h"
#include "land/plan.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(const struct err *e)
{
    char line[1024];
    fprintf(stderr, "bench/land: %s\n", err_line(e, line, sizeof line));
    return 1;
}

static int people(struct desk *d, struct key *collector, struct err *e)
{
    struct key authority;
    unsigned char sig[SIGNATURE_BYTES];
    char pub[HEX_KEY];
    key_from_seed(&authority, "Authority", (const unsigned char[32]){1});
    key_from_seed(collector, "Data", (const unsigned char[32]){2});
    json_t *site = json_pack("{s:f, s:f, s:f}", "lon_deg", 17.8, "lat_deg", 44.2, "reach_m", 400e3);
    char *body = people_found(&authority, "102", site, 1767225600000, sig);
    int bad = desk_take(d, body, strlen(body), sig, NULL, e);
    json_t *data =
        json_pack("{s:s, s:s, s:s, s:s, s:[s], s:s, s:s}", "key", hex_write(pub, collector->pub, KEY_BYTES), "name",
                  "Data", "id", "d", "org", "Centre", "roles", "data", "from", "2026-01-01", "until", "2027-01-01");
    if (!bad) bad = desk_sign(d, &authority, "people.accredit", "", -1, 1767225600000, data, NULL, e);
    json_decref(site);
    json_decref(data);
    free(body);
    return bad;
}

static int import(const char *file, json_t *out, struct err *e)
{
    struct desk d;
    struct import m;
    struct key collector;
    char dir[] = "/tmp/kend-bench-XXXXXX", path[64], name[80];
    if (!mkdtemp(dir)) return err_set(e, "no folder in /tmp");
    snprintf(path, sizeof path, "%s/a.db", dir);
    if (desk_open(&d, path, NULL, e) || people(&d, &collector, e)) return -1;
    double t0 = instant_mono_s();
    if (import_read(d.land, file, NULL, "area", &m, e)) return -1;
    double read_s = instant_mono_s() - t0;
    if (desk_sign(&d, &collector, "land.import", "", -1, 1767225600000, m.data, NULL, e)) return -1;
    double all_s = instant_mono_s() - t0;
    desk_close(&d);
    t0 = instant_mono_s();
    if (desk_open(&d, path, NULL, e)) return -1;
    double fold_s = instant_mono_s() - t0;
    printf("import   %d features: %d areas, %d null, %d twice, %d refused, %d repaired, %ld overlaps, %.0f m2\n",
           m.n_feature, m.count[IMPORT_NEW], m.count[IMPORT_NULL], m.count[IMPORT_TWICE], m.count[IMPORT_REFUSED],
           m.n_repaired, m.n_overlap, m.area_m2);
    printf("         read and compare %.2f s, with signing and saving %.2f s; open and prove again %.2f s\n",
           read_s, all_s, fold_s);
    json_object_set_new(out, "import_features", json_integer(m.n_feature));
    json_object_set_new(out, "import_areas", json_integer(m.count[IMPORT_NEW]));
    json_object_set_new(out, "import_null", json_integer(m.count[IMPORT_NULL]));
    json_object_set_new(out, "import_s", json_real(all_s));
    json_object_set_new(out, "verify_s", json_real(fold_s));
    import_free(&m);
    desk_close(&d);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    return rmdir(dir);
}

static json_t *random_plan(int n, int m, uint64_t seed)
{
    static const char *const kind[] = {"manual", "two_dogs", "manual_machine", "crew"};
    struct random r = random_stream(seed, "bench.plan");
    json_t *tasks = json_array(), *teams = json_array();
    char id[16];
    for (int i = 0; i < m; i++) {
        snprintf(id, sizeof id, "T%d", i);
        json_t *t = json_pack("{s:s, s:s}", "id", id, "kind", kind[i % 4]);
        if (i % 4 != 3) json_object_set_new(t, "rate_m2_day", json_real(500 + 300 * (i % 4)));
        json_array_append_new(teams, t);
    }
    for (int i = 0; i < n; i++) {
        snprintf(id, sizeof id, "J%d", i);
        json_t *t = json_pack("{s:s}", "id", id), *needs = json_array();
        if (i % 4 == 3) {
            json_object_set_new(t, "days", json_real(5 + random_uniform(&r) * 30));
            json_object_set_new(t, "homes", json_integer((json_int_t)(random_uniform(&r) * 20)));
            json_object_set_new(t, "can", json_pack("[s]", "crew"));
        } else {
            json_object_set_new(t, "area_m2", json_real(1000 + random_uniform(&r) * 20000));
            json_object_set_new(t, "can", json_pack("[s, s]", kind[i % 3], kind[(i + 1) % 3]));
        }
        for (int k = 0; k < 2 && i > 8; k++) {
            snprintf(id, sizeof id, "J%d", i - 1 - (int)(random_uniform(&r) * 8));
            json_array_append_new(needs, json_string(id));
        }
        json_object_set_new(t, "needs", needs);
        json_array_append_new(tasks, t);
    }
    return json_pack("{s:s, s:[i,i,i,i,i,i], s:o, s:o}", "start", "2026-03-02", "weekdays", 1, 2, 3, 4, 5, 6,
                     "resources", teams, "tasks", tasks);
}

static int plan(int n, int m, json_t *out, struct err *e)
{
    struct schedule s;
    char key[32];
    json_t *j = random_plan(n, m, 1);
    if (schedule_read(&s, j, NULL, e)) return -1;
    schedule_solve(&s, 1, 1e-6);
    double first = s.cost, t0 = instant_mono_s();
    schedule_solve(&s, 1, 1);
    double took_s = instant_mono_s() - t0;
    if (schedule_check(&s, e)) return -1;
    printf("plan     %4d tasks x %2d teams: %.2f s, %ld schedules looked at, %.0f household-days of waiting (%.1f "
           "%% less than in the first order)\n",
           n, m, took_s, s.evaluations, s.cost, 100 * (1 - s.cost / first));
    snprintf(key, sizeof key, "plan_%d_%d_s", n, m);
    json_object_set_new(out, key, json_real(took_s));
    snprintf(key, sizeof key, "plan_%d_%d_gain_frac", n, m);
    json_object_set_new(out, key, json_real(1 - s.cost / first));
    schedule_free(&s);
    json_decref(j);
    return 0;
}

int main(int argc, char **argv)
{
    struct err e = {0};
    json_t *out = json_object();
    const char *reference = getenv("KEND_REFERENCE");
    char file[512];
    snprintf(file, sizeof file, "%s/land/bih_suspect_areas.geojson",
             reference ? reference : KEND_SOURCE_DIR "/../shared/reference");
    if (argc > 1) snprintf(file, sizeof file, "%s", argv[1]);
    if (access(file, R_OK)) { /* half of the figures would read as all of them */
        fprintf(stderr, "bench/land: %s: %s; give a GeoJSON file, or the folder of references in KEND_REFERENCE\n",
                file, strerror(errno));
        return 1;
    }
    if (import(file, out, &e)) return fail(&e);
    static const int sizes[][2] = {{20, 4}, {100, 8}, {500, 20}};
    for (int i = 0; i < 3; i++)
        if (plan(sizes[i][0], sizes[i][1], out, &e)) return fail(&e);
    json_dumpf(out, stdout, JSON_COMPACT | JSON_REAL_PRECISION(4));
    putchar('\n');
    json_decref(out);
    return 0;
}
