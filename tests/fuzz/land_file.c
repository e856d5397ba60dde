/* Any bytes as a file of areas, as a plan, as a signed record: an error with a text, or figures that make sense; no crash, no undefined
 * behaviour, and never an area of a file that nobody signed that is released. */
#include "base/err.h"
#include "land/desk.h"
#include "land/plan.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_areas(struct land *l, const uint8_t *data, size_t size)
{
    struct import m;
    struct err e = {0};
    char path[64];
    const json_t *f;
    size_t i;
    int fd = memfd_create("areas", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) return;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (import_read(l, path, NULL, "x", &m, &e))
        must(e.text[0], "an error without a text");
    else {
        must(isfinite(m.area_m2) && m.area_m2 >= 0, "area %g", m.area_m2);
        json_array_foreach(json_object_get(m.data, "features"), i, f)
            must(!json_object_get(f, "outcome"), "released without a signature");
    }
    import_free(&m);
    close(fd);
}

static void as_plan(const uint8_t *data, size_t size)
{
    struct schedule s;
    struct err e = {0};
    json_t *j = json_loadb((const char *)data, size, 0, NULL);
    if (j && !schedule_read(&s, j, NULL, &e)) {
        if (s.n_task < 20) {
            schedule_solve(&s, 1, 0.001);
            must(!schedule_check(&s, &e), "%s", e.text);
        }
        schedule_free(&s);
    } else if (j) {
        must(e.text[0], "an error without a text");
        schedule_free(&s);
    }
    json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct land *l;
    static const unsigned char signature[SIGNATURE_BYTES];
    struct record r;
    struct err e = {0};
    if (!l) {
        l = land_open(&e);
        must(l, "%s", e.text);
        l->site_lon_deg = 46.76, l->site_lat_deg = 39.18, l->reach_m = 100e3;
    }
    as_areas(l, data, size);
    as_plan(data, size);
    if (!record_read(&r, (const char *)data, size, signature, &e)) {
        must(!r.is_signed, "a signature of zeros was taken");
        record_free(&r);
    }
    return 0;
}
