/* Any bytes as a weather file: an error with a text, or a whole year of finite values; no crash, no undefined
 * behaviour. */
#include "base/err.h"
#include "village/village.h"
#include "world/weather.h"
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct weather w;
    static const struct site site = {.id = "fuzz", .lat_deg = 40, .lon_deg = 45, .altitude_m = 300};
    struct err e = {0};
    char path[64];
    int fd = memfd_create("weather", 0);
    if (fd < 0) return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (size_t at = 0; at < size;) {
        ssize_t n = write(fd, data + at, size - at);
        must(n > 0, "memory file refused %zu bytes", size - at);
        at += (size_t)n;
    }
    if (weather_read(&w, path, &site, &e))
        must(e.text[0], "an error without a text");
    else
        for (int c = 0; c < WEATHER_COLUMNS; c++)
            for (int i = 0; i < WEATHER_HOURS; i++) must(isfinite(w.value[c][i]), "column %d, hour %d", c, i);
    close(fd);
    return 0;
}
